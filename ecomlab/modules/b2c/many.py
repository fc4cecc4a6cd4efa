"""A day's trade of many orders at once, in few statements: what shoppers order, what is shipped as standing orders say, what couriers bring.

Each function leaves the rows that the shop's commands leave one by one (`checkout`, `payments`, `sales`), which is what the audit holds them to. Shoppers
are known by the number that their world's market gives them; they pay by cards of other banks, or at the door.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ...books import batches, ledger, sales, stock
from ...books.batches import Entry, Journey
from ...kernel.doing import AUTO, Doing
from .. import ebank
from .catalogue import promised_days
from .kinds import PAYMENT, SALES_ORDER, WEB_ORDER
from .members import SHOPKEEPER, SHOPPER
from .sales import COURIER_DAYS, DAYS_UNDER_WAY, sale_lines

#: How such orders are sent.
DELIVERY = "express"


class Newcomer(NamedTuple):
    """Somebody who orders for the first time."""

    user_name: str
    full_name: str
    mailbox: str
    phone: str
    address: str


class Part(NamedTuple):
    """So many pieces of a product. price: of a piece; amount: of all, less what promotions take off, CNY."""

    product: str
    pieces: int
    price: Decimal
    amount: Decimal


class Basket(NamedTuple):
    """What a shopper orders, each product once. at_the_door: paid there, and otherwise by card at once."""

    user_name: str
    parts: Sequence[Part]
    at_the_door: bool

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal("0.00"))

    @property
    def payment_kind(self) -> str:
        return "cash_on_delivery" if self.at_the_door else "online"


def shoppers(do: Doing, names: Sequence[str]) -> dict[str, Any]:
    """The rows of those shoppers who are known, by user name."""
    return {r.user_name: r for r in do.all("select * from b2c_shopper where list_contains($names, user_name)", names=list(names))}


def enrol(do: Doing, people: Sequence[Newcomer]) -> None:
    """Registers shoppers whom the library plays; they sign in nowhere."""
    numbers = [do.number("MB") for _ in people]
    do.insert("member", [(n, "person", p.full_name, None, p.mailbox) for n, p in zip(numbers, people, strict=True)])
    do.insert("b2c_shopper", [(p.user_name, n, p.full_name, p.mailbox, p.phone, p.address, do.day) for n, p in zip(numbers, people, strict=True)])


def place(do: Doing, shop: Any, baskets: Sequence[Basket]) -> list[str]:
    """Orders that wait to be worked by hand, to be paid at the door: the goods are reserved. They are free. Gives the numbers."""
    who = shoppers(do, [b.user_name for b in baskets])
    numbers = [do.number(WEB_ORDER.prefix) for _ in baskets]
    batches.create(do, WEB_ORDER, [_ordered(n, b) for n, b in zip(numbers, baskets, strict=True)])
    batches.reserve(do, shop.member, shop.place, [(n, p.product, p.pieces) for n, b in zip(numbers, baskets, strict=True) for p in b.parts])
    days = promised_days(do, shop.merchant)
    do.insert("b2c_order", [
        _order(do, n, shop, who[b.user_name], b, None, days) for n, b in zip(numbers, baskets, strict=True)
    ])  # fmt: skip
    do.insert("b2c_order_line", [
        (n, p.product, p.pieces, p.price, p.amount, None) for n, b in zip(numbers, baskets, strict=True) for p in b.parts
    ])  # fmt: skip
    _bring(do, [(n, who[b.user_name].member, b.amount) for n, b in zip(numbers, baskets, strict=True)])
    return numbers


def _ordered(number: str, basket: Basket, *further: tuple[str, str]) -> Journey:
    """What becomes of a web order. The library did it, so it is no evidence of the student's."""
    by = f"{SHOPPER.name}:{basket.user_name}{AUTO}"
    paid = [] if basket.at_the_door or not further else [("paid", by)]
    return Journey(number, basket.user_name, [("drafted", by), ("placed", by), *paid, *further])


def _order(do: Doing, number: str, shop: Any, who: Any, basket: Basket, sales_order: str | None, return_days: int) -> tuple[Any, ...]:
    sent = sales_order is not None
    due = do.day + datetime.timedelta(days=COURIER_DAYS) if sent and basket.at_the_door else None
    received = do.day + datetime.timedelta(days=DAYS_UNDER_WAY[DELIVERY]) if sent else None
    return (
        number, shop.merchant, who.user_name, DELIVERY, basket.payment_kind, who.full_name, who.postal_address, who.phone, basket.amount, do.day, None,
        sales_order, do.day if sent else None, due, received, return_days,
    )  # fmt: skip


