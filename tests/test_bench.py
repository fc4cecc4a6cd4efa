"""The benchmark runs, section by section, at a tiny size; no time is asserted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from ecomlab.bench import classes, commands, main, market, opening, reports, sheet
from ecomlab.bench.main import line
from ecomlab.bench.rows import Row
from ecomlab.bench.sheet import Sheet
from ecomlab.cli.main import main as command_line
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.tasks import tasks
from ecomlab.reports import REPORTS
from tests.worlds import scenarios


def small() -> Sheet:
    """A world of one module, where the benchmark has one of all."""
    made = Sheet("email")
    made.play(list(tasks(["email"])))
    return made


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "start": partial(opening.bench_start, 1),
    "opening": partial(opening.bench_opening, 20, 1),
    "beginning": partial(opening.bench_beginning, 20, 1),
    "commands": partial(commands.bench_commands, 1),
    "grading": partial(classes.bench_grading, "email", 1),
    "reports": partial(reports.bench_reports, 2_000),
}


@pytest.mark.parametrize("section", [pytest.param(n, marks=[pytest.mark.slow] * (n not in ("commands", "grading"))) for n in SECTIONS])
def test_each_section_gives_rows_that_can_be_read(section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (opening, commands):
        monkeypatch.setattr(module, "model", small)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows = list(SECTIONS[section]())
    assert rows
    for row in rows:
        assert row.ours > 0 and (row.theirs is None or row.theirs > 0), row
        assert row.what in line(row) and ("aim" in line(row)) == (row.aim is not None)


def test_the_model_of_the_benchmark_does_what_counts_in_its_world(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[str] = []
    monkeypatch.setattr(Sheet, "play", lambda sheet, codes: played.extend(codes))
    there = sheet.model.__wrapped__().state.scenario
    assert played == list(there.tasks) and all(there.has(tasks()[code].module) for code in played)


@pytest.mark.slow
def test_what_is_too_much_for_memory_is_measured_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "AT_ONCE", 0)
    reports.make(tmp_path, 2_000)
    assert (tmp_path / reports.TABLES).is_file()
    found = reports.in_turn(tmp_path, ("ecomlab", "sql", "raw", "pandas"), 1)  # which raises where two do not give the same
    assert all(list(measured) == list(REPORTS) for measured in found.values())


@pytest.mark.slow
def test_a_market_is_measured_against_bare_duckdb_and_costs_what_the_books_would_have(tmp_path: Path) -> None:
    rows = {row.what: row for row in market.bench_market(2_000)}
    assert {"its most memory", "costing, moving average", "costing, fifo"} <= rows.keys() and all(row.ours > 0 for row in rows.values())
    assert line(rows["its most memory"]).endswith("aim <= 4,096 MB  reached")


def test_costs_in_one_step_are_those_of_the_books_one_by_one(tmp_path: Path) -> None:
    assert set(market.cost(tmp_path / "cost", 2_000)) == {"moving_average", "fifo"}  # raises where they differ


def test_a_class_is_made_once_and_graded_without_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows = list(classes.bench_class(2, "email"))
    assert rows and all(row.ours > 0 and row.what in line(row) for row in rows)
    made = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("logbook.jsonl")}
    assert len(made) == 2
    list(classes.bench_class(3, "email"))
    assert {file: file.stat().st_mtime_ns for file in made} == made and len(list(tmp_path.rglob("logbook.jsonl"))) == 3


@pytest.mark.parametrize("scenario_name", [pytest.param(n, marks=[] if n == "ebank" else pytest.mark.slow) for n in scenarios()])
def test_a_class_is_played_on_a_replica_and_its_logbooks_are_what_duckdb_would_have_made(scenario_name: str, tmp_path: Path) -> None:
    on_duckdb = Sheet(scenario_name, "student0000")
    on_duckdb.play(scenario(scenario_name).tasks)
    on_duckdb.write(tmp_path)
    assert classes.hand_in(tmp_path, "student0000", scenario_name).read_text("utf-8") == (tmp_path / "logbook.jsonl").read_text("utf-8")


def test_an_aim_is_reached_by_what_the_table_shows() -> None:
    assert Row("a", 1.2, "b", 1.0, aim=1.2).reached and not Row("a", 1.21, "b", 1.0, aim=1.2).reached
    assert Row("a", 1.0, "b", 0.996, aim=1, faster=True).reached and not Row("a", 1.0, "b", 0.99, aim=1, faster=True).reached
    assert Row("a", 0.6, aim=0.6).reached and not Row("a", 0.61, aim=0.6).reached
    assert Row("a", 1.0, "b", 2.0).reached is None and "aim" not in line(Row("a", 1.0, "b", 2.0))


def test_sections_are_chosen_by_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(main, "BENCHES", {"one": lambda: iter([Row("the first", 1.0, "another", 2.0)]), "two": lambda: iter([Row("the second", 1.0)])})
    assert command_line(["bench"]) == 0
    assert [r.split("   ")[0] for r in capsys.readouterr().out.splitlines()] == ["the first", "the second"]
    assert command_line(["bench", "two", "--format", "json"]) == 0
    assert [r["what"] for r in json.loads(capsys.readouterr().out)] == ["the second"]
    assert command_line(["bench", "three"]) == 2
    assert command_line(["bench", "--class", "0"]) == 2
