"""What each task asks of whom, and what it must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import own_company, own_person
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check
from ...kernel.terms import term
from .numbers import gln_of
from .products import UNITS
from .starter import OLD_TYPE, SUPPLIER, UNUSED_TYPE, goods, partners


@asks("EDI001", "EDI002")
def _membership(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc, "gln": gln_of(look, own.uscc), "mailbox": own_person(look).mailbox}


@asks("EDI003")
def _new_type(look: Looking) -> dict[str, Any]:
    name = look.stream("edi.type").choice(("代工厂 Contract manufacturer", "经纪商 Broker", "仓储商 Warehouse keeper", "检验机构 Inspection body"))
    return {"name": f"{name} {look.mark}"}


@asks("EDI004")
def _renamed_type(look: Looking) -> dict[str, Any]:
    name = look.stream("edi.renamed").choice(("零售商 Retailer", "批发商 Wholesaler", "连锁店 Chain store"))
    return {"old": OLD_TYPE, "name": f"{name} {look.mark}"}


@asks("EDI005")
def _unused_type(look: Looking) -> dict[str, Any]:
    return {"name": UNUSED_TYPE}


@asks("EDI006")
def _new_partner(look: Looking) -> dict[str, Any]:
    new = partners(look)[4]
    return {"name": new.company.name, "gln": new.gln, "type": SUPPLIER, "level": new.level}


@asks("EDI007")
def _changed_partner(look: Looking) -> dict[str, Any]:
    found = partners(look)[1]
    contact = look.stream("edi.contact").choice(("王敏 Wang Min", "李强 Li Qiang", "赵静 Zhao Jing", "孙涛 Sun Tao"))
    return {"name": found.company.name, "gln": found.gln, "contact": f"{contact} {look.mark}", "level": "UNOC"}


@asks("EDI008")
def _left_partner(look: Looking) -> dict[str, Any]:
    found = partners(look)[3]
    return {"name": found.company.name, "gln": found.gln}


@asks("EDI009")
def _sought_partner(look: Looking) -> dict[str, Any]:
    found = partners(look)[2]
    return {"gln": found.gln, "end": found.gln[-6:]}


@asks("EDI010")
def _new_product(look: Looking) -> dict[str, Any]:
    new = goods(look)[5]
    return {"gtin": new.gtin, "name": new.name, "unit": UNITS[new.unit], "code": new.unit, "price": new.price}


@asks("EDI011")
def _changed_product(look: Looking) -> dict[str, Any]:
    found = goods(look)[2]
    return {"gtin": found.gtin, "name": found.name, "price": (found.price * Decimal("1.08")).quantize(Decimal("0.01"))}


@asks("EDI012")
def _dropped_product(look: Looking) -> dict[str, Any]:
    found = goods(look)[3]
    return {"gtin": found.gtin, "name": found.name}


@asks("EDI013")
def _sought_product(look: Looking) -> dict[str, Any]:
    found = goods(look)[4]
    return {"gtin": found.gtin, "least": found.price - 3, "most": found.price + 3}


@asks("EDI014", "EDI015", "EDI017", "EDI018")
def _order(look: Looking) -> dict[str, Any]:
    seller, (first, second) = partners(look)[0], goods(look)[:2]
    chance = look.stream("edi.order")
    return {
        "seller": seller.company.name, "gln": seller.gln, "first": first.name, "first_gtin": first.gtin, "first_count": chance.randint(20, 80),
        "second": second.name, "second_gtin": second.gtin, "second_count": chance.randint(100, 400),
    }  # fmt: skip


@asks("EDI016")
def _mistake(look: Looking) -> dict[str, Any]:
    chance = look.stream("edi.mistake")
    reason = chance.choice(("entered_twice", "wrong_quantity", "order_withdrawn"))
    return {"seller": partners(look)[0].company.name, "product": goods(look)[0].name, "count": chance.randint(500, 900), "code": reason, "reason": term(reason)}


def _ordered(seen: Evidence) -> list[Any]:
    """The student's documents for exactly what is asked, the latest state with each."""
    return seen.look.all(
        """select d.number, d.state from document d join edi_order o using (number) join edi_order_line l on l.number = d.number
           where o.supplier = $gln and d.owner in (select name from access where realm = 'edi.password' and not scripted)
           group by all having count(*) = 2
             and count(*) filter ((l.gtin = $first and l.quantity = $first_count) or (l.gtin = $second and l.quantity = $second_count)) = 2
           order by d.number""",
        gln=seen.brief["gln"], first=seen.brief["first_gtin"], first_count=seen.brief["first_count"],
        second=seen.brief["second_gtin"], second_count=seen.brief["second_count"],
    )  # fmt: skip


def _went_through(seen: Evidence, state: str) -> bool:
    """Whether a document for what is asked has been in this state."""
    numbers = {r.number for r in _ordered(seen)}
    return any(r.document in numbers for r in seen.look.all("select distinct document from document_history where state = $state", state=state))


def _own_documents(seen: Evidence) -> set[str]:
    return {r.number for r in _ordered(seen)}


def _voided(seen: Evidence) -> list[Any]:
    return seen.did("edi.void", where=lambda d: seen.look.value("select 1 from edi_order_line where number = $n and name = $name and quantity = $count",
                                                                n=d.arguments["document"], name=seen.brief["product"], count=seen.brief["count"]))  # fmt: skip


def _with(seen: Evidence, command: str, field: str) -> list[Any]:
    """The entries of a command whose number in this field is the one asked for, however it was grouped."""
    return seen.did(command, where=lambda d: d.arguments[field].replace(" ", "").replace("-", "") == seen.brief[field])


