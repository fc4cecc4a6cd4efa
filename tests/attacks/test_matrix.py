"""The access matrix: nobody does a command but who acts in its role, and nobody of that role what is another's."""

from __future__ import annotations

import pytest

from tests import worlds
from tests.attacks.matrix import WITHOUT_TASKS, matrix_of


def test_every_cell_of_a_world_is_refused_or_lawful() -> None:
    made = matrix_of("email", "ca")
    assert made.wrong == [] and made.cells.total() > 2_500
    assert made.said["no_such_item"] > 0


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("scenario", [*worlds.scenarios(), *WITHOUT_TASKS])
def test_every_cell_of_every_world_is_refused_or_lawful(scenario: str) -> None:
    made = matrix_of(scenario)
    assert made.wrong == [] and made.cells["gates"] > 1_000
