"""Orders that are called off and goods that come back, by how far the order was: before picking, after it, after the shipment.

Before picking nothing has been touched: the goods are free again and the money goes back at once. While an order is being
picked and after it was shipped the merchant decides, and says whether the goods go back on the shelf or are written off.
Money that came through the bank goes back to the account that it came from, money from a store card to that card; other money is paid back in cash.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents, ledger, sales, stock
from ...books.costing import money
from ...books.courier import waybills
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .. import ebank
from .checkout import Pieces
from .couriers import waybill_of
from .kinds import PAYMENT, RETURN, SALES_ORDER, WEB_ORDER
from .members import SHOPKEEPER, SHOPPER, own, shop_of, shopper_of
from .payments import POST_OFFICE, STORE_CARD, advance, on_card, payment_of, require_cash
from .refunding import Part, close, end_if_all_is_back, left_of, refund_goods, refundable, request_for, take_in
from .sales import RETURN_WAITING, WebOrder, open_return
from .sent_postage import give_back

NOT_IN_ORDER = refusal(
    "not_in_order", "订单 {number} 里没有商品 {product}。请从购物清单中选择。", "The order {number} has no product {product}. Choose one from its list."
)
MORE_THAN_BOUGHT = refusal(
    "more_than_bought",
    "“{name}”最多还能退 {left} 件，不能退 {wanted} 件。请减少数量。",
    "{name}: can still be returned {left}, entered {wanted}. Enter a smaller quantity.",
)
TOO_LATE = refusal(
    "too_late_to_return",
    "订单 {number} 于 {day} 签收，{days} 天的退货期已过。请与商店另行协商。",
    "The order {number} was received on {day}; its return period (days: {days}) is over. Ask the shop for another solution.",
)
REFUND_OVER_PAID = refusal(
    "refund_over_paid",
    "退货单 {number} 最多退 {most} 元，不能退 {wanted} 元。请减少金额。",
    "At most {most} CNY can be refunded on {number}, not {wanted} CNY. Enter less.",
)
CALL_OFF_INSTEAD = refusal(
    "call_off_instead",
    "订单 {number} 尚未发货，无需退货。请用“取消订单”。",
    "The order {number} has not been shipped, so there is nothing to return. Cancel it instead.",
)
REFUND_ALL = refusal(
    "refund_all", "订单尚未发货，只能全额退款。退款金额请留空。", "The order has not been shipped, so the whole amount is refunded. Leave the refund empty."
)

documents.offer("b2c.orders_shipped", WEB_ORDER, "shipped", of="b2c_order", whose="shopper")
documents.offer("b2c.orders_to_call_off", WEB_ORDER, "placed", "paid", "accepted", of="b2c_order", whose="shopper")


class ReturnRow(TypedDict):
    """So many pieces of a product that come back."""

    product: Annotated[Ref, Ask("商品", "Product", choose="b2c.bought")]
    quantity: Pieces


@choices("b2c.bought")
def _bought(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select distinct l.product, p.name from b2c_order o join document d using (number) join b2c_order_line l using (number)
           join product p on p.gtin = l.product where o.shopper = $actor and d.state = 'shipped' order by 1""",
        actor=actor,
    )
    return [(r.product, r.name) for r in rows]


documents.offer(
    "b2c.returns_to_decide", RETURN, "requested", of="(select r.*, o.merchant, o.shopper from b2c_return r join b2c_order o on o.number = r.web_order)",
    whose="merchant", shows="t.shopper, t.amount, t.reason", order="d.number",
)  # fmt: skip


# --- calling off -------------------------------------------------------------------------------------------------------------


