"""Haulage: trucks that bring suppliers' goods to the shops, when they come, and what they cost.

What is ready for a shop on a day comes by one truck, which is due on that day, and on some days late. The supplier pays the haulier, by weight.
"""

from __future__ import annotations

import numpy as np

from .draws import Ints
from .goods import Goods
from .numbers import poisson
from .truth import Truth

#: Days at most that a truck comes late.
MOST_LATE = 5


def hauliers(truth: Truth) -> Ints:
    """Who hauls to a shop: the kind of haulier (index of `Truth.hauliers`) times the parts, and the shop's part, within which all trade. Shape (shops,)."""
    shop = np.arange(truth.shops)
    return truth.draws.below(len(truth.hauliers), "haulier", shop) * truth.parts + shop % truth.parts


def late(truth: Truth) -> Ints:
    """By how many days the truck that is due at a shop comes late; shape (days, shops). Nothing is late on the first day, with which the market begins."""
    day, shop = np.ogrid[: truth.days, : truth.shops]
    found = days_late(truth, hauliers(truth), "late", day, shop)
    found[0] = 0
    return found


def days_late(truth: Truth, haulier: Ints, purpose: str, *truck: Ints) -> Ints:
    """By how many days trucks of these hauliers (`hauliers`) come late. purpose, truck: what tells one truck from another, as in `Draws.words`."""
    kind = haulier // truth.parts
    share = np.array([h[1] for h in truth.hauliers])[kind]
    further = np.array([h[2] for h in truth.hauliers])[kind] - 1
    days = 1 + poisson(further, truth.draws.words(f"how {purpose}", *truck))
    return np.asarray(np.where(truth.draws.uniform(purpose, *truck) < share, np.minimum(days, MOST_LATE), 0))


def delays(truth: Truth, goods: Goods, articles: Ints) -> Ints:
    """The same for the shops of articles; shape (days, articles)."""
    return np.asarray(late(truth)[:, goods.shop[articles]])
