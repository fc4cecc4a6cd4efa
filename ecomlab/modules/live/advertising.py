"""What a shop spends on being seen: the platform debits it each business day, and invoices it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from ...books import invoices, ledger, sales, tax
from ...books.batches import Batch, Entry, Sale
from ...kernel.doing import Looking
from .. import ebank
from ..b2c import many, platform
from .instructions import CHANNELS, budgets

#: Selling expenses.
SELLING = "6601"


class _Account(NamedTuple):
    """An account at the bank, and whose it is."""

    number: str
    member: str


def pay(batch: Batch, shop: many.Shop) -> dict[str, Decimal]:
    """Books the day's advertisements at the budgets that hold, if the settlement account can pay for all of them; gives what is spent, by channel."""
    do, wanted = batch.do, budgets(batch.do, shop.merchant)
    total = sum(wanted.values(), Decimal("0.00"))
    if not total or shop.account is None or shop.account.balance + batch.so_far(shop.member, ledger.BANK, shop.account.number) < total:
        return {}
    house = platform(do)
    rows = {r.number: r for r in do.all("select * from member where number in ($shop, $house)", shop=shop.member, house=house.member)}
    number = do.number("AD")
    items = sales.gross_priced(do, [sales.Item(total)], tax.MODERN_SERVICES)
    net = sum((item.revenue for item in items), Decimal("0.00"))
    spent = [ledger.Line(shop.member, SELLING, net), ledger.Line(shop.member, ledger.PAYABLE, -net, house.member)]
    owed = [ledger.Line(house.member, ledger.RECEIVABLE, total, shop.member)]
    taxed = sales.tax_owed(shop.member, house.member, items)
    batch.post([Entry("advertising", f"广告费 Advertising {number}", [*owed, *sales.earned(house.member, items), *spent, *taxed], number)])
    batch.sold([Sale(number, house.member, shop.member, items)], "service")
    invoices.issue_at_once(batch, number, rows[house.member], rows[shop.member], items)
    ebank.debit_at_once(batch, shop.account, _Account(house.account, house.member), total, number)
    batch.add("live_ad", [(shop.merchant, do.day, channel, amount, number) for channel, amount in wanted.items()])
    return wanted


def spent(look: Looking, merchant: str, days: int, today: Mapping[str, Decimal]) -> list[list[int]]:
    """By channel, what was spent on each of so many days, the latest first, in fen. today: what `pay` has booked."""
    rows = look.all(
        "select day, ad_channel, spent from live_ad where merchant = $m and day > $since", m=merchant, since=look.day - datetime.timedelta(days=days)
    )
    found = [[0] * days for _ in CHANNELS]
    for channel, amount in today.items():
        found[CHANNELS.index(channel)][0] = int(amount * 100)
    for r in rows:
        found[CHANNELS.index(r.ad_channel)][(look.day - r.day).days] = int(r.spent * 100)
    return found
