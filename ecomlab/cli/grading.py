"""`ecomlab grade`: a class graded by replay, with all that a teacher wants to know of it and to take away."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..kernel.garbage import unswept
from ..kernel.texts import Text
from .commands import argument, at_least_one, command, processors, seconds
from .output import FOUND, GOOD, fail, language_of, print_columns, print_json

if TYPE_CHECKING:
    from ..grading.batch import Told
    from ..grading.graded import Graded
    from ..grading.record import Change
    from ..grading.roster import Person
    from ..grading.settings import Settings
    from ..kernel.texts import Language
    from ..witness.log import Log


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
        default=processors(),
        metavar="N",
        help=("并行进程数（默认每个处理器一个），结果相同", "processes to grade in (default: one for each processor); the results are the same"),
    ),
    argument(
        "--scheduler", metavar="ADDRESS",
        help=(
            "在此 Dask 调度器的机器上评分（tcp://… 或 tls://…），结果相同",
            "grade on the machines of this Dask scheduler (tcp://… or tls://…); the results are the same",
        ),
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
    argument("--csv", type=Path, metavar="FILE", help=("把成绩写入 CSV 文件", "write the marks as CSV")),
    argument(
        "--layout", choices=("tasks", "moodle", "canvas", "sheet"), default="tasks",
        help=(
            "CSV 的列：tasks 每份作业一行、每个任务一列（默认）；moodle、canvas 供导入；sheet 为中文成绩单",
            "the columns of the CSV: a row for each submission and a column for each task (tasks, the default); those that Moodle or Canvas takes in; a "
            "Chinese mark sheet (sheet)",
        ),
    ),
    argument(
        "--roster", type=Path, metavar="FILE",
        help=("学生名单（CSV）：名单上每人一行，未提交者也在内", "who takes the course (CSV): everybody has a row, also who handed in nothing"),
    ),
    argument(
        "--record", type=Path, metavar="FILE",
        help=(
            "成绩记录：未变的不再评分，中断后接着评，并列出谁的成绩变了、为什么",
            "the record of grades: what has not changed is not graded again, an interrupted run goes on, and whose mark changed is told, and why",
        ),
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
        "--settings", type=Path, metavar="FILE",
        help=("课程设置（TOML）：见证、截止时间、迟交、延期、名单、记录",
            "the course's settings (TOML): witness, due times, lateness, extra time, roster, record")
    ),
    argument(
        "--exact", action="store_true",
        help=("全部在 DuckDB 上重做（慢数倍，分数相同）", "replay everything on DuckDB (some times as slow; the points are the same)"),
    ),
    argument(
        "--limit", type=seconds, default=300, metavar="SECONDS", 
        help=("每份作业的处理器时间上限，秒（默认 300）", "the processor time that a submission may take (default: 300)")
    ),
    data=True,
)
@unswept()
def grade(args: argparse.Namespace) -> int:
    """Grades logbooks by replay, or all below a folder such as nbgrader's submitted/."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look through every package that is installed, in each process
    from ..grading import batch
    from ..grading.settings import Settings

    if missing := [p for p in args.paths if not p.exists()]:
        return fail(f"没有文件或文件夹“{missing[0]}”。请核对路径。", f"There is no file or folder {missing[0]}. Check the path.")
    if args.dry_run and not args.gradebook:
        return fail("--dry-run 显示成绩册将有的改变：请用 --gradebook 指定成绩册", "--dry-run shows what would change in a gradebook: name it with --gradebook")
    found = batch.submissions(args.paths)
    if asking := batch.asking_for_a_key(found):
        zh = f"没有设置课程密钥，而 {len(asking)} 份日志需要密钥（{asking[0].path}）。没有评分，也没有写入。"
        en = f"No course key is set, and {asking[0].path} asks for one ({len(asking)} of {len(found)} do). Nothing was graded or written. "
        return fail(
            f"{zh}请设置 ECOMLAB_COURSE_KEY 后重试；没有密钥的课程，请把它们另放一处。",
            f"{en}Set ECOMLAB_COURSE_KEY and try again; without a key for the course, put such logbooks aside.",
        )
    settings = Settings.read(args.settings) if args.settings else Settings()
    if settings.witnessed is not None and not args.witness:
        return fail("课程设置要求见证：请用 --witness 指定见证服务的文件夹", "The settings demand a witness: name its folder with --witness")
    witness = _witness(args.witness) if args.witness else None
    if args.witness and not witness:
        return fail(f"{args.witness}：没有见证日志", f"{args.witness}: no witness has a log there")
    roster, language = _roster(args, settings), language_of(args)
    with contextlib.ExitStack() as stack:
        record = None
        if path := args.record or settings.record:
            from ..grading.record import Record

            record = stack.enter_context(contextlib.closing(Record(path)))
        graded = batch.grade_all(
            found, args.workers, limit=args.limit, exact=args.exact, witness=witness, settings=settings, record=record, scheduler=args.scheduler,
            told=_telling(len(found), language), people=[p.student for p in roster],
        )  # fmt: skip
        changes = record.changes(graded, write=not args.dry_run) if record else []
    if args.csv:
        from ..grading.marks import write_csv

        write_csv(graded, args.csv, args.layout, roster)
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
        _print_missing(graded, roster, language)
        _print_changes(changes, language)
        if written:
            print(f"\n{written.text(language)}")
    return FOUND if any(g.report.findings for g in graded) else GOOD


