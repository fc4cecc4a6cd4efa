"""What somebody pays now: time prices first, then the largest amount off that the basket reaches, then a coupon, and gifts on top.

What is to be paid in the end is shared out over the lines by their prices before, gifts among them by their list price (国税函〔2008〕875号: a gift with a
purchase is part of the sale, whose amount is shared out by fair value). So every line has an amount of its own to be revenue, and to be refunded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ...kernel.doing import Looking
from .. import sales
from .offers import AMOUNT_OFF, GIFT, TIME_PRICE, checked_coupon


class QuoteLine(NamedTuple):
    """So many pieces at a unit price (before what is taken off the basket), and what they come to in the end, CNY. gift: on top of what was ordered."""

    product: str
    quantity: int
    unit_price: Decimal
    amount: Decimal
    gift: bool = False


class Quote(NamedTuple):
    """A basket's lines, what it comes to, what was taken off its list prices (gifts included), and the promotions that did it, by number."""

    lines: list[QuoteLine]
    total: Decimal
    discount: Decimal
    promotions: list[str]


def price_now(look: Looking, seller: str, product: str, list_price: Decimal, quantity: int = 1) -> Decimal:
    """The price of a piece today, CNY: the lowest time price that holds for so many pieces, else the list price."""
    return _price(running(look, seller), product, list_price, quantity)[0]


def quote(
    look: Looking, seller: str, basket: Sequence[tuple[str, int, Decimal]], customer: str = "", coupon: str | None = None,
    can_give: Callable[[str], bool] = lambda product: True, rules: Sequence[Any] | None = None,
) -> Quote:  # fmt: skip
    """What a basket of (product, quantity, list price) comes to today. customer: the holder of the coupon. can_give: whether a gift is there.
    rules: what `running` gives, where many baskets are priced.

    Refuses a coupon that is not the customer's, does not hold today, or not for so small a basket (`offers.checked_coupon`).
    """
    rules = running(look, seller) if rules is None else rules
    used: list[str] = []
    weights: list[tuple[str, int, Decimal, bool]] = []
    for product, quantity, list_price in basket:
        price, by = _price(rules, product, list_price, quantity)
        weights.append((product, quantity, price, False))
        used += [by] if by else []
    subtotal = sum((price * quantity for _, quantity, price, _ in weights), Decimal("0.00"))
    total = subtotal
    reached = [r for r in rules if r.promotion_kind == AMOUNT_OFF and r.threshold <= subtotal]
    if reached:
        best = max(reached, key=lambda r: (r.amount, r.number))
        total -= best.amount
        used.append(best.number)
    if coupon:
        row = checked_coupon(look, coupon, seller, customer, total)
        total -= row.amount
        used.append(row.number)
    for r in rules:
        if r.promotion_kind == GIFT and r.threshold <= subtotal and can_give(r.product):
            weights.append((r.product, 1, r.amount, True))
            used.append(r.number)
    before = sum((q * p for _, q, p in basket), Decimal("0.00")) + sum((price for _, _, price, gift in weights if gift), Decimal("0.00"))
    parts = sales.share_out(total, [price * quantity for _, quantity, price, _ in weights]) if weights else []
    lines = [QuoteLine(product, quantity, price, part, gift) for (product, quantity, price, gift), part in zip(weights, parts, strict=True)]
    return Quote(lines, total, before - total, used)


def running(look: Looking, seller: str) -> list[Any]:
    """The promotions of a seller that hold today, by number; coupons hold for who has one, and are not among them."""
    return look.all(
        """select p.* from promotion p join document d using (number) where p.seller = $seller and d.state = 'open'
           and $day between p.from_day and p.to_day and p.promotion_kind <> 'coupon' order by p.number""",
        seller=seller, day=look.day,
    )  # fmt: skip


def _price(rules: Sequence[Any], product: str, list_price: Decimal, quantity: int) -> tuple[Decimal, str | None]:
    lower = [r for r in rules if r.promotion_kind == TIME_PRICE and r.product == product and r.amount < list_price and r.threshold <= list_price * quantity]
    best = min(lower, key=lambda r: (r.amount, r.number), default=None)
    return (list_price, None) if best is None else (best.amount, best.number)
