"""The notebooks of the course in their two editions, Chinese and English: one source, the same cells in the same order.

A module with a lesson (`lesson.toml`) has it told; one without has its story and a form for each task.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

from .. import modules
from ..kernel.lessons import Lesson, lessons, read
from ..kernel.scenario import counted, scenario, scenario_names
from ..kernel.tasks import Task, tasks
from ..kernel.terms import module_title
from ..kernel.texts import LANGUAGES, Language, Text
from ..modules import NAMES as MODULES
from ..modules import TYPED
from . import studies, told
from .cells import Cells, bullets, heading

if TYPE_CHECKING:
    from ..dashboards.page import Declaration

modules.load()

NOTHING = Text("", "")
START = "00-start"
DASHBOARDS = "dashboards"
#: Lessons that are no module's tasks, by their notebook: what a first session does, the whole course as one story, a shop with customers.
WHOLE = {"00-first-hour": "first-hour", "semester": "semester", "live": "live"}
#: What has a notebook: the modules of the course, and the questions on the books of one's own shop, which come last.
ANALYTICS = "analytics"
NAMES = (*MODULES, ANALYTICS)
#: An assignment without a notebook of its own: the studies of a market lead to it.
MARKET = "market"


@functools.cache
def stories() -> dict[str, tuple[Text, Text]]:
    """Title and story of each module, and of the assignment that is none."""
    found = tomllib.loads((files(__package__) / "stories.toml").read_text("utf-8"))
    return {name: (Text(*s["title"]) if "title" in s else module_title(name), Text(_joined(s["zh"], ""), _joined(s["en"], " "))) for name, s in found.items()}


@functools.cache
def whole(name: str) -> Lesson:
    """A lesson that is no module's."""
    package = f"{__package__}.lessons"
    return read(package, f"{name}.toml", (files(package) / f"{name}.toml").read_text("utf-8"))


def editions() -> dict[str, str]:
    """Every notebook, by its path below the folder of notebooks."""
    return {f"{language}/{name}.ipynb": text for language in LANGUAGES for name, text in edition(language).items()}


def edition(language: Language) -> dict[str, str]:
    """The notebooks of one language, by name."""
    made = {START: start(language), DASHBOARDS: dashboards(language)}
    made |= {name: _whole(lesson, language) for name, lesson in WHOLE.items()}
    made |= {name: studies.notebook(name, language) for name in studies.STUDIES}
    return made | {notebook(name): module(name, language) for name in NAMES}


def notebook(module: str) -> str:
    """The name of a module's notebook; its number is the module's place in the course, whichever are there."""
    return f"{(*MODULES, ANALYTICS).index(module) + 1:02d}-{module}"


def start(language: Language) -> str:
    """The notebook to begin with: what this is, the student's world, the way through the course, how far one is."""
    cells = Cells(language)
    cells.words("title", heading(1, _TITLE), _WHAT, _OTHER)
    cells.words("run", _RUN)
    cells.opened()
    cells.words("world", _WORLD)
    cells.words("desk", _DESK)
    cells.words("next", *_contents())
    cells.words("progress", _PROGRESS)
    cells.code("all", "lab.progress()")
    return cells.written()


def module(name: str, language: Language) -> str:
    """The notebook of a module."""
    cells = Cells(language)
    title = stories()[name][0]
    lesson = _lesson_of(name)
    if lesson:
        told.head(cells, lesson, title)
        cells.opened(*_world_of(name))
        told.opening(cells, lesson)
        told.body(cells, lesson, name)
    else:
        _unled(cells, name)
    if not scenario("semester").has(name):
        _draw(cells, _dashboards(lambda needs: needs == name), Text("看板：", "Dashboard: "))
    return cells.written()


def _lesson_of(name: str) -> Lesson | None:
    """The lesson of a module, if it has one. Raises ValueError naming the tasks that only one of the two has: the others would be left out silently."""
    lesson = lessons().get(name)
    if lesson and (apart := set(lesson.tasks) ^ {code for code in tasks((name,)) if code in counted()}):
        raise ValueError(f"ecomlab.modules.{name}/lesson.toml and the counted tasks of {name} differ: {', '.join(sorted(apart))}")
    return lesson


def _unled(cells: Cells, name: str) -> None:
    """A module without a lesson: its story, then a form for each task."""
    title, story = stories()[name]
    cells.words("title", heading(1, title))
    cells.words("story", story)
    cells.words("how", _HOW.fill(command=next(iter(tasks((name,)).values())).commands[0]))
    cells.opened(*_world_of(name))
    for task in tasks((name,)).values():
        if task.code in counted():
            plain(cells, task)


