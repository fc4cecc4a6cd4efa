"""Invoices of a shop: those that its customers ask for, and those that it receives from its suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, invoices, sales
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .kinds import WEB_ORDER
from .members import SHOPKEEPER, SHOPPER, own, shop_of, shopper_of
from .payments import STORE_CARD, payment_of

INVOICED_ALREADY = refusal(
    "invoiced_already",
    "订单 {number} 的发票已开具（{code}），抬头不能再改。如有错误，请联系商店红冲重开。",
    "The order {number} has been invoiced ({code}), so its title cannot change any more. If it is wrong, ask the shop to take the invoice back.",
)
NO_INVOICE_DUE = refusal(
    "no_invoice_due", "订单 {number} 现为“{state}”，不能开发票。请选择其他订单。", "The order {number} is {state}, so it is not invoiced. Choose another order."
)
CARD_INVOICED = refusal(
    "card_invoiced",
    "订单 {number} 用储值卡付款，不能再开发票：购卡、充值时可以开。请选择其他订单。",
    "The order {number} was paid by store card, so it is not invoiced: who buys a card or tops it up can have an invoice then. Choose another order.",
)

documents.offer("b2c.orders_to_invoice", WEB_ORDER, "drafted", "placed", "paid", "accepted", "shipped", of="b2c_order", whose="shopper")


@choices("b2c.invoices_received")
def _received(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select i.number, i.code, s.name, (i.net + i.tax)::decimal(18,2) as amount from invoice i join document d using (number)
           join member s on s.number = i.seller join b2c_merchant m on m.member = i.buyer
           where m.merchant = $actor and d.state = 'delivered' and i.invoice_kind = 'special' and i.blue is null order by i.number""",
        actor=actor,
    )
    return [(r.number, documents.label((r.code, r.name, r.amount))) for r in rows]


# --- for customers -----------------------------------------------------------------------------------------------------


@command(role=SHOPPER, title=("索取发票", "Ask for an invoice"))
def ask_invoice(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_to_invoice")],
    title: Annotated[Line, Ask("发票抬头", "Made out to", max=100)],
    tax_number: Annotated[Line, Ask("纳税人识别号", "Tax number", max=20, help=Text("个人不填", "Leave empty for a person"))] = "",
) -> str | None:
    """Says to whom the invoice of an order is made out; gives the invoice's number if the order has been shipped, otherwise it comes with the shipment.

    It can be changed until the invoice is issued. Refuses a tax number that is none, and an order that a store card has paid: that money may be
    invoiced when it is put on the card, and not again (国家税务总局公告2016年第53号, article 3).
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    if document.state not in ("drafted", "placed", "paid", "accepted", "shipped"):
        raise NO_INVOICE_DUE("order", number=order, state=WEB_ORDER.said(document.state))
    if (paid := payment_of(do, order)) and paid.payment_kind == STORE_CARD:
        raise CARD_INVOICED("order", number=order)
    code = invoices.checked_tax_number(tax_number, "tax_number") if tax_number else None
    if made := invoices.of_sale(do, order, shop_of(do, row.merchant).member):
        raise INVOICED_ALREADY("order", number=order, code=made.code)
    do.execute(
        """insert into b2c_invoice_title values ($n, $title, $code) on conflict do update set title = excluded.title, tax_number = excluded.tax_number""",
        n=order, title=title, code=code,
    )  # fmt: skip
    return issue_for(do, row, _sold(do, order)) if document.state == "shipped" else None


def issue_for(do: Doing, order: Any, items: Sequence[sales.Item], sale: str | None = None) -> str | None:
    """Invoices a sold order (its row) to whom its customer has asked for; gives the invoice's number, or None where nobody asked for one.

    sale: the document under which the items were sold, where it is not the order.
    """
    asked = do.one("select title, tax_number from b2c_invoice_title where number = $n", n=order.number)
    if asked is None or not items:
        return None
    seller, buyer = shop_of(do, order.merchant).member, shopper_of(do, order.shopper).member
    return invoices.issue(do, sale or order.number, seller, buyer, items, title=asked.title, tax_number=asked.tax_number)


def _sold(look: Looking, order: str) -> list[sales.Item]:
    """What is sold by an order, less what came back."""
    rows = look.all(
        """select product, sum(quantity)::integer as quantity, sum(revenue) as revenue, sum(tax) as tax from sale_line
           where document = $n or document in (select number from b2c_return where web_order = $n) group by 1 having sum(quantity) > 0 order by 1""",
        n=order,
    )
    return [sales.Item(r.revenue, r.product, r.quantity, Decimal("0.00"), r.tax) for r in rows]


# --- for shops -----------------------------------------------------------------------------------------------------------


@query(role=SHOPKEEPER, title=("查看发票", "View the invoices"))
def shop_invoices(do: Doing) -> Table:
    """The invoices and credit notes that the shop's company has issued or received: number, code, invoice_kind, state, day, seller_name, title, net,
    tax, sale, blue."""
    return invoices.listed(do, shop_of(do, do.actor).member)


@command(role=SHOPKEEPER, title=("查验发票", "Verify an invoice"))
def verify_invoice(do: Doing, invoice: Annotated[Ref, Ask("发票", "Invoice", choose="b2c.invoices_received")]) -> str:
    """Holds an invoice received against what was booked; gives its state. Refuses one that differs."""
    return invoices.verify(do, invoice, shop_of(do, do.actor).member).state


@command(role=SHOPKEEPER, title=("抵扣进项税额", "Deduct input tax"))
def deduct_invoices(do: Doing) -> dict[str, Any]:
    """Claims the tax of all verified invoices of the company: from tax to be confirmed to input tax. Gives how many, and the tax."""
    return invoices.deduct(do, shop_of(do, do.actor).member)._asdict()
