"""What comes back: checked like a delivery, put on the shelf if it is sound, reported the same day if it is faulty, and never both."""

from __future__ import annotations

from typing import Annotated, Any

from ...books import documents
from ...books.members import acting
from ...books.paper import approval
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Ref
from ..b2c import returns
from ..b2c.kinds import RETURN
from ..b2c.members import SHOPKEEPER
from . import bins
from .kinds import PARCEL, RETURN_CHECK
from .staff import CLERK, MANAGER, OWN_FLOOR, site

RETURN_TAKEN = refusal(
    "return_taken",
    "退货单 {request} 已有验收单 {number}。请在该单上继续。",
    "The return {request} has the return check {number}. Go on with that one.",
)
FAULTY_INSIDE = refusal(
    "faulty_inside",
    "退货验收单 {number} 中有 {faulty} 件次品，不能上架。请上报次品。",
    "The return check {number} has {faulty} faulty pieces, which do not go on the shelf. Report them.",
)
NOTHING_FAULTY = refusal(
    "nothing_faulty", "退货验收单 {number} 中没有次品。请重新上架。", "The return check {number} has no faulty piece. Put the goods back on the shelf."
)

Check = Annotated[Ref, Ask("退货验收单", "Return check", choose="floor.returns_open")]
documents.offer("floor.returns_open", RETURN_CHECK, "arrived", "scanned", of="floor_return", where=OWN_FLOOR, shows="t.request", order="d.number")
documents.offer("floor.returns", RETURN_CHECK, of="floor_return", where=OWN_FLOOR, shows="t.request", stated=True)


@choices("floor.requests")
def _requests(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select r.number, o.recipient, r.reason from b2c_return r join document d using (number) join b2c_order o on o.number = r.web_order
           where starts_with($actor, o.merchant || '.') and d.state = 'requested' and r.stage = 'after_shipping'
             and not exists (select 1 from floor_return f where f.request = r.number) order by r.number""",
        actor=actor,
    )
    return [(r.number, documents.label((r.number, r.recipient, r.reason))) for r in rows]


@choices("floor.faulty_reports")
def _reports(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select a.number, f.cause from approval a join document d using (number) join floor_return f on f.number = a.about
           where starts_with($actor, f.merchant || '.') and d.state = 'requested' order by a.number""",
        actor=actor,
    )
    return [(r.number, documents.label((r.number, r.cause))) for r in rows]


@command("FLOOR011", "FLOOR012", role=CLERK, title=("接收退货", "Take a return in"))
def receive_return(do: Doing, request: Annotated[Ref, Ask("退货单", "Return", choose="floor.requests")]) -> str:
    """The goods of a customer's return stand at the dock: prints the return check; gives its number."""
    here = site(do)
    documents.find(do, RETURN, request, "request", owner=here.merchant).must_allow("refunded", "request")
    if known := do.value("select number from floor_return where request = $r", r=request):
        raise RETURN_TAKEN("request", request=request, number=known)
    made = documents.create(do, RETURN_CHECK, owner=here.merchant, parent=request)
    serial = 1 + do.value("select count(*) from floor_return where merchant = $m", m=here.merchant)
    do.execute("insert into floor_return values ($n, $m, $r, $serial, null)", n=made.number, m=here.merchant, r=request, serial=serial)
    do.execute("insert into floor_return_line select $n, product, quantity, null, null from b2c_return_line where number = $r", n=made.number, r=request)
    return made.number


def _check(do: Doing, number: str) -> tuple[documents.Document, Any]:
    document = documents.find(do, RETURN_CHECK, number, "check", owner=site(do).merchant)
    return document, do.one("select * from floor_return where number = $n", n=number)


def faulty_of(look: Looking, serial: int, announced: int) -> int:
    """How many pieces of a return are faulty: none of the first, one of the second, of later ones by chance of the world's seed."""
    if serial <= 2:
        return min(1, announced) if serial == 2 else 0
    return min(announced, look.stream(f"floor.faulty/{serial}").choice((0, 0, 0, 1)))


