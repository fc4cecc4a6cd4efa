"""The outside judge of value added tax: in whole cents, by integers, at the rate that tests state; 13 per cent, as most goods have."""

from __future__ import annotations

from decimal import Decimal


def with_tax(net: Decimal, percent: int = 13) -> Decimal:
    """What is to be paid for a line of a net price."""
    return net + _half_up(_cents(net) * percent, 100)


def without_tax(gross: Decimal, percent: int = 13) -> Decimal:
    """The revenue in a line of a gross price."""
    return gross - _half_up(_cents(gross) * percent, 100 + percent)


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _half_up(dividend: int, divisor: int) -> Decimal:
    sign = -1 if dividend < 0 else 1
    return Decimal(sign * ((2 * abs(dividend) + divisor) // (2 * divisor))).scaleb(-2)
