"""Customers in a student's own shop: a day of trade comes with the business day, follows from decisions, and leaves clean books."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ecomlab.books import documents, images, invoices, ledger, stock, tax
from ecomlab.books import sales as book
from ecomlab.books.batches import Batch
from ecomlab.books.courier import tariff
from ecomlab.books.members import acting
from ecomlab.dashboards.bars import Ranked
from ecomlab.dashboards.declared import DASHBOARDS
from ecomlab.kernel import logbook, upkeep
from ecomlab.kernel.audit import audit
from ecomlab.kernel.database import Database
from ecomlab.kernel.replica import Replica
from ecomlab.kernel.scenario import scenario, scenario_names
from ecomlab.lab import Lab
from ecomlab.modules import ebank
from ecomlab.modules.b2c import coming_back, many, payments, returns, sales
from ecomlab.modules.b2c.postage import sender_of
from ecomlab.modules.b2c.prologue import own_shop
from ecomlab.modules.ebank import merchants
from ecomlab.modules.live import advertising, days
from ecomlab.modules.live.prologue import PIECES
from ecomlab.widgets import dashboard
from tests import worlds

pytest.importorskip("numpy")

Change = Callable[[Lab], None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="module")
def week(folder: Path) -> Iterator[Lab]:
    """A shop whose staff has been told to leave two orders a day to the student; four days went by. Only looked at."""
    lab = traded(folder / "week", lambda lab: None, days=4)
    yield lab
    lab.world.close()


@pytest.fixture(scope="module")
def posted(folder: Path) -> Iterator[Lab]:
    """A shop that charges postage below 59 CNY, and that has not touched the orders left to it; five days went by. Only looked at."""
    lab = traded(folder / "posted", lambda lab: lab.b2c.charge_postage("yunque", "59"), days=5)
    yield lab
    lab.world.close()


def opened(folder: Path) -> Lab:
    """A shop on its first day, with nothing left to do: what the two shoppers of its opening ordered is shipped."""
    lab = worlds.opened(folder, worlds.model("live", codes=()))
    for order, _ in lab.choices("b2c.accept_order", "order"):
        sale = lab.b2c.accept_order(order)
        for step in (lab.b2c.settle_sale, lab.b2c.confirm_sale, lab.b2c.ship):
            step(sale)
    return lab


def traded(folder: Path, change: Change, days: int = 2) -> Lab:
    lab = opened(folder)
    change(lab)
    lab.live.instruct(by_hand=2)
    lab.advance(days=days)
    return lab


def look(lab: Lab, sql: str, **given: Any) -> Any:
    return lab.world.state.look.value(sql, **given)


def best(lab: Lab) -> str:
    """The product that is asked for most."""
    return str(look(lab, "select product from live_product group by product order by sum(asked) desc, product limit 1"))


def test_a_day_of_trade_is_in_the_books_and_no_order_in_the_logbook(week: Lab) -> None:
    assert [e.do for e in week.world.entries][-2:] == ["live.instruct", "lab.advance"]
    orders = week.world.state.look.one("select count(*) as every, count(*) filter (where by_hand) as by_hand from live_order")
    assert orders.by_hand == 2 * 4 and orders.every > 20
    assert [v.findings for v in audit(week.world.state) if v.findings] == []


def test_what_reports_say_of_a_day_is_what_was_sold(week: Lab) -> None:
    by_day = {r.day: r.pieces for r in week.world.state.look.all(
        "select day, sum(quantity)::integer as pieces from sale_line where channel = 'b2c' and quantity > 0 and day > '2026-09-01' group by day")}  # fmt: skip
    waiting = look(week, "select sum(l.quantity) from b2c_order_line l join live_order v using (number) where v.by_hand")
    assert sum(r.sold for r in week.live.visitors()) == sum(by_day.values()) + waiting and len(by_day) == 4
    assert week.report.profit()["revenue"].sum() == pytest.approx(float(look(week, "select sum(revenue) from sale_line where channel = 'b2c'")))


def test_a_replay_comes_to_the_same_on_either_store(posted: Lab) -> None:
    read = logbook.survey(posted.world.folder / "logbook.jsonl")
    assert upkeep._digest_of(read, Replica()) == upkeep._digest_of(read, Database()) == posted.world.state.digest()


def test_a_day_takes_as_many_statements_whatever_the_number_of_orders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thing is asked once and each table written once, with postage and advertisements, too."""
    lab = opened(folder / "counted")
    lab.b2c.charge_postage("yunque", "59")
    lab.live.instruct()
    lab.advance()
    lab.live.advertise("search", "200")
    done: list[str] = []
    run = Database.run
    monkeypatch.setattr(Database, "run", lambda self, sql, parameters: (done.append(sql), run(self, sql, parameters))[1])
    counts = []
    for _ in range(5):
        done.clear()
        lab.advance()
        assert [sql for sql in set(done) if done.count(sql) > 1] == []
        counts.append(len(done))
    monkeypatch.undo()
    assert 40 < min(counts) <= max(counts) < 60
    orders = {r.orders for r in lab.live.visitors()}
    assert len(orders) > 3 and max(orders) > 2 * min(orders)
    lab.world.close()


