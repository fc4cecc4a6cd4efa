"""The state's tables in SQLite, for replay only: a statement costs it a twentieth of what it costs DuckDB (docs/adr/0014).

DuckDB stays the store of worlds, reports and dashboards, and what a logbook says was said by DuckDB. So a replay on a replica counts only if it ends
as the logbook says at every entry; anything else (`Unlike`: a statement that SQLite does not run or might run otherwise) is for DuckDB to judge.

Within, every value is a whole number or a text: decimals in millionths, dates as days, moments as microseconds, so that arithmetic is exact and
comparisons are those of DuckDB. What kind a column of a result is, an empty DuckDB with the same tables tells, once for each statement.
"""

from __future__ import annotations

import datetime
import functools
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb

from .database import Database
from .table import Row, Table, row_type

_MILLION = Decimal(1_000_000)
_EPOCH = datetime.datetime(1970, 1, 1)
_MICROSECOND = datetime.timedelta(microseconds=1)


class Unlike(Exception):
    """SQLite does not do this, or might do it otherwise than DuckDB."""


# --- values --------------------------------------------------------------------------------------------------------------


def _inside(value: Any) -> Any:
    """A parameter as it is kept."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is bool:
        return int(value)
    if kind is int:
        if not -(2**63) <= value < 2**63:
            raise Unlike(f"a number of {value.bit_length()} bits")
        return value
    if kind is Decimal:
        scaled = value * _MILLION
        if scaled != scaled.to_integral_value() or abs(scaled) >= 2**62:
            raise Unlike(f"{value} in millionths")
        return int(scaled)
    if isinstance(value, datetime.datetime):
        return (value - _EPOCH) // _MICROSECOND
    if isinstance(value, datetime.date):
        return value.toordinal()
    if isinstance(value, (list, tuple)):
        return json.dumps([_inside(v) for v in value])
    if isinstance(value, str):
        return str(value)
    raise Unlike(f"a {kind.__name__}")


def _decimal(places: int) -> Callable[[Any], Any]:
    exponent, unit = Decimal(1).scaleb(-places), 10 ** (6 - places) if places <= 6 else 0

    def outside(value: Any) -> Any:
        if value is None:
            return None
        if not unit or type(value) is not int or value % unit:
            raise Unlike(f"{value!r} millionths to {places} places")
        return Decimal(value // unit).scaleb(-places).quantize(exponent)

    return outside


def _exactly(kind: type) -> Callable[[Any], Any]:
    def outside(value: Any) -> Any:
        if value is not None and type(value) is not kind:
            raise Unlike(f"{value!r} where DuckDB has {kind.__name__}")
        return value

    return outside


def _outside(kind: str) -> Callable[[Any], Any]:
    """How a value of a DuckDB type comes out. Raises Unlike for a type that is not kept."""
    if kind in ("VARCHAR", "NULL", '"NULL"'):
        return _exactly(str)
    if kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"):
        return _exactly(int)
    if kind == "BOOLEAN":
        return lambda v: None if v is None else bool(v)
    if kind == "DATE":
        return lambda v: None if v is None else datetime.date.fromordinal(v)
    if kind == "TIMESTAMP":
        return lambda v: None if v is None else _EPOCH + datetime.timedelta(microseconds=v)
    if found := re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", kind):
        return _decimal(int(found[1]))
    raise Unlike(kind)


# --- statements -----------------------------------------------------------------------------------------------------------

_TYPES = {
    "varchar": "text", "integer": "int", "bigint": "int", "date": "int", "timestamp": "int", "boolean": "int", "double": "real", "json": "text",
}  # fmt: skip
_COLUMN = re.compile(r"\b(varchar|integer|bigint|date|timestamp|boolean|double|json|decimal\(\d+,\s*\d+\))(?=\s*(?:,|\)|not\b|primary\b|$))", re.M)
_COMMENT = re.compile(r"--[^\n]*")
_STRING = re.compile(r"'(?:[^']|'')*'")
_CAST = re.compile(r"::(?:varchar|text|integer|bigint|int|smallint|boolean|date|timestamp|decimal\(\d+,\s*\d+\))(?:\[\])?")
#: What SQLite has not, or has otherwise: divisions (a decimal's scale), functions of lists and texts, groups and orders by "all".
_NOT_TAKEN = re.compile(
    r"::|/|%|\bdate\s*\x00|\b(?:order by all|exclude|qualify|pivot|lateral|asof|interval|ilike|similar to|anti join|semi join"
    r")\b"
    r"|\b(?:round|avg|floor|ceil|unnest|date_trunc|extract|list|array_agg|struct_pack|regexp_replace|regexp_extract|first|last|quantile_cont|stddev|median|ntile"
    r"|epoch|now|strftime|month|year|dense_rank|percent_rank)\(",
    re.I,
)
#: (what DuckDB has, what SQLite has for it), one after the other.
_REWRITTEN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_CAST, ""),
    (re.compile(r"\bif\("), "iif("),
    (re.compile(r"(?<![\w\"$])transaction(?![\w\"])"), '"transaction"'),
    (re.compile(r"\bdate_diff\(\x00\d+\x00,"), "days_between("),
    (re.compile(r"(?<![\w.$\x00])(\d+\.\d+)(?![\w.\x00])"), lambda m: str(int(Decimal(m[1]) * _MILLION))),
    (re.compile(r"\bfilter \((?!where\b)"), "filter (where "),
    (re.compile(r"^(\s*update \w+) (?!set\b|as\b)(\w+)"), r"\1 as \2"),
    # columns of a list of values have names in DuckDB where they are listed, in SQLite their own
    (
        re.compile(r"\(values ((?:\([^()]*\)(?:,\s*)?)+)\) (\w+)\(([^)]*)\)"),
        lambda m: f"(select {', '.join(f'column{i} as {c.strip()}' for i, c in enumerate(m[3].split(','), start=1))} from (values {m[1]})) {m[2]}",
    ),
    (re.compile(r"\bstring_agg\(([^()]*), (\x00\d+\x00) order by ([\w.]+)\)"), r"ordered_text(\1, \2, \3)"),
    (re.compile(r"\bstring_agg\("), "group_concat("),
)
#: An insert of lists, a row for each of their values: SQLite is given the rows one by one.
_SPREAD = re.compile(r"\bunnest\(\$(\w+)\)")


def translated(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement as SQLite takes it, and which of its parameters are lists to be spread over rows. Raises Unlike where it has something that SQLite
    has not, or has otherwise."""
    texts: list[str] = []

    def aside(found: re.Match[str]) -> str:
        texts.append(found[0])
        return f"\x00{len(texts) - 1}\x00"

    bare = _STRING.sub(aside, _COMMENT.sub("", sql)).rstrip().removesuffix(";")
    for what, instead in _REWRITTEN:
        bare = what.sub(instead, bare)
    bare = _nulls_last(_grouped(bare))
    spread: tuple[str, ...] = ()
    if re.match(r"\s*insert\b", bare) and (spread := tuple(_SPREAD.findall(bare))):
        bare = _SPREAD.sub(r"$\1", bare)
    if taken := _NOT_TAKEN.search(bare):
        raise Unlike(f"{taken[0]}: {' '.join(sql.split())[:120]}")
    return re.sub(r"\x00(\d+)\x00", lambda m: texts[int(m[1])], bare), spread


