"""The desk in figures, for the supervisor: each follows from what clerks did, and those about money from the shop's own returns."""

from __future__ import annotations

from typing import Any

from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import query
from ...kernel.doing import Doing
from ...kernel.table import Table
from .desk import SUPERVISOR, merchant_of


def _table(do: Doing, sql: str, from_day: Any, to_day: Any, **more: Any) -> Table:
    check_period(from_day, to_day)
    return do.table(sql, merchant=merchant_of(do, do.actor), from_day=from_day, to_day=to_day, **more)


@query(role=SUPERVISOR, title=("响应时间表", "Response times"))
def response_times(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """By day: conversations, answered, within_hour, unanswered, average_minutes, longest_minutes until the first answer."""
    return _table(
        do,
        f"""select c.day, count(*)::integer as conversations, count(c.first_answer)::integer as answered,
                   count(*) filter (c.first_answer <= c.arrives + interval 1 hour)::integer as within_hour,
                   count(*) filter (c.first_answer is null)::integer as unanswered,
                   round(avg(date_diff('minute', c.arrives, c.first_answer)), 1)::decimal(18,1) as average_minutes,
                   max(date_diff('minute', c.arrives, c.first_answer))::integer as longest_minutes
            from service_conversation c where c.merchant = $merchant and {within("c.day")} group by c.day order by c.day""",
        from_day, to_day,
    )  # fmt: skip


@query(role=SUPERVISOR, title=("咨询转化表", "Conversion of talks"))
def conversion(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """By clerk, of talks about a purchase: clerk, conversations, orders, conversion (per cent), amount of the orders."""
    return _table(
        do,
        f"""select coalesce(c.clerk, '') as clerk, count(*)::integer as conversations, count(*) filter (d.state = 'ordered')::integer as orders,
                   (100.0 * count(*) filter (d.state = 'ordered') / count(*))::decimal(18,1) as conversion,
                   coalesce(sum(o.amount) filter (d.state = 'ordered'), 0)::decimal(18,2) as amount
            from service_conversation c join document d using (number) left join b2c_order o on o.number = c.web_order
            where c.merchant = $merchant and (c.intent = 'question' or c.intent like 'bargain%') and {within("c.day")} group by 1 order by 1""",
        from_day, to_day,
    )  # fmt: skip


@query(role=SUPERVISOR, title=("议价结果表", "Outcomes of bargaining"))
def bargaining(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """By kind of bargaining: intent, conversations, ordered, lost, promised (a price), gifts, gift_cost."""
    return _table(
        do,
        f"""select c.intent, count(*)::integer as conversations, count(*) filter (d.state = 'ordered')::integer as ordered,
                   count(*) filter (d.state = 'lost')::integer as lost, count(*) filter (c.promised)::integer as promised,
                   count(c.gift_cost)::integer as gifts, coalesce(sum(c.gift_cost), 0)::decimal(18,2) as gift_cost
            from service_conversation c join document d using (number)
            where c.merchant = $merchant and c.intent like 'bargain%' and {within("c.day")} group by c.intent order by c.intent""",
        from_day, to_day,
    )  # fmt: skip


@query(role=SUPERVISOR, title=("差评原因表", "Reasons of bad reviews"))
def bad_reviews(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """Of bad and medium reviews, by the reason that was noted: reason, reviews, settled, phoned_by_noon (by 14:00 of the day), average_stars."""
    return _table(
        do,
        f"""select coalesce(x.reason, 'unknown') as reason, count(*)::integer as reviews, count(*) filter (d.state = 'settled')::integer as settled,
                   count(*) filter (x.phoned < x.day + interval 14 hour)::integer as phoned_by_noon, avg(x.stars)::decimal(18,1) as average_stars
            from service_review x join document d using (number)
            where x.merchant = $merchant and x.stars <= 3 and {within("x.day")} group by 1 order by reviews desc, reason""",
        from_day, to_day,
    )  # fmt: skip


@query(role=SUPERVISOR, title=("退货原因表", "Returns by cause"))
def returns_by_cause(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """What came back, by the reason that was registered and how it was sorted: reason, state, entries, quantity, refund, loss (cost of defective goods)."""
    return _table(
        do,
        f"""select coalesce(t.reason, r.reason) as reason, d.state, count(*)::integer as entries, sum(l.quantity)::integer as quantity,
                   coalesce(sum(x.amount), 0)::decimal(18,2) as refund, sum(if(d.state = 'defective', l.cost, 0))::decimal(18,2) as loss
            from service_return t join document d using (number) join b2c_return r on r.number = t.request left join service_case x on x.return_entry = t.number
            join (select number, sum(quantity) as quantity, sum(cost) as cost from b2c_return_line group by number) l on l.number = t.request
            where d.owner = $merchant and {within("d.day")} group by 1, 2 order by refund desc, reason, state""",
        from_day, to_day,
    )  # fmt: skip


@query(role=SUPERVISOR, title=("交班未结事项表", "Open items by shift"))
def handovers(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """By handover: number, moment, clerk, next_clerk, named (open items), left_out, unsent_checked, closed_down."""
    return _table(
        do,
        f"""select h.number, h.moment, h.clerk, h.next_clerk, count(i.document)::integer as named, h.left_out, h.unsent_checked, h.closed_down
            from service_handover h join service_clerk c using (clerk) left join service_handover_item i using (number)
            where c.merchant = $merchant and {within("h.day")} group by all order by h.number""",
        from_day, to_day,
    )  # fmt: skip


@query(role=SUPERVISOR, title=("奖惩汇总表", "Scores by clerk"))
def scores_by_clerk(do: Doing) -> Table:
    """Of approved sheets, by clerk: clerk, full_name, rewards, fines, net (CNY)."""
    return do.table(
        """select x.clerk, c.full_name, coalesce(sum(x.amount) filter (x.kind = 'reward'), 0)::decimal(18,2) as rewards,
                  coalesce(sum(x.amount) filter (x.kind = 'fine'), 0)::decimal(18,2) as fines,
                  sum(if(x.kind = 'fine', -x.amount, x.amount))::decimal(18,2) as net
           from service_score_sheet s join document d using (number) join service_score x using (number) join service_clerk c on c.clerk = x.clerk
           where s.merchant = $merchant and d.state = 'approved' group by all order by net desc, x.clerk""",
        merchant=merchant_of(do, do.actor),
    )
