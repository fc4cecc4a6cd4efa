"""A simulated market: possible in every figure, the same everywhere, and what is true in it can be found again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ecomlab
from ecomlab import reports
from ecomlab.bench.market import _movements, _one_by_one
from ecomlab.books import costing
from ecomlab.cli.main import main
from ecomlab.dashboards.declared import DASHBOARDS
from ecomlab.data import Data, describe
from ecomlab.kernel import dictionary
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.table import Table
from ecomlab.market import calendar, customers, numbers, simulate, wholesale
from ecomlab.market.costing import first_in_first_out, half_even, moving_average
from ecomlab.market.draws import Draws
from ecomlab.market.goods import goods
from ecomlab.market.parcels import fates
from ecomlab.market.simulate import make_part
from ecomlab.market.supply import supply
from ecomlab.market.truth import PROVINCES, Truth

SEED = "a market for tests"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("market") / "set"
    simulate.simulate(6_000, SEED, where, where.parent / "truth")
    return where


@pytest.fixture(scope="module")
def market(folder: Path) -> Data:
    return ecomlab.open_market(folder)


# --- arithmetic ------------------------------------------------------------------------------------------------------------


def test_draws_follow_from_seed_purpose_and_place_alone() -> None:
    draws = Draws("s")
    whole = draws.words("purpose", np.arange(1_000), 3)
    assert (draws.words("purpose", np.arange(500, 1_000), 3) == whole[500:]).all()
    assert [int(w) for w in Draws("ecomlab").words("golden", np.arange(3))] == GOLDEN_WORDS
    others = (Draws("t").words("purpose", np.arange(1_000), 3), draws.words("other", np.arange(1_000), 3), draws.words("purpose", np.arange(1_000), 4))
    assert all((other != whole).all() for other in others)


GOLDEN_WORDS = [11337570633797496674, 601532621694674356, 16905579451464338432]


@given(st.floats(-600, 600), st.floats(1e-300, 1e300))
def test_exponentials_and_logarithms_are_those_of_the_library(x: float, y: float) -> None:
    assert float(numbers.exp(x)) == pytest.approx(float(np.exp(x)), rel=1e-13)
    assert float(numbers.ln(y)) == pytest.approx(float(np.log(y)), rel=1e-13, abs=1e-14)


@pytest.mark.parametrize(("name", "mean", "variance"), [
    ("normal", 0, 1), ("visits", 0.243, 0.243), ("leaving", 0.793 / 3.219, 0.793 * 2.426 / (3.219**2 * 4.219)), ("pieces", 1.5, 1.5), ("exponential", 1, 1),
])  # fmt: skip
def test_quantiles_have_the_moments_of_their_distribution(name: str, mean: float, variance: float) -> None:
    drawn = numbers.quantile(name, Draws("moments").words(name, np.arange(400_000)))
    assert drawn.mean() == pytest.approx(mean, abs=4 * (variance / 400_000) ** 0.5)
    assert drawn.var() == pytest.approx(variance, rel=0.02)


@pytest.mark.parametrize("shape", [0.5, 3.0, 6.5])
def test_sums_have_the_moments_of_a_gamma_distribution(shape: float) -> None:
    drawn = numbers.gamma(shape, Draws("moments"), "gamma", np.arange(200_000), np.int64(7))
    assert drawn.mean() == pytest.approx(shape, abs=4 * (shape / 200_000) ** 0.5)
    assert drawn.var() == pytest.approx(shape, rel=0.03)
    assert ((drawn - shape) ** 3).mean() == pytest.approx(2 * shape, rel=0.12)


def test_choices_have_the_chances_of_their_weights() -> None:
    words = Draws("choices").words("w", np.arange(100_000))
    table = numbers.cumulated([1.0, 2.0, 3.0, 4.0])
    assert np.bincount(numbers.chosen(table, words)) / 100_000 == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.006)
    assert np.bincount(numbers.chosen(table, words, 1, 3), minlength=4) / 100_000 == pytest.approx([0, 0.4, 0.6, 0], abs=0.006)


@given(st.integers(0, 10**13), st.integers(1, 10**6))
def test_halves_go_to_the_even_neighbour(numerator: int, denominator: int) -> None:
    whole = Decimal(numerator) / Decimal(denominator)
    if denominator * whole == numerator:  # exact in 28 places
        assert int(half_even(np.int64(numerator), np.int64(denominator))) == int(whole.quantize(Decimal(1), "ROUND_HALF_EVEN"))  # type: ignore[arg-type]


# --- the set ---------------------------------------------------------------------------------------------------------------


def test_every_invariant_of_the_books_and_the_shop_holds(market: Data) -> None:
    verdicts = market.audit()
    assert {v.name: v.findings for v in verdicts if v.findings} == {}
    assert {
        "postings_balance", "stock_value", "sales_booked", "b2c_owed", "b2c_stock", "b2c_bought", "freight_charged", "freight_owed",
        "conversions_are_orders",
    } <= {v.name for v in verdicts}  # fmt: skip


@pytest.mark.parametrize("owner", [None, "MB-0003"])
@pytest.mark.parametrize("name", [*reports.REPORTS, *reports.OF_MODULES])
def test_every_report_runs_on_it(market: Data, name: str, owner: str | None) -> None:
    frame = getattr(market.report, name)(**({"owner": owner} if owner else {}))
    assert len(frame) and list(frame.columns) == list(reports.report(name).named())


def test_nothing_that_runs_in_a_notebook_leaves_a_progress_bar(folder: Path) -> None:
    """DuckDB draws one wherever nobody has said no and Python has no script, as in a notebook and in `python -c`."""
    code = """