@command(role=SHOPPER, title=("取消订单", "Cancel an order"))
def call_off(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_to_call_off")],
    reason: Annotated[Line, Ask(max=200)],
) -> str:
    """Cancels an order that has not been shipped; gives the order's number, or that of the request if it is being picked.

    Before picking it is cancelled at once, and what was paid goes back. While it is being picked the merchant decides.
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    document.must_allow("cancelled", "order")
    sales = documents.find(do, SALES_ORDER, row.sales_order) if row.sales_order else None
    if sales and sales.state == "picking":
        if waiting := open_return(do, order):
            raise RETURN_WAITING("order", number=waiting)
        return request_for(do, row, "after_picking", _whole(do, order), reason)
    _call_off(do, row, document, sales, reason, "order")
    return order


@command(role=SHOPKEEPER, title=("取消网上订单", "Cancel a web order"))
def cancel_sale(do: Doing, order: WebOrder, reason: Annotated[Line, Ask(max=200)]) -> str:
    """Cancels an order that cannot be served, before it is picked; the goods are free again and what was paid goes back. Gives its number."""
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    document.must_allow("cancelled", "order")
    sales = documents.find(do, SALES_ORDER, row.sales_order) if row.sales_order else None
    if waiting := open_return(do, order):
        raise RETURN_WAITING("order", number=waiting)
    _call_off(do, row, document, sales, reason, "order")
    return order


def _call_off(do: Doing, row: Any, document: documents.Document, sales: documents.Document | None, reason: str, field: str) -> None:
    paid = payment_of(do, row.number)
    stage = "after_picking" if sales and sales.state == "picking" else "before_picking"
    document.move_to("cancelled", field)
    if sales:
        sales.move_to("cancelled")
    stock.release(do, row.number)
    if paid:
        number = request_for(do, row, stage, _whole(do, row.number), reason)
        _pay_back(do, number, row, paid, paid.amount, field)


def _whole(look: Looking, order: str) -> list[Part]:
    """Everything in an order, as it is called off before the shipment."""
    rows = look.all("select product, quantity, amount from b2c_order_line where number = $n order by product", n=order)
    return [Part(r.product, r.quantity, r.amount, Decimal("0.00")) for r in rows]


def _pay_back(do: Doing, number: str, order: Any, paid: Any, amount: Decimal, field: str) -> None:
    """Gives back what was paid in advance for goods that will not be shipped, and closes the return."""
    who, shop = shopper_of(do, order.shopper), shop_of(do, order.merchant)
    transaction = None
    if paid.payment_kind in ("online", "payment_platform"):
        transaction = ebank.refund(do, paid.transaction, amount, f"退款 Refund {number}", field)
    elif paid.state == "remitted":
        lines = [
            ledger.Line(POST_OFFICE, ledger.OTHER_PAYABLE, amount, order.number),
            ledger.Line(POST_OFFICE, ledger.CASH, -amount),
            ledger.Line(who.member, ledger.CASH, amount),
            ledger.Line(who.member, ledger.PREPAID, -amount, shop.member),
        ]
        ledger.post(do, "refund", f"汇款退回 Remittance returned {number}", lines, number)
    elif paid.payment_kind == STORE_CARD:
        lines = [*on_card(shop.member, who.member, paid.transaction, amount), *advance(shop.member, who.member, -amount)]
        ledger.post(do, "refund", f"退回储值卡 Returned to the store card {number}", lines, number)
    else:
        require_cash(do, shop.member, shop.shop_name, amount, field)
        lines = [
            ledger.Line(shop.member, ledger.ADVANCES, amount, who.member),
            ledger.Line(shop.member, ledger.CASH, -amount),
            ledger.Line(who.member, ledger.CASH, amount),
            ledger.Line(who.member, ledger.PREPAID, -amount, shop.member),
        ]
        ledger.post(do, "refund", f"现金退款 Refunded in cash {number}", lines, number)
    if paid.state == "remitted":
        documents.find(do, PAYMENT, paid.number).move_to("paid_back")
    give_back(do, order, field)
    close(do, number, amount, transaction)


# --- after the shipment --------------------------------------------------------------------------------------------------


@command(role=SHOPPER, title=("确认收货", "Confirm receipt"))
def confirm_receipt(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_shipped")]) -> str:
    """Says that the goods of a shipped order are there today, earlier than expected: its return period counts from today. Gives the order.

    What a courier has on its way is signed for by it.
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    document.must_allow("returned", "order")
    do.execute("update b2c_order set received_day = least(received_day, $day) where number = $n", day=do.day, n=row.number)
    if (parcel := waybill_of(do, order)) and parcel.state == "picked_up":
        waybills.sign(do, parcel.number, row.recipient)
    return order


