"""What segments consist of and what they are called: the part of ISO 9735 and directory D.96A that is used here."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

from ..kernel.texts import Text


class Element(NamedTuple):
    """A data element at a place: its code, name, representation (`an..35`, `n4`), and whether it must be there."""

    code: str
    name: Text
    kind: str
    least: int
    most: int
    needed: bool


class Place(NamedTuple):
    """An element's place in a segment: a composite with its components, or a stand-alone element as its own component."""

    code: str
    name: Text
    needed: bool
    components: tuple[Element, ...]


class SegmentType(NamedTuple):
    tag: str
    name: Text
    places: tuple[Place, ...]


@functools.cache
def _raw() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "directory.toml").read_text("utf-8"))


@functools.cache
def segment_type(tag: str) -> SegmentType | None:
    """The structure of a segment, or None for a tag that is not among those described."""
    found = _raw()["segments"].get(tag)
    if found is None:
        return None
    return SegmentType(tag, Text(*found[:2]), tuple(_place(code, needed) for code, needed in _parts(found[2])))


def _parts(text: str) -> list[tuple[str, bool]]:
    """ "7140? 3124?*4" as (code, whether it must be there), a repeat as many times as it may come."""
    made = []
    for word in text.split():
        code, conditional, times = re.fullmatch(r"(\w+)(\??)(?:\*(\d+))?", word).groups()  # type: ignore[union-attr]
        made += [(code, not conditional)] * int(times or 1)
    return made


def _place(code: str, needed: bool) -> Place:
    composite = _raw()["composites"].get(code)
    if composite is None:
        one = _element(code, True)
        return Place(code, one.name, needed, (one,))
    return Place(code, Text(*composite[:2]), needed, tuple(_element(c, n) for c, n in _parts(composite[2])))


def _element(code: str, needed: bool) -> Element:
    shape, zh, en = _raw()["elements"][code]
    kind, upto, length = re.fullmatch(r"(an|a|n)(\.\.)?(\d+)", shape).groups()  # type: ignore[union-attr]
    return Element(code, Text(zh, en), kind, 1 if upto else int(length), int(length), needed)


def meaning(element: str, code: str) -> Text | None:
    """What a code means in an element's code list, as far as it is kept here."""
    found = _raw()["codes"].get(element, {}).get(code)
    return Text(*found) if found else None


def message_name(message: str) -> Text:
    found = _raw()["message_names"].get(message)
    return Text(*found) if found else Text(message, message)


def error_codes() -> dict[str, Text]:
    """Code list 0085: what can be wrong with an interchange."""
    return {code: Text(*found) for code, found in _raw()["codes"]["0085"].items()}
