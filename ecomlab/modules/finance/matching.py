"""Matching a channel's statement with the ledger: what agrees is ticked, what does not is a difference, and every difference has a cause.

Statement and ledger are held together by reference and kind; what was open after the statement before is expected on this one. A charge of the
channel is booked when it is explained; a refund that is still on its way and an amount that the channel has got wrong stay open until its next statement.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from ...books import invoices, ledger, sales, tax
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .channels import LINE_KINDS, MOVED, STATEMENT, AnyStatement, offer
from .staff import FINANCE_CLERK, MINE, own

FINANCE_EXPENSES = "6603"
FEE_INCOME = "6021"

NO_SUCH_DIFFERENCE = refusal(
    "no_such_difference",
    "{statement} 没有待说明的差异“{difference}”。请从列表中选择。",
    "{statement} has no difference {difference} left to explain. Choose one from the list.",
)
OTHER_CAUSE = refusal(
    "other_cause",
    "“{cause}”不能说明这笔差异：账单为 {stated} 元，账上为 {booked} 元。请看哪一边缺了什么，再选原因。",
    "“{cause}” does not explain it: the statement says {stated} CNY, the books say {booked} CNY. See which side lacks what, and choose again.",
)

offer("finance.statements_imported", "imported")
offer("finance.statements_matched", "matched")


class Side(NamedTuple):
    """What one side says of a reference: the kind of movement and its amount."""

    line_kind: str
    reference: str
    amount: Decimal


@choices("finance.differences")
def _differences(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        f"""select f.statement, f.line, f.line_kind, f.reference, f.stated, f.booked from finance_difference f
            join finance_statement s on s.number = f.statement where s.company = {MINE} and f.cause is null order by 1, 2""",
        actor=actor,
    )
    return [(str(r.line), Text(*(f"{r.statement} · {t} · {r.reference} · ¥{r.stated:,} / ¥{r.booked:,}" for t in term(r.line_kind, "finance")))) for r in rows]


@command("FIN010", role=FINANCE_CLERK, title=("核对对账单", "Match a statement"))
def match(do: Doing, statement: Annotated[Ref, Ask("对账单", "Statement", choose="finance.statements_imported")]) -> dict[str, Any]:
    """Holds the lines of a statement against the ledger; gives how many agree, and how many differences are left to explain."""
    found, head = own(do, STATEMENT, "finance_statement", statement, "statement")
    found.move_to("matched", "statement")
    stated = [Side(r.line_kind, r.reference, r.amount) for r in do.all("select * from finance_statement_line where statement = $n order by line", n=statement)]
    differences, agreed = compared(stated, booked(do, head))
    for line, (side, said, kept) in enumerate(differences, start=1):
        do.execute(
            "insert into finance_difference values ($statement, $line, $kind, $reference, $stated, $booked, null, null)",
            statement=statement, line=line, kind=side.line_kind, reference=side.reference, stated=said, booked=kept,
        )  # fmt: skip
    if not differences:
        found.move_to("differences_explained", "statement")
    return {"agreed": agreed, "differences": len(differences)}


def booked(look: Looking, head: Any) -> list[Side]:
    """What the company's ledger says of the channel in the period of a statement (a row), and what was open after the one before."""
    moved = look.all(MOVED, owner=head.company, account=ledger.RECEIVABLE, sub=head.channel, after=head.after_entry, upto=head.upto_entry)
    sides = [Side(LINE_KINDS.get(r.kind, "other"), r.reference or "", r.amount) for r in moved if r.kind != "channel_fee"]
    carried = look.all("select * from finance_difference where statement = $n and cause <> 'channel_fee' order by line", n=head.before or "")
    return sides + [Side("refund" if r.cause == "refund_in_transit" else "correction", r.reference, r.booked - r.stated) for r in carried]


def compared(stated: list[Side], kept: list[Side]) -> tuple[list[tuple[Side, Decimal, Decimal]], int]:
    """Where two sides differ, as (what it is about, stated, booked), and how many lines agree.

    Equal lines agree, one for one; of what is left those of one kind and reference are one difference.
    """
    left: dict[tuple[str, str], tuple[list[Decimal], list[Decimal]]] = defaultdict(lambda: ([], []))
    for which, sides in enumerate((stated, kept)):
        for side in sides:
            left[side.line_kind, side.reference][which].append(side.amount)
    agreed, differences = 0, []
    for (line_kind, reference), (said, known) in left.items():
        for amount in list(said):
            if amount in known:
                said.remove(amount)
                known.remove(amount)
                agreed += 1
        if said or known:
            sums = [sum(amounts, Decimal("0.00")) for amounts in (said, known)]
            differences.append((Side(line_kind, reference, sums[0] - sums[1]), sums[0], sums[1]))
    return differences, agreed


