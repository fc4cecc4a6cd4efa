"""Invoices for value added tax (发票), and the credit notes that take them back. A package of its own: worlds without trade do without them.

A module that sells says `needs=("invoices", ...)` where it registers, and after `sales.sell` calls `issue` with the same items;
where goods come back, `credit`.
"""

from ...kernel import packages

packages.register(__name__)

from .awaited import UpTo, not_invoiced  # noqa: E402
from .deducting import deduct, input_tax, verify  # noqa: E402
from .issuing import CREDIT_NOTE, INVOICE, checked_tax_number, credit, issue, issue_at_once, listed, of_sale, take_back  # noqa: E402

__all__ = ["CREDIT_NOTE", "INVOICE", "UpTo", "checked_tax_number", "credit", "deduct", "input_tax", "issue", "issue_at_once", "listed", "not_invoiced",
           "of_sale", "take_back", "verify"]  # fmt: skip
