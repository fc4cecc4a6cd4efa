"""A course's settings, a file of TOML that the teacher keeps: what grading demands beyond the tasks, and what it reads and writes each time.

    witnessed = 0.9              # of a logbook so much must have been witnessed; else what was not earns nothing (docs/witness.md)
    roster = "students.csv"      # who takes the course
    record = "grades.db"         # where grades are kept, so that what has not changed is not graded again

    [due]                        # by assignment, with the zone
    ebank = 2027-03-12T23:59:00+08:00

    [late]                       # without it what is late is told and costs nothing
    grace_minutes = 15
    percent_a_day = 10           # of the points earned, for each day begun
    at_most = 50

    [extra_days]                 # more time for one student: for everything, or by assignment
    20230014 = 2
    20230021 = { ebank = 7 }
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..kernel.foreign import from_toml
from ..kernel.refusals import refusal

BAD_SETTINGS = refusal(
    "bad_settings",
    "课程设置 {path} 有误：{why}。请改正后重试。",
    "The course's settings in {path} are wrong: {why}. Correct them, then try again.",
)
#: Nobody is given more than so many days.
MOST_DAYS = 3650


@dataclass(frozen=True)
class Late:
    """What lateness costs: nothing within the grace, then so many percent of the points earned for each day begun, and no more than `at_most`."""

    grace: datetime.timedelta = datetime.timedelta()
    percent_a_day: float = 0
    at_most: float = 100


@dataclass(frozen=True)
class Settings:
    """witnessed: the share of a logbook's entries that must have been witnessed, 0 to 1; None: no matter. roster, record: files, beside the settings unless
    their path is absolute. due: by assignment. extra: by student and assignment, "" for all assignments."""

    witnessed: float | None = None
    roster: Path | None = None
    record: Path | None = None
    due: Mapping[str, datetime.datetime] = field(default_factory=dict)
    late: Late = Late()
    extra: Mapping[tuple[str, str], datetime.timedelta] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Settings:
        """The settings in a file. Refuses 'bad_settings' for what is no TOML, an unknown name or a value that is none; raises OSError."""
        try:
            given = from_toml(path.read_text("utf-8-sig"))
            _known(given, ["extra_days" if f.name == "extra" else f.name for f in fields(cls)])
            return cls(
                witnessed=_share(given.get("witnessed")),
                roster=_beside(path, "roster", given),
                record=_beside(path, "record", given),
                due=_table(given, "due", _moment),
                late=_late(_table(given, "late", lambda name, value: value)),
                extra=_extra(_table(given, "extra_days", lambda name, value: value)),
            )
        except ValueError as error:
            raise BAD_SETTINGS("settings", path=path, why=error) from None

    def more_time(self, student: str, assignment: str) -> datetime.timedelta:
        """What a student has beyond the due moment of an assignment: what was given for it, else what was given for all."""
        return self.extra.get((student, assignment), self.extra.get((student, ""), datetime.timedelta()))


# Each reads a value, and raises a ValueError that names it and tells what it should be


def _known(given: Mapping[str, Any], names: list[str], within: str = "") -> None:
    if unknown := sorted(given.keys() - set(names)):
        raise ValueError(f"{within}{', '.join(unknown)} ({', '.join(names)})")


def _table(given: Mapping[str, Any], name: str, read: Callable[[str, Any], Any]) -> dict[str, Any]:
    table = given.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"{name}: [{name}]")
    return {key: read(f"{name}.{key}", value) for key, value in table.items()}


def _number(name: str, value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ValueError(f"{name}: 0 - {most:g}")
    return float(value)


def _share(value: Any) -> float | None:
    return None if value is None else _number("witnessed", value, 1)


def _beside(settings: Path, name: str, given: Mapping[str, Any]) -> Path | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f'{name}: "file"')
    return settings.parent / value


def _moment(name: str, value: Any) -> datetime.datetime:
    if not isinstance(value, datetime.datetime) or value.tzinfo is None:
        raise ValueError(f"{name}: 2027-03-12T23:59:00+08:00")
    return value


def _late(given: Mapping[str, Any]) -> Late:
    _known(given, ["grace_minutes", "percent_a_day", "at_most"], "late: ")
    grace = datetime.timedelta(minutes=_number("late.grace_minutes", given.get("grace_minutes", 0), MOST_DAYS * 24 * 60))
    return Late(grace, _number("late.percent_a_day", given.get("percent_a_day", 0), 100), _number("late.at_most", given.get("at_most", 100), 100))


def _extra(given: Mapping[str, Any]) -> dict[tuple[str, str], datetime.timedelta]:
    found = {}
    for student, value in given.items():
        for assignment, days in (value if isinstance(value, dict) else {"": value}).items():
            name = f"extra_days.{student}{'.' if assignment else ''}{assignment}"
            found[student, assignment] = datetime.timedelta(days=_number(name, days, MOST_DAYS))
    return found
