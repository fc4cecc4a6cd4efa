"""The sale lines of the books: one sale, one entry, one set of lines, and the same as the modules' documents say."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomlab.books import ledger, sales, stock
from ecomlab.books.sales import Item
from ecomlab.books.stock import Goods
from ecomlab.kernel import packages
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.replica import Replica
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.state import State
from ecomlab.kernel.terms import term
from tests import golden, worlds
from tests.old_views import assert_as_before

pytestmark = pytest.mark.usefixtures("understudied")

MOUSE, KEYBOARD, *_ = (r["gtin"] for r in scenario("semester").rows("products"))


@pytest.fixture
def do() -> Iterator[Doing]:
    state = worlds.fresh_state("edi")
    doing = worlds.doing(state)
    stock.open_catalogue(doing)
    yield doing
    state.close()


def lines(do: Doing) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in do.all("select document, buyer, product, quantity, revenue, cost, channel from sale_line order by all")]


def booked(do: Doing) -> list[str]:
    return INVARIANTS["sales_booked"].check(do)


def against(amount: str) -> list[ledger.Line]:
    return [ledger.Line("S", ledger.RECEIVABLE, Decimal(amount), "B")]


# --- the function that modules call ------------------------------------------------------------------------------------------


def test_a_sale_is_one_entry_and_a_line_for_each_product(do: Doing) -> None:
    items = [Item(Decimal("30.00"), MOUSE, 2), Item(Decimal("12.00"), KEYBOARD)]
    entry = sales.sell(do, "sale", "sold", "D1", "S", "B", items, against("42.00"), [ledger.Line("S", "1001", Decimal(0))], channel="b2b")
    assert lines(do) == [("D1", "B", MOUSE, 2, 30, 0, "b2b"), ("D1", "B", KEYBOARD, 1, 12, 0, "b2b")]
    posted = do.all("select account, amount from posting where entry = $e order by line", e=entry)
    assert [tuple(r) for r in posted] == [("1122", 42), ("6001", -42), ("1001", 0)]
    assert booked(do) == []


def test_a_sale_that_does_not_balance_writes_nothing(do: Doing) -> None:
    with pytest.raises(ValueError, match="balance"):
        sales.sell(do, "sale", "sold", "D1", "S", "B", [Item(Decimal("30.00"))], against("29.99"), channel="b2b")
    assert lines(do) == []


def test_goods_that_a_carrier_delivers_have_the_cost_of_their_delivery(do: Doing) -> None:
    stock.receive(do, stock.Move("S", "A", [Goods(MOUSE, 4, Decimal("10.00")), Goods(KEYBOARD, 1, Decimal("7.00"))], "there"), ledger.CAPITAL)
    goods = [Goods(MOUSE, 3), Goods(KEYBOARD, 1)]
    stock.transfer_out(do, stock.Move("S", "A", goods, "sent", "DO"), "B")
    stock.issue_transit(do, stock.Move("S", "", goods, "delivered", "DO"), sales.COST_OF_SALES)
    assert booked(do) == ["S: lines None and None, ledger None and 14.50"], "goods left that nobody has bought"
    items = [Item(Decimal("20.00"), MOUSE, 3), Item(Decimal("9.00"), KEYBOARD)]
    sales.sell(do, "sale", "sold", "SE", "S", "B", items, against("29.00"), channel="b2b", delivered_by="DO")
    assert lines(do) == [("SE", "B", MOUSE, 3, 20, Decimal("7.50"), "b2b"), ("SE", "B", KEYBOARD, 1, 9, 7, "b2b")]
    assert booked(do) == []


def test_a_sale_that_is_taken_back_and_made_again_counts_once(do: Doing) -> None:
    first = sales.sell(do, "sale", "sold", "L", "S", "B", [Item(Decimal("5.00"))], against("5.00"), channel="auction")
    sales.take_back(do, first, "ended", "not paid", "L")
    second = sales.sell(do, "sale", "sold", "L", "S", "C", [Item(Decimal("4.00"))], [ledger.Line("S", ledger.RECEIVABLE, Decimal("4.00"), "C")],
                        channel="auction")  # fmt: skip
    assert lines(do) == [("L", "B", "", -1, -5, 0, "auction"), ("L", "B", "", 1, 5, 0, "auction"), ("L", "C", "", 1, 4, 0, "auction")]
    sales.take_back(do, second, "ended", "not paid", "L")
    assert do.value("select sum(revenue) from sale_line where buyer = 'C'") == 0 and len(lines(do)) == 4
    assert booked(do) == []


def test_the_audit_sees_revenue_without_a_line_and_a_line_without_revenue(do: Doing) -> None:
    ledger.post(do, "sale", "past the books", [*against("1.00"), ledger.Line("S", sales.REVENUE, Decimal("-1.00"))])
    assert booked(do) == ["S: lines None and None, ledger 1.00 and None"]
    for seller, revenue in (("S", Decimal(1)), ("T", Decimal(2))):
        row = {"day": do.day, "seller": seller, "revenue": revenue, "nothing": Decimal(0)}
        do.execute("insert into sale_line values ($day, 'D', $seller, 'B', '', 1, $revenue, $nothing, $nothing, 'auction')", **row)
    assert booked(do) == ["T: lines 2.00 and 0.00, ledger None and None"]


@given(st.integers(0, 10**7), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_an_amount_is_shared_out_without_losing_a_cent(cents: int, weights: list[int]) -> None:
    """Each part is within a cent of its exact share, and the first parts together within half a cent of theirs."""
    parts = sales.share_out(Decimal(cents) / 100, [Decimal(w) / 100 for w in weights])
    assert sum(parts) == Decimal(cents) / 100 and all(p == round(p, 2) >= 0 for p in parts)
    for n in range(len(weights)):
        exact = Fraction(cents * sum(weights[: n + 1]), 100 * sum(weights))
        assert abs(Fraction(sum(parts[: n + 1], Decimal(0))) - exact) <= Fraction(1, 200)


def test_what_is_owed_is_due_as_was_agreed_last(do: Doing) -> None:
    sales.due(do, "D1", do.day)
    sales.due(do, "D1", do.day + datetime.timedelta(days=7))
    sales.due(do, "D2", None, counts_with="D1")
    assert [tuple(r) for r in do.all("select * from due_line order by document")] == [("D1", "D1", do.day + datetime.timedelta(days=7)), ("D2", "D1", None)]


# --- and what the modules' documents say ---------------------------------------------------------------------------------------


#: Worlds whose sales the old views know: a department's till, counters and fees came after them.
SMALL, LARGE = ("b2b", "b2c", "c2c", "lgs", "netsell"), ("semester", "analytics")
CHANNELS = get_args(sales.Channel)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_sold_in_another_way_is_named_and_not_mixed_with_others(channel: str) -> None:
    assert term.known(channel) and channel != "other"


@pytest.mark.whole
@pytest.mark.parametrize("name", [*SMALL, *(pytest.param(n, marks=pytest.mark.slow) for n in LARGE)])
def test_the_lines_are_what_the_old_views_made_of_the_documents(name: str) -> None:
    """In a golden world, at four moments of its life and in the end."""
    read = survey(golden.FOLDER / f"{name}.jsonl")
    state, size, done, found = State(read.header, Replica(), once=True), len(read.entries), 0, 0
    try:
        for quarter in (1, 2, 3, 4):
            assert state.replay(read.entries[done : (done := size * quarter // 4)]) == []
            found = assert_as_before(state.look)
        assert {r.channel for r in state.look.all("select distinct channel from sale_line")} <= set(CHANNELS)
    finally:
        state.close()
    assert found > 0


def test_reports_know_no_module() -> None:
    """A further module adds no line to the reports: their SQL names tables of the books only."""
    from ecomlab.reports import REPORTS

    of_the_books = set(_tables(packages.schema(("books",))))
    of_others = set(_tables(packages.schema())) - of_the_books
    assert of_others, "the modules have tables of their own"
    for name, report in REPORTS.items():
        assert not of_others & set(re.findall(r"\w+", report.sql)), name


def _tables(schema: str) -> list[str]:
    return [words.split("(")[0].split()[0] for words in schema.split("create table ")[1:]]
