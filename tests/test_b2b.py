"""B2B as one chain over CA, LGS and EBANK: what is inquired about is agreed, signed, delivered and paid, and the books say so."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ecomlab.books import ledger, stock, tax
from ecomlab.books.cast import companies
from ecomlab.kernel.command import CHOICES
from ecomlab.kernel.plays import AUTOPLAYS, PLAYS
from ecomlab.kernel.refusals import Refusal
from ecomlab.lab import Lab
from ecomlab.modules import ca, ebank
from ecomlab.modules.b2b import billing
from ecomlab.modules.b2b.briefs import own_member, supplier_member, warehouses, wares
from ecomlab.modules.b2b.playbook import deliver

from .judges import judge
from .vat import with_tax
from .worlds import assert_both, findings_of, held, in_a_process, refused

SIGNED_IN = ("B2B001", "B2B003", "B2B004")
AGREED = (*SIGNED_IN, "B2B007", "B2B022", "B2B023", "B2B024", "B2B025", "B2B026", "B2B027")


class Trade:
    """The student's two companies at one world: `buyer` and `seller` are their member numbers."""

    def __init__(self, lab: Lab):
        self.lab, self.do, self.play = lab, lab.b2b, lab.player()
        self.buyer, self.seller = str(own_member(self.look)), str(supplier_member(self.look))
        self.main, self.other = warehouses(self.look)
        self.wares = wares(self.look)

    @property
    def look(self) -> Any:
        return self.lab.world.state.look

    @property
    def soon(self) -> datetime.date:
        return self.lab.day + datetime.timedelta(days=20)

    def certificate(self, member: str) -> str:
        return str(self.look.value("select certificate from b2b_member where member = $m", m=member))

    def order(self, pieces: int = 10, nth: int = 0, payment: str = "days_30") -> str:
        self.do.add_to_cart(self.seller, self.wares[nth][0], pieces)
        return str(self.do.place_order(self.seller, payment, self.soon, "杭州 Hangzhou"))

    def confirmed(self, pieces: int = 10) -> tuple[str, str]:
        order = self.order(pieces)
        self.do.accept_order(order, self.main)
        return order, str(self.do.confirm_order(order))

    def delivered(self, pieces: int = 10, cleared: bool = True) -> tuple[str, Any]:
        """An order that has arrived, and its bill; a wrong invoice for it is corrected unless `cleared` says no."""
        order, sales = self.confirmed(pieces)
        deliver(self.play, self.do.send_order(sales))
        row = self.look.one("select * from b2b_settlement where purchase_order = $n", n=order)
        if cleared:
            self.clear(row.number)
        return order, row

    def clear(self, bill: str) -> None:
        if not all(r.matches for r in self.do.match(bill)):
            self.do.correct_invoice(bill)

    def funded(self, amount: Decimal) -> str:
        customer = self.look.one("select number from bank_customer where member = $m", m=self.buyer).number
        account = str(ebank.account_of(self.look, self.buyer))
        self.lab.ebank.sign_in_corporate(self.certificate(self.buyer), customer, self.play.password("corporate"))
        self.lab.ebank.deposit(account, amount, self.play.pin("corporate"))
        return account

    def state(self, number: str) -> str:
        return str(self.look.value("select state from document where number = $n", n=number))

    def free(self, nth: int = 0) -> stock.Level:
        return stock.level(self.look, self.seller, self.main, self.wares[nth][0])


@pytest.fixture
def trade(acting: Callable[..., Lab]) -> Trade:
    return Trade(acting("b2b", *SIGNED_IN))


@pytest.fixture
def agreed(acting: Callable[..., Lab]) -> Trade:
    return Trade(acting("b2b", *AGREED))


def unchanged(trade: Trade, do: Callable[..., Any], *args: Any, **given: Any) -> Refusal:
    """The refusal that a call gets, which has changed nothing."""
    before = held(trade.lab)
    found = refused(do, *args, **given)
    assert held(trade.lab) == before
    return found


# --- the chain ---------------------------------------------------------------------------------------------------------


def test_from_inquiry_to_settlement_is_one_chain(agreed: Trade) -> None:
    for code in ("B2B028", "B2B029"):
        PLAYS[code](agreed.play)
    order = agreed.look.one("select o.* from b2b_order o join document d using (number) where d.parent like 'CT%'")
    line = agreed.look.one("select * from b2b_order_line where number = $n", n=order.number)
    asked = agreed.lab.brief("B2B022")
    assert (line.product, line.quantity, line.price) == (asked["inquired_gtin"], asked["inquired_pieces"], asked["quote"])
    assert order.payment_kind == asked["contract_payment"]
    agreed.do.accept_order(order.number, agreed.main)
    sales = agreed.do.confirm_order(order.number)
    delivery = agreed.do.send_order(sales)
    deliver(agreed.play, delivery)
    row = agreed.look.one("select * from b2b_settlement")
    assert row.amount == with_tax(line.price * line.quantity), "prices between companies are net"
    days = {"days_30": 30, "days_60": 60}[order.payment_kind]
    billed = agreed.look.value("select day from document where number = $n", n=row.number)
    assert row.due_day == billed + datetime.timedelta(days=days), "counted from the day on which the goods were the purchaser's"
    PLAYS["B2B017"](agreed.play)
    chain = agreed.lab.trace(row.number)
    assert [r.kind for r in chain if r.kind not in ("outbound_slip", "dispatch_order", "tax_invoice", "credit_note")] == [
        "inquiry", "negotiation", "purchase_contract", "purchase_order", "sales_order", "delivery_order", "freight_bill", "settlement",
    ]  # fmt: skip
    assert {r.number for r in agreed.lab.trace(chain[0].number)} == {r.number for r in chain}
    assert agreed.state(order.number) == "settled"
    assert findings_of(agreed.lab) == []


