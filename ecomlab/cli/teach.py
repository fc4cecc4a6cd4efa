"""Commands for a class: JupyterLab on the course, the catalogue of tasks, the model student."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .commands import argument, command
from .output import FOUND, GOOD, fail, language_of, print_columns, print_json

if TYPE_CHECKING:
    from ..kernel.texts import Language


@command(
    "打开 JupyterLab 和课程；其他参数交给 JupyterLab。",
    argument(
        "--folder",
        type=Path,
        help=(
            "工作文件夹（默认为源代码中的 notebooks，否则为首次使用时建立的 ./ecomlab-course）",
            "where to work (default: the checkout's notebooks, else ./ecomlab-course, made on first use)",
        ),
    ),
    language=False,
    passes_on=True,
)
def lab(args: argparse.Namespace) -> int:
    """Opens JupyterLab on the course; other arguments go to JupyterLab."""
    from jupyterlab.labapp import LabApp

    from ..course.folder import working_folder
    from ..kernel.scenario import share
    from ..kernel.texts import default_language

    # nbgrader's menu and tabs are for assignments, which are not here; `jupyter lab` shows them to whoever makes some
    ours = str(share("data") / "jupyterlab")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, (ours, os.environ.get("JUPYTER_CONFIG_PATH"))))
    folder, notice = working_folder(args.folder)
    if notice:
        print(notice.say(default_language()))
    given = [f"--ServerApp.root_dir={folder}", *args.rest]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        given.append("--allow-root")
    if not any("default_url" in a for a in args.rest):
        given.append(f"--LabApp.default_url=/lab/tree/{default_language()}/00-start.ipynb")
    LabApp.launch_instance(given)
    return GOOD


@command("列出全部任务：编号、模块、角色、分值、名称和操作。", argument("--module", help=("只列此模块的任务", "only this module's tasks")), data=True)
def tasks(args: argparse.Namespace) -> int:
    """Lists the catalogue: code, module, role, points, titles and commands of every task."""
    from .. import modules
    from ..kernel import tasks as catalogue

    modules.load()

    known = list(dict.fromkeys(t.module for t in catalogue.tasks().values()))
    if args.module and args.module not in known:
        return fail(f"没有模块“{args.module}”。请选择：{'、'.join(known)}。", f"There is no module {args.module}. Choose one of: {', '.join(known)}.")
    found = catalogue.tasks((args.module,) if args.module else None).values()
    if args.format == "json":
        print_json(
            [
                {
                    "code": t.code, "module": t.module, "points": float(t.points), "role": t.role._asdict(),
                    "title": t.title._asdict(), "commands": list(t.commands),
                }
                for t in found
            ]
        )  # fmt: skip
        return GOOD
    language = language_of(args)
    head = ("编号", "模块", "角色", "分值", "名称", "操作") if language == "zh" else ("code", "module", "role", "points", "title", "commands")
    print_columns([head, *((t.code, t.module, t.role.say(language), t.points, t.title.say(language), " ".join(t.commands)) for t in found)])
    return GOOD


@command(
    "让示范学生用公开的操作做完全部任务，并显示成绩和账簿。",
    argument("--student", default="demo", metavar="ID", help=("学号（默认 demo）", "the student id (default: demo)")),
    argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=("日志保存到 DIR/logbook.jsonl（默认不保存）", "where to keep the logbook: DIR/logbook.jsonl (default: nothing is kept)"),
    ),
    argument("--module", help=("只做此模块，用它自己的场景（默认整个学期）", "only this module, in its own scenario (default: the whole semester)")),
    argument(
        "--day",
        action="store_true",
        help=("演示电子商务部门的一天：订单、客服、仓库、收银、今日看板", "show a day of a department: orders, desk, floor, cashier, today's dashboard"),
    ),
    data=True,
)
def demo(args: argparse.Namespace) -> int:
    """Lets a model student do every task through the public commands, and shows grade and books."""
    import contextlib
    import tempfile

    from ..kernel import tasks as catalogue
    from ..kernel.scenario import home
    from .demo import begin, books, play

    known = list(dict.fromkeys(t.module for t in catalogue.tasks().values()))
    if args.module and args.module not in known:
        return fail(f"没有模块“{args.module}”。请选择：{'、'.join(known)}。", f"There is no module {args.module}. Choose one of: {', '.join(known)}.")
    if args.day and args.module:
        return fail("--day 演示整个部门，不能与 --module 同用。请去掉其中一个。", "--day shows the whole department, so leave out either it or --module.")
    with contextlib.ExitStack() as stack:
        folder = args.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ecomlab-demo-")))
        scenario = "department" if args.day else home(args.module) if args.module else "semester"
        lab = begin(folder, args.student, scenario)
        lab.speak(language := language_of(args))
        table = args.format == "table"
        if args.day:
            return _show_day(lab, language, table, kept=args.out is not None)
        played = []
        for p in play(lab, args.module):
            played.append(p)
            if table:
                print(f"{'✓' if p.points == lab.check(p.code).out_of else '○'} {p.code:<12} {p.points:g}  {p.title}", flush=True)
        from ..grading import grade
        from ..kernel.keys import DEMONSTRATION

        report = grade(folder, student=args.student, key=DEMONSTRATION)
        if table:
            print(f"\n{_points_in_words(language, report)}")
            if postings := books(lab):
                print(f"\n{postings.text(language)}")
            if args.out:
                print(f"\n{lab.world.path}")
        else:
            print_json({"logbook": str(lab.world.path) if args.out else None, **report.record()})
        lab.world.close()
    full = all(lab_task.points == lab_task.out_of for lab_task in report.tasks if lab_task.task.code in {p.code for p in played})
    return GOOD if full and not report.findings else FOUND


def _show_day(lab: Any, language: Language, table: bool, kept: bool) -> int:
    """A day of the department, part by part, and whether the books hold after it."""
    from .workday import day

    hours = []
    for hour in day(lab):
        hours.append({"at": hour.at, "text": hour.text._asdict(), "columns": list(hour.table.columns), "rows": hour.table.shown(language, len(hour.table))})
        if table:
            print(f"{hour.at}  {hour.text.say(language)}\n\n{hour.table.text(language)}\n", flush=True)
    wrong = [f for verdict in lab.audit() for f in verdict.findings]
    if table:
        print("账簿核对无误。" if language == "zh" else "The books hold.") if not wrong else print("\n".join(wrong))
    else:
        print_json({"logbook": str(lab.world.path) if kept else None, "hours": hours, "findings": wrong})
    lab.world.close()
    return FOUND if wrong else GOOD


def _points_in_words(language: Language, report: Any) -> str:
    if language == "zh":
        return f"{report.student}：{report.points} / {report.out_of} 分，日志 {report.entries} 条，发现 {len(report.findings)} 处问题"
    return f"{report.student}: {report.points} of {report.out_of} points, {report.entries} entries in the logbook, {len(report.findings)} findings"
