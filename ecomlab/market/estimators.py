"""How what is true of a market is found from its data: for each question of `questions` the estimator that is right, and the one that suggests itself.

Each takes a data set (`ecomlab.data.open`) and gives a number. They need the extra `analytics`: scipy and statsmodels do what is theirs. The
notebooks show these very functions, and the tests hold them against a hundred markets whose truth is known.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# --- customers who come back -----------------------------------------------------------------------------------------------


def customers(data: Any) -> Any:
    """A row for each customer, in weeks: x (orders after the first), recency (from the first to the last), age (from the first to the end)."""
    return data.sql(
        """select count(*) - 1 as x, (max(placed_day) - min(placed_day)) / 7 as recency, ($end - min(placed_day) + 0.5) / 7 as age
           from b2c_order group by shopper""",
        end=data.day,
    ).df()


def bg_nbd(data: Any) -> tuple[float, float, float, float]:
    """r, alpha, a, b of the BG/NBD model by maximum likelihood (Fader, Hardie and Lee, Marketing Science 24, 2005, equation 6)."""
    from scipy import optimize, special

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
    from scipy import special

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


# --- how many pieces --------------------------------------------------------------------------------------------------------


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
    from scipy import optimize, special

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


# --- price ------------------------------------------------------------------------------------------------------------------


def category_of_prices(data: Any) -> str:
    """The category that sells most in the shops that set prices at random."""
    weekly = prices_and_sales(data)
    weekly = weekly[weekly.shop.isin(experimenting(data))]
    return str(weekly.groupby("category").pieces.sum().sort_values().index[-1])


def experimenting(data: Any) -> list[str]:
    """Shops whose prices move from week to week by more than costs do: they set them at random."""
    moved = data.sql(
        """select m.member as shop, stddev(ln(p.price / p.cost) - ln(q.price / q.cost)) as spread
           from price_week p join price_week q on q.product = p.product and q.week = p.week + 7
           join b2c_product b on b.product = p.product join b2c_merchant m using (merchant) group by m.member""",
    ).df()
    return sorted(moved.shop[moved.spread > 0.1])


def prices_and_sales(data: Any) -> Any:
    """A row for each whole week and article: week, shop, article, category, price, days on which it did not run out, and pieces sold on those."""
    return data.sql(
        """with day_sold as (
               select o.placed_day as day, l.product, sum(l.quantity) as pieces from b2c_order o join b2c_order_line l using (number) group by all),
           sold as (
               select (s.day - $start) // 7 as nth, s.product, sum(s.pieces) as pieces
               from day_sold s anti join stock_out x on x.day = s.day and x.product = s.product group by all),
           short as (select (day - $start) // 7 as nth, product, count(*) as days from stock_out group by all)
           select p.week, m.member as shop, p.product as article, g.product_category as category, p.price::double as price,
                  (7 - coalesce(x.days, 0))::double as days, coalesce(s.pieces, 0)::double as pieces
           from price_week p join product g on g.gtin = p.product join b2c_product b on b.product = p.product join b2c_merchant m using (merchant)
           left join sold s on s.nth = (p.week - $start) // 7 and s.product = p.product
           left join short x on x.nth = (p.week - $start) // 7 and x.product = p.product
           where p.week + 6 <= $end and coalesce(x.days, 0) < 7 order by all""",
        start=data.start, end=data.day,
    ).df()  # fmt: skip


def elasticity(weekly: Any, effects: bool = True) -> float:
    """By how many percent fewer pieces are sold where the price is higher by 1 %: Poisson regression of a day's pieces on the logarithm of the price.

    effects: an article is compared with itself and with others in the same week, so that neither what it is liked for nor the calendar counts.
    """
    import pandas
    import statsmodels.api as sm

    given = pandas.DataFrame({"price": np.log(weekly.price)})
    if effects:
        given = given.join(pandas.get_dummies(weekly.article, dtype=float)).join(pandas.get_dummies(weekly.week, dtype=float, drop_first=True))
    else:
        given["one"] = 1.0
    given.columns = given.columns.map(str)
    made = sm.GLM(weekly.pieces, given, family=sm.families.Poisson(), exposure=weekly.days).fit()
    return -float(made.params["price"])


def of_experiments(data: Any) -> Any:
    """Weekly prices and sales of the category asked about in the shops that set prices at random."""
    weekly = prices_and_sales(data)
    return weekly[(weekly.category == category_of_prices(data)) & weekly.shop.isin(experimenting(data))]


def price_elasticity(data: Any) -> float:
    return elasticity(of_experiments(data))


def price_elasticity_naive(data: Any) -> float:
    """Dear articles against cheap ones: what costs more to make is also better liked."""
    return elasticity(of_experiments(data), effects=False)


# --- promotion --------------------------------------------------------------------------------------------------------------

_COUPONS = """
    with known as (select shopper, min(placed_day) as since from b2c_order group by shopper),
    asked as (
        select c.campaign, k.shopper, h.shopper is not null as held
        from coupon_campaign c join known k on k.since < c.first_day left join coupon_holder h on h.campaign = c.campaign and h.shopper = k.shopper),
    placed as (
        select c.campaign, o.shopper, count(*) filter (o.placed_day >= c.first_day) as during, count(*) filter (o.placed_day < c.first_day) as before
        from coupon_campaign c join b2c_order o on o.placed_day between c.first_day - 7 and c.last_day group by all)
    select a.held, count(*) as customers, coalesce(sum(p.during), 0)::double as during, coalesce(sum(p.before), 0)::double as before
    from asked a left join placed p on p.campaign = a.campaign and p.shopper = a.shopper group by a.held"""


def coupon_lift(data: Any) -> float:
    """Orders of customers with a coupon against those without, in the same weeks: a coin decided who got one."""
    by = data.sql(_COUPONS).df().set_index("held")
    rate = by.during / by.customers
    return float(rate[True] / rate[False] - 1)


def coupon_lift_naive(data: Any) -> float:
    """The holders' week against the week before, which was another week of the year, and in which some had come for the first time."""
    by = data.sql(_COUPONS).df().set_index("held")
    return float(by.during[True] / by.before[True] - 1)


# --- goods that come back, and goods that are not there ----------------------------------------------------------------------


def category_of_returns(data: Any) -> str:
    return str(data.sql(
        """select product_category from b2c_order_line l join product on gtin = l.product group by 1 order by count(*) desc, 1 limit 1"""
    ).fetchall()[0][0])  # fmt: skip


_RETURNED = """
    select avg(exists (from b2c_return r join b2c_return_line b using (number) where r.web_order = o.number and b.product = l.product)::int)
    from b2c_order o join b2c_order_line l using (number) join product on gtin = l.product where product_category = $category and """


def return_share(data: Any) -> float:
    """Lines that came back, of those that arrived long enough ago to have come back."""
    found = data.sql(_RETURNED + "o.received_day <= $end - 8", end=data.day, category=category_of_returns(data))
    return float(found.fetchall()[0][0])


def return_share_naive(data: Any) -> float:
    """The same of what was ordered in the last month, some of which has had no time to come back."""
    found = data.sql(_RETURNED + "o.placed_day > $end - 30", end=data.day, category=category_of_returns(data))
    return float(found.fetchall()[0][0])


# --- delivery ---------------------------------------------------------------------------------------------------------------


def fastest_carrier(data: Any) -> str:
    """The carrier asked about."""
    found = data.sql("select carrier from shipment where received_day is not null group by 1 order by avg(received_day - shipped_day), 1 limit 1")
    return str(found.fetchall()[0][0])


def days_under_way(data: Any) -> Any:
    """Whole days of that carrier's parcels to the nearest province, outside the weeks of the great sales, sent early enough to have arrived."""
    return data.sql(
        """select received_day - shipped_day as days from shipment
           where carrier = $carrier and province = '44' and shipped_day <= $end - 40 and month(shipped_day) not in (6, 11, 12)""",
        carrier=fastest_carrier(data), end=data.day,
    ).df().days.dropna().to_numpy(dtype=float)  # fmt: skip


def days_for_most(data: Any) -> float:
    """The 95th percentile of a lognormal distribution that was seen in whole days only: maximum likelihood of the days between which it fell."""
    from scipy import optimize, stats

    days, many = np.unique(days_under_way(data), return_counts=True)

    def surprise(at: Any) -> float:
        mean, spread = at[0], np.exp(at[1])
        with np.errstate(divide="ignore"):
            likely = stats.norm.cdf((np.log(days) - mean) / spread) - stats.norm.cdf((np.log(days - 1) - mean) / spread)
        return -float(np.sum(many * np.log(np.maximum(likely, 1e-300))))

    found = optimize.minimize(surprise, [np.log(np.average(days, weights=many)), np.log(0.3)], method="Nelder-Mead")
    return float(np.exp(found.x[0] + stats.norm.ppf(0.95) * np.exp(found.x[1])))


def days_for_most_naive(data: Any) -> float:
    """Mean and two standard deviations of the whole days, as if they lay evenly to both sides."""
    days = days_under_way(data)
    return float(days.mean() + 2 * days.std())


# --- money ------------------------------------------------------------------------------------------------------------------


def never_paid(data: Any) -> float:
    """Of the orders to be paid at the door, what had not been paid after 120 days: by then all has come that will come."""
    return _unpaid(data, 120, 10_000)


def never_paid_naive(data: Any) -> float:
    """What is unpaid today of those of the last 60 days, most of which only take their time."""
    return _unpaid(data, 0, 60)


def _unpaid(data: Any, older: int, younger: int) -> float:
    return float(data.sql(
        """select avg((p.number is null)::int) from b2c_order o left join b2c_payment p on p.web_order = o.number and p.paid_day is not null
           anti join b2c_return r on r.web_order = o.number
           where o.payment_kind = 'cash_on_delivery' and o.shipped_day between $end - $younger and $end - $older""",
        end=data.day, older=older, younger=younger,
    ).fetchall()[0][0])  # fmt: skip
