"""Demand: what was asked for, day by day, of which only what was there has been sold; and how it follows the price."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .libraries import needed


def days_and_articles(data: Any, category: str) -> Any:
    """A row for each day and article of a category, in whole weeks: shop, article, week (nth), price, pieces sold, out (whether it ran out that day), busy
    (the market's orders that day against the mean of the week)."""
    return data.sql(
        """with sold as (
               select o.placed_day as day, l.product, sum(l.quantity) as pieces from b2c_order o join b2c_order_line l using (number) group by all),
           placed as (select placed_day as day, count(*) as orders from b2c_order group by all),
           busy as (select day, orders / avg(orders) over (partition by (day - $start) // 7) as busy from placed)
           select m.member as shop, p.product as article, ((p.week - $start) // 7)::integer as week, p.price::double as price,
                  coalesce(s.pieces, 0)::double as pieces, x.product is not null as out, coalesce(b.busy, 0)::double as busy
           from price_week p join product g on g.gtin = p.product join b2c_product c on c.product = p.product join b2c_merchant m using (merchant)
           cross join range(7) r(i) left join busy b on b.day = p.week + r.i::integer
           left join sold s on s.day = p.week + r.i::integer and s.product = p.product
           left join stock_out x on x.day = p.week + r.i::integer and x.product = p.product
           where g.product_category = $category and p.week + 6 <= $end order by article, p.week + r.i::integer""",
        start=data.start, end=data.day, category=category,
    ).df()  # fmt: skip


def lumpiness(data: Any) -> float:
    """Variance of a day's pieces against their mean, by the pieces of the lines that make them up (a compound Poisson number)."""
    return float(data.sql("select sum(quantity * quantity) / sum(quantity) from b2c_order_line").fetchall()[0][0])


class Demand(NamedTuple):
    """elasticity: by how many percent demand is lower at a price higher by 1 %; pieces: asked for, for each row, sold-out days completed."""

    elasticity: float
    pieces: Any


def demand(days: Any, spread: float) -> Demand:
    """Demand of a day is negative binomial about an article's level times a week's times its price to the power of minus the elasticity.

    On a day on which an article ran out at least one piece more was asked for than sold: there the expectation, given that, stands for what nobody
    saw. Expectations and levels are found in turns (EM; Dempster, Laird and Rubin, JRSS B 39, 1977). To leave such days out would be worse than
    it looks: they are the days of great demand.
    """
    stats = needed("scipy.stats")

    article, week = (days[c].astype("category").cat.codes.to_numpy() for c in ("article", "week"))
    sold, out, busy = days.pieces.to_numpy(), days.out.to_numpy(), days.busy.to_numpy()
    log_price = np.log(days.price.to_numpy())
    of_article, of_week = np.ones(article.max() + 1), np.ones(week.max() + 1)
    e, pieces = 2.0, sold.copy()
    for _ in range(200):
        pull = np.exp(-e * log_price) * busy
        of_article = _ratio(article, pieces, pull * of_week[week])
        of_week = _ratio(week, pieces, pull * of_article[article])
        mean = pull * of_article[article] * of_week[week]
        step = _slope(log_price, article, week, pieces - mean, mean)
        e -= step
        # k times a negative binomial's chance at k is its mean times the chance of one of size + 1 at k - 1: so E[D | D > s] is a ratio of two tails
        size, s = mean[out] / (spread - 1), sold[out]
        pieces[out] = mean[out] * stats.nbinom.sf(s - 1, size + 1, 1 / spread) / np.maximum(stats.nbinom.sf(s, size, 1 / spread), 1e-12)
        if abs(step) < 1e-5:
            break
    return Demand(float(e), pieces)


def _ratio(group: Any, above: Any, below: Any) -> Any:
    """Sums of both by group, divided; 0 where there is nothing, as of an article that was never sold."""
    return np.bincount(group, above) / np.maximum(np.bincount(group, below), 1e-300)


def _slope(x: Any, article: Any, week: Any, rest: Any, weight: Any) -> float:
    """The weighted regression of what is unexplained on x, beside the levels of articles and weeks: one Newton step."""
    for _ in range(4):
        for group in (article, week):
            x = x - _ratio(group, weight * x, weight)[group]
    return float((x * rest).sum() / (weight * x * x).sum())
