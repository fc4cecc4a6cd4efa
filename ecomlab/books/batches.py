"""Many at once: the set-based forms of what the books do one by one, for a day's trade of many orders in few statements.

A `Batch` gathers what is booked and writes it in one statement for each table; what sales need to know of products, it reads once. Each of its methods
leaves the rows that its single form leaves (`ledger.post`, `documents.create` and `move_to`, `stock.reserve`, `issue` and `receive`, `sales.sell`), in the
order in which the things are given; `tests/test_live.py` holds them against each other. The caller has checked what the single forms refuse.
"""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..kernel.doing import AUTO, Doing, Looking
from . import costing, ledger, stock, tax
from .costing import Layer
from .documents import Document, Kind, heard
from .ledger import Line
from .sales import Channel, Item


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


class Batch:
    """What is booked together, in a `with` block. Nothing of it stands in any table before the block ends, so the caller reads first and books then."""

    def __init__(self, do: Doing):
        self.do = do
        self._rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
        self._balances: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        self._levels: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._layers: dict[str, _Layers] = {}
        self._moved: dict[str, list[str]] = defaultdict(list)
        self._entered: list[Document] = []

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._write()

    @functools.cached_property
    def products(self) -> list[Any]:
        """All products of the world, by GTIN."""
        return self.do.all("select * from product order by gtin")

    @functools.cached_property
    def rates(self) -> dict[str, Decimal]:
        """As `tax.rates`, of all products."""
        return tax.rates_of(self.do, {p.gtin: p.product_category for p in self.products})

    def so_far(self, owner: str, account: str, sub: str = "") -> Decimal:
        """By how much this batch will change a ledger balance."""
        return self._balances.get((owner, account, sub), Decimal("0.00"))

    def add(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Rows of any table, each with a value for every column."""
        self._rows[table] += rows

    def _write(self) -> None:
        """A statement for each table; then those who listen to documents are told."""
        for table, rows in self._rows.items():
            self.do.insert(table, rows)
        for state, numbers in self._moved.items():
            self.do.execute("update document set state = $state, step = step + 1 where list_contains($numbers, number)", state=state, numbers=numbers)
        balances = [(*key, amount) for key, amount in self._balances.items()]
        self.do.insert("ledger_balance", balances, otherwise="do update set balance = balance + excluded.balance")
        levels = [(*key, *pieces, 0) for key, pieces in self._levels.items()]
        self.do.insert("stock_level", levels, otherwise="do update set on_hand = on_hand + excluded.on_hand, reserved = reserved + excluded.reserved")
        for layers in self._layers.values():
            layers.write(self.do)
        heard(self.do, self._entered)

    # --- money and documents ---------------------------------------------------------------------------------------------------

    def post(self, entries: Sequence[Entry]) -> list[int]:
        """Posts ledger entries; gives their numbers. Raises ValueError as `ledger.post` does."""
        numbers = []
        for entry in entries:
            ledger.check(entry.kind, entry.lines)
            number = self.do.count("ledger")
            numbers.append(number)
            self._rows["ledger_entry"].append((number, entry.kind, self.do.day, self.do.moment, entry.text, entry.document, None))
            for i, line in enumerate(entry.lines, start=1):
                self._rows["posting"].append((number, i, line.owner, line.account, line.sub, line.amount))
                self._balances[line.owner, line.account, line.sub] += line.amount
        return numbers

    def create(self, kind: Kind, journeys: Iterable[Journey]) -> None:
        """Makes documents of a kind and brings each through its states. Raises ValueError for a path that the kind does not have."""
        day = self.do.day
        for j in journeys:
            states = [state for state, _ in j.steps]
            if states[0] != kind.start or any(b not in kind.moves[a] for a, b in zip(states, states[1:], strict=False)):
                raise ValueError(f"{kind.name}: no such path: {states}")
            self._rows["document"].append((j.number, kind.name, states[-1], len(states), j.owner, day, j.parent))
            for step, (state, by) in enumerate(j.steps, start=1):
                self._enter(Document(self.do, kind, j.number, state, j.owner, step), by)

    def move(self, kind: Kind, state: str, documents: Iterable[tuple[str, str, str, int]], by: str) -> None:
        """Moves documents, of (number, owner, the state and the step in which they are), to another state. Raises ValueError for a move that there is not."""
        for number, owner, now, step in documents:
            if state not in kind.moves[now]:
                raise ValueError(f"{kind.name}: no such path: {now}, {state}")
            self._moved[state].append(number)
            self._enter(Document(self.do, kind, number, state, owner, step + 1), by)

    def _enter(self, document: Document, by: str) -> None:
        evidence = -self.do.n if by.endswith(AUTO) else self.do.n
        self._rows["document_history"].append((document.number, document.step, document.state, self.do.day, evidence, by))
        self._entered.append(document)

    # --- goods -----------------------------------------------------------------------------------------------------------------

    def reserve(self, owner: str, place: str, goods: Iterable[tuple[str, str, int]]) -> None:
        """Promises pieces of an owner's products to documents: (document, product, quantity), a document and product once. They are free."""
        for document, product, quantity in goods:
            self._rows["stock_reservation"].append((document, owner, place, product, quantity))
            self._levels[owner, place, product][1] += quantity

    def issue(self, owner: str, place: str, account: str, moves: Iterable[tuple[str, str, Sequence[stock.Goods]]]) -> dict[tuple[str, str], Decimal]:
        """Goods of one owner leave the books for `account` at cost, move after move of (document, text, goods), a document and product once.

        The pieces are free. Gives what they had cost, by document and product.
        """
        costs = {}
        for document, text, goods in moves:
            stock.leaving(self.do, stock.Move(owner, place, goods, text, document))
            cost = rounding = Decimal("0.00")
            for g in goods:
                taken = self._of(owner).take(g.product, g.quantity)
                costs[document, g.product] = taken.cost
                self._movement("issue", owner, place, g.product, -g.quantity, -taken.cost, document)
                if taken.rounding:
                    self._movement("rounding", owner, place, g.product, 0, -taken.rounding, document)
                cost, rounding = cost + taken.cost, rounding + taken.rounding
            lines = [Line(owner, account, cost), Line(owner, stock.STOCK, -cost - rounding), *([Line(owner, stock.ROUNDING, rounding)] if rounding else [])]
            if any(line.amount for line in lines):
                self.post([Entry("stock_issue", text, lines, document)])
        return costs

    def receive(self, owner: str, place: str, account: str, moves: Iterable[tuple[str, str, Sequence[stock.Goods]]], kind: str) -> None:
        """Goods come in at the value that each line states, move after move of (document, text, goods), a document and product once; as `stock.receive`."""
        for document, text, goods in moves:
            for g in goods:
                number = self._movement(kind, owner, place, g.product, g.quantity, g.value, document)
                self._of(owner).put(g.product, number, g.quantity, g.value)
            total = sum((g.value for g in goods), Decimal("0.00"))
            if total:
                self.post([Entry("stock_receipt", text, [Line(owner, stock.STOCK, total), Line(owner, account, -total)], document)])

    def _of(self, owner: str) -> _Layers:
        if owner not in self._layers:
            self._layers[owner] = _Layers(self.do, owner)
        return self._layers[owner]

    def _movement(self, kind: str, owner: str, place: str, product: str, quantity: int, value: Decimal, document: str) -> int:
        number = self.do.count("stock")
        self._rows["stock_movement"].append((number, kind, self.do.day, self.do.moment, owner, place, product, stock.ON_HAND, quantity, value, document))
        self._levels[owner, place, product][0] += quantity
        return number

    # --- sales -----------------------------------------------------------------------------------------------------------------

    def sold(self, sales: Iterable[Sale], channel: Channel) -> None:
        """Writes the sale lines of goods whose cost stands in each item; their entries are the caller's to post."""
        self._rows["sale_line"] += [
            (self.do.day, s.document, s.seller, s.buyer, i.product, i.quantity, i.revenue, i.tax, i.cost, channel) for s in sales for i in s.items
        ]

    def due(self, rows: Iterable[tuple[str, str, datetime.date | None]]) -> None:
        """By when what is owed on documents is to be paid, and with which document each makes one open item: (document, item, day)."""
        self._rows["due_line"] += rows


class _Layers:
    """What an owner has on hand at what cost, read once; only what changed is written."""

    def __init__(self, look: Looking, owner: str):
        self._look, self._owner = look, owner
        self._before: dict[str, list[Layer]] = defaultdict(list)
        for r in look.all(
            "select product, seq, quantity, unit_cost, value from stock_layer where owner = $owner and held = '' order by product, seq", owner=owner
        ):
            self._before[r.product].append(Layer(r.seq, r.quantity, r.unit_cost, r.value))
        self._now: dict[str, list[Layer]] = {}

    @functools.cached_property
    def _method(self) -> str:
        return stock.method_of(self._look, self._owner)

    def take(self, product: str, quantity: int) -> costing.Taken:
        taken = costing.take(self._now.get(product, self._before[product]), quantity)
        self._now[product] = taken.left
        return taken

    def put(self, product: str, seq: int, quantity: int, value: Decimal) -> None:
        self._now[product] = costing.add(self._now.get(product, self._before[product]), self._method, seq, quantity, value)

    def write(self, do: Doing) -> None:
        changed = [(self._owner, product, "", "", *x) for product, layers in self._now.items() for x in layers if x not in self._before[product]]
        do.insert("stock_layer", changed, otherwise="do update set quantity = excluded.quantity, unit_cost = excluded.unit_cost, value = excluded.value")
        for product, layers in self._now.items():
            for seq in {x.seq for x in self._before[product]} - {x.seq for x in layers}:
                do.execute("delete from stock_layer where owner = $o and product = $p and held = '' and seq = $s", o=self._owner, p=product, s=seq)
