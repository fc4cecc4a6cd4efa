"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company, persons
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from .mailboxes import code_word


@asks("EMAIL003", "EMAIL007")
def _correspondent(look: Looking) -> dict[str, Any]:
    chance = look.stream("email.correspondent")
    someone = chance.choice(persons(look)[1:5])
    return {"recipient": someone.mailbox, "name": someone.name, "topic": chance.choice(("RFQ", "SAMPLE", "CATALOGUE", "MEETING")) + f"-{look.mark}"}


@asks("EMAIL006")
def _display_name(look: Looking) -> dict[str, Any]:
    return {"display_name": f"{own_company(look).name} {look.mark}"}


@asks("EMAIL002")
def _word(look: Looking) -> dict[str, Any]:
    return {"word": code_word(look)}
