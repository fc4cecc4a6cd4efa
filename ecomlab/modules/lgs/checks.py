"""What each student is asked, and what each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.cast import carriers
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check
from ...kernel.texts import Text

#: Provinces' plates with the letter X, which no office there issues: so no real vehicle has one of them.
_PLATE_HEADS = ("浙X", "苏X", "闽X", "皖X")
_PLATE_TAIL = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_SURNAMES = ("孙 Sun", "李 Li", "吴 Wu", "郑 Zheng", "王 Wang", "冯 Feng")

CONDITIONS = {
    "state": Text("状态", "state"),
    "party": Text("货主或收货方", "shipper or consignee"),
    "product": Text("商品", "product"),
    "from_day": Text("日期", "date"),
}


@asks("LGS001")
def _carrier(look: Looking) -> dict[str, Any]:
    firm, chance = carriers(look)[0], look.stream("lgs.tariff")
    return {
        "company": firm.name, "uscc": firm.uscc, "city": firm.city,
        "base_fee": f"{chance.randrange(20, 45, 5)}.00", "rate": f"{chance.randrange(80, 160, 5) / 100:.2f}",
    }  # fmt: skip


@asks("LGS007", "LGS008")
def _warehouse(look: Looking) -> dict[str, Any]:
    chance = look.stream("lgs.warehouse")
    name = chance.choice(("南岸仓库 South bank warehouse", "北站仓库 North station warehouse", "运河仓库 Canal warehouse", "高新仓库 Hi-tech warehouse"))
    capacity = chance.randrange(2000, 6000, 100)
    return {
        "name": f"{name} {look.mark}", "city": carriers(look)[0].city, "capacity": capacity, "new_capacity": capacity + chance.randrange(300, 1500, 100),
        "contact": f"{chance.choice(_SURNAMES)} {look.mark}",
    }  # fmt: skip


@asks("LGS012", "LGS013")
def _vehicle(look: Looking) -> dict[str, Any]:
    chance = look.stream("lgs.vehicle")
    load = chance.randrange(2000, 8000, 500)
    return {
        "plate": chance.choice(_PLATE_HEADS) + "".join(chance.choice(_PLATE_TAIL) for _ in range(5)), "load": load,
        "new_load": load + chance.randrange(500, 2000, 100), "driver": f"{chance.choice(_SURNAMES)} {look.mark}",
    }  # fmt: skip


def _condition(code: str) -> None:
    @asks(code)
    def condition(look: Looking) -> dict[str, Any]:
        field = look.stream(f"lgs.condition:{code}").choice(list(CONDITIONS))
        return {"field": field, "condition": CONDITIONS[field]}


for _code in ("LGS014", "LGS015", "LGS016", "LGS017"):
    _condition(_code)


def _moved(seen: Evidence, kind: str, state: str) -> list[Any]:
    """Documents of a kind that the student's own entries brought into a state: number."""
    return seen.look.all(
        """select h.document as number from document_history h join document d on d.number = h.document
           where d.kind = $kind and h.state = $state and h.entry > 0 order by 1""",
        kind=kind, state=state,
    )  # fmt: skip


def _detail_of(seen: Evidence, kind: str, state: str) -> bool:
    """Whether one of them had been opened before."""
    when = {
        r.number: r.entry
        for r in seen.look.all(
            """select h.document as number, h.entry from document_history h join document d on d.number = h.document
               where d.kind = $kind and h.state = $state and h.entry > 0""",
            kind=kind, state=state,
        )
    }  # fmt: skip
    return any(d.n < when.get(d.arguments["slip"], 0) for d in seen.looked_up("lgs.slip_detail"))


def _discrepancy(seen: Evidence) -> Any:
    """A consignment that came short, received by the student exactly as it stood at the gate."""
    return seen.look.one(
        """select l.slip from lgs_line l join document_history h on h.document = l.slip and h.state = 'received' and h.entry > 0
           group by l.slip having bool_and(l.counted = l.at_gate) and bool_or(l.at_gate < l.quantity) limit 1"""
    )


#: Each damaged lot that the student received, beside each report of the student's on the same goods.
_DAMAGE = """
    with lot as (
        select s.shipper, s.warehouse, l.product, l.damaged from lgs_line l join lgs_slip s on s.number = l.slip
        join document_history h on h.document = l.slip and h.state = 'received' and h.entry > 0 where l.damaged > 0),
    report as (
        select s.shipper, s.warehouse, l.product, l.quantity from lgs_line l join lgs_slip s on s.number = l.slip
        join document_history h on h.document = l.slip and h.entry > 0 where s.kind = 'damage_report')
    select lot.damaged, report.quantity from lot join report using (shipper, warehouse, product)"""


def _asked(seen: Evidence, command: str, **fields: str) -> list[Any]:
    """The entries of a command whose fields hold what the brief asks for: field = name in the brief."""
    return seen.did(command, where=lambda d: all(str(d.arguments[k]) == str(seen.brief[v]) for k, v in fields.items()))


