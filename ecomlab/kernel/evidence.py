"""What was done, as evidence: entries, the things they made and what became of them, and the briefs that say what each student is asked.

A module's `checks.py` declares here how its goals are judged. A goal asks what came to be, at any moment, not which command was typed:
corrected, in several steps, in another order or in the other language counts alike, and a later lawful act takes nothing away.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple, Protocol, TypeVar

from .command import COMMANDS
from .doing import AUTO, Looking
from .names import both, same_name
from .refusals import Declined
from .table import Table
from .tasks import tasks
from .terms import term
from .texts import Text


@dataclass(frozen=True)
class Done:
    """An accepted entry as evidence: what was done, by whom, when, with what, and what came of it."""

    n: int
    day: datetime.date
    by: str
    do: str
    arguments: dict[str, Any]
    result: Any

    @property
    def declined(self) -> str | None:
        """The code of a remembered "no", or None."""
        return self.result.refusal.code if isinstance(self.result, Declined) else None

    @property
    def actor(self) -> str:
        """Who did it: the customer, member or user name that was signed in; empty for roles without a session."""
        return self.by.removesuffix(AUTO).partition(":")[2]

    @property
    def given(self) -> dict[str, Any]:
        """The fields that were filled in other than by default: a query's conditions."""
        return {p.name: v for p in COMMANDS[self.do].params if (v := self.arguments.get(p.name)) != p.default}

    @property
    def earns(self) -> bool:
        """Whether it counts for the student: no remembered "no", and not done by the library in a counterparty's name."""
        return not self.declined and not self.by.endswith(AUTO)

    @cached_property
    def about(self) -> frozenset[str]:
        """The things that it chose in its fields or that its result names: numbers of documents, plates, user names; not states and kinds."""
        chosen = {self.arguments.get(p.name) for p in COMMANDS[self.do].params if p.kind == "ref"}
        return frozenset(v for v in chosen | set(_cells(self.result)) if isinstance(v, str) and v and not term.known(v, COMMANDS[self.do].module))


def _cells(result: Any) -> Iterable[Any]:
    """The values of a result, whatever its shape."""
    match result:
        case Table():
            return (cell for row in result.rows for cell in row if isinstance(cell, str))
        case dict():
            return (v for v in result.values() if isinstance(v, str))
        case list():
            return (v for v in result if isinstance(v, str))
        case _:
            return (result,) if isinstance(result, str) else ()


class Act(Protocol):
    """Something that happened at an entry and is about some things: a `Done`, a step of a document."""

    @property
    def n(self) -> int: ...

    @property
    def about(self) -> frozenset[str]: ...


A = TypeVar("A", bound=Act)


def after(earlier: Iterable[Act], later: Iterable[A], by: str = "") -> list[A]:
    """Those of `later` that came after one of `earlier` about the same thing, in order.

    `after(s.looked_up("lgs.slip_detail"), moved(s, "outbound_slip", "picked"))` are the slips that had been opened before they were picked:
    a query is about all that it found. by: the field that names the thing, for entries with several.
    """
    first: dict[str, int] = {}
    for act in earlier:
        for thing in act.about:
            first[thing] = min(act.n, first.get(thing, act.n))
    things = (lambda act: {act.arguments[by]}) if by else (lambda act: act.about)
    return [act for act in later if any(first.get(thing, act.n) < act.n for thing in things(act))]


def before(earlier: Sequence[A], later: Sequence[Act]) -> list[A]:
    """Those of `earlier` that came before one of `later` about the same thing; all of them, as long as there are none of `later`.

    So what is asked to come first is ticked when it is done, and stays so only if it was first.
    """
    last: dict[str, int] = {}
    for act in later:
        for thing in act.about:
            last[thing] = max(act.n, last.get(thing, act.n))
    return [act for act in earlier if not later or any(act.n < last.get(thing, act.n) for thing in act.about)]


def same(given: Any, asked: Any) -> bool:
    """Whether a value is the one asked for; names as `same_name` compares them."""
    if isinstance(given, str) and isinstance(asked, (str, Text)):
        return same_name(given, asked)
    return bool(given == asked)


#: Of the answers that differ so many count, the first ones.
ANSWERS = 3
#: What the field of an answer says of it.
FIRST_THREE = Text("前三个不同的答案计分；答案不能撤销", "Your first three different answers count; an answer cannot be undone")


def counting(answers: Iterable[Done], *fields: str, read: Callable[[Any], Any] = lambda value: value) -> list[Done]:
    """Of the answers to what a text asks and does not name, those that count: whoever tries one after the other gets there without knowing.

    A slip can be put right twice, and what was right once stays so, whatever is said later. fields: what makes an answer; the same said again is no
    other answer. read: what a value says however it is written, as 12.50 is 12.5. The command is `final`, so that no answer is taken back for another try.
    """
    said = [(repr([read(d.arguments.get(name)) for name in fields]), d) for d in answers]
    first = list(dict.fromkeys(answer for answer, _ in said))[:ANSWERS]
    return [d for answer, d in said if answer in first]


