"""How the model student does each task of the floor."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ...kernel.plays import Player, plays
from .briefs import staff_for
from .prologue import at_post


def _arrival(play: Player) -> str:
    """The receiving check of the asked supplier's delivery."""
    return str(
        play.look.value(
            """select a.number from floor_arrival a join b2c_purchase p on p.number = a.purchase join member m on m.number = p.supplier
               where m.uscc = $uscc order by a.number desc limit 1""",
            uscc=play.brief("FLOOR001")["uscc"],
        )
    )


@plays("FLOOR001")
def _check(play: Player) -> None:
    at_post(play, "receiver")
    asked = play.brief("FLOOR001")
    purchase = play.look.value(
        """select p.number from b2c_purchase p join document d using (number) join member m on m.number = p.supplier
           where m.uscc = $uscc and d.state = 'confirmed' order by p.number desc limit 1""",
        uscc=asked["uscc"],
    )
    boxes = play.floor.boxes(purchase)
    damaged = [b.box_no for b in boxes if b.packing == "damaged"]
    arrival = play.floor.check_arrival(purchase, len(boxes), len(damaged), asked["receiver"])
    play.floor.dispute(arrival, [{"box_no": n} for n in damaged], "箱体破损 Boxes damaged")


@plays("FLOOR002")
def _label(play: Player) -> None:
    arrival = _arrival(play)
    rows = [r for r in play.floor.arrival_detail(arrival) if not r.refused]
    for r in rows:
        read = play.floor.scan_box(arrival, r.box_no)
        assert read["product"] == r.product
    for r in play.floor.arrival_detail(arrival):
        if not r.refused:
            play.floor.label_carton(arrival, r.box_no, r.product, r.scanned, play.brief("FLOOR002")["batch"])


@plays("FLOOR003")
def _shelve(play: Player) -> None:
    empty = [r.bin for r in play.floor.bin_list() if not r.quantity]
    for r in play.floor.arrival_detail(_arrival(play)):
        if not r.refused:
            play.floor.shelve(r.carton, empty.pop(0))


@plays("FLOOR004")
def _wave(play: Player) -> None:
    at_post(play, "picker")
    play.floor.plan_wave([{"sales_order": r.sales_order} for r in play.floor.orders() if r.region == play.brief("FLOOR004")["region"]])


def _newest(play: Player, kind: str, *states: str) -> str:
    return str(play.look.value("select max(number) from document where kind = $kind and list_contains($states, state)", kind=kind, states=list(states)))


@plays("FLOOR005")
def _pick(play: Player) -> None:
    wave = _newest(play, "wave", "planned")
    rows = [{"bin": r.bin, "product": r.product, "quantity": r.quantity} for r in play.floor.picking_list(wave)]
    play.floor.pick(wave, rows, play.brief("FLOOR005")["picker"])


def _orders(play: Player) -> list[str]:
    """The orders that lie in totes, by number."""
    rows = play.look.all(
        """select f.sales_order from floor_order f join document d on d.number = f.wave where d.state <> 'planned'
             and not exists (select 1 from floor_parcel p where p.sales_order = f.sales_order) order by 1"""
    )
    return [r.sales_order for r in rows]


@plays("FLOOR006")
def _scan(play: Player) -> None:
    at_post(play, "packer")
    for order in _orders(play):
        while play.floor.scan_out(order)["wrong"]:
            read = play.floor.scan_result(order)
            wrong, right = (next(r.product for r in read if r.difference * sign > 0) for sign in (1, -1))
            play.floor.exchange_piece(order, wrong, right)


@plays("FLOOR007")
def _pack(play: Player) -> None:
    asked = play.brief("FLOOR007")
    order = play.look.value(
        "select o.sales_order from b2c_order o join floor_order f using (sales_order) where o.recipient = $who order by 1 limit 1", who=asked["recipient"]
    )
    play.floor.packing_slip(order)
    play.floor.pack(order, "large", asked["seal"], asked["invoice_title"])
    play.floor.parcels()


