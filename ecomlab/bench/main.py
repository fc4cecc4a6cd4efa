"""`ecomlab bench`: what the laboratory costs, as ratios measured in one run, each beside its aim.

Times belong to a machine and its mood; a ratio of two things done alternately in one run travels. What is measured
against what, and the aim if there is one, stands in every row (docs/speed.md explains them). No test asserts a time. Each subject has a file of its own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from .auctions import bench_auction
from .classes import bench_class, bench_grading
from .commands import bench_commands, bench_replay
from .edifact import bench_edifact
from .market import bench_market
from .nbgrader import bench_nbgrader
from .opening import bench_beginning, bench_opening, bench_start
from .orders import bench_orders
from .reports import bench_reports
from .rows import Row

#: What runs when none is named, and what only runs when it is: the first have aims, and all together take less than five minutes.
BENCHES: dict[str, Callable[[], Iterator[Row]]] = {
    "start": bench_start,
    "opening": bench_opening,
    "commands": bench_commands,
    "grading": bench_grading,
    "reports": bench_reports,
}
MORE: dict[str, Callable[[], Iterator[Row]]] = {
    "beginning": bench_beginning,
    "replay": bench_replay,
    "orders": bench_orders,
    "nbgrader": bench_nbgrader,
    "auction": bench_auction,
    "edifact": bench_edifact,
    "market": bench_market,
}


def main(args: Sequence[str] | None = None) -> int:
    """Runs the benchmarks named in `args` and prints one table. Always exit status 0, whether aims are reached or not."""
    parser = argparse.ArgumentParser(prog="ecomlab bench", description="Benchmarks as ratios, measured in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (default: all of these), {', '.join(MORE)}")
    parser.add_argument("--lines", type=int, default=1_000_000, metavar="N", help="order lines of the reports and the market (default: 1,000,000)")
    parser.add_argument("--class", dest="students", type=int, metavar="N", help="grades a whole class of so many generated logbooks")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    chosen = parser.parse_args(args)
    sized = {"reports": partial(bench_reports, chosen.lines), "market": partial(bench_market, chosen.lines)}
    known: dict[str, Callable[[], Iterator[Row]]] = {**BENCHES, **MORE, **sized}
    if unknown := [n for n in chosen.names if n not in known]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in ("students", "lines"):
        if (number := getattr(chosen, name)) is not None and number < 1:
            parser.error(f"a number of {name} is at least 1, not {number}")
    benches = [known[name] for name in chosen.names or (() if chosen.students else BENCHES)]
    if chosen.students:
        benches.append(partial(bench_class, chosen.students))
    rows = []
    for bench in benches:
        for row in bench():
            rows.append(row)
            if chosen.format == "table":
                print(line(row), flush=True)
    if chosen.format == "json":
        print(json.dumps([{**vars(r), "ratio": r.ratio, "reached": r.reached} for r in rows], indent=1))
    return 0


def line(row: Row) -> str:
    """A row of the table."""
    against = "" if row.theirs is None else said(row.theirs, row.unit)
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    aim = ""
    if row.aim is not None:
        figure = said(row.aim, row.unit) if row.ratio is None else f"{row.aim:g}x"
        aim = f"aim {'>=' if row.faster else '<='} {figure}  {'reached' if row.reached else 'MISSED'}"
    return f"{row.what:<52} {said(row.ours, row.unit):>9}   {row.against:<34} {against:>9}   {ratio:>8}  {aim}".rstrip()


def said(figure: float, unit: str) -> str:
    if unit != "s":
        return f"{figure:,.0f} {unit}"
    return f"{figure:.2f} s" if figure >= 1 else f"{figure * 1000:.2f} ms"
