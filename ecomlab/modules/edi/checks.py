"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.documents import came_to, moved
from ...kernel.evidence import Done, Evidence, Lives, after, check, did, excuse, looked_up
from ...kernel.names import same_name
from .. import email
from . import briefs  # noqa: F401  (declares what is asked)
from .numbers import digits
from .starter import goods, laid, partners


def _lives(seen: Evidence, family: str, **numbers: str) -> Lives:
    """What became of the partner types, partners or products that the student made, changed or deleted.

    numbers: those only that the network laid into the files under this GLN, GTIN or name, or that the student gave it.
    """
    found = seen.lives(f"edi.create_{family}", f"edi.change_{family}", f"edi.delete_{family}")
    for field, asked in numbers.items():
        found = found.of(*_known_as(seen, found, field, asked))
    return found


def _known_as(seen: Evidence, lives: Lives, field: str, asked: str) -> set[str]:
    """The numbers of the records known by this GLN, GTIN or name: laid so into the student's files, or made so by the student."""
    return set(laid(seen.look, asked)) | {life.thing for life in lives.was(lambda fields: _bears(fields, field, asked))}


def _bears(fields: dict[str, Any], field: str, asked: str) -> bool:
    """Whether a field has this value; a number however it was grouped."""
    return same_name(fields.get(field), asked) if field == "name" else digits(fields.get(field) or "") == asked


def _registered(seen: Evidence) -> Lives:
    """The student's own company, joined under its GLN, with notices to a mailbox of the student's."""
    own = email.own_mailboxes(seen.look)
    joined = seen.lives("edi.register", "edi.change_registration", key="gln").of(*(d.arguments["gln"] for d in seen.did("edi.register")))
    return Lives(life for life in joined if digits(life.thing) == seen.brief["gln"]).was(
        lambda fields: fields["mailbox"].strip().lower() in own, **seen.asked("uscc", company_name="company")
    )


def _new_partner_as_asked(seen: Evidence) -> Lives:
    types = _known_as(seen, _lives(seen, "partner_type"), "name", seen.brief["type"])
    return _lives(seen, "partner").made().was(
        lambda fields: _bears(fields, "gln", seen.brief["gln"]) and fields["partner_type"] in types, **seen.asked("name", "level")
    )  # fmt: skip


def _orders(seen: Evidence, *lines: tuple[str, int]) -> set[str]:
    """The documents that the student entered for the seller of the tasks, with at least these lines: GTIN and quantity."""
    return {
        m.number
        for m in moved(seen, "edi_document", "recorded")
        if seen.look.value(
            """select count(*) from edi_order o join edi_order_line l using (number)
               where o.number = $number and o.supplier = $seller and list_contains($lines, l.gtin || ' ' || l.quantity)""",
            number=m.number, seller=partners(seen.look)[0].gln, lines=[f"{gtin} {count}" for gtin, count in lines],
        ) == len(lines)
    }  # fmt: skip


def _to_seller(seen: Evidence) -> list[Any]:
    entered = [m.number for m in moved(seen, "edi_document", "recorded")]
    return seen.look.all("select 1 from edi_order where list_contains($entered, number) and supplier = $gln", entered=entered, gln=seen.brief["gln"])


def _ordered(seen: Evidence) -> set[str]:
    """The student's documents for what EDI014 asks."""
    return _orders(seen, *((seen.brief[f"{line}_gtin"], seen.brief[f"{line}_count"]) for line in ("first", "second")))


def _went_through(seen: Evidence, state: str) -> set[str]:
    """Those of them that have been in this state."""
    return _ordered(seen) & {m.number for m in moved(seen, "edi_document", state)}


def _voided(seen: Evidence) -> set[str]:
    """The mistaken document, voided."""
    return _orders(seen, (goods(seen.look)[0].gtin, seen.brief["count"])) & {m.number for m in moved(seen, "edi_document", "voided")}


def _its_acknowledgements(seen: Evidence) -> list[Done]:
    """The acknowledgements of the order that were opened."""
    document = "select document from edi_acknowledgement where number = $number"
    return seen.looked_up("edi.acknowledgement", where=lambda d: seen.look.value(document, number=d.arguments["acknowledgement"]) in _ordered(seen))


