"""Letters as RFC 5322 messages, and mailboxes as mbox files (RFC 4155)."""

from __future__ import annotations

import datetime
import json
import mailbox
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, default
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from ...kernel.doing import ZONE, Looking
from . import post


def message(look: Looking, message_id: str, policy: EmailPolicy[Any] = SMTP) -> EmailMessage:
    """A letter as a message: UTF-8 headers encoded by RFC 2047, Date from the business clock, threading headers."""
    row: Any = look.one("select * from mail_message where message_id = $id", id=message_id)
    made = EmailMessage(policy=policy)
    made["From"] = _address(row.sender, row.sender_name)
    for header in ("to", "cc"):
        found = look.all(
            "select address from mail_recipient where message_id = $id and header = $header order by position", id=message_id, header=header
        )
        if found:
            made[header.title()] = [_address(r.address, "") for r in found]
    made["Subject"] = row.subject
    made["Date"] = format_datetime(row.moment.replace(tzinfo=ZONE))
    made["Message-ID"] = row.message_id
    if row.in_reply_to:
        made["In-Reply-To"] = row.in_reply_to
        made["References"] = row.refs
    for name, value in json.loads(row.headers or "{}").items():
        made[name] = value
    if row.kind == "bounce":
        made["Auto-Submitted"] = "auto-replied"
    body = post.revealed(look, row.kind, row.body)
    # A line that begins with "From " would be altered in an mbox file (RFC 4155), so it is encoded too.
    plain = body.isascii() and not re.search("^From ", body, re.MULTILINE)
    made.set_content(body, charset="utf-8", cte=None if plain else "base64")
    return made


def rfc5322(look: Looking, message_id: str) -> bytes:
    """A letter as the bytes that would travel, lines ended by CR LF."""
    return message(look, message_id).as_bytes()


def write_mbox(look: Looking, address: str, path: Path) -> int:
    """Writes all letters that a mailbox holds to an mbox file, which it replaces; how many."""
    path.unlink(missing_ok=True)
    box = mailbox.mbox(path, create=True)
    rows = look.all(
        """select i.message_id, i.folder, i.seen, m.sender, m.moment from mail_item i join mail_message m using (message_id)
           where i.mailbox = $address and i.folder <> 'destroyed' order by i.number""",
        address=address,
    )
    for row in rows:
        kept = mailbox.mboxMessage(message(look, row.message_id, default))
        kept.set_from(row.sender, row.moment.replace(tzinfo=ZONE).astimezone(datetime.UTC).timetuple())
        kept.set_flags(("R" if row.seen else "") + ("O") + ("D" if row.folder == "trash" else "") + ("T" if row.folder == "drafts" else ""))
        box.add(kept)
    box.flush()
    box.close()
    return len(rows)


def _address(address: str, name: str) -> Address:
    user, _, domain = address.rpartition("@")
    return Address(name, user, domain)
