"""The overview: money, what is owed and owing, the result, and what waits to be done; from here the other dashboards go into detail."""

from __future__ import annotations

import datetime
from decimal import Decimal

from ..kernel.table import Table
from ..kernel.texts import Text
from ..reports.frames import CASH
from .bars import Bar, Columns, Ranked, ranked_height
from .books import ZERO, balance, owner_with, postings, rows_of, span_of, spans, with_chains
from .cash import cash_panel
from .page import FROM, TO, Empty, KeyFigure, Page, Panel, Source, Where, dashboard, figure, told, yuan
from .plots import BLUE, ORANGE
from .work import work_of, work_table

NOTHING = Empty(
    Text("这本账在这段时间里还没有分录。", "Nothing has been posted in these books in this period."),
    Text(
        "做一笔业务，例如存入现金；也可以放宽日期，或在上面换一本账。",
        "Do some business, such as a deposit; or widen the period, or choose other books above.",
    ),
    ("EBANK004",),
)
#: What one has and owes, by the accounts of each; the last is a debt.
POSITION = (
    ("cash", Text("货币资金", "Cash"), CASH, 1),
    ("receivable", Text("应收账款", "Receivables"), ("1122",), 1),
    ("stock", Text("存货", "Inventory"), ("1405", "1406"), 1),
    ("payable", Text("应付账款", "Payables"), ("2202",), -1),
)
RESULT = ("6001", "6021", "6051", "6401", "6601", "6602", "6603")


@dashboard(
    "overview",
    ("总览", "Overview"),
    ("钱够不够，赚不赚，有什么等着处理？", "Is there enough money, does the business earn, and what waits to be done?"),
    FROM,
    TO,
    owner_with("from posting where account in ('1001', '1002', '1122', '2202')"),
)
def overview(look: Source, where: Where) -> Page:
    balances = {name: balance(look, where, accounts) * sign for name, _, accounts, sign in POSITION}
    posted = "select 1 from posting p join ledger_entry e on e.number = p.entry where p.owner = $owner and e.day <= $last limit 1"
    if not look.value(posted, owner=where.owner, last=where.to_day):
        return Page(empty=NOTHING)
    results = {r.result_line: r.amount for r in rows_of(look, "operating_results", where)}
    profit, revenue = results.get("operating_profit", ZERO), results.get("sales_revenue", ZERO) + results.get("fee_income", ZERO)
    waiting = [w for w in work_of(look, where.owner) if w.ours and w.is_order]
    figures = [
        KeyFigure(Text("货币资金", "Cash"), yuan(balances["cash"]), told("截至 {day}", "on {day}", day=where.to_day), "", balances["cash"], 1),
        KeyFigure(Text("应收账款", "Receivables"), yuan(balances["receivable"]), "", "", balances["receivable"], 0),
        KeyFigure(Text("应付账款", "Payables"), yuan(balances["payable"]), "", "", balances["payable"], 0),
        KeyFigure(Text("营业利润", "Operating profit"), yuan(profit), told("收入 {sum}", "revenue {sum}", sum=yuan(revenue)), "", profit, 1),
    ]
    panels = [cash_panel(look, where), _position(look, where, balances), _result(look, where)]
    return Page(figures, panels, work_table(waiting, where.to_day), Text("等着处理的订单", "Orders that wait"))


def _position(look: Source, where: Where, balances: dict[str, Decimal]) -> Panel:
    """What one has, and what one owes."""
    bars = tuple(Bar(label, (balances[name],), name if balances[name] else "") for name, label, _, _ in POSITION)
    free = balances["cash"] - balances["payable"]
    title = told("付清欠款后还有 {sum} 元", "{sum} CNY is left once debts are paid", sum=figure(free)) if free >= 0 else told(
        "货币资金比欠款少 {sum} 元", "Cash is {sum} CNY short of what is owed", sum=figure(-free)
    )  # fmt: skip

    def behind(key: str) -> Table:
        _, _, accounts, sign = next(p for p in POSITION if p[0] == key)
        return with_chains(look, postings(look, where, accounts, sign=sign, first=datetime.date.min))

    subtitle = Text("期末余额，元", "At the end of the period, CNY")
    return Panel("position", title, subtitle, Ranked(bars, colours=(BLUE,)), "narrow", max(2.6, ranked_height(4)), behind)


def _result(look: Source, where: Where) -> Panel:
    """The operating profit, span by span."""
    cut = spans(where.from_day, where.to_day)
    sums = []
    for span in cut:
        rows = rows_of(look, "operating_results", where, start=span[0], end=span[1])
        sums.append(next((r.amount for r in rows if r.result_line == "operating_profit"), ZERO))
    best = max(range(len(cut)), key=lambda i: sums[i])
    title = told("{when} 赚得最多", "Most was earned: {when}", when=cut[best].label) if sums[best] > 0 else Text("期内没有盈利", "No profit in the period")
    bars = tuple(Bar(span.label, (value,), span.key if value else "") for span, value in zip(cut, sums, strict=True))

    def behind(key: str) -> Table:
        span = span_of(cut, key.partition("|")[0])
        return with_chains(look, postings(look, where, RESULT, sign=-1, first=span[0], last=span[1]))

    return Panel("result", title, Text("营业利润，元", "Operating profit, CNY"), Columns(bars, colours=(ORANGE,)), "full", 2.2, behind)
