"""The desk and its clerks: a shop opens it once, and each clerk works at one post."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from ...books import access
from ...books.cast import DOMAIN
from ...kernel.command import VISITOR, choices, command, query, role
from ...kernel.doing import AUTO, Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref, Secret
from ..b2c.members import SHOP_PASSWORD, SHOPKEEPER, shop_of

PRE_SALE = role("pre_sale", "售前客服", "pre-sale clerk", sign_in="service.sign_in")
AFTER_SALE = role("after_sale", "售后客服", "after-sale clerk", sign_in="service.sign_in")
PRINTER = role("order_printer", "制单员", "order printer", sign_in="service.sign_in")
SUPERVISOR = role("desk_supervisor", "客服主管", "service supervisor", sign_in="service.sign_in")
POSTS = {r.name: r for r in (PRE_SALE, AFTER_SALE, PRINTER, SUPERVISOR)}

DESK_OPEN = refusal("desk_open", "客服台已经开设。请直接登录到岗。", "There is a service desk already. Sign in at a post.")
NO_CLERK = refusal("no_clerk", "客服台没有“{name}”。请从列表中选择。", "The service desk has no clerk {name}. Choose one from the list.")

Clerk = Annotated[Ref, Ask("客服人员", "Clerk", choose="service.clerks")]


@choices("service.clerks")
def _clerks(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.clerk, f"{r.clerk} · {r.full_name}") for r in look.all("select clerk, full_name from service_clerk order by post, clerk")]


def clerk_of(look: Looking, name: str, field: str = "clerk") -> Any:
    """A clerk's row. Refuses 'no_clerk'."""
    row = look.one("select * from service_clerk where clerk = $name", name=name)
    if row is None:
        raise NO_CLERK(field, name=name[:40])
    return row


def merchant_of(look: Looking, clerk: str) -> str:
    """The shop for which a clerk works."""
    return str(clerk_of(look, clerk).merchant)


def shifts_staff(look: Looking, merchant: str) -> list[str]:
    """The six clerks who work in shifts; the supervisor does not."""
    return [r.clerk for r in look.all("select clerk from service_clerk where merchant = $m and post <> $boss order by clerk", m=merchant, boss=SUPERVISOR.name)]


def at(look: Looking, time: str) -> datetime.datetime:
    """A time of the business day: `at(look, "14:00")`."""
    return time_of(look.day, time)


def time_of(day: datetime.date, time: str) -> datetime.datetime:
    """A time of a day: `time_of(day, "14:00")`."""
    return datetime.datetime.combine(day, datetime.time.fromisoformat(time))


def latest(look: Looking) -> datetime.datetime:
    """The moment of today's latest entry that left a document: for pages, which have no moment of their own. It is that late at least."""
    n = look.value("select max(if(ends_with(acted, $auto), -entry, entry)) from document_history where day = $day", auto=AUTO, day=look.day)
    return at(look, "08:30") + datetime.timedelta(minutes=max(0, (n or 0) - look.known.clock.first_n))


@command(role=SHOPKEEPER, title=("开设客服台", "Open the service desk"))
def open_desk(do: Doing) -> list[str]:
    """Opens the shop's service desk with its six clerks and a supervisor; gives their names. From then on customers write and order."""
    shop = shop_of(do, do.actor)
    if do.value("select 1 from service_desk limit 1"):
        raise DESK_OPEN()
    do.execute("insert into service_desk values ($m, $day)", m=shop.merchant, day=do.day)
    rows = do.scenario.rows("desk_clerks")
    for r in rows:
        do.execute(
            "insert into service_clerk values ($clerk, $merchant, $full_name, $post)",
            clerk=r["short"], merchant=shop.merchant, full_name=r["name"], post=r["post"],
        )  # fmt: skip
    return [r["short"] for r in rows]


@command(role=VISITOR, title=("到岗登录", "Sign in at the desk"))
def sign_in(do: Doing, clerk: Clerk, password: Annotated[Secret, Ask(purpose=SHOP_PASSWORD)]) -> str | Declined:
    """Opens a session as a clerk, at the clerk's post, by name and the shop's password; gives the name."""
    row = clerk_of(do, clerk)
    account = access.find(do, SHOP_PASSWORD, row.merchant)
    return access.sign_in(do, POSTS[row.post], account, password, row.clerk)


@query(role=VISITOR, title=("查看客服人员", "View the clerks"))
def clerks(do: Doing) -> Table:
    """Who works at the desk: clerk, full_name, post, mailbox."""
    return do.table("select clerk, full_name, post, clerk || '@' || $domain as mailbox from service_clerk order by post, clerk", domain=DOMAIN)
