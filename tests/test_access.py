"""Who gets in: five wrong tries lock for the day in every role that has a sign-in, and the cast is known from where it was made.

The roles are those that are declared, and how one signs in as each is read from the model students' logbooks: a module that is added is
tried here without a new line.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecomlab.books import access
from ecomlab.kernel.canonical import digest
from ecomlab.kernel.command import CHOICES, COMMANDS, ROLES, Role, find
from ecomlab.kernel.logbook import Entry, survey
from ecomlab.kernel.plays import AUTOPLAYS
from ecomlab.kernel.refusals import Declined
from ecomlab.kernel.secrets import Issued
from ecomlab.kernel.state import State
from ecomlab.lab import Lab
from tests import worlds
from tests.worlds import assert_both, doing, fresh_state, refused

pytestmark = pytest.mark.usefixtures("understudied")

#: A digest that stands for what nobody has set as a secret.
WRONG = "scrypt:" + "0" * 64


def secret_of(command: str) -> str | None:
    """The field of a command that takes the secret, if it has one."""
    return next((p.name for p in COMMANDS[command].params if p.kind == "secret"), None)


#: The roles that a secret opens. The others, such as the shipper of LGS, are opened by a certificate alone.
OPENED = [r for r in ROLES.values() if r.sign_in and secret_of(r.sign_in)]


def before_signing_in(role: Role, folder: Path) -> tuple[str, int]:
    """A scenario whose model student signs in as this role, and how many entries come before that. Posts that share a command and a secret stand in for
    each other: the entry names the post."""
    by_hand = {name: [e for e in entries if e.do == role.sign_in and not e.by.endswith("#auto")] for name, entries in played().items()}
    for name in sorted(filter(by_hand.get, by_hand), key=lambda n: by_hand[n][0].n):
        first = by_hand[name][0].n - 1
        if "post" in by_hand[name][0].arguments:
            return name, first
        state = worlds.opened(folder / name, worlds.model(name), first).world.state
        for e in played()[name][first:]:
            inside = state.look.sessions(role.name)
            assert state.replay([(e.n + 1, e)]) == []
            if e in by_hand[name] and state.look.sessions(role.name) != inside:
                return name, e.n - 1
    raise AssertionError(f"no model student signs in as {role.name} by {role.sign_in}")


@functools.cache
def played() -> dict[str, list[Entry]]:
    """What the model students did, by scenario."""
    return {name: [e for _, e in survey(worlds.model(name)).entries] for name in worlds.scenarios() if name not in worlds.LARGE}


def operator(role: Role, folder: Path) -> tuple[Lab, dict[str, Any]]:
    """A company's operators at the bank have no model student: one is appointed, and signs in by the number and the password."""
    lab = worlds.opened(folder, worlds.model("ebank"))
    number = lab.ebank.appoint_operator(full_name="陆一 Lu Yi", post=role.name, password="by-hand-2026", confirm="by-hand-2026")
    return lab, {"operator": number, "password": lab.world.entries[-1].arguments["password"]}


#: By the command to sign in: a world, and what is typed, where no model student does.
UNPLAYED = {"ebank.sign_in_operator": operator}


class Door:
    """A world in which somebody is about to sign in, kept as a state and the entries that led to it."""

    def __init__(self, role: Role, folder: Path):
        if role.sign_in in UNPLAYED:
            lab, given = UNPLAYED[role.sign_in](role, folder / role.name)
        else:
            name, before = before_signing_in(role, folder)
            lab, given = worlds.opened(folder / role.name, worlds.model(name), before), played()[name][before].arguments
        self.state, self.entries = lab.world.state, list(lab.world.entries)
        # Posts that share a command and a secret stand in for each other: the entry names the post.
        self.command, self.given, self.field = role.sign_in, given | ({"post": role.name} if "post" in given else {}), str(secret_of(role.sign_in))

    def do(self, name: str, **given: Any) -> Any:
        """Does a command as an accepted entry. Raises a Refusal, and then nothing is remembered."""
        command, state = find(name), self.state
        arguments, by, day, n = command.parse(given), state.actor(command), state.day.isoformat(), len(self.entries) + 1
        result, _ = state.transact(command, arguments, n, by, lambda result: None)
        self.entries.append(Entry(n, "", day, by, name, command.record(arguments), digest(result), ""))
        return result

    def sign_in(self, secret: str | None = None) -> Any:
        """Signs in as the model student did, with this secret instead of the right one if it is given."""
        return self.do(self.command, **self.given | ({self.field: secret} if secret else {}))

    def wrong(self) -> tuple[str, str | None]:
        """Tries a wrong secret, which is remembered; gives code and field of what is said."""
        said = self.sign_in(WRONG)
        assert isinstance(said, Declined)
        assert_both(said.refusal.text)
        return said.refusal.code, said.refusal.field

    def sessions(self, role: Role) -> list[str]:
        return self.state.look.sessions(role.name)

    def replayed(self) -> State:
        again = State(self.state.header)
        assert again.replay(list(enumerate(self.entries, start=2))) == []
        return again


#: Roles that share a command to sign in share its lock: one of each in the quick suite.
FIRST = {r.sign_in: r for r in reversed(OPENED)}


