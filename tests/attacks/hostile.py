"""Worlds with a hostile text in every field that takes one: script for a page, formula for a spreadsheet, in what a model student has done.

The fields follow from the declarations: whatever a command asks for as a line or as prose, also within rows. Each entry of a golden logbook is done again
with hostile texts in all of them, each with a number of its own that tells from which field it came; what a field refuses keeps the student's text there.

    python -m tests.attacks.hostile SCENARIO [--out LOGBOOK]        (the fields, and which of them took a hostile text)
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ecomlab import modules
from ecomlab.kernel.command import COMMANDS, Command, Param
from ecomlab.kernel.logbook import Entry, hash_line, survey
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.state import LOST, UNDO, State, withdrawals
from tests import golden
from tests.attacks.transplant import _done

modules.load()

#: Tried in turn, beginning with another for each text; {} is its number. `hostile` is a function that only a test's page has (`tests/browser/test_hostile.py`).
TEXTS = (
    "='\"><img src=x onerror=hostile({})>",
    "-1+</textarea></title></style></script><script>hostile({})</script>",
    "@<svg/onload=hostile({})>",
    "+' onmouseover=hostile({}) autofocus onfocus=hostile({}) x='",
    "javascript:hostile({})//",
    "https://shop.example.cn/\"onmouseover=\"hostile({})",
    "https://shop.example.cn/<img/src=x/onerror=hostile({})>",
    "<img src=x onerror=hostile({})>",
    "<b>{}</b>",
)
#: A text in a field: the command, and the field's path.
Place = tuple[str, str]


@dataclass
class Hostile:
    """A logbook with hostile texts. placed: from which field each came, by number; asked: fields that golden entries fill in; left: what could not be done."""

    lines: list[str]
    placed: dict[int, Place] = field(default_factory=dict)
    asked: set[Place] = field(default_factory=set)
    done: int = 0
    left: list[str] = field(default_factory=list)

    @property
    def took(self) -> set[Place]:
        return set(self.placed.values())

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*self.lines, ""]), "utf-8")
        return path


def hostile(scenario: str) -> Hostile:
    """The golden logbook of a scenario, done again with a hostile text wherever one is taken."""
    read = survey(golden.FOLDER / f"{scenario}.jsonl")
    state, withdrawn = State(read.header), withdrawals(read.entries)[0]
    made, became = Hostile([read.header.line()]), dict[str, str]()
    try:
        for _, entry in read.entries:
            if entry.do not in (UNDO, LOST) and entry.n not in withdrawn:
                _redo(state, made, entry, became)
    finally:
        state.close()
    return made


def _redo(state: State, made: Hostile, entry: Entry, became: dict[str, str]) -> None:
    """Does an entry with hostile texts; with the student's own where that is refused."""
    command = COMMANDS[entry.do]
    entry = replace(entry, n=len(made.lines))
    followed = _mapped(entry.arguments, lambda text: became.get(text, text))
    turned, placed = _with_hostile_texts(state, entry, followed, made)
    for given, there in ((turned, placed), (entry.arguments, {})):
        try:
            line = _done(state, entry, command, given, hash_line(made.lines[-1])).line()
        except Refusal as refused:
            why = refused.code
            continue
        made.lines.append(line)
        made.done += 1
        made.placed |= there
        became |= {a: b for a, b in _pairs(entry.arguments, given) if a != b}
        return
    made.left.append(f"{entry.n} {entry.do}: {why}")


def _with_hostile_texts(state: State, entry: Entry, given: dict[str, Any], made: Hostile) -> tuple[dict[str, Any], dict[int, Place]]:
    """The arguments with a hostile text in each field that takes one, and from where each came."""
    command, placed = COMMANDS[entry.do], dict[int, Place]()
    for path, param in _texts(command, given):
        place = (command.name, ".".join(part for part in path if isinstance(part, str)))
        made.asked.add(place)
        number = 1000 + 10 * len(made.lines) + len(placed)
        texts = (TEXTS[(number + i) % len(TEXTS)].replace("{}", str(number)) for i in range(len(TEXTS)))
        for tried in (_put(given, path, text) for text in texts if len(text) <= param.ask.max):
            if _lawful(state, entry, tried):
                given, placed[number] = tried, place
                break
    return given, placed


class _Lawful(Exception):
    """It would be done; all of it is taken back."""


def _lawful(state: State, entry: Entry, given: dict[str, Any]) -> bool:
    def seen(result: Any) -> None:
        raise _Lawful

    command = COMMANDS[entry.do]
    try:
        state.transact(command, command.parse(given), entry.n, state.actor(command), seen)
    except _Lawful:
        return True
    except Refusal:
        pass
    return False


def _texts(command: Command, given: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Param]]:
    """Where texts are in the arguments of a command, by its declaration."""
    for p in command.params:
        if p.kind in ("line", "prose") and given.get(p.name):
            yield (p.name,), p
        elif p.kind == "rows":
            for i, row in enumerate(given.get(p.name) or ()):
                yield from (((p.name, i, c.name), c) for c in p.columns if c.kind in ("line", "prose") and row.get(c.name))


def _put(given: Any, path: tuple[str | int, ...], text: str) -> Any:
    """The same arguments with another text at a place."""
    if not path:
        return text
    first, *rest = path
    if isinstance(given, list):
        return [_put(v, tuple(rest), text) if i == first else v for i, v in enumerate(given)]
    return {**given, first: _put(given[first], tuple(rest), text)}


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {k: _mapped(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return [_mapped(v, change) for v in value]
    return change(value) if isinstance(value, str) else value


def _pairs(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    if isinstance(before, dict):
        for key in before.keys() & after.keys():
            yield from _pairs(before[key], after[key])
    elif isinstance(before, list):
        for a, b in zip(before, after, strict=False):
            yield from _pairs(a, b)
    elif isinstance(before, str) and isinstance(after, str):
        yield before, after


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.hostile", description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    made = hostile(args.scenario)
    print(f"entries done {made.done}, left {len(made.left)}; fields {len(made.asked)}, of which took a hostile text {len(made.took)}")
    print(*(f"  kept: {command} {name}" for command, name in sorted(made.asked - made.took)), sep="\n")
    print(*(f"  left: {line}" for line in made.left), sep="\n")
    if args.out:
        made.write(args.out)


if __name__ == "__main__":
    main()
