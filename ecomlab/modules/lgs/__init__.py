"""Logistics: a carrier's warehouses and vehicles, and the goods of shippers that go in, lie, move and go out.

A company registers as a carrier, opens warehouses and buys vehicles. A shipper shows its certificate, applies for the
carrier's service and, once approved, sends goods: a goods receipt announces them, the carrier counts them in the receiving area,
records what is short and receives the rest. A delivery order is accepted, which makes a goods issue and a dispatch
order; the goods are picked, a vehicle is assigned and sent off with a delivery note, and when the consignee has signed,
freight is owed by the carrier's tariff, on a freight bill that is paid by bank transfer. Transfers between warehouses pass
through in transit; damaged goods are reported and written off, and what is lost on the way is the loss of whoever bears the
risk by then. Until it passes, goods stay the shipper's: the stock books (`books.stock`) say who owns what where, and what it
is worth.

Modules that trade (B2B) order through the functions below and learn what became of their orders by
`@documents.on(lgs.DELIVERY_ORDER, "delivered")` and the like; a delivery order's `parent` is the document it serves.

Roles: `carrier`, signed in by password; `shipper` (a supplier seen from its logistics side), signed in by its company's
certificate; and the visitor who registers a carrier.
"""

from . import autoplay, checks, consignment, damage, dispatch, lateness, prologue, scenes, searches, vehicles  # noqa: F401
from .customers import SERVICE_APPLICATION, TERMS, application, checked_warehouse, is_customer
from .dispatch import sscc
from .freight import FREIGHT_BILL, FreightBill, freight, pay_freight
from .members import CARRIER, SHIPPER, assortment, company_name, open_store, stock_of
from .outbound import delivery_order, withdraw
from .receiving import inbound
from .slips import (
    DAMAGE_REPORT,
    DELIVERY_ORDER,
    DISPATCH_ORDER,
    INBOUND_SLIP,
    LOSS_REPORT,
    OUTBOUND_SLIP,
    TRANSFER_ORDER,
    GoodsRows,
    arriving,
    goods_of,
    lines,
    slip,
)
from .transfers import transfer_order
from .vehicles import sails

__all__ = [
    "CARRIER",
    "DAMAGE_REPORT",
    "DELIVERY_ORDER",
    "DISPATCH_ORDER",
    "FREIGHT_BILL",
    "FreightBill",
    "GoodsRows",
    "INBOUND_SLIP",
    "LOSS_REPORT",
    "OUTBOUND_SLIP",
    "SERVICE_APPLICATION",
    "SHIPPER",
    "TERMS",
    "TRANSFER_ORDER",
    "application",
    "arriving",
    "assortment",
    "checked_warehouse",
    "company_name",
    "delivery_order",
    "freight",
    "goods_of",
    "inbound",
    "is_customer",
    "lines",
    "open_store",
    "pay_freight",
    "sails",
    "slip",
    "sscc",
    "stock_of",
    "transfer_order",
    "withdraw",
]
