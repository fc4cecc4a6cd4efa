"""What each task of the module must show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check, goal
from .briefs import link, named, pick, titles

# --- joining, domain names, web space ---


def _paid(seen: Evidence, kind: str, orders: list[Any]) -> bool:
    """Whether one of these orders, of a service of that kind, is paid."""
    return any(
        seen.look.value(
            """select 1 from document d join netsell_order o using (number) join netsell_service s on s.number = o.service
               where d.number = $number and d.state = 'paid' and s.kind = $kind""",
            number=o.result, kind=kind,
        )
        for o in orders
    )  # fmt: skip


check(
    "NETSELL001",
    goal("registered", "0.8", "注册成为网络营销会员", "A marketing member is registered", lambda s: s.did("netsell.register")),
    goal("company", "0.6", "注册的企业是 {company}（{uscc}）", "It is {company} ({uscc})", lambda s: s.did(
        "netsell.register", where=lambda d: d.arguments["uscc"].replace(" ", "").upper() == s.brief["uscc"])),
    goal("signed_in", "0.6", "用新用户名登录成功", "You have signed in as that member", lambda s: s.look.value(
        "select 1 from netsell_member where password not like 'issued:cast/%' limit 1") and s.did("netsell.sign_in")),
)  # fmt: skip


def _name_goals(code: str, command: str) -> None:
    def right(seen: Evidence) -> list[Any]:
        return seen.did(command, label=seen.brief["label"], zone=seen.brief["zone"])

    check(
        code,
        goal("ordered", "0.6", "订购了一个这类域名", "A name of this group is ordered", lambda s: s.did(command)),
        goal("name", "0.4", "域名是 {label}.{zone}", "The name is {label}.{zone}", right),
        goal(
            "years",
            "0.4",
            "该域名订购了 {years} 年",
            "That name is ordered for {years} years",
            lambda s: [d for d in right(s) if d.arguments["years"] == s.brief["years"]],
        ),
        goal("paid", "0.6", "订单已付款，域名开始使用", "The order is paid and the name is running", lambda s: _paid(s, "netsell_domain", s.did(command))),
    )


_name_goals("NETSELL002", "netsell.order_international")
_name_goals("NETSELL003", "netsell.order_chinese")
check(
    "NETSELL004",
    goal("forwarded", "1", "为一个域名设置了指向", "A domain name is pointed at a site", lambda s: s.did("netsell.forward_domain")),
    goal("target", "1", "指向 {target}", "It points at {target}", lambda s: s.did("netsell.forward_domain", where=lambda d: d.result == s.brief["target"])),
)
check(
    "NETSELL005",
    goal("ordered", "0.6", "租用了虚拟主机", "Web space is ordered", lambda s: s.did("netsell.order_hosting")),
    goal("plan", "0.4", "方案为“{plan_named}”", "The plan is {plan_named}", lambda s: s.did("netsell.order_hosting", plan=s.brief["plan"])),
    goal(
        "years",
        "0.4",
        "该方案租用 {years} 年",
        "That plan is taken for {years} years",
        lambda s: s.did("netsell.order_hosting", plan=s.brief["plan"], years=s.brief["years"]),
    ),
    goal(
        "paid",
        "0.6",
        "订单已付款，主机已开通",
        "The order is paid and the space is running",
        lambda s: _paid(s, "netsell_hosting", s.did("netsell.order_hosting")),
    ),
)
check(
    "NETSELL006",
    goal("found", "1.2", "查到了一台虚拟主机的详情", "The details of a web space have been looked up", lambda s: s.looked_up("netsell.hosting_details")),
    goal(
        "running",
        "0.8",
        "查看时主机已经开通",
        "It was running when looked up",
        lambda s: s.looked_up("netsell.hosting_details", where=lambda d: d.result[0].state == "active"),
    ),
)


# --- the search engine ---


def _holds(seen: Evidence, command: str, word: str) -> list[Any]:
    return seen.did(command, where=lambda d: word in (d.arguments["keywords"] or ""))


def _found_in_search(seen: Evidence) -> bool:
    """Whether a search for the new keyword, made after the listing was changed to hold it, showed the own listing."""
    changed = _holds(seen, "netsell.change_listing", seen.brief["new_keyword"])
    own = {seen.look.value("select url from netsell_listing where number = $number", number=d.result) for d in changed}
    searched = seen.looked_up("netsell.search", where=lambda d: seen.brief["new_keyword"] in d.arguments["words"])
    return any(d.n > changed[0].n and own & {r.url for r in d.result} for d in searched) if changed else False


check(
    "NETSELL007",
    goal("ordered", "0.6", "同意协议并提交了网站资料", "The agreement is accepted and the site described", lambda s: s.did("netsell.order_listing")),
    goal("site", "0.4", "登录的网址是 {url}", "The site is {url}", lambda s: s.did("netsell.order_listing", url=s.brief["url"])),
    goal("keyword", "0.4", "关键词中有“{keyword}”", "{keyword} is among the keywords", lambda s: _holds(s, "netsell.order_listing", s.brief["keyword"])),
    goal(
        "paid",
        "0.6",
        "订单已付款，网站可被搜到",
        "The order is paid and the site can be found",
        lambda s: _paid(s, "netsell_listing", s.did("netsell.order_listing")),
    ),
)
check(
    "NETSELL008",
    goal("revised", "0.8", "修改了搜索登录信息", "The search listing is changed", lambda s: s.did("netsell.change_listing")),
    goal(
        "keyword",
        "0.6",
        "关键词中加入“{new_keyword}”",
        "{new_keyword} is among its keywords",
        lambda s: _holds(s, "netsell.change_listing", s.brief["new_keyword"]),
    ),
    goal("found", "0.6", "修改后搜索“{new_keyword}”，结果中有自己的网站", "A search for {new_keyword} afterwards shows your site", _found_in_search),
)


# --- families: create, change, delete ---


def _deleted(seen: Evidence, family: str) -> set[str]:
    """The titles of what was deleted of a family; rows stay when what they are about is deleted."""
    done = seen.did(f"netsell.delete_{family}")
    return {seen.look.value(f"select title from netsell_{family} where number = $number", number=d.result) for d in done}


def _family(
    family: str, codes: tuple[str, str, str], extra: dict[str, Any], more: Callable[[Looking], dict[str, Any]], zh: str, en: str, detail: tuple[str, str],
) -> None:  # fmt: skip
    """Briefs and goals of a family's three tasks. extra: argument and key of the brief for the detail that is asked, besides the title."""
    create, change, delete = codes
    asks(*codes)(lambda look: {**titles(look, family), **more(look)})

    def made(seen: Evidence, **arguments: Any) -> list[Any]:
        return seen.did(f"netsell.create_{family}", title=seen.brief["title"], **arguments)

    check(
        create,
        goal("created", "0.8", f"新增了一条{zh}", f"A {en} is created", lambda s: s.did(f"netsell.create_{family}")),
        goal("title", "0.6", "标题为“{title}”", "Its title is “{title}”", made),
        goal("detail", "0.6", *detail, lambda s: made(s, **{k: s.brief[v] for k, v in extra.items()})),
    )
    check(
        change,
        goal("revised", "0.8", f"修改了一条{zh}", f"A {en} is changed", lambda s: s.did(f"netsell.change_{family}")),
        goal(
            "title", "0.6", "新标题为“{new_title}”", "The new title is “{new_title}”",
            lambda s: s.did(f"netsell.change_{family}", title=s.brief["new_title"]),
        ),
        goal(
            "same", "0.6", "改的是原来标题为“{title}”的那一条", "It is the one that was titled “{title}”",
            lambda s: {d.result for d in s.did(f"netsell.change_{family}", title=s.brief["new_title"])} & {d.result for d in made(s)},
        ),
    )  # fmt: skip
    check(
        delete,
        goal("deleted", "1.2", f"删除了一条{zh}", f"A {en} is deleted", lambda s: s.did(f"netsell.delete_{family}")),
        goal("title", "0.8", "删除的是标题为“{new_title}”的那一条", "It is the one titled “{new_title}”",
             lambda s: s.brief["new_title"] in _deleted(s, family)),
    )  # fmt: skip


