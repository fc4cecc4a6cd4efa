"""Today: the page that a manager opens first. Where orders stand, what waits, what was sold, what money there is, and what needs attention."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple

from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.texts import LANGUAGES, Text
from ..reports.frames import CASH
from .bars import Bar, Columns, Ranked, ranked_height
from .books import ZERO, balance, owner_with, rows_of, sales
from .cash import day_label, days_of, days_panel
from .open_items import items_of, table_of
from .page import Empty, KeyFigure, Page, Panel, Source, Where, dashboard, headline, told, yuan
from .plots import BLUE, GREEN, ORANGE, RED, on_day
from .work import Work, has, work_of, work_table

NOTHING = Empty(
    Text("今天没有要处理的单据，账上也没有动静。", "Nothing waits today, and nothing has moved in these books."),
    Text(
        "开立企业账户并做一笔业务之后，这里就有内容；也可以在上面换一本账。",
        "There will be something after a first piece of business, such as a company account; or choose other books above.",
    ),
    ("EBANK001",),
)
#: How far back sales and cash are shown, in days.
DAYS = 14
#: From so many days on an order of ours counts as late.
LATE = 3
SHOWN = 9


class Alert(NamedTuple):
    """Something that needs attention: what, how many, and which."""

    key: str
    label: Text
    rows: Table


@dashboard(
    "today",
    ("今日", "Today"),
    ("今天先做什么？", "What comes first today?"),
    owner_with("from posting where account in ('1001', '1002', '1122', '2202')"),
)
def today(look: Source, where: Where) -> Page:
    recent = Where({"owner": where.owner, "from_day": max(look.start, look.day - datetime.timedelta(days=DAYS - 1)), "to_day": look.day})
    work, alerts = work_of(look, where.owner), alerts_of(look, recent)
    moved = look.value("select 1 from posting where owner = $owner and amount <> 0 limit 1", owner=where.owner)
    if not work and not alerts and not moved:
        return Page(empty=NOTHING)
    ours = [w for w in work if w.ours]
    panels = [*_orders(work, look.day), *_alerts(alerts), *_sold(look, recent), *days_panel(look, recent)]
    return Page(_figures(look, recent, ours, alerts), panels, work_table(ours, look.day) if ours else None, Text("等着处理的单据", "What waits for you"))


# --- alerts ---------------------------------------------------------------------------------------------------------------------


def alerts_of(look: Source, where: Where) -> list[Alert]:
    """What needs attention now, only kinds of which there is something."""
    made = [
        Alert("late_orders", Text("订单等了三天以上", "Orders waiting 3 days or more"), _late(look, where)),
        Alert("blocked", Text("发票被冻结", "Invoices blocked"), _blocked(look, where)),
        Alert("owed", Text("应付款逾期", "Payables overdue"), table_of([i for i in items_of(look, where, "payables") if i.late > 0 and i.open > 0])),
        Alert("owing", Text("应收款逾期", "Receivables overdue"), table_of([i for i in items_of(look, where, "receivables") if i.late > 0 and i.open > 0])),
        Alert("low", Text("库存低于下限", "Stock below its lower limit"), _low(look, where)),
        Alert("gone", Text("在售但已无货", "On sale, but sold out"), _sold_out(look, where)),
        Alert("review", Text("货架商品到期未复核", "Shelf reviews due"), _to_review(look, where)),
    ]
    return [a for a in made if len(a.rows)]


def _late(look: Source, where: Where) -> Table:
    work = [w for w in work_of(look, where.owner) if w.ours and w.is_order and w.waited(where.to_day) >= LATE]
    return work_table(work, where.to_day)


def _blocked(look: Source, where: Where) -> Table:
    return work_table([w for w in work_of(look, where.owner) if w.kind == "tax_invoice" and w.state == "blocked"], where.to_day)


_SHELF = """select p.name as product_name, coalesce(l.on_hand, 0) as on_hand, coalesce(l.reserved, 0) as reserved, k.lower_limit,
       (select max(document) from stock_movement v where v.owner = m.member and v.product = s.product and v.place = m.place
          and v.document in (select number from document)) as document
    from b2c_merchant m join b2c_product s using (merchant) join product p on p.gtin = s.product
    left join stock_level l on l.owner = m.member and l.place = m.place and l.product = s.product
    left join b2c_stock_limit k on k.merchant = m.merchant and k.product = s.product where m.member = $owner"""


def _low(look: Source, where: Where) -> Table:
    return _shelf(look, where, "coalesce(l.on_hand, 0) - coalesce(l.reserved, 0) between 1 and k.lower_limit - 1")


def _sold_out(look: Source, where: Where) -> Table:
    return _shelf(look, where, "s.on_sale and coalesce(l.on_hand, 0) - coalesce(l.reserved, 0) <= 0")


def _to_review(look: Source, where: Where) -> Table:
    """Goods on the shelf whose day of review has come."""
    columns = ("document", "product_name", "on_day", "review_day")
    rows = look.all(
        """select i.number as document, p.name as product_name, i.on_day, i.review_day from shop_shelf_item i join document d using (number)
           join b2c_merchant m using (merchant) join product p on p.gtin = i.product
           where m.member = $owner and d.state = 'on' and i.review_day <= $day order by i.review_day, i.product""",
        owner=where.owner, day=where.to_day,
    ) if has(look, ("shop_shelf_item", "b2c_merchant")) else []  # fmt: skip
    return Table(columns, [(r.document, both(r.product_name), r.on_day, r.review_day) for r in rows])


def _shelf(look: Source, where: Where, condition: str) -> Table:
    """Products of the owner's shop of which this holds, with the document that moved them last."""
    rows = look.all(f"{_SHELF} and {condition} order by s.product", owner=where.owner) if has(look, ("b2c_merchant", "b2c_product")) else []
    made = [(r.document, both(r.product_name), r.on_hand, r.reserved, r.lower_limit) for r in rows]
    return Table(("document", "product_name", "on_hand", "reserved", "lower_limit"), made)


