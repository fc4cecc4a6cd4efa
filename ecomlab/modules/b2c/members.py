"""Who buys and who sells: shoppers register with a user name, merchants with the contract that their bank has signed."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from ...books import access, documents, members, stock
from ...books.members import checked_phone
from ...kernel.command import VISITOR, command, field_rule, query, role, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref, Secret
from .. import email
from ..ebank.merchants import SHOP_NAME_TAKEN

SHOPPER = role("shopper", "顾客", "customer", sign_in="b2c.sign_in")
SHOPKEEPER = role("shopkeeper", "店主", "shop owner", sign_in="b2c.sign_in_shopkeeper")
PASSWORD = "b2c.password"
SHOP_PASSWORD = "b2c.shopkeeper"
#: What a place where a shop keeps its goods is called in the stock books.
SHOP = "shop"

BAD_SHOPPER_NAME = refusal(
    "bad_shopper_name",
    "用户名不符合要求。请用 3 到 20 个小写字母、数字、点或下划线，以字母开头，例如 lin.xiao。",
    "This is not a valid user name. Use 3 to 20 small letters, digits, dots or underscores, starting with a letter, such as lin.xiao.",
)
SHOPPER_NAME_TAKEN = refusal(
    "shopper_name_taken",
    "用户名 {name} 已被注册。请换一个，例如在后面加上数字。",
    "The user name {name} is taken. Choose another, for example with a digit at the end.",
)
MAILBOX_HAS_SHOPPER = refusal(
    "mailbox_has_shopper",
    "邮箱 {mailbox} 已注册为顾客 {name}。请直接登录。",
    "The mailbox {mailbox} is registered for the customer {name} already. Sign in.",
)
NO_SHOPPER = refusal("no_shopper", "没有顾客 {name}。请先注册（B2C001）。", "There is no customer {name}. Register first (B2C001).")
HAS_ORDERED = refusal(
    "has_ordered",
    "顾客 {name} 已有订单（{order}），不能注销。请用“更正顾客资料”修改资料。",
    "The customer {name} has orders ({order}), so the registration stays. Change what is wrong by “Correct a customer's data”.",
)
OTHER_CONTRACT = refusal(
    "other_contract",
    "协议编号 {contract} 不是商户号 {merchant} 的有效协议。请核对：两个编号都在银行的签约邮件里（EBANK016）。",
    "{contract} is not a valid contract of merchant {merchant}. Check both numbers: they are in the message from the bank (EBANK016).",
)
SHOP_ALREADY = refusal("shop_already", "商户 {merchant} 已经开店。请以店主身份登录。", "The merchant {merchant} has a shop already. Sign in as its owner.")
NO_SHOP = refusal("no_shop", "商户 {merchant} 还没有开店。请先办理商户入驻（B2C002）。", "The merchant {merchant} has no shop yet. Open one first (B2C002).")

NewPassword = Annotated[Secret, Ask(purpose=PASSWORD, new=True)]
ConfirmPassword = Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")]
Password = Annotated[Secret, Ask(purpose=PASSWORD)]
UserName = Annotated[Line, Ask(max=20, example="lin.xiao")]
Phone = Annotated[Line, Ask(max=24, example="13800138000")]
Costing = Annotated[Literal["moving_average", "fifo"], Ask()]


access.offer("b2c.own_shoppers", PASSWORD, "select user_name, full_name from b2c_shopper where user_name in {own} order by joined, user_name")
access.offer("b2c.own_shops", SHOP_PASSWORD, "select merchant, shop_name from b2c_merchant where merchant in {own} order by joined, merchant")
access.offer(
    "b2c.own_contracts",
    "ebank.password",
    "select m.number, m.shop_name from merchant_contract m join document d using (number) where d.state = 'signed' and m.merchant in {own} order by m.number",
)


def shopper_of(look: Looking, user_name: str, field: str | None = None) -> Any:
    """A shopper's row. Refuses 'no_shopper'."""
    row = look.one("select * from b2c_shopper where user_name = $name", name=user_name)
    if row is None:
        raise NO_SHOPPER(field, name=user_name[:40])
    return row


def shop_of(look: Looking, merchant: str, field: str | None = None) -> Any:
    """A shop's row. Refuses 'no_shop'."""
    row = look.one("select * from b2c_merchant where merchant = $merchant", merchant=merchant)
    if row is None:
        raise NO_SHOP(field, merchant=merchant[:40])
    return row


@query("B2C001", role=VISITOR, title=("查询用户名", "Check a user name"))
def check_user_name(do: Doing, user_name: UserName) -> Table:
    """One row: the user name, and whether it is still free. The first page of registering."""
    _check_name(user_name)
    return do.table("select $name as user_name, not exists (select 1 from b2c_shopper where user_name = $name) as name_free", name=user_name)


def _check_name(user_name: str, field: str = "user_name") -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*([._][a-z0-9]+)*", user_name) or len(user_name) < 3:
        raise BAD_SHOPPER_NAME(field)


