"""Every report over a million order lines: seconds and memory against the same in pandas and in Polars, and the bare SQL.

The lines are loaded in bulk into the tables of the books, so the reports are the very ones that students run. Each tool
works in a process of its own, so that one's memory is not the other's; each report runs several times and the median counts.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .. import reports
from ..kernel import packages
from .rivals import NEEDED, RIVALS

#: A number that the totals of ours and of theirs must share to the cent, by report.
TOTAL = {
    "stock_movement": "closing_value", "operating_results": "amount", "cost": "cost_of_sales", "profit": "gross_profit", "payables": "open_amount",
    "receivables": "days_over_90", "inventory": "value", "value_over_time": "closing_value", "turnover": "cost_of_sales", "customers": "monetary",
    "product_abc": "revenue",
}  # fmt: skip

#: A year of 20 shops with 500 products and 12,000 shoppers; five lines make two orders. hash(i * 8 + k) draws without a state.
_TRADE = """
insert into member select 'MB-' || i, if(i < 20, 'company', 'person'), 'Member ' || i, null, null from range(12040) r(i);
insert into stock_place select 'ST-' || i, 'store', 'MB-' || i, 'Store ' || i from range(20) r(i);
insert into product select (9520000000000 + i)::varchar, 'Product ' || i, ['food', 'textiles', 'household', 'stationery', 'appliances'][1 + i % 5], 100,
    (5 + hash(i * 8) % 10000 / 100)::decimal(18,2) from range(500) r(i);
