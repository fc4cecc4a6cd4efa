"""Auctions: how prices went, what sellers earned, and both against the theory of private values (modules/c2c/analysis.py)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from ..kernel.doing import Looking
from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.texts import Text
from ..modules.c2c import analysis
from .bars import Bar, Columns, Ranked
from .lines import Offer, Path
from .page import FROM, TO, Empty, Filter, KeyFigure, Page, Panel, Where, dashboard, figure, headline, percent, ratio, told, yuan
from .plots import BLUE, GREEN, ORANGE
from .style import DIM

NOTHING = Empty(
    Text("还没有拍品。", "There are no listings yet."),
    Text(
        "先注册会员并发布一件拍品，再用工作台的“推进”把业务日期推进到竞拍结束。",
        "Register as a member and list an item, then let the auctions run: move on with Advance by in the desk's bar.",
    ),
    ("C2C001", "C2C002"),
)
NONE_HERE = Empty(
    Text("这段时间里没有拍品符合所选条件。", "No listing of this period matches your choice."),
    Text("放宽日期，或把卖家和分类改回“全部”。", "Widen the period, or set seller and category back to “All”."),
)


def _sellers(look: Looking) -> list[tuple[str, Text]]:
    return [(r.seller, Text(r.seller, r.seller)) for r in look.all("select distinct seller from c2c_listing order by seller")]


def _categories(look: Looking) -> list[tuple[str, Text]]:
    return [(r.number, both(r.name)) for r in look.all("select number, name from c2c_category order by number")]


def _listings(look: Looking) -> list[tuple[str, Text]]:
    rows = look.all("select number, title, bids from c2c_listing where bids > 0 order by bids desc, number")
    return [(r.number, Text(f"{both(r.title).zh} · {r.bids} 次", f"{both(r.title).en} · bids: {r.bids}")) for r in rows]


@dashboard(
    "auctions",
    ("拍卖", "Auctions"),
    ("价格是怎样形成的？卖家的收入与理论相比如何？", "How did prices form, and do sellers earn what theory expects?"),
    FROM,
    TO,
    Filter("seller", Text("卖家", "Seller"), options=_sellers),
    Filter("category", Text("分类", "Category"), options=_categories),
    Filter("listing", Text("出价过程", "Bids on"), options=_listings, everything=Text("出价最多的", "The one with most bids")),
    needs="c2c",
)
def auctions(look: Looking, where: Where) -> Page:
    rows = look.all(
        """select l.number, l.title, l.seller, d.state, l.listed_on, l.ends, l.bids, l.price, l.start_price, l.final_price
           from c2c_listing l join document d using (number)
           where l.ends >= $first and l.listed_on <= $last and ($seller is null or l.seller = $seller) and ($category is null or l.auction_category = $category)
           order by l.ends, l.number""",
        first=where.from_day, last=where.to_day, seller=where.seller, category=where.category,
    )  # fmt: skip
    if not rows:
        return Page(empty=NONE_HERE if look.value("select 1 from c2c_listing limit 1") else NOTHING)
    chosen = {r.number for r in rows}
    theory = {t.listing: t for t in analysis.english_against_second_price(look, where.seller) if t.listing in chosen}
    sold = [r for r in rows if r.state in ("sold", "paid")]
    ended = [r for r in rows if r.state not in ("on_auction", "called_off")]
    revenue = sum((r.final_price for r in sold), Decimal(0))
    both_sold = [t for t in theory.values() if t.difference is not None]
    apart = sum((abs(t.difference) for t in both_sold), Decimal(0))
    of_theory = sum((t.second_price for t in both_sold), Decimal(0))
    figures = [
        KeyFigure(Text("卖家收入", "Sellers' revenue"), yuan(revenue), told("{n} 件成交", "sold: {n}", n=len(sold))),
        KeyFigure(
            Text("成交率", "Share sold"), percent(len(sold), len(ended)),
            told("已结束 {n} 件，共 {all} 件", "ended: {n} of {all}", n=len(ended), all=len(rows)),
        ),
        KeyFigure(Text("每件出价", "Bids per listing"), f"{sum(r.bids for r in rows) / len(rows):.1f}", Text("平均次数", "on average")),
        KeyFigure(
            Text("与第二价格相差", "Difference from the second price"), percent(apart, of_theory),
            Text("英式成交价与密封第二价格之差", "English against sealed second price"),
        ),
    ]  # fmt: skip
    panels = [*_path(look, rows, where.listing), *_against(rows, theory), *_revenue(look, rows, theory)]
    return Page(figures, panels, _table(rows, theory), Text("拍品一览", "Listings"))


def _path(look: Looking, rows: list[Any], wanted: str | None) -> list[Panel]:
    """The price path of the listing asked for, or of the one with most bids."""
    by_number = {r.number: r for r in rows if r.bids}
    if not by_number:
        return []
    row = by_number.get(wanted or "") or max(by_number.values(), key=lambda r: (r.bids, r.number))
    steps = analysis.price_path(look, row.number)
    bidders = len({s.bidder for s in steps})
    levels = [(Text("起拍价", "Start"), row.start_price, DIM)]
    reserve = look.value("select reserve_price from c2c_listing where number = $number", number=row.number)
    if reserve is not None and row.state != "on_auction":  # hidden while bids are taken
        levels.append((Text("保留价", "Reserve"), reserve, "#B54708"))
    last = steps[-1]
    price = figure(row.final_price or last.price)
    leads = Text("成交" if row.final_price else "领先", "won" if row.final_price else "leads")
    return [
        Panel(
            "path",
            told("{item}：{who} 以 {price} 元{leads}", "{item}: {who} {leads} at {price}", item=both(row.title), who=last.leader, leads=leads, price=price),
            told("{n} 人出价 {k} 次；价格（元）按出价次序，线的颜色表示领先者，圆点表示出价人",
                 "Bids: {k}, bidders: {n}; price in CNY, in the order of bids. A line has the leader's colour, a dot the bidder's", n=bidders, k=len(steps)),
            Path(row.start_price, tuple(Offer(s.price, s.leader, s.bidder, f"{row.number}/{s.bid}") for s in steps), tuple(levels)),
            "full", 2.9,
            lambda key: _bids(look, key.partition("/")[0]),
        )
    ]  # fmt: skip


def _bids(look: Looking, listing: str) -> Table:
    """The bids on a listing in order; no maximum, which bidders keep to themselves."""
    return look.table(
        "select listing as document, bid, moment, bidder, price, leader, scripted from c2c_bid where listing = $listing order by bid", listing=listing
    )


def _against(rows: list[Any], theory: dict[str, Any]) -> list[Panel]:
    """Each auction that sold against a sealed second-price auction of the same values."""
    titles = {r.number: both(r.title) for r in rows}
    shown = sorted((t for t in theory.values() if t.final_price is not None and t.second_price is not None), key=lambda t: -t.final_price)
    if not shown:
        return []
    close = sum(abs(t.difference) <= t.second_price / 20 for t in shown)
    bars = tuple(Bar(titles[t.listing], (t.final_price, t.second_price), t.listing) for t in shown[:6])
    return [
        Panel(
            "against",
            told("{n} 件中有 {k} 件与第二价格相差不到 5%", "Within 5% of the second price: {k} of {n:listing}", n=len(shown), k=close),
            Text("成交价与密封第二价格拍卖，元，成交价最高的几件", "Final price against a sealed second-price auction, CNY, highest first"),
            Ranked(bars, (Text("英式拍卖成交价", "English auction"), Text("第二价格", "Second price")), (BLUE, ORANGE), stacked=False),
            "half", 3.0,
            lambda key: _documents(rows, theory, {key.partition("|")[0]}),
        )
    ]  # fmt: skip


def _revenue(look: Looking, rows: list[Any], theory: dict[str, Any]) -> list[Panel]:
    """What each seller got from auctions that ended, what second-price auctions would have brought, and what theory expects of such items."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    numbers: dict[str, set[str]] = defaultdict(set)
    seller = {r.number: r.seller for r in rows}
    for t in theory.values():
        got = sums[seller[t.listing]]
        for i, value in enumerate((t.final_price, t.second_price, t.expected_price)):
            got[i] += value or 0
        numbers[seller[t.listing]].add(t.listing)
    if not sums:
        return []
    ranked = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))[:6]
    paid, expected = (sum((v[i] for v in sums.values()), Decimal(0)) for i in (0, 2))
    more = paid >= expected
    about = Text("成交额与理论期望一致", "Sellers got what theory expects")
    if ratio(paid - expected, expected, 0) != 0 and paid != expected:
        about = Text("成交额{how}于理论期望", "Sellers got {how} than theory expects")
    title = headline(
        "成交额比理论期望{how} {share}", "Sellers got {share} {how} than theory expects", abs(paid - expected), expected, about,
        how=Text("高", "more") if more else Text("低", "less"),
    )  # fmt: skip
    return [
        Panel(
            "revenue",
            title,
            Text("已结束拍卖的收入，按卖家，元；期望是对所有可能的估价取平均", "Ended auctions, CNY; expected over all values bidders might have"),
            Columns(
                tuple(Bar(Text(name, name), tuple(v), name) for name, v in ranked),
                (Text("英式拍卖", "English auction"), Text("第二价格", "Second price"), Text("理论期望", "Expected")),
                (BLUE, ORANGE, GREEN),
                stacked=False,
            ),
            "half", 3.0,
            lambda key: _documents(rows, theory, numbers[key.partition("|")[0]]),
        )
    ]  # fmt: skip


def _documents(rows: list[Any], theory: dict[str, Any], numbers: set[str]) -> Table:
    return _table([r for r in rows if r.number in numbers], theory)


def _table(rows: list[Any], theory: dict[str, Any]) -> Table:
    made = []
    for r in rows:
        t = theory.get(r.number)
        values = (t.second_price, t.difference, t.expected_price) if t else (None, None, None)
        made.append((r.number, both(r.title), r.seller, r.state, r.ends, r.bids, r.final_price, *values))
    return Table(("document", "title", "seller", "state", "ends", "bids", "final_price", "second_price", "difference", "expected_price"), made)