def pieces(entries: Iterable[Done], field: str, product: str, count: str = "quantity") -> list[int]:
    """How many pieces of a product the rows in this field of each entry name: one number an entry, 0 where it names none."""
    return [sum(row[count] for row in d.arguments[field] or () if row["product"] == product) for d in entries]


def adds_up(amounts: Iterable[int | Decimal], asked: int | Decimal) -> bool:
    """Whether one of the amounts, or several one after the other, come to just what was asked: 12 pieces at once, or 5 and then 7."""
    seen: set[int | Decimal] = set()
    for before, now in zip((sums := [0, *accumulate(amounts)]), sums[1:], strict=False):
        seen.add(before)
        if now - asked in seen:
            return True
    return False


class Version(NamedTuple):
    """A thing as one entry left it: its fields by the names that the commands give them."""

    done: Done
    fields: dict[str, Any]


@dataclass
class Life:
    """What became of one thing: how it was after each entry that made or changed it, and the entry that deleted it.

    made, deleted: None if that never happened, or before the student came, or was the library's doing.
    """

    thing: str
    versions: list[Version] = field(default_factory=list)
    made: Done | None = None
    deleted: Done | None = None


Where = Callable[[dict[str, Any]], object]


class Lives(list[Life]):
    """The lives of things of one kind, in the order in which they began. Each method gives those of them of which it is true."""

    def of(self, *things: str) -> Lives:
        """Those of these numbers."""
        return Lives(x for x in self if x.thing in things)

    def made(self) -> Lives:
        """Those that the student made."""
        return Lives(x for x in self if x.made)

    def deleted(self) -> Lives:
        """Those that the student deleted."""
        return Lives(x for x in self if x.deleted)

    def was(self, where: Where | None = None, **asked: Any) -> Lives:
        """Those that at some moment were as asked in all these fields at once, by the student's doing; `where` is given all fields."""
        return self._had(lambda life, version: True, where, asked)

    def became(self, where: Where | None = None, **asked: Any) -> Lives:
        """Those that a change of the student's made so, not the making. Without conditions: those that were changed."""
        return self._had(lambda life, version: version.done is not life.made, where, asked)

    def _had(self, which: Callable[[Life, Version], bool], where: Where | None, asked: dict[str, Any]) -> Lives:
        def holds(fields: dict[str, Any]) -> bool:
            return all(same(fields.get(k), v) for k, v in asked.items()) and (where is None or bool(where(fields)))

        return Lives(x for x in self if any(v.done.earns and which(x, v) and holds(v.fields) for v in x.versions))


#: By a name: the seed of what is true for this student and stays with whoever has the course's key; None where that is not at hand.
Withheld = Callable[[str], str | None]


def nothing(what: str) -> None:
    """Nothing that is withheld is known here."""


class Evidence:
    """What was done and the state it led to. `brief` is what this student was asked."""

    def __init__(self, look: Looking, done: Sequence[Done], code: str, withheld: Withheld = nothing):
        """look: the world as it stands after all that was done. code: the task that it is held against. withheld: `keys.withheld` of this world."""
        self.look = look
        self.brief = brief(look, code)
        self.withheld = withheld
        self._done = done

    def asked(self, *names: str, **renamed: str) -> dict[str, Any]:
        """What the brief asks, by the names of fields: `asked("title", product="gtin")` is title=brief["title"], product=brief["gtin"]."""
        return {name: self.brief[key] for name, key in ({n: n for n in names} | renamed).items()}

    def did(self, *names: str, where: Callable[[Done], object] | None = None, **arguments: Any) -> list[Done]:
        """The accepted entries of these commands, in order, without remembered "no"s and what the library did.

        arguments: values they must have had; names in any spelling (`same`). Raises KeyError for a command that there is not.
        """
        for name in names:
            COMMANDS[name]
        return [
            d
            for d in self._done
            if d.do in names and d.earns and all(same(d.arguments.get(k), v) for k, v in arguments.items()) and (where is None or where(d))
        ]

    def looked_up(
        self, *names: str, finds: Iterable[str] | None = None, where: Callable[[Done], object] | None = None, **arguments: Any
    ) -> list[Done]:  # fmt: skip
        """The queries of these names that found at least one row. finds: numbers, of which one must stand in a row."""
        found = [d for d in self.did(*names, where=where, **arguments) if len(d.result)]
        if finds is None:
            return found
        wanted = frozenset(finds)
        return [d for d in found if not wanted.isdisjoint(_cells(d.result))]

    def lives(
        self, make: str, change: str = "", delete: str = "", key: str = "", anew: bool = False, gave: Callable[[Any], str] = str
    ) -> Lives:  # fmt: skip
        """The things that these commands made, changed and deleted, with all that each was in between.

        key: the field by which change and delete name the thing; by default their first. A making that has no such field names it by its
        result. anew: a change writes every field anew; by default one that is left empty stays as it was. gave: the thing's number, given a
        making's result, where that is another: an order's, say.
        """
        key = key or COMMANDS[change or delete].params[0].name
        found = Lives()
        current: dict[str, Life] = {}
        for d in (d for d in self._done if d.do in (make, change, delete) and not d.declined):
            thing = str(d.arguments[key]) if key in d.arguments else gave(d.result)
            if d.do == make or thing not in current:
                current[thing] = Life(thing, made=d if d.do == make and d.earns else None)
                found.append(current[thing])
            life = current[thing]
            if d.do == delete:
                life.deleted = d if d.earns else None
                continue
            before = life.versions[-1].fields if life.versions else {}
            life.versions.append(Version(d, before | {k: v for k, v in d.arguments.items() if k != key and (anew or v not in (None, ""))}))
        return found


