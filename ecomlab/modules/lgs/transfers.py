"""Transfers between a carrier's warehouses: ordered by the shipper, sent and received by the carrier, in transit between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ...books import documents, stock
from ...kernel.command import command
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.values import Ask, Ref
from . import slips
from .customers import checked_customer
from .members import CARRIER, SHIPPER
from .slips import TRANSFER_ORDER, GoodsRows, Slip
from .warehouses import Warehouse, room_for, warehouse_row

SAME_WAREHOUSE = refusal(
    "same_warehouse", "调出和调入是同一个仓库。请选择另一个仓库作为调入仓库。", "Both are the same warehouse. Choose another one to transfer to."
)
OTHER_CARRIER = refusal(
    "other_carrier",
    "两个仓库不属于同一物流商，不能调拨。请改用“新建配送单”。",
    "The two warehouses belong to different carriers, so goods cannot be transferred. Use “Create a delivery order” instead.",
)


@command(role=SHIPPER, title=("新建调拨单", "Create a transfer order"))
def order_transfer(
    do: Doing, warehouse: Annotated[Ref, Ask("调出仓库", "From warehouse", choose="lgs.warehouses")], to_warehouse: Warehouse, goods: GoodsRows
) -> str:
    """Orders goods of one's own from one warehouse to another of the same carrier; gives the number of the transfer order."""
    return transfer_order(do, do.actor, warehouse, to_warehouse, slips.goods_of(do, goods, "goods")).number


def transfer_order(
    do: Doing, owner: str, warehouse: str, to_warehouse: str, goods: Sequence[stock.Goods], *, note: str = "", parent: str | None = None
) -> documents.Document:  # fmt: skip
    """Orders an owner's goods to another warehouse of the same carrier; they are reserved for the order.

    Refuses 'same_warehouse', 'other_carrier', unknown, retired or full warehouses, an owner who is no customer, 'short_stock'.
    """
    row, to = warehouse_row(do, warehouse, "warehouse"), warehouse_row(do, to_warehouse, "to_warehouse")
    if row.number == to.number:
        raise SAME_WAREHOUSE("to_warehouse")
    if row.carrier != to.carrier:
        raise OTHER_CARRIER("to_warehouse")
    checked_customer(do, owner, row.carrier, "warehouse")
    room_for(do, to, sum(line.quantity for line in goods), "to_warehouse")
    head = Slip(carrier=row.carrier, shipper=owner, warehouse=warehouse, to_warehouse=to_warehouse, note=note)
    document = slips.make(do, TRANSFER_ORDER, owner, head, goods, parent)
    stock.reserve(do, owner, warehouse, goods, document.number, field="goods")
    return document


@command("LGS005", role=CARRIER, title=("发出调拨", "Send a transfer"))
def send_transfer(do: Doing, transfer_order: Annotated[Ref, Ask("调拨单", "Transfer order", choose="lgs.transfers_waiting")]) -> str:
    """Takes the goods of a transfer order out of its warehouse; they are in transit to the other."""
    document, row = slips.at_carrier(do, TRANSFER_ORDER, transfer_order, "transfer_order")
    goods = slips.lines(do, transfer_order)
    room_for(do, warehouse_row(do, row.to_warehouse, "transfer_order"), sum(line.quantity for line in goods), "transfer_order")
    document.move_to("in_transit", "transfer_order")
    move = stock.Move(row.shipper, row.warehouse, goods, f"调拨发出 Transfer {transfer_order}", transfer_order, reserved_by=transfer_order)
    stock.transfer_out(do, move, row.to_warehouse)
    return transfer_order


@command("LGS005", role=CARRIER, title=("确认调拨到货", "Complete a transfer"))
def complete_transfer(do: Doing, transfer_order: Annotated[Ref, Ask("调拨单", "Transfer order", choose="lgs.transfers_in_transit")]) -> str:
    """The goods of a transfer order have arrived at the other warehouse and are on hand there."""
    document, row = slips.at_carrier(do, TRANSFER_ORDER, transfer_order, "transfer_order")
    document.move_to("completed", "transfer_order")
    goods = slips.lines(do, transfer_order)
    stock.transfer_in(do, stock.Move(row.shipper, row.to_warehouse, goods, f"调拨到货 Transfer {transfer_order}", transfer_order))
    return transfer_order


@command(role=SHIPPER, title=("撤回调拨单", "Withdraw a transfer order"))
def cancel_transfer(do: Doing, transfer_order: Annotated[Ref, Ask("调拨单", "Transfer order", choose="lgs.own_open_transfers")]) -> str:
    """Withdraws a transfer order that has not been sent; what was reserved for it is free again."""
    documents.find(do, TRANSFER_ORDER, transfer_order, "transfer_order", owner=do.actor).move_to("cancelled", "transfer_order")
    stock.release(do, transfer_order)
    return transfer_order