def test_a_delivery_is_the_suppliers_revenue_and_receivable_and_the_purchasers_stock_and_payable(trade: Trade) -> None:
    product, _, _, price = trade.wares[0]
    cost = stock.average_cost(trade.look, trade.seller, product)
    order, settlement = trade.delivered(10)
    net, amount = price * 10, with_tax(price * 10)
    assert (settlement.amount, trade.state(order)) == (amount, "delivered")
    assert ledger.balance(trade.look, trade.seller, ledger.RECEIVABLE, trade.buyer) == amount
    assert ledger.balance(trade.look, trade.buyer, ledger.PAYABLE, trade.seller) == -amount
    assert ledger.balance(trade.look, trade.seller, "6001") == -net
    assert ledger.balance(trade.look, trade.seller, tax.OUTPUT) == net - amount, "the tax is the state's, not revenue"
    assert ledger.balance(trade.look, trade.buyer, tax.PENDING) == amount - net, "and comes off what the purchaser owes the state"
    assert ledger.balance(trade.look, trade.seller, "6401") == round(cost * 10, 2)
    store = trade.look.value("select number from stock_place where kind = 'store' and keeper = $m", m=trade.buyer)
    received = trade.look.one("select quantity, value from stock_movement where document = $n and owner = $m", n=settlement.number, m=trade.buyer)
    assert (received.quantity, received.value) == (10, net)
    assert stock.on_hand(trade.look, trade.buyer, store, product) >= 10
    freight = trade.look.one("select * from lgs_slip where number = $n", n=settlement.delivery_order)
    assert trade.do.freight_payables()[0].open_amount == freight.freight
    assert ledger.balance(trade.look, freight.carrier, ledger.RECEIVABLE, trade.seller) == freight.freight


def test_accepting_reserves_and_refusing_says_what_is_short(trade: Trade) -> None:
    free = trade.free().free
    first = trade.order(free - 5)
    trade.do.accept_order(first, trade.main)
    assert trade.free().free == 5
    second = trade.order(6)
    short = unchanged(trade, trade.do.accept_order, second, trade.main)
    assert (short.code, short.field) == ("short_stock", "warehouse") and "5" in short.text.en
    trade.do.cancel_order(first, "不需要了 No longer needed")
    assert trade.free().free == free
    trade.do.accept_order(second, trade.main)


def test_partial_deliveries_make_settlements_of_their_own(trade: Trade) -> None:
    order, sales = trade.confirmed(10)
    product = trade.wares[0][0]
    assert unchanged(trade, trade.do.send_part, sales, [{"product": product, "quantity": 11}]).code == "more_than_left"
    deliver(trade.play, trade.do.send_part(sales, [{"product": product, "quantity": 4}]))
    assert (trade.state(order), trade.state(sales)) == ("part_delivered", "to_send")
    deliver(trade.play, trade.do.send_order(sales))
    assert (trade.state(order), trade.state(sales)) == ("delivered", "delivered")
    amounts = [r.amount for r in trade.look.all("select amount from b2b_settlement order by number")]
    assert amounts == [with_tax(trade.wares[0][3] * 4), with_tax(trade.wares[0][3] * 6)]
    assert unchanged(trade, trade.do.send_order, sales).code in ("nothing_left", "wrong_state")
    assert findings_of(trade.lab) == []


def test_an_order_whose_rest_never_comes_is_closed_and_paid(trade: Trade) -> None:
    order, sales = trade.confirmed(10)
    assert unchanged(trade, trade.do.close_order, order, "太久 Too long").code == "nothing_came"
    delivery = trade.do.send_part(sales, [{"product": trade.wares[0][0], "quantity": 4}])
    assert unchanged(trade, trade.do.close_order, order, "太久 Too long").code == "nothing_came", "what is on its way has not come"
    deliver(trade.play, delivery)
    under_way = trade.do.send_part(sales, [{"product": trade.wares[0][0], "quantity": 1}])
    assert unchanged(trade, trade.do.close_order, order, "太久 Too long").code == "goods_under_way"
    trade.lab.lgs.reject_delivery(under_way)
    assert trade.do.close_order(order, "太久 Too long") == "delivered"
    assert trade.free().reserved == 0, "the supplier may sell the rest to others"
    assert trade.state(sales) == "delivered"
    assert unchanged(trade, trade.do.send_order, sales).code == "wrong_state"
    bill = trade.look.one("select * from b2b_settlement where purchase_order = $n", n=order)
    trade.clear(bill.number)
    trade.do.settle(bill.number, trade.funded(bill.amount), bill.amount, trade.play.pin("corporate"))
    assert trade.state(order) == "settled"
    assert findings_of(trade.lab) == []


