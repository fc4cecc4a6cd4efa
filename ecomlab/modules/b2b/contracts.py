"""Contracts: written from the terms that both sides agreed to, signed by both, then an order."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, members, sales
from ...kernel.audit import invariant
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.values import Ask, Ref
from .. import ca
from . import orders, signing
from .goods import INCOTERMS, Goods, who_bears
from .inquiries import found, lines, offer
from .members import PURCHASER, SUPPLIER, OwnCertificate

PURCHASE_CONTRACT = documents.kind(
    "purchase_contract",
    "CT",
    ("买卖合同", "sales contract"),
    {"unsigned": ("one_signature",), "one_signature": ("both_signatures",), "both_signatures": ()},
)

SIGNED_ALREADY = refusal("signed_already", "本方已签署合同 {number}。请由对方签署。", "This side has signed {number} already. Have the other side sign.")

NOT_AGREED_YET = refusal(
    "not_agreed_yet",
    "洽谈单 {number} 的状态是“{state}”，合同尚未写成。请先由双方同意条款（B2B026、B2B027）。",
    "The state of {number} is “{state}”, so there is no contract yet. Have both sides agree to the terms first (B2B026, B2B027).",
)

offer("b2b.purchaser_contracts", PURCHASE_CONTRACT, "b2b_contract", "purchaser", "unsigned", "one_signature")
offer("b2b.supplier_contracts", PURCHASE_CONTRACT, "b2b_contract", "supplier", "unsigned", "one_signature")
offer("b2b.purchaser_contracts_all", PURCHASE_CONTRACT, "b2b_contract", "purchaser")
offer("b2b.supplier_contracts_all", PURCHASE_CONTRACT, "b2b_contract", "supplier")


def write(do: Doing, negotiation: Any, agreed: Any) -> str:
    """Writes the contract of a negotiation on the terms agreed; gives its number."""
    goods = lines(do, negotiation.number, negotiation.version)
    document = documents.create(do, PURCHASE_CONTRACT, owner=negotiation.purchaser, parent=negotiation.number)
    do.execute(
        "insert into b2b_contract values ($n, $negotiation, $purchaser, $supplier, $text)",
        n=document.number, negotiation=negotiation.number, purchaser=negotiation.purchaser, supplier=negotiation.supplier,
        text=_text(do, document.number, negotiation, agreed, goods),
    )  # fmt: skip
    return document.number


def _text(do: Doing, number: str, negotiation: Any, agreed: Any, goods: list[Any]) -> str:
    buyer, seller = members.named(do, negotiation.purchaser), members.named(do, negotiation.supplier)
    rows = [f"   {g.product}  {g.product_name}  {g.quantity} × {g.price:,} = {g.quantity * g.price:,} CNY" for g in goods]
    items = sales.net_priced(do, [sales.Item(g.quantity * g.price, g.product, g.quantity) for g in goods])
    net, total = sum((item.revenue for item in items), Decimal("0.00")), sales.total(items)
    sums = f"   不含税合计 Net {net:,} CNY；增值税 VAT {total - net:,} CNY；价税合计 Total {total:,} CNY"
    rule, bears, payment = INCOTERMS[agreed.incoterm], who_bears(agreed.incoterm), term(agreed.payment_kind)
    clauses = [
        ("商品与价款", "Goods and price", "\n" + "\n".join([*rows, sums])),
        ("质量要求", "Quality", f" {agreed.quality}"),
        ("检验方法", "Inspection", f" {agreed.inspection}"),
        ("交货", "Delivery", f" {agreed.incoterm} {agreed.delivery_place}, Incoterms 2020 ({rule.zh} {rule.en}); {agreed.delivery_day}"),
        ("运费与风险", "Freight and risk", f" {bears.zh} {bears.en}"),
        ("付款", "Payment", f" {payment.zh} {payment.en}"),
    ]
    head = [
        f"买卖合同 SALES CONTRACT {number}",
        "",
        f"买方 Buyer: {buyer.name} ({buyer.uscc})",
        f"卖方 Seller: {seller.name} ({seller.uscc})",
        f"洽谈单 Negotiation: {negotiation.number}, {negotiation.version}",
        f"订立日期 Date: {do.day}",
        "",
    ]
    body = [f"{i}. {zh} {en}:{value}" for i, (zh, en, value) in enumerate(clauses, start=1)]
    tail = ["", "双方以数字证书签署后生效。 In force when both sides have signed it with their certificates."]
    return "\n".join([*head, *body, *tail]) + "\n"


@command("B2B028", role=PURCHASER, title=("采购商签署合同", "Sign a contract as the purchaser"))
def sign_as_purchaser(
    do: Doing, contract: Annotated[Ref, Ask("合同", "Contract", choose="b2b.purchaser_contracts")], certificate: OwnCertificate
) -> dict[str, str]:
    """Signs a contract with a certificate of the company. The second signature makes the order. Gives the state, and the order's number."""
    return _sign(do, contract, certificate)


