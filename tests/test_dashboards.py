"""Dashboards: their figures are those of the reports and books, their marks lead to the documents behind, they never fail."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import itertools
import re
import types
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import matplotlib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from ecomlab.books import ledger, stock
from ecomlab.books.dataset import DataSet
from ecomlab.books.documents import trace
from ecomlab.dashboards import drawing
from ecomlab.dashboards.bars import Bar, Columns, Move, Pareto, Ranked, Waterfall
from ecomlab.dashboards.declared import DASHBOARDS
from ecomlab.dashboards.page import Page, Panel, headline, percent, ratio, share_note
from ecomlab.dashboards.style import style
from ecomlab.kernel import packages
from ecomlab.kernel.database import Database
from ecomlab.kernel.names import both
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.snapshot import Tables
from ecomlab.kernel.table import Table
from ecomlab.kernel.terms import term
from ecomlab.kernel.texts import LANGUAGES, Language, Text
from ecomlab.lab import Lab
from ecomlab.modules.b2c.playbook import own_shop
from ecomlab.modules.c2c import analysis
from ecomlab.modules.netsell import CAMPAIGNS, conversions, performance
from ecomlab.widgets import dashboard
from ecomlab.widgets.board import Board
from tests import screens, worlds

CHINESE = re.compile("[\u4e00-\u9fff]")
#: Those of the semester; a department's are looked at where it is (test_service.py).
ALL = sorted(name for name, declared in DASHBOARDS.items() if scenario("semester").has(declared.needs))
BOOKS = ("cost", "inventory", "overview", "payables", "profit", "receivables", "today")
#: Those of a period; the others are about now.
PERIODS = [name for name in ALL if {"from_day", "to_day"} <= {f.name for f in DASHBOARDS[name].filters}]
#: matplotlib warns of every glyph that no font has, and of whatever it could not lay out
pytestmark = pytest.mark.filterwarnings("error::UserWarning:matplotlib", "error:Glyph", "error:.*layout")


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A shop that has sold, auctions that have ended, advertisements that were seen: a world with something in every dashboard."""
    return worlds.opened(tmp_path_factory.mktemp("traded"), worlds.traded())


@pytest.fixture(scope="module", autouse=True)
def _made_once(traded: Lab) -> Iterator[None]:
    """A page of that world for what is chosen is made once for all tests: nothing happens there, and each draws it anew."""
    real, made = Board.page, dict[Any, Page]()

    def page(board: Board) -> Page:
        if board.desk is not traded:
            return real(board)
        asked = board.declaration.name, len(traded.world.entries), repr(vars(board.where()))
        if asked not in made:
            made[asked] = real(board)
        return made[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Board, "page", page)
        yield


@pytest.fixture
def boards(traded: Lab) -> Iterator[Any]:
    """`boards("cost")`: a fresh board, in Chinese unless said otherwise; closed afterwards."""
    made: list[Board] = []

    def board(name: str, language: str = "zh", **chosen: str) -> Board:
        traded.language = language  # type: ignore[assignment]
        made.append(dashboard(traded, name))
        if chosen:
            choose(made[-1], **chosen)
        return made[-1]

    yield board
    for one in made:
        one.close()


def send(board: Board, do: str, **content: Any) -> dict[str, Any]:
    board._handle_custom_msg({"do": do, "id": "1", **content}, [])
    return board.view  # type: ignore[no-any-return]


def choose(board: Board, **values: str) -> dict[str, Any]:
    """What the browser sends when a filter is changed: all of them."""
    return send(board, "filter", values={f["name"]: f["value"] for f in board.view["filters"]} | values)


def panels(board: Board) -> list[Panel]:
    return [p for line in drawing.rows(board.page().panels) for p in line]


def figure_of(board: Board, label: str) -> str:
    return next(f["value"] for f in board.view["figures"] if f["label"] == label)


def amount_of(shown: str) -> Decimal:
    return Decimal(shown.replace("¥", "").replace(",", "").replace("−", "-").strip())


def total(rows: Any, column: str) -> Decimal:
    return sum((getattr(r, column) for r in rows), Decimal("0.00"))


# --- drawing ------------------------------------------------------------------------------------------------------------------


#: Every other page in one of the languages, in turn; `make test-all` draws all in both.
EACH = [pytest.param(n, language, marks=[pytest.mark.slow] * (i % 4 != 2 * j)) for i, n in enumerate(ALL) for j, language in enumerate(LANGUAGES)]


@pytest.mark.parametrize(("name", "language"), EACH)
def test_it_draws_in_both_languages_with_nothing_missing_or_cut_off(boards: Any, name: str, language: str) -> None:
    view = boards(name, language).view
    assert view["face"] == "dashboard" and view["empty"] is None
    assert len(view["figures"]) == 4 and len(view["panels"]) >= 3 and view["sheet"]["rows"]
    said = [view["title"], view["question"], view["heading"], *view["sheet"]["heads"]]
    said += [text for p in view["panels"] for text in (p["title"], p["subtitle"])] + [f["label"] for f in (*view["filters"], *view["figures"])]
    for text in said:
        assert text and bool(CHINESE.search(text)) == (language == "zh"), text
    for panel, p in zip(panels(boards(name, language)), view["panels"], strict=True):
        image = Image.open(io.BytesIO(drawing.picture(panel.plot, language, drawing.WIDTHS[panel.size][0], panel.height).png)).convert("L")
        assert ET.fromstring(p["svg"]).get("viewBox") and "<style" not in p["svg"] and "<script" not in p["svg"]
        w, h = image.size
        assert p["alt"]
        for edge in ((0, 0, w, 1), (0, h - 1, w, h), (0, 0, 1, h), (w - 1, 0, w, h)):  # white all along: no text, bar or legend goes over it
            assert image.crop(edge).getextrema() == (255, 255), f"{p['name']} {edge}"


def test_a_plot_that_has_not_changed_is_not_drawn_again(boards: Any) -> None:
    board = boards("profit")
    before = drawing.picture.cache_info().misses
    board._draw_now()
    assert drawing.picture.cache_info().misses == before


