"""Delivery: days under way, carriers against each other, and goods that come back."""

from __future__ import annotations

from typing import Any

import numpy as np

from .libraries import needed


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
    optimize = needed("scipy.optimize")
    stats = needed("scipy.stats")

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


def by_carrier_and_province(data: Any) -> Any:
    """Parcels of ordinary days that have had the time to arrive: columns carrier, province, parcels, days (under way, their mean)."""
    return data.sql(
        """select carrier, province, count(*) as parcels, avg(received_day - shipped_day) as days from shipment
           where received_day is not null and shipped_day <= $end - 40 and month(shipped_day) not in (6, 11, 12) group by all order by all""",
        end=data.day,
    ).df()  # fmt: skip


def two_carriers(data: Any) -> tuple[str, str]:
    """The carriers asked about: the one whose parcels go farthest, by how long parcels there take in general, and of the others the one with most parcels."""
    found = by_carrier_and_province(data)
    by_province = found.assign(all_days=found.parcels * found.days).groupby("province")[["all_days", "parcels"]].sum()
    way = found.province.map(by_province.all_days / by_province.parcels)
    parcels = found.groupby("carrier").parcels.sum()
    far = str(((found.parcels * way).groupby(found.carrier).sum() / parcels).idxmax())
    return far, str(parcels.drop(far).idxmax())


def longer_at_equal_distance(data: Any) -> float:
    """How many days longer the first of two carriers takes: province by province, weighed by the share of each in all parcels (direct standardization)."""
    found = by_carrier_and_province(data)
    days, parcels = (found.pivot(index="province", columns="carrier", values=what) for what in ("days", "parcels"))
    far, other = two_carriers(data)
    weight = parcels.sum(axis=1)[days[[far, other]].notna().all(axis=1)]
    return float(((days[far] - days[other]) * weight).sum() / weight.sum())


def longer_at_equal_distance_naive(data: Any) -> float:
    """The means of all their parcels, wherever these went."""
    found = by_carrier_and_province(data)
    mean = {c: float((rows.days * rows.parcels).sum() / rows.parcels.sum()) for c, rows in found.groupby("carrier")}
    far, other = two_carriers(data)
    return mean[far] - mean[other]


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
