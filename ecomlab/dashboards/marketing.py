"""Marketing: what each advertisement reached, what it brought, and what an order that came of it has cost."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Text
from ..modules.netsell import CAMPAIGNS
from ..modules.netsell.advertising import SLOTS
from .bars import Bar, Ranked, ranked_height
from .lines import Line, Lines, Point
from .page import CENT, FROM, TO, Empty, Filter, KeyFigure, Page, Panel, Source, Where, dashboard, percent, told, yuan
from .plots import BLUE, GREEN, ORANGE

NOTHING = Empty(
    Text("还没有广告获得展示。", "No advertisement has been seen yet."),
    Text(
        "发布一条文字、按钮或横幅广告，再用工作台的“下一天”推进业务日期，让访客看到它。链接到商品页的广告才会带来订单。",
        "Create a text, button or banner advertisement and let visitors see it: move on with Next day in the desk's bar. "
        "It brings orders if its link leads to a product.",
    ),
    ("NETSELL009", "NETSELL012", "NETSELL015"),
)
NONE_HERE = Empty(
    Text("这段时间里没有广告符合所选条件。", "No advertisement of this period matches the filters."),
    Text("放宽日期，或把广告主和形式改回“全部”。", "Widen the period, or set advertiser and form back to “All”."),
)
_FORMS = ("text", "button", "banner")
#: A week with fewer clicks says nothing about how many people click.
TELLING = 10
#: Each day and advertisement with what it cost: a click, or a thousand views.
_DAYS = f"""
    select s.number, a.member, a.form, a.slot, a.title, s.day, s.impressions, s.clicks,
           case s.per when 'click' then s.clicks * s.price else s.impressions * s.price / 1000 end::decimal(18,6) as cost
    from netsell_ad_day s join ({CAMPAIGNS}) a using (number)
    where s.day between $first and $last and ($member is null or a.member = $member) and ($form is null or a.form = $form)"""

#: What was sold on each order, less what came back: a return is a document that follows its order.
_SOLD = """
    select coalesce(o.number, l.document) as web_order, sum(l.revenue) as revenue
    from sale_line l join document d on d.number = l.document left join document o on o.number = d.parent and o.kind = 'b2c_order' group by 1"""


def _form(form: str) -> Text:
    return term(f"netsell_{form}_ad")


def _members(look: Source) -> list[tuple[str, Text]]:
    rows = look.all(f"select distinct m.number, m.name from member m join ({CAMPAIGNS}) a on a.member = m.number order by m.name")
    return [(r.number, both(r.name)) for r in rows]


@dashboard(
    "marketing",
    ("网络营销", "Marketing"),
    ("哪条广告值得继续投？", "Which advertisements are worth their money?"),
    FROM,
    TO,
    Filter("member", Text("广告主", "Advertiser"), options=_members),
    Filter("form", Text("广告形式", "Form"), options=lambda look: [(f, _form(f)) for f in _FORMS]),
    needs="netsell",
)
def marketing(look: Source, where: Where) -> Page:
    chosen = {"first": where.from_day, "last": where.to_day, "member": where.member, "form": where.form}
    days = look.all(f"{_DAYS} order by s.day, s.number", **chosen)
    if not days:
        return _unseen(look, where)
    orders = look.all(
        f"""select c.advertisement, c.web_order, c.day, coalesce(s.revenue, 0.00) as amount
            from netsell_conversion c join ({CAMPAIGNS}) a on a.number = c.advertisement join document d on d.number = c.web_order
            left join ({_SOLD}) s using (web_order)
            where c.day between $first and $last and ($member is null or a.member = $member) and ($form is null or a.form = $form)
              and d.state not in ('lapsed', 'cancelled') order by c.day, c.web_order""",
        **chosen,
    )  # fmt: skip
    campaigns = _campaigns(days, orders)
    views, clicks, spent = (sum((c[k] for c in campaigns), Decimal(0)) for k in ("impressions", "clicks", "spent"))
    bought = sum((c["sales"] for c in campaigns), Decimal(0))
    per_order = (spent / len(orders)).quantize(CENT) if orders else None
    figures = [
        KeyFigure(Text("展示", "Impressions"), f"{views:,}", told("广告：{n} 条", "Advertisements: {n}", n=len(campaigns)), "", views, 1),
        KeyFigure(Text("点击", "Clicks"), f"{clicks:,}", told("点击率 {rate}", "click-through rate {rate}", rate=percent(clicks, views, 2)), "", clicks, 1),
        KeyFigure(
            Text("带来的订单", "Orders brought"), f"{len(orders):,}",
            told("转化率 {rate}，已发货 {sales}", "{rate} of clicks, shipped {sales}", rate=percent(len(orders), clicks), sales=yuan(bought)),
        ),
        KeyFigure(
            Text("每单成本", "Cost per order"), yuan(per_order), told("共花费 {spent}", "spent {spent}", spent=yuan(spent)),
            "" if not orders else "good" if bought > spent else "bad",
        ),
    ]  # fmt: skip

    def behind(key: str) -> Table:
        return _documents(campaigns, orders, key)

    panels = [_wear_out(days, behind), _cost_per_click(campaigns, behind), _orders(campaigns, behind)]
    return Page(figures, panels, _table(campaigns), Text("各条广告", "The advertisements"))


def _unseen(look: Source, where: Where) -> Page:
    """Where nobody has seen an advertisement yet: which there are, and how many visitors a day come by where they stand."""
    if look.value("select 1 from netsell_ad_day limit 1"):
        return Page(empty=NONE_HERE)
    made = look.all(
        f"""select a.number, a.title, a.slot, d.state from ({CAMPAIGNS}) a join document d using (number)
            where ($member is null or a.member = $member) and ($form is null or a.form = $form) order by a.number""",
        member=where.member, form=where.form,
    )  # fmt: skip
    if not made:
        return Page(empty=NONE_HERE if look.value(f"select 1 from ({CAMPAIGNS}) limit 1") else NOTHING)
    shown = [r for r in made if r.state != "deleted"]
    most = max((SLOTS[r.slot].traffic for r in shown), default=0)
    figures = [
        KeyFigure(Text("广告", "Advertisements"), f"{len(made):,}", told("展示中 {n} 条", "on the pages: {n}", n=len(shown))),
        KeyFigure(Text("每天最多访客", "Most visitors a day"), f"{most:,}", Text("在展示中的广告位", "where one is shown")),
        KeyFigure(Text("展示", "Impressions"), "0", Text("推进业务日期后才有", "they come as days go by")),
        KeyFigure(Text("花费", "Spent"), yuan(Decimal(0)), Text("按点击或千次展示计费", "charged by click or 1,000 impressions")),
    ]
    ranked = sorted(made, key=lambda r: (-SLOTS[r.slot].traffic, r.number))[:7]
    bars = tuple(Bar(both(r.title), (SLOTS[r.slot].traffic,), r.number) for r in ranked)
    table = Table(
        ("document", "title", "slot", "state", "traffic", "price", "per"),
        [(r.number, both(r.title), r.slot, r.state, SLOTS[r.slot].traffic, Decimal(SLOTS[r.slot].price), term(SLOTS[r.slot].per)) for r in made],
    )

    def behind(key: str) -> Table:
        return Table(table.columns, [r for r in table if r.document == key])

    title = Text("还没有访客看到这些广告：推进业务日期", "No visitor has seen them yet: advance the business day")
    subtitle = Text("每天经过广告位的访客，人", "Visitors a day who come by the position")
    panel = Panel("visitors", title, subtitle, Ranked(bars), "full", ranked_height(len(bars)), behind)
    return Page(figures, [panel], table, Text("各条广告", "The advertisements"))


def _campaigns(days: list[Any], orders: list[Any]) -> list[dict[str, Any]]:
    """What each advertisement brought and cost, by number."""
    found: dict[str, dict[str, Any]] = {}
    for d in days:
        nothing = {"impressions": 0, "clicks": 0, "spent": Decimal(0), "orders": 0, "sales": Decimal(0)}
        c = found.setdefault(d.number, {"number": d.number, "title": d.title, "form": d.form, "slot": d.slot, **nothing})
        c["impressions"] += d.impressions
        c["clicks"] += d.clicks
        c["spent"] += d.cost
    for o in orders:
        if o.advertisement in found:
            found[o.advertisement]["orders"] += 1
            found[o.advertisement]["sales"] += o.amount
    for c in found.values():
        c["spent"] = c["spent"].quantize(CENT)
    return [found[n] for n in sorted(found)]


def _name(c: dict[str, Any]) -> Text:
    return both(c["title"])


def _mark(c: dict[str, Any], campaigns: list[dict[str, Any]]) -> Text:
    """Its name at a bar: with the number by which the table knows it, where others have the same title."""
    alike = sum(o["title"] == c["title"] for o in campaigns) > 1
    return told("{title} · {number}", "{title} · {number}", title=_name(c), number=c["number"]) if alike else _name(c)


def _headline(weeks: dict[str, dict[int, list[int]]]) -> Text:
    """How the click-through rate of one form changed from its first week to its last: forms differ too much to be added up."""
    changed = []
    for form, by_week in weeks.items():
        rates = [Decimal(100 * clicks) / views for _, (views, clicks) in sorted(by_week.items()) if clicks >= TELLING]
        if len(rates) > 1 and rates[0].quantize(CENT) != rates[-1].quantize(CENT):
            changed.append((abs(rates[-1] / rates[0] - 1), form, rates[0], rates[-1]))
    if not changed:
        return Text("点击率", "Click-through rate")
    _, form, first, last = max(changed)
    if last > first:
        return told(
            "{form}的点击率从 {first:.2f}% 升到 {last:.2f}%", "{form}: CTR rose from {first:.2f}% to {last:.2f}%", form=_form(form), first=first, last=last
        )
    return told(
        "{form}的点击率从 {first:.2f}% 降到 {last:.2f}%：看久了就不再点", "{form}: CTR fell from {first:.2f}% to {last:.2f}%, as people stop noticing",
        form=_form(form), first=first, last=last,
    )  # fmt: skip


def _wear_out(days: list[Any], behind: Any) -> Panel:
    """Click-through week by week and form: people stop noticing what they have seen before."""
    first = min(d.day for d in days)
    weeks: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for d in days:
        week = weeks[d.form][(d.day - first).days // 7]
        week[0] += d.impressions
        week[1] += d.clicks
    lines = []
    for form, colour in zip(_FORMS, (GREEN, ORANGE, BLUE), strict=True):
        points = tuple(
            Point(first + datetime.timedelta(days=7 * w), (Decimal(1000 * clicks) / views).quantize(CENT), f"{form}/{w}")
            for w, (views, clicks) in sorted(weeks[form].items()) if views
        )  # fmt: skip
        if points:
            lines.append(Line(_form(form), points, colour))
    title = _headline(weeks)
    subtitle = Text("每千次展示的点击，按周和广告形式", "Clicks per 1,000 impressions, by week and form")
    return Panel("wear_out", title, subtitle, Lines(tuple(lines)), "wide", 2.4, behind)


def _cost_per_click(campaigns: list[dict[str, Any]], behind: Any) -> Panel:
    ranked = sorted((c for c in campaigns if c["clicks"]), key=lambda c: c["spent"] / c["clicks"])
    bars = tuple(Bar(_mark(c, campaigns), ((c["spent"] / c["clicks"]).quantize(CENT),), c["number"]) for c in ranked[:7])
    title = Text("还没有点击", "No clicks yet")
    if ranked:
        cheap, dear = (c["spent"] / c["clicks"] for c in (ranked[0], ranked[-1]))
        title = told("一次点击从 {low:.2f} 元到 {high:.2f} 元", "A click costs from {low:.2f} to {high:.2f} CNY", low=cheap, high=dear)
    subtitle = Text("每次点击费用，元，便宜的在前", "Cost per click, CNY, cheapest first")
    return Panel("cost_per_click", title, subtitle, Ranked(bars), "narrow", ranked_height(len(bars)), behind)


def _orders(campaigns: list[dict[str, Any]], behind: Any) -> Panel:
    """What each advertisement cost against the sales that came of it."""
    ranked = sorted(campaigns, key=lambda c: (-c["sales"], -c["spent"], c["number"]))[:7]
    bars = tuple(Bar(_mark(c, campaigns), (c["spent"], c["sales"]), c["number"]) for c in ranked)
    paying = sum(c["sales"] > c["spent"] for c in campaigns)
    title = Text("还没有广告带来超过花费的销售", "No advertisement has sold more than it cost")
    if paying:
        title = told("{n} 条广告中有 {k} 条带来的销售超过花费", "Advertisements that sold more than they cost: {k} of {n}", n=len(campaigns), k=paying)
    return Panel(
        "orders", title, Text("花费与带来的销售额，元", "Spent, and sales brought, CNY"),
        Ranked(bars, (Text("花费", "Spent"), Text("带来的销售", "Sales brought")), (ORANGE, BLUE), stacked=False), "full", 0.7 + 0.5 * len(bars), behind,
    )  # fmt: skip


def _documents(campaigns: list[dict[str, Any]], orders: list[Any], key: str) -> Table:
    """The advertisements that a mark stands for, each followed by the web orders it brought. key: a number, or form/week."""
    name = key.partition("|")[0]
    form = name.partition("/")[0]
    made: list[tuple[Any, ...]] = []
    for c in campaigns:
        if c["number"] == name or c["form"] == form:
            made.append((c["number"], _name(c), None, c["impressions"], c["clicks"], c["spent"], None))
            made += [(o.web_order, Text("网上订单", "Web order"), o.day, None, None, None, o.amount) for o in orders if o.advertisement == c["number"]]
    return Table(("document", "title", "day", "impressions", "clicks", "spent", "sales_brought"), made)


def _table(campaigns: list[dict[str, Any]]) -> Table:
    made = []
    for c in campaigns:
        rate = (Decimal(100 * c["clicks"]) / c["impressions"]).quantize(CENT) if c["impressions"] else None
        per_click = (c["spent"] / c["clicks"]).quantize(CENT) if c["clicks"] else None
        per_order = (c["spent"] / c["orders"]).quantize(CENT) if c["orders"] else None
        made.append((c["number"], _name(c), c["slot"], c["impressions"], c["clicks"], rate, c["spent"], per_click, c["orders"], per_order))
    columns = ("document", "title", "slot", "impressions", "clicks", "click_through", "spent", "cost_per_click", "orders_brought", "cost_per_order")
    return Table(columns, made)
