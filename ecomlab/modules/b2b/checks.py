"""What each student is asked, and what each task of the module must show."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ...books import documents
from ...books.cast import Company, carriers, companies, own_company
from ...books.stock import Goods
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, adds_up, after, asks, check, pieces, same
from ...kernel.terms import term
from ...kernel.texts import Text
from .. import lgs
from .negotiations import terms

#: What transfer orders are asked for by, and the fields of the query that say it.
CONDITIONS = {"state": Text("状态", "state"), "product": Text("商品", "product"), "from_day": Text("日期", "date")}
FIELDS = {"state": {"state"}, "product": {"product"}, "from_day": {"from_day", "to_day"}}
QUALITY = (
    "国家标准一等品 First grade by the national standard",
    "不良率低于 0.5% Defects below 0.5 percent",
    "原厂包装，生产日期三个月内 Original packing, made within three months",
)
INSPECTION = (
    "到货后 3 日内按 GB/T 2828.1 抽样检验 Sampling by GB/T 2828.1 within 3 days of arrival",
    "交货前由第三方检验 Inspection by a third party before delivery",
    "到货当日逐箱开检 Every carton opened on the day of arrival",
)


def supplier_of(look: Looking) -> Company:
    """The company that sells, in whose name the student acts as the supplier."""
    return companies(look)[1]


def short_of_money(look: Looking) -> Company:
    """The company that orders without the money for it."""
    return companies(look)[2]


def wares(look: Looking) -> list[tuple[str, str, int, Decimal]]:
    """What the supplier has and offers: product, its name, pieces, list price."""
    names = {r["gtin"]: r["name"] for r in look.scenario.rows("products")}

    def listed(g: Goods) -> Decimal:
        return (g.value / g.quantity * Decimal("1.35")).quantize(Decimal("0.10")).quantize(Decimal("0.01"))

    return [(g.product, names[g.product], g.quantity, listed(g)) for g in lgs.assortment(look, supplier_of(look).uscc)]


def deal(look: Looking) -> dict[str, Any]:
    """The business that this student is to do, from registration to settlement."""
    chance, own, goods = look.stream("b2b.deal"), own_company(look), wares(look)
    payments = ("on_delivery", "days_30", "days_60")
    asked = {
        "company": own.name, "uscc": own.uscc, "city": own.city, "supplier": supplier_of(look).name, "debtor": short_of_money(look).name,
        "carrier": carriers(look)[2].name, "main": MAIN, "other": OTHER,
        "ordered": goods[0][1], "ordered_gtin": goods[0][0], "pieces": chance.randint(6, 12), "days": chance.randint(12, 25),
        "sent": goods[1][1], "sent_gtin": goods[1][0], "sent_pieces": chance.randint(8, 15),
        "inquired": goods[2][1], "inquired_gtin": goods[2][0], "inquired_pieces": chance.randint(15, 25),
        "moved": goods[3][1], "moved_gtin": goods[3][0], "moved_pieces": chance.randint(5, 12),
        "quote": (goods[2][3] * chance.randint(94, 97) / 100).quantize(Decimal("0.01")), "quality": chance.choice(QUALITY),
        "inspection": chance.choice(INSPECTION), "incoterm": chance.choice(("CPT", "CIP", "DAP", "DPU", "DDP")), "place": own.city,
        "payment": chance.choice(payments), "contract_payment": chance.choice(payments[1:]), "contract_days": chance.randint(20, 40),
    }  # fmt: skip
    field = look.stream("b2b.condition").choice(list(CONDITIONS))
    said = {f"{k}_said": term(asked[k]) for k in ("payment", "contract_payment")}  # type: ignore[arg-type]
    return {**asked, **said, "field": field, "condition": CONDITIONS[field]}


MAIN, OTHER = "华东总仓 East China main warehouse", "城北分仓 North city warehouse"

asks(*(f"B2B{n:03d}" for n in (1, *range(3, 12), 13, 14, 15, 17, *range(22, 33))))(deal)


def own_member(look: Looking) -> str | None:
    """The member number of the student's own company."""
    return look.value("select number from member where uscc = $uscc", uscc=own_company(look).uscc)  # type: ignore[no-any-return]


def supplier_member(look: Looking) -> str | None:
    return look.value("select number from member where uscc = $uscc", uscc=supplier_of(look).uscc)  # type: ignore[no-any-return]


def warehouses(look: Looking) -> tuple[str, str]:
    """The two warehouses, main and other, that the supplier's carrier had from the beginning, whatever they are called now."""
    rows = look.all(
        "select w.number from lgs_warehouse w join member m on m.number = w.carrier where m.uscc = $uscc order by 1 limit 2", uscc=carriers(look)[2].uscc
    )
    return rows[0].number, rows[1].number


def number_of_certificate(look: Looking, member: str | None) -> str:
    """The certificate that the marketplace issued to a member."""
    return str(look.value("select certificate from b2b_member where member = $member", member=member))


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


