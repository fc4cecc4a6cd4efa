"""Shop operations: the department that brings goods into a shop, keeps its shelves, takes its money and settles with its suppliers.

A supplier sends a sheet of goods and pictures of some. The information clerk sends back the rows that are not sound and codes the others; the
photographer takes the missing pictures in the order of the sheet, and marks, resizes, renames and files all of them in batches. Then the goods
are entered in the shop, put into channels and on the shelf, looked after, and taken off.

Roles: `information_clerk`, `photographer`, `shop_operator` and `cashier`: posts of a shop's department, under the shop's own password.
"""

from ...kernel import packages

packages.register(__name__, needs=("email", "ebank", "b2c"), data=("companies", "persons", "products", "shop_goods"))

from . import channels, checks, entry, intake, pictures, prologue, shelf, staff  # noqa: E402,F401
from .kinds import CHANNEL, PICTURE_SET, SHEET, SHELF_ITEM  # noqa: E402

__all__ = ["CHANNEL", "PICTURE_SET", "SHEET", "SHELF_ITEM"]
