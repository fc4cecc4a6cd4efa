"""Every report on a million order lines or more: against the same in Polars on the same stored tables, against its bare SQL, and on the raw tables.

The trades are a simulated market (`ecomlab simulate`), in which every invariant of a world holds, so the reports are the very ones that students run.
Each tool works in a process of its own, and they take turns: each report runs several times in each, and the least seconds of the processor count,
which a busy machine changes least. Polars works once on the tables that `reports.prepared` makes, as our reports do, and once on the tables
as they come; what preparing costs is measured apart, in seconds of the processor too.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .. import reports
from ..kernel import packages
from ..market.simulate import simulate
from ..reports.prepared import prepare
from .rivals import NEEDED, RAW, VIEWS, Raw, in_polars
from .rows import Row, environment

#: A number that the totals of ours and of theirs must share to the cent, by report.
TOTAL = {
    "stock_movement": "closing_value", "operating_results": "amount", "cost": "cost_of_sales", "profit": "gross_profit", "payables": "open_amount",
    "receivables": "days_over_90", "cash_flow": "net_cash", "inventory": "value", "value_over_time": "closing_value", "turnover": "cost_of_sales",
    "customers": "monetary", "product_abc": "revenue", "product_xyz": "quantity", "cohorts": "buyers", "returns": "net_revenue",
    "purchase_price": "price_variance", "collection_days": "settled_amount", "payment_days": "settled_amount", "cash_cycle": "revenue",
}  # fmt: skip
#: How many order lines a simulated web order has on average.
LINES_PER_ORDER = 1.3
#: What is measured, each in a process of its own: our reports and their bare SQL on prepared tables and on raw ones, Polars on both.
TOOLS = ("ecomlab", "sql", "raw", "polars", "polars_raw")


def make(folder: Path, lines: int) -> None:
    """A market of about so many order lines in `folder/market`, and below `raw` and `prepared` the tables that Polars is to read.

    `seconds.json` says how long our preparing took.
    """
    simulate(max(1, round(lines / LINES_PER_ORDER)), "bench", folder / "market", workers=min(2, os.cpu_count() or 1))
    connection = stored(folder)
    start = time.process_time()
    ready = prepare(connection)
    (folder / "seconds.json").write_text(json.dumps(time.process_time() - start), "utf-8")
    for kind, source, tables in (("raw", connection, {**NEEDED, **RAW}), ("prepared", ready, {**NEEDED, **VIEWS})):
        (folder / kind).mkdir()
        for table, columns in tables.items():
            source.execute(f"copy (select {columns} from {table}) to '{folder / kind / table}.parquet' (format parquet)")


def stored(folder: Path) -> Any:
    """A DuckDB connection that has the tables of the market in memory."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")  # it would be drawn among the answers; each cursor has its own
    connection.execute(packages.schema(("books",)))
    for table in {**NEEDED, **RAW}:
        path = folder / "market" / table
        files = path / "*.parquet" if path.is_dir() else path.with_suffix(".parquet")
        if path.is_dir() or files.exists():
            connection.execute(f"delete from {table}")  # the chart of accounts comes with the schema, and with the market as well
            connection.execute(f"insert into {table} by name from read_parquet('{files}')")
    return connection


# --- in a process of its own ---------------------------------------------------------------------------------------------


def _ours(tool: str, folder: Path) -> Callable[[str], Any]:
    connection = stored(folder)
    if tool != "raw":
        connection = prepare(connection)
    connection.execute("set enable_progress_bar = false")
    if tool != "sql":
        return lambda name: reports.frame(connection, name)

    def bare(name: str) -> Any:
        chosen = reports.report(name)
        return connection.execute(chosen.sql, chosen.parameters({})).df()

    return bare


def _theirs(tool: str, folder: Path) -> Callable[[str], Any]:
    import polars

    read = {file.stem: polars.read_parquet(file) for file in (folder / ("raw" if tool == "polars_raw" else "prepared")).glob("*.parquet")}
    floats = {name: table.with_columns(polars.selectors.decimal().cast(polars.Float64)) for name, table in read.items()}
    tables = Raw(floats) if tool == "polars_raw" else floats
    made = in_polars()
    return lambda name: made[name](tables)


