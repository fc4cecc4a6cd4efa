"""The packages that a world is made of. Each brings its tables (`schema.sql`) and its terms (`terms.toml`).

`books`, `reports` and every module register themselves when they are imported; the kernel imports none of them.
"""

from __future__ import annotations

import functools
import re
import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import Any

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


def parse(package: str, file: str, text: str) -> dict[str, Any]:
    """A package's file of TOML; numbers with places are Decimals. Raises ValueError naming the file and the line where it goes wrong."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = text.splitlines()[int(at[1]) - 1 if at else -1]
        raise ValueError(f"{package}/{file}: {error}: {line.strip()[:80]}") from None


def schema() -> str:
    """The SQL that makes every table of a world."""
    # the reports' views still read the modules' tables
    return "\n".join(text for name, text in sorted(read("schema.sql"), key=lambda p: p[0] == "ecomlab.reports"))
