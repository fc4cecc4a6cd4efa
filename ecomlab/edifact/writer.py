"""Writing interchanges: envelope, counters and references are ours to get right, so nobody passes them in."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from . import syntax
from .syntax import DEFAULT, ServiceCharacters

Value = str | int | Decimal | None
#: A segment to be written: its tag, then each element as a value or a tuple of its components.
Draft = tuple[str | Value | tuple[Value, ...], ...]


class NotInRepertoire(ValueError):
    """A text holds a character that the interchange's repertoire does not have. `character` and `level` say which."""

    def __init__(self, character: str, level: str):
        super().__init__(f"{character!r} is not in the repertoire {level}")
        self.character, self.level = character, level


class Body(NamedTuple):
    """A message to be written: type and association code (`ORDERS`, `EAN008`), the segments between UNH and UNT.

    version is the directory (D, 96A); the service message CONTRL has (D, 3).
    """

    type: str
    association: str
    segments: Sequence[Draft]
    version: tuple[str, str] = ("D", "96A")


@dataclass(frozen=True)
class Envelope:
    """What UNB says: who to whom, when, under which control reference (at most 14 characters), in which repertoire.

    qualifier 14 marks a GLN of GS1. UNOY and UNOW need syntax version 4, which writes years with four digits.
    """

    sender: str
    recipient: str
    reference: str
    prepared: datetime.datetime
    level: str = "UNOC"
    characters: ServiceCharacters = DEFAULT
    advice: bool = True
    test: bool = False
    qualifier: str = "14"

    @property
    def version(self) -> int:
        return 4 if self.level in ("UNOY", "UNOW") else 3


def write(envelope: Envelope, bodies: Sequence[Body]) -> bytes:
    """The interchange as it travels. Raises NotInRepertoire; ValueError for a level unknown or service characters unsound."""
    codec = syntax.CODECS[envelope.level]
    marks = envelope.characters
    if not marks.sound() or (envelope.level == "UNOA" and any(syntax.outside(c, "UNOA") for c in marks)):
        raise ValueError(f"the service characters {marks.una()[3:]!r} cannot be told apart or are not in {envelope.level}")
    day = envelope.prepared.strftime("%y%m%d" if envelope.version < 4 else "%Y%m%d")
    parts = [marks.una()] if envelope.advice or marks != DEFAULT else []
    header: Draft = (
        "UNB", (envelope.level, envelope.version), (envelope.sender, envelope.qualifier), (envelope.recipient, envelope.qualifier),
        (day, envelope.prepared.strftime("%H%M")), envelope.reference,
    )  # fmt: skip
    parts.append(_segment((*header, None, None, None, None, None, 1) if envelope.test else header, envelope))
    for i, body in enumerate(bodies, start=1):
        drafts: list[Draft] = [("UNH", i, (body.type, *body.version, "UN", body.association)), *body.segments]
        parts += [_segment(d, envelope) for d in drafts]
        parts.append(_segment(("UNT", len(drafts) + 1, i), envelope))
    parts.append(_segment(("UNZ", len(bodies), envelope.reference), envelope))
    return "".join(parts).encode(codec)


def _segment(draft: Draft, envelope: Envelope) -> str:
    tag, *elements = draft
    made = tuple(tuple(_text(v, envelope) for v in (e if isinstance(e, tuple) else (e,))) for e in elements)
    return syntax.join(str(tag), made, envelope.characters)


def _text(value: Value, envelope: Envelope) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", envelope.characters.decimal)
    text = str(value)
    bad = syntax.outside(text, envelope.level)
    if bad:
        raise NotInRepertoire(bad, envelope.level)
    marks = envelope.characters
    clash = [c for c in (marks.component, marks.element, marks.terminator) if c in text] if marks.release == " " else []
    if clash:
        raise NotInRepertoire(clash[0], envelope.level)
    return text
