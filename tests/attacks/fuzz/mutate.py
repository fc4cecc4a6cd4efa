"""Inputs from inputs: bytes turned, cut, doubled and spliced; JSON with other values; words that parsers trip over."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

#: Bytes that mean something to some reader or other.
WORDS = [
    b"", b"\0", b"\n", b"\r\n", b"\r", b"'", b'"', b"\\", b",", b";", b"\t", b"+", b":", b"?", b"??'", b"UNA:+.? '", b"{", b"}", b"[" * 3000, b"]" * 50,
    b"{}", b"[]", b"null",
    b"true", b"NaN", b"-1", b"0", b"1e999", b"9" * 5000, b"2147483648", b"18446744073709551616", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff", b"\xc3\x28",
    b"\xed\xa0\x80", b"\\ud800",
    b"\\u0000", b"<script>alert(1)</script>", b"=1+1", b"../../etc/passwd", b"%s%n", b"${x}", b"A" * 300, "中文".encode(), "\u202e".encode(),
    "\u2028".encode(), b"\x1b[31m", b"--", b"/*", b"1970-01-01", b"9999-12-31T23:59:59+23:59",
]  # fmt: skip
#: Values in the place of a value, of all kinds that JSON and Python have.
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 0.1, 1e308, float("inf"), float("nan"), "", " ", "0", "-1", "1.005", "1,50", "1e5", "٣",
    "１２", "½", "x", "\0", "a\nb", "\u202eabc", "\ud800",
    "\U0001f600" * 60, "x" * 201, "x" * 30_000, "中" * 5_000, "' or 1=1 --",
    '"; drop table account; --', "$name", "{name}", "{0.__class__}", "{", "%(x)s", "<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0",
    "@x", "+1", "../../x", "/etc/passwd",
    "9999-12-31", "0001-01-01", "2026-02-30", "2026-9-1", "10000-01-01", [], {}, [[]], [None], {"x": {"y": []}}, [{}], ["x"] * 300, b"x",
    "issued:cast/platform", "scrypt:" + "0" * 64, "pin:000", "data:image/png;base64,AAAA", "student#auto", "lab.undo",
]  # fmt: skip


def turned(chance: random.Random, seeds: Sequence[bytes], words: Sequence[bytes] = ()) -> bytes:
    """One of the seeds with a few changes; rarely nothing but noise."""
    if chance.random() < 0.02:
        return chance.randbytes(chance.randrange(200))
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        change = chance.randrange(9)
        if change == 0 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        elif change == 1 and data:
            data[at % len(data)] = chance.randrange(256)
        elif change == 2:
            data[at:at] = chance.choice(WORDS)
        elif change == 3:
            data[at:at] = chance.choice(words or WORDS)
        elif change == 4:
            del data[at : at + chance.choice((1, 1, 4, 40, 4000))]
        elif change == 5:
            piece = data[at : at + chance.choice((1, 8, 100))]
            data[at:at] = piece * chance.choice((1, 1, 2, 50))
        elif change == 6:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            data[at : at + chance.randrange(100)] = other[start : start + chance.randrange(200)]
        elif change == 7:
            data[at : at + chance.randrange(20)] = chance.choice(words or WORDS)
        elif chance.random() < 0.3:
            del data[at:]
    return bytes(data[:300_000])


def odd(chance: random.Random, value: Any) -> Any:
    """A value with one place in it changed: another kind, another size, one more or less."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        change = chance.randrange(8)
        if change == 0:
            return {k: v for k, v in value.items() if k != key}
        if change == 1:
            return {**value, chance.choice(["x", "", "n", "__class__", key + " "]): chance.choice(VALUES)}
        return {k: odd(chance, v) if k == key else v for k, v in value.items()}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        change = chance.randrange(6)
        if change == 0:
            return value[:at] + value[at + 1 :]
        if change == 1:
            return value + value[at:]
        return [odd(chance, v) if i == at else v for i, v in enumerate(value)]
    if isinstance(value, str) and value and chance.random() < 0.4:
        at = chance.randrange(len(value))
        return value[:at] + str(chance.choice(VALUES))[:300] + value[at + chance.randrange(3) :]
    return chance.choice(VALUES)


def line(value: Any) -> bytes:
    """A line of JSON, whatever the value: what JSON has no word for is written as its text, half characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "surrogatepass") + b"\n"


def lines_with_odd(chance: random.Random, seeds: Sequence[bytes], mend: Callable[[list[bytes]], list[bytes]] = list) -> bytes:
    """A file of JSON lines of which a few hold other values; `mend` puts right again what holds the lines together."""
    lines = chance.choice(seeds).splitlines(keepends=True)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(lines))
        with contextlib.suppress(ValueError, RecursionError):
            lines[at] = line(odd(chance, json.loads(lines[at])))
    return b"".join(mend(lines))
