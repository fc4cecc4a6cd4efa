"""What the tasks of the clerks must show, DESK001 to DESK012; those of the shifts are in `shift_checks`."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ...books.documents import Move, moved
from ...kernel.evidence import Evidence, after, check, excuse, sought
from ...kernel.names import both as halves
from ...kernel.names import mentions, same_name
from .data import cause_of
from .desk import time_of
from .reviews import BY
from .words import names_cause

#: Whoever writes a remark uses quotation marks of one's own.
_QUOTES = dict.fromkeys(map(ord, "\"'“”‘’「」『』《》"))
HOUR = datetime.timedelta(hours=1)


# --- talks -----------------------------------------------------------------------------------------------------------------


def _talks(seen: Evidence, intent: str) -> list[Any]:
    """The talks with this intent that the student answered, each with the classes of what was said in it, line by line."""
    rows = seen.look.all(
        """select c.number, c.day, c.arrives, c.first_answer, c.promised, d.state, min(l.entry) as entry,
                  string_agg(l.classes, ' ' order by l.line) as classes
           from service_conversation c join document d using (number) join service_line l on l.conversation = c.number
           where c.intent = $intent and l.entry > 0 group by all order by c.number""",
        intent=intent,
    )
    return rows


def _said(seen: Evidence, intent: str, said: str) -> list[Any]:
    return [t for t in _talks(seen, intent) if said in t.classes.split()]


def _sold(seen: Evidence, intent: str) -> list[Any]:
    """Talks that ended in an order without a promised price."""
    numbers = {m.number for m in moved(seen, "service_conversation", "ordered")}
    return [t for t in _talks(seen, intent) if t.number in numbers and not t.promised]


def _within_the_hour(seen: Evidence) -> bool:
    """Whether every question of some day was answered within an hour, by the student."""
    rows = seen.look.all("select day, arrives, first_answer from service_conversation where intent = 'question' order by number")
    own = {t.first_answer for t in _talks(seen, "question")}
    days: dict[datetime.date, list[bool]] = defaultdict(list)
    for r in rows:
        days[r.day].append(r.first_answer in own and r.first_answer <= r.arrives + HOUR)
    return any(all(answered) for answered in days.values())


def _in_order(seen: Evidence) -> bool:
    """Whether in some talk the steps came one after the other."""
    steps = ("greeting", "campaign", "introduction", "confirmation")
    return any(_follow(t.classes.split(), steps) for t in _talks(seen, "question"))


def _follow(said: list[str], steps: Iterable[str]) -> bool:
    rest = iter(said)
    return all(step in rest for step in steps)


def _asked(seen: Evidence) -> list[Any]:
    """Talks of customers who bargain again and again about which the supervisor was asked."""
    asked = {str(d.arguments["conversation"]) for d in seen.did("service.ask_supervisor")}
    rows = seen.look.all("select number from service_conversation where intent = 'bargain_again' order by number")
    return [r.number for r in rows if r.number in asked]


def _gift_booked(seen: Evidence) -> list[Any]:
    """Gifts of the student's that went with an order, as the stock books say."""
    offered = {str(d.arguments["conversation"]) for d in seen.did("service.offer_gift")}
    rows = seen.look.all(
        """select c.number from service_conversation c join stock_movement v on v.document = c.number and v.kind = 'write_off'
           where c.intent = 'bargain_again' and not c.promised order by c.number"""
    )
    return [r.number for r in rows if r.number in offered]


# --- changes ---------------------------------------------------------------------------------------------------------------


def _orders(seen: Evidence, shopper: str | None = None) -> set[str]:
    """The orders of the asked customer, or of another one."""
    return {r.number for r in seen.look.all("select number from b2c_order where shopper = $who", who=shopper or seen.brief["shopper"])}


def _requests(seen: Evidence, *states: str) -> list[Any]:
    """The student's requests of the asked customer, for what is asked, that came into one of these states (any, if none is named)."""
    rows = seen.look.all("select number, web_order, wish, wanted from service_request order by number")
    there = {m.number for m in moved(seen, "service_change_request", *(states or ("asked",)))}
    orders = _orders(seen)
    return [
        r for r in rows if r.number in there and r.web_order in orders and r.wish == seen.brief["wish"] and _names(r.wanted, seen.brief["wanted"])
    ]  # fmt: skip


def _names(text: str, wanted: str) -> bool:
    """Whether a text holds what is wanted: all of it, or either language's half, in whatever quotation marks or none."""
    text, wanted = text.translate(_QUOTES), wanted.translate(_QUOTES)
    said = halves(wanted)
    return same_name(text, wanted) or any(mentions(text, half) for half in (said.zh, said.en))


