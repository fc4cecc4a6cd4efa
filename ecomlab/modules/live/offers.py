"""What customers can choose from on a business day, as the market's model takes it: the own shop's offers and those of its rivals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from ...books.clock import CALENDAR
from ...kernel.doing import Looking
from ...market import live
from ...market.truth import Truth

#: Who comes to the mall on an ordinary day, and how many shops are there that keep no books.
VISITORS, RIVALS = 700, 4
#: The categories of the catalogue, in the order of the model's.
CATEGORIES = tuple(live.LIKE)
#: Days of a longer promise that still impress somebody.
PROMISED = 30


@dataclass(frozen=True)
class Own:
    """A product that the own shop offers. price: as promotions have it now; postage: expected on one piece; free: pieces that may be shipped."""

    product: str
    price: Decimal
    postage: Decimal
    free: int


def truth_of(look: Looking, merchant: str) -> Truth:
    """The truth of the mall around a shop: it follows from the world's seed, and is not told."""
    return live.mall(look.derive(f"live/{merchant}").hex(), CATEGORIES, VISITORS, look.start, CALENDAR + 1)


def day_of(look: Looking) -> int:
    """The business day as the market counts it."""
    return live.BEFORE + (look.day - look.start).days


def catalogue(look: Looking) -> list[Any]:
    """All products of the world by GTIN: gtin, name, product_category, cost."""
    return look.all("select gtin, name, product_category, cost from product order by gtin")


def usual(truth: Truth, rows: Sequence[Any]) -> np.ndarray:
    """What each product is ordinarily sold for, in fen, tax included."""
    category = np.array([CATEGORIES.index(r.product_category) for r in rows], dtype=np.int64)
    return live.usual_price(truth, category, np.array([int(r.cost * 113) for r in rows], dtype=np.int64))


def made(
    look: Looking, truth: Truth, merchant: str, rows: Sequence[Any], own: Sequence[Own], on_sale: Mapping[tuple[str, str], Any], waiting: int
) -> live.Offers:  # fmt: skip
    """The day's offers, the own ones first, as they stand in `own`. rows: all products by GTIN. on_sale: see `shown`. waiting: orders that the own shop
    has not shipped in time."""
    place = {r.gtin: i for i, r in enumerate(rows)}
    ordinary = usual(truth, rows)
    category = np.array([CATEGORIES.index(r.product_category) for r in rows], dtype=np.int64)
    product = [place[o.product] for o in own]
    shop, price, there = [0] * len(own), [int((o.price + o.postage) * 100) for o in own], [o.free > 0 for o in own]
    appeal = [_appeal(on_sale[merchant, o.product]) + live.waiting(waiting) for o in own]
    others = sorted({m for m, _ in on_sale if m != merchant})
    for (whose, which), row in on_sale.items():
        if whose != merchant:
            product.append(place[which])
            shop.append(1 + others.index(whose))
            price.append(int(row.price * 100))
            there.append(row.free > 0)
            appeal.append(_appeal(row))
    gtin = np.array([int(r.gtin) for r in rows], dtype=np.int64)
    prices, shelves = live.rivals(truth, RIVALS, gtin, ordinary, day_of(look) // 7)
    for k in range(RIVALS):
        sold = np.flatnonzero(prices[k] > 0)
        product += sold.tolist()
        shop += [1 + len(others) + k] * len(sold)
        price += prices[k][sold].tolist()
        there += shelves[k][sold].tolist()
        appeal += [0.0] * len(sold)
    which_one = np.array(product, dtype=np.int64)
    return live.Offers(
        category[which_one], np.array(shop, dtype=np.int64), gtin[which_one], ordinary[which_one], np.array(price, dtype=np.int64), np.array(appeal),
        np.array(there),
    )  # fmt: skip


def shown(look: Looking) -> dict[tuple[str, str], Any]:
    """What the shops of the mall that keep books have on sale, by shop and product: price, free pieces, whether there is a picture, the days promised."""
    rows = look.all(
        """select s.merchant, s.product, s.price, coalesce(l.on_hand - l.reserved, 0)::integer as free, v.product is not null as pictured,
                  coalesce(g.return_days, 7) as return_days
           from b2c_product s join b2c_merchant m on m.merchant = s.merchant
           left join stock_level l on l.owner = m.member and l.place = m.place and l.product = s.product
           left join b2c_picture v on v.merchant = s.merchant and v.product = s.product
           left join b2c_page g on g.merchant = s.merchant and g.page = 'after_sales'
           where s.on_sale order by s.merchant, s.product"""
    )
    return {(r.merchant, r.product): r for r in rows}


def _appeal(row: Any) -> float:
    return float(live.PICTURE * bool(row.pictured) + live.RETURN_DAY * (min(row.return_days, PROMISED) - 7))
