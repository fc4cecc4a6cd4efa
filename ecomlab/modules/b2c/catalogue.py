"""What shops sell and what they say of themselves: products, prices and pages; searching them, and the map of the mall."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import images, stock, variants
from ...books.wording import holds, pattern
from ...kernel.command import VISITOR, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Money, Prose, Ref, Upload
from ..ebank.statements import BOUNDS_REVERSED
from .members import SHOPKEEPER, shop_of

#: A picture of a product has at most so many pixels either way.
PIXELS = 160
Picture = Annotated[
    Upload | None,
    Ask(max=images.MAX_BYTES, pixels={"": (PIXELS, PIXELS)}, help=Text("PNG、JPEG 或 GIF，大图自动缩小", "PNG, JPEG or GIF; a large one is scaled down")),
]  # fmt: skip
#: Days after receipt within which goods may come back whatever a shop says: Consumer Protection Law, article 25.
RETURN_DAYS = 7
_RETURN_HELP = Text("只填在“售后服务”一栏；不填按法定的 7 天", "Only for “After-sales service”; leave empty for the 7 days that the law demands")
#: What a piece of a product that nobody has registered yet weighs, in grams.
WEIGHT = 500

ALREADY_SOLD = refusal(
    "already_sold",
    "本店已登记“{name}”。如要改价格，请用“修改商品”。",
    "Your shop has registered {name} already. To change its price, use “Change a product”.",
)
NAME_IT = refusal("name_it", "条码 {product} 是新条码。请填写商品名称和分类。", "The GTIN {product} is new. Enter the product's name and category.")
NAMED_OTHERWISE = refusal(
    "named_otherwise",
    "条码 {product} 已登记为“{name}”（{category}）。名称和分类请留空，或按此填写。",
    "The GTIN {product} is registered as {name} ({category}). Leave name and category empty, or enter exactly these.",
)
NOT_IN_SHOP = refusal(
    "not_in_shop", "本店没有登记条码为 {product} 的商品。请先登记（B2C003）。", "Your shop has no product {product}. Register it first (B2C003)."
)
NOT_ON_SALE = refusal(
    "not_on_sale", "“{shop}”没有在售的商品 {product}。请从搜索结果中选择。", "{shop} does not sell the product {product}. Choose one from the search."
)
RETURN_DAYS_ELSEWHERE = refusal(
    "return_days_elsewhere",
    "退货期只能填在“{page}”一栏。请在这一栏留空。",
    "The return period belongs on the page “{page}”. Leave it empty here.",
)

Product = Annotated[Ref, Ask("商品", "Product", choose="b2c.shop_products")]
Category = Annotated[Literal["consumer_electronics", "food", "textiles", "stationery", "household", "appliances"] | None, Ask()]
Price = Annotated[Money, Ask("售价（含税）", "Price, tax included", ge="0.01", le="1000000", unit=Text("元", "CNY"))]
ProductName = Annotated[Line, Ask(max=60)]


@choices("b2c.catalogue")
def _catalogue(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select gtin, name from product p where not exists (select 1 from b2c_product s where s.merchant = $actor and s.product = p.gtin) order by gtin""",
        actor=actor,
    )
    return [(r.gtin, f"{r.name} · {r.gtin}") for r in rows]


@choices("b2c.shop_products")
def _shop_products(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        "select s.product, p.name, s.price from b2c_product s join product p on p.gtin = s.product where s.merchant = $actor order by 1", actor=actor
    )
    return [(r.product, f"{r.name} · ¥{r.price:,}") for r in rows]


@choices("b2c.shops")
def _shops(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.merchant, f"{r.shop_name} · {r.merchant}") for r in look.all("select merchant, shop_name from b2c_merchant order by shop_name")]


