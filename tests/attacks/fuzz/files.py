"""Files of this process's own, and how inputs are made of sound ones."""

from __future__ import annotations

import atexit
import functools
import json
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .mutate import line, odd, turned


@functools.cache
def place() -> Path:
    """A folder of this process's own."""
    made = Path(tempfile.mkdtemp(prefix="ecomlab-fuzz-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def laid(name: str, data: bytes) -> Path:
    path = place() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def json_with(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A value of JSON with another in it, or its bytes turned."""
    return line(odd(chance, json.loads(chance.choice(seeds)))) if chance.random() < 0.6 else turned(chance, seeds)


def bytes_with(words: list[bytes]) -> Callable[[random.Random, Sequence[bytes]], bytes]:
    return lambda chance, seeds: turned(chance, seeds, words)
