"""The shop: goods are promised once, money is paid once, and the books say so at every stage, whichever way an order goes."""

from __future__ import annotations

import base64
import datetime
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from ecomlab.books import clock, documents, images, ledger, stock, supply
from ecomlab.books import sales as sales_book
from ecomlab.books.cast import own_person, persons
from ecomlab.books.invoices import mistakes
from ecomlab.books.members import acting
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.command import CHOICES
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.refusals import Declined, Refusal
from ecomlab.kernel.secrets import Issued
from ecomlab.lab import Lab
from ecomlab.modules import ebank
from ecomlab.modules.b2c import (
    billing,
    briefs,
    catalogue,
    checkout,
    customers,
    levels,
    matching,
    members,
    opening,
    payments,
    purchases,
    returns,
    sales,
    scripted,
    stocktakes,
)
from ecomlab.modules.b2c.members import SHOPKEEPER, SHOPPER
from ecomlab.modules.b2c.prologue import right_invoice
from ecomlab.modules.ebank import movements, statements
from tests import worlds
from tests.old_views import assert_as_before
from tests.test_kernel_processes import finish, start
from tests.vat import with_tax, without_tax
from tests.worlds import refused

D = Decimal
OPEN = ("B2C001", "B2C002", "B2C003", "B2C004")
PIN = Issued("pin/personal").stored()
KINDS = ("online", "payment_platform", "bank_transfer", "post_remittance", "cash_on_delivery")


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """One world with an open shop, for all tests that take back what they do."""
    return worlds.opened(tmp_path_factory.mktemp("mall"), worlds.model("b2c", codes=OPEN))


@pytest.fixture
def do(mall: Lab) -> Iterator[Doing]:
    """A command at work outside the logbook; what it did is taken back."""
    with worlds.at_work(worlds.twin(mall.world.state), 10_000) as do:
        yield do


@contextmanager
def keeper(do: Doing) -> Iterator[Any]:
    """The student at work in the own shop (its row)."""
    shop = own_shop(do)
    with acting(do, SHOPKEEPER.name, shop.merchant):
        yield shop


def own_shop(do: Doing) -> Any:
    return do.one("select * from b2c_merchant where merchant in (select name from access where realm = 'b2c.shopkeeper' and not scripted)")


def me(do: Doing) -> str:
    return scripted.user_name(own_person(do))


def card(do: Doing) -> str:
    return str(ebank.account_of(do, members.shopper_of(do, me(do)).member, "personal"))


def asked(do: Doing) -> str:
    """The product that the student was to register: its GTIN."""
    return briefs.deal(do).gtin


def order(do: Doing, kind: str = "online", quantity: int = 2, who: str = "", merchant: str = "") -> str:
    """An order of the asked product at the own shop, confirmed by the student as shopper."""
    with acting(do, SHOPPER.name, who or me(do)):
        number = checkout.draft(do, merchant or own_shop(do).merchant, [(asked(do), quantity)])
        checkout.choose_delivery(do, number, "express", kind)
        checkout.set_recipient(do, number, "林晓", "杭州", "13800138000")
        checkout.confirm_order(do, number)
    return number


def as_me(do: Doing, function: Callable[..., Any], *args: Any) -> Any:
    with acting(do, SHOPPER.name, me(do)):
        return function(do, *args)


def transferred(do: Doing, number: str, amount: Decimal, purpose: str) -> str:
    """The student's transfer to the own shop; gives its number."""
    shop = own_shop(do)
    customer = do.value("select customer from bank_account where number = $n", n=card(do))
    with acting(do, ebank.PERSONAL_CLIENT.name, customer):
        name = do.value("select name from bank_customer where member = $m and kind = 'corporate'", m=shop.member)
        sent = movements.transfer(do, card(do), str(ebank.account_of(do, shop.member)), name, amount, purpose, PIN)
    assert isinstance(sent, str)
    return sent


def paid(do: Doing, kind: str, number: str) -> None:
    """Pays an order its own way, up to the day on which the merchant may accept it."""
    if kind in ("online", "payment_platform"):
        as_me(do, payments.pay_online, number, card(do), PIN)
    elif kind == "bank_transfer":
        sent = transferred(do, number, amount_of(do, number), number)
        clock.advance(do, 1)
        with keeper(do):
            payments.assign_transfer(do, number, sent)
    elif kind == "post_remittance":
        assert as_me(do, payments.remit, number) == do.day + datetime.timedelta(days=payments.POST_DAYS)
        clock.advance(do, payments.POST_DAYS)


def amount_of(do: Doing, number: str) -> Decimal:
    return D(do.value("select amount from b2c_order where number = $n", n=number))


def shipped(do: Doing, kind: str, number: str) -> dict[str, Any]:
    paid(do, kind, number)
    with keeper(do):
        sale = sales.accept_order(do, number)
        sales.settle_sale(do, sale)
        sales.confirm_sale(do, sale)
        return dict(sales.ship(do, sale))


def state(do: Doing, number: str) -> str:
    return str(do.value("select state from document where number = $n", n=number))


def held(do: Doing, account: str, sub: str | None = None) -> Decimal:
    """The balance of an account of the own company, of one sub-account or of all."""
    rows = do.all("select balance, sub from ledger_balance where owner = $o and account = $a", o=own_shop(do).member, a=account)
    return sum((r.balance for r in rows if sub is None or r.sub == sub), D(0))


def free(do: Doing) -> int:
    shop = own_shop(do)
    return stock.level(do, shop.member, shop.place, asked(do)).free


#: What trade in a shop can break; the last test asks them all.
TOUCHED = [i for i in INVARIANTS.values() if i.name.startswith(("b2c_", "stock_", "sales_", "postings_", "balances_", "bank_", "document_"))]


def sound(do: Doing) -> None:
    assert {i.name: found for i in TOUCHED if (found := i.check(do))} == {}
    assert_as_before(do)


# --- promising goods -------------------------------------------------------------------------------------------------------


def test_the_confirmation_reserves_goods_and_nothing_before_it_does(do: Doing) -> None:
    before, merchant = free(do), own_shop(do).merchant
    checkout.add_to_cart(do, merchant, asked(do), 3)
    assert free(do) == before
    with acting(do, SHOPPER.name, me(do)):
        do.execute("update b2c_cart set shopper = $me where shopper = ''", me=me(do))
        (number,) = checkout.check_out(do)
        checkout.choose_delivery(do, number, "pick_up", "online")
        checkout.set_recipient(do, number, "林晓", "杭州", "13800138000")
        assert free(do) == before
        checkout.confirm_order(do, number)
    assert free(do) == before - 3
    sound(do)


def test_a_cart_of_two_shops_becomes_an_order_for_each(do: Doing) -> None:
    rivals = do.all(
        "select merchant from b2c_merchant where merchant in (select name from access where realm = 'b2c.shopkeeper' and scripted) order by shop_name"
    )
    with acting(do, SHOPPER.name, me(do)):
        do.sign_in(SHOPPER.name, me(do))
        for r in rivals:
            for product in do.all("select product from b2c_product where merchant = $m order by 1 limit 2", m=r.merchant):
                checkout.add_to_cart(do, r.merchant, product.product, 1)
        cart = checkout.cart(do)
        numbers = checkout.check_out(do)
        assert len(cart) == 4 and len(numbers) == len(rivals) == 2
        assert sum(amount_of(do, n) for n in numbers) == sum(r.amount for r in cart)
        assert len(checkout.cart(do)) == 0
        assert {len(checkout.order_lines(do, n)) for n in numbers} == {2}
    assert refused(as_me, do, checkout.check_out).code == "empty_cart"


