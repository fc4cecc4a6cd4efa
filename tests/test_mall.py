"""A shop on the mall: the platform holds what shoppers paid, takes its commission with the payout, and gives it back with what comes back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from ecomlab.books import clock, invoices, ledger
from ecomlab.books.members import acting
from ecomlab.kernel.audit import verdicts
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.secrets import Issued
from ecomlab.kernel.table import Row
from ecomlab.modules.b2c import checkout, payments, returns, sales, scripted
from ecomlab.modules.b2c.briefs import spare
from ecomlab.modules.b2c.members import SHOPKEEPER, SHOPPER, shopper_of
from ecomlab.modules.shop import mall, mall_years
from ecomlab.modules.shop.staff import ACCOUNTANT
from tests import worlds
from tests.vat import without_tax
from tests.worlds import refused

pytestmark = pytest.mark.usefixtures("understudied")

D = Decimal


class Shop:
    """The student's shop in a department that has just begun, worked at without a logbook."""

    def __init__(self, do: Doing, account: str, pin: str):
        self.do, self.account, self.pin = do, account, pin
        self.row = do.one(
            "select m.* from b2c_merchant m join merchant_contract k on k.merchant = m.merchant where not exists "
            "(select 1 from access a where a.realm = 'b2c.shop' and a.name = m.merchant and a.scripted) order by m.merchant desc limit 1"
        )
        self.member = self.row.member
        self.house = payments.platform(do).member

    def accounts(self, function: Any, *given: Any) -> Any:
        with acting(self.do, ACCOUNTANT.name, self.member):
            return function(self.do, *given)

    def join(self, amount: Decimal | None = None) -> Any:
        return self.accounts(mall.join_mall, self.account, self.pin, amount)

    def sold(self, pieces: int = 2) -> str:
        """An order paid through the platform and shipped; gives its number."""
        do, position = self.do, 2
        name, product = scripted.user_name(scripted.scripted_shoppers(do)[position]), spare(do).product
        card = scripted.ready(do, shopper_of(do, name).member, D(2000), scripted.pin_of(position), "online")
        with acting(do, SHOPPER.name, name):
            order = checkout.draft(do, self.row.merchant, [(product, pieces)])
            checkout.choose_delivery(do, order, "express", "payment_platform")
            checkout.set_recipient(do, order, "x", "x", "13800138000")
            checkout.confirm_order(do, order)
            payments.pay_online(do, order, card, scripted.pin_of(position).stored())
        with acting(do, SHOPKEEPER.name, self.row.merchant):
            made = sales.accept_order(do, order)
            sales.settle_sale(do, made)
            sales.confirm_sale(do, made)
            sales.ship(do, made)
        do.n += 1
        return order

    def returned(self, order: str, pieces: int) -> None:
        row = self.do.one("select o.shopper, l.product from b2c_order o join b2c_order_line l using (number) where o.number = $n", n=order)
        with acting(self.do, SHOPPER.name, row.shopper):
            request = returns.request_return(self.do, order, [{"product": row.product, "quantity": pieces}], "x")
        with acting(self.do, SHOPKEEPER.name, self.row.merchant):
            returns.accept_return(self.do, request, "restocked")
        self.do.n += 1

    def line(self, order: str) -> Row:
        return next(r for r in mall.statement_of(self.do, self.row.merchant) if r.web_order == order)

    def until(self, order: str, days: int = 0) -> None:
        """Lets days pass up to that on which the platform pays out, or so many more or fewer."""
        clock.advance(self.do, (self.line(order).settle_day - self.do.day).days + days)
        self.do.n += 1

    def balance(self, owner: str, account: str, sub: str | None = None) -> Decimal:
        return Decimal(
            self.do.value(
                "select coalesce(sum(balance), 0) from ledger_balance where owner = $o and account = $a and ($s is null or sub = $s)",
                o=owner, a=account, s=sub,
            )
        )  # fmt: skip

    def findings(self) -> list[str]:
        return [f"{v.name}: {f}" for v in verdicts(self.do, self.do.scenario.includes) for f in v.findings]


@pytest.fixture
def shop(tmp_path: Any) -> Iterator[Shop]:
    lab = worlds.opened(tmp_path, worlds.model("shop", codes=()))
    account = lab.look.value(
        "select a.number from bank_account a join bank_customer c on c.number = a.customer join b2c_merchant m on m.member = c.member "
        "where a.kind = 'corporate' and a.customer not in (select merchant from b2c_merchant) and m.merchant = $m order by 1",
        m=_own(lab),
    )
    with worlds.at_work(lab.world.state, 10_000) as do:
        yield Shop(do, account, Issued("pin/corporate").stored())
    lab.world.close()


def _own(lab: Any) -> str:
    from ecomlab.modules.b2c.prologue import own_shop

    return str(own_shop(lab.player()).merchant)


