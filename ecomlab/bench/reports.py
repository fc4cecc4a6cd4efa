"""Every report on a million order lines or more: against the same in Polars and pandas on the same stored tables, against its bare SQL, and on the raw tables.

The trades are a simulated market (`ecomlab simulate`), in which every invariant of a world holds, so the reports are the very ones that students run.
Each tool works in a process of its own, and they take turns as long as the tables of all fit in memory: each report runs several times in each, and the
least seconds of the processor count, which a busy machine changes least. Polars works once on the tables that `reports.prepared` makes, as our reports
and pandas do, and once on the tables as they come; what preparing costs is measured apart, in seconds of the processor too.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
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

import numpy as np

from .. import reports
from ..kernel import packages
from ..kernel.database import without_bar
from ..market.simulate import simulate
from ..reports.prepared import prepare, prepared
from .rivals import NEEDED, RAW, VIEWS, Raw, in_polars
from .rows import Row, environment

#: By how much a figure may differ from another tool's, by its unit: the last place that is shown, for who rounds a float that stands between two.
WITHIN = {"CNY": 0.01, "days": 0.01, "ratio": 0.0001}
#: How many order lines a simulated web order has on average.
LINES_PER_ORDER = 1.3
#: What is measured, each in a process of its own: our reports and their bare SQL on prepared tables and on raw ones, Polars on both, pandas on prepared ones.
TOOLS = ("ecomlab", "sql", "raw", "polars", "polars_raw", "pandas")
#: On raw tables, where no figure has an aim, and in pandas, which takes twice as long and more, each report runs once: they take longest.
ONCE = ("raw", "polars_raw", "pandas")
#: Of more lines than that, one tool after another has its tables, and DuckDB's are in a file: ten million take 15 GB in memory.
AT_ONCE = 3_000_000
TABLES = "tables.duckdb"


def make(folder: Path, lines: int) -> None:
    """A market of about so many order lines in `folder/market`, and below `raw` and `prepared` the tables that Polars and pandas are to read.

    `seconds.json` says how long our preparing took.
    """
    simulate(max(1, round(lines / LINES_PER_ORDER)), "bench", folder / "market", workers=min(2, os.cpu_count() or 1))
    connection = stored(folder, folder / TABLES if lines > AT_ONCE else ":memory:")
    start = time.process_time()
    ready = prepare(connection)
    (folder / "seconds.json").write_text(json.dumps(time.process_time() - start), "utf-8")
    for kind, source, tables in (("raw", connection, {**NEEDED, **RAW}), ("prepared", ready, {**NEEDED, **VIEWS})):
        (folder / kind).mkdir()
        for table, columns in tables.items():
            source.execute(f"copy (select {columns} from {table}) to '{folder / kind / table}.parquet' (format parquet)")
    ready.close()
    connection.close()


def stored(folder: Path, there: Path | str = ":memory:") -> Any:
    """A DuckDB connection that has the tables of the market, in memory or in a new file."""
    import duckdb

    connection = without_bar(duckdb.connect(there))
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
    import duckdb

    made = (folder / TABLES).exists()
    connection = without_bar(duckdb.connect(folder / TABLES, read_only=True)) if made else stored(folder)
    if tool != "raw":
        connection = (prepared if made else prepare)(connection)
    if tool != "sql":
        return lambda name: reports.frame(connection, name)

    def bare(name: str) -> Any:
        chosen = reports.report(name)
        return connection.execute(chosen.sql, chosen.parameters({})).df()

    return bare


def _polars(tool: str, folder: Path) -> Callable[[str], Any]:
    import polars

    read = {file.stem: polars.read_parquet(file) for file in (folder / ("raw" if tool == "polars_raw" else "prepared")).glob("*.parquet")}
    floats = {name: table.with_columns(polars.selectors.decimal().cast(polars.Float64)) for name, table in read.items()}
    tables = Raw(floats) if tool == "polars_raw" else floats
    made = in_polars()
    return lambda name: made[name](tables)


def _pandas(tool: str, folder: Path) -> Callable[[str], Any]:
    """DuckDB reads the files, since pandas alone cannot: amounts come as float64, days as datetime64, texts as pandas' `str`."""
    import duckdb

    from .rivals_pandas import IN_PANDAS

    connection = without_bar(duckdb.connect())
    tables = {file.stem: connection.read_parquet(str(file)).df() for file in (folder / "prepared").glob("*.parquet")}
    return lambda name: IN_PANDAS[name](tables)


def measuring(tool: str, folder: Path) -> Callable[[str], dict[str, Any]]:
    """What runs a report with a tool and says how that was: seconds of the processor, and rows. What it first gave lies in `answer_of` from then on."""
    run = {"polars": _polars, "polars_raw": _polars, "pandas": _pandas}.get(tool, _ours)(tool, folder)
    run("value_over_time")  # whatever is imported or compiled on first use

    def measured(name: str) -> dict[str, Any]:
        start = time.process_time()
        result = run(name)
        seconds = time.process_time() - start
        if tool != "sql" and not (path := answer_of(folder, tool, name)).exists():
            np.savez(path, **columns_of(name, result))
        return {"seconds": seconds, "rows": len(result)}

    return measured


