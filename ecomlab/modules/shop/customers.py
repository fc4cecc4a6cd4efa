"""Who comes to the counter: when the till is opened, the scripted shoppers order goods of the shop, one in each way to pay, and bring their papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books import access
from ...books.members import acting
from ...kernel.doing import Doing
from ..b2c import checkout, payments, postage, scripted
from ..b2c.members import PASSWORD, SHOPPER, shopper_of

#: How customers pay at the counter: the way, and what is in the cashier's hand: cash, a slip of the terminal, a cheque, or the bank's word.
VISITS = (("at_shop", "cash"), ("at_shop", "card"), ("cheque", "cheque"), ("cash_on_delivery", "cash"), ("payment_platform", "bank"))
#: The pieces that a visitor orders at most.
PIECES = 2


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
    with acting(do, SHOPPER.name, name):
        order = checkout.draft(do, shop.merchant, [(wanted.product, quantity)])
        checkout.choose_delivery(do, order, "express" if way == "cash_on_delivery" else "pick_up", way)
        checkout.set_recipient(do, order, member.full_name, member.postal_address, member.phone)
        checkout.confirm_order(do, order)
        paper = {"card": f"{chance.randrange(10**6):06d}", "cheque": f"{chance.randrange(10**8):08d}"}.get(means, "")
        if means == "bank":
            payments.pay_online(do, order, account, scripted.pin_of(who).stored())
            paper = do.value("select transaction from b2c_payment where web_order = $n", n=order)
    if way == "at_shop" and means == "cash":
        paper = f"{chance.randrange(10**4):04d}"
    do.execute("insert into shop_visit values ($order, $till, $way, $means, $paper)", order=order, till=till, way=way, means=means, paper=paper)
    return order


def _promised(do: Doing, shopper: str, cash: bool) -> Decimal:
    """What a customer still has to pay at counters, in cash or from the account."""
    found: Decimal = do.value(
        """select coalesce(sum(o.amount), 0)::decimal(18,2) from shop_visit v join b2c_order o on o.number = v.web_order
           join document d on d.number = v.web_order where o.shopper = $who and d.state = 'placed' and (v.means = 'cash') = $cash""",
        who=shopper, cash=cash,
    )  # fmt: skip
    return found


def _free(do: Doing, shop: Any, product: str) -> int:
    return int(do.value("select on_hand - reserved from stock_level where owner = $o and place = $p and product = $g", o=shop.member, p=shop.place, g=product))
