"""What each task of the module must show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...books.documents import moved
from ...kernel.evidence import Done, Evidence, Lives, Where, adds_up, after, check, did, looked_up
from ...kernel.names import mentions, same_name
from .. import email
from .names import checked_link
from .search import keywords

# --- members ---


def _own(seen: Evidence, done: list[Done], field: str = "address") -> list[Done]:
    """Those with a mailbox of the student's own in that field."""
    own = email.own_mailboxes(seen.look)
    return [d for d in done if d.arguments[field].strip().lower() in own]


def _registered(seen: Evidence) -> Lives:
    """The member that the asked company is, with a mailbox of the student's own."""
    own = email.own_mailboxes(seen.look)
    made = seen.lives("netsell.register", "netsell.change_registration")
    return made.was(lambda fields: fields["mailbox"].lower() in own, **seen.asked("uscc", company_name="company"))


check(
    "NETSELL001",
    registered=did("netsell.register"),
    company=_registered,
    signed_in=lambda s: after(s.did("netsell.register"), s.did("netsell.sign_in")),
)

# --- domain names, web hosting: what was ordered, for how long, and whether it is paid ---


def _ordered(seen: Evidence, orders: Iterable[Done]) -> list[str]:
    """The services that these orders began."""
    return [seen.look.value("select service from netsell_order where number = $number", number=d.result) for d in orders]


def _for_years(seen: Evidence, services: Iterable[str]) -> bool:
    """Whether one of the services was ordered, and renewed, for as many years as asked."""
    rows = (seen.look.all("select years from netsell_order where service = $service order by number", service=service) for service in services)
    return any(adds_up([r.years for r in years], seen.brief["years"]) for years in rows)


def _paid(seen: Evidence, services: Iterable[str]) -> bool:
    paid = {seen.look.value("select service from netsell_order where number = $number", number=m.number) for m in moved(seen, "netsell_order", "paid")}
    return not paid.isdisjoint(services)


def _name_goals(code: str, command: str) -> None:
    def right(seen: Evidence) -> list[Done]:
        return seen.did(command, **seen.asked("label", "zone"))

    def looked_up(seen: Evidence) -> bool:
        asked = seen.looked_up("netsell.check_name", **seen.asked("label"))
        return any(asked[0].n < d.n for d in right(seen)) if asked else False

    check(
        code,
        looked_up=looked_up,
        name=right,
        years=lambda s: _for_years(s, _ordered(s, right(s))),
        paid=lambda s: _paid(s, _ordered(s, right(s))),
    )


_name_goals("NETSELL002", "netsell.order_international")
_name_goals("NETSELL003", "netsell.order_chinese")
check(
    "NETSELL004",
    forwarded=did("netsell.forward_domain"),
    target=lambda s: s.did("netsell.forward_domain", where=lambda d: _leads(d.result, s.brief["target"])),
)


def _hosting(seen: Evidence) -> list[str]:
    return _ordered(seen, seen.did("netsell.order_hosting", **seen.asked("plan")))


check("NETSELL005", plan=_hosting, years=lambda s: _for_years(s, _hosting(s)), paid=lambda s: _paid(s, _hosting(s)))
check(
    "NETSELL006",
    found=looked_up("netsell.hosting_details"),
    running=lambda s: s.looked_up("netsell.hosting_details", where=lambda d: d.result[0].state == "active"),
)

# --- the search engine ---


def _leads(link: str, asked: str) -> bool:
    """Whether a link leads where it should: a slash at its end changes nothing."""
    return checked_link(link, "link").rstrip("/") == asked.rstrip("/")


def _listings(seen: Evidence) -> Lives:
    service = "select service from netsell_order where number = $number"
    return seen.lives("netsell.order_listing", "netsell.change_listing", key="listing", gave=lambda order: str(seen.look.value(service, number=order)))


def _has_word(fields: dict[str, Any], word: str) -> bool:
    return any(same_name(w, word) for w in keywords(fields["keywords"], "keywords"))