def test_a_sale_is_paid_out_less_commission_and_fee_once_nothing_can_come_back(shop: Shop) -> None:
    before = shop.balance(shop.member, ledger.BANK)
    assert shop.join()["missing"] == 0
    assert shop.balance(shop.member, ledger.BANK) == before - 5000 and shop.balance(shop.member, ledger.OTHER_RECEIVABLE, shop.house) == 5000
    order = shop.sold()
    line = shop.line(order)
    rate = mall.rates(shop.do)[shop.do.value("select product_category from product where gtin = $p", p=spare(shop.do).product)]
    assert line.paid_day is None and line.commission == round(line.amount * rate / 100, 2) > 0
    assert line.service_fee == round(line.amount * payments.FEE, 2)
    assert shop.balance(shop.member, ledger.PAYABLE, shop.house) == -line.commission, "until it is set off the commission is a debt"
    assert shop.findings() == []
    spent = shop.balance(shop.member, "6601")
    shop.until(order, -1)
    assert shop.line(order).paid_day is None, "the platform holds it as long as it may come back"
    shop.until(order)
    paid = shop.line(order)
    assert paid.paid_day == paid.settle_day == shop.do.day and paid.payout == line.amount - line.commission - line.service_fee == line.payout
    assert paid.payout == shop.do.value(
        """select p.amount from bank_transaction t join posting p on p.entry = t.entry and p.owner = $o and p.account = '1002'
           where t.reference = $n and t.kind = 'settlement'""",
        o=shop.member, n=order,
    )  # fmt: skip
    assert shop.balance(shop.member, ledger.PAYABLE, shop.house) == 0
    assert shop.balance(shop.member, "6601") == spent, "the expense is the sale's, not the payout's"
    invoice = shop.do.one("select i.* from invoice i join shop_commission c on c.number = i.sale where c.web_order = $n", n=order)
    assert (invoice.seller, invoice.buyer, invoice.net + invoice.tax) == (shop.house, shop.member, line.commission)
    assert invoice.tax == round(line.commission * 6 / 106, 2)
    invoices.verify(shop.do, invoice.number, shop.member)
    assert invoices.deduct(shop.do, shop.member, [invoice.number]).tax == invoice.tax, "the tax on the commission is input tax"
    assert shop.findings() == []


def test_what_comes_back_before_the_payout_takes_its_commission_back(shop: Shop) -> None:
    shop.join()
    some, all_of_it = shop.sold(2), shop.sold(1)
    charged = shop.line(some).commission
    shop.returned(some, 1)
    half = shop.line(some)
    assert half.refunded == half.amount / 2 and 0 < half.commission < charged
    shop.returned(all_of_it, 1)
    assert shop.line(all_of_it).commission == 0
    assert shop.balance(shop.member, ledger.PAYABLE, shop.house) == -half.commission
    assert shop.findings() == []
    shop.until(some)
    assert shop.line(some).payout == half.amount - half.refunded - half.commission - half.service_fee and shop.line(all_of_it).payout == 0
    assert not shop.do.value("select count(*) from invoice i join shop_commission c on c.number = i.sale where c.web_order = $n", n=all_of_it)
    assert shop.findings() == []


def test_a_deposit_that_is_short_is_kept_back(shop: Shop) -> None:
    assert refused(shop.accounts, mall.pay_deposit, D("1.00"), shop.account, shop.pin).code == "not_on_the_mall"
    assert refused(shop.join, D("5000.01")).code == "deposit_over"
    shop.join(D("4990.00"))
    assert refused(shop.join).code == "on_the_mall"
    order = shop.sold()
    line = shop.line(order)
    shop.until(order)
    paid = shop.line(order)
    assert paid.kept == 10 and paid.payout == line.payout - 10
    assert shop.balance(shop.member, ledger.OTHER_RECEIVABLE, shop.house) == 5000 == -shop.balance(shop.house, ledger.OTHER_PAYABLE, shop.member)
    assert refused(shop.accounts, mall.pay_deposit, D("1.00"), shop.account, shop.pin).code == "deposit_full"
    assert shop.findings() == []


def test_without_an_agreement_there_is_no_commission(shop: Shop) -> None:
    order = shop.sold()
    assert shop.line(order).commission == 0 and not shop.do.value("select count(*) from shop_commission")
    shop.until(order)
    assert shop.line(order).payout == shop.line(order).amount - shop.line(order).service_fee


def test_a_year_of_the_mall_is_paid_ahead_and_each_month_bears_its_part(shop: Shop) -> None:
    assert refused(shop.accounts, mall_years.pay_service_year, shop.account, shop.pin).code == "not_on_the_mall"
    shop.join()
    expense = shop.balance(shop.member, "6601")
    made = shop.accounts(mall_years.pay_service_year, shop.account, shop.pin)
    net = without_tax(mall_years.YEAR_FEE, 6)
    assert shop.balance(shop.member, "1123", shop.house) == net == -shop.balance(shop.house, "2203", shop.member)
    assert shop.balance(shop.member, "6601") == expense, "nothing of it is used yet"
    invoice = shop.do.value("select number from invoice where sale = $n", n=made["service_year"])
    assert invoices.verify(shop.do, invoice, shop.member).state == "verified", "its tax can be deducted before the year is over"
    no = refused(shop.accounts, mall_years.pay_service_year, shop.account, shop.pin)
    assert (no.code, no.field) == ("year_runs", "account")
    for day in (datetime.date(2026, 10, 1), datetime.date(2026, 11, 1)):
        shop.do.turn(day)
        mall_years.spread(shop.do)
        (row,) = shop.accounts(mall_years.service_years)
        used = (net * (day - made["starts"]).days / 365).quantize(D("0.01"))
        assert abs(row.used - used) <= D("0.01") and row.rest == shop.balance(shop.member, "1123", shop.house)
    assert shop.findings() == []
    shop.do.turn(datetime.date(2027, 10, 1))
    mall_years.spread(shop.do)
    assert (shop.balance(shop.member, "1123", shop.house), shop.accounts(mall_years.service_years)[0].state) == (0, "over") and shop.findings() == []
