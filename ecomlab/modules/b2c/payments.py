"""Paying an order, each kind its own way, and the money's way to the merchant.

Online: by card and PIN through the bank, to the merchant's settlement account at once. Payment platform: the same, but to
the platform, which holds the money until the goods may no longer come back, and keeps a fee. Bank transfer: the shopper
transfers, and the merchant finds the transfer and assigns it. Store card: what its holder has paid ahead. Post
remittance: cash at the post office, which pays it out some days later. Cash on delivery: the courier brings it. Money for
goods that are still to be shipped is an advance (2203) of the merchant and a prepayment (1123) of the shopper; what is
owed for shipped goods is a receivable (1122).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, invoices, ledger, sales, tax
from ...books.costing import money
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.secrets import Issued
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .. import ebank
from .kinds import PAYMENT, RETURN, WEB_ORDER
from .members import SHOPKEEPER, SHOPPER, own, shop_of, shopper_of

#: The platform is a company with a merchant contract of this name, and the post office an owner of books.
PLATFORM = "汇通支付平台 Huitong Pay"
PLATFORM_PIN = Issued("cast/pin-platform")
POST_OFFICE = "POST"
#: What the platform keeps of each payment (tax included), and the days that a remittance is under way.
FEE = Decimal("0.006")
POST_DAYS = 3
#: How an order was paid that its customer paid at the counter from a store card; the payment's transaction is the card's number.
STORE_CARD = "store_card"
#: How the numbers of store cards begin.
CARD = "SC"
FEE_INCOME = "6021"
FINANCE = "6603"

OTHER_KIND = refusal(
    "other_kind",
    "订单 {number} 选择的支付方式是“{kind}”，不能这样付款。请按所选方式付款。",
    "The order {number} is to be paid by another way: “{kind}”. Pay it in that way.",
)
NOT_YOUR_CARD = refusal("not_your_card", "{number} 不是你本人的卡号。请从列表中选择。", "{number} is not a card account of yours. Choose one from the list.")
CARD_SHORT = refusal(
    "card_short",
    "卡内只有 {balance} 元，不够支付 {amount} 元。请先存款（EBANK011），或取消订单。",
    "The card account holds only {balance} CNY, less than {amount} CNY. Deposit cash first (EBANK011), or cancel the order.",
)
NO_PLATFORM = refusal("no_platform", "支付平台暂未开通。请选择其他支付方式。", "The payment platform is not available. Choose another way to pay.")
SHORT_OF_CASH = refusal(
    "short_of_cash",
    "{name}手头只有 {cash} 元现金，不足 {amount} 元。请减少金额，或改用其他方式。",
    "{name} has only {cash} CNY in cash, less than {amount} CNY. Enter less, or use another way.",
)
PAID_BEFORE = refusal(
    "paid_before", "订单 {number} 已付款，不能再付一次。请选择未付款的订单。", "The order {number} has been paid already. Choose one that is not paid."
)
NOT_A_TRANSFER = refusal(
    "not_a_transfer",
    "{transaction} 不是顾客 {shopper} 汇给本店的款项。请从列表中选择。",
    "{transaction} is not a transfer of the customer {shopper} to this shop. Choose one from the list.",
)
TRANSFER_TODAY = refusal(
    "transfer_today",
    "汇款 {transaction} 当日还可撤回，次日才能入账。请推进业务日期后再登记。",
    "The payer can still recall {transaction} today. Advance the business day, then assign it.",
)
TRANSFER_DIFFERS = refusal(
    "transfer_differs",
    "汇款 {transaction} 为 {paid} 元，而订单应付 {amount} 元。请选择金额相符的汇款。",
    "The transfer {transaction} is {paid} CNY, but the order comes to {amount} CNY. Choose a transfer of that amount.",
)
TRANSFER_USED = refusal(
    "transfer_used",
    "汇款 {transaction} 已用于订单 {number}。请选择另一笔汇款。",
    "The transfer {transaction} has paid the order {number} already. Choose another transfer.",
)
NOT_OWED = refusal("not_owed", "订单 {number} 没有待收的货款。请选择其他订单。", "Nothing is left to collect for the order {number}. Choose another order.")

documents.offer("b2c.orders_to_pay", WEB_ORDER, "placed", of="b2c_order", whose="shopper")


_cards = ebank.offer_accounts("b2c.cards", "t.kind = 'personal' and t.member in (select member from b2c_shopper where user_name = $actor)")


documents.offer(
    "b2c.orders_awaiting_transfer", WEB_ORDER, "placed", of="b2c_order", whose="merchant", where="t.payment_kind = 'bank_transfer'",
    shows="t.shopper, t.amount", order="d.number",
)  # fmt: skip


@choices("b2c.transfers")
def _transfers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(_TRANSFERS + " and not exists (select 1 from b2c_payment b where b.transaction = t.number) order by t.number", merchant=actor)
    return [(r.number, f"{r.number} · {r.name} · ¥{r.amount:,} · {r.purpose}") for r in rows]


documents.offer(
    "b2c.orders_to_collect", WEB_ORDER, "shipped", "returned", of="b2c_order", whose="merchant", shows="t.recipient", order="d.number",
    where="t.payment_kind = 'cash_on_delivery' and not exists (select 1 from b2c_payment p where p.web_order = t.number)",
)  # fmt: skip


#: Transfers to any account of the company that keeps a shop, which have not been recalled.
_TRANSFERS = """
    select t.number, t.day, t.purpose, c.name, c.member, p.amount from b2c_merchant m
    join bank_customer own on own.member = m.member join bank_account a on a.customer = own.number join bank_transaction t on t.to_account = a.number
    join bank_account f on f.number = t.from_account join bank_customer c on c.number = f.customer join posting p on p.entry = t.entry and p.line = 1
    where m.merchant = $merchant and t.kind = 'transfer' and c.kind = 'personal'
      and not exists (select 1 from bank_transaction r where r.kind = 'recall' and r.reference = t.number)"""


def platform(look: Looking) -> Any:
    """The payment platform: its merchant number, member and settlement account. Refuses 'no_platform'."""
    row = look.one(
        """select m.merchant, c.member, m.account from merchant_contract m join bank_customer c on c.number = m.merchant
           where m.shop_name = $name and m.merchant in (select name from access where realm = 'ebank.password' and scripted)""",
        name=PLATFORM,
    )
    if row is None:
        raise NO_PLATFORM("order")
    return row


def payment_of(look: Looking, order: str) -> Any:
    """The payment of an order with its state, or None; one that was paid back is none."""
    return look.one("select p.*, d.state from b2c_payment p join document d using (number) where web_order = $n and d.state <> 'paid_back'", n=order)


def keep_payment(do: Doing, order: Any, amount: Decimal, transaction: str | None, *, banked: bool, kind: str = "") -> None:
    """Notes how an order (a row) was paid; banked: the merchant has the money. kind: where it is more than the order says."""
    made = documents.create(do, PAYMENT, owner=order.merchant, parent=order.number)
    do.execute(
        "insert into b2c_payment values ($n, $order, $kind, $amount, 0, $transaction, $day, $banked)",
        n=made.number, order=order.number, kind=kind or order.payment_kind, amount=amount, transaction=transaction, day=do.day,
        banked=do.day if banked else None,
    )  # fmt: skip
    if banked:
        made.move_to("banked")


def advance(merchant: str, shopper: str, amount: Decimal) -> list[ledger.Line]:
    """The lines by which a member's advance payment stands in both books."""
    return [ledger.Line(shopper, ledger.PREPAID, amount, merchant), ledger.Line(merchant, ledger.ADVANCES, -amount, shopper)]


