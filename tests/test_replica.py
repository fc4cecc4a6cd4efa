"""Two stores, one truth: a replay on SQLite comes to what DuckDB came to, or DuckDB is asked."""

from __future__ import annotations

import ast
import datetime
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomlab import modules
from ecomlab.cli.main import main
from ecomlab.grading import replay
from ecomlab.grading.batch import _stores, grade_submission, submissions
from ecomlab.kernel import packages, replica
from ecomlab.kernel.database import Database
from ecomlab.kernel.dialect import Unlike, translated, translated_schema
from ecomlab.kernel.replica import Replica
from ecomlab.kernel.scenario import scenario
from tests import golden, worlds
from tests.test_kernel_damage import DAMAGE, HEADERS

modules.load()

PACKAGE = Path(replica.__file__).parents[1]
TABLE = """
create table thing (number varchar primary key, quantity integer not null, price decimal(18,2), rate decimal(18,6), day date, moment timestamp,
    on_sale boolean);
create table part (thing varchar, name varchar, primary key (thing, name));
create view dear as select * from thing where price > 100;
"""


@pytest.fixture(params=[Database, Replica], ids=["duckdb", "sqlite"])
def store(request: pytest.FixtureRequest) -> Iterator[Database]:
    """One suite for every store."""
    made: Database = request.param()
    made.script(TABLE)
    yield made
    made.close()


def fill(store: Database) -> None:
    rows: list[tuple[Any, ...]] = [
        ("B", 3, Decimal("12.50"), Decimal("0.125000"), datetime.date(2026, 9, 1), datetime.datetime(2026, 9, 1, 8, 30, 1, 5), True),
        ("a", 0, Decimal("-0.01"), None, None, None, None),
        ("茶", 2, Decimal("999999999999.99"), Decimal("1.000001"), datetime.date(2024, 2, 29), datetime.datetime(1969, 1, 1), False),
        ("C", 5, None, Decimal("0.000001"), datetime.date(2026, 12, 31), None, True),
    ]
    for row in rows:
        store.execute("insert into thing values ($a, $b, $c, $d, $e, $f, $g)", **dict(zip("abcdefg", row, strict=True)))
    store.execute("insert into part select $thing, unnest($names::varchar[])", thing="B", names=["x", "y", "z"])


STATEMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "what was put in": ("select * from thing order by number", {}),
    "sums and casts": ("select sum(quantity * price)::decimal(18,2) as a, count(*) as b, sum(quantity)::integer as c from thing", {}),
    "a filter without where": ("select count(*) filter (price > 0) as a, min(day), max(moment) from thing", {}),
    "null comes last": ("select number from thing order by price desc, number", {}),
    "days": ("select number, day + 30 as later, date_diff('day', day, $day) as between from thing where day is not null order by number",
             {"day": datetime.date(2026, 10, 1)}),
    "the day of a moment": ("select number, moment::date as a, day::date as b from thing where moment::date <= $day::date order by number",
                            {"day": datetime.date(2026, 9, 1)}),
    "parameters of every kind": ("select number from thing where price = $price or day = $day or on_sale = $yes or rate = $rate order by number",
                                 {"price": Decimal("12.5"), "day": datetime.date(2024, 2, 29), "yes": False, "rate": Decimal("0.000001")}),
    "a literal with places": ("select number from thing where price > 0.01 and price < 999999999999.98 order by number", {}),
    "texts are compared as they are written": ("select number from thing where number like 'b%' or number = 'A'", {}),
    "letters beyond ASCII": ("select lower(number) as a, contains(number, '茶') as b from thing order by number", {}),
    "one of a list": ("select number from thing where list_contains($numbers, number) order by number", {"numbers": ["B", "茶", "none"]}),
    "what is null is in no list, and nothing is in none": (
        "select list_contains($days, day) as a, not list_contains($days, day) as b, list_contains($none::varchar[], number) as c from thing order by number",
        {"days": [datetime.date(2026, 9, 1), None], "none": None}),
    "group by all": ("select t.number, t.day, count(p.name) as parts, string_agg(p.name, ', ' order by p.name) as names\n"
                     "from thing t left join part p on p.thing = t.number group by all having count(p.name) >= 0 order by t.number", {}),
    "any and every": ("select bool_or(on_sale) as a, bool_and(on_sale) as b, any_value(day) as c from thing where quantity > 10", {}),
    "the greatest that is there": ("select number, greatest(quantity, 1) as a, least(price, 1) as b from thing where price is not null order by number", {}),
    "a list of values": ("select v.a, v.b from (values ('x', 1), ('y', 2)) v(a, b) order by v.a", {}),
    "a division, which is for DuckDB": ("select number, price / quantity as a from thing where quantity > 0 and price is not null order by number", {}),
    "what a piece costs": ("select on_sale, (sum(price) / sum(quantity))::decimal(18,2) as a, (sum(t.rate) / sum(t.quantity))::decimal(18,6) as b\n"
                           "from thing t where quantity > 0 and number <> '茶' group by on_sale order by on_sale", {}),
    "a view": ("select number from dear order by number", {}),
    "a view beside a query of its own": ("with other as (select number from thing where price = 12.5)\n"
                                         "select number from dear union all select number from other order by number", {}),
    "lists in order": ("select t.number, list(p.name order by p.name) as a, list(t.quantity order by p.name) as b from thing t\n"
                       "left join part p on p.thing = t.number group by t.number order by t.number", {}),
    "a decimal and a whole number, which is for DuckDB": ("select number from thing where price > 12 or price = 100 order by number", {}),
    "a decimal times another, which is for DuckDB": ("select number from thing where number = 'B' and price * rate > rate order by number", {}),
    "a window": ("select number, row_number() over (order by price desc) as a, sum(quantity) over (partition by on_sale order by number) as b\n"
                 "from thing order by number", {}),
    "what is distinct": ("select number from thing where on_sale is distinct from true order by number", {}),
    "both sides": ("select t.number, p.thing from thing t full join part p on p.thing = t.number and p.name = 'x' order by t.number", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_store_gives_the_same_values_of_the_same_kinds(name: str) -> None:
    found = []
    for kind in (Database, Replica):
        store = kind()
        store.script(TABLE)
        fill(store)
        sql, parameters = STATEMENTS[name]
        rows = store.all(sql, **parameters)
        found.append([[(type(v), v) for v in row] for row in rows])
        assert [list(r) for r in store.table(sql, **parameters)] == [list(r) for r in rows]
        assert store.value(sql, **parameters) == (rows[0][0] if rows else None)
        store.close()
    assert found[0] == found[1]


@pytest.mark.parametrize("value", [
    "price * 0.95", "0.95 * price", "price * 2", "price * $d", "$d * price", "price * $n", "price * quantity * $d", "(price) * $d", "abs(price) * $d",
    "coalesce(price, 0) * $d", "price * (1 - $d)", "quantity * (1 - $d)", "quantity * $d", "price * if(on_sale, $d, 1)", "$d * $d", "$d * $n", "0.9 * $d",
    "price * case when on_sale then $d else 1 end", "price * - $d", "(price - $d) * $d", "(price + rate) * rate", "sum(price * $d)", "sum(price) * $d",
    "count(*) * sum(price)", "$d > 1", "$d + 1", "1 - $d",
])  # fmt: skip
def test_a_decimal_keeps_its_scale_whatever_it_meets(value: str) -> None:
    """It is a number of millionths here, which a product of two, or a sum with a whole number, would have to know."""
    found, parameters = [], {name: given for name, given in {"d": Decimal("0.90"), "n": 2}.items() if f"${name}" in value}
    for store in (Database(), Replica()):
        store.script(TABLE)
        fill(store)
        found.append(store.value(f"select {value} from thing where number = 'B'", **parameters))
        store.close()
    assert found[0] == found[1]


def test_what_is_rolled_back_is_gone_and_counts_of_changes_are_told(store: Database) -> None:
    fill(store)
    before = store.digest()
    store.begin()
    assert store.value("update thing set quantity = quantity + 1 where number in ('B', 'C')") == 2
    assert store.value("delete from part where thing = 'B' and name <> 'x'") == 2
    store.rollback()
    assert store.digest() == before
    store.begin()
    store.execute("insert into thing values ('B', 9, null, null, null, null, null) on conflict do update set quantity = excluded.quantity")
    store.commit()
    assert store.value("select quantity from thing where number = 'B'") == 9 and store.digest() != before


def test_what_duckdb_was_asked_within_a_transaction_is_forgotten_with_it(store: Database) -> None:
    """A query that only DuckDB takes, after a change that is then rolled back, and again."""
    fill(store)
    dear = "select count(*) from thing where price / 2 > 50"
    assert store.value(dear) == 1
    store.begin()
    store.execute("delete from thing where number = '茶'")
    assert store.value(dear) == 0
    store.rollback()
    assert store.value(dear) == 1


def test_what_duckdb_was_asked_for_one_replica_is_gone_for_the_next() -> None:
    """All replicas of a process ask one DuckDB."""
    asked = "select count(*) from thing where quantity / 1 >= 0"
    found = []
    for rows in (True, False):
        store = Replica()
        store.script(TABLE)
        if rows:
            fill(store)
        found.append(store.value(asked))
        store.close()
    assert found == [4, 0]


def test_what_a_piece_costs_is_rounded_as_duckdb_rounds_it() -> None:
    """A thousand amounts and numbers of pieces, many of which come to half a cent."""
    chance = random.Random(7)
    amounts = [Decimal(chance.randrange(-(10**k), 10**k)).scaleb(-2) for k in range(2, 12) for _ in range(100)]
    pieces = [chance.choice([1, 2, 3, 8, 16, 40, 200, chance.randrange(1, 10**6)]) for _ in amounts]
    found = []
    for store in (Database(), Replica()):
        store.script(TABLE)
        store.execute(
            "insert into thing select unnest($numbers), unnest($pieces), unnest($amounts), null, null, null, null",
            numbers=[f"{i:04d}" for i in range(len(amounts))], pieces=pieces, amounts=amounts,
        )  # fmt: skip
        found.append(store.all("select number, (sum(price) / sum(quantity))::decimal(18,2) as a from thing group by number order by number"))
        if isinstance(store, Replica):
            assert store._beside is None, "SQLite itself"
            store.execute("update thing set quantity = 0")
            with pytest.raises(Unlike):
                store.all("select number, (sum(price) / sum(quantity))::decimal(18,2) as a from thing group by number order by number")
        store.close()
    assert found[0] == found[1] and len(found[0]) == 1000


def test_a_key_stands_once_and_what_must_be_there_is(store: Database) -> None:
    fill(store)
    for sql in ("insert into part values ('B', 'x')", "insert into thing values ('D', null, null, null, null, null, null)"):
        with pytest.raises((duckdb.Error, Unlike)):
            store.execute(sql)


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), st.decimals(0, 1, places=6, allow_nan=False), st.dates(), st.datetimes(), st.text(), st.integers(-(2**31), 2**31 - 1))  # noqa: E501
def test_any_value_comes_out_as_it_went_in(price: Decimal, rate: Decimal, day: datetime.date, moment: datetime.datetime, text: str, number: int) -> None:
    text = text.replace("\0", "")
    store = Replica()
    store.script(TABLE)
    store.execute("insert into thing values ($a, $b, $c, $d, $e, $f, $g)", a=text, b=number, c=price, d=rate, e=day, f=moment, g=True)
    (row,) = store.all("select * from thing")
    assert tuple(row) == (text, number, price, rate, day, moment, True) and [str(v) for v in row[2:4]] == [str(price), str(rate)]
    store.close()


