"""Counting zone by zone: who counts does not decide what becomes of a difference.

A count freezes what the bins of a zone should hold. What differs is reported: the stock books then say what was counted, and the value waits on
account 1901 (待处理财产损溢) until the stock accountant decides: to administrative expenses (6602), or counted again.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents, ledger, stock
from ...books.costing import money
from ...books.paper import approval
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Flag, Line, Ref
from . import bins
from .kinds import COUNT
from .staff import ACCOUNTANT, CLERK, OWN_FLOOR, site

PENDING, ADMINISTRATION = "1901", "6602"

EMPTY_ZONE = refusal("empty_zone", "分区 {zone} 的货位都是空的，没有可盘点的商品。请选择其他分区。", "All bins of zone {zone} are empty. Choose another zone.")
COUNT_OPEN = refusal(
    "count_open",
    "分区 {zone} 的盘点表 {number} 尚未完成。请先完成或作废。",
    "The count sheet {number} of zone {zone} is not finished. Finish or void it first.",
)
NOT_ON_ZONE_SHEET = refusal(
    "not_on_zone_sheet",
    "盘点表 {number} 中没有货位 {bin} 的“{name}”。请按盘点表填写。",
    "The count sheet {number} has no {name} in {bin}. Enter what it lists.",
)
ZONE_MOVED = refusal(
    "zone_moved",
    "盘点表 {number} 生成后，货位 {bin} 又有进出，不能据此上报。请作废后重新盘点。",
    "Goods have moved in {bin} since the count sheet {number} was made. Void it and count again.",
)
LINE_TWICE = refusal(
    "line_twice", "货位 {bin} 的同一商品填写了两次。请合并为一行。", "One product of the bin {bin} stands there twice. Make one row of the two."
)
NOT_ALL_COUNTED = refusal(
    "not_all_counted", "盘点表 {number} 还有 {lines} 行没有填写。请全部盘点后上报。", "Lines of {number} without a count: {lines}. Count them all, then report."
)
NO_DIFFERENCE = refusal(
    "no_difference", "盘点表 {number} 没有差异，无需上报。请作废后归档。", "The count sheet {number} has no difference to report. Void it."
)

Sheet = Annotated[Ref, Ask("盘点表", "Count sheet", choose="floor.counts_open")]
documents.offer("floor.counts_open", COUNT, "frozen", "tallied", of="floor_count", where=OWN_FLOOR, shows="t.zone", order="d.number")
documents.offer("floor.counts", COUNT, of="floor_count", where=OWN_FLOOR, shows="t.zone", stated=True)


@choices("floor.differences")
def _differences(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select a.number, f.zone, a.amount from approval a join document d using (number) join floor_count f on f.number = a.about
           where starts_with($actor, f.merchant || '.') and d.state = 'requested' order by a.number""",
        actor=actor,
    )
    return [(r.number, documents.label((r.number, r.zone, r.amount))) for r in rows]


class ZoneRow(TypedDict):
    """So many pieces of a product were found in a bin."""

    bin: Annotated[Ref, Ask(choose="floor.bins")]
    product: Annotated[Ref, Ask(choose="floor.goods")]
    counted_quantity: Annotated[Count, Ask(ge="0", le="100000", unit=Text("件", "pieces"))]


def _sheet(do: Doing, number: str) -> tuple[documents.Document, Any]:
    document = documents.find(do, COUNT, number, "count", owner=site(do).merchant)
    return document, do.one("select * from floor_count where number = $n", n=number)


@command("FLOOR015", role=CLERK, title=("生成分区盘点表", "Make a zone's count sheet"))
def count_zone(do: Doing, zone: Annotated[Literal["A", "B", "C"], Ask(labels={z: Text(f"{z} 区", f"Zone {z}") for z in bins.ZONES})]) -> str:
    """Freezes what lies in the bins of a zone by the books, on a sheet; gives its number. One sheet of a zone at a time."""
    here = site(do)
    known = do.value(
        """select c.number from floor_count c join document d using (number)
           where c.merchant = $m and c.zone = $z and d.state in ('frozen', 'tallied', 'reported')""",
        m=here.merchant, z=zone,
    )  # fmt: skip
    if known:
        raise COUNT_OPEN("zone", zone=zone, number=known)
    made = documents.create(do, COUNT, owner=here.merchant)
    lines = do.value(
        """insert into floor_count_line select $n, l.bin, l.product, sum(l.quantity)::integer, null from floor_lot l join floor_bin b using (merchant, bin)
           where l.merchant = $m and b.zone = $z group by l.bin, l.product""",
        n=made.number, m=here.merchant, z=zone,
    )  # fmt: skip
    if not lines:
        raise EMPTY_ZONE("zone", zone=zone)
    do.execute("insert into floor_count values ($n, $m, $z)", n=made.number, m=here.merchant, z=zone)
    return made.number