def test_it_is_drawn_only_when_it_is_seen_and_follows_the_world(lab: Any) -> None:
    fresh = lab("c2c")
    fresh.language = "en"
    board = dashboard(fresh, "auctions")
    shown = lambda: next(f["value"] for f in board.view["filters"] if f["name"] == "to_day")  # noqa: E731
    assert shown() == "2026-09-01"
    send(board, "seen", view="v1", on=True)
    fresh.advance()
    assert shown() == "2026-09-02", "a filter that was left alone follows the business day"
    send(board, "seen", view="v1", on=False)
    fresh.advance()
    assert shown() == "2026-09-02"
    send(board, "seen", view="v1", on=True)
    assert shown() == "2026-09-03"
    send(board, "language", language="zh")
    assert board.view["title"] == "拍卖" and fresh.language == "zh"


def test_unknown_dashboards_are_refused(traded: Lab) -> None:
    refused = worlds.refused(traded.dashboard, "stock")
    assert refused.code == "no_such_dashboard" and "inventory" in refused.text.en


# --- the figures are those of the books ---------------------------------------------------------------------------------------


def owner_of(board: Board) -> str:
    """Whose books a board shows by itself."""
    return str(board.where().owner)


def test_inventory_is_the_stock_account(boards: Any, traded: Lab) -> None:
    board, look = boards("inventory"), traded.world.state.look
    owner = owner_of(board)
    assert amount_of(figure_of(board, "库存价值")) == stock.worth(look, owner) == ledger.balance(look, owner, stock.STOCK)
    assert total(board.page().table, "value") == stock.worth(look, owner)
    value = next(p for p in panels(board) if p.name == "value")
    assert value.plot.lines[0].points[-1].value == stock.worth(look, owner)  # type: ignore[attr-defined]


def test_cost_is_the_report_and_keeps_its_identity(boards: Any, traded: Lab) -> None:
    board = boards("cost")
    report = traded.report.cost(owner=owner_of(board))
    assert float(amount_of(figure_of(board, "销售成本"))) == report.cost_of_sales.sum() > 0
    assert float(amount_of(figure_of(board, "商品损失"))) == report.loss.sum()
    moves = next(p for p in panels(board) if p.name == "goods").plot.moves  # type: ignore[attr-defined]
    assert sum(m.value for m in moves[:-1]) == moves[-1].value == total(board.page().table, "closing_value")


def test_profit_is_the_report(boards: Any, traded: Lab) -> None:
    board = boards("profit")
    report = traded.report.operating_results(owner=owner_of(board)).set_index("result_line").amount
    assert float(amount_of(figure_of(board, "营业利润"))) == report["operating_profit"]
    assert float(amount_of(figure_of(board, "毛利"))) == report["gross_profit"]
    moves = {m.label.en: m for m in next(p for p in panels(board) if p.name == "waterfall").plot.moves}  # type: ignore[attr-defined]
    assert moves["Sales revenue"].value + moves["Cost of sales"].value == moves["Gross profit"].value
    columns = next(p for p in panels(board) if p.name == "time").plot.bars  # type: ignore[attr-defined]
    assert sum(sum(b.values) for b in columns) == moves["Sales revenue"].value


def test_receivables_are_account_1122(boards: Any, traded: Lab) -> None:
    """What shoppers owe for parcels whose cash has not come, by party, by when it falls due, and long after."""
    board, look = boards("receivables"), traded.world.state.look
    owed = total(look.all("select balance from ledger_balance where owner = $o and account = '1122'", o=owner_of(board)), "balance")
    assert owed > 0 and amount_of(figure_of(board, "应收合计")) == owed == total(board.page().table, "open_amount")
    plots = {p.name: p.plot for p in panels(board)}
    assert sum(sum(b.values) for b in plots["ageing"].bars) == sum(sum(b.values) for b in plots["due"].bars) == owed  # type: ignore[attr-defined]
    assert plots["collected"].lines[0].points[-1].value == owed  # type: ignore[attr-defined]
    later = choose(board, to_day=(traded.day + datetime.timedelta(days=120)).isoformat())
    assert later["figures"][1]["tone"] == "bad" and amount_of(later["figures"][1]["value"]) == owed


def test_today_is_the_orders_and_the_money_of_now(boards: Any, traded: Lab) -> None:
    """What waits is in the orders' own tables; what customers have paid for goods that still lie here is account 2203, less what the platform holds."""
    board, look = boards("today"), traded.world.state.look
    owner, page = owner_of(board), board.page()
    there = look.all(
        """select o.number, d.state, o.payment_kind, o.amount from b2c_order o join document d using (number) join b2c_merchant m using (merchant)
           where m.member = $o and d.state in ('placed', 'paid', 'accepted')""",
        o=owner,
    )
    waiting = {r.number for r in there if not (r.state == "placed" and r.payment_kind != "cash_on_delivery")}
    assert waiting and waiting <= {r.document for r in page.table}
    assert figure_of(board, "等你处理") == str(len(page.table)) and all(r.days_waiting >= 0 for r in page.table)
    [orders] = [p for p in page.panels if p.name == "orders"]
    for bar in orders.plot.bars:
        assert all(len(orders.behind(f"{bar.key}|{i}")) == v for i, v in enumerate(bar.values) if v)
    cash = look.value("select sum(balance) from ledger_balance where owner = $o and account in ('1001', '1002', '1012')", o=owner)
    assert amount_of(figure_of(board, "货币资金")) == cash
    [moved] = [p for p in page.panels if p.name == "cash"]
    for bar in moved.plot.bars:
        for side, sign in ((0, 1), (1, -1)):
            assert not bar.values[side] or sign * total(moved.behind(f"{bar.key}|{side}"), "amount") == bar.values[side]
    [sold] = [p for p in page.panels if p.name == "sold"]
    days = [b.key for b in sold.plot.bars if b.key]
    revenue = -look.value(
        "select sum(amount) from account_flow where owner = $o and account = '6001' and day > $since", o=owner, since=traded.day - datetime.timedelta(days=14)
    )
    assert days and sum(b.values[0] for b in sold.plot.bars) == revenue == sum(total(sold.behind(d), "revenue") for d in days)


