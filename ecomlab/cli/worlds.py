"""Commands on a world as a logbook holds it: replay it into a database, audit, recover, export it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..kernel.refusals import refusal
from .commands import argument, command
from .output import FOUND, GOOD, findings_json, language_of, logbook_of, print_columns, print_json

ONE_TARGET = refusal(
    "one_target",
    "要写到哪里还没有说清。请填写 --database 或 --parquet 中的一个。",
    "Where to write is not said. Give either --database or --parquet.",
)


@command(
    "重做日志并写成 DuckDB 文件或 Parquet 文件夹，供其他工具读取。",
    argument("logbook", type=Path, metavar="LOGBOOK", help=("日志文件，或其所在的文件夹", "a logbook, or the folder that holds it")),
    argument("--database", type=Path, metavar="FILE", help=("要生成的 DuckDB 文件", "the DuckDB file to make")),
    argument("--parquet", type=Path, metavar="DIR", help=("要生成的文件夹，每个表一个 Parquet 文件", "the folder to make, with a Parquet file for each table")),
)
def replay(args: argparse.Namespace) -> int:
    """Replays a logbook into a DuckDB file, or a folder of Parquet files, that other tools can read."""
    from .. import modules  # noqa: F401  (says what modules there are)
    from ..kernel.upkeep import write_database, write_parquet

    if (args.database is None) == (args.parquet is None):
        raise ONE_TARGET("database")
    write, target = (write_database, args.database) if args.database else (write_parquet, args.parquet)
    findings = write(logbook_of(args.logbook), target)
    for f in findings:
        print(f"{args.logbook}:{f.line}: {f.text.say(language_of(args))}", file=sys.stderr)
    print(target)
    return FOUND if findings else GOOD


@command(
    "核对日志或数据集的每一条校验规则。",
    argument(
        "source", type=Path, metavar="SOURCE",
        help=("日志、日志所在的文件夹、Parquet 文件夹，或 DuckDB 文件", "a logbook, the folder that holds one, a folder of Parquet files, or a DuckDB file"),
    ),
    data=True,
)  # fmt: skip
def audit(args: argparse.Namespace) -> int:
    """Checks a logbook, or a data set, against every invariant, by name."""
    from .. import modules  # noqa: F401  (says what modules there are)
    from ..books.dataset import is_database
    from ..data import look_at
    from ..kernel.upkeep import audit_logbook

    path = logbook_of(args.source)
    of_data = is_database(path) or (args.source.is_dir() and not path.exists())
    verdicts = look_at(args.source).audit() if of_data else audit_logbook(path)
    bad = [v for v in verdicts if v.findings]
    if args.format == "json":
        print_json([{"name": v.name, "zh": v.text.zh, "en": v.text.en, "holds": not v.findings, "findings": v.findings} for v in verdicts])
        return FOUND if bad else GOOD
    print_columns([("✓" if not v.findings else "✗", v.name, v.text.say(language_of(args))) for v in verdicts])
    for v in bad:
        print(f"\n{v.name}:")
        print("\n".join(f"  {line}" for line in v.findings[:50]))
    return FOUND if bad else GOOD


@command(
    "把损坏的日志中仍能重做的部分写入旁边的新文件，原文件保留。",
    argument("logbook", type=Path, metavar="LOGBOOK", help=("日志文件，或其所在的文件夹", "a logbook, or the folder that holds it")),
    data=True,
)
def recover(args: argparse.Namespace) -> int:
    """Writes what still replays of a damaged logbook to a new file beside it, and keeps the damaged one."""
    from .. import modules  # noqa: F401  (says what modules there are)
    from ..kernel.logbook import survey
    from ..kernel.state import State
    from ..kernel.upkeep import recover

    path = logbook_of(args.logbook)
    read = survey(path)
    language = language_of(args)
    state = State(read.header)
    sound = not read.findings and not state.replay(read.entries)
    state.close()
    if sound:
        if args.format == "json":
            print_json({"recovered": None, "kept": len(read.entries), "findings": []})
        else:
            print("日志完好，无需恢复。" if language == "zh" else "The logbook is sound; there is nothing to recover.")
        return GOOD
    k = 1
    while (target := path.with_name(f"{path.stem}.recovered{f'-{k}' if k > 1 else ''}{path.suffix}")).exists():
        k += 1
    done = recover(path, target)
    if args.format == "json":
        print_json({"recovered": str(target), "kept": done.kept, "findings": findings_json(done.findings)})
        return FOUND
    for f in done.findings:
        print(f"{path}:{f.line}: {f.text.say(language)}")
    if language == "zh":
        print(f"\n{target}：保留了 {done.kept} 条。原文件没有改动；要接着做，请把新文件改名为 {path.name}。")
    else:
        print(f"\n{target}: {done.kept} entries kept. The damaged file is as it was; to go on, rename the new one to {path.name}.")
    return FOUND


@command(
    "按行业格式写出账簿、邮件、证书和报表。",
    argument("logbook", type=Path, metavar="LOGBOOK", help=("日志文件，或其所在的文件夹", "a logbook, or the folder that holds it")),
    argument("--to", type=Path, required=True, metavar="DIR", help=("写入的文件夹", "the folder to write to")),
    data=True,
)
def export(args: argparse.Namespace) -> int:
    """Writes ledgers, mail, certificates and reports in the formats of their fields."""
    from ..export import export

    written = export(logbook_of(args.logbook), args.to)
    if args.format == "json":
        print_json([str(p) for p in written])
    else:
        print("\n".join(str(p) for p in written))
    return GOOD
