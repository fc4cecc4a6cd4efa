"""The reports that an analyst looks for first, on made-up books whose figures can be reckoned by hand, and against pandas on random ones."""

from __future__ import annotations

import random
from typing import Any

import numpy
import pandas
import pytest

from ecomlab import reports

from .test_reports import books, posted, sale  # noqa: F401  (a fixture and how the books are filled)


def test_the_cash_cycle_of_a_month(books: Any) -> None:  # noqa: F811
    """Receivables 100 to 300, stock 400 to 200, payables 0 to 120 in April; revenue 600, cost 300: 10 + 30 - 6 days."""
    posted(books, 1, "2026-03-31", "A", ("1122", "X", "100"), ("1405", "", "400"), ("3001", "", "-500"))
    posted(books, 2, "2026-04-10", "B", ("1122", "X", "600"), ("6001", "", "-600"), ("6401", "", "300"), ("1405", "", "-300"))
    posted(books, 3, "2026-04-20", "A", ("1002", "", "400"), ("1122", "X", "-400"))
    posted(books, 4, "2026-04-30", "C", ("1405", "", "100"), ("2202", "Y", "-120"), ("22210101", "", "20"))
    row = reports.frame(books, "cash_cycle", month="2026-04").iloc[0]
    assert str(row.month) == "2026-04"
    assert row[["days", "revenue", "cost_of_sales", "receivables", "inventory", "payables"]].tolist() == [30, 600, 300, 300, 200, 120]
    assert row[["days_of_sales", "days_in_stock", "days_of_purchases", "cash_cycle"]].tolist() == [10, 30, 6, 34]


def test_the_cash_cycle_begins_with_what_was_there_and_is_silent_where_nothing_was_sold(books: Any) -> None:  # noqa: F811
    posted(books, 1, "2026-01-15", "A", ("1122", "X", "100"), ("6001", "", "-100"))
    posted(books, 2, "2026-03-10", "B", ("1122", "X", "50"), ("6001", "", "-50"))
    frame = reports.frame(books, "cash_cycle")
    assert frame.month.astype(str).tolist() == ["2026-01", "2026-02", "2026-03"] and frame.days.tolist() == [17, 28, 10]
    assert frame.receivables.tolist() == [100, 100, 150] and frame.days_of_sales.isna().tolist() == [False, True, False]
    later = reports.frame(books, "cash_cycle", start="2026-02-10")
    assert later.month.astype(str).tolist() == ["2026-02", "2026-03"] and later.days.tolist() == [19, 10] and later.receivables.tolist() == [100, 150]
    assert len(reports.frame(books, "cash_cycle", owner="nobody")) == 0


def test_cohorts_keep_the_months_in_which_nobody_came_back(books: Any) -> None:  # noqa: F811
    for number, shopper, day, pieces, revenue in (
        ("W1", "a", "2026-01-05", 1, "10"), ("W2", "b", "2026-01-31", 1, "20"), ("W3", "c", "2026-02-01", 1, "30"),
        ("W4", "a", "2026-03-09", 1, "40"), ("R1", "b", "2026-03-09", -1, "-20"),
    ):  # fmt: skip
        sale(books, number, shopper, day, (1, pieces, revenue, "0"))
    rows = [(str(r[0]), *r[1:]) for r in reports.frame(books, "cohorts").itertuples(index=False)]
    assert rows == [
        ("2026-01", 0, 2, 2, 1.0, 30.0), ("2026-01", 1, 2, 0, 0.0, 0.0), ("2026-01", 2, 2, 1, 0.5, 20.0),
        ("2026-02", 0, 1, 1, 1.0, 30.0), ("2026-02", 1, 1, 0, 0.0, 0.0),
    ]  # fmt: skip
    assert set(reports.frame(books, "cohorts", start="2026-02-01").cohort.astype(str)) == {"2026-02"}


def test_a_return_is_money_and_pieces_taken_back_and_net_revenue_is_what_stays(books: Any) -> None:  # noqa: F811
    sale(books, "W1", "a", "2026-01-05", (1, 4, "40.00", "20.00"), (2, 5, "50.00", "25.00"))
    sale(books, "R1", "a", "2026-02-05", (1, -1, "-10.00", "-5.00"))
    frame = reports.frame(books, "returns").set_index("product")
    assert frame.loc["0000000000001"].tolist() == ["Product 1", 4, 1, 0.25, 40, 10, 5, 30]
    assert frame.return_rate.tolist() == [0.25, 0] and frame.net_revenue.sum() == 80
    months = reports.frame(books, "returns", by="month").set_index("month")
    assert months.net_revenue.tolist() == [90, -10] and months.return_rate.isna().tolist() == [False, True], "what nothing was sold of has no rate"


