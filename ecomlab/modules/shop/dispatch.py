"""Parcels leave with a courier: each shipped order gets a waybill, the waybills make a list, and the driver who takes the parcels signs it.

From then on the shop owes the courier's price. When the recipient has signed for the parcel the days within which goods may come back begin to run.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from ...books import documents
from ...books.courier import tariff, waybills
from ...kernel.command import VISITOR, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from ..b2c.couriers import TRAVELLING, UNDECIDED, print_for
from ..b2c.postage import Courier
from .kinds import HANDOVER
from .staff import CLERK, DRIVER

OTHER_COURIER = refusal(
    "other_couriers_parcel",
    "面单 {number} 是“{name}”的，不能交给这家快递公司。请从清单中去掉。",
    "The waybill {number} is of another courier: {name}. Take it off the list.",
)
ON_A_LIST = refusal(
    "on_a_list", "面单 {number} 已列在 {list} 上。请从清单中去掉。", "The waybill {number} is on the list {list} already. Take it off this one."
)
WAYBILL_TWICE = refusal("waybill_twice", "面单 {number} 填了两次。请只留一次。", "The waybill {number} is entered twice. Keep one.")

documents.offer("shop.lists_to_sign", HANDOVER, "drawn_up", of="shop_handover", whose="courier", shows="t.day")
documents.offer("shop.lists_drawn_up", HANDOVER, "drawn_up", of="shop_handover", whose="merchant", shows="t.courier, t.day", words={"courier": tariff.name_of})


@choices("shop.waybills_ready")
def _ready(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, f"{r.number} · {r.recipient}") for r in ready(look, actor)]


def ready(look: Looking, merchant: str, courier: str | None = None) -> list[Any]:
    """A shop's parcels with a waybill that no courier has collected and no list names: number, courier, recipient, web_order."""
    return look.all(
        """select w.number, w.courier, w.recipient, w.parcel as web_order from waybill w join document d using (number)
           join b2c_order o on o.number = w.parcel where o.merchant = $m and d.state = 'printed' and ($courier is null or w.courier = $courier)
             and not exists (select 1 from shop_handover_line l join document x on x.number = l.handover where l.waybill = w.number and x.state <> 'void')
           order by w.number""",
        m=merchant, courier=courier,
    )  # fmt: skip


documents.offer("shop.parcels_under_way", waybills.WAYBILL, "picked_up", of="waybill", whose="courier", shows="t.recipient")


class ParcelRow(TypedDict):
    """A parcel on the list."""

    waybill: Annotated[Ref, Ask("面单", "Waybill", choose="shop.waybills_ready")]


