"""What the data say of themselves: every table is described, every join leads where it says, and others can read what we write."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import ecomlab
from ecomlab import Lab, modules  # noqa: F401
from ecomlab.cli.main import main
from ecomlab.kernel import dictionary, packages
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.terms import term
from ecomlab.kernel.texts import Text
from tests import worlds
from tests.words import Said, slips

CREATED = re.compile(r"^create (?:table|view) (\w+)", re.MULTILINE)


def _without_names(text: Text) -> Text:
    """A sentence may name tables and columns, which are alike in both languages."""
    return Text(*(re.sub(r"\b(?:[a-z]+_[a-z_]+|document|merchant|member|price|cost|fee|held|owner|shopper)\b", "x", said) for said in text))


def test_every_table_is_described_in_both_languages_and_every_column_has_a_word() -> None:
    made = set(CREATED.findall(packages.schema())) | set(dictionary.star())
    described = dictionary.described()
    assert made <= set(described), "a table's sentence stands in the tables.toml of its package"
    assert {t for t, k in described.items() if k.package != "market"} - made == {"logbook_entry"}
    assert not made & set(dictionary.of("market")), "a market's own table has a name of its own"
    assert set(dictionary.declared()) == set(described), "a table's columns stand in a schema, or else in tables.toml"
    columns = [(table, column) for table, declared in dictionary.declared().items() for column, _ in declared.columns]
    assert [f"{table}.{column}" for table, column in columns if not term.known(column, described[table].package)] == []
    for name, known in described.items():
        assert known.holds.zh.endswith("。") and known.holds.en.endswith("."), name
        assert [slip.why for slip in slips(Said(known.package, name, "table", _without_names(known.holds)))] == [], name


@pytest.mark.parametrize("scenario", worlds.each_scenario("shop", "service", "floor", "finance", "b2b"))
def test_every_join_leads_to_a_row(scenario: str) -> None:
    lab = worlds.looked_at(scenario)
    there = set(lab.world.state.database.tables())
    astray = {}
    for name, known in dictionary.described().items():
        for column, targets in known.joins.items() if name in there else ():
            keys = [(t, dictionary.keys()[t]) for t in targets.split(" or ") if t.islower()]
            assert all(len(key) == 1 for _, key in keys), f"{name}.{column} leads to a key of several columns"
            led = " union ".join(f"select {key[0]} from {t}" for t, key in keys if t in there)
            sql = f'select distinct "{column}" as v from "{name}" where "{column}"::varchar <> \'\' and "{column}" not in ({led})'
            rows = lab.look.all(sql) if led else []
            if lost := [r.v for r in rows if r.v not in targets.split(" or ")]:
                astray[f"{name}.{column}"] = lost[:3]
    assert astray == {}


def test_the_lab_says_what_its_tables_hold_and_whose_company_it_is(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s", scenario="analytics")
    entries = len(lab.world.entries)
    for language in ("zh", "en"):
        lab.language = language
        there = {row.table: row for row in lab.tables()}
        assert there["sale_line"].holds == dictionary.described()["sale_line"].holds.say(language) and there["sale_line"].rows > 0
        assert "fact_sale" in lab.tables().text(language), "a table's name is no word to be translated"
    assert {row.package for row in lab.tables("books", "b2c")} == {"books", "b2c"}
    columns = {row.column: row for row in lab.columns("b2c_order")}
    assert columns["shopper"].joins == "b2c_shopper" and columns["number"].key and columns["amount"].type == "decimal(18,2)"
    sold = lab.sql("select count(*) from sale_line where seller = $me and day <= business_day()", me=lab.company.number).fetchall()[0]
    assert sold[0] > 0
    assert lab.sql("select business_day()").fetchall()[0][0] == lab.look.day
    with pytest.raises(Refusal) as refused:
        lab.columns("no_table")
    assert refused.value.code == "no_such_table"
    assert len(lab.world.entries) == entries, "looking leaves no trace"


@pytest.mark.parametrize("scenario", ["netsell", pytest.param("semester", marks=pytest.mark.slow)])
def test_facts_say_what_the_books_say_and_lead_to_their_dimensions(scenario: str, played: Callable[..., Lab]) -> None:
    """Money and pieces to the cent, each key of a fact in its dimension, no empty text for what is not known."""
    lab = played(scenario)
    there = [row.table for row in lab.tables() if row.table in dictionary.star()]
    assert scenario != "semester" or set(there) == set(dictionary.star()), "where everything was done, each has rows"

    def same(fact: str, books: str) -> None:
        if re.search(r"from (\w+)", fact)[1] in there:
            assert lab.sql(fact).fetchall() == lab.sql(books).fetchall(), fact

    same("select sum(revenue), sum(quantity), sum(coalesce(cost, 0)) from fact_sale", "select sum(revenue), sum(quantity), sum(cost) from sale_line")
    same("select account, sum(debit - credit) as b from fact_posting group by 1 having b <> 0 order by 1",
         "select account, sum(balance) as b from ledger_balance group by 1 having b <> 0 order by 1")  # fmt: skip
    same("select sum(natural_amount) from fact_posting where account_class = 'revenue' and kind <> 'closing'",
         "select -sum(amount) from account_flow join ledger_account using (account) where class = 'revenue'")  # fmt: skip
    same("select sum(quantity), sum(value) from fact_stock",
         "select sum(quantity), sum(value) filter (quantity <> 0) from stock_movement where side = 'on_hand'")  # fmt: skip
    same("select sum(open_amount) from fact_invoice where account = '1122'", "select sum(balance) from ledger_balance where account = '1122'")
    same("select count(*), sum(amount) from fact_order", "select count(*), sum(amount) from b2c_order")
    same("select sum(clicks), sum(orders) from fact_ad_day", "select (select sum(clicks) from netsell_ad_day), (select count(*) from netsell_conversion)")
    for name in there:
        for column in lab.columns(name):
            if column.joins and column.joins.startswith("dim_"):
                key = next(iter(lab.columns(column.joins))).column
                astray = f"{column.column} is not null and {column.column} not in (select {key} from {column.joins})"
                lost = lab.sql(f"select distinct {column.column} from {name} where {astray}").fetchall()
                assert lost == [], f"{name}.{column.column}"
            if column.type == "varchar":
                assert lab.sql(f"select count(*) from {name} where {column.column} = ''").fetchall() == [(0,)], f"{name}.{column.column}"


@pytest.mark.parametrize("query", ["select current_date", "select NOW ()", "select count(*) from clock where day < today()"])
def test_who_asks_the_machine_for_the_day_is_told(tmp_path: Path, query: str) -> None:
    lab = ecomlab.open(tmp_path, student="s", scenario="email")
    lab.language = "en"
    with pytest.warns(UserWarning, match="business_day"):
        lab.sql(query)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lab.sql("select day from clock")


def test_parquet_of_a_world_describes_itself_to_duckdb_and_to_frictionless_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logbook = worlds.model("b2c", codes=tuple(worlds.codes_of("b2c")[:8]))
    assert main(["replay", str(logbook), "--parquet", str(tmp_path / "pq")]) == 0
    assert main(["replay", str(logbook), "--database", str(tmp_path / "w.duckdb")]) == 0
    package = json.loads((tmp_path / "pq" / dictionary.PACKAGE).read_text("utf-8"))
    tables = {r["name"]: r for r in package["resources"]}
    monkeypatch.chdir(tmp_path / "pq")
    plain = duckdb.connect()
    plain.execute(Path(dictionary.VIEWS).read_text("utf-8"))
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as world:
        for name, resource in tables.items():
            assert [f["name"] for f in resource["schema"]["fields"]] == [c[0] for c in plain.execute(f'describe "{name}"').fetchall()]
            assert plain.execute(f'select count(*) from "{name}"').fetchall() == world.execute(f'select count(*) from "{name}"').fetchall()
            for key in resource["schema"].get("foreignKeys", ()):
                assert key["reference"]["resource"] in {"", *tables}
            whole = {c[0] for c in plain.execute(f'describe "{name}"').fetchall() if c[1] in ("INTEGER", "BIGINT")}
            lack = {c for c in whole if plain.execute(f'select count(*) > count("{c}") from "{name}"').fetchone() == (True,)}
            kinds = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
            assert {c for c in whole if kinds[c] == "number"} == lack and all(kinds[c] == "integer" for c in whole - lack), "pandas has floats for these"
            assert not any(lack & set(key["fields"]) for key in resource["schema"].get("foreignKeys", ()))
        assert {"name": "reverses", "type": "number"}.items() <= tables["ledger_entry"]["schema"]["fields"][-1].items()
        assert plain.execute("select sum(value) from goods_flow").fetchall() == world.execute("select sum(value) from goods_flow").fetchall()
        assert [c.execute("select business_day() - day from clock").fetchall() for c in (plain, world)] == [[(0,)], [(0,)]]
        (said,) = world.execute("select comment from duckdb_tables() where table_name = 'posting'").fetchone() or ("",)
        assert said.startswith(dictionary.described()["posting"].holds.zh) and said.endswith(dictionary.described()["posting"].holds.en)
        silent = world.execute("select table_name, column_name from duckdb_columns() where not internal and comment is null").fetchall()
        assert silent == []
    assert ecomlab.data.open(tmp_path / "w.duckdb").sql("select business_day() - day from clock").fetchall() == [(0,)]


def test_every_word_of_the_dictionary_is_the_glossarys() -> None:
    assert str(dictionary.word("amount", "b2c_order")) == str(term("amount", "b2c"))
