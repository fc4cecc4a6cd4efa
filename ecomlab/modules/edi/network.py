"""The network between members: it carries interchanges, and the partners' systems answer.

A partner's system reads what arrives with the same reader as everybody and answers with CONTRL (technical). On the
next business day it answers the order itself with ORDRSP (functional), on the delivery day it advises despatch with
DESADV, and the day after it sends INVOIC. So nothing of what comes back is made up: it follows from what was sent.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ...books import clock, documents
from ...edifact import Envelope, Finding, read, write
from ...edifact import messages as chain
from ...edifact.contrl import Verdict, contrl, verdict
from ...edifact.messages import Trade
from ...edifact.syntax import CODECS
from ...edifact.writer import Body
from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.texts import Text
from .. import email
from .documents import EDI_DOCUMENT
from .membership import LEVELS, MAILBOX, NETWORK

#: What a supplier delivers of one article in one order; of more it offers this much.
MOST = Decimal(10_000)
_RICHER = list(LEVELS)


def connected(look: Looking, gln: str) -> bool:
    """Whether a member of the network has this GLN."""
    return look.value("select 1 from edi_member where gln = $gln", gln=gln) is not None


def keep(do: Doing, kind: str, sender: str, recipient: str, level: str, make: Callable[[Envelope], bytes], document: str | None = None) -> str:
    """Writes an interchange under the sender's next control reference and keeps it, unsent; gives its number."""
    reference = f"{do.mark}{do.count(f'edi:{sender}'):06d}"
    payload = make(Envelope(sender, recipient, reference, do.moment, level))
    number = do.number("EDX")
    do.execute(
        "insert into edi_interchange values ($number, $kind, $sender, $recipient, $reference, $document, $level, $payload, $day, null)",
        number=number, kind=kind, sender=sender, recipient=recipient, reference=reference, document=document, level=level,
        payload=payload.decode(CODECS[level]), day=do.day,
    )  # fmt: skip
    return number


def payload(look: Looking, number: str) -> bytes:
    """A kept interchange as the bytes that travel."""
    row = look.one("select payload, level from edi_interchange where number = $number", number=number)
    return bytes(row.payload.encode(CODECS[row.level]))


def deliver(do: Doing, number: str, moment: datetime.datetime) -> Verdict:
    """Carries an interchange to its recipient, whose system reads it and answers with CONTRL; gives what that says.

    Rejected are what breaks the syntax, a repertoire that the recipient's system does not read (code 2), and a control
    reference that the recipient has had from this sender before (code 26).
    """
    row = do.one("select * from edi_interchange where number = $number", number=number)
    earlier = do.value(
        """select number from edi_interchange where sender_gln = $sender and recipient_gln = $recipient and control_reference = $reference
           and sent is not null order by number limit 1""",
        sender=row.sender_gln, recipient=row.recipient_gln, reference=row.control_reference,
    )  # fmt: skip
    do.execute("update edi_interchange set sent = $moment where number = $number", moment=moment, number=number)
    level = do.value("select level from edi_member where gln = $gln", gln=row.recipient_gln)
    reading = read(payload(do, number))
    findings = list(reading.findings)
    if earlier:
        words = f"控制参考号 {row.control_reference} 已经收到过", f"The reference {row.control_reference} has been received before"
        findings.insert(0, _objection("26", 5, 0, *words))
    if _RICHER.index(row.level) > _RICHER.index(level):
        findings.insert(0, _objection("2", 1, 1, f"接收方不支持 {row.level}", f"The recipient does not support {row.level}"))
    answer = contrl(reading.interchanges[0], findings)
    back = _send(do, "CONTRL", row.recipient_gln, row.sender_gln, answer, row.document)
    said = verdict(read(payload(do, back)).messages[0])
    place = "/".join(part for part in (said.tag, said.place.strip("/")) if part)
    _acknowledge(do, row.document, "technical", "accepted" if said.accepted else "rejected", said.code, place, back, number)
    if not said.accepted:
        _tell(
            do, row.sender_gln, f"报文被拒收 Message rejected: {row.document}",
            f"单证 {row.document} 的报文被对方系统拒收（错误代码 {said.code}），详见交换 {back} 中的 CONTRL。",
            f"The partner's system rejected the message of {row.document} (code {said.code}); see the CONTRL in {back}.",
        )  # fmt: skip
    return said


