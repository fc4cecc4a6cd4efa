"""The hashes of a logbook's lines, as the witness knows it by."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..kernel import logbook
from ..kernel.logbook import Header
from ..kernel.mailed import lines_of
from ..kernel.texts import Text


class Chain(NamedTuple):
    """A logbook as a witness sees it: its header, the hash of the header's line (`world`), and those of the entries, entry 1 first."""

    header: Header
    world: str
    hashes: list[str]


def chain_of(path: Path, most: int = logbook.MAX_ENTRIES) -> Chain:
    """The chain of a logbook as far as its lines are whole. Raises a Refusal if it has no header, OSError if it cannot be read."""
    header: Header | None = None
    world, hashes = "", list[str]()
    for _, raw, whole in lines_of(path):
        if not whole or len(hashes) >= most:
            break
        try:
            text = logbook.text_of(raw)
        except logbook.BadLine as bad:
            if header is None:
                raise logbook.NOT_A_LOGBOOK(line=1, why=bad.text) from None
            break
        if header is None:
            header, world = logbook.read_header(text), logbook.hash_line(text)
        else:
            hashes.append(logbook.hash_line(text))
    if header is None:
        raise logbook.NOT_A_LOGBOOK(line=1, why=Text("首行不完整", "the first line is incomplete"))
    return Chain(header, world, hashes)