def test_an_order_that_waits_too_long_and_money_that_is_late_are_alerts(boards: Any, traded: Lab) -> None:
    [alerts] = [p for p in boards("today").page().panels if p.name == "alerts"]
    for bar in alerts.plot.bars:
        rows = alerts.behind(bar.key)
        assert len(rows) == bar.values[0] > 0
        if bar.key == "late_orders":
            assert all(r.days_waiting >= 3 for r in rows)
        if bar.key in ("owed", "owing"):
            assert all(r.days_overdue > 0 and r.open_amount > 0 for r in rows)


def test_cash_and_payables_are_their_accounts(boards: Any, traded: Lab) -> None:
    board, look = boards("payables"), traded.world.state.look
    owner, page = owner_of(board), board.page()

    def balance(*accounts: str) -> Decimal:
        rows = look.all("select balance from ledger_balance where owner = $o and list_contains($a, account)", o=owner, a=list(accounts))
        return total(rows, "balance")

    assert amount_of(figure_of(board, "货币资金")) == balance("1001", "1002", "1012")
    assert amount_of(figure_of(board, "应付合计")) == -balance("2202") == total(page.table, "open_amount") > 0
    assert amount_of(figure_of(board, "应交增值税")) == -balance("22210101", "22210102", "22210103", "222102") > 0
    plots = {p.name: p for p in page.panels}
    flows = plots["flow"].plot.bars  # type: ignore[attr-defined]
    brought_in = look.value("select sum(amount) from cash_line where owner = $o and account = $capital", o=owner, capital=ledger.CAPITAL)
    assert brought_in + sum(came - went for came, went in (b.values for b in flows)) == balance("1001", "1002", "1012")
    for bar in flows:
        for side, sign in ((0, 1), (1, -1)):
            if bar.values[side]:
                assert sign * total(plots["flow"].behind(f"{bar.key}|{side}"), "amount") == bar.values[side]  # type: ignore[misc]
    assert sum(b.values[0] for b in plots["due"].plot.bars) == -balance("2202")  # type: ignore[attr-defined]
    later = choose(board, to_day=(traded.day + datetime.timedelta(days=60)).isoformat())
    assert later["figures"][1]["tone"] == "bad", "what is not paid in time is overdue"


def test_auctions_are_those_of_the_analysis(boards: Any, traded: Lab) -> None:
    board, look = boards("auctions"), traded.world.state.look
    assert amount_of(figure_of(board, "卖家收入")) == total(analysis.seller_revenue(look), "revenue") > 0
    against = {t.listing: t for t in analysis.english_against_second_price(look)}
    for row in board.page().table:
        if row.document in against:
            assert (row.second_price, row.expected_price) == (against[row.document].second_price, against[row.document].expected_price)
    seller = analysis.seller_revenue(look)[0]
    one = choose(board, seller=seller.seller)
    assert amount_of(one["figures"][0]["value"]) == seller.revenue


def test_a_price_path_keeps_maxima_and_a_running_reserve_secret(boards: Any, traded: Lab) -> None:
    look = traded.world.state.look
    running = look.one(
        "select l.number, l.leader_max from c2c_listing l join document d using (number) where d.state = 'on_auction' and l.bids > 0 order by l.bids desc"
    )
    board = boards("auctions", listing=running.number)
    path = next(p for p in panels(board) if p.name == "path")
    assert path.behind and running.leader_max not in {v for r in path.behind(f"{running.number}/1") for v in r}, "what the leader would pay at most"
    assert [name.en for name, *_ in path.plot.levels] == ["Start"]  # type: ignore[attr-defined]


def test_marketing_is_the_report_of_the_advertisements(boards: Any, traded: Lab) -> None:
    board, look = boards("marketing"), traded.world.state.look
    expected = {r.number: r for r in performance(look, board.where().member or look.value("select member from netsell_member where user_name like 'mkt_%'"))}
    rows = {r.document: r for r in board.page().table}
    assert rows.keys() == expected.keys() and len(rows) == 3
    brought = {r.number: r for r in look.all("select advertisement as number, count(*) as n from netsell_conversion group by 1")}
    assert brought and {n: r.orders_brought for n, r in rows.items() if r.orders_brought} == {n: r.n for n, r in brought.items()}
    for number, r in rows.items():
        of = expected[number]
        for column in ("impressions", "clicks", "click_through", "spent", "cost_per_click"):
            assert getattr(r, column) == getattr(of, column)
    assert figure_of(board, "展示") == f"{sum(r.impressions for r in expected.values()):,}"
    part = choose(board, form="text")
    assert [r[0] for r in part["sheet"]["rows"]] == [n for n in rows if n.startswith("NT")]


# --- any source ---------------------------------------------------------------------------------------------------------------


def said(page: Page, language: Language = "en") -> list[Any]:
    """What a page says: figures, headlines of panels, the rows of the table."""
    words = [t if isinstance(t, str) else t.say(language) for f in page.figures for t in (f.label, f.value, f.note)]
    return [words, [(p.name, p.title.say(language)) for p in page.panels], list(page.table or [])]


@pytest.fixture(scope="module")
def exported(traded: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataSet]:
    """The tables of that world as Parquet files, opened as a data set: no seed, no clock, no scenario."""
    folder = tmp_path_factory.mktemp("exported")
    state, stored = traded.world.state, Database(str(folder / "world.duckdb"))
    stored.script(packages.schema(state.scenario.packages))
    Tables(stored).fill(state.snapshot().tables)
    stored.close()
    with duckdb.connect(str(folder / "world.duckdb"), read_only=True) as outside:
        for name in state.database.tables():
            outside.execute(f"copy {name} to '{folder / name}.parquet'")
    data = DataSet.of(folder)
    yield data
    data.close()


def pages_of(traded: Lab, exported: DataSet, name: str) -> tuple[Page, Page]:
    """The page of a world, and that of its data set for what the first has chosen by itself."""
    shown, look = DASHBOARDS[name], traded.world.state.look
    where = shown.where(look, {})
    return shown.of(look), shown.of(exported, **{f.name: str(where.get(f.name)) for f in shown.filters if where.get(f.name)})


