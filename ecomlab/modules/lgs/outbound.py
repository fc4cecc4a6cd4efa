"""Goods on their way out: a delivery order is accepted, which makes a goods issue and a dispatch order, and picked."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Annotated, Any

from ...books import documents, stock
from ...kernel.command import command
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.values import Ask, Day, Line, Ref
from . import slips
from .customers import checked_customer
from .freight import freight
from .members import CARRIER, SHIPPER
from .slips import DELIVERY_ORDER, DISPATCH_ORDER, OUTBOUND_SLIP, GoodsRows, Slip
from .warehouses import Warehouse, warehouse_row

WANTED_PAST = refusal(
    "wanted_past",
    "要求送达日早于今天（{today}）。请选择今天或以后的日期。",
    "The delivery day requested is before today ({today}). Choose today or a later day.",
)


@command(role=SHIPPER, title=("新建配送单", "Create a delivery order"))
def order_delivery(
    do: Doing,
    warehouse: Warehouse,
    consignee: Annotated[Line, Ask(max=64)],
    address: Annotated[Line, Ask(max=120)],
    wanted: Annotated[Day, Ask("要求送达日", "Delivery requested on")],
    goods: GoodsRows,
) -> str:
    """Orders goods of one's own to be delivered from a warehouse; gives the number of the delivery order.

    Nothing is sold by that: the goods stay in the shipper's stock and on delivery lie at the consignee's place, on consignment.
    """
    return delivery_order(do, do.actor, None, warehouse, slips.goods_of(do, goods, "goods"), consignee=consignee, address=address, wanted=wanted).number


def delivery_order(
    do: Doing, supplier: str, purchaser: str | None, warehouse: str, goods: Sequence[stock.Goods], *, consignee: str, address: str,
    wanted: datetime.date, parent: str | None = None, instead_of: str | None = None, freight_payer: str | None = None,
    transport: str = "road",
) -> documents.Document:  # fmt: skip
    """Orders a supplier's goods to be delivered from a warehouse; they are reserved for the order from now on.

    purchaser: the member to whom they are sold, if they are. parent: the document it follows from (a sales order). instead_of:
    the document that had the goods reserved so far. When goods that are sold leave the supplier's
    books, and what is owed for them, is the business of whoever reacts to the order's 'picked', 'dispatched' and 'delivered'. Others lie on
    consignment at the consignee's place.
    freight_payer: the member that owes the freight, if it is not the supplier. transport: by 'road' or by 'water'.
    Refuses an unknown or retired warehouse, a supplier who is no customer there, a day in the past, 'short_stock'.
    """
    row = warehouse_row(do, warehouse, "warehouse")
    checked_customer(do, supplier, row.carrier, "warehouse")
    if wanted < do.day:
        raise WANTED_PAST("wanted", today=do.day)
    weight = slips.kilograms(do, goods)
    head = Slip(
        carrier=row.carrier, shipper=supplier, warehouse=warehouse, purchaser=purchaser, consignee=consignee, address=address, wanted=wanted,
        weight_kg=weight, freight=freight(do, row.carrier, weight), freight_payer=freight_payer or supplier, transport=transport,
    )  # fmt: skip
    document = slips.make(do, DELIVERY_ORDER, supplier, head, goods, parent)
    stock.reserve(do, supplier, warehouse, goods, document.number, instead_of=instead_of, field="goods")
    return document


DeliveryWaiting = Annotated[Ref, Ask("配送单", "Delivery order", choose="lgs.deliveries_waiting")]


@command("LGS002", role=CARRIER, title=("受理配送单", "Accept a delivery order"))
def accept_delivery(do: Doing, delivery_order: DeliveryWaiting) -> dict[str, str]:
    """Accepts a delivery order: a goods issue for the warehouse and a dispatch order for a vehicle are made. Gives both numbers."""
    document, row = slips.at_carrier(do, DELIVERY_ORDER, delivery_order, "delivery_order")
    document.move_to("accepted", "delivery_order")
    head = Slip(
        carrier=row.carrier, shipper=row.shipper, warehouse=row.warehouse, purchaser=row.purchaser, consignee=row.consignee, address=row.address,
        wanted=row.wanted, weight_kg=row.weight_kg,
    )  # fmt: skip
    out = slips.make(do, OUTBOUND_SLIP, do.actor, head, slips.lines(do, delivery_order), delivery_order)
    trip = documents.create(do, DISPATCH_ORDER, owner=do.actor, parent=delivery_order)
    do.execute(
        "insert into lgs_trip values ($number, $order, $carrier, null, null, null, null, null, null, null, null)",
        number=trip.number, order=delivery_order, carrier=do.actor,
    )  # fmt: skip
    return {"outbound_slip": out.number, "dispatch_order": trip.number}


@command(role=CARRIER, title=("退回配送单", "Reject a delivery order"))
def reject_delivery(do: Doing, delivery_order: DeliveryWaiting) -> str:
    """Rejects a delivery order; what was reserved for it is free again."""
    document, _ = slips.at_carrier(do, DELIVERY_ORDER, delivery_order, "delivery_order")
    document.move_to("rejected", "delivery_order")
    stock.release(do, delivery_order)
    return delivery_order


@command("LGS004", role=CARRIER, title=("确认出库", "Confirm a goods issue"))
def pick(do: Doing, outbound_slip: Annotated[Ref, Ask("出库单", "Goods issue", choose="lgs.outbound_to_pick")]) -> str:
    """Takes the goods of a goods issue from its warehouse; they are on their way to the consignee. Gives the delivery order."""
    document, row = slips.at_carrier(do, OUTBOUND_SLIP, outbound_slip, "outbound_slip")
    document.move_to("picked", "outbound_slip")
    order: str = do.value("select parent from document where number = $number", number=outbound_slip)
    goods = slips.lines(do, outbound_slip)
    move = stock.Move(row.shipper, row.warehouse, goods, f"出库 Picked for {order}", order, reserved_by=order, field="outbound_slip")
    stock.transfer_out(do, move, row.purchaser or consignees_place(do, row))
    documents.find(do, DELIVERY_ORDER, order).move_to("picked")
    return order


def consignees_place(do: Doing, order: Any) -> str:
    """Where a shipper's goods lie on consignment: the place of the consignee, opened with the first goods that are sent there."""
    known = "select number from stock_place where kind = 'consignee' and keeper = $shipper and name = $consignee"
    found: str | None = do.value(known, shipper=order.shipper, consignee=order.consignee)
    return found or stock.open_place(do, "consignee", order.shipper, order.consignee)


@command(role=SHIPPER, title=("撤回配送单", "Withdraw a delivery order"))
def cancel_delivery(do: Doing, delivery_order: Annotated[Ref, Ask("配送单", "Delivery order", choose="lgs.own_open_orders")]) -> str:
    """Withdraws a delivery order whose goods are not picked yet; what was reserved for it is free again."""
    withdraw(do, documents.find(do, DELIVERY_ORDER, delivery_order, "delivery_order", owner=do.actor), "delivery_order")
    return delivery_order


def withdraw(do: Doing, document: documents.Document, field: str | None = None) -> None:
    """Cancels a delivery order with its goods issue and dispatch order. Refuses 'wrong_state' once the goods are picked."""
    document.move_to("cancelled", field)
    for kind in (OUTBOUND_SLIP, DISPATCH_ORDER):
        number = do.value("select number from document where parent = $order and kind = $kind", order=document.number, kind=kind.name)
        if number is not None:
            documents.find(do, kind, number).move_to("cancelled")
    stock.release(do, document.number)