def test_a_delivery_that_is_withdrawn_leaves_the_goods_reserved_for_the_order(trade: Trade) -> None:
    order, sales = trade.confirmed(10)
    before = trade.free()
    delivery = trade.do.send_order(sales)
    assert unchanged(trade, trade.do.cancel_order, order, "太晚 Too late").code == "goods_under_way"
    trade.lab.lgs.shipper_sign_in(trade.certificate(trade.seller))
    trade.lab.lgs.cancel_delivery(delivery)
    assert (trade.free(), trade.state(sales)) == (before, "to_send")
    trade.do.cancel_order(order, "不需要了 No longer needed")
    assert (trade.state(sales), trade.free().reserved) == ("cancelled", 0)
    assert findings_of(trade.lab) == []


# --- negotiation and contract --------------------------------------------------------------------------------------------


def test_a_change_clears_what_was_agreed_and_every_version_stays(acting: Callable[..., Lab]) -> None:
    trade = Trade(acting("b2b", *AGREED[:-2]))
    number = trade.look.value("select number from b2b_negotiation")
    trade.do.agree_as_supplier(number)
    assert trade.state(number) == "one_agrees"
    assert unchanged(trade, trade.do.agree_as_supplier, number).code == "agreed_already"
    assert unchanged(trade, trade.do.propose_as_purchaser, number).code == "no_term_changed"
    product = trade.lab.brief("B2B022")["inquired_gtin"]
    version = trade.do.propose_as_purchaser(number, product=product, price="9.90")
    assert trade.state(number) == "neither_agrees"
    row = trade.look.one("select agreed_by_supplier, agreed_by_purchaser from b2b_negotiation")
    assert tuple(row) == (False, False)
    changes = [r for r in trade.do.versions(number) if r.version == version]
    assert [(r.earlier, r.later) for r in changes] == [(f"{trade.lab.brief('B2B022')['quote']:,}", "9.90")]
    trade.do.agree_as_supplier(number)
    made = trade.do.agree_as_purchaser(number)
    assert made["state"] == "both_agree" and "9.90" in trade.look.value("select contract_text from b2b_contract")
    final = unchanged(trade, trade.do.propose_as_supplier, number, quality="别的 Other")
    assert (final.code, final.field) == ("wrong_state", "negotiation")


def test_terms_that_are_not_complete_cannot_be_agreed_to(acting: Callable[..., Lab]) -> None:
    trade = Trade(acting("b2b", *AGREED[:-4]))
    number = trade.look.value("select number from b2b_negotiation")
    assert unchanged(trade, trade.do.agree_as_supplier, number).code == "terms_missing"
    assert unchanged(trade, trade.do.sign_as_supplier, "CT-0000-0001", trade.certificate(trade.seller)).code == "not_found"


def test_an_expired_certificate_signs_nothing(agreed: Trade) -> None:
    number = agreed.look.value("select number from b2b_contract")
    agreed.lab.advance(366)
    assert unchanged(agreed, agreed.do.sign_as_purchaser, number, agreed.certificate(agreed.buyer)).code == "certificate_unusable"


def signed(trade: Trade) -> tuple[str, Path]:
    for code in ("B2B028", "B2B029"):
        PLAYS[code](trade.play)
    return trade.look.value("select number from b2b_contract"), trade.lab.world.folder / "contracts"


def cms_verify(trade: Trade, folder: Path, number: str, content: bytes) -> subprocess.CompletedProcess[bytes]:
    (folder / "ca.pem").write_bytes(ca.authority(trade.look.seed, trade.look.scenario.start).chain_pem())
    (folder / "content").write_bytes(content)
    noon = str(int(datetime.datetime.combine(trade.lab.day, datetime.time(4), datetime.UTC).timestamp()))
    return subprocess.run(
        [judge("openssl"), "cms", "-verify", "-binary", "-inform", "DER", "-in", f"{number}.p7s", "-content", "content", "-CAfile", "ca.pem",
         "-attime", noon, "-out", "verified"],
        cwd=folder, capture_output=True, timeout=30, check=False,
    )  # fmt: skip


def test_openssl_accepts_both_signatures_and_no_other_text(agreed: Trade) -> None:
    number, folder = signed(agreed)
    text = (folder / f"{number}.txt").read_bytes()
    done = cms_verify(agreed, folder, number, text)
    assert done.returncode == 0, done.stderr
    assert (folder / "verified").read_bytes() == text
    changed = cms_verify(agreed, folder, number, text.replace(b"CNY", b"USD", 1))
    assert changed.returncode != 0 and b"content verify error" in changed.stderr
    printed = subprocess.run(
        [judge("openssl"), "cms", "-cmsout", "-print", "-inform", "DER", "-in", f"{number}.p7s"], cwd=folder, capture_output=True, text=True, timeout=30,
        check=True,
    ).stdout  # fmt: skip
    assert printed.count("signingTime") == printed.count("messageDigest") == 2


