"""A day's trade of many orders at once, in few statements: what shoppers order, what is shipped as standing orders say, what couriers bring.

Each function books into a `Batch` the rows that the shop's commands leave one by one (`checkout`, `payments`, `sales`), which is what the audit holds
them to. Shoppers are known by the number that their world's market gives them; they pay by cards of other banks, or at the door.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ...books import ledger, sales, stock
from ...books.batches import Batch, Entry, Journey, Sale
from ...kernel.doing import AUTO, Looking
from .. import ebank
from . import postage
from .kinds import PAYMENT, SALES_ORDER, WEB_ORDER
from .members import SHOPKEEPER, SHOPPER
from .postage import Charged
from .sales import COURIER_DAYS, DAYS_UNDER_WAY, sale_lines

#: How such orders are sent.
DELIVERY = "express"


class Shop(NamedTuple):
    """A shop that is traded for. account: the settlement account (`ebank.settlement_account`), None where there is none; return_days: as it promises."""

    merchant: str
    member: str
    place: str
    account: Any
    return_days: int


class Shopper(NamedTuple):
    """Who orders: the columns of `b2c_shopper`."""

    user_name: str
    member: str
    full_name: str
    mailbox: str
    phone: str
    postal_address: str
    joined: datetime.date


class Part(NamedTuple):
    """So many pieces of a product. price: of a piece; amount: of all, less what promotions take off, CNY."""

    product: str
    pieces: int
    price: Decimal
    amount: Decimal


class Basket(NamedTuple):
    """What a shopper orders, each product once. at_the_door: paid there, and otherwise by card at once. charged: its postage, where the shop charges it."""

    shopper: Shopper
    parts: Sequence[Part]
    at_the_door: bool
    charged: Charged | None = None

    @property
    def postage(self) -> Decimal:
        return self.charged.postage if self.charged else Decimal("0.00")

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), self.postage)

    @property
    def payment_kind(self) -> str:
        return "cash_on_delivery" if self.at_the_door else "online"


def known(look: Looking, names: Sequence[str]) -> dict[str, Shopper]:
    """Those shoppers of these user names who are registered."""
    return {r.user_name: Shopper(*r) for r in look.all("select * from b2c_shopper where list_contains($names, user_name)", names=list(names))}


def enrol(batch: Batch, people: Sequence[Shopper]) -> None:
    """Registers shoppers whom the library plays; they sign in nowhere."""
    batch.add("member", [(p.member, "person", p.full_name, None, p.mailbox) for p in people])
    batch.add("b2c_shopper", people)


def place(batch: Batch, shop: Shop, baskets: Sequence[Basket]) -> list[str]:
    """Orders that wait to be worked by hand, to be paid at the door: the goods are reserved. They are free. Gives the numbers."""
    numbers = [batch.do.number(WEB_ORDER.prefix) for _ in baskets]
    ordered = list(zip(numbers, baskets, strict=True))
    batch.create(WEB_ORDER, [_ordered(n, b) for n, b in ordered])
    batch.reserve(shop.member, shop.place, [(n, p.product, p.pieces) for n, b in ordered for p in b.parts])
    batch.add("b2c_order", [_order(batch.do.day, n, shop, b) for n, b in ordered])
    batch.add("b2c_order_postage", [(n, *b.charged) for n, b in ordered if b.charged])
    batch.add("b2c_order_line", [(n, p.product, p.pieces, p.price, p.amount, None) for n, b in ordered for p in b.parts])
    _bring(batch, [(n, b.shopper.member, b.amount) for n, b in ordered])
    return numbers


def _ordered(number: str, basket: Basket, *further: tuple[str, str]) -> Journey:
    """What becomes of a web order. The library did it, so it is no evidence of the student's."""
    by = f"{SHOPPER.name}:{basket.shopper.user_name}{AUTO}"
    paid = [] if basket.at_the_door or not further else [("paid", by)]
    return Journey(number, basket.shopper.user_name, [("drafted", by), ("placed", by), *paid, *further])


def _order(day: datetime.date, number: str, shop: Shop, basket: Basket, sales_order: str | None = None) -> tuple[Any, ...]:
    sent = sales_order is not None
    due = day + datetime.timedelta(days=COURIER_DAYS) if sent and basket.at_the_door else None
    received = day + datetime.timedelta(days=DAYS_UNDER_WAY[DELIVERY]) if sent else None
    who = basket.shopper
    return (
        number, shop.merchant, who.user_name, DELIVERY, basket.payment_kind, who.full_name, who.postal_address, who.phone, basket.amount, day, None,
        sales_order, day if sent else None, due, received, shop.return_days,
    )  # fmt: skip


