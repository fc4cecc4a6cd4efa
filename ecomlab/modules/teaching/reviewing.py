"""The lesson is taught to a class, whose points follow from the seed, and reviewed by them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ...books import documents
from ...kernel.command import STUDENT, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.evidence import FIRST_THREE
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.tasks import tasks
from ...kernel.values import Ask, Count, Prose, Ref
from .planning import NOT_IN_COURSE, PLAN, Plan

PUPILS = 20

NOT_DUE = refusal("lesson_not_due", "上课日是 {day}。请推进业务日期，到那天再上课。", "The lesson is on {day}. Advance the business day, and teach it then.")
NOT_TAUGHT = refusal("not_taught", "教案 {number} 还没有上课。请先上课。", "The plan {number} has not been taught. Teach it first.")


@command("LES010", role=STUDENT, title=("上课", "Teach the lesson"))
def teach(do: Doing, plan: Plan) -> int:
    """Teaches a checked plan on its day or after it; gives the number of pupils. Refuses 'lesson_not_due'.

    Each pupil does the tasks of the practice and of its sheet: every goal is met or missed, the more often missed the more steps the task has.
    """
    found = documents.find(do, PLAN, plan, "plan")
    found.must_allow("taught", "plan")
    day = do.value("select lesson_day from lesson_plan where number = $n", n=plan)
    if do.day < day:
        raise NOT_DUE("plan", day=day)
    found.move_to("taught", "plan")
    chance = do.stream(f"teaching.class/{plan}")
    practised = do.all(
        "select task from lesson_phase where number = $n and task is not null union select task from lesson_task where number = $n order by task", n=plan
    )
    for code in (r.task for r in practised):
        task = tasks()[code]
        met = 1 - 0.08 * len(task.steps) - 0.1 * chance.random()
        rows = [(plan, f"P{n:02d}", code, sum((g.points for g in task.goals if chance.random() < met), Decimal(0))) for n in range(1, PUPILS + 1)]
        do.insert("class_point", rows)
    return PUPILS


@query("LES010", role=STUDENT, title=("查看全班得分", "View the class's points"))
def class_points(do: Doing, plan: Plan) -> Table:
    """What each pupil had of each task of a lesson that was taught, out of 2."""
    return do.table("select pupil, task, points from class_point where number = $n order by task, pupil", n=plan)


@command("LES010", role=STUDENT, title=("课后反思", "Review the lesson"), final=True, marked=("words",))
def review(
    do: Doing,
    plan: Plan,
    hardest: Annotated[Ref, Ask("最难的任务", "Hardest task", choose="teaching.tasks")],
    full: Annotated[Count, Ask("该任务满分人数", "Pupils with full points in it", ge="0", le="100", help=FIRST_THREE)],
    words: Annotated[Prose, Ask("下次怎样改", "What to change", max=600)],
) -> dict[str, Any]:
    """Reviews a lesson by the class's points: the task with the lowest mean, how many had all its points, and what to change.

    Gives which of both is so. The first three answers count, and none is undone. Refuses 'not_taught' and 'not_in_course'.
    """
    if documents.find(do, PLAN, plan, "plan").state != "taught":
        raise NOT_TAUGHT("plan", number=plan)
    if hardest not in tasks(("b2c",)):
        raise NOT_IN_COURSE("hardest", task=hardest[:40])
    return {"plan": plan, "hardest": hardest in hardest_of(do, plan), "full": full == full_in(do, plan, hardest)}


def hardest_of(look: Looking, plan: str) -> list[str]:
    """The tasks of a taught lesson with the lowest mean of points: one, or several that are equal."""
    sql = "select task from (select task, avg(points) as mean from class_point where number = $n group by task) qualify mean = min(mean) over () order by task"
    return [r.task for r in look.all(sql, n=plan)]


def full_in(look: Looking, plan: str, task: str) -> int:
    """How many pupils had all points of a task."""
    return int(look.value("select count(*) from class_point where number = $n and task = $t and points = 2", n=plan, t=task))
