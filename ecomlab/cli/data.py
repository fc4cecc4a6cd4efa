"""Commands on data of any origin: reports on the books, EDIFACT interchanges."""

from __future__ import annotations

import argparse
from pathlib import Path

from .commands import argument, command
from .output import GOOD, language_of, print_json


@command(
    "对日志或数据集（Parquet、DuckDB）的账簿生成报表。",
    argument(
        "name",
        metavar="NAME",
        help=(
            "报表名：stock_movement、profit、receivables 等；填错时列出全部",
            "which report: stock_movement, profit, receivables and others; a wrong name lists them",
        ),
    ),
    argument(
        "source",
        type=Path,
        metavar="SOURCE",
        help=("日志、日志所在的文件夹、Parquet 文件夹，或 DuckDB 文件", "a logbook, the folder that holds one, a folder of Parquet files, or a DuckDB file"),
    ),
    argument("--month", metavar="YYYY-MM", help=("期间，以月表示", "the period, as a month")),
    argument("--start", metavar="DAY", help=("期间的第一天（默认为账簿开始之日）", "the first day of the period (default: where the books begin)")),
    argument(
        "--end", metavar="DAY", help=("期间的最后一天或截止日（默认为当前业务日）", "its last day, or the day as of which it is (default: the business day)")
    ),
    argument(
        "--owner",
        metavar="MEMBER",
        help=(
            "谁的账簿（默认为学生本企业；数据集则为全部），all 表示全部",
            "whose books (default: the student's company's; of a data set, all); 'all': all books",
        ),
    ),
    *(
        argument(f"--{condition}", metavar="VALUE", help=(f"报表的条件 {condition.replace('-', '_')}", f"the report's condition {condition.replace('-', '_')}"))
        for condition in ("by", "product", "product-category", "place", "other-party")
    ),
    argument("--format", choices=("table", "csv", "json"), default="table", help=("输出格式（默认 table）", "how to print it (default: table)")),
)
def report(args: argparse.Namespace) -> int:
    """Makes a report on the books of a logbook, or on a data set (Parquet, DuckDB) with tables named as here."""
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
    "读取任何 UN/EDIFACT 交换：各段的含义、计数和问题。",
    argument("files", nargs="+", metavar="FILE", help=("EDIFACT 文件；- 表示标准输入", "an EDIFACT file; - for standard input")),
    argument("--problems", action="store_true", help=("不显示各段", "leave out the segments")),
    data=True,
)
def edi(args: argparse.Namespace) -> int:
    """Reads any UN/EDIFACT interchange: segments with their meaning, counters, problems."""
    from .edi import show

    return show(args.files, args.format, language_of(args), segments=not args.problems)
