"""The clerk's float, an imprest: a fixed sum in cash, spent on small compensations, accounted for with vouchers, and only then renewed.

The company books it as a claim on the clerk (1221) until it is accounted for; what was spent becomes an expense then, or a claim on
the courier who was at fault. Granted less spent is always the cash that the clerk should have.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, ledger
from ...books.courier import billing, claims
from ...books.paper import approval
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .. import ebank
from .decisions import decided_by_manager
from .staff import ECOMMERCE_CLERK, FINANCE_CLERK, MANAGER, MINE, Account, company_of, own, paying_account, person_of

FLOAT = documents.kind(
    "float", "FL", ("备用金", "float"),
    {
        "asked": ("approved", "refused"),
        "approved": ("granted",),
        "granted": ("in_use", "exhausted"),
        "in_use": ("exhausted",),
        "exhausted": ("accounted",),
        "accounted": ("renewed", "closed"),
        "renewed": (),
        "closed": (),
        "refused": (),
    },
)  # fmt: skip
decided_by_manager(FLOAT, "approved", "refused")
#: The first sum of a float; more needs the sales as its reason.
FIRST_SUM = Decimal("500.00")
SELLING_EXPENSES = "6601"

FLOAT_OPEN = refusal(
    "float_open", "你已有备用金 {number}，须先核销，才能续领。请核销后续领。", "You have the float {number} already. Account for it, then renew it."
)
ABOVE_FIRST_SUM = refusal(
    "above_first_sum",
    "首笔备用金最多 {most} 元。请减少金额；销售增长后续领时可以增加。",
    "A first float is at most {most} CNY. Enter less; ask for more when you renew it.",
)
MORE_NEEDS_SALES = refusal(
    "more_needs_sales",
    "续领金额高于原来的 {before} 元，须填写期间销售额作为理由。请查经营报表后填写。",
    "More than the {before} CNY of before needs the sales as its reason. Look them up in the reports and enter them.",
)
NOT_ALL_VOUCHED = refusal(
    "not_all_vouched",
    "赔付 {number} 还没有合格的凭据。请补齐凭据，或更正后再办。",
    "The compensation {number} has no sound voucher yet. Attach one or correct it first.",
)
NOT_YOUR_FLOAT = refusal("not_your_float", "备用金 {number} 不是你领用的。请选择自己的备用金。", "The float {number} is not yours. Choose your own.")

Amount = Annotated[Money, Ask(ge="0.01", le="100000", unit=Text("元", "CNY"))]
OwnFloat = Annotated[Ref, Ask("备用金", "Float", choose="finance.own_floats")]


def _offer(name: str, *states: str, where: str = f"t.company = {MINE}") -> None:
    documents.offer(name, FLOAT, *states, of="finance_float", where=where, shows="t.amount, (select full_name from finance_staff where number = t.clerk)")


_offer("finance.own_floats", "granted", "in_use", where="t.clerk = $actor")
_offer("finance.floats_accounted", "accounted", where="t.clerk = $actor")
_offer("finance.floats_approved", "approved")
_offer("finance.floats_handed_in", "exhausted")


def spent(look: Looking, number: str) -> Decimal:
    """What the compensations of a float come to."""
    found: Decimal = look.value("select coalesce(sum(amount), 0)::decimal(18,2) from finance_compensation where float = $n", n=number)
    return found


def own_float(do: Doing, number: str, field: str = "float_number") -> tuple[documents.Document, Any]:
    """A float of the clerk who acts. Refuses 'not_found', 'not_yours' and 'not_your_float'."""
    found, row = own(do, FLOAT, "finance_float", number, field)
    if row.clerk != do.actor:
        raise NOT_YOUR_FLOAT(field, number=number)
    return found, row


@command("FIN005", role=ECOMMERCE_CLERK, title=("申请备用金", "Ask for a float"))
def ask_float(do: Doing, amount: Amount, reason: Annotated[Line, Ask(max=200)]) -> str:
    """Asks for a first float; gives its number. Refuses more than 500.00, and a second float beside one that is not closed."""
    there = "select number from finance_float join document using (number) where clerk = $me and state not in ('refused', 'renewed', 'closed')"
    if known := do.value(there, me=do.actor):
        raise FLOAT_OPEN("amount", number=known)
    if amount > FIRST_SUM:
        raise ABOVE_FIRST_SUM("amount", most=f"{FIRST_SUM:,}")
    return _ask(do, amount, reason)


def _ask(do: Doing, amount: Decimal, reason: str, sales: Decimal | None = None, before: str | None = None) -> str:
    company = company_of(do, do.actor)
    made = documents.create(do, FLOAT, company, parent=before)
    do.execute(
        "insert into finance_float values ($n, $company, $clerk, $amount, $reason, $sales, $before)",
        n=made.number, company=company, clerk=do.actor, amount=amount, reason=reason, sales=sales, before=before,
    )  # fmt: skip
    approval.ask(do, made.number, MANAGER.name, amount)
    return made.number


@command("FIN005", "FIN008", role=FINANCE_CLERK, title=("发放备用金", "Pay out a float"))
def grant_float(
    do: Doing, float_number: Annotated[Ref, Ask("备用金", "Float", choose="finance.floats_approved")], account: Account, pin: ebank.Pin
) -> dict[str, Any] | Declined:
    """Pays an approved float in cash from the company's account; gives the transaction and what was paid.

    A renewal pays only what the clerk has not left of the float before.
    """
    found, row = own(do, FLOAT, "finance_float", float_number, "float_number")
    found.must_allow("granted", "float_number")
    person, left = person_of(do, row.clerk), left_of(do, row.before)
    if row.amount > left:
        paid = ebank.cash_out(do, paying_account(do, account), person, row.amount - left, f"备用金 Float {float_number}", pin, document=float_number)
        if isinstance(paid, Declined):
            return paid
    found.move_to("granted", "float_number")
    if row.before:
        documents.find(do, FLOAT, row.before).move_to("renewed")
    return {"float": float_number, "amount": row.amount - left}


def left_of(look: Looking, number: str | None) -> Decimal:
    """What a float leaves in its clerk's hands; 0 for none."""
    if number is None:
        return Decimal("0.00")
    amount: Decimal = look.value("select amount from finance_float where number = $n", n=number)
    return amount - spent(look, number)


