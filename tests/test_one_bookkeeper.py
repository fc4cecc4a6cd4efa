"""One bookkeeper: orders that are booked set-based, as a simulated market's are, and the same orders done one by one through the public commands of a shop
and, in bulk, of a supplier and its purchaser.

Movements of goods, costs, order lines and sale lines are the same rows. The ledger is the same order by order, account by account, with these names for
the same thing, and nothing else different:

- a shopper, the payment platform and documents have other numbers in a market;
- a return of what was paid online goes through the advances (2203) and out again, where a market posts it to the bank at once: equal when netted;
- the courier's cash goes to cash (1001) in a shop, and to the bank (1002) in a market, whose shops have no cash;
- the platform's fee and what it hands on are no part of the comparison: a market's platform asks none;
- of a bulk order the supplier's books are compared, as a market's bulk buyers keep none, and not how the supplier came by the goods; in a world these are
  goods in transit (1406) on their way, where a market issues them when they come: equal when netted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecomlab.kernel.doing import Doing
from ecomlab.lab import Lab
from ecomlab.market import booking
from ecomlab.market.choice import Lines
from ecomlab.market.costing import moving_average
from ecomlab.market.parcels import AT_THE_DOOR, ONLINE, PLATFORM, Fate
from ecomlab.market.supply import Supplied
from ecomlab.market.truth import Truth
from ecomlab.modules.b2b.playbook import deliver
from ecomlab.modules.b2c import briefs, checkout, payments, returns
from ecomlab.modules.b2c.members import SHOPPER
from tests import worlds
from tests.test_b2b import SIGNED_IN, Trade
from tests.test_b2c import OPEN, acting, as_me, asked, keeper, me, own_shop, shipped

KINDS = {"online": ONLINE, "payment_platform": PLATFORM, "cash_on_delivery": AT_THE_DOOR}

#: Cash that a shop takes in, by the account in which a market, whose shops have none, keeps it.
CASH = {"1001": "1002"}


class Order(NamedTuple):
    """An order of both products: pieces of each (0: not bought), whether each comes back, how it is paid; and of one to be paid at the door, when."""

    pieces: tuple[int, int]
    back: tuple[bool, bool]
    kind: str
    collected: str

    @property
    def lines(self) -> list[tuple[int, int, bool]]:
        return [(article, n, back) for article, (n, back) in enumerate(zip(self.pieces, self.back, strict=True)) if n]


ORDERS = st.lists(
    st.builds(
        Order, st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(any), st.tuples(st.booleans(), st.booleans()), st.sampled_from(list(KINDS)),
        st.sampled_from(["before", "after", "never"]),
    ),
    min_size=1, max_size=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return worlds.opened(tmp_path_factory.mktemp("mall"), worlds.model("b2c", codes=OPEN))


class Books(NamedTuple):
    """What is compared, by the place of the order among them: movements, order lines, sale lines, and the ledger's amounts netted by account."""

    moved: Counter[Any]
    ordered: Counter[Any]
    sold: Counter[Any]
    posted: dict[Any, Decimal]


# --- one by one ------------------------------------------------------------------------------------------------------------


