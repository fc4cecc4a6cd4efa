"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.documents import Move, came_to, moved
from ...kernel.evidence import Done, Evidence, Lives, adds_up, after, before, check, did, found_by, looked_up, sought
from ...kernel.names import same_place
from . import briefs  # noqa: F401  (declares what is asked)


def _warehouses(seen: Evidence) -> Lives:
    """What became of the warehouse that is asked for."""
    return seen.lives("lgs.add_warehouse", "lgs.change_warehouse").was(**seen.asked("name"))


def _vehicles(seen: Evidence) -> Lives:
    return seen.lives("lgs.add_vehicle", "lgs.change_vehicle").of(seen.brief["plate"])


def _registered(seen: Evidence, **more: str) -> Lives:
    """The carrier that is asked for, as it registered and corrected its data."""
    return seen.lives("lgs.register", "lgs.change_registration").was(**seen.asked("uscc", **more))


def _opened(seen: Evidence, kind: str, state: str) -> list[Move]:
    """The documents that were brought into a state after they had been opened."""
    return after(seen.looked_up("lgs.slip_detail"), moved(seen, kind, state))


def _notes_of_dispatched(seen: Evidence) -> list[Done]:
    """Looks at the delivery notes of the vehicles that the student sent off."""
    sent = {m.number for m in moved(seen, "dispatch_order", "dispatched")}
    return seen.looked_up("lgs.delivery_note", where=lambda d: d.arguments["dispatch_order"] in sent)


def _discrepancy(seen: Evidence) -> Any:
    """A consignment that came short, received by the student exactly as it stood in the receiving area."""
    return seen.look.one(
        """select l.slip from lgs_line l join document_history h on h.document = l.slip and h.state = 'received' and h.entry > 0
           group by l.slip having bool_and(l.counted = l.at_gate) and bool_or(l.at_gate < l.quantity) limit 1"""
    )


def _damage(seen: Evidence) -> list[Any]:
    """Each damaged lot that the student received, with the pieces that each of the student's reports on the same goods names."""
    return seen.look.all(
        """with lot as (
               select s.shipper, s.warehouse, l.product, l.slip, l.damaged from lgs_line l join lgs_slip s on s.number = l.slip
               join document_history h on h.document = l.slip and h.state = 'received' and h.entry > 0 where l.damaged > 0),
           report as (
               select s.shipper, s.warehouse, l.product, l.quantity, h.entry from lgs_line l join lgs_slip s on s.number = l.slip
               join document_history h on h.document = l.slip and h.entry > 0 where s.kind = 'damage_report')
           select any_value(lot.damaged) as damaged, list(report.quantity order by report.entry) as reported
           from lot join report using (shipper, warehouse, product) group by lot.slip, product"""
    )


def _searched(code: str, query: str) -> None:
    def by_condition(seen: Evidence) -> list[Done]:
        field = seen.brief["field"]
        return seen.looked_up(query, where=lambda d: d.given.keys() & {field, *(("to_day",) if field == "from_day" else ())})

    check(code, looked=lambda s: s.looked_up(query), condition=by_condition)


check(
    "LGS001",
    registered=did("lgs.register"),
    identity=lambda s: _registered(s, company_name="company").was(lambda fields: same_place(fields["city"], s.brief["city"])),
    tariff=lambda s: _registered(s, base_fee="base_fee", rate_per_kg="rate"),
)
check(
    "LGS002",
    opened=lambda s: _opened(s, "delivery_order", "accepted"),
    accepted=came_to("delivery_order", "accepted"),
    slip=came_to("outbound_slip", "to_pick"),
)
check(
    "LGS003",
    counted=lambda s: before(s.looked_up("lgs.count_arrival"), moved(s, "inbound_slip", "received")),
    received=came_to("inbound_slip", "received"),
    discrepancy=_discrepancy,
)
check("LGS004", opened=lambda s: _opened(s, "outbound_slip", "picked"), picked=came_to("outbound_slip", "picked"))
check("LGS005", sent=came_to("transfer_order", "in_transit"), completed=came_to("transfer_order", "completed"))
check("LGS006", looked=looked_up("lgs.stock_list"), condition=found_by("lgs.stock_list", "warehouse", "shipper", "product"))
check(
    "LGS007",
    added=did("lgs.add_warehouse"),
    name=lambda s: _warehouses(s).was(lambda fields: same_place(fields["city"], s.brief["city"])),
    capacity=lambda s: _warehouses(s).was(**s.asked("capacity")),
)
check(
    "LGS008",
    changed=did("lgs.change_warehouse"),
    capacity=lambda s: _warehouses(s).became(**s.asked(capacity="new_capacity")),
    contact=lambda s: _warehouses(s).became(**s.asked("contact", capacity="new_capacity")),
)
check(
    "LGS009",
    looked=lambda s: after(s.looked_up("lgs.vehicles"), s.did("lgs.assign_vehicle"), by="vehicle"),
    assigned=came_to("dispatch_order", "assigned"),
)
check("LGS010", dispatched=came_to("dispatch_order", "dispatched"), note=_notes_of_dispatched)
check(
    "LGS011",
    looked=looked_up("lgs.trips"),
    vehicle=lambda s: s.looked_up("lgs.trips", where=lambda d: d.arguments["vehicle"] and any(r.departed for r in d.result)),
)
check("LGS012", added=did("lgs.add_vehicle"), plate=lambda s: _vehicles(s).made(), load=lambda s: _vehicles(s).was(**s.asked(load_kg="load")))
check(
    "LGS013",
    changed=did("lgs.change_vehicle"),
    load=lambda s: _vehicles(s).became(**s.asked(load_kg="new_load")),
    driver=lambda s: _vehicles(s).became(**s.asked("driver", load_kg="new_load")),
)
_searched("LGS014", "lgs.delivery_orders")
_searched("LGS015", "lgs.inbound_slips")
_searched("LGS016", "lgs.outbound_slips")
_searched("LGS017", "lgs.transfer_orders")
check(
    "LGS018",
    overview=lambda s: before(s.looked_up("lgs.receivables"), s.looked_up("lgs.receivable_detail")),
    detail=looked_up("lgs.receivable_detail"),
    period=found_by("lgs.receivable_detail", "from_day", "to_day"),
)
check(
    "LGS020",
    delivered=came_to("delivery_order", "delivered"),
    late=lambda s: s.look.one(
        """select 1 from lgs_trip t join document_history h on h.document = t.number and h.state = 'arrived' and h.entry > 0
               where t.arrives > t.due and t.remark <> ''"""
    ),
)
check("LGS021", browsed=looked_up("lgs.carriers"), agreement=looked_up("lgs.agreement"), applied=did("lgs.apply"))
check("LGS022", looked=lambda s: s.looked_up("lgs.customers", finds=["applied"]), approved=came_to("service_application", "approved"))
check(
    "LGS023",
    reported=did("lgs.report_damage"),
    right=_damage,
    quantity=lambda s: any(adds_up(r.reported, r.damaged) for r in _damage(s)),
)
sought("LGS023", {"lgs.report_damage.goods.quantity": "the pieces found damaged on counting"})
