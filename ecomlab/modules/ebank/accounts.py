"""Customers and accounts: numbers with check digits, ownership, balances, and what a PIN opens."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from stdnum import luhn

from ...books import access, documents, ledger
from ...kernel.audit import invariant
from ...kernel.command import Role, role
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Money, Ref, Secret

BANK = "BANK"  # the bank as an owner of books
PASSWORD = "ebank.password"
PIN = "ebank.pin"
CORPORATE_CLIENT = role("corporate_client", "企业网银客户", "corporate banking client", sign_in="ebank.sign_in_corporate")
PERSONAL_CLIENT = role("personal_client", "个人网银客户", "personal banking client", sign_in="ebank.sign_in_personal")
MERCHANT_CLIENT = role("merchant_client", "特约商户", "merchant", sign_in="ebank.sign_in_merchant")
ACCOUNT = documents.kind("bank_account", "AC", ("银行账户", "bank account"), {"open": ("closed",), "closed": ()})

NO_ACCOUNT = refusal("no_account", "没有账户 {number}。请核对账号。", "There is no account {number}. Check the account number.")
BAD_ACCOUNT_NUMBER = refusal(
    "bad_account_number",
    "账号 {number} 的校验位不对，可能抄错了一位。请核对账号。",
    "The check digit of {number} is wrong; a digit may be mistyped. Check the account number.",
)
NOT_YOUR_ACCOUNT = refusal("not_your_account", "账户 {number} 不是你的账户。请从列表中选择。", "The account {number} is not yours. Choose one from the list.")
NOT_MEMBERS_ACCOUNT = refusal(
    "not_members_account", "账户 {number} 不是本企业的账户。请从列表中选择。", "The account {number} does not belong to your company. Choose one from the list."
)
ACCOUNT_CLOSED = refusal("account_closed", "账户 {number} 已销户，不能再使用。请选择其他账户。", "The account {number} is closed. Choose another account.")
OVERDRAFT = refusal(
    "overdraft",
    "账户 {number} 余额不足，只有 {balance} 元。请减少金额，或先存款。",
    "The balance of the account {number} is only {balance} CNY. Enter less, or deposit cash first.",
)
NOT_ENOUGH_CASH = refusal("not_enough_cash", "手头现金只有 {cash} 元。请减少存款金额。", "You have only {cash} CNY in cash. Deposit less.")
CASH_TIED_UP = refusal(
    "cash_tied_up",
    "手头现金只有 {cash} 元，资本最低只能减到 {least} 元。请填写更大的数。",
    "You have only {cash} CNY in cash, so the capital cannot be less than {least} CNY. Enter more.",
)
WRONG_PIN = refusal("wrong_pin", "支付密码不正确，还可以尝试 {left} 次。请核对后再输入。", "The PIN is wrong. Tries left: {left}. Check it and enter it again.")
MUST_AGREE = refusal("must_agree", "尚未同意服务协议。请勾选后继续。", "You have not agreed to the terms of service. Tick the box to continue.")
NOT_EMPTY = refusal(
    "not_empty",
    "账户 {number} 还有余额 {balance} 元，不能销户。请先转出。",
    "The account {number} still has a balance of {balance} CNY and cannot be closed. Transfer the money first.",
)

#: Which digit after the issuer's tells the kind of account.
_KIND_DIGIT = {"corporate": "1", "personal": "6", "merchant": "8"}

NewPassword = Annotated[Secret, Ask(purpose=PASSWORD, new=True)]
ConfirmPassword = Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")]
NewPin = Annotated[Secret, Ask(purpose=PIN, new=True, help=Text("6 位数字，不能全部相同或连续", "6 digits, not all the same and not in sequence"))]
ConfirmPin = Annotated[Secret, Ask(purpose=PIN, same_as="pin")]
Password = Annotated[Secret, Ask(purpose=PASSWORD)]
Pin = Annotated[Secret, Ask(purpose=PIN)]
access.HOLDERS |= {
    PASSWORD: "select name from bank_customer where number = $name",
    PIN: "select c.name from bank_account a join bank_customer c on c.number = a.customer where a.number = $name",
}
Agree = Annotated[Flag, Ask()]
Amount = Annotated[Money, Ask(ge="0.01", le="100000000", unit=Text("元", "CNY"), example="1250.00")]
Purpose = Annotated[Line, Ask(max=100)]
OwnAccount = Annotated[Ref, Ask(choose="ebank.own_accounts")]
CompanyAccount = Annotated[Ref, Ask("付款账户", "Account to pay from", choose="ebank.company_accounts")]


def open_customer(do: Doing, kind: str, member: str, name: str, mailbox: str, password: str, pin: str) -> tuple[str, str]:
    """A new customer with a first account; gives both numbers."""
    customer = f"{_KIND_DIGIT[kind]}{do.mark}{do.count('bank_customer'):05d}"
    do.execute(
        "insert into bank_customer values ($number, $kind, $member, $name, $mailbox, null, $day)",
        number=customer, kind=kind, member=member, name=name, mailbox=mailbox, day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, customer, password)
    return customer, open_account(do, customer, kind, pin)


def open_account(do: Doing, customer: str, kind: str, pin: str) -> str:
    """A new account of a customer: 19 digits in the form of ISO/IEC 7812, the last by Luhn's formula."""
    body = f"629000{_KIND_DIGIT[kind]}{do.mark}{do.count('bank_account'):07d}"
    number = body + luhn.calc_check_digit(body)
    documents.create(do, ACCOUNT, owner=customer, number=number)
    do.execute("insert into bank_account values ($number, $customer, $kind, $day)", number=number, customer=customer, kind=kind, day=do.day)
    access.grant(do, PIN, number, pin)
    return number


