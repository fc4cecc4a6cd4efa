"""Forms with two fields broken at once: what each break is follows from the field's declaration, and it counts if a command refuses it alone, at its field."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from ecomlab.kernel.command import COMMANDS, Command, Param
from ecomlab.kernel.doing import AUTO
from ecomlab.kernel.logbook import Entry, survey
from ecomlab.kernel.refusals import Problem, Refusal
from ecomlab.kernel.rounds import all_at_once
from ecomlab.kernel.state import UNDO, State
from tests import golden


class Pair(NamedTuple):
    """Two fields of a command that are refused alone, and which fields were named when both were wrong."""

    command: str
    fields: tuple[str, str]
    typed: tuple[Any, Any]
    named: frozenset[str | None]

    @property
    def whole(self) -> bool:
        return set(self.fields) <= self.named


def breaks(p: Param) -> list[Any]:
    """Values that a field of this kind can hold and that few commands take, then one that it cannot hold."""
    match p.kind:
        case "ref":
            return ["ZZ-0000-0000", "nobody@ecomlab.test"]
        case "line" | "prose":
            return ["!", "12"]
        case "money":
            return ["0.01", "999999999.00", "1.234"]
        case "count":
            return ["999999999", "0", "many"]
        case "day":
            return ["1999-01-01", "2099-12-31", "soon"]
        case "choice":
            return [*p.options, "none of these"]
        case "flag":
            return [True, False]
        case _:
            return []


def pairs(scenario: str, commands: frozenset[str] | None = None) -> Iterator[Pair]:
    """Every pair of fields of each command (of these commands), where a model student did it first in this scenario."""
    read = survey(golden.FOLDER / f"{scenario}.jsonl")
    state, seen = State(read.header), set[str]()
    for _, entry in read.entries:
        if entry.do == UNDO:
            continue
        if entry.do not in seen and not entry.by.endswith(AUTO) and (commands is None or entry.do in commands):
            seen.add(entry.do)
            yield from _pairs(state, COMMANDS[entry.do], entry)
        state.apply(entry)
    state.close()


def _pairs(state: State, command: Command, entry: Entry) -> Iterator[Pair]:
    wrong = {}
    for p in command.params:
        for value in breaks(p):
            if value != entry.arguments.get(p.name) and _named(state, command, {**entry.arguments, p.name: value}, entry) == {p.name}:
                wrong[p.name] = value
                break
    for one, other in itertools.combinations(wrong, 2):
        given = {**entry.arguments, one: wrong[one], other: wrong[other]}
        yield Pair(command.name, (one, other), (wrong[one], wrong[other]), frozenset(_named(state, command, given, entry)))


def _named(state: State, command: Command, given: dict[str, Any], entry: Entry) -> set[str | None]:
    return {p.field for p in refusals(state, command, given, entry)}


def refusals(state: State, command: Command, given: dict[str, Any], entry: Entry) -> tuple[Problem, ...]:
    """What is said when it is refused; nothing if it is done. Nothing of it is kept."""

    def stop(result: Any) -> None:
        raise _Done

    try:
        state.transact(command, command.parse(given), entry.n, state.actor(command), stop)
    except _Done:
        return ()
    except Refusal as first:
        return all_at_once(state, command, first, given, entry.n).problems
    raise AssertionError("stopped before it was kept")


class _Done(Exception):
    pass
