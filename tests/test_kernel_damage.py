"""Damaged, forged and hostile logbooks: the grader names line and reason and goes on; a kernel refuses to build on them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ecomlab
from ecomlab.books import clock
from ecomlab.grading import Report, grade
from ecomlab.kernel.command import COMMANDS
from tests import worlds
from tests.worlds import assert_both, refused, relinked

MODEL = worlds.model("email")
LINES = MODEL.read_text("utf-8").splitlines()
#: The entry in the middle that the tests damage: line 6 of the file, a letter that is sent.
MIDDLE = 5
assert json.loads(LINES[MIDDLE])["do"] == "email.send"


def entry(line: int = MIDDLE, **changes: Any) -> dict[str, Any]:
    return {**json.loads(LINES[line]), **changes}


def changed(line: int = MIDDLE, **changes: Any) -> list[str]:
    """The logbook with other values in one line, its hash chain made right again."""
    return relinked([*LINES[:line], json.dumps(entry(line, **changes), ensure_ascii=False), *LINES[line + 1 :]])


def argument(name: str, value: Any, line: int = MIDDLE) -> list[str]:
    return changed(line, **{"with": {**entry(line)["with"], name: value}})


def raw(line: str) -> list[str]:
    """The logbook with that text in place of the middle line."""
    return [*LINES[:MIDDLE], line, *LINES[MIDDLE + 1 :]]


def header(**changes: Any) -> list[str]:
    return relinked([json.dumps({**json.loads(LINES[0]), **changes}, ensure_ascii=False), *LINES[1:]])


def text_of(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False)


#: name: (the logbook, [(line, code) that the report must name]); the line numbers count the header as 1.
DAMAGE: dict[str, tuple[list[str], list[tuple[int, str]]]] = {
    "a changed byte": ([*LINES[:MIDDLE], LINES[MIDDLE].replace("您", "你", 1), *LINES[MIDDLE + 1 :]], [(7, "chain_broken")]),
    "a changed result": (changed(gave="0" * 16), [(6, "other_result")]),
    "a deleted line": ([*LINES[:MIDDLE], *LINES[MIDDLE + 1 :]], [(6, "chain_broken")]),
    "two lines swapped": (
        [*LINES[:4], LINES[5], LINES[4], *LINES[6:]],
        [(5, "chain_broken"), (6, "chain_broken"), (7, "chain_broken")],
    ),
    "a line twice": ([*LINES[:6], LINES[5], *LINES[6:]], [(7, "chain_broken")]),
    "an empty line in the place of an entry": (raw(""), [(7, "chain_broken")]),
    "binary": (raw("\x00\x01\x02"), [(6, "not_an_entry")]),
    "no JSON": (raw("once upon a time"), [(6, "not_an_entry")]),
    "JSON of another kind": (raw("[1,2,3]"), [(6, "not_an_entry")]),
    "deep JSON": (raw("[" * 200_000 + "]" * 200_000), [(6, "not_an_entry")]),
    "deep JSON in the arguments": (raw('{"n":5,"with":' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}"), [(6, "not_an_entry")]),
    "NaN": (raw(LINES[MIDDLE].replace('"n":5', '"n":NaN')), [(6, "not_an_entry")]),
    "Infinity": (raw(LINES[MIDDLE].replace('"n":5', '"n":-Infinity')), [(6, "not_an_entry")]),
    "a key twice": (raw(LINES[MIDDLE].replace('"n":5', '"n":5,"n":5')), [(6, "not_an_entry")]),
    "an argument twice": (raw(LINES[MIDDLE].replace('"to":', '"to":"x","to":')), [(6, "not_an_entry")]),
    "a key more": (raw(text_of(entry(extra=1))), [(6, "not_an_entry")]),
    "a key less": (raw(text_of({k: v for k, v in entry().items() if k != "gave"})), [(6, "not_an_entry")]),
    "a number of many digits": (raw(LINES[MIDDLE].replace('"n":5', '"n":' + "9" * 5000)), [(6, "not_an_entry")]),
    "a huge number": (changed(n=2**70), [(6, "not_an_entry")]),
    "a negative number": (changed(n=-5), [(6, "not_an_entry")]),
    "a number that is text": (changed(n="5"), [(6, "not_an_entry")]),
    "a number that is true": (changed(n=True), [(6, "not_an_entry")]),
    "half a surrogate pair": (raw(LINES[MIDDLE].replace('"to":"', '"to":"\\ud800')), [(6, "not_an_entry")]),
    "arguments that are a list": (changed(**{"with": ["x"]}), [(6, "not_an_entry")]),
    "an unknown command": (changed(do="email.conquer"), [(6, "unknown_command")]),
    "a dunder": (changed(do="__import__"), [(6, "unknown_command")]),
    "an argument of another type": (argument("to", 7), [(6, "text_format")]),
    "an argument that is a list": (argument("to", ["service@ecomlab.test"]), [(6, "text_format")]),
    "an argument that is 1e400": (relinked(raw(LINES[MIDDLE]))[:MIDDLE] + [LINES[MIDDLE].replace('"to":"', '"to":1e400,"cc":"')], [(6, "text_format")]),
    "an argument that does not exist": (argument("bcc", "x"), [(6, "unknown_field")]),
    "an argument missing": (changed(**{"with": {"to": "service@ecomlab.test"}}), [(6, "missing")]),
    "an argument of 10,000 characters": (argument("subject", "x" * 10_000), [(6, "text_long")]),
    "an argument with NUL": (argument("subject", "a\0b"), [(6, "text_control")]),
    "a header injected": (argument("subject", "a\r\nBcc: x@y.test"), [(6, "text_one_line")]),
    "a password in plain text": (argument("password", "Passw0rd", line=1), [(2, "secret_format")]),
    "a secret that is no digest": (argument("password", "scrypt:" + "0" * 63, line=1), [(2, "secret_format")]),
    "another role": (changed(by="visitor"), [(6, "wrong_session")]),
    "somebody else": (changed(by="mail_user:service@ecomlab.test"), [(6, "wrong_session")]),
    "nobody": (changed(by=""), [(6, "wrong_session")]),
    "another day": (changed(day="2026-09-02"), [(6, "other_day")]),
    "a day that is none": (changed(day="x" * 100), [(6, "other_day")]),
    "an undo of what does not stand last": (changed(do="lab.undo", by="student", **{"with": {"n": 2}}), [(6, "bad_undo")]),
    "an undo by somebody else": (changed(do="lab.undo", by="visitor", **{"with": {"n": 4}}), [(6, "bad_undo")]),
    "an undo of nothing": (changed(do="lab.undo", by="student", **{"with": {}}), [(6, "bad_undo")]),
}
#: The same for the header: the code under which the whole logbook earns nothing.
HEADERS: dict[str, tuple[list[str], str]] = {
    "no header": (LINES[1:], "not_a_logbook"),
    "another student's": (header(student="s9999"), "other_seed"),
    "a student of half a character": (["".join(c for c in LINES[0].replace(worlds.STUDENT, "\\ud800")), *LINES[1:]], "not_a_logbook"),
    "a seed of one's choice": (header(seed="0" * 64), "other_seed"),
    "a seed that is none": (header(seed="x"), "not_a_logbook"),
    "an unknown scenario": (header(scenario="wonderland"), "unknown_scenario"),
    "a scenario that is a path": (header(scenario="../../etc/passwd"), "unknown_scenario"),
    "another version of the scenario": (header(digest="0" * 16), "other_scenario"),
    "newer rules": (header(rules=99), "newer_rules"),
    "rules that are none": (header(rules=-1), "not_a_logbook"),
    "rules of many digits": (header(rules=10**50), "not_a_logbook"),
    "a newer format": (header(format=2), "not_a_logbook"),
    "a format that is true": (header(format=True), "not_a_logbook"),
    "a student that is a list": (header(student=["s1"]), "not_a_logbook"),
    "deep JSON": (["[" * 100_000, *LINES[1:]], "not_a_logbook"),
    "a long header": ([LINES[0][:-1] + " " * 1_000_001 + "}", *LINES[1:]], "not_a_logbook"),
    "an empty file": ([], "not_a_logbook"),
    "an empty line": ([""], "not_a_logbook"),
}


def checked(report: Report) -> Report:
    """A report that says in both languages whatever is wrong, can be written down, and gives no point too many."""
    for finding in report.findings:
        assert_both(finding.text)
        assert finding.line >= 0 and finding.code
    json.dumps(report.record(), ensure_ascii=False).encode("utf-8")
    assert 0 <= report.points <= report.out_of
    assert report.tasks
    return report


@pytest.mark.parametrize("name", DAMAGE)
def test_the_grader_names_line_and_reason_and_counts_the_rest(name: str, tmp_path: Path) -> None:
    lines, expected = DAMAGE[name]
    report = checked(grade(worlds.write(tmp_path / "logbook.jsonl", lines)))
    found = [(f.line, f.code) for f in report.findings]
    assert found[0] == expected[0] and set(expected) <= set(found)
    if expected[0][0] > 3:
        assert report.points >= 2, "what stands before the damage still counts"
    named = {f.line for f in report.findings}
    assert len(named) < len(LINES), "not every line is blamed"


@pytest.mark.parametrize(
    "name",
    ["a changed byte", "a changed result", "a deleted line", "two lines swapped", "deep JSON", "NaN", "a huge number", "an unknown command",
     "an argument of another type", "somebody else", "another day", "an undo of what does not stand last"],
)  # fmt: skip
def test_a_kernel_refuses_a_damaged_world_naming_the_line(name: str, tmp_path: Path) -> None:
    lines, expected = DAMAGE[name]
    file = worlds.write(tmp_path / "logbook.jsonl", lines)
    before = file.read_bytes()
    damaged = refused(ecomlab.open, tmp_path)
    assert damaged.code == "damaged_logbook"
    assert f"Line {expected[0][0]} " in damaged.text.en and f"第 {expected[0][0]} 行" in damaged.text.zh
    assert file.read_bytes() == before


@pytest.mark.parametrize("name", HEADERS)
def test_a_logbook_without_a_header_of_ones_own_earns_nothing(name: str, tmp_path: Path) -> None:
    lines, code = HEADERS[name]
    report = checked(grade(worlds.write(tmp_path / "logbook.jsonl", lines), default_scenario="email"))
    assert report.points == 0
    assert [(f.line, f.code) for f in report.findings] == [(1, code)]
    if code == "not_a_logbook":
        assert refused(ecomlab.open, tmp_path).code == code


def test_a_logbook_is_graded_for_the_student_who_hands_it_in() -> None:
    assert grade(MODEL, student=worlds.STUDENT).points == 12
    report = checked(grade(MODEL, student="somebody else"))
    assert (report.points, report.student, report.findings[0].code) == (0, "somebody else", "other_student")


def test_a_logbook_of_another_course_earns_nothing() -> None:
    report = checked(grade(MODEL, key="another course"))
    assert (report.points, report.findings[0].code) == (0, "other_seed")


def test_a_classmates_entries_under_ones_own_header_are_refused_one_by_one(tmp_path: Path) -> None:
    mine = worlds.model("email", "s2002", codes=()).read_text("utf-8").splitlines()
    report = checked(grade(worlds.write(tmp_path / "logbook.jsonl", relinked([mine[0], *LINES[1:]]))))
    assert report.student == "s2002"
    assert report.points <= 2, "at most the mailbox, whose name everybody may choose"
    assert len({f.line for f in report.findings}) >= len(LINES) - 3


def test_a_missing_or_unreadable_logbook_earns_nothing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.jsonl"):
        report = checked(grade(path, student="s1", default_scenario="email"))
        assert (report.points, report.out_of, report.findings[0].code) == (0, 12, "no_logbook")


def test_a_torn_last_line_is_named_and_the_rest_counts(tmp_path: Path) -> None:
    file = tmp_path / "logbook.jsonl"
    file.write_bytes(MODEL.read_bytes()[:-20])
    report = checked(grade(file))
    assert [(f.line, f.code) for f in report.findings] == [(len(LINES), "torn_line")]
    assert report.points == 10


def test_line_ends_of_another_system_do_not_lose_what_was_done(tmp_path: Path) -> None:
    file = tmp_path / "logbook.jsonl"
    file.write_bytes(MODEL.read_bytes().replace(b"\n", b"\r\n"))
    assert checked(grade(file)).points == 12


def test_an_entry_that_makes_a_command_fail_is_named_and_the_rest_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(do: Any, **arguments: Any) -> str:
        do.execute("delete from mailbox")
        raise OverflowError

    monkeypatch.setitem(COMMANDS, "email.send", replace(COMMANDS["email.send"], function=broken))
    report = checked(grade(MODEL))
    assert [(f.line, f.code) for f in report.findings] == [(6, "failed_again"), (9, "other_result")]
    assert report.points == 8


def test_the_calendar_ends_before_dates_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock.CALENDAR < 10 * 365, "the issuing authority's certificate outlives it"
    monkeypatch.setattr(clock, "CALENDAR", 50)
    lab = ecomlab.open(tmp_path, student="s1", scenario="email")
    lab.advance(days=40)
    late = refused(lab.advance, days=11)
    assert (late.code, late.field) == ("calendar_ends", "days")
    assert refused(lab.advance, days=10**11).code == "too_large"
    lab.advance(days=10)
    assert refused(lab.advance).code == "calendar_ends"


# --- bounded in time and memory ----------------------------------------------------------------------------------

HEADER = (LINES[0] + "\n").encode()
#: name: (what makes the file, what its report says last)
HOSTILE: dict[str, tuple[Callable[[Path], object], list[Any]]] = {
    "100 MB of zeros": (lambda f: _sparse(f, b""), [1, "not_a_logbook"]),
    "a header and 100 MB of zeros": (lambda f: _sparse(f, HEADER), [2, "not_an_entry"]),
    "a million empty lines": (lambda f: f.write_bytes(HEADER + b"\n" * 1_000_000), [200_001, "too_long"]),
    "a line of 30 MB": (lambda f: f.write_bytes(HEADER + b'{"n":1,"with":{"a":"' + b"x" * 30_000_000 + b'"}}\n'), [2, "not_an_entry"]),
    "25 MB of entries that take 20 times their size": (lambda f: f.write_bytes(HEADER + _bulky() * 28), [24, "too_long"]),
    "long lines of brackets": (lambda f: f.write_bytes(HEADER + (b"[" * 900_000 + b"\n") * 9), [10, "not_an_entry"]),
    "long lines of digits": (lambda f: f.write_bytes(HEADER + (b'{"n":' + b"9" * 900_000 + b"}\n") * 9), [10, "not_an_entry"]),
}
GRADE_ALL = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))
resource.setrlimit(resource.RLIMIT_CPU, (90, 90))
from ecomlab.grading import grade
for path in sys.argv[1:]:
    report = grade(path, default_scenario="email")
    print(json.dumps([float(report.points), *((f.line, f.code) for f in report.findings[-1:])]))
"""


