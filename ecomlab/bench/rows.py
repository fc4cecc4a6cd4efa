"""What a benchmark gives: rows of ours against theirs; and what all of them need to take a time."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measurement, in seconds unless `unit` says otherwise: ours against theirs, and the aim for the ratio: at most that, or at least if `faster`.

    Without `theirs` it is a figure of its own, and so is the aim.
    """

    what: str
    ours: float
    against: str = ""
    theirs: float | None = None
    aim: float | None = None
    faster: bool = False
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        if self.theirs is None:
            return None
        return self.theirs / self.ours if self.faster else self.ours / self.theirs

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached, to two places: what a table shows decides."""
        if self.aim is None:
            return None
        figure = self.ours if self.ratio is None else round(self.ratio, 2)
        return figure >= self.aim if self.faster else figure <= self.aim


def timed(function: Callable[[], Any]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def spent(function: Callable[[], Any]) -> float:
    """Seconds of the processor that it takes, in this process and in those that it waits for: what a busy machine changes least."""
    start, children = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    function()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() - start + ended.ru_utime - children.ru_utime + ended.ru_stime - children.ru_stime


def environment() -> dict[str, str]:
    """Ours, with this ecomlab and this Python's scripts (nbgrader calls alembic) found first wherever a process starts.

    Compiled modules are kept, as they are in use: without that each process would compile ours again, but not those of an installed library.
    """
    here = {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": str(Path(sys.executable).parent)}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **{name: os.pathsep.join(filter(None, [first, os.environ.get(name, "")])) for name, first in here.items()}}