check("EDI001", joined=did("edi.register"), as_company=_registered, signed_in=lambda s: after(s.did("edi.register"), s.did("edi.sign_in")))
check("EDI002", signed_in=did("edi.sign_in"), looked=looked_up("edi.system_map"))
check("EDI003", created=lambda s: _lives(s, "partner_type").made(), named=lambda s: _lives(s, "partner_type").made().was(**s.asked("name")))
check(
    "EDI004",
    changed=lambda s: _lives(s, "partner_type").became(),
    named=lambda s: _lives(s, "partner_type", name=s.brief["old"]).became(**s.asked("name")),
)
check(
    "EDI005",
    deleted=lambda s: _lives(s, "partner_type").deleted(),
    unused=lambda s: _lives(s, "partner_type", **s.asked("name")).deleted(),
)
check(
    "EDI006",
    created=lambda s: _lives(s, "partner").made(),
    gln=lambda s: _lives(s, "partner", **s.asked("gln")).made(),
    kept=_new_partner_as_asked,
)
check(
    "EDI007",
    changed=lambda s: _lives(s, "partner").became(),
    contact=lambda s: _lives(s, "partner", **s.asked("gln")).became(**s.asked("contact")),
    level=lambda s: _lives(s, "partner", **s.asked("gln")).became(**s.asked("contact", "level")),
)
check("EDI008", deleted=lambda s: _lives(s, "partner").deleted(), left=lambda s: _lives(s, "partner", **s.asked("gln")).deleted())
check(
    "EDI009",
    searched=looked_up("edi.search_partners"),
    found=lambda s: s.looked_up("edi.search_partners", where=lambda d: [r.gln for r in d.result] == [s.brief["gln"]]),
)
check(
    "EDI010",
    created=lambda s: _lives(s, "product").made(),
    gtin=lambda s: _lives(s, "product", **s.asked("gtin")).made(),
    kept=lambda s: _lives(s, "product", **s.asked("gtin")).made().was(**s.asked("name", measure_unit="code", list_price="price")),
)
check(
    "EDI011",
    changed=lambda s: _lives(s, "product").became(),
    price=lambda s: _lives(s, "product", **s.asked("gtin")).became(**s.asked(list_price="price")),
)
check("EDI012", deleted=lambda s: _lives(s, "product").deleted(), dropped=lambda s: _lives(s, "product", **s.asked("gtin")).deleted())
check(
    "EDI013",
    searched=looked_up("edi.search_products"),
    found=lambda s: s.looked_up("edi.search_products", finds=[s.brief["gtin"]], **s.asked(at_least="least", at_most="most")),
)
check("EDI014", entered=came_to("edi_document", "recorded"), seller=_to_seller, lines=_ordered)
excuse("EDI014", {"F edi.create_document.lines": "the text asks for one document: an order in two messages is two orders"})
check(
    "EDI015",
    searched=looked_up("edi.search_documents"),
    found=lambda s: s.looked_up("edi.search_documents", where=lambda d: d.arguments["partner"] in _known_as(s, _lives(s, "partner"), "gln", s.brief["gln"])),
)
check(
    "EDI016",
    voided=came_to("edi_document", "voided"),
    mistaken=_voided,
    reason=lambda s: [n for n in _voided(s) if s.look.value("select reason from edi_order where number = $number", number=n) == s.brief["code"]],
)
excuse("EDI016", {"F edi.create_document.lines": "it is one document that was entered by mistake"})
check(
    "EDI017",
    flat_file=lambda s: _went_through(s, "flat_file_made"),
    message=lambda s: _went_through(s, "message_made"),
    sent=lambda s: _went_through(s, "message_sent"),
    acknowledged=lambda s: _went_through(s, "message_acknowledged"),
)
check(
    "EDI018",
    searched=looked_up("edi.search_acknowledgements"),
    found=lambda s: s.looked_up("edi.search_acknowledgements", where=lambda d: d.arguments["document"] in _ordered(s)),
    opened=_its_acknowledgements,
)
