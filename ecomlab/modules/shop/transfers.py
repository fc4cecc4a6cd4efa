"""Transfers that name no order: the cashier asks the bank by amount and day, finds the customer's order, and parts postage from price."""

from __future__ import annotations

from typing import Annotated, Any

from ...books import documents
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Day, Money, Ref
from ..b2c import payments
from ..b2c.kinds import WEB_ORDER
from ..b2c.members import own
from ..b2c.sent_postage import keep_postage
from .kinds import ENQUIRY
from .staff import CASHIER
from .till import AMOUNT_DIFFERS, TAKEN_BEFORE, keep_receipt, open_till_of

NOT_FOUND_YET = refusal(
    "not_found_yet",
    "查询 {number} 还没有找到汇款，不能核销。请核对金额和日期，另行查询。",
    "The enquiry {number} has found no transfer to apply. Check amount and day, and ask again.",
)

documents.offer("shop.enquiries_found", ENQUIRY, "found", of="shop_enquiry", whose="merchant", shows="t.amount, t.transfer_day, t.transaction")
documents.offer(
    "shop.orders_by_transfer", WEB_ORDER, "placed", of="b2c_order", whose="merchant", where="t.payment_kind = 'bank_transfer'",
    shows="t.recipient, t.amount", order="d.number",
)  # fmt: skip


@command("SHOP013", role=CASHIER, title=("查询汇款", "Enquire about a transfer"))
def enquire_transfer(
    do: Doing,
    amount: Annotated[Money, Ask("汇款金额", "Amount of the transfer", ge="0.01", unit=Text("元", "CNY"))],
    day: Annotated[Day, Ask("汇款日", "Day of the transfer")],
) -> dict[str, str]:
    """Asks the bank for a customer's transfer of an amount on a day that has paid nothing yet; gives the enquiry, and the transaction that was found.

    One that is not found stays asked, with an empty transaction.
    """
    made = documents.create(do, ENQUIRY, owner=do.actor)
    there = payments.incoming_transfers(do)
    asked = {r.transaction for r in do.all("select transaction from shop_enquiry where merchant = $m and transaction is not null", m=do.actor)}
    found = next((r.transaction for r in there if r.amount == amount and r.day == day and r.web_order is None and r.transaction not in asked), None)
    do.execute(
        "insert into shop_enquiry values ($n, $m, $amount, $transfer_day, $transaction, null, null, null, $day)",
        n=made.number, m=do.actor, amount=amount, transfer_day=day, transaction=found, day=do.day,
    )  # fmt: skip
    if found:
        made.move_to("found")
    return {"enquiry": made.number, "transaction": found or ""}


@command("SHOP013", role=CASHIER, title=("核销汇款", "Apply a transfer"))
def apply_transfer(
    do: Doing,
    enquiry: Annotated[Ref, Ask("汇款查询", "Enquiry", choose="shop.enquiries_found")],
    order: Annotated[Ref, Ask("订单", "Order", choose="shop.orders_by_transfer")],
    postage: Annotated[Money, Ask("其中邮费", "Postage in it", ge="0", unit=Text("元", "CNY"))],
) -> str:
    """Takes a transfer that was found as the payment of an order, and what is above its price as postage; gives the receipt.

    Postage is kept apart until the goods leave; then it is revenue. It goes back with an order that is called off before.
    Refuses an order and a postage that do not come to the transfer, another customer's order, and a transfer of today.
    """
    till = open_till_of(do)
    document, row = own(do, ENQUIRY, "shop_enquiry", enquiry, "enquiry")
    if document.state == "asked":
        raise NOT_FOUND_YET("enquiry", number=enquiry)
    document.must_allow("applied", "enquiry")
    target: Any = own(do, WEB_ORDER, "b2c_order", order, "order")[1]
    if do.value("select 1 from shop_receipt where web_order = $n", n=order):
        raise TAKEN_BEFORE("order", number=order)
    if target.amount + postage != row.amount:
        raise AMOUNT_DIFFERS("postage", number=order, amount=f"{target.amount:,}", given=f"{row.amount - postage:,}")
    payments.assign(do, order, row.transaction, postage, field="order")
    if postage:
        keep_postage(do, target, postage, enquiry)
    do.execute("update shop_enquiry set web_order = $order, goods_amount = $goods, postage = $postage where number = $n",
               order=order, goods=target.amount, postage=postage, n=enquiry)  # fmt: skip
    document.move_to("applied", "enquiry")
    return keep_receipt(do, till, order, "bank_transfer", "bank", target.amount, row.transaction)


@query("SHOP013", role=CASHIER, title=("查看汇款查询表", "View the enquiry sheet"))
def enquiries(do: Doing) -> Table:
    """The shop's transfer enquiries: number, state, transfer_day, amount, transaction, full_name, web_order, goods_amount, postage."""
    return do.table(
        """select e.number, d.state, e.transfer_day, e.amount, e.transaction, c.name as full_name, e.web_order, e.goods_amount, e.postage
           from shop_enquiry e join document d using (number) left join bank_transaction t on t.number = e.transaction
           left join bank_account a on a.number = t.from_account left join bank_customer c on c.number = a.customer
           where e.merchant = $m order by e.number""",
        m=do.actor,
    )


@query("SHOP013", role=CASHIER, title=("查看待付款的汇款订单", "View orders to be paid by transfer"))
def orders_by_transfer(do: Doing) -> Table:
    """Orders that customers pay by transfer and that are not paid: web_order, full_name, placed_day, amount, pay_by."""
    return do.table(
        """select o.number as web_order, s.full_name, o.placed_day, o.amount, o.pay_by from b2c_order o join document d using (number)
           join b2c_shopper s on s.user_name = o.shopper where o.merchant = $m and o.payment_kind = 'bank_transfer' and d.state = 'placed' order by 1""",
        m=do.actor,
    )
