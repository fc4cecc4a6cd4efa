"""nbgrader itself on our course: release, submit, collect, autograde, feedback, export, and the points that count.

One course for the whole session: four students hand in the e-mail assignment, one of them a notebook that is out to
break the batch and to earn points that it should not.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import sysconfig
from pathlib import Path
from typing import Any

import pytest

import ecomlab
from ecomlab.cli.main import main
from ecomlab.grading.batch import grade_all, submissions
from ecomlab.kernel.lessons import lessons
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.tasks import tasks
from ecomlab.widgets.words import WORDS
from tests import worlds

nbformat = pytest.importorskip("nbformat")
pytestmark = worlds.needs("nbgrader", "ipywidgets")

ROOT = Path(__file__).resolve().parent.parent
CODES = list(tasks(("email",)))
DONE = {"model": CODES, "partial": ["EMAIL001", "EMAIL003"], "hostile": ["EMAIL001", "EMAIL003"], "empty": []}


def nbgrader(folder: Path, *args: str) -> None:
    """One nbgrader command, in this process: a process of its own would take seconds to start."""
    from jupyter_core.application import NoStart
    from nbgrader.apps import NbGraderApp

    before = Path.cwd()
    os.chdir(folder)
    try:
        app = NbGraderApp.instance()
        app.initialize([*args, "--log-level=ERROR"])
        with contextlib.suppress(NoStart):  # how the top command says that the other one has run
            app.start()
    finally:
        NbGraderApp.clear_instance()
        os.chdir(before)


def work(folder: Path, student: str) -> None:
    """What the student did in the assignment's folder. The empty one never opened the notebook."""
    if student == "empty":
        return
    lab = ecomlab.open(folder, student=student, scenario="email")
    lab.language = "en" if student == "partial" else "zh"
    for code in DONE[student]:
        PLAYS[code](lab.player())
    lab.world.close()
    if student == "hostile":
        tamper(folder / "email.ipynb")
    if student == "partial":
        answer(folder / "email.ipynb")


def answer(path: Path) -> None:
    """Answers the first question; the others stay as they were released."""
    nb = nbformat.read(path, 4)
    cell = next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "answer-1")
    assert cell.source == "*双击这里，写下你的答案。*\n\n*Double-click here and write your answer.*", "what a student finds there"
    cell.source = "A paper mail has a postmark, an e-mail has only headers that anybody can write."
    nbformat.write(nb, path)