@command("B2C001", role=VISITOR, title=("注册顾客", "Register as a customer"))
def register(
    do: Doing,
    user_name: UserName,
    full_name: Annotated[Line, Ask(max=60)],
    mailbox: Annotated[Line, Ask(max=80, help=Text("订单的通知发到这里", "News of your orders is sent here"))],
    phone: Phone,
    password: NewPassword,
    confirm: ConfirmPassword,
    postal_address: Annotated[Line, Ask(max=120)] = "",
) -> str:
    """Registers a person as a customer; gives the user name. Only the postal address is optional. A mailbox has one customer."""
    _check_name(user_name)
    if do.value("select 1 from b2c_shopper where user_name = $name", name=user_name):
        raise SHOPPER_NAME_TAKEN("user_name", name=user_name)
    address = email.checked_mailbox(do, mailbox, "mailbox")
    if known := do.value("select user_name from b2c_shopper where mailbox = $address", address=address):
        raise MAILBOX_HAS_SHOPPER("mailbox", mailbox=address, name=known)
    do.execute(
        "insert into b2c_shopper values ($name, $member, $full_name, $mailbox, $phone, $postal_address, $day)",
        name=user_name, member=members.person(do, full_name, address), full_name=full_name, mailbox=address, phone=checked_phone(phone, "phone"),
        postal_address=postal_address or "", day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, user_name, password)
    return user_name


@command(role=VISITOR, title=("更正顾客资料", "Correct a customer's data"))
def change_registration(
    do: Doing,
    user_name: Annotated[Ref, Ask(choose="b2c.own_shoppers")],
    password: Password,
    full_name: Annotated[Line, Ask(max=60)] = "",
    phone: Annotated[Line, Ask(max=24)] = "",
    postal_address: Annotated[Line, Ask(max=120)] = "",
) -> str | Declined:
    """Corrects what a customer registered with; what is left empty stays. Gives the user name."""
    account = access.find(do, PASSWORD, user_name)
    if account is None:
        raise NO_SHOPPER("user_name", name=user_name[:40])
    if phone:
        checked_phone(phone, "phone")
    if declined := access.confirm(do, account, password):
        return declined
    do.execute(
        """update b2c_shopper set full_name = coalesce($full_name, full_name), phone = coalesce($phone, phone),
           postal_address = coalesce($postal_address, postal_address) where user_name = $name""",
        name=user_name, full_name=full_name or None, phone=phone or None, postal_address=postal_address or None,
    )  # fmt: skip
    return user_name


@command(role=VISITOR, title=("注销顾客账号", "Cancel a customer's registration"))
def cancel_registration(do: Doing, user_name: Annotated[Ref, Ask(choose="b2c.own_shoppers")], password: Password) -> str | Declined:
    """Takes back the registration of a customer who has not ordered anything yet; gives the user name. Name and mailbox can register again."""
    account = access.find(do, PASSWORD, user_name)
    if account is None:
        raise NO_SHOPPER("user_name", name=user_name[:40])
    if order := do.value("select min(number) from b2c_order where shopper = $name", name=user_name):
        raise HAS_ORDERED("user_name", name=user_name, order=order)
    if declined := access.confirm(do, account, password):
        return declined
    if user_name in do.sessions(SHOPPER.name):
        do.sign_out(SHOPPER.name, user_name)
    do.execute("delete from b2c_cart where shopper = $name", name=user_name)
    do.execute("delete from b2c_shopper where user_name = $name", name=user_name)
    access.withdraw(do, PASSWORD, user_name)
    return user_name


@command("B2C027", role=VISITOR, title=("登录为顾客", "Sign in as a customer"))
def sign_in(do: Doing, user_name: Annotated[Ref, Ask(choose="b2c.own_shoppers")], password: Password) -> str | Declined:
    """Opens a session as customer; the cart is kept. Gives the user name."""
    account = access.find(do, PASSWORD, user_name)
    if account is None:
        raise NO_SHOPPER("user_name", name=user_name[:40])
    if declined := access.confirm(do, account, password):
        return declined
    do.sign_in(SHOPPER.name, user_name)
    do.execute(
        """insert into b2c_cart select $name, merchant, product, quantity from b2c_cart where shopper = ''
           on conflict do update set quantity = excluded.quantity""",
        name=user_name,
    )
    do.execute("delete from b2c_cart where shopper = ''")
    return user_name


