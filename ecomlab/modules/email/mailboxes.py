"""Mailboxes: registering one, signing in, configuring it."""

from __future__ import annotations

import re
from typing import Annotated, Any

from ...books import access, members
from ...books.cast import DOMAIN
from ...kernel.command import VISITOR, choices, command, role, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref, Secret
from . import post

NAME_HELP = Text(
    "3 到 30 个小写字母、数字、点、横线或下划线，以字母开头", "3 to 30 small letters, digits, dots, hyphens or underscores, starting with a letter"
)
MAIL_USER = role("mail_user", "邮箱用户", "mailbox owner", sign_in="email.sign_in")
PASSWORD = "email.password"

BAD_USER_NAME = refusal(
    "bad_user_name",
    "用户名不符合要求。请用 3 到 30 个小写字母、数字、点、横线或下划线，以字母开头，例如 lin.xiao。",
    "This is not a valid user name. Use 3 to 30 small letters, digits, dots, hyphens or underscores, starting with a letter, such as lin.xiao.",
)
MAILBOX_TAKEN = refusal("mailbox_taken", "邮箱 {address} 已被注册。请换一个用户名。", "The mailbox {address} is already taken. Choose another user name.")
NO_MAILBOX = refusal(
    "no_mailbox",
    "没有邮箱 {address}。请核对地址，或先申请邮箱（EMAIL001）。",
    "There is no mailbox {address}. Check the address, or register one first (EMAIL001).",
)
NOT_OWN_ADDRESS = refusal("not_own_address", "这不是当前登录的邮箱。请填写 {address}。", "This is not the mailbox that you are signed in to. Enter {address}.")


def checked_mailbox(look: Looking, text: str, field: str) -> str:
    """An address at which letters arrive, in lower case. Refuses 'bad_address' and 'no_mailbox'."""
    address = post.checked_address(text, field)
    if not post.known(look, address):
        raise NO_MAILBOX(field, address=address)
    return address


def own_mailboxes(look: Looking) -> dict[str, str]:
    """The student's own mailboxes: address and name, the oldest first."""
    return dict(access.own(look, PASSWORD, "select address, name from mailbox where address in {own} order by day, address"))


def mailbox_rule(look: Looking, given: dict[str, Any], field: str) -> None:
    """`checked_mailbox` as the rule of a field."""
    if isinstance(text := given.get(field), str) and text.strip():
        checked_mailbox(look, text, field)


def _check_name(user_name: str, field: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*", user_name) or len(user_name) < 3:
        raise BAD_USER_NAME(field)


value_rule(_check_name, "email.register.user_name")


@choices("email.mailboxes")
def _own_mailboxes(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(address, f"{address} · {name}") for address, name in own_mailboxes(look).items()]


@command("EMAIL001", role=VISITOR, title=("申请电子邮箱", "Register a mailbox"))
def register(
    do: Doing,
    user_name: Annotated[Line, Ask(max=30, unit=Text(f"@{DOMAIN}", f"@{DOMAIN}"), example="lin.xiao", help=NAME_HELP)],
    full_name: Annotated[Line, Ask(max=60)],
    password: Annotated[Secret, Ask(purpose=PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
) -> str:
    """Opens a mailbox in the laboratory's domain; gives its address.

    The service desk sends a welcome message to it, and, as everywhere, unwanted mail soon finds it too.
    """
    _check_name(user_name, "user_name")
    address = f"{user_name}@{DOMAIN}"
    if post.known(do, address) or user_name in post.RESERVED:
        raise MAILBOX_TAKEN("user_name", address=address)
    do.execute("insert into mailbox values ($address, $name, $day, null, null)", address=address, name=full_name, day=do.day)
    access.grant(do, PASSWORD, address, password)
    members.person(do, full_name, address)
    if not do.scripted:
        _welcome(do, address, full_name)
    return address


@command(role=VISITOR, title=("登录邮箱", "Sign in to a mailbox"))
def sign_in(
    do: Doing,
    address: Annotated[Ref, Ask(choose="email.mailboxes")],
    password: Annotated[Secret, Ask(purpose=PASSWORD)],
) -> str | Declined:
    """Signs in to a mailbox; gives the address. A wrong password is remembered in the logbook."""
    account = access.find(do, PASSWORD, address)
    if account is None:
        raise NO_MAILBOX("address", address=address)
    return access.sign_in(do, MAIL_USER, account, password)


@command("EMAIL006", role=MAIL_USER, title=("配置邮箱", "Configure the mailbox"))
def configure(
    do: Doing,
    display_name: Annotated[Line, Ask(max=60)],
    address: Annotated[Line, Ask(max=80)],
    user_name: Annotated[Line, Ask(max=80)],
    password: Annotated[Secret, Ask(purpose=PASSWORD)],
) -> dict[str, str] | Declined:
    """Sets the name that recipients see, after confirming the address, user name and password of the mailbox."""
    if post.checked_address(address, "address") != do.actor:
        raise NOT_OWN_ADDRESS("address", address=do.actor)
    if user_name not in (do.actor, do.actor.partition("@")[0]):
        raise NOT_OWN_ADDRESS("user_name", address=do.actor.partition("@")[0])
    if declined := access.confirm(do, access.find(do, PASSWORD, do.actor), password):
        return declined
    do.execute("update mailbox set display_name = $name, configured = $day where address = $address", name=display_name, day=do.day, address=do.actor)
    return {"address": do.actor, "display_name": display_name}


def code_word(look: Looking) -> str:
    """The word that the service desk's welcome message asks to be sent back."""
    return (
        look.stream("email.code_word").choice(("琥珀 AMBER", "翡翠 JADE", "珊瑚 CORAL", "珍珠 PEARL", "水晶 CRYSTAL", "玛瑙 AGATE")).split()[1]
        + f"-{look.mark}"
    )


def _welcome(do: Doing, address: str, name: str) -> None:
    word = code_word(do)
    post.letter(
        do, address, "欢迎使用实验室邮箱 Welcome to your mailbox",
        f"{name}，您好：\n\n您的邮箱 {address} 已经开通。请回复本邮件，并在正文中写上确认词 {word}，以便我们确认您能收到邮件。\n\n"
        f"Your mailbox {address} is open. Please reply to this message with the word {word} in it, so that we know you receive our messages.\n\n"
        "实验室服务台 Lab service desk\n",
    )  # fmt: skip
    post.letter(
        do, address, "恭喜中奖！！ You have WON a prize!!",
        "您的邮箱被抽中大奖！请立即回复您的银行账号和支付密码领取。\n\nYour address has won! Reply with your account number and PIN to claim the prize.\n",
        sender="prize@lucky-winner.test", sender_name="幸运大奖 Lucky Prize", kind="mail",
    )  # fmt: skip
