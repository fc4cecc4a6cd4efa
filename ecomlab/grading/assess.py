"""What a task has shown in a state: goal by goal, with points and the reason for each that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from ..kernel import keys
from ..kernel.command import COMMANDS
from ..kernel.evidence import CHECKS, Done, Evidence, shown
from ..kernel.state import State
from ..kernel.tasks import Goal, Task, tasks
from ..kernel.texts import Language, Text, default_language
from ..kernel.written import Written, written

_TO_JUDGE = Text("由老师批阅：", "For your teacher to mark:")


@dataclass(frozen=True)
class GoalReport:
    """One goal: its text for this student, the points it is worth, and whether it is met."""

    name: str
    text: Text
    points: Decimal
    met: bool


@dataclass(frozen=True)
class TaskReport:
    """A task as far as it is done."""

    task: Task
    goals: tuple[GoalReport, ...]
    #: what was written for a teacher to judge; no goal says what it is worth
    words: tuple[Written, ...] = ()
    language: Language | None = None

    @property
    def points(self) -> Decimal:
        return sum((g.points for g in self.goals if g.met), Decimal(0))

    @property
    def out_of(self) -> Decimal:
        return self.task.points

    @property
    def missing(self) -> list[Text]:
        return [g.text for g in self.goals if not g.met]

    def speaking(self, language: Language) -> TaskReport:
        return replace(self, language=language)

    def text(self, language: Language) -> str:
        """The report in words, a line a goal."""
        head = f"{self.task.code} {self.task.title.say(language)}: {self.points} / {self.out_of}"
        goals = [f"  {'✓' if g.met else '○'} {g.text.say(language)} ({g.points})" for g in self.goals]
        words = [f"    {w.label.say(language)}: {w.words}" for w in self.words]
        return "\n".join([head, *goals, *([f"  {_TO_JUDGE.say(language)}", *words] if words else [])])

    def __str__(self) -> str:
        return self.text(self.language or default_language())

    __repr__ = __str__

    def record(self) -> dict[str, Any]:
        return {
            "code": self.task.code,
            "points": float(self.points),
            "out_of": float(self.out_of),
            "goals": [{"name": g.name, "met": g.met, "points": float(g.points), "zh": g.text.zh, "en": g.text.en} for g in self.goals],
            "words": [{"zh": w.label.zh, "en": w.label.en, "words": w.words} for w in self.words],
        }


def assess(state: State, code: str, key: str | None = None) -> TaskReport:
    """Holds a task's goals against what was done and the state it led to. key: the course's, as a grader has it (default: the environment's)."""
    evidence = Evidence(state.look, state.done, code, partial(keys.withheld, state.header, key=key))
    task = tasks()[code]
    met = [CHECKS[code][goal.name](evidence) for goal in task.goals]
    asked = shown(evidence.brief)
    return TaskReport(task, tuple(_judged(goal, m, asked) for goal, m in zip(task.goals, met, strict=True)), tuple(_words(task, met, evidence)))


def _words(task: Task, met: Sequence[object], evidence: Evidence) -> list[Written]:
    """What a teacher judges of this task: the last entry of each command that is this task's alone, and of others the last that met one of its goals."""
    found: list[Written] = []
    for command in (c for name in dict.fromkeys(task.commands) if (c := COMMANDS[name]).marked):
        counted = [d for m in met if isinstance(m, list) for d in m if isinstance(d, Done) and d.do == command.name]
        entries = evidence.did(command.name) if command.tasks == (task.code,) else counted
        if entries:
            found += written(command, max(entries, key=lambda d: d.n).arguments)
    return found


def _judged(goal: Goal, met: object, asked: dict[str, Any]) -> GoalReport:
    """asked: what the brief says, as it is shown. A goal that cannot be judged without the course's key is open, and says so in place of what it asks."""
    if isinstance(met, Text):
        return GoalReport(goal.name, met, goal.points, False)
    return GoalReport(goal.name, goal.text.fill(**asked), goal.points, bool(met))
