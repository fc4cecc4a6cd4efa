"""The warehouse floor: what is scanned is what is booked, bins and stock books have the same pieces, and a line is as fast as its slowest post."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from stdnum import ean, gs1_128

from ecomlab.books import ledger, stock, variants
from ecomlab.books.courier import tariff, waybills
from ecomlab.dashboards.declared import DASHBOARDS
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.plays import PLAYS
from ecomlab.lab import Lab
from ecomlab.modules.b2c.prologue import own_shop
from ecomlab.modules.floor import bins, briefs, day, prologue, receiving
from ecomlab.modules.floor.playbook import _orders
from ecomlab.modules.floor.prologue import at_post
from ecomlab.modules.floor.staff import POSTS
from tests import worlds
from tests.worlds import findings_of, refused

D = Decimal


@pytest.fixture
def floor(tmp_path: Any) -> Lab:
    """A floor at work; everybody is at their post."""
    lab = worlds.acting(tmp_path, worlds.model("floor", codes=()))
    for post in POSTS:
        at_post(lab.player(), post)
    return lab


def played(lab: Lab, first: int, last: int = 0) -> Lab:
    for i in range(first, (last or first) + 1):
        PLAYS[f"FLOOR{i:03d}"](lab.player())
    return lab


def no(lab: Lab, name: str, /, *given: Any, **more: Any) -> tuple[str, str | None]:
    """The code and the field of the refusal that a command of the floor gets, after which everything is as before."""
    before = lab.look.value("select count(*) from document_history")
    said = refused(getattr(lab.floor, name), *given, **more)
    assert lab.look.value("select count(*) from document_history") == before, "nothing half done"
    return said.code, said.field


def pieces(lab: Lab) -> dict[str, tuple[int, int, int, int]]:
    """By product: what bins, totes and the receiving area have, and what the stock books say."""
    site = bins.site_of(lab.look, own_shop(lab.player()).merchant)
    found = {}
    for r in lab.look.all("select product, on_hand from stock_level where owner = $o and place = $p order by 1", o=site.member, p=site.place):
        in_bins = sum(lot.quantity for lot in bins.lots_of(lab.look, site.merchant, r.product))
        in_totes = lab.look.value("select coalesce(sum(quantity), 0) from floor_tote where product = $p", p=r.product)
        found[r.product] = in_bins, int(in_totes), bins.in_receiving(lab.look, site, r.product), r.on_hand
    return found


def waiting(lab: Lab) -> str:
    return str(lab.look.value("select p.number from b2c_purchase p join document d using (number) where d.state = 'confirmed'"))


# --- what comes in -----------------------------------------------------------------------------------------------------------


def test_what_is_scanned_is_what_is_booked_and_owed_not_what_the_note_says(floor: Lab) -> None:
    purchase = waiting(floor)
    boxes = receiving.boxes_at_dock(floor.look, purchase)
    before = sum(on_hand for *_, on_hand in pieces(floor).values())
    played(floor, 1, 2)
    accepted = [b for b in boxes if b["packing"] == "sound"]
    assert len(accepted) == len(boxes) - 1 and sum(b["inside"] for b in accepted) == sum(b["on_note"] for b in accepted) - 1, "a piece is missing"
    scanned = sum(b["inside"] for b in accepted)
    assert sum(on_hand for *_, on_hand in pieces(floor).values()) == before + scanned
    assert floor.look.value("select received_quantity from b2c_purchase_line where number = $n", n=purchase) == scanned
    assert findings_of(floor) == []


def test_the_label_is_one_that_any_scanner_reads(floor: Lab) -> None:
    played(floor, 1, 2)
    for r in floor.look.all("select * from floor_box where label is not null"):
        read = gs1_128.info(r.label)
        assert read["00"] == r.sscc and ean.calc_check_digit(r.sscc[:-1]) == r.sscc[-1]
        assert read["02"] == r.product.zfill(14) and str(read["37"]) == str(r.scanned) and read["10"] == r.batch
        assert "01" not in read, "AI 01 would say that the carton itself is a trade item; AI 37 goes with 02"


def test_boxes_are_counted_disputed_and_scanned_once(floor: Lab) -> None:
    purchase = waiting(floor)
    assert no(floor, "boxes", "BP-0000-0001") == ("not_found", "purchase")
    arrival = floor.floor.check_arrival(purchase, 1, 0, "x")
    assert floor.floor.check_arrival(purchase, 3, 1, "x") == arrival, "counted again, before anything is scanned"
    assert no(floor, "dispute", arrival, [{"box_no": 99}], "x") == ("no_box", "refused")
    everything = [{"box_no": b["box_no"]} for b in receiving.boxes_at_dock(floor.look, purchase)]
    assert no(floor, "dispute", arrival, everything, "x") == ("all_refused", "refused")
    floor.floor.dispute(arrival, [{"box_no": 1}], "x")
    assert no(floor, "scan_box", arrival, 1) == ("box_refused", "box_no")
    floor.floor.scan_box(arrival, 2)
    assert no(floor, "scan_box", arrival, 2) == ("box_scanned", "box_no")
    assert no(floor, "label_carton", arrival, 2, "9520100000010", 5, "A") == ("wrong_state", "arrival"), "not before the last box is scanned"
    assert no(floor, "check_arrival", purchase, 3, 1, "x") == ("counted_already", "purchase")


def test_a_label_says_what_was_scanned(floor: Lab) -> None:
    played(floor, 1)
    arrival = floor.look.value("select number from floor_arrival")
    boxes = [r for r in floor.floor.arrival_detail(arrival) if not r.refused]
    for r in boxes:
        floor.floor.scan_box(arrival, r.box_no)
    box = floor.look.one("select * from floor_box where scanned is not null order by box_no limit 1")
    assert no(floor, "label_carton", arrival, box.box_no, box.product, box.scanned + 1, "A") == ("label_differs", "pieces")
    assert no(floor, "label_carton", arrival, box.box_no, box.product, box.scanned, "一批") == ("bad_batch", "batch")
    first = floor.floor.label_carton(arrival, box.box_no, box.product, box.scanned, "A")
    again = floor.floor.label_carton(arrival, box.box_no, box.product, box.scanned, "B")
    assert (again["carton"], again["sscc"]) == (first["carton"], first["sscc"]) and again["label"] != first["label"]


# --- bins --------------------------------------------------------------------------------------------------------------------


def test_a_bin_takes_no_more_than_it_holds_and_nothing_that_is_not_there(floor: Lab) -> None:
    played(floor, 1, 2)
    carton = floor.look.one("select carton, product, scanned from floor_box where carton is not null order by carton limit 1")
    assert no(floor, "shelve", carton.carton, "Z-99") == ("no_bin", "bin")
    assert no(floor, "put_away", carton.product, 10_000, "C-01") == ("not_in_receiving", "quantity")
    merchant = own_shop(floor.player()).merchant
    full = next(r for r in floor.look.all("select bin, capacity from floor_bin where merchant = $m and zone = 'A' order by bin", m=merchant))
    there = bins.bin_of(floor.look, merchant, full.bin).there
    loose = next(r.unplaced for r in floor.floor.receiving_area() if r.product == carton.product)
    if there + loose > full.capacity:
        assert no(floor, "put_away", carton.product, loose, full.bin) == ("bin_full", "bin")
    floor.floor.shelve(carton.carton, "c-03")
    assert no(floor, "shelve", carton.carton, "C-04") == ("wrong_state", "carton"), "a carton stands in one place"


def test_a_carton_is_opened_by_the_first_piece_and_empty_after_the_last(floor: Lab) -> None:
    played(floor, 1, 3)
    merchant = own_shop(floor.player()).merchant
    sealed = [r for r in floor.floor.cartons() if r.state == "shelved"]
    assert sealed and all(r.there == r.on_label for r in sealed)
    box = sealed[0]
    with worlds.at_work(floor.world.state) as do:
        bins.take(do, merchant, box.product, sum(lot.quantity for lot in bins.lots_of(do, merchant, box.product) if lot.carton is None))
        path = []
        for pieces_taken in (1, 1, box.there - 2):
            bins.take(do, merchant, box.product, pieces_taken, box.bin)
            path.append(do.value("select state from document where number = $n", n=box.carton))
            assert INVARIANTS["cartons_sealed"].check(do) == []
        assert path == ["opened", "opened", "empty"]
        states = do.all("select state from document_history where document = $n order by step", n=box.carton)
        assert [r.state for r in states] == ["labelled", "shelved", "opened", "empty"]


def test_older_goods_are_picked_first(floor: Lab) -> None:
    played(floor, 4)
    merchant = own_shop(floor.player()).merchant
    floor.advance(1)
    played(floor, 1, 3)
    product = floor.look.value("select product from floor_box limit 1")
    oldest, *_, newest = bins.lots_of(floor.look, merchant, product)
    assert oldest.came_day < newest.came_day == floor.look.day
    wave = floor.look.value("select number from floor_wave")
    taken = [{"bin": r.bin, "product": r.product, "quantity": r.quantity} for r in floor.floor.picking_list(wave)]
    assert {r["bin"] for r in taken if r["product"] == product} == {oldest.bin}
    assert no(floor, "pick", wave, [{**r, "bin": newest.bin} if r["product"] == product else r for r in taken], "x") == ("older_first", "taken")
    assert no(floor, "pick", wave, [{**taken[0], "quantity": taken[0]["quantity"] + 1}, *taken[1:]], "x") == ("not_the_wave", "taken")
    empty = next(r.bin for r in floor.floor.bin_list() if not r.quantity)
    assert no(floor, "pick", wave, [{**r, "bin": empty} for r in taken], "x") == ("bin_short", "taken")
    floor.floor.pick(wave, taken, "x")


def test_bins_totes_and_receiving_area_are_the_stock_at_every_step(floor: Lab) -> None:
    for i in range(1, 17):
        played(floor, i)
        for in_bins, in_totes, unplaced, on_hand in pieces(floor).values():
            assert in_bins + in_totes + unplaced == on_hand and min(in_bins, in_totes, unplaced) >= 0, f"after FLOOR{i:03d}"
    assert findings_of(floor) == []


def test_a_shop_that_ships_without_the_floor_takes_its_goods_from_the_bins(floor: Lab) -> None:
    before = pieces(floor)
    order = floor.look.one(
        """select o.number, o.sales_order from b2c_order o join document d on d.number = o.sales_order where d.state = 'confirmed' order by 1 limit 1"""
    )
    lines = floor.look.all("select product, quantity from b2c_order_line where number = $n", n=order.number)
    floor.b2c.ship(order.sales_order)
    after = pieces(floor)
    for r in lines:
        assert after[r.product][0] == before[r.product][0] - r.quantity and after[r.product][3] == before[r.product][3] - r.quantity
    assert findings_of(floor) == []


def test_what_was_picked_for_a_cancelled_order_is_in_the_receiving_area_and_its_waybill_void(floor: Lab) -> None:
    played(floor, 4, 8)
    row = floor.look.one("select p.number, p.waybill, p.sales_order, o.number as web_order from floor_parcel p join b2c_order o using (sales_order) limit 1")
    before = pieces(floor)
    request = floor.b2c.call_off(row.web_order, "改主意 Changed my mind")
    floor.b2c.accept_return(request, "restocked")
    states = [floor.look.value("select state from document where number = $n", n=n) for n in (row.number, row.waybill)]
    assert states == ["unpacked", "void"]
    for product, (in_bins, in_totes, unplaced, on_hand) in pieces(floor).items():
        gone = floor.look.value("select coalesce(sum(quantity), 0) from b2c_order_line where number = $n and product = $p", n=row.web_order, p=product)
        assert (in_bins, on_hand) == (before[product][0], before[product][3]) and in_totes == before[product][1] - gone
        assert unplaced == before[product][2] + gone
    assert findings_of(floor) == []


def test_however_goods_leave_the_books_they_leave_through_the_bins(floor: Lab) -> None:
    """Given away, written off or sent to another place: the receiving area first, then the oldest lots; never out of somebody's tote."""
    shop, state = own_shop(floor.player()), floor.world.state
    product = next(p for p, (in_bins, _, unplaced, _) in pieces(floor).items() if in_bins and not unplaced)
    for leave in (stock.write_off, lambda do, move: stock.issue(do, move, "6601"), lambda do, move: stock.transfer_out(do, move, "elsewhere")):
        with worlds.at_work(state) as do:
            before = pieces(floor)[product]
            leave(do, stock.Move(shop.member, shop.place, [stock.Goods(product, 2)], "x", "X"))
            assert pieces(floor)[product] == (before[0] - 2, before[1], before[2], before[3] - 2)


