"""The shop's documents, and the states each of them goes through."""

from __future__ import annotations

from ...books import documents

#: The sheet of opening stock: quantities are saved as often as wanted, and posted once.
OPENING_STOCK = documents.kind("b2c_opening_stock", "OS", ("期初商品单", "opening stock"), {"saved": ("posted",), "posted": ()})
PURCHASE = documents.kind(
    "b2c_purchase",
    "BP",
    ("采购订单", "purchase order"),
    {
        "new": ("confirmed", "cancelled"),
        "confirmed": ("part_received", "received", "cancelled"),
        "part_received": ("part_received", "received"),
        "received": ("settled",),
        "settled": (),
        "cancelled": (),
    },
)
#: A web order, as the shopper sees it. It reserves goods from 'placed' on, until it is shipped or comes to nothing.
WEB_ORDER = documents.kind(
    "b2c_order",
    "WO",
    ("网上订单", "web order"),
    {
        "drafted": ("placed", "abandoned"),
        "placed": ("paid", "accepted", "lapsed", "cancelled"),
        "paid": ("accepted", "cancelled"),
        "accepted": ("shipped", "cancelled"),
        "shipped": ("returned",),
        "returned": (),
        "abandoned": (),
        "lapsed": (),
        "cancelled": (),
    },
)
#: What the merchant works by: it follows from a web order that was accepted.
SALES_ORDER = documents.kind(
    "b2c_sales_order",
    "BS",
    ("销售订单", "sales order"),
    {
        "to_settle": ("settled", "cancelled"),
        "settled": ("confirmed", "cancelled"),
        "confirmed": ("picking", "shipped", "cancelled"),
        "picking": ("shipped", "cancelled"),
        "shipped": (),
        "cancelled": (),
    },
)
#: How an order is paid: 'remitted' while the money is on its way to the merchant, or held by the platform.
PAYMENT = documents.kind(
    "b2c_payment", "BY", ("收款单", "payment"), {"remitted": ("banked", "paid_back"), "banked": (), "paid_back": ()}
)  # fmt: skip
RETURN = documents.kind("b2c_return", "BR", ("退货单", "return"), {"requested": ("refunded", "rejected"), "refunded": (), "rejected": ()})
STOCKTAKE = documents.kind(
    "b2c_stocktake",
    "TK",
    ("盘点表", "count sheet"),
    {"frozen": ("tallied", "cancelled"), "tallied": ("tallied", "adjusted", "cancelled"), "adjusted": (), "cancelled": ()},
)

#: How an order can be paid.
PAYMENT_KINDS = ("online", "cash_on_delivery", "bank_transfer", "post_remittance", "payment_platform")
