"""The packages that a world is made of. Each brings its tables (`schema.sql`) and its terms (`terms.toml`).

`books`, `reports` and every module register themselves when they are imported; the kernel imports none of them.
"""

from __future__ import annotations

import functools
from importlib.resources import files

_REGISTERED: list[str] = ["ecomlab.kernel"]


def register(name: str) -> None:
    """Adds a package; the order of registering is the order in which tables are made."""
    if name not in _REGISTERED:
        _REGISTERED.append(name)
        read.cache_clear()


@functools.cache
def read(file: str) -> tuple[tuple[str, str], ...]:
    """(package, text) of that file in every registered package that has it."""
    found = ((name, files(name) / file) for name in _REGISTERED)
    return tuple((name, place.read_text("utf-8")) for name, place in found if place.is_file())


def schema() -> str:
    """The SQL that makes every table of a world."""
    return "\n".join(text for _, text in read("schema.sql"))
