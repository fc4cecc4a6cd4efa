"""Whatever a student tries, in whatever order: the invariants hold, and replaying the logbook leads to the same world."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecomlab.books.cast import own_company
from ecomlab.kernel import secrets
from ecomlab.kernel.command import COMMANDS, Command, Param
from ecomlab.kernel.database import Database
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.replica import Replica
from ecomlab.kernel.state import State
from ecomlab.lab import Lab
from tests import worlds
from tests.worlds import assert_both

#: Where the student stands when the attempts begin: far enough that most commands can succeed.
BEGINNINGS = {
    "email": ("email", ("EMAIL001", "EMAIL003")),
    "ca": ("ca", ("CA001", "CA002")),
    "ebank": ("ebank", ("EBANK001", "EBANK002", "EBANK004", "EBANK010", "EBANK011", "EBANK016", "EBANK017")),
}
NONSENSE = ["", "x", "-1", "0", "1e9", "NaN", "9" * 30, "a\0b", "a\nb", "<b>", "\u202e", "😀", "x" * 10_000, None, 7, 3.14, True, [], {}, ["x"], {"x": 1}]
ADDRESSES = ["service@ecomlab.test", "nobody@ecomlab.test", "someone@example.com", "Service@ECOMLAB.test, nobody@ecomlab.test"]
WORDS = ["hello", "您好 world", "O'Neil \"quoted\" <tag>", "re: re:", "2026-09-02"]


@pytest.fixture(scope="module", autouse=True)
def _digest_each_secret_once() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "digest_secret", functools.cache(secrets.digest_secret))
        yield


def sensible(lab: Lab, command: Command, p: Param) -> st.SearchStrategy[Any]:
    """Values that could well be right for a field in this world."""
    look, player = lab.world.state.look, lab.player()
    match p.kind:
        case "ref":
            offered = [value for value, _ in lab.choices(command.name, p.name)] or ["mail_user", *look.sessions("mail_user")]
            return st.sampled_from(offered)
        case "money":
            return st.sampled_from(["0.01", "12.34", "1000", "49999.99", "250000", "99999999.99"])
        case "count":
            return st.integers(0, 5)
        case "day":
            return st.dates(look.scenario.start, look.day)
        case "secret":
            make = player.pin if p.ask.purpose.endswith(".pin") else player.password
            if p.ask.purpose == "ca.download":
                issued = [r.secret for r in look.all("select secret from access where realm = 'ca.download' order by name desc")]
                return st.sampled_from([secrets.Issued(i.removeprefix("issued:")).plain(look.seed) for i in issued])
            return st.sampled_from([make(name) for name in ("mailbox", "corporate", "personal", "merchant")])
        case "flag":
            return st.sampled_from([True, True, True, False])
        case "choice":
            return st.sampled_from(p.options)
        case _:
            own = look.sessions("mail_user") or ["nobody@ecomlab.test"]  # who signed out may try all the same
            names = [r.name for r in look.all("select name from member order by number")]
            codes = [r.uscc for r in look.all("select uscc from member where uscc is not null order by 1")]
            known = {
                "to": ADDRESSES,
                "cc": ADDRESSES,
                "mailbox": own,
                "address": own,
                "user_name": ["lin.two", "zhou3", own[-1].partition("@")[0]],
                "payee": names,
                "uscc": [*codes, own_company(look).uscc],
                "mobile": ["13800138000"],
            }
            return st.sampled_from(known.get(p.name, [*WORDS, *names]))


def attempt(data: st.DataObject, lab: Lab, command: Command) -> dict[str, Any]:
    arguments = {}
    for p in command.params:
        if not p.required and data.draw(st.booleans()):
            continue
        nonsense = data.draw(st.integers(0, 11)) == 0
        arguments[p.name] = data.draw(st.sampled_from(NONSENSE) if nonsense else sensible(lab, command, p))
    for p in command.params:
        if p.ask.same_as and data.draw(st.integers(0, 5)):
            arguments[p.name] = arguments.get(p.ask.same_as)
    return arguments


@pytest.mark.whole
@pytest.mark.parametrize("module", [pytest.param(m, marks=[pytest.mark.slow] * (m != "ebank")) for m in BEGINNINGS])
@settings(max_examples=worlds.examples(2, 3), phases=[Phase.generate])
@given(data=st.data())
def test_any_commands_in_any_order_keep_the_invariants_and_replay(module: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    scenario, codes = BEGINNINGS[module]
    lab = worlds.opened(tmp_path_factory.mktemp(module), worlds.model(scenario, codes=codes))
    own = [c for c in COMMANDS.values() if c.module in ("lab", module)]
    accepted = refusals = 0
    for _ in range(25):
        command = data.draw(st.sampled_from(own))
        before = len(lab.world.entries)
        try:
            lab.call(command.name, **attempt(data, lab, command))
        except Refusal as refusal:
            for problem in refusal.problems:
                assert_both(problem.text)
                assert problem.field is None or problem.field in {p.name for p in command.params}
            refusals += 1
            remembered = len(lab.world.entries) - before
            assert remembered == (1 if lab.world.state.done[-1].n > before and lab.world.state.done[-1].declined else 0)
        else:
            accepted += 1
            assert len(lab.world.entries) == before + 1
    assert worlds.findings_of(lab) == []
    for database in (Database(), Replica()):
        again = State(lab.world.header, database)
        assert again.replay(list(enumerate(lab.world.entries, start=2))) == []
        assert again.digest() == lab.world.state.digest()
        again.close()
    lab.world.close()


def test_the_attempts_are_not_all_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The test above would be empty if its commands could not succeed."""
    tried: dict[str, list[bool]] = {}

    @settings(max_examples=worlds.examples(5, 8), phases=[Phase.generate])
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        lab = worlds.opened(tmp_path_factory.mktemp("tried"), worlds.model("email", codes=BEGINNINGS["email"][1]))
        for command in (c for c in COMMANDS.values() if c.module == "email"):
            try:
                lab.call(command.name, **attempt(data, lab, command))
                tried.setdefault(command.name, []).append(True)
            except Refusal:
                tried.setdefault(command.name, []).append(False)
        lab.world.close()

    run()
    assert sum(any(results) for results in tried.values()) >= 0.7 * len(tried)
    assert any(False in results for results in tried.values())
