"""How SQLite says what DuckDB says, for the replica: statements, types and values.

Within, every value is a whole number or a text: decimals in millionths, dates as days, moments as microseconds, so that arithmetic is exact and
comparisons are those of DuckDB. What SQLite has not, or has otherwise, is `Unlike`.
"""

from __future__ import annotations

import datetime
import functools
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

_MILLION = Decimal(1_000_000)
_EPOCH = datetime.datetime(1970, 1, 1)
_MICROSECOND = datetime.timedelta(microseconds=1)


class Unlike(Exception):
    """SQLite does not do this, or might do it otherwise than DuckDB."""


# --- values --------------------------------------------------------------------------------------------------------------


def inside(value: Any) -> Any:
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
        return json.dumps([inside(v) for v in value])
    if isinstance(value, str):
        return str(value)
    raise Unlike(f"a {kind.__name__}")


def _decimal(places: int) -> Callable[[Any], Any]:
    exponent, unit = Decimal(1).scaleb(-places), 10 ** (6 - places) if places <= 6 else 0

    @functools.lru_cache(maxsize=4096, typed=True)  # amounts and days come again and again
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


@functools.lru_cache(maxsize=4096)
def _day(value: Any) -> datetime.date | None:
    return None if value is None else datetime.date.fromordinal(value)


def outside(kind: str) -> Callable[[Any], Any]:
    """How a value of a DuckDB type comes out. Raises Unlike for a type that is not kept."""
    if kind in ("VARCHAR", "NULL", '"NULL"'):
        return _exactly(str)
    if kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"):
        return _exactly(int)
    if kind == "BOOLEAN":
        return lambda v: None if v is None else bool(v)
    if kind == "DATE":
        return _day
    if kind == "TIMESTAMP":
        return lambda v: None if v is None else _EPOCH + datetime.timedelta(microseconds=v)
    if kind.endswith("[]"):
        inner = outside(kind[:-2])
        return lambda v: None if v is None else [inner(member) for member in json.loads(v)]
    if found := re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", kind):
        return _decimal(int(found[1]))
    raise Unlike(kind)


# --- statements -----------------------------------------------------------------------------------------------------------

_TYPES = {
    "varchar": "text", "integer": "int", "bigint": "int", "date": "int", "timestamp": "int", "boolean": "int", "double": "real", "json": "text",
}  # fmt: skip
_COLUMN = re.compile(r"\b(varchar|integer|bigint|date|timestamp|boolean|double|json|decimal\(\d+,\s*\d+\))(?=\s*(?:,|\)|not\b|primary\b|$))", re.M)
COMMENT = re.compile(r"--[^\n]*")
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
    (re.compile(r"(?<![\w.$])([\w.$]+)::date\b(?!\[)"), r"day_of(\1)"),
    (_CAST, ""),
    # a function of Python's is called for every row
    (
        re.compile(r"\blist_contains\((\$\w+), ([\w.]+)\)"),
        r"iif(\1 is null, null, \2 in (select value from json_each(\1) where value is not null))",
    ),
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
    (re.compile(r"\blist\(([^()]*) order by ([\w.]+)\)"), r"ordered_list(\1, \2)"),
)
#: An insert of lists, a row for each of their values: SQLite is given the rows one by one.
_SPREAD = re.compile(r"\bunnest\(\$(\w+)\)")


#: What a piece costs: an amount by a number of pieces, which DuckDB divides as floating-point numbers.
_QUOTIENT = re.compile(r"\((sum\((?:\w+\.)?(\w+)\)) / (sum\((?:\w+\.)?(\w+)\))\)::decimal\(\d+,\s*([0-6])\)")


