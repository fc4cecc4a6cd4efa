"""How the model student does each task, and who keeps shop and shops there before."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...books.cast import Person, own_company, own_person
from ...kernel.plays import Player, cast, plays
from ...kernel.secrets import Issued
from .. import ebank, email
from ..ebank.playbook import open_shop, own_customer
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


# --- the merchant ----------------------------------------------------------------------------------------------------------


@plays("B2C001")
def _register(play: Player) -> None:
    asked, me, password = play.brief("B2C001"), own_person(play.look), play.password("shopper")
    play.b2c.check_user_name(user_name(me))
    play.b2c.register(
        user_name=user_name(me), full_name=asked["full_name"], mailbox=me.mailbox, phone="13800138000", password=password, confirm=password,
        postal_address=_ADDRESS,
    )  # fmt: skip


_ADDRESS = "杭州市文三路 18 号 18 Wensan Road, Hangzhou"


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


@plays("B2C005")
def _purchase(play: Player) -> None:
    asked = play.brief("B2C005")
    supplier = play.look.value("select number from member where uscc = $uscc", uscc=asked["uscc"])
    number = play.b2c.new_purchase(
        supplier=supplier, goods=[{"product": asked["gtin"], "quantity": asked["pieces"]}], delivery_kind=asked["delivery_kind"],
        settlement_kind=asked["settlement_kind"], delivery_day=play.look.day + datetime.timedelta(days=2),
    )  # fmt: skip
    play.b2c.confirm_purchase(number)


def _own_purchase(play: Player, *states: str) -> str:
    return str(
        play.look.value(
            """select p.number from b2c_purchase p join document d using (number) where p.merchant = $merchant and list_contains($states, d.state)
               order by p.number desc limit 1""",
            merchant=own_shop(play).merchant,
            states=list(states),
        )  # fmt: skip
    )


@plays("B2C006")
def _receive(play: Player) -> None:
    asked, number = play.brief("B2C006"), _own_purchase(play, "confirmed")
    play.b2c.purchase_detail(number)
    play.b2c.delivery_note(number)
    play.b2c.receive_purchase(number, [{"product": asked["gtin"], "quantity": asked["delivered"]}], "dropped")


def receive_delivery(play: Player, purchase: str) -> None:
    """Receives what the supplier has sent, and waits for nothing more."""
    goods = [{"product": r.product, "quantity": r.delivered_quantity} for r in play.b2c.delivery_note(purchase)]
    play.b2c.receive_purchase(purchase, goods, "dropped")


@plays("B2C007")
def _settle(play: Player) -> None:
    number = _own_purchase(play, "received")
    play.b2c.purchase_detail(number)
    owed = play.look.value("select sum(received_quantity * unit_cost)::decimal(18,2) from b2c_purchase_line where number = $n", n=number)
    account, pin = own_customer(play, "corporate").account, play.pin("corporate")
    if (held := ebank.balance_of(play.look, account)) < owed:
        play.ebank.deposit(account, owed - held, pin)
    play.b2c.settle_purchase(number, account, pin)


@plays("B2C008")
def _find_purchases(play: Player) -> None:
    play.b2c.purchases(number=_own_purchase(play, "settled"))
    play.b2c.purchases(supplier=play.brief("B2C008")["supplier"].split()[0])
    play.b2c.purchases(from_day=play.look.day, to_day=play.look.day)


def _web_order(play: Player, *states: str) -> Any:
    """The newest order of the asked customer at the own shop in one of these states."""
    return play.look.one(
        """select o.number, o.sales_order from b2c_order o join document d using (number)
           where o.merchant = $merchant and o.shopper = $shopper and list_contains($states, d.state) order by o.number desc limit 1""",
        merchant=own_shop(play).merchant, shopper=play.brief("B2C009")["shopper"], states=list(states),
    )  # fmt: skip


@plays("B2C009")
def _accept(play: Player) -> None:
    number = _web_order(play, "paid", "placed").number
    play.b2c.order_detail(number)
    play.b2c.accept_order(number)


@plays("B2C010")
def _process(play: Player) -> None:
    sales_order = _web_order(play, "accepted").sales_order
    play.b2c.sales_detail(sales_order)
    play.b2c.settle_sale(sales_order)
    play.b2c.confirm_sale(sales_order)


@plays("B2C011")
def _ship(play: Player) -> None:
    sales_order = _web_order(play, "accepted").sales_order
    play.b2c.sales_detail(sales_order)
    play.b2c.ship(sales_order)


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


@plays("B2C012")
def _stock(play: Player) -> None:
    asked = play.brief("B2C012")
    play.b2c.stock_levels(product_category=asked["category"])
    play.b2c.stock_levels(product_name=asked["product"].split()[0])
    play.b2c.product_detail(asked["gtin"])


@plays("B2C013")
def _limits(play: Player) -> None:
    asked = play.brief("B2C013")
    play.b2c.set_limits(asked["gtin"], asked["lower"], asked["upper"])


@plays("B2C014")
def _shortage(play: Player) -> None:
    play.b2c.shortages(product_name=play.brief("B2C014")["product"].split()[0])


@plays("B2C015")
def _overstock(play: Player) -> None:
    more = spare(play.look)
    play.b2c.set_limits(more.product, 1, 5)
    play.b2c.overstocks(product_name=more.name.split()[0])


@plays("B2C016")
def _stocktake(play: Player) -> None:
    asked, sheet = play.brief("B2C016"), play.b2c.freeze()
    book = play.look.all("select product, book_quantity from b2c_stocktake_line where number = $n order by product", n=sheet)
    counted = [{"product": r.product, "counted_quantity": r.book_quantity - (asked["missing"] if r.product == asked["gtin"] else 0)} for r in book]
    play.b2c.tally(sheet, counted)
    play.b2c.adjust(sheet)


@plays("B2C017")
def _stocktake_detail(play: Player) -> None:
    play.b2c.stocktake_detail(play.b2c.stocktakes()[0].number)


@plays("B2C024")
def _customer(play: Player) -> None:
    play.b2c.customers()
    play.b2c.customer_detail(play.brief("B2C024")["shopper"])


@plays("B2C025")
def _history(play: Player) -> None:
    play.b2c.customer_history(play.brief("B2C025")["shopper"])


# --- the shopper -------------------------------------------------------------------------------------------------------------


@plays("B2C026")
def _search(play: Player) -> None:
    asked = play.brief("B2C026")
    play.b2c.search(product_category=asked["category"])
    play.b2c.search(product_name=asked["product"].split()[0])
    play.b2c.shop_map()


@plays("B2C027")
def _buy(play: Player) -> None:
    asked, me = play.brief("B2C027"), own_person(play.look)
    merchant = play.look.value("select merchant from b2c_merchant where shop_name = $name", name=asked["shop"])
    play.b2c.add_to_cart(merchant, asked["gtin"], asked["pieces"])
    play.b2c.cart()
    play.b2c.sign_in(user_name(me), play.password("shopper"))
    (order,) = play.b2c.check_out()
    play.b2c.order_lines(order)
    play.b2c.choose_delivery(order, "express", "online")
    play.b2c.set_recipient(order, me.name, _ADDRESS, "13800138000")
    play.b2c.confirm_order(order)


@plays("B2C028")
def _pay(play: Player) -> None:
    row = play.look.one(
        """select o.number, o.amount from b2c_order o join document d using (number)
           where o.shopper = $me and d.state = 'placed' and o.payment_kind = 'online' order by o.number desc limit 1""",
        me=user_name(own_person(play.look)),
    )
    account, pin = own_customer(play, "personal").account, play.pin("personal")
    if (held := ebank.balance_of(play.look, account)) < row.amount:
        play.ebank.deposit_personal(account, row.amount - held + Decimal(1), pin)
    play.b2c.pay_online(row.number, account, pin)


@plays("B2C029")
def _orders(play: Player) -> None:
    found = play.b2c.my_orders(from_day=play.look.scenario.start, to_day=play.look.day)
    play.b2c.my_orders(number=found[0].number)


@plays("B2C030")
def _pages(play: Player) -> None:
    for page, content in (
        ("about_us", f"{own_company(play.look).name} 在网上的直营店。 The company's own shop on the web."),
        ("delivery_terms", "下单后两天内发货，快递送货上门。 Sent within two days, by courier to your door."),
        ("payment_terms", "支持网上支付、支付平台、汇款和货到付款。 By card, platform, remittance or at the door."),
    ):
        play.b2c.write_page(page, content)
    play.b2c.write_page("after_sales", "签收后在退货期内可以退换。 Goods may be returned or exchanged within the return period.", play.brief("B2C030")["days"])
