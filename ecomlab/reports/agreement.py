"""What always holds of the reports: what a column comes to is the balance of its accounts, as each report declares (`Total`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ..kernel.audit import invariant
from ..kernel.doing import Looking
from .frames import REPORTS, Report, Total

#: Balances of accounts as they were without the closings of months, which reports leave out: what a period earned stays to be read.
_BALANCES = """select owner, account, sum(balance) as balance from (
        select owner, account, balance from ledger_balance
        union all select p.owner, p.account, -p.amount from posting p join ledger_entry e on e.number = p.entry where e.kind = 'closing')
    group by owner, account order by owner, account"""


@invariant("reports_agree", "每份报表的合计等于其科目余额", "What a report comes to is the balance of its accounts")
def _agree(look: Looking) -> list[str]:
    balances = look.all(_BALANCES)
    return [finding for report in REPORTS.values() if report.totals for finding in _compare(report, _rows(look, report), balances)]


def _rows(look: Looking, report: Report) -> list[Any]:
    """The report on the books of all, by owner where it can be."""
    return look.all(report.sql, **report.parameters({"by": "owner"} if "owner" in report.by else {}))


def _compare(report: Report, rows: Sequence[Any], balances: Sequence[Any]) -> Iterator[str]:
    """Owner by owner where the rows tell whose they are, else for all owners together."""
    whose = "group_key" if "owner" in report.by else "owner" if "owner" in report.columns else ""
    for total in report.totals:
        said, booked = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
        for row in _counting(total, rows):
            said[getattr(row, whose) if whose else ""] += getattr(row, total.column)
        for row in balances:
            if row.account in total.accounts:
                booked[row.owner if whose else ""] += total.sign * row.balance
        for owner in sorted(said.keys() | booked.keys()):
            if said[owner] != booked[owner]:
                yield f"{report.name} {owner}: {total.column} {said[owner]}, accounts {' '.join(total.accounts)} {booked[owner]}"


def _counting(total: Total, rows: Sequence[Any]) -> Sequence[Any]:
    if total.running:
        return rows[-1:]
    return [row for row in rows if total.only is None or getattr(row, total.only[0]) == total.only[1]]
