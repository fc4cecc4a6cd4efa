"""Worlds for tests. Each is played once and then copied, because every secret that is typed costs a scrypt digest."""

from __future__ import annotations

import contextlib
import copy
import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from filelock import FileLock

import ecomlab
from ecomlab import modules
from ecomlab.bench.classes import hand_in
from ecomlab.grading import Report, grade
from ecomlab.kernel import audit as auditing
from ecomlab.kernel import logbook, packages, shelf
from ecomlab.kernel import state as states
from ecomlab.kernel.command import STUDENT as STUDENT_ROLE
from ecomlab.kernel.database import _WRITES, Database
from ecomlab.kernel.dialect import inside
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.logbook import LOGBOOK
from ecomlab.kernel.plays import PLAYS, is_step
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.replica import _CHANGED, Kind, Replica, _Template
from ecomlab.kernel.rules import RULES
from ecomlab.kernel.scenario import scenario, scenario_names
from ecomlab.kernel.shelf import Shelf
from ecomlab.kernel.snapshot import Snapshot
from ecomlab.kernel.state import State
from ecomlab.kernel.world import World
from ecomlab.lab import Lab
from ecomlab.reports import agreement

modules.load()

ROOT = Path(__file__).resolve().parent.parent
STUDENT = "s1001"


def needs(*packages: str) -> pytest.MarkDecorator:
    """A mark of a file whose tests are skipped without these packages. They are not imported for it, as `pytest.importorskip` does: each worker collects
    every file, and one of them runs its tests."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def scenarios() -> list[str]:
    """The scenarios that can be played: those whose modules and prologue exist."""
    found = []
    for name in scenario_names():
        read = scenario(name)
        if read.tasks and all(is_step(step) for step in read.prologue):
            found.append(name)
    return found


#: Scenarios that take long to play: the semester has every module's tasks again, analytics seven weeks of trade, and to judge the answers of the market
#: assignment a market of a hundred thousand orders is made.
LARGE = ("semester", "analytics", "department", "market")


def each_scenario(*quick: str) -> list[Any]:
    """Parameters of a sweep over the scenarios, those marked slow that are not `quick` (by default: the large ones)."""
    return [pytest.param(n, marks=[pytest.mark.slow] * (n not in quick if quick else n in LARGE)) for n in scenarios()]


def codes_of(scenario_name: str) -> list[str]:
    return list(scenario(scenario_name).tasks)


#: The folder that the workers of one test run share, so that each model student plays once and not once per worker.
SHARED = "ECOMLAB_TEST_WORLDS"


@functools.cache
def _place() -> Path:
    return Path(os.environ.get(SHARED) or tempfile.mkdtemp(prefix="ecomlab-tests-"))


def played(name: str, scenario_name: str, student: str, play: Callable[[Lab], None]) -> Path:
    """The logbook of a world that `play` has played, made by whichever worker comes first. Not to be written to."""
    folder = _place() / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            making = folder.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            with rehearsing():
                lab = ecomlab.open(making, student=student, scenario=scenario_name)
                play(lab)
                lab.world.close()
            making.rename(folder)
    return folder / LOGBOOK


class Beginnings(OrderedDict[tuple[object, ...], Snapshot]):
    """How worlds began, kept for all workers of a test run: prologues are a good part of what a run computes, and each is played once in it, by an
    understudy.

    Takes the place of what `beginning` keeps in a process. Once they were forgotten, a world plays its prologue itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._forgotten = False

    def __contains__(self, key: object) -> bool:
        if not super().__contains__(key) and not self._forgotten:
            file, asked = self._file(key), cast(tuple[Any, ...], key)
            if file.exists():
                super().__setitem__(asked, Snapshot.read(file.read_text("utf-8")))
            elif not on_duckdb():
                self._play(*asked)
        return super().__contains__(key)

    def _play(self, scenario_name: str, digest: str, seed: str, rules: int) -> None:
        self._forgotten = True  # else it would be asked for again
        try:
            State(logbook.Header(scenario_name, digest, seed, STUDENT, "", rules=rules), Understudy()).close()
        finally:
            self._forgotten = False

    def __setitem__(self, key: tuple[object, ...], begun: Snapshot) -> None:
        super().__setitem__(key, begun)
        file = self._file(key)
        making = file.with_suffix(f".{os.getpid()}")
        making.write_text(begun.text(), "utf-8")
        making.replace(file)

    def clear(self) -> None:
        super().clear()
        self._forgotten = True

    def remember(self) -> None:
        """What was forgotten for a test is known again."""
        self._forgotten = False

    @staticmethod
    def _file(key: object) -> Path:
        return _place() / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.beginning"


