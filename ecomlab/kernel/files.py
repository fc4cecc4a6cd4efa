"""Files of a world: its owner's alone, whatever the umask, written whole or not at all, and through no link that somebody laid there."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .texts import Text

FILE, FOLDER = 0o600, 0o700
#: By the system's words, which are seldom in the reader's language: what it says of an error, also where DuckDB passes it on.
_WHY = {os.strerror(code): text for code, text in {
    errno.ENOENT: Text("没有这个文件或文件夹", "there is no such file or folder"),
    errno.EEXIST: Text("已经存在", "it exists already"),
    errno.EACCES: Text("没有权限", "no permission"),
    errno.EPERM: Text("没有权限", "no permission"),
    errno.EROFS: Text("只能读，不能写", "it can be read only"),
    errno.ENOSPC: Text("磁盘已满", "the disk is full"),
    errno.EDQUOT: Text("磁盘配额已用完", "the disk quota is used up"),
    errno.EFBIG: Text("文件太大", "the file is too large"),
    errno.EISDIR: Text("这是文件夹，不是文件", "it is a folder and not a file"),
    errno.ENOTDIR: Text("路径中有一段不是文件夹", "a part of its path is no folder"),
    errno.ENOTEMPTY: Text("文件夹不是空的", "the folder is not empty"),
    errno.ENAMETOOLONG: Text("名称太长", "the name is too long"),
    errno.ELOOP: Text("链接绕成了圈", "links lead round in a circle"),
    errno.EIO: Text("读写磁盘时出错", "the disk could not be read or written"),
    errno.EBUSY: Text("正在被别的程序使用", "another program is using it"),
    errno.EMFILE: Text("打开的文件太多", "too many files are open"),
    errno.ENFILE: Text("打开的文件太多", "too many files are open"),
    errno.ECONNREFUSED: Text("对方没有应答", "nobody answers there"),
    errno.EADDRINUSE: Text("端口已被占用", "the port is in use"),
}.items()}  # fmt: skip


def why(error: OSError) -> Text:
    """What went wrong with a file, for a refusal. What is rare stands in the system's words."""
    said = error.strerror or type(error).__name__
    return _WHY.get(said) or Text(said, said)


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
