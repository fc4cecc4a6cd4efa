"""A world without a disk, which the benchmarks fill as they need it: with the model student's work, and long with everyday commands."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..kernel import canonical, keys, logbook
from ..kernel.command import find
from ..kernel.database import Database
from ..kernel.logbook import LOGBOOK, Entry, Header, course_key, seed_for
from ..kernel.plays import PLAYS, Player
from ..kernel.refusals import Refusal
from ..kernel.replica import Replica
from ..kernel.rules import RULES
from ..kernel.scenario import scenario
from ..kernel.state import State

#: What a student may do again and again, the amounts so small that nothing runs out; it makes up the long logbooks.
EVERYDAY: dict[str, dict[str, str]] = {
    "email.send": {},
    "email.save_draft": {},
    "ebank.deposit": {"amount": "0.01"},
    "ebank.transfer": {"amount": "0.01"},
    "ebank.deposit_personal": {"amount": "0.01"},
    "ebank.balance": {},
}


class Sheet:
    """A world without a disk: a state, and the entries that led to it."""

    def __init__(self, scenario_name: str, student: str = "bench", database: Database | None = None):
        """database: where its tables are; DuckDB in memory if none is given."""
        digest, seed = scenario(scenario_name).digest, seed_for(student, course_key())
        self.header = Header(scenario_name, digest, seed, student, "2026-09-01T08:00:00+08:00", __version__, RULES)
        self.state = State(self.header, database)
        self.entries: list[Entry] = []
        self._last_hash = logbook.hash_line(self.header.line())

    def call(self, name: str, /, **given: Any) -> Any:
        command = find(name)
        return self.do(name, command.digest_secrets(self.header.seed, given))

    def do(self, name: str, recorded: dict[str, Any]) -> Any:
        """Does a command from arguments as a logbook records them."""
        command = find(name)
        arguments = command.parse(recorded)
        by, day, n = self.state.actor(command), self.state.day, len(self.entries) + 1
        made: list[Entry] = []

        def keep(result: Any) -> None:
            at = f"{day.isoformat()}T12:00:00+08:00"
            made.append(Entry(n, at, day.isoformat(), by, name, command.record(arguments), canonical.digest(result), self._last_hash))

        result, _ = self.state.transact(command, arguments, n, by, keep)
        self.state.note(made[0], command, arguments, result, day)
        self.entries += made
        self._last_hash = logbook.hash_line(made[0].line())
        return result

    def play(self, codes: Sequence[str]) -> None:
        """The model student does these tasks."""
        player = Player(self.call, lambda: self.state.look, live=True, withheld=functools.partial(keys.withheld, self.header))
        for code in codes:
            PLAYS[code](player)

    def everyday(self) -> list[tuple[str, dict[str, Any]]]:
        """The everyday commands among what was done, each with the arguments that it last had, if it is accepted again."""
        latest = {e.do: {**e.arguments, **EVERYDAY[e.do]} for e in self.entries if e.do in EVERYDAY}
        return [(name, arguments) for name, arguments in latest.items() if self._again(name, arguments)]

    def _again(self, name: str, arguments: dict[str, Any]) -> bool:
        try:
            self.do(name, arguments)
        except Refusal:
            return False
        return True

    def grow(self, entries: int) -> None:
        """Does everyday commands in turn until there are so many entries."""
        turn = self.everyday()
        while len(self.entries) < entries:
            turn = [(name, arguments) for name, arguments in turn if len(self.entries) < entries and self._again(name, arguments)]
            if not turn:
                break

    @property
    def numbered(self) -> list[tuple[int, Entry]]:
        return list(enumerate(self.entries, start=2))

    def write(self, folder: Path) -> None:
        """The world as a logbook in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [self.header.line(), *(e.line() for e in self.entries)]
        (folder / LOGBOOK).write_text("".join(line + "\n" for line in lines), "utf-8")


@functools.cache
def model() -> Sheet:
    """A semester in which the model student has done every task that counts. To play it takes long, so it is played on a replica, and the sections share it as
    it grows."""
    sheet = Sheet("semester", database=Replica())
    sheet.play(sheet.state.scenario.tasks)
    return sheet