def test_more_than_there_is_cannot_be_ordered(do: Doing) -> None:
    there = free(do)
    assert refused(checkout.add_to_cart, do, own_shop(do).merchant, asked(do), there + 1).code == "more_than_free"
    first = order(do, quantity=there)
    assert (free(do), state(do, first)) == (0, "placed")
    assert refused(order, do, quantity=1).code == "more_than_free"


RACE = """
import sys, time
import ecomlab
from ecomlab.kernel.refusals import Refusal
lab = ecomlab.open(sys.argv[1])
name, order = sys.argv[2:4]
lab.world.state.actor = lambda command: f"shopper:{name}"  # both are signed in to one world; each process is one of them
time.sleep(max(0, float(sys.argv[4]) - time.time()))
try:
    lab.b2c.confirm_order(order)
    print("confirmed")
except Refusal as refused:
    print(refused.code)
"""


def test_two_shoppers_at_once_in_two_processes_never_get_the_same_piece(played: Callable[..., Lab]) -> None:
    import time

    lab = played("b2c", *OPEN)
    look = lab.world.state.look
    merchant = look.value("select merchant from b2c_merchant where merchant in (select name from access where realm = 'b2c.shopkeeper' and not scripted)")
    gtin = briefs.deal(look).gtin
    there = lab.b2c.search(merchant=merchant, product_name=gtin)[0].free_stock
    other, secret = persons(look)[4], Issued("password/other").plain(lab.world.header.seed)
    lab.b2c.register("another", other.name, other.mailbox, "13900139000", secret, secret)
    orders = {}
    for name, password in ((scripted.user_name(own_person(look)), Issued("password/shopper").plain(lab.world.header.seed)), ("another", secret)):
        lab.b2c.sign_in(name, password)
        lab.b2c.add_to_cart(merchant, gtin, there)
        (orders[name],) = lab.b2c.check_out()
        lab.b2c.choose_delivery(orders[name], "express", "cash_on_delivery")
        lab.b2c.set_recipient(orders[name], name, "杭州", "13800138000")
    at = time.time() + 3
    said = sorted(finish(p).strip() for p in [start(RACE, lab.world.folder, name, number, at) for name, number in orders.items()])
    assert said == ["confirmed", "short_stock"]
    lab.refresh()
    assert lab.b2c.search(merchant=merchant, product_name=gtin)[0].free_stock == 0
    assert worlds.findings_of(lab) == []


# --- time ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "cash_on_delivery"])
def test_an_order_that_is_not_paid_in_time_lapses_and_gives_its_goods_back(do: Doing, kind: str) -> None:
    days, number = checkout.DAYS_TO_PAY[kind], order(do, kind, quantity=4)
    clock.advance(do, days)
    assert state(do, number) == "placed"
    reserved = do.value("select quantity from stock_reservation where document = $n", n=number)
    clock.advance(do, 1)
    assert (reserved, state(do, number)) == (4, "lapsed")
    assert do.value("select 1 from stock_reservation where document = $n", n=number) is None
    sound(do)
    if kind == "online":
        assert refused(as_me, do, payments.pay_online, number, card(do), PIN).code == "wrong_state"


def test_neither_a_paid_order_lapses_nor_one_whose_money_is_under_way_nor_cash_on_delivery(do: Doing) -> None:
    online, post, door = order(do), order(do, "post_remittance"), order(do, "cash_on_delivery")
    paid(do, "online", online)
    clock.advance(do, 9)
    as_me(do, payments.remit, post)
    clock.advance(do, 2)
    assert [state(do, n) for n in (online, post, door)] == ["paid", "placed", "placed"]
    clock.advance(do, 1)
    assert state(do, post) == "paid"


@pytest.mark.parametrize("purpose", ["{number}", "pays {number}", "货款"])
def test_an_order_that_is_paid_by_transfer_in_time_does_not_lapse(do: Doing, purpose: str) -> None:
    number = order(do, "bank_transfer", quantity=4)
    clock.advance(do, checkout.DAYS_TO_PAY["bank_transfer"])
    sent = transferred(do, number, amount_of(do, number), purpose.format(number=number))
    clock.advance(do, 3)
    assert state(do, number) == "placed", "the merchant may look days later"
    with keeper(do):
        payments.assign_transfer(do, number, sent)
    assert state(do, number) == "paid"
    sound(do)


def test_no_other_transfer_keeps_an_order(do: Doing) -> None:
    recalled, short, others = order(do, "bank_transfer"), order(do, "bank_transfer", quantity=3), order(do, "bank_transfer", quantity=5)
    sent = transferred(do, recalled, amount_of(do, recalled), recalled)
    transferred(do, short, amount_of(do, short) - 1, short)
    transferred(do, others, amount_of(do, others), "WO-0000-0000")
    with acting(do, ebank.PERSONAL_CLIENT.name, do.value("select customer from bank_account where number = $n", n=card(do))):
        movements.recall(do, sent, "x")
    clock.advance(do, checkout.DAYS_TO_PAY["bank_transfer"] + 1)
    assert [state(do, n) for n in (recalled, short, others)] == ["lapsed"] * 3
    sound(do)


def test_what_went_off_sale_is_not_ordered(do: Doing) -> None:
    with acting(do, SHOPPER.name, me(do)):
        number = checkout.draft(do, own_shop(do).merchant, [(asked(do), 1)])
        checkout.choose_delivery(do, number, "express", "online")
        checkout.set_recipient(do, number, "林晓", "杭州", "13800138000")
    with keeper(do):
        catalogue.change_product(do, asked(do), on_sale="no")
    no = refused(as_me, do, checkout.confirm_order, number)
    assert (no.code, no.field) == ("not_on_sale", "order")
    assert refused(checkout.add_to_cart, do, own_shop(do).merchant, asked(do), 1).code == "not_on_sale"
    with keeper(do):
        catalogue.change_product(do, asked(do), on_sale="yes")
    as_me(do, checkout.confirm_order, number)
    assert state(do, number) == "placed"


def test_an_order_that_is_not_confirmed_is_given_up_the_next_day(do: Doing) -> None:
    with acting(do, SHOPPER.name, me(do)):
        number = checkout.draft(do, own_shop(do).merchant, [(asked(do), 1)])
        assert refused(checkout.confirm_order, do, number).code == "choose_first"
        checkout.choose_delivery(do, number, "express", "online")
        assert refused(checkout.confirm_order, do, number).code == "recipient_first"
    clock.advance(do, 1)
    assert state(do, number) == "abandoned"


