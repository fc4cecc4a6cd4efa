"""What counts as evidence: what came to be at any moment, by the student's own doing, in any spelling."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ecomlab import modules
from ecomlab.books import documents
from ecomlab.kernel.doing import AUTO
from ecomlab.kernel.evidence import Done, Evidence, Lives, adds_up, after, did, found_by, looked_up, pieces
from ecomlab.kernel.names import same_name, same_place
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.refusals import SIGN_IN_FIRST, Declined
from ecomlab.kernel.table import Table
from ecomlab.kernel.texts import Text
from ecomlab.lab import Lab

modules.load()

DAY = datetime.date(2026, 9, 1)
MARKETER = "marketer:MM-1"


class Story:
    """A logbook as a test tells it: each entry a command, its result and its arguments."""

    def __init__(self) -> None:
        self.done: list[Done] = []

    def __call__(self, do: str, result: Any = "", *, auto: bool = False, **arguments: Any) -> Story:
        by = MARKETER + AUTO * auto
        self.done.append(Done(len(self.done) + 1, DAY, by, do, arguments, result))
        return self

    @property
    def seen(self) -> Evidence:
        return Evidence(None, self.done, "a task without a brief")  # type: ignore[arg-type]  (no test here looks into the tables)

    @property
    def ads(self) -> Lives:
        return self.seen.lives("netsell.create_text_ad", "netsell.change_text_ad", "netsell.delete_text_ad")


@pytest.fixture
def story() -> Story:
    return Story()


# --- what a thing was --------------------------------------------------------------------------------------------


def test_a_slip_put_right_by_a_change_counts_as_made_right(story: Story) -> None:
    story("netsell.create_text_ad", "AD-1", title="秋季大处", link="https://a.test")
    assert not story.ads.was(title="秋季大促")
    story("netsell.change_text_ad", "AD-1", text_ad="AD-1", title="秋季大促", link=None)
    assert story.ads.was(title="秋季大促", link="https://a.test"), "the change left the link as it was"


def test_what_was_earned_is_not_lost_by_a_later_change_or_deletion(story: Story) -> None:
    story("netsell.create_text_ad", "AD-1", title="秋季大促", link="https://a.test")
    story("netsell.change_text_ad", "AD-1", text_ad="AD-1", title="冬季大促", link=None)
    story("netsell.delete_text_ad", "AD-1", text_ad="AD-1")
    assert story.ads.was(title="秋季大促")
    assert [x.thing for x in story.ads.was(title="秋季大促").became(title="冬季大促").deleted()] == ["AD-1"]


def test_two_halves_that_were_never_together_are_not_one(story: Story) -> None:
    story("netsell.create_text_ad", "AD-1", title="秋季大促", link="https://a.test")
    story("netsell.change_text_ad", "AD-1", text_ad="AD-1", title="冬季大促", link="https://b.test")
    story("netsell.create_text_ad", "AD-2", title="春季大促", link="https://a.test")
    assert not story.ads.was(title="秋季大促", link="https://b.test")
    assert not story.ads.was(title="春季大促").became(), "another one was changed"
    assert [x.thing for x in story.ads.became()] == ["AD-1"]


def test_what_is_made_right_at_once_was_not_changed(story: Story) -> None:
    story("netsell.create_text_ad", "AD-1", title="秋季大促", link="https://a.test")
    assert story.ads.made() and not story.ads.became() and not story.ads.deleted()


def test_a_thing_that_was_there_before_has_only_the_life_that_was_seen(story: Story) -> None:
    story("edi.change_product", "PR-1", product="PR-1", gtin="", name="", list_price=Decimal("9.50"))
    lives = story.seen.lives("edi.create_product", "edi.change_product", "edi.delete_product")
    assert lives.of("PR-1").became(list_price=Decimal("9.5"))
    assert not lives.of("PR-2") and not lives.made()


def test_deleted_and_made_again_is_two_lives(story: Story) -> None:
    for _ in range(2):
        story("lgs.add_vehicle", "浙XA1B2C", plate="浙XA1B2C", load_kg=2000, driver="孙 Sun")
    assert len(story.seen.lives("lgs.add_vehicle", "lgs.change_vehicle").was(load_kg=2000)) == 2


def test_a_draft_is_written_anew_by_each_change(story: Story) -> None:
    story("email.save_draft", "M-1", to="a@ecomlab.test", subject="RFQ", body="")
    story("email.change_draft", "M-1", item="M-1", to="", subject="RFQ", body="text")
    drafts = story.seen.lives("email.save_draft", "email.change_draft", anew=True)
    assert not drafts.was(lambda f: f["to"] and f["body"])
    assert drafts.was(lambda f: f["subject"] and f["body"])


# --- by whom -----------------------------------------------------------------------------------------------------


def test_what_the_library_did_happened_and_earns_nothing(story: Story) -> None:
    story("netsell.create_text_ad", "AD-1", title="秋季大促", link="https://a.test", auto=True)
    assert story.seen.did("netsell.create_text_ad") == []
    assert not story.ads.made() and not story.ads.was(title="秋季大促")
    story("netsell.change_text_ad", "AD-1", text_ad="AD-1", title="冬季大促", link=None)
    assert story.ads.was(title="冬季大促", link="https://a.test"), "the student's version has what the library left"
    story("netsell.delete_text_ad", "AD-1", text_ad="AD-1", auto=True)
    assert not story.ads.deleted()


def test_a_remembered_no_is_no_evidence(story: Story) -> None:
    story("email.sign_in", Declined(SIGN_IN_FIRST(role=Text("访客", "visitor"))), address="a@ecomlab.test")
    assert story.seen.did("email.sign_in") == []


def test_a_command_that_there_is_not_is_an_error_of_the_check(story: Story) -> None:
    with pytest.raises(KeyError):
        story.seen.did("email.shred")
    with pytest.raises(KeyError):
        story.seen.lives("email.save_draft", "email.shred_draft")


# --- what came before --------------------------------------------------------------------------------------------


def slips(*numbers: str) -> Table:
    return Table(("number", "state"), [(n, "to_pick") for n in numbers])


def test_a_thing_is_looked_up_before_it_is_acted_on(story: Story) -> None:
    story("lgs.outbound_slips", slips("OS-1", "OS-2"), state="to_pick")
    story("lgs.pick", "OS-1", slip="OS-1")
    story("lgs.pick", "OS-3", slip="OS-3")
    story("lgs.slip_detail", slips("OS-3"), slip="OS-3")
    seen = story.seen
    assert [d.arguments["slip"] for d in after(seen.looked_up("lgs.outbound_slips", "lgs.slip_detail"), seen.did("lgs.pick"))] == ["OS-1"]
    assert [d.n for d in after(seen.did("lgs.pick"), seen.looked_up("lgs.slip_detail"))] == [4], "the other order"


def test_states_and_kinds_are_no_things_that_two_entries_share(story: Story) -> None:
    story("lgs.outbound_slips", slips("OS-1"))
    story("lgs.pick", "to_pick", slip="OS-2")
    assert after(story.seen.did("lgs.outbound_slips"), story.seen.did("lgs.pick")) == []


def test_the_field_that_names_the_thing_can_be_told(story: Story) -> None:
    story("b2b.browse", Table(("supplier", "product"), [("MB-1", "6901")]))
    story("b2b.add_to_cart", {}, supplier="MB-1", product="6902", quantity=3)
    looked, put = story.seen.looked_up("b2b.browse"), story.seen.did("b2b.add_to_cart")
    assert after(looked, put) == put
    assert after(looked, put, by="product") == []


def test_a_query_that_found_nothing_looked_nothing_up(story: Story) -> None:
    story("lgs.outbound_slips", slips())
    assert story.seen.did("lgs.outbound_slips") and not story.seen.looked_up("lgs.outbound_slips")


# --- how much ----------------------------------------------------------------------------------------------------


def test_goals_are_met_by_what_the_brief_says(story: Story) -> None:
    made, found = did("netsell.create_text_ad", title="new_title"), looked_up("lgs.stock_list")
    narrowed, right = found_by("lgs.stock_list", "shipper", "product"), found_by("lgs.stock_list", "product", finds="slip")

    def met() -> list[bool]:
        seen = story.seen
        seen.brief = {"new_title": "秋季大促", "title": "春季", "slip": "OB-2"}
        return [bool(goal(seen)) for goal in (made, found, narrowed, right)]

    story("netsell.create_text_ad", "AD-1", title="春季")
    story("lgs.stock_list", slips(), warehouse="", shipper="", product="OB-2")
    assert met() == [False, False, False, False], "another title, and nothing found"
    story("netsell.create_text_ad", "AD-2", title="秋季大促")
    story("lgs.stock_list", slips("OB-1", "OB-2"), warehouse="W-1", shipper="", product="")
    assert met() == [True, True, False, False], "found by no condition that was asked for"
    story("lgs.stock_list", slips("OB-1"), warehouse="", shipper="", product="OB-1")
    assert met() == [True, True, True, False], "by a condition, but not the thing"
    story("lgs.stock_list", slips("OB-2"), warehouse="", shipper="", product="OB-2")
    assert met() == [True, True, True, True]


@pytest.mark.parametrize("amounts", [[12], [5, 7], [7, 5], [20, 12], [3, 5, 0, 7, 20]])
def test_pieces_in_several_deliveries_add_up(amounts: list[int]) -> None:
    assert adds_up(amounts, 12)


@pytest.mark.parametrize("amounts", [[], [11], [13], [5, 20, 7], [24]])
def test_other_pieces_do_not(amounts: list[int]) -> None:
    assert not adds_up(amounts, 12)


def test_money_adds_up_to_the_cent() -> None:
    assert adds_up([Decimal("400000.10"), Decimal("23000.07")], Decimal("423000.17"))
    assert not adds_up([Decimal("400000.10"), Decimal("23000.08")], Decimal("423000.17"))


def test_rows_of_goods_are_summed_by_entry(story: Story) -> None:
    rows = [{"product": "6901", "quantity": 3}, {"product": "6902", "quantity": 50}, {"product": "6901", "quantity": 2}]
    story("b2b.send_goods", "IS-1", goods=rows)
    story("b2b.send_goods", "IS-2", goods=[{"product": "6901", "quantity": 7}])
    sent = story.seen.did("b2b.send_goods")
    assert pieces(sent, "goods", "6901") == [5, 7]
    assert pieces(sent, "goods", "6902") == [50, 0]


# --- names -------------------------------------------------------------------------------------------------------

FIRM = "江南商贸 Jiangnan Trading 0417"


@pytest.mark.parametrize(
    "typed",
    [FIRM, "江南商贸", "江南商贸 0417", "jiangnan trading 0417", "Jiangnan  Trading0417", "江南商贸Ｊｉａｎｇｎａｎ trading ０４１７"],
)
def test_a_bilingual_name_is_met_by_either_half(typed: str) -> None:
    assert same_name(typed, FIRM)


@pytest.mark.parametrize("english", ["Jiangnan Trading 0417", "Jiangnan Trading"])
@pytest.mark.parametrize("between", [" ", "", " / ", "·", " - ", "，", "|", "（{}）", " [{}]"])
def test_a_bilingual_name_is_met_whichever_half_comes_first(between: str, english: str) -> None:
    one = between if "{}" in between else between + "{}"
    turned = english + one.format("江南商贸") + ("" if english.endswith("0417") else " 0417")
    assert same_name(turned, FIRM)
    assert same_name("江南商贸" + one.format("Jiangnan Trading 0417"), FIRM)
    assert same_name(f"Gold members{one.format('金牌会员')}", Text("金牌会员", "Gold members"))


@pytest.mark.parametrize(
    "typed",
    [
        None, "", "江南", "Jiangnan", "Trading 0417", "0417", "江南商贸 0418", "江北商贸 Jiangnan Trading 0417", "Jiangnan Trading 江北商贸 0417",
        "Trading 江南商贸 0417",
    ],
)
def test_another_name_is_not_met(typed: str | None) -> None:
    assert not same_name(typed, FIRM)


@pytest.mark.parametrize("typed", ["不良率低于 0.5%", "Defects below 0.5 percent", "不良率低于0.5% defects below 0.5 percent"])
def test_figures_between_the_halves_may_stand_on_either_side(typed: str) -> None:
    assert same_name(typed, "不良率低于 0.5% Defects below 0.5 percent")


@pytest.mark.parametrize("typed", ["金牌会员", "gold members", "金牌会员 / Gold members", "金牌会员 Gold members"])
def test_a_text_is_met_in_either_language_or_both(typed: str) -> None:
    assert same_name(typed, Text("金牌会员", "Gold members"))


@pytest.mark.parametrize("typed", ["杭州", "Hangzhou City", "杭州市 Hangzhou", "Hangzhou City / 杭州市", "Hangzhou（杭州市）"])
def test_a_place_may_be_written_with_what_it_is(typed: str) -> None:
    assert same_place(typed, "杭州 Hangzhou")
    assert not same_place(typed, "苏州 Suzhou")


def test_a_plate_has_no_halves() -> None:
    assert same_name("浙xab12c", "浙XAB12C")
    assert not same_name("浙", "浙XAB12C")


def test_names_are_compared_so_in_the_fields_of_entries(story: Story) -> None:
    story("lgs.add_warehouse", "WH-1", name="南岸仓库", city="苏州", capacity=2000)
    assert story.seen.did("lgs.add_warehouse", name="南岸仓库 South bank warehouse", city="苏州 Suzhou", capacity=2000)
    assert not story.seen.did("lgs.add_warehouse", name="北站仓库 North station warehouse")


# --- documents ---------------------------------------------------------------------------------------------------


def test_what_a_document_went_through_stays_and_says_when(lab: Callable[..., Lab]) -> None:
    world = lab("ca")
    for code in ("CA001", "CA002", "CA003"):
        PLAYS[code](world.player())
    world.ca.revoke("superseded")
    state = world.world.state
    seen, number = Evidence(state.look, state.done, "CA003"), state.done[-1].result
    moves = documents.moved(seen, "certificate", "verified", "downloaded")
    assert [(m.number, m.state) for m in moves] == [(number, "verified"), (number, "downloaded")], "not those that were made before the student came"
    assert [m.n for m in moves] == [d.n for d in seen.did("ca.verify_download", "ca.download")]
    assert after(seen.did("ca.verify_download"), documents.moved(seen, "certificate", "downloaded")) == moves[1:]
    with pytest.raises(KeyError):
        documents.moved(seen, "certificate", "lost")
