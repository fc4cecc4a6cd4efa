"""Commands for those who make the course and the library: building the course, beginning something new, benchmarks."""

from __future__ import annotations

import argparse
from pathlib import Path

from .commands import argument, command
from .output import FOUND, GOOD, fail, language_of, print_json


@command(
    argument("what", choices=("build", "supersede"), help="supersede: keep the present version of the data and scenarios named, before a change"),
    argument("names", nargs="*", metavar="NAME", help="supersede: data (products for data/products.csv) or scenarios (semester)"),
    argument("--check", action="store_true", help="only say what is stale"),
    argument("--to", type=Path, metavar="DIR", help="the course's folder (default: the checkout)"),
    data=True, language=False,
)
def course(args: argparse.Namespace) -> int:
    """Builds the notebooks and nbgrader assignments from the catalogue, or keeps data before they change."""
    if args.what == "supersede":
        return _supersede(args)
    if args.names:
        return fail("ecomlab course build takes no names")
    from ..course.build import build, stale
    from ..course.folder import checkout
    from ..widgets import board  # noqa: F401  (the reference lists the refusals of faces and of the command line, too)
    from . import demo, new, report  # noqa: F401

    folder = args.to or checkout()
    if folder is None:
        return fail("this ecomlab runs from no checkout; name the course's folder: ecomlab course build --to DIR")
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
        return fail("this ecomlab runs from no checkout, and only there data are changed")
    if not args.names:
        return fail("name the data or scenarios that are about to change: ecomlab course supersede products")
    written = [path.relative_to(folder).as_posix() for path in supersede(args.names)]
    if args.format == "json":
        print_json({"folder": str(folder), "kept": written})
    elif written:
        print("\n".join(written))
    return GOOD


@command(
    argument("what", choices=("task", "report", "module"), help="what to begin"),
    argument("called", metavar="CODE|NAME", help="the code of the task (EBANK020); the name of the report or module"),
    argument("--name", help="task: the name of the command that does it (large_transactions)"),
    argument("--like", metavar="COMMAND", help="task: a command of the module beside which it stands (ebank.statement)"),
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


@command(language=False, passes_on=True)
def bench(args: argparse.Namespace) -> int:
    """Runs the benchmarks and prints them as ratios; other arguments go to the benchmark."""
    from ..bench.main import main

    return main(args.rest)