_ORDER = re.compile(r"\border by ")
_AFTER_ORDER = re.compile(r"\s+(?:limit|offset|rows|range|union|returning)\b")
_ALL = re.compile(r"\bgroup by all\b")
_AGGREGATE = re.compile(r"\b(?:sum|count|min|max|any_value|ordered_text|group_concat|bool_or|bool_and|list|avg)\(")


def _grouped(sql: str) -> str:
    """`group by all` as the list of what is no aggregate in the select that it belongs to."""
    while found := _ALL.search(sql):
        start, depth = found.start(), 0
        end = -1
        while start > 0:  # back to that select, past whatever stands in parentheses
            start -= 1
            depth += (sql[start] == ")") - (sql[start] == "(")
            if depth < 0:
                break
            if not depth and sql.startswith("from", start) and not _within_word(sql, start, 4):
                end = start
            if not depth and sql.startswith("select", start) and not _within_word(sql, start, 6):
                break
        columns = [re.sub(r"\s+as\s+\"?\w+\"?\s*$", "", c) for c in _parted(sql[start + 6 : end if end > 0 else found.start()])]
        kept = ", ".join(c for c in columns if not _AGGREGATE.search(c))
        if not kept or "*" in re.sub(r"\w\s*\*\s*\w", "", kept):
            raise Unlike(f"group by all of {' '.join(sql.split())[:120]}")
        sql = f"{sql[: found.start()]}group by {kept}{sql[found.end() :]}"
    return sql


