"""The source notebooks of the nbgrader assignments: both languages in one, every cell locked, a test cell with its points for each task."""

from __future__ import annotations

from typing import Any

from ..kernel.lessons import lessons
from ..kernel.scenario import Scenario
from ..kernel.tasks import tasks
from ..kernel.texts import Text
from .cells import Cells
from .notebooks import stories


def assignment(name: str, starts: Scenario) -> str:
    """The source notebook of a module's assignment, in the world that its scenario has prepared."""
    cells = Cells(None)
    title, story = stories()[name]
    cells.words("title", Text(f"# {title.zh} / {title.en}", ""))
    cells.words("story", story)
    cells.words("rules", _RULES)
    cells.opened("", starts.name)
    if any(step != "cast" for step in starts.prologue):
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
    for cell in cells:
        graded = tasks().get(cell.id)
        _told(cell, grade=graded is not None)
        if graded:
            cell.metadata["nbgrader"]["points"] = int(graded.points) if graded.points == int(graded.points) else float(graded.points)
    return cells.written()


def _told(cell: Any, grade: bool) -> None:
    """What nbgrader is told of a cell: nobody changes it, and whether it gives points."""
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade": grade, "locked": True, "solution": False, "task": False, "grade_id": cell.id}


_RULES = Text(
    "每个任务一张表单，要做什么写在表单上；下面的单元格告诉你得了几分、还缺什么。"
    "计分只看 `logbook.jsonl` 里做过的事，它会随作业一起提交，请不要删除或改动。",
    "There is a form for each task, which says what to do, and the cell below it shows your points and what is missing. Only what `logbook.jsonl` "
    "records counts; it is handed in with this notebook, so do not delete or change it.",
)
_READY = Text(
    "这份作业之前的准备已经替你做好。当时以你的名义设定的密码如下：",
    "Everything that comes before this assignment has been done for you. These passwords were set in your name:",
)
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