_family(
    "text_ad", ("NETSELL009", "NETSELL010", "NETSELL011"), {"category": "category", "link": "link"},
    lambda look: {**named(pick(look, "ad", ("promotion", "new_goods", "brand", "clearance")), "category"), "link": link(look, "text")},
    "文字广告", "text advertisement", ("它的分类是“{category_named}”，链接到 {link}", "Its category is {category_named} and it links to {link}"),
)  # fmt: skip
_family(
    "button_ad", ("NETSELL012", "NETSELL013", "NETSELL014"), {"slot": "slot", "link": "link"},
    lambda look: {**named(pick(look, "button", ("button_left", "button_right", "button_footer")), "slot"), "link": link(look, "button")},
    "按钮广告", "button advertisement", ("它发布在“{slot_named}”，链接到 {link}", "It is placed at {slot_named} and links to {link}"),
)  # fmt: skip
_family(
    "banner_ad", ("NETSELL015", "NETSELL016", "NETSELL017"), {"slot": "slot", "link": "link"},
    lambda look: {**named(pick(look, "banner", ("banner_top", "banner_wide", "banner_bottom")), "slot"), "link": link(look, "banner")},
    "旗帜广告", "banner advertisement", ("它发布在“{slot_named}”，链接到 {link}", "It is placed at {slot_named} and links to {link}"),
)  # fmt: skip
_family(
    "business_notice", ("NETSELL018", "NETSELL019", "NETSELL020"), {"info_kind": "info_kind"},
    lambda look: named(pick(look, "notice", ("supply", "demand", "agency", "joint_venture")), "info_kind"),
    "商业信息", "business notice", ("它的类型是“{info_kind_named}”", "Its kind is {info_kind_named}"),
)  # fmt: skip
_family(
    "questionnaire", ("NETSELL021", "NETSELL022", "NETSELL023"), {"answer_type": "answer_type"},
    lambda look: named(pick(look, "question", ("single", "multiple")), "answer_type"),
    "问卷", "questionnaire", ("它是{answer_type_named}问卷", "It is a {answer_type_named} questionnaire"),
)  # fmt: skip


