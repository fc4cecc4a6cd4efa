"""Profit: from revenue to the result, over time, and by what and to whom it was sold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..kernel.names import both
from ..kernel.table import Row, Table
from ..kernel.texts import Text
from .bars import Bar, Columns, Move, Ranked, Waterfall, ranked_height
from .books import NO_BOOKS, owner_with, postings, rows_of, sales, span_of, spans, total
from .page import FROM, TO, Empty, KeyFigure, Page, Panel, Source, Where, dashboard, figure, percent, told, yuan
from .plots import BLUE, SKY

NOTHING = Empty(
    Text("这本账在这段时间里没有收入，也没有费用。", "These books have neither revenue nor expenses in this period."),
    Text(
        "卖出第一件货之后这里就有内容：B2B 供应商送达一单（任务 LGS020），或者网店发出一单（B2C011）。也可以放宽日期，或在上面换一本账。",
        "There will be some after a first sale: a B2B delivery that arrives (LGS020), or a web order that is shipped (B2C011). "
        "Or widen the period, or choose other books above.",
    ),
)
SHOWN = 7
_OTHER = Text("其他收入", "Other revenue")


@dashboard(
    "profit",
    ("利润", "Profit"),
    ("赚了多少，是从哪里赚来的？", "How much was earned, and on what?"),
    FROM,
    TO,
    owner_with("from posting where account in ('6001', '6021')"),
)
def profit(look: Source, where: Where) -> Page:
    if not where.owner:
        return Page(empty=NO_BOOKS)
    results = {r.result_line: r for r in rows_of(look, "operating_results", where)}
    if not results or not any(r.amount for r in results.values()):
        return Page(empty=NOTHING)
    of = {name: r.amount for name, r in results.items()}
    products = rows_of(look, "profit", where, by="product")
    panels = [_waterfall(look, where, results), _time(look, where)]
    panels += [_products(look, where, products), _buyers(look, where, rows_of(look, "profit", where, by="buyer"))] if products else []
    return Page(_figures(of), panels, _table(products), Text("利润表，按商品", "Profit by product"))


def _figures(of: dict[str, Decimal]) -> list[KeyFigure]:
    revenue = of["sales_revenue"] + of["fee_income"]
    expenses = -(of["selling_expenses"] + of["administrative_expenses"] + of["financial_expenses"])
    made = []
    for label, name, words in (
        (Text("毛利", "Gross profit"), "gross_profit", Text("毛利率", "margin")),
        (Text("营业利润", "Operating profit"), "operating_profit", Text("营业利润率", "operating margin")),
    ):
        note = told("{what} {share}", "{what} {share}", what=words, share=percent(of[name], revenue))
        made.append(KeyFigure(label, yuan(of[name]), note, "bad" if of[name] < 0 else "good"))
    return [
        KeyFigure(Text("收入", "Revenue"), yuan(revenue), told("销售成本 {cost}", "cost of sales {cost}", cost=yuan(-of["cost_of_sales"]))),
        made[0],
        KeyFigure(Text("期间费用", "Expenses"), yuan(expenses), told("占收入 {share}", "{share} of revenue", share=percent(expenses, revenue))),
        made[1],
    ]  # fmt: skip


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
    ("losses", Text("营业外支出", "Losses"), False),
    ("profit", Text("利润总额", "Profit"), True),
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
    kept = (100 * result / revenue).quantize(Decimal("0.1")) if revenue else None
    title = Text("还没有收入，只有费用", "Expenses, but no revenue yet")
    if kept is not None:
        title = told("每收入 100 元剩 {kept} 元", "Of 100 CNY of revenue {kept} remain", kept=kept)
        if kept < 0:
            title = told("每收入 100 元亏 {lost} 元", "For 100 CNY of revenue {lost} are lost", lost=-kept)
    return Panel("waterfall", title, Text("从收入到营业利润，元", "From revenue to operating profit, CNY"), Waterfall(tuple(moves)), "wide", 2.7,
                 lambda key: postings(look, where, tuple(key.split()), sign=-1))  # fmt: skip


def _time(look: Source, where: Where) -> Panel:
    """Cost of sales and gross profit over time: together they are revenue."""
    cut = spans(where.from_day, where.to_day)
    bars = []
    for span in cut:
        rows = rows_of(look, "profit", where, by="owner", start=span[0], end=span[1])
        bars.append((span, total(rows, "cost"), total(rows, "gross_profit")))
    best = max(bars, key=lambda b: b[1] + b[2])
    title = Text("期内没有销售", "No sales in the period")
    if best[1] + best[2]:
        title = told("{when} 收入最高", "The best time: {when}", when=best[0].label)
    made = tuple(Bar(span.label, (cost, gross), span.key) for span, cost, gross in bars)

    def behind(key: str) -> Table:
        span = span_of(cut, key.partition("|")[0])
        return sales(look, where, first=span[0], last=span[1])

    plot = Columns(made, (Text("销售成本", "Cost of sales"), Text("毛利", "Gross profit")), (SKY, BLUE), totals=len(made) <= 5)
    return Panel("time", title, Text("收入 = 销售成本 + 毛利，元", "Revenue = cost of sales + gross profit, CNY"), plot, "narrow", 2.7, behind)


def _label(row: Row) -> Text:
    return both(row.group_name) if row.group_name else _OTHER


def _products(look: Source, where: Where, rows: list[Row]) -> Panel:
    ranked = sorted(rows, key=lambda r: (-r.gross_profit, r.group_key))[:SHOWN]
    whole = total(rows, "gross_profit")
    first = ranked[0]
    share = percent(first.gross_profit, whole, 0)
    title = told("{what}贡献毛利的 {share}", "{what}: {share} of gross profit", what=_label(first), share=share)
    if whole <= 0:
        title = Text("商品没有带来毛利", "Goods have brought no gross profit")

    def said(row: Row) -> Text:
        return told("{gross} · {margin}", "{gross} · {margin}", gross=figure(row.gross_profit), margin=percent(row.gross_profit, row.revenue, 0))

    bars = tuple(Bar(_label(r), (r.gross_profit,), r.group_key, said(r)) for r in ranked)
    return Panel(
        "products", title, Text("毛利（元）与毛利率，按商品", "Gross profit (CNY) and margin by product"),
        Ranked(bars, colours=(BLUE,)), "half", ranked_height(len(bars)),
        lambda key: sales(look, where, product="" if key == "other" else key),
    )  # fmt: skip


def _buyers(look: Source, where: Where, rows: list[Row]) -> Panel:
    ranked = rows[:SHOWN]
    share = percent(ranked[0].revenue, total(rows, "revenue"), 0)
    name = _label(ranked[0])
    title = told("{what}占收入的 {share}", "{what}: {share} of revenue", what=name, share=share)
    bars = tuple(Bar(_label(r), (r.cost, r.gross_profit), r.group_key or "-") for r in ranked)
    series = (Text("销售成本", "Cost of sales"), Text("毛利", "Gross profit"))

    def behind(key: str) -> Table:
        buyer: Any = key.partition("|")[0]
        return sales(look, where, buyer="" if buyer == "-" else buyer)

    subtitle = Text("收入 = 销售成本 + 毛利，按买方，元", "Revenue = cost of sales + gross profit by buyer, CNY")
    return Panel("buyers", title, subtitle, Ranked(bars, series, (SKY, BLUE)), "half", ranked_height(len(bars), 2), behind)


def _table(rows: list[Row]) -> Table:
    made = [
        (_label(r), r.quantity, r.revenue, r.cost, r.gross_profit, percent(r.gross_profit, r.revenue), percent(r.revenue, total(rows, "revenue"))) for r in rows
    ]  # fmt: skip
    return Table(("product_name", "quantity", "revenue", "cost", "gross_profit", "gross_margin", "revenue_share"), made)
