"""Tasks of the course: their texts, as each module's `tasks.toml` says them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import packages
from .command import COMMANDS
from .texts import Text


@dataclass(frozen=True)
class Step:
    """One step of a task: the command whose form does it, what to do there, and the names of the goals that it brings."""

    do: str
    text: Text
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Goal:
    """One thing a task must show, worth some points. `text` says it; unmet, it is also the reason for what is missing."""

    name: str
    points: Decimal
    text: Text


@dataclass(frozen=True)
class Task:
    """A task as its texts say it. Texts may hold `{name}` places that the student's own brief fills."""

    code: str
    module: str
    points: Decimal
    title: Text
    goal: Text
    hint: Text
    steps: tuple[Step, ...]
    goals: tuple[Goal, ...]
    #: the codes of the tasks that make what this one needs; what a scenario has prepared is no task there
    after: tuple[str, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.do for s in self.steps))

    @property
    def role(self) -> Text:
        """As whom its own command is done."""
        own = [c for c in self.commands if self.code in COMMANDS[c].tasks]
        return COMMANDS[own[-1] if own else self.commands[-1]].role.title


@functools.cache
def read(package: str, text: str) -> dict[str, Task]:
    """The tasks of one file. Raises ValueError naming the file, and the task that is not as it should be."""
    found = packages.parse(package, "tasks.toml", text)
    return {code: _task(f"{package}/tasks.toml: {code}", code, package.rpartition(".")[2], t) for code, t in found.items()}


def _task(place: str, code: str, module: str, t: dict[str, Any]) -> Task:
    try:
        texts = {k: Text(t["zh"][k], t["en"][k]) for k in ("title", "goal", "hint")}
        steps = tuple(Step(s["do"], Text(s["zh"], s["en"]), tuple(s.get("shows", ()))) for s in t["steps"])
        goals = tuple(Goal(name, Decimal(g["points"]), Text(g["zh"], g["en"])) for name, g in t["goals"].items())
    except KeyError as missing:
        raise ValueError(f"{place} has no {missing}") from None
    if odd := {name for s in steps for name in s.shows} - {g.name for g in goals}:
        raise ValueError(f"{place}: a step shows {', '.join(sorted(odd))}, which is no goal")
    return Task(code, module, Decimal(t.get("points", 2)), **texts, steps=steps, goals=goals, after=tuple(t.get("after", ())))


def letters(module: str) -> str:
    """What the codes of a module's tasks begin with: the name of the module, or, where its tasks say otherwise, a shorter one (FIN001 of finance)."""
    first = next(iter(tasks((module,))), "")
    return first.rstrip("0123456789") or module.upper()


def tasks(modules: Sequence[str] | None = None) -> Mapping[str, Task]:
    """The catalogue, by code, in the order of modules and of their files."""
    whole = _catalogue(packages.read("tasks.toml"))
    return whole if modules is None else {c: t for c, t in whole.items() if t.module in modules}


@functools.lru_cache(maxsize=2)
def _catalogue(sources: tuple[tuple[str, str], ...]) -> dict[str, Task]:
    """All tasks of these (package, text of its `tasks.toml`), whose tuple is the same object as long as no package is added."""
    return {code: task for package, text in sources for code, task in read(package, text).items()}
