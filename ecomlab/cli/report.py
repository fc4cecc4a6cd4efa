"""`ecomlab report NAME SOURCE`: a report over the books of a logbook, or over a data set in Parquet or DuckDB, as table, CSV or JSON."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

from .. import modules, reports
from ..books.dataset import is_database
from ..data import look_at
from ..kernel import csvfile
from ..kernel.logbook import survey
from ..kernel.scenario import not_in_this_world
from ..kernel.state import State
from ..kernel.table import Table
from ..reports.face import ALL
from ..reports.queries import own_books, why_empty

modules.load()


def made(name: str, source: Path, conditions: dict[str, Any]) -> Table:
    """The report as a Table with exact amounts. source: a logbook, its folder, or a folder of Parquet files, or a DuckDB file.

    Of a logbook it reads the student's own company's books unless `owner` says otherwise ("all": everybody's); of a data set all that
    there are. Raises a Refusal for what cannot be read, an unknown report or a condition that is wrong.
    """
    chosen = reports.report(name)
    chosen.parameters(conditions)  # what is wrong with them is said before anything is read
    logbook = source / "logbook.jsonl" if source.is_dir() else source
    if logbook.is_file() and not is_database(logbook):
        state = State((read := survey(logbook)).header)
        try:
            state.replay(read.entries)
            look = state.look
            if chosen.name in reports.OF_MODULES and not look.scenario.has(chosen.module):
                raise not_in_this_world(chosen.module, look.scenario.name)
            owner = conditions.get("owner") or own_books(look, None).number
            parameters = chosen.parameters({"end": look.day, **conditions, "owner": None if owner == ALL else owner})
            table = look.table(chosen.sql, **parameters)
            if not table and owner != ALL:
                books = look.one("select $owner as number, any_value(name) as name from member where number = $owner", owner=owner)
                table.note = why_empty(look, books, parameters.get("start"), parameters["end"])
            return table
        finally:
            state.close()
    data = look_at(source)
    try:
        data.needs(chosen.sql, chosen.module)
        owner = None if conditions.get("owner") == ALL else conditions.get("owner")
        return data.table(chosen.sql, **chosen.parameters({**conditions, "owner": owner}))
    finally:
        data.close()


def plain(table: Table) -> list[dict[str, Any]]:
    """The rows as JSON types: amounts as numbers, days as ISO text."""
    return [{c: v if v is None or isinstance(v, (str, int, bool)) else v.isoformat() if hasattr(v, "isoformat") else float(v)
             for c, v in zip(table.columns, row, strict=True)} for row in table]  # fmt: skip


def print_csv(table: Table) -> None:
    """Prints a table as CSV under the code's column names: for a program that reads on bare, into a new file as a spreadsheet needs it."""
    text = csvfile.csv(table.columns, table)
    if _prints_to_a_new_file():
        sys.stdout.buffer.write(csvfile.encoded(text))
    else:
        print(text, end="")


def _prints_to_a_new_file() -> bool:
    try:
        there = os.fstat(sys.stdout.fileno())
    except OSError:  # standard output is no file of the system's, as in a notebook
        return False
    return stat.S_ISREG(there.st_mode) and not there.st_size
