"""The course: notebooks and assignments follow from the catalogue, are committed as built, and run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ecomlab
from ecomlab.cli.main import main
from ecomlab.course import notebooks
from ecomlab.course.assignments import assignment
from ecomlab.course.build import build, stale
from ecomlab.course.notebooks import ANALYTICS, MARKET, NAMES, WHOLE
from ecomlab.course.studies import STUDIES
from ecomlab.glossary import concepts
from ecomlab.kernel.lessons import lessons, read
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.scenario import counted, scenario, scenario_names
from ecomlab.kernel.tasks import tasks
from ecomlab.kernel.terms import term
from ecomlab.kernel.texts import LANGUAGES, Language, Text
from ecomlab.modules import NAMES as MODULES
from tests import worlds

nbformat = pytest.importorskip("nbformat")
ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Where the built course lies.
PLACES = (
    "notebooks/??/*.ipynb", "assignments/source/*/*.ipynb", "assignments/nbgrader_config.py", "docs/lessons/??/*.md", "docs/reference.md", "docs/data.md",
)  # fmt: skip
#: The course as committed, which the first test compares with the catalogue, by path; building it takes seconds.
MADE = {f.relative_to(ROOT).as_posix(): f.read_text("utf-8") for place in PLACES for f in sorted(ROOT.glob(place))}
EDITIONS = {language: {Path(n).stem: text for n, text in MADE.items() if n.startswith(f"notebooks/{language}/")} for language in LANGUAGES}


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
    assert build(tmp_path) == []
    assert {str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file()} == set(MADE)
    (tmp_path / "notebooks/zh/01-email.ipynb").write_text("{}")
    (tmp_path / "assignments/source/email/email.ipynb").unlink()
    (tmp_path / "notebooks/en/10-gone.ipynb").write_text("{}")
    (tmp_path / "notebooks/en/my-notes.ipynb").write_text("{}")
    changed = ["assignments/source/email/email.ipynb", "notebooks/en/10-gone.ipynb", "notebooks/zh/01-email.ipynb"]
    assert main(["course", "build", "--check", "--to", str(tmp_path), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["stale"] == changed
    assert build(tmp_path) == changed and stale(tmp_path) == []
    assert (tmp_path / "notebooks/en/my-notes.ipynb").exists() and not (tmp_path / "notebooks/en/10-gone.ipynb").exists()


def test_the_readmes_count_the_tasks_of_the_catalogue(tmp_path: Path) -> None:
    count = len(scenario("semester").tasks)
    written = {"README.md": f" {count} tasks:", "README.zh.md": f"{count} 个任务"}
    texts = {name: (ROOT / name).read_text("utf-8") for name in written}
    for name, words in written.items():
        assert words in texts[name]
        texts[name] += "A department has 66 tasks: a desk. 另一门课有 66 个任务：客服。"  # the writer's, no matter what follows the number
        (tmp_path / name).write_text(texts[name].replace(words, words.replace(str(count), "99"), 1), "utf-8")
    build(tmp_path)
    assert {name: (tmp_path / name).read_text("utf-8") for name in written} == texts


def test_every_module_has_its_notebook_and_every_module_with_a_scenario_its_assignment() -> None:
    made = set(MADE)
    numbered = [f"{[*MODULES, ANALYTICS].index(m) + 1:02d}-{m}" for m in NAMES]
    for language in LANGUAGES:
        there = {Path(n).stem for n in made if n.startswith(f"notebooks/{language}/")}
        assert there == {*numbered, "00-start", *WHOLE, "dashboards", *STUDIES}
    assigned = {m for m in (*NAMES, MARKET) if m in scenario_names()}
    assert {f"assignments/source/{m}/{m}.ipynb" for m in assigned} == {n for n in made if n.endswith(".ipynb") and "source" in n}
    assert set(notebooks.stories()) >= set(NAMES)
    assert [m for m in NAMES if not term.known("module", m)] == [], "no title: progress, key ring and lesson would show the module's name"


@pytest.mark.parametrize("name", sorted(n for n in MADE if n.endswith(".ipynb")))
def test_a_notebook_speaks_its_language_with_no_open_place_and_stable_ids(name: str) -> None:
    """An assignment speaks both, since nbgrader has one of each."""
    cells = cells_of(MADE[name])
    for cell in cells:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", cell.id)
        if cell.cell_type == "markdown":
            if "/en/" not in name:
                assert CHINESE.search(cell.source), cell.source
            if "assignments/" in name:
                assert re.search(r"[A-Za-z]{4}", CHINESE.sub("", cell.source)), cell.source
            assert not re.search(r"\{\w+\}|…", cell.source), "a place that nobody filled"
    assert len({c.id for c in cells}) == len(cells)


def test_english_editions_hold_chinese_only_where_they_teach_it() -> None:
    for name, text in EDITIONS["en"].items():
        said = "\n".join(c.source for c in cells_of(text) if c.cell_type == "markdown" and c.id not in ("summary", "title"))
        assert not CHINESE.search(said), (name, CHINESE.search(said))


@pytest.mark.parametrize("name", sorted(set(EDITIONS["zh"]) - {*STUDIES}))
def test_both_editions_have_the_same_cells_in_the_same_order_and_the_same_code(name: str) -> None:
    zh, en = (cells_of(EDITIONS[language][name]) for language in LANGUAGES)
    assert [(c.id, c.cell_type) for c in zh] == [(c.id, c.cell_type) for c in en]
    for a, b in zip(zh, en, strict=True):
        if a.cell_type == "code":
            assert a.source.replace('language="zh"', 'language="en"') == b.source
        elif len(a.source) > 30:
            assert a.source != b.source, "not translated"


@pytest.mark.parametrize("module", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_modules_notebook_has_a_form_for_each_of_its_tasks(module: str, language: Language) -> None:
    cells = cells_of(EDITIONS[language][notebooks.notebook(module)])
    wanted = [code for code in tasks((module,)) if code in counted()]
    shown = [c.source for c in cells if re.match(r'lab\.form\("[A-Z]', c.source)]  # beside forms to practise with, which are named by their command
    assert sorted(shown) == sorted(f'lab.form("{code}")' for code in wanted)
    for code in wanted:
        head = next(c.source for c in cells if c.id == f"{code}-task")
        assert code in head and tasks()[code].title.say(language) in head


# Lessons


@pytest.mark.parametrize("name", sorted({*lessons(), *WHOLE.values()}))
def test_a_lesson_is_whole(name: str) -> None:
    lesson = lessons().get(name) or notebooks.whole(name)
    assert len(lesson.objectives) >= 2 and lesson.before and 2 <= len(lesson.questions) <= 3
    assert 30 <= lesson.minutes <= 360 and lesson.minutes % 5 == 0 and all(p.minutes > 0 for p in lesson.plan)
    assert set(lesson.terms) <= set(concepts()) and len(set(lesson.terms)) == len(lesson.terms)
    assert len(set(lesson.tasks)) == len(lesson.tasks)
    if name in lessons():
        assert set(lesson.tasks) == {code for code in tasks((name,)) if code in counted()}, "the tasks of the module, each once"
        assert lesson.maps and any(lesson.example) and lesson.looks and lesson.compare


def test_no_sentence_of_a_lesson_is_said_twice() -> None:
    """Neither in the lesson nor in what its tasks' forms say."""
    for name, lesson in lessons().items():
        forms = {sentence for code in lesson.tasks for text in (tasks()[code].goal, tasks()[code].hint) for sentence in sentences(text)}
        said = [s for n in lesson.notes.values() for text in (n.why, n.trap) for s in sentences(text)]
        said += [s for text in (lesson.opening, lesson.summary, *(x.story for x in lesson.sections)) for s in sentences(text)]
        assert len(said) == len(set(said)), (name, [s for s in said if said.count(s) > 1])
        assert not forms & set(said), (name, forms & set(said))