def _objection(code: str, element: int, component: int, zh: str, en: str) -> Finding:
    """What a recipient has against an interchange beyond its syntax, said of UNB."""
    return Finding(code, 0, 1, "UNB", element, component, 0, -1, Text(zh, en))


def _send(do: Doing, kind: str, sender: str, recipient: str, body: Body, document: str | None) -> str:
    """A message of a partner's system, carried at once, in letters that both read."""
    levels = [r.level for r in do.all("select level from edi_member where gln in ($sender, $recipient)", sender=sender, recipient=recipient)]
    level = min(levels, key=_RICHER.index)
    number = keep(do, kind, sender, recipient, level, lambda envelope: write(envelope, [_plainer(body) if level == "UNOA" else body]), document)
    do.execute("update edi_interchange set sent = $moment where number = $number", moment=do.moment, number=number)
    do.execute("update edi_order set moved = $day where number = $document", day=do.day, document=document)
    return number


def _plainer(body: Body) -> Body:
    """A message in capitals only."""
    return body._replace(segments=[tuple(_upper(e) for e in draft) for draft in body.segments])


def _upper(value: Any) -> Any:
    return tuple(map(_upper, value)) if isinstance(value, tuple) else value.upper() if isinstance(value, str) else value


def _acknowledge(do: Doing, document: str, kind: str, outcome: str, code: str, place: str, brought_by: str, answers: str) -> None:
    do.execute(
        "insert into edi_acknowledgement values ($number, $document, $kind, $outcome, $code, $place, $interchange, $answers, $moment)",
        number=do.number("EDR"), document=document, kind=kind, outcome=outcome, code=code, place=place, interchange=brought_by, answers=answers,
        moment=do.moment,
    )  # fmt: skip


def _tell(do: Doing, gln: str, subject: str, zh: str, en: str) -> None:
    address = do.value("select mailbox from edi_member where gln = $gln", gln=gln)
    email.letter(do, address, subject, f"{zh}\n\n{en}\n", MAILBOX, NETWORK)


# --- what the partners do from day to day ------------------------------------------------------------------------------


@clock.daily
def _partners_act(do: Doing) -> None:
    due = do.all(
        """select d.number, d.state, o.delivery_day, o.interchange, o.moved from edi_order o join document d using (number)
           where d.state in ('message_acknowledged', 'order_confirmed', 'goods_despatched') order by d.number"""
    )
    for row in due:
        document = documents.find(do, EDI_DOCUMENT, row.number)
        if row.state == "message_acknowledged" and row.moved < do.day:
            _answer(do, document, row)
        elif row.state == "order_confirmed" and row.delivery_day <= do.day:
            _despatch(do, document)
        elif row.state == "goods_despatched" and row.moved < do.day:
            _invoice(do, document)


