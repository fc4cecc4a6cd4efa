"""`grade(logbook) -> Report`: builds the student's world afresh, replays the entries and looks at what was done.

It executes nothing of the student's. A logbook that cannot be read, belongs to somebody else or does not replay is
reported with line and reason, and what does replay still counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from .. import modules  # noqa: F401  (says what modules there are; a world imports its own)
from ..kernel import files, keys
from ..kernel.database import Database
from ..kernel.logbook import Finding, Survey, survey
from ..kernel.refusals import Refusal
from ..kernel.replica import Replica
from ..kernel.scenario import scenario
from ..kernel.state import State
from ..kernel.tasks import Task, tasks
from ..kernel.texts import Text
from .assess import GoalReport, TaskReport, assess

STORES_DIFFER = Text(
    "两种存储的评分不同，已采用 DuckDB 的结果。请用 ecomlab grade --exact 重新评分，并把此日志报告给开发者",
    "The two stores grade it differently; DuckDB's verdict stands. Grade again with ecomlab grade --exact, and report this logbook to the makers",
)


@dataclass(frozen=True)
class Report:
    """A graded logbook: whose, the tasks with their points and reasons, and the findings (entries refused, damage)."""

    student: str
    scenario: str
    tasks: tuple[TaskReport, ...]
    findings: tuple[Finding, ...] = field(default=())
    entries: int = 0
    #: made without a course's key, as everybody can make it: its points show something and are nobody's marks
    demonstration: bool = False

    @property
    def points(self) -> Decimal:
        return sum((t.points for t in self.tasks), Decimal(0))

    @property
    def out_of(self) -> Decimal:
        return sum((t.out_of for t in self.tasks), Decimal(0))

    def task(self, code: str) -> TaskReport:
        """The report on one task; on one that this world's scenario does not count, without points."""
        return next((t for t in self.tasks if t.task.code == code), None) or _not_done(tasks()[code])

    def of(self, scenario_name: str) -> Report:
        """The same logbook as a submission for that scenario: its tasks, with the points that they have here."""
        return self if scenario_name == self.scenario else replace(self, tasks=tuple(self.task(code) for code in scenario(scenario_name).tasks))

    def record(self) -> dict[str, Any]:
        """The report as JSON types."""
        return {
            "student": self.student,
            "scenario": self.scenario,
            "points": float(self.points),
            "out_of": float(self.out_of),
            "entries": self.entries,
            "demonstration": self.demonstration,
            "tasks": [t.record() for t in self.tasks],
            "findings": [{"line": f.line, "code": f.code, "zh": f.text.zh, "en": f.text.en} for f in self.findings],
        }


_OTHER_SEED = {
    "other": Text("日志头的种子不是这名学生在本课程的种子", "The header's seed is not this student's seed in this course"),
    "demonstration": Text(
        "这是示范环境：建立时没有用本课程的密钥，任何人都能做出来，因此不计分",
        "This is a demonstration: it was made without the course's key, as anybody can make it; it earns no points",
    ),
    "no_key": Text(
        "日志头的种子不是示范环境的种子，而这里没有设置课程密钥。请设置 ECOMLAB_COURSE_KEY 后再评分",
        "The header's seed is no demonstration's, and no course key is set here. Set ECOMLAB_COURSE_KEY, then grade again",
    ),
}


