"""A class's logbooks and attempts in one DuckDB: read as they lie there, in parallel, without a replay. Points are those that grading has kept in its record.

    work(id, student, assignment, scenario, place, points, out_of, stale)     a submission; points are null until it is graded, stale when it was before
    task(assignment, code, position, module, title_zh, title_en)              the tasks that an assignment asks, in their order
    points(id, code, points, out_of)                                          what grading gave for each
    step(id, n, moment, day, by, command, refused, field, reason, pause, code)    what was done, and what was refused; code: the task that it belongs to
    word(id, n, position, command, about, field_zh, field_en, words)    what an entry holds for a teacher to judge, in the order of its fields; about: what it
                                                                        names first, such as the concept that is explained

`moment` is in seconds since 1970, UTC, by the clock of the student's computer; `pause` the seconds since the step before, null beyond five minutes, which
is no work.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import functools
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from ..grading.batch import submissions
from ..grading.graded import Submission
from ..grading.record import Kept, kept
from ..kernel import packages
from ..kernel.command import COMMANDS
from ..kernel.database import Database, without_bar
from ..kernel.foreign import from_json
from ..kernel.logbook import ATTEMPTS, MAX_BYTES
from ..kernel.mailed import is_plain, lines_of
from ..kernel.refusals import Refusal
from ..kernel.scenario import scenario
from ..kernel.tasks import tasks
from ..kernel.written import written
from ..witness.account import PAUSE

_TABLES = """
create table work (id integer primary key, student varchar, assignment varchar, scenario varchar, place varchar, points double, out_of double, stale boolean);
create table task (assignment varchar, code varchar, position integer, module varchar, title_zh varchar, title_en varchar);
create table points (id integer, code varchar, points double, out_of double);
create table command (assignment varchar, command varchar, positions integer[]);
create table file (id integer, name varchar);
create table word (id integer, n bigint, position integer, command varchar, about varchar, field_zh varchar, field_en varchar, words varchar);
"""
#: What the lines of a logbook and of its attempts hold; a header has other values than an entry. What a line lacks is null; what is no JSON is left out.
_LINE = dict.fromkeys(("at", "day", "by", "do", "student", "scenario", "seed", "with"), "varchar") | {"n": "bigint"}
_ATTEMPT = {"n": "bigint", "at": "varchar", "do": "varchar", "refused[0].field": "varchar", "refused[0].code": "varchar"}
#: Read as text and looked into: half of what DuckDB's reader of JSON takes for so many files.
_READ = """
select {columns}, id from (
  select json_extract_string(line, {paths}) as found, id
  from (select unnest(string_split(content, chr(10))) as line, id from read_text(?) join file on name = filename) where json_valid(line)
)
"""
#: What DuckDB takes for a pattern of names, or for a place that is no file.
_PATTERN = re.compile(r"[*?\[\]{}]|://")
#: A step that a single task asks for, or whose arguments name the task, says where the student is; another that several ask for belongs to the next of
#: these, or else to the last before.
_STEPS = f"""
create table step as
with seen as (
  select l.id, l.n, 0 as late, epoch(try_cast(l.at as timestamptz)) as moment, l.day, l.by, l.do as command, l."with" as given, false as refused,
         null as field, null as reason
  from line l where l.n is not null and l.do is not null
  union all by name
  select a.id, a.n, 1 as late, epoch(try_cast(a.at as timestamptz)) as moment, a.do as command, true as refused,
         a."refused[0].field" as field, a."refused[0].code" as reason
  from attempt a where a.n is not null and a.do is not null
), known as (
  select s.*, w.assignment, case when len(c.positions) > 1 and t.position in c.positions then [t.position] else c.positions end as positions
  from seen s join work w using (id) left join command c on c.assignment = w.assignment and c.command = s.command
  left join task t on t.assignment = w.assignment and len(c.positions) > 1 and t.code = regexp_extract(s.given, '"([A-Z][A-Z0-9]*[0-9])"', 1)
), placed as (
  select s.*,
         last_value(case when len(s.positions) = 1 then s.positions[1] end ignore nulls) over before as anchor,
         s.moment - lag(s.moment) over before as gap
  from known s
  window before as (partition by s.id order by s.n, s.late, s.moment rows between unbounded preceding and current row)
)
select p.id, p.n, p.moment, p.day, p.by, p.command, p.refused, p.field, p.reason,
       case when p.gap between 0 and {PAUSE.total_seconds()} then p.gap end as pause, t.code
from placed p left join task t on t.assignment = p.assignment
  and t.position = coalesce(list_min(list_filter(p.positions, lambda x: x >= coalesce(p.anchor, 0))), list_max(p.positions))
