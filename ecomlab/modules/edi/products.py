"""Products, known to both sides by their GTIN."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books.products import product as known
from ...books.records import family
from ...books.wording import holds, pattern
from ...kernel.command import query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .numbers import checked_gtin
from .roles import EDI_MEMBER

#: Units of UN/ECE recommendation 20, as data element 6411 carries them: those that are so many pieces, for the stock books count pieces.
UNITS = {
    "PCE": Text("个（PCE）", "piece (PCE)"),
    "PR": Text("双（PR）", "pair (PR)"),
    "DZN": Text("打（DZN）", "dozen (DZN)"),
    "CEN": Text("百个（CEN）", "hundred (CEN)"),
}
PIECES = {"PCE": 1, "PR": 2, "DZN": 12, "CEN": 100}

#: The same behind a number.
COUNTED = {"PCE": Text("个", "pieces"), "PR": Text("双", "pairs"), "DZN": Text("打", "dozens"), "CEN": Text("百个", "hundreds")}

NOT_IN_CATALOGUE = refusal(
    "not_in_catalogue", "商品目录中没有 GTIN {gtin}。请核对号码。", "There is no product with GTIN {gtin} in the catalogue. Compare the number."
)

ProductRef = Annotated[Ref, Ask(choose="edi.products")]
_TRAVELS = Text("名称会写进报文，须用与伙伴约定的字符集", "Sent in messages: use the agreed character set")


class product:
    """A product is one of the shared catalogue, known by its GTIN; its price is for a unit. Documents entered before keep their prices."""

    gtin: Annotated[Line, Ask(max=20, example="9520000000004")]
    name: Annotated[Line, Ask("商品名称", "Product name", max=70, help=_TRAVELS)]
    measure_unit: Annotated[Literal["PCE", "PR", "DZN", "CEN"], Ask(labels=UNITS)]
    list_price: Annotated[Money, Ask(ge="0.01")]

    @staticmethod
    def ready(do: Doing, values: dict[str, Any], old: Any) -> dict[str, Any]:
        gtin = checked_gtin(values["gtin"], "gtin")
        if known(do, gtin) is None:
            raise NOT_IN_CATALOGUE("gtin", gtin=gtin)
        return {**values, "gtin": gtin}


PRODUCTS = family(
    product, "EDG", ("商品", "product"), plural="products", role=EDI_MEMBER, tasks=("EDI010", "EDI011", "EDI012"), history=False,
    verb=("新建", "Create"), shown=("name", "gtin", "list_price"), unique="gtin",
    used="select number from edi_order_line where product = $number order by number limit 1",
)  # fmt: skip


@query("EDI013", role=EDI_MEMBER, title=("查询商品", "Find products"))
def search_products(
    do: Doing,
    name: Annotated[Line, Ask("名称含有", "Name contains", max=70)] = "",
    gtin: Annotated[Line, Ask("GTIN 含有", "GTIN contains", max=20)] = "",
    at_least: Annotated[Money | None, Ask("最低价（不含税）", "Net price from")] = None,
    at_most: Annotated[Money | None, Ask("最高价（不含税）", "Net price to")] = None,
) -> Table:
    """Products that meet every condition given: number, GTIN, name, unit, list price."""
    return do.table(
        f"""select number, gtin, name, measure_unit, list_price from edi_product
           where member = $member and {holds("name", "name")} and contains(gtin, $gtin)
             and ($least is null or list_price >= $least) and ($most is null or list_price <= $most) order by number""",
        member=do.actor, name=pattern(name), gtin=gtin or "", least=at_least, most=at_most,
    )  # fmt: skip
