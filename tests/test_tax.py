"""Value added tax: which rate, what of a price, and what the books say of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomlab.books import ledger, sales, stock, tax
from ecomlab.books.sales import Item
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.scenario import data_digest, data_rows
from ecomlab.market import booking
from tests import worlds
from tests.vat import with_tax, without_tax

pytestmark = pytest.mark.usefixtures("understudied")

MOUSE, NOODLES, TEA = "9520100000010", "9520100000072", "9520100000058"


@pytest.fixture
def do() -> Iterator[Doing]:
    state = worlds.fresh_state("edi")
    doing = worlds.doing(state)
    stock.open_catalogue(doing)
    yield doing
    state.close()


def test_dried_noodles_are_grain_and_a_mouse_is_not(do: Doing) -> None:
    assert tax.rates(do, [MOUSE, NOODLES, TEA]) == {MOUSE: 13, NOODLES: 9, TEA: 13}
    stock.add_product(do, "9520100009990", "稻谷 Rice in the husk", "grain", 1000, Decimal("3.00"))
    stock.add_product(do, "9520100009983", "童书 Picture book", "books", 300, Decimal("20.00"))
    assert list(tax.rates(do, ["9520100009990", "9520100009983"]).values()) == [9, 9]


def test_the_rates_of_the_law_of_2026(do: Doing) -> None:
    supplies = {13: ["goods"], 9: ["grain", "books", "transport"], 6: ["courier", "modern_services", "financial_services"]}
    assert {percent: [s for s in names if tax.rate(do, s) == percent] for percent, names in supplies.items()} == supplies


def test_a_rate_is_that_of_its_day(do: Doing) -> None:
    """On 1 April 2019 goods went from 16 to 13 and transport from 10 to 9 per cent; what a courier does stayed at 6."""
    before, after = datetime.date(2019, 3, 31), datetime.date(2019, 4, 1)
    assert [(tax.rate(do, s, before), tax.rate(do, s, after)) for s in ("goods", "transport", "courier")] == [(16, 13), (10, 9), (6, 6)]
    with pytest.raises(LookupError):
        tax.rate(do, "alchemy")


def test_on_every_day_since_2018_each_supply_has_one_rate() -> None:
    rows = data_rows("tax_rates", data_digest("tax_rates"))
    for supply in {r["supply"] for r in rows}:
        spans = sorted((r["from_day"], r["to_day"]) for r in rows if r["supply"] == supply)
        assert spans[0][0] == "2018-05-01" and spans[-1][1] == ""
        for (_, end), (begin, _) in zip(spans, spans[1:], strict=False):
            assert datetime.date.fromisoformat(end) + datetime.timedelta(days=1) == datetime.date.fromisoformat(begin), supply
    assert all(r["source"] for r in rows)


@given(st.integers(-(10**9), 10**9), st.sampled_from([6, 9, 13]))
def test_tax_on_a_net_and_in_a_gross_amount(cents: int, percent: int) -> None:
    amount = Decimal(cents) / 100
    assert amount + tax.on_top(amount, Decimal(percent)) == with_tax(amount, percent)
    assert amount - tax.within(amount, Decimal(percent)) == without_tax(amount, percent)


def test_a_sale_parts_what_is_paid_into_revenue_and_tax_and_the_buyer_gets_its_tax_back(do: Doing) -> None:
    items = sales.net_priced(do, [Item(Decimal("100.00"), MOUSE, 2), Item(Decimal("50.00"), NOODLES, 5)])
    assert sales.total(items) == Decimal("167.50"), "113.00 and 54.50"
    sales.sell(do, "sale", "sold", "D1", "S", "B", items, [ledger.Line("S", ledger.RECEIVABLE, Decimal("167.50"), "B")], sales.tax_owed("B", "S", items),
               channel="b2b")  # fmt: skip
    assert [ledger.balance(do, "S", a) for a in (sales.REVENUE, tax.OUTPUT)] == [-150, Decimal("-17.50")]
    assert (ledger.balance(do, "B", tax.PENDING), ledger.balance(do, "B", ledger.PAYABLE, "S")) == (Decimal("17.50"), Decimal("-17.50"))
    assert INVARIANTS["tax_booked"].check(do) == []


def test_the_audit_sees_output_tax_that_no_sale_has(do: Doing) -> None:
    lines = [ledger.Line("S", ledger.RECEIVABLE, Decimal("1.00"), "B"), ledger.Line("S", tax.OUTPUT, Decimal("-1.00"))]
    ledger.post(do, "sale", "past the books", lines)
    assert INVARIANTS["tax_booked"].check(do) == ["S: lines None, ledger 1.00"]


def test_a_market_has_the_rates_of_the_table(do: Doing) -> None:
    assert (tax.rate(do, tax.GOODS), tax.rate(do, tax.MODERN_SERVICES)) == (booking.GOODS_TAX, booking.ADVERTISING_TAX)
