"""SQL that a person types, run where it cannot write: whatever it tries, the world stays as its logbook says.

It runs on a cursor of its own in a transaction that only reads, which stays open for as long as somebody holds the result, so the
result's own methods cannot write either. The database reaches no file and loads no extension (`database.CONFIG`).
"""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Mapping
from typing import Any

import duckdb

from . import dictionary
from .database import Database, without_bar
from .refusals import Refusal, refusal
from .table import wide
from .texts import Language, Text

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
#: A PIVOT over whatever values there are is more than one statement to DuckDB; what writes among the others of that type, the transaction refuses.
_QUERIES = (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI)
#: What reads the machine's clock, which is not the world's.
_CLOCK = re.compile(r"\b(current_date|current_timestamp|localtimestamp|now\s*\(|today\s*\()", re.IGNORECASE)
_NOT_THE_BUSINESS_DAY = Text(
    "{clock} 是本机的日期，不是实验里的业务日。请改用 business_day()。",
    "{clock} is the day of this machine, not the business day of the world. Use business_day() instead.",
)
#: How DuckDB shows the place: the line of the text, and below it marks under what is wrong.
_PLACE = re.compile(r"^LINE (\d+): (.*)\n( *)(\^+)", re.MULTILINE)


def ask(database: Database, query: str, day: datetime.date, parameters: Mapping[str, Any] | None = None, language: Language = "en") -> Any:
    """The rows of one SELECT as a DuckDB relation, as things stand now. day: what `business_day()` gives; parameters: by name, for `$name`.

    Raises a Refusal that names the place of what is wrong, or KeyboardInterrupt. Warns, in a language, of a query that asks the machine for the day.
    """
    cursor = without_bar(database.connection.cursor())
    if isinstance(query, str) and (clock := _CLOCK.search(query)):
        warnings.warn(_NOT_THE_BUSINESS_DAY.fill(clock=clock[1]).say(language), stacklevel=3)
    try:
        cursor.execute(f"create temp macro business_day() as (date '{day.isoformat()}')")
        for name, made in dictionary.star().items():
            if isinstance(query, str) and re.search(rf"\b{name}\b", query, re.IGNORECASE):
                cursor.execute(made.replace("create view", "create or replace temp view", 1))
        statements = cursor.extract_statements(query) if isinstance(query, str) else []
        if len(statements) != 1 or statements[0].type not in _QUERIES:
            raise ONLY_SELECT("query")
        cursor.execute("begin transaction read only")
        return cursor.sql(query, params=dict(parameters or {}) or None).materialize()
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
