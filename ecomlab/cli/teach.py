"""Commands for a class: JupyterLab on the course, the catalogue of tasks, the model student, grading."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .commands import argument, at_least_one, command
from .output import FOUND, GOOD, fail, language_of, print_columns, print_json

if TYPE_CHECKING:
    from ..grading.batch import Graded
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

    folder, notice = working_folder(args.folder)
    if notice:
        print(notice)
    given = [f"--ServerApp.root_dir={folder}", *args.rest]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        given.append("--allow-root")
    if not any("default_url" in a for a in args.rest):
        given.append("--LabApp.default_url=/lab/tree/00-start.ipynb")
    LabApp.launch_instance(given)
    return GOOD


@command("列出全部任务：编号、模块、角色、分值、名称和操作。", argument("--module", help=("只列此模块的任务", "only this module's tasks")), data=True)
def tasks(args: argparse.Namespace) -> int:
    """Lists the catalogue: code, module, role, points, titles and commands of every task."""
    from .. import modules  # noqa: F401  (declares every command and task)
    from ..kernel import tasks as catalogue

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
    data=True,
)
def demo(args: argparse.Namespace) -> int:
    """Lets a model student do every task through the public commands, and shows grade and books."""
    import contextlib
    import tempfile

    from ..kernel import tasks as catalogue
    from .demo import begin, books, play

    known = list(dict.fromkeys(t.module for t in catalogue.tasks().values()))
    if args.module and args.module not in known:
        return fail(f"没有模块“{args.module}”。请选择：{'、'.join(known)}。", f"There is no module {args.module}. Choose one of: {', '.join(known)}.")
    with contextlib.ExitStack() as stack:
        folder = args.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ecomlab-demo-")))
        lab = begin(folder, args.student, args.module)
        lab.speak(language := language_of(args))
        table = args.format == "table"
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


def _points_in_words(language: Language, report: Any) -> str:
    if language == "zh":
        return f"{report.student}：{report.points} / {report.out_of} 分，日志 {report.entries} 条，发现 {len(report.findings)} 处问题"
    return f"{report.student}: {report.points} of {report.out_of} points, {report.entries} entries in the logbook, {len(report.findings)} findings"


@command(
    "重做日志并评分，也可对整个文件夹（例如 nbgrader 的 submitted/）评分。",
    argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help=("日志、日志所在的文件夹，或其上级文件夹", "a logbook, a folder that holds one, or a folder above such folders"),
    ),
    argument(
        "--workers",
        type=at_least_one,
        default=1,
        metavar="N",
        help=("并行进程数（默认 1），结果相同", "processes to grade in (default: 1); the results are the same"),
    ),
    argument(
        "--gradebook",
        metavar="DB",
        help=("把分数写入此 nbgrader 成绩册：文件或数据库 URL", "write the points into this nbgrader gradebook: a file, or a database URL"),
    ),
    argument(
        "--dry-run",
        action="store_true",
        help=("只列出成绩册中谁的分数将如何改变，不写入", "only show whose points in the gradebook would change from what to what; write nothing"),
    ),
    argument(
        "--csv", type=Path, metavar="FILE", help=("每份作业写一行，供教学管理系统使用", "write a row for each submission, for a learning management system")
    ),
    argument(
        "--details",
        action="store_true",
        help=("逐项显示每份作业的每个任务（只有一份时总是显示）", "show every task of every submission (of a single one they are always shown)"),
    ),
    argument(
        "--witness", type=Path, metavar="DIR",
        help=("见证服务的文件夹：每份作业有多少条经过见证、何时、何种节奏", "the witness's folder: how much of each was witnessed, when, at what pace"),
    ),
    argument(
        "--settings", type=Path, metavar="FILE", help=("课程设置（TOML），例如 witnessed = 0.9", "the course's settings (TOML), such as witnessed = 0.9")
    ),
    argument(
        "--exact", action="store_true",
        help=("全部在 DuckDB 上重做（慢数倍，分数相同）", "replay everything on DuckDB (some times as slow; the points are the same)"),
    ),
    argument(
        "--limit", type=at_least_one, default=300, metavar="SECONDS", help=("每份作业的时限，秒（默认 300）", "the time limit of a submission (default: 300)")
    ),
    data=True,
)
def grade(args: argparse.Namespace) -> int:
    """Grades logbooks by replay, or all below a folder such as nbgrader's submitted/."""
    from ..grading import batch
    from ..grading.settings import Settings

    if missing := [p for p in args.paths if not p.exists()]:
        return fail(f"没有文件或文件夹“{missing[0]}”。请核对路径。", f"There is no file or folder {missing[0]}. Check the path.")
    if args.dry_run and not args.gradebook:
        return fail("--dry-run 显示成绩册将有的改变：请用 --gradebook 指定成绩册", "--dry-run shows what would change in a gradebook: name it with --gradebook")
    found = batch.submissions(args.paths)
    if batch.asks_for_a_key(found):
        zh = "没有设置课程密钥，而半数以上的日志需要密钥。没有评分，也没有写入任何文件。请设置 ECOMLAB_COURSE_KEY 后重试。"
        en = "No course key is set, and half of the logbooks or more ask for one. Nothing was graded or written. Set ECOMLAB_COURSE_KEY, then try again."
        return fail(zh, en)
    settings = Settings.read(args.settings) if args.settings else Settings()
    if settings.witnessed is not None and not args.witness:
        return fail("课程设置要求见证：请用 --witness 指定见证服务的文件夹", "The settings demand a witness: name its folder with --witness")
    witness = None
    if args.witness:
        from ..witness.log import Log

        log = args.witness / "witness.db" if args.witness.is_dir() else args.witness
        if not log.is_file():
            return fail(f"{log}：没有见证日志", f"{log}: no witness has a log there")
        witness = Log(log)
    graded = batch.grade_all(found, args.workers, limit=args.limit, exact=args.exact, witness=witness, settings=settings)
    if args.csv:
        batch.write_csv(graded, args.csv)
    language = language_of(args)
    written = None
    if args.gradebook:
        from ..grading.gradebook import write

        written = write(args.gradebook, graded, dry_run=args.dry_run)
        for note in written.notes:
            print(f"ecomlab: {note.say(language)}", file=sys.stderr)
    if args.format == "json":
        print_json([{**g.record(), **({"gradebook": written.record(g)} if written else {})} for g in graded])
    else:
        _print_grades(graded, language, args.details or len(graded) == 1)
        if written:
            print(f"\n{written.text(language)}")
    return FOUND if any(g.report.findings for g in graded) else GOOD


