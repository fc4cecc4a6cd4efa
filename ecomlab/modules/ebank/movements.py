"""Money moving: cash paid in, transfers, electronic payments, recalls. Each is one ledger entry over three books."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...books import batches, documents, ledger
from ...books.ledger import Line
from ...kernel.doing import Doing
from ...kernel.names import same_name
from ...kernel.refusals import Declined, refusal
from .accounts import (
    ACCOUNT,
    BANK,
    NOT_EMPTY,
    NOT_ENOUGH_CASH,
    NOT_YOUR_ACCOUNT,
    account,
    account_of,
    balance_of,
    own_account,
    require_funds,
    try_pin,
)
from .merchants import merchant_account

SAME_ACCOUNT = refusal(
    "same_account", "付款账户和收款账户相同。请选择另一个收款账户。", "Both accounts are the same. Choose another account to receive the money."
)
WRONG_PAYEE = refusal(
    "wrong_payee", "账户 {number} 的户名不是“{payee}”。请核对收款户名。", "The account {number} does not belong to “{payee}”. Check the payee."
)
ALREADY_PAID = refusal(
    "already_paid",
    "订单 {reference} 已由交易 {transaction} 支付，不能以不同的金额或账户再付。请核对订单号。",
    "The order {reference} has been paid by {transaction} and cannot be paid again with another amount or account. Check the order number.",
)
NOT_RECALLABLE = refusal(
    "not_recallable",
    "{transaction} 不能撤回：只有本人当日、尚未撤回的转账或电子支付可以撤回。请从列表中选择。",
    "{transaction} cannot be recalled: it must be your own transfer or payment of today. Choose one from the list.",
)
NO_PAYEE_ACCOUNT = refusal(
    "no_payee_account",
    "收款人没有可用的个人账户，暂时无法付款。请等收款人开户（EBANK010）后再付。",
    "The payee has no open personal account. Pay after the payee has registered one (EBANK010).",
)
REFUND_TOO_LARGE = refusal(
    "refund_too_large",
    "退款金额太大：交易 {transaction} 还可退 {left} 元。请减少金额。",
    "The refund is too large. Left to refund of {transaction}: {left} CNY. Enter less.",
)


#: The condition that a transaction `t` has not been recalled.
STANDS = "not exists (select 1 from bank_transaction r where r.kind = 'recall' and r.reference = t.number)"
#: The condition that a transaction `t` is money sent by the client alone: a transfer, or a payment with no order of a shop's behind it.
BY_CLIENT = "(t.kind = 'transfer' or t.kind = 'payment' and (select document from ledger_entry where number = t.entry) = t.number)"


def pay_in(do: Doing, number: str, amount: Decimal, pin: str) -> str | Declined:
    """Cash of the signed-in customer into an own account; gives the transaction. Refuses more cash than there is."""
    row = own_account(do, number, "account")
    cash = ledger.balance(do, row.member, ledger.CASH)
    if cash < amount:
        raise NOT_ENOUGH_CASH("amount", cash=f"{cash:,}")
    if declined := try_pin(do, row, pin):
        return declined
    lines = [
        Line(row.member, ledger.BANK, amount, row.number),
        Line(row.member, ledger.CASH, -amount),
        Line(BANK, ledger.CASH, amount),
        Line(BANK, ledger.CUSTOMER_DEPOSITS, -amount, row.number),
    ]
    return record(do, "deposit", lines, None, row.number, "现金存款 Cash paid in")


def transfer(do: Doing, from_account: str, to_account: str, payee: str, amount: Decimal, purpose: str, pin: str) -> str | Declined:
    """From an own account to anybody's whose holder is named rightly; gives the transaction.

    Without a document behind it, what was paid stands as another receivable of the payer and another payable of the payee.
    """
    payer = own_account(do, from_account, "from_account")
    other = account(do, to_account, "to_account")
    if other.number == payer.number:
        raise SAME_ACCOUNT("to_account")
    if not same_name(payee, other.name):
        raise WRONG_PAYEE("payee", number=other.number, payee=payee)
    require_funds(do, payer.number, amount, "amount")
    if declined := try_pin(do, payer, pin):
        return declined
    # between two accounts of one member nothing is owed
    owed = [] if payer.member == other.member else [(ledger.OTHER_RECEIVABLE, other.member), (ledger.OTHER_PAYABLE, payer.member)]
    return record(do, "transfer", between(payer, other, amount, *owed), payer.number, other.number, purpose)


def between(payer: Any, other: Any, amount: Decimal, paid: tuple[str, str] | None = None, got: tuple[str, str] | None = None) -> list[Line]:
    """The postings that move money between two accounts; paid, got: (ledger account, sub) that each party books against."""
    lines = [
        Line(BANK, ledger.CUSTOMER_DEPOSITS, amount, payer.number),
        Line(BANK, ledger.CUSTOMER_DEPOSITS, -amount, other.number),
        Line(payer.member, ledger.BANK, -amount, payer.number),
        Line(other.member, ledger.BANK, amount, other.number),
    ]
    if paid and got:
        lines += [Line(payer.member, paid[0], amount, paid[1]), Line(other.member, got[0], -amount, got[1])]
    return lines


def pay(
    do: Doing, from_account: str, merchant: str, amount: Decimal, reference: str, pin: str, *, document: str | None = None
) -> str | Declined:  # fmt: skip
    """Electronic payment of an order to a contracted merchant, by account and PIN; gives the transaction.

    The same payment sent twice is one payment. Whose account it is follows from the PIN, so a shop may ask for it.
    """
    payer = account(do, from_account, "account")
    other = account(do, merchant_account(do, merchant, "merchant"), "merchant")
    paid = do.one(
        f"""select t.number, t.from_account, t.entry from bank_transaction t
            where t.kind = 'payment' and t.merchant = $merchant and t.reference = $reference and {STANDS}""",
        merchant=merchant, reference=reference,
    )  # fmt: skip
    if paid:
        before = do.value("select amount from posting where entry = $entry and line = 1", entry=paid.entry)
        if (before, paid.from_account) != (amount, payer.number):
            raise ALREADY_PAID("reference", reference=reference, transaction=paid.number)
        return try_pin(do, payer, pin) or str(paid.number)
    if other.number == payer.number:
        raise SAME_ACCOUNT("merchant")
    require_funds(do, payer.number, amount, "amount")
    if declined := try_pin(do, payer, pin):
        return declined
    owed = [] if payer.member == other.member else [(ledger.PREPAID, other.member), (ledger.ADVANCES, payer.member)]
    purpose = f"订单支付 Payment of order {reference}"
    return record(do, "payment", between(payer, other, amount, *owed), payer.number, other.number, purpose, reference, merchant, document)


def settle(do: Doing, from_account: str, payer: str, payee: str, amount: Decimal, document: str, pin: str) -> str | Declined:
    """Pays what one member owes another under a document, between personal accounts; gives the transaction.

    The debt stands as another payable of the payer and another receivable of the payee, and the payment clears both.
    A document is paid once: the same payment sent again is one payment.
    """
    own = account(do, from_account, "account")
    if own.member != payer:
        raise NOT_YOUR_ACCOUNT("account", number=own.number)
    paid = do.value(
        "select number from bank_transaction where kind = 'payment' and reference = $document and from_account = $own", document=document, own=own.number
    )
    if paid:
        return try_pin(do, own, pin) or str(paid)
    number = account_of(do, payee, "personal")
    if number is None:
        raise NO_PAYEE_ACCOUNT("account")
    require_funds(do, own.number, amount, "account")
    if declined := try_pin(do, own, pin):
        return declined
    lines = between(own, account(do, number, "account"), amount, (ledger.OTHER_PAYABLE, payee), (ledger.OTHER_RECEIVABLE, payer))
    return record(do, "payment", lines, own.number, number, f"付款 Payment of {document}", document, None, document)


def settle_payable(
    do: Doing, from_account: str, to_account: str, amount: Decimal, reference: str, pin: str, *, document: str | None = None, field: str = "account",
    booked: tuple[str, str] = (ledger.PAYABLE, ledger.RECEIVABLE),
) -> str | Declined:
    """Pays by transfer what one company owes another; gives the transaction.

    The payer's payable and the payee's receivable fall by the amount, each under the other's member number, in an entry on
    `document`. The same payment sent again is one payment: it gives the transaction there is. Refuses the same reference
    with another amount or account, accounts that are unknown, closed or the same, and more than the account holds.
    field: the caller's name for the payer's account. document: without one the entry is on the transaction. booked: the payer's account and the
    payee's, where it is no trade debt.
    """
    payer, other = account(do, from_account, field), account(do, to_account, field)
    paid = do.one(
        "select number, from_account, entry from bank_transaction where kind = 'settlement' and to_account = $to and reference = $reference",
        to=other.number, reference=reference,
    )  # fmt: skip
    if paid:
        before = do.value("select amount from posting where entry = $entry and line = 1", entry=paid.entry)
        if (before, paid.from_account) != (amount, payer.number):
            raise ALREADY_PAID(field, reference=reference, transaction=paid.number)
        return try_pin(do, payer, pin) or str(paid.number)
    if other.number == payer.number:
        raise SAME_ACCOUNT(field)
    require_funds(do, payer.number, amount, "amount")
    if declined := try_pin(do, payer, pin):
        return declined
    lines = between(payer, other, amount, (booked[0], other.member), (booked[1], payer.member))
    return record(do, "settlement", lines, payer.number, other.number, f"结算付款 Settlement {reference}", reference, document=document)


def refund(do: Doing, transaction: str, amount: Decimal, purpose: str, field: str = "amount") -> str:
    """Pays back part or all of an electronic payment from the merchant's account; gives the transaction."""
    paid = do.one("select * from bank_transaction where number = $number and kind = 'payment'", number=transaction)
    total = do.value("select amount from posting where entry = $entry and line = 1", entry=paid.entry)
    back = do.value(
        """select coalesce(sum(p.amount), 0) from bank_transaction t join posting p on p.entry = t.entry and p.line = 1
           where t.kind = 'refund' and t.reference = $number""",
        number=transaction,
    )
    if amount > total - back:
        raise REFUND_TOO_LARGE(field, transaction=transaction, left=f"{total - back:,}")
    payer = account(do, paid.to_account, field)
    require_funds(do, payer.number, amount, field)
    if paid.from_account is None:
        who = do.value("select owner from posting where entry = $entry and account = $prepaid", entry=paid.entry, prepaid=ledger.PREPAID)
        return record(do, "refund", _to_other_bank(payer, who, amount), payer.number, None, purpose, transaction, paid.merchant)
    other = account(do, paid.from_account, field)
    owed = [] if payer.member == other.member else [(ledger.ADVANCES, other.member), (ledger.PREPAID, payer.member)]
    return record(do, "refund", between(payer, other, amount, *owed), payer.number, other.number, purpose, transaction, paid.merchant)


