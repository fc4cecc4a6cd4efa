"""Waybills: one for each parcel, printed, collected, signed for; and where the parcel has been.

What a module does when a parcel arrives it says by `@documents.on(WAYBILL, "signed_for")`. The courier delivers by itself when its day has come.
"""

from __future__ import annotations

import datetime
from typing import Any

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from .. import clock, documents
from . import billing, numbers, tariff

WAYBILL = documents.kind(
    "waybill", "WY", ("快递面单", "waybill"),
    {"printed": ("picked_up", "void"), "picked_up": ("signed_for", "turned_back", "lost"), "signed_for": (), "turned_back": (),
     "lost": (), "void": ()}, module="courier",
)  # fmt: skip
#: The first parcels by each courier arrive, so that no exercise waits for one that is lost; of the others one in so many is, by the world's seed. The
#: courier looks for it so many days after the day on which it was due.
ALL_ARRIVE, ONE_LOST_IN, DAYS_TO_SEARCH = 24, 30, 3

WAYBILL_TAKEN = refusal(
    "waybill_taken",
    "包裹 {parcel} 已有面单 {number}，一个包裹只用一张。请先作废旧面单。",
    "The parcel {parcel} has the waybill {number}, and one parcel has one. Void the old one first.",
)
BAD_WAYBILL = refusal(
    "bad_waybill",
    "“{number}”不是面单号：校验位或位数不对。请逐位核对。",
    "{number} is not a waybill number: its check digit or its length is wrong. Compare it digit by digit.",
)


def print_for(
    do: Doing, courier: str, parcel: str, payer: str, sender: str, recipient: str, address: str, phone: str, weight_g: int, field: str | None = "courier"
) -> documents.Document:
    """Prints the waybill of a parcel. payer: the member that owes the price; sender: the address or city that it leaves from.

    Refuses 'no_courier', 'parcel_too_heavy', and 'waybill_taken' while the parcel has one that is not void.
    """
    zone = tariff.zone_of(do, sender, address)
    found = tariff.rate(do, courier, zone, field)
    if weight_g > tariff.HEAVIEST:
        raise tariff.TOO_HEAVY(field, weight=weight_g, most=tariff.HEAVIEST)
    if known := of_parcel(do, parcel):
        raise WAYBILL_TAKEN("parcel", parcel=parcel, number=known.number)
    serial = int(do.mark) * 1000 + do.count(f"waybill/{found.rule}")
    made = documents.create(do, WAYBILL, owner=payer, parent=parcel, number=numbers.number(found.rule, serial))
    do.execute(
        """insert into waybill values ($number, $courier, $parcel, $payer, $from_city, $recipient, $address, $phone, $zone, $weight, $price,
           null, null, null)""",
        number=made.number, courier=courier, parcel=parcel, payer=payer, from_city=(tariff.city_of(do, sender) or (sender, ""))[0], recipient=recipient,
        address=address, phone=phone, zone=zone, weight=weight_g, price=found.price(weight_g),
    )  # fmt: skip
    return made


def of_parcel(look: Looking, parcel: str) -> Any:
    """The row of the waybill by which a parcel travels, neither void nor lost, with its state, or None."""
    return look.one(
        """select w.*, d.state from waybill w join document d using (number) where w.parcel = $parcel and d.state not in ('void', 'lost')
           order by w.number desc limit 1""",
        parcel=parcel,
    )


def row_of(look: Looking, number: str) -> Any:
    """A waybill's row, or None."""
    return look.one("select * from waybill where number = $number", number=number)


def find(do: Doing, number: str, field: str | None = "waybill") -> tuple[documents.Document, Any]:
    """A waybill and its row. Refuses 'bad_waybill' for what no courier would have printed, and 'not_found'."""
    if numbers.rule_of(number) is None:
        raise BAD_WAYBILL(field, number=number[:40])
    return documents.find(do, WAYBILL, number, field), row_of(do, number)


def void(do: Doing, number: str, field: str | None = "waybill") -> None:
    """Takes a waybill out of use before the parcel is collected. Refuses 'bad_waybill', 'not_found' and 'wrong_state'."""
    find(do, number, field)[0].move_to("void", field)


