"""What a partner's system says to an order from day to day: ORDRSP, DESADV, INVOIC.

An order that began here is answered on the next business day by what the supplier has, its goods are on their way on the delivery
day, and the day after they have arrived and the bill comes: it all follows from what was sent, and is booked (`trades`). An order
that began in B2B is answered by what its supplier does there: ORDRSP tells whether the order was accepted, DESADV each delivery that
has left, INVOIC each settlement, on the morning after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ...books import clock, documents
from ...edifact import messages as chain
from ...edifact import read
from ...edifact.messages import Line, Trade
from ...kernel.doing import Doing
from .. import lgs
from . import trades
from .documents import EDI_DOCUMENT
from .network import acknowledge, payload, send, tell


@clock.daily
def _partners_act(do: Doing) -> None:
    due = do.all(
        """select d.number, d.state, d.parent, o.delivery_day, o.interchange, o.moved from edi_order o join document d using (number)
           where d.state in ('message_acknowledged', 'order_confirmed', 'goods_despatched') order by d.number"""
    )
    for row in due:
        (_as_the_supplier_did if row.parent else _by_the_calendar)(do, documents.find(do, EDI_DOCUMENT, row.number), row)


# --- orders that began here ------------------------------------------------------------------------------------------


def _by_the_calendar(do: Doing, document: documents.Document, row: Any) -> None:
    if row.state == "message_acknowledged" and row.moved < do.day:
        _answer(do, document, row)
    elif row.state == "order_confirmed" and row.delivery_day <= do.day:
        order = _answered(do, document.number)
        trades.despatch(do, document.number, order)
        advice = replace(order, number=do.number("EDD"), day=do.day, delivery=do.day, function="9")
        send(do, "DESADV", order.supplier, order.buyer, chain.desadv(advice), document.number)
        document.move_to("goods_despatched")
    elif row.state == "goods_despatched" and row.moved < do.day:
        _invoice(do, document, row)


def _answer(do: Doing, document: documents.Document, row: Any) -> None:
    """Not accepted where the delivery day cannot be kept or nothing is there; changed where the supplier has less than is asked of an article."""
    order = _received(do, row.interchange)
    if row.delivery_day <= do.day:
        _reply(do, document, row, order, chain.NOT_ACCEPTED, [replace(line, action=chain.LINE_NOT_ACCEPTED) for line in order.lines])
        return
    lines = trades.promise(do, document.number, order.supplier, order.lines)
    actions = {line.action for line in lines}
    whole = {frozenset({chain.LINE_ACCEPTED}): chain.ACCEPTED, frozenset({chain.LINE_NOT_ACCEPTED}): chain.NOT_ACCEPTED}
    _reply(do, document, row, order, whole.get(frozenset(actions), chain.CHANGED), lines)


def _invoice(do: Doing, document: documents.Document, row: Any) -> None:
    """What was confirmed has arrived, and is billed under the names that the order has for it."""
    order = _answered(do, document.number)
    number = trades.receive(do, document.number, order)
    document.move_to("goods_received")
    names = {line.gtin: line.name for line in _received(do, row.interchange).lines}
    advised = do.value("select number from edi_interchange where document = $document and message_type = 'DESADV' limit 1", document=document.number)
    lines = tuple(replace(line, name=names[line.gtin], action="") for line in order.lines)
    bill = replace(order, number=number, day=do.day, despatch=_received(do, advised).number, function="9", lines=lines, delivery=None)
    send(do, "INVOIC", order.supplier, order.buyer, chain.invoic(bill, trades.tax_rates(do, bill)), document.number)
    document.move_to("order_invoiced")


def _answered(do: Doing, document: str) -> Trade:
    """The order as the seller's answer has it: what is to be delivered."""
    number = do.value(
        "select number from edi_interchange where document = $document and message_type = 'ORDRSP' order by number desc limit 1", document=document
    )
    order = _received(do, number)
    return replace(order, lines=tuple(line for line in order.lines if line.action != chain.LINE_NOT_ACCEPTED))


# --- orders that began in B2B ----------------------------------------------------------------------------------------


def _as_the_supplier_did(do: Doing, document: documents.Document, row: Any) -> None:
    state = do.value("select state from document where number = $order", order=row.parent)
    order = _received(do, row.interchange)
    if row.state == "message_acknowledged":
        if state == "placed" or row.moved == do.day:
            return
        no = state in ("rejected", "cancelled")
        action = chain.LINE_NOT_ACCEPTED if no else chain.LINE_ACCEPTED
        _reply(do, document, row, order, chain.NOT_ACCEPTED if no else chain.ACCEPTED, [replace(line, action=action) for line in order.lines])
        return
    _advise(do, document, row, order)
    _bill(do, document, row, order)
    if document.state == "goods_despatched" and state in ("delivered", "settled") and not _on_the_road(do, row.parent):
        document.move_to("goods_received")
        document.move_to("order_invoiced")