def _nulls_last(sql: str) -> str:
    """What is null comes last in DuckDB, either way; in SQLite first, unless it is told."""
    made, rest = "", sql
    while found := _ORDER.search(rest):
        end, depth = found.end(), 0
        while end < len(rest) and not (depth == 0 and (rest[end] == ")" or _AFTER_ORDER.match(rest, end))):
            depth += (rest[end] == "(") - (rest[end] == ")")
            end += 1
        terms = [t if t.endswith("nulls last") else f"{t} nulls last" for t in _parted(rest[found.end() : end])]
        made += rest[: found.end()] + ", ".join(terms)
        rest = rest[end:]
    return made + rest


def _within_word(sql: str, start: int, length: int) -> bool:
    around = sql[start - 1 : start] + sql[start + length : start + length + 1]
    return any(c.isalnum() or c == "_" for c in around)


def _parted(listed: str) -> list[str]:
    """What stands between the commas that are in no parentheses."""
    parts, depth = [""], 0
    for c in listed:
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return [p.strip() for p in parts]


class Kind(NamedTuple):
    """A statement as it runs here. spread: parameters that are lists of values, a row for each; row: the class of the rows that it gives, if it gives
    any; outside: how their values come out."""

    sql: str
    spread: tuple[str, ...] = ()
    row: type[Row] | None = None
    outside: tuple[Callable[[Any], Any], ...] = ()

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        if self.row is None:
            raise Unlike("rows of a statement that gives none")
        return [self.row([out(v) for out, v in zip(self.outside, row, strict=True)]) for row in found]


class _Template:
    """An empty DuckDB with the tables of a schema: it tells of what kind the columns of a result are. All replicas of a process share it."""

    def __init__(self, schema: str):
        self.schema = schema
        self.tables = _translated_schema(schema)
        statements = re.findall(r"create (table|view) (\w+)([^;]*);", _COMMENT.sub("", schema))
        #: how each table and view is made, in their order; and which words a view's text has
        self.made = {name: f"create {kind} {name}{text}" for kind, name, text in statements}
        self.views = {name: set(_WORD.findall(text)) for kind, name, text in statements if kind == "view"}
        self._empty = _empty(self.tables)
        self._known: dict[str, Kind | Unlike] = {}

    @functools.cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        made = duckdb.connect(config={"threads": 1})
        made.execute(self.schema)
        return made

    @functools.cached_property
    def _mixed(self) -> re.Pattern[str]:
        decimals = self.connection.execute("select distinct column_name from duckdb_columns() where data_type like 'DECIMAL%' order by 1").fetchall()
        return _mixed([name for (name,) in decimals])

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

    def _read(self, sql: str, parameters: dict[str, Any]) -> Kind:
        theirs, spread = translated(sql)
        if mixed := self._mixed.search(theirs):
            raise Unlike(f"{mixed[0]}: {' '.join(sql.split())[:120]}")
        try:
            self._empty.execute(f"explain {theirs}", dict.fromkeys(parameters))
        except sqlite3.Error as error:
            raise Unlike(f"{error}: {' '.join(theirs.split())[:120]}") from None
        statement = self.connection.extract_statements(sql)[0]
        if statement.type != duckdb.StatementType.SELECT and "returning" not in sql:
            return Kind(theirs, spread)
        self.connection.begin()
        try:
            described = self.connection.execute(statement, parameters).description
        except duckdb.Error as error:
            raise Unlike(f"{type(error).__name__} on empty tables: {' '.join(sql.split())[:120]}") from None
        finally:
            self.connection.rollback()
        return Kind(theirs, spread, row_type([c[0] for c in described]), tuple(_outside(str(c[1])) for c in described))


