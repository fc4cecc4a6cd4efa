"""Order documents: entering, searching and voiding them, and making one from an order of another module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

from ...books import documents
from ...books.periods import FromDay, ToDay, within
from ...books.products import each_once
from ...books.wording import holds, pattern
from ...edifact.messages import Line as TradeLine
from ...edifact.messages import Trade
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Count, Day, Line, Ref
from .partners import PARTNERS, PartnerRef
from .products import PRODUCTS, ProductRef
from .roles import EDI_MEMBER

STATES = (
    "recorded", "flat_file_made", "message_made", "message_sent", "message_acknowledged", "message_rejected",
    "order_confirmed", "order_declined", "goods_despatched", "goods_received", "order_invoiced", "voided",
)  # fmt: skip
#: Voided only before it is sent: what the partner has received cannot be unsaid by us alone.
EDI_DOCUMENT = documents.kind(
    "edi_document", "EDO", ("EDI 单证", "EDI document"),
    {
        "recorded": ("flat_file_made", "voided"),
        "flat_file_made": ("message_made", "voided"),
        "message_made": ("message_sent", "voided"),
        "message_sent": ("message_acknowledged", "message_rejected"),
        "message_acknowledged": ("order_confirmed", "order_declined"),
        "message_rejected": ("recorded", "voided"),
        "order_confirmed": ("goods_despatched",),
        "order_declined": (),
        "goods_despatched": ("goods_received",),
        "goods_received": ("order_invoiced",),
        "order_invoiced": (),
        "voided": (),
    },
)  # fmt: skip
VOIDABLE = tuple(s for s, to in EDI_DOCUMENT.moves.items() if "voided" in to)

TOO_SOON = refusal("delivery_too_soon", "交货日须晚于今天（{day}）。请改为之后的日期。", "The delivery day must be after today ({day}). Enter a later day.")
NO_PARTNER = refusal(
    "no_partner_for_gln",
    "贸易伙伴中没有 GLN {gln}。请先新建该伙伴（EDI006）。",
    "None of your trading partners has the GLN {gln}. Create the partner first (EDI006).",
)
NO_LINES = refusal("no_lines", "单证没有商品。请至少填写一行。", "The document has no products. Enter at least one row.")

DocumentRef = Annotated[Ref, Ask(choose="edi.documents")]


class OrderRow(TypedDict):
    """A line to be ordered, at the product's list price."""

    product: ProductRef
    quantity: Annotated[Count, Ask(ge="1", le="999999")]


class Item(NamedTuple):
    """A line of a document: the member's product (or "" for goods of another module), and what the message will say of it."""

    product: str
    gtin: str
    name: str
    measure_unit: str
    quantity: int
    unit_price: Any


def offer(name: str, *states: str) -> None:
    """Registers as choices the member's documents in these states, the latest first."""
    shows = "(select name from edi_partner where number = t.partner), t.total"
    documents.offer(name, EDI_DOCUMENT, *states, of="edi_order", where="d.owner = $actor", shows=shows, stated=True)


offer("edi.documents")
offer("edi.voidable", *VOIDABLE)


def order_of(look: Looking, number: str) -> Any:
    """A document's row with its state, owner and parent."""
    return look.one("select o.*, d.state, d.owner, d.parent from edi_order o join document d using (number) where o.number = $number", number=number)


def lines_of(look: Looking, number: str) -> list[Any]:
    return look.all("select * from edi_order_line where number = $number order by line", number=number)


@command("EDI014", role=EDI_MEMBER, title=("录入单证", "Enter a document"))
def create_document(
    do: Doing,
    partner: Annotated[Ref, Ask("卖方", "Seller", choose="edi.partners")],
    lines: Annotated[list[OrderRow], Ask("商品", "Products")],
    delivery_day: Annotated[Day, Ask()],
    note: Annotated[Line, Ask("附言", "Note", max=210)] = "",
) -> str:
    """Enters an order to a partner, priced by the product list; gives the document's number."""
    row = PARTNERS.own(do, partner)
    if delivery_day <= do.day:
        raise TOO_SOON("delivery_day", day=do.day)
    each_once(do, lines, "lines")
    items = []
    for wanted in lines:
        product = PRODUCTS.own(do, wanted["product"], "lines")
        items.append(Item(product.number, product.gtin, product.name, product.measure_unit, wanted["quantity"], product.list_price))
    return _enter(do, do.actor, row, items, delivery_day, note or "")


