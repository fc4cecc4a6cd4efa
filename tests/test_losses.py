"""A parcel that a courier loses or damages: the customer gets money or goods, the shop claims the price, and the books hold at every step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from ecomlab.books import clock, ledger, stock
from ecomlab.books.courier import claims, waybills
from ecomlab.kernel.doing import Doing
from ecomlab.lab import Lab
from ecomlab.modules.b2c import couriers, losses, payments, returns
from tests import test_b2c as b2c
from tests import worlds
from tests.test_postage import charge, goods_of, sent, sound
from tests.worlds import refused

D = Decimal


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return worlds.opened(tmp_path_factory.mktemp("losses"), worlds.model("b2c", codes=b2c.OPEN))


@pytest.fixture
def do(mall: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doing]:
    """A shop in a world whose couriers lose every parcel."""
    monkeypatch.setattr(waybills, "ALL_ARRIVE", 0)
    monkeypatch.setattr(waybills, "ONE_LOST_IN", 1)
    with worlds.at_work(worlds.twin(mall.world.state), 10_000) as do:
        yield do


def lost(do: Doing, kind: str = "online") -> str:
    """An order whose parcel the courier has given up."""
    order = b2c.order(do, kind, 1)
    b2c.shipped(do, kind, order)
    due = sent(do, order)["due_day"]
    clock.advance(do, (due - do.day).days)
    assert waybill(do, order).state == "picked_up", "it is searched for"
    assert b2c.as_me(do, couriers.track, order)[-1].event == "searched_for"
    clock.advance(do, waybills.DAYS_TO_SEARCH)
    assert waybill(do, order).state == "lost"
    return order


def on_hand(do: Doing) -> int:
    shop = b2c.own_shop(do)
    return stock.on_hand(do, shop.member, shop.place, b2c.asked(do))


def waybill(do: Doing, order: str) -> Any:
    return couriers.waybill_of(do, order)


def test_the_first_parcels_of_each_courier_arrive_in_every_world(do: Doing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waybills, "ALL_ARRIVE", 24)
    order = b2c.order(do)
    b2c.shipped(do, "online", order)
    sent(do, order)
    clock.advance(do, 10)
    assert waybill(do, order).state == "signed_for"


@pytest.mark.parametrize("kind", [pytest.param(k, marks=[pytest.mark.slow] * (k not in ("online", "cash_on_delivery"))) for k in b2c.KINDS])
def test_the_customer_gets_back_all_that_was_paid_and_the_goods_are_a_loss(do: Doing, kind: str) -> None:
    charge(do)
    order, shop = lost(do, kind), b2c.own_shop(do)
    sound(do)
    amount, goods = b2c.amount_of(do, order), goods_of(do, order)
    losses_before, revenue = ledger.balance(do, shop.member, "6711"), ledger.balance(do, shop.member, "6001")
    cost = do.value("select sum(cost) from b2c_order_line where number = $n", n=order)
    with b2c.keeper(do):
        if kind == "cash_on_delivery":
            assert refused(payments.collect_cash, do, order).code == "not_owed", "no courier has brought the money"
        assert amount > goods and losses.make_good(do, order, "refund") == amount, "its postage, too"
        assert refused(losses.make_good, do, order, "refund").code == "not_lost"
    assert payments.returned_amount(do, order) == amount and ledger.balance(do, shop.member, "6001") > revenue
    assert ledger.balance(do, shop.member, "6711") == losses_before + cost
    sound(do)


def test_goods_that_are_sent_again_leave_the_stock_and_the_sale_stands(do: Doing, monkeypatch: pytest.MonkeyPatch) -> None:
    order, shop = lost(do), b2c.own_shop(do)
    first, there, revenue = waybill(do, order).number, on_hand(do), ledger.balance(do, shop.member, "6001")
    assert refused(sent, do, order).code == "lost_first"
    with b2c.keeper(do):
        cost = losses.make_good(do, order, "send_again")
    assert cost > 0 and on_hand(do) == there - 1 and ledger.balance(do, shop.member, "6001") == revenue
    monkeypatch.setattr(waybills, "ONE_LOST_IN", 10**9)
    again = sent(do, order, "feilu")
    assert again["waybill"] != first and refused(sent, do, order).code == "waybill_taken"
    clock.advance(do, (again["due_day"] - do.day).days)
    assert waybill(do, order).state == "signed_for", "the customer tracks the parcel that goes, not the one that is lost"
    with b2c.keeper(do):
        assert losses.claim_from_courier(do, order, "lost", goods_of(do, order)), "the first courier still owes what it has lost"
    sound(do)


def test_a_claim_goes_from_the_shop_to_the_bank_in_four_steps(do: Doing) -> None:
    order, shop = lost(do), b2c.own_shop(do)
    goods, firm = goods_of(do, order), do.value("select number from member where name like '云雀%'")
    with b2c.keeper(do):
        assert refused(losses.claim_from_courier, do, order, "damaged", goods).code == "no_such_harm", "it has not come at all"
        assert refused(losses.claim_from_courier, do, order, "lost", goods + D("0.01")).code == "claim_over_price"
        number = losses.claim_from_courier(do, order, "lost", goods)
        assert refused(losses.claim_from_courier, do, order, "lost", goods).code == "claimed_already"
        assert ledger.balance(do, shop.member, "1221", firm) == 0, "what nobody has admitted is none of the books"
        clock.advance(do, 1)
        assert losses.courier_claims(do)[0].state == "admitted" and ledger.balance(do, shop.member, "1221", firm) == goods
        sound(do)
        bank = do.value("select sum(balance) from ledger_balance where owner = $m and account = '1002'", m=shop.member)
        clock.advance(do, claims.DAYS_TO_PAY)
        assert losses.courier_claims(do)[0].state == "paid" and ledger.balance(do, shop.member, "1221", firm) == 0
        assert do.value("select sum(balance) from ledger_balance where owner = $m and account = '1002'", m=shop.member) == bank + goods
    assert do.value("select count(*) from bank_transaction where reference = $n", n=number) == 1
    sound(do)


def test_damage_is_claimed_after_the_signature_and_only_in_time(do: Doing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waybills, "ONE_LOST_IN", 10**9)
    early, late = b2c.order(do, quantity=1), b2c.order(do, quantity=1)
    for order in (early, late):
        b2c.shipped(do, "online", order)
        sent(do, order)
    with b2c.keeper(do):
        assert refused(losses.claim_from_courier, do, early, "damaged", D(10)).code == "no_such_harm", "nobody has seen it yet"
    for order in (early, late):
        b2c.as_me(do, returns.confirm_receipt, order)
    with b2c.keeper(do):
        losses.claim_from_courier(do, early, "damaged", D(10))
        clock.advance(do, claims.DAYS_TO_COMPLAIN + 1)
        losses.claim_from_courier(do, late, "missing", D(10))
        clock.advance(do, 1)
        assert [r.state for r in losses.courier_claims(do)] == ["paid", "refused"]
        assert losses.claim_from_courier(do, late, "missing", D(5)), "what was refused can be claimed again"
    sound(do)


def test_every_lost_parcel_is_on_the_list_of_its_shop(do: Doing) -> None:
    order = lost(do)
    with b2c.keeper(do):
        (row,) = losses.lost_parcels(do)
    assert (row.web_order, row.remedy, row.claim) == (order, None, None)
