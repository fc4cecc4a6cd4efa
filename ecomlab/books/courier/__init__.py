"""Couriers and waybills: three firms with their tariffs, the waybill of a parcel, its way, and the signature at its end.

A courier is a member like any other company: what a parcel costs is a payable of whoever sends it from the moment it is collected. A package of
its own, because most worlds do without it: a module that uses it says `needs=("courier", ...)` where it registers.
"""

from ...kernel import packages

packages.register(__name__, needs=("invoices",), data=("couriers", "cities"))

from . import billing, claims, numbers, tariff, waybills  # noqa: E402,F401  (importing declares their kinds and invariants)
