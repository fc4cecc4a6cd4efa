"""Grading a class: the same submissions through `ecomlab grade` and through nbgrader."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..kernel.scenario import share
from ..kernel.tasks import tasks
from .rows import Row, environment, timed
from .sheet import Sheet


def bench_nbgrader(module: str = "email", students: int = 8) -> Iterator[Row]:
    """The same submissions of one assignment through `ecomlab grade` and `nbgrader autograde`, each as one call."""
    source = share("assignments")
    if importlib.util.find_spec("nbgrader") is None or not (source / "source" / module).is_dir():
        return
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        shutil.copytree(source, course, ignore=shutil.ignore_patterns("submitted", "autograded", "feedback", "release", "gradebook.db*"))
        _quietly([sys.executable, "-m", "nbgrader", "generate_assignment", module, "--create"], course)
        for i in range(students):
            student = f"bench{i:02d}"
            handed_in = course / "submitted" / student / module
            shutil.copytree(course / "release" / module, handed_in)
            sheet = Sheet(module, student)
            sheet.play(list(tasks([module])))
            sheet.write(handed_in)
        theirs = timed(lambda: _quietly([sys.executable, "-m", "nbgrader", "autograde", module, "--create"], course))
        ours = timed(lambda: _quietly([sys.executable, "-m", "ecomlab", "grade", str(course / "submitted")], course))
        yield Row(f"ecomlab grade, per submission of {module}", ours / students, "nbgrader autograde", theirs / students, aim=10, faster=True)


def _quietly(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment())
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
