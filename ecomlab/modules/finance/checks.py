"""What each task of the department's finance must show. What was approved counts whoever typed it: the manager may be the library."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any

from ...books.documents import moved
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, check, looked_up, sought
from . import briefs
from .prologue import number_of

_RIGHT_HANDS = """
    select c.document from slip_copy c join document d on d.number = c.document join finance_slip s on s.number = c.document
    where d.kind = $kind and d.state in ('distributed', 'filed') and list_contains($about, s.about)"""


def _orders(seen: Evidence, key: str = "shopper") -> list[str]:
    """The asked customer's orders at the department's shop."""
    return [r[0] for r in seen.look.all("select number from b2c_order where shopper = $s", s=seen.brief[key])]


def _returns(seen: Evidence) -> list[str]:
    return [r[0] for r in seen.look.all("select r.number from b2c_return r where list_contains($o, r.web_order)", o=_orders(seen, "returning"))]


def _made(seen: Evidence, kind: str, about: Iterable[str]) -> set[str]:
    """The slips of a kind that the student made about one of these."""
    made = {m.number for m in moved(seen, kind, "issued")}
    return {r[0] for r in seen.look.all("select number from finance_slip where list_contains($a, about)", a=list(about)) if r[0] in made}


def _in_place(seen: Evidence, kind: str, about: Iterable[str]) -> set[str]:
    """Those of them whose every copy lies where it belongs."""
    there = {r[0] for r in seen.look.all(_RIGHT_HANDS, kind=kind, about=list(about))}
    return _made(seen, kind, about) & there


def _filed(seen: Evidence, kind: str, about: Iterable[str], *colours: str) -> set[str]:
    """Those of them of which these copies were filed."""
    sql = "select document from slip_copy where filed_day is not null and list_contains($c, colour) group by 1 having count(*) = $n"
    return _made(seen, kind, about) & {r[0] for r in seen.look.all(sql, c=list(colours), n=len(colours))}


check(
    "FIN001",
    made=lambda s: _made(s, "sales_slip", _orders(s)),
    holders=lambda s: _in_place(s, "sales_slip", _orders(s)),
    filed=lambda s: _filed(s, "sales_slip", _orders(s), "white", "yellow", "green"),
)
check(
    "FIN002",
    issued=lambda s: _in_place(s, "issue_slip", _orders(s)),
    returned=lambda s: _in_place(s, "return_slip", _returns(s)),
    two=lambda s: _filed(s, "issue_slip", _orders(s), "white", "green") and _filed(s, "return_slip", _returns(s), "white", "green"),
)


# --- refunds -----------------------------------------------------------------------------------------------------------------


def _refunds(seen: Evidence, kind: str, **more: Any) -> dict[str, Any]:
    """The refunds of a type that the student asked for, for the asked customer; more: what else must be so of the row."""
    asked = {m.number for m in moved(seen, "refund_request", "asked")}
    rows = seen.look.all("select * from finance_refund where refund_type = $t and list_contains($o, web_order)", t=kind, o=_orders(seen))
    return {r.number: r for r in rows if r.number in asked and all(getattr(r, k) == v for k, v in more.items())}


def _came(seen: Evidence, numbers: Iterable[str], state: str) -> set[str]:
    """Which of these documents came into a state, whoever brought them there."""
    sql = "select distinct document from document_history where state = $state and list_contains($n, document)"
    return {r[0] for r in seen.look.all(sql, state=state, n=list(numbers) or [""])}


def _by_another(seen: Evidence, numbers: Iterable[str]) -> set[str]:
    """Which of these documents somebody else approved than who asked for them."""
    sql = """select a.about from approval a join document d using (number)
             where d.state = 'approved' and a.decider <> a.asker and list_contains($n, a.about)"""
    return {r[0] for r in seen.look.all(sql, n=list(numbers) or [""])}


def _same_day(seen: Evidence, refunds: dict[str, Any]) -> list[str]:
    return [n for n, r in refunds.items() if r.paid_at and r.paid_at.date() == r.asked_at.date()]


check(
    "FIN003",
    asked=lambda s: _refunds(s, "with_goods"),
    goods_first=lambda s: _came(s, _refunds(s, "with_goods"), "stock_confirmed"),
    approved=lambda s: _by_another(s, _refunds(s, "with_goods")),
    paid=lambda s: _came(s, _refunds(s, "with_goods"), "paid"),
)
check(
    "FIN004",
    asked=lambda s: _refunds(s, "money_only", **s.asked("amount")),
    approved=lambda s: _by_another(s, _refunds(s, "money_only", **s.asked("amount"))),
    same_day=lambda s: _same_day(s, _refunds(s, "money_only", **s.asked("amount"))),
)


# --- the float ---------------------------------------------------------------------------------------------------------------


def _floats(seen: Evidence, **more: Any) -> list[str]:
    """The floats that the student asked for; more: what must be so of the row."""
    asked = {m.number for m in moved(seen, "float", "asked")}
    return [r.number for r in seen.look.all("select * from finance_float") if r.number in asked and all(getattr(r, k) == v for k, v in more.items())]


def _readings(seen: Evidence) -> dict[str, list[dict[str, Any]]]:
    """What the lines of record sheets have said by the student's hand, one reading after the other: order, cause, amount, as far as they were entered."""
    found: dict[str, list[dict[str, Any]]] = {}
    for d in seen.did("finance.compensate", "finance.vouch", "finance.change_compensation"):
        said = found.setdefault(str(d.result), [{}])
        said.append(said[-1] | {k: v for k in ("order", "cause", "amount") if (v := d.arguments.get(k)) is not None})
    return found


