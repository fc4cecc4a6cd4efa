"""Cost: where the money that went into goods has gone, what else business costs, by product and over time."""

from __future__ import annotations

from decimal import Decimal

from ..kernel.table import Row, Table
from ..kernel.texts import Text
from .bars import Bar, Columns, Move, Ranked, Waterfall, ranked_height
from .books import CATEGORY, ZERO, movements, owner_with, postings, product_of, rows_of, span_of, spans, total
from .page import FROM, TO, Empty, KeyFigure, Page, Panel, Source, Where, dashboard, figure, headline, percent, share_note, told, yuan
from .plots import BLUE, ORANGE, RED, SKY

NOTHING = Empty(
    Text("这本账在这段时间里没有成本。", "These books have no cost in this period."),
    Text(
        "采购并收货、发货或支付运费之后，这里就有内容；也可以放宽日期，或在上面换一本账。",
        "There will be some once goods have been bought and received, sent or carried; or widen the period, or choose other books above.",
    ),
    ("LGS020", "B2C006"),
)
SHOWN = 8
FREIGHT = "freight"


@dashboard(
    "cost",
    ("成本", "Cost"),
    ("买货的钱去了哪里，生意还要花什么钱？", "Where did the money spent on goods go, and what else does business cost?"),
    FROM,
    TO,
    owner_with("from posting where account in ('6401', '6601')"),
    CATEGORY,
)
def cost(look: Source, where: Where) -> Page:
    rows = rows_of(look, "cost", where)
    costs = _costs(look, where)
    if not rows and not any(costs.values()):
        return Page(empty=NOTHING)
    panels = [_goods(look, where, rows)] if rows else []
    panels += [_structure(look, where, costs)]
    panels += [_products(look, where, rows), _time(look, where)] if rows else []
    sold, received, lost = (total(rows, c) for c in ("cost_of_sales", "received_value", "loss"))
    expenses = sum((costs[key] for key in ("6601/freight", "6601", "6602", "6603")), ZERO)
    figures = [
        KeyFigure(Text("采购入库", "Goods received"), yuan(received), told("{n:,} 件", "pieces: {n:,}", n=sum(r.received_quantity for r in rows))),
        KeyFigure(Text("销售成本", "Cost of sales"), yuan(sold), told("{n:,} 件", "pieces: {n:,}", n=sum(r.sold_quantity for r in rows))),
        KeyFigure(
            Text("商品损失", "Losses of goods"), yuan(lost),
            share_note("占采购入库 {share}", "{share} of goods received", lost, received), "bad" if lost > 0 else "",
        ),
        KeyFigure(Text("期间费用", "Expenses"), yuan(expenses), told("其中运费 {n}", "of which freight {n}", n=yuan(costs["6601/freight"]))),
    ]  # fmt: skip
    return Page(figures, panels, _table(rows), Text("成本表", "Cost by product"))


#: Costs as the ledger has them, by account. Freight is told apart from other selling expenses by the kind of its entries.
_COSTS = {
    "6401": Text("销售成本", "Cost of sales"),
    "6601/freight": Text("运费", "Freight"),
    "6601": Text("其他销售费用", "Other selling"),
    "6602": Text("管理费用", "Administrative"),
    "6603": Text("财务费用", "Financial"),
    "6711": Text("营业外支出", "Non-operating expenses"),
}


def _costs(look: Source, where: Where) -> dict[str, Decimal]:
    """The costs of the period by their keys in `_COSTS`."""
    found = dict.fromkeys(_COSTS, ZERO)
    for r in look.all(
        """select if(p.account = '6601' and e.kind = $freight, '6601/freight', p.account) as key, sum(p.amount) as amount
           from posting p join ledger_entry e on e.number = p.entry
           where p.owner = $owner and p.account in ('6401', '6601', '6602', '6603', '6711') and e.day between $first and $last group by 1""",
        owner=where.owner, first=where.from_day, last=where.to_day, freight=FREIGHT,
    ):  # fmt: skip
        found[r.key] = r.amount
    return found


def _goods(look: Source, where: Where, rows: list[Row]) -> Panel:
    """From opening to closing value: the same identity that the report keeps."""
    opening, received, sold, lost, rounding, closing = (
        total(rows, c) for c in ("opening_value", "received_value", "cost_of_sales", "loss", "rounding", "closing_value")
    )
    moves = [
        Move(Text("期初", "Opening"), opening, True),
        Move(Text("入库", "Received"), received, False, "receipt"),
        Move(Text("销售成本", "Cost of sales"), -sold, False, "issue,delivery"),
        Move(Text("损失", "Losses"), -lost, False, "write_off,lost"),
    ]
    if rounding:
        moves.append(Move(Text("尾差", "Rounding"), -rounding, False, "rounding"))
    moves.append(Move(Text("期末", "Closing"), closing, True))
    had = opening + received
    title = headline(
        "进来的货有 {share} 已售出，{left} 还在", "{share} of the goods were sold, {left} are left", sold, had,
        Text("货都还在", "All goods are still in stock") if not sold and closing == had else Text("期末存货 {closing} 元", "{closing} CNY of goods are left"),
        left=percent(closing, had, 0), closing=figure(closing),
    )  # fmt: skip
    return Panel(
        "goods", title, Text("商品的价值从期初到期末，元", "The value of goods from opening to closing, CNY"), Waterfall(tuple(moves)), "wide", 2.7,
        lambda key: movements(look, where, kinds=tuple(key.split(","))),
    )  # fmt: skip


