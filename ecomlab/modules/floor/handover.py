"""Waybills and the handover: one waybill a parcel, a list that the courier signs, and the question whether the parcel has arrived."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from ...books import documents
from ...books.courier import tariff, waybills
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Ref
from .kinds import HANDOVER, PARCEL
from .staff import CLERK, OWN_FLOOR, site

COMPLAINTS = ("nothing", "late", "box_crushed", "wrong_goods", "invoice_missing")

OTHER_COURIER = refusal(
    "other_courier",
    "包裹 {parcel} 的面单是“{theirs}”的，不能交给“{courier}”。请选择同一家快递的包裹。",
    "The waybill of the parcel {parcel} is one of {theirs}, so it does not go with {courier}. Choose parcels of one courier.",
)
ON_A_LIST = refusal(
    "parcel_on_a_list", "包裹 {parcel} 已在交接清单 {list} 上。请去掉这一行。", "The parcel {parcel} is on the handover list {list} already. Remove its row."
)
NO_WAYBILL = refusal(
    "no_waybill", "包裹 {parcel} 还没有面单，不能交接。请先打印面单。", "The parcel {parcel} has no waybill, so it cannot be handed over. Print one first."
)
NOT_ON_ITS_WAY = refusal(
    "not_on_its_way", "包裹 {parcel} 还没有交给快递。请先交接。", "The parcel {parcel} has not been handed over. Hand it over first."
)

Courier = Annotated[Ref, Ask(choose="floor.couriers")]
OnItsWay = Annotated[Ref, Ask(choose="floor.parcels_sent")]


class ParcelRow(TypedDict):
    """A parcel of a list."""

    parcel: Annotated[Ref, Ask(choose="floor.parcels_with_waybill")]


_shows = "(select recipient from b2c_order where sales_order = t.sales_order), (select deliver_to from b2c_order where sales_order = t.sales_order)"
documents.offer("floor.parcels_packed", PARCEL, "packed", of="floor_parcel", where=OWN_FLOOR, shows=_shows, order="d.number")
documents.offer(
    "floor.parcels_with_waybill", PARCEL, "with_waybill", of="floor_parcel", where=f"{OWN_FLOOR} and t.list is null", shows=_shows, order="d.number"
)
documents.offer("floor.parcels_labelled", PARCEL, "with_waybill", of="floor_parcel", where=OWN_FLOOR, shows=_shows, order="d.number")
documents.offer(
    "floor.parcels_sent", PARCEL, "handed_over", "delivered", "returned", "lost", of="floor_parcel", where=OWN_FLOOR, shows=_shows, order="d.number"
)
_named = {"courier": tariff.name_of}
documents.offer("floor.lists_drawn_up", HANDOVER, "drawn_up", of="floor_handover", where=OWN_FLOOR, shows="t.courier", words=_named)
documents.offer("floor.lists_signed", HANDOVER, "signed", of="floor_handover", where=OWN_FLOOR, shows="t.courier, t.signed_by", words=_named)
documents.offer("floor.lists", HANDOVER, of="floor_handover", where=OWN_FLOOR, shows="t.courier", stated=True, words=_named)

SignedByCourier = Annotated[Line, Ask("快递员签字", "Signed by the courier", max=60)]


@choices("floor.couriers")
def _couriers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return list(tariff.couriers(look).items())


def _parcel(do: Doing, number: str, field: str = "parcel") -> tuple[documents.Document, Any]:
    """A parcel of the floor with its row and whom it goes to."""
    document = documents.find(do, PARCEL, number, field, owner=site(do).merchant)
    row = do.one("select p.*, o.recipient, o.deliver_to, o.phone from floor_parcel p join b2c_order o using (sales_order) where p.number = $n", n=number)
    return document, row


# --- waybills ----------------------------------------------------------------------------------------------------------------


@query("FLOOR008", role=CLERK, title=("比较快递价格", "Compare couriers' prices"))
def courier_prices(do: Doing, parcel: Annotated[Ref, Ask(choose="floor.parcels_packed")]) -> Table:
    """What each courier asks for a parcel, the cheapest first: courier, name, tariff_zone, weight_g, price (CNY with tax), days."""
    _, row = _parcel(do, parcel)
    found = tariff.quotes(do, site(do).city, row.deliver_to, row.weight_g, "parcel")
    rows = [(r.courier, r.name, r.zone, row.weight_g, price, r.days) for r, price in found]
    return Table(("courier", "name", "tariff_zone", "weight_g", "price", "days"), rows)


@command("FLOOR008", role=CLERK, title=("打印面单", "Print a waybill"))
def print_waybill(do: Doing, parcel: Annotated[Ref, Ask(choose="floor.parcels_packed")], courier: Courier) -> dict[str, Any]:
    """Prints the waybill of a packed parcel; gives its number and the price, which is owed once the courier has the parcel.

    Refuses a parcel that has one.
    """
    document, row = _parcel(do, parcel)
    if known := waybills.of_parcel(do, parcel):
        raise waybills.WAYBILL_TAKEN("parcel", parcel=parcel, number=known.number)
    document.must_allow("with_waybill", "parcel")
    here = site(do)
    made = waybills.print_for(do, courier, parcel, here.member, here.city, row.recipient, row.deliver_to, row.phone, row.weight_g)
    document.move_to("with_waybill", "parcel")
    do.execute("update floor_parcel set waybill = $w where number = $n", w=made.number, n=parcel)
    return {"waybill": made.number, "price": waybills.row_of(do, made.number).price}


@command("FLOOR008", role=CLERK, title=("作废面单", "Void a waybill"))
def void_waybill(do: Doing, parcel: Annotated[Ref, Ask(choose="floor.parcels_labelled")]) -> str:
    """Takes the waybill of a parcel out of use before the courier has it; gives the waybill. Another can be printed then."""
    document, row = _parcel(do, parcel)
    document.move_to("packed", "parcel")
    waybills.void(do, row.waybill, "parcel")
    do.execute("update floor_parcel set waybill = null, list = null where number = $n", n=parcel)
    return str(row.waybill)


# --- handing over ------------------------------------------------------------------------------------------------------------


@command("FLOOR009", role=CLERK, title=("填写交接清单", "Draw up a handover list"))
def draw_up_list(do: Doing, courier: Courier, parcels: Annotated[list[ParcelRow], Ask("包裹", "Parcels")]) -> str:
    """Lists parcels that one courier is to collect; gives the number of the list. Refuses parcels of another courier, and those on a list."""
    here = site(do)
    names = tariff.couriers(do)
    tariff.rate(do, courier, "local", "courier")
    made = documents.create(do, HANDOVER, owner=here.merchant)
    for r in parcels:
        _, row = _parcel(do, r["parcel"], "parcels")
        if row.list:
            raise ON_A_LIST("parcels", parcel=row.number, list=row.list)
        if row.waybill is None:
            raise NO_WAYBILL("parcels", parcel=row.number)
        theirs = waybills.row_of(do, row.waybill).courier
        if theirs != courier:
            raise OTHER_COURIER("parcels", parcel=row.number, theirs=names[theirs], courier=names[courier])
        do.execute("update floor_parcel set list = $list where number = $n", list=made.number, n=row.number)
    do.execute("insert into floor_handover values ($n, $m, $courier, null)", n=made.number, m=here.merchant, courier=courier)
    return made.number


@query("FLOOR009", role=CLERK, title=("查看交接清单", "View a handover list"))
def handover_list(do: Doing, list: Annotated[Ref, Ask(choose="floor.lists")]) -> Table:
    """The parcels of a list, as the courier compares them: parcel, waybill, recipient, region, pieces, weight_g, state."""
    documents.find(do, HANDOVER, list, "list", owner=site(do).merchant)
    return do.table(
        """select p.number as parcel, p.waybill, o.recipient, f.region,
                  (select sum(l.quantity)::integer from b2c_order_line l where l.number = o.number) as pieces, p.weight_g, d.state
           from floor_parcel p join document d using (number) join b2c_order o using (sales_order) join floor_order f using (sales_order)
           where p.list = $n order by p.number""",
        n=list,
    )


@command("FLOOR009", role=CLERK, title=("交给快递并签收", "Hand a list over"))
def hand_over(
    do: Doing, list: Annotated[Ref, Ask(choose="floor.lists_drawn_up")], signed_by: SignedByCourier
) -> int:
    """The courier compares a list with the parcels, takes them and signs; gives how many. Each parcel ships its sales order."""
    document = documents.find(do, HANDOVER, list, "list", owner=site(do).merchant)
    document.must_allow("signed", "list")
    rows = do.all("select number, waybill from floor_parcel where list = $n order by number", n=list)
    for r in rows:
        waybills.collect(do, r.waybill, "list")
        documents.find(do, PARCEL, r.number).move_to("handed_over", "list")
    do.execute("update floor_handover set signed_by = $who where number = $n", who=signed_by, n=list)
    document.move_to("signed", "list")
    return len(rows)


@command(role=CLERK, title=("重新签收交接清单", "Have a list signed again"))
def sign_list_again(do: Doing, list: Annotated[Ref, Ask(choose="floor.lists_signed")], signed_by: SignedByCourier) -> str:
    """Strikes out a wrong signature on a list that is not filed yet, and has it signed again; gives its number."""
    documents.find(do, HANDOVER, list, "list", owner=site(do).merchant).must_allow("filed", "list")
    do.execute("update floor_handover set signed_by = $who where number = $n", who=signed_by, n=list)
    return list


@command("FLOOR009", role=CLERK, title=("归档交接清单", "File a handover list"))
def file_list(do: Doing, list: Annotated[Ref, Ask(choose="floor.lists_signed")]) -> str:
    """Files the signed copy of a list; gives its number. Refuses one that is not signed."""
    documents.find(do, HANDOVER, list, "list", owner=site(do).merchant).move_to("filed", "list")
    return list


# --- has it arrived? ---------------------------------------------------------------------------------------------------------


def answer(look: Looking, parcel: Any) -> tuple[bool, str]:
    """What a customer says on the telephone: whether the parcel is there, and what they complain of, by the world's seed."""
    row = waybills.row_of(look, parcel.waybill)
    if row is None or row.signed_day is None:
        return False, "nothing"
    return True, look.stream(f"floor.complaint/{parcel.number}").choice(("nothing", "nothing", *COMPLAINTS[1:]))


