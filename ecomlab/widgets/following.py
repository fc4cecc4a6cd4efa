"""Faces follow what other notebooks do to the same world: a look at the logbook and the language every second, while the kernel is idle."""

from __future__ import annotations

import asyncio
import contextlib
import weakref

from ..desk import Desk
from ..kernel.refusals import Refusal

#: Seconds between two looks. One costs two `stat`s.
STEP = 1.0
_FOLLOWED: weakref.WeakSet[Desk] = weakref.WeakSet()


def follow(desk: Desk) -> None:
    """Looks from now on, where there is a kernel's loop to do it in; once for each desk, and no longer than the desk is there."""
    with contextlib.suppress(RuntimeError):
        loop = asyncio.get_running_loop()
        if desk not in _FOLLOWED:
            _FOLLOWED.add(desk)
            loop.call_later(STEP, _look, weakref.ref(desk))


def _look(kept: weakref.ref[Desk]) -> None:
    if desk := kept():
        with contextlib.suppress(Refusal, OSError):  # a damaged logbook is told by whatever is done next
            desk.follow()
        asyncio.get_running_loop().call_later(STEP, _look, kept)
