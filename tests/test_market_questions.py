"""Questions on a market: the estimator finds what is true, the way that suggests itself does not, and an answer is judged by the truth of that market."""

from __future__ import annotations

from pathlib import Path

import pytest

import ecomlab
from ecomlab.data import Data
from ecomlab.kernel.refusals import Refusal
from ecomlab.market import questions, simulate
from ecomlab.market.questions import QUESTIONS
from tests.words import Said, slips

pytest.importorskip("scipy", reason="the extra analytics")
pytest.importorskip("statsmodels", reason="the extra analytics")

ORDERS = 100_000


def made(tmp: Path, seed: str, orders: int = ORDERS) -> tuple[Data, Path]:
    simulate.simulate(orders, seed, tmp / seed, tmp / f"{seed}-truth")
    return ecomlab.open_market(tmp / seed), tmp / f"{seed}-truth"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Data, Path]:
    return made(tmp_path_factory.mktemp("questions"), "market-7")


def misjudged(data: Data, truth: Path) -> list[str]:
    """Where the estimator is not right, or the naive answer is."""
    known, _ = questions.read_truth(truth)
    found = []
    for q in QUESTIONS.values():
        value = q.truth(known, data)
        if (said := q.judge(q.estimate(data), value)) != "right":
            found.append(f"{q.name}: the estimator is {said} ({q.estimate(data):.4f} for {value:.4f})")
        if q.judge(q.naive(data), value) == "right":
            found.append(f"{q.name}: the naive answer is right ({q.naive(data):.4f} for {value:.4f})")
    return found


def test_the_estimator_finds_the_truth_and_the_naive_way_does_not(market: tuple[Data, Path]) -> None:
    assert misjudged(*market) == []


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


def test_the_truth_differs_from_market_to_market() -> None:
    seen = {seed: questions.Truth.of(ORDERS, seed) for seed in ("a", "b")}
    for name in ("alpha", "coupon_lift", "never_paid", "distance", "categories", "carriers", "channels"):
        assert getattr(seen["a"], name) != getattr(seen["b"], name), name


def test_an_answer_is_judged_by_the_truth_of_this_very_market(market: tuple[Data, Path], tmp_path: Path) -> None:
    data, truth = market
    known, _ = questions.read_truth(truth)
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
