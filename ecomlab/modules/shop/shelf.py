"""The shelf and what is looked after on it: products go on with a day of review, come off with a reason, and what is changed is kept with its day."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic_core import PydanticCustomError

from ...books import documents
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref, read_money
from ..b2c import catalogue
from ..b2c.catalogue import sold_by
from .kinds import SHELF_ITEM
from .staff import OPERATOR

#: Days after which a product on the shelf is looked at again.
REVIEW_DAYS = 14

NOT_A_PRICE = refusal("not_a_price", "“{value}”不是金额。请填写大于零的金额，例如 18.50。", "{value} is no amount. Enter an amount above zero, such as 18.50.")

Product = Annotated[Ref, Ask("商品", "Product", choose="b2c.shop_products")]
Reason = Literal["sold_out", "season_over", "faulty_goods", "price_under_review"]


def shelf_of(do: Doing, product: str, field: str) -> documents.Document:
    """The shelf item of a product of the acting shop; one that is on sale without one has been on the shelf since it was registered."""
    sold = sold_by(do, do.actor, product, field)
    number = do.value("select number from shop_shelf_item where merchant = $m and product = $p", m=do.actor, p=sold.product)
    if number:
        return documents.find(do, SHELF_ITEM, number)
    made = documents.create(do, SHELF_ITEM, owner=do.actor)
    since = do.value("select day from b2c_product where merchant = $m and product = $p", m=do.actor, p=sold.product) if sold.on_sale else None
    do.execute(
        "insert into shop_shelf_item values ($n, $merchant, $product, $on_day, $review, null, null)",
        n=made.number, merchant=do.actor, product=sold.product, on_day=since, review=since and since + datetime.timedelta(days=REVIEW_DAYS),
    )  # fmt: skip
    if since:
        made.move_to("on")
    return made


@command("SHOP009", role=OPERATOR, title=("商品上架", "Put on the shelf"))
def put_on_shelf(do: Doing, product: Product) -> datetime.date:
    """Puts a product of the shop on sale; gives the day on which it is to be reviewed. One that is on the shelf has been reviewed, and stays."""
    item = shelf_of(do, product, "product")
    first, item_was = do.day, item.state
    item.move_to("on", "product")
    review = do.day + datetime.timedelta(days=REVIEW_DAYS)
    do.execute(
        "update shop_shelf_item set on_day = if($was = 'on', on_day, $day), review_day = $review, reason = null where number = $n",
        was=item_was, day=first, review=review, n=item.number,
    )  # fmt: skip
    catalogue.change_product(do, product, on_sale="yes")
    return review


@command("SHOP009", role=OPERATOR, title=("商品下架", "Take off the shelf"))
def take_off(
    do: Doing,
    product: Product,
    reason: Annotated[Reason, Ask("下架原因", "Reason")],
) -> str:
    """Takes a product off sale and says why; gives the number of its shelf item. Orders that were placed are served."""
    item = shelf_of(do, product, "product")
    item.move_to("off", "product")
    do.execute("update shop_shelf_item set review_day = null, reason = $reason where number = $n", reason=reason, n=item.number)
    catalogue.change_product(do, product, on_sale="no")
    return item.number


@command("SHOP010", role=OPERATOR, title=("维护商品", "Maintain a product"))
def maintain(
    do: Doing,
    product: Product,
    field: Annotated[Literal["price", "cost", "description", "stock_hint"], Ask("项目", "What is changed")],
    value: Annotated[Line, Ask("新内容", "New value", max=200)],
) -> dict[str, str]:
    """Changes one thing of a product from today on; gives its old and new value. Orders that were placed keep their price."""
    item, sold = shelf_of(do, product, "product"), sold_by(do, do.actor, product, "product")
    amount: Decimal | None = None
    if field in ("price", "cost"):
        amount = _amount(value)
        old, new = str(getattr(sold, field)), str(amount)
        catalogue.change_product(do, product, **{field: amount})
    elif field == "description":
        old, new = do.value("select description from b2c_product where merchant = $m and product = $p", m=do.actor, p=sold.product), value
        catalogue.change_product(do, product, description=value)
    else:
        old, new = do.value("select stock_hint from shop_shelf_item where number = $n", n=item.number) or "", value
        do.execute("update shop_shelf_item set stock_hint = $value where number = $n", value=value, n=item.number)
    do.execute(
        "insert into shop_change values ($m, $seq, $product, $field, $old, $new, $amount, $day)",
        m=do.actor, seq=do.count("shop_change"), product=sold.product, field=field, old=old, new=new, amount=amount, day=do.day,
    )  # fmt: skip
    return {"old_value": old, "new_value": new}


def _amount(text: str) -> Decimal:
    try:
        amount = read_money(text)
    except PydanticCustomError:
        raise NOT_A_PRICE("value", value=text[:40]) from None
    if not 0 < amount <= 1_000_000:
        raise NOT_A_PRICE("value", value=text[:40])
    return amount


@query("SHOP010", role=OPERATOR, title=("查看价格沿革", "View the history of a price"))
def price_history(do: Doing, product: Product) -> Table:
    """What became of a product's price, by day: day, what (`price` for a change, else an order's state), number, old_value, unit_price, quantity."""
    sold: Any = sold_by(do, do.actor, product, "product")
    return do.table(
        """select day, 'price' as what, '' as number, old_value, amount as unit_price, 0 as quantity
           from shop_change where merchant = $m and product = $p and field = 'price'
           union all
           select o.placed_day, d.state, o.number, '', l.unit_price, l.quantity from b2c_order o join b2c_order_line l using (number)
           join document d using (number) where o.merchant = $m and l.product = $p and o.placed_day is not null order by 1, 2, 3""",
        m=do.actor, p=sold.product,
    )  # fmt: skip


@query("SHOP009", role=OPERATOR, title=("查看货架期", "View shelf life"))
def shelf_life(do: Doing) -> Table:
    """What is or was on the shelf, the next review first: product, product_name, state, on_day, review_day, days_on, sold_quantity (since it is on),
    free_stock, stock_hint, reason. days_on counts up to today."""
    return do.table(SHELF_LIFE, merchant=do.actor, today=do.day)


SHELF_LIFE = """
    select i.product, p.name as product_name, d.state, i.on_day, i.review_day, if(d.state = 'on', $today - i.on_day, null)::integer as days_on,
           coalesce((select sum(s.quantity) from sale_line s where s.seller = m.member and s.product = i.product and s.day >= i.on_day), 0)::integer
               as sold_quantity,
           coalesce(l.on_hand - l.reserved, 0)::integer as free_stock, i.stock_hint, i.reason
    from shop_shelf_item i join document d using (number) join product p on p.gtin = i.product join b2c_merchant m using (merchant)
    left join stock_level l on l.owner = m.member and l.place = m.place and l.product = i.product
    where i.merchant = $merchant order by i.review_day nulls last, i.product"""