def account(look: Looking, number: str, field: str) -> Any:
    """An open account with its holder: number, customer, kind, member, name. Refuses unknown and closed ones."""
    number = number.replace(" ", "")
    if not number.isdigit() or not number.isascii() or len(number) != 19:
        raise NO_ACCOUNT(field, number=number[:40])
    if not luhn.is_valid(number):
        raise BAD_ACCOUNT_NUMBER(field, number=number)
    row = look.one(
        """select a.number, a.customer, a.kind, c.member, c.name, d.state from bank_account a
           join bank_customer c on c.number = a.customer join document d on d.number = a.number where a.number = $number""",
        number=number,
    )
    if row is None:
        raise NO_ACCOUNT(field, number=number)
    if row.state != "open":
        raise ACCOUNT_CLOSED(field, number=number)
    return row


def own_account(do: Doing, number: str, field: str) -> Any:
    """An open account of the customer who is signed in. Refuses everybody else's."""
    row = account(do, number, field)
    if row.customer != do.actor:
        raise NOT_YOUR_ACCOUNT(field, number=row.number)
    return row


def account_of(look: Looking, member: str, kind: str = "corporate") -> str | None:
    """The first open account of that kind that a member has, or None."""
    number: str | None = look.value(
        """select a.number from bank_account a join bank_customer c on c.number = a.customer join document d on d.number = a.number
           where c.member = $member and a.kind = $kind and d.state = 'open' order by a.opened, a.number limit 1""",
        member=member, kind=kind,
    )  # fmt: skip
    return number


def members_account(look: Looking, number: str, member: str, field: str) -> str:
    """The number of an open corporate account that is this member's, without blanks. Refuses 'not_members_account'."""
    number = number.replace(" ", "")
    if number not in {offered for offered, _ in _company_accounts(look, member)}:
        raise NOT_MEMBERS_ACCOUNT(field, number=number[:40])
    return number


def balance_of(look: Looking, number: str) -> Decimal:
    """What an account holds, in CNY."""
    return -ledger.balance(look, BANK, ledger.CUSTOMER_DEPOSITS, number)


def require_funds(do: Doing, number: str, amount: Decimal, field: str) -> None:
    held = balance_of(do, number)
    if held < amount:
        raise OVERDRAFT(field, number=number, balance=f"{held:,}")


def try_pin(do: Doing, row: Any, pin: str) -> Declined | None:
    """Whether the PIN opens this account (a row of `account`)."""
    return access.confirm(do, access.find(do, PIN, row.number), pin, "pin", WRONG_PIN)


def sign_in(do: Doing, as_role: Role, number: str, name: str, password: str) -> dict[str, str] | Declined:
    """Opens a session for a customer of this number and name if the password is right."""
    if declined := access.confirm(do, access.find(do, PASSWORD, number), password):
        return declined
    do.sign_in(as_role.name, number)
    return {"customer_number": number, "name": name}


def own_customers(look: Looking, kind: str) -> list[tuple[str, Text | str]]:
    """Choices: the customers of a kind that the library does not play."""
    rows = access.own(look, PASSWORD, "select number, name from bank_customer where kind = $kind and number in {own} order by number", kind=kind)
    return [(number, f"{number} · {name}") for number, name in rows]


def offer_accounts(name: str, holder: str, order: str = "d.number") -> documents.Choices:
    """Registers as choices the open accounts, with their balances, of whom a condition in SQL picks: `t` is the account, with its holder's `member`."""
    held = f"select -balance from ledger_balance where owner = '{BANK}' and account = '{ledger.CUSTOMER_DEPOSITS}' and sub = t.number"
    return documents.offer(
        name, ACCOUNT, "open", of="(select a.*, c.member from bank_account a join bank_customer c on c.number = a.customer)", where=holder,
        shows=f"coalesce(({held}), 0)::decimal(18,2)", order=order,
    )  # fmt: skip


offer_accounts("ebank.own_accounts", "t.customer = $actor")
#: For commands outside the bank, where who acts is a member and not a customer of the bank.
_company_accounts = offer_accounts("ebank.company_accounts", "t.member = $actor and t.kind = 'corporate'")
documents.offer(
    "ebank.payees", ACCOUNT, "open", of="bank_account", where="t.customer <> $actor and t.kind <> 'merchant'",
    shows="(select name from bank_customer where number = t.customer)", order="2, d.number",
)  # fmt: skip


@invariant("bank_covers", "每个银行账户余额不为负，并与户主账上的银行存款相等", "No bank account is overdrawn, and each holds what its owner's books say")
def _covers(look: Looking) -> list[str]:
    return [
        f"{r.number}: bank {r.held}, owner {r.booked}"
        for r in look.all(
            """select a.number, -coalesce(b.balance, 0) as held, coalesce(o.balance, 0) as booked
               from bank_account a join bank_customer c on c.number = a.customer
               left join ledger_balance b on b.owner = 'BANK' and b.account = '2011' and b.sub = a.number
               left join ledger_balance o on o.owner = c.member and o.account = '1002' and o.sub = a.number
               where held < 0 or held <> booked order by 1"""
        )
    ]


def agreed(look: Looking, given: dict[str, Any], field: str) -> None:
    """The rule of a box that must be ticked. Refuses 'must_agree'."""
    if given.get(field) is not True:
        raise MUST_AGREE(field)