@functools.cache
def model(scenario_name: str, student: str = STUDENT, codes: tuple[str, ...] | None = None) -> Path:
    """The logbook of a model student who did these tasks of a scenario (all of them if none are named)."""
    if codes == ():
        return _header_alone(scenario_name, student)

    def play(lab: Lab) -> None:
        if codes is None and student == STUDENT:
            (lab.world.folder / SEEN).write_text(json.dumps({code: _watched(lab, code) for code in codes_of(scenario_name)}), "utf-8")
        else:
            for code in codes_of(scenario_name) if codes is None else codes:
                PLAYS[code](lab.player())

    name = hashlib.sha256(repr((scenario_name, student, codes)).encode()).hexdigest()[:16]
    return played(name, scenario_name, student, play)


def _header_alone(scenario_name: str, student: str) -> Path:
    """The logbook of a world that has just begun. Nothing is played: its prologue is played by whoever opens it."""
    folder = Path(tempfile.mkdtemp(dir=_place()))
    seed = logbook.seed_for(student, logbook.course_key())
    header = logbook.Header(scenario_name, scenario(scenario_name).digest, seed, student, "2026-09-01T08:00:00+08:00", ecomlab.__version__, RULES)
    logbook.create(folder / LOGBOOK, header)
    return folder / LOGBOOK


#: What was seen while the model student played a whole scenario, beside its logbook: it is played once, and tests read this.
SEEN = "seen.json"
#: Whether there are forms to fill in; on a server that only grades the model student works without.
FORMS = importlib.util.find_spec("ipywidgets") is not None


def _watched(lab: Lab, code: str) -> dict[str, Any]:
    """Does a task, through its form where there are forms; the points before and after, and what the form showed (tests/forms.py)."""
    before = lab.check(code).points
    if FORMS:
        from tests.forms import filled_in

        shown = filled_in(lab, code)
    else:
        shown = {}
        PLAYS[code](lab.player())
    after = lab.check(code)
    return {"before": float(before), "after": float(after.points), "out_of": float(after.out_of), **shown}


@functools.cache
def seen(scenario_name: str) -> dict[str, dict[str, Any]]:
    """What was seen of each task while the model student played it."""
    found: dict[str, dict[str, Any]] = json.loads(model(scenario_name).with_name(SEEN).read_text("utf-8"))
    assert list(found) == codes_of(scenario_name)
    return found


#: Tasks that lead to a shop with goods in it.
_FOR_A_SHOP = (
    "EMAIL001", "EBANK001", "EBANK002", "EBANK004", "EBANK016", "EBANK010", "B2C001", "B2C002", "B2C003", "B2C004", "B2C005", "B2C006", "B2C016",
)  # fmt: skip


