"""The marks of a course as a file: what a learning management system or a registry takes in, with a row for everybody of the roster.

    tasks    a row for each submission, a column for each task: for whoever reckons further
    moodle   Moodle's Grades > Import > CSV file: identity columns, then points and feedback for each assignment
    canvas   Canvas's Gradebook > Import: its own five columns, then a column for each assignment, with the row of points possible
    sheet    a plain Chinese mark sheet

Where nothing was handed in, or what was could not be judged, the cell of a mark is empty: whether that is a zero is the teacher's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

from ..kernel import csvfile
from ..kernel.refusals import Refusal
from ..kernel.scenario import scenario
from ..kernel.texts import Text
from .due import CENT
from .graded import Graded, counting
from .roster import Person

Layout = Literal["tasks", "moodle", "canvas", "sheet"]
Rows = Iterable[Iterable[object]]

NOT_JUDGED = Text("未能评分", "could not be judged")


@dataclass(frozen=True)
class Row:
    """A student with the submissions that count, by assignment."""

    person: Person
    graded: dict[str, Graded]

    def mark(self, assignment: str) -> Decimal | None:
        """The mark; None where nothing was handed in or could be judged."""
        graded = self.graded.get(assignment)
        return graded.mark if graded and graded.judged else None

    def note(self, assignment: str) -> Text | None:
        """Why there is no mark, or why it is less than the points."""
        graded = self.graded.get(assignment)
        if graded is None:
            return Text("未提交", "not handed in")
        if not graded.judged:
            return NOT_JUDGED
        return graded.late.text() if graded.late and graded.late.by else None


def rows_of(graded: Sequence[Graded], roster: Sequence[Person] = ()) -> list[Row]:
    """A row for everybody of the roster in its order, then for everybody else who handed in something."""
    theirs: dict[str, dict[str, Graded]] = {p.student: {} for p in roster}
    for g in counting(graded):
        theirs.setdefault(g.report.student, {})[g.assignment] = g
    people = {p.student: p for p in roster}
    return [Row(people.get(student) or Person(student), found) for student, found in theirs.items()]


def write_csv(graded: Sequence[Graded], file: Path, layout: Layout = "tasks", roster: Sequence[Person] = ()) -> None:
    """Writes the marks. Raises OSError."""
    heads, rows = _LAYOUTS[layout](graded, roster)
    file.write_bytes(csvfile.encoded(csvfile.csv(heads, rows)))


def _assignments(graded: Iterable[Graded]) -> dict[str, Decimal]:
    """The assignments of which something was handed in, with the points to be had, in the order of the batch."""
    return {g.assignment: g.report.out_of for g in graded}


def _tasks(graded: Sequence[Graded], roster: Sequence[Person]) -> tuple[list[object], Rows]:
    codes = list(dict.fromkeys(t.task.code for g in graded for t in g.report.tasks))
    heads: list[object] = ["student", "assignment", "points", "out_of", "entries", "findings", "path", *codes]
    extra = [*["name"] * bool(roster), *["mark", "late"] * any(g.late for g in graded)]
    names = {p.student: p.name for p in roster}

    def rows() -> Iterator[list[object]]:
        for g in graded:
            r = g.report
            points = {t.task.code: round(t.points, 2) for t in r.tasks}
            more = {"name": names.get(r.student), "mark": g.mark, "late": g.late.text().en if g.late else None}
            yield [
                r.student, g.assignment, round(r.points, 2), round(r.out_of, 2), r.entries, len(r.findings), g.submission.path,
                *(points.get(code) for code in codes), *(more[e] for e in extra),
            ]  # fmt: skip
        for row in rows_of(graded, roster):
            for assignment, out_of in _assignments(graded).items():
                if assignment not in row.graded:
                    blank = [None] * (len(codes) + 4)
                    yield [row.person.student, assignment, None, round(out_of, 2), *blank[1:], *({"name": row.person.name}.get(e) for e in extra)]

    return [*heads, *extra], rows()


def _moodle(graded: Sequence[Graded], roster: Sequence[Person]) -> tuple[list[object], Rows]:
    assignments = _assignments(graded)
    heads = ["ID number", "Full name", "Email address", *(h for a in assignments for h in (a, f"{a} (feedback)"))]
    return list(heads), (
        [
            row.person.student, row.person.name, row.person.email,
            *(cell for a in assignments for cell in (row.mark(a), _said(row.note(a)))),
        ]
        for row in rows_of(graded, roster)
    )  # fmt: skip


def _canvas(graded: Sequence[Graded], roster: Sequence[Person]) -> tuple[list[object], Rows]:
    assignments = _assignments(graded)

    def rows() -> Iterator[list[object]]:
        yield ["    Points Possible", None, None, None, None, *(round(out_of, 2) for out_of in assignments.values())]
        for row in rows_of(graded, roster):
            p = row.person
            login = p.cell("SIS Login ID") or p.student
            yield [p.name or p.student, p.cell("ID"), p.cell("SIS User ID"), login, p.group, *(row.mark(a) for a in assignments)]

    return ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *assignments], rows()


def _sheet(graded: Sequence[Graded], roster: Sequence[Person]) -> tuple[list[object], Rows]:
    assignments = _assignments(graded)
    total = sum(assignments.values(), Decimal(0))

    def rows() -> Iterator[list[object]]:
        for number, row in enumerate(rows_of(graded, roster), 1):
            marks = [row.mark(a) for a in assignments]
            sum_ = sum((m for m in marks if m is not None), Decimal(0))
            hundred = (100 * sum_ / total).quantize(Decimal("0.1"), ROUND_HALF_UP) if total else None
            notes = [f"{_title(a)}：{note.zh}" for a in assignments if (note := row.note(a))]
            yield [number, row.person.student, row.person.name, row.person.group, *marks, sum_.quantize(CENT), hundred, "；".join(notes)]

    marks = [f"{_title(a)}（{out_of:f}分）" for a, out_of in assignments.items()]
    return ["序号", "学号", "姓名", "班级", *marks, f"总分（{total:f}分）", "百分制", "备注"], rows()


def _title(assignment: str) -> str:
    """What an assignment is called in Chinese: its scenario's title, where it is named after one."""
    try:
        return scenario(assignment).title.zh
    except Refusal:
        return assignment


def _said(note: Text | None) -> str | None:
    return note.en if note else None


_LAYOUTS: dict[Layout, Callable[[Sequence[Graded], Sequence[Person]], tuple[list[object], Rows]]] = {
    "tasks": _tasks, "moodle": _moodle, "canvas": _canvas, "sheet": _sheet,
}  # fmt: skip
