"""The parameters of a market: what is true in it. They are written beside the data, never inside, so that an estimate can be held against them.

Defaults come from the sources named beside them; where it says "assumed", nobody has measured it for us, and it is a plausible figure to teach with.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .draws import Draws

#: (zh, en, share of orders, typical cost in CNY, markup, share returned, elasticity). Return shares between 3 % and 30 %: clothing far above the
#: rest (People's Daily, 2025-07-16); elasticities around the mean of 1,851 estimates, -2.62 (Bijmolt, van Heerde and Pieters, JMR 2005).
CATEGORIES: tuple[tuple[str, str, float, float, float, float, float], ...] = (
    ("女装", "Women's clothing", 0.14, 62, 0.55, 0.300, 2.4),
    ("男装", "Men's clothing", 0.08, 66, 0.50, 0.180, 2.3),
    ("鞋", "Shoes", 0.07, 88, 0.48, 0.160, 2.2),
    ("箱包", "Bags", 0.04, 75, 0.50, 0.090, 2.2),
    ("茶叶", "Tea", 0.05, 48, 0.45, 0.030, 1.9),
    ("零食", "Snacks", 0.09, 18, 0.32, 0.030, 2.6),
    ("粮油", "Grain and oil", 0.06, 36, 0.20, 0.032, 2.9),
    ("水果", "Fruit", 0.05, 32, 0.28, 0.045, 2.5),
    ("母婴", "Mother and baby", 0.06, 82, 0.30, 0.050, 2.0),
    ("美妆", "Cosmetics", 0.08, 74, 0.60, 0.060, 2.1),
    ("个护", "Personal care", 0.06, 26, 0.38, 0.040, 2.4),
    ("家居", "Household goods", 0.05, 34, 0.40, 0.070, 2.3),
    ("床品", "Bedding", 0.03, 110, 0.42, 0.110, 2.1),
    ("厨具", "Kitchenware", 0.03, 58, 0.38, 0.075, 2.3),
    ("文具", "Stationery", 0.03, 14, 0.40, 0.035, 2.2),
    ("图书", "Books", 0.02, 24, 0.30, 0.030, 1.8),
    ("玩具", "Toys", 0.02, 46, 0.40, 0.080, 2.2),
    ("运动", "Sports goods", 0.02, 95, 0.38, 0.100, 2.3),
    ("小家电", "Small appliances", 0.01, 150, 0.28, 0.085, 2.7),
    ("数码配件", "Electronic accessories", 0.01, 40, 0.36, 0.095, 2.8),
)
#: (name, mean of the logarithm of days at distance 0, standard deviation): assumed, from half a week to a fortnight at the longest distance.
CARRIERS: tuple[tuple[str, float, float], ...] = (
    ("迅达 Swift", 0.69, 0.30),
    ("联程 Relay", 0.92, 0.36),
    ("通海 Seaway", 1.03, 0.42),
    ("驿站 Posthouse", 1.16, 0.46),
    ("行远 Farther", 1.28, 0.50),
)
#: The 31 provincial units of the mainland, by their codes of GB/T 2260; the share of the nth is proportional to 1 / (n + 6) (assumed).
PROVINCES = ("44", "37", "41", "32", "51", "13", "43", "33", "34", "42", "45", "53", "36", "21", "35", "61", "23", "14", "52", "50",
             "22", "62", "15", "65", "31", "11", "12", "46", "64", "63", "54")  # fmt: skip
#: (channel, greatest effect, what stays of an advertisement's effect from day to day, half-saturation, steepness): geometric adstock and a Hill
#: curve as Jin, Wang, Sun, Chan and Koehler describe them (Bayesian Methods for Media Mix Modeling, Google 2017); figures assumed.
CHANNELS: tuple[tuple[str, float, float, float, float], ...] = (
    ("search", 0.50, 0.30, 1.0, 1.0),
    ("feed", 0.35, 0.60, 1.2, 1.0),
    ("live", 0.60, 0.20, 2.0, 1.6),
    ("mail", 0.10, 0.75, 0.8, 1.0),
)

#: (channel as above) impressions for a fen, how many of a thousand are clicked, and of those who buy in a shop on a day on which it advertises where
#: they live, the share that come by a click on it: assumed. What came of a click came after it, which does not say that it came because of it.
CLICKS: tuple[tuple[int, float, float], ...] = ((1, 24.0, 0.30), (2, 9.0, 0.15), (1, 15.0, 0.20), (10, 2.0, 0.08))
#: (name, share of trucks that come late, mean days by which those do, base fee and rate a kilogram in CNY): assumed.
HAULIERS: tuple[tuple[str, float, float, float, float], ...] = (
    ("川途 Streamway", 0.06, 1.2, 45.0, 0.80),
    ("大道 Broadway", 0.12, 1.5, 40.0, 0.65),
    ("山行 Hillgate", 0.20, 1.9, 32.0, 0.55),
)

#: Lines of a part, roughly: what one process has in memory at a time.
A_PART = 500_000


@dataclass(frozen=True)
class Truth:
    """All parameters of one market. Times are in weeks of operational time (a week of ordinary days) unless said otherwise; money in CNY."""

    seed: str
    orders: int
    start: datetime.date = datetime.date(2025, 1, 1)
    days: int = 730
    shops: int = 20
    articles: int = 24
    #: BG/NBD (Fader, Hardie and Lee, Marketing Science 2005, CDNOW): rate of purchases ~ Gamma(r, alpha) a week, chance to leave ~ Beta(a, b)
    r: float = 0.243
    alpha: float = 4.414
    a: float = 0.793
    b: float = 2.426
    #: further pieces in a line ~ Poisson(a customer's own mean ~ Gamma(shape, rate)): a negative binomial; assumed
    pieces_shape: float = 1.5
    pieces_rate: float = 1.6
    #: lines in an order: the chances of one, two and three; assumed
    lines: tuple[float, ...] = (0.65, 0.25, 0.10)
    #: ln price = ln cost + markup + quality_in_price x quality + noise; every `experimenting`th shop sets its markups at random
    quality_in_price: float = 0.12
    quality_spread: float = 0.60
    #: what is better liked also costs more to make: ln cost grows by this much a unit of quality (assumed)
    quality_in_cost: float = 0.9
    price_noise: float = 0.04
    experimenting: int = 5
    experiment_spread: float = 0.30
    cost_drift: float = 0.025
    #: goods are ordered when what is there and on its way falls to the demand of the mean lead time and `safety` standard deviations of it, up to
    #: `cover` days more (assumed; out-of-stock rates around the 8.3 % that Gruen, Corsten and Bharadwaj found worldwide, 2002)
    cover: int = 14
    safety: float = 1.0
    smoothing: float = 1 / 28
    lead_least: int = 3
    lead_spread: int = 8
    #: a coupon multiplies a customer's rate of purchases by 1 + lift for a week; who gets it is a coin's choice
    coupon_lift: float = 0.30
    campaigns: int = 14
    #: other coupons are aimed: the share of customers who get one, and what it does to their rate, for those who came first less than eight weeks before,
    #: less than 26, and earlier (`customers.tenure`); assumed
    aimed_campaigns: int = 7
    aimed_shares: tuple[float, ...] = (0.70, 0.40, 0.20)
    aimed_lifts: tuple[float, ...] = (0.10, 0.80, 0.50)
    #: paid at the door: the share of orders, how many days the money takes (logarithm), and the share that is never paid; assumed
    at_the_door: float = 0.15
    cash_days: tuple[float, float] = (2.6, 0.55)
    never_paid: float = 0.05
    #: days on a carrier's way grow by this factor (logarithm) from the nearest to the farthest provinces, and at the great sales
    distance: float = 0.60
    slower_at_sales: float = 0.25
    #: of the parcels to the farther half of the provinces, the share that shops leave to the carrier who goes everywhere, the last one; assumed
    left_to_the_last: float = 0.5
    #: what is bought in the fortnight of the lunar New Year, when carriers and many buyers are at home, against ordinary days; assumed
    new_year: float = 0.55
    #: orders placed by a shop's own helpers to look popular, as a share of orders; assumed
    brushing: float = 0.004
    #: institutions that buy in bulk: so many orders of shoppers to one; further orders ~ Poisson(a buyer's own mean, exponential about this one); assumed
    orders_to_a_bulk_buyer: int = 100
    further_bulk: float = 3.0
    #: what a bulk order comes to, CNY without tax, is gamma-gamma: Gamma(p, a buyer's own rate ~ Gamma(q, v)). CDNOW has 6.25, 3.74 and 15.44 (Fader,
    #: Hardie and Lee, "RFM and CLV", JMR 42, 2005); shapes are in halves here (`numbers.gamma`), and v is 300 times that, for bulk (assumed)
    p: float = 6.5
    q: float = 3.5
    v: float = 4632.0
    categories: tuple[tuple[str, str, float, float, float, float, float], ...] = field(default=CATEGORIES)
    carriers: tuple[tuple[str, float, float], ...] = field(default=CARRIERS)
    channels: tuple[tuple[str, float, float, float, float], ...] = field(default=CHANNELS)
    clicks: tuple[tuple[int, float, float], ...] = field(default=CLICKS)
    hauliers: tuple[tuple[str, float, float, float, float], ...] = field(default=HAULIERS)

    @classmethod
    def of(cls, orders: int, seed: str, days: int = 730) -> Truth:
        """A market of that many orders: shops and articles grow with it, so that an article has some sales a week at every size.

        What is to be found out differs from seed to seed, around the figures of the sources: who has read them has not answered yet.
        """
        shops = max(7, min(500, round(orders**0.5 / 10)))
        return varied(cls(seed=seed, orders=orders, days=days, shops=shops, articles=max(12, min(40, round(4 * orders**0.15)))))

    @property
    def draws(self) -> Draws:
        return Draws(self.seed)

    @property
    def parts(self) -> int:
        """In how many parts it is made: by its size alone, so that the same market has the same files everywhere. Shop and supplier n are in part
        n modulo this, and trade within it."""
        return max(1, min(64, self.shops, -(-self.orders * 4 // 3 // A_PART)))

    @property
    def suppliers(self) -> int:
        return self.parts * -(-40 // self.parts)

    @property
    def bulk_buyers(self) -> int:
        """Bulk buyer n is in part n modulo the parts, too."""
        return max(1, self.orders // self.orders_to_a_bulk_buyer)

    @property
    def end(self) -> datetime.date:
        """The last day."""
        return self.start + datetime.timedelta(days=self.days - 1)

    def record(self) -> dict[str, Any]:
        """As JSON types."""
        return {**asdict(self), "start": self.start.isoformat()}


#: By how much at most a figure differs from that of its source, as a part of it. The shapes r, a, b and that of the pieces are those of the
#: committed quantiles, and stay.
_DIFFERS = {
    "alpha": 0.5, "pieces_rate": 0.6, "quality_in_cost": 0.2, "coupon_lift": 0.8, "never_paid": 0.8, "distance": 0.25, "new_year": 0.3,
    "p": 0.25, "q": 0.2, "v": 0.4,
}  # fmt: skip


def varied(usual: Truth) -> Truth:
    """The same with what is to be found out drawn anew, evenly within its bounds."""

    def drawn(figure: float, by: float, name: str) -> float:
        return round(figure * (1 + by * (2 * float(usual.draws.uniform(f"parameter {name}")) - 1)), 4)

    figures: dict[str, Any] = {name: drawn(getattr(usual, name), by, name) for name, by in _DIFFERS.items()}
    figures |= {name: round(2 * figures[name]) / 2 for name in ("p", "q")}
    return replace(
        usual,
        **figures,
        aimed_lifts=tuple(drawn(lift, 0.5, f"aimed lift {n}") for n, lift in enumerate(usual.aimed_lifts)),
        categories=tuple((*c[:5], drawn(c[5], 0.6, f"returned {c[1]}"), drawn(c[6], 0.3, f"elasticity {c[1]}")) for c in usual.categories),
        carriers=tuple((c[0], drawn(c[1], 0.3, f"days {c[0]}"), drawn(c[2], 0.4, f"spread {c[0]}")) for c in usual.carriers),
        channels=tuple((c[0], drawn(c[1], 0.8, f"effect {c[0]}"), drawn(c[2], 0.15, f"stays {c[0]}"), *c[3:]) for c in usual.channels),
    )