def cash_out(do: Doing, from_account: str, bearer: str, amount: Decimal, purpose: str, pin: str, *, document: str, field: str = "account") -> str | Declined:
    """Pays cash out of an account to a person whom the account's holder sends for it; gives the transaction.

    It stands as another receivable (1221) of the holder from the bearer, and as another payable (2241) of the bearer, under each other's member
    numbers, in an entry on `document`. Refuses more than the account holds. field: the caller's name for the account.
    """
    payer = account(do, from_account, field)
    require_funds(do, payer.number, amount, field)
    if declined := try_pin(do, payer, pin):
        return declined
    lines = [
        Line(BANK, ledger.CUSTOMER_DEPOSITS, amount, payer.number),
        Line(BANK, ledger.CASH, -amount),
        Line(payer.member, ledger.BANK, -amount, payer.number),
        Line(payer.member, ledger.OTHER_RECEIVABLE, amount, bearer),
        Line(bearer, ledger.CASH, amount),
        Line(bearer, ledger.OTHER_PAYABLE, -amount, payer.member),
    ]
    return record(do, "withdrawal", lines, payer.number, None, purpose, document=document)


def pay_outside(
    do: Doing, from_account: str, payee: str, amount: Decimal, purpose: str, pin: str, *, paid: tuple[str, str], got: tuple[str, str],
    document: str | None = None, field: str = "account",
) -> str | Declined:  # fmt: skip
    """Pays whoever banks elsewhere: a courier, the tax office; gives the transaction.

    paid, got: (ledger account, sub) that payer and payee book against, in an entry on `document`, without one on the transaction. The bank hands
    the money on to the payee's bank. Refuses more than the account holds. field: the caller's name for the account.
    """
    payer = account(do, from_account, field)
    require_funds(do, payer.number, amount, field)
    if declined := try_pin(do, payer, pin):
        return declined
    lines = [
        Line(BANK, ledger.CUSTOMER_DEPOSITS, amount, payer.number),
        Line(BANK, ledger.CASH, -amount),
        Line(payer.member, ledger.BANK, -amount, payer.number),
        Line(payer.member, paid[0], amount, paid[1]),
        Line(payee, ledger.BANK, amount),
        Line(payee, got[0], -amount, got[1]),
    ]
    return record(do, "settlement", lines, payer.number, None, purpose, document, document=document)


