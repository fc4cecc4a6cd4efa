"""`lab.report`: the reports as a student calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernel.command import Command, find
from ..kernel.doing import Looking
from ..kernel.plays import Module
from ..kernel.scenario import not_in_this_world
from .dataframes import as_frame
from .frames import OF_MODULES, REPORTS, report

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
        if command in OF_MODULES:
            do = getattr(Module(report(command).module, self._call), command)
        else:
            do = super().__getattr__(command)
            if command not in REPORTS:
                return do
        query = find(f"{report(command).module}.{command}")

        def as_dataframe(*positional: Any, month: str | None = None, record: bool = True, **given: Any) -> Any:
            given = dict(zip((p.name for p in query.params), positional, strict=False)) | given
            given = report(command).with_period(given if month is None else {**given, "month": month})
            if not record:
                return self._explored(query, command, given)
            return as_frame(command, do(**given), given)

        as_dataframe.__name__, as_dataframe.__doc__ = command, query.doc
        return as_dataframe

    def _explored(self, query: Command, name: str, given: dict[str, Any]) -> Any:
        """The same without a trace, by the query's own function."""
        look = self._look()
        if not look.scenario.has(query.module) and name in OF_MODULES:
            raise not_in_this_world(query.module, look.scenario.name)
        if given.get("owner") == ALL:
            asked = report(name).parameters({"end": look.day, **given, "owner": None})
            return as_frame(name, look.table(report(name).sql, **asked), given)
        return as_frame(name, query.function(look, **query.parse(given)), given)

    def __dir__(self) -> list[str]:
        there = (name for name, made in OF_MODULES.items() if self._look().scenario.has(made.module))
        return sorted({*super().__dir__(), *there, "sql", "columns"})

    def sql(self, name: str) -> str:
        """The SQL of a report, with its comments. Refuses 'unknown_report'."""
        return report(name).sql

    def columns(self, name: str, by: str | None = None) -> dict[str, str]:
        """The columns of a report, summed up `by` that, and what each holds: text, class, day, month, pieces, number, days, CNY or ratio.

        Refuses 'unknown_report'.
        """
        return report(name).named(by)
