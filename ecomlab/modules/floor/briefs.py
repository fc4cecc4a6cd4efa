"""What each student's own world asks of the floor: whose delivery, which batch, which region, how many people; all by the seed."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_person, persons
from ...books.courier import tariff
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term
from ..b2c.briefs import deal
from .day import HOURS, seconds_of
from .prologue import RECIPIENTS, title_of

#: The share of orders that a day may leave behind, in percent.
MAY_BE_LEFT = 2
#: A post that works this share of its time, in percent, keeps up with the day's peaks.
BUSY = 92


def staff_for(look: Looking, orders: int) -> dict[str, int]:
    """How many people at each post are enough for a day of so many orders."""
    return {post: -(-orders * seconds * 100 // (HOURS * 3600 * BUSY)) for post, seconds in seconds_of(look).items()}


@asks("FLOOR001")
def _arrival(look: Looking) -> dict[str, Any]:
    supplier = deal(look).supplier
    return {"supplier": supplier.name, "uscc": supplier.uscc, "receiver": own_person(look).name}


@asks("FLOOR002", "FLOOR003")
def _label(look: Looking) -> dict[str, Any]:
    supplier = deal(look).supplier
    batch = f"{look.start:%Y%m}-{look.stream('floor.batch').randrange(100, 1000)}"
    return {"supplier": supplier.name, "uscc": supplier.uscc, "batch": batch}


@asks("FLOOR004", "FLOOR005", "FLOOR006", "FLOOR008", "FLOOR009")
def _wave(look: Looking) -> dict[str, Any]:
    return {
        "region": "east", "region_name": term("east", "floor"), "orders": sum(tariff.region_of(look, address) == "east" for _, address in RECIPIENTS),
        "picker": persons(look)[4].name, "driver": persons(look)[5].name,
    }  # fmt: skip


@asks("FLOOR007")
def _pack(look: Looking) -> dict[str, Any]:
    return {"recipient": RECIPIENTS[0][0], "invoice_title": title_of(look).name, "seal": "wang"}


@asks("FLOOR010")
def _calls(look: Looking) -> dict[str, Any]:
    return {"customers": 3}


@asks("FLOOR013")
def _thousand(look: Looking) -> dict[str, Any]:
    return {"orders": 1000, "shown": "1,000", "left": MAY_BE_LEFT, "people": sum(staff_for(look, 1000).values()) + 1}


@asks("FLOOR014")
def _more(look: Looking) -> dict[str, Any]:
    return {"orders": 1500, "shown": "1,500"}


@asks("FLOOR015")
def _zone(look: Looking) -> dict[str, Any]:
    return {"zone": look.stream("floor.zone").choice("AB")}
