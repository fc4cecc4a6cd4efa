"""Fees for promotions: asked for with a plan, approved by another, advanced in cash, spent against receipts, and closed within the month.

What the receipts come to is a selling expense, less the tax of a special invoice, which the company may deduct. What is left comes back; what was spent
beyond the advance, within the budget, is paid out. What a promotion brought is reckoned against as many days before it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, invoices, ledger, members, sales, tax
from ...books.paper import approval, vouchers
from ...books.periods import check_period
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Day, Line, Money, Prose, Ref
from .. import ebank
from .decisions import decided_by_manager
from .floats import SELLING_EXPENSES
from .staff import ECOMMERCE_CLERK, FINANCE_CLERK, MANAGER, MINE, Account, company_of, hand_back, own, paying_account, person_of

FEE = documents.kind(
    "fee_request", "FF", ("推广费申请", "fee request"),
    {
        "asked": ("approved", "refused"),
        "approved": ("advanced",),
        "advanced": ("spent", "returned"),
        "spent": ("reimbursed", "returned", "closed"),
        "reimbursed": (),
        "returned": (),
        "closed": (),
        "refused": (),
    },
)  # fmt: skip
decided_by_manager(FEE, "approved", "refused")

ABOVE_BUDGET = refusal(
    "above_budget",
    "{number} 的预算为 {budget} 元，已用 {spent} 元，只剩 {left} 元。请减少金额。",
    "The budget of {number} is {budget} CNY, of which {spent} CNY is spent. Left: {left} CNY. Enter less.",
)
NO_REST = refusal(
    "no_rest",
    "{number} 预支 {advanced} 元，收据共 {spent} 元，没有余款可交回。请改为报销。",
    "{number}: advanced {advanced} CNY, receipts {spent} CNY, so nothing is left to return. Reimburse it.",
)
NOTHING_DUE = refusal(
    "nothing_due",
    "{number} 预支 {advanced} 元，收据共 {spent} 元，没有应补的款项。请交回余款。",
    "{number}: advanced {advanced} CNY, receipts {spent} CNY, so nothing is due. Return the rest.",
)
LESS_THAN_SPENT = refusal(
    "less_than_spent",
    "{number} 的收据已有 {spent} 元，预支不能少于此数。请增加金额。",
    "The receipts of {number} come to {spent} CNY already, and the advance cannot be less. Enter more.",
)
NOTHING_TO_REVERSE = refusal(
    "nothing_to_reverse", "没有可冲销的收据“{number}”。请从列表中选择。", "There is no receipt {number} to reverse. Choose one from the list."
)
SPECIAL_INVOICE = refusal(
    "special_invoice",
    "“{number}”是专用发票，只能由销售方开红字发票冲销。请收回余款后另行申请推广费。",
    "{number} is a special invoice, which only its seller can take back by a credit note. Take back the rest, and ask for another fee.",
)
OWN_INVOICE = refusal(
    "own_invoice",
    "{number} 是本企业自己的纳税人识别号。请填写发票上销售方的识别号。",
    "{number} is the tax number of your own company. Enter that of the seller on the invoice.",
)

Fee = Annotated[Ref, Ask("推广费", "Fee", choose="finance.fees")]
Amount = Annotated[Money, Ask(ge="0.01", le="100000", unit=Text("元", "CNY"))]


def _offer(name: str, *states: str) -> None:
    documents.offer(name, FEE, *states, of="finance_fee", where=f"t.company = {MINE}", shows="t.promotion, t.budget", order="d.number")


_offer("finance.fees")
_offer("finance.fees_approved", "approved")
_offer("finance.fees_to_spend", "advanced", "spent")
_offer("finance.fees_to_settle", "advanced", "spent")


def spent_on(look: Looking, number: str) -> Decimal:
    """What the receipts of a fee come to."""
    found: Decimal = look.value("select coalesce(sum(amount), 0)::decimal(18,2) from finance_receipt where fee = $n", n=number)
    return found


@command("FIN012", role=ECOMMERCE_CLERK, title=("申请推广费", "Ask for a promotion fee"))
def request_fee(
    do: Doing,
    promotion: Annotated[Line, Ask("推广名称", "Promotion", max=80)],
    plan: Annotated[Prose, Ask("推广计划", "Plan", max=1000, long=True)],
    from_day: Annotated[Day, Ask()],
    to_day: Annotated[Day, Ask()],
    budget: Annotated[Money, Ask("预算", "Budget", ge="0.01", le="100000", unit=Text("元", "CNY"))],
) -> str:
    """Asks for the fee of a promotion, with its plan, period and budget; gives its number. The manager decides."""
    check_period(from_day, to_day)
    company = company_of(do, do.actor)
    made = documents.create(do, FEE, company)
    do.execute(
        "insert into finance_fee values ($n, $company, $clerk, $promotion, $plan, $from, $to, $budget, 0)",
        **{"n": made.number, "company": company, "clerk": do.actor, "promotion": promotion, "plan": plan, "from": from_day, "to": to_day, "budget": budget},
    )
    approval.ask(do, made.number, MANAGER.name, budget)
    return made.number


@command("FIN013", role=FINANCE_CLERK, title=("预支推广费", "Advance a promotion fee"))
def advance_fee(
    do: Doing, fee: Annotated[Ref, Ask("推广费", "Fee", choose="finance.fees_approved")], amount: Amount, account: Account, pin: ebank.Pin
) -> dict[str, Any] | Declined:
    """Pays an advance on an approved fee in cash to the clerk who asked; gives the fee and the amount. Refuses more than the budget."""
    found, row = own(do, FEE, "finance_fee", fee, "fee")
    found.must_allow("advanced", "fee")
    if amount > row.budget:
        raise ABOVE_BUDGET("amount", number=fee, budget=f"{row.budget:,}", spent="0.00", left=f"{row.budget:,}")
    paid = ebank.cash_out(do, paying_account(do, account), person_of(do, row.clerk), amount, f"推广费预支 Advance on {fee}", pin, document=fee)
    if isinstance(paid, Declined):
        return paid
    do.execute("update finance_fee set advanced = $amount where number = $n", amount=amount, n=fee)
    found.move_to("advanced", "fee")
    return {"fee": fee, "amount": amount}


@command(role=FINANCE_CLERK, title=("更正推广费预支", "Correct an advance"))
def change_advance(
    do: Doing, fee: Annotated[Ref, Ask("推广费", "Fee", choose="finance.fees_to_settle")], amount: Amount, account: Account, pin: ebank.Pin
) -> dict[str, Any] | Declined:
    """Makes an open advance as much as it should be: what is missing is paid in cash, what is too much comes back. Gives the fee and the amount.

    Refuses more than the budget, and less than the receipts come to.
    """
    found, row = own(do, FEE, "finance_fee", fee, "fee")
    found.must_allow("returned", "fee")
    before = spent_on(do, fee)
    if amount > row.budget:
        raise ABOVE_BUDGET("amount", number=fee, budget=f"{row.budget:,}", spent=f"{before:,}", left=f"{row.budget - before:,}")
    if amount < before:
        raise LESS_THAN_SPENT("amount", number=fee, spent=f"{before:,}")
    person, text = person_of(do, row.clerk), f"推广费预支更正 Advance on {fee} corrected"
    if amount > row.advanced:
        paid = ebank.cash_out(do, paying_account(do, account), person, amount - row.advanced, text, pin, document=fee)
        if isinstance(paid, Declined):
            return paid
    elif amount < row.advanced:
        hand_back(do, "advance_returned", text, row.company, person, row.advanced - amount, fee)
    do.execute("update finance_fee set advanced = $amount where number = $n", amount=amount, n=fee)
    return {"fee": fee, "amount": amount}


@command("FIN013", role=ECOMMERCE_CLERK, title=("登记推广支出", "Enter what was spent"))
def spend(
    do: Doing,
    fee: Annotated[Ref, Ask("推广费", "Fee", choose="finance.fees_to_spend")],
    payee: Annotated[Line, Ask("收款单位", "Paid to", max=80)],
    receipt: Annotated[Line, Ask("收据号码", "Number of the receipt", max=80)],
    amount: Amount,
    tax_number: Annotated[
        Line, Ask("销售方纳税人识别号", "Seller's tax number", max=20, help=Text("取得专用发票时填写", "Of a special invoice; leave empty for a plain receipt"))
    ] = "",
) -> Decimal:
    """Enters what was paid for a promotion, with the receipt as its voucher: a selling expense. Gives what is spent so far.

    tax_number: the seller's, on a special invoice for advertising: its tax waits to be deducted, and the invoice is among those that the company has
    received. Refuses what goes beyond the budget, a receipt that was entered before, and a tax number that is none.
    """
    found, row = own(do, FEE, "finance_fee", fee, "fee")
    if found.state != "spent":
        found.must_allow("spent", "fee")
    before = spent_on(do, fee)
    if before + amount > row.budget:
        raise ABOVE_BUDGET("amount", number=fee, budget=f"{row.budget:,}", spent=f"{before:,}", left=f"{row.budget - before:,}")
    line = do.value("select count(*) + 1 from finance_receipt where fee = $n", n=fee)
    same = "select 1 from finance_receipt where fee = $n and payee = $payee and receipt = $receipt having sum(amount) > 0"
    if do.value(same, n=fee, payee=payee, receipt=receipt):
        raise vouchers.VOUCHER_USED("receipt", document=fee, number=receipt)
    vouchers.attach_text(do, fee, f"{payee} {receipt}", field="receipt")
    seller = _seller(do, row.company, payee, tax_number) if tax_number else None
    (bought,) = sales.gross_priced(do, [sales.Item(amount)], tax.MODERN_SERVICES) if seller else [sales.Item(amount)]
    do.execute(
        "insert into finance_receipt values ($fee, $line, $payee, $receipt, $amount, $tax, $day)",
        fee=fee, line=line, payee=payee, receipt=receipt, amount=amount, tax=bought.tax, day=do.day,
    )  # fmt: skip
    text = f"推广支出 Promotion {fee}: {payee}"
    lines = _spent(row.company, person_of(do, row.clerk), bought.revenue, bought.tax)
    if seller:
        sales.sell(do, "promotion", text, fee, seller, row.company, [bought], [ledger.Line(seller, ledger.CASH, amount)], lines, channel="service")
        invoices.issue(do, fee, seller, row.company, [bought])
    else:
        ledger.post(do, "promotion", text, lines, fee)
    if found.state == "advanced":
        found.move_to("spent", "fee")
    return before + amount


def _spent(company: str, person: str, expense: Decimal, deductible: Decimal) -> list[ledger.Line]:
    """A clerk has spent out of an advance; negative amounts take it back, in red as it is said."""
    amount = expense + deductible
    return [
        ledger.Line(company, SELLING_EXPENSES, expense),
        *([ledger.Line(company, tax.PENDING, deductible)] if deductible else []),
        ledger.Line(company, ledger.OTHER_RECEIVABLE, -amount, person),
        ledger.Line(person, ledger.OTHER_PAYABLE, amount, company),
        ledger.Line(person, ledger.CASH, -amount),
    ]


@choices("finance.receipts_to_reverse", made_by="FIN013")
def _receipts(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        f"""select r.fee, min(r.line) as line, r.payee, r.receipt, max(r.amount) as amount from finance_receipt r join finance_fee f on f.number = r.fee
            join document d on d.number = r.fee where f.company = {MINE} and d.state = 'spent'
            group by r.fee, r.payee, r.receipt having sum(r.amount) > 0 order by 1, 2""",
        actor=actor,
    )
    return [(f"{r.fee}/{r.line}", f"{r.payee} · {r.receipt} · {r.amount:,}") for r in rows]


@command(role=ECOMMERCE_CLERK, title=("冲销收据", "Reverse a receipt"))
def reverse_receipt(do: Doing, receipt: Annotated[Ref, Ask("收据", "Receipt", choose="finance.receipts_to_reverse")]) -> Decimal:
    """Takes back a plain receipt that was entered wrongly, by an entry in red; it can be entered again then. Gives what is spent so far."""
    fee, _, line = receipt.partition("/")
    offered = dict(_receipts(do, do.actor))
    if receipt not in offered:
        raise NOTHING_TO_REVERSE("receipt", number=receipt[:40])
    _, row = own(do, FEE, "finance_fee", fee, "receipt")
    entered = do.one("select * from finance_receipt where fee = $n and line = $line", n=fee, line=int(line))
    if entered.tax:
        raise SPECIAL_INVOICE("receipt", number=entered.receipt)
    do.execute(
        "insert into finance_receipt select fee, (select max(line) + 1 from finance_receipt where fee = $n), payee, receipt, -amount, tax, $day"
        " from finance_receipt where fee = $n and line = $line",
        n=fee, line=int(line), day=do.day,
    )  # fmt: skip
    lines = _spent(row.company, person_of(do, row.clerk), -entered.amount, Decimal("0.00"))
    ledger.post(do, "promotion", f"冲销推广支出 Reversed {fee}: {entered.payee}", lines, fee)
    return spent_on(do, fee)


def _seller(do: Doing, company: str, payee: str, tax_number: str) -> str:
    """The member that has made out a special invoice. Refuses 'bad_tax_number' and 'own_invoice'."""
    code = invoices.checked_tax_number(tax_number, "tax_number")
    if code == members.named(do, company).uscc:
        raise OWN_INVOICE("tax_number", number=code)
    return members.company(do, payee, code, None)


@command("FIN013", role=FINANCE_CLERK, title=("收回余款", "Take back the rest"))
def return_rest(do: Doing, fee: Annotated[Ref, Ask("推广费", "Fee", choose="finance.fees_to_settle")]) -> Decimal:
    """Takes back in cash what is left of an advance, and closes it; gives the amount."""
    found, row = own(do, FEE, "finance_fee", fee, "fee")
    found.must_allow("returned", "fee")
    rest: Decimal = row.advanced - spent_on(do, fee)
    if rest <= 0:
        raise NO_REST("fee", number=fee, advanced=f"{row.advanced:,}", spent=f"{row.advanced - rest:,}")
    hand_back(do, "advance_returned", f"推广费余款 Rest of {fee}", row.company, person_of(do, row.clerk), rest, fee)
    found.move_to("returned", "fee")
    return rest


@command("FIN013", role=FINANCE_CLERK, title=("报销推广费", "Reimburse a promotion fee"))
def reimburse(do: Doing, fee: Annotated[Ref, Ask("推广费", "Fee", choose="finance.fees_to_settle")], account: Account, pin: ebank.Pin) -> Decimal | Declined:
    """Pays the clerk what the receipts are above the advance, and closes it; gives the amount, 0.00 where both are alike."""
    found, row = own(do, FEE, "finance_fee", fee, "fee")
    due: Decimal = spent_on(do, fee) - row.advanced
    if due < 0:
        raise NOTHING_DUE("fee", number=fee, advanced=f"{row.advanced:,}", spent=f"{row.advanced + due:,}")
    found.must_allow("reimbursed", "fee")
    if due:
        paid = ebank.cash_out(do, paying_account(do, account), person_of(do, row.clerk), due, f"推广费报销 Reimbursed {fee}", pin, document=fee)
        if isinstance(paid, Declined):
            return paid
    found.move_to("reimbursed" if due else "closed", "fee")
    return due


@query("FIN012", "FIN013", role=ECOMMERCE_CLERK, title=("查看推广费", "View the promotion fees"))
@query(role=FINANCE_CLERK, title=("财务查看推广费", "View the promotion fees in finance"), name="fees_in_finance")
def fees(do: Doing) -> Table:
    """What promotions cost, and what was sold meanwhile: number, promotion, from_day, to_day, budget, advanced, spent, state,
    revenue (of the shop in the period)."""
    return do.table(
        f"""select f.number, f.promotion, f.from_day, f.to_day, f.budget, f.advanced,
                   (select coalesce(sum(r.amount), 0)::decimal(18,2) from finance_receipt r where r.fee = f.number) as spent, d.state,
                   (select coalesce(sum(s.revenue), 0)::decimal(18,2) from sale_line s
                    where s.seller = f.company and s.day between f.from_day and f.to_day) as revenue
            from finance_fee f join document d using (number) where f.company = {MINE} order by f.number desc""",
        actor=do.actor,
    )


@query(role=ECOMMERCE_CLERK, title=("查看推广效果", "View what promotions brought"))
@query(role=MANAGER, title=("经理查看推广效果", "View what promotions brought as manager"), name="results_for_manager")
def fee_results(do: Doing) -> Table:
    """Each promotion's fee against its result, up to today: number, promotion, from_day, upto_day, state, spent (without deductible tax), revenue,
    gross_profit (revenue less the cost of the goods), revenue_before, gross_profit_before, promotion_result; CNY without tax.

    Before are as many days, up to the day before the promotion. promotion_result = gross_profit - gross_profit_before - spent: what it earned or lost, if
    without it all had stayed as it was. Revenue is after discounts, so they count. No row for one that has not begun.
    """
    return do.table(
        f"""with ran as (
                select f.number, f.company, f.promotion, f.from_day, least(f.to_day, $day) as upto_day, d.state,
                       f.from_day - (least(f.to_day, $day) - f.from_day + 1)::integer as before_day,
                       (select coalesce(sum(r.amount - r.tax), 0)::decimal(18,2) from finance_receipt r where r.fee = f.number) as spent
                from finance_fee f join document d using (number) where f.company = {MINE} and d.state not in ('asked', 'refused') and f.from_day <= $day
            ), sold as (
                select r.number, coalesce(sum(s.revenue) filter (s.day >= r.from_day), 0)::decimal(18,2) as revenue,
                       coalesce(sum(s.revenue - s.cost) filter (s.day >= r.from_day), 0)::decimal(18,2) as gross_profit,
                       coalesce(sum(s.revenue) filter (s.day < r.from_day), 0)::decimal(18,2) as revenue_before,
                       coalesce(sum(s.revenue - s.cost) filter (s.day < r.from_day), 0)::decimal(18,2) as gross_profit_before
                from ran r left join sale_line s on s.seller = r.company and s.day between r.before_day and r.upto_day group by r.number
            )
            select r.number, r.promotion, r.from_day, r.upto_day, r.state, r.spent, s.revenue, s.gross_profit, s.revenue_before, s.gross_profit_before,
                   (s.gross_profit - s.gross_profit_before - r.spent)::decimal(18,2) as promotion_result
            from ran r join sold s using (number) order by r.number desc""",
        actor=do.actor, day=do.day,
    )  # fmt: skip
