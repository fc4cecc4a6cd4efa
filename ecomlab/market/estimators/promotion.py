"""Promotion: what a coupon brought."""

from __future__ import annotations

from typing import Any

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
