"""Tasks of the course: their texts, what each must show, what each student is asked, how the model student does it.

A module brings `tasks.toml` (texts and steps), `checks.py` (goals and briefs) and `playbook.py`; they register here.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import packages
from .command import COMMANDS
from .doing import AUTO, Looking
from .secrets import Issued
from .texts import Text

if TYPE_CHECKING:
    from .state import Done, State


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
            # a task counts for the module of its package, unless it says for which: the reports' tasks are the shop's
            module = t.get("module", package.rpartition(".")[2])
            found[code] = Task(code, module, Decimal(str(t.get("points", 2))), steps=steps, **texts)
    order = list(dict.fromkeys(task.module for task in found.values()))
    return dict(sorted(found.items(), key=lambda item: order.index(item[1].module)))


def tasks(modules: Sequence[str] | None = None) -> dict[str, Task]:
    """The catalogue, by code, in the order of modules and of their files."""
    found = _read(packages.read("tasks.toml"))
    return {c: t for c, t in found.items() if modules is None or t.module in modules}


# --- what a task must show -----------------------------------------------------------------------------------------


class Evidence:
    """What was done and the state it led to. `brief` is what this student was asked."""

    def __init__(self, state: State, code: str):
        self.look = state.look
        self.brief = brief(state.look, code)
        self._done = state.done

    def did(self, *names: str, where: Callable[[Done], object] | None = None, **arguments: Any) -> list[Done]:
        """The accepted entries of these commands, in order, without remembered "no"s and what the library did. arguments: values they must have had."""
        return [
            d
            for d in self._done
            if d.do in names
            and not d.declined
            and not d.by.endswith(AUTO)
            and all(d.arguments.get(k) == v for k, v in arguments.items())
            and (where is None or where(d))
        ]

    def looked_up(self, *names: str, where: Callable[[Done], object] | None = None, **arguments: Any) -> list[Done]:
        """The queries of these names that found at least one row."""
        return [d for d in self.did(*names, where=where, **arguments) if len(d.result)]


@dataclass(frozen=True)
class Goal:
    """One thing a task must show, worth some points. `text` says it; unmet, it is also the reason for what is missing."""

    name: str
    points: Decimal
    text: Text
    met: Callable[[Evidence], object]


CHECKS: dict[str, tuple[Goal, ...]] = {}
BRIEFS: dict[str, Callable[[Looking], dict[str, Any]]] = {}
PLAYS: dict[str, Callable[[Any], None]] = {}
CASTS: dict[str, Callable[[Any], None]] = {}


def goal(name: str, points: str, zh: str, en: str, met: Callable[[Evidence], object]) -> Goal:
    return Goal(name, Decimal(points), Text(zh, en), met)


def check(code: str, *goals: Goal) -> None:
    """Declares what a task must show. The goals' points add up to the task's (a test sees to it)."""
    if code in CHECKS:
        raise ValueError(f"{code} is checked twice")
    CHECKS[code] = goals


def asks(*codes: str) -> Callable[[Callable[[Looking], dict[str, Any]]], Callable[[Looking], dict[str, Any]]]:
    """Registers the brief of tasks: a function of the world's seed giving the values that this student is asked for.

    It must not depend on what the student has done, so that task and grade mean the same thing all along.
    """

    def register(function: Callable[[Looking], dict[str, Any]]) -> Callable[[Looking], dict[str, Any]]:
        for code in codes:
            if code in BRIEFS:
                raise ValueError(f"{code} has two briefs")
            BRIEFS[code] = function
        return function

    return register


def brief(look: Looking, code: str) -> dict[str, Any]:
    """What this student is asked in this task; empty where everybody is asked the same."""
    return BRIEFS[code](look) if code in BRIEFS else {}


def plays(code: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Registers how the model student does a task, given a `Player`: public commands only."""

    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        if code in PLAYS:
            raise ValueError(f"{code} is played twice")
        return PLAYS.setdefault(code, function)

    return register


