"""Trying until it is right: of the answers that are judged the first three count, none is taken back, and a slip is put right.

Which commands give such answers the declarations say: those that are `final` and do a task. So a new one is asked for here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.evidence import ANSWERS
from ecomlab.kernel.plays import PLAYS, Player
from ecomlab.kernel.scenario import scenario
from ecomlab.lab import Lab
from ecomlab.modules.concepts import pool
from tests import worlds

Given = dict[str, Any]
Wrong = Callable[[Lab, Given], Iterator[Given]]


def _numbers(*fields: str) -> Wrong:
    """Each answer is wrong in all of these fields."""
    return lambda lab, right: ({**right, **{f: right[f] + 7 * n for f in fields}} for n in range(1, 99))


def _to_questions(lab: Lab, right: Given) -> Iterator[Given]:
    """Numbers far off, which are no names either."""
    return ({**right, "answer": str(10**9 + n)} for n in range(99))


def _sides(lab: Lab, right: Given) -> Iterator[Given]:
    other = {"traditional": "electronic", "electronic": "traditional"}
    return ({**right, "rows": [{**r, "side": other[r["side"]]} if i == n else r for i, r in enumerate(right["rows"])]} for n in range(10))


def _orders(lab: Lab, right: Given) -> Iterator[Given]:
    return ({**right, "steps": right["steps"][n:] + right["steps"][:n]} for n in range(1, len(right["steps"])))


def _reviews(lab: Lab, right: Given) -> Iterator[Given]:
    tasks = scenario("b2c").tasks
    return ({**right, "hardest": code} for code in tasks if not lab.look.all("select 1 from class_point where task = $t", t=code))


def _sheets(lab: Lab, right: Given) -> Iterator[Given]:
    """Sheet after sheet with the same term in every row."""
    topic = lab.look.value("select topic from concept_sheet where number = $n", n=right["sheet"])
    term = pool.topics(lab.look.scenario)[topic].terms[0]
    for _ in range(99):
        yield {"sheet": lab.concepts.draw(topic), "answers": [{**row, "concept": term} for row in right["answers"]]}


def _examples(lab: Lab, right: Given) -> Iterator[Given]:
    kinds = list(pool.kinds_of(lab.look, right["concept"]))
    return ({**right, "example": r.number} for r in lab.look.all("select number from document where not list_contains($kinds, kind) order by 1", kinds=kinds))


def _posts(lab: Lab, right: Given) -> Iterator[Given]:
    _, post = COMMANDS["floor.name_bottleneck"].params
    return ({**right, "post": other} for other in post.options if other != right["post"])


#: By command: the goals that its answer alone earns, and other answers, all of them wrong, given the right one.
JUDGED: dict[str, tuple[set[str], Wrong]] = {
    "report.answer": ({"near", "right"}, _to_questions),
    "teaching.compare": ({"sides"}, _sides),
    "teaching.measure": ({"documents", "days"}, _numbers("documents_handled", "days")),
    "teaching.order_steps": ({"all"}, _orders),
    "teaching.review": ({"hardest", "full"}, _reviews),
    "concepts.answer": ({"passed"}, _sheets),
    "concepts.explain": ({"example"}, _examples),
    "floor.name_bottleneck": ({"named"}, _posts),
    "floor.record_cost": ({"courier", "packing", "work"}, _numbers("courier_cost", "packing_cost", "work_cost")),
}


def answered(lab: Lab, code: str, wrong: int) -> set[str]:
    """Does a task as the model student does, but gives so many wrong answers before each right one. Gives the goals that hang on an answer."""
    live, earned = lab.player(), set[str]()

    def call(name: str, /, **right: Any) -> Any:
        if name in JUDGED:
            goals, others = JUDGED[name]
            earned.update(goals)
            given = [live._call(name, **other) for other in islice(others(lab, right), wrong)]
            assert len(given) == wrong and worlds.refused(lab.undo).code == "is_final"
        return live._call(name, **right)

    PLAYS[code](Player(call, lambda: lab.look, True, live.withheld))
    return earned


def met(lab: Lab, code: str) -> set[str]:
    return {g.name for g in lab.check(code).goals if g.met}


def test_every_command_that_judges_an_answer_is_tried() -> None:
    assert {c.name for c in COMMANDS.values() if c.final and c.tasks} == JUDGED.keys()


SCENARIOS = ["teaching", *(pytest.param(name, marks=pytest.mark.slow) for name in ("concepts", "analytics", "b2c", "floor", "shop"))]


@pytest.mark.whole
@pytest.mark.parametrize("name", SCENARIOS)
def test_whoever_tries_until_it_is_right_earns_nothing_for_it_and_a_slip_is_put_right(name: str, tmp_path: Path) -> None:
    slips, tries = (worlds.opened(tmp_path / folder, worlds.model(name, codes=())) for folder in ("slips", "tries"))
    for code in scenario(name).tasks:
        answered(slips, code, wrong=ANSWERS - 1)
        assert slips.check(code).points == Decimal(2), f"{code}: a slip costs nothing"
        judged = answered(tries, code, wrong=ANSWERS)
        assert not met(tries, code) & judged, f"{code}: every other answer was tried first"