def _flagged(seen: Evidence) -> list[Any]:
    orders = _orders(seen)
    return [d for d in seen.did("service.flag") if d.arguments["order"] in orders and _names(d.arguments["remark"], seen.brief["wanted"])]


def _told(seen: Evidence) -> list[Any]:
    """Flags of the student's with what is wanted of which the printer knows."""
    flags = {str(d.result) for d in _flagged(seen)}
    return [m for m in moved(seen, "service_order_flag", "told") if m.number in flags]


def _confirmed(seen: Evidence) -> list[Any]:
    numbers = {r.number for r in _requests(seen)}
    return [d for d in seen.did("service.confirm_change") if d.arguments["request"] in numbers]


def _papers(seen: Evidence, state: str, orders: set[str], fetched_from: str = "") -> list[Move]:
    """Moves of the papers of these orders into a state. fetched_from: only of those that were fetched from there."""
    rows = seen.look.all("select number, web_order, fetched_from from service_papers order by number")
    own = {r.number for r in rows if r.web_order in orders and fetched_from in ("", r.fetched_from)}
    return [m for m in moved(seen, "service_papers", state) if m.number in own]


def _corrected(seen: Evidence) -> list[Move]:
    """Papers of the asked order that were fetched back and went out again with the change, after it was applied."""
    if not _carried(seen):
        return []
    applied = [m.n for m in moved(seen, "service_change_request", "applied") if m.number in {r.number for r in _requests(seen, "applied")}]
    back = after(_papers(seen, "fetched_back", _orders(seen)), _papers(seen, "printed", _orders(seen)))
    return [m for m in back if any(n <= m.n for n in applied)]


def _anew(seen: Evidence) -> list[Move]:
    """Papers that were printed for the asked order, with the change, after those of its parcel had been torn up."""
    if not _carried(seen):
        return []
    torn = _papers(seen, "torn_up", _orders(seen), "packed")
    return [m for m in _papers(seen, "printed", _orders(seen)) if any(t.n < m.n for t in torn)]


def _carried(seen: Evidence) -> list[Any]:
    """Papers of the asked order on which the warehouse reads the wish."""
    if not _told(seen):
        return []
    rows = seen.look.all("select web_order, remark from service_papers order by number")
    return [r for r in rows if r.web_order in _orders(seen) and _names(r.remark, seen.brief["wanted"])]


# --- withdrawals -----------------------------------------------------------------------------------------------------------


def _voided(seen: Evidence, shopper: str) -> bool:
    orders = _orders(seen, shopper)
    return any(d.result["web_order"] in orders for d in seen.did("service.void_order"))


def _passed_on(seen: Evidence, shopper: str) -> bool:
    rows = {r.number: r.web_order for r in seen.look.all("select number, web_order from service_request")}
    return any(rows.get(d.arguments["request"]) in _orders(seen, shopper) for d in seen.did("service.pass_on"))


def _withdrawn(seen: Evidence) -> bool:
    """Whether each of the three was dealt with as its place asked: void while it could be, else passed on."""
    return all(_voided(seen, s) or _passed_on(seen, s) for s in seen.brief["shoppers"][:3])


def _torn(seen: Evidence) -> bool:
    """Whether of the two that were printed the papers are torn up, and the goods of the parcel on the shelf."""
    for shopper in seen.brief["shoppers"][1:3]:
        if not _passed_on(seen, shopper) and not _papers(seen, "torn_up", _orders(seen, shopper)):
            return False
    return _withdrawn(seen)


def _paid_back(seen: Evidence, shopper: str) -> bool:
    cases = {m.number for m in moved(seen, "service_refund_case", "refunded")}
    rows = seen.look.all("select number, web_order from service_case order by number")
    return any(r.number in cases and r.web_order in _orders(seen, shopper) for r in rows)


# --- reviews, returns ------------------------------------------------------------------------------------------------------


def _noon(seen: Evidence, right: bool = False) -> list[datetime.date]:
    """The days on which the student phoned all bad and medium reviews by 14:00; right: and noted the right reasons."""
    days: dict[datetime.date, list[bool]] = defaultdict(list)
    for r in seen.look.all("select * from service_review where stars <= 3 order by number"):
        called = r.phoned is not None and (r.entry or 0) > 0 and r.phoned < time_of(r.day, BY)
        days[r.day].append(called and (not right or r.reason == cause_of(seen.look, r.message)))
    return [day for day, all_of in days.items() if all(all_of)]


