"""Slips and waybills: printed by the hour for all orders that wait, fetched back where something has to change.

Where an order is, is where its papers are: paid and not printed, printed, packed, fetched back to the desk, shipped. An order with a red
flag of which the printer does not know, or with a request that nobody has decided, is not printed. What lies at the desk cannot be shipped.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import documents
from ...books.documents import Document
from ...books.members import acting
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from ..b2c import sales
from ..b2c.kinds import SALES_ORDER, WEB_ORDER
from ..b2c.members import SHOPKEEPER
from ..floor import PARCEL, bins, leaving
from .desk import PRE_SALE, PRINTER, merchant_of
from .kinds import FLAG, PAPERS, REQUEST

NOT_PRINTED = refusal(
    "not_printed",
    "订单 {number} 还没有打印，没有可取回的单据。请直接修改或作废。",
    "The order {number} is not printed, so there is nothing to fetch. Change or void it.",
)
ELSEWHERE = refusal(
    "papers_elsewhere",
    "订单 {number} 现处于“{stage}”状态，不能这样取回。请按它所在的位置取回。",
    "The order {number} is {stage} and cannot be fetched back like this. Fetch it from where it is.",
)
GONE = refusal(
    "parcel_gone",
    "订单 {number} 已发货，无法取回。请转交售后处理。",
    "The order {number} has been shipped and cannot be fetched back. Pass it on to after-sale service.",
)
NOT_TO_PRINT = refusal(
    "not_to_print",
    "订单 {number} 现处于“{stage}”状态，不能打印。请选择待打印的订单。",
    "The order {number} is {stage} and cannot be printed. Choose one that waits for the printer.",
)
HELD = refusal(
    "order_held",
    "订单 {number} 有未告知制单员的红旗或未处理的变更申请，暂不打印。请先处理。",
    "The order {number} has a red flag that the printer was not told of, or an open request. Deal with that before it is printed.",
)
PARCEL_AT_DESK = refusal(
    "parcel_at_desk",
    "订单 {number} 的单据已取回客服台，不能发货。请先改好交回，或作废。",
    "The papers of the order {number} lie at the service desk, so it cannot be shipped. Correct and return them, or void the order.",
)
NO_PARCEL_HERE = refusal(
    "no_parcel_here", "订单 {number} 没有取回的包裹。请先从仓库取回包裹。", "There is no fetched parcel of the order {number}. Fetch the parcel back first."
)

#: The papers of an order that are out or at the desk; torn ones are history.
_LIVE = (
    "select p.*, d.state from service_papers p join document d using (number) where p.web_order = $n and d.state <> 'torn_up' order by p.number desc limit 1"
)

#: Orders `o` of a shop that are paid, or to be paid at the door, and have no papers.
_WAITING = """
    from b2c_order o join document d using (number)
    where o.merchant = $merchant and (d.state in ('paid', 'accepted') or (d.state = 'placed' and o.payment_kind = 'cash_on_delivery'))
      and not exists (select 1 from service_papers p join document x using (number) where p.web_order = o.number and x.state <> 'torn_up')"""

#: The same that nothing holds back.
_FREE = f"""{_WAITING}
      and not exists (select 1 from service_flag f join document x using (number) where f.web_order = o.number and x.state = 'set')
      and not exists (select 1 from service_request q join document x using (number) where q.web_order = o.number and x.state in ('asked', 'fetched_back'))
      and not exists (select 1 from service_case c join document x using (number) where c.web_order = o.number and x.state in ('opened', 'checked'))"""


def live(look: Looking, order: str) -> Any:
    """The papers of an order that count, with their state, or None."""
    return look.one(_LIVE, n=order)


def stage(look: Looking, order: str) -> str:
    """Where an order is, as the desk sees it: paid, printed, packed, fetched_back, shipped; else the state of the web order."""
    state = look.value("select state from document where number = $n", n=order)
    papers = live(look, order)
    if state in ("placed", "paid", "accepted"):
        return papers.state if papers else "paid" if state != "placed" else state
    return str(state)


def own_order(do: Doing, order: str, field: str = "order") -> Any:
    """A web order of the shop for which the acting clerk works: its row. Refuses 'not_found' and 'not_yours'."""
    documents.find(do, WEB_ORDER, order, field)
    row = do.one("select * from b2c_order where number = $n", n=order)
    if row.merchant != merchant_of(do, do.actor):
        raise documents.NOT_YOURS(field, kind=WEB_ORDER.title, number=order)
    return row


def merchants(look: Looking, actor: str) -> str:
    """The shop of whoever acts; '' where nobody of a desk does."""
    return str(look.value("select merchant from service_clerk where clerk = $actor", actor=actor) or "")


@choices("service.orders_to_print")
def _to_print(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(f"select o.number, o.recipient, o.amount {_FREE} order by o.number desc limit 500", merchant=merchants(look, actor))
    return [(r.number, documents.label(r)) for r in rows]


@choices("service.orders")
def _orders(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select o.number, o.recipient, o.amount from b2c_order o join document d using (number)
           where o.merchant = $merchant and d.state not in ('drafted', 'abandoned') order by o.number desc limit 500""",
        merchant=merchants(look, actor),
    )
    return [(r.number, documents.label(r)) for r in rows]