@plays("FLOOR008")
def _waybills(play: Player) -> None:
    for order in _orders(play):
        play.floor.pack(order, "large", "wang")
    at_post(play, "floor_clerk")
    for r in play.look.all("select number from document where kind = 'parcel' and state = 'packed' order by number"):
        play.floor.print_waybill(r.number, play.floor.courier_prices(r.number)[0].courier)


@plays("FLOOR009")
def _hand_over(play: Player) -> None:
    rows = play.look.all(
        """select w.courier, p.number from floor_parcel p join document d using (number) join waybill w on w.number = p.waybill
           where d.state = 'with_waybill' and p.list is null order by w.courier, p.number"""
    )
    for courier in sorted({r.courier for r in rows}):
        number = play.floor.draw_up_list(courier, [{"parcel": r.number} for r in rows if r.courier == courier])
        play.floor.handover_list(number)
        play.floor.hand_over(number, play.brief("FLOOR009")["driver"])
        play.floor.file_list(number)


@plays("FLOOR010")
def _call(play: Player) -> None:
    play.lab.advance(6)
    for r in play.look.all("select number from document where kind = 'parcel' and state = 'delivered' order by number limit 3"):
        play.floor.track(r.number)
        (said,) = play.floor.ask_customer(r.number)
        play.floor.confirm_delivery(r.number, said.arrived, said.complaint)


def _request(play: Player) -> Any:
    return play.look.value(
        """select min(r.number) from b2c_return r join document d using (number) where d.state = 'requested' and r.stage = 'after_shipping'
             and not exists (select 1 from floor_return f where f.request = r.number)"""
    )


@plays("FLOOR011")
def _restock(play: Player) -> None:
    at_post(play, "floor_clerk")
    check = play.floor.receive_return(_request(play))
    assert not play.floor.scan_return(check)["faulty"]
    play.floor.return_detail(check)
    play.floor.restock(check, "C-06")


@plays("FLOOR012")
def _faulty(play: Player) -> None:
    at_post(play, "floor_manager")
    check = play.floor.receive_return(_request(play))
    play.floor.scan_return(check)
    play.floor.decide_faulty(play.floor.report_faulty(check, "外壳破裂 Cracked"), True)


def _ran(play: Player, orders: int, people: dict[str, int]) -> tuple[str, dict[str, int]]:
    plan = play.floor.plan_staff(orders=orders, **people)
    return plan, play.floor.run_day(plan)


@plays("FLOOR013")
def _thousand(play: Player) -> None:
    at_post(play, "floor_manager")
    play.floor.pace()
    plan, _ = _ran(play, 1000, staff_for(play.look, 1000))
    play.floor.backlog(plan)


@plays("FLOOR014")
def _bottleneck(play: Player) -> None:
    at_post(play, "floor_manager")
    plan, _ = _ran(play, 1500, staff_for(play.look, 1000))
    last = [r for r in play.floor.backlog(plan) if r.hour == 8]
    play.floor.name_bottleneck(plan, max(last, key=lambda r: r.backlog).post)
    _ran(play, 1500, staff_for(play.look, 1500))


@plays("FLOOR015")
def _count(play: Player) -> None:
    at_post(play, "floor_clerk")
    at_post(play, "stock_accountant")
    count = play.floor.count_zone(play.brief("FLOOR015")["zone"])
    found = play.floor.look_into_bins(count)
    play.floor.tally_zone(count, [{"bin": r.bin, "product": r.product, "counted_quantity": r.there} for r in found])
    play.floor.zone_sheet(count)
    asked = play.floor.report_differences(count)
    play.floor.decide_differences(asked["approval"], True, "保管损耗 Loss in keeping")


@plays("FLOOR016")
def _cost(play: Player) -> None:
    at_post(play, "floor_manager")
    parcel = _newest(play, "parcel", "handed_over", "delivered")
    (basis,) = play.floor.cost_basis(parcel)
    work = (basis.hourly_wage * basis.seconds / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)
    play.floor.record_cost(parcel, basis.price, basis.box_price, work)
