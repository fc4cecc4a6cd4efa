"""Tasks of the course: their texts, as each module's `tasks.toml` says them."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import packages
from .command import COMMANDS
from .texts import Text


@dataclass(frozen=True)
class Step:
    """One step of a task: the command whose form does it, and what to do there."""

    do: str
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

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.do for s in self.steps))

    @property
    def role(self) -> Text:
        """As whom its own command is done."""
        own = [c for c in self.commands if self.code in COMMANDS[c].tasks]
        return COMMANDS[own[-1] if own else self.commands[-1]].role.title


@functools.cache
def _read(sources: tuple[tuple[str, str], ...]) -> dict[str, Task]:
    found = {}
    for package, text in sources:
        for code, t in tomllib.loads(text).items():
            steps = tuple(Step(s["do"], Text(s["zh"], s["en"])) for s in t["steps"])
            texts = {k: Text(t["zh"][k], t["en"][k]) for k in ("title", "goal", "hint")}
            found[code] = Task(code, package.rpartition(".")[2], Decimal(str(t.get("points", 2))), steps=steps, **texts)
    return found


def tasks(modules: Sequence[str] | None = None) -> dict[str, Task]:
    """The catalogue, by code, in the order of modules and of their files."""
    found = _read(packages.read("tasks.toml"))
    return {c: t for c, t in found.items() if modules is None or t.module in modules}