import duckdb, sys, ecomlab
from ecomlab.market import simulate
from ecomlab.reports.prepared import prepare
market, bar = ecomlab.open_market(sys.argv[1]), "select current_setting('enable_progress_bar')"
for asked in (duckdb, market.look.connection, prepare(market.look.connection), simulate._connection()):
    print(asked.execute(bar).fetchall())
print(market.sql(bar).fetchall())"""
    said = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True).stdout.split()
    assert said == ["[(True,)]", *["[(False,)]"] * 4]


def test_the_profit_report_is_the_account_of_revenue(market: Data) -> None:
    booked = market.look.value("select -sum(amount) from posting where account = '6001' and owner like 'MB-0%'")
    sold = market.look.value("select sum(revenue) from sale_line where channel = 'b2c'")
    assert booked == sold and float(booked) == pytest.approx(market.report.profit(by="channel").set_index("channel").loc["b2c", "revenue"], abs=0.005)


def test_costs_are_those_of_the_books_own_costing_movement_by_movement(market: Data) -> None:
    """Every movement of every article of four shops, two of which value first in, first out, through `books.costing` one by one."""
    for owner, method in (("MB-0000", costing.MOVING_AVERAGE), ("MB-0002", costing.MOVING_AVERAGE), ("MB-0003", costing.FIFO), ("MB-0007", costing.FIFO)):
        assert market.look.value("select method from stock_owner where owner = $owner", owner=owner) == (None if method != costing.FIFO else method)
        layers: dict[str, list[costing.Layer]] = {}
        rounding: dict[str, Decimal] = {}
        for number, kind, product, quantity, value in market.look.all(
            "select number, kind, product, quantity, value from stock_movement where owner = $owner order by number", owner=owner
        ):
            there = layers.get(product, [])
            if kind == "rounding":
                assert -value == rounding.pop(product)
                continue
            if quantity > 0:
                layers[product] = costing.add(there, method, number if method == costing.FIFO else 0, quantity, value)
                continue
            taken = costing.take(there, -quantity)
            assert taken.cost == -value
            layers[product] = taken.left
            if taken.rounding:
                rounding[product] = taken.rounding
        assert not rounding
        left = {(p, q, v) for p, q, v in market.look.all("select product, quantity, value from stock_layer where owner = $owner", owner=owner)}
        assert left == {(p, x.quantity, x.value) for p, there in layers.items() for x in there}


def test_trucks_come_late_as_often_as_their_hauliers_do(market: Data) -> None:
    """And what they bring is in the stock on the day on which they come, not on the one on which they were due."""
    trips = market.report.late_deliveries().set_index("carrier")
    assert len(trips) > 1
    for member, found in trips.iterrows():
        _, share, days, *_ = Truth.of(6_000, SEED).hauliers[int(str(member).removeprefix("MB-H"))]
        arrived = int(found.trips - found.trips_under_way)
        assert found.late_trip_share == pytest.approx(share, abs=4 * (share * (1 - share) / arrived) ** 0.5), member
        assert found.days_late == pytest.approx(days, abs=0.5) and arrived > 100
    moved = market.look.value("""select count(*) from stock_movement m join lgs_trip t on t.number = 'T' || substr(m.document, 2)
                                 where m.document like 'P%' and m.day <> t.arrived""")
    weight = market.look.value("""select count(*) from lgs_slip s join (select slip, sum(quantity) as n from lgs_line group by slip) l on l.slip = s.number
                                  where s.weight_kg <> ceil(l.n * 0.5)""")
    assert (moved, weight) == (0, 0) and market.look.value("select count(*) from lgs_trip where arrived < due or departed > due") == 0


def test_shops_leave_half_of_what_goes_far_to_the_carrier_who_goes_everywhere(market: Data) -> None:
    near, far = (str(list(PROVINCES[half])) for half in (slice(15), slice(15, None)))
    last = Truth.of(6_000, SEED).carriers[-1][0]
    of_shop = f"""
        select arg_max(carrier, n) as own, merchant
        from (select merchant, carrier, count(*) as n from shipment s join b2c_order o on o.number = s.web_order where province in {near} group by all)
        group by 2"""
    sent = f"select s.*, own from shipment s join b2c_order o on o.number = s.web_order join ({of_shop}) using (merchant)"
    assert market.sql(f"select count(*) from ({sent}) where province in {near} and carrier <> own").fetchall() == [(0,)]
    assert market.sql(f"select count(*) from ({sent}) where province in {far} and carrier not in (own, $last)", last=last).fetchall() == [(0,)]
    share, parcels = market.sql(f"select avg((carrier = $last)::int), count(*) from ({sent}) where province in {far} and own <> $last", last=last).fetchall()[0]
    assert abs(share - 0.5) < 3 * (0.25 / parcels) ** 0.5


def test_a_channel_mixes_nothing(market: Data) -> None:
    """Shoppers, institutions, shops and who has goods sent: each buys in a way of its own, and a carrier alone has no cost of sales."""
    sold = market.look.all("""select channel, count(distinct product = ''), min(cost = 0), count(distinct s.member is null), count(distinct m.kind)
                              from sale_line l left join b2c_merchant s on s.member = l.seller join member m on m.number = l.buyer
                              group by channel order by channel""")
    assert [tuple(r) for r in sold] == [("b2b", 1, False, 1, 1), ("b2c", 1, False, 1, 1), ("carriage", 1, True, 1, 1), ("wholesale", 1, False, 1, 1)]


def test_bulk_goods_never_lie_where_shoppers_look(market: Data) -> None:
    """A supplier gets them in, sells them and sends them to the buyer on one day, by a truck of their own; they are paid for in 30 days, and no shop sees
    any. Who buys in bulk is neither a shopper nor a company that keeps books."""
    moved = market.look.all("""select count(distinct m.day), min(m.day), sum(m.quantity), bool_and(m.owner = o.supplier), min(t.arrived)
                               from stock_movement m join b2b_order o on o.sales_order = m.document join document d on d.parent = o.sales_order
                               join lgs_trip t on t.delivery_order = d.number group by m.document""")
    assert len(moved) > 100 and all((days, left, own) == (1, 0, True) and day == arrived for days, day, left, own, arrived in moved)
    received = market.look.value("select sum(received_quantity * price) from b2b_order_line")
    assert received == market.look.value("select sum(revenue) from sale_line where channel = 'b2b'")
    owed = market.look.value("select sum(balance) from ledger_balance where account = '1122' and sub like 'MB-B%'")
    assert owed == market.look.value("select sum(revenue + tax) from sale_line where channel = 'b2b' and day + 30 > $day", day=market.day) > 0
    kinds = market.look.all("select distinct m.kind from b2b_order o join member m on m.number = o.purchaser anti join b2c_shopper s on s.member = m.number")
    assert kinds == [("institution",)] and not market.look.all("from posting where owner like 'MB-B%'")


def test_what_bulk_orders_come_to_is_gamma_gamma() -> None:
    """The mean of all, p v / (q - 1), and of a buyer's orders the coefficient of variation, 1 / sqrt(p); whole pieces make no difference."""
    truth = Truth.of(800_000, "bulk")
    lines = wholesale.bulk(truth, goods(truth), 0)
    key = lines["buyer"] * 1_000 + lines["nth"]
    _, order = np.unique(key, return_inverse=True)
    value = np.bincount(order, lines["quantity"] * lines["price"]) / 100
    buyer = np.zeros(len(value), dtype=np.int64)
    buyer[order] = lines["buyer"]
    _, buyer = np.unique(buyer, return_inverse=True)
    many = np.bincount(buyer)
    mean = np.bincount(buyer, value) / many
    assert many.mean() == pytest.approx(1 + truth.further_bulk, rel=0.05)
    assert mean.mean() == pytest.approx(truth.p * truth.v / (truth.q - 1), rel=0.06)
    within = np.bincount(buyer, (value / mean[buyer] - 1) ** 2)[many > 5] / (many - 1)[many > 5]
    assert within.mean() == pytest.approx(1 / truth.p, rel=0.08)
    days = calendar.days(truth)
    assert {days[day].weekday() for day in np.unique(lines["day"])} == set(range(5))


