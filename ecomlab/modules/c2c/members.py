"""Members: registering, signing in as buyer, seller or administrator, and the log of sign-ins."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from ...books import access, members
from ...kernel.command import VISITOR, choices, command, field_rule, role, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.secrets import Issued
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref, Secret
from .. import email

BUYER = role("auction_buyer", "拍卖买家", "auction buyer", sign_in="c2c.sign_in")
SELLER = role("auction_seller", "拍卖卖家", "auction seller", sign_in="c2c.sign_in")
ADMINISTRATOR = role("auction_administrator", "拍卖管理员", "auction administrator", sign_in="c2c.sign_in_administrator")
PASSWORD = "c2c.password"
#: The group whose members may sign in as administrators, and the one that everybody joins.
ADMINISTRATORS = "ADMINISTRATORS"
MEMBERS = "MEMBERS"
#: The account that the house lends to whoever is on duty as administrator; its password comes with the welcome message.
DUTY = "duty.admin"
DUTY_PASSWORD = "c2c.administrator"
#: So many sales not paid for bar a member from bidding.
STRIKES = 3

BAD_MEMBER_NAME = refusal(
    "bad_member_name",
    "会员名不符合要求。请用 3 到 20 个小写字母、数字、点或下划线，以字母开头，例如 lin.xiao。",
    "This is not a valid member name. Use 3 to 20 small letters, digits, dots or underscores, starting with a letter, such as lin.xiao.",
)
MEMBER_NAME_TAKEN = refusal("member_name_taken", "会员名 {name} 已被使用。请换一个。", "The member name {name} is already taken. Choose another.")
MAILBOX_HAS_MEMBER = refusal(
    "mailbox_has_member", "邮箱 {mailbox} 已注册为会员 {name}。请直接登录。", "The mailbox {mailbox} already belongs to the member {name}. Sign in."
)
NO_SUCH_MEMBER = refusal(
    "no_such_member",
    "没有会员 {name}。请从列表中选择，或先注册（C2C001）。",
    "There is no member {name}. Choose one from the list, or register first (C2C001).",
)
NOT_ADMINISTRATOR = refusal(
    "not_administrator",
    "会员 {name} 不在管理员组，不能进入后台。请使用值班账号 {duty}，密码在注册（C2C001）后的欢迎邮件里。",
    "The member {name} is not in the administrators' group. Use the duty account {duty}; its password is in the welcome message after registering (C2C001).",
)

NewPassword = Annotated[Secret, Ask(purpose=PASSWORD, new=True)]
Password = Annotated[Secret, Ask(purpose=PASSWORD)]
NAME_HELP = Text("3 到 20 个小写字母、数字、点或下划线，以字母开头", "3 to 20 small letters, digits, dots or underscores, starting with a letter")
SIDES = {"both": Text("买家兼卖家", "Buyer and seller"), "buyer": Text("买家", "Buyer"), "seller": Text("卖家", "Seller")}


def own_members(look: Looking) -> dict[str, str]:
    """The student's own members: name and mailbox, the first to join first; the duty account is lent, and not among them."""
    members = "select user_name, mailbox from c2c_member where user_name in {own} and user_name <> $duty order by joined, user_name"
    return dict(access.own(look, PASSWORD, members, duty=DUTY))


@choices("c2c.own_members")
def _own(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(name, f"{name} · {mailbox}") for name, mailbox in own_members(look).items()]


