"""What each task of the module must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check, goal
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
    goal("registered", "1.2", "注册成为拍卖会员", "You are registered as a member of the auction house", lambda s: s.did("c2c.register")),
    goal(
        "signed_in",
        "0.8",
        "用自己的会员名登录成功",
        "You have signed in under your own name",
        lambda s: {d.result for d in s.did("c2c.register")} & {d.result for d in s.did("c2c.sign_in")},
    ),
)
check(
    "C2C002",
    goal("listed", "1", "发布了一件拍品", "An item is up for auction", lambda s: s.did("c2c.list_item")),
    goal(
        "category",
        "0.5",
        "拍品放在“{category_name}”分类下",
        "It is listed under {category_name}",
        lambda s: s.did("c2c.list_item", category=s.brief["category"]),
    ),
    goal(
        "start_price",
        "0.5",
        "该分类下的这件拍品起拍价为 {shown} 元",
        "Its start price there is {shown} CNY",
        lambda s: s.did("c2c.list_item", category=s.brief["category"], start_price=s.brief["start_price"]),
    ),
)
check(
    "C2C003",
    goal("found", "1.2", "查到了正在拍卖的商品", "Items on auction have been found", lambda s: s.looked_up("c2c.search")),
    goal(
        "category",
        "0.8",
        "按“{category_name}”分类查到了商品",
        "Items in the category {category_name} have been found",
        lambda s: s.looked_up("c2c.search", category=s.brief["category"]),
    ),
)
check(
    "C2C004",
    goal("bid", "1.2", "有一次被接受的出价", "A bid of yours was accepted", lambda s: s.did("c2c.bid")),
    goal("category", "0.8", "出价的商品属于“{category_name}”分类", "The item is in the category {category_name}", _bids_in_category),
)
check(
    "C2C005",
    goal("bid", "0.6", "参与了竞拍", "You have bid on an item", lambda s: s.did("c2c.bid")),
    goal("found", "1.4", "在“竞标中的商品”里查到了它", "You have found it among the items you are bidding on", lambda s: s.looked_up("c2c.bidding")),
)
check(
    "C2C006",
    goal(
        "won",
        "0.8",
        "拍得或以一口价买下一件商品",
        "You have won an auction or bought at once",
        lambda s: s.look.one(
            """select 1 from c2c_award a join c2c_member m on m.user_name = a.bidder
               where not m.scripted and a.outcome in ('to_be_paid', 'paid', 'defaulted') limit 1"""
        ),
    ),
    goal("found", "1.2", "在“已买入的商品”里查到了它", "You have found it among the items you bought", lambda s: s.looked_up("c2c.bought")),
)
check(
    "C2C007",
    goal("listed", "0.6", "有自己发布的拍品", "You have put an item up for auction", lambda s: s.did("c2c.list_item")),
    goal(
        "found", "1.4", "在“出售中的商品”里查到了正在拍卖的拍品", "You have found a running auction among the items you are selling",
        lambda s: s.looked_up("c2c.selling"),
    ),
)  # fmt: skip
check(
    "C2C008",
    goal(
        "ended", "0.6", "自己的一场拍卖已到期结束", "An auction of yours has come to its end",
        lambda s: _own_listing(s, "sold", "paid", "unsold", "defaulted", "offered", "offer_lapsed"),
    ),
    goal("found", "1.4", "在“已结束的商品”里查到了它", "You have found it among the items whose auction ended", lambda s: s.looked_up("c2c.ended")),
)  # fmt: skip
check(
    "C2C009",
    goal("paid", "0.8", "支付了一件拍得的商品", "You have paid for a purchase", lambda s: s.did("c2c.pay")),
    goal("rated", "1.2", "对卖家作出了评价", "You have rated its seller", lambda s: s.did("c2c.rate")),
)
check(
    "C2C010",
    goal("found", "1.2", "查看了一位卖家的信誉", "You have looked at the credit of a seller", lambda s: s.looked_up("c2c.credit")),
    goal("seller", "0.8", "查看的是 {seller}", "That seller was {seller}", lambda s: s.looked_up("c2c.credit", seller=s.brief["seller"])),
)
check(
    "C2C011",
    goal("called_off", "0.8", "自己有一件拍品被撤下或注销", "A listing of yours has been withdrawn or cancelled", lambda s: _own_listing(s, "called_off")),
    goal("found", "1.2", "在“被注销的商品”里查到了它", "You have found it among the cancelled items", lambda s: s.looked_up("c2c.cancelled")),
)
check(
    "C2C012",
    goal("signed_in", "1.2", "以管理员身份登录成功", "You have signed in as administrator", lambda s: s.did("c2c.sign_in_administrator")),
    goal("overview", "0.8", "打开了后台首页", "You have opened the overview of the house", lambda s: s.looked_up("c2c.overview")),
)
check(
    "C2C013",
    goal("seen", "1", "查看了登录日志", "You have looked at the sign-in log", lambda s: s.looked_up("c2c.sign_in_log")),
    goal("cleared", "1", "清空了登录日志", "You have cleared it", lambda s: s.did("c2c.clear_log")),
)
check(
    "C2C014",
    goal("detail", "0.4", "查看了会员明细", "You have looked at members in detail", lambda s: s.looked_up("c2c.members")),
    goal("moved", "0.6", "改变了一名会员的群组", "A member has been moved to another group", lambda s: s.did("c2c.move_member")),
    goal(
        "asked",
        "1",
        "把 {user_name} 改到了“{group_name}”",
        "{user_name} has been moved to {group_name}",
        lambda s: s.did("c2c.move_member", user_name=s.brief["user_name"], group=s.brief["group"]),
    ),
)
check(
    "C2C015",
    goal("created", "0.8", "新建了一个会员组", "A group has been created", lambda s: s.did("c2c.create_group")),
    goal("name", "0.7", "它的名称是“{name}”", "It is called {name}", lambda s: _named(s, "c2c.create_group")),
    goal("limit", "0.5", "“{name}”同时拍品数上限为 {limit}", "Members of {name} may have {limit} listings at a time",
         lambda s: _named(s, "c2c.create_group", listing_limit=s.brief["limit"])),
)  # fmt: skip
check(
    "C2C016",
    goal("changed", "0.8", "修改了一个会员组", "A group has been changed", lambda s: s.did("c2c.change_group")),
    goal(
        "asked", "1.2", "“{group_name}”已改名为“{name}”", "{group_name} is now called {name}", lambda s: _named(s, "c2c.change_group", group=s.brief["group"])
    ),
)
check(
    "C2C017",
    goal("deleted", "0.8", "删除了一个会员组", "A group has been deleted", lambda s: s.did("c2c.delete_group")),
    goal("asked", "1.2", "删除的是“{group_name}”", "It was {group_name}", lambda s: s.did("c2c.delete_group", group=s.brief["group"])),
)
check(
    "C2C018",
    goal("created", "0.8", "新建了一个拍卖目录", "A category has been created", lambda s: s.did("c2c.create_category")),
    goal("name", "0.7", "它的名称是“{name}”", "It is called {name}", lambda s: _named(s, "c2c.create_category")),
    goal("typical_value", "0.5", "“{name}”的参考价值为 {shown} 元", "The typical value in {name} is {shown} CNY",
         lambda s: _named(s, "c2c.create_category", typical_value=s.brief["typical_value"])),
)  # fmt: skip
check(
    "C2C019",
    goal("changed", "0.8", "修改了一个拍卖目录", "A category has been changed", lambda s: s.did("c2c.change_category")),
    goal(
        "asked", "1.2", "“{category_name}”已改名为“{name}”", "{category_name} is now called {name}",
        lambda s: _named(s, "c2c.change_category", category=s.brief["category"]),
    ),
)  # fmt: skip
check(
    "C2C020",
    goal("deleted", "0.8", "删除了一个拍卖目录", "A category has been deleted", lambda s: s.did("c2c.delete_category")),
    goal("asked", "1.2", "删除的是“{category_name}”", "It was {category_name}", lambda s: s.did("c2c.delete_category", category=s.brief["category"])),
)
check(
    "C2C021",
    goal(
        "found",
        "1.2",
        "按条件查到了拍品",
        "Listings have been found by a condition",
        lambda s: s.looked_up("c2c.find_listings", where=lambda d: any(d.arguments.values())),
    ),
    goal(
        "asked",
        "0.8",
        "查到的拍品中有“{title}”",
        "Among those found is {title}",
        lambda s: s.looked_up("c2c.find_listings", where=lambda d: any(d.arguments.values()) and s.brief["title"] in {r.title for r in d.result}),
    ),
)
check(
    "C2C022",
    goal("cancelled", "0.8", "注销了一件拍品并写明原因", "A listing has been cancelled, with a reason", lambda s: s.did("c2c.cancel_listing")),
    goal(
        "asked",
        "1.2",
        "注销的是“{title}”",
        "It was {title}",
        lambda s: s.did("c2c.cancel_listing", where=lambda d: _title_of(s, d.arguments["listing"]) == s.brief["title"]),
    ),
)
