"""The other members: fictional persons who sell, bid, pay and rate as the business clock moves, each by its own values.

A scripted bidder's private value of a listing is drawn from the world's seed, uniform between 0.4 and 1.6 times the
typical value of the category and independent of everybody else's: the model of independent private values. It bids
up to that value through the same rules as everybody, all at once or step by step, and its bids are marked `scripted`.
"""

from __future__ import annotations

import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from ...books import clock, ledger
from ...books.cast import Person, persons
from ...books.members import acting
from ...kernel.doing import Doing, Looking
from ...kernel.secrets import Issued
from .. import ebank
from . import bidding, listings, sales
from .members import BUYER, PASSWORD, SELLER, STRIKES
from .pricing import increment, least_bid

#: Values lie between these multiples of the category's typical value.
LOW, HIGH = Decimal("0.4"), Decimal("1.6")
#: Every so many sales, in per cent, the careless one among them does not pay.
CARELESS = 30
PROHIBITED = "高仿名牌手表 Replica of a brand watch"
_COMMENTS = {
    "positive": "描述属实，发货很快 As described and quickly sent",
    "neutral": "还可以 All right",
    "negative": "与说明不符 Not as described",
}


class Goods(NamedTuple):
    """What can be listed: number of its category, title, typical value in CNY."""

    category: str
    title: str
    typical_value: Decimal


def scripted_persons(look: Looking) -> list[Person]:
    """The five persons who act by themselves: the first two sell, the third sells what is prohibited, the last may not pay."""
    return persons(look)[-5:]


def user_name(person: Person) -> str:
    return person.mailbox.partition("@")[0]


def pin_of(name: str) -> Issued:
    """The PIN of a scripted member's bank account."""
    return Issued(f"cast/c2c-pin-{name}")


def category_names(look: Looking) -> list[tuple[str, Decimal]]:
    """The categories that goods come in, with their typical values, in the order in which the house creates them."""
    return list(dict.fromkeys((r["category"], Decimal(r["typical_value"])) for r in look.scenario.rows("auction_goods")))


def category_number(look: Looking, position: int) -> str:
    """The number that the category in this position, from 0, has got."""
    return f"CT-{look.mark}-{position + 1:04d}"


def asked_position(look: Looking) -> int:
    """The category in which this world's student is asked to buy and sell, and the first seller always has something."""
    return look.stream("c2c.category").randrange(len(category_names(look)))


def goods_of(look: Looking, seller: int, k: int) -> Goods:
    """What the seller in this position puts up as its k-th item: the first keeps to one category, the second goes round."""
    position = asked_position(look)
    if seller:
        position = (position + 1 + k % (len(category_names(look)) - 1)) % len(category_names(look))
    name, value = category_names(look)[position]
    titles = [r["title"] for r in look.scenario.rows("auction_goods") if r["category"] == name]
    return Goods(category_number(look, position), titles[k % len(titles)], value)


def prohibited_title(look: Looking) -> str:
    return f"{PROHIBITED} {look.mark}"


class Terms(NamedTuple):
    """On which terms a scripted seller lists."""

    category: str
    title: str
    description: str
    start_price: Decimal
    ends: datetime.date
    fixed_increment: Decimal | None = None
    reserve_price: Decimal | None = None
    buy_now_price: Decimal | None = None
    soft_close: bool = False


def terms_of(look: Looking, seller: int, k: int, day: datetime.date) -> Terms:
    """The terms of the k-th item of the seller in this position, put up on that day; the second seller varies them."""
    goods = goods_of(look, seller, k)
    value = goods.typical_value
    start = value * Decimal("0.30")
    used = "二手，功能完好 Second-hand, in working order"
    if seller == 0:
        return Terms(goods.category, goods.title, used, start, day + datetime.timedelta(days=5))
    if seller == 1:
        return Terms(
            goods.category, goods.title, used, start, day + datetime.timedelta(days=7),
            fixed_increment=value * Decimal("0.05") if k % 3 == 2 else None,
            reserve_price=value * Decimal("0.80") if k % 3 == 0 else None,
            buy_now_price=value * Decimal("1.50") if k % 3 == 1 else None,
            soft_close=k % 2 == 0,
        )  # fmt: skip
    copied = "几乎看不出差别 Can hardly be told from the real one"
    return Terms(goods.category, prohibited_title(look), copied, Decimal("99.00"), day + datetime.timedelta(days=7))


def private_value(look: Looking, bidder: str, listing: str, typical: Decimal) -> Decimal:
    """What a listing is worth to a scripted bidder, in whole CNY."""
    low = int((typical * LOW).to_integral_value(ROUND_CEILING))
    high = max(low, int((typical * HIGH).to_integral_value(ROUND_FLOOR)))
    return Decimal(look.stream(f"c2c.value/{bidder}/{listing}").randint(low, high)).quantize(Decimal("0.01"))


# --- acting ----------------------------------------------------------------------------------------------------------


_ACTIVE = """
    select l.*, d.state, c.typical_value from c2c_listing l join document d using (number) join c2c_category c on c.number = l.auction_category
    where d.state in ('on_auction', 'sold', 'offered') and ($number is null or l.number = $number) order by l.ends, l.listed_on, l.number"""


