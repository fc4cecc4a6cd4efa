"""The state's DuckDB: one connection, one thread, statements prepared once."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .table import Row, Table, row_type

if TYPE_CHECKING:
    import duckdb

#: Nothing is fetched or loaded from anywhere; commands are many and small, so one thread beats two (docs/adr/0003).
CONFIG: dict[str, Any] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
}
#: A file is for other tools: it may read and write files, and its blocks are small, since most of a world's many tables hold few rows.
IN_A_FILE: dict[str, Any] = {k: v for k, v in CONFIG.items() if k != "enable_external_access"} | {"default_block_size": 16384}
#: DuckDB plans each statement anew, and for small statements that is most of the work. Of its optimizers only this one is worth it to them:
#: it makes a look-up by key ask the index (docs/adr/0003).
OPTIMIZER = "filter_pushdown"


#: All the optimizers that there are but that one: asked once, of the first connection, since every further instance takes its time.
_UNNEEDED: list[str] = []


#: What a statement writes to.
_WRITES = re.compile(r'\b(?:insert\s+(?:or\s+\w+\s+)?into|delete\s+from|update(?=\s+"?\w+"?\s+(?:\w+\s+)?set\b))\s+"?(\w+)', re.IGNORECASE)

#: Parsed statements with the tables that they write to, and row types, by their SQL. They belong to no connection, so all worlds of a process share them.
_STATEMENTS: dict[str, tuple[Any, frozenset[str]]] = {}
_ROWS: dict[str, type[Row]] = {}


def _row_of(sql: str, done: Any) -> type[Row]:
    """The class of the rows that a statement gives, which has been run."""
    kind = _ROWS.get(sql)
    if kind is None:
        kind = _ROWS[sql] = row_type(tuple(c[0] for c in done.description))
    return kind


def without_bar(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The connection itself, which draws no progress bars: in a notebook DuckDB leaves a black one behind for each statement of more than two seconds.

    Each cursor has a setting of its own.
    """
    connection.execute("set enable_progress_bar = false")
    return connection


class Database:
    """A DuckDB connection for commands: `execute`, `one` and `all` take `$name` parameters as keywords."""

    #: whether how a world began may be copied into it (`beginning`)
    copied = True
    #: whether a prologue is played on a replica first, which is quicker, and its rows are copied into it
    rehearsed = True

    connection: duckdb.DuckDBPyConnection

    def __init__(self, path: str = ":memory:"):
        import duckdb  # not before: who grades on a replica may do without

        self.connection = duckdb.connect(path, config=CONFIG if path == ":memory:" else IN_A_FILE)
        if not _UNNEEDED:
            _UNNEEDED.extend(name for (name,) in self.connection.execute("from duckdb_optimizers()").fetchall() if name != OPTIMIZER)
        self.connection.execute(f"set disabled_optimizers = '{','.join(_UNNEEDED)}'")
        #: the tables that something may have been written to since whoever reads this emptied it
        self.written: set[str] = set()

    def another(self) -> Database:
        """A second connection to the same tables, which has transactions of its own."""
        made = copy.copy(self)
        made.connection, made.written = self.connection.cursor(), set()
        return made

    def run(self, sql: str, parameters: dict[str, Any]) -> Any:
        known = _STATEMENTS.get(sql)
        if known is None:
            known = _STATEMENTS[sql] = self.connection.extract_statements(sql)[0], frozenset(_WRITES.findall(sql))
        statement, writes = known
        if writes:
            self.written |= writes
        try:
            return self.connection.execute(statement, parameters)
        except Exception as error:  # an interruption, the exception of a signal among them: taken for a fault, it would cost a student points
            import duckdb

            signalled = type(error) is RuntimeError and "interrupted" in str(error).lower()
            if not signalled and not isinstance(error, duckdb.InterruptException):
                raise
            raise KeyboardInterrupt from None

    def execute(self, sql: str, **parameters: Any) -> None:
        self.run(sql, parameters)

    def all(self, sql: str, **parameters: Any) -> list[Any]:
        done = self.run(sql, parameters)
        kind = _row_of(sql, done)
        return [kind(r) for r in done.fetchall()]

    def one(self, sql: str, **parameters: Any) -> Any:
        """The first row, or None."""
        rows = self.all(sql, **parameters)
        return rows[0] if rows else None

    def value(self, sql: str, **parameters: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.run(sql, parameters).fetchone()
        return row[0] if row else None

    def table(self, sql: str, **parameters: Any) -> Table:
        done = self.run(sql, parameters)
        return Table(_row_of(sql, done).columns, done.fetchall())

    def begin(self, read_only: bool = False) -> None:
        if read_only:
            self.connection.execute("begin transaction read only")
        else:
            self.connection.begin()

    def commit(self) -> None:
        self.connection.commit()

    def rollback(self) -> None:
        import duckdb

        with contextlib.suppress(duckdb.TransactionException):  # a commit that failed, as on a full disk, has taken it back itself
            self.connection.rollback()

    def script(self, sql: str) -> None:
        self.written.update(_WRITES.findall(sql))
        self.connection.execute(sql)

    def tables(self) -> list[str]:
        return [r.table_name for r in self.all("select table_name from duckdb_tables() where not internal order by table_name")]

    def digest(self, tables: Sequence[str] | None = None) -> dict[str, str]:
        """SHA-256 over the rows of every table, as sorted JSON: the same state has the same digests everywhere."""
        found = {}
        for table in tables or self.tables():
            rows = self.all(f'select to_json(t)::varchar as row from "{table}" t order by 1')
            found[table] = hashlib.sha256("\n".join(r[0] for r in rows).encode()).hexdigest()
        return found

    def close(self) -> None:
        self.connection.close()
