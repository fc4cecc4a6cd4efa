"""Goods that customers send back: which ones, by the market's model, and what the standing instruction says is done with them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from decimal import Decimal
from itertools import groupby
from typing import Any

from ...books.batches import Batch
from ...kernel.doing import Looking
from ..b2c import coming_back, many

#: What customers say when they send goods back.
REASON = "收到后不想要了 No longer wanted"


def take_back(batch: Batch, shop: many.Shop, told: Any, collected: Set[str]) -> None:
    """What comes back today. Orders that were worked by hand are the owner's to decide, and so is what the money does not cover.

    collected: the orders whose cash the courier brings today.
    """
    coming = _coming(batch.do, told, collected)
    by_itself = {order for order, by_hand in coming if not by_hand and told.returned != "by_hand"}
    served = _within_means(shop, told.cash, [back for (order, _), back in coming.items() if order in by_itself]) if by_itself else []
    if served:
        coming_back.take_back(batch, shop, served, REASON, told.returned)
    if asked := [back for back in coming.values() if back not in served]:
        coming_back.request(batch, shop, asked, REASON)


def _within_means(shop: many.Shop, cash: Decimal, back: Sequence[coming_back.Back]) -> list[coming_back.Back]:
    """Those that can be refunded: to cards from the settlement account, what was paid at the door in cash."""
    account = shop.account.balance if shop.account else 0
    found = []
    for b in back:
        if b.transaction and b.amount <= account:
            account -= b.amount
        elif b.collected and b.amount <= cash:
            cash -= b.amount
        elif b.transaction or b.collected:
            continue
        found.append(b)
    return found


def _coming(look: Looking, told: Any, collected: Set[str]) -> dict[tuple[str, bool], coming_back.Back]:
    """What is sent back today, by order and whether it was worked by hand. Nothing of an order of which something came back before."""
    from ...market.live import RETURNING

    lines = look.all(
        """select o.number, o.shopper, s.member, b.number is not null as paid, b.transaction, d.step, v.by_hand, o.received_day, o.return_days,
                  l.product, l.quantity, l.amount, l.cost, p.product_category
           from b2c_order o join live_order v using (number) join document d using (number) join b2c_shopper s on s.user_name = o.shopper
           join b2c_order_line l on l.number = o.number join product p on p.gtin = l.product left join b2c_payment b on b.web_order = o.number
           where o.merchant = $m and d.state = 'shipped' and o.received_day between $first and $yesterday
             and o.number not in (select web_order from b2c_return) order by o.number, l.product""",
        m=told.merchant, first=look.day - datetime.timedelta(days=RETURNING), yesterday=look.day - datetime.timedelta(days=1),
    )  # fmt: skip
    sent = _sent(look, told.merchant, lines) if lines else []
    found = {}
    for number, group in groupby(zip(lines, sent, strict=True), key=lambda pair: pair[0].number):
        rows = list(group)
        back = [coming_back.Returned(r.product, r.quantity, r.amount, r.cost) for r, comes in rows if comes]
        first = rows[0][0]
        if back:
            in_cash = (first.paid or number in collected) and not first.transaction
            found[number, first.by_hand] = coming_back.Back(
                number, first.shopper, first.member, first.transaction, in_cash, first.step, len(back) == len(rows), back
            )
    return found


def _sent(look: Looking, merchant: str, lines: Sequence[Any]) -> list[bool]:
    """Which of these lines are sent back today."""
    import numpy as np

    from ...market import live
    from .offers import CATEGORIES, truth_of

    order = np.array([int(r.number.rpartition("-")[2]) for r in lines], dtype=np.int64)
    product = np.array([int(r.product) for r in lines], dtype=np.int64)
    category = np.array([CATEGORIES.index(r.product_category) for r in lines], dtype=np.int64)
    promised = np.array([r.return_days for r in lines], dtype=np.int64)
    comes, after = live.sent_back(truth_of(look, merchant), order, product, category, promised)
    since = np.array([(look.day - r.received_day).days for r in lines], dtype=np.int64)
    return [bool(today) for today in comes & (after == since)]
