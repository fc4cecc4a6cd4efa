"""The whole chain of one B2B order, from cart to settlement, in a world that has few orders or very many."""

from __future__ import annotations

import datetime
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..kernel.logbook import course_key
from ..kernel.plays import PLAYS, Player
from ..kernel.world import World
from ..modules import ebank
from ..modules.b2b.briefs import own_member, supplier_member, wares
from .rows import Row

#: An order of long ago with all that belongs to it, `$orders` times: the rows that its commands would have left.
_ORDERS = (
    """insert into document select p.prefix || '-PAST-' || i, p.kind, p.state, p.steps, if(p.buys, $buyer, $seller), $day,
           if(p.parent is null, null, p.parent || '-PAST-' || i)
       from range($orders) r(i), (values ('PO', 'purchase_order', 'settled', 5, true, null), ('SO', 'sales_order', 'delivered', 3, false, 'PO'),
           ('DO', 'delivery_order', 'delivered', 5, false, 'SO'), ('OUT', 'outbound_slip', 'picked', 2, false, 'DO'),
           ('DP', 'dispatch_order', 'arrived', 4, false, 'DO'), ('FB', 'freight_bill', 'paid', 2, false, 'DO'),
           ('SE', 'settlement', 'settled', 2, true, 'DO')
       ) p(prefix, kind, state, steps, buys, parent)""",
    "insert into document_history select d.number, s.step, d.state, $day, 0, 'past' from document d, range(1, d.step + 1) s(step) "
    "where d.number like '%-PAST-%'",
    "insert into b2b_order select 'PO-PAST-' || i, $buyer, $seller, 'days_30', $day, 'past', 'DAP', $warehouse, 'SO-PAST-' || i, '' from range($orders) r(i)",
    "insert into b2b_order_line select 'PO-PAST-' || i, $product, 1, 10, 1, 1 from range($orders) r(i)",
    "insert into b2b_line select 'SE-PAST-' || i, 0, $product, 1, 10 from range($orders) r(i)",
    "insert into b2b_settlement select 'SE-PAST-' || i, 'PO-PAST-' || i, 'DO-PAST-' || i, $buyer, $seller, 10, 10, $day from range($orders) r(i)",
    """insert into lgs_slip select s.prefix || '-PAST-' || i, s.kind, $carrier, $seller, $warehouse, null, $buyer, 'past', 'past', $day, 1, 36, '', $seller
       from range($orders) r(i), (values ('DO', 'delivery_order'), ('OUT', 'outbound_slip')) s(prefix, kind)""",
    "insert into lgs_line select number, $product, 1, null, null, null from lgs_slip where number like '%-PAST-%'",
    """insert into lgs_trip select 'DP-PAST-' || i, 'DO-PAST-' || i, $carrier, '苏X9B2T6', $day, $day, $day, $day, i::varchar, 'past', ''
       from range($orders) r(i)""",
    """insert into ledger_entry select -1 - i * 4 - k, 'sale', $day, $day::timestamp, 'past', 'SE-PAST-' || i, null from range($orders) r(i), range(4) t(k)""",
    """insert into posting select -1 - i * 4 - k, l, if(l = 1, $buyer, $seller), '1122', 'past', if(l = 1, 10, -10)
       from range($orders) r(i), range(4) t(k), range(1, 3) s(l)""",
    """insert into stock_movement select -1 - i * 3 - k, 'delivery', $day, $day::timestamp, $seller, $warehouse, $product, 'on_hand', 1, 10,
           'DO-PAST-' || i from range($orders) r(i), range(3) t(k)""",
)