create temp table sold as
    select (i * 2) // 5 as o, p.gtin as product, (1 + hash(i * 8 + 2) % 5)::integer as quantity, p.cost
    from range($lines) r(i) join product p on p.gtin = (9520000000000 + (hash(i * 8 + 1) % 500 * (hash(i * 8 + 3) % 500)) // 500)::varchar;
create temp table ordered as
    select o, hash(o * 8 + 4) % 20 as shop, 40 + hash(o * 8 + 5) % 12000 as shopper, date '2025-01-01' + (o * 365 // $orders)::integer as day
    from range($orders) r(o);
insert into sale_line
    select any_value(day), 'WO-' || o, 'MB-' || any_value(shop), 'MB-' || any_value(shopper), product, sum(quantity),
           (sum(quantity) * any_value(cost) * 1.4)::decimal(18,2), sum(quantity) * any_value(cost), 'b2c'
    from sold join ordered using (o) group by o, product;
insert into due_line select 'WO-' || o, 'WO-' || o, day + 30 from ordered;
insert into stock_movement
    select -1 - s * 60000 - p * 12 - m, 'receipt', date '2025-01-01' + (m * 30)::integer, timestamp '2025-01-01', 'MB-' || s, 'ST-' || s, t.gtin, 'on_hand',
           60, 60 * t.cost, 'BP-' || s || '-' || p || '-' || m
    from range(20) a(s), range(500) b(p), range(12) c(m), product t where t.gtin = (9520000000000 + p)::varchar;
insert into stock_movement
    select row_number() over (), 'issue', day, day, seller, 'ST-' || substr(seller, 4), product, 'on_hand', -quantity, -cost, document from sale_line;
create temp table booked as
    select row_number() over () * 4 as n, document, any_value(day) as day, any_value(seller) as owner, any_value(buyer) as buyer, sum(revenue) as amount,
           sum(cost) as cost
    from sale_line group by document;
insert into ledger_entry select n + k, ['sale', 'stock_issue', 'payment'][k + 1], day + (k * 20)::integer, day, '', document, null from booked, range(3) t(k)
    where k < 2 or n % 40 < 36;
insert into posting select n, 1, owner, '1122', buyer, amount from booked union all select n, 2, owner, '6001', '', -amount from booked
    union all select n + 1, 1, owner, '6401', '', cost from booked union all select n + 1, 2, owner, '1405', '', -cost from booked
    union all select n + 2, 1, owner, '1002', '', amount from booked where n % 40 < 36
    union all select n + 2, 2, owner, '1122', buyer, -amount from booked where n % 40 < 36;
insert into ledger_entry select number, 'stock_receipt', day, moment, '', document, null from stock_movement where kind = 'receipt';
insert into posting select number, 1, owner, '1405', '', value from stock_movement where kind = 'receipt'
    union all select number, 2, owner, '2202', 'MB-' || (20 - number % 20), -value from stock_movement where kind = 'receipt';
insert into ledger_entry select number - 9000000, 'settlement', day + 30, moment, '', document, null from stock_movement
    where kind = 'receipt' and number % 7 <> 0;
insert into posting select number - 9000000, 1, owner, '2202', 'MB-' || (20 - number % 20), value from stock_movement where kind = 'receipt' and number % 7 <> 0
    union all select number - 9000000, 2, owner, '1002', '', -value from stock_movement where kind = 'receipt' and number % 7 <> 0;
drop table sold; drop table ordered; drop table booked;
"""


def make(folder: Path, lines: int) -> None:
    """Writes the trades as Parquet, a file for each table that the reports read."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(packages.schema(("books",)))
    values = {"lines": lines, "orders": max(1, lines * 2 // 5)}
    for statement in connection.extract_statements(_TRADE):
        connection.execute(statement, {n: v for n, v in values.items() if n in statement.named_parameters})
    for table in NEEDED:
        connection.execute(f"copy {table} to '{folder / table}.parquet' (format parquet)")
    connection.close()


# --- in a process of its own ---------------------------------------------------------------------------------------------


def _ours(folder: Path) -> tuple[Callable[[str], Any], Callable[[str], Any]]:
    """Functions that make a report by name: as they are, and as bare SQL whose result becomes a DataFrame untouched."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(packages.schema(("books",)))
    connection.execute("delete from ledger_account")
    for file in sorted(folder.glob("*.parquet")):
        connection.execute(f"insert into {file.stem} from '{file}'")

    def bare(name: str) -> Any:
        chosen = reports.report(name)
        return connection.execute(chosen.sql, chosen.parameters({})).df()

    return lambda name: reports.frame(connection, name), bare


def _theirs(tool: str, folder: Path) -> Callable[[str], Any]:
    import duckdb

    tables = {}
    for table, columns in NEEDED.items():
        if tool == "polars":
            import polars

            read = polars.read_parquet(folder / f"{table}.parquet", columns=columns.split(", "))
            tables[table] = read.with_columns(polars.selectors.decimal().cast(polars.Float64))
        else:
            tables[table] = duckdb.connect().execute(f"select {columns} from '{folder / table}.parquet'").df()
    made = RIVALS[tool]()
    return lambda name: made[name](tables)


def _measure(tool: str, folder: Path, times: int) -> dict[str, Any]:
    """Median seconds and the total of each report, and the process's memory in MB: loaded, and at its peak."""
    if tool in ("ecomlab", "sql"):
        frame, bare = _ours(folder)
        run = frame if tool == "ecomlab" else bare
    else:
        run = _theirs(tool, folder)
    loaded = _memory()
    run("value_over_time")  # whatever is imported or compiled on first use
    found: dict[str, Any] = {}
    for name in reports.REPORTS:
        taken = []
        for _ in range(times):
            start = time.perf_counter()
            result = run(name)
            taken.append(time.perf_counter() - start)
        total = None if tool == "sql" else round(float(result[TOTAL[name]].sum()), 2)
        found[name] = {"seconds": statistics.median(taken), "total": total, "rows": len(result)}
    return {"reports": found, "loaded": loaded, "peak": _memory()}


def _memory() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


# --- the benchmark ---------------------------------------------------------------------------------------------------------


def compare(lines: int = 1_000_000, times: int = 3) -> dict[str, Any]:
    """The measurements of every tool that is installed, by tool: `_measure`. Raises RuntimeError where two disagree on a total."""
    tools = ["ecomlab", "sql", *(t for t in RIVALS if importlib.util.find_spec(t))]
    with tempfile.TemporaryDirectory(prefix="ecomlab-reports-") as name:
        here = str(Path(__file__).resolve().parents[2])
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))}
        found = {}
        for step in ("make", *tools):  # making them too: a process begins with the memory that the one before it had at its peak
            call = [sys.executable, "-m", "ecomlab.bench.reports", "--step", step, "--folder", name, "--lines", str(lines), "--times", str(times)]
            done = subprocess.run(call, capture_output=True, text=True, env=environment)
            if done.returncode:
                raise RuntimeError(f"{step} ended with {done.returncode}:\n{done.stderr[-2000:]}")
            if step != "make":
                found[step] = json.loads(done.stdout)
    for tool in found.keys() & RIVALS.keys():
        for report in reports.REPORTS:
            ours, theirs = (found[t]["reports"][report]["total"] for t in ("ecomlab", tool))
            if abs(ours - theirs) > 0.02 + 1e-9 * abs(ours):
                raise RuntimeError(f"{report}: ours adds up to {ours}, {tool}'s to {theirs}")
    return found


def table(found: dict[str, Any]) -> str:
    """The measurements in words: seconds of ours, and how many times as long the others take."""
    tools = [t for t in found if t != "ecomlab"]
    rows = [["report", "rows", "ecomlab", *(f"{t} /ours" for t in tools)]]
    for name, ours in found["ecomlab"]["reports"].items():
        others = [found[t]["reports"][name]["seconds"] for t in tools]
        rows.append([name, f"{ours['rows']:,}", f"{ours['seconds']:.3f} s", *(f"{s:.3f} s {s / ours['seconds']:5.2f}x" for s in others)])
    for what in ("loaded", "peak"):
        ours = found["ecomlab"][what]
        rows.append([f"memory, {what}", "", f"{ours:,.0f} MB", *(f"{found[t][what]:,.0f} MB {found[t][what] / ours:5.2f}x" for t in tools)])
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths, strict=True))) for r in rows)


def main(args: Sequence[str] | None = None) -> int:
    """Runs the benchmark and prints its table, or, in a process of its own, one step of it."""
    parser = argparse.ArgumentParser(prog="ecomlab bench reports", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="order lines to load (default: 1,000,000)")
    parser.add_argument("--times", type=int, default=3, help="runs of each report; the median counts (default: 3)")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(args)
    if chosen.step == "make":
        make(chosen.folder, chosen.lines)
    elif chosen.step:
        print(json.dumps(_measure(chosen.step, chosen.folder, chosen.times)))
    else:
        print(table(compare(chosen.lines, chosen.times)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
