"""ecomlab: an e-commerce laboratory for classes. `ecomlab.open()` gives the student's world.

Importing this costs next to nothing; the laboratory itself is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Lab", "Refusal", "grade", "open"]

if TYPE_CHECKING:
    from .grading import grade
    from .kernel.refusals import Refusal
    from .lab import Lab, open

_WHERE = {"Lab": "lab", "open": "lab", "Refusal": "kernel.refusals", "grade": "grading"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'ecomlab' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
