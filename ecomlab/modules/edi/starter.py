"""What a new member finds in its files, and what the tasks ask about it: both follow from the world's seed."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ...books.cast import Company, companies
from ...kernel.doing import Doing, Looking
from .numbers import gln_of
from .partners import PARTNERS, TYPES
from .products import PIECES, PRODUCTS

SUPPLIER, CARRIER = "供应商 Supplier", "物流商 Carrier"
#: The type whose name is to be corrected, and the one that nobody uses.
OLD_TYPE, UNUSED_TYPE = "经销处 Outlet", "寄售商 Consignor"

class Goods(NamedTuple):
    gtin: str
    name: str
    unit: str
    price: Decimal


class Partner(NamedTuple):
    """A company as a member's partner: its GLN, type, and the character set agreed."""

    company: Company
    gln: str
    type: str
    level: str


def goods(look: Looking) -> list[Goods]:
    """Goods of the catalogue in an order of the world's own: two to order, by the piece; one to change, one to delete, one to find, one to create.

    A unit costs 8 to 30 per cent more than its pieces typically cost.
    """
    chance = look.stream("edi.goods")
    made = []
    for i, row in enumerate(chance.sample(list(look.scenario.rows("products")), 6)):
        unit = "PCE" if i < 2 else chance.choice(tuple(PIECES))
        price = Decimal(row["cost"]) * PIECES[unit] * chance.randint(108, 130) / 100
        made.append(Goods(row["gtin"], row["name"], unit, price.quantize(Decimal("0.01"))))
    return made


def partners(look: Looking) -> list[Partner]:
    """The student's partners: one to order from, one to change, one to find, one that has left, one to create."""
    known = companies(look)
    types = (SUPPLIER, SUPPLIER, CARRIER, SUPPLIER, SUPPLIER)
    levels = ("UNOC", "UNOB", "UNOC", "UNOA", "UNOC")
    return [Partner(c, gln_of(look, c.uscc), t, v) for c, t, v in zip((*known[1:4], known[7], known[4]), types, levels, strict=True)]


def lay(do: Doing, member: str) -> None:
    """Lays the start set into a new member's files."""
    types = {name: TYPES.keep(do, member, name=name) for name in (SUPPLIER, CARRIER, OLD_TYPE, UNUSED_TYPE)}
    known = {
        partner.gln: PARTNERS.keep(
            do, member, name=partner.company.name, gln=partner.gln, partner_type=types[partner.type], level=partner.level, contact="订单组 Order desk"
        )
        for partner in partners(do)[:4]
        if partner.gln != member
    }
    held = {item.gtin: PRODUCTS.keep(do, member, gtin=item.gtin, name=item.name, measure_unit=item.unit, list_price=item.price) for item in goods(do)[:5]}
    laid_now = types | known | held
    do.execute("insert into edi_starter select unnest($numbers), unnest($known)", numbers=list(laid_now.values()), known=list(laid_now))


def laid(look: Looking, known_as: str) -> list[str]:
    """The numbers of what the network laid into members' files under this GLN, GTIN or, for a type, name."""
    return [r.number for r in look.all("select number from edi_starter where known_as = $known_as order by number", known_as=known_as)]
