"""Choice: what is bought on a visit, of whom, and how many pieces."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from .customers import Visits, pieces_mean
from .draws import Ints
from .goods import Goods
from .numbers import chosen, cumulated, poisson
from .truth import Truth

#: An order's number is its customer's number times this, plus how many of the customer's it is.
A_CUSTOMER = 1024
#: Numbers of orders that nobody wanted begin here (`brushed`).
BRUSHED = 1 << 45


@dataclass(frozen=True)
class Lines:
    """What was asked for, a line for each order and article: order, customer, day (from 0), article, pieces. Shape (lines,) each."""

    order: Ints
    customer: Ints
    day: Ints
    article: Ints
    pieces: Ints

    def __getitem__(self, rows: Any) -> Lines:
        return Lines(*(getattr(self, f.name)[rows] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.order)


def together(parts: list[Lines]) -> Lines:
    return Lines(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Lines)))


def order_numbers(customer: Ints) -> Ints:
    """The numbers of orders whose customers are sorted: each its customer's number, and how many of the customer's it is."""
    counts = np.bincount(customer - customer[0]) if len(customer) else np.zeros(0, dtype=np.int64)
    nth = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(customer * A_CUSTOMER + np.minimum(nth, A_CUSTOMER - 1))


class Chooser:
    """Chooses for visits, with what is the same for all of them made once."""

    def __init__(self, truth: Truth, goods: Goods, weights: Ints):
        self.truth, self.goods, self.weights = truth, goods, weights
        self._shares = cumulated([c[2] for c in truth.categories])
        shelf = np.flatnonzero(np.diff(goods.category, prepend=-1) | np.diff(goods.shop, prepend=-1))
        which = np.searchsorted(shelf, np.arange(goods.count), side="right") - 1
        #: where the articles of the same shop and category begin and end
        self._from, self._to = shelf[which], np.append(shelf, goods.count)[which + 1]
        self._many = cumulated(truth.lines)

    def choose(self, visits: Visits) -> Lines:
        """The lines of visits: a category, an article of it among all shops by the logit of that week, and further ones of the same shop.

        Among the articles of one shop the same logit holds, because it is independent of what else there is (IIA).
        """
        return self.lines(order_numbers(visits.customer), visits.customer, visits.day, visits.day // 7)

    def category(self, order: Ints) -> Ints:
        """What kind of goods somebody looks for who comes with an order of that number in mind."""
        return chosen(self._shares, self.truth.draws.words("category", order))

    def lines(self, order: Ints, customer: Ints, day: Ints, period: Ints) -> Lines:
        """The lines of orders whose numbers, customers and days are known. period: in which prices hold, from 0. Shape (orders,) each."""
        draws, truth = self.truth.draws, self.truth
        week = period * self.goods.count
        category = self.category(order)
        article = self.among("article", order, category, week)
        many = 1 + chosen(self._many, draws.words("lines", order))
        rows = np.repeat(np.arange(len(order)), many)
        line = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        further = line > 0
        articles = article[rows]
        again = rows[further]
        articles[further] = self._article(
            draws.words("further", order[again], line[further]), week[again], self._from[article[again]], self._to[article[again]]
        )
        mean = pieces_mean(truth, customer)
        pieces = 1 + poisson(mean[rows], draws.words("pieces of line", order[rows], line))
        return _once_each(Lines(order[rows], customer[rows], day[rows], articles, np.minimum(pieces, 60)))

    def among(self, purpose: str, order: Ints, category: Ints, week: Any = 0) -> Ints:
        """An article of a category for each order, by the logit. week: where the weights of the period begin."""
        return self._article(self.truth.draws.words(purpose, order), week, self.goods.first[category], self.goods.first[category + 1])

    def _article(self, words: Any, week: Ints, first: Ints, last: Ints) -> Ints:
        return chosen(self.weights, words, week + first, week + last) - week

    def brushed(self, customers: int) -> Lines:
        """Orders by which some shops make themselves look popular: placed by people who buy elsewhere in earnest too, of whatever there is.

        They are paid and shipped like others, come a little more often one by one, and are never returned; which they are is told in `truth` only.
        """
        truth, draws = self.truth, self.truth.draws
        n = round(truth.brushing * truth.orders)
        k = np.arange(n)
        shop = draws.below(max(1, truth.shops // 8), "brushing shop", k) * 8 % truth.shops
        helper = draws.below(40, "brushing helper", k)
        customer = draws.below(customers, "helper of shop", shop, helper)
        day = 14 + draws.below(truth.days - 14, "brushing day", k)
        of_shop = [self.goods.of_shop(s) for s in range(truth.shops)]
        pick = draws.words("brushing article", k)
        article = np.array([of_shop[s][int(p) % len(of_shop[s])] for s, p in zip(shop, pick, strict=True)], dtype=np.int64)
        pieces = 1 + poisson(np.full(n, 0.5), draws.words("brushing pieces", k))
        return Lines(BRUSHED + k, customer, day, article, pieces)


def _once_each(lines: Lines) -> Lines:
    """An article stands in an order once, with all its pieces."""
    order = np.lexsort((lines.article, lines.order))
    lines = lines[order]
    fresh = np.flatnonzero(np.diff(lines.order, prepend=-1) | np.diff(lines.article, prepend=-1))
    pieces = np.add.reduceat(lines.pieces, fresh) if len(fresh) else lines.pieces
    kept = lines[fresh]
    return Lines(kept.order, kept.customer, kept.day, kept.article, pieces)
