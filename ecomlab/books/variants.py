"""Variants: a style (款) comes in colours and sizes, and each of these is an article of its own (SKU), with its own GTIN.

Whoever buys, stores, picks and sells does it by the article; a style is what the articles have in common (GS1 GTIN Management Standard: another
colour or size is another GTIN). Goods that come in one shape have no variants, and need no row here.
"""

from __future__ import annotations

from typing import Any

from ..kernel.doing import Doing, Looking
from ..kernel.refusals import refusal
from .products import checked

VARIANT_TAKEN = refusal(
    "variant_taken",
    "款式 {style} 的 {colour} {size} 已是“{name}”。每种颜色和尺码只有一个条码，请核对。",
    "{style} in {colour}, {size} is {name} already. Each colour and size has one GTIN. Compare them.",
)
VARIANT_OTHERWISE = refusal(
    "variant_otherwise",
    "“{name}”已登记为 {style} {colour} {size}，不能改。请用另一个条码登记其他颜色或尺码。",
    "{name} is known as {style} in {colour}, {size}, and does not change. Register another colour or size under another GTIN.",
)


def describe(do: Doing, product: str, style: str, colour: str, size: str, field: str = "product") -> str:
    """Says which colour and size of which style an article is; gives its GTIN. Said again alike it changes nothing.

    Refuses 'unknown_product', 'variant_taken' and 'variant_otherwise'.
    """
    name = checked(do, product, field).name
    if (known := of(do, product)) is not None:
        if (known.style, known.colour, known.size) != (style, colour, size):
            raise VARIANT_OTHERWISE(field, name=name, style=known.style, colour=known.colour, size=known.size)
        return product
    taken = do.value(
        """select p.name from product_variant v join product p on p.gtin = v.product where v.style = $style and v.colour = $colour and v.size = $size""",
        style=style, colour=colour, size=size,
    )  # fmt: skip
    if taken:
        raise VARIANT_TAKEN(field, style=style, colour=colour, size=size, name=taken)
    do.execute("insert into product_variant values ($product, $style, $colour, $size)", product=product, style=style, colour=colour, size=size)
    return product


def of(look: Looking, product: str) -> Any:
    """An article's style, colour and size, or None for goods that come in one shape."""
    return look.one("select * from product_variant where product = $product", product=product)


def siblings(look: Looking, product: str) -> set[str]:
    """The other articles of an article's style: what is easily taken for it."""
    rows = look.all(
        """select o.product from product_variant v join product_variant o on o.style = v.style and o.product <> v.product
           where v.product = $product order by 1""",
        product=product,
    )
    return {r.product for r in rows}
