"""The stock books: quantities, costs by moving average and FIFO, reservations, and what the ledger says of them."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ecomlab
from ecomlab.books import costing, ledger, stock, stock_audit
from ecomlab.books.stock import Goods, Move
from ecomlab.kernel.command import find
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.scenario import scenario
from tests import worlds

pytestmark = pytest.mark.usefixtures("understudied")

MOUSE, KEYBOARD = (r["gtin"] for r in scenario("semester").rows("products")[:2])
OWNERS = itertools.count(1)


def command_at_work(lab) -> Doing:
    """What a command is given, kept from one that moved the clock by a day."""
    return lab.world.state.perform(find("lab.advance"), {"days": 1}, 1, "student")[1]


@pytest.fixture(scope="module")
def do(tmp_path_factory):
    """One command that never ends: the tests use a fresh owner each, so they do not meet."""
    lab = ecomlab.open(tmp_path_factory.mktemp("stock"), student="stock", scenario="edi")
    doing = command_at_work(lab)
    stock.open_catalogue(doing)
    yield doing
    lab.world.close()


@pytest.fixture
def owner():
    return f"OWNER-{next(OWNERS)}"


def receive(do, owner, quantity, value, product=MOUSE, place="A"):
    return stock.receive(do, Move(owner, place, [Goods(product, quantity, Decimal(value))], "bought"), ledger.PAYABLE, "seller")


def issue(do, owner, quantity, product=MOUSE, place="A", **more):
    return stock.issue(do, Move(owner, place, [Goods(product, quantity)], "sold", **more), "6401")


def sound(do):
    checks = (stock_audit._moves, stock_audit._not_negative, stock_audit._value, stock_audit._whole_layers)
    return [finding for check in checks for finding in check(do)]


# --- textbook examples ---------------------------------------------------------------------------------------------


def test_moving_average_of_the_odoo_manual(do, owner):
    """Odoo documentation, "Average price on returned goods": 8 at 10, 4 at 16, deliver 10; the unit cost comes out even."""
    receive(do, owner, 8, "80")
    receive(do, owner, 4, "64")
    assert stock.average_cost(do, owner, MOUSE) == Decimal("12.000000")
    assert issue(do, owner, 10) == Decimal("120.00")
    assert stock.worth(do, owner) == Decimal("24.00")


def _the_spy(do, owner):
    """OpenStax, Principles of Accounting 1, chapter 10, "The Spy Who Loves You": 150 at 21, sell 120, 225 at 27, sell 180, 210 at 33."""
    receive(do, owner, 150, "3150")
    first = issue(do, owner, 120)
    receive(do, owner, 225, "6075")
    second = issue(do, owner, 180)
    receive(do, owner, 210, "6930")
    return first + second


def test_perpetual_moving_average_of_openstax(do, owner):
    """The book rounds to whole dollars: cost of sales 7,253 and 8,902 left. Here the unit cost has six places."""
    assert _the_spy(do, owner) == Decimal("2520.00") + Decimal("4732.94")
    assert stock.worth(do, owner) == Decimal("8902.06")
    assert stock.average_cost(do, owner, MOUSE) == Decimal("31.235298")


def test_perpetual_fifo_of_openstax(do, owner):
    """FIFO needs no rounding there: cost of sales 7,200 and 8,955 left, exactly."""
    stock.choose_method(do, owner, stock.FIFO)
    assert _the_spy(do, owner) == Decimal("7200.00")
    assert stock.worth(do, owner) == Decimal("8955.00")


@pytest.mark.parametrize(("method", "cost"), [("fifo", "100"), ("moving_average", "150")])
def test_the_inventory_models_of_dynamics(do, owner, method, cost):
    """Microsoft Dynamics AX, inventory models: 10 for 100, 10 for 200, an issue of 10, then 10 for 300. FIFO takes the first
    receipt; the average is that of what was there on the day of the issue. No rounding."""
    stock.choose_method(do, owner, method)
    receive(do, owner, 10, "100")
    receive(do, owner, 10, "200")
    assert issue(do, owner, 10) == Decimal(cost)
    receive(do, owner, 10, "300")
    assert stock.worth(do, owner) == 600 - Decimal(cost)


def test_rounding_difference_is_posted_when_the_last_piece_goes(do, owner):
    """3 pieces for 10.00: 3.333333 each; three single issues cost 3.33 each, and the cent left over is posted apart."""
    receive(do, owner, 3, "10")
    assert [issue(do, owner, 1) for _ in range(3)] == [Decimal("3.33")] * 3
    assert ledger.balance(do, owner, stock.STOCK) == 0
    assert ledger.balance(do, owner, stock.ROUNDING) == Decimal("0.01")
    assert not sound(do)


def test_money_is_rounded_half_even():
    assert costing.money(Decimal("0.125")) == Decimal("0.12") and costing.money(Decimal("0.135")) == Decimal("0.14")


# --- quantities -------------------------------------------------------------------------------------------------------


def test_stock_never_goes_below_what_is_free(do, owner):
    receive(do, owner, 10, "100")
    stock.reserve(do, owner, "A", [Goods(MOUSE, 7)], f"ORDER-{owner}")
    with pytest.raises(Refusal) as refused:
        issue(do, owner, 4, field="goods")
    assert (refused.value.code, refused.value.field) == ("short_stock", "goods")
    assert "3" in refused.value.text.en and "7" in refused.value.text.en
    assert stock.level(do, owner, "A", MOUSE) == (10, 7, 0)
    assert issue(do, owner, 7, reserved_by=f"ORDER-{owner}") == Decimal("70.00")
    assert stock.level(do, owner, "A", MOUSE) == (3, 0, 0)


def test_goods_at_another_place_or_of_another_owner_do_not_count(do, owner):
    receive(do, owner, 10, "100", place="A")
    for who, place in ((owner, "B"), ("somebody else", "A")):
        with pytest.raises(Refusal, match="Not enough"):
            issue(do, who, 1, place=place)


def test_release_gives_back_what_is_left_of_a_reservation(do, owner):
    receive(do, owner, 10, "100")
    order = f"ORDER-{owner}"
    stock.reserve(do, owner, "A", [Goods(MOUSE, 6)], order)
    issue(do, owner, 2, reserved_by=order)
    stock.release(do, order)
    assert stock.level(do, owner, "A", MOUSE) == (8, 0, 0)
    stock.release(do, order)
    assert stock.level(do, owner, "A", MOUSE).reserved == 0


def test_a_reservation_is_taken_over(do, owner):
    receive(do, owner, 5, "50")
    stock.reserve(do, owner, "A", [Goods(MOUSE, 5)], f"SALE-{owner}")
    stock.reserve(do, owner, "A", [Goods(MOUSE, 5)], f"DELIVERY-{owner}", instead_of=f"SALE-{owner}")
    stock.release(do, f"SALE-{owner}")
    assert stock.level(do, owner, "A", MOUSE) == (5, 5, 0)


def test_transit_keeps_value_and_moves_it_between_accounts(do, owner):
    receive(do, owner, 3, "10")
    stock.transfer_out(do, Move(owner, "A", [Goods(MOUSE, 3)], "sent", f"T-{owner}"), "B")
    assert stock.level(do, owner, "B", MOUSE) == (0, 0, 3)
    assert (ledger.balance(do, owner, stock.STOCK), ledger.balance(do, owner, stock.IN_TRANSIT)) == (0, Decimal("10.00"))
    with pytest.raises(Refusal, match="in transit"):
        stock.transfer_in(do, Move(owner, "B", [Goods(MOUSE, 4)], "received", f"T-{owner}"))
    stock.transfer_in(do, Move(owner, "B", [Goods(MOUSE, 2)], "received", f"T-{owner}"))
    assert stock.issue_transit(do, Move(owner, "", [Goods(MOUSE, 1)], "lost", f"T-{owner}"), stock.LOSSES, kind="lost") > 0
    assert stock.level(do, owner, "B", MOUSE) == (2, 0, 0) and ledger.balance(do, owner, stock.IN_TRANSIT) == 0
    assert not sound(do)


def test_write_off_is_a_loss(do, owner):
    receive(do, owner, 4, "40")
    assert stock.write_off(do, Move(owner, "A", [Goods(MOUSE, 1)], "damaged")) == Decimal("10.00")
    assert ledger.balance(do, owner, stock.LOSSES) == Decimal("10.00")


def test_the_method_stays_once_there_are_goods(do, owner):
    receive(do, owner, 1, "1")
    with pytest.raises(Refusal) as refused:
        stock.choose_method(do, owner, stock.FIFO, "method")
    assert refused.value.code == "method_fixed"


def test_a_changed_method_keeps_the_value_and_looks_ahead_only(do, owner):
    """Moving average of 2 @ 10 and 2 @ 20 is 15 each. As FIFO these four are the oldest layer, before 2 @ 40."""
    receive(do, owner, 2, "20")
    receive(do, owner, 2, "40")
    assert stock.change_method(do, owner, stock.FIFO) == Decimal("60.00")
    receive(do, owner, 2, "80")
    assert issue(do, owner, 5) == Decimal("100.00"), "4 at 15 and 1 at 40"
    receive(do, owner, 3, "20.01")
    stock.transfer_out(do, Move(owner, "A", [Goods(MOUSE, 2)], "on its way", "TO-1"), "B")
    assert stock.change_method(do, owner, stock.MOVING_AVERAGE) == Decimal("13.34"), "2 of the three at 6.67; 1 at 40 and 1 at 6.67 are on their way"
    stock.transfer_in(do, Move(owner, "B", [Goods(MOUSE, 2)], "arrived", "TO-1"))
    assert stock.worth(do, owner) == Decimal("60.01") and stock.average_cost(do, owner, MOUSE) == Decimal("15.002500")
    assert not sound(do)
    with pytest.raises(Refusal) as refused:
        stock.change_method(do, owner, stock.MOVING_AVERAGE, "method")
    assert (refused.value.code, refused.value.field) == ("same_method", "method")


@pytest.mark.parametrize("goods", [Goods(MOUSE, 0), Goods(MOUSE, -1), Goods(MOUSE, 1, Decimal("-0.01"))])
def test_nothing_and_less_than_nothing_do_not_move(do, owner, goods):
    with pytest.raises(ValueError, match="not a quantity"):
        stock.receive(do, Move(owner, "A", [goods], "nothing"), ledger.PAYABLE)


def test_products_have_valid_numbers_that_nobody_else_has(do):
    from stdnum import ean

    rows = scenario("semester").rows("products")
    assert len(rows) == len({r["gtin"] for r in rows}) >= 24
    assert all(ean.is_valid(r["gtin"]) and r["gtin"].startswith("952") for r in rows)
    with pytest.raises(Refusal, match="check digit"):
        stock.add_product(do, "9520100000011", "x", "food", 1, Decimal(1))
    with pytest.raises(Refusal, match="already registered"):
        stock.add_product(do, MOUSE, "x", "food", 1, Decimal(1))


# --- against a naive model in exact fractions ------------------------------------------------------------------------------


class Exact:
    """What the books should say, in fractions and the slowest way: lists of single pieces."""

    def __init__(self, fifo: bool):
        self.fifo = fifo
        self.here: list[tuple[int, Fraction]] = []
        self.away: list[tuple[int, Fraction]] = []
        self.arrival = itertools.count()

    def averaged(self, pieces):
        if self.fifo:
            return sorted(pieces)
        mean = sum((v for _, v in pieces), Fraction(0)) / len(pieces) if pieces else Fraction(0)
        return [(0, mean)] * len(pieces)

    def receive(self, quantity, value):
        n = next(self.arrival)
        self.here = self.averaged([*self.here, *[(n, Fraction(value) / quantity)] * quantity])

    def take(self, quantity, where):
        pieces = getattr(self, where)
        setattr(self, where, pieces[quantity:])
        return pieces[:quantity]

    def move(self, quantity, source, target):
        taken = self.take(quantity, source)
        setattr(self, target, self.averaged([*getattr(self, target), *taken]))


MOVES = st.lists(
    st.tuples(st.sampled_from(["receive", "issue", "out", "in", "deliver"]), st.integers(1, 40), st.decimals("0", "900", places=2)), min_size=1, max_size=14
)


@settings(max_examples=worlds.examples(25, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fifo=st.booleans(), moves=MOVES)
def test_books_follow_exact_arithmetic(do, fifo, moves):
    """Quantities agree exactly. Values differ at most by the cents rounded: half a cent and 40 micro-units a posting."""
    owner, exact, cost = f"OWNER-{next(OWNERS)}", Exact(fifo), Fraction(0)
    transit = f"T-{owner}"
    if fifo:
        stock.choose_method(do, owner, stock.FIFO)
    for what, quantity, value in moves:
        here, away = len(exact.here), len(exact.away)
        if what == "receive":
            receive(do, owner, quantity, value)
            exact.receive(quantity, value)
        elif what == "in" or what == "deliver":
            quantity = min(quantity, away)
            if not quantity:
                continue
            if what == "in":
                stock.transfer_in(do, Move(owner, "A", [Goods(MOUSE, quantity)], "in", transit))
                exact.move(quantity, "away", "here")
            else:
                cost += Fraction(stock.issue_transit(do, Move(owner, "", [Goods(MOUSE, quantity)], "delivered", transit), "6401"))
                exact.take(quantity, "away")
        elif quantity > here:
            with pytest.raises(Refusal):
                issue(do, owner, quantity)
        elif what == "out":
            stock.transfer_out(do, Move(owner, "A", [Goods(MOUSE, quantity)], "out", transit), "A")
            exact.move(quantity, "here", "away")
        else:
            cost += Fraction(issue(do, owner, quantity))
            exact.take(quantity, "here")
        assert stock.level(do, owner, "A", MOUSE) == (len(exact.here), 0, len(exact.away))
    # Half a cent a posting and layer, and what six places of unit cost make of 40 pieces: a cent and a half covers both.
    slack = Fraction("0.015") * len(moves)
    should = sum((v for _, v in exact.here), Fraction(0))
    assert abs(Fraction(stock.worth(do, owner)) - should) <= slack
    if not exact.here:
        assert stock.worth(do, owner) == 0
    assert ledger.balance(do, owner, stock.STOCK) == stock.worth(do, owner)
    put_in = sum((Fraction(v) for w, _, v in moves if w == "receive"), Fraction(0))
    left = Fraction(stock.worth(do, owner)) + Fraction(ledger.balance(do, owner, stock.IN_TRANSIT)) + Fraction(ledger.balance(do, owner, stock.ROUNDING))
    assert put_in == left + cost, "every cent that came in is somewhere"


def test_every_invariant_holds_after_all_that(do):
    assert not sound(do)


@pytest.mark.parametrize(
    ("damage", "more", "check"),
    [
        ("update stock_level set on_hand = on_hand + $more", 1, stock_audit._moves),
        ("update stock_level set reserved = on_hand + $more", 1, stock_audit._not_negative),
        ("update stock_layer set value = value + $more", Decimal("0.01"), stock_audit._value),
        ("update stock_layer set quantity = quantity + $more", 1, stock_audit._whole_layers),
    ],
)
def test_the_audit_notices(tmp_path, damage, more, check):
    lab = ecomlab.open(tmp_path, student="audit", scenario="edi")
    doing = command_at_work(lab)
    receive(doing, "OWNER", 2, "5")
    assert not sound(doing)
    lab.world.state.database.execute(damage, more=more)
    assert check(doing)
    lab.world.close()