def test_pieces_that_a_slip_has_put_into_a_strange_tote_are_nobody_elses(floor: Lab) -> None:
    floor.floor.plan_wave([{"sales_order": r.sales_order} for r in floor.floor.orders()])
    played(floor, 5)
    shop, wrong = own_shop(floor.player()), floor.look.value("select slip from floor_wave where slip is not null")

    def all_of_it(do: Doing) -> stock.Move:
        for r in do.all("select distinct document from stock_reservation where document not in (select number from b2c_order natural join floor_order)"):
            stock.release(do, r.document)
        return stock.Move(shop.member, shop.place, [stock.Goods(wrong, stock.level(do, shop.member, shop.place, wrong).free)], "x", "X")

    with worlds.at_work(floor.world.state) as do:
        assert refused(stock.write_off, do, all_of_it(do)).code == "lies_in_totes"
    played(floor, 6)
    with worlds.at_work(floor.world.state) as do:
        stock.write_off(do, all_of_it(do))
        in_bins, in_totes, unplaced, on_hand = pieces(floor)[wrong]
        assert (in_bins, unplaced) == (0, 0) and in_totes == on_hand, "what is left lies in totes to which it belongs"


# --- what goes out -----------------------------------------------------------------------------------------------------------


def test_who_picks_takes_one_size_for_another_and_the_scan_says_so(floor: Lab) -> None:
    played(floor, 4, 5)
    slip = floor.look.value("select slip from floor_wave where slip is not null")
    assert slip in {a.product for a in prologue.ARTICLES}
    order = floor.look.value(
        """select t.sales_order from floor_tote t where t.product = $p and not exists (
               select 1 from b2c_order o join b2c_order_line l using (number) where o.sales_order = t.sales_order and l.product = t.product)""",
        p=slip,
    )
    floor.floor.scan_out(order)
    rows = floor.floor.scan_result(order)
    (wrong,), (right,) = [r for r in rows if r.difference > 0], [r for r in rows if r.difference < 0]
    kinds = [variants.of(floor.look, r.product) for r in (wrong, right)]
    assert kinds[0].style == kinds[1].style == prologue.STYLE and (wrong.colour, wrong.size) != (right.colour, right.size)
    assert (wrong.colour, wrong.size) == (kinds[0].colour, kinds[0].size)
    assert no(floor, "pack", sales_order=order, box="medium", seal="wang")[0] == "scan_differs"


