"""Every task of the scenario, module by module: done, begun or open, with points and what is missing."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from ..desk import Desk
from ..grading.assess import TaskReport
from ..kernel.texts import Text
from .face import Face
from .form import points
from .words import WORDS


def progress(desk: Desk) -> Progress:
    """The widget with every task of the scenario."""
    return Progress(desk)


class Progress(Face):
    """How far the student is: totals, a bar per module, and its tasks with what each still needs."""

    def caption(self) -> Text:
        return WORDS["progress"]

    def draw(self) -> dict[str, Any]:
        reports = self.desk.checks()
        modules = [self._module(name, list(group)) for name, group in groupby(reports, key=lambda r: r.task.module)]
        return {
            "face": "progress",
            "language": self.desk.language,
            **_sums(reports),
            "done": self.say("tasks_done", done=sum(not r.missing for r in reports), all=len(reports)),
            "modules": modules,
            "words": self.words("progress", "points", "missing"),
        }

    def _module(self, name: str, reports: list[TaskReport]) -> dict[str, Any]:
        language = self.desk.language
        rows = [
            {
                "code": r.task.code,
                "title": r.task.title.say(language),
                "state": "open" if not r.points else "begun" if r.missing else "done",
                **_sums([r]),
                "missing": [t.say(language) for t in r.missing],
            }
            for r in reports
        ]
        return {"name": name.upper(), "done": f"{sum(not r.missing for r in reports)} / {len(reports)}", **_sums(reports), "tasks": rows}


def _sums(reports: list[TaskReport]) -> dict[str, Any]:
    got, out_of = (sum((getattr(r, which) for r in reports), Decimal(0)) for which in ("points", "out_of"))
    return {"points": points(got), "out_of": points(out_of), "percent": int(100 * got / out_of) if out_of else 0}
