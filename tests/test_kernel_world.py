"""A world on disk: opening, doing, refusing, undoing, looking back, keeping in step, and surviving what goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ecomlab
from ecomlab.kernel import beginning, shelf
from ecomlab.kernel import state as states
from ecomlab.kernel.command import COMMANDS, VISITOR, command
from ecomlab.kernel.database import Database
from ecomlab.kernel.dialect import Unlike
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.replica import Replica
from ecomlab.kernel.world import World
from ecomlab.lab import Lab
from tests import worlds
from tests.worlds import in_a_process, refused


def letter(lab: Lab, subject: str = "hello") -> str:
    return str(lab.email.send(to="service@ecomlab.test", subject=subject, body="text"))


def subjects(lab: Lab) -> set[str]:
    return {r[0] for r in lab.sql("select subject from mail_message").fetchall()}


# --- opening -----------------------------------------------------------------------------------------------------


def test_a_world_is_made_on_first_use_and_opened_again_with_all_that_was_done(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path / "new" / "folder", student="林晓", scenario="email")
    lab.advance(days=2)
    again = ecomlab.open(tmp_path / "new" / "folder")
    assert (again.student, again.day, len(again.world.entries)) == ("林晓", lab.day, 1)
    assert again.world.state.digest() == lab.world.state.digest()


def test_without_a_student_no_world_is_made(tmp_path: Path) -> None:
    assert refused(ecomlab.open, tmp_path, scenario="email").code == "who_are_you"
    assert list(tmp_path.iterdir()) == []


def test_the_environment_may_name_the_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOMLAB_STUDENT", "s77")
    assert ecomlab.open(tmp_path, scenario="email").student == "s77"


def test_a_world_belongs_to_one_student(lab: Callable[..., Lab]) -> None:
    folder = lab("email").world.folder
    assert refused(ecomlab.open, folder, student="somebody else").code == "other_student"


def test_a_scenario_that_does_not_exist_makes_no_world(tmp_path: Path) -> None:
    assert refused(ecomlab.open, tmp_path, student="s1", scenario="../email").code == "unknown_scenario"
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_logbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logbook.jsonl").mkdir()
    assert refused(ecomlab.open, tmp_path).code == "cannot_read"


def test_when_nbgrader_executes_the_file_beside_the_notebook_never_changes(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = mail.world.path.read_bytes()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    throwaway = ecomlab.open(mail.world.folder)
    letter(throwaway)
    assert throwaway.check("EMAIL003").points > 0
    assert mail.world.path.read_bytes() == before
    shutil.rmtree(throwaway.world.folder)


# --- doing and refusing ------------------------------------------------------------------------------------------


def test_a_refused_command_changes_nothing_and_is_noted_beside_the_world(mail: Lab) -> None:
    before = mail.world.state.digest(), mail.world.path.read_bytes()
    assert refused(mail.email.send, to="", subject="s", body="b").field == "to"
    assert refused(mail.email.read, "ML-0000-9999").code == "no_such_item"
    assert refused(mail.call, "no.such.command").code == "unknown_command"
    assert (mail.world.state.digest(), mail.world.path.read_bytes()) == before
    notes = [json.loads(line) for line in (mail.world.folder / "attempts.jsonl").read_text("utf-8").splitlines()]
    assert [(n["do"], n["refused"]) for n in notes] == [
        ("email.send", [{"code": "text_empty", "field": "to"}]),
        ("email.read", [{"code": "no_such_item", "field": "item"}]),
    ]


def test_a_query_cannot_write(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by good manners: DuckDB runs it in a transaction that only reads."""
    found = COMMANDS["email.folder"]
    before = mail.world.state.digest()
    monkeypatch.setitem(COMMANDS, "email.folder", replace(found, function=lambda do, **given: do.execute("delete from mail_message")))
    with pytest.raises(duckdb.TransactionException, match="read-only"):
        mail.email.folder()
    assert mail.world.state.digest() == before


