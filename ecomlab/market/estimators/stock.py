"""Stock: what was wanted and not there, what a season does to it, and what it is worth."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

import numpy as np

from ..calendar import NEW_YEAR
from .demand import days_and_articles, demand, lumpiness
from .promotion import coupon_lift


def category_of_stock(data: Any) -> str:
    """The category asked about: the one that sells most pieces."""
    return str(data.sql(
        """select product_category from b2c_order_line l join product on gtin = l.product group by 1 order by sum(quantity) desc, 1 limit 1"""
    ).fetchall()[0][0])  # fmt: skip


def wanted(data: Any) -> float:
    """All pieces asked for: those sold, and on sold-out days what is expected where more was asked for than was there."""
    return float(demand(days_and_articles(data, category_of_stock(data)), lumpiness(data)).pieces.sum())


def wanted_naive(data: Any) -> float:
    """What was sold, as if nobody had gone away empty-handed."""
    return float(days_and_articles(data, category_of_stock(data)).pieces.sum())


#: Days that a delivery takes, and the share of them in which nothing is to run out.
LEAD, SERVICE = 7, 0.95


def article_to_reorder(data: Any) -> str:
    """The article asked about: of the category, the one that sells most of those that have run out."""
    return str(data.sql(
        """select l.product from b2c_order_line l join product on gtin = l.product semi join stock_out s on s.product = l.product
           where product_category = $category group by 1 order by sum(l.quantity) desc, 1 limit 1""",
        category=category_of_stock(data),
    ).fetchall()[0][0])  # fmt: skip


def enough(pieces: Any) -> float:
    """How many pieces last for the days of a delivery in that share of all cases. pieces: asked for on each day, in turn."""
    return float(np.quantile(np.convolve(pieces, np.ones(LEAD), "valid"), SERVICE, method="inverted_cdf"))


def reorder_point(data: Any) -> float:
    """By what was asked for on each day, sold-out days completed."""
    days = days_and_articles(data, category_of_stock(data))
    return enough(demand(days, lumpiness(data)).pieces[(days.article == article_to_reorder(data)).to_numpy()])


def reorder_point_naive(data: Any) -> float:
    """What is sold in so many days on average: then goods run out before about every second delivery."""
    days = days_and_articles(data, category_of_stock(data))
    return float(LEAD * days.pieces[days.article == article_to_reorder(data)].mean())


#: The fortnight of the New Year, in days from its first; and the weeks around it that are like others, when nobody stocks up for it any more.
FORTNIGHT, BEFORE, AFTER = (-7, 6), (-77, -36), (7, 48)


def new_year_of(data: Any) -> datetime.date:
    """The lunar New Year asked about: the last one whose fortnight lies within the data."""
    day = datetime.timedelta(days=1)
    within = [d for d in (datetime.date(y, *at) for y, at in NEW_YEAR.items()) if data.start <= d + FORTNIGHT[0] * day and d + FORTNIGHT[1] * day <= data.day]
    return max(within)


def fortnight(data: Any) -> tuple[datetime.date, datetime.date]:
    first, last = (new_year_of(data) + datetime.timedelta(days=days) for days in FORTNIGHT)
    return first, last


def _orders_a_day(data: Any, days: tuple[int, int], lift: float = 0.0) -> float:
    """Orders on a day from the one to the other, counted from New Year's Day; an order with a coupon counts as what it would be without it, and weeks of
    aimed coupons, which do more for some than for others, do not count. NaN where the data have none of these days."""
    return float(data.sql(
        """select sum(if(h.shopper is null, 1, 1 / (1 + $lift))) / count(distinct placed_day) from b2c_order o
           left join coupon_campaign c on o.placed_day between c.first_day and c.last_day
           left join coupon_holder h on h.campaign = c.campaign and h.shopper = o.shopper
           where placed_day between $day + $since::integer and $day + $until::integer
           and not exists (from coupon_campaign a where a.aimed and placed_day between a.first_day and a.last_day)""",
        day=new_year_of(data), since=days[0], until=days[1], lift=lift,
    ).df().iloc[0, 0])  # fmt: skip


def new_year(data: Any) -> float:
    """Orders on a day of the fortnight against those of the weeks well before and after it, between which a steady growth is supposed."""
    lift = coupon_lift(data)
    around = np.log([_orders_a_day(data, days, lift) for days in (BEFORE, AFTER)])
    return float(_orders_a_day(data, FORTNIGHT, lift) / np.exp(np.nanmean(around)))


def new_year_naive(data: Any) -> float:
    """Against the same dates of the year before, when it was not New Year, and there were fewer customers."""
    return _orders_a_day(data, FORTNIGHT) / _orders_a_day(data, (FORTNIGHT[0] - 365, FORTNIGHT[1] - 365))


def shop_at_average(data: Any) -> str:
    """The shop asked about: of those that value at moving average the one that sells most."""
    return str(data.sql(
        """select m.member from b2c_order join b2c_merchant m using (merchant) anti join stock_owner f on f.owner = m.member and f.method = 'fifo'
           group by 1 order by count(*) desc, 1 limit 1"""
    ).fetchall()[0][0])  # fmt: skip


def movements(data: Any) -> list[tuple[int, str, str, int, int, str | None]]:
    """What came and went in that shop, in the order of its books: day (from 0), product, document, pieces, value (fen), and of what was sent back the
    document on which it had been sold."""
    return list(data.sql(
        """select m.day - $start, m.product, m.document, m.quantity, (m.value * 100)::bigint, o.sales_order
           from stock_movement m left join b2c_return r on m.kind = 'taken_back' and r.number = m.document left join b2c_order o on o.number = r.web_order
           where m.owner = $shop and m.kind <> 'rounding' order by m.number""",
        start=data.start, shop=shop_at_average(data),
    ).fetchall())  # fmt: skip


def book_value(data: Any) -> int:
    """What the shop's stock is worth in its books at the end, fen."""
    return int(100 * data.sql("select sum(value) from stock_movement where owner = $shop", shop=shop_at_average(data)).fetchall()[0][0])


