"""Channels: pages of the mall, each of one category, with products in an order of their own."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from ...books import documents, stock
from ...kernel.command import VISITOR, command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.values import Ask, Line, Ref
from ..b2c.catalogue import sold_by
from ..b2c.members import own
from .kinds import CHANNEL
from .staff import OPERATOR

CHANNEL_THERE = refusal(
    "channel_there", "本店已有频道“{name}”。请换一个名称，或使用已有的频道。", "Your shop has a channel {name} already. Choose another name or that channel."
)
OTHER_CATEGORY = refusal(
    "other_category",
    "“{product}”属于“{category}”，不在频道的分类里。请选择同一分类的商品。",
    "{product} belongs to another category: {category}. Choose products of the channel's own category.",
)
EMPTY_CHANNEL = refusal("empty_channel", "频道里还没有商品。请先放入商品，再开通。", "The channel has no products yet. Put products in it first, then open it.")

documents.offer("shop.channels", CHANNEL, of="shop_channel", whose="merchant", shows="t.channel_name", order="d.number")
documents.offer("shop.channels_to_open", CHANNEL, "draft", "closed", of="shop_channel", whose="merchant", shows="t.channel_name", order="d.number")
documents.offer("shop.channels_open", CHANNEL, "open", of="shop_channel", whose="merchant", shows="t.channel_name", order="d.number")
documents.offer("shop.all_channels", CHANNEL, "open", of="shop_channel", shows="t.channel_name", order="d.number")

Category = Literal["consumer_electronics", "food", "textiles", "stationery", "household", "appliances"]


class ChannelRow(TypedDict):
    """A product in a channel."""

    product: Annotated[Ref, Ask("商品", "Product", choose="b2c.shop_products")]


@command("SHOP008", role=OPERATOR, title=("新建频道", "Make a channel"))
def make_channel(do: Doing, channel_name: Annotated[Line, Ask("频道名称", "Channel name", max=40)], product_category: Annotated[Category, Ask()]) -> str:
    """A new channel of one category, not open yet; gives its number."""
    if do.value("select 1 from shop_channel where merchant = $m and lower(channel_name) = lower($name)", m=do.actor, name=channel_name):
        raise CHANNEL_THERE("channel_name", name=channel_name)
    made = documents.create(do, CHANNEL, owner=do.actor)
    do.execute("insert into shop_channel values ($n, $m, $name, $category)", n=made.number, m=do.actor, name=channel_name, category=product_category)
    return made.number


@command("SHOP008", role=OPERATOR, title=("布置频道", "Fill a channel"))
def place_in_channel(
    do: Doing,
    channel: Annotated[Ref, Ask(choose="shop.channels")],
    products: Annotated[list[ChannelRow], Ask("商品（按展示顺序）", "Products in the order in which they are shown")],
) -> int:
    """Says which products a channel shows, and in which order; gives their number. It replaces what was there."""
    _, row = own(do, CHANNEL, "shop_channel", channel, "channel")
    stock.each_once(do, products, "products")
    do.execute("delete from shop_channel_place where channel = $n", n=channel)
    for position, given in enumerate(products, start=1):
        sold: Any = sold_by(do, do.actor, given["product"], "products")
        if sold.product_category != row.product_category:
            raise OTHER_CATEGORY("products", product=sold.name, category=term(sold.product_category))
        do.execute("insert into shop_channel_place values ($n, $position, $product)", n=channel, position=position, product=sold.product)
    return len(products)


@command("SHOP008", role=OPERATOR, title=("开通频道", "Open a channel"))
def open_channel(do: Doing, channel: Annotated[Ref, Ask(choose="shop.channels_to_open")]) -> str:
    """Shows a channel in the mall from now on; gives its number. Refuses one without products."""
    document, _ = own(do, CHANNEL, "shop_channel", channel, "channel")
    if not do.value("select 1 from shop_channel_place where channel = $n limit 1", n=channel):
        raise EMPTY_CHANNEL("channel")
    document.move_to("open", "channel")
    return channel


@command(role=OPERATOR, title=("关闭频道", "Close a channel"))
def close_channel(do: Doing, channel: Annotated[Ref, Ask(choose="shop.channels_open")]) -> str:
    """Takes a channel out of the mall; gives its number. Its products stay on the shelf."""
    own(do, CHANNEL, "shop_channel", channel, "channel")[0].move_to("closed", "channel")
    return channel


@query("SHOP008", role=VISITOR, title=("浏览频道", "View a channel"))
def channel_page(do: Doing, channel: Annotated[Ref, Ask(choose="shop.all_channels")]) -> Table:
    """What an open channel shows, in its order: position, product, product_name, price, free_stock, stock_hint. What is off the shelf is left out."""
    documents.find(do, CHANNEL, channel, "channel").must_allow("closed", "channel")
    return do.table(
        """select c.position, c.product, p.name as product_name, s.price, coalesce(l.on_hand - l.reserved, 0)::integer as free_stock, i.stock_hint
           from shop_channel h join shop_channel_place c on c.channel = h.number join b2c_product s on s.merchant = h.merchant and s.product = c.product
           join product p on p.gtin = c.product join b2c_merchant m on m.merchant = h.merchant
           left join stock_level l on l.owner = m.member and l.place = m.place and l.product = c.product
           left join shop_shelf_item i on i.merchant = h.merchant and i.product = c.product
           where h.number = $n and s.on_sale order by c.position""",
        n=channel,
    )
