"""What a new business day does in the mall, in this order: orders lapse, money arrives, shoppers come, and shops serve them."""

from __future__ import annotations

from ...books import clock
from ...kernel.doing import Doing
from . import checkout, losses, payments, scripted


@clock.daily
def begin(do: Doing) -> None:
    """One look at what is open says which steps there is anything to do for, because every day of every world comes here."""
    open_kinds = {
        (r.kind, r.state)
        for r in do.all(
            """select distinct kind, state from document where kind in ('b2c_order', 'b2c_payment', 'b2c_return', 'courier_claim')
               and state in ('drafted', 'placed', 'paid', 'shipped', 'returned', 'remitted', 'requested', 'admitted')"""
        )
    }
    if {("b2c_order", "drafted"), ("b2c_order", "placed")} & open_kinds:
        checkout.tidy_up(do)
    if ("b2c_payment", "remitted") in open_kinds:
        payments.arrive(do)
        payments.hand_on(do)
    if ("courier_claim", "admitted") in open_kinds:
        losses.compensate(do)
    scripted.visit(do)
    if {("b2c_order", "placed"), ("b2c_order", "paid")} & open_kinds:
        scripted.serve(do)
    if {("b2c_order", "shipped"), ("b2c_order", "returned")} & open_kinds:
        scripted.collect(do)
    if ("b2c_return", "requested") in open_kinds:
        scripted.take_back(do)
