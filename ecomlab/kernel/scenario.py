"""Scenarios: where and when a world starts, who is there, what has been played before the student arrives, and which tasks count.

A world is pinned to the version of its scenario by a digest over what the scenario *means*: its start, modules, prologue, tasks, and
the rows of the data that its modules and their needs read. A comment, a title, a column's place, another file or module beside them
are no part of that. What was superseded stays in `data/superseded` and is found by its digest, so old worlds stay as they were.
"""

from __future__ import annotations

import csv
import datetime
import functools
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import packages
from .canonical import digest
from .packages import Registered
from .plays import CASTS
from .refusals import NOT_IN_THIS_WORLD, Refusal, refusal
from .texts import Text

UNKNOWN_SCENARIO = refusal("unknown_scenario", "没有名为“{name}”的场景。请选择：{known}。", "There is no scenario named {name}. Choose one of: {known}.")
OTHER_SCENARIO = refusal(
    "other_scenario",
    "日志由另一版本的场景“{name}”建立（{theirs}，现为 {ours}），无法用本版本继续。请使用当时的版本，或在另一个文件夹里重新开始。",
    "The logbook was begun with another version of the scenario {name} ({theirs}; now {ours}), so this version cannot continue it. Use the earlier version, "
    "or begin in another folder.",
)

Rows = tuple[dict[str, str], ...]


def share(folder: str) -> Path:
    """A folder that travels with ecomlab (`data`, `notebooks`, `assignments`): in the wheel, or at the checkout's top."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "share" / folder
    return inside if inside.is_dir() else package.parent / folder


# --- data --------------------------------------------------------------------------------------------------------


def read_rows(file: Path) -> Rows:
    """The rows of a CSV file as dictionaries."""
    with file.open(encoding="utf-8", newline="") as f:
        return tuple(csv.DictReader(f))


def rows_digest(rows: Rows) -> str:
    """16 hex digits for what the rows say, in their order; the order of the columns is none of it."""
    return digest([dict(sorted(r.items())) for r in rows])


@functools.cache
def data_digest(name: str) -> str:
    """The digest of `data/<name>.csv` as it is now."""
    return rows_digest(read_rows(share("data") / f"{name}.csv"))


@functools.cache
def data_rows(name: str, version: str) -> Rows:
    """The rows of a data set in the version of that digest: as it is now, or superseded. Raises LookupError if neither has it."""
    for file in (share("data") / f"{name}.csv", share("data") / "superseded" / f"{name}-{version}.csv"):
        if file.is_file() and rows_digest(rows := read_rows(file)) == version:
            return rows
    raise LookupError(f"data/superseded has no {name}-{version}.csv, and data/{name}.csv is another version")


# --- scenarios ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    """A version of a scenario, as its TOML file says it: in `data/scenarios` the present one, in `data/superseded` those before."""

    name: str
    title: Text
    start: datetime.date
    #: the modules that a world has; what they need is there as well
    modules: tuple[str, ...]
    #: what is played first, in order: "<module>.cast", names of scenes, or codes of tasks
    prologue: tuple[str, ...]
    #: codes of the tasks that count, in the order in which they are reported
    tasks: tuple[str, ...]
    #: the data that its modules read, each with the digest of its version
    data: Mapping[str, str] = field(hash=False)
    #: of a superseded scenario: the same for data that its modules read only since then
    later: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: digests of other schemes under which worlds know this version
    known_as: tuple[str, ...] = ()

    @functools.cached_property
    def digest(self) -> str:
        """16 hex digits for what the scenario means; a world's header carries them."""
        return digest({"start": self.start, "modules": self.modules, "prologue": self.prologue, "tasks": self.tasks, "data": dict(sorted(self.data.items()))})

    @functools.cached_property
    def packages(self) -> tuple[str, ...]:
        """The names of the packages that a world of this scenario has, in their one order."""
        return packages.together(self.modules)

    def has(self, package: str | None) -> bool:
        """Whether a world of this scenario has that package. What belongs to none, as a test's own, is in every world."""
        return package is None or package in self.packages

    def includes(self, function: Callable[..., Any]) -> bool:
        """Whether what a package has registered (a daily function, an invariant, ...) belongs to a world of this scenario."""
        return self.has(packages.of(function))

    def those(self, functions: Iterable[Registered]) -> list[Registered]:
        """Those of them that belong to a world of this scenario, in the order of packages."""
        return packages.in_order(f for f in functions if self.includes(f))

    def reads(self, name: str) -> bool:
        """Whether one of its packages reads `data/<name>.csv`."""
        return name in self._versions

    def rows(self, name: str) -> Rows:
        """The rows of `data/<name>.csv` in the version that this scenario's worlds were made with.

        Raises LookupError, a programming error, for data that none of its packages has declared: the digest would not cover them.
        """
        if name not in self._versions:
            raise LookupError(f"none of the packages of scenario {self.name} has registered that it reads the data {name!r}")
        return data_rows(name, self._versions[name])

    @functools.cached_property
    def _versions(self) -> dict[str, str]:
        """The version of everything that its packages read."""
        return {name: self.data.get(name) or self.later.get(name) or data_digest(name) for name in packages.data_of(self.packages)}


