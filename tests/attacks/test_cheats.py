"""Each cheat of the corpus earns no point that it should not, or is named; and what nothing names earns nothing where a witness is demanded."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomlab.grading import grade
from ecomlab.kernel.logbook import survey
from tests import worlds
from tests.attacks import transplant
from tests.attacks.cheats import ALICE, CHEATS, FRIEND, Bench, Cheat, results

#: What SECURITY.md says that nothing but a witness tells.
ONLY_A_WITNESS = {"A friend's carried over by place, with secrets and times of one's own", "The whole work, with receipts of a witness of one's own beside it"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("cheats"))


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("scenario", worlds.scenarios())
def test_no_cheat_earns_what_it_should_not_or_it_is_named(scenario: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, scenario)
    assert bench.own_points > 0 and len(CHEATS) >= 24
    found = list(results(bench))
    assert [w for it in found for w in it.wrong(bench.own_points)] == []
    if scenario == "ebank":  # in which no two worlds take the same entries, and each cheat leaves its trace, whether or not it earns
        assert [it.cheat.name for it in found if it.cheat.told and not it.named] == []
        assert [it.cheat.name for it in found if it.points > bench.own_points and not it.cheat.gains] == []
    assert {c.name for c in CHEATS if c.gains and not c.told} == ONLY_A_WITNESS


@pytest.mark.whole
@pytest.mark.parametrize(("scenario", "first"), [("ebank", 0), *(pytest.param(s, n, marks=pytest.mark.slow) for s, n in (("edi", 1), ("concepts", 2)))])
def test_a_few_cheats_of_a_few_scenarios(scenario: str, first: int, tmp_path: Path) -> None:
    """Every eighth cheat, another in each; the slow test tries all of all."""
    bench = Bench(tmp_path, scenario)
    assert bench.own_points > 0
    assert [w for it in results(bench, CHEATS[first::8]) for w in it.wrong(bench.own_points)] == []


@pytest.mark.whole
def test_a_logbook_that_is_carried_over_by_place_earns_points_and_is_named(bench: Bench) -> None:
    """Without a finding, as nobody can tell from the logbook alone; in the batch the friend's secrets name both, and a witness has never seen it."""
    path = bench.lines(bench.careless)
    alone, under = bench.graded(path), bench.graded(path, demanded=True)
    assert alone.report.points == alone.report.out_of and alone.report.findings == ()
    assert {r.code: r.others for r in alone.remarks} == {"copied_secret": (FRIEND,), "same_times": (FRIEND,)}
    assert under.report.points == 0 and under.account and under.account.witnessed == 0


def of(name: str) -> Cheat:
    return next(c for c in CHEATS if c.make.__name__ == name)


def test_a_crude_copy_earns_nothing(bench: Bench) -> None:
    assert grade(of("_under_ones_own_header").make(bench)).points == 0


def test_a_time_stamp_from_before_the_work_is_told(bench: Bench) -> None:
    """nbgrader writes it on the student's side; it decides what is late."""
    path = of("_handed_in_before").make(bench)
    under = bench.graded(path, demanded=True)
    path.with_name("timestamp.txt").unlink()
    assert "seen_afterwards" in {r.code for r in under.remarks} and under.report.findings == ()
    assert "seen_afterwards" not in {r.code for r in bench.graded(path, demanded=True).remarks}


def test_what_only_a_witness_tells_is_said_plainly() -> None:
    from tests.worlds import ROOT

    text = " ".join((ROOT / "SECURITY.md").read_text("utf-8").split())
    assert "with secrets and times of its own" in text and "nothing but a witness" in text


def test_the_script_carries_a_logbook_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "alice.jsonl"
    source = next(p for p in (Path(transplant.__file__).parent.parent / "golden").glob("ca.jsonl"))
    monkeypatch.setattr("sys.argv", ["transplant", str(source), "--student", ALICE, "--out", str(out)])
    transplant.main()
    assert survey(out).header.student == ALICE and survey(out).findings == []
    assert grade(out).points > 0
