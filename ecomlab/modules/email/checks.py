"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company, persons
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check
from .accounts import code_word


@asks("EMAIL003", "EMAIL007")
def _correspondent(look: Looking) -> dict[str, Any]:
    chance = look.stream("email.correspondent")
    someone = chance.choice(persons(look)[1:5])
    return {"recipient": someone.mailbox, "name": someone.name, "topic": chance.choice(("RFQ", "SAMPLE", "CATALOGUE", "MEETING")) + f"-{look.mark}"}


@asks("EMAIL006")
def _display_name(look: Looking) -> dict[str, Any]:
    return {"display_name": f"{own_company(look).name.split()[0]} {look.mark}"}


@asks("EMAIL002")
def _word(look: Looking) -> dict[str, Any]:
    return {"word": code_word(look)}


def _sent_to(seen: Evidence, *commands: str) -> list[Any]:
    return seen.did(*commands, where=lambda d: seen.brief["recipient"] in d.arguments["to"].lower())


def _answers_welcome(seen: Evidence) -> list[Any]:
    return seen.look.all(
        """select a.body from mail_message a join mail_message q on q.message_id = a.in_reply_to
           join mail_recipient r on r.message_id = q.message_id and r.address = a.sender
           where q.sender like 'service@%' and q.in_reply_to is null and a.kind = 'mail'"""
    )


def _junk(seen: Evidence) -> bool:
    return bool(
        seen.look.value("select 1 from mail_item join mail_message using (message_id) where sender like 'prize@%' and folder in ('trash', 'destroyed')")
    )


check(
    "EMAIL001",
    registered=lambda s: s.did("email.register"),
    signed_in=lambda s: {d.result for d in s.did("email.register")} & {d.result for d in s.did("email.sign_in")},
)
check(
    "EMAIL002",
    replied=lambda s: s.did("email.reply"),
    threaded=_answers_welcome,
    word=lambda s: any(s.brief["word"] in r.body.upper() for r in _answers_welcome(s)),
)
check(
    "EMAIL003",
    sent=lambda s: s.did("email.send", "email.send_draft"),
    recipient=lambda s: _sent_to(s, "email.send"),
    subject=lambda s: [d for d in _sent_to(s, "email.send") if s.brief["topic"] in d.arguments["subject"].upper() and d.arguments["body"]],
)
check(
    "EMAIL004",
    deleted=lambda s: s.did("email.delete"),
    junk=_junk,
)
check(
    "EMAIL006",
    configured=lambda s: s.did("email.configure"),
    name=lambda s: s.did("email.configure", where=lambda d: d.arguments["display_name"] == s.brief["display_name"]),
)
check(
    "EMAIL007",
    saved=lambda s: s.did("email.save_draft"),
    recipient=lambda s: _sent_to(s, "email.save_draft"),
    whole=lambda s: [d for d in _sent_to(s, "email.save_draft") if d.arguments["subject"] and d.arguments["body"]],
)
