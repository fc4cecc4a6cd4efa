"""The others in the mall: shoppers who come by themselves as the business clock moves, and shops that are kept by nobody's hand.

A scripted shopper looks at one product a visit and buys it if the price is not above what it is worth to her: 130 to 220 per
cent of what it typically costs, by the world's seed. She pays online, through the platform or at the door. A scripted shop
accepts, ships and takes back at the start of the day after.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ...books import access, ledger
from ...books.cast import Person, persons
from ...books.members import acting
from ...kernel.doing import Doing, Looking
from ...kernel.secrets import Issued
from .. import ebank
from . import checkout, payments, postage, returns, sales
from .members import PASSWORD, SHOP_PASSWORD, SHOPKEEPER, SHOPPER, shop_of, shopper_of

#: How likely a scripted shopper visits a shop on a day, in per cent.
VISITS = 40
#: The pieces that a visitor buys at most.
PIECES = 3
CITIES = ("杭州 Hangzhou", "苏州 Suzhou", "成都 Chengdu")


def scripted_shoppers(look: Looking) -> list[Person]:
    """The three persons who shop by themselves."""
    return persons(look)[1:4]


def user_name(person: Person) -> str:
    """The name under which a person shops."""
    return person.mailbox.partition("@")[0]


def pin_of(position: int) -> Issued:
    """The PIN of the bank account of the scripted shopper in this position."""
    return Issued(f"cast/person-pin-{position}")


def first_customers(do: Doing, shop: Any) -> None:
    """When a shop opens its doors two shoppers are there already: one pays online, one will pay at the door."""
    played = {r.name for r in do.all("select name from access where realm = $realm and scripted", realm=PASSWORD)}
    for position, (person, kind) in enumerate(zip(scripted_shoppers(do)[:2], ("online", "cash_on_delivery"), strict=True)):
        if user_name(person) in played and not access.scripted(do, SHOP_PASSWORD, shop.merchant):
            _buy(do, shop, position, user_name(person), kind)


#: What says of a shop that another module brings its customers: (look, merchant) -> whether it does.
_BROUGHT: list[Callable[[Looking, str], bool]] = []


def brought(says: Callable[[Looking, str], bool]) -> Callable[[Looking, str], bool]:
    """Registers what says whether another module brings a shop's customers; the scripted ones stay away from it then."""
    _BROUGHT.append(says)
    return says


def visit(do: Doing) -> None:
    """The scripted shoppers look into the shops that students keep; whoever waits for an order there does not come again."""
    shops = do.all(
        """select m.* from b2c_merchant m join access a on a.realm = $realm and a.name = m.merchant
           where not a.scripted and exists (select 1 from access where realm = $shoppers and scripted) order by m.merchant""",
        realm=SHOP_PASSWORD, shoppers=PASSWORD,
    )  # fmt: skip
    others = do.scenario.those(_BROUGHT)
    shops = [shop for shop in shops if not any(says(do, shop.merchant) for says in others)]
    if not shops:
        return
    waiting = _waiting(do)
    for shop in shops:
        for position, person in enumerate(scripted_shoppers(do)):
            name = user_name(person)
            if (shop.merchant, name) not in waiting and do.stream(f"b2c.visit/{shop.merchant}/{name}/{do.day}").randrange(100) < VISITS:
                _buy(do, shop, position, name)


def send_shopper(do: Doing, merchant: str, product: str, position: int, occasion: str) -> str | None:
    """The scripted shopper in this position is sent to a shop for one product, by an advertisement say.

    occasion: names what sent her, so that each has a chance of its own. Gives the number of her order, or None if she does
    not buy: the price is above what it is worth to her, none is left, or she waits for an order from there.
    """
    shop, name = shop_of(do, merchant), user_name(scripted_shoppers(do)[position])
    played = access.scripted(do, PASSWORD, name)
    return _buy(do, shop, position, name, product=product, occasion=occasion) if played and (merchant, name) not in _waiting(do) else None


def _waiting(do: Doing) -> set[tuple[str, str]]:
    """Who waits for an order, and from which shop."""
    rows = do.all("select o.merchant, o.shopper from b2c_order o join document d using (number) where d.state in ('placed', 'paid', 'accepted')")
    return {(r.merchant, r.shopper) for r in rows}


