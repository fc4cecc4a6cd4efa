"""Writing: new messages, answers, forwards and drafts."""

from __future__ import annotations

from typing import Annotated, Any

from ...kernel.command import choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Prose, Ref
from . import post
from .mailboxes import MAIL_USER

NO_RECIPIENT = refusal("no_recipient", "没有收件人。请至少填写一个。", "There is no recipient. Enter at least one.")
NO_SUCH_ITEM = refusal(
    "no_such_item", "你的邮箱里没有邮件 {number}。请从列表中选择。", "There is no message {number} in your mailbox. Choose one from the list."
)
NOT_A_DRAFT = refusal(
    "not_a_draft",
    "邮件 {number} 不在草稿箱，不能再修改或发送。请从列表中选择草稿。",
    "The message {number} is not a draft and can no longer be changed or sent. Choose a draft from the list.",
)
NOT_RECEIVED = refusal(
    "not_received",
    "{number} 是你自己写的，不能回复。请选择收到的邮件。",
    "You wrote {number} yourself and cannot reply to it. Choose a message that you received.",
)

To = Annotated[
    Line,
    Ask(
        max=1000,
        example="service@ecomlab.test",
        help=Text("可写成“姓名 <地址>”；多个地址用逗号分开", "You can also write “Name <address>”; separate several by commas"),
    ),
]
Cc = Annotated[Line, Ask(max=1000)]
Subject = Annotated[Line, Ask(max=200)]
Body = Annotated[Prose, Ask(max=20000, long=True)]


def item_of(look: Looking, mailbox: str, number: str, field: str = "item") -> Any:
    """A mailbox's copy of a message with the message itself. Refuses 'no_such_item', also for somebody else's."""
    row = look.one(
        """select i.number, i.folder, i.seen, i.before, m.* from mail_item i join mail_message m using (message_id)
           where i.number = $number and i.mailbox = $mailbox and i.folder <> 'destroyed'""",
        number=number, mailbox=mailbox,
    )  # fmt: skip
    if row is None:
        raise NO_SUCH_ITEM(field, number=number)
    return row


def _offer(look: Looking, actor: str, where: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        f"""select i.number, m.subject, m.sender, m.sender_name from mail_item i join mail_message m using (message_id)
            where i.mailbox = $actor and {where} order by i.number desc""",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.subject} · {r.sender_name or r.sender}") for r in rows]


@choices("email.received")
def _received(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return _offer(look, actor, "i.folder = 'inbox'")


@choices("email.drafts")
def _drafts(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return _offer(look, actor, "i.folder = 'drafts'")


@choices("email.items")
def _items(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return _offer(look, actor, "i.folder <> 'destroyed'")


@command("EMAIL003", role=MAIL_USER, title=("发送邮件", "Send a message"))
def send(do: Doing, to: To, subject: Subject, body: Body, cc: Cc = "") -> str:
    """Sends a message; gives the number of the copy in the folder of sent mail. Unknown recipients come back as bounces."""
    recipients = _recipients(to)
    return _send(do, post.write(do, do.actor, _name(do), subject, body, recipients, post.addresses(cc, "cc")))


@command("EMAIL002", role=MAIL_USER, title=("回复邮件", "Reply to a message"))
def reply(do: Doing, item: Annotated[Ref, Ask(choose="email.received")], body: Body) -> str:
    """Answers a message received; the answer is threaded to it by In-Reply-To and References (RFC 5322, section 3.6.4)."""
    row = item_of(do, do.actor, item)
    if row.sender == do.actor:
        raise NOT_RECEIVED("item", number=item)
    subject = row.subject if row.subject.lower().startswith("re:") else f"Re: {row.subject}"
    return _send(do, post.write(do, do.actor, _name(do), subject, body, [row.sender], answers=row))


@command(role=MAIL_USER, title=("转发邮件", "Forward a message"))
def forward(do: Doing, item: Annotated[Ref, Ask(choose="email.items")], to: To, body: Body = "") -> str:
    """Forwards a message, with its text quoted below the note in `body`."""
    row = item_of(do, do.actor, item)
    quoted = f"{body}\n\n---------- {row.sender_name} <{row.sender}> {row.moment:%Y-%m-%d %H:%M} ----------\n{row.subject}\n\n{post.masked(row.body)}"
    return _send(do, post.write(do, do.actor, _name(do), f"Fwd: {row.subject}", quoted.strip(), _recipients(to)))


@command("EMAIL007", role=MAIL_USER, title=("保存草稿", "Save a draft"))
def save_draft(do: Doing, to: To = "", subject: Subject = "", body: Body = "", cc: Cc = "") -> str:
    """Keeps a message among the drafts, finished or not; gives the number of the draft."""
    made = post.write(do, do.actor, _name(do), subject, body, post.addresses(to, "to"), post.addresses(cc, "cc"))
    return post.keep(do, do.actor, made, "drafts")


@command(role=MAIL_USER, title=("修改草稿", "Change a draft"))
def change_draft(do: Doing, item: Annotated[Ref, Ask(choose="email.drafts")], to: To = "", subject: Subject = "", body: Body = "", cc: Cc = "") -> str:
    """Changes a draft; fields left empty stay as they are."""
    row = _draft(do, item)
    do.execute(
        "update mail_message set subject = $subject, body = $body, moment = $moment where message_id = $id",
        subject=subject or row.subject, body=body or row.body, moment=do.moment, id=row.message_id,
    )  # fmt: skip
    kept = do.all("select header, address from mail_recipient where message_id = $id order by position", id=row.message_id)
    everybody = [post.addresses(given, header) or [r.address for r in kept if r.header == header] for header, given in (("to", to), ("cc", cc))]
    do.execute("delete from mail_recipient where message_id = $id", id=row.message_id)
    post.address_to(do, row.message_id, *everybody)
    return item


@command(role=MAIL_USER, title=("发送草稿", "Send a draft"))
def send_draft(do: Doing, item: Annotated[Ref, Ask(choose="email.drafts")]) -> str:
    """Sends a draft as it stands; it moves to the folder of sent mail."""
    row = _draft(do, item)
    if not do.value("select 1 from mail_recipient where message_id = $id limit 1", id=row.message_id):
        raise NO_RECIPIENT("item")
    do.execute("update mail_message set moment = $moment where message_id = $id", moment=do.moment, id=row.message_id)
    do.execute("update mail_item set folder = 'sent' where number = $number", number=item)
    post.send(do, row.message_id)
    return item


def _draft(do: Doing, item: str) -> Any:
    row = item_of(do, do.actor, item)
    if row.folder != "drafts":
        raise NOT_A_DRAFT("item", number=item)
    return row


def _recipients(to: str) -> list[str]:
    found = post.addresses(to, "to")
    if not found:
        raise NO_RECIPIENT("to")
    return found


def _name(do: Doing) -> str:
    return str(do.value("select coalesce(display_name, name) from mailbox where address = $address", address=do.actor))


def _send(do: Doing, message: str) -> str:
    number = post.keep(do, do.actor, message, "sent")
    post.send(do, message)
    return number
