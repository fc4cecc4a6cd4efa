"""What the desk's customers write and say: rows of data, filled for one world."""

from __future__ import annotations

from typing import NamedTuple

from ...books.cast import DOMAIN, Person
from ...kernel.doing import Looking
from ...kernel.names import both
from ...kernel.secrets import Issued
from ...kernel.texts import Text


class Message(NamedTuple):
    """A first line of a customer. reaction: the class of answer that convinces."""

    code: str
    intent: str
    reaction: str
    text: Text


class Customer(NamedTuple):
    """A customer of the desk, whom the library plays. position: her place among them, which tells her secrets."""

    position: int
    name: str
    mailbox: str
    city: str

    @property
    def user_name(self) -> str:
        return self.mailbox.partition("@")[0]

    @property
    def person(self) -> Person:
        return Person(self.name, self.mailbox)

    @property
    def pin(self) -> Issued:
        return Issued(f"cast/desk-pin-{self.position}")


def messages(look: Looking, intent: str = "") -> list[Message]:
    """The messages with this intent, or all."""
    return [Message(r["code"], r["intent"], r["reaction"], Text(r["zh"], r["en"])) for r in look.scenario.rows("desk_messages") if intent in ("", r["intent"])]


def said(look: Looking, code: str, wanted: str = "") -> Text:
    """What a message or a review says, with what is wanted in it."""
    rows = [*look.scenario.rows("desk_messages"), *look.scenario.rows("desk_reviews")]
    row = next(r for r in rows if r["code"] == code)
    return Text(row["zh"], row["en"]).fill(wanted=both(wanted)) if wanted else Text(row["zh"], row["en"])


def reaction_to(look: Looking, code: str) -> str:
    """The class of answer that convinces whoever has written this message."""
    return str(next(r["reaction"] for r in look.scenario.rows("desk_messages") if r["code"] == code))


def cause_of(look: Looking, code: str) -> str:
    """What a review is about; 'none' for a good one."""
    return str(next(r["cause"] for r in look.scenario.rows("desk_reviews") if r["code"] == code))


def customers(look: Looking) -> list[Customer]:
    """The desk's customers in an order of this world's own. The two last live in one city, to which no parcel goes today."""
    rows = list(enumerate(look.scenario.rows("desk_customers")))
    chance = look.stream("service.customers")
    chance.shuffle(rows)
    city = chance.choice(sorted({r["city"] for _, r in rows}))
    rows.sort(key=lambda row: row[1]["city"] == city)
    return [Customer(i, r["name"], f"{r['short']}@{DOMAIN}", r["city"]) for i, r in rows]
