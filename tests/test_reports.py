"""The reports: what they say of made-up books whose figures are known, and that they agree with the ledger in every world."""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ecomlab
from ecomlab import reports
from ecomlab.bench import reports as bench_reports
from ecomlab.books import ledger, stock
from ecomlab.books.stock import Goods, Move
from ecomlab.cli.main import main
from ecomlab.kernel import packages
from ecomlab.kernel.command import COMMANDS, find
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.terms import term
from ecomlab.kernel.texts import Text
from ecomlab.lab import Lab
from ecomlab.reports import prepared
from tests import worlds
from tests.worlds import assert_both, refused

numpy, pandas = pytest.importorskip("numpy"), pytest.importorskip("pandas")
MOUSE, KEYBOARD, *_ = (r["gtin"] for r in scenario("semester").rows("products"))
NAMES = list(reports.REPORTS)
#: What a unit is in a DataFrame.
KINDS = {
    "text": "str", "class": "category", "day": "datetime64[us]", "month": "period[M]", "pieces": "int64", "number": "int64", "days": "float64",
    "CNY": "float64", "ratio": "float64",
}  # fmt: skip


def cents(value: Any) -> int:
    return round(float(value) * 100)


def total(frame: Any, column: str) -> int:
    return cents(frame[column].sum())


# --- every report ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_what_it_declares(name: str) -> None:
    """Its query has its conditions, its SQL its columns, its texts both languages, and the SQL teaches in comments."""
    chosen = reports.report(name)
    assert_both(chosen.title)
    command = COMMANDS[f"report.{name}"]
    assert command.query and {p.name for p in command.params} == set(chosen.conditions)
    assert set(chosen.columns.values()) <= set(KINDS)
    assert all(term.known(c) for c in chosen.columns)
    assert chosen.sql.startswith("-- ") and max(len(line) for line in chosen.sql.splitlines()) <= 160
    options = {p.name: p.options for p in command.params}.get("by", ())
    assert set(options) <= set(chosen.by) and set(chosen.by) - set(options) <= {"owner"}


@pytest.fixture(scope="module")
def traded() -> Iterator[Any]:
    """The books of a shop after seven weeks of trade, with payables, returns and stock on its way."""
    state = worlds.fresh_state("analytics")
    yield state.database.connection
    state.close()


@pytest.fixture(scope="module")
def empty() -> Iterator[Any]:
    connection = duckdb.connect()
    connection.execute(packages.schema())
    yield connection
    connection.close()


@pytest.mark.parametrize("name", NAMES)
def test_without_books_a_report_is_empty_and_typed(name: str, empty: Any) -> None:
    frame = reports.frame(empty, name, month="2026-09")
    assert len(frame) == 0 and {c: str(t) for c, t in frame.dtypes.items()} == {c: KINDS[unit] for c, unit in reports.report(name).named().items()}


@pytest.mark.parametrize(("name", "by"), [(name, by) for name in NAMES for by in reports.report(name).by or (None,)])
def test_a_frame_says_what_its_columns_are(name: str, by: str | None, traded: Any) -> None:
    """By pandas' conventions: nothing is an object, days and months can be resampled, classes have their order; groups are called what they are."""
    frame = reports.frame(traded, name, **({"by": by} if by else {}))
    assert len(frame) and {c: str(t) for c, t in frame.dtypes.items()} == {c: KINDS[unit] for c, unit in reports.report(name).named(by).items()}
    assert not {"group_key", "group_name"} & set(frame.columns) and (by is None or frame.columns[0] == by)
    assert frame.attrs["units"] == reports.report(name).named(by) and frame.attrs["report"] == name and frame.attrs["owner"] is None
    for column in frame.select_dtypes("category"):
        assert frame[column].notna().all() and (column == "channel" or frame[column].cat.ordered), column
    if by in ("day", "month"):
        assert frame.set_index(by).select_dtypes("number").resample("M" if by == "month" else "D").sum().shape[0] >= frame[by].nunique()