# --- votes, e-zines, mailing lists ---


def _addresses(done: Any) -> set[str]:
    return {row["address"].strip().lower() for row in done.arguments["entries"] or ()}


check(
    "NETSELL024",
    goal("voted", "0.8", "投了一票", "A vote is cast", lambda s: s.did("netsell.vote")),
    goal("question", "0.6", "投的是“{question}”", "It is on “{question}”", lambda s: s.did("netsell.vote", questionnaire=s.brief["questionnaire"])),
    goal("option", "0.6", "选的是“{option}”", "It is for “{option}”", lambda s: s.did(
        "netsell.vote", questionnaire=s.brief["questionnaire"], where=lambda d: d.result == [s.brief["choice"]])),
)  # fmt: skip
check(
    "NETSELL025",
    goal("published", "0.8", "发行了一期电子杂志", "An issue of an e-zine is published", lambda s: s.did("netsell.create_zine")),
    goal("issue", "0.6", "类型为“{zine_kind_named}”，标题为“{title}”", "Its kind is {zine_kind_named} and its title “{title}”", lambda s: s.did(
        "netsell.create_zine", zine_kind=s.brief["zine_kind"], title=s.brief["title"])),
    goal("arrived", "0.6", "至少一位已确认的订阅者收到了它", "At least one subscriber who had confirmed received it", lambda s: any(
        s.look.value("select recipients from netsell_zine where number = $number", number=d.result) for d in s.did("netsell.create_zine"))),
)  # fmt: skip
check(
    "NETSELL026",
    goal("found", "1.2", "查到了电子杂志", "E-zines have been found", lambda s: s.looked_up("netsell.search_zines")),
    goal(
        "kind",
        "0.8",
        "查询的类型是“{zine_kind_named}”",
        "The kind looked for is {zine_kind_named}",
        lambda s: s.looked_up("netsell.search_zines", zine_kind=s.brief["zine_kind"]),
    ),
)
check(
    "NETSELL027",
    goal("deleted", "1.2", "删除了一期电子杂志", "An issue is deleted", lambda s: s.did("netsell.delete_zine")),
    goal("title", "0.8", "删除的是“{title}”", "It is “{title}”", lambda s: s.brief["title"] in _deleted(s, "zine")),
)  # fmt: skip
check(
    "NETSELL028",
    goal("asked", "0.6", "提交了订阅", "A subscription is asked for", lambda s: s.did("netsell.subscribe")),
    goal("kind", "0.4", "订阅的是“{zine_kind_named}”", "It is to {zine_kind_named}", lambda s: s.did("netsell.subscribe", zine_kind=s.brief["zine_kind"])),
    goal("confirmed", "1", "用信中的代码确认了订阅", "It is confirmed with the code from the letter", lambda s: s.did("netsell.confirm_subscription")),
)
check(
    "NETSELL029",
    goal("found", "1.2", "查到了自己的订阅", "Your subscriptions have been looked up", lambda s: s.looked_up("netsell.my_subscriptions")),
    goal("confirmed", "0.8", "查到的订阅中有已确认的", "One of them was confirmed", lambda s: s.looked_up(
        "netsell.my_subscriptions", where=lambda d: any(r.state == "confirmed" for r in d.result))),
)  # fmt: skip
check(
    "NETSELL030",
    goal("created", "0.8", "新建了邮件列表", "A mailing list is created", lambda s: s.did("netsell.create_mailing_list")),
    goal("title", "0.4", "名称为“{title}”", "Its name is “{title}”", lambda s: s.did("netsell.create_mailing_list", title=s.brief["title"])),
    goal("addresses", "0.8", "其中有 {first} 和 {wrong}", "It holds {first} and {wrong}", lambda s: s.did(
        "netsell.create_mailing_list", where=lambda d: _addresses(d) >= {s.brief["first"], s.brief["wrong"]})),
)  # fmt: skip
check(
    "NETSELL031",
    goal("revised", "0.8", "修改了邮件列表", "The mailing list is changed", lambda s: s.did("netsell.change_mailing_list")),
    goal("corrected", "0.8", "加入了正确的地址 {second}，去掉了 {wrong}", "The right address {second} is in, {wrong} is out", lambda s: s.did(
        "netsell.change_mailing_list", where=lambda d: s.brief["second"] in _addresses(d) and s.brief["wrong"] not in _addresses(d))),
    goal("kept", "0.4", "{first} 仍在其中", "{first} is still there", lambda s: s.did(
        "netsell.change_mailing_list", where=lambda d: s.brief["first"] in _addresses(d))),
)  # fmt: skip
check(
    "NETSELL032",
    goal("deleted", "1.2", "删除了邮件列表", "A mailing list is deleted", lambda s: s.did("netsell.delete_mailing_list")),
    goal("title", "0.8", "删除的是“{title}”", "It is “{title}”", lambda s: s.brief["title"] in _deleted(s, "mailing_list")),
)  # fmt: skip
check(
    "NETSELL033",
    goal("collected", "1.2", "把订阅者收集进了邮件列表", "Subscribers are collected into a mailing list", lambda s: s.did("netsell.collect_subscribers")),
    goal(
        "kind",
        "0.8",
        "收集的是“{zine_kind_named}”的订阅者",
        "They are those of {zine_kind_named}",
        lambda s: s.did("netsell.collect_subscribers", zine_kind=s.brief["zine_kind"]),
    ),
)
check(
    "NETSELL034",
    goal(
        "sent",
        "0.8",
        "群发的邮件至少有一封送达",
        "A mailing is sent, and at least one letter arrived",
        lambda s: s.did("netsell.send_mailing", where=lambda d: d.result["delivered"]),
    ),
    goal(
        "subject",
        "0.6",
        "主题中有 {topic}",
        "Its subject holds {topic}",
        lambda s: s.did("netsell.send_mailing", where=lambda d: s.brief["topic"] in d.arguments["subject"].upper()),
    ),
    goal(
        "personal",
        "0.6",
        "正文用 {field} 称呼收信人",
        "Its text addresses the reader by {field}",
        lambda s: s.did("netsell.send_mailing", where=lambda d: s.brief["field"] in d.arguments["body"]),
    ),
)