@command(role=SHOPPER, title=("申请退货", "Request a return"))
def request_return(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_shipped")],
    goods: Annotated[list[ReturnRow], Ask("退回的商品和数量", "Goods that come back")],
    reason: Annotated[Line, Ask(max=200)],
) -> str:
    """Asks to send back goods of a shipped order, all or some; gives the number of the return. The merchant decides."""
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    if document.state in ("placed", "paid", "accepted"):
        raise CALL_OFF_INSTEAD("order", number=order)
    document.must_allow("returned", "order")
    if do.day > row.received_day + datetime.timedelta(days=row.return_days):
        raise TOO_LATE("order", number=order, day=row.received_day, days=row.return_days)
    if waiting := open_return(do, order):
        raise RETURN_WAITING("order", number=waiting)
    lines = {r.product: r for r in left_of(do, order)}
    stock.each_once(do, goods, "goods")
    parts: list[Part] = []
    for r in goods:
        line = lines.get(r["product"])
        if line is None:
            raise NOT_IN_ORDER("goods", number=order, product=r["product"][:40])
        name = stock.checked(do, r["product"], "goods").name
        if r["quantity"] > line.quantity - line.back:
            raise MORE_THAN_BOUGHT("goods", name=name, left=line.quantity - line.back, wanted=r["quantity"])
        # shares of the whole line, so that all its returns together come to exactly its amount and its cost
        share = Decimal(line.back + r["quantity"]) / line.quantity
        parts.append(Part(line.product, r["quantity"], money(line.amount * share) - line.amount_back, money(line.cost * share) - line.cost_back))
    return request_for(do, row, "after_shipping", parts, reason)


@command(role=SHOPKEEPER, title=("同意退货", "Accept a return"))
def accept_return(
    do: Doing,
    request: Annotated[Ref, Ask("退货单", "Return", choose="b2c.returns_to_decide")],
    handling: Annotated[Literal["restocked", "scrapped"], Ask()],
    amount: Annotated[
        Money | None, Ask("退款金额", "Refund", ge="0.01", unit=Text("元", "CNY"), help=Text("不填则全额退款", "Leave empty to refund the whole amount"))
    ] = None,
) -> dict[str, Any]:
    """Takes goods back, on the shelf or written off, and refunds them. Gives the refund and the cost taken back.

    Refuses a refund over what was paid for these goods.
    """
    document = documents.find(do, RETURN, request, "request", owner=do.actor)
    row = do.one("select * from b2c_return where number = $n", n=request)
    order = do.one("select * from b2c_order where number = $n", n=row.web_order)
    document.must_allow("refunded", "request")
    refund = row.amount if amount is None else amount
    most = min(row.amount, refundable(do, order.number))
    if refund > most:
        raise REFUND_OVER_PAID("amount", number=request, most=f"{most:,}", wanted=f"{refund:,}")
    parts = do.all("select product, quantity, amount, cost from b2c_return_line where number = $n order by product", n=request)
    do.execute("update b2c_return set handling = $handling where number = $n", handling=handling, n=request)
    if row.stage == "after_picking":
        if amount not in (None, row.amount):
            raise REFUND_ALL("amount")
        return {"refund": _unpick(do, request, order, parts, handling), "cost": Decimal("0.00")}
    cost = sum((p.cost for p in parts), Decimal("0.00"))
    take_in(do, request, order, parts, handling, cost)
    refund_goods(do, request, order, parts, refund)
    end_if_all_is_back(do, order)
    return {"refund": refund, "cost": cost}


