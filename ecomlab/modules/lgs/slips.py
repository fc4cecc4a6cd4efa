"""The slips that move goods: their kinds and states, making one, finding one, its goods."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, TypedDict

from ...books import documents, stock
from ...kernel.command import choices
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref

INBOUND_SLIP = documents.kind("inbound_slip", "IN", ("入库单", "goods receipt"), {"announced": ("received", "cancelled"), "received": (), "cancelled": ()})
DELIVERY_ORDER = documents.kind(
    "delivery_order",
    "DO",
    ("配送单", "delivery order"),
    {
        "waiting": ("accepted", "rejected", "cancelled"),
        "accepted": ("picked", "cancelled"),
        "picked": ("dispatched",),
        "dispatched": ("delivered", "lost"),
        "delivered": (),
        "lost": (),
        "rejected": (),
        "cancelled": (),
    },
)
OUTBOUND_SLIP = documents.kind("outbound_slip", "OUT", ("出库单", "goods issue"), {"to_pick": ("picked", "cancelled"), "picked": (), "cancelled": ()})
TRANSFER_ORDER = documents.kind(
    "transfer_order",
    "TO",
    ("调拨单", "transfer order"),
    {"waiting": ("in_transit", "cancelled"), "in_transit": ("completed",), "completed": (), "cancelled": ()},
)
DISPATCH_ORDER = documents.kind(
    "dispatch_order",
    "DP",
    ("调度单", "dispatch order"),
    {
        "unassigned": ("assigned", "cancelled"),
        "assigned": ("dispatched", "unassigned", "cancelled"),
        "dispatched": ("arrived",),
        "arrived": (),
        "cancelled": (),
    },
)
LOSS_REPORT = documents.kind("loss_report", "LR", ("在途损失单", "report of a loss"), {"posted": ()})
DAMAGE_REPORT = documents.kind("damage_report", "DR", ("残损单", "damage report"), {"posted": ()})

NO_GOODS = refusal("no_goods", "没有填写商品。请至少填写一种商品和数量。", "No goods are entered. Enter at least one product with its quantity.")


class GoodsRow(TypedDict):
    """A row of goods as a form asks for it."""

    product: Annotated[Ref, Ask(choose="lgs.products")]
    quantity: Annotated[Count, Ask(ge="1", le="100000", unit=Text("件", "pieces"))]


GoodsRows = Annotated[list[GoodsRow], Ask("商品", "Goods")]


@choices("lgs.products")
def _products(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.gtin, f"{r.gtin} · {r.name}") for r in look.all("select gtin, name from product order by gtin")]


def goods_of(do: Doing, rows: Sequence[GoodsRow], field: str) -> list[stock.Goods]:
    """Rows of a form as goods. Refuses an unknown product and one that stands twice."""
    stock.each_once(do, rows, field)
    return [stock.Goods(stock.checked(do, row["product"], field).gtin, row["quantity"]) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Slip:
    """The head of a slip, in the order of the table's columns. Members and warehouses are numbers, freight is CNY."""

    carrier: str
    shipper: str
    warehouse: str
    to_warehouse: str | None = None
    purchaser: str | None = None
    consignee: str = ""
    address: str = ""
    wanted: datetime.date | None = None
    weight_kg: int | None = None
    freight: Decimal | None = None
    note: str = ""
    #: who owes the freight of a delivery order: the shipper, or the consignee as agreed with it
    freight_payer: str | None = None
    #: how the goods travel: by 'road' or by 'water'
    transport: str = "road"


def make(do: Doing, kind: documents.Kind, owner: str, head: Slip, goods: Sequence[stock.Goods], parent: str | None = None) -> documents.Document:
    """A new slip with its goods, in the first state of its kind. owner: the member whose document it is."""
    if not goods:
        raise NO_GOODS("goods")
    number = do.number(kind.prefix)
    columns = vars(head)
    do.execute(f"insert into lgs_slip values ($number, $kind, {', '.join(f'${c}' for c in columns)})", number=number, kind=kind.name, **columns)
    for line in goods:
        do.execute("insert into lgs_line values ($slip, $product, $quantity, null, null, null)", slip=number, product=line.product, quantity=line.quantity)
    return documents.create(do, kind, owner=owner, parent=parent, number=number)


def slip(look: Looking, number: str) -> Any:
    """The row of a slip, with the columns of `Slip`, or None."""
    return look.one("select * from lgs_slip where number = $number", number=number)


def lines(look: Looking, number: str) -> list[stock.Goods]:
    """The goods of a slip, by product."""
    return [stock.Goods(*r) for r in look.all("select product, quantity from lgs_line where slip = $number order by product", number=number)]


def arriving(look: Looking, number: str) -> list[stock.Goods]:
    """The goods of a slip less what was lost on the way, by product."""
    rows = look.all("select product, coalesce(counted, quantity) as quantity from lgs_line where slip = $number order by product", number=number)
    return [stock.Goods(*r) for r in rows if r.quantity]


def at_carrier(do: Doing, kind: documents.Kind, number: str, field: str) -> tuple[documents.Document, Any]:
    """A slip that the acting carrier handles, and its head. Refuses 'not_found' and 'not_yours'."""
    document = documents.find(do, kind, number, field)
    row = slip(do, number)
    if row.carrier != do.actor:
        raise documents.NOT_YOURS(field, kind=kind.title, number=number)
    return document, row


def kilograms(look: Looking, goods: Sequence[stock.Goods]) -> int:
    """The gross weight of goods, every kilogram begun counting."""
    grams = sum(line.quantity * int(stock.checked(look, line.product, "goods").weight_g) for line in goods)
    return max(1, -(-grams // 1000))


_offer = partial(documents.offer, of="lgs_slip", shows="(select name from member where number = t.shipper), t.consignee", order="d.number")
_offer("lgs.inbound_announced", INBOUND_SLIP, "announced", whose="carrier")
_offer("lgs.outbound_to_pick", OUTBOUND_SLIP, "to_pick", whose="carrier")
_offer("lgs.deliveries_waiting", DELIVERY_ORDER, "waiting", whose="carrier")
_offer("lgs.deliveries_dispatched", DELIVERY_ORDER, "dispatched", whose="carrier")
_offer("lgs.transfers_waiting", TRANSFER_ORDER, "waiting", whose="carrier")
_offer("lgs.transfers_in_transit", TRANSFER_ORDER, "in_transit", whose="carrier")
_offer("lgs.own_open_orders", DELIVERY_ORDER, "waiting", "accepted", whose="shipper")
_offer("lgs.own_open_transfers", TRANSFER_ORDER, "waiting", whose="shipper")
