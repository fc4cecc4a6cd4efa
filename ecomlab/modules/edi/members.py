"""Joining the network, signing in, looking around: who is there, and how the system is put together."""

from __future__ import annotations

from typing import Annotated

from ...books import access, members
from ...books.cast import registered_name
from ...books.products import open_catalogue
from ...kernel.command import VISITOR, command, field_rule, query, value_rule
from ...kernel.doing import Doing
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref, Secret
from .. import ca, email
from . import starter
from .numbers import checked_gln, gln_of
from .roles import EDI_MEMBER, LEVELS, MAILBOX, NETWORK, Level
from .views import SystemMap

PASSWORD = "edi.password"

ALREADY_JOINED = refusal("already_joined", "{who} 已是网络会员（GLN {gln}）。请直接登录。", "{who} has joined the network already (GLN {gln}). Sign in.")
OTHER_GLN = refusal(
    "other_gln",
    "GS1 没有把 GLN {gln} 分配给这家企业。请照抄任务里的 GLN。",
    "GS1 has not given the GLN {gln} to this company. Copy the GLN of the task.",
)
NOT_JOINED = refusal(
    "not_joined", "GLN {gln} 不是网络会员。请核对号码，或先注册（EDI001）。", "GLN {gln} has not joined the network. Check the number, or join first (EDI001)."
)


access.offer("edi.members", PASSWORD, "select e.gln, m.name from edi_member e join member m on m.number = e.member where e.gln in {own} order by e.day, e.gln")


@command("EDI001", role=VISITOR, title=("加入 EDI 网络", "Join the EDI network"))
def register(
    do: Doing,
    company_name: Annotated[Line, Ask(max=60)],
    uscc: Annotated[Line, Ask(max=18)],
    gln: Annotated[Line, Ask(max=20, example="9520000000004")],
    mailbox: Annotated[Line, Ask(max=100)],
    level: Annotated[Level, Ask("支持的字符集", "Character set that you read", labels=LEVELS)],
    password: Annotated[Secret, Ask(purpose=PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
) -> str:
    """Makes a company a member of the network under its GLN; gives the GLN.

    The network's start set of partner types, partners and products is laid into the new member's files.
    """
    code = ca.checked_uscc(uscc, "uscc")
    members.check_name(do, company_name, code)
    number = checked_gln(gln, "gln")
    address = email.checked_mailbox(do, mailbox, "mailbox")
    known = do.one("select e.gln, m.name from edi_member e join member m on m.number = e.member where e.gln = $gln or m.uscc = $uscc", gln=number, uscc=code)
    if known is not None:
        raise ALREADY_JOINED("gln" if known.gln == number else "uscc", who=known.name, gln=known.gln)
    if registered_name(do, code) and number != gln_of(do, code):
        raise OTHER_GLN("gln", gln=number)
    member = members.company(do, company_name, code, address)
    do.execute(
        "insert into edi_member values ($gln, $member, $mailbox, $level, $day)",
        gln=number, member=member, mailbox=address, level=level, day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, number, password)
    if not do.scripted:
        open_catalogue(do)
        starter.lay(do, number)
        email.letter(
            do, address, "EDI 会员已开通 Your EDI membership",
            f"{company_name} 已加入 EDI 网络，会员号即 GLN {number}。\n初始资料（伙伴类型、伙伴、商品）已放入您的档案。\n\n"
            f"{company_name} has joined the EDI network under its GLN {number}.\nA start set of partner types, partners and products is in your files.\n",
            MAILBOX, NETWORK,
        )  # fmt: skip
    return number


@command(role=VISITOR, title=("更正网络会员资料", "Correct a member's data"))
def change_registration(
    do: Doing,
    gln: Annotated[Ref, Ask(choose="edi.members")],
    password: Annotated[Secret, Ask(purpose=PASSWORD)],
    mailbox: Annotated[Line, Ask(max=100)] = "",
    level: Annotated[Level | None, Ask("支持的字符集", "Character set that you read", labels=LEVELS)] = None,
) -> str | Declined:
    """Corrects a member's mailbox and character set; what is left empty stays. Gives the GLN, under which it stays on the network."""
    account = access.find(do, PASSWORD, gln)
    if account is None:
        raise NOT_JOINED("gln", gln=gln)
    address = email.checked_mailbox(do, mailbox, "mailbox") if mailbox else None
    if declined := access.confirm(do, account, password):
        return declined
    do.execute(
        "update edi_member set mailbox = coalesce($mailbox, mailbox), level = coalesce($level, level) where gln = $gln", gln=gln, mailbox=address, level=level
    )
    return gln


@command("EDI002", role=VISITOR, title=("登录 EDI 系统", "Sign in to the EDI system"))
def sign_in(do: Doing, gln: Annotated[Ref, Ask(choose="edi.members")], password: Annotated[Secret, Ask(purpose=PASSWORD)]) -> str | Declined:
    """Opens a member's session; gives its GLN. A wrong password is remembered in the logbook."""
    account = access.find(do, PASSWORD, gln)
    if account is None:
        raise NOT_JOINED("gln", gln=gln)
    return access.sign_in(do, EDI_MEMBER, account, password)


@query("EDI002", role=EDI_MEMBER, title=("查看系统结构图", "View the map of the system"))
def system_map(do: Doing) -> Table:
    """How the system is put together, as a picture and in words: each part, what it does, and what it hands on to."""
    return SystemMap()


@query(role=EDI_MEMBER, title=("网络会员名录", "Directory of the network"))
def directory(do: Doing) -> Table:
    """Who is on the network: GLN, name, and the richest character set that their system reads."""
    return do.table("select e.gln, m.name, e.level from edi_member e join member m on m.number = e.member order by e.gln")


value_rule(ca.checked_uscc, "edi.register.uscc")
field_rule(email.mailbox_rule, "edi.register.mailbox", "edi.change_registration.mailbox")
field_rule(members.name_rule, "edi.register.company_name")
value_rule(checked_gln, "edi.register.gln")