def fulfil(do: Doing, shop: Any, baskets: Sequence[Basket]) -> list[str]:
    """Orders that are paid, accepted, shipped and booked at once, as the merchant has it done. The goods are free. Gives the numbers."""
    who = shoppers(do, [b.user_name for b in baskets])
    orders = [do.number(WEB_ORDER.prefix) for _ in baskets]
    sold = [do.number(SALES_ORDER.prefix) for _ in baskets]
    keeper = f"{SHOPKEEPER.name}:{shop.merchant}{AUTO}"
    batches.create(do, WEB_ORDER, [_ordered(n, b, ("accepted", keeper), ("shipped", keeper)) for n, b in zip(orders, baskets, strict=True)])
    steps = [(state, keeper) for state in ("to_settle", "settled", "confirmed", "shipped")]
    batches.create(do, SALES_ORDER, [Journey(s, shop.merchant, steps, n) for s, n in zip(sold, orders, strict=True)])
    members = [who[b.user_name].member for b in baskets]
    _pay(do, shop, orders, baskets, members)
    costs, issued = batches.issue(do, shop.member, shop.place, sales.COST_OF_SALES, [
        (s, f"销售成本 Cost of {n}", [stock.Goods(p.product, p.pieces) for p in b.parts])
        for s, n, b in zip(sold, orders, baskets, strict=True)
    ])  # fmt: skip
    items = iter(sales.gross_priced(do, [
        sales.Item(p.amount, p.product, p.pieces, costs[s, p.product]) for s, b in zip(sold, baskets, strict=True) for p in b.parts
    ]))  # fmt: skip
    sale = [batches.Sale(n, shop.member, m, [next(items) for _ in b.parts]) for n, m, b in zip(orders, members, baskets, strict=True)]
    booked = [
        Entry("sale", f"销售 Sale {n}", [
            *sale_lines(b.payment_kind, b.amount, shop.member, m), *sales.earned(shop.member, x.items), ledger.Line(m, ledger.CAPITAL, b.amount),
        ], s)
        for s, n, b, m, x in zip(sold, orders, baskets, members, sale, strict=True)
    ]  # fmt: skip
    batches.post(do, [*issued, *booked])
    batches.sold(do, sale, "b2c")
    days = promised_days(do, shop.merchant)
    rows = [_order(do, n, shop, who[b.user_name], b, s, days) for s, n, b in zip(sold, orders, baskets, strict=True)]
    do.insert("b2c_order", rows)
    do.insert("b2c_order_line", [
        (n, p.product, p.pieces, p.price, p.amount, costs[s, p.product])
        for s, n, b in zip(sold, orders, baskets, strict=True) for p in b.parts
    ])  # fmt: skip
    batches.due(do, [(s, n, do.day + datetime.timedelta(days=COURIER_DAYS) if b.at_the_door else None) for s, n, b in zip(sold, orders, baskets, strict=True)])
    return orders


def _pay(do: Doing, shop: Any, orders: Sequence[str], baskets: Sequence[Basket], members: Sequence[str]) -> None:
    """Those who pay by card have paid to the shop's settlement account."""
    paid = [(n, m, b.amount) for n, m, b in zip(orders, members, baskets, strict=True) if not b.at_the_door]
    if paid:
        transactions = ebank.take_cards(do, ebank.merchant_account(do, shop.merchant, "merchant"), shop.merchant, paid)
        _keep_payments(do, shop, "online", [(n, amount, t) for (n, _, amount), t in zip(paid, transactions, strict=True)])


def _keep_payments(do: Doing, shop: Any, payment_kind: str, paid: Sequence[tuple[str, Decimal, str | None]]) -> None:
    numbers = [do.number(PAYMENT.prefix) for _ in paid]
    keeper = f"{SHOPKEEPER.name}:{shop.merchant}{AUTO}"
    batches.create(do, PAYMENT, [
        Journey(x, shop.merchant, [("remitted", keeper), ("banked", keeper)], n) for x, (n, _, _) in zip(numbers, paid, strict=True)
    ])  # fmt: skip
    do.insert("b2c_payment", [
        (x, n, payment_kind, amount, Decimal("0.00"), transaction, do.day, do.day) for x, (n, amount, transaction) in zip(numbers, paid, strict=True)
    ])  # fmt: skip


def collect(do: Doing, shop: Any, owed: Sequence[tuple[str, str, Decimal]]) -> None:
    """The courier has brought the cash for shipped orders, of (order, the shopper's member, amount); shoppers bring it from home."""
    _bring(do, owed)
    batches.post(do, [
        Entry("cash_on_delivery", f"货到付款 Cash on delivery of {n}", [
            ledger.Line(shop.member, ledger.CASH, amount),
            ledger.Line(shop.member, ledger.RECEIVABLE, -amount, member),
            ledger.Line(member, ledger.CASH, -amount),
            ledger.Line(member, ledger.PAYABLE, amount, shop.member),
        ], n)
        for n, member, amount in owed
    ])  # fmt: skip
    _keep_payments(do, shop, "cash_on_delivery", [(n, amount, None) for n, _, amount in owed])


def _bring(do: Doing, payers: Sequence[tuple[str, str, Decimal]]) -> None:
    """Shoppers have the cash for their orders from home, of (order, the shopper's member, amount)."""
    batches.post(do, [
        Entry("capital", f"顾客自备现金 Cash that the customer brings for {n}", [
            ledger.Line(member, ledger.CASH, amount), ledger.Line(member, ledger.CAPITAL, -amount),
        ])
        for n, member, amount in payers
    ])  # fmt: skip
