"""What a teacher sees of a class: read from logbooks as they lie there, whatever they hold, in one DuckDB."""

from __future__ import annotations

import contextlib
import datetime
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ecomlab import classroom
from ecomlab.classroom.desk import Classroom, as_html
from ecomlab.classroom.gather import Class
from ecomlab.cli.main import main
from ecomlab.grading import batch
from ecomlab.grading.record import Record
from ecomlab.kernel import logbook, packages
from ecomlab.kernel.logbook import ATTEMPTS, LOGBOOK, survey
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.terms import term
from tests import golden, worlds

BEGAN = datetime.datetime.fromisoformat("2026-09-07T09:00:00+08:00")
#: By student: how many entries they handed in, and seconds from one to the next.
CLASS = {"ann": (8, 20), "ben": (8, 60), "cai": (5, 30), "dan": (2, 400)}


def hand_in(submitted: Path, student: str, entries: int, pause: int, refused: tuple[tuple[int, str, str], ...] = ()) -> Path:
    """The first entries of the model student's e-mail work, at an even pace; refused: after which entry, which command, which field."""
    folder = submitted / student / "email"
    folder.mkdir(parents=True)
    read = survey(worlds.model("email", student))
    out = [read.header.line()]
    for i, (_, entry) in enumerate(read.entries[:entries]):
        out.append(replace(entry, at=(BEGAN + datetime.timedelta(seconds=i * pause)).isoformat(), prev=logbook.hash_line(out[-1])).line())
    (folder / LOGBOOK).write_text("\n".join(out) + "\n", "utf-8")
    notes = [
        {"at": (BEGAN + datetime.timedelta(seconds=(n - 1) * pause + 1)).isoformat(), "n": n, "do": do, "refused": [{"code": "missing", "field": field}]}
        for n, do, field in refused
    ]
    if notes:
        (folder / ATTEMPTS).write_text("".join(f"{json.dumps(n)}\n" for n in notes))
    return folder


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("class") / "submitted"
    for student, (entries, pause) in CLASS.items():
        hand_in(top, student, entries, pause, ((2, "email.reply", "text"),) * (3 if student == "cai" else 1) if student != "ann" else ())
    return top


