"""Auctions: who leads and at what price, how sales come about and end, and that no bid looks back at those before it."""

from __future__ import annotations

import base64
import datetime
import shutil
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomlab.bench.auctions import seconds_per_bid
from ecomlab.books import images
from ecomlab.books.members import acting
from ecomlab.kernel.database import Database
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.secrets import Issued
from ecomlab.lab import Lab
from ecomlab.modules.c2c import analysis, bidders, bidding, listings, pricing, sales
from ecomlab.modules.c2c.briefs import group_number
from ecomlab.modules.c2c.members import BUYER, DUTY, DUTY_PASSWORD, SELLER
from ecomlab.modules.c2c.playbook import own_name
from ecomlab.modules.ebank.playbook import own_customer
from tests import worlds
from tests.each import each
from tests.worlds import refused

D = Decimal
TO_MEMBER = ("C2C001",)


@pytest.fixture
def house(acting: Callable[..., Lab]) -> Lab:
    """A world whose student is signed in to the auction house as buyer and seller, with money in the bank."""
    return acting("c2c", *TO_MEMBER)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """One such world for all tests that take back what they do."""
    return worlds.opened(tmp_path_factory.mktemp("market"), worlds.model("c2c", codes=TO_MEMBER))


@pytest.fixture
def office(house: Lab) -> Lab:
    """The same, and signed in as administrator too."""
    house.c2c.sign_in_administrator(DUTY, secret(house, f"password/{DUTY_PASSWORD}"))
    return house


def secret(lab: Lab, label: str) -> str:
    return Issued(label).plain(lab.world.header.seed)


def own(lab: Lab) -> str:
    return own_name(lab.world.state.look)


def scripted(lab: Lab, position: int) -> str:
    return bidders.user_name(bidders.scripted_persons(lab.world.state.look)[position])


def put_up(lab: Lab, days: int = 3, **change: Any) -> str:
    given: dict[str, Any] = {
        "category": bidders.category_number(lab.world.state.look, 0), "title": "灯 Lamp", "description": "旧 Old", "start_price": "10.00",
        "ends": lab.world.state.day + datetime.timedelta(days=days),
    }  # fmt: skip
    return str(lab.c2c.list_item(**given | change))


def row_of(lab: Lab, listing: str) -> Any:
    return listings.listing_of(lab.world.state.look, listing)


def offered(do: Doing, seller: str, **terms: Any) -> str:
    with acting(do, SELLER.name, seller):
        return listings.put_up(
            do, bidders.category_number(do, 0), "灯 Lamp", "旧 Old",
            **{"start_price": D("10.00"), "ends": do.day + datetime.timedelta(days=3), "fixed_increment": D("5.00")} | terms,
        )  # fmt: skip


def bid(do: Doing, listing: str, bidder: str, maximum: str | Decimal) -> Decimal:
    with acting(do, BUYER.name, bidder):
        return bidding.place(do, listings.listing_of(do, listing), bidder, D(maximum))


# --- prices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "least"), [(None, "8.00"), ("99.99", "100.99"), ("100.00", "105.00"), ("999.00", "1009.00"), ("20000.00", "20100.00")])
def test_the_least_bid_is_the_start_price_and_then_one_tier_above_the_standing_price(price: str | None, least: str) -> None:
    assert pricing.least_bid(D(price) if price else None, D("8.00"), None) == D(least)


def test_a_fixed_increment_takes_the_place_of_the_tiers() -> None:
    assert pricing.least_bid(D("999.00"), D("8.00"), D("0.50")) == D("999.50")


def test_one_bidder_pays_the_start_price_and_two_the_second_maximum_and_an_increment(market: Lab) -> None:
    a, b, c = (scripted(market, i) for i in (2, 3, 4))
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, scripted(market, 0))
        assert bid(do, listing, a, "100") == D("10.00")
        assert bid(do, listing, b, "40") == D("45.00")
        assert listings.listing_of(do, listing).leader == a
        assert bid(do, listing, c, "98") == D("100.00"), "never above the leader's own maximum"
        assert bid(do, listing, b, "200") == D("105.00")
        assert listings.listing_of(do, listing).leader == b


