"""Deducting: a company that has bought verifies the invoices it received (查验) and claims their tax against its own (勾选抵扣).

Until then the tax stands in the account of input tax to be confirmed (222103). A credit note takes it from where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from .. import documents, ledger, tax
from .issuing import INVOICE, SPECIAL

NOT_YOUR_INVOICE = refusal(
    "not_your_invoice",
    "发票“{number}”不是开给本企业的专用发票，不能抵扣。请从列表中选择。",
    "The invoice {number} is no special invoice made out to your company, so its tax cannot be deducted. Choose one from the list.",
)
NOT_AS_BOUGHT = refusal(
    "not_as_bought",
    "发票“{number}”的金额 {asked} 元与入账的 {booked} 元不符。请先请卖方红冲重开。",
    "The invoice {number} comes to {asked} CNY, but {booked} CNY was booked. Have the seller take it back and issue it again first.",
)


class Deducted(NamedTuple):
    """How many invoices were claimed, and the tax of them, CNY."""

    invoices: int
    tax: Decimal


def input_tax(look: Looking, sale: str, seller: str) -> str:
    """The account in which the buyer has the tax of a sale now: to be confirmed, or confirmed and deducted."""
    state = look.value(
        """select d.state from invoice i join document d using (number) where i.sale = $sale and i.seller = $seller and i.blue is null
           order by i.number desc limit 1""",
        sale=sale, seller=seller,
    )  # fmt: skip
    return tax.INPUT if state == "deducted" else tax.PENDING


def verify(do: Doing, number: str, member: str, field: str = "invoice") -> documents.Document:
    """A buyer holds an invoice against what it has booked for the sale, what it has paid ahead for it included.

    Refuses 'not_your_invoice', 'not_as_bought' and 'wrong_state'.
    """
    found = documents.find(do, INVOICE, number, field)
    row = do.one(
        """select i.*, (select sum(revenue + tax) from sale_line where document = i.sale and seller = i.seller)::decimal(18,2) + coalesce((
                      select sum(p.amount) from posting p join ledger_entry e on e.number = p.entry
                      where e.document = i.sale and p.owner = i.buyer and p.account = '1123' and p.sub = i.seller), 0)::decimal(18,2) as sold,
                  (select sum(net + tax) from invoice o join document d using (number)
                   where o.sale = i.sale and o.seller = i.seller and o.blue is null and d.state <> 'red_lettered')::decimal(18,2) as billed
           from invoice i where i.number = $n""",
        n=number,
    )
    if row.buyer != member or row.invoice_kind != SPECIAL:
        raise NOT_YOUR_INVOICE(field, number=number)
    found.must_allow("verified", field)
    if row.sold is not None and row.sold != row.billed:
        raise NOT_AS_BOUGHT(field, number=number, asked=f"{row.billed:,}", booked=f"{row.sold:,}")
    found.move_to("verified", field)
    return found


def deduct(do: Doing, member: str, numbers: Sequence[str] | None = None) -> Deducted:
    """A company claims the tax of its verified invoices, all or these: from tax to be confirmed to input tax. Gives how many, and the tax."""
    rows = do.all(
        """select i.number, i.tax + coalesce((select sum(r.tax) from invoice r join document x using (number)
                                             where r.blue = i.number and x.state = 'issued'), 0) as tax
           from invoice i join document d using (number) where i.buyer = $member and d.kind = 'tax_invoice' and d.state = 'verified'
             and ($numbers is null or list_contains($numbers, i.number)) order by i.number""",
        member=member, numbers=list(numbers) if numbers is not None else None,
    )  # fmt: skip
    for r in rows:
        documents.find(do, INVOICE, r.number).move_to("deducted")
        if r.tax:
            lines = [ledger.Line(member, tax.INPUT, r.tax), ledger.Line(member, tax.PENDING, -r.tax)]
            ledger.post(do, "input_tax", f"抵扣 Tax deducted {r.number}", lines, r.number)
    return Deducted(len(rows), sum((r.tax for r in rows), Decimal("0.00")))


@invariant("input_tax_invoiced", "待认证和已抵扣的进项税额等于收到的专用发票的税额", "Input tax, deducted or not yet, is that of the invoices received")
def _invoiced(look: Looking) -> list[str]:
    """Of each company that has received invoices; a credit note counts where its blue invoice stands. Tax may wait for an invoice that is yet to come."""
    return [
        f"{r.owner} {r.account}: booked {r.booked}, invoices {r.invoiced}"
        for r in look.all(
            """with received as (
                   select i.buyer as owner, if(b.state = 'deducted' or (b.state = 'red_lettered' and exists (
                              select 1 from document_history h where h.document = b.number and h.state = 'deducted')), '22210101', '222103') as account,
                          sum(i.tax) as invoiced
                   from invoice i join document d using (number) join document b on b.number = coalesce(i.blue, i.number)
                   where i.invoice_kind = 'special' and d.state <> 'applied' and b.state <> 'blocked' group by 1, 2
               ), booked as (
                   select owner, account, sum(balance) as booked from ledger_balance where account in ('22210101', '222103') group by 1, 2
               )
               select * from received full join booked using (owner, account)
               where owner in (select buyer from invoice) and (coalesce(booked, 0) < coalesce(invoiced, 0)
                   or (account = '22210101' and coalesce(booked, 0) > coalesce(invoiced, 0))) order by owner, account"""
        )
    ]


