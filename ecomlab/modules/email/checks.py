"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company, persons
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check, goal
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
    goal("registered", "1.2", "申请到一个邮箱", "A mailbox of your own is registered", lambda s: s.did("email.register")),
    goal(
        "signed_in",
        "0.8",
        "用新邮箱登录成功",
        "You have signed in to it",
        lambda s: {d.result for d in s.did("email.register")} & {d.result for d in s.did("email.sign_in")},
    ),
)
check(
    "EMAIL002",
    goal("replied", "1", "回复了一封收到的邮件", "A letter received is answered", lambda s: s.did("email.reply")),
    goal("threaded", "0.5", "回复的是服务台的欢迎信", "The answer is to the service desk's letter of welcome", _answers_welcome),
    goal(
        "word",
        "0.5",
        "正文里有信中要求的确认词",
        "It holds the word that the letter asks for",
        lambda s: any(s.brief["word"] in r.body.upper() for r in _answers_welcome(s)),
    ),
)
check(
    "EMAIL003",
    goal("sent", "0.8", "发出一封邮件", "A letter is sent", lambda s: s.did("email.send", "email.send_draft")),
    goal("recipient", "0.6", "收件人是 {name}（{recipient}）", "It goes to {name} ({recipient})", lambda s: _sent_to(s, "email.send")),
    goal(
        "subject",
        "0.6",
        "给此人的邮件主题中有 {topic}，并有正文",
        "The subject of that letter holds {topic}, and it has a text",
        lambda s: [d for d in _sent_to(s, "email.send") if s.brief["topic"] in d.arguments["subject"].upper() and d.arguments["body"]],
    ),
)
check(
    "EMAIL004",
    goal("deleted", "1", "删除了一封邮件", "A letter is deleted", lambda s: s.did("email.delete")),
    goal("junk", "1", "被删除的是“中奖”垃圾邮件", "The one deleted is the junk mail about a prize", _junk),
)
check(
    "EMAIL006",
    goal(
        "configured",
        "1",
        "核对地址、用户名和密码后保存了邮箱配置",
        "The configuration is saved, with address, user name and password confirmed",
        lambda s: s.did("email.configure"),
    ),
    goal(
        "name",
        "1",
        "显示名称为“{display_name}”",
        "The display name is “{display_name}”",
        lambda s: s.did("email.configure", where=lambda d: d.arguments["display_name"] == s.brief["display_name"]),
    ),
)
check(
    "EMAIL007",
    goal("saved", "1", "保存了一份草稿", "A draft is saved", lambda s: s.did("email.save_draft")),
    goal(
        "recipient",
        "0.5",
        "草稿的收件人是 {name}（{recipient}）",
        "The draft is addressed to {name} ({recipient})",
        lambda s: _sent_to(s, "email.save_draft"),
    ),
    goal(
        "whole",
        "0.5",
        "该草稿的主题和正文都已填写",
        "That draft has a subject and a text",
        lambda s: [d for d in _sent_to(s, "email.save_draft") if d.arguments["subject"] and d.arguments["body"]],
    ),
)
