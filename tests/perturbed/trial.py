"""Trying the variants of tasks, and holding the points that they earn against what they should."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ecomlab.grading.assess import assess
from ecomlab.kernel.audit import audit
from ecomlab.kernel.evidence import EXCEPTIONS
from ecomlab.kernel.refusals import Refusal

from .after import variants_after
from .rehearsal import Rehearsal
from .stage import Call, Stage
from .variants import FoundNothing, NoWayBack, Variant, variants_before

FULL = Decimal(2)


@dataclass(frozen=True)
class Tried:
    """A variant that was tried: the points after it, or why it is none (`refused`), and whether the points are right.

    broken: the invariants that do not hold afterwards, if they were looked at.
    """

    code: str
    variant: Variant
    points: Decimal | None
    refused: str = ""
    lost: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        if self.broken:
            return "WRONG"
        if self.points is None:
            return "no variant"
        if self.variant.kind == "A":
            return "right" if self.points < FULL else "WRONG"
        if self.variant.kind in ("R", "U"):
            return "open"
        return "right" if self.points == FULL else "WRONG"

    @property
    def row(self) -> tuple[str, ...]:
        points = self.refused if self.points is None else f"{FULL}->{self.points}"
        value = " ".join(self.variant.value.split())[:90]
        return self.code, self.variant.kind, self.variant.what, value, points, self.verdict, ",".join((*self.lost, *self.broken))


def tried(stage: Stage, code: str, variant: Variant, audited: set[str] | None = None) -> Tried:
    """Does a variant, grades the task, and takes it back. audited: commands after whose putting right the books were looked at; it takes another."""
    with stage.trial():
        try:
            variant.run(stage)
        except FoundNothing:
            return Tried(code, variant, None, "found nothing")
        except NoWayBack as stuck:  # what was earned so far is all that there is
            return Tried(code, variant, assess(stage.state, code).points, lost=(f"no way back ({stuck})",))
        except Refusal as refused:
            return Tried(code, variant, None, refused.code)
        except Exception as error:  # noqa: BLE001  (the play does not get through)
            return Tried(code, variant, None, f"{type(error).__name__}: {str(error)[:60]}")
        report = assess(stage.state, code)
        if variant.kind == "A" and report.points == FULL and variant.same_as and _same_answer(stage, variant.same_as):
            return Tried(code, variant, None, "same answer")
        broken: tuple[str, ...] = ()
        if audited is not None and variant.kind == "C" and (command := variant.what.rpartition(".")[0]) not in audited:
            audited.add(command)
            broken = tuple(v.name for v in audit(stage.state) if v.findings)
        return Tried(code, variant, report.points, lost=tuple(g.name for g in report.goals if not g.met), broken=broken)


def _same_answer(stage: Stage, call: Call) -> bool:
    """Whether a query was asked otherwise and yet gave the very same rows: then the other value was no other condition."""
    latest = next((d for d in reversed(stage.state.done) if d.do == call.name), None)
    return call.command.query and latest is not None and list(latest.result) == list(call.result)


def _counting(stage: Stage, code: str, variants: Iterable[Variant], few: int | None, audited: set[str] | None = None) -> Iterator[Tried]:
    """One result a group: the first variant that the product accepts, or the last that it refuses. few: so many groups, by their hash."""
    groups: dict[str, list[Variant]] = {}
    for variant in variants:
        groups.setdefault(variant.group or variant.name, []).append(variant)
    for group in sorted(groups, key=lambda g: _hash(code, g))[:few] if few is not None else groups:
        result = None
        for variant in groups[group]:
            result = tried(stage, code, variant, audited)
            if result.points is not None:
                break
        if result:
            yield result


def _hash(*what: str) -> str:
    return hashlib.sha256(" ".join(what).encode()).hexdigest()


#: A sample: so many groups of variants of each task, and afterwards so many of every sixth task and of those that can be done in one way only.
FEW, FEW_AFTER, AFTER_EACH = 2, 2, 6


def trials(scenario_name: str, codes: Iterable[str] | None = None, sample: bool = False, student: str = "s1001") -> Iterator[Tried]:
    """Plays a scenario's model student once and tries the variants of these tasks (of all, if none are named) on the way.

    sample: a few of each task, the same at every run. The world is afterwards as if nothing had been tried, or this raises. In the whole the books
    are looked at as well: once after each command was put right, and at the end.
    """
    stage, known = Stage(scenario_name, student), dict[str, dict[str, Any]]()
    audited: set[str] | None = None if sample else set()
    wanted = set(stage.state.scenario.tasks if codes is None else codes)
    for code in stage.state.scenario.tasks:
        if not wanted:
            break
        seen = Rehearsal(stage, code) if code in wanted else None
        before = list(_counting(stage, code, variants_before(seen), FEW if sample else None, audited)) if seen else []
        yield from before
        calls = stage.recorded(code)
        known.update({c.name: c.given for c in calls})
        if seen and not (sample and before and int(_hash(code), 16) % AFTER_EACH):
            yield from _counting(stage, code, variants_after(stage, code, calls, seen, known), FEW_AFTER if sample else None)
        if seen and [(c.name, c.given) for c in calls] != [(c.name, c.given) for c in seen.calls]:
            raise AssertionError(f"{code}: something that was tried has not been taken back")
        wanted.discard(code)
    if not sample and (broken := [f"{v.name}: {v.findings[0]}" for v in audit(stage.state) if v.findings]):
        raise AssertionError(f"what the model student did in {scenario_name} broke {broken}")


# --- exceptions ----------------------------------------------------------------------------------------------------------------


def excused(result: Tried) -> str | None:
    """The reason that is declared beside the task's check for a variant whose points are wrong, or None."""
    return EXCEPTIONS.get(result.code, {}).get(result.variant.name)


def unneeded(results: Iterable[Tried]) -> list[tuple[str, str]]:
    """Exceptions declared for tasks that were tried and which no variant needs."""
    wrong, seen = set(), set()
    for r in results:
        seen.add(r.code)
        if r.verdict == "WRONG":
            wrong.add((r.code, r.variant.name))
    return sorted((code, name) for code in seen for name in EXCEPTIONS.get(code, {}) if (code, name) not in wrong)
