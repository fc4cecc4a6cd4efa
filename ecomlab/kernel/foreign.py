"""Text from elsewhere, read as data: what cannot be read is a ValueError, however it is damaged."""

from __future__ import annotations

import json
import tomllib
from typing import Any


def from_json(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError; also where it is nested more deeply than Python reads, which says RecursionError."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def from_toml(text: str) -> dict[str, Any]:
    """The same of TOML."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
