"""Money on a page: what there was at the end of each day, and where it came from and went to."""

from __future__ import annotations

import datetime
from decimal import Decimal

from ..books import ledger
from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.texts import Text
from ..reports.frames import CASH
from .bars import Bar, Columns, Ranked, ranked_height
from .books import ZERO, postings, rows_of, with_chains
from .lines import Line, Lines, Point
from .page import Panel, Size, Source, Where, figure, headline, told
from .plots import BLUE, GREEN, ORANGE

SHOWN = 6
FLOWS = (Text("收入", "In"), Text("支出", "Out"))


def cash_panel(look: Source, where: Where, size: Size = "wide", height: float = 2.6) -> Panel:
    """The money there was at the end of each day on which it moved."""
    rows = look.all(
        """select e.day, sum(p.amount) as moved from posting p join ledger_entry e on e.number = p.entry
           where p.owner = $owner and list_contains($accounts, p.account) and e.day <= $last group by e.day order by e.day""",
        owner=where.owner, accounts=list(CASH), last=where.to_day,
    )  # fmt: skip
    left = first = sum((r.moved for r in rows if r.day < where.from_day), ZERO)
    moved = {r.day: r.moved for r in rows if r.day >= where.from_day}
    points = []
    for day in sorted({where.from_day, where.to_day, *moved}):
        left += moved.get(day, ZERO)
        points.append(Point(day, left, day.isoformat() if day in moved else ""))

    def behind(key: str) -> Table:
        day = datetime.date.fromisoformat(key)
        return with_chains(look, postings(look, where, CASH, first=day, last=day))

    line = Line(Text("", ""), tuple(points), BLUE, steps=True, filled=True)
    subtitle = Text("现金与银行存款，元；圆点是有变动的日子", "Cash on hand and at the bank, CNY; a dot where it changed")
    return Panel("cash", _change(left - first, _paid_in(look, where)), subtitle, Lines((line,)), size, height, behind)


def _paid_in(look: Source, where: Where) -> Decimal:
    """What the owners have paid in as capital, in money."""
    found: Decimal = look.value(
        """select coalesce(sum(c.amount), 0)::decimal(18,2) from cash_line c
           where c.owner = $owner and c.account = $capital and c.day between $first and $last""",
        owner=where.owner, capital=ledger.CAPITAL, first=where.from_day, last=where.to_day,
    )  # fmt: skip
    return found


def _change(change: Decimal, capital: Decimal) -> Text:
    """How money has changed; capital that was paid in is no result of the business, and is told apart."""
    if capital > 0:
        if change < capital:
            return told("不计投入资本，货币资金减少 {sum} 元", "Without capital paid in, cash fell by {sum} CNY", sum=figure(capital - change))
        return told("不计投入资本，货币资金增加 {sum} 元", "Without capital paid in, cash rose by {sum} CNY", sum=figure(change - capital))
    if change > 0:
        return told("货币资金增加 {sum} 元", "Cash rose by {sum} CNY", sum=figure(change))
    if change < 0:
        return told("货币资金减少 {sum} 元", "Cash fell by {sum} CNY", sum=figure(-change))
    return Text("货币资金没有变动", "Cash has not changed")


def days_of(where: Where) -> list[datetime.date]:
    return [where.from_day + datetime.timedelta(days=i) for i in range((where.to_day - where.from_day).days + 1)]


def day_label(day: datetime.date, *, first: bool) -> Text:
    """A day below a narrow column; the month is named with the first one and where it begins."""
    named = first or day.day == 1
    return Text(f"{day.month}/{day.day}" if named else f"{day.day}", f"{day.day}\n{day:%b}" if named else f"{day.day}")


def days_panel(look: Source, where: Where) -> list[Panel]:
    """Money in and out on each day of a short period; nothing where none has moved."""
    rows = {r.group_key: r for r in rows_of(look, "cash_flow", where, by="day")}
    if not rows:
        return []
    came, went = sum((r.receipts for r in rows.values()), ZERO), sum((r.payments for r in rows.values()), ZERO)
    title = told("{n} 天收入 {come} 元，支出 {go} 元", "In {n:day}: {come} CNY in, {go} CNY out", n=len(days_of(where)), come=figure(came), go=figure(went))
    bars = []
    for day in days_of(where):
        r = rows.get(day.isoformat())
        bars.append(Bar(day_label(day, first=day == where.from_day), (r.receipts, r.payments) if r else (ZERO, ZERO), day.isoformat() if r else ""))

    def behind(key: str) -> Table:
        name, _, side = key.partition("|")
        day = datetime.date.fromisoformat(name)
        return with_chains(look, _lines(look, where, None, came=side == "0", first=day, last=day))

    plot = Columns(tuple(bars), FLOWS, (GREEN, ORANGE), stacked=False)
    return [Panel("cash", title, Text("每天的货币资金收支，元", "Money in and out by day, CNY"), plot, "half", 2.5, behind)]


def flow_panel(look: Source, where: Where) -> list[Panel]:
    """Where money came from and went to, by the accounts that stand against it; nothing where none has moved. Capital that was brought in is left out:
    it is no result of the business, and would make all else small."""
    rows = [r for r in rows_of(look, "cash_flow", where, by="account") if (r.receipts or r.payments) and r.group_key != ledger.CAPITAL]
    if not rows:
        return []
    came, went = sum((r.receipts for r in rows), ZERO), sum((r.payments for r in rows), ZERO)
    rows.sort(key=lambda r: (-max(r.receipts, r.payments), r.group_key))
    out = max(rows, key=lambda r: r.payments)
    title = told("收入 {sum} 元，没有支出", "{sum} CNY came in, nothing went out", sum=figure(came))
    if went:
        title = headline(
            "支出的 {share} 用于{what}", "{share} of what was paid: {what}", out.payments, went, Text("支出都用于{what}", "All that was paid: {what}"),
            what=both(out.group_name),
        )  # fmt: skip
    bars = tuple(Bar(both(r.group_name), (r.receipts, r.payments), r.group_key) for r in rows[:SHOWN])

    def behind(key: str) -> Table:
        account, _, side = key.partition("|")
        return with_chains(look, _lines(look, where, account, came=side == "0", first=where.from_day, last=where.to_day))

    plot = Ranked(bars, FLOWS, (GREEN, ORANGE), stacked=False)
    subtitle = Text("期内收支，按对方科目，不含投入资本，元", "By the account against it, without capital, CNY")
    return [Panel("flow", title, subtitle, plot, "narrow", max(2.6, ranked_height(len(bars), 2)), behind)]


def _lines(look: Source, where: Where, account: str | None, *, came: bool, first: datetime.date, last: datetime.date) -> Table:
    """What brought money, or took it, in these days: the postings that stand against it, amounts as they moved money. account: only that one."""
    rows = look.all(
        """select e.document, e.day, e.number, e.text, m.name as other_party_name, -p.amount as amount
           from posting p join ledger_entry e on e.number = p.entry left join member m on m.number = p.sub
           where p.owner = $owner and ($account is null or p.account = $account) and e.day between $first and $last
             and (p.amount < 0) = $came and p.amount <> 0 and not list_contains($cash, p.account)
             and exists (select 1 from posting c where c.entry = p.entry and c.owner = p.owner and list_contains($cash, c.account))
           order by e.number, p.line""",
        owner=where.owner, account=account, first=first, last=last, came=came, cash=list(CASH),
    )  # fmt: skip
    made = [(r.document, r.day, str(r.number), both(r.text), both(r.other_party_name), r.amount) for r in rows]
    return Table(("document", "day", "ledger_entries", "text", "other_party_name", "amount"), made)
