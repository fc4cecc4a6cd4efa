"""Members of the marketplace: registration, which issues a certificate, and signing in with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import access, members
from ...kernel.command import VISITOR, Role, choices, command, field_rule, role, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Ref, Secret
from .. import ca, email, lgs

PURCHASER = role("purchaser", "采购商", "purchaser", sign_in="b2b.sign_in_purchaser")
SUPPLIER = role("supplier", "供应商", "supplier", sign_in="b2b.sign_in_supplier")
PASSWORD = "b2b.password"

AGREE_TO_RULES = refusal("agree_to_rules", "不同意交易规则就不能注册。请选择“是”。", "You cannot register without accepting the rules. Choose “yes”.")
MEMBER_ALREADY = refusal("member_already", "“{name}”已是会员。请直接登录（B2B003）。", "{name} is a member already. Sign in (B2B003).")
NOT_A_MEMBER = refusal(
    "not_a_member", "“{name}”还不是交易平台会员。请先注册（B2B001）。", "{name} is not a member of the marketplace yet. Register first (B2B001)."
)
TRADES_OTHERWISE = refusal(
    "trades_otherwise",
    "“{name}”注册的身份是“{trade}”，不能以“{wanted}”登录。请选择另一家企业的证书。",
    "{name} is registered as {trade} and cannot sign in as {wanted}. Choose another company's certificate.",
)

OwnCertificate = Annotated[Ref, Ask("数字证书", "Digital certificate", choose="b2b.own_certificates")]
Password = Annotated[Secret, Ask(purpose=PASSWORD)]


@choices("b2b.own_certificates")
def _own_certificates(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return _shown(ca.installed(look, actor))


def _shown(certificates: list[Any]) -> list[tuple[str, Text | str]]:
    return [(c.number, f"{c.number} · {c.organization or c.common_name}") for c in certificates]


def _who_may_sign_in(name: str, trade: str) -> None:
    """Registers as choices the installed certificates of the members that trade so: another's cannot be used to sign in."""

    @choices(name)
    def offered(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
        trading = {r.member for r in look.all("select member from b2b_member where trade in ($trade, 'both_ways')", trade=trade)}
        return _shown([c for c in ca.installed(look) if c.member in trading])


_who_may_sign_in("b2b.certificates_to_buy", "purchaser")
_who_may_sign_in("b2b.certificates_to_sell", "supplier")


@command("B2B001", role=VISITOR, title=("注册交易会员", "Register as a member"))
def register(
    do: Doing,
    company_name: Annotated[Line, Ask(max=64)],
    uscc: Annotated[Line, Ask(max=18)],
    trade: Annotated[Literal["purchaser", "supplier", "both_ways"], Ask()],
    city: Annotated[Line, Ask(max=64)],
    contact: Annotated[Line, Ask(max=60)],
    mailbox: Annotated[Line, Ask(max=80, help=Text("证书编号和下载密码将发到这里", "The certificate's number and download password are sent here"))],
    password: Annotated[Secret, Ask(purpose=PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
    agree: Annotated[Flag, Ask("同意交易规则", "I accept the rules of the marketplace")],
) -> dict[str, str]:
    """Registers a company; a certificate is issued to it, whose number and download password come by e-mail.

    Gives the member number and that of the certificate.
    """
    if not agree:
        raise AGREE_TO_RULES("agree")
    code = ca.checked_uscc(uscc, "uscc")
    members.check_name(do, company_name, code)
    address = email.checked_mailbox(do, mailbox, "mailbox")
    member = members.company(do, company_name, code, address)
    if row(do, member) is not None:
        raise MEMBER_ALREADY("uscc", name=company_name)
    certificate = ca.issue(do, "enterprise", member, ca.Subject(contact, address, company_name, city=city, uscc=code))
    do.execute(
        "insert into b2b_member values ($member, $name, $trade, $contact, $mailbox, $city, $certificate, $day)",
        member=member, name=company_name, trade=trade, contact=contact, mailbox=address, city=city, certificate=certificate, day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, member, password)
    return {"member": member, "certificate": certificate}


access.HOLDERS[PASSWORD] = "select name from b2b_member where member = $name"
access.offer("b2b.own_members", PASSWORD, "select member, name from b2b_member where member in {own} order by day, member")


@command(role=VISITOR, title=("更正会员资料", "Correct a member's data"))
def change_registration(
    do: Doing,
    member: Annotated[Ref, Ask("交易会员", "Member", choose="b2b.own_members")],
    password: Password,
    trade: Annotated[Literal["purchaser", "supplier", "both_ways"] | None, Ask()] = None,
    contact: Annotated[Line, Ask(max=60)] = "",
) -> str | Declined:
    """Corrects how a member trades and who its contact is; what is left empty stays. Gives its number. A session in which it may not trade any more ends."""
    account = access.find(do, PASSWORD, member)
    if account is None:
        raise NOT_A_MEMBER("member", name=name_of(do, member))
    if declined := access.confirm(do, account, password):
        return declined
    do.execute(
        "update b2b_member set trade = coalesce($trade, trade), contact = coalesce($contact, contact) where member = $member",
        member=member, trade=trade, contact=contact or None,
    )  # fmt: skip
    for as_role in (PURCHASER, SUPPLIER):
        if row(do, member).trade not in (as_role.name, "both_ways") and member in do.sessions(as_role.name):
            do.sign_out(as_role.name, member)
    return member


@command("B2B003", role=VISITOR, title=("登录为采购商", "Sign in as a purchaser"))
def sign_in_purchaser(
    do: Doing, certificate: Annotated[Ref, Ask("数字证书", "Digital certificate", choose="b2b.certificates_to_buy")], password: Password
) -> str | Declined:
    """Opens a session for a member that buys, by a downloaded certificate of its company and its password; gives its member number."""
    return _sign_in(do, PURCHASER, certificate, password)


@command("B2B004", role=VISITOR, title=("登录为供应商", "Sign in as a supplier"))
def sign_in_supplier(
    do: Doing, certificate: Annotated[Ref, Ask("数字证书", "Digital certificate", choose="b2b.certificates_to_sell")], password: Password
) -> str | Declined:
    """Opens a session for a member that sells, by a downloaded certificate of its company and its password; gives its member number.

    When a company comes for the first time, its own warehouse is opened with the goods that it has, as for a shipper of LGS.
    """
    return _sign_in(do, SUPPLIER, certificate, password)


def _sign_in(do: Doing, as_role: Role, certificate: str, password: str) -> str | Declined:
    shown = ca.demand(do, certificate, "certificate")
    account = do.one(
        "select a.*, m.trade, m.name as company from access a join b2b_member m on m.member = a.name where a.realm = $realm and a.name = $member",
        realm=PASSWORD, member=shown.member,
    )  # fmt: skip
    if account is None:
        raise NOT_A_MEMBER("certificate", name=shown.organization or shown.common_name)
    if account.trade not in (as_role.name, "both_ways"):
        raise TRADES_OTHERWISE("certificate", name=account.company, trade=term(account.trade), wanted=as_role.title)
    signed_in = access.sign_in(do, as_role, account, password)
    if as_role is SUPPLIER and not isinstance(signed_in, Declined):
        lgs.open_store(do, shown.member)
    return signed_in


def row(look: Looking, member: str) -> Any:
    """A member's row (name, trade, contact, mailbox, city, certificate), or None."""
    return look.one("select * from b2b_member where member = $member", member=member)


def name_of(look: Looking, member: str) -> str:
    found = members.named(look, member)
    return str(found.name) if found else member


def tell(do: Doing, member: str, subject: str, body: str) -> None:
    """Writes to a member's mailbox, if it still is one."""
    found = row(do, member)
    if found is not None and email.known(do, found.mailbox):
        email.letter(do, found.mailbox, subject, body)


def _agreed(look: Looking, given: dict[str, Any], field: str) -> None:
    if given.get(field) is not True:
        raise AGREE_TO_RULES(field)


value_rule(ca.checked_uscc, "b2b.register.uscc")
field_rule(_agreed, "b2b.register.agree")
field_rule(email.mailbox_rule, "b2b.register.mailbox")
field_rule(members.name_rule, "b2b.register.company_name")
