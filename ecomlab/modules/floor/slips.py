"""The floor's slips in five parts: one for what was received, one for what is sent; each part has its place.

The receiving slip is printed when the last box has been scanned. The dispatch slip is printed when an order was scanned right, before it is packed: its red
part lies in the box with the invoice, and the courier takes the blue one with the parcel. The other parts go from hand to hand, and are filed where they
belong. A parcel that is opened again has a slip that is void.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import documents
from ...books.documents import Document, Kind
from ...books.paper import copies
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .kinds import ARRIVAL, PARCEL
from .packing import SCAN_DIFFERS, ToScan, in_tote, picked, scanned_so
from .staff import ACCOUNTANT, CLERK, PACKER, PICKER, RECEIVER, site

RECEIVING_SLIP = copies.slip(
    "floor_receiving_slip", "WJ", ("验收五联单", "receiving slip"), "floor",
    white="receiving", red="accounts", yellow="finance", green="stock", blue="supplier",
)  # fmt: skip
DISPATCH_SLIP = copies.slip(
    "floor_dispatch_slip", "WD", ("发货五联单", "dispatch slip"), "floor",
    white="sending", red="customer", yellow="accounts", green="stock", blue="courier",
)  # fmt: skip
KINDS = {k.name: k for k in (RECEIVING_SLIP, DISPATCH_SLIP)}
#: At which place a post of the floor holds and files its parts, and how the place is called in the titles of commands.
PLACES = {
    RECEIVER: ("receiving", Text("收货组", "receiving")), PACKER: ("sending", Text("发货组", "sending")), CLERK: ("accounts", Text("账务组", "accounts")),
    PICKER: ("stock", Text("库存组", "stock")), ACCOUNTANT: ("finance", Text("财务", "finance")),
}  # fmt: skip
_PLACE = {role.name: place for role, (place, _) in PLACES.items()}

HAS_FIVE_PARTS = refusal(
    "has_five_parts",
    "“{about}”已打印五联单 {number}。请使用那一张，或先作废。",
    "There is a slip about {about} already: {number}. Use that one, or void it first.",
)

SCAN_BEFORE_SLIP = refusal(
    "scan_before_slip",
    "“{about}”还没有扫描完，不能打印五联单。请先逐件扫描。",
    "{about} has not been scanned through, so its slip cannot be printed. Scan every piece first.",
)

Slip = Annotated[Ref, Ask("五联单", "Slip", choose="floor.slips")]
Part = Annotated[Literal["white", "red", "yellow", "green", "blue"], Ask("联次", "Part")]
To = Annotated[Literal["receiving", "sending", "accounts", "stock", "finance", "customer", "courier", "supplier"], Ask("交给", "Hand to")]
SignedBy = Annotated[Line, Ask(max=60)]

documents.offer("floor.arrivals_scanned", ARRIVAL, "scanned", "labelled", "shelved", of="floor_arrival", where="starts_with($actor, t.merchant || '.')")


@choices("floor.slips")
def _slips(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    """The floor's slips that are not filed yet, the newest first."""
    rows = look.all(
        """select s.number, s.about, d.kind from floor_slip s join document d using (number)
           where starts_with($actor, s.merchant || '.') and d.state in ('issued', 'distributed') order by s.number desc limit 500""",
        actor=actor,
    )
    return [(r.number, Text(*(f"{t} · {r.about}" for t in KINDS[r.kind].title))) for r in rows]


# --- printing ----------------------------------------------------------------------------------------------------------------


@command(role=RECEIVER, title=("打印验收五联单", "Print a receiving slip"))
def print_receiving_slip(
    do: Doing, arrival: Annotated[Ref, Ask("验收单", "Receiving check", choose="floor.arrivals_scanned")], signed_by: SignedBy
) -> str:
    """Prints the slip of a delivery that was scanned, in five parts that lie with receiving, signed; gives its number."""
    if documents.find(do, ARRIVAL, arrival, "arrival", owner=site(do).merchant).state not in ("scanned", "labelled", "shelved"):
        raise SCAN_BEFORE_SLIP("arrival", about=arrival)
    return _print(do, RECEIVING_SLIP, arrival, signed_by, "arrival")


@command(role=PACKER, title=("打印发货五联单", "Print a dispatch slip"))
def print_dispatch_slip(do: Doing, sales_order: ToScan, signed_by: SignedBy) -> str:
    """Prints the slip of an order that was scanned right and is not packed yet, in five parts that lie with sending, signed; gives its number.

    Packed, the red part is in the box; handed over, the courier has the blue one.
    """
    row = picked(do, sales_order)
    if differs := next((r for r in in_tote(do, sales_order) if r.quantity != r.wanted), None):
        raise SCAN_DIFFERS("sales_order", number=sales_order, name=differs.name, wanted=differs.wanted, there=differs.quantity)
    if not row.scans or not scanned_so(do, sales_order):
        raise SCAN_BEFORE_SLIP("sales_order", about=sales_order)
    return _print(do, DISPATCH_SLIP, sales_order, signed_by, "sales_order")


