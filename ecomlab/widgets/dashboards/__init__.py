"""Dashboards: what the trades did to stock, cost, profit and receivables, how auctions went, what marketing brought.

Each dashboard is a file with a declaration and a function from a world to a page (`page.py`); `plots.py` holds the
kinds of chart, `drawing.py` turns them into pictures with places to click, and `board.py` is the face of them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...kernel.refusals import refusal
from .board import Board
from .page import DASHBOARDS

from . import auctions, cost, inventory, marketing, profit, receivables  # noqa: E402,F401  isort: skip

if TYPE_CHECKING:
    from ...lab import Lab

NO_SUCH_DASHBOARD = refusal("no_such_dashboard", "没有名为“{name}”的看板。可以看：{known}。", "There is no dashboard {name}. There are: {known}.")

__all__ = ["DASHBOARDS", "Board", "dashboard"]


def dashboard(lab: Lab, name: str) -> Board:
    """The widget of a dashboard. Refuses 'no_such_dashboard'."""
    if name not in DASHBOARDS:
        raise NO_SUCH_DASHBOARD("name", name=str(name)[:40], known=", ".join(sorted(DASHBOARDS)))
    return Board(lab, DASHBOARDS[name])
