"""Sheets of questions: drawn, read, answered twice at most."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from ...books import documents
from ...glossary import concepts
from ...kernel.command import STUDENT, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from . import pool

CODES = tuple(f"TERM{n:03d}" for n in range(1, 13))
#: To whom sheets belong: the student in person.
OWNER = "student"
SHEET = documents.kind(
    "concept_sheet",
    "QS",
    ("概念练习卷", "sheet of questions"),
    {"drawn": ("tried", "passed"), "tried": ("passed", "failed"), "passed": (), "failed": ()},
)

NO_TOPIC = refusal("no_topic", "没有“{topic}”这个主题。请从列表中选择。", "There is no topic {topic}. Choose one from the list.")
NO_SUCH_CONCEPT = refusal(
    "no_such_concept", "第 {row} 行：“{given}”不是这张卷子的概念。请从列表中选择。", "Row {row}: {given} is no concept of this sheet. Choose one from the list."
)
EACH_CASE_ONCE = refusal(
    "each_case_once",
    "每题填一行，题号 1 到 {of}。请补齐或去掉多余的行。",
    "Give each question one row, numbered 1 to {of}. Add what is missing, or remove rows.",
)
SHEET_CLOSED = refusal("sheet_closed", "练习卷 {number} 已经结束。请另抽一张。", "The sheet {number} is closed. Draw another one.")


@choices("concepts.topics")
def _topics(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return list(pool.TITLES.items())


@choices("concepts.terms")
def terms_to_choose(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    """The terms of all topics."""
    return [(key, concepts()[key].term) for key in pool.topics(look.scenario)[pool.ALL].terms]


documents.offer("concepts.sheets", SHEET, of="concept_sheet", shows="t.topic", stated=True)
documents.offer("concepts.sheets_open", SHEET, "drawn", "tried", of="concept_sheet", shows="t.topic", stated=True)


class AnswerRow(TypedDict):
    """The term that a question is about."""

    line: Annotated[Count, Ask("题号", "Question no.", ge="1", le="20")]
    concept: Annotated[Ref, Ask(choose="concepts.terms")]


@command(*CODES, role=STUDENT, title=("抽取练习卷", "Draw a sheet"))
def draw(do: Doing, topic: Annotated[Ref, Ask(choose="concepts.topics")]) -> str:
    """Draws a sheet of questions on a topic; gives its number. Each sheet has other cases, drawn by your laboratory's seed."""
    if topic not in pool.TITLES:
        raise NO_TOPIC("topic", topic=topic[:40])
    number = documents.create(do, SHEET, OWNER).number
    do.insert("concept_sheet", [(number, topic, 0)])
    do.insert("concept_case", [(number, line, case.key, None) for line, case in enumerate(pool.drawn(do, topic, number), 1)])
    return number


@query(*CODES, role=STUDENT, title=("查看练习卷", "Read a sheet"))
def questions(do: Doing, sheet: Annotated[Ref, Ask("练习卷", "Sheet", choose="concepts.sheets")]) -> Table:
    """The questions of a sheet: number, case, and the term that you gave last."""
    documents.find(do, SHEET, sheet, "sheet")
    rows = do.all("select line, case_key, given from concept_case where number = $n order by line", n=sheet)
    cases = [(r.line, pool.case(do, r.case_key).text, concepts()[r.given].term if r.given else "") for r in rows]
    return Table(["line", "case_text", "given"], cases)


@command(*CODES, role=STUDENT, title=("填写概念", "Answer a sheet"), final=True)
def answer(
    do: Doing,
    sheet: Annotated[Ref, Ask("练习卷", "Sheet", choose="concepts.sheets_open")],
    answers: Annotated[list[AnswerRow], Ask("答案", "Answers")],
) -> dict[str, Any]:
    """Answers all questions of a sheet, twice at most; gives how many are right, and which of the terms given to read again. It is not undone.

    The first three sheets that you answer on a topic count; more are for practice.

    Refuses 'sheet_closed' for a sheet that has been passed or was answered twice, 'each_case_once' and 'no_such_concept'.
    """
    found = documents.find(do, SHEET, sheet, "sheet")
    if not SHEET.moves[found.state]:
        raise SHEET_CLOSED("sheet", number=sheet)
    row = do.one("select topic, tries from concept_sheet where number = $n", n=sheet)
    asked = {r.line: pool.case(do, r.case_key).term for r in do.all("select line, case_key from concept_case where number = $n", n=sheet)}
    if sorted(a["line"] for a in answers) != sorted(asked):
        raise EACH_CASE_ONCE("answers", of=len(asked))
    for n, given in enumerate(answers, 1):
        if given["concept"] not in pool.topics(do.scenario)[row.topic].terms:
            raise NO_SUCH_CONCEPT("answers", row=n, given=given["concept"][:40])
        do.execute("update concept_case set given = $c where number = $n and line = $line", c=given["concept"], n=sheet, line=given["line"])
    do.execute("update concept_sheet set tries = tries + 1 where number = $n", n=sheet)
    wrong = [a["concept"] for a in answers if asked[a["line"]] != a["concept"]]
    found.move_to("passed" if not wrong else "failed" if row.tries else "tried")
    return {"sheet": sheet, "topic": row.topic, "right_answers": len(asked) - len(wrong), "of_cases": len(asked), "read_again": read_again(wrong)}


def read_again(keys: list[str]) -> Text:
    """The concepts that were given wrongly, each once: what to read, and not what would have been right."""
    names = [concepts()[key].term for key in dict.fromkeys(keys)]
    return Text("、".join(t.zh for t in names), ", ".join(t.en for t in names))