# --- whether two tools gave the same -------------------------------------------------------------------------------------


def answer_of(folder: Path, tool: str, name: str) -> Path:
    return folder / f"{name}.{tool}.npz"


def columns_of(name: str, frame: Any) -> dict[str, Any]:
    """A report from pandas or Polars by its columns: figures as floats, days as such, of a text column the digest."""
    found = {}
    for column, unit in reports.report(name).named().items():
        values = frame[column].to_numpy()
        if unit == "day":
            found[column] = values.astype("datetime64[D]")
        elif unit in ("text", "class", "month"):
            texts = ("" if value is None or value != value else str(value) for value in values)
            found[column] = np.array(hashlib.sha256("\n".join(texts).encode()).hexdigest())
        else:
            found[column] = values.astype(float)
    if list(frame.columns) != list(found):
        raise RuntimeError(f"{name} has other columns: {list(frame.columns)}")
    return found


def agree(folder: Path, name: str, tools: Sequence[str]) -> None:
    """Raises RuntimeError where two of the tools did not give the same report: every column, row by row."""
    first, *others = (t for t in tools if t != "sql")
    units = reports.report(name).named()
    with np.load(answer_of(folder, first, name)) as ours:
        for other in others:
            with np.load(answer_of(folder, other, name)) as theirs:
                for column, unit in units.items():
                    if not _equal(ours[column], theirs[column], WITHIN.get(unit, 0)):
                        raise RuntimeError(f"{name}: {first} and {other} differ in {column}")


def _equal(ours: Any, theirs: Any, within: float) -> bool:
    if ours.shape != theirs.shape:
        return False
    if ours.dtype.kind != "f":
        return np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "M")
    return bool(np.allclose(ours, theirs, rtol=0, atol=1.01 * within, equal_nan=True))


# --- the benchmark ---------------------------------------------------------------------------------------------------------


def installed() -> tuple[str, ...]:
    """Those of `TOOLS` that are there: Polars is no dependency of ours."""
    return tuple(tool for tool in TOOLS if not tool.startswith("polars") or importlib.util.find_spec("polars"))


def compare(lines: int = 1_000_000, times: int = 3) -> tuple[float, dict[str, Any]]:
    """Seconds of preparing, and by tool and report the best of what `measuring` measures. Raises RuntimeError where two tools do not give the same."""
    with tempfile.TemporaryDirectory(prefix="ecomlab-reports-") as name:
        folder = Path(name)
        with Step("make", folder, lines) as making:
            making.end()
        found = in_turn(folder, installed(), times)
        return json.loads((folder / "seconds.json").read_text("utf-8")), found


def in_turn(folder: Path, tools: Sequence[str], times: int) -> dict[str, dict[str, Any]]:
    """By tool and report the best of what `measuring` measures, on the tables of `make`.

    The tools take turns at each report, or, where the tables are in a file, work one after another. Raises RuntimeError where two do not give the same.
    """
    found: dict[str, dict[str, Any]] = {tool: {} for tool in tools}
    for at_once in [[tool] for tool in tools] if (folder / TABLES).exists() else [tools]:
        again = [tool for tool in at_once if tool not in ONCE]
        with contextlib.ExitStack() as at_work:
            steps = {tool: at_work.enter_context(Step(tool, folder)) for tool in at_once}
            for name in reports.REPORTS:
                for tool in [*at_once, *again * (times - 1)]:
                    found[tool][name] = min(steps[tool].ask(name), found[tool].get(name, {"seconds": math.inf}), key=lambda measured: measured["seconds"])
    for name in reports.REPORTS:
        agree(folder, name, tools)
    return found


class Step:
    """A step of the benchmark in a process of its own, which ends with the block: it makes the tables, or answers with what `measuring` measures."""

    def __init__(self, step: str, folder: Path, lines: int = 0):
        call = [sys.executable, "-m", "ecomlab.bench.reports", "--step", step, "--folder", str(folder), "--lines", str(lines)]
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


def bench_reports(lines: int = 1_000_000) -> Iterator[Row]:
    """Each report on prepared tables against Polars and pandas on the same, its bare SQL, and Polars on the raw tables; and what preparing costs."""
    preparing, found = compare(lines)
    seconds = {tool: {name: r["seconds"] for name, r in measured.items()} for tool, measured in found.items()}
    for name, ours in seconds["ecomlab"].items():
        for tool, against, aim in (
            ("polars", "Polars, the same tables", 1.0), ("pandas", "pandas, the same tables", 1.0), ("sql", "its bare SQL", 1.0),
            ("polars_raw", "Polars, raw tables", None),
        ):  # fmt: skip
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
