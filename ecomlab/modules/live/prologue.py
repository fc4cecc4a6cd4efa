"""What a prologue plays of this module: a shop with enough goods for a few weeks of customers."""

from __future__ import annotations

from decimal import Decimal

from ...kernel.doing import Looking
from ...kernel.plays import Player, scene

#: So many products of each category, and the pieces of each that are there at first: what sells best is gone within a week, the rest lasts for longer.
OF_A_CATEGORY, PIECES = 2, 320


def assortment(look: Looking) -> list[dict[str, str]]:
    """The products of the shop, as `data/products.csv` has them."""
    chance, rows = look.stream("live.assortment"), list(look.scenario.rows("products"))
    categories = dict.fromkeys(r["product_category"] for r in rows)
    return [row for kind in categories for row in chance.sample([r for r in rows if r["product_category"] == kind], OF_A_CATEGORY)]


@scene("live.stocked")
def stocked(play: Player) -> None:
    """The shop has its products on sale, and the shelves are full; nobody has told the staff anything yet."""
    chance, goods = play.look.stream("live.stocked"), assortment(play.look)
    for row in goods:
        price = (Decimal(row["cost"]) * chance.randint(150, 180) / 100).quantize(Decimal("0.1"))
        play.b2c.add_product(product=row["gtin"], price=price, cost=Decimal(row["cost"]))
    sheet = play.b2c.save_opening([{"product": r["gtin"], "quantity": PIECES} for r in goods])
    play.b2c.post_opening(sheet)
