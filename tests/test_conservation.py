"""What holds of the books as a whole can also fail: one row made wrong, and the invariant says so by name."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from ecomlab.kernel.audit import INVARIANTS
from ecomlab.lab import Lab
from ecomlab.reports import REPORTS

from .worlds import findings_of, model, opened

#: One row of the books, and what it is made; by the invariant that is to notice.
BREAKS = {
    "goods_conserved": "update stock_level set on_hand = on_hand + 1 where rowid = (select min(rowid) from stock_level)",
    "goods_sold": "update sale_line set quantity = quantity + 1 where rowid = (select min(rowid) from sale_line where product <> '')",
    "goods_bought": """update stock_movement set quantity = quantity - 1
        where number = (select max(number) from stock_movement where kind = 'receipt' and document like 'SE-%')""",
    "goods_paid_in": "update stock_movement set value = value + 1 where number = (select min(number) from stock_movement where kind = 'receipt')",
    "claims_are_debts": "update ledger_balance set balance = balance - 1 where rowid = (select min(rowid) from ledger_balance where account = '2202')",
    "sales_both_sides": "update sale_line set revenue = 0 where rowid = (select min(rowid) from sale_line where cost > 0)",
    "sales_booked": "update sale_line set revenue = revenue + 1 where rowid = (select min(rowid) from sale_line)",
}
TOTALS = [(report.name, total.column, account) for report in REPORTS.values() for total in report.totals for account in total.accounts]


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The world of the model student of B2B: goods sent in, some of them lost and damaged, sold, delivered and paid."""
    return opened(tmp_path_factory.mktemp("traded"), model("b2b"))


def broken(lab: Lab, statement: str, names: Collection[str] = INVARIANTS) -> list[str]:
    """What the audit of a world finds by those invariants while one row is wrong; it is put right again."""
    database, look = lab.world.state.database, lab.world.state.look
    database.begin()
    try:
        assert database.value(statement), f"nothing was broken by: {statement}"
        return [f"{i.name}: {f}" for i in map(INVARIANTS.__getitem__, names) if lab.world.state.scenario.includes(i.check) for f in i.check(look)]
    finally:
        database.rollback()


def test_the_books_of_a_trade_hold(traded: Lab) -> None:
    assert findings_of(traded) == []


@pytest.mark.parametrize("name", BREAKS)
def test_a_row_that_is_wrong_is_found_by_the_invariant_about_it(traded: Lab, name: str) -> None:
    assert name in {finding.partition(":")[0] for finding in broken(traded, BREAKS[name])}


@pytest.mark.parametrize(("report", "column", "account"), TOTALS)
def test_a_report_that_does_not_come_to_its_accounts_is_named(traded: Lab, report: str, column: str, account: str) -> None:
    wrong = f"insert into ledger_balance values ((select min(owner) from ledger_balance where account = '1405'), '{account}', 'broken', 1)"
    found = broken(traded, wrong, ["reports_agree"])
    assert any(f.startswith(f"reports_agree: {report} ") and f" {column} " in f for f in found)


def test_every_report_declares_its_totals_unless_it_is_about_a_part_of_the_books() -> None:
    assert {r.name for r in REPORTS.values() if not r.totals} == {
        "customers", "product_abc", "product_xyz", "cohorts", "purchase_price", "collection_days", "payment_days",
    }, "buyers with a name, products that brought something, what was settled"  # fmt: skip


@pytest.mark.parametrize("name", ["goods_conserved", "reports_agree"])
def test_a_world_without_trade_has_nothing_to_find(lab: Callable[..., Lab], name: str) -> None:
    assert INVARIANTS[name].check(lab(scenario="email").world.state.look) == []
