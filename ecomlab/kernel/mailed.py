"""A logbook that came by mail: its lines as the laboratory wrote them, whatever editor or system it went through on the way.

Harmless are a byte order mark, UTF-16, ends of lines of another system, empty lines, and a last line without its end. What was written is the same.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: A line longer than this cannot be an entry: the longest command stays far below it.
MAX_LINE = 1_000_000
#: A logbook of more lines than this is not read on.
MAX_ENTRIES = 200_000
#: A logbook of more bytes than this is not read on: 20,000 entries take about 6 MB.
MAX_BYTES = 20_000_000


def lines(path: Path, start: int = 0) -> Iterator[tuple[bytes, bool]]:
    """The lines of the file from byte `start`, each with whether it is whole (ends with a newline).

    A line longer than MAX_LINE is given cut off and ends the reading: it is no entry, and neither is what follows.
    """
    with path.open("rb") as f:
        f.seek(start)
        while raw := f.readline(MAX_LINE + 1):
            whole = raw.endswith(b"\n")
            yield raw, whole
            if not whole:
                return


class Line(NamedTuple):
    """A line by its number in the file: its bytes without end, in UTF-8; whether its end was there."""

    number: int
    raw: bytes
    whole: bool


def lines_of(path: Path) -> Iterator[Line]:
    """The lines that are not empty. One that is longer than MAX_LINE is given cut off; it ends the reading, and so does one beyond MAX_ENTRIES."""
    with path.open("rb") as f:
        head = f.read(4)
    for number, (raw, whole) in enumerate(_utf_16(path, head) if _is_utf_16(head) else lines(path), start=1):
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if len(raw) > MAX_LINE or number > MAX_ENTRIES:
            yield Line(number, raw, whole)
            return
        if text := raw.strip(b"\r\n\t "):
            yield Line(number, text, whole)


def is_plain(path: Path) -> bool:
    """Whether the file is UTF-8 without a byte order mark, as far as its beginning tells: others read it as well as `lines_of`."""
    with path.open("rb") as f:
        head = f.read(4)
    return not (head.startswith(codecs.BOM_UTF8) or _is_utf_16(head))


def _is_utf_16(head: bytes) -> bool:
    return head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or head[:2] in (b"{\0", b"\0{")


def _utf_16(path: Path, head: bytes) -> Iterator[tuple[bytes, bool]]:
    """The lines of a file in UTF-16, as `logbook.lines` gives those of one in UTF-8. Half characters are replaced, and then a line is not what it was."""
    kind = "utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-16-le" if head[:1] == b"{" else "utf-16-be"
    with path.open("rb") as f:
        text = f.read(2 * MAX_BYTES).decode(kind, "replace")
    for line in text.split("\n"):
        raw = line.encode()
        yield raw[: MAX_LINE + 1], True
        if len(raw) > MAX_LINE:
            return
