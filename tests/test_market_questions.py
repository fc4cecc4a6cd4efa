"""Questions on a market: the estimator finds what is true, the way that suggests itself does not, and an answer is judged by the truth of that market."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import ecomlab
from ecomlab.data import Data
from ecomlab.kernel.refusals import Refusal
from ecomlab.market import practice, questions, simulate
from ecomlab.market.estimators import customers
from ecomlab.market.questions import QUESTIONS
from tests import worlds
from tests.words import Said, slips

pytest.importorskip("scipy", reason="the extra analytics")
pytest.importorskip("statsmodels", reason="the extra analytics")

WHOLE = 100_000
#: `make test` asks a smaller market, which answers these questions near the truth only.
ORDERS = worlds.examples(30_000, WHOLE)
NEAR = set() if worlds.on_duckdb() else {"bulk_order", "brought_by_search"}


def made(tmp: Path, seed: str, orders: int = WHOLE, days: int = 730) -> tuple[Data, Path]:
    simulate.simulate(orders, seed, tmp / seed, tmp / f"{seed}-truth", days=days)
    return ecomlab.open_market(tmp / seed), tmp / f"{seed}-truth"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Data, Path]:
    return made(tmp_path_factory.mktemp("questions"), "market-7", ORDERS)


def misjudged(data: Data, truth: Path) -> list[str]:
    """Where the estimator is not right, or the naive answer is."""
    known = questions.read_truth(truth)
    found = []
    for q in QUESTIONS.values():
        value = q.truth(known, data)
        if (said := q.judge(q.estimate(data), value)) != "right":
            found.append(f"{q.name}: the estimator is {said} ({q.estimate(data):.4f} for {value:.4f})")
        if q.judge(q.naive(data), value) == "right":
            found.append(f"{q.name}: the naive answer is right ({q.naive(data):.4f} for {value:.4f})")
    return found


def test_the_estimator_finds_the_truth_and_the_naive_way_does_not(market: tuple[Data, Path]) -> None:
    assert {m.partition(" (")[0] for m in misjudged(*market)} == {f"{name}: the estimator is near" for name in NEAR}


@pytest.mark.slow
@pytest.mark.parametrize("k", range(0, 100, 10))
def test_so_it_is_in_other_markets(k: int, tmp_path: Path) -> None:
    assert misjudged(*made(tmp_path, f"market-{k}")) == []


def test_what_is_asked_is_asked_in_both_languages(market: tuple[Data, Path]) -> None:
    data, _ = market
    for q in QUESTIONS.values():
        for what, text in (("asks", q.asks(data)), ("trap", q.trap), ("unit", q.unit)):
            assert [slip.why for slip in slips(Said("market", f"{q.name} {what}", "task", text))] == [], (q.name, text)
    assert [row.question for row in data.questions()] == list(QUESTIONS)
    assert {q.theme for q in QUESTIONS.values()} == set(questions.THEMES)
    before = data.language
    data.speak("en")
    assert ">orders<" in data.questions("customers")._repr_html_(), "a unit is no code of a term"
    data.speak(before)
    assert [row.question for row in data.questions("stock")] == ["wanted", "reorder_point", "new_year", "fifo_stock"]


def test_a_market_that_is_large_and_long_enough_answers_every_question_and_others_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, truth = made(tmp_path, "least", questions.LEAST, questions.LEAST_DAYS)
    asked = [r[0] for r in data.questions()]
    assert set(asked) == set(QUESTIONS) and {data.answer(name, 1, truth) for name in asked} <= {"right", "near", "off"}
    assert (data.about["orders"], data.about["days"]) == (questions.LEAST, questions.LEAST_DAYS)
    for what, code in (("orders", "market_too_small"), ("days", "market_too_short")):
        with monkeypatch.context() as patch:
            patch.setitem(data.about, what, data.about[what] - 1)
            for refused in (data.questions, lambda: data.answer("coupon_lift", 0.3, truth)):
                with pytest.raises(Refusal) as found:
                    refused()
                assert found.value.code == code


def test_the_truth_differs_from_market_to_market() -> None:
    seen = {seed: questions.Truth.of(ORDERS, seed) for seed in ("a", "b")}
    for name in ("alpha", "v", "coupon_lift", "aimed_lifts", "never_paid", "distance", "new_year", "categories", "carriers", "channels"):
        assert getattr(seen["a"], name) != getattr(seen["b"], name), name


def test_an_answer_is_judged_by_the_truth_of_this_very_market(market: tuple[Data, Path], tmp_path: Path) -> None:
    data, truth = market
    known = questions.read_truth(truth).truth
    assert known == questions.Truth.of(ORDERS, "market-7")
    q = QUESTIONS["coupon_lift"]
    assert data.answer(q.name, known.coupon_lift, truth) == "right"
    assert data.answer(q.name, known.coupon_lift + (q.right + q.near) / 2, truth) == "near"
    assert data.answer(q.name, known.coupon_lift + 2 * q.near, truth) == "off"
    _, other = made(tmp_path, "another", 2_000)
    for name, folder, code in (("no_question", truth, "no_market_question"), (q.name, tmp_path, "no_truth_there"), (q.name, other, "other_truth")):
        with pytest.raises(Refusal) as refused:
            data.answer(name, 1.0, folder)
        assert refused.value.code == code


def test_a_practice_set_is_made_once_and_has_its_truth_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(practice.SETS, "year", (5_000, 364))
    made = ecomlab.practice("year", tmp_path, language="en")
    assert (made.about["orders"], made.about["days"], made.language) == (5_000, 364, "en")
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.parquet")}
    assert ecomlab.practice("year", tmp_path).about == made.about and before == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.parquet")}
    truth = questions.read_truth(practice.truth_of(made.folder)).truth
    assert made.answer("coupon_lift", truth.coupon_lift) == "right" and made.answer("coupon_lift", 9) == "off"
    monkeypatch.setitem(practice.SETS, "year", (50, 364))
    mine = ecomlab.practice("year", tmp_path, seed="2026/01 王")
    assert mine.folder.name == "year-2026-01-王" and mine.about["digest"] != made.about["digest"]
    with pytest.raises(Refusal) as refused:
        ecomlab.practice("decade", tmp_path)
    assert refused.value.code == "no_practice_set"


def test_a_library_that_is_missing_is_named(market: tuple[Data, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(Refusal, match=r"scipy.*ecomlab\[analytics\]"):
        customers.bg_nbd.__wrapped__(market[0])  # not what is known already
