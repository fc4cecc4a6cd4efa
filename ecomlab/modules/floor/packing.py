"""Scanning out and packing: every piece of an order is read, what is wrong is changed, and only then is it packed, with the invoice, and sealed."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from ...books import documents
from ...kernel.audit import invariant
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.names import both, same_name
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from . import bins
from .kinds import PARCEL, WAVE
from .staff import OWN_FLOOR, PACKER, site
from .waves import give_back


class Box(NamedTuple):
    """A size of box: what it may weigh when packed, its own weight, in grams, and its price with tape and filling, CNY."""

    most: int
    tare: int
    price: Decimal


BOXES = {
    "small": Box(1_500, 80, Decimal("0.80")), "medium": Box(6_000, 220, Decimal("1.60")), "large": Box(30_000, 600, Decimal("3.20")),
    "crate": Box(50_000, 1_800, Decimal("6.00")),
}  # fmt: skip

TOTE_EMPTY = refusal(
    "tote_empty",
    "订单 {number} 还没有拣货，没有可扫描的商品。请先拣货（FLOOR005）。",
    "The order {number} has not been picked, so there is nothing to scan. Have it picked first (FLOOR005).",
)
NOT_SCANNED = refusal(
    "not_scanned",
    "订单 {number} 还没有扫描出库，不能打包。请先逐件扫描。",
    "The order {number} has not been scanned out, so it cannot be packed. Scan its pieces first.",
)
SCAN_DIFFERS = refusal(
    "scan_differs",
    "订单 {number} 的扫描结果与订单不符：“{name}”要 {wanted} 件，扫到 {there} 件。请更换后重新扫描。",
    "What was scanned of {number} differs from the order: {name}, wanted {wanted}, read {there}. Change the piece and scan again.",
)
NOT_TOO_MANY = refusal(
    "not_too_many",
    "订单 {number} 的“{name}”没有多出，无需更换。请核对扫描结果。",
    "The order {number} has no piece of {name} too many, so there is nothing to change. Compare the scan.",
)
NOT_MISSING = refusal(
    "not_missing", "订单 {number} 的“{name}”没有缺少。请选择缺少的商品。", "The order {number} lacks no {name}. Choose the product that is missing."
)
PACKED_ALREADY = refusal(
    "packed_already", "订单 {number} 已打包，包裹号 {parcel}。请选择其他订单。", "The order {number} is packed, in the parcel {parcel}. Choose another order."
)
BOX_TOO_SMALL = refusal(
    "box_too_small",
    "包裹连箱重 {weight} 克，这种箱最多装 {most} 克。请换大一号的箱。",
    "With its box the parcel weighs {weight} g; this box takes {most} g. Choose a larger one.",
)
INVOICE_FORGOTTEN = refusal(
    "invoice_forgotten",
    "订单 {number} 的顾客要发票，抬头是“{title}”。请填写发票抬头。",
    "The customer of {number} wants an invoice made out to {title}. Enter to whom it is made out.",
)
OTHER_TITLE = refusal(
    "other_title",
    "订单 {number} 的发票抬头应为“{title}”。请核对后填写。",
    "The invoice of {number} is to be made out to {title}. Compare the name and enter it again.",
)
NO_INVOICE_ASKED = refusal(
    "no_invoice_asked", "订单 {number} 的顾客没有要发票。请把发票抬头留空。", "The customer of {number} has asked for no invoice. Leave the name empty."
)

ToScan = Annotated[Ref, Ask("销售订单", "Sales order", choose="floor.orders_to_scan")]
BoxKind = Annotated[Literal["small", "medium", "large", "crate"], Ask()]
Seal = Annotated[Literal["one_strip", "cross", "wang"], Ask()]

documents.offer(
    "floor.parcels_here", PARCEL, "packed", "with_waybill", of="floor_parcel", where=OWN_FLOOR, shows="t.sales_order, t.seal",
    words={"seal": lambda look, code: term(code, "floor")},
)  # fmt: skip


@choices("floor.orders_to_scan", made_by="FLOOR005")
def _to_scan(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select f.sales_order, o.recipient from floor_order f join b2c_order o using (sales_order) join document w on w.number = f.wave
           join document d on d.number = f.sales_order
           where starts_with($actor, f.merchant || '.') and w.state <> 'planned' and d.state = 'picking'
             and not exists (select 1 from floor_parcel p join document x on x.number = p.number
                             where p.sales_order = f.sales_order and x.state <> 'unpacked')
           order by f.sales_order""",
        actor=actor,
    )
    return [(r.sales_order, f"{r.sales_order} · {r.recipient}") for r in rows]


