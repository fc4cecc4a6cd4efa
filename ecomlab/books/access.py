"""Access: what a password or PIN opens. One table, one lock and one way to sign in for all modules.

A module whose members sign in grants access where they register, `access.grant(do, PASSWORD, name, password)`, and opens
their sessions so:

    account = access.find(do, PASSWORD, name)
    if account is None:
        raise NO_SUCH_MEMBER("user_name", name=name)
    return access.sign_in(do, MEMBER, account, password)

PASSWORD is the realm: the purpose that its fields name, `Ask(purpose=PASSWORD)`. A secret that is typed again, such as a payment
PIN, goes through `confirm`. Five wrong tries in a row lock until the next business day, and until then the right one opens
nothing either. Who is played by the library, because a prologue's cast has registered it, is told by the column `scripted`.
"""

from __future__ import annotations

from typing import Any

from ..kernel.command import ROLES, Role, choices
from ..kernel.doing import Doing, Looking
from ..kernel.refusals import Declined, RefusalKind, refusal
from ..kernel.texts import Text

TRIES = 5

WRONG_PASSWORD = refusal(
    "wrong_password", "密码不正确，还可以尝试 {left} 次。请核对后再输入。", "The password is wrong. Tries left: {left}. Check it and enter it again."
)
LOCKED = refusal(
    "locked",
    "连续输错 {tries} 次，已锁定到下一个业务日。请推进业务日期后再试。",
    "Wrong tries in a row: {tries}; locked until the next business day. Advance the business day, then try again.",
)


def grant(do: Doing, realm: str, name: str, secret: str) -> None:
    """Lets a name in with a secret from now on."""
    do.execute("insert into access values ($realm, $name, $secret, $scripted, 0, null)", realm=realm, name=name, secret=secret, scripted=do.scripted)


def renew(do: Doing, realm: str, name: str, secret: str) -> None:
    """Gives a name another secret. The wrong tries go with the old one, and so does their lock."""
    do.execute(
        "update access set secret = $secret, wrong_tries = 0, locked = null where realm = $realm and name = $name", realm=realm, name=name, secret=secret
    )


def withdraw(do: Doing, realm: str, name: str) -> None:
    """Lets a name in no more; it can be granted anew. The caller ends its sessions."""
    do.execute("delete from access where realm = $realm and name = $name", realm=realm, name=name)


def find(look: Looking, realm: str, name: str) -> Any:
    """The account of a name: the row of `access`, or None. A query of the module's own that joins `access` gives one just as well."""
    return look.one("select * from access where realm = $realm and name = $name", realm=realm, name=name)


def scripted(look: Looking, realm: str, name: str) -> bool:
    """Whether the library plays whoever has this name."""
    return bool(look.value("select scripted from access where realm = $realm and name = $name", realm=realm, name=name))


def played(look: Looking, by: str) -> bool:
    """Whether the library plays whoever acted, as `by` says it: one of a prologue's cast, within somebody else's command or not."""
    role, _, actor = by.partition(":")
    if not actor or role not in ROLES:
        return False
    module = ROLES[role].sign_in.partition(".")[0]
    return bool(look.value("select 1 from access where name = $name and scripted and starts_with(realm, $module) limit 1", name=actor, module=f"{module}."))


def own(look: Looking, realm: str, sql: str, **given: Any) -> list[tuple[str, str]]:
    """Who signs in with a secret of a realm and is not played by the library: name, and what is shown of it.

    sql: gives the two columns; `{own}` stands in it for the names: "select user_name, mailbox from c2c_member where user_name in {own}".
    """
    rows = look.all(sql.format(own="(select name from access where realm = $realm and not scripted)"), realm=realm, **given)
    return [(name, shown) for name, shown in rows]


def offer(name: str, realm: str, sql: str) -> None:
    """Registers as choices those whom `own` gives."""

    @choices(name)
    def offered(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
        return [(who, f"{who} · {shown}") for who, shown in own(look, realm, sql)]


#: By realm the SQL that gives whose name `$name` is: of a customer's number, say, the customer.
HOLDERS: dict[str, str] = {}


def holder(look: Looking, realm: str, name: str) -> str | None:
    """Who has this name, which may be a number; None in a realm where the name says so itself."""
    return look.value(HOLDERS[realm], name=name) if realm in HOLDERS else None


def matches(do: Doing, account: Any, given: str, field: str = "password") -> bool:
    """Whether this is the account's secret. Nothing is counted, so it is for queries, which only read. Refuses 'locked'."""
    if account.locked == do.day:
        raise LOCKED(field, tries=TRIES)
    return do.same_secret(account.realm, account.secret, given)


def confirm(do: Doing, account: Any, given: str, field: str = "password", wrong: RefusalKind = WRONG_PASSWORD) -> Declined | None:
    """None if this is the account's secret. A wrong one counts and is remembered in the logbook; the fifth in a row locks.

    wrong: what is said of a wrong one, with a place {left}, where the module can say more. Refuses 'locked'.
    """
    right = matches(do, account, given, field)
    before = account.wrong_tries if account.locked is None else 0
    tries = 0 if right else before + 1
    if tries != account.wrong_tries:
        do.execute(
            "update access set wrong_tries = $tries, locked = $locked where realm = $realm and name = $name",
            realm=account.realm, name=account.name, tries=tries, locked=do.day if tries == TRIES else None,
        )  # fmt: skip
    if right:
        return None
    return Declined(wrong(field, left=TRIES - tries) if tries < TRIES else LOCKED(field, tries=TRIES))


def sign_in(do: Doing, role: Role, account: Any, given: str, actor: str | None = None) -> str | Declined:
    """Opens a session in a role if the secret is right; gives who acts in it: the account's name, unless `actor` says another."""
    if declined := confirm(do, account, given):
        return declined
    do.sign_in(role.name, actor or account.name)
    return str(actor or account.name)