def _compensations(seen: Evidence, which: int) -> list[str]:
    """The student's lines that said what was asked in this place, with a voucher, a picture where something was broken."""
    asked, orders = briefs.compensations(seen.look)[which], _orders(seen)
    media: dict[str, set[str]] = {}
    for r in seen.look.all("select document, media from voucher"):
        media.setdefault(r.document, set()).add(r.media)
    said = [n for n, all_of in _readings(seen).items() if any((r.get("cause"), r.get("amount")) == tuple(asked[:2]) and r["order"] in orders for r in all_of)]
    return [n for n in said if ("picture" in media.get(n, ()) if asked.cause == "broken" else media.get(n))]


def _adds_up(seen: Evidence) -> bool:
    """Whether the student looked at a record sheet that said all three."""
    asked, orders, own = briefs.compensations(seen.look), _orders(seen), _readings(seen).keys()
    return any(
        {(c.cause, c.amount) for c in asked} <= {(row.cause, row.amount) for row in d.result if row.number in own and row.web_order in orders}
        for d in seen.looked_up("finance.record_sheet", "finance.sheet_in_finance")
    )


def _colleagues(seen: Evidence) -> str:
    """The float that the colleague has handed in."""
    sql = "select number from finance_float where clerk = $c order by 1 limit 1"
    return str(seen.look.value(sql, c=number_of(seen.look, "colleague")) or "")


def _lines(seen: Evidence) -> dict[str, Any]:
    """The lines of the colleague's sheet by number."""
    rows = seen.look.all("select * from finance_compensation where float = $f order by number", f=_colleagues(seen))
    return {r.number: r for r in rows}


def _wrong_line(seen: Evidence) -> str:
    """The line whose amount is not that of its receipt: the last of the three."""
    return max(_lines(seen), default="")


def _sent_back_alone(seen: Evidence) -> bool:
    """Whether the wrong line was sent back, and no other."""
    back = {m.number for m in moved(seen, "compensation", "sent_back")} & set(_lines(seen))
    return back == {_wrong_line(seen)}


def _corrected(seen: Evidence) -> bool:
    """Whether the student made the wrong line say what its receipt says."""
    right = Decimal(briefs.colleagues(seen.look)[2].says.rpartition("：")[2])
    return any(reading.get("amount") == right for reading in _readings(seen).get(_wrong_line(seen), ()))


def _renewed(seen: Evidence) -> list[str]:
    """Renewals with the asked sum that the student asked for."""
    return [n for n in _floats(seen, **seen.asked("amount")) if seen.look.value("select before from finance_float where number = $n", n=n)]


def _with_sales(seen: Evidence) -> list[str]:
    """Those of them that name the sales of the month, as the books had them at any moment of the day on which they were asked for."""
    rows = seen.look.all(
        "select f.number, f.sales, f.company, d.day from finance_float f join document d using (number) where list_contains($n, f.number)",
        n=_renewed(seen) or [""],
    )
    return [r.number for r in rows if r.sales in _sales_of_month(seen.look, r.company, r.day)]


def _sales_of_month(look: Looking, company: str, day: datetime.date) -> set[Decimal]:
    """What the books said of a company's sales in a month up to a day: before its first sale, and after each."""
    sold = look.all(
        """select e.day, -sum(p.amount) as amount from ledger_entry e join posting p on p.entry = e.number
           where p.owner = $company and p.account = '6001' and e.kind <> 'closing' and e.day between $first and $day
           group by e.number, e.day order by e.number""",
        company=company, first=day.replace(day=1), day=day,
    )  # fmt: skip
    said = list(accumulate((r.amount for r in sold), initial=Decimal("0.00")))
    return set(said[sum(r.day < day for r in sold) :])