def sentences(text: Text) -> list[str]:
    return [s.strip() for said in text for s in re.split(r"(?<=[。！？])|(?<=[.!?]) ", said) if len(s.strip()) > 6]


@pytest.mark.parametrize("module", [pytest.param(m, marks=[pytest.mark.slow] * (m in worlds.LARGE)) for m in sorted(lessons())])
def test_a_task_leads_where_the_map_says(module: str) -> None:
    """In the model student's world a command of that task has brought a document into that state."""
    world = worlds.looked_at(module if module in scenario_names() else "semester").world
    done = {entry.n: entry.do for entry in world.entries}
    for m in lessons()[module].maps:
        assert set(m.at.values()) <= set(tasks())
        if m.moves:
            assert set(m.at) <= set(m.moves) == set(m.words or {}) and {s for to in m.moves.values() for s in to} <= set(m.moves)
            continue
        sql = "select h.state, h.entry from document_history h join document d on d.number = h.document where d.kind = $kind and h.entry > 0"
        made = {(r.state, done[r.entry]) for r in world.state.look.all(sql, kind=m.kind)}
        for state, code in m.at.items():
            assert {(state, command) for command in tasks()[code].commands} & made, (m.kind, state, code)


def test_a_task_that_its_lesson_leaves_out_stops_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Else its form would stand in no notebook and nobody would see it."""
    email = lessons()["email"]
    first, *others = email.sections
    shorter = replace(email, sections=(replace(first, tasks=first.tasks[1:]), *others))
    monkeypatch.setitem(lessons(), "email", shorter)
    with pytest.raises(ValueError, match=f"email/lesson.toml.*: {first.tasks[0]}$"):
        build(tmp_path)
    assert not list(tmp_path.iterdir()), "nothing half built"


def test_a_lesson_that_lacks_something_is_named_with_its_file() -> None:
    text = (ROOT / "ecomlab/modules/ca/lesson.toml").read_text("utf-8")
    for gone, wanted in (("[question]", "question"), ("[CA002]", "CA002"), ("[[plan]]", "plan")):
        with pytest.raises(ValueError, match=f"ecomlab.modules.ca/lesson.toml.*{wanted}"):
            read("ecomlab.modules.ca", "lesson.toml", text.replace(gone, "[[gone]]" if gone.startswith("[[") else "[gone]"))


def test_the_plan_of_a_lesson_has_the_three_columns_and_its_minutes() -> None:
    for name, lesson in lessons().items():
        for language in LANGUAGES:
            page = MADE[f"docs/lessons/{language}/{name}.md"]
            rows = [line for line in page.splitlines() if re.match(r"\| \*\*.*<br>\d+ min \|", line)]
            assert len(rows) == len(lesson.plan) and all(line.count(" | ") == 3 for line in rows)
            assert sum(int(re.search(r"<br>(\d+) min", line)[1]) for line in rows) == lesson.minutes  # type: ignore[index]


@pytest.mark.parametrize("module", [m for m in (*NAMES, MARKET) if m in scenario_names()])
def test_an_assignment_has_a_test_cell_for_each_task_and_an_answer_for_each_question(module: str) -> None:
    from nbgrader.nbgraderformat import MetadataValidator

    text = assignment(module, scenario(module))
    MetadataValidator().validate_nb(nbformat.reads(text, 4))
    marked = {c.metadata["nbgrader"]["grade_id"]: (c.metadata["nbgrader"], c.source) for c in cells_of(text)}
    written = {name for name, (data, _) in marked.items() if data["solution"]}
    assert all(data["locked"] != (name in written) for name, (data, _) in marked.items()), "students write in the answers, and nowhere else"
    graded = {name: (data["points"], source) for name, (data, source) in marked.items() if data["grade"]}
    tested = {code: (float(t.points), f'lab.grade("{code}")') for code, t in tasks().items() if code in scenario(module).tasks}
    assert {name: cell for name, cell in graded.items() if name not in written} == tested, "the points of tasks are those of the tasks alone"
    asked = lessons()[module].questions if module in lessons() else ()
    assert written == {f"answer-{n}" for n in range(1, len(asked) + 1)} <= set(graded), "each question has a cell that is marked by hand"
    assert f'ecomlab.open(scenario="{module}")' in marked["open"][1]
    assert ("prepared" in marked) == any(step.rpartition(".")[2] != "cast" for step in scenario(module).prologue)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    """A kernel without a screen, a student's own. One for all notebooks: each begins with an empty namespace in a folder of its own."""
    pytest.importorskip("ipywidgets")
    manager = pytest.importorskip("jupyter_client").KernelManager()
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    manager.start_kernel(env={**os.environ, "ECOMLAB_STUDENT": worlds.STUDENT, "PYTHONPATH": path})
    yield manager
    manager.shutdown_kernel(now=True)


