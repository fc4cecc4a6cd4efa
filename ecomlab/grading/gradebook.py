"""The points that count, in an nbgrader gradebook, so that `nbgrader export` and the formgrader show them.

A gradebook is never made worse by accident: what could not be judged changes nothing there, a dry run shows every change before it is made, and of a
gradebook in a file a dated copy is kept before the first one.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import sqlite3
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..kernel.texts import Language, Text
from .due import collected
from .graded import Graded, counting

_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Change:
    """What a student's submission has in the gradebook and what it is given; before: None where it has nothing yet.

    Both are sums over the gradebook's cells, less the penalty for lateness; a score that a teacher has set by hand counts in both.
    """

    graded: Graded
    before: float | None
    after: float

    @property
    def none(self) -> bool:
        return self.before is not None and abs(self.before - self.after) < 0.005


@dataclass(frozen=True)
class Written:
    """What a gradebook was given, or in a dry run would be. notes: what was left out, and why; copy: the gradebook as it was before."""

    changes: list[Change]
    notes: list[Text] = field(default_factory=list)
    copy: Path | None = None
    dry_run: bool = False

    def text(self, language: Language) -> str:
        """Who changes from what to what, one a line, and how many do not."""
        changed = [c for c in self.changes if not c.none]
        same = len(self.changes) - len(changed)
        told = [
            Text("成绩册将有的改变（没有写入）：", "What would change in the gradebook (nothing was written):")
            if self.dry_run
            else Text("成绩册的改变：", "What has changed in the gradebook:"),
            *(Text(f"  {_whose(c.graded)}：{_step(c)}", f"  {_whose(c.graded)}: {_step(c)}") for c in changed),
            Text(f"  不变：{same} 份", f"  unchanged: {same}"),
        ]
        if self.copy:
            told.append(Text(f"改变之前的成绩册：{self.copy}", f"The gradebook as it was before: {self.copy}"))
        return "\n".join(t.say(language) for t in told)

    def record(self, graded: Graded) -> dict[str, Any] | None:
        """What this submission changes, as JSON types; None if it is not one that counts."""
        return next(({"before": c.before, "after": c.after, "written": not self.dry_run} for c in self.changes if c.graded is graded), None)


def write(gradebook: str, graded: Sequence[Graded], course: str = "ecomlab", dry_run: bool = False) -> Written:
    """Writes the points of every task as its cell's automatic score, and says what has changed; dry_run: what would.

    gradebook: a file, or a database URL as nbgrader takes it. What is there stays: other cells, comments, and a score
    that a teacher has set by hand, which nbgrader prefers to the automatic one. An assignment that the gradebook does
    not know yet is made from the catalogue. Needs the extra `course`.
    """
    url = gradebook if "://" in gradebook else f"{_SQLITE}{Path(gradebook).resolve()}"
    file = Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None
    best = counting([g for g in graded if g.judged])
    with _opened(url, course) if not (dry_run and file) else _opened_apart(file, course) as book:
        changes = [_change(book, g) for g in best]
        untold = _left_out(graded, {id(g): _score(book, g) for g in graded if not g.judged})
        if dry_run:
            return Written(changes, untold, dry_run=True)
        copy = _copy(file) if file and any(not c.none for c in changes) else None
        for g in best:
            _have_assignment(book, g)
            untold += _write_one(book, g)
    return Written(changes, untold, copy)


@contextlib.contextmanager
def _opened(url: str, course: str) -> Iterator[Any]:
    from nbgrader.api import Gradebook

    with _scripts_on_path():
        opened = Gradebook(url, course)
    with opened as book, book.db.no_autoflush:
        yield book


@contextlib.contextmanager
def _opened_apart(file: Path, course: str) -> Iterator[Any]:
    """A copy that nobody keeps, since nbgrader writes into a gradebook as it opens it: the course, and into a new one everything."""
    with tempfile.TemporaryDirectory(prefix="ecomlab-gradebook-") as folder:
        copy = Path(folder, "gradebook.db")
        if file.exists():
            with contextlib.closing(_reading(file)) as source:
                _backup(source, copy)
        with _opened(f"{_SQLITE}{copy}", course) as book:
            yield book


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _backup(source: sqlite3.Connection, copy: Path) -> None:
    """Copies a database, also while another process writes to it."""
    with contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)


@contextlib.contextmanager
def _scripts_on_path() -> Iterator[None]:
    """nbgrader calls `alembic` by name for a new gradebook; in an environment that is not activated it is not on the path."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _left_out(graded: Sequence[Graded], scores: dict[int, float | None]) -> list[Text]:
    """Which submissions are not written, and what the gradebook keeps for them."""
    told = []
    for g in graded:
        where = g.submission.path
        if not g.judged:
            score = _points(scores.get(id(g)))
            told.append(Text(f"{where}：未能评分，成绩册保持不变（{score}）", f"{where}: not judged; the gradebook keeps what it has ({score})"))
        elif not g.report.student:
            told.append(Text(f"{where}：不知道是哪名学生的，未写入成绩册", f"{where}: the student is not known; not written"))
    return told


