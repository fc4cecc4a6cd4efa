"""Commands as targets: what they are given follows from their declarations, in worlds in which a model student has done everything.

A command is done as it is when somebody calls it, up to the moment where it would be kept; then all of it is taken back. What it takes must be such that
a logbook can hold it: its arguments read back from JSON are the same, and its result has a digest.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import functools
import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ecomlab import modules
from ecomlab.books import images
from ecomlab.kernel import secrets
from ecomlab.kernel.canonical import digest
from ecomlab.kernel.command import CHOICES, COMMANDS, Command, Param
from ecomlab.kernel.doing import AUTO, Session
from ecomlab.kernel.evidence import Done
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.snapshot import packed, unpacked
from ecomlab.kernel.state import State
from tests import golden, worlds
from tests.test_tasks import sample

from .harness import Target, Unclear
from .mutate import VALUES, odd, turned

modules.load()

#: What the commands are tried with of ten thousand inputs: done in a world that a model student has played.
SHARE = 600
DIGEST = {True: "pin:314", False: "scrypt:" + "0" * 64}
TEXTS = [
    "林晓",
    "x",
    "Lin & Co. <b>",
    "0",
    "ann@ecomlab.test",
    "https://shop.example.cn/01/09526175433210",
    "2026-09-20",
    "13812345678",
    "110101199003070003",
    "91350211M000100Y43",
    "100.00",
]


class _Enough(Exception):
    """What was to be seen has been seen; nothing is kept."""


@dataclass(eq=False)
class Commands:
    """The commands of the modules of one scenario."""

    scenario: str
    share: int
    #: by command and field: values that the model student gave
    given: dict[tuple[str, str], list[Any]] = field(default_factory=lambda: defaultdict(list))
    #: by role: who has ever acted in it
    actors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def name(self) -> str:
        return f"do {self.scenario}"

    @functools.cached_property
    def state(self) -> State:
        """The world at the end of the golden logbook, in which whoever has acted in a role is signed in in it."""
        read = survey(golden.FOLDER / f"{self.scenario}.jsonl")
        state = State(read.header)
        if findings := state.replay(read.entries):
            raise AssertionError(findings[:3])
        for _, entry in read.entries:
            role, _, actor = entry.by.removesuffix(AUTO).partition(":")
            if actor and actor not in self.actors[role]:
                self.actors[role].append(actor)
            for name, value in entry.arguments.items():
                self.given[entry.do, name].append(value)
        self.n = read.entries[-1][1].n + 1
        for role, names in self.actors.items():
            state.known.sessions[role] = tuple(Session(1, name) for name in reversed(names))
        return state

    @functools.cached_property
    def commands(self) -> list[Command]:
        return [c for c in COMMANDS.values() if self.state.scenario.includes(c.function)]

    # --- inputs ---

    def make(self, chance: random.Random) -> bytes:
        command = chance.choice(self.commands)
        given: dict[str, Any] = {p.name: self.value(command, p, chance) for p in command.params if p.required or chance.random() < 0.5}
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            if given and chance.random() < 0.9:
                name = chance.choice(list(given))
                given[name] = odd(chance, given[name]) if chance.random() < 0.5 else chance.choice(VALUES)
        entry = chance.random() < 0.5
        if chance.random() < 0.02:
            given[chance.choice(["x", "do", "self", "n", "__class__", ""])] = chance.choice(VALUES)
        made = {"do": command.name, "with": given, "entry": entry}
        return json.dumps(made, ensure_ascii=True, default=lambda v: {"bytes": base64.b64encode(v).decode()}).encode()

    def value(self, command: Command, p: Param, chance: random.Random) -> Any:
        """A value that the field may well take."""
        told = self.given.get((command.name, p.name))
        if told and chance.random() < (0.7 if p.kind == "secret" else 0.4):
            return chance.choice(told)
        match p.kind:
            case "secret":
                return chance.choice(["Tests-1-password", "314159", DIGEST[secrets.is_pin(p.ask.purpose)]])
            case "ref" if p.ask.choose and chance.random() < 0.9:
                return chance.choice(self.offered(p.ask.choose, command.role.name) or ["x"])
            case "choice":
                return chance.choice(p.options)
            case "flag":
                return chance.random() < 0.5
            case "money":
                return chance.choice([p.ask.ge or "0.00", p.ask.le or "999999999999.99", "0.01", "1", 12, "100.00", "1234.56", "0"])
            case "count":
                return chance.choice([p.ask.ge or 0, p.ask.le or 10**9, 1, 2, 7, "12", 0])
            case "day":
                day = self.state.day
                near = [day, day + datetime.timedelta(days=1), day - datetime.timedelta(days=1), day + datetime.timedelta(days=30)]
                return chance.choice([*map(str, near), "2026-09-01", p.ask.ge or "1900-01-01", p.ask.le or "9999-12-31"])
            case "upload":
                return base64.b64encode(self.picture(chance)).decode()
            case "rows":
                return [{c.name: self.value(command, c, chance) for c in p.columns} for _ in range(chance.choice((1, 1, 2, 3)))]
            case _:
                return chance.choice([sample(p), *TEXTS, "x" * p.ask.max, "字" * p.ask.max])

    @functools.cache  # noqa: B019  (a target lives as long as its process)
    def offered(self, choose: str, role: str) -> list[str]:
        actors = self.actors.get(role) or [""]
        found = []
        for actor in actors[:3]:
            with contextlib.suppress(Refusal):
                found += [value for value, _ in CHOICES[choose](self.state.look, actor)]
        return list(dict.fromkeys(found))[:200]

    def picture(self, chance: random.Random) -> bytes:
        width, height = chance.choice([(60, 60), (24, 16), (120, 60), (468, 60), (800, 800)])
        sound = _sample(width, height)
        return sound if chance.random() < 0.7 else turned(chance, [sound])

    # --- doing ---

    def attempt(self, data: bytes) -> str:
        """entry: as a logbook has it, with digests of secrets, such as the model student's own; else as somebody types it."""
        read = json.loads(data, object_hook=lambda d: base64.b64decode(d["bytes"]) if d.keys() == {"bytes"} else d)
        command, given, state = COMMANDS[read["do"]], read["with"], self.state
        try:
            arguments = command.parse(given if read["entry"] else _digested(command, state.header.seed, given))
            by = state.actor(command)
            state.transact(command, arguments, self.n, by, lambda result: self.seen(command, arguments, by, result))
        except _Enough:
            return f"done {command.name}"
        except Refusal as refused:
            raise command.completed(refused, state.look, given) from None
        raise AssertionError("nothing was kept")

    def seen(self, command: Command, arguments: dict[str, Any], by: str, result: Any) -> None:
        """Stops it before the commit, once it is clear that a logbook and a snapshot can hold it."""
        kept = json.loads(json.dumps(command.record(arguments), allow_nan=False).encode())
        if command.parse(kept) != arguments:
            raise Unclear(f"{command.name}: what was recorded reads otherwise")
        done = Done(self.n, self.state.day, by, command.name, arguments, result)
        if digest(unpacked(packed(done)).result) != digest(result):
            raise Unclear(f"{command.name}: its result is another from a snapshot")
        raise _Enough


def _digested(command: Command, seed: str, given: dict[str, Any]) -> dict[str, Any]:
    """Secrets as digests that cost nothing: what is typed here is nobody's."""
    before, secrets.COST = secrets.COST, 2
    try:
        return command.digest_secrets(seed, given)
    finally:
        secrets.COST = before


@functools.cache
def _sample(width: int, height: int) -> bytes:
    return images.sample(width, height, (200, 30, 30))


@functools.cache
def commands(*scenarios: str) -> list[Target]:
    """The commands of these scenarios; without a name those of all, each command in the smallest world that has it."""
    names = scenarios or tuple(n for n in worlds.scenarios() if n not in worlds.LARGE)
    return [Commands(n, max(1, SHARE // len(names))) for n in names]
