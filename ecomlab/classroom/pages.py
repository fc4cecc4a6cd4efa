"""The dashboard of a class as data: of all students, or of one student what they did step by step."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from ..dashboards.bars import Bar, Columns, Ranked, ranked_height
from ..dashboards.lines import Line, Lines, Point
from ..dashboards.page import Declaration, Empty, Filter, KeyFigure, Page, Panel, Where, figure, percent, told
from ..dashboards.plots import BLUE, GREEN, ORANGE, SKY
from ..kernel.command import COMMANDS
from ..kernel.refusals import Refusal
from ..kernel.scenario import scenario
from ..kernel.table import Table
from ..kernel.tasks import tasks
from ..kernel.terms import module_title
from ..kernel.texts import Text
from .gather import Class, moment

#: Bars in a ranking at most.
SHOWN = 8
#: Students who must have tried a task before it can be called hard.
A_FEW = 3
NOBODY = Empty(
    Text("这项作业还没有任何操作。", "Nothing has been done in this assignment yet."),
    Text("学生开始操作并提交日志之后，这里就有内容。", "There will be something here once students have worked and handed in their logbooks."),
)
TO_JUDGE = Text("由老师批阅的文字", "Words for you to mark")
NOTHING_WRITTEN = Empty(
    Text("这项作业还没有由老师批阅的文字。", "Nothing has been written yet in this assignment that you would mark."),
    Text("concepts 和 teaching 的任务请学生写这样的文字。", "The tasks of concepts and teaching ask for such words."),
)
TOO_FEW = Text("还没有足够的人尝试", "Too few have tried anything yet")
NOTHING_HARD = Text("尝试过的任务都得了满分", "Everybody has full points for what they tried")
ASSIGNMENT = Filter(
    "assignment", Text("作业", "Assignment"), options=lambda look: [(r.assignment, _titled(r.assignment)) for r in _assignments(look)],
    default=lambda look: next((r.assignment for r in _assignments(look)), ""), everything=None, nothing=NOBODY,
)  # fmt: skip
STUDENT = Filter(
    "student", Text("学生", "Student"), options=lambda look: [(r.student, Text(r.student, r.student)) for r in _students(look)],
    everything=Text("全班", "The class"),
)  # fmt: skip


def _assignments(look: Class) -> list[Any]:
    return look.all("select assignment, count(*) as n from work group by assignment order by n desc, assignment")


def _students(look: Class) -> list[Any]:
    return look.all("select distinct student from work order by student")


def _titled(name: str) -> Text:
    """What an assignment is called: as the scenario of that name, without what stands behind a colon."""
    try:
        title = scenario(name).title
        return Text(title.zh.partition("：")[0], title.en.partition(": ")[0])
    except Refusal:
        return Text(name, name)


#: A student's work in an assignment: one row for each submission, the task at which it is, and what it took.
_WORKS = """
select w.id, w.student, w.points, w.out_of, w.stale, count(s.n) filter (not s.refused) as entries, count(s.n) filter (s.refused) as refused,
       round(coalesce(sum(s.pause), 0) / 60)::integer as minutes, max(s.moment) as last_at, count(distinct s.code) filter (not s.refused) as begun,
       (select count(*) from points p where p.id = w.id and p.points >= p.out_of) as done,
       arg_max(s.code, s.n) filter (not s.refused and s.code is not null) as at_task
from work w left join step s on s.id = w.id where w.assignment = $assignment group by all order by w.student, w.id
"""
#: By task: who tried it, who has all of its points, what was refused, and how long it took those who did it.
_TASKS = """
with each as (
  select code, id, count(*) filter (refused) as refused, coalesce(sum(pause), 0) / 60 as minutes
  from step join work using (id) where assignment = $assignment and code is not null group by code, id
)
select t.code, t.position, t.module, count(e.id) as tried, coalesce(sum(e.refused), 0)::bigint as refused, median(e.minutes) as minutes,
       count(p.code) filter (p.points >= p.out_of) as full_points
