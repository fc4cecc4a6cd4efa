"""What comes in: boxes are counted at the dock, damaged ones disputed, every box scanned and labelled, and put into a bin.

What is scanned is what is booked: with the last box the shop receives the purchase, at the pieces that the scanner read (`b2c.receive_purchase`).
A delivery note is a promise; a box may hold a piece less.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from stdnum import gs1_128

from ...books import documents, variants
from ...books.members import acting
from ...kernel.command import choices, command, query, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Ref
from .. import lgs
from ..b2c import purchases
from ..b2c.kinds import PURCHASE
from ..b2c.members import SHOPKEEPER
from . import bins
from .kinds import ARRIVAL, CARTON
from .staff import RECEIVER, site

#: The pieces in a full box.
IN_A_BOX = 12

NOTHING_AT_DOCK = refusal(
    "nothing_at_dock",
    "采购订单 {number} 没有货到。请选择已确认、尚未收货的采购订单。",
    "Nothing has come for the purchase order {number}. Choose one that is confirmed and not yet received.",
)
COUNTED_ALREADY = refusal(
    "counted_already",
    "采购订单 {purchase} 的到货已有验收单 {number}。请在该单上继续。",
    "The delivery of {purchase} has the receiving check {number}. Go on with that one.",
)
NO_BOX = refusal("no_box", "验收单 {number} 没有第 {box} 箱。请从列表中选择。", "The receiving check {number} has no box {box}. Choose one of the list.")
BOX_REFUSED = refusal("box_refused", "第 {box} 箱已拒收，不能扫描。请扫描其他箱。", "The box {box} was refused, so it is not scanned. Scan another one.")
BOX_SCANNED = refusal(
    "box_scanned",
    "第 {box} 箱已扫描，不能再拒收或重扫。请选择其他箱。",
    "The box {box} has been scanned; it cannot be refused or scanned again. Choose another one.",
)
LABEL_DIFFERS = refusal(
    "label_differs",
    "第 {box} 箱扫描到 {scanned} 件 {product}，与标签内容不符。请按扫描结果填写。",
    "What the scanner read in the box {box} is {product}, {scanned:piece}; the label says something else. Enter what was scanned.",
)
ALL_REFUSED = refusal("all_refused", "至少要有一箱收下，才能继续。请只拒收损坏的箱。", "At least one box must be accepted to go on. Refuse only damaged boxes.")
BAD_BATCH = refusal("bad_batch", "批号只能用 1 到 20 个字母、数字和横线。请改写。", "A batch has 1 to 20 letters, digits and hyphens. Change it.")

Arrival = Annotated[Ref, Ask("验收单", "Receiving check", choose="floor.arrivals_open")]
BoxNo = Annotated[Count, Ask("箱号", "Box", ge="1", le="999")]

documents.offer("floor.arrivals_open", ARRIVAL, "counted", "disputed", "scanned", of="floor_arrival", where="starts_with($actor, t.merchant || '.')")
documents.offer("floor.cartons", CARTON, "labelled", of="floor_box", on="t.carton = d.number", where="starts_with($actor, d.owner || '.')",
                shows="(select name from product where gtin = t.product), t.scanned", order="d.number")  # fmt: skip


@choices("floor.purchases", made_by="B2C005")
def _purchases(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select p.number, m.name from b2c_purchase p join document d using (number) join member m on m.number = p.supplier
           where starts_with($actor, p.merchant || '.') and d.state = 'confirmed' order by p.number""",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.name}") for r in rows]


class RefusedRow(TypedDict):
    """A box that is refused."""

    box_no: BoxNo


def boxes_at_dock(look: Looking, purchase: str) -> list[dict[str, Any]]:
    """The boxes in which a supplier has sent a purchase, by its delivery note: full ones, and a last one of each product.

    By the world's seed one of them is damaged if there are two or more, and one of the sound ones holds a piece less than is written on it.
    """
    made: list[dict[str, Any]] = []
    for r in look.all("select product, delivered_quantity as q from b2c_purchase_line where number = $n and delivered_quantity > 0 order by 1", n=purchase):
        for first in range(0, r.q, IN_A_BOX):
            on_note = min(IN_A_BOX, r.q - first)
            made.append({"box_no": len(made) + 1, "product": r.product, "on_note": on_note, "inside": on_note, "packing": "sound"})
    chance = look.stream(f"floor.boxes/{purchase}")
    order = chance.sample(range(len(made)), len(made))
    if len(order) > 1:
        made[order[0]]["packing"] = "damaged"
    short = made[order[-1]]
    short["inside"] = max(1, short["on_note"] - 1)
    return made


