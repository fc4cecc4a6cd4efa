"""The files of a world are its owner's, whatever the umask, and nothing is written through a link that somebody laid."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecomlab.cli.main import main
from ecomlab.export import export
from ecomlab.kernel import files
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.upkeep import recover, write_database
from ecomlab.lab import Lab
from tests import worlds
from tests.worlds import refused


@pytest.fixture(params=[0o000, *(pytest.param(mask, marks=pytest.mark.slow) for mask in (0o022, 0o177))], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def open_to_others(root: Path) -> list[str]:
    """What below this folder anybody but its owner may do anything with, or the owner cannot read."""
    wrong = []
    for path in [root, *root.rglob("*")]:
        mode = path.lstat().st_mode & 0o777
        if mode != (0o700 if path.is_dir() else 0o600):
            wrong.append(f"{path.relative_to(root)}: {mode:o}")
    return wrong


def test_what_a_world_makes_is_its_owners_alone(tmp_path: Path, lab: Callable[..., Lab], umask: int) -> None:
    """The logbook, what lies beside it (attempts, preferences, a torn line, certificates), and what is made of it."""
    made = lab("ca")
    made.language = "en"
    for code in made.codes:
        PLAYS[code](made.player())
    refused(made.email.sign_in, "nobody@ecomlab.test", "Tests-1-password")
    folder = made.world.folder
    with made.world.path.open("ab") as f:
        f.write(b'{"n":')
    made.advance()
    there = {p.relative_to(folder).parts[0] for p in folder.rglob("*")}
    assert {"logbook.jsonl", "attempts.jsonl", "preferences.json", ".logbook.jsonl.lock", "logbook.torn-1.jsonl"} <= there
    assert any(p.is_file() and p.parent != folder for p in folder.rglob("*")), "a certificate was delivered"
    assert open_to_others(folder) == []
    out = tmp_path / "out"
    export(made.world.path, out / "exported")
    write_database(made.world.path, out / "world.duckdb")
    recover(made.world.path, out / "recovered.jsonl")
    assert open_to_others(out) == []


def test_a_world_of_an_earlier_version_becomes_its_owners_when_it_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    folder.mkdir()
    shutil.copy(worlds.model("email", codes=()), folder / "logbook.jsonl")
    (folder / "logbook.jsonl").chmod(0o664)
    worlds.ecomlab.open(folder)
    assert (folder / "logbook.jsonl").stat().st_mode & 0o777 == 0o600


def test_side_files_are_written_through_no_link(tmp_path: Path, lab: Callable[..., Lab]) -> None:
    """The command is done all the same: they are courtesies."""
    made, victim = lab("email"), tmp_path / "victim"
    victim.write_text("precious")
    folder = made.world.folder
    for name in ("attempts.jsonl", "preferences.json", "logbook.torn-1.jsonl", ".logbook.jsonl.new"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(victim)
    with made.world.path.open("ab") as f:
        f.write(b'{"n":')
    refused(made.email.sign_in, "nobody@ecomlab.test", "Tests-1-password")
    made.language = "en"
    made.advance()
    (folder / "certificates").symlink_to(tmp_path, target_is_directory=True)
    made.world._deliver("certificates/victim", b"harm")
    assert victim.read_text() == "precious" and {p.name for p in tmp_path.iterdir()} == {"victim", folder.name}
    assert (folder / "logbook.torn-2.jsonl").read_bytes() == b'{"n":'


def test_an_export_is_written_through_no_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logbook, elsewhere, out = worlds.model("email", codes=("EMAIL001",)), tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    (elsewhere / "ledger.journal").write_text("precious")
    first = tmp_path / "first"
    made = [p.relative_to(first) for p in export(logbook, first)]
    for file in made:
        target = out / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(elsewhere / "ledger.journal")
    export(logbook, out)
    assert (elsewhere / "ledger.journal").read_text() == "precious"
    assert all(not (out / file).is_symlink() and (out / file).read_bytes() == (first / file).read_bytes() for file in made)
    shutil.rmtree(out)
    out.mkdir()
    for part in {file.parts[0] for file in made}:
        (out / part).symlink_to(elsewhere, target_is_directory=True)
    assert main(["export", str(logbook), "--to", str(out)]) == 2
    assert "Traceback" not in capsys.readouterr().err and [p.name for p in elsewhere.iterdir()] == ["ledger.journal"]
    assert (elsewhere / "ledger.journal").read_text() == "precious"


def test_a_database_is_written_through_no_link(tmp_path: Path) -> None:
    logbook, victim = worlds.model("email", codes=()), tmp_path / "victim"
    (tmp_path / "world.duckdb").symlink_to(victim)
    write_database(logbook, tmp_path / "world.duckdb")
    assert not victim.exists() and not (tmp_path / "world.duckdb").is_symlink()


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    files.write(tmp_path, "a/b.txt", b"before")
    monkeypatch.setattr(files.os, "fsync", full)
    for fresh, name in ((False, "a/b.txt"), (True, "a/c.txt")):
        with pytest.raises(OSError, match="No space"):
            files.write(tmp_path, name, b"after", fresh=fresh)
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "a").iterdir()] == [("b.txt", b"before")]
    for name in ("../x", "/x", "a/../../x"):
        with pytest.raises(ValueError, match="below"):
            files.write(tmp_path, name, b"")


def test_what_goes_wrong_with_a_file_is_said_in_the_readers_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The system's own words are English on most machines: nobody prints them but where nothing better is known."""
    (tmp_path / "a").write_bytes(b"")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "a" / "b", tmp_path / ("n" * 300)):
        for language in ("zh", "en"):
            assert main(["edi", "--language", language, str(path)]) == 2
        zh, en = (line.removeprefix(f"{path}: ") for line in capsys.readouterr().err.splitlines())
        assert not re.search("[a-z]", zh) and zh and en.isascii(), (zh, en)
    theirs, package = re.compile(r"(?<!\bos)\.strerror|['\"]strerror"), worlds.ROOT / "ecomlab"
    said = {p.relative_to(package).as_posix() for p in package.rglob("*.py") if theirs.search(p.read_text("utf-8"))}
    assert said == {"kernel/files.py", "kernel/upkeep.py"}
