"""Questions on one's own books, and how an answer is judged: against what the books say when it is given.

A number is right within a small tolerance, for whoever rounds on the way, and near within a larger one, which earns half:
somebody who took the wrong day or forgot the returns has understood most of it. The verdict never names the truth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from ..kernel.command import STUDENT, choices, command, does
from ..kernel.doing import Doing, Looking
from ..kernel.evidence import FIRST_THREE, Evidence, Met, counting
from ..kernel.names import plain, same_name
from ..kernel.refusals import Refusal, refusal
from ..kernel.tasks import tasks
from ..kernel.texts import Text
from ..kernel.values import Ask, Line, Ref
from .frames import report
from .queries import own_books

NO_QUESTION = refusal(
    "no_question", "没有编号为 {question} 的问题。请用 lab.questions() 查看。", "There is no question {question}. See the list with lab.questions()."
)
NOT_A_NUMBER = refusal(
    "answer_format", "答案不是一个数。请填写一个数，例如 18250.37 或 12.5%。", "The answer is not a number. Enter one, such as 18250.37 or 12.5%."
)
NOTHING_TO_ANSWER = refusal(
    "nothing_to_answer",
    "账上还没有可以回答这个问题的业务。请先做几笔业务，再来回答。",
    "The books hold nothing yet that answers this question. Do some business first.",
)

Verdict = Literal["right", "near", "off"]
#: What counts as right, by what is asked for: the largest difference in that unit. Percent are percentage points.
TOLERANCE = {"CNY": Decimal("0.05"), "pieces": Decimal(0), "percent": Decimal("0.1"), "days": Decimal("0.5")}
#: What counts as near: the largest difference as a part of the truth.
NEAR = Decimal("0.05")

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,40})?")  # a float from Python has all its places


@dataclass(frozen=True)
class Question:
    """A question. unit: CNY, pieces, percent or days, or 'name' for one to be answered in words.

    truth: what the books say, a number, or the answers that are right and those that are near; None if they say nothing yet.
    """

    code: str
    unit: str
    truth: Callable[[Looking], Any]


QUESTIONS: dict[str, Question] = {}


def question(code: str, unit: str) -> Callable[[Callable[[Looking], Any]], Callable[[Looking], Any]]:
    """Registers how the truth of a question is found, which `report.answer` then answers."""

    def register(truth: Callable[[Looking], Any]) -> Callable[[Looking], Any]:
        if code in QUESTIONS:
            raise ValueError(f"question {code} is declared twice")
        QUESTIONS[code] = Question(code, unit, truth)
        does("report.answer", code)
        return truth

    return register


def rows(look: Looking, name: str, **conditions: Any) -> list[Any]:
    """A report on the student's company as rows, up to today unless `end` says otherwise."""
    chosen = report(name)
    given = {"end": look.day, **conditions, "owner": own_books(look, None).number}
    return look.all(chosen.sql, **chosen.parameters(given))


def total(look: Looking, name: str, column: str, **conditions: Any) -> Decimal | None:
    """A column of such a report, added up; None if it has no rows."""
    found = rows(look, name, **conditions)
    return sum((Decimal(getattr(r, column)) for r in found), Decimal(0)) if found else None


def read_number(text: str) -> Decimal:
    """A number as people write it: 18250.37, ¥18,250.37, 18,250.37 元, 18250.37 CNY, -3.5, 12.5%. Refuses 'answer_format' at the field."""
    bare = unicodedata.normalize("NFKC", text).replace("−", "-").replace(" ", "").removesuffix("%")
    bare = re.sub("¥|元$|CNY$", "", bare, count=1, flags=re.IGNORECASE)
    if "," in bare:
        if not re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
            raise NOT_A_NUMBER("answer")
        bare = bare.replace(",", "")
    if not _NUMBER.fullmatch(bare) or not bare.isascii():
        raise NOT_A_NUMBER("answer")
    return Decimal(bare)


def judge(asked: Question, truth: Any, answer: str) -> Verdict:
    """What an answer is worth. Refuses 'answer_format' if a number is asked for and none is given."""
    if asked.unit == "name":
        right, near = truth
        return "right" if any(same_name(answer, n) for n in right) else "near" if any(same_name(answer, n) for n in near) else "off"
    off = abs(read_number(answer) - truth)
    if off <= TOLERANCE[asked.unit]:
        return "right"
    return "near" if off <= abs(truth) * NEAR else "off"


@choices("report.questions")
def _questions(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    there = tasks(look.scenario.packages)
    return [(code, Text(f"{code} · {t.title.zh}", f"{code} · {t.title.en}")) for code in QUESTIONS if (t := there.get(code))]


@command(role=STUDENT, title=("回答问题", "Answer a question"), final=True)
def answer(
    do: Doing,
    question: Annotated[Ref, Ask("问题", "Question", choose="report.questions")],
    answer: Annotated[Line, Ask("答案", "Answer", max=60, example="18250.37", help=FIRST_THREE)],
) -> dict[str, str]:
    """Answers a question on your own books as they stand now. Gives the verdict: right, near or off.

    The first three answers to a question that differ count, the best of them. No answer is undone.

    Amounts in CNY, shares in percent (12.5 or 12.5%), quantities in pieces; products, customers and scores as the report writes them.
    """
    asked = QUESTIONS.get(question.upper())
    if asked is None or asked.code not in tasks(do.scenario.packages):
        raise NO_QUESTION("question", question=question[:40])
    truth = asked.truth(do)
    if truth is None:
        raise NOTHING_TO_ANSWER("question")
    return {"question": asked.code, "verdict": judge(asked, truth, answer)}


def answered(seen: Evidence, code: str) -> set[Verdict]:
    """The verdicts on the answers to a question that count."""
    given = seen.did("report.answer", where=lambda d: d.result["question"] == code)
    return {d.result["verdict"] for d in counting(given, "answer", read=_said)}


def _said(answer: str) -> Decimal | str:
    """What an answer says: ¥1,250.00 is 1250, written in another way, and no other answer."""
    try:
        return read_number(answer).normalize()
    except Refusal:
        return plain(answer)


def goals_of(code: str) -> dict[str, Met]:
    """How the two goals of an answer are judged: near enough, and right."""
    return {"near": lambda seen: answered(seen, code) & {"near", "right"}, "right": lambda seen: "right" in answered(seen, code)}
