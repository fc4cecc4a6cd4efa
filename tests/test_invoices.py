"""Invoices (发票) and credit notes: what a professional expects of one, whoever issued it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from ecomlab.books import documents, invoices, ledger, sales, stock, tax
from ecomlab.books.invoices import issuing
from ecomlab.books.members import company, person
from ecomlab.books.sales import Item
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from ecomlab.modules.b2c import billing, purchases, returns
from tests import worlds
from tests.test_b2c import as_me, asked, keeper, mall, order, shipped, supplier_with_enough  # noqa: F401  (`mall` is a fixture)
from tests.test_b2c import do as shop_world  # noqa: F401  (another)
from tests.worlds import refused

pytestmark = pytest.mark.usefixtures("understudied")

MOUSE, NOODLES = "9520100000010", "9520100000072"
SOUND = ("invoices_add_up", "invoices_numbered", "input_tax_invoiced", "tax_booked", "postings_balance")


@pytest.fixture
def do() -> Iterator[Doing]:
    state = worlds.fresh_state("edi")
    doing = worlds.doing(state)
    stock.open_catalogue(doing)
    yield doing
    state.close()


@pytest.fixture
def parties(do: Doing) -> tuple[str, str]:
    return company(do, "卖方 Seller", "91000000MA00000017", None), company(do, "买方 Buyer", "91000000123456789X", None)


def sold(do: Doing, seller: str, buyer: str, sale: str = "D1") -> list[Item]:
    items = sales.net_priced(do, [Item(Decimal("100.00"), MOUSE, 2), Item(Decimal("50.00"), NOODLES, 5)])
    against = [ledger.Line(seller, ledger.RECEIVABLE, sales.total(items), buyer)]
    owed = [ledger.Line(buyer, "6601", Decimal("150.00")), ledger.Line(buyer, ledger.PAYABLE, Decimal("-150.00"), seller)]
    sales.sell(do, "sale", "sold", sale, seller, buyer, items, against, [*owed, *sales.tax_owed(buyer, seller, items)], channel="b2b")
    return items


def row(do: Doing, number: str) -> Any:
    return do.one("select i.*, d.state from invoice i join document d using (number) where number = $n", n=number)


def sound(do: Doing) -> None:
    assert {name: found for name in SOUND if (found := INVARIANTS[name].check(do))} == {}


def test_a_company_gets_a_special_invoice_in_its_own_name_and_has_it_at_once(do: Doing, parties: tuple[str, str]) -> None:
    seller, buyer = parties
    made = row(do, invoices.issue(do, "D1", seller, buyer, sold(do, seller, buyer)))
    assert (made.invoice_kind, made.title, made.tax_number, made.state) == ("special", "买方 Buyer", "91000000123456789X", "delivered")
    assert (made.net, made.tax) == (150, Decimal("17.50"))
    lines = do.all("select product, quantity, net, tax from invoice_line where invoice = $n order by line", n=made.number)
    assert [tuple(r) for r in lines] == [(MOUSE, 2, 100, 13), (NOODLES, 5, 50, Decimal("4.50"))]
    sound(do)


def test_a_number_has_twenty_digits_the_year_and_a_province_that_is_none(do: Doing, parties: tuple[str, str]) -> None:
    seller, buyer = parties
    codes = [row(do, invoices.issue(do, sale, seller, buyer, sold(do, seller, buyer, sale))).code for sale in ("D1", "D2")]
    assert all(len(c) == 20 and c.isdigit() and c.startswith("2600") for c in codes)
    assert int(codes[1]) == int(codes[0]) + 1, "they count on"


def test_a_person_gets_an_ordinary_one_and_may_have_it_made_out_to_a_firm(do: Doing, parties: tuple[str, str]) -> None:
    seller, buyer = parties[0], person(do, "林晓 Lin Xiao", "lin@ecomlab.test")
    items = sales.gross_priced(do, [Item(Decimal("113.00"), MOUSE)])
    own = row(do, invoices.issue(do, "D1", seller, buyer, items))
    assert (own.invoice_kind, own.title, own.tax_number) == ("ordinary", "林晓 Lin Xiao", None)
    firm = row(do, invoices.issue(do, "D2", seller, buyer, items, title="北方百货", tax_number="91000000123456789X"))
    assert (firm.invoice_kind, firm.title, firm.tax_number) == ("ordinary", "北方百货", "91000000123456789X")


@pytest.mark.parametrize("text", ["91000000", "910000001234567890", "x", "9" * 40])
def test_a_tax_number_has_a_check_character(text: str) -> None:
    assert refused(invoices.checked_tax_number, text, "tax_number").code == "bad_tax_number"


def test_tax_is_deducted_once_the_invoice_has_been_verified(do: Doing, parties: tuple[str, str]) -> None:
    seller, buyer = parties
    number = invoices.issue(do, "D1", seller, buyer, sold(do, seller, buyer))
    assert invoices.deduct(do, buyer) == (0, 0), "not before it is verified"
    assert refused(invoices.verify, do, number, seller).code == "not_your_invoice"
    assert invoices.verify(do, number, buyer).state == "verified"
    assert invoices.deduct(do, buyer) == (1, Decimal("17.50"))
    assert [ledger.balance(do, buyer, a) for a in (tax.PENDING, tax.INPUT)] == [0, Decimal("17.50")]
    assert (row(do, number).state, invoices.deduct(do, buyer)) == ("deducted", (0, 0))
    assert refused(invoices.verify, do, number, buyer).code == "wrong_state"
    sound(do)


def test_an_invoice_over_more_than_was_bought_is_not_verified(do: Doing, parties: tuple[str, str]) -> None:
    seller, buyer = parties
    items = sold(do, seller, buyer)
    number = invoices.issue(do, "D1", seller, buyer, [items[0]._replace(revenue=items[0].revenue + 1), items[1]])
    said = refused(invoices.verify, do, number, buyer)
    assert said.code == "not_as_bought" and "168.50" in said.text.en and "167.50" in said.text.en


def test_a_credit_note_names_its_invoice_and_the_last_one_red_letters_it(do: Doing, parties: tuple[str, str]) -> None:
    seller, buyer = parties
    items = sold(do, seller, buyer)
    blue = invoices.issue(do, "D1", seller, buyer, items)
    back = [i._replace(revenue=-i.revenue, tax=-i.tax, quantity=-i.quantity) for i in items]
    first = row(do, str(invoices.credit(do, "D1", seller, [back[0]], "退货 Returned")))
    assert (first.blue, first.net, first.tax, first.state, len(first.code)) == (blue, -100, -13, "issued", 20)
    assert (row(do, blue).state, issuing.left_of(do, blue)) == ("delivered", Decimal("54.50"))
    over = refused(invoices.credit, do, "D1", seller, [back[0]], "again", "goods")
    assert (over.code, over.field) == ("credit_over_invoice", "goods")
    invoices.credit(do, "D1", seller, [back[1]], "退货 Returned")
    assert row(do, blue).state == "red_lettered" and invoices.of_sale(do, "D1", seller) is None
    assert invoices.credit(do, "D1", seller, [back[1]], "nothing is left") is None
    assert INVARIANTS["invoices_add_up"].check(do) == []


def test_the_audit_sees_an_invoice_that_was_changed(do: Doing, parties: tuple[str, str]) -> None:
    seller, buyer = parties
    number = invoices.issue(do, "D1", seller, buyer, sold(do, seller, buyer))
    do.execute("update invoice set net = net + $more, code = '1' where number = $n", n=number, more=Decimal(1))
    assert INVARIANTS["invoices_add_up"].check(do) == [f"{number}: 151.00 and 17.50, lines 150.00 and 17.50"]
    assert INVARIANTS["invoices_numbered"].check(do) == [f"{number}: 1"]
    do.execute("update invoice set tax = tax + $more where number = $n", n=number, more=Decimal(1))
    assert INVARIANTS["input_tax_invoiced"].check(do) == [f"{buyer} 222103: booked 17.50, invoices 18.50"]


# --- a shop's ----------------------------------------------------------------------------------------------------------


def test_whoever_asks_at_the_checkout_has_the_invoice_with_the_shipment(shop_world: Doing) -> None:  # noqa: F811
    do = shop_world
    number = order(do, "online", quantity=3)
    wrong = refused(as_me, do, billing.ask_invoice, number, "北方百货", "910000001234567890")
    assert (wrong.code, wrong.field) == ("bad_tax_number", "tax_number")
    assert as_me(do, billing.ask_invoice, number, "北方百货", "91000000123456789X") is None, "it comes with the shipment"
    assert as_me(do, billing.ask_invoice, number, "江南商贸", "91000000123456789X") is None, "changed in time"
    amount = shipped(do, "online", number)["amount"]
    made = do.one("select * from invoice where sale = $n", n=number)
    assert (made.net + made.tax, made.title) == (amount, "江南商贸")
    assert refused(as_me, do, billing.ask_invoice, number, "北方百货").code == "invoiced_already"
    line = do.one("select product, unit_price from b2c_order_line where number = $n", n=number)
    request = as_me(do, returns.request_return, number, [{"product": line.product, "quantity": 1}], "太小")
    with keeper(do):
        returns.accept_return(do, request, "restocked")
        red = do.one("select * from invoice where blue = $n", n=made.number)
        assert (red.net + red.tax, red.sale) == (-line.unit_price, number)
        assert {r.number for r in billing.shop_invoices(do)} >= {made.number, red.number}
    assert documents.find(do, invoices.CREDIT_NOTE, red.number).state == "issued"
    sound(do)


def test_an_invoice_asked_for_later_has_what_was_kept(shop_world: Doing) -> None:  # noqa: F811
    do = shop_world
    number = order(do, "online", quantity=2)
    shipped(do, "online", number)
    assert do.value("select count(*) from invoice where sale = $n", n=number) == 0, "nobody asked"
    line = do.one("select product, unit_price from b2c_order_line where number = $n", n=number)
    request = as_me(do, returns.request_return, number, [{"product": line.product, "quantity": 1}], "太小")
    with keeper(do):
        returns.accept_return(do, request, "restocked")
    made = row(do, str(as_me(do, billing.ask_invoice, number, "林晓")))
    assert made.net + made.tax == line.unit_price
    sound(do)


def test_what_a_supplier_delivers_is_invoiced_and_deducted(shop_world: Doing) -> None:  # noqa: F811
    do = shop_world
    with keeper(do) as shop:
        supplier, gtin = supplier_with_enough(do), asked(do)
        number = purchases.new_purchase(do, supplier, [{"product": gtin, "quantity": 10}], "by_carrier", "on_account", do.day)
        purchases.confirm_purchase(do, number)
        for pieces in (4, 6):
            purchases.receive_purchase(do, number, [{"product": gtin, "quantity": pieces}])
        received = do.all("select number, tax from invoice where buyer = $m and sale = $n", m=shop.member, n=number)
        assert len(received) == 2, "each delivery has its invoice"
        for r in received:
            assert billing.verify_invoice(do, r.number) == "verified"
        assert billing.deduct_invoices(do) == {"invoices": 2, "tax": sum(r.tax for r in received)}
    sound(do)