def test_who_has_looked_at_a_signature_can_sign() -> None:
    """In a process that begins by reading one, as after a world was opened again: asn1crypto's table of attributes is whole from its first use on."""
    script = """from ecomlab.modules.b2b.signing import _cms
for name in ("signing_time", "signing_certificate_v2"):
    _cms().CMSAttributeType(name)"""
    done = in_a_process(script)
    assert done.returncode == 0, done.stderr


def test_the_audit_finds_a_contract_changed_after_signing(agreed: Trade) -> None:
    signed(agreed)
    assert findings_of(agreed.lab) == []
    agreed.lab.world.state.database.execute("update b2b_contract set contract_text = replace(contract_text, 'CNY', 'USD')")
    assert [f.partition(":")[0] for f in findings_of(agreed.lab)] == ["signatures_verify"] * 2


def test_signatures_are_the_same_bytes_in_every_replay(agreed: Trade) -> None:
    number, folder = signed(agreed)
    before = (folder / f"{number}.p7s").read_bytes()
    from ecomlab.modules.b2b import contract_files

    again = type(agreed.lab.world).open(agreed.lab.world.folder, None, "b2b", "")
    assert dict(contract_files(again.state.look))[f"{number}.p7s"] == before


def test_only_an_own_certificate_that_is_valid_signs_and_only_once(agreed: Trade) -> None:
    number = agreed.look.value("select number from b2b_contract")
    own, theirs = agreed.certificate(agreed.buyer), agreed.certificate(agreed.seller)
    assert unchanged(agreed, agreed.do.sign_as_purchaser, number, theirs).code == "not_this_holder"
    agreed.do.sign_as_purchaser(number, own)
    assert unchanged(agreed, agreed.do.sign_as_purchaser, number, own).code == "signed_already"
    agreed.lab.ca.verify_download(theirs, ca.download_password(agreed.look, theirs).plain(agreed.look.seed))
    agreed.lab.ca.revoke("superseded")
    assert unchanged(agreed, agreed.do.sign_as_supplier, number, theirs).code == "certificate_unusable"


@pytest.mark.parametrize(
    ("rule", "by_purchaser"),
    [("EXW", True), ("DDP", False), *(pytest.param(rule, to, marks=pytest.mark.slow) for rule, to in (("FCA", True), ("CPT", False)))],
)
def test_the_freight_is_billed_to_whom_the_agreed_rule_says(acting: Callable[..., Lab], rule: str, by_purchaser: bool) -> None:
    trade = Trade(acting("b2b", *AGREED[:-2]))
    number = trade.look.value("select number from b2b_negotiation")
    if trade.lab.brief("B2B025")["incoterm"] != rule:
        trade.do.propose_as_purchaser(number, incoterm=rule)
    trade.do.agree_as_supplier(number)
    contract = trade.do.agree_as_purchaser(number)["purchase_contract"]
    text = trade.look.value("select contract_text from b2b_contract")
    assert ("Freight is paid by the purchaser" in text) == by_purchaser
    assert ("the risk passes when the carrier" in text) == (rule != "DDP")
    trade.do.sign_as_purchaser(contract, trade.certificate(trade.buyer))
    order = trade.do.sign_as_supplier(contract, trade.certificate(trade.seller))["purchase_order"]
    trade.do.accept_order(order, trade.main)
    deliver(trade.play, trade.do.send_order(trade.do.confirm_order(order)))
    slip = trade.look.one("select * from lgs_slip where kind = 'delivery_order'")
    payer, other = (trade.buyer, trade.seller) if by_purchaser else (trade.seller, trade.buyer)
    assert ledger.balance(trade.look, payer, ledger.PAYABLE, slip.carrier) == -slip.freight
    assert ledger.balance(trade.look, other, ledger.PAYABLE, slip.carrier) == 0
    assert ledger.balance(trade.look, slip.carrier, ledger.RECEIVABLE, payer) == slip.freight
    assert findings_of(trade.lab) == []
    assert [r.name for r in trade.lab.lgs.receivables()] == [trade.look.value("select name from member where number = $m", m=payer)]
    assert payer in dict(CHOICES["lgs.freight_payers"](trade.look, slip.carrier)), "who owes freight is offered, purchaser or shipper"
    assert [r.debit for r in trade.lab.lgs.receivable_detail(payer)] == [slip.freight]
    if by_purchaser:
        bill = trade.do.purchaser_freight(slip.carrier, open_only=True)[0]
        account, pin = trade.funded(slip.freight), trade.play.pin("corporate")
        assert trade.do.settle_freight_as_purchaser(bill.number, account, pin)["freight"] == slip.freight
        assert len(trade.do.purchaser_freight(slip.carrier, open_only=True)) == 0
        assert findings_of(trade.lab) == []


def test_a_rule_for_ships_is_refused_where_goods_travel_by_road(acting: Callable[..., Lab]) -> None:
    trade = Trade(acting("b2b", *AGREED[:-3]))
    number = trade.look.value("select number from b2b_negotiation")
    for rule, instead in (("FOB", "FCA"), ("FAS", "FCA"), ("CFR", "CPT"), ("CIF", "CIP")):
        no = unchanged(trade, trade.do.propose_as_supplier, number, incoterm=rule)
        assert (no.code, no.field) == ("goes_by_road", "incoterm") and instead in no.text.en