@choices("b2c.on_sale")
def _on_sale(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select s.product, p.name, s.price, m.shop_name from b2c_product s join product p on p.gtin = s.product join b2c_merchant m using (merchant)
           where s.on_sale order by m.shop_name, s.product"""
    )
    return [(r.product, f"{r.name} · ¥{r.price:,} · {r.shop_name}") for r in rows]


def sold_by(look: Looking, merchant: str, product: str, field: str) -> Any:
    """A shop's product: product, name, price, cost, on_sale. Refuses 'not_in_shop'."""
    row = look.one(
        """select s.product, p.name, p.product_category, s.price, s.cost, s.on_sale from b2c_product s join product p on p.gtin = s.product
           where s.merchant = $merchant and s.product = $product""",
        merchant=merchant, product=product,
    )  # fmt: skip
    if row is None:
        raise NOT_IN_SHOP(field, product=product[:40])
    return row


@command("B2C003", role=SHOPKEEPER, title=("登记新商品", "Register a product"))
def add_product(
    do: Doing,
    product: Annotated[Ref, Ask("商品条码", "GTIN", choose="b2c.catalogue")],
    price: Price,
    cost: Annotated[Money, Ask("参考进价（不含税）", "Expected cost, net", ge="0.01", le="1000000", unit=Text("元", "CNY"))],
    name: Annotated[Line, Ask("商品名称", "Product name", max=60, help=Text("新条码才需填写", "For a new GTIN only"))] = "",
    product_category: Category = None,
    description: Annotated[Prose, Ask(max=1000, long=True)] = "",
    picture: Picture = None,
) -> str:
    """Puts a product on sale at once; gives its GTIN-13. Refuses one that the shop has already.

    A GTIN that nobody has registered yet needs a name and a category; the product is then known to all.
    """
    known = stock.product(do, product)
    if known is None:
        if not name or product_category is None:
            stock.checked_gtin(product, "product")
            raise NAME_IT("product_category" if name else "name", product=product)
        stock.add_product(do, product, name, product_category, WEIGHT, cost)
    elif name not in ("", known.name) or product_category not in (None, known.product_category):
        field = "name" if name not in ("", known.name) else "product_category"
        raise NAMED_OTHERWISE(field, product=product, name=known.name, category=term(known.product_category))
    elif do.value("select 1 from b2c_product where merchant = $actor and product = $product", actor=do.actor, product=product):
        raise ALREADY_SOLD("product", name=known.name)
    do.execute(
        "insert into b2c_product values ($merchant, $product, $price, $cost, $description, true, $day)",
        merchant=do.actor, product=product, price=price, cost=cost, description=description or "", day=do.day,
    )  # fmt: skip
    if picture:
        do.execute("insert into b2c_picture values ($merchant, $product, $picture)",
                   merchant=do.actor, product=product, picture=images.accepted_within(picture, "picture", PIXELS))  # fmt: skip
    return product


@command(role=SHOPKEEPER, title=("修改商品", "Change a product"))
def change_product(
    do: Doing,
    product: Product,
    price: Annotated[Money | None, Ask("售价（含税）", "Price, tax included", ge="0.01", le="1000000", unit=Text("元", "CNY"))] = None,
    cost: Annotated[Money | None, Ask("参考进价（不含税）", "Expected cost, net", ge="0.01", le="1000000", unit=Text("元", "CNY"))] = None,
    description: Annotated[Prose | None, Ask(max=1000, long=True)] = None,
    picture: Picture = None,
    on_sale: Annotated[Literal["yes", "no"] | None, Ask(labels={"yes": Text("在售", "On sale"), "no": Text("下架", "Not on sale")})] = None,
) -> str:
    """Changes what is filled in, and leaves the rest; gives the GTIN-13. Orders that were placed keep their price."""
    sold_by(do, do.actor, product, "product")
    do.execute(
        """update b2c_product set price = coalesce($price, price), cost = coalesce($cost, cost), description = coalesce($description, description),
           on_sale = coalesce($on_sale, on_sale) where merchant = $actor and product = $product""",
        actor=do.actor, product=product, price=price, cost=cost, description=description, on_sale=None if on_sale is None else on_sale == "yes",
    )  # fmt: skip
    if picture:
        do.execute(
            "insert into b2c_picture values ($merchant, $product, $picture) on conflict do update set picture = excluded.picture",
            merchant=do.actor, product=product, picture=images.accepted_within(picture, "picture", PIXELS),
        )  # fmt: skip
    return product


@command(role=SHOPKEEPER, title=("登记颜色和尺码", "Say colour and size"))
def describe_variant(
    do: Doing,
    product: Product,
    style: Annotated[Line, Ask("款号", "Style number", max=30)],
    colour: Annotated[Line, Ask(max=20)],
    size: Annotated[Line, Ask(max=20)],
) -> str:
    """Says which colour and size of which style a product of the shop is; gives its GTIN. Each colour and size of a style has a GTIN of its own.

    Refuses a colour and size that another product of the style has, and a change of what was said.
    """
    return variants.describe(do, sold_by(do, do.actor, product, "product").product, style, colour, size)


@command("B2C030", role=SHOPKEEPER, title=("设置商店栏目", "Write a page of the shop"))
def write_page(
    do: Doing,
    page: Annotated[Literal["about_us", "delivery_terms", "payment_terms", "after_sales"], Ask()],
    content: Annotated[Prose, Ask(max=2000, long=True)],
    return_days: Annotated[Count | None, Ask(ge="7", le="365", unit=Text("天", "days"), help=_RETURN_HELP)] = None,
) -> str:
    """Writes one of the shop's four pages; gives the page. Written again, a page is replaced.

    return_days: the days after receipt within which goods may come back, on the page of after-sales service. Orders keep what held when
    they were placed.
    """
    if return_days is not None and page != "after_sales":
        raise RETURN_DAYS_ELSEWHERE("return_days", page=term("after_sales"))
    do.execute(
        """insert into b2c_page values ($actor, $page, $content, $return_days, $day)
           on conflict do update set content = excluded.content, return_days = excluded.return_days, day = excluded.day""",
        actor=do.actor, page=page, content=content, return_days=return_days, day=do.day,
    )  # fmt: skip
    return page


def promised_days(look: Looking, merchant: str) -> int:
    """Days after receipt within which a shop takes goods back: what its page says, or what the law demands."""
    found: int | None = look.value("select return_days from b2c_page where merchant = $m and page = 'after_sales'", m=merchant)
    return found or RETURN_DAYS


# --- looking -------------------------------------------------------------------------------------------------------------

_FREE = """(select coalesce(sum(l.on_hand - l.reserved), 0)::integer from stock_level l
    where l.owner = m.member and l.place = m.place and l.product = s.product) as free_stock"""


@query("B2C026", role=VISITOR, title=("搜索商品", "Search for products"))
def search(
    do: Doing,
    product_category: Category = None,
    product_name: ProductName = "",
    at_least: Annotated[Money | None, Ask("最低价格（含税）", "Price at least, tax included", unit=Text("元", "CNY"))] = None,
    at_most: Annotated[Money | None, Ask("最高价格（含税）", "Price at most, tax included", unit=Text("元", "CNY"))] = None,
    merchant: Annotated[Ref, Ask("商店", "Shop", choose="b2c.shops")] = "",
) -> Table:
    """What is on sale, the cheapest first: product, product_name, product_category, price, shop_name, merchant, free_stock, description.

    product_name: a part of the name, or the GTIN. free_stock: pieces that can be ordered now.
    """
    if at_least is not None and at_most is not None and at_most < at_least:
        raise BOUNDS_REVERSED("at_most")
    return do.table(
        f"""select s.product, p.name as product_name, p.product_category, s.price, m.shop_name, s.merchant, {_FREE}, s.description
            from b2c_product s join product p on p.gtin = s.product join b2c_merchant m using (merchant)
            where s.on_sale and ($category is null or p.product_category = $category) and $merchant in ('', s.merchant)
              and (s.product = $name or {holds("p.name", "words")})
              and ($at_least is null or s.price >= $at_least) and ($at_most is null or s.price <= $at_most)
            order by s.price, s.product, m.shop_name limit 200""",
        category=product_category, name=product_name or "", words=pattern(product_name), at_least=at_least, at_most=at_most, merchant=merchant or "",
    )  # fmt: skip


@query("B2C026", role=VISITOR, title=("打开商城地图", "Open the map of the mall"))
def shop_map(do: Doing, product_category: Category = None) -> Table:
    """The mall from above: product_category, shop_name, merchant, product, product_name, price; by category, then by shop."""
    return do.table(
        """select p.product_category, m.shop_name, s.merchant, s.product, p.name as product_name, s.price
           from b2c_product s join product p on p.gtin = s.product join b2c_merchant m using (merchant)
           where s.on_sale and ($category is null or p.product_category = $category) order by 1, 2, 4 limit 500""",
        category=product_category,
    )


@query("B2C030", role=VISITOR, title=("浏览商店栏目", "Read a shop's pages"))
def shop_pages(do: Doing, merchant: Annotated[Ref, Ask("商店", "Shop", choose="b2c.shops")]) -> Table:
    """What a shop says of itself: shop_name, page, content, return_days, day."""
    shop_of(do, merchant, "merchant")
    return do.table(
        """select m.shop_name, p.page, p.content, p.return_days, p.day from b2c_page p join b2c_merchant m using (merchant)
           where merchant = $m order by p.page""",
        m=merchant,
    )


@query(role=VISITOR, title=("查看商品图片", "View a product's picture"))
def picture(do: Doing, merchant: Annotated[Ref, Ask("商店", "Shop", choose="b2c.shops")], product: Annotated[Ref, Ask(choose="b2c.on_sale")]) -> Table:
    """The picture that a shop shows of a product: product, picture (base64 of a PNG); no row if it shows none."""
    return do.table("select product, picture from b2c_picture where merchant = $merchant and product = $product", merchant=merchant, product=product)


def total_of(rows: Any) -> Decimal:
    """What rows with an amount come to."""
    return sum((r.amount for r in rows), Decimal("0.00"))
