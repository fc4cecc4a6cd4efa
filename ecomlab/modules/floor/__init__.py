"""The warehouse floor behind a shop: what comes in is counted, scanned and put into bins; what goes out is picked, scanned, packed and handed over.

The receiver counts the boxes of a purchase at the dock, disputes what is damaged, scans every box and labels it; then it stands in a bin, the older
goods in front. The picker takes a wave of orders from the bins, the packer scans each order's pieces out, changes what was taken wrongly, packs with the
invoice and seals. The clerk prints waybills, has the courier sign for a list of parcels, asks customers whether the goods are there, and takes
returns. The floor manager plans how many stand at each post; one entry plays a day of 1,500 orders in SQL. Whoever counts never decides on a difference.

The stock books stay the only truth about quantities: bins and totes are a finer view of them, and what stands in neither is in the receiving area.
A parcel that is handed over ships its sales order (`b2c.ship`), so that nothing changes for shops that send without a floor.

Roles: `receiver`, `picker`, `packer`, `floor_clerk`, `floor_manager` and `stock_accountant`: posts under the shop's password, each with a name of its own.
"""

from . import autoplay, checks, counts, day, handover, leaving, packing, prologue, receiving, reports, returning, slips, staff, waves  # noqa: F401
from .kinds import PARCEL, PLAN

__all__ = ["PARCEL", "PLAN"]
