"""The network between members: it carries interchanges, and the recipient's system reads them at once.

A partner's system reads what arrives with the same reader as everybody and answers with CONTRL (technical). What it
says to the order itself comes later and stands in `answers`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from ...edifact import Envelope, Finding, read, write
from ...edifact.contrl import Verdict, contrl, verdict
from ...edifact.syntax import CODECS
from ...edifact.writer import Body
from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.texts import Text
from .. import email
from .roles import LEVELS, MAILBOX, NETWORK

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

    Rejected are what breaks the syntax, a character set that the recipient's system does not read (code 2), and a control
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
    back = send(do, "CONTRL", row.recipient_gln, row.sender_gln, answer, row.document)
    said = verdict(read(payload(do, back)).messages[0])
    place = "/".join(part for part in (said.tag, said.place.strip("/")) if part)
    acknowledge(do, row.document, "technical", "accepted" if said.accepted else "rejected", said.code, place, back, number)
    if not said.accepted:
        tell(
            do, row.sender_gln, f"报文被拒收 Message rejected: {row.document}",
            f"单证 {row.document} 的报文被对方系统拒收（错误代码 {said.code}），详见交换 {back} 中的 CONTRL。",
            f"The partner's system rejected the message of {row.document} (code {said.code}); see the CONTRL in {back}.",
        )  # fmt: skip
    return said


def _objection(code: str, element: int, component: int, zh: str, en: str) -> Finding:
    """What a recipient has against an interchange beyond its syntax, said of UNB."""
    return Finding(code, 0, 1, "UNB", element, component, 0, -1, Text(zh, en))


def send(do: Doing, kind: str, sender: str, recipient: str, body: Body, document: str | None) -> str:
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


def acknowledge(do: Doing, document: str, kind: str, outcome: str, code: str, place: str, brought_by: str, answers: str) -> None:
    do.execute(
        "insert into edi_acknowledgement values ($number, $document, $kind, $outcome, $code, $place, $interchange, $answers, $moment)",
        number=do.number("EDR"), document=document, kind=kind, outcome=outcome, code=code, place=place, interchange=brought_by, answers=answers,
        moment=do.moment,
    )  # fmt: skip


def tell(do: Doing, gln: str, subject: str, zh: str, en: str) -> None:
    address = do.value("select mailbox from edi_member where gln = $gln", gln=gln)
    email.letter(do, address, subject, f"{zh}\n\n{en}\n", MAILBOX, NETWORK)


def interchanges(look: Looking, kind: str = "") -> list[tuple[str, bytes]]:
    """Every interchange that travelled, or those with this type of message: its number, and its bytes."""
    rows = look.all(
        "select number, payload, level from edi_interchange where sent is not null and $kind in ('', message_type) order by number", kind=kind
    )
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
