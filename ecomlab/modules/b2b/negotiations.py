"""Negotiation: purchaser and supplier propose terms in turn until both agree. Every version of the terms is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import documents
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Day, Line, Money, Ref
from .. import lgs
from . import contracts
from .goods import DELIVERY_PAST, GOES_BY_ROAD, INCOTERMS, ONLY_BY_SHIP, Goods
from .inquiries import INQUIRY, add_line, found, lines, offer
from .members import PURCHASER, SUPPLIER

NEGOTIATION = documents.kind(
    "negotiation",
    "NG",
    ("洽谈单", "negotiation"),
    {
        "neither_agrees": ("one_agrees", "broken_off"),
        "one_agrees": ("both_agree", "neither_agrees", "broken_off"),
        "both_agree": (),
        "broken_off": (),
    },
)
#: The terms in the order in which a contract names them.
TERMS = ("quality", "inspection", "incoterm", "delivery_place", "delivery_day", "payment_kind")

NO_TERM_CHANGED = refusal(
    "no_term_changed", "没有改动任何条款。请至少修改一项，或直接同意。", "This changes no term. Change at least one, or agree to the terms as they are."
)
NOT_NEGOTIATED = refusal(
    "not_negotiated",
    "洽谈单上没有商品 {product}。请从询价的商品中选择。",
    "The negotiation is not about the product {product}. Choose one of the request for quotation.",
)
WHICH_PRODUCT = refusal(
    "which_product", "没有选择商品，不知道改哪种商品的价格或数量。请选择商品。", "No product is chosen for the new price or quantity. Choose the product."
)
TERMS_MISSING = refusal(
    "terms_missing",
    "条款还缺：{missing}。请先填写并提交（B2B024、B2B025），再表示同意。",
    "These terms are missing: {missing}. Propose them first (B2B024, B2B025), then agree.",
)
AGREED_ALREADY = refusal(
    "agreed_already", "本方已同意第 {version} 版条款。请由对方表示同意。", "This side has agreed to version {version} already. Have the other side agree."
)

offer("b2b.purchaser_negotiations", NEGOTIATION, "b2b_negotiation", "purchaser", "neither_agrees", "one_agrees")
offer("b2b.supplier_negotiations", NEGOTIATION, "b2b_negotiation", "supplier", "neither_agrees", "one_agrees")
offer("b2b.purchaser_negotiations_all", NEGOTIATION, "b2b_negotiation", "purchaser")
offer("b2b.supplier_negotiations_all", NEGOTIATION, "b2b_negotiation", "supplier")

ByPurchaser = Annotated[Ref, Ask("洽谈单", "Negotiation", choose="b2b.purchaser_negotiations")]
BySupplier = Annotated[Ref, Ask("洽谈单", "Negotiation", choose="b2b.supplier_negotiations")]
_KEEP = Text("不填则沿用上一版", "Leave empty to keep the last version")
Quality = Annotated[Line, Ask(max=120, help=_KEEP)]
Inspection = Annotated[Line, Ask(max=120, help=_KEEP)]
Incoterm = Annotated[
    Literal["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"] | None,
    Ask(labels={code: Text(f"{code} {t.zh}", f"{code} {t.en}") for code, t in INCOTERMS.items()}),
]
DeliveryPlace = Annotated[Line, Ask(max=120, help=_KEEP)]
DeliveryDay = Annotated[Day | None, Ask()]
PaymentKind = Annotated[Literal["on_delivery", "days_30", "days_60"] | None, Ask()]
TermProduct = Annotated[Ref, Ask("改价或改量的商品", "Product to change", choose="lgs.products")]
TermPrice = Annotated[Money | None, Ask("新价格（不含税）", "New price, net", ge="0.01", le="10000000", unit=Text("元/件", "CNY per piece"))]
TermQuantity = Annotated[Count | None, Ask("新数量", "New quantity", ge="1", le="100000", unit=Text("件", "pieces"))]
Message = Annotated[Line, Ask(max=200)]


@command("B2B023", role=PURCHASER, title=("生成洽谈单", "Open a negotiation"))
def open_negotiation(do: Doing, inquiry: Annotated[Ref, Ask("询价单", "Request for quotation", choose="b2b.inquiries_quoted")]) -> str:
    """Opens a negotiation on a quoted request: version 0 of its terms is the quotation. Gives its number."""
    document, row = found(do, INQUIRY, "b2b_inquiry", inquiry, "inquiry")
    document.move_to("negotiating", "inquiry")
    made = documents.create(do, NEGOTIATION, owner=do.actor, parent=inquiry)
    do.execute(
        "insert into b2b_negotiation values ($n, $inquiry, $purchaser, $supplier, 0, false, false)",
        n=made.number, inquiry=inquiry, purchaser=row.purchaser, supplier=row.supplier,
    )  # fmt: skip
    _keep(do, made.number, 0, SUPPLIER.name, dict.fromkeys(TERMS, ""), "", lines(do, inquiry, 0))
    return made.number


@command("B2B025", role=PURCHASER, title=("采购商提出条款", "Propose terms as the purchaser"))
def propose_as_purchaser(
    do: Doing, negotiation: ByPurchaser, quality: Quality = "", inspection: Inspection = "", incoterm: Incoterm = None, delivery_place: DeliveryPlace = "",
    delivery_day: DeliveryDay = None, payment_kind: PaymentKind = None, product: TermProduct = "", price: TermPrice = None, quantity: TermQuantity = None,
    message: Message = "",
) -> int:  # fmt: skip
    """Proposes new terms; what is left empty stays as it was. Clears what was agreed. Gives the number of the version."""
    return _propose(do, negotiation, _named(quality, inspection, incoterm, delivery_place, delivery_day, payment_kind), product, price, quantity, message)


@command("B2B024", role=SUPPLIER, title=("供应商提出条款", "Propose terms as the supplier"))
def propose_as_supplier(
    do: Doing, negotiation: BySupplier, quality: Quality = "", inspection: Inspection = "", incoterm: Incoterm = None, delivery_place: DeliveryPlace = "",
    delivery_day: DeliveryDay = None, payment_kind: PaymentKind = None, product: TermProduct = "", price: TermPrice = None, quantity: TermQuantity = None,
    message: Message = "",
) -> int:  # fmt: skip
    """Proposes new terms; what is left empty stays as it was. Clears what was agreed. Gives the number of the version."""
    return _propose(do, negotiation, _named(quality, inspection, incoterm, delivery_place, delivery_day, payment_kind), product, price, quantity, message)


@command("B2B027", role=PURCHASER, title=("采购商表示同意", "Agree as the purchaser"))
def agree_as_purchaser(do: Doing, negotiation: ByPurchaser) -> dict[str, str]:
    """Agrees to the terms as they stand. When both sides have, the contract is written. Gives the state, and the contract's number."""
    return _agree(do, negotiation)