def _print_grades(graded: Sequence[Graded], language: Language, details: bool) -> None:
    head = ("学生", "作业", "得分", "满分", "日志条数", "问题") if language == "zh" else ("student", "assignment", "points", "out of", "entries", "findings")
    rows = [(g.report.student or "?", g.assignment, g.report.points, g.report.out_of, g.report.entries, len(g.report.findings)) for g in graded]
    print_columns([head, *rows])
    if any(g.report.demonstration for g in graded):
        zh = "没有课程密钥：这些是示范环境，人人都能做出来，分数不能当作成绩。"
        en = "There is no course key: these are demonstrations, which anybody can make. Their points are nobody's marks."
        print(f"\n{zh if language == 'zh' else en}")
    if any(g.account for g in graded):
        print()
        for g in graded:
            print(f"{g.report.student or '?'} {g.assignment}: {g.account.text().say(language) if g.account else '?'}")
    for g in graded:
        if details:
            print()
            print("\n".join(t.text(language) for t in g.report.tasks))
        if g.report.findings:
            print()
        for f in g.report.findings[:20]:
            print(f"{g.submission.path}:{f.line}: {f.text.say(language)}")
        if len(g.report.findings) > 20:
            print(f"{g.submission.path}: … +{len(g.report.findings) - 20}")
    _print_remarks(graded, language)


def _print_remarks(graded: Sequence[Graded], language: Language) -> None:
    """What a comparison of the batch shows. No points hang on it, and neither does the exit status."""
    if not any(g.remarks for g in graded):
        return
    zh, en = "请教师留意（仅供查看，不影响得分）：", "For the teacher to look at (no points depend on it):"
    print(f"\n{zh if language == 'zh' else en}")
    for g in graded:
        for remark in g.remarks:
            print(f"{g.report.student or '?'} {g.assignment}: {remark.text.say(language)}")