def grade(
    logbook: str | Path, *, student: str | None = None, key: str | None = None, default_scenario: str = "semester", exact: bool = False, twice: bool = False,
    entries: int | None = None, read: Survey | None = None,
) -> Report:  # fmt: skip
    """Grades one logbook (the file, or the folder it lies in).

    The replay runs on a replica (`kernel.replica`), and on DuckDB wherever that does not end as the logbook says; DuckDB's verdict counts. exact: all on
    DuckDB. twice: on both, and a difference is a finding. entries: only the first so many count, because no witness saw the others.
    student: whose it should be, if the caller knows; another's logbook earns nothing. key: the course key (default: `ECOMLAB_COURSE_KEY`);
    without one every world is a demonstration, and the report says so; with one a demonstration earns nothing.
    default_scenario: what to report 0 points of if the file tells nothing. read: what the file holds, if the caller has read it.
    """
    path = Path(logbook)
    path = path / "logbook.jsonl" if path.is_dir() else path
    try:
        read = read or survey(path)
    except Refusal as refused:
        return no_points(student or "", default_scenario, Finding(1, refused.code, refused.text))
    except FileNotFoundError:
        text = Text("没有提交日志：还没有做过任何操作", "No logbook was handed in: nothing has been done yet")
        return no_points(student or "", default_scenario, Finding(0, "no_logbook", text))
    except OSError as error:
        text = Text("无法读取日志：{why}", "The logbook cannot be read: {why}").fill(why=files.why(error))
        return no_points(student or "", default_scenario, Finding(0, "unreadable", text))
    header = read.header
    if student is not None and header.student != student:
        text = Text(f"日志头属于“{header.student}”，不属于“{student}”", f"The header belongs to {header.student}, not to {student}")
        return no_points(student, header.scenario, Finding(1, "other_student", text), default_scenario)
    key = keys.secret(key)
    standing = keys.standing(header, key)
    if standing == "other" or (standing == "demonstration" and key):
        not_ours = _OTHER_SEED[standing if key else "no_key"]
        return no_points(header.student, header.scenario, Finding(1, "other_seed", not_ours), default_scenario)
    if entries is not None and entries < len(read.entries):
        unseen = Text(
            f"本课程要求见证；从第 {entries + 1} 条起没有经过见证，不计分",
            f"This course asks for a witness; from entry {entries + 1} on nothing was witnessed, and it earns nothing",
        )
        read = read._replace(entries=read.entries[:entries])
        judged_from = [Finding(entries + 2, "not_witnessed", unseen)]
    else:
        judged_from = []
    quick = None if exact or read.findings else _on_a_replica(read, key)
    if quick and not twice:
        return replace(quick, demonstration=standing == "demonstration", findings=(*quick.findings, *judged_from))
    try:
        judged = _judged(read, Database(), key)
    except Refusal as refused:
        return no_points(header.student, header.scenario, Finding(1, refused.code, refused.text), default_scenario)
    if quick and quick.record() != judged.record():
        judged = replace(judged, findings=(*judged.findings, Finding(0, "stores_differ", STORES_DIFFER)))
    return replace(judged, demonstration=standing == "demonstration", findings=(*judged.findings, *judged_from))


def _judged(read: Survey, database: Database, key: str | None) -> Report:
    """What a logbook earns when its entries are done again on that store. Raises a Refusal if its world is not known here."""
    state = State(read.header, database, once=True)
    try:
        findings = sorted([*read.findings, *state.replay(read.entries)])
        reports = tuple(assess(state, code, key) for code in state.scenario.tasks)
        return Report(read.header.student, read.header.scenario, reports, tuple(findings), len(read.entries))
    finally:
        state.close()


def _on_a_replica(read: Survey, key: str | None) -> Report | None:
    """The same on a replica; None where that says nothing: every entry must do again what the logbook says that it did."""
    try:
        report = _judged(read, Replica(), key)
    except Exception:  # whatever it was, DuckDB will say it, or not
        return None
    return None if report.findings else report


def no_points(student: str, scenario_name: str, finding: Finding, default: str = "semester") -> Report:
    """No points for any task of the scenario (or of the default one, if there is no such), and why."""
    try:
        found = scenario(scenario_name)
    except Refusal:
        found = scenario(default)
    return Report(student, found.name, tuple(_not_done(tasks()[code]) for code in found.tasks), (finding,))


def _not_done(task: Task) -> TaskReport:
    return TaskReport(task, tuple(GoalReport(g.name, g.text.left_open(), g.points, False) for g in task.goals))
