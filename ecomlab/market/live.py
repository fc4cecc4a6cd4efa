"""A day of a mall with shops that somebody keeps: who comes, what they look at, what they choose, and what they ask for in vain.

The same customers, choice and advertisements as in a simulated market, over offers whose prices, pictures, promises and stock are given: those of
shops that are kept by hand and of others. Beside what is offered there is always the choice to leave with nothing, as the multinomial logit has it.
Whoever finds a shelf empty chooses once more among what is left. Nothing here knows a world: offers go in, counts come out, and all follows from the
seed, the day and the numbers of customers. Times are days from the market's first; money is in fen (0.01 CNY).
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .advertising import response
from .calendar import weights
from .choice import A_CUSTOMER, Chooser, Lines, together
from .customers import before_leaving, operational, rate
from .draws import Floats, Ints
from .goods import Goods, logit
from .numbers import chosen, cumulated, exp, ln, poisson, quantile
from .truth import CATEGORIES, Truth, varied

#: Categories of the laboratory's catalogue, and whose share, cost, markup and elasticity each has (`truth.CATEGORIES`).
LIKE = {
    "consumer_electronics": "Electronic accessories", "food": "Snacks", "textiles": "Men's clothing", "stationery": "Stationery",
    "household": "Household goods", "appliances": "Small appliances",
}  # fmt: skip
#: Days for which customers have come before the first day: some of them are still there.
BEFORE = 182
#: Visits are made for so many days at a time.
AHEAD = 128
#: Visits of those who have come before for each of somebody who comes first (measured over sixty days, with the shapes of BG/NBD).
FOR_EACH_NEW = 0.95
#: To leave with nothing is worth as much as so many ordinary offers of the category; to whom an advertisement led, who is interested, as so many (assumed).
LEAVING, LEAVING_LED = 20, 5
#: The shop of what is no offer, and the utility of what nobody sees.
NOBODY, OUT_OF_SIGHT = -1, -15.0
#: What a picture of the goods adds to their utility; each day more than the law's seven within which they may come back, up to a month; and an order
#: that waits for longer than promised, down to four of them (assumed).
PICTURE, RETURN_DAY, WAITING = 0.35, 0.012, -0.15
#: Who sends goods back does so within so many days after receipt; and by how much each day promised beyond the law's seven tempts to (assumed).
RETURNING, TEMPTED = 5, 0.015
#: How much shops differ in how well the same article is liked there: standard deviation of utility (assumed).
SHOPS_DIFFER = 0.25
#: What visitors see beside what they choose: so many offers.
LOOKS = 4
#: Of an ordinary day's visitors, how many more a channel brings for each unit of its effect; and what is usually spent on it for each visitor, in fen.
REACH, USUAL = 0.4, 50
#: Days that an advertisement may still be felt.
FELT = 60


@dataclass(frozen=True)
class Offers:
    """What can be bought on a day, in any order. Shape (offers,) each.

    category: its place in the market's categories. shop: 0 for the shop that is looked at, from 1 the others. product: a number that tells articles
    apart, the same in every shop. usual, price: fen a piece. appeal: what the shop adds to the article's utility. there: whether the shelf has any.
    """

    category: Ints
    shop: Ints
    product: Ints
    usual: Ints
    price: Ints
    appeal: Floats
    there: np.ndarray


@dataclass(frozen=True)
class Came:
    """Who comes on a day: order (the number that an order would have), customer, and landed (whether an advertisement led straight to the shop)."""

    order: Ints
    customer: Ints
    landed: np.ndarray


@functools.lru_cache(maxsize=4)
def mall(seed: str, categories: tuple[str, ...], visitors: int, start: datetime.date, days: int) -> Truth:
    """The truth of a mall with so many visitors on an ordinary day, whose first day is `start`; its parameters differ from seed to seed."""
    like = {c[1]: c for c in CATEGORIES}
    same = tuple(like[LIKE[name]] for name in categories)
    first = start - datetime.timedelta(days=BEFORE)
    return varied(Truth(seed=seed, orders=visitors * days, start=first, days=BEFORE + days, campaigns=0, aimed_campaigns=0, categories=same))


def newcomers(truth: Truth, visitors: int, day: int) -> int:
    """How many come for the first time on a day, advertisements aside."""
    mean = visitors / (1 + FOR_EACH_NEW) * float(weights(truth)[day])
    return int(poisson(np.array([mean]), truth.draws.words("newcomers", np.array([day])))[0])


def brought(truth: Truth, visitors: int, day: int, spent: Sequence[Sequence[int]]) -> int:
    """How many an own advertisement brings on a day. spent: by channel, what was spent on each of the days up to it, the latest first, in fen."""
    effect = 0.0
    for (_, beta, theta, half, steep), amounts in zip(truth.channels, spent, strict=True):
        stock = 0.0
        for amount in reversed(amounts[:FELT]):
            stock = (1 - theta) * amount / (USUAL * visitors) + theta * stock
        effect += float(response(np.array([stock]), beta, half, steep)[0]) if stock else 0.0
    mean = visitors * REACH * effect * float(weights(truth)[day])
    return int(poisson(np.array([mean]), truth.draws.words("brought", np.array([day])))[0]) if effect else 0


@functools.lru_cache(maxsize=2_000)
def _visits(truth: Truth, first: int, last: int, since: int | None, until: int) -> tuple[Ints, Ints, Ints]:
    """The visits before a day of customers who come first on a day, or before the first day (None): their days, sorted, the customers, the numbers of orders.

    The visits of `customers.visits` in law, made one after the other by exponential gaps: what lies beyond `until` is not made, and changes nothing.
    """
    draws, clock = truth.draws, operational(truth)
    customer = np.arange(first, last)
    began = chosen(cumulated(weights(truth)[:BEFORE]), draws.words("arrival", customer)) if since is None else np.full(len(customer), since)
    often, many = np.maximum(rate(truth, customer), 1e-12), before_leaving(truth, customer)
    moment = clock[began] + (draws.uniform("moment", customer) * (clock[began + 1] - clock[began])).astype(np.int64)
    who, nth, found = np.arange(len(customer)), 0, []
    while len(who):
        found.append((np.searchsorted(clock, moment, side="right") - 1, customer[who], np.full(len(who), nth)))
        gap = quantile("exponential", draws.words("gap", customer[who], nth)) / often[who]
        moment, nth = moment + 1 + gap.astype(np.int64), nth + 1
        again = (moment < clock[until]) & (nth <= many[who])
        who, moment = who[again], moment[again]
    day, customer, number = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((customer, day))
    return day[order], customer[order], (customer * A_CUSTOMER + np.minimum(number, A_CUSTOMER - 1))[order]


def crowd(visitors: int) -> int:
    """How many customers came in the half year before the first day."""
    return round(visitors * BEFORE / (1 + FOR_EACH_NEW))


def came(truth: Truth, day: int, visitors: int, days: Sequence[tuple[int, int, int]]) -> Came:
    """Who comes on a day, the earliest first. days: of each day until then (day, customers who came anew, how many of these, the last ones, an
    advertisement led here)."""
    first = crowd(visitors)
    blocks: list[tuple[int, int, int | None, int]] = [(0, first, None, 0)]
    for since, new, led in days:
        blocks.append((first, first + new, since, led))
        first += new
    orders, customers, landed = [], [], []
    for start, end, when, led in (b for b in blocks if b[0] < b[1]):
        on, who, order = _visits(truth, start, end, when, min(truth.days, (day // AHEAD + 1) * AHEAD))
        today = slice(*np.searchsorted(on, [day, day + 1]))
        orders.append(order[today])
        customers.append(who[today])
        landed.append((who[today] >= end - led) & (when == day))
    order = np.concatenate(orders)
    sequence = np.argsort(truth.draws.words("hour", order), kind="stable")
    return Came(order[sequence], np.concatenate(customers)[sequence], np.concatenate(landed)[sequence])


class Mall:
    """The offers of one day, to be looked at and chosen from."""

    def __init__(self, truth: Truth, offers: Offers):
        self.truth, self.offers = truth, offers
        self.own = offers.shop == 0
        draws, n = truth.draws, len(truth.categories)
        quality = truth.quality_spread * quantile("normal", draws.words("quality", offers.product))
        liked = SHOPS_DIFFER * quantile("normal", draws.words("liked", offers.product, offers.shop))
        self._seen = quality + liked + offers.appeal
        elasticity = np.array([c[6] for c in truth.categories])[offers.category]
        self._utility = self._seen - elasticity * ln(offers.price / offers.usual)
        # by category and shop; last in each category stands what is no offer: to leave with nothing
        category, shop = np.concatenate([offers.category, np.arange(n)]), np.concatenate([offers.shop, np.full(n, NOBODY)])
        self._sorted = np.lexsort((np.concatenate([offers.product, np.zeros(n, dtype=np.int64)]), shop, category))
        none = np.zeros(0, dtype=np.int64)
        self._goods = Goods(
            category[self._sorted], shop[self._sorted], np.zeros(0), none, none, np.searchsorted(category[self._sorted], np.arange(n + 1)), np.zeros(0),
            none, none, none,
        )  # fmt: skip
        has = np.bincount(offers.category[self.own], minlength=n) > 0
        #: who was led to the shop looks for what it has
        self._led = replace(truth, categories=tuple((*c[:2], c[2] if h else 0.0, *c[3:]) for c, h in zip(truth.categories, has, strict=True)))

    def _chooser(self, utility: Floats, on_offer: np.ndarray, led: bool = False) -> Chooser:
        """Chooses among what is on offer, and to leave with nothing. led: whether an advertisement led to the shop."""
        leaving = np.full(len(self.truth.categories), float(ln(LEAVING_LED if led else LEAVING)))
        values = np.concatenate([np.where(on_offer, utility, OUT_OF_SIGHT), leaving])[self._sorted]
        return Chooser(self._led if led else self.truth, self._goods, logit(values))

    def _choosers(self, utility: Floats, who: Came) -> list[tuple[Chooser, np.ndarray]]:
        """With whom each chooses: whoever was led to the shop sees its offers only. An own shelf may be empty: that shows when somebody asks."""
        return [
            (self._chooser(utility, self.offers.there | self.own), np.flatnonzero(~who.landed)),
            (self._chooser(utility, self.own, led=True), np.flatnonzero(who.landed)),
        ]  # fmt: skip

    def _which(self, article: Ints) -> Ints:
        """The place of what was chosen among the offers; -1: nothing."""
        place = self._sorted[article]
        return np.asarray(np.where(place < len(self.offers.shop), place, -1))

    def wanted(self, who: Came, day: int) -> Lines:
        """What is asked for, in the order in which people come; an article is a place among the offers. Whoever leaves with nothing is not there."""
        parts = []
        for chooser, among in self._choosers(self._utility, who):
            zero = np.zeros(len(among), dtype=np.int64)
            parts.append(chooser.lines(who.order[among], who.customer[among], zero + day, zero))
        lines = together(parts)
        place = self._which(lines.article)
        by_number = np.argsort(who.order, kind="stable")
        turn = by_number[np.searchsorted(who.order[by_number], lines.order)]
        kept = np.flatnonzero(place >= 0)
        kept = kept[np.lexsort((place[kept], turn[kept]))]
        return replace(lines[kept], article=place[kept])

    def lost(self, who: Came, waiting: float) -> tuple[int, int]:
        """How many visitors would have asked for something of the own shop but did not: had no own price been above the usual one, and without `waiting`.

        waiting: what orders that wait have added to the utility of all own offers. The draws are the same: who came anyway comes then, too.
        """
        here = self._here(self._utility, who)
        dear = self.own & (self.offers.price > self.offers.usual)
        found = [np.where(dear, self._seen, self._utility) if dear.any() else None, self._utility - waiting * self.own if waiting else None]
        return tuple(0 if u is None else int((self._here(u, who) & ~here).sum()) for u in found)  # type: ignore[return-value]

    def _here(self, utility: Floats, who: Came) -> np.ndarray:
        """Whether what each visitor asks for first is the own shop's."""
        found = np.zeros(len(who.order), dtype=bool)
        for chooser, among in self._choosers(utility, who):
            order = who.order[among]
            place = self._which(chooser.among("article", order, chooser.category(order)))
            found[among] = (place >= 0) & self.own[place]
        return found

    def instead(self, lines: Lines, empty: np.ndarray) -> Ints:
        """What those choose whose article was not there: another offer, or -1. empty: of the offers, whose shelf is empty."""
        chooser = self._chooser(self._utility, self.offers.there & ~empty)
        return self._which(chooser.among("instead", lines.order, self.offers.category[lines.article]))

    def looked_at(self, who: Came) -> Ints:
        """The offers that visitors look at beside what they ask for, drawn by what catches the eye; -1: none. Shape (LOOKS, visitors)."""
        found = np.empty((LOOKS, len(who.order)), dtype=np.int64)
        for chooser, among in self._choosers(self._seen, who):
            order = who.order[among]
            for k in range(LOOKS):
                found[k, among] = self._which(chooser.among(f"look {k}", order, chooser.category(order)))
        return found


