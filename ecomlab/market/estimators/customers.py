"""Customers: how often they come back, when they have left, how many pieces they take, what their next order comes to."""

from __future__ import annotations

from typing import Any

import numpy as np

from .libraries import needed
from .once import once


def customers(data: Any) -> Any:
    """A row for each customer, in weeks: x (orders after the first), recency (from the first to the last), age (from the first to the end)."""
    return data.sql(
        """select count(*) - 1 as x, (max(placed_day) - min(placed_day)) / 7 as recency, ($end - min(placed_day) + 0.5) / 7 as age
           from b2c_order group by shopper""",
        end=data.day,
    ).df()


@once
def bg_nbd(data: Any) -> tuple[float, float, float, float]:
    """r, alpha, a, b of the BG/NBD model by maximum likelihood (Fader, Hardie and Lee, Marketing Science 24, 2005, equation 6)."""
    optimize = needed("scipy.optimize")
    special = needed("scipy.special")

    known = customers(data).groupby(["x", "recency", "age"]).size().reset_index(name="many")
    x, recency, age, many = (known[c].to_numpy(dtype=float) for c in ("x", "recency", "age", "many"))

    def surprise(logs: Any) -> float:
        r, alpha, a, b = np.exp(logs)
        bought = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + special.betaln(a, b + x) - special.betaln(a, b)
        stays = -(r + x) * np.log(alpha + age)
        left = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + recency), -np.inf)
        return -float(np.sum(many * (bought + np.logaddexp(stays, left))))

    found = optimize.minimize(surprise, np.log([0.5, 5.0, 1.0, 2.0]), method="L-BFGS-B")
    r, alpha, a, b = (float(v) for v in np.exp(found.x))
    return r, alpha, a, b


def repeats(weeks: float, r: float, alpha: float, a: float, b: float) -> float:
    """Orders after the first that a new customer is expected to place within so many weeks (the same paper, equation 9)."""
    special = needed("scipy.special")

    gone = (alpha / (alpha + weeks)) ** r * special.hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    return float((a + b - 1) / (a - 1) * (1 - gone))


def purchase_rate(data: Any) -> float:
    r, alpha, _, _ = bg_nbd(data)
    return r / alpha


def purchase_rate_naive(data: Any) -> float:
    """Repeat orders by weeks since the first order, as if nobody ever left."""
    known = customers(data)
    return float(known.x.sum() / known.age.sum())


def repeats_in_a_year(data: Any) -> float:
    return repeats(52, *bg_nbd(data))


def repeats_in_a_year_naive(data: Any) -> float:
    """The mean of those customers who came back: it leaves out all who did not."""
    value = data.sql(
        """with first as (select shopper, min(placed_day) as day from b2c_order group by shopper having min(placed_day) <= $end - 364),
                 again as (
                     select f.shopper, count(*) - 1 as n from first f join b2c_order o on o.shopper = f.shopper and o.placed_day < f.day + 364
                     group by all)
           select avg(n) from again where n > 0""",
        end=data.day,
    ).fetchall()[0][0]
    return float(value)


def quiet(data: Any) -> Any:
    """The customer asked about: of those with five repeat orders the one who has been silent for as near as may be 1.5 to 4.5 times the usual gap; how
    many times, the number of customers says, so that the answer differs from market to market."""
    known = data.sql(
        """with silence as (select 1.5 + count(distinct shopper) % 100 * 0.03 as gaps from b2c_order)
           select shopper, count(*) - 1 as x, (max(placed_day) - min(placed_day)) / 7 as recency, ($end - min(placed_day) + 0.5) / 7 as age
           from b2c_order group by shopper having x = 5 and recency >= 26
           order by abs((age - recency) / (recency / 5) - (select gaps from silence)), shopper limit 1""",
        end=data.day,
    ).df()
    return known.iloc[0]


def alive(one: Any, r: float, alpha: float, a: float, b: float) -> float:
    """The chance that a customer who has come back has not left for good (Fader, Hardie and Lee, "Computing P(alive) using the BG/NBD model", 2008)."""
    return float(1 / (1 + a / (b + one.x - 1) * ((alpha + one.age) / (alpha + one.recency)) ** (r + one.x)))


def still_alive(data: Any) -> float:
    return alive(quiet(data), *bg_nbd(data))


def still_alive_naive(data: Any) -> float:
    """The chance that somebody who comes at the customer's own pace is silent for so long, taken for the chance that the silent one still comes."""
    one = quiet(data)
    return float(np.exp(-(one.age - one.recency) * one.x / one.recency))


def baskets(data: Any) -> Any:
    """A row for each customer: lines, and further (pieces beyond the first of each line), the largest first."""
    return data.sql(
        """select shopper, count(*) as lines, sum(quantity - 1) as further from b2c_order o join b2c_order_line l using (number)
           group by shopper order by further desc, shopper""",
    ).df()


def whom(data: Any) -> Any:
    """The customer asked about: the one with the most pieces among those with four lines."""
    known = baskets(data)
    return known[known.lines == 4].iloc[0]