@command("B2B026", role=SUPPLIER, title=("供应商表示同意", "Agree as the supplier"))
def agree_as_supplier(do: Doing, negotiation: BySupplier) -> dict[str, str]:
    """Agrees to the terms as they stand. When both sides have, the contract is written. Gives the state, and the contract's number."""
    return _agree(do, negotiation)


@command(role=PURCHASER, title=("中止洽谈", "End a negotiation"))
def break_off(do: Doing, negotiation: ByPurchaser) -> str:
    """Ends a negotiation without a contract; gives its number."""
    document, row = found(do, NEGOTIATION, "b2b_negotiation", negotiation, "negotiation")
    document.move_to("broken_off", "negotiation")
    documents.find(do, INQUIRY, row.inquiry).move_to("broken_off")
    return negotiation


def _named(*values: Any) -> dict[str, Any]:
    return {name: value for name, value in zip(TERMS, values, strict=True) if value not in (None, "")}


def _propose(do: Doing, number: str, given: dict[str, Any], product: str, price: Decimal | None, quantity: int | None, message: str) -> int:
    document, row = found(do, NEGOTIATION, "b2b_negotiation", number, "negotiation")
    if not document.kind.moves[document.state]:
        document.move_to("neither_agrees", "negotiation")  # refuses: the sheet is final
    if (rule := ONLY_BY_SHIP.get(given.get("incoterm", ""))) and not lgs.sails(do, row.supplier):
        raise GOES_BY_ROAD("incoterm", rule=given["incoterm"], instead=rule)
    if given.get("delivery_day", do.day) < do.day:
        raise DELIVERY_PAST("delivery_day", today=do.day)
    before, goods = terms(do, number, row.version), lines(do, number, row.version)
    if product and product not in {r.product for r in goods}:
        raise NOT_NEGOTIATED("product", product=product)
    if not product and (price is not None or quantity is not None):
        raise WHICH_PRODUCT("product")
    kept = [Goods(r.product, r.quantity, r.price) for r in goods]
    changed = [Goods(g.product, quantity or g.quantity, price or g.price) if g.product == product else g for g in kept]
    now = {name: given.get(name, getattr(before, name)) for name in TERMS}
    if now == {name: getattr(before, name) for name in TERMS} and changed == kept:
        raise NO_TERM_CHANGED("message")
    version = int(row.version) + 1
    _keep(do, number, version, do.role, now, message or "", changed)
    do.execute(
        "update b2b_negotiation set version = $version, agreed_by_purchaser = false, agreed_by_supplier = false where number = $n", version=version, n=number
    )
    if document.state == "one_agrees":
        document.move_to("neither_agrees")
    return version


def _keep(do: Doing, number: str, version: int, side: str, values: dict[str, Any], message: str, goods: Sequence[Any]) -> None:
    do.execute(
        """insert into b2b_terms values ($n, $version, $side, $day, $quality, $inspection, $incoterm, $delivery_place, $delivery_day, $payment_kind,
           $message)""",
        n=number, version=version, side=side, day=do.day, message=message, **{**values, "delivery_day": values["delivery_day"] or None},
    )  # fmt: skip
    for line in goods:
        add_line(do, number, version, line.product, line.quantity, line.price)


