"""What a bid costs: minimum increments and the price that proxy maxima lead to. Pure functions over `Decimal` CNY.

Every bidder tells the house a maximum. The highest maximum leads, the earlier one where two are equal, and pays no
more than it takes to beat the second: its maximum plus one increment, and never more than the leader's own. So
telling one's true value is the best that a bidder can do (Vickrey 1961), whatever the others do.
"""

from __future__ import annotations

from decimal import Decimal

#: Tiered increments: below this price, this step; the last holds for all above.
TIERS: tuple[tuple[Decimal | None, Decimal], ...] = (
    (Decimal("100.00"), Decimal("1.00")),
    (Decimal("500.00"), Decimal("5.00")),
    (Decimal("1000.00"), Decimal("10.00")),
    (Decimal("5000.00"), Decimal("20.00")),
    (Decimal("20000.00"), Decimal("50.00")),
    (None, Decimal("100.00")),
)


def increment(price: Decimal, fixed: Decimal | None) -> Decimal:
    """By how much a bid must at least exceed `price`: the listing's own step, else that of the tier."""
    if fixed is not None:
        return fixed
    return next(step for below, step in TIERS if below is None or price < below)


def least_bid(price: Decimal | None, start: Decimal, fixed: Decimal | None) -> Decimal:
    """The least maximum that a new bid must name. price: the standing one, None before the first bid."""
    return start if price is None else price + increment(price, fixed)


def standing_price(top: Decimal, second: Decimal | None, start: Decimal, fixed: Decimal | None, reserve: Decimal | None) -> Decimal:
    """The price that the two highest maxima of different bidders lead to; second: None while there is one bidder.

    A maximum that reaches the reserve lifts the price to it, as if the seller had bid it.
    """
    price = start if second is None else min(top, second + increment(second, fixed))
    return max(price, reserve) if reserve is not None and top >= reserve else price
