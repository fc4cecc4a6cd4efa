"""Customers: when they come first, how often they come back, and when they stay away for good (BG/NBD in operational time)."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from .advertising import brought
from .calendar import campaigns, weights
from .draws import Floats, Ints
from .numbers import chosen, cumulated, ln, poisson, quantile
from .truth import PROVINCES, Truth

#: Customers that are made at once: what follows from a customer follows from its number, so the blocks change nothing but the memory.
BLOCK = 200_000
#: The days since customers came first at which they belong to the next group of those at whom coupons are aimed.
TENURES = (8 * 7, 26 * 7)


@dataclass(frozen=True)
class Visits:
    """Purchases of a block of customers, sorted by customer and day: customer (number), day (from 0), first (whether it is the first one)."""

    customer: Ints
    day: Ints
    first: np.ndarray


@functools.lru_cache(maxsize=4)
def operational(truth: Truth) -> Ints:
    """Operational time at the end of each day, in ten-thousandths of an ordinary day, the most that a coupon does included: shape (days + 1,).

    Visits are made for all as if they had every coupon and it did that much; those that come about only so are dropped from the others.
    """
    daily = np.rint(weights(truth) * 10_000).astype(np.int64)
    for start, lift in zip(campaigns(truth)[0], _most(truth), strict=True):
        daily[start : start + 7] = np.rint(daily[start : start + 7] * (1 + lift)).astype(np.int64)
    return np.concatenate([[0], np.cumsum(daily)])


def tenure(came: Ints, day: Ints) -> Ints:
    """How long customers have been known on a day, by the day on which they came first: 0 for less than eight weeks, 1 for less than 26, or 2."""
    return np.searchsorted(TENURES, day - came, side="right")


def has_coupon(truth: Truth, customer: Ints, came: Ints, campaign: Ints) -> np.ndarray:
    """Whether customers who came first on these days have the coupon of a campaign, the same for ever: whoever came before it has an even chance, or where
    it is aimed that of the customer's `tenure`."""
    first, aimed = campaigns(truth)
    share = np.where(aimed[campaign], np.array(truth.aimed_shares)[tenure(came, first[campaign])], 0.5)
    return np.asarray((came < first[campaign]) & (truth.draws.uniform("coupon", customer, campaign) < share))


def _most(truth: Truth) -> Floats:
    """By what share the coupon of each campaign raises purchases where it does most; shape (campaigns,)."""
    return np.where(campaigns(truth)[1], max(truth.aimed_lifts), truth.coupon_lift)


def arrivals(truth: Truth, customer: Ints) -> tuple[Ints, Ints]:
    """The day on which customers come first and their province (index): by the calendar and the advertisements of that day and province."""
    by_day = weights(truth)[:, None] * (1 + brought(truth))
    share = 1.0 / (np.arange(len(PROVINCES)) + 7.0)
    cell = chosen(cumulated((by_day * share[None, :]).ravel(), bits=52), truth.draws.words("arrival", customer))
    return cell // len(PROVINCES), cell % len(PROVINCES)


def rate(truth: Truth, customer: Ints) -> Floats:
    """How often customers come, in visits a ten-thousandth of an ordinary day."""
    return quantile("visits", truth.draws.words("rate", customer)) / truth.alpha / 7 / 10_000


def before_leaving(truth: Truth, customer: Ints) -> Ints:
    """How many further visits customers make before they stay away: geometric, at least one."""
    leaving = np.clip(quantile("leaving", truth.draws.words("leaving", customer)), 1e-9, 1 - 1e-9)
    return 1 + (ln(1 - truth.draws.uniform("stays", customer) * (1 - 2.0**-53)) / ln(1 - leaving)).astype(np.int64)


def visits(truth: Truth, first: int, last: int, came: Ints | None = None) -> Visits:
    """The purchases of customers `first` … `last` - 1. came: the days on which they come first, where these are known."""
    draws = truth.draws
    customer = np.arange(first, last)
    day = arrivals(truth, customer)[0] if came is None else came
    clock = operational(truth)
    begin = clock[day] + (draws.uniform("moment", customer) * (clock[day + 1] - clock[day])).astype(np.int64)
    further = poisson(np.minimum(rate(truth, customer) * (clock[-1] - begin), 700.0), draws.words("further", customer))
    who = np.repeat(customer - first, further)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(further) - further, further)
    moment = begin[who] + 1 + (draws.uniform("visit", customer[who], nth) * (clock[-1] - begin[who] - 1)).astype(np.int64)
    order = np.lexsort((moment, who))
    who, moment = who[order], moment[order]
    when = np.searchsorted(clock, moment, side="right") - 1
    kept = _come_about(truth, customer[who], day[who], when, draws.uniform("without coupon", customer[who], nth[order]))
    who, when = who[kept], when[kept]
    many = before_leaving(truth, customer)
    counts = np.bincount(who, minlength=len(customer))
    rank = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    stays = rank < many[who]
    who, when = who[stays], when[stays]
    all_who = np.concatenate([np.arange(len(customer)), who])
    all_day = np.concatenate([day, when])
    is_first = np.concatenate([np.ones(len(customer), dtype=bool), np.zeros(len(who), dtype=bool)])
    order = np.lexsort((~is_first, all_day, all_who))
    return Visits(customer[all_who[order]], all_day[order], is_first[order])


def _come_about(truth: Truth, customer: Ints, came: Ints, day: Ints, u: Floats) -> np.ndarray:
    """Which visits come about, of all that would if everybody had the coupon of the week and it did the most that it does."""
    first, aimed = campaigns(truth)
    if not len(first):
        return np.ones(len(day), dtype=bool)
    campaign = np.searchsorted(first, day, side="right") - 1
    within = (campaign >= 0) & (day < first[np.maximum(campaign, 0)] + 7)
    own = np.where(aimed[campaign], np.array(truth.aimed_lifts)[tenure(came, first[campaign])], truth.coupon_lift)
    own = np.where(has_coupon(truth, customer, came, campaign), own, 0.0)
    return np.asarray(~within | (u < (1 + own) / (1 + _most(truth)[campaign])))


def pieces_mean(truth: Truth, customer: Ints) -> Floats:
    """How many further pieces a customer takes of what it buys, on average."""
    return quantile("pieces", truth.draws.words("pieces", customer)) / truth.pieces_rate


def expected_visits(truth: Truth) -> float:
    """Purchases of a customer on average, from a sample of the very customers: for the size of a market, not for an estimate."""
    sample = visits(truth, 0, 20_000)
    return len(sample.customer) / 20_000