def test_the_dashboard_of_visitors_says_what_the_queries_say_in_both_languages(posted: Lab) -> None:
    rows, state = posted.live.visitors(), posted.world.state.look
    page = DASHBOARDS["visitors"].of(state)
    assert page.figures[1].measure == sum(r.orders for r in rows) == look(posted, "select count(*) from live_order")
    assert page.figures[2].measure == sum(r.sold_out + r.too_dear + r.too_slow for r in rows) > 0
    assert page.table is not None and sum(r.sold_pieces for r in page.table) == sum(r.sold for r in rows)
    funnel = page.panels[0]
    assert isinstance(funnel.plot, Ranked) and [b.values[0] for b in funnel.plot.bars] == sorted((b.values[0] for b in funnel.plot.bars), reverse=True)
    assert funnel.behind and len(funnel.behind(funnel.plot.bars[-1].key)) == page.figures[1].measure
    assert {r.product for r in posted.live.rival_prices() if r.own_price > r.price} and all(r.looked >= r.wanted >= r.orders for r in rows)
    assert all(panel.title.zh != panel.title.en and not re.search("[\u4e00-\u9fff]", panel.title.en) for panel in page.panels)
    with contextlib.closing(dashboard(posted, "visitors")) as board:
        assert board.view["empty"] is None and len(board.view["panels"]) == len(page.panels)


# --- what decisions do -----------------------------------------------------------------------------------------------------


def products(lab: Lab) -> list[Any]:
    return list(lab.world.state.look.all("select product, price from b2c_product where merchant = $m order by product", m=own_shop(lab.player()).merchant))


def at_a_price(percent: int) -> Change:
    def change(lab: Lab) -> None:
        for r in products(lab):
            lab.b2c.change_product(r.product, price=round(r.price * percent / 100, 2))

    return change


def pictured(lab: Lab) -> None:
    for r in products(lab):
        lab.b2c.change_product(r.product, picture=images.sample(60, 40, (10, 90, 200)))


@pytest.mark.parametrize(
    "more, dearer, change",
    [
        pytest.param(True, False, at_a_price(85), id="cheaper"),
        pytest.param(False, True, at_a_price(125), id="more expensive", marks=pytest.mark.slow),
        pytest.param(True, None, pictured, id="with pictures", marks=pytest.mark.slow),
        pytest.param(
            True, None, lambda lab: lab.b2c.write_page("after_sales", "30 天内可退 Back within 30 days", 30), id="a longer promise", marks=pytest.mark.slow
        ),
        pytest.param(False, True, lambda lab: lab.b2c.charge_postage("feilu"), id="with postage", marks=pytest.mark.slow),
    ],
)
def test_a_decision_is_seen_in_the_dashboard_within_a_week(week: Lab, tmp_path: Path, more: bool, dearer: bool | None, change: Change) -> None:
    """Of the same people on the same four days at the same shop: by more than a tenth, which luck between two days is not."""
    lab = traded(tmp_path, change, days=4)
    usual, now = (DASHBOARDS["visitors"].of(x.world.state.look).figures[1].measure for x in (week, lab))
    assert now > usual * Decimal("1.1") if more else 0 < now < usual * Decimal("0.9")
    before, after = (sum(r.too_dear for r in x.live.visitors()) for x in (week, lab))
    assert dearer is None or (after > before) == dearer, "how many it was too dear for"
    lab.world.close()