@pytest.fixture(scope="module")
def record(submitted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("record") / "grades.db"
    kept = Record(file)
    batch.grade_all(batch.submissions([submitted]), record=kept)
    kept.close()
    return file


@pytest.fixture
def look(submitted: Path, record: Path) -> Any:
    opened = Class.of([submitted], record)
    yield opened
    opened.close()


def test_a_step_is_an_entry_or_an_attempt_in_the_order_of_the_work(look: Class) -> None:
    rows = look.all("select n, refused, command, field, reason from step join work using (id) where student = 'ben' limit 4")
    entries = [e.do for _, e in survey(worlds.model("email", "ben")).entries]
    assert [tuple(r) for r in rows] == [
        (1, False, entries[0], None, None), (2, False, entries[1], None, None), (2, True, "email.reply", "text", "missing"), (3, False, entries[2], None, None),
    ]  # fmt: skip


def test_every_entry_and_attempt_is_there_once(look: Class, submitted: Path) -> None:
    counted = {r.student: (r.entries, r.refused) for r in look.all(
        "select student, count(*) filter (not refused) as entries, count(*) filter (refused) as refused from step join work using (id) group by student"
    )}  # fmt: skip
    assert counted == {"ann": (8, 0), "ben": (8, 1), "cai": (5, 3), "dan": (2, 1)}


def test_points_are_those_of_the_record_and_stale_once_the_files_have_changed(look: Class, submitted: Path, record: Path, tmp_path: Path) -> None:
    graded = {g.report.student: float(g.report.points) for g in batch.grade_all(batch.submissions([submitted]))}
    assert {r.student: r.points for r in look.all("select student, points from work where not stale")} == graded
    assert look.value("select sum(points) from points") == sum(graded.values())
    shutil.copytree(submitted, tmp_path / "submitted")
    assert Class.of([tmp_path / "submitted"], record).value("select count(points) from work") == 0, "graded elsewhere is not graded here"
    file = submitted / "dan" / "email" / ATTEMPTS
    before = file.read_bytes()
    try:
        file.write_bytes(before * 2)
        assert [r.student for r in Class.of([submitted], record).all("select student from work where stale")] == ["dan"]
    finally:
        file.write_bytes(before)


def test_a_step_belongs_to_a_task_that_asks_for_its_command(look: Class) -> None:
    from ecomlab.kernel.command import COMMANDS

    rows = look.all("select distinct command, code from step where code is not null")
    assert rows and all(r.code in COMMANDS[r.command].tasks for r in rows)
    unasked = {r.command for r in look.all("select distinct command from step where code is null")}
    assert not any(set(COMMANDS[c].tasks) & set(scenario("email").tasks) for c in unasked)


def test_a_command_of_several_tasks_counts_for_the_next_of_them(tmp_path: Path) -> None:
    """In e-banking a transfer is asked for twice; the second time the student is further."""
    folder = tmp_path / "submitted" / "ann" / "ebank"
    folder.mkdir(parents=True)
    shutil.copy(worlds.model("ebank", "ann"), folder / LOGBOOK)
    look = Class.of([tmp_path])
    order = {r.code: r.position for r in look.all("select code, position from task")}
    places = [order[r.code] for r in look.all("select code from step where code is not null order by n")]
    assert len(set(places)) > 12 and sum(b < a for a, b in zip(places, places[1:], strict=False)) <= 2, "the model student goes from task to task"


@pytest.mark.parametrize("name", ["analytics", "concepts", "ebank", "shop"])
def test_no_task_that_was_done_is_without_its_steps(tmp_path: Path, name: str) -> None:
    """Of a command that all tasks of an assignment ask for, the order of the work does not tell which; its arguments do."""
    folder = tmp_path / "submitted" / "golden" / name
    folder.mkdir(parents=True)
    shutil.copy(golden.FOLDER / f"{name}.jsonl", folder / LOGBOOK)
    with contextlib.closing(Class.of([tmp_path]).connection) as look:
        seen = {code for (code,) in look.execute("select distinct code from step").fetchall()}
    assert seen - {None} == set(scenario(name).tasks)


def test_a_pause_beyond_five_minutes_is_no_work(look: Class) -> None:
    paused = {r.student: r.seconds for r in look.all("select student, sum(pause)::integer as seconds from step join work using (id) group by student")}
    assert paused == {"ann": 7 * 20, "ben": 7 * 60, "cai": 4 * 30, "dan": 1}


def test_words_that_a_teacher_judges_are_there_to_be_read_with_what_they_are_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = {name: survey(golden.FOLDER / f"{name}.jsonl") for name in ("teaching", "concepts")}
    student = kept["teaching"].header.student
    for name in kept:
        folder = tmp_path / "submitted" / student / name
        folder.mkdir(parents=True)
        shutil.copy(golden.FOLDER / f"{name}.jsonl", folder / LOGBOOK)
    (review,) = [e for _, e in kept["teaching"].entries if e.do == "teaching.review"]
    room = classroom.open(tmp_path)
    (panel,) = [p for p in room.page("teaching").panels if p.name == "judged"]
    words, plan = review.arguments["words"], review.arguments["plan"]
    assert panel.behind and [(r.about, r.student, r.written) for r in panel.behind("teaching.review")] == [(plan, student, words)]
    room.language = "en"
    assert {r.field for r in room.words("teaching")} >= {"Preparation notice", "First question", "What is said 1", "What to change"}
    explained = [e.arguments["concept"] for _, e in kept["concepts"].entries if e.do == "concepts.explain"]
    assert {r.about for r in room.words("concepts")} == set(explained)
    call = ["class", str(tmp_path), "--assignment", "teaching", "--language", "en"]
    assert main([*call, "--words"]) == 0 and words in capsys.readouterr().out
    assert main(call) == 0 and all(line.strip() or not line for line in capsys.readouterr().out.splitlines()), "an empty panel says what it would measure"
    assert main([*call, "--words", "--student", student, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]
    # and grading says them below the task, also from the record
    record = Record(tmp_path / "grades.db")
    for _ in range(2):
        (graded,) = batch.grade_all(batch.submissions([tmp_path / "submitted" / student / "teaching"]), record=record)
        assert graded.report.task("LES010").text("en").endswith(f"For your teacher to mark:\n    What to change: {words}")
    record.close()


def test_the_modules_of_what_was_handed_in_are_known_in_a_process_that_has_played_none(tmp_path: Path) -> None:
    folder = tmp_path / "submitted" / "ann" / "teaching"
    folder.mkdir(parents=True)
    shutil.copy(golden.FOLDER / "teaching.jsonl", folder / LOGBOOK)
    code = "import sys, ecomlab; print(ecomlab.open_class(sys.argv[1]).look.value('select count(distinct code) from step'))"
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, cwd=worlds.ROOT)
    assert int(told.stdout) == len(scenario("teaching").tasks)


# --- whatever lies there ---

HOSTILE = [
    b"", b"\xff\xfe\x00no text", b"[" * 100_000 + b"\n", b'{"n":"one","do":5}\n', b'{"n":1e999,"at":"never","do":"x"}\n', b"null\n3\n[]\n",
    b'{"n":1,"do":{"deep":[1]},"at":[]}\n', b'{"n":2,"at":"2026-09-07","do":"x","student":"ann","seed":7}\n' * 3, b"{" + b'"a":' * 50_000, b"x" * 3_000_000,
]  # fmt: skip


def test_a_hostile_file_hides_nobody_else(submitted: Path, tmp_path: Path) -> None:
    top = tmp_path / "submitted"
    shutil.copytree(submitted, top)
    for i, content in enumerate(HOSTILE):
        for name in (LOGBOOK, ATTEMPTS):
            folder = top / f"mallory{i}" / "email"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    look = Class.of([top])
    assert {r.student: r.n for r in look.all("select student, count(*) as n from step join work using (id) where student in ('ann', 'cai') group by 1")} == {
        "ann": 8, "cai": 8,
    }  # fmt: skip
    assert look.value("select count(*) from work") == len(CLASS) + len(HOSTILE)
    page = Classroom(look).page(assignment="email")
    assert page.figures and as_html(page, "zh")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_the_way_did_to_a_file_does_no_harm(submitted: Path, tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "cai"
    shutil.copytree(submitted / "cai" / "email", folder)
    plain = Class.of([folder])
    for name in (LOGBOOK, ATTEMPTS):
        text = (folder / name).read_text("utf-8")
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode(encoding))
    came = Class.of([folder])
    for asked in ("select * exclude (place) from work", "select * from step order by all"):
        assert came.all(asked) == plain.all(asked) != []


@pytest.mark.parametrize("student", ["a*b", "[x]", "what?", "2023王芳", "o'brien", '"; drop table work; --', "<script>alert(1)</script>", "model", "visitor"])
def test_a_students_name_is_only_a_name(tmp_path: Path, student: str) -> None:
    if "/" in student:
        student = student.replace("/", "-")
    hand_in(tmp_path / "submitted", student, 4, 30)
    look = Class.of([tmp_path])
    assert [(r.student, r.n) for r in look.all("select student, count(*) as n from step join work using (id) group by 1")] == [(student, 4)]
    assert student in Classroom(look).page().table.text("zh"), "and no term, whatever it is called"
    shown = as_html(Classroom(look).page(student=student), "en", student)
    ours = "html|meta|title|style|h1|h2|p|div|section|b|table|thead|tbody|tr|th|td|!doctype|svg|defs|clipPath|rect|g|use|path"
    assert not re.search(rf"<(?!/?({ours})\b)[^>]*>", shown)
    with pytest.raises(duckdb.Error):
        look.execute("copy work to '/dev/null'")


# --- pages ---


def test_the_page_of_the_class_says_who_is_where_and_what_is_hard(look: Class) -> None:
    page = Classroom(look).page()
    assert [p.name for p in page.panels] == ["where", "points", "hard", "refused", "times"]
    assert page.table is not None and [r.student for r in page.table] == list(CLASS)
    where, points, hard, refused, times = page.panels
    assert hard.behind and refused.behind and points.behind and where.behind and times.behind
    (often,) = refused.plot.bars  # type: ignore[attr-defined]
    assert often.label.en.startswith("EMAIL002") and [tuple(r) for r in refused.behind("EMAIL002")][0][3] == 5
    assert sum(len(points.behind(str(i))) for i in range(10)) == len(CLASS)
    assert {r.student for r in hard.behind("EMAIL001")} == set(), "all have it"
    assert [r.student for r in times.behind("EMAIL002")][0] in CLASS


def test_without_a_record_there_are_no_points_and_the_page_says_how_to_get_them(submitted: Path) -> None:
    page = classroom.open(submitted).page()
    assert "points" not in [p.name for p in page.panels] and "--record" in str(page.figures[1].note)


def test_the_page_of_a_student_is_what_they_did_step_by_step(look: Class) -> None:
    page = Classroom(look).page(student="cai")
    assert page.table is not None and len(page.table) == 8
    assert [r.reason for r in page.table if r.reason] == ["missing"] * 3
    assert [p.name for p in page.panels] == ["progress", "left"]


def test_where_nobody_has_worked_the_page_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "submitted" / "ann" / "email"
    folder.mkdir(parents=True)
    (folder / "email.ipynb").write_text("{}")
    assert classroom.open(tmp_path).page().empty
    with pytest.raises(Refusal, match="no logbook"):
        classroom.open(tmp_path / "submitted" / "ann" / "nothing")


def test_the_words_of_the_tables_are_there_in_both_languages(look: Class) -> None:
    pages = [Classroom(look).page(), Classroom(look).page(student="cai")]
    behind = [p.behind(key) for p in pages[0].panels if p.behind for key in ("EMAIL002", "1", "3") if p.name != "points" or key.isdigit()]
    columns = {c for table in [*(p.table for p in pages), *behind] if table is not None for c in table.columns}
    assert [c for c in columns if not term.known(c, "classroom")] == []


def test_a_world_has_no_table_of_this_room() -> None:
    assert "classroom" not in packages.together(scenario("semester").modules)


def test_the_board_draws_the_class_and_one_student(look: Class) -> None:
    pytest.importorskip("anywidget")
    desk = Classroom(look)
    board = desk.board()
    assert board.draw()["figures"] and len(board.draw()["panels"]) == 5
    board._on_filter({"values": {"assignment": "email", "student": "cai"}})
    assert board.draw()["heading"] and board.draw()["sheet"]["all"] == 8
    desk.language = "en"
    assert board.draw()["title"] == "The class"
    with pytest.raises(ValueError):
        desk.language = "fr"  # type: ignore[assignment]


def test_the_command_shows_the_class_a_student_a_page_and_a_database(submitted: Path, record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["class", str(submitted), "--record", str(record), "--language", "en"]
    assert main([*call, "--html", str(tmp_path / "class.html"), "--database", str(tmp_path / "class.duckdb")]) == 0
    assert "Students: 4" in capsys.readouterr().out
    assert (tmp_path / "class.html").read_text("utf-8").count('<div role="img"') == 5
    with duckdb.connect(str(tmp_path / "class.duckdb"), read_only=True) as db:
        assert db.execute("select count(*) from step").fetchone() == (28,)
    assert main([*call, "--database", str(tmp_path / "class.duckdb")]) == 2, "what is there stays"
    assert main([*call, "--student", "cai", "--format", "json"]) == 0
    capsys.readouterr()
    assert main([*call, "--format", "json"]) == 0
    assert [r["student"] for r in json.loads(capsys.readouterr().out)["rows"]] == list(CLASS)
    assert main([*call, "--student", "nobody"]) == 2 and main([*call, "--assignment", "nothing"]) == 2 and main(["class", "no-such-folder"]) == 2
