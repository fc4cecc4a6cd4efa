"""Sound rows become products of the shop: entered with their price and the smallest of their pictures, off the shelf until the operator puts them on.

What sells in joint operation stays its supplier's: the pieces come with the sheet, into the shop's stock without a value.
"""

from __future__ import annotations

import base64
from typing import Annotated, Any, TypedDict

from ...books import documents, ledger, stock, variants
from ...kernel.command import command
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Money, Ref
from ..b2c import catalogue
from ..b2c.members import own, shop_of
from .intake import RowNo, distinct, rows_of
from .kinds import PICTURE_SET, SHEET, SHELF_ITEM
from .pictures import NOT_ACCEPTED, thumbnails
from .staff import CLERK

PICTURES_FIRST = refusal(
    "pictures_first",
    "登记表 {sheet} 的图片还没有全部归档。请先完成图片，再录入商品。",
    "The pictures of the sheet {sheet} are not all filed. Finish the pictures first, then enter the products.",
)
ENTERED_ALREADY = refusal(
    "entered_already", "第 {row_no} 行已经录入。如要改价格，请用“维护商品”。", "Row {row_no} has been entered. To change its price, use “Maintain a product”."
)
OTHER_GOODS = refusal(
    "picture_of_other_goods",
    "第 {row_no} 行的图片是其他商品（条码 {scanned}），不能上架。请联系供应商换图。",
    "The picture of row {row_no} shows other goods (GTIN {scanned}), so they cannot be sold with it. Ask the supplier for another picture.",
)

documents.offer("shop.sheets_to_enter", SHEET, "photographed", of="shop_sheet", whose="merchant", order="d.number",
                shows="(select name from member where number = t.supplier)")  # fmt: skip


class RowToEnter(TypedDict):
    """A row of a sheet as it is entered."""

    row_no: RowNo
    price: Annotated[Money, Ask("售价", "Price", ge="0.01", le="1000000", unit=Text("元", "CNY"))]
    cost: Annotated[Money, Ask("进价", "Cost", ge="0.01", le="1000000", unit=Text("元", "CNY"))]


@command("SHOP007", role=CLERK, title=("录入商品", "Enter products"))
def enter_products(
    do: Doing,
    sheet: Annotated[Ref, Ask("登记表", "Sheet", choose="shop.sheets_to_enter")],
    rows: Annotated[list[RowToEnter], Ask("行、售价和进价", "Rows, prices and costs")],
) -> list[str]:
    """Registers rows of a sheet with the mall, each with its picture, off the shelf for now; gives their GTINs. All rows or none are entered."""
    document, row = own(do, SHEET, "shop_sheet", sheet, "sheet")
    document.must_allow("entered", "sheet")
    pictures = documents.find(do, PICTURE_SET, do.value("select number from shop_picture_set where sheet = $n", n=sheet))
    if pictures.state != "filed":
        raise PICTURES_FIRST("sheet", sheet=sheet)
    known = {r.row_no: r for r in rows_of(do, sheet)}
    distinct([r["row_no"] for r in rows], known, sheet, "rows")
    shown = dict(do.all("select row_no, scanned from shop_picture_file where picture_set = $n and picture_size = 'zoom'", n=pictures.number))
    small = thumbnails(do, pictures.number)
    for given in rows:
        _enter(do, known[given["row_no"]], given, shown.get(given["row_no"], ""), small)
    if row.terms == "joint_operation":
        _take_in(do, sheet, [known[given["row_no"]] for given in rows])
    if not do.value("select 1 from shop_row where sheet = $n and fault is null and entered_day is null limit 1", n=sheet):
        document.move_to("entered", "sheet")
    return [known[given["row_no"]].product for given in rows]


def _enter(do: Doing, row: Any, given: RowToEnter, scanned: str, small: dict[int, bytes]) -> None:
    if row.fault is not None:
        raise NOT_ACCEPTED("rows", row_no=row.row_no)
    if row.entered_day is not None:
        raise ENTERED_ALREADY("rows", row_no=row.row_no)
    if scanned not in ("", row.product):
        raise OTHER_GOODS("rows", row_no=row.row_no, scanned=scanned)
    if stock.product(do, row.product) is None:
        stock.add_product(do, row.product, row.product_name, row.product_category, row.weight_g, given["cost"], field="rows")
    if row.style:
        variants.describe(do, row.product, row.style, row.colour, row.size, field="rows")
    picture = base64.b64encode(small[row.row_no]).decode("ascii")
    catalogue.add_product(do, row.product, given["price"], given["cost"], description=f"{row.product_name} {row.code}", picture=picture)
    catalogue.change_product(do, row.product, on_sale="no")
    do.execute("update shop_row set entered_day = $day where sheet = $sheet and row_no = $row_no", day=do.day, sheet=row.sheet, row_no=row.row_no)
    made = documents.create(do, SHELF_ITEM, owner=do.actor, parent=row.sheet)
    do.execute("insert into shop_shelf_item values ($n, $merchant, $product, null, null, null, null)", n=made.number, merchant=do.actor, product=row.product)


def _take_in(do: Doing, sheet: str, rows: list[Any]) -> None:
    """The supplier's pieces lie in the shop and stay the supplier's: they have no value in the shop's books."""
    shop = shop_of(do, do.actor)
    goods = [stock.Goods(r.product, r.quantity) for r in rows if r.quantity]
    stock.receive(do, stock.Move(shop.member, shop.place, goods, f"联营商品 Joint-operation goods of {sheet}", sheet), ledger.OTHER_PAYABLE)
