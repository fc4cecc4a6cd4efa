"""Characters and segments: the UNA string, the repertoires UNOA to UNOY, splitting bytes into segments and back.

Everything is done on bytes seen as Latin-1, one character a byte, so every offset is a byte offset in the file.
That is safe because in all repertoires read here the service characters are single ASCII bytes that no multi-byte
character contains (true of UTF-8); values are decoded by the interchange's own repertoire at the end.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

#: Bytes after which a segment without terminator is given up: the longest of D.96A stays below 2,000.
MAX_SEGMENT = 65_536

_LEVEL_A = r"A-Z0-9 .,\-()/=!\"%&*;<>'+:?"
#: Syntax identifier (0001) to codec; ISO 9735-1:2002, code list 0001. UNOA and UNOB are ASCII with fewer characters.
CODECS = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5", "UNOF": "iso8859-7",
    "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8", "UNOK": "iso8859-9", "UNOL": "iso8859-15",
    "UNOW": "utf-8", "UNOY": "utf-8",
}  # fmt: skip
_OUTSIDE = {"UNOA": re.compile(f"[^{_LEVEL_A}]"), "UNOB": re.compile(f"[^{_LEVEL_A}a-z]")}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ServiceCharacters(NamedTuple):
    """The six characters of UNA. `release` " " means that none is used; `repetition` counts from syntax version 4 only."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = " "
    terminator: str = "'"

    def una(self) -> str:
        return "UNA" + "".join(self)

    def sound(self) -> bool:
        """Whether they can tell text apart: the separators differ, and none is a letter, digit or space."""
        parting = [self.component, self.element, self.terminator] + ([self.release] if self.release != " " else [])
        return len({*parting, self.decimal}) == len(parting) + 1 and not any(c.isalnum() or c == " " or ord(c) > 126 for c in parting) and self.decimal in ".,"


DEFAULT = ServiceCharacters()
#: Level B of the old versions: information separators that nobody can type (ISO 9735:1988, annex A).
LEVEL_B = ServiceCharacters("\x1f", "\x1d", ",", " ", " ", "\x1c")


class Segment(NamedTuple):
    """A segment: its number in the file from 1, the byte at which it starts, its tag, and its elements as components.

    elements[0] is the first element after the tag; an element is a tuple of its components, `("",)` when empty.
    """

    number: int
    offset: int
    tag: str
    elements: tuple[tuple[str, ...], ...]

    def value(self, element: int, component: int = 1) -> str:
        """The value at a position counted from 1 as in the directory; "" if it is not there."""
        if element <= len(self.elements) and component <= len(self.elements[element - 1]):
            return self.elements[element - 1][component - 1]
        return ""

    def text(self, characters: ServiceCharacters = DEFAULT) -> str:
        """The segment as it travels, with its terminator."""
        return join(self.tag, self.elements, characters)


class Raw(NamedTuple):
    """A stretch of the file up to a terminator. trouble: "" or why it cannot be taken apart (`empty`, `unterminated`, `long`)."""

    offset: int
    text: str
    trouble: str


def split(text: str, start: int, marks: ServiceCharacters) -> Iterator[Raw]:
    """The stretches between terminators, from `start`, in one pass. Line breaks after a terminator belong to nobody.

    A run of terminators with nothing between them is one empty stretch, however long.
    """
    end, release = marks.terminator, marks.release if marks.release != " " else ""
    blank = re.compile("[\r\n]*") if end not in "\r\n" else re.compile("")
    run = re.compile(f"[\r\n{re.escape(end)}]+")
    at, size = start, len(text)
    while True:
        at = blank.match(text, at).end()  # type: ignore[union-attr]
        if at >= size:
            return
        if text[at] == end:
            after = run.match(text, at).end()  # type: ignore[union-attr]
            yield Raw(at, text[at:after] if after - at < 80 else text[at : at + 80], "empty")
            at = after
            continue
        stop = text.find(end, at)
        while 0 < stop < at + MAX_SEGMENT and release and text[stop - 1] == release and _released(text, at, stop, release):
            stop = text.find(end, stop + 1)
        if stop < 0:
            if text[at : at + MAX_SEGMENT].strip(" \r\n\t\x00\x1a"):
                yield Raw(at, text[at : at + MAX_SEGMENT], "unterminated")
            return
        if stop - at > MAX_SEGMENT:
            yield Raw(at, text[at : at + MAX_SEGMENT], "long")
            return
        yield Raw(at, text[at:stop], "")
        at = stop + 1


def _released(text: str, start: int, at: int, release: str) -> bool:
    """Whether the character at `at` is released: an odd number of release characters stands before it."""
    back = at
    while back > start and text[back - 1] == release:
        back -= 1
    return (at - back) % 2 == 1


def take_apart(text: str, marks: ServiceCharacters) -> list[list[str]]:
    """Elements and their components; released characters stand for themselves."""
    if marks.release == " " or marks.release not in text:
        return [e.split(marks.component) for e in text.split(marks.element)]
    elements: list[list[str]] = [[]]
    value: list[str] = []
    letters = iter(text)
    for letter in letters:
        if letter == marks.release:
            value.append(next(letters, ""))
        elif letter == marks.component or letter == marks.element:
            elements[-1].append("".join(value))
            value = []
            if letter == marks.element:
                elements.append([])
        else:
            value.append(letter)
    elements[-1].append("".join(value))
    return elements


def join(tag: str, elements: Sequence[Sequence[str]], marks: ServiceCharacters) -> str:
    """A segment as text: service characters released, empty components and elements at the end left out."""
    special, table = _specials(marks)
    written = [tag]
    for element in elements:
        last = len(element)
        while last and not element[last - 1]:
            last -= 1
        written.append(marks.component.join([c.translate(table) if special.search(c) else c for c in element[:last]]))
    while len(written) > 1 and not written[-1]:
        written.pop()
    return marks.element.join(written) + marks.terminator


@functools.cache
def _specials(marks: ServiceCharacters) -> tuple[re.Pattern[str], dict[int, str]]:
    """What finds a character to be released, and what releases it; nothing where no release character is used."""
    if marks.release == " ":
        return re.compile(r"(?!)"), {}
    parting = (marks.component, marks.element, marks.release, marks.terminator)
    return re.compile("[" + re.escape("".join(parting)) + "]"), str.maketrans({c: marks.release + c for c in parting})


def outside(value: str, level: str) -> str:
    """The first character of a value that the repertoire does not have, or ""."""
    pattern = _OUTSIDE.get(level)
    found = pattern.search(value) if pattern else _CONTROL.search(value)
    if not found and not pattern:
        try:
            value.encode(CODECS.get(level, "utf-8"))
        except UnicodeEncodeError as error:
            return value[error.start]
    return found.group() if found else ""


_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)


def number(value: str) -> Decimal | None:
    """A numeric value with a decimal point or comma; None if it is none (ISO 9735, section 10)."""
    return Decimal(value.replace(",", ".")) if _NUMBER.fullmatch(value) else None
