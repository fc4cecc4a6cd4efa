"""What a prologue plays of this module: what the department finds in its shop."""

from __future__ import annotations

from ...kernel.plays import Player, scene
from .briefs import sold_out


@scene("shop.department")
def _department(play: Player) -> None:
    """The student's shop still offers a product of which nothing is left."""
    gone = sold_out(play.look)
    play.b2c.add_product(product=gone.product, price=gone.price, cost=gone.cost)
