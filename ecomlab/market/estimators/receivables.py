"""Receivables: what is late, and what is never paid."""

from __future__ import annotations

from typing import Any


def never_paid(data: Any) -> float:
    """Of the orders to be paid at the door, what had not been paid after 120 days: by then all has come that will come."""
    return _unpaid(data, 120, 10_000)


def never_paid_naive(data: Any) -> float:
    """What is unpaid today of those of the last 60 days, most of which only take their time."""
    return _unpaid(data, 0, 60)


def _unpaid(data: Any, older: int, younger: int) -> float:
    return float(data.sql(
        """select avg((p.number is null)::int) from b2c_order o left join b2c_payment p on p.web_order = o.number and p.paid_day is not null
           anti join b2c_return r on r.web_order = o.number
           where o.payment_kind = 'cash_on_delivery' and o.shipped_day between $end - $younger and $end - $older""",
        end=data.day, older=older, younger=younger,
    ).fetchall()[0][0])  # fmt: skip
