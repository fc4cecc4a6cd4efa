"""Many kernels on one world, kernels that die in the middle, and the same world in other Pythons."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import ecomlab
from ecomlab.grading import grade
from ecomlab.grading.assess import assess
from ecomlab.kernel.logbook import survey
from ecomlab.lab import Lab
from tests import worlds

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(worlds.ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def start(script: str, *args: object, python: str = sys.executable) -> subprocess.Popen[str]:
    return subprocess.Popen([python, "-c", script, *map(str, args)], env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return out


WORK = """
import sys, time
import ecomlab
lab = ecomlab.open(sys.argv[1], student="s1001", scenario="email")
actor = lab.sessions()[0].actor
for k in range(int(sys.argv[3])):
    if k % 10:
        lab.act_as("mail_user", actor)
    else:
        lab.email.save_draft(subject=f"{sys.argv[2]}-{k}")
while len(lab.world.entries) < int(sys.argv[4]):  # until the others are done as well
    time.sleep(0.1)
    lab.refresh()
print(lab.world.state.digest())
"""
def test_kernels_at_work_on_one_world_never_fork_it(mail: Lab) -> None:
    folder = mail.world.folder
    each, names = worlds.examples(20, 50), "abcd"[: worlds.examples(3, 4)]
    done = 2 + len(names) * each
    workers = [start(WORK, folder, name, each, done) for name in names]
    digests = {finish(worker).strip() for worker in workers}
    mail.refresh()
    assert digests == {mail.world.state.digest()}, "all see the same"
    assert len(mail.world.entries) == done
    assert survey(mail.world.path).findings == []
    subjects = [r[0] for r in mail.sql("select subject from mail_message where subject like '_-%' order by message_id").fetchall()]
    for name in names:
        assert [s for s in subjects if s.startswith(name)] == [f"{name}-{k}" for k in range(0, each, 10)], "each kernel's own order is kept"
    assert subjects == [e.arguments["subject"] for e in mail.world.entries if e.do == "email.save_draft"]
    assert worlds.findings_of(mail) == []
    assert grade(mail.world.path).findings == ()


RACE = """
import sys, time
import ecomlab.lab
time.sleep(max(0, float(sys.argv[2]) - time.time()))
lab = ecomlab.open(sys.argv[1], student="s1", scenario="email")
lab.advance(days=1)
print(lab.world.header.created is not None)
"""


def test_kernels_that_make_one_world_at_the_same_moment_share_it(tmp_path: Path) -> None:
    at = time.time() + 2.5
    racers = worlds.examples(2, 4)
    for racer in [start(RACE, tmp_path / "world", at) for _ in range(racers)]:
        finish(racer)
    lab = ecomlab.open(tmp_path / "world")
    assert (len(lab.world.entries), lab.world.problems()) == (racers, [])
    assert (lab.day - lab.world.state.scenario.start).days == racers


DIE = """
import os, signal, sys
import ecomlab
from ecomlab.kernel import database, logbook
lab = ecomlab.open(sys.argv[1])
def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "before the line is written":
    logbook.append = die
elif sys.argv[2] == "while the line is written":
    whole = logbook.append
    def half(path, line):
        with path.open("ab") as f:
            f.write(line.encode()[:-30])
        die()
    logbook.append = half
else:
    database.Database.commit = die
lab.email.send(to="service@ecomlab.test", subject="last words", body="x")
"""


@pytest.mark.parametrize(
    ("when", "stays"),
    [
        pytest.param("before the line is written", False, marks=pytest.mark.slow),
        ("while the line is written", False),
        ("after the line is written", True),
    ],
)
def test_a_kernel_that_dies_in_the_middle_loses_at_most_its_own_command(mail: Lab, when: str, stays: bool) -> None:
    dying = start(DIE, mail.world.folder, when)
    dying.communicate(timeout=60)
    assert dying.returncode == -signal.SIGKILL
    mail.email.send(to="service@ecomlab.test", subject="life goes on", body="x")
    subjects = {r[0] for r in mail.sql("select subject from mail_message").fetchall()}
    assert ("last words" in subjects) is stays and "life goes on" in subjects
    assert bool(mail.world.notices) is (when == "while the line is written")
    assert survey(mail.world.path).findings == []
    assert ecomlab.open(mail.world.folder).world.state.digest() == mail.world.state.digest()


REPLAY = """
import json, sys
from pathlib import Path
from ecomlab.grading.assess import assess
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.state import State
import ecomlab.modules
found = {}
for path in sys.argv[1:]:
    read = survey(Path(path))
    state = State(read.header)
    assert state.replay(read.entries) == []
    found[path] = [state.digest(), float(sum(assess(state, code).points for code in state.scenario.tasks))]
print(json.dumps(found))
"""


def replayed(names: Sequence[str], python: str = sys.executable) -> dict[str, list[object]]:
    """By scenario: digest and points of the model student's logbook, replayed by a process of that Python."""
    files = [worlds.model(name) for name in names]
    found: dict[str, list[object]] = json.loads(finish(start(REPLAY, *files, python=python)))
    return {name: found[str(file)] for name, file in zip(names, files, strict=True)}


SMALL = [n for n in worlds.scenarios() if n not in worlds.LARGE]


@pytest.mark.parametrize("names", [SMALL[::8], pytest.param([n for n in worlds.scenarios() if n not in SMALL[::8]], marks=pytest.mark.slow)])
def test_replaying_gives_the_same_tables_and_points_in_another_process(names: Sequence[str]) -> None:
    here = {}
    for name in names:
        state = worlds.looked_at(name).world.state
        here[name] = [state.digest(), float(sum(assess(state, code).points for code in state.scenario.tasks))]
    assert replayed(names) == here


def other_pythons() -> list[str]:
    return [p for p in os.environ.get("ECOMLAB_OTHER_PYTHONS", "").split(os.pathsep) if p]


@pytest.mark.parametrize("python", other_pythons() or ["none named in ECOMLAB_OTHER_PYTHONS"])
def test_replaying_gives_the_same_tables_and_points_in_another_python(python: str) -> None:
    """`ECOMLAB_OTHER_PYTHONS=/path/to/3.12/bin/python:/path/to/3.13/bin/python` names Pythons that can import ecomlab."""
    if not shutil.which(python):
        pytest.skip("name other Pythons with ecomlab's dependencies in ECOMLAB_OTHER_PYTHONS")
    assert replayed(worlds.scenarios(), python) == replayed(worlds.scenarios())
