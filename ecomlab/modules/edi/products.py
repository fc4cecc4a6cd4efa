"""Products, known to both sides by their GTIN."""

from __future__ import annotations

from typing import Annotated, Literal

from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .masterdata import Family
from .membership import EDI_MEMBER
from .numbers import checked_gtin

PRODUCTS = Family(
    "edi_product", "EDG", "product", Text("商品", "product"), "gtin", "select number from edi_order_line where product = $number order by number limit 1"
)
#: Units of UN/ECE recommendation 20, as data element 6411 carries them.
UNITS = {
    "PCE": Text("个（PCE）", "piece (PCE)"),
    "CT": Text("箱（CT）", "carton (CT)"),
    "KGM": Text("千克（KGM）", "kilogram (KGM)"),
    "MTR": Text("米（MTR）", "metre (MTR)"),
}

Gtin = Annotated[Line, Ask(max=20, example="9520000000004")]
_TRAVELS = Text("名称会写进报文，须用与伙伴约定的字符集。", "It travels in messages, so use letters agreed with partners.")
TradeName = Annotated[Line, Ask("商品名称", "Product name", max=70, help=_TRAVELS)]
Unit = Literal["PCE", "CT", "KGM", "MTR"]
MeasureUnit = Annotated[Unit, Ask(labels=UNITS)]
ListPrice = Annotated[Money, Ask(ge="0.01")]
ProductRef = Annotated[Ref, Ask(choose="edi.products")]


@choices("edi.products")
def _products(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return PRODUCTS.offered(look, actor, "name", "gtin", "list_price")


@command("EDI010", role=EDI_MEMBER, title=("新建商品", "Create a product"))
def create_product(do: Doing, gtin: Gtin, name: TradeName, measure_unit: MeasureUnit, list_price: ListPrice) -> str:
    """Keeps a new product under its GTIN; gives its number."""
    return PRODUCTS.create(do, do.actor, gtin=checked_gtin(gtin, "gtin"), name=name, measure_unit=measure_unit, list_price=list_price)


@command("EDI011", role=EDI_MEMBER, title=("修改商品", "Change a product"))
def change_product(
    do: Doing,
    product: ProductRef,
    gtin: Gtin = "",
    name: TradeName = "",
    measure_unit: Annotated[Unit | None, Ask(labels=UNITS)] = None,
    list_price: Annotated[Money | None, Ask(ge="0.01")] = None,
) -> str:
    """Writes what is filled in and leaves the rest; documents entered before keep their prices."""
    number = checked_gtin(gtin, "gtin") if gtin else ""
    return PRODUCTS.change(do, do.actor, product, gtin=number, name=name, measure_unit=measure_unit, list_price=list_price)


@command("EDI012", role=EDI_MEMBER, title=("删除商品", "Delete a product"))
def delete_product(do: Doing, product: ProductRef) -> str:
    """Deletes a product that no document holds."""
    return PRODUCTS.delete(do, do.actor, product)


@query("EDI013", role=EDI_MEMBER, title=("查询商品", "Search products"))
def search_products(
    do: Doing,
    name: Annotated[Line, Ask("名称含有", "Name holds", max=70)] = "",
    gtin: Annotated[Line, Ask("GTIN 含有", "GTIN holds", max=20)] = "",
    at_least: Annotated[Money | None, Ask("最低价", "Price from")] = None,
    at_most: Annotated[Money | None, Ask("最高价", "Price to")] = None,
) -> Table:
    """Products that meet every condition given: number, GTIN, name, unit, list price."""
    return do.table(
        """select number, gtin, name, measure_unit, list_price from edi_product
           where member = $member and contains(lower(name), lower($name)) and contains(gtin, $gtin)
             and ($least is null or list_price >= $least) and ($most is null or list_price <= $most) order by number""",
        member=do.actor, name=name or "", gtin=gtin or "", least=at_least, most=at_most,
    )  # fmt: skip
