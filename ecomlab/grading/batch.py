"""Many submissions at once: finding them, and grading them in several processes.

The points are those of `grade`; the number of workers changes nothing but the time, and no submission stops the others.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..kernel import keys, packages
from ..kernel.logbook import LOGBOOK, BadLine, Finding, Header, Survey, read_header, submitter, survey, text_of
from ..kernel.mailed import lines_of
from ..kernel.refusals import Refusal, refusal
from ..kernel.scenario import scenario
from ..kernel.texts import Text
from .compare import Remark, compared
from .due import collected, lateness
from .graded import NOT_JUDGED, Graded, Submission
from .record import Record, basis
from .replay import Report, grade, no_points
from .settings import Settings
from .traits import Traits, traits
from .workers import Ended, done

if TYPE_CHECKING:
    from ..witness.account import Account
    from ..witness.log import Log

NO_LOGBOOK_THERE = refusal(
    "no_logbook_there",
    "“{path}”里没有 {name}。请给出日志文件，或含有日志的文件夹。",
    "There is no {name} in {path}. Name a logbook, or a folder that holds some.",
)
#: On what a submission is judged: a replica and DuckDB where that says nothing, DuckDB alone, or both.
Store = Literal["quick", "exact", "both"]
#: Seconds of the processor that one submission may take: 20,000 entries need less than a minute.
LIMIT = 300
#: Megabytes that the process of one submission may hold: a semester takes about 250.
MEMORY = 1_500
#: What the clocks of a hub and its witness may differ by.
SLACK = datetime.timedelta(minutes=5)
#: What a logbook is called that was downloaded again, copied or mailed; not what a kernel has set aside, or a recovery written.
_NAMED = re.compile(r"logbook(?!\.(torn-|recovered))[^/]*\.jsonl(\.txt)?", re.IGNORECASE)
#: Folders of an nbgrader course that hold copies or nobody's work.
_NOT_SUBMITTED = frozenset({"autograded", "feedback", "release", "source", "solution"})


def submissions(paths: Sequence[str | Path]) -> list[Submission]:
    """The submissions at these places, each once, in the order given and sorted within a folder.

    A path is a logbook, a folder that holds one, or a folder above such folders. Where there is no `logbook.jsonl`, all that were downloaded twice or
    renamed count, such as `logbook (1).jsonl` or `logbook-ann.jsonl`.
    A student's folder of nbgrader's that has none counts too: nothing was done there. Raises a Refusal for a place without any.
    """
    found: dict[Path, Submission] = {}
    for given in paths:
        path = Path(given)
        there = [path] if path.is_file() else _below(path)
        if not there:
            raise NO_LOGBOOK_THERE("path", path=path, name=LOGBOOK)
        for file in there:
            student, assignment = submitter(file.parent) or (_student(file), None)
            found.setdefault(file.resolve(), Submission(file, student, assignment))
    return list(found.values())


def _below(folder: Path) -> list[Path]:
    found = []
    for place, folders, files in os.walk(folder):
        if "submitted" in folders:
            folders[:] = [f for f in folders if f not in _NOT_SUBMITTED]
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        here, named = Path(place), sorted(f for f in files if _NAMED.fullmatch(f))
        if LOGBOOK in files or (not named and (submitter(here) or (_student(here / LOGBOOK) and not folders))):
            named = [LOGBOOK]
        found += [here / name for name in named]
    return found


def _student(file: Path) -> str | None:
    """Whose folder it is that has neither a logbook nor an assignment, right below nbgrader's `submitted`."""
    folder = file.parent.resolve()
    return folder.name if folder.parent.name == "submitted" and not file.exists() else None


def asking_for_a_key(found: Sequence[Submission]) -> list[Submission]:
    """Where no course key is set: those of worlds that somebody made with one. One shows that the course has a key, which no demonstration has."""
    if keys.secret():
        return []
    return [s for s in found if (h := _header(s.path)) and keys.standing(h, None) == "other"]


def _header(path: Path) -> Header | None:
    """A logbook's header; None of a file that has none, which grading will say."""
    try:
        return read_header(text_of(next(lines_of(path)).raw))
    except (OSError, Refusal, BadLine, StopIteration):
        return None


