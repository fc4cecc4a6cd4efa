"""A B2B purchase order that travels as EDI: what the supplier does there is what comes back, and a second parser reads it."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from ecomlab.books.cast import own_company, own_person
from ecomlab.edifact import messages, read
from ecomlab.lab import Lab
from ecomlab.modules import edi
from ecomlab.modules.b2b.briefs import supplier_of
from ecomlab.modules.b2b.playbook import deliver
from ecomlab.modules.edi import network
from tests import worlds
from tests.test_b2b import SIGNED_IN, Trade, unchanged
from tests.test_edifact import ours, theirs
from tests.vat import with_tax
from tests.worlds import findings_of

PASSWORD = "correct-horse-7"


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The logbook of a B2B world both of whose companies have joined the EDI network; the student's is signed in."""
    lab = worlds.opened(tmp_path_factory.mktemp("connected"), worlds.model("semester", codes=("EMAIL001", "EBANK001", *SIGNED_IN)))
    look = lab.world.state.look
    for company, mailbox in ((supplier_of(look), supplier_of(look).mailbox), (own_company(look), own_person(look).mailbox)):
        gln = edi.gln_of(look, company.uscc)
        if look.value("select 1 from edi_member where gln = $gln", gln=gln) is None:
            lab.edi.register(
                company_name=company.name, uscc=company.uscc, gln=gln, mailbox=mailbox, level="UNOC", password=PASSWORD, confirm=PASSWORD
            )
    lab.edi.sign_in(gln, PASSWORD)
    return lab.world.path


@pytest.fixture
def trade(connected: Any, tmp_path: Any) -> Trade:
    return Trade(worlds.acting(tmp_path, connected))


def dispatch(lab: Lab, document: str) -> str:
    lab.edi.make_flat_file(document)
    lab.edi.make_message(document)
    return str(lab.edi.send(document))


def came_back(trade: Trade, document: str) -> list[tuple[str, Any]]:
    """What the supplier's system has said about a document since: type and content of each message, CONTRL aside."""
    rows = trade.look.all("select number, message_type from edi_interchange where document = $n and message_type <> 'CONTRL' order by number", n=document)
    found = []
    for r in rows:
        data = network.payload(trade.look, r.number)
        assert read(data).findings == []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert theirs(data.decode("latin-1")) == ours(read(data)), "pydifact reads the same"
        found.append((r.message_type, messages.trade(read(data).messages[0])))
    return found[1:]


def glns(trade: Trade) -> tuple[str, str]:
    return edi.gln_of(trade.look, own_company(trade.look).uscc), edi.gln_of(trade.look, supplier_of(trade.look).uscc)


def test_the_order_travels_with_its_lines_parties_and_day(trade: Trade) -> None:
    trade.do.add_to_cart(trade.seller, trade.wares[1][0], 3)
    order = trade.order(10)
    document = trade.lab.edi.enter_purchase_order(order)
    assert [r.number for r in trade.lab.trace(document)] == [order, document]
    assert dispatch(trade.lab, document) == "message_acknowledged"
    sent = messages.trade(read(network.payload(trade.look, trade.look.value("select interchange from edi_order"))).messages[0])
    placed = trade.look.all("select product, quantity, price from b2b_order_line where number = $n order by product", n=order)
    assert [(x.gtin, x.quantity, x.price) for x in sent.lines] == [tuple(r) for r in placed]
    assert (sent.buyer, sent.supplier) == glns(trade)
    assert sent.delivery == trade.soon and sent.total == sum(r.quantity * r.price for r in placed)
    assert all(x.name and x.name.isascii() for x in sent.lines)
    assert unchanged(trade, trade.lab.edi.enter_purchase_order, order).code == "travels_already"


