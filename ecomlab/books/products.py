"""Products: known by their GTIN-13, with what they weigh and typically cost.

The products of the laboratory are fictional: their numbers begin with 952, the GS1 prefix for demonstrations and
examples, so no real article has one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..kernel.doing import Doing, Looking
from ..kernel.refusals import refusal

UNKNOWN_PRODUCT = refusal(
    "unknown_product", "没有条码为 {product} 的商品。请从列表中选择。", "There is no product with the GTIN {product}. Choose one from the list."
)
BAD_GTIN = refusal(
    "bad_gtin",
    "商品条码不正确：应为 13 位数字，末位是校验位。请核对。",
    "The GTIN is wrong: it has 13 digits, and the last is a check digit. Compare it with the label.",
)
PRODUCT_TWICE = refusal("product_twice", "“{product}”填了两行。请只留一行。", "{product} is entered twice. Keep one row.")
GTIN_TAKEN = refusal("gtin_taken", "条码 {product} 已登记为“{name}”。请核对条码。", "The GTIN {product} is already registered as {name}. Check the GTIN.")


def open_catalogue(do: Doing) -> None:
    """Makes sure that the products of `data/products.csv` are known. Free to call again."""
    if do.value("select 1 from product limit 1") is None:
        for r in do.scenario.rows("products"):
            add_product(do, r["gtin"], r["name"], r["product_category"], int(r["weight_g"]), Decimal(r["cost"]))


def add_product(do: Doing, gtin: str, name: str, category: str, weight_g: int, cost: Decimal, field: str = "product") -> str:
    """Registers a product under its GTIN-13 (GS1 General Specifications, 7.9). Refuses 'bad_gtin' and 'gtin_taken'."""
    checked_gtin(gtin, field)
    if known := product(do, gtin):
        raise GTIN_TAKEN(field, product=gtin, name=known.name)
    do.execute("insert into product values ($gtin, $name, $category, $weight_g, $cost)", gtin=gtin, name=name, category=category, weight_g=weight_g, cost=cost)
    return gtin


def checked_gtin(gtin: str, field: str) -> str:
    """A GTIN-13 whose check digit fits. Refuses 'bad_gtin'."""
    from stdnum import ean

    if len(gtin) != 13 or not ean.is_valid(gtin):
        raise BAD_GTIN(field)
    return gtin


def product(look: Looking, gtin: str) -> Any:
    """The product's row (gtin, name, product_category, weight_g, cost), or None. cost: what it typically costs, for suggestions."""
    return look.one("select * from product where gtin = $gtin", gtin=gtin)


def checked(look: Looking, gtin: str, field: str) -> Any:
    """The product's row. Refuses 'unknown_product'."""
    found = product(look, gtin)
    if found is None:
        raise UNKNOWN_PRODUCT(field, product=gtin[:40])
    return found


def each_once(look: Looking, rows: Sequence[Mapping[str, Any]], field: str) -> None:
    """Refuses 'product_twice' where two rows of a form have the same `product`; which it is, is said by its name."""
    seen: set[str] = set()
    for gtin in (row["product"] for row in rows):
        if gtin in seen:
            found = product(look, gtin)
            raise PRODUCT_TWICE(field, product=found.name if found else gtin[:40])
        seen.add(gtin)
