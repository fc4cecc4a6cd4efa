"""A submission, and what grading has made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..kernel.scenario import scenario_names
from .compare import Remark
from .due import Lateness
from .replay import Report
from .traits import Traits

if TYPE_CHECKING:
    from ..witness.account import Account

#: Findings under which a submission could not be judged: it has no points, which is not the same as none. It went wrong; it belongs to another key,
#: another version of the data or rules, another student; it cannot be read at all; or a library that judges it is not there.
NOT_JUDGED = frozenset(
    {
        "too_slow", "too_large", "process_died", "failed", "other_seed", "other_scenario", "unknown_scenario", "newer_rules", "other_student",
        "not_a_logbook", "unreadable", "other_assignment", "judging_needs_lab",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Submission:
    """A logbook to be graded. student and assignment are known where it lies in `submitted/<student>/<assignment>/`."""

    path: Path
    student: str | None = None
    assignment: str | None = None

    @property
    def scenario(self) -> str | None:
        """The scenario of which the assignment asks the tasks, if it is one of ours."""
        return self.assignment if self.assignment in scenario_names() else None


class Basis(NamedTuple):
    """On what a report hangs beside the program, as digests: the files handed in; the student, the assignment, the key, and how many entries count."""

    logbook: str
    terms: str


@dataclass(frozen=True)
class Graded:
    """A submission and its report. account: what the witness says of it, where there is one; traits: what of it is compared, and remarks: what that shows;
    late: whether it came in time, where the course says when it was due; basis: on what it hangs, where a record is kept."""

    submission: Submission
    report: Report
    account: Account | None = None
    traits: Traits | None = None
    remarks: tuple[Remark, ...] = ()
    late: Lateness | None = None
    basis: Basis | None = None

    @property
    def judged(self) -> bool:
        """Whether its points mean anything."""
        return not NOT_JUDGED.intersection(f.code for f in self.report.findings)

    @property
    def assignment(self) -> str:
        return self.submission.assignment or self.report.scenario

    @property
    def mark(self) -> Decimal:
        """Its points, less what lateness costs."""
        return self.late.of(self.report.points) if self.late else self.report.points

    def record(self) -> dict[str, Any]:
        """As JSON types."""
        seen = {"witness": self.account.record()} if self.account else {}
        late = {"mark": float(self.mark), "late": self.late.record()} if self.late else {}
        remarks = [r.record() for r in self.remarks]
        return {"path": str(self.submission.path), "assignment": self.assignment, **self.report.record(), "remarks": remarks, **late, **seen}


def counting(graded: Sequence[Graded]) -> list[Graded]:
    """The submissions that count: of each student and assignment the one with the best mark, the first among equals; none without a student."""
    best: dict[tuple[str, str], Graded] = {}
    for g in graded:
        who = (g.report.student, g.assignment)
        if g.report.student and (who not in best or (g.judged, g.mark) > (best[who].judged, best[who].mark)):
            best[who] = g
    return list(best.values())
