"""The state's tables in SQLite, for replay only: a statement costs it a twentieth of what it costs DuckDB (docs/adr/0014).

DuckDB stays the store of worlds, reports and dashboards, and what a logbook says was said by DuckDB. So a replay on a replica counts only if it ends
as the logbook says at every entry; anything else (`Unlike`: a statement that SQLite does not run or might run otherwise) is for DuckDB to judge.

`dialect` says how statements and values are put; what kind a column of a result is, an empty DuckDB with the same tables tells, once for each statement.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from importlib import util
from pathlib import Path
from typing import Any, NamedTuple

from . import compiled
from .database import Database
from .dialect import COMMENT, Unlike, added, inside, mixed, multiplied, outside, translated, translated_schema
from .sqlite_functions import AGGREGATES, FUNCTIONS
from .table import Row, Table, row_type


class Kind(NamedTuple):
    """A statement as it runs here. changes: the table that it writes to, if any; spread: parameters that are lists of values, a row for each; row: the
    class of the rows that it gives, if it gives any; outside: how their values come out."""

    sql: str
    changes: str = ""
    spread: tuple[str, ...] = ()
    row: type[Row] | None = None
    outside: tuple[Callable[[Any], Any], ...] = ()

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        if self.row is None:
            raise Unlike("rows of a statement that gives none")
        return [self.row([out(v) for out, v in zip(self.outside, row, strict=True)]) for row in found]


class _Template:
    """The tables of a schema, empty in both: SQLite's are copied for each replica, and DuckDB's tell of what kind the columns of a result are.
    All replicas of a process share it, and what DuckDB has said is kept for other processes (`compiled`)."""

    def __init__(self, schema: str):
        self.schema = schema
        self._of = f"{_this_duckdb()}\n{schema}"
        self._file = f"kinds-{hashlib.sha256(schema.encode()).hexdigest()[:12]}"
        #: by statement: names and types of its columns; by "", the columns that are decimals
        self._said: dict[str, Any] = compiled.known(_HERE, self._file, self._of) or {}
        self._kept = len(self._said)
        #: by name, the query of each view
        self.views: dict[str, str] = dict(re.findall(r"create view (\w+) as\s([^;]*);", COMMENT.sub("", schema)))
        self.empty = _empty(translated_schema(schema))
        self._known: dict[str, Kind | Unlike] = {}

    @functools.cached_property
    def duckdb(self) -> Database:
        made = Database()
        made.script(self.schema)
        return made

    @functools.cached_property
    def types(self) -> dict[str, list[str]]:
        """By table: DuckDB's types of its columns, in their order."""
        return _types(self.duckdb)

    @property
    def _decimals(self) -> list[str]:
        if "" not in self._said:
            rows = self.duckdb.all("select distinct column_name from duckdb_columns() where data_type like 'DECIMAL%' order by 1")
            self._said[""] = [name for (name,) in rows]
        found: list[str] = self._said[""]
        return found

    @functools.cached_property
    def _mixed(self) -> re.Pattern[str]:
        return mixed(self._decimals)

    @functools.cached_property
    def _multiplied(self) -> Callable[[str], str]:
        return multiplied(self._decimals)

    def of(self, sql: str, parameters: dict[str, Any]) -> Kind:
        """How a statement runs here. Raises Unlike."""
        found = self._known.get(sql)
        if found is None:
            try:
                found = self._read(sql, parameters)
            except Unlike as unlike:
                found = unlike
            self._known[sql] = found
        if isinstance(found, Unlike):
            raise found
        return found

    def _with_views(self, sql: str) -> str:
        """The statement with the queries of the views that it names at its head, as SQLite has none of them."""
        bare = COMMENT.sub("", sql).lstrip()
        named = set(_WORD.findall(bare))
        heads = [f"{name} as ({query})" for name, query in self.views.items() if name in named]
        if not heads:
            return sql
        return f"with {', '.join(heads)}{', ' + bare.removeprefix('with ') if bare.startswith('with ') else f' {bare}'}"

    def _read(self, sql: str, parameters: dict[str, Any]) -> Kind:
        ours = self._with_views(sql)
        theirs, spread = translated(ours, self._decimals)
        mixed = self._mixed.search(theirs)
        if wrong := mixed[0] if mixed else self._multiplied(COMMENT.sub("", ours)) or added(theirs, parameters):
            raise Unlike(f"{wrong}: {' '.join(sql.split())[:120]}")
        try:
            self.empty.execute(f"explain {theirs}", dict.fromkeys(parameters))
        except sqlite3.Error as error:
            raise Unlike(f"{error}: {' '.join(theirs.split())[:120]}") from None
        changes = found[1] if (found := _CHANGED.match(sql)) else ""
        if changes and "returning" not in sql:
            return Kind(theirs, changes, spread)
        if sql not in self._said:
            self._said[sql] = self._described(sql, parameters)
        said = self._said[sql]
        return Kind(theirs, changes, spread, row_type(tuple(name for name, _ in said)), tuple(outside(kind) for _, kind in said))

    def _described(self, sql: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
        """What DuckDB says of a statement: name and type of each column that it gives. What goes wrong with these parameters (Unlike) is not kept: with
        others it may go well."""
        from duckdb import Error

        self.duckdb.begin()
        try:
            return [(name, str(kind)) for name, kind, *_ in self.duckdb.run(sql, parameters).description]
        except Error as error:
            raise Unlike(f"{type(error).__name__} on empty tables: {' '.join(sql.split())[:120]}") from None
        finally:
            self.duckdb.rollback()

    def keep(self) -> None:
        """Keeps what DuckDB has said since the last time."""
        if len(self._said) > self._kept:
            self._kept = len(self._said)
            compiled.keep(_HERE, self._file, self._of, self._said)


def _types(duckdb: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, kind in duckdb.all("select table_name, data_type from duckdb_columns() where not internal order by table_name, column_index"):
        found.setdefault(table, []).append(kind)
    return found


#: Where what DuckDB says is kept.
_HERE = Path(__file__).parent


@functools.cache
def _this_duckdb() -> str:
    """What tells this DuckDB from another, without importing it: how its compiled part looks."""
    found = util.find_spec("_duckdb")
    status = os.stat(found.origin) if found and found.origin else None
    return f"{status.st_size} {status.st_mtime_ns}" if status else ""


@functools.lru_cache(maxsize=32)
def _template(schema: str) -> _Template:
    return _Template(schema)


def _empty(tables: str = "") -> sqlite3.Connection:
    """A SQLite in memory with these tables and the functions that DuckDB has."""
    made = sqlite3.connect(":memory:", isolation_level=None, cached_statements=1_000)
    made.executescript("pragma case_sensitive_like = on; pragma journal_mode = memory;" + tables)
    for name, count, function in FUNCTIONS:
        made.create_function(name, count, function, deterministic=True)
    for name, count, aggregate in AGGREGATES:
        made.create_aggregate(name, count, aggregate)
    return made


# --- the store -------------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_CHANGED = re.compile(r"\s*(?:with\b.*?\)\s*)?(?:insert into|update|delete from)\s+\"?(\w+)", re.S)


class Replica(Database):
    """A store for one replay, in memory. A query that SQLite does not take is asked of the template's DuckDB, to which the rows are copied in a transaction
    that never ends well; whatever else cannot be done exactly as DuckDB does raises `Unlike`."""

    copied = rehearsed = False

    def __init__(self) -> None:
        self._base = _empty()
        self.written = set()
        self._template: _Template = _template("")
        self._beside: Database | None = None
        #: tables that have changed since they were copied to the DuckDB beside
        self._fresh: set[str] = set()
        #: those that have changed since the transaction began
        self._touched: set[str] = set()

    @property
    def connection(self) -> Any:  # type: ignore[override]
        raise Unlike("a connection of DuckDB's")

    def script(self, sql: str) -> None:
        if self._template.schema:
            raise Unlike("a script")
        self._template = _template(sql)
        self._template.empty.backup(self._base)

    def run(self, sql: str, parameters: dict[str, Any]) -> Any:
        raise Unlike("a bare cursor")

    def _done(self, kind: Kind, parameters: dict[str, Any]) -> Any:
        if kind.changes:
            self._fresh.add(kind.changes)
            self._touched.add(kind.changes)
        try:
            if not kind.spread:
                return self._base.execute(kind.sql, {name: value if type(value) is str else inside(value) for name, value in parameters.items()})
            given = {name: inside(value) for name, value in parameters.items() if name not in kind.spread}
            columns = zip(*(map(inside, parameters[name]) for name in kind.spread), strict=True)
            return self._base.executemany(kind.sql, [{**given, **dict(zip(kind.spread, row, strict=True))} for row in columns])
        except sqlite3.Error as error:
            raise Unlike(f"{error}: {' '.join(kind.sql.split())[:120]}") from None

    def execute(self, sql: str, **parameters: Any) -> None:
        self._done(self._template.of(sql, parameters), parameters)

    def all(self, sql: str, **parameters: Any) -> list[Any]:
        try:
            kind = self._template.of(sql, parameters)
        except Unlike:
            return self._of_duckdb(sql).all(sql, **parameters)
        return kind.rows(self._done(kind, parameters))

    def value(self, sql: str, **parameters: Any) -> Any:
        try:
            kind = self._template.of(sql, parameters)
        except Unlike:
            return self._of_duckdb(sql).value(sql, **parameters)
        done = self._done(kind, parameters)
        if kind.row is None:
            return done.rowcount  # as DuckDB: how many rows were changed
        row = done.fetchone()
        done.close()
        return kind.outside[0](row[0]) if row else None

    def table(self, sql: str, **parameters: Any) -> Table:
        try:
            kind = self._template.of(sql, parameters)
        except Unlike:
            return self._of_duckdb(sql).table(sql, **parameters)
        return Table(kind.row.columns if kind.row else (), kind.rows(self._done(kind, parameters)))

    def _of_duckdb(self, sql: str) -> Database:
        """A DuckDB that has the rows as they stand now, to be asked only. Raises Unlike for a statement that writes."""
        if _CHANGED.match(sql):
            raise Unlike(f"a change: {' '.join(sql.split())[:120]}")
        if self._beside is None:
            self._beside = self._template.duckdb.another()
            self._beside.begin()
        named = set(_WORD.findall(sql))
        named |= {name for view in named & self._template.views.keys() for name in _WORD.findall(self._template.views[view])}
        for table in sorted(self._fresh & named):
            self._beside.execute(f'delete from "{table}"')
            self._copy(table, self._beside, self._template.types[table])
        self._fresh -= named
        return self._beside

    def copy_to(self, other: Database) -> None:
        """Makes the tables of a DuckDB that has just been made by the same schema have the rows as they stand. Raises Unlike where it would have others;
        then nothing is changed."""
        types = _types(other)
        other.begin()
        try:
            for table in self.tables():
                if table in other.written:  # the schema itself puts rows into some
                    other.execute(f'delete from "{table}"')
                self._copy(table, other, types[table])
            other.commit()
        except BaseException:
            other.rollback()
            raise

    def _copy(self, table: str, to: Database, types: Sequence[str]) -> None:
        rows = self.all(f'select * from "{table}"')
        if rows:
            columns = ", ".join(f"unnest($c{i}::{kind}[])" for i, kind in enumerate(types))
            to.execute(f'insert into "{table}" select {columns}', **{f"c{i}": list(values) for i, values in enumerate(zip(*rows, strict=True))})

    def begin(self, read_only: bool = False) -> None:
        self._touched.clear()
        self._base.execute("begin")

    def commit(self) -> None:
        self._base.execute("commit")

    def rollback(self) -> None:
        if self._base.in_transaction:
            self._base.execute("rollback")
            self._fresh |= self._touched  # what was copied meanwhile holds no more

    def tables(self) -> list[str]:
        return [name for (name,) in self._base.execute("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name")]

    def digest(self, tables: Sequence[str] | None = None) -> dict[str, str]:
        """The digests that DuckDB gives of the same rows."""
        return self._of_duckdb(f"-- all of {' '.join(self.tables())}").digest(tables)

    def close(self) -> None:
        self._template.keep()
        self._base.close()
        if self._beside is not None:
            self._beside.rollback()
            self._beside.close()
