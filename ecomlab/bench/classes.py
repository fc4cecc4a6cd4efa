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

from .. import __version__
from ..grading.batch import grade_submission
from ..grading.graded import Submission
from ..kernel.logbook import LOGBOOK
from ..kernel.replica import Replica
from ..kernel.scenario import scenario
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


def bench_grading(scenario_name: str = "semester", times: int = 5) -> Iterator[Row]:
    """A whole submission graded in a process that is warm, by entry, and a class of 300 on two cores as it follows from that."""
    with tempfile.TemporaryDirectory() as folder:
        logbook = hand_in(Path(folder), "bench", scenario_name)
        entries = len(logbook.read_text("utf-8").splitlines()) - 1
        submission = Submission(logbook, "bench", scenario_name)
        grade_submission(submission)
        taken = min(spent(lambda: grade_submission(submission)) for _ in range(times))
    yield Row(f"grading, an entry of {entries}", taken / entries, aim=0.0015)
    yield Row(f"grading, a submission of {scenario_name}", taken, aim=0.6)
    yield Row(f"grading, a class of {STUDENTS} on {CORES} cores (extrapolated)", taken * STUDENTS / CORES, aim=90)


def bench_class(students: int, scenario_name: str = "semester") -> Iterator[Row]:
    """So many students' logbooks, made once for this version and kept among the temporary files, graded by `ecomlab grade` on all cores."""
    workers = os.cpu_count() or 1
    folder = Path(tempfile.gettempdir()) / f"ecomlab-class-{__version__}-{scenario(scenario_name).digest[:12]}"
    names = [f"student{i:04d}" for i in range(students)]
    missing = [name for name in names if not (folder / name / scenario_name / LOGBOOK).exists()]
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(hand_in, [folder] * len(missing), missing, [scenario_name] * len(missing)))
    logbooks = [str(folder / name / scenario_name / LOGBOOK) for name in names]
    call = [sys.executable, "-m", "ecomlab", "grade", *logbooks, "--workers", str(workers)]
    done: list[subprocess.CompletedProcess[str]] = []
    taken = timed(lambda: done.append(subprocess.run(call, capture_output=True, text=True, env=environment())))
    if done[0].returncode:
        raise RuntimeError(f"grading the class ended with {done[0].returncode}:\n{done[0].stdout[-2000:]}{done[0].stderr[-2000:]}")
    yield Row(f"a class of {students} graded on {workers} cores", taken, aim=90 * students / STUDENTS * CORES / workers)
    yield Row("  per submission and core", taken * workers / students, aim=0.6)
