"""The packages that worlds are made of. Each brings its tables (`schema.sql`), its terms (`terms.toml`), and says what it stands on.

`books` and `reports` register themselves when they are imported, and `modules` registers every module with what its `package.toml` says; the kernel imports
none of them by name. A world has the modules that its scenario names, what those need, and what is everywhere; nothing else of the course is there, and
nothing else is imported for it (`load`): who grades an e-mail does not wait for a warehouse.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module, util
from pathlib import Path
from typing import Any, TypeVar

from . import compiled

_TABLE = re.compile(r"^create (?:table|view) (\w+)", re.M)
#: The model student's part of a module; it belongs to the teacher's part of the distribution (pyproject.toml), and may be away.
_PLAYED = ("playbook", "report_plays")

Registered = TypeVar("Registered", bound=Callable[..., Any])


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

    @property
    def folder(self) -> Path:
        """Where it lies; it need not have been imported."""
        found = folder(self.path)
        assert found, f"there is no package {self.path}"
        return found


@functools.cache
def folder(path: str) -> Path | None:
    """Where the package of that dotted path lies; None if there is none. It is not imported, only what it lies in."""
    try:
        found = util.find_spec(path)
    except ModuleNotFoundError:
        return None
    return Path(next(iter(found.submodule_search_locations))) if found and found.submodule_search_locations else None


#: By name, in the one order of packages: that in which they registered, and in which their tables are made.
_REGISTERED: dict[str, Package] = {"kernel": Package("ecomlab.kernel", everywhere=True)}
#: The names of those whose code has been imported by `load`.
_LOADED: set[str] = set()


def register(path: str, *, needs: tuple[str, ...] = (), data: tuple[str, ...] = (), everywhere: bool = False) -> None:
    """Adds a package; one that registers itself calls it first of all, before it imports its own files.

    needs: the packages whose commands, functions or tables it uses (what those need in turn follows). data: the `data/<name>.csv`
    that it reads, also through functions of the books. everywhere: it belongs to every world, whatever the scenario.
    """
    made = Package(path, needs, data, everywhere)
    known = _REGISTERED.setdefault(made.name, made)
    if known.path != path:
        raise ValueError(f"{path} and {known.path} have one name")
    read.cache_clear()
    of.cache_clear()
    _places.cache_clear()


def declare(path: str) -> None:
    """Registers the package that lies at this dotted path with what its `package.toml` says, and imports nothing of it."""
    said = parse(path, "package.toml", (Package(path).folder / "package.toml").read_text("utf-8"))
    register(path, needs=tuple(said["needs"]), data=tuple(said["data"]))


def load(names: Iterable[str] | None = None) -> None:
    """Imports the code of these packages (by default of all), in the one order: what they declare, from commands to checks, is there from then on."""
    wanted = set(_REGISTERED if names is None else names) - _LOADED
    fresh = [p for name, p in _REGISTERED.items() if name in wanted]
    for package in fresh:
        import_module(package.path)
    for package in fresh:
        for part in _PLAYED:
            if (package.folder / f"{part}.py").is_file():
                import_module(f"{package.path}.{part}")
    _LOADED.update(wanted)


def in_order(functions: Iterable[Registered]) -> list[Registered]:
    """Functions that packages have registered, in the one order of packages, whichever of them was loaded first; those of no package come last."""
    place = _places()
    return sorted(functions, key=lambda function: place.get(of(function) or "", len(place)))


@functools.cache
def _places() -> dict[str, int]:
    """By name, the place of each package in their order."""
    return {name: i for i, name in enumerate(_REGISTERED)}


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
    found = ((p.path, p.folder / file) for p in _REGISTERED.values())
    return tuple((path, place.read_text("utf-8")) for path, place in found if place.is_file())


def parse(package: str, file: str, text: str) -> dict[str, Any]:
    """A package's file of TOML; numbers with places are Decimals. Raises ValueError naming the file and the line where it goes wrong."""
    try:
        return compiled.kept(folder(package), file, text, lambda: tomllib.loads(text, parse_float=Decimal))
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
