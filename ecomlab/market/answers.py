"""What is true: the answer to each question on a market, from its parameters, and from the data where these say who or what is asked about."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from .advertising import brought, effects
from .calendar import weights
from .choice import Lines
from .costing import first_in_first_out
from .estimators import customers, delivery, marketing, price, promotion, stock
from .estimators.demand import days_and_articles
from .goods import choice_weights, goods
from .parcels import Fate
from .simulate import gtin
from .supply import Supplied
from .truth import PROVINCES, Truth


class Known(NamedTuple):
    """What is true of a market: its parameters, the digest of the set, and the folder that holds labels and what was missed."""

    truth: Truth
    digest: str
    folder: Path


def category(truth: Truth, name: str) -> tuple[str, str, float, float, float, float, float]:
    return next(c for c in truth.categories if f"{c[0]} {c[1]}" == name)


def elasticity(known: Known, data: Any) -> float:
    return category(known.truth, price.category_of_prices(data))[6]


def usual_elasticity(known: Known, data: Any) -> float:
    return category(known.truth, price.category_of_others(data))[6]


def next_line(known: Known, data: Any) -> float:
    one = customers.whom(data)
    return float(1 + (known.truth.pieces_shape + one.further) / (known.truth.pieces_rate + one.lines))


def bulk_order(known: Known, data: Any) -> float:
    return customers.mean_to_come(customers.bulk_buyer(data), known.truth.p, known.truth.q, known.truth.v)


def still_alive(known: Known, data: Any) -> float:
    t = known.truth
    return customers.alive(customers.quiet(data), t.r, t.alpha, t.a, t.b)


def days_of(truth: Truth, carrier: str) -> float:
    """Within how many days a carrier's parcels to the nearest province arrive, 95 % of them."""
    _, mean, spread = next(c for c in truth.carriers if c[0] == carrier)
    return math.exp(mean + NormalDist().inv_cdf(0.95) * spread)


def longer_at_equal_distance(known: Known, data: Any) -> float:
    """By the expected whole days of each carrier to each province, weighed by the share of the province in all parcels."""
    parcels = delivery.by_carrier_and_province(data).groupby("province").parcels.sum()
    way = known.truth.distance * np.array([PROVINCES.index(p) for p in parcels.index]) / (len(PROVINCES) - 1)

    def expected(carrier: str) -> float:
        """Whole days, rounded up: the chances to be under way for longer than 0, 1, 2 … days, added up."""
        _, mean, spread = next(c for c in known.truth.carriers if c[0] == carrier)
        longer = [[1.0, *(1 - NormalDist(mean + far, spread).cdf(math.log(day)) for day in range(1, 100))] for far in way]
        return float(np.average(np.sum(longer, axis=1), weights=parcels))

    far, other = delivery.two_carriers(data)
    return expected(far) - expected(other)


def from_own(known: Known, data: Any) -> float:
    """By the choices' own weights, the mean of all weeks."""
    made = goods(known.truth)
    shop, article = price.shop_and_article(data)
    chances = np.diff(choice_weights(known.truth, made)).reshape(-1, made.count)
    codes = np.array([gtin(a) for a in range(made.count)])
    ours = made.category == made.category[codes == article][0]
    share = (chances * ours / (chances * ours).sum(axis=1, keepdims=True)).mean(axis=0)
    itself = float(share[codes == article][0])
    return float((share[made.shop == int(shop.removeprefix("MB-"))].sum() - itself) / (1 - itself))


def _missed(known: Known, data: Any) -> Any:
    """What nobody in the market knows: pieces asked for in vain of the category asked about, by article and day (from 0), in whole weeks."""
    return data.sql(
        f"""select product as article, (day - $start)::integer as day, missed::double as missed
            from read_parquet('{str(known.folder).replace("'", "''")}/missed/*.parquet') join product on gtin = product
            where product_category = $category and day < $start + (($end - $start + 1) // 7 * 7)::integer""",
        category=stock.category_of_stock(data), start=data.start, end=data.day,
    ).df()  # fmt: skip


def wanted(known: Known, data: Any) -> float:
    """What was sold and what was missed."""
    return stock.wanted_naive(data) + float(_missed(known, data).missed.sum())


def reorder_point(known: Known, data: Any) -> float:
    """By what was sold and what was missed on each day."""
    days, missed, article = days_and_articles(data, stock.category_of_stock(data)), _missed(known, data), stock.article_to_reorder(data)
    pieces, of_it = days.pieces[days.article == article].to_numpy(), missed[missed.article == article]
    return stock.enough(pieces + np.bincount(of_it.day, weights=of_it.missed, minlength=len(pieces)))


def orders_of_the_best(known: Known, data: Any) -> float:
    t = known.truth
    return float(customers.expected(customers.best_customers(data), customers.SOON, t.r, t.alpha, t.a, t.b).sum())


def fifo_stock(known: Known, data: Any) -> float:
    """By the way in which a market values all goods at once; the estimator goes sale by sale."""
    moved = stock.movements(data)
    day, pieces, value = (np.array([m[k] for m in moved], dtype=np.int64) for k in (0, 3, 4))
    codes, article = np.unique([m[1] for m in moved], return_inverse=True)
    back = {(sold_on, product): day for day, product, _, _, _, sold_on in moved if sold_on}
    returned = np.array([back.get((m[2], m[1]), -1) for m in moved], dtype=np.int64)
    sold, came = pieces < 0, (pieces > 0) & np.array([m[5] is None for m in moved])
    n, none = np.arange(sold.sum()), np.zeros(0, dtype=np.int64)
    lines = Lines(n, n, day[sold], article[sold], -pieces[sold])
    supplied = Supplied(lines.pieces, np.stack([day, article, pieces, value, day], axis=1)[came], none, none, none)
    layers = first_in_first_out(lines, Fate(n, n, returned[sold], n, n, n, n), supplied, np.ones(len(codes), dtype=bool)).layers
    return float(layers[:, 4].sum() - stock.book_value(data)) / 100


def aimed_lift(known: Known, data: Any) -> float:
    """Of those who had a coupon, by what each group's does."""
    (_, held), lift = promotion.aimed(data)[0].T, np.array(known.truth.aimed_lifts)
    expected = held * _pace(known, data)
    return float((expected * lift).sum() / expected.sum())


def next_coupons(known: Known, data: Any) -> float:
    """By what each group's coupon does."""
    return float(promotion.TO_SEND * np.max(_pace(known, data) * np.array(known.truth.aimed_lifts)))


def _pace(known: Known, data: Any) -> Any:
    """What a customer of each group orders without a coupon in a week of coupons, by the orders of all and what coupons do."""
    (none, held), orders = promotion.aimed(data)[0].T, promotion.aimed(data)[1].sum(axis=1)
    return orders / np.maximum(none + held * (1 + np.array(known.truth.aimed_lifts)), 1)


def brought_by_search(known: Known, data: Any) -> float:
    """Of all who come, those who would not have come without it."""
    truth = known.truth
    base = weights(truth)[:, None] / (np.arange(len(PROVINCES)) + 7.0)
    which = [c[0] for c in truth.channels].index(marketing.CHANNEL)
    return float((base * effects(truth)[which]).sum() / (base * (1 + brought(truth))).sum())
