"""Books with no world behind them: a DuckDB connection, or a folder of Parquet files, that has the tables of the books.

A data set answers what a world answers when it is read (`one`, `all`, `value`, `table`, `start`, `day`), so reports and
dashboards work on it as they do on a world. It is nobody's: the books of all its members may be looked at.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from ..kernel import packages
from ..kernel.audit import Verdict, verdicts
from ..kernel.database import Database
from ..kernel.refusals import refusal

NO_DATA_THERE = refusal(
    "no_data_there",
    "“{path}”里既没有 logbook.jsonl，也没有以表名命名的 Parquet 文件（例如 posting.parquet）。请换一个文件夹。",
    "There is neither a logbook.jsonl nor a Parquet file named as a table, such as posting.parquet, in {path}. Name another folder.",
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


_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


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

    @classmethod
    def of(cls, folder: Path) -> DataSet:
        """The data set of a folder. A table that has a Parquet file of its name there, or a folder of such files, is what they hold; the other tables
        of the books, and of every module that has one there, are empty. Files of other names are tables of their own.

        Refuses 'no_data_there' where no table of the books is there, 'unreadable_data' where a file is damaged.
        """
        files = {f.stem: f for f in folder.glob("*.parquet")} | {f.parent.name: f.parent / "*.parquet" for f in folder.glob("*/*.parquet")}
        if "books" not in packages.having(files):
            raise NO_DATA_THERE("source", path=folder)
        with_rows = packages.having(files)
        made = cls(duckdb.connect(config={"autoinstall_known_extensions": False}), with_rows)
        made.script(packages.schema(packages.together(with_rows)))
        known = made.tables()
        for name, path in sorted(files.items()):
            made._read(name, str(path).replace("'", "''"), name in known)
        return made

    def _read(self, name: str, files: str, known: bool) -> None:
        """A table as a view of its files: of one that is known the columns that it has here, in their types."""
        if not known:
            if _NAME.fullmatch(name):
                self.script(f"create view {name} as from read_parquet('{files}')")
            return
        there = {c.column_name for c in self.all(f"describe from read_parquet('{files}')")}
        columns = self.all("select column_name as name, data_type as type from duckdb_columns() where table_name = $t order by column_index", t=name)
        read = ", ".join(f'"{c.name}"::{c.type} as "{c.name}"' for c in columns if c.name in there)
        self.script(f"drop table {name}")
        self.script(f"create view {name} as select {read or 'null as nothing'} from read_parquet('{files}')")

    def audit(self) -> list[Verdict]:
        """Every invariant of the packages that have tables here, by name, with what breaks it."""
        return verdicts(self, self.scenario.includes)

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


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """The files are somebody else's: what DuckDB cannot make of them is said in words."""
    try:
        yield
    except duckdb.Error as error:
        raise UNREADABLE_DATA("source", why=" ".join(str(error).split())[:300]) from None