def _buy(do: Doing, shop: Any, position: int, name: str, kind: str = "", product: str | None = None, occasion: str = "") -> str | None:
    """One visit; gives the number of the order, if there is one.

    kind: how it is to be paid, and then the price does not matter, as far as the money goes. product: the one that is looked at.
    """
    chance = do.stream(f"b2c.buys/{shop.merchant}/{name}/{do.day}{occasion}")
    offered = do.all(
        """select s.product, s.price, p.cost, l.on_hand - l.reserved as free from b2c_product s join product p on p.gtin = s.product
           join stock_level l on l.owner = $owner and l.place = $place and l.product = s.product
           where s.merchant = $merchant and s.on_sale and l.on_hand > l.reserved and ($product is null or s.product = $product) order by s.product""",
        owner=shop.member, place=shop.place, merchant=shop.merchant, product=product,
    )  # fmt: skip
    if not offered:
        return None
    wanted, most, percent = chance.choice(offered), chance.randint(1, PIECES), chance.randint(130, 220)
    if not kind and wanted.price > wanted.cost * percent / 100:
        return None
    kind = kind or chance.choices(("online", "cash_on_delivery", "payment_platform"), (55, 30, 15))[0]
    quantity = min(most, wanted.free)
    who = shopper_of(do, name)
    return place_order(do, shop, who, [(wanted.product, quantity)], wanted.price * quantity, kind, pin_of(position))


def place_order(do: Doing, shop: Any, who: Any, goods: list[tuple[str, int]], amount: Decimal, kind: str, pin: Issued) -> str | None:
    """A shopper (her row) orders goods from a shop and pays by that kind; gives the order, or None if she cannot afford the amount.

    pin: of her account at the bank. The goods can be had.
    """
    account = ready(do, who.member, amount + postage.asked(do, shop.merchant, who.postal_address, goods, amount), pin, kind)
    if account is None:
        return None
    with acting(do, SHOPPER.name, who.user_name):
        order = checkout.draft(do, shop.merchant, goods)
        checkout.choose_delivery(do, order, "express", kind)
        checkout.set_recipient(do, order, who.full_name, who.postal_address, who.phone)
        checkout.confirm_order(do, order)
        if kind != "cash_on_delivery":
            payments.pay_online(do, order, account, pin.stored())
    return order


def ready(do: Doing, member: str, amount: Decimal, pin: Issued, kind: str) -> str | None:
    """The shopper's account with so much in it, or in cash for the door; None if she cannot afford it."""
    account = ebank.account_of(do, member, "personal")
    cash = ledger.balance(do, member, ledger.CASH)
    if account is None or kind == "cash_on_delivery":
        return (account or "") if cash >= amount else None
    short = amount - ebank.balance_of(do, account)
    if short > cash:
        return None
    if short > 0:
        customer = do.value("select customer from bank_account where number = $number", number=account)
        with acting(do, ebank.PERSONAL_CLIENT.name, customer):
            ebank.pay_in(do, account, short, pin.stored())
    return account


def serve(do: Doing) -> None:
    """The scripted shops accept and ship what was ordered from them."""
    for r in do.all(
        """select o.number, o.merchant from b2c_order o join document d using (number) join access a on a.realm = $realm and a.name = o.merchant
           where (d.state = 'paid' or (d.state = 'placed' and o.payment_kind = 'cash_on_delivery')) and a.scripted order by o.number""",
        realm=SHOP_PASSWORD,
    ):
        with acting(do, SHOPKEEPER.name, r.merchant):
            sales_order = sales.accept_order(do, r.number)
            sales.settle_sale(do, sales_order)
            sales.confirm_sale(do, sales_order)
            sales.ship(do, sales_order)


def collect(do: Doing) -> None:
    """The scripted shops take in the cash of the days before, as far as the shopper has it."""
    for r in do.all(
        """select o.number, o.merchant, o.shopper, o.amount from b2c_order o join access a on a.realm = $realm and a.name = o.merchant
           where o.payment_kind = 'cash_on_delivery' and o.shipped_day < $day and a.scripted
             and not exists (select 1 from b2c_payment p where p.web_order = o.number) order by o.number""",
        realm=SHOP_PASSWORD, day=do.day,
    ):  # fmt: skip
        owed = r.amount - payments.returned_amount(do, r.number)
        if 0 < owed <= ledger.balance(do, shopper_of(do, r.shopper).member, ledger.CASH):
            with acting(do, SHOPKEEPER.name, r.merchant):
                payments.collect_cash(do, r.number)


def take_back(do: Doing) -> None:
    """The scripted shops agree to whatever is to come back to them."""
    for r in do.all(
        """select t.number, o.merchant from b2c_return t join document d using (number) join b2c_order o on o.number = t.web_order
           join access a on a.realm = $realm and a.name = o.merchant where d.state = 'requested' and a.scripted order by t.number""",
        realm=SHOP_PASSWORD,
    ):
        with acting(do, SHOPKEEPER.name, r.merchant):
            returns.accept_return(do, r.number, "restocked")
