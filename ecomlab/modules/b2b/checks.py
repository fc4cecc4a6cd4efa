"""What each task of the module must show."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from ...books import documents
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, Life, Lives, adds_up, after, check, did, looked_up, pieces, same
from .briefs import FIELDS, number_of_certificate, own_member, short_of_money, supplier_member, warehouses
from .negotiations import terms

#: Where the documents between two companies lie, by their kind.
TABLES = {
    "inquiry": "b2b_inquiry", "negotiation": "b2b_negotiation", "purchase_contract": "b2b_contract", "purchase_order": "b2b_order",
    "settlement": "b2b_settlement",
}  # fmt: skip


def _moved(seen: Evidence, kind: str, *states: str, purchaser: str | None = None) -> list[documents.Move]:
    """The documents between the own company, or another purchaser, and the supplier that the student brought into one of these states."""
    rows = seen.look.all(
        f"select number from {TABLES[kind]} where purchaser = $purchaser and supplier = $supplier",
        purchaser=purchaser or own_member(seen.look), supplier=supplier_member(seen.look),
    )  # fmt: skip
    between = {r.number for r in rows}
    return [m for m in documents.moved(seen, kind, *states) if m.number in between]


def _debtor(look: Looking) -> str:
    return str(look.value("select number from member where uscc = $uscc", uscc=short_of_money(look).uscc))


def _orders(seen: Evidence, **asked: Any) -> list[Done]:
    """The student's orders from the cart that hold the product asked for, with these values."""
    holding = {r.number for r in seen.look.all("select number from b2b_order_line where product = $gtin", gtin=seen.brief["ordered_gtin"])}
    return seen.did("b2b.place_order", where=lambda d: d.result in holding, **asked)


def _on_terms(seen: Evidence) -> list[Life]:
    """Those of them that at some moment had the payment and the day of delivery asked for, counted from the day of the order."""
    made = seen.lives("b2b.place_order", "b2b.change_order").of(*(d.result for d in _orders(seen)))
    return [
        life
        for day in (_days_on(seen, _orders(seen), seen.brief["days"]))
        for life in made.was(payment_kind=seen.brief["payment"], delivery_day=day)
        if life.made and day in _days_on(seen, [life.made], seen.brief["days"])
    ]


def _days_on(seen: Evidence, done: Iterable[Done], days: int) -> set[datetime.date]:
    return {d.day + datetime.timedelta(days=days) for d in done}


def _from_main_to_other(seen: Evidence) -> list[Done]:
    main, other = warehouses(seen.look)
    return seen.did("b2b.transfer", warehouse=main, to_warehouse=other)


def _inquired(seen: Evidence) -> list[int]:
    """How many pieces of the product asked for each of the student's inquiries is about."""
    rows = seen.look.all("select document, quantity from b2b_line where version = 0 and product = $product", product=seen.brief["inquired_gtin"])
    quantities = {r.document: r.quantity for r in rows}
    return [quantities[d.result] for d in seen.did("b2b.inquire", supplier=supplier_member(seen.look)) if d.result in quantities]


def _proposed(seen: Evidence, side: str, **asked: Any) -> list[Done]:
    """The proposals of a side with which the terms came to be as asked, whichever of its proposals brought which of them."""

    def holds(d: Done) -> bool:
        now = terms(seen.look, d.arguments["negotiation"], d.result)
        return all(same(getattr(now, name), value) for name, value in asked.items())

    return seen.did(f"b2b.propose_as_{side}", where=holds)


def _delivery_terms(seen: Evidence) -> list[Done]:
    asked = seen.asked("incoterm", delivery_place="place", payment_kind="contract_payment")
    days = _days_on(seen, seen.did("b2b.propose_as_purchaser"), seen.brief["contract_days"])
    return [d for day in sorted(days) for d in _proposed(seen, "purchaser", delivery_day=day, **asked)]


def _registered(seen: Evidence) -> Lives:
    return seen.lives("b2b.register", "b2b.change_registration", gave=lambda given: given["member"])