def on_card(merchant: str, holder: str, card: str, amount: Decimal) -> list[ledger.Line]:
    """The lines by which money on a store card stands in both books: an advance of its own, which no goods are ordered for. Negative: taken off it."""
    return [ledger.Line(holder, ledger.PREPAID, amount, card), ledger.Line(merchant, ledger.ADVANCES, -amount, card)]


# --- online, and through the platform ----------------------------------------------------------------------------------


@command("B2C028", role=SHOPPER, title=("网上支付", "Pay online"))
def pay_online(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_to_pay")],
    account: Annotated[Ref, Ask("支付卡号", "Card account", choose="b2c.cards")],
    pin: ebank.Pin,
) -> dict[str, Any] | Declined:
    """Pays an order by card and PIN, to the merchant or to the platform, as the order says. Gives the transaction and the amount.

    The same payment sent again is one payment: it gives the transaction there is. A wrong PIN counts towards the card's lock.
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    if row.payment_kind not in ("online", "payment_platform"):
        raise OTHER_KIND("order", number=order, kind=term(row.payment_kind) if row.payment_kind else term("drafted"))
    account = account.replace(" ", "")
    if account not in {number for number, _ in _cards(do, do.actor)}:
        raise NOT_YOUR_CARD("account", number=account[:40])
    paid = payment_of(do, order)
    if paid is None or document.state == "cancelled":
        document.must_allow("paid", "order")
        if (held := ebank.balance_of(do, account)) < row.amount:
            raise CARD_SHORT("account", balance=f"{held:,}", amount=f"{row.amount:,}")
    payee = row.merchant if row.payment_kind == "online" else platform(do).merchant
    transaction = ebank.pay(do, account, payee, row.amount, order, pin, document=order)
    if isinstance(transaction, Declined):
        return transaction
    if paid is None:
        keep_payment(do, row, row.amount, transaction, banked=row.payment_kind == "online")
        document.move_to("paid", "order")
    return {"transaction": transaction, "amount": row.amount}


# --- bank transfer, post remittance, cash at the door ----------------------------------------------------------------------


@query(role=SHOPKEEPER, title=("查看汇款", "View incoming transfers"))
def incoming_transfers(do: Doing) -> Table:
    """Transfers of persons to the company's accounts: transaction, day, name, amount, purpose, web_order (that it paid)."""
    return transfers_to(do, do.actor)


