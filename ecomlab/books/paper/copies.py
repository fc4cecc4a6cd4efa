"""Slips in several copies: each colour belongs to one place, goes there from hand to hand, and is filed there.

A kind of slip declares its colours with the places they belong to. All copies begin with whoever makes the slip; the slip is
*distributed* when every copy lies where it belongs, and *filed* when every place has filed its own.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from .. import documents
from ..documents import Document, Kind

#: Who stands outside the house: a copy that has reached them is theirs to keep, and counts as filed.
OUTSIDE = ("customer", "courier", "supplier")
#: By kind of slip: where each colour belongs.
PLACES: dict[str, Mapping[str, str]] = {}

NO_SUCH_COPY = refusal("no_such_copy", "{kind}没有“{colour}”。请选择：{known}。", "A {kind} has no {colour} copy. Choose one of: {known}.")
NO_SUCH_PLACE = refusal("no_such_place", "{kind}不经过“{place}”。请选择：{known}。", "A {kind} does not go to {place}. Choose one of: {known}.")
NOT_THE_HOLDER = refusal(
    "not_the_holder",
    "“{number}”的{colour}现在由“{holder}”持有。请由持有者转交或归档。",
    "The {colour} copy of {number} lies with {holder}. Let its holder hand it on or file it.",
)
COPY_IN_PLACE = refusal(
    "copy_in_place",
    "“{number}”的{colour}已在“{holder}”，那里就是它的归处。请直接归档。",
    "The {colour} copy of {number} is with {holder}, where it belongs. File it there.",
)
NOT_ITS_PLACE = refusal(
    "not_its_place",
    "“{number}”的{colour}应由“{place}”归档。请先转交过去。",
    "The {colour} copy of {number} is for {place} to file. Hand it on first.",
)
FILED_ALREADY = refusal(
    "filed_already",
    "“{number}”的{colour}已于 {day} 归档，不能再次归档或转交。请核对编号和颜色。",
    "The {colour} copy of {number} was filed on {day}; it cannot be filed again or handed on. Check number and colour.",
)


def slip(name: str, prefix: str, title: tuple[str, str], module: str, **places: str) -> Kind:
    """Declares a kind of slip with its copies: `slip("sales_slip", "SS", (...), "finance", white="ecommerce", red="customer", ...)`.

    It moves from issued to distributed to filed; one that is not distributed yet can be voided. module: in whose words its states are said.
    """
    moves = {"issued": ("distributed", "void"), "distributed": ("filed",), "filed": (), "void": ()}
    PLACES[name] = places
    return documents.kind(name, prefix, title, moves, module)


def issue(do: Doing, kind: Kind, owner: str, at: str, parent: str | None = None) -> Document:
    """A new slip, all copies of which lie at the place that makes it. Raises ValueError for a place that the kind does not know."""
    if at not in PLACES[kind.name].values():
        raise ValueError(f"{kind.name}: no copy belongs to {at}")
    made = documents.create(do, kind, owner, parent)
    for colour in PLACES[kind.name]:
        do.execute("insert into slip_copy values ($document, $colour, $at, null)", document=made.number, colour=colour, at=at)
    return made


def hand(do: Doing, document: Document, colour: str, to: str, by: str, field: str | None = "colour", to_field: str | None = "to") -> None:
    """Hands a copy from its holder `by` to another place, which need not be the right one: whoever gets it wrongly hands it on.

    Refuses 'no_such_copy', 'no_such_place', 'not_the_holder', 'filed_already' and 'copy_in_place'.
    """
    place = _at_hand(do, document, colour, by, field)
    if to not in PLACES[document.kind.name].values():
        raise NO_SUCH_PLACE(to_field, kind=document.kind.title, place=_said(document, to), known=_listed(document, PLACES[document.kind.name].values()))
    if by == place:
        raise COPY_IN_PLACE(field, number=document.number, colour=_said(document, colour), holder=_said(document, by))
    kept = do.day if to == place and place in OUTSIDE else None
    _put(do, document, colour, to, kept)
    _go_on(do, document)


def file(do: Doing, document: Document, colour: str, by: str, field: str | None = "colour") -> None:
    """Files a copy where it belongs. Refuses 'no_such_copy', 'not_the_holder', 'filed_already' and 'not_its_place'."""
    place = _at_hand(do, document, colour, by, field)
    if by != place:
        raise NOT_ITS_PLACE(field, number=document.number, colour=_said(document, colour), place=_said(document, place))
    _put(do, document, colour, by, do.day)
    _go_on(do, document)


def holders(look: Looking, number: str) -> Table:
    """Where the copies of a slip are: colour, belongs, holder, filed_day."""
    kind = look.value("select kind from document where number = $number", number=number)
    rows = {r.colour: r for r in look.all("select colour, holder, filed_day from slip_copy where document = $number", number=number)}
    made = Table(("colour", "belongs", "holder", "filed_day"), [(c, p, rows[c].holder, rows[c].filed_day) for c, p in PLACES[kind].items()])
    made.module = documents.words_of(kind)
    return made


def _at_hand(do: Doing, document: Document, colour: str, by: str, field: str | None) -> str:
    """The place where a copy belongs that `by` holds and has not filed."""
    places = PLACES[document.kind.name]
    if colour not in places:
        raise NO_SUCH_COPY(field, kind=document.kind.title, colour=_said(document, colour[:40]), known=_listed(document, places))
    row = do.one("select holder, filed_day from slip_copy where document = $number and colour = $colour", number=document.number, colour=colour)
    if row.filed_day:
        raise FILED_ALREADY(field, number=document.number, colour=_said(document, colour), day=row.filed_day)
    if row.holder != by:
        raise NOT_THE_HOLDER(field, number=document.number, colour=_said(document, colour), holder=_said(document, row.holder))
    return places[colour]


def _put(do: Doing, document: Document, colour: str, holder: str, filed: datetime.date | None) -> None:
    do.execute(
        "update slip_copy set holder = $holder, filed_day = $filed where document = $number and colour = $colour",
        holder=holder, filed=filed, number=document.number, colour=colour,
    )  # fmt: skip


def _go_on(do: Doing, document: Document) -> None:
    """Moves the slip on when the last copy has come to its place, or has been filed there."""
    rows = do.all("select colour, holder, filed_day from slip_copy where document = $number", number=document.number)
    places = PLACES[document.kind.name]
    if document.state == "issued" and all(r.holder == places[r.colour] for r in rows):
        document.move_to("distributed")
    if document.state == "distributed" and all(r.filed_day for r in rows):
        document.move_to("filed")


def _said(document: Document, word: str) -> Text:
    return term(word, document.kind.module)


def _listed(document: Document, words: object) -> Text:
    said = [_said(document, w) for w in dict.fromkeys(words)]  # type: ignore[call-overload]
    return Text("、".join(t.zh for t in said), ", ".join(t.en for t in said))


@invariant("copies_in_place", "每联单据只有一个持有者，归档的都在应归之处", "Each copy of a slip has one holder, and none is filed but where it belongs")
def _in_place(look: Looking) -> list[str]:
    found = []
    copies = "select d.number, d.kind, d.state, c.colour, c.holder, c.filed_day from slip_copy c join document d on d.number = c.document order by 1, 4"
    for r in look.all(copies):
        place = PLACES[r.kind].get(r.colour)
        if r.holder not in PLACES[r.kind].values() or r.filed_day and r.holder != place:
            found.append(f"{r.number} {r.colour}: with {r.holder}, belongs to {place}")
        if r.state in ("distributed", "filed") and r.holder != place or r.state == "filed" and not r.filed_day:
            found.append(f"{r.number} is {r.state}, its {r.colour} copy with {r.holder}")
    counted = look.all("select d.number, d.kind, count(*) as n from slip_copy c join document d on d.number = c.document group by all order by 1")
    return found + [f"{r.number}: {r.n} copies" for r in counted if r.n != len(PLACES[r.kind])]
