"""Where the course lies: in a checkout as it is, for an installed ecomlab in a folder of the user's."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..kernel.scenario import share
from ..kernel.texts import Text

COPY = Path("ecomlab-course")


def checkout() -> Path | None:
    """The top of the checkout that ecomlab runs from, whose course can be worked in and built in place; None without one."""
    top = Path(__file__).resolve().parents[2]
    return top if share("notebooks") == top / "notebooks" and (top / "pyproject.toml").is_file() else None


def working_folder(wanted: Path | None) -> tuple[Path, Text | None]:
    """The folder to open JupyterLab on, and what to tell the user about it.

    Outside a checkout, or where the user names a folder, the notebooks are copied there; what is there stays as it is.
    """
    if wanted is None and checkout():
        return share("notebooks"), None
    folder = (wanted or COPY).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    there = share("notebooks")
    new = [p.relative_to(there) for p in sorted(there.glob("*/*.ipynb")) if not (folder / p.relative_to(there)).exists()]
    for notebook in new:
        (folder / notebook).parent.mkdir(exist_ok=True)
        shutil.copyfile(there / notebook, folder / notebook)
    if not new:
        return folder, Text("课程在 {folder}", "The course is in {folder}").fill(folder=folder)
    return folder, Text("已把 {n} 个笔记本复制到 {folder}", "{n:notebook} copied to {folder}").fill(n=len(new), folder=folder)
