"""The notebooks of the course, as text: the same bytes for the same catalogue, with cell ids that stay.

A notebook has no language, so every text in it stands in Chinese first and in English second. What a task asks of
each student differs; a value of their own is an ellipsis here, and the form shows it.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import nbformat

from .. import modules  # noqa: F401  (declares every command and task)
from ..kernel.scenario import Scenario, counted, scenario, scenario_names
from ..kernel.tasks import Task, tasks
from ..kernel.texts import Text
from ..modules import NAMES as MODULES
from ..modules import ORDER

START = "00-start.ipynb"
DASHBOARDS = "dashboards.ipynb"
#: What has a notebook: the modules of the course, and the questions on the books of one's own shop, which come last.
ANALYTICS = "analytics"
NAMES = (*MODULES, ANALYTICS)
_FORMAT: Any = nbformat  # its functions carry no annotations
_KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@functools.cache
def stories() -> dict[str, tuple[Text, Text]]:
    """Title and story of each module."""
    read = tomllib.loads((files(__package__) / "stories.toml").read_text("utf-8"))
    return {name: (Text(*s["title"]), Text(_joined(s["zh"], ""), _joined(s["en"], " "))) for name, s in read.items()}


def file_name(module: str) -> str:
    """The notebook of a module; its number is the module's place in the course, whichever are there."""
    return f"{(*ORDER, ANALYTICS).index(module) + 1:02d}-{module}.ipynb"


def start() -> str:
    """The notebook to begin with: what this is, the student's world, the first certificate."""
    first = [*list(tasks(NAMES[:1]).values())[:1], *tasks(("ca",)).values()]
    cells = [
        _words("title", _TITLE),
        _words("what", _WHAT),
        *_opened(),
        _words("world", _WORLD),
        _words("language", _LANGUAGE),
        _words("first", _FIRST),
        *(c for task in first for c in _task(task)),
        _words("progress", _PROGRESS),
        _code("all", "lab.progress()"),
        _words("next", _next()),
    ]
    return _written(cells)


def module(name: str) -> str:
    """The notebook of a module: its story, then a form for each task."""
    title, story = stories()[name]
    if name == ANALYTICS:
        return _written(_analytics(title, story))
    cells = [
        _words("title", Text(f"# {title.zh} / {title.en}", "")),
        _words("story", story),
        _words("how", _HOW.fill(command=next(iter(tasks((name,)).values())).commands[0])),
        *_opened(_world_of(name)),
        *(c for code, task in tasks((name,)).items() if code in counted() for c in _task(task)),
        *([] if scenario("semester").has(name) else _dashboards_of(lambda needs: needs == name)),
    ]
    return _written(cells)


def dashboards() -> str:
    """The notebook of the dashboards of the semester; those of a department's modules stand in the modules' own."""
    return _written([_words("title", _DASHBOARDS), _words("how", _READING), *_opened(), *_dashboards_of(scenario("semester").has)])


def _dashboards_of(chosen: Callable[[str], bool]) -> Iterator[Any]:
    """Each dashboard whose package is chosen, with the question it answers."""
    from ..dashboards import DASHBOARDS as declared

    for d in declared.values():
        if chosen(d.needs):
            yield _words(f"{d.name}-question", Text(f"## {d.title.zh} / {d.title.en}\n\n{d.question.zh}", d.question.en))
            yield _code(d.name, f'lab.dashboard("{d.name}")')


def assignment(name: str, starts: Scenario) -> str:
    """The source notebook of a module's nbgrader assignment, in the world that its scenario has prepared."""
    title, story = stories()[name]
    prepared = any(step != "cast" for step in starts.prologue)
    cells = [
        _locked(_words("title", Text(f"# {title.zh} / {title.en}", ""))),
        _locked(_words("story", story)),
        _locked(_words("rules", _RULES)),
        *(_locked(c) for c in _opened(f'scenario="{starts.name}"')),
    ]
    if prepared:
        cells += [_locked(_words("ready", _READY)), _locked(_code("prepared", "lab.prepared()"))]
    if name == ANALYTICS:
        cells += [_locked(c) for c in _lesson()]
    for task in (tasks()[code] for code in starts.tasks):
        text, form = _task(task)
        points = int(task.points) if task.points == int(task.points) else float(task.points)
        cells += [_locked(text), _locked(form), _test(_code(task.code, f'lab.grade("{task.code}")'), points)]
    return _written(cells)


def _opened(given: str = "") -> list[Any]:
    """What every notebook begins with: the student's world, and the bar at the top of it."""
    return [_code("open", f"import ecomlab\n\nlab = ecomlab.open({given})"), _code("bar", "lab.bar()")]


def _world_of(module: str) -> str:
    """Which world a module's notebook opens: the course's own, or, where that has no such module, one of a department beside it."""
    if scenario("semester").has(module):
        return ""
    name = next((n for n in ("department", module) if n in scenario_names() and scenario(n).has(module)), module)
    return f'"{name}", scenario="{name}"'


