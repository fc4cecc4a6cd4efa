"""Vehicles on the road: a dispatch order gets a vehicle, the vehicle leaves with a delivery note, the goods are delivered.

A vehicle should arrive after one day in the city of its warehouse, and after two days elsewhere. The
first trip of a carrier, and every third after it, is late by a day or two; whoever delivers late says why.
"""

from __future__ import annotations

import datetime
from functools import partial
from typing import Annotated, Any, Literal

from stdnum import ean

from ...books import documents, stock
from ...books.periods import FromDay, ToDay, within
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.values import Ask, Line, Ref
from . import slips
from .freight import charge
from .members import CARRIER
from .outbound import consignees_place
from .slips import DELIVERY_ORDER, DISPATCH_ORDER
from .vehicles import Vehicle, free_vehicle, own_vehicle

#: GS1 company prefixes that begin with 952 are for demonstrations and examples.
GS1_PREFIX = "9520200"

TOO_HEAVY = refusal(
    "too_heavy",
    "货重 {weight} 公斤，超过车辆 {plate} 的载重 {load} 公斤。请选择更大的车辆。",
    "The goods weigh {weight} kg, but the vehicle {plate} carries only {load} kg. Choose a larger vehicle.",
)
OTHER_TRANSPORT = refusal(
    "other_transport",
    "这批货约定走{agreed}，{plate} 走的是{transport}。请另选运输工具。",
    "These goods are to travel {agreed}, and {plate} travels {transport}. Choose another one.",
)
NO_VEHICLE_YET = refusal(
    "no_vehicle_yet",
    "调度单 {number} 还没有分配车辆。请先分配车辆（LGS009）。",
    "The dispatch order {number} has no vehicle yet. Assign one first (LGS009).",
)
NOT_PICKED = refusal(
    "not_picked",
    "配送单 {order} 的货物还未出库，不能发车。请先确认出库（LGS004）。",
    "The goods of {order} are still in the warehouse, so the vehicle cannot leave. Confirm the goods issue first (LGS004).",
)
NOT_ARRIVED = refusal(
    "not_arrived",
    "车辆 {plate} 尚未到达，预计 {due} 到。请推进业务日期后再确认。",
    "The vehicle {plate} has not arrived; it is expected on {due}. Advance the business day, then confirm.",
)
SAY_WHY_LATE = refusal(
    "say_why_late",
    "应于 {due} 送达，今天 {today}，已经延误。请在备注中说明原因。",
    "The delivery was due on {due} and today is {today}: it is late. Give the reason in the remark.",
)

DispatchOpen = Annotated[Ref, Ask("调度单", "Dispatch order", choose="lgs.trips_to_assign")]


_offer = partial(
    documents.offer, of="(select t.*, s.consignee, s.weight_kg || ' kg' as weight from lgs_trip t join lgs_slip s on s.number = t.delivery_order)",
    whose="carrier", shows="t.delivery_order, t.consignee, t.weight", order="d.number",
)  # fmt: skip
_offer("lgs.trips_to_assign", DISPATCH_ORDER, "unassigned", "assigned")
_offer("lgs.trips_assigned", DISPATCH_ORDER, "assigned")
_offer("lgs.trips", DISPATCH_ORDER)


@command("LGS009", role=CARRIER, title=("分配车辆", "Assign a vehicle"))
def assign_vehicle(do: Doing, dispatch_order: DispatchOpen, vehicle: Vehicle) -> str:
    """Assigns a vehicle to a dispatch order; another one assigned before is free again. Gives the plate.

    Refuses a vehicle that another dispatch order needs, one that may not carry so much, and a ship where goods go by road or the reverse.
    """
    document, trip = _trip(do, dispatch_order)
    row = own_vehicle(do, vehicle, "vehicle")
    free_vehicle(do, vehicle, "vehicle", unless=dispatch_order)
    order = slips.slip(do, trip.delivery_order)
    if row.transport != order.transport:
        raise OTHER_TRANSPORT("vehicle", agreed=term(order.transport), plate=vehicle, transport=term(row.transport))
    weight = order.weight_kg
    if weight > row.load_kg:
        raise TOO_HEAVY("vehicle", weight=weight, plate=vehicle, load=row.load_kg)
    if document.state == "assigned":
        document.move_to("unassigned", "dispatch_order")
    document.move_to("assigned", "dispatch_order")
    do.execute("update lgs_trip set vehicle = $vehicle where number = $number", vehicle=vehicle, number=dispatch_order)
    return vehicle


@command("LGS010", role=CARRIER, title=("调度发车", "Dispatch the vehicle"))
def dispatch(do: Doing, dispatch_order: Annotated[Ref, Ask("调度单", "Dispatch order", choose="lgs.trips_assigned")]) -> dict[str, Any]:
    """Sends the vehicle off with the picked goods and a delivery note; gives the note's SSCC and the day it is due."""
    document, trip = _trip(do, dispatch_order)
    if document.state == "unassigned":
        raise NO_VEHICLE_YET("dispatch_order", number=dispatch_order)
    order = documents.find(do, DELIVERY_ORDER, trip.delivery_order)
    if order.state == "accepted":
        raise NOT_PICKED("dispatch_order", order=order.number)
    document.move_to("dispatched", "dispatch_order")
    order.move_to("dispatched", "dispatch_order")
    due, arrives = _journey(do, dispatch_order, slips.slip(do, order.number))
    code = sscc(do)
    do.execute(
        "update lgs_trip set departed = $day, due = $due, arrives = $arrives, sscc = $sscc where number = $number",
        day=do.day, due=due, arrives=arrives, sscc=code, number=dispatch_order,
    )  # fmt: skip
    return {"sscc": code, "due": due}


