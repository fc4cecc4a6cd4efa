"""Processes that judge, and a parent that watches them: what a submission holds can neither outlast its time nor fill the machine.

Limits are of processor time and of memory, and held from outside, by ending the process. Nothing is raised within a replay, where it would be taken for a
fault of the logbook: DuckDB turns the exception of a signal into a RuntimeError. A process that was ended is replaced, and only its own submission is not
judged.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal

#: Why a job has no result: it took too long, took too much memory, or its process died.
Ended = Literal["too_slow", "too_large", "process_died"]
#: Seconds between two looks at the memory of the processes.
LOOK = 0.2
#: When Python looks for garbage (`gc.set_threshold`): as often as it does by itself, it takes a twentieth of a grading.
SELDOM = 50_000, 10, 10
#: A job that uses less of the processor than it may is given up after so many times its limit: it waits for something, or the machine is very busy.
PATIENCE = 4


@dataclass
class _Worker:
    """A process and what it is at. until: seconds of the processor that it may have had by then; deadline: on the monotonic clock."""

    process: Any
    line: Connection
    job: int = -1
    #: whether it has said that it is there; the time of a job does not count what a process takes to begin
    ready: bool = False
    until: float = field(default=float("inf"))
    deadline: float = field(default=float("inf"))

    def begin(self, job: int, what: tuple[Any, ...], seconds: float) -> None:
        used = self.processor()
        self.until = float("inf") if used is None else used + seconds
        self.job, self.deadline = job, time.monotonic() + seconds * (1 if used is None else PATIENCE)
        self.line.send(what)

    def late(self) -> bool:
        """Whether its job has taken all the time that it may. A machine that is busy with something else costs no student points."""
        return time.monotonic() >= self.deadline or (self.processor() or 0) >= self.until

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.join()
        self.line.close()

    def processor(self) -> float | None:
        """Seconds of the processor that it has had, where the system tells (Linux)."""
        try:
            after_name = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return None

    def memory(self) -> int:
        """Bytes that it holds, where the system tells (Linux); else 0."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")


def done(
    work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], workers: int, seconds: float, megabytes: int
) -> Iterator[tuple[int, Any, Ended | None]]:
    """Does every job in one of so many processes and gives (number of the job, its result or None, why there is none), as they are done.

    work: a function of a module, called with a job's values. seconds, megabytes: what one job may take, of the processor and of memory; a process that goes
    beyond is ended. An exception in the caller, Ctrl-C among them, ends all processes at once. work must not raise: what it does raise ends its process.
    """
    waiting = list(range(len(jobs)))[::-1]
    running: list[_Worker] = []
    try:
        while waiting or any(w.job >= 0 for w in running):
            while len(running) < min(workers, len(waiting) + sum(w.job >= 0 for w in running)):
                running.append(_begun(work))
            for idle in [w for w in running if w.ready and w.job < 0][: len(waiting)]:
                idle.begin(number := waiting.pop(), jobs[number], seconds)
            yield from _finished(running, megabytes * 1_000_000)
    finally:
        for worker in running:
            worker.end()


def _finished(running: list[_Worker], bytes_: int) -> Iterator[tuple[int, Any, Ended | None]]:
    """Waits until something has happened, and tells what; ends whoever is beyond a limit."""
    pause = max(0.0, min([LOOK, *(w.deadline - time.monotonic() for w in running)]))
    heard = wait([w.line for w in running], pause)
    for worker in list(running):
        job, result, ended = worker.job, None, None
        if worker.line in heard:
            try:
                result = worker.line.recv()
            except (EOFError, OSError):
                ended = "process_died"
            if not worker.ready and not ended:
                worker.ready = True
                continue
            if job < 0:
                raise RuntimeError("a process that judges cannot begin")
        elif job < 0:
            continue
        elif worker.late():
            ended = "too_slow"
        elif worker.memory() > bytes_:
            ended = "too_large"
        else:
            continue
        worker.job, worker.deadline, worker.until = -1, float("inf"), float("inf")
        if ended:
            worker.end()
            running.remove(worker)
        yield job, result, ended  # type: ignore[misc]


def _begun(work: Callable[..., Any]) -> _Worker:
    context = _context()
    ours, theirs = multiprocessing.Pipe()
    process = context.Process(target=_work, args=(work, theirs, ours), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _context() -> Any:
    """How processes begin: as a copy of this one where that is safe, which costs next to nothing. No thread survives it, and what one of them holds at that
    moment is held for ever. DuckDB's, numpy's and Arrow's threads are none of Python's, so the system is asked, and DuckDB must not have been at work."""
    try:
        alone = sys.platform == "linux" and "duckdb" not in sys.modules and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        alone = False
    return multiprocessing.get_context("fork" if alone else "spawn")


def _work(work: Callable[..., Any], line: Connection, parents: Connection) -> None:
    parents.close()  # or the line would never break, and a grader that was killed would leave its processes behind for ever
    gc.freeze()  # what is imported stays; from here on there may be something to collect
    gc.enable()
    gc.set_threshold(*SELDOM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts, interrupts the parent, which ends this process
    with contextlib.suppress(EOFError, OSError):
        line.send("ready")
        while True:
            line.send(work(*line.recv()))
