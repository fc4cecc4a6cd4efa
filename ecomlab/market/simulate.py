"""`simulate`: makes a market and writes it as Parquet, part by part, within bounded memory.

Customers are made in blocks; what they buy goes to the part of the shop that sells it. A part is some shops with all that they bought, sold and
booked, and it is made alone: so parts may be made in any order, on any number of processes or machines, and an interrupted run goes on.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..kernel import files, packages
from ..kernel.database import without_bar
from ..kernel.refusals import refusal
from ..kernel.scheduler import connected
from . import advertising, booking, calendar, customers, goods, haulage
from .choice import Chooser, Lines
from .cluster import on_cluster
from .costing import valued
from .customers import BLOCK
from .goods import Goods
from .parcels import fates
from .supply import supply
from .truth import PROVINCES, Truth
from .versions import LAYOUT

if TYPE_CHECKING:
    import duckdb

MOST = 100_000_000
LEAST_DAYS, MOST_DAYS = 60, 1460
#: Bytes on disk for an order with all that follows from it, while it is made.
BYTES = 400
MANIFEST = "market.json"
#: In which form a channel shows advertisements.
AS_SHOWN = {"search": "text", "feed": "banner", "live": "button", "mail": "text"}
_MAKING = ".making"

NO_ORDERS = refusal(
    "orders_out_of_range", "订单数不对。请填写 1 到 {most:,} 之间的整数。", "The number of orders is out of range. Give a number from 1 to {most:,}."
)
TOO_MANY = refusal(
    "too_many_orders", "{orders:,} 个订单约需 {needed:,} GB 磁盘空间，超出了一个数据集的上限。请填写不超过 {most:,} 的整数。",
    "A market of that many orders ({orders:,}) would need about {needed:,} GB of disk, more than one set may be. Give a number up to {most:,}.",
)  # fmt: skip
DAYS_OUT_OF_RANGE = refusal(
    "days_out_of_range", "天数不对。请填写 {least} 到 {most} 之间的整数。", "The number of days is out of range. Give a number from {least} to {most}."
)
NO_ROOM = refusal(
    "no_room", "写入这个市场约需 {needed} MB，而“{path}”所在的磁盘只剩 {free} MB。请减少订单数或换一个位置。",
    "This market takes about {needed} MB, and the disk of {path} has {free} MB left. Ask for fewer orders, or choose another place.",
)  # fmt: skip
NOT_EMPTY = refusal(
    "folder_not_empty", "“{path}”不是空文件夹，其中的内容不会被覆盖。请换一个文件夹，或先清空它。",
    "{path} is not empty, and nothing in it is overwritten. Choose another folder, or empty it first.",
)  # fmt: skip
OTHER_MARKET = refusal(
    "other_market_begun", "“{path}”里有一个未完成的市场，但参数不同。请用原来的参数继续，或删除该文件夹后重来。",
    "{path} holds the beginning of a market with other parameters. Go on with those, or delete the folder and begin again.",
)  # fmt: skip
TRUTH_INSIDE = refusal(
    "truth_inside", "真值文件夹“{truth}”不能放在数据文件夹“{path}”之内，也不能是同一个文件夹，否则学生会看到答案。请换一个文件夹。",
    "The truth ({truth}) must not be in the data's folder ({path}), nor be the same: students would see the answers. Name another folder.",
)  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far a run is: parts and blocks done, of how many; what is being done, in both languages' words by the caller."""

    step: str
    done: int
    total: int