@pytest.mark.slow
def test_orders_that_wait_too_long_keep_customers_away(week: Lab, tmp_path: Path) -> None:
    lab = opened(tmp_path)
    lab.live.instruct(by_hand=0)
    lab.advance(days=4)
    waiting, none = list(week.live.visitors()), list(lab.live.visitors())  # the newest first
    assert waiting[0].too_slow > 0 and waiting[0].orders < none[0].orders and not any(r.too_slow for r in none)
    assert waiting[-1].orders == none[-1].orders, "on the first day nothing has waited yet"
    lab.world.close()


@pytest.mark.slow
def test_customers_stay_away_without_an_instruction_and_come_again_with_the_next(tmp_path: Path) -> None:
    lab = opened(tmp_path)
    lab.live.instruct(by_hand=0)
    lab.advance(days=2)
    lab.live.withdraw()
    lab.advance(days=2)
    lab.live.instruct(by_hand=0, short="none")
    lab.advance()
    assert [r.day.day for r in lab.live.visitors()] == [6, 3, 2] and all(r.orders for r in lab.live.visitors())
    assert [v.findings for v in audit(lab.world.state) if v.findings] == []
    lab.world.close()


def test_what_is_kept_back_is_not_sold_and_what_is_gone_is_asked_for_in_vain(week: Lab, folder: Path) -> None:
    short = opened(folder / "short")
    short.live.instruct(by_hand=0, kept_back=PIECES - 3)
    short.advance(days=3)
    row = next(r for r in short.live.wanted() if r.product == best(week))
    assert 0 < row.sold <= 3 and row.lost > 0 and row.asked == row.sold + row.lost
    assert look(short, "select min(on_hand - reserved) from stock_level where owner = $o", o=own_shop(short.player()).member) == PIECES - 3
    short.live.withdraw()
    short.advance()
    assert look(short, "select count(*) from live_day") == 3
    short.world.close()


def test_advertisements_are_paid_and_lead_customers_to_the_shop(week: Lab, folder: Path) -> None:
    def spend(lab: Lab) -> None:
        lab.live.instruct()
        lab.advance()
        lab.live.advertise("search", "200")

    seen = traded(folder / "seen", spend)
    days = list(seen.live.visitors())  # the newest first
    spent = [r.spent for r in days]
    assert 0 in spent and all((r.led > 0) == (r.spent > 0) for r in days)
    member = own_shop(seen.player()).member
    cost = look(seen, "select sum(amount) from account_flow where owner = $m and account = '6601'", m=member)
    assert cost == sum(((s / Decimal("1.06")).quantize(Decimal("0.01")) for s in spent), Decimal(0))
    assert [v.findings for v in audit(seen.world.state) if v.findings] == []
    seen.world.close()


# --- who may say what ------------------------------------------------------------------------------------------------------


def test_instructions_that_make_no_sense_are_refused(folder: Path) -> None:
    lab = opened(folder / "refused")
    assert worlds.refused(lab.live.withdraw).problems[0].code == "no_instruction"
    assert worlds.refused(lab.live.advertise, "search", "5").problems[0].code == "no_instruction"
    assert (said := worlds.refused(lab.live.instruct, kept_back=PIECES).problems[0]).code == "all_kept_back" and said.field == "kept_back"
    for r in lab.world.state.look.all("select product from b2c_product where merchant = $m", m=own_shop(lab.player()).merchant):
        lab.b2c.change_product(r.product, on_sale="no")
    assert worlds.refused(lab.live.instruct).problems[0].code == "nothing_to_sell"
    lab.sign_out("shopkeeper", own_shop(lab.player()).merchant)
    assert worlds.refused(lab.live.instruct).problems[0].code == "sign_in_first"
    lab.advance()
    assert look(lab, "select count(*) from live_day") == 0
    lab.world.close()


