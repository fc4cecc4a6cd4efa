"""Promotions: a time price, an amount off from a limit on, a coupon, a gift; and what a shop's books say of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest

from ecomlab.books import ledger, promotions, stock
from ecomlab.books import sales as sales_book
from ecomlab.books.members import acting
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from ecomlab.modules.b2c import catalogue, checkout, promoting, returns
from ecomlab.modules.b2c.members import SHOPPER
from tests import worlds
from tests.test_b2c import as_me, asked, keeper, mall, me, own_shop, shipped, sound  # noqa: F401  (`mall` is a fixture)
from tests.test_b2c import do as shop_world  # noqa: F401  (another)
from tests.vat import without_tax
from tests.worlds import refused

pytestmark = pytest.mark.usefixtures("understudied")

MOUSE, PAD, PEN = "9520100000010", "9520100000027", "9520100000034"
BASKET = [(MOUSE, 2, D("60.00")), (PAD, 1, D("80.00"))]
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def do() -> Iterator[Doing]:
    state = worlds.fresh_state("b2c")
    doing = worlds.doing(state)
    stock.open_catalogue(doing)
    yield doing
    state.close()


def launch(do: Doing, kind: str, amount: str, threshold: str = "0.00", product: str | None = None, days: int = 7) -> str:
    return promotions.launch(do, "S", kind, kind, D(amount), do.day, do.day + datetime.timedelta(days=days), product, D(threshold))


def test_without_a_promotion_a_basket_costs_its_prices(do: Doing) -> None:
    found = promotions.quote(do, "S", BASKET)
    assert (found.total, found.discount, found.promotions) == (200, 0, [])
    assert [(x.product, x.quantity, x.amount) for x in found.lines] == [(MOUSE, 2, 120), (PAD, 1, 80)]


def test_a_time_price_holds_for_its_product_on_its_days_and_never_raises_a_price(do: Doing) -> None:
    launch(do, "time_price", "45.00", product=MOUSE)
    launch(do, "time_price", "99.00", product=PAD)
    assert promotions.price_now(do, "S", MOUSE, D("60.00")) == 45 and promotions.price_now(do, "S", PAD, D("80.00")) == 80
    assert promotions.price_now(do, "T", MOUSE, D("60.00")) == 60, "another shop's price"
    assert promotions.quote(do, "S", BASKET).total == 170
    do.turn(do.day + WEEK)
    assert promotions.price_now(do, "S", MOUSE, D("60.00")) == 45, "on the last day"
    do.turn(do.day + datetime.timedelta(days=1))
    assert promotions.price_now(do, "S", MOUSE, D("60.00")) == 60


def test_of_two_limits_that_are_reached_the_better_one_counts_and_is_shared_by_price(do: Doing) -> None:
    launch(do, "amount_off", "10.00", "100.00")
    best = launch(do, "amount_off", "30.00", "200.00")
    launch(do, "amount_off", "90.00", "300.00")
    found = promotions.quote(do, "S", BASKET)
    assert (found.total, found.discount, found.promotions) == (170, 30, [best])
    assert [x.amount for x in found.lines] == [102, 68], "30 CNY as 120 to 80"


def test_a_coupon_is_its_holders_once_and_from_a_limit_on(do: Doing) -> None:
    number = launch(do, "coupon", "20.00", "200.00")
    coupon = promotions.give_coupon(do, number, "S", "ME")
    assert promotions.quote(do, "S", BASKET, "ME").total == 200, "whoever does not show it pays the price"
    assert promotions.quote(do, "S", BASKET, "ME", coupon).total == 180
    assert refused(promotions.quote, do, "S", BASKET, "YOU", coupon).code == "not_your_coupon"
    short = refused(promotions.quote, do, "S", BASKET[:1], "ME", coupon)
    assert short.code == "coupon_short" and "120.00" in short.text.en
    promotions.use_coupon(do, coupon, "W1")
    assert refused(promotions.quote, do, "S", BASKET, "ME", coupon).code == "not_your_coupon", "used"
    promotions.release_coupon(do, "W1")
    assert promotions.quote(do, "S", BASKET, "ME", coupon).total == 180, "the order came to nothing"
    promotions.end(do, number, "S")
    assert refused(promotions.quote, do, "S", BASKET, "ME", coupon).code == "coupon_over"
    assert refused(promotions.give_coupon, do, number, "S", "ME").code == "wrong_state"
    assert INVARIANTS["coupons_used_once"].check(do) == []


def test_a_gift_is_part_of_the_sale_which_is_shared_out_over_all_that_is_delivered(do: Doing) -> None:
    launch(do, "gift", "50.00", "200.00", PEN)
    found = promotions.quote(do, "S", BASKET)
    assert (found.total, found.discount) == (200, 50)
    assert [(x.product, x.amount, x.gift) for x in found.lines] == [(MOUSE, 96, False), (PAD, 64, False), (PEN, 40, True)]
    assert promotions.quote(do, "S", BASKET[:1]).lines[-1].product == MOUSE, "below the limit nothing is given"
    assert len(promotions.quote(do, "S", BASKET, can_give=lambda product: False).lines) == 2


def test_what_makes_no_sense_is_refused(do: Doing) -> None:
    assert refused(launch, do, "amount_off", "100.00", "100.00").code == "more_off_than_limit"
    assert refused(launch, do, "time_price", "1.00").code == "promoted_product"
    assert refused(launch, do, "gift", "1.00", "9.00").code == "promoted_product"
    assert refused(launch, do, "amount_off", "1.00", "9.00", days=-1).code == "period_reversed"
    past = refused(promotions.launch, do, "S", "amount_off", "x", D("1.00"), do.day - WEEK, do.day - WEEK, None, D("9.00"))
    assert past.code == "promotion_in_the_past"


# --- in a shop ---------------------------------------------------------------------------------------------------------


def into_cart(do: Doing, quantity: int) -> None:
    row = {"who": me(do), "merchant": own_shop(do).merchant, "product": asked(do), "quantity": quantity}
    do.execute("insert into b2c_cart values ($who, $merchant, $product, $quantity)", **row)


def buy(do: Doing, quantity: int, coupon: str | None = None) -> Any:
    """Through the cart and the checkout; gives the order's row."""
    into_cart(do, quantity)
    (number,) = checkout.check_out(do, coupon)
    checkout.choose_delivery(do, number, "express", "online")
    checkout.set_recipient(do, number, "林晓", "杭州", "13800138000")
    checkout.confirm_order(do, number)
    return do.one("select * from b2c_order where number = $n", n=number)


