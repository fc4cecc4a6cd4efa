"""Sets to practise on: made here in seconds, with the truth beside them, the same for everybody who names the same seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from ..kernel.refusals import refusal
from .simulate import MANIFEST, simulate

#: By name: orders and days. A shop's year is for reports and first looks; what is to be found out shows in a market of a hundred thousand orders (the
#: tolerances of `questions` are for that size); a million is what tools are compared with.
SETS = {"year": (10_000, 365), "market": (100_000, 730), "million": (1_000_000, 730)}
SEED = "practice"

NO_SUCH_SET = refusal("no_practice_set", "没有练习数据集“{name}”。请从这些中选择：{known}。", "There is no practice set {name}. Choose one of: {known}.")


def truth_of(folder: Path) -> Path:
    """Where the truth of a practice set lies: beside it."""
    return folder.with_name(f"{folder.name}-truth")


def make(name: str, folder: Path, seed: str = SEED, tell: Callable[[Any], None] = lambda _: None) -> Path:
    """The practice set of that name below `folder`, with the truth beside it; made if it is not there, or finished if its making was interrupted.

    seed: another one gives another market, in a folder that has it in its name. Refuses 'no_practice_set'.
    """
    if name not in SETS:
        raise NO_SUCH_SET("name", name=str(name)[:40], known=", ".join(SETS))
    orders, days = SETS[name]
    plain = "".join(c if c.isalnum() else "-" for c in seed)[:40]
    place = folder / (name if seed == SEED else f"{name}-{plain}")
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f".{place.name}.lock"):  # two notebooks may want it at a time
        if not (place / MANIFEST).exists():
            simulate(orders, f"{name} {seed}", place, truth_of(place), days=days, tell=tell)
    return place