@choices("c2c.administrators")
def _administrators(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select user_name from c2c_member where member_group = $group order by user_name", group=ADMINISTRATORS)
    return [(r.user_name, r.user_name) for r in rows]


def member_of(look: Looking, user_name: str, field: str | None = None) -> Any:
    """A member's row. Refuses 'no_such_member'."""
    row = look.one("select * from c2c_member where user_name = $name", name=user_name)
    if row is None:
        raise NO_SUCH_MEMBER(field, name=user_name)
    return row


@command("C2C001", role=VISITOR, title=("注册拍卖会员", "Register with the auction site"))
def register(
    do: Doing,
    user_name: Annotated[Line, Ask("会员名", "Member name", max=20, example="lin.xiao", help=NAME_HELP)],
    full_name: Annotated[Line, Ask(max=60)],
    mailbox: Annotated[Line, Ask(max=80, help=Text("成交和付款的通知发到这里", "Notices of sales and payments are sent here"))],
    password: NewPassword,
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
) -> str:
    """Makes a person a member who may buy and sell; gives the member name. A mailbox has one member.

    The first member to register runs the house and is its administrator.
    """
    _check_name(user_name, "user_name")
    if do.value("select 1 from c2c_member where user_name = $name", name=user_name):
        raise MEMBER_NAME_TAKEN("user_name", name=user_name)
    address = email.checked_mailbox(do, mailbox, "mailbox")
    if known := do.value("select user_name from c2c_member where mailbox = $address", address=address):
        raise MAILBOX_HAS_MEMBER("mailbox", mailbox=address, name=known)
    first = do.value("select 1 from c2c_member limit 1") is None
    do.execute(
        "insert into c2c_member values ($name, $member, $mailbox, $member_group, $day, 0, 0, 0, 0)",
        name=user_name, member=members.person(do, full_name, address), mailbox=address, member_group=ADMINISTRATORS if first else MEMBERS, day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, user_name, password)
    if not do.scripted and not first:
        _welcome(do, address, user_name)
    return user_name


@command(role=VISITOR, title=("更正拍卖会员资料", "Correct a member's data"))
def change_registration(
    do: Doing,
    user_name: Annotated[Ref, Ask("会员名", "Member name", choose="c2c.own_members")],
    password: Password,
    mailbox: Annotated[Line, Ask(max=80, help=Text("成交和付款的通知发到这里", "Notices of sales and payments are sent here"))],
) -> str | Declined:
    """Corrects the mailbox of a member; gives the member name. A mailbox has one member."""
    account = access.find(do, PASSWORD, user_name)
    if account is None:
        raise NO_SUCH_MEMBER("user_name", name=user_name)
    address = email.checked_mailbox(do, mailbox, "mailbox")
    if known := do.value("select user_name from c2c_member where mailbox = $address and user_name <> $name", address=address, name=user_name):
        raise MAILBOX_HAS_MEMBER("mailbox", mailbox=address, name=known)
    if declined := access.confirm(do, account, password):
        return declined
    do.execute("update c2c_member set mailbox = $address where user_name = $name", address=address, name=user_name)
    return user_name


@command("C2C001", role=VISITOR, title=("登录拍卖网站", "Sign in to the auction site"))
def sign_in(
    do: Doing,
    user_name: Annotated[Ref, Ask("会员名", "Member name", choose="c2c.own_members")],
    password: Password,
    signed_in_as: Annotated[Literal["both", "buyer", "seller"], Ask(labels=SIDES)] = "both",
) -> str | Declined:
    """Signs a member in as buyer, as seller or as both; gives the member name. Every attempt is kept in the sign-in log."""
    account = access.find(do, PASSWORD, user_name)
    if account is None:
        raise NO_SUCH_MEMBER("user_name", name=user_name)
    if declined := _try_password(do, account, password, signed_in_as):
        return declined
    if signed_in_as != "seller":
        do.sign_in(BUYER.name, user_name)
    if signed_in_as != "buyer":
        do.sign_in(SELLER.name, user_name)
    return user_name


@command("C2C012", role=VISITOR, title=("登录拍卖后台", "Sign in as administrator"))
def sign_in_administrator(
    do: Doing, user_name: Annotated[Ref, Ask("管理员", "Administrator", choose="c2c.administrators")], password: Password
) -> str | Declined:
    """Signs a member of the administrators' group in as administrator; gives the member name."""
    account = do.one(
        "select a.*, m.member_group from access a join c2c_member m on m.user_name = a.name where a.realm = $realm and a.name = $name",
        realm=PASSWORD, name=user_name,
    )  # fmt: skip
    if account is None:
        raise NO_SUCH_MEMBER("user_name", name=user_name)
    if account.member_group != ADMINISTRATORS:
        raise NOT_ADMINISTRATOR("user_name", name=user_name, duty=DUTY)
    if declined := _try_password(do, account, password, "administrator"):
        return declined
    do.sign_in(ADMINISTRATOR.name, user_name)
    return user_name


def _try_password(do: Doing, account: Any, given: str, signed_in_as: str) -> Declined | None:
    declined = access.confirm(do, account, given)
    do.execute(
        "insert into c2c_sign_in values ($number, $moment, $name, $side, $outcome)",
        number=do.count("c2c_sign_in"), moment=do.moment, name=account.name, side=signed_in_as, outcome="wrong_password" if declined else "signed_in",
    )  # fmt: skip
    return declined


def notify(do: Doing, member: Any, subject: str, body: str, *, always: bool = False) -> None:
    """A message from the house to a member (a row). Scripted members read none, so they get those only that must be sent."""
    if always or not access.scripted(do, PASSWORD, member.user_name):
        _letter(do, member.mailbox, subject, body)


def _welcome(do: Doing, address: str, user_name: str) -> None:
    duty_zh = duty_en = ""
    issued = Issued(f"password/{DUTY_PASSWORD}")
    duty = access.find(do, PASSWORD, DUTY)
    if duty and duty.secret == issued.stored():
        password = email.told(issued)
        duty_zh = f"会员轮流担任值班管理员。值班账号：{DUTY}，密码：{password}\n"
        duty_en = f"Members take turns as administrator. Duty account: {DUTY}, password: {password}\n"
    letter = f"{user_name}，您好：\n\n您的会员资格已生效，可以买，也可以卖。\n{duty_zh}\nWelcome, {user_name}. You can now buy and sell.\n{duty_en}"
    _letter(do, address, f"欢迎加入拍卖网站 Welcome to the auction site, {user_name}", letter)


def _letter(do: Doing, address: str, subject: str, body: str) -> None:
    email.letter(do, address, subject, body, sender=f"auction@{email.SERVICE.partition('@')[2]}", sender_name="拍卖网站 Auction site")


def _check_name(user_name: str, field: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*([._][a-z0-9]+)*", user_name) or len(user_name) < 3:
        raise BAD_MEMBER_NAME(field)


value_rule(_check_name, "c2c.register.user_name")
field_rule(email.mailbox_rule, "c2c.register.mailbox", "c2c.change_registration.mailbox")
