"""Parcels: when a line's goods arrive, whether and when they come back, and how and when an order is paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .calendar import great_sales
from .choice import BRUSHED, Lines
from .customers import arrivals
from .draws import Ints
from .goods import Goods
from .numbers import exp, quantile
from .truth import PROVINCES, Truth

#: Days from an order to its shipment, and after a receipt within which goods come back (the statutory seven days, Consumer Protection Law, art. 25).
HANDLING, RETURN_DAYS = 0, 7
ONLINE, PLATFORM, AT_THE_DOOR = 0, 1, 2


@dataclass(frozen=True)
class Fate:
    """What becomes of each line, if its goods are there: days counted from 0; -1 where it does not happen within the market's days or at all.

    shipped, received: of the order; back: when the goods of the line are on the shelf again; paid: when the merchant has the money; kind: how
    (ONLINE, PLATFORM, AT_THE_DOOR); province: index of where it goes; carrier: index of who carries it.
    """

    shipped: Ints
    received: Ints
    back: Ints
    paid: Ints
    kind: Ints
    province: Ints
    carrier: Ints


def fates(truth: Truth, goods: Goods, lines: Lines) -> Fate:
    draws, end = truth.draws, truth.days - 1
    shop = goods.shop[lines.article]
    shipped = np.where(lines.day + HANDLING <= end, lines.day + HANDLING, -1)
    province = arrivals(truth, lines.customer)[1]
    # the shop's own carrier, but far away as often as not the one who goes everywhere: whose days are longer for that alone
    left = (province >= len(PROVINCES) // 2) & (draws.uniform("left to the last", lines.order) < truth.left_to_the_last)
    carrier = np.where(left, len(truth.carriers) - 1, goods.carrier[shop])
    mean = np.array([c[1] for c in truth.carriers])[carrier]
    spread = np.array([c[2] for c in truth.carriers])[carrier]
    slow = np.where(great_sales(truth)[lines.day], truth.slower_at_sales, 0.0)
    far = truth.distance * province / (len(PROVINCES) - 1)
    under_way = np.ceil(exp(mean + far + slow + spread * quantile("normal", draws.words("parcel", lines.order)))).astype(np.int64)
    received = np.where((shipped >= 0) & (shipped + under_way <= end), shipped + under_way, -1)
    share = np.array([c[5] for c in truth.categories])[goods.category[lines.article]]
    returned = (draws.uniform("returned", lines.order, lines.article) < share) & (lines.order < BRUSHED) & (received >= 0)
    back = received + 1 + draws.below(RETURN_DAYS, "return day", lines.order, lines.article)
    back = np.where(returned & (back <= end), back, -1)
    u = draws.uniform("payment", lines.order)
    door = (u < truth.at_the_door) & (lines.order < BRUSHED)
    kind = np.where(door, AT_THE_DOOR, np.where(u < 0.6, ONLINE, PLATFORM))
    late = np.ceil(exp(truth.cash_days[0] + truth.cash_days[1] * quantile("normal", draws.words("cash", lines.order)))).astype(np.int64)
    never = draws.uniform("never paid", lines.order) < truth.never_paid
    paid = np.where(kind == ONLINE, lines.day, np.where(kind == PLATFORM, received + RETURN_DAYS + 1, np.where(never, -1, shipped + late)))
    waits = (kind == PLATFORM) & (received < 0) | (kind == AT_THE_DOOR) & (shipped < 0)
    paid = np.where(waits | (paid > end), -1, paid)
    return Fate(shipped, received, back, paid, kind, province, carrier)
