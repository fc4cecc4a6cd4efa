"""Grading on a cluster: the same submissions, in the same kind of processes with the same limits, on the machines behind a Dask scheduler.

The machines need ecomlab and nothing of ours else: what was handed in travels with the job. A worker of Dask's may have no children that `multiprocessing`
makes, and must not be killed with a submission; so each handful of submissions is graded in a process of its own, which watches its children as `workers`
does everywhere. A machine with another version of ecomlab would give other grades, and is refused.

The course's key travels too. On a net that others listen to name a scheduler with TLS (`tls://`).
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ..kernel import keys
from ..kernel.logbook import ATTEMPTS, LOGBOOK, MAX_BYTES
from ..kernel.refusals import refusal
from ..kernel.scheduler import connected
from .graded import Submission
from .record import program
from .workers import Ended, done

#: Submissions that travel and are graded together: so many that starting a process does not show, so few that all machines end at one time.
HANDFUL = 8

OTHER_PROGRAM = refusal(
    "other_program",
    "集群上的 ecomlab 与这里的版本不同，评分可能不同。请在各台机器上安装同一版本。",
    "The cluster has another version of ecomlab than this machine, and might grade otherwise. Install the same version on all of them.",
)


class Parcel(NamedTuple):
    """A submission as it travels: its files as bytes, None where there is none, and the other values of its job."""

    submission: Submission
    logbook: bytes | None
    attempts: bytes | None
    rest: tuple[Any, ...]


Work = Callable[..., Any]


def done_on(address: str, work: Work, jobs: Sequence[tuple[Any, ...]], seconds: float, megabytes: int) -> Iterator[tuple[int, Any, Ended | None]]:
    """`workers.done` on a cluster: (number of the job, its result or None, why there is none), as they are done.

    A job is a submission, the key, and whatever else `work` takes. Refuses 'no_scheduler' and 'other_program'.
    """
    with connected(address) as client:
        from distributed import as_completed

        ours = program()
        handfuls = [range(len(jobs))[at : at + HANDFUL] for at in range(0, len(jobs), HANDFUL)]
        sent = {}
        for handful in handfuls:
            parcels = [_packed(*jobs[i]) for i in handful]
            sent[client.submit(_graded, pickle.dumps((work, ours, seconds, megabytes, parcels)), pure=False)] = handful
        try:
            for future, answer in as_completed(list(sent), loop=client.loop, with_results=True):  # type: ignore[no-untyped-call]
                results = pickle.loads(answer)
                if results is None:
                    raise OTHER_PROGRAM("scheduler")
                for n, result, ended in results:
                    i = sent[future][n]
                    yield i, result and replace(result, submission=jobs[i][0]), ended
        finally:
            client.cancel(list(sent))


def _packed(submission: Submission, key: str | None, *rest: Any) -> Parcel:
    """What travels. The key is that of this machine, since another has none."""
    return Parcel(submission, _bytes(submission.path), _bytes(submission.path.with_name(ATTEMPTS)), (keys.secret(key), *rest))


def _bytes(file: Path) -> bytes | None:
    try:
        with file.open("rb") as f:
            return f.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


# --- on a machine of the cluster ---


def _graded(packed: bytes) -> bytes:
    """In a worker of Dask's: hands on to a process that may have children."""
    made = subprocess.run([sys.executable, "-c", f"from {__name__} import main; main()"], input=packed, stdout=subprocess.PIPE, check=True)
    return made.stdout


def _unpacked(parcels: Sequence[Parcel], folder: Path) -> list[tuple[Any, ...]]:
    """The jobs, with their files below a folder of this machine."""
    jobs = []
    for n, parcel in enumerate(parcels):
        place = folder / str(n)
        place.mkdir()
        for name, content in ((LOGBOOK, parcel.logbook), (ATTEMPTS, parcel.attempts)):
            if content is not None:
                (place / name).write_bytes(content)
        jobs.append((replace(parcel.submission, path=place / LOGBOOK), *parcel.rest))
    return jobs


def main() -> None:
    """Reads a handful from standard input, writes what was found to standard output; None where the program is another than that which asks."""
    work, theirs, seconds, megabytes, parcels = pickle.loads(sys.stdin.buffer.read())
    out, sys.stdout = sys.stdout.buffer, sys.stderr
    if theirs != program():
        out.write(pickle.dumps(None))
        return
    with tempfile.TemporaryDirectory(prefix="ecomlab-grading-") as folder:
        results = list(done(work, _unpacked(parcels, Path(folder)), 1, seconds, megabytes))
    out.write(pickle.dumps(results))