order by p.id, p.n, p.late, p.moment
"""


class Class(Database):
    """A class as it stands. To be read only, and closed. unread: files that DuckDB could not read, which hold nothing here."""

    def __init__(self, found: Sequence[Submission], record: Path | None = None, database: Path | None = None):
        """found: whose work; record: where grading has kept their points; database: a file for the tables, which must not be there yet.

        Raises OSError, and a Refusal for a record that is none.
        """
        if database and database.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(database))
        config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        self.connection, self.written = without_bar(duckdb.connect(str(database or ":memory:"), config=config)), set[str]()
        self.unread: list[Path] = []
        graded = kept(record) if record else {}
        #: whether points are to be had, and whether a record of them was named
        self.graded, self.recorded = bool(graded), record is not None
        try:
            self.script(_TABLES)
            with tempfile.TemporaryDirectory(prefix="ecomlab-class-") as folder:
                self._read(found, Path(folder))
            self._works(found, graded)
            self._load()
            self._tasks()
            self._words()
            self.script(_STEPS)
            self.script("drop table line; drop table attempt")
            self.script("set enable_external_access = false; set lock_configuration = true")
        except BaseException:
            self.connection.close()
            raise

    @classmethod
    def of(cls, paths: Sequence[str | Path], record: Path | None = None, database: Path | None = None) -> Class:
        """The class below these folders. Refuses 'no_logbook_there'."""
        return cls(submissions(paths), record, database)

    # --- reading ---

    def _read(self, found: Sequence[Submission], folder: Path) -> None:
        """All files at once; one in a folder whose name is a pattern of names to DuckDB, through a link whose name is ours, and one that came by mail in
        another encoding as a copy in ours."""
        logbooks: list[str] = []
        attempts: list[str] = []
        names: list[tuple[int, str]] = []
        for i, submission in enumerate(found):
            for kind, file, there in (("log", submission.path, logbooks), ("try", submission.path.with_name(ATTEMPTS), attempts)):
                if file.is_file() and file.stat().st_size <= MAX_BYTES:
                    name, ours = str(file), folder / f"{i:06}.{kind}"
                    if not is_plain(file):
                        ours.write_bytes(b"\n".join(line.raw for line in lines_of(file)))
                        name = str(ours)
                    elif _PATTERN.search(name):
                        ours.symlink_to(file.resolve())
                        name = str(ours)
                    there.append(name)
                    names.append((i, name))
        self._insert("file", names, 2)
        self._lines("line", _LINE, logbooks)
        self._lines("attempt", _ATTEMPT, attempts)

    def _lines(self, table: str, columns: dict[str, str], files: list[str]) -> None:
        """The lines of these files that are what they should be. Where one file spoils it for all, each is read alone."""
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self.script(f"create table {table} ({declared}, id integer)")
        values = ", ".join(f"try_cast(found[{i}] as {kind})" for i, kind in enumerate(columns.values(), 1))
        read = f"insert into {table} {_READ.format(columns=values, paths=[f'$.{name}' for name in columns])}"
        try:
            self.connection.execute(read, [files]) if files else None
        except duckdb.Error:
            for file in files:
                try:
                    self.connection.execute(read, [[file]])
                except duckdb.Error:
                    self.unread.append(Path(file).resolve())

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]], width: int) -> None:
        """Rows column by column: one statement, however many they are."""
        columns = [list(c) for c in zip(*rows, strict=True)] if rows else []
        if columns:
            self.connection.execute(f"insert into {table} select {', '.join(['unnest(?)'] * width)}", columns)

    def _works(self, found: Sequence[Submission], graded: dict[str, Kept]) -> None:
        headers = {
            r.id: r
            for r in self.all("select id, any_value(student) as student, any_value(scenario) as scenario from line where seed is not null group by id")
        }
        works, points = [], []
        for i, submission in enumerate(found):
            header, place = headers.get(i), str(submission.path.resolve())
            student = submission.student or (header.student if header else None) or "?"
            name = header.scenario if header else submission.scenario
            assignment = submission.assignment or name or "?"
            mark = graded.get(place)
            works.append((i, student, assignment, name, place, mark and mark.points, mark and mark.out_of, bool(mark and mark.stale(submission))))
            points += [(i, code, got, out_of) for code, got, out_of in mark.tasks] if mark else []
        self._insert("work", works, 8)
        self._insert("points", points, 4)

    def _load(self) -> None:
        """Imports the modules of the worlds that were handed in, whose commands these steps are."""
        for name in {name for row in self.all("select distinct assignment, scenario from work") for name in row if name}:
            with contextlib.suppress(Refusal):  # a scenario that there is not has no modules
                packages.load(scenario(name).packages)

    def _tasks(self) -> None:
        """What each assignment asks, and which commands do it."""
        catalogue = tasks()
        asked, commands = [], []
        for assignment, name in self.all("select distinct assignment, any_value(scenario) from work group by assignment"):
            codes = _codes(assignment) or _codes(name)
            places = {code: i for i, code in enumerate(codes)}
            asked += [(assignment, code, i, (t := catalogue[code]).module, *t.title) for code, i in places.items()]
            for command in COMMANDS.values():
                if positions := sorted(places[code] for code in command.tasks if code in places):
                    commands.append((assignment, command.name, positions))
        self._insert("task", asked, 6)
        self._insert("command", commands, 3)

    def _words(self) -> None:
        """What students wrote for a teacher to judge."""
        marked = [c.name for c in COMMANDS.values() if c.marked]
        rows = self.all('select id, n, "do", "with" as given from line where list_contains($marked, "do")', marked=marked)
        words = []
        for r in rows:
            with contextlib.suppress(ValueError):  # what is no JSON holds nothing
                given = from_json(r.given or "")
                given = given if isinstance(given, dict) else {}
                command = COMMANDS[r.do]
                about = next((str(given.get(p.name, "")) for p in command.params if p.kind == "ref"), "")
                words += [(r.id, r.n, i, command.name, about, *w.label, w.words) for i, w in enumerate(written(command, given))]
        self._insert("word", words, 8)

    # --- as a source of pages ---

    @functools.cached_property
    def start(self) -> datetime.date:
        """The day of the first step, by the calendar of this computer."""
        return _day(self.value("select min(moment) from step"))

    @functools.cached_property
    def day(self) -> datetime.date:
        """The day of the last step."""
        return _day(self.value("select max(moment) from step"))


def _codes(name: str | None) -> tuple[str, ...]:
    try:
        return tuple(scenario(name).tasks) if name else ()
    except Refusal:
        return ()


def _day(second: float | None) -> datetime.date:
    return datetime.date.fromtimestamp(second) if second is not None else datetime.date.today()


def moment(second: float | None) -> str:
    """A time as this computer's calendar and clock have it."""
    return "" if second is None else f"{datetime.datetime.fromtimestamp(second):%Y-%m-%d %H:%M:%S}"