@pytest.mark.timeout(1200)  # the first is where the model students of a run play all the small scenarios
@pytest.mark.parametrize("role", [pytest.param(r, marks=[pytest.mark.slow] * (r is not FIRST[r.sign_in])) for r in OPENED], ids=lambda r: r.name)
def test_five_wrong_tries_lock_every_role_until_the_next_business_day(role: Role, tmp_path: Path) -> None:
    door = Door(role, tmp_path)
    inside = door.sessions(role)
    said = [door.wrong() for _ in range(access.TRIES)]
    assert said == [(said[0][0], door.field)] * (access.TRIES - 1) + [("locked", door.field)]
    assert said[0][0].startswith("wrong_")
    entries = len(door.entries)
    sixth = refused(door.sign_in)
    assert (sixth.code, sixth.field) == ("locked", door.field), "the right one opens nothing while it is locked"
    assert "下一个业务日" in sixth.text.zh and "next business day" in sixth.text.en, "it says what to do"
    assert (door.sessions(role), len(door.entries)) == (inside, entries), "nobody came in, and a refusal is no entry"
    door.do("lab.advance", days=1)
    assert not isinstance(door.sign_in(), Declined)
    assert len(door.sessions(role)) >= max(1, len(inside))


@pytest.mark.parametrize("role", [pytest.param(r, marks=[pytest.mark.slow] * (i > 0)) for i, r in enumerate(OPENED)], ids=lambda r: r.name)
def test_a_lock_is_there_again_when_the_logbook_is_replayed(role: Role, tmp_path: Path) -> None:
    door = Door(role, tmp_path)
    for _ in range(access.TRIES):
        door.wrong()
    assert door.replayed().digest() == door.state.digest()


def test_a_role_without_a_secret_shows_a_certificate_or_is_somebody_whom_the_library_plays() -> None:
    for role in ROLES.values():
        if role.sign_in and role not in OPENED and role.name not in AUTOPLAYS:
            assert any(p.ask.choose == "ca.installed" for p in COMMANDS[role.sign_in].params), role.name


def test_no_table_keeps_a_secret_of_its_own_outside_the_lock() -> None:
    look = fresh_state("semester").look
    columns = look.all("select table_name, column_name from duckdb_columns() where not internal and data_type = 'VARCHAR' order by all")
    like = "select 1 from \"{}\" where regexp_matches(\"{}\", '^(issued|scrypt|hmac):') limit 1"
    assert [tuple(c) for c in columns if look.value(like.format(*c))] == [("access", "secret")]


# --- one account --------------------------------------------------------------------------------------------------


def opened(state: State, secret: str) -> Declined | None:
    do = doing(state)
    return access.confirm(do, access.find(do, "tests.password", "lin"), secret)


@pytest.fixture
def state() -> State:
    made = fresh_state()
    access.grant(doing(made), "tests.password", "lin", Issued("tests/lin").stored())
    return made


def test_the_right_secret_forgets_the_wrong_ones_before(state: State) -> None:
    for _ in range(3):
        for _ in range(access.TRIES - 1):
            said = opened(state, WRONG)
            assert said is not None and said.refusal.code == "wrong_password"
        assert opened(state, Issued("tests/lin").stored()) is None


def test_a_lock_ends_with_the_day_and_five_more_tries_are_needed_for_the_next(state: State) -> None:
    for _ in range(2):
        for left in (4, 3, 2, 1):
            said = opened(state, WRONG)
            assert said is not None and said.refusal.code == "wrong_password" and f"Tries left: {left}." in said.refusal.text.en
        last = opened(state, WRONG)
        assert last is not None and last.refusal.code == "locked"
        assert refused(opened, state, Issued("tests/lin").stored()).code == "locked"
        state.transact(find("lab.advance"), {"days": 1}, 8, "student", lambda result: None)
    assert opened(state, Issued("tests/lin").stored()) is None
    row = access.find(state.look, "tests.password", "lin")
    assert (row.wrong_tries, row.locked) == (0, None)


def test_a_new_secret_opens_at_once_and_the_old_one_no_more(state: State) -> None:
    for _ in range(access.TRIES):
        opened(state, WRONG)
    access.renew(doing(state), "tests.password", "lin", Issued("tests/new").stored())
    said = opened(state, Issued("tests/lin").stored())
    assert said is not None and said.refusal.code == "wrong_password"
    assert opened(state, Issued("tests/new").stored()) is None


def test_names_are_locked_each_for_itself_and_in_its_realm(state: State) -> None:
    for realm, name in (("tests.password", "mei"), ("tests.pin", "lin")):
        access.grant(doing(state), realm, name, Issued("tests/other").stored())
    for _ in range(access.TRIES):
        opened(state, WRONG)
    do = doing(state)
    for realm, name in (("tests.password", "mei"), ("tests.pin", "lin")):
        assert access.confirm(do, access.find(do, realm, name), Issued("tests/other").stored()) is None
    assert access.find(do, "tests.password", "nobody") is None


# --- who is played by the library ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in worlds.scenarios() if n not in worlds.LARGE])
def test_the_cast_is_scripted_and_whoever_the_student_is_told_the_secret_of_is_not(name: str, tmp_path: Path) -> None:
    state = worlds.opened(tmp_path, worlds.model(name, worlds.STUDENT, ())).world.state
    told = {i.stored() for i in state.prepared}
    rows = state.look.all("select realm, name, secret, scripted from access")
    assert any(r.scripted for r in rows)
    for r in rows:
        if r.realm != "ca.download":
            assert r.scripted == (r.secret not in told), f"{r.realm}: {r.name}"


def test_who_registers_after_the_beginning_is_not_scripted_whatever_the_secret(lab: Callable[..., Lab]) -> None:
    mail = lab("email")
    forged = Issued("cast/forged").plain(mail.world.header.seed)
    address = mail.email.register(user_name="forged", full_name="Forged", password=forged, confirm=forged)
    assert access.find(mail.world.state.look, "email.password", address).scripted is False
    assert address in dict(CHOICES["email.mailboxes"](mail.world.state.look, ""))
