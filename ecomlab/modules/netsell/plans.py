"""The plans of web hosting: what they have, cost and are called."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ...kernel.doing import Looking
from ...kernel.names import both
from ...kernel.terms import term
from ...kernel.texts import Text


class Plan(NamedTuple):
    """A hosting plan. space, traffic: GB (traffic a month); price: base price of a year, CNY."""

    plan: str
    space: int
    traffic: int
    mailboxes: int
    databases: int
    price: str


PLANS = {p.plan: p for p in (Plan("starter", 2, 50, 5, 1, "298"), Plan("business", 10, 200, 20, 3, "698"), Plan("flagship", 50, 1000, 100, 10, "1980"))}


def plan_price(look: Looking, plan: str) -> Decimal:
    """What a year of a plan costs in this world, CNY."""
    return Decimal(PLANS[plan].price) + 10 * look.stream(f"netsell.price.{plan}").randrange(8)


def named(label: str) -> Text:
    """What lists say of a service: its name, and of web hosting, whose label is the code of its plan, the plan."""
    return term(label, "netsell") if label in PLANS else both(label)