def test_no_scenario_that_counts_has_such_customers() -> None:
    assert [name for name in scenario_names() if scenario(name).has("live")] == ["live"] and not scenario("live").tasks


# --- goods that come back, and postage -------------------------------------------------------------------------------------------


def test_what_comes_back_is_on_the_shelf_again_and_refunded_as_it_was_paid(posted: Lab) -> None:
    back = posted.world.state.look.all(
        """select r.*, d.state, o.payment_kind, o.received_day from b2c_return r join document d using (number) join b2c_order o on o.number = r.web_order"""
    )
    assert back and all(r.state == "refunded" and r.handling == "restocked" and r.refunded_day > r.received_day for r in back)
    assert all((r.transaction is not None) == (r.payment_kind == "online") for r in back)
    assert -posted.report.profit()["revenue"].sum() < 0 < len(posted.b2c.returns())
    assert look(posted, "select count(*) from stock_movement where kind = 'taken_back'") == look(posted, "select count(*) from b2c_return_line")
    assert [v.findings for v in audit(posted.world.state) if v.findings] == []


def test_postage_is_asked_by_the_tariff_below_the_sum_from_which_it_is_free_and_is_revenue(posted: Lab) -> None:
    rows = posted.world.state.look.all(
        "select p.*, o.amount - p.postage as goods, o.deliver_to from b2c_order_postage p join b2c_order o using (number)"
    )
    assert {r.goods < 59 for r in rows if r.postage} == {True} and all(r.goods >= 59 for r in rows if not r.postage)
    state, sender = posted.world.state.look, sender_of(posted.world.state.look, own_shop(posted.player()).merchant)
    for r in [r for r in rows if r.postage][:5]:
        assert r.postage == tariff.rate(state, "yunque", tariff.zone_of(state, sender, r.deliver_to)).price(r.weight_g)
    sent = look(posted, "select sum(postage) from b2c_order_postage p join b2c_order o using (number) where o.shipped_day is not null")
    assert sent and sent == look(posted, "select sum(revenue + tax) from sale_line where coalesce(product, '') = '' and channel = 'b2c'")


@pytest.mark.slow
def test_returns_may_be_left_to_the_owner_and_wait_where_there_is_no_money(folder: Path) -> None:
    lab = opened(folder / "decides")
    lab.live.instruct(by_hand=0, returned="by_hand")
    lab.advance(days=5)
    waiting = [r.number for r in lab.b2c.returns() if r.state == "requested"]
    assert waiting and len(waiting) == len(lab.b2c.returns())
    assert lab.b2c.accept_return(waiting[0], "restocked")["refund"] > 0
    assert [v.findings for v in audit(lab.world.state) if v.findings] == []
    lab.world.close()


def test_without_a_settlement_account_customers_pay_at_the_door_and_the_clock_goes_on(folder: Path) -> None:
    lab = opened(folder / "ended")
    lab.live.instruct(by_hand=0)
    with worlds.at_work(lab.world.state, 10_000) as do:
        shop = own_shop(lab.player())
        documents.find(do, merchants.CONTRACT, do.value("select number from merchant_contract where merchant = $m", m=shop.merchant)).move_to("terminated")
        do.turn(do.day + datetime.timedelta(days=1))
        days.begin(do)
        assert do.all("select distinct o.payment_kind from b2c_order o join live_order using (number)") == [("cash_on_delivery",)]
    lab.world.close()


# --- many at once, and one by one ---------------------------------------------------------------------------------------------

