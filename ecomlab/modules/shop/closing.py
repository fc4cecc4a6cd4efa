"""The cashier's evening: the drawer is counted, the till closed, and what is missing is posted until somebody decides.

A difference between drawer and books stands in 1901, and is borne by the company (6602, or 6301 if there is too much) or the cashier (1221). The bank
credits cards and cheques the day after the till was handed over.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import clock, documents, invoices, ledger, sales, tax
from ...books.paper import approval
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Refusal, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Money, Ref
from .. import ebank
from ..b2c import payments
from ..b2c.members import own, shop_of, shopper_of
from .kinds import TILL
from .staff import ACCOUNTANT, CASHIER
from .till import BANK, CLEARING, TAKEN

DIFFERENCES, EXPENSES, GAINS = "1901", "6602", "6301"
#: What the bank keeps of a payment by card at the terminal, tax included.
TERMINAL_FEE = Decimal("0.006")
#: Notes and coins, CNY.
MONEY = tuple(Decimal(v) for v in ("100", "50", "20", "10", "5", "1", "0.50", "0.10", "0.01"))

SLIPS_DIFFER = refusal(
    "slips_differ",
    "{what}共 {book} 元，不是 {given} 元。请逐张核对后再清点。",
    "The {what} come to {book} CNY, not {given} CNY. Check each of them, then count again.",
)
NOT_COUNTED = refusal("not_counted", "收银台 {number} 还没有清点。请先清点。", "The till {number} has not been counted. Count it first.")
NOTHING_TO_DECIDE = refusal(
    "nothing_to_decide", "收银台 {number} 没有待处理的差额。请选择其他收银台。", "The till {number} has no difference to decide on. Choose another till."
)

documents.offer("shop.tills_open", TILL, "open", "counted", of="shop_till", whose="merchant", shows="t.day")
documents.offer("shop.tills_counted", TILL, "counted", of="shop_till", whose="merchant", shows="t.day")
documents.offer("shop.tills", TILL, of="shop_till", whose="merchant", shows="t.day")
documents.offer("shop.tills_closed", TILL, "balanced", "difference", of="shop_till", whose="merchant", shows="t.day")
documents.offer("shop.tills_to_decide", TILL, "difference", "handed_to_finance", of="shop_till", whose="merchant", shows="t.day, t.difference",
                where="t.difference <> 0 and t.decision is null")  # fmt: skip
documents.offer("shop.decisions", approval.APPROVAL, "requested", of="approval", shows="t.about, t.amount",
                where="t.role = 'shop_accountant' and t.about in (select number from shop_till)")  # fmt: skip

OwnTill = Annotated[Ref, Ask("收银台", "Till", choose="shop.tills")]


def taken(look: Looking, till: str, means: str) -> Decimal:
    """What the receipts of a till come to, by means."""
    found: Decimal = look.value(
        f"select coalesce(sum(amount), 0)::decimal(18,2) from {TAKEN} r where till = $n and means = $means", n=till, means=means
    )
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
    slips = do.all(f"select means, reference, amount from {TAKEN} r where till = $n and means in ('card', 'cheque') order by means, number", n=till)
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
    differ = [
        SLIPS_DIFFER(field, what=what, book=f"{book:,}", given=f"{given:,}").problems[0]
        for field, means, given, what in (
            ("cards", "card", cards, Text("刷卡单", "card slips")),
            ("cheques", "cheque", cheques, Text("支票", "cheques")),
        )
        if (book := taken(do, till, means)) != given
    ]
    if differ:
        raise Refusal(differ)
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
    made = approval.decide(do, approval_number, approves == "yes", field="approval_number", offered="shop.decisions")
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
        f"""select r.* from {TAKEN} r join document d on d.number = r.till
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
        borne = tax.within(fee, tax.rate(do, tax.FINANCIAL_SERVICES))
        if r.means == "card":
            lines += [ledger.Line(BANK, ledger.OTHER_PAYABLE, r.amount, r.merchant)]
            lines += [ledger.Line(shop.member, payments.FINANCE, fee - borne), ledger.Line(shop.member, tax.PENDING, borne)]
            lines += [ledger.Line(BANK, payments.FEE_INCOME, borne - fee), ledger.Line(BANK, tax.OUTPUT, -borne)]
        else:
            lines += [
                ledger.Line(BANK, ledger.CUSTOMER_DEPOSITS, r.amount, payer or ""),
                ledger.Line(who.member, ledger.BANK, -r.amount, payer or ""),
                ledger.Line(who.member, ledger.OTHER_PAYABLE, r.amount, r.paid_for),
            ]
        document = r.till if r.way == "card_money" else r.paid_for
        ledger.post(do, "cleared", f"银行入账 Credited by the bank: {r.number}", [line for line in lines if line.amount], document)
        if fee:
            invoices.issue(do, r.number, BANK, shop.member, [sales.Item(fee - borne, tax=borne)])
        table = "shop_card_receipt" if r.way == "card_money" else "shop_receipt"
        do.execute(f"update {table} set cleared_day = $day where number = $n", day=do.day, n=r.number)
