"""The post: carries a message to every recipient's mailbox, or back as a bounce (RFC 5321, section 3.6.3)."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...books.cast import DOMAIN
from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.secrets import Issued

SERVICE = f"service@{DOMAIN}"
DAEMON = f"mailer-daemon@{DOMAIN}"
#: Names that institutions of the laboratory write from; nobody can register them.
RESERVED = frozenset(("ca", "bank", "mailer-daemon", "postmaster", "abuse", "edi", "auction", "noreply"))

BAD_ADDRESS = refusal(
    "bad_address",
    "“{address}”不是有效的邮箱地址。请按 name@ecomlab.test 的样子填写，多个地址用逗号分开。",
    "“{address}” is not a valid e-mail address. Write it like name@ecomlab.test, and separate several with commas.",
)
TOO_MANY_RECIPIENTS = refusal("too_many_recipients", "收件人超过 50 个。请分几封发送。", "There are more than 50 recipients. Send several messages.")


#: What a program does when a letter arrives, given its sender and subject.
Robot = Callable[[Doing, str, str], None]
#: By the addresses that programs answer for.
ROBOTS: dict[str, Robot] = {}


def robot(user_name: str) -> Callable[[Robot], Robot]:
    """Registers what is done, in the same transaction, when a letter arrives at `user_name` of the laboratory's domain."""
    return lambda function: ROBOTS.setdefault(f"{user_name}@{DOMAIN}", function)


_TOLD = re.compile(r"\{\{issued:([a-z0-9._:/@-]+)\}\}", re.IGNORECASE)


def told(secret: Issued) -> str:
    """How a notice mentions an issued secret, so that no table holds its text."""
    return "{{" + secret.stored() + "}}"


def revealed(look: Looking, kind: str, body: str) -> str:
    """The text of a letter for its reader. Only notices tell secrets: what a student writes reveals nothing."""
    return _TOLD.sub(lambda m: Issued(m[1]).plain(look.seed), body) if kind == "notice" else body


def masked(body: str) -> str:
    """A notice as it may be passed on: issued secrets blacked out."""
    return _TOLD.sub("••••-••••-••••", body)


def _robot(look: Looking, address: str) -> Robot | None:
    """The program that answers for an address in this world."""
    found = ROBOTS.get(address)
    return found if found and look.scenario.includes(found) else None


def known(look: Looking, address: str) -> bool:
    """Whether somebody has this address: a mailbox, or a program."""
    return _robot(look, address) is not None or look.value("select 1 from mailbox where address = $address", address=address) is not None


#: A comma or semicolon, of either width, outside of quotation marks.
_SEPARATOR = re.compile(r'[,;，；](?=(?:[^"]*"[^"]*")*[^"]*$)')


def _bare(mailbox: str) -> str:
    """The address of "Name <address>", where it is written so."""
    named = re.fullmatch(r"[^<>]*<([^<>]*)>", mailbox.strip())
    return named[1] if named else mailbox


def addresses(text: str, field: str) -> list[str]:
    """The addresses in a line, separated by commas or semicolons, each checked, none twice; "Name <address>" is its address.

    A comma within a quoted name separates nothing (RFC 5322, section 3.4). Refuses 'bad_address'.
    """
    found = [checked_address(_bare(part), field) for part in _SEPARATOR.split(text) if part.strip()]
    if len(found) > 50:
        raise TOO_MANY_RECIPIENTS(field)
    return list(dict.fromkeys(found))


@functools.lru_cache(maxsize=1024)
def checked_address(text: str, field: str) -> str:
    """An address as it is written in tables: syntax of RFC 5321 and 5322, in lower case. Refuses 'bad_address'."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise BAD_ADDRESS(field, address=text.strip()[:80]) from None
    return (found.ascii_email or found.normalized).lower()  # a Chinese domain travels as its IDNA form (RFC 5891)


def message_id(do: Doing) -> str:
    return f"<{do.number('M')}@{DOMAIN}>"


def write(
    do: Doing, sender: str, sender_name: str, subject: str, body: str, to: Sequence[str], cc: Sequence[str] = (),
    *, kind: str = "mail", answers: Any = None, headers: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A new letter, not yet on its way; its recipients' outcome is 'draft'.

    answers: the row of the letter it replies to. headers: further header fields by name (List-Unsubscribe and the like).
    """
    made = message_id(do)
    refs = f"{answers.refs} {answers.message_id}".strip() if answers else ""
    do.execute(
        "insert into mail_message values ($id, $kind, $sender, $sender_name, $subject, $body, $moment, $reply, $refs, $headers)",
        id=made, kind=kind, sender=sender, sender_name=sender_name, subject=subject, body=body, moment=do.moment,
        reply=answers.message_id if answers else None, refs=refs, headers=json.dumps(dict(headers)) if headers else None,
    )  # fmt: skip
    address_to(do, made, to, cc)
    return made