def next_line(data: Any) -> float:
    """Pieces in the next line by Bayes: what all customers do tells how far a customer's own four lines are luck."""
    shape, rate = gamma_of_pieces(data)
    one = whom(data)
    return float(1 + (shape + one.further) / (rate + one.lines))


def gamma_of_pieces(data: Any) -> tuple[float, float]:
    """Shape and rate of the gamma distribution of customers' own means, by maximum likelihood of the negative binomial sums."""
    optimize = needed("scipy.optimize")
    special = needed("scipy.special")

    known = baskets(data).groupby(["lines", "further"]).size().reset_index(name="many")
    lines, further, many = (known[c].to_numpy(dtype=float) for c in ("lines", "further", "many"))

    def surprise(logs: Any) -> float:
        shape, rate = np.exp(logs)
        likely = special.gammaln(shape + further) - special.gammaln(shape) + shape * np.log(rate / (rate + lines)) - further * np.log(rate + lines)
        return -float(np.sum(many * likely))

    shape, rate = np.exp(optimize.minimize(surprise, np.log([1.0, 1.0]), method="L-BFGS-B").x)
    return float(shape), float(rate)


def next_line_naive(data: Any) -> float:
    """The customer's own mean, as if four lines were enough to know somebody."""
    one = whom(data)
    return float(1 + one.further / one.lines)


#: So many customers with the most orders are asked about, and so many weeks.
BEST, SOON = 1_000, 4.0


def best_customers(data: Any) -> Any:
    """As `customers`: those with the most orders."""
    known = customers(data)
    return known.sort_values(["x", "recency", "age"], ascending=False, kind="stable").head(BEST)


def expected(known: Any, weeks: float, r: float, alpha: float, a: float, b: float) -> Any:
    """Orders that each of these customers, who all have come back, is expected to place within so many weeks (Fader, Hardie and Lee 2005, equation 10)."""
    special = needed("scipy.special")

    x, recency, age = (known[c].to_numpy(dtype=float) for c in ("x", "recency", "age"))
    lasting = (alpha + age) / (alpha + age + weeks)
    further = (a + b + x - 1) / (a - 1) * (1 - lasting ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + age + weeks)))
    return further / (1 + a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x))


def orders_of_the_best(data: Any) -> float:
    return float(expected(best_customers(data), SOON, *bg_nbd(data)).sum())


def orders_of_the_best_naive(data: Any) -> float:
    """At the pace at which they have come so far, as if all of them still came."""
    known = best_customers(data)
    return float(SOON * (known.x / known.age).sum())


# --- bulk buyers ---------------------------------------------------------------------------------------------------------------


def bulk_buyers(data: Any) -> Any:
    """A row for each buyer of bulk: orders, total (CNY without tax), logs (the sum of the logarithms of what they came to), the largest mean first."""
    return data.sql(
        """with came_to as (select number, sum(quantity * price)::double as value from b2b_order_line group by number)
           select purchaser, count(*) as orders, sum(value order by number) as total, sum(ln(value) order by number) as logs
           from b2b_order join came_to using (number) group by purchaser order by total / orders desc, purchaser""",
    ).df()


def gamma_gamma(data: Any) -> tuple[float, float, float]:
    """p, q, v by maximum likelihood: what an order comes to ~ Gamma(p, a buyer's own rate), which is ~ Gamma(q, v).

    The model is that of Fader, Hardie and Lee ("RFM and CLV", JMR 42, 2005). They knew the means of buyers only; every order tells far more of p.
    """
    optimize = needed("scipy.optimize")
    special = needed("scipy.special")

    known = bulk_buyers(data)
    orders, total, logs = (known[c].to_numpy(dtype=float) for c in ("orders", "total", "logs"))

    def surprise(at: Any) -> float:
        p, q, v = np.exp(at)
        rates = special.gammaln(p * orders + q) - special.gammaln(q) + q * np.log(v) - (p * orders + q) * np.log(v + total)
        return -float(np.mean(rates + (p - 1) * logs - orders * special.gammaln(p)))

    p, q, v = np.exp(optimize.minimize(surprise, np.log([1.0, 3.0, total.sum() / orders.sum()]), method="L-BFGS-B").x)
    return float(p), float(q), float(v)


def bulk_buyer(data: Any) -> Any:
    """The buyer asked about: of those with two orders, the one with the largest mean."""
    known = bulk_buyers(data)
    return known[known.orders == 2].iloc[0]


def mean_to_come(one: Any, p: float, q: float, v: float) -> float:
    """What the next order of a buyer is expected to come to: what all buyers do tells how far the buyer's own orders are luck (the same paper)."""
    return float(p * (v + one.total) / (p * one.orders + q - 1))


def bulk_order(data: Any) -> float:
    return mean_to_come(bulk_buyer(data), *gamma_gamma(data))


def bulk_order_naive(data: Any) -> float:
    """The buyer's own mean, as if two orders were enough to know somebody."""
    one = bulk_buyer(data)
    return float(one.total / one.orders)
