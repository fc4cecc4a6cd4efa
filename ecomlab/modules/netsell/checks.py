"""What each task of the module must show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check
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
    registered=lambda s: s.did("netsell.register"),
    company=lambda s: s.did("netsell.register", where=lambda d: d.arguments["uscc"].replace(" ", "").upper() == s.brief["uscc"]),
    signed_in=lambda s: s.look.value("select 1 from access where realm = 'netsell.password' and not scripted limit 1") and s.did("netsell.sign_in"),
)


def _name_goals(code: str, command: str) -> None:
    def right(seen: Evidence) -> list[Any]:
        return seen.did(command, label=seen.brief["label"], zone=seen.brief["zone"])

    check(
        code,
        ordered=lambda s: s.did(command),
        name=right,
        years=lambda s: [d for d in right(s) if d.arguments["years"] == s.brief["years"]],
        paid=lambda s: _paid(s, "netsell_domain", s.did(command)),
    )


_name_goals("NETSELL002", "netsell.order_international")
_name_goals("NETSELL003", "netsell.order_chinese")
check(
    "NETSELL004",
    forwarded=lambda s: s.did("netsell.forward_domain"),
    target=lambda s: s.did("netsell.forward_domain", where=lambda d: d.result == s.brief["target"]),
)
check(
    "NETSELL005",
    ordered=lambda s: s.did("netsell.order_hosting"),
    plan=lambda s: s.did("netsell.order_hosting", plan=s.brief["plan"]),
    years=lambda s: s.did("netsell.order_hosting", plan=s.brief["plan"], years=s.brief["years"]),
    paid=lambda s: _paid(s, "netsell_hosting", s.did("netsell.order_hosting")),
)
check(
    "NETSELL006",
    found=lambda s: s.looked_up("netsell.hosting_details"),
    running=lambda s: s.looked_up("netsell.hosting_details", where=lambda d: d.result[0].state == "active"),
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
    ordered=lambda s: s.did("netsell.order_listing"),
    site=lambda s: s.did("netsell.order_listing", url=s.brief["url"]),
    keyword=lambda s: _holds(s, "netsell.order_listing", s.brief["keyword"]),
    paid=lambda s: _paid(s, "netsell_listing", s.did("netsell.order_listing")),
)
check(
    "NETSELL008",
    revised=lambda s: s.did("netsell.change_listing"),
    keyword=lambda s: _holds(s, "netsell.change_listing", s.brief["new_keyword"]),
    found=_found_in_search,
)


# --- families: create, change, delete ---


def _deleted(seen: Evidence, family: str) -> set[str]:
    """The titles of what was deleted of a family; rows stay when what they are about is deleted."""
    done = seen.did(f"netsell.delete_{family}")
    return {seen.look.value(f"select title from netsell_{family} where number = $number", number=d.result) for d in done}


def _family(family: str, codes: tuple[str, str, str], details: tuple[str, ...], more: Callable[[Looking], dict[str, Any]]) -> None:
    """Briefs and checks of a family's three tasks. details: what is asked besides the title, by the name of argument and brief alike."""
    create, change, delete = codes
    asks(*codes)(lambda look: {**titles(look, family), **more(look)})

    def made(seen: Evidence, **arguments: Any) -> list[Any]:
        return seen.did(f"netsell.create_{family}", title=seen.brief["title"], **arguments)

    def revised(seen: Evidence) -> list[Any]:
        return seen.did(f"netsell.change_{family}", title=seen.brief["new_title"])

    check(
        create,
        created=lambda s: s.did(f"netsell.create_{family}"),
        title=made,
        detail=lambda s: made(s, **{name: s.brief[name] for name in details}),
    )
    check(
        change,
        revised=lambda s: s.did(f"netsell.change_{family}"),
        title=revised,
        same=lambda s: {d.result for d in revised(s)} & {d.result for d in made(s)},
    )
    check(
        delete,
        deleted=lambda s: s.did(f"netsell.delete_{family}"),
        title=lambda s: s.brief["new_title"] in _deleted(s, family),
    )


