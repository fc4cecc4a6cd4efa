"""All dashboards. Importing this imports the modules whose tables they read, which a page of one's own, as that of a class, does without."""

from . import today, overview, profit, receivables, payables, inventory, cost, marketing, auctions, service, floor, visitors  # noqa: F401  isort: skip
from .page import DASHBOARDS

__all__ = ["DASHBOARDS"]
