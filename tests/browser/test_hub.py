"""A class on the hub of deploy/jupyterhub: released, fetched, worked on, handed in, collected, graded, fed back, by clicks at a real hub.

alice does the first task in its form; bob hands in what he fetched, and then something in alice's name. Everything happens in the fixture, the tests look
at what came of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.tasks import tasks
from ecomlab.kernel.texts import LANGUAGES, Language
from ecomlab.widgets.words import WORDS
from ecomlab.witness.account import account
from ecomlab.witness.log import Log
from tests.browser.hub import PATIENCE, Person, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
pytest.importorskip("jupyterhub")

PASSWORD = "correct-horse-7"
GRADE = "!cd course && ecomlab grade submitted --gradebook gradebook.db --witness {witness} --language en"
#: What bob types to hand in for alice: her world with what the hub gave him, a demonstration of it without, and nbgrader told another name.
FORGED = f"""
work = "import ecomlab; lab = ecomlab.open('forged/email', student='alice', scenario='email', language='en'); "
work += "lab.email.register('alice.2027', '陈默', '{PASSWORD}', '{PASSWORD}')"
!mkdir -p forged/email && cp email/email.ipynb forged/email/
!python -c "$work" 2>&1 | tail -1
!env -u ECOMLAB_SEEDS python -c "$work"
!cd forged && nbgrader submit email --CourseDirectory.student_id=alice 2>&1 | tail -1
print("over")
"""


@dataclass
class Walk:
    """kept: the hub's folder; said: what the formgrader answered; offered, answers: what each is shown in a menu, and answered over HTTP."""

    kept: Path
    language: Language
    said: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    graded: str = ""
    forged: str = ""
    graded_again: str = ""
    feedback: str = ""
    refused: list[str] = field(default_factory=list)

    def home(self, name: str) -> Path:
        return self.kept / "home" / name


