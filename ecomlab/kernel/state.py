"""The state: what follows from a scenario, a seed and entries. It touches no file, so a grader and a test use it alone."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from . import beginning, canonical, packages
from .command import COMMANDS, STUDENT, Command, Role, find
from .database import Database
from .dialect import Unlike
from .doing import AUTO, Clock, Doing, Known, Looking
from .evidence import Done
from .logbook import Entry, Finding, Header
from .plays import play_step
from .refusals import SIGN_IN_FIRST, WRONG_SESSION, Declined, Refusal, refusal
from .replica import Replica
from .rules import RULES, spelled_now
from .scenario import not_in_this_world, scenario
from .secrets import CAST, Issued
from .snapshot import Snapshot, Tables, packed, unpacked
from .table import Table

UNDO = "lab.undo"
#: Stands for an entry that a recovery could not keep; it does nothing and holds the number, on which other entries rest.
LOST = "lab.lost"

NEWER_RULES = refusal(
    "newer_rules",
    "日志按规则 {theirs} 记录，本版本只认识到 {ours}。请升级软件包 `ecomlab`。",
    "The logbook was recorded under rules {theirs}; this version knows rules up to {ours}. Upgrade the package `ecomlab`.",
)


class State:
    """The world after some entries: its tables in DuckDB, and what was done as evidence."""

    def __init__(self, header: Header, database: Database | None = None, once: bool = False, snapshot: Snapshot | None = None):
        """The world before its first entry, or as a snapshot has it.

        once: this process will not begin this world again, so how it began need not be kept (`beginning`).
        """
        self.header = header
        if header.rules > RULES:
            raise NEWER_RULES(theirs=header.rules, ours=RULES)
        self.scenario = scenario(header.scenario, header.digest)
        packages.load(self.scenario.packages)
        self.database = database or Database()
        self._done: list[Done] = []
        #: what was done before that, as a snapshot has it; and what was done since, as far as a snapshot has asked for it
        self._packed: tuple[str, ...] = ()
        self._texts: list[str] = []
        self.known = Known(Clock(self.scenario.start, 1))
        #: the secrets that the prologue has set in the student's name
        self.prepared: list[Issued] = []
        self.database.script(packages.schema(self.scenario.packages))
        self._tables = Tables(self.database)
        if snapshot:
            self.restore(snapshot)
        else:
            self._begin(once)

    @property
    def look(self) -> Looking:
        return Looking(self.database, self.header.seed, self.scenario, self.known, self.header.rules)

    # --- beginning ---

    def _begin(self, once: bool) -> None:
        key = (self.scenario.name, self.scenario.digest, self.header.seed, self.header.rules)
        if self.database.copied and (kept := beginning.known(key)):
            self.restore(kept)
            return
        if once or not self.database.rehearsed or not self._begun_elsewhere():
            self._play_prologue()
        if self.database.copied and not once:
            beginning.keep(key, self.snapshot())

    def _begun_elsewhere(self) -> bool:
        """Plays the prologue on a replica, in a sixth of the time, and takes over what it left; False where a replica cannot say, and nothing is changed."""
        replica = Replica()
        try:
            begun = State(self.header, replica)
            replica.copy_to(self.database)
        except Unlike:
            return False
        finally:
            replica.close()
        self.known.take(begun.known)
        self.prepared = begun.prepared
        return True

    def _play_prologue(self) -> None:
        self.database.execute("insert into clock values ($day, $first_n)", **self.known.clock._asdict())
        prologue = Prologue(self)
        for step in self.scenario.prologue:
            play_step(prologue, step)
        if self.known.clock.first_n < 1:  # a prologue that went on for days or hours: the student comes in the morning
            self.known.clock = self.known.clock._replace(first_n=1)
            self.database.execute("update clock set first_n = 1")

    # --- as it stands ---

    def snapshot(self) -> Snapshot:
        """All that it is, as text. Reads the tables that were written to since the last one."""
        self._texts += map(packed, self._done[len(self._texts) :])
        return Snapshot(self._tables.read(), self.known.copy(), tuple(self.prepared), (*self._packed, *self._texts))

    def restore(self, snapshot: Snapshot) -> None:
        """Makes it what it was; only tables that differ are filled."""
        self._tables.fill(snapshot.tables)
        self.known.take(snapshot.known.copy())
        self.prepared = list(snapshot.prepared)
        self._packed, self._done, self._texts = snapshot.done, [], []

    @property
    def done(self) -> list[Done]:
        """What was done, in order."""
        if self._packed:
            self._done[:0] = map(unpacked, self._packed)
            self._texts[:0] = self._packed
            self._packed = ()
        return self._done

    # --- doing ---

    def find(self, name: str) -> Command:
        """The command of that name. Raises a Refusal if there is none, or none in this world."""
        command = find(name)
        if not self.scenario.includes(command.function):
            raise not_in_this_world(command.module, self.scenario.name)
        return command

    def actor(self, command: Command) -> str:
        """Who acts when this command is called now, as `by` says it. Raises the refusal to sign in first."""
        return self.actor_in(command.role)

    def actor_in(self, role: Role) -> str:
        """Who acts in a role now, as `by` says it. Raises the refusal to sign in first."""
        if not role.sign_in:
            return role.name
        signed_in = self.look.sessions(role.name)
        if not signed_in:
            raise SIGN_IN_FIRST(role=role.title)
        return f"{role.name}:{signed_in[0]}"

    def perform(self, command: Command, arguments: dict[str, Any], n: int, by: str, scripted: bool = False) -> tuple[Any, Doing]:
        """Does a command inside the open transaction. Raises a Refusal; anything else it raises is a bug.

        scripted: whoever registers by it is played by the library.
        """
        role, _, actor = by.removesuffix(AUTO).partition(":")
        if role != command.role.name or (command.role.sign_in and actor not in self.look.sessions(role)):
            raise WRONG_SESSION(by=by[:80], role=command.role.title)
        do = Doing(self.database, self.header.seed, self.scenario, self.known, n, by, role, actor, self.header.rules)
        do.scripted = scripted
        result = command.function(do, **arguments)
        if isinstance(result, Table):
            result.module = result.module or command.module
        return result, do

    def transact(
        self, command: Command, arguments: dict[str, Any], n: int, by: str, keep: Callable[[Any], None], scripted: bool = False
    ) -> tuple[Any, Doing]:
        """Does a command in a transaction of its own, which only reads if it is a query; `keep(result)` runs before the commit and may still stop it."""
        self.database.begin(read_only=command.query)
        try:
            result, do = self.perform(command, arguments, n, by, scripted)
            if command.query and (counted := do.known.counters.items() - self.known.counters.items()):
                raise TypeError(f"{command.name} is a query and gave out numbers: {', '.join(name for name, _ in sorted(counted))}")
            keep(result)
            self.database.commit()
        except BaseException:
            self.database.rollback()
            raise
        self.known.take(do.known)
        return result, do

    def apply(self, entry: Entry) -> Any:
        """Replays one entry. Raises a Refusal if it no longer does what it did; then nothing has changed."""
        rules = entry.rules or self.header.rules
        if rules > RULES:
            raise NEWER_RULES(theirs=rules, ours=RULES)
        name, given = spelled_now(entry.do, entry.arguments, rules)
        command = self.find(name)
        arguments = command.parse(given)
        day = self.day
        if entry.day != day.isoformat():
            raise OTHER_DAY(theirs=entry.day[:20], ours=day)

        def keep(result: Any) -> None:
            if canonical.digest(result) != entry.gave:
                raise OTHER_RESULT(do=entry.do)

        result, _ = self.transact(command, arguments, entry.n, entry.by, keep)
        self.note(entry, command, arguments, result, day)
        return result

    @property
    def day(self) -> datetime.date:
        """The business day."""
        return self.known.clock.day

    def note(self, entry: Entry, command: Command, arguments: dict[str, Any], result: Any, day: datetime.date) -> None:
        """Remembers an entry as done on that business day, as the command is spelled today."""
        self._done.append(Done(entry.n, day, entry.by, command.name, arguments, result))

    def replay(self, entries: Sequence[tuple[int, Entry]], after: int = 0, each: Callable[[int, bool], None] | None = None) -> list[Finding]:
        """Applies entries in order; those that do not replay are named with their line and leave no trace.

        Entries that a later undo withdraws are left out from the start. That is the same as doing and withdrawing
        them, because an undo only ever takes the last entry that stands, and it spares starting afresh each time.

        after: the number of the entry up to which the state has them already. 
        each: is given the number of each entry that comes then, and whether all went well so far.
        """
        withdrawn, findings = withdrawals(entries)
        for line, entry in entries:
            if entry.n <= after:
                continue
            try:
                if entry.do not in (UNDO, LOST) and entry.n not in withdrawn:
                    self.apply(entry)
            except Refusal as refused:
                findings.append(Finding(line, refused.code, refused.text))
            except Unlike:
                raise
            except Exception as error:  # a hand-written entry may do what no command lets happen; the rest still counts
                failed = FAILED(do=entry.do[:80], why=type(error).__name__)
                findings.append(Finding(line, failed.code, failed.text))
            if each:
                each(entry.n, not findings)
        return sorted(findings)

    def digest(self) -> str:
        """One digest over every table of the state, and its counters."""
        return canonical.digest({"tables": self.database.digest(), "counters": self.known.counters}, 32)

    def close(self) -> None:
        self.database.close()


OTHER_RESULT = refusal(
    "other_result",
    "操作 {do} 重做后的结果与日志所记不同：条目被改动，或来自另一名学生的日志。",
    "Done again, {do} gives another result than the logbook says: the entry was changed, or comes from another student's logbook.",
)


FAILED = refusal(
    "failed_again",
    "重做操作 {do} 时发生错误（{why}），此条目不计。",
    "Doing {do} again failed ({why}); the entry does not count.",
)
OTHER_DAY = refusal("other_day", "此条目记在 {theirs}，而当时的业务日是 {ours}。", "This entry is dated {theirs}, but the business day was {ours}.")
BAD_UNDO = refusal("bad_undo", "此撤销条目所指的不是最后一个可以撤销的条目。", "This undo does not name the last entry that stands, or names a final one.")


def withdrawals(entries: Sequence[tuple[int, Entry]]) -> tuple[dict[int, int], list[Finding]]:
    """The numbers of the entries that undo entries withdraw, each with the undo entry's number; and the undo entries that are none."""
    standing: list[int] = []
    final = {entry.n for _, entry in entries if entry.do in COMMANDS and COMMANDS[entry.do].final}
    withdrawn: dict[int, int] = {}
    findings = []
    for line, entry in entries:
        if entry.do == LOST:
            continue
        if entry.do != UNDO:
            standing.append(entry.n)
        elif entry.by == STUDENT.name and standing and entry.arguments == {"n": standing[-1]} and standing[-1] not in final:
            withdrawn[standing.pop()] = entry.n
        else:
            findings.append(Finding(line, BAD_UNDO.code, BAD_UNDO.text))
    return withdrawn, findings


