"""Holding a logbook: whichever kernel writes holds it, one at a time, and the others wait a moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from . import files
from .refusals import CANNOT_WRITE, refusal

#: Seconds to wait for another kernel's command before giving up: it takes milliseconds, and whoever has stopped never ends.
PATIENCE = 5.0

BUSY = refusal(
    "busy",
    "另一个内核正占用这份日志，本次操作没有生效。请稍后重试；若一直如此，"
    "请在 JupyterLab 的“正在运行的终端和内核”中关闭其他内核，或在终端里让已暂停的程序继续运行。",
    "Another kernel is using this logbook; nothing was done. Try again in a moment. If it stays so, shut down the other kernels under “Running Terminals "
    "and Kernels” in JupyterLab, or let a program that was stopped by Ctrl-Z go on (`fg`).",
)


def lock_of(logbook: Path) -> FileLock:
    """The lock that lies beside a logbook."""
    # asking ten times as often as filelock does by default: a command takes a few milliseconds
    return FileLock(str(logbook.with_name(f".{logbook.name}.lock")), timeout=PATIENCE, mode=files.FILE, poll_interval=0.005)


@contextlib.contextmanager
def held(lock: FileLock) -> Iterator[None]:
    """Holds a lock. Refuses 'busy' where another kernel keeps it, 'cannot_write' where none can be made."""
    try:
        lock.acquire()
    except Timeout:
        raise BUSY() from None
    except OSError as error:
        raise CANNOT_WRITE(why=files.why(error)) from None
    try:
        yield
    finally:
        lock.release()
