"""What is wrong within one segment: repertoire, elements that must be there, their number, length and kind of characters."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..kernel.texts import Text
from . import directory, syntax
from .directory import Element, Place
from .syntax import Segment


class Problem(NamedTuple):
    """A code of list 0085, the place in the segment counted from 1 (0: the whole), and words for it."""

    code: str
    element: int
    component: int
    text: Text


#: Large files say the same again and again, such as a unit or a day: what was found out of so many segments is kept.
REMEMBERED = 8192
_DECIMAL = re.compile(r"-?\d*[.,]\d*", re.ASCII)


def segment_problems(segment: Segment, level: str, decimal: str, *, structure: bool) -> tuple[Problem, ...]:
    """What is wrong with a segment, wherever it stands.

    level: the syntax identifier of UNB. decimal: the mark that UNA binds numbers to, or "" for point and comma alike.

    structure: whether the segment is to be held against the directory, which describes D.96A and the service segments.
    """
    return _problems(segment.tag, segment.elements, segment.repeats, level, decimal, structure)


@functools.lru_cache(maxsize=REMEMBERED)
def _problems(*at: Any) -> tuple[Problem, ...]:
    tag, elements, repeats, level, decimal, structure = at
    return tuple(_looked_for(Segment(0, 0, tag, elements, repeats), level, decimal, structure))


def _looked_for(segment: Segment, level: str, decimal: str, structure: bool) -> Iterator[Problem]:
    yield from _characters(segment, level)
    kind = directory.segment_type(segment.tag) if structure else None
    if kind is None or segment.tag == "UNA":
        return
    if len(segment.elements) > len(kind.places):
        most = len(kind.places)
        yield Problem("16", most + 1, 0, Text(f"{segment.tag} 的数据元过多，最多 {most} 个", f"{segment.tag} has too many elements, at most {most}"))
    for i, place in enumerate(kind.places, start=1):
        values = segment.elements[i - 1] if i <= len(segment.elements) else ("",)
        if any(values):
            yield from _components(place, i, values, decimal)
        elif place.needed:
            yield Problem("13", i, 0, Text(f"{segment.tag} 缺少{place.name.zh}（{place.code}）", f"{segment.tag} lacks {place.name.en} ({place.code})"))
    for i, values in segment.repeats:
        if i <= len(kind.places):
            yield from _components(kind.places[i - 1], i, values, decimal)


def _components(place: Place, i: int, values: Sequence[str], decimal: str) -> Iterator[Problem]:
    """What is wrong with one occurrence of the element at place `i`."""
    if len(values) > len(place.components):
        text = Text(f"{place.name.zh}（{place.code}）的成分过多", f"{place.name.en} ({place.code}) has too many components")
        yield Problem("16", i, len(place.components) + 1, text)
    alone = len(place.components) == 1
    for j, element in enumerate(place.components, start=1):
        value = values[j - 1] if j <= len(values) else ""
        if found := _value(element, value, decimal):
            yield Problem(found[0], i, 0 if alone else j, found[1])


def _characters(segment: Segment, level: str) -> Iterator[Problem]:
    written = "".join(["".join(e) for e in segment.elements] + ["".join(e) for _, e in segment.repeats])
    if level not in syntax.CODECS or not _bad(written, level):
        return
    for i, element in [*enumerate(segment.elements, start=1), *segment.repeats]:
        for j, value in enumerate(element, start=1):
            if bad := _bad(value, level):
                shown = f"U+{ord(bad):04X}"
                yield Problem("21", i, j, Text(f"字符 {shown} 不在字符集 {level} 内", f"The character {shown} is not in the character set {level}"))
                return


def _bad(value: str, level: str) -> str:
    """The first character that the repertoire does not have, or the mark for bytes that could not be decoded."""
    return "\ufffd" if "\ufffd" in value else syntax.outside(value, level)


def _value(element: Element, value: str, decimal: str) -> tuple[str, Text] | None:
    """What is wrong with a value at its place: code of list 0085 and words, or None."""
    size = len(value)
    if (not value and not element.needed) or (element.kind == "an" and element.least <= size <= element.most):
        return None
    who_zh, who_en = f"{element.name.zh}（{element.code}）", f"{element.name.en} ({element.code})"
    if not value:
        return "13", Text(f"缺少{who_zh}", f"{who_en} is missing")
    if element.kind == "n":
        if _DECIMAL.fullmatch(value):
            head = value.lstrip("-")[:1]
            if not head.isdigit():
                return "38", Text(f"{who_zh} 的小数点前没有数字：{value[:20]}", f"{who_en} has no digit in front of the decimal sign: {value[:20]}")
            if not value[-1].isdigit() or (decimal and decimal not in value):
                return "19", Text(f"{who_zh} 的小数写法不对：{value[:20]}", f"{who_en} does not use the decimal mark that UNA gives: {value[:20]}")
        elif not re.fullmatch(r"-?\d+", value, re.ASCII):
            return "37", Text(f"{who_zh} 须是数字：{value[:20]!r}", f"{who_en} must be a number: {value[:20]!r}")
        size = sum(c.isdigit() for c in value)
    elif element.kind == "a" and any(c.isdigit() for c in value):
        return "37", Text(f"{who_zh} 不得有数字：{value[:20]!r}", f"{who_en} must not contain digits: {value[:20]!r}")
    if size > element.most:
        return "39", Text(f"{who_zh} 过长：{size} 个字符，最多 {element.most}", f"{who_en} is too long: {size} characters, at most {element.most}")
    if size < element.least:
        return "40", Text(f"{who_zh} 过短：{size} 个字符，至少 {element.least}", f"{who_en} is too short: {size} characters, at least {element.least} needed")
    return None