# --- whole worlds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", worlds.each_scenario("email", "ca", "ebank", "b2b", "b2c", "netsell", "edi", "finance", "floor"))
def test_a_golden_logbook_leads_to_the_state_and_points_that_duckdb_came_to(name: str) -> None:
    logbook = golden.FOLDER / f"{name}.jsonl"
    assert golden.outcome(logbook, Replica()) == golden.expected(logbook)


def test_every_change_runs_on_both_and_what_only_duckdb_takes_is_known() -> None:
    """What the golden logbooks ask, in all worlds of this process: a change that SQLite does not take would send every such world to DuckDB."""
    golden.outcome(golden.FOLDER / "semester.jsonl", Replica())
    template = replica._template(packages.schema(scenario("semester").packages))
    asked = {sql: kind for sql, kind in template._known.items()}
    assert len(asked) > 400
    left = [" ".join(sql.split())[:90] for sql, kind in asked.items() if isinstance(kind, Unlike)]
    assert not [sql for sql in left if re.match("insert|update|delete", sql)]
    assert len(left) <= 0.05 * len(asked), left


def test_every_change_that_stands_in_the_code_is_taken() -> None:
    """Also those that no golden logbook makes."""
    empty = replica._empty(translated_schema(packages.schema()))
    changes = [sql for sql in _literals() if re.match(r"\s*(insert into|update|delete from)\s", sql)]
    assert len(changes) > 150
    wrong = []
    for sql in changes:
        try:
            theirs, _ = translated(sql)
            empty.execute(f"explain {theirs}", dict.fromkeys(re.findall(r"\$(\w+)", theirs)))
        except Exception as error:
            wrong.append(f"{type(error).__name__} {error}: {' '.join(sql.split())[:100]}")
    assert wrong == []