# --- paying ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_whichever_way_an_order_is_paid_the_merchant_has_its_money_in_the_end_and_nobody_owes_anything(do: Doing, kind: str) -> None:
    before = {a: held(do, a) for a in ("1001", "1002", "1122", "2203", "6001", "6603")}
    number = order(do, kind, quantity=3)
    amount = amount_of(do, number)
    sent = shipped(do, kind, number)
    assert (sent["amount"], held(do, "6001") - before["6001"]) == (amount, -without_tax(amount)), "a shop's price bears its tax"
    assert sent["cost"] == held(do, "6401") == 3 * briefs.deal(do).cost, "opening stock is worth its expected cost"
    owed = amount if kind in ("cash_on_delivery", "payment_platform") else D(0)
    assert held(do, "1122") - before["1122"] == owed
    sound(do)
    with keeper(do):
        if kind == "cash_on_delivery":
            assert payments.collect_cash(do, number) == amount
            assert refused(payments.collect_cash, do, number).code == "not_owed"
        elif kind == "payment_platform":
            clock.advance(do, (sales.DAYS_UNDER_WAY["express"] + catalogue.RETURN_DAYS))
            assert held(do, "1122") - before["1122"] >= amount, "while goods may come back the platform holds the money"
            clock.advance(do, 1)
    fee = (amount * D("0.006")).quantize(D("0.01")) if kind == "payment_platform" else D(0)
    got = held(do, "1001") + held(do, "1002") - before["1001"] - before["1002"]
    by_number = do.one("select fee, amount, banked_day from b2c_payment where web_order = $n", n=number)
    assert (by_number.fee, by_number.amount, by_number.banked_day is not None) == (fee, amount, True)
    if kind != "payment_platform":  # scripted shoppers have come by in the week that the platform takes
        assert got == amount
        assert {a: held(do, a) for a in ("1122", "2203")} == {a: before[a] for a in ("1122", "2203")}
    else:
        income = "select -sum(p.amount) from ledger_entry e join posting p on p.entry = e.number where e.document = $n and p.account = '6021'"
        assert do.value(income, n=number) == without_tax(fee, 6) == held(do, "6603") - before["6603"], "the fee bears its tax"
    sound(do)


def test_the_same_payment_twice_is_one_payment(do: Doing) -> None:
    number = order(do)
    first = as_me(do, payments.pay_online, number, card(do), PIN)
    left, entries = ebank.balance_of(do, card(do)), do.value("select count(*) from ledger_entry")
    assert as_me(do, payments.pay_online, number, card(do), PIN) == first
    assert (ebank.balance_of(do, card(do)), do.value("select count(*) from ledger_entry")) == (left, entries)
    assert do.value("select count(*) from b2c_payment where web_order = $n", n=number) == 1
    sound(do)


def test_a_wrong_pin_pays_nothing_and_counts_and_the_fifth_locks_the_card(do: Doing) -> None:
    number, before = order(do), ebank.balance_of(do, card(do))
    wrong = Issued("pin/wrong").stored()
    said = [as_me(do, payments.pay_online, number, card(do), wrong) for _ in range(5)]
    assert [d.refusal.code for d in said if isinstance(d, Declined)] == ["wrong_pin"] * 4 + ["locked"]
    assert (ebank.balance_of(do, card(do)), state(do, number)) == (before, "placed")
    assert refused(as_me, do, payments.pay_online, number, card(do), PIN).code == "locked"


def test_an_exhausted_card_somebody_elses_card_and_the_wrong_kind_of_payment_are_refused(do: Doing) -> None:
    number, mine = order(do), card(do)
    other = ebank.account_of(do, members.shopper_of(do, scripted.user_name(scripted.scripted_shoppers(do)[0])).member, "personal")
    assert (r := refused(as_me, do, payments.pay_online, number, other, PIN)).code == "not_your_card" and r.field == "account"
    assert refused(as_me, do, payments.remit, number).code == "other_kind"
    customer = do.value("select customer from bank_account where number = $n", n=mine)
    payee = do.one("select a.number, c.name from bank_account a join bank_customer c on c.number = a.customer where a.number = $n", n=other)
    with acting(do, ebank.PERSONAL_CLIENT.name, customer):
        movements.transfer(do, mine, payee.number, payee.name, ebank.balance_of(do, mine), "x", PIN)
    assert (r := refused(as_me, do, payments.pay_online, number, mine, PIN)).code == "card_short" and r.field == "account"
    assert "0.00" in r.text.en


def test_a_payment_made_at_the_bank_by_the_orders_number_is_the_orders_payment(do: Doing) -> None:
    number = order(do)
    made = movements.pay(do, card(do), own_shop(do).merchant, amount_of(do, number), number, PIN)
    assert as_me(do, payments.pay_online, number, card(do), PIN)["transaction"] == made
    assert state(do, number) == "paid"
    sound(do)
    as_me(do, returns.call_off, number, "x")
    sound(do)


def test_a_payment_shows_at_the_bank_of_both(do: Doing) -> None:
    number = order(do)
    transaction = as_me(do, payments.pay_online, number, card(do), PIN)["transaction"]
    customer = do.value("select customer from bank_account where number = $n", n=card(do))
    with acting(do, ebank.PERSONAL_CLIENT.name, customer):
        assert [(r.transaction, r.paid_out) for r in statements.purchases(do) if r.reference == number] == [(transaction, amount_of(do, number))]
    with acting(do, "merchant_client", own_shop(do).merchant):
        assert [(r.transaction, r.paid_in) for r in statements.day_merchant(do) if r.reference == number] == [(transaction, amount_of(do, number))]


def test_a_transfer_pays_an_order_only_if_it_is_the_shoppers_own_of_an_earlier_day_and_the_right_amount(do: Doing) -> None:
    number, other = order(do, "bank_transfer"), order(do, "bank_transfer", quantity=3)
    paid(do, "bank_transfer", number)
    used = do.value("select transaction from b2c_payment where web_order = $n", n=number)
    with keeper(do):
        assert payments.incoming_transfers(do)[0].web_order == number
        assert refused(payments.assign_transfer, do, other, used).code == "transfer_used"
        assert refused(payments.assign_transfer, do, other, "TX-0000-0000").code == "not_a_transfer"
        assert refused(sales.accept_order, do, other).code == "not_paid_yet"
    sent = transferred(do, other, D("1.00"), other)
    with keeper(do):
        assert refused(payments.assign_transfer, do, other, sent).code == "transfer_today"
        clock.advance(do, 1)
        assert refused(payments.assign_transfer, do, other, sent).code == "transfer_differs"


# --- the merchant ----------------------------------------------------------------------------------------------------------


def test_opening_stock_is_posted_once_at_its_expected_cost(do: Doing) -> None:
    d, spare = briefs.deal(do), briefs.spare(do)
    value = d.opening * d.cost + spare.quantity * spare.cost
    assert stock.worth(do, own_shop(do).member) == held(do, "1405") == value
    with keeper(do):
        sheet = do.value("select number from b2c_opening_stock where merchant = $m", m=do.actor)
        for again in (lambda: opening.post_opening(do, sheet), lambda: opening.save_opening(do, [{"product": d.gtin, "quantity": 1}])):
            assert refused(again).code == "opening_posted"
    assert held(do, "1405") == value


def supplier_with_enough(do: Doing) -> str:
    return str(next(number for number, name in purchases._suppliers(do, do.actor) if name != briefs.deal(do).supplier.name))


def test_a_supplier_is_short_of_one_product_once_and_no_more_can_be_received_than_its_delivery_note_has(do: Doing) -> None:
    d = briefs.deal(do)
    with keeper(do):
        supplier = do.value("select number from member where uscc = $u", u=d.supplier.uscc)

        def ordered(pieces: int, product: str = d.gtin) -> str:
            number = purchases.new_purchase(do, supplier, [{"product": product, "quantity": pieces}], "by_carrier", "in_cash", do.day)
            assert len(purchases.delivery_note(do, number)) == 0, "there is none before the order is confirmed"
            purchases.confirm_purchase(do, number)
            return number

        def delivered(number: str) -> int:
            [row] = purchases.delivery_note(do, number)
            return int(row.delivered_quantity)

        called_off = ordered(d.pieces)
        purchases.cancel_purchase(do, called_off)
        number = ordered(d.pieces)
        assert [delivered(n) for n in (called_off, number)] == [d.delivered, d.delivered], "what is called off does not come, nor what was short in it"
        over = refused(purchases.receive_purchase, do, number, [{"product": d.gtin, "quantity": d.delivered + 1}])
        assert (over.code, over.field, f"left to receive by the delivery note {d.delivered}," in over.text.en) == ("more_than_delivered", "arrived", True)
        purchases.receive_purchase(do, number, [{"product": d.gtin, "quantity": d.delivered}])
        assert purchases.receive_purchase(do, number, None, "dropped") == {"value": 0, "state": "received", "shortfall": d.pieces - d.delivered}
        assert [delivered(ordered(7)), delivered(ordered(7, briefs.spare(do).product))] == [7, 7]
    sound(do)


