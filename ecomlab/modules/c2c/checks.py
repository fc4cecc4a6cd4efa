"""What each task of the module must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books import documents
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, Lives, after, asks, check
from .bidders import asked_position, category_names, category_number, prohibited_title, scripted_persons, user_name
from .members import own_members

#: The groups that the house has beside the built-in ones, and the categories that hold no scripted goods.
GROUPS = ("诚信卖家 Trusted sellers", "见习会员 Trainees", "休眠会员 Dormant members")
SPARE_CATEGORIES = ("杂项 Sundries", "旧款配件 Leftover parts")


def group_number(look: Looking, position: int) -> str:
    """The number of the group in this position of GROUPS."""
    return f"GR-{look.mark}-{position + 1:04d}"


def spare_category(look: Looking, position: int) -> str:
    return category_number(look, len(category_names(look)) + position)


def asked_category(look: Looking) -> tuple[str, str, Decimal]:
    """Number, name and typical value of the category in which the student trades."""
    position = asked_position(look)
    return (category_number(look, position), *category_names(look)[position])


@asks("C2C002")
def _item(look: Looking) -> dict[str, Any]:
    number, name, value = asked_category(look)
    start = (value * look.stream("c2c.start").randrange(15, 36) / 100).quantize(Decimal(1)) + Decimal("0.00")
    return {"category": number, "category_name": name, "start_price": start, "shown": f"{start:,}"}


@asks("C2C003", "C2C004")
def _category(look: Looking) -> dict[str, Any]:
    number, name, _ = asked_category(look)
    return {"category": number, "category_name": name}


@asks("C2C010")
def _seller(look: Looking) -> dict[str, Any]:
    return {"seller": user_name(scripted_persons(look)[0])}


@asks("C2C014")
def _promoted(look: Looking) -> dict[str, Any]:
    return {"user_name": user_name(scripted_persons(look)[3]), "group": group_number(look, 0), "group_name": GROUPS[0]}


@asks("C2C015")
def _new_group(look: Looking) -> dict[str, Any]:
    return {"name": f"金牌会员 Gold {look.mark}", "limit": look.stream("c2c.limit").randrange(30, 90)}


@asks("C2C016")
def _renamed_group(look: Looking) -> dict[str, Any]:
    return {"group": group_number(look, 1), "group_name": GROUPS[1], "name": f"新手会员 Beginners {look.mark}"}


@asks("C2C017")
def _old_group(look: Looking) -> dict[str, Any]:
    return {"group": group_number(look, 2), "group_name": GROUPS[2]}


@asks("C2C018")
def _new_category(look: Looking) -> dict[str, Any]:
    chance = look.stream("c2c.new_category")
    name = chance.choice(("邮票 Stamps", "唱片 Records", "钱币 Coins", "钟表 Clocks", "地图 Maps"))
    value = Decimal(chance.randrange(5, 60) * 10).quantize(Decimal("0.01"))
    return {"name": f"{name} {look.mark}", "typical_value": value, "shown": f"{value:,}"}


@asks("C2C019")
def _renamed_category(look: Looking) -> dict[str, Any]:
    return {"category": spare_category(look, 0), "category_name": SPARE_CATEGORIES[0], "name": f"收藏品 Collectibles {look.mark}"}


@asks("C2C020")
def _old_category(look: Looking) -> dict[str, Any]:
    return {"category": spare_category(look, 1), "category_name": SPARE_CATEGORIES[1]}


@asks("C2C021", "C2C022")
def _prohibited(look: Looking) -> dict[str, Any]:
    return {"title": prohibited_title(look)}


def _terms(seen: Evidence, listing: str) -> Any:
    """What a listing is of; neither its category nor its title can change."""
    return seen.look.one("select auction_category, title from c2c_listing where number = $listing", listing=listing)


def _put_up(seen: Evidence, *states: str) -> list[str]:
    """The student's own listings that came into one of these states."""
    own = {d.result for d in seen.did("c2c.list_item")}
    return [m.number for m in documents.moved(seen, "auction_listing", *states) if m.number in own]


def _won(seen: Evidence) -> list[str]:
    """What was sold to a member of the student's: at auction, at the buy-now price or as a second chance."""
    rows = seen.look.all(
        "select listing from c2c_award where list_contains($own, bidder) and outcome in ('to_be_paid', 'paid', 'defaulted')",
        own=[*own_members(seen.look)] or [""],
    )
    return [r.listing for r in rows]


def _groups(seen: Evidence) -> Lives:
    return seen.lives("c2c.create_group", "c2c.change_group", "c2c.delete_group")


def _categories(seen: Evidence) -> Lives:
    return seen.lives("c2c.create_category", "c2c.change_category", "c2c.delete_category")


check("C2C001", registered=lambda s: s.did("c2c.register"), signed_in=lambda s: after(s.did("c2c.register"), s.did("c2c.sign_in")))
check(
    "C2C002",
    listed=lambda s: s.did("c2c.list_item"),
    category=lambda s: s.did("c2c.list_item", **s.asked("category")),
    start_price=lambda s: s.did("c2c.list_item", **s.asked("category", "start_price")),
)
check("C2C003", found=lambda s: s.looked_up("c2c.search"), category=lambda s: s.looked_up("c2c.search", **s.asked("category")))
check(
    "C2C004",
    bid=lambda s: s.did("c2c.bid"),
    category=lambda s: s.did("c2c.bid", where=lambda d: _terms(s, d.arguments["listing"]).auction_category == s.brief["category"]),
)
check("C2C005", bid=lambda s: s.did("c2c.bid"), found=lambda s: s.looked_up("c2c.bidding"))
check("C2C006", won=_won, found=lambda s: s.looked_up("c2c.bought", finds=_won(s)))
check("C2C007", listed=lambda s: s.did("c2c.list_item"), found=lambda s: s.looked_up("c2c.selling"))
check("C2C008", ended=lambda s: _put_up(s, "sold", "unsold"), found=lambda s: s.looked_up("c2c.ended"))
check("C2C009", paid=lambda s: s.did("c2c.pay"), rated=lambda s: after(s.did("c2c.pay"), s.did("c2c.rate")))
check("C2C010", found=lambda s: s.looked_up("c2c.credit"), seller=lambda s: s.looked_up("c2c.credit", **s.asked("seller")))
check("C2C011", cancelled=lambda s: _put_up(s, "called_off"), found=lambda s: s.looked_up("c2c.cancelled"))
check("C2C012", signed_in=lambda s: s.did("c2c.sign_in_administrator"), overview=lambda s: s.looked_up("c2c.overview"))
check("C2C013", seen=lambda s: s.looked_up("c2c.sign_in_log"), cleared=lambda s: s.did("c2c.clear_log"))
check(
    "C2C014",
    detail=lambda s: s.looked_up("c2c.members", **s.asked("user_name")),
    moved=lambda s: s.did("c2c.move_member"),
    asked=lambda s: s.did("c2c.move_member", **s.asked("user_name", "group")),
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
    cancelled=lambda s: s.did("c2c.cancel_listing"),
    asked=lambda s: s.did("c2c.cancel_listing", where=lambda d: _terms(s, d.arguments["listing"]).title == s.brief["title"]),
)