def picked(do: Doing, sales_order: str) -> Any:
    """An order of the floor that lies in its tote. Refuses 'not_picked' and 'packed_already'."""
    row = do.one(
        "select f.*, d.state from floor_order f join document d on d.number = f.wave where f.sales_order = $o and f.merchant = $m",
        o=sales_order, m=site(do).merchant,
    )  # fmt: skip
    if row is None or row.state == "planned":
        raise TOTE_EMPTY("sales_order", number=sales_order[:40])
    parcel = do.value(
        "select p.number from floor_parcel p join document d using (number) where p.sales_order = $o and d.state <> 'unpacked'", o=sales_order
    )
    if parcel:
        raise PACKED_ALREADY("sales_order", number=sales_order, parcel=parcel)
    return row


def in_tote(look: Looking, sales_order: str) -> list[Any]:
    """What lies in an order's tote beside what it should have: product, name, quantity, wanted."""
    return look.all(
        """select p.gtin as product, p.name, p.weight_g, coalesce(t.quantity, 0) as quantity, coalesce(l.quantity, 0) as wanted
           from product p left join (select * from floor_tote where sales_order = $o) t on t.product = p.gtin
           left join (select x.product, x.quantity from b2c_order_line x join b2c_order o using (number) where o.sales_order = $o) l on l.product = p.gtin
           where t.product is not null or l.product is not null order by p.gtin""",
        o=sales_order,
    )


@command("FLOOR006", role=PACKER, title=("扫描出库", "Scan an order out"))
def scan_out(do: Doing, sales_order: ToScan) -> dict[str, int]:
    """Scans every piece of an order's tote; gives pieces, wrong (more than ordered, or not ordered) and missing.

    What was read stands in `scan_result`. When all orders of the wave are right, the wave is checked.
    """
    row = picked(do, sales_order)
    there = in_tote(do, sales_order)
    scan = row.scans + 1
    for r in there:
        do.execute(
            "insert into floor_scan values ($o, $scan, $p, $q, $wanted, $day)",
            o=sales_order, scan=scan, p=r.product, q=r.quantity, wanted=r.wanted, day=do.day,
        )  # fmt: skip
    do.execute("update floor_order set scans = $scan where sales_order = $o", scan=scan, o=sales_order)
    wrong, missing = sum(max(0, r.quantity - r.wanted) for r in there), sum(max(0, r.wanted - r.quantity) for r in there)
    if not wrong + missing:
        _check_wave(do, row.wave)
    return {"pieces": sum(r.quantity for r in there), "wrong": wrong, "missing": missing}


def _check_wave(do: Doing, wave: str) -> None:
    """The wave is checked when the latest scan of every order in it was right."""
    open_ones = do.value(
        """select count(*) from floor_order f join document d on d.number = f.sales_order
           where f.wave = $w and d.state = 'picking' and (f.scans = 0 or exists (
               select 1 from floor_scan s where s.sales_order = f.sales_order and s.scan = f.scans and s.quantity <> s.wanted))""",
        w=wave,
    )
    document = documents.find(do, WAVE, wave)
    if not open_ones and document.state == "picked":
        document.move_to("checked")


