"""Trying the variants of tasks, and holding the points that they earn against what they should."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ecomlab.grading.assess import assess
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.tasks import tasks

from .stage import Call, Stage
from .variants import FoundNothing, Rehearsal, Variant, variants_after, variants_before

FULL = Decimal(2)


@dataclass(frozen=True)
class Tried:
    """A variant that was tried: the points after it, or why it is none (`refused`), and whether the points are right."""

    code: str
    variant: Variant
    points: Decimal | None
    refused: str = ""
    lost: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
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
        return self.code, self.variant.kind, self.variant.what, value, points, self.verdict, ",".join(self.lost)


def tried(stage: Stage, code: str, variant: Variant) -> Tried:
    """Does a variant, grades the task, and takes it back."""
    with stage.trial():
        try:
            variant.run(stage)
        except FoundNothing:
            return Tried(code, variant, None, "found nothing")
        except Refusal as refused:
            return Tried(code, variant, None, refused.code)
        except Exception as error:  # noqa: BLE001  (the play does not get through)
            return Tried(code, variant, None, f"{type(error).__name__}: {str(error)[:60]}")
        report = assess(stage.state, code)
        if variant.kind == "A" and report.points == FULL and variant.same_as and _same_answer(stage, variant.same_as):
            return Tried(code, variant, None, "same answer")
        return Tried(code, variant, report.points, lost=tuple(g.name for g in report.goals if not g.met))


def _same_answer(stage: Stage, call: Call) -> bool:
    """Whether a query was asked otherwise and yet gave the very same rows: then the other value was no other condition."""
    latest = next((d for d in reversed(stage.state.done) if d.do == call.name), None)
    return call.command.query and latest is not None and list(latest.result) == list(call.result)


def _counting(stage: Stage, code: str, variants: Iterable[Variant], chosen: Callable[[str, Variant], bool]) -> Iterator[Tried]:
    """One result a group: the first variant that the product accepts, or the last that it refuses."""
    groups: dict[str, Tried] = {}
    for variant in variants:
        group = variant.group or variant.name
        if not chosen(code, variant) or (group in groups and groups[group].points is not None):
            continue
        groups[group] = tried(stage, code, variant)
    yield from groups.values()


def everything(code: str, variant: Variant) -> bool:
    return True


def trials(
    scenario_name: str,
    codes: Iterable[str] | None = None,
    chosen: Callable[[str, Variant], bool] = everything,
    student: str = "s1001",
) -> Iterator[Tried]:
    """Plays a scenario's model student once and tries the variants of these tasks (of all, if none are named) on the way."""
    stage, known = Stage(scenario_name, student), dict[str, dict[str, Any]]()
    wanted = None if codes is None else set(codes)
    for code in tasks(stage.state.scenario.modules):
        if wanted is not None and not wanted:
            break
        look = wanted is None or code in wanted
        seen = Rehearsal(stage, code) if look else None
        if seen:
            yield from _counting(stage, code, variants_before(seen), chosen)
        calls = stage.recorded(code)
        known.update({c.name: c.given for c in calls})
        if seen:
            yield from _counting(stage, code, variants_after(stage, code, calls, seen, known), chosen)
            if wanted is not None:
                wanted.discard(code)
