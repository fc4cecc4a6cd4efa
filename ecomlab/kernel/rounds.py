"""All refusals of a command in one round: whoever corrects it corrects all at once.

A command looks at one thing after the other and stops at the first that is wrong. So, once it has refused, it is done again, and nothing of it is kept,
with other values in the refused fields: such as a form offers, the field's bounds let through, or a field of that name has taken before. What is then
refused elsewhere is said as well, provided that it is refused in the same words whatever stood in. A refusal that hangs on the value still to come is
left to the next round.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import Any

from .command import CHOICES, Command, Param
from .refusals import Problem, Refusal
from .secrets import is_pin
from .state import State

#: How many values are tried in each refused field, and how many fields are found one after the other.
STAND_INS, FIELDS = 3, 5


class _Accepted(Exception):
    """It would be done: enough is known, and nothing is kept."""


def all_at_once(state: State, command: Command, first: Refusal, given: dict[str, Any], n: int) -> Refusal:
    """The refusal with what is wrong with other fields as well. given: what was typed, secrets as digests or left out; n: the entry that it would have been.

    What concerns no field (who has to sign in first) stands alone.
    """
    found = list(command.completed(first, state.look, given).problems)
    fields = {p.name for p in command.params}
    for _ in range(FIELDS):
        refused = {p.field for p in found}
        if not refused <= fields or not given.keys() - refused:
            break
        outcomes = [_outcome(state, command, tried, n) for tried in _instead(state, command, given, refused)]
        told = [o for o in outcomes if o is not None and not refused & {p.field for p in o}]
        if not told or not told[0] or any(o != told[0] for o in told) or not {p.field for p in told[0]} <= fields:
            break
        found += told[0]
    return Refusal(found) if len(found) > len(first.problems) else first


def _outcome(state: State, command: Command, given: dict[str, Any], n: int) -> tuple[Problem, ...] | None:
    """What would be refused; nothing if it would be done, None if that cannot be told."""

    def stop(result: Any) -> None:
        raise _Accepted

    try:
        state.transact(command, command.parse(given), n, state.actor(command), stop)
    except _Accepted:
        return ()
    except Refusal as refused:
        return refused.problems
    except Exception:  # a fault that what was typed itself would not have led to
        return None
    raise AssertionError("stopped before it was kept")


def _instead(state: State, command: Command, given: dict[str, Any], refused: set[str | None]) -> Iterator[dict[str, Any]]:
    """What was typed, with other values in the refused fields: the first of each, the second of each, and so on."""
    unknown = {p.name for p in command.params if p.name in refused or (p.kind == "secret" and p.required and p.name not in given)}
    others = {p.name: _values(state, command, p, given) for p in command.params if p.name in unknown}
    if not all(others.values()):
        return
    for i in range(min(STAND_INS, max(map(len, others.values())))):
        chosen = {name: values[min(i, len(values) - 1)] for name, values in others.items()}
        yield {name: value for name, value in {**given, **chosen}.items() if value is not None}


def _values(state: State, command: Command, p: Param, given: dict[str, Any]) -> list[Any]:
    """Values that a field may well take, as far as its declaration tells; None for leaving it out."""
    values: list[Any]
    match p.kind:
        case "ref" if p.ask.choose:
            values = [value for value, _ in _offered(state, command, p)]
        case "choice":
            values = list(p.options)
        case "flag":
            values = [True, False]
        case "money" | "count":
            values = [p.ask.ge or "1", "10", p.ask.le or "1000"]
        case "day":
            values = [p.ask.ge, *(state.day + datetime.timedelta(days=days) for days in (0, -1, 30))]
        case "secret":
            values = ["pin:000" if is_pin(p.ask.purpose) else "scrypt:" + "0" * 64]
        case "rows":
            names, columns = [c.name for c in p.columns], [_values(state, command, c, {}) for c in p.columns]
            values = [[dict(zip(names, row, strict=True))] for row in zip(*columns, strict=False)]
        case "upload":
            values = []
        case _:
            taken = (done.arguments.get(p.name) for done in reversed(state.done))
            values = [*itertools.islice(dict.fromkeys(v for v in taken if isinstance(v, str)), STAND_INS - 1), p.ask.example or "x"]
    kept = [v for v in values if v is not None and v != given.get(p.name)]
    return kept[:STAND_INS] if p.required else [*kept[: STAND_INS - 1], None]


def _offered(state: State, command: Command, p: Param) -> list[tuple[str, Any]]:
    try:
        return CHOICES[p.ask.choose](state.look, state.actor(command).partition(":")[2])
    except Refusal:
        return []