def transfers_to(look: Looking, merchant: str) -> Table:
    """The same of any shop, by its merchant number."""
    return look.table(
        f"""select t.number as transaction, t.day, t.name, t.amount, t.purpose, b.web_order from ({_TRANSFERS}) t
            left join b2c_payment b on b.transaction = t.number order by t.number""",
        merchant=merchant,
    )


@command(role=SHOPKEEPER, title=("登记银行汇款", "Assign a bank transfer"))
def assign_transfer(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_awaiting_transfer")],
    transaction: Annotated[Ref, Ask(choose="b2c.transfers")],
) -> str:
    """Takes a customer's transfer of an earlier day as the payment of an order; gives the transaction. What was another payable becomes an advance."""
    return assign(do, order, transaction)


def assign(do: Doing, order: str, transaction: str, postage: Decimal = Decimal("0.00"), field: str = "transaction") -> str:
    """The same of a transfer in which postage came along, which the caller keeps (`sent_postage`). field: the caller's name for the transaction."""
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    if row.payment_kind != "bank_transfer":
        raise OTHER_KIND("order", number=order, kind=term(row.payment_kind) if row.payment_kind else term("drafted"))
    document.must_allow("paid", "order")
    if used := do.value("select web_order from b2c_payment where transaction = $t", t=transaction):
        raise TRANSFER_USED(field, transaction=transaction, number=used)
    sent = do.one(_TRANSFERS + " and t.number = $t", merchant=do.actor, t=transaction)
    member = shopper_of(do, row.shopper).member
    if sent is None or sent.member != member:
        raise NOT_A_TRANSFER(field, transaction=transaction[:40], shopper=row.shopper)
    if sent.day == do.day:
        raise TRANSFER_TODAY(field, transaction=transaction)
    if sent.amount != row.amount + postage:
        raise TRANSFER_DIFFERS(field, transaction=transaction, paid=f"{sent.amount:,}", amount=f"{row.amount + postage:,}")
    document.move_to("paid", "order")
    keep_payment(do, row, row.amount, transaction, banked=True)
    shop = shop_of(do, do.actor)
    lines = [
        ledger.Line(member, ledger.OTHER_RECEIVABLE, -row.amount, shop.member),
        ledger.Line(shop.member, ledger.OTHER_PAYABLE, row.amount, member),
        *advance(shop.member, member, row.amount),
    ]
    ledger.post(do, "bank_transfer", f"汇款 {transaction} 支付订单 Transfer for {order}", lines, order)
    return transaction


