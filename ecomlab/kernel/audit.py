"""Invariants: what must hold in every world, registered by whoever can promise it, checked by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .doing import Looking
from .texts import Text


@dataclass(frozen=True)
class Invariant:
    """A statement about a world. `check` gives one line for each place where it does not hold."""

    name: str
    text: Text
    check: Callable[[Looking], list[str]]


INVARIANTS: dict[str, Invariant] = {}


def invariant(name: str, zh: str, en: str) -> Callable[[Callable[[Looking], list[str]]], Callable[[Looking], list[str]]]:
    """Registers a check under a name."""

    def register(check: Callable[[Looking], list[str]]) -> Callable[[Looking], list[str]]:
        if name in INVARIANTS:
            raise ValueError(f"invariant {name!r} is declared twice")
        INVARIANTS[name] = Invariant(name, Text(zh, en), check)
        return check

    return register


class Verdict(NamedTuple):
    """What an audit says of one invariant: no findings, it holds."""

    name: str
    text: Text
    findings: list[str]


def audit(state: Any) -> list[Verdict]:
    """Every invariant of what a world has against its state, in the order of registering."""
    return verdicts(state.look, state.scenario.includes)


def verdicts(look: Any, includes: Callable[[Callable[..., Any]], bool]) -> list[Verdict]:
    """The same of whatever can be looked at. includes: whether what a check is about is there."""
    return [Verdict(i.name, i.text, i.check(look)) for i in INVARIANTS.values() if includes(i.check)]
