"""The double-entry ledger: every owner's books, in one place.

Amounts are CNY, debits positive and credits negative. A ledger entry balances for each owner it touches. Postings
are never changed; a mistake is corrected by a new entry that reverses the old one. The chart of accounts follows
the Chinese Accounting Standards for Business Enterprises (Ministry of Finance, 2006 guide, appendix); it stands in `schema.sql`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ..kernel.audit import invariant
from ..kernel.doing import Doing, Looking
from ..kernel.table import Table

# The accounts that code posts to, by the standard's numbers.
CASH = "1001"
BANK = "1002"
RECEIVABLE = "1122"
PREPAID = "1123"
OTHER_RECEIVABLE = "1221"
CUSTOMER_DEPOSITS = "2011"
PAYABLE = "2202"
ADVANCES = "2203"
OTHER_PAYABLE = "2241"
CAPITAL = "4001"


class Line(NamedTuple):
    """One posting to be made. sub: whose or which, within the account (an account number, a party), or ''."""

    owner: str
    account: str
    amount: Decimal
    sub: str = ""


def post(do: Doing, kind: str, text: str, lines: Sequence[Line], document: str | None = None, reverses: int | None = None) -> int:
    """Makes one ledger entry and returns its number.

    Raises ValueError, as for a bug, if it does not balance for every owner or an amount is not in whole cents: the
    database would round it, and the balance would be lost.
    """
    check(kind, lines)
    number = do.count("ledger")
    do.execute(
        "insert into ledger_entry values ($number, $kind, $day, $moment, $text, $document, $reverses)",
        number=number,
        kind=kind,
        day=do.day,
        moment=do.moment,
        text=text,
        document=document,
        reverses=reverses,
    )
    rows, parameters = values([(i, *line) for i, line in enumerate(lines, start=1)])
    do.execute(
        f"insert into posting select $entry, line, owner, account, sub, amount from (values {rows}) v(line, owner, account, amount, sub)",
        entry=number,
        **parameters,
    )
    _add_to_balances(do, lines)
    return number


def check(kind: str, lines: Sequence[Line]) -> None:
    """Raises ValueError for lines that do not make an entry."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.amount != round(line.amount, 2):
            raise ValueError(f"{kind}: {line.amount} is not in whole cents")
        sums[line.owner] += line.amount
    if any(sums.values()) or not lines:
        raise ValueError(f"{kind}: does not balance: {dict(sums)}")


def _add_to_balances(do: Doing, lines: Sequence[Line]) -> None:
    """Moves the running balances: one update for all lines, and an insert only when an account is used for the first time."""
    moved: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        moved[line.owner, line.account, line.sub] += line.amount
    rows, parameters = values([(*key, amount) for key, amount in moved.items()])
    source = f"(values {rows}) v(owner, account, sub, amount)"
    same = "b.owner = v.owner and b.account = v.account and b.sub = v.sub"
    updated = do.value(f"update ledger_balance b set balance = b.balance + v.amount from {source} where {same}", **parameters)
    if updated < len(moved):
        do.execute(f"insert into ledger_balance select v.* from {source} where not exists (select 1 from ledger_balance b where {same})", **parameters)


def values(rows: Sequence[tuple[object, ...]]) -> tuple[str, dict[str, object]]:
    """The text of a list of SQL values and its parameters; amounts are cast, so that the list's type is the table's."""
    parameters = {f"v{i}_{j}": value for i, row in enumerate(rows) for j, value in enumerate(row)}
    cells = (
        ", ".join(f"${name}::decimal(18,2)" if isinstance(parameters[name], Decimal) else f"${name}" for name in (f"v{i}_{j}" for j in range(len(row))))
        for i, row in enumerate(rows)
    )
    return ", ".join(f"({c})" for c in cells), parameters


def reverse(do: Doing, entry: int, kind: str, text: str, document: str | None = None) -> int:
    """Posts the exact opposite of an entry, with a link to it. The caller sees to it that this is allowed."""
    lines = [
        Line(r.owner, r.account, -r.amount, r.sub)
        for r in do.all("select owner, account, sub, amount from posting where entry = $entry order by line", entry=entry)
    ]
    return post(do, kind, text, lines, document, reverses=entry)


def balance(look: Looking, owner: str, account: str, sub: str = "") -> Decimal:
    """The balance of an account, debit positive."""
    found = look.value("select balance from ledger_balance where owner = $owner and account = $account and sub = $sub", owner=owner, account=account, sub=sub)
    return found if found is not None else Decimal("0.00")


def trial_balance(look: Looking, owner: str | None = None) -> Table:
    """Debit and credit of every account: owner, account, zh, en, sub, debit, credit."""
    return look.table(
        """
        select b.owner, b.account, a.zh, a.en, b.sub,
               greatest(b.balance, 0)::decimal(18,2) as debit, greatest(-b.balance, 0)::decimal(18,2) as credit
        from ledger_balance b join ledger_account a using (account)
        where $owner is null or b.owner = $owner
        order by b.owner, b.account, b.sub""",
        owner=owner,
    )


@invariant("postings_balance", "每笔分录对每个所有者借贷相等", "Postings balance per entry and owner, and in total")
def _balanced(look: Looking) -> list[str]:
    return [
        f"entry {r.entry}, {r.owner}: off by {r.off}"
        for r in look.all("select entry, owner, sum(amount) as off from posting group by all having sum(amount) <> 0 order by entry")
    ]


@invariant("balances_follow", "账户余额等于其全部分录之和", "Every balance is the sum of its postings")
def _follow(look: Looking) -> list[str]:
    return [
        f"{r.owner} {r.account} {r.sub}: balance {r.balance}, postings {r.total}"
        for r in look.all(
            """select owner, account, sub, b.balance, p.total from ledger_balance b full join
               (select owner, account, sub, sum(amount) as total from posting group by all) p using (owner, account, sub)
               where b.balance is distinct from p.total order by all"""
        )
    ]


@invariant("entries_whole", "每笔分录都有凭证行，且科目在科目表中", "Every ledger entry has lines, on accounts of the chart")
def _whole(look: Looking) -> list[str]:
    return [
        f"entry {r.number}: {r.why}"
        for r in look.all(
            """select number, 'no lines' as why from ledger_entry anti join posting on entry = number
               union all select entry, 'account ' || account || ' is not in the chart' from posting anti join ledger_account using (account)
               order by 1"""
        )
    ]
