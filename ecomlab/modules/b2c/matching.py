"""The three-way match of a shop's purchases: order, receipt and the supplier's own invoice, before anything is paid.

The supplier that delivers short (`briefs.deal`) also errs in its first invoice to the student's company: a price or a number of pieces that was not agreed,
or the same invoice twice, by the world's seed.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, invoices, sales
from ...books.cast import own_company
from ...books.invoices import mistakes
from ...books.members import named
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Ref
from .briefs import deal
from .kinds import PURCHASE
from .members import SHOPKEEPER, own, shop_of, tell

#: By how much the invoiced price of a piece may differ from the ordered one, CNY: the rounding of a line.
TOLERANCE = Decimal("0.01")

MISMATCH = refusal(
    "purchase_mismatch",
    "采购订单 {number} 的供应商发票与订单或收货不一致（{product}），已冻结。请先要求更正发票，再结算。",
    "The supplier's invoice for {number} does not match order and receipt ({product}) and is blocked. Ask for a right invoice before you settle.",
)
NOTHING_BLOCKED = refusal(
    "no_invoice_blocked",
    "采购订单 {number} 没有被冻结的发票，无需更正。请直接结算。",
    "No invoice of {number} is blocked, so nothing has to be corrected. Settle the order.",
)

documents.offer(
    "b2c.purchases_blocked", PURCHASE, "part_received", "received", of="b2c_purchase", whose="merchant",
    where="exists (select 1 from invoice i join document x on x.number = i.number where i.sale = t.number and x.state = 'blocked')",
)  # fmt: skip

Received = Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2c.purchases")]


def billing_error(look: Looking) -> str:
    """What the supplier's billing office gets wrong in this world's first invoice: 'price', 'quantity' or 'twice'."""
    return look.stream("b2c.billing").choice(mistakes.ERRORS)


def bill(do: Doing, purchase: str, supplier: str, shop: str, items: Sequence[sales.Item]) -> None:
    """The supplier invoices what was received of a purchase; what is wrong is blocked at once."""
    careless = named(do, supplier).uscc == deal(do).supplier.uscc and named(do, shop).uscc == own_company(do).uscc
    before = "select 1 from invoice i join b2c_purchase p on p.number = i.sale where i.seller = $seller and i.buyer = $buyer limit 1"
    errs = careless and do.value(before, seller=supplier, buyer=shop) is None
    mistakes.bill(do, purchase, supplier, shop, items, billing_error(do) if errs else None)


@query("B2C007", role=SHOPKEEPER, title=("核对采购、收货与发票", "Match purchase, receipt and invoice"))
def match_purchase(do: Doing, purchase: Received) -> Table:
    """The three-way match: product, product_name, ordered_quantity, received_quantity, settled_quantity, ordered_price, settled_price, matches.

    settled_quantity and settled_price are those of the supplier's own invoices. The price of a piece may differ by a cent (`TOLERANCE`).
    """
    return _match(do, own(do, PURCHASE, "b2c_purchase", purchase, "purchase")[1])


def _match(look: Looking, row: Any) -> Table:
    return look.table(
        """select l.product, p.name as product_name, l.quantity as ordered_quantity, l.received_quantity, i.quantity as settled_quantity,
                  l.unit_cost as ordered_price, i.price as settled_price,
                  coalesce(i.quantity <= l.quantity and i.quantity = l.received_quantity and abs(i.price - l.unit_cost) <= $tolerance, false) as matches
           from b2c_purchase_line l join product p on p.gtin = l.product
           left join (select x.product, sum(x.quantity)::integer as quantity, (sum(x.net) / sum(x.quantity))::decimal(18,2) as price
                      from invoice v join document d using (number) join invoice_line x on x.invoice = v.number
                      where v.sale = $n and v.seller = $supplier and v.blue is null and d.state <> 'red_lettered' group by 1) i on i.product = l.product
           where l.number = $n and l.received_quantity > 0 order by l.product""",
        n=row.number, supplier=row.supplier, tolerance=TOLERANCE,
    )  # fmt: skip


def hold_against(do: Doing, row: Any) -> None:
    """Holds order, receipt and invoices of a purchase (its row) against each other before it is settled, and verifies what is right.

    Refuses 'purchase_mismatch'.
    """
    for line in _match(do, row):
        if not line.matches:
            raise MISMATCH("purchase", number=row.number, product=line.product_name)
    mistakes.verify_all(do, row.number, row.supplier, shop_of(do, row.merchant).member)


def awaited(look: Looking, company: str, upto: datetime.date | None = None) -> Table:
    """What the shops of a company had received and no right invoice had come for at the end of a day, as `invoices.not_invoiced` has it."""
    return invoices.not_invoiced(look, company, "select p.number from b2c_purchase p join b2c_merchant s using (merchant) where s.member = $buyer", upto)


@query(role=SHOPKEEPER, title=("查看暂估入库", "View goods received, not invoiced"))
def not_invoiced(do: Doing, upto: invoices.UpTo = None) -> Table:
    """Goods that have come and of which no right invoice has (暂估): number (of the purchase), supplier, day, net. They are stock and payable since their
    receipt, at the price of the order; at a month's end they are the accrual."""
    return awaited(do, shop_of(do, do.actor).member, upto)


@command(role=SHOPKEEPER, title=("要求更正采购发票", "Ask for a right purchase invoice"))
def correct_purchase_invoice(do: Doing, purchase: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2c.purchases_blocked")]) -> dict[str, Any]:
    """Has the supplier take back the blocked invoices of a purchase by credit notes, and invoice what no other invoice covers.

    Gives the credit notes and the new invoice, or None where the right one is there already. Refuses a purchase of which no invoice is blocked.
    """
    row: Any = own(do, PURCHASE, "b2c_purchase", purchase, "purchase")[1]
    shop = shop_of(do, row.merchant)
    done = mistakes.correct(do, purchase, row.supplier, shop.member)
    if done is None:
        raise NOTHING_BLOCKED("purchase", number=purchase)
    notes = done["credit_notes"]
    tell(
        do, named(do, shop.member).mailbox, f"发票已更正 Invoice corrected {purchase}",
        f"采购订单 {purchase} 的错误发票已红冲（{'、'.join(notes)}）。给您带来不便，深表歉意。\n\n"
        f"The wrong invoice for {purchase} has been taken back by a credit note ({', '.join(notes)}). We are sorry for the trouble.\n",
    )  # fmt: skip
    return done