def take_back_on_shelf(do: Doing, request: str) -> Decimal:
    """Goods of a shipped order that were written off when they came back are sound after all, and stock again; gives their cost."""
    row = do.one("select * from b2c_return where number = $n", n=request)
    order = do.one("select * from b2c_order where number = $n", n=row.web_order)
    parts = do.all("select product, quantity, amount, cost from b2c_return_line where number = $n order by product", n=request)
    cost = sum((p.cost for p in parts), Decimal("0.00"))
    for entry in do.all("select number from ledger_entry where document = $n and kind = 'write_off'", n=request):
        ledger.reverse(do, entry.number, "write_off", f"报废冲回 Write-off taken back {request}", request)
    do.execute("update b2c_return set handling = 'restocked' where number = $n", n=request)
    take_in(do, request, order, parts, "restocked", cost)
    return cost


def refund_without_goods(do: Doing, order: str, amount: Decimal, reason: str, field: str = "amount") -> str:
    """Gives back part of the price of a shipped order whose goods the customer keeps; gives the number of the return that says so.

    Revenue falls by the amount, and the money goes back the way it came. Refuses 'refund_over_paid', and 'wrong_state' before the shipment.
    """
    document = documents.find(do, WEB_ORDER, order, field)
    document.must_allow("returned", field)
    row = do.one("select * from b2c_order where number = $n", n=order)
    if amount > (most := refundable(do, order)):
        raise REFUND_OVER_PAID(field, number=order, most=f"{most:,}", wanted=f"{amount:,}")
    lines = do.all("select product, amount from b2c_order_line where number = $n order by product", n=order)
    shares = sales.share_out(amount, [r.amount for r in lines])
    parts = [Part(r.product, 0, share, Decimal("0.00")) for r, share in zip(lines, shares, strict=True)]
    number = request_for(do, row, "after_shipping", parts, reason)
    do.execute("update b2c_return set handling = 'kept' where number = $n", n=number)
    refund_goods(do, number, row, parts, amount)
    return number


@command(role=SHOPKEEPER, title=("拒绝退货", "Reject a return"))
def reject_return(do: Doing, request: Annotated[Ref, Ask("退货单", "Return", choose="b2c.returns_to_decide")], reason: Annotated[Line, Ask(max=200)]) -> str:
    """Refuses a return, and says why; gives its number. The order goes on as before."""
    document = documents.find(do, RETURN, request, "request", owner=do.actor)
    document.move_to("rejected", "request")
    do.execute("update b2c_return set reason = reason || ' / ' || $reason where number = $n", reason=reason, n=request)
    return request


def _unpick(do: Doing, request: str, order: Any, parts: Sequence[Any], handling: str) -> Decimal:
    """Ends an order that was being picked: the goods are free again, or damaged on the way from the shelf. Gives the refund."""
    documents.find(do, WEB_ORDER, order.number).move_to("cancelled")
    documents.find(do, SALES_ORDER, order.sales_order).move_to("cancelled")
    stock.release(do, order.number)
    if handling == "scrapped":
        shop = shop_of(do, order.merchant)
        goods = [stock.Goods(p.product, p.quantity) for p in parts]
        stock.write_off(do, stock.Move(shop.member, shop.place, goods, f"拣货损坏 Damaged while picked {request}", request))
    paid = payment_of(do, order.number)
    if paid is None:
        close(do, request, Decimal("0.00"), None)
        return Decimal("0.00")
    _pay_back(do, request, order, paid, paid.amount, "request")
    refunded: Decimal = paid.amount
    return refunded


@query(role=SHOPKEEPER, title=("查看退货", "View the returns"))
def returns(do: Doing) -> Table:
    """The shop's 200 newest returns: number, day, web_order, shopper, state, stage, handling, amount, reason, refunded_day."""
    return do.table(
        """select r.number, d.day, r.web_order, o.shopper, d.state, r.stage, r.handling, r.amount, r.reason, r.refunded_day
           from b2c_return r join document d using (number) join b2c_order o on o.number = r.web_order
           where o.merchant = $actor order by r.number desc limit 200""",
        actor=do.actor,
    )
