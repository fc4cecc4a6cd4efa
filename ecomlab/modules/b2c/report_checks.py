"""The six report tasks of the shop: what each student is asked, and what each must show.

Everybody reports the own shop's books from the first day on; by what it is summed up, and which figure is to be read off, follows from
the world's seed. The figure is stated with `lab.answer`, so that a report has not only been opened but read.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...kernel.command import does
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, asks, check, sought
from ...kernel.terms import term
from ...reports import questions
from ...reports.queries import own_books

#: The reports of the tasks, with the figures that may be asked for: columns, or lines of the operating results.
TASKS = {
    "B2C018": ("stock_movement", ("in_value", "out_value", "closing_value")),
    "B2C019": ("operating_results", ("gross_profit", "operating_profit", "profit")),
    "B2C020": ("cost", ("received_value", "cost_of_sales", "closing_value")),
    "B2C021": ("profit", ("revenue", "cost", "gross_profit")),
    "B2C022": ("payables", ("open_amount",)),
    "B2C023": ("receivables", ("open_amount",)),
}
#: Reports of open items, which may rightly have no rows.
_OPEN = ("payables", "receivables")
_BY = {"stock_movement": ("product", "product_category", "place"), "profit": ("product", "product_category", "month", "buyer")}
#: Those of the conditions that would leave something out.
_NARROWING = ("product", "product_category", "place", "other_party")


def _brief(code: str) -> None:
    name, figures = TASKS[code]

    @asks(code)
    def asked(look: Looking) -> dict[str, Any]:
        chance = look.stream(f"report.task:{code}")
        figure, by = chance.choice(figures), chance.choice(_BY.get(name, ("",)))
        return {"start": look.scenario.start, "figure": figure, "figure_name": term(figure), "by": by, "by_name": term(by)}

    @questions.question(code, "CNY")
    def truth(look: Looking) -> Decimal | None:
        wanted = asked(look)
        if name == "operating_results":
            return next((r.amount for r in questions.rows(look, name, start=wanted["start"]) if r.result_line == wanted["figure"]), None)
        if name in _OPEN:  # where nothing is open it is 0
            return questions.total(look, name, wanted["figure"]) or Decimal("0.00")
        return questions.total(look, name, wanted["figure"], start=wanted["start"])


def _made(seen: Evidence, name: str) -> list[Done]:
    """The reports that were made on the own company's books and had something to say; of open items also those that had not."""
    look = seen.did if name in _OPEN else seen.looked_up
    return look(f"report.{name}", where=lambda d: d.arguments.get("owner") in (None, _own(seen)))


def _own(seen: Evidence) -> str:
    return str(own_books(seen.look, None).number)


def _as_asked(seen: Evidence, name: str) -> bool:
    """Whether one of them covers what was asked for: the whole period up to its day, nothing left out, summed up as wanted."""
    return any(
        all(d.arguments.get(c) is None for c in _NARROWING)
        and (d.arguments.get("start") or seen.brief["start"]) <= seen.brief["start"]
        and (d.arguments.get("end") or d.day) >= d.day
        and d.arguments.get("by", seen.brief["by"]) == seen.brief["by"]
        for d in _made(seen, name)
    )


def _declare(code: str) -> None:
    name, _ = TASKS[code]
    does(f"report.{name}", code)
    _brief(code)
    check(code, made=lambda s: _made(s, name), asked=lambda s: _as_asked(s, name), **questions.goals_of(code))
    sought(code, {"report.answer.answer": "follows from the report's rows"})


for _code in TASKS:
    _declare(_code)
