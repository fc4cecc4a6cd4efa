"""What was done, as evidence: entries, the goals that a task holds against them, and the briefs that say what each student is asked.

A module's `checks.py` declares its goals and briefs here.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .doing import AUTO, Looking
from .refusals import Declined
from .tasks import tasks


@dataclass(frozen=True)
class Done:
    """An accepted entry as evidence: what was done, by whom, when, with what, and what came of it."""

    n: int
    day: datetime.date
    by: str
    do: str
    arguments: dict[str, Any]
    result: Any

    @property
    def declined(self) -> str | None:
        """The code of a remembered "no", or None."""
        return self.result.refusal.code if isinstance(self.result, Declined) else None


class Evidence:
    """What was done and the state it led to. `brief` is what this student was asked."""

    def __init__(self, look: Looking, done: Sequence[Done], code: str):
        """look: the world as it stands after all that was done. code: the task that it is held against."""
        self.look = look
        self.brief = brief(look, code)
        self._done = done

    def did(self, *names: str, where: Callable[[Done], object] | None = None, **arguments: Any) -> list[Done]:
        """The accepted entries of these commands, in order, without remembered "no"s and what the library did. arguments: values they must have had."""
        return [
            d
            for d in self._done
            if d.do in names
            and not d.declined
            and not d.by.endswith(AUTO)
            and all(d.arguments.get(k) == v for k, v in arguments.items())
            and (where is None or where(d))
        ]

    def looked_up(self, *names: str, where: Callable[[Done], object] | None = None, **arguments: Any) -> list[Done]:
        """The queries of these names that found at least one row."""
        return [d for d in self.did(*names, where=where, **arguments) if len(d.result)]


Met = Callable[[Evidence], object]

#: How each goal of a task is judged, by the task's code and the goal's name.
CHECKS: dict[str, dict[str, Met]] = {}
BRIEFS: dict[str, Callable[[Looking], dict[str, Any]]] = {}


def check(code: str, /, **goals: Met) -> None:
    """Declares how the goals of a task are judged, by their names in `tasks.toml`, which says them in words and what each is worth.

    Raises ValueError, naming the file and the task, if one of the two has a goal that the other has not.
    """
    task = tasks().get(code)
    if task is None:
        raise ValueError(f"{code} is checked, and no tasks.toml has it")
    place = f"{task.module}/tasks.toml: {code}"
    if code in CHECKS:
        raise ValueError(f"{place} is checked twice")
    said = {g.name for g in task.goals}
    if odd := [f"no check judges {name!r}" for name in said - goals.keys()] + [f"no text says {name!r}" for name in goals.keys() - said]:
        raise ValueError(f"{place}: {'; '.join(sorted(odd))}")
    CHECKS[code] = goals


def complete() -> None:
    """Raises ValueError naming the tasks that nothing checks. Called when every module has declared its checks."""
    if missing := [f"{t.module}/tasks.toml: {code}" for code, t in tasks().items() if code not in CHECKS]:
        raise ValueError(f"nothing checks {', '.join(missing)}")


def asks(*codes: str) -> Callable[[Callable[[Looking], dict[str, Any]]], Callable[[Looking], dict[str, Any]]]:
    """Registers the brief of tasks: a function of the world's seed giving the values that this student is asked for.

    It must not depend on what the student has done, so that task and grade mean the same thing all along.
    """

    def register(function: Callable[[Looking], dict[str, Any]]) -> Callable[[Looking], dict[str, Any]]:
        for code in codes:
            if code in BRIEFS:
                raise ValueError(f"{code} has two briefs")
            BRIEFS[code] = function
        return function

    return register


def brief(look: Looking, code: str) -> dict[str, Any]:
    """What this student is asked in this task; empty where everybody is asked the same."""
    return BRIEFS[code](look) if code in BRIEFS else {}
