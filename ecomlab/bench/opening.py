"""What it costs to begin: importing, opening a world, catching up with another kernel, the beginning of a world itself."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ..kernel import beginning
from ..kernel.logbook import course_key
from ..kernel.state import State
from ..kernel.world import World
from .bare import Bare, recorded
from .commands import call_recorded
from .rows import Row, environment, timed
from .sheet import model


def bench_import(times: int = 9) -> Iterator[Row]:
    """Imports in fresh processes, in turn."""
    script = "import sys, time; t = time.perf_counter(); exec(sys.argv[1]); print(time.perf_counter() - t)"

    def seconds(what: str) -> float:
        return float(subprocess.run([sys.executable, "-c", script, what], check=True, capture_output=True, text=True, env=environment()).stdout)

    found: dict[str, list[float]] = {"import duckdb": [], "import ecomlab": [], "from ecomlab import open, grade": []}
    for _ in range(times):
        for what, taken in found.items():
            taken.append(seconds(what))
    duckdb, *ours = (statistics.median(taken) for taken in found.values())
    yield Row("import ecomlab", ours[0], "import duckdb", duckdb, aim=1.5)
    yield Row("from ecomlab import open, grade", ours[1], "import duckdb", duckdb)


def bench_opening(entries: int = 400, times: int = 5) -> Iterator[Row]:
    """Opening a world, catching up with another kernel, and how a world begins."""
    sheet = model()
    sheet.grow(entries)
    with tempfile.TemporaryDirectory() as folder:
        sheet.write(Path(folder))
        name, student = sheet.header.scenario, sheet.header.student
        opened, alone = [], []
        for _ in range(times):
            opened.append(timed(lambda: World.open(folder, student, name, course_key()).close()))
            state = State(sheet.header)
            with recorded(state.database) as statements:
                state.replay(sheet.numbered)
            alone.append(Bare(State(sheet.header)).run(statements))
        yield Row(
            f"opening a world of {len(sheet.entries)} entries", statistics.median(opened), "the statements of its entries, bare", statistics.median(alone)
        )

        first, second = [World.open(folder, student, name, course_key()) for _ in range(2)]
        command, arguments = sheet.everyday()[0]
        done, caught = [], []
        for _ in range(40):
            done.append(timed(lambda: call_recorded(first, command, arguments)))
            caught.append(timed(second.catch_up))
        yield Row("catching up with 1 entry", statistics.median(caught), f"doing it ({command})", statistics.median(done))
    begun, copied = [], []
    for _ in range(times):
        beginning.forget()
        begun.append(timed(lambda: State(sheet.header).close()))
        state = State(sheet.header)
        state.database.script("attach ':memory:' as snapshot")
        copied.append(timed(partial(state.database.script, "copy from database memory to snapshot")))
    tables = len(state.database.tables()) // 2
    yield Row("beginning a world: tables and prologue", statistics.median(begun), f"copying its {tables} tables", statistics.median(copied))