def test_what_was_shown_is_what_was_paid_for_and_who_bought_had_clicked(market: Data) -> None:
    months = market.report.ad_funnel(by="month")
    assert float(months.spending.sum()) == pytest.approx(float(market.look.value("select sum(amount) from ad_spend")), abs=0.005 * len(months))
    assert months.orders.sum() == market.look.value("select count(*) from netsell_conversion") > 50
    assert (months.clicks >= months.orders).all() and (months.impressions > months.clicks).all()
    elsewhere = market.look.value("""select count(*) from netsell_conversion c join b2c_order o on o.number = c.web_order
                                     anti join (select d.number as advertisement, d.day, m.merchant from netsell_ad_day d
                                                join b2c_merchant m on d.number like 'AD' || substr(m.merchant, 3) || '-%') a
                                       on a.advertisement = c.advertisement and a.day = c.day and a.merchant = o.merchant""")
    assert elsewhere == 0


def test_means_of_many_events_are_drawn_too() -> None:
    drawn = numbers.poisson(np.full((2, 50_000), 5_000.0), Draws("many").words("n", np.arange(2)[:, None], np.arange(50_000)[None, :]))
    assert drawn.shape == (2, 50_000) and drawn.mean() == pytest.approx(5_000, abs=2) and drawn.var() == pytest.approx(5_000, rel=0.03)


