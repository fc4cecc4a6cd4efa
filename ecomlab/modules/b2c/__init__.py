"""The shop: merchants sell goods to shoppers on the web, from opening stock to the parcel that comes back.

A company with a merchant contract at the bank opens a shop: it publishes products at prices, enters and posts its opening
stock once, orders from suppliers, receives and pays, keeps limits, counts its goods and posts what differs. A shopper
searches, fills a cart, which becomes one order for each shop, chooses delivery and payment, names the recipient and
confirms: that reserves the goods, so no piece is sold twice. An order that is not paid in time lapses and gives them back.

Orders are paid online by card and PIN, through a payment platform that holds the money until goods may no longer come
back, by bank transfer, by post remittance or in cash at the door. The merchant accepts an order, which makes a sales order;
settles, confirms, has it picked and ships it: only then is it revenue, and the goods cost of sales. What comes back is
refunded the way it was paid, and restocked or written off.

A shop may charge postage, by its courier's tariff and free from a sum on; it delivers free of it as long as it says nothing. A courier
takes what was shipped and is owed its price; the customer can track the parcel, and returns count from the signature.

Roles: `shopper` and `shopkeeper`, and the visitor who registers and browses.
"""

from . import (  # noqa: F401
    autoplay,
    catalogue,
    checkout,
    checks,
    coming_back,
    couriers,
    customers,
    days,
    invariants,
    levels,
    losses,
    many,
    matching,
    members,
    opening,
    payments,
    postage,
    prologue,
    purchases,
    refunding,
    report_checks,
    returns,
    sales,
    scripted,
    sent_postage,
    stocktakes,
)
from .catalogue import RETURN_DAYS
from .couriers import waybill_of
from .kinds import OPENING_STOCK, PAYMENT, PURCHASE, RETURN, SALES_ORDER, STOCKTAKE, WEB_ORDER
from .losses import claims_of
from .matching import awaited
from .members import SHOPKEEPER, SHOPPER, shop_of, shopper_of
from .payments import PLATFORM, payment_of, platform, take_wire, transfers_to
from .refunding import refundable
from .returns import accept_return, refund_without_goods, request_return
from .sales import open_return
from .scripted import brought, scripted_shoppers, send_shopper
from .sent_postage import POSTAGE, keep_postage

__all__ = [
    "OPENING_STOCK", "PAYMENT", "PLATFORM", "POSTAGE", "PURCHASE", "RETURN", "RETURN_DAYS", "SALES_ORDER", "SHOPKEEPER", "SHOPPER", "STOCKTAKE",
    "WEB_ORDER", "accept_return", "awaited", "brought", "claims_of", "coming_back", "keep_postage", "many", "open_return", "payment_of", "platform", "postage",
    "refund_without_goods", "refundable", "request_return", "scripted_shoppers", "send_shopper", "shop_of", "shopper_of", "take_wire", "transfers_to",
    "waybill_of",
]  # fmt: skip
