"""The command line: `ecomlab --help`. Exit status 0 good, 1 something was found, 2 the call itself is wrong.

What a command needs is imported when it runs, so that help comes at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..grading.batch import Graded
    from ..kernel.logbook import Finding
    from ..kernel.texts import Language

GOOD, FOUND, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status. argv: the arguments without the program's name (default: the process's)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = _parser()
    try:
        args, rest = parser.parse_known_args(argv)
        if rest and not args.passes_on:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    if args.passes_on:
        args.rest = rest
    try:
        return int(args.run(args))
    except SystemExit as stop:  # JupyterLab and the benchmarks read arguments of their own
        return stop.code if isinstance(stop.code, int) else USAGE if stop.code else GOOD
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "ecomlab":
            raise
        return _fail(f"this command needs {error.name}: pip install 'ecomlab[course]'")
    except OSError as error:
        return _fail(f"{error.filename or 'a file'}: {error.strerror or error}")
    except Exception as error:
        from ..kernel.refusals import Refusal

        if not isinstance(error, Refusal):
            raise
        print(f"ecomlab: {error.text.say(_language(args))}", file=sys.stderr)
        return FOUND if error.code in _ABOUT_A_LOGBOOK else USAGE


#: Refusals that say something about the logbook rather than about the call.
_ABOUT_A_LOGBOOK = ("not_a_logbook", "damaged_logbook", "other_scenario", "newer_rules", "unknown_scenario")


def _fail(why: str) -> int:
    print(f"ecomlab: {why}", file=sys.stderr)
    return USAGE


def _language(args: argparse.Namespace) -> Language:
    from ..kernel.texts import default_language

    return getattr(args, "language", None) or default_language()


def _parser() -> argparse.ArgumentParser:
    from .. import __version__

    parser = argparse.ArgumentParser(
        prog="ecomlab",
        description="An e-commerce laboratory for classes: notebooks, grading by replay, and the tools around them.",
        epilog="Exit status: 0 good, 1 something was found (damage, refused entries, a stale file), 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"ecomlab {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str, *, data: bool = False, language: bool = True, passes_on: bool = False) -> Any:
        made = commands.add_parser(name, help=text[0].lower() + text[1:].rstrip("."), description=text)
        made.set_defaults(run=run, passes_on=passes_on)
        if data:
            made.add_argument("--format", choices=("table", "json"), default="table", help="how to print the data (default: table)")
        if language:
            made.add_argument("--language", choices=("zh", "en"), help="of the texts shown (default: ECOMLAB_LANGUAGE, else the locale)")
        return made

    p = add("lab", _lab, "Opens JupyterLab on the course; other arguments go to JupyterLab.", language=False, passes_on=True)
    p.add_argument("--folder", type=Path, help="where to work (default: the checkout's notebooks, else ./ecomlab-course, made on first use)")

    p = add("tasks", _tasks, "Lists the catalogue: code, module, role, points, titles and commands of every task.", data=True)
    p.add_argument("--module", help="only this module's tasks")

    p = add("demo", _demo, "Lets a model student do every task through the public commands, and shows grade and books.", data=True)
    p.add_argument("--student", default="demo", metavar="ID", help="whose world it is (default: demo)")
    p.add_argument("--out", type=Path, metavar="DIR", help="where to leave the world: DIR/logbook.jsonl (default: nothing is kept)")
    p.add_argument("--module", help="only this module, in its own scenario (default: the whole semester)")

    p = add("grade", _grade, "Grades logbooks by replay, or all below a folder such as nbgrader's submitted/.", data=True)
    p.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a logbook, a folder that holds one, or a folder above such folders")
    p.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes to grade in (default: 1); the results are the same")
    p.add_argument("--gradebook", metavar="DB", help="write the points into this nbgrader gradebook: a file, or a database URL")
    p.add_argument("--csv", type=Path, metavar="FILE", help="write a row for each submission, for a learning management system")
    p.add_argument("--details", action="store_true", help="show every task of every submission, not of a single one only")
    p.add_argument("--limit", type=_positive, default=300, metavar="SECONDS", help="give up on a submission after so long (default: 300)")

    p = add("replay", _replay, "Replays a logbook into a DuckDB file, for any other tool to read.")
    p.add_argument("logbook", type=Path, metavar="LOGBOOK")
    p.add_argument("--database", type=Path, required=True, metavar="FILE", help="the DuckDB file to make")

    p = add("audit", _audit, "Checks a logbook and every invariant of its world, by name.", data=True)
    p.add_argument("logbook", type=Path, metavar="LOGBOOK")

    p = add("recover", _recover, "Writes what still replays of a damaged logbook to a new file beside it; the damaged one is kept.", data=True)
    p.add_argument("logbook", type=Path, metavar="LOGBOOK")

    p = add("export", _export, "Writes a world in the formats of its field: ledgers, mail, certificates, reports.", data=True)
    p.add_argument("logbook", type=Path, metavar="LOGBOOK")
    p.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder to write to")

    p = add("report", _report, "Makes a report on the books of a logbook, or on a data set of Parquet files named as tables.")
    p.add_argument("name", metavar="NAME", help="which report: stock_movement, profit, receivables, ...; a wrong name lists them")
    p.add_argument("source", type=Path, metavar="SOURCE", help="a logbook, the folder that holds one, or a folder of Parquet files")
    p.add_argument("--month", metavar="YYYY-MM", help="the period, as a month")
    p.add_argument("--start", metavar="DAY", help="the first day of the period (default: where the books begin)")
    p.add_argument("--end", metavar="DAY", help="its last day, or the day as of which it is (default: today in that world)")
    p.add_argument("--owner", metavar="MEMBER", help="whose books (default: the student's company's; of Parquet, everybody's); 'all': everybody's")
    for condition in ("by", "product", "product-category", "place", "other-party"):
        p.add_argument(f"--{condition}", metavar="VALUE", help=f"as the report's condition {condition.replace('-', '_')}")
    p.add_argument("--format", choices=("table", "csv", "json"), default="table", help="how to print it (default: table)")

    p = add("edi", _edi, "Reads any UN/EDIFACT interchange: segments with their meaning, counters, problems.", data=True)
    p.add_argument("files", nargs="+", metavar="FILE", help="an EDIFACT file; - for standard input")
    p.add_argument("--problems", action="store_true", help="leave out the segments")

    p = add("course", _course, "Builds the notebooks and nbgrader assignments from the catalogue, or keeps data before they change.", data=True, language=False)
    p.add_argument("what", choices=("build", "supersede"), help="supersede: keep the present version of the data and scenarios named, before a change")
    p.add_argument("names", nargs="*", metavar="NAME", help="supersede: data (products for data/products.csv) or scenarios (semester)")
    p.add_argument("--check", action="store_true", help="only say what is stale")
    p.add_argument("--to", type=Path, metavar="DIR", help="the course's folder (default: the checkout)")

    add("bench", _bench, "Runs the benchmarks and prints them as ratios; other arguments go to the benchmark.", language=False, passes_on=True)
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1))


def _print_columns(rows: Sequence[Sequence[object]]) -> None:
    """Rows in aligned columns; a Chinese character is two columns wide."""
    from ..kernel.table import wide

    cells = [[str(v) for v in row] for row in rows]
    widths = [max(wide(c) for c in column) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(c + " " * (w - wide(c)) for c, w in zip(row, widths, strict=True)).rstrip())


def _file(path: Path) -> Path:
    """The logbook itself, where a folder is named too."""
    return path / "logbook.jsonl" if path.is_dir() else path


def _findings_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [{"line": f.line, "code": f.code, "zh": f.text.zh, "en": f.text.en} for f in findings]


# The commands, in the order of the help


def _lab(args: argparse.Namespace) -> int:
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


def _tasks(args: argparse.Namespace) -> int:
    from .. import modules  # noqa: F401  (declares every command and task)
    from ..kernel import tasks

    known = list(dict.fromkeys(t.module for t in tasks.tasks().values()))
    if args.module and args.module not in known:
        return _fail(f"there is no module {args.module}; there are: {', '.join(known)}")
    found = tasks.tasks((args.module,) if args.module else None).values()
    if args.format == "json":
        _print_json(
            [
                {
                    "code": t.code, "module": t.module, "points": float(t.points), "role": t.role._asdict(),
                    "title": t.title._asdict(), "commands": list(t.commands),
                }
                for t in found
            ]
        )  # fmt: skip
        return GOOD
    language = _language(args)
    head = ("编号", "模块", "角色", "分值", "名称", "操作") if language == "zh" else ("code", "module", "role", "points", "title", "commands")
    _print_columns([head, *((t.code, t.module, t.role.say(language), t.points, t.title.say(language), " ".join(t.commands)) for t in found)])
    return GOOD


def _demo(args: argparse.Namespace) -> int:
    import contextlib
    import tempfile

    from ..kernel import tasks
    from . import demo

    known = list(dict.fromkeys(t.module for t in tasks.tasks().values()))
    if args.module and args.module not in known:
        return _fail(f"there is no module {args.module}; there are: {', '.join(known)}")
    with contextlib.ExitStack() as stack:
        folder = args.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ecomlab-demo-")))
        lab = demo.begin(folder, args.student, args.module)
        lab._language = language = _language(args)
        table = args.format == "table"
        played = []
        for p in demo.play(lab, args.module):
            played.append(p)
            if table:
                print(f"{'✓' if p.points == lab.check(p.code).out_of else '○'} {p.code:<12} {p.points:g}  {p.title}", flush=True)
        from ..grading import grade

        report = grade(folder, student=args.student)
        if table:
            print(f"\n{_points_in_words(language, report)}")
            if postings := demo.books(lab):
                print(f"\n{postings.text(language)}")
            if args.out:
                print(f"\n{lab.world.path}")
        else:
            _print_json({"logbook": str(lab.world.path) if args.out else None, **report.record()})
        lab.world.close()
    full = all(lab_task.points == lab_task.out_of for lab_task in report.tasks if lab_task.task.code in {p.code for p in played})
    return GOOD if full and not report.findings else FOUND


def _points_in_words(language: Language, report: Any) -> str:
    if language == "zh":
        return f"{report.student}：{report.points} / {report.out_of} 分，日志 {report.entries} 条，发现 {len(report.findings)} 处问题"
    return f"{report.student}: {report.points} of {report.out_of} points, {report.entries} entries in the logbook, {len(report.findings)} findings"


def _grade(args: argparse.Namespace) -> int:
    from ..grading import batch

    if missing := [p for p in args.paths if not p.exists()]:
        return _fail(f"{missing[0]}: no such file or folder")
    graded = batch.grade_all(batch.submissions(args.paths), args.workers, limit=args.limit)
    if args.csv:
        batch.write_csv(graded, args.csv)
    language = _language(args)
    if args.gradebook:
        from ..grading.gradebook import write

        for note in write(args.gradebook, graded):
            print(f"ecomlab: {note.say(language)}", file=sys.stderr)
    if args.format == "json":
        _print_json([g.record() for g in graded])
    else:
        _print_grades(graded, language, args.details or len(graded) == 1)
    return FOUND if any(g.report.findings for g in graded) else GOOD


def _print_grades(graded: Sequence[Graded], language: Language, details: bool) -> None:
    head = ("学生", "作业", "得分", "满分", "日志条数", "问题") if language == "zh" else ("student", "assignment", "points", "out of", "entries", "findings")
    rows = [(g.report.student or "?", g.assignment, g.report.points, g.report.out_of, g.report.entries, len(g.report.findings)) for g in graded]
    _print_columns([head, *rows])
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


def _replay(args: argparse.Namespace) -> int:
    from .. import modules  # noqa: F401  (declares every command and task)
    from ..kernel.upkeep import write_database

    findings = write_database(_file(args.logbook), args.database)
    for f in findings:
        print(f"{args.logbook}:{f.line}: {f.text.say(_language(args))}", file=sys.stderr)
    print(args.database)
    return FOUND if findings else GOOD


def _audit(args: argparse.Namespace) -> int:
    from .. import modules  # noqa: F401  (declares every command and task)
    from ..kernel.upkeep import audit_logbook

    verdicts = audit_logbook(_file(args.logbook))
    bad = [v for v in verdicts if v.findings]
    if args.format == "json":
        _print_json([{"name": v.name, "zh": v.text.zh, "en": v.text.en, "holds": not v.findings, "findings": v.findings} for v in verdicts])
        return FOUND if bad else GOOD
    _print_columns([("✓" if not v.findings else "✗", v.name, v.text.say(_language(args))) for v in verdicts])
    for v in bad:
        print(f"\n{v.name}:")
        print("\n".join(f"  {line}" for line in v.findings[:50]))
    return FOUND if bad else GOOD


def _recover(args: argparse.Namespace) -> int:
    from .. import modules  # noqa: F401  (declares every command and task)
    from ..kernel.logbook import survey
    from ..kernel.state import State
    from ..kernel.upkeep import recover

    path = _file(args.logbook)
    read = survey(path)
    language = _language(args)
    state = State(read.header)
    sound = not read.findings and not state.replay(read.entries)
    state.close()
    if sound:
        if args.format == "json":
            _print_json({"recovered": None, "kept": len(read.entries), "findings": []})
        else:
            print("日志完好，无需恢复。" if language == "zh" else "The logbook is sound; there is nothing to recover.")
        return GOOD
    k = 1
    while (target := path.with_name(f"{path.stem}.recovered{f'-{k}' if k > 1 else ''}{path.suffix}")).exists():
        k += 1
    done = recover(path, target)
    if args.format == "json":
        _print_json({"recovered": str(target), "kept": done.kept, "findings": _findings_json(done.findings)})
        return FOUND
    for f in done.findings:
        print(f"{path}:{f.line}: {f.text.say(language)}")
    if language == "zh":
        print(f"\n{target}：保留了 {done.kept} 条。原文件没有改动；要接着做，请把新文件改名为 {path.name}。")
    else:
        print(f"\n{target}: {done.kept} entries kept. The damaged file is as it was; to go on, rename the new one to {path.name}.")
    return FOUND


def _export(args: argparse.Namespace) -> int:
    from ..export import export

    written = export(_file(args.logbook), args.to)
    if args.format == "json":
        _print_json([str(p) for p in written])
    else:
        print("\n".join(str(p) for p in written))
    return GOOD


def _report(args: argparse.Namespace) -> int:
    from .report import made, plain, print_csv

    names = ("month", "start", "end", "owner", "by", "product", "product_category", "place", "other_party")
    table = made(args.name, args.source, {n: getattr(args, n) for n in names if getattr(args, n) is not None})
    if args.format == "csv":
        print_csv(table)
    elif args.format == "json":
        _print_json(plain(table))
    else:
        print(table.text(_language(args), limit=10_000))
    return GOOD


def _edi(args: argparse.Namespace) -> int:
    from .edi import show

    return show(args.files, args.format, _language(args), segments=not args.problems)


def _course(args: argparse.Namespace) -> int:
    if args.what == "supersede":
        return _supersede(args)
    if args.names:
        return _fail("ecomlab course build takes no names")
    from ..course.build import build, stale
    from ..course.folder import checkout
    from ..widgets import board  # noqa: F401  (the reference lists the refusals of faces and of the command line, too)
    from . import demo, report  # noqa: F401

    folder = args.to or checkout()
    if folder is None:
        return _fail("this ecomlab runs from no checkout; name the course's folder: ecomlab course build --to DIR")
    changed = stale(folder) if args.check else build(folder)
    if args.format == "json":
        _print_json({"folder": str(folder), "stale" if args.check else "changed": changed})
    elif changed:
        print("\n".join(f"{folder / name}{' is stale' if args.check else ''}" for name in changed))
    return FOUND if args.check and changed else GOOD


def _supersede(args: argparse.Namespace) -> int:
    from ..course.folder import checkout
    from ..course.supersede import supersede

    folder = checkout()
    if folder is None:
        return _fail("this ecomlab runs from no checkout, and only there data are changed")
    if not args.names:
        return _fail("name the data or scenarios that are about to change: ecomlab course supersede products")
    written = [path.relative_to(folder).as_posix() for path in supersede(args.names)]
    if args.format == "json":
        _print_json({"folder": str(folder), "kept": written})
    elif written:
        print("\n".join(written))
    return GOOD


def _bench(args: argparse.Namespace) -> int:
    from ..bench import main as bench

    return int(bench.main(args.rest) or GOOD)
