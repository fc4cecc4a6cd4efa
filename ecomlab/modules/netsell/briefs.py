"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company, persons
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term
from ..b2c.briefs import deal

KINDS = ("industry_news", "new_goods_digest", "bargains", "shopping_guide")
_THEMES = (
    ("秋季上新", "Autumn arrivals"),
    ("中秋礼盒", "Mid-autumn gifts"),
    ("开学特惠", "Back to school"),
    ("会员专场", "Members only"),
    ("周年店庆", "Anniversary sale"),
    ("换季清仓", "End of season"),
)
#: What a questionnaire asks, each so that the options of the model student answer it.
_QUESTIONS = (
    "购物时最看重什么？ What matters most when you shop?",
    "为什么会再次购买？ Why do you buy again?",
    "选礼盒时先看什么？ What do you look at first in a gift box?",
    "哪一点最需要改进？ What should we improve first?",
    "换品牌的原因是什么？ Why do you change to another brand?",
    "什么样的广告最吸引人？ What makes an advertisement attractive?",
)
#: What sites are found by: one word in either language.
_KEYWORDS = ("茶叶 tea", "文具 stationery", "家电 appliances", "玩具 toys", "特产 specialities", "图书 books", "鲜花 flowers", "家具 furniture")


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
    return {"company": own.name, "uscc": own.uscc}


@asks("NETSELL002")
def _international(look: Looking) -> dict[str, Any]:
    return {"label": f"{short(look)}{look.mark}", "zone": pick(look, "zone", ("com", "net", "org")), "years": pick(look, "years", (1, 2, 3))}


@asks("NETSELL003")
def _chinese(look: Looking) -> dict[str, Any]:
    """Under .cn there are Chinese and Latin names, so each reader is asked for one that they can type."""
    zh = own_company(look).name.split()[0]
    return {"label": f"{zh} {short(look)}", "zone": "cn", "years": pick(look, "years_cn", (1, 2, 3, 5))}


@asks("NETSELL004")
def _target(look: Looking) -> dict[str, Any]:
    return {"target": link(look, "shop")}


@asks("NETSELL005", "NETSELL006")
def _plan(look: Looking) -> dict[str, Any]:
    return {**named(pick(look, "plan", ("starter", "business", "flagship")), "plan"), "years": pick(look, "years_host", (1, 2, 3))}


@asks("NETSELL007", "NETSELL008")
def _site(look: Looking) -> dict[str, Any]:
    first, second = look.stream("netsell.ask.keywords").sample(_KEYWORDS, 2)
    zh, _, en = own_company(look).name.partition(" ")
    return {"title": f"{zh}网上商城 {en} Mall", "url": link(look, "mall"), "keyword": first, "new_keyword": second, "years": pick(look, "years_list", (1, 2))}


def _campaign(family: str, codes: tuple[str, str, str], path: str, detail: str, among: tuple[str, ...]) -> None:
    """The three tasks of a form of advertising: create it, change it, delete it. path: of its link; detail: what is asked besides, and its values.

    The link leads to the product that the student registers in the own shop, so that clicks may become orders.
    """

    @asks(*codes)
    def asked(look: Looking) -> dict[str, Any]:
        return {**titles(look, family), **named(pick(look, path, among), detail), "link": f"{link(look, path)}/01/0{deal(look).gtin}"}


_campaign("text_ad", ("NETSELL009", "NETSELL010", "NETSELL011"), "text", "category", ("promotion", "new_goods", "brand", "clearance"))
_campaign("button_ad", ("NETSELL012", "NETSELL013", "NETSELL014"), "button", "slot", ("button_left", "button_right", "button_footer"))
_campaign("banner_ad", ("NETSELL015", "NETSELL016", "NETSELL017"), "banner", "slot", ("banner_top", "banner_wide", "banner_bottom"))


@asks("NETSELL018", "NETSELL019", "NETSELL020")
def _notice(look: Looking) -> dict[str, Any]:
    return {**titles(look, "business_notice"), **named(pick(look, "notice", ("supply", "demand", "agency", "joint_venture")), "info_kind")}


@asks("NETSELL021", "NETSELL022", "NETSELL023")
def _questionnaire(look: Looking) -> dict[str, Any]:
    title, new_title = look.stream("netsell.ask.questionnaire").sample(_QUESTIONS, 2)
    return {"title": title, "new_title": new_title, **named(pick(look, "question", ("single", "multiple")), "answer_type")}


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
    return named(pick(look, "subscribe", KINDS), "zine_kind")


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