@pytest.mark.parametrize("name", BOOKS)
def test_a_page_of_a_data_set_says_what_that_of_its_world_says(traded: Lab, exported: DataSet, name: str) -> None:
    ours, theirs = pages_of(traded, exported, name)
    assert said(theirs) == said(ours) and ours.table and ours.figures


@pytest.mark.parametrize("name", ["receivables", *(pytest.param(n, marks=pytest.mark.slow) for n in BOOKS if n != "receivables")])
def test_behind_a_mark_of_a_data_set_is_what_its_world_has_there(traded: Lab, exported: DataSet, name: str) -> None:
    ours, theirs = pages_of(traded, exported, name)
    for mine, other in zip(ours.panels, theirs.panels, strict=True):
        keys = [s.key for s in drawing.picture(mine.plot, "en", 6.0, mine.height).places if s.key]
        assert keys and all(mine.behind(k).rows == other.behind(k).rows for k in keys if mine.behind and other.behind)


@pytest.mark.parametrize("name", BOOKS)
def test_of_a_data_set_the_books_of_all_may_be_looked_at(traded: Lab, exported: DataSet, name: str) -> None:
    [whose] = [f for f in DASHBOARDS[name].filters if f.name == "owner"]
    own, everybody = ({value for value, _ in whose.options(source)} for source in (traded.world.state.look, exported))
    assert own < everybody == {r.owner for r in exported.all("select distinct owner from posting")}
    assert DASHBOARDS[name].of(exported).empty is None, "without a choice there is something to see"


def test_a_data_set_of_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="posting.parquet"):
        DataSet.of(tmp_path)
    with duckdb.connect() as outside:
        outside.execute(f"copy (select 1 as number where false) to '{tmp_path}/member.parquet'")
    assert worlds.refused(lambda: DataSet.of(tmp_path).day).code == "empty_data_set"


def test_a_world_as_of_an_entry_has_its_own_page(traded: Lab) -> None:
    """Half way through there is less to see than at the end, and at the end the same as now."""
    middle, end = len(traded.world.entries) // 2, len(traded.world.entries)
    now, then, again = (lab.dashboard("inventory") for lab in (traded, traded.at(middle), traded.at(end)))
    assert said(again.page()) == said(now.page()) != said(then.page())
    assert then.where().to_day == traded.at(middle).day < now.where().to_day
    assert then.view["face"] == "dashboard" and then.view["figures"]
    for board in (now, then, again):
        board.close()


# --- drill-down ---------------------------------------------------------------------------------------------------------------


def places(board: Board, panel: Panel) -> Any:
    return drawing.picture(panel.plot, board.desk.language, drawing.WIDTHS[panel.size][0], panel.height).places


@pytest.mark.parametrize("name", ALL)
def test_every_mark_lies_on_its_picture_and_leads_to_documents(boards: Any, name: str) -> None:
    board = boards(name)
    look, marks = board.desk.look, 0
    assert all(term.known(c) for c in board.page().table.columns)
    for panel in panels(board):
        for place in places(board, panel):
            assert panel.behind, "a mark without documents"
            assert 0 <= place.left <= place.left + place.width <= 100.01 and 0 <= place.top <= place.top + place.height <= 100.01
            behind = panel.behind(place.key)
            assert len(behind), f"{panel.name} {place.key}"
            assert all(term.known(c) for c in behind.columns), behind.columns
            assert all(look.value("select 1 from document where number = $n", n=r.document) for r in behind if r.document), panel.name
            marks += 1
    assert marks >= 3


@pytest.mark.parametrize("name", ALL)
def test_a_mark_of_a_bar_lies_on_its_bar(boards: Any, name: str) -> None:
    """The middle of the place of each bar has the bar's own colour, in the picture as it is sent."""
    board = boards(name)
    for panel in panels(board):
        drawn = drawing.picture(panel.plot, "zh", drawing.WIDTHS[panel.size][0], panel.height)
        image = Image.open(io.BytesIO(drawn.png))
        if not isinstance(panel.plot, (Ranked, Columns)):
            continue
        values = {f"{b.key}|{i}": abs(v) for b in panel.plot.bars for i, v in enumerate(b.values) if v}
        for place in drawn.places:
            key, _, series = place.key.partition("|")
            if values[f"{key}|{series or 0}"] * 50 < max(values.values()):
                continue  # a bar of hardly a pixel, whose place is larger than itself
            colour = panel.plot.colours[int(series or 0)]
            x, y = place.left + place.width / 2, place.top + place.height / 2
            assert image.getpixel((int(x * image.width / 100), int(y * image.height / 100))) == tuple(bytes.fromhex(colour[1:])), f"{panel.name} {place.key}"


def test_documents_behind_add_up_to_the_bar(boards: Any) -> None:
    profit, cost, inventory = (boards(name) for name in ("profit", "cost", "inventory"))
    of = {(b.declaration.name, p.name): p for b in (profit, cost, inventory) for p in panels(b)}
    for move in of["profit", "waterfall"].plot.moves:  # type: ignore[attr-defined]
        assert total(of["profit", "waterfall"].behind(move.key), "amount") == move.value  # type: ignore[misc]
    for bar in of["profit", "products"].plot.bars:  # type: ignore[attr-defined]
        assert total(of["profit", "products"].behind(bar.key), "gross_profit") == bar.values[0]  # type: ignore[misc]
    for bar in of["cost", "products"].plot.bars:  # type: ignore[attr-defined]
        for i, sign in ((0, -1), (1, -1), (2, 1)):
            assert sign * total(of["cost", "products"].behind(f"{bar.key}|{i}"), "value") == bar.values[i]  # type: ignore[misc]
    for bar in of["cost", "structure"].plot.bars:  # type: ignore[attr-defined]
        assert total(of["cost", "structure"].behind(bar.key), "amount") == bar.values[0]  # type: ignore[misc]
    points = [p for p in of["inventory", "value"].plot.lines[0].points if p.key]  # type: ignore[attr-defined]
    assert sum(total(of["inventory", "value"].behind(p.key), "value") for p in points) == points[-1].value  # type: ignore[misc]


