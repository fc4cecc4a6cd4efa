"""Supply: what is there when it is asked for, and what is ordered from suppliers, for all articles of some shops day by day; in pieces (`costing` values).

What comes in on a day (deliveries, goods sent back) is booked before what goes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .choice import Lines
from .draws import Floats, Ints
from .goods import Goods
from .haulage import MOST_LATE, delays
from .parcels import Fate
from .truth import Truth


@dataclass(frozen=True)
class Supplied:
    """What came of the lines, in their order, and what was delivered.

    filled: pieces that were there (the rest is a lost sale). delivered: rows of day, article, pieces, value (fen), day on which they were due, shape
    (deliveries, 5), the opening stock among them on day 0; under_way: rows of article, pieces, day on which they are due, of what has not come at the
    end. missed: rows of day, article, pieces asked for and not there, shape (n, 3). left: article, pieces at the end, shape (articles, 2).
    """

    filled: Ints
    delivered: Ints
    under_way: Ints
    missed: Ints
    left: Ints


def supply(truth: Truth, goods: Goods, lines: Lines, fate: Fate) -> Supplied:
    """Runs the days for the articles of these lines, which are sorted by day and within it by order and article."""
    articles, at = np.unique(lines.article, return_inverse=True)
    n, ring = len(articles), truth.lead_least + truth.lead_spread + MOST_LATE + 1
    delay = delays(truth, goods, articles)
    ends = np.searchsorted(lines.day, np.arange(truth.days + 1))
    before = _asked_before(lines.day, at, lines.pieces)
    returns = np.argsort(fate.back, kind="stable")
    return_ends = np.searchsorted(fate.back[returns], np.arange(truth.days + 1))
    lead = truth.lead_least + truth.draws.below(truth.lead_spread, "lead", np.arange(truth.days)[:, None], articles[None, :])
    filled = np.zeros(len(lines), dtype=np.int64)
    forecast: Floats = np.bincount(at, weights=lines.pieces, minlength=n) / truth.days
    quantity = np.zeros(n, dtype=np.int64)
    under_way = np.zeros((ring, n), dtype=np.int64)
    under_way[0] = np.ceil(_reorder_point(truth, forecast) + truth.cover * forecast).astype(np.int64) + 1
    on_its_way = under_way[0].copy()
    delivered, missed = [np.zeros((0, 5), dtype=np.int64)], []
    for day in range(truth.days):
        price = goods.cost[day // 7, articles]
        # in: deliveries, then what was sent back
        for due in range(max(0, day - MOST_LATE), day + 1):  # the truck that is latest first
            slot = under_way[due % ring]
            came = np.flatnonzero((slot > 0) & (delay[due] == day - due))
            if not len(came):
                continue
            pieces = slot[came]
            quantity[came] += pieces
            on_its_way[came] -= pieces
            slot[came] = 0
            delivered.append(np.stack([np.full(len(came), day), articles[came], pieces, pieces * price[came], np.full(len(came), due)], axis=1))
        back = returns[return_ends[day] : return_ends[day + 1]]
        np.add.at(quantity, at[back], filled[back])
        # out: first come, first served, as far as it goes
        today = slice(ends[day], ends[day + 1])
        which, asked = at[today], lines.pieces[today]
        got = np.clip(quantity[which] - before[today], 0, asked)
        filled[today] = got
        sold = np.bincount(which, weights=got, minlength=n).astype(np.int64)
        quantity -= sold
        short = np.flatnonzero(asked > got)
        if len(short):
            missed.append(np.stack([np.full(len(short), day), articles[which[short]], (asked - got)[short]], axis=1))
        # what is ordered: up to so many days of the forecast
        forecast += truth.smoothing * (sold - forecast)
        have = quantity + on_its_way
        point = _reorder_point(truth, forecast)
        low = np.flatnonzero(have <= point)
        wanted = np.ceil(point[low] + truth.cover * forecast[low]).astype(np.int64) + 1 - have[low]
        under_way[(day + lead[day, low]) % ring, low] += wanted
        on_its_way[low] += wanted
    empty = np.zeros((0, 3), dtype=np.int64)
    return Supplied(
        filled, np.concatenate(delivered), _under_way(under_way, articles, truth.days),
        np.concatenate(missed) if missed else empty, np.stack([articles, quantity], axis=1),
    )  # fmt: skip


def _under_way(ring: Ints, articles: Ints, days: int) -> Ints:
    """Rows of article, pieces and day on which they are due of what is in the ring after so many days."""
    slot, at = np.nonzero(ring)
    first = days - 1 - MOST_LATE  # before which nothing is left
    return np.stack([articles[at], ring[slot, at], first + (slot - first) % len(ring)], axis=1)


def _reorder_point(truth: Truth, forecast: Floats) -> Floats:
    """The demand of a mean lead time and a review, and a multiple of its standard deviation, pieces coming in lots of two or three."""
    demand = (truth.lead_least + truth.lead_spread / 2 + 1) * forecast
    return np.asarray(demand + truth.safety * np.sqrt(3 * demand))


def _asked_before(day: Ints, at: Ints, pieces: Ints) -> Ints:
    """How many pieces of the same article were asked for earlier on the same day, by line."""
    order = np.lexsort((np.arange(len(day)), at, day))
    total = np.cumsum(pieces[order]) - pieces[order]
    fresh = np.flatnonzero(np.diff(day[order], prepend=-1) | np.diff(at[order], prepend=-1))
    found = np.empty(len(day), dtype=np.int64)
    found[order] = total - np.repeat(total[fresh], np.diff(np.append(fresh, len(day))))
    return found