def test_of_equal_maxima_the_earlier_leads_and_pays_it(market: Lab) -> None:
    a, b = scripted(market, 3), scripted(market, 4)
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, scripted(market, 0))
        bid(do, listing, a, "80")
        assert bid(do, listing, b, "80") == D("80.00")
        assert listings.listing_of(do, listing).leader == a


def test_raising_ones_own_maximum_does_not_raise_the_price_against_oneself(market: Lab) -> None:
    a, b = scripted(market, 3), scripted(market, 4)
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, scripted(market, 0))
        bid(do, listing, a, "80")
        bid(do, listing, b, "30")
        assert bid(do, listing, a, "500") == D("35.00")
        assert refused(bid, do, listing, a, "500").code == "maximum_not_raised"


def test_a_maximum_that_reaches_the_reserve_lifts_the_price_to_it(market: Lab) -> None:
    a, b = scripted(market, 3), scripted(market, 4)
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, scripted(market, 0), reserve_price=D("60.00"))
        assert bid(do, listing, a, "50") == D("10.00")
        assert not listings.reserve_met(listings.listing_of(do, listing))
        assert bid(do, listing, b, "90") == D("60.00")
        assert listings.reserve_met(listings.listing_of(do, listing))


def test_a_refused_bid_leaves_no_trace(house: Lab) -> None:
    listing = house.c2c.search()[0]
    before = worlds.held(house), house.world.path.read_bytes()
    low = refused(house.c2c.bid, listing.listing, listing.least_bid - D("0.01"))
    assert [(p.code, p.field) for p in low.problems] == [("bid_too_low", "maximum")]
    assert (worlds.held(house), house.world.path.read_bytes()) == before


def naive(bids: list[tuple[int, Decimal]], start: Decimal, step: Decimal | None, reserve: Decimal | None) -> tuple[int, Decimal]:
    """Winner and price of a second-price auction over all bids at once."""
    best = {who: max(m for w, m in bids if w == who) for who, _ in bids}
    top = max(best.values())
    winner = next(who for who, m in bids if m == top)
    rest = sorted((m for who, m in best.items() if who != winner), reverse=True)
    price = min(top, rest[0] + pricing.increment(rest[0], step)) if rest else start
    return winner, max(price, reserve) if reserve and top >= reserve else price


@given(
    bids=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 60)), min_size=1, max_size=14),
    start=st.integers(1, 20),
    step=st.sampled_from([None, D("0.50"), D("7.00")]),
    reserve=st.sampled_from([None, D("25.00"), D("55.00")]),
)
def test_bid_by_bid_it_comes_to_the_second_price_over_all_bids(
    market: Lab, bids: list[tuple[int, int]], start: int, step: Decimal | None, reserve: Decimal | None
) -> None:
    """The running figures, which never look back, against a reference that looks at everything; prices never fall."""
    accepted: list[tuple[int, Decimal]] = []
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, scripted(market, 0), start_price=D(start), fixed_increment=step, reserve_price=reserve)
        standing = D(0)
        for who, maximum in bids:
            try:
                price = bid(do, listing, scripted(market, who), D(maximum))
            except Refusal:
                assert (who, D(maximum)) not in accepted or naive(accepted, D(start), step, reserve)[0] == who or D(maximum) < standing + 60
                continue
            accepted.append((who, D(maximum)))
            row = listings.listing_of(do, listing)
            winner, second_price = naive(accepted, D(start), step, reserve)
            assert (row.leader, price) == (scripted(market, winner), second_price)
            assert standing <= price <= row.leader_max
            assert row.bids == len(accepted)
            standing = price
        assert bidding._bids(do) == []


