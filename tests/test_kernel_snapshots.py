"""Snapshots spare a world its past and decide nothing: whatever lies in their folder, a world is what its logbook says."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ecomlab
from ecomlab.grading import grade
from ecomlab.kernel import canonical, files, shelf
from ecomlab.kernel import state as states
from ecomlab.kernel.evidence import Done
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.shelf import FOLDER, Shelf
from ecomlab.kernel.snapshot import Snapshot, packed, unpacked
from ecomlab.kernel.state import State
from ecomlab.kernel.upkeep import audit_logbook, write_database
from ecomlab.kernel.world import World
from ecomlab.lab import Lab
from tests import worlds
from tests.golden import recorded
from tests.worlds import in_a_process

LOGBOOKS = {path.stem: path for path in recorded()}


def replayed(logbook: Path) -> State:
    """The state that a logbook leads to, by doing all of it."""
    read = survey(logbook)
    state = State(read.header)
    assert state.replay(read.entries) == read.findings == []
    return state


def seen(state: State) -> Any:
    """All that there is to be seen of a state."""
    return state.digest(), state.known, state.prepared, [packed(d) for d in state.done]


def past_of(lab: Lab, n: int) -> State:
    """The state after entry n, by doing all of it."""
    state = State(lab.world.header)
    assert state.replay(survey(lab.world.path).entries[:n]) == []
    return state


def kept(world: World) -> list[Path]:
    return sorted((world.folder / FOLDER).glob("[0-9]*"))


def numbers(world: World) -> list[int]:
    return [int(path.name[:6]) for path in kept(world)]


def letter(lab: Lab, subject: str = "hello") -> str:
    return str(lab.email.send(to="service@ecomlab.test", subject=subject, body="text"))


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the entries that are done again from now on."""
    found: list[int] = []
    apply = states.State.apply
    monkeypatch.setattr(states.State, "apply", lambda self, entry: (found.append(entry.n), apply(self, entry))[1])
    return found