def get_from_outside(
    do: Doing, to_account: str, payer: str, amount: Decimal, purpose: str, *, paid: tuple[str, str], got: tuple[str, str], document: str
) -> str:  # fmt: skip
    """Takes in what somebody pays who banks elsewhere, as `pay_outside` has them; gives the transaction.

    paid, got: (ledger account, sub) that payer and payee book against. What the payer has at its own bank is brought in as capital.
    """
    payee = account(do, to_account, "account")
    lines = [
        Line(BANK, ledger.CASH, amount),
        Line(BANK, ledger.CUSTOMER_DEPOSITS, -amount, payee.number),
        Line(payee.member, ledger.BANK, amount, payee.number),
        Line(payee.member, got[0], -amount, got[1]),
        Line(payer, paid[0], amount, paid[1]),
        Line(payer, ledger.CAPITAL, -amount),
    ]
    return record(do, "settlement", lines, None, payee.number, purpose, document, document=document)


def take_cards(batch: batches.Batch, to: Any, merchant: str, payments: Sequence[tuple[str, str, Decimal]]) -> list[str]:
    """Electronic payments by cards of other banks, many at once, of (order, the payer's member, amount); gives the transactions.

    The other banks hand the money on to this one; what a payer has there is brought in as capital. to: a row of `settlement_account`.
    """
    numbers = [batch.do.number("TX") for _ in payments]
    purposes = [f"订单支付 Payment of order {order}" for order, _, _ in payments]
    posted = batch.post([
        batches.Entry("payment", purpose, [
            Line(BANK, ledger.CASH, amount),
            Line(BANK, ledger.CUSTOMER_DEPOSITS, -amount, to.number),
            Line(to.member, ledger.BANK, amount, to.number),
            Line(to.member, ledger.ADVANCES, -amount, payer),
            Line(payer, ledger.PREPAID, amount, to.member),
            Line(payer, ledger.CAPITAL, -amount),
        ], order)
        for (order, payer, amount), purpose in zip(payments, purposes, strict=True)
    ])  # fmt: skip
    batch.add("bank_transaction", [
        (number, "payment", entry, None, to.number, batch.do.day, batch.do.moment, purpose, order, merchant)
        for number, entry, purpose, (order, _, _) in zip(numbers, posted, purposes, payments, strict=True)
    ])  # fmt: skip
    return numbers


