"""Logbooks recorded earlier still mean what they meant. `python -m tests.golden` records them anew."""

from __future__ import annotations

import pytest

from ecomlab.kernel import beginning
from tests import golden, worlds

HINT = "an old logbook means something else now; see tests/golden/__init__.py"


def test_there_is_a_golden_logbook_of_every_scenario() -> None:
    assert [f.stem for f in golden.recorded()] == sorted(worlds.scenarios()), HINT


#: Here each scenario of a single module of the nine; tests/test_replica.py does the others again too, against the same digests, in an eighth of the time.
@pytest.mark.parametrize("name", worlds.each_scenario("email", "ca", "ebank", "b2c"))
def test_a_golden_logbook_leads_to_the_same_state_and_points(name: str) -> None:
    logbook = golden.FOLDER / f"{name}.jsonl"
    beginning.forget()  # DuckDB plays the prologue, too
    assert golden.outcome(logbook) == golden.expected(logbook), HINT
