"""The command line: what it prints, what it writes, and its exit status (0 good, 1 found something, 2 wrong usage)."""

from __future__ import annotations

import contextlib
import csv
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ecomlab
from ecomlab.cli.commands import COMMANDS, command
from ecomlab.cli.main import main
from ecomlab.grading.batch import grade_all, submissions
from ecomlab.grading.graded import Submission
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.texts import LANGUAGES
from tests import worlds

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model student's e-mail world, made by the demonstration."""
    folder = tmp_path_factory.mktemp("model") / "world"
    assert main(["demo", "--student", "ada", "--module", "email", "--out", str(folder), "--format", "json"]) == 0
    return folder


@pytest.fixture(scope="module")
def partial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a student who has done two tasks."""
    folder = tmp_path_factory.mktemp("partial")
    lab = ecomlab.open(folder, student="bob", scenario="email")
    for code in ("EMAIL001", "EMAIL002"):
        PLAYS[code](lab.player())
    return folder


@pytest.fixture
def logbook(model: Path, tmp_path: Path) -> Path:
    """A copy of the model student's logbook, to be damaged."""
    return Path(shutil.copy(model / "logbook.jsonl", tmp_path / "logbook.jsonl"))


def handed_in(tree: Path, world: Path | None, student: str, assignment: str = "email") -> Path:
    """A submission in nbgrader's place."""
    folder = tree / "submitted" / student / assignment
    folder.mkdir(parents=True)
    (folder / f"{assignment}.ipynb").write_text("{}")
    if world:
        shutil.copy(world / "logbook.jsonl", folder)
    return folder


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_help_is_there_at_once_and_names_every_command() -> None:
    code = "import sys; from ecomlab.cli.main import main; s = main(['--help']); print(s, sorted({'duckdb', 'pydantic', 'pandas'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
    for name in COMMANDS:
        assert f"\n    {name} " in done.stdout


