"""Documents: each kind has a table of the moves it allows, and each document a history that is a path in it."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from ..kernel.audit import invariant
from ..kernel.command import STUDENT, choices
from ..kernel.doing import AUTO, Doing, Looking
from ..kernel.evidence import Evidence, Met
from ..kernel.names import both
from ..kernel.refusals import refusal
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Text
from . import access

NOT_FOUND = refusal(
    "not_found", "找不到{kind}“{number}”。请核对编号，或从列表中选择。", "There is no {kind} {number}. Check the number or choose it from the list."
)
NOT_YOURS = refusal(
    "not_yours",
    "{kind}“{number}”不属于当前登录的用户。请从列表中选择。",
    "The {kind} {number} does not belong to the user who is signed in. Choose one from the list.",
)
WRONG_STATE = refusal(
    "wrong_state",
    "{kind}“{number}”现处于“{state}”状态，不能改为“{wanted}”。请核对单据；现在可以改为：{moves}。",
    "The {kind} {number} is {state} and cannot become {wanted}. Check the document; from here it can become: {moves}.",
)


@dataclass(frozen=True)
class Kind:
    """A kind of document: the prefix of its numbers, its name, and from each state the states it may move to.

    module: the one that declares it, in whose words its states are said.
    """

    name: str
    prefix: str
    title: Text
    moves: Mapping[str, tuple[str, ...]]
    module: str = ""

    def said(self, state: str) -> Text:
        """A state in words."""
        return term(state, self.words)

    @property
    def words(self) -> str:
        """In whose words its states are said (`terms`)."""
        return f"{self.module}.{self.name}"

    @property
    def start(self) -> str:
        """The state in which such documents begin: the first of the table."""
        return next(iter(self.moves))


#: What an actor may choose: (look, actor) -> [(number, label)].
Choices = Callable[[Looking, str], list[tuple[str, Text | str]]]

KINDS: dict[str, Kind] = {}
_LISTENERS: dict[tuple[str, str], list[Callable[[Doing, Document], None]]] = {}
_LISTENERS_OF_MANY: dict[tuple[str, str], list[Callable[[Doing, Sequence[Document]], None]]] = {}


def kind(name: str, prefix: str, title: tuple[str, str], moves: Mapping[str, tuple[str, ...]], module: str = "") -> Kind:
    """Declares a kind of document. Every state that can be reached must stand in the table; `()` ends there.

    module: the one in whose words the states are said, by default the caller's.
    """
    if name in KINDS or any(k.prefix == prefix for k in KINDS.values()):
        raise ValueError(f"document kind {name!r} or prefix {prefix!r} is declared twice")
    if unknown := {s for to in moves.values() for s in to} - set(moves):
        raise ValueError(f"{name}: states without a row: {sorted(unknown)}")
    if not module:  # that of the caller, as a command's is that of its function
        module = sys._getframe(1).f_globals["__name__"].removeprefix("ecomlab.modules.").partition(".")[0]
    return KINDS.setdefault(name, Kind(name, prefix, Text(*title), moves, module))


def words_of(kind: str | None) -> str:
    """In whose words the states of a kind of document are said (`terms`); "" for a kind that nobody declares."""
    return KINDS[kind].words if kind in KINDS else ""


def on(kind: Kind, state: str) -> Callable[[Callable[[Doing, Document], None]], Callable[[Doing, Document], None]]:
    """Registers what another module does, in the same transaction, when a document of this kind enters this state."""

    def register(function: Callable[[Doing, Document], None]) -> Callable[[Doing, Document], None]:
        _LISTENERS.setdefault((kind.name, state), []).append(function)
        return function

    return register


def on_many(kind: Kind, state: str) -> Callable[[Callable[[Doing, Sequence[Document]], None]], Callable[[Doing, Sequence[Document]], None]]:
    """The same for what deals with many documents in as few statements as with one."""

    def register(function: Callable[[Doing, Sequence[Document]], None]) -> Callable[[Doing, Sequence[Document]], None]:
        _LISTENERS_OF_MANY.setdefault((kind.name, state), []).append(function)
        return function

    return register


@dataclass
class Document:
    """A document at hand, within one command."""

    do: Doing
    kind: Kind
    number: str
    state: str
    owner: str
    #: how many states it has been in, this one included
    step: int = 1

    def must_allow(self, state: str, field: str | None = None) -> None:
        """Refuses 'wrong_state', naming both states and the moves there are, unless it may move to that state."""
        allowed = self.kind.moves[self.state]
        if state not in allowed:
            moves = [self.kind.said(s) for s in allowed]
            none = Text("无（已终结）", "nothing (it is final)")
            raise WRONG_STATE(
                field,
                kind=self.kind.title,
                number=self.number,
                state=self.kind.said(self.state),
                wanted=self.kind.said(state),
                moves=Text("、".join(m.zh for m in moves), ", ".join(m.en for m in moves)) if moves else none,
            )

    def move_to(self, state: str, field: str | None = None) -> None:
        """Moves it to another state. Refuses as `must_allow`."""
        self.must_allow(state, field)
        self.state = state
        self.step += 1
        self.do.execute("update document set state = $state, step = $step where number = $number", state=state, step=self.step, number=self.number)
        _record(self)


def create(do: Doing, kind: Kind, owner: str, parent: str | None = None, number: str | None = None) -> Document:
    """A new document in the kind's first state. parent: the document it follows from, for tracing."""
    made = Document(do, kind, number or do.number(kind.prefix), kind.start, owner)
    do.execute(
        "insert into document values ($number, $kind, $state, 1, $owner, $day, $parent)",
        number=made.number, kind=kind.name, state=made.state, owner=owner, day=do.day, parent=parent,
    )  # fmt: skip
    _record(made)
    return made