def test_a_bid_looks_at_no_earlier_bid(played: Callable[..., Lab]) -> None:
    """However many there are: no statement of a bid reads the table of bids."""
    house = played("c2c", *TO_MEMBER)
    listing = house.c2c.search()[0]
    statements: list[str] = []
    run = Database.run

    def noting(self: Database, sql: str, parameters: dict[str, Any]) -> Any:
        statements.append(sql)
        return run(self, sql, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "run", noting)
        house.c2c.bid(listing.listing, listing.least_bid)
    assert any("insert into c2c_bid" in s for s in statements)
    assert not [s for s in statements if "from c2c_bid" in s or "join c2c_bid" in s]


def test_the_benchmark_runs() -> None:
    assert all(seconds > 0 for seconds in seconds_per_bid((1, 20), bids=4).values())


# --- listings ------------------------------------------------------------------------------------------------------


@each(
    ("change", "code", "field"),
    [
        ({"category": "CT-0000-9999"}, "no_auction_category", "category"),
        ({"start_price": "0"}, "too_small", "start_price"),
        ({"start_price": "-3"}, "money_negative", "start_price"),
        ({"reserve_price": "10.00"}, "reserve_too_low", "reserve_price"),
        ({"buy_now_price": "9.00"}, "buy_now_too_low", "buy_now_price"),
        ({"reserve_price": "20.00", "buy_now_price": "20.00"}, "buy_now_too_low", "buy_now_price"),
        ({"fixed_increment": "0"}, "too_small", "fixed_increment"),
        ({"days": 0}, "bad_auction_end", "ends"),
        ({"days": 31}, "bad_auction_end", "ends"),
        ({"title": ""}, "text_empty", "title"),
    ],
)
def test_terms_that_make_no_sense_are_refused_at_their_field(house: Lab, change: dict[str, Any], code: str, field: str) -> None:
    assert [(p.code, p.field) for p in refused(put_up, house, **change).problems] == [(code, field)]


def test_a_picture_is_kept_as_its_pixels_and_laid_beside_the_logbook(house: Lab) -> None:
    listing = put_up(house, picture=images.sample(120, 80, (10, 90, 200)))
    laid = (house.world.folder / "pictures" / f"{listing}.png").read_bytes()
    kept = house.world.state.look.value("select picture from c2c_picture where listing = $n", n=listing)
    assert base64.b64decode(kept) == laid and laid.startswith(b"\x89PNG")
    shutil.rmtree(house.world.folder / "pictures")
    house.c2c.item(listing)
    assert (house.world.folder / "pictures" / f"{listing}.png").read_bytes() == laid, "whoever looks at the listing sees its picture"
    large = refused(put_up, house, picture=images.sample(321, 10, (0, 0, 0))).problems[0]
    assert (large.code, large.field) == ("picture_large", "picture")
    assert refused(put_up, house, picture=b"<svg onload=alert(1)>").code == "not_a_picture"


def test_a_seller_without_a_bank_account_is_told_to_open_one(lab: Callable[..., Lab]) -> None:
    world = lab("semester")
    worlds.PLAYS["EMAIL001"](world.player())
    worlds.PLAYS["C2C001"](world.player())
    assert refused(put_up, world).code == "seller_needs_account"


def test_a_group_limits_how_many_listings_its_members_have_at_a_time(office: Lab) -> None:
    group = office.c2c.create_group("小卖家 Small sellers", 1)
    office.c2c.move_member(own(office), group)
    first = put_up(office)
    assert refused(put_up, office).code == "listing_limit"
    office.c2c.withdraw(first, "算了 Never mind")
    put_up(office)


def test_nobody_bids_on_an_own_listing_or_after_the_end(house: Lab) -> None:
    listing = put_up(house)
    assert [(p.code, p.field) for p in refused(house.c2c.bid, listing, "50").problems] == [("own_listing", "listing")]
    others = house.c2c.search()[0].listing
    house.advance(8)
    assert refused(house.c2c.bid, others, "5000").code == "not_on_auction"
    assert refused(house.c2c.bid, "LT-0000-0000", "5000").code == "not_found"


