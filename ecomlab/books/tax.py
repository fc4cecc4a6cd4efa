"""Value added tax (增值税): its rates by goods and service, and what of a price is tax.

One rule for all prices: between companies goods are priced *net*, and the tax comes on top (`on_top`); what a shop asks of shoppers, and what carriers,
the marketing service and the payment platform ask by their public price lists, is *gross* and bears its tax (`within`). Labels say which.
Revenue, cost and stock are net everywhere; receivables, payables and money are gross. All companies are general taxpayers (一般纳税人). Persons are
none: what they buy bears its tax, and their own used things that they sell at auction are exempt (增值税法, article 24).

The rates stand in `data/tax_rates.csv` with the days on which they hold, the first and the last, and the law they come from. The accounts are those
of 财会〔2016〕22号. Tax is rounded half up, to the cent, for each line, as invoices have it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from ..kernel.doing import Looking

#: Supplies that are no product of the stock books, by their names in the table of rates; GOODS is what a product is that nothing else is said of.
GOODS, GRAIN, BOOKS = "goods", "grain", "books"
TRANSPORT, COURIER, MODERN_SERVICES, FINANCIAL_SERVICES = "transport", "courier", "modern_services", "financial_services"

#: Input tax that is confirmed for deduction, output tax, what a month's end has moved to be paid, what is to be paid, and input tax whose
#: invoices wait to be confirmed.
INPUT, OUTPUT, MOVED = "22210101", "22210102", "22210103"
UNPAID, PENDING = "222102", "222103"

_CENT = Decimal("0.01")


def rate(look: Looking, supply: str, day: datetime.date | None = None) -> Decimal:
    """The rate in percent of a service or kind of goods on a day, by default today. Raises LookupError for one that the table does not have."""
    found = _rate(look, supply, day or look.day)
    if found is None:
        raise LookupError(f"data/tax_rates.csv has no rate for {supply!r} on {day or look.day}")
    return found


def _rate(look: Looking, supply: str, day: datetime.date) -> Decimal | None:
    on = day.isoformat()
    rows = (r for r in look.scenario.rows("tax_rates") if r["supply"] == supply and r["from_day"] <= on and on <= (r["to_day"] or on))
    return next((Decimal(r["percent"]) for r in rows), None)


def rates(look: Looking, products: Iterable[str]) -> dict[str, Decimal]:
    """The rate in percent of each product today: that of the article itself, else of its category, else that of goods."""
    wanted = sorted(set(products))
    category = {r.gtin: r.product_category for r in look.all("select gtin, product_category from product where list_contains($wanted, gtin)", wanted=wanted)}
    return rates_of(look, {p: category.get(p, GOODS) for p in wanted})


def rates_of(look: Looking, category: Mapping[str, str]) -> dict[str, Decimal]:
    """The same where the products' categories are known."""
    standard = rate(look, GOODS)
    return {p: _rate(look, p, look.day) or _rate(look, c, look.day) or standard for p, c in category.items()}


def on_top(net: Decimal, percent: Decimal) -> Decimal:
    """The tax on a net amount, CNY."""
    return (net * percent / 100).quantize(_CENT, ROUND_HALF_UP)


def within(gross: Decimal, percent: Decimal) -> Decimal:
    """The tax that a gross amount bears, CNY."""
    return (gross * percent / (100 + percent)).quantize(_CENT, ROUND_HALF_UP)