_ROWS = (
    "select kind, text, document, line, owner, account, sub, amount from ledger_entry join posting on entry = number where kind <> 'capital'",
    "select owner, product, held, quantity, unit_cost, value from stock_layer",
    "select * from stock_level",
    "select * from stock_reservation",
    "select kind, owner, place, product, side, quantity, value, document from stock_movement",
    "select * from sale_line",
    "select * from due_line",
    "select * from b2c_order",
    "select * from b2c_order_line",
    "select * from b2c_payment",
    "select number, kind, state, step, owner, day, parent from document",
    "select document, step, state, day from document_history",
    "select * from ledger_balance where balance <> 0 and account in ('1001', '1122', '1405', '6001', '6401', '22210102')",
)


@pytest.mark.parametrize("method", ["moving_average", "fifo"])
def test_orders_at_once_leave_the_rows_that_commands_leave_one_by_one(week: Lab, method: str) -> None:
    def rows(at_once: bool) -> list[list[Any]]:
        with worlds.at_work(week.world.state, 10_000) as do:
            shop = own_shop(week.player())
            if method != stock.method_of(do, shop.member):
                stock.change_method(do, shop.member, method)
            goods = [r.product for r in do.all("select product from b2c_product where merchant = $m order by 1", m=shop.merchant)]
            for k, product in enumerate(goods[:3]):  # at a cost that cannot be shared out evenly
                stock.receive(do, stock.Move(shop.member, shop.place, [stock.Goods(product, 7, Decimal("100.01") * (k + 1))], "x"), "4001")
            price = Decimal("33.33")
            names = [r.user_name for r in do.all("select user_name from b2c_shopper where user_name like 'k%' order by 1 limit 3")]
            who = many.known(do, names)
            baskets = [many.Basket(who[n], [many.Part(p, k + 2, price, price * (k + 2)) for p in goods[: 3 - k]], True) for k, n in enumerate(names)]
            traded_for = many.Shop(shop.merchant, shop.member, shop.place, None, 7)
            with Batch(do) as batch:
                orders = (many.fulfil if at_once else many.place)(batch, traded_for, baskets)
            if at_once:
                with Batch(do) as batch:
                    many.collect(batch, traded_for, [(n, b.shopper.member, b.amount) for n, b in zip(orders, baskets, strict=True)])
            else:
                with acting(do, "shopkeeper", shop.merchant):
                    for order in orders:
                        sale = sales.accept_order(do, order)
                        sales.settle_sale(do, sale)
                        sales.confirm_sale(do, sale)
                        sales.ship(do, sale)
                    for order in orders:
                        payments.collect_cash(do, order)
            return [sorted(map(repr, do.all(sql))) for sql in _ROWS]

    for ours, theirs, sql in zip(rows(True), rows(False), _ROWS, strict=True):
        assert ours == theirs, sql


