"""Finding slips again, by number, state, party, product and date."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from ...books import documents
from ...books.periods import FromDay, ToDay, within
from ...books.wording import holds, pattern
from ...kernel.audit import invariant
from ...kernel.command import choices, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .members import CARRIER
from .slips import DELIVERY_ORDER, INBOUND_SLIP, OUTBOUND_SLIP, TRANSFER_ORDER

NO_SLIP = refusal(
    "no_slip", "没有单据 {number}，或它不由你处理。请核对单据号。", "There is no document {number}, or it is not yours to handle. Check the number."
)

Number = Annotated[Line, Ask("单据号", "Number", max=40)]
Party = Annotated[Line, Ask("货主或收货方", "Shipper or consignee", max=64)]
Product = Annotated[Line, Ask("商品", "Product", max=60)]

_FOUND = f"""
    select s.number, d.state, d.day, m.name as shipper, s.consignee, w.name as warehouse, t.name as to_warehouse, sum(l.quantity)::integer as quantity,
           string_agg(p.name, ', ' order by p.gtin) as products
    from lgs_slip s join document d using (number) join member m on m.number = s.shipper join lgs_warehouse w on w.number = s.warehouse
    left join lgs_warehouse t on t.number = s.to_warehouse join lgs_line l on l.slip = s.number join product p on p.gtin = l.product
    where s.kind = $kind and s.carrier = $carrier and $number in ('', s.number) and ($state is null or d.state = $state)
      and (s.shipper = $party or {holds("m.name || ' ' || s.consignee", "party_words")})
      and {within("d.day")}
    group by all
    having bool_or(p.gtin = $product or {holds("p.name", "product_words")})
    order by s.number"""


def _search(
    do: Doing, kind: documents.Kind, number: str, state: str | None, party: str, product: str, from_day: datetime.date | None, to_day: datetime.date | None
) -> Table:
    return do.table(
        _FOUND, kind=kind.name, carrier=do.actor, number=number or "", state=state, party=party or "", party_words=pattern(party), product=product or "",
        product_words=pattern(product), from_day=from_day, to_day=to_day,
    )  # fmt: skip


@query("LGS014", role=CARRIER, title=("查询配送单", "Find delivery orders"))
def delivery_orders(
    do: Doing, number: Number = "",
    state: Annotated[Literal["waiting", "accepted", "picked", "dispatched", "delivered", "rejected", "cancelled"] | None, Ask()] = None,
    party: Party = "", product: Product = "", from_day: FromDay = None, to_day: ToDay = None,
) -> Table:  # fmt: skip
    """The delivery orders that meet every condition given: number, state, day, shipper, consignee, warehouse, to_warehouse, quantity, products.

    party and product: a part of the name, or the whole number. The period is that of the order.
    """
    return _search(do, DELIVERY_ORDER, number, state, party, product, from_day, to_day)


@query("LGS015", role=CARRIER, title=("查询入库单", "Find goods receipts"))
def inbound_slips(
    do: Doing, number: Number = "", state: Annotated[Literal["announced", "received", "cancelled"] | None, Ask()] = None,
    party: Party = "", product: Product = "", from_day: FromDay = None, to_day: ToDay = None,
) -> Table:  # fmt: skip
    """The goods receipts that meet every condition given, in the columns of `delivery_orders`."""
    return _search(do, INBOUND_SLIP, number, state, party, product, from_day, to_day)


@query("LGS016", role=CARRIER, title=("查询出库单", "Find goods issues"))
def outbound_slips(
    do: Doing, number: Number = "", state: Annotated[Literal["to_pick", "picked", "cancelled"] | None, Ask()] = None,
    party: Party = "", product: Product = "", from_day: FromDay = None, to_day: ToDay = None,
) -> Table:  # fmt: skip
    """The goods issues that meet every condition given, in the columns of `delivery_orders`."""
    return _search(do, OUTBOUND_SLIP, number, state, party, product, from_day, to_day)


@query("LGS017", role=CARRIER, title=("查询调拨单", "Find transfer orders"))
def transfer_orders(
    do: Doing, number: Number = "", state: Annotated[Literal["waiting", "in_transit", "completed", "cancelled"] | None, Ask()] = None,
    party: Party = "", product: Product = "", from_day: FromDay = None, to_day: ToDay = None,
) -> Table:  # fmt: skip
    """The transfer orders that meet every condition given, in the columns of `delivery_orders`."""
    return _search(do, TRANSFER_ORDER, number, state, party, product, from_day, to_day)


@choices("lgs.slips")
def _slips(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select s.number, m.name, s.consignee from lgs_slip s join member m on m.number = s.shipper
           where s.carrier = $actor order by s.number desc""",
        actor=actor,
    )
    return [(r.number, " · ".join(x for x in r if x)) for r in rows]


@query(role=CARRIER, title=("查看单据明细", "View a document"))
def slip_detail(do: Doing, slip: Annotated[Ref, Ask("单据", "Document", choose="lgs.slips")]) -> Table:
    """The goods of any slip that this carrier handles: number, kind, state, shipper, consignee, address, wanted, warehouse, to_warehouse,
    product, product_name, quantity, counted, weight_kg, freight; a row a product."""
    found = do.table(
        """select s.number, s.kind, d.state, m.name as shipper, s.consignee, s.address, s.wanted, w.name as warehouse, t.name as to_warehouse, l.product,
                  p.name as product_name, l.quantity, l.counted, s.weight_kg, s.freight
           from lgs_slip s join document d using (number) join member m on m.number = s.shipper join lgs_warehouse w on w.number = s.warehouse
           left join lgs_warehouse t on t.number = s.to_warehouse join lgs_line l on l.slip = s.number join product p on p.gtin = l.product
           where s.number = $number and s.carrier = $carrier order by l.product""",
        number=slip, carrier=do.actor,
    )  # fmt: skip
    if not found:
        raise NO_SLIP("slip", number=slip[:40])
    return found


@invariant("vehicles_once", "一辆车同时只用于一张调度单，且不超载", "A vehicle serves one dispatch order at a time, within its load")
def _once(look: Looking) -> list[str]:
    return [
        f"{r.plate}: {r.trips} trips, {r.weight} kg of {r.load_kg}"
        for r in look.all(
            """select v.plate, v.load_kg, count(*) as trips, sum(s.weight_kg) as weight from lgs_vehicle v join lgs_trip t on t.vehicle = v.plate
               join document d on d.number = t.number join lgs_slip s on s.number = t.delivery_order
               where d.state in ('assigned', 'dispatched') group by all having count(*) > 1 or sum(s.weight_kg) > v.load_kg order by 1"""
        )
    ]


@invariant("warehouses_hold", "仓库存放不超过容量", "No warehouse holds more than its capacity")
def _hold(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.used} of {r.capacity}"
        for r in look.all(
            """select w.number, w.capacity, sum(l.on_hand + l.in_transit) as used from lgs_warehouse w join stock_level l on l.place = w.number
               group by all having sum(l.on_hand + l.in_transit) > w.capacity order by 1"""
        )
    ]