def one_by_one(do: Doing, orders: list[Order], products: list[str]) -> Books:
    shop = own_shop(do)
    last = do.value("select max(number) from ledger_entry"), do.value("select max(number) from stock_movement")
    of: dict[str, int] = {}
    numbers = []
    for n, one in enumerate(orders):
        with acting(do, SHOPPER.name, me(do)):
            number = checkout.draft(do, shop.merchant, [(products[article], pieces) for article, pieces, _ in one.lines])
            checkout.choose_delivery(do, number, "express", one.kind)
            checkout.set_recipient(do, number, "林晓", "杭州", "13800138000")
            checkout.confirm_order(do, number)
        shipped(do, one.kind, number)
        numbers.append(number)
        of |= {number: n, do.value("select sales_order from b2c_order where number = $n", n=number): n}
    for n, (one, number) in enumerate(zip(orders, numbers, strict=True)):
        coming = [{"product": products[article], "quantity": pieces} for article, pieces, back in one.lines if back]
        if one.kind == "cash_on_delivery" and one.collected == "before":
            _collect(do, number)
        if coming:
            request = as_me(do, returns.request_return, number, coming, "不合适 Does not suit")
            of[request] = n
            with keeper(do):
                returns.accept_return(do, request, "restocked")
        if one.kind == "cash_on_delivery" and one.collected == "after" and not all(back for *_, back in one.lines):
            _collect(do, number)
    for number, n in zip(numbers, range(len(numbers)), strict=True):
        of |= {r.transaction: n for r in do.all(
            "select transaction from b2c_payment where web_order = $n union select transaction from b2c_return where web_order = $n", n=number
        )}  # fmt: skip
    moved = do.all("select document, kind, product, quantity, value from stock_movement where owner = $o and number > $m and value is not null",
                   o=shop.member, m=last[1])  # fmt: skip
    called = {payments.platform(do).member: "platform", do.value("select member from b2c_shopper where user_name = $n", n=me(do)): "shopper"}
    posted: dict[Any, Decimal] = {}
    for document, account, sub, amount in do.all(
        """select e.document, p.account, p.sub, p.amount from posting p join ledger_entry e on e.number = p.entry
           where p.owner = $o and e.number > $e""", o=shop.member, e=last[0],
    ):  # fmt: skip
        _net(posted, (of[document], CASH.get(account, account), called.get(sub, "" if account == "1002" else sub)), amount)
    lines = do.all("select number, product, quantity, unit_price, amount, cost from b2c_order_line")
    sold = do.all("select document, product, quantity, revenue, tax, cost from sale_line where seller = $o and channel = 'b2c'", o=shop.member)
    return Books(_counted(moved, of), _counted(lines, of), _counted(sold, of), posted)


def _collect(do: Doing, number: str) -> None:
    with keeper(do):
        payments.collect_cash(do, number)


def _counted(rows: Any, of: dict[str, int]) -> Counter[Any]:
    return Counter((of[row[0]], *tuple(row)[1:]) for row in rows if row[0] in of)


def _net(posted: dict[Any, Decimal], key: Any, amount: Decimal) -> None:
    posted[key] = posted.get(key, Decimal(0)) + amount
    if not posted[key]:
        del posted[key]


# --- set-based -------------------------------------------------------------------------------------------------------------


def _costs(article: Any, pieces: Any, there: list[tuple[int, int]]) -> tuple[Any, Any]:
    """What lines of a day cost by moving average, and their rounding differences, of what was there before; nothing has come back yet."""
    none, zero = np.full(len(article), -1), np.zeros(len(article), dtype=np.int64)
    came = np.array([(0, n, quantity, value, 0) for n, (quantity, value) in enumerate(there)], dtype=np.int64)
    empty = np.zeros((0, 3), dtype=np.int64)
    supplied = Supplied(pieces, came, empty, empty, empty[:, :2])
    found = moving_average(Lines(zero, zero, zero, article, pieces), Fate(zero, zero, none, none, zero, zero, zero), supplied, np.ones(len(there), dtype=bool))
    return found.cost, found.rounding


#: The columns of the facts of which there are none (`booking.Booked`).
NONE = {
    "lines": ("number", "shop", "customer", "article", "day", "quantity", "price", "amount", "cost", "rounding", "shipped", "received", "back", "paid",
              "kind", "province", "carried_by", "second", "channel"),
    "deliveries": ("day", "due", "article", "quantity", "value", "shop"), "left": ("article", "shop", "quantity"),
    "layers": ("article", "seq", "quantity", "unit", "value"), "under_way": ("due", "article", "quantity", "shop"),
    "advertising": ("shop", "day", "amount"), "shown": ("shop", "channel", "day", "impressions", "clicks"),
    "bulk": ("buyer", "nth", "shop", "article", "day", "due", "came", "quantity", "price", "cost"),
}  # fmt: skip


def laid_out(truth: Truth, products: list[str], **facts: Any) -> tuple[Any, dict[str, str]]:
    """The facts of one shop and its supplier, registered; and the SQL of each table."""
    import duckdb
    import pandas

    none = np.zeros(0, dtype=np.int64)
    booked = booking.Booked(part=0, labels=none, **{name: facts.get(name, dict.fromkeys(columns, none)) for name, columns in NONE.items()})
    connection = duckdb.connect()
    booking.start_of(connection, truth)
    for table, columns in {
        "article_code": {"article": [0, 1], "code": products}, "channel_code": {"channel": [0], "name": ["c"], "per_fen": [1], "form": ["text"]},
        "carrier_code": {"carried_by": [0], "name": ["c"]}, "province_code": {"province": [0], "code": ["33"]},
        "shop_code": {"shop": [0], "supplier": ["s"], "haulier": ["h"], "base": [0], "rate": [0]},
    }.items():  # fmt: skip
        connection.register(f"given_{table}", pandas.DataFrame(columns))
        connection.execute(f"create temp table {table} as from given_{table}")
    return connection, booking.lay_out(connection, truth, booked)