def test_days_to_pay_are_weighted_by_the_money_and_only_what_was_due_is_late(books: Any) -> None:  # noqa: F811
    """D1, 100 due in ten days: 40 after 5, 60 after 20 (ten late). D2 has no due day. D3 was paid before it arose."""
    books.execute("insert into due_line values ('D1', 'D1', date '2026-01-11')")
    posted(books, 1, "2026-01-01", "D1", ("1122", "X", "100"))
    posted(books, 2, "2026-01-06", "D1", ("1122", "X", "-40"))
    posted(books, 3, "2026-01-21", "D1", ("1122", "X", "-60"))
    posted(books, 4, "2026-01-01", "D2", ("1122", "Y", "50"))
    posted(books, 5, "2026-03-02", "D2", ("1122", "Y", "-50"))
    posted(books, 6, "2026-01-01", "D3", ("1122", "Y", "-10"))
    posted(books, 7, "2026-01-09", "D3", ("1122", "Y", "10"))
    frame = reports.frame(books, "collection_days").set_index("other_party")
    assert frame.loc["X", ["items", "settled_amount", "days_to_pay", "late_amount", "late_share", "days_late"]].tolist() == [1, 100, 14, 60, 0.6, 10]
    assert frame.loc["Y", ["items", "settled_amount", "days_to_pay", "late_amount"]].tolist() == [2, 60, 50, 0] and numpy.isnan(frame.loc["Y", "days_late"])
    assert reports.frame(books, "collection_days", month="2026-01", other_party="X").settled_amount.tolist() == [100]
    assert len(reports.frame(books, "payment_days")) == 0, "the other account is the other report's"


def test_goods_bought_too_dear_are_a_positive_variance(books: Any) -> None:  # noqa: F811
    """The standard cost of each product of these books is 1 CNY."""
    for n, (product, pieces, value) in enumerate(((1, 10, "12.00"), (1, 5, "4.00"), (2, 4, "3.00"))):
        books.execute(
            "insert into stock_movement values (?, 'receipt', date '2026-01-10', timestamp '2026-01-10', 'CO', 'ST', ?, 'on_hand', ?, ?, 'P')",
            [n, f"{product:013d}", pieces, value],
        )
    frame = reports.frame(books, "purchase_price").set_index("product")
    assert frame.price_variance.tolist() == [1, -1] and frame.loc["0000000000001", "actual_cost"] == pytest.approx(16 / 15, abs=1e-6)
    assert frame.loc["0000000000001", "variance_rate"] == pytest.approx(1 / 15, abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_xyz_is_what_pandas_says_of_the_same_weeks(books: Any, seed: int) -> None:  # noqa: F811
    """Random sales of ten products; pandas counts weeks backwards from the last day, fills the empty ones with 0 and divides."""
    chance, rows = random.Random(f"xyz {seed}"), []
    days = pandas.date_range("2026-01-01", periods=100)
    for product, often in enumerate((2, 3, 5, 8, 13, 21, 34, 55, 80, 100), start=1):
        for day in chance.sample(list(days), often):
            rows.append((product, day, chance.randrange(1, 9)))
            sale(books, f"W{len(rows)}", "a", str(day.date()), (product, rows[-1][2], "1.00", "0"))
    sold = pandas.DataFrame(rows, columns=["product", "day", "pieces"])
    sold["week"] = (sold.day.max() - sold.day).dt.days // 7
    frame = reports.frame(books, "product_xyz").set_index("product")
    for product, own in sold.groupby("product"):
        weekly = own.groupby("week").pieces.sum().reindex(range(own.week.max() + 1), fill_value=0)
        row, variation = frame.loc[f"{product:013d}"], weekly.std(ddof=0) / weekly.mean()
        assert (row.weeks, row.quantity) == (len(weekly), own.pieces.sum()) and row.variation == pytest.approx(variation, abs=1e-3)
        assert row.xyz_class == ("X" if variation <= 0.5 else "Y" if variation <= 1 else "Z") or len(weekly) < 2
    assert {"X", "Z"} <= set(frame.xyz_class) and frame.variation.is_monotonic_increasing
