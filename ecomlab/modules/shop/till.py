"""The cashier's day: the till is opened, money is taken in five ways, the drawer is counted, and what is missing is posted until somebody decides.

At the shop customers pay in cash or by card at the terminal; couriers bring cash for what was delivered; transfers are found at the bank; the
payment company holds what its customers paid; a cheque is money when the bank has credited it. Cards and cheques are other monetary funds (1012)
until then. A difference between drawer and books stands in 1901, and is borne by the company (6602, or 6301 if there is too much) or the cashier (1221).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import clock, documents, ledger, tax
from ...books.paper import approval
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
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
from .kinds import TILL
from .staff import ACCOUNTANT, CASHIER

CLEARING, DIFFERENCES, EXPENSES, GAINS = "1012", "1901", "6602", "6301"
#: What the bank keeps of a payment by card at the terminal, tax included.
TERMINAL_FEE = Decimal("0.006")
BANK = "BANK"
#: Notes and coins, CNY.
MONEY = tuple(Decimal(v) for v in ("100", "50", "20", "10", "5", "1", "0.50", "0.10", "0.01"))

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
SLIPS_DIFFER = refusal(
    "slips_differ",
    "{what}共 {book} 元，不是 {given} 元。请逐张核对后再清点。",
    "The {what} come to {book} CNY, not {given} CNY. Check each of them, then count again.",
)
NOT_COUNTED = refusal("not_counted", "收银台 {number} 还没有清点。请先清点。", "The till {number} has not been counted. Count it first.")
NOTHING_TO_DECIDE = refusal(
    "nothing_to_decide", "收银台 {number} 没有待处理的差额。请选择其他收银台。", "The till {number} has no difference to decide on. Choose another till."
)
NOT_DELIVERED = refusal(
    "not_delivered",
    "订单 {number} 还没有发货，快递员没有代收货款。请先发货。",
    "The order {number} has not been shipped, so no courier has brought its money. Ship it first.",
)
NO_REFERENCE = refusal("no_reference", "这种付款方式有凭据。请填写凭据上的编号。", "This way to pay leaves a paper. Enter its number.")

_offer = "t.day"
documents.offer("shop.tills_open", TILL, "open", "counted", of="shop_till", whose="merchant", shows=_offer)
documents.offer("shop.tills_counted", TILL, "counted", of="shop_till", whose="merchant", shows=_offer)
documents.offer("shop.tills", TILL, of="shop_till", whose="merchant", shows=_offer)
documents.offer("shop.tills_closed", TILL, "balanced", "difference", of="shop_till", whose="merchant", shows=_offer)
documents.offer("shop.tills_to_decide", TILL, "difference", "handed_to_finance", of="shop_till", whose="merchant", shows="t.day, t.difference",
                where="t.difference <> 0 and t.decision is null")  # fmt: skip
documents.offer(
    "shop.orders_to_take", WEB_ORDER, "placed", "paid", "accepted", "shipped", of="b2c_order", whose="merchant", shows="t.recipient, t.amount",
    where="not exists (select 1 from shop_receipt r where r.web_order = t.number)", order="d.number desc",
)  # fmt: skip
documents.offer("shop.decisions", approval.APPROVAL, "requested", of="approval", shows="t.about, t.amount",
                where="t.role = 'shop_accountant' and t.about in (select number from shop_till)")  # fmt: skip

Way = Literal["at_shop", "cash_on_delivery", "bank_transfer", "payment_platform", "cheque"]
OwnTill = Annotated[Ref, Ask("收银台", "Till", choose="shop.tills")]


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
    means: Annotated[Literal["cash", "card"], Ask("支付手段", "Cash or card", help=Text("只用于到店付款", "At the shop only"))] = "cash",
) -> str:
    """Takes the money for an order into the open till; gives the number of the receipt.

    reference: the number of the terminal's slip, the cheque, the transfer or the payment company's transaction. Cash on delivery is brought by the
    courier. Refuses another amount than the order's, another way than the customer's, and a transfer or payment that is not there.
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
            _take_at_counter(do, document, row, by)
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