# --- figures and panels -----------------------------------------------------------------------------------------------------------


def _figures(look: Source, where: Where, ours: list[Work], alerts: list[Alert]) -> list[KeyFigure]:
    oldest = max((w.waited(where.to_day) for w in ours), default=0)
    by_day = {r.group_key: r.revenue for r in rows_of(look, "profit", where, by="day")}
    sold = by_day.get(where.to_day.isoformat(), ZERO)
    cash = balance(look, where, CASH)
    moved = cash - balance(look, Where({"owner": where.owner, "to_day": where.to_day - datetime.timedelta(days=1)}), CASH)
    wrong = sum(len(a.rows) for a in alerts)
    return [
        KeyFigure(
            Text("等你处理", "Waiting for you"), f"{len(ours)}",
            told("最久的等了 {n} 天", "the oldest for {n:day}", n=oldest) if oldest else Text("都是今天的", "all of today") if ours else "",
            "bad" if oldest >= LATE else "" if ours else "good",
        ),
        KeyFigure(
            Text("今日销售（不含税）", "Sold today, net of tax"), yuan(sold),
            told("近 {n} 天共 {sum}", "{sum} in {n:day}", n=(where.to_day - where.from_day).days + 1, sum=yuan(sum(by_day.values(), ZERO))),
        ),
        KeyFigure(
            Text("货币资金", "Cash"), yuan(cash),
            told("今日 {sum}", "today {sum}", sum=f"{'+' if moved > 0 else ''}{yuan(moved)}") if moved else Text("今日没有收支", "no change today"),
            "bad" if cash < 0 else "",
        ),
        KeyFigure(
            Text("提醒", "Alerts"), f"{wrong}", alerts[0].label if alerts else Text("一切正常", "all is well"), "bad" if wrong else "good"
        ),
    ]  # fmt: skip