@command("B2C002", role=VISITOR, title=("办理商户入驻", "Open a shop"))
def open_shop(
    do: Doing,
    merchant: Annotated[Ref, Ask(choose="ebank.own_merchants")],
    contract: Annotated[Ref, Ask(choose="b2c.own_contracts")],
    shop_name: Annotated[Line, Ask(max=40)],
    contact: Annotated[Line, Ask(max=60)],
    phone: Phone,
    mailbox: Annotated[Line, Ask(max=80, help=Text("新订单的通知发到这里", "New orders are announced here"))],
    method: Costing,
    password: Annotated[Secret, Ask(purpose=SHOP_PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=SHOP_PASSWORD, same_as="password")],
) -> dict[str, str]:
    """Opens a shop under a merchant contract with the bank. Gives the merchant number and the place where its goods will lie.

    method: how its stock is valued; a company that has goods already opens with the method it has. Refuses 'method_fixed'.
    """
    bank = do.one(
        """select m.merchant, c.member, d.state from merchant_contract m join document d using (number) join bank_customer c on c.number = m.merchant
           where m.number = $contract""",
        contract=contract,
    )
    if bank is None or bank.merchant != merchant or bank.state != "signed":
        raise OTHER_CONTRACT("contract", contract=contract[:40], merchant=merchant[:40])
    if do.value("select 1 from b2c_merchant where merchant = $merchant", merchant=merchant):
        raise SHOP_ALREADY("merchant", merchant=merchant)
    if do.value("select 1 from b2c_merchant where lower(shop_name) = lower($name)", name=shop_name):
        raise SHOP_NAME_TAKEN("shop_name", name=shop_name)
    address = email.checked_mailbox(do, mailbox, "mailbox")
    stock.open_catalogue(do)
    if method != stock.method_of(do, bank.member):
        stock.choose_method(do, bank.member, method, "method")
    place = stock.open_place(do, SHOP, bank.member, shop_name)
    do.execute(
        "insert into b2c_merchant values ($merchant, $contract, $member, $place, $shop_name, $contact, $phone, $mailbox, $day)",
        merchant=merchant, contract=contract, member=bank.member, place=place, shop_name=shop_name, contact=contact, phone=checked_phone(phone, "phone"),
        mailbox=address, day=do.day,
    )  # fmt: skip
    access.grant(do, SHOP_PASSWORD, merchant, password)
    return {"merchant": merchant, "place": place}


@command(role=SHOPKEEPER, title=("更正网店资料", "Correct a shop's data"))
def change_shop(
    do: Doing,
    contact: Annotated[Line, Ask(max=60)] = "",
    phone: Annotated[Line, Ask(max=24)] = "",
    mailbox: Annotated[Line, Ask(max=80, help=Text("新订单的通知发到这里", "New orders are announced here"))] = "",
) -> str:
    """Corrects whom to ask for at a shop and where its news go; what is left empty stays. Gives the merchant number."""
    address = email.checked_mailbox(do, mailbox, "mailbox") if mailbox else None
    do.execute(
        """update b2c_merchant set contact = coalesce($contact, contact), phone = coalesce($phone, phone), mailbox = coalesce($mailbox, mailbox)
           where merchant = $merchant""",
        merchant=shop_of(do, do.actor).merchant, contact=contact or None, phone=checked_phone(phone, "phone") if phone else None, mailbox=address,
    )  # fmt: skip
    return do.actor


@command("B2C002", role=VISITOR, title=("登录为店主", "Sign in as shop owner"))
def sign_in_shopkeeper(
    do: Doing, merchant: Annotated[Ref, Ask(choose="b2c.own_shops")], password: Annotated[Secret, Ask(purpose=SHOP_PASSWORD)]
) -> str | Declined:
    """Opens a session as the owner of a shop, by merchant number and password; gives the merchant number."""
    account = access.find(do, SHOP_PASSWORD, merchant)
    if account is None:
        raise NO_SHOP("merchant", merchant=merchant[:40])
    return access.sign_in(do, SHOPKEEPER, account, password)


@command(role=SHOPKEEPER, title=("选择存货计价方法", "Choose the costing method"))
def value_stock(do: Doing, method: Costing, reason: Annotated[Line, Ask("变更原因", "Reason for the change", max=200)]) -> dict[str, Any]:
    """Has the company's stock valued by moving average or FIFO from now on; what is there keeps its value. Gives method and value (CNY)."""
    return {"method": method, "value": stock.change_method(do, shop_of(do, do.actor).member, method, "method")}


def own(do: Doing, kind: documents.Kind, table: str, number: str, field: str, side: str = "merchant") -> tuple[documents.Document, Any]:
    """A document of whoever acts, with its row; side: the column that says whose it is. Refuses 'not_found' and 'not_yours'."""
    document = documents.find(do, kind, number, field)
    row = do.one(f"select * from {table} where number = $number", number=number)
    if getattr(row, side) != do.actor:
        raise documents.NOT_YOURS(field, kind=kind.title, number=number)
    return document, row


def tell(do: Doing, mailbox: str, subject: str, body: str) -> None:
    """A letter from the mall, to whoever still has that mailbox."""
    if email.known(do, mailbox):
        email.letter(do, mailbox, subject, body, sender=f"noreply@{email.SERVICE.partition('@')[2]}", sender_name="网上商城 Online mall")


value_rule(_check_name, "b2c.register.user_name")
value_rule(checked_phone, "b2c.register.phone", "b2c.change_registration.phone", "b2c.change_shop.phone")
field_rule(email.mailbox_rule, "b2c.register.mailbox", "b2c.change_shop.mailbox")
