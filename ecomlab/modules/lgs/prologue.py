"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

from ...kernel.plays import Player

#: Plates of vehicles that a scene or the model student adds beyond the one that a task asks for.
PLATES = ("浙X2K6A8", "浙X7M3D5")


def founded(play: Player, name: str, city: str) -> str:
    """A further warehouse of the acting carrier."""
    return str(play.lgs.add_warehouse(name=name, city=city, address=f"{city} 物流园 Logistics park", contact="仓库办公室 Office", capacity=3000))