@query("FLOOR006", role=PACKER, title=("查看扫描结果", "View a scan"))
def scan_result(do: Doing, sales_order: ToScan) -> Table:
    """What the latest scan of an order read: product, product_name, colour, size, quantity, wanted, difference.

    Colour and size are empty for goods that come in one shape.
    """
    picked(do, sales_order)
    return do.table(
        """select s.product, p.name as product_name, coalesce(v.colour, '') as colour, coalesce(v.size, '') as size, s.quantity, s.wanted,
                  s.quantity - s.wanted as difference
           from floor_scan s join floor_order f using (sales_order) join product p on p.gtin = s.product left join product_variant v on v.product = s.product
           where s.sales_order = $o and s.scan = f.scans order by s.product""",
        o=sales_order,
    )


@command("FLOOR006", role=PACKER, title=("更换拣错的商品", "Change a wrong piece"))
def exchange_piece(
    do: Doing,
    sales_order: ToScan,
    wrong: Annotated[Ref, Ask("拣错的商品", "Wrong product", choose="floor.goods")],
    right: Annotated[Ref, Ask("应拣的商品", "Right product", choose="floor.goods")],
) -> str:
    """Takes one piece that does not belong there out of a tote, to the receiving area, and fetches the right one; gives the order.

    It is to be scanned again then. Refuses pieces that are not too many, and products that are not missing.
    """
    row = picked(do, sales_order)
    there = {r.product: r for r in in_tote(do, sales_order)}
    named = {p: do.value("select name from product where gtin = $p", p=p) or p[:40] for p in (wrong, right)}
    if wrong not in there or there[wrong].quantity <= there[wrong].wanted:
        raise NOT_TOO_MANY("wrong", number=sales_order, name=named[wrong])
    if right not in there or there[right].quantity >= there[right].wanted:
        raise NOT_MISSING("right", number=sales_order, name=named[right])
    here = bins.site_of(do, row.merchant)
    came = do.day
    if bins.lots_of(do, row.merchant, right):
        _, came = bins.take(do, row.merchant, right, 1)
    elif bins.in_receiving(do, here, right) < 1:
        raise bins.NONE_IN_BINS("right", name=named[right], there=0, wanted=1)
    give_back(do, sales_order, wrong)
    if there[right].quantity:
        do.execute("update floor_tote set quantity = quantity + 1 where sales_order = $o and product = $p", o=sales_order, p=right)
    else:
        do.execute("insert into floor_tote values ($o, $p, 1, $came)", o=sales_order, p=right, came=came)
    return sales_order


@command("FLOOR007", role=PACKER, title=("打包", "Pack an order"))
def pack(
    do: Doing,
    sales_order: ToScan,
    box: BoxKind,
    seal: Seal,
    invoice_title: Annotated[Line, Ask("发票抬头", "Invoice made out to", max=100, help=Text("没有要发票则不填", "Leave empty if none was asked for"))] = "",
) -> str:
    """Packs a scanned order with its invoice and seals the box; gives the number of the parcel. The shipment gives the invoice its number.

    Refuses an order that was not scanned, or whose tote is not what was ordered, another title than the customer asked for, and a box that is too small.
    """
    row = picked(do, sales_order)
    if not row.scans:
        raise NOT_SCANNED("sales_order", number=sales_order)
    there = in_tote(do, sales_order)
    if differs := next((r for r in there if r.quantity != r.wanted), None):
        raise SCAN_DIFFERS("sales_order", number=sales_order, name=differs.name, wanted=differs.wanted, there=differs.quantity)
    if not scanned_so(do, sales_order):
        raise NOT_SCANNED("sales_order", number=sales_order)
    title = _title(do, sales_order, invoice_title)
    weight = sum(r.quantity * r.weight_g for r in there) + BOXES[box].tare
    if weight > BOXES[box].most:
        raise BOX_TOO_SMALL("box", weight=weight, most=BOXES[box].most)
    made = documents.create(do, PARCEL, owner=row.merchant, parent=sales_order)
    do.execute(
        "insert into floor_parcel values ($n, $m, $o, $box, $seal, $title, null, $weight, null, null)",
        n=made.number, m=row.merchant, o=sales_order, box=box, seal=seal, title=title, weight=weight,
    )  # fmt: skip
    return made.number