def test_a_discount_lowers_revenue_and_what_comes_back_is_refunded_as_it_was_paid(shop_world: Doing) -> None:  # noqa: F811
    do = shop_world
    price = do.value("select price from b2c_product where merchant = $m and product = $p", m=own_shop(do).merchant, p=asked(do))
    with keeper(do) as shop:
        promoting.launch_promotion(do, "满减", "amount_off", do.day, do.day + WEEK, D("1.00"), 3 * price)
    with acting(do, SHOPPER.name, me(do)):
        order = buy(do, 3)
    assert order.amount == 3 * price - 1
    before = ledger.balance(do, shop.member, sales_book.REVENUE)
    shipped(do, "online", order.number)
    assert before - ledger.balance(do, shop.member, sales_book.REVENUE) == without_tax(order.amount)
    for pieces in (1, 2):
        request = as_me(do, returns.request_return, order.number, [{"product": asked(do), "quantity": pieces}], "太小")
        with keeper(do):
            returns.accept_return(do, request, "restocked")
    back = do.value("select sum(amount) from b2c_return where web_order = $n", n=order.number)
    assert back == order.amount and ledger.balance(do, shop.member, sales_book.REVENUE) == before
    sound(do)


def test_a_coupon_given_is_used_at_the_checkout_and_comes_back_with_a_cancelled_order(shop_world: Doing) -> None:  # noqa: F811
    do = shop_world
    price = do.value("select price from b2c_product where merchant = $m and product = $p", m=own_shop(do).merchant, p=asked(do))
    with keeper(do):
        number = promoting.launch_promotion(do, "优惠券", "coupon", do.day, do.day + WEEK, D("2.00"), 2 * price)
        coupon = promoting.give_coupon(do, number, me(do))
    with acting(do, SHOPPER.name, me(do)):
        into_cart(do, 1)
        assert refused(checkout.check_out, do, coupon).code == "coupon_short"
        order = buy(do, 2, coupon)
        assert order.amount == 2 * price - 2
        assert [(r.state, r.used_for) for r in promoting.my_coupons(do)] == [("used", order.number)]
        returns.call_off(do, order.number, "不要了")
        assert [(r.state, r.used_for) for r in promoting.my_coupons(do)] == [("given", None)]
    sound(do)


def test_a_gift_leaves_the_stock_with_the_order(shop_world: Doing) -> None:  # noqa: F811
    do = shop_world
    with keeper(do) as shop:
        promoting.launch_promotion(do, "赠品", "gift", do.day, do.day + WEEK, None, D("1.00"), asked(do))
        there = stock.level(do, shop.member, shop.place, asked(do)).on_hand
    with acting(do, SHOPPER.name, me(do)):
        order = buy(do, 1)
    assert order.amount == catalogue.sold_by(do, own_shop(do).merchant, asked(do), "product").price
    shipped(do, "online", order.number)
    assert stock.level(do, shop.member, shop.place, asked(do)).on_hand == there - 2, "one bought, one given"
    sound(do)
