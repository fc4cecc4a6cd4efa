"""Sales: the one book in which what was sold meets what it had cost, whichever module sold it; and when what is owed is due.

A module that sells calls `sell`, which posts the revenue and its output tax and writes a line for each product; what the goods cost on a line
is what the stock books say of the delivery. Revenue is net of value added tax (`tax`): `net_priced` and `gross_priced` make the items of a sale from its
prices. Goods that come back are a sale with everything negative. Reports read these lines, and the audit holds them against the accounts.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from ..kernel.audit import invariant
from ..kernel.doing import Doing, Looking
from . import ledger, tax

REVENUE = "6001"
COST_OF_SALES = "6401"
#: In which way something is sold (`sale_line.channel`): what differs in its margin is not mixed. Services have no cost of sales of their own.
Channel = Literal["b2c", "b2b", "wholesale", "edi", "joint", "consignment", "auction", "carriage", "service"]


class Item(NamedTuple):
    """What is sold of one product ('' for what is none of the stock books), and the revenue of all its pieces, CNY, without tax.

    cost: its cost of sales, CNY, where no delivery says it. tax: the value added tax on it, CNY; 0 where the seller charges none.
    """

    revenue: Decimal
    product: str = ""
    quantity: int = 1
    cost: Decimal = Decimal("0.00")
    tax: Decimal = Decimal("0.00")


def net_priced(look: Looking, items: Sequence[Item], supply: str | None = None) -> list[Item]:
    """Items whose revenue is at net prices, as between companies, with the tax that comes on top. supply: the service they are, where they are no products."""
    return [item._replace(tax=tax.on_top(item.revenue, percent)) for item, percent in _rated(look, items, supply)]


def gross_priced(look: Looking, items: Sequence[Item], supply: str | None = None, rates: Mapping[str, Decimal] | None = None) -> list[Item]:
    """Items whose `revenue` is at gross prices, as in a shop, parted into revenue and the tax that it bears. supply: as for `net_priced`.
    rates: what `tax.rates` gives, where many sales are priced.
    """
    parted = [(item, tax.within(item.revenue, percent)) for item, percent in _rated(look, items, supply, rates)]
    return [item._replace(revenue=item.revenue - borne, tax=borne) for item, borne in parted]


def _rated(look: Looking, items: Sequence[Item], supply: str | None, rates: Mapping[str, Decimal] | None = None) -> list[tuple[Item, Decimal]]:
    if supply is not None:
        return [(item, tax.rate(look, supply)) for item in items]
    percent = tax.rates(look, [item.product for item in items]) if rates is None else rates
    return [(item, percent[item.product]) for item in items]


def total(items: Sequence[Item]) -> Decimal:
    """What is to be paid for items, CNY: revenue and tax."""
    return sum((item.revenue + item.tax for item in items), Decimal("0.00"))


def tax_owed(buyer: str, seller: str, items: Sequence[Item], owed: str = ledger.PAYABLE) -> list[ledger.Line]:
    """The buyer's lines for the tax on what it bought: input tax that waits for the confirmation of the invoice, and owed to the seller as well."""
    amount = sum((item.tax for item in items), Decimal("0.00"))
    return [ledger.Line(buyer, tax.PENDING, amount), ledger.Line(buyer, owed, -amount, seller)] if amount else []


def sell(
    do: Doing, kind: str, text: str, document: str, seller: str, buyer: str | None, items: Sequence[Item], against: Sequence[ledger.Line],
    others: Sequence[ledger.Line] = (), *, channel: Channel, posted_on: str | None = None, delivered_by: str | None = None,
) -> int:  # fmt: skip
    """Posts revenue and output tax of a sale and writes its sale lines; gives the number of the ledger entry.

    against: the lines that stand against the two, the whole of what is to be paid; others: those that follow it. posted_on: the document of the
    entry, where it is not that of the sale. buyer: None for whoever is no member. delivered_by: the document under which the goods left the
    seller's stock, and whose cost they have.
    """
    entry = ledger.post(do, kind, text, [*against, *earned(seller, items), *others], posted_on or document)
    values, parameters = ledger.values(items)
    do.execute(
        f"""insert into sale_line
            select $day, $document, $seller, $buyer, i.product, i.quantity, i.revenue, i.tax, coalesce(-d.value, i.cost), $channel
            from (values {values}) i(revenue, product, quantity, cost, tax) left join (
                select product, sum(value) as value from stock_movement
                where document = $delivery and owner = $seller and kind in ('issue', 'delivery') group by product) d using (product)""",
        day=do.day, document=document, seller=seller, buyer=buyer, channel=channel, delivery=delivered_by, **parameters,
    )  # fmt: skip
    return entry


