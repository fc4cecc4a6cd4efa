"""A logbook that is exchanged while its world is open is noticed before anything is done; neither file is changed, and the former one goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ecomlab
from ecomlab.kernel import holding
from ecomlab.kernel.logbook import LOGBOOK, survey
from ecomlab.lab import Lab
from tests.worlds import refused, relinked

Exchange = Callable[[bytes, bytes], bytes]


def _of_a_classmate(mine: bytes, other: bytes) -> bytes:
    assert len(other) == len(mine)
    return other


def _of_another_time(mine: bytes, other: bytes) -> bytes:
    """The same student's, as long and chained as well, in which something else was done last."""
    lines = mine.decode().splitlines()
    lines[-1] = lines[-1].replace('"days":2', '"days":3')
    return "\n".join([*relinked(lines), ""]).encode()


def _changed_in_the_middle(mine: bytes, other: bytes) -> bytes:
    return mine.replace(b'"days":2', b'"days":3', 1)


def _shorter(mine: bytes, other: bytes) -> bytes:
    return other[: other.index(b"\n") + 1]


def _cut(mine: bytes, other: bytes) -> bytes:
    return mine[:-40]


def _longer(mine: bytes, other: bytes) -> bytes:
    return other + other.splitlines(keepends=True)[-1]


def _longer_and_torn(mine: bytes, other: bytes) -> bytes:
    return other + b'{"n":4,"at"'


def _empty(mine: bytes, other: bytes) -> bytes:
    return b""


EXCHANGES: list[Exchange] = [_of_a_classmate, _of_another_time, _changed_in_the_middle, _shorter, _cut, _longer, _longer_and_torn, _empty]


@pytest.fixture
def mine(lab: Callable[..., Lab]) -> Lab:
    """A world with three entries."""
    made = lab("email", student="s1001")
    for _ in range(3):
        made.advance(2)
    return made


@pytest.fixture
def theirs(lab: Callable[..., Lab]) -> bytes:
    """A classmate's logbook of as many."""
    made = lab("email", student="s1002")
    for _ in range(3):
        made.advance(2)
    return made.world.path.read_bytes()


@pytest.mark.parametrize("in_place", [True, False], ids=["written over", "another file"])
def test_an_exchanged_logbook_is_noticed_before_anything_is_done(mine: Lab, theirs: bytes, in_place: bool) -> None:
    path = mine.world.path
    before, digest = path.read_bytes(), mine.world.state.digest()
    for exchange in EXCHANGES:
        put, times = exchange(before, theirs), path.stat()
        assert put != before
        if in_place:
            path.write_bytes(put)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        else:
            path.with_name("other").write_bytes(put)
            path.with_name("other").replace(path)
        for do in (mine.advance, mine.undo, mine.refresh, lambda: mine.email.register(user_name="x", full_name="y", password="abcd1234", confirm="abcd1234")):
            assert refused(do).code in ("exchanged_logbook", "damaged_logbook"), exchange.__name__
        assert path.read_bytes() == put and mine.world.state.digest() == digest, exchange.__name__
        assert not list(path.parent.glob("*torn*"))
        path.write_bytes(before)
    assert str(mine.advance()) == "2026-09-08"
    assert survey(path).findings == [] and len(survey(path).entries) == 4


def test_what_is_the_same_logbook_is_none_the_worse_for_being_touched_or_copied(mine: Lab) -> None:
    path = mine.world.path
    path.touch()
    mine.advance()
    copy = shutil.copy(path, path.with_name("copy"))
    Path(copy).replace(path)
    mine.advance()
    other = ecomlab.open(path.parent)
    other.advance()
    assert mine.refresh() == 1
    mine.advance()
    assert other.refresh() == 1 and survey(path).findings == []


def test_opened_anew_the_other_logbook_goes_on(mine: Lab, theirs: bytes) -> None:
    mine.world.path.write_bytes(theirs)
    assert refused(mine.advance).code == "exchanged_logbook"
    ecomlab.open(mine.world.folder).advance()
    assert [e.do for _, e in survey(mine.world.path).entries] == ["lab.advance"] * 4


HOLD = """
import os, signal, sys
import ecomlab
lab = ecomlab.open(sys.argv[1])
with lab.world._locked():
    print("held", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""


def test_a_stopped_kernel_that_holds_the_lock_is_waited_for_shortly_and_the_cure_is_named(mine: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    assert holding.PATIENCE <= 5
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(mine.world.folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        monkeypatch.setattr(mine.world._lock, "timeout", 0.2)
        before = mine.world.path.read_bytes()
        said = refused(mine.advance)
        assert said.code == "busy" and "暂停" in said.text.zh and "shut down" in said.text.en
        assert mine.world.path.read_bytes() == before
        assert refused(mine.undo).code == "busy"
    finally:
        holder.send_signal(signal.SIGCONT)
        assert holder.wait(30) == 0
    mine.advance()
    assert (mine.world.folder / LOGBOOK).read_bytes() != before
