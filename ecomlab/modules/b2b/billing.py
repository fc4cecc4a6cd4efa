"""The supplier's own invoice for what it delivered: the third paper of the three-way match.

It comes from the supplier's billing office, which the library plays, and which errs: the first invoice that it makes out to the student's company has, by
the world's seed, a price or a number of pieces that was not agreed, or comes twice. An invoice that is not as ordered and received is blocked when it
arrives, and nothing is paid on it. What the books owe is by order and receipt; an invoice that differs is cleared by a credit note and, where it
is needed, a right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...books import documents, invoices, sales
from ...books.cast import own_company
from ...books.costing import money
from ...books.members import named
from ...kernel.doing import Doing, Looking

PRICE, QUANTITY, TWICE = ERRORS = ("price", "quantity", "twice")
#: By how much the billing office errs: a share of the price, and pieces.
DEARER, MORE = Decimal("0.06"), 2


def billing_error(look: Looking) -> str:
    """What the billing office gets wrong in this world's first invoice: 'price', 'quantity' or 'twice'."""
    return look.stream("b2b.billing").choice(ERRORS)


def bill(do: Doing, settlement: str, supplier: str, purchaser: str, items: Sequence[sales.Item]) -> None:
    """The billing office invoices a delivery (by its settlement); what is wrong is blocked at once."""
    error = billing_error(do) if _first(do, supplier, purchaser) else None
    made = invoices.issue(do, settlement, supplier, purchaser, items if error in (None, TWICE) else _wrong(do, items, str(error)))
    if error == TWICE:
        made = invoices.issue(do, settlement, supplier, purchaser, items)
    if error:
        documents.find(do, invoices.INVOICE, made).move_to("blocked")


def _first(look: Looking, supplier: str, purchaser: str) -> bool:
    """Whether a supplier has never invoiced the student's company before."""
    if named(look, purchaser).uscc != own_company(look).uscc:
        return False
    return look.value(
        "select 1 from invoice i join b2b_settlement s on s.number = i.sale where i.seller = $s and i.buyer = $p limit 1", s=supplier, p=purchaser
    ) is None  # fmt: skip


def _wrong(look: Looking, items: Sequence[sales.Item], error: str) -> list[sales.Item]:
    first = items[0]
    if error == PRICE:
        wrong = first._replace(revenue=money(first.revenue * (1 + DEARER)))
    else:
        wrong = first._replace(quantity=first.quantity + MORE, revenue=money(first.revenue / first.quantity * (first.quantity + MORE)))
    return sales.net_priced(look, [wrong, *items[1:]])


def invoices_of(look: Looking, settlement: str) -> list[Any]:
    """The invoices of a bill that are not taken back: number and state."""
    return look.all(
        """select i.number, d.state from invoice i join document d using (number) where i.sale = $n and i.blue is null and d.state <> 'red_lettered'
           order by i.number""",
        n=settlement,
    )


def verify_invoices(do: Doing, settlement: str, purchaser: str) -> None:
    """The invoices of a bill that matches have been held against order and receipt."""
    for r in invoices_of(do, settlement):
        if r.state == "delivered":
            invoices.verify(do, r.number, purchaser)
