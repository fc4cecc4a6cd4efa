"""What a supplier does with an order: accepting it, which reserves the goods, turning it down, sending them by the carrier."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Annotated, Any, TypedDict

from ...books import documents, sales, stock
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref
from .. import ebank, lgs
from .catalogue import Quantity
from .goods import FREIGHT_BY_PURCHASER, ONLY_BY_SHIP
from .inquiries import found
from .members import SUPPLIER, name_of, tell
from .orders import PURCHASE_ORDER, SALES_ORDER, order_lines

TOO_MANY = refusal(
    "more_than_left",
    "“{product}”只有 {left} 件待发，不能发 {wanted} 件。请减少数量。",
    "{product}: left to send {left}, entered {wanted}. Send fewer.",
)
NOTHING_LEFT = refusal(
    "nothing_left",
    "销售订单 {number} 已全部安排配送。请选择待发货的销售订单。",
    "All goods of {number} are on delivery orders already. Choose a sales order with goods to send.",
)
NOT_ORDERED = refusal(
    "not_ordered",
    "采购订单上没有商品 {product}。请只选订单上的商品。",
    "The product {product} is not in the order. Choose from what was ordered.",
)

PLACED = Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.orders_to_accept")]


class SendRow(TypedDict):
    """So many pieces of an ordered product to be sent now."""

    product: Annotated[Ref, Ask(choose="lgs.products")]
    quantity: Quantity


_offer = partial(documents.offer, of="b2b_order", on="t.sales_order = d.number", whose="supplier", shows="(select name from member where number = t.purchaser)")
_offer("b2b.sales_to_send", SALES_ORDER, "to_send")
_offer("b2b.own_sales", SALES_ORDER)


@query(role=SUPPLIER, title=("查询采购商资信", "Check a purchaser's credit"))
def credit_check(do: Doing, order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.orders_received")]) -> Table:
    """What there is to know before an order is accepted: purchaser, total, payment_kind, covered, open_amount, days_overdue.

    total: with tax, as it will be billed. covered: whether the purchaser's bank account holds it. open_amount: what the purchaser owes this supplier
    already; days_overdue: for how many days at most that has been due.
    """
    _, row = found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    total = sales.total(sales.net_priced(do, [sales.Item(line.quantity * line.price, line.product) for line in order_lines(do, order)]))
    account = ebank.account_of(do, row.purchaser)
    held = ebank.balance_of(do, account) if account else Decimal("0.00")
    owed = do.one(
        """select coalesce(sum(amount - paid_amount), 0)::decimal(18,2) as open_amount, greatest(coalesce(max($day - due_day), 0), 0) as days_overdue
           from b2b_settlement where purchaser = $purchaser and supplier = $supplier and paid_amount < amount""",
        day=do.day, purchaser=row.purchaser, supplier=row.supplier,
    )  # fmt: skip
    return Table(
        ("purchaser", "total", "payment_kind", "covered", "open_amount", "days_overdue"),
        [(name_of(do, row.purchaser), total, row.payment_kind, held >= total, owed.open_amount, owed.days_overdue)],
    )


@command("B2B008", role=SUPPLIER, title=("受理订单", "Accept an order"))
def accept_order(do: Doing, order: PLACED, warehouse: Annotated[Ref, Ask("发货仓库", "Warehouse to send from", choose="lgs.warehouses")]) -> str:
    """Accepts an order: its goods are reserved in a warehouse. Refuses 'short_stock', naming what is short. Gives its number."""
    document, row = found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    document.move_to("accepted", "order")
    lgs.checked_warehouse(do, warehouse, do.actor, "warehouse")
    stock.reserve(do, do.actor, warehouse, [stock.Goods(r.product, r.quantity) for r in order_lines(do, order)], order, field="warehouse")
    do.execute("update b2b_order set warehouse = $warehouse where number = $n", warehouse=warehouse, n=order)
    tell(
        do, row.purchaser, f"订单已受理 Order accepted {order}",
        f"{name_of(do, row.supplier)} 已受理采购订单 {order}，请确认。\n\n"
        f"{name_of(do, row.supplier)} has accepted the purchase order {order}. Please confirm it.\n",
    )  # fmt: skip
    return order


@command("B2B008", role=SUPPLIER, title=("退回订单", "Reject an order"))
def reject_order(do: Doing, order: PLACED, reason: Annotated[Line, Ask(max=200)]) -> str:
    """Rejects an order and tells the purchaser why; gives its number."""
    document, row = found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    document.move_to("rejected", "order")
    do.execute("update b2b_order set reason = $reason where number = $n", reason=reason, n=order)
    tell(do, row.purchaser, f"订单被退回 Order rejected {order}", f"采购订单 {order} 被退回：{reason}\n\nThe purchase order {order} is rejected: {reason}\n")
    return order


@query("B2B010", role=SUPPLIER, title=("查看销售订单明细", "Open a sales order"))
def sales_detail(do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2b.own_sales")]) -> Table:
    """The goods of a sales order: product, product_name, quantity, sent_quantity, received_quantity, delivery_day, deliver_to."""
    documents.find(do, SALES_ORDER, sales_order, "sales_order", owner=do.actor)
    return do.table(
        """select l.product, p.name as product_name, l.quantity, l.sent_quantity, l.received_quantity, o.delivery_day, o.deliver_to
           from document d join b2b_order o on o.number = d.parent join b2b_order_line l on l.number = o.number join product p on p.gtin = l.product
           where d.number = $n order by l.product""",
        n=sales_order,
    )


@command("B2B010", role=SUPPLIER, title=("生成配送单", "Create a delivery order"))
def send_order(do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2b.sales_to_send")]) -> str:
    """Orders everything that is left of a sales order to be delivered by the carrier; gives the number of the delivery order."""
    document, row = _sales(do, sales_order)
    left = [stock.Goods(r.product, r.quantity - r.sent_quantity) for r in order_lines(do, row.number) if r.quantity > r.sent_quantity]
    return _send(do, document, row, left)


@command(role=SUPPLIER, title=("部分发货", "Send part of a sales order"))
def send_part(
    do: Doing, sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="b2b.sales_to_send")], goods: Annotated[list[SendRow], Ask("商品", "Goods")]
) -> str:
    """Orders part of a sales order to be delivered; the rest can be sent later. Gives the number of the delivery order."""
    document, row = _sales(do, sales_order)
    left = {r.product: r.quantity - r.sent_quantity for r in order_lines(do, row.number)}
    stock.each_once(do, goods, "goods")
    chosen: list[stock.Goods] = []
    for r in goods:
        if r["product"] not in left:
            raise NOT_ORDERED("goods", product=r["product"])
        if r["quantity"] > left[r["product"]]:
            name = stock.checked(do, r["product"], "goods").name
            raise TOO_MANY("goods", product=name, left=left[r["product"]], wanted=r["quantity"])
        chosen.append(stock.Goods(r["product"], r["quantity"]))
    return _send(do, document, row, chosen)


def _sales(do: Doing, number: str) -> tuple[documents.Document, Any]:
    document = documents.find(do, SALES_ORDER, number, "sales_order", owner=do.actor)
    return document, do.one("select o.* from b2b_order o join document d on d.parent = o.number where d.number = $n", n=number)


def _send(do: Doing, document: documents.Document, row: Any, goods: list[stock.Goods]) -> str:
    if document.state == "sending" or not goods:
        raise NOTHING_LEFT("sales_order", number=document.number)
    for g in goods:
        sent(do, row.number, g.product, g.quantity)
    if all(r.sent_quantity == r.quantity for r in order_lines(do, row.number)):
        document.move_to("sending", "sales_order")
    elif document.state != "to_send":
        document.move_to("to_send", "sales_order")  # refuses a cancelled one
    return lgs.delivery_order(
        do, row.supplier, row.purchaser, row.warehouse, goods, consignee=name_of(do, row.purchaser), address=row.deliver_to,
        wanted=max(row.delivery_day, do.day), parent=document.number, instead_of=row.number,
        freight_payer=row.purchaser if row.incoterm in FREIGHT_BY_PURCHASER else None, transport="water" if row.incoterm in ONLY_BY_SHIP else "road",
    ).number  # fmt: skip


def sent(do: Doing, order: str, product: str, pieces: int) -> None:
    """Notes that so many more pieces of an ordered product are on their way, or fewer."""
    do.execute(
        "update b2b_order_line set sent_quantity = sent_quantity + $pieces where number = $n and product = $product", pieces=pieces, n=order, product=product
    )


@documents.on(lgs.DELIVERY_ORDER, "cancelled")
@documents.on(lgs.DELIVERY_ORDER, "rejected")
def _came_to_nothing(do: Doing, delivery: documents.Document) -> None:
    """A delivery that will not take place: its goods are reserved for the order again and wait to be sent."""
    sales = sales_order_of(do, delivery.number)
    if sales is None:
        return
    document, row = sales
    goods = lgs.lines(do, delivery.number)
    for g in goods:
        sent(do, row.number, g.product, -g.quantity)
    stock.reserve(do, row.supplier, row.warehouse, goods, row.number, instead_of=delivery.number)
    if document.state == "sending":
        document.move_to("to_send")


def sales_order_of(do: Doing, delivery_order: str) -> tuple[documents.Document, Any] | None:
    """The sales order that a delivery order serves, and the row of its purchase order; None if it serves none."""
    found_row = do.one(
        """select s.number as sales_number, o.* from document d join document s on s.number = d.parent join b2b_order o on o.number = s.parent
           where d.number = $n""",
        n=delivery_order,
    )
    return None if found_row is None else (documents.find(do, SALES_ORDER, found_row.sales_number), found_row)