@choices("service.orders_out")
def _out(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return _orders_with(look, actor, "printed", "packed")


@choices("service.orders_printed")
def _printed(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return _orders_with(look, actor, "printed")


@choices("service.parcels_fetched")
def _fetched(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return _orders_with(look, actor, "fetched_back", where="and p.fetched_from = 'packed' and p.put_back is null")


def _orders_with(look: Looking, actor: str, *states: str, where: str = "") -> list[tuple[str, Text | str]]:
    rows = look.all(
        f"""select o.number, o.recipient, o.amount from service_papers p join document d using (number) join b2c_order o on o.number = p.web_order
            where o.merchant = $merchant and list_contains($states, d.state) {where} order by o.number desc limit 500""",
        merchant=merchants(look, actor), states=list(states),
    )  # fmt: skip
    return [(r.number, documents.label(r)) for r in rows]


Order = Annotated[Ref, Ask("订单", "Order", choose="service.orders")]


@query(role=PRE_SALE, title=("查看订单所处环节", "See where orders are"))
def orders(do: Doing) -> Table:
    """The shop's 200 newest orders: number, recipient, deliver_to, amount, stage, waybill, remark, placed_day."""
    found = do.table(
        """select o.number, o.recipient, o.deliver_to, o.amount,
                  case when d.state not in ('placed', 'paid', 'accepted') then d.state
                       else coalesce(p.state, if(d.state = 'placed', 'placed', 'paid')) end as stage,
                  p.waybill, (select string_agg(f.remark, '; ' order by f.number) from service_flag f where f.web_order = o.number) as remark, o.placed_day
           from b2c_order o join document d using (number) left join (
               select p.web_order, p.waybill, x.state from service_papers p join document x using (number)
               where x.state <> 'torn_up') p on p.web_order = o.number
           where o.merchant = $merchant and d.state not in ('drafted', 'abandoned') order by o.number desc limit 200""",
        merchant=merchant_of(do, do.actor),
    )
    return found


@query(role=PRINTER, title=("查看待打印订单", "View orders to print"))
def to_print(do: Doing) -> Table:
    """The orders that wait for the printer: number, recipient, deliver_to, amount, held (something must be dealt with first)."""
    merchant = merchant_of(do, do.actor)
    free = {r.number for r in do.all(f"select o.number {_FREE}", merchant=merchant)}
    rows = do.all(f"select o.number, o.recipient, o.deliver_to, o.amount {_WAITING} order by o.number", merchant=merchant)
    return Table(("number", "recipient", "deliver_to", "amount", "held"), [(*r, r.number not in free) for r in rows])


@command("DESK013", role=PRINTER, title=("打印一批单据", "Print an hourly batch"))
def print_batch(do: Doing) -> dict[str, Any]:
    """Prints slips and waybills of all orders that wait, and gives them to the warehouse. Gives the batch, its time and how many orders it has.

    An hour in which nothing waits is a batch of none: somebody looked. What is held back is left out.
    """
    merchant = merchant_of(do, do.actor)
    found = [r.number for r in do.all(f"select o.number {_FREE} order by o.number", merchant=merchant)]
    number = do.number("BT")
    do.execute(
        "insert into service_batch values ($number, $merchant, $day, $moment, $orders, $clerk, $entry)",
        number=number, merchant=merchant, day=do.day, moment=do.moment, orders=len(found), clerk=do.actor, entry=do.evidence,
    )  # fmt: skip
    for order in found:
        _print(do, merchant, order, number)
    return {"batch": number, "moment": do.moment, "orders": len(found)}


@command("DESK006", "DESK007", role=PRINTER, title=("单独打印一单", "Print one order"))
def print_order(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="service.orders_to_print")]) -> str:
    """Prints slip and waybill of one order, as after a change; gives the waybill's number."""
    row = own_order(do, order)
    if not do.value(f"select 1 {_WAITING} and o.number = $n", merchant=row.merchant, n=order):
        raise NOT_TO_PRINT("order", number=order, stage=term(stage(do, order), "service"))
    if not do.value(f"select 1 {_FREE} and o.number = $n", merchant=row.merchant, n=order):
        raise HELD("order", number=order)
    return _print(do, row.merchant, order, None)


def _print(do: Doing, merchant: str, order: str, batch: str | None) -> str:
    """Brings an order to the shelves, as the shop's owner would, and makes its papers. Gives the waybill."""
    with acting(do, SHOPKEEPER.name, merchant):
        sales_order = do.value("select sales_order from b2c_order where number = $n", n=order) or sales.accept_order(do, order)
        state = documents.find(do, SALES_ORDER, sales_order).state
        if state == "to_settle":
            sales.settle_sale(do, sales_order)
        if state in ("to_settle", "settled"):
            sales.confirm_sale(do, sales_order)
        if state != "picking" and not bins.site_of(do, merchant):  # a floor picks in waves, and says itself when
            sales.print_picking_slip(do, sales_order)
    waybill = _papers(do, merchant, order, sales_order, batch)
    for r in do.all("select number from service_flag join document using (number) where web_order = $n and state = 'told' order by number", n=order):
        documents.find(do, FLAG, r.number).move_to("done")
    return waybill


def _papers(do: Doing, merchant: str, order: str, sales_order: str, batch: str | None) -> str:
    """Slip and waybill of an order, with what is remarked of it; gives the waybill."""
    made = documents.create(do, PAPERS, owner=merchant, parent=order)
    waybill = do.number("YD")
    remark = do.value("select string_agg(remark, '; ' order by number) from service_flag where web_order = $n", n=order)
    do.execute(
        "insert into service_papers values ($n, $order, $sales_order, $waybill, $batch, $remark, $moment, null, null, null, null)",
        n=made.number, order=order, sales_order=sales_order, waybill=waybill, batch=batch, remark=remark or "", moment=do.moment,
    )  # fmt: skip
    return waybill


@command(role=PRINTER, title=("登记已打包", "Note that an order is packed"))
def record_packed(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="service.orders_printed")]) -> str:
    """Notes that the warehouse has packed and labelled the parcel of a printed order; gives its waybill."""
    own_order(do, order)
    papers = live(do, order)
    if papers is None:
        raise NOT_PRINTED("order", number=order)
    documents.find(do, PAPERS, papers.number, "order").must_allow("packed", "order")
    if documents.find(do, SALES_ORDER, papers.sales_order).state == "confirmed":
        with acting(do, SHOPKEEPER.name, merchant_of(do, do.actor)):
            sales.print_picking_slip(do, papers.sales_order)
    packed(do, order)
    return str(papers.waybill)


