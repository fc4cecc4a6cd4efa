"""How a world began, kept for the rest of the process: what a prologue left behind is copied instead of played again.

Undoing, looking at an earlier moment and grading all build a world anew. The copy is taken from a state that has just played its
prologue and lives in this process only, so it can be neither stale nor foreign (docs/adr/0009).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import NamedTuple

from .database import Database
from .doing import Known
from .secrets import Issued

#: Worlds whose beginnings are kept at the same time; the one not used for longest goes first.
KEPT = 8


class Beginning(NamedTuple):
    """A state after its prologue. tables: the rows of each table that has any, as the text of a JSON array."""

    tables: dict[str, str]
    known: Known
    prepared: tuple[Issued, ...]


_KEPT: OrderedDict[tuple[object, ...], Beginning] = OrderedDict()


def known(key: tuple[object, ...]) -> Beginning | None:
    """The beginning kept under that key."""
    if key in _KEPT:
        _KEPT.move_to_end(key)
    return _KEPT.get(key)


def keep(key: tuple[object, ...], database: Database, known: Known, prepared: list[Issued]) -> None:
    """Keeps the state as it stands."""
    rows = {table: database.value(f'select nullif(to_json(list(t))::varchar, \'null\') from "{table}" t') for table in database.tables()}
    _KEPT[key] = Beginning({table: text for table, text in rows.items() if text}, known.copy(), tuple(prepared))
    while len(_KEPT) > KEPT:
        _KEPT.popitem(last=False)


def fill(database: Database, beginning: Beginning) -> None:
    """Puts the rows into the tables of a database that has just been made."""
    types: dict[str, dict[str, str]] = {}
    for row in database.all("select table_name, column_name, data_type from duckdb_columns() where not internal order by table_oid, column_index"):
        types.setdefault(row.table_name, {})[row.column_name] = row.data_type
    database.begin()
    for table, rows in beginning.tables.items():
        structure = json.dumps([types[table]]).replace("'", "''")
        database.script(f'delete from "{table}"')  # what the schema itself has put there
        database.execute(f"insert into \"{table}\" select unnest(from_json($rows::json, '{structure}'), recursive := true)", rows=rows)
    database.commit()


def forget() -> None:
    """Lets go of all beginnings: the next world plays its prologue."""
    _KEPT.clear()
