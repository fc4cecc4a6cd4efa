"""Goods of many orders that come back on a day, in few statements: asked for, or taken back as the merchant has it done.

Each function books into a `Batch` the rows that `returns` leaves one by one. What comes back is always all of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ...books import ledger, sales, stock
from ...books.batches import Batch, Entry, Journey, Sale
from ...kernel.doing import AUTO
from .. import ebank
from .kinds import RETURN, WEB_ORDER
from .many import Shop, keeper
from .members import SHOPPER


class Returned(NamedTuple):
    """A line that comes back. amount: what was paid for it, CNY; cost: its cost of sales."""

    product: str
    pieces: int
    amount: Decimal
    cost: Decimal


class Back(NamedTuple):
    """What the shopper of a shipped order wants to send back.

    member: the shopper's; transaction: of a payment by card; collected: whether cash was paid at the door; step: how many states the order has been in;
    whole: whether nothing of it is left.
    """

    order: str
    user_name: str
    member: str
    transaction: str | None
    collected: bool
    step: int
    whole: bool
    parts: Sequence[Returned]

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal("0.00"))


def request(batch: Batch, shop: Shop, asked: Sequence[Back], reason: str) -> list[str]:
    """Shoppers ask to send goods back, and the merchant is to decide; gives the numbers of the returns."""
    numbers = [batch.do.number(RETURN.prefix) for _ in asked]
    _keep(batch, shop, list(zip(numbers, asked, strict=True)), reason)
    return numbers


def _keep(batch: Batch, shop: Shop, every: Sequence[tuple[str, Back]], reason: str, handling: str | None = None, paid: dict[str, str] | None = None) -> None:
    """The returns with their lines. handling: what became of the goods, where that is decided. paid: the transactions of refunds to cards."""
    by, day = keeper(shop), batch.do.day if handling else None
    batch.create(RETURN, [
        Journey(n, shop.merchant, [("requested", f"{SHOPPER.name}:{b.user_name}{AUTO}"), *([("refunded", by)] if handling else [])], b.order)
        for n, b in every
    ])  # fmt: skip
    batch.add("b2c_return", [(n, b.order, "after_shipping", handling, reason, b.amount, (paid or {}).get(n), day) for n, b in every])
    batch.add("b2c_return_line", [(n, *part) for n, b in every for part in b.parts])


def take_back(batch: Batch, shop: Shop, back: Sequence[Back], reason: str, handling: str) -> list[str]:
    """Goods come back, on the shelf ('restocked') or written off ('scrapped'), and are refunded the way they were paid; gives the numbers.

    The money is there. What is not paid yet is owed no more.
    """
    numbers = [batch.do.number(RETURN.prefix) for _ in back]
    every = list(zip(numbers, back, strict=True))
    _take_in(batch, shop, every, handling)
    coming = [sales.Item(-p.amount, p.product, -p.pieces, -p.cost) for _, b in every for p in b.parts]
    items = iter(sales.gross_priced(batch.do, coming, rates=batch.rates))
    made = [Sale(n, shop.member, b.member, [next(items) for _ in b.parts]) for n, b in every]
    batch.post([
        Entry("sale_returned", f"退货 Return {n}", [*sales.earned(shop.member, x.items), ledger.Line(b.member, ledger.CAPITAL, -b.amount), *_owed(shop, b)], n)
        for (n, b), x in zip(every, made, strict=True)
    ])  # fmt: skip
    batch.sold(made, "b2c")
    batch.due([(n, b.order, None) for n, b in every])
    cards = [(n, b) for n, b in every if b.transaction]
    paid = ebank.give_back_cards(batch, shop.account, shop.merchant, [(b.transaction or "", b.member, b.amount, f"退款 Refund {n}") for n, b in cards])
    _keep(batch, shop, every, reason, handling, {n: transaction for (n, _), transaction in zip(cards, paid, strict=True)})
    batch.move(WEB_ORDER, "returned", [(b.order, b.user_name, "shipped", b.step) for _, b in every if b.whole], keeper(shop))
    return numbers


def _take_in(batch: Batch, shop: Shop, every: Sequence[tuple[str, Back]], handling: str) -> None:
    """Returned goods are stock again at what they had cost, or a loss."""
    if handling == "restocked":
        batch.receive(shop.member, shop.place, sales.COST_OF_SALES, [
            (n, f"退货入库 Returned {n}", [stock.Goods(p.product, p.pieces, p.cost) for p in b.parts]) for n, b in every
        ], "taken_back")  # fmt: skip
        return
    costs = [(n, sum((p.cost for p in b.parts), Decimal("0.00"))) for n, b in every]
    batch.post([
        Entry("write_off", f"退货报废 Returned and scrapped {n}", [
            ledger.Line(shop.member, stock.LOSSES, cost), ledger.Line(shop.member, sales.COST_OF_SALES, -cost),
        ], n)
        for n, cost in costs if cost
    ])  # fmt: skip


def _owed(shop: Shop, back: Back) -> list[ledger.Line]:
    """What stands against the revenue that is taken back: by card as an advance until the bank has paid it out, cash at once, else what is owed."""
    amount, member = back.amount, back.member
    if back.transaction:
        return [ledger.Line(shop.member, ledger.ADVANCES, -amount, member), ledger.Line(member, ledger.PREPAID, amount, shop.member)]
    if back.collected:
        return [ledger.Line(shop.member, ledger.CASH, -amount), ledger.Line(member, ledger.CASH, amount)]
    return [ledger.Line(shop.member, ledger.RECEIVABLE, -amount, member), ledger.Line(member, ledger.PAYABLE, amount, shop.member)]