def test_a_form_offers_only_certificates_that_can_sign_in_or_sign(trade: Trade) -> None:
    def offered(name: str, actor: str = "") -> set[str]:
        return {value for value, _ in CHOICES[name](trade.look, actor)}

    own, theirs = trade.certificate(trade.buyer), trade.certificate(trade.seller)
    assert own in offered("b2b.certificates_to_buy") and theirs not in offered("b2b.certificates_to_buy")
    assert offered("b2b.certificates_to_sell") == {theirs}
    assert offered("b2b.own_certificates", trade.buyer) == {own}


# --- settlement ----------------------------------------------------------------------------------------------------------


def test_paid_in_parts_never_more_and_never_twice(trade: Trade) -> None:
    order, row = trade.delivered(10)
    account = str(ebank.account_of(trade.look, trade.buyer))
    pin = trade.play.pin("corporate")
    assert unchanged(trade, trade.do.settle, row.number, account, row.amount, pin).code == "overdraft"
    trade.funded(row.amount)
    assert unchanged(trade, trade.do.settle, row.number, account, row.amount + 1, pin).code == "more_than_open"
    supplier_account = str(ebank.account_of(trade.look, trade.seller))
    assert unchanged(trade, trade.do.settle, row.number, supplier_account, row.amount, pin).code == "not_members_account"
    assert trade.do.settle(row.number, account, "1.00", pin)["state"] == "part_settled"
    assert trade.do.payables()[0].open_amount == row.amount - 1
    done = trade.do.settle(row.number, account, row.amount - 1, pin)
    assert (done["state"], done["open_amount"], trade.state(order)) == ("settled", 0, "settled")
    assert unchanged(trade, trade.do.settle, row.number, account, "1.00", pin).code == "settled_already"
    assert ebank.balance_of(trade.look, account) == 0
    assert ebank.balance_of(trade.look, supplier_account) == row.amount
    assert ledger.balance(trade.look, trade.seller, ledger.RECEIVABLE, trade.buyer) == 0
    assert findings_of(trade.lab) == []


def test_freight_is_paid_once_and_the_carrier_sees_it_received(trade: Trade) -> None:
    _, row = trade.delivered(10)
    bill = trade.do.freight_payable_detail(trade.do.freight_payables()[0].number)[0]
    carrier = trade.look.value("select carrier from lgs_slip where number = $n", n=row.delivery_order)
    account, pin = str(ebank.account_of(trade.look, trade.seller)), trade.play.pin("supplier")
    assert (bill.state, bill.delivery_order) == ("unpaid", row.delivery_order)
    assert unchanged(trade, trade.do.settle_freight, bill.number, account, pin).code == "overdraft"
    trade.do.settle(row.number, trade.funded(row.amount), row.amount, trade.play.pin("corporate"))
    assert unchanged(trade, trade.do.settle_freight, bill.number, str(ebank.account_of(trade.look, trade.buyer)), pin).code == "not_members_account"
    assert trade.do.settle_freight(bill.number, account, pin)["freight"] == bill.freight
    assert unchanged(trade, trade.do.settle_freight, bill.number, account, pin).code == "freight_paid"
    assert ebank.balance_of(trade.look, account) == row.amount - bill.freight
    assert ebank.balance_of(trade.look, str(ebank.account_of(trade.look, carrier))) == bill.freight
    assert trade.do.freight_payables()[0].open_amount == 0 and len(trade.do.freight_payable_detail(carrier, open_only=True)) == 0
    assert [(r.debit, r.credit) for r in trade.lab.lgs.receivable_detail(trade.seller)] == [(bill.freight, 0), (0, bill.freight)]
    assert trade.lab.lgs.receivables()[0].balance == 0
    assert trade.state(bill.number) == "paid" and findings_of(trade.lab) == []


def test_the_audit_finds_freight_that_the_books_do_not_hold(trade: Trade) -> None:
    trade.delivered(10)
    trade.lab.world.state.database.execute("update document set state = 'paid' where kind = 'freight_bill'")
    assert {f.partition(":")[0] for f in findings_of(trade.lab)} >= {"freight_owed"}


def test_a_wrong_pin_is_remembered_and_pays_nothing(trade: Trade) -> None:
    _, row = trade.delivered(10)
    account = trade.funded(row.amount)
    entries = len(trade.lab.world.entries)
    assert refused(trade.do.settle, row.number, account, row.amount, "135790").code == "wrong_pin"
    assert len(trade.lab.world.entries) == entries + 1
    assert trade.look.value("select paid_amount from b2b_settlement") == 0


