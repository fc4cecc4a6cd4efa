"""Kernels are killed at work: what was acknowledged is there, and at most one command more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.kills import killed


@pytest.mark.slow
def test_of_kernels_killed_again_and_again_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    came = killed(tmp_path / "world", 200)
    print(came.line())
    assert came.lost == [] and came.kills == 200
    assert came.acknowledged > 200 > came.beyond, "kernels were at work when they were killed"
