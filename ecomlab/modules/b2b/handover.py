"""When goods become the purchaser's: at the moment in which the agreed rule of Incoterms 2020 passes the risk, and not before.

Until then they are the supplier's, in its warehouse or on the way. From then on they are the purchaser's, and owed for, though they may still be on the
way: whatever is lost there is the loss of whoever bears the risk.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from ...books import documents, ledger, sales, stock
from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from .. import lgs
from . import billing
from .goods import PASSES
from .inquiries import add_line
from .members import name_of
from .orders import DAYS_TO_PAY, PURCHASE_ORDER, order_lines
from .sales import sales_order_of, sent
from .settlement import SETTLEMENT


@documents.on(lgs.DELIVERY_ORDER, "picked")
@documents.on(lgs.DELIVERY_ORDER, "dispatched")
@documents.on(lgs.DELIVERY_ORDER, "delivered")
def _under_way(do: Doing, delivery: documents.Document) -> None:
    served = sales_order_of(do, delivery.number)
    if served is None:
        return
    document, row = served
    if PASSES[row.incoterm] == delivery.state:
        _take_over(do, delivery, document, row)
    if delivery.state == "delivered":
        owner, held = stock.bearer(do, delivery.number) or ("", "")
        arrived = stock.Move(owner, lgs.open_store(do, owner), stock.on_the_way(do, held), f"到货 Arrived {delivery.number}", held)
        stock.transfer_in(do, arrived)


@documents.on(lgs.DELIVERY_ORDER, "lost")
def _lost(do: Doing, delivery: documents.Document) -> None:
    """Nothing arrives. Where the supplier bore the risk, the goods are still to be delivered."""
    served = sales_order_of(do, delivery.number)
    if served is not None and PASSES[served[1].incoterm] == "delivered":
        _send_again(do, *served, lgs.lines(do, delivery.number))


def _take_over(do: Doing, delivery: documents.Document, document: documents.Document, row: Any) -> None:
    """The goods are the purchaser's stock and payable, the supplier's revenue and receivable."""
    prices = {r.product: r.price for r in order_lines(do, row.number)}
    goods = [stock.Goods(g.product, g.quantity, g.quantity * prices[g.product]) for g in lgs.arriving(do, delivery.number)]
    items = sales.net_priced(do, [sales.Item(g.value, g.product, g.quantity) for g in goods])
    amount = sales.total(items)
    bill = documents.create(do, SETTLEMENT, owner=row.purchaser, parent=delivery.number).number
    due = do.day + datetime.timedelta(days=DAYS_TO_PAY[row.payment_kind])
    do.execute(
        "insert into b2b_settlement values ($n, $order, $delivery, $purchaser, $supplier, $amount, 0, $due)",
        n=bill, order=row.number, delivery=delivery.number, purchaser=row.purchaser, supplier=row.supplier, amount=amount, due=due,
    )  # fmt: skip
    for g in goods:
        add_line(do, bill, 0, g.product, g.quantity, prices[g.product])
        do.execute(
            "update b2b_order_line set received_quantity = received_quantity + $q where number = $n and product = $product",
            q=g.quantity, n=row.number, product=g.product,
        )  # fmt: skip
    stock.issue_transit(do, stock.Move(row.supplier, "", goods, f"交付 Delivered {delivery.number}", delivery.number), sales.COST_OF_SALES)
    came = stock.Move(row.purchaser, lgs.open_store(do, row.purchaser), goods, f"收货 Received from {name_of(do, row.supplier)}", bill)
    stock.receive_on_the_way(do, came, ledger.PAYABLE, row.supplier)
    sales.sell(
        do, "sale", f"销售 Sold to {name_of(do, row.purchaser)}", bill, row.supplier, row.purchaser,
        items, [ledger.Line(row.supplier, ledger.RECEIVABLE, amount, row.purchaser)], sales.tax_owed(row.purchaser, row.supplier, items),
        channel="b2b", delivered_by=delivery.number,
    )  # fmt: skip
    sales.due(do, bill, due)
    billing.bill(do, bill, row.supplier, row.purchaser, items)
    _send_again(do, document, row, _missing(do, delivery.number))
    _count(do, document, row)


def _count(do: Doing, document: documents.Document, row: Any) -> None:
    """What came of an order as a whole: all of it, or a part."""
    order = documents.find(do, PURCHASE_ORDER, row.number)
    if all(r.received_quantity == r.quantity for r in order_lines(do, row.number)):
        document.move_to("delivered")
        order.move_to("delivered")
    elif order.state == "confirmed":
        order.move_to("part_delivered")


def _missing(look: Looking, delivery: str) -> list[stock.Goods]:
    """What was lost on the way before the goods were the purchaser's."""
    left = {g.product: g.quantity for g in lgs.arriving(look, delivery)}
    return [stock.Goods(g.product, lost) for g in lgs.lines(look, delivery) if (lost := g.quantity - left.get(g.product, 0))]


def _send_again(do: Doing, document: documents.Document, row: Any, goods: Sequence[stock.Goods]) -> None:
    """Goods that the supplier lost on the way are to be sent once more."""
    for g in goods:
        sent(do, row.number, g.product, -g.quantity)
    if goods and document.state == "sending":
        document.move_to("to_send")


@invariant("orders_received", "订单的已发和已收数量与配送单相符", "What orders say was sent and received is what their deliveries say")
def _received(look: Looking) -> list[str]:
    """Received is what the purchaser bears the risk of: what has arrived or, by an earlier rule, what was handed over."""
    passed = " or ".join(
        f"(o.incoterm in ({', '.join(repr(rule) for rule, at in PASSES.items() if at == state)}) and d.state in ({then}))"
        for state, then in (("picked", "'picked', 'dispatched', 'delivered', 'lost'"), ("dispatched", "'dispatched', 'delivered', 'lost'"),
                            ("delivered", "'delivered'"))
    )  # fmt: skip
    return [
        f"{r.number} {r.product}: sent {r.sent_quantity}, received {r.received_quantity}, deliveries {r.sent} and {r.received}"
        for r in look.all(
            f"""with deliveries as (
                   select o.number, g.product, {passed} as passed,
                          case when o.incoterm not in ({', '.join(repr(rule) for rule, at in PASSES.items() if at == 'delivered')}) then g.quantity
                               when d.state = 'lost' then 0 when d.state = 'delivered' then coalesce(g.counted, g.quantity) else g.quantity end as pieces
                   from b2b_order o join document d on d.parent = o.sales_order and d.kind = 'delivery_order' join lgs_line g on g.slip = d.number
                   where d.state not in ('cancelled', 'rejected')
               ), summed as (
                   select number, product, sum(pieces) as sent, coalesce(sum(pieces) filter (passed), 0) as received from deliveries group by number, product)
               select l.number, l.product, l.sent_quantity, l.received_quantity, coalesce(s.sent, 0) as sent, coalesce(s.received, 0) as received
               from b2b_order_line l left join summed s on s.number = l.number and s.product = l.product
               where l.sent_quantity <> coalesce(s.sent, 0) or l.received_quantity <> coalesce(s.received, 0) or coalesce(s.received, 0) > l.quantity
               order by l.number, l.product"""
        )
    ]