def test_a_query_gives_out_no_numbers(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(mail.world.state.known.counters)
    monkeypatch.setitem(COMMANDS, "email.folder", replace(COMMANDS["email.folder"], function=lambda do, **given: do.number("XX")))
    with pytest.raises(TypeError, match="gave out numbers: XX"):
        mail.email.folder()
    assert mail.world.state.known.counters == before


def test_an_optional_field_that_is_left_empty_is_left_out(mail: Lab) -> None:
    mail.email.save_draft(to=None, subject=None, body="b", cc=None)
    assert mail.world.entries[-1].arguments == {"body": "b"}
    assert mail.world.state.done[-1].arguments == {"to": "", "subject": "", "body": "b", "cc": ""}


def test_an_attempt_that_cannot_be_written_as_utf8_is_noted_all_the_same(mail: Lab) -> None:
    refused(mail.call, "email.folder", **{"\ud800": "x"})
    assert "email.folder" in (mail.world.folder / "attempts.jsonl").read_text("utf-8")


def test_a_no_that_must_be_remembered_stands_in_the_logbook(mail: Lab) -> None:
    before = len(mail.world.entries)
    address = mail.sessions()[0].actor
    assert refused(mail.email.sign_in, address, "Wrong-passw0rd").code == "wrong_password"
    assert len(mail.world.entries) == before + 1
    assert mail.world.state.done[-1].declined == "wrong_password"
    again = ecomlab.open(mail.world.folder)
    assert again.world.state.done[-1].declined == "wrong_password"


def test_a_bug_in_a_command_rolls_back_and_leaves_no_entry(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(do: Any, **arguments: Any) -> None:
        do.execute("delete from mail_item")
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setitem(COMMANDS, "email.folder", replace(COMMANDS["email.folder"], query=False, function=broken))
        before = mail.world.state.digest(), mail.world.path.read_bytes()
        with pytest.raises(ZeroDivisionError):
            mail.email.folder()
    assert (mail.world.state.digest(), mail.world.path.read_bytes()) == before
    assert len(mail.email.folder()) == 2


def test_a_command_needs_a_role_a_docstring_and_a_name_of_its_own() -> None:
    def register(do: Any) -> None: ...

    with pytest.raises(TypeError, match="names its role"):
        command(role=None, title=("无", "none"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no docstring"):
        command(role=VISITOR, title=("无", "none"))(register)
    register.__module__, register.__doc__ = "ecomlab.modules.email.mailboxes", "Twice."
    with pytest.raises(ValueError, match="declared twice"):
        command(role=VISITOR, title=("无", "none"))(register)


# --- looking back ------------------------------------------------------------------------------------------------


def test_undo_withdraws_the_last_command_and_keeps_the_history(mail: Lab) -> None:
    before = mail.world.state.digest()
    letter(mail)
    assert mail.undo() == "email.send"
    assert mail.world.state.digest() == before
    assert [e.do for e in mail.world.entries[-2:]] == ["email.send", "lab.undo"]
    assert ecomlab.open(mail.world.folder).world.state.digest() == before


def test_undo_goes_back_step_by_step_to_the_beginning(mail: Lab) -> None:
    began = mail.at(0).world.state.digest()
    letter(mail, "one")
    letter(mail, "two")
    assert mail.undo() == "email.send"
    letter(mail, "three")
    assert "two" not in subjects(mail) and "three" in subjects(mail)
    while mail.world.state.done:
        mail.undo()
    assert mail.world.state.digest() == began
    assert refused(mail.undo).code == "nothing_to_undo"
    assert refused(ecomlab.open(mail.world.folder).undo).code == "nothing_to_undo"


def test_a_moved_clock_can_be_undone(lab: Callable[..., Lab]) -> None:
    world = lab("email")
    start = world.day
    world.advance(days=30)
    world.undo()
    assert world.day == start
    world.advance(days=1)
    assert (world.day - start).days == 1


def test_the_world_as_of_any_entry_can_be_looked_at(mail: Lab) -> None:
    digests = [mail.at(0).world.state.digest(), *(mail.at(n).world.state.digest() for n in (1, 2))]
    letter(mail, "third")
    digests.append(mail.world.state.digest())
    mail.undo()
    assert [mail.at(n).world.state.digest() for n in range(5)] == [*digests, digests[2]]
    assert mail.at(99).world.state.digest() == mail.world.state.digest()
    assert "third" in subjects(mail.at(3)) and "third" not in subjects(mail.at(4))


def test_the_past_can_only_be_looked_at(mail: Lab) -> None:
    before = mail.world.path.read_bytes()
    past = mail.at(2)
    assert refused(past.email.folder).code == "read_only"
    assert refused(past.undo).code == "read_only"
    assert mail.world.path.read_bytes() == before


def test_the_past_includes_what_another_kernel_did(mail: Lab) -> None:
    other = ecomlab.open(mail.world.folder)
    letter(other, "theirs")
    assert "theirs" in subjects(mail.at(3))


# --- keeping in step ---------------------------------------------------------------------------------------------


def test_two_kernels_see_what_the_other_did(mail: Lab) -> None:
    other = ecomlab.open(mail.world.folder)
    letter(other, "from the other")
    letter(mail, "from this")
    assert {"from the other", "from this"} <= subjects(other)
    assert mail.world.state.digest() == other.world.state.digest()
    assert survey(mail.world.path).findings == []


def test_an_undo_in_another_kernel_is_followed(mail: Lab) -> None:
    other = ecomlab.open(mail.world.folder)
    before = mail.world.state.digest()
    letter(mail, "to be undone")
    assert other.undo() == "email.send"
    assert mail.refresh() == 1
    assert "to be undone" not in subjects(mail)
    assert mail.world.state.digest() == other.world.state.digest() == before


def test_catching_up_replays_only_what_is_new(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ecomlab.open(mail.world.folder)
    letter(other)
    letter(other)
    replayed = []
    apply = states.State.apply
    monkeypatch.setattr(states.State, "apply", lambda self, entry: (replayed.append(entry.n), apply(self, entry))[1])
    assert (mail.refresh(), mail.refresh()) == (2, 0)
    assert replayed == [3, 4]


def test_many_undone_commands_are_not_done_again_on_opening(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        letter(mail)
        mail.undo()
    replayed = []
    apply = states.State.apply
    monkeypatch.setattr(states.State, "apply", lambda self, entry: (replayed.append(entry.n), apply(self, entry))[1])
    shutil.rmtree(mail.world.folder / shelf.FOLDER)  # a snapshot would spare these too
    ecomlab.open(mail.world.folder)
    assert replayed == [1, 2]


# --- what goes wrong ---------------------------------------------------------------------------------------------


def test_a_torn_last_line_is_set_aside_and_reported(mail: Lab) -> None:
    letter(mail, "whole")
    whole = mail.world.path.read_bytes()
    for k, torn in enumerate((b'{"n":4,"at":"2026', "{\"n\":4,\"at\":\"半".encode()[:-1], whole.splitlines()[-1]), start=1):
        mail.world.path.write_bytes(whole + torn)
        again = ecomlab.open(mail.world.folder)
        [notice] = again.world.notices
        worlds.assert_both(notice)
        assert f"logbook.torn-{k}.jsonl" in notice.en
        assert (mail.world.folder / f"logbook.torn-{k}.jsonl").read_bytes() == torn
        assert mail.world.path.read_bytes() == whole
        assert "whole" in subjects(again)
    letter(again, "after")
    assert survey(mail.world.path).findings == []


def test_a_torn_line_is_set_aside_by_a_kernel_that_is_already_open(mail: Lab) -> None:
    with mail.world.path.open("ab") as f:
        f.write(b'{"n":3,')
    assert mail.refresh() == 0
    letter(mail, "goes on")
    assert len(mail.world.notices) == 1
    assert survey(mail.world.path).findings == []


def test_nothing_that_no_command_could_have_written_is_moved_aside(mail: Lab) -> None:
    with mail.world.path.open("ab") as f:
        f.write(b"\0" * 2_000_000)
    size = mail.world.path.stat().st_size
    damaged = refused(ecomlab.open, mail.world.folder)
    assert damaged.code == "damaged_logbook" and "line 4" in damaged.text.en.lower()
    assert mail.world.path.stat().st_size == size


def test_a_logbook_that_vanishes_or_shrinks_is_said_so(mail: Lab) -> None:
    whole = mail.world.path.read_bytes()
    mail.world.path.write_bytes(whole[:300])
    assert refused(mail.refresh).code == "damaged_logbook"
    mail.world.path.unlink()
    assert refused(mail.refresh).code == "cannot_read"
    mail.world.path.write_bytes(whole)
    assert mail.refresh() == 0


def test_damage_behind_a_kernels_back_stops_it_and_leaves_its_state(mail: Lab) -> None:
    other = ecomlab.open(mail.world.folder)
    letter(other, "good")
    letter(other, "bad")
    lines = mail.world.path.read_text("utf-8").splitlines()
    before = mail.world.state.digest()
    whole = mail.world.path.read_text("utf-8")
    worlds.write(mail.world.path, [*lines[:-1], lines[-1].replace('"email.send"', '"email.sent"')])
    damaged = refused(mail.refresh)
    assert damaged.code == "damaged_logbook" and "Line 5" in damaged.text.en
    assert mail.world.state.digest() == before
    mail.world.path.write_text(whole, "utf-8")
    assert mail.refresh() == 2
    assert mail.world.state.digest() == other.world.state.digest()


@pytest.mark.parametrize("where", ["commit", "_took", "note"])
def test_an_interrupt_between_file_and_state_loses_and_doubles_nothing(mail: Lab, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: Any, **given: Any) -> None:
        raise KeyboardInterrupt

    target: Any = {"commit": mail.world.state.database, "_took": mail.world, "note": mail.world.state}[where]
    with monkeypatch.context() as patch:
        patch.setattr(target, where, interrupt)
        with pytest.raises(KeyboardInterrupt):
            letter(mail, "interrupted")
    letter(mail, "next")
    assert {"interrupted", "next"} <= subjects(mail)
    assert mail.world.state.digest() == ecomlab.open(mail.world.folder).world.state.digest()


def test_an_interrupt_while_catching_up_doubles_nothing(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ecomlab.open(mail.world.folder)
    letter(other, "one")
    letter(other, "two")
    apply = states.State.apply

    def stop_at_the_second(self: states.State, entry: Any) -> Any:
        if entry.n == 4:
            raise KeyboardInterrupt
        return apply(self, entry)

    with monkeypatch.context() as patch:
        patch.setattr(states.State, "apply", stop_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            mail.refresh()
    mail.refresh()
    assert mail.world.state.digest() == other.world.state.digest()


def test_another_kernel_that_keeps_the_lock_makes_a_command_wait_and_then_say_so(mail: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    mail.world._lock.timeout = 0.05
    with FileLock(str(mail.world.folder / ".logbook.jsonl.lock")):
        assert refused(letter, mail).code == "busy"
    letter(mail)


FULL = """
import resource, signal, sys
import ecomlab
from ecomlab import Refusal

lab = ecomlab.open(sys.argv[1])
size = lab.world.path.stat().st_size
before = lab.world.state.digest(), lab.world.path.read_bytes()
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
for room in (0, 1, 100):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, limit[1]))  # the file system has room for so many bytes
    try:
        lab.email.send(to="service@ecomlab.test", subject="full", body="x")
    except Refusal as refusal:
        print(refusal.code)
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert (lab.world.state.digest(), lab.world.path.read_bytes()) == before
lab.email.send(to="service@ecomlab.test", subject="room again", body="x")
print(len(lab.world.entries), lab.world.problems())
"""


def test_a_full_disk_refuses_the_command_and_leaves_logbook_and_state(mail: Lab) -> None:
    done = in_a_process(FULL, str(mail.world.folder))
    assert done.stdout.splitlines() == ["cannot_write"] * 3 + ["3 []"], done.stderr
    mail.refresh()
    assert "room again" in subjects(mail) and "full" not in subjects(mail)


READ_ONLY = """
import os, sys
import ecomlab
from ecomlab import Refusal

ecomlab.open  # loaded before the rights are given up
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
lab = ecomlab.open(sys.argv[1])
print(lab.check("EMAIL001").points, len(lab.sql("from mailbox").fetchall()) > 5)
for act in (lambda: lab.email.send(to="service@ecomlab.test", subject="s", body="b"), lab.undo):
    try:
        act()
    except Refusal as refusal:
        print(refusal.code, "no permission" in refusal.text.en)
try:
    ecomlab.open(sys.argv[1] + "/below", student="s1", scenario="email")
except Refusal as refusal:
    print(refusal.code)
lab.language = "en"
print(lab.language)
"""


def test_a_read_only_folder_can_be_looked_at_and_refuses_to_be_changed(mail: Lab) -> None:
    folder = mail.world.folder
    mail.world.close()
    (folder / ".logbook.jsonl.lock").unlink(missing_ok=True)
    (folder / "logbook.jsonl").chmod(0o444)
    folder.chmod(0o555)
    opened = []
    for parent in folder.parents:  # pytest's own are closed to others; how many there are depends on how it runs
        if os.getuid() == 0 and not parent.stat().st_mode & 0o001:
            opened.append((parent, parent.stat().st_mode))
            parent.chmod(0o755)
    before = (folder / "logbook.jsonl").read_bytes()
    try:
        done = in_a_process(READ_ONLY, str(folder))
        assert done.stdout.splitlines() == ["2.0 True", "read_only True", "read_only True", "cannot_write", "en"], done.stderr
        assert (folder / "logbook.jsonl").read_bytes() == before
        assert {p.name for p in folder.iterdir()} == {"logbook.jsonl", ".snapshots"}, "nothing new, and what the owner alone may read is passed over"
    finally:
        folder.chmod(0o755)
        for parent, mode in opened:
            parent.chmod(mode)


def test_worlds_of_two_courses_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = World.open(tmp_path / "a", "s1", "email", "one course")
    there = World.open(tmp_path / "b", "s1", "email", "another")
    assert here.header.seed != there.header.seed
    assert here.state.look.mark != there.state.look.mark or here.state.digest() != there.state.digest()


@pytest.mark.parametrize("scenario_name", worlds.each_scenario("b2c"))
def test_a_world_that_began_before_is_filled_with_what_its_prologue_left(scenario_name: str) -> None:
    """Played on DuckDB, begun as a world that is opened, filled from what is kept, and played by an understudy (worlds.py): the same tables, counters, day
    and secrets; and none is changed by what is done in another."""
    header = survey(worlds.model(scenario_name, codes=())).header
    beginning.forget()
    played, begun, filled = states.State(header, once=True), states.State(header), states.State(header)
    beginning.forget()
    understudied = states.State(header, worlds.Understudy())
    try:
        for other in (begun, filled, understudied):
            assert played.database.digest() == other.database.digest()
            assert (played.known, played.prepared) == (other.known, other.prepared)
        filled.known.counters["x"] = 1
        filled.database.execute("delete from clock")
        assert states.State(header).database.digest() == played.database.digest() and "x" not in states.State(header).known.counters
    finally:
        for state in (played, begun, filled, understudied):
            state.close()


def test_a_prologue_that_a_replica_cannot_play_is_played_on_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it stops at the first statement or at the last table that is copied: nothing of it is left, and the world begins as it would have."""
    header = survey(worlds.model("email", codes=())).header
    beginning.forget()
    expected = states.State(header, once=True).digest()
    copied = Replica._copy

    def stops(*_: object, **__: object) -> None:
        raise Unlike("for a test")

    def stops_late(self: Replica, table: str, to: Database, types: Sequence[str]) -> None:
        if table == self.tables()[-1]:
            raise Unlike("for a test")
        copied(self, table, to, types)

    for name, instead in (("execute", stops), ("_copy", stops_late)):
        with monkeypatch.context() as patch:
            patch.setattr(Replica, name, instead)
            beginning.forget()
            assert states.State(header).digest() == expected


def test_no_more_beginnings_are_kept_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "KEPT", 2)
    beginning.forget()
    for seed in ("aa", "bb", "cc"):
        states.State(replace(survey(worlds.model("email", codes=())).header, seed=seed)).close()
    assert [key[2] for key in beginning._KEPT] == ["bb", "cc"]


def test_an_interrupt_within_a_statement_is_an_interrupt_and_no_fault_of_an_entry() -> None:
    """DuckDB lets the exception of a signal out as a RuntimeError; a replay would book that as an entry that fails."""
    code = """
import os, signal, threading
from ecomlab.kernel.database import Database
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    Database().value("select sum(a.range * b.range % 7) from range(1000000) a, range(100000) b")
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "interrupted\n", done.stderr
