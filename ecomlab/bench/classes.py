"""Grading: what an entry, a whole semester submission and a class cost, and a generated class graded as a teacher would."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..grading.batch import grade_submission
from ..grading.graded import Submission
from ..kernel.logbook import LOGBOOK
from ..kernel.replica import Replica
from ..kernel.scenario import scenario
from ..kernel.shelf import package_digest
from .rows import Row, environment, spent, timed
from .sheet import Sheet

#: The class of the issue: students, and the cores that grade them.
STUDENTS, CORES = 300, 2


def hand_in(folder: Path, student: str, scenario_name: str) -> Path:
    """The logbook of a model student who has done all tasks of a scenario, in a folder of the student's.

    It is played on a replica, in a quarter of the time; line by line it is what a play on DuckDB leaves (tests/test_bench.py).
    """
    sheet = Sheet(scenario_name, student, Replica())
    sheet.play(scenario(scenario_name).tasks)
    sheet.write(folder / student / scenario_name)
    return folder / student / scenario_name / LOGBOOK


def logbooks_of(students: int, scenario_name: str) -> list[Path]:
    """So many students' logbooks, made once for this state of the package in worker processes and kept among the temporary files."""
    folder = Path(tempfile.gettempdir()) / f"ecomlab-class-{package_digest()[:12]}-{scenario(scenario_name).digest[:12]}"
    names = [f"student{i:04d}" for i in range(students)]
    missing = [name for name in names if not (folder / name / scenario_name / LOGBOOK).exists()]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count() or 1, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(hand_in, [folder] * len(missing), missing, [scenario_name] * len(missing)))
    return [folder / name / scenario_name / LOGBOOK for name in names]


def bench_grading(scenario_name: str = "semester", students: int = 6) -> Iterator[Row]:
    """Whole submissions of several students, each graded once in a process that is warm, by entry, and a class of 300 on two cores as it follows.

    Each has a seed of its own, so nothing that follows from it is in memory already, as it is when one logbook is graded over and over.
    """
    logbooks: list[Path] = []
    making = spent(lambda: logbooks.extend(logbooks_of(students + 1, scenario_name)))
    first, *others = (Submission(logbook, logbook.parent.parent.name, scenario_name) for logbook in logbooks)
    grade_submission(first)  # whatever is imported or prepared once in a process
    entries = sum(len(logbook.read_text("utf-8").splitlines()) - 1 for logbook in logbooks[1:])
    taken = spent(lambda: [grade_submission(submission) for submission in others])
    yield Row(f"making {students + 1} logbooks, unless they are kept", making)
    yield Row(f"grading, an entry of {entries}", taken / entries, aim=0.0015)
    yield Row(f"grading, a submission of {scenario_name}", taken / students, aim=0.6)
    yield Row(f"grading, a class of {STUDENTS} on {CORES} cores (extrapolated)", taken / students * STUDENTS / CORES, aim=90)


def bench_class(students: int, scenario_name: str = "semester") -> Iterator[Row]:
    """So many students' logbooks, graded by `ecomlab grade` on all cores."""
    workers = os.cpu_count() or 1
    logbooks = [str(logbook) for logbook in logbooks_of(students, scenario_name)]
    call = [sys.executable, "-m", "ecomlab", "grade", *logbooks, "--workers", str(workers)]
    done: list[subprocess.CompletedProcess[str]] = []
    taken = timed(lambda: done.append(subprocess.run(call, capture_output=True, text=True, env=environment())))
    if done[0].returncode:
        raise RuntimeError(f"grading the class ended with {done[0].returncode}:\n{done[0].stdout[-2000:]}{done[0].stderr[-2000:]}")
    yield Row(f"a class of {students} graded on {workers} cores", taken, aim=90 * students / STUDENTS * CORES / workers)
    yield Row("  per submission and core", taken * workers / students, aim=0.6)
