"""What goods cost: `books.costing` to the cent, in whole numbers, all articles at once.

A unit cost has six places, half-even, and money two; what is left of a value when its last piece goes is the rounding difference.

By moving average an article's unit cost changes only when goods come in, and what comes in on a day is booked before what goes out. So an article's
days fall into *spans*, from one day with goods coming in to the next, each with one unit cost. A span needs the value that the span before it left,
and nothing of other articles: the first spans of all articles are valued in one step, then the second, and so on.

First in, first out, which sale takes which goods follows from pieces alone: laid end to end, what came and what was sold are two rulers over the same
line. What they cost does not, because goods that come back rejoin the queue at what their sale had cost; so costs are found in rounds, first those of
what was delivered, then those of what was sold of it and came back, and so on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .choice import Lines
from .draws import Ints
from .goods import Goods
from .parcels import Fate
from .supply import Supplied

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Valued(NamedTuple):
    """cost: of the filled pieces of each line, fen; rounding: posted with the line that took the last piece, fen. layers: of what is left, rows of
    article, number of the layer, pieces, unit cost (millionths of a yuan), value (fen)."""

    cost: Ints
    rounding: Ints
    layers: Ints


def valued(goods: Goods, lines: Lines, fate: Fate, supplied: Supplied) -> Valued:
    """What the goods of all lines cost, each by the method of its shop (`Goods.fifo`)."""
    fifo = goods.fifo[goods.shop]
    average, first = moving_average(lines, fate, supplied, ~fifo), first_in_first_out(lines, fate, supplied, fifo)
    return Valued(average.cost + first.cost, average.rounding + first.rounding, np.concatenate([average.layers, first.layers]))


def half_even(numerator: Ints, denominator: Ints | int) -> Ints:
    """Whole quotients of numbers that are not negative, halves to the even neighbour; numbers up to 2^61."""
    twice = 2 * numerator + denominator  # one division only, and by a whole number where there is one: it is what takes the time here
    quotient = twice // (2 * denominator)
    return np.asarray(quotient - (quotient & (quotient * (2 * denominator) == twice)))


def moving_average(lines: Lines, fate: Fate, supplied: Supplied, mine: Mask) -> Valued:
    """Of the articles that are `mine` (shape: all articles): their lines and layers. Other lines cost nothing here.

    Values up to 2 x 10^14 fen, and pieces and amounts of a span whose sums stay below 2^53.
    """
    sold, back, came = moves(lines, fate, supplied, mine)
    days = 1 + max(int(day.max(initial=0)) for day in (lines.day, fate.back, came[:, 0]))
    spans = _Spans.of(np.concatenate([came[:, 1], lines.article[back]]), np.concatenate([came[:, 0], fate.back[back]]), days)
    into = spans.at(came[:, 1], came[:, 0])
    sold, out = spans.in_turn(sold, spans.at(lines.article[sold], lines.day[sold]))
    back, again = spans.in_turn(back, spans.at(lines.article[back], fate.back[back]))
    place = np.empty(len(lines), dtype=np.int64)
    place[sold] = np.arange(len(sold))
    as_sold, pieces, n = place[back], supplied.filled[sold], len(spans.turn)
    pieces_in = _sums(into, came[:, 2], n) + _sums(again, supplied.filled[back], n)
    pieces_out, value_in = _sums(out, pieces, n), _sums(into, came[:, 3], n)
    last = np.zeros(n, dtype=np.int64)
    last[out] = np.arange(len(sold))  # of equal spans the last assignment stays
    cost = np.zeros(len(sold), dtype=np.int64)
    unit, rest, empty = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    quantity, value = (np.zeros(len(spans.articles), dtype=np.int64) for _ in range(2))
    for span, sale, returned in zip(*(spans.slices(of) for of in (np.arange(n), out, again)), strict=True):
        first, many = span.start, span.stop - span.start
        there, held = quantity[:many], value[:many]
        there += pieces_in[span]
        held += value_in[span] + _sums(again[returned] - first, cost[as_sold[returned]], many)
        unit[span] = half_even(held * 10_000, there)
        cost[sale] = half_even(pieces[sale] * unit[out[sale]], 10_000)
        spent = _sums(out[sale] - first, cost[sale], many)
        there -= pieces_out[span]
        bounded = spent - cost[last[span]] * (there == 0)  # the sale of the last piece may cost more than there is
        for article in np.flatnonzero(bounded > held).tolist():  # goods worth a few fen: no other takes more than its forerunners left
            rows = sale.start + np.flatnonzero(out[sale] == first + article)[: None if there[article] else -1]
            found = np.clip(held[article] - np.cumsum(cost[rows]) + cost[rows], 0, cost[rows])
            spent[article] += found.sum() - cost[rows].sum()
            cost[rows] = found
        held -= spent
        empty[span], rest[span] = there == 0, held
        held[there == 0] = 0
    costs, rounding = (np.zeros(len(lines), dtype=np.int64) for _ in range(2))
    costs[sold] = cost
    rounding[sold[last[empty]]] = rest[empty]
    layers = np.stack([spans.articles, np.zeros_like(quantity), quantity, unit[spans.last], value], axis=1)
    return Valued(costs, rounding, layers[np.argsort(spans.articles)])


def moves(lines: Lines, fate: Fate, supplied: Supplied, mine: Mask) -> tuple[Ints, Ints, Ints]:
    """Of the articles that are `mine`: the lines of which some was there, those of them that were sent back, and what was delivered."""
    sold = np.flatnonzero(mine[lines.article] & (supplied.filled > 0))
    return sold, sold[fate.back[sold] >= 0], supplied.delivered[mine[supplied.delivered[:, 1]]]


def _sums(which: Ints, amounts: Ints, n: int) -> Ints:
    """The sum of the amounts of each of n; exact up to 2^53."""
    return np.bincount(which, weights=amounts, minlength=n).astype(np.int64)


class _Spans(NamedTuple):
    """Spans by turn: all articles' first, then their second, and so on; those of a turn in the order of `articles`, which are those with most spans first,
    so that those that have one at a turn are the first so many of all.

    turn: of each span; last: each article's last span; places: the span in which an article is on a day, by its `row` and day.
    """

    articles: Ints
    turn: np.ndarray[Any, np.dtype[np.int16]]
    last: Ints
    row: Ints
    places: Ints

    @classmethod
    def of(cls, article: Ints, day: Ints, days: int) -> _Spans:
        """article, day: of all that comes in."""
        came, at = np.unique(article, return_inverse=True)
        begins = np.zeros((len(came), days), dtype=bool)
        begins[at, day] = True
        many = begins.sum(axis=1)
        busiest = np.argsort(-many, kind="stable")
        wide = np.cumsum(np.bincount(many)[:0:-1])[::-1]  # how many articles have a span at a turn
        first = np.cumsum(wide) - wide
        rank = np.arange(len(came))
        row = np.zeros(int(came.max(initial=-1)) + 1, dtype=np.int64)
        row[came[busiest]] = rank
        places = first[np.cumsum(begins[busiest], axis=1) - 1] + rank[:, None]
        return cls(came[busiest], np.repeat(np.arange(len(wide), dtype=np.int16), wide), places[:, -1], row, places)

    def at(self, article: Ints, day: Ints) -> Ints:
        """The span in which an article is on a day."""
        return self.places[self.row[article], day]

    def in_turn(self, rows: Ints, spans: Ints) -> tuple[Ints, Ints]:
        """Rows and the spans to which they belong, by turn."""
        order = np.argsort(self.turn[spans], kind="stable")
        return rows[order], spans[order]

    def slices(self, spans: Ints) -> list[slice]:
        """Where the spans of each turn are among these."""
        ends = np.append(0, np.cumsum(np.bincount(self.turn[spans], minlength=int(self.turn.max(initial=-1)) + 1))).tolist()
        return list(map(slice, ends[:-1], ends[1:]))


def first_in_first_out(lines: Lines, fate: Fate, supplied: Supplied, mine: Mask) -> Valued:
    """The same as `moving_average`, by layers."""
    sold, back, came = moves(lines, fate, supplied, mine)
    sold = sold[np.argsort(lines.article[sold], kind="stable")]  # lines are sorted by day
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
    cost, rounding = (np.zeros(len(lines), dtype=np.int64) for _ in range(2))
    unpaid = np.zeros(len(cost), dtype=np.int64)
    unpaid[sold] = many
    left, known, waiting = value.copy(), row < 0, np.flatnonzero(row >= 0)
    fresh = known.copy()
    while fresh.any():
        which = np.flatnonzero(fresh[layer])
        of, line = layer[which], sold[sale[which]]
        part = half_even(n[which] * unit[of], 10_000)
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
    return Valued(cost, rounding, np.stack([article[there], seq, (pieces - gone)[there], unit[there], left[there]], axis=1))
