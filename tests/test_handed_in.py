"""What is handed in is found whatever its name, everybody has a row, and what lies in the wrong place is named as such."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ecomlab.cli.main import main
from ecomlab.grading import batch
from ecomlab.grading.graded import Graded
from ecomlab.kernel.logbook import LOGBOOK
from ecomlab.kernel.scenario import scenario
from tests import golden, worlds


def laid(at: Path, student: str = "ann") -> Path:
    """A model student's logbook at this place."""
    at.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(worlds.model("email", student), at)
    return at


def grades(place: Path, *people: str) -> list[Graded]:
    return batch.grade_all(batch.submissions([place]), people=people)


def codes(graded: Graded) -> list[str]:
    return [f.code for f in graded.report.findings]


@pytest.mark.parametrize("name", ["logbook (1).jsonl", "logbook-1.jsonl", "logbook_ann.jsonl", "Logbook.jsonl", "logbook.jsonl.txt", "logbook - 副本.jsonl"])
def test_a_logbook_that_was_downloaded_twice_or_renamed_is_found(tmp_path: Path, name: str) -> None:
    laid(tmp_path / "submitted" / "ann" / "email" / name)
    (found,) = batch.submissions([tmp_path / "submitted"])
    assert (found.path.name, found.student, found.assignment) == (name, "ann", "email")


def test_the_logbook_itself_comes_before_its_copies_and_what_a_kernel_set_aside_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "submitted" / "ann" / "email"
    for name in ("logbook.torn-1.jsonl", "logbook.recovered.jsonl"):
        laid(folder / name)
    assert [s.path.name for s in batch.submissions([tmp_path])] == [LOGBOOK], "nothing but what was set aside: nothing was handed in"
    for name in ("logbook (1).jsonl", LOGBOOK):
        laid(folder / name)
    assert [s.path.name for s in batch.submissions([tmp_path])] == [LOGBOOK]


def test_logbooks_of_a_class_in_one_folder_are_each_graded_and_two_of_one_student_are_named(tmp_path: Path) -> None:
    for name, student in (("logbook (1).jsonl", "ann"), ("logbook (2).jsonl", "ben"), ("logbook (3).jsonl", "ann")):
        laid(tmp_path / name, student)
    graded = grades(tmp_path)
    assert [g.report.student for g in graded] == ["ann", "ben", "ann"]
    assert ["several_submissions" in codes(g) for g in graded] == [True, False, True]


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    """What came of a class's folders of nbgrader's, by the folder below `submitted`."""
    submitted = tmp_path_factory.mktemp("course") / "submitted"
    laid(submitted / "ann" / "email" / LOGBOOK)
    for empty in ("ben/email", "cai", "dan/email"):
        (submitted / empty).mkdir(parents=True)
    (submitted / "dan" / "email" / "photo.jpg").write_bytes(b"\xff\xd8")
    for assignment, of, lines in (("email", "semester", 12), ("netsell", "ebank", 6), ("edi", "ebank", 1)):
        begun = (golden.FOLDER / f"{of}.jsonl").read_text("utf-8").splitlines(keepends=True)[:lines]
        at = submitted / "golden" / assignment / LOGBOOK
        at.parent.mkdir(parents=True)
        at.write_text("".join(begun), "utf-8")
    return {str(g.submission.path.parent.relative_to(submitted)): g for g in grades(submitted)}


def test_every_folder_has_a_row(handed_in: dict[str, Graded]) -> None:
    """Who handed in an empty folder, with or without the assignment's, or another file, is not lost from the list."""
    rows = {place: (g.report.student, g.report.points, codes(g)) for place, g in handed_in.items() if not place.startswith("golden")}
    assert rows == {
        "ann/email": ("ann", 12, []), "ben/email": ("ben", 0, ["no_logbook"]), "cai": ("cai", 0, ["no_logbook"]), "dan/email": ("dan", 0, ["no_logbook"]),
    }  # fmt: skip


@pytest.mark.parametrize("assignment", ["netsell", "edi"])
def test_another_assignments_logbook_is_named_as_such_and_not_judged(handed_in: dict[str, Graded], assignment: str) -> None:
    """Whether something was done in it or nothing yet."""
    graded = handed_in[f"golden/{assignment}"]
    named = graded.report.findings[0]
    assert not graded.judged and named.code == "other_assignment"
    assert "ebank" in named.text.en and assignment in named.text.en
    assert {t.task.code for t in graded.report.tasks} == set(scenario(assignment).tasks)


def test_a_logbook_that_has_tasks_of_the_assignment_is_judged_on_these(handed_in: dict[str, Graded]) -> None:
    """Who did the e-mail tasks in the semester's world has done them."""
    graded = handed_in["golden/email"]
    assert graded.judged and graded.report.points > 0 and codes(graded) == []


def test_a_logbook_in_another_students_folder_is_graded_and_named_outside_nbgraders_folders_too(tmp_path: Path) -> None:
    for folder, student in (("ann", "ann"), ("ben/week 3", "ann"), ("group", "cai")):
        laid(tmp_path / folder / LOGBOOK, student)
    found = {g.submission.path.relative_to(tmp_path).parts[0]: g for g in grades(tmp_path, "ben")}
    assert [code for code in codes(found["ben"]) if code != "several_submissions"] == ["other_folder"]
    assert found["ben"].report.points == 12 and found["ben"].judged
    assert "ann" in found["ben"].report.findings[-1].text.en and "ben" in found["ben"].report.findings[-1].text.en
    assert codes(found["group"]) == [], "a folder that bears nobody's name says nothing"


def test_the_command_names_a_logbook_in_the_folder_of_somebody_of_the_roster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    laid(tmp_path / "course" / "ben" / LOGBOOK)
    (tmp_path / "students.csv").write_text("student,name\nann,Ann\nben,Ben\n", "utf-8")
    call = ["grade", str(tmp_path / "course"), "--roster", str(tmp_path / "students.csv"), "--format", "json"]
    assert main(call) == 1
    (graded,) = json.loads(capsys.readouterr().out)
    assert [f["code"] for f in graded["findings"]] == ["other_folder"]
