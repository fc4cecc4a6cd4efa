"""What each task must show: a sheet of its topic with every term right, and a term of it explained with an example that fits."""

from __future__ import annotations

from typing import Any

from ...glossary import concepts
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, asks, check, counting, excuse
from .pool import TITLES, topics
from .sheets import CODES


def asked_term(look: Looking, code: str) -> str:
    """The key of the term that a student is to explain, by the seed."""
    return str(look.stream(f"concepts.term:{code}").choice(topics(look.scenario)[code].explain))


def _task(code: str) -> None:
    @asks(code)
    def asked(look: Looking) -> dict[str, Any]:
        key = asked_term(look, code)
        return {"key": key, "term": concepts()[key].term, "topic": TITLES[code]}

    def passed(seen: Evidence) -> list[Done]:
        answered = counting(seen.did("concepts.answer", where=lambda d: d.result["topic"] == code), "sheet")
        return [d for d in answered if d.result["right_answers"] == d.result["of_cases"]]

    def explained(seen: Evidence) -> list[Done]:
        return seen.did("concepts.explain", concept=seen.brief["key"])

    check(code, passed=passed, explained=explained, example=lambda seen: [d for d in counting(explained(seen), "example") if d.result["fits"]])


for _code in CODES:
    _task(_code)
excuse("TERM001", {"A concepts.explain.example": "another web order is an instance as well"})
