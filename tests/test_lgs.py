"""Logistics: who may send what where, that goods and money follow the slips, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum import ean

from ecomlab.books import ledger, stock
from ecomlab.books.cast import own_person
from ecomlab.kernel.command import CHOICES
from ecomlab.kernel.secrets import Issued
from ecomlab.lab import Lab
from ecomlab.modules.ca.playbook import fetch
from ecomlab.modules.lgs.playbook import own_certificate
from tests import worlds
from tests.vat import without_tax
from tests.worlds import findings_of, held, refused

pytestmark = pytest.mark.usefixtures("understudied")


@pytest.fixture
def lgs(tmp_path: Path) -> Lab:
    """The carrier at work: goods at the gate, a delivery order and a transfer order that wait."""
    return worlds.acting(tmp_path, worlds.model("lgs", codes=()))


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The same, for tests in which everything is refused."""
    import ecomlab

    return ecomlab.open(tmp_path_factory.mktemp("lgs"), student="s1001", scenario="lgs")


def one(lab: Lab, sql: str, **values: Any) -> Any:
    return lab.world.state.look.one(sql, **values)


def number(lab: Lab, kind: str, state: str) -> str:
    return str(lab.world.state.look.value("select number from document where kind = $k and state = $s order by number limit 1", k=kind, s=state))


def slip_of(lab: Lab, number: str) -> Any:
    return one(lab, "select * from lgs_slip where number = $n", n=number)


def goods_of(lab: Lab, number: str) -> dict[str, int]:
    return {r.product: r.quantity for r in lab.world.state.look.all("select product, quantity from lgs_line where slip = $n order by 1", n=number)}


def counted(lab: Lab, slip: str) -> list[dict[str, Any]]:
    return [{"product": r.product, "counted": r.at_gate} for r in lab.lgs.count_arrival(slip)]


def level(lab: Lab, owner: str, place: str, product: str) -> stock.Level:
    return stock.level(lab.world.state.look, owner, place, product)


def balance(lab: Lab, owner: str, account: str, sub: str = "") -> Decimal:
    return ledger.balance(lab.world.state.look, owner, account, sub)


def as_customer(lab: Lab) -> str:
    """The student's own company becomes a customer of the carrier at work; gives its member number."""
    certificate = own_certificate(lab.player())
    member = lab.lgs.shipper_sign_in(certificate)
    carrier = lab.world.state.look.sessions("carrier")[0]
    lab.lgs.review(lab.lgs.apply(carrier, certificate, True), "approved")
    return str(member)


def own_goods(lab: Lab, place_kind: str = "store") -> Any:
    return one(
        lab,
        """select l.* from stock_level l join stock_place p on p.number = l.place
           where l.owner = $owner and p.kind = $kind and l.on_hand > 5 order by l.product limit 1""",
        owner=lab.world.state.look.sessions("shipper")[0], kind=place_kind,
    )  # fmt: skip


def warehouses(lab: Lab) -> list[str]:
    return [w.number for w in lab.lgs.warehouses()]


def on_the_road(lab: Lab) -> str:
    """Accepts, picks and dispatches the delivery order that waits; gives its number."""
    order = number(lab, "delivery_order", "waiting")
    made = lab.lgs.accept_delivery(order)
    lab.lgs.pick(made["outbound_slip"])
    lab.lgs.assign_vehicle(made["dispatch_order"], lab.lgs.vehicles()[0].plate)
    lab.lgs.dispatch(made["dispatch_order"])
    return order


# --- the flow ---------------------------------------------------------------------------------------------------------


def test_a_short_consignment_is_received_as_counted_and_its_owner_told(lgs: Lab) -> None:
    slip = number(lgs, "inbound_slip", "announced")
    head, announced = slip_of(lgs, slip), goods_of(lgs, slip)
    gate = {r.product: r.at_gate for r in lgs.lgs.count_arrival(slip)}
    missing = sum(announced.values()) - sum(gate.values())
    assert missing > 0, "the first consignment of a carrier comes short"
    in_transit = balance(lgs, head.shipper, stock.IN_TRANSIT)
    given = lgs.lgs.receive(slip, counted(lgs, slip))
    assert given == {"received": sum(gate.values()), "missing": missing}
    assert {p: level(lgs, head.shipper, head.warehouse, p).on_hand for p in gate} == gate
    loss = balance(lgs, head.shipper, stock.LOSSES)
    assert 0 < loss < in_transit and balance(lgs, head.shipper, stock.IN_TRANSIT) == 0
    letter = one(lgs, "select body from mail_message where contains(subject, $slip)", slip=slip)
    assert str(missing) in letter.body
    assert refused(lgs.lgs.receive, slip, counted(lgs, slip)).code == "wrong_state", "received twice"
    assert findings_of(lgs) == []


