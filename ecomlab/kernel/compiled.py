"""What was found out once and is found again by what it follows from, kept where Python keeps its modules as they were compiled: in `__pycache__`, or where
PYTHONPYCACHEPREFIX says. That is files of TOML as they were read, which is a third of the time in which a command starts, and what DuckDB says of a statement
(`replica`), without which a small submission is graded in half the time.

What is kept is found by a digest, so it is never another file's or an older one's; whoever could change it there could change the modules beside it. Where
Python may not write (PYTHONDONTWRITEBYTECODE) nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def kept(folder: Path | None, file: str, text: str, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `read` gives of the text of a package's file, or gave when it was read before. Whatever goes wrong with what is kept, it is read."""
    if folder is None:
        return read()
    found = known(folder, file, text)
    if found is None:
        keep(folder, file, text, found := read())
    return found


def known(folder: Path, name: str, of: str) -> dict[str, Any] | None:
    """What was kept under that name for the package in a folder, if it is what follows from this text; None if there is none."""
    with contextlib.suppress(Exception):
        raw = _place(folder, name).read_bytes()
        if raw[:32] == hashlib.sha256(of.encode()).digest():
            found = pickle.loads(raw[32:])
            return found if isinstance(found, dict) else None
    return None


def keep(folder: Path, name: str, of: str, found: dict[str, Any]) -> None:
    """Keeps what follows from a text, in place of what was kept under that name. What cannot be written is not there."""
    if sys.dont_write_bytecode:
        return
    with contextlib.suppress(OSError, NotImplementedError):
        place = _place(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(f"{place.name}.{os.getpid()}")
        new.write_bytes(hashlib.sha256(of.encode()).digest() + pickle.dumps(found))
        new.replace(place)


def _place(folder: Path, name: str) -> Path:
    """Beside the compiled modules of the package that lies there. Raises NotImplementedError where Python keeps none."""
    return Path(importlib.util.cache_from_source(str(folder / f"{name}.py"))).with_suffix(".read")
