"""Dashboards: what the trades did to stock, cost, profit and receivables, how auctions went, what marketing brought.

Each dashboard is a file with a declaration and a function from a world to a page (`page.py`); `plots.py` holds the kinds of chart. A page
is data: it works on whatever answers `one`, `all` and `table`. The face that shows it is `widgets/board.py`.
"""

from .page import DASHBOARDS

from . import auctions, cost, inventory, marketing, profit, receivables  # noqa: E402,F401  isort: skip

__all__ = ["DASHBOARDS"]
