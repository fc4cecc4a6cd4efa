"""Somebody else's interchange costs as much as it is long, whatever is in it."""

from __future__ import annotations

import sys
from typing import Any

from ecomlab.cli import edi
from ecomlab.edifact import read
from tests.each import each

PIECES = ["LIN+1'", "LIN+{}'", "FTX+AAI+++?'?''", "X'", "'", "?'", "+:'", "UNA:+.? '", "DTM+137:20260901:102'", "UNH+{}+ORDERS:D:96A:UN'",
          "LIN+1\r\n'", "UNB+UNOA:3+A'"]  # fmt: skip


def calls(data: bytes) -> int:
    """How many functions of Python are called to read and show this."""
    counted = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        edi.lines("x", read(data), "en")
    finally:
        sys.setprofile(before)
    return counted


def interchange(piece: str, times: int) -> bytes:
    body = "".join(piece.format(i) for i in range(times))
    return f"UNB+UNOA:3+A+B+260901:1200+1'UNH+m+ORDERS:D:96A:UN'BGM+220+1'DTM+137:20260901:102'NAD+BY+1::9'{body}UNS+S'UNT+{times + 6}+m'UNZ+1+1'".encode()


@each("piece", PIECES)
def test_twice_as_many_small_segments_are_at_most_twice_the_work(piece: str) -> None:
    read(interchange(piece, 10))  # what is looked up once for all
    few, many = calls(interchange(piece, 1_000)), calls(interchange(piece, 2_000))
    assert many <= 2.2 * few + 100


def test_plain_segments_that_come_again_are_read_as_the_first_was() -> None:
    """What is remembered of a segment is forgotten where the same text would be read otherwise: another repertoire, directory or mark."""
    first = b"UNB+UNOC:3+A+B+260901:1200+1'UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\xe9'UNT+3+1'UNZ+1+1'"
    second = first.replace(b"UNOC", b"UNOA").replace(b"1200+1'", b"1200+2'").replace(b"UNZ+1+1", b"UNZ+1+2")
    third = second.replace(b"UNOA", b"UNOB").replace(b"1200+2'", b"1200+3'").replace(b"UNZ+1+2", b"UNZ+1+3").replace(b"96A", b"01B")
    together, apart = read(first + second + third), [read(part) for part in (first, second, third)]
    assert [s.elements for s in together.segments] == [s.elements for part in apart for s in part.segments]
    assert [(f.code, f.tag) for f in together.findings] == [(f.code, f.tag) for part in apart for f in part.findings]
    assert len(apart[0].findings) < len(apart[1].findings)
