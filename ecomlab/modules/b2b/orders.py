"""Orders of a purchaser: from the cart or from a contract; looking at them, confirming and withdrawing them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from ...books import documents, stock
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Day, Line, Ref
from .catalogue import Supplier, take_from_cart
from .goods import CATALOGUE_RULE, DELIVERY_PAST, Goods
from .inquiries import found, offer
from .members import PURCHASER, SUPPLIER, name_of, tell

PURCHASE_ORDER = documents.kind(
    "purchase_order",
    "PO",
    ("采购订单", "purchase order"),
    {
        "placed": ("accepted", "rejected", "cancelled"),
        "accepted": ("confirmed", "cancelled"),
        "confirmed": ("part_delivered", "delivered", "cancelled"),
        "part_delivered": ("delivered",),
        "delivered": ("settled",),
        "settled": (),
        "rejected": (),
        "cancelled": (),
    },
)
SALES_ORDER = documents.kind(
    "sales_order",
    "SO",
    ("销售订单", "sales order"),
    {"to_send": ("sending", "delivered", "cancelled"), "sending": ("to_send", "delivered"), "delivered": (), "cancelled": ()},
)
#: Days that a purchaser has to pay, from the delivery on.
DAYS_TO_PAY = {"on_delivery": 0, "days_30": 30, "days_60": 60}
PaymentKind = Literal["on_delivery", "days_30", "days_60"]

UNDER_WAY = refusal(
    "goods_under_way",
    "采购订单 {number} 的货物已安排配送（{delivery}），不能取消。请供应商先撤回配送单。",
    "Goods of {number} are on delivery order {delivery}, so it cannot be cancelled. Have the supplier withdraw that delivery order first.",
)

offer("b2b.orders_to_confirm", PURCHASE_ORDER, "b2b_order", "purchaser", "accepted")
offer("b2b.orders_to_change", PURCHASE_ORDER, "b2b_order", "purchaser", "placed")
offer("b2b.orders_to_cancel", PURCHASE_ORDER, "b2b_order", "purchaser", "placed", "accepted", "confirmed")
offer("b2b.orders_to_close", PURCHASE_ORDER, "b2b_order", "purchaser", "part_delivered")
offer("b2b.own_orders", PURCHASE_ORDER, "b2b_order", "purchaser")
offer("b2b.orders_to_accept", PURCHASE_ORDER, "b2b_order", "supplier", "placed")
offer("b2b.orders_received", PURCHASE_ORDER, "b2b_order", "supplier")


def place(
    do: Doing,
    purchaser: str,
    supplier: str,
    goods: Sequence[Goods],
    payment_kind: str,
    delivery_day: datetime.date,
    deliver_to: str,
    incoterm: str = CATALOGUE_RULE,
    parent: str | None = None,
) -> str:
    """A new order; gives its number. incoterm: the rule of delivery agreed. parent: the contract that it fulfils."""
    document = documents.create(do, PURCHASE_ORDER, owner=purchaser, parent=parent)
    do.execute(
        "insert into b2b_order values ($n, $purchaser, $supplier, $payment_kind, $delivery_day, $deliver_to, $incoterm, null, null, '')",
        n=document.number, purchaser=purchaser, supplier=supplier, payment_kind=payment_kind, delivery_day=delivery_day, deliver_to=deliver_to,
        incoterm=incoterm,
    )  # fmt: skip
    for line in goods:
        do.execute(
            "insert into b2b_order_line values ($n, $product, $quantity, $price, 0, 0)",
            n=document.number, product=line.product, quantity=line.quantity, price=line.price,
        )  # fmt: skip
    tell(
        do, supplier, f"新采购订单 New purchase order {document.number}",
        f"{name_of(do, purchaser)} 下了采购订单 {document.number}，请受理。\n\n"
        f"{name_of(do, purchaser)} has placed the purchase order {document.number}. Please accept or reject it.\n",
    )  # fmt: skip
    return document.number


@command("B2B006", role=PURCHASER, title=("生成采购订单", "Place a purchase order"))
def place_order(
    do: Doing,
    supplier: Supplier,
    payment_kind: Annotated[PaymentKind, Ask()],
    delivery_day: Annotated[Day, Ask()],
    deliver_to: Annotated[Line, Ask(max=120)],
    product: Annotated[Ref, Ask("只订购这种商品", "Only this product", choose="b2b.offered")] = "",
) -> str:
    """Orders what the cart holds of a supplier, at list prices; it leaves the cart. Gives the number of the order."""
    if delivery_day < do.day:
        raise DELIVERY_PAST("delivery_day", today=do.day)
    goods = [Goods(line["product"], line["quantity"], line["price"]) for line in take_from_cart(do, supplier, product or "")]
    return place(do, do.actor, supplier, goods, payment_kind, delivery_day, deliver_to)


@command(role=PURCHASER, title=("修改采购订单", "Change a purchase order"))
def change_order(
    do: Doing,
    order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.orders_to_change")],
    payment_kind: Annotated[PaymentKind | None, Ask()] = None,
    delivery_day: Annotated[Day | None, Ask()] = None,
    deliver_to: Annotated[Line, Ask(max=120)] = "",
) -> str:
    """Changes the terms of an order that the supplier has not answered yet, and tells it so; gives its number. What is left empty stays.

    Other goods are another order: cancel this one and place a new one.
    """
    document, row = found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    document.must_allow("accepted", "order")
    if delivery_day is not None and delivery_day < do.day:
        raise DELIVERY_PAST("delivery_day", today=do.day)
    do.execute(
        """update b2b_order set payment_kind = coalesce($payment, payment_kind), delivery_day = coalesce($delivery, delivery_day),
           deliver_to = coalesce($place, deliver_to) where number = $n""",
        payment=payment_kind, delivery=delivery_day, place=deliver_to or None, n=order,
    )  # fmt: skip
    tell(
        do, row.supplier, f"采购订单有变更 Purchase order changed {order}",
        f"{name_of(do, row.purchaser)} 修改了采购订单 {order} 的条件，请按新的条件受理。\n\n"
        f"{name_of(do, row.purchaser)} has changed the terms of the purchase order {order}. Please answer it as it stands now.\n",
    )  # fmt: skip
    return order


@command("B2B009", role=PURCHASER, title=("确认订单", "Confirm an order"))
def confirm_order(do: Doing, order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.orders_to_confirm")]) -> str:
    """Confirms an order that the supplier has accepted; gives the number of the sales order by which it will be sent."""
    document, row = found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    document.move_to("confirmed", "order")
    made = documents.create(do, SALES_ORDER, owner=row.supplier, parent=order)
    do.execute("update b2b_order set sales_order = $sales_order where number = $n", sales_order=made.number, n=order)
    return made.number


@command(role=PURCHASER, title=("取消采购订单", "Cancel a purchase order"))
def cancel_order(
    do: Doing, order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.orders_to_cancel")], reason: Annotated[Line, Ask(max=200)]
) -> str:
    """Withdraws an order of which nothing is on its way; reserved goods are free again. Gives its number."""
    document, row = found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    if document.state == "confirmed" and do.value("select 1 from b2b_order_line where number = $n and sent_quantity > 0 limit 1", n=order):
        raise UNDER_WAY("order", number=order, delivery=do.value("select max(number) from document where parent = $so", so=row.sales_order))
    document.move_to("cancelled", "order")
    if row.sales_order:
        documents.find(do, SALES_ORDER, row.sales_order).move_to("cancelled")
    do.execute("update b2b_order set reason = $reason where number = $n", reason=reason, n=order)
    stock.release(do, order)
    return order


# --- looking -------------------------------------------------------------------------------------------------------------

_ORDERS = """select o.number, d.state, d.day, p.name as purchaser, s.name as supplier, sum(l.quantity * l.price)::decimal(18,2) as total, o.payment_kind,
    o.incoterm, o.delivery_day, o.sales_order, o.reason
    from b2b_order o join document d using (number) join member p on p.number = o.purchaser join member s on s.number = o.supplier
    join b2b_order_line l on l.number = o.number
    where o.{side} = $actor and ($state is null or d.state = $state) group by all order by o.number desc limit 200"""
State = Annotated[Literal["placed", "accepted", "confirmed", "part_delivered", "delivered", "settled", "rejected", "cancelled"] | None, Ask()]


@query(role=PURCHASER, title=("查看采购订单", "View your purchase orders"))
def orders(do: Doing, state: State = None) -> Table:
    """The purchaser's 200 newest orders: number, state, day, purchaser, supplier, total, payment_kind, incoterm, delivery_day, sales_order,
    reason."""
    return do.table(_ORDERS.format(side="purchaser"), actor=do.actor, state=state)


@query(role=SUPPLIER, title=("查看收到的采购订单", "View the orders received"))
def received_orders(do: Doing, state: State = None) -> Table:
    """The 200 newest orders sent to the supplier, in the columns of `orders`."""
    return do.table(_ORDERS.format(side="supplier"), actor=do.actor, state=state)


@query("B2B009", role=PURCHASER, title=("查看订单明细", "Open an order"))
def order_detail(do: Doing, order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.own_orders")]) -> Table:
    """The goods of an order: product, product_name, quantity, price, total, sent_quantity, received_quantity."""
    found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    return _detail(do, order)


@query("B2B008", role=SUPPLIER, title=("查看订单明细", "Open an order"))
def received_order_detail(do: Doing, order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.orders_received")]) -> Table:
    """The goods of an order sent to the supplier, in the columns of `order_detail`."""
    found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    return _detail(do, order)


def _detail(do: Doing, order: str) -> Table:
    return do.table(
        """select l.product, p.name as product_name, l.quantity, l.price, (l.quantity * l.price)::decimal(18,2) as total, l.sent_quantity,
                  l.received_quantity
           from b2b_order_line l join product p on p.gtin = l.product where l.number = $n order by l.product""",
        n=order,
    )


def order_lines(look: Looking, order: str) -> list[Any]:
    """The goods of an order, by product: the columns of `b2b_order_line`."""
    return look.all("select * from b2b_order_line where number = $n order by product", n=order)
