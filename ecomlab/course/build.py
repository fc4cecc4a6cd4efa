"""Writes the course into a folder, and says which of its files are not as they would be written now."""

from __future__ import annotations

import re
from pathlib import Path

from ..kernel.scenario import scenario, scenario_names, share
from .assignments import assignment
from .data_page import data_page
from .notebooks import MARKET, NAMES, editions
from .plans import plans
from .reference import reference

#: Files that the builder calls its own: in these places it removes what the catalogue no longer has.
_OWN = re.compile(
    r"notebooks/(?:zh/|en/)?(?:\d\d|market)-[\w-]+\.ipynb|notebooks/dashboards\.ipynb|docs/lessons/\w+/[\w-]+\.md|assignments/source/\w+/\w+\.ipynb"
)
_PLACES = ("notebooks/*.ipynb", "notebooks/*/*.ipynb", "docs/lessons/*/*.md", "assignments/source/*/*.ipynb")
#: Where prose says how many tasks the semester has: the number after these words, before those, is the catalogue's. Any other number of tasks is the writer's.
_COUNTED = {"README.md": (r"Nine modules, ", r" tasks:"), "README.zh.md": (r"九个模块，", r" 个任务：")}


def files() -> dict[str, str]:
    """Every generated file of the course, by its path below the course's folder."""
    made = {f"notebooks/{name}": text for name, text in editions().items()}
    made |= {f"docs/lessons/{name}": text for name, text in plans().items()}
    for name in (*NAMES, MARKET):
        if name in scenario_names():
            made[f"assignments/source/{name}/{name}.ipynb"] = assignment(name, scenario(name))
    made["docs/reference.md"] = reference()
    made["docs/data.md"] = data_page()
    made["assignments/nbgrader_config.py"] = (share("assignments") / "nbgrader_config.py").read_text("utf-8")
    return made


def _prose(folder: Path) -> dict[str, str]:
    """What people wrote into that folder, with the number of tasks that the semester counts."""
    there = {name: words for name, words in _COUNTED.items() if (folder / name).is_file()}
    number = len(scenario("semester").tasks)
    return {
        name: re.sub(rf"(?<={before})\d+(?={after})", str(number), (folder / name).read_text("utf-8")) for name, (before, after) in there.items()
    }


def build(folder: Path) -> list[str]:
    """Writes the course below `folder`; the paths that were changed, made or removed."""
    made = _made(folder)
    changed = _differing(folder, made)
    for name in changed:
        target = folder / name
        if name not in made:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made[name], "utf-8", newline="\n")
    return changed


def stale(folder: Path) -> list[str]:
    """The paths below `folder` that are missing, differ from the catalogue, or stand for a module that is gone."""
    return _differing(folder, _made(folder))


def _made(folder: Path) -> dict[str, str]:
    """What should lie below that folder, by path."""
    return files() | _prose(folder)


def _differing(folder: Path, made: dict[str, str]) -> list[str]:
    found = [name for name, text in made.items() if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode()]
    there = [p.relative_to(folder).as_posix() for pattern in _PLACES for p in folder.glob(pattern)]
    return sorted([*found, *(name for name in there if _OWN.fullmatch(name) and name not in made)])
