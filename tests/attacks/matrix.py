"""The access matrix, from the declarations: every command, done by everybody who is there, is refused or lawful by what is declared.

    python -m tests.attacks.matrix [SCENARIO ...]        (the cells, and those that do not hold)

Three parts. *Gates*: each command by whoever is not signed in as its role, and by whoever acts in any other role. *Strangers*: each entry of a golden logbook,
at its moment, by another of the same role, such as another company: refused, or lawful since the form would offer the stranger the same things. *Ended*: each
entry once more, by who has signed out of that role.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ecomlab import modules
from ecomlab.kernel.command import CHOICES, COMMANDS, ROLES, Command, Param
from ecomlab.kernel.doing import AUTO, Session
from ecomlab.kernel.logbook import Entry, survey
from ecomlab.kernel.refusals import Declined, Refusal
from ecomlab.kernel.state import State, withdrawals
from ecomlab.lab import Lab
from tests import golden, worlds

modules.load()


class Through(Exception):
    """The gate is passed: the command would be done."""


@dataclass
class Matrix:
    """cells: how many were tried, by part; wrong: what does not hold, in words."""

    cells: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    #: what strangers were told, by code
    said: Counter[str] = field(default_factory=Counter)

    def cell(self, part: str, wrong: str | None) -> None:
        self.cells[part] += 1
        if wrong:
            self.wrong.append(f"{part}: {wrong}")


# --- gates -------------------------------------------------------------------------------------------------------


def gates(matrix: Matrix, state: State, actors: dict[str, list[str]]) -> None:
    """Every command by every caller, with everybody signed in who has ever acted: only who acts in its role comes through."""
    inside = {role: names[0] for role, names in actors.items()}
    state.known.sessions = {role: (Session(1, name),) for role, name in inside.items()}
    state.database.begin(read_only=True)
    try:
        for command in (c for c in COMMANDS.values() if state.scenario.includes(c.function)):
            for by, lawful in _callers(command, inside):
                matrix.cell("gates", None if _passes(state, command, by) == lawful else f"{command.name} by {by}")
    finally:
        state.database.rollback()


def _callers(command: Command, inside: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """Who may call it, as an entry says it, and whether that is lawful: every role's own, without a session, with one of another role, made up."""
    own = command.role.name
    for role in ROLES.values():
        actor = inside.get(role.name, "")
        yield (f"{role.name}:{actor}" if role.sign_in else role.name), role.name == own and (not role.sign_in or bool(actor))
    if command.role.sign_in:
        others = [a for r, a in inside.items() if r != own]
        for actor in ("", "nobody", *others[:3]):
            if actor != inside.get(own):
                yield f"{own}:{actor}", False
                yield f"{own}:{actor}{AUTO}", False
        yield own, False
    yield from (("", False), (AUTO, False), ("__class__", False))


def _passes(state: State, command: Command, by: str) -> bool:
    def through(do: Any, **given: Any) -> None:
        raise Through

    try:
        state.perform(replace(command, function=through), {}, 10**6, by)
    except Through:
        return True
    except Refusal as refused:
        assert refused.code == "wrong_session"
    return False


# --- strangers ---------------------------------------------------------------------------------------------------


def strangers(matrix: Matrix, scenario: str) -> None:
    """Each entry of a golden logbook at its moment, by another of its role."""
    read = survey(logbook_of(scenario))
    state, withdrawn = State(read.header), withdrawals(read.entries)[0]
    others = _Others()
    for numbered in read.entries:
        entry = numbered[1]
        role, _, actor = entry.by.removesuffix(AUTO).partition(":")
        if actor and entry.do in COMMANDS and entry.n not in withdrawn:
            matrix.cell("ended", _signed_out(state, entry, role, actor))
            for stranger in others.of(state, role, actor)[:3]:
                matrix.cell("strangers", _as_a_stranger(matrix, state, entry, role, stranger))
        if findings := state.replay([numbered]):
            raise AssertionError(findings)
    state.close()


class _Others:
    """Who else might act in a role: what stands in the same column of the table that the actor is the key of."""

    def __init__(self) -> None:
        self.places: dict[str, list[tuple[str, str]]] = {}

    def of(self, state: State, role: str, actor: str) -> list[str]:
        if role not in self.places:
            self.places[role] = [place for place in _keys(state) if state.look.value('select 1 from "{}" where "{}"::varchar = $a'.format(*place), a=actor)]
        sizes = {place: int(state.look.value('select count(*) from "{}"'.format(*place))) for place in self.places[role]}
        module = ROLES[role].sign_in.partition(".")[0]
        own = [place for place in sizes if place[0].startswith(f"{module}_")] or list(sizes)
        several = [place for place in own if sizes[place] > 1]
        if not several:
            return []
        table, column = min(several, key=lambda place: (sizes[place], place))  # the members of its own market, not everybody who is anybody's member
        alike = "and kind = (select kind from member where number = $a)" if table == "member" else ""
        rows = state.look.all(f'select "{column}"::varchar as key from "{table}" where "{column}"::varchar <> $a {alike} order by 1 limit 4', a=actor)
        return [r.key for r in rows]