@pytest.mark.parametrize(
    ("code", "field", "name", "conditions"),
    [
        ("unknown_report", "name", "gain", {}),
        ("unknown_condition", "place", "payables", {"place": "x"}),
        ("period_reversed", "end", "cost", {"start": "2026-09-02", "end": "2026-09-01"}),
        ("not_a_day", "start", "cost", {"start": "yesterday"}),
        ("not_a_month", "month", "cost", {"month": "2026-13"}),
        ("not_a_month", "month", "cost", {"month": 9}),
        ("no_such_grouping", "by", "profit", {"by": "weather"}),
    ],
)
def test_a_wrong_condition_is_refused_at_its_field(code: str, field: str, name: str, conditions: dict[str, Any], empty: Any) -> None:
    no = refused(reports.frame, empty, name, **conditions)
    assert (no.code, no.field) == (code, field)


# --- known figures: stock ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def do(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doing]:
    """One command that never ends, as in test_stock; an owner for each test."""
    lab = ecomlab.open(tmp_path_factory.mktemp("reports"), student="reports", scenario="edi")
    doing = lab.world.state.perform(find("lab.advance"), {"days": 1}, 1, "student")[1]
    stock.open_catalogue(doing)
    yield doing
    lab.world.close()


def framed(do: Doing, name: str, **conditions: Any) -> Any:
    return reports.frame(do._database.connection, name, **conditions)


def receive(do: Doing, owner: str, pieces: int, value: Any, product: str = MOUSE, place: str = "A") -> None:
    stock.receive(do, Move(owner, place, [Goods(product, pieces, Decimal(value))], "bought"), ledger.PAYABLE, "seller")


def sell(do: Doing, owner: str, pieces: int, product: str = MOUSE, place: str = "A") -> None:
    stock.issue(do, Move(owner, place, [Goods(product, pieces)], "sold"), "6401")


def test_the_spy_of_openstax_in_the_reports(do: Doing) -> None:
    """OpenStax, Principles of Accounting 1, 10: 150 at 21, sell 120 | 225 at 27, sell 180, 210 at 33; the period begins at the bar."""
    receive(do, "SPY", 150, 3150)
    sell(do, "SPY", 120)
    do.turn(do.day + datetime.timedelta(days=30))
    receive(do, "SPY", 225, 6075)
    sell(do, "SPY", 180)
    receive(do, "SPY", 210, 6930)
    [row] = framed(do, "stock_movement", owner="SPY", start=do.day).itertuples()
    assert (row.opening_quantity, row.in_quantity, row.out_quantity, row.closing_quantity) == (30, 435, 180, 285)
    assert (row.opening_value, row.in_value, row.out_value, row.closing_value) == (630.00, 13005.00, 4732.94, 8902.06)
    [cost] = framed(do, "cost", owner="SPY").itertuples()
    assert (cost.sold_quantity, cost.cost_of_sales, cost.received_value) == (300, 7252.94, 16155.00)
    assert (cost.closing_quantity, cost.closing_value, cost.unit_cost) == (285, 8902.06, 31.235298)
    [turn] = framed(do, "turnover", owner="SPY").itertuples()  # 31 days; nothing at the beginning, so the mean is half of what is left
    assert (turn.days, turn.mean_value, turn.turns) == (31, 4451.03, 1.6295)
    assert (turn.days_in_stock, turn.days_of_cover) == (19.02, 29.45)


def test_fifo_in_the_reports(do: Doing) -> None:
    """The same under first in, first out: cost of sales 7,200 and 8,955 left, exactly."""
    stock.choose_method(do, "SPY2", stock.FIFO)
    for pieces, value, sold in ((150, 3150, 120), (225, 6075, 180), (210, 6930, 0)):
        receive(do, "SPY2", pieces, value)
        if sold:
            sell(do, "SPY2", sold)
    [cost] = framed(do, "cost", owner="SPY2").itertuples()
    assert (cost.cost_of_sales, cost.closing_value) == (7200.00, 8955.00)


def test_a_rounding_difference_has_a_place_in_each_report(do: Doing) -> None:
    """3 for 10.00, taken one by one: 3.33 each, and the cent that is left goes out too."""
    receive(do, "CENT", 3, 10)
    for _ in range(3):
        sell(do, "CENT", 1)
    [row] = framed(do, "stock_movement", owner="CENT").itertuples()
    assert (row.out_quantity, row.out_value, row.closing_quantity, row.closing_value) == (3, 10.00, 0, 0.00)
    [cost] = framed(do, "cost", owner="CENT").itertuples()
    assert (cost.cost_of_sales, cost.rounding, cost.closing_value) == (9.99, 0.01, 0.00)
    assert pandas.isna(cost.unit_cost)


