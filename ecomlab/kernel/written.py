"""What a student writes for a teacher to judge: the words in fields that a command declares as `marked`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .command import Command
from .texts import Text


class Written(NamedTuple):
    """The words of one field; of a row, its label says which."""

    label: Text
    words: str


def written(command: Command, given: Mapping[str, Any]) -> list[Written]:
    """The words of an entry that a teacher judges, in the order of its fields. given: its arguments, whatever they hold."""
    found = []
    for p in command.params:
        value = given.get(p.name)
        if p.name in command.marked and isinstance(value, str) and value:
            found.append(Written(p.label, value))
        columns = [c for c in p.columns if f"{p.name}.{c.name}" in command.marked]
        for n, row in enumerate(value if columns and isinstance(value, list) else [], 1):
            said = {c: row.get(c.name) for c in columns} if isinstance(row, dict) else {}
            found += [Written(Text(*(f"{label} {n}" for label in c.label)), words) for c, words in said.items() if isinstance(words, str) and words]
    return found
