"""Goods on their way in: a shipper announces them, the carrier counts them in the receiving area and receives what there is.

What stands in the receiving area is not always what was announced: the first consignment that a carrier is sent, and every third
after it, comes short and with damaged pieces. A carrier who counts finds out; one who copies the slip does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from ...books import documents, members, stock
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from .. import email
from . import slips
from .customers import checked_customer
from .members import CARRIER, SHIPPER, open_store
from .slips import INBOUND_SLIP, GoodsRows, Slip
from .warehouses import Warehouse, room_for, warehouse_row

COUNT_ALL = refusal(
    "count_all",
    "入库单上的“{product}”还没有填写实点数量。一件未到请填 0。",
    "{product} is on the goods receipt but has no count. Enter it; if none arrived, enter 0.",
)
NOT_ON_SLIP = refusal("not_on_slip", "入库单 {slip} 上没有商品 {product}。请核对各行。", "The goods receipt {slip} has no product {product}. Check the rows.")
MORE_THAN_ANNOUNCED = refusal(
    "more_than_announced",
    "“{product}”通知到货 {announced} 件，不能收 {counted} 件。多出的请暂存，由货主另开一张入库单。",
    "{product}: announced {announced}, counted {counted}. You cannot receive more than was announced. Set the surplus aside; the shipper announces it on "
    "another goods receipt.",
)


class CountedRow(TypedDict):
    """What was counted of one product."""

    product: Annotated[Ref, Ask(choose="lgs.products")]
    counted: Annotated[Count, Ask(ge="0", le="100000", unit=Text("件", "pieces"))]


@command(role=SHIPPER, title=("发货入仓", "Send goods to a warehouse"))
def send_goods(do: Doing, warehouse: Warehouse, goods: GoodsRows) -> str:
    """Sends goods from the company's own warehouse to a carrier's warehouse; gives the number of the goods receipt."""
    return inbound(do, do.actor, warehouse, slips.goods_of(do, goods, "goods")).number


def inbound(do: Doing, owner: str, warehouse: str, goods: Sequence[stock.Goods], *, origin: str = "", note: str = "") -> documents.Document:
    """Sends an owner's goods from its own warehouse, or another place of its own, on their way to a warehouse and announces them there.

    Refuses an unknown or retired warehouse, one that is too full, an owner who is no customer of its carrier, and
    more than the store has. The fields that the refusals name are `warehouse` and `goods`.
    """
    row = warehouse_row(do, warehouse, "warehouse")
    checked_customer(do, owner, row.carrier, "warehouse")
    room_for(do, row, sum(line.quantity for line in goods), "goods")
    document = slips.make(do, INBOUND_SLIP, owner, Slip(carrier=row.carrier, shipper=owner, warehouse=warehouse, note=note), goods)
    stock.transfer_out(do, stock.Move(owner, origin or open_store(do, owner), goods, f"发往仓库 Sent to {row.name}", document.number, field="goods"), warehouse)
    _arrive(do, document.number, row.carrier)
    return document


def _arrive(do: Doing, number: str, carrier: str) -> None:
    """Decides what will stand in the receiving area."""
    nth: int = do.value("select count(*)::integer from lgs_slip where carrier = $carrier and kind = 'inbound_slip'", carrier=carrier)
    goods = slips.lines(do, number)
    chance = do.stream(f"lgs.arrival:{number}")
    short, damaged = chance.choice(goods), chance.choice(goods)
    missing, broken = chance.randint(1, 3), chance.randint(1, 2)
    for line in goods:
        disrupted = nth % 3 == 1 and line.quantity > 5
        at_gate = line.quantity - (missing if disrupted and line is short else 0)
        do.execute(
            "update lgs_line set at_gate = $at_gate, damaged = $damaged where slip = $slip and product = $product",
            at_gate=at_gate, damaged=broken if disrupted and line is damaged else 0, slip=number, product=line.product,
        )  # fmt: skip


@query(role=CARRIER, title=("清点到货", "Count an arrival"))
def count_arrival(do: Doing, inbound_slip: Annotated[Ref, Ask("入库单", "Goods receipt", choose="lgs.inbound_announced")]) -> Table:
    """What stands in the receiving area under a goods receipt: product, product_name, quantity (announced), at_gate, damaged (of those)."""
    slips.at_carrier(do, INBOUND_SLIP, inbound_slip, "inbound_slip")
    return do.table(
        """select l.product, p.name as product_name, l.quantity, l.at_gate, l.damaged
           from lgs_line l join product p on p.gtin = l.product where l.slip = $slip order by l.product""",
        slip=inbound_slip,
    )


@command("LGS003", role=CARRIER, title=("确认入库", "Receive goods"))
def receive(
    do: Doing,
    inbound_slip: Annotated[Ref, Ask("入库单", "Goods receipt", choose="lgs.inbound_announced")],
    counts: Annotated[list[CountedRow], Ask("实点数量", "Counted")],
) -> dict[str, int]:
    """Receives the goods of a goods receipt as counted; what is missing becomes the shipper's loss, of which it is told.

    Gives the pieces received and missing.
    """
    document, row = slips.at_carrier(do, INBOUND_SLIP, inbound_slip, "inbound_slip")
    document.move_to("received", "inbound_slip")
    announced = {line.product: line.quantity for line in slips.lines(do, inbound_slip)}
    stock.each_once(do, counts, "counts")
    counted: dict[str, int] = {}
    for c in counts:
        if c["product"] not in announced:
            raise NOT_ON_SLIP("counts", slip=inbound_slip, product=c["product"][:40])
        counted[c["product"]] = c["counted"]
    for product, quantity in announced.items():
        name = stock.checked(do, product, "counts").name
        if product not in counted:
            raise COUNT_ALL("counts", product=name)
        if counted[product] > quantity:
            raise MORE_THAN_ANNOUNCED("counts", product=name, announced=quantity, counted=counted[product])
        do.execute("update lgs_line set counted = $n where slip = $slip and product = $product", n=counted[product], slip=inbound_slip, product=product)
    came = [stock.Goods(p, n) for p, n in counted.items() if n]
    missing = [stock.Goods(p, announced[p] - n) for p, n in counted.items() if n < announced[p]]
    stock.transfer_in(do, stock.Move(row.shipper, row.warehouse, came, "到货入库 Received", inbound_slip))
    if missing:
        stock.issue_transit(do, stock.Move(row.shipper, "", missing, "途中短少 Lost in transit", inbound_slip), stock.LOSSES, kind="lost")
        _tell_shortage(do, row.shipper, inbound_slip, missing)
    return {"received": sum(g.quantity for g in came), "missing": sum(g.quantity for g in missing)}


def _tell_shortage(do: Doing, shipper: str, number: str, missing: Sequence[stock.Goods]) -> None:
    member = members.named(do, shipper)
    if not member.mailbox or not email.known(do, member.mailbox):
        return
    rows = "\n".join(f"    {stock.checked(do, g.product, 'counts').name}: {g.quantity}" for g in missing)
    email.letter(
        do, member.mailbox, f"到货短少 Short delivery {number}",
        f"{member.name}：\n\n入库单 {number} 清点后短少：\n{rows}\n短少部分已记入营业外支出。\n\n"
        f"On counting, these pieces of the goods receipt {number} were missing:\n{rows}\nThey have been posted as a loss.\n",
    )  # fmt: skip
