"""Files of TOML as they were read, kept where Python keeps its modules as they were compiled: in `__pycache__`, or where PYTHONPYCACHEPREFIX says.

Reading them is a third of the time in which a command starts. What is kept is found by the digest of the text, so it is never another file's or an older
one's; whoever could change it there could change the modules beside it. Where Python may not write (PYTHONDONTWRITEBYTECODE) nothing is kept.
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
    place = _place(folder, file) if folder else None
    if place is None:
        return read()
    digest = hashlib.sha256(text.encode()).digest()
    with contextlib.suppress(Exception):
        raw = place.read_bytes()
        if raw[:32] == digest:
            found = pickle.loads(raw[32:])
            if isinstance(found, dict):
                return found
    found = read()
    if not sys.dont_write_bytecode:
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            new = place.with_name(f"{place.name}.{os.getpid()}")
            new.write_bytes(digest + pickle.dumps(found))
            new.replace(place)
    return found


def _place(folder: Path, file: str) -> Path | None:
    """Beside the compiled modules of the package that lies there."""
    try:
        return Path(importlib.util.cache_from_source(str(folder / f"{file}.py"))).with_suffix(".read")
    except NotImplementedError:
        return None