@command("SHOP017", role=CLERK, title=("打印快递面单", "Print a waybill"))
def print_waybill(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_to_send")], courier: Courier) -> str:
    """Prints the waybill of a shipped order; gives its number. The courier's price follows from the distance and the weight of the goods."""
    return print_for(do, order, courier).number


@command(role=CLERK, title=("作废快递面单", "Void a waybill"))
def void_waybill(do: Doing, waybill: Annotated[Ref, Ask(choose="shop.waybills_ready")]) -> str:
    """Takes a waybill out of use that is on no courier's list; gives its order, for which another can be printed."""
    document, row = waybills.find(do, waybill, "waybill")
    document.must_allow("void", "waybill")
    if waybill not in {r.number for r in ready(do, do.actor)}:
        raise ON_A_LIST("waybill", number=waybill, list=_list_of(do, waybill))
    document.move_to("void", "waybill")
    return str(row.parcel)


@query("SHOP017", role=CLERK, title=("查看待交快递的包裹", "View the parcels for couriers"))
def parcels(do: Doing) -> Table:
    """Shipped orders that no courier has collected: web_order, recipient, deliver_to, shipped_day, waybill, courier, price (tax included), handover."""
    return do.table(
        f"""select o.number as web_order, o.recipient, o.deliver_to, o.shipped_day, w.number as waybill, w.courier, w.price,
                  (select min(l.handover) from shop_handover_line l join document x on x.number = l.handover
                   where l.waybill = w.number and x.state <> 'void') as handover
           from b2c_order o join document d using (number) left join ({TRAVELLING} and x.state <> 'lost') w on w.web_order = o.number
           where o.merchant = $m and d.state = 'shipped' and o.delivery_kind <> 'pick_up' and (w.state is null or w.state = 'printed')
             and o.number not in (select web_order from ({UNDECIDED})) order by o.number""",
        m=do.actor,
    )


@command("SHOP017", role=CLERK, title=("编制快递交接单", "Draw up the courier's list"))
def hand_to_courier(do: Doing, courier: Courier, parcels: Annotated[list[ParcelRow], Ask("包裹", "Parcels")]) -> dict[str, Any]:
    """Lists the parcels that a courier is to take; gives the list, the parcels on it, and how many with its waybill are left behind.

    The courier's driver signs for them. Refuses a waybill of another courier and one that is on another list.
    """
    name = tariff.couriers(do)
    tariff.rate(do, courier, "local", "courier")
    waiting = {r.number: r for r in ready(do, do.actor)}
    made = documents.create(do, HANDOVER, owner=do.actor)
    do.execute("insert into shop_handover values ($n, $m, $courier, $day)", n=made.number, m=do.actor, courier=courier, day=do.day)
    seen: set[str] = set()
    for given in parcels:
        number = given["waybill"]
        document, row = waybills.find(do, number, "parcels")
        if number in seen:
            raise WAYBILL_TWICE("parcels", number=number)
        seen.add(number)
        if row.courier != courier:
            raise OTHER_COURIER("parcels", number=number, name=name[row.courier])
        document.must_allow("picked_up", "parcels")
        if number not in waiting:
            raise ON_A_LIST("parcels", number=number, list=_list_of(do, number))
        do.execute("insert into shop_handover_line values ($n, $waybill, $order)", n=made.number, waybill=number, order=row.parcel)
    left = sum(r.courier == courier and r.number not in seen for r in waiting.values())
    return {"handover": made.number, "parcels": len(seen), "left": left}


def _list_of(do: Doing, waybill: str) -> str:
    found = do.value(
        "select min(handover) from shop_handover_line l join document d on d.number = l.handover where waybill = $w and d.state <> 'void'", w=waybill
    )
    return str(found or "")


@command(role=CLERK, title=("作废快递交接单", "Void a courier's list"))
def void_handover(do: Doing, handover: Annotated[Ref, Ask("交接单", "List", choose="shop.lists_drawn_up")]) -> str:
    """Takes back a list that no driver has signed; gives its number. Its parcels can be put on another."""
    documents.find(do, HANDOVER, handover, "handover", owner=do.actor).move_to("void", "handover")
    return handover


@command("SHOP017", role=VISITOR, title=("请快递员上门", "Call the courier's driver"))
def call_courier(do: Doing, courier: Courier) -> str:
    """A courier's driver comes to the door; gives the courier. The library plays the driver: `lab.autoplay("courier_driver")`."""
    tariff.rate(do, courier, "local", "courier")
    do.sign_in(DRIVER.name, courier)
    return courier


@command(role=DRIVER, title=("签收快递交接单", "Sign the courier's list"))
def sign_handover(do: Doing, handover: Annotated[Ref, Ask("交接单", "List", choose="shop.lists_to_sign")]) -> int:
    """The driver takes every parcel on a list and signs it; gives their number. From now on the shop owes the courier's price."""
    document = documents.find(do, HANDOVER, handover, "handover")
    if do.value("select courier from shop_handover where number = $n", n=handover) != do.actor:
        raise documents.NOT_YOURS("handover", kind=HANDOVER.title, number=handover)
    document.move_to("signed", "handover")
    rows = do.all("select waybill from shop_handover_line where handover = $n order by waybill", n=handover)
    for r in rows:
        waybills.collect(do, r.waybill, "handover")
    return len(rows)



@command(role=DRIVER, title=("报告包裹遗失", "Report a parcel lost"))
def report_lost(do: Doing, waybill: Annotated[Ref, Ask("面单", "Waybill", choose="shop.parcels_under_way")]) -> str:
    """The driver owns that a parcel was lost on the way; gives its waybill. The shop then makes it good, and claims its price."""
    row = waybills.find(do, waybill)[1]
    if row.courier != do.actor:
        raise OTHER_COURIER("waybill", number=waybill, name=tariff.couriers(do)[row.courier])
    waybills.lose(do, waybill)
    return waybill