def packed(do: Doing, order: str) -> None:
    """The parcel of a printed order is packed and labelled: what the warehouse tells the desk. Nothing to do where it was not printed here."""
    papers = live(do, order)
    if papers and papers.state == "printed":
        documents.find(do, PAPERS, papers.number).move_to("packed")
        do.execute("update service_papers set packed = $moment where number = $n", moment=do.moment, n=papers.number)


@command("DESK006", "DESK007", "DESK008", "DESK014", role=PRE_SALE, title=("取回单据或包裹", "Fetch papers or a parcel back"))
def fetch_back(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="service.orders_out")],
    what: Annotated[Literal["slip_and_waybill", "parcel"], Ask("取回什么", "What is fetched")],
) -> str:
    """Fetches slip and waybill of a printed order, or the parcel of a packed one, back to the desk; gives the waybill.

    A request of the customer about the order goes on from there.
    """
    own_order(do, order)
    where = stage(do, order)
    papers = live(do, order)
    if where in ("shipped", "returned"):
        raise GONE("order", number=order)
    if papers is None:
        raise NOT_PRINTED("order", number=order)
    if where != {"slip_and_waybill": "printed", "parcel": "packed"}[what]:
        raise ELSEWHERE("what" if where in ("printed", "packed") else "order", number=order, stage=term(where, "service"))
    documents.find(do, PAPERS, papers.number).move_to("fetched_back", "order")
    leaving.unpack(do, papers.sales_order)
    do.execute("update service_papers set fetched = $moment, fetched_from = $where where number = $n", moment=do.moment, where=where, n=papers.number)
    asked = do.one("select q.number from service_request q join document d using (number) where q.web_order = $n and d.state = 'asked'", n=order)
    if asked:
        documents.find(do, REQUEST, asked.number).move_to("fetched_back")
    return str(papers.waybill)


