"""Corporate banking: registration with a certificate, sign-in, deposits, transfers, payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from ...books import access, documents, ledger, members
from ...kernel.command import VISITOR, choices, command, field_rule, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .. import ca, email
from ..ca.certificates import checked_uscc
from . import accounts
from .accounts import CORPORATE_CLIENT, Agree, ConfirmPassword, ConfirmPin, NewPassword, NewPin, Password

ALREADY_CLIENT = refusal(
    "already_client",
    "该企业已是本行客户（客户号 {customer}）。请直接登录（EBANK002）。",
    "This company is already a client (customer number {customer}). Sign in (EBANK002).",
)
NO_CUSTOMER = refusal(
    "no_customer",
    "没有客户号 {number}。请核对注册时给出的客户号，或先注册（EBANK001）。",
    "There is no customer number {number}. Check the one that you got, or register first (EBANK001).",
)


@choices("ebank.corporate_customers")
def _customers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    own = documents.made_here(look, accounts.ACCOUNT)
    with_account = {r.customer for r in look.all("select customer, number from bank_account") if r.number in own}
    return [(number, shown) for number, shown in accounts.own_customers(look, "corporate") if number in with_account]


@command("EBANK001", role=VISITOR, title=("注册企业网上银行", "Register for corporate banking"))
def register_corporate(
    do: Doing,
    company_name: Annotated[Line, Ask(max=64)],
    uscc: Annotated[Line, Ask(max=18)],
    capital: Annotated[Money, Ask(ge="10000", le="100000000", unit=Text("元", "CNY"))],
    contact: Annotated[Line, Ask(max=60)],
    mailbox: Annotated[Line, Ask(max=80, help=Text("证书编号和下载密码将发到这里", "The certificate number and download password are sent here"))],
    password: NewPassword,
    confirm: ConfirmPassword,
    pin: NewPin,
    confirm_pin: ConfirmPin,
    agree: Agree,
) -> dict[str, str]:
    """Registers a company as a client: customer number, account and certificate. Its capital is cash on hand until it is deposited."""
    if not agree:
        raise accounts.MUST_AGREE("agree")
    address = email.checked_mailbox(do, mailbox, "mailbox")
    code = checked_uscc(uscc, "uscc")
    members.check_name(do, company_name, code)
    member = members.company(do, company_name, code, address)
    if known := do.value("select number from bank_customer where kind = 'corporate' and member = $member", member=member):
        raise ALREADY_CLIENT("uscc", customer=known)
    customer, account = accounts.open_customer(do, "corporate", member, company_name, address, password, pin)
    certificate = ca.issue(do, "enterprise", member, ca.Subject(contact, address, company_name, uscc=uscc), parent=account)
    do.execute("update bank_customer set certificate = $certificate where number = $number", certificate=certificate, number=customer)
    endow(do, member, capital)
    return {"customer_number": customer, "account": account, "certificate": certificate}


@command(role=VISITOR, title=("更正注册资本", "Correct the registered capital"))
def change_corporate(
    do: Doing,
    customer_number: Annotated[Ref, Ask(choose="ebank.corporate_customers")],
    password: Password,
    capital: Annotated[Money, Ask(ge="10000", le="100000000", unit=Text("元", "CNY"))],
) -> dict[str, Decimal] | Declined:
    """Raises or lowers the capital with which a company registered; gives both. The difference is paid in, or taken out of its cash."""
    customer = do.one("select * from bank_customer where number = $number and kind = 'corporate'", number=customer_number)
    if customer is None:
        raise NO_CUSTOMER("customer_number", number=customer_number)
    if declined := access.confirm(do, access.find(do, accounts.PASSWORD, customer.number), password):
        return declined
    before: Decimal = do.value(
        """select -coalesce(sum(p.amount), 0)::decimal(18,2) from posting p join ledger_entry e on e.number = p.entry
           where p.owner = $member and p.account = $capital and e.kind = 'opening_capital'""",
        member=customer.member, capital=ledger.CAPITAL,
    )  # fmt: skip
    cash = ledger.balance(do, customer.member, ledger.CASH)
    if cash + capital < before:
        raise accounts.CASH_TIED_UP("capital", cash=f"{cash:,}", least=f"{before - cash:,}")
    if capital != before:
        endow(do, customer.member, capital - before)
    return {"before": before, "capital": capital}


def endow(do: Doing, member: str, amount: Decimal) -> None:
    """Puts cash into a member's books as its capital; a negative amount takes it out."""
    ledger.post(do, "opening_capital", "投入资本 Capital paid in", [ledger.Line(member, ledger.CASH, amount), ledger.Line(member, ledger.CAPITAL, -amount)])


@command("EBANK002", role=VISITOR, title=("登录企业网上银行", "Sign in to corporate banking"))
def sign_in_corporate(
    do: Doing,
    certificate: Annotated[Ref, Ask(choose="ca.own_installed")],
    customer_number: Annotated[Ref, Ask(choose="ebank.corporate_customers")],
    password: Password,
) -> dict[str, str] | Declined:
    """Signs a company in by its downloaded certificate, customer number and password. Five wrong passwords lock the sign-in until the next business day."""
    customer = do.one("select * from bank_customer where number = $number and kind = 'corporate'", number=customer_number)
    if customer is None:
        raise NO_CUSTOMER("customer_number", number=customer_number)
    ca.demand(do, certificate, "certificate", member=customer.member)
    return accounts.sign_in(do, CORPORATE_CLIENT, customer.number, customer.name, password)


value_rule(checked_uscc, "ebank.register_corporate.uscc")
field_rule(accounts.agreed, "ebank.register_corporate.agree")
field_rule(email.mailbox_rule, "ebank.register_corporate.mailbox")
field_rule(members.name_rule, "ebank.register_corporate.company_name")
