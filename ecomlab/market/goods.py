"""Goods: the shops, their articles, what these cost and at what price they are sold, week by week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .draws import Floats, Ints
from .numbers import chosen, cumulated, exp, ln, quantile
from .truth import Truth


@dataclass(frozen=True)
class Goods:
    """Articles, sorted by category and within it by shop; an article belongs to one shop. Money in fen (0.01 CNY).

    category, shop: of an article, shape (articles,). quality: what it is liked for, in units of utility. cost, price: a piece, shape (weeks,
    articles). first: where an article's category begins, shape (categories + 1,). elasticity: of a category. experiments: whether a shop sets prices
    at random. carrier: by which a shop sends ordinarily, shape (shops,). supplier: who delivers to it.
    """

    category: Ints
    shop: Ints
    quality: Floats
    cost: Ints
    price: Ints
    first: Ints
    elasticity: Floats
    experiments: np.ndarray
    carrier: Ints
    supplier: Ints

    @property
    def count(self) -> int:
        return len(self.category)

    @property
    def fifo(self) -> np.ndarray:
        """Whether a shop values its goods first in, first out; the others by moving average. Shape (shops,)."""
        return np.asarray(np.arange(len(self.carrier)) % 4 == 3)

    def of_shop(self, shop: int) -> Ints:
        return np.flatnonzero(self.shop == shop)


def weeks(truth: Truth) -> int:
    return -(-truth.days // 7)


def goods(truth: Truth) -> Goods:
    """All articles of a market. A shop has two or three categories, and in each a third to a half of its articles."""
    draws = truth.draws
    shares = cumulated([c[2] for c in truth.categories])
    n = truth.shops * truth.articles
    shop = np.repeat(np.arange(truth.shops), truth.articles)
    place = np.tile(np.arange(truth.articles), truth.shops)
    # three draws of a category for a shop; its articles go round among them, so every category that it has is deep enough to choose in
    of_shop = np.stack([chosen(shares, draws.words("category of shop", np.arange(truth.shops), k)) for k in range(3)], axis=1)
    # every category is sold somewhere: the first shops take them one by one
    for c in range(len(truth.categories)):
        of_shop[c % truth.shops, c // truth.shops % 3] = c
    category = of_shop[shop, place % 3]
    order = np.lexsort((np.arange(n), shop, category))
    category, shop = category[order], shop[order]
    article = np.arange(n)
    quality = truth.quality_spread * quantile("normal", draws.words("quality", article))
    base = np.array([c[3] for c in truth.categories])[category]
    spread = exp(0.25 * quantile("normal", draws.words("cost", article)) + truth.quality_in_cost * quality)
    walk = _walk(truth, n)
    cost = np.maximum(100, np.rint(base * spread * 100 * walk)).astype(np.int64)
    markup = np.array([c[4] for c in truth.categories])[category]
    experiments = np.arange(truth.shops) % truth.experimenting == truth.experimenting - 1
    trying = truth.experiment_spread * quantile("normal", draws.words("experiment", np.arange(weeks(truth))[:, None], article[None, :]))
    noise = truth.price_noise * quantile("normal", draws.words("price", np.arange(weeks(truth))[:, None] // 4, article[None, :]))
    log_price = ln(cost.astype(np.float64)) + markup + np.where(experiments[shop], trying, truth.quality_in_price * quality + noise)
    price = np.maximum(cost + 1, (np.rint(exp(log_price) / 10) * 10).astype(np.int64))
    return Goods(
        category, shop, quality, cost, price, np.searchsorted(category, np.arange(len(truth.categories) + 1)),
        np.array([c[6] for c in truth.categories]), experiments,
        draws.below(len(truth.carriers), "carrier", np.arange(truth.shops)),
        draws.below(truth.suppliers // truth.parts, "supplier", np.arange(truth.shops)) * truth.parts + np.arange(truth.shops) % truth.parts,
    )  # fmt: skip


def _walk(truth: Truth, n: int) -> Floats:
    """How costs move from week to week: each article's own random walk; shape (weeks, articles), near 1. Steps are whole millionths, so that
    their sums are exact."""
    steps = truth.cost_drift * quantile("normal", truth.draws.words("drift", np.arange(weeks(truth))[:, None], np.arange(n)[None, :]))
    walk = np.cumsum(np.rint(steps * 1e6).astype(np.int64), axis=0)
    return exp(np.clip(walk, -600_000, 600_000) * 1e-6)


def choice_weights(truth: Truth, made: Goods) -> Ints:
    """The cumulative weights of a multinomial logit, week after week and within a week in the order of the articles: shape (weeks x articles + 1,).

    Utility of an article: its quality, less elasticity times the logarithm of its price against its category's usual cost (McFadden 1974).
    Weights are whole numbers of at most 2^30, so that their sums are exact in any order.
    """
    usual = np.array([c[3] * 100 for c in truth.categories])[made.category]
    utility = made.quality[None, :] - made.elasticity[made.category][None, :] * ln(made.price / usual[None, :])
    return logit(utility)


def logit(utility: Floats) -> Ints:
    """The cumulative weights of a multinomial logit over utilities of any shape, for `numbers.chosen`."""
    weights = exp(utility)
    whole = (weights / weights.max() * 2.0**30).astype(np.int64) + 1
    return np.concatenate([[0], np.cumsum(whole.ravel())])
