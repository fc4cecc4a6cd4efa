"""Services that are paid ahead (待摊): invoiced with their tax when they are paid, and expense of the buyer and revenue of the seller as they are used.

The payment itself stands in 1123 of the buyer and 2203 of the seller, each under the other's number; so does, until it is used up, the price without its tax.
A module calls `invoice` when it was paid, and `use` from month to month with what `due` says, so that the profit of a month bears its own part.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from ..kernel.doing import Doing
from . import invoices, ledger, sales
from .costing import money


def invoice(do: Doing, kind: str, text: str, document: str, seller: str, buyer: str, items: Sequence[sales.Item]) -> None:
    """Invoices a service that was paid ahead, and so its tax is due; of the price nothing is earned yet. items: as `sales.gross_priced` gives them."""
    bears = sales.Item(Decimal("0.00"), quantity=0, tax=items[0].tax)
    sales.sell(
        do, kind, text, document, seller, buyer, [bears], [ledger.Line(seller, ledger.ADVANCES, bears.tax, buyer)],
        sales.tax_owed(buyer, seller, items, ledger.PREPAID), channel="service",
    )  # fmt: skip
    invoices.issue(do, document, seller, buyer, items)


def due(net: Decimal, earned: Decimal, starts: datetime.date, ends: datetime.date, day: datetime.date) -> Decimal:
    """What of a price is used up by a day and was not earned before, by days, CNY."""
    return money(net * (min(day, ends) - starts).days / (ends - starts).days) - earned


def use(do: Doing, kind: str, text: str, document: str, seller: str, buyer: str, part: Decimal, expense: str) -> None:
    """A part of the price becomes an expense of the buyer, on this account, and revenue of the seller."""
    spent = [ledger.Line(buyer, expense, part), ledger.Line(buyer, ledger.PREPAID, -part, seller)]
    earned = [ledger.Line(seller, ledger.ADVANCES, part, buyer)]
    sales.sell(do, kind, text, document, seller, buyer, [sales.Item(part, quantity=0)], earned, spent, channel="service")
