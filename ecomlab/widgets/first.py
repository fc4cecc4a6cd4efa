"""Which task comes first, where a task cannot be done yet: from what tasks say that they follow, and from who makes what a list offers."""

from __future__ import annotations

from collections.abc import Iterable

from ..desk import Desk
from ..kernel.command import MADE_BY, Param
from ..kernel.plays import READY
from ..kernel.tasks import Task


def comes_first(desk: Desk, task: Task, empty: Iterable[Param]) -> Task | None:
    """The first task to do before this one; None if it can be done.

    empty: the required fields of its form that have nothing to choose from. With such fields a task that was begun and lacks something
    comes first as well.
    """
    empty = tuple(empty)
    made_by = (MADE_BY.get(p.ask.choose, "") for p in empty)
    return _before(desk, task, bool(empty)) or next((r.task for code in made_by if code in desk.codes and (r := desk.check(code)).missing), None)


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
