"""Reports as DataFrames, by pandas' conventions: figures are numbers, days and months dates, closed lists categories, and names say what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kernel.table import Table
from .frames import Report, report

#: What a column holds, by its unit: the type that it has in a DataFrame, also in an empty one. pandas has no decimal type of its own, so amounts are
#: floats there, exact to the cent up to 10^13; the Table that a query records keeps them as Decimal.
DTYPES = {
    "text": "str", "class": "category", "day": "datetime64[us]", "month": "period[M]", "pieces": "int64", "number": "int64", "days": "float64",
    "CNY": "float64", "ratio": "float64",
}  # fmt: skip
#: Classes that are there whether a row has them or not, in their order. Others are those of the rows, in the order of the rows.
LEVELS = {"abc_class": ("A", "B", "C"), "xyz_class": ("X", "Y", "Z")}


def frame(connection: Any, name: str, **conditions: Any) -> Any:
    """A report as a pandas DataFrame, from any DuckDB connection that has the tables and views of `books`.

    Columns and units: `report(name).named(by)`; types: `DTYPES`; `attrs` has both, with title, owner and period. conditions: those of
    `report(name).conditions`, and `month="2026-09"` for a period; what is left out is not narrowed down, so without `owner` the books of all are
    added up. Raises a Refusal at the condition that is wrong; an empty period gives no rows.
    """
    chosen = report(name)
    given = chosen.parameters(conditions)
    return _typed(chosen, connection.execute(chosen.sql, given).df(), given)


def as_frame(name: str, table: Table, conditions: Mapping[str, Any] | None = None) -> Any:
    """The same DataFrame from the Table that a query gave under these conditions; `attrs["note"]` says why it is empty, if it is."""
    chosen = report(name)
    made = _typed(chosen, table.df(), chosen.parameters(conditions or {}))
    if table.note:
        made.attrs["note"] = table.note
    return made


def _typed(chosen: Report, found: Any, given: Mapping[str, Any]) -> Any:
    import pandas

    by = given.get("by")
    columns = chosen.named(by)
    groups = {by: "group_key", f"{by}_name": "group_name"} if "group_key" in chosen.columns else {}
    made = pandas.DataFrame({name: _column(found[groups.get(name, name)], name, unit) for name, unit in columns.items()})
    made.attrs = {
        "report": chosen.name, "title": str(chosen.title), "units": columns, "owner": given.get("owner"), "start": given.get("start"), "end": given.get("end"),
    }  # fmt: skip
    return made


def _column(values: Any, name: str, unit: str) -> Any:
    if unit == "month":
        return values.astype("str").astype(DTYPES[unit])
    if unit == "class":
        import pandas

        return values.astype("str").astype(pandas.CategoricalDtype(LEVELS.get(name) or tuple(dict.fromkeys(values)), ordered=name != "channel"))
    return values.astype(DTYPES[unit])