#: How worlds begin is what the tests of this run share: a department takes seconds to begin.
SHARING = "from ecomlab.kernel import beginning; from tests import worlds; beginning._KEPT = worlds.Beginnings(); del beginning, worlds"


def run(text: str, folder: Path, kernel: Any, without: str = "") -> list[Any]:
    """Executes a notebook from top to bottom, without the cells that begin so; raises if any cell does or says anything on stderr."""
    read = nbformat.reads(text, 4)
    read.cells = [c for c in read.cells if not (without and c.source.startswith(without))]
    place = folder / "edition"
    place.mkdir(exist_ok=True)
    read.cells.insert(0, nbformat.v4.new_code_cell(f"%reset -f\nimport os; os.chdir({str(place)!r}); del os\n{SHARING}"))
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


#: Notebooks in a student's world; the studies of a market have tests of their own (test_studies.py).
OWN_WORLD = [n for n in sorted(MADE) if n.startswith("notebooks/") and Path(n).stem not in STUDIES]
#: Both editions have the same code, so each notebook runs in one of them, in turn; `make test-all` runs both.
ONCE = {f"notebooks/{LANGUAGES[i % 2]}/{name}.ipynb" for i, name in enumerate(sorted(EDITIONS["zh"]))}
#: A form of a task takes most of the time, and tests/forms.py sees each drawn: `make test` draws those of one module and of what is of none.
DRAWN = {n for n in ONCE if Path(n).stem in {"01-email", "00-start", "dashboards"}}
#: Besides them `make test` runs this, without its forms: what is left of a module's notebook is the same for all modules.
PLAIN = {"06-b2c"}
EACH = [
    *(pytest.param(n, True, marks=[pytest.mark.slow] * (n not in DRAWN)) for n in OWN_WORLD),
    *(
        pytest.param(n, False, id=f"{n}-without its forms", marks=[pytest.mark.slow] * (Path(n).stem not in PLAIN))
        for n in OWN_WORLD
        if n in ONCE - DRAWN
    ),
]


