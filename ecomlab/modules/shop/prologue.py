"""What a prologue plays of this module: a shop with a department, in which everybody is at their post."""

from __future__ import annotations

from typing import Any

from ...kernel.plays import Player, scene
from ..b2c.prologue import own_shop
from .staff import POSTS


@scene("shop.department")
def _department(play: Player) -> None:
    """The student's shop gets its department: four posts, all of them the student's."""
    shop: Any = own_shop(play)
    for post in POSTS:
        play.shop.sign_in(post, shop.merchant, play.password("shopkeeper"))
