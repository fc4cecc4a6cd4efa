"""A class is graded: what has not changed is not graded again, lateness costs what the course says, and the marks go where a teacher takes them."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ecomlab.cli.main import main
from ecomlab.cli.progress import Progress, span
from ecomlab.grading import batch, record, workers
from ecomlab.grading.due import Lateness, lateness
from ecomlab.grading.graded import Graded
from ecomlab.grading.record import Record
from ecomlab.grading.roster import Person, read_roster
from ecomlab.grading.settings import Late, Settings
from ecomlab.kernel.logbook import LOGBOOK
from ecomlab.kernel.refusals import Refusal
from tests import worlds

NAMES = ("ann", "ben", "cai")


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    return hand_in(tmp_path / "submitted")


def hand_in(submitted: Path) -> Path:
    """Three students' e-mail assignments, of which cai's is not complete."""
    for name in NAMES:
        folder = submitted / name / "email"
        folder.mkdir(parents=True)
        lines = worlds.model("email", name).read_text("utf-8").splitlines(keepends=True)
        (folder / LOGBOOK).write_text("".join(lines[: 5 if name == "cai" else None]), "utf-8")
    return submitted


def finish(submitted: Path) -> None:
    """cai hands in again, with everything."""
    shutil.copy(worlds.model("email", "cai"), submitted / "cai" / "email" / LOGBOOK)


class Counting:
    """Told of each submission; counts those that had to be graded."""

    def __init__(self) -> None:
        self.anew: list[str] = []

    def __call__(self, graded: Graded, done: int, total: int, anew: bool) -> None:
        if anew:
            self.anew.append(graded.report.student)


def run(submitted: Path, file: Path, **options: Any) -> tuple[list[Graded], list[str], list[record.Change]]:
    told = Counting()
    kept = Record(file)
    try:
        graded = batch.grade_all(batch.submissions([submitted]), record=kept, told=told, **options)
        return graded, told.anew, kept.changes(graded)
    finally:
        kept.close()


# --- the record ---


def test_two_gradings_that_make_a_record_at_once_have_the_same(submitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has looked before the first has made it; what either keeps is there for both."""
    first = Record(tmp_path / "grades.db")
    monkeypatch.setattr(Path, "exists", lambda path: False)
    second = Record(tmp_path / "grades.db")
    monkeypatch.undo()
    found = batch.submissions([submitted])
    for kept, one in ((first, found[0]), (second, found[1])):
        batch.grade_all([one], record=kept)
        kept.close()
    assert run(submitted, tmp_path / "grades.db")[1] == ["cai"]


def test_what_has_not_changed_is_not_graded_again_and_is_told_the_same(submitted: Path, tmp_path: Path) -> None:
    first, graded, changes = run(submitted, tmp_path / "grades.db")
    assert graded == list(NAMES) and [(c.student, c.before) for c in changes] == [(n, None) for n in NAMES]
    again, graded, changes = run(submitted, tmp_path / "grades.db")
    assert graded == [] and changes == []
    assert again == first and [g.record() for g in again] == [g.record() for g in first]
    assert (tmp_path / "grades.db").stat().st_mode & 0o077 == 0, "marks are the teacher's"


def test_whose_logbook_has_changed_is_graded_again_and_told_with_the_reason(submitted: Path, tmp_path: Path) -> None:
    run(submitted, tmp_path / "grades.db")
    finish(submitted)
    _, graded, (change,) = run(submitted, tmp_path / "grades.db")
    assert graded == ["cai"] and change.student == "cai" and change.before is not None and change.before < change.after == 12
    assert change.text("en").endswith("12.00 (another logbook)")


