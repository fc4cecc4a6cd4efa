"""The commands that make markets of simulated trades."""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

from .commands import argument, at_least_one, command, processors
from .output import GOOD, fail, language_of, print_json


@command(
    "生成一个模拟市场：与实验环境同样的表，写成 Parquet 文件，真值已知。",
    argument("--orders", type=int, required=True, metavar="N", help=("网上订单数，例如 10000", "how many web orders, e.g. 10000")),
    argument(
        "--seed", metavar="S",
        help=("种子：同一种子得到同样的文件（默认随机并显示出来）", "the seed: the same one gives the same files (default: a new one, which is told)"),
    ),
    argument("--out", type=Path, required=True, metavar="DIR", help=("写入数据的新文件夹", "the new folder for the data")),
    argument(
        "--truth", type=Path, metavar="DIR",
        help=("写入参数和标签的文件夹，须在数据文件夹之外，留给教师", "where parameters and labels go, outside the data: for the teacher"),
    ),
    argument("--days", type=int, default=730, metavar="N", help=("天数（默认 730）", "how many days (default: 730)")),
    argument("--workers", type=at_least_one, default=1, metavar="N", help=("并行进程数（默认 1），结果相同", "processes (default: 1); the files are the same")),
    argument(
        "--scheduler", metavar="ADDRESS",
        help=(
            "由此 Dask 调度器的机器生成（tcp://… 或 tls://…），文件相同",
            "let the machines of this Dask scheduler (tcp://… or tls://…) make it; the files are the same",
        ),
    ),
    data=True,
)  # fmt: skip
def simulate(args: argparse.Namespace) -> int:
    """Makes a market of simulated trades: the tables of a world as Parquet files, with known truth."""
    from ..data import describe
    from ..market import simulate as market

    language = language_of(args)
    seed = args.seed or market.seed_begun(args.out) or secrets.token_hex(8)
    tell = _on_a_line(language) if sys.stderr.isatty() else lambda _: None
    made = market.simulate(
        args.orders, seed, args.out, args.truth, days=args.days, workers=args.workers, scheduler=args.scheduler,
        drawn=not args.seed, tell=tell,
    )  # fmt: skip
    describe(args.out)
    if args.format == "json":
        print_json({**made, "seed": seed})
        return GOOD
    rows = {name: table["rows"] for name, table in made["tables"].items()}
    if language == "zh":
        print(f"{args.out}：{rows['b2c_order']:,} 个订单，{rows['b2c_order_line']:,} 行，{rows['posting']:,} 条分录；种子 {seed}，摘要 {made['digest'][:16]}")
        print(f"打开：ecomlab.data.open({str(args.out)!r})；报表：ecomlab report profit {args.out}；核对：ecomlab audit {args.out}")
    else:
        print(f"{args.out}: {rows['b2c_order']:,} orders, {rows['b2c_order_line']:,} lines, {rows['posting']:,} postings; seed {seed}, "
              f"digest {made['digest'][:16]}")  # fmt: skip
        print(f"Open it: ecomlab.data.open({str(args.out)!r}). Report: ecomlab report profit {args.out}. Audit: ecomlab audit {args.out}")
    return GOOD


@command(
    "生成一个练习用的市场，真值放在旁边。",
    argument(
        "name", metavar="NAME", help=("year（一年，1 万单）、market（10 万单）或 million（100 万单）", "year (10,000 orders), market (100,000) or million")
    ),
    argument("--to", type=Path, default=Path(), metavar="DIR", help=("放在哪个文件夹之下（默认当前文件夹）", "below which folder (default: this one)")),
    argument("--seed", default="practice", metavar="S", help=("种子，例如学号：换一个，答案就不同", "another seed, such as a student id, gives other answers")),
    data=True,
)
def practice(args: argparse.Namespace) -> int:
    """Makes a market to practise on, with the truth beside it."""
    from ..data import practice as made
    from ..market.practice import truth_of

    opened = made(args.name, args.to, args.seed)
    if args.format == "json":
        print_json({"folder": str(opened.folder), "truth": str(truth_of(opened.folder)), "digest": opened.about["digest"]})
    elif language_of(args) == "zh":
        print(f"{opened.folder}：{opened.about['orders']:,} 个订单，真值在 {truth_of(opened.folder)}")
    else:
        print(f"{opened.folder}: {opened.about['orders']:,} orders; the truth is in {truth_of(opened.folder)}")
    return GOOD


@command(
    "为每名学生生成市场作业（market）的数据：种子由课程密钥推算，真值不写出。",
    argument("students", nargs="*", metavar="ID", help=("学号", "ids of students")),
    argument("--roster", type=Path, metavar="FILE", help=("学生名单（CSV）", "who takes the course (CSV)")),
    argument("--to", type=Path, required=True, metavar="DIR", help=("放在哪个文件夹之下，每名学生一个文件夹", "below which folder, a folder for each student")),
    argument(
        "--workers", type=at_least_one, default=processors(), metavar="N",
        help=("并行进程数（默认每个处理器一个），文件相同", "processes (default: one for each processor); the files are the same"),
    ),
    data=True,
)
def markets(args: argparse.Namespace) -> int:
    """Makes each student's market of the assignment `market`, from the course's key; what is true there is written nowhere."""
    import concurrent.futures

    from ..data import make_own
    from ..grading.roster import read_roster
    from ..kernel.keys import DEMONSTRATION, secret, withheld_seed
    from ..market.simulate import Progress
    from ..modules.study import own

    students = list(dict.fromkeys([*args.students, *([p.student for p in read_roster(args.roster)] if args.roster else [])]))
    if not students:
        return fail("请给出学号，或用 --roster 指定学生名单。", "Give the ids of students, or a list of them with --roster.")
    for student in students:
        own.place(args.to, student)
    key = secret()
    seeds = [withheld_seed(student, own.NAME, key or DEMONSTRATION) for student in students]
    tell = _on_a_line(language_of(args)) if sys.stderr.isatty() else lambda _: None
    made = []
    with concurrent.futures.ProcessPoolExecutor(args.workers) as pool:
        for place in pool.map(make_own, [args.to] * len(students), students, seeds):
            made.append(str(place))
            tell(Progress("markets", len(made), len(students)))
    if args.format == "json":
        print_json({"markets": made, "demonstration": key is None})
        return GOOD
    if language_of(args) == "zh":
        print(f"{args.to}：{len(made)} 名学生的市场" + ("" if key else "；没有课程密钥，只是示范，答案人人可算"))
    else:
        shown = "" if key else "; without a course's key they are demonstrations, whose answers anybody can compute"
        print(f"{args.to}: the markets of {len(made)} students{shown}")
    return GOOD


def _on_a_line(language: str):  # type: ignore[no-untyped-def]
    """Says on standard error, on one line, how far it is and how long it still takes by what has been done."""
    import time

    steps = {"customers": ("顾客和订单", "customers and orders"), "parts": ("记账和写出", "booking and writing"), "markets": ("市场", "markets")}
    began: dict[str, float] = {}

    def tell(at):  # type: ignore[no-untyped-def]
        start = began.setdefault(at.step, time.monotonic())
        left = (time.monotonic() - start) * (at.total - at.done) / at.done if at.done else 0
        step = steps[at.step][language == "en"]
        rest = (f"约剩 {left:.0f} 秒" if language == "zh" else f"about {left:.0f} s left") if at.done and at.done < at.total else ""
        print(f"\r\033[K{step}: {at.done:,}/{at.total:,} {rest}", end="" if at.done < at.total else "\n", file=sys.stderr, flush=True)

    return tell
