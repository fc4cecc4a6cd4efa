"""Inquiries: a purchaser asks for a price, the supplier quotes, and on the quotation a negotiation may follow."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypedDict

from ...books import documents, stock
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .catalogue import Price, Supplier, take_from_cart
from .members import PURCHASER, SUPPLIER, name_of, tell

INQUIRY = documents.kind(
    "inquiry",
    "IQ",
    ("询价单", "request for quotation"),
    {"inquired": ("quoted", "broken_off"), "quoted": ("negotiating", "broken_off"), "negotiating": ("broken_off",), "broken_off": ()},
)

QUOTE_ALL = refusal(
    "quote_all", "商品 {product} 还没有报价。请给询价单上的每种商品报价。", "{product} has no price yet. Quote a price for each product of the request."
)
NOT_INQUIRED = refusal(
    "not_inquired",
    "询价单上没有商品 {product}。请只给询价单上的商品报价。",
    "The product {product} is not in the request. Quote only what is asked for.",
)

STILL_NEGOTIATED = refusal(
    "still_negotiated", "询价单 {number} 正在洽谈，不能撤回。请中止洽谈。", "{number} is being negotiated and cannot be withdrawn. End the negotiation instead."
)


class QuoteRow(TypedDict):
    """The price of one product."""

    product: Annotated[Ref, Ask(choose="lgs.products")]
    price: Price


def offer(name: str, kind: documents.Kind, table: str, side: str, *states: str) -> None:
    """Registers as choices the documents of a kind in some states that concern the acting purchaser or supplier (`side`)."""
    other = "supplier" if side == "purchaser" else "purchaser"
    documents.offer(name, kind, *states, of=table, whose=side, shows=f"(select name from member where number = t.{other})")


offer("b2b.inquiries_to_quote", INQUIRY, "b2b_inquiry", "supplier", "inquired", "quoted")
offer("b2b.inquiries_quoted", INQUIRY, "b2b_inquiry", "purchaser", "quoted")
offer("b2b.own_inquiries", INQUIRY, "b2b_inquiry", "purchaser")


@command("B2B007", role=PURCHASER, title=("生成询价单", "Request a quotation"))
def inquire(
    do: Doing,
    supplier: Supplier,
    note: Annotated[Line, Ask("询价说明", "What you want to know", max=200)],
    product: Annotated[
        Ref,
        Ask("商品", "Product", choose="b2b.offered", help=Text("不选则为购物车里该供应商的全部商品", "Leave empty for all goods of this supplier in the cart")),
    ] = "",
) -> str:
    """Asks a supplier for its price of what is in the cart; gives the number of the request for quotation."""
    lines = take_from_cart(do, supplier, product or "")
    document = documents.create(do, INQUIRY, owner=do.actor)
    do.execute("insert into b2b_inquiry values ($n, $purchaser, $supplier, $note)", n=document.number, purchaser=do.actor, supplier=supplier, note=note)
    for line in lines:
        add_line(do, document.number, 0, line["product"], line["quantity"], None)
    tell(
        do, supplier, f"新询价单 New request for quotation {document.number}",
        f"{name_of(do, do.actor)} 发来询价单 {document.number}：{note}\n\n{name_of(do, do.actor)} sent the request for quotation {document.number}: {note}\n",
    )  # fmt: skip
    return document.number


@command("B2B022", role=SUPPLIER, title=("报价", "Quote prices"))
def quote(
    do: Doing,
    inquiry: Annotated[Ref, Ask("询价单", "Request for quotation", choose="b2b.inquiries_to_quote")],
    prices: Annotated[list[QuoteRow], Ask("报价", "Prices")],
) -> dict[str, Any]:
    """Answers a request for quotation with a price for each of its products; gives its state and the total.

    Until the purchaser opens a negotiation on it, a new quotation replaces the one before.
    """
    document, _ = found(do, INQUIRY, "b2b_inquiry", inquiry, "inquiry")
    if document.state != "quoted":
        document.move_to("quoted", "inquiry")
    given: dict[str, Decimal] = {}
    asked = lines(do, inquiry, 0)
    known = {r.product for r in asked}
    stock.each_once(do, prices, "prices")
    for row in prices:
        if row["product"] not in known:
            raise NOT_INQUIRED("prices", product=row["product"])
        given[row["product"]] = row["price"]
    for r in asked:
        if r.product not in given:
            raise QUOTE_ALL("prices", product=r.product_name)
        do.execute(
            "update b2b_line set price = $price where document = $n and version = 0 and product = $product",
            price=given[r.product], n=inquiry, product=r.product,
        )  # fmt: skip
    return {"state": document.state, "total": sum((given[r.product] * r.quantity for r in asked), Decimal("0.00"))}


@command(role=PURCHASER, title=("撤回询价", "Withdraw a request"))
def withdraw_inquiry(do: Doing, inquiry: Annotated[Ref, Ask("询价单", "Request for quotation", choose="b2b.own_inquiries")]) -> str:
    """Ends a request for quotation on which nothing is negotiated yet; gives its number."""
    document, _ = found(do, INQUIRY, "b2b_inquiry", inquiry, "inquiry")
    if document.state == "negotiating":
        raise STILL_NEGOTIATED("inquiry", number=inquiry)
    document.move_to("broken_off", "inquiry")
    return inquiry


_INQUIRIES = """select i.number, d.state, d.day, p.name as purchaser, s.name as supplier, g.name as product_name, l.product, l.quantity, l.price, i.note
    from b2b_inquiry i join document d using (number) join member p on p.number = i.purchaser join member s on s.number = i.supplier
    join b2b_line l on l.document = i.number and l.version = 0 join product g on g.gtin = l.product
    where i.{side} = $actor and $number in ('', i.number) order by i.number desc, l.product"""


@query(role=PURCHASER, title=("查看询价单", "View your requests"))
def inquiries(do: Doing, number: Annotated[Ref, Ask("询价单", "Request for quotation", choose="b2b.own_inquiries")] = "") -> Table:
    """The requests for quotation of the purchaser: number, state, day, purchaser, supplier, product_name, product, quantity, price, note; a row a product."""
    return do.table(_INQUIRIES.format(side="purchaser"), actor=do.actor, number=number or "")


@query("B2B022", role=SUPPLIER, title=("查看收到的询价单", "View the requests received"))
def received_inquiries(do: Doing, number: Annotated[Ref, Ask("询价单", "Request for quotation", choose="b2b.inquiries_to_quote")] = "") -> Table:
    """The requests for quotation sent to the supplier, in the columns of `inquiries`."""
    return do.table(_INQUIRIES.format(side="supplier"), actor=do.actor, number=number or "")


# --- what its neighbours use -----------------------------------------------------------------------------------------


def found(do: Doing, kind: documents.Kind, table: str, number: str, field: str) -> tuple[documents.Document, Any]:
    """A document and its row in `table`, to which the acting purchaser or supplier is a party. Refuses 'not_found' and 'not_yours'."""
    document = documents.find(do, kind, number, field)
    row = do.one(f"select * from {table} where number = $number", number=number)
    if do.actor != (row.purchaser if do.role == PURCHASER.name else row.supplier):
        raise documents.NOT_YOURS(field, kind=kind.title, number=number)
    return document, row


def add_line(do: Doing, document: str, version: int, product: str, quantity: int, price: Decimal | None) -> None:
    do.execute(
        "insert into b2b_line values ($document, $version, $product, $quantity, $price)",
        document=document, version=version, product=product, quantity=quantity, price=price,
    )  # fmt: skip


def lines(look: Looking, document: str, version: int) -> list[Any]:
    """The goods of a document's version, by product: product, product_name, quantity, price."""
    return look.all(
        """select l.product, p.name as product_name, l.quantity, l.price from b2b_line l join product p on p.gtin = l.product
           where l.document = $document and l.version = $version order by l.product""",
        document=document, version=version,
    )  # fmt: skip