def tamper(path: Path) -> None:
    """Deleted cells, a copied cell, a tag that skips a test, damaged metadata, scores of our own, noise on stderr."""
    nb = nbformat.read(path, 4)
    by_id = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in nb.cells}
    for name in ("EMAIL001", "EMAIL001-form", "EMAIL007", "open", "answer-2"):
        nb.cells.remove(by_id[name])
    nb.cells.insert(0, nbformat.v4.new_code_cell("import ecomlab\nlab = ecomlab.open(scenario='email')"))
    at = nb.cells.index(by_id["EMAIL002"])
    nb.cells.insert(at, nbformat.from_dict({**by_id["EMAIL002"], "id": "copied"}))
    by_id["EMAIL002"].metadata["tags"] = ["skip-execution"]
    by_id["EMAIL003-form"].metadata["nbgrader"]["schema_version"] = 99
    by_id["EMAIL004"].metadata["nbgrader"]["points"] = 200
    inflate = "import numpy\nlab.grade = lambda code: numpy.float64(2)"
    nb.cells.insert(nb.cells.index(by_id["EMAIL004"]), nbformat.v4.new_code_cell(inflate))
    noise = "import sys\nget_ipython().events.register('pre_run_cell', lambda info: print('Warning', file=sys.stderr))"
    nb.cells.insert(nb.cells.index(by_id["EMAIL006"]), nbformat.v4.new_code_cell(noise))
    nbformat.write(nb, path)


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course after the whole round: released, worked on, submitted, collected, autograded, fed back, exported."""
    top = tmp_path_factory.mktemp("nbgrader")
    for name in ("nbgrader_config.py", "source/email/email.ipynb"):  # as committed, which is as built (test_course.py)
        (there := top / "assignments" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "assignments" / name, there)
    folder, exchange = top / "assignments", f"--Exchange.root={top / 'exchange'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))
        patch.setenv("PATH", os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))
        patch.setenv("ECOMLAB_LANGUAGE", "zh")
        patch.setenv("HOME", str(top))
        ecomlab.open(folder / "source" / "email", student="teacher", scenario="email").world.close()
        nbgrader(folder, "generate_assignment", "email")
        nbgrader(folder, "release_assignment", "email", exchange)
        for student in DONE:
            desk = top / "desks" / student
            shutil.copytree(top / "exchange" / "ecomlab" / "outbound" / "email", desk / "email")
            work(desk / "email", student)
            nbgrader(desk, "submit", "email", "--course", "ecomlab", exchange, f"--Exchange.cache={desk / 'cache'}", "--student", student)
        nbgrader(folder, "collect", "email", exchange)
        nbgrader(folder, "autograde", "email")
        nbgrader(folder, "generate_feedback", "email")
        nbgrader(folder, "export", "--to", "before.csv")
    return folder


def exported(file: Path) -> dict[str, float]:
    with file.open(encoding="utf-8", newline="") as f:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(f)}


def replayed(course: Path) -> dict[str, Any]:
    return {g.report.student: g.report for g in grade_all(submissions([course / "submitted"]))}


def cells(course: Path, student: str) -> dict[str, float]:
    """nbgrader's own points, cell by cell."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "ecomlab") as book:
        (notebook,) = book.find_submission("email", student).notebooks
        return {g.name: g.auto_score for g in notebook.grades if g.name in CODES}


def test_a_released_assignment_holds_nobodys_world(course: Path) -> None:
    assert (course / "source" / "email" / "logbook.jsonl").exists(), "the teacher has tried it"
    assert [p.name for p in (course / "release" / "email").iterdir()] == ["email.ipynb"]


def test_autograding_finishes_the_whole_batch(course: Path) -> None:
    assert sorted(p.parent.parent.name for p in course.glob("autograded/*/email/email.ipynb")) == sorted(DONE)


@pytest.mark.parametrize("student", ["model", "partial", "empty"])
def test_nbgraders_points_are_those_of_ecomlab_grade_cell_by_cell(course: Path, student: str) -> None:
    report = replayed(course)[student]
    assert cells(course, student) == {t.task.code: float(t.points) for t in report.tasks}
    assert exported(course / "before.csv")[student] == report.points == 2 * len(DONE[student])


def test_a_tampered_notebook_changes_no_points_in_ecomlab_grade(course: Path) -> None:
    found = replayed(course)
    assert [t.points for t in found["hostile"].tasks] == [t.points for t in found["partial"].tasks]
    assert not found["hostile"].findings


def test_a_tampered_notebook_gets_its_cells_back_each_once(course: Path) -> None:
    """Only code of the student's own still moves nbgrader's points, which is why they are not the ones that count."""
    nb = nbformat.read(course / "autograded" / "hostile" / "email" / "email.ipynb", 4)
    released = nbformat.read(course / "release" / "email" / "email.ipynb", 4)
    ids = [c.metadata["nbgrader"]["grade_id"] for c in nb.cells if "nbgrader" in c.metadata]
    assert ids == [c.metadata["nbgrader"]["grade_id"] for c in released.cells]
    earned = cells(course, "hostile")
    assert (earned["EMAIL001"], earned["EMAIL002"], earned["EMAIL003"]) == (2, 0, 2)
    assert earned["EMAIL004"] == 2, "numpy's number counts as full points in nbgrader"
    assert earned["EMAIL006"] == earned["EMAIL007"] == 0, "noise on stderr counts as none"


