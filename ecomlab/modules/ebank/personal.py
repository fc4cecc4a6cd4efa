"""Personal banking: registration, sign-in, deposits, transfers, payments."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from ...books import access, members
from ...kernel.command import VISITOR, command, field_rule, value_rule
from ...kernel.doing import Doing
from ...kernel.refusals import Declined, refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .. import email
from . import accounts
from .accounts import PERSONAL_CLIENT, Agree, ConfirmPassword, ConfirmPin, NewPassword, NewPin, Password
from .corporate import endow

#: What a person has in cash when coming to the bank, in CNY.
POCKET = Decimal("50000.00")

BAD_MOBILE = refusal(
    "bad_mobile", "手机号码格式不对。请填写以 13 到 19 开头的 11 位数字。", "The mobile number is not valid. Enter 11 digits that start with 13 to 19."
)
ALREADY_PERSON = refusal("already_person", "{name} 已有个人账户 {account}。请直接登录。", "{name} already has the account {account}. Sign in.")


access.offer(
    "ebank.personal_accounts",
    accounts.PASSWORD,
    """select a.number, c.name from bank_account a join bank_customer c on c.number = a.customer
       where a.kind = 'personal' and c.number in {own} order by a.number""",
)


@command("EBANK010", role=VISITOR, title=("注册个人网上银行", "Register for personal banking"))
def register_personal(
    do: Doing,
    full_name: Annotated[Line, Ask(max=60)],
    mobile: Annotated[Line, Ask(max=20, example="13800000000", help=Text("11 位数字；请勿填写真实号码", "11 digits; do not enter a real number"))],
    mailbox: Annotated[Line, Ask(max=80)],
    password: NewPassword,
    confirm: ConfirmPassword,
    pin: NewPin,
    confirm_pin: ConfirmPin,
    agree: Agree,
) -> dict[str, str]:
    """Registers a person as a client with a card account; gives customer number and account. The person comes with some cash."""
    if not agree:
        raise accounts.MUST_AGREE("agree")
    _check_mobile(mobile, "mobile")
    address = email.checked_mailbox(do, mailbox, "mailbox")
    member = members.person(do, full_name, address)
    if known := accounts.account_of(do, member, "personal"):
        raise ALREADY_PERSON("mailbox", name=full_name, account=known)
    customer, account = accounts.open_customer(do, "personal", member, full_name, address, password, pin)
    endow(do, member, POCKET)
    return {"customer_number": customer, "account": account}


@command(role=VISITOR, title=("更正户名", "Correct the name of the holder"))
def change_personal(
    do: Doing,
    account: Annotated[Ref, Ask("卡号（账号）", "Card account", choose="ebank.personal_accounts")],
    password: Password,
    full_name: Annotated[Line, Ask(max=60)],
) -> dict[str, str] | Declined:
    """Corrects the name of who holds an account, as payers must write it; gives customer number and name."""
    row = accounts.account(do, account, "account")
    if row.kind != "personal":
        raise accounts.NO_ACCOUNT("account", number=account)
    if declined := access.confirm(do, access.find(do, accounts.PASSWORD, row.customer), password):
        return declined
    do.execute("update bank_customer set name = $name where number = $number", name=full_name, number=row.customer)
    return {"customer_number": row.customer, "name": full_name}


@command(role=VISITOR, title=("登录个人网上银行", "Sign in to personal banking"))
def sign_in_personal(
    do: Doing, account: Annotated[Ref, Ask("卡号（账号）", "Card account", choose="ebank.personal_accounts")], password: Password
) -> dict[str, str] | Declined:
    """Signs a person in by account and password. Five wrong passwords lock the sign-in until the next business day."""
    row = accounts.account(do, account, "account")
    if row.kind != "personal":
        raise accounts.NO_ACCOUNT("account", number=account)
    return accounts.sign_in(do, PERSONAL_CLIENT, row.customer, row.name, password)


def _check_mobile(mobile: str, field: str) -> None:
    if not re.fullmatch(r"1[3-9]\d{9}", mobile, re.ASCII):
        raise BAD_MOBILE(field)


value_rule(_check_mobile, "ebank.register_personal.mobile")
field_rule(accounts.agreed, "ebank.register_personal.agree")
field_rule(email.mailbox_rule, "ebank.register_personal.mailbox")
