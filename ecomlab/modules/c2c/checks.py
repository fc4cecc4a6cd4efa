"""What each task of the module must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check
from .bidders import asked_position, category_names, category_number, prohibited_title, scripted_persons, user_name

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


def _same(given: str, asked: str) -> bool:
    """Whether two names agree but for capitals and spaces."""
    return "".join(given.casefold().split()) == "".join(asked.casefold().split())


def _named(seen: Evidence, command: str, **arguments: Any) -> list[Any]:
    return seen.did(command, where=lambda d: _same(d.arguments["name"], seen.brief["name"]), **arguments)


def _bids_in_category(seen: Evidence) -> list[Any]:
    return seen.did(
        "c2c.bid",
        where=lambda d: seen.look.value("select auction_category from c2c_listing where number = $n", n=d.arguments["listing"]) == seen.brief["category"],
    )


def _own_listing(seen: Evidence, *states: str) -> Any:
    listed = [d.result for d in seen.did("c2c.list_item")]
    rows = seen.look.all("select number, state from document where kind = 'auction_listing'")
    return [r for r in rows if r.number in listed and r.state in states]


def _title_of(seen: Evidence, listing: str) -> Any:
    return seen.look.value("select title from c2c_listing where number = $n", n=listing)


check(
    "C2C001",
    registered=lambda s: s.did("c2c.register"),
    signed_in=lambda s: {d.result for d in s.did("c2c.register")} & {d.result for d in s.did("c2c.sign_in")},
)
check(
    "C2C002",
    listed=lambda s: s.did("c2c.list_item"),
    category=lambda s: s.did("c2c.list_item", category=s.brief["category"]),
    start_price=lambda s: s.did("c2c.list_item", category=s.brief["category"], start_price=s.brief["start_price"]),
)
check(
    "C2C003",
    found=lambda s: s.looked_up("c2c.search"),
    category=lambda s: s.looked_up("c2c.search", category=s.brief["category"]),
)
check(
    "C2C004",
    bid=lambda s: s.did("c2c.bid"),
    category=_bids_in_category,
)
check(
    "C2C005",
    bid=lambda s: s.did("c2c.bid"),
    found=lambda s: s.looked_up("c2c.bidding"),
)
check(
    "C2C006",
    won=lambda s: s.look.one(
        """select 1 from c2c_award a where a.bidder in (select name from access where realm = 'c2c.password' and not scripted)
               and a.outcome in ('to_be_paid', 'paid', 'defaulted') limit 1"""
    ),
    found=lambda s: s.looked_up("c2c.bought"),
)
check(
    "C2C007",
    listed=lambda s: s.did("c2c.list_item"),
    found=lambda s: s.looked_up("c2c.selling"),
)
check(
    "C2C008",
    ended=lambda s: _own_listing(s, "sold", "paid", "unsold", "defaulted", "offered", "offer_lapsed"),
    found=lambda s: s.looked_up("c2c.ended"),
)
check(
    "C2C009",
    paid=lambda s: s.did("c2c.pay"),
    rated=lambda s: s.did("c2c.rate"),
)
check(
    "C2C010",
    found=lambda s: s.looked_up("c2c.credit"),
    seller=lambda s: s.looked_up("c2c.credit", seller=s.brief["seller"]),
)
check(
    "C2C011",
    called_off=lambda s: _own_listing(s, "called_off"),
    found=lambda s: s.looked_up("c2c.cancelled"),
)
check(
    "C2C012",
    signed_in=lambda s: s.did("c2c.sign_in_administrator"),
    overview=lambda s: s.looked_up("c2c.overview"),
)
check(
    "C2C013",
    seen=lambda s: s.looked_up("c2c.sign_in_log"),
    cleared=lambda s: s.did("c2c.clear_log"),
)
check(
    "C2C014",
    detail=lambda s: s.looked_up("c2c.members"),
    moved=lambda s: s.did("c2c.move_member"),
    asked=lambda s: s.did("c2c.move_member", user_name=s.brief["user_name"], group=s.brief["group"]),
)
check(
    "C2C015",
    created=lambda s: s.did("c2c.create_group"),
    name=lambda s: _named(s, "c2c.create_group"),
    limit=lambda s: _named(s, "c2c.create_group", listing_limit=s.brief["limit"]),
)
check(
    "C2C016",
    changed=lambda s: s.did("c2c.change_group"),
    asked=lambda s: _named(s, "c2c.change_group", group=s.brief["group"]),
)
check(
    "C2C017",
    deleted=lambda s: s.did("c2c.delete_group"),
    asked=lambda s: s.did("c2c.delete_group", group=s.brief["group"]),
)
check(
    "C2C018",
    created=lambda s: s.did("c2c.create_category"),
    name=lambda s: _named(s, "c2c.create_category"),
    typical_value=lambda s: _named(s, "c2c.create_category", typical_value=s.brief["typical_value"]),
)
check(
    "C2C019",
    changed=lambda s: s.did("c2c.change_category"),
    asked=lambda s: _named(s, "c2c.change_category", category=s.brief["category"]),
)
check(
    "C2C020",
    deleted=lambda s: s.did("c2c.delete_category"),
    asked=lambda s: s.did("c2c.delete_category", category=s.brief["category"]),
)
check(
    "C2C021",
    found=lambda s: s.looked_up("c2c.find_listings", where=lambda d: any(d.arguments.values())),
    asked=lambda s: s.looked_up("c2c.find_listings", where=lambda d: any(d.arguments.values()) and s.brief["title"] in {r.title for r in d.result}),
)
check(
    "C2C022",
    cancelled=lambda s: s.did("c2c.cancel_listing"),
    asked=lambda s: s.did("c2c.cancel_listing", where=lambda d: _title_of(s, d.arguments["listing"]) == s.brief["title"]),
)