def test_a_bare_duckdb_reads_the_views_beside_it(folder: Path, market: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started in the folder, without us: every table, view, dimension and fact, and the figures are those that we read."""
    import duckdb

    describe(folder)
    monkeypatch.chdir(folder)
    with duckdb.connect() as bare:
        bare.execute((folder / "views.sql").read_text("utf-8"))
        made = [name for (name,) in bare.execute("select view_name from duckdb_views() where not internal").fetchall()]
        assert {"dim_account", "fact_posting", "fact_trip", "fact_ad_day", "cash_line"} <= set(made)
        for name in made:
            bare.execute(f"select count(*) from {name}")
        late = bare.execute("select sum(days_late) from fact_trip").fetchall()
        assert bare.execute("select business_day()").fetchall() == [(market.day,)]
    assert late == market.sql("select sum(greatest(arrived - due, 0)) from lgs_trip").fetchall()


@pytest.mark.parametrize(("seed", "orders", "dear"), [(SEED, 3_000, 1), (SEED, 3_000, 3_000), ("few", 50, 1), ("quiet", 100, 1)])
def test_what_a_fen_buys_is_valued_as_by_the_books(tmp_path: Path, seed: str, orders: int, dear: int) -> None:
    """Goods at their usual costs and at a few fen, where rounding may use up a value before its pieces; so few orders that goods come after the last."""
    truth = Truth.of(orders, seed)
    simulate._drawn(truth, tmp_path, truth.parts, lambda _: None)
    made = dataclasses.replace(goods(truth), cost=np.maximum(1, goods(truth).cost // dear))
    lines = simulate._lines_of(truth, 0, tmp_path)
    fate = fates(truth, made, lines)
    supplied = supply(truth, made, lines, fate)
    fifo = made.fifo[made.shop]
    for method, at_once, mine in ((costing.MOVING_AVERAGE, moving_average, ~fifo), (costing.FIFO, first_in_first_out, fifo)):
        found = at_once(lines, fate, supplied, mine)
        assert found.cost.sum() > 0 and int(found.cost.sum()) == _one_by_one(method, list(_movements(lines, fate, supplied, mine)))
        came = supplied.delivered[mine[supplied.delivered[:, 1]], 3].sum() + found.cost[fate.back >= 0].sum()
        assert came == (found.cost + found.rounding).sum() + found.layers[:, 4].sum()
        nothing = at_once(lines, fate, supplied, np.zeros_like(mine))  # a part all whose shops value in the other way
        assert not nothing.cost.any() and not nothing.rounding.any() and nothing.layers.shape == (0, 5)


@pytest.mark.parametrize("name", ["inventory", "cost", "profit", "receivables", "marketing"])
def test_the_dashboards_of_the_books_have_something_to_show(market: Data, name: str) -> None:
    page = DASHBOARDS[name].of(market.look, owner="MB-0001") if "owner" in str(DASHBOARDS[name].filters) else DASHBOARDS[name].of(market.look)
    assert page.panels


def test_nothing_in_the_data_tells_the_truth(folder: Path, market: Data) -> None:
    """Neither parameters nor labels lie in the folder, and an order's number does not tell how it came about."""
    labels = [r.web_order for r in market.look.all(f"select web_order from read_parquet('{folder.parent}/truth/label/*.parquet')")]
    assert labels and not any("brush" in p.name or "truth" in p.name for p in folder.rglob("*"))
    text = (folder / "market.json").read_text("utf-8")
    assert SEED not in text and "elasticity" not in text and "0.243" not in text
    numbers_ = market.look.all("select number, placed_day from b2c_order order by number::varchar")
    by_day = {r.number: r.placed_day for r in numbers_}
    days = {by_day[n] for n in labels}
    ranks = [sorted((n for n in by_day if by_day[n] == d), key=lambda n: int(n[1:])).index(o) for o in labels for d in [by_day[o]]]
    assert len(days) > 5 and len(set(ranks)) > 3  # spread over days, and within a day not first or last
    assert json.loads((folder.parent / "truth" / "parameters.json").read_text("utf-8"))["seed"] == SEED


def test_the_calendar_shows_in_the_orders(market: Data) -> None:
    """11 November brings about 1.9 times the orders of an ordinary day, the New Year's week about half."""
    truth = Truth.of(200_000, "calendar")
    day = customers.arrivals(truth, np.arange(200_000))[0]
    counts = np.bincount(day, minlength=truth.days)
    days = calendar.days(truth)
    singles = counts[[i for i, d in enumerate(days) if (d.month, d.day) == (11, 11)]].mean()
    ordinary = counts[[i for i, d in enumerate(days) if d.month in (8, 9)]].mean()
    assert singles / ordinary == pytest.approx(1.9, rel=0.12)


def test_a_customers_block_changes_nothing() -> None:
    truth = Truth.of(6_000, SEED)
    whole, later = customers.visits(truth, 0, 2_000), customers.visits(truth, 1_200, 2_000)
    kept = whole.customer >= 1_200
    assert (whole.customer[kept] == later.customer).all() and (whole.day[kept] == later.day).all() and (whole.first[kept] == later.first).all()


def test_repeat_purchases_are_as_many_as_the_law_says() -> None:
    """BG/NBD without coupons: E[X(t)] of Fader, Hardie and Lee (2005), formula (9), over the customers of the first weeks."""
    from math import lgamma

    truth = dataclasses.replace(Truth.of(100_000, "bg/nbd"), campaigns=0, aimed_campaigns=0)
    visits = customers.visits(truth, 0, 60_000)
    clock = customers.operational(truth) / 70_000
    first = dict(zip(visits.customer[visits.first].tolist(), visits.day[visits.first].tolist(), strict=True))
    early = {c for c, d in first.items() if d < 21}
    repeats = np.isin(visits.customer[~visits.first], list(early)).sum() / len(early)
    t, (r, alpha, a, b) = float(clock[-1] - clock[10]), (truth.r, truth.alpha, truth.a, truth.b)
    z, term, series = t / (alpha + t), 1.0, 1.0
    for k in range(20_000):
        term *= (r + k) * (b + k) / (a + b - 1 + k) / (k + 1) * z
        series += term
    expected = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * series)
    assert lgamma(1) == 0 and repeats == pytest.approx(expected, rel=0.12)


