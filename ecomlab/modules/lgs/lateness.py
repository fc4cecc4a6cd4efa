"""The report on trips that came later than agreed."""

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
        "late_deliveries", Text("迟到的配送", "Late deliveries"),
        {
            "group_key": "text", "group_name": "text", "trips": "number", "trips_under_way": "number", "trips_on_time": "number", "late_trips": "number",
            "late_trip_share": "ratio", "days_late": "days", "most_days_late": "days",
        },
        by=("carrier", "shipper", "month"), package=__package__,
    )
)  # fmt: skip


@query(role=STUDENT, title=("统计迟到的配送", "Report late deliveries"))
def late_deliveries(
    do: Doing, start: Start = None, end: End = None, by: Annotated[Literal["carrier", "shipper", "month"], Ask("汇总方式", "Summed by")] = "carrier",
    owner: Owner = None,
) -> Table:  # fmt: skip
    """Trips that were due in a period: how many arrived on time, late or not yet, late_trip_share (a ratio), and the mean and most days late."""
    return made(do, "late_deliveries", owner, end, start, by=by)
