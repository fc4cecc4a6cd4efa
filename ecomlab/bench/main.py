"""`ecomlab bench`: what the laboratory costs, as ratios measured in one run.

Times belong to a machine and its mood; a ratio of two things done alternately in one run travels. What is measured
against what, and the aim if there is one, stands in every row. No test asserts a time. Each subject has a file of its own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence

from .auctions import bench_auction
from .commands import bench_commands, bench_replay
from .edifact import bench_edifact
from .grading import bench_grading
from .opening import bench_import, bench_opening
from .orders import bench_orders
from .rows import Row


def bench_reports(lines: int = 1_000_000) -> Iterator[Row]:
    """Each report over a million order lines, against the same in pandas and in Polars and its bare SQL; and what memory each tool takes."""
    from .reports import compare

    found = compare(lines)
    ours = found.pop("ecomlab")
    for name in ours["reports"]:
        for tool, theirs in found.items():
            yield Row(f"report {name}", ours["reports"][name]["seconds"], _AGAINST.get(tool, tool), theirs["reports"][name]["seconds"], faster=True)
    for tool, theirs in found.items():
        yield Row(f"memory at its peak, {lines:,} lines", ours["peak"], _AGAINST.get(tool, tool), theirs["peak"], faster=True, unit="MB")


_AGAINST = {"sql": "its bare SQL", "pandas": "the same in pandas", "polars": "the same in Polars"}


BENCHES: dict[str, Callable[[], Iterator[Row]]] = {
    "import": bench_import,
    "commands": bench_commands,
    "opening": bench_opening,
    "replay": bench_replay,
    "orders": bench_orders,
    "grading": bench_grading,
    "auction": bench_auction,
    "reports": bench_reports,
    "edifact": bench_edifact,
}


def main(args: Sequence[str] | None = None) -> int:
    """Runs the benchmarks named in `args` (all of them, without) and prints one table. Always exit status 0."""
    parser = argparse.ArgumentParser(prog="ecomlab bench", description="Benchmarks as ratios, measured in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    chosen = parser.parse_args(args)
    if unknown := [n for n in chosen.names if n not in BENCHES]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    rows = []
    for name in chosen.names or BENCHES:
        for row in BENCHES[name]():
            rows.append(row)
            if chosen.format == "table":
                print(_line(row), flush=True)
    if chosen.format == "json":
        print(json.dumps([{**vars(r), "ratio": r.ratio, "reached": r.reached} for r in rows], indent=1))
    return 0


def _line(row: Row) -> str:
    aim = "" if row.aim is None else f"aim {'>=' if row.faster else '<='} {row.aim:g}x  {'reached' if row.reached else 'MISSED'}"
    return f"{row.what:<42} {_show(row.ours, row.unit):>9}   {row.against:<42} {_show(row.theirs, row.unit):>9}   {row.ratio:6.2f}x  {aim}".rstrip()


def _show(seconds: float, unit: str = "s") -> str:
    if unit != "s":
        return f"{seconds:,.0f} {unit}"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"
