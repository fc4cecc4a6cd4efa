"""From the cart to a confirmed order: one order for each shop, delivery and payment, the recipient, and the goods reserved."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from ...books import access, documents, promotions, stock
from ...books.members import checked_phone
from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import VISITOR, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Ref
from .catalogue import NOT_ON_SALE, promised_days
from .kinds import WEB_ORDER
from .members import PASSWORD, SHOPPER, Phone, own, shop_of, shopper_of, tell
from .postage import reckon
from .promoting import quoted

#: Days after the confirmation within which an order is paid, or lapses. Cash at the door has no such day; at a shop's counter, where one has a department
#: that takes money, people come soon.
DAYS_TO_PAY = {"online": 3, "payment_platform": 3, "bank_transfer": 7, "post_remittance": 10, "at_shop": 3, "cheque": 3}

NOT_THERE = refusal("not_there", "购物车里没有商品 {product}。请先放入购物车。", "Your cart does not hold {product}. Put it into the cart first.")
EMPTY_CART = refusal("empty_cart", "购物车是空的。请先选购商品，放入购物车。", "Your cart is empty. Choose products and put them into it first.")
CHOOSE_FIRST = refusal(
    "choose_first", "订单 {number} 还没有送货方式和支付方式。请先选择。", "The order {number} has no delivery and payment yet. Choose them first."
)
RECIPIENT_FIRST = refusal(
    "recipient_first", "订单 {number} 还没有收货人。请先填写收货人。", "The order {number} has no recipient yet. Enter the recipient first."
)
MORE_THAN_FREE = refusal(
    "more_than_free",
    "“{product}”现在只有 {free} 件可售，不足 {wanted} 件。请减少数量。",
    "{product}: available now {free}, entered {wanted}. Enter a smaller quantity.",
)

documents.offer("b2c.orders_drafted", WEB_ORDER, "drafted", of="b2c_order", whose="shopper")
documents.offer("b2c.own_orders", WEB_ORDER, of="b2c_order", whose="shopper")

Draft = Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_drafted")]
Shop = Annotated[Ref, Ask("商店", "Shop", choose="b2c.shops")]
OnSale = Annotated[Ref, Ask("商品", "Product", choose="b2c.on_sale")]
Pieces = Annotated[Count, Ask(ge="1", le="10000", unit=Text("件", "pieces"))]
DeliveryKind = Annotated[Literal["express", "parcel_post", "pick_up"], Ask()]
PaymentKind = Annotated[Literal["online", "cash_on_delivery", "bank_transfer", "post_remittance", "payment_platform"], Ask()]


@choices("b2c.in_cart")
def _in_cart(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        "select c.product, p.name, c.quantity from b2c_cart c join product p on p.gtin = c.product where c.shopper = $who order by 1", who=_browser(look)
    )
    return [(r.product, f"{r.name} × {r.quantity}") for r in rows]


def _browser(look: Looking) -> str:
    """Whose cart it is: the shopper's who is signed in, or nobody's yet."""
    signed_in = look.sessions(SHOPPER.name)
    return signed_in[0] if signed_in else ""


def _on_sale(look: Looking, merchant: str, product: str, quantity: int) -> Any:
    """What a shop sells: name, price and free stock. Refuses what is not on sale, and more than there is."""
    row = look.one(
        """select p.name, s.price, s.on_sale, coalesce(l.on_hand - l.reserved, 0) as free from b2c_product s join product p on p.gtin = s.product
           join b2c_merchant m using (merchant) left join stock_level l on l.owner = m.member and l.place = m.place and l.product = s.product
           where s.merchant = $merchant and s.product = $product""",
        merchant=merchant, product=product,
    )  # fmt: skip
    if row is None or not row.on_sale:
        raise NOT_ON_SALE("product", shop=shop_of(look, merchant, "merchant").shop_name, product=row.name if row else product[:40])
    if quantity > row.free:
        raise MORE_THAN_FREE("quantity", product=row.name, free=row.free, wanted=quantity)
    return row


@command("B2C027", role=VISITOR, title=("放入购物车", "Put into the cart"))
def add_to_cart(do: Doing, merchant: Shop, product: OnSale, quantity: Pieces = 1) -> dict[str, Any]:
    """Puts pieces of a shop's product into the cart; what lies there already gets this quantity. Gives unit_price and amount.

    It reserves nothing; the confirmation does. Refuses more than can be had now.
    """
    sold = _on_sale(do, merchant, product, quantity)
    do.execute(
        "insert into b2c_cart values ($who, $merchant, $product, $quantity) on conflict do update set quantity = excluded.quantity",
        who=_browser(do), merchant=merchant, product=product, quantity=quantity,
    )  # fmt: skip
    return {"unit_price": sold.price, "amount": sold.price * quantity}


@command(role=VISITOR, title=("移出购物车", "Take out of the cart"))
def remove_from_cart(do: Doing, product: Annotated[Ref, Ask("商品", "Product", choose="b2c.in_cart")]) -> str:
    """Takes a product out of the cart, of whichever shop; gives the product."""
    if not do.value("delete from b2c_cart where shopper = $who and product = $product", who=_browser(do), product=product):
        raise NOT_THERE("product", product=product[:40])
    return product


@query("B2C027", role=VISITOR, title=("查看购物车", "View the cart"))
def cart(do: Doing) -> Table:
    """What is in the cart, by shop: merchant, shop_name, product, product_name, quantity, unit_price, amount."""
    return do.table(
        """select c.merchant, m.shop_name, c.product, p.name as product_name, c.quantity, s.price as unit_price,
                  (c.quantity * s.price)::decimal(18,2) as amount
           from b2c_cart c join b2c_merchant m using (merchant) join b2c_product s using (merchant, product) join product p on p.gtin = c.product
           where c.shopper = $who order by c.merchant, c.product""",
        who=_browser(do),
    )


@command("B2C027", role=SHOPPER, title=("结账", "Go to the checkout"))
def check_out(
    do: Doing,
    coupon: Annotated[Ref | None, Ask("优惠券", "Coupon", choose="b2c.coupons", help=Text("没有则不填", "Leave empty if you have none"))] = None,
) -> list[str]:
    """Makes the cart into orders, one for each shop, at today's prices less what promotions and the coupon take off, and empties it; gives their numbers.

    They are filled in next; one that is not confirmed on the same day is given up, and a coupon used for it can be used again. Refuses a coupon that
    is not the customer's, has lapsed, or needs a larger order.
    """
    rows = do.all("select merchant, product, quantity from b2c_cart where shopper = $actor order by merchant, product", actor=do.actor)
    if not rows:
        raise EMPTY_CART()
    lines: dict[str, list[tuple[str, int]]] = {}
    for r in rows:
        lines.setdefault(r.merchant, []).append((r.product, r.quantity))
    do.execute("delete from b2c_cart where shopper = $actor", actor=do.actor)
    drafted = [draft(do, merchant, goods, coupon) for merchant, goods in lines.items()]
    if coupon and not do.value("select 1 from coupon where number = $c and used_for is not null", c=coupon):
        raise promotions.NOT_YOUR_COUPON("coupon", number=coupon[:40])
    return drafted


def draft(do: Doing, merchant: str, goods: list[tuple[str, int]], coupon: str | None = None) -> str:
    """A new order of the acting shopper at one shop, of (product, quantity); gives its number. coupon: used if this shop gave it."""
    document = documents.create(do, WEB_ORDER, owner=do.actor)
    basket = [(product, quantity, _on_sale(do, merchant, product, quantity).price) for product, quantity in goods]
    quote, used = quoted(do, merchant, basket, do.actor, coupon)
    for line in quote.lines:  # a gift of a product that is bought as well goes with it
        do.execute(
            """insert into b2c_order_line values ($n, $product, $quantity, $price, $amount, null)
               on conflict do update set quantity = quantity + excluded.quantity, amount = amount + excluded.amount""",
            n=document.number, product=line.product, quantity=line.quantity, price=line.unit_price, amount=line.amount,
        )  # fmt: skip
    if used:
        promotions.use_coupon(do, used, document.number)
    do.execute(
        "insert into b2c_order values ($n, $merchant, $shopper, null, null, null, null, null, $amount, null, null, null, null, null, null, null)",
        n=document.number, merchant=merchant, shopper=do.actor, amount=quote.total,
    )  # fmt: skip
    return document.number


@command("B2C027", role=SHOPPER, title=("选择送货和支付方式", "Choose delivery and payment"))
def choose_delivery(do: Doing, order: Draft, delivery_kind: DeliveryKind, payment_kind: PaymentKind) -> str:
    """Says how an order is delivered and paid; gives its number. It can be changed until the order is confirmed."""
    _drafted(do, order)
    do.execute("update b2c_order set delivery_kind = $delivery, payment_kind = $payment where number = $n",
               delivery=delivery_kind, payment=payment_kind, n=order)  # fmt: skip
    reckon(do, order)
    return order


@command("B2C027", role=SHOPPER, title=("填写收货人", "Enter the recipient"))
def set_recipient(
    do: Doing,
    order: Draft,
    recipient: Annotated[Line, Ask(max=60)],
    deliver_to: Annotated[Line, Ask(max=120)],
    phone: Phone,
) -> str:
    """Says who receives an order, and where; gives its number."""
    _drafted(do, order)
    do.execute("update b2c_order set recipient = $recipient, deliver_to = $deliver_to, phone = $phone where number = $n",
               recipient=recipient, deliver_to=deliver_to, phone=checked_phone(phone, "phone"), n=order)  # fmt: skip
    reckon(do, order)
    return order


def redirect(do: Doing, order: str, deliver_to: str) -> None:
    """Sends a confirmed order to another address, the recipient's own wish; the caller sees to it that it is not on its way."""
    do.execute("update b2c_order set deliver_to = $deliver_to where number = $n", deliver_to=deliver_to, n=order)