def _expected(do: Doing, purchase: str) -> Any:
    """A purchase whose goods stand at the dock. Refuses 'not_found', 'not_yours' and 'nothing_at_dock'."""
    document = documents.find(do, PURCHASE, purchase, "purchase", owner=site(do).merchant)
    if document.state != "confirmed":
        raise NOTHING_AT_DOCK("purchase", number=purchase)
    return document


@query("FLOOR001", role=RECEIVER, title=("查看到货箱", "Look at the boxes"))
def boxes(do: Doing, purchase: Annotated[Ref, Ask("采购订单", "Purchase order", choose="floor.purchases")]) -> Table:
    """The boxes that stand at the dock for a purchase: box_no, product, product_name, on_note (pieces), packing."""
    _expected(do, purchase)
    names = {r.gtin: r.name for r in do.all("select gtin, name from product")}
    rows = [(b["box_no"], b["product"], names[b["product"]], b["on_note"], b["packing"]) for b in boxes_at_dock(do, purchase)]
    return Table(("box_no", "product", "product_name", "on_note", "packing"), rows)


@command("FLOOR001", role=RECEIVER, title=("验收到货", "Check an arrival"))
def check_arrival(
    do: Doing,
    purchase: Annotated[Ref, Ask("采购订单", "Purchase order", choose="floor.purchases")],
    boxes: Annotated[Count, Ask("箱数", "Boxes", ge="1", le="999")],
    damaged_boxes: Annotated[Count, Ask(ge="0", le="999")],
    signed_by: Annotated[Line, Ask(max=60)],
) -> str:
    """Writes down how many boxes of a purchase stand at the dock and how many of them are damaged, signed; gives the number of the receiving check.

    Counted again before anything is scanned, the figures are replaced.
    """
    here = site(do)
    _expected(do, purchase)
    known = do.one("select a.number, d.state from floor_arrival a join document d using (number) where a.purchase = $p", p=purchase)
    if known is None:
        made = documents.create(do, ARRIVAL, owner=here.merchant, parent=purchase)
        do.execute("insert into floor_arrival values ($n, $m, $p, null, null, null, null)", n=made.number, m=here.merchant, p=purchase)
        for b in boxes_at_dock(do, purchase):
            do.execute(
                """insert into floor_box values ($n, $box_no, $product, $on_note, $inside, $packing, false, null, null, null, null, null, null)""",
                n=made.number, **b,
            )  # fmt: skip
    elif known.state == "counted":
        made = documents.find(do, ARRIVAL, known.number)
    else:
        raise COUNTED_ALREADY("purchase", purchase=purchase, number=known.number)
    made.move_to("counted", "purchase")
    do.execute(
        "update floor_arrival set boxes = $boxes, damaged_boxes = $damaged, signed_by = $who where number = $n",
        boxes=boxes, damaged=damaged_boxes, who=signed_by, n=made.number,
    )  # fmt: skip
    return made.number


def _arrival(do: Doing, number: str) -> tuple[documents.Document, Any]:
    document = documents.find(do, ARRIVAL, number, "arrival", owner=site(do).merchant)
    return document, do.one("select * from floor_arrival where number = $n", n=number)


def _box(do: Doing, arrival: str, box_no: int, field: str) -> Any:
    row = do.one("select b.*, p.name from floor_box b join product p on p.gtin = b.product where b.arrival = $n and b.box_no = $b", n=arrival, b=box_no)
    if row is None:
        raise NO_BOX(field, number=arrival, box=box_no)
    return row


@command("FLOOR001", role=RECEIVER, title=("拒收损坏的箱", "Refuse damaged boxes"))
def dispute(
    do: Doing,
    arrival: Arrival,
    refused: Annotated[list[RefusedRow], Ask("拒收的箱", "Boxes refused")],
    reason: Annotated[Line, Ask(max=120)],
) -> int:
    """Sends boxes back with the driver, and says why; gives how many. They are not scanned, not booked and not owed for.

    Said again before the last box is scanned, the list is replaced.
    """
    document, _ = _arrival(do, arrival)
    wanted = sorted({r["box_no"] for r in refused})
    for box_no in wanted:
        if _box(do, arrival, box_no, "refused").scanned is not None:
            raise BOX_SCANNED("refused", box=box_no)
    if len(wanted) == do.value("select count(*) from floor_box where arrival = $n", n=arrival):
        raise ALL_REFUSED("refused")
    document.move_to("disputed", "arrival")
    do.execute("update floor_box set refused = list_contains($wanted, box_no) where arrival = $n", wanted=wanted, n=arrival)
    do.execute("update floor_arrival set reason = $reason where number = $n", reason=reason, n=arrival)
    _finish(do, document)
    return len(wanted)


