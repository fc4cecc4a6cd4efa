"""What a customer wants changed or withdrawn, and what is still possible.

| the order is | change | withdraw |
|---|---|---|
| paid, not printed | at once: red flag, remark, the printer is told | it is voided, after-sale service pays back |
| printed | slip and waybill are fetched back and corrected | they are fetched back and torn up |
| packed | the parcel is fetched back, and printed anew | it is fetched back, its goods go on the shelf |
| shipped | after-sale service takes over | after-sale service takes over |
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from ...books import documents
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.values import Ask, Line, Prose, Ref
from ..b2c import checkout
from . import cases
from .desk import PRE_SALE, merchant_of
from .kinds import FLAG, PAPERS, REQUEST
from .papers import Order, live, own_order, stage, tear_up

REMARK_FORM = refusal(
    "remark_form",
    "备注格式应为“事项 / 经手人 / 日期”，经手人和日期须是你和今天。请照此填写：{example}。",
    "A remark is written as “what / by whom / day”, with your name and today. Enter it like this: {example}.",
)
REQUEST_WAITING = refusal(
    "request_waiting",
    "订单 {number} 已有待处理的变更申请 {request}。请先处理。",
    "The request {request} about the order {number} is still open. Decide that first.",
)
NOTHING_LEFT = refusal(
    "nothing_to_change",
    "订单 {number} 现处于“{stage}”状态，没有可变更的内容。请选择其他订单。",
    "The order {number} is {stage}; nothing of it can be changed. Choose another order.",
)
FLAG_FIRST = refusal(
    "flag_first", "订单 {number} 没有今天的红旗备注。请先标红旗并写备注。", "The order {number} has no red flag of today. Flag it with a remark first."
)
TELL_FIRST = refusal("tell_printer_first", "红旗还没有告知制单员。请先告知。", "The printer has not been told of the red flag. Tell the printer first.")
CONFIRM_FIRST = refusal(
    "confirm_first", "还没有与顾客确认变更内容。请先确认。", "The customer has not confirmed what you understood. Confirm it with the customer first."
)
FETCH_FIRST = refusal(
    "fetch_first",
    "订单 {number} 现处于“{stage}”状态。请先取回单据或包裹。",
    "The order {number} is {stage}. Fetch its papers or its parcel back first.",
)
PUT_BACK_FIRST = refusal(
    "put_back_first", "订单 {number} 的包裹还没有拆开放回货架。请先放回。", "The goods of the parcel of {number} are not on the shelf yet. Put them back first."
)
FOR_AFTER_SALE = refusal(
    "for_after_sale", "订单 {number} 已发货，售前不能再处理。请转交售后。", "The order {number} has been shipped. Pass the request on to after-sale service."
)
NOT_SHIPPED_YET = refusal(
    "not_shipped_yet", "订单 {number} 尚未发货，不必转交售后。请直接处理。", "The order {number} has not been shipped. Deal with the request yourself."
)
TO_VOID = refusal("to_void", "申请 {number} 是撤回订单。请用“作废订单”处理。", "The request {number} is to withdraw the order. Void the order instead.")
TO_APPLY = refusal("to_apply", "申请 {number} 不是撤回订单。请用“落实变更”处理。", "The request {number} is no withdrawal. Apply the change instead.")

_requests = "(select q.*, c.clerk as me from service_request q join b2c_order o on o.number = q.web_order join service_clerk c on c.merchant = o.merchant)"
documents.offer("service.open_requests", REQUEST, "asked", "fetched_back", of=_requests, whose="me", shows="t.web_order, t.wanted")
_flags = "(select f.*, c.clerk as me from service_flag f join b2c_order o on o.number = f.web_order join service_clerk c on c.merchant = o.merchant)"
documents.offer("service.flags_set", FLAG, "set", of=_flags, whose="me", shows="t.web_order, t.remark")

OpenRequest = Annotated[Ref, Ask("变更申请", "Change request", choose="service.open_requests")]


@command("DESK005", "DESK006", "DESK007", "DESK008", "DESK009", role=PRE_SALE, title=("登记变更申请", "Record a change request"))
def request_change(
    do: Doing,
    order: Order,
    wish: Annotated[Literal["address", "attribute", "courier", "invoice_title", "card_text", "delivery_time", "withdraw"], Ask()],
    wanted: Annotated[Line, Ask("顾客的要求", "What the customer wants", max=120)],
) -> dict[str, str]:
    """Writes down what a customer wants of an order. Gives the request and where the order is, on which all depends.

    wanted: the new address or wish in full, or why the order is withdrawn.
    """
    row = own_order(do, order)
    where = stage(do, order)
    if where not in ("placed", "paid", "printed", "packed", "fetched_back", "shipped"):
        raise NOTHING_LEFT("order", number=order, stage=term(where, "service"))
    waiting = do.value(
        "select q.number from service_request q join document d using (number) where q.web_order = $n and d.state in ('asked', 'fetched_back')", n=order
    )
    if waiting:
        raise REQUEST_WAITING("order", number=order, request=waiting)
    made = documents.create(do, REQUEST, owner=row.merchant, parent=order)
    do.execute(
        "insert into service_request values ($n, $order, $wish, $wanted, $stage, $clerk, null)",
        n=made.number, order=order, wish=wish, wanted=wanted, stage=where, clerk=do.actor,
    )  # fmt: skip
    return {"request": made.number, "stage": where}


@command("DESK005", "DESK009", role=PRE_SALE, title=("标红旗", "Set a red flag"))
def flag(do: Doing, order: Order, remark: Annotated[Line, Ask("备注", "Remark", max=160, example="改地址为 … / shen.yue / 2026-09-05")]) -> str:
    """Flags an order with a remark in the form “what / by whom / day”; gives the flag's number. It is not printed before the printer knows."""
    row = own_order(do, order)
    *what, who, day = ["", "", *re.split(r"\s*[/／]\s*", remark)]
    if not any(what) or who.casefold() != do.actor or day != do.day.isoformat():
        raise REMARK_FORM("remark", example=f"改地址 / {do.actor} / {do.day}")
    made = documents.create(do, FLAG, owner=row.merchant, parent=order)
    do.execute(
        "insert into service_flag values ($n, $order, $remark, $clerk, $day, $moment)",
        n=made.number, order=order, remark=remark, clerk=do.actor, day=do.day, moment=do.moment,
    )  # fmt: skip
    return made.number


