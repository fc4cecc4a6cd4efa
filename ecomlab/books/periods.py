"""Periods: the two days between which something is looked at; either may be left open."""

from __future__ import annotations

import datetime
from typing import Annotated

from ..kernel.refusals import refusal
from ..kernel.values import Ask, Day

FromDay = Annotated[Day | None, Ask()]
ToDay = Annotated[Day | None, Ask()]

PERIOD_REVERSED = refusal("period_reversed", "结束日期早于开始日期。请调整其中一个。", "The period ends before it begins. Change one of the dates.")


def check_period(start: datetime.date | None, end: datetime.date | None, field: str = "to_day") -> None:
    """Refuses 'period_reversed' at the field of its end."""
    if start and end and end < start:
        raise PERIOD_REVERSED(field)


def within(day: str) -> str:
    """The SQL condition that a day, an expression of SQL, lies between $from_day and $to_day."""
    return f"($from_day is null or {day} >= $from_day) and ($to_day is null or {day} <= $to_day)"