@command("B2B029", role=SUPPLIER, title=("供应商签署合同", "Sign a contract as the supplier"))
def sign_as_supplier(
    do: Doing, contract: Annotated[Ref, Ask("合同", "Contract", choose="b2b.supplier_contracts")], certificate: OwnCertificate
) -> dict[str, str]:
    """Signs a contract with a certificate of the company. The second signature makes the order. Gives the state, and the order's number."""
    return _sign(do, contract, certificate)


def _sign(do: Doing, number: str, certificate: str) -> dict[str, str]:
    sheet = do.one("select n.*, d.state from b2b_negotiation n join document d using (number) where n.number = $n", n=number)
    if sheet is not None and do.actor in (sheet.purchaser, sheet.supplier) and sheet.state != "both_agree":
        raise NOT_AGREED_YET("contract", number=number, state=term(sheet.state))
    document, row = found(do, PURCHASE_CONTRACT, "b2b_contract", number, "contract")
    shown = ca.demand(do, certificate, "certificate", member=do.actor)
    if document.state == "one_signature" and do.value("select 1 from b2b_signature where contract = $n and signer = $as", **{"n": number, "as": do.role}):
        raise SIGNED_ALREADY("contract", number=number)
    document.move_to("one_signature" if document.state == "unsigned" else "both_signatures", "contract")
    made = signing.sign(do, certificate, shown.pem, row.contract_text, do.moment)
    do.execute(
        "insert into b2b_signature values ($n, $signer, $member, $certificate, $moment, $info)",
        n=number, signer=do.role, member=do.actor, certificate=certificate, moment=do.moment, info=base64.b64encode(made).decode(),
    )  # fmt: skip
    if document.state == "one_signature":
        return {"state": document.state}
    _deliver(do, number, row.contract_text)
    agreed = do.one(
        "select t.* from b2b_terms t join b2b_negotiation n on n.number = t.negotiation and n.version = t.version where n.number = $n", n=row.negotiation
    )
    goods = [Goods(g.product, g.quantity, g.price) for g in lines(do, row.negotiation, agreed.version)]
    order = orders.place(
        do, row.purchaser, row.supplier, goods, agreed.payment_kind, max(agreed.delivery_day, do.day), agreed.delivery_place, agreed.incoterm, parent=number
    )  # fmt: skip
    return {"state": document.state, "purchase_order": order}


def _deliver(do: Doing, number: str, text: str) -> None:
    """Lays the contract with its signatures beside the logbook."""
    do.deliver(f"contracts/{number}.txt", text.encode)
    do.deliver(f"contracts/{number}.p7s", lambda: _signed(do, number))


def _signed(look: Looking, number: str) -> bytes:
    rows = look.all(
        """select c.pem, s.signer_info from b2b_signature s join certificate c on c.number = s.certificate
           where s.contract = $n order by s.moment, s.signer""",
        n=number,
    )
    return signing.assemble(look, [(r.pem, base64.b64decode(r.signer_info)) for r in rows])


def contract_files(look: Looking) -> Iterator[tuple[str, bytes]]:
    """Every contract as `<number>.txt` and, if somebody has signed, `<number>.p7s`: the detached CMS of all its signatures (DER)."""
    for row in look.all("select number, contract_text, number in (select contract from b2b_signature) as signed from b2b_contract order by number"):
        yield f"{row.number}.txt", row.contract_text.encode()
        if row.signed:
            yield f"{row.number}.p7s", _signed(look, row.number)


_CONTRACTS = """select c.number, d.state, p.name as purchaser, s.name as supplier, c.negotiation,
    (select string_agg(g.signer, ', ' order by g.moment) from b2b_signature g where g.contract = c.number) as signer, c.contract_text
    from b2b_contract c join document d using (number) join member p on p.number = c.purchaser join member s on s.number = c.supplier
    where c.{side} = $actor and $number in ('', c.number) order by c.number desc"""


@query("B2B028", role=PURCHASER, title=("查看电子合同", "View your contracts"))
def contracts(do: Doing, number: Annotated[Ref, Ask("合同", "Contract", choose="b2b.purchaser_contracts_all")] = "") -> Table:
    """The purchaser's contracts: number, state, purchaser, supplier, negotiation, signer (who has signed), contract_text."""
    return do.table(_CONTRACTS.format(side="purchaser"), actor=do.actor, number=number or "")


@query("B2B029", role=SUPPLIER, title=("查看电子合同", "View your contracts"))
def supplier_contracts(do: Doing, number: Annotated[Ref, Ask("合同", "Contract", choose="b2b.supplier_contracts_all")] = "") -> Table:
    """The supplier's contracts, in the columns of `contracts`."""
    return do.table(_CONTRACTS.format(side="supplier"), actor=do.actor, number=number or "")


@invariant("signatures_verify", "每份合同的签名都与文本和证书相符", "Every signature of a contract verifies against its text and certificate")
def _verify(look: Looking) -> list[str]:
    return [
        f"{r.contract}, {r.signer}: does not verify"
        for r in look.all(
            """select s.contract, s.signer, s.signer_info, k.contract_text, c.pem from b2b_signature s join b2b_contract k on k.number = s.contract
               join certificate c on c.number = s.certificate order by s.contract, s.signer"""
        )
        if not signing.verifies(r.pem, r.contract_text, base64.b64decode(r.signer_info))
    ]