def test_a_delivery_moves_goods_and_money_at_each_step(lgs: Lab) -> None:
    order = number(lgs, "delivery_order", "waiting")
    head, goods = slip_of(lgs, order), goods_of(lgs, order)
    before = {p: level(lgs, head.shipper, head.warehouse, p) for p in goods}
    assert all(before[p].reserved == q for p, q in goods.items()), "an order's goods are promised from the start"
    made = lgs.lgs.accept_delivery(order)
    assert refused(lgs.lgs.dispatch, made["dispatch_order"]).code == "no_vehicle_yet"
    lgs.lgs.assign_vehicle(made["dispatch_order"], lgs.lgs.vehicles()[0].plate)
    assert refused(lgs.lgs.dispatch, made["dispatch_order"]).code == "not_picked"
    lgs.lgs.pick(made["outbound_slip"])
    for p, q in goods.items():
        assert level(lgs, head.shipper, head.warehouse, p) == (before[p].on_hand - q, 0, before[p].in_transit)
    cost = balance(lgs, head.shipper, stock.IN_TRANSIT)
    note = lgs.lgs.dispatch(made["dispatch_order"])
    assert len(note["sscc"]) == 18 and ean.calc_check_digit(note["sscc"][:-1]) == note["sscc"][-1]
    assert refused(lgs.lgs.deliver, order, "门卫").code == "not_arrived"
    lgs.advance(days=(note["due"] - lgs.day).days)
    assert refused(lgs.lgs.deliver, order, "门卫").code == "not_arrived", "the first trip of a carrier is late"
    lgs.advance(days=2)
    late = refused(lgs.lgs.deliver, order, "门卫")
    assert (late.code, late.field) == ("say_why_late", "remark")
    lgs.lgs.deliver(order, "门卫", "道路封闭 Road closed")
    grams = {r.gtin: r.weight_g for r in lgs.world.state.look.all("select gtin, weight_g from product")}
    kilograms = -(-sum(q * grams[p] for p, q in goods.items()) // 1000)
    freight = Decimal("30.00") + Decimal("1.20") * kilograms
    assert head.freight == freight
    assert balance(lgs, head.carrier, ledger.RECEIVABLE, head.shipper) == freight == -balance(lgs, head.shipper, ledger.PAYABLE, head.carrier)
    assert balance(lgs, head.shipper, "6601") == without_tax(freight, 9) == -balance(lgs, head.carrier, "6001"), "a tariff bears the tax on transport"
    assert balance(lgs, head.shipper, "6401") == 0 and balance(lgs, head.shipper, stock.IN_TRANSIT) == 0, "nothing was sold"
    at_consignee = one(lgs, "select sum(m.value) as value from stock_movement m join stock_place p on p.number = m.place where p.kind = 'consignee'")
    assert at_consignee.value == cost > 0, "the goods lie there on consignment"
    assert refused(lgs.lgs.deliver, order, "门卫").code == "wrong_state"
    assert lgs.lgs.receivables()[0].balance == freight
    assert [r.debit for r in lgs.lgs.receivable_detail(head.shipper)] == [freight]
    assert findings_of(lgs) == []


def test_goods_on_consignment_are_sold_from_there_or_fetched_back(lgs: Lab) -> None:
    order = number(lgs, "delivery_order", "waiting")
    head, goods = slip_of(lgs, order), goods_of(lgs, order)
    lgs.autoplay("carrier")
    lgs.advance(days=5)
    lgs.autoplay("carrier")
    shipper = head.shipper
    certificate = one(lgs, "select certificate from lgs_application where shipper = $s", s=shipper).certificate
    assert lgs.lgs.shipper_sign_in(certificate) == shipper
    (place, label), (product, pieces) = CHOICES["lgs.consigned"](lgs.world.state.look, shipper)[0], next(iter(goods.items()))
    assert str(sum(goods.values())) in label
    worth, rows = stock.worth(lgs.world.state.look, shipper), [{"product": product, "quantity": 3, "price": "99.00"}]
    assert refused(lgs.lgs.sell_consigned, "ST-0", rows).code == "no_consignment"
    assert refused(lgs.lgs.sell_consigned, place, rows * 2).code == "product_twice"
    assert refused(lgs.lgs.sell_consigned, place, [{**rows[0], "quantity": pieces + 1}]).code == "short_stock"
    sold = lgs.lgs.sell_consigned(place, rows)
    assert balance(lgs, shipper, ledger.CASH) == Decimal("297.00")
    assert sold["revenue"] == without_tax(Decimal("297.00")) == -balance(lgs, shipper, "6001")
    assert sold["cost"] == balance(lgs, shipper, "6401") == worth - stock.worth(lgs.world.state.look, shipper) > 0
    assert findings_of(lgs) == []
    there = {r.product: r.on_hand for r in lgs.lgs.consigned()}
    assert there[product] == pieces - 3
    back = [{"product": p, "quantity": n} for p, n in there.items()]
    assert refused(lgs.lgs.fetch_back, "ST-0", head.warehouse, back).code == "no_consignment"
    assert refused(lgs.lgs.fetch_back, place, head.warehouse, goods_rows(goods)).code == "short_stock", "what is sold cannot be fetched"
    slip = lgs.lgs.fetch_back(place, head.warehouse, back)
    assert len(lgs.lgs.consigned()) == 0 and CHOICES["lgs.consigned"](lgs.world.state.look, shipper) == []
    lgs.lgs.receive(slip, counted(lgs, slip))
    assert one(lgs, "select state from document where number = $n", n=slip).state == "received"
    assert findings_of(lgs) == []


def goods_rows(goods: dict[str, int]) -> list[dict[str, Any]]:
    return [{"product": p, "quantity": n} for p, n in goods.items()]


def test_a_transfer_is_in_transit_between_its_two_steps(lgs: Lab) -> None:
    order = number(lgs, "transfer_order", "waiting")
    head, (product, quantity) = slip_of(lgs, order), next(iter(goods_of(lgs, order).items()))
    before, worth = level(lgs, head.shipper, head.warehouse, product), stock.worth(lgs.world.state.look, head.shipper)
    assert refused(lgs.lgs.complete_transfer, order).code == "wrong_state"
    lgs.lgs.send_transfer(order)
    assert level(lgs, head.shipper, head.warehouse, product).on_hand == before.on_hand - quantity
    assert level(lgs, head.shipper, head.to_warehouse, product) == (0, 0, quantity)
    lgs.lgs.complete_transfer(order)
    assert level(lgs, head.shipper, head.to_warehouse, product) == (quantity, 0, 0)
    assert stock.worth(lgs.world.state.look, head.shipper) == worth, "a transfer changes no value"
    assert refused(lgs.lgs.complete_transfer, order).code == "wrong_state"
    assert findings_of(lgs) == []


def test_a_withdrawn_delivery_frees_its_goods_and_ends_its_slips(lgs: Lab) -> None:
    as_customer(lgs)
    main = warehouses(lgs)[0]
    mine = own_goods(lgs)
    slip = lgs.lgs.send_goods(main, [{"product": mine.product, "quantity": 10}])
    lgs.lgs.receive(slip, counted(lgs, slip))
    order = lgs.lgs.order_delivery(main, "客户", "某地", lgs.day, [{"product": mine.product, "quantity": 8}])
    made = lgs.lgs.accept_delivery(order)
    lgs.lgs.cancel_delivery(order)
    assert level(lgs, mine.owner, main, mine.product) == (10, 0, 0)
    assert {one(lgs, "select state from document where number = $n", n=n).state for n in made.values()} == {"cancelled"}
    assert refused(lgs.lgs.pick, made["outbound_slip"]).code == "wrong_state"
    assert findings_of(lgs) == []


def test_damaged_goods_are_written_off_but_not_what_is_promised(lgs: Lab) -> None:
    order = number(lgs, "delivery_order", "waiting")
    head, (product, _) = slip_of(lgs, order), next(iter(goods_of(lgs, order).items()))
    there = level(lgs, head.shipper, head.warehouse, product)
    short = refused(lgs.lgs.report_damage, head.shipper, head.warehouse, "水渍", [{"product": product, "quantity": there.free + 1}])
    assert (short.code, short.field) == ("short_stock", "goods")
    lgs.lgs.report_damage(head.shipper, head.warehouse, "水渍", [{"product": product, "quantity": 2}])
    assert level(lgs, head.shipper, head.warehouse, product) == (there.on_hand - 2, there.reserved, 0)
    assert balance(lgs, head.shipper, stock.LOSSES) > 0
    assert findings_of(lgs) == []


def test_copying_the_slip_instead_of_counting_costs_points(lgs: Lab) -> None:
    slip = number(lgs, "inbound_slip", "announced")
    lgs.lgs.receive(slip, [{"product": p, "counted": q} for p, q in goods_of(lgs, slip).items()])
    report = lgs.check("LGS003")
    assert report.points == Decimal("0.7")
    assert {g.name: g.met for g in report.goals} == {"counted": False, "received": True, "discrepancy": False}


@pytest.mark.parametrize("student", ["s1001", "学号 007 林晓"])
def test_every_world_has_a_short_count_damaged_goods_and_a_late_vehicle(lab: Callable[..., Lab], student: str) -> None:
    """The disruptions of the practice follow from the seed; nobody who looks away gets the points for handling them."""
    world = lab("lgs", student=student)
    slip = number(world, "inbound_slip", "announced")
    gate = list(world.lgs.count_arrival(slip))
    assert any(r.at_gate < r.quantity for r in gate) and any(r.damaged for r in gate)
    world.lgs.receive(slip, [{"product": r.product, "counted": r.at_gate} for r in gate])
    assert {g.name for g in world.check("LGS003").goals if g.met} >= {"counted", "discrepancy"}
    sound = next(r for r in gate if not r.damaged)
    head = slip_of(world, slip)
    world.lgs.report_damage(head.shipper, head.warehouse, "x", [{"product": sound.product, "quantity": 1}])
    assert {g.name for g in world.check("LGS023").goals if g.met} == {"reported"}, "sound goods written off"
    damaged = next(r for r in gate if r.damaged)
    world.lgs.report_damage(head.shipper, head.warehouse, "x", [{"product": damaged.product, "quantity": damaged.damaged}])
    assert world.check("LGS023").points == 2
    order = on_the_road(world)
    trip = one(world, "select due, arrives from lgs_trip where delivery_order = $n", n=order)
    assert trip.arrives > trip.due
    world.advance(days=(trip.due - world.day).days)
    assert refused(world.lgs.deliver, order, "x").code == "not_arrived", "on the day that it is due"
    world.advance(days=(trip.arrives - trip.due).days)
    assert refused(world.lgs.deliver, order, "x").code == "say_why_late"
    world.lgs.deliver(order, "x", "Road works")
    assert world.check("LGS020").points == 2


def test_searches_find_by_each_condition(lgs: Lab) -> None:
    order = number(lgs, "delivery_order", "waiting")
    head, product = slip_of(lgs, order), next(iter(goods_of(lgs, order)))
    conditions: list[dict[str, Any]] = [
        {"number": order}, {"state": "waiting"}, {"party": head.shipper}, {"party": head.consignee[:3]}, {"product": product},
        {"from_day": lgs.day, "to_day": lgs.day},
    ]  # fmt: skip
    for condition in conditions:
        assert [r.number for r in lgs.lgs.delivery_orders(**condition)] == [order], condition
    for condition in ({"number": "DO-0000-9999"}, {"state": "delivered"}, {"party": "没有这家"}, {"product": "没有这种"}, {"from_day": "2027-01-01"}):
        assert not lgs.lgs.delivery_orders(**condition), condition
    assert refused(lgs.lgs.slip_detail, "DO-0000-9999").code == "no_slip"


# --- refused, and nothing changed -----------------------------------------------------------------------------------------


@pytest.fixture
def unchanged(still: Lab) -> Any:
    before = held(still)
    yield still
    assert held(still) == before


@pytest.mark.parametrize("quantity", [0, -1, "2.5", "1e3", "", 10**9, True])
def test_a_quantity_is_a_whole_number_above_nothing(unchanged: Lab, quantity: Any) -> None:
    shipper = slip_of(unchanged, number(unchanged, "delivery_order", "waiting")).shipper
    product = next(iter(goods_of(unchanged, number(unchanged, "delivery_order", "waiting"))))
    no = refused(unchanged.lgs.report_damage, shipper, warehouses_of(unchanged)[0], "水渍", [{"product": product, "quantity": quantity}])
    assert no.field == "goods" and "第 1 行" in no.text.zh and "Row 1" in no.text.en


def warehouses_of(lab: Lab) -> list[str]:
    return [r.number for r in lab.world.state.look.all("select number from lgs_warehouse order by number")]


def test_what_was_not_announced_or_not_counted_is_not_received(unchanged: Lab) -> None:
    slip = number(unchanged, "inbound_slip", "announced")
    rows = [{"product": p, "counted": q} for p, q in goods_of(unchanged, slip).items()]
    receive = unchanged.lgs.receive
    assert refused(receive, slip, [*rows, {"product": "9520100000000", "counted": 1}]).code == "not_on_slip"
    assert refused(receive, slip, rows[1:]).code == "count_all"
    assert refused(receive, slip, [rows[0], *rows]).code == "product_twice"
    assert refused(receive, slip, [{**rows[0], "counted": rows[0]["counted"] + 1}, *rows[1:]]).code == "more_than_announced"
    assert refused(receive, slip, [{**rows[0], "counted": -1}, *rows[1:]]).code == "too_small"
    assert refused(receive, "IN-0000-0001", rows).code == "not_found"
    assert refused(receive, number(unchanged, "delivery_order", "waiting"), rows).code == "not_found"


def test_a_warehouse_in_use_is_not_retired_and_not_made_too_small(unchanged: Lab) -> None:
    busy, target = warehouses_of(unchanged)
    used = stock.at_place(unchanged.world.state.look, busy)
    no = refused(unchanged.lgs.retire_warehouse, busy)
    assert no.code == "warehouse_in_use" and str(used) in no.text.en
    assert refused(unchanged.lgs.retire_warehouse, target).code == "warehouse_in_use", "a transfer is to come"
    assert refused(unchanged.lgs.change_warehouse, busy, "x", "x", used - 1).code == "capacity_below"
    assert refused(unchanged.lgs.retire_warehouse, "WH-0000-0009").code == "no_warehouse"
    name = one(unchanged, "select name from lgs_warehouse where number = $n", n=busy).name
    assert refused(unchanged.lgs.add_warehouse, name, "x", "x", "x", 10).code == "warehouse_name_taken"


@pytest.mark.parametrize("plate", ["浙I12345", "浙A1234", "A12345", "浙AO2345", "浙A1234567", "ZA12345"])
def test_a_plate_that_is_none_is_refused(unchanged: Lab, plate: str) -> None:
    assert refused(unchanged.lgs.add_vehicle, plate, "x", 1000, "x").code == "bad_plate"


def test_a_plate_is_registered_once_however_it_is_written(unchanged: Lab) -> None:
    assert refused(unchanged.lgs.add_vehicle, "浙X·2k6 a8", "x", 1000, "x").code == "plate_taken"


def test_registration_checks_what_it_is_told(unchanged: Lab) -> None:
    firm = one(unchanged, "select m.uscc, k.* from lgs_carrier k join member m on m.number = k.member")
    given = {
        "company_name": firm.name, "uscc": firm.uscc, "city": "x", "contact": "x", "phone": "0571-88880000", "mailbox": firm.mailbox,
        "base_fee": "1", "rate_per_kg": "1", "password": "secret 123", "confirm": "secret 123",
    }  # fmt: skip
    register = unchanged.lgs.register
    assert refused(register, **given).code == "carrier_taken"
    assert refused(register, **{**given, "uscc": firm.uscc[:-1] + "X"}).field == "uscc"
    assert refused(register, **{**given, "phone": "call me"}).field == "phone"
    assert refused(register, **{**given, "mailbox": "nobody@ecomlab.test"}).field == "mailbox"
    assert refused(register, **{**given, "base_fee": "-1"}).code == "money_negative"
    assert refused(register, **{**given, "confirm": "secret 124"}).code == "secrets_differ"


def test_a_wrong_password_is_remembered_and_opens_nothing(lgs: Lab) -> None:
    carrier = lgs.world.state.look.sessions("carrier")[0]
    lgs.sign_out("carrier", carrier)
    assert refused(lgs.lgs.warehouses).code == "sign_in_first"
    n = len(lgs.world.entries)
    assert refused(lgs.lgs.sign_in, carrier, "wrong password 1").code == "wrong_password"
    assert len(lgs.world.entries) == n + 1 and not lgs.world.state.look.sessions("carrier")
    lgs.lgs.sign_in(carrier, Issued("password/carrier").plain(lgs.world.header.seed))
    assert [r.name for r in lgs.prepared() if r.name == "password/carrier"]


def test_a_shipper_shows_its_own_valid_certificate_and_agrees_first(lgs: Lab) -> None:
    carrier, mine = lgs.world.state.look.sessions("carrier")[0], own_certificate(lgs.player())
    assert refused(lgs.lgs.apply, carrier, mine, True).code == "sign_in_first", "no shipper is signed in"
    lgs.lgs.shipper_sign_in(mine)
    other = one(lgs, "select number from certificate where number <> $mine order by number limit 1", mine=mine).number
    assert refused(lgs.lgs.apply, carrier, other, True).code == "not_this_holder"
    assert refused(lgs.lgs.apply, carrier, mine, False).code == "agree_first"
    assert refused(lgs.lgs.apply, "MB-0000-0001", mine, True).code == "no_carrier"
    lgs.lgs.apply(carrier, mine, True)
    assert refused(lgs.lgs.apply, carrier, mine, True).code == "already_customer"
    product = own_goods(lgs).product
    no = refused(lgs.lgs.send_goods, warehouses(lgs)[0], [{"product": product, "quantity": 1}])
    assert no.code == "not_a_customer", "applied is not approved"
    lgs.ca.revoke("superseded")
    lgs.sign_out("shipper", lgs.world.state.look.sessions("shipper")[0])
    assert refused(lgs.lgs.shipper_sign_in, mine).code == "certificate_unusable"


def test_what_a_shipper_orders_must_be_there_fit_and_make_sense(lgs: Lab) -> None:
    as_customer(lgs)
    main, other = warehouses(lgs)
    mine = own_goods(lgs)
    goods = [{"product": mine.product, "quantity": mine.on_hand}]
    assert refused(lgs.lgs.send_goods, main, [{**goods[0], "quantity": mine.on_hand + 1}]).code == "short_stock"
    assert refused(lgs.lgs.send_goods, main, goods * 2).code == "product_twice"
    assert refused(lgs.lgs.send_goods, main, [{"product": "9520100000000", "quantity": 1}]).code == "unknown_product"
    assert refused(lgs.lgs.send_goods, main, []).field == "goods"
    lgs.lgs.change_warehouse(other, "x", "x", mine.on_hand - 1)
    full = refused(lgs.lgs.send_goods, other, goods)
    assert (full.code, full.field) == ("warehouse_full", "goods")
    assert refused(lgs.lgs.order_delivery, main, "x", "x", lgs.day, goods).code == "short_stock", "it is not in that warehouse"
    assert refused(lgs.lgs.order_delivery, main, "x", "x", "2026-08-31", goods).code == "wanted_past"
    assert refused(lgs.lgs.order_transfer, main, main, goods).code == "same_warehouse"
    theirs = number(lgs, "transfer_order", "waiting")
    assert refused(lgs.lgs.cancel_transfer, theirs).code == "not_yours"
    assert refused(lgs.lgs.cancel_delivery, number(lgs, "delivery_order", "waiting")).code == "not_yours"
    assert findings_of(lgs) == []


def test_a_vehicle_serves_one_trip_within_its_load(lgs: Lab) -> None:
    member = as_customer(lgs)
    main, plates = warehouses(lgs)[0], [v.plate for v in lgs.lgs.vehicles()]
    everything = lgs.world.state.look.all("select product, on_hand as quantity from stock_level where owner = $m order by product", m=member)
    slip = lgs.lgs.send_goods(main, [r.asdict() for r in everything])
    lgs.lgs.receive(slip, counted(lgs, slip))
    order = lgs.lgs.order_delivery(main, "客户", "某地", lgs.day, [{"product": r.product, "quantity": r.quantity - 9} for r in everything])
    trip = lgs.lgs.accept_delivery(order)["dispatch_order"]
    weight = slip_of(lgs, order).weight_kg
    lgs.lgs.change_vehicle(plates[0], weight - 1, "x")
    assert refused(lgs.lgs.assign_vehicle, trip, plates[0]).code == "too_heavy"
    lgs.lgs.change_vehicle(plates[0], weight, "x")
    lgs.lgs.assign_vehicle(trip, plates[0])
    assert refused(lgs.lgs.change_vehicle, plates[0], weight - 1, "x").code == "load_below"
    assert refused(lgs.lgs.retire_vehicle, plates[0]).code == "vehicle_busy"
    second = lgs.lgs.accept_delivery(number(lgs, "delivery_order", "waiting"))["dispatch_order"]
    busy = refused(lgs.lgs.assign_vehicle, second, plates[0])
    assert busy.code == "vehicle_busy" and trip in busy.text.en
    lgs.lgs.assign_vehicle(trip, plates[1])
    lgs.lgs.assign_vehicle(second, plates[0])
    assert refused(lgs.lgs.assign_vehicle, second, "浙X00000").code == "no_vehicle"
    assert findings_of(lgs) == []


def test_another_carriers_slips_are_not_ours(lgs: Lab) -> None:
    asked = lgs.brief("LGS001")
    order, slip, trip = (number(lgs, k, s) for k, s in (("delivery_order", "waiting"), ("inbound_slip", "announced"), ("transfer_order", "waiting")))
    old = lgs.world.state.look.sessions("carrier")[0]
    new = lgs.lgs.register(
        company_name=asked["company"], uscc=asked["uscc"], city="x", contact="x", phone="0571-88880000",
        mailbox=one(lgs, "select mailbox from lgs_carrier").mailbox, base_fee="1", rate_per_kg="1", password="secret 123", confirm="secret 123",
    )  # fmt: skip
    lgs.lgs.sign_in(new, "secret 123")
    for act, what in ((lgs.lgs.accept_delivery, order), (lgs.lgs.count_arrival, slip), (lgs.lgs.send_transfer, trip)):
        assert refused(act, what).code == "not_yours"
    assert refused(lgs.lgs.slip_detail, order).code == "no_slip"
    assert refused(lgs.lgs.retire_warehouse, warehouses_of(lgs)[0]).code == "not_yours"
    assert not lgs.lgs.delivery_orders() and not lgs.lgs.stock_list() and not lgs.lgs.vehicles()
    lgs.act_as("carrier", old)
    assert lgs.lgs.delivery_orders()


def test_an_empty_warehouse_and_an_idle_vehicle_are_retired_and_then_gone_from_use(lgs: Lab) -> None:
    fresh = lgs.lgs.add_warehouse("空仓", "x", "x", "x", 10)
    lgs.lgs.retire_warehouse(fresh)
    plate = lgs.lgs.vehicles()[0].plate
    lgs.lgs.retire_vehicle(plate)
    assert refused(lgs.lgs.change_vehicle, plate, 1000, "x").code == "vehicle_retired"
    order = lgs.lgs.accept_delivery(number(lgs, "delivery_order", "waiting"))
    assert refused(lgs.lgs.assign_vehicle, order["dispatch_order"], plate).code == "vehicle_retired"
    assert refused(lgs.lgs.retire_warehouse, fresh).code == "warehouse_retired"
    assert fresh not in [value for value, _ in lgs.choices("lgs.change_warehouse", "warehouse")]
    rejected = number(lgs, "transfer_order", "waiting")
    assert refused(lgs.lgs.reject_delivery, rejected).code == "not_found"


def test_a_rejected_delivery_frees_its_goods(lgs: Lab) -> None:
    order = number(lgs, "delivery_order", "waiting")
    head, product = slip_of(lgs, order), next(iter(goods_of(lgs, order)))
    lgs.lgs.reject_delivery(order)
    assert level(lgs, head.shipper, head.warehouse, product).free == level(lgs, head.shipper, head.warehouse, product).on_hand - (
        goods_of(lgs, number(lgs, "transfer_order", "waiting")).get(product, 0)
    )
    assert refused(lgs.lgs.accept_delivery, order).code == "wrong_state"


def test_an_undone_delivery_leaves_no_trace(lgs: Lab) -> None:
    before = lgs.world.state.digest()
    on_the_road(lgs)
    while lgs.world.state.done:
        lgs.undo()
    assert lgs.world.state.digest() == before


def test_a_shipper_pays_its_carriers_freight_by_bank_transfer(lgs: Lab) -> None:
    look = lgs.world.state.look
    member, carrier = as_customer(lgs), lgs.world.state.look.sessions("carrier")[0]
    slip = lgs.lgs.send_goods(warehouses(lgs)[0], [{"product": own_goods(lgs).product, "quantity": 6}])
    lgs.lgs.receive(slip, counted(lgs, slip))
    order = lgs.lgs.order_delivery(warehouses(lgs)[0], "x", "y", lgs.day, [{"product": own_goods(lgs, "warehouse").product, "quantity": 2}])
    for days in (0, 5):
        lgs.advance(days=days or 1)
        lgs.autoplay("carrier")
    bill = one(lgs, "select number from document where parent = $n and kind = 'freight_bill'", n=order).number
    account, pin = open_account(lgs, member, "1000"), "135790"
    assert refused(lgs.lgs.settle_freight, bill, account, pin).code == "carrier_without_account"
    open_account(lgs, carrier, "0.01")
    freight = slip_of(lgs, order).freight
    assert refused(lgs.lgs.settle_freight, "FB-0000-0001", account, pin).code == "not_found"
    assert refused(lgs.lgs.settle_freight, bill, "6290001000000000000", pin).code == "not_members_account"
    assert lgs.lgs.settle_freight(bill, account, pin)["freight"] == freight
    assert refused(lgs.lgs.settle_freight, bill, account, pin).code == "freight_paid"
    assert balance(lgs, carrier, ledger.RECEIVABLE, member) == 0 == balance(lgs, member, ledger.PAYABLE, carrier)
    assert [(r.debit, r.credit) for r in lgs.lgs.receivable_detail(member)] == [(freight, 0), (0, freight)]
    assert findings_of(lgs) == [] and look.value("select state from document where number = $n", n=bill) == "paid"


def open_account(lab: Lab, member: str, cash: str) -> str:
    """A corporate account of a member with money in it; its PIN is 135790."""
    firm, mailbox = one(lab, "select name, uscc from member where number = $m", m=member), own_person(lab.world.state.look).mailbox
    given = lab.ebank.register_corporate(
        company_name=firm.name, uscc=firm.uscc, capital="10000", contact="x", mailbox=mailbox, password="secret 123", confirm="secret 123",
        pin="135790", confirm_pin="135790", agree=True,
    )  # fmt: skip
    fetch(lab.player(), given["certificate"])
    lab.ebank.sign_in_corporate(given["certificate"], given["customer_number"], "secret 123")
    lab.ebank.deposit(given["account"], cash, "135790")
    return str(given["account"])


# --- autoplay ---------------------------------------------------------------------------------------------------------


def test_the_library_does_the_carriers_waiting_work_marked_and_for_no_points(lgs: Lab) -> None:
    order, slip, transfer = number(lgs, "delivery_order", "waiting"), number(lgs, "inbound_slip", "announced"), number(lgs, "transfer_order", "waiting")
    gate = {r.product: (r.at_gate, r.damaged) for r in lgs.lgs.count_arrival(slip)}
    lgs.language = "en"
    assert "the free vehicle with the smallest load" in lgs.autoplay_policy("carrier")
    first = lgs.autoplay("carrier")
    used = one(lgs, "select t.vehicle, s.weight_kg from lgs_trip t join lgs_slip s on s.number = t.delivery_order where t.vehicle is not null")
    loads = {v.plate: v.load_kg for v in lgs.lgs.vehicles()}
    assert loads[used.vehicle] == min(load for load in loads.values() if load >= used.weight_kg)
    assert {n: one(lgs, "select state from document where number = $n", n=n).state for n in (order, slip, transfer)} == {
        order: "dispatched", slip: "received", transfer: "completed",
    }  # fmt: skip
    reported = lgs.world.state.look.all("select l.* from lgs_line l join document d on d.number = l.slip where kind = 'damage_report'")
    assert {r.product: r.quantity for r in reported} == {p: damaged for p, (_, damaged) in gate.items() if damaged}
    assert {e.by.partition("#")[2] for e in lgs.world.entries if e.n in {r.n for r in first}} == {"auto"}
    lgs.advance(days=5)
    assert [r.command for r in lgs.autoplay("carrier")] == ["lgs.deliver"], "only what has become due"
    assert one(lgs, "select state from document where number = $n", n=order).state == "delivered"
    assert findings_of(lgs) == [] and len(first)
    assert {c: lgs.check(c).points for c in ("LGS002", "LGS003", "LGS004", "LGS005", "LGS010", "LGS020", "LGS022", "LGS023")} == {
        "LGS002": 0, "LGS003": Decimal("0.5"), "LGS004": 0, "LGS005": 0, "LGS010": 0, "LGS020": 0, "LGS022": 0, "LGS023": 0,
    }, "LGS003: the student counted"  # fmt: skip
    again = type(lgs.world).open(lgs.world.folder, None, "lgs", "")
    assert again.state.digest() == lgs.world.state.digest()
    assert lgs.undo() == "lgs.deliver" and one(lgs, "select state from document where number = $n", n=order).state == "dispatched"
