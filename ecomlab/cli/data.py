"""Commands on data of any origin: reports on the books, EDIFACT interchanges."""

from __future__ import annotations

import argparse
from pathlib import Path

from .commands import argument, command
from .output import GOOD, language_of, print_json


@command(
    argument("name", metavar="NAME", help="which report: stock_movement, profit, receivables, ...; a wrong name lists them"),
    argument("source", type=Path, metavar="SOURCE", help="a logbook, the folder that holds one, or a folder of Parquet files"),
    argument("--month", metavar="YYYY-MM", help="the period, as a month"),
    argument("--start", metavar="DAY", help="the first day of the period (default: where the books begin)"),
    argument("--end", metavar="DAY", help="its last day, or the day as of which it is (default: today in that world)"),
    argument("--owner", metavar="MEMBER", help="whose books (default: the student's company's; of Parquet, everybody's); 'all': everybody's"),
    *(
        argument(f"--{condition}", metavar="VALUE", help=f"as the report's condition {condition.replace('-', '_')}")
        for condition in ("by", "product", "product-category", "place", "other-party")
    ),
    argument("--format", choices=("table", "csv", "json"), default="table", help="how to print it (default: table)"),
)
def report(args: argparse.Namespace) -> int:
    """Makes a report on the books of a logbook, or on a data set of Parquet files named as tables."""
    from .report import made, plain, print_csv

    names = ("month", "start", "end", "owner", "by", "product", "product_category", "place", "other_party")
    table = made(args.name, args.source, {n: getattr(args, n) for n in names if getattr(args, n) is not None})
    if args.format == "csv":
        print_csv(table)
    elif args.format == "json":
        print_json(plain(table))
    else:
        print(table.text(language_of(args), limit=10_000))
    return GOOD


@command(
    argument("files", nargs="+", metavar="FILE", help="an EDIFACT file; - for standard input"),
    argument("--problems", action="store_true", help="leave out the segments"),
    data=True,
)
def edi(args: argparse.Namespace) -> int:
    """Reads any UN/EDIFACT interchange: segments with their meaning, counters, problems."""
    from .edi import show

    return show(args.files, args.format, language_of(args), segments=not args.problems)
