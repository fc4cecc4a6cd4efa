"""`ecomlab bench`: what the laboratory costs, as ratios measured in one run.

Times belong to a machine and its mood; a ratio of two things done alternately in one run travels. What is measured
against what, and the aim if there is one, stands in every row. No test asserts a time.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .. import __version__, modules  # noqa: F401
from ..kernel import beginning, canonical, logbook
from ..kernel.command import find
from ..kernel.database import Database
from ..kernel.logbook import Entry, Header, course_key, seed_for
from ..kernel.plays import PLAYS, Player
from ..kernel.refusals import Refusal
from ..kernel.rules import RULES
from ..kernel.scenario import scenario, share
from ..kernel.state import State
from ..kernel.tasks import tasks
from ..kernel.world import LOGBOOK, World

#: What a student may do again and again, the amounts so small that nothing runs out; it makes up the long logbooks.
EVERYDAY: dict[str, dict[str, str]] = {
    "email.send": {},
    "email.save_draft": {},
    "ebank.deposit": {"amount": "0.01"},
    "ebank.transfer": {"amount": "0.01"},
    "ebank.deposit_personal": {"amount": "0.01"},
    "ebank.balance": {},
}


@dataclass(frozen=True)
class Row:
    """One measurement in seconds (or MB): ours against theirs. `aim`: the ratio should be at most that, or at least if `faster`."""

    what: str
    ours: float
    against: str
    theirs: float
    aim: float | None = None
    faster: bool = False
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours if self.faster else self.ours / self.theirs

    @property
    def reached(self) -> bool | None:
        return None if self.aim is None else (self.ratio >= self.aim if self.faster else self.ratio <= self.aim)


class Sheet:
    """A world without a disk: a state, and the entries that led to it."""

    def __init__(self, scenario_name: str, student: str = "bench"):
        digest, seed = scenario(scenario_name).digest, seed_for(student, course_key())
        self.header = Header(scenario_name, digest, seed, student, "2026-09-01T08:00:00+08:00", __version__, RULES)
        self.state = State(self.header)
        self.entries: list[Entry] = []
        self._last_hash = logbook.hash_line(self.header.line())

    def call(self, name: str, /, **given: Any) -> Any:
        command = find(name)
        return self.do(name, command.digest_secrets(self.header.seed, given))

    def do(self, name: str, recorded: dict[str, Any]) -> Any:
        """Does a command from arguments as a logbook records them."""
        command = find(name)
        arguments = command.parse(recorded)
        by, day, n = self.state.actor(command), self.state.day, len(self.entries) + 1
        made: list[Entry] = []

        def keep(result: Any) -> None:
            at = f"{day.isoformat()}T12:00:00+08:00"
            made.append(Entry(n, at, day.isoformat(), by, name, command.record(arguments), canonical.digest(result), self._last_hash))

        result, _ = self.state.transact(command, arguments, n, by, keep)
        self.state.note(made[0], command, arguments, result, day)
        self.entries += made
        self._last_hash = logbook.hash_line(made[0].line())
        return result

    def play(self, codes: Sequence[str]) -> None:
        """The model student does these tasks."""
        player = Player(self.call, lambda: self.state.look, live=True)
        for code in codes:
            PLAYS[code](player)

    def everyday(self) -> list[tuple[str, dict[str, Any]]]:
        """The everyday commands among what was done, each with the arguments that it last had, if it is accepted again."""
        latest = {e.do: {**e.arguments, **EVERYDAY[e.do]} for e in self.entries if e.do in EVERYDAY}
        return [(name, arguments) for name, arguments in latest.items() if self._again(name, arguments)]

    def _again(self, name: str, arguments: dict[str, Any]) -> bool:
        try:
            self.do(name, arguments)
        except Refusal:
            return False
        return True

    def grow(self, entries: int) -> None:
        """Does everyday commands in turn until there are so many entries."""
        turn = self.everyday()
        while len(self.entries) < entries:
            turn = [(name, arguments) for name, arguments in turn if len(self.entries) < entries and self._again(name, arguments)]
            if not turn:
                break

    @property
    def numbered(self) -> list[tuple[int, Entry]]:
        return list(enumerate(self.entries, start=2))

    def write(self, folder: Path) -> None:
        """The world as a logbook in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [self.header.line(), *(e.line() for e in self.entries)]
        (folder / LOGBOOK).write_text("".join(line + "\n" for line in lines), "utf-8")


