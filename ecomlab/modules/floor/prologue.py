"""What a prologue plays of this module: a floor at work, with goods in its bins, orders that wait, a delivery at the dock and two returns."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from stdnum import ean

from ...books.cast import Company, companies, own_person
from ...kernel.doing import Looking
from ...kernel.names import both
from ...kernel.plays import Player, scene
from ..b2c.prologue import own_shop, receive_delivery
from ..b2c.scripted import user_name

#: Whom the waiting orders go to, and where: three in one region, two in another.
RECIPIENTS = (
    ("陈一 Chen Yi", "苏州市观前街 5 号 5 Guanqian Street, Suzhou"), ("孙二 Sun Er", "成都市春熙路 8 号 8 Chunxi Road, Chengdu"),
    ("张三 Zhang San", "宁波市中山东路 12 号 12 Zhongshan East Road, Ningbo"), ("李四 Li Si", "上海市南京路 100 号 100 Nanjing Road, Shanghai"),
    ("王五 Wang Wu", "重庆市解放碑 3 号 3 Jiefangbei, Chongqing"),
)  # fmt: skip


class Article(NamedTuple):
    """A colour and size of the style that the floor has: a GTIN of its own."""

    product: str
    name: str
    colour: str
    size: str


#: The style's number, and its articles: what a picker easily takes one for another.
STYLE, PIECES = "DX01", 12
ARTICLES = tuple(
    Article(body + ean.calc_check_digit(body), f"短袖衫·{both(colour).zh}·{size} T-shirt, {both(colour).en}, {size}", colour, size)
    for body, colour, size in (
        ("952700000001", "藏青 Navy", "M"), ("952700000002", "藏青 Navy", "L"), ("952700000003", "米白 Cream", "M"),
    )
)  # fmt: skip


def title_of(look: Looking) -> Company:
    """The company to which the first recipient wants the invoice made out."""
    return companies(look)[6]


def at_post(play: Player, post: str) -> None:
    """Signs in at a post of the own floor, unless somebody is there."""
    if not play.look.sessions(post):
        play.floor.sign_in(post, own_shop(play).merchant, play.password("shopkeeper"))


def ordered(play: Player, recipient: str, address: str, goods: list[tuple[str, int]], billed_to: Company | None = None) -> str:
    """The own shopper orders from the own shop, to be paid at the door; gives the web order. billed_to: the company that the invoice is made out to."""
    merchant = own_shop(play).merchant
    for product, quantity in goods:
        play.b2c.add_to_cart(merchant, product, quantity)
    (order,) = play.b2c.check_out()
    play.b2c.choose_delivery(order, "express", "cash_on_delivery")
    play.b2c.set_recipient(order, recipient, address, "13800138000")
    play.b2c.confirm_order(order)
    if billed_to:
        play.b2c.ask_invoice(order, billed_to.name, billed_to.uscc)
    return str(order)


def released(play: Player, order: str) -> str:
    """The own shop accepts, settles and confirms an order; gives the sales order."""
    sales_order = play.b2c.accept_order(order)
    play.b2c.settle_sale(sales_order)
    play.b2c.confirm_sale(sales_order)
    return str(sales_order)


def goods_of(play: Player) -> list[Any]:
    """What the own shop sells and has: product, free; the most first."""
    shop = own_shop(play)
    return play.look.all(
        """select s.product, l.on_hand - l.reserved as free from b2c_product s join stock_level l on l.owner = $o and l.place = $p and l.product = s.product
           where s.merchant = $m and s.on_sale order by l.on_hand desc, s.product""",
        o=shop.member, p=shop.place, m=shop.merchant,
    )  # fmt: skip


@scene(
    "floor.at_work", "FLOOR001", "FLOOR004", "FLOOR011", "FLOOR013", "FLOOR014", "FLOOR015",
)  # fmt: skip
def _at_work(play: Player) -> None:
    """The own shop's floor with its goods in bins; five orders that are confirmed, a purchase at the dock, two parcels that come back."""
    shop, me = own_shop(play), own_person(play.look)
    if not play.look.sessions("shopper"):
        play.b2c.sign_in(user_name(me), play.password("shopper"))
    if not play.look.sessions("shopkeeper"):
        play.b2c.sign_in_shopkeeper(shop.merchant, play.password("shopkeeper"))
    first, second = goods_of(play)[:2]
    _stock_style(play)
    sent = []
    for quantity in (2, 1):
        order = ordered(play, me.name, "杭州市文三路 18 号 18 Wensan Road, Hangzhou", [(first.product, quantity)])
        play.b2c.ship(released(play, order))
        sent.append((order, quantity))
    for i, (recipient, address) in enumerate(RECIPIENTS):
        goods = [(first.product, 1 + i % 3)] + ([(second.product, 1 + i % 2)] if i % 2 == 0 else [])
        goods += [(ARTICLES[i - 2].product, 1)] if i >= 2 else []
        released(play, ordered(play, recipient, address, goods, None if i else title_of(play.look)))
    at_post(play, "receiver")
    for zone, product in (("A", first.product), ("B", second.product), *(("C", article.product) for article in ARTICLES)):
        _shelve_all(play, zone, product)
    supplier = play.look.value("select number from member where uscc = $uscc", uscc=play.brief("B2C005")["uscc"])
    purchase = play.b2c.new_purchase(
        supplier=supplier, goods=[{"product": play.brief("B2C005")["gtin"], "quantity": 36}], delivery_kind="by_supplier", settlement_kind="on_account",
        delivery_day=play.look.day + datetime.timedelta(days=1),
    )  # fmt: skip
    play.b2c.confirm_purchase(purchase)
    for order, quantity in sent:
        play.b2c.request_return(order, [{"product": first.product, "quantity": quantity}], "不需要了 No longer needed")


def _stock_style(play: Player) -> None:
    """The own shop sells a style in two colours and two sizes, and has some pieces of each article."""
    for article in ARTICLES:
        play.b2c.add_product(product=article.product, price="79.00", cost="32.00", name=article.name, product_category="textiles")
        play.b2c.describe_variant(article.product, STYLE, article.colour, article.size)
    supplier = play.b2c.wholesale(ARTICLES[0].product)[0].supplier
    goods = [{"product": article.product, "quantity": PIECES} for article in ARTICLES]
    purchase = play.b2c.new_purchase(supplier, goods, "by_supplier", "on_account", play.look.day)
    play.b2c.confirm_purchase(purchase)
    receive_delivery(play, purchase)


def _shelve_all(play: Player, zone: str, product: str) -> None:
    """Puts what the receiving area has of a product into the bins of a zone, half a bin each."""
    left = next((r.unplaced for r in play.floor.receiving_area() if r.product == product), 0)
    for row in play.look.all("select bin, capacity from floor_bin where merchant = $m and zone = $z order by bin", m=own_shop(play).merchant, z=zone):
        if left:
            pieces = min(left, row.capacity // 2)
            play.floor.put_away(product, pieces, row.bin)
            left -= pieces
