"""From a command's parameters to what the browser draws, and back from what was typed to the command's arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..desk import Desk
from ..glossary import meaning
from ..kernel.command import Command, Param
from ..kernel.values import MESSAGES
from .words import WORDS

#: More choices than this are not listed; the number can still be typed.
MOST_CHOICES = 500
_WIDE = {"prose", "ref", "rows"}


def field(desk: Desk, command: Command, p: Param, path: str = "") -> dict[str, Any]:
    """One field as JSON: name, kind, label, what it means if it is a term, bounds and examples in words, choices, default; `columns` for rows."""
    say: Callable[[Any], str] = lambda text: text.say(desk.language) if text else ""  # noqa: E731
    options = desk.choices(command.name, path + p.name)[:MOST_CHOICES] if p.kind in ("ref", "choice") else []
    return {
        "name": p.name,
        "kind": p.kind,
        "label": say(p.label),
        "means": meaning(p.label, desk.language),
        "required": p.required,
        "unit": say(p.ask.unit) or (say(WORDS["money"]) if p.kind == "money" else ""),
        "example": p.ask.example or (desk.day.isoformat() if p.kind == "day" else ""),
        "help": _help(desk, p, options, path + p.name in command.marked),
        "wide": p.kind in _WIDE or p.ask.long or (p.kind == "line" and p.ask.max >= 200),
        "long": p.kind == "prose" or p.ask.long,
        "pin": p.kind == "secret" and p.ask.purpose.endswith(".pin"),
        "options": [list(o) for o in options],
        "most": p.ask.max if p.kind == "upload" else 0,
        "pixels": {key: list(size) for key, size in p.ask.pixels.items()},
        "pixels_by": p.ask.pixels_by,
        "characters": p.ask.max if p.kind in ("line", "prose") else 0,
        "value": _shown(p.default),
        "columns": [field(desk, command, c, f"{p.name}.") for c in p.columns],
    }


def _help(desk: Desk, p: Param, options: list[tuple[str, str]], marked: bool) -> str:
    """The line below a field: its own help, then its bounds in words, then that a teacher judges it."""
    said = [p.ask.help] if p.ask.help else []
    least, most = (_bound(p, b) for b in (p.ask.ge, p.ask.le))
    if least and most:
        said.append(WORDS["between"].fill(least=least, most=most))
    elif least and least != "0.01":
        said.append(WORDS["at_least"].fill(least=least))
    elif most:
        said.append(WORDS["at_most"].fill(most=most))
    if p.kind == "secret" and p.ask.new and not p.ask.same_as and not p.ask.help:
        said.append(MESSAGES["pin_weak" if p.ask.purpose.endswith(".pin") else "password_weak"])
    if p.kind == "ref" and p.ask.choose and not options:
        said.append(WORDS["none_offered"])
    if marked:
        said.append(WORDS["marked"])
    separator = "；" if desk.language == "zh" else "; "
    return separator.join(t.say(desk.language).rstrip("。.") for t in said)


def _bound(p: Param, bound: str | None) -> str:
    if bound is None or p.kind not in ("money", "count"):
        return bound or ""
    return f"{Decimal(bound):,}"


def _shown(default: Any) -> Any:
    if default is None:
        return ""
    return default if isinstance(default, (bool, str)) else str(default)


def arguments(command: Command, typed: Any) -> dict[str, Any]:
    """What was typed as the command's arguments: an empty field is left out, so that it is missing or takes its default."""
    values = typed if isinstance(typed, Mapping) else {}
    given = {p.name: _argument(p, values.get(p.name)) for p in command.params}
    return {name: value for name, value in given.items() if value is not None}


def _argument(p: Param, value: Any) -> Any:
    if p.kind == "flag":
        return bool(value)
    if p.kind == "rows":
        rows = [{c.name: _argument(c, row.get(c.name)) for c in p.columns} for row in value or [] if isinstance(row, Mapping)]
        filled = [{k: v for k, v in row.items() if v is not None} for row in rows if any(v not in (None, False) for v in row.values())]
        return filled if filled or p.required else None
    return value if isinstance(value, str) and (value if p.kind == "secret" else value.strip()) else None
