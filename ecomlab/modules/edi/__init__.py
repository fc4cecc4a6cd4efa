"""EDI: orders that travel from machine to machine.

A company joins the network, keeps its partner types, partners (by GLN) and products (by GTIN), and enters order
documents. A document becomes a flat file, the fixed-length form that an application gives out; the flat file becomes
a UN/EDIFACT message of D.96A; the message goes to the partner over the network. The partner's system answers at once
with CONTRL, which tells whether it could read the interchange, and on a later day with ORDRSP, which tells whether it
takes the order; DESADV and INVOIC follow. Nothing is posted here: goods and money move in the modules whose orders
travel this way. A B2B purchase order becomes a document by `enter_purchase_order`, and what its supplier does with it
there comes back in these messages; `from_order` does the same for orders of any module.

Roles: `edi_member`, a company on the network, and the visitor who joins it.
"""

from ...kernel import packages

packages.register(__name__, needs=("email", "ca", "lgs", "b2b"), data=("companies", "persons"))

from . import acknowledgements, answers, checks, documents, members, messaging, partners, products, prologue, purchases  # noqa: E402,F401
from .documents import EDI_DOCUMENT, from_order  # noqa: E402
from .network import interchanges  # noqa: E402
from .numbers import gln_of, gtin_of  # noqa: E402

__all__ = ["EDI_DOCUMENT", "from_order", "gln_of", "gtin_of", "interchanges"]
