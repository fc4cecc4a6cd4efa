"""SQL that a student types reads the world and changes nothing; what is wrong with it, or with somebody else's data, is said in words."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from ecomlab.cli.main import main
from ecomlab.lab import Lab
from tests import worlds
from tests.each import each
from tests.worlds import assert_both, refused


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world that goes on after all that was asked of it, and opens again."""
    folder = tmp_path_factory.mktemp("asked")
    lab = worlds.opened(folder / "world", worlds.model("email", codes=("EMAIL001",)))
    yield lab
    lab.advance()
    lab.world.close()
    assert worlds.findings_of(worlds.opened(folder / "again", folder / "world" / "logbook.jsonl")) == []


@pytest.fixture
def world(asked: Lab) -> Iterator[Lab]:
    """The same, which each test leaves as it was."""
    before = asked.world.state.digest()
    yield asked
    assert asked.world.state.digest() == before


WRITES = [
    "with gone as (delete from clock returning *) select * from gone", "with more as (insert into clock from clock returning *) from more",
    "delete from clock", "update clock set first_n = 0", "drop table clock", "create table mine as from clock", "create temp table mine as from clock",
    "copy clock to '/tmp/ecomlab-clock.csv'", "export database '/tmp/ecomlab-all'", "attach '/tmp/ecomlab.duckdb'", "install httpfs", "load httpfs",
    "pragma memory_limit = '1GB'", "set threads = 8", "set enable_external_access = true", "reset threads", "checkpoint", "begin", "commit", "use memory",
    "with gone as (delete from clock returning *) pivot gone on day using count(*)", "alter table clock add column more integer",
    "create table mine as pivot clock on day using count(*)", "export database '/tmp/ecomlab-all' (format parquet)", "import database '/tmp/ecomlab-all'",
    "prepare p as delete from clock", "call force_checkpoint()", "select 1; delete from clock", "",
]  # fmt: skip


@each("query", WRITES)
def test_sql_only_reads(world: Lab, query: str) -> None:
    said = refused(world.sql, query)
    assert (said.code, said.field) == ("only_select", "query")


REACHES = ["from '/etc/passwd'", "from read_csv('/etc/passwd')", "from read_text('/etc/passwd')", "from glob('/*')", "from 'https://example.org/x.parquet'",
           "from sniff_csv('/etc/passwd')", "select getenv('HOME')", "from read_parquet('/tmp/*.parquet')"]  # fmt: skip


@each("query", REACHES)
def test_sql_reaches_nothing_outside(world: Lab, query: str) -> None:
    assert refused(world.sql, query).code == "bad_sql"


BY_THE_RESULT = [
    lambda r, to: r.create("mine"), lambda r, to: r.create_view("mine"), lambda r, to: r.to_table("mine"), lambda r, to: r.insert_into("clock"),
    lambda r, to: r.query("v", "delete from clock"), lambda r, to: r.query("v", "drop table clock"),
    lambda r, to: r.query("v", "set enable_external_access = true"),
    lambda r, to: r.to_csv(str(to)), lambda r, to: r.to_parquet(str(to)),
]  # fmt: skip


def test_neither_do_the_results_own_methods_write(world: Lab, tmp_path: Path) -> None:
    for write in BY_THE_RESULT:
        result = world.sql("select * from clock")
        with pytest.raises(duckdb.Error):
            write(result, tmp_path / "written")
    assert not (tmp_path / "written").exists()


def test_a_pivot_over_whatever_values_there_are_is_a_query_too(world: Lab) -> None:
    whole = "pivot mail_message on kind using count(*)"
    kinds = [kind for (kind,) in world.sql("select distinct kind from mail_message order by kind").fetchall()]
    for query in (whole, f"from ({whole})", f"with one as (from mail_message) {whole.replace('mail_message', 'one')}"):
        assert set(kinds) <= set(world.sql(query).df().columns)