@command("FLOOR002", role=RECEIVER, title=("扫描一箱", "Scan a box"))
def scan_box(do: Doing, arrival: Arrival, box_no: BoxNo) -> dict[str, Any]:
    """Scans every piece in a box; gives the product, the pieces that the scanner read, and the difference to the delivery note.

    With the last box the purchase is received, at what was scanned.
    """
    document, _ = _arrival(do, arrival)
    document.must_allow("scanned", "arrival")
    row = _box(do, arrival, box_no, "box_no")
    if row.refused:
        raise BOX_REFUSED("box_no", box=box_no)
    if row.scanned is not None:
        raise BOX_SCANNED("box_no", box=box_no)
    do.execute("update floor_box set scanned = inside where arrival = $n and box_no = $b", n=arrival, b=box_no)
    _finish(do, document)
    return {"product": row.product, "pieces": row.inside, "difference": row.inside - row.on_note}


def _finish(do: Doing, document: documents.Document) -> None:
    """When the last box is scanned: the shop receives the purchase, at the pieces that were read; what is missing is not waited for."""
    boxes = do.all("select * from floor_box where arrival = $n and not refused", n=document.number)
    if any(b.scanned is None for b in boxes):
        return
    document.move_to("scanned", "arrival")
    pieces: dict[str, int] = {}
    for b in boxes:
        pieces[b.product] = pieces.get(b.product, 0) + b.scanned
    purchase = do.value("select purchase from floor_arrival where number = $n", n=document.number)
    arrived: Any = [{"product": p, "quantity": q} for p, q in sorted(pieces.items())]
    with acting(do, SHOPKEEPER.name, document.owner):
        purchases.receive_purchase(do, purchase, arrived, "dropped")


def label_text(sscc: str, product: str, batch: str, pieces: int) -> str:
    """The label of a carton as GS1-128 has it, with parentheses for people: SSCC (00), GTIN of what is inside (02), batch (10), pieces (37).

    AI 37 counts what AI 02 names; AI 01 would be a GTIN of the carton itself (GS1 General Specifications, 3.3.3 and 4.14).
    """
    return gs1_128.encode({"00": sscc, "02": product.zfill(14), "37": pieces, "10": batch}, parentheses=True)


@command("FLOOR002", role=RECEIVER, title=("贴箱标", "Label a carton"))
def label_carton(
    do: Doing,
    arrival: Arrival,
    box_no: BoxNo,
    product: Annotated[Ref, Ask(choose="floor.goods")],
    pieces: Annotated[Count, Ask(ge="1", le="999")],
    batch: Annotated[Line, Ask("批号", "Batch", max=20, example="20260901-A")],
) -> dict[str, Any]:
    """Labels a scanned box, which becomes a carton: gives its number, its SSCC, the label (GS1-128), and what stands beside it for people: name, colour, size.

    Refuses what the scanner did not read. Labelled again, the batch is replaced.
    """
    document, _ = _arrival(do, arrival)
    if document.state != "labelled":
        document.must_allow("labelled", "arrival")
    row = _box(do, arrival, box_no, "box_no")
    if row.refused:
        raise BOX_REFUSED("box_no", box=box_no)
    if (product, pieces) != (row.product, row.scanned):
        raise LABEL_DIFFERS("product" if product != row.product else "pieces", box=box_no, scanned=row.scanned, product=row.name)
    _check_batch(batch, "batch")
    if row.carton:
        made = documents.find(do, CARTON, row.carton, "box_no")
        made.move_to("labelled", "box_no")
    else:
        made = documents.create(do, CARTON, owner=site(do).merchant, parent=arrival)
    sscc = row.sscc or lgs.sscc(do)
    label = label_text(sscc, product, batch, pieces)
    do.execute(
        "update floor_box set carton = $c, sscc = $sscc, batch = $batch, label = $label where arrival = $n and box_no = $b",
        c=made.number, sscc=sscc, batch=batch, label=label, n=arrival, b=box_no,
    )  # fmt: skip
    if document.state != "labelled" and not do.value("select 1 from floor_box where arrival = $n and not refused and carton is null limit 1", n=arrival):
        document.move_to("labelled", "arrival")
    kind = variants.of(do, product)
    return {
        "carton": made.number, "sscc": sscc, "label": label, "product_name": row.name, "colour": kind.colour if kind else "", "size": kind.size if kind else ""
    }  # fmt: skip


def _check_batch(batch: str, field: str) -> None:
    if not all(c.isascii() and (c.isalnum() or c == "-") for c in batch):
        raise BAD_BATCH(field)


value_rule(_check_batch, "floor.label_carton.batch")


