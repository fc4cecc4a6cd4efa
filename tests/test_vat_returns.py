"""Closing a month in a department, declaring its value added tax and paying it: the books say the same before, between and after."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ecomlab.books import ledger, tax
from ecomlab.books.members import acting
from ecomlab.lab import Lab
from ecomlab.modules.ebank.prologue import own_customer
from ecomlab.modules.finance import taxes
from ecomlab.modules.finance.prologue import come, number_of
from ecomlab.modules.finance.staff import FINANCE_CLERK
from ecomlab.modules.finance.taxes import TREASURY
from tests import worlds
from tests.worlds import findings_of, refused

D = Decimal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Lab]:
    """A department as the student finds it, with its finance clerk at work."""
    lab = worlds.acting(tmp_path / "desk", worlds.model("finance", codes=()))
    come(lab.player(), "finance")
    yield lab
    assert findings_of(lab) == []
    lab.world.close()


def company(lab: Lab) -> str:
    return str(lab.look.value("select company from finance_staff where number = $n", n=number_of(lab.look, "finance")))


def balance(lab: Lab, *accounts: str, owner: str = "") -> Decimal:
    rows = lab.look.all("select balance from ledger_balance where owner = $o and list_contains($a, account)", o=owner or company(lab), a=list(accounts))
    return sum((r.balance for r in rows), D("0.00"))


def still_blocked(lab: Lab) -> list[tuple[str, Decimal]]:
    """The purchases of which the supplier's only invoice is wrong, and what was received of them."""
    rows = lab.look.all(
        """select s.document as number, sum(s.revenue) as net from sale_line s join b2c_purchase p on p.number = s.document
           join invoice i on i.sale = s.document join document d on d.number = i.number where d.state = 'blocked' and s.quantity > 0
             and (select count(*) from invoice o where o.sale = s.document) = 1 group by 1 order by 1"""
    )
    return [(r.number, r.net) for r in rows]


def until(lab: Lab, day: datetime.date) -> None:
    lab.advance(days=(day - lab.day).days)


def earned(lab: Lab, month: str) -> Decimal:
    """What a month has earned, as reports read it."""
    first = datetime.date.fromisoformat(f"{month}-01")
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    rows = lab.call("report.operating_results", start=first.isoformat(), end=last.isoformat())
    return Decimal(next(r.amount for r in rows if r.result_line == "profit"))


def test_a_month_is_closed_declared_and_paid(desk: Lab) -> None:
    month, next_month = "2026-09", datetime.date(2026, 10, 9)
    account, pin = own_customer(desk.player(), "corporate").account, desk.player().pin("corporate")
    assert refused(desk.finance.close_month, month).code == "month_runs"
    assert refused(desk.finance.declare_vat, month).code == "not_closed"
    assert refused(desk.finance.close_month, "2026-13").code == "bad_month"
    until(desk, next_month)
    output, paid_in, profit = -balance(desk, tax.OUTPUT), balance(desk, tax.INPUT), earned(desk, month)
    waits = desk.finance.not_invoiced(month)
    closed = desk.finance.close_month(month)
    assert closed["not_invoiced"] == sum(r.net for r in waits) and [(r.number, r.net) for r in waits] == still_blocked(desk)
    assert closed["profit"] == profit == -balance(desk, "4103") and closed["tax"] == output - paid_in == -balance(desk, tax.UNPAID) > 0
    assert refused(desk.finance.close_month, month).code == "closed_already"
    made = desk.finance.declare_vat(month)
    assert (made["output_tax"], made["input_tax"], made["brought_forward"]) == (output, paid_in, 0)
    assert (made["payable"], made["carried_forward"], made["due_day"]) == (closed["tax"], 0, datetime.date(2026, 10, 15))
    assert refused(desk.finance.declare_vat, month).code == "declared_already"
    bank = balance(desk, ledger.BANK)
    assert desk.finance.pay_vat(made["vat_return"], account, pin)["late_fee"] == 0
    assert balance(desk, ledger.BANK) == bank - made["payable"] and balance(desk, tax.UNPAID) == 0
    assert balance(desk, ledger.BANK, owner=TREASURY) == made["payable"]
    assert refused(desk.finance.pay_vat, made["vat_return"], account, pin).code == "wrong_state"
    assert earned(desk, month) == profit, "what was closed stays as it was"
    assert [(r.month, r.state) for r in desk.finance.vat_returns()] == [(month, "paid")]


def test_tax_that_is_paid_late_costs_more_and_a_month_without_sales_owes_none(desk: Lab) -> None:
    account, pin = own_customer(desk.player(), "corporate").account, desk.player().pin("corporate")
    until(desk, datetime.date(2026, 10, 25))
    desk.finance.close_month("2026-09")
    made = desk.finance.declare_vat("2026-09")
    paid = desk.finance.pay_vat(made["vat_return"], account, pin)
    assert paid["late_fee"] == round(made["payable"] * 10 * D("0.0005"), 2) > 0 and balance(desk, tax.UNPAID) == 0
    assert balance(desk, "6711") >= paid["late_fee"]
    until(desk, datetime.date(2026, 11, 2))
    tax_due = desk.finance.close_month("2026-10")["tax"]
    second = desk.finance.declare_vat("2026-10")
    assert second["payable"] == tax_due and second["output_tax"] - second["input_tax"] - second["brought_forward"] == tax_due - second["carried_forward"]
    assert desk.look.value("select state from document where number = $n", n=second["vat_return"]) == ("declared" if tax_due else "nothing_due")


def test_input_tax_that_is_left_over_is_carried_to_the_next_return(desk: Lab) -> None:
    """Whoever buys more than it sells pays nothing, and less the month after."""
    until(desk, datetime.date(2026, 9, 30))
    with worlds.at_work(desk.world.state, 10_000) as do:
        own = company(desk)
        tax_of = [ledger.Line(own, tax.INPUT, D("900.00")), ledger.Line(own, ledger.BANK, D("-900.00"), own_customer(desk.player(), "corporate").account)]
        ledger.post(do, "rent", "x", tax_of)
        do.turn(datetime.date(2026, 10, 5))
        with acting(do, FINANCE_CLERK.name, number_of(desk.look, "finance")):
            assert taxes.close_month(do, "2026-09")["tax"] == 0
            first = taxes.declare_vat(do, "2026-09")
            assert first["payable"] == 0 and first["carried_forward"] == first["input_tax"] - first["output_tax"] > 0
            ledger.post(do, "sale", "x", [ledger.Line(own, tax.OUTPUT, D("-1000.00")), ledger.Line(own, "6602", D("1000.00"))])
            do.turn(datetime.date(2026, 11, 2))
            closed = taxes.close_month(do, "2026-10")
            second = taxes.declare_vat(do, "2026-10")
        assert second["brought_forward"] == first["carried_forward"] and second["payable"] == closed["tax"]
        assert second["payable"] == second["output_tax"] - second["input_tax"] - first["carried_forward"] > 0
        assert taxes._declared(do) == []