check(
    "FIN005",
    asked=lambda s: _floats(s, before=None, **s.asked("amount")),
    approved=lambda s: _by_another(s, _floats(s, before=None, **s.asked("amount"))),
    granted=lambda s: _came(s, _floats(s, before=None, **s.asked("amount")), "granted"),
)
check(
    "FIN006",
    first=lambda s: _compensations(s, 0),
    second=lambda s: _compensations(s, 1),
    third=lambda s: _compensations(s, 2),
    sheet=_adds_up,
)
check(
    "FIN007",
    sent_back=_sent_back_alone,
    corrected=_corrected,
    accounted=lambda s: _corrected(s) and _came(s, [_colleagues(s)], "accounted"),
)
check(
    "FIN008",
    accounted=lambda s: _came(s, _floats(s), "accounted"),
    reason=_with_sales,
    renewed=lambda s: _came(s, _renewed(s), "granted"),
)


# --- channels and wires ------------------------------------------------------------------------------------------------------


def _statements(seen: Evidence, state: str = "requested") -> list[str]:
    """The statements that the student brought into a state."""
    return [m.number for m in moved(seen, "collection_statement", state)]


def _as_sent(seen: Evidence) -> list[str]:
    """Imported statements whose lines are those of the channel's file."""
    return [
        n
        for n in _statements(seen, "imported")
        if not seen.look.all(
            """(select * from finance_channel_line where statement = $n except select * from finance_statement_line where statement = $n)
               union all (select * from finance_statement_line where statement = $n except select * from finance_channel_line where statement = $n)""",
            n=n,
        )
    ]


def _explained(seen: Evidence, cause: str) -> list[Any]:
    return seen.look.all(
        "select statement from finance_difference where cause = $c and list_contains($n, statement)", c=cause, n=_statements(seen, "matched") or [""]
    )


check("FIN009", requested=_statements, imported=lambda s: _statements(s, "imported"), rows=_as_sent)
check(
    "FIN010",
    fee=lambda s: _explained(s, "channel_fee"),
    transit=lambda s: _explained(s, "refund_in_transit"),
    wrong=lambda s: _explained(s, "wrong_amount"),
    reconciled=lambda s: set(_statements(s, "differences_explained")) & {d.arguments["statement"] for d in s.looked_up("finance.reconciliation")},
)


def _applied(seen: Evidence, postage: bool = False) -> list[str]:
    """Enquiries that the student closed with an order of the asked customer; postage: with the right postage apart."""
    done = {m.number for m in moved(seen, "wire_enquiry", "applied")}
    rows = seen.look.all("select number, postage from finance_wire where list_contains($o, web_order)", o=_orders(seen))
    return [r.number for r in rows if r.number in done and (not postage or r.postage == briefs.wire(seen.look)["postage"])]


def _asked_about(seen: Evidence) -> list[str]:
    """Enquiries about the sum that nobody can name."""
    made = {m.number for m in moved(seen, "wire_enquiry", "asked")}
    rows = seen.look.all("select number from finance_wire where amount = $a and remark <> ''", a=seen.brief["unknown"])
    return [r.number for r in rows if r.number in made]


check("FIN011", listed=looked_up("finance.wire_list"), applied=_applied, postage=lambda s: _applied(s, postage=True), unknown=_asked_about)


# --- fees and month end ------------------------------------------------------------------------------------------------------


def _fees(seen: Evidence, *names: str) -> list[str]:
    """The fees that the student asked for, as asked in these fields."""
    return [d.result for d in seen.did("finance.request_fee", **seen.asked(*names))]


def _receipts(seen: Evidence, which: str) -> list[Any]:
    return [d for d in seen.did("finance.spend", amount=seen.brief[which], **seen.asked("payee")) if d.arguments["fee"] in _fees(seen, "promotion")]


def _sheets(seen: Evidence) -> list[str]:
    """Sheets of the asked month that the student signed."""
    signed = {m.number for m in moved(seen, "month_sheet", "signed")}
    return [r.number for r in seen.look.all("select number from finance_month where month = $m", m=seen.brief["month"]) if r.number in signed]


def _covered(seen: Evidence) -> list[str]:
    """Explained statements that reach the end of the asked month."""
    sql = "select number from finance_statement where to_day >= last_day(strptime($m || '-01', '%Y-%m-%d')::date)"
    reach = {r.number for r in seen.look.all(sql, m=seen.brief["month"])}
    return [n for n in _statements(seen, "differences_explained") if n in reach]


check(
    "FIN012",
    asked=lambda s: _fees(s, "promotion"),
    budget=lambda s: _fees(s, "promotion", "budget"),
    approved=lambda s: _by_another(s, _fees(s, "promotion", "budget")),
)
check(
    "FIN013",
    advanced=lambda s: s.lives("finance.advance_fee", "finance.change_advance").of(*_fees(s, "promotion")).was(amount=s.brief["advance"]),
    receipts=lambda s: _receipts(s, "first") and _receipts(s, "second"),
    returned=lambda s: _came(s, _fees(s, "promotion"), "returned"),
)
check(
    "FIN014",
    reconciled=_covered,
    signed=_sheets,
    approved=lambda s: _by_another(s, _sheets(s)),
)

sought("FIN007", {"finance.vouch.amount": "the receipt says it"})
