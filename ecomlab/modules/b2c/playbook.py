"""How the model student does each task, and who keeps shop and shops there before."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...books.cast import own_company, own_person
from ...kernel.plays import Player, plays
from .. import ebank
from ..ebank.prologue import own_customer
from .briefs import spare
from .prologue import ADDRESS, fulfil, own_shop, right_invoice  # noqa: F401  (whoever plays finds here what a prologue plays too)
from .scripted import user_name

# --- the merchant ----------------------------------------------------------------------------------------------------------


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


@plays("B2C007")
def _settle(play: Player) -> None:
    number = _own_purchase(play, "received")
    play.b2c.purchase_detail(number)
    owed = play.look.value("select sum(revenue + tax)::decimal(18,2) from sale_line where document = $n", n=number)
    right_invoice(play, number)
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
    play.b2c.set_recipient(order, me.name, ADDRESS, "13800138000")
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
