"""What a merchant does with web orders: accepting makes a sales order, which is settled, confirmed, picked and shipped."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal

from ...books import access, documents, ledger, sales, stock
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.values import Ask, Ref
from . import postage
from .billing import issue_for
from .kinds import SALES_ORDER, WEB_ORDER
from .members import PASSWORD, SHOPKEEPER, own, shop_of, shopper_of, tell
from .payments import payment_of, platform

#: Days after the shipment by which the courier should have brought the cash.
COURIER_DAYS = 3
#: Days after the shipment at which the shopper has the goods, by the kind of delivery.
DAYS_UNDER_WAY = {"express": 2, "parcel_post": 5, "pick_up": 0}

NOT_PAID_YET = refusal(
    "not_paid_yet",
    "订单 {number} 以“{kind}”付款，款项尚未到账。请等顾客付款后再受理。",
    "The order {number} is to be paid by “{kind}”, and the money has not arrived. Wait until the customer has paid.",
)
PAYMENT_DIFFERS = refusal(
    "payment_differs",
    "订单 {number} 应收 {amount} 元，实收 {paid} 元，不能结算。请先与顾客核对付款。",
    "The order {number} comes to {amount} CNY, but {paid} CNY was paid, so it cannot be settled. Check the payment with the customer first.",
)
RETURN_WAITING = refusal(
    "return_waiting",
    "顾客已申请取消或退货（{number}）。请先处理。",
    "The customer has asked to cancel or to return goods ({number}). Decide on that first.",
)


_offer = partial(documents.offer, of="b2c_order", on="t.sales_order = d.number", whose="merchant", shows="t.shopper, t.amount")
_offer("b2c.sales_orders", SALES_ORDER)
_offer("b2c.sales_to_settle", SALES_ORDER, "to_settle")
_offer("b2c.sales_to_confirm", SALES_ORDER, "settled")
_offer("b2c.sales_to_pick", SALES_ORDER, "confirmed")
_offer("b2c.sales_to_ship", SALES_ORDER, "confirmed", "picking")

WebOrder = Annotated[Ref, Ask("网上订单", "Web order", choose="b2c.web_orders")]


_offer = partial(documents.offer, of="b2c_order", whose="merchant", shows="(select full_name from b2c_shopper where user_name = t.shopper), t.amount")
_offer("b2c.web_orders", WEB_ORDER, *(s for s in WEB_ORDER.moves if s not in ("drafted", "abandoned")))
_offer("b2c.orders_to_accept", WEB_ORDER, "placed", "paid")


# --- looking -------------------------------------------------------------------------------------------------------------

_STATES = Literal["placed", "paid", "accepted", "shipped", "returned", "lapsed", "cancelled"]


@query(role=SHOPKEEPER, title=("查看网上订单", "View the web orders"))
def web_orders(do: Doing, state: Annotated[_STATES | None, Ask()] = None) -> Table:
    """The shop's 200 newest orders: number, placed_day, shopper, full_name, state, amount, payment_kind, delivery_kind, sales_order, shipped_day."""
    return do.table(
        """select o.number, o.placed_day, o.shopper, s.full_name, d.state, o.amount, o.payment_kind, o.delivery_kind, o.sales_order, o.shipped_day
           from b2c_order o join document d using (number) join b2c_shopper s on s.user_name = o.shopper
           where o.merchant = $actor and d.state not in ('drafted', 'abandoned') and ($state is null or d.state = $state)
           order by o.number desc limit 200""",
        actor=do.actor, state=state,
    )  # fmt: skip


@query("B2C009", role=SHOPKEEPER, title=("查看网上订单明细", "Open a web order"))
def order_detail(do: Doing, order: WebOrder) -> Table:
    """The lines of a web order with what is needed to decide: product, product_name, quantity, unit_price, amount, on_hand, full_name, state,
    payment_kind, delivery_kind, recipient, deliver_to, phone."""
    own(do, WEB_ORDER, "b2c_order", order, "order")
    return _detail(do, order)


def _detail(look: Looking, order: str) -> Table:
    return look.table(
        """select l.product, p.name as product_name, l.quantity, l.unit_price, l.amount, coalesce(v.on_hand, 0) as on_hand, s.full_name, d.state,
                  o.payment_kind, o.delivery_kind, o.recipient, o.deliver_to, o.phone
           from b2c_order o join document d using (number) join b2c_order_line l using (number) join product p on p.gtin = l.product
           join b2c_shopper s on s.user_name = o.shopper join b2c_merchant m using (merchant)
           left join stock_level v on v.owner = m.member and v.place = m.place and v.product = l.product
           where o.number = $n order by l.product""",
        n=order,
    )


