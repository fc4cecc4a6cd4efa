"""What is wrong with the points of a task, of a module or of all: `python -m tests.perturbed --task B2C003`.

A line a variant, between tabs: task, kind, what is varied, the value there, points, verdict, goals that are not met.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from ecomlab import modules
from ecomlab.kernel.tasks import tasks

from .trial import Tried, excused, trials, unneeded

modules.load()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.perturbed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", action="append", default=[], help="a task's code; may be repeated", metavar="CODE")
    parser.add_argument("--module", action="append", default=[], choices=modules.NAMES)
    parser.add_argument("--scenario", help="where the tasks are played (default: in their module's own)")
    parser.add_argument("--student", default="s1001", help="whose world it is")
    parser.add_argument("--sample", action="store_true", help="a few variants of each task, those of `make test`")
    parser.add_argument("--all", action="store_true", help="show what is right, refused or excused, too")
    parser.add_argument("--tsv", type=Path, help="write every variant to this file")
    args = parser.parse_args()
    done: list[Tried] = []
    for scenario, codes in _homes(args).items():
        for t in trials(scenario, codes, args.sample, args.student):
            done.append(t)
            if args.all or (t.verdict == "WRONG" and not excused(t)):
                print("\t".join((*t.row, excused(t) or "")), flush=True)
    if args.tsv:
        args.tsv.write_text("".join("\t".join((*t.row, excused(t) or "")) + "\n" for t in done), "utf-8")
    _summary(done)
    unnecessary = [] if args.sample else unneeded(done)
    for code, name in unnecessary:
        print(f"{code}: the exception {name!r} is not needed", file=sys.stderr)
    return int(bool(unnecessary) or any(t.verdict == "WRONG" and not excused(t) for t in done))


def _homes(args: argparse.Namespace) -> dict[str, list[str]]:
    """The tasks to try, by the scenario in which they are played."""
    chosen = [c for c, t in tasks(modules.NAMES).items() if c in args.task or t.module in args.module or not (args.task or args.module)]
    if unknown := set(args.task) - set(chosen):
        raise SystemExit(f"no such task: {', '.join(sorted(unknown))}")
    homes: dict[str, list[str]] = {}
    for code in chosen:
        homes.setdefault(args.scenario or tasks()[code].module, []).append(code)
    return homes


def _summary(done: list[Tried]) -> None:
    counts = Counter((t.variant.kind, "excused" if t.verdict == "WRONG" and excused(t) else t.verdict) for t in done)
    for kind in sorted({k for k, _ in counts}):
        found = (f"{counts[kind, v]} {v}" for v in ("right", "WRONG", "excused", "open", "no variant") if counts[kind, v])
        print(f"{kind}: {', '.join(found)}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
