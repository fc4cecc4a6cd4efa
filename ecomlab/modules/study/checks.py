"""What an answer is worth: held against what is true in the student's market, by whoever has the key from which that follows."""

from __future__ import annotations

from ...kernel.evidence import Evidence, Met, check
from ...kernel.texts import Text
from .own import ASKED, NAME, worth

#: What stands in place of each goal as long as only whoever has the key can judge it.
RECEIVED = {
    "near": Text("已收到答案 {answer}；是否接近真值，评分时才知道", "Your answer {answer} is received; whether it is near the truth is told when it is graded"),
    "right": Text("是否与真值一致，评分时才知道", "Whether it is right is told when it is graded"),
}
ENOUGH = {"near": ("near", "right"), "right": ("right",)}


def _worth(question: str, goal: str) -> Met:
    def met(seen: Evidence) -> object:
        given = seen.did("study.answer", question=question)
        if not given:
            return False
        answer = given[-1].result["answer"]
        seed = seen.withheld(NAME)
        if seed is None:
            return RECEIVED[goal].fill(answer=answer)
        return worth(question, float(answer), seed) in ENOUGH[goal]

    return met


for _code, _question in ASKED.items():
    check(_code, **{goal: _worth(_question, goal) for goal in ENOUGH})