check(
    "B2B001",
    registered=lambda s: s.did("b2b.register"),
    identity=lambda s: s.did("b2b.register", **s.asked("uscc", company_name="company")),
    trade=lambda s: s.did("b2b.register", trade="purchaser", **s.asked("uscc", company_name="company")),
)
check(
    "B2B003",
    certificate=lambda s: [m for m in documents.moved(s, "certificate", "downloaded") if m.number == number_of_certificate(s.look, own_member(s.look))],
    signed_in=lambda s: s.did("b2b.sign_in_purchaser", where=lambda d: d.result == own_member(s.look)),
)
check(
    "B2B004",
    signed_in=lambda s: s.did("b2b.sign_in_supplier"),
    right=lambda s: s.did("b2b.sign_in_supplier", where=lambda d: d.result == supplier_member(s.look)),
)
check(
    "B2B011",
    looked=lambda s: after(s.looked_up("b2b.stock_levels"), s.did("b2b.send_goods")),
    sent=lambda s: s.did("b2b.send_goods"),
    asked=lambda s: adds_up(pieces(s.did("b2b.send_goods", warehouse=warehouses(s.look)[0]), "goods", s.brief["sent_gtin"]), s.brief["sent_pieces"]),
)
check(
    "B2B013",
    ordered=lambda s: s.did("b2b.transfer"),
    asked=lambda s: adds_up(pieces(_from_main_to_other(s), "goods", s.brief["moved_gtin"]), s.brief["moved_pieces"]),
)
check(
    "B2B014",
    opened=lambda s: s.looked_up("b2b.transfer_detail"),
    asked=lambda s: s.looked_up("b2b.transfer_detail", finds=[s.brief["moved_gtin"]]),
)
check(
    "B2B015",
    looked=lambda s: s.looked_up("b2b.transfers"),
    condition=lambda s: s.looked_up("b2b.transfers", where=lambda d: d.given.keys() & FIELDS[s.brief["field"]]),
)
check(
    "B2B005",
    browsed=lambda s: s.looked_up("b2b.browse"),
    chosen=lambda s: s.did("b2b.add_to_cart"),
    asked=lambda s: s.did("b2b.add_to_cart", supplier=supplier_member(s.look), **s.asked(product="ordered_gtin", quantity="pieces")),
)
check(
    "B2B006",
    ordered=_orders,
    terms=lambda s: [d for d in _orders(s, payment_kind=s.brief["payment"]) if d.arguments["delivery_day"] in _days_on(s, [d], s.brief["days"])],
)
check(
    "B2B007",
    inquired=lambda s: s.did("b2b.inquire"),
    product=_inquired,
    quantity=lambda s: s.brief["inquired_pieces"] in _inquired(s),
)
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
    sent=lambda s: s.did("b2b.send_order", "b2b.send_part"),
)
check(
    "B2B022",
    looked=lambda s: s.looked_up("b2b.received_inquiries"),
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
    looked=lambda s: s.looked_up("b2b.supplier_negotiations"),
    proposed=lambda s: s.did("b2b.propose_as_supplier"),
    terms=lambda s: _proposed(s, "supplier", **s.asked("quality", "inspection")),
)
check(
    "B2B025",
    looked=lambda s: s.looked_up("b2b.negotiations"),
    proposed=lambda s: s.did("b2b.propose_as_purchaser"),
    terms=_delivery_terms,
)
check(
    "B2B026",
    compared=lambda s: after(s.looked_up("b2b.supplier_versions"), s.did("b2b.agree_as_supplier")),
    agreed=lambda s: s.did("b2b.agree_as_supplier"),
)
check(
    "B2B027",
    compared=lambda s: after(s.looked_up("b2b.versions"), s.did("b2b.agree_as_purchaser")),
    agreed=lambda s: s.did("b2b.agree_as_purchaser"),
    both=lambda s: _moved(s, "negotiation", "both_agree"),
)
check(
    "B2B028",
    read=lambda s: after(s.looked_up("b2b.contracts"), s.did("b2b.sign_as_purchaser")),
    signed=lambda s: s.did("b2b.sign_as_purchaser"),
)
check(
    "B2B029",
    read=lambda s: after(s.looked_up("b2b.supplier_contracts"), s.did("b2b.sign_as_supplier")),
    signed=lambda s: s.did("b2b.sign_as_supplier"),
    order=lambda s: _moved(s, "purchase_contract", "both_signatures"),
)
check(
    "B2B030",
    overview=lambda s: s.looked_up("b2b.receivables"),
    detail=lambda s: s.looked_up("b2b.receivable_detail"),
    right=lambda s: s.looked_up("b2b.receivable_detail", purchaser=own_member(s.look)),
)
check(
    "B2B031",
    overview=lambda s: s.looked_up("b2b.freight_payables"),
    detail=lambda s: s.looked_up("b2b.freight_payable_detail"),
)
check(
    "B2B032",
    overview=lambda s: s.looked_up("b2b.payables"),
    detail=lambda s: s.looked_up("b2b.payable_detail", supplier=supplier_member(s.look)),
    open=lambda s: s.looked_up("b2b.payable_detail", supplier=supplier_member(s.look), open_only=True),
)
check(
    "B2B017",
    matched=lambda s: after(s.looked_up("b2b.match"), s.did("b2b.settle"), by="settlement"),
    paid=lambda s: s.did("b2b.settle"),
    settled=lambda s: _moved(s, "settlement", "settled"),
)
