"""Functions that DuckDB has and SQLite has not, or has otherwise, as the replica's statements call them."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import Any


def _contains(text: str | None, part: str | None) -> int | None:
    return None if text is None or part is None else int(part in text)


def _starts_with(text: str | None, part: str | None) -> int | None:
    return None if text is None or part is None else int(text.startswith(part))


def _ends_with(text: str | None, part: str | None) -> int | None:
    return None if text is None or part is None else int(text.endswith(part))


def _listed(values: str | None, value: Any) -> int | None:
    return None if values is None or value is None else int(value in _members(values))


@functools.lru_cache(maxsize=64)
def _members(values: str) -> frozenset[Any]:
    return frozenset(json.loads(values))


def _greatest(*values: Any) -> Any:
    return max((v for v in values if v is not None), default=None)


def _least(*values: Any) -> Any:
    return min((v for v in values if v is not None), default=None)


_A_DAY, _1970 = 24 * 3600 * 1_000_000, 719_163


def _day_of(value: int | None) -> int | None:
    """The day, as days from year 1, of a moment in microseconds from 1970; a day is its own. No world has moments so near to 1970 that they are in doubt."""
    return value if value is None or 0 < value < 10_000_000 else _1970 + value // _A_DAY


def _quotient(amount: int | None, pieces: int | None, places: int) -> int | None:
    """An amount in millionths by a number, to so many places: as floating-point numbers and half away from zero, as DuckDB has it. Raises
    ArithmeticError where that is not sure to be DuckDB's."""
    if amount is None or pieces is None:
        return None
    if abs(amount) >= 2**53:
        raise OverflowError
    scaled = abs(amount / 1e6 / pieces * 10.0**places)
    whole = int(scaled)
    rounded = whole + (scaled - whole >= 0.5)
    unit: int = 10 ** (6 - places)
    return unit * (rounded if (amount < 0) == (pieces < 0) else -rounded)


class _AnyValue:
    """The first value that is not null, as in DuckDB."""

    def __init__(self) -> None:
        self.value: Any = None

    def step(self, value: Any) -> None:
        if self.value is None:
            self.value = value

    def finalize(self) -> Any:
        return self.value


class _OrderedText:
    """`string_agg(text, between order by key)`."""

    def __init__(self) -> None:
        self.parts: list[tuple[Any, str]] = []
        self.between = ""

    def step(self, text: str | None, between: str, key: Any) -> None:
        self.between = between
        if text is not None:
            self.parts.append((key, text))

    def finalize(self) -> str | None:
        return self.between.join(text for _, text in sorted(self.parts, key=lambda p: p[0])) if self.parts else None


class _OrderedList:
    """`list(value order by key)`, as an array of JSON."""

    def __init__(self) -> None:
        self.parts: list[tuple[bool, Any, Any]] = []

    def step(self, value: Any, key: Any) -> None:
        self.parts.append((key is None, key, value))  # what is null comes last

    def finalize(self) -> str | None:
        return json.dumps([value for *_, value in sorted(self.parts, key=lambda p: p[:2])]) if self.parts else None


class _Any:
    """Whether one is true."""

    def __init__(self) -> None:
        self.value: int | None = None

    def step(self, value: Any) -> None:
        if value is not None:
            self.value = self.together(value)

    def together(self, value: Any) -> int:
        return int(bool(self.value) or bool(value))

    def finalize(self) -> int | None:
        return self.value


class _Every(_Any):
    """Whether all are true."""

    def together(self, value: Any) -> int:
        return int(bool(value) and self.value != 0)


#: (name, number of arguments, what does it).
AGGREGATES: tuple[tuple[str, int, Any], ...] = (
    ("any_value", 1, _AnyValue), ("bool_or", 1, _Any), ("bool_and", 1, _Every), ("ordered_text", 3, _OrderedText), ("ordered_list", 2, _OrderedList),
)  # fmt: skip
FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("contains", 2, _contains),
    ("starts_with", 2, _starts_with),
    ("ends_with", 2, _ends_with),
    ("list_contains", 2, _listed),
    ("greatest", -1, _greatest),
    ("least", -1, _least),
    ("day_of", 1, _day_of),
    ("lower", 1, lambda text: None if text is None else text.lower()),
    ("upper", 1, lambda text: None if text is None else text.upper()),
    ("days_between", 2, lambda start, end: None if start is None or end is None else end - start),
    ("quotient", 3, _quotient),
    ("regexp_matches", 2, lambda text, pattern: None if text is None else int(re.search(pattern, text) is not None)),
)
