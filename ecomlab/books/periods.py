"""Periods: the two days between which something is looked at."""

from __future__ import annotations

import datetime

from ..kernel.refusals import refusal

PERIOD_REVERSED = refusal("period_reversed", "结束日期早于开始日期，请调整。", "The period ends before it begins; change one of the dates.")


def check_period(start: datetime.date | None, end: datetime.date | None, field: str = "to_day") -> None:
    """Refuses 'period_reversed' at the field of its end; either day may be left open."""
    if start and end and end < start:
        raise PERIOD_REVERSED(field)