@command("FIN010", role=FINANCE_CLERK, title=("说明差异", "Explain a difference"))
def explain_difference(
    do: Doing,
    statement: Annotated[Ref, Ask("对账单", "Statement", choose="finance.statements_matched")],
    difference: Annotated[Ref, Ask("差异", "Difference", choose="finance.differences")],
    cause: Annotated[Literal["channel_fee", "refund_in_transit", "wrong_amount"], Ask("原因", "Cause")],
) -> str:
    """Says why statement and ledger differ in a place; gives the state of the statement. A charge of the channel is booked as an expense.

    Refuses a cause that cannot be: a charge stands on the statement alone, a refund on its way in the ledger alone, a wrong amount on both.
    """
    found, head = own(do, STATEMENT, "finance_statement", statement, "statement")
    found.must_allow("differences_explained", "statement")
    row = do.one("select * from finance_difference where statement = $n and line::varchar = $line and cause is null", n=statement, line=difference.strip())
    if row is None:
        raise NO_SUCH_DIFFERENCE("difference", statement=statement, difference=difference[:20])
    possible = {
        "channel_fee": row.stated < 0 and not row.booked,
        "refund_in_transit": row.booked < 0 and not row.stated,
        "wrong_amount": bool(row.stated and row.booked),
    }
    if not possible[cause]:
        raise OTHER_CAUSE("cause", cause=term(cause, "finance"), stated=f"{row.stated:,}", booked=f"{row.booked:,}")
    entry = _book_fee(do, statement, head, -row.stated) if cause == "channel_fee" else None
    do.execute("update finance_difference set cause = $cause, entry = $entry where statement = $n and line = $line",
               cause=cause, entry=entry, n=statement, line=row.line)  # fmt: skip
    if not do.value("select 1 from finance_difference where statement = $n and cause is null limit 1", n=statement):
        found.move_to("differences_explained", "statement")
    return found.state


def _book_fee(do: Doing, statement: str, head: Any, fee: Decimal) -> int:
    """Books what the channel has charged, with the invoice that it sends for it; gives the ledger entry."""
    service = sales.gross_priced(do, [sales.Item(fee)], tax.FINANCIAL_SERVICES)
    borne = service[0].tax
    lines = [
        ledger.Line(head.company, FINANCE_EXPENSES, fee - borne),
        ledger.Line(head.company, tax.PENDING, borne),
        ledger.Line(head.company, ledger.RECEIVABLE, -fee, head.channel),
        ledger.Line(head.channel, ledger.PAYABLE, fee, head.company),
        ledger.Line(head.channel, FEE_INCOME, borne - fee),
        ledger.Line(head.channel, tax.OUTPUT, -borne),
    ]
    entry = ledger.post(do, "channel_fee", f"渠道服务费 The channel's charge on {statement}", lines, statement)
    invoices.issue(do, statement, head.channel, head.company, service)
    return entry


@query("FIN010", role=FINANCE_CLERK, title=("查看余额调节表", "View the reconciliation"))
def reconciliation(do: Doing, statement: AnyStatement) -> Table:
    """From the ledger to the statement: item, line, line_kind, reference, stated, booked, cause, amount. The amounts of all rows but the last come to the last.

    The first row is what the ledger said of the channel; then every difference; last what the statement says.
    """
    _, head = own(do, STATEMENT, "finance_statement", statement, "statement")
    rows: list[tuple[Any, ...]] = [("ledger_balance", None, "", "", None, None, "", head.booked)]
    for r in do.all("select * from finance_difference where statement = $n order by line", n=statement):
        rows.append(("difference", r.line, r.line_kind, r.reference, r.stated, r.booked, r.cause or "", r.stated - r.booked))
    rows.append(("statement_balance", None, "", "", None, None, "", head.closing))
    return Table(("item", "line", "line_kind", "reference", "stated", "booked", "cause", "amount"), rows)