@query(role=CLERK, title=("查看箱", "View the cartons"))
def cartons(do: Doing) -> Table:
    """The cartons in the bins, the opened ones first: bin, carton, state, product, product_name, on_label (pieces), there (pieces in it by the books).

    A sealed carton is counted by its label, an opened one piece by piece.
    """
    return do.table(
        """select l.bin, l.carton, d.state, l.product, p.name as product_name, b.scanned as on_label, l.quantity as there
           from floor_lot l join document d on d.number = l.carton join floor_box b on b.carton = l.carton join product p on p.gtin = l.product
           where l.merchant = $m order by d.state = 'shelved', l.bin, l.carton""",
        m=site(do).merchant,
    )


def missing_pieces(look: Looking, count: Any) -> tuple[str, str, int] | None:
    """Where the bins of a zone differ from the books, and by how many pieces: by the world's seed in one line, until a difference there was decided."""
    before = look.value(
        """select count(*) from floor_count c join document d using (number)
           where c.merchant = $m and c.zone = $z and c.number < $n and d.state in ('reported', 'decided')""",
        m=count.merchant, z=count.zone, n=count.number,
    )  # fmt: skip
    lines = look.all("select bin, product, book_quantity from floor_count_line where number = $n order by bin, product", n=count.number)
    if before or not lines:
        return None
    chance = look.stream(f"floor.missing/{count.zone}")
    line = chance.choice(lines)
    return line.bin, line.product, -min(chance.randint(1, 2), line.book_quantity)


@query("FLOOR015", role=CLERK, title=("清点货位", "Look into the bins"))
def look_into_bins(do: Doing, count: Sheet) -> Table:
    """What lies in the bins of a count sheet: bin, product, product_name, there. The books' figures stand in `zone_sheet`."""
    return lying(do, _sheet(do, count)[1])


def lying(look: Looking, count: Any) -> Table:
    """What lies in the bins of a count sheet (its row): bin, product, product_name, there."""
    differs = missing_pieces(look, count)
    lines = look.all(
        """select l.bin, l.product, p.name, l.book_quantity from floor_count_line l join product p on p.gtin = l.product
           where l.number = $n order by l.bin, l.product""",
        n=count.number,
    )
    made = [(r.bin, r.product, r.name, r.book_quantity + (differs[2] if differs and differs[:2] == (r.bin, r.product) else 0)) for r in lines]
    return Table(("bin", "product", "product_name", "there"), made)


@command("FLOOR015", role=CLERK, title=("录入盘点数量", "Enter what was found"))
def tally_zone(do: Doing, count: Sheet, counted: Annotated[list[ZoneRow], Ask("实盘数量", "What was counted")]) -> int:
    """Enters what was found in bins; gives the sum of the differences so far, in pieces. Entered again, a count is replaced."""
    document, _ = _sheet(do, count)
    document.move_to("tallied", "count")
    lines = Counter((r["bin"].strip().upper(), r["product"]) for r in counted)
    if twice := next((line for line, times in lines.items() if times > 1), None):
        raise LINE_TWICE("counted", bin=twice[0][:20])
    for r in counted:
        if not do.value(
            "update floor_count_line set counted_quantity = $q where number = $n and bin = $bin and product = $p",
            q=r["counted_quantity"], n=count, bin=r["bin"].strip().upper(), p=r["product"],
        ):  # fmt: skip
            name = do.value("select name from product where gtin = $p", p=r["product"]) or r["product"][:40]
            raise NOT_ON_ZONE_SHEET("counted", number=count, bin=r["bin"][:20], name=name)
    return int(do.value("select coalesce(sum(counted_quantity - book_quantity), 0) from floor_count_line where number = $n", n=count))


