"""Postage, where the shop charges it: what customers are asked for their parcels, and what they reckon with before they choose."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...books.courier import tariff
from ...kernel.doing import Looking
from ..b2c import many, postage

#: What customers reckon with who look at one piece, before they know better: the way to another region.
EXPECTED = "far"


class Posting:
    """A shop's postage today. told: its owner's `uscc`, with the `courier` and the `free_from` of its rule. products: those of the world."""

    def __init__(self, look: Looking, told: Any, products: Sequence[Any]):
        self._look, self._rule = look, told
        self._sender = postage.city_of(look, told.uscc)
        self._weight = {p.gtin: p.weight_g for p in products}
        self._expected = tariff.rate(look, told.courier, EXPECTED)

    def charged(self, address: str, parts: Sequence[many.Part]) -> postage.Charged:
        """What an order's goods cost to be sent to an address; what is too heavy for one parcel goes in several."""
        weight = sum(self._weight[p.product] * p.pieces for p in parts)
        goods = sum((p.amount for p in parts), Decimal("0.00"))
        full, rest = divmod(weight, tariff.HEAVIEST)
        each = [postage.quoted(self._look, self._rule, self._sender, address, w, goods) for w in [tariff.HEAVIEST] * full + [rest] * bool(rest)]
        return each[0]._replace(weight_g=weight, postage=sum((c.postage for c in each), Decimal("0.00")))

    def on_one(self, product: str, price: Decimal) -> Decimal:
        """The postage that somebody expects who looks at one piece."""
        return tariff.postage(self._expected.price(self._weight[product]), price, self._rule.free_from)
