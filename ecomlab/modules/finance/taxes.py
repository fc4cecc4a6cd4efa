"""The end of a month in the books, and its value added tax: closed, declared to the tax office, and paid from the bank.

Closing moves what the month earned to the year's profit and sets apart the tax that it owes (`books.closing`). The return says how the tax came
about: output tax, less input tax, less what earlier months had left over; where input tax is more, the rest is carried forward. It is declared and paid
by the fifteenth of the month after, as whoever pays tax by the month; whoever pays later owes 0.05 percent a day besides (税收征收管理法, article 32). What is
posted after a month was closed stands in a later month, so its profit stays what it was. Goods that had come without their invoice are in stock and in
payables at the price of their order (暂估入库); the closing says for how much, and their tax is deducted once the invoice has come.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from ...books import closing, documents, ledger, tax
from ...books.costing import money
from ...kernel.audit import invariant
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Ref
from .. import b2c, ebank
from .months import Month, last_day
from .staff import FINANCE_CLERK, MINE, Account, company_of, own, paying_account

RETURN = documents.kind(
    "vat_return", "VT", ("增值税申报表", "VAT return"), {"declared": ("paid", "nothing_due"), "paid": (), "nothing_due": ()}, module="finance"
)  # fmt: skip
#: Whose account the tax goes to; it banks elsewhere.
TREASURY = "TREASURY"
NON_OPERATING = "6711"
#: The day of the month after by which the tax is declared and paid, and what is owed for each day after it, of the tax.
DUE_ON, LATE = 15, Decimal("0.0005")
ZERO = Decimal("0.00")

NOT_CLOSED = refusal("not_closed", "{month} 还没有结转。请先结转月末损益。", "The books of {month} are not closed yet. Close the month first.")
DECLARED_ALREADY = refusal(
    "declared_already", "{month} 已申报（{number}）。请选择其他月份。", "The tax of {month} has been declared already: {number}. Choose another month."
)

documents.offer("finance.returns_to_pay", RETURN, "declared", of="finance_vat", where=f"t.company = {MINE}", shows="t.month, t.payable")


def due_day(end: datetime.date) -> datetime.date:
    """By when the tax of a month that ends on this day is declared and paid."""
    return (end + datetime.timedelta(days=1)).replace(day=DUE_ON)


@command(role=FINANCE_CLERK, title=("结转月末损益", "Close a month"))
def close_month(do: Doing, month: Month) -> dict[str, Decimal]:
    """Closes the company's books up to the end of a month: its profit goes to the year's, and its value added tax is set apart. Gives both, CNY, and
    not_invoiced: what of its stock and payables no right invoice has come for (`not_invoiced`), net.

    A negative profit is a loss. Refuses a month that is not over, and one that is closed. What is posted later stands in a later month.
    """
    company, end = company_of(do, do.actor), last_day(month)
    made = closing.close_month(do, company, end)
    return {**made._asdict(), "not_invoiced": sum((r.net for r in b2c.awaited(do, company, end)), ZERO)}


@query(role=FINANCE_CLERK, title=("查看月末暂估入库", "View what was not invoiced at a month's end"))
def not_invoiced(do: Doing, month: Month) -> Table:
    """Goods that had come by the end of a month and of which no right invoice had (暂估入库): number (of the purchase), supplier, day, net.

    They are in stock and in payables at the price of the order. Of a month that is not over: as it is today.
    """
    return b2c.awaited(do, company_of(do, do.actor), min(last_day(month), do.day))


@command(role=FINANCE_CLERK, title=("申报增值税", "Declare the value added tax"))
def declare_vat(do: Doing, month: Month) -> dict[str, Any]:
    """Declares the tax of a closed month; gives the return, output and input tax, what was brought forward, what is to be paid, what is carried forward,
    and until when. Where nothing is to be paid the return is done with."""
    company, end = company_of(do, do.actor), last_day(month)
    closed = do.one("select * from book_closing where owner = $o and to_day = $end", o=company, end=end)
    if closed is None:
        raise NOT_CLOSED("month", month=month)
    if known := do.value("select number from finance_vat where company = $c and month = $m", c=company, m=month):
        raise DECLARED_ALREADY("month", month=month, number=known)
    before = do.value("select max(to_day) from book_closing where owner = $o and to_day < $end", o=company, end=end) or datetime.date.min
    output, paid_in = (_moved(do, company, account, before, end) for account in (tax.OUTPUT, tax.INPUT))
    brought = _left_over(do, company, before)
    carried = paid_in + brought + output + closed.tax
    made = documents.create(do, RETURN, owner=company)
    said = {
        "output_tax": -output, "input_tax": paid_in, "brought_forward": brought, "payable": closed.tax, "carried_forward": carried, "due_day": due_day(end)
    }  # fmt: skip
    do.execute(
        "insert into finance_vat values ($n, $c, $m, $output_tax, $input_tax, $brought_forward, $payable, $carried_forward, $due_day, 0, null)",
        n=made.number, c=company, m=month, **said,
    )  # fmt: skip
    if not closed.tax:
        made.move_to("nothing_due")
    return {"vat_return": made.number, **said}


def _moved(look: Looking, owner: str, account: str, after: datetime.date, end: datetime.date) -> Decimal:
    """What an account moved after one closing up to another, without what the closings themselves moved."""
    found: Decimal = look.value(
        "select coalesce(sum(amount), 0)::decimal(18,2) from account_flow where owner = $o and account = $a and day > $after and day <= $end",
        o=owner, a=account, after=after, end=end,
    )  # fmt: skip
    return found


def _left_over(look: Looking, owner: str, upto: datetime.date) -> Decimal:
    """Input tax that the closings up to a day have not used up."""
    moved = _moved(look, owner, tax.OUTPUT, datetime.date.min, upto) + _moved(look, owner, tax.INPUT, datetime.date.min, upto)
    paid = look.value("select coalesce(sum(tax), 0)::decimal(18,2) from book_closing where owner = $o and to_day <= $upto", o=owner, upto=upto)
    left: Decimal = moved + paid
    return left


@command(role=FINANCE_CLERK, title=("缴纳增值税", "Pay the value added tax"))
def pay_vat(
    do: Doing, vat_return: Annotated[Ref, Ask("申报表", "Return", choose="finance.returns_to_pay")], account: Account, pin: ebank.Pin
) -> dict[str, Any] | Declined:
    """Pays a declared return to the tax office from the bank; gives the transaction, the tax, and what is owed for being late.

    A wrong PIN counts towards the account's lock.
    """
    document, row = own(do, RETURN, "finance_vat", vat_return, "vat_return")
    document.must_allow("paid", "vat_return")
    late = late_fee(row.payable, row.due_day, do.day)
    paid = ebank.pay_outside(
        do, paying_account(do, account), TREASURY, row.payable + late, f"缴纳增值税 VAT of {row.month}", pin, document=vat_return,
        paid=(tax.UNPAID, ""), got=(ledger.CAPITAL, row.company),
    )  # fmt: skip
    if isinstance(paid, Declined):
        return paid
    if late:
        lines = [ledger.Line(row.company, NON_OPERATING, late), ledger.Line(row.company, tax.UNPAID, -late)]
        ledger.post(do, "late_fee", f"税收滞纳金 Late payment of tax, {row.month}", lines, vat_return)
    document.move_to("paid", "vat_return")
    do.execute("update finance_vat set late_fee = $late, paid_day = $day where number = $n", late=late, day=do.day, n=vat_return)
    return {"transaction": paid, "tax": row.payable, "late_fee": late}


def late_fee(payable: Decimal, due: datetime.date, day: datetime.date) -> Decimal:
    """What is owed besides for tax that is paid on a day."""
    return money(payable * LATE * max(0, (day - due).days))


@query(role=FINANCE_CLERK, title=("查看增值税申报表", "View the VAT returns"))
def vat_returns(do: Doing) -> Table:
    """The company's returns: number, month, state, output_tax, input_tax, brought_forward, payable, carried_forward, due_day, late_fee, paid_day."""
    return do.table(
        f"""select v.number, v.month, d.state, v.output_tax, v.input_tax, v.brought_forward, v.payable, v.carried_forward, v.due_day, v.late_fee, v.paid_day
            from finance_vat v join document d using (number) where v.company = {MINE} order by v.number""",
        actor=do.actor,
    )


