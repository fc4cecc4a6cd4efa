"""Which segments a message may hold, in which order and how often: the segment tables of directory D.96A, and CONTRL's.

A message is walked through once. Every segment is looked for from where the one before stood: in the same group, behind it,
or as another repeat of a group around it; what is passed over on the way and may not be left out is missing.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import NamedTuple

from ..kernel.texts import Text
from .syntax import Segment

MISSING, MISPLACED, TOO_MANY, TOO_MANY_GROUPS = "13", "15", "35", "36"


class Place(NamedTuple):
    """A segment's place in a message: whether it must come, how often it may, and what its group holds behind it, if it begins one."""

    tag: str
    needed: bool
    most: int
    within: Places = ()  # type: ignore[assignment]


class Places(tuple[Place, ...]):
    """Places in their order. where: the indices at which a tag stands; needed: the indices of those that must come."""

    where: dict[str, list[int]]
    needed: list[int]

    def __new__(cls, places: Iterable[Place]) -> Places:
        made = super().__new__(cls, places)
        made.where, made.needed = {}, [i for i, place in enumerate(made) if place.needed]
        for i, place in enumerate(made):
            made.where.setdefault(place.tag, []).append(i)
        return made


class Problem(NamedTuple):
    """A code of list 0085 and words for it. at: the index of the segment that it is about, or before which one is missing."""

    code: str
    at: int
    text: Text


class _Group:
    """Where the walk stands within one group: at which of its places, and how often what stands there has come."""

    __slots__ = ("at", "count", "places")

    def __init__(self, places: Places):
        self.places, self.at, self.count = places, 0, 0


@functools.cache
def structure(message: str) -> Places:
    """The places of a message of this type from UNH to UNT; empty for a type that is not described."""
    return read(_texts().get(message, ""))


def read(text: str) -> Places:
    """The places that a text in the notation of `structure.toml` tells."""
    return _group(iter(re.findall(r"[()]|[A-Z]{3}|\?|\*\d+", text)))


@functools.cache
def _texts() -> dict[str, str]:
    return tomllib.loads((files(__package__) / "structure.toml").read_text("utf-8"))


def _group(words: Iterator[str]) -> Places:
    """The places up to the end of a group, or of the text."""
    found: list[Place] = []
    for word in words:
        if word == ")":
            break
        if word == "(":
            inner = _group(words)
            found.append(Place(inner[0].tag, True, 1, Places(inner[1:])))
        elif word == "?":
            found[-1] = found[-1]._replace(needed=False)
        elif word.startswith("*"):
            found[-1] = found[-1]._replace(most=int(word[1:]))
        else:
            found.append(Place(word, True, 1))
    return Places(found)


@functools.cache
def _once(message: str) -> frozenset[str]:
    """The tags that stand at one place only: if one of these comes later, it is not missing."""

    def tags(places: Sequence[Place]) -> Iterator[str]:
        for place in places:
            yield place.tag
            yield from tags(place.within)

    return frozenset(tag for tag, n in Counter(tags(structure(message))).items() if n == 1)


def needed(message: str) -> tuple[str, ...]:
    """The tags that every message of this type must hold."""
    return tuple(place.tag for place in structure(message) if place.needed)


def problems(message: str, tags: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the order of a message's segments, UNH first. A missing UNT is left to whoever reads the envelope."""
    places = structure(message)
    if not places:
        return
    ahead, once = Counter(tags), _once(message)
    stack = [_Group(places)]
    for i, tag in enumerate(tags):
        ahead[tag] -= 1
        group = stack[-1]
        here = group.places[group.at]
        if tag == here.tag and not here.within and group.count < here.most:  # the same again, as most are in a large message
            group.count += 1
            continue
        found = _find(stack, tag)
        if found is None:
            yield Problem(MISPLACED, i, Text(f"{message} 报文的此处不应有段 {tag}", f"The segment {tag} does not belong here in {message}"))
            continue
        depth, at, again = found
        skipped = _skipped(stack, depth, at)
        if any(p.tag in once and ahead[p.tag] for p in skipped):
            before = next(p.tag for p in skipped if p.tag in once and ahead[p.tag])
            yield Problem(MISPLACED, i, Text(f"段 {tag} 应在 {before} 之后", f"The segment {tag} must come after {before}"))
            continue
        for place in skipped:
            yield Problem(MISSING, i, Text(f"{message} 报文缺少必备段 {place.tag}", f"The {message} message lacks the segment {place.tag}"))
        del stack[depth + 1 :]
        group = stack[depth]
        group.count = group.count + 1 if group.at == at and again else 1
        group.at = at
        place = group.places[at]
        if group.count == place.most + 1:
            code = TOO_MANY_GROUPS if place.within else TOO_MANY
            zh, en = ("段组", "The group of ") if place.within else ("段", "The segment ")
            yield Problem(code, i, Text(f"{zh} {tag} 最多 {place.most} 次", f"{en}{tag} is allowed only so often: {place.most}"))
        if place.within:
            stack.append(_Group(place.within))
    if tags and tags[-1] != "UNT":
        for place in _skipped(stack, 0, len(places) - 1):
            yield Problem(MISSING, len(tags) - 1, Text(f"{message} 报文缺少必备段 {place.tag}", f"The {message} message lacks the segment {place.tag}"))


def _find(stack: Sequence[_Group], tag: str) -> tuple[int, int, bool] | None:
    """The innermost group that takes the tag from where it stands, the place in it, and whether it is a repeat; None if none does.

    A repeat beyond what a place allows counts only where no later place takes the tag.
    """
    beyond = None
    for depth in range(len(stack) - 1, -1, -1):
        group = stack[depth]
        for at in group.places.where.get(tag, ()):
            if at < group.at:
                continue
            if at > group.at or group.count < group.places[at].most:
                return depth, at, at == group.at
            beyond = beyond or (depth, at, True)
    return beyond


def _skipped(stack: Sequence[_Group], depth: int, at: int) -> list[Place]:
    """The places that must be filled and are left behind when the walk goes on in the group at `depth`, to its place `at`."""
    found = []
    for level in range(len(stack) - 1, depth - 1, -1):
        group = stack[level]
        end = at if level == depth else len(group.places)
        found += [group.places[i] for i in group.places.needed if group.at <= i < end and (i > group.at or not group.count)]
    return found


def message_problems(message: str, segments: Sequence[Segment]) -> Iterator[tuple[Problem, Segment]]:
    """`problems` of a message's segments, each with the segment that it is about."""
    for problem in problems(message, [s.tag for s in segments]):
        yield problem, segments[problem.at]