#: Whether a goal is met; where that cannot be told without the course's key, a Text says so, and the goal is open.
Met = Callable[[Evidence], object]


def did(*commands: str, **asked: str) -> Met:
    """A goal that an entry of these commands meets. asked: its fields, each with the key by which the brief says the value."""
    return lambda seen: seen.did(*commands, **seen.asked(**asked))


def looked_up(*queries: str, **asked: str) -> Met:
    """A goal that a query meets which found something. asked: as of `did`."""
    return lambda seen: seen.looked_up(*queries, **seen.asked(**asked))


def found_by(query: str, *conditions: str, finds: str = "") -> Met:
    """A goal that a query meets which found something with one of these conditions set. finds: the brief's key for what must stand in a row."""
    return lambda seen: [d for d in seen.looked_up(query, finds=[seen.brief[finds]] if finds else None) if not d.given.keys().isdisjoint(conditions)]


#: How each goal of a task is judged, by the task's code and the goal's name.
CHECKS: dict[str, dict[str, Met]] = {}
#: Variants of a task that are excused, with the reason (`excuse`), by its code.
EXCEPTIONS: dict[str, Mapping[str, str]] = {}
#: Arguments whose value a task makes the student find out, with where it is found (`sought`), by the task's code.
SOUGHT: dict[str, Mapping[str, str]] = {}
BRIEFS: dict[str, Callable[[Looking], dict[str, Any]]] = {}


def check(code: str, /, **goals: Met) -> None:
    """Declares how the goals of a task are judged, by their names in `tasks.toml`, which says them in words and what each is worth.

    Raises ValueError, naming the file and the task, if one of the two has a goal that the other has not.
    """
    task = tasks().get(code)
    if task is None:
        raise ValueError(f"{code} is checked, and no tasks.toml has it")
    place = f"{task.module}/tasks.toml: {code}"
    if code in CHECKS:
        raise ValueError(f"{place} is checked twice")
    said = {g.name for g in task.goals}
    if odd := [f"no check judges {name!r}" for name in said - goals.keys()] + [f"no text says {name!r}" for name in goals.keys() - said]:
        raise ValueError(f"{place}: {'; '.join(sorted(odd))}")
    CHECKS[code] = goals


def excuse(code: str, variants: Mapping[str, str]) -> None:
    """Declares beside the check the variants of a task in which points may follow something else than what its text names, each with the reason.

    A variant is a kind and what is varied, as the perturbation test names them: "A b2c.new_purchase.delivery_day" (tests/perturbed).
    """
    EXCEPTIONS[code] = variants


def sought(code: str, arguments: Mapping[str, str]) -> None:
    """Declares beside the check the arguments of a task whose value no text names, because finding it is what is asked; each with where it is found.

    An argument is a command and its field: "report.answer.answer". The perturbation test holds it like those that the text names: another value
    loses points, and a wrong one can be put right.
    """
    SOUGHT[code] = arguments


def complete() -> None:
    """Raises ValueError naming the tasks that nothing checks. Called when every module has declared its checks."""
    if missing := [f"{t.module}/tasks.toml: {code}" for code, t in tasks().items() if code not in CHECKS]:
        raise ValueError(f"nothing checks {', '.join(missing)}")


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


def shown(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A brief as its texts show it: names of the laboratory's data language by language (`names.both`)."""
    return {name: both(value) if isinstance(value, str) else value for name, value in asked.items()}


def brief(look: Looking, code: str) -> dict[str, Any]:
    """What this student is asked in this task; empty where everybody is asked the same."""
    return BRIEFS[code](look) if code in BRIEFS else {}
