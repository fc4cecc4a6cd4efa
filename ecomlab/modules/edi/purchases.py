"""Purchase orders of B2B as EDI documents: the same goods, prices and day, between the two companies' GLNs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from ...books import documents
from ...edifact.messages import Line, Trade
from ...kernel.command import choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .. import b2b
from .documents import from_order
from .numbers import gln_of
from .roles import EDI_MEMBER

TRAVELS_ALREADY = refusal(
    "travels_already",
    "采购订单 {order} 已录成单证 {document}。如需重来，请先作废该单证（EDI016）。",
    "The purchase order {order} is entered as the document {document} already. To start again, void that document first (EDI016).",
)
ORDER_OVER = refusal(
    "order_over",
    "采购订单 {order} 现为“{state}”，无需再发。请选择进行中的采购订单。",
    "The purchase order {order} is {state}, so it need not be sent. Choose one that is in progress.",
)
#: B2B counts pieces.
UNIT = "PCE"


@choices("edi.purchase_orders")
def _orders(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select o.number, s.name, sum(l.quantity * l.price)::decimal(18,2) as total from b2b_order o join document d using (number)
           join edi_member e on e.member = o.purchaser join member s on s.number = o.supplier join b2b_order_line l on l.number = o.number
           where e.gln = $actor and d.state not in ('rejected', 'cancelled')
             and not exists (select 1 from document x where x.parent = o.number and x.kind = 'edi_document' and x.state <> 'voided')
           group by all order by o.number desc""",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.name} · ¥{r.total:,}") for r in rows]


@command(role=EDI_MEMBER, title=("由采购订单生成单证", "Create a document from a purchase order"))
def enter_purchase_order(do: Doing, order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="edi.purchase_orders")]) -> str:
    """Enters a B2B purchase order of the member's company as a document to its supplier; gives the document's number.

    What the supplier does with the order in B2B comes back as ORDRSP, DESADV and INVOIC. Refuses an order that is not the company's,
    is over, or travels already, and 'no_partner_for_gln' where the supplier is not among the member's partners.
    """
    found = documents.find(do, b2b.PURCHASE_ORDER, order, "order", owner=do.value("select member from edi_member where gln = $gln", gln=do.actor))
    if found.state in ("rejected", "cancelled"):
        raise ORDER_OVER("order", order=order, state=term(found.state))
    before = do.value("select number from document where parent = $order and kind = 'edi_document' and state <> 'voided' limit 1", order=order)
    if before is not None:
        raise TRAVELS_ALREADY("order", order=order, document=before)
    row = do.one("select * from b2b_order where number = $order", order=order)
    lines = do.all(
        "select l.product, l.quantity, l.price, p.name from b2b_order_line l join product p on p.gtin = l.product where l.number = $order order by l.product",
        order=order,
    )
    goods = tuple(Line(r.product, Decimal(r.quantity), r.price, r.name, UNIT) for r in lines)
    return from_order(do, Trade(order, do.day, do.actor, _gln(do, row.supplier), goods, delivery=row.delivery_day), order)


def _gln(do: Doing, member: str) -> str:
    """The GLN under which a company is on the network, or would be."""
    known: str | None = do.value("select gln from edi_member where member = $member", member=member)
    return known or gln_of(do, do.value("select uscc from member where number = $member", member=member))