def _sparse(file: Path, start: bytes) -> None:
    file.write_bytes(start)
    os.truncate(file, len(start) + 100_000_000)


def _bulky() -> bytes:
    """A line just below the longest: an entry whose arguments are a great many small things."""
    return (text_of(entry(1, **{"with": {"user_name": [[]] * 220_000}})) + "\n").encode()


@pytest.mark.timeout(1_000)  # a machine that has other work; the processor's time is what is bounded
def test_hostile_files_are_graded_in_bounded_time_and_memory(tmp_path: Path) -> None:
    """One process with limits on memory and on the processor's time grades them all, one after the other, as a batch does."""
    hostile = dict([*HOSTILE.items()][:: worlds.examples(3, 1)])
    files = []
    for k, (make, _) in enumerate(hostile.values()):
        files.append(tmp_path / f"{k}.jsonl")
        make(files[-1])
    environment = {**os.environ, "PYTHONPATH": str(worlds.ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", GRADE_ALL, *map(str, files), str(MODEL)], env=environment, text=True, capture_output=True, timeout=900)
    assert done.returncode == 0, done.stderr
    *reports, model = map(json.loads, done.stdout.splitlines())
    assert dict(zip(hostile, reports, strict=True)) == {name: [0, last] for name, (_, last) in hostile.items()}
    assert model == [12.0], "a batch goes on after them"


# --- whatever else a file may hold -------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=worlds.examples(8, 15))
@given(st.data())
def test_no_value_in_an_entry_makes_the_grader_fail(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """One value in the logbook of a model student is replaced by any other JSON, its chain made right again."""
    line = data.draw(st.integers(0, len(LINES) - 1))
    whole = json.loads(LINES[line])
    if line and data.draw(st.booleans()):
        whole["with"][data.draw(st.sampled_from(sorted(whole["with"])))] = data.draw(JSON)
    else:
        whole[data.draw(st.sampled_from(sorted(whole)))] = data.draw(JSON)
    lines = [*LINES[:line], json.dumps(whole), *LINES[line + 1 :]]
    with contextlib.suppress(ValueError):  # a line that is no entry any more keeps its chain broken
        lines = relinked(lines)
    checked(grade(worlds.write(tmp_path_factory.mktemp("any") / "logbook.jsonl", lines), default_scenario="email"))


@settings(max_examples=15)
@given(st.data())
def test_no_flipped_byte_makes_the_grader_fail(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(MODEL.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file = tmp_path_factory.mktemp("flipped") / "logbook.jsonl"
    file.write_bytes(whole)
    report = checked(grade(file, default_scenario="email"))
    assert report.findings or report.points == 12
