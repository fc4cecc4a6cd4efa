"""What couriers are owed: each waybill is a payable of whoever sends the parcel, and revenue of the courier, from the collection on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stdnum.cn import uscc

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from .. import invoices, ledger, members, sales, tax

SELLING_EXPENSES = "6601"


def member(do: Doing, courier: str) -> str:
    """The member that a courier is; it enters the books with its first parcel."""
    position = {r["courier"]: i for i, r in enumerate(do.scenario.rows("couriers"))}[courier]
    row = do.scenario.rows("couriers")[position]
    # region 000000 belongs to no place, so no real company has such a code (as in `books.cast`)
    body = f"91000000MC{position:07d}"
    return members.company(do, row["name"], body + uscc.calc_check_digit(body), None)


def charge(do: Doing, row: Any) -> None:
    """Posts and invoices a collected waybill: expense, tax and payable of the payer; receivable, revenue and tax of the courier."""
    firm = member(do, row.courier)
    items = sales.gross_priced(do, [sales.Item(row.price)], tax.COURIER)
    net = items[0].revenue
    sales.sell(
        do, "postage", f"快递费 Courier's price {row.number}", row.number, firm, row.payer, items, [ledger.Line(firm, ledger.RECEIVABLE, row.price, row.payer)],
        [
            ledger.Line(row.payer, SELLING_EXPENSES, net),
            ledger.Line(row.payer, ledger.PAYABLE, -net, firm),
            *sales.tax_owed(row.payer, firm, items),
        ],
        channel="carriage",
    )  # fmt: skip
    invoices.issue(do, row.number, firm, row.payer, items)


def owed(look: Looking, payer: str, firm: str) -> Decimal:
    """What a member owes a courier, CNY, by the ledger."""
    found = look.value(
        "select balance from ledger_balance where owner = $payer and account = $account and sub = $firm", payer=payer, account=ledger.PAYABLE, firm=firm
    )
    return -found if found is not None else Decimal("0.00")


@invariant("postage_charged", "每张已揽收的面单都已计费，且只计一次", "Every collected waybill has been charged its price, once")
def _charged(look: Looking) -> list[str]:
    return [
        f"{r.number} is {r.state}: price {r.price}, charged {r.charged}"
        for r in look.all(
            """select w.number, d.state, w.price, coalesce(sum(p.amount), 0) as charged
               from waybill w join document d using (number) left join ledger_entry e on e.document = w.number and e.kind = 'postage'
               left join posting p on p.entry = e.number and p.account = '1122' group by all
               having coalesce(sum(p.amount), 0) <> if(d.state in ('picked_up', 'signed_for', 'turned_back', 'lost'), w.price, 0) order by 1"""
        )
    ]