def _now(seen: Evidence, column: str) -> bool:
    """Whether the partner asked about has the value asked for in this column, and a change gave it."""
    value = seen.brief[column]
    return bool(seen.did("edi.change_partner", **{column: value})) and seen.look.value(
        f"select {column} = $value from edi_partner where gln = $gln order by number limit 1", value=value, gln=seen.brief["gln"]
    )


def _repriced(seen: Evidence) -> list[Any]:
    number = seen.look.value("select number from edi_product where gtin = $gtin order by number limit 1", gtin=seen.brief["gtin"])
    return seen.did("edi.change_product", product=number, list_price=seen.brief["price"])


def _to_seller(seen: Evidence) -> list[Any]:
    return seen.look.all(
        "select 1 from edi_order o join document d using (number) join edi_member e on e.gln = d.owner where o.supplier = $gln", gln=seen.brief["gln"]
    )


check(
    "EDI001",
    joined=lambda s: s.did("edi.register"),
    as_company=lambda s: s.look.one(
        "select 1 from edi_member e join member m on m.number = e.member where e.gln = $gln and m.uscc = $uscc", gln=s.brief["gln"], uscc=s.brief["uscc"]
    ),
    signed_in=lambda s: {d.result for d in s.did("edi.register")} & {d.result for d in s.did("edi.sign_in")},
)
check(
    "EDI002",
    signed_in=lambda s: s.did("edi.sign_in"),
    looked=lambda s: s.looked_up("edi.system_map"),
)
check(
    "EDI003",
    created=lambda s: s.did("edi.create_partner_type"),
    named=lambda s: s.did("edi.create_partner_type", name=s.brief["name"]),
)
check(
    "EDI004",
    changed=lambda s: s.did("edi.change_partner_type"),
    named=lambda s: (
        s.did("edi.change_partner_type", name=s.brief["name"])
        and not s.look.one("select 1 from edi_partner_type t join edi_member e on e.gln = t.member where t.name = $old", old=s.brief["old"])
    ),
)
check(
    "EDI005",
    deleted=lambda s: s.did("edi.delete_partner_type"),
    unused=lambda s: s.did("edi.delete_partner_type") and not s.look.one("select 1 from edi_partner_type where name = $name", name=s.brief["name"]),
)
check(
    "EDI006",
    created=lambda s: s.did("edi.create_partner"),
    gln=lambda s: _with(s, "edi.create_partner", "gln"),
    kept=lambda s: (
        s.look.one(
            """select 1 from edi_partner p join edi_partner_type t on t.number = p.partner_type
               where p.gln = $gln and p.name = $name and t.name = $type and p.level = $level""",
            **s.brief,
        )
        or s.did("edi.create_partner", name=s.brief["name"], level=s.brief["level"])
    ),
)
check(
    "EDI007",
    changed=lambda s: s.did("edi.change_partner"),
    contact=lambda s: _now(s, "contact"),
    level=lambda s: _now(s, "level"),
)
check(
    "EDI008",
    deleted=lambda s: s.did("edi.delete_partner"),
    left=lambda s: s.did("edi.delete_partner") and not s.look.one("select 1 from edi_partner where gln = $gln", gln=s.brief["gln"]),
)
check(
    "EDI009",
    searched=lambda s: s.looked_up("edi.search_partners"),
    found=lambda s: [d for d in s.looked_up("edi.search_partners") if [r.gln for r in d.result] == [s.brief["gln"]]],
)
check(
    "EDI010",
    created=lambda s: s.did("edi.create_product"),
    gtin=lambda s: _with(s, "edi.create_product", "gtin"),
    kept=lambda s: s.did("edi.create_product", name=s.brief["name"], measure_unit=s.brief["code"], list_price=s.brief["price"]),
)
check(
    "EDI011",
    changed=lambda s: s.did("edi.change_product"),
    price=_repriced,
)
check(
    "EDI012",
    deleted=lambda s: s.did("edi.delete_product"),
    dropped=lambda s: s.did("edi.delete_product") and not s.look.one("select 1 from edi_product where gtin = $gtin", gtin=s.brief["gtin"]),
)
check(
    "EDI013",
    searched=lambda s: s.looked_up("edi.search_products"),
    found=lambda s: [
        d for d in s.looked_up("edi.search_products", at_least=s.brief["least"], at_most=s.brief["most"]) if s.brief["gtin"] in [r.gtin for r in d.result]
    ],
)
check(
    "EDI014",
    entered=lambda s: s.did("edi.create_document"),
    seller=_to_seller,
    lines=_ordered,
)
check(
    "EDI015",
    searched=lambda s: s.looked_up("edi.search_documents"),
    found=lambda s: s.looked_up("edi.search_documents", where=lambda d: d.arguments["partner"] and {r.partner_name for r in d.result} == {s.brief["seller"]}),
)
check(
    "EDI016",
    voided=lambda s: s.did("edi.void"),
    mistaken=lambda s: _voided(s),
    reason=lambda s: s.did("edi.void", reason=s.brief["code"]),
)
check(
    "EDI017",
    flat_file=lambda s: _went_through(s, "flat_file_made"),
    message=lambda s: _went_through(s, "message_made"),
    sent=lambda s: _went_through(s, "message_sent"),
    acknowledged=lambda s: _went_through(s, "message_acknowledged"),
)
check(
    "EDI018",
    searched=lambda s: s.looked_up("edi.search_acknowledgements"),
    found=lambda s: s.looked_up("edi.search_acknowledgements", where=lambda d: d.arguments["document"] in _own_documents(s)),
    opened=lambda s: s.looked_up("edi.acknowledgement"),
)