@query(role=FINANCE_CLERK, title=("查看月末结转", "View the closed months"))
def closings(do: Doing) -> Table:
    """The closed months: to_day, profit, tax (to be paid), day (on which it was closed)."""
    return do.table(f"select to_day, profit, tax, day from book_closing where owner = {MINE} order by to_day", actor=do.actor)


@invariant(
    "vat_declared",
    "未交增值税等于已结转而未缴纳的税额，申报表上的各栏相加相符",
    "Tax to be paid is that of closed months that is not paid, and the lines of a return add up",
)
def _declared(look: Looking) -> list[str]:
    owed = look.all(
        """select * from (select c.owner, sum(c.tax) - coalesce((
                   select sum(v.payable) from finance_vat v join document d using (number) where v.company = c.owner and d.state = 'paid'), 0) as unpaid
               from book_closing c group by c.owner) full join (
               select owner, -sum(balance) as booked from ledger_balance where account = '222102' group by owner) using (owner)
           where coalesce(unpaid, 0) <> coalesce(booked, 0) order by owner"""
    )
    sums = look.all("select * from finance_vat where output_tax - input_tax - brought_forward <> payable - carried_forward or carried_forward < 0 order by 1")
    return [f"{r.owner}: unpaid {r.unpaid}, booked {r.booked}" for r in owed] + [f"{r.number}: does not add up" for r in sums]
