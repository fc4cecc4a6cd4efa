"""What of a logbook can be held against the others of a class: digests of secrets, the pace of the work, the texts that somebody thought up.

These are traits of how the work was done. What it was worth is for replay to say, which reads none of them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import modules  # noqa: F401  (says what modules there are)
from ..kernel.command import COMMANDS, Param
from ..kernel.foreign import from_json
from ..kernel.logbook import ATTEMPTS, Entry, Survey, lines
from ..kernel.names import both
from ..kernel.table import wide
from .replay import Report

#: A text narrower than this, in columns, is a word that anybody may choose.
A_TEXT = 12
#: Digits that make a figure one that nobody else has found.
EXACT = 3
#: Several words, or several Chinese characters.
_WORDS = re.compile(r"[^\W\d_]+ .*[^\W\d_]|[\u3400-\u9fff]{4}")
#: Attempts read of one student; more would be no work of a hand.
MAX_ATTEMPTS = 20_000


@dataclass(frozen=True)
class Traits:
    """student: as the logbook names them; digests: of secrets, salted by the world; gaps: whole seconds from each entry to the next; texts: what was typed
    where the world does not say what to type; answers: figures found in data of one's own, each with its question. before, back, unread: the entries whose
    time is before the world's, before that of the entry above, or no time. attempts: refused ones beside the logbook, None where no list of them was handed
    in. last_at: the time of the last entry, as it stands there."""

    student: str
    scenario: str
    entries: int
    digests: frozenset[str] = frozenset()
    gaps: tuple[int, ...] = ()
    texts: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    before: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()
    attempts: int | None = None
    last_at: str = ""

    @property
    def last(self) -> datetime.datetime | None:
        """When the last entry was made, by its own clock."""
        return _time(self.last_at)


#: A clock that is set right goes back by less than this.
CLOCK = datetime.timedelta(minutes=1)


def traits(logbook: Path, read: Survey, report: Report) -> Traits:
    """The traits of a logbook that was graded; read: what it holds. Executes nothing."""
    entries = [e for _, e in read.entries]
    times = [_time(e.at) for e in entries]
    known = [(e.n, at) for e, at in zip(entries, times, strict=True) if at]
    steps = [(n, after - before) for (_, before), (n, after) in zip(known, known[1:], strict=False)]
    created = _time(read.header.created)
    return Traits(
        read.header.student, read.header.scenario, len(entries),
        digests=frozenset(text for e in entries for text in _strings(e.arguments) if text.startswith(("scrypt:", "hmac:"))),
        gaps=tuple(round(step.total_seconds()) for _, step in steps),
        texts=frozenset(_own_texts(read, report)),
        answers=frozenset(_answers(entries)),
        before=tuple(n for n, at in known if created and at < created - CLOCK),
        back=tuple(n for n, step in steps if step < -CLOCK),
        unread=tuple(e.n for e, at in zip(entries, times, strict=True) if not at),
        attempts=_attempts(logbook.with_name(ATTEMPTS)),
        last_at=entries[-1].at[:40] if entries else "",
    )  # fmt: skip


def _time(text: str) -> datetime.datetime | None:
    """A moment with its zone, as the laboratory writes it; None for anything else."""
    try:
        read = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def _strings(value: Any) -> Iterator[str]:
    """Every string in the arguments of an entry, however deep: a changed logbook may hold anything."""
    waiting = [value]
    while waiting:
        it = waiting.pop()
        if isinstance(it, str):
            yield it
        elif isinstance(it, dict):
            waiting.extend(it.values())
        elif isinstance(it, list):
            waiting.extend(it)


def _own_texts(read: Survey, report: Report) -> Iterator[str]:
    """What was thought up: texts of some length in fields for free text, but no addresses or numbers, and not what the world says.

    The world says what the tasks name, and the names of its data, which are in two languages.
    """
    asked = " ".join(f"{g.text.zh} {g.text.en}" for t in report.tasks for g in t.goals)
    for text in {" ".join(text.split()) for _, e in read.entries for text in _free(e)}:
        name = both(text)
        if wide(text) >= A_TEXT and _WORDS.search(text) and name.zh == name.en and not all(word in asked for word in text.split()):
            yield text


def _answers(entries: Iterable[Entry]) -> Iterator[str]:
    """Figures that answer a question about data, of three digits or more: those with fewer many have by chance."""
    for given in (e.arguments for e in entries if e.arguments.keys() >= {"question", "answer"}):
        question, answer = given["question"], given["answer"]
        if isinstance(question, str) and isinstance(answer, str) and len(re.sub(r"\D", "", answer).lstrip("0")) >= EXACT:
            yield f"{question[:40]} = {answer[:40]}"


def _free(entry: Entry) -> Iterator[str]:
    """What an entry has in its fields of free text."""
    command = COMMANDS.get(entry.do)
    for param in command.params if command else ():
        yield from _strings(list(_in_field(param, entry.arguments.get(param.name))))


def _in_field(param: Param, value: Any) -> Iterable[Any]:
    if param.kind == "rows" and isinstance(value, list):
        return [row.get(c.name) for row in value if isinstance(row, dict) for c in param.columns if c.kind in ("line", "prose")]
    return [value] if param.kind in ("line", "prose") else []


def _attempts(file: Path) -> int | None:
    """How many attempts were refused, by the list beside the logbook; lines that are no JSON do not count."""
    try:
        return sum(_is_json(raw) for (raw, _), _ in zip(lines(file), range(MAX_ATTEMPTS), strict=False))
    except OSError:
        return None


def _is_json(raw: bytes) -> bool:
    try:
        return isinstance(from_json(raw), dict)
    except ValueError:
        return False
