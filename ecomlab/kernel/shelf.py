"""Where the snapshots of a world lie: in a folder beside its logbook, which may be deleted at any time (docs/adr/0012).

Nothing is decided by a snapshot. Its name says after which entry it was taken, under which package and rules, and after what: the hash of that entry's
line holds all lines before it, the header with student, seed and scenario among them. It is sealed with a key of the user's own. One that is
missing, stale, foreign or damaged is as none at all.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import hmac
import os
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from .. import __version__
from . import files
from .rules import RULES
from .snapshot import Snapshot

FOLDER = ".snapshots"
#: A snapshot is taken after so many entries: undoing, looking back and opening after a crash do no more than these again.
EVERY = 25
#: So many snapshots at the end of the logbook stand as close as that; before them every second one is kept, then every fourth.
CLOSE = 8
#: It is not worth a snapshot to do fewer entries than this again.
NEAR = 5
#: No world's tables are larger, as text.
MAX_TEXT = 200_000_000


class Shelf:
    """The snapshots of the world in a folder. Nothing here raises: what cannot be read or written is not there."""

    def __init__(self, world: Path):
        self._folder = world / FOLDER

    def latest(self, moments: Iterable[tuple[int, str]]) -> tuple[int, Snapshot] | None:
        """The first of these that there is: moments as `keep` takes them, in the order in which they are wanted."""
        there = None
        for n, last_hash in moments:
            there = {path.name for path in self._there()} if there is None else there
            if (name := _name(n, last_hash)) in there and (found := self._read(name)):
                return n, found
        return None

    def keep(self, n: int, last_hash: str, snapshot: Snapshot) -> None:
        """Keeps the state after entry `n`, whose line has this hash; snapshots that are no longer needed go."""
        name = _name(n, last_hash)
        packed = zlib.compress(snapshot.text().encode())
        with contextlib.suppress(OSError):
            files.write(self._folder, name, _seal(name, packed) + packed)
            for path in self._there():
                if path.name != name and _done_with(path.name, n):
                    path.unlink(missing_ok=True)

    def _there(self) -> Iterator[Path]:
        with contextlib.suppress(OSError):
            yield from list(self._folder.iterdir())

    def _read(self, name: str) -> Snapshot | None:
        path = self._folder / name
        with contextlib.suppress(OSError, ValueError, TypeError, LookupError, AttributeError, zlib.error):
            sealed = path.read_bytes()
            packed = sealed[32:]
            if hmac.compare_digest(sealed[:32], _seal(name, packed)):
                return Snapshot.read(zlib.decompressobj().decompress(packed, MAX_TEXT).decode())
        return None


def _name(n: int, last_hash: str) -> str:
    return f"{n:06}-{_digest(package_digest(), RULES)[:8]}-{_digest(last_hash)[:32]}"


_NAME = re.compile("([0-9]{6})-([0-9a-f]{8})-[0-9a-f]{32}")


def _digest(*what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()


def _done_with(name: str, end: int) -> bool:
    """Whether a file beside the snapshot after entry `end` is of no more use: another package's, what led there has changed, or there are enough."""
    if not (parts := _NAME.fullmatch(name)) or parts[2] != _digest(package_digest(), RULES)[:8]:
        return True
    n = int(parts[1])
    return n == end or n < end and not wanted(n, end)


def wanted(n: int, end: int) -> bool:
    """Whether the snapshot after entry `n` is one of those to be kept of a logbook with so many entries."""
    step = EVERY
    while end - n > CLOSE * step:
        step *= 2
    return n % step == 0


@functools.cache
def package_digest() -> str:
    """What tells this installation from another: its version, DuckDB's, and what its files look like, for whoever works on them."""
    found = [__version__, duckdb.__version__]
    for folder, folders, names in os.walk(Path(__file__).parent.parent):
        folders.sort()
        for name in sorted(n for n in names if n.endswith((".py", ".sql", ".toml", ".csv"))):
            with contextlib.suppress(OSError):
                status = os.stat(os.path.join(folder, name))
                found.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def _seal(name: str, packed: bytes) -> bytes:
    return hmac.digest(_key(), name.encode() + packed, "sha256")


@functools.cache
def _key() -> bytes:
    """The user's own, made on first use, so that only snapshots of their own making count, whatever a folder brings along.

    Where none can be kept it is this process's.
    """
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: no home
        place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ecomlab" / "seal"
        if not place.exists():
            fresh = files.write(place.parent, f"seal.{os.getpid()}", secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):  # another process was first: its key holds
                os.link(fresh, place)
            fresh.unlink()
        if len(key := place.read_bytes()) == 32:
            return key
    return secrets.token_bytes(32)
