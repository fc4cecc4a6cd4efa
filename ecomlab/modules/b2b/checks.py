"""What each student is asked, and what each task of the module must show."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...books.cast import Company, carriers, companies, own_company
from ...books.stock import Goods
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check
from ...kernel.terms import term
from ...kernel.texts import Text
from .. import lgs

CONDITIONS = {"state": Text("状态", "state"), "product": Text("商品", "product"), "from_day": Text("日期", "date")}
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
        "inspection": chance.choice(INSPECTION), "incoterm": chance.choice(("CPT", "CIP", "DAP", "DPU", "DDP")), "place": f"{own.city} {own.name}",
        "payment": chance.choice(payments), "contract_payment": chance.choice(payments[1:]), "contract_days": chance.randint(20, 40),
    }  # fmt: skip
    asked |= {f"{k}_{language}": term(asked[k]).say(language) for k in ("payment", "contract_payment") for language in ("zh", "en")}  # type: ignore[arg-type]
    field = look.stream("b2b.condition").choice(list(CONDITIONS))
    return {**asked, "field": field, "condition": CONDITIONS[field]}


MAIN, OTHER = "华东总仓 East China main warehouse", "城北分仓 North city warehouse"

asks(*(f"B2B{n:03d}" for n in (1, *range(3, 12), 13, 14, 15, 17, *range(22, 33))))(deal)


def own_member(look: Looking) -> str | None:
    """The member number of the student's own company."""
    return look.value("select number from member where uscc = $uscc", uscc=own_company(look).uscc)  # type: ignore[no-any-return]


def supplier_member(look: Looking) -> str | None:
    return look.value("select number from member where uscc = $uscc", uscc=supplier_of(look).uscc)  # type: ignore[no-any-return]


def _moved(seen: Evidence, kind: str, state: str) -> list[Any]:
    """Documents of a kind that the student's own entries brought into a state: number, entry."""
    return seen.look.all(
        """select h.document as number, h.entry from document_history h join document d on d.number = h.document
           where d.kind = $kind and h.state = $state and h.entry > 0 order by 1""",
        kind=kind, state=state,
    )  # fmt: skip


def _before(seen: Evidence, query: str, field: str, kind: str, state: str) -> bool:
    """Whether a document that was brought into a state had been opened before with this query."""
    when = {r.number: r.entry for r in _moved(seen, kind, state)}
    return any(d.n < when.get(d.arguments[field], 0) for d in seen.looked_up(query))


def _rows(seen: Evidence, command: str, field: str, gtin: str, pieces: str) -> list[Any]:
    """The entries of a command whose rows of goods hold the product and quantity that the brief asks for."""
    wanted = seen.brief[gtin], seen.brief[pieces]
    return seen.did(command, where=lambda d: any((r["product"], r["quantity"]) == wanted for r in d.arguments[field]))


def _orders(seen: Evidence) -> list[Any]:
    """The student's orders from the cart that hold the product asked for."""
    return seen.did("b2b.place_order", where=lambda d: seen.look.one(
        "select 1 from b2b_order_line where number = $n and product = $product", n=d.result, product=seen.brief["ordered_gtin"]
    ))  # fmt: skip


def _inquiry(seen: Evidence, condition: str) -> Any:
    return seen.look.one(
        f"""select 1 from b2b_line l join document_history h on h.document = l.document and h.step = 1 and h.entry > 0
            join b2b_inquiry i on i.number = l.document where l.version = 0 and l.product = $product and {condition} limit 1""",
        product=seen.brief["inquired_gtin"], pieces=seen.brief["inquired_pieces"],
    )  # fmt: skip


def _proposed(seen: Evidence, side: str, *fields: tuple[str, str]) -> list[Any]:
    return seen.did(f"b2b.propose_as_{side}", where=lambda d: all(d.arguments[name] == seen.brief[asked] for name, asked in fields))


