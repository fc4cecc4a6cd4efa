"""The invoices that a purchaser receives: having wrong ones corrected, what has come without one, and deducting their tax."""

from __future__ import annotations

from typing import Annotated, Any

from ...books import documents, invoices
from ...books.invoices import mistakes
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .inquiries import found
from .members import PURCHASER, tell
from .settlement import SETTLEMENT

NOTHING_BLOCKED = refusal(
    "nothing_blocked",
    "结算单 {number} 没有被冻结的发票，无需更正。请核对后直接付款。",
    "No invoice of the bill {number} is blocked, so nothing has to be corrected. Match it and pay.",
)


@choices("b2b.settlements_blocked")
def _blocked(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select distinct s.number, m.name, s.amount from b2b_settlement s join invoice i on i.sale = s.number join document d on d.number = i.number
           join member m on m.number = s.supplier where s.purchaser = $actor and d.state = 'blocked' order by 1""",
        actor=actor,
    )
    return [(r.number, documents.label((r.name, r.amount))) for r in rows]


@command(role=PURCHASER, title=("要求更正发票", "Ask for a right invoice"))
def correct_invoice(do: Doing, settlement: Annotated[Ref, Ask("结算单", "Bill", choose="b2b.settlements_blocked")]) -> dict[str, Any]:
    """Has the supplier take back the blocked invoices of a bill by credit notes, and invoice anew what no other invoice covers.

    Gives the credit notes and the new invoice, or None where the right one is there already. Refuses a bill of which no invoice is blocked.
    """
    _, row = found(do, SETTLEMENT, "b2b_settlement", settlement, "settlement")
    done = mistakes.correct(do, settlement, row.supplier, row.purchaser)
    if done is None:
        raise NOTHING_BLOCKED("settlement", number=settlement)
    notes = done["credit_notes"]
    tell(
        do, row.purchaser, f"发票已更正 Invoice corrected {settlement}",
        f"结算单 {settlement} 的错误发票已红冲（{'、'.join(notes)}）。给您带来不便，深表歉意。\n\n"
        f"The wrong invoice for {settlement} has been taken back by a credit note ({', '.join(notes)}). We are sorry for the trouble.\n",
    )  # fmt: skip
    return done


@query(role=PURCHASER, title=("查看收到的发票", "View the invoices received"))
def supplier_invoices(do: Doing) -> Table:
    """The invoices and credit notes of the company: number, code, invoice_kind, state, day, seller_name, title, net, tax, sale, blue."""
    return invoices.listed(do, do.actor)


@query(role=PURCHASER, title=("查看暂估入库", "View goods received, not invoiced"))
def not_invoiced(do: Doing, upto: invoices.UpTo = None) -> Table:
    """Goods that have come and of which no right invoice has (暂估): number (of the bill), supplier, day, net. They are stock and payable since their
    receipt, at the price of the order; at a month's end they are the accrual."""
    return invoices.not_invoiced(do, do.actor, "select number from b2b_settlement where purchaser = $buyer", upto)


@command(role=PURCHASER, title=("抵扣采购进项税额", "Deduct the purchaser's input tax"))
def deduct_invoices(do: Doing) -> dict[str, Any]:
    """Claims the tax of all verified invoices of the company: from tax to be confirmed to input tax. Gives how many, and the tax."""
    return invoices.deduct(do, do.actor)._asdict()
