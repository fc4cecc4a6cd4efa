"""The source notebooks of the nbgrader assignments: both languages in one, a test cell with its points for each task, all locked;
and questions that make one think, whose answers are marked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..kernel.lessons import lessons
from ..kernel.scenario import Scenario
from ..kernel.tasks import tasks
from ..kernel.texts import Text
from . import told
from .cells import Cells
from .notebooks import stories

#: What a teacher may give for the answer to a question, beside the points of the tasks.
BY_HAND = 2


def assignment(name: str, starts: Scenario) -> str:
    """The source notebook of a module's assignment, in the world that its scenario has prepared."""
    cells = Cells(None)
    title, story = stories()[name]
    cells.words("title", Text(f"# {title.zh} / {title.en}", ""))
    cells.words("story", story)
    cells.words("rules", _RULES)
    cells.opened("", starts.name)
    if any(step.rpartition(".")[2] != "cast" for step in starts.prologue):
        cells.words("ready", _READY)
        cells.code("prepared", "lab.prepared()")
    if starts.has("study"):
        cells.words("data", _MARKET)
        cells.code("market", "market = ecomlab.own_market(lab)\nmarket.style()\nmarket.questions()")
    lesson = lessons().get(name)
    for n, section in enumerate(lesson.sections if lesson else (), 1):
        if section.code:
            cells.words(f"section-{n}", Text(f"## {section.title.zh} / {section.title.en}", ""), section.story)
            cells.code(f"section-{n}-cell", section.code)
    for code in starts.tasks:
        task = tasks()[code]
        note = lesson.notes.get(code) if lesson else None
        cells.words(f"{code}-task", Text(f"## {code} · {task.title.zh} / {task.title.en}", ""), *([note.why] if note else []))
        cells.form(code)
        cells.code(code, f'lab.grade("{code}")')
    answers = []
    if lesson:
        cells.words("questions", Text(f"## {told.THINK.zh} / {told.THINK.en}", ""), _BY_HAND)
        answers = told.questions(cells, lesson)
    for cell in cells:
        graded = tasks().get(cell.id)
        _mark(cell, graded.points if graded else BY_HAND if cell.id in answers else None, cell.id in answers)
    return cells.written()


def _mark(cell: Any, points: Decimal | int | None, answered: bool) -> None:
    """Tells nbgrader how many points a cell gives, if any, and whether a student writes in it; nobody changes another."""
    given = {"points": int(points) if points == int(points) else float(points)} if points is not None else {}
    name, graded = cell.id, points is not None
    data = {"schema_version": 3, "grade": graded, "locked": not answered, "solution": answered, "task": False, "grade_id": name}
    cell.metadata["nbgrader"] = data | given


_RULES = Text(
    "每个任务一张表单，要做什么写在表单上；做完以后再运行它下面的单元格，就看到得了几分、还缺什么。"
    "计分只看 `logbook.jsonl` 里做过的事，它会随作业一起提交，请不要删除或改动。",
    "There is a form for each task, which says what to do. Run the cell below it again when you have done it: it shows your points and what is missing. "
    "Only what `logbook.jsonl` records counts; it is handed in with this notebook, so do not delete or change it.",
)
_READY = Text(
    "这份作业之前的准备已经替你做好。当时以你的名义设定的密码如下：",
    "Everything that comes before this assignment has been done for you. These passwords were set in your name:",
)
_BY_HAND = Text(
    "这几个问题由老师批阅，每题 {points} 分，与任务的得分分开计算。重要的是理由；能用你自己实验环境里的单据说明，就更好。",
    "Your teacher marks these answers, {points:point} each, apart from the points of the tasks. What counts is the reason; best is one that you "
    "can show by a document of your own laboratory.",
).fill(points=BY_HAND)
_MARKET = Text(
    "## 你的市场 / Your market\n\n"
    "`market` 是你自己的模拟市场两年的交易，规律和课上的七个市场笔记本里一样，数字不同。下面十二个问题问的是这个市场里什么是真的；`market.questions()` "
    "写明单位、问的是哪位顾客、哪个类别，也提醒你常见的错误做法。请在任何地方加入自己的单元格来计算，再把答案填进表单，或者用 "
    "`lab.answer(\"coupon_lift\", 0.31)`；最后一次的答案算数。答案只是收下，对不对要到评分时才知道。",
    "`market` holds two years of trade in a simulated market of your own: the same laws as in the seven notebooks on markets, other figures. The twelve "
    "questions below ask what is true in it; `market.questions()` names units, and the customer or category that is meant, and warns of the usual wrong "
    "way. Add cells of your own anywhere to compute. Enter your answers in the forms or by `lab.answer(\"coupon_lift\", 0.31)`; the last one counts. An "
    "answer is only received: what it is worth you learn when it is graded.",
)
