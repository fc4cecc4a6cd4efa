"""Visitors: how many of those who come to the mall look, want and order; whom the shop loses and why; rivals' prices; what advertising brings."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..kernel.doing import Looking
from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Text
from ..modules.live import CHANNELS, rivals
from .bars import Bar, Columns, Ranked, ranked_height
from .page import CENT, FROM, TO, Empty, Filter, KeyFigure, Page, Panel, Where, dashboard, headline, percent, told, yuan
from .plots import BLUE, GREEN, ORANGE, PURPLE, RED, SKY

NOT_OPEN = Empty(
    Text("店里还没有来过顾客。", "No customer has come to the shop yet."),
    Text(
        "先下达长期指示（操作“下达长期指示”），再推进业务日期：从第二天起，每个营业日都有顾客上门。",
        "Leave a standing instruction (the form of that name), then advance the business day: from the next day on every business day brings customers.",
    ),
)
NONE_THEN = Empty(
    Text("这段时间里没有来过顾客。", "No customer came in this period."),
    Text("请放宽日期，或检查长期指示是否仍然生效。", "Widen the period, or see whether your instruction holds."),
)
#: Why a visitor did not order here, as `live_day` counts it, with the colour in which it is drawn.
LOST = (("sold_out", ORANGE), ("too_dear", RED), ("too_slow", PURPLE))
#: How many days stand side by side; of a longer period, weeks.
DAYS = 14


def _shops(look: Looking) -> list[tuple[str, Text]]:
    rows = look.all("select i.merchant, m.shop_name from live_instruction i join b2c_merchant m using (merchant) order by i.merchant")
    return [(r.merchant, both(r.shop_name)) for r in rows]


@dashboard(
    "visitors",
    ("顾客", "Visitors"),
    ("来的人多少成了顾客？没买的人为什么没买？", "How many visitors become customers, and why do others not?"),
    FROM,
    TO,
    Filter("merchant", Text("商店", "Shop"), options=_shops, default=lambda look: next((m for m, _ in _shops(look)), ""), everything=None, nothing=NOT_OPEN),
    needs="live",
)
def visitors(look: Looking, where: Where) -> Page:
    chosen = {"m": where.merchant, "first": where.from_day, "last": where.to_day}
    days = look.all("select * from live_day where merchant = $m and day between $first and $last order by day", **chosen)
    if not days:
        return Page(empty=NONE_THEN if look.value("select 1 from live_day where merchant = $m limit 1", m=where.merchant) else NOT_OPEN)
    ads = look.all("select day, ad_channel, spent from live_ad where merchant = $m and day between $first and $last order by day, ad_channel", **chosen)
    products = look.all(
        """select l.product, p.name, any_value(s.price) as own_price, sum(l.looked)::integer as looked, sum(l.asked)::integer as asked,
                  sum(l.sold)::integer as sold, sum(l.lost)::integer as lost
           from live_product l join product p on p.gtin = l.product left join b2c_product s on s.merchant = l.merchant and s.product = l.product
           where l.merchant = $m and l.day between $first and $last
           group by l.product, p.name order by asked desc, l.product""",
        **chosen,
    )  # fmt: skip
    asked: dict[str, list[rivals.Asked]] = defaultdict(list)
    for r in rivals.asked(look, where.merchant or ""):
        asked[r.product].append(r)

    def behind(key: str) -> Table:
        """The orders of the days that a mark stands for. key: first and last day."""
        first, _, last = key.partition("|")[0].partition("/")
        return look.table(
            """select o.number as document, o.placed_day as day, s.full_name, d.state, o.amount from live_order v join b2c_order o using (number)
               join document d using (number) join b2c_shopper s on s.user_name = o.shopper
               where o.merchant = $m and o.placed_day between $first and $last order by o.number""",
            m=where.merchant, first=datetime.date.fromisoformat(first), last=datetime.date.fromisoformat(last),
        )  # fmt: skip

    panels = [_funnel(days, behind), _why(days), _by_day(days, behind), _rivals(asked, products), *_advertising(days, ads)]
    return Page(_figures(days, ads), panels, _table(products, asked), Text("各种商品", "The products"))


def _sum(days: list[Any], column: str) -> int:
    return sum(getattr(d, column) for d in days)


def _figures(days: list[Any], ads: list[Any]) -> list[KeyFigure]:
    looked, wanted, orders, led = (_sum(days, c) for c in ("looked", "wanted", "orders", "led"))
    lost, spent = sum(_sum(days, c) for c, _ in LOST), sum((a.spent for a in ads), Decimal("0.00"))
    each = Text("没有引来人", "nobody led here")
    if led:
        each = told("每引来一人 {each}", "{each} for each visitor led here", each=yuan((spent / led).quantize(CENT)))
    of_all = told("占商城访客 {share}", "{share} of the mall's visitors", share=percent(looked, _sum(days, "visitors")))
    of_these = told("看了的人中有 {share} 下单", "{share} of those who looked", share=percent(orders, looked))
    return [
        KeyFigure(Text("看了本店的人", "Looked at the shop"), f"{looked:,}", of_all, "", looked, 1),
        KeyFigure(Text("订单", "Orders"), f"{orders:,}", of_these, "", orders, 1),
        KeyFigure(Text("本来会买的人", "Lost customers"), f"{lost:,}", told("想买的有 {n} 人", "wanted something: {n}", n=f"{wanted:,}"), "", lost, -1),
        KeyFigure(Text("广告支出", "Spent on advertising"), yuan(spent), each),
    ]  # fmt: skip


def _key(days: list[Any]) -> str:
    return f"{days[0].day}/{days[-1].day}"


def _funnel(days: list[Any], behind: Callable[[str], Table]) -> Panel:
    """From everybody in the mall to those who have ordered."""
    steps = (("visitors", Text("商城访客", "In the mall")), ("looked", Text("看了本店", "Looked at the shop")), ("wanted", Text("想买", "Wanted something")),
             ("orders", Text("下单", "Ordered")))  # fmt: skip
    bars = tuple(Bar(name, (_sum(days, column),), _key(days) if column == "orders" else "") for column, name in steps)
    title = headline(
        "看了本店的人中有 {share} 下了单", "{share} of those who looked at the shop ordered", _sum(days, "orders"), _sum(days, "looked"),
        Text("看了的人还没有下单", "Nobody who looked has ordered"),
    )  # fmt: skip
    return Panel("funnel", title, Text("从进商城到下单，人数", "From the mall to the order, people"), Ranked(bars), "wide", ranked_height(len(bars)), behind)


def _why(days: list[Any]) -> Panel:
    """Whom the shop has lost, by the reason."""
    bars = tuple(Bar(term(column, "live"), (_sum(days, column),)) for column, _ in LOST)
    most, name = max((_sum(days, column), -i) for i, (column, _) in enumerate(LOST))
    said = (
        told("缺货让 {n} 人空手而归", "Empty shelves sent {n:customer} away", n=most),
        told("价格让 {n} 人没有买", "Prices kept {n:customer} from buying", n=most),
        told("等待发货的订单让 {n} 人没有买", "Orders that wait kept {n:customer} from buying", n=most),
    )  # fmt: skip
    title = said[-name] if most else Text("没有人因为本店而不买", "Nobody was lost by the shop's own doing")
    return Panel("lost", title, Text("没买的原因，人数", "Why they did not buy, people"), Ranked(bars, colours=(ORANGE,)), "narrow", ranked_height(4))


def _spans(days: list[Any]) -> list[list[Any]]:
    """The days one by one, or by sevens where there are many."""
    step = 1 if len(days) <= DAYS else 7
    return [days[i : i + step] for i in range(0, len(days), step)]


def _by_day(days: list[Any], behind: Callable[[str], Table]) -> Panel:
    """Orders, and customers lost, over time."""
    spans = _spans(days)
    series = (Text("下单", "Ordered"), *(term(column, "live") for column, _ in LOST))
    bars = tuple(Bar(_day(s[0].day), (_sum(s, "orders"), *(_sum(s, c) for c, _ in LOST)), _key(s)) for s in spans)
    ordered = [_sum(s, "orders") for s in spans]
    low, high = min(ordered), max(ordered)
    when = Text("每天", "a day") if len(days) <= DAYS else Text("每周", "a week")
    title = told("{when}有 {low} 到 {high} 单", "{low} to {high:order} {when}", when=when, low=low, high=high)
    if low == high:
        title = told("{when}有 {n} 单", "{n:order} {when}", when=when, n=low)
    plot = Columns(bars, series, (BLUE, *(colour for _, colour in LOST)), totals=False)
    return Panel("by_day", title, Text("下单的人和本来会买的人", "Customers, and those whom the shop lost"), plot, "full", 2.6, behind)


def _day(day: datetime.date) -> Text:
    return Text(f"{day.month}月{day.day}日", f"{day.day} {day:%b}")


def _rivals(asked: dict[str, list[rivals.Asked]], products: list[Any]) -> Panel:
    """Own prices against the lowest and the mean of this week's rivals, for what is asked for most."""
    shown = [p for p in products if p.product in asked][:7]
    bars = []
    for p in shown:
        prices = [r.price for r in asked[p.product]]
        bars.append(Bar(both(p.name), (asked[p.product][0].own_price, min(prices), (sum(prices, Decimal(0)) / len(prices)).quantize(CENT))))
    dearest = sum(asked[p][0].own_price >= max(r.price for r in asked[p]) for p in asked)
    title = Text("没有商品是全商城最贵的", "No product is the most expensive in the mall")
    if dearest:
        title = told("{n} 种商品是全商城最贵的", "Most expensive in the mall: {n:product}", n=dearest)
    series = (Text("本店", "Own price"), Text("对手最低价", "Lowest rival"), Text("对手均价", "Rivals' mean"))
    plot = Ranked(tuple(bars), series, (BLUE, ORANGE, SKY), stacked=False)
    return Panel("rivals", title, Text("本周价格，元，含税", "Prices this week, CNY, tax included"), plot, "full", 0.7 + 0.6 * max(2, len(bars)))


