"""EDI trade in the books: an order by message moves the same goods and money as one in B2B, for the amounts that the messages say."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ecomlab.books import ledger, stock
from ecomlab.edifact import messages, read
from ecomlab.kernel.plays import PLAYS
from ecomlab.lab import Lab
from ecomlab.modules import ebank
from ecomlab.modules.edi import network
from ecomlab.modules.edi.starter import goods, partners

from .vat import with_tax
from .worlds import findings_of, refused


class Ordered:
    """A world of whose two companies one has ordered from the other by message."""

    def __init__(self, lab: Lab, *quantities: int, days: int = 5):
        self.lab, self.look = lab, lab.world.state.look
        self.me, self.gln = str(lab.brief("EDI001")["gln"]), partners(self.look)[0].gln
        self.wares = goods(self.look)[: len(quantities)]
        lines = [{"product": self.product(ware.gtin), "quantity": q} for ware, q in zip(self.wares, quantities, strict=True)]
        partner = self.look.value("select number from edi_partner where gln = $gln", gln=self.gln)
        self.document = str(lab.edi.create_document(partner, lines, lab.day + datetime.timedelta(days=days)))
        lab.edi.make_flat_file(self.document)
        lab.edi.make_message(self.document)
        lab.edi.send(self.document)

    def product(self, gtin: str) -> str:
        return str(self.look.value("select number from edi_product where gtin = $gtin", gtin=gtin))

    @property
    def buyer(self) -> str:
        return str(self.look.value("select member from edi_member where gln = $gln", gln=self.me))

    @property
    def seller(self) -> str:
        return str(self.look.value("select member from edi_member where gln = $gln", gln=self.gln))

    def has(self, owner: str, nth: int = 0) -> Any:
        """Pieces on hand, reserved and in transit of one of the goods, wherever they are."""
        return self.look.one(
            """select coalesce(sum(on_hand), 0) as on_hand, coalesce(sum(reserved), 0) as reserved, coalesce(sum(in_transit), 0) as in_transit
               from stock_level where owner = $owner and product = $gtin""",
            owner=owner, gtin=self.wares[nth].gtin,
        )  # fmt: skip

    def state(self) -> str:
        return str(self.look.value("select state from document where number = $n", n=self.document))

    def message(self, kind: str) -> Any:
        number = self.look.value("select number from edi_interchange where message_type = $kind and document = $d", kind=kind, d=self.document)
        return read(network.payload(self.look, number)).messages[0]


@pytest.fixture
def joined(acting: Callable[..., Lab]) -> Lab:
    return acting("edi", "EDI001")


def test_goods_move_and_are_owed_for_as_the_messages_say(joined: Lab) -> None:
    trade = Ordered(joined, 40, 25)
    joined.advance(1)
    assert (trade.state(), trade.has(trade.seller).reserved) == ("order_confirmed", 40)
    there, had = trade.has(trade.seller).on_hand, trade.has(trade.buyer).on_hand
    joined.advance(4)
    sent = trade.has(trade.seller)
    assert (trade.state(), tuple(sent)) == ("goods_despatched", (there - 40, 0, 40)), "on the way they are still the seller's"
    assert ledger.balance(trade.look, trade.buyer, ledger.PAYABLE, trade.seller) == 0
    assert findings_of(joined) == []
    joined.advance(1)
    assert trade.state() == "order_invoiced"
    assert (trade.has(trade.seller).in_transit, trade.has(trade.buyer).on_hand) == (0, had + 40)
    asked = messages.payable(trade.message("INVOIC"))
    net = [q * w.price for q, w in zip((40, 25), trade.wares, strict=True)]
    assert asked == sum(with_tax(n) for n in net), "the price of the order, and tax on top"
    assert ledger.balance(trade.look, trade.buyer, ledger.PAYABLE, trade.seller) == -asked
    assert ledger.balance(trade.look, trade.seller, ledger.RECEIVABLE, trade.buyer) == asked
    profit = trade.look.one("select sum(revenue), sum(cost), any_value(channel) from sale_line where document like 'EDV%'")
    assert profit[0] == sum(net) and 0 < profit[1] < asked and profit[2] == "edi"
    assert [(r.amount, r.state) for r in joined.edi.invoices()] == [(asked, "unpaid")]
    assert findings_of(joined) == []


def test_an_invoice_is_paid_once_and_clears_both_sides(joined: Lab) -> None:
    for code in ("EBANK001", "EBANK002", "EBANK004"):
        PLAYS[code](joined.player())
    trade = Ordered(joined, 10)
    joined.advance(7)
    bill = joined.edi.invoices()[0]
    account, pin = str(ebank.account_of(trade.look, trade.buyer)), joined.player().pin("corporate")
    assert refused(joined.edi.pay_invoice, bill.number, "0" * 19, pin).field == "account"
    assert joined.edi.pay_invoice(bill.number, account, pin)["amount"] == bill.amount
    assert ledger.balance(trade.look, trade.buyer, ledger.PAYABLE, trade.seller) == 0
    assert ledger.balance(trade.look, trade.seller, ledger.RECEIVABLE, trade.buyer) == 0
    assert refused(joined.edi.pay_invoice, bill.number, account, pin).code == "invoice_paid"
    assert findings_of(joined) == []


def test_no_more_is_offered_than_is_there_and_nothing_of_what_is_gone(joined: Lab) -> None:
    first = Ordered(joined, 2000)
    joined.advance(1)
    offered = messages.trade(first.message("ORDRSP"))
    kept = first.has(first.seller)
    assert (offered.function, offered.lines[0].quantity) == (messages.CHANGED, kept.reserved)
    assert kept.on_hand == kept.reserved, "all that there is"
    second = Ordered(joined, 5, 5)
    joined.advance(1)
    answer = messages.trade(second.message("ORDRSP"))
    assert [line.action for line in answer.lines] == [messages.LINE_NOT_ACCEPTED, messages.LINE_ACCEPTED]
    joined.advance(10)
    assert messages.payable(second.message("INVOIC")) == with_tax(5 * second.wares[1].price), "billed is what was delivered"
    third = Ordered(joined, 5)
    joined.advance(10)
    assert third.state() == "order_declined"
    assert findings_of(joined) == []


def test_a_dozen_are_twelve_pieces_in_the_books_at_the_price_of_the_dozen(joined: Lab) -> None:
    ware = goods(joined.world.state.look)[0]
    number = joined.world.state.look.value("select number from edi_product where gtin = $gtin", gtin=ware.gtin)
    joined.edi.change_product(number, measure_unit="DZN", list_price="99.00")
    trade = Ordered(joined, 3)
    joined.advance(7)
    assert messages.payable(trade.message("INVOIC")) == with_tax(Decimal("297.00"))
    bought = trade.look.one("select quantity, value from stock_movement where kind = 'receipt' and owner = $o and document like 'EDV%'", o=trade.buyer)
    assert tuple(bought) == (36, Decimal("297.00"))
    assert stock.average_cost(trade.look, trade.buyer, ware.gtin) is not None
    assert findings_of(joined) == []


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("edi_invoices_booked", "update posting set amount = amount - $cent where owner = $buyer and account = '2202'"),
        ("edi_invoices_owed", "update document set state = 'paid' where kind = 'edi_invoice'"),
    ],
)
def test_the_audit_finds_an_invoice_that_the_books_do_not_hold(joined: Lab, name: str, break_it: str) -> None:
    trade = Ordered(joined, 4)
    joined.advance(7)
    parameters = {"buyer": trade.buyer, "cent": Decimal("0.01")}
    joined.world.state.database.execute(break_it, **{name: value for name, value in parameters.items() if f"${name}" in break_it})
    assert name in {finding.partition(":")[0] for finding in findings_of(joined)}
