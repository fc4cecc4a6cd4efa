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
    if not marks.sound() or any(syntax.outside(c, envelope.level) for c in marks):
        raise ValueError(f"the service characters {marks.una()[3:]!r} cannot be told apart or are not in {envelope.level}")
    day = envelope.prepared.strftime("%y%m%d" if envelope.version < 4 else "%Y%m%d")
    # without UNA version 4 would take "*" for the repetition separator
    parts = [marks.una()] if envelope.advice or marks != DEFAULT or envelope.version > 3 else []
    header: Draft = (
        "UNB", (envelope.level, envelope.version), (envelope.sender, envelope.qualifier), (envelope.recipient, envelope.qualifier),
        (day, envelope.prepared.strftime("%H%M")), envelope.reference,
    )  # fmt: skip
    parts.append(_segment((*header, None, None, None, None, None, 1) if envelope.test else header, marks))
    for i, body in enumerate(bodies, start=1):
        parts.append(_segment(("UNH", i, (body.type, *body.version, "UN", body.association)), marks))
        parts += [_segment(d, marks) for d in body.segments]
        parts.append(_segment(("UNT", len(body.segments) + 2, i), marks))
    parts.append(_segment(("UNZ", len(bodies), envelope.reference), marks))
    whole = "".join(parts)
    if bad := syntax.outside(whole, envelope.level):
        raise NotInRepertoire(bad, envelope.level)
    return whole.encode(codec)


def _segment(draft: Draft, marks: ServiceCharacters) -> str:
    tag, *elements = draft
    made = [[_text(v, marks) for v in e] if isinstance(e, tuple) else (_text(e, marks),) for e in elements]
    if marks.release == " ":
        _needs_no_release(made, marks)
    return syntax.join(str(tag), made, marks)


def _text(value: Value, marks: ServiceCharacters) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", marks.decimal)
    return "" if value is None else str(value)


def _needs_no_release(made: Sequence[Sequence[str]], marks: ServiceCharacters) -> None:
    text = "".join(c for e in made for c in e)
    for parting in (marks.component, marks.element, marks.terminator, *marks.repetition.strip(" ")):
        if parting in text:
            raise NotInRepertoire(parting, "UNA")
