"""The key stays with the course: a student's server can make that student's worlds of the assignments that have opened, and no other counts."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import ecomlab
from ecomlab.cli.main import main
from ecomlab.grading import batch, grade
from ecomlab.hub import seeds
from ecomlab.kernel import keys, logbook
from ecomlab.kernel.keys import Granted
from ecomlab.kernel.logbook import LOGBOOK
from ecomlab.kernel.world import World
from tests import worlds
from tests.each import each
from tests.worlds import refused, relinked

COURSE = "0123456789abcdef" * 4
LONG_AGO, LATER = "2020-01-01T08:00+08:00", "2999-01-01T08:00+08:00"


def spawner(name: str) -> Any:
    """As JupyterHub hands it to a hook; an administrator has put the key where it does not belong."""
    return SimpleNamespace(user=SimpleNamespace(name=name), env_keep=["PATH", keys.KEY], environment={"ECOMLAB_LANGUAGE": "zh", keys.KEY: COURSE})


def environment(name: str, **opens: str | None) -> dict[str, str]:
    """The environment of somebody's server."""
    started = spawner(name)
    seeds(COURSE, opens or {"email": None}, teachers={"prof"})(started)
    assert started.environment["ECOMLAB_LANGUAGE"] == "zh" and keys.KEY not in started.env_keep
    return dict(started.environment)


def on_a_hub(monkeypatch: pytest.MonkeyPatch, name: str, **opens: str | None) -> None:
    given = environment(name, **opens)
    for variable in (keys.KEY, keys.SEEDS):
        monkeypatch.delenv(variable, raising=False)
        if variable in given:
            monkeypatch.setenv(variable, given[variable])
    monkeypatch.setenv("JUPYTERHUB_USER", name)


def code(path: Path, **given: Any) -> str:
    """The one finding of a logbook that earns nothing; of a demonstration, that it is one."""
    report = grade(path, **given)
    assert report.points == 0 and len(report.findings) == 1
    found = report.findings[0]
    return "demonstration" if found.code == "other_seed" and "demonstration:" in found.text.en else found.code


def test_a_students_server_has_no_key_and_makes_that_students_worlds(tmp_path: Path) -> None:
    """In a process of its own, as a kernel is: what it makes is graded under the course's key as it would be anywhere."""
    env = environment("alice", email=None)
    assert COURSE not in json.dumps(env)
    play = "import ecomlab; from ecomlab.kernel.plays import PLAYS; lab = ecomlab.open('w', scenario='email'); PLAYS['EMAIL001'](lab.player())"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ECOMLAB_", "JUPYTERHUB_"))}
    subprocess.run([sys.executable, "-c", play], cwd=tmp_path, env={**clean, **env, "JUPYTERHUB_USER": "alice"}, check=True, timeout=60)
    report = grade(tmp_path / "w", student="alice", key=COURSE)
    assert report.points == 2 and report.findings == () and not report.demonstration
    assert code(tmp_path / "w", key="another key") == "other_seed"
    assert code(tmp_path / "w", student="bob", key=COURSE) == "other_student"


def test_no_world_of_somebody_else_or_before_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_hub(monkeypatch, "alice", email=LONG_AGO, ca=LATER)
    assert refused(ecomlab.open, tmp_path / "a", scenario="ca").code == "assignment_not_open"
    assert refused(ecomlab.open, tmp_path / "b", scenario="ebank").code == "assignment_not_open"
    assert refused(ecomlab.open, tmp_path / "c", student="bob", scenario="email").code == "not_your_server"
    assert not list(tmp_path.rglob(LOGBOOK))
    assert ecomlab.open(tmp_path / "d", scenario="email").student == "alice"


NO_GRANT = ["", "{}", "[]", "null", "7", "{" * 5000, '{"student":"alice"}', '{"student":"alice","seeds":{"email":"short"}}', '{"student":"alice","seeds":[1]}']