def plain(cells: Cells, task: Task) -> None:
    """A task without a lesson: its title and its form, which says what is asked of this student."""
    cells.words(f"{task.code}-task", heading(2, Text(*(f"{task.code} · {t}" for t in task.title))))
    cells.form(task.code)


def dashboards(language: Language) -> str:
    """The notebook of the dashboards of the semester; those of a department's modules stand in the modules' own."""
    cells = Cells(language)
    cells.words("title", heading(1, _DASHBOARDS))
    there = _dashboards(scenario("semester").has)
    titles = zip(*(d.title for d in there), strict=True)
    cells.words("how", _READING, Text(*(" · ".join(f"[{t}](#{t.replace(' ', '-')})" for t in said) for said in titles)))
    cells.opened()
    _draw(cells, there)
    return cells.written()


def _dashboards(wanted: Callable[[str], bool]) -> list[Declaration]:
    """The dashboards whose module is wanted."""
    from ..dashboards.declared import DASHBOARDS as declared

    return [d for d in declared.values() if wanted(d.needs)]


def _draw(cells: Cells, dashboards: list[Declaration], before: Text = NOTHING) -> None:
    """Each dashboard below its title with what stands before that; the question that it answers stands in itself."""
    for d in dashboards:
        cells.words(f"{d.name}-question", heading(2, Text(before.zh + d.title.zh, before.en + d.title.en)))
        cells.code(d.name, f'lab.dashboard("{d.name}")')


def _whole(name: str, language: Language) -> str:
    """A lesson that is no module's, as a notebook; where a section goes on in a module's notebook, a link leads there."""
    cells, lesson = Cells(language), whole(name)
    assert lesson.title, name
    told.head(cells, lesson, lesson.title)
    cells.opened(*(_world_of(name) if name in TYPED else ()))
    told.opening(cells, lesson)
    told.body(cells, lesson, name)
    return cells.written()


def _world_of(module: str) -> tuple[str, str]:
    """Which world a module's notebook opens, as folder and scenario: the course's own, or, where that has no such module, one of a department beside it."""
    if scenario("semester").has(module):
        return "..", ""
    name = next((n for n in ("department", module) if n in scenario_names() and scenario(n).has(module)), module)
    return f"../{name}", name


def _contents() -> Iterator[Text]:
    """The way through the course and what there is beside it, with links and minutes; what shares a laboratory stands together."""
    wholes = {name: (f"{name}.ipynb", whole(lesson).title or NOTHING, whole(lesson).minutes) for name, lesson in WHOLE.items()}
    rows = {m: (f"{notebook(m)}.ipynb", stories()[m][0], lessons()[m].minutes if m in lessons() else 0) for m in NAMES}
    worlds = {m: _world_of(m)[1] for m in NAMES}  # "": the course's own
    yield _WAY
    course = [rows[m] for m in NAMES if not worlds[m]]
    yield _rows(wholes["00-first-hour"], *course, wholes["semester"], (f"{DASHBOARDS}.ipynb", _DASHBOARDS, 0))
    yield _DEPARTMENT
    yield _rows(*(rows[m] for m in NAMES if worlds[m] == "department"))
    yield _APART
    yield _rows(*(rows[m] for m in NAMES if worlds[m] == m), wholes["live"])
    yield _MARKET
    yield _rows(*((f"{name}.ipynb", studies.study(name).title, studies.study(name).minutes) for name in studies.STUDIES))


def _rows(*rows: tuple[str, Text, int]) -> Text:
    """A list of notebooks: file, title, minutes."""
    return bullets([Text(*(f"[{t}]({file}){_minutes(n).say(lang)}" for lang, t in zip(LANGUAGES, title, strict=True))) for file, title, n in rows])


def _minutes(n: int) -> Text:
    return Text(f"，{n} 分钟", f", {n} minutes") if n else Text("", "")


def _joined(text: str, between: str) -> str:
    """A paragraph without the line breaks that it has in its file."""
    return between.join(text.strip().splitlines())


# Texts that belong to no task

