"""Scratch copies of the checkout, and processes of the ecomlab in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import worlds


def copy(folder: Path, *more: str) -> Path:
    """A copy of what grades, the package and its data, and of `more` folders, with what was compiled. Without what only faces need."""
    ignore = shutil.ignore_patterns("fonts", "jupyterlab", "images", "browser")
    for part in ("ecomlab", "data", *more):
        shutil.copytree(worlds.ROOT / part, folder / part, ignore=ignore)
    shutil.copy(worlds.ROOT / "pyproject.toml", folder)
    (folder / "notebooks").mkdir()
    return folder


def run(checkout: Path, *arguments: object, good: tuple[int, ...] = (0,)) -> str:
    """What a process of that checkout's ecomlab prints. Worlds that this run shares are none of its; what it compiles is kept for the next process."""
    own = {k: v for k, v in os.environ.items() if k not in (worlds.SHARED, "PYTHONDONTWRITEBYTECODE") and not k.startswith("PYTEST_")}
    environment = {**own, "PYTHONPATH": str(checkout)}
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in good, done.stdout + done.stderr
    return done.stdout