@each("text", NO_GRANT)
def test_a_grant_that_cannot_be_read_gives_nothing(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(keys.SEEDS, text)
        granted = keys.at_hand()
        assert isinstance(granted, Granted)
        assert refused(granted.seed, "alice", "email").code in ("not_your_server", "assignment_not_open")


def test_who_drops_what_the_hub_gave_makes_a_demonstration_which_the_course_does_not_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(keys.SEEDS, raising=False)
    path = worlds.model("email", codes=("EMAIL001",))
    assert code(path, key=COURSE) == "demonstration"
    monkeypatch.setenv(keys.KEY, COURSE)
    assert code(path) == "demonstration"


FORGED = ["ab" * 32, keys.assignment_seed("s1001", "ca", COURSE), keys.assignment_seed("s1002", "email", COURSE), logbook.seed_for("s1002", COURSE)]


@each("seed", FORGED)
def test_no_other_seed_counts_whatever_the_chain(tmp_path: Path, seed: str) -> None:
    lines = worlds.model("email", codes=("EMAIL001",)).read_text("utf-8").splitlines()
    header = json.loads(lines[0])
    header["seed"] = seed
    lines[0] = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    forged = tmp_path / f"{seed}.jsonl"
    forged.write_text("\n".join([*relinked(lines), ""]), "utf-8")
    assert code(forged, key=COURSE) == "other_seed"


def test_on_a_hub_nobody_hands_in_for_somebody_else(tmp_path: Path) -> None:
    """alice hands in under bob's name, which nbgrader lets her: her own work, the same with his name in it, and a demonstration of his."""
    place, now = tmp_path / "submitted" / "bob" / "email", datetime.datetime.now(datetime.UTC)
    World.open(place, "alice", "email", keys.grant("alice", {"email": None}, COURSE, now)).close()
    (found,) = batch.submissions([tmp_path])
    assert batch.grade_submission(found, COURSE).report.findings[0].code == "other_student"
    file = place / LOGBOOK
    file.write_text(file.read_text("utf-8").replace('"alice"', '"bob"'), "utf-8")
    assert batch.grade_submission(found, COURSE).report.findings[0].code == "other_seed"
    file.unlink()
    World.open(place, "bob", "email", keys.DEMONSTRATION).close()
    graded = batch.grade_submission(found, COURSE)
    assert graded.report.findings[0].code == "other_seed" and not graded.judged, "and what bob has in the gradebook stays"


def test_without_a_hub_a_key_may_be_shared_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.KEY, "spring-2027-section-3")
    lab = ecomlab.open(tmp_path, student="s1", scenario="email")
    assert lab.world.header.seed == logbook.seed_for("s1", "spring-2027-section-3")
    report = grade(tmp_path)
    assert report.findings == () and not report.demonstration


def test_without_any_key_everything_is_a_demonstration_and_the_grade_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = worlds.model("email", codes=("EMAIL001",))
    report = grade(path)
    assert report.points == 2 and report.demonstration and report.record()["demonstration"] is True
    main(["grade", str(path), "--language", "en"])
    assert "demonstrations, which anybody can make" in capsys.readouterr().out
    World.open(tmp_path, "s1", "email", COURSE).close()
    assert code(tmp_path) == "other_seed"
    assert "ECOMLAB_COURSE_KEY" in grade(tmp_path).findings[0].text.en


def test_the_demonstration_is_one_under_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(keys.KEY, COURSE)
    assert main(["demo", "--student", "bob", "--module", "email", "--out", str(tmp_path / "w"), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["points"] == shown["out_of"] and shown["demonstration"]
    assert code(tmp_path / "w", student="bob") == "demonstration"


def test_a_student_who_checks_an_assignment_on_the_hub_sees_its_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`nbgrader validate` executes the notebook on a throwaway copy, where there is no key."""
    on_a_hub(monkeypatch, "alice", email=None)
    lab = ecomlab.open(tmp_path / "w", scenario="email")
    lab.email.register(user_name="alice", full_name="Alice", password="Tests-1-password", confirm="Tests-1-password")
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    rehearsed = ecomlab.open(tmp_path / "w", scenario="email")
    assert rehearsed.grade("EMAIL001") == float(lab.check("EMAIL001").points)
    shutil.rmtree(rehearsed.world.folder)


def test_the_hook_takes_no_key_that_can_be_guessed_and_no_time_that_is_none() -> None:
    for key, opens in (("spring-2027", {"email": None}), (COURSE, {"no_such": None}), (COURSE, {"email": "2027-03-08T08:00"}), (COURSE, {"email": "soon"})):
        with pytest.raises(ValueError):
            seeds(key, opens)
    assert environment("prof")[keys.KEY] == COURSE and keys.SEEDS not in environment("prof")
    now = datetime.datetime.fromisoformat("2027-03-08T00:00:00+00:00")
    moment = datetime.datetime.fromisoformat("2027-03-08T08:00+08:00")
    assert set(keys.grant("a", {"email": moment}, COURSE, now).seeds) == {"email"}
    assert not keys.grant("a", {"email": moment}, COURSE, now - datetime.timedelta(seconds=1)).seeds
