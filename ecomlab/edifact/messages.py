"""The messages of the chain: ORDERS, ORDRSP, DESADV and INVOIC of D.96A as EANCOM 1997 uses them.

What each field is called here, and in which segment, element and qualifier it travels, is in `FIELDS`; reading goes by
that table, the documentation repeats it, and what is written is read back by it in the tests.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ..kernel.texts import Text
from . import syntax
from .reading import Message
from .syntax import Segment
from .writer import Body, Draft

#: Association assigned codes (0057) of EANCOM 1997.
EANCOM = {"ORDERS": "EAN008", "ORDRSP": "EAN005", "DESADV": "EAN005", "INVOIC": "EAN008"}
ACCEPTED, CHANGED, NOT_ACCEPTED = "29", "4", "27"  # message function (1225) of an answer to an order
LINE_ACCEPTED, LINE_CHANGED, LINE_NOT_ACCEPTED = "5", "3", "7"  # action on a line (1229)
_CENT = Decimal("0.01")


class BadMessage(ValueError):
    """A message lacks a value that its receiver needs, or has one that cannot be used. `text` says which."""

    def __init__(self, text: Text):
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True)
class Line:
    """A line of an order or of what follows from it. price: net, CNY a unit. action: of list 1229, in answers only."""

    gtin: str
    quantity: Decimal
    price: Decimal
    name: str = ""
    unit: str = "PCE"
    action: str = ""

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.price).quantize(_CENT, ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Trade:
    """A purchase order, or the answer, despatch advice or invoice that follows it; parties by GLN.

    day: of this document. delivery: the day asked for (order), promised (answer), or of despatch (advice).
    order: the order's number where this is not the order itself. function: of list 1225.
    """

    number: str
    day: datetime.date
    buyer: str
    supplier: str
    lines: tuple[Line, ...]
    delivery: datetime.date | None = None
    order: str = ""
    despatch: str = ""
    function: str = "9"
    note: str = ""
    currency: str = "CNY"

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))


class Field(NamedTuple):
    """Where a field travels: in `tag` whose first value is `qualifier` ("" where it needs none), at element and component."""

    name: str
    tag: str
    qualifier: str
    element: int
    component: int
    code: str


_HEAD = (
    Field("kind", "BGM", "", 1, 1, "1001"),
    Field("number", "BGM", "", 2, 1, "1004"),
    Field("function", "BGM", "", 3, 1, "1225"),
    Field("day", "DTM", "137", 1, 2, "2380"),
)
_PARTIES = (Field("buyer", "NAD", "BY", 2, 1, "3039"), Field("supplier", "NAD", "SU", 2, 1, "3039"))
_MONEY = (Field("currency", "CUX", "2", 1, 2, "6345"),)
_ORDER = (Field("order", "RFF", "ON", 1, 2, "1154"),)
_ITEM = (Field("line", "LIN", "", 1, 1, "1082"), Field("gtin", "LIN", "", 3, 1, "7140"))
_NAME = (Field("name", "IMD", "F", 3, 4, "7008"),)
_PRICE = (Field("price", "PRI", "AAA", 1, 2, "5118"),)
_CONTROL = (Field("line_count", "CNT", "2", 1, 2, "6066"),)


def _quantity(qualifier: str) -> tuple[Field, ...]:
    return (Field("quantity", "QTY", qualifier, 1, 2, "6060"), Field("unit", "QTY", qualifier, 1, 3, "6411"))


#: Message type to its fields: those of the message as a whole, those of a line (from LIN on).
FIELDS: dict[str, tuple[tuple[Field, ...], tuple[Field, ...]]] = {
    "ORDERS": (
        (*_HEAD, Field("delivery", "DTM", "2", 1, 2, "2380"), Field("note", "FTX", "AAI", 4, 1, "4440"), *_PARTIES, *_MONEY,
         Field("total", "MOA", "79", 1, 2, "5004"), *_CONTROL),
        (*_ITEM, *_NAME, *_quantity("21"), Field("amount", "MOA", "203", 1, 2, "5004"), *_PRICE),
    ),
    "ORDRSP": (
        (*_HEAD, Field("delivery", "DTM", "67", 1, 2, "2380"), *_ORDER, *_PARTIES, *_MONEY, *_CONTROL),
        (*_ITEM, Field("action", "LIN", "", 2, 1, "1229"), *_quantity("21"), *_PRICE),
    ),
    "DESADV": (
        (*_HEAD, Field("delivery", "DTM", "11", 1, 2, "2380"), *_ORDER, *_PARTIES, *_CONTROL),
        (*_ITEM, *_quantity("12")),
    ),
    "INVOIC": (
        (*_HEAD, *_ORDER, Field("despatch", "RFF", "DQ", 1, 2, "1154"), *_PARTIES, *_MONEY, *_CONTROL, Field("total", "MOA", "79", 1, 2, "5004"),
         Field("tax", "MOA", "176", 1, 2, "5004"), Field("payable", "MOA", "77", 1, 2, "5004")),
        (*_ITEM, *_NAME, *_quantity("47"), Field("amount", "MOA", "203", 1, 2, "5004"), *_PRICE),
    ),
}  # fmt: skip


# --- writing -----------------------------------------------------------------------------------------------------------


def _date(qualifier: str, day: datetime.date) -> Draft:
    return ("DTM", (qualifier, day.strftime("%Y%m%d"), "102"))


def _parties(trade: Trade) -> list[Draft]:
    return [("NAD", "BY", (trade.buyer, None, "9")), ("NAD", "SU", (trade.supplier, None, "9"))]


def _described(line: Line) -> list[Draft]:
    """The name in the two components of 35 characters that C273 has."""
    return [("IMD", "F", None, (None, None, None, line.name[:35], line.name[35:70]))] if line.name else []


def _priced(number: int, line: Line, quantity: str) -> list[Draft]:
    """A line with name, quantity under its qualifier, amount and price, in the order that D.96A has."""
    return [
        ("LIN", number, None, (line.gtin, "EN")), *_described(line), ("QTY", (quantity, line.quantity, line.unit)),
        ("MOA", ("203", line.amount)), ("PRI", ("AAA", line.price)),
    ]  # fmt: skip


def _count(trade: Trade) -> Draft:
    return ("CNT", ("2", len(trade.lines)))


def orders(trade: Trade) -> Body:
    """A purchase order."""
    drafts: list[Draft] = [("BGM", "220", trade.number, trade.function), _date("137", trade.day)]
    if trade.delivery:
        drafts.append(_date("2", trade.delivery))
    if trade.note:
        drafts.append(("FTX", "AAI", None, None, tuple(trade.note[i : i + 70] for i in range(0, min(len(trade.note), 350), 70))))
    drafts += [*_parties(trade), ("CUX", ("2", trade.currency, "9"))]
    for i, line in enumerate(trade.lines, start=1):
        drafts += _priced(i, line, "21")
    drafts += [("UNS", "S"), ("MOA", ("79", trade.total)), _count(trade)]
    return Body("ORDERS", EANCOM["ORDERS"], drafts)


def ordrsp(trade: Trade) -> Body:
    """The seller's answer to an order: `trade.function` for the whole, `line.action` for each line."""
    drafts: list[Draft] = [("BGM", "231", trade.number, trade.function), _date("137", trade.day)]
    if trade.delivery:
        drafts.append(_date("67", trade.delivery))
    drafts += [("RFF", ("ON", trade.order)), *_parties(trade), ("CUX", ("2", trade.currency, "9"))]
    for i, line in enumerate(trade.lines, start=1):
        drafts += [("LIN", i, line.action, (line.gtin, "EN")), ("QTY", ("21", line.quantity, line.unit)), ("PRI", ("AAA", line.price))]
    drafts += [("UNS", "S"), _count(trade)]
    return Body("ORDRSP", EANCOM["ORDRSP"], drafts)


