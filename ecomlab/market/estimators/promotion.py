"""Promotion: what a coupon brought, and to whom it is worth sending."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..customers import TENURES
from .once import once

_COUPONS = """
    with known as (select shopper, min(placed_day) as since from b2c_order group by shopper),
    asked as (
        select c.campaign, k.shopper, h.shopper is not null as held
        from coupon_campaign c join known k on k.since < c.first_day left join coupon_holder h on h.campaign = c.campaign and h.shopper = k.shopper
        where not c.aimed),
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


#: Coupons that one is free to send.
TO_SEND = 1_000
_AIMED = f"""
    with known as (
        select c.campaign, s.user_name as shopper, h.shopper is not null as held,
               {' + '.join(f'(c.first_day - s.joined >= {days})::integer' for days in TENURES)} as tenure
        from coupon_campaign c join b2c_shopper s on s.joined < c.first_day
        left join coupon_holder h on h.campaign = c.campaign and h.shopper = s.user_name where c.aimed),
    placed as (
        select c.campaign, o.shopper, count(*) as orders from coupon_campaign c join b2c_order o on o.placed_day between c.first_day and c.last_day
        group by all)
    select tenure, held, count(*) as customers, coalesce(sum(p.orders), 0) as orders from known left join placed p using (campaign, shopper) group by all"""


@once
def aimed(data: Any) -> tuple[Any, Any]:
    """Customers, and orders in the weeks of coupons that were aimed; shape (3, 2) each: how long the customers had been known (less than eight weeks, less
    than 26, longer), and whether they held a coupon, no first."""
    by = data.sql(_AIMED).df().set_index(["tenure", "held"])
    all_groups = by.reindex([(tenure, held) for tenure in range(3) for held in (False, True)], fill_value=0)
    return all_groups.customers.to_numpy(dtype=float).reshape(3, 2), all_groups.orders.to_numpy(dtype=float).reshape(3, 2)


def _pace(customers: Any, orders: Any) -> Any:
    """Orders of a customer; 0 of none."""
    return orders / np.maximum(customers, 1)


def aimed_lift(data: Any) -> float:
    """The holders' orders against those that they would have placed at the pace of the others who had been known for as long: among these a coin decided
    who got one, if not an even one. To weigh each customer by the inverse chance to be in its group comes to the same."""
    customers, orders = aimed(data)
    return float(orders[:, 1].sum() / (customers[:, 1] * _pace(customers, orders)[:, 0]).sum() - 1)


def aimed_lift_naive(data: Any) -> float:
    """Who had a coupon against who had none: it went to those who come often anyway."""
    customers, orders = (of.sum(axis=0) for of in aimed(data))
    return float(orders[1] / customers[1] / (orders[0] / customers[0]) - 1)


def next_coupons(data: Any) -> float:
    """What each group's holders order beyond the others, for so many coupons, where it is most."""
    customers, orders = aimed(data)
    pace = _pace(customers, orders)
    return float(TO_SEND * np.max(pace[:, 1] - pace[:, 0]))


def next_coupons_naive(data: Any) -> float:
    """What the holders order in the group that orders most: they would have ordered most of that anyway."""
    customers, orders = aimed(data)
    return float(TO_SEND * np.max(_pace(customers, orders)[:, 1]))
