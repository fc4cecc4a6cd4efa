"""Three sign-ins for a company's payments: one enters (录入), another reviews (复核), a third approves (授权), and only then does money move.

A company that works like this appoints its operators, each with a name and a password of their own, and one post. Whoever reviews types payee and amount
again from the paper, without seeing what was entered. Whoever approves has the PIN. A company may go on paying with one sign-in: the bank allows both.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import access, documents
from ...books.members import acting
from ...kernel.audit import invariant
from ...kernel.command import VISITOR, command, query, role
from ...kernel.doing import Doing, Looking
from ...kernel.names import same_name
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref, Secret
from . import accounts, movements
from .accounts import CORPORATE_CLIENT, Amount, Pin, Purpose

PASSWORD = "ebank.operator"
ENTERER = role("payment_enterer", "网银录入员", "who enters payments", sign_in="ebank.sign_in_operator")
REVIEWER = role("payment_reviewer", "网银复核员", "who reviews payments", sign_in="ebank.sign_in_operator")
APPROVER = role("payment_approver", "网银授权员", "who approves payments", sign_in="ebank.sign_in_operator")
POSTS = {r.name: r for r in (ENTERER, REVIEWER, APPROVER)}

ORDER = documents.kind(
    "bank_payment_order", "PY", ("付款指令", "payment order"),
    {"entered": ("reviewed", "sent_back"), "reviewed": ("executed", "sent_back"), "executed": (), "sent_back": ()},
)  # fmt: skip

ONE_POST_EACH = refusal(
    "one_post_each",
    "{name}已是本企业的“{post}”。请另选一人：录入、复核、授权须由三人分任。",
    "{name} is {post} of this company already. Choose another person: entering, reviewing and approving take three.",
)
NO_OPERATOR = refusal("no_operator", "没有操作员 {number}。请从列表中选择。", "There is no operator {number}. Choose one from the list.")
REVIEW_DIFFERS = refusal(
    "review_differs",
    "与录入的不一致。请对照付款单据再核对；若是录入有误，请退回指令 {number}。",
    "It is not what was entered. Compare it with the paper; if the entry is wrong, send the order {number} back.",
)

Operator = Annotated[Ref, Ask("操作员", "Operator", choose="ebank.operators")]
Order = Annotated[Ref, Ask("付款指令", "Payment order", choose="ebank.orders_to_review")]
Payee = Annotated[Line, Ask(max=64)]
Account = Annotated[Ref, Ask(choose="ebank.operators_accounts")]
#: The customer of the bank for whom an operator works, in SQL.
_MINE = "(select customer from bank_operator where number = $actor)"

accounts.offer_accounts("ebank.operators_accounts", f"t.customer = {_MINE}")
documents.offer(
    "ebank.operators_payees", accounts.ACCOUNT, "open", of="bank_account", where=f"t.customer <> {_MINE} and t.kind <> 'merchant'",
    shows="(select name from bank_customer where number = t.customer)", order="2, d.number",
)  # fmt: skip
_ORDERS = "(select o.*, p.customer from bank_payment_order o join bank_operator p on p.number = o.entered_by)"
access.offer("ebank.operators", PASSWORD, "select number, full_name from bank_operator where number in {own} order by number")
documents.offer("ebank.orders_to_review", ORDER, "entered", of=_ORDERS, where=f"t.customer = {_MINE}", shows="t.day", order="d.number")
documents.offer("ebank.orders_to_approve", ORDER, "reviewed", of=_ORDERS, where=f"t.customer = {_MINE}", shows="t.payee, t.amount", order="d.number")
documents.offer("ebank.orders_open", ORDER, "entered", "reviewed", of=_ORDERS, where=f"t.customer = {_MINE}", shows="t.day", order="d.number")


# --- who they are ------------------------------------------------------------------------------------------------------------


@command(role=CORPORATE_CLIENT, title=("指定网银操作员", "Appoint an operator"))
def appoint_operator(
    do: Doing,
    full_name: Annotated[Line, Ask(max=60)],
    post: Annotated[Literal["payment_enterer", "payment_reviewer", "payment_approver"], Ask(labels={name: r.title for name, r in POSTS.items()})],
    password: Annotated[Secret, Ask(purpose=PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
) -> str:
    """Lets a person of the company enter, review or approve its payments; gives the operator's number, by which they sign in. Each has one post."""
    for r in do.all("select full_name, post from bank_operator where customer = $me order by number", me=do.actor):
        if same_name(full_name, r.full_name):
            raise ONE_POST_EACH("full_name", name=full_name, post=POSTS[r.post].title)
    number = do.number("OB")
    do.execute("insert into bank_operator values ($n, $me, $name, $post, $day)", n=number, me=do.actor, name=full_name, post=post, day=do.day)
    access.grant(do, PASSWORD, number, password)
    return number


