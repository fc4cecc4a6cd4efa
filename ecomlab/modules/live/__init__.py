"""Customers in a student's own shop: each business day brings a day of trade by the demand model of the simulated markets.

Who comes, what they look at and what they choose follows from the prices, stock, pictures, advertisements and promises of the shop and of its rivals
(`market.live`). The owner leaves a standing instruction: some orders a day wait to be worked by hand, the rest is shipped as the instruction says and
booked in few statements (`b2c.many`). No order stands in the logbook; all follow from the seed and from what the student has decided.

A world has such customers if its scenario names this module, and from the day on which the owner has left an instruction (docs/adr/0015).
"""

from . import days, instructions, looking, prologue, rivals  # noqa: F401
from .instructions import CHANNELS

__all__ = ["CHANNELS", "rivals"]
