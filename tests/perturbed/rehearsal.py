"""A task as the model student does it, and what of it comes from the brief: by its value, by its label, or because it follows from it.

That an argument follows is seen by asking the model student for something else: what it then does otherwise comes from there.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ecomlab.kernel.command import Param
from ecomlab.kernel.evidence import SOUGHT, brief
from ecomlab.kernel.table import Table
from ecomlab.kernel.tasks import tasks
from ecomlab.kernel.texts import LANGUAGES, Text

from .stage import Call, Path, Stage, path_name, value_at
from .values import is_words, label_names, made_of, other_texts, others


def texts_of(code: str) -> list[Text]:
    """All that a student reads about a task."""
    task = tasks()[code]
    return [task.title, task.goal, task.hint, *(s.text for s in task.steps), *(g.text for g in task.goals)]


def named_keys(code: str) -> set[str]:
    """The values of the brief that the task's text names."""
    return {k for t in texts_of(code) for language in LANGUAGES for _, k, _, _ in string.Formatter().parse(t.say(language)) if k}


@dataclass(frozen=True)
class Origin:
    """From which value of the brief an argument comes, and how: equal, holds, part, label (of the choice), follows (when another is asked)."""

    key: str
    how: str


class Rehearsal:
    """A task as the model student does it here, with what the brief decides about it."""

    def __init__(self, stage: Stage, code: str):
        self.code = code
        self.stage = stage
        read: set[str] = set()
        self.calls = stage.rehearse(code, offers=True, read=read)
        self.brief = brief(stage.look, code)
        self.named = named_keys(code)
        #: per key of the brief: other values that can be asked for, as far as the play gets through with them, and the calls then
        self.asked_otherwise: dict[str, list[tuple[Any, list[Call]]]] = {k: list(self._otherwise(k)) for k in sorted(read)}
        self.keys = {k for k in self.brief if k in self.named or self.asked_otherwise.get(k)}

    def _otherwise(self, key: str) -> Iterator[tuple[Any, list[Call]]]:
        before = [(c.name, c.given) for c in self.calls]
        for value in self._other_values(key):
            try:
                calls = self.stage.rehearse(self.code, {key: value})
            except Exception:  # noqa: S112, BLE001  (the play or the product does not get through with that value)
                continue
            if [(c.name, c.given) for c in calls] != before:
                yield value, calls
                return

    def _other_values(self, key: str) -> Iterator[Any]:
        asked = self.brief[key]
        for call in self.calls:
            for path, p in call.fields:
                if p.kind in ("ref", "choice") and value_at(call.given, path) == asked:
                    yield from others(self.stage.look, p, asked, call.offers.get(path_name(path), []))
        if isinstance(asked, int) and not isinstance(asked, bool):
            yield from (n for n in (asked - 1, asked + 1) if n > 0)
        elif isinstance(asked, Decimal):
            yield from (n for n in (asked - 1, asked - Decimal("0.01"), asked + 1) if n > 0)
        elif isinstance(asked, str):
            yield from other_texts(self.stage.look, asked)

    def origin(self, at: int, path: Path, p: Param) -> Origin | None:
        """Where an argument comes from; None if the brief has no part in it."""
        call = self.calls[at]
        value = value_at(call.given, path)
        beside = [value_at(call.given, other) for other, _ in call.fields if other != path]
        found = []
        for key in sorted({*self.keys, *self.asked_otherwise}):
            how = made_of(value, p.kind, self.brief[key]) if key in self.keys else None
            if how == "holds" and self.brief[key] in beside:
                continue  # an address that holds the city asked for
            if how or self._follows(at, path, key):
                found.append(Origin(key, how or "follows"))
        label = next((t for v, t in call.offers.get(path_name(path), []) if v == value), "") if p.kind == "ref" else ""
        found += [Origin(k, "label") for k in self.named if label and k in self.brief and label_names(label, self.brief[k])]
        ranks = ("equal", "follows", "holds", "part", "label")
        return min(found, key=lambda o: (ranks.index(o.how), o.key not in self.named, o.key), default=None)

    def _follows(self, at: int, path: Path, key: str) -> bool:
        """Whether the argument is another when the model student believes that another thing is asked."""
        return any(
            [c.name for c in calls] == [c.name for c in self.calls] and _differs(calls[at].given, self.calls[at].given, path)
            for _, calls in self.asked_otherwise.get(key, ())
        )

    def kind_of(self, at: int, path: Path, p: Param, origin: Origin | None) -> str:
        """A: it is asked, by the text or because finding it out is the task (`sought`). B: it is open. R and U: see above."""
        value = value_at(self.calls[at].given, path)
        if self._sought(at, path):
            return "A"
        if origin and origin.how == "holds" and origin.key not in self.named and is_words(self.brief[origin.key]):
            return "U"  # a code that no text names is told elsewhere, as the word in a letter is
        if origin:
            return "A"
        if p.kind == "choice" and (self._in_words(p.ask.labels[value]) or self._in_words(Text(value, value))):  # a name is alike in both languages
            return "A"
        return "R" if p.kind in ("ref", "flag") or self._shown(at, value) else "B"

    def others(self, at: int, path: Path, p: Param, origin: Origin | None, narrower: bool = True) -> list[Any]:
        """Other values for an argument, the likeliest to be accepted first. A choice that names the same as this one, as another order of the
        customer asked for does, is no other value where the text leaves it open which of them it is.
        """
        call = self.calls[at]
        value, offered = value_at(call.given, path), call.offers.get(path_name(path), [])
        if origin and origin.how in ("label", "follows"):
            asked = [self.brief[k] for k in sorted(self.named & self.brief.keys())]
            names = [a for a in asked if label_names(next((t for v, t in offered if v == value), ""), a)]
            offered = [(v, t) for v, t in offered if not names or not all(label_names(t, a) for a in names)]
        held = self.brief[origin.key] if origin and origin.how == "holds" else None
        found = list(others(self.stage.look, p, value, offered, held, narrower))
        # of what is to be found out, half of it: one fewer may be enough in a world that leaves some room
        half = int(value) // 2 if p.kind == "count" and self._sought(at, path) else 0
        return [half, *found] if half else found

    def _sought(self, at: int, path: Path) -> bool:
        return f"{self.calls[at].name}.{path_name(path)}" in SOUGHT.get(self.code, {})

    def _in_words(self, label: Text) -> bool:
        """Whether the task's text says a fixed word."""
        word = re.compile(rf"\b{re.escape(label.en)}\b", re.IGNORECASE)
        return any(label.zh in t.zh and word.search(t.en) for t in texts_of(self.code))

    def _shown(self, at: int, value: Any) -> bool:
        """Whether a query of the task has shown the value before."""
        return any(str(value) in map(str, row) for c in self.calls[:at] if isinstance(c.result, Table) for row in c.result)

    def arguments(self) -> Iterator[tuple[int, Call, Path, Param, Origin | None]]:
        for at, call in enumerate(self.calls):
            for path, p in call.fields:
                if p.kind not in ("secret", "upload"):
                    yield at, call, path, p, self.origin(at, path, p)


def _differs(one: dict[str, Any], other: dict[str, Any], path: Path) -> bool:
    try:
        return bool(value_at(one, path) != value_at(other, path))
    except (KeyError, IndexError):
        return True
