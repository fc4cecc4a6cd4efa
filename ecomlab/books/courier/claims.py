"""Claims on a courier for what it has lost or damaged: made by whoever sent the parcel, answered overnight, and paid some days later.

A courier owes the goods' price where they were to arrive (民法典, articles 832 and 833). It admits what was complained of in time, and refuses the rest.
Until it has answered, a claim is none of the books, unless it was made instead of an expense: such a claim becomes the expense when it is refused.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from .. import clock, documents, ledger
from . import billing

CLAIM = documents.kind(
    "courier_claim", "KC", ("快递索赔单", "claim on a courier"),
    {"made": ("admitted", "refused"), "admitted": ("paid",), "refused": (), "paid": ()}, module="courier",
)  # fmt: skip
#: Days after the signature, or the loss, within which a courier wants to hear of it; and days after its answer at which it pays.
DAYS_TO_COMPLAIN, DAYS_TO_PAY = 7, 3
#: Where the claimant has the loss, which the claim makes less; and where the courier has what it must pay.
LOSSES = "6711"


def make(
    do: Doing, courier: str, claimant: str, about: str, cause: str, amount: Decimal, *, since: datetime.date, complained: datetime.date | None = None,
    instead_of_expense: bool = False,
) -> str:  # fmt: skip
    """Makes a claim; gives its number. about: the waybill or other document that it is about; since: when the parcel was signed for or lost;
    complained: when the courier first heard of it, by default today. instead_of_expense: the claimant has it among its other receivables already, in the
    name of the courier's member (`billing.member`)."""
    made = documents.create(do, CLAIM, owner=claimant, parent=about)
    do.execute(
        "insert into courier_claim values ($n, $courier, $firm, $claimant, $about, $cause, $amount, $since, $day, $instead, null)",
        n=made.number, courier=courier, firm=billing.member(do, courier), claimant=claimant, about=about, cause=cause, amount=amount, since=since,
        day=complained or do.day, instead=instead_of_expense,
    )  # fmt: skip
    return made.number


@clock.daily
def answer(do: Doing) -> None:
    """Couriers answer the claims of the days before: what was complained of in time they admit, the rest they refuse."""
    for r in do.all("select * from courier_claim where answered_day is null order by number"):
        if (r.day - r.happened_on).days <= DAYS_TO_COMPLAIN:
            _admit(do, r)
        else:
            _refuse(do, r)
        do.execute("update courier_claim set answered_day = $day where number = $n", day=do.day, n=r.number)


def _admit(do: Doing, row: Any) -> None:
    documents.find(do, CLAIM, row.number).move_to("admitted")
    lines = [ledger.Line(row.firm, LOSSES, row.amount), ledger.Line(row.firm, ledger.OTHER_PAYABLE, -row.amount, row.claimant)]
    if not row.instead_of_expense:
        lines += [ledger.Line(row.claimant, ledger.OTHER_RECEIVABLE, row.amount, row.firm), ledger.Line(row.claimant, LOSSES, -row.amount)]
    ledger.post(do, "courier_claim", f"快递赔偿 Claim admitted {row.number}", lines, row.number)


def _refuse(do: Doing, row: Any) -> None:
    documents.find(do, CLAIM, row.number).move_to("refused")
    if row.instead_of_expense:
        lines = [
            ledger.Line(row.claimant, billing.SELLING_EXPENSES, row.amount),
            ledger.Line(row.claimant, ledger.OTHER_RECEIVABLE, -row.amount, row.firm),
        ]
        ledger.post(do, "courier_claim", f"快递拒赔 Claim refused {row.number}", lines, row.number)


def due(do: Doing) -> list[Any]:
    """The admitted claims that their couriers pay today or should have: the rows, by number."""
    return do.all(
        """select c.* from courier_claim c join document d using (number) where d.state = 'admitted' and c.answered_day <= $upto order by c.number""",
        upto=do.day - datetime.timedelta(days=DAYS_TO_PAY),
    )


def of(look: Looking, about: str) -> Any:
    """The claim about a document that was not refused, with its state, or None."""
    return look.one(
        "select c.*, d.state from courier_claim c join document d using (number) where c.about = $about and d.state <> 'refused' order by c.number limit 1",
        about=about,
    )


@invariant(
    "courier_claims",
    "对快递公司的其他应收款等于尚未赔付的索赔，快递公司的应付等于已认赔未付的",
    "What is claimed of couriers is in the accounts of both: of the claimant what is not paid, of the courier what it has admitted",
)
def _booked(look: Looking) -> list[str]:
    return [
        f"{r.owner} {r.account} {r.sub}: claims {r.claimed}, booked {r.booked}"
        for r in look.all(
            """with claimed as (
                   select c.claimant as owner, '1221' as account, c.firm as sub, sum(c.amount) as amount from courier_claim c join document d using (number)
                   where d.state = 'admitted' or (d.state = 'made' and c.instead_of_expense) group by all
                   union all
                   select c.firm, '2241', c.claimant, -sum(c.amount) from courier_claim c join document d using (number) where d.state = 'admitted' group by all
               ), booked as (
                   select owner, account, sub, sum(balance) as amount from ledger_balance
                   where (account = '1221' and sub in (select firm from courier_claim))
                      or (account = '2241' and owner in (select firm from courier_claim)) group by all
               )
               select owner, account, sub, coalesce(c.amount, 0) as claimed, coalesce(b.amount, 0) as booked
               from claimed c full join booked b using (owner, account, sub) where coalesce(c.amount, 0) <> coalesce(b.amount, 0) order by all"""
        )
    ]
