"""Incoterms act: goods and risk pass at the moment that the agreed rule names, and a loss on the way hits whoever bears the risk then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecomlab.books import ledger, stock, tax
from ecomlab.lab import Lab
from ecomlab.modules.b2b.goods import INCOTERMS, ONLY_BY_SHIP, PASSES
from ecomlab.modules.b2b.prologue import PLATE

from .test_b2b import AGREED, Trade, unchanged
from .vat import with_tax
from .worlds import acting, findings_of, model

STATES = ("picked", "dispatched", "delivered")
SHIP = "浙杭货0218"


class Voyage:
    """A contract under a rule, whose goods are on a delivery order: `step` brings them one state on."""

    def __init__(self, lab: Lab, rule: str):
        self.trade = trade = Trade(lab)
        self.look, self.lgs, self.rule = trade.look, lab.lgs, rule
        if rule in ONLY_BY_SHIP:
            self.as_carrier()
            self.lgs.add_ship(SHIP, "散货船 Bulk carrier", 200_000, "陆船长 Captain Lu")
        number = self.look.value("select number from b2b_negotiation")
        if lab.brief("B2B025")["incoterm"] != rule:
            trade.do.propose_as_purchaser(number, incoterm=rule)
        trade.do.agree_as_supplier(number)
        contract = trade.do.agree_as_purchaser(number)["purchase_contract"]
        self.text = self.look.value("select contract_text from b2b_contract")
        trade.do.sign_as_purchaser(contract, trade.certificate(trade.buyer))
        self.order = trade.do.sign_as_supplier(contract, trade.certificate(trade.seller))["purchase_order"]
        trade.do.accept_order(self.order, trade.main)
        self.sales = trade.do.confirm_order(self.order)
        self.send()

    def send(self) -> None:
        self.delivery = self.trade.do.send_order(self.sales)
        self.as_carrier()
        made = self.lgs.accept_delivery(self.delivery)
        self.slip, self.trip = made["outbound_slip"], made["dispatch_order"]
        self.goods = self.look.one("select product, quantity from lgs_line where slip = $n", n=self.delivery)

    def as_carrier(self) -> None:
        carrier = self.look.value("select carrier from lgs_warehouse where number = $n", n=self.trade.main)
        self.lgs.sign_in(carrier, self.trade.play.password("supplier-carrier"))

    def step(self, state: str) -> None:
        if state == "picked":
            self.lgs.pick(self.slip)
        elif state == "dispatched":
            self.lgs.assign_vehicle(self.trip, SHIP if self.rule in ONLY_BY_SHIP else PLATE)
            self.lgs.dispatch(self.trip)
        else:
            trip = self.look.one("select due, arrives from lgs_trip where number = $n", n=self.trip)
            self.trade.lab.advance(days=(trip.arrives - self.trade.lab.day).days)
            self.lgs.deliver(self.delivery, "收货员 Receiving clerk", "道路施工 Road works" if trip.arrives > trip.due else "")

    def lose(self, pieces: int) -> dict[str, str]:
        found: dict[str, str] = self.lgs.report_loss(self.delivery, "翻车 Overturned", [{"product": self.goods.product, "quantity": pieces}])
        return found

    def on_the_way(self, owner: str) -> Any:
        found = self.look.value("select sum(in_transit) from stock_level where owner = $o and product = $p", o=owner, p=self.goods.product)
        return found or 0

    def loss(self, owner: str) -> Any:
        return ledger.balance(self.look, owner, stock.LOSSES)

    def bill(self) -> Any:
        return self.look.one("select * from b2b_settlement")


@pytest.fixture
def voyage(tmp_path: Path) -> Callable[[str], Voyage]:
    return lambda rule: Voyage(acting(tmp_path / rule, model("b2b", codes=AGREED[:-2])), rule)


def test_every_rule_says_when_the_risk_passes() -> None:
    assert PASSES.keys() == INCOTERMS.keys() and set(PASSES.values()) == set(STATES)
    assert {rule for rule, state in PASSES.items() if state == "dispatched"} == ONLY_BY_SHIP.keys(), "the rules at the ship are those for ships"


#: A rule for each moment; `make test-all` has all.
ONE_OF_EACH = {PASSES[rule]: rule for rule in INCOTERMS}


@pytest.mark.parametrize("rule", [pytest.param(r, marks=[pytest.mark.slow] * (r not in ONE_OF_EACH.values())) for r in INCOTERMS])
def test_goods_and_debt_pass_at_the_moment_that_the_rule_names(voyage: Callable[[str], Voyage], rule: str) -> None:
    v = voyage(rule)
    trade, passed = v.trade, False
    had = stock.on_hand(v.look, trade.buyer, "", v.goods.product)
    for state in STATES:
        v.step(state)
        passed = passed or PASSES[rule] == state
        bearer, other = (trade.buyer, trade.seller) if passed else (trade.seller, trade.buyer)
        assert (v.on_the_way(bearer), v.on_the_way(other)) == (0 if state == "delivered" else v.goods.quantity, 0)
        owed = v.bill().amount if passed else 0
        assert ledger.balance(v.look, trade.buyer, ledger.PAYABLE, trade.seller) == -owed
        assert ledger.balance(v.look, trade.seller, ledger.RECEIVABLE, trade.buyer) == owed
        earned = ledger.balance(v.look, trade.seller, "6001")
        assert -earned - ledger.balance(v.look, trade.seller, tax.OUTPUT) == owed == with_tax(-earned), "revenue, with its tax"
        assert findings_of(trade.lab) == []
    home = v.look.value("select number from stock_place where kind = 'store' and keeper = $m", m=trade.buyer)
    assert stock.on_hand(v.look, trade.buyer, home, v.goods.product) >= v.goods.quantity > had
    said = {"picked": "the carrier takes the goods over", "dispatched": "the ship takes the goods over", "delivered": "arrive at the place"}
    assert said[PASSES[rule]] in v.text, "the contract says what happens"


@pytest.mark.parametrize(("rule", "by_purchaser"), [("CPT", True), ("FOB", True), ("DAP", False)])
def test_a_loss_on_the_way_hits_whoever_bears_the_risk(voyage: Callable[[str], Voyage], rule: str, by_purchaser: bool) -> None:
    v = voyage(rule)
    trade, all_of_it = v.trade, v.goods.quantity
    assert unchanged(trade, v.lose, 1).code == "not_on_the_way", "what lies in the warehouse is not lost on the way"
    v.step("picked")
    v.step("dispatched")
    assert unchanged(trade, v.lose, all_of_it + 1).code == "not_in_transit"
    loser, other = (trade.buyer, trade.seller) if by_purchaser else (trade.seller, trade.buyer)
    before = v.loss(loser), v.loss(other)
    assert v.lose(2)["state"] == "dispatched"
    assert v.loss(loser) > before[0] and v.loss(other) == before[1]
    assert findings_of(trade.lab) == []
    v.step("delivered")
    price = v.look.value("select price from b2b_order_line where number = $n", n=v.order)
    assert v.bill().amount == with_tax(price * (all_of_it if by_purchaser else all_of_it - 2))
    assert trade.state(v.order) == ("delivered" if by_purchaser else "part_delivered")
    trade.clear(v.bill().number)
    assert [r.matches for r in trade.do.match(v.bill().number)] == [True]
    assert findings_of(trade.lab) == []
    if not by_purchaser:
        v.send()
        assert v.goods.quantity == 2, "the supplier still owes what it lost"


@pytest.mark.parametrize(("rule", "owes"), [("EXW", True), ("DDP", False)])
def test_goods_that_are_lost_whole_are_paid_for_by_whoever_bore_the_risk_and_cost_no_freight(
    voyage: Callable[[str], Voyage], rule: str, owes: bool
) -> None:  # fmt: skip
    v = voyage(rule)
    trade = v.trade
    v.step("picked")
    v.step("dispatched")
    assert v.lose(v.goods.quantity)["state"] == "lost"
    assert unchanged(trade, v.lgs.deliver, v.delivery, "收货员 Receiving clerk").code == "wrong_state"
    assert v.look.value("select count(*) from document where kind = 'freight_bill'") == 0
    assert (v.bill() is not None) == owes
    assert trade.state(v.sales) == ("delivered" if owes else "to_send")
    assert not v.look.value("select count(*) from lgs_trip t join document d using (number) where d.state in ('assigned', 'dispatched')"), "the vehicle is free"
    assert findings_of(trade.lab) == []


def test_what_is_to_go_by_ship_is_not_put_on_a_lorry_nor_the_reverse(voyage: Callable[[str], Voyage]) -> None:
    v = voyage("FOB")
    v.step("picked")
    assert unchanged(v.trade, v.lgs.assign_vehicle, v.trip, PLATE).code == "other_transport"
    assert unchanged(v.trade, v.lgs.add_ship, SHIP, "散货船 Bulk carrier", 200_000, "陆船长 Captain Lu").code == "plate_taken"
    v.step("dispatched")
    assert "road" in {r.transport for r in v.lgs.vehicles()} and "water" in {r.transport for r in v.lgs.vehicles()}