_TITLE = Text("电子商务实验室 ecomlab", "ecomlab, an e-commerce laboratory")
_WHAT = Text(
    "在这里，你轮流扮演一门生意里的每一方：采购商、供应商、物流商、银行客户、店主、顾客、拍卖的卖家、单证员和营销人员。"
    "你做的每件事都记进同一套账：仓库里出去的货，就是订单上的货；结清货款的钱，就在银行里动过。",
    "You play every part of a business in turn: purchaser, supplier, carrier, bank client, shop owner, customer, auction seller, "
    "EDI clerk and marketer. Everything you do goes into one set of books: the goods that leave a warehouse are the goods that "
    "were ordered, and the money that pays for them has moved at the bank.",
)
_OTHER = Text("[This course in English](../en/00-start.ipynb)", "[本课程的中文版](../zh/00-start.ipynb)")
_RUN = Text(
    "**怎样使用笔记本。** 单击一个单元格，再按 Shift+Enter（或上方的 ▸），就运行它并走到下一个。"
    "菜单“运行”里的“运行所有单元格”一次运行全部。现在请运行下面两个单元格；第一次会问你的学号。",
    "**How a notebook works.** Click a cell and press Shift+Enter (or ▸ above): the cell runs and the next one is selected. "
    "“Run All Cells” in the menu “Run” runs them all. Run the two cells below now; the first time, you are asked for your student id.",
)
_WORLD = Text(
    "**你的实验环境。** 刚打开的实验环境只属于你：价格、编号、交易对手都由你的学号决定，同学的答案在这里用不上。"
    "做过的事逐条记在上一级文件夹的 `logbook.jsonl` 里；重启内核、换一台电脑、换一种语言，只要这个文件在，一切都在。"
    "做错了不要紧：`lab.undo()` 撤销上一步，`lab.at(5)` 查看第 5 步之后的样子，`lab.logbook()` 列出全部经过。",
    "**Your laboratory.** The laboratory that you have opened is yours alone: prices, numbers and partners depend on your student id, so a "
    "classmate's answers are of no use in it. What you do is kept line by line in `logbook.jsonl`, one folder up: keep that file, and you can "
    "restart the kernel, change the computer or change the language. Mistakes do no harm: `lab.undo()` withdraws the last step, `lab.at(5)` shows "
    "the state after step 5, and `lab.logbook()` lists all steps.",
)
_DESK = Text(
    "**工作台。** 笔记本开头的一条就是工作台：业务日期和“下一天”，语言，已登录的身份，替你准备好的密码，还有进度和下一个任务。",
    "**The desk.** The bar at the top of a notebook is your desk: the business day and Next day, the language, who is signed in, the passwords "
    "prepared for you, your progress and the next task.",
)
_WAY = Text(
    '## 课程\n\n第一次来，先上“第一个小时”，再按顺序往下走。这些课共用你的实验环境，可以同时打开；不认识的词用 `lab.term("O2O")` 查。',
    "## The course\n\nIf this is your first session, begin with the first hour, and then follow the order. These lessons share your laboratory; several "
    'may be open at once. Look up a word that you do not know with `lab.term("O2O")`.',
)
_DEPARTMENT = Text(
    "### 电子商务部门\n\n这几课共用另一个实验环境，打开时自动建立；进度看它们自己的工作台。",
    "### An e-commerce department\n\nThese lessons share a second laboratory, which is set up when you open one; progress is on their own desk.",
)
_APART = Text(
    "### 单独的课\n\n每课各有一个实验环境，与别的课互不影响。",
    "### Lessons by themselves\n\nEach has a laboratory of its own, and changes nothing in the others.",
)
_MARKET = Text(
    "### 市场研究\n\n每课从经理的一个问题出发，在一个市场的数据里找到答案。",
    "### Studies of a market\n\nEach begins with a manager's question and finds the answer in the data of a market.",
)
_PROGRESS = Text(
    "## 进度\n\n课程里的任务都在这里，做完一项就会打上勾。",
    "## Progress\n\nThe tasks of the course; each gets a tick when it is done.",
)
_HOW = Text(
    "每个任务一张表单，要做什么写在表单上。同样的操作也可以用 Python 做，例如 `help(lab.{command})`。",
    "There is a form for each task, and it says what to do. You can do the same in Python: see, for example, `help(lab.{command})`.",
)
_DASHBOARDS = Text("看板", "Dashboards")
_READING = Text(
    "看板画的是你自己的账：你做了什么，库存、成本、利润、应收、拍卖和营销就跟着变。上方可选日期、账簿、分类和仓库；"
    "点击图中的条或圆点（也可以用 Tab 和方向键选中，再按 Enter），就看到背后的单据，再点单据号，看它的来龙去脉。"
    "表格可下载为 CSV，整页可下载为 PNG。下面的工作台可以切换语言、推进业务日期，各看板会跟着变。",
    "The dashboards draw your own books: whatever you do changes stock, cost, profit, receivables, auctions and marketing. "
    "Choose days, books, category and warehouse at the top. Click a bar or a dot in a chart (or reach it with Tab and the arrow keys and "
    "press Enter) to see the documents behind it; click a document's number to see its whole chain. You can download the table as CSV and "
    "the page as PNG. The bar below changes the language and advances the business day; the dashboards follow.",
)
