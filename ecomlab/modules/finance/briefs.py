"""What each student's department is asked, by the seed; and what has gone wrong there before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from ...books.cast import Person, own_person, persons
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ..b2c import scripted_shoppers
from .floats import FIRST_SUM

#: Which person of the cast is on which post; the first is the student, the e-commerce clerk.
COLLEAGUE, FINANCE, STOCK, MANAGER = 4, 5, 6, 7


class Compensation(NamedTuple):
    """A line of a record sheet: cause and amount, and what its receipt or picture says."""

    cause: str
    amount: Decimal
    says: str


def staff(look: Looking) -> dict[str, Person]:
    """Who works in the department, by what they are called here."""
    known = persons(look)
    return {"clerk": own_person(look), "colleague": known[COLLEAGUE], "finance": known[FINANCE], "stock": known[STOCK], "manager": known[MANAGER]}


def customer(look: Looking, position: int) -> dict[str, Any]:
    """A customer of the shop: full name, and user name."""
    person = scripted_shoppers(look)[position]
    return {"customer": person.name, "shopper": person.mailbox.partition("@")[0]}


def _yuan(cents: int) -> Decimal:
    return Decimal(cents) / 100 + Decimal("0.00")


def compensations(look: Looking) -> list[Compensation]:
    """What the student is to pay out of the float: something broken, something missing, and postage."""
    chance = look.stream("finance.compensations")
    amounts = [_yuan(chance.randint(300, 1500) * 3), _yuan(chance.randint(300, 1500) * 2), _yuan(chance.randint(80, 180) * 10)]
    return [Compensation(c, a, "") for c, a in zip(("broken", "missing_item", "postage"), amounts, strict=True)]


def colleagues(look: Looking) -> list[Compensation]:
    """What the colleague has paid; in the last line two digits of the receipt's amount were exchanged."""
    chance = look.stream("finance.colleague")
    right = _yuan(chance.randint(1, 4) * 1000 + chance.randint(5, 9) * 100 + chance.randint(1, 9) * 10)
    return [
        Compensation("faulty", _yuan(chance.randint(200, 900) * 5), "水壶漏水 The kettle leaks"),
        Compensation("missing_item", _yuan(chance.randint(200, 900) * 3), "少发一个盖子 A lid was missing"),
        Compensation("postage", _wrong(right), f"快递收据 Courier's receipt {look.mark}：{right}"),
    ]


def _wrong(right: Decimal) -> Decimal:
    """An amount with its two digits of yuan exchanged: 16.30 is 61.30."""
    text = f"{right:.2f}"
    return Decimal(text[1] + text[0] + text[2:])


def wire(look: Looking) -> dict[str, Decimal]:
    """What customers have transferred: the postage in the one, and all of the other, which nobody can name."""
    chance = look.stream("finance.wires")
    return {"postage": _yuan(chance.randint(80, 160) * 10), "unknown": _yuan(chance.randint(3000, 9000))}


def fee(look: Looking) -> dict[str, Any]:
    """The promotion: its name, budget, advance and two receipts, which together are below the advance."""
    chance = look.stream("finance.fee")
    budget = Decimal(chance.randint(8, 15) * 100) + Decimal("0.00")
    first, second = _yuan(chance.randint(200, 320) * 100), _yuan(chance.randint(12000, 26000))
    advanced = first + second + Decimal(chance.randint(5, 60)) + Decimal("0.00")
    return {
        "promotion": chance.choice(("秋季上新 Autumn novelties", "国庆直通车 National Day search ads", "会员日 Members' day")),
        "budget": budget, "advance": advanced, "first": first, "second": second, "payee": f"众声广告 Zhongsheng Media {look.mark}",
        "rest": advanced - first - second,
    }  # fmt: skip


@asks("FIN001")
def _sales_slip(look: Looking) -> dict[str, Any]:
    return customer(look, 0)


@asks("FIN002")
def _stock_slips(look: Looking) -> dict[str, Any]:
    return {**customer(look, 0), "returner": customer(look, 1)["customer"], "returning": customer(look, 1)["shopper"]}


@asks("FIN003")
def _with_goods(look: Looking) -> dict[str, Any]:
    return customer(look, 0)


@asks("FIN004")
def _money_only(look: Looking) -> dict[str, Any]:
    return {**customer(look, 1), "amount": _yuan(look.stream("finance.allowance").randint(100, 300))}


@asks("FIN005")
def _float(look: Looking) -> dict[str, Any]:
    return {"amount": FIRST_SUM}


@asks("FIN006")
def _compensations(look: Looking) -> dict[str, Any]:
    made = compensations(look)
    return {**customer(look, 0), **{f"{name}_amount": c.amount for name, c in zip(("first", "second", "third"), made, strict=True)}}


@asks("FIN007")
def _colleague(look: Looking) -> dict[str, Any]:
    return {"colleague": staff(look)["colleague"].name}


@asks("FIN008")
def _renewal(look: Looking) -> dict[str, Any]:
    return {"amount": Decimal(look.stream("finance.renewal").randint(6, 10) * 100) + Decimal("0.00")}


@asks("FIN011")
def _wires(look: Looking) -> dict[str, Any]:
    return {**customer(look, 1), "unknown_payer": customer(look, 0)["customer"], "unknown": wire(look)["unknown"]}


@asks("FIN012", "FIN013")
def _fee(look: Looking) -> dict[str, Any]:
    return fee(look)


@asks("FIN014")
def _month(look: Looking) -> dict[str, Any]:
    return {"month": f"{look.start:%Y-%m}"}
