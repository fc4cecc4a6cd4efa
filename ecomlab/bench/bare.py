"""The same statements with nothing around them: what runs on a world's database, recorded, and run again on a connection of its own."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

from ..kernel.database import Database
from ..kernel.state import State


@contextlib.contextmanager
def recorded(database: Database) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Collects what runs on a database meanwhile, transactions included."""
    ran: list[tuple[str, dict[str, Any]]] = []
    inner = {name: getattr(database, name) for name in ("run", "begin", "commit")}

    def run(sql: str, parameters: dict[str, Any]) -> Any:
        ran.append((sql, parameters))
        return inner["run"](sql, parameters)

    def begin(read_only: bool = False) -> None:
        if read_only:
            inner["begin"](True)  # which runs a statement, and so is collected
        else:
            ran.append(("begin", {}))
            inner["begin"]()

    def commit() -> None:
        ran.append(("commit", {}))
        inner["commit"]()

    database.run, database.begin, database.commit = run, begin, commit  # type: ignore[method-assign]
    try:
        yield ran
    finally:
        for name in inner:
            delattr(database, name)


class Bare:
    """A DuckDB connection in the state of some world, on which the same statements run with nothing around them.

    They are prepared once and reused, the fastest way there is, and what they select is fetched.
    """

    def __init__(self, state: State):
        self._connection = state.database.connection
        self._state = state
        self._prepared: dict[str, tuple[Any, bool]] = {}

    def run(self, statements: Sequence[tuple[str, dict[str, Any]]]) -> float:
        """Runs them; seconds of the processor. What is met for the first time is prepared beforehand."""
        plan = [(*self._ready(sql), parameters) for sql, parameters in statements]
        connection = self._connection
        start = time.process_time()
        for statement, fetch, parameters in plan:
            if statement == "begin":
                connection.begin()
            elif statement == "commit":
                connection.commit()
            else:
                done = connection.execute(statement, parameters)
                if fetch:
                    done.fetchall()
        return time.process_time() - start

    def _ready(self, sql: str) -> tuple[Any, bool]:
        if sql in ("begin", "commit"):
            return sql, False
        if sql not in self._prepared:
            fetch = sql.lstrip().startswith(("select", "with")) or " returning " in sql
            self._prepared[sql] = self._connection.extract_statements(sql)[0], fetch
        return self._prepared[sql]
