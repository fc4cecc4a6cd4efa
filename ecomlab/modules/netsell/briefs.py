"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company, own_person, persons
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term

KINDS = ("industry_news", "new_goods_digest", "bargains", "shopping_guide")


_THEMES = (
    ("秋季上新", "Autumn arrivals"),
    ("中秋礼盒", "Mid-autumn gifts"),
    ("开学特惠", "Back to school"),
    ("会员专场", "Members only"),
    ("周年店庆", "Anniversary sale"),
    ("换季清仓", "End of season"),
)


def pick(look: Looking, label: str, among: tuple[Any, ...]) -> Any:
    return look.stream(f"netsell.ask.{label}").choice(among)


def titles(look: Looking, family: str) -> dict[str, Any]:
    """The title under which a thing is to be created, and the one it is to be changed to."""
    (zh, en), (zh2, en2) = look.stream(f"netsell.ask.{family}").sample(_THEMES, 2)
    return {"title": f"{zh} {en} {look.mark}", "new_title": f"{zh2} {en2} {look.mark}"}


def short(look: Looking) -> str:
    return "".join(c for c in own_company(look).mailbox.partition("@")[0] if c.isalnum())


def link(look: Looking, path: str) -> str:
    return f"https://www.{short(look)}.example/{path}-{look.mark}"


def named(value: str, key: str) -> dict[str, Any]:
    """A fixed word and how it reads in both languages."""
    return {key: value, f"{key}_named": term(value)}


@asks("NETSELL001")
def _company(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc, "mailbox": own_person(look).mailbox}


@asks("NETSELL002")
def _international(look: Looking) -> dict[str, Any]:
    return {"label": f"{short(look)}{look.mark}", "zone": pick(look, "zone", ("com", "net", "org")), "years": pick(look, "years", (1, 2, 3))}


@asks("NETSELL003")
def _chinese(look: Looking) -> dict[str, Any]:
    return {
        "label": own_company(look).name.split()[0],
        "zone": pick(look, "zone_cn", ("中国", "公司", "网络", "cn")),
        "years": pick(look, "years_cn", (1, 2, 3, 5)),
    }


@asks("NETSELL004")
def _target(look: Looking) -> dict[str, Any]:
    return {"target": link(look, "shop")}


@asks("NETSELL005", "NETSELL006")
def _plan(look: Looking) -> dict[str, Any]:
    return {**named(pick(look, "plan", ("starter", "business", "flagship")), "plan"), "years": pick(look, "years_host", (1, 2, 3))}


@asks("NETSELL007", "NETSELL008")
def _site(look: Looking) -> dict[str, Any]:
    first, second = look.stream("netsell.ask.keywords").sample(("茶叶", "文具", "家电", "玩具", "特产", "图书", "鲜花", "家具"), 2)
    zh, _, en = own_company(look).name.partition(" ")
    return {"title": f"{zh}网上商城 {en} Mall", "url": link(look, "mall"), "keyword": first, "new_keyword": second, "years": pick(look, "years_list", (1, 2))}


@asks("NETSELL024")
def _ballot(look: Looking) -> dict[str, Any]:
    row = look.one(
        """select q.number, q.title from netsell_questionnaire q join netsell_member m using (member)
           where m.user_name in (select name from access where realm = 'netsell.password' and scripted) order by q.number limit 1"""
    )
    options = look.all("select choice, option from netsell_question_option where questionnaire = $number and version = 1 order by choice", number=row.number)
    chosen = pick(look, "vote", tuple(options))
    return {"questionnaire": row.number, "question": row.title, "choice": chosen.choice, "option": chosen.option}


@asks("NETSELL025", "NETSELL026", "NETSELL027")
def _zine(look: Looking) -> dict[str, Any]:
    return {**named(pick(look, "zine", KINDS), "zine_kind"), "title": titles(look, "zine")["title"]}


@asks("NETSELL028", "NETSELL029", "NETSELL033")
def _subscription(look: Looking) -> dict[str, Any]:
    return {**named(pick(look, "subscribe", KINDS), "zine_kind"), "mailbox": own_person(look).mailbox}


@asks("NETSELL030", "NETSELL031", "NETSELL032")
def _list(look: Looking) -> dict[str, Any]:
    first, second = persons(look)[1:3]
    user, _, domain = second.mailbox.partition("@")
    return {
        "title": f"老客户 Regulars {look.mark}",
        "first": first.mailbox, "first_name": first.name, "second": second.mailbox, "second_name": second.name, "wrong": f"{user}.old@{domain}",
    }  # fmt: skip


@asks("NETSELL034")
def _topic(look: Looking) -> dict[str, Any]:
    return {"topic": pick(look, "mailing", ("SALE", "PREVIEW", "FAIR", "OPENING")) + f"-{look.mark}", "field": "{name}"}