def _sent(do: Doing, number: str) -> Any:
    document, row = _parcel(do, number)
    if document.state not in ("handed_over", "delivered", "returned", "lost"):
        raise NOT_ON_ITS_WAY("parcel", parcel=number)
    return row


@query("FLOOR010", role=CLERK, title=("询问顾客", "Ask a customer"))
def ask_customer(do: Doing, parcel: OnItsWay) -> Table:
    """What the customer answers about a parcel that is on its way: recipient, phone, arrived, complaint."""
    row = _sent(do, parcel)
    arrived, complaint = answer(do, row)
    return Table(("recipient", "phone", "arrived", "complaint"), [(row.recipient, row.phone, arrived, complaint)])


@query("FLOOR010", role=CLERK, title=("查询快递轨迹", "Track a parcel"))
def track(do: Doing, parcel: OnItsWay) -> Table:
    """Where a parcel has been: day, event, place."""
    return waybills.track(do, _sent(do, parcel).waybill)


@command("FLOOR010", role=CLERK, title=("登记送达回访", "Record a call"))
def confirm_delivery(
    do: Doing,
    parcel: OnItsWay,
    arrived: Annotated[Flag, Ask("已收到", "Arrived")],
    complaint: Annotated[Literal["nothing", "late", "box_crushed", "wrong_goods", "invoice_missing"], Ask()] = "nothing",
) -> int:
    """Writes down what a customer has answered; gives how often that customer has been called about the parcel."""
    _sent(do, parcel)
    seq = do.value("select coalesce(max(seq), 0) + 1 from floor_call where parcel = $p", p=parcel)
    do.execute("insert into floor_call values ($p, $seq, $day, $arrived, $complaint)", p=parcel, seq=seq, day=do.day, arrived=arrived, complaint=complaint)
    return int(seq)