def test_a_seller_withdraws_only_what_is_his_and_nobody_bid_on(house: Lab) -> None:
    theirs = house.c2c.search()[0].listing
    assert refused(house.c2c.withdraw, theirs, "x").code == "not_yours"
    mine = put_up(house, days=5, start_price="1.00")
    house.advance(4)
    assert row_of(house, mine).bids > 0
    assert refused(house.c2c.withdraw, mine, "x").code == "has_bids"


def test_buying_at_once_ends_the_auction_and_is_possible_until_the_first_bid(market: Lab) -> None:
    state = market.world.state
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, scripted(market, 0), buy_now_price=D("99.00"))
        with acting(do, BUYER.name, own(market)):
            assert bidding.buy_now(do, listing) == D("99.00")
        row = listings.listing_of(do, listing)
        assert (row.state, row.buyer, row.final_price) == ("sold", own(market), D("99.00"))
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, scripted(market, 0), buy_now_price=D("99.00"))
        bid(do, listing, scripted(market, 3), "12")
        with acting(do, BUYER.name, own(market)):
            assert refused(bidding.buy_now, do, listing).code == "no_buy_now"
    assert state.look.value("select count(*) from c2c_award") == 0


def test_with_a_soft_close_a_bid_on_the_last_day_adds_a_day_if_it_moves_the_auction(market: Lab) -> None:
    a, b = scripted(market, 3), scripted(market, 4)
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        soft = offered(do, scripted(market, 0), ends=do.day, soft_close=True)
        hard = offered(do, scripted(market, 0), ends=do.day)
        for listing in (soft, hard):
            bid(do, listing, a, "50")
        assert listings.listing_of(do, soft).ends == do.day + datetime.timedelta(days=1)
        assert listings.listing_of(do, hard).ends == do.day
        do.execute("update c2c_listing set ends = $day where number = $soft", day=do.day, soft=soft)
        bid(do, soft, a, "60")
        assert listings.listing_of(do, soft).ends == do.day, "raising the own maximum moves nothing"
        bid(do, soft, b, "40")
        assert listings.listing_of(do, soft).ends == do.day + datetime.timedelta(days=1)


# --- closing, paying, rating ---------------------------------------------------------------------------------------


def test_auctions_close_by_their_last_day_and_then_in_the_order_of_listing(market: Lab) -> None:
    a = scripted(market, 3)
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        day = do.day
        late, first, second = (offered(do, scripted(market, 0), ends=day - datetime.timedelta(days=n)) for n in (1, 2, 2))
        for listing in (second, late, first):
            bid(do, listing, a, "50")
        sales.close_auctions(do)
        entries = do.all("select document from ledger_entry where kind = 'auction_sale' order by number")
        assert [e.document for e in entries] == [first, second, late]


def test_an_unmet_reserve_and_no_bid_leave_an_item_unsold(market: Lab) -> None:
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        yesterday = do.day - datetime.timedelta(days=1)
        short = offered(do, scripted(market, 0), ends=yesterday, reserve_price=D("60.00"))
        lonely = offered(do, scripted(market, 0), ends=yesterday)
        bid(do, short, scripted(market, 3), "59.99")
        sales.close_auctions(do)
        assert [listings.listing_of(do, n).state for n in (short, lonely)] == ["unsold", "unsold"]


def won(lab: Lab) -> str:
    """The student wins an auction."""
    worlds.PLAYS["C2C004"](lab.player())
    listing = lab.c2c.bidding()[0]
    lab.advance((listing.ends - lab.world.state.day).days + 1)
    return str(listing.listing)