def test_a_picking_list_and_a_label_say_colour_and_size(floor: Lab) -> None:
    said = {a.product: (a.colour, a.size) for a in prologue.ARTICLES}
    wave = floor.floor.plan_wave([{"sales_order": r.sales_order} for r in floor.floor.orders()])
    listed = {r.product: (r.colour, r.size) for r in floor.floor.picking_list(wave)}
    assert said.items() <= listed.items() and set(listed.values()) == {*said.values(), ("", "")}


def test_nothing_is_packed_that_was_not_scanned_or_is_wrong(floor: Lab) -> None:
    played(floor, 4)
    order = floor.look.value("select sales_order from floor_order order by 1 limit 1")
    assert no(floor, "scan_out", order) == ("tote_empty", "sales_order")
    played(floor, 5)
    assert no(floor, "pack", order, "large", "wang") == ("not_scanned", "sales_order"), "a parcel without scan"
    wrong = next(o for o in _orders(floor.player()) if floor.floor.scan_out(o)["wrong"])
    assert no(floor, "pack", wrong, "large", "wang") == ("scan_differs", "sales_order")
    read = floor.floor.scan_result(wrong)
    other, missing = (next(r.product for r in read if r.difference * sign > 0) for sign in (1, -1))
    assert no(floor, "exchange_piece", wrong, missing, other) == ("not_too_many", "wrong")
    assert no(floor, "exchange_piece", wrong, other, other) == ("not_missing", "right")
    floor.floor.exchange_piece(wrong, other, missing)
    assert no(floor, "pack", wrong, "large", "wang") == ("not_scanned", "sales_order"), "what was changed is scanned again"
    assert floor.floor.scan_out(wrong) == {"pieces": sum(r.wanted for r in read), "wrong": 0, "missing": 0}


