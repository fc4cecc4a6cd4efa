"""The shops that customers compare with: those of the mall that keep books stand in its search, the others here."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ...kernel.command import query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ..b2c import SHOPKEEPER


class Asked(NamedTuple):
    """What a rival asks for a product that the own shop has on sale. Prices in CNY."""

    product: str
    product_name: str
    own_price: Decimal
    rival: int
    price: Decimal


def asked(look: Looking, merchant: str) -> list[Asked]:
    """What the shops around ask this week for what a shop has on sale, by product."""
    import numpy as np

    from ...market import live
    from .offers import RIVALS, catalogue, day_of, truth_of, usual

    rows, truth = catalogue(look), truth_of(look, merchant)
    prices, _ = live.rivals(truth, RIVALS, np.array([int(r.gtin) for r in rows], dtype=np.int64), usual(truth, rows), day_of(look) // 7)
    own = {r.product: r.price for r in look.all("select product, price from b2c_product where merchant = $m and on_sale order by product", m=merchant)}
    return [
        Asked(r.gtin, r.name, own[r.gtin], k + 1, Decimal(int(prices[k][i])).scaleb(-2))
        for i, r in enumerate(rows) if r.gtin in own for k in range(RIVALS) if prices[k][i]
    ]  # fmt: skip


@query(role=SHOPKEEPER, title=("查看竞争商店的价格", "View rivals' prices"))
def rival_prices(do: Doing) -> Table:
    """What the other shops around ask this week for what you have on sale, by product: product, product_name, own_price, rival (1, 2, …), price (CNY)."""
    return Table(Asked._fields, asked(do, do.actor))