def _analytics(title: Text, story: Text) -> list[Any]:
    """The cells of the analytics notebook: how reports are made and read, then the questions on the student's own books."""
    return [
        _words("title", Text(f"# {title.zh} / {title.en}", "")),
        _words("story", story),
        *_opened(),
        *_lesson(),
        _words("questions", _QUESTIONS),
        _code("list", "lab.questions()"),
        *(c for task in tasks((ANALYTICS,)).values() for c in _task(task)),
    ]


def _lesson() -> list[Any]:
    """From a report to the SQL behind it. In a world without a company's books a report says so, in words."""
    return [
        _words("report", _REPORT),
        _code("report-cell", _TRY.format('display(lab.report.profit(by="product"))')),
        _words("sql", _SQL),
        _code("sql-cell", 'print(lab.report.sql("profit"))'),
        _words("own-sql", _OWN_SQL),
        _code(
            "own-sql-cell",
            'lab.sql("""\n    select strftime(day, \'%Y-%m\') as month, channel, sum(revenue) as revenue, sum(cost) as cost\n'
            '    from sale_line group by all order by all\n""")',
        ),
        _words("pandas", _PANDAS),
        _code("pandas-cell", _TRY.format('stock = lab.report.value_over_time()\n    display(stock.set_index("day").closing_value.resample("W").last())')),
    ]


_TRY = "try:\n    {}\nexcept ecomlab.Refusal as no:\n    print(no)"


def _task(task: Task) -> list[Any]:
    title = f"## {task.code} · {task.title.zh} / {task.title.en}"
    goal = task.goal.left_open()
    return [_words(f"{task.code}-task", Text(f"{title}\n\n{goal.zh}", goal.en)), _code(f"{task.code}-form", f'lab.form("{task.code}")')]


def _joined(text: str, between: str) -> str:
    """A paragraph without the line breaks that it has in its file."""
    return between.join(text.strip().splitlines())


# Cells, and what nbgrader is told of them


def _words(name: str, text: Text) -> Any:
    return _FORMAT.v4.new_markdown_cell("\n\n".join(t for t in text if t), id=name)


def _code(name: str, source: str) -> Any:
    return _FORMAT.v4.new_code_cell(source, id=name)


def _locked(cell: Any) -> Any:
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade": False, "locked": True, "solution": False, "task": False, "grade_id": cell.id}
    return cell


def _test(cell: Any, points: int | float) -> Any:
    cell.metadata["nbgrader"] = {
        "schema_version": 3, "grade": True, "locked": True, "solution": False, "task": False, "grade_id": cell.id, "points": points,
    }  # fmt: skip
    return cell


def _written(cells: list[Any]) -> str:
    made = _FORMAT.v4.new_notebook(cells=cells, metadata=_KERNEL)
    made.nbformat_minor = 5
    _FORMAT.validate(made)
    return str(_FORMAT.writes(made)) + "\n"


# Texts that belong to no task