def simulate(
    orders: int, seed: str, out: Path, truth_to: Path | None = None, *, days: int = 730, workers: int = 1, scheduler: str | None = None,
    drawn: bool = False, tell: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Writes a market of so many orders into the folder `out`; gives its manifest.

    truth_to: where the parameters and the labels go, apart from the data. workers: processes; scheduler: the address of a Dask scheduler, whose
    machines make the parts instead (`cluster`). The files are the same. drawn: the seed is nobody's choice, so it is kept until the market is
    finished; one that was given is not, as what is true follows from it. A run that was interrupted goes on when it is called again with the same
    parameters. Refuses what cannot be made, and overwrites nothing.
    """
    if orders < 1:
        raise NO_ORDERS("orders", most=MOST)
    if orders > MOST:
        raise TOO_MANY("orders", orders=orders, needed=orders * BYTES // 1_000_000_000, most=MOST)
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise DAYS_OUT_OF_RANGE("days", least=LEAST_DAYS, most=MOST_DAYS)
    truth = Truth.of(orders, seed, days)
    with connected(scheduler) if scheduler else contextlib.nullcontext() as cluster:
        _prepared(truth, seed if drawn else None, out, truth_to)
        making = out / _MAKING
        parts = truth.parts
        many = _drawn(truth, making, parts, tell)
        done = {int(f.stem) for f in making.glob("*.done")}
        waiting = [p for p in range(parts) if p not in done]
        tell(Progress("parts", len(done), parts))
        made = on_cluster(cluster, make_part, truth, waiting, out, truth_to, making) if cluster else _made(truth, out, truth_to, making, waiting, workers)
        for part in made:
            done.add(part)
            tell(Progress("parts", len(done), parts))
    connection = _connection()
    _whole(connection, truth, out, many)
    manifest = _manifest(connection, truth, out, many)
    if truth_to:
        _write_truth(truth, truth_to, many, manifest["digest"])
    connection.close()
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    shutil.rmtree(making)
    return manifest


def seed_begun(out: Path) -> str | None:
    """The drawn seed of a market that was begun in a folder and not finished, so that it can go on."""
    kept = out / _MAKING / "seed"
    return kept.read_text("utf-8") if kept.exists() else None


def _prepared(truth: Truth, seed: str | None, out: Path, truth_to: Path | None) -> None:
    """The folder is there, is ours, and the disk has room; or a refusal, and nothing has changed."""
    if truth_to and (truth_to.resolve() == out.resolve() or out.resolve() in truth_to.resolve().parents):
        raise TRUTH_INSIDE("truth", truth=truth_to, path=out)
    asked = json.dumps({"ecomlab": __version__, **truth.record()}, sort_keys=True, default=str)
    begun = out / _MAKING / "asked.json"
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not begun.exists():
            raise NOT_EMPTY("out", path=out)
        if begun.read_text("utf-8") != hashlib.sha256(asked.encode()).hexdigest():
            raise OTHER_MARKET("out", path=out)
        return
    if truth_to and truth_to.exists() and (not truth_to.is_dir() or any(truth_to.iterdir())):
        raise NOT_EMPTY("truth", path=truth_to)
    there = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    needed, free = 20 + truth.orders * BYTES // 1_000_000, shutil.disk_usage(there).free // 1_000_000
    if needed > free:
        raise NO_ROOM("orders", needed=f"{needed:,}", free=f"{free:,}", path=out)
    begun.parent.mkdir(parents=True)
    begun.write_text(hashlib.sha256(asked.encode()).hexdigest(), "utf-8")
    if seed:
        files.write(begun.parent, "seed", seed.encode())


# --- first: who buys what, in blocks of customers -----------------------------------------------------------------------


def market_goods(truth: Truth) -> tuple[Goods, Chooser]:
    made = goods.goods(truth)
    return made, Chooser(truth, made, goods.choice_weights(truth, made))


def _drawn(truth: Truth, making: Path, parts: int, tell: Callable[[Progress], None]) -> int:
    """Makes customers until there are as many orders as were asked for, and lays their lines aside by part; gives the number of customers."""
    finished = making / "drawn.json"
    if finished.exists():
        return int(json.loads(finished.read_text("utf-8")))
    made, chooser = market_goods(truth)
    part_of_shop = np.arange(truth.shops) % parts
    for old in making.glob("*.lines"):
        old.unlink()
    orders = many = 0
    while orders < truth.orders:
        block = min(BLOCK, max(1_000, round((truth.orders - orders) / 2.2)))
        visits = customers.visits(truth, many, many + block)
        if orders + len(visits.day) >= truth.orders:
            visits = customers.Visits(*(getattr(visits, f.name)[: truth.orders - orders] for f in fields(visits)))
            block = int(visits.customer[-1]) - many + 1
        orders += len(visits.day)
        many += block
        _aside(chooser.choose(visits), made, part_of_shop, making)
        tell(Progress("customers", orders, truth.orders))
    _aside(chooser.brushed(many), made, part_of_shop, making)
    finished.write_text(json.dumps(many), "utf-8")
    return many


def _aside(lines: Lines, made: Goods, part_of_shop: Any, making: Path) -> None:
    part = part_of_shop[made.shop[lines.article]]
    for p in np.unique(part):
        rows = lines[part == p]
        with (making / f"{p}.lines").open("ab") as f:
            np.stack([getattr(rows, c.name) for c in fields(Lines)], axis=1).astype("<i8").tofile(f)


def _lines_of(truth: Truth, part: int, making: Path) -> Lines:
    path = making / f"{part}.lines"
    read = np.fromfile(path, dtype="<i8").reshape(-1, len(fields(Lines))) if path.exists() else np.zeros((0, 5), dtype="<i8")
    lines = Lines(*read.T.astype(np.int64))
    # within a day in an order that tells nothing of how an order came about: it is served, numbered and booked in this order
    turn = truth.draws.words("turn", lines.order)
    return lines[np.lexsort((lines.article, lines.order, turn, lines.day))]


# --- then: what came of it, part by part ----------------------------------------------------------------------------------


def _made(truth: Truth, out: Path, truth_to: Path | None, making: Path, waiting: list[int], workers: int) -> Iterator[int]:
    if workers == 1 or len(waiting) < 2:
        for part in waiting:
            yield make_part(truth, part, out, truth_to, making)
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(make_part, truth, part, out, truth_to, making) for part in waiting]
        try:
            for future in concurrent.futures.as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def make_part(truth: Truth, part: int, out: Path, truth_to: Path | None, making: Path) -> int:
    """Makes and writes one part; gives its number. A part that was begun before is made anew."""
    lines = _lines_of(truth, part, making)
    made = goods.goods(truth)
    fate = fates(truth, made, lines)
    supplied = supply(truth, made, lines, fate)
    booked = booking.facts(truth, made, part, lines, fate, supplied, valued(made, lines, fate, supplied))
    connection = _connection()
    booking.start_of(connection, truth)
    codes(connection, truth, made)
    for table, sql in booking.lay_out(connection, truth, booked).items():
        write(connection, sql, out / table, part)
    if truth_to:
        import pandas

        connection.register("label", pandas.DataFrame({"number": booked.labels}))
        day, article, pieces = supplied.missed.T
        connection.register("short", pandas.DataFrame({"day": day, "article": article, "pieces": pieces}))
        write(connection, "select 'W' || number as web_order, 'brushing' as label from label order by number", truth_to / "label", part)
        sql = """select on_day(day) as day, code as product, sum(pieces)::integer as missed from short join article_code using (article)
                 group by 1, 2 order by 1, 2"""
        write(connection, sql, truth_to / "missed", part)
    connection.register("out_of_stock", _short_days(supplied.missed))
    write(connection, "select on_day(day) as day, code as product from out_of_stock join article_code using (article) order by all", out / "stock_out", part)
    connection.close()
    (making / f"{part}.done").touch()
    return part


def _short_days(missed: Any) -> Any:
    """The days on which an article ran out: what a shop sees, which does not know how many pieces would have been asked for."""
    import pandas

    days = np.unique(missed[:, :2], axis=0)
    return pandas.DataFrame({"day": days[:, 0], "article": days[:, 1]})


def _connection() -> duckdb.DuckDBPyConnection:
    import duckdb

    # one thread: the order of rows, and so every byte, is the same everywhere
    return without_bar(duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False}))


def codes(connection: duckdb.DuckDBPyConnection, truth: Truth, made: Goods) -> None:
    """The names of what is numbered from 0: articles, shops with their supplier, carriers, provinces."""
    import pandas

    connection.register("raw_article", pandas.DataFrame({"article": np.arange(made.count), "code": [gtin(a) for a in range(made.count)]}))
    connection.execute("create temp table article_code as from raw_article")
    hauling = haulage.hauliers(truth).tolist()
    shops = {
        "shop": np.arange(truth.shops), "supplier": [f"MB-S{s:03}" for s in made.supplier], "haulier": [f"MB-H{h:03}" for h in hauling],
        "base": [round(100 * truth.hauliers[h // truth.parts][3]) for h in hauling],
        "rate": [round(100 * truth.hauliers[h // truth.parts][4]) for h in hauling],
    }  # fmt: skip
    connection.register("raw_shop", pandas.DataFrame(shops))
    connection.execute("create temp table shop_code as from raw_shop")
    connection.register("raw_carrier", pandas.DataFrame({"carried_by": range(len(truth.carriers)), "name": [c[0] for c in truth.carriers]}))
    connection.execute("create temp table carrier_code as from raw_carrier")
    connection.register("raw_province", pandas.DataFrame({"province": np.arange(len(PROVINCES)), "code": list(PROVINCES)}))
    connection.execute("create temp table province_code as from raw_province")
    channels = {"channel": range(len(truth.channels)), "name": [c[0] for c in truth.channels], "per_fen": [c[0] for c in truth.clicks],
                "form": [AS_SHOWN[c[0]] for c in truth.channels]}  # fmt: skip
    connection.register("raw_channel", pandas.DataFrame(channels))
    connection.execute("create temp table channel_code as from raw_channel")


def gtin(article: int) -> str:
    """A GTIN-13 in the range that GS1 keeps for demonstrations (952), with its check digit."""
    twelve = f"952{article:09}"
    odd, even = sum(map(int, twelve[::2])), sum(map(int, twelve[1::2]))
    return f"{twelve}{-(odd + 3 * even) % 10}"


def write(connection: duckdb.DuckDBPyConnection, sql: str, folder: Path, part: int) -> None:
    """Writes the rows of a query as one file of a table; it appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"part-{part:03}.parquet"
    fresh = path.with_suffix(".new")
    quoted = str(fresh).replace("'", "''")
    connection.execute(f"copy ({sql}) to '{quoted}' (format parquet, compression zstd)")
    os.replace(fresh, path)


# --- last: what belongs to no part ---------------------------------------------------------------------------------------


def _whole(connection: duckdb.DuckDBPyConnection, truth: Truth, out: Path, many: int) -> None:
    """The tables of the whole market: members, shops, articles and their prices, advertisements, coupons."""
    import pandas

    made = goods.goods(truth)
    booking.start_of(connection, truth)
    codes(connection, truth, made)
    names = pandas.DataFrame({"category": range(len(truth.categories)), "name": [c[0] + " " + c[1] for c in truth.categories]})
    connection.register("category", names)
    articles = {"article": np.arange(made.count), "category": made.category, "shop": made.shop, "cost": made.cost[0], "price": made.price[-1]}
    connection.register("goods", pandas.DataFrame(articles))
    weeks = np.repeat(np.arange(goods.weeks(truth)), made.count)
    prices = {"week": weeks, "article": np.tile(np.arange(made.count), goods.weeks(truth)), "price": made.price.ravel(), "cost": made.cost.ravel()}
    connection.register("price", pandas.DataFrame(prices))
    spent, by = advertising.spending(truth), advertising.advertisers(truth)
    channel, day, province = (a.ravel() for a in np.indices(spent.shape))
    bills = {"channel": channel, "day": day, "province": province, "shop": by.ravel(), "amount": spent.ravel()}
    connection.register("spent", pandas.DataFrame(bills))
    tariffs = [{"n": n, "name": h[0], "base": h[3], "rate": h[4]} for n, h in enumerate(h for h in truth.hauliers for _ in range(truth.parts))]
    connection.register("tariff", pandas.DataFrame(tariffs))
    begin, aimed = calendar.campaigns(truth)
    connection.register("campaign", pandas.DataFrame({"campaign": np.arange(len(begin)), "day": begin, "aimed": aimed}))
    with _connection() as books:  # the chart of accounts as every world has it, for readers without us
        books.execute((packages.Package("ecomlab.books").folder / "schema.sql").read_text("utf-8"))  # who calls us may not have loaded them
        connection.register("chart", books.execute("from ledger_account order by account").df())
    number = "lpad(i::varchar, 4, '0')"
    shoppers = f"(select shopper_number(i) as number from range({many}) r(i))"
    for table, sql in {
        "member": f"""
            select 'MB-' || {number} as number, 'company' as kind, '第 ' || (i + 1) || ' 店 Shop ' || (i + 1) as name, null::varchar as uscc,
                   null::varchar as mailbox from range({truth.shops}) r(i)
            union all select 'MB-S' || lpad(i::varchar, 3, '0'), 'company', '供应商 Supplier ' || (i + 1), null, null from range({truth.suppliers}) r(i)
            union all select 'MB-H' || lpad(n::varchar, 3, '0'), 'company', name || ' ' || (n + 1), null, null from tariff
            union all select bulk_buyer(i), 'institution', '采购单位 Bulk buyer ' || (i + 1), null, null from range({truth.bulk_buyers}) r(i)
            union all select 'MB-PLATFORM', 'company', '支付平台 Payment platform', null, null
            union all select number, 'person', '顾客 Customer ' || number, null, null from {shoppers} order by 1""",
        "product": f"""
            select code as gtin, name || ' ' || lpad(article::varchar, 5, '0') as name, name as product_category, {booking.A_PIECE} as weight_g,
                   fen(cost) as cost
            from goods join category using (category) join article_code using (article) order by gtin""",
        "stock_place": f"""
            select 'ST-' || {number} as number, 'store' as kind, 'MB-' || {number} as keeper, '第 ' || (i + 1) || ' 店 Shop ' || (i + 1) as name
            from range({truth.shops}) r(i)
            union all select 'ST-S' || lpad(i::varchar, 3, '0'), 'warehouse', 'MB-S' || lpad(i::varchar, 3, '0'), '供应商 Supplier ' || (i + 1)
            from range({truth.suppliers}) r(i)
            union all select 'ST-' || substr(bulk_buyer(i), 4), 'store', bulk_buyer(i), '采购单位 Bulk buyer ' || (i + 1)
            from range({truth.bulk_buyers}) r(i) order by 1""",
        "ledger_account": "from chart",
        "lgs_carrier": """
            select 'MB-H' || lpad(n::varchar, 3, '0') as member, name || ' ' || (n + 1) as name, '' as contact, '' as phone, '' as mailbox, '' as city,
                   base::decimal(18,2) as base_fee, rate::decimal(18,2) as rate_per_kg, on_day(0) as day from tariff order by 1""",
        "b2c_supplier": f"select 'MB-S' || lpad(i::varchar, 3, '0') as member, 'ST-S' || lpad(i::varchar, 3, '0') as place from range({truth.suppliers}) r(i)",
        "b2c_merchant": f"""
            select 'SH' || {number} as merchant, '' as contract, 'MB-' || {number} as member, 'ST-' || {number} as place,
                   '第 ' || (i + 1) || ' 店 Shop ' || (i + 1) as shop_name, '' as contact, '' as phone, '' as mailbox, on_day(0) as joined
            from range({truth.shops}) r(i) order by 1""",
        "b2c_product": """
            select 'SH' || lpad(shop::varchar, 4, '0') as merchant, code as product, fen(price) as price, fen(cost) as cost, '' as description,
                   true as on_sale, on_day(0) as day from goods join article_code using (article) order by merchant, product""",
        "price_week": """
            select on_day(week * 7) as week, code as product, fen(price) as price, fen(cost) as cost
            from price join article_code using (article) order by week, product""",
        "ad_spend": """
            select on_day(day) as day, code as province, name as channel, 'SH' || lpad(shop::varchar, 4, '0') as merchant, fen(amount) as amount
            from spent join channel_code using (channel) join province_code using (province) where amount > 0 order by day, province, name""",
        "stock_owner": f"select 'MB-' || {number} as owner, 'fifo' as method from range({truth.shops}) r(i) where i % 4 = 3 order by 1",
        "coupon_campaign": """
            select campaign + 1 as campaign, on_day(day) as first_day, on_day(day + 6) as last_day, aimed from campaign order by campaign""",
    }.items():
        write(connection, sql, out / table, 0)
    _write_shoppers(connection, truth, out, many)


def _write_shoppers(connection: duckdb.DuckDBPyConnection, truth: Truth, out: Path, many: int) -> None:
    """Customers in blocks: where they live, when they came first, which campaigns' coupons they were given after that."""
    import pandas

    begin, _ = calendar.campaigns(truth)
    for block, first in enumerate(range(0, many, BLOCK)):
        who = np.arange(first, min(many, first + BLOCK))
        day, province = customers.arrivals(truth, who)
        connection.register("shopper", pandas.DataFrame({"customer": who, "day": day, "province": province}))
        sql = """select shopper_number(customer) as user_name, shopper_number(customer) as member, '顾客 Customer ' || customer as full_name,
                        '' as mailbox, '' as phone, code as postal_address, on_day(day) as joined
                 from shopper join province_code using (province) order by user_name"""
        write(connection, sql, out / "b2c_shopper", block)
        given = [(c, w) for c in range(len(begin)) for w in who[customers.has_coupon(truth, who, day, np.full(len(who), c))]]
        holders = np.array(given, dtype=np.int64).reshape(-1, 2)
        connection.register("holder", pandas.DataFrame({"campaign": holders[:, 0], "customer": holders[:, 1]}))
        sql = "select campaign + 1 as campaign, shopper_number(customer) as shopper from holder order by campaign, shopper"
        write(connection, sql, out / "coupon_holder", block)


def _write_truth(truth: Truth, folder: Path, many: int, digest: str) -> None:
    """The parameters, and the digest of the market whose they are."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {**truth.record(), "customers": many, "digest": digest}
    (folder / "parameters.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _manifest(connection: duckdb.DuckDBPyConnection, truth: Truth, out: Path, many: int) -> dict[str, Any]:
    """What was made: tables with their rows and the SHA-256 of each file. Of the parameters only what an observer knows anyway."""
    tables: dict[str, Any] = {}
    for folder in sorted(p for p in out.iterdir() if p.is_dir() and p.name != _MAKING):
        files = sorted(folder.glob("*.parquet"))
        rows = connection.execute(f"select sum(num_rows) from parquet_file_metadata('{str(folder).replace(chr(39), chr(39) * 2)}/*.parquet')").fetchone()
        tables[folder.name] = {"rows": int(rows[0] if rows else 0), "files": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}}
    digest = hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()
    return {
        "layout": LAYOUT, "ecomlab": __version__, "orders": truth.orders, "start": truth.start.isoformat(), "days": truth.days, "shops": truth.shops,
        "customers": many, "digest": digest, "tables": tables,
    }  # fmt: skip
