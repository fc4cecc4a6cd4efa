"""What goes out begins with a wave: orders of one region are picked together, from the oldest lots.

A picker is human: by the world's seed one piece of a wave is taken from the neighbouring bin. Scanning out finds it.
"""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Annotated, Any, TypedDict

from ...books import documents, variants
from ...books.courier import tariff
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Ref
from ..b2c.kinds import SALES_ORDER
from . import bins
from .kinds import WAVE
from .staff import PICKER, site

#: In how many per cent of the waves a picker takes a wrong piece.
SLIPS = 50

NOT_THE_WAVE = refusal(
    "not_the_wave",
    "波次 {wave} 要“{name}” {wanted} 件，填写了 {taken} 件。请按拣货单填写。",
    "The wave {wave} needs {wanted} of {name}; you entered {taken}. Take what the picking list says.",
)
OLDER_FIRST = refusal(
    "older_first",
    "“{name}”在货位 {bin} 有 {day} 入库的旧货，应先取。请按拣货单取货。",
    "The bin {bin} has older goods of {name}, of {day}; they go first. Take what the picking list says.",
)
ORDER_TWICE = refusal("order_twice", "订单 {number} 填写了两次。请去掉一行。", "The order {number} stands there twice. Remove one row.")

Wave = Annotated[Ref, Ask("波次", "Wave", choose="floor.waves")]


class OrderRow(TypedDict):
    """An order of a wave."""

    sales_order: Annotated[Ref, Ask("销售订单", "Sales order", choose="floor.orders_to_plan")]


class PickRow(TypedDict):
    """So many pieces of a product, taken from a bin."""

    bin: Annotated[Ref, Ask(choose="floor.bins")]
    product: Annotated[Ref, Ask(choose="floor.goods")]
    quantity: Annotated[Count, Ask(ge="1", le="10000", unit=Text("件", "pieces"))]


documents.offer("floor.waves", WAVE, of="floor_wave", where="starts_with($actor, t.merchant || '.')", stated=True)
documents.offer("floor.waves_picked", WAVE, "picked", of="floor_wave", where="starts_with($actor, t.merchant || '.')", shows="t.picked_by")
documents.offer("floor.waves_planned", WAVE, "planned", of="floor_wave", where="starts_with($actor, t.merchant || '.')")


