"""Whether a logbook is still the file that was read: kernels keep a world open for hours, and files are copied, restored and synchronised."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from .refusals import refusal

EXCHANGED = refusal(
    "exchanged_logbook",
    "这个文件夹里的日志已被换成另一份，本次操作没有生效，两份日志都没有改动。请放回原来的日志；要接着做现在这一份，请用 `ecomlab.open()` 重新打开。",
    "The logbook in this folder has been exchanged for another. Nothing was done, and neither of them was changed. Put the former one back; to go on with "
    "this one, open it with `ecomlab.open()`.",
)
#: Every line names the hash of the line before it, so the end of a logbook vouches for the rest; this much holds that hash, however long the line.
_TAIL = 1024
_BLOCK = 1 << 20


class Guard:
    """Knows the first `size` bytes of a file by their digest, and what the system said of the file when they were last looked at."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()
        self._tail = b""
        self._seen: tuple[int, ...] = ()

    def read(self, path: Path, size: int) -> None:
        """Takes in what stands in the file between what is known and `size`. Raises OSError."""
        with _opened(path) as handle:
            for block in _blocks(handle, self.size, size):
                self._know(block)
            self._seen = _seen(handle)

    def wrote(self, path: Path, data: bytes) -> None:
        """Takes in what has just been appended. Raises the Refusal 'exchanged_logbook' if it went into another file, and OSError."""
        self._know(data)
        with _opened(path) as handle:
            self._check_tail(handle)
            self._seen = _seen(handle)

    def check(self, path: Path) -> None:
        """Raises the Refusal 'exchanged_logbook' if the file does not begin with what is known, and OSError.

        Whether nobody touched it is seen at once; otherwise it is read.
        """
        with _opened(path) as handle:
            self._check_tail(handle)
            if (seen := _seen(handle)) == self._seen:
                return
            digest = hashlib.sha256()
            for block in _blocks(handle, 0, self.size):
                digest.update(block)
            if digest.digest() != self._digest.digest():
                raise EXCHANGED()
            self._seen = seen

    def _know(self, data: bytes) -> None:
        self.size += len(data)
        self._digest.update(data)
        self._tail = (self._tail + data)[-_TAIL:]

    def _check_tail(self, handle: int) -> None:
        if os.pread(handle, len(self._tail), self.size - len(self._tail)) != self._tail:
            raise EXCHANGED()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _blocks(handle: int, start: int, end: int) -> Iterator[bytes]:
    while start < end and (block := os.pread(handle, min(_BLOCK, end - start), start)):
        yield block
        start += len(block)


def _seen(handle: int) -> tuple[int, ...]:
    s = os.fstat(handle)
    return (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
