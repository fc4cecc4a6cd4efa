"""The stock books: what every owner has, where, how much of it is promised or on its way, and what it is worth.

Quantities are whole pieces, kept per owner, place and product as running figures; a movement is never edited. Value
is kept per owner and product, by moving average or, by the owner's choice, first in first out (`costing`). Every
movement that has value posts to the ledger: goods on hand are account 1405, goods on their way 1406, and the other
side is the account that the caller names. Places are warehouses and shops; whoever keeps them need not own the goods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from ..kernel.doing import Doing, Looking
from ..kernel.refusals import refusal
from ..kernel.terms import term
from . import costing, layers, ledger
from .costing import FIFO, METHODS, MOVING_AVERAGE, Layer, money
from .layers import method_of
from .products import add_product, checked, checked_gtin, each_once, open_catalogue, product

STOCK = "1405"
IN_TRANSIT = "1406"
#: Where rounding differences go when a layer is used up: administrative expenses.
ROUNDING = "6602"
LOSSES = "6711"

ON_HAND = "on_hand"
ON_THE_WAY = "in_transit"

SHORT = refusal(
    "short_stock",
    "“{product}”在{place}可用 {free} 件（库存 {on_hand}，已预留 {reserved}），不足 {wanted} 件。请减少数量，或先补货、调拨。",
    "Not enough {product} at {place}: {wanted} wanted, {free} free ({on_hand} on hand, {reserved} reserved). "
    "Enter a smaller quantity, or restock or transfer first.",
)
NOT_IN_TRANSIT = refusal(
    "not_in_transit",
    "单据 {document} 名下在途的“{product}”只有 {there} 件，不足 {wanted} 件。请减少数量。",
    "Not enough {product} in transit under {document}: {wanted} wanted, {there} there. Enter a smaller quantity.",
)
METHOD_FIXED = refusal(
    "method_fixed",
    "已有库存，计价方法不能更改。请在第一次入库之前选择。",
    "There are goods in stock already, so the costing method cannot change. Choose it before the first receipt.",
)
SAME_METHOD = refusal("same_method", "计价方法已经是“{method}”，请选择另一种。", "The costing method is already {method}. Choose the other one.")


class Goods(NamedTuple):
    """So many pieces of a product. value: what they are worth in all, where goods come from outside the books."""

    product: str
    quantity: int
    value: Decimal = Decimal("0.00")


@dataclass(frozen=True)
class Move:
    """Goods of an owner that come to a place or leave it, with the text of the posting and the document on which it happens.

    place: '' for goods that are on their way and leave it, wherever they were going.
    reserved_by: the document that had reserved them; its reservation is consumed.
    field: of the command, which a refusal names.
    """

    owner: str
    place: str
    goods: Iterable[Goods]
    text: str
    document: str | None = None
    reserved_by: str | None = None
    field: str | None = None

    @property
    def under(self) -> str:
        """The document under which the goods are on their way; without one nobody would find them again."""
        if not self.document:
            raise ValueError(f"goods on their way under no document: {self}")
        return self.document


class Level(NamedTuple):
    """What an owner has of a product at a place; `free` is what may still be promised or taken."""

    on_hand: int
    reserved: int
    in_transit: int

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved


# --- places and owners -------------------------------------------------------------------------------------------------


def open_place(do: Doing, kind: str, keeper: str, name: str) -> str:
    """A new place where goods can lie ('warehouse', 'store'), kept by a member. Returns its number."""
    number = do.number("WH" if kind == "warehouse" else "ST")
    do.execute("insert into stock_place values ($number, $kind, $keeper, $name)", number=number, kind=kind, keeper=keeper, name=name)
    return number


def choose_method(do: Doing, owner: str, method: str, field: str | None = None) -> None:
    """How an owner's stock is valued: 'moving_average' (what holds without a choice) or 'fifo'. Refuses 'method_fixed'."""
    if method not in METHODS:
        raise ValueError(f"no costing method {method!r}")
    if do.value("select 1 from stock_layer where owner = $owner limit 1", owner=owner) is not None:
        raise METHOD_FIXED(field)
    do.execute("insert into stock_owner values ($owner, $method) on conflict do update set method = excluded.method", owner=owner, method=method)