@command(role=PACKER, title=("重新封箱", "Seal a parcel again"))
def seal_again(do: Doing, parcel: Annotated[Ref, Ask(choose="floor.parcels_here")], seal: Seal) -> str:
    """Cuts the tape of a parcel that the courier does not have yet and seals it in another way; gives its number."""
    found = documents.find(do, PARCEL, parcel, "parcel", owner=site(do).merchant)
    found.must_allow("unpacked", "parcel")
    do.execute("update floor_parcel set seal = $seal where number = $n", seal=seal, n=parcel)
    return parcel


def _title(look: Looking, sales_order: str, typed: str) -> str:
    """To whom the customer wants the invoice made out, '' for none. Refuses what was typed if it is another."""
    wanted = look.value("select t.title from b2c_invoice_title t join b2c_order o using (number) where o.sales_order = $o", o=sales_order)
    if wanted is None and typed:
        raise NO_INVOICE_ASKED("invoice_title", number=sales_order)
    if wanted is not None and not typed:
        raise INVOICE_FORGOTTEN("invoice_title", number=sales_order, title=both(wanted))
    if wanted is not None and not same_name(typed, wanted):
        raise OTHER_TITLE("invoice_title", number=sales_order, title=both(wanted))
    return wanted or ""


def scanned_so(look: Looking, sales_order: str) -> bool:
    """Whether the latest scan read what lies in the tote now."""
    read = look.all(
        """select s.product, s.quantity from floor_scan s join floor_order f using (sales_order)
           where s.sales_order = $o and s.scan = f.scans and s.quantity > 0 order by 1""",
        o=sales_order,
    )
    there = look.all("select product, quantity from floor_tote where sales_order = $o order by 1", o=sales_order)
    return [tuple(r) for r in read] == [tuple(r) for r in there]


@query("FLOOR007", role=PACKER, title=("查看装箱单", "View the packing slip"))
def packing_slip(do: Doing, sales_order: ToScan) -> Table:
    """What goes into a parcel: product, product_name, quantity, weight_g (of a piece), recipient, invoice_title (null where no invoice was asked for)."""
    picked(do, sales_order)
    return do.table(
        """select l.product, p.name as product_name, l.quantity, p.weight_g, o.recipient, t.title as invoice_title
           from b2c_order o join b2c_order_line l using (number) join product p on p.gtin = l.product left join b2c_invoice_title t using (number)
           where o.sales_order = $o order by l.product""",
        o=sales_order,
    )


@query("FLOOR007", role=PACKER, title=("查看包裹", "View the parcels"))
def parcels(do: Doing) -> Table:
    """The floor's 200 newest parcels: number, state, sales_order, recipient, deliver_to, box, seal, invoice_title, invoice, weight_g, waybill."""
    return do.table(
        """select p.number, d.state, p.sales_order, o.recipient, o.deliver_to, p.box, p.seal, p.invoice_title, p.invoice, p.weight_g, p.waybill
           from floor_parcel p join document d using (number) join b2c_order o using (sales_order)
           where p.merchant = $m order by p.number desc limit 200""",
        m=site(do).merchant,
    )


@invariant("nothing_unscanned", "每个包裹的最后一次扫描都与订单一致", "The last scan of every parcel read just what was ordered")
def _nothing_unscanned(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.wrong} lines differ, {r.scans} scans"
        for r in look.all(
            """select p.number, f.scans, count(s.product) as wrong from floor_parcel p join document d using (number) join floor_order f using (sales_order)
               left join floor_scan s on s.sales_order = f.sales_order and s.scan = f.scans and s.quantity <> s.wanted
               where d.state <> 'unpacked' group by p.number, f.scans having f.scans = 0 or count(s.product) > 0 order by 1"""
        )
    ]
