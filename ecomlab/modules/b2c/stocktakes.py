"""Counting the goods: the books are frozen on a sheet, what is on the shelf is counted, and the difference is posted.

A gain is taken in at what a piece is worth now; gain and loss both go to administrative expenses (6602), as the guide to the
Chinese Accounting Standards has it for differences that come from counting and keeping. The sheet is good only as long as no
goods have moved: after that the difference would no longer be one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypedDict

from ...books import documents, stock
from ...books.costing import money
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from .catalogue import Product, sold_by
from .kinds import STOCKTAKE
from .members import SHOPKEEPER, own, shop_of

ADMINISTRATION = "6602"

NOTHING_TO_COUNT = refusal(
    "nothing_to_count", "本店还没有商品，无法盘点。请先登记商品（B2C003）。", "Your shop has no products to count. Register some first (B2C003)."
)
SHEET_OPEN = refusal(
    "sheet_open", "盘点表 {number} 尚未完成。请先调整库存，或将其作废。", "The count sheet {number} is not finished. Adjust the stock by it or void it first."
)
NOT_ON_SHEET = refusal(
    "not_on_sheet", "盘点表 {number} 中没有“{name}”。请从表中的商品中选择。", "The count sheet {number} has no {name}. Choose one of its products."
)
STOCK_MOVED = refusal(
    "stock_moved",
    "盘点表 {number} 生成后，库存又有变动（{product}，{document}），不能据此调整。请作废后重新盘点。",
    "Stock has moved since the count sheet {number} was made ({product}, {document}), so you cannot adjust by it. Void it and count again.",
)

documents.offer("b2c.stocktakes", STOCKTAKE, of="b2c_stocktake", whose="merchant")
documents.offer("b2c.stocktakes_open", STOCKTAKE, "frozen", "tallied", of="b2c_stocktake", whose="merchant")
documents.offer("b2c.stocktakes_tallied", STOCKTAKE, "tallied", of="b2c_stocktake", whose="merchant")

Open = Annotated[Ref, Ask("盘点表", "Count sheet", choose="b2c.stocktakes_open")]


class CountRow(TypedDict):
    """So many pieces of a product were found."""

    product: Product
    counted_quantity: Annotated[Count, Ask(ge="0", le="1000000", unit=Text("件", "pieces"))]


def _last_movement(look: Looking, shop: Any) -> int:
    return int(look.value("select coalesce(max(number), 0) from stock_movement where owner = $o and place = $p", o=shop.member, p=shop.place))


@command("B2C016", role=SHOPKEEPER, title=("生成盘点表", "Make a count sheet"))
def freeze(do: Doing) -> str:
    """Freezes what the books say of every product of the shop on a sheet; gives its number. One sheet at a time."""
    shop = shop_of(do, do.actor)
    running = do.value(
        "select t.number from b2c_stocktake t join document d using (number) where t.merchant = $actor and d.state in ('frozen', 'tallied')", actor=do.actor
    )
    if running:
        raise SHEET_OPEN(number=running)
    made = documents.create(do, STOCKTAKE, owner=do.actor)
    lines = do.value(
        """insert into b2c_stocktake_line select $n, s.product, coalesce(l.on_hand, 0), null, null from b2c_product s
           left join stock_level l on l.owner = $owner and l.place = $place and l.product = s.product where s.merchant = $actor""",
        n=made.number, owner=shop.member, place=shop.place, actor=do.actor,
    )  # fmt: skip
    if not lines:
        raise NOTHING_TO_COUNT()
    do.execute("insert into b2c_stocktake values ($n, $actor, $last)", n=made.number, actor=do.actor, last=_last_movement(do, shop))
    return made.number


@command("B2C016", role=SHOPKEEPER, title=("录入实盘数量", "Enter what was counted"))
def tally(do: Doing, stocktake: Open, counted: Annotated[list[CountRow], Ask("实盘数量", "What was counted")]) -> int:
    """Enters what was found of products; gives the sum of the differences so far, in pieces. Entered again, a count is replaced."""
    document, _ = own(do, STOCKTAKE, "b2c_stocktake", stocktake, "stocktake")
    document.move_to("tallied", "stocktake")
    stock.each_once(do, counted, "counted")
    for r in counted:
        name = sold_by(do, do.actor, r["product"], "counted").name
        if not do.value(
            "update b2c_stocktake_line set counted_quantity = $q where number = $n and product = $product",
            q=r["counted_quantity"], n=stocktake, product=r["product"],
        ):  # fmt: skip
            raise NOT_ON_SHEET("counted", number=stocktake, name=name)
    return int(do.value("select coalesce(sum(counted_quantity - book_quantity), 0) from b2c_stocktake_line where number = $n", n=stocktake))


@command("B2C016", role=SHOPKEEPER, title=("调整库存", "Adjust the stock"))
def adjust(do: Doing, stocktake: Annotated[Ref, Ask("盘点表", "Count sheet", choose="b2c.stocktakes_tallied")]) -> Decimal:
    """Makes the books say what was counted; gives the value of the differences, gains positive. What was not counted stays.

    Refuses 'stock_moved' if goods came or went since the sheet was made, and to write off what is reserved for orders.
    """
    document, row = own(do, STOCKTAKE, "b2c_stocktake", stocktake, "stocktake")
    document.must_allow("adjusted", "stocktake")
    shop = shop_of(do, do.actor)
    if _last_movement(do, shop) != row.last_movement:
        later = do.one(
            """select p.name, v.document from stock_movement v join product p on p.gtin = v.product
               where v.owner = $o and v.place = $p and v.number > $last order by v.number limit 1""",
            o=shop.member, p=shop.place, last=row.last_movement,
        )  # fmt: skip
        raise STOCK_MOVED("stocktake", number=stocktake, product=later.name, document=later.document)
    document.move_to("adjusted", "stocktake")
    total = Decimal("0.00")
    lines = do.all("select * from b2c_stocktake_line where number = $n and counted_quantity is not null order by product", n=stocktake)
    for r in lines:
        value = _post_difference(do, shop, stocktake, r.product, r.counted_quantity - r.book_quantity)
        total += value
        do.execute("update b2c_stocktake_line set variance_value = $value where number = $n and product = $p", value=value, n=stocktake, p=r.product)
    return total


def _post_difference(do: Doing, shop: Any, stocktake: str, product: str, pieces: int) -> Decimal:
    """Posts a gain or a loss of pieces; gives its value, gains positive."""
    if pieces > 0:
        worth = stock.average_cost(do, shop.member, product)
        if worth is None:
            worth = sold_by(do, shop.merchant, product, "stocktake").cost
        goods = stock.Goods(product, pieces, money(worth * pieces))
        found = stock.Move(shop.member, shop.place, [goods], f"盘盈 Found in {stocktake}", stocktake)
        return stock.receive(do, found, ADMINISTRATION, kind="found")
    if pieces < 0:
        missing = stock.Move(shop.member, shop.place, [stock.Goods(product, -pieces)], f"盘亏 Missing in {stocktake}", stocktake, field="stocktake")
        return -stock.issue(do, missing, ADMINISTRATION, kind="write_off")
    return Decimal("0.00")


@command(role=SHOPKEEPER, title=("作废盘点表", "Void a count sheet"))
def drop_stocktake(do: Doing, stocktake: Open) -> str:
    """Voids a count sheet without adjusting anything; gives its number."""
    own(do, STOCKTAKE, "b2c_stocktake", stocktake, "stocktake")[0].move_to("cancelled", "stocktake")
    return stocktake


# --- looking -------------------------------------------------------------------------------------------------------------


@query(role=SHOPKEEPER, title=("查看盘点记录", "View the stocktakes"))
def stocktakes(do: Doing) -> Table:
    """The shop's stocktakes, newest first: number, day, state, products, variance (in pieces), variance_value."""
    return do.table(
        """select t.number, d.day, d.state, count(*)::integer as products, coalesce(sum(l.counted_quantity - l.book_quantity), 0)::integer as variance,
                  sum(l.variance_value)::decimal(18,2) as variance_value
           from b2c_stocktake t join document d using (number) join b2c_stocktake_line l using (number)
           where t.merchant = $actor group by all order by t.number desc limit 200""",
        actor=do.actor,
    )


@query("B2C017", role=SHOPKEEPER, title=("查看盘点明细", "Open a count sheet"))
def stocktake_detail(do: Doing, stocktake: Annotated[Ref, Ask("盘点表", "Count sheet", choose="b2c.stocktakes")]) -> Table:
    """The lines of a sheet: product, product_name, book_quantity, counted_quantity, variance (in pieces), variance_value (once adjusted), state."""
    own(do, STOCKTAKE, "b2c_stocktake", stocktake, "stocktake")
    return do.table(
        """select l.product, p.name as product_name, l.book_quantity, l.counted_quantity, l.counted_quantity - l.book_quantity as variance,
                  l.variance_value, d.state
           from b2c_stocktake_line l join document d using (number) join product p on p.gtin = l.product where l.number = $n order by l.product""",
        n=stocktake,
    )