def waiting(orders: int) -> float:
    """What so many orders that wait for longer than promised add to the utility of a shop's offers."""
    return WAITING * min(orders, 4)


def at_the_door(truth: Truth, order: Ints) -> np.ndarray:
    """Whether an order is paid at the door."""
    return np.asarray(truth.draws.uniform("payment", order) < truth.at_the_door)


def sent_back(truth: Truth, order: Ints, product: Ints, category: Ints, promised: Ints) -> tuple[np.ndarray, Ints]:
    """Whether lines of orders are sent back, and how many days after receipt their orders are. promised: days within which goods may come back.

    The shares are those of the categories; each day promised beyond the law's seven adds `TEMPTED` of them.
    """
    share = np.array([c[5] for c in truth.categories])[category] * (1 + TEMPTED * np.minimum(promised - 7, 23))
    return truth.draws.uniform("returned", order, product) < share, 1 + truth.draws.below(RETURNING, "return day", order)


def rivals(truth: Truth, shops: int, products: Ints, usual: Ints, week: int) -> tuple[Ints, np.ndarray]:
    """The prices of the other shops in a week, in fen, and whether each shelf has any; shape (shops, products). A price of 0: not sold there.

    Prices are set as in a simulated market: by quality and noise that lasts for four weeks, and in the last shop at random. Half of the articles are
    sold by each; 8 per cent of shelves are empty (Gruen, Corsten and Bharadwaj 2002).
    """
    draws = truth.draws
    shop = np.arange(1, shops + 1)[:, None]
    product = products[None, :]
    quality = truth.quality_spread * quantile("normal", draws.words("quality", product))
    noise = truth.price_noise * quantile("normal", draws.words("rival price", shop, product, week // 4))
    trying = truth.experiment_spread * quantile("normal", draws.words("rival tries", shop, product, week))
    level = np.where(shop == shops, trying, truth.quality_in_price * quality + noise)
    price = np.rint(usual[None, :] * exp(level) / 10).astype(np.int64) * 10
    sold = draws.uniform("rival sells", shop, product) < 0.5
    return np.where(sold, price, 0), draws.uniform("rival shelf", shop, product, week) >= 0.08


def usual_price(truth: Truth, category: Ints, cost: Ints) -> Ints:
    """What an article of that cost is ordinarily sold for, in fen."""
    markup = np.array([c[4] for c in truth.categories])[category]
    return np.asarray(np.maximum(cost + 1, np.rint(cost * exp(markup) / 10).astype(np.int64) * 10))
