"""What reading a file of interchanges gives: segments, interchanges with their messages, and findings."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple

from ..kernel.texts import Text
from .syntax import Segment, ServiceCharacters


class Finding(NamedTuple):
    """Something wrong: its code in list 0085, the byte and the number of the segment, where in it, and words for it.

    element and component count from 1 (0: the segment as a whole, or what is missing). message: the index of the
    message in the interchange from 0 (-1: outside of any), interchange: its index in the file (-1: none).
    """

    code: str
    offset: int
    segment: int
    tag: str
    element: int
    component: int
    interchange: int
    message: int
    text: Text


@dataclass
class Message:
    """A message from UNH to UNT. `trailer` is None where UNT is missing; `group` is the group's reference, or ""."""

    header: Segment
    segments: list[Segment]
    group: str = ""
    trailer: Segment | None = None

    @property
    def reference(self) -> str:
        return self.header.value(1)

    @property
    def type(self) -> str:
        return self.header.value(2)

    @property
    def identifier(self) -> tuple[str, ...]:
        """Type, version, release, agency and association code (S009)."""
        return self.header.elements[1] if len(self.header.elements) > 1 else ("",)


@dataclass
class Interchange:
    """From UNB to UNZ. `trailer` is None where UNZ is missing."""

    header: Segment
    characters: ServiceCharacters
    messages: list[Message] = field(default_factory=list)
    groups: list[Segment] = field(default_factory=list)
    trailer: Segment | None = None

    @property
    def level(self) -> str:
        return self.header.value(1)

    @property
    def version(self) -> str:
        return self.header.value(1, 2)

    @property
    def sender(self) -> str:
        return self.header.value(2)

    @property
    def recipient(self) -> str:
        return self.header.value(3)

    @property
    def reference(self) -> str:
        return self.header.value(5)

    @property
    def prepared(self) -> datetime.datetime | None:
        """When it was prepared, None where UNB does not say it as YYMMDD:HHMM or CCYYMMDD:HHMM."""
        day, time = self.header.value(4), self.header.value(4, 2)
        try:
            return datetime.datetime.strptime(day + time, "%y%m%d%H%M" if len(day) == 6 else "%Y%m%d%H%M")
        except ValueError:
            return None


@dataclass
class Reading:
    """What was read: every segment in order, the interchanges that they make up, and the findings in order of place."""

    segments: list[Segment]
    interchanges: list[Interchange]
    findings: list[Finding]

    @property
    def messages(self) -> list[Message]:
        return [m for i in self.interchanges for m in i.messages]
