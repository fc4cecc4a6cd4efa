"""Letters as RFC 5322 messages, and mailboxes as mbox files (RFC 4155)."""

from __future__ import annotations

import datetime
import json
import re
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, default
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from ...kernel.doing import ZONE, Looking
from . import post

#: Characters of a line that holds an encoded word (RFC 2047, section 2); other lines keep to it too.
MAX_LINE = 76
#: What stands in a header as it is: words of printable ASCII, one space between, each short enough for a line of its own.
_WORDS = re.compile(r"[!-~]{1,60}( [!-~]{1,60})*")
#: The same before an address, where a word is an atom (RFC 5322, section 3.2.3).
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]{1,60}( [\w!#$%&'*+/=?^`{|}~-]{1,60})*", re.ASCII)


def message(look: Looking, message_id: str, policy: EmailPolicy[Any] = SMTP) -> EmailMessage:
    """A letter as a message: headers encoded by RFC 2047 and folded here, Date from the business clock, threading headers.

    The headers are put in as they travel, because the library's own folding loses white space between encoded words and lets
    a text that looks like one pass for one.
    """
    row: Any = look.one("select * from mail_message where message_id = $id", id=message_id)
    made = EmailMessage(policy=policy.clone(refold_source="none"))
    made.set_raw("From", _folded("From", *_party(row.sender_name, f"<{row.sender}>")))
    for header in ("to", "cc"):
        found = look.all("select address from mail_recipient where message_id = $id and header = $header order by position", id=message_id, header=header)
        if found:
            made.set_raw(header.title(), _folded(header.title(), (", ".join(r.address for r in found), "us-ascii")))
    made.set_raw("Subject", _folded("Subject", (row.subject, _charset(row.subject, _WORDS))))
    made["Date"] = format_datetime(row.moment.replace(tzinfo=ZONE))
    made["Message-ID"] = row.message_id
    if row.in_reply_to:
        made["In-Reply-To"] = row.in_reply_to
        made.set_raw("References", _folded("References", (row.refs, "us-ascii")))
    for name, value in json.loads(row.headers or "{}").items():
        phrase, _, mark = value.rpartition(" ")
        made.set_raw(name, _folded(name, *_party(phrase, mark)))
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
    import mailbox  # few worlds ever write one

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


def _party(phrase: str, mark: str) -> list[tuple[str, str]]:
    """An address in angle brackets with the name in front of it, if there is one, as parts of a header."""
    return [(phrase, _charset(phrase, _ATOMS)), (mark, "us-ascii")] if phrase else [(mark, "us-ascii")]


def _charset(text: str, plain: re.Pattern[str]) -> str:
    """ASCII for a text that may stand as it is, UTF-8 for one that must be encoded, as must what looks encoded already."""
    return "us-ascii" if plain.fullmatch(text) and "=?" not in text else "utf-8"


def _folded(name: str, *parts: tuple[str, str]) -> str:
    """A header's value in lines, from texts with their character sets: encoded words of at most 75 characters, nothing parted that is ASCII."""
    header = Header(header_name=name, maxlinelen=MAX_LINE)
    for text, charset in parts:
        header.append(text, charset)
    return header.encode(splitchars=" ")  # by default it prefers commas, and leaves whatever follows one in one line