def test_a_sale_is_owed_until_it_is_paid_and_the_money_goes_from_person_to_person(house: Lab) -> None:
    listing = won(house)
    row = row_of(house, listing)
    look = house.world.state.look
    member = {n: look.value("select member from c2c_member where user_name = $n", n=n) for n in (row.buyer, row.seller)}

    def owed() -> Any:
        return look.value(
            "select -sum(amount) from posting p join ledger_entry e on e.number = p.entry where e.document = $n and p.owner = $o and p.account = '2241'",
            n=listing, o=member[row.buyer],
        )  # fmt: skip

    account = own_customer(house.player(), "personal").account
    before = look.value("select balance from ledger_balance where owner = $o and account = '1002'", o=member[row.seller])
    assert (row.state, owed()) == ("sold", row.final_price)
    wrong = refused(house.c2c.pay, listing, account, "135790")
    assert (wrong.code, row_of(house, listing).state) == ("wrong_pin", "sold")
    house.c2c.pay(listing, account, secret(house, "pin/personal"))
    assert (row_of(house, listing).state, owed()) == ("paid", 0)
    after = look.value("select balance from ledger_balance where owner = $o and account = '1002'", o=member[row.seller])
    assert after - (before or 0) == row.final_price
    assert refused(house.c2c.pay, listing, account, secret(house, "pin/personal")).code == "wrong_state"
    assert worlds.findings_of(house) == []


def test_one_pays_from_an_own_account_only(house: Lab) -> None:
    listing = won(house)
    other = house.world.state.look.value("select number from bank_account where kind = 'personal' order by number limit 1")
    assert [(p.code, p.field) for p in refused(house.c2c.pay, listing, other, "135790").problems] == [("not_your_account", "account")]


def test_a_sale_is_rated_once_by_its_buyer_when_it_is_paid(house: Lab) -> None:
    listing = won(house)
    assert refused(house.c2c.rate, listing, "positive", "好 Good").code == "pay_first"
    house.c2c.pay(listing, own_customer(house.player(), "personal").account, secret(house, "pin/personal"))
    seller = row_of(house, listing).seller
    before = house.c2c.credit(seller)[0]
    assert house.c2c.rate(listing, "negative", "坏了 Broken") == before.seller_credit - 1
    assert house.c2c.credit(seller)[0].negative == before.negative + 1
    assert refused(house.c2c.rate, listing, "positive", "好 Good").code == "already_rated"
    theirs = house.world.state.look.value("select listing from c2c_award where bidder <> $me and outcome = 'paid' limit 1", me=own(house))
    if theirs:
        assert refused(house.c2c.rate, theirs, "positive", "x").code == "not_your_purchase"
    assert worlds.findings_of(house) == []


def test_who_does_not_pay_loses_the_purchase_and_in_the_end_the_right_to_bid(house: Lab) -> None:
    listing = won(house)
    house.advance(sales.PAYMENT_DAYS + 1)
    row, look = row_of(house, listing), house.world.state.look
    assert row.buyer != own(house), "the scripted seller turned to the next bidder"
    assert [a.outcome for a in look.all("select outcome from c2c_award where listing = $n order by award", n=listing)][0] == "defaulted"
    assert look.value("select strikes from c2c_member where user_name = $me", me=own(house)) == 1
    assert worlds.findings_of(house) == []
    house.world.state.database.execute("update c2c_member set strikes = 3 where user_name = $me", me=own(house))
    assert refused(house.c2c.bid, house.c2c.search()[0].listing, "5000").code == "barred"


def test_a_second_chance_goes_to_another_bidder_at_his_own_maximum_and_ends_by_itself(market: Lab) -> None:
    a, b = scripted(market, 3), scripted(market, 4)
    me = own(market)
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, me, ends=do.day - datetime.timedelta(days=1))
        bid(do, listing, a, "90")
        bid(do, listing, b, "40")
        sales.close_auctions(do)
        with acting(do, SELLER.name, me):
            assert refused(sales.report_unpaid, do, listing).code == "not_due_yet"
            assert refused(sales.offer_second_chance, do, listing, b).code == "wrong_state"
            do.execute("update c2c_listing set pay_by = $day where number = $n", day=do.day - datetime.timedelta(days=1), n=listing)
            assert sales.report_unpaid(do, listing) == a
            assert refused(sales.offer_second_chance, do, listing, a).code == "no_underbidder"
            assert sales.offer_second_chance(do, listing, b) == D("40.00")
        with acting(do, BUYER.name, a):
            assert refused(sales.answer_offer, do, listing, "accept").code == "no_offer"
        do.execute("update c2c_listing set pay_by = $day where number = $n", day=do.day - datetime.timedelta(days=1), n=listing)
        sales.close_auctions(do)
        assert listings.listing_of(do, listing).state == "offer_lapsed"
        with acting(do, SELLER.name, me):
            assert refused(sales.offer_second_chance, do, listing, b).code == "no_underbidder"