check(
    "LGS001",
    registered=lambda s: s.did("lgs.register"),
    identity=lambda s: _asked(s, "lgs.register", uscc="uscc", company_name="company"),
    tariff=lambda s: _asked(s, "lgs.register", uscc="uscc", base_fee="base_fee", rate_per_kg="rate"),
)
check(
    "LGS002",
    opened=lambda s: _detail_of(s, "delivery_order", "accepted"),
    accepted=lambda s: _moved(s, "delivery_order", "accepted"),
    slip=lambda s: _moved(s, "outbound_slip", "to_pick"),
)
check(
    "LGS003",
    counted=lambda s: s.looked_up("lgs.count_arrival"),
    received=lambda s: _moved(s, "inbound_slip", "received"),
    discrepancy=_discrepancy,
)
check(
    "LGS004",
    opened=lambda s: _detail_of(s, "outbound_slip", "picked"),
    picked=lambda s: _moved(s, "outbound_slip", "picked"),
)
check(
    "LGS005",
    sent=lambda s: _moved(s, "transfer_order", "in_transit"),
    completed=lambda s: _moved(s, "transfer_order", "completed"),
)
check(
    "LGS006",
    looked=lambda s: s.looked_up("lgs.stock_list"),
    condition=lambda s: s.looked_up("lgs.stock_list", where=lambda d: any(d.arguments[k] for k in ("warehouse", "shipper", "product"))),
)
check(
    "LGS007",
    added=lambda s: s.did("lgs.add_warehouse"),
    name=lambda s: _asked(s, "lgs.add_warehouse", name="name", city="city"),
    capacity=lambda s: _asked(s, "lgs.add_warehouse", name="name", capacity="capacity"),
)
check(
    "LGS008",
    changed=lambda s: s.did("lgs.change_warehouse"),
    capacity=lambda s: s.look.one("select 1 from lgs_warehouse where name = $name and capacity = $c", name=s.brief["name"], c=s.brief["new_capacity"]),
    contact=lambda s: s.look.one("select 1 from lgs_warehouse where name = $name and contact = $c", name=s.brief["name"], c=s.brief["contact"]),
)
check(
    "LGS009",
    looked=lambda s: s.looked_up("lgs.vehicles"),
    assigned=lambda s: _moved(s, "dispatch_order", "assigned"),
)
check(
    "LGS010",
    dispatched=lambda s: _moved(s, "dispatch_order", "dispatched"),
    note=lambda s: s.looked_up("lgs.delivery_note"),
)
check(
    "LGS011",
    looked=lambda s: s.looked_up("lgs.trips"),
    vehicle=lambda s: s.looked_up("lgs.trips", where=lambda d: d.arguments["vehicle"] and any(r.departed for r in d.result)),
)
check(
    "LGS012",
    added=lambda s: s.did("lgs.add_vehicle"),
    plate=lambda s: s.did("lgs.add_vehicle", where=lambda d: d.result == s.brief["plate"]),
    load=lambda s: s.did("lgs.add_vehicle", load_kg=s.brief["load"], where=lambda d: d.result == s.brief["plate"]),
)
check(
    "LGS013",
    changed=lambda s: s.did("lgs.change_vehicle"),
    load=lambda s: s.look.one("select 1 from lgs_vehicle where plate = $plate and load_kg = $load", plate=s.brief["plate"], load=s.brief["new_load"]),
    driver=lambda s: s.look.one("select 1 from lgs_vehicle where plate = $plate and driver = $driver", plate=s.brief["plate"], driver=s.brief["driver"]),
)


def _searched(code: str, command: str) -> None:
    def by_condition(seen: Evidence) -> list[Any]:
        field = seen.brief["field"]
        return seen.looked_up(command, where=lambda d: d.arguments[field] or (field == "from_day" and d.arguments["to_day"]))

    check(
        code,
        looked=lambda s: s.looked_up(command),
        condition=by_condition,
    )


_searched("LGS014", "lgs.delivery_orders")
_searched("LGS015", "lgs.inbound_slips")
_searched("LGS016", "lgs.outbound_slips")
_searched("LGS017", "lgs.transfer_orders")
check(
    "LGS018",
    overview=lambda s: s.looked_up("lgs.receivables"),
    detail=lambda s: s.looked_up("lgs.receivable_detail"),
    period=lambda s: s.looked_up("lgs.receivable_detail", where=lambda d: d.arguments["from_day"] or d.arguments["to_day"]),
)
check(
    "LGS020",
    delivered=lambda s: _moved(s, "delivery_order", "delivered"),
    late=lambda s: s.look.one(
        """select 1 from lgs_trip t join document_history h on h.document = t.number and h.state = 'arrived' and h.entry > 0
               where t.arrives > t.due and t.remark <> ''"""
    ),
)
check(
    "LGS021",
    browsed=lambda s: s.looked_up("lgs.carriers"),
    agreement=lambda s: s.looked_up("lgs.agreement"),
    applied=lambda s: s.did("lgs.apply"),
)
check(
    "LGS022",
    looked=lambda s: s.looked_up("lgs.customers"),
    approved=lambda s: _moved(s, "service_application", "approved"),
)
check(
    "LGS023",
    reported=lambda s: s.did("lgs.report_damage"),
    right=lambda s: s.look.one(_DAMAGE),
    quantity=lambda s: any(r.damaged == r.quantity for r in s.look.all(_DAMAGE)),
)
