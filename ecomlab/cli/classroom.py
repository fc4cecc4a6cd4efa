"""`ecomlab class`: who is where, what is hard and how long it takes, on a terminal, as a page for a browser, or as a database."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from ..kernel.garbage import unswept
from ..kernel.texts import Language
from .commands import argument, command
from .output import GOOD, fail, language_of, print_json

if TYPE_CHECKING:
    from ..dashboards.page import Panel


@command(
    "查看全班：谁做到哪里，哪些任务难，用了多少时间，得分如何分布。",
    argument(
        "paths", nargs="+", type=Path, metavar="DIR", help=("含有学生日志的文件夹，例如 submitted", "folders that hold students' logbooks, such as submitted")
    ),
    argument(
        "--record", type=Path, metavar="FILE",
        help=("成绩记录（ecomlab grade --record）：有它才有得分", "the record of grades (ecomlab grade --record): without it there are no points"),
    ),
    argument("--assignment", metavar="NAME", default="", help=("作业（默认提交最多的）", "the assignment (default: the one that most handed in)")),
    argument("--student", metavar="ID", default="", help=("只看一名学生的逐步记录", "one student, step by step")),
    argument("--words", action="store_true", help=("只列出由老师批阅的文字", "only what students wrote for you to mark")),
    argument("--html", type=Path, metavar="FILE", help=("把看板写成一个网页文件", "write the dashboard as a page for a browser")),
    argument("--database", type=Path, metavar="FILE", help=("把全部数据写入新的 DuckDB 文件", "keep all of it in a new DuckDB file")),
    data=True, called="class",
)  # fmt: skip
@unswept()
def class_(args: argparse.Namespace) -> int:
    """Shows a class: who is where, which tasks are hard, how long they take, how points lie."""
    from ..classroom.desk import Classroom, as_html, spoken
    from ..classroom.gather import Class
    from ..dashboards.drawing import ready

    if missing := [p for p in args.paths if not p.exists()]:
        return fail(f"没有文件或文件夹“{missing[0]}”。请核对路径。", f"There is no file or folder {missing[0]}. Check the path.")
    language = language_of(args)
    with ready() if args.html else contextlib.nullcontext():
        look = Class.of(args.paths, args.record, args.database)
    with contextlib.closing(look):
        known = {(r.assignment, r.student) for r in look.all("select distinct assignment, student from work")}
        if args.assignment and args.assignment not in {a for a, _ in known}:
            names = ", ".join(sorted({a for a, _ in known}))
            return fail(f"没有作业“{args.assignment}”。请选择：{names}。", f"There is no assignment {args.assignment}. Choose one of: {names}.")
        if args.student and args.student not in {s for _, s in known}:
            return fail(f"没有学生“{args.student}”的提交。请核对学号。", f"Nothing was handed in by {args.student}. Check the id.")
        room = Classroom(look)
        page = (room.written if args.words else room.page)(args.assignment, args.student)
        if args.html:
            args.html.write_text(as_html(page, language, " ".join(filter(None, (args.assignment, args.student)))), "utf-8")
        if args.format == "json":
            print_json({
                "figures": [{"label": f.label.say(language), "value": _said(f.value, language), "note": _said(f.note, language)} for f in page.figures],
                "panels": [{"name": p.name, "title": p.title.say(language), "shows": _shown(p, language)} for p in page.panels],
                "rows": [_plain(r.asdict()) for r in spoken(page.table, language)] if page.table is not None else [],
            })  # fmt: skip
            return GOOD
        if page.empty:
            print(page.empty.why.say(language), page.empty.todo.say(language))
        for f in page.figures:
            print(f"{f.label.say(language)}: {_said(f.value, language)}  {_said(f.note, language)}".rstrip())
        for panel in page.panels:
            print(f"\n{panel.title.say(language)}\n  {_shown(panel, language)}")
        if page.table is not None:
            print(f"\n{spoken(page.table, language).text(language, limit=1000)}")
    return GOOD


def _shown(panel: Panel, language: Language) -> str:
    """The plot in words; of an empty one what it would measure."""
    return panel.plot.alt(language) or panel.subtitle.say(language)


def _said(value: object, language: str) -> str:
    return value.say(language) if hasattr(value, "say") else str(value)


def _plain(row: dict[str, object]) -> dict[str, object]:
    """Values as JSON types."""
    return {k: v if v is None or isinstance(v, (int, str)) else float(str(v)) for k, v in row.items()}