def set_based(orders: list[Order], products: list[str], prices: list[int], there: list[tuple[int, int]]) -> Books:
    """prices: of the products, fen; there: pieces of each and their value, fen, before."""
    rows = [(n, article, pieces, back, one) for n, one in enumerate(orders) for article, pieces, back in one.lines]
    number, article, pieces = (np.array([r[i] for r in rows], dtype=np.int64) for i in range(3))
    back = np.where([r[3] for r in rows], 1, -1)
    cost, rounding = _costs(article, pieces, there)
    paid = np.array([{"before": 0, "after": 2, "never": -1}[r[4].collected] if r[4].kind == "cash_on_delivery" else 0 if r[4].kind == "online" else -1
                     for r in rows])
    zero = np.zeros(len(rows), dtype=np.int64)
    price = np.array(prices, dtype=np.int64)[article]
    lines = {
        "number": number, "shop": zero, "customer": zero, "article": article, "day": zero, "quantity": pieces, "price": price, "amount": price * pieces,
        "cost": cost, "rounding": rounding, "shipped": zero, "received": zero, "back": back, "paid": paid,
        "kind": np.array([KINDS[r[4].kind] for r in rows]), "province": zero, "carried_by": zero, "second": zero + 30_000, "channel": zero - 1,
    }  # fmt: skip
    connection, tables = laid_out(Truth(seed="one bookkeeper", orders=len(orders)), products, lines=lines)

    def read(table: str, columns: str, where: str = "true") -> list[Any]:
        return list(connection.execute(f"select {columns} from ({tables[table]}) where {where}").fetchall())

    of = {f"{letter}{n}": n for n in range(len(orders)) for letter in "WS"} | {f"R{n}-1": n for n in range(len(orders))}
    posted: dict[Any, Decimal] = {}
    for document, account, sub, amount in connection.execute(
        f"select e.document, p.account, p.sub, p.amount from ({tables['posting']}) p join ({tables['ledger_entry']}) e on e.number = p.entry"
    ).fetchall():
        if document in of:
            _net(posted, (of[document], account, {"MB-PLATFORM": "platform", "C000000000": "shopper"}.get(sub, sub)), amount)
    moved = read("stock_movement", "document, kind, product, quantity, value")
    ordered = read("b2c_order_line", "number, product, quantity, unit_price, amount, cost")
    return Books(_counted(moved, of), _counted(ordered, of), _counted(read("sale_line", "document, product, quantity, revenue, tax, cost"), of), posted)


# --- the same ----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(ORDERS)
def test_orders_booked_together_are_in_the_books_as_if_done_one_by_one(mall: Lab, orders: list[Order]) -> None:
    compare(mall, orders)


def test_one_order_of_each_kind_booked_together_and_one_by_one(mall: Lab) -> None:
    compare(mall, [Order((2, 1), (True, False), "online", ""), Order((1, 0), (False, False), "payment_platform", ""),
                   Order((1, 2), (False, True), "cash_on_delivery", "after")])  # fmt: skip


def compare(mall: Lab, orders: list[Order]) -> None:
    with worlds.at_work(worlds.twin(mall.world.state), 10_000) as do:
        shop = own_shop(do)
        products = [asked(do), briefs.spare(do).product]
        rows = {r.product: r for r in do.all("select product, quantity, value from stock_layer where owner = $o", o=shop.member)}
        prices = {r.product: r.price for r in do.all("select product, price from b2c_product where merchant = $m", m=shop.merchant)}
        there = [(rows[p].quantity, int(rows[p].value * 100)) for p in products]
        together = set_based(orders, products, [int(prices[p] * 100) for p in products], there)
        singly = one_by_one(do, orders, products)
        assert together.moved == singly.moved and together.ordered == singly.ordered and together.sold == singly.sold
        assert together.posted == singly.posted