class Chain:
    """A world with so many past orders, loaded in bulk, in which one order after another goes the whole way."""

    def __init__(self, folder: Path, orders: int):
        self.commands = 0
        self.world = World.open(folder, "bench", "b2b", course_key())
        self.play = Player(self._call, lambda: self.world.state.look, live=True)
        for code in ("B2B001", "B2B003", "B2B004"):
            PLAYS[code](self.play)
        look = self.world.state.look
        self.buyer, self.seller = str(own_member(look)), str(supplier_member(look))
        self.product = wares(look)[0][0]
        slip = look.one("select carrier, warehouse from lgs_slip where shipper = $seller order by number limit 1", seller=self.seller)
        self.warehouse = slip.warehouse
        customer = look.value("select number from bank_customer where member = $m", m=self.buyer)
        self.account = str(ebank.account_of(look, self.buyer))
        certificate = look.value("select certificate from b2b_member where member = $m", m=self.buyer)
        self.play.ebank.sign_in_corporate(certificate, customer, self.play.password("corporate"))
        self.play.ebank.deposit(self.account, "500000", self.play.pin("corporate"))
        self.play.lgs.sign_in(slip.carrier, self.play.password("supplier-carrier"))
        values = {
            "orders": orders, "buyer": self.buyer, "seller": self.seller, "day": look.day, "product": self.product, "warehouse": self.warehouse,
            "carrier": slip.carrier,
        }  # fmt: skip
        database = self.world.state.database
        database.begin()
        for sql in _ORDERS if orders else ():
            database.execute(sql, **{name: value for name, value in values.items() if f"${name}" in sql})
        database.commit()

    def _call(self, name: str, /, **given: Any) -> Any:
        self.commands += 1
        return self.world.call(name, given)

    def run(self) -> float:
        """One order, from the cart to the last cent; seconds, without the days that pass."""
        b2b, lgs = self.play.b2b, self.play.lgs
        look = self.world.state.look
        began = time.perf_counter()
        b2b.add_to_cart(self.seller, self.product, 1)
        order = b2b.place_order(self.seller, "days_30", look.day + datetime.timedelta(days=30), "past")
        b2b.received_order_detail(order)
        b2b.credit_check(order)
        b2b.accept_order(order, self.warehouse)
        b2b.order_detail(order)
        sales = b2b.confirm_order(order)
        b2b.sales_detail(sales)
        delivery = b2b.send_order(sales)
        lgs.slip_detail(delivery)
        made = lgs.accept_delivery(delivery)
        lgs.pick(made["outbound_slip"])
        lgs.assign_vehicle(made["dispatch_order"], "苏X9B2T6")
        lgs.dispatch(made["dispatch_order"])
        lgs.delivery_note(made["dispatch_order"])
        waited = time.perf_counter()
        arrives = look.value("select arrives from lgs_trip where number = $n", n=made["dispatch_order"])
        self.play.lab.advance(days=(arrives - look.day).days)
        waited = time.perf_counter() - waited
        lgs.deliver(delivery, "past", "past")
        settlement = look.one("select number, amount from b2b_settlement where delivery_order = $n", n=delivery)
        if not all(line.matches for line in b2b.match(settlement.number)):
            b2b.correct_invoice(settlement.number)
        b2b.settle(settlement.number, self.account, "1.00", self.play.pin("corporate"))
        b2b.settle(settlement.number, self.account, settlement.amount - 1, self.play.pin("corporate"))
        return time.perf_counter() - began - waited


def chains(*orders: int, times: int = 12) -> list[float]:
    """The median seconds of a chain in a world with each of these numbers of past orders, taken in turn."""
    from statistics import median

    with tempfile.TemporaryDirectory() as folder:
        worlds = [Chain(Path(folder, str(n)), n) for n in orders]
        runs: list[Callable[[], float]] = [w.run for w in worlds]
        for run in runs:
            run()
        found = [[run() for run in runs] for _ in range(times)]
    return [median(taken) for taken in zip(*found, strict=True)]


def bench_orders(many: int = 100_000) -> Iterator[Row]:
    """The whole chain of one B2B order in a world with many past orders, and in one with none."""
    none, loaded = chains(0, many)
    yield Row(f"cart to settlement, {many:,} orders there", loaded, "the same with no order there", none, aim=1.5)
