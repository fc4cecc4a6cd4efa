"""What all modules share: members, documents and their states, the ledger; stock takes its place here too.

No module keeps money or quantities of its own: it posts here, and reports read here, so they balance.
"""

from ..kernel import packages

packages.register("ecomlab.books")

from . import clock, documents, ledger, members  # noqa: E402,F401  (importing declares their commands and invariants)