@pytest.mark.parametrize(("name", "forms"), EACH)
def test_a_notebook_runs_from_top_to_bottom_and_shows_its_forms(name: str, forms: bool, tmp_path: Path, kernel: Any) -> None:
    cells = run(MADE[name], tmp_path, kernel, without="" if forms else 'lab.form("')
    forms = [c for c in cells if c.cell_type == "code" and c.source.startswith(("lab.form", "lab.dashboard", "lab.bar", "lab.map"))]
    assert all(any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in c.outputs) for c in forms)
    (logbook,) = tmp_path.rglob("logbook.jsonl")
    assert survey(logbook).header.student == worlds.STUDENT
    assert logbook.parent in (tmp_path, tmp_path / logbook.parent.name), "the world lies beside the notebook"


# What nbgrader executes


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """autograded/ada/email, with the logbook of a student who did two tasks and chose English."""
    folder = tmp_path / "autograded" / "ada" / "email"
    worlds.opened(folder, worlds.model("email", "ada", ("EMAIL001", "EMAIL002"))).language = "en"
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


#: What may come of a submission; the slow ones are other ways to lose lines.
DAMAGES = {"none": False, "torn": True, "lost line": False, "no header": True, "not there": False, "another student's": False}


@pytest.mark.usefixtures("autograding")
@pytest.mark.parametrize("damage", [pytest.param(d, marks=[pytest.mark.slow] * slow) for d, slow in DAMAGES.items()])
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
    earned = points(handed_in)
    assert earned == {t.task.code: float(t.points) for t in graded.report.tasks}
    assert (sum(earned.values()) > 0) == (damage in ("none", "torn", "lost line"))
    assert ecomlab.open(handed_in, scenario="email").student == handed_in.parent.name
