"""Plays: how the model student does each task, who is there before the student arrives, and how the library plays a counterparty.

A module's `playbook.py` and `autoplay.py` register here; they use public commands only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .command import COMMANDS
from .doing import Looking
from .evidence import Withheld, brief, nothing
from .help import docstring
from .secrets import Issued
from .texts import Language, Text

PLAYS: dict[str, Callable[[Any], None]] = {}
CASTS: dict[str, Callable[[Any], None]] = {}


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
#: By scene: the tasks for which it has everything at hand, whatever tasks would come first without it.
READY: dict[str, tuple[str, ...]] = {}


def scene(name: str, *ready: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Registers a step that a scenario's prologue may name: what has happened there before the student comes.

    ready: the codes of the tasks that can be done at once then.
    """

    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        if name in SCENES:
            raise ValueError(f"the scene {name!r} is declared twice")
        READY[name] = ready
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

    def __init__(self, call: Callable[..., Any], look: Callable[[], Looking], live: bool, withheld: Withheld = nothing):
        """withheld: what only whoever has the course's key can know; in a demonstration the model student knows it too (`keys.withheld`)."""
        self.withheld = withheld
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

    def __init__(self, name: str, call: Callable[..., Any], language: Language = "en"):
        self._name = name
        self._call = call
        self._language = language

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

        do.__name__, do.__doc__ = command, docstring(declared, self._language)
        return do

    def __dir__(self) -> list[str]:
        return sorted(c.short for c in COMMANDS.values() if c.module == self._name)


def is_step(step: str) -> bool:
    """Whether a prologue can name this step."""
    module, _, part = step.partition(".")
    return (part == "cast" and module in CASTS) or step in SCENES or step in PLAYS


def play_step(prologue: Any, step: str) -> None:
    """Plays one step of a prologue: "<module>.cast", the name of a scene, or the code of a task."""
    player = Player(prologue.call, lambda: prologue.look, live=False)
    module, _, part = step.partition(".")
    prologue.cast = part == "cast"
    play = CASTS[module] if prologue.cast else SCENES.get(step) or PLAYS[step]
    play(player)