def test_goods_under_way_are_no_stock_movement_until_they_arrive_and_have_a_cost_all_the_while(do: Doing) -> None:
    receive(do, "MOVER", 10, 100)
    stock.transfer_out(do, Move("MOVER", "A", [Goods(MOUSE, 4)], "sent", "TO-MOVER"), "B")
    assert framed(do, "stock_movement", owner="MOVER").closing_value.tolist() == [60.00]
    assert framed(do, "cost", owner="MOVER").closing_value.tolist() == [100.00]
    inventory = framed(do, "inventory", owner="MOVER").set_index("place")
    assert inventory.on_hand.to_dict() == {"A": 6, "B": 0} and inventory.in_transit.to_dict() == {"A": 0, "B": 4}
    stock.transfer_in(do, Move("MOVER", "B", [Goods(MOUSE, 4)], "arrived", "TO-MOVER"))
    by_place = framed(do, "stock_movement", owner="MOVER", by="place").set_index("place")
    assert by_place.closing_quantity.to_dict() == {"A": 6, "B": 4} and by_place.closing_value.sum() == 100.00


def test_pieces_cost_the_same_wherever_they_lie_and_no_cent_is_lost(do: Doing) -> None:
    for place, pieces, value in (("A", 1, 1), ("B", 1, 2), ("C", 1, 7)):
        receive(do, "THREE", pieces, value, place=place)
    inventory = framed(do, "inventory", owner="THREE")
    assert sorted(inventory.value) == [3.33, 3.33, 3.34] and set(inventory.unit_cost) == {3.333333}


def test_value_over_time_has_every_day_also_those_on_which_nothing_moved(do: Doing) -> None:
    first = do.day
    receive(do, "CALM", 4, 40)
    do.turn(first + datetime.timedelta(days=3))
    sell(do, "CALM", 1)
    frame = framed(do, "value_over_time", owner="CALM", end=first + datetime.timedelta(days=5))
    assert [d.date() for d in frame.day] == [first + datetime.timedelta(days=n) for n in range(6)]
    assert frame.closing_value.tolist() == [40, 40, 40, 30, 30, 30] and frame.out_value.tolist() == [0, 0, 0, 10, 0, 0]
    later = framed(do, "value_over_time", owner="CALM", start=first + datetime.timedelta(days=2), end=first + datetime.timedelta(days=3))
    assert later.closing_value.tolist() == [40, 30] and later.in_value.tolist() == [0, 0]


