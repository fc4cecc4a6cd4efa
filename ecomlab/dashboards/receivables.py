"""Receivables: who owes how much for how long, when it falls due, and how long it takes until money comes."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from ..kernel.table import Table
from ..kernel.texts import Text
from .bars import Bar, Columns
from .books import ZERO, owner_with, postings
from .lines import Line, Lines, Point
from .open_items import AS_OF, Item, Said, ageing, by_week, items_of, table_of, whole_of
from .page import FROM, Empty, KeyFigure, Page, Panel, Source, Where, dashboard, figure, ratio, share_note, told, yuan
from .plots import BLUE

NOTHING = Empty(
    Text("没有人欠这本账钱。", "Nobody owes these books anything."),
    Text(
        "赊销之后这里就有内容：供应商送达一单、顾客货到付款或汇款的一单。也可以放宽日期，或在上面换一本账。",
        "There will be something after a sale on credit: a delivery of a supplier, a web order paid by transfer or on delivery. "
        "Or widen the period, or choose other books above.",
    ),
    ("LGS020", "B2C011"),
)
OWED = Said(
    Text("{who}占逾期的 {share}", "{who}: {share} of what is overdue"), Text("逾期最多的是{who}", "Most overdue: {who}"),
    Text("没有逾期；{who}占 {share}", "Nothing is overdue; {who} owes {share}"), Text("没有逾期；欠款最多的是{who}", "Nothing is overdue; {who} owes most"),
    Text("逾期天数，按客户，元", "By customer and days overdue, CNY"),
)  # fmt: skip
RECEIVABLE = ("1122",)
REVENUE = ("6001", "6021")


@dashboard(
    "receivables",
    ("应收账款", "Receivables"),
    ("谁还欠钱，欠了多久，收得回来吗？", "Who owes money, for how long, and does it come in?"),
    FROM,
    AS_OF,
    owner_with("from posting where account = '1122'"),
)
def receivables(look: Source, where: Where) -> Page:
    items, balances = items_of(look, where, "receivables"), _balances(look, where)
    if not items and not any(b.came or b.went for b in balances):
        return Page(empty=NOTHING)
    panels = [ageing(items, OWED), _due(items, where), _collected(look, where, balances)] if items else [_collected(look, where, balances)]
    return Page(_figures(look, items, where), panels, table_of(items), Text("未收的单据", "Open documents"))


def _figures(look: Source, items: list[Item], where: Where) -> list[KeyFigure]:
    whole, late = whole_of(items), whole_of([i for i in items if i.late > 0])
    revenue = -look.value(
        """select coalesce(sum(p.amount), 0) from posting p join ledger_entry e on e.number = p.entry
           where p.owner = $owner and list_contains($accounts, p.account) and e.day between $first and $last""",
        owner=where.owner, accounts=list(REVENUE), first=where.from_day, last=where.to_day,
    )  # fmt: skip
    days = (where.to_day - where.from_day).days + 1
    dso = f"{whole * days / revenue:.1f}" if ratio(whole, revenue) is not None else ""
    oldest = max(items, key=lambda i: i.late, default=None)
    parties = len({i.party for i in items})
    return [
        KeyFigure(Text("应收合计", "Total"), yuan(whole), told("客户 {n}，单据 {k}", "customers: {n}, documents: {k}", n=parties, k=len(items)), "", whole, 0),
        KeyFigure(
            Text("逾期", "Overdue"), yuan(late), share_note("占应收的 {share}", "{share} of the total", late, whole),
            "bad" if late > 0 else "good", late, -1,
        ),
        KeyFigure(
            Text("周转天数", "Days sales outstanding"), dso or "—",
            told("应收 ÷ 期内收入 × 天数 {n}", "receivables ÷ revenue × {n:day}", n=days),
        ),
        KeyFigure(
            Text("逾期最久", "Longest overdue"), told("{n} 天", "{n:day}", n=oldest.late) if oldest and oldest.late > 0 else "—",
            oldest.party_name if oldest and oldest.late > 0 else "", "bad" if oldest and oldest.late > 30 else "",
        ),
    ]  # fmt: skip


def _due(items: list[Item], where: Where) -> Panel:
    """When money falls due: overdue, this week, the next weeks, later."""
    classes = by_week(items, where.to_day)
    soon = sum((whole_of(found) for _, found in classes[1:-1]), ZERO)
    title = Text("四周内没有到期款", "Nothing falls due within four weeks")
    if soon:
        title = told("四周内到期 {sum} 元", "{sum} CNY falls due within four weeks", sum=figure(soon))
    bars = tuple(Bar(label, (whole_of(found),), str(k)) for k, (label, found) in enumerate(classes))
    height = 2.1 if len({i.party for i in items}) < 4 else 2.7  # as high as a few customers beside it
    return Panel(
        "due", title, Text("到期金额，按周，元", "Amounts due by week, CNY"), Columns(bars, colours=(BLUE,)), "narrow", height,
        lambda key: table_of(classes[int(key)][1]),
    )  # fmt: skip


class Balance(NamedTuple):
    day: datetime.date
    came: Decimal
    went: Decimal
    left: Decimal


def _balances(look: Source, where: Where) -> list[Balance]:
    """Receivables at the end of each day of the period on which something was posted, and of its first and last day."""
    rows = look.all(
        """select e.day, coalesce(sum(p.amount) filter (p.amount > 0), 0) as came, coalesce(-sum(p.amount) filter (p.amount < 0), 0) as went
           from posting p join ledger_entry e on e.number = p.entry
           where p.owner = $owner and list_contains($accounts, p.account) and e.day <= $last group by e.day order by e.day""",
        owner=where.owner, accounts=list(RECEIVABLE), last=where.to_day,
    )  # fmt: skip
    left = sum((r.came - r.went for r in rows if r.day < where.from_day), ZERO)
    by_day = {r.day: r for r in rows if r.day >= where.from_day}
    made = []
    for day in sorted({where.from_day, where.to_day, *by_day}):
        r: Any = by_day.get(day)
        came, went = (r.came, r.went) if r else (ZERO, ZERO)
        left += came - went
        made.append(Balance(day, came, went, left))
    return made


def _collected(look: Source, where: Where, balances: list[Balance]) -> Panel:
    """What is owed, and what has come in so far."""
    received = ZERO
    owed, paid = [], []
    for b in balances:
        received += b.went
        owed.append(Point(b.day, b.left, f"{b.day}/came" if b.came else ""))
        paid.append(Point(b.day, received, f"{b.day}/went" if b.went else ""))
    came = sum((b.came for b in balances), ZERO)
    title = told("期内新增应收 {added} 元，收回 {paid} 元", "Added {added} CNY, received {paid} CNY", added=figure(came), paid=figure(received))
    if not came and not received:
        title = Text("期内应收没有变动", "Receivables have not changed in the period")

    def behind(key: str) -> Table:
        day, _, side = key.partition("/")
        on = datetime.date.fromisoformat(day)
        found = postings(look, where, RECEIVABLE, first=on, last=on)
        return Table(found.columns, [r for r in found if (r.amount > 0) == (side == "came")])

    lines = (
        Line(Text("应收余额", "Owed"), tuple(owed), BLUE, steps=True, filled=True),
        Line(Text("累计回款", "Received"), tuple(paid), "#B87900", steps=True),
    )
    subtitle = Text("应收余额与累计回款，元；圆点是有变动的日子", "What is owed, and what has come in since the start, CNY; a dot where it changed")
    return Panel("collected", title, subtitle, Lines(lines), "full", 2.5, behind)