def change_method(do: Doing, owner: str, method: str, field: str | None = None) -> Decimal:
    """Values an owner's stock by another method from now on, though there are goods; gives what they are worth. Refuses 'same_method'.

    The change looks ahead only (CAS 28, prospective application): nothing is posted, and what is there keeps its value. Under
    moving average its layers become one; under FIFO what is there is the oldest layer.
    """
    if method not in METHODS:
        raise ValueError(f"no costing method {method!r}")
    if method == method_of(do, owner):
        raise SAME_METHOD(field, method=term(method))
    do.execute("insert into stock_owner values ($owner, $method) on conflict do update set method = excluded.method", owner=owner, method=method)
    if method == MOVING_AVERAGE:
        for row in do.all("select product, held, any_value(place) as place from stock_layer where owner = $owner group by 1, 2 order by 1, 2", owner=owner):
            before = layers.there(do, owner, row.product, row.held)
            merged: list[Layer] = []
            for layer in before:
                merged = costing.add(merged, method, 0, layer.quantity, layer.value)
            layers.store(do, owner, row.product, row.held, row.place, before, merged)
    return worth(do, owner)


# --- looking -----------------------------------------------------------------------------------------------------------


def level(look: Looking, owner: str, place: str, product: str) -> Level:
    row = look.one(
        "select on_hand, reserved, in_transit from stock_level where owner = $owner and place = $place and product = $product",
        owner=owner, place=place, product=product,
    )  # fmt: skip
    return Level(*row) if row else Level(0, 0, 0)


def on_hand(look: Looking, owner: str, place: str, product: str) -> int:
    """Pieces on hand, promised ones included."""
    return level(look, owner, place, product).on_hand


def at_place(look: Looking, place: str) -> int:
    """Pieces of all owners that lie at a place or are on their way to it."""
    return int(look.value("select coalesce(sum(on_hand + in_transit), 0) from stock_level where place = $place", place=place))


def worth(look: Looking, owner: str, product: str | None = None) -> Decimal:
    """The value on hand, of one product or of all."""
    found = look.value(
        "select sum(value) from stock_layer where owner = $owner and held = '' and ($product is null or product = $product)", owner=owner, product=product
    )
    return found if found is not None else Decimal("0.00")


def average_cost(look: Looking, owner: str, product: str) -> Decimal | None:
    """What a piece on hand is worth now, six places; None if there is none."""
    found = layers.there(look, owner, product)
    quantity = sum(x.quantity for x in found)
    return costing.unit_cost(sum((x.value for x in found), Decimal(0)), quantity) if quantity else None


# --- movements -----------------------------------------------------------------------------------------------------------

#: Who is told before goods leave a place; see `on_leaving`.
_KEEPERS: list[Callable[[Doing, Move, Goods], None]] = []


def on_leaving(function: Callable[[Doing, Move, Goods], None]) -> Callable[[Doing, Move, Goods], None]:
    """Registers who keeps a finer view of what lies at a place, bins for instance: told of every line of goods before it leaves, however it leaves."""
    _KEEPERS.append(function)
    return function


def receive(do: Doing, move: Move, account: str, sub: str = "", *, kind: str = "receipt") -> Decimal:
    """Goods come in from outside the books, at the value each line states; the credit goes to `account`. Returns the total.

    kind: 'receipt', 'taken_back' (what was sold comes back) or 'found' (in a stocktake); `goods_flow` tells the cost report.
    """
    total = Decimal("0.00")
    for line in _checked(do, move.goods):
        value = money(line.value)
        number = _movement(do, kind, move, line.product, line.quantity, value)
        layers.put(do, move.owner, line.product, "", "", [Layer(number, line.quantity, Decimal(0), value)])
        _change(do, move.owner, move.place, line.product, on_hand=line.quantity)
        total += value
    _post(do, "stock_receipt", move, [ledger.Line(move.owner, STOCK, total), ledger.Line(move.owner, account, -total, sub)])
    return total


