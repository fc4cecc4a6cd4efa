"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books import documents
from ...kernel.evidence import Evidence, Lives, after, check, did, looked_up
from . import briefs  # noqa: F401  (declares what is asked)
from .members import own_members


def _terms(seen: Evidence, listing: str) -> Any:
    """What a listing is of; neither its category nor its title can change."""
    return seen.look.one("select auction_category, title from c2c_listing where number = $listing", listing=listing)


def _put_up(seen: Evidence, *states: str) -> list[str]:
    """The student's own listings that came into one of these states."""
    own = {d.result for d in seen.did("c2c.list_item")}
    return [m.number for m in documents.moved(seen, "auction_listing", *states) if m.number in own]


def _won(seen: Evidence) -> list[str]:
    """What the student bid for or bought, and a member of the student's was sold: at auction, at the buy-now price or as a second chance."""
    rows = seen.look.all(
        "select listing from c2c_award where list_contains($own, bidder) and outcome in ('to_be_paid', 'paid', 'defaulted')",
        own=[*own_members(seen.look)] or [""],
    )
    own = {d.arguments["listing"] for d in seen.did("c2c.bid", "c2c.buy_now")}
    return [r.listing for r in rows if r.listing in own]


def _groups(seen: Evidence) -> Lives:
    return seen.lives("c2c.create_group", "c2c.change_group", "c2c.delete_group")


def _categories(seen: Evidence) -> Lives:
    return seen.lives("c2c.create_category", "c2c.change_category", "c2c.delete_category")


check("C2C001", registered=did("c2c.register"), signed_in=lambda s: after(s.did("c2c.register"), s.did("c2c.sign_in")))
check(
    "C2C002",
    listed=did("c2c.list_item"),
    category=did("c2c.list_item", category="category"),
    start_price=did("c2c.list_item", category="category", start_price="start_price"),
)
check("C2C003", found=looked_up("c2c.search"), category=looked_up("c2c.search", category="category"))
check(
    "C2C004",
    bid=did("c2c.bid"),
    category=lambda s: s.did("c2c.bid", where=lambda d: _terms(s, d.arguments["listing"]).auction_category == s.brief["category"]),
)
check("C2C005", bid=did("c2c.bid"), found=looked_up("c2c.bidding"))
check("C2C006", won=_won, found=lambda s: s.looked_up("c2c.bought", finds=_won(s)))
check("C2C007", listed=did("c2c.list_item"), found=looked_up("c2c.selling"))
check("C2C008", ended=lambda s: _put_up(s, "sold", "unsold"), found=looked_up("c2c.ended"))
check("C2C009", paid=did("c2c.pay"), rated=lambda s: after(s.did("c2c.pay"), s.did("c2c.rate")))
check("C2C010", found=looked_up("c2c.credit"), seller=looked_up("c2c.credit", seller="seller"))
check("C2C011", cancelled=lambda s: _put_up(s, "called_off"), found=lambda s: s.looked_up("c2c.cancelled", finds=_put_up(s, "called_off")))
check("C2C012", signed_in=did("c2c.sign_in_administrator"), overview=looked_up("c2c.overview"))
check("C2C013", seen=looked_up("c2c.sign_in_log"), cleared=did("c2c.clear_log"))
check(
    "C2C014",
    detail=looked_up("c2c.members", user_name="user_name"),
    moved=did("c2c.move_member"),
    asked=did("c2c.move_member", user_name="user_name", group="group"),
)
check(
    "C2C015",
    created=lambda s: _groups(s).made(),
    name=lambda s: _groups(s).made().was(**s.asked("name")),
    limit=lambda s: _groups(s).made().was(**s.asked("name", listing_limit="limit")),
)
check("C2C016", changed=lambda s: _groups(s).became(), asked=lambda s: _groups(s).of(s.brief["group"]).became(**s.asked("name")))
check("C2C017", deleted=lambda s: _groups(s).deleted(), asked=lambda s: _groups(s).deleted().of(s.brief["group"]))
check(
    "C2C018",
    created=lambda s: _categories(s).made(),
    name=lambda s: _categories(s).made().was(**s.asked("name")),
    typical_value=lambda s: _categories(s).made().was(**s.asked("name", "typical_value")),
)
check("C2C019", changed=lambda s: _categories(s).became(), asked=lambda s: _categories(s).of(s.brief["category"]).became(**s.asked("name")))
check("C2C020", deleted=lambda s: _categories(s).deleted(), asked=lambda s: _categories(s).deleted().of(s.brief["category"]))
check(
    "C2C021",
    found=lambda s: s.looked_up("c2c.find_listings", where=lambda d: d.given),
    asked=lambda s: s.looked_up("c2c.find_listings", where=lambda d: d.given, finds=[s.brief["title"]]),
)
check(
    "C2C022",
    cancelled=did("c2c.cancel_listing"),
    asked=lambda s: s.did("c2c.cancel_listing", where=lambda d: _terms(s, d.arguments["listing"]).title == s.brief["title"]),
)
