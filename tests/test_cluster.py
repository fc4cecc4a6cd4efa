"""Grading on a cluster: equal grades, the same limits, and a machine with another program is refused."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ecomlab.cli.main import main
from ecomlab.grading import batch, cluster
from ecomlab.kernel import scheduler as scheduler_
from ecomlab.kernel.logbook import LOGBOOK
from ecomlab.kernel.refusals import Refusal
from ecomlab.market import cluster as market_cluster
from ecomlab.market import truth as market_truth
from ecomlab.market.simulate import simulate
from tests import worlds

pytestmark = worlds.needs("distributed")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Machines, as far as Dask knows: processes on 127.0.0.1, two in `make test-all`."""
    import distributed

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))
        with distributed.LocalCluster(n_workers=worlds.examples(1, 2), threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as made:
            yield made.scheduler_address


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small class: good, damaged, copied, empty, none at all."""
    top = tmp_path_factory.mktemp("cluster") / "submitted"
    for name in ("ann", "ben", "cai"):
        for scenario in ("email", "ca"):
            folder = top / name / scenario
            folder.mkdir(parents=True)
            shutil.copy(worlds.model(scenario, name), folder / LOGBOOK)
    lines = worlds.model("email", "ben").read_text("utf-8").splitlines(keepends=True)
    (top / "ben" / "email" / LOGBOOK).write_text("".join([*lines[:3], *lines[4:]]), "utf-8")
    shutil.copy(top / "ann" / "ca" / LOGBOOK, top / "cai" / "ca" / LOGBOOK)
    for name, content in {"dan": "", "eva": None}.items():
        folder = top / name / "email"
        folder.mkdir(parents=True)
        (folder / "email.ipynb").write_text("{}")
        if content is not None:
            (folder / LOGBOOK).write_text(content)
    return top


def test_the_grades_of_a_cluster_are_those_of_this_machine(scheduler: str, submitted: Path) -> None:
    found = batch.submissions([submitted])
    here, there = batch.grade_all(found), batch.grade_all(found, scheduler=scheduler)
    assert [g.record() for g in there] == [g.record() for g in here]
    assert there == here and len({f.code for g in here for f in g.report.findings}) >= 3


def test_the_courses_key_goes_along(scheduler: str, submitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOMLAB_COURSE_KEY", "a key that the machines of the cluster have not")
    graded = batch.grade_all(batch.submissions([submitted / "ann"]), scheduler=scheduler)
    assert [[f.code for f in g.report.findings] for g in graded] == [["other_seed"], ["other_seed"]]


def test_a_limit_holds_there_too_and_only_for_whom_it_is(scheduler: str, submitted: Path) -> None:
    slow = batch.grade_all(batch.submissions([submitted / "ann"]), limit=0.001, scheduler=scheduler)
    assert [[f.code for f in g.report.findings] for g in slow] == [["too_slow"], ["too_slow"]]
    assert all(g.judged for g in batch.grade_all(batch.submissions([submitted / "ann"]), scheduler=scheduler))


def test_a_machine_with_another_program_is_refused(scheduler: str, submitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "program", lambda: "a newer version")
    with pytest.raises(Refusal, match="another version of ecomlab"):
        batch.grade_all(batch.submissions([submitted / "ann"]), scheduler=scheduler)


def test_a_scheduler_that_does_not_answer_is_named(submitted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_, "ANSWERS", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        assert main(["grade", str(submitted / "ann"), "--scheduler", address, "--language", "en"]) == 2
        assert "does not answer" in capsys.readouterr().err


def test_a_handful_is_graded_in_a_process_that_may_have_children(submitted: Path) -> None:
    """What a worker of Dask's does, without Dask: the parcel holds all that is needed, wherever it is opened."""
    import pickle

    (found, *_) = batch.submissions([submitted / "ann"])
    parcel = cluster._packed(found, None, "quick", None)
    elsewhere = parcel._replace(submission=replace(found, path=Path("nowhere", LOGBOOK)))
    packed = pickle.dumps((batch.grade_submission, cluster.program(), 60, 1500, [elsewhere]))
    ((n, graded, ended),) = pickle.loads(cluster._graded(packed))
    assert (n, ended) == (0, None) and graded.report == batch.grade_submission(found).report


@pytest.mark.slow
def test_a_market_made_on_a_cluster_has_the_same_files(scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    monkeypatch.setattr(market_truth, "A_PART", 500)  # seven parts of so few: more than are under way at a time
    here = simulate(3_000, "cluster", tmp_path / "here", tmp_path / "truth-here")
    with distributed.Client(scheduler, set_as_default=False) as client:
        client.run(setattr, market_truth, "A_PART", 500)
        there = simulate(3_000, "cluster", tmp_path / "there", tmp_path / "truth-there", scheduler=scheduler)
        client.run(setattr, market_truth, "A_PART", 500_000)
    assert here["digest"] == there["digest"] and len(here["tables"]["posting"]["files"]) == 7

    def truth(place: str) -> dict[str, bytes]:
        return {f.relative_to(tmp_path / place).as_posix(): f.read_bytes() for f in (tmp_path / place).rglob("*.*")}

    assert truth("truth-here") == truth("truth-there") != {}


@pytest.mark.slow
def test_a_machine_that_would_write_other_files_is_refused_and_the_run_goes_on_without_it(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(market_cluster, "maker", lambda: "another")
        with pytest.raises(Refusal) as refused:
            simulate(300, "cluster", tmp_path / "set", scheduler=scheduler)
        assert refused.value.code == "other_maker"
    assert simulate(300, "cluster", tmp_path / "set")["orders"] == 300


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://127.0.0.1", "nonsense", "foo://x:1"])
def test_a_market_asks_a_scheduler_that_answers(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scheduler_, "ANSWERS", 1)
    given = ["simulate", "--orders", "100", "--out", str(tmp_path / "set"), "--scheduler", address, "--language", "en"]
    assert main(given) == 2 and "does not answer" in capsys.readouterr().err
    assert not (tmp_path / "set").exists(), "nothing was begun, so that a correction begins anew"
