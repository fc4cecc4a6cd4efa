"""Month end of the department: a sheet on which nothing is left open, signed by finance and approved by the manager."""

from __future__ import annotations

import calendar
import datetime
import re
from decimal import Decimal
from typing import Annotated, NamedTuple

from ...books import documents
from ...books.paper import approval
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.values import Ask, Line
from .. import b2c
from .decisions import decided_by_manager
from .staff import FINANCE_CLERK, MANAGER, MINE, company_of
from .wires import unknown_wires

MONTH = documents.kind("month_sheet", "FM", ("月结表", "month-end sheet"), {"signed": ("closed", "rejected"), "closed": (), "rejected": ()})
decided_by_manager(MONTH, "closed", "rejected")

BAD_MONTH = refusal("bad_month", "“{month}”不是月份。请按 2026-09 的样子填写。", "{month} is no month. Enter one like 2026-09.")
MONTH_NOT_OVER = refusal(
    "month_not_over", "{month} 要到 {day} 才结束。请推进业务日期后再签。", "The month {month} ends on {day}. Advance the business day, then sign."
)
STILL_OPEN = refusal("still_open", "“{item}”还有 {open} 项未办完。请先办完，再签月结表。", "“{item}” has open items: {open}. Finish them, then sign the sheet.")
MONTH_SIGNED = refusal(
    "month_signed", "{month} 的月结表 {number} 已签。请等待审批。", "The sheet {number} of {month} is signed already. Wait for the decision."
)

Month = Annotated[Line, Ask("月份", "Month", max=7, example="2026-09")]


class Item(NamedTuple):
    """A line of the sheet: what it is about, how many are open, and what they come to, CNY."""

    item: str
    open: int
    amount: Decimal


def last_day(month: str) -> datetime.date:
    """The last day of a month written as 2026-09. Refuses 'bad_month'."""
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month):
        raise BAD_MONTH("month", month=month)
    year, number = int(month[:4]), int(month[5:])
    return datetime.date(year, number, calendar.monthrange(year, number)[1])


def items(look: Looking, staff: str, month: str) -> list[Item]:
    """What must not be open at the end of a month, each with what of it is."""
    company, end = company_of(look, staff), last_day(month)
    found = [
        Item(r.item, r.n, r.amount)
        for r in look.all(
            """with waiting as (
                   select 'refund_request' as item, r.amount from finance_refund r join document d using (number)
                   where r.company = $company and d.state not in ('paid', 'refused') and d.day <= $end
                   union all select 'float', (select coalesce(sum(c.amount), 0) from finance_compensation c where c.float = f.number)
                   from finance_float f join document d using (number) where f.company = $company and d.state in ('in_use', 'exhausted')
                   union all select 'fee_request', f.advanced from finance_fee f join document d using (number)
                   where f.company = $company and d.state in ('advanced', 'spent') and d.day <= $end)
               select i.item, count(w.item)::integer as n, coalesce(sum(w.amount), 0)::decimal(18,2) as amount
               from (values (1, 'refund_request'), (2, 'float'), (3, 'fee_request')) i(seq, item) left join waiting w using (item)
               group by i.seq, i.item order by i.seq""",
            company=company,
            end=end,
        )  # fmt: skip
    ]
    last = look.one(
        """select s.to_day, d.state, s.booked - s.closing as off, s.number from finance_statement s join document d using (number)
           where s.company = $company order by s.number desc limit 1""",
        company=company,
    )
    unsettled = last is None or last.state != "differences_explained" or last.to_day < end
    wires = [r for r in unknown_wires(look, staff) if r.day <= end]
    asked = {r[0] for r in look.all("select transaction from finance_wire where company = $c", c=company)}
    wires = [r for r in wires if r.transaction not in asked]
    return [
        *found,
        Item("collection_statement", int(unsettled), abs(last.off) if last and unsettled else Decimal("0.00")),
        Item("wire_enquiry", len(wires), sum((r.amount for r in wires), Decimal("0.00"))),
    ]


@query("FIN014", role=FINANCE_CLERK, title=("查看月结检查表", "View the month-end sheet"))
def month_sheet(do: Doing, month: Month) -> Table:
    """What is open at the end of a month: item, open, amount. The statement counts as open until one that covers the month is explained.

    Goods received and not invoiced have a line where there are any. They stand in the books at the price of their order, and no sheet waits for them.
    """
    return Table(("item", "open", "amount"), [tuple(i) for i in [*items(do, do.actor, month), *_estimated(do, do.actor, month)]])


def _estimated(look: Looking, staff: str, month: str) -> list[Item]:
    """The deliveries whose invoices had not come at the end of a month, with their net amount; none where all had."""
    rows = b2c.awaited(look, company_of(look, staff), min(last_day(month), look.day))
    return [Item("not_invoiced", len(rows), sum((r.net for r in rows), Decimal("0.00")))] if rows else []


@command("FIN014", role=FINANCE_CLERK, title=("签月结表", "Sign the month-end sheet"))
def sign_month(do: Doing, month: Month) -> str:
    """Signs the sheet of a month that is over, on which nothing is open; gives its number. The manager approves it."""
    end = last_day(month)
    if do.day < end:
        raise MONTH_NOT_OVER("month", month=month, day=end)
    company = company_of(do, do.actor)
    known = "select m.number from finance_month m join document d using (number) where m.company = $c and m.month = $m and d.state <> 'rejected'"
    if there := do.value(known, c=company, m=month):
        raise MONTH_SIGNED("month", month=month, number=there)
    for i in items(do, do.actor, month):
        if i.open:
            raise STILL_OPEN("month", item=term(i.item, "finance"), open=i.open)
    made = documents.create(do, MONTH, company)
    sales = do.value("select coalesce(sum(revenue), 0)::decimal(18,2) from sale_line where seller = $c and strftime(day, '%Y-%m') = $m", c=company, m=month)
    do.execute("insert into finance_month values ($n, $company, $month, $sales)", n=made.number, company=company, month=month, sales=sales)
    approval.ask(do, made.number, MANAGER.name, sales)
    return made.number


@query("FIN014", role=FINANCE_CLERK, title=("查看月结表", "View the signed sheets"))
def months(do: Doing) -> Table:
    """The signed sheets: number, month, sales, day, state."""
    return do.table(
        f"select m.number, m.month, m.sales, d.day, d.state from finance_month m join document d using (number) where m.company = {MINE} order by m.number",
        actor=do.actor,
    )
