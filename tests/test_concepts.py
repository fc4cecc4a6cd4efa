"""Concepts: cases are told apart by sheets that another draw changes, and an example is an instance of its term or it is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ecomlab.books.documents import KINDS
from ecomlab.glossary import concepts
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.logbook import hash_line
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.state import UNDO, withdrawals
from ecomlab.lab import Lab
from ecomlab.modules.concepts import judging, pool
from tests import worlds

pytestmark = pytest.mark.usefixtures("understudied")

TOPICS = pool.topics(scenario("concepts"))
WORDS = "谁来做、凭什么做，是它和相近概念的区别。 What differs is who does it, and on what ground."


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return worlds.opened(tmp_path, worlds.model("concepts", codes=()))


def rows(lab: Lab, sheet: str, **wrong: str) -> list[dict[str, object]]:
    """What answers a sheet right, but for the lines named."""
    asked = lab.look.all("select line, case_key from concept_case where number = $n order by line", n=sheet)
    return [{"line": r.line, "concept": wrong.get(f"line{r.line}", pool.case(lab.look, r.case_key).term)} for r in asked]


def test_the_pool_asks_for_terms_of_the_glossary_and_names_kinds_that_there_are(lab: Lab) -> None:
    look = lab.look
    for topic in TOPICS.values():
        assert set(topic.terms) <= set(concepts()) and {c.term for c in topic.cases} <= set(topic.terms) and set(topic.explain) <= set(topic.terms)
        assert len(topic.cases) > pool.DRAWN, "another sheet has other cases"
        assert {kind for term in topic.terms for kind in pool.kinds_of(look, term)} <= set(KINDS)
        for case in topic.cases:
            assert not any(name in said for said, name in zip(case.text, concepts()[case.term].term, strict=True)), f"{case.key} says its own answer"
    explained = [term for topic in TOPICS.values() for term in topic.explain]
    assert len(explained) == len(set(explained)), "one explanation would do for two tasks"
    keys = [c.key for c in TOPICS["TERM012"].cases]
    assert len(keys) == len(set(keys)) > 80


def test_a_world_keeps_the_cases_with_which_it_began(lab: Lab) -> None:
    """They are data of the scenario, which its digest covers: a corrected case is for new worlds, and no answer becomes wrong."""
    assert {"concept_cases", "concept_terms"} <= set(lab.look.scenario.data)
    assert len(lab.look.scenario.rows("concept_cases")) == len(TOPICS[pool.ALL].cases)


def test_a_sheet_is_answered_twice_at_most_and_the_verdict_never_names_the_truth(lab: Lab) -> None:
    sheet = lab.concepts.draw("TERM003")
    truth = rows(lab, sheet)
    first = next(t for t in TOPICS["TERM003"].terms if t not in {r["concept"] for r in truth})
    said = lab.concepts.answer(sheet, rows(lab, sheet, line1=first))
    assert (said["right_answers"], said["of_cases"]) == (4, 5) and said["read_again"] == concepts()[first].term
    assert lab.check("TERM003").points == 0
    lab.concepts.answer(sheet, rows(lab, sheet, line2=first))
    with pytest.raises(Refusal, match="sheet_closed|结束|closed"):
        lab.concepts.answer(sheet, truth)
    other = lab.concepts.draw("TERM003")
    assert [r.case_key for r in lab.look.all("select case_key from concept_case where number = $n order by line", n=other)] != [
        r.case_key for r in lab.look.all("select case_key from concept_case where number = $n order by line", n=sheet)
    ]
    lab.concepts.answer(other, rows(lab, other))
    assert lab.check("TERM003").points == Decimal("1.2")


def test_of_the_sheets_answered_on_a_topic_the_first_three_count_and_no_answer_is_taken_back(lab: Lab) -> None:
    """Else whoever tries for long enough, on sheet after sheet or on one again and again, gets one all right without knowing any term."""
    wrong = TOPICS["TERM003"].terms[0]
    for _ in range(3):
        sheet = lab.concepts.draw("TERM003")
        lab.concepts.answer(sheet, [{**row, "concept": wrong} for row in rows(lab, sheet)])
        with pytest.raises(Refusal) as no:
            lab.undo()
        assert no.value.code == "is_final"
    fourth = lab.concepts.draw("TERM003")
    assert lab.concepts.answer(fourth, rows(lab, fourth))["right_answers"] == 5 and lab.check("TERM003").points == 0
    other = lab.concepts.draw("TERM004")
    lab.concepts.answer(other, rows(lab, other))
    assert lab.check("TERM004").points == Decimal("1.2"), "another topic has three of its own"
    lab.concepts.answer(sheet, rows(lab, sheet))
    assert lab.check("TERM003").points == Decimal("1.2"), "the third sheet has a second try"


def test_an_undo_by_hand_of_an_answer_is_a_finding_and_the_answer_stands(lab: Lab) -> None:
    sheet = lab.concepts.draw("TERM003")
    lab.concepts.answer(sheet, rows(lab, sheet))
    last = lab.world.entries[-1]
    undo = replace(last, n=last.n + 1, do=UNDO, by="student", arguments={"n": last.n}, prev=hash_line(last.line()))
    withdrawn, findings = withdrawals(list(enumerate([*lab.world.entries, undo], start=2)))
    assert withdrawn == {} and [f.code for f in findings] == ["bad_undo"]


def test_rows_that_leave_a_question_out_or_name_a_term_of_another_topic_are_refused(lab: Lab) -> None:
    sheet = lab.concepts.draw("TERM002")
    for given in (rows(lab, sheet)[:-1], [*rows(lab, sheet), {"line": 1, "concept": "VAN"}]):
        with pytest.raises(Refusal) as no:
            lab.concepts.answer(sheet, given)
        assert (no.value.code, no.value.field) == ("each_case_once", "answers")
    with pytest.raises(Refusal) as no:
        lab.concepts.answer(sheet, rows(lab, sheet, line1="B2C"))
    assert no.value.code == "no_such_concept"
    assert lab.look.value("select tries from concept_sheet where number = $n", n=sheet) == 0, "a refused answer is no try"


def test_an_example_is_a_document_of_the_terms_kinds_or_rightly_none(lab: Lab) -> None:
    by_kind = {r.kind: r.number for r in lab.look.all("select kind, min(number) as number from document group by kind")}
    fits = lambda concept, example: lab.concepts.explain(concept, WORDS, example)["fits"]  # noqa: E731
    assert fits("C2C", by_kind["auction_listing"]) and not fits("B2B", by_kind["auction_listing"])
    assert fits("B2C", by_kind["b2c_order"]) and not fits("B2C", None), "there is one, so none is wrong"
    assert fits("O2O", None) and not fits("O2O", by_kind["b2c_order"]), "nothing here is used in a real place"


def test_an_explanation_is_a_sentence_of_ones_own(lab: Lab) -> None:
    for words, code in (
        ("太短", "explanation_short"),
        (concepts()["O2O"].means.zh, "glossarys_words"),
        (concepts()["O2O"].means.en + " Yes.", "glossarys_words"),
    ):
        with pytest.raises(Refusal) as no:
            lab.concepts.explain("O2O", words)
        assert (no.value.code, no.value.field) == (code, "words")
    with pytest.raises(Refusal) as no:
        lab.concepts.explain("O2O", WORDS, "WO-0000-0001")
    assert (no.value.code, no.value.field) == ("not_found", "example")
    lab.concepts.explain("O2O", WORDS)
    assert [r.words for r in lab.concepts.explanations()] == [WORDS], "what a teacher marks"
    assert not COMMANDS["concepts.explanations"].tasks


def test_statements_are_judged_with_the_concept_that_decides_and_the_truth_is_not_told(lab: Lab) -> None:
    made = [judging.stated(lab.look, "TERM003", n) for n in range(1, 20)]
    assert {len(s) for s in made} == {pool.DRAWN} and len({tuple(x.case.key for x in s) for s in made}) > 10, "each set has others"
    every = [x for s in made for x in s]
    assert 0.3 < sum(x.holds for x in every) / len(every) < 0.7 and all(x.claim in TOPICS["TERM003"].terms for x in every)
    told = {True: "it_is_true", False: "it_is_false"}
    right = [{"line": i, "holds": told[x.holds], "concept": x.case.term} for i, x in enumerate(made[0], 1)]
    shown = lab.concepts.statements("TERM003")
    assert [r.said_to_be for r in shown] == [concepts()[x.claim].term for x in made[0]]
    assert lab.concepts.judge("TERM003", right)["right_answers"] == pool.DRAWN
    other = next(t for t in TOPICS["TERM003"].terms if t not in (made[0][0].claim, made[0][0].case.term))
    result = lab.concepts.judge("TERM003", [{**right[0], "concept": other}, *right[1:]])
    assert result["right_answers"] == pool.DRAWN - 1
    assert result["read_again"].en == f"{concepts()[other].term.en}, {concepts()[made[0][0].claim].term.en}"
    for answers, code in ((right[1:], "each_case_once"), ([{**right[0], "concept": "escrow"}, *right[1:]], "no_such_concept")):
        with pytest.raises(Refusal) as refused:
            lab.concepts.judge("TERM003", answers)
        assert refused.value.code == code
    with pytest.raises(Refusal, match="no topic"):
        lab.concepts.statements("TERM099")