# --- in bulk -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [(1, 0), (7, 3), (40, 13)])
def test_a_bulk_order_is_in_its_suppliers_books_as_if_done_step_by_step(acting: Callable[..., Lab], pieces: tuple[int, int]) -> None:
    trade = Trade(acting("b2b", *SIGNED_IN))
    products, prices = [w[0] for w in trade.wares[:2]], [w[3] for w in trade.wares[:2]]
    layers = [trade.look.one("select quantity, value from stock_layer where owner = $o and product = $p", o=trade.seller, p=p) for p in products]
    costs = [layer.value / layer.quantity for layer in layers]
    assert all(cost == round(cost, 2) for cost in costs), "a market's suppliers pay whole fen for a piece"
    singly = _step_by_step(trade, products, pieces)
    article, quantity = np.flatnonzero(pieces), np.array([n for n in pieces if n])
    zero = np.zeros(len(article), dtype=np.int64)
    price, cost = (np.array([int(amounts[a] * 100) for a in article]) for amounts in (prices, costs))
    bulk = {"buyer": zero, "nth": zero, "shop": zero, "article": article, "day": zero, "due": zero + 5, "came": zero + 5, "quantity": quantity, "price": price,
            "cost": cost}  # fmt: skip
    connection, tables = laid_out(Truth(seed="one bookkeeper", orders=1), products, bulk=bulk)
    together = SoldInBulk(
        Counter(connection.execute(f"select product, quantity, value from ({tables['stock_movement']}) where owner = 's' and kind = 'issue'").fetchall()),
        Counter(connection.execute(f"select product, quantity, revenue, tax, cost from ({tables['sale_line']}) where seller = 's'").fetchall()),
        _by_kind(connection.execute(
            f"""select e.kind, p.account, p.sub, p.amount from ({tables['posting']}) p join ({tables['ledger_entry']}) e on e.number = p.entry
                where p.owner = 's' and e.kind not in ('stock_receipt', 'freight')"""
        ).fetchall(), "MB-B0000000"),
    )  # fmt: skip
    assert together == singly


class SoldInBulk(NamedTuple):
    """What is compared of a bulk order: what left the supplier's stock, sale lines, and the ledger's amounts, netted by kind and account."""

    moved: Counter[Any]
    sold: Counter[Any]
    posted: dict[Any, Decimal]


def _by_kind(rows: Any, buyer: str) -> dict[Any, Decimal]:
    posted: dict[Any, Decimal] = {}
    for kind, account, sub, amount in rows:
        _net(posted, ("stock" if kind.startswith("stock") else kind, account, "buyer" if sub == buyer else ""), amount)
    return posted


def _step_by_step(trade: Trade, products: list[str], pieces: tuple[int, int]) -> SoldInBulk:
    """From the order to the payment of the bill."""
    last = [trade.look.value(f"select max(number) from {table}") for table in ("ledger_entry", "stock_movement")]
    for product, n in zip(products, pieces, strict=True):
        if n:
            trade.do.add_to_cart(trade.seller, product, n)
    order = str(trade.do.place_order(trade.seller, "days_30", trade.soon, "杭州 Hangzhou"))
    trade.do.accept_order(order, trade.main)
    deliver(trade.play, trade.do.send_order(trade.do.confirm_order(order)))
    bill = trade.look.one("select * from b2b_settlement where purchase_order = $n", n=order)
    trade.clear(bill.number)
    trade.do.settle(bill.number, trade.funded(bill.amount), bill.amount, trade.play.pin("corporate"))
    return SoldInBulk(
        Counter(map(tuple, trade.look.all(
            """select product, sum(quantity)::integer, sum(value) from stock_movement where owner = $o and number > $m and value is not null group by 1""",
            o=trade.seller, m=last[1],
        ))),
        Counter(map(tuple, trade.look.all("select product, quantity, revenue, tax, cost from sale_line where seller = $o", o=trade.seller))),
        _by_kind(trade.look.all(
            """select e.kind, p.account, p.sub, p.amount from posting p join ledger_entry e on e.number = p.entry
               where p.owner = $o and e.number > $e and e.kind <> 'freight'""", o=trade.seller, e=last[0],
        ), trade.buyer),
    )  # fmt: skip