check(
    "B2B001",
    registered=did("b2b.register"),
    identity=did("b2b.register", uscc="uscc", company_name="company"),
    trade=lambda s: _registered(s).was(trade="purchaser", **s.asked("uscc", company_name="company")),
)
check(
    "B2B003",
    certificate=lambda s: [m for m in documents.moved(s, "certificate", "downloaded") if m.number == number_of_certificate(s.look, own_member(s.look))],
    signed_in=lambda s: s.did("b2b.sign_in_purchaser", where=lambda d: d.result == own_member(s.look)),
)
check(
    "B2B004",
    signed_in=did("b2b.sign_in_supplier"),
    right=lambda s: s.did("b2b.sign_in_supplier", where=lambda d: d.result == supplier_member(s.look)),
)
check(
    "B2B011",
    looked=lambda s: after(s.looked_up("b2b.stock_levels"), s.did("b2b.send_goods")),
    sent=did("b2b.send_goods"),
    asked=lambda s: adds_up(pieces(s.did("b2b.send_goods", warehouse=warehouses(s.look)[0]), "goods", s.brief["sent_gtin"]), s.brief["sent_pieces"]),
)
check(
    "B2B013",
    ordered=did("b2b.transfer"),
    asked=lambda s: adds_up(pieces(_from_main_to_other(s), "goods", s.brief["moved_gtin"]), s.brief["moved_pieces"]),
)
check("B2B014", opened=looked_up("b2b.transfer_detail"), asked=lambda s: s.looked_up("b2b.transfer_detail", finds=[s.brief["moved_gtin"]]))
check(
    "B2B015",
    looked=looked_up("b2b.transfers"),
    condition=lambda s: s.looked_up("b2b.transfers", where=lambda d: d.given.keys() & FIELDS[s.brief["field"]]),
)
check(
    "B2B005",
    browsed=looked_up("b2b.browse"),
    chosen=did("b2b.add_to_cart"),
    asked=lambda s: s.did("b2b.add_to_cart", supplier=supplier_member(s.look), **s.asked(product="ordered_gtin", quantity="pieces")),
)
check(
    "B2B006",
    ordered=_orders,
    terms=_on_terms,
)
check("B2B007", inquired=did("b2b.inquire"), product=_inquired, quantity=lambda s: s.brief["inquired_pieces"] in _inquired(s))
check(
    "B2B008",
    opened=lambda s: after(s.looked_up("b2b.received_order_detail"), _moved(s, "purchase_order", "accepted")),
    accepted=lambda s: _moved(s, "purchase_order", "accepted"),
    credit=lambda s: after(s.looked_up("b2b.credit_check"), _moved(s, "purchase_order", "accepted", "rejected", purchaser=_debtor(s.look))),
    rejected=lambda s: _moved(s, "purchase_order", "rejected", purchaser=_debtor(s.look)),
)
check(
    "B2B009",
    opened=lambda s: after(s.looked_up("b2b.order_detail"), _moved(s, "purchase_order", "confirmed")),
    confirmed=lambda s: _moved(s, "purchase_order", "confirmed"),
)
check(
    "B2B010",
    opened=lambda s: after(s.looked_up("b2b.sales_detail"), s.did("b2b.send_order", "b2b.send_part")),
    sent=did("b2b.send_order", "b2b.send_part"),
)
check(
    "B2B022",
    looked=looked_up("b2b.received_inquiries"),
    quoted=lambda s: _moved(s, "inquiry", "quoted"),
    price=lambda s: s.did("b2b.quote", where=lambda d: s.asked(product="inquired_gtin", price="quote") in d.arguments["prices"]),
)
check(
    "B2B023",
    looked=lambda s: after(s.looked_up("b2b.inquiries", finds=["quoted"]), s.did("b2b.open_negotiation")),
    opened=lambda s: _moved(s, "inquiry", "negotiating"),
)
check(
    "B2B024",
    looked=looked_up("b2b.supplier_negotiations"),
    proposed=did("b2b.propose_as_supplier"),
    terms=lambda s: _proposed(s, "supplier", **s.asked("quality", "inspection")),
)
check("B2B025", looked=looked_up("b2b.negotiations"), proposed=did("b2b.propose_as_purchaser"), terms=_delivery_terms)
check(
    "B2B026",
    compared=lambda s: after(s.looked_up("b2b.supplier_versions"), s.did("b2b.agree_as_supplier")),
    agreed=did("b2b.agree_as_supplier"),
)
check(
    "B2B027",
    compared=lambda s: after(s.looked_up("b2b.versions"), s.did("b2b.agree_as_purchaser")),
    agreed=did("b2b.agree_as_purchaser"),
    both=lambda s: _moved(s, "negotiation", "both_agree"),
)
check("B2B028", read=lambda s: after(s.looked_up("b2b.contracts"), s.did("b2b.sign_as_purchaser")), signed=did("b2b.sign_as_purchaser"))
check(
    "B2B029",
    read=lambda s: after(s.looked_up("b2b.supplier_contracts"), s.did("b2b.sign_as_supplier")),
    signed=did("b2b.sign_as_supplier"),
    order=lambda s: _moved(s, "purchase_contract", "both_signatures"),
)
check(
    "B2B030",
    overview=looked_up("b2b.receivables"),
    detail=looked_up("b2b.receivable_detail"),
    right=lambda s: s.looked_up("b2b.receivable_detail", purchaser=own_member(s.look)),
)
check("B2B031", overview=looked_up("b2b.freight_payables"), detail=looked_up("b2b.freight_payable_detail"))
check(
    "B2B032",
    overview=looked_up("b2b.payables"),
    detail=lambda s: s.looked_up("b2b.payable_detail", supplier=supplier_member(s.look)),
    open=lambda s: s.looked_up("b2b.payable_detail", supplier=supplier_member(s.look), open_only=True),
)
check(
    "B2B017",
    matched=lambda s: after(s.looked_up("b2b.match"), s.did("b2b.settle"), by="settlement"),
    paid=did("b2b.settle"),
    settled=lambda s: _moved(s, "settlement", "settled"),
)