def test_the_invoice_in_the_parcel_has_the_name_that_was_asked_for_and_the_number_that_was_issued(floor: Lab) -> None:
    played(floor, 4, 6)
    asked = floor.brief("FLOOR007")
    mine = floor.look.value("select sales_order from b2c_order where recipient = $r", r=asked["recipient"])
    other = next(o for o in _orders(floor.player()) if o != mine)
    assert no(floor, "pack", mine, "large", "wang") == ("invoice_forgotten", "invoice_title")
    assert no(floor, "pack", mine, "large", "wang", "别家公司") == ("other_title", "invoice_title")
    assert no(floor, "pack", other, "large", "wang", "别家公司") == ("no_invoice_asked", "invoice_title")
    played(floor, 7, 9)
    parcel = floor.look.one("select * from floor_parcel where sales_order = $o", o=mine)
    issued = floor.look.one("select i.code, i.title from invoice i join b2c_order o on o.number = i.sale where o.sales_order = $o", o=mine)
    assert parcel.invoice == issued.code and len(issued.code) == 20 and parcel.invoice_title == issued.title
    assert floor.look.value("select invoice from floor_parcel where sales_order = $o", o=other) is None


def test_a_parcel_has_one_waybill_and_goes_with_its_courier_once(floor: Lab) -> None:
    played(floor, 4, 7)
    first = floor.look.value("select number from floor_parcel")
    second = floor.floor.pack(_orders(floor.player())[0], "large", "cross")
    dear, cheap = (floor.floor.courier_prices(first)[i].courier for i in (2, 0))
    assert no(floor, "draw_up_list", cheap, [{"parcel": first}]) == ("no_waybill", "parcels")
    floor.floor.print_waybill(first, dear)
    assert no(floor, "print_waybill", first, cheap) == ("waybill_taken", "parcel"), "one parcel, one waybill"
    floor.floor.void_waybill(first)
    floor.floor.print_waybill(first, cheap)
    floor.floor.print_waybill(second, dear)
    assert no(floor, "draw_up_list", cheap, [{"parcel": first}, {"parcel": second}]) == ("other_courier", "parcels")
    handed = floor.floor.draw_up_list(cheap, [{"parcel": first}])
    assert no(floor, "draw_up_list", cheap, [{"parcel": first}]) == ("parcel_on_a_list", "parcels")
    assert no(floor, "file_list", handed) == ("wrong_state", "list"), "only a signed copy is filed"
    floor.floor.hand_over(handed, "x")
    assert no(floor, "hand_over", handed, "x") == ("wrong_state", "list")
    assert no(floor, "void_waybill", first)[0] == "wrong_state", "the courier has it"


