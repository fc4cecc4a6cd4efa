"""Wholesale: institutions that order goods in bulk from the suppliers, how often, of what, and for how much.

What they order the supplier gets in for them, so nothing of it ever lies where shoppers look: what these find in the shops is what it would be without.
"""

from __future__ import annotations

import numpy as np

from .calendar import days
from .draws import Ints
from .goods import Goods
from .haulage import days_late, hauliers
from .numbers import chosen, cumulated, gamma, poisson, quantile
from .truth import Truth

#: What they pay more for a piece than a shop does, in percent (assumed).
MARKUP = 10


def bulk(truth: Truth, goods: Goods, part: int) -> dict[str, Ints]:
    """The lines of the bulk orders of a part, in the order of buyers and days: columns by name, shape (lines,) each.

    buyer; nth: of the buyer's orders; shop: for whose articles the order's supplier and haulier stand; article; day: on which it is ordered; due: on which
    it is to come; came: on which it does, -1 if after the last day; quantity; price, cost: of a piece, fen without tax.
    """
    draws, who = truth.draws, np.arange(part, truth.bulk_buyers, truth.parts)
    many = 1 + poisson(truth.further_bulk * quantile("exponential", draws.words("bulk pace", who)), draws.words("bulk orders", who))
    scale = truth.v / gamma(truth.q, draws, "bulk rate", who)
    buyer = np.repeat(who, many)
    nth = np.arange(len(buyer)) - np.repeat(np.cumsum(many) - many, many)
    working = np.flatnonzero([day.weekday() < 5 for day in days(truth)])
    day = working[draws.below(len(working), "bulk day", buyer, nth)]
    day = day[np.lexsort((day, buyer))]
    budget = np.repeat(scale, many) * gamma(truth.p, draws, "bulk budget", buyer, nth)
    shops = np.arange(part, truth.shops, truth.parts)
    shop = shops[draws.below(len(shops), "bulk supplier", buyer, nth)]
    due = day + truth.lead_least + draws.below(truth.lead_spread, "bulk lead", buyer, nth)
    came = due + days_late(truth, hauliers(truth)[shop], "bulk late", buyer, nth)
    came = np.where(came < truth.days, came, -1)
    # a budget goes in equal parts to articles that lie side by side
    lines = 1 + chosen(cumulated(truth.lines), draws.words("bulk lines", buyer, nth))
    row = np.repeat(np.arange(len(buyer)), lines)
    line = np.arange(len(row)) - np.repeat(np.cumsum(lines) - lines, lines)
    shelves = np.argsort(goods.shop, kind="stable").reshape(truth.shops, truth.articles)
    article = shelves[shop[row], (draws.below(truth.articles, "bulk article", buyer, nth)[row] + line) % truth.articles]
    cost = goods.cost[day[row] // 7, article]
    price = cost + (cost * MARKUP + 50) // 100
    quantity = np.maximum(1, np.rint(budget[row] * 100 / lines[row] / price).astype(np.int64))
    return {
        "buyer": buyer[row], "nth": nth[row], "shop": shop[row], "article": article, "day": day[row], "due": due[row], "came": came[row],
        "quantity": quantity, "price": price, "cost": cost,
    }  # fmt: skip
