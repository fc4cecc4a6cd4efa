"""Questions on one's own books: how answers are read and judged, and the analytics assignment that is made of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ecomlab.books.cast import own_company
from ecomlab.grading import grade
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.tasks import tasks
from ecomlab.lab import Lab
from ecomlab.reports import questions
from ecomlab.reports.questions import QUESTIONS, Question, judge, read_number
from tests import worlds
from tests.worlds import assert_both, refused

CODES = list(tasks(("analytics",)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The world of the analytics assignment as it begins. The tests add answers and take none for granted."""
    return worlds.opened(tmp_path_factory.mktemp("analytics"), worlds.model("analytics", codes=()))


def truth(lab: Lab, code: str) -> Any:
    return QUESTIONS[code].truth(lab.world.state.look)


# --- reading and judging -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("18250", "18250"), ("18,250.37", "18250.37"), ("¥ 18250.37", "18250.37"), ("-3.5", "-3.5"), ("−3.5", "-3.5"), ("12.5%", "12.5"), ("１２．５％", "12.5")],
)
def test_a_number_is_read_as_people_write_it(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "about 5", "1,50", "12,34,567", "1e5", "nan", "infinity", "5 %%", "--3", "十二", "1.2.3", "0x10"])
def test_what_is_no_number_is_refused_at_the_field(text: str) -> None:
    assert (refused(read_number, text).code, refused(read_number, text).field) == ("answer_format", "answer")


@pytest.mark.parametrize(
    ("unit", "true", "answers"),
    [
        ("CNY", "1000.00", {"1000": "right", "1000.05": "right", "999.94": "near", "1050": "near", "1050.01": "off", "-1000": "off"}),
        ("pieces", "40", {"40": "right", "41": "near", "42": "near", "43": "off"}),
        ("percent", "32.13", {"32.1": "right", "32.13%": "right", "32.24": "near", "0.3213": "off"}),
        ("days", "90.06", {"90": "right", "90.6": "near", "95": "off"}),
        ("CNY", "0", {"0": "right", "0.05": "right", "0.06": "off"}),
        ("CNY", "-200", {"-200": "right", "-209": "near", "200": "off"}),
    ],
)
def test_right_near_and_off(unit: str, true: str, answers: dict[str, str]) -> None:
    asked = Question("x", unit, lambda look: None)
    assert {a: judge(asked, Decimal(true), a) for a in answers} == answers


def test_a_name_may_be_written_whole_or_by_half() -> None:
    asked, names = Question("x", "name", lambda look: None), ({"9520100000171", "保温杯 Vacuum flask"}, {"竹砧板 Bamboo cutting board"})
    verdicts = {a: judge(asked, names, a) for a in ("保温杯", "vacuum  FLASK", "保温杯 Vacuum flask", "9520100000171", "竹砧板", "flask", "")}
    assert verdicts == {
        "保温杯": "right", "vacuum  FLASK": "right", "保温杯 Vacuum flask": "right", "9520100000171": "right", "竹砧板": "near", "flask": "off", "": "off",
    }  # fmt: skip


# --- as a student has them -----------------------------------------------------------------------------------------------------


def test_there_are_ten_questions_outside_the_course() -> None:
    assert [f"Q{n}" for n in range(1, 11)] == CODES
    assert not set(CODES) & set(tasks(("b2c",)))


def test_questions_are_listed_with_the_verdict_on_the_last_answer(shop: Lab) -> None:
    shop.language = "en"
    listed = shop.questions()
    assert list(listed.index) == CODES and listed.out_of.sum() == 20 and "{" not in "".join(listed.question)
    first = shop.answer("Q1", float(truth(shop, "Q1")))
    assert first == {"question": "Q1", "verdict": "right"} and shop.questions().loc["Q1", ["verdict", "points"]].tolist() == ["Right", 2.0]
    assert shop.answer("q1", str(truth(shop, "Q1") * Decimal("1.02")))["verdict"] == "near"
    assert shop.questions().loc["Q1", ["verdict", "points"]].tolist() == ["Near", 2.0], "the best counts"
    assert shop.answer("Q1", 1)["verdict"] == "off" and shop.questions().loc["Q1", "points"] == 2
    assert refused(shop.undo).code == "is_final"


