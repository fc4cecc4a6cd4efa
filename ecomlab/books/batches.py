"""Many at once: the set-based forms of what the books do one by one, for a day's trade of many orders in few statements.

Each leaves the rows that its single form leaves (`ledger.post`, `documents.create` and `move_to`, `stock.reserve` and `issue`, `sales.sell`), in the
order in which the things are given; `tests/test_live.py` holds them against each other. The caller has checked what the single forms refuse.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..kernel.doing import AUTO, Doing, Looking
from . import costing, ledger, stock
from .costing import Layer
from .documents import Document, Kind, heard
from .ledger import Line
from .sales import Item


class Entry(NamedTuple):
    """A ledger entry to be posted."""

    kind: str
    text: str
    lines: Sequence[Line]
    document: str | None = None


class Journey(NamedTuple):
    """A document to be made, with the states that it goes through at once and who brings it into each (as `Doing.by`)."""

    number: str
    owner: str
    steps: Sequence[tuple[str, str]]
    parent: str | None = None


class Sale(NamedTuple):
    """What is sold on a document, with who sells and buys."""

    document: str
    seller: str
    buyer: str | None
    items: Sequence[Item]


class Issued(NamedTuple):
    """What goods that left had cost, by document and product, and the entries to be posted for it."""

    costs: dict[tuple[str, str], Decimal]
    entries: list[Entry]


def post(do: Doing, entries: Sequence[Entry]) -> list[int]:
    """Posts ledger entries; gives their numbers. Raises ValueError as `ledger.post` does."""
    numbers, postings = [], []
    moved: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        ledger.check(entry.kind, entry.lines)
        number = do.count("ledger")
        numbers.append(number)
        for i, line in enumerate(entry.lines, start=1):
            postings.append((number, i, line.owner, line.account, line.sub, line.amount))
            moved[line.owner, line.account, line.sub] += line.amount
    rows = [(n, e.kind, do.day, do.moment, e.text, e.document, None) for n, e in zip(numbers, entries, strict=True)]
    do.insert("ledger_entry", rows)
    do.insert("posting", postings)
    do.insert("ledger_balance", [(*key, amount) for key, amount in moved.items()], otherwise="do update set balance = balance + excluded.balance")
    return numbers


def create(do: Doing, kind: Kind, journeys: Sequence[Journey]) -> None:
    """Makes documents of a kind and brings each through its states. Raises ValueError for a path that the kind does not have."""
    rows, past = [], []
    for j in journeys:
        states = [state for state, _ in j.steps]
        if states[0] != kind.start or any(b not in kind.moves[a] for a, b in zip(states, states[1:], strict=False)):
            raise ValueError(f"{kind.name}: no such path: {states}")
        rows.append((j.number, kind.name, states[-1], len(states), j.owner, do.day, j.parent))
        past += [(j.number, step, state, do.day, _evidence(do, by), by) for step, (state, by) in enumerate(j.steps, start=1)]
    do.insert("document", rows)
    do.insert("document_history", past)
    for j in journeys:
        for step, (state, _) in enumerate(j.steps, start=1):
            heard(Document(do, kind, j.number, state, j.owner, step))


def _evidence(do: Doing, by: str) -> int:
    return -do.n if by.endswith(AUTO) else do.n


def reserve(do: Doing, owner: str, place: str, goods: Sequence[tuple[str, str, int]]) -> None:
    """Promises pieces of an owner's products to documents: (document, product, quantity), a document and product once. They are free."""
    do.insert("stock_reservation", [(document, owner, place, product, quantity) for document, product, quantity in goods])
    taken: dict[str, int] = defaultdict(int)
    for _, product, quantity in goods:
        taken[product] += quantity
    _change(do, [(owner, place, product, 0, quantity, 0) for product, quantity in taken.items()])


def issue(do: Doing, owner: str, place: str, account: str, moves: Sequence[tuple[str, str, Sequence[stock.Goods]]]) -> Issued:
    """Goods of one owner leave the books for `account` at cost, move after move of (document, text, goods), a document and product once.

    The pieces are free.
    """
    for document, text, goods in moves:
        stock.leaving(do, stock.Move(owner, place, goods, text, document))
    products = sorted({g.product for _, _, goods in moves for g in goods})
    before = _layers(do, owner, products)
    now = {product: list(layers) for product, layers in before.items()}
    movements, entries, costs = [], [], {}
    gone: dict[str, int] = defaultdict(int)
    for document, text, goods in moves:
        cost = rounding = Decimal("0.00")
        for g in goods:
            taken = costing.take(now[g.product], g.quantity)
            now[g.product], costs[document, g.product] = taken.left, taken.cost
            movements.append(("issue", g.product, -g.quantity, -taken.cost, document))
            if taken.rounding:
                movements.append(("rounding", g.product, 0, -taken.rounding, document))
            gone[g.product] += g.quantity
            cost, rounding = cost + taken.cost, rounding + taken.rounding
        lines = [Line(owner, account, cost), Line(owner, stock.STOCK, -cost - rounding), *([Line(owner, stock.ROUNDING, rounding)] if rounding else [])]
        if any(line.amount for line in lines):
            entries.append(Entry("stock_issue", text, lines, document))
    do.insert(
        "stock_movement",
        [(do.count("stock"), kind, do.day, do.moment, owner, place, product, stock.ON_HAND, quantity, value, document)
         for kind, product, quantity, value, document in movements],
    )  # fmt: skip
    left = [(owner, product, "", "", *layer) for product in products for layer in now[product] if layer not in before[product]]
    used = [(product, x.seq) for product in products for x in before[product] if x.seq not in {y.seq for y in now[product]}]
    do.insert("stock_layer", left, otherwise="do update set quantity = excluded.quantity, unit_cost = excluded.unit_cost, value = excluded.value")
    for product, seq in used:
        do.execute("delete from stock_layer where owner = $o and product = $p and held = '' and seq = $s", o=owner, p=product, s=seq)
    _change(do, [(owner, place, product, -quantity, 0, 0) for product, quantity in gone.items()])
    return Issued(costs, entries)


def _layers(look: Looking, owner: str, products: Sequence[str]) -> dict[str, list[Layer]]:
    rows = look.all(
        """select product, seq, quantity, unit_cost, value from stock_layer
           where owner = $owner and held = '' and list_contains($products, product) order by product, seq""",
        owner=owner, products=list(products),
    )  # fmt: skip
    found: dict[str, list[Layer]] = {product: [] for product in products}
    for r in rows:
        found[r.product].append(Layer(r.seq, r.quantity, r.unit_cost, r.value))
    return found


def _change(do: Doing, rows: Sequence[tuple[str, str, str, int, int, int]]) -> None:
    """Moves the running figures: owner, place, product, and the pieces on hand, reserved and in transit that come."""
    do.insert(
        "stock_level",
        rows,
        otherwise="do update set on_hand = on_hand + excluded.on_hand, reserved = reserved + excluded.reserved, in_transit = in_transit + excluded.in_transit",
    )


def sold(do: Doing, sales: Iterable[Sale], channel: str) -> None:
    """Writes the sale lines of goods whose cost stands in each item; their entries are the caller's to post."""
    do.insert(
        "sale_line",
        [(do.day, s.document, s.seller, s.buyer, i.product, i.quantity, i.revenue, i.tax, i.cost, channel) for s in sales for i in s.items],
    )  # fmt: skip


def due(do: Doing, rows: Sequence[tuple[str, str, datetime.date | None]]) -> None:
    """By when what is owed on documents is to be paid, and with which document each makes one open item: (document, item, day)."""
    do.insert("due_line", rows)
