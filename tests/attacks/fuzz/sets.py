"""Data sets, and SQL that a person types."""

from __future__ import annotations

import contextlib
import functools
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ecomlab.data import look_at
from ecomlab.kernel import sql
from ecomlab.kernel.database import Database
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.state import State
from tests import golden

from .files import laid, place
from .mutate import turned


def _tables(out: Path) -> Path:
    from ecomlab.kernel.upkeep import write_database

    if not out.exists():
        write_database(golden.FOLDER / "ebank.jsonl", out)
    return out


def parquets() -> list[bytes]:
    source = _tables(place() / "made" / "world.duckdb") if (place() / "made").mkdir(exist_ok=True) is None else place()
    found = []
    with contextlib.closing(duckdb.connect(str(source), read_only=True)) as database:
        for table in ("posting", "ledger_entry", "account"):
            with contextlib.suppress(duckdb.Error):
                target = place() / "made" / f"{table}.parquet"
                database.execute(f"copy {table} to '{target}' (format parquet)")
                found.append(f"{table}\0".encode() + target.read_bytes())
    return found


def parquet(data: bytes) -> str:
    name, _, content = data.partition(b"\0")
    folder = place() / "parquet"
    shutil.rmtree(folder, ignore_errors=True)
    for seed in _parquets():
        stem, _, sound = seed.partition(b"\0")
        laid(f"parquet/{stem.decode()}.parquet", content if stem == name else sound)
    return _looked_at(folder)


@functools.cache
def _parquets() -> list[bytes]:
    return parquets()


def _looked_at(source: Path) -> str:
    look = look_at(source)
    try:
        look.day  # noqa: B018
        look.all("select account, sum(amount) from posting group by all order by all")
        return "read"
    finally:
        look.close()


def named(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    name, _, content = chance.choice(seeds).partition(b"\0")
    return name + b"\0" + turned(chance, [content])


def databases() -> list[bytes]:
    (place() / "made").mkdir(exist_ok=True)
    return [_tables(place() / "made" / "world.duckdb").read_bytes()]


def database(data: bytes) -> str:
    return _looked_at(laid("foreign.duckdb", data))


def market(data: bytes) -> str:
    """A folder of Parquet files that brings a file with what is said of the set."""
    folder = place() / "market"
    if not folder.exists():
        for seed in _parquets():
            stem, _, sound = seed.partition(b"\0")
            laid(f"market/{stem.decode()}.parquet", sound)
    laid("market/market.json", data)
    from ecomlab import data as sets

    made = sets.open(folder)
    try:
        return "read" if made.about else "empty"
    finally:
        made.look.close()


@functools.cache
def _world() -> Database:
    state = State(survey(golden.FOLDER / "email.jsonl").header)
    return state.database


QUERIES = [b"select * from account", b"with x as (select 1 as a) select a, count(*) from x group by all order by 1",
    b"select day, sum(amount) over (order by day) from posting join ledger_entry using (entry)",
           b"select business_day() - 1, date '2026-09-01', $name::varchar, list_sum([1, 2]), {'a': 1}.a", b"pivot account on kind using count(*)",
           b"from account limit 3", b"select 1; select 2"]  # fmt: skip
CLAUSES = [b"select ", b" from account", b" where ", b"(", b")", b"'",
    b'"', b"$$", b";", b"--", b"/*", b" union all ", b" delete from account", b" returning *", b"read_csv('/etc/passwd')", b"copy account to 'x'",
    b"attach 'x'",
           b"pragma ", b"set threads=1", b"::int", b" over ()", b"[1:2]", b"lambda x: x", b"current_date", b"unnest(", b"interval '1 year'", b"'\\x00'",
           b"1/0", b"cast('x' as int)", b"getenv('HOME')", b"\xf0\x9f\x98\x80"]  # fmt: skip


def queried(data: bytes) -> str:
    import datetime
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sql.ask(_world(), data.decode("utf-8", "replace")[:2000], datetime.date(2026, 9, 1), {"name": "x"} if b"$name" in data else None)
    return "rows" if found else "none"