def _witness(path: Path) -> Log | None:
    """The witness's log in a folder, or the file itself; None if there is none."""
    from ..witness.log import Log

    log = path / "witness.db" if path.is_dir() else path
    return Log(log) if log.is_file() else None


def _roster(args: argparse.Namespace, settings: Settings) -> list[Person]:
    path = args.roster or settings.roster
    if not path:
        return []
    from ..grading.roster import read_roster

    return read_roster(path)


def _telling(many: int, language: Language) -> Told:
    """Shows how far the batch is, and at once which submission could not be judged and why."""
    from .progress import Progress

    progress = Progress(language, many > 1)

    def told(graded: Graded, done: int, total: int, anew: bool) -> None:
        if many > 1 and anew and not graded.judged:
            progress.tell(f"ecomlab: {graded.submission.path}: {graded.report.findings[0].text.say(language)}")
        progress(done, total, anew)

    return told


def _print_grades(graded: Sequence[Graded], language: Language, details: bool) -> None:
    from ..kernel.logbook import causes

    head = ["学生", "作业", "得分", "满分", "日志条数", "问题"] if language == "zh" else ["student", "assignment", "points", "out of", "entries", "findings"]
    rows = [[g.report.student or "?", g.assignment, g.report.points, g.report.out_of, g.report.entries, len(causes(g.report.findings))] for g in graded]
    if any(g.late for g in graded):
        head += ["计分", "提交"] if language == "zh" else ["mark", "handed in"]
        rows = [[*row, *_marked(g, language)] for row, g in zip(rows, graded, strict=True)]
    print_columns([head, *rows])
    if any(g.report.demonstration for g in graded):
        zh = "没有课程密钥：这些是示范环境，人人都能做出来，分数不能当作成绩。"
        en = "There is no course key: these are demonstrations, which anybody can make. Their points are nobody's marks."
        print(f"\n{zh if language == 'zh' else en}")
    if any(g.account for g in graded):
        print()
        for g in graded:
            print(f"{g.report.student or '?'} {g.assignment}: {(g.account.text() if g.account else _NOTHING_TO_WITNESS).say(language)}")
    for g in graded:
        if details:
            print()
            print("\n".join(t.text(language) for t in g.report.tasks))
        if g.report.findings:
            print()
        told = causes(g.report.findings)
        for f in told[:20]:
            print(f"{g.submission.path}:{f.line}: {f.text.say(language)}")
        if len(told) > 20:
            print(f"{g.submission.path}: … +{len(told) - 20}")
        if follow := len(g.report.findings) - len(told):
            print(f"{g.submission.path}: {_FOLLOW.fill(n=follow).say(language)}")
    _print_remarks(graded, language)


def _marked(graded: Graded, language: Language) -> tuple[object, str]:
    """The mark, and whether it was late. What could not be judged has none: 0 would be a verdict."""
    from ..grading.marks import NOT_JUDGED

    if not graded.judged:
        return "", NOT_JUDGED.say(language)
    return graded.mark, graded.late.text().say(language) if graded.late else ""


_NOTHING_TO_WITNESS = Text("没有可核对的日志", "no logbook of which a witness could tell")
_FOLLOW = Text(
    "此后还有 {n} 条不能重做，多半由此引起（--format json 逐条列出）",
    "Further entries that do not replay, most likely because of that: {n} (--format json lists them)",
)


def _print_remarks(graded: Sequence[Graded], language: Language) -> None:
    """What a comparison of the batch shows. No points hang on it, and neither does the exit status."""
    if not any(g.remarks for g in graded):
        return
    zh, en = "请教师留意（仅供查看，不影响得分）：", "For the teacher to look at (no points depend on it):"
    print(f"\n{zh if language == 'zh' else en}")
    for g in graded:
        for remark in g.remarks:
            print(f"{g.report.student or '?'} {g.assignment}: {remark.text.say(language)}")


def _print_missing(graded: Sequence[Graded], roster: Sequence[Person], language: Language) -> None:
    """Who of the roster handed in nothing, by assignment."""
    if not roster:
        return
    from ..grading.marks import rows_of

    rows = rows_of(graded, roster)
    for assignment in dict.fromkeys(g.assignment for g in graded):
        names = [f"{r.person.student} {r.person.name}".strip() for r in rows if assignment not in r.graded]
        if names:
            print(f"\n{assignment}：未提交 {len(names)} 人：{'、'.join(names)}" if language == "zh" else f"\n{assignment}: not handed in: {', '.join(names)}")


def _print_changes(changes: Sequence[Change], language: Language) -> None:
    """Whose mark is another than last time; of those graded for the first time how many they are."""
    new, others = [c for c in changes if c.before is None], [c for c in changes if c.before is not None]
    if others:
        print("\n与上次不同的成绩：" if language == "zh" else "\nMarks that have changed:")
    for change in others:
        print(f"  {change.text(language)}")
    if new:
        print(f"\n首次评分：{len(new)} 份" if language == "zh" else f"\nGraded for the first time: {len(new)}")
