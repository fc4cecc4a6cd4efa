"""The layers of cost as they are stored: what every owner has of a product, on hand or held under a document, and what it cost.

How layers are added and taken away is pure arithmetic (`costing`); here only those that changed are written.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..kernel.doing import Doing, Looking
from . import costing
from .costing import MOVING_AVERAGE, Layer


def method_of(look: Looking, owner: str) -> str:
    return look.value("select method from stock_owner where owner = $owner", owner=owner) or MOVING_AVERAGE


def there(look: Looking, owner: str, product: str, held: str = "") -> list[Layer]:
    """An owner's layers of a product, the oldest first: those on hand, or those held under a document."""
    rows = look.all(
        "select seq, quantity, unit_cost, value from stock_layer where owner = $owner and product = $product and held = $held order by seq",
        owner=owner, product=product, held=held,
    )  # fmt: skip
    return [Layer(*r) for r in rows]


def put(do: Doing, owner: str, product: str, held: str, place: str, parts: Iterable[Layer]) -> None:
    """Adds parts to an owner's layers by its method. place: where those held under a document are going to."""
    method = method_of(do, owner)
    now = before = there(do, owner, product, held)
    for part in parts:
        now = costing.add(now, method, part.seq, part.quantity, part.value)
    store(do, owner, product, held, place, before, now)


def take(do: Doing, owner: str, product: str, quantity: int, held: str, carry: bool = False) -> costing.Taken:
    """Takes pieces from an owner's layers; with `carry` their parts keep what they cost."""
    before = there(do, owner, product, held)
    taken = costing.take(before, quantity, carry)
    store(do, owner, product, held, "", before, taken.left)
    return taken


def store(do: Doing, owner: str, product: str, held: str, place: str, before: list[Layer], after: list[Layer]) -> None:
    """Writes the layers that are not as they were before."""
    where = {"owner": owner, "product": product, "held": held}
    kept = {x.seq for x in after}
    for x in before:
        if x.seq not in kept:
            do.execute("delete from stock_layer where owner = $owner and product = $product and held = $held and seq = $seq", seq=x.seq, **where)
    known = {x.seq for x in before}
    for x in after:
        if x.seq not in known:
            do.execute(
                "insert into stock_layer values ($owner, $product, $held, $place, $seq, $quantity, $unit_cost, $value)", place=place, **x._asdict(), **where
            )
        elif x not in before:
            do.execute(
                """update stock_layer set quantity = $quantity, unit_cost = $unit_cost, value = $value
                   where owner = $owner and product = $product and held = $held and seq = $seq""",
                **x._asdict(), **where,
            )  # fmt: skip