def _to_other_bank(payer: Any, member: str, amount: Decimal) -> list[Line]:
    """Money goes back to a card of another bank, whose holder draws it."""
    return [
        Line(BANK, ledger.CUSTOMER_DEPOSITS, amount, payer.number),
        Line(BANK, ledger.CASH, -amount),
        Line(payer.member, ledger.BANK, -amount, payer.number),
        Line(payer.member, ledger.ADVANCES, amount, member),
        Line(member, ledger.PREPAID, -amount, payer.member),
        Line(member, ledger.CAPITAL, amount),
    ]


def give_back_cards(batch: batches.Batch, payer: Any, merchant: str, refunds: Sequence[tuple[str, str, Decimal, str]]) -> list[str]:
    """Refunds to cards of other banks, many at once, of (the payment's transaction, its payer's member, amount, purpose); gives the transactions.

    payer: a row of `settlement_account`, which holds so much.
    """
    numbers = [batch.do.number("TX") for _ in refunds]
    posted = batch.post([
        batches.Entry("refund", purpose, _to_other_bank(payer, member, amount), number)
        for number, (_, member, amount, purpose) in zip(numbers, refunds, strict=True)
    ])  # fmt: skip
    batch.add("bank_transaction", [
        (number, "refund", entry, payer.number, None, batch.do.day, batch.do.moment, purpose, paid, merchant)
        for number, entry, (paid, _, _, purpose) in zip(numbers, posted, refunds, strict=True)
    ])  # fmt: skip
    return numbers