def earned(seller: str, items: Sequence[Item]) -> list[ledger.Line]:
    """The seller's lines for what it sold: revenue, and output tax where there is any."""
    revenue = sum((item.revenue for item in items), Decimal("0.00"))
    charged = sum((item.tax for item in items), Decimal("0.00"))
    return [ledger.Line(seller, REVENUE, -revenue), *([ledger.Line(seller, tax.OUTPUT, -charged)] if charged else [])]


def take_back(do: Doing, entry: int, kind: str, text: str, document: str) -> None:
    """Reverses the entry of a sale, and whatever its document has sold."""
    ledger.reverse(do, entry, kind, text, document)
    do.execute(
        """insert into sale_line select $day, document, seller, buyer, product, -sum(quantity), -sum(revenue), -sum(tax), -sum(cost), channel
           from sale_line where document = $document group by document, seller, buyer, product, channel having sum(quantity) <> 0 or sum(revenue) <> 0""",
        day=do.day, document=document,
    )  # fmt: skip


def share_out(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """An amount in parts by weight, each in whole cents, no cent lost: a part goes up to the rounded share of all weights so far."""
    whole, so_far, ends = sum(weights), Decimal(0), [Decimal("0.00")]
    for weight in weights:
        so_far += weight
        ends.append((amount * so_far / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return [end - start for start, end in zip(ends, ends[1:], strict=False)]


def due(do: Doing, document: str, day: datetime.date | None, counts_with: str | None = None) -> None:
    """Says by when what is owed on a document is to be paid, if that is agreed, and with which document it makes one open item, if not alone."""
    do.execute(
        "insert into due_line values ($document, $item, $day) on conflict do update set due_day = excluded.due_day",
        document=document, item=counts_with or document, day=day,
    )  # fmt: skip


@invariant("sales_booked", "销售明细的收入和成本等于卖方的主营业务收入和成本", "Revenue and cost of a seller's sale lines are its accounts 6001 and 6401")
def _booked(look: Looking) -> list[str]:
    return [
        f"{r.seller}: lines {r.revenue} and {r.cost}, ledger {r.booked_revenue} and {r.booked_cost}"
        for r in look.all(
            """select * from (select seller, sum(revenue) as revenue, sum(cost) as cost from sale_line group by seller) full join (
                   select owner as seller, -sum(amount) filter (account = '6001') as booked_revenue, sum(amount) filter (account = '6401') as booked_cost
                   from account_flow where account in ('6001', '6401') group by owner) using (seller)
               where coalesce(revenue, 0) <> coalesce(booked_revenue, 0) or coalesce(cost, 0) <> coalesce(booked_cost, 0) order by seller"""
        )
    ]


@invariant("tax_booked", "销售明细的税额等于卖方的销项税额", "The tax of a seller's sale lines is its output tax")
def _taxed(look: Looking) -> list[str]:
    """The account also has the tax on fees (6021) and other revenue (6051), which are no sales; it is what their entries say."""
    return [
        f"{r.seller}: lines {r.tax}, ledger {r.booked}"
        for r in look.all(
            """select * from (select seller, sum(tax) as tax from sale_line group by seller) full join (
                   select owner as seller, -sum(amount) as booked from posting p where account = '22210102' and not exists (
                       select 1 from posting f where f.entry = p.entry and f.owner = p.owner and f.account in ('6021', '6051')) group by owner) using (seller)
               where coalesce(tax, 0) <> coalesce(booked, 0) order by seller"""
        )
    ]


@invariant("sales_both_sides", "每笔卖出的商品既有成本也有收入", "Goods that were sold have a revenue beside their cost")
def _both_sides(look: Looking) -> list[str]:
    return [
        f"{r.document}: {r.quantity} of {r.product} cost {r.cost} and brought nothing"
        for r in look.all(
            """select document, product, sum(quantity) as quantity, sum(cost) as cost from sale_line group by document, product
               having sum(cost) <> 0 and sum(revenue) = 0 order by document, product"""
        )
    ]