def _sites(seen: Evidence, keyword: str = "") -> Lives:
    """The listings of the site that is asked for, with that keyword."""
    asked = seen.brief

    def right(fields: dict[str, Any]) -> bool:
        return _leads(fields["url"], asked["url"]) and (not keyword or _has_word(fields, keyword))

    return _listings(seen).was(right, **seen.asked("title"))


def _numbers(lives: Lives) -> list[str]:
    return [life.thing for life in lives]


def _with_new_word(seen: Evidence) -> Lives:
    return _listings(seen).became(lambda fields: _has_word(fields, seen.brief["new_keyword"]))


def _found_in_search(seen: Evidence) -> bool:
    """Whether a search for the new keyword showed a listing after a change had put the keyword there."""
    searched = seen.looked_up("netsell.search", where=lambda d: any(same_name(w, seen.brief["new_keyword"]) for w in d.arguments["words"].split()))
    listed = [v for life in _with_new_word(seen) for v in life.versions if _has_word(v.fields, seen.brief["new_keyword"])]
    return any(v.done.n < d.n and any(_leads(v.fields["url"], r.url) for r in d.result) for v in listed for d in searched)


check(
    "NETSELL007",
    site=_sites,
    keyword=lambda s: _sites(s, s.brief["keyword"]),
    years=lambda s: _for_years(s, _numbers(_sites(s, s.brief["keyword"]))),
    paid=lambda s: _paid(s, _numbers(_sites(s))),
)
check("NETSELL008", revised=lambda s: _listings(s).became(), keyword=_with_new_word, found=_found_in_search)

# --- families: create, change, delete ---


def _lives(seen: Evidence, family: str) -> Lives:
    return seen.lives(f"netsell.create_{family}", f"netsell.change_{family}", f"netsell.delete_{family}")


def _asked_for(seen: Evidence, family: str, *details: str, link: bool = False) -> Lives:
    """Those of the title that is asked for, with these details as well; link: with that link."""
    right = (lambda fields: _leads(fields["link"], seen.brief["link"])) if link else None
    return _lives(seen, family).made().was(right, **seen.asked("title", *details))


def _family(family: str, codes: tuple[str, str, str], detail: str, campaign: bool = False) -> None:
    """Checks of a family's three tasks. detail: what is asked besides the title. campaign: it has a link, and a result to be looked at."""
    create, change, delete = codes
    check(
        create,
        created=lambda s: _lives(s, family).made(),
        title=lambda s: _asked_for(s, family),
        detail=lambda s: _asked_for(s, family, detail, link=campaign),
    )
    check(
        change,
        revised=lambda s: _lives(s, family).became(),
        title=lambda s: _lives(s, family).became(**s.asked(title="new_title")),
        same=lambda s: _lives(s, family).was(**s.asked("title")).became(**s.asked(title="new_title")),
    )

    def deleted(seen: Evidence) -> Lives:
        return _lives(seen, family).was(**seen.asked(title="new_title")).deleted()

    def judged(seen: Evidence) -> list[Done]:
        return after(seen.looked_up("netsell.ad_report"), [life.deleted for life in deleted(seen) if life.deleted])

    check(delete, deleted=lambda s: _lives(s, family).deleted(), title=deleted, **({"judged": judged} if campaign else {}))


_family("text_ad", ("NETSELL009", "NETSELL010", "NETSELL011"), "category", campaign=True)
_family("button_ad", ("NETSELL012", "NETSELL013", "NETSELL014"), "slot", campaign=True)
_family("banner_ad", ("NETSELL015", "NETSELL016", "NETSELL017"), "slot", campaign=True)
_family("business_notice", ("NETSELL018", "NETSELL019", "NETSELL020"), "info_kind")
_family("questionnaire", ("NETSELL021", "NETSELL022", "NETSELL023"), "answer_type")

# --- votes, e-zines, subscriptions ---


def _voted(seen: Evidence) -> list[Done]:
    return seen.did("netsell.vote", **seen.asked("questionnaire"))