def _literals() -> Iterator[str]:
    for place in ("books", "modules"):
        for file in (PACKAGE / place).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            inner = {v for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for v in ast.walk(node)}
            yield from (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and n not in inner)


#: The first of what is found for each reason; `make test-all` has all.
ONE_OF_EACH = {found: name for name, (_, found) in reversed([*((n, (d, f[0][1])) for n, (d, f) in DAMAGE.items()), *HEADERS.items()])}


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n not in ONE_OF_EACH.values())) for n in (*DAMAGE, *HEADERS)])
def test_a_damaged_logbook_is_graded_as_duckdb_grades_it(name: str, tmp_path: Path) -> None:
    lines = (DAMAGE.get(name) or HEADERS[name])[0]
    file = worlds.write(tmp_path / "logbook.jsonl", lines)
    assert replay.grade(file, default_scenario="email").record() == replay.grade(file, default_scenario="email", exact=True).record()


# --- the rule ----------------------------------------------------------------------------------------------------------------


def test_a_replica_that_errs_changes_no_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in it, DuckDB's verdict is the one that counts."""
    logbook = golden.FOLDER / "ebank.jsonl"
    whole = replay.grade(logbook, exact=True).record()
    real = Replica.one

    def wrong(self: Replica, sql: str, **parameters: Any) -> Any:
        row = real(self, sql, **parameters)
        return None if "bank_account" in sql else row

    def breaks(self: Replica, sql: str, **parameters: Any) -> Any:
        raise RuntimeError("out of order")

    for fault in (wrong, breaks):
        monkeypatch.setattr(Replica, "one", fault)
        assert replay._on_a_replica(replay.survey(logbook), None) is None
        assert replay.grade(logbook).record() == whole


def test_a_difference_that_no_entry_shows_is_found_by_the_sample_and_told_loudly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    logbook = golden.FOLDER / "email.jsonl"
    right = replay.grade(logbook, exact=True)
    generous = replay.replace(right, tasks=right.tasks[:1])
    monkeypatch.setattr(replay, "_on_a_replica", lambda read, key: generous)
    report = replay.grade(logbook, twice=True)
    assert report.points == right.points and [f.code for f in report.findings] == ["stores_differ"]
    assert sorted(_stores(300, False)) == ["both"] * 3 + ["quick"] * 297 and _stores(1, False) == ["quick"]
    (both,) = [grade_submission(s, store="both") for s in submissions([logbook])]
    assert [f.code for f in both.report.findings] == ["stores_differ"]
    assert main(["grade", str(logbook), "--exact", "--format", "json"]) == 0
    assert '"points": 12.0' in capsys.readouterr().out
