"""Marketing members: registering a company and signing in."""

from __future__ import annotations

import re
from typing import Annotated, Any

from ...books import access, members
from ...kernel.command import VISITOR, command, field_rule, role, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.values import Ask, Line, Ref, Secret
from .. import email
from ..ca.certificates import checked_uscc

MARKETER = role("marketer", "网络营销会员", "marketing member", sign_in="netsell.sign_in")
PASSWORD = "netsell.password"

BAD_MEMBER_NAME = refusal(
    "bad_marketer_name",
    "用户名不符合要求。请用 3 到 20 个小写字母、数字或下划线，以字母开头，例如“jiangnan_mkt”。",
    "The user name is not valid. Use 3 to 20 of a to z, digits and underscores, with one of a to z first, such as jiangnan_mkt.",
)
MEMBER_NAME_TAKEN = refusal("marketer_name_taken", "用户名 {name} 已被使用。请换一个。", "The user name {name} is taken. Choose another.")
COMPANY_JOINED = refusal(
    "company_joined",
    "该企业已是网络营销会员（用户名 {name}）。请直接登录。",
    "This company is already a marketing member (user name {name}). Sign in with that name.",
)
NO_SUCH_MEMBER = refusal(
    "no_such_marketer",
    "没有用户名为 {name} 的会员。请核对，或先注册（NETSELL001）。",
    "There is no member {name}. Check the name, or register first (NETSELL001).",
)


access.offer(
    "netsell.members",
    PASSWORD,
    "select m.user_name, b.name from netsell_member m join member b on b.number = m.member where m.user_name in {own} order by m.day, m.user_name",
)


@command("NETSELL001", role=VISITOR, title=("注册网络营销会员", "Register as a marketing member"))
def register(
    do: Doing,
    user_name: Annotated[Line, Ask(max=20, example="jiangnan_mkt")],
    company_name: Annotated[Line, Ask(max=60)],
    uscc: Annotated[Line, Ask(max=18)],
    contact: Annotated[Line, Ask(max=40)],
    mailbox: Annotated[Line, Ask(max=80)],
    password: Annotated[Secret, Ask(purpose=PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
) -> str:
    """Registers a company as a marketing member; gives the user name. An e-mail of welcome with the price list goes to the mailbox.

    The social credit code is checked by GB 32100-2015; a company that the laboratory knows stays the same member.
    """
    _check_user_name(user_name, "user_name")
    if do.value("select 1 from netsell_member where user_name = $name", name=user_name):
        raise MEMBER_NAME_TAKEN("user_name", name=user_name)
    code = checked_uscc(uscc, "uscc")
    members.check_name(do, company_name, code)
    address = email.checked_mailbox(do, mailbox, "mailbox")
    number = members.company(do, company_name, code, address)
    joined = do.value("select user_name from netsell_member join member on number = netsell_member.member where uscc = $code", code=code)
    if joined:
        raise COMPANY_JOINED("uscc", name=joined)
    do.execute(
        "insert into netsell_member values ($name, $member, $contact, $mailbox, $day)",
        name=user_name, member=number, contact=contact, mailbox=address, day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, user_name, password)
    if not do.scripted:
        _welcome(do, address, user_name, contact)
    return user_name


@command(role=VISITOR, title=("更正营销会员资料", "Correct a marketing member's data"))
def change_registration(
    do: Doing,
    user_name: Annotated[Ref, Ask(choose="netsell.members")],
    password: Annotated[Secret, Ask(purpose=PASSWORD)],
    contact: Annotated[Line, Ask(max=40)] = "",
    mailbox: Annotated[Line, Ask(max=80)] = "",
) -> str | Declined:
    """Corrects a member's contact and mailbox; what is left empty stays. Gives the user name."""
    account = access.find(do, PASSWORD, user_name)
    if account is None:
        raise NO_SUCH_MEMBER("user_name", name=user_name)
    address = email.checked_mailbox(do, mailbox, "mailbox") if mailbox else None
    if declined := access.confirm(do, account, password):
        return declined
    do.execute(
        "update netsell_member set contact = coalesce($contact, contact), mailbox = coalesce($mailbox, mailbox) where user_name = $name",
        name=user_name, contact=contact or None, mailbox=address,
    )  # fmt: skip
    return user_name


def _welcome(do: Doing, address: str, user_name: str, contact: str) -> None:
    from .names import price_list

    prices = "\n".join(f"    .{r.zone:<8}{r.price:>10}" for r in price_list(do))
    email.letter(
        do, address, "欢迎成为网络营销会员 Welcome as a marketing member",
        f"{contact}，您好！\n\n您的用户名是 {user_name}。域名每年的价格（元）如下，其他服务的价格可在订购时查看。\n\n"
        f"Your user name is {user_name}. The prices of domain names (CNY per year) are below; other prices are shown when you order.\n\n{prices}\n",
        kind="mail",
    )  # fmt: skip


@command(role=VISITOR, title=("登录网络营销", "Sign in to marketing"))
def sign_in(
    do: Doing,
    user_name: Annotated[Ref, Ask(choose="netsell.members")],
    password: Annotated[Secret, Ask(purpose=PASSWORD)],
) -> str | Declined:
    """Opens a session as a marketing member; gives the member's number. A wrong password is remembered in the logbook."""
    account = do.one(
        "select a.*, m.member from access a join netsell_member m on m.user_name = a.name where a.realm = $realm and a.name = $name",
        realm=PASSWORD, name=user_name,
    )  # fmt: skip
    if account is None:
        raise NO_SUCH_MEMBER("user_name", name=user_name)
    return access.sign_in(do, MARKETER, account, password, actor=account.member)


def profile(look: Looking, member: str) -> Any:
    """The member's row: user_name, member, contact, mailbox, name (of the company)."""
    return look.one(
        "select m.user_name, m.member, m.contact, m.mailbox, b.name from netsell_member m join member b on b.number = m.member where m.member = $member",
        member=member,
    )


def _check_user_name(user_name: str, field: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,19}", user_name):
        raise BAD_MEMBER_NAME(field)


value_rule(_check_user_name, "netsell.register.user_name")
value_rule(checked_uscc, "netsell.register.uscc")
field_rule(email.mailbox_rule, "netsell.register.mailbox", "netsell.change_registration.mailbox")
field_rule(members.name_rule, "netsell.register.company_name")