def _on_the_road(do: Doing, order: str) -> bool:
    """Whether goods of a purchase order are still to arrive: by some rules they are delivered when they are handed over."""
    return do.value(
        """select 1 from document s join document d on d.parent = s.number and d.kind = 'delivery_order'
           where s.parent = $order and d.state in ('picked', 'dispatched') limit 1""",
        order=order,
    ) is not None  # fmt: skip


def _advise(do: Doing, document: documents.Document, row: Any, order: Trade) -> None:
    """DESADV for each delivery order of this order whose vehicle has left, under the delivery order's number."""
    told = _told(do, document.number, "DESADV")
    names = {line.gtin: line for line in order.lines}
    left = do.all(
        """select d.number, t.departed from document s join document d on d.parent = s.number join lgs_trip t on t.delivery_order = d.number
           where s.parent = $order and d.kind = 'delivery_order' and t.departed < $day order by d.number""",
        order=row.parent, day=do.day,
    )  # fmt: skip
    for delivery in left:
        if delivery.number in told:
            continue
        lines = tuple(Line(g.product, Decimal(g.quantity), Decimal(0), unit=names[g.product].unit) for g in lgs.lines(do, delivery.number))
        advice = Trade(delivery.number, do.day, order.buyer, order.supplier, lines, delivery=delivery.departed, order=order.number)
        send(do, "DESADV", order.supplier, order.buyer, chain.desadv(advice), document.number)
        if document.state == "order_confirmed":
            document.move_to("goods_despatched")


def _bill(do: Doing, document: documents.Document, row: Any, order: Trade) -> None:
    """INVOIC for each settlement of this order, under the settlement's number. Prices are those agreed, and tax comes on top."""
    told = _told(do, document.number, "INVOIC")
    names = {line.gtin: line for line in order.lines}
    owed = do.all(
        """select s.number, s.delivery_order from b2b_settlement s join document d using (number)
           where s.purchase_order = $order and d.day < $day order by s.number""",
        order=row.parent, day=do.day,
    )  # fmt: skip
    for settlement in owed:
        if settlement.number in told:
            continue
        rows = do.all("select product, quantity, price from b2b_line where document = $n and version = 0 order by product", n=settlement.number)
        lines = tuple(replace(names[r.product], quantity=Decimal(r.quantity), price=r.price) for r in rows)
        bill = Trade(settlement.number, do.day, order.buyer, order.supplier, lines, order=order.number, despatch=settlement.delivery_order)
        send(do, "INVOIC", order.supplier, order.buyer, chain.invoic(bill, trades.tax_rates(do, bill)), document.number)


def _told(do: Doing, document: str, kind: str) -> set[str]:
    """The numbers of the messages of a kind that have been sent about a document."""
    rows = do.all("select number from edi_interchange where document = $document and message_type = $kind", document=document, kind=kind)
    return {_received(do, r.number).number for r in rows}


# --- both --------------------------------------------------------------------------------------------------------------


def _received(do: Doing, interchange: str) -> Trade:
    """A kept interchange's message as its receiver uses it."""
    return chain.trade(read(payload(do, interchange)).messages[0])


def _reply(do: Doing, document: documents.Document, row: Any, order: Trade, function: str, lines: Sequence[Line]) -> None:
    """ORDRSP, the functional answer, which moves the document on."""
    reply = chain.answer(order, do.number("EDA"), do.day, lines, function)
    back = send(do, "ORDRSP", order.supplier, order.buyer, chain.ordrsp(reply), document.number)
    outcome = {chain.ACCEPTED: "accepted", chain.CHANGED: "changed", chain.NOT_ACCEPTED: "rejected"}[function]
    acknowledge(do, document.number, "functional", outcome, "", "", back, row.interchange)
    document.move_to("order_declined" if function == chain.NOT_ACCEPTED else "order_confirmed")
    zh = {"accepted": "照单接受", "changed": "接受但有变更", "rejected": "不接受"}[outcome]
    tell(
        do, order.buyer, f"订单响应 Order response: {document.number}", f"对方对单证 {document.number} 的答复：{zh}（{back}）。",
        f"The seller's answer to {document.number}: {outcome} ({back}).",
    )  # fmt: skip