@command("DESK005", "DESK009", role=PRE_SALE, title=("告知制单员", "Tell the printer"))
def tell_printer(do: Doing, flag: Annotated[Ref, Ask("红旗备注", "Red flag", choose="service.flags_set")]) -> str:
    """Tells the printer of a red flag; gives its order. From then on the papers carry the remark."""
    found = documents.find(do, FLAG, flag, "flag", owner=merchant_of(do, do.actor))
    found.move_to("told", "flag")
    order = str(do.value("select web_order from service_flag where number = $n", n=flag))
    papers = live(do, order)
    if papers and papers.state in ("printed", "fetched_back"):
        remark = do.value("select string_agg(remark, '; ' order by number) from service_flag where web_order = $n", n=order)
        do.execute("update service_papers set remark = $remark where number = $n", remark=remark, n=papers.number)
        found.move_to("done")
    return order


@command("DESK005", role=PRE_SALE, title=("与顾客确认变更", "Confirm a change with the customer"))
def confirm_change(do: Doing, request: OpenRequest) -> str:
    """Reads the request back to the customer, who says whether it is right; gives what is wanted."""
    _request(do, request)
    do.execute("update service_request set confirmed = $moment where number = $n", moment=do.moment, n=request)
    return str(do.value("select wanted from service_request where number = $n", n=request))


@command("DESK005", "DESK006", "DESK007", "DESK009", role=PRE_SALE, title=("落实变更", "Apply a change"))
def apply_change(do: Doing, request: OpenRequest) -> str:
    """Carries a change out, where the order is; gives the state in which the order is then.

    Not printed: there is a red flag of today, the printer and the customer know. Printed: the papers are here, are corrected and go back.
    Packed: the parcel is here; its papers are torn up, and it waits to be printed anew.
    """
    found, row = _request(do, request)
    if row.wish == "withdraw":
        raise TO_VOID("request", number=request)
    where = stage(do, row.web_order)
    if where in ("shipped", "returned"):
        raise FOR_AFTER_SALE("request", number=row.web_order)
    if where in ("printed", "packed"):
        raise FETCH_FIRST("request", number=row.web_order, stage=term(where, "service"))
    _must_be_flagged(do, row)
    if row.confirmed is None:
        raise CONFIRM_FIRST("request")
    if row.wish == "address":
        checkout.redirect(do, row.web_order, row.wanted)
    if where == "fetched_back":
        _correct(do, row.web_order)
    found.move_to("applied", "request")
    return stage(do, row.web_order)


def _must_be_flagged(do: Doing, row: Any) -> None:
    states = [
        r.state
        for r in do.all(
            "select d.state from service_flag f join document d using (number) where f.web_order = $n and f.day = $day order by f.number",
            n=row.web_order,
            day=do.day,
        )  # fmt: skip
    ]
    if not states:
        raise FLAG_FIRST("request", number=row.web_order)
    if "set" in states:
        raise TELL_FIRST("request")


def _correct(do: Doing, order: str) -> None:
    """Papers that were fetched are corrected and go back to the warehouse; those on a parcel are torn up, and the order waits for new ones."""
    papers = live(do, order)
    if papers.fetched_from == "packed":
        documents.find(do, PAPERS, papers.number).move_to("torn_up")
        if not papers.put_back:
            do.execute("update service_papers set put_back = $moment where number = $n", moment=do.moment, n=papers.number)
    else:
        remark = do.value("select string_agg(remark, '; ' order by number) from service_flag where web_order = $n", n=order)
        do.execute("update service_papers set remark = $remark where number = $n", remark=remark or "", n=papers.number)
        documents.find(do, PAPERS, papers.number).move_to("printed")