def test_the_same_answer_again_is_no_other_try_however_it_is_written(tmp_path: Path) -> None:
    shop = worlds.opened(tmp_path, worlds.model("analytics", codes=()))
    named, number = (next(c for c in CODES if (QUESTIONS[c].unit == "name") == is_name) for is_name in (True, False))
    for code, answers in {number: ("1", "1.00", "¥1", "1.0 元", "１", "2"), named: ("flask", "FLASK", "f l a s k", "kettle")}.items():
        there = truth(shop, code)
        for answer in (*answers, str(there) if code == number else next(iter(there[0]))):
            shop.answer(code, answer)
        assert shop.questions().loc[code, "points"] == 2, "the third that says something else"
        assert shop.answer(code, "7")["verdict"] == "off"


@pytest.mark.parametrize(("code", "answer", "why"), [("Q77", "1", ("no_question", "question")), ("Q2", "many", ("answer_format", "answer"))])
def test_an_answer_that_cannot_be_one_is_refused(code: str, answer: str, why: tuple[str, str], shop: Lab) -> None:
    no = refused(shop.answer, code, answer)
    assert (no.code, no.field) == why


def test_no_verdict_or_reason_tells_the_truth(shop: Lab) -> None:
    for code in CODES:
        shop.answer(code, "1")
        written = shop.world.entries[-1]
        # its hashes hold any three digits by chance
        said = str(shop.check(code).speaking("en")) + str(shop.check(code).speaking("zh")) + str((written.do, written.by, written.arguments))
        found = truth(shop, code)
        for secret in found[0] if isinstance(found, tuple) else {str(round(found, 2)), f"{found:,.2f}"} - {"1.00"}:
            assert secret not in said, code


def test_without_business_there_is_nothing_to_answer(lab: Callable[..., Lab]) -> None:
    world = lab("b2c")
    assert refused(world.answer, "B2C021", "1").code == "nothing_to_answer"
    assert refused(lab("email").answer, "B2C021", "1").code == "no_question"


@pytest.mark.parametrize("scenario", ["email", "b2b", "b2c", "analytics"])
def test_a_world_asks_its_own_modules_questions_and_no_others(lab: Callable[..., Lab], scenario: str) -> None:
    world = lab(scenario)
    offered = [code for code, _ in world.choices("report.answer", "question")]
    assert set(offered) == {c for c in QUESTIONS if c in tasks(world.world.state.scenario.packages)}
    for code in QUESTIONS.keys() - offered:
        assert refused(world.answer, code, "1").code == "no_question"


@pytest.mark.slow
def test_every_students_truth_is_another(shop: Lab, tmp_path: Path) -> None:
    other = worlds.opened(tmp_path, worlds.model("analytics", "another", ()))
    numbers = [c for c in CODES if QUESTIONS[c].unit in ("CNY", "days")]
    assert all(truth(shop, c) != truth(other, c) for c in numbers)
    assert [shop.brief(c) for c in CODES] != [other.brief(c) for c in CODES]


def test_the_answers_are_not_zero_and_the_shop_has_customers_returns_and_old_debts(shop: Lab) -> None:
    """What the questions are about is there: in this world, and by the season's script in every other."""
    for code in CODES:
        found = truth(shop, code)
        assert found[0] if isinstance(found, tuple) else abs(found) > 0, code
    look = shop.world.state.look
    assert look.value("select count(*) from b2c_order where shipped_day is not null") >= 10
    assert look.value("select count(*) from b2c_return where refunded_day is not null") == 1
    assert worlds.findings_of(shop) == []


