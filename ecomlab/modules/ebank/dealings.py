"""What clients do with their money: deposits, transfers, payments. A company and a person do it alike, each under a name of its own."""

from __future__ import annotations

from typing import Annotated

from ...kernel.command import choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from . import accounts, movements
from .accounts import CORPORATE_CLIENT, PERSONAL_CLIENT, Amount, OwnAccount, Pin, Purpose


@choices("ebank.recallable")
def _recallable(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        f"""select t.number, t.purpose from bank_transaction t join bank_account a on a.number = t.from_account
            where a.customer = $actor and t.day = $day and {movements.BY_CLIENT} and {movements.STANDS} order by t.number desc""",
        actor=actor, day=look.day,
    )  # fmt: skip
    return [(r.number, f"{r.number} · {r.purpose}") for r in rows]


@command("EBANK004", role=CORPORATE_CLIENT, title=("存入现金", "Deposit cash"))
@command("EBANK011", role=PERSONAL_CLIENT, title=("个人存款", "Deposit personal cash"), name="deposit_personal")
def deposit(do: Doing, account: OwnAccount, amount: Amount, pin: Pin) -> str | Declined:
    """Deposits the client's cash into an account; gives the transaction."""
    return movements.pay_in(do, account, amount, pin)


@command("EBANK005", role=CORPORATE_CLIENT, title=("转账", "Transfer money"))
@command("EBANK012", role=PERSONAL_CLIENT, title=("个人转账", "Transfer personal money"), name="transfer_personal")
def transfer(
    do: Doing,
    from_account: OwnAccount,
    to_account: Annotated[Ref, Ask(choose="ebank.payees")],
    payee: Annotated[Line, Ask(max=64)],
    amount: Amount,
    purpose: Purpose,
    pin: Pin,
) -> str | Declined:
    """Transfers money to another account, whose holder must be named; gives the transaction."""
    return movements.transfer(do, from_account, to_account, payee, amount, purpose, pin)


@command(role=CORPORATE_CLIENT, title=("电子支付", "Pay electronically"), name="pay_corporate")
@command(role=PERSONAL_CLIENT, title=("网上购物支付", "Pay for a purchase"), name="pay_personal")
def pay(
    do: Doing,
    account: OwnAccount,
    merchant: Annotated[Ref, Ask("商户", "Merchant", choose="ebank.merchants")],
    reference: Annotated[Line, Ask(max=60)],
    amount: Amount,
    pin: Pin,
) -> str | Declined:
    """Pays an order of a contracted merchant; gives the transaction. The same payment twice is one payment."""
    accounts.own_account(do, account, "account")
    return movements.pay(do, account, merchant, amount, reference, pin)


@command(role=CORPORATE_CLIENT, title=("撤回转账或支付", "Recall a transfer or payment"), name="recall_transfer")
@command(role=PERSONAL_CLIENT, title=("撤回个人转账或支付", "Recall a personal transfer or payment"), name="recall_personal")
def recall(do: Doing, transaction: Annotated[Ref, Ask(choose="ebank.recallable")], reason: Annotated[Line, Ask(max=100)]) -> str:
    """Recalls a transfer of today, or a payment behind which no order of a shop's stands, by an opposite entry; gives the new transaction.

    The payee must still have the money.
    """
    return movements.recall(do, transaction, reason)


@command(role=CORPORATE_CLIENT, title=("销户", "Close an account"), name="close_account")
@command(role=PERSONAL_CLIENT, title=("销户", "Close an account"), name="close_personal")
def close(do: Doing, account: OwnAccount, pin: Pin) -> str | Declined:
    """Closes an empty account for good."""
    return movements.close(do, account, pin)