def find(do: Doing, kind: Kind, number: str, field: str | None = None, owner: str | None = None) -> Document:
    """The document of that kind and number. Refuses 'not_found', and 'not_yours' if `owner` is given and differs."""
    # the kind is compared here: with a second condition DuckDB scans the table instead of asking the key
    row = do.one("select kind, state, owner, step from document where number = $number", number=number)
    if row is None or row.kind != kind.name:
        raise NOT_FOUND(field, kind=kind.title, number=number)
    if owner is not None and row.owner != owner:
        raise NOT_YOURS(field, kind=kind.title, number=number)
    return Document(do, kind, number, row.state, row.owner, row.step)


def _record(made: Document) -> None:
    do = made.do
    do.execute(
        "insert into document_history values ($number, $step, $state, $day, $n, $acted)",
        number=made.number, step=made.step, state=made.state, day=do.day, n=do.evidence, acted=do.by,
    )  # fmt: skip
    heard(do, [made])


def heard(do: Doing, made: Sequence[Document]) -> None:
    """Lets those know who listen for documents' coming into the states in which they are (`on`, `on_many`)."""
    for document in made:
        for listener in do.scenario.those(_LISTENERS.get((document.kind.name, document.state), ())):
            listener(do, document)
    for key in dict.fromkeys((document.kind.name, document.state) for document in made):
        for together in do.scenario.those(_LISTENERS_OF_MANY.get(key, ())):
            together(do, [d for d in made if (d.kind.name, d.state) == key])


def label(parts: Iterable[Any]) -> str:
    """What a list of choices says of a row: its parts, money as CNY, without those that are empty."""
    return " · ".join(f"¥{p:,}" if isinstance(p, Decimal) else str(p) for p in parts if p not in (None, ""))