@choices("floor.orders_to_plan", made_by="B2C010")
def _to_plan(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select o.sales_order, o.deliver_to from b2c_order o join document d on d.number = o.sales_order
           where starts_with($actor, o.merchant || '.') and d.state = 'confirmed' order by o.sales_order""",
        actor=actor,
    )
    return [(r.sales_order, f"{r.sales_order} · {r.deliver_to}") for r in rows]


@query("FLOOR004", role=PICKER, title=("查看待发订单", "View the orders to send"))
def orders(do: Doing) -> Table:
    """The confirmed orders that wait for the floor: sales_order, recipient, deliver_to, region, pieces."""
    rows = do.all(
        """select o.sales_order, o.recipient, o.deliver_to, sum(l.quantity)::integer as pieces
           from b2c_order o join document d on d.number = o.sales_order join b2c_order_line l on l.number = o.number
           where o.merchant = $m and d.state = 'confirmed' group by o.sales_order, o.recipient, o.deliver_to order by o.sales_order""",
        m=site(do).merchant,
    )
    made = [(r.sales_order, r.recipient, r.deliver_to, tariff.region_of(do, r.deliver_to), r.pieces) for r in rows]
    return Table(("sales_order", "recipient", "deliver_to", "region", "pieces"), made)


@command("FLOOR004", role=PICKER, title=("编排波次", "Plan a wave"))
def plan_wave(do: Doing, orders: Annotated[list[OrderRow], Ask("销售订单", "Sales orders")]) -> str:
    """Puts confirmed orders into a wave that is picked at one go; gives its number. From then on their goods are being picked."""
    here = site(do)
    numbers = [r["sales_order"] for r in orders]
    if twice := next((n for n, times in Counter(numbers).items() if times > 1), None):
        raise ORDER_TWICE("orders", number=twice)
    made = documents.create(do, WAVE, owner=here.merchant)
    do.execute("insert into floor_wave values ($n, $m, null, null)", n=made.number, m=here.merchant)
    for number in numbers:
        documents.find(do, SALES_ORDER, number, "orders", owner=here.merchant).move_to("picking", "orders")
        address = do.value("select deliver_to from b2c_order where sales_order = $n", n=number)
        do.execute(
            "insert into floor_order values ($n, $m, $wave, $region, 0)", n=number, m=here.merchant, wave=made.number, region=tariff.region_of(do, address)
        )
    return made.number


def _wave(do: Doing, number: str) -> documents.Document:
    return documents.find(do, WAVE, number, "wave", owner=site(do).merchant)


def wanted_of(look: Looking, wave: str) -> list[Any]:
    """What the orders of a wave have: sales_order, product, name, quantity; orders that were cancelled since are left out."""
    return look.all(
        """select f.sales_order, l.product, p.name, l.quantity from floor_order f join document d on d.number = f.sales_order
           join b2c_order o on o.sales_order = f.sales_order join b2c_order_line l on l.number = o.number join product p on p.gtin = l.product
           where f.wave = $w and d.state = 'picking' order by 1, 2""",
        w=wave,
    )


@query("FLOOR005", role=PICKER, title=("查看拣货单", "View the picking list"))
def picking_list(do: Doing, wave: Annotated[Ref, Ask("波次", "Wave", choose="floor.waves_planned")]) -> Table:
    """From which bin to take what for a wave, the oldest lots first: bin, product, product_name, colour, size, quantity.

    Colour and size are empty for goods that come in one shape. What no bin has is listed without a bin.
    """
    document = _wave(do, wave)
    rows: list[tuple[Any, ...]] = []
    needed: Counter[str] = Counter()
    shown = {}
    for r in wanted_of(do, wave):
        needed[r.product] += r.quantity
        kind = variants.of(do, r.product)
        shown[r.product] = (r.product, r.name, kind.colour if kind else "", kind.size if kind else "")
    for product, left in sorted(needed.items()):
        by_bin: dict[str | None, int] = {}
        for lot in bins.lots_of(do, document.owner, product):
            used = min(left, lot.quantity)
            left -= used
            if used:
                by_bin[lot.bin] = by_bin.get(lot.bin, 0) + used
        if left:
            by_bin[None] = left
        rows += [(bin, *shown[product], quantity) for bin, quantity in by_bin.items()]
    return Table(("bin", "product", "product_name", "colour", "size", "quantity"), rows)


@command("FLOOR005", role=PICKER, title=("拣货并签字", "Pick a wave and sign"))
def pick(
    do: Doing,
    wave: Annotated[Ref, Ask("波次", "Wave", choose="floor.waves_planned")],
    taken: Annotated[list[PickRow], Ask("取出的商品", "What was taken")],
    signed_by: Annotated[Line, Ask(max=60)],
) -> int:
    """Takes the goods of a wave from the bins and puts them into a tote for each order; gives how many pieces.

    Refuses another quantity than the orders have, more than a bin has, and newer goods while there are older ones.
    """
    document = _wave(do, wave)
    document.must_allow("picked", "wave")
    merchant = document.owner
    wanted = wanted_of(do, wave)
    needed: Counter[str] = Counter()
    for r in wanted:
        needed[r.product] += r.quantity
    rows: Counter[tuple[str, str]] = Counter()
    for row in taken:
        rows[row["product"], bins.bin_of(do, merchant, row["bin"], "taken").bin] += row["quantity"]
    _check_quantities(do, wave, needed, rows)
    for product in needed:
        _check_oldest(do, merchant, product, {b: q for (p, b), q in rows.items() if p == product})
    came: dict[str, datetime.date] = {}
    for (product, bin), quantity in sorted(rows.items()):
        _, day = bins.take(do, merchant, product, quantity, bin)
        came[product] = min(day, came.get(product, day))
    for r in wanted:
        do.execute("insert into floor_tote values ($o, $p, $q, $day)", o=r.sales_order, p=r.product, q=r.quantity, day=came[r.product])
    do.execute("update floor_wave set picked_by = $who where number = $w", who=signed_by, w=wave)
    document.move_to("picked", "wave")
    _err(do, document, wanted)
    return sum(needed.values())


@command(role=PICKER, title=("重新签拣货单", "Sign a wave again"))
def sign_wave_again(do: Doing, wave: Annotated[Ref, Ask("波次", "Wave", choose="floor.waves_picked")], signed_by: Annotated[Line, Ask(max=60)]) -> str:
    """Strikes out a wrong signature on the list of a wave that is not checked yet, and signs it again; gives its number."""
    _wave(do, wave).must_allow("checked", "wave")
    do.execute("update floor_wave set picked_by = $who where number = $w", who=signed_by, w=wave)
    return wave


def _check_quantities(do: Doing, wave: str, needed: Counter[str], rows: Counter[tuple[str, str]]) -> None:
    entered: Counter[str] = Counter()
    for (product, _), quantity in rows.items():
        entered[product] += quantity
    for product in sorted(needed.keys() | entered.keys()):
        if needed[product] != entered[product]:
            name = do.value("select name from product where gtin = $p", p=product) or product[:40]
            raise NOT_THE_WAVE("taken", wave=wave, name=name, wanted=needed[product], taken=entered[product])


def _check_oldest(do: Doing, merchant: str, product: str, rows: dict[str, int]) -> None:
    """Refuses 'bin_short' and 'older_first'. Lots of one day are equally old."""
    lots = bins.lots_of(do, merchant, product)
    name = do.value("select name from product where gtin = $p", p=product)
    left_over, newest = [], None
    for bin, quantity in rows.items():
        here = [lot for lot in lots if lot.bin == bin]
        if (there := sum(lot.quantity for lot in here)) < quantity:
            raise bins.BIN_SHORT("taken", bin=bin, name=name, there=there, wanted=quantity)
    for lot in lots:
        used = min(rows.get(lot.bin, 0), lot.quantity)
        if used:
            rows[lot.bin] -= used
            newest = max(lot.came_day, newest or lot.came_day)
        if used < lot.quantity:
            left_over.append(lot)
    for lot in left_over:
        if newest and lot.came_day < newest:
            raise OLDER_FIRST("taken", name=name, bin=lot.bin, day=lot.came_day)


def _err(do: Doing, wave: documents.Document, wanted: list[Any]) -> None:
    """The picker's slip: in one tote of a wave lies a piece of other goods than the one that is missing there. Once for sure, in later waves at times."""
    chance = do.stream(f"floor.slip/{wave.number}")
    before = do.value("select count(*) from floor_wave where merchant = $m and slip is not null", m=wave.owner)
    if before and chance.randrange(100) >= SLIPS:
        return
    there = [r.product for r in do.all("select distinct product from floor_lot where merchant = $m order by product", m=wave.owner)]
    in_tote = {(r.sales_order, r.product) for r in wanted}
    could = [(r, other) for r in wanted for other in there if (r.sales_order, other) not in in_tote]
    if not could:
        return
    siblings = {product: variants.siblings(do, product) for product in {r.product for r in wanted}}
    alike = [(r, other) for r, other in could if other in siblings[r.product]]  # another colour or size is taken most easily
    line, other = chance.choice(alike or could)
    _, came = bins.take(do, wave.owner, other, 1)
    do.execute("insert into floor_tote values ($o, $p, 1, $came)", o=line.sales_order, p=other, came=came)
    do.execute("update floor_wave set slip = $p where number = $w", p=other, w=wave.number)
    give_back(do, line.sales_order, line.product)


def give_back(do: Doing, sales_order: str, product: str) -> None:
    """A piece of a tote is put back: to the receiving area, from where it is shelved again."""
    row = do.one("select quantity from floor_tote where sales_order = $o and product = $p", o=sales_order, p=product)
    if row.quantity == 1:
        do.execute("delete from floor_tote where sales_order = $o and product = $p", o=sales_order, p=product)
    else:
        do.execute("update floor_tote set quantity = quantity - 1 where sales_order = $o and product = $p", o=sales_order, p=product)