def _print(do: Doing, kind: Kind, about: str, signed_by: str, field: str) -> str:
    if there := _about(do, about):
        raise HAS_FIVE_PARTS(field, about=about, number=there)
    merchant = site(do).merchant
    made = copies.issue(do, kind, merchant, at=_PLACE[do.role], parent=about)
    do.execute("insert into floor_slip values ($n, $m, $about, $who)", n=made.number, m=merchant, about=about, who=signed_by)
    return made.number


def _about(look: Looking, about: str) -> str | None:
    found: str | None = look.value("select s.number from floor_slip s join document d using (number) where s.about = $about and d.state <> 'void'", about=about)
    return found


# --- with the parcel ---------------------------------------------------------------------------------------------------------


def _of_parcel(do: Doing, parcel: Document) -> Document | None:
    """The slip that goes with a parcel, if one was printed."""
    number = _about(do, do.value("select parent from document where number = $n", n=parcel.number))
    return documents.find(do, DISPATCH_SLIP, number) if number else None


def _goes(do: Doing, parcel: Document, colour: str, to: str) -> None:
    """A part goes with the parcel, whoever at the floor has it."""
    if slip := _of_parcel(do, parcel):
        part = do.one("select holder, filed_day from slip_copy where document = $n and colour = $c", n=slip.number, c=colour)
        if part.filed_day is None:
            copies.hand(do, slip, colour, to, by=part.holder)


@documents.on(PARCEL, "packed")
def _packed(do: Doing, parcel: Document) -> None:
    if parcel.step == 1:  # a waybill that is voided brings a parcel back to this state, and the box stays closed
        _goes(do, parcel, "red", "customer")


@documents.on(PARCEL, "handed_over")
def _handed_over(do: Doing, parcel: Document) -> None:
    _goes(do, parcel, "blue", "courier")


@documents.on(PARCEL, "unpacked")
def _unpacked(do: Doing, parcel: Document) -> None:
    if slip := _of_parcel(do, parcel):
        slip.move_to("void")


# --- from hand to hand -------------------------------------------------------------------------------------------------------


def _slip(do: Doing, number: str) -> Document:
    kind = KINDS.get(do.value("select kind from document where number = $n", n=number) or "", DISPATCH_SLIP)
    return documents.find(do, kind, number, "slip", owner=site(do).merchant)


def hand_part(do: Doing, slip: Slip, colour: Part, to: To) -> str:
    """Hands a part that lies here to another place; gives the state of the slip. Whoever gets a wrong one hands it on."""
    found = _slip(do, slip)
    copies.hand(do, found, colour, to, by=_PLACE[do.role])
    return found.state


def file_part(do: Doing, slip: Slip, colour: Part) -> str:
    """Files a part that belongs here; gives the state of the slip. A part is filed once, and by nobody else."""
    found = _slip(do, slip)
    copies.file(do, found, colour, by=_PLACE[do.role])
    return found.state


for _role, (_place, _said) in PLACES.items():
    command(role=_role, title=(f"{_said.zh}转交联次", f"Hand on a part from {_said.en}"), name=f"hand_part_from_{_place}")(hand_part)
    command(role=_role, title=(f"{_said.zh}归档联次", f"File a part in {_said.en}"), name=f"file_part_in_{_place}")(file_part)


@command(role=PACKER, title=("作废发货五联单", "Void a dispatch slip"))
@command(role=RECEIVER, title=("作废验收五联单", "Void a receiving slip"), name="void_receiving_slip")
def void_dispatch_slip(do: Doing, slip: Slip) -> str:
    """Voids a slip whose parts are not all where they belong yet; gives its number. A new one can be printed then."""
    _slip(do, slip).move_to("void", "slip")
    return slip


@query(role=CLERK, title=("查看五联单去向", "Trace the slips"))
def slip_parts(do: Doing) -> Table:
    """The parts of the floor's 40 newest slips: number, kind, about, state, signed_by, colour, belongs, holder, filed_day."""
    rows: list[Any] = do.all(
        """select s.number, d.kind, s.about, d.state, s.signed_by, c.colour, c.holder, c.filed_day from floor_slip s join document d using (number)
           join slip_copy c on c.document = s.number where s.merchant = $m order by s.number desc, c.colour limit 200""",
        m=site(do).merchant,
    )
    return Table(
        ("number", "kind", "about", "state", "signed_by", "colour", "belongs", "holder", "filed_day"),
        [(*r[:6], copies.PLACES[r.kind][r.colour], r.holder, r.filed_day) for r in rows],
    )
