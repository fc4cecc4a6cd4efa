"""The business clock: it starts at the scenario's date, and a student moves it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Annotated

from ..kernel.command import STUDENT, command
from ..kernel.doing import Doing
from ..kernel.refusals import refusal
from ..kernel.values import Ask, Count

#: Days that a world's calendar has, from the scenario's first: certificates and contracts all end within it.
CALENDAR = 5 * 365
CALENDAR_ENDS = refusal("calendar_ends", "实验室的日历到 {last} 为止。请推进较少的天数。", "The laboratory's calendar ends on {last}. Enter fewer days.")
#: What happens at the start of a business day, in the order of the modules: certificates expire, auctions close, ...
DAILY: list[Callable[[Doing], None]] = []


def daily(function: Callable[[Doing], None]) -> Callable[[Doing], None]:
    """Registers what a module does when a new business day begins; `do.day` is that day."""
    DAILY.append(function)
    return function


@command(role=STUDENT, title=("推进业务日期", "Advance the business day"))
def advance(do: Doing, days: Annotated[Count, Ask(ge="1", le="400")] = 1) -> datetime.date:
    """Advances the business day by so many days. Each day's own work is done on the way; gives the new business day."""
    day = do.day
    last = do.scenario.start + datetime.timedelta(days=CALENDAR)
    if day + datetime.timedelta(days=days) > last:
        raise CALENDAR_ENDS("days", last=last)
    there = [f for f in DAILY if do.scenario.includes(f)]
    for _ in range(days):
        day += datetime.timedelta(days=1)
        do.turn(day)
        for function in there:
            function(do)
    return day