@command("DESK014", role=PRE_SALE, title=("交回取回的单据", "Return fetched papers"))
def send_again(do: Doing, order: Order) -> str:
    """Gives papers or a parcel that were fetched back to the warehouse again, unchanged; gives the waybill."""
    own_order(do, order)
    papers = live(do, order)
    if papers is None:
        raise FETCH_FIRST("order", number=order, stage=term(stage(do, order), "service"))
    document = documents.find(do, PAPERS, papers.number)
    document.must_allow("printed", "order")
    if waiting := do.value(
        "select q.number from service_request q join document d using (number) where q.web_order = $n and d.state = 'fetched_back'", n=order
    ):
        raise REQUEST_WAITING("order", number=order, request=waiting)
    document.move_to("printed", "order")
    opened = do.value("select 1 from floor_parcel where sales_order = $o limit 1", o=papers.sales_order)  # a floor packs it again, after another scan
    if papers.fetched_from == "packed" and not papers.put_back and not opened:
        document.move_to("packed")
    return str(papers.waybill)


@command("DESK008", role=PRE_SALE, title=("作废订单", "Void an order"))
def void_order(do: Doing, request: OpenRequest) -> dict[str, Any]:
    """Voids an order that its customer withdraws: its papers are torn up and its parcel is opened; gives the refund case for after-sale service.

    Printed: the papers are here. Packed: the parcel is here and its goods are on the shelf.
    """
    found, row = _request(do, request)
    if row.wish != "withdraw":
        raise TO_APPLY("request", number=request)
    where = stage(do, row.web_order)
    if where in ("shipped", "returned"):
        raise FOR_AFTER_SALE("request", number=row.web_order)
    if where in ("printed", "packed"):
        raise FETCH_FIRST("request", number=row.web_order, stage=term(where, "service"))
    papers = live(do, row.web_order)
    if papers and papers.fetched_from == "packed" and not papers.put_back:
        raise PUT_BACK_FIRST("request", number=row.web_order)
    tear_up(do, row.web_order)
    found.move_to("applied", "request")
    case = cases.open_case(do, row.web_order, row.wanted)
    return {"web_order": row.web_order, "refund_case": case}


@command("DESK008", role=PRE_SALE, title=("转交售后", "Pass on to after-sale"))
def pass_on(do: Doing, request: OpenRequest) -> str:
    """Passes a request about a shipped order on to after-sale service: the customer sends the goods back; gives the return entry."""
    found, row = _request(do, request)
    if stage(do, row.web_order) != "shipped":
        raise NOT_SHIPPED_YET("request", number=row.web_order)
    entry = cases.announce(do, row.web_order, row.wanted)
    found.move_to("passed_on", "request")
    return entry


@command(role=PRE_SALE, title=("拒绝变更", "Refuse a change"))
def refuse_change(do: Doing, request: OpenRequest, reason: Annotated[Line, Ask(max=200)]) -> str:
    """Refuses what a customer wants, and tells the customer why; gives the request's number."""
    found, row = _request(do, request)
    found.move_to("refused", "request")
    _notice(do, row.web_order, reason)
    return request


@command("DESK014", role=PRE_SALE, title=("告知顾客", "Tell a customer"))
def tell_customer(do: Doing, order: Order, text: Annotated[Prose, Ask("内容", "Text", max=500, long=True)]) -> str:
    """Tells the customer of an order something about it; gives the notice's number."""
    own_order(do, order)
    return _notice(do, order, text)


def _notice(do: Doing, order: str, text: str) -> str:
    number = do.number("TZ")
    do.execute(
        "insert into service_notice values ($n, $order, $day, $moment, $clerk, $text, $entry)",
        n=number, order=order, day=do.day, moment=do.moment, clerk=do.actor, text=text, entry=do.evidence,
    )  # fmt: skip
    return number


def _request(do: Doing, number: str) -> tuple[documents.Document, Any]:
    """A request that is still open, with its row."""
    found = documents.find(do, REQUEST, number, "request", owner=merchant_of(do, do.actor))
    if found.state not in ("asked", "fetched_back"):
        found.must_allow("applied", "request")
    return found, do.one("select * from service_request where number = $n", n=number)


@query(role=PRE_SALE, title=("查看变更申请", "View the change requests"))
def requests(do: Doing) -> Table:
    """The 200 newest requests: number, day, web_order, wish, wanted, stage (then), state, confirmed."""
    return do.table(
        """select q.number, d.day, q.web_order, q.wish, q.wanted, q.stage, d.state, q.confirmed from service_request q join document d using (number)
           where d.owner = $merchant order by q.number desc limit 200""",
        merchant=merchant_of(do, do.actor),
    )


@query("DESK009", role=PRE_SALE, title=("查看红旗备注", "View the red flags"))
def flags(do: Doing) -> Table:
    """The 200 newest flags: number, web_order, remark, state, moment."""
    return do.table(
        """select f.number, f.web_order, f.remark, d.state, f.moment from service_flag f join document d using (number)
           where d.owner = $merchant order by f.number desc limit 200""",
        merchant=merchant_of(do, do.actor),
    )
