"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...kernel.doing import Looking
from ...kernel.evidence import asks
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