def offer(
    name: str, kind: Kind, *states: str, of: str, whose: str = "", where: str = "", shows: str = "d.day", on: str = "t.number = d.number",
    order: str = "d.number desc", stated: bool = False, words: Mapping[str, Callable[[Looking, str], Text]] | None = None,
) -> Choices:  # fmt: skip
    """Registers as choices the documents of a kind in some states (none named: all): number and what is shown of it; 500 at the most.

    of: the table that says more of the document `d`; it is `t` in the others, which are SQL. on: how the two belong together.
    whose: the column of `t` that holds the actor. where: what else must hold; `$actor` may stand in it. stated: the state is shown too.
    words: how columns that hold codes are said, by name.
    """
    conditions = ["d.kind = $kind", "list_contains($states, d.state)", *([f"t.{whose} = $actor"] if whose else []), *([where] if where else [])]
    sql = f"select d.number, {shows}, d.state from document d join {of} t on {on} where {' and '.join(conditions)} order by {order} limit 500"

    @choices(name)
    def offered(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
        rows = look.all(sql, kind=kind.name, states=list(states or kind.moves), **({"actor": actor} if "$actor" in sql else {}))
        return [(r[0], _label(look, r, kind if stated else None, words or {})) for r in rows]

    return offered


def _label(look: Looking, row: Any, stated: Kind | None, words: Mapping[str, Callable[[Looking, str], Text]]) -> Text:
    """What a list says of a row whose last column is the state."""
    parts: list[Any] = [
        words[name](look, part) if name in words and part else both(part) if isinstance(part, str) else part
        for name, part in zip(row.columns[:-1], row[:-1], strict=True)
    ]
    if stated:
        parts.append(stated.said(row[-1]))
    return Text(*(label(p[i] if isinstance(p, Text) else p for p in parts) for i in (0, 1)))


def made_here(look: Looking, kind: Kind) -> set[str]:
    """The documents of a kind that the student's own entries have made, not the prologue or the library."""
    rows = look.all(
        "select d.number from document d join document_history h on h.document = d.number where d.kind = $kind and h.step = 1 and h.entry > 0",
        kind=kind.name,
    )
    return {r.number for r in rows}


def furthest(look: Looking, kind: Kind) -> str | None:
    """Of the documents of a kind that the student made or moved, the one that has been through most states, and of these the one moved last.

    Gives None as long as there is none. What the cast or the clock did within the student's entries is not the student's.
    """
    moves = look.all(
        """select d.number, h.acted from document d join document_history h on h.document = d.number
           where d.kind = $kind and h.entry > 0 and h.acted <> $clock order by d.step desc, h.entry desc, d.number desc""",
        kind=kind.name, clock=STUDENT.name,
    )  # fmt: skip
    return next((r.number for r in moves if not access.played(look, r.acted)), None)


def history(look: Looking, number: str) -> Table:
    """How a document got where it is: step, state, day, entry (of the student's; what came before them or by itself has none), acted."""
    made = look.table(
        """select step, state, day, case when entry > 0 and not ends_with(acted, $auto) then entry end as entry, replace(acted, $auto, '') as acted
           from document_history where document = $number order by step""",
        number=number, auto=AUTO,
    )  # fmt: skip
    # the states in their kind's words, the headings in nobody's: to a return desk an entry is something else
    made.module = [words_of(look.value("select kind from document where number = $number", number=number))] * len(made)
    return made


class Move(NamedTuple):
    """A document's coming into a state, at entry `n`, on a business day."""

    number: str
    state: str
    n: int
    day: datetime.date

    @property
    def about(self) -> frozenset[str]:
        """The document, as evidence names it (`evidence.after`)."""
        return frozenset({self.number})


def moved(seen: Evidence, kind: str, *states: str) -> list[Move]:
    """The moves of documents of a kind into one of these states that the student's own entries made, in order.

    What a document went through stays, wherever it stands now. What the cast did of its own within such an entry, as customers order when a shop opens, is
    not among them. Raises KeyError for a kind or a state that there is not.
    """
    for state in states:
        KINDS[kind].moves[state]
    rows = seen.look.all(
        """select h.document as number, h.state, h.entry, h.day, h.acted from document_history h join document d on d.number = h.document
           where h.entry > 0 and d.kind = $kind and list_contains($states, h.state) order by h.entry, h.document, h.step""",
        kind=kind, states=list(states),
    )  # fmt: skip
    cast = {by for by in {r.acted for r in rows} if access.played(seen.look, by)}
    return [Move(*row[:4]) for row in rows if row.acted not in cast]


def came_to(kind: str, *states: str) -> Met:
    """A goal that documents of a kind meet which the student's own entries brought into one of these states (`moved`)."""
    return lambda seen: moved(seen, kind, *states)


def postings(look: Looking, number: str) -> Table:
    """What was posted on a document: number (of the ledger entry), day, text, name (of the owner), account, debit, credit; texts in both languages."""
    rows = look.all(
        """select e.number, e.day, e.text, m.name, p.owner, p.account, a.zh, a.en,
                  greatest(p.amount, 0)::decimal(18,2) as debit, greatest(-p.amount, 0)::decimal(18,2) as credit
           from ledger_entry e join posting p on p.entry = e.number join ledger_account a using (account) left join member m on m.number = p.owner
           where e.document = $number order by e.number, p.line""",
        number=number,
    )
    names = {r.owner: both(r.name) if r.name else term(r.owner.lower()) for r in rows}
    said = [(r.number, r.day, both(r.text), names[r.owner], Text(f"{r.account} {r.zh}", f"{r.account} {r.en}"), r.debit, r.credit) for r in rows]
    return Table(("number", "day", "text", "name", "account", "debit", "credit"), said)


def trace(look: Looking, number: str) -> Table:
    """The whole chain that a document belongs to: from the document where it began, all that followed from it.

    depth (0: where it began), number, kind, state, day, parent, ledger_entries (the numbers of the entries posted on it),
    amount (the document's own, CNY: what was sold by it, tax included, else the largest sum that an entry on it moved into one account of one owner).
    Each document stands below its parent. Refuses 'not_found'.
    """
    if look.value("select 1 from document where number = $number", number=number) is None:
        raise NOT_FOUND("number", kind=Text("单据", "document"), number=number[:40])
    made = look.table(
        """
        with recursive up as (
            select number, parent, 0 as height from document where number = $number
            union all select d.number, d.parent, up.height + 1 from up join document d on d.number = up.parent where up.height < 100
        ), chain as (
            select number, 0 as depth, [number] as path from (select number from up order by height desc limit 1)
            union all select d.number, c.depth + 1, list_append(c.path, d.number) from chain c join document d on d.parent = c.number where c.depth < 100
        ), moved as (
            select e.document, e.number, sum(greatest(p.amount, 0)) as amount
            from ledger_entry e join posting p on p.entry = e.number where e.document in (select number from chain)
            group by e.document, e.number, p.owner, p.account, p.sub
        ), posted as (
            select document, array_to_string(list_sort(list(distinct number)), ', ') as entries, max(amount) as amount from moved group by 1
        ), sold as (
            select document, abs(sum(revenue + tax)) as amount from sale_line where document in (select number from chain) group by 1
            having bool_or(quantity <> 0)
        )
        select c.depth, d.number, d.kind, d.state, d.day, d.parent, p.entries as ledger_entries,
               coalesce(nullif(s.amount, 0), p.amount)::decimal(18,2) as amount
        from chain c join document d using (number) left join posted p on p.document = d.number left join sold s on s.document = d.number order by c.path""",
        number=number,
    )
    made.module = [words_of(r.kind) for r in made]
    return made


@invariant("document_paths", "每份单据的经历都是其状态表中的一条路径", "Every document's history is a path of its transition table")
def _paths(look: Looking) -> list[str]:
    found = []
    previous: dict[str, str] = {}
    rows: list[Any] = look.all(
        "select d.number, d.kind, d.state as now, h.state from document d join document_history h on h.document = d.number order by d.number, h.step"
    )
    last: dict[str, tuple[str, str]] = {}
    for row in rows:
        table = KINDS[row.kind].moves
        before = previous.get(row.number)
        good = row.state in table[before] if before else row.state == KINDS[row.kind].start
        if not good:
            found.append(f"{row.number}: {before} -> {row.state}")
        previous[row.number] = row.state
        last[row.number] = (row.state, row.now)
    found += [f"{number}: history ends in {end}, the document is {now}" for number, (end, now) in last.items() if end != now]
    return found