def test_another_program_or_key_grades_everything_again(submitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(submitted, tmp_path / "grades.db")
    monkeypatch.setattr(record, "program", lambda: "after an update")
    assert run(submitted, tmp_path / "grades.db")[1:] == (list(NAMES), []), "graded anew, for the same marks"
    monkeypatch.setenv("ECOMLAB_COURSE_KEY", "another key")
    graded, anew, changes = run(submitted, tmp_path / "grades.db")
    assert anew == list(NAMES) and not any(g.judged for g in graded) and changes == [], "what could not be judged keeps its mark"


def test_a_changed_check_is_the_reason_for_a_changed_mark(submitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, *others = run(submitted, tmp_path / "grades.db")[0]
    monkeypatch.setattr(record, "program", lambda: "a check was corrected")
    first, *tasks = ann.report.tasks
    stricter = replace(ann, report=replace(ann.report, tasks=(replace(first, goals=tuple(replace(g, met=False) for g in first.goals)), *tasks)))
    kept = Record(tmp_path / "grades.db")
    (change,) = kept.changes([stricter, *others])
    kept.close()
    assert (change.student, change.before, change.after) == ("ann", 12, 10)
    assert [w.en for w in change.why] == ["another version of ecomlab, its checks or its data"]


def test_the_programs_digest_hangs_on_contents_and_not_on_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = record.program()
    monkeypatch.setattr(record, "_ROOMS", ("kernel",))
    assert (before := record.program()) != there
    shutil.copytree(Path(record.__file__).parent.parent / "kernel", tmp_path / "kernel")
    monkeypatch.setattr(record, "__file__", str(tmp_path / "grading" / "record.py"))
    (tmp_path / "kernel" / "rules.py").touch()
    assert record.program() == before


def test_results_on_a_replica_do_not_stand_for_results_on_duckdb(submitted: Path, tmp_path: Path) -> None:
    run(submitted, tmp_path / "grades.db")
    assert run(submitted, tmp_path / "grades.db", exact=True)[1] == list(NAMES)
    assert run(submitted, tmp_path / "grades.db")[1] == []


def test_what_went_wrong_is_tried_again(submitted: Path, tmp_path: Path) -> None:
    graded, _, changes = run(submitted, tmp_path / "grades.db", limit=0.001)
    assert not any(g.judged for g in graded) and changes == []
    graded, anew, _ = run(submitted, tmp_path / "grades.db")
    assert anew == list(NAMES) and all(g.judged for g in graded)


def test_a_dry_run_leaves_the_marks_as_they_were(submitted: Path, tmp_path: Path) -> None:
    run(submitted, tmp_path / "grades.db")
    finish(submitted)
    kept = Record(tmp_path / "grades.db")
    graded = batch.grade_all(batch.submissions([submitted]), record=kept)
    assert [c.student for c in kept.changes(graded, write=False)] == ["cai"] == [c.student for c in kept.changes(graded)]
    assert kept.changes(graded) == []
    kept.close()


def test_every_change_stays_in_the_record(submitted: Path, tmp_path: Path) -> None:
    run(submitted, tmp_path / "grades.db")
    finish(submitted)
    run(submitted, tmp_path / "grades.db")
    with sqlite3.connect(tmp_path / "grades.db") as db:
        assert db.execute("select student, before is null, after from change order by rowid").fetchall() == [
            ("ann", 1, "12.0"), ("ben", 1, "12.0"), ("cai", 1, "4.0"), ("cai", 0, "12.0"),
        ]  # fmt: skip
        for statement in ("delete from change", "update change set after = '12'"):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(statement)


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be read as one" * 20, None])
def test_another_file_is_no_record_and_stays_as_it_is(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "gradebook.db"
    if content is None:
        with sqlite3.connect(file) as db:
            db.execute("create table course (id text)")
    else:
        file.write_bytes(content)
    before = file.read_bytes()
    with pytest.raises(Refusal, match="is no record of grades"):
        Record(file)
    assert file.read_bytes() == before


def test_a_second_run_goes_on_where_the_first_was_interrupted(submitted: Path, tmp_path: Path) -> None:
    """The first is ended, as a power cut would, while the last submission is at work."""
    code = (
        "import sys, time, ecomlab.grading.batch as b; from ecomlab.cli.main import main\n"
        "real = b.grade\n"
        "b.grade = lambda path, **kw: time.sleep(60) if 'cai' in str(path) else real(path, **kw)\n"
        f"main(['grade', {str(submitted)!r}, '--record', {str(tmp_path / 'grades.db')!r}])"
    )
    grader = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while kept(tmp_path / "grades.db") < 2:
            assert time.monotonic() < deadline and grader.poll() is None
            time.sleep(0.1)
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert run(submitted, tmp_path / "grades.db")[1] == ["cai"]


def test_a_grader_that_is_killed_leaves_no_process_behind() -> None:
    code = (
        "import time; from ecomlab.grading.workers import done\n"
        "for _ in done(time.sleep, [(0,), (0,), (0,), (1,), (1,)], workers=3, seconds=60, megabytes=4_000): print(flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE) as grader:
        assert grader.stdout
        for _ in range(3):
            grader.stdout.readline()
        grader.kill()
    deadline = time.monotonic() + 30
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(grader.pid, 0)
            time.sleep(0.1)


def kept(file: Path) -> int:
    try:
        with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as db:
            return int(db.execute("select count(*) from report").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


# --- in time, or late ---

DUE = datetime.datetime.fromisoformat("2027-03-12T23:59:00+08:00")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
POLICY = Settings(due={"email": DUE}, late=Late(grace=HOUR / 4, percent_a_day=10, at_most=25), extra={("ben", ""): 2 * DAY, ("ann", "ca"): 9 * DAY})


def late(by: datetime.timedelta, student: str = "ann", folder: Path = Path("nowhere"), **clocks: Any) -> Lateness:
    found = lateness(POLICY, student, "email", folder, clocks.get("witnessed"), DUE + by)
    assert found
    return found


@pytest.mark.parametrize(
    "by, percent", [(-HOUR, 0), (datetime.timedelta(), 0), (HOUR / 4, 0), (HOUR / 2, 10), (DAY, 10), (DAY + HOUR, 20), (2 * DAY + HOUR, 25), (90 * DAY, 25)]
)
def test_each_day_begun_costs_and_never_more_than_the_most(by: datetime.timedelta, percent: int) -> None:
    assert late(by).percent == percent
    assert late(by).of(Decimal("36.0")) == Decimal("36.0") * (100 - percent) / 100


def test_a_student_with_more_time_is_late_later() -> None:
    assert late(2 * DAY, "ben").percent == 0 and not late(2 * DAY, "ben").by
    assert late(2 * DAY + HOUR, "ben").percent == 10
    assert late(2 * DAY, "ann").percent == 20, "ann's time is for another assignment"


def test_the_clock_of_the_server_counts_before_the_witnesss_and_that_before_the_students(tmp_path: Path) -> None:
    assert late(HOUR).clock == "logbook"
    assert late(HOUR, witnessed=DUE - HOUR).clock == "witness" and not late(HOUR, witnessed=DUE - HOUR).by
    (tmp_path / "timestamp.txt").write_text("2027-03-12 20:00:00.000000 UTC")
    found = late(HOUR, folder=tmp_path, witnessed=DUE - HOUR)
    assert found.clock == "collected" and found.by == 4 * HOUR + HOUR / 60
    (tmp_path / "timestamp.txt").write_text("2027-03-12 15:00:00 +0800")
    assert late(HOUR, folder=tmp_path).by == datetime.timedelta()
    (tmp_path / "timestamp.txt").write_text("soon")
    assert late(HOUR, folder=tmp_path).clock == "logbook"


def test_where_nothing_is_due_or_nothing_says_when_nothing_is_late() -> None:
    assert lateness(Settings(), "ann", "email", Path("nowhere"), None, DUE) is None
    found = lateness(POLICY, "ann", "email", Path("nowhere"), None, None)
    assert found and found.of(Decimal(36)) == 36 and "nothing says" in found.text().en


SETTINGS = """
roster = "students.csv"
record = "grades.db"
[due]
email = 2027-03-12T23:59:00+08:00
[late]
grace_minutes = 15
percent_a_day = 10
at_most = 25
[extra_days]
ben = 2
ann = { ca = 9 }
"""


def test_settings_are_read_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(SETTINGS)
    read = Settings.read(tmp_path / "course.toml")
    assert (read.due, read.late, read.extra) == (POLICY.due, POLICY.late, POLICY.extra)
    assert (read.roster, read.record) == (tmp_path / "students.csv", tmp_path / "grades.db")


@pytest.mark.parametrize(
    "text, named",
    [
        ("frob = 1", "frob"), ("witnessed = 2", "witnessed"), ("record = 5", "record"), ("due = 5", "due"), ("[due]\nemail = 2027-03-12T23:59:00", "due.email"),
        ("[late]\nper_day = 1", "per_day"), ("[late]\nat_most = 101", "late.at_most"), ("[late]\npercent_a_day = true", "late.percent_a_day"),
        ("[extra_days]\nben = -1", "extra_days.ben"), ("[extra_days]\nben = { ca = 'x' }", "extra_days.ben.ca"), ("[due", ""),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_by_its_name(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(Refusal) as refused:
        Settings.read(tmp_path / "course.toml")
    assert refused.value.code == "bad_settings" and named in refused.value.text.en


# --- who takes the course ---

SHEET = "学号,姓名,班级\r\nann,安妮,电商1班\r\n\r\nben,本,电商2班\r\ndan,=丹,电商1班\r\n"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz\n    Points Possible,,,,,10\n"
    '"Ann, A.",7001,U1,ann,EC 1,9\n"Ben, B.",7002,U2,ben,EC 1,\n"Dan, D.",7003,U3,dan,EC 2,\n'
)
MOODLE = "First name;Last name;ID number;Email address\nAnn;A.;ann;ann@school.test\nBen;B.;ben;ben@school.test\nDan;D.;dan;dan@school.test\n"


def roster(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[Person]:
    (tmp_path / "students.csv").write_bytes(text.encode(encoding))
    return read_roster(tmp_path / "students.csv")


def test_a_roster_is_read_as_schools_have_it(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert [(p.student, p.name, p.group) for p in roster(tmp_path, SHEET, encoding)] == [
            ("ann", "安妮", "电商1班"), ("ben", "本", "电商2班"), ("dan", "=丹", "电商1班"),
        ]  # fmt: skip
    assert [(p.student, p.name, p.group) for p in roster(tmp_path, CANVAS)][0] == ("ann", "Ann, A.", "EC 1") and len(roster(tmp_path, CANVAS)) == 3
    assert [(p.student, p.name, p.email) for p in roster(tmp_path, MOODLE)][1] == ("ben", "Ben B.", "ben@school.test")


@pytest.mark.parametrize("text", ["", "who,what\na,b\n", "学号,姓名\nann,A\nann,B\n"])
def test_a_roster_without_ids_or_with_one_twice_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal, match="list of students"):
        roster(tmp_path, text)


# --- marks to take away ---


def table(file: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One course for all layouts: its record grades it once."""
    return set_up(tmp_path_factory.mktemp("course"))


def set_up(folder: Path) -> Path:
    """The class with its settings: ann is on time, ben late within his extra time, cai a day late; dan handed in nothing."""
    (folder / "course.toml").write_text(SETTINGS)
    submitted = hand_in(folder / "submitted")
    for name, day in {"ann": 10, "ben": 14, "cai": 13}.items():
        (submitted / name / "email" / "timestamp.txt").write_text(f"2027-03-{day} 12:00:00.0 UTC")
    return folder


def graded(course: Path, layout: str, people: str) -> list[list[str]]:
    (course / "students.csv").write_text(people, "utf-8")
    out = course / "marks.csv"
    assert main(["grade", str(course / "submitted"), "--settings", str(course / "course.toml"), "--csv", str(out), "--layout", layout]) == 0
    return table(out)


def test_moodle_gets_identity_points_and_feedback(course: Path) -> None:
    assert graded(course, "moodle", MOODLE) == [
        ["ID number", "Full name", "Email address", "email", "email (feedback)"],
        ["ann", "Ann A.", "ann@school.test", "12.00", ""],
        ["ben", "Ben B.", "ben@school.test", "12.00", ""],
        ["dan", "Dan D.", "dan@school.test", "", "not handed in"],
        ["cai", "", "", "3.60", "handed in 2027-03-13 20:00, 21 hours late, less 10%"],
    ]


def test_canvas_gets_its_own_columns_back(course: Path) -> None:
    assert graded(course, "canvas", CANVAS) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "email"],
        ["    Points Possible", "", "", "", "", "12.00"],
        ["Ann, A.", "7001", "U1", "ann", "EC 1", "12.00"],
        ["Ben, B.", "7002", "U2", "ben", "EC 1", "12.00"],
        ["Dan, D.", "7003", "U3", "dan", "EC 2", ""],
        ["cai", "", "", "cai", "", "3.60"],
    ]


def test_a_chinese_mark_sheet_has_everybody_and_nothing_that_a_spreadsheet_runs(course: Path) -> None:
    heads, *rows = graded(course, "sheet", SHEET)
    assert heads[:4] == ["序号", "学号", "姓名", "班级"] and heads[-3:] == ["总分（12分）", "百分制", "备注"]
    assert [r[:4] for r in rows] == [["1", "ann", "安妮", "电商1班"], ["2", "ben", "本", "电商2班"], ["3", "dan", "'=丹", "电商1班"], ["4", "cai", "", ""]]
    assert [r[4:7] for r in rows] == [["12.00", "12.00", "100.0"], ["12.00", "12.00", "100.0"], ["", "0.00", "0.0"], ["3.60", "3.60", "30.0"]]
    assert rows[2][7].endswith("：未提交") and "迟交 21 小时，扣 10%" in rows[3][7]


def test_the_table_of_tasks_has_a_row_for_who_handed_in_nothing(course: Path) -> None:
    heads, *rows = graded(course, "tasks", SHEET)
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [(f["student"], f["points"], f["mark"], f["name"]) for f in found] == [
        ("ann", "12.00", "12.00", "安妮"), ("ben", "12.00", "12.00", "本"), ("cai", "4.00", "3.60", ""), ("dan", "", "", "'=丹"),
    ]  # fmt: skip
    assert found[0]["EMAIL001"] == "2.00" and found[3]["EMAIL001"] == ""


def test_the_command_tells_who_is_late_missing_and_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = set_up(tmp_path)
    (course / "students.csv").write_text(SHEET, "utf-8")
    call = ["grade", str(course / "submitted"), "--settings", str(course / "course.toml"), "--language", "en"]
    assert main(call) == 0
    told = capsys.readouterr().out
    assert "21 hours late, less 10%" in told and "email: not handed in: dan =丹" in told and "Graded for the first time: 3" in told
    (course / "course.toml").write_text(SETTINGS.replace("percent_a_day = 10", "percent_a_day = 20"))
    assert main(call) == 0
    assert "  cai email: 3.60 → 3.20 (lateness costs 20%, before 10%)" in capsys.readouterr().out
    assert main([*call, "--format", "json"]) == 0
    marks = {g["student"]: (g["points"], g["mark"], g["late"]["percent"]) for g in json.loads(capsys.readouterr().out)}
    assert marks == {"ann": (12, 12, 0), "ben": (12, 12, 0), "cai": (4, 3.2, 20)}
    (course / "submitted" / "dan" / "email").mkdir(parents=True)
    (course / "submitted" / "dan" / "email" / "logbook.jsonl").write_text("no logbook")
    assert main(call) == 1
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("dan ")]
    assert row.endswith("could not be judged") and "0.00" not in row, "no mark, as in the sheets of marks"


# --- how far it is ---


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_tells_how_far_it_is_and_how_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0, 20.0, 30.0, 40.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    bar = Progress("en")
    bar(1, 4, False)
    assert not screen.getvalue(), "what was at hand says nothing of how long the rest takes"
    bar(2, 4)
    assert "2 of 4, about 40 seconds left" in screen.getvalue()
    bar.tell("ann could not be judged")
    bar(3, 4)
    bar(4, 4)
    assert "\rann" not in screen.getvalue() and "\nann" not in screen.getvalue() and screen.getvalue().endswith("\r\033[K")


def test_no_bar_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", lines := io.StringIO())
    bar = Progress("zh")
    bar(1, 2)
    bar.tell("one line")
    bar(2, 2)
    assert lines.getvalue() == "one line\n"


def test_a_time_to_wait_is_as_exact_as_anybody_needs_it() -> None:
    assert [span(s).en for s in (0.2, 1, 89, 100, 3600, 7260)] == ["1 second", "1 second", "89 seconds", "2 minutes", "60 minutes", "2 hours 1 minute"]


def test_what_could_not_be_judged_is_told_at_once_and_by_name(submitted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (submitted / "ben" / "email" / LOGBOOK).write_text("no logbook\n")
    assert main(["grade", str(submitted), "--language", "en"]) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line]
    assert line.startswith("ecomlab: ") and "/ben/email/" in line and "not an ecomlab logbook" in line


def test_processes_begin_as_copies_only_where_no_thread_is_at_work() -> None:
    """Neither one of Python's nor another: what it holds would be held for ever in a copy."""
    how = "from ecomlab.grading import workers; print(workers._context().get_start_method())"
    beside = {"DuckDB": "import duckdb", "a thread": "import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True).start()", "": ""}
    said = {
        what: subprocess.run([sys.executable, "-c", f"{code}\n{how}"], cwd=worlds.ROOT, capture_output=True, text=True, check=True).stdout
        for what, code in beside.items()
    }
    assert said["DuckDB"] == said["a thread"] == "spawn\n" and said[""] == ("fork\n" if sys.platform == "linux" else "spawn\n")


def test_a_job_that_waits_for_the_processor_is_not_given_up_for_it() -> None:
    """What counts is the time of the processor, where the system tells it; whoever only waits is given up after some times as long."""
    jobs = [(0.4,), (2.5,)]
    found = {job: (result, ended) for job, result, ended in workers.done(time.sleep, jobs, 2, 0.3, 1_500)}
    assert found == {0: (None, None if Path("/proc/self/stat").exists() else "too_slow"), 1: (None, "too_slow")}


def test_the_gradebook_gets_the_penalty_of_the_replayed_points(submitted: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbgrader")
    from nbgrader.api import Gradebook

    from ecomlab.grading.gradebook import write

    (ann, *_) = batch.grade_all(batch.submissions([submitted / "ann"]))
    tardy = replace(ann, late=Lateness(DUE, DUE + DAY, "collected", by=DAY, percent=Decimal(10)))
    book = str(tmp_path / "gradebook.db")
    assert [(c.before, c.after) for c in write(book, [tardy], dry_run=True).changes] == [(None, 10.8)]
    write(book, [tardy])
    with Gradebook(f"sqlite:///{book}", "ecomlab") as opened:
        found = opened.find_submission("email", "ann")
        assert (found.score, found.late_submission_penalty) == (12, pytest.approx(1.2))
    assert [c.none for c in write(book, [tardy]).changes] == [True]
    forgiven = replace(ann, late=Lateness(DUE, DUE, "collected"))
    assert [(c.before, c.after) for c in write(book, [forgiven]).changes] == [(pytest.approx(10.8), 12)]
