"""Open items on a page, owed or owing: how long they are overdue, by whom, and when they fall due."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.texts import Text
from .bars import Bar, Ranked, ranked_height
from .books import ZERO, rows_of
from .page import Filter, Panel, Source, Where, headline
from .plots import BLUE, ORANGE, RED, SKY

#: How long overdue: the last day of each class; the colours go from calm to alarm.
CLASSES = (
    (0, Text("未到期", "Not due"), BLUE),
    (30, Text("逾期 1–30 天", "1–30 days overdue"), SKY),
    (60, Text("31–60 天", "31–60 days"), ORANGE),
    (100_000, Text("60 天以上", "Over 60 days"), RED),
)
SHOWN = 7
#: How many weeks a page looks ahead.
WEEKS = 4

AS_OF = Filter("to_day", Text("截至", "As of"), "day", default=lambda look: look.day.isoformat())


class Item(NamedTuple):
    """An open item. due: the day by which it is to be paid, the day it arose where nothing was agreed; late: days since then."""

    document: str
    party: str
    party_name: Text
    day: datetime.date
    due: datetime.date
    late: int
    amount: Decimal
    open: Decimal

    @property
    def age_class(self) -> int:
        return next(i for i, (last, _, _) in enumerate(CLASSES) if self.late <= last)


def items_of(look: Source, where: Where, report: str) -> list[Item]:
    """What is open on the last day, of the report 'payables' or 'receivables'. What arose before the period and is still open counts."""
    return [
        Item(r.document, r.other_party, both(r.other_party_name), r.day, due, (where.to_day - due).days, r.amount, r.open_amount)
        for r, due in ((r, r.due_day or r.day) for r in rows_of(look, report, where, start=None))
    ]


def whole_of(items: Sequence[Item]) -> Decimal:
    return sum((i.open for i in items), ZERO)


class Ages(NamedTuple):
    """Who owes or is owed, those with most first: each one's items, and what of them is overdue."""

    by_party: dict[str, list[Item]]
    late: dict[str, Decimal]

    @classmethod
    def of(cls, items: Sequence[Item]) -> Ages:
        parties: dict[str, list[Item]] = {}
        for i in items:
            parties.setdefault(i.party, []).append(i)
        ranked = sorted(parties, key=lambda p: (-whole_of(parties[p]), p))
        return cls({p: parties[p] for p in ranked}, {p: whole_of([i for i in parties[p] if i.late > 0]) for p in ranked})

    def name(self, party: str) -> Text:
        return self.by_party[party][0].party_name

    def plot(self) -> Ranked:
        """Each party's bar, by how long it is overdue."""
        bars = tuple(
            Bar(self.name(p), tuple(whole_of([i for i in found if i.age_class == k]) for k in range(len(CLASSES))), p)
            for p, found in list(self.by_party.items())[:SHOWN]
        )
        return Ranked(bars, tuple(name for _, name, _ in CLASSES), tuple(colour for _, _, colour in CLASSES))

    def behind(self, key: str) -> Table:
        """The items of a mark of that plot."""
        party, _, part = key.partition("|")
        return table_of([i for i in self.by_party[party] if i.age_class == int(part)])


class Said(NamedTuple):
    """How a page speaks of ages: of whom most is overdue and who is first where nothing is, each with a share and without; what its bars are."""

    late: Text
    latest: Text
    due: Text
    most: Text
    bars: Text


def ageing(items: Sequence[Item], said: Said, least: float = 0.0) -> Panel:
    """What is open by party, by how long it is overdue. least: the height in inches that it has at least."""
    ages = Ages.of(items)
    worst, first = max(ages.late, key=lambda p: ages.late[p]), next(iter(ages.by_party))
    if ages.late[worst] > 0:
        title = headline(*said.late, ages.late[worst], sum(ages.late.values(), ZERO), said.latest, who=ages.name(worst))
    else:
        title = headline(*said.due, whole_of(ages.by_party[first]), whole_of(items), said.most, who=ages.name(first))
    plot = ages.plot()
    return Panel("ageing", title, said.bars, plot, "wide", max(least, ranked_height(len(plot.bars), len(CLASSES))), ages.behind)


def by_week(items: Sequence[Item], today: datetime.date) -> list[tuple[Text, list[Item]]]:
    """What is overdue, what falls due in each of the next weeks, and what later, each with its name."""
    classes = [(Text("已逾期", "Overdue"), [i for i in items if i.late > 0])]
    for w in range(WEEKS):
        first = today + datetime.timedelta(days=7 * w)
        label = Text(f"{first.month}/{first.day}起", f"{first.day} {first:%b}")
        classes.append((label, [i for i in items if first <= i.due <= first + datetime.timedelta(days=6)]))
    return [*classes, (Text("更晚", "Later"), [i for i in items if i.due > today + datetime.timedelta(days=7 * WEEKS - 1)])]


def table_of(items: Sequence[Item]) -> Table:
    made = [(i.document, i.party_name, i.day, i.due, max(0, i.late), i.amount, i.open) for i in sorted(items, key=lambda i: (-i.late, i.document))]
    return Table(("document", "other_party_name", "day", "due_day", "days_overdue", "amount", "open_amount"), made)
