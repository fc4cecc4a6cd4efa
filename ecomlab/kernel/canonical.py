"""One way to write a value as JSON, so that equal values have equal bytes, and one way to digest it."""

from __future__ import annotations

import datetime
import hashlib
import json
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """`value` as JSON types: Decimal and dates become text; anything with a `record()` method speaks for itself."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if hasattr(value, "record"):
        return plain(value.record())
    raise TypeError(f"a {type(value).__name__} has no place in a logbook: {value!r}")


def canonical(value: Any) -> str:
    """JSON of `plain(value)` in one line, without spaces, keys in the order given, Chinese left readable."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(value: Any, length: int = 16) -> str:
    """The first `length` hex digits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()[:length]
