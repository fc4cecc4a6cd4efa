"""EDI: orders that travel from machine to machine.

A company joins the network, keeps its partner types, partners (by GLN) and products (by GTIN), and enters order
documents. A document becomes a flat file, the fixed-length form that an application gives out; the flat file becomes
a UN/EDIFACT message of D.96A; the message goes to the partner over the network. The partner's system answers at once
with CONTRL, which tells whether it could read the interchange, and on a later day with ORDRSP, which tells whether it
takes the order; DESADV and INVOIC follow. The goods are those of the catalogue that all modules share, and what the
messages say is in the books: an order that began here reserves the supplier's goods, sends them, and is the purchaser's
stock and payable when they arrive (`trades`). A B2B purchase order becomes a document by `enter_purchase_order`, and what its
supplier does with it there comes back in these messages; `from_order` does the same for orders of any module.

Roles: `edi_member`, a company on the network, and the visitor who joins it.
"""

from . import acknowledgements, answers, checks, documents, members, messaging, partners, products, prologue, purchases, trades  # noqa: F401
from .documents import EDI_DOCUMENT, from_order
from .network import interchanges
from .numbers import gln_of

__all__ = ["EDI_DOCUMENT", "from_order", "gln_of", "interchanges"]
