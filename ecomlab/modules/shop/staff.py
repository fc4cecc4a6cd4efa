"""Who works in a shop's department. Each post is a role of its own; all act for one shop and share its password, as one person may hold several."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import access
from ...kernel.command import VISITOR, command, role
from ...kernel.doing import Doing
from ...kernel.refusals import Declined
from ...kernel.values import Ask, Ref, Secret
from ..b2c.members import NO_SHOP, SHOP_PASSWORD, shop_of

CLERK = role("information_clerk", "信息员", "information clerk", sign_in="shop.sign_in")
PHOTOGRAPHER = role("photographer", "美工", "photographer", sign_in="shop.sign_in")
OPERATOR = role("shop_operator", "运营员", "shop operator", sign_in="shop.sign_in")
CASHIER = role("cashier", "收银员", "cashier", sign_in="shop.sign_in")
#: The shop's accountant belongs to the company, and decides what the department asks.
ACCOUNTANT = role("shop_accountant", "会计", "accountant", sign_in="shop.sign_in_accountant")
#: Who takes the parcels. Whoever comes is called to the door, and needs no password.
DRIVER = role("courier_driver", "快递员", "courier's driver", sign_in="shop.call_courier")
#: Who looks at a statement for the supplier whose goods were sold; called to the shop in the same way.
SUPPLIER = role("joint_supplier", "联营供应商", "supplier in joint operation", sign_in="shop.call_supplier")
POSTS = {r.name: r for r in (CLERK, PHOTOGRAPHER, OPERATOR, CASHIER)}


@command(role=VISITOR, title=("到岗登录", "Sign in at a post"))
def sign_in(
    do: Doing,
    post: Annotated[Literal["information_clerk", "photographer", "shop_operator", "cashier"], Ask()],
    merchant: Annotated[Ref, Ask(choose="b2c.own_shops")],
    password: Annotated[Secret, Ask(purpose=SHOP_PASSWORD)],
) -> str | Declined:
    """Opens a session at a post of a shop's department, by merchant number and the shop's password; gives the merchant number."""
    account: Any = access.find(do, SHOP_PASSWORD, merchant)
    if account is None:
        raise NO_SHOP("merchant", merchant=merchant[:40])
    return access.sign_in(do, POSTS[post], account, password)


@command(role=VISITOR, title=("会计登录", "Sign in as the accountant"))
def sign_in_accountant(
    do: Doing, merchant: Annotated[Ref, Ask(choose="b2c.own_shops")], password: Annotated[Secret, Ask(purpose=SHOP_PASSWORD)]
) -> str | Declined:
    """Opens a session as accountant of the company that keeps a shop; gives the company's member number. The accountant is not of the department."""
    account: Any = access.find(do, SHOP_PASSWORD, merchant)
    if account is None:
        raise NO_SHOP("merchant", merchant=merchant[:40])
    return access.sign_in(do, ACCOUNTANT, account, password, actor=shop_of(do, merchant).member)