@clock.daily
def act(do: Doing) -> None:
    """What the scripted members do at the start of a day, after the auctions of the day before have closed."""
    people = {
        r.user_name: r
        for r in do.all(
            "select * from c2c_member where user_name in (select name from access where realm = $realm and scripted) order by user_name", realm=PASSWORD
        )
    }
    if not people:
        return
    active = do.all(_ACTIVE, number=None)
    purse = Purse(do, people, active)
    for row in active:
        if row.state == "sold" and row.pay_by - datetime.timedelta(days=sales.PAYMENT_DAYS) < do.day:
            _pay(do, purse, people, row)
        if row.state == "sold" and row.seller in people and do.day > row.pay_by:
            _chase(do, row)
        if row.state == "offered" and row.buyer in people and purse.free(row.buyer, row.number) >= row.final_price:
            with acting(do, BUYER.name, row.buyer):
                sales.answer_offer(do, row.number, "accept")
    _relist(do, people, {r.seller for r in active if r.state == "on_auction"})
    for row in active:
        if row.state == "on_auction" and row.title != prohibited_title(do):
            _bid(do, purse, people, row)


class Purse:
    """What the scripted members can still spend: what each has in cash and at the bank, less what its bids and purchases may cost."""

    def __init__(self, do: Doing, people: dict[str, Any], active: list[Any]):
        self._do = do
        self._people = people
        self._balance: dict[str, Decimal] = {}
        #: by listing: who may have to pay how much for it
        self.held = {r.number: (r.leader, r.leader_max) if r.state == "on_auction" else (r.buyer, r.final_price) for r in active}

    def account(self, name: str) -> str | None:
        return ebank.account_of(self._do, self._people[name].member, "personal")

    def balance(self, name: str) -> Decimal:
        if name not in self._balance:
            account = self.account(name)
            cash = ledger.balance(self._do, self._people[name].member, ledger.CASH)
            self._balance[name] = cash + ebank.balance_of(self._do, account) if account else Decimal(0)
        return self._balance[name]

    def free(self, name: str, but_for: str = "") -> Decimal:
        """What is left to a member, not counting what it holds for the listing `but_for`."""
        return self.balance(name) - sum((a for n, (who, a) in self.held.items() if who == name and n != but_for), Decimal(0))

    def ready(self, name: str, amount: Decimal) -> str:
        """The account of a member with so much in it; cash that is missing there is paid in."""
        number = str(self.account(name))
        if (short := amount - ebank.balance_of(self._do, number)) > 0:
            customer = self._do.value("select customer from bank_account where number = $number", number=number)
            with acting(self._do, ebank.PERSONAL_CLIENT.name, customer):
                ebank.pay_in(self._do, number, short, pin_of(name).stored())
        return number

    def spend(self, name: str, listing: str, amount: Decimal) -> None:
        self._balance[name] = self.balance(name) - amount
        self.held.pop(listing, None)


def _pay(do: Doing, purse: Purse, people: dict[str, Any], row: Any) -> None:
    if row.buyer not in people or purse.balance(row.buyer) < row.final_price:
        return
    chance = do.stream(f"c2c.pays/{row.number}")
    if row.buyer == user_name(scripted_persons(do)[-1]) and chance.randrange(100) < CARELESS:
        return
    seller = do.value("select member from c2c_member where user_name = $name", name=row.seller)
    if ebank.account_of(do, seller, "personal") is None:
        return
    account = purse.ready(row.buyer, row.final_price)
    with acting(do, BUYER.name, row.buyer):
        sales.pay(do, row.number, account, pin_of(row.buyer).stored())
        rating = chance.choices(("positive", "neutral", "negative"), (80, 15, 5))[0]
        sales.rate(do, row.number, rating, _COMMENTS[rating])
    purse.spend(row.buyer, row.number, row.final_price)


def _chase(do: Doing, row: Any) -> None:
    """A scripted seller whose buyer has not paid turns to the best other bidder."""
    with acting(do, SELLER.name, row.seller):
        if do.value("select state from document where number = $number", number=row.number) != "sold":
            return
        sales.report_unpaid(do, row.number)
        if others := sales.underbidders(do, row.number):
            sales.offer_second_chance(do, row.number, others[0].bidder)


def _relist(do: Doing, people: dict[str, Any], selling: set[str]) -> None:
    """Each scripted seller always has one item on auction; the prohibited one stays away once it has been cancelled."""
    for seller, person in enumerate(scripted_persons(do)[:3]):
        name = user_name(person)
        if name not in people or name in selling:
            continue
        if seller == 2 and do.value(
            "select 1 from c2c_listing l join document d using (number) where l.seller = $name and d.state = 'called_off' limit 1", name=name
        ):
            continue
        with acting(do, SELLER.name, name):
            listings.put_up(do, *terms_of(do, seller, do.count(f"c2c_goods/{name}"), do.day))


def _bid(do: Doing, purse: Purse, people: dict[str, Any], row: Any) -> None:
    """Every scripted bidder looks at a listing: from its day of arrival on, and on the last day to its full value."""
    bidders = [name for name, r in people.items() if name != row.seller and r.strikes < STRIKES]
    do.stream(f"c2c.order/{row.number}/{do.day}").shuffle(bidders)
    for name in bidders:
        value = private_value(do, name, row.number, row.typical_value)
        manner = do.stream(f"c2c.manner/{name}/{row.number}")
        patient, arrives = manner.random() < 0.5, manner.randint(1, max(1, (row.ends - row.listed_on).days))
        least = least_bid(row.price, row.start_price, row.fixed_increment)
        if (do.day - row.listed_on).days < arrives or value < least:
            continue
        last_day = do.day == row.ends
        if row.leader == name:
            if not last_day or row.leader_max >= value:
                continue
            maximum = value
        elif last_day or not patient:
            maximum = value
        else:
            maximum = min(value, least + manner.randrange(3) * increment(least, row.fixed_increment))
        if purse.free(name, row.number) < maximum:
            continue
        with acting(do, BUYER.name, name):
            bidding.place(do, row, name, maximum, scripted=True)
        row = do.one(_ACTIVE, number=row.number)
        purse.held[row.number] = (row.leader, row.leader_max)
