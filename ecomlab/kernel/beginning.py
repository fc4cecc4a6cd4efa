"""How a world began, kept for the rest of the process: what a prologue left behind is copied instead of played again.

Undoing, looking at an earlier moment and grading all build a world anew. The copy is taken from a state that has just played its
prologue and lives in this process only, so it can be neither stale nor foreign (docs/adr/0009).
"""

from __future__ import annotations

from collections import OrderedDict

from .snapshot import Snapshot

#: Worlds whose beginnings are kept at the same time; the one not used for longest goes first.
KEPT = 8

_KEPT: OrderedDict[tuple[object, ...], Snapshot] = OrderedDict()


def known(key: tuple[object, ...]) -> Snapshot | None:
    """The beginning kept under that key."""
    if key in _KEPT:
        _KEPT.move_to_end(key)
    return _KEPT.get(key)


def keep(key: tuple[object, ...], begun: Snapshot) -> None:
    """Keeps a state after its prologue."""
    _KEPT[key] = begun
    while len(_KEPT) > KEPT:
        _KEPT.popitem(last=False)


def forget() -> None:
    """Lets go of all beginnings: the next world plays its prologue."""
    _KEPT.clear()
