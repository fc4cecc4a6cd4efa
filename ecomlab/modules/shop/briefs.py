"""What each student's own world asks of the department: whose sheet, which rule, which watermark; all by the seed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from ...books.courier import tariff
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.names import both
from ...kernel.terms import term
from ...kernel.texts import Text
from ..b2c.briefs import Ware, deal, spare
from ..b2c.scripted import scripted_shoppers, user_name
from .intake import RULES
from .sheets import Offer, Sheet, sheets

PATTERNS = ("*_#", "#_*", "*-#", "#-*")


class Job(NamedTuple):
    """The work that this student is to do on a sheet. rule: how it is coded; text, place: the watermark; pattern: the names of its pictures."""

    sheet: Sheet
    rule: str
    text: str
    place: str
    pattern: str


def job(look: Looking) -> Job:
    """What is asked of this student: always the sheet of the first supplier, which sells in joint operation."""
    chance, sheet = look.stream("shop.job"), sheets(look)[0]
    mark = f"MALL {sheet.prefix} {look.mark}"
    return Job(sheet, chance.choice(tuple(RULES)), mark, chance.choice(("top", "bottom")), chance.choice(PATTERNS))


def novelty(look: Looking) -> Offer:
    """The product of the asked sheet that goes on the shelf: the first of its sound rows."""
    return next(o for o in job(look).sheet.offers if not o.fault)


def sold_out(look: Looking) -> Ware:
    """The product that the shop still offers though nothing is left of it."""
    return spare(look, 1)


class Remittance(NamedTuple):
    """A customer's transfer that says nothing of the order: whose (a place among the scripted shoppers), for how many pieces, and the postage in it."""

    position: int
    pieces: int
    postage: Decimal


def remittance(look: Looking) -> Remittance:
    """The transfer that is to be found."""
    chance = look.stream("shop.remittance")
    return Remittance(1, chance.randint(2, 4), Decimal(chance.randint(12, 36)) / 2 + Decimal("0.00"))


@asks("SHOP001", "SHOP002", "SHOP003", "SHOP004", "SHOP005", "SHOP006", "SHOP007")
def _sheet(look: Looking) -> dict[str, Any]:
    asked = job(look)
    return {
        "supplier": asked.sheet.supplier.name, "uscc": asked.sheet.supplier.uscc, "rule": asked.rule, "rule_name": term(asked.rule), "text": asked.text,
        "place": asked.place, "place_name": PLACES[asked.place], "pattern": asked.pattern,
    }  # fmt: skip


PLACES = {"top": Text("顶部", "top"), "bottom": Text("底部", "bottom")}


@asks("SHOP008")
def _channel(look: Looking) -> dict[str, Any]:
    asked, chance = job(look).sheet, look.stream("shop.channel")
    order = chance.choice(tuple(ORDERS))
    return {
        "supplier": asked.supplier.name, "uscc": asked.supplier.uscc, "channel": f"新品频道 New arrivals {look.mark}", "category": asked.category,
        "category_name": term(asked.category), "order": order, "order_name": ORDERS[order],
    }  # fmt: skip


ORDERS = {"up": Text("从低到高", "lowest first"), "down": Text("从高到低", "highest first")}


@asks("SHOP009")
def _shelf(look: Looking) -> dict[str, Any]:
    gone, new = sold_out(look), novelty(look)
    return {"gone": gone.name, "gone_gtin": gone.product, "reason": "sold_out", "reason_name": term("sold_out"), "product": new.name, "gtin": new.product}


@asks("SHOP010")
def _care(look: Looking) -> dict[str, Any]:
    sold, chance = deal(look), look.stream("shop.care")
    price = sold.price + chance.choice((-1, 1)) * chance.randint(1, 9) / Decimal(10)
    return {"product": sold.product, "gtin": sold.gtin, "price": price.quantize(Decimal("0.01")), "shown": f"{price:,.2f}", "hint": f"LOW {look.mark}"}


@asks("SHOP013")
def _transfer(look: Looking) -> dict[str, Any]:
    sent = remittance(look)
    who, amount = scripted_shoppers(look)[sent.position], spare(look).price * sent.pieces + sent.postage
    return {"customer": who.name, "shopper": user_name(who), "amount": amount, "shown": f"{amount:,.2f}", "day": look.start, "postage": sent.postage}


@asks("SHOP014")
def _two_figures(look: Looking) -> dict[str, Any]:
    return {"start": look.start}


@asks("SHOP015", "SHOP016")
def _joint(look: Looking) -> dict[str, Any]:
    supplier = job(look).sheet.supplier
    return {"supplier": supplier.name, "uscc": supplier.uscc}


@asks("SHOP017")
def _courier(look: Looking) -> dict[str, Any]:
    firms = tariff.couriers(look)
    courier = look.stream("shop.courier").choice(sorted(firms))
    return {"courier": courier, "courier_name": both(firms[courier])}