def receive_on_the_way(do: Doing, move: Move, account: str, sub: str = "") -> Decimal:
    """Goods become an owner's while they are on their way to a place under a document, at the value each line states. Returns the total."""
    total = Decimal("0.00")
    for line in _checked(do, move.goods):
        value = money(line.value)
        number = _movement(do, "receipt", move, line.product, line.quantity, value, side=ON_THE_WAY)
        layers.put(do, move.owner, line.product, move.under, move.place, [Layer(number, line.quantity, Decimal(0), value)])
        _change(do, move.owner, move.place, line.product, in_transit=line.quantity)
        total += value
    _post(do, "stock_receipt", move, [ledger.Line(move.owner, IN_TRANSIT, total), ledger.Line(move.owner, account, -total, sub)])
    return total


def issue(do: Doing, move: Move, account: str, sub: str = "", *, kind: str = "issue") -> Decimal:
    """Goods leave the books for `account` (cost of sales, say), at cost. Returns the cost posted there. Refuses 'short_stock'."""
    cost = rounding = Decimal("0.00")
    for line in _leaving(do, move):
        taken = layers.take(do, move.owner, line.product, line.quantity, "")
        _movement(do, kind, move, line.product, -line.quantity, -taken.cost)
        _round(do, move, line.product, taken.rounding)
        _change(do, move.owner, move.place, line.product, on_hand=-line.quantity)
        cost += taken.cost
        rounding += taken.rounding
    _post_out(do, kind, move, STOCK, ledger.Line(move.owner, account, cost, sub), rounding)
    return cost


def write_off(do: Doing, move: Move) -> Decimal:
    """Damaged or missing goods become a loss (account 6711). Returns the loss. Refuses 'short_stock'."""
    return issue(do, move, LOSSES, kind="write_off")


def transfer_out(do: Doing, move: Move, to: str) -> Decimal:
    """Goods leave a place and are on their way under a document, still their owner's: 1405 to 1406. Returns their value.

    to: the place they go to, or the member. Refuses 'short_stock'.
    """
    total = Decimal("0.00")
    there = replace(move, place=to)
    for line in _leaving(do, move):
        taken = layers.take(do, move.owner, line.product, line.quantity, "", carry=True)
        _movement(do, "transfer_out", move, line.product, -line.quantity, -taken.cost)
        _movement(do, "transfer_out", there, line.product, line.quantity, taken.cost, side=ON_THE_WAY)
        layers.put(do, move.owner, line.product, move.under, to, taken.parts)
        _change(do, move.owner, move.place, line.product, on_hand=-line.quantity)
        _change(do, move.owner, to, line.product, in_transit=line.quantity)
        total += taken.cost
    _post(do, "stock_transfer_out", move, [ledger.Line(move.owner, IN_TRANSIT, total), ledger.Line(move.owner, STOCK, -total)])
    return total


def transfer_in(do: Doing, move: Move) -> Decimal:
    """Goods on their way under a document arrive at a place: 1406 to 1405. Returns their value. Refuses 'not_in_transit'."""
    total = Decimal("0.00")
    for line in _checked(do, move.goods):
        taken, was_for = _take_transit(do, move, line, carry=True)
        _movement(do, "transfer_in", replace(move, place=was_for), line.product, -line.quantity, -taken.cost, side=ON_THE_WAY)
        _movement(do, "transfer_in", move, line.product, line.quantity, taken.cost)
        layers.put(do, move.owner, line.product, "", "", taken.parts)
        _change(do, move.owner, was_for, line.product, in_transit=-line.quantity)
        _change(do, move.owner, move.place, line.product, on_hand=line.quantity)
        total += taken.cost
    _post(do, "stock_transfer_in", move, [ledger.Line(move.owner, STOCK, total), ledger.Line(move.owner, IN_TRANSIT, -total)])
    return total


