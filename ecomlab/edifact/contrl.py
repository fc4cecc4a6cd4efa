"""CONTRL, the technical acknowledgement: what the receiver of an interchange says of its syntax, and reading one.

It tells that an interchange could be read, or where and why not (list 0085). Whether the order in it is accepted is
another matter and is said by ORDRSP, the functional answer. Source: ISO 9735, CONTRL version D release 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .reading import Finding, Interchange, Message
from .writer import Body, Draft

REJECTED, ACCEPTED, RECEIVED = "4", "7", "8"


class Verdict(NamedTuple):
    """What a CONTRL says of an interchange: its reference and parties, the action of list 0083, and the first error.

    code: of list 0085, or "". tag: the segment in error. place: "segment/element/component" as far as it is told, or "".
    """

    reference: str
    sender: str
    recipient: str
    action: str
    code: str
    tag: str
    place: str

    @property
    def accepted(self) -> bool:
        return self.action != REJECTED


def _at(element: int, component: int) -> tuple[int | None, int | None] | None:
    return (element, component or None) if element else None


def contrl(inter: Interchange, findings: Sequence[Finding]) -> Body:
    """The acknowledgement of one interchange, from the findings about it: rejected as a whole, message by message, or accepted."""
    parties = [*inter.header.elements[1:3], ("",), ("",)]
    head = (inter.reference, parties[0], parties[1])
    outer = [f for f in findings if f.message < 0]
    if outer:
        first = outer[0]
        tag = first.tag if first.tag in ("UNA", "UNB", "UNZ") else "UNB" if first.tag else "UNZ"
        return Body("CONTRL", "EAN002", [("UCI", *head, REJECTED, first.code, tag, _at(first.element, first.component))], ("D", "3"))
    drafts: list[Draft] = [("UCI", *head, ACCEPTED)]
    for i, message in enumerate(inter.messages):
        wrong = [f for f in findings if f.message == i]
        if wrong:
            drafts += _rejected(message, wrong)
    return Body("CONTRL", "EAN002", drafts, ("D", "3"))


def _rejected(message: Message, wrong: Sequence[Finding]) -> list[Draft]:
    service = next((f for f in wrong if f.tag in ("UNH", "UNT")), None)
    head: Draft = ("UCM", message.reference, message.identifier[:5], REJECTED)
    drafts: list[Draft] = [(*head, service.code, service.tag, _at(service.element, service.component)) if service else head]
    for finding in wrong:
        if finding is not service:
            place = max(1, finding.segment - message.header.number + 1)
            within = _at(finding.element, finding.component)
            drafts += [("UCS", place, None), ("UCD", finding.code, within)] if within else [("UCS", place, finding.code)]
    return drafts


def verdict(message: Message) -> Verdict:
    """What a CONTRL says. The first error counts; an interchange with a rejected message is told as rejected."""
    uci = next((s for s in message.segments if s.tag == "UCI"), None)
    if uci is None:
        return Verdict("", "", "", "", "", "", "")
    action, code, tag, place = uci.value(4), uci.value(5), uci.value(6), ""
    if uci.value(7):
        place = "/".join(["", uci.value(7), uci.value(7, 2)]).rstrip("/")
    for segment in message.segments:
        if segment.tag in ("UCM", "UCF") and segment.value(3 if segment.tag == "UCM" else 4) == REJECTED:
            action = REJECTED
            if segment.tag == "UCM" and segment.value(4):
                code, tag = code or segment.value(4), tag or segment.value(5)
        elif segment.tag == "UCS":
            place = place or segment.value(1)
            code = code or segment.value(2)
        elif segment.tag == "UCD" and not code:
            code = segment.value(1)
            place = "/".join([place, segment.value(2), segment.value(2, 2)]).rstrip("/")
    return Verdict(uci.value(1), uci.value(2), uci.value(3), action, code, tag, place)