def _mixed(decimals: Sequence[str]) -> re.Pattern[str]:
    """Where a decimal, which is in millionths here, meets a whole number or another decimal in a way that its scale would matter."""
    one, number = rf"(?:\w+\.)?\b(?:{'|'.join(decimals) or 'none'})\b", r"(?<![\w.$])[1-9]\d*\b"
    either = rf"(?:{one}|\b(?:sum|max|min|coalesce)\([^()]*{one}[^()]*\))"
    meets = r"\s*(?:[<>=!]+|[-+]|\bbetween\b|\bin \()\s*"
    return re.compile(
        rf"{either}{meets}{number}|{number}{meets}{either}|{either}\s*\*\s*{either}"
        rf"|\b(?:greatest|least|coalesce)\((?=[^()]*{one})[^()]*,\s*{number}|\b(?:greatest|least|coalesce)\({number}(?=[^()]*{one})"
        rf"|\biif\([^,()]*,(?=[^()]*{one})[^()]*{number}",
        re.I,
    )


@functools.lru_cache(maxsize=32)
def _template(schema: str) -> _Template:
    return _Template(schema)


def _translated_schema(schema: str) -> str:
    """The tables in SQLite's types; the views are left out: what reads one is for DuckDB."""
    made = []
    for statement in filter(str.strip, _COMMENT.sub("", schema).split(";")):
        if re.match(r"\s*create table", statement):
            typed = _COLUMN.sub(lambda m: "int" if m[1].startswith("decimal") else _TYPES[m[1]], statement)
            made.append(re.sub(r"(?<![\w\"])transaction(?![\w\"])", '"transaction"', typed) + " strict")
        elif not re.match(r"\s*create view", statement):
            made.append(statement)
    return ";\n".join(made)


def _empty(tables: str) -> sqlite3.Connection:
    """A SQLite in memory with these tables and the functions that DuckDB has."""
    made = sqlite3.connect(":memory:", isolation_level=None, cached_statements=1_000)
    made.executescript("pragma case_sensitive_like = on; pragma journal_mode = memory;" + tables)
    for name, count, function in _FUNCTIONS:
        made.create_function(name, count, function, deterministic=True)
    for name, count, aggregate in _AGGREGATES:
        made.create_aggregate(name, count, aggregate)
    return made


# --- the store -------------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_CHANGED = re.compile(r"\s*(?:with\b.*?\)\s*)?(?:insert into|update|delete from)\s+\"?(\w+)", re.S)


