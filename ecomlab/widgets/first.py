"""Which task comes first, where a form has nothing to choose from yet: derived from what commands declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..desk import Desk
from ..kernel.command import COMMANDS, ROLES, Command
from ..kernel.tasks import Task, tasks


def comes_first(desk: Desk, command: Command, fields: list[dict[str, Any]]) -> Task | None:
    """The task to do before this form can be submitted: one that makes what a required list is to offer and does not; None if there is none."""
    empty = {f["name"] for f in fields if f["kind"] == "ref" and f["required"] and not f["options"]}
    for p in command.params:
        if p.name in empty and p.ask.choose:
            for sign_in in _signs_in_with(p.ask.choose, command):
                if (task := _registers(sign_in)) and task.code in desk.codes and desk.check(task.code).missing:
                    return task
    return None


def _signs_in_with(choose: str, command: Command) -> Iterator[Command]:
    """The commands by which those sign in whom such a list offers: this command itself, or each whose own field has the same list."""
    every = [COMMANDS[r.sign_in] for r in ROLES.values() if r.sign_in in COMMANDS]
    if command in every:
        yield command
    else:
        yield from (c for c in every if any(p.ask.choose == choose for p in c.params))


def _registers(sign_in: Command) -> Task | None:
    """The task that registers whoever signs in so: its command sets the secret that the sign-in asks for. Where several set one of its kind,
    the last of them before the first task that is done so signed in."""
    purposes = {p.ask.purpose for p in sign_in.params if p.kind == "secret"} - {""}
    order = list(tasks())
    setting = [c for c in COMMANDS.values() if any(p.kind == "secret" and p.ask.new and p.ask.purpose in purposes for p in c.params)]
    codes = sorted((code for c in setting for code in c.tasks), key=order.index)
    signed_in = [order.index(code) for c in COMMANDS.values() if sign_in.name in (c.name, c.role.sign_in) for code in c.tasks]
    before = [code for code in codes if order.index(code) < min(signed_in, default=0)]
    return tasks()[(before or codes)[-1]] if codes else None