def test_an_accepted_second_chance_is_a_sale_like_any_other(market: Lab) -> None:
    a, b, me = scripted(market, 3), scripted(market, 4), own(market)
    with worlds.at_work(worlds.twin(market.world.state), 10_000) as do:
        listing = offered(do, me, ends=do.day - datetime.timedelta(days=1), reserve_price=D("95.00"))
        bid(do, listing, a, "90")
        bid(do, listing, b, "40")
        sales.close_auctions(do)
        with acting(do, SELLER.name, me):
            sales.offer_second_chance(do, listing, a)
        with acting(do, BUYER.name, a):
            assert sales.answer_offer(do, listing, "accept") == "sold"
        row = listings.listing_of(do, listing)
        assert (row.buyer, row.final_price, row.pay_by) == (a, D("90.00"), do.day + datetime.timedelta(days=sales.PAYMENT_DAYS))


# --- the other members ---------------------------------------------------------------------------------------------


def test_a_lone_student_meets_competition_by_marked_bids_and_sells(house: Lab) -> None:
    listing = put_up(house, days=6, start_price="1.00")
    house.advance(7)
    row = row_of(house, listing)
    path = house.c2c.price_path(listing)
    assert row.state == "sold" and row.bids >= 4 and all(b.scripted for b in path)
    assert [b.price for b in path] == sorted(b.price for b in path)
    house.advance(1)
    assert row_of(house, listing).state == "paid" or row.buyer == scripted(house, 4), "only the careless one may not pay"
    assert worlds.findings_of(house) == []


def test_the_others_bid_up_to_their_own_values_and_the_price_is_the_second_of_them(house: Lab) -> None:
    house.advance(30)
    look = house.world.state.look
    for bids in look.all(
        """select b.bidder, b.listing, max(b.maximum) as maximum, any_value(c.typical_value) as typical from c2c_bid b
           join c2c_listing l on l.number = b.listing join c2c_category c on c.number = l.auction_category group by all"""
    ):
        assert bids.maximum <= bidders.private_value(look, bids.bidder, bids.listing, bids.typical)
    table = analysis.english_against_second_price(look)
    assert len(table) >= 6
    for row in table:
        if row.final_price is not None:
            assert 0 <= row.difference <= pricing.increment(row.second_price, row.second_price / 10)
    assert worlds.findings_of(house) == []


def test_every_world_has_values_and_goods_of_its_own(lab: Callable[..., Lab]) -> None:
    looks = [lab("c2c", student=s).world.state.look for s in ("s1", "s2")]
    drawn = [[bidders.private_value(look, "x", f"LT-{n}", D("1000.00")) for n in range(20)] for look in looks]
    assert drawn[0] != drawn[1]
    assert all(D(400) <= v <= D(1600) for values in drawn for v in values)


def test_the_first_seller_always_has_something_in_the_asked_category(house: Lab) -> None:
    for days in (0, 1, 6, 15):
        if days:
            house.advance(days)
        found = house.c2c.search(category=house.brief("C2C004")["category"])
        assert scripted(house, 0) in {r.seller for r in found}


# --- theory --------------------------------------------------------------------------------------------------------