def _journey(do: Doing, number: str, order: Any) -> tuple[datetime.date, datetime.date]:
    """When a trip is due and when it arrives, known to nobody before."""
    city: str = do.value("select city from lgs_warehouse where number = $number", number=order.warehouse)
    days = 1 if any(part and part in order.address for part in city.split()) else 2
    nth: int = do.value("select count(*)::integer from lgs_trip where carrier = $carrier and departed is not null", carrier=do.actor)
    late = do.stream(f"lgs.journey:{number}").randint(1, 2) if nth % 3 == 0 else 0
    due = do.day + datetime.timedelta(days=days)
    return due, due + datetime.timedelta(days=late)


def sscc(do: Doing) -> str:
    """A Serial Shipping Container Code (GS1 General Specifications, AI 00): 18 digits, the last a modulo-10 check digit.

    Extension digit 0, a company prefix for demonstrations, and nine digits of the world's mark and a running number.
    """
    body = f"0{GS1_PREFIX}{do.mark}{do.count('sscc'):05d}"
    return body + ean.calc_check_digit(body)


@query(role=CARRIER, title=("查看送货单", "View a delivery note"))
def delivery_note(do: Doing, dispatch_order: Annotated[Ref, Ask("调度单", "Dispatch order", choose="lgs.trips")]) -> Table:
    """The delivery note of a dispatched vehicle: sscc, vehicle, consignee, address, product, product_name, quantity, due; a row a product."""
    _trip(do, dispatch_order)
    return do.table(
        """select t.sscc, t.vehicle, s.consignee, s.address, l.product, p.name as product_name, l.quantity, t.due
           from lgs_trip t join lgs_slip s on s.number = t.delivery_order join lgs_line l on l.slip = s.number join product p on p.gtin = l.product
           where t.number = $number and t.sscc is not null order by l.product""",
        number=dispatch_order,
    )


@command("LGS020", role=CARRIER, title=("确认送达", "Confirm a delivery"))
def deliver(
    do: Doing,
    delivery_order: Annotated[Ref, Ask("配送单", "Delivery order", choose="lgs.deliveries_dispatched")],
    signed_by: Annotated[Line, Ask(max=60)],
    remark: Annotated[Line, Ask(max=200)] = "",
) -> dict[str, Any]:
    """The consignee has signed, and freight is owed. Gives freight and the days late.

    Goods sold to a purchaser come to its stock, if they are not its own already; others stay in the shipper's, at the consignee's place.

    Refuses while the vehicle is still on its way, and a late delivery without a remark that says why.
    """
    document, row = slips.at_carrier(do, DELIVERY_ORDER, delivery_order, "delivery_order")
    trip = do.one("select t.* from lgs_trip t join document d using (number) where t.delivery_order = $order and d.state = 'dispatched'", order=delivery_order)
    if trip is not None:
        if do.day < trip.arrives:
            raise NOT_ARRIVED("delivery_order", plate=trip.vehicle, due=trip.due)
        if do.day > trip.due and not remark:
            raise SAY_WHY_LATE("remark", due=trip.due, today=do.day)
        documents.find(do, DISPATCH_ORDER, trip.number).move_to("arrived")
        do.execute(
            "update lgs_trip set arrived = $day, signed_by = $signed_by, remark = $remark where number = $number",
            day=do.day, signed_by=signed_by, remark=remark, number=trip.number,
        )  # fmt: skip
        _lay_down(do, row)
        charge(do, row)
    document.move_to("delivered", "delivery_order")
    return {"freight": row.freight, "late": (do.day - trip.due).days}


def _lay_down(do: Doing, order: Any) -> None:
    """Goods that are not sold lie at the consignee's place. What becomes of others is the business of whoever reacts to 'delivered'."""
    if not order.purchaser:
        goods = slips.arriving(do, order.number)
        stock.transfer_in(do, stock.Move(order.shipper, consignees_place(do, order), goods, f"交付 Delivered {order.number}", order.number))


@query("LGS011", role=CARRIER, title=("查询车辆运输记录", "Find a vehicle's trips"))
def trips(
    do: Doing,
    vehicle: Vehicle = "",
    state: Annotated[Literal["unassigned", "assigned", "dispatched", "arrived", "cancelled"] | None, Ask()] = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
) -> Table:
    """This carrier's dispatch orders: number, vehicle, driver, delivery_order, consignee, weight_kg, state, departed, due, arrived, remark.

    The period is that of the departure.
    """
    return do.table(
        f"""select t.number, t.vehicle, v.driver, t.delivery_order, s.consignee, s.weight_kg, d.state, t.departed, t.due, t.arrived, t.remark
           from lgs_trip t join document d using (number) join lgs_slip s on s.number = t.delivery_order left join lgs_vehicle v on v.plate = t.vehicle
           where t.carrier = $carrier and $vehicle in ('', t.vehicle) and ($state is null or d.state = $state)
             and {within('t.departed')} order by t.number""",
        carrier=do.actor, vehicle=vehicle or "", state=state, from_day=from_day, to_day=to_day,
    )  # fmt: skip


def _trip(do: Doing, number: str) -> tuple[documents.Document, Any]:
    document = documents.find(do, DISPATCH_ORDER, number, "dispatch_order", owner=do.actor)
    return document, do.one("select * from lgs_trip where number = $number", number=number)