class Prologue:
    """Plays commands before the first entry. Its entries carry numbers below 1 and count for nobody."""

    def __init__(self, state: State):
        self.state = state
        self.look = state.look
        self.seed = state.header.seed
        self.n = -1_000_000
        #: while it is so, those who are there anyway act, not the student
        self.cast = True

    def call(self, name: str, /, **given: Any) -> Any:
        command = self.state.find(name)
        issued = {name: v for name, v in given.items() if isinstance(v, Issued)}  # by its label: only here does that count
        typed = {name: v for name, v in given.items() if name not in issued}
        arguments = command.parse({**command.digest_secrets(self.seed, typed), **issued})
        # what the student is told; who is of the cast and has a secret that nobody is told is played by the library
        told = [v for v in issued.values() if not v.label.startswith(CAST)]
        self.state.prepared += [i for i in dict.fromkeys(told) if i not in self.state.prepared]
        self.n += 1
        result, _ = self.state.transact(command, arguments, self.n, self.state.actor(command), lambda result: None, self.cast and not told)
        if isinstance(result, Declined):
            raise result.refusal
        return result


def standing(numbered: Sequence[tuple[int, Entry]]) -> list[bool]:
    """Of each number from 0 on, whether all that had been done up to that entry still stands: no later undo withdraws any of it."""
    change = [0] * (len(numbered) + 2)
    for n, undo in withdrawals(numbered)[0].items():
        change[n] += 1
        change[undo] -= 1
    return [not open_ for open_ in accumulate(change)]