def test_the_truth_is_that_of_the_moment_of_the_answer(tmp_path: Path) -> None:
    """What is right before goods come in is not after it; the earlier answer stays judged as it was, also by the grader."""
    lab = worlds.opened(tmp_path, worlds.model("analytics", codes=()))
    before = truth(lab, "Q10")
    assert lab.answer("Q10", before)["verdict"] == "right"
    lab.advance(days=20)
    assert truth(lab, "Q10") != before and lab.check("Q10").points == 2
    assert lab.answer("Q10", before)["verdict"] != "right"
    report = grade(tmp_path)
    assert report.findings == () and report.task("Q10").points == lab.check("Q10").points == 2


def test_an_altered_verdict_does_not_replay(tmp_path: Path) -> None:
    """A logbook forged to hold the right answer's digest with a wrong answer is found out by replay."""
    import json

    lab = worlds.opened(tmp_path, worlds.model("analytics", codes=()))
    lab.answer("Q2", truth(lab, "Q2"))
    lab.world.close()
    path = tmp_path / "logbook.jsonl"
    *head, last = path.read_text("utf-8").splitlines()
    entry = json.loads(last)
    entry["with"]["answer"] = "1"
    worlds.write(path, [*head, json.dumps(entry, ensure_ascii=False, separators=(",", ":"))])
    report = grade(tmp_path)
    assert [f.code for f in report.findings] == ["other_result"] and report.task("Q2").points == 0


# --- the shop's report tasks -------------------------------------------------------------------------------------------------


@pytest.fixture
def keeper(tmp_path: Path) -> Lab:
    """A student whose shop has traded, before the report tasks."""
    return worlds.opened(tmp_path / "keeper", worlds.model("b2c", codes=tuple(c for c in tasks(("b2c",)) if not "B2C018" <= c <= "B2C023")))


def test_a_report_task_in_parts(keeper: Lab) -> None:
    asked = keeper.brief("B2C018")
    points = lambda: [g.name for g in keeper.check("B2C018").goals if g.met]  # noqa: E731
    wrong = next(b for b in ("product", "product_category", "place") if b != asked["by"])
    keeper.report.stock_movement(start=asked["start"], by=wrong)
    assert points() == ["made"], "summed by something else"
    keeper.report.stock_movement(start=asked["start"], by=asked["by"], end=asked["start"])
    keeper.report.stock_movement(start=keeper.day, by=asked["by"], product="9520100000010")
    assert "asked" not in points() or keeper.day == asked["start"]
    frame = keeper.report.stock_movement(start=asked["start"], by=asked["by"])
    assert points() == ["made", "asked"]
    keeper.answer("B2C018", round(frame[asked["figure"]].sum() * 1.03, 2))
    assert points() == ["made", "asked", "near"]
    keeper.answer("B2C018", round(frame[asked["figure"]].sum(), 2))
    assert keeper.check("B2C018").points == 2


def test_the_report_must_be_on_the_own_shop(keeper: Lab) -> None:
    others = [number for number, _ in keeper.choices("report.operating_results", "owner")][1:]
    for owner in others:
        keeper.report.operating_results(owner=owner)
    assert keeper.check("B2C019").points == 0
    own = keeper.world.state.look.value("select number from member where uscc = $u", u=own_company(keeper.world.state.look).uscc)
    keeper.report.operating_results(owner=own)
    assert keeper.check("B2C019").points == 1


def test_an_answer_alone_is_half_of_a_report_task(keeper: Lab) -> None:
    keeper.answer("B2C021", truth(keeper, "B2C021"))
    assert [g.name for g in keeper.check("B2C021").goals if g.met] == ["near", "right"]


def test_every_goal_has_its_reason_in_both_languages(keeper: Lab) -> None:
    for code in ("B2C018", "B2C022", "B2C023"):
        for reason in keeper.check(code).missing:
            assert_both(reason)


def test_playing_makes_what_is_owed_where_nothing_is(keeper: Lab) -> None:
    for code in ("B2C022", "B2C023"):
        PLAYS[code](keeper.player())
        assert keeper.check(code).points == 2
    assert questions.total(keeper.world.state.look, "payables", "open_amount")