def _take_at_counter(do: Doing, document: documents.Document, row: Any, means: str) -> None:
    """Money that the customer hands over for an order that is placed: cash, a card at the terminal, a cheque."""
    document.must_allow("paid", "order")
    shop, who = shop_of(do, row.merchant), shopper_of(do, row.shopper)
    amount: Decimal = row.amount
    if means == "cash":
        payments.require_cash(do, who.member, who.full_name, amount, "amount")
        money = [ledger.Line(shop.member, ledger.CASH, amount), ledger.Line(who.member, ledger.CASH, -amount)]
    else:
        account = ebank.account_of(do, who.member, "personal")
        if account is None or ebank.balance_of(do, account) < amount:
            raise CARD_DECLINED("amount")
        money = [ledger.Line(shop.member, CLEARING, amount, means), *_owing(who.member, account, amount, means, shop.merchant, row.number)]
    document.move_to("paid", "order")
    payments.keep_payment(do, row, amount, None, banked=True)
    lines = [*money, *payments.advance(shop.member, who.member, amount)]
    ledger.post(do, "counter", f"柜台收款 Taken at the counter for {row.number}", lines, row.number)


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
    if row is None or row.till != open_till_of(do) or row.means == "bank":
        raise NO_RECEIPT("receipt", number=receipt[:40])
    do.execute("update shop_receipt set reference = $reference where number = $n", reference=reference, n=receipt)
    return receipt


NO_RECEIPT = refusal(
    "no_receipt",
    "今天的收银台没有可更正的收款记录 {number}。请核对编号。",
    "The open till has no receipt {number} that can be corrected. Check the number.",
)


# --- counting and closing ----------------------------------------------------------------------------------------------------


def taken(look: Looking, till: str, means: str) -> Decimal:
    """What the receipts of a till come to, by means."""
    found: Decimal = look.value("select coalesce(sum(amount), 0)::decimal(18,2) from shop_receipt where till = $n and means = $means", n=till, means=means)
    return found


def cash_in(look: Looking, till: str) -> Decimal:
    """The cash in the drawer: less than the receipts say, by the world's seed, because somebody gave wrong change."""
    wrong = look.stream(f"shop.drawer/{till}").choice((2, 5, 8, 10, 15))
    return max(taken(look, till, "cash") - wrong, Decimal("0.00"))


