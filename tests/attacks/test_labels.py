"""The label of a secret that the laboratory issued opens nothing, and what the cast signs in with is nobody's to know.

The commands are those that are declared with a secret: one that is added is tried here without a new line.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecomlab.kernel import secrets
from ecomlab.kernel.command import COMMANDS, STUDENT, Command
from ecomlab.kernel.logbook import Entry
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.secrets import CAST, Issued
from ecomlab.lab import Lab
from tests.test_tasks import samples
from tests.worlds import fresh_state, refused

SECRETIVE = [c for c in COMMANDS.values() if any(p.kind == "secret" for p in c.params)]
#: A world for the commands of each module: the semester, or one of its own.
WORLDS = {c.module: "semester" if c.module in (*scenario("semester").modules, "lab", "report") else c.module for c in SECRETIVE}


def fields(command: Command) -> list[str]:
    return [p.name for p in command.params if p.kind == "secret"]


@pytest.mark.parametrize("name", sorted(set(WORLDS.values())))
def test_a_label_in_a_logbook_is_no_secret(name: str) -> None:
    assert len(SECRETIVE) >= 20
    state = fresh_state(name)
    labels = [r.secret for r in state.look.all("select distinct secret from access order by 1")]
    before = state.digest()
    for command in (c for c in SECRETIVE if WORLDS[c.module] == name):
        for label in labels[:: max(1, len(labels) // 3)]:
            forged = {**samples(command), **dict.fromkeys(fields(command), label)}
            entry = Entry(1, "", state.day.isoformat(), STUDENT.name, command.name, forged, "", "")
            said = refused(state.apply, entry)
            assert {p.field for p in said.problems if p.code == "secret_format"} == set(fields(command)), command.name
    assert state.digest() == before


@pytest.mark.parametrize("name", sorted(set(WORLDS.values())))
def test_a_label_given_from_python_is_no_secret(lab: Callable[..., Lab], name: str) -> None:
    """Neither as the object that names it nor as its text, which is digested like any other."""
    world = lab(name).world
    for command in (c for c in SECRETIVE if WORLDS[c.module] == name):
        for label in ("cast/platform", "password/carrier", "certificate/ca-0001/1"):
            given = {**samples(command), **dict.fromkeys(fields(command), Issued(label))}
            said = refused(world.call, command.name, given)
            assert {p.field for p in said.problems if p.code == "secret_format"} == set(fields(command)), command.name
    assert world.entries == [] and len(world.path.read_text("utf-8").splitlines()) == 1
    assert not secrets.DIGEST.fullmatch(Issued("cast/platform").stored())


def test_what_the_cast_signs_in_with_is_known_to_no_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to who works out, from the seed in the logbook, what its label would give."""
    semester = fresh_state("semester")
    monkeypatch.setattr(secrets, "COST", 2)
    monkeypatch.setattr(secrets, "_digest_issued", secrets._digest_issued.__wrapped__)
    seed, rows = semester.header.seed, semester.look.all("select realm, secret, secret[8:] as label from access where secret like 'issued:%'")

    def opens(realm: str, stored: str, label: str) -> bool:
        plain = Issued(label).plain(seed)
        typed = not secrets.is_pin(realm) or plain.isdigit()
        digests = [secrets._scrypt(seed, realm, plain), *([secrets.digest_secret(seed, realm, plain)] if typed else [])]
        return any(secrets.same_secret(seed, realm, stored, digest) for digest in digests)

    cast = {r.label for r in rows if r.label.startswith(CAST)}
    opened = {r.label for r in rows if opens(*r)}
    assert len(cast) > 10 and len(opened) > 5
    assert opened == {r.label for r in rows} - cast
    told = {i.label for i in semester.prepared}
    assert {label for label in opened if not label.startswith("certificate/")} <= told, "what opens has been told to the student"
