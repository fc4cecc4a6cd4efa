"""The points that count, in an nbgrader gradebook, so that `nbgrader export` and the formgrader show them."""

from __future__ import annotations

import contextlib
import datetime
import os
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..kernel.texts import Text
from .batch import Graded, counting


def write(gradebook: str, graded: Sequence[Graded], course: str = "ecomlab") -> list[Text]:
    """Writes the points of every task as its cell's automatic score; what could not be written, in words.

    gradebook: a file, or a database URL as nbgrader takes it. What is there stays: other cells, comments, and a score
    that a teacher has set by hand, which nbgrader prefers to the automatic one. An assignment that the gradebook does
    not know yet is made from the catalogue. Needs the extra `course`.
    """
    from nbgrader.api import Gradebook

    url = gradebook if "://" in gradebook else f"sqlite:///{Path(gradebook).resolve()}"
    best = counting([g for g in graded if g.judged])
    untold = [
        Text(f"{g.submission.path}：未能评分，成绩册里的分数保持不变", f"{g.submission.path}: not judged; what the gradebook has stays")
        for g in graded
        if not g.judged
    ] + [
        Text(f"{g.submission.path}：不知道是哪名学生的，未写入成绩册", f"{g.submission.path}: the student is not known; not written")
        for g in graded
        if not g.report.student
    ]
    with _scripts_on_path():
        opened = Gradebook(url, course)
    with opened as book, book.db.no_autoflush:
        for g in best:
            _have_assignment(book, g)
            untold += _write_one(book, g)
    return untold


@contextlib.contextmanager
def _scripts_on_path() -> Iterator[None]:
    """nbgrader calls `alembic` by name for a new gradebook; in an environment that is not activated it is not on the path."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


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
    when = _handed_in(graded.submission.path.parent)
    submission = book.update_or_create_submission(name, student, **({"timestamp": when} if when else {}))
    for notebook in submission.notebooks:
        for cell in notebook.grades:
            if cell.name in points:
                cell.auto_score = points.pop(cell.name)
                cell.needs_manual_grade = False
    book.db.commit()
    if not points:
        return []
    codes = ", ".join(points)
    return [Text(f"{student}：成绩册的作业 {name} 里没有 {codes}", f"{student}: the gradebook's assignment {name} has no cell for {codes}")]


def _handed_in(folder: Path) -> datetime.datetime | None:
    """When nbgrader took the submission in, from its `timestamp.txt`; None if it does not say."""
    from nbgrader.utils import parse_utc

    try:
        with (folder / "timestamp.txt").open(encoding="utf-8") as f:
            return parse_utc(f.read(100).strip())  # type: ignore[no-any-return]
    except (OSError, ValueError, OverflowError):
        return None
