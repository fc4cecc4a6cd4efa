"""The cashier's day: the till is opened, and money is taken in five ways. Its evening is in `closing`.

At the shop customers pay in cash, by card at the terminal, or from a store card that they have paid ahead (`cards`); couriers bring cash for what
was delivered; transfers are found at the bank; the payment company holds what its customers paid; a cheque is money when the bank has credited it.
Cards and cheques are other monetary funds (1012) until then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import documents, ledger
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .. import ebank
from ..b2c import payments
from ..b2c.kinds import WEB_ORDER
from ..b2c.members import own, shop_of, shopper_of
from . import customers
from .cards import pay_by_card
from .kinds import TILL
from .staff import CASHIER

CLEARING = "1012"
BANK = "BANK"

TILL_OPEN = refusal("till_open", "收银台 {number} 还没有日结。请先清点并日结。", "The till {number} has not been closed. Count and close it first.")
NO_TILL = refusal("no_till", "今天还没有开收银台。请先开台。", "No till is open today. Open the till first.")
AMOUNT_DIFFERS = refusal(
    "amount_differs",
    "订单 {number} 应收 {amount} 元，不是 {given} 元。请核对金额。",
    "The order {number} comes to {amount} CNY, not {given} CNY. Check the amount.",
)
OTHER_MEANS = refusal(
    "other_means", "订单 {number} 的顾客用的是“{means}”。请照此选择。", "The customer of the order {number} pays by another means: {means}. Choose that one."
)
OTHER_WAY = refusal("other_way", "订单 {number} 不按“{way}”付款。请核对付款方式。", "The order {number} is not paid in this way: {way}. Check the way to pay.")
CARD_DECLINED = refusal(
    "card_declined", "银行拒绝支付：卡内余额不足。请顾客改用其他方式。", "The bank declines: the card holds too little. Ask the customer to pay in another way."
)
NOT_HELD = refusal(
    "not_held",
    "支付公司没有编号为 {reference} 的这笔付款。请核对交易编号。",
    "The payment company holds no payment {reference} for this order. Check the number of the transaction.",
)
TAKEN_BEFORE = refusal("taken_before", "订单 {number} 的款项已收讫。请选择其他订单。", "The money for the order {number} has been taken. Choose another order.")
NOT_DELIVERED = refusal(
    "not_delivered",
    "订单 {number} 还没有发货，快递员没有代收货款。请先发货。",
    "The order {number} has not been shipped, so no courier has brought its money. Ship it first.",
)
NO_REFERENCE = refusal("no_reference", "这种付款方式有凭据。请填写凭据上的编号。", "This way to pay leaves a paper. Enter its number.")

documents.offer(
    "shop.orders_to_take", WEB_ORDER, "placed", "paid", "accepted", "shipped", of="b2c_order", whose="merchant", shows="t.recipient, t.amount",
    where="not exists (select 1 from shop_receipt r where r.web_order = t.number)", order="d.number desc",
)  # fmt: skip

#: All that was taken into tills, for orders and onto store cards; paid_for is the order or the card.
TAKEN = """
    (select r.number, r.till, r.web_order as paid_for, o.merchant, o.shopper, r.way, r.means, r.amount, r.reference, r.day, r.cleared_day
     from shop_receipt r join b2c_order o on o.number = r.web_order
     union all
     select r.number, r.till, r.store_card, c.merchant, c.holder, 'card_money', r.means, r.amount, r.reference, r.day, r.cleared_day
     from shop_card_receipt r join shop_store_card c on c.number = r.store_card)"""

Way = Literal["at_shop", "cash_on_delivery", "bank_transfer", "payment_platform", "cheque"]


# --- opening and taking ------------------------------------------------------------------------------------------------------


@command("SHOP011", role=CASHIER, title=("开收银台", "Open the till"))
def open_till(do: Doing) -> dict[str, Any]:
    """Opens the till of the day; gives its number, and the orders of customers who have come to pay. The till of the day before must be closed."""
    shop = shop_of(do, do.actor)
    if there := do.value("select number from shop_till join document using (number) where merchant = $m and state in ('open', 'counted')", m=do.actor):
        raise TILL_OPEN(number=there)
    made = documents.create(do, TILL, owner=do.actor)
    do.execute("insert into shop_till values ($n, $m, $day, null, null, null, null, null, null, null)", n=made.number, m=do.actor, day=do.day)
    return {"till": made.number, "orders": len(customers.arrive(do, shop, made.number))}


@query("SHOP011", role=CASHIER, title=("查看收银台前的顾客", "View the counter"))
def counter(do: Doing) -> Table:
    """Whose money is still to be taken: web_order, full_name, state, way, means, amount, paper (its number); the first order first.

    Whoever pays on delivery pays the courier, once the order is shipped. Transfers have no paper here: they are found at the bank.
    """
    return do.table(
        """select o.number as web_order, s.full_name, d.state, coalesce(v.way, o.payment_kind) as way, coalesce(v.means, 'bank') as means, o.amount,
                  coalesce(v.paper, '') as paper
           from b2c_order o join document d using (number) join b2c_shopper s on s.user_name = o.shopper left join shop_visit v on v.web_order = o.number
           where o.merchant = $m and ((v.way <> 'online' and d.state in ('placed', 'paid', 'accepted', 'shipped')) or
                  (v.way is null and o.payment_kind = 'bank_transfer' and d.state = 'placed'))
             and not exists (select 1 from shop_receipt r where r.web_order = o.number) order by o.number""",
        m=do.actor,
    )


@command("SHOP011", role=CASHIER, title=("收款", "Take a payment"))
def take_payment(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="shop.orders_to_take")],
    way: Annotated[Way, Ask("付款方式", "Way to pay")],
    amount: Annotated[Money, Ask(ge="0.01", unit=Text("元", "CNY"))],
    reference: Annotated[Line, Ask("凭据编号", "Number of the paper", max=40)] = "",
    means: Annotated[Literal["cash", "card", "store_card"], Ask("支付手段", "Means of payment", help=Text("只用于到店付款", "At the shop only"))] = "cash",
) -> str:
    """Takes the money for an order into the open till; gives the number of the receipt.

    reference: the number of the terminal's slip, the store card, the cheque, the transfer or the payment company's transaction. Cash on delivery is
    brought by the courier. Refuses another amount than the order's, another way than the customer's, and a transfer or payment that is not there.
    """
    till = open_till_of(do)
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    if do.value("select 1 from shop_receipt where web_order = $n", n=order):
        raise TAKEN_BEFORE("order", number=order)
    if row.payment_kind != way:
        raise OTHER_WAY("way", number=order, way=term(way))
    due = row.amount - payments.returned_amount(do, order)
    if amount != due:
        raise AMOUNT_DIFFERS("amount", number=order, amount=f"{due:,}", given=f"{amount:,}")
    came = do.value("select means from shop_visit where web_order = $n", n=order)
    if way == "at_shop" and came != means:
        raise OTHER_MEANS("means", number=order, means=term(came))
    if not reference and (way != "cash_on_delivery" and (way, means) != ("at_shop", "cash")):
        raise NO_REFERENCE("reference")
    by = {"at_shop": means, "cheque": "cheque", "cash_on_delivery": "cash"}.get(way, "bank")
    match way:
        case "cash_on_delivery":
            if row.shipped_day is None:
                raise NOT_DELIVERED("order", number=order)
            payments.collect_cash(do, order)
        case "bank_transfer":
            payments.assign(do, order, reference, field="reference")
        case "payment_platform":
            held = payments.payment_of(do, order)
            if held is None or held.transaction != reference:
                raise NOT_HELD("reference", reference=reference)
        case _:
            _take_at_counter(do, document, row, by, reference)
    return keep_receipt(do, till, order, way, by, amount, reference)


def keep_receipt(do: Doing, till: str, order: str, way: str, means: str, amount: Decimal, reference: str) -> str:
    """Writes a receipt into the cashier's book; gives its number."""
    number = do.number("RC")
    do.execute(
        "insert into shop_receipt values ($n, $till, $order, $way, $means, $amount, $reference, $day, null)",
        n=number, till=till, order=order, way=way, means=means, amount=amount, reference=reference or "", day=do.day,
    )  # fmt: skip
    return number