def _answer(do: Doing, document: documents.Document, row: Any) -> None:
    """ORDRSP: not accepted where the delivery day cannot be kept, changed where more than `MOST` is asked of an article."""
    order = chain.trade(read(payload(do, row.interchange)).messages[0])
    if row.delivery_day <= do.day:
        function, action = chain.NOT_ACCEPTED, chain.LINE_NOT_ACCEPTED
    else:
        function, action = chain.ACCEPTED, chain.LINE_ACCEPTED
    lines = [replace(line, action=action) for line in order.lines]
    if function == chain.ACCEPTED and any(line.quantity > MOST for line in lines):
        function = chain.CHANGED
        lines = [replace(line, quantity=MOST, action=chain.LINE_CHANGED) if line.quantity > MOST else line for line in lines]
    reply = chain.answer(order, do.number("EDA"), do.day, lines, function)
    back = _send(do, "ORDRSP", order.supplier, order.buyer, chain.ordrsp(reply), document.number)
    outcome = {chain.ACCEPTED: "accepted", chain.CHANGED: "changed", chain.NOT_ACCEPTED: "rejected"}[function]
    _acknowledge(do, document.number, "functional", outcome, "", "", back, row.interchange)
    document.move_to("order_declined" if function == chain.NOT_ACCEPTED else "order_confirmed")
    zh = {"accepted": "照单接受", "changed": "接受但有变更", "rejected": "不接受"}[outcome]
    _tell(
        do, order.buyer, f"订单应答 Order response: {document.number}", f"对方对单证 {document.number} 的答复：{zh}（{back}）。",
        f"The seller's answer to {document.number}: {outcome} ({back}).",
    )  # fmt: skip


def _answered(do: Doing, document: str) -> Trade:
    """The order as the seller's answer has it."""
    number = do.value(
        "select number from edi_interchange where document = $document and message_type = 'ORDRSP' order by number desc limit 1", document=document
    )
    return chain.trade(read(payload(do, number)).messages[0])


def _despatch(do: Doing, document: documents.Document) -> None:
    order = _answered(do, document.number)
    advice = replace(order, number=do.number("EDD"), day=do.day, delivery=do.day, function="9")
    _send(do, "DESADV", order.supplier, order.buyer, chain.desadv(advice), document.number)
    document.move_to("goods_despatched")


def _invoice(do: Doing, document: documents.Document) -> None:
    order = _answered(do, document.number)
    number = do.value("select number from edi_interchange where document = $document and message_type = 'DESADV' limit 1", document=document.number)
    advice = chain.trade(read(payload(do, number)).messages[0])
    bill = replace(order, number=do.number("EDV"), day=do.day, despatch=advice.number, function="9")
    _send(do, "INVOIC", order.supplier, order.buyer, chain.invoic(bill), document.number)
    document.move_to("order_invoiced")


def interchanges(look: Looking) -> list[tuple[str, bytes]]:
    """Every interchange that travelled: its number, and its bytes."""
    rows = look.all("select number, payload, level from edi_interchange where sent is not null order by number")
    return [(r.number, r.payload.encode(CODECS[r.level])) for r in rows]


# --- what must hold ----------------------------------------------------------------------------------------------------


@invariant(
    "edi_interchanges_sound",
    "每份交换都能按 EDIFACT 规则无误读出，同一发送方的控制参考号不重复",
    "Every interchange reads without a finding, and no sender uses a control reference twice",
)
def _sound(look: Looking) -> list[str]:
    rows = look.all("select number, payload, level, sender_gln, control_reference from edi_interchange order by number")
    found = [f"{r.number}: {f.code} at byte {f.offset}" for r in rows for f in read(r.payload.encode(CODECS[r.level])).findings]
    twice = look.all("select sender_gln, control_reference from edi_interchange group by all having count(*) > 1 order by 1, 2")
    return found + [f"{r.sender_gln}: reference {r.control_reference} used twice" for r in twice]


@invariant(
    "edi_acknowledged",
    "每份发出的订单报文都有且只有一份技术回执",
    "Every order message sent has exactly one technical acknowledgement",
)
def _acknowledged(look: Looking) -> list[str]:
    rows = look.all(
        """select i.number, count(a.number) as found from edi_interchange i
           left join edi_acknowledgement a on a.answers = i.number and a.acknowledgement = 'technical'
           where i.message_type = 'ORDERS' and i.sent is not null group by i.number having count(a.number) <> 1 order by 1"""
    )
    return [f"{r.number}: {r.found} acknowledgements" for r in rows]
