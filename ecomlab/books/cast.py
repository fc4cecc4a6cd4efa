"""Who plays in a world: fictional companies and persons, dealt out by the seed, among them the student's own."""

from __future__ import annotations

import functools
from typing import NamedTuple

from stdnum.cn import uscc

from ..kernel.doing import Looking
from ..kernel.scenario import Scenario
from ..kernel.secrets import stream

DOMAIN = "ecomlab.test"  # RFC 6761 reserves .test, so no letter can ever leave the laboratory


class Company(NamedTuple):
    """A fictional company: its name in both languages, its social credit code, mailbox and place."""

    name: str
    uscc: str
    mailbox: str
    city: str
    province: str


class Person(NamedTuple):
    name: str
    mailbox: str


def companies(look: Looking) -> list[Company]:
    """The world's trading companies in an order of its own; the first is the student's."""
    return list(_dealt(look.seed, look.scenario, "companies"))


def carriers(look: Looking) -> list[Company]:
    """The world's logistics companies in an order of its own; the first is the one that the student founds."""
    return list(_dealt(look.seed, look.scenario, "carriers"))


@functools.lru_cache(maxsize=32)
def _dealt(seed: str, scenario: Scenario, file: str) -> tuple[Company, ...]:
    """Dealt once for a world: a look at all tasks asks for it some two hundred times."""
    rows = list(scenario.rows(file))
    chance = stream(seed, file)
    chance.shuffle(rows)
    made = []
    for row in rows:
        # Region 000000 belongs to no place (GB/T 2260), so no real company can have such a code (GB 32100-2015).
        body = "91000000" + "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
        made.append(Company(row["name"], body + uscc.calc_check_digit(body), f"{row['short']}@{DOMAIN}", row["city"], row["province"]))
    return tuple(made)


def registered_name(look: Looking, uscc: str) -> str | None:
    """The name under which the register of companies has this social credit code; None for one that belongs to nobody in the world."""
    there = [deal(look) for deal, data in ((companies, "companies"), (carriers, "carriers")) if look.scenario.reads(data)]
    return next((c.name for firms in there for c in firms if c.uscc == uscc), None)


def own_company(look: Looking) -> Company:
    """The company that the student runs."""
    return companies(look)[0]


def persons(look: Looking) -> list[Person]:
    """The world's persons in an order of its own; the first is who the student is as a private person."""
    rows = list(look.scenario.rows("persons"))
    look.stream("persons").shuffle(rows)
    return [Person(r["name"], f"{r['short']}@{DOMAIN}") for r in rows]


def own_person(look: Looking) -> Person:
    """Who the student is in private."""
    return persons(look)[0]