def open_till_of(do: Doing) -> str:
    """The till that is open today. Refuses 'no_till'."""
    number: str | None = do.value(
        "select number from shop_till join document using (number) where merchant = $m and state = 'open' and shop_till.day = $day", m=do.actor, day=do.day
    )
    if number is None:
        raise NO_TILL()
    return number


def _take_at_counter(do: Doing, document: documents.Document, row: Any, means: str, reference: str) -> None:
    """Money that the customer hands over for an order that is placed: cash, a card at the terminal, a store card, a cheque."""
    document.must_allow("paid", "order")
    shop, who = shop_of(do, row.merchant), shopper_of(do, row.shopper)
    amount: Decimal = row.amount
    by_card = means == payments.STORE_CARD
    money = pay_by_card(do, row, shop, who, reference) if by_card else counter_money(do, shop, who, amount, means, row.number)
    document.move_to("paid", "order")
    payments.keep_payment(do, row, amount, reference if by_card else None, banked=True, kind=means if by_card else "")
    lines = [*money, *payments.advance(shop.member, who.member, amount)]
    ledger.post(do, "counter", f"柜台收款 Taken at the counter for {row.number}", lines, row.number)


def counter_money(do: Doing, shop: Any, who: Any, amount: Decimal, means: str, about: str) -> list[ledger.Line]:
    """The lines by which a customer's money is in the till: cash, a slip of the terminal or a cheque. about: the document that a cheque is owed for.

    Refuses 'short_of_cash' and 'card_declined' at the amount.
    """
    if means == "cash":
        payments.require_cash(do, who.member, who.full_name, amount, "amount")
        return [ledger.Line(shop.member, ledger.CASH, amount), ledger.Line(who.member, ledger.CASH, -amount)]
    account = ebank.account_of(do, who.member, "personal")
    if account is None or ebank.balance_of(do, account) < amount:
        raise CARD_DECLINED("amount")
    return [ledger.Line(shop.member, CLEARING, amount, means), *_owing(who.member, account, amount, means, shop.merchant, about)]


