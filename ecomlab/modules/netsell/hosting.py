"""Web hosting: plans, renting, details."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from ...books import documents
from ...kernel.command import VISITOR, command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from . import orders
from .members import MARKETER
from .orders import HOSTING, Years
from .plans import PLANS, named, plan_price

NOT_YOUR_DOMAIN = refusal(
    "not_your_domain",
    "“{name}”不是你使用中的域名。请从列表中选择，或留空。",
    "{name} is not one of your domain names in use. Choose one from the list, or leave the field empty.",
)


documents.offer(
    "netsell.hostings", HOSTING, of="netsell_service", whose="member", shows="t.label, t.expires", order="d.number",
    words={"label": lambda look, plan: named(plan)},
)  # fmt: skip


@query(role=VISITOR, title=("查看主机方案", "View hosting plans"))
def hosting_plans(do: Doing) -> Table:
    """The plans: plan, space (GB), traffic (GB a month), mailboxes, databases, price (CNY a year)."""
    rows = [(*p[:-1], plan_price(do, p.plan).quantize(Decimal("0.01"))) for p in PLANS.values()]
    return Table(("plan", "space", "traffic", "mailboxes", "databases", "price"), rows)


@command("NETSELL005", role=MARKETER, title=("租用虚拟主机", "Rent web hosting"))
def order_hosting(
    do: Doing,
    plan: Annotated[Literal["starter", "business", "flagship"], Ask("主机方案", "Plan")],
    years: Years,
    domain: Annotated[Ref, Ask("绑定域名", "Domain name", choose="netsell.domains", help=Text("可以不选", "Optional"))] = "",
) -> str:
    """Orders web hosting of a plan for a term in years, if you like under one of your domain names; gives the order."""
    name = _own_domain(do, domain) if domain else None
    service, order = orders.place(do, HOSTING, name or plan, years, plan_price(do, plan))
    chance = do.stream(f"netsell.server:{service}")
    # TEST-NET-3 (RFC 5737): an address that belongs to nobody
    do.execute(
        "insert into netsell_hosting values ($number, $plan, $domain, $server, $login)",
        number=service, plan=plan, domain=name, server=f"203.0.113.{chance.randrange(2, 250)}", login=f"web{chance.randrange(10_000, 99_999)}",
    )  # fmt: skip
    return order


def _own_domain(do: Doing, number: str) -> str:
    name = do.value(
        """select d.name from netsell_domain d join netsell_service s using (number) join document using (number)
           where number = $number and s.member = $member and document.state = 'active'""",
        number=number, member=do.actor,
    )  # fmt: skip
    if name is None:
        raise NOT_YOUR_DOMAIN("domain", name=number)
    return str(name)


@query("NETSELL006", role=MARKETER, title=("查看虚拟主机详情", "View web hosting details"))
def hosting_details(do: Doing, hosting: Annotated[Ref, Ask("虚拟主机", "Web hosting", choose="netsell.hostings")]) -> Table:
    """Everything about one web hosting service: number, plan, domain, space, traffic, mailboxes, databases, server, login, starts, expires, state."""
    documents.find(do, HOSTING, hosting, "hosting", owner=do.actor)
    row = do.one(
        """select h.*, s.starts, s.expires, document.state from netsell_hosting h join netsell_service s using (number) join document using (number)
           where number = $number""",
        number=hosting,
    )
    p = PLANS[row.plan]
    return Table(
        ("number", "plan", "domain", "space", "traffic", "mailboxes", "databases", "server", "login", "starts", "expires", "state"),
        [(row.number, row.plan, row.domain, p.space, p.traffic, p.mailboxes, p.databases, row.server, row.login, row.starts, row.expires, row.state)],
    )


@query(role=MARKETER, title=("查看我的虚拟主机", "View your web hosting"))
def my_hosting(do: Doing) -> Table:
    """Your web hosting services: number, plan, domain, starts, expires, state."""
    return do.table(
        """select number, h.plan, h.domain, s.starts, s.expires, document.state
           from netsell_hosting h join netsell_service s using (number) join document using (number) where s.member = $member order by number""",
        member=do.actor,
    )
