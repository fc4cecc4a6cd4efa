"""Who comes on a business day and what becomes of it, before anything is booked: the market's demand meets the shop's shelves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from ...books import promotions
from ...kernel.doing import Looking
from ...market import live
from . import advertising
from .offers import VISITORS, Own, day_of, made, shown, truth_of
from .posting import Posting


@dataclass
class Sold:
    """A product's day: how often it was looked at, and the pieces asked for, sold, and asked for in vain."""

    product: str
    price: Decimal
    looked: int = 0
    asked: int = 0
    sold: int = 0
    lost: int = 0


@dataclass
class Ordered:
    """What a customer, known by number, orders: (product, pieces, list price)."""

    customer: int
    at_the_door: bool
    pieces: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    goods: list[tuple[str, int, Decimal]] = field(default_factory=list)


@dataclass(frozen=True)
class Trade:
    """A day. counts: those of `live_day`. rules: the promotions that run. baskets: in the order in which people came."""

    counts: tuple[int, ...]
    rules: Sequence[Any]
    products: list[Sold]
    baskets: list[Ordered]


def day_of_trade(look: Looking, shop: Any, products: Sequence[Any], posting: Posting | None, spent: Mapping[str, Decimal]) -> Trade:
    """The day of a shop (its instruction, with its owner, and `late` orders that wait too long): what is ordered can be had, by the instruction."""
    truth, day, on_sale = truth_of(look, shop.merchant), day_of(look), shown(look)
    rules = promotions.running(look, shop.member)
    listed = {product: row.price for (merchant, product), row in on_sale.items() if merchant == shop.merchant}
    own = [
        Own(product, price, posting.on_one(product, price) if posting else Decimal(0), max(0, on_sale[shop.merchant, product].free - shop.kept_back))
        for product, price in ((product, _price(look, shop, rules, product, list_price)) for product, list_price in listed.items())
    ]
    led = live.brought(truth, VISITORS, day, advertising.spent(look, shop.merchant, live.FELT, spent)) if shop.advertises else 0
    who, newcomers = _who(look, truth, shop.merchant, day, led)
    mall = live.Mall(truth, made(look, truth, shop.merchant, products, own, on_sale, shop.late))
    lines = mall.wanted(who, day)
    sold = [Sold(o.product, o.price) for o in own]
    free = [o.free for o in own]
    orders: dict[int, Ordered] = {}
    asked_here = np.flatnonzero(lines.article < len(own))
    door = live.at_the_door(truth, lines.order)

    def ask(i: int, which: int) -> bool:
        """A line asks for one of the own products; whether anything can be sent."""
        wanted, product = int(lines.pieces[i]), sold[which]
        there = min(wanted, free[which]) if shop.partly or free[which] >= wanted else 0
        product.asked, product.sold, product.lost = product.asked + wanted, product.sold + there, product.lost + wanted - there
        free[which] -= there
        if there:
            orders.setdefault(int(lines.order[i]), Ordered(int(lines.customer[i]), bool(door[i]))).pieces[which] += there
        return there > 0

    missed = [i for i in asked_here.tolist() if not ask(i, int(lines.article[i]))]
    if missed:
        empty = np.zeros(len(mall.offers.shop), dtype=bool)
        empty[: len(own)] = [f <= 0 for f in free]
        for i, other in zip(missed, mall.instead(lines[np.array(missed)], empty).tolist(), strict=True):
            if 0 <= other < len(own):
                ask(i, other)
    for order in orders.values():
        order.goods = [(own[k].product, pieces, listed[own[k].product]) for k, pieces in sorted(order.pieces.items())]
    seen = mall.looked_at(who)
    looks = np.bincount(seen[(seen >= 0) & (seen < len(own))], minlength=len(own))
    for product, count in zip(sold, looks, strict=True):
        product.looked = int(count)
    here = ((seen >= 0) & (seen < len(own))).any(axis=0) | np.isin(who.order, lines.order[asked_here])
    turn = {int(number): k for k, number in enumerate(who.order)}
    baskets = [orders[number] for number in sorted(orders, key=turn.__getitem__)]
    wanted = len(np.unique(lines.order[asked_here]))
    dear, slow = mall.lost(who, live.waiting(shop.late))
    counts = (newcomers + led, led, len(who.order), int(here.sum()), wanted, max(0, wanted - len(baskets)), dear, slow)
    return Trade(counts, rules, sold, baskets)


def _price(look: Looking, shop: Any, rules: Sequence[Any], product: str, price: Decimal) -> Decimal:
    """What one piece costs today."""
    return promotions.quote(look, shop.member, [(product, 1, price)], can_give=lambda product: False, rules=rules).lines[0].unit_price if rules else price


def _who(look: Looking, truth: Any, merchant: str, day: int, led: int) -> tuple[live.Came, int]:
    """Who comes today, and how many of them for the first time by themselves."""
    before = {(r.day - look.start).days + live.BEFORE: r.led for r in look.all("select day, led from live_day where merchant = $m", m=merchant)}
    new = {d: live.newcomers(truth, VISITORS, d) for d in range(live.BEFORE, day + 1)}
    led_on = {**before, day: led}
    days = [(d, n + led_on.get(d, 0), led_on.get(d, 0)) for d, n in new.items()]
    return live.came(truth, day, VISITORS, days), new[day]
