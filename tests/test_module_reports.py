"""Reports on tables of a module: late deliveries of logistics, the funnel of advertisements; in a world, on a set, and where the module is not."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from ecomlab import reports
from ecomlab.books.dataset import DataSet
from ecomlab.kernel import packages
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.terms import term
from ecomlab.reports.face import Reports
from tests import worlds
from tests.test_reports import KINDS
from tests.worlds import assert_both, refused

pytest.importorskip("pandas")


@pytest.fixture
def tables() -> Any:
    connection = duckdb.connect()
    connection.execute(packages.schema())
    yield connection
    connection.close()


def trip(tables: Any, number: str, carrier: str, due: str, arrived: str | None) -> None:
    tables.execute("insert into lgs_trip (number, delivery_order, carrier, vehicle, due, arrived) values (?, ?, ?, 'V', ?, ?)",
                   [number, f"D{number}", carrier, due, arrived])  # fmt: skip
    tables.execute(
        """insert into lgs_slip (number, kind, carrier, shipper, warehouse, consignee, address, note, transport, purchaser)
           values (?, 'delivery', ?, 'S', 'W', 'c', 'a', '', 'road', 'P')""", [f"D{number}", carrier]
    )  # fmt: skip


def test_a_trip_is_late_after_its_day_and_neither_while_it_is_under_way(tables: Any) -> None:
    for row in (
        ("1", "C1", "2026-03-02", "2026-03-02"), ("2", "C1", "2026-03-02", "2026-03-05"), ("3", "C1", "2026-03-03", None),
        ("4", "C2", "2026-03-03", "2026-03-01"), ("5", "C1", "2026-04-01", "2026-04-02"),
    ):  # fmt: skip
        trip(tables, *row)
    frame = reports.frame(tables, "late_deliveries").set_index("carrier")
    counts = ["trips", "trips_under_way", "trips_on_time", "late_trips", "late_trip_share", "days_late", "most_days_late"]
    assert frame.loc["C1", counts].tolist() == [4, 1, 1, 2, 0.6667, 2, 3] and frame.loc["C2", "late_trips"] == 0
    before = reports.frame(tables, "late_deliveries", end="2026-03-04")
    assert before.late_trips.sum() == 0 and before.trips_under_way.sum() == 2, "on that day nobody knew yet that it would be late"
    assert reports.frame(tables, "late_deliveries", by="month").trips.tolist() == [4, 1]
    assert [len(reports.frame(tables, "late_deliveries", owner=o)) for o in ("C1", "S", "P", "nobody")] == [1, 2, 2, 0]


def test_the_funnel_goes_from_shown_to_clicked_to_ordered(tables: Any) -> None:
    tables.execute("insert into netsell_text_ad values ('AD1', 'M', 'c', 'Tea', '', ''), ('AD2', 'N', 'c', 'Pots', '', '')")
    tables.execute("insert into netsell_ad_day values ('AD1', '2026-03-01', 1000, 40, 'click', 0.5), ('AD2', '2026-03-01', 4000, 10, 'thousand', 5)")
    tables.execute("insert into netsell_conversion values ('W1', 'AD1', '2026-03-01', 60), ('W2', 'AD1', '2026-04-02', 40)")
    frame = reports.frame(tables, "ad_funnel").set_index("advertisement")
    assert frame.loc["AD1"].tolist() == ["Tea", 1000, 40, 2, 0.04, 0.05, 20, 100, 0.5, 10, 5]
    assert frame.loc["AD2", ["orders", "spending", "amount"]].tolist() == [0, 20, 0]
    months = reports.frame(tables, "ad_funnel", by="month", owner="M").set_index("month")
    assert months.orders.tolist() == [1, 1] and months.click_rate.isna().tolist() == [False, True], "the order of April counts in April"


@pytest.mark.parametrize("name", reports.OF_MODULES)
def test_it_is_declared_as_the_reports_on_the_books_are(name: str, tables: Any) -> None:
    chosen = reports.report(name)
    assert_both(chosen.title)
    command = COMMANDS[f"{chosen.module}.{name}"]
    assert command.query and {p.name for p in command.params} == set(chosen.conditions) and all(term.known(c) for c in chosen.columns)
    assert next(p for p in command.params if p.name == "by").options == chosen.by and chosen.sql.startswith("-- ")
    for by in chosen.by:
        frame = reports.frame(tables, name, by=by)
        assert {c: str(t) for c, t in frame.dtypes.items()} == {c: KINDS[unit] for c, unit in chosen.named(by).items()}


def test_a_world_or_a_set_without_the_module_is_told_so() -> None:
    look = worlds.fresh_state("email").look
    with pytest.raises(Refusal) as no:
        Reports(None, lambda: look).late_deliveries(record=False)
    assert no.value.code == "not_in_this_world" and "ad_funnel" not in dir(Reports(None, lambda: look))
    connection = duckdb.connect()
    connection.execute(packages.schema(("books",)))
    assert refused(DataSet(connection).needs, reports.report("ad_funnel").sql, "netsell").code == "table_lacking"
    connection.close()


def test_in_a_world_it_says_what_the_tables_say() -> None:
    lab = worlds.looked_at("lgs")
    trips = lab.world.state.look.all("select due, arrived from lgs_trip where due is not null")
    made = lab.report.late_deliveries(owner="all", record=False)
    assert trips and made.trips.sum() == len(trips) and made.late_trips.sum() == sum(t.arrived is not None and t.arrived > t.due for t in trips)
    assert isinstance(lab.day, datetime.date) and made.attrs["units"]["late_trip_share"] == "ratio"
    ads = worlds.looked_at("netsell")
    clicks = ads.world.state.look.value("select sum(clicks) from netsell_ad_day")
    assert ads.report.ad_funnel(owner="all", record=False).clicks.sum() == Decimal(clicks or 0)