def _owing(customer: str, account: str, amount: Decimal, means: str, merchant: str, order: str) -> list[ledger.Line]:
    """The customer's side: a card is debited at once, and the bank owes the shop; a cheque is owed until it is presented."""
    if means == "cheque":
        return [ledger.Line(customer, ledger.OTHER_PAYABLE, -amount, order)]
    return [
        ledger.Line(customer, ledger.BANK, -amount, account),
        ledger.Line(BANK, ledger.CUSTOMER_DEPOSITS, amount, account),
        ledger.Line(BANK, ledger.OTHER_PAYABLE, -amount, merchant),
    ]


@command(role=CASHIER, title=("更正凭据编号", "Correct a reference"))
def correct_reference(
    do: Doing,
    receipt: Annotated[Ref, Ask("收款记录", "Receipt")],
    reference: Annotated[Line, Ask("凭据编号", "Number of the paper", max=40)],
) -> str:
    """Writes the right number of the paper on a receipt of the open till; gives the receipt. What was paid does not change."""
    row = do.one("select r.* from shop_receipt r join shop_till t on t.number = r.till where r.number = $n and t.merchant = $m", n=receipt, m=do.actor)
    if row is None or row.till != open_till_of(do) or row.means in ("bank", payments.STORE_CARD):
        raise NO_RECEIPT("receipt", number=receipt[:40])
    do.execute("update shop_receipt set reference = $reference where number = $n", reference=reference, n=receipt)
    return receipt


NO_RECEIPT = refusal(
    "no_receipt",
    "今天的收银台没有可更正的收款记录 {number}。请核对编号。",
    "The open till has no receipt {number} that can be corrected. Check the number.",
)
