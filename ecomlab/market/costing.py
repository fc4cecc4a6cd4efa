"""First in, first out, for the shops that value their goods so: `books.costing.take`, in whole numbers, article by article.

Moving average needs one figure an article and day and is done for all at once (`supply`); under FIFO what comes back rejoins the queue at what its
sale had cost, so a sale's cost may hang on every one before it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .choice import Lines
from .draws import Ints
from .goods import Goods
from .parcels import Fate
from .supply import Supplied


class Layer(NamedTuple):
    """Goods that came together: their number in the order of arrival, pieces, unit cost in millionths of a yuan, value in fen."""

    seq: int
    pieces: int
    unit: int
    value: int


def even(numerator: int, denominator: int) -> int:
    """A whole quotient, halves to the even neighbour."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or 2 * rest == denominator and quotient % 2)


def first_in_first_out(goods: Goods, lines: Lines, fate: Fate, supplied: Supplied) -> Supplied:
    """What was supplied, with the goods of the shops that value so (`Goods.fifo`) at their costs, rounding differences and layers."""
    articles = supplied.left[goods.fifo[goods.shop[supplied.left[:, 0]]], 0]
    cost, rounding = supplied.cost.copy(), supplied.rounding.copy()
    layers = np.array(list(_valued(lines, fate, supplied, articles, cost, rounding)), dtype=np.int64).reshape(-1, 5)
    others = supplied.layers[~np.isin(supplied.layers[:, 0], articles)]
    left = supplied.left.copy()
    of_fifo = np.isin(left[:, 0], articles)
    left[of_fifo, 2] = np.bincount(np.searchsorted(articles, layers[:, 0]), weights=layers[:, 4], minlength=len(articles)).astype(np.int64)
    return replace(supplied, cost=cost, rounding=rounding, left=left, layers=np.concatenate([others, layers]))


def _valued(lines: Lines, fate: Fate, supplied: Supplied, articles: Ints, cost: Ints, rounding: Ints) -> Iterator[tuple[int, int, int, int, int]]:
    """Writes the costs and rounding differences of the lines of these articles, and gives the layers that are left: article, number, pieces, unit
    cost in millionths, value in fen."""
    sold = np.flatnonzero(np.isin(lines.article, articles) & (supplied.filled > 0))
    came = supplied.delivered[np.isin(supplied.delivered[:, 1], articles)]
    back = sold[fate.back[sold] >= 0]
    # of an article, by day: deliveries, then what was sent back, then sales
    article = np.concatenate([came[:, 1], lines.article[back], lines.article[sold]])
    day = np.concatenate([came[:, 0], fate.back[back], lines.day[sold]])
    kind = np.repeat([0, 1, 2], [len(came), len(back), len(sold)])
    row = np.concatenate([np.arange(len(came)), back, sold])
    queue: deque[Layer] = deque()
    at, seq = -1, 0
    for i in np.lexsort((row, kind, day, article)).tolist():
        if article[i] != at:
            yield from ((at, *layer) for layer in queue)
            at, seq, queue = int(article[i]), 0, deque()
        r = int(row[i])
        if kind[i] == 2:
            cost[r], rounding[r] = _take(queue, int(supplied.filled[r]))
            continue
        pieces, value = (int(came[r, 2]), int(came[r, 3])) if kind[i] == 0 else (int(supplied.filled[r]), int(cost[r]))
        seq += 1
        queue.append(Layer(seq, pieces, even(value * 10_000, pieces), value))
    yield from ((at, *layer) for layer in queue)


def _take(queue: deque[Layer], wanted: int) -> tuple[int, int]:
    """Takes pieces from the oldest layer on: what they cost, and the rounding difference of the layers that they used up; fen."""
    cost = rounding = 0
    while wanted:
        layer = queue[0]
        n = min(wanted, layer.pieces)
        part = even(n * layer.unit, 10_000)
        if n == layer.pieces:
            rounding += layer.value - part
            queue.popleft()
        else:
            part = min(part, layer.value)
            queue[0] = layer._replace(pieces=layer.pieces - n, value=layer.value - part)
        cost += part
        wanted -= n
    return cost, rounding
