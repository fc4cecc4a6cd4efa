"""Invariants: what must hold in every world, registered by whoever can promise it, checked by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .doing import Looking
from .texts import Text


@dataclass(frozen=True)
class Invariant:
    """A statement about a world. `check` gives one line for each place where it does not hold. seeded: whether it asks the world's seed."""

    name: str
    text: Text
    check: Callable[[Looking], list[str]]
    seeded: bool = False


INVARIANTS: dict[str, Invariant] = {}


def invariant(name: str, zh: str, en: str, seeded: bool = False) -> Callable[[Callable[[Looking], list[str]]], Callable[[Looking], list[str]]]:
    """Registers a check under a name. seeded: it asks the world's seed, which tables do not hold, so that no data set can be asked it."""

    def register(check: Callable[[Looking], list[str]]) -> Callable[[Looking], list[str]]:
        if name in INVARIANTS:
            raise ValueError(f"invariant {name!r} is declared twice")
        INVARIANTS[name] = Invariant(name, Text(zh, en), check, seeded)
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


def verdicts(look: Any, includes: Callable[[Callable[..., Any]], bool], seed: bool = True) -> list[Verdict]:
    """The same of whatever can be looked at. includes: whether what a check is about is there; seed: whether there is one."""
    return [Verdict(i.name, i.text, i.check(look)) for i in INVARIANTS.values() if includes(i.check) and seed >= i.seeded]