def grade_submission(submission: Submission, key: str | None = None, store: Store = "quick", entries: int | None = None) -> Graded:
    """Grades one submission in this process, whatever it holds: what goes wrong becomes a finding, never an exception."""
    default = submission.scenario or "semester"
    read: Survey | None = None
    try:
        with contextlib.suppress(Refusal, OSError):  # whatever it is, `grade` says it
            read = survey(submission.path)
        report = grade(
            submission.path, student=submission.student, key=key, default_scenario=default, exact=store == "exact", twice=store == "both",
            entries=entries, read=read,
        )  # fmt: skip
        if submission.scenario:
            report = _as_handed_in(report, submission.scenario)
    except Exception as error:
        text = Text(f"评分时出错（{type(error).__name__}），请报告此日志", f"Grading failed ({type(error).__name__}); please report this logbook")
        report = no_points(submission.student or "", default, Finding(0, "failed", text))
    return Graded(submission, report, traits=_traits(submission, read, report))


def _as_handed_in(report: Report, asked: str) -> Report:
    """The report as one on the assignment that was asked; a logbook that has none of its tasks is another assignment's, which is said."""
    shown = report.of(asked)
    if any(f.code in NOT_JUDGED for f in report.findings) or {t.task.code for t in report.tasks} & {t.task.code for t in shown.tasks}:
        return shown
    text = Text(f"这是作业“{report.scenario}”的日志，不是“{asked}”的。未评分", f"This is the logbook of {report.scenario}, not of {asked}; not judged")
    return replace(shown, findings=(Finding(1, "other_assignment", text), *shown.findings))


def _traits(submission: Submission, read: Survey | None, report: Report) -> Traits | None:
    """What to compare; nothing of a logbook that the report has named as another student's, and nothing that stops the grading."""
    if read is None or any(f.code == "other_student" for f in report.findings):
        return None
    try:
        return traits(submission.path, read, report)
    except Exception:  # the points stand, whatever a logbook holds that nobody has thought of
        return None


#: Is told of each submission that is done: what was found, how many are done, of how many, and whether it had to be graded.
Told = Callable[[Graded, int, int, bool], None]


def grade_all(
    found: Sequence[Submission], workers: int = 1, key: str | None = None, limit: float = LIMIT, memory: int = MEMORY, exact: bool = False,
    witness: Log | None = None, settings: Settings | None = None, record: Record | None = None, told: Told | None = None, scheduler: str | None = None,
    people: Collection[str] = (),
) -> list[Graded]:  # fmt: skip
    """Grades them in so many processes of their own. The reports come in the order of the submissions, the same with 1 worker or 8.

    limit, memory: seconds of the processor and megabytes that one submission may take; one beyond either is not judged, which its report says, and the
    others go on.
    witness: what was witnessed, which each result then says; settings: how much of a logbook must have been, and when it was due.
    exact: all on DuckDB; else on a replica where it can, and a few of a class, drawn at random, on both (`replay.grade`).
    scheduler: the address of a Dask scheduler, on whose machines they are graded instead (`cluster`); the grades are the same.
    people: who takes the course, so that a logbook in another's folder is noticed outside nbgrader's folders too.
    record: where what has not changed is found, and what is graded is kept at once, so that an interruption loses no more than what was at work.
    """
    settings = settings or Settings()
    accounts = [_account(witness, s) for s in found]
    counted = [a.witnessed if a and settings.witnessed is not None and a.share < settings.witnessed else None for a in accounts]
    bases = [basis(s, key, entries) if record else None for s, entries in zip(found, counted, strict=True)]
    graded: dict[int, Graded] = {}

    def take(i: int, result: Graded, anew: bool) -> None:
        graded[i] = result
        if record and anew:
            record.keep(result, exact)
        if told:
            told(result, len(graded), len(found), anew)

    for i, on in enumerate(bases):
        if record and on and (kept := record.find(found[i], on, exact)):
            take(i, kept, False)
    left = [i for i in range(len(found)) if i not in graded]
    jobs = [(found[i], key, store, counted[i]) for i, store in zip(left, _stores(len(left), exact), strict=True)]
    for n, result, ended in _done(jobs, workers, limit, memory, scheduler):
        i = left[n]
        judged = result if ended is None else Graded(found[i], _not_judged(found[i], ended, limit, memory))
        take(i, replace(judged, basis=bases[i]), True)
    return _together([graded[i] for i in range(len(found))], accounts, settings, people)


def _done(jobs: Sequence[Any], workers: int, limit: float, memory: int, scheduler: str | None) -> Iterator[tuple[int, Any, Ended | None]]:
    if scheduler is None:
        _at_hand(submission for submission, *_ in jobs)
        return done(grade_submission, jobs, min(workers, len(jobs)), limit, memory)
    from .cluster import done_on

    return done_on(scheduler, grade_submission, jobs, limit, memory)


