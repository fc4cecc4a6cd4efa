"""A lesson is prepared and planned: the letter ahead, the opening questions, demonstration and practice, the 40 minutes, the check."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents
from ...kernel.command import COMMANDS, STUDENT, choices, command, query, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.tasks import tasks
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Day, Line, Prose, Ref

OWNER = "student"
PLAN = documents.kind("lesson_plan", "LP", ("教案", "lesson plan"), {"draft": ("checked",), "checked": ("draft", "taught"), "taught": ()})
#: How long a lesson is, and how many days ahead pupils know what to prepare.
MINUTES, AHEAD = 40, 2
PHASES = ("situation", "inquiry_phase", "practice", "summing_up")

LESSON_SOON = refusal(
    "lesson_soon", "学生至少要提前 {ahead} 天知道。请改期，最早 {day}。", "Pupils must know {ahead:day} ahead. Choose a later day; {day} is the earliest."
)
NO_QUESTION_MARK = refusal("no_question_mark", "这不是问句。请以问号结尾。", "This is not a question. End it with a question mark.")
SAME_QUESTION = refusal("same_question", "两个问题相同。请换一个。", "The two questions are the same. Change one of them.")
CLOSED_QUESTIONS = refusal(
    "closed_questions",
    "两个问题都只要回答是或不是。请至少有一个问“怎样”“为什么”“哪些”。",
    "Both are yes-or-no questions. Ask at least one with how, why or which.",
)
UNKNOWN_TASK = refusal(
    "unknown_task", "第 {row} 行：课程里没有任务“{task}”。请填写 B2C001 这样的编号。", "Row {row}: the course has no task {task}. Enter a code such as B2C001."
)
NOT_IN_COURSE = refusal("not_in_course", "课程里没有任务“{task}”。请从列表中选择。", "The course has no task {task}. Choose one from the list.")
NEEDS_EARLIER = refusal("needs_earlier", "第 {row} 行：{task} 要先做 {first}。请把它排在前面。", "Row {row}: {task} needs {first}. Put {first} before it.")
UNKNOWN_OPERATION = refusal(
    "unknown_operation",
    "第 {row} 行：“{given}”不是网上商店的操作。请从列表中选择。",
    "Row {row}: {given} is not an operation of the online shop. Choose one from the list.",
)
PLAN_LACKS = refusal("plan_lacks", "教案还不完整：{what}。请补上，再检查一次。", "The plan is not complete: {what}. Add it and check again.")
PLAN_TAUGHT = refusal(
    "plan_taught", "教案 {number} 已经上过课，不能修改。请另写一份。", "Plan {number} has been taught and can no longer be changed. Begin another one."
)

documents.offer("teaching.plans", PLAN, of="lesson_plan", shows="t.lesson_day", stated=True)
Plan = Annotated[Ref, Ask("教案", "Lesson plan", choose="teaching.plans")]
_YES_NO = re.compile(r"吗[？?]|^(do|does|did|is|are|was|were|can|could|have|has|will|would)\b", re.I)


@choices("teaching.tasks")
def _tasks(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(code, Text(f"{code} · {t.title.zh}", f"{code} · {t.title.en}")) for code, t in tasks(("b2c",)).items()]


@choices("teaching.operations")
def _operations(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(c.name, c.title) for c in COMMANDS.values() if c.module == "b2c"]


class TaskRow(TypedDict):
    """A task that pupils do, and how long they have."""

    task: Annotated[Ref, Ask(choose="teaching.tasks")]
    minutes: Annotated[Count, Ask(ge="1", le="40")]


class ShownRow(TypedDict):
    """What the teacher shows and says."""

    operation: Annotated[Ref, Ask("演示的操作", "Operation shown", choose="teaching.operations")]
    says: Annotated[Line, Ask("讲解", "What is said", max=300)]


class PhaseRow(TypedDict):
    """A phase of the lesson."""

    phase: Annotated[Literal["situation", "inquiry_phase", "practice", "summing_up"], Ask()]
    minutes: Annotated[Count, Ask(ge="1", le="40")]
    teacher_does: Annotated[Line, Ask(max=300)]
    pupils_do: Annotated[Line, Ask(max=300)]
    verb: Annotated[Literal["name_it", "explain_it", "compare_it", "do_it", "judge_it"], Ask()]
    intention: Annotated[Line, Ask(max=300)]


def draft(do: Doing, number: str) -> documents.Document:
    """A plan that can still change: a checked one becomes a draft again. Refuses 'not_found' and 'plan_taught'."""
    found = documents.find(do, PLAN, number, "plan")
    if found.state == "taught":
        raise PLAN_TAUGHT("plan", number=number)
    if found.state == "checked":
        found.move_to("draft")
    return found


@command("LES001", role=STUDENT, title=("开始一份教案", "Begin a lesson plan"))
def begin(do: Doing, lesson_day: Annotated[Day, Ask()]) -> str:
    """Begins the plan of a lesson on B2C on a day; gives its number. Refuses 'lesson_soon'."""
    first = do.day + datetime.timedelta(days=AHEAD)
    if lesson_day < first:
        raise LESSON_SOON("lesson_day", ahead=AHEAD, day=first)
    number = documents.create(do, PLAN, OWNER).number
    do.insert("lesson_plan", [(number, lesson_day)])
    return number


@command("LES001", role=STUDENT, title=("发出预习通知", "Send the preparation notice"), marked=("letter",))
def write_letter(do: Doing, plan: Plan, letter: Annotated[Prose, Ask("预习通知", "Preparation notice", max=1000)]) -> str:
    """Tells the pupils what to prepare; two days before the lesson at the latest. Gives the day. Refuses 'lesson_soon'."""
    draft(do, plan)
    day = do.value("select lesson_day from lesson_plan where number = $n", n=plan)
    if do.day > day - datetime.timedelta(days=AHEAD):
        raise LESSON_SOON("plan", ahead=AHEAD, day=do.day + datetime.timedelta(days=AHEAD))
    return str(do.day)


@command("LES002", role=STUDENT, title=("写开场问题", "Write the opening questions"), marked=("first", "second"))
def ask(do: Doing, plan: Plan, first: Annotated[Line, Ask("问题一", "First question")], second: Annotated[Line, Ask("问题二", "Second question")]) -> str:
    """The two questions that open the lesson; one at least asks for more than yes or no. Refuses 'no_question_mark', 'same_question', 'closed_questions'."""
    draft(do, plan)
    for name, said in (("first", first), ("second", second)):
        _is_question(said, name)
    if first.casefold() == second.casefold():
        raise SAME_QUESTION("second")
    if _YES_NO.search(first) and _YES_NO.search(second):
        raise CLOSED_QUESTIONS("second")
    return plan


def _is_question(said: str, field: str) -> None:
    if not said.endswith(("?", "？")):
        raise NO_QUESTION_MARK(field)


value_rule(_is_question, "teaching.ask.first", "teaching.ask.second")


@command("LES005", role=STUDENT, title=("写演示脚本", "Write the demonstration"), marked=("shown.says",))
def script(do: Doing, plan: Plan, shown: Annotated[list[ShownRow], Ask("演示步骤", "Steps shown")]) -> list[str]:
    """What the teacher shows on the screen and says, in order; gives the operations. Refuses 'unknown_operation'."""
    draft(do, plan)
    for n, row in enumerate(shown, 1):
        if not (known := COMMANDS.get(row["operation"])) or known.module != "b2c":
            raise UNKNOWN_OPERATION("shown", row=n, given=row["operation"][:40])
    return [row["operation"] for row in shown]


def in_order(rows: list[Any], field: str, before: tuple[str, ...] = ()) -> list[str]:
    """The codes of these rows. Refuses 'unknown_task', and 'needs_earlier' for one whose own needs within the B2C course come later or not at all."""
    there, done = tasks(("b2c",)), list(before)
    for n, row in enumerate(rows, 1):
        if (task := there.get(row["task"])) is None:
            raise UNKNOWN_TASK(field, row=n, task=row["task"][:40])
        if late := [code for code in task.after if code in there and code not in done]:
            raise NEEDS_EARLIER(field, row=n, task=task.code, first=late[0])
        done.append(task.code)
    return [row["task"] for row in rows]


@command("LES006", role=STUDENT, title=("布置练习", "Set the practice"))
def assign(do: Doing, plan: Plan, sheet: Annotated[list[TaskRow], Ask("练习单", "Practice sheet")]) -> dict[str, Any]:
    """The tasks that pupils practise, each after those that it needs; gives codes and minutes. Refuses 'unknown_task', 'needs_earlier'."""
    draft(do, plan)
    codes = in_order(sheet, "sheet")
    do.execute("delete from lesson_task where number = $n", n=plan)
    do.insert("lesson_task", [(plan, n, row["task"], row["minutes"]) for n, row in enumerate(sheet, 1)])
    return {"tasks": codes, "minutes": sum(row["minutes"] for row in sheet)}


@command("LES009", role=STUDENT, title=("分层布置", "Set tasks for two levels"))
def differentiate(
    do: Doing,
    plan: Plan,
    slow: Annotated[list[TaskRow], Ask("基础练习", "Basic practice")],
    fast: Annotated[list[TaskRow], Ask("提高练习", "Further practice")],
) -> dict[str, Any]:
    """The basic practice and the further one; gives both lists and their minutes. Refuses 'unknown_task', 'needs_earlier'."""
    draft(do, plan)
    basic = in_order(slow, "slow")
    return {"slow": basic, "fast": in_order(fast, "fast", tuple(basic)), "minutes": [sum(r["minutes"] for r in rows) for rows in (slow, fast)]}


@command(
    "LES007", "LES008", role=STUDENT, title=("写教学阶段", "Write the phases"), marked=("phases.teacher_does", "phases.pupils_do", "phases.intention")
)  # fmt: skip
def write_phases(
    do: Doing,
    plan: Plan,
    phases: Annotated[list[PhaseRow], Ask("教学阶段", "Phases")],
    practised: Annotated[Ref | None, Ask("练习的任务", "Task practised", choose="teaching.tasks")] = None,
) -> int:
    """Writes the phases of a plan anew, with the task of its practice; gives their minutes together. Refuses 'not_in_course'."""
    draft(do, plan)
    if practised and practised not in tasks(("b2c",)):
        raise NOT_IN_COURSE("practised", task=practised[:40])
    do.execute("delete from lesson_phase where number = $n", n=plan)
    columns = ("phase", "minutes", "teacher_does", "pupils_do", "verb", "intention")
    rows = [(*(row[c] for c in columns), practised if row["phase"] == "practice" else None) for row in phases]  # type: ignore[literal-required]
    do.insert("lesson_phase", [(plan, n, *row) for n, row in enumerate(rows, 1)])
    return sum(row["minutes"] for row in phases)


@command("LES008", role=STUDENT, title=("检查教案", "Check the plan"))
def check_plan(do: Doing, plan: Plan) -> str:
    """Checks a plan: all four phases in their order, 40 minutes together, a task of the course in each practice. Refuses 'plan_lacks', naming what."""
    found = draft(do, plan)
    rows = do.all("select phase, minutes, task from lesson_phase where number = $n order by line", n=plan)
    order = [PHASES.index(r.phase) for r in rows]
    lacks = [
        (set(order) != set(range(len(PHASES))), Text("四个阶段没有写全", "one of the four phases is missing")),
        (order != sorted(order), Text("阶段的次序不对", "the phases are not in the right order")),
        (sum(r.minutes for r in rows) != MINUTES, Text(f"各阶段合计不是 {MINUTES} 分钟", f"the phases do not add up to {MINUTES} minutes")),
        (any(r.phase == "practice" and not r.task for r in rows), Text("有的练习没有任务", "a practice has no task")),
    ]
    if what := [text for wrong, text in lacks if wrong]:
        raise PLAN_LACKS("plan", what=Text("、".join(t.zh for t in what), ", ".join(t.en for t in what)))
    found.move_to("checked")
    return plan


@query("LES008", role=STUDENT, title=("查看教案", "Read a plan"))
def plan_page(do: Doing, plan: Plan) -> Table:
    """The phases of a plan, as a teacher reads them."""
    documents.find(do, PLAN, plan, "plan")
    return do.table("select phase, minutes, teacher_does, pupils_do, verb, intention, task from lesson_phase where number = $n order by line", n=plan)