@query("B2C010", "B2C011", role=SHOPKEEPER, title=("查看销售订单明细", "Open a sales order"))
def sales_detail(do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2c.sales_orders")]) -> Table:
    """The lines of a sales order: web_order, state, product, product_name, quantity, unit_price, amount, cost (once shipped), payment_kind,
    paid_amount, recipient, deliver_to, phone."""
    _sales(do, sales_order)
    return do.table(
        """select o.number as web_order, d.state, l.product, p.name as product_name, l.quantity, l.unit_price, l.amount, l.cost, o.payment_kind,
                  coalesce((select sum(b.amount) from b2c_payment b join document x on x.number = b.number
                            where b.web_order = o.number and x.state <> 'paid_back'), 0)::decimal(18,2) as paid_amount, o.recipient, o.deliver_to, o.phone
           from b2c_order o join document d on d.number = o.sales_order join b2c_order_line l on l.number = o.number join product p on p.gtin = l.product
           where o.sales_order = $n order by l.product""",
        n=sales_order,
    )


# --- from acceptance to shipment -----------------------------------------------------------------------------------------


@command("B2C009", role=SHOPKEEPER, title=("受理网上订单", "Accept a web order"))
def accept_order(do: Doing, order: Annotated[Ref, Ask("网上订单", "Web order", choose="b2c.orders_to_accept")]) -> str:
    """Accepts an order that is paid, or is to be paid on delivery; gives the number of the sales order that it makes."""
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    document.must_allow("accepted", "order")
    if document.state == "placed" and row.payment_kind != "cash_on_delivery":
        raise NOT_PAID_YET("order", number=order, kind=term(row.payment_kind))
    document.move_to("accepted", "order")
    made = documents.create(do, SALES_ORDER, owner=row.merchant, parent=order)
    do.execute("update b2c_order set sales_order = $sales_order where number = $n", sales_order=made.number, n=order)
    return made.number


def _sales(do: Doing, number: str) -> tuple[documents.Document, Any]:
    """A sales order of the acting merchant, with the row of its web order."""
    document = documents.find(do, SALES_ORDER, number, "sales_order", owner=do.actor)
    return document, do.one("select * from b2c_order where sales_order = $n", n=number)


@command("B2C010", role=SHOPKEEPER, title=("结算销售订单", "Settle a sales order"))
def settle_sale(do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2c.sales_to_settle")]) -> dict[str, Any]:
    """Compares what an order comes to with what was paid for it. Gives both, and what is still to be collected on delivery.

    Refuses 'payment_differs' unless it is paid in full or payable on delivery.
    """
    document, row = _sales(do, sales_order)
    document.must_allow("settled", "sales_order")
    payment = payment_of(do, row.number)
    paid = payment.amount if payment else row.amount * 0
    if paid != row.amount and row.payment_kind != "cash_on_delivery":
        raise PAYMENT_DIFFERS("sales_order", number=row.number, amount=f"{row.amount:,}", paid=f"{paid:,}")
    document.move_to("settled", "sales_order")
    return {"amount": row.amount, "paid_amount": paid, "to_collect": row.amount - paid}


@command("B2C010", role=SHOPKEEPER, title=("确认销售订单", "Confirm a sales order"))
def confirm_sale(do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2c.sales_to_confirm")]) -> str:
    """Releases a settled sales order to be picked and shipped; gives its number."""
    _sales(do, sales_order)[0].move_to("confirmed", "sales_order")
    return sales_order


@command(role=SHOPKEEPER, title=("打印拣货单", "Print the picking slip"))
def print_picking_slip(do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2c.sales_to_pick")]) -> list[str]:
    """Sends somebody to the shelves: the goods are taken down, still reserved; gives what to fetch, a line for each product."""
    document, row = _sales(do, sales_order)
    document.move_to("picking", "sales_order")
    rows = do.all(
        "select l.quantity, p.name, p.gtin from b2c_order_line l join product p on p.gtin = l.product where l.number = $n order by p.gtin", n=row.number
    )
    return [f"{r.quantity} × {r.name} ({r.gtin})" for r in rows]


@command("B2C011", role=SHOPKEEPER, title=("确认发货", "Ship a sales order"))
def ship(do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2c.sales_to_ship")]) -> dict[str, Any]:
    """Hands the goods to the courier: they leave the stock as cost of sales, and the sale is revenue. Gives amount, the tax in it, cost and the margin.

    What was paid in advance is used up; what is to come from the courier or the platform is a receivable until then.
    """
    document, row = _sales(do, sales_order)
    document.must_allow("shipped", "sales_order")
    if waiting := open_return(do, row.number):
        raise RETURN_WAITING("sales_order", number=waiting)
    document.move_to("shipped", "sales_order")
    documents.find(do, WEB_ORDER, row.number).move_to("shipped")
    shop, who = shop_of(do, do.actor), shopper_of(do, row.shopper)
    lines = do.all("select product, quantity, amount from b2c_order_line where number = $n order by product", n=row.number)
    goods = [stock.Goods(r.product, r.quantity) for r in lines]
    text = f"销售成本 Cost of {row.number}"
    cost = stock.issue(do, stock.Move(shop.member, shop.place, goods, text, sales_order, reserved_by=row.number, field="sales_order"), sales.COST_OF_SALES)
    sold = [sales.Item(r.amount, r.product, r.quantity) for r in lines]
    items = [*sales.gross_priced(do, sold), *postage.items(do, row.number, sold)]
    _post_sale(do, row, items, shop.member, who.member)
    do.execute(
        "update b2c_order_line l set cost = s.cost from sale_line s where l.number = $n and s.document = l.number and s.product = l.product", n=row.number
    )
    issue_for(do, row, items)
    received = do.day + datetime.timedelta(days=DAYS_UNDER_WAY[row.delivery_kind])
    held = DAYS_UNDER_WAY[row.delivery_kind] + row.return_days
    days = {"cash_on_delivery": COURIER_DAYS, "payment_platform": held}.get(row.payment_kind)
    due = do.day + datetime.timedelta(days=days) if days is not None else None
    do.execute("update b2c_order set shipped_day = $day, due_day = $due, received_day = $received where number = $n",
               day=do.day, due=due, received=received, n=row.number)  # fmt: skip
    sales.due(do, sales_order, due, counts_with=row.number)
    if not access.scripted(do, PASSWORD, row.shopper):
        tell(
            do, who.mailbox, f"已发货 On its way: {row.number}",
            f"订单 {row.number} 已发货，收货人 {row.recipient}。签收后 {row.return_days} 天内可以退货。\n\n"
            f"{row.number} is on its way to {row.recipient}. You may return it within {row.return_days} days after receipt.\n",
        )  # fmt: skip
    revenue = sum((item.revenue for item in items), Decimal("0.00"))
    return {"amount": row.amount, "tax": row.amount - revenue, "cost": cost, "margin": revenue - cost}


def expected(do: Doing, order: str, day: datetime.date) -> None:
    """Another day than the kind of delivery says on which the shopper has the goods, as whoever sends them knows it; returns count from it."""
    do.execute("update b2c_order set received_day = $day where number = $n", day=day, n=order)


def _post_sale(do: Doing, row: Any, items: list[sales.Item], merchant: str, shopper: str) -> None:
    house = platform(do).member if row.payment_kind == "payment_platform" else ""
    sales.sell(
        do, "sale", f"销售 Sale {row.number}", row.number, merchant, shopper, items, sale_lines(row.payment_kind, row.amount, merchant, shopper, house),
        [ledger.Line(shopper, ledger.CAPITAL, row.amount)], channel="b2c", posted_on=row.sales_order, delivered_by=row.sales_order,
    )  # fmt: skip


def sale_lines(payment_kind: str, amount: Decimal, merchant: str, shopper: str, house: str = "") -> list[ledger.Line]:
    """What stands against the revenue of a sale in the books of all; house: the platform's member. What persons buy is drawn from their capital, besides."""
    if payment_kind == "cash_on_delivery":
        return [ledger.Line(merchant, ledger.RECEIVABLE, amount, shopper), ledger.Line(shopper, ledger.PAYABLE, -amount, merchant)]
    if payment_kind == "payment_platform":
        return [
            ledger.Line(merchant, ledger.RECEIVABLE, amount, house),
            ledger.Line(house, ledger.ADVANCES, amount, shopper),
            ledger.Line(house, ledger.PAYABLE, -amount, merchant),
            ledger.Line(shopper, ledger.PREPAID, -amount, house),
        ]
    return [ledger.Line(merchant, ledger.ADVANCES, amount, shopper), ledger.Line(shopper, ledger.PREPAID, -amount, merchant)]


def open_return(look: Looking, order: str) -> str | None:
    """The number of a return of an order on which nobody has decided yet, or None."""
    number: str | None = look.value(
        "select r.number from b2c_return r join document d using (number) where r.web_order = $n and d.state = 'requested'", n=order
    )
    return number