@functools.cache
def traded() -> Path:
    """The logbook of a student who has a shop that sold goods, and advertisements; two weeks went by, with auctions of others."""
    from ecomlab.modules.b2c.playbook import fulfil, own_shop
    from ecomlab.modules.netsell.playbook import _picture

    def trade(lab: Lab) -> None:
        play = lab.player()
        for code in (*_FOR_A_SHOP, "NETSELL001"):
            PLAYS[code](play)
        look, shop = lab.world.state.look, own_shop(play)
        own = look.value("select min(product) from stock_level where owner = $o and on_hand > 0", o=shop.member)
        others = look.value("select product from b2c_product where merchant <> $m order by price, product limit 1", m=shop.merchant)
        link = "https://shop.example.cn/01/0{}".format
        lab.netsell.create_text_ad(category="promotion", title="秋季促销 Autumn sale", content="全场八折 20% off", link=link(own))
        lab.netsell.create_button_ad(title="新款上架 New in the shop", link="https://www.example.cn/", image=_picture("button_left"), slot="button_left")
        lab.netsell.create_banner_ad(title="周年庆 Anniversary", link=link(others), image=_picture("banner_top"), slot="banner_top")
        for _ in range(3):
            for r in look.all(
                """select o.number from b2c_order o join document d using (number)
                   where o.merchant = $m and (d.state = 'paid' or (d.state = 'placed' and o.payment_kind = 'cash_on_delivery')) order by 1""",
                m=shop.merchant,
            ):
                fulfil(play, r.number)
            lab.advance(days=5)

    return played("traded", "semester", STUDENT, trade)


@functools.cache
def report(scenario_name: str, student: str = STUDENT) -> Report:
    """The grader's report on a model student's whole logbook. Another student's is played as a class is made, on the store that replays."""
    return grade(model(scenario_name) if student == STUDENT else hand_in(_place(), student, scenario_name))


@functools.cache
def looked_at(scenario_name: str) -> Lab:
    """A model student's finished world, for tests that only look at it."""
    folder = _place() / f"looked-at-{scenario_name}-{os.getpid()}"
    with rehearsing(Database):
        return opened(folder, model(scenario_name))


def opened(folder: Path, logbook_file: Path, entries: int | None = None) -> Lab:
    """A copy of that logbook in `folder`, of its first `entries` if so many are named, opened. The snapshots beside it go along, and that of a world that
    has just begun comes to lie there: a prologue or a model student is played once and not once a test. That a snapshot is what a replay says,
    tests/test_kernel_snapshots.py proves.
    """
    lines = logbook_file.read_bytes().splitlines(keepends=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOGBOOK).write_bytes(b"".join(lines if entries is None else lines[: 1 + entries]))
    there = logbook_file.parent / shelf.FOLDER
    if there.is_dir():
        shutil.copytree(there, folder / shelf.FOLDER)
    lab = ecomlab.open(folder)
    if _place() in logbook_file.parents and len(lines) == 1 and not there.is_dir() and (made := folder / shelf.FOLDER).is_dir():
        aside = Path(tempfile.mkdtemp(dir=_place()))
        shutil.copytree(made, aside, dirs_exist_ok=True)
        with contextlib.suppress(OSError):  # another worker was first
            aside.rename(there)
    return lab


def fresh_state(scenario_name: str = "email", student: str = STUDENT) -> State:
    """The state of a world that has just begun."""
    return State(logbook.survey(model(scenario_name, student, ())).header)


def doing(state: State, n: int = 7) -> Doing:
    """What a command of the student's would be given as entry `n`."""
    return Doing(state.database, state.header.seed, state.scenario, state.known, n, STUDENT_ROLE.name, STUDENT_ROLE.name, "")


@contextlib.contextmanager
def at_work(state: State, n: int = 7) -> Iterator[Doing]:
    """At work in a transaction that is rolled back afterwards."""
    state.database.begin()
    try:
        yield doing(state, n)
    finally:
        state.database.rollback()


