"""Tables prepared for reports on very many trades: made once, and every report on them several times as fast.

The SQL of a report names tables; in a schema that is searched first, tables of the same names hold the same figures in fewer and narrower rows
(`prepared.sql` says which). So there is one text of each report, and its rows are the same from both (tests/test_reports.py).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from ..kernel.database import without_bar

#: From so many sale lines on the second or third report has paid for the preparation.
LARGE = 200_000


def prepare(connection: Any) -> Any:
    """A second connection to the same database, on which reports find the prepared tables; they are made anew, in memory or where the database is."""
    connection.execute("drop schema if exists prepared cascade")
    connection.execute((files(__package__) / "prepared.sql").read_text("utf-8"))
    return prepared(connection)


def prepared(connection: Any) -> Any:
    """The second connection to a database in which they have been made."""
    made = without_bar(connection.cursor())
    made.execute("set search_path = 'prepared,main'")
    return made


def for_reports(connection: Any) -> Any:
    """What reports on these books are best run on: prepared tables where there are very many sale lines, else the books as they are."""
    return prepare(connection) if connection.execute("select count(*) from sale_line").fetchone()[0] >= LARGE else connection
