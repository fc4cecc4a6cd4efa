"""The warehouse floor: where orders stand, how much each post does, what is picked wrongly, and what a parcel costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..books.courier import tariff
from ..kernel.doing import Looking
from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Text
from ..modules.floor import day
from .bars import Bar, Columns, Ranked
from .page import Empty, Filter, KeyFigure, Page, Panel, Where, dashboard, headline, percent, told, yuan
from .plots import BLUE, GREEN, ORANGE, SKY

NOTHING = Empty(
    Text("仓库还没有发过包裹，也没有运行过一天。", "The floor has sent no parcel and run no day yet."),
    Text(
        "先编排并运行一天的人员方案（任务 FLOOR013），或者把一个波次拣货、打包、交给快递（FLOOR004 到 FLOOR009）。",
        "Plan the staff and run a day (task FLOOR013), or pick, pack and hand over a wave (FLOOR004 to FLOOR009).",
    ),
)
COLOURS = (BLUE, SKY, ORANGE, GREEN)


def _plans(look: Looking) -> list[tuple[str, Text]]:
    rows = look.all("select number, orders, left_behind from floor_plan where left_behind is not null order by number desc")
    return [(r.number, told("{n} · {orders} 单", "{n} · orders: {orders}", n=r.number, orders=f"{r.orders:,}")) for r in rows]


@dashboard(
    "floor",
    ("仓库作业", "Warehouse floor"),
    ("订单积压在哪里？一个包裹要多少钱？", "Where do orders stand, and what does a parcel cost?"),
    Filter("plan", Text("运行的一天", "Day that was run"), options=_plans, everything=Text("最近一次", "The latest")),
    needs="floor",
)
def floor(look: Looking, where: Where) -> Page:
    plan = look.one(
        "select * from floor_plan where left_behind is not null and ($plan is null or number = $plan) order by number desc limit 1", plan=where.plan
    )
    parcels = look.all(
        """select p.*, w.courier, w.tariff_zone, o.recipient from floor_parcel p join document d using (number) join waybill w on w.number = p.waybill
           join b2c_order o using (sales_order) where d.state in ('handed_over', 'delivered', 'returned') order by p.number"""
    )
    scans = look.one(
        """select coalesce(sum(quantity), 0)::integer as pieces, coalesce(sum(greatest(quantity - wanted, 0)), 0)::integer as wrong
           from floor_scan where scan = 1"""
    )
    if plan is None and not parcels and not scans.pieces:
        return Page(empty=NOTHING)
    costs = [(r, day.costs_of(look, r)) for r in parcels]
    names = {code: both(name) for code, name in tariff.couriers(look).items()}
    panels = [*_backlog(look, plan), *_pace(look, plan), *_errors(look, scans), *_costs(costs, names)]
    return Page(_figures(plan, scans, costs), panels, _table(costs, names), Text("已交接的包裹", "Parcels that were handed over"))


def _each(costs: list[tuple[Any, dict[str, Decimal]]]) -> Decimal | None:
    return sum((sum(c.values(), Decimal(0)) for _, c in costs), Decimal(0)) / len(costs) if costs else None


def _figures(plan: Any, scans: Any, costs: list[tuple[Any, dict[str, Decimal]]]) -> list[KeyFigure]:
    left = Text("还没有运行过一天", "no day was run yet")
    if plan:
        left = told("{all} 单中积压 {n} 单", "left behind: {n} of {all:order}", n=plan.left_behind, all=plan.orders)
    people = sum(getattr(plan, post) for post in day.POSTS) if plan else None
    return [
        KeyFigure(Text("积压率", "Left behind"), percent(plan.left_behind, plan.orders) if plan else "—", left, "bad" if plan and plan.left_behind else ""),
        KeyFigure(Text("在岗人数", "People"), f"{people:,}" if people else "—", Text("四个岗位合计", "at all four posts")),
        KeyFigure(
            Text("拣错率", "Picking errors"), percent(scans.wrong, scans.pieces, 2),
            told("扫描 {all} 件，拣错 {n} 件", "wrong: {n} of {all:piece} scanned", n=scans.wrong, all=scans.pieces), "bad" if scans.wrong else "",
        ),
        KeyFigure(Text("每个包裹的成本", "Cost per parcel"), yuan(_each(costs)), told("已交接 {n} 个", "handed over: {n}", n=len(costs))),
    ]  # fmt: skip


def _hours(look: Looking, plan: Any) -> list[Any]:
    return look.all("select post, hour, came, done, backlog, pieces from floor_hour where plan = $n order by hour, post", n=plan.number) if plan else []


def _backlog(look: Looking, plan: Any) -> list[Panel]:
    """How many orders stand at which post at the end of each hour."""
    rows = {(r.hour, r.post): r for r in _hours(look, plan)}
    if not rows:
        return []
    title = Text("当天没有积压", "Nothing was left behind")
    if plan.left_behind:
        title = headline(
            "{post}岗位是瓶颈，占积压的 {share}", "{post} is the bottleneck, with {share} of what was left behind",
            rows[day.HOURS, plan.bottleneck].backlog, plan.left_behind, Text("{post}岗位是瓶颈", "{post} is the bottleneck"),
            post=term(plan.bottleneck, "floor"),
        )  # fmt: skip
    bars = tuple(Bar(Text(_end(h), _end(h)), tuple(rows[h, p].backlog for p in day.POSTS), str(h)) for h in range(1, day.HOURS + 1))
    subtitle = Text("每小时末各岗位上的订单数", "Orders that stand at each post at the end of the hour")
    plot = Columns(bars, tuple(term(p, "floor") for p in day.POSTS), COLOURS)
    return [Panel("backlog", title, subtitle, plot, "wide", 2.9, lambda key: _hour(look, plan, key))]


def _end(hour: int) -> str:
    return f"{8 + hour}:30"


def _hour(look: Looking, plan: Any, key: str) -> Table:
    rows = [r for r in _hours(look, plan) if str(r.hour) == key.partition("|")[0]]
    return _said(Table(("document", "post", "hour", "came", "done", "backlog", "pieces"), [(plan.number, *r) for r in rows]))


def _pace(look: Looking, plan: Any) -> list[Panel]:
    """Pieces that each person does in an hour: through a line that leaves nothing behind all posts pass as many, and the work is as dear as its people."""
    rows = _hours(look, plan)
    if not rows:
        return []
    done = {post: round(sum(r.pieces for r in rows if r.post == post) / day.HOURS / getattr(plan, post)) for post in day.POSTS}
    least = min(day.POSTS, key=lambda post: done[post])
    title = told("每人每小时件数最少的是{post}", "Fewest pieces an hour and person: {post}", post=term(least, "floor"))
    bars = tuple(Bar(term(post, "floor"), (done[post],)) for post in day.POSTS)
    return [Panel("pace", title, Text("各岗位平均每人每小时完成的件数", "Pieces done by a person in an hour, on average"), Ranked(bars), "narrow", 2.9)]


def _errors(look: Looking, scans: Any) -> list[Panel]:
    """Goods that were read in totes to which they did not belong."""
    rows = look.all(
        """select s.product, p.name, sum(s.quantity - s.wanted)::integer as wrong from floor_scan s join product p on p.gtin = s.product
           where s.scan = 1 and s.quantity > s.wanted group by s.product, p.name order by 3 desc, 1 limit 6"""
    )
    if not rows:
        return []
    title = told("拣错最多的是{what}", "Most often taken wrongly: {what}", what=both(rows[0].name))
    bars = tuple(Bar(both(r.name), (r.wrong,), r.product) for r in rows)
    subtitle = Text("第一次扫描发现的错货，件", "Wrong pieces that the first scan found")
    return [Panel("errors", title, subtitle, Ranked(bars), "half", 2.7, lambda key: _scans(look, key))]


def _scans(look: Looking, product: str) -> Table:
    rows = look.table(
        "select sales_order as document, day, product, quantity, wanted from floor_scan where product = $p and scan = 1 and quantity > wanted order by 1",
        p=product,
    )
    return _said(rows)


def _costs(costs: list[tuple[Any, dict[str, Decimal]]], couriers: dict[str, Text]) -> list[Panel]:
    """What each parcel cost, the dearest first."""
    if not costs:
        return []
    ranked = sorted(costs, key=lambda c: (-sum(c[1].values()), c[0].number))[:7]
    total = sum((sum(c.values(), Decimal(0)) for _, c in costs), Decimal(0))
    courier = sum((c["courier_cost"] for _, c in costs), Decimal(0))
    title = headline("快递费占成本的 {share}", "The courier is {share} of the cost", courier, total, Text("成本就是快递费", "The cost is the courier's price"))
    bars = tuple(Bar(both(r.recipient), tuple(c.values()), r.number) for r, c in ranked)
    names = tuple(term(name, "floor") for name in ranked[0][1])
    subtitle = Text("每个包裹的成本，元，最高的几个", "Cost of a parcel, CNY, highest first")

    def behind(key: str) -> Table:
        return _table([c for c in costs if c[0].number == key.partition("|")[0]], couriers)

    return [Panel("costs", title, subtitle, Ranked(bars, names, COLOURS), "half", 2.7, behind)]


def _table(costs: list[tuple[Any, dict[str, Decimal]]], couriers: dict[str, Text]) -> Table:
    made = [(r.number, both(r.recipient), couriers[r.courier], r.tariff_zone, r.weight_g, *c.values(), sum(c.values(), Decimal(0))) for r, c in costs]
    columns = ("document", "recipient", "courier", "tariff_zone", "weight_g", "courier_cost", "packing_cost", "work_cost", "cost")
    return _said(Table(columns, made))


def _said(table: Table) -> Table:
    """A table in the words of the floor."""
    table.module = "floor"
    return table
