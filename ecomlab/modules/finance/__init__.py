"""The finance of an e-commerce department: paper slips, refunds, the clerk's float, the channels' statements, promotion fees, month end.

A shop's company puts four people on posts: an e-commerce clerk, a stock clerk, a finance clerk and a department manager. Slips go from
hand to hand in four colours. A refund is asked for by one, approved by another and paid by a third, with the goods back in stock first
where goods come back. Small compensations are paid out of a float, an imprest (定额备用金): what was spent is accounted for with vouchers
before the next sum is paid. What the payment platform says it owes is held against the ledger, and every difference has a cause. Fees for
promotions are advanced, spent against receipts, and the rest comes back. At the end of the month nothing of this is open.

Roles: `ecommerce_clerk`, `stock_clerk`, `finance_clerk` and `department_manager`, each a person of the company.
"""

from . import (  # noqa: F401
    autoplay,
    channels,
    checks,
    compensations,
    decisions,
    fees,
    floats,
    invariants,
    matching,
    months,
    prologue,
    refunds,
    slips,
    staff,
    taxes,
    wires,
)
from .staff import ECOMMERCE_CLERK, FINANCE_CLERK, MANAGER, STOCK_CLERK, company_of

__all__ = ["ECOMMERCE_CLERK", "FINANCE_CLERK", "MANAGER", "STOCK_CLERK", "company_of"]