def address_to(do: Doing, message: str, to: Sequence[str], cc: Sequence[str] = ()) -> None:
    everybody = [("to", a) for a in to] + [("cc", a) for a in cc if a not in to]
    for position, (header, address) in enumerate(everybody, start=1):
        do.execute(
            "insert into mail_recipient values ($id, $position, $header, $address, 'draft')", id=message, position=position, header=header, address=address
        )


def keep(do: Doing, mailbox: str, message: str, folder: str, seen: bool = True) -> str:
    """Puts a copy of a letter into a folder of a mailbox; gives the copy's number."""
    number = do.number("ML")
    do.execute(
        "insert into mail_item values ($number, $mailbox, $id, $folder, $seen, null)", number=number, mailbox=mailbox, id=message, folder=folder, seen=seen
    )
    return number


def send(do: Doing, message: str) -> None:
    """Carries a letter to its recipients; for each whom nobody knows the sender gets a bounce."""
    sender, subject = do.one("select sender, subject from mail_message where message_id = $id", id=message)
    for row in do.all("select position, address from mail_recipient where message_id = $id order by position", id=message):
        arrives = known(do, row.address)
        do.execute(
            "update mail_recipient set outcome = $outcome where message_id = $id and position = $position",
            outcome="delivered" if arrives else "bounced", id=message, position=row.position,
        )  # fmt: skip
        if arrives:
            keep(do, row.address, message, "inbox", seen=False)
            if robot := _robot(do, row.address):
                robot(do, sender, subject)
        elif sender != DAEMON and known(do, sender):
            _bounce(do, sender, row.address, subject, message)


def letter(
    do: Doing, to: str, subject: str, body: str, sender: str = SERVICE, sender_name: str = "实验室服务台 Lab service desk",
    *, kind: str = "notice", headers: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A letter from the laboratory or another member to one mailbox; gives its Message-ID.

    A notice may hold issued secrets as `told(issued)`: tables keep the label, only the reader sees the text. What a
    student has written goes as kind "mail", which reveals nothing. headers: as for `write`.
    """
    made = write(do, sender, sender_name, subject, body, [to], kind=kind, headers=headers)
    if known(do, sender):
        keep(do, sender, made, "sent")
    send(do, made)
    return made


def _bounce(do: Doing, sender: str, address: str, subject: str, message: str) -> None:
    body = (
        f"您的邮件未能送达：\n\n    {address}\n    550 5.1.1 没有这个邮箱\n\n请核对地址后重新发送。原邮件主题：{subject}\n\n"
        f"Your message could not be delivered:\n\n    {address}\n    550 5.1.1 No such mailbox\n\n"
        f"Check the address and send it again. Subject of the message: {subject}\n"
    )
    row = do.one("select message_id, refs from mail_message where message_id = $id", id=message)
    made = write(do, DAEMON, "邮件系统 Mail system", "退信 Undelivered mail returned to sender", body, [sender], kind="bounce", answers=row)
    send(do, made)


@invariant(
    "mail_arrives",
    "发出的每封邮件都在发件人和每个收件人的邮箱里，否则已退回",
    "Every mail sent is with its sender and in each recipient's mailbox, or bounced",
)
def _arrives(look: Looking) -> list[str]:
    return [
        f"{r.message_id}: {r.why}"
        for r in look.all(
            """
            select r.message_id, 'not with ' || r.address as why from mail_recipient r
            where r.outcome = 'delivered' and not exists (select 1 from mail_item i where i.message_id = r.message_id and i.mailbox = r.address)
            union all
            select m.message_id, 'not with its sender ' || m.sender from mail_message m join mailbox b on b.address = m.sender
            where not exists (select 1 from mail_item i where i.message_id = m.message_id and i.mailbox = m.sender)
            union all
            select r.message_id, 'bounced at ' || r.address || ' but the sender was not told' from mail_recipient r
            join mail_message m using (message_id) join mailbox b on b.address = m.sender
            where r.outcome = 'bounced' and not exists (
                select 1 from mail_message x where x.kind = 'bounce' and x.in_reply_to = m.message_id and contains(x.body, r.address))
            order by 1, 2"""
        )
    ]
