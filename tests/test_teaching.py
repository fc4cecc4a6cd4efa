"""A lesson on B2C: what can be judged of it is judged by days, minutes, order and the books, never by its words."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ecomlab.kernel.refusals import Refusal
from ecomlab.lab import Lab
from ecomlab.modules.teaching.comparing import STATEMENTS, STEPS, figures, placed
from tests import worlds

pytestmark = pytest.mark.usefixtures("understudied")


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return worlds.opened(tmp_path, worlds.model("teaching", codes=()))


def plan_of(lab: Lab) -> Any:
    return lab.teaching.begin(lab.brief("LES001")["day"])


def no(do: Any, *args: Any, **given: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as refused:
        do(*args, **given)
    return refused.value.code, refused.value.field


def phases(**minutes: int) -> list[dict[str, Any]]:
    return [{"phase": p, "minutes": m, "teacher_does": "x", "pupils_do": "x", "verb": "do_it", "intention": "x"} for p, m in minutes.items()]


def test_pupils_know_two_days_ahead(lab: Lab) -> None:
    assert no(lab.teaching.begin, lab.day + datetime.timedelta(days=1)) == ("lesson_soon", "lesson_day")
    plan = lab.teaching.begin(lab.day + datetime.timedelta(days=2))
    lab.advance(days=1)
    assert no(lab.teaching.write_letter, plan, "x") == ("lesson_soon", "plan")


def test_one_of_the_opening_questions_is_open(lab: Lab) -> None:
    plan = plan_of(lab)
    assert no(lab.teaching.ask, plan, "你网购过吗？", "Have you bought online?") == ("closed_questions", "second")
    assert no(lab.teaching.ask, plan, "怎样买？", "怎样买") == ("no_question_mark", "second")
    assert no(lab.teaching.ask, plan, "怎样买？", "怎样买？") == ("same_question", "second")
    lab.teaching.ask(plan, "你网购过吗？", "Why do people buy at night?")


def test_statements_have_a_side_and_figures_are_those_of_the_books(lab: Lab) -> None:
    plan, truth = plan_of(lab), placed(lab.look)
    assert len(truth) == len(STATEMENTS) == 10 and {side for _, side in truth} <= {"traditional", "electronic"}
    said = lab.teaching.compare(plan, [{"line": n, "side": "traditional"} for n in range(1, 11)])
    assert said == {"right": sum(side == "traditional" for _, side in truth), "of": 10}
    order = lab.look.value("select min(number) from document where kind = 'b2c_order'")
    there = figures(lab.look, order)
    assert lab.teaching.measure(plan, order, there["documents"] + 1, there["days"]) == {"order": order, "documents": False, "days": True}
    assert lab.check("LES003").points == Decimal("0.5")


def test_steps_and_tasks_come_after_those_that_they_need(lab: Lab) -> None:
    plan = plan_of(lab)
    back = [{"step": s} for s in reversed(STEPS)]
    assert lab.teaching.order_steps(plan, back) == 0 and no(lab.teaching.order_steps, plan, back[1:]) == ("each_once", "steps")
    row = lambda code: {"task": code, "minutes": 5}  # noqa: E731
    assert no(lab.teaching.assign, plan, [row("B2C027"), row("B2C001")]) == ("needs_earlier", "sheet")
    assert no(lab.teaching.assign, plan, [row("B2C999")]) == ("unknown_task", "sheet")
    assert lab.teaching.assign(plan, [row("B2C001"), row("B2C027")]) == {"tasks": ["B2C001", "B2C027"], "minutes": 10}


def test_a_plan_that_was_checked_has_its_phases_in_order_and_forty_minutes(lab: Lab) -> None:
    plan = plan_of(lab)
    for wrong, task in (
        (phases(situation=5, inquiry_phase=15, practice=15, summing_up=4), "B2C027"),
        (phases(inquiry_phase=15, situation=5, practice=15, summing_up=5), "B2C027"),
        (phases(situation=5, inquiry_phase=20, practice=15), "B2C027"),
        (phases(situation=5, inquiry_phase=15, practice=15, summing_up=5), None),
    ):
        lab.teaching.write_phases(plan, wrong, task)
        assert no(lab.teaching.check_plan, plan) == ("plan_lacks", "plan")
    lab.teaching.write_phases(plan, phases(situation=5, inquiry_phase=15, practice=15, summing_up=5), "B2C027")
    lab.teaching.check_plan(plan)
    assert no(lab.teaching.teach, plan) == ("lesson_not_due", "plan"), "it is taught on its day"


def test_the_review_rests_on_the_classs_points() -> None:
    look = worlds.looked_at("teaching").look
    rows = look.all("select task, count(*) as pupils, min(points) as least, max(points) as most from class_point group by task")
    assert len(rows) >= 2 and all(r.pupils == 20 and 0 <= r.least <= r.most <= 2 for r in rows)
