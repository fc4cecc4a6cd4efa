"""Shifts: six clerks cover 8:30 to 22:00 on every day of a week, keep their rests, and hand over what is open.

The early shift is from 8:30 to 17:30, the late one from 13:00 to 22:00, each with an hour's break. Between a late shift and the next
morning's early one lie ten and a half hours: too few, so nobody has both. At most five shifts are 40 hours, and a week has its day of rest
(Labour Law of the PRC, articles 36 and 38).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Day, Flag, Line, Ref
from .desk import AFTER_SALE, PRE_SALE, PRINTER, SUPERVISOR, Clerk, clerk_of, latest, merchant_of, shifts_staff
from .kinds import SHIFT
from .papers import merchants

HOURS = {"early": ("08:30", "17:30"), "late": ("13:00", "22:00")}
#: How many are there in each shift, at least, and how many shifts a clerk has in a week, at most.
NEEDED = 2
MOST = 5
#: From when on a late shift hands over.
HAND_OVER_FROM = "19:30"

NOT_MONDAY = refusal("not_monday", "{day} 不是星期一。请填写一周的第一天。", "{day} is no Monday. Enter the first day of a week.")
WEEK_BEGUN = refusal(
    "week_begun", "从 {day} 起的一周已经开始，不能再排班。请选择下一周。", "The week from {day} has begun and cannot be planned. Choose the next one."
)
OUT_OF_WEEK = refusal("out_of_week", "第 {row} 行的 {day} 不在这一周。请核对日期。", "Row {row}: {day} is not in that week. Check the day.")
SHIFT_TWICE = refusal("shift_twice", "第 {row} 行：{name} 当天已有班次。请核对。", "Row {row}: {name} has a shift on that day already. Check the rows.")
NO_SHIFTS_FOR = refusal(
    "no_shifts_for", "第 {row} 行：{name} 不参加排班。请选择客服或制单员。", "Row {row}: {name} does not work in shifts. Choose another clerk."
)
TO_ONESELF = refusal("hand_to_oneself", "不能向自己交班。请选择接班人。", "You cannot hand over to yourself. Choose who comes next.")
NOT_OPEN = refusal("item_not_open", "{number} 不是未结事项。请从列表中选择。", "{number} is no open item. Choose one from the list.")


class ShiftRow(TypedDict):
    """A clerk's shift on a day."""

    clerk: Annotated[Ref, Ask("客服人员", "Clerk", choose="service.clerks")]
    day: Annotated[Day, Ask("日期", "Day")]
    shift: Annotated[Literal["early", "late"], Ask()]


class OpenRow(TypedDict):
    """Something that the next shift must go on with."""

    document: Annotated[Ref, Ask("单据", "Document", choose="service.open_items")]
    note: Annotated[Line, Ask("说明", "Note", max=200)]


def gaps(rows: Iterable[Any], first: datetime.date) -> dict[str, int]:
    """What is wrong with a week's shifts (clerk, day, shift): shifts with too few people, rests too short, clerks with too many shifts."""
    there = {(r.clerk, r.day): r.shift for r in rows}
    days = [first + datetime.timedelta(days=i) for i in range(7)]
    manned = Counter((day, shift) for (_, day), shift in there.items())
    short = sum(manned[day, shift] < NEEDED for day in days for shift in HOURS)
    rests = sum(s == "late" and there.get((c, d + datetime.timedelta(days=1))) == "early" for (c, d), s in there.items())
    loaded = Counter(clerk for clerk, day in there if day in days)
    return {"uncovered": short, "short_rests": rests, "overworked": sum(n > MOST for n in loaded.values())}


@command("DESK016", role=SUPERVISOR, title=("排一周的班", "Plan a week of shifts"))
def plan_shifts(
    do: Doing,
    week: Annotated[Day, Ask("星期一的日期", "The week's Monday")],
    rows: Annotated[list[ShiftRow], Ask("班次", "Shifts")],
) -> dict[str, int]:
    """Plans a week that has not begun, in place of what was planned for it. Gives what is wrong with it: uncovered shifts, short rests, overworked clerks."""
    if week.weekday() != 0:
        raise NOT_MONDAY("week", day=week)
    if week <= do.day:
        raise WEEK_BEGUN("week", day=week)
    merchant = merchant_of(do, do.actor)
    staff, seen = shifts_staff(do, merchant), set()
    for i, r in enumerate(rows, start=1):
        name = clerk_of(do, r["clerk"], "rows").clerk
        if name not in staff:
            raise NO_SHIFTS_FOR("rows", row=i, name=name)
        if not week <= r["day"] < week + datetime.timedelta(days=7):
            raise OUT_OF_WEEK("rows", row=i, day=r["day"])
        if (name, r["day"]) in seen:
            raise SHIFT_TWICE("rows", row=i, name=name)
        seen.add((name, r["day"]))
    for old in _planned(do, merchant, week):
        documents.find(do, SHIFT, old.number).move_to("dropped")
    for r in rows:
        made = documents.create(do, SHIFT, owner=merchant)
        do.execute("insert into service_shift values ($n, $merchant, $clerk, $day, $shift)",
                   n=made.number, merchant=merchant, clerk=r["clerk"], day=r["day"], shift=r["shift"])  # fmt: skip
    return gaps(_planned(do, merchant, week), week)


