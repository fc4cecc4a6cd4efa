"""A month's end: profit, the tax to be paid, and that reports can still tell what a month earned."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal as D

import pytest

from ecomlab.books import closing, ledger, sales, tax
from ecomlab.books.sales import Item
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from tests import worlds
from tests.worlds import refused

pytestmark = pytest.mark.usefixtures("understudied")

SEPTEMBER, OCTOBER = datetime.date(2026, 9, 15), datetime.date(2026, 10, 1)


@pytest.fixture
def do() -> Iterator[Doing]:
    state = worlds.fresh_state("edi")
    yield worlds.doing(state)
    state.close()


def earn(do: Doing, net: str, document: str) -> None:
    items = sales.net_priced(do, [Item(D(net))], tax.GOODS)
    sales.sell(do, "sale", "sold", document, "S", None, items, [ledger.Line("S", ledger.CASH, sales.total(items))], channel="b2b")


def spend(do: Doing, net: str) -> None:
    borne = tax.on_top(D(net), D(6))
    ledger.post(do, "rent", "rent", [ledger.Line("S", "6602", D(net)), ledger.Line("S", tax.INPUT, borne), ledger.Line("S", ledger.CASH, -D(net) - borne)])


def months(do: Doing) -> dict[str, D]:
    """What each month earned, as reports read it."""
    rows = do.all(
        """select strftime(f.day, '%Y-%m') as month, -sum(f.amount) as profit from account_flow f join ledger_account a using (account)
           where f.owner = 'S' and a.class in ('revenue', 'expense') group by 1"""
    )
    return {r.month: r.profit for r in rows}


def test_a_closed_month_leaves_the_profit_accounts_at_zero_and_can_still_be_read(do: Doing) -> None:
    earn(do, "1000.00", "D1")
    spend(do, "300.00")
    assert refused(closing.close_month, do, "S", SEPTEMBER).code == "month_runs"
    do.turn(OCTOBER)
    earn(do, "50.00", "D2")
    assert closing.close_month(do, "S", SEPTEMBER) == (700, D("112.00")), "130.00 of output tax less 18.00 of input tax"
    assert [ledger.balance(do, "S", a) for a in ("6001", "6602", "4103")] == [-50, 0, -700], "what October sold is October's"
    assert (ledger.balance(do, "S", tax.UNPAID), ledger.balance(do, "S", tax.MOVED)) == (-112, 112)
    assert months(do) == {"2026-09": 700, "2026-10": 50}
    again = refused(closing.close_month, do, "S", SEPTEMBER)
    assert (again.code, again.field) == ("closed_already", "month")
    assert {n: INVARIANTS[n].check(do) for n in ("closings_add_up", "sales_booked", "tax_booked", "postings_balance", "balances_follow")} == dict.fromkeys(
        ("closings_add_up", "sales_booked", "tax_booked", "postings_balance", "balances_follow"), []
    )


def test_a_loss_and_input_tax_that_is_left_over_are_carried_on(do: Doing) -> None:
    spend(do, "200.00")
    do.turn(OCTOBER)
    assert closing.close_month(do, "S", SEPTEMBER) == (-200, 0)
    assert ledger.balance(do, "S", "4103") == 200
    earn(do, "100.00", "D1")
    do.turn(datetime.date(2026, 11, 1))
    assert closing.close_month(do, "S", OCTOBER) == (100, D("1.00")), "13.00 less the 12.00 of September"
    assert ledger.balance(do, "S", "4103") == 100


def test_a_month_in_which_nothing_happened_is_closed_too(do: Doing) -> None:
    do.turn(OCTOBER)
    assert closing.close_month(do, "S", SEPTEMBER) == (0, 0)
    assert refused(closing.close_month, do, "S", SEPTEMBER).code == "closed_already"


def test_the_last_day_of_february() -> None:
    assert closing.last_day(datetime.date(2028, 2, 3)) == datetime.date(2028, 2, 29)
    assert closing.last_day(datetime.date(2026, 12, 31)) == datetime.date(2026, 12, 31)
