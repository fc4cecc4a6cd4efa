"""The mall's yearly fee (年费): a shop on the mall pays it ahead, and each month bears its own part, so that the month's profit means something."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books import ahead, clock, documents, ledger, sales, tax
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from .. import ebank
from ..b2c.members import shop_of
from ..b2c.payments import platform
from .kinds import SERVICE_YEAR
from .mall import NOT_ON_THE_MALL, SELLING_EXPENSES, agreement_of, own_shop
from .staff import ACCOUNTANT

#: What a year costs, CNY, tax included; and how many days before its end the next one can be paid.
YEAR_FEE, AHEAD = Decimal("1200.00"), 60

YEAR_RUNS = refusal(
    "year_runs",
    "年费已缴到 {day}。请在到期前 {days} 天之内续缴。",
    "The yearly fee is paid until {day}. Pay the next one {days:day} before that, or later.",
)


@command(role=ACCOUNTANT, title=("缴纳平台年费", "Pay the mall's yearly fee"))
def pay_service_year(do: Doing, account: ebank.CompanyAccount, pin: ebank.Pin) -> dict[str, Any] | Declined:
    """Pays the mall's fee for a year, from today or from the end of the year that runs; gives its number, the transaction, and the days.

    It is a prepayment (1123), and becomes a selling expense from month to month. A wrong PIN counts towards the account's lock.
    """
    shop = own_shop(do)
    if agreement_of(do, shop.merchant) is None:
        raise NOT_ON_THE_MALL("account")
    runs = do.value("select max(ends) from shop_service_year where merchant = $m", m=shop.merchant)
    if runs and (runs - do.day).days > AHEAD:
        raise YEAR_RUNS("account", day=runs, days=AHEAD)
    starts = max(runs or do.day, do.day)
    ends = starts.replace(year=starts.year + 1, day=min(starts.day, 28) if starts.month == 2 else starts.day)
    number, house = do.number("SJ"), platform(do)
    payer = ebank.members_account(do, account, do.actor, "account")
    paid = ebank.settle_payable(do, payer, house.account, YEAR_FEE, number, pin, document=number, booked=(ledger.PREPAID, ledger.ADVANCES))
    if isinstance(paid, Declined):
        return paid
    documents.create(do, SERVICE_YEAR, owner=shop.merchant, number=number)
    do.execute("insert into shop_service_year values ($n, $m, $fee, $starts, $ends)", n=number, m=shop.merchant, fee=YEAR_FEE, starts=starts, ends=ends)
    ahead.invoice(do, "mall_year", _text(number), number, house.member, shop.member, sales.gross_priced(do, [sales.Item(YEAR_FEE)], tax.MODERN_SERVICES))
    return {"service_year": number, "transaction": paid, "starts": starts, "ends": ends}


def _text(number: str) -> str:
    return f"平台年费 Yearly fee of the mall {number}"


#: The years of shops, with the price without tax and what of it was used so far.
_YEARS = """select y.*, i.net, (select coalesce(sum(l.revenue), 0)::decimal(18,2) from sale_line l where l.document = y.number) as used
    from shop_service_year y join invoice i on i.sale = y.number"""


@clock.daily
def spread(do: Doing) -> None:
    """On the first of a month what was used of a year becomes an expense of the shop and revenue of the mall; a year that is used up is over."""
    if do.day.day != 1:
        return
    for r in do.all(f"select * from ({_YEARS}) y join document d using (number) where d.state = 'running' and y.starts < $day order by number", day=do.day):
        if part := ahead.due(r.net, r.used, r.starts, r.ends, do.day):
            ahead.use(do, "mall_year", _text(r.number), r.number, platform(do).member, shop_of(do, r.merchant).member, part, SELLING_EXPENSES)
        if do.day >= r.ends:
            documents.find(do, SERVICE_YEAR, r.number).move_to("over")


@query(role=ACCOUNTANT, title=("查看平台年费", "View the yearly fees"))
def service_years(do: Doing) -> Table:
    """The shop's yearly fees: number, state, starts, ends, amount (tax included), net, used, rest (that is a prepayment still)."""
    return do.table(
        f"""select y.number, d.state, y.starts, y.ends, y.amount, y.net, y.used, (y.net - y.used)::decimal(18,2) as rest
            from ({_YEARS}) y join document d using (number) where y.merchant = $m order by y.number""",
        m=own_shop(do).merchant,
    )
