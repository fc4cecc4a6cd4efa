"""The record of a course: what grading found, kept in a file of SQLite that belongs to the teacher.

Grading again asks it first. A submission is graded anew when anything has changed on which its report hangs: the logbook, the program (rules, checks,
commands, data), the course's key, or how much of it counts. What an interrupted run has done is there for the next one. What a student's mark was, and why it
became another, is added up in `change` and never removed.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..kernel import files, keys
from ..kernel.foreign import from_json
from ..kernel.logbook import ATTEMPTS, MAX_BYTES, Finding
from ..kernel.refusals import refusal
from ..kernel.scenario import share
from ..kernel.tasks import tasks
from ..kernel.texts import Language, Text
from ..kernel.written import Written
from .assess import GoalReport, TaskReport
from .graded import NOT_JUDGED, Basis, Graded, Submission, counting
from .replay import Report
from .traits import Traits

#: The layout of the file. A file of another one is refused.
VERSION = 1
_TABLES = """
create table report (
  place text primary key, logbook text not null, terms text not null, program text not null, exact integer not null, report text not null, traits text
) strict;
create table mark (
  student text not null, assignment text not null, mark text not null, percent text not null, logbook text not null, terms text not null,
  program text not null, primary key (student, assignment)
) strict;
create table change (
  at text not null, student text not null, assignment text not null, before text, after text not null, why text not null
) strict;
create trigger change_stays before update on change begin select raise(abort, 'what has changed is not rewritten'); end;
create trigger change_is_kept before delete on change begin select raise(abort, 'what has changed is not forgotten'); end;
"""
#: Rooms whose code decides what a logbook earns.
_ROOMS = ("kernel", "edifact", "books", "reports", "modules", "grading")
#: Findings that may be otherwise the next time, on another day or a faster machine.
_PASSING = frozenset({"too_slow", "too_large", "process_died", "failed", "unreadable"})

BAD_RECORD = refusal(
    "bad_record",
    "{path} 不是 ecomlab 的成绩记录，或由其他版本建立（{why}）。请换一个文件。",
    "{path} is no record of grades of ecomlab's, or one of another version ({why}). Name another file.",
)


@dataclass(frozen=True)
class Change:
    """A mark that is another than last time. before: None where there was none."""

    student: str
    assignment: str
    before: Decimal | None
    after: Decimal
    why: tuple[Text, ...]

    def text(self, language: Language) -> str:
        before = "—" if self.before is None else f"{self.before:.2f}"
        why = ("；" if language == "zh" else "; ").join(w.say(language) for w in self.why)
        told = f"{self.student} {self.assignment}: {before} → {self.after:.2f}"
        return f"{told}（{why}）" if language == "zh" else f"{told} ({why})"


_FIRST = Text("首次评分", "graded for the first time")
_WHY = {
    "logbook": Text("日志与上次不同", "another logbook"),
    "program": Text("ecomlab 的程序、检查或数据与上次不同", "another version of ecomlab, its checks or its data"),
    "terms": Text("密钥或见证与上次不同", "another key, or more or less of it witnessed"),
}


class Record:
    """A course's record. To be closed."""

    def __init__(self, path: Path):
        """Opens the file, or makes it, its owner's alone. Refuses 'bad_record'; raises OSError."""
        self.path = path
        self.program = program()
        if not path.exists():
            with contextlib.suppress(FileExistsError):  # another grading makes it at this moment: it must stay the same file
                files.write(path.parent, path.name, b"", fresh=True)
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            with self._whole():
                (version,) = self._db.execute("pragma user_version").fetchone()
                if version == 0 and not self._db.execute("select 1 from sqlite_master").fetchone():
                    self._make()
                elif version != VERSION:
                    raise sqlite3.DatabaseError(f"version {version}")
        except BaseException:
            self._db.close()
            raise

    def _make(self) -> None:
        statement = ""
        for line in _TABLES.splitlines():
            statement += f"{line}\n"
            if sqlite3.complete_statement(statement):
                self._db.execute(statement)
                statement = ""
        self._db.execute(f"pragma user_version = {VERSION}")

    @contextlib.contextmanager
    def _whole(self) -> Iterator[None]:
        """All of it or nothing; one writer at a time."""
        try:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
        except sqlite3.OperationalError as error:  # the disk, or who else has it
            raise OSError(errno.EIO, str(error), str(self.path)) from None
        except (sqlite3.DatabaseError, ArithmeticError) as error:  # no database any more; a mark that is no number
            raise BAD_RECORD("record", path=self.path, why=error) from None

    def close(self) -> None:
        self._db.close()

    def find(self, submission: Submission, basis: Basis, exact: bool) -> Graded | None:
        """What was found of this submission, if nothing has changed since; None if it is to be graded."""
        with _sound(self.path):
            row = self._db.execute(
                "select report, traits from report where place = ? and logbook = ? and terms = ? and program = ? and exact >= ?",
                (_place(submission), *basis, self.program, exact),
            ).fetchone()
            return Graded(submission, _report(from_json(row[0])), traits=_traits(row[1]), basis=basis) if row else None

    def keep(self, graded: Graded, exact: bool) -> None:
        """Keeps what was found. Not what may go otherwise the next time."""
        if not graded.basis or _PASSING.intersection(f.code for f in graded.report.findings):
            return
        report, traits = json.dumps(_packed(graded.report)), json.dumps(asdict(graded.traits), default=sorted) if graded.traits else None
        values = (_place(graded.submission), *graded.basis, self.program, exact, report, traits)
        with self._whole():
            self._db.execute("insert or replace into report values (?, ?, ?, ?, ?, ?, ?)", values)

    def changes(self, graded: Sequence[Graded], write: bool = True) -> list[Change]:
        """Whose mark is another than last time, and why; write: this is the last time from now on. What could not be judged keeps the mark that it has."""
        found: list[Change] = []
        at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with self._whole():
            for g in counting(graded):
                if not g.judged or not g.basis:
                    continue
                now = {"mark": str(g.mark), "percent": f"{g.late.percent:f}" if g.late else "0", **g.basis._asdict(), "program": self.program}
                change = self._change(g, now)
                if change:
                    found.append(change)
                if write:
                    self._write(g, now, change, at)
        return found

    def _change(self, graded: Graded, now: dict[str, str]) -> Change | None:
        who = (graded.report.student, graded.assignment)
        row = self._db.execute("select mark, percent, logbook, terms, program from mark where student = ? and assignment = ?", who).fetchone()
        if row is None:
            return Change(*who, None, graded.mark, (_FIRST,))
        before = dict(zip(("mark", "percent", "logbook", "terms", "program"), row, strict=True))
        if Decimal(before["mark"]) == graded.mark:
            return None
        why = [text for name, text in _WHY.items() if before[name] != now[name]]
        if before["percent"] != now["percent"]:
            why.append(Text(f"迟交扣分由 {before['percent']}% 变为 {now['percent']}%", f"lateness costs {now['percent']}%, before {before['percent']}%"))
        return Change(*who, Decimal(before["mark"]), graded.mark, tuple(why))

    def _write(self, graded: Graded, now: dict[str, str], change: Change | None, at: str) -> None:
        who = (graded.report.student, graded.assignment)
        values = (*who, *(now[name] for name in ("mark", "percent", "logbook", "terms", "program")))
        self._db.execute("insert or replace into mark values (?, ?, ?, ?, ?, ?, ?)", values)
        if change:
            before = None if change.before is None else str(change.before)
            why = json.dumps([list(w) for w in change.why], ensure_ascii=False)
            self._db.execute("insert into change values (?, ?, ?, ?, ?, ?)", (at, *who, before, str(change.after), why))