def desadv(trade: Trade) -> Body:
    """The seller's advice that the goods are on their way; one consignment, so one CPS."""
    drafts: list[Draft] = [("BGM", "351", trade.number, trade.function), _date("137", trade.day)]
    if trade.delivery:
        drafts.append(_date("11", trade.delivery))
    drafts += [("RFF", ("ON", trade.order)), *_parties(trade), ("CPS", "1")]
    for i, line in enumerate(trade.lines, start=1):
        drafts += [("LIN", i, None, (line.gtin, "EN")), ("QTY", ("12", line.quantity, line.unit))]
    drafts.append(_count(trade))
    return Body("DESADV", EANCOM["DESADV"], drafts)


def invoic(trade: Trade, rates: Sequence[Decimal] = ()) -> Body:
    """The seller's invoice; prices are net, and the tax comes on top. rates: of value added tax, in percent, one for each line; by default 13.

    Tax is rounded half up for each line, as on a Chinese invoice; at the end it stands once more for each rate.
    """
    percents = list(rates) or [Decimal(13)] * len(trade.lines)
    nets, taxes = dict.fromkeys(sorted(percents), Decimal("0.00")), dict.fromkeys(sorted(percents), Decimal("0.00"))
    drafts: list[Draft] = [("BGM", "380", trade.number, trade.function), _date("137", trade.day), ("RFF", ("ON", trade.order))]
    if trade.despatch:
        drafts.append(("RFF", ("DQ", trade.despatch)))
    drafts += [*_parties(trade), ("CUX", ("2", trade.currency, "4"))]
    for i, (line, percent) in enumerate(zip(trade.lines, percents, strict=True), start=1):
        drafts += [*_priced(i, line, "47"), _rate(percent)]
        nets[percent] += line.amount
        taxes[percent] += (line.amount * percent / 100).quantize(_CENT, ROUND_HALF_UP)
    tax = sum(taxes.values(), Decimal("0.00"))
    drafts += [("UNS", "S"), _count(trade), ("MOA", ("79", trade.total)), ("MOA", ("176", tax)), ("MOA", ("77", trade.total + tax))]
    for percent, net in nets.items():
        drafts += [_rate(percent), ("MOA", ("125", net)), ("MOA", ("124", taxes[percent]))]
    return Body("INVOIC", EANCOM["INVOIC"], drafts)