def test_five_parts_of_a_slip_reach_five_places_and_two_of_them_with_the_parcel(floor: Lab) -> None:
    played(floor, 4, 5)
    order = floor.look.value("select sales_order from b2c_order where recipient = $r", r=floor.brief("FLOOR007")["recipient"])
    assert no(floor, "print_dispatch_slip", order, "x") in (("scan_before_slip", "sales_order"), ("scan_differs", "sales_order"))
    played(floor, 6)
    first = floor.floor.print_dispatch_slip(order, "x")
    assert no(floor, "print_dispatch_slip", order, "x") == ("has_five_parts", "sales_order")
    floor.floor.void_dispatch_slip(first)
    slip = floor.floor.print_dispatch_slip(order, "x")
    where = lambda: {r.colour: r.holder for r in floor.floor.slip_parts() if r.number == slip}  # noqa: E731
    played(floor, 7, 8)
    assert where() == {"red": "customer"} | dict.fromkeys(("white", "yellow", "green", "blue"), "sending"), "the red part lies in the box"
    played(floor, 9)
    assert where()["blue"] == "courier"
    assert no(floor, "file_part_in_sending", slip, "yellow") == ("not_its_place", "colour")
    floor.floor.hand_part_from_sending(slip, "yellow", "stock")
    floor.floor.hand_part_from_stock(slip, "yellow", "accounts")
    assert floor.floor.hand_part_from_sending(slip, "green", "stock") == "distributed"
    floor.floor.file_part_in_sending(slip, "white")
    floor.floor.file_part_in_accounts(slip, "yellow")
    assert floor.floor.file_part_in_stock(slip, "green") == "filed"
    assert no(floor, "file_part_in_stock", slip, "green") == ("filed_already", "colour") and findings_of(floor) == []


def test_a_parcel_that_is_opened_again_has_no_slip_that_counts(floor: Lab) -> None:
    played(floor, 4, 6)
    row = floor.look.one("select sales_order, number from b2c_order where recipient = $r", r=floor.brief("FLOOR007")["recipient"])
    slip = floor.floor.print_dispatch_slip(row.sales_order, "x")
    played(floor, 7)
    floor.b2c.cancel_sale(row.number, "x")
    assert floor.look.value("select state from document where number = $n", n=slip) == "void" and findings_of(floor) == []


def test_a_delivery_has_a_slip_once_it_was_scanned(floor: Lab) -> None:
    played(floor, 1)
    arrival = floor.look.value("select number from floor_arrival")
    assert no(floor, "print_receiving_slip", arrival, "x") == ("scan_before_slip", "arrival")
    played(floor, 2)
    slip = floor.floor.print_receiving_slip(arrival, "x")
    for colour, to in (("red", "accounts"), ("yellow", "finance"), ("green", "stock"), ("blue", "supplier")):
        state = floor.floor.hand_part_from_receiving(slip, colour, to)
    assert state == "distributed" and findings_of(floor) == []


def test_the_handover_is_the_sale_and_the_courier_is_owed_its_price(floor: Lab) -> None:
    played(floor, 4, 8)
    shop = own_shop(floor.player())
    revenue, owed = (ledger.balance(floor.look, shop.member, a) for a in ("6001", "6601"))
    assert floor.look.value("select count(*) from document where kind = 'b2c_sales_order' and state = 'picking'") == 3
    prices = floor.look.value("select sum(price) from waybill")
    played(floor, 9)
    assert ledger.balance(floor.look, shop.member, "6001") < revenue, "revenue is on the credit side"
    spent = ledger.balance(floor.look, shop.member, "6601") - owed
    assert D("0.94") * prices - 1 < spent < prices, "the price without its tax of 6 %"
    assert floor.look.value("select count(*) from document where kind = 'b2c_sales_order' and state = 'shipped'") == 5


