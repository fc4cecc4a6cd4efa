"""How the floor and the shop meet: a parcel that is handed over ships its order, and what the shop does without the floor leaves bins and totes right."""

from __future__ import annotations

from ...books import documents, invoices
from ...books.courier import waybills
from ...books.courier.waybills import WAYBILL
from ...books.members import acting
from ...kernel.doing import Doing
from ..b2c import sales
from ..b2c.kinds import SALES_ORDER
from ..b2c.members import SHOPKEEPER
from . import bins
from .kinds import PARCEL


@documents.on(PARCEL, "handed_over")
def _ship(do: Doing, parcel: documents.Document) -> None:
    """The courier has the goods: now it is revenue, and invoiced. The customer should have them when the courier says."""
    row = do.one("select p.sales_order, p.waybill, o.number from floor_parcel p join b2c_order o using (sales_order) where p.number = $n", n=parcel.number)
    with acting(do, SHOPKEEPER.name, parcel.owner):
        sales.ship(do, row.sales_order)
    sales.expected(do, row.number, waybills.row_of(do, row.waybill).due_day)
    invoice = invoices.of_sale(do, row.number, bins.site_of(do, parcel.owner).member)
    if invoice:
        do.execute("update floor_parcel set invoice = $code where number = $n", code=invoice.code, n=parcel.number)


@documents.on(WAYBILL, "signed_for")
def _delivered(do: Doing, waybill: documents.Document) -> None:
    """The days within which goods may come back count from the signature."""
    row = do.one("select p.number, o.number as web_order from floor_parcel p join b2c_order o using (sales_order) where p.waybill = $w", w=waybill.number)
    if row:
        documents.find(do, PARCEL, row.number).move_to("delivered")
        sales.expected(do, row.web_order, do.day)


@documents.on(WAYBILL, "lost")
def _lost(do: Doing, waybill: documents.Document) -> None:
    """The shop makes it good (`b2c.losses`); nothing of it comes back to the floor."""
    if parcel := do.value("select number from floor_parcel where waybill = $w", w=waybill.number):
        documents.find(do, PARCEL, parcel).move_to("lost")


@documents.on(SALES_ORDER, "shipped")
def _left(do: Doing, order: documents.Document) -> None:
    """Where the floor has picked the goods, these are what leaves: their tote is emptied into the area from which goods leave first (`bins`)."""
    _empty_tote(do, order)


@documents.on(SALES_ORDER, "cancelled")
def _cancelled(do: Doing, order: documents.Document) -> None:
    """What was picked for an order that comes to nothing goes back to the receiving area."""
    _empty_tote(do, order)


def _empty_tote(do: Doing, order: documents.Document) -> None:
    if bins.site_of(do, order.owner):
        do.execute("delete from floor_tote where sales_order = $o", o=order.number)
        unpack(do, order.number)


def unpack(do: Doing, sales_order: str) -> None:
    """A parcel that the courier does not have is opened again, and its waybill void."""
    for r in do.all(
        """select p.number, p.waybill, d.state from floor_parcel p join document d using (number)
           where p.sales_order = $o and d.state in ('packed', 'with_waybill') order by p.number""",
        o=sales_order,
    ):
        documents.find(do, PARCEL, r.number).move_to("unpacked")
        if r.waybill:
            waybills.void(do, r.waybill)
        do.execute("update floor_parcel set waybill = null, list = null where number = $n", n=r.number)
