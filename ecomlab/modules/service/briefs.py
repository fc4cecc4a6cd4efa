"""What each student's desk is asked: which customers want what, by the seed alone."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term
from .data import customers, messages

#: Days after the opening on which the desk's daily round begins; a scene ends in its morning.
FIRST_DAY = 5
#: The parts of the customers, by position: whose change comes before printing, after it, and after packing; the four who withdraw, from paid to
#: shipped; who has a wish; who sends back; who orders first; who waits to be printed; whose parcels cannot go today.
UNPRINTED, PRINTED, PACKED = 0, 1, 2
WITHDRAWN = (3, 4, 5, 6)
WISHING = 7
RETURNED = (8, 9)
SHIPPED_FIRST = (6, 8, 9, 10, 11, 12, 13)
STUCK = (14, 15)
SECOND = (1, 2, 4, 5, 14, 15)
WAITING = (0, 3, 7, 10, 11, 12)

STREETS = (
    ("翠湖路", "Cuihu Road"),
    ("长江西街", "Changjiang West Street"),
    ("建设巷", "Jianshe Lane"),
    ("文昌路", "Wenchang Road"),
    ("学府大道", "Xuefu Avenue"),
)
PLACES = (("天津市", "Tianjin"), ("大连市", "Dalian"), ("郑州市", "Zhengzhou"), ("深圳市", "Shenzhen"), ("重庆市", "Chongqing"))
ATTRIBUTES = ("换成深色款 the dark model", "换成浅色款 the light model", "换成大号 the large size", "换成小号 the small size")
WISHES = {
    "courier": ("请用邮政快递 by postal express", "请用顺风快递 by Shunfeng Express"),
    "invoice_title": ("发票抬头写“晨光小学” invoice to Chenguang Primary School", "发票抬头写“远山书店” invoice to Yuanshan Bookshop"),
    "card_text": ("卡片写“生日快乐” a card saying happy birthday", "卡片写“早日康复” a card saying get well soon"),
    "delivery_time": ("请在周末送货 deliver at the weekend", "请在晚上七点后送货 deliver after seven in the evening"),
}


class Wish(NamedTuple):
    """What the customer in a position wants of her order, and the message with which she says so."""

    position: int
    kind: str
    wanted: str
    message: str


class Parts(NamedTuple):
    """What this world's customers want, and what the supervisor is to do."""

    wishes: tuple[Wish, ...]
    damaged: int
    off_clerk: str
    off_day: int
    fined: str
    fine: int
    rewarded: str
    reward: int

    def of(self, position: int) -> Wish:
        return next(w for w in self.wishes if w.position == position)


def parts(look: Looking) -> Parts:
    chance = look.stream("service.parts")
    streets, places = chance.sample(STREETS, 2), chance.sample(PLACES, 2)
    addresses = []
    for (road, road_en), (city, city_en) in zip(streets, places, strict=True):
        number = chance.randint(3, 188)
        addresses.append(f"{city}{road} {number} 号 {road_en} {number}, {city_en}")
    moving = [m.code for m in messages(look, "change")]
    to_address, to_wish = moving[:3], moving[3:]
    kind = chance.choice(sorted(WISHES))
    leaving = chance.sample(messages(look, "withdraw"), len(WITHDRAWN))
    wishes = (
        Wish(UNPRINTED, "address", addresses[0], chance.choice(to_address)),
        Wish(PRINTED, "address", addresses[1], chance.choice(to_address)),
        Wish(PACKED, "attribute", chance.choice(ATTRIBUTES), chance.choice(to_wish)),
        Wish(WISHING, kind, chance.choice(WISHES[kind]), chance.choice(to_wish)),
        *(Wish(p, "withdraw", "", m.code) for p, m in zip(WITHDRAWN, leaving, strict=True)),
    )
    staff = [r["short"] for r in look.scenario.rows("desk_clerks") if r["post"] != "desk_supervisor"]
    fined, rewarded = chance.sample(staff, 2)
    return Parts(
        wishes,
        chance.choice(RETURNED),
        chance.choice(staff),
        chance.randrange(7),
        fined,
        chance.randrange(50, 201, 10),
        rewarded,
        chance.randrange(50, 201, 10),
    )


def name_of(look: Looking, clerk: str) -> str:
    """A clerk's full name."""
    return str(next(r["name"] for r in look.scenario.rows("desk_clerks") if r["short"] == clerk))


def _customer(look: Looking, position: int) -> dict[str, Any]:
    who = customers(look)[position]
    return {"customer": who.name, "shopper": who.user_name}


def _wish(look: Looking, position: int) -> dict[str, Any]:
    wish = parts(look).of(position)
    return {**_customer(look, position), "wish": wish.kind, "wish_name": term(wish.kind, "service"), "wanted": wish.wanted}


@asks("DESK005")
def _unprinted(look: Looking) -> dict[str, Any]:
    return _wish(look, UNPRINTED)


@asks("DESK006")
def _printed(look: Looking) -> dict[str, Any]:
    return _wish(look, PRINTED)


@asks("DESK007")
def _packed(look: Looking) -> dict[str, Any]:
    return _wish(look, PACKED)


@asks("DESK008")
def _withdrawn(look: Looking) -> dict[str, Any]:
    found = [customers(look)[p] for p in WITHDRAWN]
    return {name: c.name for name, c in zip(("first", "second", "third", "fourth"), found, strict=True)} | {"shoppers": [c.user_name for c in found]}


@asks("DESK009")
def _wishing(look: Looking) -> dict[str, Any]:
    return _wish(look, WISHING)


@asks("DESK011", "DESK012")
def _returned(look: Looking) -> dict[str, Any]:
    found = [customers(look)[p] for p in RETURNED]
    damaged = customers(look)[parts(look).damaged]
    return {"first": found[0].name, "second": found[1].name, "shoppers": [c.user_name for c in found], "damaged": damaged.user_name}


@asks("DESK014")
def _stuck(look: Looking) -> dict[str, Any]:
    found = [customers(look)[p] for p in STUCK]
    return {"city": found[0].city, "first": found[0].name, "second": found[1].name, "shoppers": [c.user_name for c in found]}


@asks("DESK016")
def _week(look: Looking) -> dict[str, Any]:
    p = parts(look)
    return {"clerk": name_of(look, p.off_clerk), "off_clerk": p.off_clerk, "off_day": p.off_day, "weekday": term(f"weekday_{p.off_day}", "service")}


@asks("DESK018")
def _scores(look: Looking) -> dict[str, Any]:
    p = parts(look)
    return {
        "fined": name_of(look, p.fined), "fined_clerk": p.fined, "fine": p.fine, "rewarded": name_of(look, p.rewarded), "rewarded_clerk": p.rewarded,
        "reward": p.reward, "pay_day": 10,
    }  # fmt: skip