def issue_transit(do: Doing, move: Move, account: str, sub: str = "", *, kind: str = "delivery") -> Decimal:
    """Goods on their way leave the books: delivered to a customer, or lost. Returns the cost. Refuses 'not_in_transit'."""
    cost = rounding = Decimal("0.00")
    for line in _checked(do, move.goods):
        taken, was_for = _take_transit(do, move, line)
        there = replace(move, place=was_for)
        _movement(do, kind, there, line.product, -line.quantity, -taken.cost, side=ON_THE_WAY)
        _round(do, there, line.product, taken.rounding, side=ON_THE_WAY)
        _change(do, move.owner, was_for, line.product, in_transit=-line.quantity)
        cost += taken.cost
        rounding += taken.rounding
    _post_out(do, kind, move, IN_TRANSIT, ledger.Line(move.owner, account, cost, sub), rounding)
    return cost


def on_the_way(look: Looking, document: str) -> list[Goods]:
    """What is in transit under a document, with its value, by product."""
    return [
        Goods(*r) for r in look.all("select product, sum(quantity)::integer, sum(value) from stock_layer where held = $d group by 1 order by 1", d=document)
    ]


def bearer(look: Looking, document: str) -> tuple[str, str] | None:
    """Whose the goods are that travel by a document, so that what happens to them is its loss, and the document under which it holds them.

    That is the document itself or one that followed from it; None where nothing is on its way.
    """
    row = look.one(
        "select owner, held from stock_layer where held = $d or held in (select number from document where parent = $d) order by held limit 1", d=document
    )
    return None if row is None else (row.owner, row.held)


# --- reservations ----------------------------------------------------------------------------------------------------------


def reserve(do: Doing, owner: str, place: str, goods: Iterable[Goods], document: str, *, instead_of: str | None = None, field: str | None = None) -> None:
    """Promises goods to a document: nobody else can take them. Refuses 'short_stock', naming what is free.

    instead_of: a document that had them reserved until now, and from which this one takes over.
    """
    for line in _free(do, Move(owner, place, goods, "", document, instead_of, field)):
        do.execute(
            """insert into stock_reservation values ($document, $owner, $place, $product, $quantity)
               on conflict do update set quantity = quantity + excluded.quantity""",
            document=document, owner=owner, place=place, product=line.product, quantity=line.quantity,
        )  # fmt: skip
        _change(do, owner, place, line.product, reserved=line.quantity)


def release(do: Doing, document: str) -> None:
    """Gives back everything that a document has reserved and not yet taken. Nothing reserved is nothing to do."""
    for r in do.all("select owner, place, product, quantity from stock_reservation where document = $document order by 1, 2, 3", document=document):
        _change(do, r.owner, r.place, r.product, reserved=-r.quantity)
    do.execute("delete from stock_reservation where document = $document", document=document)


def _consume(do: Doing, document: str, owner: str, place: str, goods: Goods) -> None:
    where = {"document": document, "owner": owner, "place": place, "product": goods.product}
    match = "document = $document and owner = $owner and place = $place and product = $product"
    held: int = do.value(f"select quantity from stock_reservation where {match}", **where) or 0
    used = min(held, goods.quantity)
    if used and used == held:
        do.execute(f"delete from stock_reservation where {match}", **where)
    elif used:
        do.execute(f"update stock_reservation set quantity = quantity - $used where {match}", used=used, **where)
    if used:
        _change(do, owner, place, goods.product, reserved=-used)


# --- inside ------------------------------------------------------------------------------------------------------------------


def _checked(look: Looking, goods: Iterable[Goods]) -> list[Goods]:
    """One line for each product, in the order in which they first stand there."""
    merged: dict[str, Goods] = {}
    for line in goods:
        if line.quantity <= 0 or line.value < 0:
            raise ValueError(f"not a quantity or value to move: {line}")
        before = merged.get(line.product, Goods(line.product, 0))
        merged[line.product] = Goods(line.product, before.quantity + line.quantity, before.value + line.value)
    return list(merged.values())


