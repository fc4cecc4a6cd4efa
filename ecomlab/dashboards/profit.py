"""Profit: from revenue to the result, over time, and by what and to whom it was sold."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from ..kernel.names import both
from ..kernel.table import Row, Table
from ..kernel.texts import Text
from .bars import Bar, Columns, Move, Ranked, Waterfall, ranked_height
from .books import owner_with, postings, rows_of, sales, span_of, spans, total
from .page import FROM, TO, Empty, KeyFigure, Page, Panel, Source, Where, dashboard, figure, headline, percent, ratio, share_note, told, yuan
from .plots import BLUE, ORANGE, SKY

NOTHING = Empty(
    Text("这本账在这段时间里没有收入，也没有费用。", "These books have neither revenue nor expenses in this period."),
    Text(
        "卖出第一件货之后这里就有内容：B2B 供应商送达一单，或者网店发出一单。也可以放宽日期，或在上面换一本账。",
        "There will be some after a first sale: a B2B delivery that arrives, or a web order that is shipped. "
        "Or widen the period, or choose other books above.",
    ),
    ("LGS020", "B2C011"),
)
SHOWN = 7
_OTHER = Text("其他收入", "Other revenue")
_NO_BUYER = Text("未记买方", "No buyer recorded")


@dashboard(
    "profit",
    ("利润", "Profit"),
    ("赚了多少，是从哪里赚来的？", "How much was earned, and on what?"),
    FROM,
    TO,
    owner_with("from posting where account in ('6001', '6021')"),
)
def profit(look: Source, where: Where) -> Page:
    results = {r.result_line: r for r in rows_of(look, "operating_results", where)}
    if not results or not any(r.amount for r in results.values()):
        return Page(empty=NOTHING)
    of = {name: r.amount for name, r in results.items()}
    products = rows_of(look, "profit", where, by="product")
    panels = [_waterfall(look, where, results), _time(look, where)]
    panels += [_products(look, where, products), _buyers(look, where, rows_of(look, "profit", where, by="buyer"))] if products else []
    return Page(_figures(of), panels, _table(products), Text("商品毛利表", "Gross profit by product"))


def _figures(of: dict[str, Decimal]) -> list[KeyFigure]:
    revenue = of["sales_revenue"] + of["fee_income"]
    expenses = -(of["selling_expenses"] + of["administrative_expenses"] + of["financial_expenses"])
    gross, operating = of["gross_profit"], of["operating_profit"]
    return [
        KeyFigure(Text("收入", "Revenue"), yuan(revenue), told("销售成本 {cost}", "cost of sales {cost}", cost=yuan(-of["cost_of_sales"])), "", revenue, 1),
        KeyFigure(Text("毛利", "Gross profit"), yuan(gross), share_note("毛利率 {share}", "margin {share}", gross, revenue), _tone(gross), gross, 1),
        KeyFigure(Text("期间费用", "Expenses"), yuan(expenses), share_note("占收入 {share}", "{share} of revenue", expenses, revenue), "", expenses, -1),
        KeyFigure(
            Text("营业利润", "Operating profit"), yuan(operating),
            share_note("营业利润率 {share}", "operating margin {share}", operating, revenue), _tone(operating), operating, 1,
        ),
    ]  # fmt: skip


def _tone(profit: Decimal) -> Literal["good", "bad"]:
    return "bad" if profit < 0 else "good"


#: The steps of the waterfall: the line of the report, what it is called here, and whether it is a total.
_STEPS = (
    ("sales_revenue", Text("销售收入", "Sales revenue"), True),
    ("fee_income", Text("手续费收入", "Fees"), False),
    ("cost_of_sales", Text("销售成本", "Cost of sales"), False),
    ("gross_profit", Text("毛利", "Gross profit"), True),
    ("selling_expenses", Text("销售费用", "Selling"), False),
    ("administrative_expenses", Text("管理费用", "Admin."), False),
    ("financial_expenses", Text("财务费用", "Financial"), False),
    ("operating_profit", Text("营业利润", "Operating profit"), True),
    ("losses", Text("营业外支出", "Non-operating expenses"), False),
    ("profit", Text("利润总额", "Profit before tax"), True),
)


def _waterfall(look: Source, where: Where, results: dict[str, Row]) -> Panel:
    """From revenue to the operating result; steps of nothing are left out, and so is a total that only repeats the one before."""
    moves: list[Move] = []
    changed = True
    for name, label, is_total in _STEPS:
        value = results[name].amount
        if is_total and (changed or name != "profit") or value and not is_total:
            moves.append(Move(label, value, is_total, results[name].accounts))
        changed = not is_total and (changed or bool(value))
    revenue, result = results["sales_revenue"].amount + results["fee_income"].amount, results["operating_profit"].amount
    return Panel("waterfall", _kept(revenue, result), Text("从收入到营业利润，元", "From revenue to operating profit, CNY"), Waterfall(tuple(moves)), "wide",
                 2.7, lambda key: postings(look, where, tuple(key.split()), sign=-1))  # fmt: skip


def _kept(revenue: Decimal, result: Decimal) -> Text:
    """What is left of revenue: of each 100 where that says something, else in all."""
    kept = ratio(result, revenue)
    if kept:
        if kept < 0:
            return told("每收入 100 元亏 {lost} 元", "For every 100 CNY of revenue, {lost} CNY is lost", lost=-kept)
        return told("每收入 100 元剩 {kept} 元", "Of every 100 CNY of revenue, {kept} CNY is left", kept=kept)
    if not revenue and result < 0:
        return Text("还没有收入，只有费用", "Expenses, but no revenue yet")
    if result < 0:
        return told("亏损 {loss} 元", "A loss of {loss} CNY", loss=figure(-result))
    return told("营业利润 {result} 元", "An operating profit of {result} CNY", result=figure(result))


class _Split(NamedTuple):
    """How revenue and cost are drawn: stacked, as cost and the gross profit that make up revenue, or side by side where a cost is above its revenue."""

    what: Text
    series: tuple[Text, Text]
    colours: tuple[str, str]
    stacked: bool

    @classmethod
    def of(cls, pairs: Iterable[tuple[Decimal, Decimal]]) -> _Split:
        """For pairs of revenue and cost."""
        if any(cost > revenue or cost < 0 for revenue, cost in pairs):
            return cls(Text("收入与销售成本", "Revenue and cost of sales"), (Text("收入", "Revenue"), Text("销售成本", "Cost of sales")), (BLUE, ORANGE), False)
        what = Text("收入 = 销售成本 + 毛利", "Revenue = cost of sales + gross profit")
        return cls(what, (Text("销售成本", "Cost of sales"), Text("毛利", "Gross profit")), (SKY, BLUE), True)

    def values(self, revenue: Decimal, cost: Decimal) -> tuple[Decimal, Decimal]:
        return (cost, revenue - cost) if self.stacked else (revenue, cost)


def _time(look: Source, where: Where) -> Panel:
    """Revenue and cost of sales over time."""
    cut = spans(where.from_day, where.to_day)
    sums = []
    for span in cut:
        rows = rows_of(look, "profit", where, by="owner", start=span[0], end=span[1])
        sums.append((span, total(rows, "revenue"), total(rows, "cost")))
    when, most, _ = max(sums, key=lambda s: s[1])
    title = Text("期内没有销售", "No sales in the period")
    if most > 0:
        title = told("{when} 收入最高", "Revenue was highest: {when}", when=when.label)
        if sum(revenue > 0 for _, revenue, _ in sums) == 1:
            title = told("收入都在 {when}", "All revenue: {when}", when=when.label)
    elif any(revenue or cost for _, revenue, cost in sums):
        title = Text("期内有成本，没有收入", "Cost, but no revenue in the period")
    split = _Split.of((revenue, cost) for _, revenue, cost in sums)
    made = tuple(Bar(span.label, split.values(revenue, cost), span.key) for span, revenue, cost in sums)

    def behind(key: str) -> Table:
        span = span_of(cut, key.partition("|")[0])
        return sales(look, where, first=span[0], last=span[1])

    plot = Columns(made, split.series, split.colours, split.stacked, totals=len(made) <= 5)
    return Panel("time", title, told("{what}，元", "{what}, CNY", what=split.what), plot, "narrow", 2.7, behind)


def _label(row: Row) -> Text:
    return both(row.group_name) if row.group_name else _OTHER


def _buyer(row: Row) -> Text:
    return both(row.group_name) if row.group_name else _NO_BUYER


def _products(look: Source, where: Where, rows: list[Row]) -> Panel:
    """The products that earned or lost most, the best first."""
    ranked = sorted(sorted(rows, key=lambda r: (-abs(r.gross_profit), r.group_key))[:SHOWN], key=lambda r: (-r.gross_profit, r.group_key))
    first = ranked[0]
    if first.gross_profit <= 0:
        title = Text("没有商品带来毛利", "No product has brought a gross profit")
    else:
        title = headline(
            "{what}贡献毛利的 {share}", "{what}: {share} of gross profit", first.gross_profit, total(rows, "gross_profit"),
            Text("毛利最高的是{what}", "Highest gross profit: {what}"), what=_label(first),
        )  # fmt: skip

    def said(row: Row) -> Text:
        margin = ratio(row.gross_profit, row.revenue, 0)
        return figure(row.gross_profit) if margin is None else told("{gross} · {margin}", "{gross} · {margin}", gross=figure(row.gross_profit),
                                                                    margin=percent(row.gross_profit, row.revenue, 0))  # fmt: skip

    bars = tuple(Bar(_label(r), (r.gross_profit,), r.group_key, said(r)) for r in ranked)
    return Panel(
        "products", title, Text("毛利（元）与毛利率，按商品", "Gross profit (CNY) and margin by product"),
        Ranked(bars, colours=(BLUE,)), "half", ranked_height(len(bars)),
        lambda key: sales(look, where, product="" if key == "other" else key),
    )  # fmt: skip


def _buyers(look: Source, where: Where, rows: list[Row]) -> Panel:
    ranked = rows[:SHOWN]
    first = ranked[0]
    title = Text("期内没有销售收入", "No revenue from sales in the period")
    if first.revenue > 0:
        title = headline(
            "{what}占收入的 {share}", "{what}: {share} of revenue", first.revenue, total(rows, "revenue"),
            Text("收入最多来自{what}", "Most revenue: {what}"), what=_buyer(first),
        )  # fmt: skip
        if len(rows) == 1:
            title = told("只有一个买方：{what}", "One buyer only: {what}", what=_buyer(first))
    split = _Split.of((r.revenue, r.cost) for r in ranked)
    bars = tuple(Bar(_buyer(r), split.values(r.revenue, r.cost), r.group_key or "-") for r in ranked)

    def behind(key: str) -> Table:
        buyer: Any = key.partition("|")[0]
        return sales(look, where, buyer="" if buyer == "-" else buyer)

    subtitle = told("{what}，按买方，元", "{what} by buyer, CNY", what=split.what)
    return Panel("buyers", title, subtitle, Ranked(bars, split.series, split.colours, split.stacked), "half",
                 ranked_height(len(bars) if split.stacked else 2 * len(bars), 2), behind)  # fmt: skip


def _table(rows: list[Row]) -> Table:
    made = [
        (_label(r), r.quantity, r.revenue, r.cost, r.gross_profit, percent(r.gross_profit, r.revenue), percent(r.revenue, total(rows, "revenue"))) for r in rows
    ]  # fmt: skip
    return Table(("product_name", "quantity", "revenue", "cost", "gross_profit", "gross_margin", "revenue_share"), made)