def fifo_stock(data: Any) -> float:
    """The stock at the end first in, first out, less what it is worth in the books, CNY: every sale takes the oldest goods, one by one."""
    queues: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    cost: dict[tuple[str, str], int] = {}
    for _, product, document, pieces, value, sold_on in movements(data):
        if pieces > 0:
            worth = cost[sold_on, product] if sold_on else value
            queues[product].append((pieces, _half_even(worth * 10_000, pieces), worth))
        else:
            cost[document, product] = _oldest(queues[product], -pieces)
    return (sum(worth for queue in queues.values() for _, _, worth in queue) - book_value(data)) / 100


def _oldest(queue: list[tuple[int, int, int]], pieces: int) -> int:
    """Takes pieces off the front of a queue of (pieces, unit cost in millionths of a yuan, value in fen); gives their cost in fen.

    With a layer's last piece what is left of its value goes, too: the rounding difference, which is no cost.
    """
    cost = 0
    while pieces:
        there, unit, worth = queue.pop(0)
        n = min(pieces, there)
        part = _half_even(n * unit, 10_000)
        if n < there:
            part = min(part, worth)
            queue.insert(0, (there - n, unit, worth - part))
        cost, pieces = cost + part, pieces - n
    return cost


def _half_even(numerator: int, denominator: int) -> int:
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or 2 * rest == denominator and quotient % 2 == 1)


def fifo_stock_naive(data: Any) -> float:
    """All that is left at the price of the last delivery, less what it is worth in the books."""
    found = data.sql(
        """select sum(s.pieces * d.price) from (select product, sum(quantity) as pieces from stock_movement where owner = $shop group by 1) s
           join (select product, arg_max(value / quantity, number) as price from stock_movement where owner = $shop and kind = 'receipt' group by 1) d
           using (product)""",
        shop=shop_at_average(data),
    ).fetchall()[0][0]  # fmt: skip
    return float(found) - book_value(data) / 100