def _at_hand(found: Iterable[Submission]) -> None:
    """Imports once, before the processes begin, what the worlds of these logbooks are made of."""
    for header in {(h.scenario, h.digest) for s in found if (h := _header(s.path))}:
        with contextlib.suppress(Exception):  # a world that is not known, or that nothing can make: its grading will say so
            packages.load(scenario(*header).packages)


def _together(graded: Sequence[Graded], accounts: Sequence[Account | None], settings: Settings, people: Collection[str]) -> list[Graded]:
    """What hangs on more than a logbook: the witness's account, whether it was in time, and what a comparison of the batch shows."""
    remarks = compared([g.traits for g in graded])
    whole = []
    for g, account, told in zip(graded, accounts, remarks, strict=True):
        seen = account.last if account and account.witnessed == account.entries else None
        late = lateness(settings, g.report.student, g.assignment, g.submission.path.parent, seen, g.traits.last if g.traits else None)
        whole.append(replace(g, account=account, late=late, remarks=(*told, *_seen_afterwards(g, account))))
    return _noting_folders(_noting_twins(whole), people)


def _seen_afterwards(graded: Graded, account: Account | None) -> Iterator[Remark]:
    """A submission that says it was handed in before the witness saw its entries: `timestamp.txt` is written on the student's side."""
    when = collected(graded.submission.path.parent)
    if when and account and account.last and account.last > when + SLACK:
        handed_in, seen = (f"{t.astimezone(when.tzinfo):%Y-%m-%d %H:%M}" for t in (when, account.last))
        text = Text(
            "timestamp.txt 写明 {handed_in} 提交，而见证服务到 {seen} 仍收到其中的条目",
            "timestamp.txt says {handed_in}; the witness saw entries until {seen}",
        )
        yield Remark("seen_afterwards", text.fill(handed_in=handed_in, seen=seen))


def _account(witness: Log | None, submission: Submission) -> Account | None:
    """What the witness says of a submission; None without a witness, or of a file that is no logbook, which grading will say."""
    if witness is None:
        return None
    from ..witness.account import account
    from ..witness.chain import chain_of

    try:
        return account(witness, submission.path, submission.student or chain_of(submission.path).header.student)
    except (Refusal, OSError):
        return None


def _not_judged(submission: Submission, ended: Ended, limit: float, memory: int) -> Report:
    text = {
        "too_slow": Text(f"{limit:g} 秒内没有评完，未评分", f"Not judged within {limit:g} seconds"),
        "too_large": Text(f"评分所需内存超过 {memory} MB，未评分", f"It takes more than {memory} MB to judge; not judged"),
        "process_died": Text("评分进程意外终止，未评分", "The process that judged it died; not judged"),
    }[ended]
    return no_points(submission.student or "", submission.scenario or "semester", Finding(0, ended, text))


#: Of so many submissions one is graded on both stores.
A_SAMPLE = 100


def _stores(many: int, exact: bool) -> list[Store]:
    """On which store each of so many submissions is judged; of a class, but not of a single submission, some on both."""
    drawn = set(random.SystemRandom().sample(range(many), -(-many // A_SAMPLE) if many > 1 else 0))
    return ["exact" if exact else "both" if i in drawn else "quick" for i in range(many)]


def _noting_twins(graded: list[Graded]) -> list[Graded]:
    """Two submissions of one student for one assignment: both are named, since only one can count."""
    who = Counter((g.report.student, g.assignment) for g in graded if g.report.student)
    text = Text("这名学生在同一作业下有多份提交，只计得分最高的一份", "This student has several submissions of this assignment; the best one counts")
    return [
        replace(g, report=replace(g.report, findings=(*g.report.findings, Finding(0, "several_submissions", text))))
        if who[(g.report.student, g.assignment)] > 1
        else g
        for g in graded
    ]


def _noting_folders(graded: list[Graded], people: Collection[str]) -> list[Graded]:
    """A logbook in a folder that bears another student's name, outside nbgrader's folders, where it would earn nothing: it is graded, and named."""
    known = {*people, *(g.report.student for g in graded if g.report.student)}
    return [replace(g, report=replace(g.report, findings=(*g.report.findings, *_elsewhere(g, known)))) for g in graded]


def _elsewhere(graded: Graded, known: set[str]) -> Iterator[Finding]:
    whose, folders = graded.report.student, graded.submission.path.resolve().parts[:-1]
    if graded.submission.student is None and whose and whose not in folders:
        for name in (n for n in reversed(folders) if n in known):
            text = Text(f"日志属于“{whose}”，却放在“{name}”的文件夹里", f"The logbook belongs to {whose} and is in the folder of {name}")
            yield Finding(1, "other_folder", text)
            return