def test_days_to_return_count_from_the_signature(floor: Lab) -> None:
    played(floor, 4, 9)
    parcel = floor.look.one("select p.waybill, o.number, o.shipped_day from floor_parcel p join b2c_order o using (sales_order) order by p.number limit 1")
    due = floor.look.value("select due_day from waybill where number = $w", w=parcel.waybill)
    assert due > parcel.shipped_day
    received = "select received_day from b2c_order where number = $n"
    assert floor.look.value(received, n=parcel.number) == due, "while it is on its way, the day that the courier says"
    floor.advance((due - floor.look.day).days)
    signed = floor.look.value("select signed_day from waybill where number = $w", w=parcel.waybill)
    assert signed == floor.look.value(received, n=parcel.number) == due


def test_a_parcel_that_the_courier_loses_is_lost_for_the_floor_too(floor: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waybills, "ALL_ARRIVE", 0)
    monkeypatch.setattr(waybills, "ONE_LOST_IN", 1)
    played(floor, 4, 9)
    floor.advance(days=10)
    parcel = floor.look.value("select number from document where kind = 'parcel' and state = 'lost' order by number limit 1")
    assert parcel and not floor.floor.ask_customer(parcel)[0].arrived
    assert findings_of(floor) == []


def test_the_cheapest_courier_is_not_always_the_same(floor: Lab) -> None:
    site = bins.site_of(floor.look, own_shop(floor.player()).merchant)
    cheapest = {tariff.quotes(floor.look, site.city, a, w)[0][0].courier for a in ("苏州", "成都", "沈阳", "拉萨") for w in (500, 3000, 9000)}
    assert len(cheapest) > 1


def test_a_customer_says_what_is_so_when_asked(floor: Lab) -> None:
    played(floor, 4, 9)
    parcel = floor.look.value("select min(number) from floor_parcel")
    (said,) = floor.floor.ask_customer(parcel)
    assert (said.arrived, said.complaint) == (False, "nothing"), "it was handed over today"
    floor.floor.confirm_delivery(parcel, True, "nothing")
    assert floor.check("FLOOR010").points == 0, "what was recorded is not what was answered"
    played(floor, 10)
    assert floor.check("FLOOR010").points == 2


# --- what comes back, and counts ---------------------------------------------------------------------------------------------


def test_faulty_goods_are_reported_and_never_on_the_shelf(floor: Lab) -> None:
    played(floor, 11)
    request = floor.look.value("select max(number) from b2c_return")
    check = floor.floor.receive_return(request)
    assert no(floor, "receive_return", request) == ("return_taken", "request")
    assert no(floor, "restock", check, "C-05") == ("wrong_state", "check"), "nothing goes on the shelf unscanned"
    assert floor.floor.scan_return(check)["faulty"] == 1
    assert no(floor, "restock", check, "C-05") == ("faulty_inside", "check")
    before = pieces(floor)
    asked = floor.floor.report_faulty(check, "x")
    floor.floor.decide_faulty(asked, True)
    assert no(floor, "decide_faulty", asked, True) == ("wrong_state", "approval_number")
    assert pieces(floor) == before, "what is written off never came into a bin"
    assert findings_of(floor) == []


def test_a_difference_waits_on_its_own_account_until_another_than_the_counter_decides(floor: Lab) -> None:
    shop, zone = own_shop(floor.player()), floor.brief("FLOOR015")["zone"]
    count = floor.floor.count_zone(zone)
    assert no(floor, "count_zone", zone) == ("count_open", "zone")
    found = floor.floor.look_into_bins(count)
    rows = [{"bin": r.bin, "product": r.product, "counted_quantity": r.there} for r in found]
    floor.floor.tally_zone(count, rows[:1])
    if len(rows) > 1:
        assert no(floor, "report_differences", count) == ("not_all_counted", "count")
    assert no(floor, "tally_zone", count, [{**rows[0], "bin": "C-01"}]) == ("not_on_zone_sheet", "counted")
    assert no(floor, "tally_zone", count, [rows[0], rows[0]]) == ("line_twice", "counted")
    assert floor.floor.tally_zone(count, rows) < 0
    asked = floor.floor.report_differences(count)
    assert ledger.balance(floor.look, shop.member, "1901") == -asked["value"] > 0
    floor.floor.decide_differences(asked["approval"], False, "再数一遍 Count again")
    assert ledger.balance(floor.look, shop.member, "1901") == 0, "rejected, the goods are back in the books"
    asked = floor.floor.report_differences(count)
    floor.floor.decide_differences(asked["approval"], True)
    assert ledger.balance(floor.look, shop.member, "1901") == 0 and findings_of(floor) == []
    again = floor.floor.count_zone(zone)
    assert all(r.there == r.book_quantity for r in _joined(floor, again)), "what was decided is not missing a second time"
    floor.floor.tally_zone(again, [{"bin": r.bin, "product": r.product, "counted_quantity": r.there} for r in floor.floor.look_into_bins(again)])
    assert no(floor, "report_differences", again) == ("no_difference", "count")