def fulfil(batch: Batch, shop: Shop, baskets: Sequence[Basket]) -> list[str]:
    """Orders that are paid, accepted, shipped and booked at once, as the merchant has it done. The goods are free. Gives the numbers."""
    do, by = batch.do, keeper(shop)
    orders = [do.number(WEB_ORDER.prefix) for _ in baskets]
    sold = [do.number(SALES_ORDER.prefix) for _ in baskets]
    every = list(zip(sold, orders, baskets, strict=True))
    batch.create(WEB_ORDER, [_ordered(n, b, ("accepted", by), ("shipped", by)) for _, n, b in every])
    steps = [(state, by) for state in ("to_settle", "settled", "confirmed", "shipped")]
    batch.create(SALES_ORDER, [Journey(s, shop.merchant, steps, n) for s, n, _ in every])
    _pay(batch, shop, [(n, b) for _, n, b in every if not b.at_the_door])
    _bring(batch, [(n, b.shopper.member, b.amount) for _, n, b in every if b.at_the_door])
    costs = batch.issue(shop.member, shop.place, sales.COST_OF_SALES, [
        (s, f"销售成本 Cost of {n}", [stock.Goods(p.product, p.pieces) for p in b.parts]) for s, n, b in every
    ])  # fmt: skip
    goods = [sales.Item(p.amount, p.product, p.pieces, costs[s, p.product]) for s, _, b in every for p in b.parts]
    items = iter(sales.gross_priced(do, goods, rates=batch.rates))
    made = [Sale(n, shop.member, b.shopper.member, [*(next(items) for _ in b.parts), *_postage(batch, b)]) for _, n, b in every]
    batch.post([
        Entry("sale", f"销售 Sale {n}", [
            *sale_lines(b.payment_kind, b.amount, shop.member, b.shopper.member), *sales.earned(shop.member, x.items),
            ledger.Line(b.shopper.member, ledger.CAPITAL, b.amount),
        ], s)
        for (s, n, b), x in zip(every, made, strict=True)
    ])  # fmt: skip
    batch.sold(made, "b2c")
    batch.add("b2c_order", [_order(do.day, n, shop, b, s) for s, n, b in every])
    batch.add("b2c_order_postage", [(n, *b.charged) for _, n, b in every if b.charged])
    batch.add("b2c_order_line", [(n, p.product, p.pieces, p.price, p.amount, costs[s, p.product]) for s, n, b in every for p in b.parts])
    batch.due([(s, n, do.day + datetime.timedelta(days=COURIER_DAYS) if b.at_the_door else None) for s, n, b in every])
    return orders


def _postage(batch: Batch, basket: Basket) -> list[sales.Item]:
    goods = [sales.Item(p.amount, p.product) for p in basket.parts]
    return [postage.parted(batch.do, basket.postage, goods, batch.rates)] if basket.postage else []


def keeper(shop: Shop) -> str:
    """By whom a document stands that the shop's staff has moved (as `Doing.by`)."""
    return f"{SHOPKEEPER.name}:{shop.merchant}{AUTO}"


def _pay(batch: Batch, shop: Shop, paid: Sequence[tuple[str, Basket]]) -> None:
    """Those who pay by card have paid to the shop's settlement account."""
    if paid:
        transactions = ebank.take_cards(batch, shop.account, shop.merchant, [(n, b.shopper.member, b.amount) for n, b in paid])
        _keep_payments(batch, shop, "online", [(n, b.amount, t) for (n, b), t in zip(paid, transactions, strict=True)])


def _keep_payments(batch: Batch, shop: Shop, payment_kind: str, paid: Sequence[tuple[str, Decimal, str | None]]) -> None:
    numbers, day = [batch.do.number(PAYMENT.prefix) for _ in paid], batch.do.day
    steps = [("remitted", keeper(shop)), ("banked", keeper(shop))]
    batch.create(PAYMENT, [Journey(x, shop.merchant, steps, n) for x, (n, _, _) in zip(numbers, paid, strict=True)])
    batch.add("b2c_payment", [
        (x, n, payment_kind, amount, Decimal("0.00"), transaction, day, day) for x, (n, amount, transaction) in zip(numbers, paid, strict=True)
    ])  # fmt: skip


def collect(batch: Batch, shop: Shop, owed: Sequence[tuple[str, str, Decimal]]) -> None:
    """The courier has brought the cash for shipped orders, of (order, the shopper's member, amount)."""
    batch.post([
        Entry("cash_on_delivery", f"货到付款 Cash on delivery of {n}", [
            ledger.Line(shop.member, ledger.CASH, amount),
            ledger.Line(shop.member, ledger.RECEIVABLE, -amount, member),
            ledger.Line(member, ledger.CASH, -amount),
            ledger.Line(member, ledger.PAYABLE, amount, shop.member),
        ], n)
        for n, member, amount in owed
    ])  # fmt: skip
    _keep_payments(batch, shop, "cash_on_delivery", [(n, amount, None) for n, _, amount in owed])


def _bring(batch: Batch, payers: Sequence[tuple[str, str, Decimal]]) -> None:
    """Shoppers have the cash for their orders from home, of (order, the shopper's member, amount)."""
    batch.post([
        Entry("capital", f"顾客自备现金 Cash that the customer brings for {n}", [
            ledger.Line(member, ledger.CASH, amount), ledger.Line(member, ledger.CAPITAL, -amount),
        ])
        for n, member, amount in payers
    ])  # fmt: skip