@command(role=VISITOR, title=("操作员登录", "Sign in as an operator"))
def sign_in_operator(do: Doing, operator: Operator, password: Annotated[Secret, Ask(purpose=PASSWORD)]) -> str | Declined:
    """Opens a session as an operator, at the operator's post; gives the number."""
    row = do.one("select * from bank_operator where number = $n", n=operator)
    if row is None:
        raise NO_OPERATOR("operator", number=operator[:40])
    return access.sign_in(do, POSTS[row.post], access.find(do, PASSWORD, operator), password)


def _customer(look: Looking, operator: str) -> str:
    return str(look.value("select customer from bank_operator where number = $n", n=operator))


# --- entering, reviewing, approving ------------------------------------------------------------------------------------------


@command(role=ENTERER, title=("录入付款", "Enter a payment"))
def enter_payment(
    do: Doing, from_account: Account, to_account: Annotated[Ref, Ask(choose="ebank.operators_payees")], payee: Payee, amount: Amount, purpose: Purpose
) -> str:
    """Enters a payment of the company by transfer; gives the payment order. No money moves before it was reviewed and approved."""
    with acting(do, CORPORATE_CLIENT.name, _customer(do, do.actor)):
        payer = accounts.own_account(do, from_account, "from_account")
    other = accounts.account(do, to_account, "to_account")
    if other.number == payer.number:
        raise movements.SAME_ACCOUNT("to_account")
    if not same_name(payee, other.name):
        raise movements.WRONG_PAYEE("payee", number=other.number, payee=payee)
    made = documents.create(do, ORDER, owner=payer.customer)
    do.execute(
        "insert into bank_payment_order values ($n, $payer, $other, $payee, $amount, $purpose, $me, null, null, null, '', $day)",
        n=made.number, payer=payer.number, other=other.number, payee=other.name, amount=amount, purpose=purpose, me=do.actor, day=do.day,
    )  # fmt: skip
    return made.number


def _order(do: Doing, number: str) -> tuple[documents.Document, Any]:
    document = documents.find(do, ORDER, number, "order", owner=_customer(do, do.actor))
    return document, do.one("select * from bank_payment_order where number = $n", n=number)


@command(role=REVIEWER, title=("复核付款", "Review a payment"))
def review_payment(do: Doing, order: Order, to_account: Annotated[Ref, Ask(choose="ebank.operators_payees")], amount: Amount) -> str:
    """Types the payee's account and the amount again, from the paper; gives the state of the order. Refuses what is not as entered, each at its field."""
    document, row = _order(do, order)
    document.must_allow("reviewed", "order")
    if to_account.replace(" ", "") != row.to_account:
        raise REVIEW_DIFFERS("to_account", number=order)
    if amount != row.amount:
        raise REVIEW_DIFFERS("amount", number=order)
    document.move_to("reviewed", "order")
    do.execute("update bank_payment_order set reviewed_by = $me where number = $n", me=do.actor, n=order)
    return document.state


