"""Scenarios: where and when a world starts, who is there, and what has been played before the student arrives."""

from __future__ import annotations

import datetime
import functools
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .refusals import refusal
from .texts import Text

UNKNOWN_SCENARIO = refusal("unknown_scenario", "没有名为“{name}”的场景。可用的场景：{known}。", "There is no scenario named {name}. There are: {known}.")


def share(folder: str) -> Path:
    """A folder that travels with ecomlab (`data`, `notebooks`, `assignments`): in the wheel, or at the checkout's top."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "share" / folder
    return inside if inside.is_dir() else package.parent / folder


@dataclass(frozen=True)
class Scenario:
    """A scenario as its TOML file in `data/scenarios` says it. `digest` pins that file and the data beside it."""

    name: str
    title: Text
    start: datetime.date
    #: modules whose tasks count in this scenario
    modules: tuple[str, ...]
    #: what is played first, in order: "cast" (of every module), "<module>.cast", names of scenes, or codes of tasks
    prologue: tuple[str, ...]
    digest: str


@functools.cache
def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises a Refusal if there is none."""
    known = scenario_names()
    if name not in known:
        raise UNKNOWN_SCENARIO("scenario", name=str(name)[:60], known=", ".join(known))
    raw = (share("data") / "scenarios" / f"{name}.toml").read_bytes()
    read = tomllib.loads(raw.decode("utf-8"))
    whole = hashlib.sha256(raw)
    for file in sorted(share("data").glob("*.csv")):
        whole.update(file.name.encode() + b"\0" + file.read_bytes())
    return Scenario(
        name,
        Text(read["title"]["zh"], read["title"]["en"]),
        read["start"],
        tuple(read["modules"]),
        tuple(read["prologue"]),
        whole.hexdigest()[:16],
    )


@functools.cache
def scenario_names() -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in (share("data") / "scenarios").glob("*.toml")))


@functools.cache
def rows_of(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv` as dictionaries."""
    import csv

    with (share("data") / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return tuple(csv.DictReader(f))