def _drafted(do: Doing, order: str) -> None:
    own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")[0].must_allow("placed", "order")


@command("B2C027", role=SHOPPER, title=("确认订单", "Confirm the order"))
def confirm_order(do: Doing, order: Draft) -> dict[str, Any]:
    """Orders for good: the goods are reserved from now on. Gives the number, the amount and until when it is to be paid.

    Refuses 'short_stock' if somebody else was faster, and an order without delivery, payment or recipient.
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    document.must_allow("placed", "order")
    if row.payment_kind is None:
        raise CHOOSE_FIRST("order", number=order)
    if row.recipient is None:
        raise RECIPIENT_FIRST("order", number=order)
    shop = shop_of(do, row.merchant)
    lines = do.all(
        """select l.product, l.quantity, p.name, s.on_sale from b2c_order_line l join product p on p.gtin = l.product
           join b2c_product s on s.merchant = $merchant and s.product = l.product where l.number = $n order by l.product""",
        n=order, merchant=row.merchant,
    )  # fmt: skip
    if gone := next((r for r in lines if not r.on_sale), None):
        raise NOT_ON_SALE("order", shop=shop.shop_name, product=gone.name)
    goods = [stock.Goods(r.product, r.quantity) for r in lines]
    stock.reserve(do, shop.member, shop.place, goods, order, field="order")
    document.move_to("placed", "order")
    days = DAYS_TO_PAY.get(row.payment_kind)
    pay_by = do.day + datetime.timedelta(days=days) if days is not None else None
    do.execute("update b2c_order set placed_day = $day, pay_by = $pay_by, return_days = $return_days where number = $n",
               day=do.day, pay_by=pay_by, return_days=promised_days(do, row.merchant), n=order)  # fmt: skip
    tell(
        do, shop.mailbox, f"新网上订单 New web order {order}",
        f"顾客 {row.shopper} 下了订单 {order}，金额 {row.amount} 元。\n\n{row.shopper} has placed {order} over {row.amount} CNY.\n",
    )  # fmt: skip
    return {"web_order": order, "amount": row.amount, "pay_by": pay_by}


#: Of an order `o`: a transfer that its shopper made to the shop in time, and that is neither recalled nor assigned to an order. It is one
#: that names the order, or one that names no order; of its amount at least, for some add the postage.
UNDER_WAY = """
    select 1 from b2c_merchant m join bank_customer own on own.member = m.member join bank_account a on a.customer = own.number
    join bank_transaction t on t.to_account = a.number join bank_account f on f.number = t.from_account
    join bank_customer c on c.number = f.customer join b2c_shopper s on s.member = c.member
    join posting p on p.entry = t.entry and p.line = 1
    where m.merchant = o.merchant and s.user_name = o.shopper and t.kind = 'transfer' and t.day <= o.pay_by and p.amount >= o.amount
      and (contains(t.purpose, o.number) or not regexp_matches(t.purpose, 'WO-'))
      and not exists (select 1 from bank_transaction r where r.kind = 'recall' and r.reference = t.number)
      and not exists (select 1 from b2c_payment b where b.transaction = t.number)"""


def tidy_up(do: Doing) -> None:
    """Gives up orders that were never confirmed, and those that were not paid in time, whose goods are free again.

    An order whose transfer is under way waits until the merchant has assigned it: who paid in time loses nothing.
    """
    for r in do.all(
        f"""select o.number, d.state, o.shopper from b2c_order o join document d using (number)
           where (d.state = 'drafted' and d.day < $day)
              or (d.state = 'placed' and o.pay_by < $day and not exists (select 1 from b2c_payment p where p.web_order = o.number)
                  and not (o.payment_kind = 'bank_transfer' and exists ({UNDER_WAY})))
           order by o.number""",
        day=do.day,
    ):
        document = documents.find(do, WEB_ORDER, r.number)
        if r.state == "drafted":
            document.move_to("abandoned")
            continue
        document.move_to("lapsed")
        stock.release(do, r.number)
        who = shopper_of(do, r.shopper)
        if not access.scripted(do, PASSWORD, r.shopper):
            tell(
                do, who.mailbox, f"订单已失效 Your order has lapsed: {r.number}",
                f"订单 {r.number} 未按期付款，已失效，商品不再为你保留。\n\n"
                f"{r.number} was not paid in time. It has lapsed, and its goods are no longer kept for you.\n",
            )  # fmt: skip


# --- looking -------------------------------------------------------------------------------------------------------------


@query("B2C029", role=SHOPPER, title=("查询订单", "Find your orders"))
def my_orders(
    do: Doing,
    number: Annotated[Line, Ask("订单号", "Order number", max=40)] = "",
    from_day: FromDay = None,
    to_day: ToDay = None,
) -> Table:
    """The customer's 200 newest orders by day and number: number, day, shop_name, state, amount, payment_kind, pay_by, delivery_kind, shipped_day."""
    check_period(from_day, to_day)
    return do.table(
        f"""select o.number, d.day, m.shop_name, d.state, o.amount, o.payment_kind, o.pay_by, o.delivery_kind, o.shipped_day
           from b2c_order o join document d using (number) join b2c_merchant m using (merchant)
           where o.shopper = $actor and ($number = '' or o.number = upper($number))
             and {within('d.day')} order by o.number desc limit 200""",
        actor=do.actor, number=number or "", from_day=from_day, to_day=to_day,
    )  # fmt: skip


@query("B2C027", role=SHOPPER, title=("查看购物清单", "View an order's shopping list"))
def order_lines(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.own_orders")]) -> Table:
    """The lines of one of your orders: product, product_name, quantity, unit_price, amount."""
    own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    return lines_of(do, order)


def lines_of(look: Looking, order: str) -> Table:
    return look.table(
        """select l.product, p.name as product_name, l.quantity, l.unit_price, l.amount from b2c_order_line l join product p on p.gtin = l.product
           where l.number = $n order by l.product""",
        n=order,
    )
