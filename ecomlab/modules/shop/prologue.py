"""What a prologue plays of this module: what the department finds in its shop."""

from __future__ import annotations

from decimal import Decimal

from ...kernel.plays import Player, scene
from ...kernel.secrets import Issued
from .. import ebank
from ..b2c.briefs import spare
from ..b2c.prologue import own_shop
from ..b2c.scripted import pin_of, scripted_shoppers, user_name
from ..ebank.prologue import own_customer
from .briefs import remittance, sold_out


@scene("shop.department")
def _department(play: Player) -> None:
    """The student's shop offers a product of which nothing is left; two customers have ordered and pay by transfer, one of them without a word for what."""
    gone, sent = sold_out(play.look), remittance(play.look)
    play.b2c.add_product(product=gone.product, price=gone.price, cost=gone.cost)
    _order_by_transfer(play, 0, 1, Decimal("0.00"), named=True)
    _order_by_transfer(play, sent.position, sent.pieces, sent.postage, named=False)


@scene("shop.on_the_mall")
def _on_the_mall(play: Player) -> None:
    """The student's shop has joined the mall: its company has paid the deposit."""
    play.shop.sign_in_accountant(own_shop(play).merchant, play.password("shopkeeper"))
    play.shop.join_mall(own_customer(play, "corporate").account, play.pin("corporate"))
    play.lab.sign_out("shop_accountant", own_shop(play).member)


def _order_by_transfer(play: Player, position: int, pieces: int, postage: Decimal, *, named: bool) -> None:
    """A scripted shopper orders of the shop's second product and transfers the price, and the postage; named: the transfer says for which order."""
    person, shop, pin = scripted_shoppers(play.look)[position], own_shop(play), pin_of(position)
    name = user_name(person)
    play.b2c.sign_in(name, Issued(f"cast/shopper-{position}"))
    play.b2c.add_to_cart(shop.merchant, spare(play.look).product, pieces)
    (order,) = play.b2c.check_out()
    play.b2c.choose_delivery(order, "express", "bank_transfer")
    row = play.look.one("select member, full_name, postal_address, phone from b2c_shopper where user_name = $n", n=name)
    play.b2c.set_recipient(order, row.full_name, row.postal_address, row.phone)
    amount = play.b2c.confirm_order(order)["amount"] + postage
    account = str(ebank.account_of(play.look, row.member, "personal"))
    payee = play.look.one(
        "select a.number, c.name from bank_account a join bank_customer c on c.number = a.customer where c.member = $m and a.kind = 'corporate' order by 1",
        m=shop.member,
    )
    signed_in = play.ebank.sign_in_personal(account, Issued(f"cast/person-{position}"))
    play.ebank.deposit_personal(account, amount, pin)
    play.ebank.transfer_personal(account, payee.number, payee.name, amount, order if named else "货款和邮费 Goods and postage", pin)
    play.lab.sign_out("personal_client", signed_in["customer_number"])
    play.lab.sign_out("shopper", name)
