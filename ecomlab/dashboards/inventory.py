"""Inventory: what lies there and what it is worth, how that went, whether it sells, and which products matter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..kernel.names import dotted
from ..kernel.table import Row, Table
from ..kernel.texts import Text
from .bars import Bar, Pareto, Part, Ranked, ranked_height
from .books import CATEGORY, PLACE, movements, owner_with, product_of, rows_of, sales, total
from .lines import Dot, Line, Lines, Point, Scatter
from .page import FROM, LEAST, NOTHING_SAID, TO, Empty, KeyFigure, Page, Panel, Source, Where, dashboard, figure, headline, share_note, told, yuan
from .plots import BLUE, RED, on_day

NOTHING = Empty(
    Text("这本账里还没有商品。", "These books hold no goods yet."),
    Text(
        "先让货进来：供应商送货入库，采购商收到一单，或者网店录入期初商品。也可以在上面换一本账。",
        "Let some come in: a supplier's goods into a warehouse, a purchaser's delivery, or a shop's opening stock. Or choose other books above.",
    ),
    ("B2B011", "LGS003", "LGS020", "B2C004"),
)
NONE_HERE = Empty(
    Text("所选范围内没有商品。", "No goods match your choice."),
    Text("放宽日期，或把分类和仓库改回“全部”。", "Widen the period, or set category and warehouse back to “All”."),
)
#: Products that a chart of products shows; the table has them all.
SHOWN = 7


@dashboard(
    "inventory",
    ("库存", "Inventory"),
    ("货值多少，卖得动吗？", "What is in stock worth, and does it sell?"),
    FROM,
    TO,
    owner_with("from stock_movement"),
    CATEGORY,
    PLACE,
)
def inventory(look: Source, where: Where) -> Page:
    levels = rows_of(look, "inventory", where)
    over_time = rows_of(look, "value_over_time", where)
    if not levels and not any(r.closing_quantity or r.in_value or r.out_value for r in over_time):
        return Page(empty=NONE_HERE if look.value("select 1 from stock_movement where owner = $o limit 1", o=where.owner) else NOTHING)
    turnover = rows_of(look, "turnover", where)
    moved = rows_of(look, "stock_movement", where, by="product")
    panels = [_value(look, where, over_time, total(moved, "opening_value")), _products(look, where, levels)]
    panels += _cover(look, where, turnover) + _abc(look, where, rows_of(look, "product_abc", where))
    return Page(_figures(levels, moved, turnover), panels, _table(levels), Text("库存明细", "Stock by product and warehouse"))


def _figures(levels: list[Row], moved: list[Row], turnover: list[Row]) -> list[KeyFigure]:
    value, opening = total(levels, "value"), total(moved, "opening_value")
    change = value - opening
    pieces, on_way = sum(r.on_hand for r in levels), sum(r.in_transit for r in levels)
    cost, mean = total(turnover, "cost_of_sales"), total(turnover, "mean_value")
    turned = cost > 0 and mean >= LEAST
    days = max((r.days for r in turnover), default=0)
    idle = [r for r in turnover if not r.sold_quantity and r.closing_value]
    kept = total(idle, "closing_value")
    lying = NOTHING_SAID if cost > 0 else Text("期内没有销售", "no sales in the period")
    if turned:
        lying = told("平均在库天数 {n:.0f}", "average days in stock: {n:.0f}", n=days * mean / cost)
    since = told("较期初 {to} {by}", "{to} {by} since the first day", to=_arrow(change), by=figure(abs(change)))
    return [
        KeyFigure(Text("库存价值", "Value in stock"), yuan(value), since),
        KeyFigure(Text("件数", "Pieces"), f"{pieces:,}", told("另有在途 {n:,} 件", "and {n:,} on the way", n=on_way)),
        KeyFigure(Text("周转次数", "Turns"), f"{cost / mean:.2f}" if turned else "—", lying),
        KeyFigure(
            Text("未动销", "Not sold"), yuan(kept),
            share_note("{n} 种商品，占 {share}", "products: {n}, {share} of the value", kept, total(turnover, "closing_value"), n=len(idle)),
            "bad" if kept * 2 > value else "",
        ),
    ]  # fmt: skip


def _arrow(change: Any) -> str:
    return "▲" if change > 0 else "▼" if change < 0 else "="


def _value(look: Source, where: Where, rows: list[Row], opening: Decimal) -> Panel:
    """The value at the end of each day; a day on which something moved leads to its movements."""
    points = tuple(Point(r.day, r.closing_value, r.day.isoformat() if r.in_value or r.out_value else "") for r in rows)
    last = rows[-1].closing_value
    peak = max(rows, key=lambda r: r.closing_value)
    title = Text("库存价值没有变化", "The value has not changed")
    if last < peak.closing_value:
        when = Text(on_day(peak.day, "zh"), on_day(peak.day, "en"))
        little = Text("库存价值几乎没有变化", "The value has hardly changed")
        title = headline(
            "{when}最高，此后减少 {share}", "Highest on {when}, down {share} since", peak.closing_value - last, peak.closing_value,
            Text("{when}最高，现在没有库存", "Highest on {when}; nothing in stock now") if last <= 0 else little,
            when=when,
        )  # fmt: skip
    elif last > opening:
        title = told("期内增加 {by} 元", "Up by {by} CNY in the period", by=figure(last - opening))

    def behind(key: str) -> Table:
        day = type(rows[0].day).fromisoformat(key)
        return movements(look, where, first=day, last=day, on_hand=True)

    return Panel("value", title, Text("每日期末库存价值，元；圆点是有进出的日子", "Value at the end of each day, CNY; a dot where goods moved"),
                 Lines((Line(Text("", ""), points, BLUE, steps=True, filled=True),)), "wide", 2.7, behind)  # fmt: skip


def _products(look: Source, where: Where, levels: list[Row]) -> Panel:
    sums: dict[str, Any] = {}
    for r in levels:
        name, so_far = sums.get(r.product, (product_of(r), 0))
        sums[r.product] = name, so_far + r.value
    ranked = sorted(sums.items(), key=lambda item: (-item[1][1], item[0]))
    value = total(levels, "value")
    title = Text("现在没有库存", "Nothing is in stock now")
    if ranked and value:
        name, most = ranked[0][1]
        highest = Text("价值最高的是{what}", "Highest value: {what}")
        title = headline("{what}占库存价值的 {share}", "{what}: {share} of the value", most, value, highest, what=name)
        if len(ranked) == 1:
            title = told("只有一种商品：{what}", "One product only: {what}", what=name)
    bars = tuple(Bar(name, (worth,), product) for product, (name, worth) in ranked[:SHOWN])
    return Panel("products", title, Text("库存价值，按商品，元", "Value in stock by product, CNY"), Ranked(bars), "narrow", ranked_height(len(bars)),
                 lambda key: movements(look, where, product=key))  # fmt: skip


def _cover(look: Source, where: Where, rows: list[Row]) -> list[Panel]:
    """Turnover against cover: what sells fast and will be gone soon, and what lies."""
    sold = [r for r in rows if r.turns is not None and r.days_of_cover is not None]
    if len(sold) < 2:
        return []  # one dot compares with nothing
    days = sold[0].days
    long = [r for r in sold if r.days_of_cover > 2 * days]
    short = [r for r in sold if r.days_of_cover < days / 4]
    title = Text("每种商品的周转与存量相称", "Every product's stock matches its sales")
    if long:
        title = told("{all} 种商品中 {n} 种的存量够卖 {d} 天以上", "Stock for more than {d:day}: {n} of {all:product}",
                     all=len(sold), n=len(long), d=2 * days)  # fmt: skip
    if short:
        title = told("{all} 种商品中 {n} 种会在 {d} 天内卖完", "Sold out within {d:day}: {n} of {all:product}",
                     all=len(sold), n=len(short), d=max(2, days // 4))  # fmt: skip
    dots = tuple(Dot(product_of(r), r.days_of_cover, r.turns, r.closing_value, r.product, RED if r in short else BLUE) for r in sold)
    unsold = len(rows) - len(sold)
    note = told("；另有 {n} 种没有卖出", "; not sold: {n}", n=unsold) if unsold else ""
    subtitle = told("点的大小是库存价值，虚线是本期 {days} 天{note}", "A dot's size is its value; the dashed line: {days:day}{note}", days=days, note=note)
    return [
        Panel(
            "cover", title, subtitle,
            Scatter(dots, Text("可供销售天数", "Days of cover"), Text("周转次数", "Turns"), x_aim=days), "half", 3.0,
            lambda key: movements(look, where, product=key),
        )
    ]  # fmt: skip


def _abc(look: Source, where: Where, rows: list[Row]) -> list[Panel]:
    """The ABC curve of revenue."""
    if len(rows) < 2:
        return []
    a = sum(r.abc_class == "A" for r in rows)
    most = total([r for r in rows if r.abc_class == "A"], "revenue")
    title = Text("各种商品的收入相近，都属于 A 类", "All products are of class A")
    if a < len(rows):
        title = headline(
            "{n} 种商品中的 {a} 种带来 {share} 的收入", "{a} of {n:product} bring {share} of revenue", most, total(rows, "revenue"),
            Text("{n} 种商品中的 {a} 种带来几乎全部收入", "{a} of {n:product} bring nearly all revenue"), n=len(rows), a=a,
        )  # fmt: skip
    parts = tuple(Part(product_of(r), r.revenue, r.abc_class, r.product) for r in rows[:30])
    return [
        Panel(
            "abc", title,
            Text("收入占比与累计，按商品；A 到 80%，B 到 95%", "Share of revenue and running total by product; A to 80%, B to 95%"), Pareto(parts), "half", 3.0,
            lambda key: sales(look, where, product=key),
        )
    ]  # fmt: skip


def _table(rows: list[Row]) -> Table:
    made = [(product_of(r), r.product_category, dotted(r.place_name), r.on_hand, r.in_transit, r.unit_cost, r.value) for r in rows]
    return Table(("product_name", "product_category", "place_name", "on_hand", "in_transit", "unit_cost", "value"), made)
