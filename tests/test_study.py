"""The market assignment: the set follows from the course's key, answers are only received without it, and judged by the truth of this very market with it."""

from __future__ import annotations

import json
import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

import ecomlab
from ecomlab.cli.main import main
from ecomlab.course.build import build
from ecomlab.grading import grade
from ecomlab.grading.batch import grade_all, submissions
from ecomlab.kernel import keys
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.refusals import Refusal
from ecomlab.market.questions import LEAST, QUESTIONS
from ecomlab.market.simulate import MANIFEST
from ecomlab.modules.study import own
from tests.worlds import refused

KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Markets in which there is somebody to ask about, and no more."""
    if "whole" not in request.fixturenames:
        monkeypatch.setattr(own, "ORDERS", LEAST)
    own.truths.cache_clear()
    yield
    own.truths.cache_clear()


@pytest.fixture
def whole() -> None:
    """For tests that ask for it, markets of the size for which the questions are meant."""


def seed_of(student: str, key: str = KEY) -> str:
    return keys.withheld_seed(student, own.NAME, key)


def test_no_seed_that_a_student_has_tells_the_markets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = keys.grant("ada", {"market": None}, KEY, None)  # type: ignore[arg-type]  (no time is asked where an assignment is open at any)
    assert seed_of("ada") not in given.text() and seed_of("ada") not in (seed_of("bob"), seed_of("ada", "x" * 64), keys.withheld_seed("ada", "other", KEY))
    monkeypatch.setenv(keys.SEEDS, given.text())
    lab = ecomlab.open(tmp_path, scenario="market")
    assert keys.withheld(lab.world.header, own.NAME) is None
    monkeypatch.setenv(keys.KEY, KEY)
    assert keys.withheld(lab.world.header, own.NAME) == seed_of("ada")


def test_without_the_key_an_answer_is_received_and_with_it_judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(keys.SEEDS, keys.grant("ada", {"market": None}, KEY, None).text())  # type: ignore[arg-type]
    lab = ecomlab.open(tmp_path / "ada", scenario="market", language="en")
    truth = own.truths(seed_of("ada"))
    q = QUESTIONS["coupon_lift"]
    lab.answer("coupon_lift", 99)
    lab.answer("coupon_lift", round(truth["coupon_lift"] + (q.right + q.near) / 2, 4))
    lab.answer("never_paid", f"{100 * truth['never_paid']:.3f}%")
    seen = lab.check("STUDY011")
    assert seen.points == 0 and f"Your answer {round(truth['never_paid'], 5):g} is received" in seen.text("en")
    assert "To be" not in lab.check("STUDY001").text("en") and "received" not in lab.check("STUDY001").text("en"), "nothing was answered there"
    monkeypatch.delenv(keys.SEEDS)
    with_key = grade(tmp_path / "ada", key=KEY)
    assert {t.task.code: t.points for t in with_key.tasks if t.points} == {"STUDY007": 1, "STUDY011": 2} and not with_key.findings
    assert grade(tmp_path / "ada", key=KEY, exact=True).record() == with_key.record()
    assert grade(tmp_path / "ada", key="y" * 64).points == 0, "another course's"


def test_a_number_is_read_as_people_write_it_and_what_is_none_is_refused(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="ada", scenario="market")
    assert lab.answer("coupon_lift", "31%") == lab.answer("coupon_lift", 0.31) == {"question": "coupon_lift", "answer": "0.31"}
    assert refused(lab.answer, "coupon_lift", "much").code == "answer_format"
    assert refused(lab.answer, "how_wrong", 1).code == "not_asked"
    assert [value for value, _ in lab.choices("study.answer", "question")] == list(own.ASKED.values())


@pytest.mark.slow
def test_a_class_gets_a_market_each_and_nothing_of_what_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(keys.KEY, KEY)
    roster = tmp_path / "students.csv"
    roster.write_text("学号,姓名\nada,A\nbob,B\n", "utf-8")
    # within this process, so that the market is small
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", lambda workers: __import__("concurrent.futures").futures.ThreadPoolExecutor(1))
    calling = ["markets", "--roster", str(roster), "--to", str(tmp_path / "markets"), "--format", "json", "--language", "en"]
    assert main(calling) == 0
    made = json.loads(capsys.readouterr().out)
    assert made == {"markets": [str(tmp_path / "markets" / s) for s in ("ada", "bob")], "demonstration": False}
    manifests = {p: p.stat().st_mtime_ns for p in tmp_path.glob(f"markets/*/{MANIFEST}")}
    assert len({p.read_text("utf-8") for p in manifests}) == 2
    assert main(calling) == 0 and {p: p.stat().st_mtime_ns for p in manifests} == manifests, "what is there is left as it is"
    assert not list(tmp_path.rglob("parameters.json")) and not any(seed_of("ada") in p.read_text("utf-8") for p in tmp_path.rglob("*.json"))
    lab = ecomlab.open(tmp_path / "ada", student="ada", scenario="market")
    market = ecomlab.own_market(lab, tmp_path / "markets")
    assert [row.question for row in market.questions()] == list(own.ASKED.values())
    assert market.about["digest"] == json.loads((tmp_path / "markets" / "ada" / MANIFEST).read_text("utf-8"))["digest"]
    capsys.readouterr()
    monkeypatch.setenv(keys.KEY, "x" * 64)
    assert main(calling) == 2 and "was not made for ada" in capsys.readouterr().err


def test_ones_own_market_is_the_one_that_was_made_for_oneself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.SEEDS, keys.grant("ada", {"market": None}, KEY, None).text())  # type: ignore[arg-type]
    monkeypatch.setenv(own.MARKETS, str(tmp_path / "markets"))
    monkeypatch.setattr(own, "ORDERS", 300)
    lab = ecomlab.open(tmp_path / "ada", scenario="market")
    assert refused(ecomlab.own_market, lab).code == "no_own_market"
    shutil.copytree(_made(tmp_path / "elsewhere", "bob"), tmp_path / "markets" / "ada")
    assert refused(ecomlab.own_market, lab).code == "others_market"
    shutil.rmtree(tmp_path / "markets")
    _made(tmp_path / "markets", "ada")
    assert ecomlab.own_market(lab).about["orders"] == 300


def _made(folder: Path, student: str) -> Path:
    own.make(folder / student, student, seed_of(student))
    return folder / student


@pytest.mark.slow
def test_nbgrader_gives_the_points_that_grading_gives(whole: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round on a hub: the key is the teacher's; ada has seeds, answers all that she knows, and hands in; bob hands in nothing but the notebook."""
    pytest.importorskip("nbgrader")
    from nbgrader.api import Gradebook

    from tests.test_nbgrader import ROOT, nbgrader

    build(tmp_path)
    folder, exchange = tmp_path / "assignments", f"--Exchange.root={tmp_path / 'exchange'}"
    for name, value in (
        ("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])),
        ("PATH", os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])),
        ("HOME", str(tmp_path)), ("ECOMLAB_LANGUAGE", "zh"), (own.MARKETS, str(tmp_path / "markets")),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    _made(tmp_path / "markets", "ada")
    nbgrader(folder, "generate_assignment", "market")
    nbgrader(folder, "release_assignment", "market", exchange)
    for student in ("ada", "bob"):
        desk = tmp_path / "desks" / student
        shutil.copytree(tmp_path / "exchange" / "ecomlab" / "outbound" / "market", desk / "market")
        with monkeypatch.context() as hub:
            hub.setenv(keys.SEEDS, keys.grant(student, {"market": None}, KEY, None).text())  # type: ignore[arg-type]
            if student == "ada":
                lab = ecomlab.open(desk / "market", scenario="market")
                market = ecomlab.own_market(lab)
                for name in own.ASKED.values():
                    lab.answer(name, QUESTIONS[name].estimate(market) if name != "wanted" else 1)
                assert {t.points for t in lab.checks()} == {0}
                lab.world.close()
        nbgrader(desk, "submit", "market", "--course", "ecomlab", exchange, f"--Exchange.cache={desk / 'cache'}", "--student", student)
    monkeypatch.setenv(keys.KEY, KEY)
    nbgrader(folder, "collect", "market", exchange)
    nbgrader(folder, "autograde", "market")
    replayed = {g.report.student: g.report for g in grade_all(submissions([folder / "submitted"]))}
    assert replayed["ada"].points == 22, "the estimators are right, and only one question was answered by a guess"
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "ecomlab") as book:
        (notebook,) = book.find_submission("market", "ada").notebooks
        assert {g.name: g.auto_score for g in notebook.grades} == {t.task.code: float(t.points) for t in replayed["ada"].tasks}
        assert book.find_submission("market", "bob").score == replayed["bob"].points == 0


@pytest.mark.slow
def test_the_model_student_of_a_demonstration_has_full_points(whole: None, tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="ada", scenario="market")
    for code in lab.codes:
        PLAYS[code](lab.player())
    graded = grade(tmp_path)
    assert (graded.points, graded.out_of, graded.demonstration, graded.findings) == (24, 24, True, ())


def test_the_command_refuses_before_it_makes_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["markets", "ada", "../bob", "--to", str(tmp_path / "markets"), "--language", "en"]) == 2 and "../bob" in capsys.readouterr().err
    assert main(["markets", "--to", str(tmp_path / "markets"), "--language", "en"]) == 2 and "--roster" in capsys.readouterr().err
    assert not (tmp_path / "markets").exists()


def test_markets_are_for_ids_that_can_name_a_folder() -> None:
    for student in ("", "..", ".hidden", "a/b"):
        with pytest.raises(Refusal) as no:
            own.place(Path("markets"), student)
        assert no.value.code == "student_no_folder"