@command(role=SHOPPER, title=("邮局汇款", "Pay by post remittance"))
def remit(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_to_pay")]) -> datetime.date:
    """Pays an order in cash at the post office; gives the day on which the merchant will have it."""
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    if row.payment_kind != "post_remittance":
        raise OTHER_KIND("order", number=order, kind=term(row.payment_kind) if row.payment_kind else term("drafted"))
    document.must_allow("paid", "order")
    if payment_of(do, order) is not None:
        raise PAID_BEFORE("order", number=order)
    who, shop = shopper_of(do, do.actor), shop_of(do, row.merchant)
    require_cash(do, who.member, who.full_name, row.amount, "order")
    keep_payment(do, row, row.amount, None, banked=False)
    lines = [
        ledger.Line(who.member, ledger.CASH, -row.amount),
        ledger.Line(who.member, ledger.PREPAID, row.amount, shop.member),
        ledger.Line(POST_OFFICE, ledger.CASH, row.amount),
        ledger.Line(POST_OFFICE, ledger.OTHER_PAYABLE, -row.amount, order),
    ]
    ledger.post(do, "post_remittance", f"邮局汇款 Remitted by post for {order}", lines, order)
    return do.day + datetime.timedelta(days=POST_DAYS)


@command(role=SHOPKEEPER, title=("登记货到付款", "Record cash on delivery"))
def collect_cash(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_to_collect")]) -> Decimal:
    """Takes in the cash that the courier has brought for a shipped order; gives the amount, less what was returned."""
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    amount: Decimal = row.amount - returned_amount(do, order)
    lost = do.value("select 1 from b2c_loss where web_order = $n and remedy is null", n=order)
    if row.payment_kind != "cash_on_delivery" or document.state not in ("shipped", "returned") or not amount or payment_of(do, order) or lost:
        raise NOT_OWED("order", number=order)
    who, shop = shopper_of(do, row.shopper), shop_of(do, do.actor)
    require_cash(do, who.member, who.full_name, amount, "order")
    keep_payment(do, row, amount, None, banked=True)
    lines = [
        ledger.Line(shop.member, ledger.CASH, amount),
        ledger.Line(shop.member, ledger.RECEIVABLE, -amount, who.member),
        ledger.Line(who.member, ledger.CASH, -amount),
        ledger.Line(who.member, ledger.PAYABLE, amount, shop.member),
    ]
    ledger.post(do, "cash_on_delivery", f"货到付款 Cash on delivery of {order}", lines, order)
    return amount


def take_wire(do: Doing, order: Any, transaction: str, amount: Decimal) -> None:
    """Takes part of a customer's transfer as the payment of a shipped order (a row) that was to be paid at the door; no courier collects it then."""
    who, shop = shopper_of(do, order.shopper), shop_of(do, order.merchant)
    keep_payment(do, order, amount, transaction, banked=True)
    lines = [
        ledger.Line(shop.member, ledger.OTHER_PAYABLE, amount, who.member),
        ledger.Line(shop.member, ledger.RECEIVABLE, -amount, who.member),
        ledger.Line(who.member, ledger.PAYABLE, amount, shop.member),
        ledger.Line(who.member, ledger.OTHER_RECEIVABLE, -amount, shop.member),
    ]
    ledger.post(do, "bank_transfer", f"汇款 {transaction} 支付订单 Transfer for {order.number}", lines, order.number)


def require_cash(look: Looking, member: str, name: str, amount: Decimal, field: str) -> None:
    """Refuses 'short_of_cash' unless a member has so much in cash."""
    cash = ledger.balance(look, member, ledger.CASH)
    if cash < amount:
        raise SHORT_OF_CASH(field, name=name, cash=f"{cash:,}", amount=f"{amount:,}")


def returned_amount(look: Looking, order: str) -> Decimal:
    """What has been credited for goods of an order that came back."""
    found: Decimal = look.value(
        """select coalesce(sum(r.amount), 0)::decimal(18,2) from b2c_return r join document d using (number)
           where r.web_order = $n and d.state = 'refunded'""",
        n=order,
    )
    return found


# --- what time does --------------------------------------------------------------------------------------------------------


def arrive(do: Doing) -> None:
    """The post office pays out the remittances that have been under way long enough."""
    for r in do.all(
        """select p.number as payment, p.amount, o.* from b2c_payment p join document d using (number) join b2c_order o on o.number = p.web_order
           join document w on w.number = o.number
           where d.state = 'remitted' and p.payment_kind = 'post_remittance' and p.paid_day <= $day and w.state = 'placed' order by 1""",
        day=do.day - datetime.timedelta(days=POST_DAYS),
    ):
        who, shop = shopper_of(do, r.shopper), shop_of(do, r.merchant)
        lines = [
            ledger.Line(POST_OFFICE, ledger.OTHER_PAYABLE, r.amount, r.number),
            ledger.Line(POST_OFFICE, ledger.CASH, -r.amount),
            ledger.Line(shop.member, ledger.CASH, r.amount),
            ledger.Line(shop.member, ledger.ADVANCES, -r.amount, who.member),
        ]
        ledger.post(do, "post_remittance", f"邮局付款 Paid out by the post for {r.number}", lines, r.number)
        _bank(do, r.payment, Decimal("0.00"))
        documents.find(do, WEB_ORDER, r.number).move_to("paid")


def hand_on(do: Doing) -> None:
    """The platform hands on what can no longer be asked back."""
    for r in do.all(
        """select p.number as payment, p.amount, o.* from b2c_payment p join document d using (number) join b2c_order o on o.number = p.web_order
           where d.state = 'remitted' and p.payment_kind = 'payment_platform' and o.received_day + o.return_days < $day
             and not exists (select 1 from b2c_return t join document x on x.number = t.number where t.web_order = o.number and x.state = 'requested')
           order by 1""",
        day=do.day,
    ):
        _hand_on(do, r)


#: What a platform keeps back besides its fee, said by those modules that know of it.
_WITHHOLDING: list[Callable[[Doing, Any, Decimal], Decimal]] = []


def withholds(function: Callable[[Doing, Any, Decimal], Decimal]) -> Callable[[Doing, Any, Decimal], Decimal]:
    """Registers what is kept back of the payment for an order (a row), at most so much: the function posts it and gives its amount, in worlds that have
    its module."""
    _WITHHOLDING.append(function)
    return function


def _hand_on(do: Doing, r: Any) -> None:
    """The platform pays a merchant for a shipped order, less its fee and what else it keeps."""
    house, shop = platform(do), shop_of(do, r.merchant)
    price = r.amount - returned_amount(do, r.number)
    fee = money(price * FEE)
    amount = price - sum((f(do, r, price - fee) for f in do.scenario.those(_WITHHOLDING)), Decimal("0.00"))
    if amount > fee:
        account = ebank.merchant_account(do, shop.merchant, "order")
        paid = ebank.settle_payable(do, house.account, account, amount - fee, r.number, PLATFORM_PIN.stored(), document=r.number)
        if isinstance(paid, Declined):
            raise ValueError(f"the platform's own PIN was declined: {paid.refusal}")
    if fee:
        service = sales.gross_priced(do, [sales.Item(fee)], tax.FINANCIAL_SERVICES)
        borne = service[0].tax
        lines = [
            ledger.Line(house.member, ledger.PAYABLE, fee, shop.member),
            ledger.Line(house.member, FEE_INCOME, borne - fee),
            ledger.Line(house.member, tax.OUTPUT, -borne),
            ledger.Line(shop.member, FINANCE, fee - borne),
            ledger.Line(shop.member, tax.PENDING, borne),
            ledger.Line(shop.member, ledger.RECEIVABLE, -fee, house.member),
        ]
        ledger.post(do, "platform_fee", f"平台手续费 The platform's fee for {r.number}", lines, r.number)
        invoices.issue(do, r.number, house.member, shop.member, service)
    _bank(do, r.payment, fee)


def _bank(do: Doing, payment: str, fee: Decimal) -> None:
    documents.find(do, PAYMENT, payment).move_to("banked")
    do.execute("update b2c_payment set banked_day = $day, fee = $fee where number = $n", day=do.day, fee=fee, n=payment)


__all__ = ["PLATFORM", "RETURN", "advance", "payment_of", "platform"]