HAN = re.compile("[\u4e00-\u9fff]")
#: English in Chinese help: three words and more in a row
ENGLISH = re.compile(r"(?:\b[a-z]{2,} ){2}[a-z]{2,}\b")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_in_the_language_of_the_environment(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    pages = {}
    for language in ("zh", "en"):
        monkeypatch.setenv("ECOMLAB_LANGUAGE", language)
        assert main([*filter(None, [name]), "--help"]) == 0
        pages[language] = capsys.readouterr().out
    assert not HAN.search(pages["en"]) and "usage: " in pages["en"]
    assert "用法：" in pages["zh"] and "选项" in pages["zh"] and not ENGLISH.search(pages["zh"])
    if name:
        declared = COMMANDS[name]
        for language in LANGUAGES:
            assert all(text.say(language) in pages[language] for text in (declared.text, *(a.help for a in declared.arguments)))


@pytest.mark.parametrize("call", [["grade", "--help"], ["grade", "nowhere"], ["grade"], ["nothing"], ["class", "nowhere"]], ids=" ".join)
def test_help_and_mistakes_are_told_in_the_language_that_the_call_names(
    call: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the environment says, and wherever in the call it stands; the next call is the environment's again."""
    monkeypatch.setenv("ECOMLAB_LANGUAGE", "en")
    named = ([*call, "--language", "zh"], [*call, "--language=zh"], ["--language", "zh", *call])
    for argv, chinese in (*((argv, True) for argv in named), (call, False), ([*call, "--language"], False)):
        main(argv)
        heard = capsys.readouterr()
        assert bool(HAN.search(heard.out + heard.err)) == chinese, argv


@pytest.mark.parametrize(
    "call",
    [
        (), ("frob",), ("grade",), ("grade", "x", "--workers", "many"), ("grade", "x", "--workers", "0"), ("tasks", "--format", "xml"),
        ("tasks", "--frob"), ("tasks", "--module"), ("tasks", "--module", "frob"), ("grade", "no-such-folder"), ("course", "build", "x"),
        ("course", "supersede"), ("new", "task"), ("recover",), ("tasks", "--help=x"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_in_the_language_of_the_environment(
    call: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in LANGUAGES:
        monkeypatch.setenv("ECOMLAB_LANGUAGE", language)
        assert main(call) == 2
        why = capsys.readouterr().err.splitlines()[-1]
        told = re.sub(r"ecomlab( [a-z-]+)+", "", why)  # a command to type is the same in both
        assert bool(HAN.search(told)) == (language == "zh") and not (language == "zh" and ENGLISH.search(told)), why
        assert not why.startswith("ecomlab: 用法有误"), "argparse says something that mistakes.py has no words for"


def undocumented() -> list[str]:
    """The commands that neither a README nor a page of the documentation shows."""
    pages = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
    words = "\n".join(page.read_text("utf-8") for page in pages)
    return [name for name in COMMANDS if not re.search(rf"\becomlab {name}\b", words)]


def test_every_command_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not undocumented()
    monkeypatch.setitem(COMMANDS, "nonsense", COMMANDS["audit"])
    assert undocumented() == ["nonsense"]


def test_a_command_without_a_word_of_help_or_declared_twice_is_none() -> None:
    def silent(args: Any) -> int:
        return 0

    def audit(args: Any) -> int:
        """There is one."""
        return 0

    for wrong in (silent, audit):
        with pytest.raises(ValueError):
            command("无")(wrong)


@pytest.mark.parametrize("package", ["ecomlab", "ecomlab.cli"])
def test_python_m_runs_the_same_command_line(package: str) -> None:
    done = subprocess.run([sys.executable, "-m", package, "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"ecomlab {ecomlab.__version__}"


@pytest.mark.parametrize(
    "argv",
    [
        [], ["nonsense"], ["grade"], ["grade", "/no/such/place"], ["grade", ".", "--workers", "0"], ["tasks", "--modul", "email", "x"],
        ["tasks", "--module", "b3b"], ["demo", "--module", "b3b"], ["audit", "/no/such/logbook"], ["replay", "x"], ["course", "unbuild"],
    ],
)  # fmt: skip
def test_a_wrong_call_ends_with_2_and_says_why_on_stderr(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    heard = capsys.readouterr()
    assert not heard.out and "ecomlab" in heard.err


def test_tasks_lists_the_whole_catalogue_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    from ecomlab.kernel.tasks import tasks

    assert main(["tasks", "--format", "json"]) == 0
    rows = said(capsys)
    assert [r["code"] for r in rows] == list(tasks())
    assert all(r["title"]["zh"] and r["title"]["en"] and r["role"]["zh"] and r["commands"] and r["points"] > 0 for r in rows)
    main(["tasks", "--module", "email", "--language", "zh"])
    assert "申请电子邮箱" in capsys.readouterr().out


def test_the_model_student_earns_full_points(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = ecomlab.grade(model)
    assert report.student == "ada" and report.scenario == "email" and not report.findings
    assert report.points == report.out_of > 0
    assert main(["demo", "--student", "eve", "--out", str(model)]) == 2, "a world that is there is not played over"
    assert ecomlab.grade(model) == report


def test_grade_of_one_logbook_tells_every_task_and_what_is_missing(partial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(partial), "--language", "en"]) == 0
    text = capsys.readouterr().out
    assert "EMAIL001 Register a mailbox: 2.0 / 2" in text and "○ You have sent a message" in text
    assert main(["grade", str(partial / "logbook.jsonl"), "--format", "json"]) == 0
    (record,) = said(capsys)
    assert record["points"] == 4 and record["student"] == "bob" and record["assignment"] == "email"
    assert {t["code"]: t["points"] for t in record["tasks"]}["EMAIL003"] == 0


def test_in_nbgraders_tree_the_path_tells_whose_a_logbook_should_be(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handed_in(tmp_path, model, "ada")
    handed_in(tmp_path, model, "mallory")
    handed_in(tmp_path, None, "zoe")
    shutil.copytree(tmp_path / "submitted" / "ada", tmp_path / "autograded" / "ada")
    assert main(["grade", str(tmp_path), "--format", "json"]) == 1
    ada, mallory, zoe = said(capsys)
    assert (ada["student"], ada["points"], ada["findings"]) == ("ada", 12, [])
    assert (mallory["student"], mallory["points"], mallory["findings"][0]["code"]) == ("mallory", 0, "other_student")
    assert (zoe["student"], zoe["points"], zoe["out_of"], zoe["findings"][0]["code"]) == ("zoe", 0, 12, "no_logbook")


def test_a_logbook_of_another_assignment_is_named_and_earns_nothing(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handed_in(tmp_path, model, "ada", assignment="ca")
    assert main(["grade", str(tmp_path), "--format", "json"]) == 1
    (record,) = said(capsys)
    assert record["findings"][0]["code"] == "other_assignment"
    assert {t["code"][:2] for t in record["tasks"]} == {"CA"} and record["points"] == 0 and record["out_of"] > 0


def test_one_worker_or_several_give_the_same_and_no_submission_stops_the_batch(model: Path, partial: Path, tmp_path: Path) -> None:
    handed_in(tmp_path, partial, "bob")
    handed_in(tmp_path, model, "ada")
    for name, content in (("zeros", b"\0" * 3_000_000), ("deep", b"[" * 100_000), ("empty", b""), ("torn", (model / "logbook.jsonl").read_bytes()[:-7])):
        (handed_in(tmp_path, None, name) / "logbook.jsonl").write_bytes(content)
    found = submissions([tmp_path])
    alone, together = grade_all(found, 1), grade_all(found, 3)
    assert alone == together and [g.submission.student for g in alone] == ["ada", "bob", "deep", "empty", "torn", "zeros"]
    assert [float(g.report.points) for g in alone[:2]] == [12, 4]
    assert all(g.report.findings for g in alone[2:])
    assert [g.submission for g in grade_all(list(reversed(found)))] == list(reversed(found))


def test_a_grading_process_that_dies_costs_its_own_submission_only(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for student in ("ada", "fatal"):
        handed_in(tmp_path, model, student)
    (tmp_path / "deadly").mkdir()
    (tmp_path / "deadly" / "sitecustomize.py").write_text(
        "import os, ecomlab.grading.batch as b\n"
        "real = b.grade\n"
        "b.grade = lambda path, **kw: os._exit(1) if 'fatal' in str(path) else real(path, **kw)\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "deadly"), str(ROOT)]))
    for workers in (1, 2):
        ada, fatal = grade_all(submissions([tmp_path / "submitted"]), workers)
        assert ada.report.points == 12 and not ada.report.findings and ada.judged
        assert fatal.report.points == 0 and fatal.report.findings[0].code == "process_died" and not fatal.judged


#: What a submission may do to a grader, by the student's name: never end, within Python, within DuckDB, within a regular expression; take all memory.
HOSTILE = """
import ecomlab.grading.batch as b
import re, time
real = b.grade
def grade(path, **kw):
    try:
        if 'loops' in str(path):
            while True: pass
        if 'queries' in str(path):
            import duckdb
            duckdb.connect().execute("select count(*) from range(1000000) a, range(1000000) b").fetchall()
        if 'matches' in str(path):
            re.match("(a+)+$", "a" * 60 + "b")
        if 'hoards' in str(path):
            kept = [b"x" * 10_000_000 for _ in range(300)]
            time.sleep(60)
    except Exception:
        pass
    return real(path, **kw)
b.grade = grade
"""


@pytest.mark.whole
@pytest.mark.parametrize("workers", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_whatever_a_submission_does_its_limits_hold_and_the_batch_goes_on(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    never_end = ("loops", "matches", "queries") if worlds.on_duckdb() else ("matches",)
    for student in ("ada", "hoards", *never_end, "zoe"):
        handed_in(tmp_path, model, student)
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "sitecustomize.py").write_text(HOSTILE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "hostile"), str(ROOT)]))
    graded = {g.submission.student: g for g in grade_all(submissions([tmp_path / "submitted"]), workers, limit=3, memory=900)}
    assert {s: [f.code for f in g.report.findings] for s, g in graded.items() if not g.judged} == {
        "hoards": ["too_large"], **dict.fromkeys(never_end, ["too_slow"]), "zoe": ["other_student"],
    }  # fmt: skip
    assert graded["ada"].report.points == 12


def test_an_interruption_ends_at_once_and_leaves_no_process_and_no_file(model: Path, tmp_path: Path) -> None:
    """One Ctrl-C, to the whole group as a terminal sends it."""
    handed_in(tmp_path, model, "loops")
    handed_in(tmp_path, model, "ada")
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "sitecustomize.py").write_text(HOSTILE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "hostile"), str(ROOT)])}
    command = [sys.executable, "-m", "ecomlab", "grade", str(tmp_path / "submitted"), "--csv", str(tmp_path / "grades.csv"), "--workers", "2"]
    heard = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell starts what runs in the background with SIGINT ignored
    grader = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=heard)
    try:
        began, children = time.monotonic(), Path(f"/proc/{grader.pid}/task/{grader.pid}/children")
        while time.monotonic() - began < 60 and len(children.read_text().split()) < 2:  # both at work, however busy the machine is
            time.sleep(0.1)
        time.sleep(1)
        assert grader.poll() is None
        os.killpg(grader.pid, signal.SIGINT)
        began = time.monotonic()
        output, errors = grader.communicate(timeout=10)
        assert grader.returncode == 130 and time.monotonic() - began < 3 and b"Traceback" not in errors and not output
        with pytest.raises(ProcessLookupError):
            os.killpg(grader.pid, 0)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(grader.pid, signal.SIGKILL)
    assert not (tmp_path / "grades.csv").exists()


def test_a_class_is_graded_and_its_markets_made_on_all_processors_that_one_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    called = list[int]()
    monkeypatch.setattr("ecomlab.grading.batch.grade_all", lambda found, workers, **_: called.append(workers) or [])
    main(["grade", str(ROOT / "tests" / "golden" / "ca.jsonl")])
    assert called == [len(os.sched_getaffinity(0))]
    (workers,) = [a for a in COMMANDS["markets"].arguments if a.names == ("--workers",)]
    assert workers.options["default"] == called[0]


def test_a_submission_that_takes_too_long_is_given_up(model: Path) -> None:
    (slow,) = grade_all([Submission(model / "logbook.jsonl")], limit=0.001)
    assert slow.report.points == 0 and slow.report.findings[0].code == "too_slow" and not slow.judged


def test_the_best_of_several_submissions_counts_and_all_are_named(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (model / "logbook.jsonl").read_text("utf-8").splitlines(keepends=True)
    early = tmp_path / "early.jsonl"
    early.write_text("".join(lines[:4]), "utf-8")
    assert main(["grade", str(early), str(model), "--format", "json"]) == 1
    assert [r["findings"][0]["code"] for r in said(capsys)] == ["several_submissions"] * 2
    from ecomlab.grading.graded import counting

    assert [g.report.points for g in counting(grade_all(submissions([early, model])))] == [12]


def test_csv_has_a_row_for_each_submission_and_holds_no_formula(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handed_in(tmp_path, model, "ada")
    handed_in(tmp_path, model, "=cmd()")
    main(["grade", str(tmp_path), "--csv", str(tmp_path / "grades.csv")])
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as f:
        evil, ada = csv.DictReader(f)
    assert (ada["student"], ada["assignment"], ada["points"], ada["out_of"], ada["EMAIL001"]) == ("ada", "email", "12.00", "12.00", "2.00")
    assert (evil["student"], evil["points"]) == ("'=cmd()", "0.00")


def test_replay_gives_a_database_that_any_tool_opens(model: Path, tmp_path: Path) -> None:
    target = tmp_path / "world.duckdb"
    assert main(["replay", str(model), "--database", str(target)]) == 0
    with duckdb.connect(str(target), read_only=True) as db:
        assert db.execute("select count(*) from mail_message").fetchone()[0] > 0
        assert db.execute("select count(*) from logbook_entry").fetchone()[0] == ecomlab.grade(model).entries
    before = target.read_bytes()
    assert main(["replay", str(model), "--database", str(target)]) == 2, "a file that is there is left alone"
    assert target.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["world.duckdb"]


def test_audit_names_every_invariant_and_where_the_chain_is_broken(logbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(logbook), "--format", "json"]) == 0
    verdicts = said(capsys)
    of_its_world = {v.name for v in ecomlab.open(logbook.parent).audit()}
    assert {v["name"] for v in verdicts} == {"hash_chain", "replays", "same_digest", *of_its_world} and all(v["holds"] for v in verdicts)
    lines = logbook.read_text("utf-8").splitlines(keepends=True)
    logbook.write_text("".join([*lines[:3], *lines[4:]]), "utf-8")
    assert main(["audit", str(logbook), "--format", "json"]) == 1
    broken = {v["name"]: v["findings"] for v in said(capsys) if not v["holds"]}
    assert broken["hash_chain"][0].startswith("4: ")


@pytest.mark.parametrize("damage", ["torn", "lost line", "swapped lines", "flipped byte"])
def test_recover_keeps_what_replays_and_the_damaged_file(damage: str, logbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = logbook.read_text("utf-8").splitlines(keepends=True)
    if damage == "torn":
        lines[-1] = lines[-1][:-9]
    elif damage == "lost line":
        del lines[7]
    elif damage == "swapped lines":
        lines[4], lines[5] = lines[5], lines[4]
    else:
        lines[6] = lines[6].replace('"gave":"', '"gave":"f', 1)
    logbook.write_text("".join(lines), "utf-8")
    damaged, before = logbook.read_bytes(), ecomlab.grade(logbook)
    assert before.findings
    assert main(["recover", str(logbook), "--format", "json"]) == 1
    done = said(capsys)
    target = logbook.with_name("logbook.recovered.jsonl")
    assert done["recovered"] == str(target) and logbook.read_bytes() == damaged
    after = ecomlab.grade(target)
    assert not after.findings and after.points >= before.points > 0
    if damage == "swapped lines":
        assert after.points == after.out_of, "put back in their order, all entries replay"
    shutil.copy(target, logbook)
    lab = ecomlab.open(logbook.parent)
    lab.advance(days=1)
    lab.undo()
    assert not ecomlab.grade(logbook).findings, "the recovered world goes on"


def test_a_sound_logbook_needs_no_recovery(logbook: Path) -> None:
    assert main(["recover", str(logbook)]) == 0
    assert [p.name for p in logbook.parent.iterdir()] == ["logbook.jsonl"]


def test_what_is_no_logbook_is_found_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logbook.jsonl").write_text("hello\n")
    for name, *rest in (["audit"], ["recover"], ["replay", "--database", str(tmp_path / "x.duckdb")]):
        assert main([name, str(tmp_path), *rest, "--language", "en"]) == 1
        assert "Line 1: this is not an ecomlab logbook" in capsys.readouterr().err
    assert not (tmp_path / "x.duckdb").exists()


def test_lab_opens_the_course_and_passes_arguments_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    labapp = pytest.importorskip("jupyterlab.labapp")
    started: list[list[str]] = []
    monkeypatch.setattr(labapp.LabApp, "launch_instance", lambda argv: started.append(argv))
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    assert main(["lab", "--no-browser", "--port", "9999"]) == 0
    ours, theirs = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    hidden = json.loads((Path(ours) / "labconfig" / "page_config.json").read_text())["disabledExtensions"]
    assert hidden == {"@jupyter/nbgrader": True} and theirs == "theirs", "students have nothing to make, collect or validate"
    assert f"--ServerApp.root_dir={ROOT / 'notebooks'}" in started[0]
    assert {"--no-browser", "--port", "9999", "--allow-root"} <= set(started[0])
    assert main(["lab", "--folder", str(tmp_path / "mine")]) == 0
    assert f"--ServerApp.root_dir={tmp_path / 'mine'}" in started[1] and (tmp_path / "mine" / "zh" / "00-start.ipynb").is_file()
    (tmp_path / "mine" / "zh" / "00-start.ipynb").write_text("my own notes")
    main(["lab", "--folder", str(tmp_path / "mine")])
    assert (tmp_path / "mine" / "zh" / "00-start.ipynb").read_text() == "my own notes"
    assert str(tmp_path / "mine") in capsys.readouterr().out


def test_the_day_of_a_department_is_not_that_of_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--day", "--module", "b2c"]) == 2
    assert "--module" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "scenario"), [(["--day"], "department"), (["--module", "b2c"], "b2c"), ([], "semester")])
def test_the_model_student_begins_in_the_scenario_that_is_shown(given: list[str], scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Begun(BaseException):
        """The world would be made now: which one is all that is asked."""

    def begin(folder: Path, student: str, scenario: str) -> None:
        raise Begun(scenario)

    monkeypatch.setattr("ecomlab.cli.demo.begin", begin)
    with pytest.raises(Begun, match=f"^{scenario}$"):
        main(["demo", *given])


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_day_of_the_department_goes_from_the_orders_to_the_till_and_its_books_hold(language: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["demo", "--day", "--out", str(tmp_path / "d"), "--format", "json", "--language", language]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["findings"] == [] and [h["at"] for h in said["hours"]] == sorted(h["at"] for h in said["hours"])
    *_, floor, rush, till, figures = (dict(enumerate(h["rows"])) for h in said["hours"])
    assert floor and till and figures
    assert int(rush[0][-1].replace(",", "")) > int(rush[1][-1].replace(",", "")), "more people leave less behind"