@pytest.mark.parametrize("method", [stock.MOVING_AVERAGE, stock.FIFO])
def test_the_stock_reports_of_random_trade_are_what_plain_python_adds_up(do: Doing, method: str) -> None:
    chance, owner = random.Random(method), f"RANDOM-{method}"
    stock.choose_method(do, owner, method)
    moved: list[tuple[datetime.date, str, int, Decimal]] = []
    for _ in range(60):
        if chance.random() < 0.2:
            do.turn(do.day + datetime.timedelta(days=chance.randint(1, 20)))
        product, place = chance.choice([MOUSE, KEYBOARD]), chance.choice("AB")
        there, pieces = stock.on_hand(do, owner, place, product), chance.randint(1, 9)
        if there < pieces:
            receive(do, owner, pieces, value := Decimal(chance.randint(1, 9999)) / 100, product, place)
        else:
            before = stock.worth(do, owner, product)
            sell(do, owner, pieces, product, place)
            value, pieces = stock.worth(do, owner, product) - before, -pieces
        moved.append((do.day, product, pieces, value))
    days = sorted({day for day, *_ in moved})
    start, end = days[len(days) // 3], days[2 * len(days) // 3]
    frame = framed(do, "stock_movement", owner=owner, start=start, end=end).set_index("product")
    for product in (MOUSE, KEYBOARD):
        own = [(day, pieces, cents(value)) for day, p, pieces, value in moved if p == product]
        row = frame.loc[product]
        sums = {
            "opening": [(n, v) for day, n, v in own if day < start], "in": [(n, v) for day, n, v in own if start <= day <= end and n > 0],
            "out": [(-n, -v) for day, n, v in own if start <= day <= end and n < 0], "closing": [(n, v) for day, n, v in own if day <= end],
        }  # fmt: skip
        for name, parts in sums.items():
            assert row[f"{name}_quantity"] == sum(n for n, _ in parts), name
            assert cents(row[f"{name}_value"]) == sum(v for _, v in parts), name
    assert total(framed(do, "inventory", owner=owner), "value") == cents(stock.worth(do, owner)) == cents(ledger.balance(do, owner, stock.STOCK))


# --- known figures: sales and open items -----------------------------------------------------------------------------------


@pytest.fixture
def books() -> Iterator[Any]:
    """Empty tables of the books, which are all that reports need, to be filled by hand: a company 'CO'."""
    connection = duckdb.connect()
    connection.execute(packages.schema(("books",)))
    for n in range(1, 11):
        connection.execute(f"insert into product values ('{n:013d}', 'Product {n}', 'food', 1, 1)")
    yield connection
    connection.close()


def sale(books: Any, number: str, shopper: str, day: str, *lines: tuple[int, int, str, str]) -> None:
    """What a shopper 'P-...' bought of the company, with lines (product, pieces, revenue, cost); negative ones came back."""
    for product, pieces, revenue, cost in lines:
        books.execute(
            "insert into sale_line values (?, ?, 'CO', ?, ?, ?, ?, 0, ?, 'b2c')",
            [datetime.date.fromisoformat(day), number, f"P-{shopper}", f"{product:013d}", pieces, Decimal(revenue), Decimal(cost)],
        )


def test_profit_by_what_one_asks_for(books: Any) -> None:
    sale(books, "W1", "a", "2026-01-10", (1, 2, "30.00", "20.00"), (2, 1, "10.00", "4.00"))
    sale(books, "W2", "b", "2026-02-01", (1, 1, "15.00", "10.00"))
    product = reports.frame(books, "profit").set_index("product")
    assert product.loc["0000000000001", ["quantity", "revenue", "cost", "gross_profit", "gross_margin"]].tolist() == [3, 45, 30, 15, 0.3333]
    assert product.revenue_share.tolist() == [0.8182, 0.1818]
    month = reports.frame(books, "profit", by="month")
    assert month.month.astype(str).tolist() == ["2026-01", "2026-02"] and month.gross_profit.tolist() == [16, 5]
    assert reports.frame(books, "profit", by="month", month="2026-01").revenue.tolist() == [40]
    buyers = reports.frame(books, "profit", by="buyer", owner="CO").set_index("buyer").revenue.to_dict()
    assert buyers == {"P-a": 40, "P-b": 15} and len(reports.frame(books, "profit", owner="somebody else")) == 0


def test_a_refund_takes_revenue_and_cost_back_on_its_day(books: Any) -> None:
    sale(books, "W1", "a", "2026-01-30", *((n, 1, "10.00", "6.00") for n in (1, 2, 3)))
    sale(books, "R1", "a", "2026-02-02", (1, -1, "-6.67", "-6.00"), (2, -1, "-6.66", "-6.00"), (3, -1, "-6.67", "-6.00"))
    months = reports.frame(books, "profit", by="month").set_index("month")
    assert months.loc["2026-01", ["quantity", "revenue", "cost", "gross_profit"]].tolist() == [3, 30, 18, 12]
    assert months.loc["2026-02", ["quantity", "revenue", "cost", "gross_profit"]].tolist() == [-3, -20, -18, -2]


def moved(books: Any, *movements: tuple[str, int, int, str]) -> None:
    """Movements of product 1: kind, pieces, value, document."""
    for n, (kind, pieces, value, document) in enumerate(movements):
        books.execute(
            "insert into stock_movement values (?, ?, date '2026-01-10', timestamp '2026-01-10', 'CO', 'ST', '0000000000001', 'on_hand', ?, ?, ?)",
            [n, kind, pieces, value, document],
        )


def test_what_came_back_scrapped_is_off_the_cost_of_sales_and_a_loss(books: Any) -> None:
    sale(books, "W1", "a", "2026-01-10", (1, 2, "30.00", "20.00"))
    moved(books, ("receipt", 5, 50, "P1"), ("issue", -2, -20, "S1"))
    sale(books, "R1", "a", "2026-01-12", (1, -1, "-15.00", "-10.00"))
    [row] = reports.frame(books, "cost").itertuples()
    assert (row.cost_of_sales, row.returned_cost, row.loss, row.lost_quantity) == (10, 10, 10, 1)
    assert (row.closing_quantity, row.closing_value) == (3, 30)


def test_what_came_back_to_the_shelf_is_no_loss_and_what_was_found_makes_losses_less(books: Any) -> None:
    moved(books, ("receipt", 5, 50, "P1"), ("issue", -2, -20, "S1"), ("taken_back", 1, 10, "R1"), ("write_off", -3, -30, "T1"), ("found", 2, 20, "T2"))
    sale(books, "R1", "a", "2026-01-12", (1, -1, "-15.00", "-10.00"))
    [row] = reports.frame(books, "cost").itertuples()
    assert (row.received_value, row.sold_quantity, row.cost_of_sales, row.returned_quantity) == (50, 1, 10, 1)
    assert (row.lost_quantity, row.loss, row.closing_quantity, row.closing_value) == (1, 10, 3, 30)


def test_abc_at_the_limits(books: Any) -> None:
    """80, 15 and 5 percent: the product that reaches a limit belongs to the class above it, the next one to the one below."""
    sale(books, "W1", "a", "2026-01-10", (1, 1, "80.00", "0"), (2, 1, "15.00", "0"), (3, 1, "5.00", "0"))
    assert reports.frame(books, "product_abc").abc_class.tolist() == ["A", "B", "C"]
    sale(books, "W2", "a", "2026-01-10", (4, 1, "1000.00", "0"))
    frame = reports.frame(books, "product_abc")
    assert frame.abc_class.tolist() == ["A", "B", "C", "C"], "there is always an A, however large"
    assert frame["rank"].tolist() == [1, 2, 3, 4] and frame.cumulative_share.iloc[-1] == 1.0


def test_rfm_scores_are_fifths_and_equal_customers_score_alike(books: Any) -> None:
    """Ten shoppers, one a day later and 10 CNY dearer than the other: two in each fifth (Hughes, Strategic Database Marketing)."""
    for i, shopper in enumerate("abcdefghij"):
        sale(books, f"W{i}", shopper, f"2026-01-{i + 1:02d}", (1, 1, f"{10 * (i + 1)}.00", "0"))
    frame = reports.frame(books, "customers", end="2026-01-20").set_index("buyer").sort_index()
    assert frame.recency.tolist() == list(range(19, 9, -1)) and frame.frequency.unique().tolist() == [1]
    assert frame.recency_score.tolist() == frame.monetary_score.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert frame.frequency_score.unique().tolist() == [5], "all bought once, so all stand in the same fifth"
    assert frame.rfm.iloc[-1] == "555" and frame.rfm.iloc[0] == "151"


def posted(books: Any, n: int, day: str, document: str | None, *lines: tuple[str, str, str]) -> None:
    books.execute("insert into ledger_entry values (?, 'x', ?, ?, '', ?, null)", [n, day, day, document])
    for i, (account, sub, amount) in enumerate(lines):
        books.execute("insert into posting values (?, ?, 'CO', ?, ?, ?)", [n, i, account, sub, Decimal(amount)])


def test_open_items_stand_in_the_column_of_their_age(books: Any) -> None:
    asked = datetime.date(2026, 6, 30)
    ages = [0, 30, 31, 60, 61, 90, 91, 400]
    for n, age in enumerate(ages):
        posted(books, n, str(asked - datetime.timedelta(days=age)), f"D{n}", ("1122", "X", f"{2**n}.00"), ("6001", "", f"-{2**n}.00"))
    frame = reports.frame(books, "receivables", end=asked)
    columns = ["days_0_30", "days_31_60", "days_61_90", "days_over_90"]
    assert frame[columns].sum().tolist() == [1 + 2, 4 + 8, 16 + 32, 64 + 128] and frame.open_amount.sum() == 255
    assert frame.age.tolist() == sorted(ages, reverse=True)
    assert (frame[columns].sum(axis=1) == frame.open_amount).all()
    assert reports.frame(books, "receivables", end=asked - datetime.timedelta(days=31)).document.tolist() == ["D7", "D6", "D5", "D4", "D3", "D2"]


def test_a_document_is_open_with_what_is_left_of_it(books: Any) -> None:
    """Paid in part, paid in full, paid without naming what for; an order, its sales order and its return are one."""
    books.execute("insert into due_line values ('BS1', 'W1', date '2026-01-04'), ('R1', 'W1', null)")
    for n, (document, amount) in enumerate([("D1", "100"), ("D2", "50"), ("BS1", "30")]):
        posted(books, n, "2026-01-01", document, ("1122", "X", amount))
    for n, (document, amount) in enumerate([("D1", "-40"), ("D2", "-50"), ("W1", "-20"), ("R1", "-5"), (None, "-7")], start=10):
        posted(books, n, "2026-01-06", document, ("1122", "X", amount))
    frame = reports.frame(books, "receivables").set_index("document")
    assert frame.open_amount.to_dict() == {"D1": 60, "W1": 5, "14": -7}
    assert (frame.loc["D1", "amount"], frame.loc["D1", "settled_amount"]) == (100, 40)
    assert frame.loc["W1", "due_day"].date() == datetime.date(2026, 1, 4)
    assert reports.frame(books, "receivables", end="2026-01-05").open_amount.sum() == 180


# --- tied to the books, whatever was done ----------------------------------------------------------------------------------


def balances(connection: Any, owner: str) -> dict[str, int]:
    rows = connection.execute("select account, sum(balance) from ledger_balance where owner = ? group by 1", [owner]).fetchall()
    return {account: cents(value) for account, value in rows}


def assert_tied(connection: Any) -> int:
    """Every report of every owner against that owner's accounts; the number of owners."""
    owners = [r[0] for r in connection.execute("select distinct owner from ledger_balance order by 1").fetchall()]
    for owner in owners:
        booked = balances(connection, owner)

        def account(*names: str, booked: dict[str, int] = booked) -> int:
            return sum(booked.get(n, 0) for n in names)

        of = {name: reports.frame(connection, name, owner=owner) for name in NAMES}
        assert total(of["stock_movement"], "closing_value") == account("1405"), owner
        assert total(of["inventory"], "value") == account("1405"), owner
        if len(of["value_over_time"]):
            assert cents(of["value_over_time"].closing_value.iloc[-1]) == account("1405"), owner
        cost = of["cost"]
        assert total(cost, "closing_value") == account("1405", "1406"), owner
        assert total(cost, "cost_of_sales") == account("6401"), owner
        assert total(cost, "loss") + total(cost, "rounding") == account("6711", "6602"), owner
        profit = of["profit"]
        assert (total(profit, "revenue"), total(profit, "cost")) == (-account("6001"), account("6401")), owner
        for name, number in (("payables", "2202"), ("receivables", "1122")):
            assert total(of[name], "open_amount") == account(number) * (-1 if name == "payables" else 1), (owner, name)
        results = of["operating_results"].set_index("result_line").amount if len(of["operating_results"]) else None
        if results is not None:
            assert cents(results["profit"]) == -account("6001", "6021", "6401", "6601", "6602", "6603", "6711"), owner
            assert cents(results["gross_profit"]) == -account("6001", "6021", "6401"), owner
    return len(owners)


@pytest.mark.parametrize("scenario_name", ["b2b", "b2c", *(pytest.param(n, marks=pytest.mark.slow) for n in ("netsell", "analytics"))])
def test_reports_agree_with_the_ledger(scenario_name: str) -> None:
    lab = worlds.looked_at(scenario_name)
    assert assert_tied(lab.world.state.database.connection) >= 2


@pytest.mark.slow
def test_reports_agree_with_the_ledger_after_a_whole_semester(played: Callable[..., Lab]) -> None:
    assert assert_tied(played("semester").world.state.database.connection) >= 10


# --- as a student has them -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trader(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A model student of B2B, for reading; the queries add entries to a copy of the logbook."""
    return worlds.opened(tmp_path_factory.mktemp("trader"), worlds.model("b2b"))


def own_company(lab: Lab) -> str:
    from ecomlab.reports.queries import own_books

    return str(own_books(lab.world.state.look, None).number)


@pytest.mark.parametrize("name", NAMES)
def test_lab_report_gives_a_dataframe_and_is_recorded(name: str, trader: Lab) -> None:
    before = len(trader.world.entries)
    frame = getattr(trader.report, name)(month="2026-09")
    assert [e.do for e in trader.world.entries[before:]] == [f"report.{name}"]
    same = reports.frame(trader.world.state.database.connection, name, owner=own_company(trader), end=trader.day, **_since(name))
    pandas.testing.assert_frame_equal(frame, same, check_dtype=True)
    assert trader.report.sql(name) == reports.report(name).sql and trader.report.columns(name) == reports.report(name).named()


@pytest.mark.parametrize("name", NAMES)
def test_exploring_leaves_no_entry(name: str, trader: Lab) -> None:
    make, before = getattr(trader.report, name), len(trader.world.entries)
    explored, of_all = make(month="2026-09", record=False), make(owner="all", record=False)
    assert len(trader.world.entries) == before and len(of_all) >= len(explored)
    pandas.testing.assert_frame_equal(explored, make(month="2026-09"))
    assert refused(make, owner="nobody", record=False).code == "not_own_books"


def _since(name: str) -> dict[str, str]:
    return {"start": "2026-09-01"} if "start" in reports.report(name).conditions else {}


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_period_is_explained(name: str, trader: Lab) -> None:
    frame = getattr(trader.report, name)(month="2020-01")
    note = frame.attrs["note"]
    assert len(frame) == 0 and isinstance(note, Text)
    assert_both(note)
    table = trader.call(f"report.{name}", end="2020-01-31")
    assert note.en.partition(";")[2] in table.html("en") and table.text("zh").endswith("。")


def test_a_student_sees_own_books_only(trader: Lab) -> None:
    look = trader.world.state.look
    offered = [number for number, _ in trader.choices("report.profit", "owner")]
    assert offered[0] == own_company(trader) and trader.report.profit(owner=offered[1]) is not None
    for number in (look.value("select number from member where number not in (select unnest($own)) order by 1 limit 1", own=offered), "BANK", "nobody"):
        no = refused(trader.report.profit, owner=number)
        assert (no.code, no.field) == ("not_own_books", "owner")


def test_whoever_has_no_books_is_told_so(lab: Callable[..., Lab]) -> None:
    no = refused(lab("email").report.profit)
    assert (no.code, no.field) == ("no_books", "owner")


def test_a_reversed_period_is_refused_at_the_field(trader: Lab) -> None:
    before = len(trader.world.entries)
    no = refused(trader.report.cost, start="2026-09-10", end="2026-09-01")
    assert (no.code, no.field) == ("period_reversed", "end") and len(trader.world.entries) == before
    assert refused(trader.report.cost, start="tomorrow").field == "start"
    assert len(trader.report.profit(start="2030-01-01")) == 0, "a period that has not begun is empty"


# --- from outside ----------------------------------------------------------------------------------------------------------


def test_the_command_line_reports_on_a_logbook(capsys: pytest.CaptureFixture[str]) -> None:
    from ecomlab.cli.main import main

    file = str(worlds.model("b2b"))
    assert main(["report", "stock_movement", file, "--format", "csv"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split(",") == list(reports.report("stock_movement").columns) and rows
    assert main(["report", "operating_results", file, "--owner", "all", "--format", "json"]) == 0
    assert '"result_line": "gross_profit"' in capsys.readouterr().out
    assert main(["report", "profit", file, "--month", "2020-01", "--language", "en"]) == 0
    assert "Nothing meets these conditions" in capsys.readouterr().out
    for wrong in (["nonsense", file], ["profit", file, "--start", "2026-09-02", "--end", "2026-09-01"], ["profit", file, "--place", "x"]):
        assert main(["report", *wrong]) == 2
    assert main(["report", "profit", str(Path(file).parent.parent)]) == 2


# --- prepared tables, and the benchmark -----------------------------------------------------------------------------------------


def alike(connection: duckdb.DuckDBPyConnection) -> None:
    """Every report, by everything that it can be summed by and in a part of the time, is the same on prepared tables as on the books."""
    ready = prepared.prepare(connection)
    first, last = connection.execute("select min(day), max(day) from stock_movement").fetchone() or (None, None)
    periods: list[dict[str, Any]] = [{}, {"start": first + (last - first) / 3, "end": last - (last - first) / 3}] if first else [{}]
    for name in NAMES:
        chosen = reports.report(name)
        for by, period in itertools.product(chosen.by or (None,), periods):
            given = {k: v for k, v in {**period, "by": by}.items() if v is not None and k in chosen.conditions}
            pandas.testing.assert_frame_equal(reports.frame(ready, name, **given), reports.frame(connection, name, **given), obj=f"{name} {given}")


@pytest.mark.parametrize("logbook", [pytest.param(lambda: worlds.model("b2b"), marks=pytest.mark.slow), worlds.traded], ids=["b2b", "traded"])
def test_prepared_tables_report_what_the_books_of_a_world_report(tmp_path: Path, logbook: Callable[[], Path]) -> None:
    alike(worlds.opened(tmp_path, logbook()).world.state.database.connection)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the benchmark measures, made small."""
    bench_reports.make(made := tmp_path_factory.mktemp("measured"), 2_000)
    return made


def test_the_benchmark_measures_a_possible_world_in_which_all_tools_agree(measured: Path) -> None:
    """Small, but the same path as the million lines: the market, its preparation, reports in each tool, all that they give compared."""
    alike(bench_reports.stored(measured))
    verdicts = ecomlab.data.look_at(measured / "market").audit()
    assert {v.name for v in verdicts} >= {"sales_booked", "sales_both_sides"} and [v for v in verdicts if v.findings] == []
    tools = bench_reports.installed()
    measuring = {tool: bench_reports.measuring(tool, measured) for tool in tools}
    names = NAMES[:: worlds.examples(3, 1)]
    found = {tool: {name: measure(name) for name in names} for tool, measure in measuring.items()}
    for name in names:
        bench_reports.agree(measured, name, tools)
        assert len({by_tool[name]["rows"] for by_tool in found.values()}) == 1, name
        assert found["ecomlab"][name]["rows"] > 0, name


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(profit_rate=0.5), lambda f: f.iloc[::-1], lambda f: f.iloc[1:], lambda f: f.assign(revenue=f["revenue"] + 0.02),
        lambda f: f.assign(product_name=f["product_name"].str.lower()),
    ],
    ids=["a column more", "another order", "a row less", "two cents", "a letter"],
)  # fmt: skip
def test_the_benchmark_believes_no_tool_that_gives_something_else(tmp_path: Path, change: Callable[[Any], Any]) -> None:
    ours = pandas.DataFrame({"product": ["1", "2"], "product_name": ["A", "B"], **{n: [2.0, 1.0] for n in list(reports.report("profit").named())[2:]}})
    with pytest.raises(RuntimeError, match="profit"):
        for tool, frame in (("ecomlab", ours), ("polars", change(ours))):
            numpy.savez(bench_reports.answer_of(tmp_path, tool, "profit"), **bench_reports.columns_of("profit", frame))
        bench_reports.agree(tmp_path, "profit", ["ecomlab", "polars"])


def test_an_analyst_of_a_large_set_is_given_prepared_tables_and_sees_none_of_them(measured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = ecomlab.data.open(measured / "market")
    monkeypatch.setattr(prepared, "LARGE", 1)
    large = ecomlab.data.open(measured / "market")
    shown = [large.tables().df(), large.columns("sale_line").df()]
    for name in NAMES:
        pandas.testing.assert_frame_equal(getattr(large.report, name)(), getattr(plain.report, name)(), obj=name)
    for before, after in zip(shown, [large.tables().df(), large.columns("sale_line").df()], strict=True):
        pandas.testing.assert_frame_equal(before, after)
    assert large.sql("select count(*) from stock_movement").fetchall() == plain.sql("select count(*) from stock_movement").fetchall()
    assert large.audit() == plain.audit()


# --- a source that is not what it seems ---------------------------------------------------------------------------------------


def test_a_data_set_says_the_same_from_parquet_and_duckdb_and_nothing_where_a_table_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logbook, folder, file = Path(__file__).parent / "golden" / "b2b.jsonl", tmp_path / "pq", tmp_path / "w.duckdb"
    assert main(["replay", str(logbook), "--parquet", str(folder)]) == 0
    assert main(["replay", str(logbook), "--database", str(file)]) == 0
    assert main(["audit", str(file)]) == main(["audit", str(folder)]) == 0
    capsys.readouterr()
    said = []
    for source in (logbook, folder, file):
        assert main(["report", "profit", str(source), "--by", "channel", "--owner", "all", "--format", "csv"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] == said[2] and said[0].count("\n") > 2
    (folder / "due_line.parquet").unlink()
    assert main(["report", "receivables", str(folder), "--language", "en"]) != 0 and "due_line" in capsys.readouterr().err
    assert main(["report", "profit", str(folder)]) == 0, "which does not read that table"
    (folder / "b2b_order.parquet").rename(folder / "b_b_order.parquet")
    assert main(["report", "profit", str(folder), "--language", "en"]) != 0 and "b2b_order" in capsys.readouterr().err
    file.write_bytes(file.read_bytes()[:5_000])
    with pytest.raises(Refusal) as refused:
        ecomlab.data.open(file)
    assert refused.value.code == "unreadable_data"
