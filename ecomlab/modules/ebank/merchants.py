"""Merchants: the contract under which a company takes electronic payments, and the merchant's own sign-in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import documents, ledger
from ...kernel.command import VISITOR, choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .. import email
from . import accounts
from .accounts import BANK, CORPORATE_CLIENT, MERCHANT_CLIENT, Agree, ConfirmPassword, ConfirmPin, NewPassword, NewPin, Password

CONTRACT = documents.kind("merchant_contract", "MC", ("特约商户协议", "merchant contract"), {"signed": ("terminated",), "terminated": ()})

NO_MERCHANT = refusal("no_merchant", "没有商户号 {number}。请从列表中选择商户。", "There is no merchant {number}. Choose one from the list.")
MERCHANT_ENDED = refusal(
    "merchant_ended", "商户 {number} 的协议已终止，不能收款。请选择其他商户。", "The contract of the merchant {number} has ended. Choose another merchant."
)
SHOP_NAME_TAKEN = refusal("shop_name_taken", "已有名为“{name}”的商户。请换一个名称。", "There is already a merchant named “{name}”. Choose another name.")


@choices("ebank.merchants")
def _merchants(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select m.merchant, m.shop_name from merchant_contract m join document d using (number) where d.state = 'signed' order by m.shop_name")
    return [(r.merchant, f"{r.merchant} · {r.shop_name}") for r in rows]


@choices("ebank.own_merchants", made_by="EBANK016")
def _own_merchants(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return accounts.own_customers(look, "merchant")


def merchant_account(look: Looking, merchant: str, field: str) -> str:
    """The settlement account of a contracted merchant. Refuses unknown merchants and ended contracts."""
    row = look.one("select m.account, d.state from merchant_contract m join document d using (number) where m.merchant = $merchant", merchant=merchant)
    if row is None:
        raise NO_MERCHANT(field, number=merchant)
    if row.state != "signed":
        raise MERCHANT_ENDED(field, number=merchant)
    return str(row.account)


def settlement_account(look: Looking, merchant: str) -> Any:
    """The settlement account by which a merchant can be paid, with its holder (number, member) and its balance; None while there is none that is open."""
    return look.one(
        """select a.number, c.member, coalesce(-b.balance, 0)::decimal(18,2) as balance from merchant_contract m join document d using (number)
           join bank_account a on a.number = m.account join bank_customer c on c.number = a.customer join document o on o.number = a.number
           left join ledger_balance b on b.owner = $bank and b.account = $deposits and b.sub = a.number
           where m.merchant = $merchant and d.state = 'signed' and o.state = 'open'""",
        merchant=merchant, bank=BANK, deposits=ledger.CUSTOMER_DEPOSITS,
    )  # fmt: skip


@command("EBANK016", role=CORPORATE_CLIENT, title=("申请特约商户", "Apply as a merchant"))
def apply_merchant(
    do: Doing,
    shop_name: Annotated[Line, Ask(max=40)],
    category: Annotated[Literal["groceries", "electronics", "clothing", "books", "other"], Ask()],
    contact: Annotated[Line, Ask(max=60)],
    mailbox: Annotated[Line, Ask(max=80)],
    password: NewPassword,
    confirm: ConfirmPassword,
    pin: NewPin,
    confirm_pin: ConfirmPin,
    agree: Agree,
) -> dict[str, str]:
    """Signs a merchant contract for the company that is signed in; gives contract, merchant number and settlement account."""
    if not agree:
        raise accounts.MUST_AGREE("agree")
    address = email.checked_mailbox(do, mailbox, "mailbox")
    if do.value("select 1 from merchant_contract where lower(shop_name) = lower($name)", name=shop_name):
        raise SHOP_NAME_TAKEN("shop_name", name=shop_name)
    member = do.value("select member from bank_customer where number = $actor", actor=do.actor)
    merchant, account = accounts.open_customer(do, "merchant", member, shop_name, address, password, pin)
    contract = documents.create(do, CONTRACT, owner=merchant)
    do.execute(
        "insert into merchant_contract values ($number, $merchant, $shop_name, $category, $account)",
        number=contract.number, merchant=merchant, shop_name=shop_name, category=category, account=account,
    )  # fmt: skip
    email.letter(
        do, address, f"特约商户协议 Merchant contract {contract.number}",
        f"{contact}，您好：\n\n“{shop_name}”的特约商户协议已生效。\n    商户号：{merchant}\n    结算账户：{account}\n\n"
        f"The merchant contract of “{shop_name}” is in force.\n    Merchant number: {merchant}\n    Settlement account: {account}\n",
        sender=f"bank@{email.SERVICE.partition('@')[2]}", sender_name="网上银行 Online banking",
    )  # fmt: skip
    return {"contract": contract.number, "merchant": merchant, "account": account}


@command(role=VISITOR, title=("登录商户网银", "Sign in as a merchant"))
def sign_in_merchant(do: Doing, merchant: Annotated[Ref, Ask(choose="ebank.own_merchants")], password: Password) -> dict[str, str] | Declined:
    """Signs a merchant in by merchant number and password. Five wrong passwords lock the sign-in until the next business day."""
    customer = do.one("select * from bank_customer where number = $number and kind = 'merchant'", number=merchant)
    if customer is None:
        raise NO_MERCHANT("merchant", number=merchant)
    return accounts.sign_in(do, MERCHANT_CLIENT, customer.number, customer.name, password)