def _joined(lab: Lab, count: str) -> list[Any]:
    books = {(r.bin, r.product): r.book_quantity for r in lab.floor.zone_sheet(count)}
    return [type("R", (), {"there": r.there, "book_quantity": books[r.bin, r.product]}) for r in lab.floor.look_into_bins(count)]


# --- a day of orders ---------------------------------------------------------------------------------------------------------


def left(lab: Lab, orders: int, people: dict[str, int]) -> int:
    return sum(r.backlog for r in day.day_of(lab.look, orders, people) if r.hour == day.HOURS)


def test_orders_are_neither_lost_nor_made_on_the_way_through_the_posts(floor: Lab) -> None:
    for people in (briefs.staff_for(floor.look, 1500), {"information": 3, "picking": 2, "scanning": 4, "packing": 2}):
        rows = day.day_of(floor.look, 1500, people)
        by_post = {post: [r for r in rows if r.post == post] for post in day.POSTS}
        assert all(len(hours) == day.HOURS for hours in by_post.values())
        assert sum(r.came for r in by_post["information"]) == 1500
        for before, after in zip(day.POSTS, day.POSTS[1:], strict=False):
            assert sum(r.done for r in by_post[before]) == sum(r.came for r in by_post[after]), "what leaves a post comes to the next"
        for hours in by_post.values():
            stood = 0
            for r in hours:
                assert r.backlog == stood + r.came - r.done >= 0
                stood = r.backlog
        assert sum(r.done for r in by_post["packing"]) + left(floor, 1500, people) == 1500


def test_a_line_is_as_fast_as_its_slowest_post(floor: Lab) -> None:
    people = briefs.staff_for(floor.look, 1000)
    assert left(floor, 1000, people) * 100 < briefs.MAY_BE_LEFT * 1000
    slow = {**people, "packing": 1}
    behind = left(floor, 1000, slow)
    assert behind > 500
    assert abs(left(floor, 1000, {**slow, "picking": slow["picking"] + 5}) - behind) <= 1, "more people elsewhere change nothing"
    assert left(floor, 1000, {**slow, "packing": 2}) < behind


def test_1500_orders_for_two_packers_are_counted_and_the_bottleneck_is_theirs(floor: Lab) -> None:
    plan = floor.floor.plan_staff(1500, 4, 8, 6, 2)
    assert no(floor, "name_bottleneck", plan, "packing") == ("not_run", "plan")
    result = floor.floor.run_day(plan)
    assert result["orders"] == 1500 == result["sent"] + result["left_behind"] and result["left_behind"] > 300
    assert no(floor, "run_day", plan) == ("wrong_state", "plan")
    assert floor.look.value("select bottleneck from floor_plan where number = $n", n=plan) == "packing"
    assert floor.look.value("select count(*) from floor_hour where plan = $n", n=plan) == len(day.POSTS) * day.HOURS, "no row for an order"
    calm = floor.floor.plan_staff(100, 4, 8, 6, 6)
    floor.floor.run_day(calm)
    assert no(floor, "name_bottleneck", calm, "packing") == ("nothing_left_behind", "plan")


def test_every_world_can_be_staffed_within_what_is_asked(floor: Lab) -> None:
    look = floor.look
    for i in range(12):
        look.seed = f"{i:064x}"
        for orders in (1000, 1500):
            people = briefs.staff_for(look, orders)
            assert sum(r.backlog for r in day.day_of(look, orders, people) if r.hour == day.HOURS) * 100 < briefs.MAY_BE_LEFT * orders
        few = briefs.staff_for(look, 1000)
        assert sum(r.backlog for r in day.day_of(look, 1500, few) if r.hour == day.HOURS) > 30, "with the staff for 1,000 there is a bottleneck to find"


def test_a_day_changes_no_goods_and_no_money(floor: Lab) -> None:
    before = pieces(floor), floor.look.value("select count(*) from ledger_entry")
    played(floor, 13, 14)
    assert (pieces(floor), floor.look.value("select count(*) from ledger_entry")) == before


