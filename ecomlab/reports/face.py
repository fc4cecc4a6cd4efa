"""`lab.report`: the reports as a student calls them."""

from __future__ import annotations

from typing import Any

from ..kernel.command import find
from ..kernel.plays import Module
from .frames import REPORTS, as_frame, report


class Reports(Module):
    """`lab.report.profit(month="2026-09")`: a report of one's own books as a DataFrame, recorded like any query.

    Conditions are those of the query of that name, and `month` for a period. `sql(name)` is the text behind it and
    `columns(name)` says what each column holds; the exact amounts, as Decimal, are in the Table of `lab.call("report.profit")`.
    """

    def __init__(self, call: Any):
        super().__init__("report", call)

    def __getattr__(self, command: str) -> Any:
        do = super().__getattr__(command)
        if command not in REPORTS:
            return do

        def as_dataframe(*positional: Any, month: str | None = None, **given: Any) -> Any:
            if month is not None:
                given = report(command).with_period({**given, "month": month})
            return as_frame(command, do(*positional, **given))

        as_dataframe.__name__, as_dataframe.__doc__ = command, find(f"report.{command}").doc
        return as_dataframe

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), "sql", "columns"})

    def sql(self, name: str) -> str:
        """The SQL of a report, with its comments. Refuses 'unknown_report'."""
        return report(name).sql

    def columns(self, name: str) -> dict[str, str]:
        """The columns of a report and what each holds: text, day, pieces, number, days, CNY or ratio. Refuses 'unknown_report'."""
        return dict(report(name).columns)