def debit(do: Doing, from_account: str, to_account: str, amount: Decimal, reference: str) -> str | None:
    """Takes what one company owes another from its account, as it has allowed (代扣); gives the transaction, or None if the account holds less."""
    payer, other = account(do, from_account, "account"), account(do, to_account, "account")
    if balance_of(do, payer.number) < amount:
        return None
    lines = between(payer, other, amount, (ledger.PAYABLE, other.member), (ledger.RECEIVABLE, payer.member))
    return record(do, "settlement", lines, payer.number, other.number, _debited(reference), reference, document=reference)


def debit_at_once(batch: batches.Batch, payer: Any, other: Any, amount: Decimal, reference: str) -> str:
    """As `debit`, booked with much else. payer: a row of `settlement_account`, which holds so much; other: one with `number` and `member` of an account."""
    number, purpose = batch.do.number("TX"), _debited(reference)
    lines = between(payer, other, amount, (ledger.PAYABLE, other.member), (ledger.RECEIVABLE, payer.member))
    (entry,) = batch.post([batches.Entry("settlement", purpose, lines, reference)])
    batch.add("bank_transaction", [
        (number, "settlement", entry, payer.number, other.number, batch.do.day, batch.do.moment, purpose, reference, None)
    ])  # fmt: skip
    return number


def _debited(reference: str) -> str:
    return f"代扣 Direct debit {reference}"


def recall(do: Doing, transaction: str, reason: str) -> str:
    """Takes back an own transfer or payment of the same business day by a new, opposite entry; gives the new transaction."""
    sent = do.one(
        f"""select t.* from bank_transaction t join bank_account a on a.number = t.from_account
            where t.number = $number and a.customer = $actor and t.day = $day and {BY_CLIENT} and {STANDS}""",
        number=transaction, actor=do.actor, day=do.day,
    )  # fmt: skip
    if sent is None:
        raise NOT_RECALLABLE("transaction", transaction=transaction)
    amount = do.value("select amount from posting where entry = $entry and line = 1", entry=sent.entry)
    account(do, sent.to_account, "transaction")
    require_funds(do, sent.to_account, amount, "transaction")
    number = do.number("TX")
    entry = ledger.reverse(do, sent.entry, "recall", reason, number)
    _keep(do, number, "recall", entry, sent.to_account, sent.from_account, reason, transaction, None)
    return number


def close(do: Doing, number: str, pin: str) -> str | Declined:
    """Closes an own account that holds nothing."""
    row = own_account(do, number, "account")
    if held := balance_of(do, row.number):
        raise NOT_EMPTY("account", number=row.number, balance=f"{held:,}")
    if declined := try_pin(do, row, pin):
        return declined
    documents.find(do, ACCOUNT, row.number, "account").move_to("closed")
    return str(row.number)


def record(
    do: Doing, kind: str, lines: list[Line], from_account: str | None, to_account: str | None, purpose: str,
    reference: str | None = None, merchant: str | None = None, document: str | None = None,
) -> str:  # fmt: skip
    """Posts the lines and notes the transaction; gives its number."""
    number = do.number("TX")
    entry = ledger.post(do, kind, purpose, lines, document or number)
    _keep(do, number, kind, entry, from_account, to_account, purpose, reference, merchant)
    return number


def _keep(
    do: Doing, number: str, kind: str, entry: int, from_account: str | None, to_account: str | None, purpose: str,
    reference: str | None, merchant: str | None,
) -> None:  # fmt: skip
    do.execute(
        "insert into bank_transaction values ($number, $kind, $entry, $from, $to, $day, $moment, $purpose, $reference, $merchant)",
        **{"number": number, "kind": kind, "entry": entry, "from": from_account, "to": to_account, "day": do.day, "moment": do.moment},
        purpose=purpose, reference=reference, merchant=merchant,
    )  # fmt: skip
