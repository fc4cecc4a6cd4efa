"""True or false, and why: statements that call a case by a concept, right or wrong, made from the pool by the seed. For practice, as often as one likes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple, TypedDict

from ...glossary import concepts
from ...kernel.command import STUDENT, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from . import pool
from .sheets import EACH_CASE_ONCE, NO_SUCH_CONCEPT, NO_TOPIC, read_again

Topic = Annotated[Ref, Ask(choose="concepts.topics")]
SetNumber = Annotated[Count, Ask("第几组", "Set no.", ge="1", le="99", help=Text("每组的题目不同", "Each set has other statements"))]


class Statement(NamedTuple):
    """A case, and the concept as which the statement has it."""

    case: pool.Case
    claim: str

    @property
    def holds(self) -> bool:
        return self.claim == self.case.term


class JudgementRow(TypedDict):
    """Whether a statement is true, and of which concept the case is one."""

    line: Annotated[Count, Ask("题号", "Question no.", ge="1", le="20")]
    holds: Annotated[Literal["it_is_true", "it_is_false"], Ask("对错", "True or false")]
    concept: Annotated[Ref, Ask("理由：其实是", "Reason: it is", choose="concepts.terms")]


def stated(look: Looking, topic: str, number: int) -> list[Statement]:
    """The statements of a set: about half of them are false, and then claim another concept of the topic."""
    chance, terms = look.stream(f"concepts.statements:{topic}/{number}"), pool.topics(look.scenario)[topic].terms
    cases = chance.sample(list(pool.topics(look.scenario)[topic].cases), pool.DRAWN)
    return [Statement(c, c.term if chance.random() < 0.5 else chance.choice([t for t in terms if t != c.term])) for c in cases]


def _known(topic: str) -> str:
    if topic not in pool.TITLES:
        raise NO_TOPIC("topic", topic=topic[:40])
    return topic


@query(role=STUDENT, title=("查看判断题", "Read statements"))
def statements(do: Doing, topic: Topic, number: SetNumber = 1) -> Table:
    """A set of statements on a topic: number, case, and the concept that the statement calls it by. Refuses 'no_topic'."""
    rows = enumerate(stated(do, _known(topic), number), 1)
    return Table(["line", "case_text", "said_to_be"], [(n, s.case.text, concepts()[s.claim].term) for n, s in rows])


@command(role=STUDENT, title=("判断对错", "Judge statements"), final=True)
def judge(do: Doing, topic: Topic, answers: Annotated[list[JudgementRow], Ask("判断", "Judgements")], number: SetNumber = 1) -> dict[str, Any]:
    """Judges all statements of a set: true or false, and the concept that decides; gives how many are right in both, and which concepts to read again.

    It is practice: no points hang on it, and there is another set for every number. It is not undone.
    Refuses 'no_topic', 'each_case_once' and 'no_such_concept'.
    """
    asked = dict(enumerate(stated(do, _known(topic), number), 1))
    if sorted(a["line"] for a in answers) != sorted(asked):
        raise EACH_CASE_ONCE("answers", of=len(asked))
    for n, given in enumerate(answers, 1):
        if given["concept"] not in pool.topics(do.scenario)[topic].terms:
            raise NO_SUCH_CONCEPT("answers", row=n, given=given["concept"][:40])
    wrong = [a for a in answers if (a["holds"] == "it_is_true", a["concept"]) != (asked[a["line"]].holds, asked[a["line"]].case.term)]
    again = read_again([key for a in wrong for key in (a["concept"], asked[a["line"]].claim)])
    return {"topic": topic, "right_answers": len(asked) - len(wrong), "of_cases": len(asked), "read_again": again}