class _Stage(_Template):
    """The tables of a schema, for understudies. Many are open at once, and one after the other has its rows in the DuckDB beside, which is not the one that
    grading asks."""

    on_it: Understudy | None = None

    def enter(self, who: Understudy | None) -> None:
        """Whose rows are beside from now on; those of another are no longer."""
        if (other := self.on_it) not in (None, who) and other._beside:
            other._beside.rollback()
            other._beside, other._fresh = None, set(other.tables())
        self.on_it = who

    def _described(self, sql: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
        if _CHANGED.match(sql):
            self.enter(None)  # what is copied there is not committed, and nobody else may change it
        return super()._described(sql, parameters)


class Understudy(Replica):
    """The store that replays, where a statement costs a fiftieth (docs/adr/0014; that both lead to the same, tests/test_replica.py says). DuckDB is asked
    of what kind each query's columns are, and here to do each change once as well, on empty tables: what it does not take is taken by no test.

    Snapshots are DuckDB's texts here too: from where an understudy stands, DuckDB goes on, and the other way round.
    """

    copied = True

    _of_schemas = staticmethod(functools.cache(_Stage))
    _taken: ClassVar[set[str]] = set()
    _template: _Stage

    def script(self, sql: str) -> None:
        if self._template.schema:  # a snapshot empties a table
            super().execute(sql)
        else:
            self.copy(self._of_schemas(sql), self._of_schemas(sql).empty)
            self.written.update(_WRITES.findall(sql))

    def copy(self, template: _Stage, tables: sqlite3.Connection) -> None:
        """Takes over these tables, of that schema."""
        self._template = template
        tables.backup(self._base)
        self._fresh = set(self.tables())

    @property
    def connection(self) -> Any:
        """A DuckDB with the rows as they stand, for who asks it by hand (`lab.sql`)."""
        asked = Database()
        asked.script(self._template.schema)
        self.copy_to(asked)
        return asked.connection

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, as it is within."""
        return {table: self._base.execute(f'select * from "{table}"').fetchall() for table in self.tables()}

    def fill(self, table: str, rows: Sequence[Any]) -> None:
        """Puts rows as DuckDB has them into an empty table."""
        if rows:
            self._base.executemany(f'insert into "{table}" values ({", ".join("?" * len(rows[0]))})', [[inside(v) for v in row] for row in rows])
        for changed in (self._fresh, self._touched, self.written):
            changed.add(table)

    def run(self, sql: str, parameters: dict[str, Any]) -> Any:
        """What a snapshot asks: the text of a table, or rows from such a text."""
        if into := re.match(r'insert into "(\w+)" (?=select unnest)', sql):
            return self.fill(into[1], self._template.duckdb.run(sql[into.end() :], parameters).fetchall())
        return self._of_duckdb(sql).run(sql, parameters)

    def _done(self, kind: Kind, parameters: dict[str, Any]) -> Any:
        if kind.changes:
            self.written.add(kind.changes)
        return super()._done(kind, parameters)

    def execute(self, sql: str, **parameters: Any) -> None:
        if sql not in self._taken:
            self._template._described(sql, parameters)
            self._taken.add(sql)
        super().execute(sql, **parameters)

    def _of_duckdb(self, sql: str) -> Database:
        self._template.enter(self)
        return super()._of_duckdb(sql)

    def close(self) -> None:
        if self._template.on_it is self:
            self._template.enter(None)
        super().close()


@contextlib.contextmanager
def rehearsing(store: type[Database] = Understudy) -> Iterator[None]:
    """Worlds that are opened meanwhile stand in that store; in `make test-all` always in DuckDB."""
    with pytest.MonkeyPatch.context() as patch:
        if not on_duckdb():
            patch.setattr(states, "Database", store)
        yield


_TWINS: weakref.WeakKeyDictionary[State, tuple[Any, State]] = weakref.WeakKeyDictionary()


def on_duckdb() -> bool:
    """Whether tests that may do without it act on the store of worlds itself, as in `make test-all`."""
    return os.environ.get("ECOMLAB_TEST_STORE") == "duckdb"


def examples(few: int, many: int) -> int:
    """How many examples of a property are tried: few in `make test`, many in `make test-all`."""
    return many if on_duckdb() else few


def twin(state: State) -> State:
    """The same state in an understudy, for tests that do much `at_work`; made anew if the state has changed since."""
    if on_duckdb():
        return state
    stands = state.snapshot()
    if state not in _TWINS or _TWINS[state][0] != stands:
        made = _copied(state, Understudy())
        made.database.script(packages.schema(state.scenario.packages))
        for table in made.database.tables():
            rows = state.database.all(f'select * from "{table}"')
            made.database._base.execute(f'delete from "{table}"')  # the schema itself puts rows into some
            made.database.fill(table, rows)
        _TWINS[state] = stands, made
    return _TWINS[state][1]


def _copied(state: State, store: Understudy) -> Any:
    """A state that goes on by itself, in that store. It takes no snapshots, which are texts of DuckDB's."""
    done, made = [*state.done], copy.copy(state)
    made.database, made.known, made._done, made.prepared = store, state.known.copy(), done, [*state.prepared]
    made.__dict__.pop("_tables", None)
    return made


@functools.cache
def _learned(logbook_file: Path) -> State:
    """The twin of the state after a logbook, from which those of labs are copied."""
    return twin(opened(Path(tempfile.mkdtemp(dir=_place())) / "learned", logbook_file).world.state)


def acting(folder: Path, logbook_file: Path) -> Lab:
    """As `opened`, for tests that act much: the lab's state is an understudy's, and DuckDB's again once something was undone."""
    if on_duckdb():
        return opened(folder, logbook_file)
    learned, store = _learned(logbook_file), Understudy()
    store.copy(learned.database._template, learned.database._base)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(logbook_file, folder / LOGBOOK)
    world = World(folder, learned.header)
    world._shelf = Shelf(folder / "none")
    world._state, world._stands = _copied(learned, store), len(logbook_file.read_bytes().splitlines()) - 1
    world._keep = lambda last_hash: None  # type: ignore[method-assign]
    world.catch_up()  # reads what has been done already
    return Lab(world)


def forget_models() -> None:
    """Removes what this process made for itself alone; what workers share goes when the run ends (conftest.py)."""
    if SHARED not in os.environ and _place.cache_info().currsize:
        shutil.rmtree(_place(), ignore_errors=True)


def refused(do: Callable[..., Any], *args: Any, **given: Any) -> Refusal:
    """The refusal that a call gets; fails if it gets none, or one whose texts are not in both languages."""
    try:
        result = do(*args, **given)
    except Refusal as refusal:
        for problem in refusal.problems:
            assert_both(problem.text)
        return refusal
    raise AssertionError(f"not refused: {result!r}")


def in_a_process(script: str, *args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Runs a script in a Python of its own, in this checkout."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", script, *args], env=environment, text=True, capture_output=True, timeout=120, **more)