def test_the_expected_price_of_uniform_values_is_the_second_order_statistic() -> None:
    low, high = D(40), D(160)
    assert [analysis.expected_revenue(n, low, high) for n in (1, 2, 3, 5)] == [D("0.00"), D("80.00"), D("100.00"), D("120.00")]
    assert analysis.expected_revenue(1, low, high, D(80)) == D("53.33")  # 80 * (160 - 80) / 120
    assert analysis.expected_revenue(3, low, high, D(160)) == 0


def test_the_best_reserve_is_half_the_highest_value_whatever_the_number_of_bidders() -> None:
    low, high = D(40), D(160)
    best = analysis.best_reserve(low, high)
    for n in (1, 2, 4):
        revenue = {r: analysis.expected_revenue(n, low, high, D(r)) for r in range(0, 161, 5)}
        assert max(revenue, key=lambda r: revenue[r]) == best == 80
    with pytest.raises(ValueError, match="low < high"):
        analysis.expected_revenue(2, high, low)


def test_theory_agrees_with_a_simulation() -> None:
    import random

    chance = random.Random(7)
    low, high, reserve = 40.0, 160.0, 90.0
    total = 0.0
    for _ in range(20_000):
        price = analysis.second_price([D(chance.uniform(low, high)) for _ in range(3)], D(reserve))
        total += float(price or 0)
    assert abs(total / 20_000 - float(analysis.expected_revenue(3, D(low), D(high), D(reserve)))) < 1.0


# --- administration ------------------------------------------------------------------------------------------------


def test_the_letter_of_welcome_holds_the_password_of_the_duty_account(house: Lab) -> None:
    letter = house.email.search(DUTY)[0]
    body = house.email.read(letter.number)["body"]
    password = next(w for line in body.splitlines() if DUTY in line for w in [line.replace("：", " ").split()[-1]])
    assert house.c2c.sign_in_administrator(DUTY, password) == DUTY


def test_only_administrators_enter_the_back_office(house: Lab) -> None:
    assert refused(house.c2c.overview).code == "sign_in_first"
    problem = refused(house.c2c.sign_in_administrator, own(house), secret(house, "password/auction")).problems[0]
    assert (problem.code, problem.field) == ("not_administrator", "user_name")


def test_the_log_shows_failed_attempts_and_clearing_it_keeps_them_for_the_audit(office: Lab) -> None:
    assert refused(office.c2c.sign_in, own(office), "wrong-password-1").code == "wrong_password"
    shown = office.c2c.sign_in_log()
    assert (shown[0].user_name, shown[0].outcome) == (own(office), "wrong_password")
    assert office.c2c.clear_log() == len(shown)
    assert len(office.c2c.sign_in_log()) == 0
    assert refused(office.c2c.clear_log).code == "nothing_to_clear"
    kept = office.c2c.sign_in_log(with_cleared=True)
    assert [r.number for r in kept] == [r.number for r in shown] and all(r.cleared for r in kept)
    assert office.world.state.look.one("select user_name, up_to from c2c_log_clearing") == (DUTY, shown[0].number)


def test_a_group_with_members_and_a_built_in_one_stay(office: Lab) -> None:
    group = group_number(office.world.state.look, 0)
    office.c2c.move_member(scripted(office, 3), group)
    assert [(p.code, p.field) for p in refused(office.c2c.delete_group, group).problems] == [("group_in_use", "group")]
    assert refused(office.c2c.delete_group, "MEMBERS").code == "built_in_group"
    assert refused(office.c2c.change_group, "ADMINISTRATORS", "x").code == "built_in_group"
    assert refused(office.c2c.create_group, "普通会员 members").code == "group_name_taken"
    assert refused(office.c2c.delete_group, "GR-0").code == "no_group"


def test_the_last_administrator_stays_and_whoever_leaves_the_group_is_signed_out(office: Lab) -> None:
    assert refused(office.c2c.move_member, DUTY, "MEMBERS").code == "last_administrator"
    office.c2c.move_member(own(office), "ADMINISTRATORS")
    office.c2c.move_member(DUTY, "MEMBERS")
    assert refused(office.c2c.overview).code == "sign_in_first"


