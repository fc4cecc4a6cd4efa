"""SQL that a person types, run where it cannot write: whatever it tries, the world stays as its logbook says.

It runs on a cursor of its own in a transaction that only reads, which stays open for as long as somebody holds the result, so the
result's own methods cannot write either. The database reaches no file and loads no extension (`database.CONFIG`).
"""

from __future__ import annotations

import re
from typing import Any

import duckdb

from .database import Database
from .refusals import Refusal, refusal
from .table import wide
from .texts import Text

ONLY_SELECT = refusal("only_select", "lab.sql 只能查询。请写一条 SELECT 语句。", "lab.sql can only query. Write one SELECT statement.")
BAD_SQL = refusal(
    "bad_sql",
    "SQL 无法执行：{place}{kind}。请修改后重试。DuckDB 的说明：{why}",
    "This SQL cannot be run: {place}{kind}. Change it, then try again. DuckDB says: {why}",
)
_KINDS = {
    duckdb.ParserException: Text("语法有误", "the syntax is wrong"),
    duckdb.CatalogException: Text("没有这个表或函数", "there is no such table or function"),
    duckdb.BinderException: Text("列名或用法有误", "a column, or its use, is wrong"),
    duckdb.ConversionException: Text("有的值不能这样转换", "a value cannot be converted like this"),
    duckdb.PermissionException: Text("这里不能读写文件", "files cannot be read or written here"),
    duckdb.OutOfMemoryException: Text("结果过大，内存不足", "the result is too large for the memory"),
}
_OTHER = Text("执行时出错", "it failed")
#: How DuckDB shows the place: the line of the text, and below it marks under what is wrong.
_PLACE = re.compile(r"^LINE (\d+): (.*)\n( *)(\^+)", re.MULTILINE)


def ask(database: Database, query: str) -> Any:
    """The rows of one SELECT as a DuckDB relation, as things stand now. Raises a Refusal that names the place of what is wrong, or KeyboardInterrupt."""
    cursor = database.connection.cursor()
    try:
        statements = cursor.extract_statements(query) if isinstance(query, str) else []
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ONLY_SELECT("query")
        cursor.execute("begin transaction read only")
        return cursor.sql(query).materialize()
    except duckdb.TransactionException:  # it would have written
        raise ONLY_SELECT("query") from None
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except duckdb.Error as error:
        raise _explained(database, query, error) from None
    except RuntimeError as error:  # how a signal during a query comes out of DuckDB
        if "interrupted" not in str(error).lower():
            raise
        raise KeyboardInterrupt from None


def _explained(database: Database, query: str, error: duckdb.Error) -> Refusal:
    place, why = _PLACE.search(str(error)), str(error).partition("\n\n")[0]
    before = 0
    if not place:  # a relation does not say where; a plan does, which begins a line higher
        place, before = _PLACE.search(_planned(database, query)), 1
    kind = next((text for kinds, text in _KINDS.items() if isinstance(error, kinds)), _OTHER)
    where = _said(place, before) if place else Text("", "")
    return BAD_SQL("query", place=where, kind=kind, why=" ".join(why.split())[:300])


def _planned(database: Database, query: str) -> str:
    cursor = database.connection.cursor()
    try:
        cursor.execute("begin transaction read only")
        cursor.execute(f"explain\n{query}")
    except duckdb.Error as error:
        return str(error)
    return ""


def _said(place: re.Match[str], before: int) -> Text:
    line, text, start, marks = int(place[1]) - before, place[2], len(place[3]) - len(f"LINE {place[1]}: "), len(place[4])
    marked = "".join(c for i, c in enumerate(text) if start <= wide(text[:i]) < start + marks)[:60]
    return Text(f"第 {line} 行“{marked}”处：", f"line {line}, at “{marked}”: ")
