"""What a shop has: its stock by product, upper and lower limits, and the lists of shortages and overstock."""

from __future__ import annotations

from typing import Annotated

from ...books.wording import holds, pattern
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count
from .catalogue import Category, Product, ProductName, sold_by
from .members import SHOPKEEPER

LIMITS_REVERSED = refusal("limits_reversed", "上限不大于下限。请调整其中一个。", "The upper limit is not above the lower one. Change one of them.")

#: One row a product of a shop, with what the stock books say of it there.
_LEVELS = f"""
    select s.product, p.name as product_name, p.product_category, coalesce(l.on_hand, 0) as on_hand, coalesce(l.reserved, 0) as reserved,
           coalesce(l.on_hand, 0) - coalesce(l.reserved, 0) as free_stock, v.unit_cost, s.price, t.lower_limit, t.upper_limit
    from b2c_product s join product p on p.gtin = s.product join b2c_merchant m using (merchant)
    left join stock_level l on l.owner = m.member and l.place = m.place and l.product = s.product
    left join b2c_stock_limit t on t.merchant = s.merchant and t.product = s.product
    left join (select owner, product, (sum(value) / sum(quantity))::decimal(18,6) as unit_cost from stock_layer where held = '' group by all) v
        on v.owner = m.member and v.product = s.product
    where s.merchant = $actor and (s.product = $name or {holds("p.name", "words")})"""


def _levels(look: Looking, merchant: str, product_name: str, condition: str = "true", more: str = "") -> Table:
    query = f"select *{more} from ({_LEVELS}) where {condition} order by product"
    return look.table(query, actor=merchant, name=product_name or "", words=pattern(product_name))


@query("B2C012", role=SHOPKEEPER, title=("查询库存", "View the stock"))
def stock_levels(do: Doing, product_category: Category = None, product_name: ProductName = "") -> Table:
    """What the shop has: product, product_name, product_category, on_hand, reserved, free_stock, unit_cost, price, lower_limit, upper_limit.

    product_name: a part of the name, or the GTIN. unit_cost: what a piece of the company's is worth now, by its costing method.
    """
    rows = _levels(do, do.actor, product_name)
    return Table(rows.columns, [r for r in rows if product_category in (None, r.product_category)])


@query("B2C012", role=SHOPKEEPER, title=("查看商品明细", "Open a product"))
def product_detail(do: Doing, product: Product) -> Table:
    """How a product's stock came about, newest first: day, kind, quantity, value, document, of the 200 newest movements at the shop."""
    sold_by(do, do.actor, product, "product")
    return do.table(
        """select v.day, v.kind, v.quantity, v.value, v.document from stock_movement v join b2c_merchant m on m.member = v.owner and m.place = v.place
           where m.merchant = $actor and v.product = $product order by v.number desc limit 200""",
        actor=do.actor, product=product,
    )  # fmt: skip


@command("B2C013", role=SHOPKEEPER, title=("设置库存预警", "Set stock limits"))
def set_limits(
    do: Doing,
    product: Product,
    lower_limit: Annotated[Count, Ask(ge="0", le="1000000", unit=Text("件", "pieces"))],
    upper_limit: Annotated[Count, Ask(ge="1", le="1000000", unit=Text("件", "pieces"))],
) -> str:
    """Says below and above which quantity on hand a product is reported; gives the product. Set again, the limits are replaced."""
    sold_by(do, do.actor, product, "product")
    if upper_limit <= lower_limit:
        raise LIMITS_REVERSED("upper_limit")
    do.execute(
        """insert into b2c_stock_limit values ($actor, $product, $lower, $upper)
           on conflict do update set lower_limit = excluded.lower_limit, upper_limit = excluded.upper_limit""",
        actor=do.actor, product=product, lower=lower_limit, upper=upper_limit,
    )  # fmt: skip
    return product


@query("B2C014", role=SHOPKEEPER, title=("查询缺货", "List stock shortages"))
def shortages(do: Doing, product_name: ProductName = "") -> Table:
    """Products with less on hand than their lower limit, in the columns of `stock_levels`, and shortfall: pieces missing to the lower limit."""
    return _levels(do, do.actor, product_name, "on_hand < lower_limit", ", lower_limit - on_hand as shortfall")


@query("B2C015", role=SHOPKEEPER, title=("查询超储（溢货）", "List overstock"))
def overstocks(do: Doing, product_name: ProductName = "") -> Table:
    """Products with more on hand than their upper limit, in the columns of `stock_levels`, and surplus: pieces above the upper limit."""
    return _levels(do, do.actor, product_name, "on_hand > upper_limit", ", on_hand - upper_limit as surplus")