def _orders(work: list[Work], day: datetime.date) -> list[Panel]:
    """How many documents stand in which state, and whose turn it is."""
    if not work:
        return []
    found: dict[tuple[str, str], list[Work]] = {}
    for w in work:
        found.setdefault((w.kind, w.state), []).append(w)
    # orders before other papers, each kind in the order in which it goes from state to state
    kinds = list(dict.fromkeys(w.kind for w in sorted(work, key=lambda w: not w.is_order)))
    ranked = sorted(found, key=lambda k: (kinds.index(k[0]), _step(k[1]), k[1]))[:SHOWN]
    bars = tuple(Bar(found[k][0].label, (sum(w.ours for w in found[k]), sum(not w.ours for w in found[k])), "/".join(k)) for k in ranked)
    ours = sum(w.ours for w in work)
    title = headline(
        "{share} 的单据等你处理", "{share} of what is open waits for you", ours, len(work),
        Text("都在等对方", "All of it waits for others") if not ours else Text("都在等你处理", "All of it waits for you"),
    )  # fmt: skip

    def behind(key: str) -> Table:
        name, _, side = key.partition("|")
        return work_table([w for w in found[tuple(name.split("/"))] if w.ours == (side == "0")], day)  # type: ignore[index]

    plot = Ranked(bars, (Text("等你处理", "For you to do"), Text("等对方", "For others to do")), (ORANGE, BLUE))
    subtitle = Text("未完成的单据，按状态，份", "Documents that are not done, by state")
    return [Panel("orders", title, subtitle, plot, "wide", max(2.7, ranked_height(len(bars), 2)), behind)]


#: The way of an order; a state that is none of these comes after them.
_WAY = ("placed", "new", "paid", "accepted", "to_settle", "settled", "confirmed", "picking", "packed", "with_waybill", "part_delivered", "delivered")


def _step(state: str) -> int:
    return _WAY.index(state) if state in _WAY else len(_WAY)


def _alerts(alerts: list[Alert]) -> list[Panel]:
    if not alerts:
        return []
    bars = tuple(Bar(a.label, (len(a.rows),), a.key) for a in alerts)
    most = max(alerts, key=lambda a: len(a.rows))
    title = told("最多的提醒：{what}", "Most alerts: {what}", what=most.label)
    by_key = {a.key: a.rows for a in alerts}
    subtitle = Text("需要注意的事，件", "What needs attention")
    return [Panel("alerts", title, subtitle, Ranked(bars, colours=(RED,)), "narrow", ranked_height(len(bars)), by_key.__getitem__)]


def _sold(look: Source, where: Where) -> list[Panel]:
    """What was sold on each of the last days."""
    by_day = {r.group_key: r for r in rows_of(look, "profit", where, by="day")}
    if not by_day:
        return []
    days = days_of(where)
    bars = tuple(_day(d, by_day[d.isoformat()].revenue if d.isoformat() in by_day else ZERO, first=d == where.from_day) for d in days)
    best = max(by_day.values(), key=lambda r: r.revenue)
    on = datetime.date.fromisoformat(best.group_key)
    title = told("{day}卖得最多", "Most was sold on {day}", day=Text(*(on_day(on, language) for language in LANGUAGES)))

    def behind(key: str) -> Table:
        day = datetime.date.fromisoformat(key)
        return sales(look, where, first=day, last=day)

    subtitle = Text("每天的销售收入，不含税，元", "Sales revenue of each day, net of tax, CNY")
    return [Panel("sold", title, subtitle, Columns(bars, colours=(GREEN,)), "half", 2.5, behind)]


def _day(day: datetime.date, revenue: Decimal, *, first: bool) -> Bar:
    """The bar of a day; the month is named where it begins."""
    return Bar(day_label(day, first=first), (revenue,), day.isoformat() if revenue else "")