def test_from_a_bar_to_its_documents_to_a_chain_and_back(boards: Any) -> None:
    board = boards("profit", "en")
    mark = next(p for p in board.view["panels"] if p["name"] == "products")["marks"][0]
    view = send(board, "drill", panel="products", key=mark["key"])
    assert view["drill"]["title"] == mark["label"] and view["answered"] == {"id": "1", "focus": "drill"}
    sheet = view["drill"]["sheet"]
    number = sheet["rows"][0][sheet["document"]]
    view = send(board, "trace", number=number)
    expected = trace(board.desk.look, number)
    assert [r[0] for r in view["trace"]["sheet"]["rows"]] == [r.number for r in expected] and len(expected) > 2
    assert all(f'data-number="{r.number}"' in view["trace"]["diagram"] for r in expected)
    view = send(board, "close", what="trace", back="drill")
    assert view["trace"] is None and view["drill"]
    view = send(board, "close", what="drill", back="mark.products.x")
    assert view["drill"] is None and view["answered"]["focus"] == "mark.products.x"
    assert send(board, "drill", panel="nonsense", key="x")["drill"] is None
    assert send(board, "trace", number="SO-0000-9999")["trace"] is None


def test_the_whole_panel_goes_once_its_document_is_undone(lab: Any) -> None:
    fresh = lab("c2c")
    fresh.language = "en"
    from ecomlab.kernel.plays import PLAYS

    for code in ("C2C001", "C2C003", "C2C004"):
        PLAYS[code](fresh.player())
    board = dashboard(fresh, "auctions")
    number = board.view["sheet"]["rows"][-1][0]
    assert send(board, "trace", number=number)["trace"]["number"] == number
    fresh.undo()
    board._draw_now()
    assert board.view["face"] == "dashboard"


# --- filters ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PERIODS)
def test_a_reversed_period_is_told_at_its_field_and_the_page_stays(boards: Any, name: str) -> None:
    board = boards(name)
    before = [p["svg"] for p in board.view["panels"]]
    view = choose(board, from_day="2026-09-20", to_day="2026-09-10")
    problems = {f["name"]: f["problem"] for f in view["filters"] if f["problem"]}
    assert problems == {"to_day": "结束日期早于开始日期 2026-09-20。请选择同一天或之后的日期。"}
    assert view["answered"]["focus"] == "filter.to_day"
    assert [f["value"] for f in view["filters"][:2]] == ["2026-09-20", "2026-09-10"], "what was typed stays"
    assert [p["svg"] for p in view["panels"]] == before
    view = choose(board, from_day="2026-09-01", to_day="yesterday")
    assert [f["problem"] for f in view["filters"] if f["name"] == "to_day"] == ["请填写日期，例如 2026-09-20。"]
    view = choose(board, from_day="2026年9月1日", to_day="")
    assert not any(f["problem"] for f in view["filters"])


@pytest.mark.parametrize("name", ALL)
def test_no_message_from_a_browser_breaks_it(boards: Any, name: str) -> None:
    board = boards(name)
    for message in ({"values": None}, {"values": []}, {"values": {"owner": "MB-0000-0000", "from_day": None, "form": "<b>"}}, {"values": {"x" * 50: "y"}}):
        assert send(board, "filter", **message)["face"] == "dashboard"
    choice = next(f["name"] for f in board.view["filters"] if f["kind"] == "choice")
    view = choose(board, **{choice: "nothing like it"})
    assert next(f["problem"] for f in view["filters"] if f["name"] == choice) == "没有这一选项了，请重新选择。"
    for message in ({}, {"panel": None, "key": None}, {"panel": "products", "key": "|"}):
        assert send(board, "drill", **message)["face"] == "dashboard"
    assert send(board, "trace")["face"] == "dashboard" and send(board, "language", language="fr")["face"] == "dashboard"


def test_filters_narrow_the_page_down(boards: Any) -> None:
    board = boards("inventory")
    whole = total(board.page().table, "value")
    place = next(f for f in board.view["filters"] if f["name"] == "place")["options"]
    parts = []
    for value, _ in place[1:]:
        choose(board, place=value)
        parts.append(total(board.page().table or [], "value"))
    assert parts and sum(parts) == whole
    choose(board, place="")
    kinds = next(f for f in board.view["filters"] if f["name"] == "product_category")["options"]
    assert sum(total((choose(board, product_category=value), board.page())[1].table or [], "value") for value, _ in kinds[1:]) == whole


def test_the_last_day_narrows_down_what_is_there(boards: Any, traded: Lab) -> None:
    early = choose(boards("inventory"), to_day="2026-09-01")
    assert early["empty"] or amount_of(early["figures"][0]["value"]) >= 0
    before = choose(boards("profit"), from_day="2020-01-01", to_day="2020-01-31")
    assert before["empty"] and not before["panels"]


# --- nothing there ------------------------------------------------------------------------------------------------------------


def test_an_empty_world_says_what_to_do(lab: Any) -> None:
    fresh = lab("email")
    for name in BOOKS:
        said = {}
        for language in LANGUAGES:
            fresh.language = language
            board = dashboard(fresh, name)
            view = board.view
            assert view["face"] == "dashboard" and not view["panels"] and not view["figures"] and view["sheet"] is None
            said[language] = f"{view['empty']['why']} {view['empty']['todo']}"
            assert view["empty"]["tasks"] == [], "a world of e-mail has no task that brings business"
            assert board.csv() == "" and send(board, "drill", panel="x", key="y")["face"] == "dashboard"
            board.close()
        assert CHINESE.search(said["zh"]) and not CHINESE.search(said["en"]), name


