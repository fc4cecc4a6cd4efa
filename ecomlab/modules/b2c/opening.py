"""Opening stock: quantities are saved product by product, as often as need be, and posted to the books once."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypedDict

from ...books import documents, ledger, stock
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from . import scripted
from .catalogue import Product, sold_by
from .kinds import OPENING_STOCK
from .members import SHOPKEEPER, own, shop_of

OPENING_POSTED = refusal(
    "opening_posted",
    "期初商品已于 {day} 记账，只能记一次。以后进货请用采购订单，差异请用盘点调整。",
    "The opening stock was posted on {day}, which can be done only once. Buy more goods by purchase order, and correct differences by a stocktake.",
)
NOTHING_SAVED = refusal(
    "nothing_saved", "还没有保存任何商品的期初数量。请先逐项填写并保存。", "No product has an opening quantity yet. Enter and save the quantities first."
)


class OpeningRow(TypedDict):
    """So many pieces of a product."""

    product: Product
    quantity: Annotated[Count, Ask(ge="1", le="100000", unit=Text("件", "pieces"))]


documents.offer("b2c.opening_sheets", OPENING_STOCK, "saved", of="b2c_opening_stock", whose="merchant")


@command("B2C004", role=SHOPKEEPER, title=("保存期初数量", "Save opening quantities"))
def save_opening(do: Doing, goods: Annotated[list[OpeningRow], Ask("商品和数量", "Products and quantities")]) -> str:
    """Saves how many pieces of each product the shop begins with; gives the number of the sheet. Saved again, a quantity is replaced.

    Nothing is in the books until the sheet is posted. Refuses to touch one that has been.
    """
    stock.each_once(do, goods, "goods")
    rows: list[tuple[str, int, Decimal]] = []
    for r in goods:
        sold = sold_by(do, do.actor, r["product"], "goods")
        rows.append((sold.product, r["quantity"], sold.cost))
    known = do.one("select o.number, d.state, d.day from b2c_opening_stock o join document d using (number) where o.merchant = $actor", actor=do.actor)
    if known is None:
        number = documents.create(do, OPENING_STOCK, owner=do.actor).number
        do.execute("insert into b2c_opening_stock values ($number, $actor)", number=number, actor=do.actor)
    else:
        _refuse_posted(do, number := known.number, "goods")
    for product, quantity, cost in rows:
        do.execute(
            """insert into b2c_opening_line values ($number, $product, $quantity, $cost)
               on conflict do update set quantity = excluded.quantity, unit_cost = excluded.unit_cost""",
            number=number, product=product, quantity=quantity, cost=cost,
        )  # fmt: skip
    return str(number)


@command("B2C004", role=SHOPKEEPER, title=("期初商品记账", "Post the opening stock"))
def post_opening(do: Doing, sheet: Annotated[Ref, Ask("期初商品单", "Opening stock", choose="b2c.opening_sheets")]) -> Decimal:
    """Takes the saved quantities into stock at their expected cost, as capital brought in; gives their value. Done once."""
    document, _ = own(do, OPENING_STOCK, "b2c_opening_stock", sheet, "sheet")
    _refuse_posted(do, sheet, "sheet")
    lines = do.all("select product, quantity, unit_cost from b2c_opening_line where number = $number order by product", number=sheet)
    if not lines:
        raise NOTHING_SAVED("sheet")
    document.move_to("posted", "sheet")
    shop = shop_of(do, do.actor)
    goods = [stock.Goods(r.product, r.quantity, r.quantity * r.unit_cost) for r in lines]
    value = stock.receive(do, stock.Move(shop.member, shop.place, goods, f"期初商品 Opening stock of {shop.shop_name}", sheet), ledger.CAPITAL)
    scripted.first_customers(do, shop)
    return value


def _refuse_posted(do: Doing, number: str, field: str) -> None:
    if day := do.value("select day from document_history where document = $number and state = 'posted'", number=number):
        raise OPENING_POSTED(field, day=day)


@query("B2C004", role=SHOPKEEPER, title=("查看期初商品", "View the opening stock"))
def opening(do: Doing) -> Table:
    """Every product of the shop with what was saved: product, product_name, quantity, unit_cost, value, state."""
    return do.table(
        """select s.product, p.name as product_name, l.quantity, coalesce(l.unit_cost, s.cost) as unit_cost,
                  (l.quantity * l.unit_cost)::decimal(18,2) as value, d.state
           from b2c_product s join product p on p.gtin = s.product left join b2c_opening_stock o using (merchant)
           left join b2c_opening_line l on l.number = o.number and l.product = s.product left join document d on d.number = o.number
           where s.merchant = $actor order by s.product""",
        actor=do.actor,
    )
