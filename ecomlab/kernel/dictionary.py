"""What the tables of a database hold, for whoever explores it: every package says it of its tables in `tables.toml`, in both languages.

A column's words are the glossary's (`terms.toml`), so that it is called alike in a form, a report and here. A join leads from a column to the key of
another table; the tables declare no foreign keys, because each would cost every command a lookup, so the tests hold the joins instead.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from . import packages
from .database import Database
from .refusals import refusal
from .table import Table
from .terms import term
from .texts import Language, Text

NO_SUCH_TABLE = refusal(
    "no_such_table",
    "这里没有名为“{name}”的表。请先查看有哪些表。",
    "There is no table {name} here. Look at the list of tables first.",
)

_VIEW = re.compile(r"^create view (\w+) as\b.*?;$", re.MULTILINE | re.DOTALL)


class Described(NamedTuple):
    """A table: the package that makes it, what it holds, and from which of its columns one comes to the key of which table ("a or b": of either; one in
    capitals is a value that leads nowhere). columns: those that no schema declares, with their types.
    """

    package: str
    holds: Text
    joins: dict[str, str]
    columns: dict[str, str]


@functools.cache
def _read(sources: tuple[tuple[str, str], ...]) -> dict[str, Described]:
    found = {}
    for path, text in sources:
        for name, said in packages.parse(path, "tables.toml", text).items():
            found[name] = Described(path.rpartition(".")[2], Text(said["zh"], said["en"]), said.get("joins", {}), said.get("columns", {}))
    return found


def described() -> dict[str, Described]:
    """Every table and view that a package describes, by name."""
    return _read(packages.read("tables.toml"))


def of(package: str) -> tuple[str, ...]:
    """The tables that a package describes."""
    return tuple(name for name, known in described().items() if known.package == package)


def word(column: str, table: str) -> Text:
    """What a column of a table is called."""
    known = described().get(table)
    return term(column, known.package if known else "")


def tables(database: Database, language: Language, packages_only: Iterable[str] | None = None) -> Table:
    """Every table and view that has rows: table, rows, holds (a sentence in the language), package. packages_only: their names."""
    wanted = None if packages_only is None else set(packages_only)
    found = []
    counted = {name: f'"{name}"' for name in _there(database)} | {name: f"({_select(sql)})" for name, sql in with_star(database).items()}
    for name, source in sorted(counted.items()):
        known = described().get(name)
        package = known.package if known else ""
        if (wanted is None or package in wanted) and (rows := database.value(f"select count(*) from {source}")):
            found.append((name, rows, known.holds.say(language) if known else "", package))
    made = Table(("table", "rows", "holds", "package"), found)
    made.language, made.as_is = language, ("table", "package")
    return made


def columns(database: Database, table: str, language: Language) -> Table:
    """The columns of a table: column, type, called (in the language), key (whether it is of the primary key), joins (the table whose key it leads to).

    Refuses 'no_such_table'.
    """
    if table in _there(database):
        there = [(c.name, c.type.lower()) for c in _columns(database)[table]]
    elif table in with_star(database):
        there = list(declared()[table].columns)
    else:
        raise NO_SUCH_TABLE("table", name=str(table)[:60])
    known = described().get(table)
    key = keys().get(table, ())
    rows = [(name, kind, word(name, table).say(language), name in key, known.joins.get(name) if known else None) for name, kind in there]
    made = Table(("column", "type", "called", "key", "joins"), rows)
    made.language, made.as_is = language, ("column", "type", "joins")
    return made


class Declared(NamedTuple):
    """What the schema says of a table or view: its columns with their types, and its primary key."""

    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]


@functools.lru_cache(maxsize=2)
def _declared(schema: str) -> dict[str, Declared]:
    made = Database()
    try:
        made.script(schema)
        found = made.all("select table_name as name, constraint_column_names as key from duckdb_constraints() where constraint_type = 'PRIMARY KEY'")
        key = {r.name: tuple(r.key) for r in found}
        return {t: Declared(tuple((c.name, c.type.lower()) for c in columns), key.get(t, ())) for t, columns in _columns(made).items()}
    finally:
        made.close()


def declared() -> dict[str, Declared]:
    """Every table and view of every package as its schema declares it, or else `tables.toml`; the keys too, which a data set read from files has none of."""
    without_schema = {name: Declared(tuple(known.columns.items()), ()) for name, known in described().items() if known.columns}
    return _declared("\n".join((packages.schema(), *star().values()))) | without_schema


def keys() -> dict[str, tuple[str, ...]]:
    """The primary key of every table that has one."""
    return {name: table.key for name, table in declared().items() if table.key}


def _there(database: Database) -> list[str]:
    rows = database.all(
        """select table_name as name from duckdb_tables() where not internal and not temporary and database_name = current_database()
           union select view_name from duckdb_views() where not internal and not temporary and database_name = current_database() order by name"""
    )
    return [r.name for r in rows]


def _columns(database: Database) -> dict[str, list[Any]]:
    """The columns of every table and view, by its name. Asked for at once: DuckDB goes through its whole catalogue each time."""
    found: dict[str, list[Any]] = {name: [] for name in _there(database)}
    for column in database.all(
        """select table_name as table, column_name as name, data_type as type from duckdb_columns()
           where database_name = current_database() and schema_name = 'main' and not internal order by table_name, column_index"""
    ):
        if column.table in found:
            found[column.table].append(column)
    return found


def _select(sql: str) -> str:
    """What a view selects."""
    return sql.partition(" as\n")[2].rstrip(";")


def views() -> dict[str, str]:
    """The views that follow from the tables, by name, each with the SQL that makes it, in an order in which they can be made."""
    return {found[1]: found[0].strip() for found in _VIEW.finditer(packages.schema())}


def star() -> dict[str, str]:
    """The dimensions and facts for whoever explores, by name, each with the SQL that makes the view: `star.sql` of the packages.

    No world has them: they are made where somebody asks for them (`lab.sql`, `replay --database`, `views.sql`).
    """
    return {found[1]: found[0].strip() for _, text in packages.read("star.sql") for found in _VIEW.finditer(text)}


def with_star(database: Database) -> dict[str, str]:
    """Those of them for which a database has all tables."""
    had, cursor, found = set(_there(database)), database.connection.cursor(), {}
    for name, sql in star().items():
        with contextlib.suppress(duckdb.CatalogException):
            if name not in had:
                cursor.execute(sql.replace("create view", "create temp view", 1))
                found[name] = sql
    return found


def business_day(tables: Collection[str]) -> str:
    """What gives a DuckDB without us `business_day()`, as `lab.sql` has it: the day of the clock, or of the last entry where there is none."""
    return f"create or replace macro business_day() as (select max(day) from {'clock' if 'clock' in tables else 'ledger_entry'});"


def comment(database: Database) -> None:
    """Makes `business_day()` and the views of facts and dimensions in a database, and writes into it what each table and column holds, as DuckDB's own
    comments: Chinese, then English.
    """
    database.script(business_day(_there(database)))
    for made in with_star(database).values():
        database.script(made)
    of_views = {r.name for r in database.all("select view_name as name from duckdb_views() where not internal")}
    database.begin()  # else each comment is written to the disk by itself
    for name, columns in _columns(database).items():
        if known := described().get(name):
            database.script(f"comment on {'view' if name in of_views else 'table'} \"{name}\" is {_quoted(f'{known.holds.zh} {known.holds.en}')}")
        for column in columns:
            said = word(column.name, name)
            database.script(f'comment on column "{name}"."{column.name}" is {_quoted(f"{said.zh} {said.en}")}')
    database.commit()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


#: Frictionless Table Schema's name for a type of DuckDB's; whatever is not here is text.
_TYPES = {"INTEGER": "integer", "BIGINT": "integer", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime", "DOUBLE": "number"}


PACKAGE, VIEWS = "datapackage.json", "views.sql"


def write(database: Database, folder: Path, paths: dict[str, list[str]]) -> None:
    """Writes beside Parquet files what others need to read them without us: `datapackage.json`, and `views.sql` for a DuckDB opened in that folder.

    paths: by table its files, relative to the folder. Source: Frictionless Data Package 1.0 and Table Schema 1.0.
    """
    (folder / PACKAGE).write_text(json.dumps(package(database, paths), ensure_ascii=False, indent=1) + "\n", "utf-8")
    read = [f"create or replace view {name} as from read_parquet([{', '.join(map(_quoted, files))}]);" for name, files in sorted(paths.items())]
    follow = [sql.replace("create view", "create or replace view", 1) for sql in (*views().values(), *with_star(database).values())]
    follow += [business_day(paths)] if {"clock", "ledger_entry"} & set(paths) else []
    (folder / VIEWS).write_text("\n".join(["-- duckdb -init views.sql, in this folder", *read, *follow]) + "\n", "utf-8")


def package(database: Database, paths: dict[str, list[str]]) -> dict[str, Any]:
    """The Frictionless data package of Parquet files, by table."""
    columns = _columns(database)
    return {
        "name": "ecomlab",
        "profile": "data-package",
        "resources": [_resource(database, table, columns[table], path, set(paths)) for table, path in sorted(paths.items())],
    }


def _missing(database: Database, table: str, whole: list[str]) -> set[str]:
    """Which of these columns of whole numbers lack some.

    Frictionless reads Parquet by pandas, which has no whole number for what is missing but a float's NaN: to Frictionless that is a number, no integer,
    and refers to no row.
    """
    lacks = ", ".join(f'bool_or("{name}" is null)' for name in whole)
    return {name for name, some in zip(whole, database.all(f"select {lacks} from {table}")[0], strict=True) if some} if whole else set()


def _resource(database: Database, table: str, columns: list[Any], path: list[str], there: set[str]) -> dict[str, Any]:
    known, key = described().get(table), keys().get(table)
    missing = _missing(database, table, [c.name for c in columns if _TYPES.get(c.type) == "integer"])
    schema: dict[str, Any] = {"fields": [
        {"name": c.name, "type": "number" if c.type.startswith("DECIMAL") or c.name in missing else _TYPES.get(c.type, "string"),
         "title": word(c.name, table).en, "description": word(c.name, table).zh} for c in columns
    ]}  # fmt: skip
    if key:
        schema["primaryKey"] = list(key)
    links = [
        {"fields": [column], "reference": {"resource": "" if target == table else target, "fields": [found[0]]}}
        for column, target in (known.joins if known else {}).items()
        if target in there and len(found := keys().get(target, ())) == 1 and column not in missing
    ]
    if links:
        schema["foreignKeys"] = links
    described_as = {"title": known.holds.en, "description": known.holds.zh} if known else {}
    return {"name": table, "path": path, "format": "parquet", "mediatype": "application/vnd.apache.parquet", **described_as, "schema": schema}