def test_what_the_supplier_does_in_b2b_comes_back(trade: Trade) -> None:
    order = trade.order(10)
    document = trade.lab.edi.enter_purchase_order(order)
    dispatch(trade.lab, document)
    trade.lab.advance(2)
    assert came_back(trade, document) == [], "only placed: nothing to answer yet"
    trade.do.accept_order(order, trade.main)
    trade.lab.advance()
    ((kind, answer),) = came_back(trade, document)
    assert (kind, answer.function, answer.order) == ("ORDRSP", messages.ACCEPTED, document)
    sales = trade.do.confirm_order(order)
    first = trade.do.send_part(sales, [{"product": trade.wares[0][0], "quantity": 4}])
    deliver(trade.play, first)
    trade.lab.advance()
    second = trade.do.send_order(sales)
    deliver(trade.play, second)
    trade.lab.advance()
    said = came_back(trade, document)
    owed = trade.look.all("select number, delivery_order, amount from b2b_settlement order by number")
    assert [(k, t.number) for k, t in said[1:]] == [
        ("DESADV", first), ("INVOIC", owed[0].number), ("DESADV", second), ("INVOIC", owed[1].number),
    ]  # fmt: skip
    (_, advice), (_, bill) = said[1:3]
    assert [x.quantity for x in advice.lines] == [4] == [x.quantity for x in bill.lines]
    assert advice.delivery == trade.look.value("select departed from lgs_trip where delivery_order = $n", n=first)
    assert (with_tax(bill.total), bill.despatch, bill.lines[0].name) == (owed[0].amount, first, trade.wares[0][1].partition(" ")[2])
    assert trade.state(document) == "order_invoiced" and findings_of(trade.lab) == []
    payload = network.payload(trade.look, trade.look.value("select max(number) from edi_interchange where message_type = 'INVOIC'"))
    assert f"MOA+77:{owed[1].amount}'".encode() in payload, "what is payable is what B2B has to be settled"


def test_an_order_turned_down_is_not_accepted(trade: Trade) -> None:
    order = trade.order(10)
    document = trade.lab.edi.enter_purchase_order(order)
    dispatch(trade.lab, document)
    trade.do.reject_order(order, "Sold out")
    trade.lab.advance()
    ((_, answer),) = came_back(trade, document)
    assert answer.function == messages.NOT_ACCEPTED and {x.action for x in answer.lines} == {messages.LINE_NOT_ACCEPTED}
    assert trade.state(document) == "order_declined"


def test_whose_order_it_is_and_whether_it_is_over_is_checked(trade: Trade) -> None:
    enter = trade.lab.edi.enter_purchase_order
    others = trade.look.value("select number from b2b_order where purchaser <> $m", m=trade.buyer)
    assert unchanged(trade, enter, others).code == "not_yours"
    assert unchanged(trade, enter, "PO-0000-0000").code == "not_found"
    order = trade.order(5)
    assert [number for number, _ in trade.lab.choices("edi.enter_purchase_order", "order")] == [order]
    document = enter(order)
    trade.lab.edi.void(document, "entered_twice")
    assert enter(order) != document, "voided, it may be entered anew"
    trade.do.cancel_order(order, "x")
    over = unchanged(trade, enter, trade.look.value("select min(number) from b2b_order where purchaser = $m", m=trade.buyer))
    assert over.code == "order_over" and over.field == "order"
    assert trade.lab.choices("edi.enter_purchase_order", "order") == []


def test_a_supplier_who_is_no_partner_is_refused(trade: Trade) -> None:
    order = trade.order(5)
    gln = glns(trade)[1]
    partner = trade.look.value("select number from edi_partner where gln = $g and member = $m", g=gln, m=glns(trade)[0])
    trade.lab.edi.delete_partner(partner)
    assert unchanged(trade, trade.lab.edi.enter_purchase_order, order).code == "no_partner_for_gln"


def test_a_world_whose_orders_travel_replays(trade: Trade) -> None:
    order = trade.order(5)
    dispatch(trade.lab, trade.lab.edi.enter_purchase_order(order))
    trade.do.accept_order(order, trade.main)
    trade.lab.advance(3)
    again = type(trade.lab.world).open(trade.lab.world.folder, None, "b2b", "")
    assert again.state.digest() == trade.lab.world.state.digest()
