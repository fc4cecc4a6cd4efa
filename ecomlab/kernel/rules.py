"""The version of the rules, and how entries that were written under earlier ones are read.

A world keeps for all its life the rules under which it began (`Header.rules`); `look.rules` tells them to whatever a module does.
Two means keep old logbooks good when a command changes (docs/modules.md has an example of both):

- It means the same and is spelled otherwise (an argument renamed, split or added, the command renamed): an **upcaster**, which
  rewrites the arguments of older entries step by step, as event-sourced systems do. The command itself knows one spelling.
- It means something else (another amount, another check, another state): a **branch** on `do.rules`. The upcaster could not help,
  because the world of the older entry must lead to what it led to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: The rules of worlds that are made now. A change of what entries mean, or how they are spelled, makes it one more.
RULES = 1

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Upcast:
    """How entries of one command, written under rules before `before`, are spelled from then on: the command's name then, and its arguments."""

    before: int
    name: str
    rewrite: Callable[[Arguments], Arguments]


UPCASTS: dict[str, list[Upcast]] = {}


def upcast(name: str, *, before: int, now: str = "") -> Callable[[Callable[[Arguments], Arguments]], Callable[[Arguments], Arguments]]:
    """Declares a function from the arguments that entries of `name` had under rules before `before` to those of `before`, as JSON values.

    now: what the command is called since, if it was renamed. The result of the entry must stay what it was.
    """
    if not 1 < before <= RULES:
        raise ValueError(f"{name}: rules {before} are none that have begun; they are at {RULES}")

    def register(rewrite: Callable[[Arguments], Arguments]) -> Callable[[Arguments], Arguments]:
        steps = UPCASTS.setdefault(name, [])
        if any(s.before == before for s in steps):
            raise ValueError(f"entries of {name} before rules {before} are rewritten twice")
        steps.append(Upcast(before, now or name, rewrite))
        steps.sort(key=lambda s: s.before)
        return rewrite

    return register


def spelled_now(name: str, arguments: Arguments, rules: int) -> tuple[str, Arguments]:
    """An entry's command and arguments as they are spelled today, from those written under `rules`."""
    while step := next((s for s in UPCASTS.get(name, ()) if s.before > rules), None):
        name, arguments, rules = step.name, step.rewrite(dict(arguments)), step.before
    return name, arguments
