"""A segment in words, in both languages."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from ..kernel.texts import Text
from . import directory
from .checks import REMEMBERED
from .directory import Element
from .syntax import Segment


def explain(segment: Segment) -> Text:
    """Name of the segment, then each value with the name of its element and, if the code is known, what it means."""
    return _explained(segment.tag, segment.elements, segment.repeats)


@functools.lru_cache(maxsize=REMEMBERED)
def _explained(*of: Any) -> Text:
    segment = Segment(0, 0, *of)
    kind = directory.segment_type(segment.tag)
    if kind is None:
        values = "、".join(c for i in range(len(segment.elements)) for e in segment.occurrences(i + 1) for c in e if c)
        return Text(f"{segment.tag}：{values}", f"{segment.tag}: {values.replace('、', ', ')}")
    if segment.tag == "UNA":
        return Text(
            f"{kind.name.zh}：成分、数据元、小数点、释放、保留、段终止符依次为 {segment.value(1)}",
            f"{kind.name.en}: component, element, decimal, release, reserved and terminator are {segment.value(1)}",
        )
    said: list[Text] = []
    for i, place in enumerate(kind.places, start=1):
        for beside in segment.occurrences(i):
            said += [_said(element, value, beside) for element, value in zip(place.components, beside, strict=False) if value]
    return Text(f"{kind.name.zh}：" + "；".join(t.zh for t in said), f"{kind.name.en}: " + "; ".join(t.en for t in said))


def _said(element: Element, value: str, beside: tuple[str, ...]) -> Text:
    known = directory.meaning(element.code, value)
    if known:
        return Text(f"{element.name.zh} {value}（{known.zh}）", f"{element.name.en} {value} ({known.en})")
    if element.code == "2380":
        value = _day(value, beside[2] if len(beside) > 2 else "")
    return Text(f"{element.name.zh} {value}", f"{element.name.en} {value}")


def _day(value: str, shape: str) -> str:
    """A date in its format of list 2379, as ISO 8601; as it is where it cannot be read."""
    shapes = {"101": ("%y%m%d", "%Y-%m-%d"), "102": ("%Y%m%d", "%Y-%m-%d"), "203": ("%Y%m%d%H%M", "%Y-%m-%d %H:%M")}
    if shape not in shapes:
        return value
    read, shown = shapes[shape]
    try:
        return datetime.datetime.strptime(value, read).strftime(shown)
    except ValueError:
        return value
