"""Points follow what a task's text names: every task is done otherwise, and graded (tests/perturbed says how)."""

from __future__ import annotations

import functools

import pytest

from ecomlab import modules
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.evidence import EXCEPTIONS, SOUGHT
from ecomlab.kernel.tasks import tasks
from tests.perturbed.rehearsal import Rehearsal
from tests.perturbed.stage import Stage
from tests.perturbed.trial import Tried, excused, trials, unneeded
from tests.perturbed.variants import variants_before

modules.load()

#: Of every fourth module `make test` tries a sample.
WAYS = [
    pytest.param(m, way, marks=[pytest.mark.slow] * (way == "whole" or m not in modules.NAMES[::4])) for way in ("sample", "whole") for m in modules.NAMES
]


@functools.cache
def results(module: str, way: str) -> tuple[Tried, ...]:
    return tuple(trials(module, sample=way == "sample"))


@pytest.mark.parametrize(("module", "way"), WAYS)
def test_points_follow_what_the_text_names(module: str, way: str) -> None:
    assert [" | ".join(r.row) for r in results(module, way) if r.verdict == "WRONG" and not excused(r)] == []


@pytest.mark.parametrize(("module", "way"), WAYS)
def test_every_task_is_tried(module: str, way: str) -> None:
    assert {r.code for r in results(module, way)} == {c for c, t in tasks().items() if t.module == module}


@pytest.mark.slow
@pytest.mark.parametrize("module", modules.NAMES)
def test_every_exception_is_needed(module: str) -> None:
    assert unneeded(results(module, "whole")) == []


def test_every_exception_has_a_reason_and_is_for_a_task() -> None:
    listed = [f"{code} {name}: {reason}" for code, found in EXCEPTIONS.items() for name, reason in found.items()]
    print("\n".join(listed))
    assert all(len(reason.split()) >= 3 for found in EXCEPTIONS.values() for reason in found.values()), listed
    assert set(EXCEPTIONS) <= set(tasks())


def test_every_value_that_is_sought_is_one_of_a_command() -> None:
    """Which is then tried as one that the text names; a field that no longer exists would be held by nothing."""
    for found in SOUGHT.values():
        for argument, where in found.items():
            module, command, *path = argument.split(".")
            params = {p.name: p for p in COMMANDS[f"{module}.{command}"].params}
            known = path[0] in params and (len(path) == 1 or path[1] in {c.name for c in params[path[0]].columns})
            assert known and len(where.split()) >= 3, argument


def test_what_was_tried_is_taken_back() -> None:
    """A world in which variants were tried is the same, table by table, as one in which none were."""
    tried, plain = Stage("ca"), Stage("ca")
    for code in tried.state.scenario.tasks:
        for variant in variants_before(Rehearsal(tried, code)):
            with tried.trial():
                try:
                    variant.run(tried)
                except Exception:  # noqa: S112, BLE001  (what the product refuses in the middle is taken back as well)
                    continue
        for stage in (tried, plain):
            stage.recorded(code)
    assert tried.state.digest() == plain.state.digest()
    assert tried.state.done == plain.state.done
