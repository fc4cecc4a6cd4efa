"""What the tasks of the shifts must show: the printer's hours, the evening, the supervisor (DESK013 to DESK018)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from ...books.documents import Move, moved
from ...kernel.evidence import Evidence, Met, check, excuse, sought
from .desk import time_of
from .shifts import HAND_OVER_FROM, gaps

HOUR = datetime.timedelta(hours=1)
#: Until when what cannot go today is fetched back: the end of the early shift.
EARLY_ENDS = "17:30"

# --- the printer's hours, the evening --------------------------------------------------------------------------------------


def _hourly(seen: Evidence) -> bool:
    """Whether on some day no more than an hour passed from 14:00 to 17:00 without a batch of the student's."""
    days: dict[datetime.date, list[datetime.datetime]] = defaultdict(list)
    for r in seen.look.all("select day, moment from service_batch where entry > 0 order by moment"):
        days[r.day].append(r.moment)
    for day, moments in days.items():
        first, last = time_of(day, "14:00"), time_of(day, "17:00")
        marks = [first, *(m for m in moments if first <= m <= last + HOUR), last]
        if len(marks) > 2 and all(b - a <= HOUR for a, b in zip(marks, marks[1:], strict=False)):
            return True
    return False


def _stopped(seen: Evidence, told: bool = False) -> bool:
    """Whether of both asked customers the papers or the parcel were fetched back before the early shift ended; told: and they were told that day."""
    own = {m.number for m in moved(seen, "service_papers", "fetched_back")}
    for shopper in seen.brief["shoppers"]:
        rows = seen.look.all("select p.number, p.web_order, p.fetched from service_papers p join b2c_order o on o.number = p.web_order"
                             " where o.shopper = $who and p.fetched is not null", who=shopper)  # fmt: skip
        good = [r for r in rows if r.number in own and r.fetched <= time_of(r.fetched.date(), EARLY_ENDS)]
        if told:
            notices = seen.look.all("select web_order, day from service_notice where entry > 0 order by number")
            good = [r for r in good if any(n.web_order == r.web_order and n.day == r.fetched.date() for n in notices)]
        if not good:
            return False
    return True


def _handovers(seen: Evidence) -> list[Any]:
    """Handovers of the student's at the time of the late shift."""
    rows = seen.look.all("select * from service_handover where entry > 0 order by number")
    return [r for r in rows if r.moment >= time_of(r.day, HAND_OVER_FROM)]


# --- the supervisor --------------------------------------------------------------------------------------------------------


def _weeks(seen: Evidence) -> list[tuple[datetime.date, list[Any]]]:
    """The weeks that the student planned, each as it was planned at once."""

    class Planned:
        def __init__(self, row: dict[str, Any]):
            self.clerk, self.day, self.shift = row["clerk"], row["day"], row["shift"]

    return [(d.arguments["week"], [Planned(r) for r in d.arguments["rows"]]) for d in seen.did("service.plan_shifts")]


def _planned(seen: Evidence, *faults: str) -> Met:
    return lambda s: any(not any(gaps(rows, week)[fault] for fault in faults) for week, rows in _weeks(s))


def _wish_kept(seen: Evidence) -> bool:
    """Whether the clerk who asked for a free day has one, in a week in which the clerk works."""
    who, day = seen.brief["off_clerk"], seen.brief["off_day"]
    return any(
        any(r.clerk == who for r in rows) and not any(r.clerk == who and r.day.weekday() == day for r in rows) for _, rows in _weeks(seen)
    )  # fmt: skip


def _complaints(seen: Evidence) -> dict[datetime.date, set[str]]:
    days: dict[datetime.date, set[str]] = defaultdict(set)
    for r in seen.look.all("select number, day from service_conversation where intent = 'complaint' order by number"):
        days[r.day].add(r.number)
    return days


def _looked_into(seen: Evidence) -> bool:
    """Whether all complaints of some day were opened on it."""
    opened = {(d.arguments["dispute"], d.day) for d in seen.looked_up("service.dispute_detail")}
    return any(all((number, day) in opened for number in numbers) for day, numbers in _complaints(seen).items())


def _owned(seen: Evidence) -> bool:
    """Whether on some day an owner was named for each complaint of it."""
    named = {(d.arguments["dispute"], d.day) for d in seen.did("service.name_owner")}
    return any(all((number, day) in named for number in numbers) for day, numbers in _complaints(seen).items())


def _scored(seen: Evidence) -> set[str]:
    """Sheets with the asked fine and the asked reward."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind in ("fine", "reward"):
        clerk = seen.brief["fined_clerk" if kind == "fine" else "rewarded_clerk"]
        for d in seen.did("service.score", clerk=clerk, kind=kind, amount=seen.brief[kind]):
            found[kind].add(str(d.result))
    return found["fine"] & found["reward"]


def _submitted(seen: Evidence) -> list[Move]:
    """Sheets that were submitted before their pay day."""
    rows = {r.number: r.pay_day for r in seen.look.all("select number, pay_day from service_score_sheet")}
    return [m for m in moved(seen, "service_score_sheet", "submitted") if m.day < rows[m.number]]


check("DESK013", printed=lambda s: [d for d in s.did("service.print_batch") if d.result["orders"]], hourly=_hourly)
check("DESK014", fetched=_stopped, told=lambda s: _stopped(s, told=True))
check(
    "DESK015",
    handed_over=_handovers,
    checklist=lambda s: [h for h in _handovers(s) if h.unsent_checked and h.closed_down],
    named=lambda s: [h for h in _handovers(s) if not h.left_out],
)
check("DESK016", covered=lambda s: _planned(s, "uncovered")(s), rests=lambda s: _planned(s, "short_rests", "overworked")(s), wish=_wish_kept)
check("DESK017", looked_into=_looked_into, owned=_owned)
check(
    "DESK018",
    scored=_scored,
    submitted=_submitted,
    approved=lambda s: [m for m in moved(s, "service_score_sheet", "approved") if m.number in {d.number for d in _submitted(s)}],
)
sought("DESK013", {"lab.wait.until": "no hour may pass without a batch"})
excuse(
    "DESK013",
    {"A lab.wait.until": "the first batch may come some minutes later", "F lab.wait": "the day on which the batches are printed is the same one"},
)
excuse("DESK014", {"F service.fetch_back": "customers are told on the day on which their parcel is fetched back"})
excuse("DESK015", {"F service.hand_over_shift.open_items": "a shift is handed over once, with all that is open"})
excuse(
    "DESK016",
    {
        "A service.plan_shifts.rows.clerk": "the text names a clerk for the free day; another clerk in a row leaves it free",
    },
)
sought("DESK016", {f"service.plan_shifts.rows.{column}": "every shift needs its people" for column in ("day", "shift")})
excuse("DESK018", {"F service.score.amount": "a fine has its least amount, and is entered at once"})