def _issues(seen: Evidence, *asked: str) -> Lives:
    return seen.lives("netsell.create_zine", delete="netsell.delete_zine").was(**seen.asked(*asked))


def _reached(seen: Evidence, issues: Lives) -> list[str]:
    """Those that somebody received."""
    received = "select recipients from netsell_zine where number = $number"
    return [number for number in _numbers(issues) if seen.look.value(received, number=number)]


def _own_subscriptions(seen: Evidence) -> list[Done]:
    return _own(seen, seen.looked_up("netsell.my_subscriptions"))


check(
    "NETSELL024",
    opened=lambda s: after(s.looked_up("netsell.ballot_paper"), _voted(s)),
    question=_voted,
    option=lambda s: [d for d in _voted(s) if d.result == [s.brief["choice"]]],
)
check(
    "NETSELL025",
    published=_issues,
    issue=lambda s: _issues(s, "zine_kind", "title"),
    arrived=lambda s: _reached(s, _issues(s, "zine_kind")),
)
check("NETSELL026", found=looked_up("netsell.search_zines"), kind=looked_up("netsell.search_zines", zine_kind="zine_kind"))
check("NETSELL027", deleted=lambda s: _issues(s).deleted(), title=lambda s: _issues(s, "title").deleted())
check(
    "NETSELL028",
    asked=did("netsell.subscribe"),
    kind=lambda s: _own(s, s.did("netsell.subscribe", **s.asked("zine_kind"))),
    confirmed=lambda s: _own(s, s.did("netsell.confirm_subscription", **s.asked("zine_kind"))),
)
check(
    "NETSELL029",
    found=_own_subscriptions,
    confirmed=lambda s: [d for d in _own_subscriptions(s) if any(r.state == "confirmed" for r in d.result)],
)

# --- mailing lists ---


def _lists(seen: Evidence, *asked: str) -> Lives:
    lives = seen.lives("netsell.create_mailing_list", "netsell.change_mailing_list", "netsell.delete_mailing_list")
    return lives.was(**seen.asked(*asked)) if asked else lives


def _enters(seen: Evidence, **people: str) -> Where:
    """Whether a list holds these addresses, each with its person's name: the keys of both in the brief."""

    def holds(fields: dict[str, Any]) -> bool:
        names = {row["address"].strip().lower(): row["full_name"] for row in fields["entries"]}
        return all(same_name(names.get(seen.brief[address]), seen.brief[name]) for address, name in people.items())

    return holds


def _corrected(seen: Evidence, **people: str) -> Lives:
    """The list without the wrong address and with the right one, and these."""
    right, wrong = _enters(seen, second="second_name", **people), _enters(seen, wrong="second_name")
    return _lists(seen, "title").became(lambda fields: right(fields) and not wrong(fields))


def _sent(seen: Evidence) -> list[Done]:
    return seen.did("netsell.send_mailing", where=lambda d: d.result["delivered"])


def _on_topic(seen: Evidence) -> list[Done]:
    return [d for d in _sent(seen) if mentions(d.arguments["subject"], seen.brief["topic"])]


check(
    "NETSELL030",
    created=lambda s: _lists(s).made(),
    title=lambda s: _lists(s, "title").made(),
    addresses=lambda s: _lists(s).made().was(_enters(s, first="first_name", wrong="second_name"), **s.asked("title")),
)
check("NETSELL031", revised=lambda s: _lists(s).became(), corrected=_corrected, kept=lambda s: _corrected(s, first="first_name"))
check("NETSELL032", deleted=lambda s: _lists(s).deleted(), title=lambda s: _lists(s, "title").deleted())
check("NETSELL033", collected=did("netsell.collect_subscribers"), kind=did("netsell.collect_subscribers", zine_kind="zine_kind"))
check("NETSELL034", sent=_sent, subject=_on_topic, personal=lambda s: [d for d in _on_topic(s) if s.brief["field"] in d.arguments["body"]])