_TITLE = Text("# 电子商务实验室 ecomlab / An e-commerce laboratory", "")
_WHAT = Text(
    "在这里，你轮流扮演一门生意里的每一方：采购商、供应商、物流商、银行客户、店主、顾客、拍卖的卖家、单证员和营销人员。"
    "你做的每件事都记进同一套账：仓库里出去的货，就是订单上的货；结清货款的钱，就在银行里动过。",
    "You play every part of a business in turn: purchaser, supplier, carrier, bank client, shop owner, customer, auction seller, "
    "EDI clerk and marketer. Everything you do goes into one set of books: the goods that leave a warehouse are the goods that "
    "were ordered, and the money that pays for them has moved at the bank.",
)
_WORLD = Text(
    "**你的实验环境。** 上面打开的实验环境只属于你：价格、编号、交易对手都由你的学号决定，同学的答案在这里用不上。"
    "做过的事逐条记在旁边的 `logbook.jsonl` 里；重启内核、换一台电脑，只要这个文件在，一切都在。"
    "做错了不要紧：`lab.undo()` 撤销上一步，`lab.at(5)` 查看第 5 步之后的样子，`lab.logbook()` 列出全部经过。"
    "如果打开笔记本时表单显示不出来，把各单元格从头运行一遍即可。",
    "**Your laboratory.** The laboratory opened above is yours alone: prices, numbers and partners depend on your student id, so a classmate's "
    "answers are of no use in it. What you do is kept line by line in `logbook.jsonl` beside this notebook: keep that file, and you can restart "
    "the kernel or change the computer. Mistakes do no harm: `lab.undo()` withdraws the last step, `lab.at(5)` shows the state after step 5, "
    "and `lab.logbook()` lists all steps. If a reopened notebook shows no forms, run its cells once from the top.",
)
_LANGUAGE = Text(
    "**工作台。** 上面一条就是工作台：业务日期和“下一天”，语言，已登录的身份，替你准备好的密码，还有进度和下一个任务。每个笔记本开头都有它。",
    "**The desk.** The bar above is your desk: the business day and Next day, the language, who is signed in, the passwords prepared for you, "
    "your progress and the next task. Every notebook begins with it.",
)
_FIRST = Text(
    "# 第一张证书 / Your first certificate\n\n先开通一个邮箱，再申请一张数字证书；以后登录银行、签署合同都要用它。",
    "First register a mailbox, then apply for a certificate. You need it to sign in to the bank and to sign contracts.",
)
_PROGRESS = Text("# 进度 / Progress\n\n整门课的任务都在这里，做完一项就会打上勾。", "All tasks of the course; each gets a tick when it is done.")
_HOW = Text(
    "每个任务一张表单。任务里的“…”是你自己的数值，表单上写着。同样的操作也可以用 Python 做，例如 `help(lab.{command})`。",
    "There is a form for each task. An ellipsis in a task stands for a value of your own; the form shows it. "
    "You can do the same in Python: see, for example, `help(lab.{command})`.",
)
_DASHBOARDS = Text("# 看板 / Dashboards", "")
_READING = Text(
    "看板画的是你自己的账：你做了什么，库存、成本、利润、应收、拍卖和营销就跟着变。上方可选日期、账簿、分类和仓库；"
    "点击图中的条或圆点（也可以用 Tab 和方向键选中，再按 Enter），就看到背后的单据，再点单据号，看它的来龙去脉。"
    "表格可下载为 CSV，整页可下载为 PNG。下面的工作台可以切换语言、推进业务日期，各看板会跟着变。",
    "The dashboards draw your own books: whatever you do changes stock, cost, profit, receivables, auctions and marketing. "
    "Choose days, books, category and warehouse at the top. Click a bar or a dot in a chart (or reach it with Tab and the arrow keys and "
    "press Enter) to see the documents behind it; click a document's number to see its whole chain. You can download the table as CSV and "
    "the page as PNG. The bar below changes the language and advances the business day; the dashboards follow.",
)
_RULES = Text(
    "每个任务一张表单，下面的单元格告诉你得了几分、还缺什么。计分只看 `logbook.jsonl` 里做过的事，它会随作业一起提交，请不要删除或改动。"
    "任务里的“…”是你自己的数值，表单上写着。",
    "There is a form for each task, and the cell below it shows your points and what is missing. Only what `logbook.jsonl` records "
    "counts; it is handed in with this notebook, so do not delete or change it. An ellipsis in a task stands for a value of your own; "
    "the form shows it.",
)
_READY = Text(
    "这份作业之前的准备已经替你做好。当时以你的名义设定的密码如下：",
    "Everything that comes before this assignment has been done for you. These passwords were set in your name:",
)
_REPORT = Text(
    "## 报表 / Reports\n\n`lab.report` 里的每个报表都是一张 pandas 表。它读的是你自己企业的账，和查询一样记入日志。"
    '期间用 `month="2026-09"` 或 `start`、`end` 指定，汇总方式用 `by`；`lab.report.columns("profit")` 说明各列的单位。',
    "Each report in `lab.report` is a pandas DataFrame. It reads your own company's books and is recorded like any query. Give the period by "
    '`month="2026-09"` or by `start` and `end`, and the grouping by `by`; `lab.report.columns("profit")` explains the columns and their units.',
)
_SQL = Text(
    "报表背后只有一段 SQL，没有别的。读一读：注释说明了每一步在做什么。",
    "Behind a report there is only one piece of SQL. Read it: the comments say what each step does.",
)
_OWN_SQL = Text(
    "## 自己写 SQL / Your own SQL\n\n`lab.sql` 可以查询你的实验环境里的任何一张表。`sale_line` 把各处的销售排成一行一行："
    "哪一天、哪张单据、谁卖给谁、什么商品、收入和成本各多少。先试着把下面的查询改成只看自己的企业。",
    "`lab.sql` can query any table of your laboratory. `sale_line` lists all sales line by line: day, document, seller, buyer, product, "
    "revenue and cost. First change the query below so that it shows your own company only.",
)
_PANDAS = Text(
    "## 用 pandas 接着算 / Continue in pandas\n\n报表给出的是普通的 DataFrame，筛选、分组、画图都可以接着做。",
    "A report gives an ordinary DataFrame: filter, group and plot it as you like.",
)
_QUESTIONS = Text(
    "# 问题 / Questions\n\n下面十个问题都要从你自己的账里找答案，用报表或 SQL 都可以。"
    '在表单里作答，或写 `lab.answer("Q3", 18250)`；答案按作答时的账评判，以最后一次为准，接近的得一半分。',
    "Answer these ten questions from your own books, by report or by SQL. Answer in the form or with "
    '`lab.answer("Q3", 18250)`. An answer is compared with the books at the time of the answer; the last one counts, and a near one earns half.',
)


def _next() -> Text:
    lines = [f"- [{stories()[m][0].zh} / {stories()[m][0].en}]({file_name(m)})" for m in NAMES]
    lines.append(f"- [看板 / Dashboards]({DASHBOARDS})")
    links = "\n".join(lines)
    return Text(
        "# 接下来 / Where to go next\n\n各模块的笔记本共用你的这个实验环境，可以同时打开。",
        f"The notebooks share your laboratory; you can open several at once.\n\n{links}",
    )