@pytest.fixture(scope="module", params=LANGUAGES)
def walk(chromium: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    kept = tmp_path_factory.mktemp("class") / "hub"
    expect.set_options(timeout=PATIENCE)
    try:
        with running(kept, request.param) as hub:
            walk = Walk(kept, request.param)
            prof, alice, bob = (Person(chromium, hub, name) for name in ("prof", "alice", "bob"))
            try:
                _round(walk, prof, alice, bob)
            except BaseException:
                for person in (prof, alice, bob):
                    person.shot(f"failed-{person.name}")
                raise
            walk.refused = [url for person in (prof, alice, bob) for url in person.refused]
            yield walk
    finally:
        expect.set_options(timeout=5_000)


def _round(walk: Walk, prof: Person, alice: Person, bob: Person) -> None:
    for person in (prof, alice, bob):
        person.sign_in()
        walk.offered[person.name] = person.offered("Nbgrader")
        walk.answers |= {f"{person.name} {path}": person.status(path) for path in ("formgrader", "formgraders")}
        walk.answers |= {f"{person.name} at {other.name}": person.status(other.at("api/contents")) for other in (prof, alice)}
        person.shot(f"1-{person.name}")
    frame = prof.formgrader()
    walk.said |= {step: prof.do(frame, "email", step, f"2-{step}") for step in ("assign", "release")}

    for student in (alice, bob):
        student.press("Fetch")
        expect(student.assignments().get_by_text("Submit", exact=True)).to_be_visible()
    alice.shot("3-fetched")
    _work(alice, walk.language)
    for student in (alice, bob):
        student.press("Submit")
        expect(student.assignments().locator("#submitted_assignments_list").get_by_text("email")).to_be_visible()
    alice.shot("5-submitted")

    frame = prof.formgrader()
    walk.said["collect"] = prof.do(frame, "email", "collect", "6-collect")
    frame.locator("tr", has=frame.get_by_text("email", exact=True)).locator("td.num-submissions a").click()
    for student in ("alice", "bob"):
        walk.said[f"autograde {student}"] = prof.do(frame, student, "autograde", f"7-autograde-{student}")
    prof.write("grade.ipynb", GRADE.format(witness=walk.kept / "witness"))
    walk.graded = prof.output("grade.ipynb", "What has changed in the gradebook")
    prof.shot("8-graded")
    frame = prof.formgrader()
    walk.said |= {step: prof.do(frame, "email", step, f"9-{step}") for step in ("generate-feedback", "release-feedback")}

    alice.page.goto(alice.at("lab?reset"))
    alice.settled()
    alice.press("Fetch Feedback")
    expect(alice.assignments().get_by_text("View Feedback").first).to_be_attached()
    alice.shot("10-feedback")
    (page,) = (walk.home("alice") / "email" / "feedback").glob("*/email.html")
    walk.feedback = page.read_text("utf-8")

    bob.write("forged.ipynb", FORGED)
    walk.forged = bob.output("forged.ipynb", "over")
    bob.shot("11-forged")
    walk.said["collect again"] = prof.do(prof.formgrader(), "email", "collect", "12-collected-again")
    walk.graded_again = prof.output("grade.ipynb", "What has changed in the gradebook")
    prof.shot("13-graded-again")


def _work(alice: Person, language: Language) -> None:
    """The first task in its form. The key of the course is new each time, and with it the names in her world: hers has digits, as nobody's there has."""
    alice.run("email/email.ipynb")
    card = alice.page.locator(".ecl-task").first
    register, sign_in = COMMANDS["email.register"], COMMANDS["email.sign_in"]
    for asked, value in zip(register.params, ("alice.2027", "陈默", PASSWORD, PASSWORD), strict=True):
        card.get_by_label(asked.label.say(language), exact=True).fill(value)
    card.get_by_role("button", name=register.title.say(language)).click()
    address, password = (card.get_by_label(asked.label.say(language), exact=True) for asked in sign_in.params)
    expect(address).to_have_value("alice.2027@ecomlab.test")
    password.fill(PASSWORD)
    card.get_by_role("button", name=sign_in.title.say(language)).click()
    expect(card.locator(".ecl-finished")).to_contain_text(WORDS["all_done"].say(language))
    alice.shot("4-worked")
    alice.menu("File", "Save Notebook")


def test_students_do_not_see_what_is_the_teachers(walk: Walk) -> None:
    assert {"Formgrader", "Create assignment"} <= set(walk.offered["prof"])
    assert walk.offered["alice"] == walk.offered["bob"] == ["Assignment List"]
    assert (walk.answers["prof formgrader"], walk.answers["prof at prof"]) == (200, 200)
    for student in ("alice", "bob"):
        assert [walk.answers[f"{student} {path}"] for path in ("formgrader", "formgraders")] == [404, 404]
        assert walk.answers[f"{student} at prof"] == 403
    assert walk.answers["bob at alice"] == 403, "nor what is a classmate's"


def test_every_step_of_the_round_succeeds(walk: Walk) -> None:
    assert all("Success" in said for said in walk.said.values()), walk.said
    assert "cheating" not in walk.said["collect"]
    for student in ("alice", "bob"):
        (handed_in,) = (walk.home("prof") / "course" / "submitted" / student).glob("email/email.ipynb")
        assert json.loads(handed_in.read_text("utf-8"))["cells"]


def test_points_come_from_replay_under_the_courses_key(walk: Walk) -> None:
    """alice has the points of one task, bob none; the teacher's server has the key, so her world is no demonstration."""
    rows = [line.split() for line in walk.graded.splitlines()]
    assert ["alice", "email", "2.0", "12", "2", "0"] in rows and ["bob", "email", "0", "12", "0", "1"] in rows
    assert "demonstration" not in walk.graded and "other_seed" not in walk.graded


def test_feedback_reaches_the_student_with_what_is_missing(walk: Walk) -> None:
    for code, points in (("EMAIL001", "2.0"), ("EMAIL003", "0")):
        assert f"{code} {tasks()[code].title.say(walk.language)}: {points} / 2" in walk.feedback


def test_the_witness_has_every_entry_under_the_students_own_account(walk: Walk) -> None:
    logbook = walk.home("alice") / "email" / "logbook.jsonl"  # in the teacher's folder bob's has taken its place
    log = Log(walk.kept / "witness" / "witness.db")
    try:
        seen = account(log, logbook, "alice")
        assert seen.entries >= 2 and seen.witnessed == seen.entries and not seen.forks and seen.kernels == 1
        assert account(log, logbook, "bob").witnessed == 0
    finally:
        log.close()


def test_what_is_handed_in_for_another_is_refused_or_named_and_takes_nothing_from_them(walk: Walk) -> None:
    assert "This server belongs to bob" in walk.forged, "her world cannot be made on his server"
    assert "Submitted as" in walk.forged, "nbgrader takes it, whoever hands it in"
    rows = [line.split()[:6] for line in walk.graded_again.splitlines()]
    assert ["alice", "email", "0", "12", "0", "1"] in rows and ["bob", "email", "0", "12", "0", "1"] in rows
    assert "This is a demonstration" in walk.graded_again and "submitted/alice/email/logbook.jsonl:1" in walk.graded_again
    assert "not judged; the gradebook keeps what it has (2)" in walk.graded_again


def test_nothing_is_asked_of_the_internet(walk: Walk) -> None:
    assert walk.refused == []
