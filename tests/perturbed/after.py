"""The variants of kind D: other lawful acts on what a task touched, once it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from ecomlab.kernel.command import COMMANDS, Command, Param
from ecomlab.kernel.tasks import tasks

from .rehearsal import Rehearsal
from .stage import Call, Stage, path_name, value_at, with_value
from .values import others
from .variants import Variant


def variants_after(stage: Stage, code: str, calls: list[Call], seen: Rehearsal, known: dict[str, dict[str, Any]]) -> Iterator[Variant]:
    """Other lawful acts on what the task touched, now that it is done. known: arguments with which commands were called before."""
    for days in (1, 8):
        yield _act("lab.advance", {"days": days}, f"{days} days")
    for session in stage.look.all("select role, actor from session order by role, actor"):
        yield _act("lab.sign_out", session.asdict(), session.role)
    touched = _touched(calls)
    modules = {tasks()[code].module, *(c.command.module for c in calls), *(["ca"] if stage.look.scenario.has("ca") else [])}
    for command in COMMANDS.values():
        if command.query or command.module not in modules or not stage.look.scenario.includes(command.function):
            continue
        if command.short.startswith(("sign_in", "register")):
            continue
        yield from _acts(stage, command, touched, known)
    for at, call, path, p, origin in seen.arguments():
        if origin and not call.command.query:
            for other in others(stage.look, p, value_at(call.given, path), call.offers.get(path_name(path), [])):
                given = with_value(calls[at].given, path, other)
                yield Variant("D", f"{call.name}.{path_name(path)}", f"once more with {other}", _calling(call.name, given), f"D again {at} {path}")


def _act(name: str, given: dict[str, Any], value: str, group: str = "") -> Variant:
    return Variant("D", name, value, _calling(name, given), group or f"D {name} {value}")


def _calling(name: str, given: dict[str, Any]) -> Callable[[Stage], None]:
    return lambda stage: stage.call(name, **given)


def _touched(calls: list[Call]) -> set[str]:
    """The identifiers that a task's calls named or made."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for v in value.values():
                yield from walk(v)
        elif isinstance(value, (list, tuple)):
            for v in value:
                yield from walk(v)

    changing = [c for c in calls if not c.command.query] or calls
    return {s for c in changing for v in (c.given, c.result, c.actor) for s in walk(v) if s}


def _acts(stage: Stage, command: Command, touched: set[str], known: dict[str, dict[str, Any]]) -> Iterator[Variant]:
    """A command on each touched thing that it could be done to."""
    refs = [p for p in command.params if p.kind == "ref" and p.ask.choose]
    if not refs:
        actor = _actor(stage, command)
        if command.role.sign_in and actor in touched:
            yield from _filled(stage, command, {}, known, "")
        return
    target = refs[0]
    for value, _ in stage.choices(command, target):
        if value in touched:
            yield from _filled(stage, command, {target.name: value}, known, str(value))


def _actor(stage: Stage, command: Command) -> str:
    sessions = stage.look.sessions(command.role.name)
    return sessions[0] if sessions else ""


def _filled(stage: Stage, command: Command, target: dict[str, Any], known: dict[str, dict[str, Any]], about: str) -> Iterator[Variant]:
    """The command with every field filled in that was not given: a change changes all that it can. Secrets are tried in turn.

    If the product refuses the texts that are made up, those with which the command was called before are tried.
    """
    change, before = command.short.startswith("change"), known.get(command.name, {})
    for texts in ({}, {p.name: before[p.name] for p in command.params if p.kind in ("line", "prose", "rows") and p.name in before}):
        given = {**texts, **target}
        for p in command.params:
            if p.name not in given and p.kind != "secret" and (p.required or change):
                given[p.name] = _fill(stage, command, p, known)
        if not any(given[p.name] is None for p in command.params if p.name in given and p.required):
            yield from _with_secrets(stage, command, {k: v for k, v in given.items() if v is not None}, about)


def _with_secrets(stage: Stage, command: Command, given: dict[str, Any], about: str) -> Iterator[Variant]:
    opened = [p for p in command.params if p.kind == "secret" and p.required]
    tries = [stage.typed.get(p.ask.purpose, [])[::-1][:4] for p in opened]
    for i in range(max((len(t) for t in tries), default=1)):
        if all(i < len(t) for t in tries):
            secrets = {p.name: t[i] for p, t in zip(opened, tries, strict=True)}
            yield _act(command.name, {**given, **secrets}, about, f"D {command.name} {about}")


#: What is filled into fields that do not take any text.
_TEXTS = {
    **dict.fromkeys(("to", "cc", "address", "mailbox"), "service@ecomlab.test"),
    **dict.fromkeys(("link", "url", "target"), "https://www.changed.example/"),
    "plate": "浙X1A2B3",
    "choices": "1",
}


def _fill(stage: Stage, command: Command, p: Param, known: dict[str, dict[str, Any]]) -> Any:
    before = known.get(command.name, {}).get(p.name)
    match p.kind:
        case "ref" | "choice":
            offered = [v for v, _ in stage.choices(command, p)]
            return next((v for v in offered if v != before), None) if offered else None
        case "flag":
            return True
        case "count":
            return int(str(before)) + 5 if before is not None else int(p.ask.ge or 1) + 1
        case "money":
            return Decimal(str(before)) + 5 if before is not None else Decimal(p.ask.ge or "1") + 1
        case "day":
            return stage.state.day
        case "line" | "prose":
            return _TEXTS.get(p.name, "改过 Changed")
        case "rows":
            row = {c.name: _fill(stage, command, c, {}) for c in p.columns}
            return None if None in row.values() else [row]
    return None