from task t left join each e using (code) left join points p on p.code = t.code and p.id = e.id
where t.assignment = $assignment group by all order by t.position
"""


def page(look: Class, where: Where) -> Page:
    """What is chosen: the class in an assignment, or one student in it."""
    if not look.value("select count(*) from step join work using (id) where assignment = $a", a=where.assignment):
        return Page(empty=NOBODY)
    return _of_student(look, where) if where.student else _of_class(look, where)


def written(look: Class, where: Where) -> Page:
    """What was written for a teacher to judge."""
    rows = words(look, where)
    return Page(table=rows, heading=TO_JUDGE) if rows else Page(empty=NOTHING_WRITTEN)


CLASSROOM = Declaration(
    "class", Text("班级概况", "The class"), Text("大家做到了哪里，难在哪里，要花多少时间？", "Where is everybody, what is hard, and how long does it take?"),
    (ASSIGNMENT, STUDENT), page, "classroom",
)  # fmt: skip


# --- the class ---


def _of_class(look: Class, where: Where) -> Page:
    works, done = look.all(_WORKS, assignment=where.assignment), look.all(_TASKS, assignment=where.assignment)
    points = [_points(works)] if look.graded else []
    panels = [_where(works, done), *points, _hard(look, where, done), _refused(look, where, done), _times(look, where, done)]
    if judged := _judged(look, where):
        panels.append(judged)
    return Page(_figures(works, look.recorded), panels, _table(works), Text("学生", "Students"))


def _figures(works: Sequence[Any], recorded: bool) -> list[KeyFigure]:
    active = [w for w in works if w.entries]
    graded = sorted(w.points for w in works if w.points is not None)
    middle = _median(graded)
    out_of = max((w.out_of for w in works if w.out_of), default=0)
    stale = sum(w.stale for w in works)
    refused, steps = sum(w.refused for w in works), sum(w.entries for w in works)
    begun, minutes = told("已开始 {n} 人", "have begun: {n}", n=len({w.student for w in active})), _median(sorted(w.minutes for w in active))
    part = told("占全部操作的 {share}", "{share} of all that was tried", share=percent(refused, refused + steps))
    ungraded = Text("用 --record 指定成绩记录，就能看到得分", "name the record of grades (--record) to see points")
    if recorded:
        ungraded = Text("成绩记录里没有这些提交的得分", "the record of grades has no points for these")
    points = told("已评分 {n} 份", "submissions graded: {n}", n=len(graded)) if graded else ungraded
    if stale:
        points = told("其中 {n} 份评分之后又有改动", "changed since they were graded: {n}", n=stale)
    return [
        KeyFigure(Text("学生", "Students"), f"{len({w.student for w in works}):,}", begun),
        KeyFigure(Text("得分中位数", "Median points"), "—" if middle is None else f"{middle:g} / {out_of:g}", points, "bad" if stale else ""),
        KeyFigure(Text("用时中位数", "Median time"), _minutes(minutes), Text("停顿超过 5 分钟不计", "pauses beyond 5 minutes left out")),
        KeyFigure(Text("被拒操作", "Refused attempts"), f"{refused:,}", part),
    ]


def _median(values: Sequence[float]) -> float | None:
    n = len(values)
    return None if not n else (values[(n - 1) // 2] + values[n // 2]) / 2


def _minutes(minutes: float | None) -> Text | str:
    if minutes is None:
        return "—"
    hours, rest = divmod(round(minutes), 60)
    return told("{h} 小时 {m} 分", "{h} h {m} min", h=hours, m=rest) if hours else told("{m} 分", "{m} min", m=rest)


def _where(works: Sequence[Any], done: Sequence[Any]) -> Panel:
    """How many are at each task, or in each module where there are several."""
    module = {t.code: t.module for t in done}
    by_module = len(set(module.values())) > 1
    places = list(dict.fromkeys(module.values())) if by_module else list(module)
    there: dict[str, list[Any]] = {p: [] for p in places}
    for w in works:
        if w.at_task:
            there[module[w.at_task] if by_module else w.at_task].append(w)
    names = {p: module_title(p) if by_module else Text(number := p[-3:].lstrip("0"), number) for p in places}
    most = max(places, key=lambda p: len(there[p]))
    title = told("最多的人做到{where}：{n} 人", "Most are at {where}: {n}", where=names[most] if by_module else tasks()[most].title, n=len(there[most]))
    subtitle = Text("最近一次操作所在的任务，人数", "Students by the task of their last step")
    if by_module:
        subtitle = Text("最近一次操作所在的模块，人数", "Students by the module of their last step")
    bars = tuple(Bar(names[p], (len(there[p]),), p) for p in places)

    def behind(key: str) -> Table:
        return _table(there.get(key, []))

    if by_module:
        return _ranking("where", title, subtitle, bars, BLUE, behind)
    return Panel("where", title, subtitle, Columns(bars, colours=(BLUE,)), "half", 2.7, behind)


def _points(works: Sequence[Any]) -> Panel:
    """How points lie, in tenths of what is to be had."""
    graded = [w for w in works if w.points is not None and w.out_of]
    tenths: list[list[Any]] = [[] for _ in range(10)]
    for w in graded:
        tenths[min(9, int(10 * w.points / w.out_of))].append(w)
    half = sum(2 * w.points >= w.out_of for w in graded)
    title = told("得分过半：{n} 人，占 {share}", "{n} have half of the points or more ({share})", n=half, share=percent(half, len(graded), 0))
    bars = tuple(Bar(Text(f"{10 * i}–", f"{10 * i}–"), (len(there),), str(i)) for i, there in enumerate(tenths))
    subtitle = Text("得分占满分的百分比，人数", "Students by percent of the points to be had")
    return Panel("points", title, subtitle, Columns(bars, colours=(GREEN,)), "half", 2.7, lambda key: _table(tenths[int(key)]))


def _hard(look: Class, where: Where, done: Sequence[Any]) -> Panel:
    """Of those who tried a task, how many have not all of its points; before grading, how many tried it at all."""
    if look.graded:
        missed = [t for t in done if t.tried >= A_FEW and t.tried > t.full_points]
        short = sorted(missed, key=lambda t: (-(t.tried - t.full_points) / t.tried, t.position))[:SHOWN]
        worst = next(iter(short), None)
        title = told("最难：{task}", "Hardest: {task}", task=tasks()[worst.code].title) if worst else NOTHING_HARD
        subtitle = Text("尝试过的人中未得满分的百分比", "Percent without full points, of those who tried")
        bars = tuple(Bar(_named(t.code), (Decimal(100 * n) / t.tried,), t.code, _of(n, t.tried)) for t in short for n in [t.tried - t.full_points])
        return _ranking("hard", title, subtitle, bars, ORANGE, lambda key: _short_of(look, where, key))
    rare = sorted(done, key=lambda t: (t.tried, -t.position))[:SHOWN]
    title = told("尝试的人最少：{task}", "Tried by fewest: {task}", task=tasks()[rare[0].code].title)
    bars = tuple(Bar(_named(t.code), (t.tried,), t.code) for t in rare)
    return _ranking("hard", title, Text("尝试过的人数", "Students who tried"), bars, ORANGE, lambda key: _short_of(look, where, key))


def _of(some: int, all_: int) -> Text:
    return told("{n}/{all} 人", "{n} of {all}", n=some, all=all_)


def _ranking(name: str, title: Text, subtitle: Text, bars: tuple[Bar, ...], colour: str, behind: Callable[[str], Table] | None) -> Panel:
    """Lying bars, of which each leads to a table."""
    return Panel(name, title, subtitle, Ranked(bars, colours=(colour,)), "half", ranked_height(len(bars)), behind)


def _short_of(look: Class, where: Where, code: str) -> Table:
    """Who tried a task and has not all of its points."""
    return look.table(
        """select w.student, p.points, p.out_of, count(*) filter (not s.refused) as entries, count(*) filter (s.refused) as refused,
                  round(coalesce(sum(s.pause), 0) / 60)::integer as active_minutes
           from work w join step s using (id) left join points p on p.id = w.id and p.code = s.code
           where w.assignment = $a and s.code = $code group by w.student, p.points, p.out_of having coalesce(p.points < p.out_of, true)
           order by refused desc, w.student""",
        a=where.assignment, code=code,
    )  # fmt: skip


def _refused(look: Class, where: Where, done: Sequence[Any]) -> Panel:
    """Which tasks are refused most, by attempt of whoever tried."""
    often = sorted((t for t in done if t.refused), key=lambda t: (-t.refused / t.tried, t.position))[:SHOWN]
    title = told("被拒最多：{task}", "Refused most: {task}", task=tasks()[often[0].code].title) if often else Text("没有被拒的操作", "Nothing was refused")
    bars = tuple(Bar(_named(t.code), (Decimal(t.refused) / t.tried,), t.code) for t in often)

    def behind(code: str) -> Table:
        rows = look.all(
            """select command, field, reason, count(*) as times from step join work using (id)
               where assignment = $a and code = $code and refused group by all order by times desc, command, field, reason""",
            a=where.assignment, code=code,
        )  # fmt: skip
        return Table(("command", "field", "reason", "times"), [(_command(r.command), _field(r.command, r.field), r.reason, r.times) for r in rows])

    subtitle = Text("每名尝试者平均被拒次数；点击看原因", "Refused attempts for each student who tried; click for the reasons")
    return _ranking("refused", title, subtitle, bars, SKY, behind)


def _times(look: Class, where: Where, done: Sequence[Any]) -> Panel:
    """What takes longest."""
    long = sorted((t for t in done if t.tried >= A_FEW and t.minutes), key=lambda t: (-t.minutes, t.position))[:SHOWN]
    title = told("最费时：{task}", "Takes longest: {task}", task=tasks()[long[0].code].title) if long else TOO_FEW
    bars = tuple(Bar(_named(t.code), (Decimal(f"{t.minutes:.1f}"),), t.code) for t in long)

    def behind(code: str) -> Table:
        return look.table(
            """select w.student, round(coalesce(sum(s.pause), 0) / 60, 1)::decimal(9, 1) as active_minutes, count(*) filter (not s.refused) as entries,
                      count(*) filter (s.refused) as refused
               from step s join work w using (id) where w.assignment = $a and s.code = $code group by w.student order by active_minutes desc, w.student""",
            a=where.assignment, code=code,
        )  # fmt: skip

    subtitle = Text("用时中位数，分钟；停顿超过 5 分钟不计", "Median minutes; pauses beyond five minutes are left out")
    return _ranking("times", title, subtitle, bars, BLUE, behind)


def _judged(look: Class, where: Where) -> Panel | None:
    """How many have written something that a teacher judges, with the words behind; None where nobody has."""
    rows = look.all(
        """select command, count(distinct w.student) as n from word join work w using (id)
           where w.assignment = $a group by command order by min(word.n), command""",
        a=where.assignment,
    )  # fmt: skip
    if not rows:
        return None
    bars = tuple(Bar(_command(r.command), (r.n,), r.command) for r in rows)
    subtitle = Text("写过的人数；点击读所写的内容", "Students who wrote; click to read what")
    return _ranking("judged", TO_JUDGE, subtitle, bars, GREEN, lambda command: words(look, where, command))


def words(look: Class, where: Where, command: str = "") -> Table:
    """The words for a teacher to judge, of one command or of all: what each student wrote last about each thing. Columns: command, about, student, field,
    written."""
    rows = look.all(
        """select w.student, word.* from word join work w using (id)
           where w.assignment = $a and $command in ('', word.command) and $student in ('', w.student)
           qualify word.n = max(word.n) over (partition by w.id, word.command, word.about)
           order by word.command, word.about, w.student, w.id, word.n, word.position""",
        a=where.assignment, command=command, student=where.student or "",
    )  # fmt: skip
    columns = ("command", "about", "student", "field", "written")
    return Table(columns, [(_command(r.command), r.about, r.student, Text(r.field_zh, r.field_en), r.words) for r in rows])


def _named(code: str) -> Text:
    title = tasks()[code].title
    return Text(f"{code} {title.zh}", f"{code} {title.en}")


def _command(name: str) -> Text:
    return COMMANDS[name].title if name in COMMANDS else Text(name, name)


def _field(command: str, field: str | None) -> Text | str:
    known = COMMANDS.get(command)
    return next((p.label for p in known.params if p.name == field), field or "") if known else field or ""


def _table(works: Sequence[Any]) -> Table:
    def row(w: Any) -> tuple[Any, ...]:
        points, done = (None, None) if w.points is None else (Decimal(f"{w.points:.2f}"), w.done)
        return w.student, points, done, w.begun, _named(w.at_task) if w.at_task else "", w.entries, w.refused, w.minutes, moment(w.last_at)

    return Table(("student", "points", "tasks_done", "tasks_begun", "at_task", "entries", "refused", "active_minutes", "last_seen"), list(map(row, works)))


# --- one student ---


def _of_student(look: Class, where: Where) -> Page:
    works = [w for w in look.all(_WORKS, assignment=where.assignment) if w.student == where.student]
    if not any(w.entries or w.refused for w in works):
        return Page(empty=NOBODY)
    ids = [w.id for w in works]
    steps = look.all("select * from step where list_contains($ids, id) order by id, n, refused, moment", ids=ids)
    points = look.all(
        """select t.code, sum(p.points) as points, sum(p.out_of) as out_of from points p join task t using (code)
           where list_contains($ids, p.id) and t.assignment = $a group by t.code, t.position order by t.position""",
        ids=ids, a=where.assignment,
    )  # fmt: skip
    work = max(works, key=lambda w: (w.points or 0, w.entries))
    on = len({_date(s.moment) for s in steps if s.moment is not None})
    figures = [
        KeyFigure(Text("得分", "Points"), "—" if work.points is None else f"{work.points:g} / {work.out_of:g}",
                  "" if work.points is None else told("已完成任务 {n} 个", "tasks done: {n}", n=work.done)),
        KeyFigure(Text("操作", "Steps"), f"{work.entries:,}", told("被拒 {n} 次", "refused: {n}", n=work.refused)),
        KeyFigure(Text("用时", "Time"), _minutes(work.minutes), told("分 {n} 天", "on {n:day}", n=on)),
        KeyFigure(Text("当前任务", "At task"), work.at_task or "—", tasks()[work.at_task].title if work.at_task else ""),
    ]  # fmt: skip
    panels = [_progress(steps)] if any(s.moment is not None for s in steps) else []
    left = [p for p in points if p.points < p.out_of][:SHOWN]
    if left:
        bars = tuple(Bar(_named(p.code), (Decimal(f"{p.out_of - p.points:.2f}"),)) for p in left)
        title = told("还缺 {n} 分", "Points still to be had: {n}", n=figure(Decimal(f"{work.out_of - work.points:.2f}")))
        panels.append(_ranking("left", title, Text("未得的分，前几个任务", "Points not yet earned, first tasks"), bars, ORANGE, None))
    return Page(figures, panels, _trace(steps), Text("逐步记录", "Step by step"))


def _date(second: float) -> datetime.date:
    return datetime.date.fromtimestamp(second)


def _progress(steps: Sequence[Any]) -> Panel:
    """Steps done and refused, added up day by day."""
    days = sorted({_date(s.moment) for s in steps if s.moment is not None})
    lines = []
    for refused, name, colour in ((False, Text("操作", "Done"), BLUE), (True, Text("被拒", "Refused"), ORANGE)):
        made = [_date(s.moment) for s in steps if s.moment is not None and s.refused == refused]
        lines.append(Line(name, tuple(Point(day, sum(d <= day for d in made)) for day in days), colour, steps=True))
    title = told("{first} 至 {last}", "{first} to {last}", first=days[0].isoformat(), last=days[-1].isoformat())
    return Panel("progress", title, Text("累计次数，按天", "Steps added up, by day"), Lines(tuple(lines), dots=False), "half", 2.7)


def _trace(steps: Sequence[Any]) -> Table:
    """What was done and tried, in order."""
    def row(s: Any) -> tuple[Any, ...]:
        pause = None if s.pause is None else round(s.pause)
        return s.n, moment(s.moment), pause, _command(s.command), s.code or "", _field(s.command, s.field) if s.refused else "", s.reason or ""

    return Table(("n", "moment", "pause", "command", "task", "field", "reason"), list(map(row, steps)))