def collect(do: Doing, number: str, field: str | None = "waybill") -> None:
    """The courier takes the parcel, and is owed its price. Refuses 'bad_waybill', 'not_found' and 'wrong_state'."""
    document, row = find(do, number, field)
    document.move_to("picked_up", field)
    days = tariff.rate(do, row.courier, row.tariff_zone).days
    due = do.day + datetime.timedelta(days=days)
    do.execute("update waybill set due_day = $due where number = $number", due=due, number=number)
    note(do, number, "picked_up", row.from_city)
    billing.charge(do, row)


def sign(do: Doing, number: str, by: str, field: str | None = "waybill") -> None:
    """The parcel is handed over at its address to whoever signs for it. Refuses 'bad_waybill', 'not_found' and 'wrong_state'."""
    document, row = find(do, number, field)
    do.execute("update waybill set signed_by = $by, signed_day = $day where number = $number", by=by, day=do.day, number=number)
    document.move_to("signed_for", field)
    note(do, number, "signed_for", row.address)


def send_back(do: Doing, number: str, field: str | None = "waybill") -> None:
    """Nobody takes the parcel: it goes back. Refuses 'bad_waybill', 'not_found' and 'wrong_state'."""
    document, row = find(do, number, field)
    document.move_to("turned_back", field)
    note(do, number, "turned_back", row.from_city)


def lose(do: Doing, number: str, field: str | None = "waybill") -> None:
    """The courier owns that it has lost the parcel. Refuses 'bad_waybill', 'not_found' and 'wrong_state'.

    What its sender does then it says by `@documents.on(WAYBILL, "lost")`; see `claims`.
    """
    document, row = find(do, number, field)
    document.move_to("lost", field)
    note(do, number, "lost", row.from_city)


def note(do: Doing, number: str, event: str, place: str) -> None:
    """Enters where a parcel is, for whoever tracks it."""
    do.execute(
        """insert into waybill_event select $number, coalesce(max(seq), 0) + 1, $day, $event, $place from waybill_event where waybill = $number""",
        number=number, day=do.day, event=event, place=place,
    )  # fmt: skip


def track(look: Looking, number: str) -> Table:
    """Where a parcel has been: day, event, place, in order."""
    return look.table("select day, event, place from waybill_event where waybill = $number order by seq", number=number)


@clock.daily
def deliver(do: Doing) -> None:
    """Couriers bring what is due today to the recipient, who signs; what is still on its way, or searched for, is noted for whoever tracks it."""
    for r in do.all(
        """select w.number, w.recipient, w.address, w.due_day from waybill w join document d using (number)
           where d.state = 'picked_up' order by w.number"""
    ):
        if r.due_day <= do.day and _goes_astray(do, r.number):
            if r.due_day + datetime.timedelta(days=DAYS_TO_SEARCH) <= do.day:
                lose(do, r.number)
            else:
                note(do, r.number, "searched_for", (tariff.city_of(do, r.address) or (r.address, ""))[0])
        elif r.due_day <= do.day:
            sign(do, r.number, r.recipient)
        else:
            note(do, r.number, "on_the_way", (tariff.city_of(do, r.address) or (r.address, ""))[0])


def _goes_astray(look: Looking, number: str) -> bool:
    return numbers.serial_of(number) % 1000 >= ALL_ARRIVE and look.stream(f"courier.lost/{number}").randrange(ONE_LOST_IN) == 0


@invariant("waybills_of_parcels", "每个包裹至多有一张有效面单，签收的都有签收人", "A parcel has one valid waybill at most; one signed for names who signed")
def _one_each(look: Looking) -> list[str]:
    twice = look.all(
        """select w.parcel, count(*) as n from waybill w join document d using (number) where d.state not in ('void', 'lost')
           group by w.parcel having count(*) > 1 order by 1"""
    )
    unsigned = look.all(
        """select w.number, d.state from waybill w join document d using (number)
           where (d.state = 'signed_for') <> (w.signed_by is not null and w.signed_day is not null) order by 1"""
    )
    return [f"{r.parcel}: {r.n} waybills" for r in twice] + [f"{r.number} is {r.state}, and its signature does not say so" for r in unsigned]
