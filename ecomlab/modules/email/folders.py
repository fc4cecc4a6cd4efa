"""Reading and clearing away: folders, opening a message, deleting, restoring, searching."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books.wording import holds, pattern
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref
from . import post
from .mailboxes import MAIL_USER
from .messages import item_of

NOT_IN_TRASH = refusal(
    "not_in_trash",
    "邮件 {number} 不在“已删除邮件”里，无需恢复。请从列表中选择。",
    "The message {number} is not among the deleted messages. Choose one from the list.",
)

_LIST = f"""
    select i.number, m.moment, m.sender, string_agg(r.address, ', ' order by r.position) as recipients, m.subject, i.folder, i.seen
    from mail_item i join mail_message m using (message_id) left join mail_recipient r using (message_id)
    where i.mailbox = $mailbox and i.folder <> 'destroyed' and ($folder is null or i.folder = $folder)
      and {holds("m.subject || ' ' || m.body || ' ' || m.sender || ' ' || m.sender_name", "text")}
    group by all order by i.number desc"""


@query(role=MAIL_USER, title=("查看文件夹", "View a folder"))
def folder(do: Doing, folder: Annotated[Literal["inbox", "sent", "drafts", "trash"], Ask()] = "inbox") -> Table:
    """The messages in a folder, newest first: number, moment, sender, recipients, subject, folder, seen."""
    return do.table(_LIST, mailbox=do.actor, folder=folder, text=pattern(""))


@query(role=MAIL_USER, title=("查询邮件", "Find messages"))
def search(do: Doing, text: Annotated[Line, Ask("查找内容", "Search for", max=100)]) -> Table:
    """The messages in all folders whose subject, text or sender contains these words."""
    return do.table(_LIST, mailbox=do.actor, folder=None, text=pattern(text))


@command(role=MAIL_USER, title=("打开邮件", "Open a message"))
def read(do: Doing, item: Annotated[Ref, Ask(choose="email.items")]) -> dict[str, Any]:
    """Opens a message, which marks it as read: sender, recipients, moment, subject, body."""
    row = item_of(do, do.actor, item)
    if not row.seen:
        do.execute("update mail_item set seen = true where number = $number", number=item)
    recipients = do.all("select address from mail_recipient where message_id = $id order by position", id=row.message_id)
    return {
        "sender": f"{row.sender_name} <{row.sender}>",
        "recipients": ", ".join(r.address for r in recipients),
        "moment": row.moment,
        "subject": row.subject,
        "body": post.revealed(do, row.kind, row.body),
    }


@command("EMAIL004", role=MAIL_USER, title=("删除邮件", "Delete a message"))
def delete(do: Doing, item: Annotated[Ref, Ask(choose="email.items")]) -> str:
    """Moves a message to the deleted messages; one that is there already is deleted for good. Gives the folder it is in now."""
    row = item_of(do, do.actor, item)
    folder = "destroyed" if row.folder == "trash" else "trash"
    do.execute("update mail_item set folder = $folder, before = $before where number = $number", folder=folder, before=row.folder, number=item)
    return folder


@command(role=MAIL_USER, title=("恢复邮件", "Restore a message"))
def restore(do: Doing, item: Annotated[Ref, Ask(choose="email.items")]) -> str:
    """Takes a message out of the deleted messages, back to the folder it came from. Gives that folder."""
    row = item_of(do, do.actor, item)
    if row.folder != "trash":
        raise NOT_IN_TRASH("item", number=item)
    do.execute("update mail_item set folder = $folder, before = null where number = $number", folder=row.before, number=item)
    return str(row.before)