def translated(sql: str, decimals: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """A statement as SQLite takes it, and which of its parameters are lists to be spread over rows. Raises Unlike where it has something that SQLite
    has not, or has otherwise. decimals: the columns that are decimals, wherever they stand."""
    texts: list[str] = []

    def aside(found: re.Match[str]) -> str:
        texts.append(found[0])
        return f"\x00{len(texts) - 1}\x00"

    def quotient(found: re.Match[str]) -> str:
        whole, amount, by, pieces, places = found.groups()
        return f"quotient({whole}, {by}, {places})" if amount in decimals and pieces not in decimals else found[0]

    bare = _STRING.sub(aside, COMMENT.sub("", sql)).rstrip().removesuffix(";")
    bare = _QUOTIENT.sub(quotient, bare)
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
_AGGREGATE = re.compile(r"\b(?:sum|count|min|max|any_value|ordered_text|ordered_list|group_concat|bool_or|bool_and|list|avg)\(")


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


def mixed(decimals: Sequence[str]) -> re.Pattern[str]:
    """Where a decimal, which is in millionths here, meets a whole number or another decimal in a way that its scale would matter."""
    one, number = rf"(?:\w+\.)?\b(?:{'|'.join(decimals) or 'none'})\b", r"(?<![\w.$])[1-9]\d*\b"
    either = rf"(?:{one}|\b(?:sum|max|min|coalesce)\([^()]*{one}[^()]*\))"
    meets = r"\s*(?:[<>=!]+|[-+]|\bbetween\b|\bin \()\s*"
    return re.compile(
        rf"{either}{meets}{number}|{number}{meets}{either}"
        rf"|\b(?:greatest|least|coalesce)\((?=[^()]*{one})[^()]*,\s*{number}|\b(?:greatest|least|coalesce)\({number}(?=[^()]*{one})"
        rf"|\biif\([^,()]*,(?=[^()]*{one})[^()]*{number}",
        re.I,
    )


#: Factors of a product, as far as a pattern sees: a name, a number, a parameter, or a bracket, behind which may be anything.
_PRODUCT = re.compile(r"(?:[\w.$]+|\))(?:\s*\*\s*-?\s*(?:[\w.$]+(?:\s*\()?|\())+")


def multiplied(decimals: Sequence[str]) -> Callable[[str], str]:
    """What finds a product of two factors that may both be decimals, each in millionths here: then it is a million times too large. Whole are numbers
    without a point, and columns that are no decimals."""
    whole = re.compile(rf"[\d_]+|(?:\w+\.)?(?!(?:{'|'.join(decimals) or 'none'}|case)$)[a-z_]\w*", re.I)

    def found(sql: str) -> str:
        for product in _PRODUCT.finditer(sql):
            factors = [f.strip(" -\n") for f in product[0].split("*")]
            every_column = factors[0].endswith(".") or factors[0].lower() in ("select", "distinct")
            if not every_column and sum(not whole.fullmatch(f) for f in factors) > 1:
                return product[0]
        return ""

    return found


_ADDED = re.compile(r"\$(\w+)\s*(?:[<>=!]+|[-+])\s*[1-9]\d*\b|(?<![\w.$])[1-9]\d*\s*(?:[<>=!]+|[-+])\s*\$(\w+)")


def added(sql: str, parameters: dict[str, Any]) -> str:
    """Where a parameter that is a decimal meets a whole number."""
    return next((m[0] for m in _ADDED.finditer(sql) if isinstance(parameters.get(m[1] or m[2]), Decimal)), "")


def translated_schema(schema: str) -> str:
    """The tables in SQLite's types; the views are left out: what reads one is for DuckDB."""
    made = []
    for statement in filter(str.strip, COMMENT.sub("", schema).split(";")):
        if re.match(r"\s*create table", statement):
            typed = _COLUMN.sub(lambda m: "int" if m[1].startswith("decimal") else _TYPES[m[1]], statement)
            made.append(re.sub(r"(?<![\w\"])transaction(?![\w\"])", '"transaction"', typed) + " strict")
        elif not re.match(r"\s*create view", statement):
            made.append(statement)
    return ";\n".join(made)