def _group_told(seen: Evidence) -> bool:
    """Whether on some such day the group was told of the reasons, after the calls."""
    for day in _noon(seen):
        rows = seen.look.all("select phoned, reason from service_review where stars <= 3 and day = $day", day=day)
        last, causes = max(r.phoned for r in rows), {r.reason for r in rows}
        notes = seen.look.all("select moment, text from service_group_note where day = $day and entry > 0 order by number", day=day)
        said = " ".join(n.text for n in notes if n.moment >= last)
        if said and all(names_cause(said, cause) for cause in causes):
            return True
    return False


def _registered(seen: Evidence, what: str) -> bool:
    """Whether of both asked customers' parcels this was registered as it is, at some moment: goods, waybill or damage."""
    rows = seen.look.all(
        "select t.number, t.waybill, t.damaged, t.request, o.shopper from service_return t join b2c_order o on o.number = t.web_order order by 1"
    )
    for shopper in seen.brief["shoppers"]:
        mine = [r for r in rows if r.shopper == shopper]
        if not any(_fact(seen, r, what) for r in mine):
            return False
    return True


def _fact(seen: Evidence, row: Any, what: str) -> bool:
    lines = {r.product: r.quantity for r in seen.look.all("select product, quantity from b2c_return_line where number = $n", n=row.request)}
    for d in seen.did("service.register_return", entry=row.number):
        if what == "goods" and {r["product"]: r["quantity"] for r in d.arguments["goods"]} == lines:
            return True
        if what == "waybill" and same_name(d.arguments["waybill"], row.waybill):
            return True
        if what == "damage" and d.arguments["damaged"] == row.damaged:
            return True
    return False


def _sorted(seen: Evidence, state: str, damaged: bool) -> list[Move]:
    """Returns of the asked customers that are sound, or damaged, which the student sorted so; whatever was first set apart and then put on the shelf, both
    ways tried, is what it is last."""
    rows = seen.look.all(
        """select t.number from service_return t join b2c_order o on o.number = t.web_order join document d on d.number = t.number
           where list_contains($who, o.shopper) and t.damaged = $damaged and d.state = $state""",
        who=seen.brief["shoppers"], damaged=damaged, state=state,
    )  # fmt: skip
    return [m for m in moved(seen, "service_return_entry", state) if m.number in {r.number for r in rows}]


check("DESK001", hour=_within_the_hour, steps=_in_order, ordered=lambda s: _sold(s, "question"))
check("DESK002", held=lambda s: _said(s, "bargain_quantity", "hold_price"), sold=lambda s: _sold(s, "bargain_quantity"))
check("DESK003", thanked=lambda s: _said(s, "bargain_regular", "thanks"), sold=lambda s: _sold(s, "bargain_regular"))
check("DESK004", asked=_asked, offered=lambda s: [d for d in s.did("service.offer_gift") if d.arguments["conversation"] in _asked(s)], booked=_gift_booked)
check("DESK005", flagged=_flagged, told=lambda s: _told(s) and _confirmed(s), applied=lambda s: _requests(s, "applied"))
check(
    "DESK006",
    fetched=lambda s: _papers(s, "fetched_back", _orders(s)),
    applied=lambda s: _requests(s, "applied"),
    corrected=_corrected,
)
check(
    "DESK007",
    fetched=lambda s: _papers(s, "fetched_back", _orders(s), "packed"),
    applied=lambda s: _requests(s, "applied"),
    anew=_anew,
)
check(
    "DESK008",
    withdrawn=_withdrawn,
    torn=_torn,
    paid_back=lambda s: all(_paid_back(s, who) for who in s.brief["shoppers"][:3]),
    shipped=lambda s: _passed_on(s, s.brief["shoppers"][3]) and _paid_back(s, s.brief["shoppers"][3]),
)
check("DESK009", flagged=_flagged, applied=lambda s: _requests(s, "applied"), carried=_carried)
check("DESK010", phoned=_noon, reasons=lambda s: _noon(s, right=True), told=_group_told)
check(
    "DESK011",
    goods=lambda s: _registered(s, "goods"),
    waybill=lambda s: _registered(s, "waybill"),
    damage=lambda s: _registered(s, "damage"),
)
check("DESK012", restocked=lambda s: _sorted(s, "restocked", False), defective=lambda s: _sorted(s, "defective", True))

_LATER = {"F service.reply": "a customer orders when she is asked after she is convinced"}
for _code in ("DESK002", "DESK003", "DESK004"):
    sought(_code, {"service.reply.template": "what convinces the customer follows from what she says"})
    excuse(_code, _LATER)
excuse("DESK004", _LATER | {"A service.reply.template": "the text asks for no word before the supervisor is asked"})
sought("DESK010", {"service.phone_review.reason": "the customer says it", "service.tell_group.text": "the reasons that the customers gave"})
sought("DESK012", {"service.sort_return.sorted_as": "what is sound follows from the parcel"})
