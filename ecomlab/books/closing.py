"""A month's end: what the month earned goes to the year's profit (4103), and the tax that it owes is set apart to be paid (222102).

The ledger's entries of a closing are of the kind 'closing'. They stand in the account balances, and `account_flow`, which reports read, leaves them out,
so what a period earned can still be read after it was closed. A month is closed once, in order, and only after its last day, on whatever later day;
what has not been closed before it goes along.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple

from ..kernel.audit import invariant
from ..kernel.doing import Doing, Looking
from ..kernel.refusals import refusal
from . import ledger, tax

PROFIT = "4103"
CLOSING = "closing"

MONTH_RUNS = refusal(
    "month_runs", "{month} 要到 {last} 才结束。请在此后再结转。", "The month {month} ends on {last}. Close it after that day."
)
CLOSED_ALREADY = refusal("closed_already", "{month} 已结转。请选择之后的月份。", "The month {month} has been closed already. Choose a later one.")


class Closed(NamedTuple):
    """What a month came to, CNY: its profit before income tax (negative: a loss), and the value added tax to be paid for it."""

    profit: Decimal
    tax: Decimal


def close_month(do: Doing, owner: str, month: datetime.date, field: str = "month") -> Closed:
    """Closes the books of an owner up to the end of a month (any day of it); gives its profit and its tax. Refuses 'month_runs' and 'closed_already'.

    Output tax above input tax is to be paid; input tax above output tax stays and is set against the months that follow.
    """
    last = last_day(month)
    if do.day <= last:
        raise MONTH_RUNS(field, month=f"{month:%Y-%m}", last=last)
    if do.value("select 1 from book_closing where owner = $owner and to_day >= $last limit 1", owner=owner, last=last):
        raise CLOSED_ALREADY(field, month=f"{month:%Y-%m}")
    earned = do.all(
        """select p.account, p.sub, sum(p.amount) as amount from posting p join ledger_entry e on e.number = p.entry join ledger_account a using (account)
           where p.owner = $owner and a.class in ('revenue', 'expense') and (e.day <= $last or e.kind = 'closing')
           group by 1, 2 having sum(p.amount) <> 0 order by 1, 2""",
        owner=owner, last=last,
    )  # fmt: skip
    profit = -sum((r.amount for r in earned), Decimal("0.00"))
    lines = [ledger.Line(owner, r.account, -r.amount, r.sub) for r in earned]
    if lines:
        to_profit = [ledger.Line(owner, PROFIT, -profit)] if profit else []
        ledger.post(do, CLOSING, f"结转本年利润 Profit of {month:%Y-%m}", [*lines, *to_profit])
    owed = -do.value(
        """select coalesce(sum(p.amount), 0)::decimal(18,2) from posting p join ledger_entry e on e.number = p.entry
           where p.owner = $owner and p.account in ('22210101', '22210102', '22210103') and (e.day <= $last or e.kind = 'closing')""",
        owner=owner, last=last,
    )  # fmt: skip
    owed = max(owed, Decimal("0.00"))
    if owed:
        moved = [ledger.Line(owner, tax.MOVED, owed), ledger.Line(owner, tax.UNPAID, -owed)]
        ledger.post(do, CLOSING, f"转出未交增值税 VAT of {month:%Y-%m}", moved)
    do.execute("insert into book_closing values ($owner, $last, $profit, $tax, $day)", owner=owner, last=last, profit=profit, tax=owed, day=do.day)
    return Closed(profit, owed)


def last_day(month: datetime.date) -> datetime.date:
    """The last day of a month."""
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


@invariant("closings_add_up", "本年利润等于各月结转的利润之和", "The year's profit is the sum of what was closed for its months")
def _add_up(look: Looking) -> list[str]:
    return [
        f"{r.owner}: closed {r.closed}, account {r.booked}"
        for r in look.all(
            """select * from (select owner, sum(profit) as closed from book_closing group by 1) full join (
                   select owner, -sum(balance) as booked from ledger_balance where account = '4103' group by 1) using (owner)
               where coalesce(closed, 0) <> coalesce(booked, 0) order by owner"""
        )
    ]