def _structure(look: Source, where: Where, costs: dict[str, Decimal]) -> Panel:
    ranked = sorted((key for key in costs if costs[key]), key=lambda key: -costs[key])
    title = Text("期内还没有费用", "No costs in the period yet")
    if ranked:
        title = headline(
            "{what}占全部成本的 {share}", "{what}: {share} of all costs", costs[ranked[0]], sum(costs.values(), ZERO),
            Text("最大的一项是{what}", "Largest item: {what}"), what=_COSTS[ranked[0]],
        )  # fmt: skip

    def behind(key: str) -> Table:
        account, _, kind = key.partition("/")
        return postings(look, where, (account,), entry_kind=kind or None, other_than=None if kind else FREIGHT)

    bars = tuple(Bar(_COSTS[key], (costs[key],), key) for key in ranked)
    subtitle = Text("账上的成本和费用，不分商品分类，元", "Costs in the ledger, of all categories, CNY")
    return Panel("structure", title, subtitle, Ranked(bars), "narrow", ranked_height(len(bars)), behind)


def _products(look: Source, where: Where, rows: list[Row]) -> Panel:
    """Of each product's cost: sold, lost, left."""
    ranked = sorted(rows, key=lambda r: (-(r.cost_of_sales + r.loss + r.closing_value), r.product))[:SHOWN]
    bars = tuple(Bar(product_of(r), (r.cost_of_sales, r.loss, r.closing_value), r.product) for r in ranked)
    most = max(ranked, key=lambda r: r.cost_of_sales)
    title = Text("期内还没有售出商品", "Nothing has been sold in the period")
    if most.cost_of_sales:
        title = told("{what}的销售成本最高", "Highest cost of sales: {what}", what=product_of(most))
    kinds = (("issue", "delivery"), ("write_off", "lost"), None)

    def behind(key: str) -> Table:
        product, _, part = key.partition("|")
        return movements(look, where, product=product, kinds=kinds[int(part)])

    series = (Text("已售", "Sold"), Text("损失", "Lost"), Text("结存", "Left"))
    return Panel("products", title, Text("成本去向，按商品，元", "Cost sold, lost and left, by product, CNY"), Ranked(bars, series, (BLUE, RED, SKY)), "half",
                 ranked_height(len(bars), 3), behind)  # fmt: skip


def _time(look: Source, where: Where) -> Panel:
    """Bought and sold, side by side over time."""
    cut = spans(where.from_day, where.to_day)
    bars, sums = [], [ZERO, ZERO]
    for span in cut:
        rows = rows_of(look, "cost", where, start=span[0], end=span[1])
        values = total(rows, "received_value"), total(rows, "cost_of_sales")
        sums = [a + b for a, b in zip(sums, values, strict=True)]
        bars.append(Bar(span.label, values, span.key))
    gap = sums[0] - sums[1]
    how = Text("多", "more") if gap > 0 else Text("少", "less")
    title = told("采购入库比销售成本{how} {gap} 元", "Goods received are {gap} CNY {how} than cost of sales", how=how, gap=figure(abs(gap)))
    if not gap:
        title = Text("期内没有进货，也没有销售", "Neither receipts nor sales in the period")
        if any(sums):
            title = Text("采购入库与销售成本相等", "Goods received equal cost of sales")
    kinds = (("receipt",), ("issue", "delivery"))

    def behind(key: str) -> Table:
        start, _, part = key.partition("|")
        span = span_of(cut, start)
        return movements(look, where, first=span[0], last=span[1], kinds=kinds[int(part)])

    series = (Text("采购入库", "Received"), Text("销售成本", "Cost of sales"))
    return Panel("time", title, Text("采购与销售成本，元", "Goods received and cost of sales, CNY"),
                 Columns(tuple(bars), series, (ORANGE, BLUE), stacked=False), "half", 2.7, behind)  # fmt: skip


def _table(rows: list[Row]) -> Table:
    columns = ("opening_value", "received_value", "cost_of_sales", "loss", "rounding", "closing_quantity", "closing_value", "unit_cost")
    return Table(("product_name", "product_category", *columns), [(product_of(r), r.product_category, *(getattr(r, c) for c in columns)) for r in rows])