def _whose(graded: Graded) -> str:
    return f"{graded.report.student} {graded.assignment}"


def _step(change: Change) -> str:
    return f"{_points(change.before)} → {_points(change.after)}"


def _points(score: float | None) -> str:
    return "—" if score is None else f"{score:g}"


def _found(book: Any, graded: Graded) -> Any:
    """The student's submission in the gradebook; None if there is none."""
    from nbgrader.api import MissingEntry

    try:
        return book.find_submission(graded.assignment, graded.report.student)
    except MissingEntry:
        return None


def _score(book: Any, graded: Graded) -> float | None:
    there = _found(book, graded)
    return None if there is None else _net(there)


def _net(submission: Any) -> float:
    """What a submission has in the gradebook, as `nbgrader export` gives it."""
    return max(0.0, float(submission.score) - float(submission.late_submission_penalty or 0))


def _less(score: float, graded: Graded) -> float:
    """What lateness costs of a score, by the course's settings."""
    return float(Decimal(str(score)) - graded.late.of(Decimal(str(score)))) if graded.late else 0.0


def _change(book: Any, graded: Graded) -> Change:
    """What writing would change. Reads only."""
    from nbgrader.api import MissingEntry

    points = {t.task.code: float(t.points) for t in graded.report.tasks}
    there = _found(book, graded)
    if there is not None:
        cells = [c for notebook in there.notebooks for c in notebook.grades if c.name in points and c.manual_score is None]
        score = float(there.score) + sum(points[c.name] - (c.auto_score or 0) for c in cells)
        penalty = _less(score, graded) if graded.late else float(there.late_submission_penalty or 0)
        return Change(graded, _net(there), max(0.0, score - penalty))
    try:
        notebooks = book.find_assignment(graded.assignment).notebooks
    except MissingEntry:
        score = sum(points.values())
    else:
        score = sum(points.get(c.name, 0) for notebook in notebooks for c in notebook.grade_cells)
    return Change(graded, None, score - _less(score, graded))


def _copy(file: Path) -> Path | None:
    """A copy of a gradebook beside it, with the time in its name; None of one that was not there yet, which has nothing in it."""
    with contextlib.closing(_reading(file)) as source:
        if not source.execute("select count(*) from submitted_assignment").fetchone()[0]:
            return None
        stem = f"{file.name}.{datetime.datetime.now():%Y-%m-%dT%H%M%S}"
        copy = next(c for n in range(1, 1_000_000) if not (c := file.with_name(stem if n == 1 else f"{stem}-{n}")).exists())
        _backup(source, copy)
    shutil.copymode(file, copy)
    return copy


def _have_assignment(book: Any, graded: Graded) -> None:
    """Makes the assignment, its notebook and a cell for each task, unless the gradebook has it."""
    from nbgrader.api import MissingEntry

    name = graded.assignment
    try:
        book.find_assignment(name)
    except MissingEntry:
        book.add_assignment(name)
        book.add_notebook(name, name)
        for t in graded.report.tasks:
            book.add_grade_cell(t.task.code, name, name, max_score=float(t.out_of), cell_type="code")


def _write_one(book: Any, graded: Graded) -> list[Text]:
    student, name = graded.report.student, graded.assignment
    points = {t.task.code: float(t.points) for t in graded.report.tasks}
    book.update_or_create_student(student)
    when = collected(graded.submission.path.parent)
    at = {"timestamp": when.astimezone(datetime.UTC).replace(tzinfo=None)} if when else {}  # nbgrader keeps UTC without saying so
    submission = book.update_or_create_submission(name, student, **at)
    for notebook in submission.notebooks:
        for cell in notebook.grades:
            if cell.name in points:
                cell.auto_score = points.pop(cell.name)
                cell.needs_manual_grade = False
    book.db.commit()
    if graded.late:  # of the score that is there now; what autograding reckoned was of the cells'
        for notebook in submission.notebooks:
            book.db.refresh(notebook)
            notebook.late_submission_penalty = _less(float(notebook.score), graded)
        book.db.commit()
    if not points:
        return []
    codes = ", ".join(points)
    return [Text(f"{student}：成绩册的作业 {name} 里没有 {codes}", f"{student}: the gradebook's assignment {name} has no cell for {codes}")]