def cast(function: Callable[[Any], None]) -> Callable[[Any], None]:
    """Registers who of a module is there before the student arrives; a prologue plays it as the step "<module>.cast"."""
    name = function.__module__.split(".")[2]
    if name in CASTS:
        raise ValueError(f"the cast of {name} is registered twice")
    return CASTS.setdefault(name, function)


SCENES: dict[str, Callable[[Any], None]] = {}


def scene(name: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Registers a step that a scenario's prologue may name: what has happened there before the student comes."""

    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        if name in SCENES:
            raise ValueError(f"the scene {name!r} is declared twice")
        return SCENES.setdefault(name, function)

    return register


@dataclass(frozen=True)
class Autoplay:
    """How the library does the work that waits for whoever is signed in in a role: the policy in words, and what follows it."""

    policy: Text
    play: Callable[[Any], None]


AUTOPLAYS: dict[str, Autoplay] = {}


def autoplays(role: str, zh: str, en: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Registers how the library plays a role, given a `Player` whose entries carry the mark `AUTO`. zh, en: its policy, as students read it."""

    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        if role in AUTOPLAYS:
            raise ValueError(f"{role} is played by two policies")
        return AUTOPLAYS.setdefault(role, Autoplay(Text(zh, en), function)).play

    return register


class Player:
    """The model student at a world: `player.email.send(...)`. Works on a live world and in a prologue alike."""

    def __init__(self, call: Callable[..., Any], look: Callable[[], Looking], live: bool):
        self._call = call
        self._look = look
        self._live = live

    @property
    def look(self) -> Looking:
        return self._look()

    def brief(self, code: str) -> dict[str, Any]:
        return brief(self.look, code)

    def password(self, label: str) -> Any:
        """A password that follows from the seed: the same text whether a prologue or the model student sets it."""
        return self.issued(f"password/{label}")

    def pin(self, label: str) -> Any:
        """The same for six-digit PINs."""
        return self.issued(f"pin/{label}")

    def issued(self, label: str) -> Any:
        """A secret of the laboratory's as the student types it; a prologue names it by its label, which costs no digest."""
        issued = Issued(label)
        return issued.plain(self.look.seed) if self._live else issued

    def __getattr__(self, module: str) -> Any:
        if module.startswith("_"):
            raise AttributeError(module)
        return Module(module, self._call)


class Module:
    """The commands of one module as methods: `Module("email", call).send(...)` calls `call("email.send", ...)`."""

    def __init__(self, name: str, call: Callable[..., Any]):
        self._name = name
        self._call = call

    def __getattr__(self, command: str) -> Any:
        name = f"{self._name}.{command}"
        if command.startswith("_") or name not in COMMANDS:
            raise AttributeError(f"there is no command {name}")
        declared = COMMANDS[name]

        def do(*positional: Any, **given: Any) -> Any:
            names = [p.name for p in declared.params]
            if len(positional) > len(names):
                raise TypeError(f"{name} takes at most {len(names)} arguments: {', '.join(names)}")
            first = dict(zip(names, positional, strict=False))
            if twice := first.keys() & given.keys():
                raise TypeError(f"{name} was given {', '.join(sorted(twice))} twice")
            return self._call(name, **first, **given)

        do.__name__, do.__doc__ = command, declared.doc
        return do

    def __dir__(self) -> list[str]:
        return sorted(c.short for c in COMMANDS.values() if c.module == self._name)


def is_step(step: str) -> bool:
    """Whether a prologue can name this step."""
    module, _, part = step.partition(".")
    return step == "cast" or (part == "cast" and module in CASTS) or step in SCENES or step in PLAYS


def play_step(prologue: Any, step: str) -> None:
    """Plays one step of a prologue: "cast" (of every module), "<module>.cast", the name of a scene, or the code of a task."""
    player = Player(prologue.call, lambda: prologue.look, live=False)
    module, _, part = step.partition(".")
    prologue.cast = step == "cast" or part == "cast"
    for play in CASTS.values() if step == "cast" else [CASTS[module] if prologue.cast else SCENES.get(step) or PLAYS[step]]:
        play(player)
