"""The double-entry ledger: what is posted balances for every owner, stays as it is, and adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomlab.books import ledger
from ecomlab.books.ledger import Line
from ecomlab.kernel.audit import audit
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.state import State
from tests import worlds
from tests.worlds import assert_both

LEDGER = ("postings_balance", "balances_follow", "entries_whole")


def findings(state: State) -> dict[str, list[str]]:
    return {v.name: v.findings for v in audit(state) if v.name in LEDGER}


def cny(text: str) -> Decimal:
    return Decimal(text)


def test_an_entry_moves_balances_by_what_it_says(state: State, do: Doing) -> None:
    first = ledger.post(do, "sale", "goods", [Line("A", ledger.RECEIVABLE, cny("100.00"), "B"), Line("A", ledger.CAPITAL, cny("-100.00"))], document="SO-1")
    second = ledger.post(do, "receipt", "paid", [Line("A", ledger.BANK, cny("60.00")), Line("A", ledger.RECEIVABLE, cny("-60.00"), "B")])
    assert second == first + 1
    assert ledger.balance(do, "A", ledger.RECEIVABLE, "B") == cny("40.00")
    assert ledger.balance(do, "A", ledger.BANK) == cny("60.00")
    assert ledger.balance(do, "A", ledger.BANK, "other") == ledger.balance(do, "nobody", ledger.BANK) == 0
    row = do.one("select kind, day, text, document, reverses from ledger_entry where number = $n", n=first)
    assert tuple(row) == ("sale", state.scenario.start, "goods", "SO-1", None)
    assert findings(state) == {name: [] for name in LEDGER}


def test_a_trial_balance_has_equal_sides(do: Doing) -> None:
    ledger.post(do, "x", "x", [Line("A", ledger.CASH, cny("12.34")), Line("A", ledger.CAPITAL, cny("-12.34"))])
    ledger.post(do, "x", "x", [Line("B", ledger.CASH, cny("1.00")), Line("B", ledger.CAPITAL, cny("-1.00"))])
    for owner in (None, "A", "B"):
        trial = ledger.trial_balance(do, owner)
        assert sum(r.debit for r in trial) == sum(r.credit for r in trial) > 0
        assert {r.owner for r in trial} == ({"A", "B"} if owner is None else {owner})
    assert [(r.account, r.debit, r.credit) for r in ledger.trial_balance(do, "A")] == [("1001", cny("12.34"), 0), ("4001", 0, cny("12.34"))]


def test_a_reversal_is_a_new_entry_that_points_to_the_old_one(state: State, do: Doing) -> None:
    first = ledger.post(do, "sale", "goods", [Line("A", ledger.RECEIVABLE, cny("9.99"), "B"), Line("A", ledger.CAPITAL, cny("-9.99"))])
    before = do.all("from posting where entry = $n order by line", n=first)
    second = ledger.reverse(do, first, "correction", "was wrong", "SO-1")
    assert do.all("from posting where entry = $n order by line", n=first) == before, "postings are never changed"
    assert do.value("select reverses from ledger_entry where number = $n", n=second) == first
    assert ledger.balance(do, "A", ledger.RECEIVABLE, "B") == ledger.balance(do, "A", ledger.CAPITAL) == 0
    assert findings(state) == {name: [] for name in LEDGER}


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line("A", ledger.CASH, cny("1.00"))],
        [Line("A", ledger.CASH, cny("1.00")), Line("A", ledger.CAPITAL, cny("-0.99"))],
        [Line("A", ledger.CASH, cny("1.00")), Line("B", ledger.CAPITAL, cny("-1.00"))],
        [Line("A", ledger.CASH, cny("0.005")), Line("A", ledger.BANK, cny("0.005")), Line("A", ledger.CAPITAL, cny("-0.01"))],
        [Line("A", ledger.CASH, cny("NaN")), Line("A", ledger.CAPITAL, cny("NaN"))],
    ],
    ids=["nothing", "one side", "a cent off", "across owners", "half cents", "NaN"],
)
def test_what_does_not_balance_is_a_bug_and_posts_nothing(do: Doing, lines: list[Line]) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        ledger.post(do, "x", "x", lines)
    assert do.value("select count(*) from ledger_entry") == do.value("select count(*) from posting") == 0


def test_a_reversal_of_nothing_is_a_bug(do: Doing) -> None:
    with pytest.raises(ValueError):
        ledger.reverse(do, 999, "x", "x")


def test_the_chart_of_accounts_is_whole(do: Doing) -> None:
    rows = do.all("select account, zh, en, class as kind from ledger_account")
    assert len({r.account for r in rows}) == len(rows)
    assert {r.kind for r in rows} <= {"asset", "liability", "equity", "revenue", "expense", "cost"}
    used = {v for k, v in vars(ledger).items() if k.isupper() and isinstance(v, str) and v.isdigit()}
    assert used and used <= {r.account for r in rows}
    for r in rows:
        assert_both(r)
        assert r.account.isdigit() and len(r.account) in (4, 6, 8), "a standard account, or two digits more for each level below it"


AMOUNT = st.decimals(min_value=Decimal("-99999.99"), max_value=Decimal("99999.99"), places=2)
ACCOUNT = st.sampled_from([ledger.CASH, ledger.BANK, ledger.RECEIVABLE, ledger.PAYABLE])


@st.composite
def entries(draw: st.DrawFn) -> list[Line]:
    """Lines that balance for one or two owners: the last of each makes up for the others."""
    lines = []
    for owner in draw(st.sampled_from([("A",), ("A", "B")])):
        own = [Line(owner, draw(ACCOUNT), draw(AMOUNT), draw(st.sampled_from(["", "x"]))) for _ in range(draw(st.integers(1, 4)))]
        lines += [*own, Line(owner, ledger.CAPITAL, -sum((line.amount for line in own), Decimal(0)))]
    return lines


@settings(max_examples=worlds.examples(8, 15))
@given(st.lists(entries(), min_size=1, max_size=4), st.booleans())
def test_whatever_is_posted_the_books_add_up(state: State, posted: list[list[Line]], then_reverse: bool) -> None:
    with worlds.at_work(state) as do:
        numbers = [ledger.post(do, "x", "x", lines) for lines in posted]
        for account in (ledger.CASH, ledger.CAPITAL):
            expected = sum((line.amount for lines in posted for line in lines if (line.owner, line.account, line.sub) == ("A", account, "")), Decimal(0))
            assert ledger.balance(do, "A", account) == expected
        if then_reverse:
            for number in numbers:
                ledger.reverse(do, number, "x", "x")
            assert all(r.debit == r.credit == 0 for r in ledger.trial_balance(do))
        trial = ledger.trial_balance(do)
        assert sum((r.debit for r in trial), Decimal(0)) == sum((r.credit for r in trial), Decimal(0))
        assert findings(state) == {name: [] for name in LEDGER}


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ("update posting set amount = amount + 0.01 where line = 1", "postings_balance"),
        ("update ledger_balance set balance = balance + 0.01", "balances_follow"),
        ("delete from ledger_balance where account = '1001'", "balances_follow"),
        ("delete from posting", "entries_whole"),
        ("update posting set account = '9999'", "entries_whole"),
    ],
)
def test_the_audit_finds_books_that_were_tampered_with(state: State, do: Doing, broken: str, name: str) -> None:
    ledger.post(do, "x", "x", [Line("A", ledger.CASH, cny("1.00")), Line("A", ledger.CAPITAL, cny("-1.00"))])
    do.execute(broken)
    assert findings(state)[name]
