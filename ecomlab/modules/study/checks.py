"""What an answer is worth: held against what is true in the student's market, by whoever has the key from which that follows."""

from __future__ import annotations

from collections.abc import Collection

from ...kernel.evidence import Evidence, Met, check
from ...kernel.texts import Text
from .own import ASKED, NAME, worth

RECEIVED = Text("已收到答案 {answer}；对不对，评分时才知道", "Your answer {answer} is received; what it is worth is told when it is graded")


def _worth(question: str, enough: Collection[str]) -> Met:
    def met(seen: Evidence) -> object:
        given = seen.did("study.answer", question=question)
        if not given:
            return False
        answer = given[-1].result["answer"]
        seed = seen.withheld(NAME)
        if seed is None:
            return RECEIVED.fill(answer=answer)
        return worth(question, float(answer), seed) in enough

    return met


for _code, _question in ASKED.items():
    check(_code, near=_worth(_question, ("near", "right")), right=_worth(_question, ("right",)))