@pytest.mark.parametrize("error", billing.ERRORS)
def test_a_wrong_invoice_is_blocked_until_the_supplier_has_taken_it_back(trade: Trade, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    monkeypatch.setattr(billing, "billing_error", lambda look: error)
    _, row = trade.delivered(10, cleared=False)
    account, pin = trade.funded(row.amount), trade.play.pin("corporate")
    (line,) = trade.do.match(row.number)
    pieces, dearer = {"price": (10, True), "quantity": (12, False), "twice": (20, False)}[error]
    assert (line.matches, line.settled_quantity, line.settled_price > line.ordered_price) == (False, pieces, dearer)
    assert row.amount == with_tax(line.ordered_price * 10), "owed is what was ordered and received"
    assert unchanged(trade, trade.do.settle, row.number, account, "1.00", pin).code == "three_way_mismatch"
    assert [r.state for r in trade.do.supplier_invoices() if r.sale == row.number].count("blocked") == 1
    assert [(r.number, r.net) for r in trade.do.not_invoiced()] == ([] if error == "twice" else [(row.number, line.ordered_price * 10)])
    assert findings_of(trade.lab) == []
    done = trade.do.correct_invoice(row.number)
    assert (len(done["credit_notes"]), done["invoice"] is None) == (1, error == "twice")
    assert [r.matches for r in trade.do.match(row.number)] == [True] and list(trade.do.not_invoiced()) == []
    assert unchanged(trade, trade.do.correct_invoice, row.number).code == "nothing_blocked"
    assert trade.do.settle(row.number, account, row.amount, pin)["state"] == "settled"
    assert trade.do.deduct_invoices() == {"invoices": 1, "tax": row.amount - line.ordered_price * 10}
    assert findings_of(trade.lab) == []


def test_only_the_first_invoice_of_a_supplier_is_wrong(trade: Trade) -> None:
    trade.delivered(4)
    _, second = trade.delivered(5, cleared=False)
    assert [r.matches for r in trade.do.match(second.number)] == [True]


def test_ageing_moves_with_the_business_clock(trade: Trade) -> None:
    _, row = trade.delivered(10)
    for days, bucket in ((0, "not_due"), (31, "overdue_30"), (30, "overdue_60"), (30, "overdue_90"), (30, "overdue_more")):
        if days:
            trade.lab.advance(days)
        found = trade.do.receivables()[0]
        assert getattr(found, bucket) == found.open_amount == row.amount
        assert sum(getattr(found, b) for b in ("not_due", "overdue_30", "overdue_60", "overdue_90", "overdue_more")) == row.amount
    assert trade.do.payable_detail(trade.seller)[0].days_overdue == 91


def test_the_audit_finds_a_settlement_that_the_books_do_not_hold(trade: Trade) -> None:
    _, row = trade.delivered(10)
    trade.lab.world.state.database.execute("update b2b_settlement set paid_amount = $p where number = $n", n=row.number, p=Decimal("1.00"))
    assert [f.partition(":")[0] for f in findings_of(trade.lab)] == ["settlements_owed"]


# --- who may, and bad input ----------------------------------------------------------------------------------------------


def test_a_supplier_is_the_shipper_that_lgs_knows(trade: Trade) -> None:
    assert trade.lab.lgs.shipper_sign_in(trade.certificate(trade.seller)) == trade.seller
    assert [tuple(r) for r in trade.lab.lgs.own_stock()] == [tuple(r) for r in trade.do.stock_levels()]


def test_trading_otherwise_than_registered_is_refused(trade: Trade) -> None:
    own = trade.certificate(trade.buyer)
    assert unchanged(trade, trade.do.sign_in_supplier, own, trade.play.password("purchaser")).code == "trades_otherwise"
    assert refused(trade.do.sign_in_purchaser, own, trade.play.password("supplier")).code == "wrong_password"


def test_anothers_documents_are_not_touched(trade: Trade) -> None:
    others = trade.look.value("select number from b2b_order where purchaser <> $m", m=trade.buyer)
    assert unchanged(trade, trade.do.cancel_order, others, "x").code == "not_yours"
    assert unchanged(trade, trade.do.order_detail, others).code == "not_yours"
    assert unchanged(trade, trade.do.settle, "SE-0000-0001", "1", "1.00", trade.play.pin("corporate")).code == "not_found"


def test_nobody_settles_or_withdraws_anothers_order(trade: Trade) -> None:
    order, row = trade.delivered(5)
    account, pin = trade.funded(row.amount), trade.play.pin("corporate")
    third = companies(trade.look)[5]
    password = "correct-horse-7"
    certificate = trade.do.register(
        company_name=third.name, uscc=third.uscc, trade="purchaser", city=third.city, contact=third.name, mailbox=third.mailbox,
        password=password, confirm=password, agree=True,
    )["certificate"]  # fmt: skip
    trade.lab.ca.verify_download(certificate, ca.download_password(trade.look, certificate).plain(trade.look.seed))
    trade.lab.ca.download("pem")
    trade.do.sign_in_purchaser(certificate, password)
    assert unchanged(trade, trade.do.settle, row.number, account, row.amount, pin).code == "not_yours"
    assert unchanged(trade, trade.do.cancel_order, order, "x").code == "not_yours"
    assert unchanged(trade, trade.do.match, row.number).code == "not_yours"


def test_the_bank_tells_who_cannot_pay(trade: Trade) -> None:
    others = trade.look.value("select number from b2b_order where purchaser <> $m", m=trade.buyer)
    assert [r.covered for r in trade.do.credit_check(others)] == [False]
    trade.do.reject_order(others, "余额不足 Not covered")
    again = unchanged(trade, trade.do.accept_order, others, trade.main)
    assert again.code == "wrong_state" and "final" in again.text.en


def test_who_accepts_the_order_that_is_not_covered_misses_those_points(trade: Trade) -> None:
    others = trade.look.value("select number from b2b_order where purchaser <> $m", m=trade.buyer)
    trade.do.received_order_detail(others)
    trade.do.credit_check(others)
    trade.do.accept_order(others, trade.main)
    assert {g.name: bool(g.met) for g in trade.lab.check("B2B008").goals} == {"opened": False, "credit": True, "accepted": False, "rejected": False}


@pytest.mark.parametrize("quantity", [0, -1, "1.5", "x", 100_001])
def test_quantities_are_whole_and_positive(trade: Trade, quantity: Any) -> None:
    assert unchanged(trade, trade.do.add_to_cart, trade.seller, trade.wares[0][0], quantity).field == "quantity"


def test_bad_input_says_what_to_do(trade: Trade) -> None:
    product = trade.wares[0][0]
    assert unchanged(trade, trade.do.place_order, trade.seller, "days_30", trade.soon, "x").code == "cart_empty"
    trade.do.add_to_cart(trade.seller, product, 5)
    yesterday = trade.lab.day - datetime.timedelta(days=1)
    late = unchanged(trade, trade.do.place_order, trade.seller, "days_30", yesterday, "x")
    assert (late.code, late.field) == ("delivery_past", "delivery_day")
    assert unchanged(trade, trade.do.add_to_cart, trade.seller, "9520100009990", 5).code == "not_offered_by"
    rows = [{"product": product, "quantity": 1}]
    assert unchanged(trade, trade.do.transfer, trade.main, trade.main, rows).code == "same_warehouse"
    assert unchanged(trade, trade.do.send_goods, trade.main, [{"product": product, "quantity": 9999}]).code == "short_stock"
    assert unchanged(trade, trade.do.confirm_order, trade.order(5)).code == "wrong_state"


def test_the_same_settlement_sent_to_the_bank_again_is_one_payment(trade: Trade) -> None:
    """`ebank.settle_payable` by itself: who calls it twice with one reference pays once."""
    from ecomlab.kernel.doing import Doing

    _, row = trade.delivered(10)
    account = trade.funded(row.amount)
    state = trade.lab.world.state
    payee = str(ebank.account_of(trade.look, trade.seller))
    pin = state.look.value("select secret from access where realm = 'ebank.pin' and name = $n", n=account)
    do = Doing(state.database, state.header.seed, state.scenario, state.known, 10_000, "purchaser:x", "purchaser", "x")
    state.database.begin()
    try:
        plain = trade.play.pin("corporate")
        from ecomlab.kernel.secrets import digest_secret

        given = digest_secret(state.header.seed, "ebank.pin", plain)
        assert pin
        first = ebank.settle_payable(do, account, payee, Decimal("5.00"), "SE/1", given, document=row.number)
        assert ebank.settle_payable(do, account, payee, Decimal("5.00"), "SE/1", given, document=row.number) == first
        assert ebank.balance_of(do, payee) == Decimal("5.00")
        with pytest.raises(Refusal) as other:
            ebank.settle_payable(do, account, payee, Decimal("6.00"), "SE/1", given, document=row.number)
        assert other.value.code == "already_paid"
    finally:
        state.database.rollback()


# --- how stock is valued -------------------------------------------------------------------------------------------------


def test_each_side_chooses_how_its_own_stock_is_valued(trade: Trade) -> None:
    worth = stock.worth(trade.look, trade.seller)
    assert trade.do.value_stock_as_supplier("fifo", "先进的先发 Oldest goods go first") == {"method": "fifo", "value": worth}
    assert (stock.method_of(trade.look, trade.seller), stock.method_of(trade.look, trade.buyer)) == ("fifo", "moving_average")
    assert trade.do.value_stock_as_purchaser("fifo", "x")["value"] == stock.worth(trade.look, trade.buyer)
    assert unchanged(trade, trade.do.value_stock_as_supplier, "fifo", "x").code == "same_method"
    assert unchanged(trade, trade.do.value_stock_as_supplier, "lifo", "x").field == "method"
    assert unchanged(trade, trade.do.value_stock_as_supplier, "moving_average", "").field == "reason"
    for price in (1, 2):
        trade.do.publish([{"product": trade.wares[0][0], "price": str(price * 100)}])
        trade.delivered(5)
    product = trade.wares[0][0]
    layers = trade.look.all("select quantity, unit_cost from stock_layer where owner = $m and product = $p order by seq", m=trade.buyer, p=product)
    assert [tuple(r) for r in layers][-2:] == [(5, Decimal("100.000000")), (5, Decimal("200.000000"))], "FIFO keeps the receipts apart"
    assert findings_of(trade.lab) == []


# --- points --------------------------------------------------------------------------------------------------------------


def met(trade: Trade, code: str) -> set[str]:
    return {g.name for g in trade.lab.check(code).goals if g.met}


def test_goods_moved_the_wrong_way_are_not_what_is_asked_and_two_transfers_may_do_it(trade: Trade) -> None:
    asked = trade.lab.brief("B2B013")
    gtin, wanted = asked["moved_gtin"], asked["moved_pieces"]
    trade.do.transfer(trade.main, trade.other, [{"product": gtin, "quantity": wanted + 1}])
    assert met(trade, "B2B013") == {"ordered"}
    for quantity in (2, wanted - 2):
        trade.do.transfer(trade.main, trade.other, [{"product": gtin, "quantity": quantity}])
    assert met(trade, "B2B013") == {"ordered", "asked"}


def test_terms_may_come_in_several_proposals_and_are_compared_before_agreeing(acting: Callable[..., Lab]) -> None:
    trade = Trade(acting("b2b", *AGREED[:-4]))
    number, asked, then = trade.look.value("select number from b2b_negotiation"), trade.lab.brief("B2B024"), trade.lab.brief("B2B025")
    trade.do.propose_as_supplier(number, quality=asked["quality"].split()[0])
    assert "terms" not in met(trade, "B2B024")
    trade.do.propose_as_supplier(number, inspection=asked["inspection"])
    trade.do.propose_as_purchaser(number, incoterm=then["incoterm"], delivery_place=then["place"], payment_kind=then["contract_payment"])
    trade.do.propose_as_purchaser(number, delivery_day=trade.lab.day + datetime.timedelta(days=then["contract_days"] + 1))
    assert "terms" not in met(trade, "B2B025")
    trade.do.propose_as_purchaser(number, delivery_day=trade.lab.day + datetime.timedelta(days=then["contract_days"]))
    assert "terms" in met(trade, "B2B025")
    trade.do.agree_as_supplier(number)
    trade.do.supplier_versions(number)
    assert met(trade, "B2B026") == {"agreed"}, "compared only after agreeing"


# --- autoplay ------------------------------------------------------------------------------------------------------------


def test_what_the_library_plays_happens_is_marked_replays_and_earns_nothing(trade: Trade) -> None:
    order = trade.order(5)
    trade.funded(Decimal("20000"))
    done = trade.lab.autoplay("supplier")
    assert [r.command for r in done if not r.command.endswith("check")] == ["b2b.reject_order", "b2b.accept_order"]
    assert trade.state(order) == "accepted"
    assert {r.by for r in trade.lab.logbook() if r.n in {d.n for d in done}} == {f"supplier:{trade.seller}#auto"}
    assert trade.lab.check("B2B008").points == 0
    trade.lab.autoplay("purchaser")
    assert trade.state(order) == "confirmed" and trade.lab.check("B2B009").points == 0
    assert len(trade.lab.autoplay("supplier")) == 1 and trade.lab.check("B2B010").points == 0
    assert findings_of(trade.lab) == []
    again = type(trade.lab.world).open(trade.lab.world.folder, None, "b2b", "")
    assert again.state.digest() == trade.lab.world.state.digest()


def test_the_library_negotiates_and_signs_for_the_supplier(played: Callable[..., Lab]) -> None:
    trade = Trade(played("b2b", *AGREED[:-2]))
    number = trade.look.value("select number from b2b_negotiation")
    trade.do.agree_as_purchaser(number)
    early = unchanged(trade, trade.do.sign_as_purchaser, number, trade.certificate(trade.buyer))
    assert (early.code, early.field) == ("not_agreed_yet", "contract") and "B2B027" in early.text.zh, "nobody signs before both agree"
    trade.lab.autoplay("supplier")
    contract = trade.look.value("select number from b2b_contract")
    assert (trade.state(number), trade.state(contract)) == ("both_agree", "one_signature")
    assert trade.do.sign_as_purchaser(contract, trade.certificate(trade.buyer))["state"] == "both_signatures"
    assert trade.lab.check("B2B026").points == 0


def test_a_lone_purchaser_is_supplied_by_the_library(trade: Trade) -> None:
    """Supplier and carrier are played, which moves nobody's points; ordering, confirming and paying are the student's."""

    def played_for_nothing(role: str) -> None:
        before = {code: trade.lab.check(code).points for code in trade.lab.codes}
        assert len(trade.lab.autoplay(role))
        assert {code: trade.lab.check(code).points for code in trade.lab.codes} == before

    order = trade.order(5)
    trade.funded(Decimal("20000"))
    trade.lab.lgs.sign_in(trade.look.value("select carrier from lgs_warehouse where number = $n", n=trade.main), trade.play.password("supplier-carrier"))
    played_for_nothing("supplier")
    trade.do.confirm_order(order)
    played_for_nothing("supplier")
    played_for_nothing("carrier")
    trade.lab.advance(days=5)
    played_for_nothing("carrier")
    assert trade.state(order) == "delivered"
    row = trade.look.one("select * from b2b_settlement where purchase_order = $n", n=order)
    trade.clear(row.number)
    trade.do.settle(row.number, str(ebank.account_of(trade.look, trade.buyer)), row.amount, trade.play.pin("corporate"))
    assert trade.state(order) == "settled" and findings_of(trade.lab) == []


def test_autoplay_needs_somebody_who_is_signed_in_and_a_policy(lab: Callable[..., Lab]) -> None:
    fresh = lab("b2b")
    assert refused(fresh.autoplay, "supplier").code == "sign_in_first"
    assert refused(fresh.autoplay, "bank").code == "not_played"
    for role in ("supplier", "purchaser", "carrier"):
        assert_both(AUTOPLAYS[role].policy)
