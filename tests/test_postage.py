"""Postage at checkout, and the courier: what is charged follows from way and weight, is revenue with tax, and the courier is owed and paid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from ecomlab.books import clock, ledger
from ecomlab.books.courier import billing, tariff, waybills
from ecomlab.books.members import acting
from ecomlab.kernel.audit import verdicts
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.secrets import Issued
from ecomlab.lab import Lab
from ecomlab.modules import ebank
from ecomlab.modules.b2c import checkout, couriers, payments, postage, returns
from ecomlab.modules.b2c.members import SHOPPER
from tests import test_b2c as b2c
from tests import worlds
from tests.worlds import refused

D = Decimal


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return worlds.opened(tmp_path_factory.mktemp("postage"), worlds.model("b2c", codes=b2c.OPEN))


@pytest.fixture
def do(mall: Lab) -> Iterator[Doing]:
    with worlds.at_work(worlds.twin(mall.world.state), 10_000) as do:
        yield do


def charge(do: Doing, courier: str = "yunque", free_from: Decimal | None = None) -> None:
    with b2c.keeper(do):
        postage.charge_postage(do, courier, free_from)


def goods_of(do: Doing, order: str) -> Decimal:
    return D(do.value("select sum(amount) from b2c_order_line where number = $n", n=order))


def sent(do: Doing, order: str, courier: str = "yunque") -> dict[str, Any]:
    with b2c.keeper(do):
        return dict(couriers.send_by_courier(do, order, courier))


def sound(do: Doing) -> None:
    assert [f"{v.name}: {f}" for v in verdicts(do, do.scenario.includes) for f in v.findings] == []


def test_a_shop_that_says_nothing_delivers_free(do: Doing) -> None:
    order = b2c.order(do)
    assert b2c.amount_of(do, order) == goods_of(do, order)
    assert not b2c.as_me(do, postage.postage, order)


def test_postage_is_what_the_courier_asks_for_way_and_weight(do: Doing) -> None:
    charge(do)
    order = b2c.order(do)
    (row,) = b2c.as_me(do, postage.postage, order)
    sender = postage.sender_of(do, b2c.own_shop(do).merchant)
    asked = next(price for r, price in tariff.quotes(do, sender, "杭州", postage.weight_of(do, order)) if r.courier == "yunque")
    assert row.postage == asked > 0
    assert b2c.amount_of(do, order) == goods_of(do, order) + asked
    sound(do)


def test_the_choice_of_delivery_and_address_moves_it_until_the_order_is_confirmed(do: Doing) -> None:
    charge(do)
    with acting(do, SHOPPER.name, b2c.me(do)):
        order = checkout.draft(do, b2c.own_shop(do).merchant, [(b2c.asked(do), 1)])
        checkout.set_recipient(do, order, "林晓", "杭州", "13800138000")
        assert postage.charged(do, order) == 0, "nobody has said how it is delivered"
        checkout.choose_delivery(do, order, "express", "online")
        near = postage.charged(do, order)
        checkout.set_recipient(do, order, "林晓", "拉萨", "13800138000")
        assert postage.charged(do, order) > near > 0
        checkout.choose_delivery(do, order, "pick_up", "online")
        assert b2c.amount_of(do, order) == goods_of(do, order), "who collects the goods pays no postage"


def test_it_is_free_from_the_shops_own_sum_on(do: Doing) -> None:
    goods = goods_of(do, b2c.order(do))
    charge(do, free_from=goods)
    order = b2c.order(do)
    assert [r.postage for r in b2c.as_me(do, postage.postage, order)] == [0]
    charge(do, free_from=goods + D("0.01"))
    assert postage.charged(do, b2c.order(do)) > 0
    with b2c.keeper(do):
        assert postage.end_postage(do) == "yunque"
        assert refused(postage.end_postage, do).code == "free_already"
    assert b2c.amount_of(do, b2c.order(do)) == goods


def test_a_parcel_that_no_courier_takes_is_refused_in_words(do: Doing) -> None:
    charge(do)
    do.execute("update product set weight_g = 60000")
    with pytest.raises(Refusal) as no:
        b2c.order(do)
    assert (no.value.code, no.value.field) == ("parcel_too_heavy", "order")


@pytest.mark.parametrize("kind", b2c.KINDS)
def test_postage_is_paid_with_the_order_and_is_revenue_taxed_as_its_goods(do: Doing, kind: str) -> None:
    charge(do)
    order = b2c.order(do, kind)
    amount, asked = b2c.amount_of(do, order), postage.charged(do, order)
    made = b2c.shipped(do, kind, order)
    line = do.one("select * from sale_line where document = $n and product = ''", n=order)
    assert (line.revenue + line.tax, line.cost) == (asked, 0)
    percent = next(iter(b2c.sales_book.tax.rates(do, [b2c.asked(do)]).values()))
    assert line.tax == b2c.sales_book.tax.within(asked, percent)
    assert made["amount"] == amount
    if kind == "cash_on_delivery":
        with b2c.keeper(do):
            assert payments.collect_cash(do, order) == amount, "the courier brings goods and postage"
    sound(do)


def test_a_return_leaves_the_postage_and_a_cancelled_order_gives_it_back(do: Doing) -> None:
    charge(do)
    order = b2c.order(do)
    b2c.shipped(do, "online", order)
    request = b2c.as_me(do, returns.request_return, order, [{"product": b2c.asked(do), "quantity": 2}], "不合适 Does not fit")
    with b2c.keeper(do):
        assert returns.accept_return(do, request, "restocked")["refund"] == goods_of(do, order)
    assert refused(returns.refund_without_goods, do, order, D("0.01"), "x").code == "wrong_state"
    second = b2c.order(do)
    b2c.paid(do, "online", second)
    b2c.as_me(do, returns.call_off, second, "改变主意 Changed my mind")
    assert payments.returned_amount(do, second) == b2c.amount_of(do, second)
    sound(do)


def test_the_courier_is_owed_from_the_collection_and_paid_from_the_bank(do: Doing) -> None:
    charge(do)
    order = b2c.order(do)
    b2c.shipped(do, "online", order)
    shop = b2c.own_shop(do)
    made = sent(do, order)
    assert made["price"] == postage.charged(do, order), "what the customer pays is what the courier asks"
    assert refused(sent, do, order).code == "waybill_taken"
    with b2c.keeper(do):
        (row,) = couriers.courier_account(do)
        assert (row.courier, row.parcels, row.owed) == ("yunque", 1, made["price"])
        account = str(ebank.account_of(do, shop.member))
        pin = Issued("pin/corporate").stored()
        assert couriers.pay_courier(do, "yunque", account, pin)["amount"] == made["price"]
        assert couriers.courier_account(do)[0].owed == 0
        assert refused(couriers.pay_courier, do, "yunque", account, pin).code == "courier_paid"
    assert ledger.balance(do, billing.member(do, "yunque"), ledger.BANK) == made["price"]
    sound(do)


def test_a_parcel_is_tracked_and_its_signature_begins_the_days_of_return(do: Doing) -> None:
    first, second = b2c.order(do), b2c.order(do)
    for order in (first, second):
        b2c.shipped(do, "online", order)
        assert not b2c.as_me(do, couriers.track, order)
    due = sent(do, first)["due_day"]
    sent(do, second)
    assert do.value("select received_day from b2c_order where number = $n", n=first) == due
    b2c.as_me(do, returns.confirm_receipt, second)
    assert waybills.row_of(do, couriers.waybill_of(do, second).number).signed_day == do.day, "who has confirmed the receipt has signed"
    clock.advance(do, (due - do.day).days)
    events = [r.event for r in b2c.as_me(do, couriers.track, first)]
    assert (events[0], events[-1], set(events[1:-1])) == ("picked_up", "signed_for", {"on_the_way"} if len(events) > 2 else set())
    assert do.value("select received_day from b2c_order where number = $n", n=first) == due
    sound(do)


def test_only_what_is_shipped_and_not_collected_goes_to_a_courier(do: Doing) -> None:
    order = b2c.order(do)
    assert refused(sent, do, order).code == "no_parcel"
    b2c.shipped(do, "online", order)
    assert refused(sent, do, order, "nobody").code == "no_courier"
    do.execute("update b2c_order set delivery_kind = 'pick_up' where number = $n", n=order)
    assert refused(sent, do, order).code == "no_parcel"