def _planned(look: Looking, merchant: str, week: datetime.date) -> list[Any]:
    return look.all(
        """select s.* from service_shift s join document d using (number) where s.merchant = $merchant and d.state = 'planned'
           and s.day between $first and $last order by s.day, s.shift, s.clerk""",
        merchant=merchant, first=week, last=week + datetime.timedelta(days=6),
    )  # fmt: skip


@query("DESK016", role=SUPERVISOR, title=("查看班表", "View the rota"))
def rota(do: Doing) -> Table:
    """The shifts from today on: day, shift, clerk, full_name, post, state."""
    return do.table(
        """select s.day, s.shift, s.clerk, c.full_name, c.post, d.state from service_shift s join document d using (number) join service_clerk c using (clerk)
           where s.merchant = $merchant and s.day >= $day and d.state <> 'dropped' order by s.day, s.shift, s.clerk limit 500""",
        merchant=merchant_of(do, do.actor), day=do.day,
    )  # fmt: skip


#: Of a shop: what is open, with what it is. A talk is open until it is answered, a flag until the printer has it, papers while they lie at the desk.
OPEN_ITEMS = """
    select d.number, d.kind, d.state, d.day from document d where d.owner = $merchant and (
           (d.kind = 'service_conversation' and d.state = 'opened'
                and exists (select 1 from service_conversation c where c.number = d.number and c.arrives <= $now))
        or (d.kind = 'service_order_flag' and d.state = 'set')
        or (d.kind = 'service_change_request' and d.state in ('asked', 'fetched_back'))
        or (d.kind = 'service_papers' and d.state = 'fetched_back')
        or (d.kind = 'service_refund_case' and d.state in ('opened', 'checked'))
        or (d.kind = 'service_return_entry' and (d.state = 'arrived' or d.state = 'announced' and exists (
                select 1 from service_return r where r.number = d.number and r.arrives <= $day)))
        or (d.kind = 'service_review' and d.state = 'open'))"""


@choices("service.open_items")
def _open(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    end = datetime.datetime.combine(look.day, datetime.time(23, 59, 59))
    rows = look.all(f"{OPEN_ITEMS} order by d.number limit 500", merchant=merchants(look, actor), now=end, day=look.day)
    return [(r.number, Text(*(f"{r.number} · {t}" for t in documents.KINDS[r.kind].title))) for r in rows]


def open_items(look: Looking) -> Table:
    """What is open at the desk of this world, as far as it is known to be (`latest`): number, kind, state, day."""
    desk = look.value("select merchant from service_desk limit 1")
    return look.table(f"{OPEN_ITEMS} order by d.kind, d.number", merchant=desk, now=latest(look), day=look.day)


def _open_items(do: Doing) -> Table:
    """What is open at the desk now: number, kind, state, day; this goes to the next shift."""
    return do.table(f"{OPEN_ITEMS} order by d.kind, d.number limit 200", merchant=merchant_of(do, do.actor), now=do.moment, day=do.day)


def _hand_over(
    do: Doing,
    next_clerk: Clerk,
    unsent_checked: Annotated[Flag, Ask("已清点未发订单", "Unsent orders counted")],
    closed_down: Annotated[Flag, Ask("已关闭系统和设备", "Systems and machines shut down")],
    open_items: Annotated[list[OpenRow], Ask("未结事项", "Open items")] = [],  # noqa: B006  (never changed; the default of a field)
) -> dict[str, Any]:
    """Ends the acting clerk's shift: the checklist, and what the next clerk must go on with. Gives the handover and how many open items it left out."""
    merchant = merchant_of(do, do.actor)
    if clerk_of(do, next_clerk, "next_clerk").clerk == do.actor:
        raise TO_ONESELF("next_clerk")
    there = {r.number for r in do.all(OPEN_ITEMS, merchant=merchant, now=do.moment, day=do.day)}
    named = {r["document"]: r["note"] for r in open_items or ()}
    for document in named:
        if document not in there:
            raise NOT_OPEN("open_items", number=document[:40])
    number = do.number("JB")
    do.execute(
        "insert into service_handover values ($n, $clerk, $next, $day, $moment, $left_out, $unsent, $closed, $entry)",
        n=number, clerk=do.actor, next=next_clerk, day=do.day, moment=do.moment, left_out=len(there - named.keys()), unsent=unsent_checked,
        closed=closed_down, entry=do.evidence,
    )  # fmt: skip
    for document, note in named.items():
        do.execute("insert into service_handover_item values ($n, $document, $note)", n=number, document=document, note=note)
    mine = do.value(
        "select s.number from service_shift s join document d using (number) where s.clerk = $me and s.day = $day and d.state = 'planned'",
        me=do.actor,
        day=do.day,
    )
    if mine:
        documents.find(do, SHIFT, mine).move_to("worked")
    return {"handover": number, "left_out": len(there - named.keys())}


query("DESK015", role=PRE_SALE, title=("查看未结事项", "View the open items"), name="open_items")(_open_items)
query(role=AFTER_SALE, title=("查看售后未结事项", "View after-sale's open items"), name="open_cases")(_open_items)
command("DESK015", role=PRE_SALE, title=("交班", "Hand the shift over"), name="hand_over_shift")(_hand_over)
command(role=AFTER_SALE, title=("售后交班", "Hand the after-sale shift over"), name="hand_over_cases")(_hand_over)
command(role=PRINTER, title=("制单交班", "Hand the printing over"), name="hand_over_printing")(_hand_over)