check(
    "B2B001",
    registered=lambda s: s.did("b2b.register"),
    identity=lambda s: s.did("b2b.register", uscc=s.brief["uscc"]),
    trade=lambda s: s.did("b2b.register", uscc=s.brief["uscc"], trade="purchaser"),
)
check(
    "B2B003",
    certificate=lambda s: s.look.one(
        """select 1 from b2b_member m join document_history h on h.document = m.certificate and h.state = 'downloaded' and h.entry > 0
               where m.member = $own""",
        own=own_member(s.look),
    ),
    signed_in=lambda s: s.did("b2b.sign_in_purchaser", where=lambda d: d.result == own_member(s.look)),
)
check(
    "B2B004",
    signed_in=lambda s: s.did("b2b.sign_in_supplier"),
    right=lambda s: s.did("b2b.sign_in_supplier", where=lambda d: d.result == supplier_member(s.look)),
)
check(
    "B2B005",
    browsed=lambda s: s.looked_up("b2b.browse"),
    chosen=lambda s: s.did("b2b.add_to_cart"),
    asked=lambda s: s.did("b2b.add_to_cart", supplier=supplier_member(s.look), product=s.brief["ordered_gtin"], quantity=s.brief["pieces"]),
)
check(
    "B2B006",
    ordered=_orders,
    payment=lambda s: [d for d in _orders(s) if d.arguments["payment_kind"] == s.brief["payment"]],
    delivery=lambda s: [d for d in _orders(s) if d.arguments["delivery_day"] == d.day + datetime.timedelta(days=s.brief["days"])],
)
check(
    "B2B007",
    inquired=lambda s: s.did("b2b.inquire"),
    product=lambda s: _inquiry(s, "$pieces > 0"),
    quantity=lambda s: _inquiry(s, "l.quantity = $pieces"),
)
check(
    "B2B008",
    opened=lambda s: _before(s, "b2b.received_order_detail", "order", "purchase_order", "accepted"),
    credit=lambda s: s.looked_up("b2b.credit_check"),
    accepted=lambda s: _moved(s, "purchase_order", "accepted"),
    rejected=lambda s: s.look.one(
        """select 1 from b2b_order o join member m on m.number = o.purchaser join document_history h on h.document = o.number
               where m.uscc = $uscc and h.state = 'rejected' and h.entry > 0""",
        uscc=short_of_money(s.look).uscc,
    ),
)
check(
    "B2B009",
    opened=lambda s: _before(s, "b2b.order_detail", "order", "purchase_order", "confirmed"),
    confirmed=lambda s: _moved(s, "purchase_order", "confirmed"),
)
check(
    "B2B010",
    opened=lambda s: s.looked_up("b2b.sales_detail"),
    sent=lambda s: s.did("b2b.send_order", "b2b.send_part"),
)
check(
    "B2B011",
    looked=lambda s: s.looked_up("b2b.stock_levels"),
    sent=lambda s: s.did("b2b.send_goods"),
    asked=lambda s: _rows(s, "b2b.send_goods", "goods", "sent_gtin", "sent_pieces"),
)
check(
    "B2B013",
    ordered=lambda s: s.did("b2b.transfer"),
    asked=lambda s: _rows(s, "b2b.transfer", "goods", "moved_gtin", "moved_pieces"),
)
check(
    "B2B014",
    opened=lambda s: s.looked_up("b2b.transfer_detail"),
    asked=lambda s: s.looked_up("b2b.transfer_detail", where=lambda d: any(r.product == s.brief["moved_gtin"] for r in d.result)),
)
check(
    "B2B015",
    looked=lambda s: s.looked_up("b2b.transfers"),
    condition=lambda s: s.looked_up("b2b.transfers", where=lambda d: d.arguments[s.brief["field"]]),
)
check(
    "B2B017",
    matched=lambda s: any(m.n < p.n and m.arguments["settlement"] == p.arguments["settlement"] for m in s.looked_up("b2b.match") for p in s.did("b2b.settle")),
    paid=lambda s: s.did("b2b.settle"),
    settled=lambda s: _moved(s, "settlement", "settled"),
)
check(
    "B2B022",
    looked=lambda s: s.looked_up("b2b.received_inquiries"),
    quoted=lambda s: _moved(s, "inquiry", "quoted"),
    price=lambda s: s.did(
        "b2b.quote", where=lambda d: any((r["product"], r["price"]) == (s.brief["inquired_gtin"], s.brief["quote"]) for r in d.arguments["prices"])
    ),
)
check(
    "B2B023",
    looked=lambda s: s.looked_up("b2b.inquiries", where=lambda d: any(r.state == "quoted" for r in d.result)),
    opened=lambda s: s.did("b2b.open_negotiation"),
)
check(
    "B2B024",
    looked=lambda s: s.looked_up("b2b.supplier_negotiations"),
    proposed=lambda s: s.did("b2b.propose_as_supplier"),
    terms=lambda s: _proposed(s, "supplier", ("quality", "quality"), ("inspection", "inspection")),
)
check(
    "B2B025",
    looked=lambda s: s.looked_up("b2b.negotiations"),
    proposed=lambda s: s.did("b2b.propose_as_purchaser"),
    terms=lambda s: _proposed(s, "purchaser", ("incoterm", "incoterm"), ("payment_kind", "contract_payment")),
)
check(
    "B2B026",
    compared=lambda s: s.looked_up("b2b.supplier_versions"),
    agreed=lambda s: s.did("b2b.agree_as_supplier"),
)
check(
    "B2B027",
    compared=lambda s: s.looked_up("b2b.versions"),
    agreed=lambda s: s.did("b2b.agree_as_purchaser"),
    both=lambda s: _moved(s, "negotiation", "both_agree"),
)
check(
    "B2B028",
    read=lambda s: s.looked_up("b2b.contracts"),
    signed=lambda s: s.did("b2b.sign_as_purchaser"),
)
check(
    "B2B029",
    read=lambda s: s.looked_up("b2b.supplier_contracts"),
    signed=lambda s: s.did("b2b.sign_as_supplier"),
    order=lambda s: s.look.one("select 1 from document_history where state = 'both_signatures' and entry > 0"),
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
    detail=lambda s: s.looked_up("b2b.payable_detail"),
    open=lambda s: s.looked_up("b2b.payable_detail", open_only=True),
)
