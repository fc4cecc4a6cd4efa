"""How fast interchanges are written and read, against pydifact doing the same in the same run."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from . import messages
from .reader import read
from .writer import Body, Envelope, write


class Rate(NamedTuple):
    """Messages a second of a piece of work, ours and pydifact's, and how many times faster ours is."""

    work: str
    ours: float
    pydifact: float

    @property
    def ratio(self) -> float:
        return self.ours / self.pydifact


def edifact_rates(count: int = 200, lines: int = 10) -> list[Rate]:
    """Writes and reads an interchange of `count` orders of `lines` lines each. Needs pydifact (PyPI).

    Ours checks counters, references, repertoire and every element on the way; pydifact does not.
    """
    from pydifact.segmentcollection import Interchange, Message
    from pydifact.segments import Segment

    bodies, envelope = _orders(count, lines)
    data = write(envelope, bodies)
    text = data.decode("latin-1")
    source = [(b, [_plain(d) for d in b.segments]) for b in bodies]

    def theirs() -> str:
        made = Interchange(envelope.sender, envelope.recipient, envelope.reference, ("UNOC", 3), envelope.prepared)
        for i, (body, drafts) in enumerate(source, start=1):
            message = Message(str(i), [body.type, "D", "96A", "UN", body.association])
            message.add_segments(Segment(tag, *elements) for tag, elements in drafts)
            made.add_message(message)
        return made.serialize()

    def theirs_read() -> int:
        return len(list(Interchange.from_str(text).get_messages()))

    return [
        Rate("write", _rate(lambda: write(envelope, bodies), count), _rate(theirs, count)),
        Rate("read", _rate(lambda: read(data), count), _rate(theirs_read, count)),
    ]


def _orders(count: int, lines: int) -> tuple[list[Body], Envelope]:
    day = datetime.date(2026, 9, 1)
    goods = tuple(messages.Line("6901234567892", Decimal(12 + i), Decimal("18.50"), f"Article no. {i}") for i in range(lines))
    bodies = [messages.orders(messages.Trade(f"PO-{i:06d}", day, "6901234000009", "6909999000001", goods, delivery=day)) for i in range(count)]
    return bodies, Envelope("6901234000009", "6909999000001", "1", datetime.datetime(2026, 9, 1, 8, 30))


def _plain(draft: tuple[object, ...]) -> tuple[str, list[object]]:
    """A draft as pydifact wants it: text, or lists of text."""
    words = [[_word(v) for v in e] if isinstance(e, tuple) else _word(e) for e in draft]
    return str(words[0]), list(words[1:])


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _rate(work: Callable[[], object], count: int, rounds: int = 3) -> float:
    """The best of some rounds, because other work on the machine only ever slows."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return count / best