@command("FLOOR003", role=RECEIVER, title=("整箱上架", "Shelve a carton"))
def shelve(
    do: Doing,
    carton: Annotated[Ref, Ask("箱", "Carton", choose="floor.cartons")],
    bin: Annotated[Ref, Ask(choose="floor.bins")],
) -> dict[str, Any]:
    """Puts all pieces of a labelled carton into a bin; gives the bin and the pieces that still go in. Refuses 'bin_full'."""
    here = site(do)
    document = documents.find(do, CARTON, carton, "carton", owner=here.merchant)
    document.must_allow("shelved", "carton")
    row = do.one("select * from floor_box where carton = $c", c=carton)
    _there(do, here, row.product, row.scanned, "carton")
    name = bins.put(do, here, bin, row.product, row.scanned, carton=carton)
    document.move_to("shelved", "carton")
    do.execute("update floor_box set bin = $bin where carton = $c", bin=name, c=carton)
    open_ones = do.value(
        """select count(*) from floor_box b left join document d on d.number = b.carton
           where b.arrival = $n and not b.refused and (d.state is null or d.state = 'labelled')""",
        n=row.arrival,
    )
    arrival = documents.find(do, ARRIVAL, row.arrival)
    if not open_ones and arrival.state == "labelled":
        arrival.move_to("shelved")
    found = bins.bin_of(do, here.merchant, name)
    return {"bin": name, "free": int(found.capacity - found.there)}


@command(role=RECEIVER, title=("散件上架", "Shelve loose goods"))
def put_away(
    do: Doing,
    product: Annotated[Ref, Ask(choose="floor.goods")],
    quantity: Annotated[Count, Ask(ge="1", le="100000", unit=Text("件", "pieces"))],
    bin: Annotated[Ref, Ask(choose="floor.bins")],
) -> str:
    """Puts loose goods of the receiving area into a bin, such as opening stock and returns; gives the bin.

    Refuses 'not_in_receiving' and 'bin_full'.
    """
    here = site(do)
    _there(do, here, product, quantity, "quantity")
    return bins.put(do, here, bin, product, quantity)


def _there(do: Doing, here: Any, product: str, quantity: int, field: str) -> None:
    if (there := bins.in_receiving(do, here, product)) < quantity:
        name = do.value("select name from product where gtin = $p", p=product) or product[:40]
        raise bins.NOT_IN_RECEIVING(field, name=name, there=there, wanted=quantity)


# --- looking ---------------------------------------------------------------------------------------------------------------


@query("FLOOR002", role=RECEIVER, title=("查看验收单", "View a receiving check"))
def arrival_detail(do: Doing, arrival: Annotated[Ref, Ask("验收单", "Receiving check", choose="floor.arrivals")]) -> Table:
    """The boxes of a receiving check: box_no, product, product_name, colour, size, on_note, packing, refused, scanned, carton, label, bin."""
    _arrival(do, arrival)
    return do.table(
        """select b.box_no, b.product, p.name as product_name, coalesce(v.colour, '') as colour, coalesce(v.size, '') as size, b.on_note, b.packing, b.refused,
                  b.scanned, b.carton, b.label, b.bin
           from floor_box b join product p on p.gtin = b.product left join product_variant v on v.product = b.product where b.arrival = $n order by b.box_no""",
        n=arrival,
    )


documents.offer("floor.arrivals", ARRIVAL, of="floor_arrival", where="starts_with($actor, t.merchant || '.')", stated=True)


@query("FLOOR003", role=RECEIVER, title=("查看货位", "View the bins"))
def bin_list(do: Doing) -> Table:
    """Every bin with what lies in it, the oldest lot first: zone, bin, capacity, product, product_name, quantity, came_day; empty bins too."""
    return do.table(
        """select b.zone, b.bin, b.capacity, l.product, p.name as product_name, coalesce(l.quantity, 0) as quantity, l.came_day
           from floor_bin b left join floor_lot l using (merchant, bin) left join product p on p.gtin = l.product
           where b.merchant = $m order by b.bin, l.came_day, l.lot""",
        m=site(do).merchant,
    )


@query(role=RECEIVER, title=("查看收货区", "View the receiving area"))
def receiving_area(do: Doing) -> Table:
    """What stands in no bin and no tote: product, product_name, on_hand (by the stock books), placed, unplaced."""
    here = site(do)
    return do.table(
        """select l.product, p.name as product_name, l.on_hand, coalesce(x.placed, 0)::integer as placed,
                  (l.on_hand - coalesce(x.placed, 0))::integer as unplaced
           from stock_level l join product p on p.gtin = l.product left join (
               select product, sum(quantity) as placed from (
                   select product, quantity from floor_lot where merchant = $m
                   union all select t.product, t.quantity from floor_tote t join floor_order o using (sales_order) where o.merchant = $m
               ) y group by product
           ) x on x.product = l.product
           where l.owner = $owner and l.place = $place and l.on_hand > 0 order by l.product""",
        m=here.merchant, owner=here.member, place=here.place,
    )  # fmt: skip
