"""The report on what came of advertisements, step by step."""

from __future__ import annotations

from typing import Annotated, Literal

from ...kernel.command import STUDENT, query
from ...kernel.doing import Doing
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask
from ...reports import Report, declare
from ...reports.queries import End, Owner, Start, made

declare(
    Report(
        "ad_funnel", Text("广告转化漏斗", "Funnel of advertisements"),
        {
            "group_key": "text", "group_name": "text", "impressions": "number", "clicks": "number", "orders": "number", "click_rate": "ratio",
            "order_rate": "ratio", "spending": "CNY", "amount": "CNY", "cost_per_click": "CNY", "cost_per_order": "CNY", "return_on_spending": "ratio",
        },
        by=("advertisement", "day", "month"), package=__package__,
    )
)  # fmt: skip


@query(role=STUDENT, title=("统计广告转化", "Report the funnel of advertisements"))
def ad_funnel(
    do: Doing, start: Start = None, end: End = None, by: Annotated[Literal["advertisement", "day", "month"], Ask("汇总方式", "Summed by")] = "advertisement",
    owner: Owner = None,
) -> Table:  # fmt: skip
    """How often advertisements were shown and clicked, orders and amount (CNY) that came of it, click_rate, order_rate, spending and its return."""
    return made(do, "ad_funnel", owner, end, start, by=by)
