"""From one task to another: where its form is, as a link that a notebook beside this one, or the same, answers."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from ..desk import Desk
from ..kernel.tasks import tasks
from .first import comes_first


def link(desk: Desk, code: str) -> dict[str, str]:
    """A task to go to: its code, its title, and the address of its form: none where no notebook has it."""
    title = tasks()[code].title.say(desk.language)
    found = next((n for n in _notebooks(desk) if f'"{_cell(code)}"' in _text(n, n.stat().st_mtime_ns)), None)
    return {"code": code, "title": title, "href": f"{found.name}#cell-id={_cell(code)}" if found else ""}


def _cell(code: str) -> str:
    """The id of the cell that shows a task's form (`course/notebooks.py`)."""
    return f"{code}-form"


def _notebooks(desk: Desk) -> list[Path]:
    """The one that this kernel belongs to (Jupyter Server tells it), and those beside it: the modules' before `00-start`, which shows a few tasks again."""
    own = Path(os.environ.get("JPY_SESSION_NAME", ""))
    world = desk.world.folder
    folder = own.parent if own.suffix == ".ipynb" else next((f for f in (world / desk.language,) if f.is_dir()), world)
    beside = sorted(folder.glob("*.ipynb"), key=lambda n: (n != own, n.name.startswith("00-"), n.name))
    return [n for n in beside if n.is_file()]


@functools.lru_cache(maxsize=64)
def _text(notebook: Path, changed: int) -> str:
    return notebook.read_text("utf-8", errors="replace")


def next_task(desk: Desk, code: str = "") -> str:
    """The task to do next, after this one or from the beginning: the first that is not finished and that can be done now; "" if there is none."""
    desk.refresh()
    codes = desk.codes
    at = codes.index(code) + 1 if code in codes else 0
    unfinished = (c for c in (*codes[at:], *codes[:at]) if c != code and not desk.finished(c))
    return next((c for c in unfinished if comes_first(desk, tasks()[c], stuck=False) is None), "")