def measuring(tool: str, folder: Path) -> Callable[[str], dict[str, Any]]:
    """What runs a report with a tool and says how that was: seconds of the processor, total (None for bare SQL) and rows."""
    run = (_theirs if tool.startswith("polars") else _ours)(tool, folder)
    run("value_over_time")  # whatever is imported or compiled on first use

    def measured(name: str) -> dict[str, Any]:
        start = time.process_time()
        result = run(name)
        seconds = time.process_time() - start
        total = None if tool == "sql" else round(float(result[TOTAL[name]].sum()), 2)
        return {"seconds": seconds, "total": total, "rows": len(result)}

    return measured


# --- the benchmark ---------------------------------------------------------------------------------------------------------


def compare(lines: int = 1_000_000, times: int = 3) -> tuple[float, dict[str, Any]]:
    """Seconds of preparing, and by tool and report the best of what `measuring` measures. Raises RuntimeError where two tools disagree on a total."""
    tools = [t for t in TOOLS if not t.startswith("polars") or importlib.util.find_spec("polars")]
    with tempfile.TemporaryDirectory(prefix="ecomlab-reports-") as folder, contextlib.ExitStack() as at_work:
        with Step("make", folder, lines) as making:
            making.end()
        steps = {tool: at_work.enter_context(Step(tool, folder, lines)) for tool in tools}
        found: dict[str, dict[str, Any]] = {tool: {} for tool in tools}
        for name in reports.REPORTS:
            for tool, step in [*steps.items()] * times:
                found[tool][name] = min(step.ask(name), found[tool].get(name, {"seconds": math.inf}), key=lambda measured: measured["seconds"])
        preparing = json.loads((Path(folder) / "seconds.json").read_text("utf-8"))
    agree(found)
    return preparing, found


class Step:
    """A step of the benchmark in a process of its own, which ends with the block: it makes the tables, or answers with what `measuring` measures."""

    def __init__(self, step: str, folder: str, lines: int):
        call = [sys.executable, "-m", "ecomlab.bench.reports", "--step", step, "--folder", folder, "--lines", str(lines)]
        pipe = subprocess.PIPE
        self.step, self._process = step, subprocess.Popen(call, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment())

    def __enter__(self) -> Step:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, name: str) -> dict[str, Any]:
        """What the report takes there."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(BrokenPipeError):
            print(name, file=self._process.stdin, flush=True)
        if not (answer := self._process.stdout.readline()):
            self.end()
            raise RuntimeError(f"{self.step} ended at {name}")
        return dict(json.loads(answer))

    def end(self) -> None:
        """Waits until the process is through. Raises RuntimeError, with what it said, where it failed."""
        if code := self._process.wait():
            raise RuntimeError(f"{self.step} ended with {code}:\n{self._process.stderr.read()[-2000:] if self._process.stderr else ''}")


def agree(found: dict[str, Any]) -> None:
    """Raises RuntimeError where the totals of two tools differ by more than the rounding of Polars' floats."""
    for report in reports.REPORTS:
        ours, *others = (measured[report]["total"] for tool, measured in found.items() if tool != "sql")
        for theirs in others:
            if abs(ours - theirs) > 0.02 + 1e-9 * abs(ours):
                raise RuntimeError(f"{report}: one adds up to {ours}, another to {theirs}")


def bench_reports(lines: int = 1_000_000) -> Iterator[Row]:
    """Each report on prepared tables against Polars on the same, its bare SQL, and Polars on the raw tables; and what preparing costs."""
    preparing, found = compare(lines)
    seconds = {tool: {name: r["seconds"] for name, r in measured.items()} for tool, measured in found.items()}
    for name, ours in seconds["ecomlab"].items():
        for tool, against, aim in (("polars", "Polars, the same tables", 1.0), ("sql", "its bare SQL", 1.0), ("polars_raw", "Polars, raw tables", None)):
            if tool in seconds:
                yield Row(f"report {name}", ours, against, seconds[tool][name], aim=aim, faster=True)
    raw = sum(seconds["raw"].values())
    yield Row("all reports, on prepared tables", sum(seconds["ecomlab"].values()), "on raw tables", raw, faster=True)
    yield Row("preparing the tables, once", preparing, "all reports on raw tables", raw)


def main(args: Sequence[str] | None = None) -> int:
    """One step of the benchmark, in a process of its own: it makes the tables, or runs each report that a line of its input names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=1_000_000)
    chosen = parser.parse_args(args)
    if chosen.step == "make":
        make(chosen.folder, chosen.lines)
    else:
        measured = measuring(chosen.step, chosen.folder)
        for name in sys.stdin:
            print(json.dumps(measured(name.strip())), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
