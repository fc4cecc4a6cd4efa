"""Compensation at the desk: the customer keeps the goods, and gets a part of their price back for what was wrong with them.

An after-sale clerk pays up to `AT_ONCE` for an order alone; beyond that the supervisor approves first, and then it is paid at once. It is an allowance
(销售折让): revenue and its tax fall by a credit note, and the money goes back the way it came. What is no part of the price, such as a customer's own postage,
is paid in cash out of the department's float (`finance.compensate`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import documents
from ...books.paper import approval
from ...kernel.audit import invariant
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Money, Ref
from ..b2c import refunding, returns
from ..b2c.kinds import WEB_ORDER
from .desk import AFTER_SALE, SUPERVISOR, merchant_of
from .kinds import COMPENSATION
from .papers import merchants, own_order

#: What a clerk may pay for one order without asking, CNY, in one sum or in several.
AT_ONCE = Decimal("10.00")

ABOVE_DESK_LIMIT = refusal(
    "above_desk_limit",
    "客服对一张订单最多直接赔付 {limit} 元，订单 {number} 已赔 {paid} 元。请减少金额，或申请主管批准。",
    "A clerk pays up to {limit} CNY for an order alone, and {paid} CNY was paid for {number}. Enter less, or ask the supervisor.",
)
NOTHING_TO_COMPENSATE = refusal(
    "nothing_to_compensate",
    "订单 {number} 没有发货，或货款已全部退还，不能赔付。请从列表中选择。",
    "The order {number} was not shipped, or all of it went back already. Choose one from the list.",
)


@choices("service.orders_to_compensate")
def _shipped(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select o.number, o.recipient, o.amount from b2c_order o join document d using (number)
           where o.merchant = $merchant and d.state = 'shipped' order by o.number desc limit 500""",
        merchant=merchants(look, actor),
    )
    return [(r.number, documents.label(r)) for r in rows]


documents.offer(
    "service.compensations_waiting", approval.APPROVAL, "requested", of="approval", shows="t.about, t.amount", order="d.number",
    where="""t.role = 'desk_supervisor' and t.about in (
        select c.number from service_compensation c join b2c_order o on o.number = c.web_order join service_clerk k using (merchant)
        where k.clerk = $actor)""",
)  # fmt: skip

ToCompensate = Annotated[Ref, Ask("订单", "Order", choose="service.orders_to_compensate")]
Cause = Annotated[Literal["missing_item", "wrong_item", "broken", "faulty", "late"], Ask("原因", "Cause")]
Amount = Annotated[Money, Ask("赔付金额", "Compensation", ge="0.01", unit=Text("元", "CNY"))]
Remark = Annotated[Line, Ask(max=200)]


@command(role=AFTER_SALE, title=("直接赔付", "Compensate a customer"))
def compensate(do: Doing, order: ToCompensate, cause: Cause, amount: Amount, remark: Remark) -> dict[str, Any]:
    """Gives a part of the price of a shipped order back at once; gives the compensation, and the shop's return that says so.

    Refuses more than a clerk may pay for an order, and more than is left of its price.
    """
    made = _written(do, order, cause, amount, remark)
    if (paid := _alone(do, order)) + amount > AT_ONCE:
        raise ABOVE_DESK_LIMIT("amount", limit=f"{AT_ONCE:,}", number=order, paid=f"{paid:,}")
    return {"compensation": made.number, "request": _pay(do, made, "amount")}


@command(role=AFTER_SALE, title=("申请赔付", "Ask for a compensation"))
def ask_compensation(do: Doing, order: ToCompensate, cause: Cause, amount: Amount, remark: Remark) -> str:
    """Asks the supervisor whether a customer may be compensated by more than a clerk may pay; gives the approval. Approved, it is paid at once."""
    made = _written(do, order, cause, amount, remark)
    return approval.ask(do, made.number, SUPERVISOR.name, amount, "order").number


