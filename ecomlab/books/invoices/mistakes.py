"""A supplier's billing office errs: an invoice that is not as ordered and received is blocked when it arrives, and put right by a credit note.

What the books owe is by order and receipt (`sales`), so a wrong invoice moves no money. Which of its invoices are wrong, and how, a module says
that receives them; this is the purchaser's side of the three-way match.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...kernel.doing import Doing, Looking
from .. import documents, sales
from ..costing import money
from .deducting import verify
from .issuing import INVOICE, issue, take_back

PRICE, QUANTITY, TWICE = ERRORS = ("price", "quantity", "twice")
#: By how much a billing office errs: a share of the price, and pieces.
DEARER, MORE = Decimal("0.06"), 2


def bill(do: Doing, sale: str, seller: str, buyer: str, items: Sequence[sales.Item], error: str | None = None) -> None:
    """Invoices a delivery between companies, rightly or with one of the `ERRORS`; what is wrong is blocked at once."""
    made = issue(do, sale, seller, buyer, items if error in (None, TWICE) else _wrong(do, items, str(error)))
    if error == TWICE:
        made = issue(do, sale, seller, buyer, items)
    if error:
        documents.find(do, INVOICE, made).move_to("blocked")


def _wrong(look: Looking, items: Sequence[sales.Item], error: str) -> list[sales.Item]:
    first = items[0]
    if error == PRICE:
        wrong = first._replace(revenue=money(first.revenue * (1 + DEARER)))
    else:
        wrong = first._replace(quantity=first.quantity + MORE, revenue=money(first.revenue / first.quantity * (first.quantity + MORE)))
    return sales.net_priced(look, [wrong, *items[1:]])


def standing(look: Looking, sale: str, seller: str) -> list[Any]:
    """The invoices of a sale that are not taken back: number and state."""
    return look.all(
        """select i.number, d.state from invoice i join document d using (number)
           where i.sale = $n and i.seller = $seller and i.blue is null and d.state <> 'red_lettered' order by i.number""",
        n=sale, seller=seller,
    )  # fmt: skip


def correct(do: Doing, sale: str, seller: str, buyer: str) -> dict[str, Any] | None:
    """Has the seller take back the blocked invoices of a sale by credit notes, and invoice what no other invoice covers; None if none is blocked.

    Gives credit_notes, and invoice: the new one, or None where the right one is there already.
    """
    blocked = [r.number for r in standing(do, sale, seller) if r.state == "blocked"]
    if not blocked:
        return None
    notes = [take_back(do, number, f"与订单或收货不符 Not as ordered and received: {sale}") for number in blocked]
    left = do.all(
        """select product, sum(quantity)::integer as quantity, sum(revenue) as revenue, sum(tax) as tax from (
               select product, quantity, revenue, tax from sale_line where document = $n and seller = $seller
               union all
               select l.product, -l.quantity, -l.net, -l.tax from invoice i join document d using (number) join invoice_line l on l.invoice = i.number
               where i.sale = $n and i.seller = $seller and i.blue is null and d.state <> 'red_lettered') open
           group by 1 having sum(revenue + tax) <> 0 order by 1""",
        n=sale, seller=seller,
    )  # fmt: skip
    items = [sales.Item(r.revenue, r.product, r.quantity, Decimal("0.00"), r.tax) for r in left]
    return {"credit_notes": notes, "invoice": issue(do, sale, seller, buyer, items) if items else None}


def verify_all(do: Doing, sale: str, seller: str, buyer: str) -> None:
    """The invoices of a sale that matches have been held against order and receipt."""
    for r in standing(do, sale, seller):
        if r.state == "delivered":
            verify(do, r.number, buyer)