class Replica(Database):
    """A store for one replay, in memory. A query that SQLite does not take is asked of a DuckDB to which the rows are copied; whatever else cannot be
    done exactly as DuckDB does raises `Unlike`."""

    copied = False

    def __init__(self) -> None:
        self._base = _empty("")
        self.written = set()
        self._template: _Template = _template("")
        self._beside: Database | None = None
        #: tables and views that are there
        self._there: set[str] = set()
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
        self._base.executescript(self._template.tables)
        self._fresh = set(self.tables())

    def run(self, sql: str, parameters: dict[str, Any]) -> Any:
        raise Unlike("a bare cursor")

    def _done(self, kind: Kind, parameters: dict[str, Any]) -> Any:
        given = {name: _inside(value) for name, value in parameters.items() if name not in kind.spread}
        try:
            if not kind.spread:
                return self._base.execute(kind.sql, given)
            columns = zip(*(parameters[name] for name in kind.spread), strict=True)
            return self._base.executemany(kind.sql, [{**given, **dict(zip(kind.spread, map(_inside, row), strict=True))} for row in columns])
        except sqlite3.Error as error:
            raise Unlike(f"{error}: {' '.join(kind.sql.split())[:120]}") from None

    def execute(self, sql: str, **parameters: Any) -> None:
        if changed := _CHANGED.match(sql):
            self._changed(changed[1])
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
        if changed := _CHANGED.match(sql):
            self._changed(changed[1])
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
        rows = kind.rows(self._done(kind, parameters))
        return Table(list(kind.row.columns if kind.row else ()), [tuple(r) for r in rows])

    def _changed(self, table: str) -> None:
        self._fresh.add(table)
        self._touched.add(table)

    def _of_duckdb(self, sql: str) -> Database:
        """A DuckDB that has the rows as they stand now, to be asked only. Raises Unlike for a statement that writes."""
        if _CHANGED.match(sql):
            raise Unlike(f"a change: {' '.join(sql.split())[:120]}")
        if self._beside is None:
            self._beside = Database()
        named = set(_WORD.findall(sql))
        named |= {name for view in named & self._template.views.keys() for name in self._template.views[view]}
        for name, made in self._template.made.items():
            if name in named and name not in self._there:
                self._beside.script(made)
                self._there.add(name)
        for table in sorted(self._fresh & named):
            self._copy(table, self._beside)
        self._fresh -= named
        return self._beside

    def _copy(self, table: str, to: Database) -> None:
        rows = self.all(f'select * from "{table}"')
        to.execute(f'delete from "{table}"')
        if rows:
            types = to.all("select data_type from duckdb_columns() where table_name = $t order by column_index", t=table)
            columns = ", ".join(f"unnest($c{i}::{t.data_type}[])" for i, t in enumerate(types))
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
        self._base.close()
        if self._beside is not None:
            self._beside.close()


def _contains(text: str | None, part: str | None) -> int | None:
    return None if text is None or part is None else int(part in text)


def _starts_with(text: str | None, part: str | None) -> int | None:
    return None if text is None or part is None else int(text.startswith(part))


def _listed(values: str | None, value: Any) -> int | None:
    return None if values is None or value is None else int(value in _members(values))


@functools.lru_cache(maxsize=64)
def _members(values: str) -> frozenset[Any]:
    return frozenset(json.loads(values))


def _greatest(*values: Any) -> Any:
    return max((v for v in values if v is not None), default=None)


def _least(*values: Any) -> Any:
    return min((v for v in values if v is not None), default=None)


class _AnyValue:
    """The first value that is not null, as in DuckDB."""

    def __init__(self) -> None:
        self.value: Any = None

    def step(self, value: Any) -> None:
        if self.value is None:
            self.value = value

    def finalize(self) -> Any:
        return self.value


class _OrderedText:
    """`string_agg(text, between order by key)`."""

    def __init__(self) -> None:
        self.parts: list[tuple[Any, str]] = []
        self.between = ""

    def step(self, text: str | None, between: str, key: Any) -> None:
        self.between = between
        if text is not None:
            self.parts.append((key, text))

    def finalize(self) -> str | None:
        return self.between.join(text for _, text in sorted(self.parts, key=lambda p: p[0])) if self.parts else None


class _Any:
    """Whether one is true."""

    def __init__(self) -> None:
        self.value: int | None = None

    def step(self, value: Any) -> None:
        if value is not None:
            self.value = self.together(value)

    def together(self, value: Any) -> int:
        return int(bool(self.value) or bool(value))

    def finalize(self) -> int | None:
        return self.value


class _Every(_Any):
    """Whether all are true."""

    def together(self, value: Any) -> int:
        return int(bool(value) and self.value != 0)


_AGGREGATES: tuple[tuple[str, int, Any], ...] = (("any_value", 1, _AnyValue), ("bool_or", 1, _Any), ("bool_and", 1, _Every), ("ordered_text", 3, _OrderedText))
_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("contains", 2, _contains),
    ("starts_with", 2, _starts_with),
    ("list_contains", 2, _listed),
    ("greatest", -1, _greatest),
    ("least", -1, _least),
    ("lower", 1, lambda text: None if text is None else text.lower()),
    ("upper", 1, lambda text: None if text is None else text.upper()),
    ("days_between", 2, lambda start, end: None if start is None or end is None else end - start),
    ("regexp_matches", 2, lambda text, pattern: None if text is None else int(re.search(pattern, text) is not None)),
)
