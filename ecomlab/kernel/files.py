"""Files of a world: its owner's alone, whatever the umask, written whole or not at all, and through no link that somebody laid there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

FILE, FOLDER = 0o600, 0o700


def folder(path: Path) -> None:
    """Makes a folder, and those above it that are missing, for its owner alone. Those that are there stay as they are."""
    if not path.is_dir():
        folder(path.parent)
        with contextlib.suppress(FileExistsError):
            path.mkdir(FOLDER)
            path.chmod(FOLDER)


def write(root: Path, name: str, data: bytes, *, fresh: bool = False) -> Path:
    """Writes a file below `root`, with the folders in its name. It takes the place of one that is there; of a link itself, not of where it leads.

    fresh: there must be none. Raises OSError: FileExistsError, or NotADirectoryError where a link stands for a folder; then nothing has changed.
    """
    *above, last = PurePosixPath(name).parts
    if ".." in above or last in ("..", "/") or name.startswith("/"):
        raise ValueError(f"{name!r} does not lie below a folder")
    with _within(root, above) as at:
        try:
            if fresh:
                _fill(last, data, at)
            else:
                new = f".{last}.{os.getpid()}.new"
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(new, dir_fd=at)  # of a process that died
                _fill(new, data, at)
                os.rename(new, last, src_dir_fd=at, dst_dir_fd=at)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(root / name)) from None
    return root / name


def append(path: Path, data: bytes) -> None:
    """Appends to a file, which is made if there is none. Raises OSError, also for a link."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, FILE)
    with os.fdopen(handle, "ab") as f:
        own(handle)
        f.write(data)


def own(file: int | Path) -> None:
    """Takes a file of one's own from everybody else; what is another's stays as it is."""
    with contextlib.suppress(OSError):
        there = os.stat(file)
        if there.st_uid == os.geteuid() and there.st_mode & 0o077:
            os.chmod(file, there.st_mode & 0o700)


def _fill(name: str, data: bytes, at: int) -> None:
    """A new file with this content, or none."""
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE, dir_fd=at)
    try:
        with os.fdopen(handle, "wb") as f:
            os.fchmod(handle, FILE)  # the umask may have taken something away
            f.write(data)
            f.flush()
            os.fsync(handle)
    except OSError:
        os.unlink(name, dir_fd=at)
        raise


@contextlib.contextmanager
def _within(root: Path, names: list[str]) -> Iterator[int]:
    """A handle of the folder below `root`, whose parts are made as needed; none of them may be a link."""
    folder(root)
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for k, name in enumerate(names):
            try:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, FOLDER, dir_fd=at)
                    os.chmod(name, FOLDER, dir_fd=at)
                below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(root.joinpath(*names[: k + 1]))) from None
            os.close(at)
            at = below
        yield at
    finally:
        os.close(at)