# --- the same statements, bare -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def recorded(database: Database) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Collects what runs on a database meanwhile, transactions included."""
    ran: list[tuple[str, dict[str, Any]]] = []
    inner = {name: getattr(database, name) for name in ("run", "begin", "commit")}

    def run(sql: str, parameters: dict[str, Any]) -> Any:
        ran.append((sql, parameters))
        return inner["run"](sql, parameters)

    def begin(read_only: bool = False) -> None:
        if read_only:
            inner["begin"](True)  # which runs a statement, and so is collected
        else:
            ran.append(("begin", {}))
            inner["begin"]()

    def commit() -> None:
        ran.append(("commit", {}))
        inner["commit"]()

    database.run, database.begin, database.commit = run, begin, commit  # type: ignore[method-assign]
    try:
        yield ran
    finally:
        for name in inner:
            delattr(database, name)


class Bare:
    """A DuckDB connection in the state of some world, on which the same statements run with nothing around them.

    They are prepared once and reused, the fastest way there is, and what they select is fetched.
    """

    def __init__(self, state: State):
        self._connection = state.database.connection
        self._state = state
        self._prepared: dict[str, tuple[Any, bool]] = {}

    def run(self, statements: Sequence[tuple[str, dict[str, Any]]]) -> float:
        """Runs them; seconds. What is met for the first time is prepared beforehand."""
        plan = [(*self._ready(sql), parameters) for sql, parameters in statements]
        connection = self._connection
        start = time.perf_counter()
        for statement, fetch, parameters in plan:
            if statement == "begin":
                connection.begin()
            elif statement == "commit":
                connection.commit()
            else:
                done = connection.execute(statement, parameters)
                if fetch:
                    done.fetchall()
        return time.perf_counter() - start

    def _ready(self, sql: str) -> tuple[Any, bool]:
        if sql in ("begin", "commit"):
            return sql, False
        if sql not in self._prepared:
            fetch = sql.lstrip().startswith(("select", "with")) or " returning " in sql
            self._prepared[sql] = self._connection.extract_statements(sql)[0], fetch
        return self._prepared[sql]


