"""The sheets that suppliers fill in, before the department has looked at them: six to a world, by its seed, each with six planted faults.

A sheet is a supplier's offer in one category. Some rows name no picture: of these a sample comes along, to be photographed. What is wrong
stands in `fault`, which nobody is shown: a code that repeats, a picture that is not there or shows other goods, a price below cost, a unit
that is not the piece, a GTIN whose check digit is wrong.

Textiles come in styles: each colour and size is a row, an article with its own GTIN (`books.variants`).
"""

from __future__ import annotations

import csv
import functools
import io
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from typing import NamedTuple

from stdnum import ean

from ...books.cast import Company, companies
from ...kernel.doing import Looking
from ...kernel.names import both
from ...kernel.scenario import Scenario
from ...kernel.secrets import stream
from .kinds import FAULTS

#: The companies that send the sheets, by their place in the cast. The first two have an account at the bank, and sell in joint operation.
SUPPLIERS = (1, 2, 4, 5, 6, 7)
JOINT = 2
ROWS = (12, 15)
#: The category whose goods come in colours and sizes: so many styles, in three articles each.
STYLED, STYLES = "textiles", 5
COLOURS, SIZES = ("藏青 Navy", "米白 Cream", "砖红 Brick red", "墨绿 Dark green"), ("S", "M", "L", "XL")
#: Sound rows without a picture, whose goods are to be photographed.
UNPICTURED = 3


class Offer(NamedTuple):
    """A row of a sheet. article: the supplier's own code. file: the picture that it names, '' for none. shows: the GTIN on that picture, '' for no file.

    quantity: pieces that come with the sheet, in joint operation. fault: what is wrong with the row, '' for nothing. style, colour, size: '' for goods that
    come in one shape.
    """

    row_no: int
    article: str
    product: str
    name: str
    category: str
    unit: str
    price: Decimal
    cost: Decimal
    quantity: int
    weight_g: int
    file: str
    shows: str
    fault: str
    style: str = ""
    colour: str = ""
    size: str = ""


class Sheet(NamedTuple):
    """A sheet that a supplier has sent. prefix: the letters of the supplier's codes. joint: whether it sells in joint operation."""

    position: int
    supplier: Company
    prefix: str
    category: str
    joint: bool
    offers: tuple[Offer, ...]

    @property
    def csv(self) -> bytes:
        """The file as the supplier sent it (RFC 4180, UTF-8 with a mark at its head, for spreadsheets)."""
        out = io.StringIO()
        made = csv.writer(out)
        made.writerow(("row", "article", "gtin", "name", "category", "unit", "price", "cost", "quantity", "picture", "style", "colour", "size"))
        for o in self.offers:
            made.writerow((o.row_no, o.article, o.product, o.name, o.category, o.unit, o.price, o.cost, o.quantity, o.file, o.style, o.colour, o.size))
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    def row(self, row_no: int) -> Offer | None:
        return self.offers[row_no - 1] if 1 <= row_no <= len(self.offers) else None


def sheets(look: Looking) -> tuple[Sheet, ...]:
    """The six sheets of this world, whether they have been received or not."""
    return _dealt(look.seed, look.scenario, tuple(companies(look)[i] for i in SUPPLIERS))


@functools.lru_cache(maxsize=32)
def _dealt(seed: str, scenario: Scenario, suppliers: tuple[Company, ...]) -> tuple[Sheet, ...]:
    goods: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for i, r in enumerate(scenario.rows("shop_goods"), start=1):
        goods.setdefault(r["product_category"], []).append((i, r))
    chance = stream(seed, "shop.sheets")
    categories = list(goods)
    chance.shuffle(categories)
    return tuple(_sheet(chance, i, s, c, goods[c]) for i, (s, c) in enumerate(zip(suppliers, categories, strict=True)))


def _sheet(chance: Random, position: int, supplier: Company, category: str, goods: list[tuple[int, dict[str, str]]]) -> Sheet:
    chosen = chance.sample(goods, STYLES) if category == STYLED else chance.sample(goods, chance.randint(*ROWS))
    prefix = supplier.mailbox[:2].upper()
    first = chance.randrange(100, 900)
    rows = [variant for serial, r in chosen for variant in _variants(chance, prefix, serial, r)] if category == STYLED else chosen
    offers = [_offer(chance, row_no, f"{prefix}{first + 7 * row_no}", serial, r) for row_no, (serial, r) in enumerate(rows, start=1)]
    places = chance.sample(range(1, len(offers)), len(FAULTS) + UNPICTURED)  # never the first row: a code is repeated from a row above
    for place, fault in zip(places, FAULTS, strict=False):
        offers[place] = _planted(chance, offers, place, fault)
    for place in places[len(FAULTS) :]:
        offers[place] = offers[place]._replace(file="", shows="")
    return Sheet(position, supplier, prefix, category, position < JOINT, tuple(offers))


def _variants(chance: Random, prefix: str, serial: int, r: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    """A style as three articles: one colour in two sizes, and another in the first of them; each with a serial of its own."""
    one, other = chance.sample(COLOURS, 2)
    first, second = chance.sample(SIZES, 2)
    zh, en = both(r["name"])
    return [
        (1000 + 10 * serial + i,
         {**r, "name": f"{zh}·{both(colour).zh}·{size} {en}, {both(colour).en}, {size}", "style": f"{prefix}K{serial:03d}", "colour": colour, "size": size})
        for i, (colour, size) in enumerate(((one, first), (one, second), (other, first)))
    ]  # fmt: skip


def _offer(chance: Random, row_no: int, article: str, serial: int, r: dict[str, str]) -> Offer:
    cost = Decimal(r["cost"])
    price = (cost * chance.randint(135, 175) / 100).quantize(Decimal("0.1"), ROUND_HALF_EVEN) + Decimal("0.00")
    body = f"9526{serial:08d}"
    gtin = body + ean.calc_check_digit(body)
    return Offer(
        row_no, article, gtin, r["name"], r["product_category"], "piece", price, cost, chance.randint(2, 5) * 10, int(r["weight_g"]),
        f"{article}.png", gtin, "", r.get("style", ""), r.get("colour", ""), r.get("size", ""),
    )  # fmt: skip


def _planted(chance: Random, offers: list[Offer], place: int, fault: str) -> Offer:
    """The row with this fault."""
    row = offers[place]._replace(fault=fault)
    match fault:
        case "duplicate_code":
            return row._replace(article=offers[chance.randrange(place)].article)
        case "missing_picture":
            return row._replace(shows="")
        case "wrong_picture":
            return row._replace(shows=offers[place - 1].product)
        case "below_cost":
            return row._replace(price=(row.cost * chance.randint(60, 92) / 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN))
        case "wrong_unit":
            return row._replace(unit="carton")
        case _:
            return row._replace(product=row.product[:-1] + str((int(row.product[-1]) + chance.randint(1, 9)) % 10))
