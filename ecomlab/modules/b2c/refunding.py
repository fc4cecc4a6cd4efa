"""What goes back when goods come back, or are lost on the way: the return that says so, the goods or their loss, revenue, tax and money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ...books import documents, invoices, ledger, sales, stock
from ...kernel.doing import Doing, Looking
from .. import ebank
from .kinds import PAYMENT, RETURN, WEB_ORDER
from .members import shop_of, shopper_of
from .payments import STORE_CARD, on_card, payment_of, platform, require_cash, returned_amount


class Part(NamedTuple):
    """Goods of an order that are called off or come back. amount: their price; cost: their cost of sales, 0 before the shipment."""

    product: str
    quantity: int
    amount: Decimal
    cost: Decimal


def request_for(do: Doing, order: Any, stage: str, parts: Sequence[Part], reason: str) -> str:
    """A return of parts of an order (its row), on which nobody has decided; gives its number. stage: how far the order was."""
    made = documents.create(do, RETURN, owner=order.merchant, parent=order.number)
    amount = sum((p.amount for p in parts), Decimal("0.00"))
    do.execute(
        "insert into b2c_return values ($n, $order, $stage, null, $reason, $amount, null, null)",
        n=made.number, order=order.number, stage=stage, reason=reason, amount=amount,
    )  # fmt: skip
    for p in parts:
        do.execute("insert into b2c_return_line values ($n, $product, $quantity, $amount, $cost)", n=made.number, **p._asdict())
    return made.number


def left_of(look: Looking, order: str) -> list[Any]:
    """The lines of an order with what has come back of each: product, quantity, unit_price, amount, cost, back, amount_back, cost_back."""
    return look.all(
        """select l.product, l.quantity, l.unit_price, l.amount, l.cost, coalesce(sum(r.quantity), 0)::integer as back,
                  coalesce(sum(r.amount), 0)::decimal(18,2) as amount_back, coalesce(sum(r.cost), 0)::decimal(18,2) as cost_back
           from b2c_order_line l left join (
               select t.web_order, x.product, x.quantity, x.amount, x.cost
               from b2c_return t join document d using (number) join b2c_return_line x using (number)
               where t.web_order = $n and d.state = 'refunded') r on r.web_order = l.number and r.product = l.product
           where l.number = $n group by all order by l.product""",
        n=order,
    )


def refundable(look: Looking, order: str) -> Decimal:
    """What can still be refunded of a shipped order: what its goods came to, less what was. Its postage is not given back."""
    amount: Decimal = look.value("select sum(amount)::decimal(18,2) from b2c_order_line where number = $n", n=order)
    return amount - returned_amount(look, order)


def take_in(do: Doing, request: str, order: Any, parts: Sequence[Any], handling: str, cost: Decimal) -> None:
    """Returned goods are stock again at what they had cost, or a loss."""
    shop = shop_of(do, order.merchant)
    if handling == "restocked":
        goods = [stock.Goods(p.product, p.quantity, p.cost) for p in parts]
        back = stock.Move(shop.member, shop.place, goods, f"退货入库 Returned {request}", request)
        stock.receive(do, back, sales.COST_OF_SALES, kind="taken_back")
    elif cost:
        lines = [ledger.Line(shop.member, stock.LOSSES, cost), ledger.Line(shop.member, sales.COST_OF_SALES, -cost)]
        ledger.post(do, "write_off", f"退货报废 Returned and scrapped {request}", lines, request)


def refund_goods(do: Doing, request: str, order: Any, parts: Sequence[Any], amount: Decimal) -> None:
    """Takes a sale back: less revenue, less tax, and the money back the way it came; what is not paid yet is owed no more."""
    shop, who, paid = shop_of(do, order.merchant), shopper_of(do, order.shopper), payment_of(do, order.number)
    lines = [ledger.Line(who.member, ledger.CAPITAL, -amount)]
    back = None
    if paid is None:
        lines += [ledger.Line(shop.member, ledger.RECEIVABLE, -amount, who.member), ledger.Line(who.member, ledger.PAYABLE, amount, shop.member)]
    elif paid.payment_kind == "payment_platform" and paid.state == "remitted":
        house = platform(do).member
        lines += [
            ledger.Line(shop.member, ledger.RECEIVABLE, -amount, house),
            ledger.Line(house, ledger.PAYABLE, amount, shop.member),
            ledger.Line(house, ledger.ADVANCES, -amount, who.member),
            ledger.Line(who.member, ledger.PREPAID, amount, house),
        ]
        back = paid.transaction
    elif paid.payment_kind == "online":
        lines += [ledger.Line(shop.member, ledger.ADVANCES, -amount, who.member), ledger.Line(who.member, ledger.PREPAID, amount, shop.member)]
        back = paid.transaction
    elif paid.payment_kind == STORE_CARD:
        lines += on_card(shop.member, who.member, paid.transaction, amount)
    else:
        require_cash(do, shop.member, shop.shop_name, amount, "request")
        lines += [ledger.Line(shop.member, ledger.CASH, -amount), ledger.Line(who.member, ledger.CASH, amount)]
    shares = sales.share_out(amount, [p.amount for p in parts])
    items = _taxed(do, order.number, [sales.Item(-share, p.product, -p.quantity, -p.cost) for p, share in zip(parts, shares, strict=True)])
    sales.sell(do, "sale_returned", f"退货 Return {request}", request, shop.member, who.member, items, [], lines, channel="b2c")
    invoices.credit(do, order.number, shop.member, items, f"退货 Return {request}")
    sales.due(do, request, None, counts_with=order.number)
    transaction = ebank.refund(do, back, amount, f"退款 Refund {request}", "request") if back else None
    close(do, request, amount, transaction)


def _taxed(look: Looking, order: str, items: Sequence[sales.Item]) -> list[sales.Item]:
    """Items at gross prices, with the tax that goes back: all returns of an order together take back exactly the tax of what they refund."""
    before = {
        r.product: r
        for r in look.all(
            """select l.product, sum(l.revenue + l.tax) as gross, sum(l.tax) as tax from b2c_return t join sale_line l on l.document = t.number
               where t.web_order = $n group by 1""",
            n=order,
        )
    }
    made = []
    for item in items:
        so_far = before.get(item.product)
        whole = sales.gross_priced(look, [item._replace(revenue=item.revenue + (so_far.gross if so_far else 0))])[0]
        tax = whole.tax - (so_far.tax if so_far else 0)
        made.append(item._replace(revenue=item.revenue - tax, tax=tax))
    return made


def end_if_all_is_back(do: Doing, order: Any) -> None:
    """A shipped order (its row) of which every piece has come back, or is lost, is over; a payment of which nothing is left has been paid back."""
    if all(line.back == line.quantity for line in left_of(do, order.number)):
        documents.find(do, WEB_ORDER, order.number).move_to("returned")
        paid = payment_of(do, order.number)
        if paid and paid.state == "remitted" and returned_amount(do, order.number) == order.amount:
            documents.find(do, PAYMENT, paid.number).move_to("paid_back")


def close(do: Doing, number: str, amount: Decimal, transaction: str | None) -> None:
    """Ends a return with what was refunded, and by which transaction of the bank."""
    do.execute("update b2c_return set amount = $amount, transaction = $transaction, refunded_day = $day where number = $n",
               amount=amount, transaction=transaction, day=do.day, n=number)  # fmt: skip
    documents.find(do, RETURN, number).move_to("refunded")
