"""Which task comes first, where a task cannot be done yet: from what tasks say that they follow, and from who makes what a list offers."""

from __future__ import annotations

from collections.abc import Iterator

from ..desk import Desk
from ..kernel.command import COMMANDS, MADE_BY, Command
from ..kernel.plays import READY
from ..kernel.tasks import Task


def comes_first(desk: Desk, task: Task, stuck: bool) -> Task | None:
    """The first task to do before this one; None if it can be done.

    stuck: its form has nothing to choose from. Then a task that was begun and lacks something comes first as well.
    """
    makers = (code for command in task.commands for code in _makers(desk, COMMANDS[command]))
    return _before(desk, task, stuck) or next((r.task for code in makers if code in desk.codes and (r := desk.check(code)).missing), None)


def _before(desk: Desk, task: Task, stuck: bool) -> Task | None:
    """The first of the tasks that this one follows, and of those that they follow, that has not been begun."""
    if any(task.code in READY.get(step, ()) for step in desk.world.state.scenario.prologue):
        return None
    for code in task.after:
        if code in desk.codes:
            report = desk.check(code)
            if not report.points or (stuck and report.missing):
                return _before(desk, report.task, stuck) or report.task
    return None


def _makers(desk: Desk, command: Command) -> Iterator[str]:
    """The tasks that make what a required list of this command is to offer and, to whoever is signed in, does not."""
    if command.role.sign_in in COMMANDS and not desk.look.sessions(command.role.name):
        return
    for p in command.params:
        if p.required and (maker := MADE_BY.get(p.ask.choose)) and not desk.choices(command.name, p.name):
            yield maker
