"""Postage that a customer sends along with the price of an order that does not ask for it.

Until the goods leave it is kept apart (2241), as it may have to go back with the price. Once they have left it is part of what the seller has
charged (价外费用, 增值税法, article 17): revenue, taxed as the goods are. What the courier is paid is an expense of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...books import documents, ledger, sales
from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from .billing import issue_for
from .kinds import WEB_ORDER
from .members import shop_of, shopper_of
from .payments import require_cash
from .postage import parted

#: In whose name the postage stands that is kept.
POSTAGE = "POSTAGE"


def keep_postage(do: Doing, order: Any, amount: Decimal, document: str) -> None:
    """Keeps the postage that was in a customer's transfer for an order (its row). document: by which the transfer was found.

    The rest of the transfer has paid the order; this part of it stands as another payable of the shop.
    """
    shop, who = shop_of(do, order.merchant), shopper_of(do, order.shopper)
    do.execute("insert into b2c_sent_postage values ($order, $document, $amount, null, null)", order=order.number, document=document, amount=amount)
    lines = [
        ledger.Line(shop.member, ledger.OTHER_PAYABLE, amount, who.member),
        ledger.Line(shop.member, ledger.OTHER_PAYABLE, -amount, POSTAGE),
        ledger.Line(who.member, ledger.OTHER_RECEIVABLE, -amount, shop.member),
        ledger.Line(who.member, ledger.CAPITAL, amount),
    ]
    ledger.post(do, "postage_kept", f"汇款中的邮费 Postage sent for {order.number}", lines, document)
    if documents.find(do, WEB_ORDER, order.number).state in ("shipped", "returned"):
        _earn(do, order.number)


@documents.on_many(WEB_ORDER, "shipped")
def _left(do: Doing, orders: Sequence[documents.Document]) -> None:
    rows = do.all(
        "select web_order from b2c_sent_postage where list_contains($n, web_order) and earned_day is null and returned_day is null order by web_order",
        n=[order.number for order in orders],
    )
    for r in rows:
        _earn(do, r.web_order)


def _kept(look: Looking, order: str) -> Any:
    return look.one("select * from b2c_sent_postage where web_order = $n and earned_day is null and returned_day is null", n=order)


def _earn(do: Doing, number: str) -> None:
    """The goods have left: what was kept for them is revenue, invoiced to whoever has asked for an invoice."""
    kept = _kept(do, number)
    if kept is None:
        return
    order = do.one("select * from b2c_order where number = $n", n=number)
    shop, who = shop_of(do, order.merchant), shopper_of(do, order.shopper)
    goods = do.all("select product, amount from b2c_order_line where number = $n order by product", n=number)
    items = [parted(do, kept.amount, [sales.Item(r.amount, r.product) for r in goods])]
    text, against = f"邮费收入 Postage of {number}", [ledger.Line(shop.member, ledger.OTHER_PAYABLE, kept.amount, POSTAGE)]
    sales.sell(do, "postage_earned", text, kept.document, shop.member, who.member, items, against, channel="carriage")
    issue_for(do, order, items, kept.document)
    do.execute("update b2c_sent_postage set earned_day = $day where web_order = $n", day=do.day, n=number)


def give_back(do: Doing, order: Any, field: str) -> None:
    """An order (its row) that is called off before its goods leave is refunded with the postage that was kept, in cash as its price is."""
    kept = _kept(do, order.number)
    if kept is None:
        return
    shop, who = shop_of(do, order.merchant), shopper_of(do, order.shopper)
    require_cash(do, shop.member, shop.shop_name, kept.amount, field)
    lines = [
        ledger.Line(shop.member, ledger.OTHER_PAYABLE, kept.amount, POSTAGE),
        ledger.Line(shop.member, ledger.CASH, -kept.amount),
        ledger.Line(who.member, ledger.CASH, kept.amount),
        ledger.Line(who.member, ledger.CAPITAL, -kept.amount),
    ]
    ledger.post(do, "postage_returned", f"退还邮费 Postage returned for {order.number}", lines, kept.document)
    do.execute("update b2c_sent_postage set returned_day = $day where web_order = $n", day=do.day, n=order.number)


@invariant(
    "b2c_sent_postage",
    "代存的邮费都属于尚未发货的订单，金额等于账上的其他应付款",
    "Postage that is kept belongs to orders that have not left, and is what the books say is kept",
)
def _whole(look: Looking) -> list[str]:
    booked = look.all(
        """with kept as (select m.member, sum(p.amount) as amount from b2c_sent_postage p join b2c_order o on o.number = p.web_order
                         join b2c_merchant m using (merchant) where p.earned_day is null and p.returned_day is null group by 1),
                booked as (select owner as member, -sum(balance) as amount from ledger_balance where account = '2241' and sub = $postage group by 1)
           select member, coalesce(k.amount, 0) as kept, coalesce(b.amount, 0) as booked from kept k full join booked b using (member)
           where coalesce(k.amount, 0) <> coalesce(b.amount, 0) order by 1""",
        postage=POSTAGE,
    )
    late = look.all(
        """select p.web_order, d.state from b2c_sent_postage p join document d on d.number = p.web_order
           where p.earned_day is null and p.returned_day is null and d.state not in ('paid', 'accepted') order by 1"""
    )
    return [f"{r.member}: kept {r.kept}, booked {r.booked}" for r in booked] + [f"{r.web_order} is {r.state}, and its postage is still kept" for r in late]
