"""What each student's own world asks of the department: whose sheet, which rule, which watermark; all by the seed."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term
from ...kernel.texts import Text
from .intake import RULES
from .sheets import Sheet, sheets

PATTERNS = ("*_#", "#_*", "*-#", "#-*")


class Job(NamedTuple):
    """The work that this student is to do on a sheet. rule: how it is coded; text, place: the watermark; pattern: the names of its pictures."""

    sheet: Sheet
    rule: str
    text: str
    place: str
    pattern: str


def job(look: Looking) -> Job:
    """What is asked of this student: always the sheet of the first supplier, which sells in joint operation."""
    chance, sheet = look.stream("shop.job"), sheets(look)[0]
    mark = f"MALL {sheet.prefix} {look.mark}"
    return Job(sheet, chance.choice(tuple(RULES)), mark, chance.choice(("top", "bottom")), chance.choice(PATTERNS))


@asks("SHOP001", "SHOP002", "SHOP003", "SHOP004", "SHOP005", "SHOP006")
def _sheet(look: Looking) -> dict[str, Any]:
    asked = job(look)
    return {
        "supplier": asked.sheet.supplier.name, "uscc": asked.sheet.supplier.uscc, "rule": asked.rule, "rule_name": term(asked.rule), "text": asked.text,
        "place": asked.place, "place_name": PLACES[asked.place], "pattern": asked.pattern,
    }  # fmt: skip


PLACES = {"top": Text("顶部", "top"), "bottom": Text("底部", "bottom")}
