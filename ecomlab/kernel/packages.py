"""The packages that a world is made of. Each brings its tables (`schema.sql`) and its terms (`terms.toml`).

`books`, `reports` and every module register themselves when they are imported; the kernel imports none of them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
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


def schema(names: Iterable[str] | None = None) -> str:
    """The SQL that makes the tables of these packages, by the last part of their names (by default of all)."""
    return "\n".join(text for name, text in read("schema.sql") if names is None or name.rpartition(".")[2] in names)
