"""Orders for what the marketing service sells: domain names, web hosting, search listings, advertising.

An order is unpaid, then paid, or lapsed after a week. A service (a document: awaiting payment, active, expired, released)
runs from its payment for the years ordered; a month before the end an e-mail reminds of it, and thirty days after it
what was not renewed is released.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from ...books import ahead, clock, documents, invoices, ledger, sales, tax
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from .. import ebank, email
from .members import MARKETER, profile
from .plans import named
from .provider import provider

SERVICE_MOVES = {"awaiting_payment": ("active", "released"), "active": ("expired", "released"), "expired": ("active", "released"), "released": ()}
DOMAIN = documents.kind("netsell_domain", "ND", ("域名", "domain name"), SERVICE_MOVES)
HOSTING = documents.kind("netsell_hosting", "NH", ("虚拟主机", "web hosting"), SERVICE_MOVES)
LISTING = documents.kind("netsell_listing", "NS", ("搜索收录", "search listing"), SERVICE_MOVES)
KINDS = {k.name: k for k in (DOMAIN, HOSTING, LISTING)}
NOT_RUNNING = refusal(
    "not_running", "{kind}“{number}”尚未付款或已到期。请先付款或续费。", "The {kind} {number} is not paid for or has expired. Pay for it or renew it first."
)
BILL_STANDS = refusal(
    "bill_stands",
    "{number} 是已投放广告的账单，不能取消。请付款，或从列表中选择其他订单。",
    "{number} is the bill for advertisements that were shown and cannot be cancelled. Pay it, or choose another order from the list.",
)
NOT_COMPANY_ACCOUNT = refusal(
    "not_company_account",
    "账户 {number} 不是本企业的账户，订单由订购的企业支付。请选择本企业的账户。",
    "The account {number} is not your company's, and the company that placed an order pays for it. Choose an account of your company.",
)

ORDER = documents.kind(
    "netsell_order", "NO", ("网络营销订单", "marketing order"), {"unpaid": ("paid", "lapsed", "cancelled"), "paid": (), "lapsed": (), "cancelled": ()}
)

#: Days that an order waits for its payment, that an expired service is kept, and before its end that an e-mail reminds of it.
PATIENCE, GRACE, REMINDER = 7, 30, 30

#: Marketing is a selling expense to who buys it, and the trade of who sells it.
EXPENSE = "6601"

#: For so many years a service is ordered at most, and so far ahead it runs at most.
LONGEST = 10
Years = Annotated[Count, Ask(ge="1", le=str(LONGEST))]


def in_years(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years on; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def listing_price(look: Looking) -> Decimal:
    """What a year of a search listing costs in this world, CNY."""
    return Decimal(500) + 20 * look.stream("netsell.price.listing").randrange(10)


def place(do: Doing, kind: documents.Kind, label: str, years: int, price: Decimal) -> tuple[str, str]:
    """Orders a new service of a kind; gives the numbers of service and order."""
    service = documents.create(do, kind, do.actor)
    do.execute(
        "insert into netsell_service values ($number, $kind, $member, $label, null, null)", number=service.number, kind=kind.name, member=do.actor, label=label
    )
    return service.number, order(do, do.actor, service.number, years, price)


def order(do: Doing, member: str, service: str | None, years: int, price: Decimal) -> str:
    """An unpaid order of so many years of a service at a price a year; gives its number."""
    made = documents.create(do, ORDER, member, parent=service)
    do.execute(
        "insert into netsell_order values ($number, $service, $member, $years, $amount, null, null)",
        number=made.number, service=service, member=member, years=years, amount=(price * years).quantize(Decimal("0.01")),
    )  # fmt: skip
    return made.number


def settle_order(do: Doing, order: documents.Document, amount: Decimal, account: str, pin: str) -> str | Declined:
    """Pays an order at the bank and lets its service run, or run on; gives the bank's transaction.

    A service is invoiced when it is paid; its price becomes expense and revenue from month to month, over the years bought (`_spread`). An advertising
    bill was booked when it was made, so paying settles what is owed.
    """
    merchant, seller = provider(do, "order")
    paid = ebank.pay(do, account, merchant, amount, order.number, pin, document=order.number)
    if isinstance(paid, Declined):
        return paid
    if do.value("select service is null from netsell_order where number = $number", number=order.number):
        lines = [
            ledger.Line(order.owner, ledger.PAYABLE, amount, seller),
            ledger.Line(order.owner, ledger.PREPAID, -amount, seller),
            ledger.Line(seller, ledger.ADVANCES, amount, order.owner),
            ledger.Line(seller, ledger.RECEIVABLE, -amount, order.owner),
        ]
        ledger.post(do, "netsell_order", _text(order), lines, order.number)
    else:
        ahead.invoice(do, "netsell_order", _text(order), order.number, seller, order.owner, sales.gross_priced(do, [sales.Item(amount)], tax.MODERN_SERVICES))
    _run(do, order)
    return paid


def _spread(do: Doing) -> None:
    """What of the services paid ahead has been used up so far becomes expense of who ordered them and revenue of the provider, by days."""
    rows = do.all(
        """select o.number, o.starts, o.ends, i.net, i.seller, (select coalesce(sum(l.revenue), 0) from sale_line l where l.document = o.number) as earned
           from netsell_order o join invoice i on i.sale = o.number where o.starts < $day and o.service is not null
           and (select coalesce(sum(l.revenue), 0) from sale_line l where l.document = o.number) < i.net order by o.number""",
        day=do.day,
    )
    for r in rows:
        order = documents.find(do, ORDER, r.number)
        if part := ahead.due(r.net, r.earned, r.starts, r.ends, do.day):
            ahead.use(do, "netsell_month", _text(order), r.number, r.seller, order.owner, part, EXPENSE)


def book_sale(do: Doing, kind: str, order: documents.Document, seller: str, amount: Decimal, owed: str, claimed: str) -> None:
    """Posts a bill as the buyer's selling expense and the seller's revenue, against what it owes and what the seller claims.

    The service's price list is gross.
    """
    items = sales.gross_priced(do, [sales.Item(amount)], tax.MODERN_SERVICES)
    net = items[0].revenue
    spent = [ledger.Line(order.owner, EXPENSE, net), ledger.Line(order.owner, owed, -net, seller), *sales.tax_owed(order.owner, seller, items, owed)]
    sales.sell(do, kind, _text(order), order.number, seller, order.owner, items, [ledger.Line(seller, claimed, amount, order.owner)], spent,
               channel="service")  # fmt: skip
    invoices.issue(do, order.number, seller, order.owner, items)


def _text(order: documents.Document) -> str:
    return f"网络营销 Marketing {order.number}"


def _run(do: Doing, order: documents.Document) -> None:
    order.move_to("paid", "order")
    row = do.one("select service, years from netsell_order where number = $number", number=order.number)
    if row.service is None:
        return
    kind, ends = do.one("select kind, expires from netsell_service where number = $number", number=row.service)
    service = documents.find(do, KINDS[kind], row.service)
    start = ends or do.day  # an expired one goes on where it ended, as registries count
    if service.state != "active":
        service.move_to("active", "order")
    ends = in_years(start, row.years)
    do.execute("update netsell_order set starts = $start, ends = $ends where number = $number", start=start, ends=ends, number=order.number)
    do.execute(
        "update netsell_service set starts = coalesce(starts, $day), expires = $ends where number = $number",
        day=do.day, ends=ends, number=row.service,
    )  # fmt: skip


_ordered: dict[str, Any] = {
    "shows": "(select label from netsell_service where number = t.service) as label, t.amount",
    "words": {"label": lambda look, label: named(label)},
}
documents.offer(
    "netsell.unpaid_services", ORDER, "unpaid", of="netsell_order", whose="member", where="t.service is not null", **_ordered
)
documents.offer("netsell.unpaid", ORDER, "unpaid", of="netsell_order", whose="member", **_ordered)


@command("NETSELL002", "NETSELL003", "NETSELL005", "NETSELL007", role=MARKETER, title=("支付订单", "Pay an order"))
def pay_order(
    do: Doing,
    order: Annotated[Ref, Ask("网络营销订单", "Marketing order", choose="netsell.unpaid")],
    account: Annotated[Ref, Ask("付款账户", "Account to pay from", choose="ebank.company_accounts")],
    pin: ebank.Pin,
) -> str | Declined:
    """Pays an order from the company's bank account, whose PIN it takes; gives the bank's transaction.

    From then on the service is in use. A wrong PIN is remembered, and five in a row lock the account for the day.
    """
    found = documents.find(do, ORDER, order, "order", owner=do.actor)
    if found.state != "unpaid":
        found.move_to("paid", "order")
    number = account.replace(" ", "")
    holder = do.value("select c.member from bank_account a join bank_customer c on c.number = a.customer where a.number = $number", number=number)
    if holder is not None and holder != do.actor:
        raise NOT_COMPANY_ACCOUNT("account", number=number)
    amount = do.value("select amount from netsell_order where number = $number", number=order)
    return settle_order(do, found, amount, number, pin)


@command(role=MARKETER, title=("取消订单", "Cancel an order"))
def cancel_order(do: Doing, order: Annotated[Ref, Ask("网络营销订单", "Marketing order", choose="netsell.unpaid_services")]) -> str:
    """Cancels an order of a service that is not paid; gives its number. A service that it was to begin is free again. A bill for advertising stands."""
    found = documents.find(do, ORDER, order, "order", owner=do.actor)
    service = do.value("select service from netsell_order where number = $number", number=order)
    if service is None:
        raise BILL_STANDS("order", number=order)
    found.move_to("cancelled", "order")
    _release_unused(do, service)
    return order


@command(role=MARKETER, title=("放弃服务", "Give up a service"))
def give_up(do: Doing, service: Annotated[Ref, Ask("已订购的服务", "Service", choose="netsell.services")]) -> str:
    """Ends a domain name, hosting or listing for good; gives its number. What was paid is not given back; a name can be ordered anew."""
    kind = do.value("select kind from netsell_service where number = $number", number=service)
    documents.find(do, KINDS[kind] if kind else DOMAIN, service, "service", owner=do.actor).move_to("released", "service")
    return service


def _release_unused(do: Doing, number: str) -> None:
    """A service whose first order came to nothing is anybody's again."""
    kind = do.value("select kind from netsell_service where number = $number", number=number)
    service = documents.find(do, KINDS[kind], number)
    if service.state == "awaiting_payment":
        service.move_to("released")


