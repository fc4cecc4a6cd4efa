"""Members: a company or person is one member, however many modules know it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from ..kernel.command import ROLES, STUDENT, command
from ..kernel.doing import AUTO, Doing, Looking
from ..kernel.names import same_name
from ..kernel.refusals import refusal
from ..kernel.values import Ask, Ref
from .cast import registered_name

NOT_SIGNED_IN = refusal("not_signed_in", "“{actor}”没有以“{role}”身份登录，无法切换。请先登录。", "{actor} is not signed in as {role}. Sign in first.")
BAD_PHONE = refusal(
    "bad_phone",
    "联系电话格式不对。请填写 7 到 20 位数字，可含空格、横线和开头的加号，例如 13800138000。",
    "The phone number is not valid. Enter 7 to 20 digits, with spaces, hyphens and a leading plus if you like, such as 13800138000.",
)
OTHER_COMPANY = refusal(
    "other_company",
    "信用代码 {uscc} 登记在另一家企业名下。请核对企业名称。",
    "The credit code {uscc} is registered for a company of another name. Check the name of the company.",
)
UNKNOWN_ROLE = refusal("unknown_role", "没有“{role}”这种身份。请选择：{known}。", "There is no role {role}. Choose one of: {known}.")


def company(do: Doing, name: str, uscc: str, mailbox: str | None) -> str:
    """The member that is the company with this social credit code; made if it is not known yet. Returns its number."""
    return _member(do, "company", name, uscc, mailbox, "select number from member where uscc = $key", uscc)


def check_name(look: Looking, name: str, code: str, field: str = "company_name") -> None:
    """Whether the company with this social credit code bears the name, as the register of companies has it. Refuses 'other_company'."""
    known = registered_name(look, code)
    if known and not same_name(name, known):
        raise OTHER_COMPANY(field, uscc=code)


def name_rule(look: Looking, given: dict[str, Any], field: str) -> None:
    """The same as the rule of a field beside one that is named `uscc`."""
    name, code = given.get(field), given.get("uscc")
    if isinstance(name, str) and isinstance(code, str) and name.strip():
        check_name(look, name.strip(), "".join(code.split()).upper(), field)


def person(do: Doing, name: str, mailbox: str) -> str:
    """The member that is the person with this mailbox; made if it is not known yet. Returns its number."""
    return _member(do, "person", name, None, mailbox, "select number from member where kind = 'person' and mailbox = $key", mailbox)


def _member(do: Doing, kind: str, name: str, uscc: str | None, mailbox: str | None, known: str, key: str) -> str:
    number: str | None = do.value(known, key=key)
    if number is None:
        number = do.number("MB")
        do.execute("insert into member values ($number, $kind, $name, $uscc, $mailbox)", number=number, kind=kind, name=name, uscc=uscc, mailbox=mailbox)
    return number


def named(look: Looking, number: str) -> Any:
    """The member's row (number, kind, name, uscc, mailbox), or None."""
    return look.one("select * from member where number = $number", number=number)


def checked_phone(phone: str, field: str) -> str:
    """A phone number as it is kept. Refuses 'bad_phone'."""
    if not re.fullmatch(r"\+?\d[\d -]{5,22}\d", phone, re.ASCII) or not 7 <= sum(c.isdigit() for c in phone) <= 20:
        raise BAD_PHONE(field)
    return phone


@contextmanager
def acting(do: Doing, role: str, actor: str) -> Iterator[None]:
    """While it lasts, what is done is done by this one: scripted members act within the clock's own command. What the library does stays the library's."""
    before = do.by, do.role, do.actor
    mark = AUTO if do.by.endswith(AUTO) else ""
    do.by, do.role, do.actor = f"{role}:{actor}{mark}", role, actor
    try:
        yield
    finally:
        do.by, do.role, do.actor = before


@command(role=STUDENT, title=("切换身份", "Act as somebody else"))
def act_as(
    do: Doing,
    role: Annotated[Ref, Ask("角色", "Role")],
    actor: Annotated[Ref, Ask("已登录的用户", "Who is signed in")],
) -> str:
    """Among several open sessions of one role, makes this one act."""
    known = {name: r for name, r in ROLES.items() if r.sign_in}
    if role not in known:
        raise UNKNOWN_ROLE("role", role=role, known=", ".join(sorted(known)))
    if actor not in do.sessions(role):
        raise NOT_SIGNED_IN("actor", actor=actor, role=known[role].title)
    do.sign_in(role, actor)
    return actor


@command(role=STUDENT, title=("退出登录", "Sign out"))
def sign_out(
    do: Doing,
    role: Annotated[Ref, Ask("角色", "Role")],
    actor: Annotated[Ref, Ask("已登录的用户", "Who is signed in")],
) -> str:
    """Ends a session."""
    if role not in ROLES or actor not in do.sessions(role):
        raise NOT_SIGNED_IN("actor", actor=actor, role=ROLES[role].title if role in ROLES else role)
    do.sign_out(role, actor)
    return actor
