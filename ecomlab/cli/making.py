"""Commands for those who make the course and the library: building the course, beginning something new, benchmarks."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from .commands import argument, command
from .output import FOUND, GOOD, fail, language_of, print_json


@command(
    "由任务目录生成笔记本和 nbgrader 作业，或在修改前保留数据。",
    argument(
        "what",
        choices=("build", "supersede"),
        help=(
            "build 生成课程；supersede 在修改之前保留所列数据和场景的现有版本",
            "build: make the course; supersede: keep the present version of the data and scenarios named, before a change",
        ),
    ),
    argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=(
            "supersede 所用：数据（products 即 data/products.csv）或场景（semester）",
            "supersede: data (products for data/products.csv) or scenarios (semester)",
        ),
    ),
    argument("--check", action="store_true", help=("只列出过期的文件", "only say what is stale")),
    argument("--to", type=Path, metavar="DIR", help=("课程文件夹（默认为源代码）", "the course's folder (default: the checkout)")),
    data=True,
    language=False,
)
def course(args: argparse.Namespace) -> int:
    """Builds the notebooks and nbgrader assignments from the catalogue, or keeps data before they change."""
    if args.what == "supersede":
        return _supersede(args)
    if args.names:
        return fail("ecomlab course build 后面不带名称。请去掉。", "ecomlab course build takes no names. Remove them.")
    from ..course.build import build, stale
    from ..course.folder import checkout
    from ..widgets import board  # noqa: F401  (the reference lists the refusals of faces and of the command line, too)
    from . import new, report  # noqa: F401

    with contextlib.suppress(ModuleNotFoundError):  # of the teachers' part
        from .demo import TAKEN  # noqa: F401

    folder = args.to or checkout()
    if folder is None:
        return fail(
            "ecomlab 不是从源码目录运行的。请指定课程文件夹：ecomlab course build --to DIR",
            "This ecomlab does not run from a checkout. Name the course's folder: ecomlab course build --to DIR",
        )
    changed = stale(folder) if args.check else build(folder)
    if args.format == "json":
        print_json({"folder": str(folder), "stale" if args.check else "changed": changed})
    elif changed:
        print("\n".join(f"{folder / name}{' is stale' if args.check else ''}" for name in changed))
    return FOUND if args.check and changed else GOOD


def _supersede(args: argparse.Namespace) -> int:
    from ..course.folder import checkout
    from ..course.supersede import supersede

    folder = checkout()
    if folder is None:
        return fail(
            "ecomlab 不是从源码目录运行的，而数据只能在那里修改。请在源码目录里运行。",
            "This ecomlab does not run from a checkout, and data are changed only there. Run it in a checkout.",
        )
    if not args.names:
        return fail(
            "请列出将要修改的数据或场景，例如 ecomlab course supersede products",
            "Name the data or scenarios that are about to change, such as ecomlab course supersede products",
        )
    written = [path.relative_to(folder).as_posix() for path in supersede(args.names)]
    if args.format == "json":
        print_json({"folder": str(folder), "kept": written})
    elif written:
        print("\n".join(written))
    return GOOD


@command(
    "在源码目录里建立新任务、报表或模块的骨架，并说明还要写什么。",
    argument("what", choices=("task", "report", "module"), help=("要新建什么", "what to begin")),
    argument(
        "called", metavar="CODE|NAME", help=("任务编号（EBANK020），或报表、模块的名称", "the code of the task (EBANK020); the name of the report or module")
    ),
    argument("--name", help=("任务：完成它的操作的名称（large_transactions）", "task: the name of the command that does it (large_transactions)")),
    argument(
        "--like",
        metavar="COMMAND",
        help=("任务：写在该模块的哪个操作旁边（ebank.statement）", "task: the command of the module beside which it is written (ebank.statement)"),
    ),
    data=True,
)
def new(args: argparse.Namespace) -> int:
    """Lays the stubs of a new task, report or module into the checkout, and says what is left to be written."""
    from .new import lay

    root, laid = lay(args.what, args.called, args.name, args.like)
    places = [f"{place.file.relative_to(root).as_posix()}:{place.line}" for place in laid.places]
    if args.format == "json":
        print_json({"folder": str(root), "laid": places, "left": {"zh": laid.left.zh, "en": laid.left.en}})
    else:
        print("\n".join([*places, "", laid.left.say(language_of(args))]))
    return GOOD


@command("运行性能测试，以比值显示；其他参数交给测试程序。", language=False, passes_on=True)
def bench(args: argparse.Namespace) -> int:
    """Runs the benchmarks and prints them as ratios; other arguments go to the benchmark."""
    from ..bench.main import main

    return main(args.rest)
