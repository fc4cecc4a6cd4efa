"""What a command is given: the world as it stands, who acts, and the only clock, chance and numbers it may use."""

from __future__ import annotations

import datetime
import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import secrets
from .database import Database
from .rules import RULES

ZONE = datetime.timezone(datetime.timedelta(hours=8), "CST")


#: Ends `by` in the entries that the library made for a counterparty (`lab.autoplay`). They happen, and earn nothing.
AUTO = "#auto"


@functools.lru_cache(maxsize=64)
def mark_of(seed: str) -> str:
    """Four digits that mark a world's documents: 0417 in SO-0417-0012."""
    return f"{int.from_bytes(secrets.derive(seed, 'mark', 8), 'big') % 10_000:04d}"


class Clock(NamedTuple):
    """The business day and the number of the entry that stands at 08:30 of it: the one row of the table `clock`.

    That is the first entry made on the day; once somebody has waited, an earlier number, so that the next entries come later.
    """

    day: datetime.date
    first_n: int


class Session(NamedTuple):
    """Who is signed in, since which entry: a row of the table `session` of one role."""

    n: int
    actor: str


@dataclass
class Known:
    """What the state knows without asking its tables, so that to read it costs no statement.

    counters: the last value of every counter, document numbers and the like; no table has them. sessions: by role, the one who acts first.
    """

    clock: Clock
    counters: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, tuple[Session, ...]] = field(default_factory=dict)

    def copy(self) -> Known:
        """For a command to work on: if it is refused, nothing of it stays."""
        return Known(self.clock, dict(self.counters), dict(self.sessions))

    def take(self, other: Known) -> None:
        """Knows from now on what the other knows."""
        self.clock, self.counters, self.sessions = other.clock, other.counters, other.sessions


class Looking:
    """A world to be read: SQL with `$name` parameters, the business day, the seed's derivations, its scenario with its data.

    rules: the version of the rules that hold in this world, for a branch where they have changed what something means (`rules`).
    """

    def __init__(self, database: Database, seed: str, scenario: Any, known: Known, rules: int = RULES):
        self._database = database
        self.seed = seed
        self.scenario = scenario
        self.known = known
        self.rules = rules
        self.one = database.one
        self.all = database.all
        self.value = database.value
        self.table = database.table

    @property
    def start(self) -> datetime.date:
        """The business day on which this world began."""
        return self.scenario.start  # type: ignore[no-any-return]

    @property
    def day(self) -> datetime.date:
        """The business day."""
        return self.known.clock.day

    @property
    def mark(self) -> str:
        return mark_of(self.seed)

    def derive(self, label: str, length: int = 32) -> bytes:
        return secrets.derive(self.seed, label, length)

    def stream(self, label: str) -> random.Random:
        """A random stream that follows from the seed and a label, the same in every process and on every Python."""
        return secrets.stream(self.seed, label)

    def sessions(self, role: str) -> list[str]:
        """Who is signed in in this role, the one who acts first."""
        return [session.actor for session in self.known.sessions.get(role, ())]


class Doing(Looking):
    """One command at work, in one transaction. `actor` is who acts in the command's role, `n` the entry's number."""

    def __init__(self, database: Database, seed: str, scenario: Any, known: Known, n: int, by: str, role: str, actor: str, rules: int = RULES):
        super().__init__(database, seed, scenario, known.copy(), rules)
        self.n = n
        self.by = by
        self.role = role
        self.actor = actor
        self.execute = database.execute
        #: whether a prologue's cast is at work with secrets that nobody is told: whoever registers now is played by the library
        self.scripted = False
        self.deliveries: list[tuple[str, Callable[[], bytes]]] = []

    def insert(self, table: str, rows: Sequence[Sequence[Any]], *, otherwise: str = "") -> None:
        """Inserts rows, each with a value for every column of the table, in one statement. otherwise: what follows an `on conflict`, such as
        "do update set balance = balance + excluded.balance"."""
        if rows:
            columns = [list(values) for values in zip(*rows, strict=True)]
            listed = ", ".join(f"unnest($c{i})" for i in range(len(columns)))
            sql = f"insert into {table} select {listed}{f' on conflict {otherwise}' if otherwise else ''}"
            self.execute(sql, **{f"c{i}": values for i, values in enumerate(columns)})

    @property
    def evidence(self) -> int:
        """The entry's number as evidence: below 1, as in a prologue, if nobody but the library did it."""
        return -self.n if self.by.endswith(AUTO) else self.n

    @property
    def moment(self) -> datetime.datetime:
        """The business time of this entry: a day starts at 08:30 and every entry takes a minute, until 23:59:59."""
        minutes = max(0, self.n - self.known.clock.first_n)
        start = datetime.datetime.combine(self.day, datetime.time(8, 30))
        last = datetime.datetime.combine(self.day, datetime.time(23, 59, 59))
        return min(start + datetime.timedelta(minutes=minutes), last)

    def turn(self, day: datetime.date) -> None:
        """Begins a business day; this entry is its first."""
        self.known.clock = Clock(day, self.n)
        self.execute("update clock set day = $day, first_n = $n", day=day, n=self.n)

    def wait(self, until: datetime.time) -> datetime.datetime:
        """Lets this entry stand at a later minute of the day, and those that follow it after that; gives the moment. The caller sees that it is later."""
        minutes = (until.hour - 8) * 60 + until.minute - 30
        self.known.clock = Clock(self.day, self.n - minutes)
        self.execute("update clock set first_n = $n", n=self.known.clock.first_n)
        return self.moment

    @functools.cached_property
    def random(self) -> random.Random:
        """The random stream of this entry, from (seed, entry number)."""
        return self.stream(f"entry:{self.n}")

    def number(self, prefix: str) -> str:
        """The next document number with this prefix: SO-0417-0012."""
        return f"{prefix}-{self.mark}-{self.count(prefix):04d}"

    def count(self, name: str) -> int:
        """The next value of a counter of this world, from 1."""
        counters = self.known.counters
        counters[name] = counters.get(name, 0) + 1
        return counters[name]

    def sign_in(self, role: str, actor: str) -> None:
        """Opens a session; among several of one role the latest acts."""
        # an upsert takes three times as long as an update (docs/adr/0003)
        known = actor in self.sessions(role)
        self.execute(
            "update session set n = $n where role = $role and actor = $actor" if known else "insert into session values ($role, $actor, $n)",
            role=role, actor=actor, n=self.n,
        )  # fmt: skip
        now = [Session(self.n, actor), *self._others(role, actor)]
        self.known.sessions[role] = tuple(sorted(now, key=lambda session: (-session.n, session.actor)))

    def sign_out(self, role: str, actor: str) -> None:
        self.execute("delete from session where role = $role and actor = $actor", role=role, actor=actor)
        self.known.sessions[role] = self._others(role, actor)

    def _others(self, role: str, actor: str) -> tuple[Session, ...]:
        return tuple(session for session in self.known.sessions.get(role, ()) if session.actor != actor)

    def same_secret(self, purpose: str, stored: str, given: str) -> bool:
        return secrets.same_secret(self.seed, purpose, stored, given)

    def deliver(self, path: str, make: Callable[[], bytes]) -> None:
        """Lays a file beside the logbook once the command is accepted and done live; a replay does not make it.

        Such files are courtesies (a certificate, a picture): nothing in the state depends on them.
        """
        self.deliveries.append((path, make))