@query(role=MARKETER, title=("查看我的订单", "View your orders"))
def my_orders(do: Doing) -> Table:
    """Your orders, newest first: number, kind, label, years, amount, state, day."""
    return do.table(
        """select number, coalesce(s.kind, 'advertising') as kind, s.label, o.years, o.amount, d.state, d.day
           from netsell_order o join document d using (number) left join netsell_service s on s.number = o.service
           where o.member = $member order by number desc""",
        member=do.actor,
    )


@choices("netsell.services")
def _services(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select number, label, expires from netsell_service join document using (number)
           where member = $actor and state in ('active', 'expired') order by number desc""",
        actor=actor,
    )
    return [(r.number, Text(*(f"{r.number} · {name} · {r.expires}" for name in named(r.label)))) for r in rows]


def running(do: Doing, kind: documents.Kind, number: str, field: str, *also: str) -> Any:
    """The row of a service of the signed-in member that is active, or in one of these states. Refuses 'not_found', 'not_yours' and 'not_running'."""
    found = documents.find(do, kind, number, field, owner=do.actor)
    if found.state not in ("active", *also):
        raise NOT_RUNNING(field, kind=kind.title, number=number)
    return do.one(f"select * from {kind.name} where number = $number", number=number)


@clock.daily
def _time_passes(do: Doing) -> None:
    if not do.value("select 1 from netsell_service limit 1"):
        return
    if do.day.day == 1:
        _spread(do)
    for row in do.all(
        """select o.number, o.service from netsell_order o join document d using (number)
           where d.state = 'unpaid' and o.service is not null and d.day < $day - $patience order by 1""",
        patience=PATIENCE, day=do.day,
    ):  # fmt: skip
        documents.find(do, ORDER, row.number).move_to("lapsed")
        _release_unused(do, row.service)
    for row in do.all(
        """select s.*, d.state from netsell_service s join document d using (number)
           where (d.state = 'active' and s.expires <= $day + $reminder) or (d.state = 'expired' and s.expires <= $day - $grace) order by s.number""",
        day=do.day, reminder=REMINDER, grace=GRACE,
    ):  # fmt: skip
        service = documents.find(do, KINDS[row.kind], row.number)
        if row.state == "expired":
            service.move_to("released")
        elif row.expires <= do.day:
            service.move_to("expired")
        elif row.expires == do.day + datetime.timedelta(days=REMINDER):
            _remind(do, row)


def _remind(do: Doing, row: Any) -> None:
    email.letter(
        do, profile(do, row.member).mailbox, "服务即将到期 A service will expire soon",
        f"{row.label}（{row.number}）将于 {row.expires} 到期。如需继续使用，请及时续费；到期 {GRACE} 天后将被释放。\n\n"
        f"{row.label} ({row.number}) expires on {row.expires}. Please renew it if you want to keep it: {GRACE} days after that day it is released.\n",
        kind="mail",
    )  # fmt: skip