def _timed(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


# --- the measurements ----------------------------------------------------------------------------------------------------


def bench_commands(times: int = 120) -> Iterator[Row]:
    """Each everyday command live (lock, catching up, logbook flushed to disk), replayed, and as bare statements, in turn."""
    sheet = _model()
    turn = sheet.everyday()
    with tempfile.TemporaryDirectory() as folder:
        sheet.write(Path(folder))
        world = World.open(folder, sheet.header.student, sheet.header.scenario, course_key())
        replayed, beside = State(sheet.header), State(sheet.header)
        for state in (replayed, beside):
            state.replay(sheet.numbered)
        bare = Bare(beside)
        for name, arguments in turn:
            live, again, alone = [], [], []
            for _ in range(times):
                with recorded(world.state.database) as statements:
                    live.append(_timed(partial(_call_recorded, world, name, arguments)))
                alone.append(bare.run(statements))
                again.append(_timed(partial(replayed.apply, world.entries[-1])))
            per_command = statistics.median(alone)
            against = f"its {sum(1 for s, _ in statements if s not in ('begin', 'commit'))} statements, bare"
            yield Row(f"{name} done", statistics.median(live), against, per_command, aim=1.5)
            yield Row(f"{name} replayed", statistics.median(again), against, per_command, aim=1.5)
        world.close()


def _call_recorded(world: World, name: str, arguments: dict[str, Any]) -> None:
    """`World.call` with secrets that are digests already: a person's typing is not what is measured."""
    command = find(name)
    edge = command.digest_secrets
    object.__setattr__(command, "digest_secrets", lambda seed, given: given)
    try:
        world.call(name, arguments)
    finally:
        object.__setattr__(command, "digest_secrets", edge)


def bench_replay(few: int = 1000, many: int = 20_000) -> Iterator[Row]:
    """Cost per entry of a short and a long logbook."""
    sheet = _model()
    sheet.grow(many)
    cost = {}
    for count in (few, len(sheet.entries)):
        state = State(sheet.header)
        entries = sheet.numbered[:count]
        start = time.perf_counter()
        findings = state.replay(entries)
        cost[count] = (time.perf_counter() - start) / count
        if findings:
            raise RuntimeError(f"the benchmark's own logbook does not replay: {findings[0]}")
        state.close()
    short, long = cost[few], cost[len(sheet.entries)]
    yield Row(f"replay, per entry of {len(sheet.entries):,}", long, f"per entry of {few:,}: {1 / short:,.0f} entries/s", short, aim=1.3)


def bench_opening(entries: int = 400, times: int = 5) -> Iterator[Row]:
    """Opening a world, catching up with another kernel, and how a world begins."""
    sheet = _model()
    sheet.grow(entries)
    with tempfile.TemporaryDirectory() as folder:
        sheet.write(Path(folder))
        name, student = sheet.header.scenario, sheet.header.student
        opened, alone = [], []
        for _ in range(times):
            opened.append(_timed(lambda: World.open(folder, student, name, course_key()).close()))
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
            done.append(_timed(lambda: _call_recorded(first, command, arguments)))
            caught.append(_timed(second.catch_up))
        yield Row("catching up with 1 entry", statistics.median(caught), f"doing it ({command})", statistics.median(done))
    begun, copied = [], []
    for _ in range(times):
        beginning.forget()
        begun.append(_timed(lambda: State(sheet.header).close()))
        state = State(sheet.header)
        state.database.script("attach ':memory:' as snapshot")
        copied.append(_timed(partial(state.database.script, "copy from database memory to snapshot")))
    tables = len(state.database.tables()) // 2
    yield Row("beginning a world: tables and prologue", statistics.median(begun), f"copying its {tables} tables", statistics.median(copied))


def bench_import(times: int = 9) -> Iterator[Row]:
    """Imports in fresh processes, in turn."""
    script = "import sys, time; t = time.perf_counter(); exec(sys.argv[1]); print(time.perf_counter() - t)"

    def seconds(what: str) -> float:
        return float(subprocess.run([sys.executable, "-c", script, what], check=True, capture_output=True, text=True, env=_environment()).stdout)

    found: dict[str, list[float]] = {"import duckdb": [], "import ecomlab": [], "from ecomlab import open, grade": []}
    for _ in range(times):
        for what, taken in found.items():
            taken.append(seconds(what))
    duckdb, *ours = (statistics.median(taken) for taken in found.values())
    yield Row("import ecomlab", ours[0], "import duckdb", duckdb, aim=1.5)
    yield Row("from ecomlab import open, grade", ours[1], "import duckdb", duckdb)


def bench_orders(many: int = 100_000) -> Iterator[Row]:
    """The whole chain of one B2B order in a world with many past orders, and in one with none."""
    from .orders import chains

    none, loaded = chains(0, many)
    yield Row(f"cart to settlement, {many:,} orders there", loaded, "the same with no order there", none, aim=1.5)


def bench_reports(lines: int = 1_000_000) -> Iterator[Row]:
    """Each report over a million order lines, against the same in pandas and in Polars and its bare SQL; and what memory each tool takes."""
    from .reports import compare

    found = compare(lines)
    ours = found.pop("ecomlab")
    for name in ours["reports"]:
        for tool, theirs in found.items():
            yield Row(f"report {name}", ours["reports"][name]["seconds"], _AGAINST.get(tool, tool), theirs["reports"][name]["seconds"], faster=True)
    for tool, theirs in found.items():
        yield Row(f"memory at its peak, {lines:,} lines", ours["peak"], _AGAINST.get(tool, tool), theirs["peak"], faster=True, unit="MB")


_AGAINST = {"sql": "its bare SQL", "pandas": "the same in pandas", "polars": "the same in Polars"}


def bench_grading(module: str = "email", students: int = 8) -> Iterator[Row]:
    """The same submissions of one assignment through `ecomlab grade` and `nbgrader autograde`, each as one call."""
    source = share("assignments")
    if importlib.util.find_spec("nbgrader") is None or not (source / "source" / module).is_dir():
        return
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        shutil.copytree(source, course, ignore=shutil.ignore_patterns("submitted", "autograded", "feedback", "release", "gradebook.db*"))
        _quietly([sys.executable, "-m", "nbgrader", "generate_assignment", module, "--create"], course)
        for i in range(students):
            student = f"bench{i:02d}"
            handed_in = course / "submitted" / student / module
            shutil.copytree(course / "release" / module, handed_in)
            sheet = Sheet(module, student)
            sheet.play(list(tasks([module])))
            sheet.write(handed_in)
        theirs = _timed(lambda: _quietly([sys.executable, "-m", "nbgrader", "autograde", module, "--create"], course))
        ours = _timed(lambda: _quietly([sys.executable, "-m", "ecomlab", "grade", str(course / "submitted")], course))
        yield Row(f"ecomlab grade, per submission of {module}", ours / students, "nbgrader autograde", theirs / students, aim=10, faster=True)


def _quietly(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=_environment())
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _environment() -> dict[str, str]:
    """Ours, with this ecomlab and this Python's scripts (nbgrader calls alembic) found first wherever a process starts."""
    here = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PATH": str(Path(sys.executable).parent)}
    return {**os.environ, **{name: os.pathsep.join(filter(None, [first, os.environ.get(name, "")])) for name, first in here.items()}}


def _model() -> Sheet:
    """A world in which the model student has done every task that there is."""
    sheet = Sheet("semester")
    sheet.play(list(tasks(modules.NAMES)))
    return sheet


def bench_auction() -> Iterator[Row]:
    """A bid on an auction with few and with many bids before it."""
    from .auctions import seconds_per_bid

    few, many = (taken := seconds_per_bid()).keys()
    yield Row(f"c2c.bid after {many:,} bids", taken[many], f"after {few:,}: {1 / taken[few]:,.0f} bids/s", taken[few], aim=1.5)


def bench_edifact() -> Iterator[Row]:
    """EDIFACT messages written and read, against pydifact alone; only ours checks what it reads."""
    from .edifact import edifact_paces

    if importlib.util.find_spec("pydifact") is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydifact says once for each kind of segment that it does not validate it
        paces = edifact_paces()
    for pace in paces:
        ours, theirs = f"{1 / pace.ours:,.0f}/s", f"pydifact: {1 / pace.pydifact:,.0f} messages/s"
        yield Row(f"EDIFACT messages {pace.work}, {ours}", pace.ours, theirs, pace.pydifact, faster=True)


BENCHES: dict[str, Callable[[], Iterator[Row]]] = {
    "import": bench_import,
    "commands": bench_commands,
    "opening": bench_opening,
    "replay": bench_replay,
    "orders": bench_orders,
    "grading": bench_grading,
    "auction": bench_auction,
    "reports": bench_reports,
    "edifact": bench_edifact,
}


def main(args: Sequence[str] | None = None) -> int:
    """Runs the benchmarks named in `args` (all of them, without) and prints one table. Always exit status 0."""
    parser = argparse.ArgumentParser(prog="ecomlab bench", description="Benchmarks as ratios, measured in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    chosen = parser.parse_args(args)
    if unknown := [n for n in chosen.names if n not in BENCHES]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    rows = []
    for name in chosen.names or BENCHES:
        for row in BENCHES[name]():
            rows.append(row)
            if chosen.format == "table":
                print(_line(row), flush=True)
    if chosen.format == "json":
        print(json.dumps([{**vars(r), "ratio": r.ratio, "reached": r.reached} for r in rows], indent=1))
    return 0


def _line(row: Row) -> str:
    aim = "" if row.aim is None else f"aim {'>=' if row.faster else '<='} {row.aim:g}x  {'reached' if row.reached else 'MISSED'}"
    return f"{row.what:<42} {_show(row.ours, row.unit):>9}   {row.against:<42} {_show(row.theirs, row.unit):>9}   {row.ratio:6.2f}x  {aim}".rstrip()


def _show(seconds: float, unit: str = "s") -> str:
    if unit != "s":
        return f"{seconds:,.0f} {unit}"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"
