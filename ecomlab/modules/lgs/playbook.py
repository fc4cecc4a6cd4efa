"""How the model student does each task, through public commands only.

The student plays carrier and shipper alike. Where somebody else's goods and orders wait, the carrier handles those;
where nothing waits, the student's own company sends them.
"""

from __future__ import annotations

from typing import Any

from ...books.cast import carriers, own_company, own_person
from ...kernel.plays import Player, plays
from .prologue import founded


def acting_carrier(play: Player) -> str:
    return play.look.sessions("carrier")[0]


def _waiting(play: Player, kind: str, *states: str) -> str | None:
    """The oldest slip of a kind that waits at the acting carrier in one of these states."""
    return play.look.value(  # type: ignore[no-any-return]
        """select number from document join lgs_slip s using (number)
           where s.kind = $kind and s.carrier = $carrier and list_contains($states, state) order by number limit 1""",
        kind=kind, carrier=acting_carrier(play), states=list(states),
    )  # fmt: skip


def _trip(play: Player, state: str) -> Any:
    """The oldest dispatch order of the acting carrier in a state, with the weight it carries."""
    return play.look.one(
        """select t.number, t.delivery_order, t.vehicle, t.due, t.arrives, s.weight_kg from lgs_trip t join document d using (number)
           join lgs_slip s on s.number = t.delivery_order where t.carrier = $carrier and d.state = $state order by t.number limit 1""",
        carrier=acting_carrier(play), state=state,
    )  # fmt: skip


def _warehouses(play: Player) -> list[str]:
    rows = play.look.all("select number from lgs_warehouse where carrier = $carrier and status = 'in_use' order by number", carrier=acting_carrier(play))
    return [r.number for r in rows]


def own_certificate(play: Player) -> str:
    """The first enterprise certificate of the student's company that can be used."""
    return str(
        play.look.value(
            """select c.number from certificate c join document d using (number)
               where c.uscc = $uscc and c.kind = 'enterprise' and d.state = 'downloaded' order by c.number limit 1""",
            uscc=own_company(play.look).uscc,
        )
    )


def as_shipper(play: Player) -> str:
    """Signs the student's company in as a shipper; gives its member number."""
    return str(play.lgs.shipper_sign_in(own_certificate(play)))


def _own_goods(play: Player, owner: str, place: str, least: int) -> list[Any]:
    return play.look.all(
        "select product, on_hand - reserved as free from stock_level where owner = $owner and place = $place and on_hand - reserved >= $least order by product",
        owner=owner, place=place, least=least,
    )  # fmt: skip


@plays("LGS001")
def _register(play: Player) -> None:
    asked, me = play.brief("LGS001"), own_person(play.look)
    password = play.password("own-carrier")
    carrier = play.lgs.register(
        company_name=asked["company"], uscc=asked["uscc"], city=asked["city"], contact=me.name, phone="0571-88880000", mailbox=me.mailbox,
        base_fee=asked["base_fee"], rate_per_kg=asked["rate"], password=password, confirm=password,
    )  # fmt: skip
    if not play.look.sessions("carrier"):
        play.lgs.sign_in(carrier, password)


@plays("LGS007")
def _add_warehouse(play: Player) -> None:
    asked = play.brief("LGS007")
    play.lgs.add_warehouse(
        name=asked["name"], city=asked["city"], address=f"{asked['city']} 园区路 1 号 1 Park Road", contact="值班室 Duty office", capacity=asked["capacity"]
    )


@plays("LGS008")
def _change_warehouse(play: Player) -> None:
    asked = play.brief("LGS008")
    number = play.look.value("select number from lgs_warehouse where name = $name", name=asked["name"])
    play.lgs.change_warehouse(number, address=f"{asked['city']} 园区路 3 号 3 Park Road", contact=asked["contact"], capacity=asked["new_capacity"])


@plays("LGS012")
def _add_vehicle(play: Player) -> None:
    asked = play.brief("LGS012")
    play.lgs.add_vehicle(plate=asked["plate"], model="中型厢式货车 Medium van", load_kg=asked["load"], driver=own_person(play.look).name)


@plays("LGS013")
def _change_vehicle(play: Player) -> None:
    asked = play.brief("LGS013")
    play.lgs.change_vehicle(asked["plate"], load_kg=asked["new_load"], driver=asked["driver"])


@plays("LGS021")
def _apply(play: Player) -> None:
    as_shipper(play)
    play.lgs.carriers()
    carrier = acting_carrier(play)
    play.lgs.agreement(carrier)
    play.lgs.apply(carrier, own_certificate(play), True)


@plays("LGS022")
def _approve(play: Player) -> None:
    for row in play.lgs.customers("applied"):
        play.lgs.review(row.number, "approved", "资料齐全 Complete")


