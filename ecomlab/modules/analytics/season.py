"""Seven weeks of trade in the student's shop, as they have gone before the analytics assignment begins: what its questions are about.

Everything is bought, sold, returned, counted and left unpaid through the public commands, by the seed; only the shoppers come by
themselves. What the questions need is there in every world: a product that was restocked, an order of the first day whose money the
courier never brought, goods that came back.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...books.cast import own_person
from ...kernel.doing import Looking
from ...kernel.plays import Player, scene
from ..b2c.prologue import fulfil, own_shop, receive_delivery, right_invoice, serve_all
from ..b2c.scripted import user_name

#: Days that pass, six at a time, and how many products the shop sells. Every opening of such a world plays it, so it is no longer.
DAYS, STEP, PRODUCTS = 48, 6, 6


def assortment(look: Looking) -> list[dict[str, str]]:
    """The products of the shop, as `data/products.csv` has them; the first is the one that is restocked at the end."""
    return look.stream("analytics.assortment").sample(list(look.scenario.rows("products")), PRODUCTS)


@scene("report.season")
def season(play: Player) -> None:
    """From the first product on sale to the day on which the questions are asked."""
    chance, shop, goods = play.look.stream("analytics.season"), own_shop(play), assortment(play.look)
    for row in goods:
        price = (Decimal(row["cost"]) * chance.randint(130, 165) / 100).quantize(Decimal("0.1"))
        play.b2c.add_product(product=row["gtin"], price=price, cost=Decimal(row["cost"]))
    sheet = play.b2c.save_opening([{"product": r["gtin"], "quantity": chance.randint(25, 60)} for r in goods])
    play.b2c.post_opening(sheet)
    for day in range(0, DAYS, STEP):
        serve_all(play)
        if day >= STEP:
            _collect(play, shop, chance)
        if day in (12, 30):
            _restock(play, chance, chance.sample(goods, 2), settle=chance.random() < 0.6)
        if day == 18:
            _own_order(play, shop, goods[1]["gtin"])
        play.lab.advance(days=STEP)
    _count(play, goods[2]["gtin"])
    _restock(play, chance, [goods[0]], settle=False)


def _orders(play: Player, shop: Any, where: str) -> list[Any]:
    return play.look.all(
        f"""select o.number, o.placed_day from b2c_order o join document d using (number)
            where o.merchant = $m and {where} order by o.number""",
        m=shop.merchant,
    )


def _collect(play: Player, shop: Any, chance: Any) -> None:
    """The courier brings half of the cash each time; that of the first day stays away."""
    for r in _orders(
        play, shop,
        """d.state = 'shipped' and o.payment_kind = 'cash_on_delivery' and o.placed_day > (select min(placed_day) from b2c_order where merchant = $m)
           and not exists (select 1 from b2c_payment p where p.web_order = o.number)""",
    ):  # fmt: skip
        if chance.random() < 0.5:
            play.b2c.collect_cash(r.number)


def _restock(play: Player, chance: Any, goods: list[dict[str, str]], settle: bool) -> None:
    """Buys from any of the suppliers, whose prices differ."""
    supplier = chance.choice(list(play.b2c.wholesale(goods[0]["gtin"]))).supplier
    wanted = [{"product": r["gtin"], "quantity": chance.randint(10, 30)} for r in goods]
    number = play.b2c.new_purchase(supplier, wanted, "by_supplier", "on_account", play.look.day + datetime.timedelta(days=1))
    play.b2c.confirm_purchase(number)
    receive_delivery(play, number)
    if settle:
        right_invoice(play, number)
        play.b2c.settle_purchase_in_cash(number)


def _own_order(play: Player, shop: Any, product: str) -> None:
    """The student buys privately in the own shop, and sends one piece back."""
    me = own_person(play.look)
    play.b2c.sign_in(user_name(me), play.password("shopper"))
    play.b2c.add_to_cart(shop.merchant, product, 3)
    (order,) = play.b2c.check_out()
    play.b2c.choose_delivery(order, "express", "cash_on_delivery")
    play.b2c.set_recipient(order, me.name, "杭州市文三路 18 号 18 Wensan Road, Hangzhou", "13800138000")
    play.b2c.confirm_order(order)
    fulfil(play, order)
    play.b2c.accept_return(play.b2c.request_return(order, [{"product": product, "quantity": 1}], "不合适 Does not suit"), "restocked")


def _count(play: Player, product: str) -> None:
    """A stocktake finds one piece missing."""
    sheet = play.b2c.freeze()
    there = play.look.value("select book_quantity from b2c_stocktake_line where number = $n and product = $p", n=sheet, p=product)
    play.b2c.tally(sheet, [{"product": product, "counted_quantity": max(0, there - 1)}])
    play.b2c.adjust(sheet)
