"""Tables as CSV (RFC 4180): one writer for all, so that what people typed stays text in every spreadsheet.

A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"); numbers and days stay bare.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

#: What begins a formula: a sign, behind blanks or hidden marks or none, in East Asian editions full width too; and tab or line break in front.
_SIGNS = frozenset("=+-@")
_HIDDEN = ("Zs", "Zl", "Zp", "Cf", "Cc")
_BREAKS = frozenset("\t\r\n")
#: Where a spreadsheet may part a cell: semicolons and tabs part cells for some, so a text with one is quoted as if it held a comma.
_PARTS = re.compile(r'[",;\t\r\n]|^\s|\s$')
_PERCENTAGE = re.compile(r"-?\d+(\.\d+)?%", re.ASCII)


def csv(heads: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """The lines of a table below its headings, each ended by CR LF. None is an empty cell."""
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in (heads, *rows))


def encoded(text: str) -> bytes:
    """CSV as the bytes of a file: UTF-8, with the mark without which a spreadsheet misreads what is beyond ASCII, and bare where nothing is.

    What no file can hold, such as half a character in the name of a folder, is written as its number.
    """
    return text.encode("utf-8" if text.isascii() else "utf-8-sig", "backslashreplace")


def is_bare(value: object) -> bool:
    """Whether a value is a number or a day, which is written as it is."""
    return isinstance(value, (int, float, Decimal, datetime.date)) and not isinstance(value, bool)


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    lead = next((i for i, c in enumerate(text) if unicodedata.category(c) not in _HIDDEN), len(text))
    sign = unicodedata.normalize("NFKC", text[lead : lead + 1])[:1]
    live = sign in _SIGNS or not _BREAKS.isdisjoint(text[:lead])
    return f"'{text}" if live and not _PERCENTAGE.fullmatch(text) else text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if is_bare(value):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    text = inert(str(value))
    return '"' + text.replace('"', '""') + '"' if _PARTS.search(text) else text