def send_own_goods(play: Player, warehouse: str) -> str:
    """The student's company sends half of what its own warehouse has to a warehouse."""
    owner = as_shipper(play)
    store = play.look.value("select number from stock_place where kind = 'store' and keeper = $owner order by number limit 1", owner=owner)
    goods = [{"product": r.product, "quantity": r.free // 2} for r in _own_goods(play, owner, store, 2)]
    return str(play.lgs.send_goods(warehouse, goods))


@plays("LGS003")
def _receive(play: Player) -> None:
    slip = _waiting(play, "inbound_slip", "announced") or send_own_goods(play, _warehouses(play)[0])
    counted = play.lgs.count_arrival(slip)
    play.lgs.receive(slip, [{"product": r.product, "counted": r.at_gate} for r in counted])


@plays("LGS023")
def _report_damage(play: Player) -> None:
    rows = play.look.all(
        """select s.shipper, s.warehouse, l.product, l.damaged from lgs_line l join lgs_slip s on s.number = l.slip join document d on d.number = l.slip
           where s.kind = 'inbound_slip' and d.state = 'received' and s.carrier = $carrier and l.damaged > 0 order by l.slip desc, l.product limit 1""",
        carrier=acting_carrier(play),
    )
    for r in rows:
        play.lgs.report_damage(r.shipper, r.warehouse, "运输途中受潮 Wet in transit", [{"product": r.product, "quantity": r.damaged}])


@plays("LGS015")
def _find_inbound(play: Player) -> None:
    _find(play, "LGS015", "inbound_slip", play.lgs.inbound_slips)


@plays("LGS006")
def _find_stock(play: Player) -> None:
    play.lgs.stock_list(warehouse=play.lgs.stock_list()[0].warehouse)


@plays("LGS002")
def _accept(play: Player) -> None:
    order = _waiting(play, "delivery_order", "waiting") or _order_own_delivery(play)
    play.lgs.slip_detail(order)
    play.lgs.accept_delivery(order)


def _order_own_delivery(play: Player) -> str:
    owner = as_shipper(play)
    warehouse = next(w for w in _warehouses(play) if _own_goods(play, owner, w, 12))
    goods = [{"product": r.product, "quantity": 6 + 2 * i} for i, r in enumerate(_own_goods(play, owner, warehouse, 12)[:2])]
    city = own_company(play.look).city
    return str(play.lgs.order_delivery(warehouse, "和平商店 Heping Stores", f"{city} 和平路 18 号 18 Heping Road", play.look.day, goods))


@plays("LGS014")
def _find_deliveries(play: Player) -> None:
    _find(play, "LGS014", "delivery_order", play.lgs.delivery_orders)


@plays("LGS004")
def _pick(play: Player) -> None:
    slip = _waiting(play, "outbound_slip", "to_pick")
    play.lgs.slip_detail(slip)
    play.lgs.pick(slip)


@plays("LGS016")
def _find_outbound(play: Player) -> None:
    _find(play, "LGS016", "outbound_slip", play.lgs.outbound_slips)


@plays("LGS009")
def _assign(play: Player) -> None:
    trip = _trip(play, "unassigned")
    free = [v for v in play.lgs.vehicles() if v.status == "in_use" and not v.dispatch_order and v.load_kg >= trip.weight_kg]
    play.lgs.assign_vehicle(trip.number, free[0].plate)


@plays("LGS010")
def _dispatch(play: Player) -> None:
    trip = _trip(play, "assigned")
    play.lgs.dispatch(trip.number)
    play.lgs.delivery_note(trip.number)


@plays("LGS020")
def _deliver(play: Player) -> None:
    trip = _trip(play, "dispatched")
    if trip.arrives > play.look.day:
        play.lab.advance(days=(trip.arrives - play.look.day).days)
    play.lgs.deliver(trip.delivery_order, "收货员 Receiving clerk", "车辆途中故障，晚到 The vehicle broke down on the way" if play.look.day > trip.due else "")


@plays("LGS011")
def _find_trips(play: Player) -> None:
    play.lgs.trips(vehicle=_trip(play, "arrived").vehicle)


@plays("LGS018")
def _find_receivables(play: Player) -> None:
    payer = play.lgs.receivables()[0].number
    play.lgs.receivable_detail(payer, from_day=play.look.scenario.start, to_day=play.look.day)


@plays("LGS005")
def _transfer(play: Player) -> None:
    order = _waiting(play, "transfer_order", "waiting") or _order_own_transfer(play)
    play.lgs.send_transfer(order)
    play.lgs.complete_transfer(order)


def _order_own_transfer(play: Player) -> str:
    if len(_warehouses(play)) < 2:
        founded(play, "中转仓库 Transit warehouse", carriers(play.look)[0].city)
    owner = as_shipper(play)
    warehouse = next(w for w in _warehouses(play) if _own_goods(play, owner, w, 5))
    other = next(w for w in _warehouses(play) if w != warehouse)
    return str(play.lgs.order_transfer(warehouse, other, [{"product": _own_goods(play, owner, warehouse, 5)[0].product, "quantity": 5}]))


@plays("LGS017")
def _find_transfers(play: Player) -> None:
    _find(play, "LGS017", "transfer_order", play.lgs.transfer_orders)


def _find(play: Player, code: str, kind: str, search: Any) -> None:
    """Looks slips of a kind up by the condition that the task asks for, with a value that finds one."""
    row = play.look.one(
        """select d.state, s.shipper as party, l.product, d.day as from_day from lgs_slip s join document d using (number)
           join lgs_line l on l.slip = s.number where s.kind = $kind and s.carrier = $carrier order by s.number, l.product limit 1""",
        kind=kind, carrier=acting_carrier(play),
    )  # fmt: skip
    field = play.brief(code)["field"]
    search(**{field: row.asdict()[field]})
