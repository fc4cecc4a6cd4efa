"""ecomlab: an e-commerce laboratory for classes. `ecomlab.open()` gives the student's world.

Importing this costs next to nothing; the laboratory itself is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Lab", "Refusal", "data", "grade", "open", "open_class", "open_market", "own_market", "practice"]

if TYPE_CHECKING:
    from . import data
    from .classroom import open as open_class
    from .data import open as open_market
    from .data import own_market, practice
    from .grading import grade
    from .kernel.refusals import Refusal
    from .lab import Lab, open

_WHERE = {
    "Lab": ("lab", "Lab"), "open": ("lab", "open"), "open_class": ("classroom", "open"), "open_market": ("data", "open"),
    "own_market": ("data", "own_market"), "practice": ("data", "practice"),
    "Refusal": ("kernel.refusals", "Refusal"), "grade": ("grading", "grade"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE and name != "data":
        raise AttributeError(f"module 'ecomlab' has no attribute {name!r}")
    from importlib import import_module

    from .kernel.garbage import unswept

    home, there = _WHERE.get(name, (name, ""))
    with unswept():
        found = import_module(f"{__name__}.{home}")
    return getattr(found, there) if there else found