def test_books_without_such_business_say_so() -> None:
    """A purchaser that has sold nothing, a carrier without goods, a supplier, all without a shop: what there is, or why there is nothing."""
    b2b = worlds.looked_at("b2b")
    look = b2b.world.state.look
    for name in BOOKS:
        shown = DASHBOARDS[name]
        [whose] = [f for f in shown.filters if f.name == "owner"]
        pages = {value: shown.of(look, owner=value) for value, _ in whose.options(look)}
        for page in pages.values():
            assert bool(page.empty) != bool(page.figures)
        board = dashboard(b2b, name)
        for empty in (True, False):  # one of each is drawn
            for value in [v for v, page in pages.items() if bool(page.empty) == empty][:1]:
                view = choose(board, owner=value)
                assert bool(view["empty"]) == empty and (not empty or {t["code"] for t in view["empty"]["tasks"]} <= {*b2b.codes})
        board.close()


def test_every_task_that_an_empty_page_names_exists() -> None:
    from ecomlab.dashboards import auctions, books, cost, inventory, marketing, overview, payables, profit, receivables, today
    from ecomlab.kernel.tasks import tasks

    for module in (auctions, books, cost, inventory, marketing, overview, payables, profit, receivables, today):
        for empty in [v for v in vars(module).values() if type(v).__name__ == "Empty"]:
            worlds.assert_both(empty.why)
            worlds.assert_both(empty.todo)
            assert set(empty.tasks) <= set(tasks()) and not re.search(r"\b[A-Z2]+\d{3}\b", f"{empty.todo}"), "a world shows those tasks that it has, as links"


# --- files --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_the_csv_is_the_table(boards: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    language: Language = "zh" if name in BOOKS else "en"
    board = boards(name, language)
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: sent.append((content, buffers)))
    send(board, "csv", view="v1")
    [(told, [content])] = sent
    assert re.fullmatch(rf"{name}(_2026-\d\d-\d\d)+\.csv", told["file"]) and told["view"] == "v1" and content.startswith(b"\xef\xbb\xbf")
    heads, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    table = board.page().table
    assert heads == table.headings(language) and len(lines) == len(table)
    for line, row in zip(lines, table, strict=True):
        for text, value in zip(line, row, strict=True):
            if isinstance(value, Decimal):
                assert Decimal(text) == value
            elif isinstance(value, datetime.date):
                assert datetime.date.fromisoformat(text) == value


#: All are put together in the same way, so `make test` takes one; whether one of its plots is cut off, is seen above.
@pytest.mark.parametrize("name", ["profit", *(pytest.param(n, marks=pytest.mark.slow) for n in ALL if n != "profit")])
def test_the_page_is_one_picture(boards: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards(name, "en" if name in BOOKS else "zh")
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: sent.append((content, buffers)))
    send(board, "png", view="v1")
    [(told, [content])] = sent
    assert told["file"].endswith(".png") and told["type"] == "image/png" and Image.open(io.BytesIO(content)).width == int(10.4 * 144)


