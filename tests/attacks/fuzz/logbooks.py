"""Logbooks as they are handed in, and what else lies in a student's folder."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
from collections.abc import Sequence

from ecomlab.classroom.gather import Class
from ecomlab.desk import preferred
from ecomlab.grading.batch import grade_submission
from ecomlab.grading.graded import Submission
from ecomlab.grading.replay import no_points
from ecomlab.grading.traits import traits
from ecomlab.kernel import keys
from ecomlab.kernel.logbook import LOGBOOK, Finding, hash_line, survey
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.shelf import FOLDER, Shelf
from ecomlab.kernel.snapshot import Snapshot
from ecomlab.kernel.state import State
from ecomlab.kernel.texts import Text
from ecomlab.kernel.upkeep import recover
from ecomlab.kernel.world import World
from ecomlab.witness.chain import chain_of
from tests import golden

from .files import laid, place
from .harness import Unclear
from .mutate import line, lines_with_odd, turned

NOTHING = Finding(0, "x", Text("无", "nothing"))


def logbooks() -> list[bytes]:
    return [(golden.FOLDER / f"{name}.jsonl").read_bytes() for name in ("email", "ca")]


def relinked(lines: list[bytes]) -> list[bytes]:
    """The chain made anew, where the lines are such that it can be."""
    made = lines[:1]
    for raw in lines[1:]:
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(raw)
            if isinstance(entry, dict) and "prev" in entry:
                raw = line({**entry, "prev": hash_line(made[-1].decode("utf-8", "surrogatepass").removesuffix("\n"))})
        made.append(raw)
    return made


def logbook(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Bytes turned, or other values in the lines, with the chain as it was or made anew."""
    way = chance.random()
    return turned(chance, seeds, [b'"n":', b'"prev":"', b"lab.undo", b"#auto"]) if way < 0.4 else lines_with_odd(chance, seeds, relinked if way < 0.8 else list)


def surveyed(data: bytes) -> str:
    """Reads it line by line, its chain and its traits; executes nothing."""
    path = laid("survey/logbook.jsonl", data)
    found = survey(path)
    for finding in found.findings:
        told(finding)
    chain_of(path)
    traits(path, found, no_points("x", "email", NOTHING))
    return "damaged" if found.findings else "sound"


def told(finding: Finding) -> None:
    if not finding.text.zh.strip() or not finding.text.en.strip():
        raise Unclear(f"{finding.code} says nothing")


def graded(data: bytes) -> str:
    """Grades it as a submission: a failure of the grader, or of a command that is done again, is what must not be."""
    report = grade_submission(Submission(laid("grade/logbook.jsonl", data))).report
    for finding in report.findings:
        told(finding)
        if finding.code in ("failed", "failed_again", "stores_differ"):
            raise Unclear(f"{finding.code}: {finding.text.en}")
    if not 0 <= report.points <= report.out_of:
        raise Unclear(f"{report.points} of {report.out_of}")
    return report.findings[0].code if report.findings else "sound"


def opened(data: bytes) -> str:
    """Opens the world; where it is refused, recovers what can be."""
    folder = place() / "open"
    shutil.rmtree(folder, ignore_errors=True)
    path = laid("open/logbook.jsonl", data)
    try:
        World.open(folder, None, "email", keys.DEMONSTRATION).close()
        return "opened"
    except Refusal:
        if path.read_bytes() != data:
            raise Unclear("the logbook was changed") from None
        recover(path, folder / "recovered.jsonl")
        raise


def of_class(data: bytes) -> str:
    shutil.rmtree(place() / "class", ignore_errors=True)
    logbook, _, attempts = data.partition(b"\0\0\0")
    laid(f"class/submitted/ann/email/{LOGBOOK}", logbook)
    laid("class/submitted/ann/email/attempts.jsonl", attempts)
    seen = Class.of([place() / "class"])
    try:
        rows = seen.all("select * from step")
        return "empty" if not rows else "read" if sum(step.refused for step in rows) == 3 else "read, attempts in part"
    finally:
        seen.connection.close()


ATTEMPT = b'{"at":"2026-09-07T09:00:00+08:00","n":3,"do":"email.send","refused":[{"code":"missing","field":"subject"}]}\n'


def of_a_class(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    attempts = chance.choice([ATTEMPT * 3, lines_with_odd(chance, [ATTEMPT * 3]), turned(chance, [ATTEMPT * 3])])
    return (logbook(chance, seeds) if chance.random() < 0.7 else seeds[0]) + b"\0\0\0" + attempts


def preferences(data: bytes) -> str:
    laid("preferences/preferences.json", data)
    return str(preferred(place() / "preferences"))


def snapshots() -> list[bytes]:
    state = State(survey(golden.FOLDER / "email.jsonl").header)
    try:
        return [state.snapshot().text().encode()]
    finally:
        state.close()


def snapshot(data: bytes) -> str:
    """A snapshot of somebody else's, under the name of one that is wanted; and its text as such."""
    folder = place() / "shelf"
    shelf = Shelf(folder)
    moment = (3, "0" * 32)
    if not (folder / FOLDER).exists():
        shelf.keep(*moment, Snapshot.read(snapshots()[0].decode()))
    (there,) = (folder / FOLDER).iterdir()
    there.write_bytes(data)
    if shelf.latest([moment]):
        raise Unclear("a snapshot of somebody else's was taken")
    try:
        Snapshot.read(data.decode())
        return "read"
    except (ValueError, TypeError, LookupError, AttributeError):
        return "refused snapshot"


GRANT = json.dumps({"student": "alice", "seeds": {"email": "ab" * 32, "ca": "cd" * 32}}).encode()


def granted(data: bytes) -> str:
    before = os.environ.get(keys.SEEDS)
    os.environ[keys.SEEDS] = data.replace(b"\0", b" ").decode("utf-8", "surrogateescape")
    try:
        given = keys.granted()
        assert given is not None
        return given.seed("alice", "email")[:2]
    finally:
        os.environ.pop(keys.SEEDS) if before is None else os.environ.__setitem__(keys.SEEDS, before)
