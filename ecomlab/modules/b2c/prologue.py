"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

from typing import Any

from ...books.cast import Person, own_company, own_person
from ...kernel.plays import Player, cast, plays
from ...kernel.secrets import Issued
from .. import email
from ..ebank.prologue import open_shop, own_customer
from .briefs import RIVALS, assortment, platform_company, rival, spare
from .payments import PLATFORM
from .scripted import CITIES, pin_of, scripted_shoppers, user_name


@cast
def _mall(play: Player) -> None:
    """A payment platform, two shops that are open, and three shoppers who come by themselves."""
    look, shops = play.look, [rival(play.look, i) for i in range(len(RIVALS))]
    password, pin = Issued("cast/platform"), Issued("cast/pin-platform")
    house = platform_company()
    client = play.ebank.register_corporate(
        company_name=house.name, uscc=house.uscc, capital="2000000", contact=house.name, mailbox=email.SERVICE,
        password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True,
    )  # fmt: skip
    open_shop(play, client, house.name, email.SERVICE, password, pin, PLATFORM)
    for position, shop in enumerate(shops):
        locked = Issued(f"cast/shop-{position}")
        if look.value("select 1 from merchant_contract where shop_name = $name", name=shop.shop_name) is None:
            client = look.one("select number as customer_number, certificate from bank_customer where mailbox = $m", m=shop.company.mailbox)
            bank = RIVALS[position][0] - 1  # its place among the clients of the bank's own cast, whose secrets are called so
            open_shop(play, client.asdict(), shop.company.name, shop.company.mailbox, Issued(f"cast/bank-{bank}"), Issued(f"cast/pin-{bank}"), shop.shop_name)
        row = look.one("select number, merchant from merchant_contract where shop_name = $name", name=shop.shop_name)
        play.b2c.open_shop(
            merchant=row.merchant, contract=row.number, shop_name=shop.shop_name, contact=shop.company.name, phone="0571-88880000",
            mailbox=shop.company.mailbox, method="moving_average", password=locked, confirm=locked,
        )  # fmt: skip
        play.b2c.sign_in_shopkeeper(row.merchant, locked)
        for goods in assortment(look, position):
            play.b2c.add_product(product=goods.product, price=goods.price, cost=goods.cost)
        sheet = play.b2c.save_opening([{"product": g.product, "quantity": g.quantity} for g in assortment(look, position)])
        play.b2c.post_opening(sheet)
        play.lab.sign_out("shopkeeper", row.merchant)
    for position, person in enumerate(scripted_shoppers(look)):
        _shopper(play, position, person)


def _shopper(play: Player, position: int, person: Person) -> None:
    locked, pin = Issued(f"cast/shopper-{position}"), pin_of(position)
    if play.look.value("select 1 from bank_customer where kind = 'personal' and mailbox = $mailbox", mailbox=person.mailbox) is None:
        play.ebank.register_personal(
            full_name=person.name, mobile=f"1390000000{position}", mailbox=person.mailbox, password=locked, confirm=locked, pin=pin, confirm_pin=pin,
            agree=True,
        )  # fmt: skip
    play.b2c.register(
        user_name=user_name(person), full_name=person.name, mailbox=person.mailbox, phone=f"1390000000{position}", password=locked, confirm=locked,
        postal_address=f"{CITIES[position]} 人民路 {position + 1} 号 People's Road {position + 1}",
    )  # fmt: skip


@plays("B2C001")
def _register(play: Player) -> None:
    asked, me, password = play.brief("B2C001"), own_person(play.look), play.password("shopper")
    play.b2c.check_user_name(user_name(me))
    play.b2c.register(
        user_name=user_name(me), full_name=asked["full_name"], mailbox=me.mailbox, phone="13800138000", password=password, confirm=password,
        postal_address=ADDRESS,
    )  # fmt: skip


ADDRESS = "杭州市文三路 18 号 18 Wensan Road, Hangzhou"


def own_shop(play: Player) -> Any:
    """The model student's shop: merchant, member, place."""
    return play.look.one(
        "select b.* from b2c_merchant b join member m on m.number = b.member where m.uscc = $uscc order by b.merchant limit 1",
        uscc=own_company(play.look).uscc,
    )


@plays("B2C002")
def _open_shop(play: Player) -> None:
    me, password = own_person(play.look), play.password("shopkeeper")
    row = play.look.one("select number, merchant, shop_name from merchant_contract where merchant = $merchant", merchant=own_customer(play, "merchant").number)
    play.b2c.open_shop(
        merchant=row.merchant, contract=row.number, shop_name=row.shop_name, contact=me.name, phone="0571-88886666", mailbox=me.mailbox,
        method="moving_average", password=password, confirm=password,
    )  # fmt: skip
    play.b2c.sign_in_shopkeeper(row.merchant, password)


@plays("B2C003")
def _add_product(play: Player) -> None:
    asked, more = play.brief("B2C003"), spare(play.look)
    play.b2c.add_product(product=asked["gtin"], price=asked["price"], cost=asked["cost"], description="本店主推 Our favourite")
    play.b2c.add_product(product=more.product, price=more.price, cost=more.cost)


@plays("B2C004")
def _opening(play: Player) -> None:
    asked, more = play.brief("B2C004"), spare(play.look)
    play.b2c.save_opening([{"product": asked["gtin"], "quantity": asked["opening"]}])
    sheet = play.b2c.save_opening([{"product": more.product, "quantity": more.quantity}])
    play.b2c.opening()
    play.b2c.post_opening(sheet)


def promise_thirty_days(play: Player) -> None:
    """The own shop takes goods back within thirty days of receipt, so that what a scene has sold can still come back when the student gets to it."""
    play.b2c.write_page("after_sales", "签收后三十天内可以退货。 Goods may come back within thirty days after receipt.", 30)


def receive_delivery(play: Player, purchase: str) -> None:
    """Receives what the supplier has sent, and waits for nothing more."""
    goods = [{"product": r.product, "quantity": r.delivered_quantity} for r in play.b2c.delivery_note(purchase)]
    play.b2c.receive_purchase(purchase, goods, "dropped")


def right_invoice(play: Player, purchase: str) -> None:
    """Matches a purchase that was received, and has a wrong invoice of its supplier corrected."""
    if not all(line.matches for line in play.b2c.match_purchase(purchase)):
        play.b2c.correct_purchase_invoice(purchase)


def fulfil(play: Player, order: str) -> None:
    """Accepts, settles, confirms and ships a web order."""
    sales_order = play.b2c.accept_order(order)
    play.b2c.settle_sale(sales_order)
    play.b2c.confirm_sale(sales_order)
    play.b2c.ship(sales_order)


def serve_all(play: Player) -> None:
    """Fulfils every web order that waits at the own shop, if there is one."""
    if shop := own_shop(play):
        for r in play.look.all(
            """select o.number from b2c_order o join document d using (number) where o.merchant = $m
               and (d.state = 'paid' or (d.state = 'placed' and o.payment_kind = 'cash_on_delivery')) order by o.number""",
            m=shop.merchant,
        ):  # fmt: skip
            fulfil(play, r.number)
