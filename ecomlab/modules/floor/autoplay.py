"""How the library plays the six posts of a floor: `lab.autoplay("picker")`. Fixed policies, public commands only.

Where one order, box or return is refused, it is left to the student, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from ...books.courier import waybills
from ...books.paper import copies
from ...kernel.plays import Player, autoplays
from ...kernel.refusals import Refusal
from . import bins
from .packing import BOXES
from .slips import PLACES
from .staff import merchant_of

#: How the library signs.
SIGNED = "实验室代岗 The laboratory"
#: A difference of a count up to this value is approved, CNY.
SMALL = Decimal(500)


def _merchant(play: Player, post: str) -> str:
    return merchant_of(play.look.sessions(post)[0])


def _numbers(play: Player, sql: str, **given: Any) -> list[str]:
    return [r.number for r in play.look.all(sql, **given)]


def _each(things: Iterable[Any], do: Callable[[Any], object]) -> None:
    """Does a thing after the other; one that is refused waits for the student."""
    for thing in things:
        try:
            do(thing)
        except Refusal:
            continue


def _room(play: Player, merchant: str, pieces: int) -> str | None:
    """The emptiest bin that so many pieces go into, by number among equals."""
    found: str | None = play.look.value(
        """select b.bin from floor_bin b left join floor_lot l using (merchant, bin) where b.merchant = $m
           group by b.bin, b.capacity having b.capacity - coalesce(sum(l.quantity), 0) >= $q order by coalesce(sum(l.quantity), 0), b.bin limit 1""",
        m=merchant, q=pieces,
    )  # fmt: skip
    return found


#: Where the parts of a post's slips lie.
_PLACE = {role.name: place for role, (place, _) in PLACES.items()}


def _parts(play: Player, post: str) -> None:
    """Files the parts of slips that a post holds and that belong there, and hands the others on; what goes with the parcel waits for it."""
    place = _PLACE[post]
    rows = play.look.all(
        """select s.number, d.kind, c.colour from floor_slip s join document d using (number) join slip_copy c on c.document = s.number
           where s.merchant = $m and d.state in ('issued', 'distributed') and c.holder = $place and c.filed_day is null order by s.number, c.colour""",
        m=_merchant(play, post), place=place,
    )  # fmt: skip
    for r in rows:
        belongs = copies.PLACES[r.kind][r.colour]
        if belongs == place:
            getattr(play.floor, f"file_part_in_{place}")(r.number, r.colour)
        elif belongs not in ("customer", "courier"):
            getattr(play.floor, f"hand_part_from_{place}")(r.number, r.colour, belongs)


def _no_slip(play: Player, about: str) -> bool:
    return not play.look.value("select 1 from floor_slip s join document d using (number) where s.about = $about and d.state <> 'void'", about=about)


# --- receiving ---------------------------------------------------------------------------------------------------------------


@autoplays(
    "receiver",
    "逐单验收到货，拒收破损的箱，其余逐箱扫描、贴标（批号为当日日期），每箱放进最空的货位。收货区的散件照样上架。"
    "扫描完打印验收五联单，归档自己的一联，转交其余各联。",
    "Checks every delivery, refuses damaged boxes, scans and labels the others (the batch is the day), and puts each carton into the emptiest bin. "
    "Does the same with loose goods of the receiving area. Prints the slip in five parts of what was scanned, files its own and hands on the others.",
)
def _receiver(play: Player) -> None:
    merchant = _merchant(play, "receiver")
    here = bins.site_of(play.look, merchant)
    waiting = "select p.number from b2c_purchase p join document d using (number) where p.merchant = $m and d.state = 'confirmed' order by 1"
    _each(_numbers(play, waiting, m=merchant), lambda purchase: _check_in(play, purchase))
    open_ones = """select a.number from floor_arrival a join document d using (number)
                   where a.merchant = $m and d.state in ('counted', 'disputed', 'scanned', 'labelled') order by 1"""
    for arrival in _numbers(play, open_ones, m=merchant):
        _box_in(play, merchant, arrival)
    for r in play.look.all("select product from stock_level where owner = $o and place = $p and on_hand > 0 order by 1", o=here.member, p=here.place):
        loose = bins.in_receiving(play.look, here, r.product)
        if loose > 0 and (bin := _room(play, merchant, loose)):
            play.floor.put_away(r.product, loose, bin)
    _parts(play, "receiver")


def _check_in(play: Player, purchase: str) -> None:
    boxes = play.floor.boxes(purchase)
    damaged = [b.box_no for b in boxes if b.packing == "damaged"]
    arrival = play.floor.check_arrival(purchase, len(boxes), len(damaged), SIGNED)
    if 0 < len(damaged) < len(boxes):
        play.floor.dispute(arrival, [{"box_no": n} for n in damaged], "箱体破损 Boxes damaged")


def _box_in(play: Player, merchant: str, arrival: str) -> None:
    boxes = "select * from floor_box where arrival = $n and not refused order by box_no"
    for b in play.look.all(boxes, n=arrival):
        if b.scanned is None:
            play.floor.scan_box(arrival, b.box_no)
    if _no_slip(play, arrival):
        play.floor.print_receiving_slip(arrival, SIGNED)
    for b in play.look.all(boxes, n=arrival):
        if b.carton is None:
            play.floor.label_carton(arrival, b.box_no, b.product, b.scanned, f"{play.look.day:%Y%m%d}")
    for b in play.look.all(boxes, n=arrival):
        if b.bin is None and (bin := _room(play, merchant, b.scanned)):
            play.floor.shelve(b.carton, bin)


# --- picking and packing -----------------------------------------------------------------------------------------------------


@autoplays(
    "picker",
    "把待发订单按收货地区各编一个波次，按拣货单取货。货位里不够的波次先不拣。库存联归档。",
    "Puts the orders that wait into a wave for each region, and picks each wave by its picking list. Leaves a wave whose goods are not all in bins. "
    "Files the parts of slips that stock keeps.",
)
def _picker(play: Player) -> None:
    merchant = _merchant(play, "picker")
    by_region: dict[str, list[dict[str, str]]] = {}
    confirmed = "select 1 from b2c_order o join document d on d.number = o.sales_order where o.merchant = $m and d.state = 'confirmed' limit 1"
    for r in play.floor.orders() if play.look.value(confirmed, m=merchant) else ():
        by_region.setdefault(r.region, []).append({"sales_order": r.sales_order})
    _each(by_region.values(), play.floor.plan_wave)
    planned = "select w.number from floor_wave w join document d using (number) where w.merchant = $m and d.state = 'planned' order by 1"
    for wave in _numbers(play, planned, m=merchant):
        rows = [{"bin": r.bin, "product": r.product, "quantity": r.quantity} for r in play.floor.picking_list(wave)]
        if all(r["bin"] for r in rows):
            play.floor.pick(wave, rows, SIGNED)
    _parts(play, "picker")


@autoplays(
    "packer",
    "逐单扫描出库，更换拣错的商品，打印发货五联单，附上顾客要的发票，用装得下的最小的箱打包，王字封箱。五联单归档自己的一联，转交账务联和库存联。",
    "Scans out every picked order, changes what is wrong, prints its slip in five parts, and packs it with the invoice that the customer asked for in the "
    "smallest box that holds it, sealed in the form of 王. Files its own part of the slip, and hands on those of accounts and stock.",
)
def _packer(play: Player) -> None:
    orders = """select f.sales_order as number from floor_order f join document w on w.number = f.wave join document d on d.number = f.sales_order
                where f.merchant = $m and w.state <> 'planned' and d.state = 'picking'
                  and not exists (select 1 from floor_parcel p join document x using (number) where p.sales_order = f.sales_order and x.state <> 'unpacked')
                order by 1"""
    _each(_numbers(play, orders, m=_merchant(play, "packer")), lambda order: _send_out(play, order))
    _parts(play, "packer")


def _send_out(play: Player, order: str) -> None:
    while sum(play.floor.scan_out(order)[k] for k in ("wrong", "missing")):
        read = play.floor.scan_result(order)
        wrong, right = (next(r.product for r in read if r.difference * sign > 0) for sign in (1, -1))
        play.floor.exchange_piece(order, wrong, right)
    if _no_slip(play, order):
        play.floor.print_dispatch_slip(order, SIGNED)
    slip = play.floor.packing_slip(order)
    weight = sum(r.quantity * r.weight_g for r in slip)
    box = next((name for name, b in BOXES.items() if weight + b.tare <= b.most), "crate")
    play.floor.pack(order, box, "wang", slip[0].invoice_title or "")


# --- sending and taking back -------------------------------------------------------------------------------------------------


@autoplays(
    "floor_clerk",
    "每个包裹用最便宜的快递打印面单，按快递填写清单，交给快递签收并归档。已签收的包裹各回访一次。"
    "收到的退货逐单扫描：完好的放进最空的货位，有次品的上报。账务联归档。不盘点。",
    "Prints a waybill of the cheapest courier for every parcel, draws up a list for each courier, has it signed and files it. "
    "Calls each customer whose parcel was signed for, once. "
    "Scans every return: sound goods go into the emptiest bin, faulty ones are reported. "
    "Files the parts of slips that accounts keep. Counts nothing.",
)
def _clerk(play: Player) -> None:
    merchant = _merchant(play, "floor_clerk")
    _send_parcels(play, merchant)
    called = """select p.number from floor_parcel p join document d using (number) where p.merchant = $m and d.state = 'delivered'
                and not exists (select 1 from floor_call c where c.parcel = p.number) order by 1"""
    for parcel in _numbers(play, called, m=merchant):
        (said,) = play.floor.ask_customer(parcel)
        play.floor.confirm_delivery(parcel, said.arrived, said.complaint)
    back = """select r.number from b2c_return r join document d using (number) join b2c_order o on o.number = r.web_order
              where o.merchant = $m and d.state = 'requested' and r.stage = 'after_shipping'
                and not exists (select 1 from floor_return f where f.request = r.number) order by 1"""
    _each(_numbers(play, back, m=merchant), play.floor.receive_return)
    checks = "select f.number from floor_return f join document d using (number) where f.merchant = $m and d.state in ('arrived', 'scanned') order by 1"
    _each(_numbers(play, checks, m=merchant), lambda check: _take_back(play, merchant, check))
    _parts(play, "floor_clerk")


def _send_parcels(play: Player, merchant: str) -> None:
    packed = "select p.number from floor_parcel p join document d using (number) where p.merchant = $m and d.state = 'packed' order by 1"
    _each(_numbers(play, packed, m=merchant), lambda parcel: play.floor.print_waybill(parcel, play.floor.courier_prices(parcel)[0].courier))
    by_courier: dict[str, list[dict[str, str]]] = {}
    ready = "select p.* from floor_parcel p join document d using (number) where p.merchant = $m and d.state = 'with_waybill' and p.list is null order by 1"
    for r in play.look.all(ready, m=merchant):
        by_courier.setdefault(waybills.row_of(play.look, r.waybill).courier, []).append({"parcel": r.number})
    for courier, parcels in sorted(by_courier.items()):
        play.floor.draw_up_list(courier, parcels)
    lists = "select h.number, d.state from floor_handover h join document d using (number) where h.merchant = $m and d.state = $s order by 1"
    _each(_numbers(play, lists, m=merchant, s="drawn_up"), lambda number: play.floor.hand_over(number, "快递员 The courier"))
    _each(_numbers(play, lists, m=merchant, s="signed"), play.floor.file_list)


def _take_back(play: Player, merchant: str, check: str) -> None:
    if play.look.value("select state from document where number = $n", n=check) == "arrived":
        play.floor.scan_return(check)
    lines = play.floor.return_detail(check)
    if any(r.faulty for r in lines):
        play.floor.report_faulty(check, "验收发现次品 Found faulty when checked")
    elif bin := _room(play, merchant, sum(r.scanned for r in lines)):
        play.floor.restock(check, bin)


# --- deciding ----------------------------------------------------------------------------------------------------------------


def _asked(play: Player, post: str, table: str) -> list[Any]:
    """The approvals about documents of a table that wait for a post of the floor: number, amount."""
    return play.look.all(
        f"""select a.number, a.amount from approval a join document d using (number) join {table} t on t.number = a.about
            where t.merchant = $m and a.role = $post and d.state = 'requested' order by a.number""",
        m=_merchant(play, post), post=post,
    )  # fmt: skip


@autoplays(
    "floor_manager",
    "上报的次品一律核销。不编人员方案，不登记成本。",
    "Writes off whatever is reported as faulty. Plans no staff and records no costs.",
)
def _manager(play: Player) -> None:
    for row in _asked(play, "floor_manager", "floor_return"):
        play.floor.decide_faulty(row.number, True)


@autoplays(
    "stock_accountant",
    "盘点差异不超过 500 元的批准，超过的退回重盘。财务联归档。",
    "Approves differences of a count up to 500 CNY, and has larger ones counted again. Files the parts of slips that finance keeps.",
)
def _accountant(play: Player) -> None:
    for row in _asked(play, "stock_accountant", "floor_count"):
        small = row.amount <= SMALL
        play.floor.decide_differences(row.number, small, "" if small else "差异较大，请重盘 A large difference: count again")
    _parts(play, "stock_accountant")