def test_the_stock_books_never_have_fewer_pieces_than_the_bins(floor: Lab) -> None:
    """A count of the whole shop that finds goods missing takes them out of the bins as well."""
    shop = own_shop(floor.player())
    product = next(p for p, (in_bins, _, unplaced, _) in pieces(floor).items() if in_bins and not unplaced)
    sheet = floor.b2c.freeze()
    there = stock.on_hand(floor.look, shop.member, shop.place, product)
    floor.b2c.tally(sheet, [{"product": product, "counted_quantity": there - 3}])
    floor.b2c.adjust(sheet)
    assert pieces(floor)[product][0] == there - 3 and findings_of(floor) == []


def test_posts_that_a_student_does_not_play_are_played_by_stated_policies_for_no_points(floor: Lab) -> None:
    """One delivery, five orders and two returns go their whole way; what is odd is treated as it should be."""
    for post in POSTS:
        floor.autoplay(post, on=True)
    floor.advance(5)
    there = {(r.kind, r.state): r.n for r in floor.look.all("select kind, state, count(*) as n from document group by all order by all")}
    assert there["receipt_check", "shelved"] == 1 and there["wave", "checked"] == 2 and there["parcel", "delivered"] == 5
    assert there["return_check", "restocked"] == there["return_check", "written_off"] == 1 and there["handover_list", "filed"] == 2
    assert there["floor_receiving_slip", "filed"] == 1 and there["floor_dispatch_slip", "filed"] == 5, "every part is where it belongs"
    assert floor.look.value("select count(*) from floor_box where refused and packing = 'damaged'") == 1
    assert floor.look.value("select count(*) from floor_call") == 5 and min(min(p) for p in pieces(floor).values()) >= 0
    assert sum(floor.check(code).points for code in floor.codes) == 0 and findings_of(floor) == []
    again = type(floor.world).open(floor.world.folder, None, "floor", "")
    assert again.state.digest() == floor.world.state.digest(), "a replay needs no switch"


def test_what_was_switched_off_is_the_students_again_and_what_stops_the_library_does_not_stop_the_student(floor: Lab) -> None:
    played(floor, 4, 5)
    floor.autoplay("packer", on=True)
    floor.autoplay("packer", on=False)
    n = len(floor.world.entries)
    floor.floor.plan_wave([{"sales_order": floor.floor.orders()[0].sales_order}])
    assert len(floor.world.entries) == n + 2, "a look and a wave, and nobody picks it"
    assert len(floor.autoplay("picker")) and floor.autoplays()[0].name == "carrier"
    assert {r.name for r in floor.autoplays() if r.played} == set()
    assert refused(floor.autoplay, "pre_sale").code == "not_played", "there is no desk in this world"


def test_the_dashboard_says_what_the_tables_say() -> None:
    lab = worlds.looked_at("floor")
    bad = lab.look.one("select * from floor_plan where left_behind > 0 order by number limit 1")
    page = DASHBOARDS["floor"].of(lab.look, plan=bad.number)
    backlog, pace, errors, costs = page.panels
    assert sum(v or 0 for v in backlog.plot.bars[-1].values) == bad.left_behind
    assert len(pace.plot.bars) == len(day.POSTS) and errors.behind is not None and costs.behind is not None
    for r in page.table or ():
        assert r.cost == r.courier_cost + r.packing_cost + r.work_cost
        assert r.courier_cost == lab.look.value("select price from waybill where parcel = $p", p=r.document)


def test_reports_say_what_first_scans_found_and_how_full_the_bins_are(floor: Lab) -> None:
    played(floor, 1, 6)
    at_post(floor.player(), "floor_manager")
    found = floor.floor.picking_errors()
    assert sum(r.wrong for r in found) == sum(r.missing for r in found) > 0, "a wrong size is one too many of the one and one missing of the other"
    space = floor.floor.space_use()
    assert sum(r.there for r in space) == floor.look.value("select sum(quantity) from floor_lot")
    assert all(r.free == r.capacity - r.there >= 0 for r in space)


def test_reports_say_why_goods_came_back_and_what_parcels_cost(floor: Lab) -> None:
    played(floor, 1, 16)
    at_post(floor.player(), "floor_manager")
    found = floor.floor.returns_by_cause()
    assert sum(r.returns for r in found) == floor.look.value("select count(*) from floor_return")
    assert sum(r.faulty for r in found) == floor.look.value("select sum(faulty) from floor_return_line") > 0
    assert floor.look.value("select min(cause) from floor_return") in {r.cause for r in found}, "what the floor has found says more than the customer"
    (row,) = floor.floor.parcel_costs()
    spent = floor.look.value("select sum(courier_cost + packing_cost + work_cost) from floor_cost")
    assert row.courier_cost + row.packing_cost + row.work_cost == spent and row.cost_per_parcel == round(spent / row.parcels, 2)
