"""Python's search for garbage, left out where there is none: what is imported stays, and so does what a command makes that ends soon."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def unswept() -> Iterator[None]:
    """Looks for no garbage in a block, or in a function that it decorates: to look took an eighth of an import, a twentieth of a short command."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:
            gc.enable()
