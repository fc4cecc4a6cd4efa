"""Hostile texts from every field that takes one, in what is written for others: no cell is a formula, no journal or mailbox says what it should not.

How they look on every face is in `tests/browser/test_hostile.py`.
"""

from __future__ import annotations

import csv
import functools
import json
import mailbox
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from ecomlab.cli.main import main
from ecomlab.export import export
from ecomlab.grading import batch
from ecomlab.grading.graded import Submission
from ecomlab.grading.marks import Layout, write_csv
from ecomlab.grading.roster import Person
from ecomlab.kernel.logbook import survey
from tests import worlds
from tests.attacks.hostile import TEXTS, Hostile, hostile
from tests.judges import judge


@functools.cache
def made(scenario: str) -> Hostile:
    return hostile(scenario)


SCENARIOS = worlds.each_scenario("email")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_most_fields_take_a_hostile_text_and_the_work_goes_on(scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Else the rest here would prove little. Of a semester's 400 entries a few may not follow: goods are longer on their way to a place of such a name."""
    found = made(scenario)
    assert len(found.left) <= found.done // 100, found.left
    assert len(found.took) >= len(found.asked) // 2, "market asks for one text, and that is to be a number"
    path = found.write(tmp_path / "logbook.jsonl")
    assert survey(path).findings == []
    assert main(["grade", str(path), "--format", "json"]) == 0, "a hostile text is no finding"
    assert json.loads(capsys.readouterr().out)[0]["entries"] == found.done


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_hostile_text_is_a_formula_or_a_posting_in_an_export(scenario: str, tmp_path: Path) -> None:
    path = made(scenario).write(tmp_path / "logbook.jsonl")
    written = export(path, tmp_path / "out")
    assert [cell for file in written if file.suffix == ".csv" for cell in cells(file) if is_live(cell)] == []
    for journal in (file for file in written if file.suffix == ".hledger"):
        subprocess.run([judge("hledger"), "-f", journal, "check", "--strict", "ordereddates"], check=True, timeout=60)
    for box in (file for file in written if file.suffix == ".mbox"):
        for message in mailbox.mbox(box):
            assert not message.defects and all("\n" not in str(v).replace("\n ", "") for v in message.values())


def cells(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return [cell for row in csv.reader(opened) for cell in row]


def is_live(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a formula: it begins with a sign and is no number."""
    if not cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return False
    try:
        float(cell.removesuffix("%"))
    except ValueError:
        return True
    return False


def test_no_name_of_a_student_is_a_formula_in_the_marks(tmp_path: Path) -> None:
    """Names come from the roster, and from folders that students have named."""
    names = [text.replace("{}", str(i)).replace("/", "∕") for i, text in enumerate(TEXTS)]
    people = [Person(f"s{i}", name, name, name) for i, name in enumerate(names)]
    graded = [batch.grade_submission(Submission(tmp_path / name / "email" / "logbook.jsonl", name, "email")) for name in names]
    for layout in get_args(Layout):
        write_csv(graded, out := tmp_path / f"{layout}.csv", layout, people)
        assert any("hostile(" in cell for cell in cells(out)) and [cell for cell in cells(out) if is_live(cell)] == []
