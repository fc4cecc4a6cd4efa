"""What a witness can say of a logbook that was handed in: how much of it was witnessed, when, at what pace, from how many kernels."""

from __future__ import annotations

import datetime
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..kernel.texts import Text
from .chain import chain_of

if TYPE_CHECKING:
    from .log import Log, Witnessed

#: A pause longer than this is no work.
PAUSE = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class Account:
    """entries: in the logbook; witnessed: of these, always the first so many; first, last: when they came (UTC); active: time at work, without
    pauses of more than five minutes; kernels: processes that sent them; forks: entries of which the witness holds another version too."""

    entries: int
    witnessed: int = 0
    first: datetime.datetime | None = None
    last: datetime.datetime | None = None
    active: datetime.timedelta = datetime.timedelta()
    kernels: int = 0
    forks: tuple[int, ...] = ()

    @property
    def share(self) -> float:
        """What part of the entries was witnessed, 0 to 1; of a logbook without entries, all."""
        return self.witnessed / self.entries if self.entries else 1.0

    @property
    def pace(self) -> float | None:
        """Seconds of work for an entry, on average; None for fewer than two."""
        return self.active.total_seconds() / (self.witnessed - 1) if self.witnessed > 1 else None

    def text(self) -> Text:
        if not self.entries:
            return Text("日志中还没有条目", "there is no entry yet")
        if not self.witnessed or self.first is None or self.last is None:
            return Text(f"{self.entries} 条均未经见证", f"entries, none of them witnessed: {self.entries}")
        day = "%Y-%m-%d %H:%M"
        first, last = self.first.astimezone().strftime(day), self.last.astimezone().strftime(day)
        zh = f"见证 {self.witnessed}/{self.entries} 条，{first} 至 {last}，内核 {self.kernels} 个"
        en = f"{self.witnessed} of {self.entries} entries witnessed, {first} to {last}, kernels: {self.kernels}"
        if self.pace is not None:
            zh, en = f"{zh}，平均每条 {self.pace:.1f} 秒", f"{en}, {self.pace:.1f} seconds an entry"
        if self.forks:
            numbers = ", ".join(map(str, self.forks[:5]))
            zh, en = f"{zh}；另有版本的条目：{numbers}", f"{en}; entries with another version: {numbers}"
        return Text(zh, en)

    def record(self) -> dict[str, Any]:
        """As JSON types; times in UTC, ISO 8601; active in seconds."""
        return {
            "entries": self.entries, "witnessed": self.witnessed, "share": round(self.share, 4),
            "first": self.first.isoformat() if self.first else None, "last": self.last.isoformat() if self.last else None,
            "active": round(self.active.total_seconds(), 1), "pace": None if self.pace is None else round(self.pace, 2),
            "kernels": self.kernels, "forks": list(self.forks),
        }  # fmt: skip


def account(log: Log, logbook: Path, student: str) -> Account:
    """What the log tells of this logbook as the work of `student`, who is taken from the hand-in, not from the file.

    Raises a Refusal if the file is no logbook, OSError if it cannot be read.
    """
    chain = chain_of(logbook)
    seen = log.witnessed(student, chain.world, chain.hashes)
    if not seen:
        return Account(len(chain.hashes), forks=tuple(log.forks(student, chain.world)))
    return Account(
        len(chain.hashes), len(seen), seen[0].received, max(w.received for w in seen), _active(seen), len({w.kernel for w in seen}),
        tuple(log.forks(student, chain.world)),
    )  # fmt: skip


def _active(seen: list[Witnessed]) -> datetime.timedelta:
    times = sorted(w.received for w in seen)
    return sum((gap for a, b in zip(times, times[1:], strict=False) if (gap := b - a) <= PAUSE), datetime.timedelta())


def usual_pace(accounts: list[Account]) -> float | None:
    """The median pace of a class, in seconds an entry."""
    paces = [a.pace for a in accounts if a.pace is not None]
    return statistics.median(paces) if paces else None
