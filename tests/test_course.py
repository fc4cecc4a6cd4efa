"""The course: notebooks and assignments follow from the catalogue, are committed as built, and run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ecomlab
from ecomlab.cli.main import main
from ecomlab.course import notebooks
from ecomlab.course.build import build, files, stale
from ecomlab.course.notebooks import ANALYTICS, NAMES
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.scenario import scenario, scenario_names
from ecomlab.kernel.tasks import tasks
from ecomlab.modules import ORDER

nbformat = pytest.importorskip("nbformat")
ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def cells_of(text: str) -> list[Any]:
    read = nbformat.reads(text, 4)
    nbformat.validate(read)
    return list(read.cells)


def test_the_committed_course_is_the_one_that_the_catalogue_gives() -> None:
    # In a process of its own: other tests declare commands and refusals, which the reference page would list.
    done = subprocess.run([sys.executable, "-m", "ecomlab", "course", "build", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), f"run `ecomlab course build`: {done.stdout}{done.stderr}"


def test_building_twice_gives_the_same_bytes_and_check_names_what_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["course", "build", "--to", str(tmp_path)]) == 0  # declares every refusal that the reference page lists
    capsys.readouterr()
    assert stale(tmp_path) == build(tmp_path) == []
    assert {str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file()} == set(files())
    (tmp_path / "notebooks" / "01-email.ipynb").write_text("{}")
    (tmp_path / "assignments/source/email/email.ipynb").unlink()
    (tmp_path / "notebooks" / "10-gone.ipynb").write_text("{}")
    (tmp_path / "notebooks" / "my-notes.ipynb").write_text("{}")
    changed = ["assignments/source/email/email.ipynb", "notebooks/01-email.ipynb", "notebooks/10-gone.ipynb"]
    assert main(["course", "build", "--check", "--to", str(tmp_path), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["stale"] == changed
    assert build(tmp_path) == changed and stale(tmp_path) == []
    assert (tmp_path / "notebooks" / "my-notes.ipynb").exists() and not (tmp_path / "notebooks" / "10-gone.ipynb").exists()


def test_the_readmes_count_the_tasks_of_the_catalogue(tmp_path: Path) -> None:
    count = len(scenario("semester").tasks)
    for name, words in (("README.md", f" {count} tasks:"), ("README.zh.md", f"{count} 个任务")):
        text = (ROOT / name).read_text("utf-8")
        assert words in text
        (tmp_path / name).write_text(text.replace(words, words.replace(str(count), "99")), "utf-8")
        build(tmp_path)
        assert (tmp_path / name).read_text("utf-8") == text


def test_every_module_has_its_notebook_and_every_module_with_a_scenario_its_assignment() -> None:
    made = set(files())
    numbered = {f"notebooks/{[*ORDER, ANALYTICS].index(m) + 1:02d}-{m}.ipynb" for m in NAMES}
    assert numbered | {"notebooks/00-start.ipynb", "notebooks/dashboards.ipynb"} == {n for n in made if n.startswith("notebooks/")}
    assert {f"assignments/source/{m}/{m}.ipynb" for m in NAMES if m in scenario_names()} == {n for n in made if n.endswith(".ipynb") and "source" in n}
    assert set(notebooks.stories()) >= set(NAMES)


@pytest.mark.parametrize("name", sorted(n for n in files() if n.endswith(".ipynb")))
def test_texts_stand_in_chinese_and_english_with_no_open_place_and_stable_ids(name: str) -> None:
    cells = cells_of(files()[name])
    for cell in cells:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", cell.id)
        if cell.cell_type == "markdown":
            assert CHINESE.search(cell.source) and re.search(r"[A-Za-z]{4}", CHINESE.sub("", cell.source)), cell.source
            assert not re.search(r"\{\w+\}", cell.source)
    assert len({c.id for c in cells}) == len(cells)


@pytest.mark.parametrize("module", NAMES)
def test_a_modules_notebook_has_a_form_for_each_of_its_tasks(module: str) -> None:
    cells = cells_of(notebooks.module(module))
    assert [c.source for c in cells if c.source.startswith("lab.form")] == [f'lab.form("{code}")' for code in tasks((module,))]
    for code, task in tasks((module,)).items():
        head = next(c.source for c in cells if c.id == f"{code}-task")
        assert all(t in head for t in (code, task.title.zh, task.title.en))


@pytest.mark.parametrize("module", [m for m in NAMES if m in scenario_names()])
def test_an_assignment_has_a_locked_test_cell_with_the_points_of_each_task(module: str) -> None:
    from nbgrader.nbgraderformat import MetadataValidator

    text = notebooks.assignment(module, scenario(module))
    MetadataValidator().validate_nb(nbformat.reads(text, 4))
    marked = {c.metadata["nbgrader"]["grade_id"]: (c.metadata["nbgrader"], c.source) for c in cells_of(text)}
    assert all(data["locked"] and not data["solution"] for data, _ in marked.values())
    graded = {name: (data["points"], source) for name, (data, source) in marked.items() if data["grade"]}
    assert graded == {code: (float(t.points), f'lab.grade("{code}")') for code, t in tasks().items() if code in scenario(module).tasks}
    assert f'ecomlab.open(scenario="{module}")' in marked["open"][1]
    assert ("prepared" in marked) == any(step != "cast" for step in scenario(module).prologue)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    """A kernel without a screen, a student's own. One for all notebooks: each begins with an empty namespace in a folder of its own."""
    pytest.importorskip("ipywidgets")
    manager = pytest.importorskip("jupyter_client").KernelManager()
    manager.start_kernel(env={**os.environ, "ECOMLAB_STUDENT": "nb1", "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))})
    yield manager
    manager.shutdown_kernel(now=True)


def run(text: str, folder: Path, kernel: Any) -> list[Any]:
    """Executes a notebook from top to bottom; raises if any cell does or says anything on stderr."""
    read = nbformat.reads(text, 4)
    read.cells.insert(0, nbformat.v4.new_code_cell(f"%reset -f\nimport os; os.chdir({str(folder)!r}); del os"))
    client = pytest.importorskip("nbclient").NotebookClient(read, km=kernel, timeout=120)
    try:
        client.execute()
    finally:
        client.kc.stop_channels()
        client.kc.context.term()
    for cell in read.cells:
        noise = [o.text for o in cell.get("outputs", []) if o.output_type == "stream" and o.name == "stderr"]
        assert not noise, f"{cell.id}: {noise}"
    return list(read.cells)


@pytest.mark.parametrize("name", sorted(n for n in files() if n.startswith("notebooks/")))
def test_a_notebook_runs_from_top_to_bottom_and_shows_its_forms(name: str, tmp_path: Path, kernel: Any) -> None:
    cells = run(files()[name], tmp_path, kernel)
    forms = [c for c in cells if c.cell_type == "code" and c.source.startswith(("lab.form", "lab.dashboard"))]
    assert forms and all(any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in c.outputs) for c in forms)
    (logbook,) = tmp_path.rglob("logbook.jsonl")
    assert survey(logbook).header.student == "nb1" and logbook.parent in (tmp_path, tmp_path / logbook.parent.name), "the world lies beside the notebook"


# What nbgrader executes


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """autograded/ada/email, with the logbook of a student who did two tasks and chose English."""
    folder = tmp_path / "autograded" / "ada" / "email"
    lab = ecomlab.open(folder, student="ada", scenario="email")
    lab.language = "en"
    for code in ("EMAIL001", "EMAIL002"):
        PLAYS[code](lab.player())
    return folder


@pytest.fixture
def autograding(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the process is nbgrader's, run by a teacher."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("JUPYTERHUB_USER", "teacher")


def points(folder: Path) -> dict[str, float]:
    lab = ecomlab.open(folder, scenario="email")
    return {code: lab.grade(code) for code in tasks(("email",))}


def test_the_grader_speaks_the_language_in_which_it_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also that of a student who never set one; in the student's own hands another environment still decides."""
    monkeypatch.setenv("ECOMLAB_LANGUAGE", "zh")
    ecomlab.open(tmp_path, student="ada", scenario="email").world.close()
    monkeypatch.setenv("ECOMLAB_LANGUAGE", "en")
    assert ecomlab.open(tmp_path).language == "en"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert ecomlab.open(tmp_path).language == "zh"


@pytest.mark.usefixtures("autograding")
def test_a_throwaway_may_be_acted_on_but_the_points_are_those_of_the_submitted_file(handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (handed_in / "logbook.jsonl").read_bytes()
    lab = ecomlab.open(handed_in, scenario="email")
    PLAYS["EMAIL003"](lab.player())
    assert lab.check("EMAIL003").points == 2 and lab.grade("EMAIL003") == 0.0 and lab.grade("EMAIL001") == 2.0
    heard = capsys.readouterr()
    assert "EMAIL003 Send a message: 0 / 2" in heard.out and "○ You have sent a message" in heard.out and not heard.err
    assert type(lab.grade("EMAIL001")) is float
    assert (handed_in / "logbook.jsonl").read_bytes() == before
    assert sorted(p.name for p in handed_in.iterdir()) == [".logbook.jsonl.lock", ".snapshots", "logbook.jsonl", "preferences.json"]


@pytest.mark.usefixtures("autograding")
@pytest.mark.parametrize("damage", ["none", "torn", "lost line", "no header", "not there", "another student's"])
def test_whatever_was_submitted_nbgraders_points_are_those_of_ecomlab_grade(damage: str, handed_in: Path) -> None:
    file = handed_in / "logbook.jsonl"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    if damage == "torn":
        file.write_text("".join(lines)[:-20], "utf-8")
    elif damage == "lost line":
        file.write_text("".join([*lines[:3], *lines[4:]]), "utf-8")
    elif damage == "no header":
        file.write_text("".join(lines[1:]), "utf-8")
    elif damage == "not there":
        file.unlink()
    elif damage == "another student's":
        folder = handed_in.parent.parent / "mallory" / "email"
        shutil.copytree(handed_in, folder)
        handed_in = folder
    from ecomlab.grading.batch import grade_all, submissions

    (handed_in / "email.ipynb").write_text("{}")
    (graded,) = grade_all(submissions([handed_in]))
    assert points(handed_in) == {t.task.code: float(t.points) for t in graded.report.tasks}
    assert (sum(points(handed_in).values()) > 0) == (damage in ("none", "torn", "lost line"))
    assert ecomlab.open(handed_in, scenario="email").student == handed_in.parent.name
