"""Who takes a course: a table that the teacher has from elsewhere, as a learning management system or a registry exports it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..kernel.refusals import refusal

BAD_ROSTER = refusal(
    "bad_roster",
    "学生名单 {path} 无法使用：{why}。请改正后重试。",
    "The list of students in {path} cannot be used: {why}. Correct it, then try again.",
)
#: A class is smaller than this file, in bytes.
MAX_BYTES = 5_000_000
#: What a column may be called, whatever its case; of several the first in this order is taken.
_STUDENT = ("学号", "student_id", "student id", "sis login id", "username", "用户名", "id number", "学工号", "student", "id")
_NAME = ("姓名", "full name", "name", "student", "学生姓名")
_GIVEN, _FAMILY = ("first name", "firstname"), ("last name", "surname", "lastname")
_GROUP = ("班级", "行政班", "section", "group", "class")
_EMAIL = ("邮箱", "电子邮箱", "email address", "email")


@dataclass(frozen=True)
class Person:
    """A student of the course. student: the id that worlds and submissions go by; row: all that the roster says, by its own headings."""

    student: str
    name: str = ""
    group: str = ""
    email: str = ""
    row: Mapping[str, str] = field(default_factory=dict, compare=False)

    def cell(self, *headings: str) -> str:
        """What the roster has under the first of these headings that it has."""
        return next((self.row[h] for h in headings if h in self.row), "")


def read_roster(path: Path) -> list[Person]:
    """The students in a file of CSV with headings: UTF-8 or GB 18030, parted by commas, semicolons or tabs.

    A row without an id is left out, such as the one that Canvas puts below its headings. Refuses 'bad_roster' for a file without a column of ids or a
    student who is there twice; raises OSError.
    """
    with path.open("rb") as f:
        raw = f.read(MAX_BYTES + 1)
    try:
        people = list(_people(_text(raw)))
    except (ValueError, csv.Error) as error:
        raise BAD_ROSTER("roster", path=path, why=error) from None
    return people


def _text(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise ValueError(f"> {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _people(text: str) -> Iterator[Person]:
    headings = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=headings.count))
    columns = {h.strip().casefold(): h for h in rows.fieldnames or ()}

    def column(names: tuple[str, ...]) -> str | None:
        return next((columns[n] for n in names if n in columns), None)

    student, name, group, email = map(column, (_STUDENT, _NAME, _GROUP, _EMAIL))
    given, family = column(_GIVEN), column(_FAMILY)
    if student is None:
        raise ValueError(f"{', '.join(columns.values()) or '-'} ({', '.join(_STUDENT)})")
    seen: set[str] = set()
    for row in rows:
        cells = {h: (row.get(h) or "").strip() for h in columns.values()}
        if not cells[student] or cells[student].casefold() == "points possible":
            continue
        if cells[student] in seen:
            raise ValueError(f"{cells[student]} × 2")
        seen.add(cells[student])
        full = cells[name] if name and name != student else " ".join(filter(None, (cells.get(given or ""), cells.get(family or ""))))
        yield Person(cells[student], full, cells.get(group or "", ""), cells.get(email or "", ""), {h.strip(): v for h, v in cells.items()})
