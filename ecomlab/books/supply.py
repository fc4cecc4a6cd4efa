"""What suppliers have to sell, where nobody has stocked them: the first time that a product is ordered, the owners have paid some in."""

from __future__ import annotations

from decimal import Decimal

from ..kernel.doing import Doing
from . import ledger, stock
from .members import named

#: The pieces of a product that a supplier begins with, at least and at most.
SUPPLY = (300, 600)


def store_of(do: Doing, supplier: str) -> str:
    """The place from which a supplier delivers wholesale, opened when it is first asked for; gives its number."""
    known: str | None = do.value("select number from stock_place where kind = 'wholesale' and keeper = $m", m=supplier)
    return known or stock.open_place(do, "wholesale", supplier, f"{named(do, supplier).name} · 批发仓 Wholesale store")


def stock_up(do: Doing, supplier: str, product: str) -> None:
    """Has a supplier's books open with a product: so many pieces, at 70 to 85 per cent of what they typically cost, by the world's seed. Done once."""
    place = store_of(do, supplier)
    if do.value("select 1 from stock_level where owner = $m and place = $p and product = $g", m=supplier, p=place, g=product):
        return
    chance = do.stream(f"supply/{supplier}/{product}")
    pieces = chance.randint(*SUPPLY)
    cost = (do.value("select cost from product where gtin = $g", g=product) * chance.randint(70, 85) / 100).quantize(Decimal("0.01"))
    goods = [stock.Goods(product, pieces, pieces * cost)]
    stock.receive(do, stock.Move(supplier, place, goods, "股东投入商品 Goods paid in by the owners"), ledger.CAPITAL)
