"""Answers about the market of one's own: they are received and kept; what they are worth is told where the course's key is."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from ...kernel.command import STUDENT, choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.tasks import tasks
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from ...reports.questions import read_number
from .own import ASKED

NOT_ASKED = refusal("not_asked", "作业里没有问题“{question}”。请从这些中选择：{known}。", "The assignment asks no question {question}. Choose one of: {known}.")


@choices("study.questions")
def _questions(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    titles = {code: tasks()[code].title for code in ASKED}
    return [(name, Text(f"{name} · {titles[code].zh}", f"{name} · {titles[code].en}")) for code, name in ASKED.items()]


@command(*ASKED, role=STUDENT, title=("回答市场问题", "Answer a question about the market"))
def answer(
    do: Doing,
    question: Annotated[Ref, Ask("问题", "Question", choose="study.questions")],
    answer: Annotated[Line, Ask("答案", "Answer", max=60, example="0.31")],
) -> dict[str, str]:
    """Answers a question about the market of your own; the last answer counts. It is received; what it is worth is told when it is graded.

    A number, in the unit that `market.questions()` names; a share as a decimal or in percent: 0.31 or 31%.
    """
    if question not in ASKED.values():
        raise NOT_ASKED("question", question=question[:40], known=", ".join(ASKED.values()))
    return {"question": question, "answer": str(number(answer))}


def number(text: str) -> Decimal:
    """A number as people write it; 31% is 0.31. Refuses 'answer_format' at the field."""
    found = read_number(text)
    return found / 100 if text.strip().endswith(("%", "％")) else found
