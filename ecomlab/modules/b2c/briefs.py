"""What each student's own world asks: products, quantities, partners, all by the seed; and what the other shops sell."""

from __future__ import annotations

import functools
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from stdnum.cn import uscc

from ...books.cast import Company, companies, own_company, own_person
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term
from .scripted import scripted_shoppers, user_name

#: The companies of the cast that keep the other shops, by their position, with how many products each has.
RIVALS = ((3, 4), (2, 3))


class Rival(NamedTuple):
    """A shop that is open before the student comes."""

    company: Company
    shop_name: str


class Ware(NamedTuple):
    """What a rival sells: its pieces at the beginning, price and cost."""

    product: str
    name: str
    category: str
    quantity: int
    price: Decimal
    cost: Decimal


@functools.cache
def platform_company() -> Company:
    """The company behind the payment platform. Its social credit code names no region, as all in the laboratory."""
    body = "91000000PAYPLATF1"
    return Company("汇通支付服务 Huitong Payment Services", body + uscc.calc_check_digit(body), "", "上海 Shanghai", "上海 Shanghai")


def rival(look: Looking, position: int) -> Rival:
    """The other shop in this position; the first has its contract from the bank's own cast."""
    company = companies(look)[RIVALS[position][0]]
    zh, _, en = company.name.partition(" ")
    return Rival(company, f"{zh}网店 {en} Online")


def _dealt(look: Looking) -> list[dict[str, str]]:
    rows = list(look.scenario.rows("products"))
    look.stream("b2c.products").shuffle(rows)
    return rows


def assortment(look: Looking, position: int) -> list[Ware]:
    """What the other shop in this position sells; the first of the first shop is what the student is to register, too."""
    rows = _dealt(look)
    first = 0 if position == 0 else RIVALS[0][1]
    chance = look.stream(f"b2c.assortment/{position}")
    return [
        Ware(r["gtin"], r["name"], r["product_category"], chance.randint(60, 120), _priced(r["cost"], chance.randint(125, 160)), Decimal(r["cost"]))
        for r in rows[first : first + RIVALS[position][1]]
    ]


def _priced(cost: str, percent: int) -> Decimal:
    """A price of so many per cent of the cost, in tenths of a yuan."""
    return (Decimal(cost) * percent / 100).quantize(Decimal("0.1"), ROUND_HALF_EVEN) + Decimal("0.00")


# --- what the student is asked --------------------------------------------------------------------------------------------


class Deal(NamedTuple):
    """The business that this student is to do in the own shop."""

    gtin: str
    product: str
    category: str
    price: Decimal
    cost: Decimal
    opening: int
    supplier: Company
    pieces: int
    delivered: int
    delivery_kind: str
    settlement_kind: str
    lower: int
    upper: int
    missing: int
    days: int


def deal(look: Looking) -> Deal:
    """What this student registers, orders, receives, limits and counts. The lower limit is above what there will be."""
    chance, row = look.stream("b2c.deal"), _dealt(look)[0]
    pieces, lower = chance.randint(24, 48), chance.randint(30, 50) * 10
    return Deal(
        row["gtin"], row["name"], row["product_category"], _priced(row["cost"], chance.randint(118, 150)), Decimal(row["cost"]),
        opening=chance.randint(40, 80), supplier=companies(look)[1], pieces=pieces, delivered=pieces - chance.randint(1, 5),
        delivery_kind=chance.choice(("by_supplier", "collected", "by_carrier")),
        settlement_kind=chance.choice(("by_transfer", "on_account")), lower=lower, upper=lower * 2 + chance.randint(1, 9) * 10,
        missing=chance.randint(1, 4), days=chance.randint(8, 30),
    )  # fmt: skip


def spare(look: Looking, which: int = 0) -> Ware:
    """A product that no other shop sells, which the model student sells beside the asked one; `which` of them."""
    row = _dealt(look)[sum(n for _, n in RIVALS) + which]
    return Ware(row["gtin"], row["name"], row["product_category"], 30, _priced(row["cost"], 140), Decimal(row["cost"]))


@asks("B2C001")
def _who(look: Looking) -> dict[str, Any]:
    return {"full_name": own_person(look).name}


@asks("B2C002")
def _shop(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc}


@asks("B2C003", "B2C004", "B2C012", "B2C013", "B2C014", "B2C016")
def _goods(look: Looking) -> dict[str, Any]:
    d = deal(look)
    return {
        "product": d.product, "gtin": d.gtin, "category": d.category, "category_name": term(d.category), "price": d.price, "shown": f"{d.price:,}",
        "cost": d.cost, "opening": d.opening, "lower": d.lower, "upper": d.upper, "missing": d.missing,
    }  # fmt: skip


@asks("B2C005", "B2C006", "B2C008")
def _purchase(look: Looking) -> dict[str, Any]:
    d = deal(look)
    return {
        "product": d.product, "gtin": d.gtin, "supplier": d.supplier.name, "uscc": d.supplier.uscc, "pieces": d.pieces, "delivered": d.delivered,
        "delivery_kind": d.delivery_kind, "delivery": term(d.delivery_kind), "settlement_kind": d.settlement_kind, "settlement": term(d.settlement_kind),
    }  # fmt: skip


@asks("B2C009", "B2C010", "B2C011", "B2C024")
def _first_customer(look: Looking) -> dict[str, Any]:
    return _customer(look, 0)


@asks("B2C025")
def _second_customer(look: Looking) -> dict[str, Any]:
    return _customer(look, 1)


def _customer(look: Looking, position: int) -> dict[str, Any]:
    person = scripted_shoppers(look)[position]
    return {"customer": person.name, "shopper": user_name(person)}


@asks("B2C026")
def _searched(look: Looking) -> dict[str, Any]:
    ware = assortment(look, 1)[0]
    return {"product": ware.name, "gtin": ware.product, "category": ware.category, "category_name": term(ware.category)}


@asks("B2C027")
def _bought(look: Looking) -> dict[str, Any]:
    ware = assortment(look, 0)[1]
    return {"shop": rival(look, 0).shop_name, "product": ware.name, "gtin": ware.product, "pieces": look.stream("b2c.bought").randint(2, 4)}


@asks("B2C030")
def _pages(look: Looking) -> dict[str, Any]:
    return {"days": deal(look).days}
