"""Shop operations: the department that brings goods into a shop, keeps its shelves, takes its money and settles with its suppliers.

A supplier sends a sheet of goods and pictures of some. The information clerk sends back the rows that are not sound and codes the others; the
photographer takes the missing pictures in the order of the sheet, and marks, resizes, renames and files all of them in batches. Then the goods
are entered in the shop, put into channels and on the shelf, looked after, and taken off.

The cashier takes money in five ways, sells store cards, finds transfers that name no order, counts the drawer and closes the till. What is sold
for a supplier in joint operation gets a voucher, because its price is the supplier's; a month's vouchers are settled by a statement, less the
shop's commission. Parcels leave with a courier whose driver signs the list, and the receipts are reconciled with finance line by line. A shop on
the platform's pages pays a deposit, and a commission on the sales whose money the platform holds (`mall`).

Roles: `information_clerk`, `photographer`, `shop_operator` and `cashier`: posts of a shop's department, under the shop's own password; and the
`shop_accountant` of its company, who decides and pays, the `courier_driver` who takes the parcels, and the `joint_supplier` who confirms.
"""

from . import (  # noqa: F401
    autoplay,
    channels,
    checks,
    closing,
    dispatch,
    entry,
    goods_autoplay,
    intake,
    invariants,
    joint,
    logos,
    mall,
    mall_years,
    pictures,
    prologue,
    reconciling,
    reports,
    shelf,
    staff,
    store_cards,
    till,
    transfers,
)
from .kinds import CHANNEL, COMMISSION, ENQUIRY, HANDOVER, MALL_AGREEMENT, PICTURE_SET, RECONCILIATION, SHEET, SHELF_ITEM, STATEMENT, TILL, VOUCHER

__all__ = [
    "CHANNEL", "COMMISSION", "ENQUIRY", "HANDOVER", "MALL_AGREEMENT", "PICTURE_SET", "RECONCILIATION", "SHEET", "SHELF_ITEM", "STATEMENT", "TILL",
    "VOUCHER",
]  # fmt: skip
