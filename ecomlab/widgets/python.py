"""What was typed into a form as the line of Python that does the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..desk import Desk
from ..kernel.command import Command, Param
from .fields import arguments

#: A line longer than this is broken: an argument a line.
LINE = 88


def same_in_python(desk: Desk, command: Command, typed: Any) -> str:
    """The call with what is typed so far; what is required and still empty is `...`, and a secret is asked for when the line runs."""
    given = arguments(command, typed)
    wanted = [p for p in command.params if p.kind in ("secret", "upload") or p.required or given.get(p.name) not in (None, p.default)]
    shown = [f"{p.name}={_written(desk, p, given.get(p.name))}" for p in wanted if not (p.kind == "upload" and not p.required and p.name not in given)]
    call = f"lab.{command.name}({', '.join(shown)})"
    if len(call) > LINE:
        call = f"lab.{command.name}(\n" + "".join(f"    {s},\n" for s in shown) + ")"
    return _imports(wanted) + call


def _imports(params: list[Param]) -> str:
    kinds = {p.kind for p in params}
    lines = ["from getpass import getpass"] * ("secret" in kinds) + ["from pathlib import Path"] * ("upload" in kinds)
    return "\n".join(lines) + "\n\n" if lines else ""


def _written(desk: Desk, p: Param, value: Any) -> str:
    if p.kind == "secret":
        return f'getpass("{p.label.say(desk.language)}")'
    if p.kind == "upload":
        return 'Path("picture.png").read_bytes()'
    if value is None:
        return "..."
    if p.kind == "rows":
        return f"[{', '.join(_row(desk, p, row) for row in value)}]"
    return value if p.kind == "count" and str(value).isdecimal() and str(value).isascii() else _literal(value)


def _row(desk: Desk, p: Param, row: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f'"{c.name}": {_written(desk, c, row.get(c.name))}' for c in p.columns if c.name in row or c.required) + "}"


def _literal(value: Any) -> str:
    """As `repr`, in the double quotes of this course's Python."""
    text = repr(value)
    return f'"{text[1:-1]}"' if text.startswith("'") and '"' not in text else text
