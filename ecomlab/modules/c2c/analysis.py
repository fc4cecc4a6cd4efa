"""What auctions teach: price paths, sellers' revenue, and the English auction against second-price theory.

Each function reads a world (`look`) and gives a Table; the dashboard draws them. Amounts are CNY, two places.

With independent private values a sealed second-price auction and an English auction sell to whoever values the item
most, at the second-highest value (Vickrey 1961): a proxy auction differs by its increments only. With n values
uniform on [low, high], the expected price is low + (high - low)(n - 1)/(n + 1); a reserve r gains when it falls
between the two highest values and loses the sale when it exceeds both. The best one is where the virtual value
2r - high is zero, so high / 2, whatever the number of bidders (Myerson 1981; Krishna, Auction Theory, ch. 2 and 5).
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from ...kernel.doing import Looking
from ...kernel.table import Table
from .bidders import HIGH, LOW, private_value, prohibited_title
from .members import PASSWORD

CENT = Decimal("0.01")


def price_path(look: Looking, listing: str) -> Table:
    """How the price of a listing went: bid (from 1), moment, bidder, price, leader, scripted; in the order of bidding."""
    return look.table("select bid, moment, bidder, price, leader, scripted from c2c_bid where listing = $listing order by bid", listing=listing)


def seller_revenue(look: Looking, seller: str | None = None) -> Table:
    """A row a seller (one, or all by name): seller, listings that ended, sales, share_sold in percent, revenue, average_price.

    A sale counts from the hammer; one that was not paid for does not. share_sold and average_price are empty where nothing ended or sold.
    """
    return look.table(
        """select l.seller, count(*) as listings, count(*) filter (d.state in ('sold', 'paid')) as sales,
                  round(100.0 * count(*) filter (d.state in ('sold', 'paid')) / nullif(count(*), 0), 1)::decimal(5,1) as share_sold,
                  coalesce(sum(l.final_price) filter (d.state in ('sold', 'paid')), 0)::decimal(18,2) as revenue,
                  (sum(l.final_price) filter (d.state in ('sold', 'paid')) / nullif(count(*) filter (d.state in ('sold', 'paid')), 0))::decimal(18,2)
                      as average_price
           from c2c_listing l join document d using (number)
           where d.state not in ('on_auction', 'called_off') and ($seller is null or l.seller = $seller) group by l.seller order by l.seller""",
        seller=seller,
    )


def expected_revenue(bidders: int, low: Decimal, high: Decimal, reserve: Decimal = Decimal(0)) -> Decimal:
    """What a second-price auction earns its seller on average: n independent values uniform on [low, high] and a reserve, in CNY.

    An unsold item earns nothing. Raises ValueError unless bidders >= 1 and low < high. The integral of the highest
    bidder's virtual value 2v - high above the reserve (Krishna, section 2.5), with x = (reserve - low)/(high - low):
    (2 low - high)(1 - x^n) + 2 (high - low) n/(n + 1) (1 - x^(n+1)).
    """
    if bidders < 1 or low >= high:
        raise ValueError("needs a bidder and low < high")
    x = min(Decimal(1), max(Decimal(0), (reserve - low) / (high - low)))
    n = Decimal(bidders)
    expected = (2 * low - high) * (1 - x**bidders) + 2 * (high - low) * n / (n + 1) * (1 - x ** (bidders + 1))
    # below `low` a reserve binds only where there is nobody to push the price up: a lone bidder pays it
    if bidders == 1 and reserve < low:
        expected += max(Decimal(0), reserve) - (2 * low - high) - (high - low)
    return expected.quantize(CENT, ROUND_HALF_EVEN)


def best_reserve(low: Decimal, high: Decimal) -> Decimal:
    """The reserve with the highest expected revenue for values uniform on [low, high], in CNY: max(low, high / 2)."""
    return max(low, high / 2).quantize(CENT, ROUND_HALF_EVEN)


def second_price(values: list[Decimal], reserve: Decimal) -> Decimal | None:
    """What a sealed second-price auction with these values and this reserve sells for; None if it does not sell."""
    highest = sorted(values, reverse=True)[:2]
    if not highest or highest[0] < reserve:
        return None
    return max(reserve, highest[1]) if len(highest) > 1 else reserve


def english_against_second_price(look: Looking, seller: str | None = None) -> Table:
    """The auctions that ended, each against theory: listing, ends, bidders, final_price, second_price, difference, expected_price.

    bidders: who might have bid: all scripted members but the seller, and whoever else did. second_price: what a sealed
    second-price auction would have sold for if everybody told the true value (of others than scripted members, their
    highest maximum counts as such). expected_price: the mean over all values that scripted bidders might have had.
    Prices are empty where the item did or would not sell. Left out are sales at a buy-now price, and the prohibited
    item, which is worth nothing to an honest bidder.
    """
    rows = look.all(
        """select l.*, c.typical_value from c2c_listing l join document d using (number) join c2c_category c on c.number = l.auction_category
           where d.state not in ('on_auction', 'called_off') and (l.bids > 0 or l.buyer is null) and l.title <> $prohibited
             and ($seller is null or l.seller = $seller)
           order by l.ends, l.listed_on, l.number""",
        seller=seller, prohibited=prohibited_title(look),
    )  # fmt: skip
    scripted = [r.name for r in look.all("select name from access where realm = $realm and scripted order by name", realm=PASSWORD)]
    others: dict[str, list[Decimal]] = {}
    for b in look.all("select listing, max(maximum) as maximum from c2c_bid where not scripted group by listing, bidder order by listing, bidder"):
        others.setdefault(b.listing, []).append(b.maximum)
    made = []
    for r in rows:
        values = [private_value(look, name, r.number, r.typical_value) for name in scripted if name != r.seller]
        floor = r.reserve_price or r.start_price
        theory = second_price(values + others.get(r.number, []), floor)
        sold = _hammer_price(r)
        expected = expected_revenue(len(values), r.typical_value * LOW, r.typical_value * HIGH, floor) if values else None
        made.append((r.number, r.ends, len(values) + len(others.get(r.number, [])), sold, theory, _difference(sold, theory), expected))
    return Table(("listing", "ends", "bidders", "final_price", "second_price", "difference", "expected_price"), made)


def _hammer_price(row: Any) -> Decimal | None:
    """The price at which the auction itself sold, whatever became of the sale later; None if it did not."""
    unmet = row.leader is None or (row.reserve_price is not None and row.leader_max < row.reserve_price)
    return None if unmet else row.price


def _difference(sold: Decimal | None, theory: Decimal | None) -> Decimal | None:
    return sold - theory if sold is not None and theory is not None else None
