"""Superseding: the present version of data, or of a scenario, is kept before somebody changes it, and worlds made with it stay as they are.

What is kept is named by its digest: `data/superseded/<data>-<digest>.csv` as it was, and `<scenario>-<digest>.toml`, which pins the
versions of the scenario's data and names who is there one by one. Nothing in there is changed by hand.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from .. import modules
from ..kernel import packages
from ..kernel.refusals import refusal
from ..kernel.scenario import Scenario, data_digest, scenario, scenario_names, share, superseded

modules.load()

NOTHING_TO_SUPERSEDE = refusal(
    "nothing_to_supersede",
    "没有名为“{name}”的数据（data/{name}.csv）或场景（data/scenarios/{name}.toml）。请核对名称。",
    "There is no data (data/{name}.csv) and no scenario (data/scenarios/{name}.toml) named {name}. Check the name.",
)


def supersede(names: Iterable[str]) -> list[Path]:
    """Keeps the present version of these data and scenarios; gives the files written. Once is enough: a version is kept only once.

    With data, every scenario that reads them is kept. Raises the Refusal 'nothing_to_supersede'.
    """
    wanted = list(names)
    for name in wanted:
        if not _csv(name).is_file() and name not in scenario_names():
            raise NOTHING_TO_SUPERSEDE("name", name=name)
    (share("data") / "superseded").mkdir(exist_ok=True)
    return list(dict.fromkeys(written for name in wanted for written in [*_keep_data(name), *_keep_scenarios(name)]))


def _csv(name: str) -> Path:
    return share("data") / f"{name}.csv"


def _kept(name: str) -> Path:
    return share("data") / "superseded" / name


def _keep_data(name: str) -> list[Path]:
    if not _csv(name).is_file():
        return []
    version = data_digest(name)
    target, written = _kept(f"{name}-{version}.csv"), []
    if not target.exists():
        shutil.copyfile(_csv(name), target)
        written.append(target)
    for old in (s for kept in superseded().values() for s in kept):
        if name in packages.data_of(old.packages) and name not in {**old.data, **old.later}:
            written.append(_pin_later(old, name, version))
    return written


def _pin_later(old: Scenario, name: str, version: str) -> Path:
    """Worlds of an earlier version read these data only since then: from here on the version that they have read."""
    file = _kept(f"{old.name}-{old.digest}.toml")
    with file.open("a", encoding="utf-8", newline="\n") as f:
        f.write(("" if old.later else "\n[later]\n") + f'{name} = "{version}"\n')
    return file


def _keep_scenarios(name: str) -> list[Path]:
    written = []
    for present in map(scenario, scenario_names()):
        target = _kept(f"{present.name}-{present.digest}.toml")
        if (name == present.name or name in present.data) and not target.exists():
            target.write_text(_toml(present), "utf-8", newline="\n")
            written.append(target)
    return written


def _toml(present: Scenario) -> str:
    """A scenario as the file that keeps it."""
    taken = {d for old in superseded().get(present.name, ()) for d in old.known_as}
    return "\n".join(
        [
            "# An earlier version of this scenario, with the digests of its data. Worlds made with it refer to it: do not change it.",
            f"start = {present.start}",
            f"modules = {_list(present.modules)}",
            f"prologue = {_list(present.prologue)}",
            f"tasks = {_list(present.tasks)}",
            f"known_as = {_list([d for d in present.known_as if d not in taken])}",
            *("", "[title]", f"zh = {_text(present.title.zh)}", f"en = {_text(present.title.en)}"),
            *("", "[data]", *(f"{name} = {_text(version)}" for name, version in sorted(present.data.items())), ""),
        ]
    )


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)  # a JSON string is a basic string of TOML
