"""What suppliers offer, and the purchaser's cart, which is kept by supplier."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypedDict

from ...books import stock
from ...books.wording import holds, pattern
from ...kernel.command import VISITOR, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Money, Ref
from .members import PURCHASER, SUPPLIER, name_of

NOT_OFFERED = refusal(
    "not_offered_by",
    "“{supplier}”没有供应商品 {product}。请从商品列表中选择。",
    "{supplier} does not offer the product {product}. Choose one from the catalogue.",
)
OWN_GOODS = refusal("own_goods", "这是本企业自己供应的商品，不能向自己采购。请选择另一家供应商。", "Your own company offers this. Choose another supplier.")
NOT_IN_CART = refusal(
    "not_in_cart",
    "购物车里没有“{supplier}”的商品 {product}。请从购物车中选择。",
    "Your cart has no {product} of {supplier}. Choose a product from the cart.",
)
CART_EMPTY = refusal("cart_empty", "购物车里没有“{supplier}”的商品。请先选购（B2B005）。", "Your cart has nothing of {supplier}. Choose goods first (B2B005).")

Supplier = Annotated[Ref, Ask("供应商", "Supplier", choose="b2b.suppliers")]
Product = Annotated[Ref, Ask("商品", "Product", choose="b2b.offered")]
Quantity = Annotated[Count, Ask(ge="1", le="100000", unit=Text("件", "pieces"))]
Price = Annotated[Money, Ask(ge="0.01", le="10000000", unit=Text("元/件", "CNY per piece"))]


class CartLine(TypedDict):
    """A line of a cart with the list price."""

    product: str
    quantity: int
    price: Decimal


@choices("b2b.suppliers")
def _suppliers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select member, name, city from b2b_member where trade <> 'purchaser' and member <> $actor order by member", actor=actor)
    return [(r.member, f"{r.name} · {r.city}") for r in rows]


@choices("b2b.offered")
def _offered(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select o.product, p.name, m.name as supplier, o.list_price from b2b_offer o join product p on p.gtin = o.product
           join b2b_member m on m.member = o.supplier where o.supplier <> $actor order by o.supplier, o.product""",
        actor=actor,
    )
    return [(r.product, f"{r.name} · ¥{r.list_price:,} · {r.supplier}") for r in rows]


class OfferRow(TypedDict):
    """A product at its list price."""

    product: Annotated[Ref, Ask(choose="lgs.products")]
    price: Price


@command(role=SUPPLIER, title=("发布商品", "Publish products"))
def publish(do: Doing, offers: Annotated[list[OfferRow], Ask("商品和价格", "Products and prices")]) -> int:
    """Offers products at list prices, or changes the prices of those offered already; gives how many are offered now."""
    stock.each_once(do, offers, "offers")
    for offer in offers:
        stock.checked(do, offer["product"], "offers")
        do.execute(
            "insert into b2b_offer values ($supplier, $product, $price) on conflict do update set list_price = excluded.list_price",
            supplier=do.actor, product=offer["product"], price=offer["price"],
        )  # fmt: skip
    return int(do.value("select count(*) from b2b_offer where supplier = $supplier", supplier=do.actor))


@query("B2B005", role=VISITOR, title=("浏览商品", "Browse the catalogue"))
def browse(
    do: Doing,
    product: Annotated[Line, Ask("商品名称", "Product name", max=60)] = "",
    supplier: Annotated[Ref, Ask("供应商", "Supplier", choose="b2b.suppliers")] = "",
    at_most: Annotated[Money | None, Ask("最高价格（不含税）", "Net price at most")] = None,
) -> Table:
    """What suppliers offer: product, product_name, product_category, list_price, supplier (its number), name. product: a part of the name, or the GTIN."""
    return do.table(
        f"""select o.product, p.name as product_name, p.product_category, o.list_price, o.supplier, m.name
           from b2b_offer o join product p on p.gtin = o.product join b2b_member m on m.member = o.supplier
           where (o.product = $product or {holds("p.name", "words")})
             and $supplier in ('', o.supplier) and ($at_most is null or o.list_price <= $at_most) order by o.product, o.list_price, o.supplier""",
        product=product or "", words=pattern(product), supplier=supplier or "", at_most=at_most,
    )  # fmt: skip


@command("B2B005", role=PURCHASER, title=("放入购物车", "Put into the cart"))
def add_to_cart(do: Doing, supplier: Supplier, product: Product, quantity: Quantity) -> dict[str, Any]:
    """Puts pieces of a supplier's product into the cart; a product that lies there already gets this quantity. Gives list_price and total."""
    if supplier == do.actor:
        raise OWN_GOODS("supplier")
    price = do.value("select list_price from b2b_offer where supplier = $supplier and product = $product", supplier=supplier, product=product)
    if price is None:
        raise NOT_OFFERED("product", supplier=name_of(do, supplier), product=product)
    do.execute(
        "insert into b2b_cart values ($actor, $supplier, $product, $quantity) on conflict do update set quantity = excluded.quantity",
        actor=do.actor, supplier=supplier, product=product, quantity=quantity,
    )  # fmt: skip
    return {"list_price": price, "total": price * quantity}


@command(role=PURCHASER, title=("移出购物车", "Take out of the cart"))
def remove_from_cart(do: Doing, supplier: Supplier, product: Product) -> str:
    """Takes a product out of the cart; gives the product."""
    gone = do.value(
        "delete from b2b_cart where purchaser = $actor and supplier = $supplier and product = $product", actor=do.actor, supplier=supplier, product=product
    )
    if not gone:
        raise NOT_IN_CART("product", supplier=name_of(do, supplier), product=product)
    return product


@query(role=PURCHASER, title=("查看购物车", "View the cart"))
def cart(do: Doing) -> Table:
    """What is in the cart, by supplier: supplier, name, product, product_name, quantity, list_price, total."""
    return do.table(
        """select c.supplier, m.name, c.product, p.name as product_name, c.quantity, o.list_price, (c.quantity * o.list_price)::decimal(18,2) as total
           from b2b_cart c join b2b_member m on m.member = c.supplier join product p on p.gtin = c.product
           join b2b_offer o on o.supplier = c.supplier and o.product = c.product
           where c.purchaser = $actor order by c.supplier, c.product""",
        actor=do.actor,
    )


def take_from_cart(do: Doing, supplier: str, product: str) -> list[CartLine]:
    """The lines of the cart that are this supplier's, or the one of this product, which leave the cart. Refuses 'cart_empty' and 'not_in_cart'."""
    match = "purchaser = $actor and supplier = $supplier and $product in ('', product)"
    rows = do.all(
        f"select product, quantity, list_price from b2b_cart join b2b_offer using (supplier, product) where {match} order by product",
        actor=do.actor, supplier=supplier, product=product,
    )  # fmt: skip
    if not rows:
        raise (NOT_IN_CART("product", supplier=name_of(do, supplier), product=product) if product else CART_EMPTY("supplier", supplier=name_of(do, supplier)))
    do.execute(f"delete from b2b_cart where {match}", actor=do.actor, supplier=supplier, product=product)
    return [CartLine(product=r.product, quantity=r.quantity, price=r.list_price) for r in rows]
