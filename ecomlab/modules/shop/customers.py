"""Who comes to the counter: when the till is opened, the scripted shoppers order goods of the shop, one in each way to pay, and bring their papers.

One of them wants a store card, or money on the one that she has; whoever holds one with enough on it buys something with it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from ...books import access, ledger
from ...books.members import acting
from ...kernel.doing import Doing, Looking
from .. import ebank
from ..b2c import checkout, payments, postage, scripted
from ..b2c.members import PASSWORD, SHOPPER, shopper_of
from .cards import LIMIT, cards_of

#: How customers pay at the counter: the way, and what is in the cashier's hand: cash, a slip of the terminal, a cheque, or the bank's word.
VISITS = (("at_shop", "cash"), ("at_shop", "card"), ("cheque", "cheque"), ("cash_on_delivery", "cash"), ("payment_platform", "bank"))
#: The pieces that a visitor orders at most.
PIECES = 2
#: The sums that customers put on a store card, CNY.
SUMS = tuple(Decimal(v) for v in ("200.00", "300.00", "500.00"))


class Wish(NamedTuple):
    """Who is at the counter for a store card: whose is it, and what is to be put on it. store_card: the card to top up, '' for a new one."""

    shopper: str
    full_name: str
    store_card: str
    amount: Decimal
    means: str
    paper: str
    invoice_title: str


def arrive(do: Doing, shop: Any, till: str) -> list[str]:
    """One order in each way for which none waits; gives their numbers. Joint-operation goods on the shelf are ordered too, and paid online."""
    if not do.value("select 1 from access where realm = $realm and scripted limit 1", realm=PASSWORD):
        return []
    waiting = {(r.way, r.means) for r in do.all(
        """select v.way, v.means from shop_visit v join document d on d.number = v.web_order join b2c_order o on o.number = v.web_order
           where o.merchant = $m and d.state in ('placed', 'paid', 'accepted') and not exists (select 1 from shop_receipt r where r.web_order = v.web_order)""",
        m=shop.merchant)}  # fmt: skip
    offered = _offered(do, shop)
    made = []
    for position, (way, means) in enumerate(VISITS):
        if (way, means) not in waiting:
            made.append(_visit(do, shop, till, position, way, means, [r for r in offered if not r.joint]))
    if ("at_shop", "store_card") not in waiting and (by_card := _with_card(do, shop, till, [r for r in offered if not r.joint])):
        made.append(by_card)
    joint = [r for r in offered if r.joint]
    if joint and ("online", "bank") not in waiting:
        made.append(_visit(do, shop, till, len(VISITS), "online", "bank", joint))
    return [number for number in made if number]


def _offered(do: Doing, shop: Any) -> list[Any]:
    """What can be ordered now: product, price, free pieces, and whether it sells in joint operation."""
    return do.all(
        """select s.product, s.price, l.on_hand - l.reserved as free, exists (select 1 from shop_row r join shop_sheet h on h.number = r.sheet
                  where h.merchant = s.merchant and r.product = s.product and h.terms = 'joint_operation' and r.entered_day is not null) as joint
           from b2c_product s join stock_level l on l.owner = $owner and l.place = $place and l.product = s.product
           where s.merchant = $m and s.on_sale and l.on_hand > l.reserved order by s.product""",
        owner=shop.member, place=shop.place, m=shop.merchant,
    )  # fmt: skip


def _visit(do: Doing, shop: Any, till: str, position: int, way: str, means: str, offered: list[Any]) -> str | None:
    """One customer orders one product; gives the order, or None where nothing is there to be ordered or no money to pay it."""
    chance = do.stream(f"shop.visit/{till}/{way}/{means}")
    people = scripted.scripted_shoppers(do)
    who = position % len(people)
    name = scripted.user_name(people[who])
    there = [r for r in offered if _free(do, shop, r.product) > 0]
    if not there or not access.scripted(do, PASSWORD, name):
        return None
    wanted = chance.choice(there)
    quantity = min(chance.randint(1, PIECES), _free(do, shop, wanted.product))
    member = shopper_of(do, name)
    amount = wanted.price * quantity
    if way == "cash_on_delivery":
        amount += postage.asked(do, shop.merchant, member.postal_address, [(wanted.product, quantity)], amount)
    kind = "cash_on_delivery" if means == "cash" else "online"
    account = scripted.ready(do, member.member, amount + _promised(do, name, means == "cash"), scripted.pin_of(who), kind)
    if account is None:
        return None
    order = _order(do, shop, member, (wanted.product, quantity), way)
    paper = {"card": f"{chance.randrange(10**6):06d}", "cheque": f"{chance.randrange(10**8):08d}"}.get(means, "")
    if means == "bank":
        with acting(do, SHOPPER.name, name):
            payments.pay_online(do, order, account, scripted.pin_of(who).stored())
        paper = do.value("select transaction from b2c_payment where web_order = $n", n=order)
    if way == "at_shop" and means == "cash":
        paper = f"{chance.randrange(10**4):04d}"
    _comes(do, order, till, way, means, paper)
    return order


def _with_card(do: Doing, shop: Any, till: str, offered: list[Any]) -> str | None:
    """The first holder of a store card with enough on it for some product orders a piece; gives the order."""
    for card in cards_of(do, shop.merchant):
        there = [r for r in offered if r.price <= card.balance and _free(do, shop, r.product) > 0]
        if there and access.scripted(do, PASSWORD, card.holder):
            wanted = do.stream(f"shop.visit/{till}/{card.number}").choice(there)
            order = _order(do, shop, shopper_of(do, card.holder), (wanted.product, 1), "at_shop")
            _comes(do, order, till, "at_shop", "store_card", card.number)
            return order
    return None


def _order(do: Doing, shop: Any, who: Any, goods: tuple[str, int], way: str) -> str:
    """A customer (her row) orders a product in pieces, to be paid in a way; gives the order."""
    with acting(do, SHOPPER.name, who.user_name):
        order = checkout.draft(do, shop.merchant, [goods])
        checkout.choose_delivery(do, order, "express" if way == "cash_on_delivery" else "pick_up", way)
        checkout.set_recipient(do, order, who.full_name, who.postal_address, who.phone)
        checkout.confirm_order(do, order)
    return order


def _comes(do: Doing, order: str, till: str, way: str, means: str, paper: str) -> None:
    do.execute("insert into shop_visit values ($order, $till, $way, $means, $paper)", order=order, till=till, way=way, means=means, paper=paper)


def _promised(look: Looking, shopper: str, cash: bool) -> Decimal:
    """What a customer still has to pay at counters, in cash or from the account."""
    found: Decimal = look.value(
        """select coalesce(sum(o.amount), 0)::decimal(18,2) from shop_visit v join b2c_order o on o.number = v.web_order
           join document d on d.number = v.web_order where o.shopper = $who and d.state = 'placed' and v.means <> 'store_card'
             and (v.means = 'cash') = $cash""",
        who=shopper, cash=cash,
    )  # fmt: skip
    return found


def wishes(look: Looking, merchant: str, till: str) -> list[Wish]:
    """Who of the scripted customers wants a store card, or money on one, on the day of a till: one of them, until it is done."""
    chance = look.stream(f"shop.card/{till}")
    person = chance.choice(scripted.scripted_shoppers(look))
    amount, by_bank, paper, invoiced = chance.choice(SUMS), chance.random() < 0.5, f"{chance.randrange(10**6):06d}", chance.random() < 0.5
    name = scripted.user_name(person)
    if not access.scripted(look, PASSWORD, name):
        return []
    who = shopper_of(look, name)
    card = next((r for r in cards_of(look, merchant) if r.holder == name), None)
    served = card and look.value("select 1 from shop_card_receipt where till = $till and store_card = $card", till=till, card=card.number)
    account = ebank.account_of(look, who.member, "personal")
    held = {"cash": ledger.balance(look, who.member, ledger.CASH), "card": ebank.balance_of(look, account) if account else Decimal("0.00")}
    means = next((m for m in (("card", "cash") if by_bank else ("cash", "card")) if held[m] - _promised(look, name, m == "cash") >= amount), None)
    if served or means is None or (card and card.balance + amount > LIMIT):
        return []
    title = who.full_name if invoiced else ""
    return [Wish(name, who.full_name, card.number if card else "", amount, means, paper if means == "card" else "", title)]


def _free(do: Doing, shop: Any, product: str) -> int:
    return int(do.value("select on_hand - reserved from stock_level where owner = $o and place = $p and product = $g", o=shop.member, p=shop.place, g=product))