def test_a_result_can_be_worked_on_and_stays_as_it_was_asked(world: Lab) -> None:
    result = world.sql("select day, day + 1 as next from clock")
    [(day, after)] = result.fetchall()
    world.advance()
    assert result.filter("next > day").project("day").fetchall() == [(day,)]
    assert world.sql("select day from clock").fetchall() == [(after,)]
    world.undo()


WRONG = [
    ("selec 1", 1, "selec"), ("select nope from clock", 1, "nope"), ("select 1,\n  '中文', nope\nfrom clock", 2, "nope"),
    ("select day\nfrom clocks", 2, "clocks"),
    ("select no_such(day) from clock", 1, "no_such(day)"), ("select day +\nfrom clock", 2, "from"), ("select 'x'::date", 1, "::date"),
    ("select sum(first_n), day from clock", 1, "day"), ("select (1", 1, ""), ("\0", 1, "\\"),
]  # fmt: skip


@each(("query", "line", "marked"), WRONG)
def test_wrong_sql_is_refused_at_its_place(world: Lab, query: str, line: int, marked: str) -> None:
    said = refused(world.sql, query)
    assert (said.code, said.field) == ("bad_sql", "query")
    assert f"line {line}, at “{marked}" in said.text.en and f"第 {line} 行“{marked}" in said.text.zh, said.text
    assert_both(said.text)


@each("query", [None, 7, b"select 1", ["select 1"]])
def test_what_is_no_text_is_no_sql(world: Lab, query: object) -> None:
    assert refused(world.sql, query).code == "only_select"


def test_a_query_that_runs_away_is_interrupted_and_harms_nothing(world: Lab) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in the background with SIGINT ignored
    for _ in range(3):
        interrupt = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            world.sql("select count(*) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3")
        interrupt.join()
        assert world.sql("select count(*) from clock").fetchall() == [(1,)]


# --- data of others ----------------------------------------------------------------------------------------------------


def _garbage(folder: Path) -> None:
    (folder / "posting.parquet").write_bytes(b"PAR1 no parquet PAR1" * 40)


def _cut(folder: Path) -> None:
    duckdb.sql("select 1 as entry").to_parquet(str(folder / "posting.parquet"))
    whole = (folder / "posting.parquet").read_bytes()
    (folder / "posting.parquet").write_bytes(whole[: len(whole) // 2])


def _other_columns(folder: Path) -> None:
    duckdb.sql("select 'x' as entry, 1 as day").to_parquet(str(folder / "posting.parquet"))
    duckdb.sql("select 'x' as n, 'no day' as day").to_parquet(str(folder / "ledger_entry.parquet"))


def _folder_of_that_name(folder: Path) -> None:
    (folder / "posting.parquet").mkdir()


def _a_loop(folder: Path) -> None:
    (folder / "posting.parquet").symlink_to(folder / "posting.parquet")


def _a_database(folder: Path) -> None:
    duckdb.connect(str(folder / "logbook.jsonl")).close()


@each("made", [_garbage, _cut, _other_columns, _folder_of_that_name, _a_loop, _a_database])
def test_a_report_on_foreign_files_refuses_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str], made: Callable[[Path], None]) -> None:
    folder = tmp_path / made.__name__
    folder.mkdir()
    made(folder)
    for report in ("operating_results", "receivables"):
        assert main(["report", report, str(folder), "--language", "en"]) in (1, 2)
        said = capsys.readouterr()
        assert said.out == "" and said.err.startswith("ecomlab: ") and "Traceback" not in said.err


def test_a_database_that_cannot_be_written_is_said_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    logbook = str(worlds.model("email", codes=()))
    (tmp_path / "file").write_text("x")
    for place in ("/nowhere", "/nowhere/world.duckdb", str(tmp_path / "none/world.duckdb"), str(tmp_path / "file/world.duckdb"), str(tmp_path)):
        assert main(["replay", logbook, "--database", place]) == 2 or os.geteuid() == 0 and place == "/nowhere"
        said = capsys.readouterr().err
        assert "Traceback" not in said and (place in said or not said)
    Path("/nowhere").unlink(missing_ok=True)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
