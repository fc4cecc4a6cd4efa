"""`lab.report`: the reports as a student calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernel.command import find
from ..kernel.doing import Looking
from ..kernel.plays import Module
from .dataframes import as_frame
from .frames import REPORTS, report

#: As `owner`: the books of all, added up.
ALL = "all"


class Reports(Module):
    """`lab.report.profit(month="2026-09")`: a report of one's own books as a DataFrame, recorded like any query.

    Conditions are those of the query of that name, and `month` for a period. `record=False` leaves no entry in the logbook, for exploring; then
    `owner="all"` adds up the books of everybody. `sql(name)` is the text behind it and `columns(name)` says what each column holds; the exact amounts,
    as Decimal, are in the Table of `lab.call("report.profit")`.
    """

    def __init__(self, call: Any, look: Callable[[], Looking]):
        """call: does a command by its name; look: the world as it stands."""
        super().__init__("report", call)
        self._look = look

    def __getattr__(self, command: str) -> Any:
        do = super().__getattr__(command)
        if command not in REPORTS:
            return do

        def as_dataframe(*positional: Any, month: str | None = None, record: bool = True, **given: Any) -> Any:
            given = dict(zip((p.name for p in find(f"report.{command}").params), positional, strict=False)) | given
            given = report(command).with_period(given if month is None else {**given, "month": month})
            if not record:
                return self._explored(command, given)
            return as_frame(command, do(**given), given)

        as_dataframe.__name__, as_dataframe.__doc__ = command, find(f"report.{command}").doc
        return as_dataframe

    def _explored(self, name: str, given: dict[str, Any]) -> Any:
        """The same without a trace, by the query's own function."""
        look, query = self._look(), find(f"report.{name}")
        if given.get("owner") == ALL:
            asked = report(name).parameters({"end": look.day, **given, "owner": None})
            return as_frame(name, look.table(report(name).sql, **asked), given)
        return as_frame(name, query.function(look, **query.parse(given)), given)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), "sql", "columns"})

    def sql(self, name: str) -> str:
        """The SQL of a report, with its comments. Refuses 'unknown_report'."""
        return report(name).sql

    def columns(self, name: str, by: str | None = None) -> dict[str, str]:
        """The columns of a report, summed up `by` that, and what each holds: text, class, day, month, pieces, number, days, CNY or ratio.

        Refuses 'unknown_report'.
        """
        return report(name).named(by)
