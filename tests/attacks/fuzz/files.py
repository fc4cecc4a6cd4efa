"""Files of this process's own, and how inputs are made of sound ones."""

from __future__ import annotations

import atexit
import functools
import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .mutate import line, odd, turned


@functools.cache
def place() -> Path:
    """A folder of this process's own; in memory where there is such a place, since most inputs cost no more than their file does."""
    memory = "/dev/shm"
    made = Path(tempfile.mkdtemp(prefix="ecomlab-fuzz-", dir=memory if os.access(memory, os.W_OK) else None))
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