@dataclass(frozen=True)
class Kept:
    """What a record has of a submission, for who only looks: its points, and those of each task (code, points, out of)."""

    logbook: str
    points: float
    out_of: float
    tasks: tuple[tuple[str, float, float], ...]

    def stale(self, submission: Submission) -> bool:
        """Whether the files have changed since."""
        return handed_in(submission) != self.logbook


def kept(path: Path) -> dict[str, Kept]:
    """What a record has, by the place of the submission; where it could not be judged, nothing. Reads only. Refuses 'bad_record'; raises OSError."""
    path.open("rb").close()
    found = {}
    with _sound(path):
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute("select place, logbook, report from report").fetchall()
        for place, logbook, text in rows:
            report = from_json(text)
            if not NOT_JUDGED.intersection(code for _, code, *_ in report["findings"]):
                scores = tuple((code, *_score(goals)) for code, goals, *_ in report["tasks"])
                found[place] = Kept(logbook, sum(got for _, got, _ in scores), sum(out_of for *_, out_of in scores), scores)
    return found


@contextlib.contextmanager
def _sound(path: Path) -> Iterator[None]:
    """What is read of a record: where that is no database, or holds what this program never wrote, it is refused."""
    try:
        yield
    except (sqlite3.DatabaseError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise BAD_RECORD("record", path=path, why=error) from None


def _score(goals: list[list[Any]]) -> tuple[float, float]:
    worth = [(float(points), met) for *_, points, met in goals]
    return sum(p for p, met in worth if met), sum(p for p, _ in worth)


def basis(submission: Submission, key: str | None = None, entries: int | None = None) -> Basis:
    """On what the report of this submission hangs."""
    return Basis(handed_in(submission), _digest(repr(part).encode() for part in (submission.student, submission.assignment, keys.secret(key), entries)))


def handed_in(submission: Submission) -> str:
    """A digest of the files handed in that grading reads."""
    return _digest([_bytes(submission.path), _bytes(submission.path.with_name(ATTEMPTS))])


def program() -> str:
    """A digest of all code and data that decide what a logbook earns, by content: an update of something else, or a copy elsewhere, changes nothing."""
    package = Path(__file__).parent.parent
    return _digest(_files([*(package / room for room in _ROOMS), share("data")]))


def _files(folders: Iterable[Path]) -> Iterator[bytes]:
    for top in folders:
        for folder, inside, names in os.walk(top):
            inside[:] = sorted(i for i in inside if i != "__pycache__")
            for name in sorted(names):
                file = Path(folder, name)
                yield f"{top.name}/{file.relative_to(top).as_posix()}".encode()
                yield file.read_bytes()


def _bytes(file: Path) -> bytes:
    """As much of a file as grading reads; of none, nothing."""
    try:
        with file.open("rb") as f:
            return f.read(MAX_BYTES + 1)
    except OSError:
        return b""


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _place(submission: Submission) -> str:
    return str(submission.path.resolve())


# --- a report as JSON and back; the catalogue has the tasks' titles and texts ---


def _packed(report: Report) -> dict[str, Any]:
    return {
        "student": report.student, "scenario": report.scenario, "entries": report.entries, "demonstration": report.demonstration,
        "findings": [[f.line, f.code, *f.text] for f in report.findings],
        "tasks": [[t.task.code, [[g.name, *g.text, str(g.points), g.met] for g in t.goals], [[*w.label, w.words] for w in t.words]] for t in report.tasks],
    }  # fmt: skip


def _report(packed: dict[str, Any]) -> Report:
    return Report(
        packed["student"], packed["scenario"],
        tuple(_task(*task) for task in packed["tasks"]),
        tuple(Finding(line, code, Text(zh, en)) for line, code, zh, en in packed["findings"]),
        packed["entries"], packed["demonstration"],
    )  # fmt: skip


def _task(code: str, goals: list[Any], words: Sequence[tuple[str, str, str]] = ()) -> TaskReport:
    """words: none in a record from before they were kept."""
    return TaskReport(tasks()[code], tuple(_goal(*goal) for goal in goals), tuple(Written(Text(zh, en), said) for zh, en, said in words))


def _goal(name: str, zh: str, en: str, points: str, met: bool) -> GoalReport:
    return GoalReport(name, Text(zh, en), Decimal(points), met)


def _traits(packed: str | None) -> Traits | None:
    if packed is None:
        return None
    read: dict[str, Any] = from_json(packed)
    for name, value in read.items():
        if isinstance(value, list):
            read[name] = frozenset(value) if name in ("digests", "texts", "answers") else tuple(value)
    return Traits(**read)