@pytest.fixture
def dense(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots after every third entry."""
    monkeypatch.setattr(shelf, "EVERY", 3)
    monkeypatch.setattr(shelf, "NEAR", 1)
    monkeypatch.setattr(shelf, "CLOSE", 2)


# --- a state as text -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario_name", worlds.each_scenario("email", "ca", "edi"))
def test_a_state_made_from_its_text_is_the_same_to_the_last_row_counter_and_piece_of_evidence(scenario_name: str) -> None:
    state = replayed(LOGBOOKS[scenario_name])
    text = state.snapshot().text()
    again = State(state.header, snapshot=Snapshot.read(text))
    try:
        assert seen(again) == seen(state)
        assert again.snapshot().text() == text
        gave = {entry.n: entry.gave for _, entry in survey(LOGBOOKS[scenario_name]).entries}
        assert {d.n: canonical.digest(d.result) for d in again.done} == {d.n: gave[d.n] for d in state.done}
        assert all(unpacked(packed(d)).about == d.about and unpacked(packed(d)).declined == d.declined for d in state.done)
    finally:
        state.close()
        again.close()


def test_a_state_is_taken_back_and_forth_in_place() -> None:
    header, entries = (read := survey(LOGBOOKS["email"])).header, read.entries
    state = State(header)
    began, before = state.snapshot(), seen(state)
    state.replay(entries)
    ended, after = state.snapshot(), seen(state)
    for _ in range(2):
        state.restore(began)
        assert seen(state) == before
        state.restore(ended)
        assert seen(state) == after
    state.restore(began)
    assert state.replay(entries) == [] and seen(state) == after
    state.close()


def test_a_command_that_gives_what_no_logbook_can_hold_cannot_be_kept() -> None:
    with pytest.raises(TypeError, match="float"):
        packed(Done(1, datetime.date(2026, 9, 1), "student", "lab.advance", {}, 0.5))


# --- opening -------------------------------------------------------------------------------------------------------


def test_a_world_that_was_open_before_opens_without_doing_anything_again(mail: Lab, applied: list[int]) -> None:
    for _ in range(4):
        letter(mail)
    before = seen(mail.world.state)
    mail.world.close()
    again = ecomlab.open(mail.world.folder)
    assert seen(again.world.state) == before
    assert len(again.world.entries) == 6 and applied == []
    assert [r.points for r in again.checks()] == [r.points for r in Lab(World.rehearse(mail.world.folder, None, "email", "ecomlab")).checks()]
    letter(again)
    assert grade(again.world.path).findings == ()


def test_a_process_that_ends_leaves_a_snapshot_and_one_that_is_killed_does_no_harm(mail: Lab, applied: list[int]) -> None:
    does = "import ecomlab, sys, os; lab = ecomlab.open(sys.argv[1])\nfor _ in range(3): lab.email.folder()\n"
    in_a_process(does, str(mail.world.folder))
    assert seen(ecomlab.open(mail.world.folder).world.state) == seen(replayed(mail.world.path))
    applied.clear()
    in_a_process(does + "os._exit(9)", str(mail.world.folder))
    again = ecomlab.open(mail.world.folder)
    assert len(again.world.entries) == 8 and applied == [6, 7, 8]
    assert seen(again.world.state) == seen(replayed(mail.world.path))


def test_undo_and_looking_back_do_again_what_came_after_the_last_snapshot_alone(mail: Lab, dense: None, applied: list[int]) -> None:
    digests = [mail.at(0).world.state.digest(), mail.at(1).world.state.digest(), mail.world.state.digest()]
    for n in range(3, 9):
        letter(mail, str(n))
        digests.append(mail.world.state.digest())
    applied.clear()
    mail.undo()
    assert applied == [7] and mail.world.state.digest() == digests[7]
    applied.clear()
    assert [mail.at(n).world.state.digest() for n in (4, 6, 8, 9)] == [digests[4], digests[6], digests[8], digests[7]]
    assert len(applied) <= 4
    assert seen(ecomlab.open(mail.world.folder).world.state) == seen(replayed(mail.world.path))


def test_as_the_logbook_grows_snapshots_thin_out_towards_its_beginning(mail: Lab, dense: None) -> None:
    while len(mail.world.entries) < 60:
        mail.email.folder()
    there = numbers(mail.world)
    assert there[-1] == 60 and there[0] == 0
    assert len(there) <= 12
    assert all(b - a >= d - c for a, b, c, d in zip(there, there[1:], there[1:], there[2:], strict=False)), "ever closer"
    assert seen(mail.at(17).world.state) == seen(past_of(mail, 17))


# --- what lies in the folder ---------------------------------------------------------------------------------------


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


SPOILT: dict[str, Callable[[Path], Any]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:1000]),
    "one bit": _flip,
    "no archive": lambda path: path.write_bytes(os.urandom(3000)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "forged": lambda path: path.write_bytes(b"\0" * 32 + zlib.compress(b'[{}, {"clock": ["2020-01-01", 1], "counters": {}, "sessions": {}}, [], []]')),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_snapshot_that_is_not_as_it_was_written_is_passed_over_without_a_word(mail: Lab, what: str, capfd: pytest.CaptureFixture[str]) -> None:
    mail.world.close()
    assert numbers(mail.world) == [0, 2]
    for path in kept(mail.world):
        SPOILT[what](path)
    again = ecomlab.open(mail.world.folder)
    assert seen(again.world.state) == seen(replayed(mail.world.path))
    assert again.world.notices == [] and capfd.readouterr() == ("", "")
    letter(again)
    assert grade(again.world.path).findings == ()


def _forge(folder: Path, name: str, key: bytes) -> None:
    """A snapshot in which the student is rich, laid under every name that the world looks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "_key", lambda: key)
        for path in list((folder / FOLDER).iterdir()):
            data = zlib.compress(Snapshot.read(name).text().encode())
            path.write_bytes(shelf._seal(path.name, data) + data)