@command("FIN007", "FIN008", role=ECOMMERCE_CLERK, title=("送交登记簿", "Hand in the record sheet"))
def hand_in(do: Doing, float_number: OwnFloat) -> str:
    """Hands the record sheet with its vouchers to finance; gives the float. Nothing more is paid out of it then. Refuses a compensation without a voucher."""
    found, _ = own_float(do, float_number)
    found.must_allow("exhausted", "float_number")
    _all_vouched(do, float_number, "paid", "sent_back")
    found.move_to("exhausted", "float_number")
    return float_number


def _all_vouched(do: Doing, number: str, *not_in: str) -> None:
    bad = "select number from finance_compensation join document using (number) where float = $n and list_contains($not_in, state) order by 1 limit 1"
    if without := do.value(bad, n=number, not_in=list(not_in)):
        raise NOT_ALL_VOUCHED("float_number", number=without)


@command("FIN007", "FIN008", role=FINANCE_CLERK, title=("核销备用金", "Account for a float"))
def account_for_float(do: Doing, float_number: Annotated[Ref, Ask("备用金", "Float", choose="finance.floats_handed_in")]) -> dict[str, Decimal]:
    """Books what a float was spent on, once every voucher is accepted; gives the expense and what is claimed from couriers at fault.

    Each claim is answered overnight: what is admitted comes to the company's account, what is refused becomes an expense. Refuses while a
    compensation was not accepted.
    """
    found, row = own(do, FLOAT, "finance_float", float_number, "float_number")
    found.must_allow("accounted", "float_number")
    _all_vouched(do, float_number, "paid", "vouched", "sent_back")
    person = person_of(do, row.clerk)
    rows = do.all("select * from finance_compensation where float = $n order by number", n=float_number)
    expense = sum((r.amount for r in rows if not r.courier), Decimal("0.00"))
    claim = sum((r.amount for r in rows if r.courier), Decimal("0.00"))
    if total := expense + claim:
        lines = [ledger.Line(row.company, SELLING_EXPENSES, expense)] if expense else []
        lines += [ledger.Line(row.company, ledger.OTHER_RECEIVABLE, r.amount, billing.member(do, r.courier)) for r in rows if r.courier]
        lines += [
            ledger.Line(row.company, ledger.OTHER_RECEIVABLE, -total, person),
            ledger.Line(person, ledger.OTHER_PAYABLE, total, row.company),
            ledger.Line(person, ledger.OTHER_RECEIVABLE, -total, row.company),
        ]
        ledger.post(do, "float_accounted", f"核销备用金 Float accounted for {float_number}", lines, float_number)
    for r in rows:
        if r.courier:
            had = do.value("select received_day from b2c_order where number = $n", n=r.web_order)
            claims.make(do, r.courier, row.company, r.number, r.cause, r.amount, since=had, complained=r.day, instead_of_expense=True)
    found.move_to("accounted", "float_number")
    return {"expense": expense, "claim": claim}


@command("FIN008", role=ECOMMERCE_CLERK, title=("续领备用金", "Renew a float"))
def renew_float(
    do: Doing,
    float_number: Annotated[Ref, Ask("备用金", "Float", choose="finance.floats_accounted")],
    amount: Amount,
    reason: Annotated[Line, Ask(max=200)],
    sales: Annotated[Money | None, Ask("期间销售额", "Sales since then", unit=Text("元", "CNY"))] = None,
) -> str:
    """Asks for the next float once the last one is accounted for; gives the number of the new one. A larger sum needs the sales as its reason."""
    found, row = own_float(do, float_number)
    found.must_allow("renewed", "float_number")
    asked = "select number from finance_float join document using (number) where before = $n and state in ('asked', 'approved')"
    if waiting := do.value(asked, n=float_number):
        raise FLOAT_OPEN("float_number", number=waiting)
    if amount > row.amount and sales is None:
        raise MORE_NEEDS_SALES("sales", before=f"{row.amount:,}")
    return _ask(do, amount, reason, sales, float_number)


@query("FIN005", "FIN008", role=ECOMMERCE_CLERK, title=("查看备用金", "View the floats"))
@query("FIN007", role=FINANCE_CLERK, title=("财务查看备用金", "View the floats in finance"), name="floats_in_finance")
def floats(do: Doing) -> Table:
    """The department's floats: number, full_name (of the clerk), amount, spent, rest, state, reason, sales."""
    return do.table(
        f"""select f.number, s.full_name, f.amount, coalesce(sum(c.amount), 0)::decimal(18,2) as spent,
                   (f.amount - coalesce(sum(c.amount), 0))::decimal(18,2) as rest, d.state, f.reason, f.sales
            from finance_float f join document d using (number) join finance_staff s on s.number = f.clerk
            left join finance_compensation c on c.float = f.number where f.company = {MINE}
            group by f.number, s.full_name, f.amount, d.state, f.reason, f.sales order by f.number desc""",
        actor=do.actor,
    )