@command("FLOOR015", role=CLERK, title=("上报盘点差异", "Report the differences"))
def report_differences(do: Doing, count: Sheet) -> dict[str, Any]:
    """Makes stock books and bins say what was counted and asks the stock accountant to decide; gives the approval and the value, gains positive.

    Refuses a sheet that is not counted through, whose bins have moved since, or that has no difference.
    """
    document, row = _sheet(do, count)
    document.must_allow("reported", "count")
    lines = do.all("select * from floor_count_line where number = $n order by bin, product", n=count)
    if left := sum(r.counted_quantity is None for r in lines):
        raise NOT_ALL_COUNTED("count", number=count, lines=left)
    if all(r.counted_quantity == r.book_quantity for r in lines):
        raise NO_DIFFERENCE("count", number=count)
    for r in lines:
        if sum(lot.quantity for lot in bins.lots_of(do, row.merchant, r.product, r.bin)) != r.book_quantity:
            raise ZONE_MOVED("count", number=count, bin=r.bin)
    here = site(do)
    value = sum((_adjust(do, here, count, r.bin, r.product, r.counted_quantity - r.book_quantity) for r in lines), Decimal("0.00"))
    document.move_to("reported", "count")
    asked = approval.ask(do, count, ACCOUNTANT.name, abs(value), "count")
    return {"approval": asked.number, "value": value}


def _adjust(do: Doing, here: Any, count: str, bin: str, product: str, pieces: int) -> Decimal:
    """Makes bin and books have so many pieces more or fewer; gives the value, gains positive. It waits on account 1901."""
    if pieces < 0:
        missing = stock.Move(here.member, here.place, [stock.Goods(product, -pieces)], f"盘亏待处理 Missing in {count}", count, field="count")
        bins.take(do, here.merchant, product, -pieces, bin)
        return -stock.issue(do, missing, PENDING, kind="write_off")
    if pieces > 0:
        worth = stock.average_cost(do, here.member, product) or Decimal("0.00")
        found = stock.Move(here.member, here.place, [stock.Goods(product, pieces, money(worth * pieces))], f"盘盈待处理 Found in {count}", count)
        value = stock.receive(do, found, PENDING, kind="found")
        bins.put(do, here, bin, product, pieces, field="count")
        return value
    return Decimal("0.00")


@command("FLOOR015", role=ACCOUNTANT, title=("决定盘点差异", "Decide on differences"))
def decide_differences(
    do: Doing,
    approval_number: Annotated[Ref, Ask("审批单", "Approval", choose="floor.differences")],
    approves: Annotated[Flag, Ask("批准", "Approve")],
    reason: Annotated[Line, Ask(max=120)] = "",
) -> str:
    """Approved, a difference goes from account 1901 to administrative expenses; rejected, the goods are back in the books and the zone is counted again.

    Gives the count sheet. Whoever counted cannot decide.
    """
    found = approval.decide(do, approval_number, approves, reason, field="approval_number", offered="floor.differences")
    about = do.value("select about from approval where number = $n", n=found.number)
    document, row = _sheet(do, about)
    here = site(do)
    if approves:
        waiting: Decimal = do.value(
            """select coalesce(sum(p.amount), 0)::decimal(18,2) from ledger_entry e join posting p on p.entry = e.number
               where e.document = $n and p.account = $a""",
            n=about, a=PENDING,
        )  # fmt: skip
        if waiting:
            ledger.post(
                do, "count_decided", f"盘点差异处理 Difference decided {about}",
                [ledger.Line(here.member, ADMINISTRATION, waiting), ledger.Line(here.member, PENDING, -waiting)], about,
            )  # fmt: skip
        document.move_to("decided")
    else:
        for r in do.all("select * from floor_count_line where number = $n order by bin, product", n=about):
            _adjust(do, here, about, r.bin, r.product, r.book_quantity - r.counted_quantity)
        document.move_to("tallied")
    return document.number


@command(role=CLERK, title=("作废分区盘点表", "Void a zone's count sheet"))
def drop_count(do: Doing, count: Sheet) -> str:
    """Voids a count sheet without reporting anything; gives its number."""
    _sheet(do, count)[0].move_to("dropped", "count")
    return count


@query("FLOOR015", role=CLERK, title=("查看分区盘点表", "View a zone's count sheet"))
def zone_sheet(do: Doing, count: Annotated[Ref, Ask("盘点表", "Count sheet", choose="floor.counts")]) -> Table:
    """The lines of a count sheet: bin, product, product_name, book_quantity, counted_quantity, variance, state."""
    _sheet(do, count)
    return do.table(
        """select l.bin, l.product, p.name as product_name, l.book_quantity, l.counted_quantity, l.counted_quantity - l.book_quantity as variance, d.state
           from floor_count_line l join document d using (number) join product p on p.gtin = l.product where l.number = $n order by l.bin, l.product""",
        n=count,
    )