@command("DESK007", "DESK008", role=PRINTER, title=("包裹商品放回货架", "Put a parcel's goods back"))
def put_back(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="service.parcels_fetched")]) -> str:
    """Opens a parcel that was fetched back and puts its goods on the shelf again; gives its waybill. They stay reserved while the order stands."""
    own_order(do, order)
    papers = live(do, order)
    if papers is None or papers.state != "fetched_back" or papers.fetched_from != "packed" or papers.put_back:
        raise NO_PARCEL_HERE("order", number=order)
    do.execute("update service_papers set put_back = $moment where number = $n", moment=do.moment, n=papers.number)
    return str(papers.waybill)


def tear_up(do: Doing, order: str) -> None:
    """The papers of an order that count are torn up, wherever they are; the goods of its parcel are on the shelf again."""
    papers = live(do, order)
    if papers and papers.state != "shipped":
        documents.find(do, PAPERS, papers.number).move_to("torn_up")
        if papers.packed and not papers.put_back:
            do.execute("update service_papers set put_back = $moment where number = $n", moment=do.moment, n=papers.number)


@documents.on(PARCEL, "packed")
def _packed_by_the_floor(do: Doing, parcel: Document) -> None:
    """The warehouse has packed an order: the desk knows, also of one whose papers it did not print itself."""
    row = do.one("select o.number, o.sales_order, o.merchant from document d join b2c_order o on o.sales_order = d.parent where d.number = $n", n=parcel.number)
    if row is None or not do.value("select 1 from service_desk where merchant = $m", m=row.merchant):
        return
    papers = live(do, row.number)
    if papers is None:
        _papers(do, row.merchant, row.number, row.sales_order, None)
    elif papers.state == "fetched_back":
        raise PARCEL_AT_DESK("sales_order", number=row.number)
    packed(do, row.number)


@documents.on(SALES_ORDER, "shipped")
def _shipped(do: Doing, sales_order: Document) -> None:
    """Papers go with the parcel; what lies at the desk holds it back."""
    papers = do.one("""select p.number, p.web_order, d.state from service_papers p join document d using (number)
           where p.sales_order = $n and d.state <> 'torn_up'""",
                    n=sales_order.number)  # fmt: skip
    if papers is None:
        return
    if papers.state == "fetched_back":
        raise PARCEL_AT_DESK("sales_order", number=papers.web_order)
    documents.find(do, PAPERS, papers.number).move_to("shipped")


@documents.on(WEB_ORDER, "cancelled")
def _cancelled(do: Doing, order: Document) -> None:
    tear_up(do, order.number)
