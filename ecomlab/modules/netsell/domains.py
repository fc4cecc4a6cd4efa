"""Domain names: looking for a free one, ordering, pointing it at a site, renewing."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from ...books import documents
from ...kernel.command import VISITOR, command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref
from . import names, orders, plans
from .members import MARKETER
from .orders import DOMAIN, Years, running

FORWARDS_TO_ITSELF = refusal(
    "forwards_to_itself",
    "域名不能转发到它自己，也不能经其他域名转回自己，否则网页打不开。请换一个目标。",
    "A domain name cannot forward to itself, directly or through other names, because the page would never open. Choose another target.",
)
FREE_SERVICE = refusal("free_service", "{number} 不是可续费的服务。请从列表中选择。", "{number} cannot be renewed. Choose a service from the list.")
TOO_FAR_AHEAD = refusal(
    "paid_too_far_ahead",
    "服务最多预订到 {most} 年之后，{number} 已预订到 {until}。请减少年数。",
    "A service can be ordered at most {most:year} ahead, and {number} already runs until {until}. Choose fewer years.",
)

Label = Annotated[Line, Ask("域名（点号前的部分）", "Name (the part before the dot)", max=70, example="jiangnan-trade")]


documents.offer("netsell.domains", DOMAIN, "active", of="netsell_service", whose="member", shows="t.label, t.expires", order="d.number")


@query(role=VISITOR, title=("查询域名", "Look up a domain name"))
def check_name(do: Doing, label: Label) -> Table:
    """How a name stands under every extension: domain, ascii (its form in the DNS), outcome, price (CNY a year)."""
    return names.survey(do, label, "label")


@query(role=VISITOR, title=("查看域名价格", "View domain name prices"))
def domain_prices(do: Doing) -> Table:
    """What a year of a domain name costs: zone, zone_group, price (CNY)."""
    return names.price_list(do)


@command("NETSELL002", role=MARKETER, title=("订购国际域名", "Order an international domain name"))
def order_international(
    do: Doing,
    label: Label,
    zone: Annotated[Literal["com", "net", "org"], Ask("后缀", "Extension", labels=names.labels())],
    years: Years,
) -> str:
    """Orders a name under .com, .net or .org for so many years; gives the order. The name is kept for a week, until it is paid."""
    return _order(do, label, zone, years)


@command("NETSELL003", role=MARKETER, title=("订购中国域名", "Order a Chinese domain name"))
def order_chinese(
    do: Doing,
    label: Label,
    zone: Annotated[Literal["cn", "com.cn", "net.cn", "org.cn", "中国", "公司", "网络"], Ask("后缀", "Extension", labels=names.labels())],
    years: Years,
) -> str:
    """Orders a name under .cn or a Chinese extension for so many years; gives the order. The name is kept for a week, until it is paid."""
    return _order(do, label, zone, years)


def _order(do: Doing, text: str, zone: str, years: int) -> str:
    name = f"{names.available(do, text, zone, 'label')}.{zone}"
    service, order = orders.place(do, DOMAIN, name, years, names.year_price(do, zone))
    do.execute("insert into netsell_domain values ($number, $name, $zone, $ascii, null)", number=service, name=name, zone=zone, ascii=names.ascii_name(name))
    return order


@command("NETSELL004", role=MARKETER, title=("设置域名转发", "Forward a domain name"))
def forward_domain(
    do: Doing,
    domain: Annotated[Ref, Ask("域名", "Domain name", choose="netsell.domains")],
    target: Annotated[Line, Ask("转发到", "Forward to", max=300, example="https://www.example.cn/shop")],
) -> str:
    """Sends visitors of a paid domain name on to a site; gives the link as it is sent to browsers.

    Only http and https links are accepted; others could run a program on a visitor's computer.
    """
    row = running(do, DOMAIN, domain, "domain")
    link = names.checked_link(target, "target")
    _refuse_circle(do, row.ascii, link)
    do.execute("update netsell_domain set forward = $link where number = $number", link=link, number=domain)
    return link


def _refuse_circle(do: Doing, start: str, link: str) -> None:
    """Follows a link from one running domain name to the next, as a browser would."""
    at: str | None = link
    passed: set[str] = set()
    while at:
        host = str(urlsplit(at).hostname).removeprefix("www.")
        if host == start:
            raise FORWARDS_TO_ITSELF("target")
        if host in passed:
            return
        passed.add(host)
        at = do.value("select forward from netsell_domain join document using (number) where ascii = $host and state = 'active'", host=host)


@query(role=MARKETER, title=("查看我的域名", "View your domain names"))
def my_domains(do: Doing) -> Table:
    """Your domain names: number, domain, ascii, forward, starts, expires, state."""
    return do.table(
        """select number, d.name as domain, d.ascii, d.forward, s.starts, s.expires, document.state
           from netsell_domain d join netsell_service s using (number) join document using (number)
           where s.member = $member order by number""",
        member=do.actor,
    )


@command(role=MARKETER, title=("续费服务", "Renew a service"))
def renew(do: Doing, service: Annotated[Ref, Ask("服务", "Service", choose="netsell.services")], years: Years) -> str:
    """Orders further years of a domain name, web hosting or search listing; gives the order. They begin where the old ones end.

    Nothing runs for more than ten years ahead, orders not yet paid included: registries set that limit for names.
    """
    row = do.one("select * from netsell_service join document using (number) where number = $number", number=service)
    if row is None or row.member != do.actor or row.state not in ("active", "expired"):
        raise FREE_SERVICE("service", number=service)
    ordered = do.value(
        "select coalesce(sum(years), 0) from netsell_order join document using (number) where service = $number and state = 'unpaid'", number=service
    )
    until = orders.in_years(row.expires, int(ordered))
    if orders.in_years(until, years) > orders.in_years(do.day, orders.LONGEST):
        raise TOO_FAR_AHEAD("years", most=orders.LONGEST, number=service, until=until)
    if row.kind == DOMAIN.name:
        price = names.year_price(do, do.value("select zone from netsell_domain where number = $number", number=service))
    elif row.kind == orders.HOSTING.name:
        price = plans.plan_price(do, do.value("select plan from netsell_hosting where number = $number", number=service))
    else:
        price = orders.listing_price(do)
    documents.find(do, orders.KINDS[row.kind], service, "service", owner=do.actor)
    return orders.order(do, do.actor, service, years, price)
