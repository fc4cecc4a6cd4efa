"""Advertisements: what is spent by day, province and channel, how often they are shown and clicked, and how many more customers that brings."""

from __future__ import annotations

import functools

import numpy as np

from .draws import Floats, Ints
from .numbers import exp, ln, poisson, quantile
from .truth import PROVINCES, Truth

#: What advertisements cost, as a share of sales (assumed), and what an order comes to on average, in fen: for their size alone.
OF_SALES, AN_ORDER = 0.05, 20_000


def unit(truth: Truth) -> int:
    """What a channel usually spends on a day in a province where it advertises at all, in fen."""
    return max(1, round(OF_SALES * AN_ORDER * truth.orders / (len(truth.channels) * truth.days * len(PROVINCES) * 0.6 * 1.38)))


def spending(truth: Truth) -> Ints:
    """What all shops together spend, in fen: shape (channels, days, provinces). It varies by day and province, without which nothing could be
    told apart: with spending that is constant through a week contributions come out 16 % wrong at a million orders (measured)."""
    c, d, p = np.ogrid[: len(truth.channels), : truth.days, : len(PROVINCES)]
    level = exp(0.8 * quantile("normal", truth.draws.words("spending", c, d, p)))
    on = truth.draws.uniform("advertising", c, d // 14, p) < 0.6
    return np.asarray(np.rint(np.where(on, level, 0.0) * unit(truth)).astype(np.int64))


def advertisers(truth: Truth) -> Ints:
    """Which shop spends it, for a fortnight at a time: shape (channels, days, provinces)."""
    c, d, p = np.ogrid[: len(truth.channels), : truth.days, : len(PROVINCES)]
    return truth.draws.below(truth.shops, "advertiser", c, d // 14, p)


def bills(truth: Truth, part: int) -> dict[str, Ints]:
    """What each shop of a part spent on advertisements, billed for every seven days on the last of them."""
    spent, by = spending(truth), advertisers(truth)
    week = np.broadcast_to(np.arange(truth.days)[None, :, None] // 7, spent.shape)
    mine = by % truth.parts == part
    key, which = np.unique(by[mine] * 1_000 + week[mine], return_inverse=True)
    amount = np.zeros(len(key), dtype=np.int64)
    np.add.at(amount, which, spent[mine])
    return {"shop": key // 1_000, "day": np.minimum(key % 1_000 * 7 + 6, truth.days - 1), "amount": amount}


def clicked(truth: Truth, shop: Ints, day: Ints, province: Ints, order: Ints) -> Ints:
    """The channel (index) of the advertisement on which somebody clicked before an order, by line; -1 if on none.

    Whoever buys in a shop that advertises that day where they live may have come by a click, whether or not they would have come without it.
    """
    spent, by = spending(truth), advertisers(truth)
    found = np.full(len(order), -1)
    for channel, (_, _, share) in enumerate(truth.clicks):
        reached = (spent[channel, day, province] > 0) & (by[channel, day, province] == shop)
        found[reached & (found < 0) & (truth.draws.uniform("by a click", order, channel) < share)] = channel
    return found


def shown(truth: Truth, part: int, lines: dict[str, Ints], which: Ints) -> dict[str, Ints]:
    """How often each shop's advertisements of a channel were shown and clicked on a day; those who bought are among the clicks."""
    spent, by = spending(truth), advertisers(truth)
    channel, day, province = np.nonzero((by % truth.parts == part) & (spent > 0))
    shop, amount = by[channel, day, province], spent[channel, day, province]
    per_fen, rate = (np.array([c[k] for c in truth.clicks]) for k in (0, 1))
    impressions = amount * per_fen[channel]
    clicks = np.minimum(poisson(impressions * rate[channel] / 1000, truth.draws.words("clicks", channel, day, province)), impressions)
    key, at = np.unique((shop * len(truth.clicks) + channel) * truth.days + day, return_inverse=True)
    views, opened = np.zeros(len(key), dtype=np.int64), np.zeros(len(key), dtype=np.int64)
    np.add.at(views, at, impressions)
    np.add.at(opened, at, clicks)
    first = np.flatnonzero((np.diff(which, prepend=-1) != 0) & (lines["channel"] >= 0))
    bought = (lines["shop"][first] * len(truth.clicks) + lines["channel"][first]) * truth.days + lines["day"][first]
    np.add.at(opened, np.searchsorted(key, bought), 1)
    advertisement, day = np.divmod(key, truth.days)
    shop, channel = np.divmod(advertisement, len(truth.clicks))
    return {"shop": shop, "channel": channel, "day": day, "impressions": np.maximum(views, opened), "clicks": opened}


@functools.lru_cache(maxsize=2)
def effects(truth: Truth) -> Floats:
    """By how much advertisements raise the number of new customers, as a share: shape (channels, days, provinces).

    Adstock a = (1 - theta) spend + theta a of the day before, spend in units of its mean; effect = beta a^k / (a^k + K^k).
    """
    spent = spending(truth) / unit(truth)
    found = np.empty(spent.shape)
    for i, (_, beta, theta, half, steep) in enumerate(truth.channels):
        stock = np.zeros(spent.shape[2])
        for day in range(truth.days):
            found[i, day] = stock = (1 - theta) * spent[i, day] + theta * stock
        found[i] = response(found[i], beta, half, steep)
    return found


def response(stock: Floats, beta: float, half: float, steep: float) -> Floats:
    """By how much an adstock raises the number of new customers: Hill's curve."""
    power = exp(steep * ln(np.maximum(stock, 1e-12)))
    return np.asarray(beta * power / (power + half**steep))


def brought(truth: Truth) -> Floats:
    """All channels together: shape (days, provinces)."""
    found = effects(truth)
    total = np.zeros(found.shape[1:])
    for channel in found:  # one by one, so that the order of the sum is the same everywhere
        total = total + channel
    return total
