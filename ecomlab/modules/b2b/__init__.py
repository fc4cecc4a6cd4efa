"""The marketplace between companies: from an inquiry or a cart to goods that are delivered and paid.

A company registers, trades as purchaser or supplier or both, and is issued a certificate with which it signs in.
Suppliers publish what they offer and send goods into a carrier's warehouse. A purchaser fills a cart, by supplier, and
either orders from it or asks for a price. A quoted inquiry becomes a negotiation: both sides propose terms in turn,
every version is kept, and a change clears what was agreed. When both agree the contract is written; when both have
signed it with their certificates (CMS, RFC 5652), it becomes an order. The supplier accepts an order, which reserves the
goods, or turns it down; the purchaser confirms; the supplier sends goods by the carrier's delivery order, at once or in
parts. When the risk passes by the agreed rule (Incoterms 2020), the goods are the purchaser's, even on their way; they are a
receivable of the supplier and a payable of the purchaser, settled by bank transfer once
order, receipt and settlement match.

A supplier and the shipper that LGS knows are one company, signed in to two houses: goods, warehouses and delivery orders
are LGS's, and what is done here with them is done through its functions.

Roles: `purchaser` and `supplier`, signed in by certificate and password, and the visitor who registers.
"""

from . import (  # noqa: F401
    autoplay,
    catalogue,
    checks,
    contracts,
    handover,
    inquiries,
    members,
    negotiations,
    open_items,
    prologue,
    received,
    sales,
    settlement,
    shipments,
    valuation,
)
from .contracts import PURCHASE_CONTRACT, contract_files
from .inquiries import INQUIRY
from .members import PURCHASER, SUPPLIER
from .negotiations import NEGOTIATION
from .orders import PURCHASE_ORDER, SALES_ORDER
from .settlement import SETTLEMENT

__all__ = [
    "INQUIRY", "NEGOTIATION", "PURCHASER", "PURCHASE_CONTRACT", "PURCHASE_ORDER", "SALES_ORDER", "SETTLEMENT", "SUPPLIER", "contract_files",
]  # fmt: skip
