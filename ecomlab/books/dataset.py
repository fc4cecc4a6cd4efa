"""Books with no world behind them: a DuckDB connection or file, or a folder of Parquet files, that has the tables of the books.

A data set answers what a world answers when it is read (`one`, `all`, `value`, `table`, `start`, `day`), so reports and
dashboards work on it as they do on a world. It is nobody's: the books of all its members may be looked at.
"""

from __future__ import annotations

import contextlib
import datetime
import difflib
import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from ..kernel import dictionary, packages
from ..kernel.audit import Verdict, verdicts
from ..kernel.database import Database, without_bar
from ..kernel.foreign import from_json
from ..kernel.refusals import refusal
from ..kernel.texts import Text

NO_DATA_THERE = refusal(
    "no_data_there",
    "“{path}”里既没有 logbook.jsonl，也没有以表名命名的数据（例如 posting.parquet）。请换一个文件夹，或换一个数据库文件。",
    "There is neither a logbook.jsonl nor data named as a table, such as posting.parquet, in {path}. Name another folder, or a database file.",
)
NO_SUCH_TABLE = refusal(
    "not_a_table",
    "“{path}”里的“{name}”不是 ecomlab 的表{near}。请改正表名，或把它移出该处。",
    "“{name}” in {path} is no table of ecomlab{near}. Correct its name, or move it elsewhere.",
)
TABLE_LACKING = refusal(
    "table_lacking",
    "这个数据集缺少所需的表，或缺少其中一部分文件：{tables}。请补齐，例如用 ecomlab replay --parquet 重新导出。",
    "This data set lacks tables that are needed here, or some of their files: {tables}. Add them, for example by exporting again: ecomlab replay --parquet.",
)
NO_DAYS = refusal(
    "empty_data_set",
    "这个数据集的账簿是空的：没有分录，也没有库存变动。请换一个数据集。",
    "The books of this data set are empty: neither entries nor movements of goods. Choose another data set.",
)

UNREADABLE_DATA = refusal(
    "unreadable_data",
    "无法读取这个数据集：文件已损坏，或者缺少所需的列。请检查文件，或换一个数据集。DuckDB 的说明：{why}",
    "This data set cannot be read: a file is damaged, or lacks a column that is needed. Check the files, or choose another data set. DuckDB says: {why}",
)


#: How a file of DuckDB's begins, after eight bytes of a checksum; and how one is called, which may be damaged.
_MAGIC, _SUFFIXES = b"DUCK", (".duckdb", ".ddb")
#: What the replay of a logbook adds to the tables of its packages.
LOGBOOK_ENTRY = "logbook_entry"


def is_database(path: Path) -> bool:
    """Whether a file is a DuckDB database, or calls itself one."""
    if not path.is_file():
        return False
    with path.open("rb") as f:
        return f.read(12)[8:] == _MAGIC or path.suffix in _SUFFIXES


class Contents(NamedTuple):
    """What a data set is of, as a scenario says it of a world: the packages that have tables there."""

    name: str
    packages: tuple[str, ...]

    def has(self, module: str) -> bool:
        return module in self.packages

    def includes(self, function: Callable[..., Any]) -> bool:
        return packages.of(function) in self.packages


