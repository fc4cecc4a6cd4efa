"""Money that goes back and goods that come back: refund cases, the register of returns, and sorting.

An order that was voided has a refund case: it is checked, then paid back whole, the way it was paid. A shipped one is a return: its parcel
is registered with shop, goods, quantity, waybill, damage and reason before anybody sorts it, and sorting it pays back. Nobody is paid
back more than they paid.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents
from ...books.members import acting
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Flag, Line, Money, Ref
from ..b2c import payments, refunding, returns
from ..b2c.kinds import RETURN
from ..b2c.members import SHOPKEEPER, SHOPPER
from .desk import AFTER_SALE, merchant_of
from .kinds import REFUND_CASE, RETURN_ENTRY
from .papers import live, merchants

#: Days until a parcel is back at the shop.
DAYS_BACK = 1

ABOVE_PAID = refusal(
    "refund_above_payment",
    "顾客为订单 {number} 付了 {paid} 元，不能退 {wanted} 元。请减少金额。",
    "The customer paid {paid} CNY for the order {number}, so {wanted} CNY cannot be refunded. Enter less.",
)
WHOLE_REFUND = refusal(
    "whole_refund",
    "订单 {number} 已整单作废，应退 {paid} 元。请填写这个金额。",
    "The whole order {number} is void, so {paid} CNY go back. Enter that amount.",
)
CHECK_FIRST = refusal("check_first", "退款案 {number} 还没有核对。请先核对。", "The refund case {number} has not been checked. Check it first.")
STILL_OUT = refusal(
    "papers_still_out",
    "订单 {number} 的单据还在外面。请先取回并作废。",
    "The papers of the order {number} are still out. Fetch them back and void the order first.",
)
NOT_HERE_YET = refusal(
    "return_not_here",
    "退货 {number} 预计 {day} 到店。请推进业务日期后再登记。",
    "The return {number} is due on {day}. Advance the business day, then register it.",
)
REGISTER_FIRST = refusal(
    "register_first", "退货 {number} 还没有登记。请先登记包裹内容。", "The return {number} has not been registered. Register what is in the parcel first."
)
NOT_FOR_THE_SHELF = refusal(
    "not_for_the_shelf",
    "退货 {number} 登记为破损，不能上架。请归为残次。",
    "The return {number} is registered as damaged and must not go on the shelf. Sort it as defective.",
)
WRONG_CASE = refusal(
    "case_by_return",
    "退款案 {number} 随退货 {entry} 处理。请先登记退货，再分拣。",
    "The refund case {number} belongs to the return {entry}. Register the return, then sort it.",
)

_cases = "(select x.*, c.clerk as me from service_case x join b2c_order o on o.number = x.web_order join service_clerk c on c.merchant = o.merchant)"
documents.offer("service.cases_open", REFUND_CASE, "opened", of=_cases, whose="me", shows="t.web_order, t.paid_amount")
documents.offer("service.cases_to_refund", REFUND_CASE, "opened", "checked", of=_cases, whose="me", shows="t.web_order, t.paid_amount")
_returns = "(select x.*, c.clerk as me from service_return x join b2c_order o on o.number = x.web_order join service_clerk c on c.merchant = o.merchant)"
documents.offer("service.returns_to_register", RETURN_ENTRY, "announced", "arrived", of=_returns, whose="me", shows="t.web_order, t.arrives", order="d.number")
documents.offer("service.returns_defective", RETURN_ENTRY, "defective", of=_returns, whose="me", shows="t.web_order, t.reason", order="d.number")
documents.offer("service.returns_to_sort", RETURN_ENTRY, "arrived", of=_returns, whose="me", shows="t.web_order, t.reason", order="d.number")


@choices("service.returned_products")
def _returned(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        "select b.product, p.name from b2c_product b join product p on p.gtin = b.product where b.merchant = $merchant order by 1",
        merchant=merchants(look, actor),
    )
    return [(r.product, r.name) for r in rows]


class ReturnedRow(TypedDict):
    """So many pieces of a model that are in a parcel."""

    product: Annotated[Ref, Ask("型号（商品）", "Model (product)", choose="service.returned_products")]
    quantity: Annotated[Count, Ask(ge="1", le="10000")]


# --- refund cases ----------------------------------------------------------------------------------------------------------


def open_case(do: Doing, order: str, reason: str, entry: str | None = None) -> str | None:
    """A refund case about an order; None if nothing was paid for it, and then a voided order is cancelled at once."""
    row = do.one("select * from b2c_order where number = $n", n=order)
    paid = payments.payment_of(do, order)
    if paid is None and entry is None:
        with acting(do, SHOPKEEPER.name, row.merchant):
            returns.cancel_sale(do, order, reason)
        return None
    made = documents.create(do, REFUND_CASE, owner=row.merchant, parent=entry or order)
    do.execute(
        "insert into service_case values ($n, $order, $entry, $paid, null, $reason, null)",
        n=made.number, order=order, entry=entry, paid=paid.amount if paid else Decimal("0.00"), reason=reason,
    )  # fmt: skip
    return made.number


def _case(do: Doing, number: str) -> tuple[documents.Document, Any]:
    found = documents.find(do, REFUND_CASE, number, "case", owner=merchant_of(do, do.actor))
    return found, do.one("select * from service_case where number = $n", n=number)


@command("DESK008", role=AFTER_SALE, title=("核对退款案", "Check a refund case"))
def check_case(do: Doing, case: Annotated[Ref, Ask("退款案", "Refund case", choose="service.cases_open")]) -> dict[str, Any]:
    """Checks that a voided order is nowhere under way. Gives the order, what was paid for it, and how."""
    found, row = _case(do, case)
    if row.return_entry:
        raise WRONG_CASE("case", number=case, entry=row.return_entry)
    if live(do, row.web_order) is not None:
        raise STILL_OUT("case", number=row.web_order)
    found.move_to("checked", "case")
    do.execute("update service_case set checked_by = $who where number = $n", who=do.actor, n=case)
    kind = do.value("select payment_kind from b2c_order where number = $n", n=row.web_order)
    return {"web_order": row.web_order, "paid_amount": row.paid_amount, "payment_kind": kind}


@command("DESK008", role=AFTER_SALE, title=("退款", "Refund"))
def refund(
    do: Doing,
    case: Annotated[Ref, Ask("退款案", "Refund case", choose="service.cases_to_refund")],
    amount: Annotated[Money, Ask(ge="0.01", unit=Text("元", "CNY"))],
    reason: Annotated[Line, Ask(max=200)],
) -> dict[str, Any]:
    """Pays a voided order back, the way it was paid; its goods are free again. Gives the order and the amount.

    Refuses more than was paid, and less: nothing of a voided order is delivered.
    """
    found, row = _case(do, case)
    if row.return_entry:
        raise WRONG_CASE("case", number=case, entry=row.return_entry)
    if found.state == "opened":
        raise CHECK_FIRST("case", number=case)
    found.must_allow("refunded", "case")
    if amount > row.paid_amount:
        raise ABOVE_PAID("amount", number=row.web_order, paid=f"{row.paid_amount:,}", wanted=f"{amount:,}")
    if amount < row.paid_amount:
        raise WHOLE_REFUND("amount", number=row.web_order, paid=f"{row.paid_amount:,}")
    with acting(do, SHOPKEEPER.name, found.owner):
        returns.cancel_sale(do, row.web_order, reason)
    _paid_back(do, found, amount)
    return {"web_order": row.web_order, "amount": amount}


@command(role=AFTER_SALE, title=("拒绝退款", "Refuse a refund"))
def refuse_refund(
    do: Doing, case: Annotated[Ref, Ask("退款案", "Refund case", choose="service.cases_to_refund")], reason: Annotated[Line, Ask(max=200)]
) -> str:
    """Refuses to pay a voided order back, because it is delivered after all; gives the order, which can be printed again."""
    found, row = _case(do, case)
    if row.return_entry:
        raise WRONG_CASE("case", number=case, entry=row.return_entry)
    found.move_to("refused", "case")
    do.execute("update service_case set reason = reason || ' / ' || $reason where number = $n", reason=reason, n=case)
    return str(row.web_order)


def _paid_back(do: Doing, case: documents.Document, amount: Decimal) -> None:
    case.move_to("refunded")
    do.execute("update service_case set amount = $amount where number = $n", amount=amount, n=case.number)


@query(role=AFTER_SALE, title=("查看退款案", "View the refund cases"))
def refund_cases(do: Doing) -> Table:
    """The 200 newest cases: number, day, web_order, return_entry, state, paid_amount, amount, reason."""
    return do.table(
        """select x.number, d.day, x.web_order, x.return_entry, d.state, x.paid_amount, x.amount, x.reason
           from service_case x join document d using (number) where d.owner = $merchant order by x.number desc limit 200""",
        merchant=merchant_of(do, do.actor),
    )


# --- returns ---------------------------------------------------------------------------------------------------------------


def announce(do: Doing, order: str, reason: str, damaged: bool = False) -> str:
    """The customer of a shipped order sends all of it back; gives the return entry. The parcel is there some days later."""
    row = do.one("select * from b2c_order where number = $n", n=order)
    goods: Any = [{"product": r.product, "quantity": r.quantity - r.back} for r in refunding.left_of(do, order) if r.quantity > r.back]
    with acting(do, SHOPPER.name, row.shopper):
        request = returns.request_return(do, order, goods, reason)
    made = documents.create(do, RETURN_ENTRY, owner=row.merchant, parent=request)
    do.execute(
        "insert into service_return values ($n, $request, $order, $arrives, $waybill, $damaged, null, null, null, null, null)",
        n=made.number, request=request, order=order, arrives=do.day + datetime.timedelta(days=DAYS_BACK), waybill=do.number("TH"), damaged=damaged,
    )  # fmt: skip
    return made.number


@query("DESK011", role=AFTER_SALE, title=("查看退回的包裹", "See the parcels that came back"))
def return_parcels(do: Doing) -> Table:
    """What is in the parcels that are there, a row for each product: number, web_order, full_name, shop_name, waybill, product, product_name, quantity,
    damaged, reason (as the customer wrote), state."""
    return do.table(
        """select t.number, t.web_order, s.full_name, m.shop_name, t.waybill, l.product, p.name as product_name, l.quantity, t.damaged, r.reason, d.state
           from service_return t join document d using (number) join b2c_return r on r.number = t.request join b2c_return_line l on l.number = t.request
           join product p on p.gtin = l.product join b2c_order o on o.number = t.web_order join b2c_shopper s on s.user_name = o.shopper
           join b2c_merchant m on m.merchant = o.merchant where o.merchant = $merchant and t.arrives <= $day order by t.number desc, l.product limit 200""",
        merchant=merchant_of(do, do.actor), day=do.day,
    )  # fmt: skip


@command("DESK008", "DESK011", role=AFTER_SALE, title=("登记退货", "Register a return"))
def register_return(
    do: Doing,
    entry: Annotated[Ref, Ask("退货登记", "Return entry", choose="service.returns_to_register")],
    goods: Annotated[list[ReturnedRow], Ask("型号和数量", "Models and quantities")],
    waybill: Annotated[Line, Ask("退回面单号", "Waybill of the return", max=40)],
    damaged: Annotated[Flag, Ask("是否破损", "Damaged")],
    reason: Annotated[Line, Ask(max=200)],
) -> str:
    """Enters what is in a parcel that came back: models and quantities, its waybill, whether it is damaged, and why it came. Gives the shop.

    It can be registered again until it is sorted.
    """
    found, row = _entry(do, entry)
    if found.state not in ("announced", "arrived"):
        found.must_allow("arrived", "entry")
    if row.arrives > do.day:
        raise NOT_HERE_YET("entry", number=entry, day=row.arrives)
    if found.state == "announced":
        found.move_to("arrived")
        open_case(do, row.web_order, reason, entry)
    _register(do, entry, [(r["product"], r["quantity"]) for r in goods], waybill, damaged, reason)
    return str(do.value("select shop_name from b2c_merchant where merchant = $m", m=found.owner))


def _register(do: Doing, entry: str, goods: Iterable[tuple[str, int]], waybill: str, damaged: bool, reason: str) -> None:
    """Writes down what is in a parcel; what was written of it before is replaced."""
    do.execute("delete from service_return_line where number = $n", n=entry)
    merged: dict[str, int] = {}
    for product, quantity in goods:
        merged[product] = merged.get(product, 0) + quantity
    for product, quantity in merged.items():
        do.execute("insert into service_return_line values ($n, $product, $quantity)", n=entry, product=product, quantity=quantity)
    do.execute(
        """update service_return set seen_waybill = $waybill, seen_damaged = $damaged, reason = $reason, registered = $moment, clerk = $clerk
           where number = $n""",
        waybill=waybill, damaged=damaged, reason=reason, moment=do.moment, clerk=do.actor, n=entry,
    )  # fmt: skip


@command("DESK008", "DESK012", role=AFTER_SALE, title=("分拣退货", "Sort a return"))
def sort_return(
    do: Doing,
    entry: Annotated[Ref, Ask("退货登记", "Return entry", choose="service.returns_to_sort")],
    sorted_as: Annotated[Literal["restocked", "defective"], Ask("分拣结果", "Sorted as")],
    amount: Annotated[
        Money | None, Ask("退款金额", "Refund", ge="0.01", unit=Text("元", "CNY"), help=Text("不填则全额退款", "Leave empty to refund the whole amount"))
    ] = None,
) -> dict[str, Any]:
    """Puts registered goods back on the shelf or sets them apart as defective, a loss; the customer is paid back at once.

    Gives the refund, and the cost of the goods. Refuses to put damaged goods on the shelf, and to pay back more than was paid.
    """
    found, row = _entry(do, entry)
    if found.state == "announced":
        raise REGISTER_FIRST("entry", number=entry)
    found.must_allow(sorted_as, "entry")
    if sorted_as == "restocked" and row.seen_damaged:
        raise NOT_FOR_THE_SHELF("sorted_as", number=entry)
    request = do.one("select amount from b2c_return where number = $n", n=row.request)
    if amount is not None and amount > request.amount:
        raise ABOVE_PAID("amount", number=row.web_order, paid=f"{request.amount:,}", wanted=f"{amount:,}")
    found.move_to(sorted_as)
    with acting(do, SHOPKEEPER.name, found.owner):
        done: dict[str, Any] = returns.accept_return(do, row.request, "restocked" if sorted_as == "restocked" else "scrapped", amount)
    _settled(do, entry, done["refund"])
    return done


@command(role=AFTER_SALE, title=("残次品复检放回货架", "Put goods back that are sound after all"))
def restock(do: Doing, entry: Annotated[Ref, Ask("退货登记", "Return entry", choose="service.returns_defective")]) -> Decimal:
    """Puts goods on the shelf that were sorted as defective by mistake: their write-off is taken back. Gives their cost. Refuses damaged goods."""
    found, row = _entry(do, entry)
    found.must_allow("restocked", "entry")
    if row.seen_damaged:
        raise NOT_FOR_THE_SHELF("entry", number=entry)
    found.move_to("restocked")
    with acting(do, SHOPKEEPER.name, found.owner):
        return returns.take_back_on_shelf(do, row.request)


@documents.on(RETURN, "refunded")
def _taken_in(do: Doing, request: documents.Document) -> None:
    """Whoever else takes the goods of a return in, the floor or the shop's owner: the desk's register says the same."""
    row = do.one("select t.*, r.handling, r.reason as said, r.amount from service_return t join b2c_return r on r.number = t.request where t.request = $n",
                 n=request.number)  # fmt: skip
    found = documents.find(do, RETURN_ENTRY, row.number) if row else None
    if found is None or found.state not in ("announced", "arrived"):
        return  # none of the desk's, or the desk is sorting it itself
    damaged = row.handling == "scrapped"
    if found.state == "announced":
        found.move_to("arrived")
        open_case(do, row.web_order, row.said, found.number)
    lines = do.all("select product, quantity from b2c_return_line where number = $n order by product", n=request.number)
    _register(do, found.number, [tuple(r) for r in lines], row.waybill, damaged, row.said)
    found.move_to("defective" if damaged else "restocked")
    _settled(do, found.number, row.amount)


def _settled(do: Doing, entry: str, amount: Decimal) -> None:
    """The refund case of a return whose goods are sorted and whose money is paid back."""
    case = documents.find(do, REFUND_CASE, do.value("select number from service_case where return_entry = $n", n=entry))
    case.move_to("checked")
    do.execute("update service_case set checked_by = $who where number = $n", who=do.actor, n=case.number)
    _paid_back(do, case, amount)


def _entry(do: Doing, number: str) -> tuple[documents.Document, Any]:
    found = documents.find(do, RETURN_ENTRY, number, "entry", owner=merchant_of(do, do.actor))
    return found, do.one("select * from service_return where number = $n", n=number)


@query("DESK011", role=AFTER_SALE, title=("查看退货登记簿", "View the returns register"))
def returns_register(do: Doing) -> Table:
    """What was registered, newest first: number, registered, shop_name, product_name, quantity, reason, waybill, damaged, state, clerk."""
    return do.table(
        """select t.number, t.registered, m.shop_name, p.name as product_name, l.quantity, t.reason, t.seen_waybill as waybill, t.seen_damaged as damaged,
                  d.state, t.clerk
           from service_return t join document d using (number) join service_return_line l using (number) left join product p on p.gtin = l.product
           join b2c_merchant m on m.merchant = d.owner where d.owner = $merchant order by t.number desc, l.product limit 200""",
        merchant=merchant_of(do, do.actor),
    )
