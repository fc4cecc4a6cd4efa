"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

import re
from typing import Any

from ...books.cast import Company, companies, persons
from ...kernel.plays import Player, cast
from ...kernel.secrets import Issued
from ..ebank.prologue import open_shop
from . import briefs
from .provider import provider_company

_CODE = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}\b")
_QUESTIONS = (
    ("网店的哪一点最重要？ What matters most in a web shop?", ("价格 Price", "质量 Quality", "配送 Delivery", "服务 Service")),
    ("多久网购一次？ How often do you shop online?", ("每周 Weekly", "每月 Monthly", "更少 Less often")),
)


@cast
def _cast(play: Player) -> None:
    _provider(play)
    _members(play)


def _provider(play: Player) -> None:
    """The marketing service itself: a company with an account and a merchant contract."""
    own = provider_company(play.look)
    password, pin = Issued("cast/promotion"), Issued("cast/promotion-pin")
    play.email.register(user_name="promotion", full_name=own.name, password=password, confirm=password)
    client = play.ebank.register_corporate(
        company_name=own.name, uscc=own.uscc, capital="500000", contact=own.name, mailbox=own.mailbox,
        password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True,
    )  # fmt: skip
    open_shop(play, client, own.name, own.mailbox, password, pin, own.name)


def _members(play: Player) -> None:
    """Four persons who subscribe, each to one kind of e-zine, and two companies that publish."""
    for i, (kind, person) in enumerate(zip(briefs.KINDS, persons(play.look)[1:5], strict=True)):
        play.netsell.subscribe(kind, person.mailbox, Issued(f"cast/subscriber-{i}"))
        play.netsell.confirm_subscription(kind, person.mailbox, confirmation_code(play, person.mailbox))
    for i, company in enumerate(companies(play.look)[1:3]):
        member = _join(play, i, company)
        zh = company.name.split()[0]
        play.netsell.create_business_notice(title=f"{zh}诚征经销商 Distributors wanted", info_kind="agency", content="欢迎来函洽谈。 Write to us.")
        question, options = _QUESTIONS[i]
        play.netsell.create_questionnaire(title=question, answer_type="single", options=[{"option": o} for o in options])
        for kind in briefs.KINDS[2 * i : 2 * i + 2]:
            play.netsell.create_zine(kind, f"创刊号 First issue · {zh}", "感谢订阅，敬请期待。 Thank you for subscribing.")
        play.lab.sign_out("marketer", member)


def _join(play: Player, i: int, company: Company) -> str:
    password = Issued(f"cast/marketer-{i}")
    short = re.sub(r"\W", "", company.mailbox.partition("@")[0])[:12]
    play.netsell.register(
        user_name=f"{short}_mkt",
        company_name=company.name,
        uscc=company.uscc,
        contact=company.name,
        mailbox=company.mailbox,
        password=password,
        confirm=password,
    )
    return str(play.netsell.sign_in(f"{short}_mkt", password))


def latest_letter(play: Player, mailbox: str, subject: str) -> Any:
    return play.look.one(
        """select i.number, m.body from mail_item i join mail_message m using (message_id)
           where i.mailbox = $mailbox and i.folder = 'inbox' and starts_with(m.subject, $subject) order by i.number desc limit 1""",
        mailbox=mailbox, subject=subject,
    )  # fmt: skip


def confirmation_code(play: Player, mailbox: str) -> str:
    """The code in the latest letter that asks for a confirmation."""
    found = _CODE.search(latest_letter(play, mailbox, "请确认订阅").body)
    assert found
    return found[0]
