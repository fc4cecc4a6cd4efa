"""Whether a submission came in time, and what lateness costs by the course's settings. It costs of the points from replay, whatever a notebook's cells say."""

from __future__ import annotations

import datetime
import math
import time
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal

from ..kernel.texts import Text
from .settings import Settings

#: Who says when it was handed in: nbgrader as it took it in, the witness, or the logbook itself, by the clock of the student's computer.
Clock = Literal["collected", "witness", "logbook"]
CENT = Decimal("0.01")
_CLOCKS: dict[Clock, Text] = {
    "collected": Text("提交时间", "handed in"),
    "witness": Text("最后一条经见证的时间", "last entry witnessed"),
    "logbook": Text("日志最后一条的时间（学生电脑的时钟）", "last entry by the student's clock"),
}


@dataclass(frozen=True)
class Lateness:
    """when: handed in, None where nothing says; by: beyond the due moment and the student's extra time; percent: what that costs of the points earned."""

    due: datetime.datetime
    when: datetime.datetime | None = None
    clock: Clock | None = None
    extra: datetime.timedelta = datetime.timedelta()
    by: datetime.timedelta = datetime.timedelta()
    percent: Decimal = Decimal(0)

    def of(self, points: Decimal) -> Decimal:
        """What the points are worth: less the percentage, to the cent, half up."""
        return (points * (100 - self.percent) / 100).quantize(CENT, ROUND_HALF_UP)

    def text(self) -> Text:
        """When it came, by which clock, and what that costs."""
        if self.when is None or self.clock is None:
            return Text("提交时间不详，未计迟交", "nothing says when it was handed in; not taken as late")
        when, clock = f"{self.when.astimezone(self.due.tzinfo):%Y-%m-%d %H:%M}", _CLOCKS[self.clock]
        if not self.by:
            return Text("{clock} {when}，按时", "{clock} {when}, in time").fill(clock=clock, when=when)
        hours = math.ceil(self.by / datetime.timedelta(hours=1))
        said = Text("{clock} {when}，迟交 {hours} 小时", "{clock} {when}, {hours:hour} late").fill(clock=clock, when=when, hours=hours)
        return Text("{said}，扣 {percent}%", "{said}, less {percent}%").fill(said=said, percent=f"{self.percent:f}") if self.percent else said

    def record(self) -> dict[str, Any]:
        """As JSON types; times in ISO 8601, spans in seconds."""
        return {
            "due": self.due.isoformat(), "handed_in": self.when.isoformat() if self.when else None, "clock": self.clock,
            "extra": self.extra.total_seconds(), "late": self.by.total_seconds(), "percent": float(self.percent),
        }  # fmt: skip


def lateness(
    settings: Settings, student: str, assignment: str, folder: Path, witnessed: datetime.datetime | None, last: datetime.datetime | None
) -> Lateness | None:
    """How late the submission in a folder is; None where the course says no moment for the assignment.

    witnessed: when the witness saw its last entry; last: when that was made, by its own clock.
    """
    due = settings.due.get(assignment)
    if due is None:
        return None
    extra = settings.more_time(student, assignment)
    when, clock = _handed_in(folder, witnessed, last)
    if when is None:
        return Lateness(due, extra=extra)
    by = max(when - due - extra, datetime.timedelta())
    return Lateness(due, when, clock, extra, by, _percent(settings, by))


def _percent(settings: Settings, by: datetime.timedelta) -> Decimal:
    """For each day begun after the due moment, once the grace is over."""
    late = settings.late
    if by <= late.grace:
        return Decimal(0)
    return min(Decimal(f"{late.percent_a_day:g}") * math.ceil(by / datetime.timedelta(days=1)), Decimal(f"{late.at_most:g}"))


def _handed_in(folder: Path, witnessed: datetime.datetime | None, last: datetime.datetime | None) -> tuple[datetime.datetime | None, Clock | None]:
    """When it was handed in, and by which clock: nbgrader's, else the witness's, else the last entry's own."""
    clocks: list[tuple[datetime.datetime | None, Clock]] = [(collected(folder), "collected"), (witnessed, "witness"), (last, "logbook")]
    return next(((when, clock) for when, clock in clocks if when), (None, None))


def collected(folder: Path) -> datetime.datetime | None:
    """When nbgrader took a submission in, as `timestamp.txt` in its folder says: "2027-03-08 10:15:00.5 UTC". None where it does not say."""
    try:
        with (folder / "timestamp.txt").open(encoding="utf-8") as f:
            day, clock, *zone = f.read(100).split()
        when = datetime.datetime.fromisoformat(f"{day} {clock}")
        return _in_zone(when, "".join(zone) or "UTC")
    except (OSError, ValueError):
        return None


def _in_zone(when: datetime.datetime, zone: str) -> datetime.datetime | None:
    """zone: a name that this computer goes by, or a distance such as +0800."""
    if when.tzinfo:
        return when
    if zone == "UTC":
        return when.replace(tzinfo=datetime.UTC)
    if zone in time.tzname:
        return when.astimezone()
    placed = datetime.datetime.fromisoformat(f"{when.isoformat()}{zone}")
    return placed if placed.tzinfo else None