def test_a_category_that_was_ever_used_cannot_be_deleted(office: Lab) -> None:
    used = bidders.category_number(office.world.state.look, 0)
    listing = put_up(office)
    office.c2c.withdraw(listing, "x")
    problem = refused(office.c2c.delete_category, used).problems[0]
    assert (problem.code, problem.field) == ("category_in_use", "category")
    fresh = office.c2c.create_category("邮票 Stamps", "50")
    assert refused(office.c2c.create_category, "邮票 STAMPS", "50").code == "category_name_taken"
    assert office.c2c.change_category(fresh, "纪念邮票 Commemoratives") == fresh
    assert office.c2c.delete_category(fresh) == "纪念邮票 Commemoratives"


def test_a_cancelled_listing_is_announced_to_its_seller_and_all_bidders_and_voids_their_bids(office: Lab) -> None:
    listing = next(r for r in office.c2c.search() if r.seller == scripted(office, 0)).listing
    office.c2c.bid(listing, "5000")
    told = office.c2c.cancel_listing(listing, "违规 Against the rules")
    assert told == [scripted(office, 0), own(office)]
    letters = office.world.state.look.all(
        "select r.address from mail_message m join mail_recipient r using (message_id) where contains(m.body, 'Against the rules')"
    )
    assert len(letters) == 2
    assert row_of(office, listing).state == "called_off"
    assert len(office.c2c.bidding()) == 0
    assert refused(office.c2c.cancel_listing, listing, "x").code == "wrong_state"
    assert worlds.findings_of(office) == []


def test_the_search_finds_listings_of_every_state_by_every_condition(office: Lab) -> None:
    listing = put_up(office, title="绿色台灯 Green desk lamp", start_price="77.00")
    office.c2c.withdraw(listing, "x")
    for condition in ({"text": "DESK"}, {"state": "called_off"}, {"seller": own(office)}, {"at_least": "77", "at_most": "77"}):
        assert listing in {r.listing for r in office.c2c.find_listings(**condition)}, condition
    assert listing not in {r.listing for r in office.c2c.search()}


# --- members -------------------------------------------------------------------------------------------------------


@each(
    ("change", "code", "field"),
    [
        ({"user_name": "A b"}, "bad_member_name", "user_name"),
        ({"user_name": "ab"}, "bad_member_name", "user_name"),
        ({"user_name": DUTY}, "member_name_taken", "user_name"),
        ({"mailbox": "nobody@ecomlab.test"}, "no_mailbox", "mailbox"),
        ({"mailbox": "nonsense"}, "bad_address", "mailbox"),
        ({"mailbox": "service@ecomlab.test"}, "mailbox_has_member", "mailbox"),
        ({"password": "short", "confirm": "short"}, "password_weak", "password"),
        ({"confirm": "Other-1234"}, "secrets_differ", "confirm"),
    ],
)
def test_a_registration_that_will_not_do_is_refused_at_its_field(market: Lab, change: dict[str, str], code: str, field: str) -> None:
    mailbox = bidders.persons(market.world.state.look)[1].mailbox  # one that no member has
    given = {"user_name": "new.member", "full_name": "新 New", "mailbox": mailbox, "password": "Good-1234", "confirm": "Good-1234"}
    assert [(p.code, p.field) for p in refused(market.c2c.register, **given | change).problems] == [(code, field)]


def test_one_member_may_buy_and_sell_or_sign_in_for_one_side_only(house: Lab) -> None:
    assert {(r.role, r.actor) for r in house.sessions()} >= {("auction_buyer", own(house)), ("auction_seller", own(house))}
    house.sign_out("auction_seller", own(house))
    house.sign_out("auction_buyer", own(house))
    house.c2c.sign_in(own(house), secret(house, "password/auction"), "buyer")
    assert refused(put_up, house).code == "sign_in_first"
    house.c2c.bidding()