def _rate(percent: Decimal) -> Draft:
    return ("TAX", "7", "VAT", None, None, (None, None, None, percent))


# --- reading -----------------------------------------------------------------------------------------------------------


def fields(message: Message) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The values of a message's fields as text, and those of each of its lines. Empty for a type not in `FIELDS`."""
    whole, per_line = FIELDS.get(message.type, ((), ()))
    head: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    inside = False
    for segment in message.segments:
        if segment.tag == "LIN":
            lines.append({})
            inside = True
        elif segment.tag in ("UNS", "CNT"):
            inside = False
        _pick(segment, per_line if inside else whole, lines[-1] if inside else head)
    return head, lines


def _pick(segment: Segment, wanted: Sequence[Field], into: dict[str, str]) -> None:
    for field in wanted:
        if field.tag == segment.tag and (not field.qualifier or segment.value(1) == field.qualifier) and field.name not in into:
            value = segment.value(field.element, field.component)
            if field.tag in ("IMD", "FTX") and value:
                value = "".join(segment.elements[field.element - 1][field.component - 1 :])
            if value:
                into[field.name] = value


def trade(message: Message) -> Trade:
    """A message as its receiver uses it. Raises BadMessage naming what is missing or unusable."""
    head, lines = fields(message)
    made = Trade(
        number=_need(head, "number"), day=_need_day(head, "day"), buyer=_need(head, "buyer"), supplier=_need(head, "supplier"),
        lines=tuple(_line(values) for values in lines), delivery=_need_day(head, "delivery") if "delivery" in head else None,
        order=head.get("order", ""), despatch=head.get("despatch", ""), function=head.get("function", "9"), note=head.get("note", ""),
        currency=head.get("currency", "CNY"),
    )  # fmt: skip
    if not made.lines:
        raise BadMessage(Text("报文里没有行项目", "The message has no line item"))
    if "line_count" in head and head["line_count"] != str(len(made.lines)):
        said, found = head["line_count"], len(made.lines)
        raise BadMessage(Text(f"CNT 写着 {said} 行，实际有 {found} 行", f"CNT gives {said} as the number of lines, but the message has {found}"))
    return made


def _line(values: dict[str, str]) -> Line:
    return Line(
        _need(values, "gtin"), _need_number(values, "quantity"), _need_number(values, "price") if "price" in values else Decimal(0),
        values.get("name", ""), values.get("unit", "PCE"), values.get("action", ""),
    )  # fmt: skip


def _need(values: dict[str, str], name: str) -> str:
    if not values.get(name):
        raise BadMessage(Text(f"报文缺少字段 {name}", f"The message lacks the field {name}"))
    return values[name]


def _need_number(values: dict[str, str], name: str) -> Decimal:
    found = syntax.number(_need(values, name))
    if found is None:
        raise BadMessage(Text(f"字段 {name} 不是数字：{values[name][:20]}", f"The field {name} is not a number: {values[name][:20]}"))
    return found


def _need_day(values: dict[str, str], name: str) -> datetime.date:
    said = _need(values, name)
    try:
        return datetime.datetime.strptime(said[:8], "%Y%m%d").date()
    except ValueError:
        raise BadMessage(Text(f"字段 {name} 不是日期：{said[:20]}", f"The field {name} is not a date: {said[:20]}")) from None


def payable(message: Message) -> Decimal:
    """What an INVOIC asks for in all (MOA 77), CNY. Raises BadMessage where it does not say."""
    return _need_number(fields(message)[0], "payable")


def offered(line: Line, quantity: Decimal) -> Line:
    """A line of an order as its seller answers it who can deliver so much: accepted, changed, or not accepted and left as it was ordered."""
    if quantity == line.quantity:
        return replace(line, action=LINE_ACCEPTED)
    return replace(line, quantity=quantity, action=LINE_CHANGED) if quantity else replace(line, action=LINE_NOT_ACCEPTED)


def answer(order: Trade, number: str, day: datetime.date, lines: Sequence[Line], function: str) -> Trade:
    """An order turned into what follows it: same parties and currency, its own number, day and lines."""
    return replace(order, number=number, day=day, order=order.number, lines=tuple(lines), function=function, note="")
