"""The papers of a department: who asked never decides, each copy has one holder, one receipt proves one thing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from ecomlab.books import documents, images
from ecomlab.books.documents import KINDS, Kind
from ecomlab.books.paper import approval, copies, vouchers
from ecomlab.kernel import command, packages
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.command import Role
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.texts import Text
from tests import worlds
from tests.worlds import refused


@pytest.fixture
def do() -> Iterator[Doing]:
    state = worlds.fresh_state()
    state.database.script(packages.schema(["paper"]))
    with worlds.at_work(state) as at:
        yield at


def decide(do: Doing, number: str, approves: bool, reason: str = "") -> documents.Document:
    """As a module's command decides: it names what its field offers."""
    return approval.decide(do, number, approves, reason, offered="claims")


def acting(do: Doing, actor: str, role: str = "manager") -> Doing:
    do.role, do.actor, do.by = role, actor, f"{role}:{actor}"
    return do


# --- approval --------------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(do: Doing, monkeypatch: pytest.MonkeyPatch) -> str:
    """A claim that the clerk Lin has handed in; only a manager may grant it."""
    monkeypatch.setitem(command.ROLES, "manager", Role("manager", Text("主管", "manager")))
    monkeypatch.setitem(KINDS, "claim", Kind("claim", "CL", Text("申请", "claim"), {"open": ()}))
    claims = lambda look, actor: [(r.number, r.number) for r in look.all("select number from approval") if actor != "zhao"]  # noqa: E731
    monkeypatch.setitem(command.CHOICES, "claims", claims)
    return documents.create(acting(do, "lin", "clerk"), KINDS["claim"], "lin").number


def test_another_decides_than_the_one_who_asked(do: Doing, paid: str) -> None:
    asked = approval.ask(do, paid, "manager", Decimal("500.00"), field="amount")
    said = refused(decide, acting(do, "lin"), asked.number, True)
    assert (said.code, said.field) == ("own_approval", "approval"), "not even as a manager"
    assert refused(decide, acting(do, "wang", "clerk"), asked.number, True).code == "not_the_decider"
    assert refused(decide, acting(do, "zhao"), asked.number, True).code == "not_yours", "a manager of another house"
    assert refused(approval.must_be_given, do, paid, "claim").code == "not_approved"
    assert decide(acting(do, "wang"), asked.number, True, "in order").state == "approved"
    approval.must_be_given(do, paid)
    assert do.one("select asker, decider, reason from approval") == ("lin", "wang", "in order")
    assert refused(decide, do, asked.number, False).code == "wrong_state", "a decision stands"
    assert INVARIANTS["approvals_by_another"].check(do) == []


def test_what_was_rejected_or_withdrawn_can_be_asked_for_again_and_the_last_answer_counts(do: Doing, paid: str) -> None:
    first = approval.ask(do, paid, "manager")
    assert refused(approval.ask, do, paid, "manager", field="claim").code == "asked_already"
    assert refused(approval.withdraw, acting(do, "wang", "clerk"), first.number).code == "not_the_asker"
    approval.withdraw(acting(do, "lin", "clerk"), first.number)
    second = approval.ask(do, paid, "manager")
    decide(acting(do, "wang"), second.number, False, "no receipt")
    assert not approval.given(do, paid)
    third = approval.ask(acting(do, "lin", "clerk"), paid, "manager")
    decide(acting(do, "wang"), third.number, True)
    assert approval.given(do, paid) and INVARIANTS["approvals_by_another"].check(do) == []


def test_the_audit_sees_who_approved_their_own(do: Doing, paid: str) -> None:
    asked = approval.ask(do, paid, "manager")
    decide(acting(do, "wang"), asked.number, True)
    do.execute("update approval set decider = asker")
    assert INVARIANTS["approvals_by_another"].check(do) == [f"{asked.number}: approved, asked by lin, decided by lin"]


# --- copies ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def slip() -> Iterator[Kind]:
    yield copies.slip("test_sales", "TT", ("测试单", "test slip"), "", white="ecommerce", red="customer", yellow="finance", green="warehouse")
    del KINDS["test_sales"], copies.PLACES["test_sales"]