def _keys(state: State) -> list[tuple[str, str]]:
    """Tables with a key of one column, and those of members by the member; none of documents."""
    rows = state.look.all(
        """select table_name as t, constraint_column_names[1] as c from duckdb_constraints()
           where constraint_type = 'PRIMARY KEY' and len(constraint_column_names) = 1 and table_name <> 'document'
           union select table_name, column_name from duckdb_columns() where table_name like '%_member' and column_name = 'member' order by all""")  # fmt: skip
    return [(r.t, r.c) for r in rows]


def _as_a_stranger(matrix: Matrix, state: State, entry: Entry, role: str, stranger: str) -> str | None:
    """What is wrong with what the stranger is given; None where it is refused or lawful."""
    command, before = COMMANDS[entry.do], state.known.sessions
    arguments = command.parse(entry.arguments)
    state.known.sessions = {**before, role: (Session(1, stranger),)}
    given: list[Any] = []
    try:
        state.transact(command, arguments, entry.n, f"{role}:{stranger}", lambda result: _seen(given, result))
    except Through:
        pass
    except Refusal as refused:
        matrix.said[refused.code] += 1
        return None
    finally:
        state.known.sessions = before
    result = given[0]
    if isinstance(result, Declined):
        matrix.said[result.refusal.code] += 1
        return None
    matrix.said["lawful"] += 1
    foreign = [p.name for p in command.params if _foreign(state, p, arguments.get(p.name), stranger, entry)]
    return f"{command.name} by {stranger} with {', '.join(f'{n}={arguments[n]!r}' for n in foreign)} of {entry.by}" if foreign and not _empty(result) else None


def _signed_out(state: State, entry: Entry, role: str, actor: str) -> str | None:
    """What is wrong where who did it had signed out before."""
    before = state.known.sessions
    state.known.sessions = {**before, role: tuple(s for s in before.get(role, ()) if s.actor != actor)}
    state.database.begin(read_only=True)
    try:
        return f"{entry.do} by {entry.by}, who had signed out" if _passes(state, COMMANDS[entry.do], entry.by) else None
    finally:
        state.database.rollback()
        state.known.sessions = before


def _seen(given: list[Any], result: Any) -> None:
    given.append(result)
    raise Through


def _empty(result: Any) -> bool:
    return hasattr(result, "rows") and not len(result)


def _foreign(state: State, p: Param, value: Any, stranger: str, entry: Entry) -> bool:
    """Whether a field names something that the form offers to who did it, and not to the stranger."""
    if p.kind != "ref" or not p.ask.choose or not value:
        return False
    owner = entry.by.removesuffix(AUTO).partition(":")[2]
    mine, theirs = (_offered(state, p.ask.choose, actor) for actor in (owner, stranger))
    return value in mine and value not in theirs


def _offered(state: State, choose: str, actor: str) -> set[str]:
    try:
        return {value for value, _ in CHOICES[choose](state.look, actor)}
    except Refusal:
        return set()


# --- all ---------------------------------------------------------------------------------------------------------


def logbook_of(scenario: str) -> Path:
    """The golden logbook; of the scenario that has no tasks and so no model student, one in which each command of its module is done."""
    golden_one = golden.FOLDER / f"{scenario}.jsonl"
    return golden_one if golden_one.exists() else worlds.played(f"matrix-{scenario}", scenario, worlds.STUDENT, WITHOUT_TASKS[scenario])


def _shop_with_customers(lab: Lab) -> None:
    lab.live.instruct(by_hand=1)
    lab.live.advertise("search", "20")
    lab.advance(days=1)
    for look in (lab.live.visitors, lab.live.wanted, lab.live.rival_prices, lab.live.withdraw):
        look()


WITHOUT_TASKS = {"live": _shop_with_customers}


def actors_of(scenario: str) -> dict[str, list[str]]:
    """Who acts in each role in a golden logbook."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, entry in survey(logbook_of(scenario)).entries:
        role, _, actor = entry.by.removesuffix(AUTO).partition(":")
        if actor and actor not in found[role]:
            found[role].append(actor)
    return found


def matrix_of(*scenarios: str) -> Matrix:
    """The cells of these scenarios."""
    made = Matrix()
    for name in scenarios:
        state = State(survey(logbook_of(name)).header)
        gates(made, state, actors_of(name))
        state.close()
        strangers(made, name)
    return made


def main() -> int:
    made = matrix_of(*(sys.argv[1:] or [*worlds.scenarios(), *WITHOUT_TASKS]))
    print(*made.wrong, sep="\n")
    print("strangers were told:", ", ".join(f"{code} {n}" for code, n in made.said.most_common()))
    print(f"cells {made.cells.total():,} ({', '.join(f'{part} {n:,}' for part, n in made.cells.items())}), wrong {len(made.wrong)}")
    return 1 if made.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