@command("FLOOR011", "FLOOR012", role=CLERK, title=("扫描退货", "Scan a return"))
def scan_return(do: Doing, check: Check) -> dict[str, int]:
    """Scans every piece that has come back and looks at it; gives the pieces, and how many of them are faulty."""
    document, row = _check(do, check)
    document.move_to("scanned", "check")
    left = None
    for r in do.all("select product, announced from floor_return_line where number = $n order by product", n=check):
        faulty = faulty_of(do, row.serial, r.announced) if left is None else 0
        left = faulty
        do.execute(
            "update floor_return_line set scanned = announced, faulty = $faulty where number = $n and product = $p", faulty=faulty, n=check, p=r.product
        )
    total = do.one("select sum(scanned)::integer as pieces, sum(faulty)::integer as faulty from floor_return_line where number = $n", n=check)
    return {"pieces": total.pieces, "faulty": total.faulty}


@query("FLOOR011", role=CLERK, title=("查看退货验收单", "View a return check"))
def return_detail(do: Doing, check: Annotated[Ref, Ask("退货验收单", "Return check", choose="floor.returns")]) -> Table:
    """What has come back: product, product_name, announced, scanned, faulty, state."""
    _check(do, check)
    return do.table(
        """select l.product, p.name as product_name, l.announced, l.scanned, l.faulty, d.state
           from floor_return_line l join document d using (number) join product p on p.gtin = l.product where l.number = $n order by l.product""",
        n=check,
    )


def _faulty(look: Looking, check: str) -> int:
    return int(look.value("select coalesce(sum(faulty), 0) from floor_return_line where number = $n", n=check))


@command("FLOOR011", role=CLERK, title=("退货重新上架", "Restock a return"))
def restock(do: Doing, check: Check, bin: Annotated[Ref, Ask(choose="floor.bins")]) -> dict[str, Any]:
    """Puts sound goods that came back into a bin; the shop accepts the return and refunds it. Gives the refund.

    Refuses a return with faulty pieces, and a bin that is full.
    """
    document, row = _check(do, check)
    document.must_allow("restocked", "check")
    if faulty := _faulty(do, check):
        raise FAULTY_INSIDE("check", number=check, faulty=faulty)
    accepted = _accept(do, row, "restocked")
    here = site(do)
    for r in do.all("select product, scanned from floor_return_line where number = $n order by product", n=check):
        bins.put(do, here, bin, r.product, r.scanned)
    document.move_to("restocked", "check")
    _parcel_back(do, row)
    return accepted


def _accept(do: Doing, row: Any, handling: Any) -> dict[str, Any]:
    with acting(do, SHOPKEEPER.name, row.merchant):
        accepted: dict[str, Any] = returns.accept_return(do, row.request, handling)
    return accepted


def _parcel_back(do: Doing, row: Any) -> None:
    """The parcel in which the goods had gone out, if it went by the floor, is one that came back."""
    number = do.value(
        """select p.number from floor_parcel p join document d using (number) join b2c_order o using (sales_order) join b2c_return r on r.web_order = o.number
           where r.number = $r and d.state in ('handed_over', 'delivered') order by p.number limit 1""",
        r=row.request,
    )
    if number:
        documents.find(do, PARCEL, number).move_to("returned")


@command("FLOOR012", role=CLERK, title=("上报次品", "Report faulty goods"))
def report_faulty(do: Doing, check: Check, cause: Annotated[Line, Ask("原因", "Cause", max=120)]) -> str:
    """Reports faulty goods that came back to the floor manager; gives the approval that waits for the decision. They do not go on the shelf."""
    document, _ = _check(do, check)
    document.must_allow("faulty_reported", "check")
    if not _faulty(do, check):
        raise NOTHING_FAULTY("check", number=check)
    do.execute("update floor_return set cause = $cause where number = $n", cause=cause, n=check)
    document.move_to("faulty_reported", "check")
    return approval.ask(do, check, MANAGER.name, field="check").number


@command("FLOOR012", role=MANAGER, title=("决定次品处理", "Decide on faulty goods"))
def decide_faulty(
    do: Doing, approval_number: Annotated[Ref, Ask("审批单", "Approval", choose="floor.faulty_reports")], writes_off: Annotated[Flag, Ask("核销", "Write off")]
) -> str:
    """Writes a faulty return off, or has it put back to the receiving area as fit for sale; the customer is refunded either way. Gives the return check."""
    found = approval.decide(do, approval_number, writes_off, field="approval_number", offered="floor.faulty_reports")
    about = do.value("select about from approval where number = $n", n=found.number)
    document, row = _check(do, about)
    _accept(do, row, "scrapped" if writes_off else "restocked")
    document.move_to("written_off" if writes_off else "restocked")
    _parcel_back(do, row)
    return document.number
