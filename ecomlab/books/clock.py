"""The business clock: it starts at the scenario's date, and a student moves it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Annotated

from ..kernel.command import STUDENT, command
from ..kernel.doing import Doing
from ..kernel.refusals import refusal
from ..kernel.texts import Text
from ..kernel.values import Ask, Count, Line

#: Days that a world's calendar has, from the scenario's first: certificates and contracts all end within it.
CALENDAR = 5 * 365
CALENDAR_ENDS = refusal("calendar_ends", "实验室的日历到 {last} 为止。请推进较少的天数。", "The laboratory's calendar ends on {last}. Enter fewer days.")
TIME_FORMAT = refusal("time_format", "“{until}”不是一天里的时刻。请按 14:00 的样子填写。", "{until} is no time of the day. Enter one like 14:00.")
TIME_PAST = refusal(
    "time_past",
    "现在已是 {now}，不能回到 {until}。请填写更晚的时刻，或推进业务日期。",
    "It is {now}; {until} is past. Enter a later time, or advance the business day.",
)
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
    there = do.scenario.those(DAILY)
    for _ in range(days):
        day += datetime.timedelta(days=1)
        do.turn(day)
        for function in there:
            function(do)
    return day


@command(role=STUDENT, title=("等到当天某时", "Wait within the day"))
def wait(
    do: Doing, until: Annotated[Line, Ask("等到", "Until", example="14:00", help=Text("24 小时制的时刻", "a time of the 24-hour day"))]
) -> datetime.datetime:
    """Lets the business day go on until a time, such as "14:00"; gives that moment. The next entry is a minute later, as always."""
    match = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", until, re.ASCII)
    if match is None:
        raise TIME_FORMAT("until", until=until[:20])
    time = datetime.time(int(match[1]), int(match[2]))
    if datetime.datetime.combine(do.day, time) < do.moment:
        raise TIME_PAST("until", now=f"{do.moment:%H:%M}", until=f"{time:%H:%M}")
    return do.wait(time)
