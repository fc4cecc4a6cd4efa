"""What was done, as evidence: entries, the goals that a task holds against them, and the briefs that say what each student is asked.

A module's `checks.py` declares its goals and briefs here.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .doing import AUTO, Looking
from .refusals import Declined
from .texts import Text

if TYPE_CHECKING:
    from .state import State


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

    def __init__(self, state: State, code: str):
        self.look = state.look
        self.brief = brief(state.look, code)
        self._done = state.done

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


@dataclass(frozen=True)
class Goal:
    """One thing a task must show, worth some points. `text` says it; unmet, it is also the reason for what is missing."""

    name: str
    points: Decimal
    text: Text
    met: Callable[[Evidence], object]


CHECKS: dict[str, tuple[Goal, ...]] = {}
EXCEPTIONS: dict[str, Mapping[str, str]] = {}
BRIEFS: dict[str, Callable[[Looking], dict[str, Any]]] = {}


def goal(name: str, points: str, zh: str, en: str, met: Callable[[Evidence], object]) -> Goal:
    return Goal(name, Decimal(points), Text(zh, en), met)


def check(code: str, *goals: Goal, exceptions: Mapping[str, str] | None = None) -> None:
    """Declares what a task must show. The goals' points add up to the task's (a test sees to it).

    exceptions: variants of the task in which points may follow something else than what its text names, each with the reason: a kind
    and what is varied, as the perturbation test names them, "A b2c.new_purchase.delivery_day" (tests/perturbed).
    """
    if code in CHECKS:
        raise ValueError(f"{code} is checked twice")
    CHECKS[code] = goals
    if exceptions:
        EXCEPTIONS[code] = exceptions


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
