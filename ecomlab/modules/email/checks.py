"""What each task of the module must show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...books.cast import own_company, persons
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, Lives, Where, after, asks, check, did
from ...kernel.names import mentions
from .mailboxes import code_word
from .post import addresses


@asks("EMAIL003", "EMAIL007")
def _correspondent(look: Looking) -> dict[str, Any]:
    chance = look.stream("email.correspondent")
    someone = chance.choice(persons(look)[1:5])
    return {"recipient": someone.mailbox, "name": someone.name, "topic": chance.choice(("RFQ", "SAMPLE", "CATALOGUE", "MEETING")) + f"-{look.mark}"}


@asks("EMAIL006")
def _display_name(look: Looking) -> dict[str, Any]:
    return {"display_name": f"{own_company(look).name} {look.mark}"}


@asks("EMAIL002")
def _word(look: Looking) -> dict[str, Any]:
    return {"word": code_word(look)}


def _items(seen: Evidence, numbers: Iterable[str]) -> dict[str, Any]:
    """Messages as they lie in mailboxes, by the numbers of those copies: sender, subject, body, recipients; they stay when they are deleted.

    recipients: to whom it goes, not who gets a copy (cc).
    """
    if not (wanted := list(numbers)):
        return {}
    rows = seen.look.all(
        """select i.number, m.sender, m.subject, m.body, list(r.address order by r.address) as recipients
           from mail_item i join mail_message m using (message_id)
           left join mail_recipient r on r.message_id = m.message_id and r.header = 'to' where list_contains($numbers, i.number) group by all""",
        numbers=wanted,
    )
    return {row.number: row for row in rows}


def _answers(seen: Evidence) -> list[Done]:
    """The answers to the welcome message, which is the service desk's that tells the word."""
    replies = seen.did("email.reply")
    answered = _items(seen, (d.arguments["item"] for d in replies))
    return [d for d in replies if seen.brief["word"] in answered[d.arguments["item"]].body]


def _sent(seen: Evidence) -> list[Any]:
    return list(_items(seen, (d.result for d in seen.did("email.send", "email.send_draft", "email.forward"))).values())


def _to_correspondent(seen: Evidence) -> list[Any]:
    return [message for message in _sent(seen) if seen.brief["recipient"] in message.recipients]


def _junk_deleted(seen: Evidence) -> list[Any]:
    deleted = _items(seen, (d.arguments["item"] for d in seen.did("email.delete")))
    return [message for message in deleted.values() if message.sender.startswith("prize@")]


def _drafts(seen: Evidence) -> Lives:
    return seen.lives("email.save_draft", change="email.change_draft")


def _addressed(seen: Evidence) -> Where:
    return lambda draft: seen.brief["recipient"] in addresses(draft.get("to") or "", "to")


check("EMAIL001", registered=did("email.register"), signed_in=lambda s: after(s.did("email.register"), s.did("email.sign_in")))
check(
    "EMAIL002",
    replied=did("email.reply"),
    threaded=_answers,
    word=lambda s: [d for d in _answers(s) if mentions(d.arguments["body"], s.brief["word"])],
)
check(
    "EMAIL003",
    sent=_sent,
    recipient=_to_correspondent,
    subject=lambda s: [m for m in _to_correspondent(s) if mentions(m.subject, s.brief["topic"]) and m.body],
)
check("EMAIL004", deleted=did("email.delete"), junk=_junk_deleted)
check("EMAIL006", configured=did("email.configure"), name=did("email.configure", display_name="display_name"))
check(
    "EMAIL007",
    saved=lambda s: _drafts(s).made(),
    recipient=lambda s: _drafts(s).was(_addressed(s)),
    whole=lambda s: _drafts(s).was(lambda draft: _addressed(s)(draft) and mentions(draft.get("subject") or "", s.brief["topic"]) and draft.get("body")),
)
