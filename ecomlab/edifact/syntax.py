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
#: Controls, which no repertoire has: C0, DEL, and C1, where other code pages than ISO 8859 keep letters.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class ServiceCharacters(NamedTuple):
    """The six characters of UNA. `release` or `repetition` " " means that none is used; `repetition` counts from syntax version 4 only."""

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
        parting = [self.component, self.element, self.terminator, *(c for c in (self.release, self.repetition) if c != " ")]
        return len({*parting, self.decimal}) == len(parting) + 1 and not any(c.isalnum() or c == " " or ord(c) > 126 for c in parting) and self.decimal in ".,"

    def breaks(self) -> str:
        """CR and LF as far as they are no separators here. No repertoire has them, so they are no data: a file may be wrapped by them."""
        return "".join(c for c in "\r\n" if c not in self)


DEFAULT = ServiceCharacters()
#: What parts repetitions in version 4 where there is no UNA.
DEFAULT_REPETITION = "*"
#: Level B of the old versions: information separators that nobody can type (ISO 9735:1988, annex A).
LEVEL_B = ServiceCharacters("\x1f", "\x1d", ",", " ", " ", "\x1c")


class Segment(NamedTuple):
    """A segment: its number in the file from 1, the byte at which it starts, its tag, and its elements as components.

    elements[0] is the first element after the tag; an element is a tuple of its components, `("",)` when empty. repeats: what of an
    element comes again (syntax version 4), each as the element's place counted from 1 and the components.
    """

    number: int
    offset: int
    tag: str
    elements: tuple[tuple[str, ...], ...]
    repeats: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def value(self, element: int, component: int = 1) -> str:
        """The value at a position counted from 1 as in the directory; "" if it is not there."""
        if element <= len(self.elements) and component <= len(self.elements[element - 1]):
            return self.elements[element - 1][component - 1]
        return ""

    def occurrences(self, element: int) -> list[tuple[str, ...]]:
        """The components of an element, and of each of its repeats; empty where the segment ends before it."""
        return [*self.elements[element - 1 : element], *(again for at, again in self.repeats if at == element)]

    def text(self, characters: ServiceCharacters = DEFAULT) -> str:
        """The segment as it travels, with its terminator."""
        return join(self.tag, self.elements, characters, self.repeats)


class Raw(NamedTuple):
    """A stretch of the file up to a terminator, without the line breaks in it, and whether there were any.

    trouble: "" or why it cannot be taken apart (`empty`, `unterminated`, `long`).
    """

    offset: int
    text: str
    trouble: str
    wrapped: bool = False


def split(text: str, start: int, marks: ServiceCharacters) -> Iterator[Raw]:
    """The stretches between terminators, from `start`, in one pass. Line breaks that are no separators belong to nobody.

    A run of terminators with nothing between them is one empty stretch, however long.
    """
    end, release, breaks = marks.terminator, marks.release if marks.release != " " else "", marks.breaks()
    blank = re.compile(f"[{breaks}]*" if breaks else "")
    before = release and release + breaks
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
        while 0 < stop < at + MAX_SEGMENT and text[stop - 1] in before and _released(text, at, stop, release, breaks):
            stop = text.find(end, stop + 1)
        if stop < 0:
            if text[at : at + MAX_SEGMENT].strip(" \r\n\t\x00\x1a"):
                yield _raw(at, text[at : at + MAX_SEGMENT].rstrip(breaks), "unterminated", breaks)
            return
        if stop - at > MAX_SEGMENT:
            yield Raw(at, text[at : at + MAX_SEGMENT], "long")
            return
        yield _raw(at, text[at:stop], "", breaks)
        at = stop + 1


def _raw(at: int, text: str, trouble: str, breaks: str) -> Raw:
    if "\r" not in text and "\n" not in text:
        return Raw(at, text, trouble)
    # A line break in front of a terminator that is one itself ends the line, and wraps nothing.
    return Raw(at, text.translate(dict.fromkeys(map(ord, breaks))), trouble, len(breaks) == 2)


def _released(text: str, start: int, at: int, release: str, breaks: str) -> bool:
    """Whether the character at `at` is released: an odd number of release characters stands before it, line breaks left out."""
    count, back = 0, at - 1
    while back >= start and (text[back] == release or text[back] in breaks):
        count += text[back] == release
        back -= 1
    return count % 2 == 1


def take_apart(text: str, marks: ServiceCharacters) -> list[list[str]]:
    """Elements and their components; released characters stand for themselves, and what parts repetitions is text."""
    if marks.release == " " or marks.release not in text:
        return [e.split(marks.component) for e in text.split(marks.element)]
    return take_apart_repeating(text, marks._replace(repetition=" "))[0]


def take_apart_repeating(text: str, marks: ServiceCharacters) -> tuple[list[list[str]], list[tuple[int, list[str]]]]:
    """The same of syntax version 4: elements as they come first, and the repeats of each with the element's index, the tag's being 0."""
    elements: list[list[str]] = [[]]
    repeats: list[tuple[int, list[str]]] = []
    into = elements[0]
    for value, mark in _values(text, marks):
        into.append(value)
        if mark == marks.element:
            into = []
            elements.append(into)
        elif mark == marks.repetition:
            into = []
            repeats.append((len(elements) - 1, into))
    return elements, repeats


def _values(text: str, marks: ServiceCharacters) -> Iterator[tuple[str, str]]:
    """Each value with the separator behind it, the last with ""."""
    release, repetition = (c if c != " " else "" for c in (marks.release, marks.repetition))
    parting = {marks.component, marks.element, repetition}
    value: list[str] = []
    letters = iter(text)
    for letter in letters:
        if letter == release:
            value.append(next(letters, ""))
        elif letter in parting:
            yield "".join(value), letter
            value = []
        else:
            value.append(letter)
    yield "".join(value), ""


def join(tag: str, elements: Sequence[Sequence[str]], marks: ServiceCharacters, repeats: Sequence[tuple[int, Sequence[str]]] = ()) -> str:
    """A segment as text: service characters released, empty components and elements at the end left out. repeats: as a Segment has them."""
    special, table = _specials(marks)

    def composite(components: Sequence[str]) -> str:
        last = len(components)
        while last and not components[last - 1]:
            last -= 1
        return marks.component.join([c.translate(table) if special.search(c) else c for c in components[:last]])

    written = [tag, *map(composite, elements)]
    for at, again in repeats:
        written[at] += marks.repetition + composite(again)
    while len(written) > 1 and not written[-1]:
        written.pop()
    return marks.element.join(written) + marks.terminator


@functools.cache
def _specials(marks: ServiceCharacters) -> tuple[re.Pattern[str], dict[int, str]]:
    """What finds a character to be released, and what releases it; nothing where no release character is used."""
    if marks.release == " ":
        return re.compile(r"(?!)"), {}
    parting = [marks.component, marks.element, marks.release, marks.terminator, *(marks.repetition.strip(" "))]
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
