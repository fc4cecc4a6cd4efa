"""The stage: a model student's world in memory, on which a task can be tried any number of times and each time be taken back.

DuckDB has no savepoints, so a trial is one transaction around everything that a task's calls do; their own transactions are left out
meanwhile. A trial costs what its commands cost, a few milliseconds each, and nothing is replayed.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecomlab import __version__
from ecomlab.kernel import secrets
from ecomlab.kernel.command import CHOICES, Command, Param, find
from ecomlab.kernel.doing import Looking
from ecomlab.kernel.evidence import Done
from ecomlab.kernel.logbook import Header, seed_for
from ecomlab.kernel.plays import PLAYS, Player
from ecomlab.kernel.refusals import Declined, Refusal
from ecomlab.kernel.replica import Replica
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.state import RULES, State

#: Every secret of the model student is typed many times; each costs a scrypt digest once.
_digest = functools.cache(secrets.digest_secret)

Do = Callable[..., Any]
Choices = list[tuple[str, str]]


@dataclass
class Call:
    """A call that a play made: the command, its arguments as typed, who acted, what each field offered then, and what came of it."""

    name: str
    given: dict[str, Any]
    actor: str
    offers: dict[str, Choices] = field(default_factory=dict)
    result: Any = None

    @property
    def command(self) -> Command:
        return find(self.name)

    @property
    def fields(self) -> Iterator[tuple[Path, Param]]:
        """The fields that were filled in, cells of rows too."""
        for p in self.command.params:
            if p.name not in self.given:
                continue
            if p.kind == "rows":
                for i, row in enumerate(self.given[p.name]):
                    yield from (((p.name, i, c.name), c) for c in p.columns if c.name in row)
            else:
                yield (p.name,), p


#: Where a value stands among a call's arguments: a field, or a field of rows, the row and its column.
Path = tuple[Any, ...]


def value_at(given: Mapping[str, Any], path: Path) -> Any:
    value: Any = given
    for step in path:
        value = value[step]
    return value


def with_value(given: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The arguments with another value in that place."""
    first, rest = path[0], path[1:]
    if not rest:
        return {**given, first: value}
    rows = list(given[first])
    rows[rest[0]] = {**rows[rest[0]], rest[1]: value}
    return {**given, first: rows}


def path_name(path: Path) -> str:
    return path[0] if len(path) == 1 else f"{path[0]}.{path[2]}"


class Stage:
    """A world without a disk, in which a model student is playing."""

    def __init__(self, scenario_name: str, student: str = "s1001"):
        seed = seed_for(student, "perturbed")
        self.state = State(Header(scenario_name, scenario(scenario_name).digest, seed, student, "2026-09-01T08:00:00+08:00", __version__, RULES), Replica())
        self.seed = seed
        self.n = 0
        self._inside = False
        #: the secrets typed so far, by what they open
        self.typed: dict[str, list[Any]] = {}

    @property
    def look(self) -> Looking:
        return self.state.look

    # --- doing ---

    def call(self, name: str, /, **given: Any) -> Any:
        """Does a command as a live world does, but for the logbook's line. Raises its Refusal, also that of a remembered "no"."""
        command = find(name)
        arguments = command.parse(self._digested(command, given))
        by, day = self.state.actor(command), self.state.day
        result, _ = self.state.transact(command, arguments, self.n + 1, by, lambda result: None)
        self.n += 1
        self.state.done.append(Done(self.n, day, by, name, arguments, result))
        if isinstance(result, Declined):
            raise result.refusal
        for p in command.params:
            if p.kind == "secret" and given.get(p.name) and given[p.name] not in (known := self.typed.setdefault(p.ask.purpose, [])):
                known.append(given[p.name])
        return result

    def _digested(self, command: Command, given: dict[str, Any]) -> dict[str, Any]:
        plain, secrets.digest_secret = secrets.digest_secret, _digest
        try:
            return command.digest_secrets(self.seed, given)
        finally:
            secrets.digest_secret = plain

    def play(self, code: str, do: Do | None = None, asked: Mapping[str, Any] | None = None, read: set[str] | None = None) -> None:
        """The model student does a task; `do` stands between it and the commands. asked, read: as for `recorded`."""
        PLAYS[code](_Student(do or self.call, lambda: self.look, code, asked or {}, set() if read is None else read))

    def choices(self, command: Command, p: Param) -> Choices:
        """What a field offers now: values and labels in both languages."""
        if p.kind == "choice":
            return [(o, o) for o in p.options]
        if p.kind == "flag":
            return [(True, ""), (False, "")]  # type: ignore[list-item]
        if not p.ask.choose:
            return []
        try:
            actor = self.state.actor(command).partition(":")[2]
        except Refusal:
            return []
        return [(v, str(t)) for v, t in CHOICES[p.ask.choose](self.look, actor)]

    # --- trying ---

    @contextlib.contextmanager
    def trial(self) -> Iterator[None]:
        """What is done in here is taken back."""
        state, database = self.state, self.state.database
        kept = state.known.copy(), len(state.done), self.n
        database.begin()
        database.begin, database.commit, database.rollback = lambda read_only=False: None, _nothing, _nothing  # type: ignore[method-assign]
        try:
            yield
        finally:
            for name in ("begin", "commit", "rollback"):
                delattr(database, name)
            database.rollback()
            known, done, self.n = kept
            state.known.take(known)
            del state.done[done:]

    def rehearse(self, code: str, asked: Mapping[str, Any] | None = None, offers: bool = False, read: set[str] | None = None) -> list[Call]:
        """The calls by which the model student does a task, which is then taken back. Arguments as for `recorded`."""
        with self.trial():
            return self.recorded(code, asked, offers, read)

    def recorded(self, code: str, asked: Mapping[str, Any] | None = None, offers: bool = False, read: set[str] | None = None) -> list[Call]:
        """Does a task for good; gives the calls that did it.

        asked: what the model student believes to be asked. offers: notes what each field offered. read: takes the names of the values of
        the brief that the model student looked at.
        """
        calls: list[Call] = []

        def do(name: str, /, **given: Any) -> Any:
            call = Call(name, given, self.state.actor(find(name)).partition(":")[2])
            if offers:
                call.offers = self._offers(call.command)
            call.result = self.call(name, **given)
            calls.append(call)
            return call.result

        self.play(code, do, asked, read)
        return calls

    def _offers(self, command: Command) -> dict[str, Choices]:
        fields = {name: part for p in command.params for name, part in ((p.name, p), *((f"{p.name}.{c.name}", c) for c in p.columns))}
        return {name: found for name, part in fields.items() if (found := self.choices(command, part))}


def _nothing() -> None:
    """A transaction inside a trial begins and ends with the trial."""


class _Student(Player):
    """The model student, who may believe that something else is asked."""

    def __init__(self, call: Do, look: Callable[[], Looking], code: str, asked: Mapping[str, Any], read: set[str]):
        super().__init__(call, look, live=True)
        self._code, self._asked, self._read = code, asked, read

    def brief(self, code: str) -> dict[str, Any]:
        found = super().brief(code)
        return _Read({**found, **self._asked}, self._read) if code == self._code else found


class _Read(dict[str, Any]):
    """A brief that notes which of its values are read."""

    def __init__(self, values: Mapping[str, Any], read: set[str]):
        super().__init__(values)
        self._read = read

    def __getitem__(self, key: str) -> Any:
        self._read.add(key)
        return super().__getitem__(key)