def test_a_snapshot_that_another_user_made_is_none_and_one_that_was_forged_deceives_nobody_but_its_owner(mail: Lab, tmp_path: Path) -> None:
    letter(mail)
    true, honest = seen(mail.world.state), grade(mail.world.path).record()
    mail.world.close()
    rich = replayed(mail.world.path)
    rich.database.execute("update mail_message set subject = 'forged'")
    _forge(mail.world.folder, rich.snapshot().text(), b"the key of somebody else")
    assert seen(ecomlab.open(mail.world.folder).world.state) == true
    _forge(mail.world.folder, rich.snapshot().text(), shelf._key())
    deceived = ecomlab.open(mail.world.folder)
    assert seen(deceived.world.state) != true, "or the test would be empty"
    assert seen(replayed(mail.world.path)) == true
    assert grade(mail.world.path).record() == honest
    assert all(v.findings == [] for v in audit_logbook(mail.world.path))
    assert [v.findings for v in deceived.audit()] == [v.findings for v in Lab(World.rehearse(mail.world.folder, None, "email", "ecomlab")).audit()]
    assert write_database(mail.world.path, tmp_path / "world.duckdb") == []


def test_grading_audit_replay_and_a_rehearsal_do_not_look_at_snapshots(mail: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mail.world.close()

    def looked(*args: Any) -> None:
        raise AssertionError("looked at")

    monkeypatch.setattr(Shelf, "_read", looked)
    grade(mail.world.folder)
    audit_logbook(mail.world.path)
    write_database(mail.world.path, tmp_path / "world.duckdb")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    rehearsed = ecomlab.open(mail.world.folder)
    assert rehearsed.grade("EMAIL001") == 2
    rehearsed.world.close()


def test_another_students_another_versions_and_another_pasts_snapshots_are_none(
    lab: Callable[..., Lab], monkeypatch: pytest.MonkeyPatch, applied: list[int]
) -> None:
    first, second = lab("email"), lab("email", student="s2")
    for world in (first, second):
        for _ in range(3):
            world.advance()
        world.world.close()
    for own, foreign in zip(kept(first.world), kept(second.world), strict=True):
        own.write_bytes(foreign.read_bytes())
    again = ecomlab.open(first.world.folder)
    assert seen(again.world.state) == seen(replayed(first.world.path)) and applied[:3] == [1, 2, 3]
    again.world.close()
    applied.clear()
    with monkeypatch.context() as patch:
        patch.setattr(shelf, "package_digest", lambda: "a later version")
        ecomlab.open(first.world.folder).world.close()
        assert applied == [1, 2, 3]
        assert len(kept(first.world)) == 2, "those of the earlier version went"
    lines = second.world.path.read_text("utf-8").splitlines()
    changed = [line.replace('"with":{}', '"with":{"days":2}') for line in lines[:2]]
    worlds.write(second.world.path, changed)
    applied.clear()
    worlds.refused(ecomlab.open, second.world.folder)
    assert applied == [1], "and so it shows that the entry no longer gives what it gave"


def test_a_damaged_logbook_leaves_no_snapshot_behind_its_damage(mail: Lab, dense: None) -> None:
    for _ in range(7):
        letter(mail)
    mail.world.close()
    shutil.rmtree(mail.world.folder / FOLDER)
    lines = mail.world.path.read_text("utf-8").splitlines()
    lines[5] = lines[5].replace('"email.send"', '"email.sent"')
    worlds.write(mail.world.path, worlds.relinked(lines))
    for _ in range(2):
        assert worlds.refused(ecomlab.open, mail.world.folder).code == "damaged_logbook"
        assert max(numbers(mail.world)) <= 4


def test_a_snapshot_is_its_owners_alone_and_says_nothing_that_the_logbook_does_not(played: Callable[..., Lab]) -> None:
    lab = played("b2b", "B2B001")
    told = [secret for _, secret in lab.prepared()]
    lab.world.close()
    paths = kept(lab.world)
    assert stat.S_IMODE((lab.world.folder / FOLDER).stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    text = zlib.decompress(paths[-1].read_bytes()[32:]).decode()
    assert text == replayed(lab.world.path).snapshot().text(), "whoever has the logbook can make it"
    assert told and not any(secret in text for secret in told)


def test_where_no_snapshot_can_be_written_all_goes_on(mail: Lab, dense: None) -> None:
    shutil.rmtree(mail.world.folder / FOLDER)
    (mail.world.folder / FOLDER).write_text("in the way")
    for _ in range(4):
        letter(mail)
    mail.undo()
    mail.world.close()
    again = ecomlab.open(mail.world.folder)
    assert seen(again.world.state) == seen(replayed(mail.world.path))
    assert (mail.world.folder / FOLDER).read_text() == "in the way"


@pytest.mark.parametrize("error", [OSError(28, "no space"), KeyboardInterrupt()])
def test_a_snapshot_that_fails_half_way_leaves_the_world_and_the_folder_whole(
    mail: Lab, dense: None, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files, "write", lambda *args, **more: (_ for _ in ()).throw(error))
        with contextlib.suppress(KeyboardInterrupt):
            letter(mail, "third")
    letter(mail, "fourth")
    assert [e.n for e in mail.world.entries] == [1, 2, 3, 4]
    assert seen(mail.world.state) == seen(replayed(mail.world.path)) == seen(ecomlab.open(mail.world.folder).world.state)


# --- whatever is done ----------------------------------------------------------------------------------------------

STEPS = st.sampled_from(["letter", "draft", "look", "advance", "sign_out", "undo", "undo", "undo", "other", "back", "reopen", "killed", "spoil", "sweep"])


@settings(max_examples=worlds.examples(2, 6))
@given(steps=st.lists(st.tuples(STEPS, st.integers(0, 30)), min_size=12, max_size=40))
def test_whatever_is_done_undone_and_spoilt_the_world_is_what_a_full_replay_says(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two kernels on one world, snapshots after every third entry."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "EVERY", 3)
        patch.setattr(shelf, "NEAR", 1)
        patch.setattr(shelf, "CLOSE", 2)
        lab = worlds.opened(tmp_path_factory.mktemp("steps"), worlds.model("email", codes=("EMAIL001",)))
        folder = lab.world.folder
        other = ecomlab.open(folder)
        for step, k in steps:
            try:
                match step:
                    case "letter":
                        letter(lab, str(k))
                    case "draft":
                        lab.email.save_draft(body=str(k))
                    case "look":
                        lab.email.folder()
                    case "advance":
                        lab.advance(days=1 + k % 3)
                    case "sign_out":
                        lab.call("lab.sign_out", role="mail_user", actor=lab.sessions()[0].actor)
                    case "undo":
                        lab.undo()
                    case "other":
                        other.email.save_draft(body="theirs")
                    case "back":
                        n = k % (len(lab.world.entries) + 1)
                        assert seen(lab.at(n).world.state) == seen(past_of(lab, n))
                    case "reopen":
                        lab.world.close()
                        lab = ecomlab.open(folder)
                    case "killed":
                        lab = ecomlab.open(folder)
                    case "spoil" if there := kept(lab.world):
                        SPOILT[list(SPOILT)[k % len(SPOILT)]](there[k % len(there)])
                    case "sweep":
                        shutil.rmtree(folder / FOLDER)
            except (ecomlab.Refusal, IndexError):
                pass
            lab, other = (other, lab) if k % 5 == 0 else (lab, other)
        whole = replayed(lab.world.path)
        for world in (lab, other):
            world.refresh()
            assert seen(world.world.state) == seen(whole)
            world.world.close()
        assert seen(ecomlab.open(folder).world.state) == seen(whole)
        whole.close()