@query("SHOP012", role=CASHIER, title=("查看钱箱", "View the drawer"))
def drawer(do: Doing, till: OwnTill) -> Table:
    """What lies in the drawer: means, paper (of a slip or cheque), face_value (of notes and coins), pieces, amount. The cashier adds it up."""
    own(do, TILL, "shop_till", till, "till")
    rows: list[tuple[str, str, Decimal | None, int, Decimal]] = []
    left = cash_in(do, till)
    for value in MONEY:
        pieces, left = int(left // value), left % value
        if pieces:
            rows.append(("cash", "", value.quantize(Decimal("0.01")), pieces, pieces * value.quantize(Decimal("0.01"))))
    slips = do.all("select means, reference, amount from shop_receipt where till = $n and means in ('card', 'cheque') order by means, number", n=till)
    rows += [(r.means, r.reference, None, 1, r.amount) for r in slips]
    return Table(("means", "paper", "face_value", "pieces", "amount"), rows)


@command("SHOP012", role=CASHIER, title=("清点收银台", "Count the till"))
def count_till(
    do: Doing,
    till: Annotated[Ref, Ask("收银台", "Till", choose="shop.tills_open")],
    cash: Annotated[Money, Ask("现金", "Cash", ge="0", unit=Text("元", "CNY"))],
    cards: Annotated[Money, Ask("刷卡单", "Card slips", ge="0", unit=Text("元", "CNY"))],
    cheques: Annotated[Money, Ask("支票", "Cheques", ge="0", unit=Text("元", "CNY"))],
) -> str:
    """Writes down what was counted; gives the till. It can be counted again until it is closed. No more money is taken into it.

    Refuses slips or cheques that do not come to what was taken: they can be checked one by one.
    """
    document, _ = own(do, TILL, "shop_till", till, "till")
    for field, means, given, what in (
        ("cards", "card", cards, Text("刷卡单", "card slips")),
        ("cheques", "cheque", cheques, Text("支票", "cheques")),
    ):
        if (book := taken(do, till, means)) != given:
            raise SLIPS_DIFFER(field, what=what, book=f"{book:,}", given=f"{given:,}")
    document.move_to("counted", "till")
    do.execute("update shop_till set counted = $cash, cards = $cards, cheques = $cheques where number = $n", cash=cash, cards=cards, cheques=cheques, n=till)
    return till


@command("SHOP012", role=CASHIER, title=("收银台日结", "Close the till"))
def close_till(do: Doing, till: Annotated[Ref, Ask("收银台", "Till", choose="shop.tills_counted")]) -> dict[str, Decimal]:
    """Holds the counted cash against the receipts; gives book, counted and difference. A difference is posted to 1901 until somebody decides on it."""
    document, row = own(do, TILL, "shop_till", till, "till")
    if row.counted is None:
        raise NOT_COUNTED("till", number=till)
    book = taken(do, till, "cash")
    difference = row.counted - book
    document.move_to("difference" if difference else "balanced", "till")
    do.execute("update shop_till set book = $book, difference = $difference where number = $n", book=book, difference=difference, n=till)
    if difference:
        owner = shop_of(do, do.actor).member
        lines = [ledger.Line(owner, ledger.CASH, difference), ledger.Line(owner, DIFFERENCES, -difference, till)]
        ledger.post(do, "till_difference", f"现金差额 Difference in the till {till}", lines, till)
    return {"book": book, "counted": row.counted, "difference": difference}


@command("SHOP012", role=CASHIER, title=("移交财务", "Hand over to finance"))
def hand_to_finance(do: Doing, till: Annotated[Ref, Ask("收银台", "Till", choose="shop.tills_closed")]) -> str:
    """Reports a closed till to finance, with the money, the slips and the cheques; gives the till. The bank credits cards and cheques the day after."""
    own(do, TILL, "shop_till", till, "till")[0].move_to("handed_to_finance", "till")
    return till


@command("SHOP012", role=CASHIER, title=("申请处理差额", "Ask about a difference"))
def ask_decision(
    do: Doing,
    till: Annotated[Ref, Ask("收银台", "Till", choose="shop.tills_to_decide")],
    borne_by: Annotated[Literal["company", "cashier"], Ask("由谁承担", "Borne by")],
) -> str:
    """Proposes to the accountant who bears the difference of a till; gives the number of the approval."""
    _, row = own(do, TILL, "shop_till", till, "till")
    if not row.difference or row.decision:
        raise NOTHING_TO_DECIDE("till", number=till)
    asked = approval.ask(do, till, ACCOUNTANT.name, abs(row.difference), "till")
    do.execute("update shop_till set asked = $by where number = $n", by=borne_by, n=till)
    return asked.number


@command(role=ACCOUNTANT, title=("审批差额", "Decide on a difference"))
def decide_difference(
    do: Doing,
    approval_number: Annotated[Ref, Ask("审批单", "Approval", choose="shop.decisions")],
    approves: Annotated[Literal["yes", "no"], Ask("同意", "Agree", labels={"yes": Text("同意", "Yes"), "no": Text("不同意", "No")})],
) -> str:
    """Decides who bears a difference, as the cashier has proposed, or not; gives the till. Decided, it leaves 1901. The cashier cannot decide."""
    made = approval.decide(do, approval_number, approves == "yes", field="approval_number")
    till = str(do.value("select about from approval where number = $n", n=made.number))
    if approves == "yes":
        _settle(do, do.one("select t.*, m.member from shop_till t join b2c_merchant m using (merchant) where number = $n", n=till))
    return till


def _settle(do: Doing, row: Any) -> None:
    """A shortage becomes an expense or the cashier's debt; too much cash is a gain of the company, or kept for the cashier."""
    account = ledger.OTHER_RECEIVABLE if row.asked == "cashier" else EXPENSES if row.difference < 0 else GAINS
    sub = "cashier" if row.asked == "cashier" else ""
    lines = [ledger.Line(row.member, DIFFERENCES, row.difference, row.number), ledger.Line(row.member, account, -row.difference, sub)]
    ledger.post(do, "till_decided", f"差额处理 Difference of {row.number} decided", lines, row.number)
    do.execute("update shop_till set decision = asked where number = $n", n=row.number)


@query("SHOP012", role=CASHIER, title=("查看收银差额", "View till differences"))
def till_differences(do: Doing) -> Table:
    """The shop's closed tills: till, day, state, book, counted, difference, decision. The difference is in 1901 while there is no decision."""
    return do.table(
        """select t.number as till, t.day, d.state, t.book, t.counted, t.difference, t.decision from shop_till t join document d using (number)
           where t.merchant = $m and t.book is not null order by t.number""",
        m=do.actor,
    )


# --- the day after -----------------------------------------------------------------------------------------------------------


@clock.daily
def clear(do: Doing) -> None:
    """The bank credits the shops with the cards and cheques of tills that finance has handed in."""
    for r in do.all(
        """select r.*, o.merchant, o.shopper from shop_receipt r join document d on d.number = r.till join b2c_order o on o.number = r.web_order
           where d.state = 'handed_to_finance' and r.means in ('card', 'cheque') and r.cleared_day is null and r.day < $day order by r.number""",
        day=do.day,
    ):
        shop, who = shop_of(do, r.merchant), shopper_of(do, r.shopper)
        account = ebank.merchant_account(do, r.merchant, "till")
        payer = ebank.account_of(do, who.member, "personal")
        if r.means == "cheque" and (payer is None or ebank.balance_of(do, payer) < r.amount):
            continue  # the cheque is presented again the day after
        fee = (r.amount * TERMINAL_FEE).quantize(Decimal("0.01")) if r.means == "card" else Decimal("0.00")
        lines = [
            ledger.Line(shop.member, ledger.BANK, r.amount - fee, account),
            ledger.Line(shop.member, CLEARING, -r.amount, r.means),
            ledger.Line(BANK, ledger.CUSTOMER_DEPOSITS, fee - r.amount, account),
        ]
        if r.means == "card":
            lines += [ledger.Line(BANK, ledger.OTHER_PAYABLE, r.amount, r.merchant)]
            borne = tax.within(fee, tax.rate(do, tax.FINANCIAL_SERVICES))
            lines += [ledger.Line(shop.member, payments.FINANCE, fee - borne), ledger.Line(shop.member, tax.PENDING, borne)]
            lines += [ledger.Line(BANK, payments.FEE_INCOME, borne - fee), ledger.Line(BANK, tax.OUTPUT, -borne)]
        else:
            lines += [
                ledger.Line(BANK, ledger.CUSTOMER_DEPOSITS, r.amount, payer or ""),
                ledger.Line(who.member, ledger.BANK, -r.amount, payer or ""),
                ledger.Line(who.member, ledger.OTHER_PAYABLE, r.amount, r.web_order),
            ]
        ledger.post(do, "cleared", f"银行入账 Credited by the bank: {r.number}", [line for line in lines if line.amount], r.web_order)
        do.execute("update shop_receipt set cleared_day = $day where number = $n", day=do.day, n=r.number)