def test_a_formula_in_a_name_stays_text_in_the_csv(boards: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards("profit", "en")
    table = Table(["product", "profit"], [["=cmd|' /C calc'!A0", Decimal("-1.50")], [Text("+1", "@x"), None], ["Pen", "-3.5%"]])
    monkeypatch.setattr(board, "page", lambda: types.SimpleNamespace(table=table))
    assert board.csv().splitlines()[1:] == ["'=cmd|' /C calc'!A0,-1.50", "'@x,", "Pen,-3.5%"]


# --- headlines say nothing where there is nothing to say ------------------------------------------------------------------


AMOUNTS = st.one_of(st.sampled_from([Decimal("0.00"), Decimal("0.01"), Decimal("83.80")]), st.decimals(-20_000, 20_000, places=2))


@given(AMOUNTS, AMOUNTS)
def test_a_share_says_something_or_nothing(part: Decimal, whole: Decimal) -> None:
    otherwise = Text("无", "none")
    said = headline("占 {share}", "{share}", part, whole, otherwise)
    found = ratio(part, whole)
    assert (percent(part, whole) == "—") == (found is None) == (whole < 1 or abs(part) > whole)
    assert share_note("占 {share}", "{share}", part, whole) == Text("", "") if found is None else -100 <= found <= 100
    assert said == otherwise or 0 < int(said.en.removesuffix("%")) < 100


class Trade(NamedTuple):
    """A sale of a product to a buyer on a day, or an entry of revenue without one, or of expenses; amounts in CNY."""

    day: int
    product: int
    buyer: int
    revenue: Decimal
    cost: Decimal
    expense: Decimal


REVENUES = st.one_of(st.just(Decimal("0.00")), st.decimals(0, 5000, places=2))
TRADES = st.lists(st.builds(Trade, st.integers(1, 28), st.integers(0, 2), st.integers(0, 2), REVENUES, REVENUES, REVENUES), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def empty_books() -> DataSet:
    """The tables of the books with three products and four members, and nothing that has happened."""
    data = DataSet(duckdb.connect())
    data.script(packages.schema(("books",)))
    for n in range(3):
        name = f"商品{'甲乙丙'[n]} Product {'abc'[n]}"
        row(data, "product", gtin=f"952010000001{n}", name=name, product_category="stationery", weight_g=100, cost=Decimal(1))
    for n in range(4):
        row(data, "member", number=f"MB-{n}", kind="company", name=f"公司{'甲乙丙丁'[n]} Company {'abcd'[n]}", uscc=None, mailbox=None)
    return data


def row(data: DataSet, table: str, **values: Any) -> None:
    data.execute(f"insert into {table} ({', '.join(values)}) values ({', '.join(f'${name}' for name in values)})", **values)


def booked(data: DataSet, trades: Sequence[Trade]) -> None:
    """The books of MB-3 with these trades in the place of whatever was there: each piece received on the first day, and sold at its cost."""
    for table in ("posting", "ledger_entry", "sale_line", "stock_movement"):
        data.script(f"delete from {table}")
    moved = itertools.count(1)
    for n, t in enumerate(trades, 1):
        document, product, buyer, on = f"SO-{n}", f"952010000001{t.product}", f"MB-{t.buyer}", datetime.datetime(2026, 9, t.day)
        row(data, "ledger_entry", number=n, kind="sale", day=on.date(), moment=on, text="销售 Sale", document=document, reverses=None)
        sums = (("1122", t.revenue), ("6001", -t.revenue), ("6401", t.cost), ("1405", -t.cost), ("6602", t.expense), ("1002", -t.expense))
        for line, (account, amount) in enumerate(sums, 1):
            row(data, "posting", entry=n, line=line, owner="MB-3", account=account, sub=buyer, amount=amount)
        row(data, "sale_line", day=on.date(), document=document, seller="MB-3", buyer=buyer, product=product, quantity=1, revenue=t.revenue,
            tax=Decimal(0), cost=t.cost, channel="b2b")  # fmt: skip
        for kind, when, sign in (("receipt", on.replace(day=1), 1), ("issue", on, -1)):
            row(data, "stock_movement", number=next(moved), kind=kind, day=when.date(), moment=when, owner="MB-3", place="PL-1", product=product,
                side="on_hand", quantity=sign, value=sign * t.cost, document=document)  # fmt: skip


#: A figure that a headline may not hold: a share of nothing, of all or beyond, and a sign in the place of a number.
SAYS_NOTHING = re.compile(r"(?<![\d.])0%|100%|\d{3,}(\.\d+)?%|—|[-−]\d|nan|None")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=worlds.examples(2, 15), deadline=None)
@given(trades=TRADES)
@example(trades=[Trade(7, 0, 0, Decimal("83.80"), Decimal("56.40"), Decimal("0.00")), Trade(7, 1, 1, Decimal("0.00"), Decimal("1216.80"), Decimal("6684.00"))])
@example(trades=[Trade(1, 0, 0, Decimal("0.00"), Decimal("0.00"), Decimal("12.00"))])
@example(trades=[Trade(1, 0, 0, Decimal("100.00"), Decimal("60.00"), Decimal("40.00"))])
def test_no_headline_holds_a_figure_that_says_nothing(empty_books: DataSet, trades: list[Trade]) -> None:
    booked(empty_books, trades)
    for name in BOOKS:
        page = DASHBOARDS[name].of(empty_books, owner="MB-3", from_day="2026-09-01", to_day="2026-09-30")
        for language in LANGUAGES:
            for title in [p.title.say(language) for p in page.panels]:
                assert title and not SAYS_NOTHING.search(title), f"{name}: {title}"
            for figure in page.figures:
                note = figure.note if isinstance(figure.note, str) else figure.note.say(language)
                assert not re.search(r"—|\d{4,}(\.\d+)?%", note), f"{name}: {note}"
        if name == "profit" and page.panels:
            [products] = [p for p in page.panels if p.name == "products"] or [None]
            best = max((b.values[0] for b in products.plot.bars), default=0) if products else 0
            assert not products or (products.title.en == "No product has brought a gross profit") == (best <= 0)
            for panel in page.panels:
                if panel.name in ("time", "buyers") and panel.plot.stacked:
                    assert all(v is None or v >= 0 for b in panel.plot.bars for v in b.values), "a negative part is not stacked on a positive one"


def test_a_cost_per_piece_has_two_places_on_screen_and_all_in_the_file(boards: Any) -> None:
    board = boards("inventory")
    at = board.page().table.columns.index("unit_cost")
    assert all(re.fullmatch(r"[\d,]+\.\d\d", r[at]) for r in board.view["sheet"]["rows"])
    values = [Decimal(line[at]) for line in list(csv.reader(io.StringIO(board.csv())))[1:]]
    assert values == [r.unit_cost for r in board.page().table]


# --- the pieces ---------------------------------------------------------------------------------------------------------------


def test_names_are_told_apart_by_language() -> None:
    assert both("江南商贸 Jiangnan Trading") == Text("江南商贸", "Jiangnan Trading")
    assert both("A4 复印纸 A4 copy paper") == Text("A4 复印纸", "A4 copy paper")
    assert both("二手（九成新） Second-hand, 90% new") == Text("二手（九成新）", "Second-hand, 90% new")
    for same in ("qin.lan", "无线鼠标", "Wireless mouse", "", "华东电子 Huadong · 自有仓"):
        assert both(same) == Text(same, same)
    assert both(None) == Text("", "")


@pytest.mark.parametrize(
    "plot",
    [
        Ranked((Bar(Text("甲", "a"), (Decimal(-5),), "a"), Bar(Text("乙", "b"), (Decimal(0),), "b"))),
        Ranked(()),
        Columns((Bar(Text("甲", "a"), (Decimal(3), Decimal(-5)), "a"),), (Text("进", "in"), Text("出", "out"))),
        Columns(()),
        Waterfall(()),
        Pareto(()),
    ],
    ids=lambda p: type(p).__name__,
)
def test_plots_of_little_or_negative_figures_are_drawn(plot: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = drawing.picture(plot, "zh", 4.0, 2.5)
    assert drawn.png.startswith(b"\x89PNG") and all(p.left >= 0 and p.left + p.width <= 100.01 for p in drawn.places)


WEEKS = tuple(Bar(Text(f"9/{i}–{i + 6}", f"{i}–{i + 6} Sep"), (Decimal(9), Decimal(5)), str(i)) for i in range(1, 36, 7))
STEPS = (
    "Sales revenue", "Cost of sales", "Gross profit", "Selling", "Administrative", "Financial", "Operating profit", "Non-operating expenses",
    "Profit before tax",
)  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("plot", "width"),
    [
        (Columns(WEEKS, (Text("收入", "Revenue"), Text("成本", "Cost"))), 3.7),
        (Waterfall(tuple(Move(Text("营业外支出", s), Decimal(i)) for i, s in enumerate(STEPS))), 5.4),
        (Columns((Bar(Text("咨询", "Question"), (Decimal(1),) * 4),), tuple(Text("当天没有下单", f"No order on day {i}") for i in range(4))), 3.7),
    ],
    ids=["columns", "waterfall", "many series"],
)  # fmt: skip
def test_the_names_below_a_plot_do_not_run_into_each_other_or_the_legend(plot: Any, width: float, language: Language) -> None:
    with matplotlib.rc_context(style()):
        axes = drawing._figure(width, 2.7).subplots()
        plot.draw(axes, language)
        axes.figure.canvas.draw()
    names = axes.get_xticklabels()
    levels = [[t for t in names if t.get_text().startswith("\n") == lower] for lower in (False, True)]
    for boxes in ([t.get_window_extent() for t in level] for level in levels):
        assert all(left.x1 <= right.x0 for left, right in itertools.pairwise(boxes))
    if legend := axes.get_legend():
        assert legend.get_window_extent().y1 <= min(t.get_window_extent().y0 for t in names) + 1
        assert legend.get_window_extent().x1 <= axes.figure.bbox.x1, "it takes more lines where there is no room beside"


def test_a_declaration_is_made_once() -> None:
    from ecomlab.dashboards.page import dashboard as declare

    with pytest.raises(ValueError, match="twice"):
        declare("cost", ("成本", "Cost"), ("?", "?"))(lambda look, where: None)  # type: ignore[arg-type,return-value]
    with pytest.raises(Refusal):
        dashboard(None, "")  # type: ignore[arg-type]


# --- from a click to an order (modules/netsell/conversions.py) ----------------------------------------------------------------


@pytest.mark.parametrize(
    "link, product",
    [
        ("https://shop.example.cn/01/09520100000010", "9520100000010"),
        ("https://shop.example.cn/autumn/01/09520100000010?from=mail", "9520100000010"),
        ("https://shop.example.cn/01/09520100000010/10/A1", "9520100000010"),
        ("https://shop.example.cn/01/9520100000010", None),  # a GTIN has 14 digits in a Digital Link
        ("https://shop.example.cn/01/095201000000101", None),
        ("https://shop.example.cn/sale", None),
    ],
)
def test_a_digital_link_names_its_product(link: str, product: str | None) -> None:
    assert conversions.product_of(link) == product


def test_an_order_that_came_to_nothing_was_not_brought(tmp_path: Path) -> None:
    lab = worlds.opened(tmp_path, worlds.traded())
    look = lab.world.state.look
    [paid, *_] = look.all(
        """select c.web_order from netsell_conversion c join document d on d.number = c.web_order join b2c_order o on o.number = c.web_order
           join b2c_merchant m using (merchant) where d.state = 'paid' and m.place in (select place from stock_level where owner = $own) order by 1""",
        own=own_shop(lab.player()).member,
    )

    def brought() -> tuple[int, Any]:
        with contextlib.closing(dashboard(lab, "marketing")) as board:
            return sum(r.orders_brought for r in board.page().table), figure_of(board, "带来的订单")

    orders, figure = brought()
    assert figure == f"{orders}"
    lab.b2c.cancel_sale(order=paid.web_order, reason="断货 Out of stock")
    assert brought() == (orders - 1, f"{orders - 1}")


def test_orders_come_of_advertisements_that_lead_to_their_product(traded: Lab) -> None:
    look = traded.world.state.look
    rows = look.all(
        f"""select c.*, a.link, l.product, p.scripted, d.clicks from netsell_conversion c join ({CAMPAIGNS}) a on a.number = c.advertisement
            join b2c_order o on o.number = c.web_order join b2c_order_line l on l.number = o.number
            join access p on p.name = o.shopper and p.realm = 'b2c.password'
            join netsell_ad_day d on d.number = c.advertisement and d.day = c.day"""
    )
    assert rows and all(conversions.product_of(r.link) == r.product and r.scripted and r.clicks for r in rows)
    assert len({r.advertisement for r in rows}) < 3, "an advertisement that leads nowhere in the mall brings no orders"
    assert worlds.findings_of(traded) == []


def test_key_figures_are_compared_with_the_period_before_where_there_is_one(traded: Lab) -> None:
    """Of the second week against the first: what the notes say is what the two weeks by themselves come to; of the first there is nothing to compare with."""
    look = traded.world.state.look
    first, second = ({"from_day": f"2026-09-{a:02}", "to_day": f"2026-09-{b:02}"} for a, b in ((1, 7), (8, 14)))
    shown = DASHBOARDS["overview"]
    before, after = shown.of(look, **first).figures[0], shown.of(look, **second).figures[0]
    assert before.measure and after.measure and "%" not in str(before.note)
    change = round(100 * (Decimal(after.measure) - before.measure) / before.measure, 1)
    said = f"{abs(change)}% on the 7 days before" if change else "as in the 7 days before"
    assert said in str(after.note) and ("▲" in str(after.note)) == (change > 0)
    assert after.tone == ("good" if change > 0 else "bad" if change < 0 else "")


def test_no_picture_of_a_world_at_work_is_stale(tmp_path: Path) -> None:
    """Of a world's first day: tests/test_looks.py. In a copy of its own: what other tests do in theirs shows in the bar."""
    assert screens.stale(worlds.opened(tmp_path, worlds.traded()), traded=True) == [], "make screenshots"


def test_the_overview_is_what_the_books_and_orders_say(traded: Lab) -> None:
    look = traded.world.state.look
    page = DASHBOARDS["overview"].of(look)
    owner = DASHBOARDS["overview"].where(look, {}).owner
    cash = look.value("select sum(amount) from posting where owner = $o and account in ('1001', '1002')", o=owner)
    assert amount_of(str(page.figures[0].value)) == cash
    assert page.table is not None and all(r.days_waiting >= 0 for r in page.table)
    waiting = look.all("select o.number from b2c_order o join document d using (number) join b2c_merchant m using (merchant) "
                       "where m.member = $o and d.state in ('placed', 'paid', 'accepted')", o=owner)  # fmt: skip
    assert {r.number for r in waiting} <= {r.document for r in page.table}


def test_advertisements_that_nobody_has_seen_are_shown_with_the_visitors_who_will_come_by(tmp_path: Path) -> None:
    lab = worlds.opened(tmp_path, worlds.model("netsell", "s1", ("NETSELL001", "NETSELL009", "NETSELL015")))
    for language in LANGUAGES:
        lab.language = language
        board = dashboard(lab, "marketing")
        view = board.view
        assert view["empty"] is None and len(view["figures"]) == 4 and view["panels"] and len(view["sheet"]["rows"]) == 2
        assert {m["label"].rpartition(": ")[2] for m in view["panels"][0]["marks"]} == {"1,500", "1,200"}
        board.close()
