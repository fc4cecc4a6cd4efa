"""What goods cost: layers of quantity and value, by moving average or first in, first out.

A layer's unit cost has six places; money has two and is rounded half-even when it is posted. An issue is valued at
quantity times unit cost. So a layer's value may drift by fractions of a cent times its issues from quantity times
unit cost; when the layer is used up, what is left of its value is the *rounding difference*, and it is posted too.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

MOVING_AVERAGE = "moving_average"
FIFO = "fifo"
METHODS = (MOVING_AVERAGE, FIFO)

CENT = Decimal("0.01")
MICRO = Decimal("0.000001")


class Layer(NamedTuple):
    """Goods that came at one unit cost. seq: 0 for the one layer of a moving average, else the order of arrival."""

    seq: int
    quantity: int
    unit_cost: Decimal
    value: Decimal


class Taken(NamedTuple):
    """What an issue took: the layers that remain, the parts taken with their values, the rounding difference."""

    left: list[Layer]
    parts: list[Layer]
    rounding: Decimal

    @property
    def cost(self) -> Decimal:
        return sum((p.value for p in self.parts), Decimal("0.00"))


def money(amount: Decimal) -> Decimal:
    """CNY with two places, half-even."""
    return amount.quantize(CENT, ROUND_HALF_EVEN)


def unit_cost(value: Decimal, quantity: int) -> Decimal:
    """Value by quantity, six places, half-even."""
    return (value / quantity).quantize(MICRO, ROUND_HALF_EVEN)


def add(layers: Sequence[Layer], method: str, seq: int, quantity: int, value: Decimal) -> list[Layer]:
    """The layers after goods of that value have come in.

    Moving average: (value before + value in) / (quantity before + quantity in). FIFO: a layer of its own, in the
    place that its seq gives it; goods that come back from transit rejoin the layer they were taken from.
    """
    if method == MOVING_AVERAGE:
        quantity += sum(x.quantity for x in layers)
        value += sum((x.value for x in layers), Decimal(0))
        return [Layer(0, quantity, unit_cost(value, quantity), value)]
    same = [x for x in layers if x.seq == seq]
    quantity += sum(x.quantity for x in same)
    value += sum((x.value for x in same), Decimal(0))
    return sorted([*(x for x in layers if x.seq != seq), Layer(seq, quantity, unit_cost(value, quantity), value)])


def take(layers: Sequence[Layer], quantity: int, carry: bool = False) -> Taken:
    """Takes goods from the oldest layer on. carry: they stay the owner's, so a used-up layer's whole value goes along.

    Raises ValueError if there is not so much: the caller has checked.
    """
    left: list[Layer] = []
    parts: list[Layer] = []
    rounding = Decimal("0.00")
    for layer in sorted(layers):
        n = min(quantity, layer.quantity)
        if not n:
            left.append(layer)
            continue
        quantity -= n
        cost = money(n * layer.unit_cost)
        if n == layer.quantity:
            if carry:
                cost = layer.value
            rounding += layer.value - cost
        else:
            cost = min(cost, layer.value)
            left.append(layer._replace(quantity=layer.quantity - n, value=layer.value - cost))
        parts.append(Layer(layer.seq, n, layer.unit_cost, cost))
    if quantity:
        raise ValueError(f"{quantity} more than there is")
    return Taken(left, parts, rounding)