_family(
    "text_ad", ("NETSELL009", "NETSELL010", "NETSELL011"), ("category", "link"),
    lambda look: {**named(pick(look, "ad", ("promotion", "new_goods", "brand", "clearance")), "category"), "link": link(look, "text")},
)  # fmt: skip
_family(
    "button_ad", ("NETSELL012", "NETSELL013", "NETSELL014"), ("slot", "link"),
    lambda look: {**named(pick(look, "button", ("button_left", "button_right", "button_footer")), "slot"), "link": link(look, "button")},
)  # fmt: skip
_family(
    "banner_ad", ("NETSELL015", "NETSELL016", "NETSELL017"), ("slot", "link"),
    lambda look: {**named(pick(look, "banner", ("banner_top", "banner_wide", "banner_bottom")), "slot"), "link": link(look, "banner")},
)  # fmt: skip
_family(
    "business_notice", ("NETSELL018", "NETSELL019", "NETSELL020"), ("info_kind",),
    lambda look: named(pick(look, "notice", ("supply", "demand", "agency", "joint_venture")), "info_kind"),
)  # fmt: skip
_family(
    "questionnaire", ("NETSELL021", "NETSELL022", "NETSELL023"), ("answer_type",),
    lambda look: named(pick(look, "question", ("single", "multiple")), "answer_type"),
)  # fmt: skip


# --- votes, e-zines, mailing lists ---


def _addresses(done: Any) -> set[str]:
    return {row["address"].strip().lower() for row in done.arguments["entries"] or ()}


check(
    "NETSELL024",
    voted=lambda s: s.did("netsell.vote"),
    question=lambda s: s.did("netsell.vote", questionnaire=s.brief["questionnaire"]),
    option=lambda s: s.did("netsell.vote", questionnaire=s.brief["questionnaire"], where=lambda d: d.result == [s.brief["choice"]]),
)
check(
    "NETSELL025",
    published=lambda s: s.did("netsell.create_zine"),
    issue=lambda s: s.did("netsell.create_zine", zine_kind=s.brief["zine_kind"], title=s.brief["title"]),
    arrived=lambda s: any(s.look.value("select recipients from netsell_zine where number = $number", number=d.result) for d in s.did("netsell.create_zine")),
)
check(
    "NETSELL026",
    found=lambda s: s.looked_up("netsell.search_zines"),
    kind=lambda s: s.looked_up("netsell.search_zines", zine_kind=s.brief["zine_kind"]),
)
check(
    "NETSELL027",
    deleted=lambda s: s.did("netsell.delete_zine"),
    title=lambda s: s.brief["title"] in _deleted(s, "zine"),
)
check(
    "NETSELL028",
    asked=lambda s: s.did("netsell.subscribe"),
    kind=lambda s: s.did("netsell.subscribe", zine_kind=s.brief["zine_kind"]),
    confirmed=lambda s: s.did("netsell.confirm_subscription"),
)
check(
    "NETSELL029",
    found=lambda s: s.looked_up("netsell.my_subscriptions"),
    confirmed=lambda s: s.looked_up("netsell.my_subscriptions", where=lambda d: any(r.state == "confirmed" for r in d.result)),
)
check(
    "NETSELL030",
    created=lambda s: s.did("netsell.create_mailing_list"),
    title=lambda s: s.did("netsell.create_mailing_list", title=s.brief["title"]),
    addresses=lambda s: s.did("netsell.create_mailing_list", where=lambda d: _addresses(d) >= {s.brief["first"], s.brief["wrong"]}),
)
check(
    "NETSELL031",
    revised=lambda s: s.did("netsell.change_mailing_list"),
    corrected=lambda s: s.did("netsell.change_mailing_list", where=lambda d: s.brief["second"] in _addresses(d) and s.brief["wrong"] not in _addresses(d)),
    kept=lambda s: s.did("netsell.change_mailing_list", where=lambda d: s.brief["first"] in _addresses(d)),
)
check(
    "NETSELL032",
    deleted=lambda s: s.did("netsell.delete_mailing_list"),
    title=lambda s: s.brief["title"] in _deleted(s, "mailing_list"),
)
check(
    "NETSELL033",
    collected=lambda s: s.did("netsell.collect_subscribers"),
    kind=lambda s: s.did("netsell.collect_subscribers", zine_kind=s.brief["zine_kind"]),
)
check(
    "NETSELL034",
    sent=lambda s: s.did("netsell.send_mailing", where=lambda d: d.result["delivered"]),
    subject=lambda s: s.did("netsell.send_mailing", where=lambda d: s.brief["topic"] in d.arguments["subject"].upper()),
    personal=lambda s: s.did("netsell.send_mailing", where=lambda d: s.brief["field"] in d.arguments["body"]),
)