@pytest.mark.parametrize("handling", ["restocked", pytest.param("scrapped", marks=pytest.mark.slow)])
@pytest.mark.parametrize("at_the_door", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_returns_at_once_leave_the_rows_that_commands_leave_one_by_one(week: Lab, handling: str, at_the_door: bool) -> None:
    def rows(at_once: bool) -> list[list[Any]]:
        with worlds.at_work(week.world.state, 10_000) as do:
            shop = own_shop(week.player())
            traded_for = many.Shop(shop.merchant, shop.member, shop.place, ebank.settlement_account(do, shop.merchant), 7)
            goods = [r.product for r in do.all("select product from b2c_product where merchant = $m order by 1", m=shop.merchant)]
            names = [r.user_name for r in do.all("select user_name from b2c_shopper where user_name like 'k%' order by 1 limit 2")]
            who = many.known(do, names)
            price = Decimal("33.33")
            baskets = [many.Basket(who[n], [many.Part(p, k + 2, price, price * (k + 2)) for p in goods[: 2 - k]], at_the_door) for k, n in enumerate(names)]
            with Batch(do) as batch:
                orders = many.fulfil(batch, traded_for, baskets)
            traded_for = traded_for._replace(account=ebank.settlement_account(do, shop.merchant))
            if at_once:
                back = []
                for order, basket in zip(orders, baskets, strict=True):
                    line = do.one("select product, quantity, amount, cost from b2c_order_line where number = $n order by product limit 1", n=order)
                    paid = do.value("select transaction from b2c_payment where web_order = $n", n=order)
                    step = do.value("select step from document where number = $n", n=order)
                    parts = [coming_back.Returned(*line)]
                    back.append(coming_back.Back(order, basket.shopper.user_name, basket.shopper.member, paid, False, step, len(basket.parts) == 1, parts))
                with Batch(do) as batch:
                    coming_back.take_back(batch, traded_for, back, "x", handling)
            else:
                for order, basket in zip(orders, baskets, strict=True):
                    line = do.one("select product, quantity from b2c_order_line where number = $n order by product limit 1", n=order)
                    with acting(do, "shopper", basket.shopper.user_name):
                        asked = returns.request_return(do, order, [{"product": line.product, "quantity": line.quantity}], "x")
                    with acting(do, "shopkeeper", shop.merchant):
                        returns.accept_return(do, asked, handling)
            return [sorted(map(repr, do.all(sql))) for sql in _ROWS_OF_RETURNS]

    for ours, theirs, sql in zip(rows(True), rows(False), _ROWS_OF_RETURNS, strict=True):
        assert ours == theirs, sql


def test_advertising_at_once_leaves_the_rows_that_single_steps_leave(week: Lab) -> None:
    total = Decimal("200.00")

    def rows(at_once: bool) -> list[list[Any]]:
        with worlds.at_work(week.world.state, 10_000) as do:
            shop = own_shop(week.player())
            traded_for = many.Shop(shop.merchant, shop.member, shop.place, ebank.settlement_account(do, shop.merchant), 7)
            if at_once:
                do.insert("live_budget", [(shop.merchant, "search", total)])
                with Batch(do) as batch:
                    assert advertising.pay(batch, traded_for) == {"search": total}
            else:
                house, number = payments.platform(do), do.number("AD")
                items = book.gross_priced(do, [book.Item(total)], tax.MODERN_SERVICES)
                book.sell(
                    do, "advertising", f"广告费 Advertising {number}", number, house.member, shop.member, items,
                    [ledger.Line(house.member, ledger.RECEIVABLE, total, shop.member)],
                    [ledger.Line(shop.member, "6601", items[0].revenue), ledger.Line(shop.member, ledger.PAYABLE, -items[0].revenue, house.member),
                     *book.tax_owed(shop.member, house.member, items)], channel="service",
                )  # fmt: skip
                invoices.issue(do, number, house.member, shop.member, items)
                ebank.debit(do, traded_for.account.number, house.account, total, number)
            return [sorted(map(repr, do.all(sql))) for sql in (*_ROWS_OF_RETURNS, "select * from invoice", "select * from invoice_line")]

    assert rows(True) == rows(False)


def test_what_refunds_take_today_is_not_there_for_advertising(week: Lab) -> None:
    with worlds.at_work(week.world.state, 10_000) as do:
        shop = own_shop(week.player())
        account = ebank.settlement_account(do, shop.merchant)
        traded_for = many.Shop(shop.merchant, shop.member, shop.place, account, 7)
        do.insert("live_budget", [(shop.merchant, "search", account.balance)])
        with Batch(do) as batch:
            ebank.give_back_cards(batch, account, shop.merchant, [("TX", shop.member, Decimal("0.01"), "x")])
            assert advertising.pay(batch, traded_for) == {}
        assert ebank.settlement_account(do, shop.merchant).balance == account.balance - Decimal("0.01")


_ROWS_OF_RETURNS = (
    *_ROWS[1:],
    "select kind, text, document, owner, account, sub, amount from ledger_entry join posting on entry = number where kind <> 'capital'",
    "select * from b2c_return",
    "select * from b2c_return_line",
    "select number, kind, from_account, to_account, day, purpose, reference, merchant from bank_transaction",
)
