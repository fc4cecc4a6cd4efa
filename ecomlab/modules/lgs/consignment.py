"""Goods on consignment: they lie at a consignee's and are still the shipper's, until the consignee has sold them or they are fetched back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypedDict

from ...books import documents, ledger, sales, stock
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Money, Ref
from . import slips
from .members import SHIPPER
from .receiving import inbound
from .slips import GoodsRows
from .warehouses import Warehouse

CONSIGNMENT_SALE = documents.kind("consignment_sale", "CS", ("代销单", "consignment sale"), {"posted": ()})

NO_CONSIGNMENT = refusal(
    "no_consignment",
    "{place} 处没有你寄存的商品。请从列表中选择。",
    "You have no goods on consignment at {place}. Choose from the list.",
)

Consigned = Annotated[Ref, Ask("寄存地点", "Consignee's place", choose="lgs.consigned")]


class SoldRow(TypedDict):
    """So many pieces of a product that the consignee has sold, and for how much each."""

    product: Annotated[Ref, Ask(choose="lgs.products")]
    quantity: Annotated[Count, Ask(ge="1", le="100000", unit=Text("件", "pieces"))]
    price: Annotated[Money, Ask(ge="0.01", le="1000000", unit=Text("元", "CNY"))]


@choices("lgs.consigned")
def _places(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select p.number, p.name, sum(l.on_hand) as pieces from stock_place p join stock_level l on l.place = p.number
           where p.kind = 'consignee' and p.keeper = $actor and l.on_hand > 0 group by p.number, p.name order by p.number""",
        actor=actor,
    )
    return [(r.number, documents.label((r.name, r.pieces))) for r in rows]


@query(role=SHIPPER, title=("查看寄存的商品", "View goods on consignment"))
def consigned(do: Doing) -> Table:
    """What lies at consignees and is still the company's: place, name (of the consignee), product, product_name, on_hand."""
    return do.table(
        """select l.place, p.name, l.product, g.name as product_name, l.on_hand from stock_level l join stock_place p on p.number = l.place
           join product g on g.gtin = l.product where p.kind = 'consignee' and p.keeper = $actor and l.on_hand > 0 order by l.place, l.product""",
        actor=do.actor,
    )


@command(role=SHIPPER, title=("登记代销", "Enter a consignment sale"))
def sell_consigned(do: Doing, place: Consigned, goods: Annotated[list[SoldRow], Ask("售出的商品", "Goods sold")]) -> dict[str, Any]:
    """Enters what a consignee has sold and paid for in cash, tax included; gives the number of the sale, revenue (net of tax) and cost.

    The goods leave the company's stock only now, and now they bring revenue (CAS 14). Refuses more than lies there.
    """
    name = _name(do, place)
    stock.each_once(do, goods, "goods")
    pieces = [stock.Goods(stock.checked(do, r["product"], "goods").gtin, r["quantity"]) for r in goods]
    items = sales.gross_priced(do, [sales.Item(r["price"] * r["quantity"], r["product"], r["quantity"]) for r in goods])
    revenue = sum((item.revenue for item in items), Decimal("0.00"))
    sale = documents.create(do, CONSIGNMENT_SALE, owner=do.actor).number
    cost = stock.issue(do, stock.Move(do.actor, place, pieces, f"代销成本 Cost of {sale}", sale, field="goods"), sales.COST_OF_SALES)
    sales.sell(
        do, "sale", f"代销 Sold by {name}", sale, do.actor, None, items, [ledger.Line(do.actor, ledger.CASH, sales.total(items))],
        channel="consignment", delivered_by=sale,
    )
    return {"consignment_sale": sale, "revenue": revenue, "cost": cost}


@command(role=SHIPPER, title=("收回寄存的商品", "Fetch goods back from a consignee"))
def fetch_back(do: Doing, place: Consigned, warehouse: Warehouse, goods: GoodsRows) -> str:
    """Has goods on consignment brought back to a carrier's warehouse, which counts and receives them; gives the number of the goods receipt.

    Refuses more than lies there, a carrier whose customer the company is not, and a warehouse that is too full.
    """
    _name(do, place)
    return inbound(do, do.actor, warehouse, slips.goods_of(do, goods, "goods"), origin=place).number


def _name(do: Doing, place: str) -> str:
    """The consignee at whose place goods of the acting company lie. Refuses 'no_consignment'."""
    name: str | None = do.value("select name from stock_place where number = $place and kind = 'consignee' and keeper = $me", place=place, me=do.actor)
    if name is None:
        raise NO_CONSIGNMENT("place", place=place[:40])
    return name