def _free(do: Doing, move: Move) -> list[Goods]:
    """The lines, all of which can be had; what `reserved_by` has reserved is given free first."""
    lines = _checked(do, move.goods)
    for line in lines:
        if move.reserved_by:
            _consume(do, move.reserved_by, move.owner, move.place, line)
        there = level(do, move.owner, move.place, line.product)
        if there.free < line.quantity:
            found = product(do, line.product)
            where = do.value("select name from stock_place where number = $place", place=move.place)
            raise SHORT(
                move.field, product=found.name if found else line.product, place=where or move.place, wanted=line.quantity,
                free=there.free, on_hand=there.on_hand, reserved=there.reserved,
            )  # fmt: skip
    return lines


def _leaving(do: Doing, move: Move) -> list[Goods]:
    """The lines, all of which can be had; whoever keeps the place knows by now that they go."""
    lines = _free(do, move)
    leaving(do, replace(move, goods=lines))
    return lines


def leaving(do: Doing, move: Move) -> None:
    """Lets those know who keep a finer view of the place (`on_leaving`); the goods can be had."""
    for keeper in do.scenario.those(_KEEPERS):
        for line in move.goods:
            keeper(do, move, line)


def _take_transit(do: Doing, move: Move, line: Goods, carry: bool = False) -> tuple[costing.Taken, str]:
    row = do.one(
        "select sum(quantity) as there, any_value(place) as place from stock_layer where owner = $owner and product = $product and held = $held",
        owner=move.owner, product=line.product, held=move.under,
    )  # fmt: skip
    if (row.there or 0) < line.quantity:
        raise NOT_IN_TRANSIT(move.field, document=move.under, product=product(do, line.product).name, there=row.there or 0, wanted=line.quantity)
    return layers.take(do, move.owner, line.product, line.quantity, move.under, carry), row.place


def _movement(do: Doing, kind: str, move: Move, product: str, quantity: int, value: Decimal, side: str = ON_HAND) -> int:
    number = do.count("stock")
    do.execute(
        "insert into stock_movement values ($number, $kind, $day, $moment, $owner, $place, $product, $side, $quantity, $value, $document)",
        number=number, kind=kind, day=do.day, moment=do.moment, owner=move.owner, place=move.place, product=product, side=side, quantity=quantity,
        value=value, document=move.document,
    )  # fmt: skip
    return number


def _round(do: Doing, move: Move, product: str, rounding: Decimal, side: str = ON_HAND) -> None:
    if rounding:
        _movement(do, "rounding", move, product, 0, -rounding, side)


def _change(do: Doing, owner: str, place: str, product: str, on_hand: int = 0, reserved: int = 0, in_transit: int = 0) -> None:
    row = {"owner": owner, "place": place, "product": product, "on_hand": on_hand, "reserved": reserved, "in_transit": in_transit}
    # An update and, once, an insert: in DuckDB both together take less than half of an upsert.
    if not do.value(
        """update stock_level set on_hand = on_hand + $on_hand, reserved = reserved + $reserved, in_transit = in_transit + $in_transit
           where owner = $owner and place = $place and product = $product""",
        **row,
    ):
        do.execute("insert into stock_level values ($owner, $place, $product, $on_hand, $reserved, $in_transit)", **row)


def _post_out(do: Doing, kind: str, move: Move, held: str, cost: ledger.Line, rounding: Decimal) -> None:
    lines = [cost, ledger.Line(move.owner, held, -cost.amount - rounding)]
    if rounding:
        lines.append(ledger.Line(move.owner, ROUNDING, rounding))
    _post(do, f"stock_{kind}", move, lines)


def _post(do: Doing, kind: str, move: Move, lines: list[ledger.Line]) -> None:
    if any(line.amount for line in lines):
        ledger.post(do, kind, move.text, lines, move.document)


__all__ = [
    "FIFO", "MOVING_AVERAGE", "Goods", "Level", "Move", "add_product", "at_place", "average_cost", "bearer", "change_method", "checked", "checked_gtin",
    "choose_method", "each_once", "issue", "issue_transit", "leaving", "level", "method_of", "on_hand", "on_leaving", "on_the_way", "open_catalogue",
    "open_place", "product", "receive", "receive_on_the_way", "release", "reserve", "transfer_in", "transfer_out", "worth", "write_off",
]  # fmt: skip
