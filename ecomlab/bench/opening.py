"""What it costs to begin: starting, opening a world and using a form in it, catching up with another kernel, the beginning of a world itself."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .. import lab
from ..kernel import beginning
from ..kernel.logbook import LOGBOOK, course_key
from ..kernel.state import State
from ..kernel.tasks import tasks
from ..kernel.world import World
from ..widgets import task_form
from .commands import call_recorded
from .rows import Row, environment, spent, timed
from .sheet import Sheet, model


def bench_start(times: int = 5) -> Iterator[Row]:
    """Starting, in fresh processes, in turn: importing the library, and grading one small submission, against DuckDB imported."""
    importing = "import sys, time; t = time.process_time(); exec(sys.argv[1]); print(time.process_time() - t)"
    found: dict[str, list[float]] = {"import duckdb": [], "import ecomlab": [], "python": [], "grade": []}
    with tempfile.TemporaryDirectory() as folder:
        sheet = Sheet("email")
        sheet.play(list(tasks(["email"])))
        sheet.write(Path(folder))
        _python("-m", "ecomlab", "grade", str(Path(folder) / LOGBOOK))  # whatever is compiled on first use
        for _ in range(times):
            for what in ("import duckdb", "import ecomlab"):
                found[what].append(float(_python("-c", importing, what)))
            found["python"].append(spent(partial(_python, "-c", "import duckdb")))
            found["grade"].append(spent(partial(_python, "-m", "ecomlab", "grade", str(Path(folder) / LOGBOOK))))
    duckdb, ours, python, grade = map(min, found.values())
    yield Row("import ecomlab", ours, "import duckdb", duckdb, aim=0.15)
    yield Row(f"ecomlab grade, {len(sheet.entries)} entries", grade, 'python -c "import duckdb"', python, aim=3)


def _python(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True, env=environment()).stdout


def bench_opening(entries: int = 500, times: int = 5) -> Iterator[Row]:
    """Opening a world with many entries against an empty one, in a process that is warm and in a fresh one; and what a form in it takes to answer."""
    sheet = model()
    sheet.grow(entries)
    with tempfile.TemporaryDirectory() as folder:
        full, empty = Path(folder, "full"), Path(folder, "empty")
        sheet.write(full)
        Sheet(sheet.header.scenario).write(empty)
        script = "import sys, ecomlab; ecomlab.open(sys.argv[1])"
        for world in (full, empty):
            _python("-c", script, str(world))  # what is kept beside a logbook is made when it is first opened
        warm: dict[Path, list[float]] = {full: [], empty: []}
        cold: dict[Path, list[float]] = {full: [], empty: []}
        for _ in range(times):
            for world in (full, empty):
                warm[world].append(spent(partial(_open, world)))
                cold[world].append(spent(partial(_python, "-c", script, str(world))))
        for how, taken in (("imports counted", cold), ("in a warm process", warm)):
            ours, theirs = (min(taken[world]) for world in (full, empty))
            yield Row(f"opening {len(sheet.entries)} entries, {how}", ours, "an empty world", theirs, aim=1.5)
        yield Row(f"a form answers, {len(sheet.entries)} entries", form_answers(full, sheet), aim=0.15)


def _open(folder: Path) -> None:
    lab.open(folder).world.close()


def form_answers(folder: Path, sheet: Sheet, times: int = 20) -> float:
    """Median seconds of the processor from the click on a form to its answer: a letter sent, the form drawn anew."""
    there = tasks(["email"])
    code = next(code for code, task in there.items() if "email.send" in [s.do for s in task.steps])
    opened = lab.open(folder)
    with contextlib.closing(opened.world):
        form = task_form(opened, code)
        values = {name: value for name, value in dict(sheet.everyday())["email.send"].items() if value is not None}
        taken = []
        for i in range(times):
            message = {"id": str(i), "command": "email.send", "values": {**values, "subject": f"{i}"}}
            taken.append(spent(partial(form.actions()["submit"], message)))
            if not form.view["answered"]["accepted"]:
                raise RuntimeError(f"the form did not accept a letter: {form.view['form']['problems']}")
    return statistics.median(taken)


def bench_beginning(entries: int = 400, times: int = 5) -> Iterator[Row]:
    """Catching up with another kernel, and how a world begins."""
    sheet = model()
    sheet.grow(entries)
    with tempfile.TemporaryDirectory() as folder:
        sheet.write(Path(folder))
        name, student = sheet.header.scenario, sheet.header.student
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
