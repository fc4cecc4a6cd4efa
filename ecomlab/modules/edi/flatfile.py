"""The flat file: the fixed-length form in which an application hands an order to the translator, and takes one back.

Every record has 120 characters and ends with a line feed; its first two say which kind it is. Text is left-justified
and filled with blanks; numbers are right-justified and filled with zeros; amounts have two decimals without a mark;
days are CCYYMMDD. The file is UTF-8. The layout below is the whole definition; docs/edi.md repeats it.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from ...edifact.messages import Line, Trade
from ...kernel.texts import Text

LENGTH = 120


class Column(NamedTuple):
    """A field of a record: its name, how many characters it takes, and whether it is text, count, amount or day."""

    name: str
    length: int
    kind: str


#: Record kind to its fields, from the third character on.
LAYOUT: dict[str, tuple[Column, ...]] = {
    "01": (
        Column("document", 35, "text"), Column("ordered", 8, "day"), Column("delivery_day", 8, "day"), Column("buyer", 13, "text"),
        Column("supplier", 13, "text"), Column("currency", 3, "text"),
    ),
    "02": (Column("note", 70, "text"),),
    "03": (
        Column("line", 6, "count"), Column("gtin", 13, "text"), Column("quantity", 9, "count"), Column("measure_unit", 3, "text"),
        Column("unit_price", 15, "amount"), Column("name", 70, "text"),
    ),
    "99": (Column("line_count", 6, "count"), Column("total", 18, "amount")),
}  # fmt: skip
TITLES = {
    "01": Text("单证头", "Document"),
    "02": Text("附言", "Note"),
    "03": Text("商品行", "Line"),
    "99": Text("合计", "Total"),
}


class BadFlatFile(ValueError):
    """A flat file that cannot be read. `text` names the record and what is wrong with it."""

    def __init__(self, record: int, zh: str, en: str):
        self.text = Text(f"第 {record} 条记录：{zh}", f"Record {record}: {en}")
        super().__init__(str(self.text))


def write(order: Trade) -> str:
    """An order as a flat file. The order must have a delivery day; its note takes a record for every 70 characters."""
    parties = {"buyer": order.buyer, "supplier": order.supplier, "currency": order.currency}
    records = [_record("01", document=order.number, ordered=order.day, delivery_day=order.delivery, **parties)]
    records += [_record("02", note=order.note[i : i + 70]) for i in range(0, len(order.note), 70)]
    records += [
        _record("03", line=i, gtin=line.gtin, quantity=int(line.quantity), measure_unit=line.unit, unit_price=line.price, name=line.name)
        for i, line in enumerate(order.lines, start=1)
    ]
    records.append(_record("99", line_count=len(order.lines), total=order.total))
    return "".join(records)


def read(text: str) -> Trade:
    """The order in a flat file. Raises BadFlatFile for a record of wrong length or kind, a bad value, or totals that differ."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in LAYOUT}
    for number, record in enumerate(text.removesuffix("\n").split("\n"), start=1):
        kind, values = _read(number, record)
        found[kind].append(values)
    if len(found["01"]) != 1 or len(found["99"]) != 1:
        raise BadFlatFile(1, "须正好有一条 01 和一条 99 记录", "there must be exactly one record 01 and one record 99")
    head, lines, total = found["01"][0], found["03"], found["99"][0]
    made = Trade(
        head["document"], head["ordered"], head["buyer"], head["supplier"],
        tuple(Line(v["gtin"], Decimal(v["quantity"]), v["unit_price"], v["name"], v["measure_unit"]) for v in lines),
        delivery=head["delivery_day"], note="".join(v["note"].ljust(70) for v in found["02"]).rstrip(), currency=head["currency"],
    )  # fmt: skip
    if total["line_count"] != len(lines) or total["total"] != made.total:
        raise BadFlatFile(text.count("\n"), "行数或金额合计与商品行不符", "the count or the total does not match the lines")
    return made


def _record(kind: str, **values: Any) -> str:
    written = kind + "".join(_write(column, values[column.name]) for column in LAYOUT[kind])
    return written.ljust(LENGTH) + "\n"


def _write(column: Column, value: Any) -> str:
    if column.kind == "text":
        text = str(value).ljust(column.length)
    elif column.kind == "day":
        text = value.strftime("%Y%m%d")
    else:
        text = str(int(value * 100) if column.kind == "amount" else value).rjust(column.length, "0")
    if len(text) != column.length or "\n" in text:
        raise ValueError(f"{column.name}: {value!r} does not fit into {column.length} characters")
    return text


def _read(number: int, record: str) -> tuple[str, dict[str, Any]]:
    kind = record[:2]
    if kind not in LAYOUT:
        raise BadFlatFile(number, f"没有 {kind!r} 这种记录", f"there is no record of kind {kind!r}")
    if len(record) != LENGTH:
        raise BadFlatFile(number, f"长度为 {len(record)}，应为 {LENGTH}", f"its length is {len(record)}, not {LENGTH} characters")
    values, at = {}, 2
    for column in LAYOUT[kind]:
        text = record[at : at + column.length]
        at += column.length
        try:
            values[column.name] = _value(column, text)
        except ValueError:
            raise BadFlatFile(number, f"字段 {column.name} 的值 {text!r} 无法读取", f"the field {column.name} cannot be read: {text!r}") from None
    return kind, values


def _value(column: Column, text: str) -> Any:
    if column.kind == "text":
        return text.rstrip()
    if column.kind == "day":
        return datetime.datetime.strptime(text, "%Y%m%d").date()
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return Decimal(text).scaleb(-2) if column.kind == "amount" else int(text)
