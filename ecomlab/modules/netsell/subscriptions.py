"""Subscriptions to e-zines: asked for, confirmed by a code that only the mailbox's owner can read, ended at any time.

Every issue carries List-Id (RFC 2919) and List-Unsubscribe (RFC 2369) with an address of its own and the code of that
one subscription: a letter to it ends the subscription, just as the form does.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import quote

from ...books import access
from ...books.cast import DOMAIN
from ...kernel.audit import invariant
from ...kernel.command import VISITOR, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.values import Ask, Line, Secret
from .. import email
from .members import profile

PASSWORD = "netsell.subscriber"
LEAVE = "unsubscribe"

ALREADY_SUBSCRIBED = refusal("already_subscribed", "{address} 已订阅“{kind}”。请选择其他类型。", "{address} already subscribes to {kind}. Choose another kind.")
WRONG_SUBSCRIBER = refusal(
    "wrong_subscriber",
    "邮箱或订阅密码不正确。请使用首次订阅时设置的密码，而不是邮箱密码；尚未订阅的，请先订阅（NETSELL028）。",
    "Mailbox or password is wrong. Use the password set with the first subscription, not that of the mailbox; "
    "without a subscription, subscribe first (NETSELL028).",
)
WRONG_CODE = refusal("wrong_code", "代码不正确。请使用最近一封邮件中的代码。", "The code is wrong. Use the code from the latest e-mail.")

ZineKind = Annotated[Literal["industry_news", "new_goods_digest", "bargains", "shopping_guide"], Ask("杂志类型", "E-zine kind")]
Address = Annotated[Line, Ask(max=80, example=f"lin.xiao@{DOMAIN}")]
Code = Annotated[Line, Ask("代码", "Code", max=20, example="3F9A-1C27")]


def code(look: Looking, label: str) -> str:
    """A code that only its letter tells: eight hex digits in two groups, by HMAC from the seed."""
    digits = look.derive(f"netsell.code:{label}", 4).hex().upper()
    return f"{digits[:4]}-{digits[4:]}"


def same_code(given: str, wanted: str) -> bool:
    return re.sub(r"[\s-]", "", given).upper() == wanted.replace("-", "")


@command("NETSELL028", role=VISITOR, title=("订阅电子杂志", "Subscribe to an e-zine"))
def subscribe(
    do: Doing,
    zine_kind: ZineKind,
    address: Address,
    password: Annotated[Secret, Ask("订阅密码", "Subscription password", purpose=PASSWORD, new=True)],
) -> str | Declined:
    """Asks for a subscription; gives its state. An e-mail with a code goes to the address, and nothing else until it is confirmed.

    The first subscription of an address sets its password; later ones need it.
    """
    mailbox = email.checked_mailbox(do, address, "address")
    account = access.find(do, PASSWORD, mailbox)
    if account is None:
        access.grant(do, PASSWORD, mailbox, password)
    elif declined := access.confirm(do, account, password, wrong=WRONG_SUBSCRIBER):
        return declined
    row = _subscription(do, mailbox, zine_kind)
    if row and row.state == "confirmed":
        raise ALREADY_SUBSCRIBED("zine_kind", address=mailbox, kind=term(zine_kind))
    round_ = row.round + 1 if row else 1
    do.execute(
        """insert into netsell_subscription values ($address, $kind, 'asked_for', $round, $day)
           on conflict do update set state = 'asked_for', round = excluded.round, day = excluded.day""",
        address=mailbox, kind=zine_kind, round=round_, day=do.day,
    )  # fmt: skip
    kind, word = term(zine_kind), code(do, f"confirm:{mailbox}:{zine_kind}:{round_}")
    email.letter(
        do, mailbox, f"请确认订阅 Please confirm: {kind.zh} {kind.en}",
        f"有人用此邮箱订阅了“{kind.zh}”。如果是您本人，请用代码 {word} 确认；如果不是，不必理会，您不会再收到邮件。\n\n"
        f"Someone subscribed this mailbox to {kind.en}. If it was you, please confirm with the code {word}. "
        "If not, do nothing, and you will receive no more e-mail.\n",
        kind="mail",
    )  # fmt: skip
    return "asked_for"


@command("NETSELL028", role=VISITOR, title=("确认订阅", "Confirm a subscription"))
def confirm_subscription(do: Doing, zine_kind: ZineKind, address: Address, confirmation: Code) -> str:
    """Confirms a subscription with the code from its e-mail; gives its state."""
    mailbox = email.checked_address(address, "address")
    row = _subscription(do, mailbox, zine_kind)
    if row is None or row.state == "ended" or not same_code(confirmation, code(do, f"confirm:{mailbox}:{zine_kind}:{row.round}")):
        raise WRONG_CODE("confirmation")
    do.execute(
        "update netsell_subscription set state = 'confirmed', day = $day where address = $address and zine_kind = $kind",
        address=mailbox,
        kind=zine_kind,
        day=do.day,
    )
    return "confirmed"


@query("NETSELL029", role=VISITOR, title=("查询订阅", "Find subscriptions"))
def my_subscriptions(do: Doing, address: Address, password: Annotated[Secret, Ask("订阅密码", "Subscription password", purpose=PASSWORD)]) -> Table:
    """What an address subscribes to: zine_kind, state, day. The password is that of the first subscription."""
    mailbox = email.checked_address(address, "address")
    account = access.find(do, PASSWORD, mailbox)
    if account is None or not access.matches(do, account, password):
        raise WRONG_SUBSCRIBER("password")
    return do.table("select zine_kind, state, day from netsell_subscription where address = $address order by zine_kind", address=mailbox)


@command(role=VISITOR, title=("退订邮件", "Unsubscribe"))
def unsubscribe(do: Doing, address: Address, confirmation: Annotated[Line, Ask("退订代码", "Unsubscribe code", max=20, example="3F9A-1C27")]) -> str:
    """Ends the subscription, or the place on a mailing list, whose code this is; gives what was ended."""
    ended = leave(do, email.checked_address(address, "address"), confirmation)
    if ended is None:
        raise WRONG_CODE("confirmation")
    return ended


@email.robot(LEAVE)
def _letter_to_leave(do: Doing, sender: str, subject: str) -> None:
    """A letter to the address in List-Unsubscribe, with the code as its subject; a wrong one is passed over, as mail robots do."""
    leave(do, sender, subject)


def leave(do: Doing, mailbox: str, given: str) -> str | None:
    """Ends what the code is for: a kind of e-zine or a mailing list; None if it fits nothing."""
    for row in do.all("select zine_kind from netsell_subscription where address = $address and state = 'confirmed' order by 1", address=mailbox):
        if same_code(given, leaving_code(do, mailbox, row.zine_kind)):
            do.execute(
                "update netsell_subscription set state = 'ended', day = $day where address = $address and zine_kind = $kind",
                address=mailbox, kind=row.zine_kind, day=do.day,
            )  # fmt: skip
            return str(row.zine_kind)
    for row in do.all("select mailing_list from netsell_list_entry where address = $address and state <> 'opted_out' order by 1", address=mailbox):
        if same_code(given, leaving_code(do, mailbox, row.mailing_list)):
            do.execute(
                "update netsell_list_entry set state = 'opted_out' where mailing_list = $number and address = $address",
                number=row.mailing_list,
                address=mailbox,
            )
            return str(row.mailing_list)
    return None


def leaving_code(look: Looking, mailbox: str, what: str) -> str:
    return code(look, f"leave:{mailbox}:{what}")


def _subscription(look: Looking, mailbox: str, kind: str) -> Any:
    return look.one("select * from netsell_subscription where address = $address and zine_kind = $kind", address=mailbox, kind=kind)


def confirmed(look: Looking, kind: str) -> list[str]:
    """The addresses with a confirmed subscription to a kind, in order."""
    rows = look.all("select address from netsell_subscription where zine_kind = $kind and state = 'confirmed' order by address", kind=kind)
    return [r.address for r in rows]


def list_letter(do: Doing, to: str, what: str, title: str, subject: str, body: str) -> str:
    """A letter to one of many, from the signed-in member, with the headers and the line by which to leave; gives its Message-ID."""
    sender = profile(do, do.actor)
    word = leaving_code(do, to, what)
    # a phrase of RFC 5322 in front of the identifier: what would begin another part of the header is left out
    phrase = " ".join(re.findall(r"[\w-]+", title))
    tail = (
        f"-- \n退订：在网站填写代码 {word}，或发邮件到 {LEAVE}@{DOMAIN}，主题填写此代码。\n"
        f"To unsubscribe, enter the code {word} on the website, or send an e-mail to {LEAVE}@{DOMAIN} with the code as its subject.\n"
    )
    return email.letter(
        do, to, subject, f"{body}\n\n{tail}", sender=sender.mailbox, sender_name=sender.name, kind="mail",
        headers={
            "List-Id": f"{phrase} <{what.lower().replace('_', '-')}.lists.{DOMAIN}>",
            "List-Unsubscribe": f"<mailto:{LEAVE}@{DOMAIN}?subject={quote(word)}>",
        },
    )  # fmt: skip


def send_issue(do: Doing, kind: str, title: str, content: str) -> None:
    """Sends an issue to everybody with a confirmed subscription to its kind."""
    name = term(kind)
    for address in confirmed(do, kind):
        list_letter(do, address, kind, name.en, f"[{name.zh} {name.en}] {title}", content)


@invariant("zines_reach", "每期电子杂志都发给了当时已确认的全部订阅者", "Every issue of an e-zine was sent to as many as had confirmed their subscription")
def _reach(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.recipients} recipients, {r.letters} letters"
        for r in look.all(
            """select z.number, z.recipients, count(m.message_id) as letters
               from netsell_zine z join netsell_member n on n.member = z.member join document_history h on h.document = z.number and h.step = 1
               left join mail_message m on m.sender = n.mailbox and m.moment::date = h.day and ends_with(m.subject, '] ' || z.title)
                    and contains(m.headers, replace(z.zine_kind, '_', '-') || '.lists.')
               group by all having letters < z.recipients order by 1"""
        )
    ]