def test_what_a_supplier_is_short_of_is_missing_once_however_the_order_is_parted(do: Doing) -> None:
    d, parts = briefs.deal(do), []
    with keeper(do):
        supplier = do.value("select number from member where uscc = $u", u=d.supplier.uscc)
        for pieces in (2, d.pieces - 2):
            parts.append(purchases.new_purchase(do, supplier, [{"product": d.gtin, "quantity": pieces}], "by_carrier", "in_cash", do.day))
            purchases.confirm_purchase(do, parts[-1])
        notes = [r for n in parts for r in purchases.delivery_note(do, n)]
    assert sum(r.delivered_quantity for r in notes) == d.delivered and all(r.delivered_quantity > 0 for r in notes)


def test_a_purchase_is_received_in_parts_and_owed_for_as_received(do: Doing) -> None:
    with keeper(do) as shop:
        supplier, gtin = supplier_with_enough(do), asked(do)
        price = purchases.wholesale_price(do, supplier, gtin)
        number = purchases.new_purchase(do, supplier, [{"product": gtin, "quantity": 10}], "by_carrier", "on_account", do.day)
        assert refused(purchases.receive_purchase, do, number, [{"product": gtin, "quantity": 1}]).code == "wrong_state"
        purchases.confirm_purchase(do, number)
        before = stock.on_hand(do, shop.member, shop.place, gtin)
        assert purchases.receive_purchase(do, number, [{"product": gtin, "quantity": 4}]) == {"value": 4 * price, "state": "part_received", "shortfall": 6}
        assert held(do, "2202", supplier) == -with_tax(4 * price)
        sound(do)
        over = refused(purchases.receive_purchase, do, number, [{"product": gtin, "quantity": 7}])
        assert (over.code, over.field) == ("more_than_delivered", "arrived")
        assert refused(purchases.settle_purchase_in_cash, do, number).code == "wrong_state"
        purchases.receive_purchase(do, number, [{"product": gtin, "quantity": 5}], "dropped")
        owed = with_tax(4 * price) + with_tax(5 * price)
        assert (state(do, number), stock.on_hand(do, shop.member, shop.place, gtin)) == ("received", before + 9)
        assert (held(do, "2202", supplier), ledger.balance(do, supplier, "1122", shop.member)) == (-owed, owed)
        assert [(r.quantity, r.received_quantity, r.total) for r in purchases.purchase_detail(do, number)] == [(10, 9, 9 * price)]
        account = str(ebank.account_of(do, shop.member))
        wrong = purchases.settle_purchase(do, number, account, Issued("pin/wrong").stored())
        assert isinstance(wrong, Declined) and state(do, number) == "received"
        assert purchases.settle_purchase(do, number, account, Issued("pin/corporate").stored())["amount"] == owed
        assert (held(do, "2202", supplier), ledger.balance(do, supplier, "1122", shop.member), state(do, number)) == (0, 0, "settled")
        assert refused(purchases.settle_purchase_in_cash, do, number).code == "wrong_state"
    sound(do)


