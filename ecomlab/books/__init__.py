"""What all modules share: members, documents and their states, the ledger, stock, sales.

No module keeps money or quantities of its own: it posts here, and reports read here, so they balance.
"""

from ..kernel import packages

packages.register(__name__, data=("tax_rates",), everywhere=True)

from . import (  # noqa: E402,F401  (importing declares their commands and invariants)
    access,
    clock,
    closing,
    conservation,
    courier,
    documents,
    invoices,
    ledger,
    members,
    paper,
    promotions,
    sales,
    stock,
    stock_audit,
)