def scenario(name: str, version: str | None = None) -> Scenario:
    """The scenario of that name: the present version, or the one with that digest.

    Raises a Refusal if there is no such scenario, or no such version of it.
    """
    now = _present(name) if name in scenario_names() else None
    if now and version in (None, now.digest):
        return now
    for kept in superseded().get(name, ()) if version else ():
        if version in (kept.digest, *kept.known_as):
            return kept
    if now is None:
        raise UNKNOWN_SCENARIO("scenario", name=str(name)[:60], known=", ".join(scenario_names()))
    if version not in now.known_as:
        raise OTHER_SCENARIO("scenario", name=name, theirs=version, ours=now.digest)
    return now


@functools.cache
def scenario_names() -> tuple[str, ...]:
    """The scenarios that a new world can have."""
    return tuple(sorted(p.stem for p in (share("data") / "scenarios").glob("*.toml")))


def home(module: str) -> str:
    """The scenario in which a module's tasks are an assignment: that of its name, else the first that names the module itself, else the semester."""
    return next((n for n in (module, *scenario_names()) if n in scenario_names() and module in scenario(n).modules), "semester")


def not_in_this_world(module: str, here: str) -> Refusal:
    """What whoever asks for a module gets in a world of the scenario `here`, which has it not; it names a scenario that has it, the semester if that does."""
    having = (name for name in ("semester", *scenario_names()) if scenario(name).has(module))
    return NOT_IN_THIS_WORLD(module=module, scenario=here, example=next(having, "semester"))


@functools.cache
def counted() -> frozenset[str]:
    """The codes of the tasks that some scenario counts now; those that none does were withdrawn, or are not released yet."""
    return frozenset(code for name in scenario_names() for code in _present(name).tasks)


@functools.cache
def superseded() -> dict[str, tuple[Scenario, ...]]:
    """The versions that scenarios had before, by the scenario's name. Raises ValueError for one that is not what its file name says."""
    found: dict[str, tuple[Scenario, ...]] = {}
    for file in sorted((share("data") / "superseded").glob("*.toml")):
        name, _, version = file.stem.rpartition("-")
        kept = read_scenario(name, file)
        if kept.digest != version:
            raise ValueError(f"data/superseded/{file.name} was changed: its digest is {kept.digest}")
        found[name] = (*found.get(name, ()), kept)
    return found


@functools.cache
def _present(name: str) -> Scenario:
    return read_scenario(name, share("data") / "scenarios" / f"{name}.toml")


def read_scenario(name: str, file: Path) -> Scenario:
    """A scenario from its file. Where that pins no versions of data, it is the present one and has the data as they are now."""
    read = tomllib.loads(file.read_text("utf-8"))
    there = packages.together(read["modules"])
    if "cast" in read["prologue"]:  # that of every module which has one, as their code says
        packages.load(there)
    return Scenario(
        name,
        Text(read["title"]["zh"], read["title"]["en"]),
        read["start"],
        tuple(m for m in there if m in read["modules"]),
        tuple(step for written in read["prologue"] for step in ([f"{m}.cast" for m in there if m in CASTS] if written == "cast" else [written])),
        tuple(read["tasks"]),
        read.get("data") or {d: data_digest(d) for d in packages.data_of(there)},
        read.get("later", {}),
        tuple(read.get("known_as", ())),
    )
