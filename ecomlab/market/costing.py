"""First in, first out, for the shops that value their goods so: `books.costing.take`, in whole numbers, all articles at once.

Which sale takes which goods follows from pieces alone: laid end to end, what came and what was sold are two rulers over the same line. What they cost
does not, because goods that come back rejoin the queue at what their sale had cost; so costs are found in rounds, first those of what was delivered,
then those of what was sold of it and came back, and so on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .choice import Lines
from .draws import Ints
from .goods import Goods
from .parcels import Fate
from .supply import Supplied, half_even


def first_in_first_out(goods: Goods, lines: Lines, fate: Fate, supplied: Supplied) -> Supplied:
    """What was supplied, with the goods of the shops that value so (`Goods.fifo`) at their costs, rounding differences and layers."""
    articles = supplied.left[goods.fifo[goods.shop[supplied.left[:, 0]]], 0]
    valued = _valued(lines, fate, supplied, articles)
    others = supplied.layers[~np.isin(supplied.layers[:, 0], articles)]
    left = supplied.left.copy()
    of_fifo = np.isin(left[:, 0], articles)
    left[of_fifo, 2] = np.bincount(np.searchsorted(articles, valued.layers[:, 0]), weights=valued.layers[:, 4], minlength=len(articles)).astype(np.int64)
    return replace(supplied, cost=valued.cost, rounding=valued.rounding, left=left, layers=np.concatenate([others, valued.layers]))


class _Valued(NamedTuple):
    """Costs and rounding differences of all lines, and rows of article, number of the layer, pieces, unit cost and value of what is left."""

    cost: Ints
    rounding: Ints
    layers: Ints


def _valued(lines: Lines, fate: Fate, supplied: Supplied, articles: Ints) -> _Valued:
    mine = np.zeros(max(int(articles.max(initial=-1)), int(lines.article.max(initial=-1)), int(supplied.delivered[:, 1].max(initial=-1))) + 1, dtype=bool)
    mine[articles] = True
    sold = np.flatnonzero(mine[lines.article] & (supplied.filled > 0))
    sold = sold[np.lexsort((sold, lines.day[sold], lines.article[sold]))]
    came = supplied.delivered[mine[supplied.delivered[:, 1]]]
    back = np.sort(sold[fate.back[sold] >= 0])
    # layers in the order of their arrival: of an article, by day, deliveries before what was sent back
    article = np.concatenate([came[:, 1], lines.article[back]])
    row = np.concatenate([np.full(len(came), -1), back])
    order = np.lexsort((np.arange(len(article)), np.concatenate([came[:, 0], fate.back[back]]), article))
    article, row = article[order], row[order]
    pieces = np.concatenate([came[:, 2], supplied.filled[back]])[order]
    value = np.concatenate([came[:, 3], np.zeros(len(back), dtype=np.int64)])[order]
    unit = half_even(value * 10_000, pieces)
    # the two rulers: an article's sales begin where its first layer does
    begin = np.cumsum(pieces) - pieces
    wanted = supplied.filled[sold]
    taken = np.cumsum(wanted) - wanted
    first = np.searchsorted(article, lines.article[sold])
    start = begin[first] + taken - taken[np.searchsorted(lines.article[sold], lines.article[sold])]
    end = start + wanted
    from_layer = np.searchsorted(begin, start, side="right") - 1
    many = np.searchsorted(begin, end, side="left") - from_layer
    # parts: what one sale takes of one layer; they are in the order of both
    sale = np.repeat(np.arange(len(sold)), many)
    layer = from_layer[sale] + np.arange(len(sale)) - np.repeat(np.cumsum(many) - many, many)
    stop = np.minimum(end[sale], begin[layer] + pieces[layer])
    n = stop - np.maximum(start[sale], begin[layer])
    last = stop == begin[layer] + pieces[layer]
    parts = np.searchsorted(layer, np.arange(len(pieces) + 1))
    cost, rounding = supplied.cost.copy(), supplied.rounding.copy()
    cost[sold] = rounding[sold] = 0
    unpaid = np.zeros(len(cost), dtype=np.int64)
    unpaid[sold] = many
    left, known, waiting = value.copy(), row < 0, np.flatnonzero(row >= 0)
    fresh = known.copy()
    while fresh.any():
        which = np.flatnonzero(fresh[layer])
        of, line = layer[which], sold[sale[which]]
        part = half_even(n[which] * unit[of], np.int64(10_000))  # type: ignore[arg-type]
        early = ~last[which]
        spent = np.bincount(of[early], weights=part[early], minlength=len(pieces)).astype(np.int64)
        for scarce in np.flatnonzero(spent > value):  # goods worth a few fen: part by part
            rest = value[scarce]
            at = np.searchsorted(which, parts[scarce])
            for i in range(at, at + parts[scarce + 1] - parts[scarce]):
                if early[i]:
                    part[i] = min(part[i], rest)
                    rest -= part[i]
            spent[scarce] = value[scarce] - rest
        left[fresh] -= spent[fresh]
        np.add.at(cost, line, part)
        np.add.at(rounding, line[~early], left[of[~early]] - part[~early])
        np.subtract.at(unpaid, line, 1)
        ready = waiting[unpaid[row[waiting]] == 0]
        waiting = waiting[unpaid[row[waiting]] > 0]
        value[ready] = left[ready] = cost[row[ready]]
        unit[ready] = half_even(value[ready] * 10_000, pieces[ready])
        fresh = np.zeros(len(pieces), dtype=bool)
        fresh[ready] = True
    gone = np.bincount(layer, weights=n, minlength=len(pieces)).astype(np.int64)
    there = np.flatnonzero(pieces > gone)
    seq = there - np.searchsorted(article, article[there]) + 1
    return _Valued(cost, rounding, np.stack([article[there], seq, (pieces - gone)[there], unit[there], left[there]], axis=1))