def _agree(do: Doing, number: str) -> dict[str, str]:
    document, row = found(do, NEGOTIATION, "b2b_negotiation", number, "negotiation")
    own = f"agreed_by_{do.role}"
    if document.state == "one_agrees" and getattr(row, own):
        raise AGREED_ALREADY("negotiation", version=row.version)
    document.move_to("one_agrees" if document.state == "neither_agrees" else "both_agree", "negotiation")
    agreed = terms(do, number, row.version)
    if missing := [term(name) for name in TERMS if not getattr(agreed, name)]:
        raise TERMS_MISSING("negotiation", missing=Text("、".join(t.zh for t in missing), ", ".join(t.en for t in missing)))
    if agreed.delivery_day < do.day:
        raise DELIVERY_PAST("negotiation", today=do.day)
    do.execute(f"update b2b_negotiation set {own} = true where number = $n", n=number)
    if document.state == "one_agrees":
        return {"state": document.state}
    return {"state": document.state, "purchase_contract": contracts.write(do, row, agreed)}


def terms(look: Looking, number: str, version: int) -> Any:
    """A version of a negotiation's terms: the columns of `b2b_terms`."""
    return look.one("select * from b2b_terms where negotiation = $n and version = $version", n=number, version=version)


# --- looking -------------------------------------------------------------------------------------------------------------

_SHEETS = """select n.number, d.state, p.name as purchaser, s.name as supplier, n.version, t.proposed_by, n.agreed_by_purchaser, n.agreed_by_supplier,
    t.quality, t.inspection, t.incoterm, t.delivery_place, t.delivery_day, t.payment_kind, t.message
    from b2b_negotiation n join document d using (number) join member p on p.number = n.purchaser join member s on s.number = n.supplier
    join b2b_terms t on t.negotiation = n.number and t.version = n.version
    where n.{side} = $actor and $number in ('', n.number) order by n.number desc"""


@query("B2B025", role=PURCHASER, title=("查看洽谈单", "View your negotiations"))
def negotiations(do: Doing, number: Annotated[Ref, Ask("洽谈单", "Negotiation", choose="b2b.purchaser_negotiations_all")] = "") -> Table:
    """The purchaser's negotiations with the terms as they stand: number, state, the parties, version, who proposed it, who agrees, the terms."""
    return do.table(_SHEETS.format(side="purchaser"), actor=do.actor, number=number or "")


@query("B2B024", role=SUPPLIER, title=("查看洽谈单", "View your negotiations"))
def supplier_negotiations(do: Doing, number: Annotated[Ref, Ask("洽谈单", "Negotiation", choose="b2b.supplier_negotiations_all")] = "") -> Table:
    """The supplier's negotiations, in the columns of `negotiations`."""
    return do.table(_SHEETS.format(side="supplier"), actor=do.actor, number=number or "")


@query(role=PURCHASER, title=("比较洽谈版本", "Compare the versions"))
def versions(do: Doing, negotiation: Annotated[Ref, Ask("洽谈单", "Negotiation", choose="b2b.purchaser_negotiations_all")]) -> Table:
    """What each version changed: version, proposed_by, day, term_name, earlier, later, message; a row a change, oldest first."""
    return _versions(do, negotiation)


@query(role=SUPPLIER, title=("比较洽谈版本", "Compare the versions"))
def supplier_versions(do: Doing, negotiation: Annotated[Ref, Ask("洽谈单", "Negotiation", choose="b2b.supplier_negotiations_all")]) -> Table:
    """The same for the supplier, in the columns of `versions`."""
    return _versions(do, negotiation)


def _versions(do: Doing, number: str) -> Table:
    found(do, NEGOTIATION, "b2b_negotiation", number, "negotiation")
    rows = do.all("select * from b2b_terms where negotiation = $n order by version", n=number)
    goods = do.all(
        """select l.version, p.name as product_name, l.quantity, l.price from b2b_line l join product p on p.gtin = l.product
           where l.document = $n order by l.version, l.product""",
        n=number,
    )
    return Table(("version", "proposed_by", "day", "term_name", "earlier", "later", "message"), list(_differences(rows, goods)))


def _differences(rows: list[Any], goods: list[Any]) -> Iterator[tuple[Any, ...]]:
    def values(row: Any) -> dict[str, str]:
        named = {name: str(getattr(row, name) or "") for name in TERMS}
        for g in goods:
            if g.version == row.version:
                named |= {f"{g.product_name} · {term('price')}": f"{g.price:,}", f"{g.product_name} · {term('quantity')}": str(g.quantity)}
        return named

    before: dict[str, str] = {}
    for row in rows:
        now = values(row)
        for name, value in now.items():
            if value != before.get(name, ""):
                yield row.version, row.proposed_by, row.day, name, before.get(name, ""), value, row.message
        before = now
