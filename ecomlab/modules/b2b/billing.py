"""The supplier's own invoice for what it delivered: the third paper of the three-way match.

It comes from the supplier's billing office, which the library plays, and which errs: the first invoice that it makes out to the student's company has, by
the world's seed, a price or a number of pieces that was not agreed, or comes twice (`books.invoices.mistakes`).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...books import sales
from ...books.cast import own_company
from ...books.invoices import mistakes
from ...books.members import named
from ...kernel.doing import Doing, Looking

ERRORS = mistakes.ERRORS


def billing_error(look: Looking) -> str:
    """What the billing office gets wrong in this world's first invoice: 'price', 'quantity' or 'twice'."""
    return look.stream("b2b.billing").choice(ERRORS)


def bill(do: Doing, settlement: str, supplier: str, purchaser: str, items: Sequence[sales.Item]) -> None:
    """The billing office invoices a delivery (by its settlement); what is wrong is blocked at once."""
    mistakes.bill(do, settlement, supplier, purchaser, items, billing_error(do) if _first(do, supplier, purchaser) else None)


def _first(look: Looking, supplier: str, purchaser: str) -> bool:
    """Whether a supplier has never invoiced the student's company before."""
    if named(look, purchaser).uscc != own_company(look).uscc:
        return False
    return look.value(
        "select 1 from invoice i join b2b_settlement s on s.number = i.sale where i.seller = $s and i.buyer = $p limit 1", s=supplier, p=purchaser
    ) is None  # fmt: skip