@pytest.mark.parametrize("error", mistakes.ERRORS)
def test_a_wrong_purchase_invoice_is_blocked_and_nothing_is_paid_before_it_is_put_right(do: Doing, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    monkeypatch.setattr(matching, "billing_error", lambda look: error)
    d = briefs.deal(do)
    with keeper(do) as shop:
        supplier = do.value("select number from member where uscc = $u", u=d.supplier.uscc)
        number = purchases.new_purchase(do, supplier, [{"product": d.gtin, "quantity": d.pieces}], "by_carrier", "in_cash", do.day)
        purchases.confirm_purchase(do, number)
        arrived = purchases.delivery_note(do, number)[0].delivered_quantity
        purchases.receive_purchase(do, number, [{"product": d.gtin, "quantity": arrived - 1}])
        purchases.receive_purchase(do, number, [{"product": d.gtin, "quantity": 1}], "dropped")
        (line,) = matching.match_purchase(do, number)
        pieces, dearer = {"price": (arrived, True), "quantity": (arrived + 2, False), "twice": (2 * arrived - 1, False)}[error]
        assert (line.matches, line.settled_quantity, line.settled_price > line.ordered_price) == (False, pieces, dearer)
        assert refused(purchases.settle_purchase_in_cash, do, number).code == "purchase_mismatch"
        account, pin = str(ebank.account_of(do, shop.member)), Issued("pin/corporate").stored()
        assert refused(purchases.settle_purchase, do, number, account, pin).code == "purchase_mismatch"
        owed = purchases.owed_for(do, number)
        assert held(do, "2202", supplier) == -owed, "owed is what was ordered and received"
        sound(do)
        waits = [] if error == "twice" else [(number, (arrived - 1) * line.ordered_price)]
        assert [(r.number, r.net) for r in matching.not_invoiced(do)] == waits
        came, yesterday = do.day, do.day - datetime.timedelta(days=1)
        assert list(matching.not_invoiced(do, yesterday)) == [], "nothing had come"
        do.turn(came + datetime.timedelta(days=1))
        done = matching.correct_purchase_invoice(do, number)
        assert ([(r.number, r.net) for r in matching.not_invoiced(do, came)], list(matching.not_invoiced(do))) == (waits, [])
        assert (len(done["credit_notes"]), done["invoice"] is None) == (1, error == "twice"), "the right invoice for the last piece stays"
        assert refused(matching.correct_purchase_invoice, do, number).code == "no_invoice_blocked"
        assert [r.matches for r in matching.match_purchase(do, number)] == [True]
        assert do.value("select sum(net + tax) from invoice where sale = $n", n=number) == owed
        assert purchases.settle_purchase_in_cash(do, number)["amount"] == owed
        assert billing.deduct_invoices(do)["invoices"] == 2, "what was settled has been verified"
    sound(do)


def test_what_a_shop_buys_leaves_its_supplier_and_a_rest_that_never_comes_closes_the_order(do: Doing) -> None:
    with keeper(do):
        supplier, gtin = supplier_with_enough(do), asked(do)
        number = purchases.new_purchase(do, supplier, [{"product": gtin, "quantity": 10}], "by_carrier", "in_cash", do.day)
        purchases.confirm_purchase(do, number)
        place = do.value("select place from b2c_supplier where member = $m", m=supplier)
        begun = stock.level(do, supplier, place, gtin)
        assert (begun.reserved, supply.SUPPLY[0] <= begun.on_hand <= supply.SUPPLY[1]) == (10, True)
        assert refused(purchases.receive_purchase, do, number, None, "dropped").code == "nothing_arrived"
        purchases.receive_purchase(do, number, [{"product": gtin, "quantity": 4}])
        assert refused(purchases.receive_purchase, do, number).code == "nothing_arrived"
        assert purchases.receive_purchase(do, number, None, "dropped") == {"value": 0, "state": "received", "shortfall": 6}
        assert stock.level(do, supplier, place, gtin) == (begun.on_hand - 4, 0, 0)
        assert ledger.balance(do, supplier, sales_book.COST_OF_SALES) > 0
        assert purchases.settle_purchase_in_cash(do, number)["amount"] == with_tax(4 * purchases.wholesale_price(do, supplier, gtin))
        greedy = purchases.new_purchase(do, supplier, [{"product": gtin, "quantity": 1000}], "by_carrier", "in_cash", do.day)
        assert refused(purchases.confirm_purchase, do, greedy).code == "short_stock"
    sound(do)


def test_a_purchase_in_cash_takes_it_out_of_the_till(do: Doing) -> None:
    with keeper(do):
        supplier, gtin = supplier_with_enough(do), asked(do)
        number = purchases.new_purchase(do, supplier, [{"product": gtin, "quantity": 2}], "collected", "in_cash", do.day)
        purchases.confirm_purchase(do, number)
        purchases.receive_purchase(do, number, [{"product": gtin, "quantity": 2}])
        before = held(do, "1001")
        amount = purchases.settle_purchase_in_cash(do, number)["amount"]
        assert before - held(do, "1001") == amount == with_tax(2 * purchases.wholesale_price(do, supplier, gtin))
        assert do.value("select name from member where number = $s", s=supplier) in {r.supplier for r in purchases.purchases(do, number=number.lower())}
        assert refused(purchases.purchases, do, from_day=do.day, to_day=do.day - datetime.timedelta(days=1)).code == "period_reversed"
    sound(do)


@pytest.mark.parametrize(("method", "cost"), [("moving_average", "1300.00"), ("fifo", "1120.00")])
def test_the_cost_of_sales_follows_the_costing_method(do: Doing, method: str, cost: str) -> None:
    """80 pieces at 10.00 and 80 at 16.00, of which 100 are sold: 100 x 13.00, or 80 x 10.00 and 20 x 16.00."""
    shop, gtin = own_shop(do), briefs.spare(do).product
    do.execute("delete from stock_layer where owner = $o and product = $p", o=shop.member, p=gtin)
    do.execute("delete from stock_level where owner = $o and product = $p", o=shop.member, p=gtin)
    do.execute("insert into stock_owner values ($o, $m)", o=shop.member, m=method)
    stock.receive(do, stock.Move(shop.member, shop.place, [stock.Goods(gtin, 80, D("800.00"))], "x", "x"), "4001")
    stock.receive(do, stock.Move(shop.member, shop.place, [stock.Goods(gtin, 80, D("1280.00"))], "x", "x"), "4001")
    with acting(do, SHOPPER.name, me(do)):
        number = checkout.draft(do, shop.merchant, [(gtin, 100)])
        checkout.choose_delivery(do, number, "express", "cash_on_delivery")
        checkout.set_recipient(do, number, "林晓", "杭州", "13800138000")
        checkout.confirm_order(do, number)
    assert shipped(do, "cash_on_delivery", number)["cost"] == D(cost)
    assert do.value("select cost from b2c_order_line where number = $n", n=number) == D(cost)


def test_the_way_from_acceptance_to_shipment_cannot_be_shortened(do: Doing) -> None:
    number = order(do)
    with keeper(do):
        assert refused(sales.accept_order, do, number).code == "not_paid_yet"
    paid(do, "online", number)
    with keeper(do):
        sale = sales.accept_order(do, number)
        assert refused(sales.confirm_sale, do, sale).code == "wrong_state"
        assert refused(sales.ship, do, sale).code == "wrong_state"
        assert sales.settle_sale(do, sale) == {"amount": amount_of(do, number), "paid_amount": amount_of(do, number), "to_collect": 0}
        sales.confirm_sale(do, sale)
        assert sales.print_picking_slip(do, sale) == [f"2 × {briefs.deal(do).product} ({asked(do)})"]
        sales.ship(do, sale)
        assert refused(sales.ship, do, sale).code == "wrong_state"
    assert documents.trace(do, sale).rows[0].number == number
    rival = do.value("select merchant from b2c_merchant where merchant <> $m limit 1", m=own_shop(do).merchant)
    with acting(do, SHOPKEEPER.name, rival):
        assert refused(sales.order_detail, do, number).code == "not_yours"


# --- what comes back -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_called_off_before_picking_the_money_goes_back_and_the_goods_are_free(do: Doing, kind: str) -> None:
    with_cash = {a: held(do, a) for a in ("1001", "1002", "2203", "6001")}
    there = free(do)
    who = members.shopper_of(do, me(do)).member
    mine = ledger.balance(do, who, "1001") + ledger.balance(do, who, "1002", card(do))
    number = order(do, kind, quantity=3)
    if kind != "post_remittance":
        paid(do, kind, number)
    else:
        as_me(do, payments.remit, number)
    as_me(do, returns.call_off, number, "不想要了 changed my mind")
    assert state(do, number) == "cancelled"
    assert ledger.balance(do, who, "1001") + ledger.balance(do, who, "1002", card(do)) == mine
    if kind != "bank_transfer":  # a day has passed there, on which others may have bought
        assert free(do) == there
        assert {a: held(do, a) for a in with_cash} == with_cash
    sound(do)
    assert refused(as_me, do, returns.call_off, number, "x").code == "wrong_state"


@pytest.mark.parametrize("handling", ["restocked", "scrapped"])
def test_while_it_is_picked_the_merchant_decides_and_damaged_goods_are_a_loss(do: Doing, handling: str) -> None:
    number, there = order(do, quantity=3), free(do)
    paid(do, "online", number)
    with keeper(do):
        sale = sales.accept_order(do, number)
        sales.settle_sale(do, sale)
        sales.confirm_sale(do, sale)
        sales.print_picking_slip(do, sale)
    request = as_me(do, returns.call_off, number, "买错了 the wrong one")
    with keeper(do):
        assert refused(sales.ship, do, sale).code == "return_waiting"
        assert refused(returns.cancel_sale, do, number, "x").code == "return_waiting"
        assert refused(returns.accept_return, do, request, handling, D("0.01")).code == "refund_all"
        assert returns.accept_return(do, request, handling)["refund"] == amount_of(do, number)
    assert (state(do, number), state(do, sale), state(do, request)) == ("cancelled", "cancelled", "refunded")
    assert free(do) == there + (3 if handling == "restocked" else 0)
    assert held(do, "6711") == (0 if handling == "restocked" else 3 * briefs.deal(do).cost)
    sound(do)


def test_a_refused_request_lets_the_order_go_on(do: Doing) -> None:
    number = order(do, "cash_on_delivery")
    with keeper(do):
        sale = sales.accept_order(do, number)
        sales.settle_sale(do, sale)
        sales.confirm_sale(do, sale)
        sales.print_picking_slip(do, sale)
    request = as_me(do, returns.call_off, number, "x")
    with keeper(do):
        returns.reject_return(do, request, "已装车 on the van already")
        sales.ship(do, sale)
    assert (state(do, request), state(do, number)) == ("rejected", "shipped")
    sound(do)


@pytest.mark.parametrize(
    ("kind", "handling"),
    [
        pytest.param(kind, handling, marks=[pytest.mark.slow] * (i % 2 != j or kind in ("bank_transfer", "post_remittance")))
        for i, kind in enumerate(KINDS)
        for j, handling in enumerate(("restocked", "scrapped"))
    ],
)
def test_goods_that_come_back_in_parts_take_back_exactly_their_revenue_and_cost(do: Doing, kind: str, handling: str) -> None:
    number = order(do, kind, quantity=3)
    sent = shipped(do, kind, number)
    if kind == "cash_on_delivery" and handling == "restocked":
        with keeper(do):
            payments.collect_cash(do, number)
    back = {"revenue": D(0), "cost": D(0)}
    for pieces in (1, 2):
        request = as_me(do, returns.request_return, number, [{"product": asked(do), "quantity": pieces}], "坏了 broken")
        with keeper(do):
            done = returns.accept_return(do, request, handling)
        back = {"revenue": back["revenue"] + done["refund"], "cost": back["cost"] + done["cost"]}
        sound(do)
    assert back == {"revenue": sent["amount"], "cost": sent["cost"]}
    assert (state(do, number), held(do, "6001"), held(do, "6401")) == ("returned", 0, 0)
    assert held(do, "6711") == (sent["cost"] if handling == "scrapped" else 0)
    assert refused(as_me, do, returns.request_return, number, [{"product": asked(do), "quantity": 1}], "x").code == "wrong_state"


def test_no_more_is_refunded_than_was_paid_and_nothing_after_the_time_for_it(do: Doing) -> None:
    number = order(do, quantity=2)
    goods = [{"product": asked(do), "quantity": 1}]
    assert refused(as_me, do, returns.request_return, number, goods, "x").code == "call_off_instead"
    shipped(do, "online", number)
    assert refused(as_me, do, returns.request_return, number, [{"product": asked(do), "quantity": 3}], "x").code == "more_than_bought"
    request = as_me(do, returns.request_return, number, goods, "x")
    assert refused(as_me, do, returns.request_return, number, goods, "x").code == "return_waiting"
    with keeper(do):
        over = refused(returns.accept_return, do, request, "restocked", briefs.deal(do).price + D("0.01"))
        assert (over.code, over.field) == ("refund_over_paid", "amount")
        returns.accept_return(do, request, "restocked", D("1.00"))
        assert refused(returns.accept_return, do, request, "restocked").code == "wrong_state"
    sound(do)
    clock.advance(do, (sales.DAYS_UNDER_WAY["express"] + catalogue.RETURN_DAYS) + 1)
    assert refused(as_me, do, returns.request_return, number, goods, "x").code == "too_late_to_return"


def test_goods_may_come_back_as_long_as_the_shop_promised_when_they_were_ordered(do: Doing) -> None:
    goods = [{"product": asked(do), "quantity": 1}]
    before = order(do)
    with keeper(do):
        catalogue.write_page(do, "after_sales", "签收后 20 天内可以退货。", 20)
        assert refused(catalogue.write_page, do, "about_us", "x", 20).field == "return_days"
    promised = order(do)
    with keeper(do):
        catalogue.write_page(do, "after_sales", "签收后 7 天内可以退货。", None)
    for number in (before, promised):
        shipped(do, "online", number)
    clock.advance(do, sales.DAYS_UNDER_WAY["express"] + catalogue.RETURN_DAYS + 1)
    late = refused(as_me, do, returns.request_return, before, goods, "x")
    assert late.code == "too_late_to_return" and f"{catalogue.RETURN_DAYS}" in late.text.en
    clock.advance(do, 20 - catalogue.RETURN_DAYS - 1)
    assert as_me(do, returns.request_return, promised, goods, "x"), "on the last day of the promise"
    clock.advance(do, 1)
    with keeper(do):
        returns.accept_return(do, do.value("select max(number) from b2c_return"), "restocked")
    assert refused(as_me, do, returns.request_return, promised, goods, "x").code == "too_late_to_return"
    sound(do)


def test_the_return_period_counts_from_the_day_on_which_the_shopper_has_the_goods(do: Doing) -> None:
    goods, early, expected = [{"product": asked(do), "quantity": 1}], order(do), order(do)
    assert refused(as_me, do, returns.confirm_receipt, early).code == "wrong_state"
    for number in (early, expected):
        shipped(do, "online", number)
    assert as_me(do, returns.confirm_receipt, early) == early
    clock.advance(do, sales.DAYS_UNDER_WAY["express"] + 3)
    as_me(do, returns.confirm_receipt, early)
    as_me(do, returns.confirm_receipt, expected)
    received = [do.value("select received_day from b2c_order where number = $n", n=n) for n in (early, expected)]
    assert received == [do.day - datetime.timedelta(days=n + 3) for n in (sales.DAYS_UNDER_WAY["express"], 0)], "said late, nothing counts anew"
    clock.advance(do, catalogue.RETURN_DAYS - 3)
    assert refused(as_me, do, returns.request_return, early, goods, "x").code == "too_late_to_return"
    assert as_me(do, returns.request_return, expected, goods, "x")


# --- stock -----------------------------------------------------------------------------------------------------------------


def test_a_stocktake_posts_what_differs(do: Doing) -> None:
    d, spare, before = briefs.deal(do), briefs.spare(do), held(do, "1405")
    with keeper(do) as shop:
        sheet = stocktakes.freeze(do)
        assert refused(stocktakes.freeze, do).code == "sheet_open"
        assert refused(stocktakes.adjust, do, sheet).code == "wrong_state"
        assert stocktakes.tally(do, sheet, [{"product": spare.product, "counted_quantity": spare.quantity + 2}]) == 2
        counts = [{"product": d.gtin, "counted_quantity": d.opening - 3}, {"product": spare.product, "counted_quantity": spare.quantity + 1}]
        assert stocktakes.tally(do, sheet, counts) == -2
        value = stocktakes.adjust(do, sheet)
        assert value == spare.cost - 3 * d.cost == held(do, "1405") - before == -held(do, "6602")
        assert stock.on_hand(do, shop.member, shop.place, d.gtin) == d.opening - 3
        assert [(r.variance, r.state) for r in stocktakes.stocktake_detail(do, sheet) if r.product == d.gtin] == [(-3, "adjusted")]
        assert stocktakes.stocktakes(do)[0].variance_value == value
        assert refused(stocktakes.adjust, do, sheet).code == "wrong_state"
    sound(do)


def test_a_stocktake_is_no_good_once_stock_has_moved(do: Doing) -> None:
    number = order(do)
    with keeper(do):
        sheet = stocktakes.freeze(do)
        stocktakes.tally(do, sheet, [{"product": asked(do), "counted_quantity": 1}])
    shipped(do, "online", number)
    with keeper(do):
        moved = refused(stocktakes.adjust, do, sheet)
        assert (moved.code, moved.field) == ("stock_moved", "stocktake")
        assert number in do.value("select parent from document where number = $s", s=do.value("select sales_order from b2c_order where number = $n", n=number))
        stocktakes.drop_stocktake(do, sheet)
        assert refused(stocktakes.tally, do, sheet, [{"product": asked(do), "counted_quantity": 1}]).code == "wrong_state"
        assert stocktakes.freeze(do) != sheet
    sound(do)


def test_what_is_reserved_cannot_be_counted_away(do: Doing) -> None:
    order(do, quantity=free(do))
    with keeper(do):
        sheet = stocktakes.freeze(do)
        stocktakes.tally(do, sheet, [{"product": asked(do), "counted_quantity": 0}])
        assert refused(stocktakes.adjust, do, sheet).code == "short_stock"


def test_limits_say_what_runs_short_and_what_piles_up(do: Doing) -> None:
    d, spare = briefs.deal(do), briefs.spare(do)
    with keeper(do):
        assert (len(levels.shortages(do)), len(levels.overstocks(do))) == (0, 0)
        assert refused(levels.set_limits, do, d.gtin, 5, 5).field == "upper_limit"
        assert refused(levels.set_limits, do, "9520100000009", 1, 5).code == "not_in_shop"
        levels.set_limits(do, d.gtin, d.opening + 1, d.opening + 2)
        levels.set_limits(do, spare.product, 0, spare.quantity - 1)
        assert [(r.product, r.shortfall) for r in levels.shortages(do)] == [(d.gtin, 1)]
        assert [(r.product, r.surplus) for r in levels.overstocks(do)] == [(spare.product, 1)]
        levels.set_limits(do, d.gtin, d.opening, d.opening + 2)
        assert len(levels.shortages(do)) == 0, "at the limit nothing is missing"
        row = next(r for r in levels.stock_levels(do, d.category) if r.product == d.gtin)
        assert (row.on_hand, row.free_stock, row.unit_cost) == (d.opening, free(do), d.cost)


# --- the catalogue ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "code"), [("0", "too_small"), ("-1", "money_negative"), ("0.001", "money_places"), ("一百", "money_format")])
def test_a_price_is_above_zero(mall: Lab, price: str, code: str) -> None:
    before = worlds.held(mall)
    said = refused(mall.b2c.add_product, product="9520100000010", price=price, cost="1.00")
    assert [(p.code, p.field) for p in said.problems] == [(code, "price")]
    assert refused(mall.b2c.change_product, product="9520100000010", price=price).field == "price"
    assert worlds.held(mall) == before


def test_a_product_is_in_the_mall_at_once_under_the_name_that_its_gtin_has(do: Doing) -> None:
    d = briefs.deal(do)
    spare = next(r for r in briefs._dealt(do)[10:])
    with keeper(do) as shop:
        assert refused(catalogue.add_product, do, d.gtin, D(1), D(1)).code == "already_sold"
        assert refused(catalogue.add_product, do, spare["gtin"], D(1), D(1), name="别的 Something else").code == "named_otherwise"
        assert refused(catalogue.add_product, do, "9520100009991", D(1), D(1), name="灯 Lamp", product_category="household").code == "bad_gtin"
        assert refused(catalogue.add_product, do, "9520100009991", D(1), D(1)).code == "bad_gtin"
        assert (r := refused(catalogue.add_product, do, "9520100009990", D(1), D(1))).code == "name_it" and r.field == "name"
        picture = base64.b64encode(images.sample(40, 30, (1, 2, 3))).decode()
        catalogue.add_product(do, "9520100009990", D("9.90"), D("5.00"), name="灯 Lamp", product_category="household", picture=picture)
        found = catalogue.search(do, product_name="lamp", merchant=shop.merchant)
        assert [(r.product, r.price, r.free_stock) for r in found] == [("9520100009990", D("9.90"), 0)]
        assert len(catalogue.picture(do, shop.merchant, "9520100009990")) == 1
        assert ("9520100009990", shop.shop_name) in {(r.product, r.shop_name) for r in catalogue.shop_map(do, "household")}
        catalogue.change_product(do, "9520100009990", on_sale="no")
        assert len(catalogue.search(do, product_name="lamp", merchant=shop.merchant)) == 0
    assert refused(checkout.add_to_cart, do, shop.merchant, "9520100009990", 1).code == "not_on_sale"


def test_a_search_narrows_by_price_and_begins_with_the_cheapest(do: Doing) -> None:
    every = catalogue.search(do)
    assert [r.price for r in every] == sorted(r.price for r in every)
    middle = every[len(every) // 2].price
    assert {r.price for r in catalogue.search(do, at_most=middle)} | {r.price for r in catalogue.search(do, at_least=middle)} == {r.price for r in every}
    assert refused(catalogue.search, do, at_least=D(2), at_most=D(1)).code == "bounds_reversed"
    rivals = [r for r in every if r.product == asked(do)]
    assert len({r.shop_name for r in rivals}) == 2, "a competitor sells what the student sells"


def test_a_shop_needs_its_own_contract_in_force_and_is_opened_once(mall: Lab) -> None:
    shop = mall.world.state.look.one("select * from b2c_merchant where merchant in (select name from access where realm = 'b2c.shopkeeper' and not scripted)")
    secret = Issued("password/x").plain(mall.world.header.seed)
    given = {"shop_name": "新店", "contact": "x", "phone": "0571-88886666", "mailbox": shop.mailbox, "method": "fifo", "password": secret, "confirm": secret}
    assert refused(mall.b2c.open_shop, merchant=shop.merchant, contract=shop.contract, **given).code == "shop_already"
    assert refused(mall.b2c.open_shop, merchant=shop.merchant, contract="MC-0000-0001", **given).code == "other_contract"
    assert refused(mall.b2c.value_stock, "moving_average", "x").code == "same_method"
    assert refused(mall.b2c.sign_in_shopkeeper, shop.merchant, "wrong1234").code == "wrong_password"


def test_a_shops_password_makes_no_shopper_and_a_shoppers_no_shopkeeper(mall: Lab) -> None:
    merchant = mall.world.state.look.value("""select merchant from b2c_merchant
        where merchant in (select name from access where realm = 'b2c.shopkeeper' and not scripted)""")
    shopper = own_person(mall.world.state.look).mailbox.partition("@")[0]
    assert refused(mall.b2c.sign_in, merchant, mall.player().password("shopkeeper")).code == "no_shopper"
    assert refused(mall.b2c.sign_in_shopkeeper, shopper, mall.player().password("shopper")).code == "no_shop"


# --- the others in the mall ------------------------------------------------------------------------------------------------


def test_shoppers_come_by_themselves_and_scripted_shops_serve(do: Doing) -> None:
    rival, ware = do.value("select merchant from b2c_merchant where shop_name = $n", n=briefs.rival(do, 0).shop_name), briefs.assortment(do, 0)[0]
    with acting(do, SHOPPER.name, me(do)):
        orders = []
        for kind in ("online", "cash_on_delivery"):
            orders.append(checkout.draft(do, rival, [(ware.product, 1)]))
            checkout.choose_delivery(do, orders[-1], "express", kind)
            checkout.set_recipient(do, orders[-1], "林晓", "杭州", "13800138000")
            checkout.confirm_order(do, orders[-1])
        payments.pay_online(do, orders[0], card(do), PIN)
    clock.advance(do, 1)
    assert [state(do, n) for n in orders] == ["shipped", "shipped"]
    request = as_me(do, returns.request_return, orders[0], [{"product": ware.product, "quantity": 1}], "x")
    clock.advance(do, 1)
    assert (state(do, request), state(do, orders[0])) == ("refunded", "returned")
    assert payments.payment_of(do, orders[1]).state == "banked"
    clock.advance(do, 20)
    came = do.all("select shopper, count(*) as n from b2c_order where merchant = $m group by all order by n desc", m=own_shop(do).merchant)
    assert len(came) == 3, "all three have come"
    assert all(r.n <= 2 for r in came), "whoever waits for an order does not order again, beside what was there before"
    sound(do)


def test_visitors_buy_at_a_fair_price_and_not_at_a_dear_one(do: Doing) -> None:
    do.execute("update b2c_product set price = cost * 10 where merchant = $m", m=own_shop(do).merchant)
    clock.advance(do, 30)
    assert do.value("select count(*) from b2c_order where merchant = $m and placed_day > $day", m=own_shop(do).merchant, day=do.scenario.start) == 0


# --- customers and pages ---------------------------------------------------------------------------------------------------


def test_the_shop_knows_its_customers_by_what_they_ordered(do: Doing) -> None:
    first, second = order(do, quantity=2), order(do, "cash_on_delivery", quantity=1)
    as_me(do, returns.call_off, second, "x")
    with keeper(do):
        found = customers.customer_detail(do, me(do))
        assert [(r.orders, r.total, r.first_order) for r in found] == [(2, amount_of(do, first), do.day)], "what was called off is not bought"
        assert [(r.number, r.state) for r in customers.customer_history(do, me(do))] == [(second, "cancelled"), (first, "placed")]
        assert [r.shopper for r in customers.customers(do)][-1] != "" and len(customers.customers(do)) == 3
    with acting(do, SHOPKEEPER.name, do.value("select merchant from b2c_merchant where merchant <> $m limit 1", m=own_shop(do).merchant)):
        for query in (customers.customer_detail, customers.customer_history):
            assert refused(query, do, me(do)).code == "not_your_customer", "one shop does not see another's"
        assert refused(customers.customer_detail, do, "nobody").code == "no_shopper"


def test_a_page_that_is_written_again_is_replaced_and_everybody_reads_it(do: Doing) -> None:
    with keeper(do) as shop:
        for content in ("旧 old", "新 new"):
            catalogue.write_page(do, "after_sales", content)
    assert [(r.page, r.content) for r in catalogue.shop_pages(do, shop.merchant)] == [("after_sales", "新 new")]
    assert refused(catalogue.shop_pages, do, "0").code == "no_shop"


def test_every_field_offers_what_can_be_chosen(do: Doing) -> None:
    order(do)
    order(do, "bank_transfer")
    shipped(do, "cash_on_delivery", back := order(do, "cash_on_delivery"))
    as_me(do, returns.request_return, back, [{"product": asked(do), "quantity": 1}], "x")
    with keeper(do) as shop:
        purchases.new_purchase(do, purchases._suppliers(do, do.actor)[0][0], [{"product": asked(do), "quantity": 1}], "collected", "in_cash", do.day)
        stocktakes.freeze(do)
    found = {name: offer(do, actor) for name, offer in CHOICES.items() if name.startswith("b2c.") for actor in (me(do), shop.merchant) if offer(do, actor)}
    assert all(value and label for offered in found.values() for value, label in offered)
    nothing_to_offer = {
        "b2c.coupons", "b2c.promotions_open", "b2c.in_cart", "b2c.invoices_received", "b2c.opening_sheets", "b2c.orders_by_courier", "b2c.orders_drafted",
        "b2c.orders_lost", "b2c.purchases_blocked", "b2c.purchases_to_receive",
        "b2c.purchases_to_settle", "b2c.sales_to_confirm",
        "b2c.sales_to_pick", "b2c.sales_to_settle", "b2c.sales_to_ship", "b2c.stocktakes_tallied", "b2c.transfers",
    }  # fmt: skip
    assert {name for name in CHOICES if name.startswith("b2c.")} - set(found) == nothing_to_offer


# --- everything at once ----------------------------------------------------------------------------------------------------


def test_whatever_is_done_in_whatever_order_the_books_hold_and_replay(played: Callable[..., Lab]) -> None:
    """A walk at random through the commands, refusals and all; then every invariant, and the same world from the logbook."""
    lab = played("b2c", *OPEN)
    look, chance = lab.world.state.look, random.Random(7)
    shop = look.one("select * from b2c_merchant where merchant in (select name from access where realm = 'b2c.shopkeeper' and not scripted)")
    name, secret = scripted.user_name(own_person(look)), Issued("password/shopper").plain(lab.world.header.seed)
    number = ebank.account_of(look, members.shopper_of(look, name).member, "personal")
    goods = [briefs.deal(look).gtin, briefs.spare(look).product]
    lab.b2c.sign_in(name, secret)
    supplier = lab.choices("b2c.new_purchase", "supplier")[0][0]
    for quantity in (20, 30):
        lab.b2c.confirm_purchase(lab.b2c.new_purchase(supplier, [{"product": goods[0], "quantity": quantity}], "collected", "in_cash", lab.day))

    def one(command: str, field: str, **more: Any) -> None:
        if offered := lab.choices(command, field):
            lab.call(command, **{field: chance.choice(offered)[0]}, **more)

    def buy() -> None:
        lab.b2c.add_to_cart(shop.merchant, chance.choice(goods), chance.randint(1, 4))
        for made in lab.b2c.check_out():
            lab.b2c.choose_delivery(made, "express", chance.choice(KINDS))
            lab.b2c.set_recipient(made, "林晓", "杭州", "13800138000")
            lab.b2c.confirm_order(made)

    def give_back() -> None:
        rows = look.all("select l.number, l.product from b2c_order o join document d using (number) join b2c_order_line l using (number)"
                        " where o.shopper = $me and d.state = 'shipped' order by 1, 2", me=name)  # fmt: skip
        if rows:
            row = chance.choice(rows)
            lab.b2c.request_return(row.number, [{"product": row.product, "quantity": 1}], "x")

    def count() -> None:
        sheet = lab.b2c.freeze()
        product = chance.choice(goods)
        there = next(r.book_quantity for r in lab.b2c.stocktake_detail(sheet) if r.product == product)
        lab.b2c.tally(sheet, [{"product": product, "counted_quantity": max(0, there + chance.randint(-2, 2))}])
        if chance.random() < 0.3:
            lab.b2c.drop_stocktake(sheet)
        else:
            lab.b2c.adjust(sheet)

    def restock() -> None:
        purchase = chance.choice(lab.choices("b2c.receive_purchase", "purchase") or [("none", "")])[0]
        lab.b2c.receive_purchase(purchase, [{"product": goods[0], "quantity": chance.randint(1, 20)}], chance.choice(("follows", "dropped")))
        right_invoice(lab.player(), purchase)
        lab.b2c.settle_purchase_in_cash(purchase)

    steps: list[Callable[[], None]] = [
        buy, buy, give_back, count, restock,
        lambda: one("b2c.pay_online", "order", account=number, pin=Issued("pin/personal").plain(lab.world.header.seed)),
        lambda: one("b2c.remit", "order"),
        lambda: one("b2c.accept_order", "order"), lambda: one("b2c.accept_order", "order"),
        lambda: one("b2c.settle_sale", "sales_order"), lambda: one("b2c.settle_sale", "sales_order"),
        lambda: one("b2c.confirm_sale", "sales_order"), lambda: one("b2c.confirm_sale", "sales_order"),
        lambda: one("b2c.print_picking_slip", "sales_order"), lambda: one("b2c.ship", "sales_order"), lambda: one("b2c.ship", "sales_order"),
        lambda: one("b2c.collect_cash", "order"), lambda: one("b2c.call_off", "order", reason="x"),
        lambda: one("b2c.cancel_sale", "order", reason="x"),
        lambda: one("b2c.accept_return", "request", handling=chance.choice(("restocked", "scrapped"))),
        lambda: lab.advance(chance.randint(1, 4)),
    ]  # fmt: skip
    refusals = set()
    for _ in range(80):
        try:
            chance.choice(steps)()
        except Refusal as said:
            refusals.add(said.code)
    assert worlds.findings_of(lab) == []
    assert assert_as_before(look) > 0
    states = {r.state for r in look.all("select distinct d.state from b2c_order o join document d using (number)")}
    assert {"shipped", "cancelled"} <= states and refusals
    assert lab.at(len(lab.world.entries)).world.state.digest() == lab.world.state.digest()
