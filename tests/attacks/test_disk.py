"""A disk that is full or may not be written to: what was acknowledged is there, what was not has not happened, and the work goes on once there is room.

A kernel that is killed is in `tests/test_kernel_processes.py`, a torn line in `tests/test_kernel_damage.py`, an exchanged logbook and a stopped holder of the
lock in `test_exchange.py`.
"""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ecomlab
from ecomlab.cli.main import main
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.refusals import Refusal
from ecomlab.lab import Lab
from tests import golden


@contextlib.contextmanager
def room(size: int) -> Iterator[None]:
    """No file of this process may become larger: a write that begins below is cut there, and the next one fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def send(lab: Lab) -> Any:
    return lab.email.send(to="chen.mo@ecomlab.test", subject="room", body="x" * 300)


def refused(lab: Lab) -> str:
    """What the refusal says in English; nothing has changed, in the file or in the world."""
    before, mails = lab.world.path.read_bytes(), lab.look.value("select count(*) from mail_message")
    with pytest.raises(Refusal) as told:
        send(lab)
    assert lab.world.path.read_bytes() == before and lab.look.value("select count(*) from mail_message") == mails
    return told.value.text.en


@pytest.mark.parametrize("left", [0, 1, 200])
def test_on_a_full_disk_nothing_is_done_and_later_the_work_goes_on(mail: Lab, left: int) -> None:
    send(mail)
    done = len(mail.world.entries)
    with room(mail.world.path.stat().st_size + left):
        assert "nothing was done" in refused(mail)
    send(mail)
    read = survey(mail.world.path)
    assert read.findings == [] and len(read.entries) == done + 1


def test_a_world_that_cannot_be_written_is_looked_at_and_says_why(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def opened(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(30, "Read-only file system", os.fspath(path))
        return real(path, flags, *args, **options)

    send(mail)
    mail.world.close()
    monkeypatch.setattr(os, "open", opened)
    lab = ecomlab.open(mail.world.folder)
    assert len(lab.world.entries) == len(survey(mail.world.path).entries)
    assert "it can be read only" in refused(lab)


@pytest.mark.parametrize("left", [0, 20_000])
def test_a_database_for_which_there_is_no_room_is_not_made_and_the_refusal_names_the_place_that_was_asked_for(
    left: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("--database", "--parquet"):
        with room(left):
            assert main(["replay", str(golden.FOLDER / "email.jsonl"), form, str(tmp_path / "made")]) == 2
        said = capsys.readouterr()
        assert f"“{tmp_path / 'made'}" in said.err and "Traceback" not in said.err and ".made" not in said.err
        assert list(tmp_path.iterdir()) == []