def assert_both(text: Any) -> None:
    """A text of the product: there in both languages, the Chinese in Chinese, no place left unfilled."""
    assert any("\u4e00" <= c <= "\u9fff" for c in text.zh), text
    assert text.en.strip() and any(c.isascii() and c.isalpha() for c in text.en), text


def relinked(lines: Sequence[str], renumber: bool = False) -> list[str]:
    """The lines with their hash chain made right again, as somebody who forges a logbook would."""
    made = [lines[0]]
    for n, line in enumerate(lines[1:], start=1):
        entry = json.loads(line)
        entry["prev"] = logbook.hash_line(made[-1])
        if renumber:
            entry["n"] = n
        made.append(json.dumps(entry, ensure_ascii=False, separators=(",", ":")))
    return made


def write(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def held(lab: Lab) -> Any:
    """All that a world holds, to be compared with what the same world holds later. Of an understudy the rows themselves: for their digests DuckDB would
    have to be given them all first."""
    state = lab.world.state
    store = state.database
    return (store.rows(), {**state.known.counters}) if isinstance(store, Understudy) else state.digest()


def findings_of(lab: Lab, reports: bool | None = None) -> list[str]:
    """What breaks the invariants of a world as it is in memory; `lab.audit()` would make one anew that a snapshot had a part in.

    reports: whether also what its reports come to, which takes half of the time; by default only in `make test-all`.
    """
    state, whole = lab.world.state, on_duckdb() if reports is None else reports
    verdicts = auditing.verdicts(state.look, lambda check: state.scenario.includes(check) and (whole or check is not agreement._agree))
    return [f"{v.name}: {f}" for v in verdicts for f in v.findings]
