"""Refunds of two types: with the goods, which the stock clerk confirms first, and of money only. One asks, another approves, a third pays.

The money goes back the way it came, and revenue falls by it: the shop's own returns do that (`b2c.accept_return`, `b2c.refund_without_goods`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents
from ...books.costing import money
from ...books.members import acting
from ...books.paper import approval
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Money, Ref
from .. import b2c
from .decisions import decided_by_manager
from .slips import NOT_THE_SHOPS, ShippedOrder
from .staff import ECOMMERCE_CLERK, FINANCE_CLERK, MANAGER, MINE, SHOP, STOCK_CLERK, company_of, merchant_of, own

REFUND = documents.kind(
    "refund_request", "FR", ("退款申请", "refund request"),
    {
        "asked": ("stock_confirmed", "no_goods", "refused"),
        "stock_confirmed": ("approved", "refused"),
        "no_goods": ("approved", "refused"),
        "approved": ("paid",),
        "paid": (),
        "refused": (),
    },
)  # fmt: skip
decided_by_manager(REFUND, "approved", "refused")

REFUND_TOO_MUCH = refusal(
    "refund_too_much",
    "订单 {number} 实收 {paid} 元，已退 {back} 元，最多还能退 {most} 元。请减少金额。",
    "The order {number} came to {paid} CNY, of which {back} CNY went back. At most {most} CNY can be refunded. Enter less.",
)
AMOUNT_OR_GOODS = refusal(
    "amount_or_goods",
    "退货退款要填写退回的商品，仅退款要填写金额。请补填。",
    "A refund with goods needs the goods, a refund of money only needs the amount. Enter what is missing.",
)
REFUND_OPEN = refusal(
    "refund_open",
    "订单 {number} 已有未办完的退款申请 {request}。请先办完。",
    "The refund request {request} for the order {number} is still open. Finish it first.",
)


class BackRow(TypedDict):
    """So many pieces of a product that the customer sends back."""

    product: Annotated[Ref, Ask("商品", "Product", choose="finance.sold")]
    quantity: Annotated[Count, Ask(ge="1", le="10000", unit=Text("件", "pieces"))]


@choices("finance.sold")
def _sold(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        f"""select distinct l.product, p.name from b2c_order o join b2c_order_line l using (number) join product p on p.gtin = l.product
            where o.merchant = {SHOP} and o.shipped_day is not null order by 1""",
        actor=actor,
    )
    return [(r.product, r.name) for r in rows]


def _offer(name: str, *states: str) -> None:
    documents.offer(name, REFUND, *states, of="finance_refund", where=f"t.company = {MINE}", shows="t.web_order, t.amount, t.reason", order="d.number")


_offer("finance.refunds_to_confirm", "asked")
_offer("finance.refunds_to_pay", "approved")


@command("FIN003", "FIN004", role=ECOMMERCE_CLERK, title=("申请退款", "Ask for a refund"))
def request_refund(
    do: Doing,
    order: ShippedOrder,
    refund_type: Annotated[Literal["with_goods", "money_only"], Ask()],
    reason: Annotated[Line, Ask(max=200)],
    goods: Annotated[list[BackRow] | None, Ask("退回的商品", "Goods that come back", help=Text("仅退款时留空", "Empty for a refund of money only"))] = None,
    amount: Annotated[
        Money | None, Ask("退款金额", "Refund", ge="0.01", unit=Text("元", "CNY"), help=Text("退货退款时按售价计算", "With goods it follows from their price"))
    ] = None,
) -> str:
    """Asks for a refund of a shipped order; gives its number. With goods it waits for the stock clerk, of money only for the manager.

    Refuses more than is left of what was paid, and a second request while one is open.
    """
    merchant, company = merchant_of(do, company_of(do, do.actor)), company_of(do, do.actor)
    row = do.one("select * from b2c_order where number = $n", n=order)
    if row is None or row.merchant != merchant or row.shipped_day is None:
        raise NOT_THE_SHOPS("order", number=order[:40])
    open_now = "select number from finance_refund join document using (number) where web_order = $n and state not in ('paid', 'refused')"
    if waiting := do.value(open_now, n=order):
        raise REFUND_OPEN("order", number=order, request=waiting)
    if refund_type == "with_goods" and not goods:
        raise AMOUNT_OR_GOODS("goods")
    if refund_type == "money_only" and amount is None:
        raise AMOUNT_OR_GOODS("amount")
    request = None
    if refund_type == "with_goods":
        with acting(do, b2c.SHOPPER.name, row.shopper):
            request = b2c.open_return(do, order) or b2c.request_return(do, order, goods, reason)
        worth: Decimal = do.value("select amount from b2c_return where number = $n", n=request)
        amount = worth if amount is None else amount
        if amount > worth:
            raise REFUND_TOO_MUCH("amount", number=order, paid=f"{row.amount:,}", back=f"{row.amount - b2c.refundable(do, order):,}", most=f"{worth:,}")
    assert amount is not None
    if amount > (most := b2c.refundable(do, order)):
        raise REFUND_TOO_MUCH("amount", number=order, paid=f"{row.amount:,}", back=f"{row.amount - most:,}", most=f"{most:,}")
    made = documents.create(do, REFUND, company, parent=order)
    do.execute(
        "insert into finance_refund values ($n, $company, $order, $type, $amount, $reason, $request, null, $now, null)",
        n=made.number, company=company, order=order, type=refund_type, amount=amount, reason=reason, request=request, now=do.moment,
    )  # fmt: skip
    if refund_type == "money_only":
        made.move_to("no_goods")
        approval.ask(do, made.number, MANAGER.name, amount)
    return made.number


@command("FIN003", role=STOCK_CLERK, title=("确认退货入库", "Confirm that goods are back"))
def confirm_goods_back(
    do: Doing,
    request: Annotated[Ref, Ask("退款申请", "Refund request", choose="finance.refunds_to_confirm")],
    handling: Annotated[Literal["restocked", "scrapped"], Ask()],
) -> str:
    """Says that the goods of a refund are back, and what becomes of them; gives the number of the approval for which the manager is asked now."""
    found, row = own(do, REFUND, "finance_refund", request, "request")
    found.move_to("stock_confirmed", "request")
    do.execute("update finance_refund set handling = $handling where number = $n", handling=handling, n=request)
    asker = do.value("select acted from document_history where document = $n and step = 1", n=request)
    return approval.ask(do, request, MANAGER.name, row.amount, "request", asker=asker.partition(":")[2].partition("#")[0]).number


@command("FIN003", "FIN004", role=FINANCE_CLERK, title=("支付退款", "Pay a refund"))
def pay_refund(do: Doing, request: Annotated[Ref, Ask("退款申请", "Refund request", choose="finance.refunds_to_pay")]) -> dict[str, Any]:
    """Pays an approved refund the way the money came. Gives the number of the shop's return and the hours since it was asked for."""
    found, row = own(do, REFUND, "finance_refund", request, "request")
    found.must_allow("paid", "request")
    merchant = merchant_of(do, row.company)
    if row.refund_type == "with_goods":
        with acting(do, b2c.SHOPKEEPER.name, merchant):
            b2c.accept_return(do, row.request, row.handling, row.amount)
        number = row.request
    else:
        number = b2c.refund_without_goods(do, row.web_order, row.amount, row.reason, "request")
    found.move_to("paid", "request")
    do.execute("update finance_refund set request = $number, paid_at = $now where number = $n", number=number, now=do.moment, n=request)
    return {"request": number, "hours": money(Decimal(int((do.moment - row.asked_at).total_seconds())) / 3600)}


@query("FIN003", "FIN004", role=FINANCE_CLERK, title=("查看退款时效", "Report the delay of refunds"))
@query(role=ECOMMERCE_CLERK, title=("查看退款申请", "View the refund requests"), name="refund_requests")
def refund_delay(do: Doing) -> Table:
    """The department's 200 newest refunds: number, web_order, refund_type, amount, reason, state, asked_at, paid_at, hours from one to the other."""
    return do.table(
        f"""select r.number, r.web_order, r.refund_type, r.amount, r.reason, d.state, r.asked_at, r.paid_at,
                   (date_diff('second', r.asked_at, r.paid_at) / 3600)::decimal(18,2) as hours
            from finance_refund r join document d using (number) where r.company = {MINE} order by r.number desc limit 200""",
        actor=do.actor,
    )
