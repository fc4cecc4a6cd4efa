"""Documents move only along their transition table, and their history shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomlab.books import documents
from ecomlab.books.documents import KINDS, Kind
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.state import State
from ecomlab.kernel.texts import Text
from tests import worlds
from tests.each import each
from tests.worlds import refused

MOVES = {"draft": ("sent", "void"), "sent": ("paid", "void"), "paid": (), "void": ()}


@pytest.fixture(scope="module")
def slip() -> Iterator[Kind]:
    made = documents.kind("test_slip", "TS", ("测试单", "test slip"), MOVES)
    yield made
    del KINDS["test_slip"]


def findings(do: Doing) -> list[str]:
    return INVARIANTS["document_paths"].check(do)


def test_a_document_walks_its_table_and_keeps_its_history(do: Doing, slip: Kind) -> None:
    made = documents.create(do, slip, owner="MB-1", parent="XX-1")
    assert (made.number, made.state) == (f"TS-{do.mark}-0001", "draft")
    made.move_to("sent")
    found = documents.find(do, slip, made.number, owner="MB-1")
    found.move_to("paid")
    steps = documents.history(do, made.number)
    assert [(r.step, r.state, r.entry, r.acted) for r in steps] == [(1, "draft", 7, "student"), (2, "sent", 7, "student"), (3, "paid", 7, "student")]
    assert do.one("select state, owner, parent from document where number = $n", n=made.number) == ("paid", "MB-1", "XX-1")
    assert findings(do) == []


def test_a_move_that_the_table_does_not_have_is_refused_naming_both_states_and_the_ways_out(do: Doing, slip: Kind) -> None:
    made = documents.create(do, slip, owner="MB-1")
    said = refused(made.move_to, "paid", field="slip")
    assert (said.code, said.field) == ("wrong_state", "slip")
    assert "test slip" in said.text.en and made.number in said.text.en and "测试单" in said.text.zh
    made.move_to("void")
    assert "final" in refused(made.move_to, "sent").text.en
    assert len(documents.history(do, made.number)) == 2


def test_what_is_not_there_or_not_yours_is_refused(do: Doing, slip: Kind) -> None:
    made = documents.create(do, slip, owner="MB-1")
    assert refused(documents.find, do, slip, "TS-0", "slip").code == "not_found"
    assert refused(documents.find, do, slip, made.number, "slip", owner="MB-2").code == "not_yours"
    other = Kind("other", "OT", Text("别的", "other"), MOVES)
    assert refused(documents.find, do, other, made.number).code == "not_found"


def test_another_module_reacts_in_the_same_transaction(do: Doing, slip: Kind) -> None:
    seen = []
    documents.on(slip, "sent")(lambda do, document: seen.append(document.number))
    made = documents.create(do, slip, owner="MB-1")
    made.move_to("sent")
    made.move_to("paid")
    assert seen == [made.number]


def test_a_kind_is_declared_once_and_completely(slip: Kind) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        documents.kind("test_slip", "T2", ("甲", "a"), MOVES)
    with pytest.raises(ValueError, match="declared twice"):
        documents.kind("test_other", "TS", ("甲", "a"), MOVES)
    with pytest.raises(ValueError, match="without a row"):
        documents.kind("test_other", "T3", ("甲", "a"), {"draft": ("sent",)})


#: Things that last rather than business that ends: what is on a shelf, a channel of a shop, a coupon that comes back when its order is cancelled.
LASTING = ("coupon", "shop_channel", "shop_shelf_item")


@each("kind", KINDS.values())
def test_every_state_of_a_kind_can_be_reached_and_some_end_it(kind: Kind) -> None:
    reached, open_ = set(), {kind.start}
    while open_:
        state = open_.pop()
        reached.add(state)
        open_ |= set(kind.moves[state]) - reached
    assert reached == set(kind.moves)
    assert any(not to for to in kind.moves.values()) == (kind.name not in LASTING)


@settings(max_examples=15)
@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=6))
def test_the_history_is_always_a_path_of_the_table(state: State, slip: Kind, wanted: list[str]) -> None:
    with worlds.at_work(state) as do:
        made, path = documents.create(do, slip, owner="MB-1"), ["draft"]
        for to in wanted:
            if to in MOVES[path[-1]]:
                made.move_to(to)
                path.append(to)
            else:
                assert refused(made.move_to, to).code == "wrong_state"
        assert [r.state for r in documents.history(do, made.number)] == path
        assert findings(do) == []


@pytest.mark.parametrize(
    "broken",
    [
        "update document set state = 'paid' where number = $number",
        "update document_history set state = 'paid' where document = $number and step = 1",
        "insert into document_history select document, 9, 'paid', day, entry, acted from document_history where document = $number",
    ],
)
def test_the_audit_finds_a_document_that_took_another_way(do: Doing, slip: Kind, broken: str) -> None:
    made = documents.create(do, slip, owner="MB-1")
    do.execute(broken, number=made.number)
    assert made.number in " ".join(findings(do))
