"""What couriers ask: by zone and by weight, the first kilogram and each further one begun; and what a shop asks of its customer.

The zone follows from the two cities. An address in which no city of the list is named counts as remote, as couriers themselves charge it.
Prices bear their tax.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from ...kernel.doing import Looking
from ...kernel.names import both
from ...kernel.refusals import refusal
from ...kernel.texts import Text

ZONES = ("local", "regional", "far", "remote")
#: The region to which every way is remote.
OUTLYING = "outlying"
#: The heaviest parcel that a courier takes, in grams.
HEAVIEST = 50_000
#: Streets are called after cities: Nanjing Road lies in Shanghai.
_NO_STREET = r"(?![东西南北中]?路|(?: (?:East|West|South|North))? (?:Road|Street))"

NO_COURIER = refusal("no_courier", "没有快递公司“{courier}”。请从列表中选择：{known}。", "There is no courier {courier}. Choose one of: {known}.")
TOO_HEAVY = refusal(
    "parcel_too_heavy",
    "包裹重 {weight} 克，快递最多收 {most} 克。请分成几个包裹，或交物流商托运。",
    "The parcel weighs {weight} g; a courier takes up to {most} g. Make several parcels of it, or send it by a carrier.",
)


class Rate(NamedTuple):
    """A line of a courier's tariff. Prices in CNY with tax; days: from collection to delivery; rule: how its waybills are numbered."""

    courier: str
    name: str
    rule: str
    zone: str
    first_kg: Decimal
    further_kg: Decimal
    days: int

    def price(self, weight_g: int) -> Decimal:
        """What a parcel costs: the first kilogram, and each further one begun."""
        return self.first_kg + self.further_kg * max(0, -(-weight_g // 1000) - 1)


def tariffs(look: Looking) -> list[Rate]:
    """Every line of every courier's tariff, as in `data/couriers.csv`."""
    return [
        Rate(r["courier"], r["name"], r["rule"], r["zone"], Decimal(r["first_kg"]), Decimal(r["further_kg"]), int(r["days"]))
        for r in look.scenario.rows("couriers")
    ]


def couriers(look: Looking) -> dict[str, str]:
    """The names of the couriers, by their codes."""
    return {r.courier: r.name for r in tariffs(look)}


def name_of(look: Looking, courier: str) -> Text:
    """What a courier is called, by its code."""
    return both(couriers(look)[courier])


def rate(look: Looking, courier: str, zone: str, field: str | None = None) -> Rate:
    """A courier's line for a zone. Refuses 'no_courier'."""
    found = next((r for r in tariffs(look) if r.courier == courier and r.zone == zone), None)
    if found is None:
        said = [both(name) for name in couriers(look).values()]
        raise NO_COURIER(field, courier=courier[:40], known=Text("、".join(t.zh for t in said), ", ".join(t.en for t in said)))
    return found


def city_of(look: Looking, address: str) -> tuple[str, str] | None:
    """The city of the list that an address names first, in either language, with its region; None where it names none."""
    named = []
    for r in look.scenario.rows("cities"):
        parts = "|".join(re.escape(part) for part in r["city"].split(" ", 1))
        if found := re.search(rf"(?:{parts}){_NO_STREET}", address):
            named.append((found.start(), r["city"], r["region"]))
    return min(named)[1:] if named else None


def zone_of(look: Looking, sender: str, address: str) -> str:
    """How far it is from one address to another: local (one city), regional (one region), far or remote."""
    here, there = city_of(look, sender), city_of(look, address)
    if here is None or there is None or OUTLYING in (here[1], there[1]):
        return "remote"
    if here == there:
        return "local"
    return "regional" if here[1] == there[1] else "far"


def region_of(look: Looking, address: str) -> str:
    """The region of an address, as waves are planned by; 'outlying' where no city of the list is named."""
    found = city_of(look, address)
    return found[1] if found else OUTLYING


def quotes(look: Looking, sender: str, address: str, weight_g: int, field: str | None = None) -> list[tuple[Rate, Decimal]]:
    """What each courier asks for a parcel, the cheapest first. Refuses 'parcel_too_heavy'."""
    if weight_g > HEAVIEST:
        raise TOO_HEAVY(field, weight=weight_g, most=HEAVIEST)
    zone = zone_of(look, sender, address)
    return sorted(((r, r.price(weight_g)) for r in tariffs(look) if r.zone == zone), key=lambda found: (found[1], found[0].days, found[0].courier))


def postage(quoted: Decimal, goods: Decimal, free_from: Decimal | None) -> Decimal:
    """What a customer pays for the delivery of goods of an amount: nothing from `free_from` on (None: never free), else what the courier asks."""
    return Decimal("0.00") if free_from is not None and goods >= free_from else quoted