@command(role=SUPERVISOR, title=("审批赔付", "Decide on a compensation"))
def decide_compensation(
    do: Doing,
    approval_number: Annotated[Ref, Ask("审批单", "Approval", choose="service.compensations_waiting")],
    approves: Annotated[Flag, Ask("是否批准", "Approve")],
    reason: Annotated[Line, Ask(max=200)] = "",
) -> str:
    """Lets a customer be compensated, who is paid at once, or not; gives the state of the compensation."""
    found = approval.decide(do, approval_number, approves, reason, "approval_number", offered="service.compensations_waiting")
    made = documents.find(do, COMPENSATION, do.value("select about from approval where number = $n", n=found.number))
    if approves:
        _pay(do, made, "approval_number")
    else:
        made.move_to("refused")
    return made.state


def _written(do: Doing, order: str, cause: str, amount: Decimal, remark: str) -> documents.Document:
    """A compensation that is not paid. Refuses 'nothing_to_compensate' and 'refund_over_paid'."""
    row = own_order(do, order)
    most = refunding.refundable(do, order) if documents.find(do, WEB_ORDER, order).state == "shipped" else Decimal("0.00")
    if not most:
        raise NOTHING_TO_COMPENSATE("order", number=order)
    if amount > most:
        raise returns.REFUND_OVER_PAID("amount", number=order, most=f"{most:,}", wanted=f"{amount:,}")
    made = documents.create(do, COMPENSATION, owner=row.merchant, parent=order)
    do.execute(
        "insert into service_compensation values ($n, $order, $cause, $amount, $remark, $clerk, null, $moment)",
        n=made.number, order=order, cause=cause, amount=amount, remark=remark, clerk=do.actor, moment=do.moment,
    )  # fmt: skip
    return made


#: What was paid without asking: no approval is about it.
_ALONE = """from service_compensation c join document d using (number)
    where d.state = 'paid' and not exists (select 1 from approval a where a.about = c.number)"""


def _alone(look: Looking, order: str) -> Decimal:
    found: Decimal = look.value(f"select coalesce(sum(c.amount), 0)::decimal(18,2) {_ALONE} and c.web_order = $n", n=order)
    return found


def _pay(do: Doing, made: documents.Document, field: str) -> str:
    """Pays a compensation; gives the shop's return that says so. Refuses 'refund_over_paid' if too little is left of the price meanwhile."""
    row = do.one("select * from service_compensation where number = $n", n=made.number)
    request = returns.refund_without_goods(do, row.web_order, row.amount, row.remark, field)
    made.move_to("paid")
    do.execute("update service_compensation set request = $request where number = $n", request=request, n=made.number)
    return request


@query(role=AFTER_SALE, title=("查看赔付", "View the compensations"))
@query(role=SUPERVISOR, title=("主管查看赔付", "View the compensations as supervisor"), name="compensations_for_supervisor")
def compensations(do: Doing) -> Table:
    """The 200 newest compensations: number, moment, web_order, cause, amount, remark, clerk, state, decider, request (the shop's return)."""
    return do.table(
        """select c.number, c.moment, c.web_order, c.cause, c.amount, c.remark, c.clerk, d.state,
                  (select a.decider from approval a where a.about = c.number) as decider, c.request
           from service_compensation c join document d using (number) where d.owner = $merchant order by c.number desc limit 200""",
        merchant=merchant_of(do, do.actor),
    )


@invariant(
    "service_compensations",
    "已赔付的都有等额的退款；未经批准的，每单合计不超过客服限额",
    "What was compensated was paid back by a return of that amount; without approval no order got more than a clerk may pay",
)
def _paid(look: Looking) -> list[str]:
    apart = look.all(
        """select c.number, d.state, c.amount, r.amount as back from service_compensation c join document d using (number)
           left join b2c_return r on r.number = c.request where (d.state = 'paid') <> (r.number is not null) or r.amount <> c.amount order by 1"""
    )
    over = look.all(f"select c.web_order, sum(c.amount) as amount {_ALONE} group by c.web_order having sum(c.amount) > {AT_ONCE} order by 1")
    return [f"{r.number} is {r.state}: {r.amount}, paid back {r.back}" for r in apart] + [f"{r.web_order}: {r.amount} without approval" for r in over]