class DataSet(Database):
    """Books to be read. connection: one in which the tables of the books are there, as tables or views. Whatever it is asked refuses 'unreadable_data'."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, of_packages: Sequence[str] = ("books",)):
        """of_packages: whose tables are there."""
        self.connection, self.written = connection, set[str]()
        self.scenario = Contents("data", tuple(of_packages))
        #: tables that a source has not, and those of them that it says it has
        self._lacking, self._lost = frozenset[str](), set[str]()

    @classmethod
    def of(cls, source: Path, beside: Collection[str] = ()) -> DataSet:
        """The data set of a folder, or of a DuckDB file. A table that has a Parquet file of its name there, or a folder of such files, is what they hold;
        the other tables of the books, and of every module that has one there, are empty, and `needs` says so. beside: names of tables of no package.

        Refuses 'no_data_there' where no table of the books is there, 'table_lacking' where only a part of a table's files is, 'not_a_table' at a
        name that is unknown, 'unreadable_data' where a file is damaged.
        """
        connection = without_bar(duckdb.connect(config={"autoinstall_known_extensions": False}))
        try:
            there = _tables_of(connection, source) if is_database(source) else _files_of(source)
            with_rows = packages.having(there)
            if "books" not in with_rows:
                raise NO_DATA_THERE("source", path=source)
            lost = _lost(source)
            if partly := lost & there.keys():
                raise TABLE_LACKING("source", tables=", ".join(sorted(partly)))
            made = cls(connection, with_rows)
            made.script(packages.schema(packages.together(with_rows)))
            known, follow = made._columns(), {*made.views(), *dictionary.star()}
            for name, rows in sorted(there.items()):
                if name in known or name in beside or name == LOGBOOK_ENTRY:
                    made._read(name, rows, known.get(name, {}))
                elif name not in follow:  # a view follows from the tables
                    raise NO_SUCH_TABLE("source", path=source, name=name, near=_near(name, [*known, *beside]))
        except BaseException:
            connection.close()
            raise
        made._lost = lost & known.keys()
        made._lacking = frozenset(t for t in made.tables() if not made.value(f'select count(*) from "{t}"'))
        return made

    def _columns(self) -> dict[str, dict[str, str]]:
        """Of the tables that are made here the columns with their types."""
        found: dict[str, dict[str, str]] = {name: {} for name in self.tables()}
        for table, name, kind in self.all(
            "select table_name, column_name, data_type from duckdb_columns() where database_name = current_database() order by table_name, column_index"
        ):
            if table in found:
                found[table][name] = kind
        return found

    def _read(self, name: str, rows: str, known: dict[str, str]) -> None:
        """A table as a view of its rows: of one that is known the columns that it has here, in their types."""
        if not known:
            self.script(f'create view "{name}" as from {rows}')
            return
        there = {c.column_name for c in self.all(f"describe from {rows}")}
        read = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in known.items() if name in there)
        self.script(f"drop table {name}")
        self.script(f"create view {name} as select {read or 'null as nothing'} from {rows}")

    def needs(self, sql: str, module: str = "report") -> None:
        """Refuses 'table_lacking' where a query reads a table that is not there: its answer would look right, and be wrong. module: whose query it is."""
        if module != "report" and not self.scenario.has(module):
            raise TABLE_LACKING("source", tables=", ".join(sorted(set(packages.tables(module)) & set(re.findall(r"\w+", sql)))))
        if self._lacking:
            with _readable():
                read = self.connection.get_table_names(re.sub(r"\$\w+", "null", re.sub(r"--.*", "", sql)))
            if lacking := sorted(read & self._lacking):
                raise TABLE_LACKING("source", tables=", ".join(lacking))

    def tables(self) -> list[str]:
        """Those that are made here: a DuckDB file that is read has its own."""
        return self._named("table")

    def views(self) -> list[str]:
        """What stands for files here, and the views of the packages."""
        return self._named("view")

    def _named(self, what: str) -> list[str]:
        found = self.all(f"select {what}_name as name from duckdb_{what}s() where not internal and database_name = current_database() order by name")
        return [r.name for r in found]

    def audit(self) -> list[Verdict]:
        """Every invariant of the packages that have tables here, by name, with what breaks it; but for those that ask a world's seed.

        Refuses 'table_lacking' where a table was lost that the set says it has: what is broken then says nothing of its books.
        """
        if self._lost:
            raise TABLE_LACKING("source", tables=", ".join(sorted(self._lost)))
        return verdicts(self, self.scenario.includes, seed=False)

    def run(self, sql: str, parameters: dict[str, Any]) -> Any:
        with _readable():
            return super().run(sql, parameters)

    def script(self, sql: str) -> None:
        with _readable():
            super().script(sql)

    @property
    def start(self) -> datetime.date:
        """The first day on which something was posted or moved. Refuses 'empty_data_set'."""
        return self._days[0]

    @property
    def day(self) -> datetime.date:
        """The last such day, which is a data set's today."""
        return self._days[1]

    @functools.cached_property
    def _days(self) -> tuple[datetime.date, datetime.date]:
        first, last = self.one("select min(day), max(day) from (select day from ledger_entry union all select day from stock_movement)")
        if first is None:
            raise NO_DAYS()
        return first, last


def _files_of(folder: Path) -> dict[str, str]:
    """By name of a table: what its rows are read from."""
    files = {f.stem: f for f in folder.glob("*.parquet")} | {f.parent.name: f.parent / "*.parquet" for f in folder.glob("*/*.parquet")}
    return {name: f"read_parquet({_quoted(path)})" for name, path in files.items()}


def _lost(source: Path) -> set[str]:
    """What a set's own `datapackage.json` names whose files are not all there; nothing where nothing, or nothing legible, describes it."""
    try:
        described = from_json((source / dictionary.PACKAGE).read_bytes())["resources"]
        files = {r["name"]: [r["path"]] if isinstance(r["path"], str) else list(r["path"]) for r in described}
        return {name for name, paths in files.items() if not all((source / path).is_file() for path in paths)}
    except (OSError, ValueError, TypeError, LookupError):
        return set()


def _tables_of(connection: duckdb.DuckDBPyConnection, file: Path) -> Mapping[str, str]:
    """The same of a DuckDB file, which is only read."""
    with _readable():
        connection.execute(f"attach {_quoted(file)} as source (type duckdb, read_only)")
        found = connection.execute(
            """select table_name from duckdb_tables() where database_name = 'source' and schema_name = 'main'
               union select view_name from duckdb_views() where database_name = 'source' and schema_name = 'main' and not internal""").fetchall()
    return {name: f'source.main."{name}"' for (name,) in found}


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _near(name: str, known: Collection[str]) -> Text:
    """Which table may have been meant: DuckDB's own export writes b_b_order for b2b_order."""
    meant = difflib.get_close_matches(name, known, 1, 0.75)
    return Text(f"（是否指 {meant[0]}？）", f" ({meant[0]} is)") if meant else Text("", "")


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """The files are somebody else's: what DuckDB cannot make of them is said in words."""
    try:
        yield
    except duckdb.Error as error:
        raise UNREADABLE_DATA("source", why=" ".join(str(error).split())[:300]) from None