def _advertising(days: list[Any], ads: list[Any]) -> list[Panel]:
    """What was spent, by channel, and whom it led here."""
    if not ads:
        return []
    spans, used = _spans(days), [c for c in CHANNELS if any(a.ad_channel == c for a in ads)]
    spent: dict[tuple[datetime.date, str], Decimal] = {(a.day, a.ad_channel): a.spent for a in ads}
    bars = tuple(Bar(_day(s[0].day), tuple(sum((spent.get((d.day, c), Decimal(0)) for d in s), Decimal(0)) for c in used)) for s in spans)
    led, total = _sum(days, "led"), sum(spent.values(), Decimal(0))
    title = told("花了 {spent}，引来 {led} 人", "{spent} has led {led:customer} here", spent=yuan(total), led=led)
    plot = Columns(bars, tuple(term(c, "live") for c in used), (BLUE, SKY, GREEN, ORANGE), totals=False)
    cost = Panel("spent", title, Text("广告支出，元，按渠道", "Spent on advertising, CNY, by channel"), plot, "full", 2.4)
    people = tuple(Bar(_day(s[0].day), (_sum(s, "led"),)) for s in spans)
    share = headline(
        "{share} 的新顾客是广告引来的", "{share} of the newcomers were led by advertisements", led, _sum(days, "newcomers"),
        Text("广告引来的人", "Led by advertisements"),
    )  # fmt: skip
    return [cost, Panel("led", share, Text("广告直接引来的人", "People whom advertisements led here"), Columns(people, colours=(GREEN,)), "full", 2.2)]


def _table(products: list[Any], asked: dict[str, list[rivals.Asked]]) -> Table:
    made = []
    for p in products:
        prices = [r.price for r in asked.get(p.product, [])]
        made.append((both(p.name), p.own_price, min(prices) if prices else None, p.looked, p.asked, p.sold, p.lost))
    return Table(("product_name", "own_price", "lowest_rival", "looked", "asked_pieces", "sold_pieces", "lost_pieces"), made)
