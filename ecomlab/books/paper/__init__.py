"""The papers of a department: approvals, slips in several copies, vouchers. A package of its own, because most worlds do without them.

A module that uses one of them says `needs=("paper", ...)` where it registers; only then does its world have the tables.
"""

from ...kernel import packages

packages.register(__name__)

from . import approval, copies, vouchers  # noqa: E402,F401  (importing declares their kinds and invariants)
