"""How fast interchanges are written and read, against pydifact doing the same in the same run."""

from __future__ import annotations

import datetime
import importlib
import time
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib.util import find_spec
from typing import Any, NamedTuple

from ..edifact import messages
from ..edifact.reader import read
from ..edifact.writer import Body, Envelope, write
from .rows import Row


class Pace(NamedTuple):
    """Seconds a message that a piece of work takes, ours and pydifact's."""

    work: str
    ours: float
    pydifact: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.pydifact / self.ours


def edifact_paces(count: int = 200, lines: int = 10, rounds: int = 3) -> list[Pace]:
    """Writes and reads an interchange of `count` orders of `lines` lines each, both in turn; the best of `rounds` counts.

    Needs pydifact, which is a peer to be measured against and no dependency. Ours checks counters, references,
    repertoire and every element on the way; pydifact checks none of these.
    """
    peer = importlib.import_module("pydifact.segmentcollection")
    segment: Any = importlib.import_module("pydifact.segments").Segment
    bodies, envelope = _orders(count, lines)
    data = write(envelope, bodies)
    text = data.decode("latin-1")
    source = [(body, [_plain(draft) for draft in body.segments]) for body in bodies]

    def write_theirs() -> None:
        made = peer.Interchange(envelope.sender, envelope.recipient, envelope.reference, ("UNOC", 3), envelope.prepared)
        for i, (body, drafts) in enumerate(source, start=1):
            message = peer.Message(str(i), [body.type, "D", "96A", "UN", body.association])
            message.add_segments(segment(*words) for words in drafts)
            made.add_message(message)
        made.serialize()

    def read_theirs() -> None:
        list(peer.Interchange.from_str(text).get_messages())

    return [
        _pace("written", count, rounds, lambda: write(envelope, bodies), write_theirs),
        _pace("read", count, rounds, lambda: read(data), read_theirs),
    ]


def _orders(count: int, lines: int) -> tuple[list[Body], Envelope]:
    day = datetime.date(2026, 9, 1)
    goods = tuple(messages.Line("9526175433210", Decimal(12 + i), Decimal("18.50"), f"Article no. {i}") for i in range(lines))
    bodies = [messages.orders(messages.Trade(f"PO-{i:06d}", day, "9529708681812", "9523615450950", goods, delivery=day)) for i in range(count)]
    return bodies, Envelope("9529708681812", "9523615450950", "1", datetime.datetime(2026, 9, 1, 8, 30))


def _plain(draft: tuple[Any, ...]) -> list[Any]:
    """A draft as pydifact wants it: text, or lists of text."""
    return [[_word(v) for v in e] if isinstance(e, tuple) else _word(e) for e in draft]


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _pace(work: str, count: int, rounds: int, ours: Callable[[], object], theirs: Callable[[], object]) -> Pace:
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for i, one in enumerate((ours, theirs)):
            start = time.perf_counter()
            one()
            best[i] = min(best[i], time.perf_counter() - start)
    return Pace(work, best[0] / count, best[1] / count)


def bench_edifact() -> Iterator[Row]:
    """EDIFACT messages written and read, against pydifact alone; only ours checks what it reads."""
    if find_spec("pydifact") is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydifact says once for each kind of segment that it does not validate it
        paces = edifact_paces()
    for pace in paces:
        ours, theirs = f"{1 / pace.ours:,.0f}/s", f"pydifact: {1 / pace.pydifact:,.0f} messages/s"
        yield Row(f"EDIFACT messages {pace.work}, {ours}", pace.ours, theirs, pace.pydifact, faster=True)
