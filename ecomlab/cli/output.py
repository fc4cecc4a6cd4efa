"""What the commands print and how they end: exit status, JSON, aligned columns, in which language."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..kernel.logbook import Finding
    from ..kernel.texts import Language

GOOD, FOUND, USAGE = 0, 1, 2
#: The language that the call names, wherever in it.
_NAMED: ContextVar[Language | None] = ContextVar("named", default=None)


def listen(argv: Sequence[str]) -> Language:
    """The language in which a call is answered: that which it names, so that its help and its mistakes are told in it too, else the environment's."""
    from ..kernel.texts import LANGUAGES, default_language

    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--language", nargs="?")
    said = early.parse_known_args(argv)[0].language
    _NAMED.set(said if said in LANGUAGES else None)
    return _NAMED.get() or default_language()


def fail(zh: str, en: str) -> int:
    """Says on standard error why the call is wrong; gives the exit status for that."""
    print(f"ecomlab: {zh if language_of() == 'zh' else en}", file=sys.stderr)
    return USAGE


def language_of(args: argparse.Namespace | None = None) -> Language:
    """The language in which this call is answered."""
    from ..kernel.texts import default_language

    return getattr(args, "language", None) or _NAMED.get() or default_language()


def print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1))


def print_columns(rows: Sequence[Sequence[object]]) -> None:
    """Rows in aligned columns; a Chinese character is two columns wide."""
    from ..kernel.table import wide

    cells = [[str(v) for v in row] for row in rows]
    widths = [max(wide(c) for c in column) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(c + " " * (w - wide(c)) for c, w in zip(row, widths, strict=True)).rstrip())


def logbook_of(path: Path) -> Path:
    """The logbook itself, where a folder is named too."""
    return path / "logbook.jsonl" if path.is_dir() else path


def findings_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [{"line": f.line, "code": f.code, "zh": f.text.zh, "en": f.text.en} for f in findings]
