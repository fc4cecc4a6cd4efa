"""What a shop spends on being seen: the platform debits it each business day, and invoices it."""

from __future__ import annotations

import datetime
from decimal import Decimal

from ...books import invoices, ledger, sales, tax
from ...kernel.doing import Doing, Looking
from .. import ebank
from ..b2c import many, platform
from .instructions import CHANNELS, budgets

#: Selling expenses.
SELLING = "6601"


def pay(do: Doing, shop: many.Shop) -> None:
    """Books the day's advertisements at the budgets that hold, if the settlement account can pay for all of them."""
    wanted = budgets(do, shop.merchant)
    total = sum(wanted.values(), Decimal("0.00"))
    if not total or shop.account is None or shop.account.balance < total:
        return
    house = platform(do)
    number = do.number("AD")
    items = sales.gross_priced(do, [sales.Item(total)], tax.MODERN_SERVICES)
    net = sum((item.revenue for item in items), Decimal("0.00"))
    spent = [ledger.Line(shop.member, SELLING, net), ledger.Line(shop.member, ledger.PAYABLE, -net, house.member)]
    owed = [ledger.Line(house.member, ledger.RECEIVABLE, total, shop.member)]
    sales.sell(
        do, "advertising", f"广告费 Advertising {number}", number, house.member, shop.member, items, owed,
        [*spent, *sales.tax_owed(shop.member, house.member, items)],
    )  # fmt: skip
    invoices.issue(do, number, house.member, shop.member, items)
    ebank.debit(do, shop.account.number, house.account, total, number)
    do.insert("live_ad", [(shop.merchant, do.day, channel, amount, number) for channel, amount in wanted.items()])


def spent(look: Looking, merchant: str, days: int) -> list[list[int]]:
    """By channel, what was spent on each of so many days, the latest first, in fen."""
    rows = look.all(
        "select day, ad_channel, spent from live_ad where merchant = $m and day > $since", m=merchant, since=look.day - datetime.timedelta(days=days)
    )
    found = [[0] * days for _ in CHANNELS]
    for r in rows:
        found[CHANNELS.index(r.ad_channel)][(look.day - r.day).days] = int(r.spent * 100)
    return found