def test_each_colour_goes_where_it_belongs_and_is_filed_there(do: Doing, slip: Kind) -> None:
    made = copies.issue(do, slip, "MB-1", at="ecommerce")
    assert {r.holder for r in copies.holders(do, made.number)} == {"ecommerce"}
    for colour, to in (("red", "customer"), ("yellow", "finance"), ("green", "warehouse")):
        assert made.state == "issued"
        copies.hand(do, made, colour, to, by="ecommerce")
    assert made.state == "distributed"
    for colour, by in (("white", "ecommerce"), ("yellow", "finance"), ("green", "warehouse")):
        copies.file(do, made, colour, by=by)
    assert made.state == "filed", "the customer's copy is the customer's"
    assert all(r.holder == r.belongs and r.filed_day == do.day for r in copies.holders(do, made.number))
    assert INVARIANTS["copies_in_place"].check(do) == []


def test_a_copy_that_went_astray_is_handed_on_by_whoever_has_it(do: Doing, slip: Kind) -> None:
    made = copies.issue(do, slip, "MB-1", at="ecommerce")
    copies.hand(do, made, "yellow", "warehouse", by="ecommerce")
    assert refused(copies.hand, do, made, "yellow", "finance", by="ecommerce").code == "not_the_holder"
    said = refused(copies.file, do, made, "yellow", by="warehouse")
    assert (said.code, said.field) == ("not_its_place", "colour"), "the warehouse does not file finance's copy"
    copies.hand(do, made, "yellow", "finance", by="warehouse")
    assert refused(copies.hand, do, made, "yellow", "warehouse", by="finance").code == "copy_in_place"
    assert INVARIANTS["copies_in_place"].check(do) == []


def test_a_slip_is_filed_once(do: Doing, slip: Kind) -> None:
    made = copies.issue(do, slip, "MB-1", at="ecommerce")
    copies.file(do, made, "white", by="ecommerce")
    for again in (copies.file, lambda *a, by: copies.hand(*a, "finance", by=by)):
        assert refused(again, do, made, "white", by="ecommerce").code == "filed_already"
    assert refused(copies.file, do, made, "blue", by="ecommerce").code == "no_such_copy"
    said = refused(copies.hand, do, made, "green", "moon", by="ecommerce")
    assert (said.code, said.field) == ("no_such_place", "to")


def test_the_audit_sees_a_copy_filed_by_another(do: Doing, slip: Kind) -> None:
    made = copies.issue(do, slip, "MB-1", at="ecommerce")
    do.execute("update slip_copy set filed_day = $day where colour = 'yellow'", day=do.day)
    assert INVARIANTS["copies_in_place"].check(do) == [f"{made.number} yellow: with ecommerce, belongs to finance"]
    do.execute("delete from slip_copy where colour = 'yellow'")
    assert INVARIANTS["copies_in_place"].check(do) == [f"{made.number}: 3 copies"]


# --- vouchers --------------------------------------------------------------------------------------------------------


def picture(red: int) -> str:
    import base64

    return base64.b64encode(images.sample(40, 30, (red, 20, 20))).decode()


def test_a_voucher_keeps_what_it_is_who_attached_it_and_when(do: Doing) -> None:
    acting(do, "lin")
    first = vouchers.attach_picture(do, "CP-1", picture(200), "broken spout")
    second = vouchers.attach_text(do, "CP-1", "Receipt 0417 of the courier, 12.00", field="receipt")
    found = vouchers.of(do, "CP-1")
    assert [(r.number, r.media, r.who, r.day) for r in found] == [(first, "picture", "lin", do.day), (second, "text", "lin", do.day)]
    assert do.one("select width, height from voucher where number = $n", n=first) == (40, 30)
    ((path, make),) = do.deliveries
    assert path == f"vouchers/{first}.png" and make().startswith(b"\x89PNG"), "the picture itself lies in a folder"


def test_one_receipt_proves_one_thing(do: Doing) -> None:
    vouchers.attach_picture(do, "CP-1", picture(200), "broken spout")
    said = refused(vouchers.attach_picture, do, "CP-2", picture(200), "another pot", field="picture")
    assert (said.code, said.field) == ("voucher_used", "picture")
    vouchers.attach_picture(do, "CP-2", picture(100), "another pot")


def test_what_is_no_picture_is_no_voucher(do: Doing) -> None:
    said = refused(vouchers.attach_picture, do, "CP-1", "bm8gcGljdHVyZQ==", "x")
    assert (said.code, said.field) == ("not_a_picture", "picture")
    assert len(vouchers.of(do, "CP-1")) == 0


def test_worlds_that_need_no_papers_have_no_tables_of_them() -> None:
    assert "paper" not in packages.together(["email", "b2c"])
    assert packages.of(approval.ask) == "paper" and packages.of(documents.create) == "books"