def test_feedback_says_per_task_what_is_missing_in_the_students_language(course: Path) -> None:
    english = (course / "feedback" / "partial" / "email" / "email.html").read_text("utf-8")
    assert "EMAIL003 Send a message: 2.0 / 2" in english and "EMAIL004 Delete a message: 0 / 2" in english and "○ You have deleted a message (1)" in english
    assert '<a href="#EMAIL004">EMAIL004</a>' in english and "Test cell" not in english
    assert WORDS["reopen"].en not in english and "Student" in english, "a bar is there, and tells nobody to run cells"
    chinese = (course / "feedback" / "empty" / "email" / "email.html").read_text("utf-8")
    assert "EMAIL004 删除邮件: 0 / 2" in chinese and "○ 删除了一封邮件 (1)" in chinese


def test_the_gradebook_is_given_the_points_that_count(course: Path, tmp_path: Path) -> None:
    book = tmp_path / "gradebook.db"
    shutil.copy(course / "gradebook.db", book)
    assert main(["grade", str(course / "submitted"), "--gradebook", str(book)]) == 1, "one student handed in no logbook"
    nbgrader(course, "export", "--to", str(tmp_path / "after.csv"), f"--db=sqlite:///{book}")
    after = exported(tmp_path / "after.csv")
    assert after == {"model": 12, "partial": 4, "hostile": 4, "empty": 0} != exported(course / "before.csv")


def test_a_gradebook_that_is_not_there_yet_is_made_from_the_catalogue(course: Path, tmp_path: Path) -> None:
    from nbgrader.api import Gradebook

    book = tmp_path / "new.db"
    for _ in range(2):
        main(["grade", str(course / "submitted"), "--gradebook", str(book)])
    nbgrader(course, "export", "--to", str(tmp_path / "new.csv"), f"--db=sqlite:///{book}")
    assert exported(tmp_path / "new.csv") == {"model": 12, "partial": 4, "hostile": 4, "empty": 0}
    with Gradebook(f"sqlite:///{book}", "ecomlab") as opened:
        assert opened.find_assignment("email").max_score == 12
        assert not any(s.needs_manual_grade for s in opened.assignment_submissions("email"))


def test_a_score_that_the_teacher_has_set_by_hand_stays(course: Path, tmp_path: Path) -> None:
    from nbgrader.api import Gradebook

    book = tmp_path / "gradebook.db"
    shutil.copy(course / "gradebook.db", book)
    with Gradebook(f"sqlite:///{book}", "ecomlab") as opened:
        opened.find_grade("EMAIL004", "email", "email", "partial").manual_score = 1.5
        opened.db.commit()
    main(["grade", str(course / "submitted"), "--gradebook", str(book)])
    with Gradebook(f"sqlite:///{book}", "ecomlab") as opened:
        assert opened.find_submission("email", "partial").score == 5.5


def test_answers_are_marked_by_hand_beside_the_points_of_tasks(course: Path, tmp_path: Path) -> None:
    """Only what was answered waits for a teacher; what the teacher gives stays when the points of tasks are written again."""
    from nbgrader.api import Gradebook

    book = tmp_path / "gradebook.db"
    shutil.copy(course / "gradebook.db", book)
    with Gradebook(f"sqlite:///{book}", "ecomlab") as opened:
        waiting = {(s.student.id, g.name) for s in opened.assignment_submissions("email") for n in s.notebooks for g in n.grades if g.needs_manual_grade}
        assert waiting == {("partial", "answer-1")}
        grade = opened.find_grade("answer-1", "email", "email", "partial")
        assert grade.max_score == 2
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        opened.db.commit()
    main(["grade", str(course / "submitted"), "--gradebook", str(book)])
    with Gradebook(f"sqlite:///{book}", "ecomlab") as opened:
        found = opened.find_submission("email", "partial")
        assert (found.code_score, found.written_score) == (4, 1.5)
        assert (found.max_code_score, found.max_written_score) == (12, 2 * len(lessons()["email"].questions)) and replayed(course)["partial"].out_of == 12


def earlier(course: Path, book: Path) -> dict[str, float]:
    """A gradebook as it stood before: the batch's points."""
    main(["grade", str(course / "submitted"), "--gradebook", str(book)])
    return standing(book)


def standing(book: Path) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{book}", "ecomlab") as opened:
        return {s.student.id: s.score for s in opened.assignment_submissions("email")}


