"""A snapshot: all that a state is after some entry, as text, so that the world need not do again what led there (docs/adr/0012)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from .database import Database
from .doing import Clock, Known, Session
from .evidence import Done
from .foreign import from_json
from .refusals import Declined, Problem, Refusal
from .secrets import Issued
from .table import Table
from .texts import Text


class Rows(NamedTuple):
    """The rows of a table that has any: their type as DuckDB writes it, and a JSON array."""

    type: str
    rows: str


class Snapshot(NamedTuple):
    """A state. done: what was done, as `packed` writes it; most who open a world never look at it."""

    tables: Mapping[str, Rows]
    known: Known
    prepared: tuple[Issued, ...]
    done: tuple[str, ...] = ()

    def text(self) -> str:
        known = {"clock": [self.known.clock.day.isoformat(), self.known.clock.first_n], "counters": self.known.counters, "sessions": self.known.sessions}
        return json.dumps([self.tables, known, [i.label for i in self.prepared], self.done], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Snapshot:
        """The snapshot from its text. Raises ValueError, TypeError, LookupError or AttributeError if it is none."""
        tables, known, prepared, done = from_json(text)
        day, first_n = known["clock"]
        sessions = {role: tuple(Session(*session) for session in there) for role, there in known["sessions"].items()}
        return cls(
            {table: Rows(*rows) for table, rows in tables.items()},
            Known(Clock(date.fromisoformat(day), first_n), known["counters"], sessions),
            tuple(map(Issued, prepared)),
            tuple(done),
        )


class Tables:
    """The tables of a database that has just been made, as texts; each is read and filled anew only if something was written to it since."""

    def __init__(self, database: Database):
        self._database = database
        self._texts: dict[str, Rows] = {}

    def read(self) -> dict[str, Rows]:
        """The rows of every table that has any."""
        for table in self._written():
            row = self._database.run(f'select typeof(l), to_json(l)::varchar from (select list(t) as l from "{table}" t)', {}).fetchone()
            if row and row[1] is not None:
                self._texts[table] = Rows(*row)
            else:
                self._texts.pop(table, None)
        self._database.written.clear()
        return dict(self._texts)

    def fill(self, texts: Mapping[str, Rows]) -> None:
        """Makes the tables have these rows and no others."""
        written = self._written()
        changed = [t for t in {**self._texts, **texts} if self._texts.get(t) != texts.get(t) or t in written]
        database = self._database
        database.begin()
        try:
            for table in {*changed, *written}:
                if table in written or table in self._texts:
                    database.script(f'delete from "{table}"')
                if table in texts:
                    kind, rows = texts[table]
                    # a statement that is kept as it was parsed takes two thirds of the time
                    database.run(f'insert into "{table}" select unnest($rows::json::{kind}, recursive := true)', {"rows": rows})
            database.commit()
        except BaseException:
            database.rollback()
            raise
        self._texts = dict(texts)
        database.written.clear()

    def _written(self) -> list[str]:
        return sorted(self._database.written.intersection(self._database.tables()))


# --- what was done, as text ---


def packed(done: Done) -> str:
    """An entry as evidence, in a line of JSON. Raises TypeError for a value that no command gives."""
    return json.dumps(_plain([done.n, done.day, done.by, done.do, done.arguments, done.result]), ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Done:
    return Done(*_value(json.loads(text)))


def _table(columns: Any, rows: Any, module: Any, note: Any, bars: Any) -> Table:
    made = Table(columns, rows, note, bars)
    made.module = module
    return made


#: How a value is made again that JSON has no type for, by the one key of the object that stands for it.
_READERS: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "text": lambda texts: Text(*texts),
    "tuple": lambda values: tuple(map(_value, values)),
    "dict": lambda values: {k: _value(v) for k, v in values.items()},
    "table": lambda parts: _table(*map(_value, parts)),
    "declined": lambda problems: Declined(Refusal(Problem(code, field, Text(*text)) for code, field, text in problems)),
}


def _value(read: Any) -> Any:
    if isinstance(read, list):
        return [_value(v) for v in read]
    if isinstance(read, dict):
        [(kind, inner)] = read.items()
        return _READERS[kind](inner)
    return read


def _plain(value: Any) -> Any:
    """A value as JSON types from which `_value` makes it again; of a table that shows itself in its own way, the table."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return {"decimal": format(value, "f")}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Text():
            return {"text": [*value]}
        case Table():
            module: Any = value.module if isinstance(value.module, str) else list(value.module)
            return {"table": [_plain(v) for v in (value.columns, [[*row] for row in value.rows], module, value.note, value.bars)]}
        case Declined():
            return {"declined": [[p.code, p.field, [*p.text]] for p in value.refusal.problems]}
        case dict():
            return {"dict": {k: _plain(v) for k, v in value.items()}}
        case list():
            return [_plain(v) for v in value]
        case tuple():
            return {"tuple": [_plain(v) for v in value]}
    raise TypeError(f"a {type(value).__name__} is no result of a command: {value!r}")
