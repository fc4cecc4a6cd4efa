"""Mailing lists: their addresses, collecting subscribers into them, mailings with personal fields, bounces."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypedDict

from ...books.records import family
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Prose, Ref
from .. import email
from . import subscriptions
from .members import MARKETER, profile
from .subscriptions import ZineKind

ADDRESS_TWICE = refusal("address_twice", "地址 {address} 重复。请每个地址只填一行。", "The address {address} is entered twice. Keep one row.")
NOBODY_SUBSCRIBES = refusal(
    "nobody_subscribes", "“{kind}”还没有已确认的订阅者。请选择其他类型。", "Nobody has confirmed a subscription to {kind} yet. Choose another kind."
)
UNKNOWN_FIELD = refusal("unknown_personal_field", "没有个性化字段 {unknown}。请使用：{known}。", "There is no personal field {unknown}. Use: {known}.")
EMPTY_LIST = refusal(
    "empty_list", "邮件列表“{title}”中没有可以发送的地址。请先加入地址。", "The mailing list {title} has no address to send to. Add addresses first."
)

#: What is filled in for each recipient: {name}, {address}, and {company}, the sender's.
FIELDS = ("name", "address", "company")


class Entry(TypedDict):
    """A row of addresses."""

    address: Annotated[Line, Ask(max=80)]
    full_name: Annotated[Line, Ask("称呼", "Name", max=40)]


class mailing_list:
    """Its addresses are given as rows of address and name, and a change replaces them all; who has left or bounced remains
    so, and who has left remains in it. An address that nobody has is taken, since a list often comes from outside: e-mails
    to it bounce, and the bounce is noted."""

    title: Annotated[Line, Ask("列表名称", "Name of the list", max=40)]
    entries: Annotated[list[Entry], Ask("邮件地址", "Addresses")]

    columns = ("title",)

    @staticmethod
    def ready(do: Doing, values: dict[str, Any], old: Any) -> dict[str, Any]:
        if "entries" in values:
            _addresses(values["entries"])
        return values

    @staticmethod
    def kept(do: Doing, number: str, values: dict[str, Any]) -> None:
        if "entries" not in values:
            return
        before = {r.address: r for r in do.all("select * from netsell_list_entry where mailing_list = $number order by line", number=number)}
        do.execute("delete from netsell_list_entry where mailing_list = $number", number=number)
        found = dict(zip(_addresses(values["entries"]), (row["full_name"] for row in values["entries"]), strict=True))
        # who has left the list stays in it as having left, taken out or not, so that no change puts the address back
        found |= {a: r.full_name for a, r in before.items() if r.state == "opted_out" and a not in found}
        for i, (address, name) in enumerate(found.items(), start=1):
            _enter(do, number, i, address, name, before[address].state if address in before else "listed")


MAILING_LISTS = family(
    mailing_list, "NL", ("邮件列表", "mailing list"), plural="mailing_lists", role=MARKETER, tasks=("NETSELL030", "NETSELL031", "NETSELL032"), unique="title"
)


def _addresses(rows: list[dict[str, str]]) -> list[str]:
    found: list[str] = []
    for row in rows:
        address = email.checked_address(row["address"], "entries")
        if address in found:
            raise ADDRESS_TWICE("entries", address=address)
        found.append(address)
    return found


def _enter(do: Doing, number: str, line: int, address: str, name: str, state: str = "listed") -> None:
    do.execute(
        "insert into netsell_list_entry values ($number, $line, $address, $name, $state)", number=number, line=line, address=address, name=name, state=state
    )


@query(role=MARKETER, title=("查看列表地址", "View list addresses"))
def list_entries(do: Doing, mailing_list: Annotated[Ref, Ask("邮件列表", "Mailing list", choose="netsell.mailing_lists")]) -> Table:
    """The addresses of one of your lists: line, address, full_name, state (listed, bounced or opted out)."""
    MAILING_LISTS.own(do, mailing_list)
    return do.table("select line, address, full_name, state from netsell_list_entry where mailing_list = $number order by line", number=mailing_list)


@command("NETSELL033", role=MARKETER, title=("收集订阅者", "Collect subscribers"))
def collect_subscribers(
    do: Doing,
    zine_kind: ZineKind,
    mailing_list: Annotated[
        Ref, Ask("加入的邮件列表", "Into the mailing list", choose="netsell.mailing_lists", help=Text("不选则新建一个", "Leave empty to create a new list"))
    ] = "",
) -> dict[str, Any]:
    """Puts everybody with a confirmed subscription to a kind of e-zine into a mailing list; gives the list and how many are new in it.

    Who has left the list is not put back.
    """
    kind = term(zine_kind)
    found = subscriptions.confirmed(do, zine_kind)
    if not found:
        raise NOBODY_SUBSCRIBES("zine_kind", kind=kind)
    if mailing_list:
        row = MAILING_LISTS.revise(do, mailing_list)
        number, title = row.number, row.title
    else:
        title = f"{kind.zh} {kind.en} {do.day}"
        number = MAILING_LISTS.twin(do, do.actor, title) or MAILING_LISTS.keep(do, do.actor, title=title)
    there = {r.address for r in do.all("select address from netsell_list_entry where mailing_list = $number", number=number)}
    line = do.value("select coalesce(max(line), 0) from netsell_list_entry where mailing_list = $number", number=number)
    fresh = [a for a in found if a not in there]
    for i, address in enumerate(fresh, start=line + 1):
        name = do.value("select name from member where mailbox = $address order by number limit 1", address=address)
        _enter(do, number, i, address, name or address.partition("@")[0])
    return {"mailing_list": number, "title": title, "added": len(fresh)}


@command("NETSELL034", role=MARKETER, title=("群发邮件", "Send a mailing"))
def send_mailing(
    do: Doing,
    mailing_list: Annotated[Ref, Ask("收件邮件列表", "To the mailing list", choose="netsell.mailing_lists")],
    subject: Annotated[Line, Ask(max=150)],
    body: Annotated[Prose, Ask(max=8000, long=True, help=Text("可用 {name}、{address}、{company}", "You can use {name}, {address} and {company}"))],
) -> dict[str, Any]:
    """Sends an e-mail to every address of a list, each with its recipient's own fields; gives the mailing, and how many arrived and bounced.

    Who has left the list or bounced before is passed over. Each e-mail says how to unsubscribe.
    """
    row = MAILING_LISTS.own(do, mailing_list)
    _known_fields(subject, "subject")
    _known_fields(body, "body")
    entries = do.all(
        "select line, address, full_name from netsell_list_entry where mailing_list = $number and state = 'listed' order by line", number=mailing_list
    )
    if not entries:
        raise EMPTY_LIST("mailing_list", title=row.title)
    number = do.number("NM")
    company = profile(do, do.actor).name
    bounced = 0
    for e in entries:
        values = {"name": e.full_name, "address": e.address, "company": company}
        made = subscriptions.list_letter(do, e.address, mailing_list, row.title, _filled(subject, values), _filled(body, values))
        outcome = do.value("select outcome from mail_recipient where message_id = $id and address = $address", id=made, address=e.address)
        do.execute("insert into netsell_mailing_letter values ($number, $address, $id, $outcome)", number=number, address=e.address, id=made, outcome=outcome)
        if outcome == "bounced":
            bounced += 1
            do.execute("update netsell_list_entry set state = 'bounced' where mailing_list = $number and line = $line", number=mailing_list, line=e.line)
    do.execute(
        "insert into netsell_mailing values ($number, $member, $list, $subject, $day)",
        number=number,
        member=do.actor,
        list=mailing_list,
        subject=subject,
        day=do.day,
    )
    return {"mailing": number, "delivered": len(entries) - bounced, "bounced": bounced}


def _known_fields(text: str, field: str) -> None:
    for name in re.findall(r"\{(\w*)\}", text):
        if name not in FIELDS:
            raise UNKNOWN_FIELD(field, unknown="{" + name + "}", known="{" + "} {".join(FIELDS) + "}")


def _filled(text: str, values: dict[str, str]) -> str:
    """Only the plain names in FIELDS are filled in; nothing in the text is evaluated."""
    return re.sub(r"\{(\w+)\}", lambda m: values[m[1]], text)


@choices("netsell.mailings")
def _mailings(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select number, subject from netsell_mailing where member = $actor order by number desc", actor=actor)
    return [(r.number, f"{r.number} · {r.subject}") for r in rows]


@query(role=MARKETER, title=("查看我的群发", "View your mailings"))
def my_mailings(do: Doing) -> Table:
    """Your mailings, newest first: number, title (of the list), subject, day, delivered, bounced."""
    return do.table(
        """select m.number, l.title, m.subject, m.day,
                  count(*) filter (r.outcome = 'delivered') as delivered, count(*) filter (r.outcome = 'bounced') as bounced
           from netsell_mailing m join netsell_mailing_list l on l.number = m.mailing_list join netsell_mailing_letter r on r.mailing = m.number
           where m.member = $member group by all order by m.number desc""",
        member=do.actor,
    )
