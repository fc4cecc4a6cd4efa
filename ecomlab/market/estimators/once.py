"""What several questions on a market ask for, found once."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

_Found = TypeVar("_Found")


def once(find: Callable[[Any], _Found]) -> Callable[[Any], _Found]:
    """Found once in each data set, where nothing changes: many questions ask for the same, and so does the list of what may be
    asked."""
    known: weakref.WeakKeyDictionary[Any, _Found] = weakref.WeakKeyDictionary()

    @functools.wraps(find)
    def found(data: Any) -> _Found:
        if data not in known:
            known[data] = find(data)
        return known[data]

    return found
