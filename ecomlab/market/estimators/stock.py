"""Stock: what was wanted and not there."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .demand import days_and_articles, demand, lumpiness


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