@command(role=APPROVER, title=("授权付款", "Approve a payment"))
def approve_payment(
    do: Doing, order: Annotated[Ref, Ask("付款指令", "Payment order", choose="ebank.orders_to_approve")], pin: Pin
) -> str | Declined:
    """Approves a reviewed payment by the account's PIN; gives the bank's transaction. Refuses more than the account holds; a wrong PIN counts."""
    document, row = _order(do, order)
    document.must_allow("executed", "order")
    with acting(do, CORPORATE_CLIENT.name, document.owner):
        accounts.require_funds(do, row.from_account, row.amount, "order")
        paid = movements.transfer(do, row.from_account, row.to_account, row.payee, row.amount, row.purpose, pin)
    if isinstance(paid, Declined):
        return paid
    document.move_to("executed", "order")
    do.execute("update bank_payment_order set approved_by = $me, transaction = $t where number = $n", me=do.actor, t=paid, n=order)
    return paid


@command(role=REVIEWER, title=("退回付款指令", "Send a payment back"))
@command(role=APPROVER, title=("不予授权", "Refuse to approve a payment"), name="refuse_payment")
def send_payment_back(
    do: Doing, order: Annotated[Ref, Ask("付款指令", "Payment order", choose="ebank.orders_open")], reason: Annotated[Line, Ask(max=200)]
) -> str:
    """Sends a payment back that is wrong, and says why; gives its number. It is entered anew, if it is to be paid."""
    document, _ = _order(do, order)
    document.move_to("sent_back", "order")
    do.execute("update bank_payment_order set reason = $reason where number = $n", reason=reason, n=order)
    return order


@query(role=ENTERER, title=("查看付款指令", "View the payment orders"))
@query(role=APPROVER, title=("授权员查看付款指令", "View the payment orders as approver"), name="payment_orders_to_approve")
def payment_orders(do: Doing) -> Table:
    """The company's 200 newest payment orders: number, day, state, from_account, to_account, payee, amount, purpose, entered_by, reviewed_by, approved_by,
    transaction, reason. Whoever reviews does not see them: payee and amount are typed from the paper."""
    return do.table(
        f"""select o.number, o.day, d.state, o.from_account, o.to_account, o.payee, o.amount, o.purpose, e.full_name as entered_by,
                   r.full_name as reviewed_by, a.full_name as approved_by, o.transaction, o.reason
            from bank_payment_order o join document d using (number) join bank_operator e on e.number = o.entered_by
            left join bank_operator r on r.number = o.reviewed_by left join bank_operator a on a.number = o.approved_by
            where d.owner = {_MINE} order by o.number desc limit 200""",
        actor=do.actor,
    )


@invariant(
    "payments_by_three",
    "每笔付款指令由三人录入、复核、授权，付出的金额与录入的一致",
    "A payment order is entered, reviewed and approved by three people, and what was paid is what was entered",
)
def _three(look: Looking) -> list[str]:
    rows: list[Any] = look.all(
        """select o.number, d.state, o.amount, o.entered_by, o.reviewed_by, o.approved_by, p.amount as paid from bank_payment_order o
           join document d using (number) left join bank_transaction t on t.number = o.transaction left join posting p on p.entry = t.entry and p.line = 1
           where (d.state = 'executed') <> (p.amount is not null) or p.amount <> o.amount
              or (d.state = 'executed' and (o.reviewed_by is null or o.approved_by is null))
              or (select count(distinct b.full_name) from bank_operator b where b.number in (o.entered_by, o.reviewed_by, o.approved_by))
                 < 1 + (o.reviewed_by is not null)::integer + (o.approved_by is not null)::integer order by 1"""
    )
    return [f"{r.number} is {r.state}: {r.amount}, paid {r.paid or Decimal(0)}, by {r.entered_by}, {r.reviewed_by}, {r.approved_by}" for r in rows]
