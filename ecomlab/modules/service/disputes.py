"""Disputes of the day: complaints of customers and refunds that are open. The supervisor looks at each and names who sees it through."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .data import said
from .desk import SUPERVISOR, Clerk, clerk_of, merchant_of
from .papers import merchants

NO_DISPUTE = refusal("no_dispute", "{number} 不是待处理的纠纷。请从列表中选择。", "{number} is no dispute that is open. Choose one from the list.")
ITS_OWN_JUDGE = refusal(
    "not_the_supervisor", "纠纷应由客服人员负责，不能由主管本人负责。请选择客服人员。", "A dispute is for a clerk to see through. Choose one."
)

#: Of a shop on a day: complaints that came in until now, and refunds that are open.
_DISPUTES = """
    select c.number, 'complaint' as kind, c.shopper, c.web_order, c.message, null::decimal(18,2) as amount, d.state
    from service_conversation c join document d using (number) where c.merchant = $merchant and c.intent = 'complaint' and c.day = $day and c.arrives <= $now
    union all
    select x.number, 'refund', o.shopper, x.web_order, null, x.paid_amount, d.state
    from service_case x join document d using (number) join b2c_order o on o.number = x.web_order
    where o.merchant = $merchant and d.state in ('opened', 'checked')"""


@choices("service.disputes")
def _disputes(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        f"select * from ({_DISPUTES}) order by number",
        merchant=merchants(look, actor),
        day=look.day,
        now=datetime.datetime.combine(look.day, datetime.time(23, 59, 59)),
    )
    return [(r.number, f"{r.number} · {r.shopper}") for r in rows]


Dispute = Annotated[Ref, Ask("纠纷", "Dispute", choose="service.disputes")]


@query("DESK017", role=SUPERVISOR, title=("查看当日纠纷", "View the day's disputes"))
def disputes(do: Doing) -> Table:
    """The complaints of today and the refunds that are open: number, kind, full_name, web_order, amount, state, owner, note."""
    return do.table(
        f"""select x.number, x.kind, s.full_name, x.web_order, x.amount, x.state, y.clerk as owner, y.note
            from ({_DISPUTES}) x join b2c_shopper s on s.user_name = x.shopper left join service_dispute y on y.document = x.number order by x.number""",
        merchant=merchant_of(do, do.actor), day=do.day, now=do.moment,
    )  # fmt: skip


@query("DESK017", role=SUPERVISOR, title=("查看纠纷内容", "Look into a dispute"))
def dispute_detail(do: Doing, dispute: Dispute) -> Table:
    """What one is about: number, kind, full_name, web_order, text (of the complaint, or why money goes back), amount, state."""
    row = _dispute(do, dispute)
    reason = do.value("select reason from service_case where number = $n", n=dispute)
    text = said(do, row.message) if row.message else reason
    name = do.value("select full_name from b2c_shopper where user_name = $s", s=row.shopper)
    made = Table(
        ("number", "kind", "full_name", "web_order", "text", "amount", "state"), [(row.number, row.kind, name, row.web_order, text, row.amount, row.state)]
    )
    made.module = "service"
    return made


@command("DESK017", role=SUPERVISOR, title=("指定纠纷负责人", "Name who owns a dispute"))
def name_owner(do: Doing, dispute: Dispute, clerk: Clerk, note: Annotated[Line, Ask("处理意见", "What is to be done", max=200)]) -> str:
    """Makes a clerk answer for a dispute, with what is to be done; gives the clerk. It can be given to another one later."""
    _dispute(do, dispute)
    row = clerk_of(do, clerk)
    if row.post == SUPERVISOR.name:
        raise ITS_OWN_JUDGE("clerk")
    do.execute("delete from service_dispute where document = $n", n=dispute)
    do.execute(
        "insert into service_dispute values ($n, $clerk, $note, $who, $day, $entry)",
        n=dispute, clerk=row.clerk, note=note, who=do.actor, day=do.day, entry=do.evidence,
    )  # fmt: skip
    return str(row.clerk)


def _dispute(do: Doing, number: str) -> Any:
    row = do.one(f"select * from ({_DISPUTES}) where number = $n", merchant=merchant_of(do, do.actor), day=do.day, now=do.moment, n=number)
    if row is None:
        raise NO_DISPUTE("dispute", number=number[:40])
    return row
