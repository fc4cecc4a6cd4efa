"""Every task of the scenario, module by module: done, begun or open, with points and what is missing."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from ..desk import Desk
from ..grading.assess import TaskReport
from ..kernel.terms import module_title
from ..kernel.texts import Text
from .face import Face, static
from .form import points
from .links import link, next_task
from .words import WORDS


def progress(desk: Desk) -> Progress:
    """The widget with every task of the scenario."""
    return Progress(desk)


class Progress(Face):
    """How far the student is: totals, a bar per module, and its tasks with what each still needs."""

    _esm = static("faces.js", "desk.js")
    _css = static("faces.css", "desk.css")

    def caption(self) -> Text:
        return WORDS["progress"]

    def draw(self) -> dict[str, Any]:
        reports = self.desk.checks()
        modules = [self._module(name, list(group)) for name, group in groupby(reports, key=lambda r: r.task.module)]
        following = next_task(self.desk)
        return {
            "face": "progress",
            "language": self.desk.language,
            **sums(reports),
            "done": self.say("tasks_done", done=sum(not r.missing for r in reports), all=len(reports)),
            "modules": modules,
            "next": link(self.desk, following) if following else None,
            "words": self.words("progress", "points", "missing", "next_task", "next_is"),
        }

    def _module(self, name: str, reports: list[TaskReport]) -> dict[str, Any]:
        language = self.desk.language
        rows = [
            {
                **link(self.desk, r.task.code),
                "state": "open" if not r.points else "begun" if r.missing else "done",
                **sums([r]),
                "missing": [t.say(language) for t in r.missing],
            }
            for r in reports
        ]
        done = f"{sum(not r.missing for r in reports)} / {len(reports)}"
        return {"name": name.upper(), "title": module_title(name).say(language), "done": done, **sums(reports), "tasks": rows}


def sums(reports: list[TaskReport]) -> dict[str, Any]:
    """Points, what there is to earn, and the one in whole percents of the other."""
    got, out_of = (sum((getattr(r, which) for r in reports), Decimal(0)) for which in ("points", "out_of"))
    return {"points": points(got), "out_of": points(out_of), "percent": int(100 * got / out_of) if out_of else 0}
