"""The packages that worlds are made of. Each brings its tables (`schema.sql`), its terms (`terms.toml`), and says what it stands on.

`books`, `reports` and every module register themselves when they are imported; the kernel imports none of them. A world has
the modules that its scenario names, what those need, and what is everywhere; nothing else of the course is there.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

from . import compiled

_TABLE = re.compile(r"^create (?:table|view) (\w+)", re.M)


@dataclass(frozen=True)
class Package:
    """A package as it registered. `name` is the last part of its dotted `path`; needs: names of packages; data: names of `data/*.csv`."""

    path: str
    needs: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    everywhere: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


#: By name, in the one order of packages: that in which they registered, and in which their tables are made.
_REGISTERED: dict[str, Package] = {"kernel": Package("ecomlab.kernel", everywhere=True)}


def register(path: str, *, needs: tuple[str, ...] = (), data: tuple[str, ...] = (), everywhere: bool = False) -> None:
    """Adds a package; a module calls it first of all, before it imports its own files.

    needs: the packages whose commands, functions or tables it uses (what those need in turn follows). data: the `data/<name>.csv`
    that it reads, also through functions of the books. everywhere: it belongs to every world, whatever the scenario.
    """
    made = Package(path, needs, data, everywhere)
    known = _REGISTERED.setdefault(made.name, made)
    if known.path != path:
        raise ValueError(f"{path} and {known.path} have one name")
    read.cache_clear()
    of.cache_clear()


def together(modules: Iterable[str]) -> tuple[str, ...]:
    """The packages of a world with these modules: they, all that they need, and what is everywhere, in the one order."""
    found: set[str] = set()
    wanted = [*modules, *(p.name for p in _REGISTERED.values() if p.everywhere)]
    while wanted:
        name = wanted.pop()
        if name not in _REGISTERED:
            raise LookupError(f"no package {name!r} has registered; there are: {', '.join(_REGISTERED)}")
        if name not in found:
            found.add(name)
            wanted += _REGISTERED[name].needs
    return tuple(name for name in _REGISTERED if name in found)


def data_of(names: Iterable[str]) -> tuple[str, ...]:
    """The data that these packages read, sorted."""
    return tuple(sorted({d for name in names for d in _REGISTERED[name].data}))


@functools.cache
def of(function: Callable[..., Any]) -> str | None:
    """The name of the package in which a function is declared, the innermost; None for one of no package, as a test's own."""
    home = f"{function.__module__}."
    around = [p for p in _REGISTERED.values() if home.startswith(f"{p.path}.")]
    return max(around, key=lambda p: len(p.path)).name if around else None


@functools.cache
def read(file: str) -> tuple[tuple[str, str], ...]:
    """(path of the package, text) of that file in every registered package that has it."""
    found = ((p.path, files(p.path) / file) for p in _REGISTERED.values())
    return tuple((path, place.read_text("utf-8")) for path, place in found if place.is_file())


def parse(package: str, file: str, text: str) -> dict[str, Any]:
    """A package's file of TOML; numbers with places are Decimals. Raises ValueError naming the file and the line where it goes wrong."""
    try:
        return compiled.kept(package, file, text, lambda: tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = text.splitlines()[int(at[1]) - 1 if at else -1]
        raise ValueError(f"{package}/{file}: {error}: {line.strip()[:80]}") from None


def having(tables: Iterable[str]) -> tuple[str, ...]:
    """The registered packages that make one of these tables, in the one order."""
    wanted = set(tables)
    return tuple(p.name for p in _REGISTERED.values() for path, text in read("schema.sql") if path == p.path and wanted & set(_TABLE.findall(text)))


def tables(name: str) -> list[str]:
    """The tables and views that a package makes."""
    return _TABLE.findall(schema([name]))


def schema(names: Iterable[str] | None = None) -> str:
    """The SQL that makes the tables of these packages (by default of all)."""
    wanted = {_REGISTERED[name].path for name in (_REGISTERED if names is None else names)}
    return "\n".join(text for path, text in read("schema.sql") if path in wanted)