def copies(book: Path) -> list[Path]:
    return sorted(book.parent.glob(f"{book.name}.2*"))


WORSE = {
    "another key's": lambda header: {**header, "seed": "0" * 64},
    "another version of the scenario": lambda header: {**header, "digest": "0" * 16},
    "a scenario that nobody knows": lambda header: {**header, "scenario": "nowhere"},
    "newer rules": lambda header: {**header, "rules": 9_000},
    "another student's": lambda header: {**header, "student": "nobody"},
}


@pytest.mark.parametrize("kind", [pytest.param(k, marks=[pytest.mark.slow] * (k != "another student's")) for k in WORSE])
def test_what_cannot_be_judged_leaves_the_gradebook_as_it_was(course: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = earlier(course, book := tmp_path / "gradebook.db")
    folder = tmp_path / "submitted"
    shutil.copytree(course / "submitted", folder)
    file = folder / "model" / "email" / "logbook.jsonl"
    header, *entries = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([json.dumps(WORSE[kind](json.loads(header))), *entries, ""]), "utf-8")
    main(["grade", str(folder), "--gradebook", str(book), "--language", "en"])
    assert standing(book) == before == {"model": 12, "partial": 4, "hostile": 4, "empty": 0}
    # Whoever's key a world was made with is not known where no key is set: then the whole batch waits for it.
    said = " asks for one" if kind in ("another key's", "another student's") else ": not judged; the gradebook keeps what it has (12)"
    assert f"model/email/logbook.jsonl{said}" in capsys.readouterr().err and not copies(book)


def test_without_the_key_that_logbooks_ask_for_nothing_is_graded_or_written(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = earlier(course, book := tmp_path / "gradebook.db")
    monkeypatch.setenv("ECOMLAB_COURSE_KEY", "k" * 40)
    for student in ("ada", "bob"):
        ecomlab.open(tmp_path / "submitted" / student / "email", student=student, scenario="email").world.close()
    monkeypatch.delenv("ECOMLAB_COURSE_KEY")
    shutil.copytree(course / "submitted" / "model", tmp_path / "submitted" / "model")
    capsys.readouterr()
    assert main(["grade", str(tmp_path / "submitted"), "--gradebook", str(book), "--csv", str(tmp_path / "marks.csv")]) == 2
    heard = capsys.readouterr()
    assert "ECOMLAB_COURSE_KEY" in heard.err and not heard.out and not (tmp_path / "marks.csv").exists() and standing(book) == before
    for student in ("partial", "hostile"):
        shutil.copytree(course / "submitted" / student, tmp_path / "submitted" / student)
    shutil.rmtree(tmp_path / "submitted" / "bob")
    assert main(["grade", str(tmp_path / "submitted"), "--gradebook", str(book), "--language", "en"]) == 2, "one of four: the others may be demonstrations"
    assert "ada" in capsys.readouterr().err and standing(book) == before


def test_a_dry_run_says_who_changes_from_what_to_what_and_writes_nothing(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "gradebook.db"
    grading = ["grade", str(course / "submitted"), "--gradebook", str(book), "--language", "en"]
    main([*grading, "--dry-run"])
    assert "model email: — → 12\n" in capsys.readouterr().out and not book.exists()
    shutil.copy(course / "gradebook.db", book)
    was, before = book.read_bytes(), standing(book)
    main([*grading, "--dry-run"])
    told = capsys.readouterr().out
    assert book.read_bytes() == was and "nothing was written" in told and not copies(book)
    main(grading)
    after = standing(book)
    changed = [s for s in sorted(after) if before[s] != after[s]]
    assert changed and [line.strip() for line in told.splitlines() if "→" in line] == [f"{s} email: {before[s]:g} → {after[s]:g}" for s in changed]
    (kept,) = copies(book)
    assert standing(kept) == before, "the gradebook as it was before"
    main(grading)
    assert copies(book) == [kept], "nothing changed, so there is nothing to keep"
    assert main(["grade", str(course / "submitted"), "--dry-run"]) == 2
