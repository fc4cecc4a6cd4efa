"""A market of simulated trades: making it against bare DuckDB, its growth and memory, and its costing against the books' own, one by one.

Each measurement has a process of its own, so that its peak memory is its own. Generators of others run where they are installed, never otherwise.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..books import costing
from ..market import simulate as market
from ..market.choice import Lines
from ..market.costing import Mask, first_in_first_out, moves, moving_average
from ..market.goods import goods
from ..market.parcels import Fate, fates
from ..market.supply import Supplied, supply
from ..market.truth import Truth
from .reports import LINES_PER_ORDER
from .rows import Row, environment

SEED = "bench"
#: Lines of a market that is made in one part, so that shops of both methods are in it.
ONE_PART = 300_000
#: What stands for a column in a bare table, by its type; anything else is text.
_BARE = {"INTEGER": "i::integer", "BIGINT": "i", "DATE": "date '2025-01-01' + (i % 730)::integer", "BOOLEAN": "i % 2 = 0",
         "TIMESTAMP": "timestamp '2025-01-01 08:00:00' + to_seconds(i)"}  # fmt: skip
#: Generators of others: how a small set is made in the folder where it runs, and what of it is counted.
OTHERS = {"jafgen": ("1", "*.csv"), "tpchgen-cli": ("parquet -s 0.1", "*.parquet")}

#: Article, pieces (negative if they go), row of the delivery or sale, value in CNY of a delivery; what is sent back comes at what its sale had cost.
Movement = tuple[int, int, int, Decimal | None]


def make(folder: Path, lines: int) -> float:
    """Seconds of the processor that a market of about so many order lines takes, on one process."""
    return worked(lambda: market.simulate(orders_of(lines), SEED, folder / "market"))


def bare(folder: Path, lines: int) -> float:
    """Seconds of the processor that the same tables take with as many rows, columns and types, by `range()` alone, on one thread as ours."""
    del lines
    connection = market._connection()
    made = json.loads((folder / "market" / market.MANIFEST).read_text("utf-8"))["tables"]
    copies = []
    (folder / "bare").mkdir()
    for table, held in made.items():
        columns = connection.execute(f"describe from read_parquet('{folder}/market/{table}/*.parquet')").fetchall()
        chosen = ", ".join(f'{_stand_in(kind)} as "{name}"' for name, kind, *_ in columns)
        copies.append(f"copy (select {chosen} from range({held['rows']}) r(i)) to '{folder}/bare/{table}.parquet' (format parquet, compression zstd)")
    return worked(lambda: [connection.execute(copy) for copy in copies])


def _stand_in(kind: str) -> str:
    if kind.startswith("DECIMAL"):
        return f"((i % 100000)::decimal(16,0) * 0.01::decimal(3,2))::{kind.lower()}"
    return _BARE.get(kind, "'MB-' || i")


def worked(function: Callable[[], Any]) -> float:
    """Seconds of the processor, of all threads: both sides have one, and runs of minutes must not depend on who else is at work."""
    start = time.process_time()
    function()
    return time.process_time() - start


# --- costing ----------------------------------------------------------------------------------------------------------------


def cost(folder: Path, lines: int) -> dict[str, tuple[float, float]]:
    """By method: seconds of the processor for the goods of the shops that value so, in one step, and one by one through `books.costing`.

    Raises RuntimeError where the two differ by a cent.
    """
    truth = Truth.of(orders_of(lines), SEED)
    folder.mkdir(exist_ok=True)
    market._drawn(truth, folder, truth.parts, lambda _: None)
    made, bought = goods(truth), market._lines_of(truth, 0, folder)
    fifo = made.fifo[made.shop]
    found = {}
    fate = fates(truth, made, bought)
    supplied = supply(truth, made, bought, fate)
    for method, at_once, mine in ((costing.MOVING_AVERAGE, moving_average, ~fifo), (costing.FIFO, first_in_first_out, fifo)):
        step = partial(at_once, bought, fate, supplied, mine)
        one_by_one = partial(_one_by_one, method, list(_movements(bought, fate, supplied, mine)))
        found[method] = (min(worked(step) for _ in range(3)), worked(one_by_one))
        ours, theirs = int(step().cost.sum()), one_by_one()
        if ours != theirs:
            raise RuntimeError(f"{method}: in one step it costs {ours}, one by one {theirs}")
    return found


def _movements(lines: Lines, fate: Fate, supplied: Supplied, mine: Mask) -> Iterator[Movement]:
    """What came and went of the articles that are `mine`, by day, on a day what comes first."""
    sold, back, came = moves(lines, fate, supplied, mine)
    day = np.concatenate([came[:, 0], fate.back[back], lines.day[sold]])
    kind = np.repeat([0, 1, 2], [len(came), len(back), len(sold)])
    row = np.concatenate([np.arange(len(came)), back, sold])
    for i in np.lexsort((row, kind, day)).tolist():
        r = int(row[i])
        if kind[i] == 0:
            yield int(came[r, 1]), int(came[r, 2]), r, Decimal(int(came[r, 3])) / 100
        else:
            yield int(lines.article[r]), int(supplied.filled[r]) * (1 if kind[i] == 1 else -1), r, None


def _one_by_one(method: str, movements: Sequence[Movement]) -> int:
    """What all sales cost, fen, each movement by `books.costing` as a world books it."""
    layers: dict[int, list[costing.Layer]] = {}
    spent: dict[int, Decimal] = {}
    for seq, (article, pieces, row, value) in enumerate(movements, start=1):
        there = layers.get(article, [])
        if pieces > 0:
            layers[article] = costing.add(there, method, seq, pieces, spent[row] if value is None else value)
        else:
            taken = costing.take(there, -pieces)
            layers[article], spent[row] = taken.left, taken.cost
    return int(sum(spent.values()) * 100)


# --- generators of others, where they are installed -------------------------------------------------------------------------


def other(name: str, folder: Path) -> tuple[float, int]:
    """Seconds of the processor that a small set of another generator takes, and its rows in all tables."""
    import duckdb

    options, files = OTHERS[name]
    folder.mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([name, *options.split()], cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    read = "read_csv" if files.endswith("csv") else "read_parquet"
    return taken, sum(len(duckdb.execute(f"from {read}('{file}')").df()) for file in folder.rglob(files))


# --- the benchmark ----------------------------------------------------------------------------------------------------------


def orders_of(lines: int) -> int:
    return max(1, round(lines / LINES_PER_ORDER))


STEPS: dict[str, Callable[[Path, int], Any]] = {"make": make, "bare": bare, "cost": cost}


def alone(step: str, folder: Path, lines: int) -> tuple[Any, float]:
    """What a step gives in a process of its own, and the most memory that it had, MB."""
    call = [sys.executable, "-m", "ecomlab.bench.market", step, str(folder), str(lines)]
    done = subprocess.run(call, capture_output=True, text=True, env=environment())
    if done.returncode:
        raise RuntimeError(f"{step} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    result, kilobytes = json.loads(done.stdout)
    return result, kilobytes / 1024


def bench_market(lines: int = 1_000_000) -> Iterator[Row]:
    """A market of so many lines against bare DuckDB, against a tenth of it, its memory; costing; and other generators by their rows a second."""
    with tempfile.TemporaryDirectory(prefix="ecomlab-market-") as name:
        small, large = Path(name, "small"), Path(name, "large")
        (first, _), (taken, memory) = alone("make", small, max(1, lines // 10)), alone("make", large, lines)
        yield Row(f"a market of {lines:,} lines", taken, "range() of the same columns", alone("bare", large, lines)[0], aim=6)
        yield Row("the same", taken, "ten of a tenth of its lines", 10 * first, aim=1.1)
        yield Row("its most memory", memory, aim=4096, unit="MB")
        for method, (ours, theirs) in alone("cost", Path(name, "cost"), min(lines, ONE_PART))[0].items():
            yield Row(f"costing, {method.replace('_', ' ')}", ours, "one by one, books.costing", theirs, aim=20, faster=True)
        rows = sum(table["rows"] for table in json.loads((large / "market" / market.MANIFEST).read_text("utf-8"))["tables"].values())
        for generator, aim in (("jafgen", 50), ("tpchgen-cli", None)):
            if shutil.which(generator):
                theirs, made = other(generator, Path(name, generator))
                yield Row("a million rows", 1e6 * taken / rows, generator, 1e6 * theirs / made, aim=aim, faster=True)
            else:
                print(f"{generator} is not installed: not compared", file=sys.stderr)


if __name__ == "__main__":
    result = STEPS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps((result, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)))