def from_order(do: Doing, order: Trade, parent: str) -> str:
    """Enters a document for an order of another module; gives its number.

    order: buyer and supplier by GLN, lines with GTIN, name, unit, whole quantity and price; `order.delivery` is needed.
    parent: the number of the order there, so that a trace joins both. Refuses 'no_partner_for_gln' where the buyer
    keeps no partner with the supplier's GLN, and 'no_lines'. Raises ValueError for a quantity that is not whole.
    """
    partner = do.one("select * from edi_partner where member = $member and gln = $gln", member=order.buyer, gln=order.supplier)
    if partner is None:
        raise NO_PARTNER("order", gln=order.supplier)
    if not order.lines:
        raise NO_LINES("order")
    if any(line.quantity != int(line.quantity) for line in order.lines):
        raise ValueError(f"{order.number}: a quantity is not whole")
    items = [Item("", line.gtin, line.name[:70], line.unit, int(line.quantity), line.price) for line in order.lines]
    return _enter(do, order.buyer, partner, items, order.delivery or order.day, order.note, parent)


def _enter(do: Doing, member: str, partner: Any, items: Sequence[Item], delivery: Any, note: str, parent: str | None = None) -> str:
    made = documents.create(do, EDI_DOCUMENT, member, parent)
    total = sum(i.quantity * i.unit_price for i in items)
    do.execute(
        "insert into edi_order values ($number, $partner, $supplier, $day, $delivery, $note, $total, null, null, null, null)",
        number=made.number, partner=partner.number, supplier=partner.gln, day=do.day, delivery=delivery, note=note, total=total,
    )  # fmt: skip
    for i, item in enumerate(items, start=1):
        do.execute(
            "insert into edi_order_line values ($number, $line, $product, $gtin, $name, $measure_unit, $quantity, $unit_price)",
            number=made.number, line=i, **item._asdict(),
        )  # fmt: skip
    return made.number


def trade_of(look: Looking, number: str) -> Trade:
    """A document as the neutral order that flat file and message are made from."""
    order = order_of(look, number)
    lines = tuple(TradeLine(r.gtin, r.quantity, r.unit_price, r.name, r.measure_unit) for r in lines_of(look, number))
    return Trade(number, order.order_day, order.owner, order.supplier, lines, delivery=order.delivery_day, note=order.note)


@query("EDI015", role=EDI_MEMBER, title=("查询单证", "Find documents"))
def search_documents(
    do: Doing,
    partner: Annotated[PartnerRef, Ask("卖方", "Seller", choose="edi.partners")] = "",
    state: Annotated[Literal[STATES] | None, Ask()] = None,  # type: ignore[valid-type]
    from_day: FromDay = None,
    to_day: ToDay = None,
    text: Annotated[Line, Ask("编号或商品含有", "Number or product contains", max=70)] = "",
) -> Table:
    """Documents that meet every condition given: number, state, seller, day, delivery day, lines, total, parent."""
    return do.table(
        f"""select d.number, d.state, p.name as partner_name, o.order_day, o.delivery_day, count(l.line) as line_count, o.total, d.parent
           from document d join edi_order o using (number) join edi_partner p on p.number = o.partner join edi_order_line l on l.number = d.number
           where d.owner = $member and ($partner = '' or o.partner = $partner) and ($state is null or d.state = $state)
             and {within('o.order_day')}
           group by all
           having {holds("d.number || ' ' || string_agg(l.name || ' ' || l.gtin, ' ')", "text")}
           order by d.number""",
        member=do.actor, partner=partner or "", state=state, from_day=from_day, to_day=to_day, text=pattern(text),
    )  # fmt: skip


@command("EDI016", role=EDI_MEMBER, title=("作废单证", "Void a document"))
def void(
    do: Doing,
    document: Annotated[Ref, Ask(choose="edi.voidable")],
    reason: Annotated[
        Literal["entered_twice", "wrong_quantity", "wrong_partner", "order_withdrawn"],
        Ask("作废原因", "Why it is void"),
    ],
) -> str:
    """Voids a document that has not been sent; it stays on file. Gives its number."""
    documents.find(do, EDI_DOCUMENT, document, "document", do.actor).move_to("voided", "document")
    do.execute("update edi_order set reason = $reason where number = $number", reason=reason, number=document)
    return document
