"""Launching and ending promotions, and the coupons of one."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from .. import documents
from ..periods import check_period

PROMOTION = documents.kind("promotion", "PR", ("促销活动", "promotion"), {"open": ("ended",), "ended": ()}, module="promotions")
COUPON = documents.kind("coupon", "PC", ("优惠券", "coupon"), {"given": ("used",), "used": ("given",)}, module="promotions")
TIME_PRICE, AMOUNT_OFF, BY_COUPON, GIFT = KINDS = ("time_price", "amount_off", "coupon", "gift")

MORE_OFF_THAN_LIMIT = refusal(
    "more_off_than_limit",
    "满 {threshold} 元不能减 {amount} 元：优惠须少于门槛。请减少优惠或提高门槛。",
    "{amount} CNY cannot be taken off from {threshold} CNY on: the discount must be less than the limit. Take off less, or raise the limit.",
)
PROMOTED_PRODUCT = refusal("promoted_product", "限时价和赠品须选定商品。请选择商品。", "A time price and a gift are of a product. Choose one.")
PAST_DAYS = refusal(
    "promotion_in_the_past", "活动的最后一天已过（今天是 {today}）。请填写以后的日期。", "The last day is over (today is {today}). Enter a later one."
)
NOT_YOUR_COUPON = refusal(
    "not_your_coupon",
    "优惠券“{number}”不是你的，或不属于这家商店。请从列表中选择。",
    "The coupon {number} is not yours, or not of this shop. Choose one from the list.",
)
COUPON_OVER = refusal(
    "coupon_over", "优惠券“{number}”只在 {first} 至 {last} 有效。请不用它结账。", "The coupon {number} holds from {first} to {last} only. Check out without it."
)
COUPON_SHORT = refusal(
    "coupon_short",
    "优惠券“{number}”满 {threshold} 元可用，本单为 {amount} 元。请增加商品，或不用它。",
    "The coupon {number} holds from {threshold} CNY on, and this order comes to {amount} CNY. Add goods, or leave it.",
)


def launch(
    do: Doing, seller: str, kind: str, title: str, amount: Decimal, first: datetime.date, last: datetime.date,
    product: str | None = None, threshold: Decimal = Decimal("0.00"),
) -> str:  # fmt: skip
    """Announces a promotion of a seller (a member); gives its number. It holds on the days from `first` to `last`.

    amount: the time price of `product`; what is taken off, CNY; or the list price of the gift `product`. threshold: the basket from which it holds.
    Refuses 'period_reversed', 'promotion_in_the_past', 'promoted_product' and 'more_off_than_limit'.
    """
    if kind not in KINDS:
        raise ValueError(f"no promotion is a {kind!r}")
    check_period(first, last, "to_day")
    if last < do.day:
        raise PAST_DAYS("to_day", today=do.day)
    if kind in (TIME_PRICE, GIFT) and product is None:
        raise PROMOTED_PRODUCT("product")
    if kind in (AMOUNT_OFF, BY_COUPON) and amount >= threshold:
        raise MORE_OFF_THAN_LIMIT("amount", amount=f"{amount:,}", threshold=f"{threshold:,}")
    made = documents.create(do, PROMOTION, owner=seller)
    do.execute(
        "insert into promotion values ($n, $seller, $kind, $title, $product, $threshold, $amount, $first, $last)",
        n=made.number, seller=seller, kind=kind, title=title, product=product, threshold=threshold, amount=amount, first=first, last=last,
    )  # fmt: skip
    return made.number


def end(do: Doing, number: str, seller: str, field: str = "promotion") -> str:
    """Ends a promotion of a seller before its last day; gives its number. Coupons of it hold no longer. Refuses as `documents.find`, and 'wrong_state'."""
    documents.find(do, PROMOTION, number, field, owner=seller).move_to("ended", field)
    return number


def listed(look: Looking, seller: str) -> Table:
    """A seller's promotions, newest first: number, promotion_kind, title, state, product, threshold, amount, from_day, to_day, coupons (given), used."""
    made = look.table(
        """select p.number, p.promotion_kind, p.title, d.state, p.product, p.threshold, p.amount, p.from_day, p.to_day,
                  count(c.number)::integer as coupons, count(c.used_for)::integer as used
           from promotion p join document d using (number) left join coupon c on c.promotion = p.number where p.seller = $seller
           group by all order by p.number desc""",
        seller=seller,
    )
    made.module = "promotions"
    return made


def give_coupon(do: Doing, promotion: str, seller: str, holder: str, field: str = "promotion") -> str:
    """Gives somebody a coupon of a coupon promotion; gives its number. Refuses as `documents.find`, and 'wrong_state' for one that has ended."""
    found = documents.find(do, PROMOTION, promotion, field, owner=seller)
    found.must_allow("ended", field)
    made = documents.create(do, COUPON, owner=holder, parent=promotion)
    do.execute("insert into coupon values ($n, $promotion, $holder, null)", n=made.number, promotion=promotion, holder=holder)
    return made.number


def checked_coupon(look: Looking, number: str, seller: str, holder: str, subtotal: Decimal, field: str = "coupon") -> Any:
    """The promotion of a coupon that holds for a basket: its row. Refuses 'not_your_coupon', 'coupon_over' and 'coupon_short'."""
    row = look.one(
        """select p.*, d.state, x.state as coupon_state from coupon c join promotion p on p.number = c.promotion join document d on d.number = p.number
           join document x on x.number = c.number where c.number = $n and c.holder = $holder and p.seller = $seller""",
        n=number, holder=holder, seller=seller,
    )  # fmt: skip
    if row is None or row.coupon_state == "used":
        raise NOT_YOUR_COUPON(field, number=number[:40])
    if row.state != "open" or not row.from_day <= look.day <= row.to_day:
        raise COUPON_OVER(field, number=number, first=row.from_day, last=row.to_day)
    if subtotal < row.threshold:
        raise COUPON_SHORT(field, number=number, threshold=f"{row.threshold:,}", amount=f"{subtotal:,}")
    return row


def use_coupon(do: Doing, number: str, document: str) -> None:
    """A coupon is used for a document; `checked_coupon` has said that it holds."""
    documents.find(do, COUPON, number, "coupon").move_to("used", "coupon")
    do.execute("update coupon set used_for = $document where number = $n", document=document, n=number)


def release_coupon(do: Doing, document: str) -> None:
    """What a coupon was used for came to nothing: its holder has it again."""
    for r in do.all("select number from coupon where used_for = $document order by number", document=document):
        documents.find(do, COUPON, r.number).move_to("given")
        do.execute("update coupon set used_for = null where number = $n", n=r.number)


@invariant("coupons_used_once", "每张优惠券最多用于一张单据，已使用的都有单据", "A coupon is used for one document at most, and a used one for just one")
def _once(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.state}, used for {r.used_for}"
        for r in look.all(
            "select c.number, d.state, c.used_for from coupon c join document d using (number) where (d.state = 'used') <> (c.used_for is not null) order by 1"
        )
    ]