# --- the run -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A market of parts, made in one go."""
    made = tmp_path_factory.mktemp("parted") / "set"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ecomlab.market.truth.A_PART", 1_500)
        simulate.simulate(3_000, SEED, made)
    return made


def test_parts_in_any_order_and_blocks_of_any_size_give_the_same_files(parted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecomlab.market.truth.A_PART", 1_500)
    made = simulate._made
    monkeypatch.setattr(simulate, "_made", lambda truth, out, to, making, waiting, workers: made(truth, out, to, making, waiting[::-1], workers))
    monkeypatch.setattr(simulate, "BLOCK", 700)
    simulate.simulate(3_000, SEED, tmp_path / "backwards")
    one, other = (json.loads((made / "market.json").read_text("utf-8"))["tables"] for made in (parted, tmp_path / "backwards"))
    by_block = {"b2c_shopper", "coupon_holder"}  # written block by block: the same rows in more files
    assert len(one["posting"]["files"]) > 1
    assert {k: v for k, v in one.items() if k not in by_block} == {k: v for k, v in other.items() if k not in by_block}
    assert [one[k]["rows"] for k in by_block] == [other[k]["rows"] for k in by_block]


@pytest.mark.slow
def test_processes_of_any_number_give_the_same_files(tmp_path: Path) -> None:
    truth = Truth.of(800_000, SEED)
    assert truth.parts > 1
    assert len({simulate.simulate(800_000, SEED, tmp_path / str(n), workers=n)["digest"] for n in (1, 2)}) == 1


def test_ten_thousand_orders_are_the_same_on_every_machine(tmp_path: Path) -> None:
    """The rows themselves, as text: what is committed was made with Python 3.11."""
    simulate.simulate(10_000, "golden", tmp_path / "set")
    look = ecomlab.open_market(tmp_path / "set").look
    found = {}
    for (table,) in look.all("select view_name from duckdb_views() where not internal order by 1"):
        if (tmp_path / "set" / table).is_dir():
            look.connection.execute(f"copy (from {table} order by all) to '{tmp_path}/{table}.csv'")
            found[table] = hashlib.sha256((tmp_path / f"{table}.csv").read_bytes()).hexdigest()[:16]
    golden = Path(__file__).parent / "golden" / "market.digests"
    if os.environ.get("ECOMLAB_RECORD"):
        golden.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    assert found == json.loads(golden.read_text("utf-8"))


def test_the_market_needs_nothing_loaded_beside_it(tmp_path: Path) -> None:
    code = """
import pathlib, sys
from ecomlab.market.simulate import simulate
simulate(50, "alone", pathlib.Path(sys.argv[1]))
print("ecomlab.books" in sys.modules)"""
    said = subprocess.run([sys.executable, "-c", code, str(tmp_path / "set")], capture_output=True, text=True)
    assert (said.stdout, said.stderr) == ("False\n", "")
    assert not any(v.findings for v in ecomlab.open_market(tmp_path / "set").audit())


def test_an_interrupted_run_goes_on_and_gives_what_it_would_have(parted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecomlab.market.truth.A_PART", 1_500)
    whole = json.loads((parted / "market.json").read_text("utf-8"))
    real: Callable[..., int] = make_part

    def broken(truth: Truth, part: int, *rest: Any) -> int:
        if part == 2:
            raise KeyboardInterrupt
        return real(truth, part, *rest)

    monkeypatch.setattr(simulate, "make_part", broken)
    with pytest.raises(KeyboardInterrupt):
        simulate.simulate(3_000, SEED, tmp_path / "again")
    with pytest.raises(KeyboardInterrupt):
        simulate.simulate(3_000, SEED, tmp_path / "drawn", drawn=True)
    assert simulate.seed_begun(tmp_path / "drawn") == SEED, "whoever was given a seed has not noted it yet"
    begun = [f for f in (tmp_path / "again").rglob("*") if f.is_file()]
    assert begun and not any(SEED.encode() in f.read_bytes() for f in begun), "the truth follows from a seed that was given"
    for opened in (ecomlab.open_market, lambda p: main(["audit", str(p)])):
        try:
            assert opened(tmp_path / "again") == 2
        except Refusal as refused:
            assert refused.code == "unfinished_market"
    with pytest.raises(Refusal) as refused:
        simulate.simulate(3_001, SEED, tmp_path / "again")
    assert refused.value.code == "other_market_begun"
    made: list[int] = []
    monkeypatch.setattr(simulate, "make_part", lambda truth, part, *rest: made.append(part) or real(truth, part, *rest))
    assert simulate.simulate(3_000, SEED, tmp_path / "again")["digest"] == whole["digest"]
    assert made and 0 not in made and 2 in made
    simulate.simulate(3_000, SEED, tmp_path / "drawn", drawn=True)
    assert simulate.seed_begun(tmp_path / "drawn") is None, "it is finished"


@pytest.mark.parametrize(("arguments", "code"), [
    (["--orders", "0"], "orders_out_of_range"), (["--orders", "1000000000"], "too_many_orders"), (["--days", "3"], "days_out_of_range"),
])  # fmt: skip
def test_what_cannot_be_made_is_refused_and_nothing_is_begun(tmp_path: Path, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["simulate", "--seed", "s", "--out", str(tmp_path / "out"), *arguments]
    assert main(given if "--orders" in arguments else [*given, "--orders", "100"]) == 2
    said = capsys.readouterr().err
    assert not (tmp_path / "out").exists() and "Traceback" not in said and ("400 GB" in said) == (code == "too_many_orders")


def test_nothing_is_overwritten_and_the_truth_stays_outside(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep", "utf-8")
    for out, truth, code in (
        (tmp_path / "mine", None, "folder_not_empty"),
        (tmp_path / "mine" / "letter.txt", None, "folder_not_empty"),
        (tmp_path / "new", tmp_path / "new" / "truth", "truth_inside"),
        (tmp_path / "new", tmp_path / "new", "truth_inside"),
        (tmp_path / "new", tmp_path / "mine", "folder_not_empty"),
    ):
        with pytest.raises(Refusal) as refused:
            simulate.simulate(100, "s", out, truth)
        assert refused.value.code == code
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"] and not (tmp_path / "new").exists()


def test_a_set_of_another_version_or_cut_off_is_refused_in_words(tmp_path: Path, folder: Path) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(folder, other)
    posting = next((other / "posting").glob("*.parquet"))
    posting.write_bytes(posting.read_bytes()[:1_000])
    with pytest.raises(Refusal) as refused:
        ecomlab.open_market(other).report.operating_results()
    assert refused.value.code == "unreadable_data"
    manifest = json.loads((other / "market.json").read_text("utf-8"))
    (other / "market.json").write_text(json.dumps({**manifest, "layout": 99}), "utf-8")
    with pytest.raises(Refusal) as refused:
        ecomlab.open_market(other)
    assert refused.value.code == "other_version"


def test_a_set_that_lost_files_is_refused_by_name(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a part of a table its figures would be too low, and without a table its books be found broken, where a file was only not copied."""
    shutil.copytree(folder, whole := tmp_path / "set", dirs_exist_ok=True)

    def refused(table: str, *call: str) -> bool:
        return main([*call, str(whole), "--language", "en"]) == 2 and table in capsys.readouterr().err

    part = next(whole.glob("sale_line/*.parquet"))
    shutil.copy(part, more := part.with_name("part-more.parquet"))
    describe(whole)
    more.unlink()
    assert all(refused("sale_line", *call) for call in (["audit"], ["report", "profit"], ["report", "payables"]))
    own = whole / "datapackage.json"
    own.unlink()
    describe(whole)
    shutil.rmtree(whole / "ledger_balance")
    assert refused("ledger_balance", "audit") and main(["report", "profit", str(whole)]) == 0, "which does not read it"
    for others in ("{", "[]", '{"resources": [{"name": 5, "path": [7]}]}', '{"resources": [{"name": "notes", "path": "notes.csv"}, {"name": 5, "path": "x"}]}'):
        own.write_text(others, "utf-8")
        assert main(["audit", str(whole)]) == 1, "a set that says nothing of its tables: one that is not there is empty"


def test_the_command_line_reports_and_audits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(folder), "--language", "en"]) == 0
    assert main(["report", "profit", str(folder), "--by", "month", "--language", "en"]) == 0
    assert "2025-11" in capsys.readouterr().out


def test_an_analyst_looks_around(market: Data) -> None:
    tables = market.tables()
    assert isinstance(tables, Table) and {"posting", "price_week", "ad_spend"} <= {r[0] for r in tables}
    assert ("revenue", "decimal(18,2)") in [tuple(r)[:2] for r in market.columns("sale_line")]
    for table in dictionary.of("market"):
        assert tuple(tuple(column)[:2] for column in market.columns(table)) == dictionary.declared()[table].columns, "as tables.toml says"
    assert market.sql("select count(*) from b2c_order").fetchall()[0][0] > 5_000
    with pytest.raises(Refusal):
        market.sql("delete from posting")
    assert market.about["days"] == (market.day - market.start).days + 1 == 730
    assert len(PROVINCES) == 31 and goods(Truth.of(6_000, SEED)).count == market.look.value("select count(*) from product")
