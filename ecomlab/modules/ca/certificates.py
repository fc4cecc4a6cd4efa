"""The life of a certificate: applied for and issued, verified, downloaded, revoked or expired."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from stdnum.cn import uscc as social_credit

from ...books import access, clock, documents, members
from ...kernel.audit import invariant
from ...kernel.command import VISITOR, choices, command, field_rule, query, role, value_rule
from ...kernel.doing import ZONE, Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.secrets import Issued
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref, Secret
from .. import email
from . import authority
from .authority import Subject

CERTIFICATE_HOLDER = role("certificate_holder", "证书持有人", "certificate holder", sign_in="ca.verify_download")
CERTIFICATE = documents.kind(
    "certificate",
    "CA",
    ("数字证书", "certificate"),
    {
        "issued": ("verified", "revoked", "expired"),
        "verified": ("downloaded", "revoked", "expired"),
        "downloaded": ("revoked", "expired"),
        "revoked": (),
        "expired": (),
    },
)
PASSWORD = "ca.download"
VALID_DAYS = 365

BAD_USCC = refusal(
    "bad_uscc",
    "统一社会信用代码不正确：应为 18 位，末位是校验位。请核对是否抄错。",
    "The unified social credit code is wrong: it has 18 characters, and the last is a check digit. Compare it with the original.",
)
ENTERPRISE_NEEDS = refusal("enterprise_needs", "企业证书缺少此项。请填写。", "An enterprise certificate needs this field. Fill it in.")
BAD_COUNTRY = refusal("bad_country", "国家代码不正确。请填写两个大写字母，例如 CN。", "The country code is wrong. Enter two capital letters, such as CN.")
WRONG_DOWNLOAD_PASSWORD = refusal(
    "wrong_download_password",
    "下载密码不正确，还可以尝试 {left} 次。请照抄通知邮件里的密码。",
    "The download password is wrong. Tries left: {left}. Copy it from the notice in your mailbox.",
)
UNUSABLE = refusal(
    "certificate_unusable", "证书 {number} 现为“{state}”，不能使用。{advice}", "The certificate {number} cannot be used; its state is “{state}”. {advice}"
)
NOT_THIS_HOLDER = refusal(
    "not_this_holder",
    "证书 {number} 的持有人是“{holder}”，与“{wanted}”不符。请选择“{wanted}”的证书。",
    "The certificate {number} belongs to {holder}. Choose one of {wanted}.",
)
WRONG_MAILBOX = refusal(
    "wrong_mailbox",
    "证书 {number} 登记的邮箱不是 {mailbox}。请填写申请时的邮箱。",
    "The certificate {number} was not issued to the mailbox {mailbox}. Enter the mailbox that you applied with.",
)

ADVICE = {
    "issued": Text("请先用下载密码验证并下载。", "Verify it with the download password and download it first."),
    "verified": Text("请先下载。", "Download it first."),
    "revoked": Text("请申请新的证书。", "Apply for a new one."),
    "expired": Text("请申请新的证书。", "Apply for a new one."),
}


# --- what other modules use --------------------------------------------------------------------------------------


def checked_uscc(text: str, field: str) -> str:
    """A social credit code in its compact form (GB 32100-2015). Refuses 'bad_uscc'."""
    from stdnum.exceptions import ValidationError

    try:
        return str(social_credit.validate(text))
    except ValidationError:
        raise BAD_USCC(field) from None


def issue(do: Doing, kind: str, member: str, subject: Subject, parent: str | None = None) -> str:
    """Issues a certificate to a member and writes its number and download password to the subject's mailbox."""
    document = documents.create(do, CERTIFICATE, owner=member, parent=parent)
    number = document.number
    made = authority.make_certificate(do, number, subject, do.day, VALID_DAYS)
    do.execute(
        """insert into certificate values ($number, $kind, $member, $common_name, $organization, $uscc, $mailbox, $serial, $first, $last,
           1, $pem, null, null)""",
        number=number, kind=kind, member=member, common_name=subject.common_name, organization=subject.organization or None,
        uscc=subject.uscc or None, mailbox=subject.mailbox, serial=f"{made.serial_number:x}", first=do.day,
        last=made.not_valid_after_utc.astimezone(ZONE).date(), pem=_pem(made),
    )  # fmt: skip
    access.grant(do, PASSWORD, number, _password(number, 1).stored())
    _write_password(do, number, subject.mailbox, subject.common_name, _password(number, 1))
    return number


def download_password(look: Looking, number: str) -> Issued:
    """The download password that is valid now."""
    return _password(number, look.value("select password_round from certificate where number = $number", number=number))


def installed(look: Looking, member: str | None = None) -> list[Any]:
    """The certificates that are downloaded and neither revoked nor expired, of one member or of all."""
    return look.all(
        """select c.number, c.kind, c.member, c.common_name, c.organization, c.not_after from certificate c join document d using (number)
           where d.state = 'downloaded' and ($member is null or c.member = $member) order by c.number""",
        member=member,
    )


def demand(do: Doing, number: str, field: str, member: str | None = None) -> Any:
    """The row of a certificate that may be used now. Refuses one that is unknown, not downloaded, revoked, expired, not
    signed by the authority, or not this member's."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    document = documents.find(do, CERTIFICATE, number, field)
    row = do.one("select * from certificate where number = $number", number=number)
    if document.state != "downloaded":
        raise _unusable(number, document.state, field)
    made = x509.load_pem_x509_certificate(row.pem.encode())
    try:
        made.verify_directly_issued_by(authority.authority(do.seed, do.scenario.start).issuing)
    except (InvalidSignature, ValueError, TypeError):
        raise _unusable(number, "revoked", field) from None
    if not row.not_before <= do.day <= row.not_after:
        raise _unusable(number, "expired", field)
    if member is not None and row.member != member:
        raise NOT_THIS_HOLDER(field, number=number, holder=row.organization or row.common_name, wanted=members.named(do, member).name)
    return row


@choices("ca.own_installed")
def _own_installed(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    """Those issued by the student's own doing, without those of companies that were there before."""
    own = documents.made_here(look, CERTIFICATE)
    return [(number, shown) for number, shown in _installed(look, actor) if number in own]


@choices("ca.installed", made_by="CA003")
def _installed(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, f"{r.number} · {r.organization or r.common_name}") for r in installed(look)]


documents.offer("ca.issued", CERTIFICATE, "issued", "verified", "downloaded", of="certificate", shows="coalesce(t.organization, t.common_name)")


# --- commands ----------------------------------------------------------------------------------------------------

FOR_ENTERPRISE = Text("企业证书必填", "Required for an enterprise certificate")
Number = Annotated[Ref, Ask("证书编号", "Certificate number", choose="ca.issued")]


@command("CA001", role=VISITOR, title=("申请数字证书", "Apply for a certificate"))
def apply(
    do: Doing,
    kind: Annotated[Literal["enterprise", "personal"], Ask()],
    common_name: Annotated[Line, Ask(max=64)],
    mailbox: Annotated[Line, Ask(max=80, help=Text("证书编号和下载密码将发到这里", "Certificate number and download password are sent here"))],
    province: Annotated[Line, Ask(max=64)],
    city: Annotated[Line, Ask(max=64)],
    organization: Annotated[Line, Ask(max=64, help=FOR_ENTERPRISE)] = "",
    uscc: Annotated[Line, Ask(max=18, help=FOR_ENTERPRISE)] = "",
    unit: Annotated[Line, Ask(max=64)] = "",
    country: Annotated[Line, Ask(max=2)] = "CN",
) -> str:
    """Applies for a certificate; it is issued at once and announced by e-mail. Gives its number."""
    address = email.checked_mailbox(do, mailbox, "mailbox")
    _check_country(country, "country")
    code = ""
    if kind == "enterprise":
        for field, value in (("organization", organization), ("uscc", uscc)):
            if not value:
                raise ENTERPRISE_NEEDS(field)
        code = checked_uscc(uscc, "uscc")
        member = members.company(do, organization, code, address)
    else:
        member = members.person(do, common_name, address)
    return issue(do, kind, member, Subject(common_name, address, organization, unit, city, province, country, code))


def _check_country(country: str, field: str) -> None:
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise BAD_COUNTRY(field)


def _of_an_enterprise(look: Looking, given: dict[str, Any], field: str) -> None:
    value = str(given.get(field) or "").strip()
    if not value and given.get("kind") == "enterprise":
        raise ENTERPRISE_NEEDS(field)
    if value and field == "uscc":
        checked_uscc(value, field)


value_rule(_check_country, "ca.apply.country")
field_rule(_of_an_enterprise, "ca.apply.organization", "ca.apply.uscc")
field_rule(email.mailbox_rule, "ca.apply.mailbox")


@command("CA002", role=VISITOR, title=("验证证书下载", "Verify the download"))
def verify_download(do: Doing, certificate: Number, download_password: Annotated[Secret, Ask(purpose=PASSWORD)]) -> dict[str, str] | Declined:
    """Checks a certificate's number and download password and opens its download. Five wrong ones lock it until the next business day."""
    document = documents.find(do, CERTIFICATE, certificate, "certificate")
    if document.state in ("revoked", "expired"):
        raise _unusable(certificate, document.state, "certificate")
    account = do.one(
        "select a.*, c.common_name from access a join certificate c on c.number = a.name where a.realm = $realm and a.name = $number",
        realm=PASSWORD, number=certificate,
    )  # fmt: skip
    if declined := access.confirm(do, account, download_password, "download_password", WRONG_DOWNLOAD_PASSWORD):
        return declined
    if document.state == "issued":
        document.move_to("verified")
    do.sign_in(CERTIFICATE_HOLDER.name, certificate)
    return {"certificate": certificate, "common_name": account.common_name, "state": document.state}


@command("CA003", role=CERTIFICATE_HOLDER, title=("下载证书", "Download the certificate"))
def download(
    do: Doing,
    format: Annotated[
        Literal["p12", "pem"],
        Ask(
            help=Text(
                "PKCS#12 含私钥，由下载密码保护；PEM 只有证书和证书链",
                "PKCS#12 has the private key, protected by the download password; PEM has only certificate and chain",
            ),
            labels={
                "p12": Text("PKCS#12 文件", "PKCS#12"),
                "pem": Text("PEM 文件", "PEM"),
            },
        ),
    ] = "p12",
) -> dict[str, str]:
    """Downloads the certificate that was verified into the folder `certificates` beside the logbook; from then on it can be used.

    PKCS#12 holds key and chain and is protected by the download password; PEM holds certificate and chain.
    """
    number = do.actor
    document = documents.find(do, CERTIFICATE, number)
    if document.state in ("revoked", "expired"):
        raise _unusable(number, document.state, None)
    if document.state == "verified":
        document.move_to("downloaded")
    name = do.value("select common_name from certificate where number = $number", number=number)
    path = f"certificates/{number}.{format}"
    make = (lambda: pkcs12(do, number)) if format == "p12" else (lambda: pem_chain(do, number))
    do.deliver(path, make)
    return {"certificate": number, "common_name": name, "state": document.state, "files": path}


@command(role=VISITOR, title=("重新申领下载密码", "Request a new download password"))
def renew_password(do: Doing, certificate: Number, mailbox: Annotated[Line, Ask(max=80)]) -> str:
    """Sends a new download password to the mailbox of the certificate, which must be named; the old one is void."""
    documents.find(do, CERTIFICATE, certificate, "certificate")
    row = do.one("select mailbox, common_name, password_round from certificate where number = $number", number=certificate)
    if email.checked_address(mailbox, "mailbox") != row.mailbox:
        raise WRONG_MAILBOX("mailbox", number=certificate, mailbox=mailbox)
    fresh = _password(certificate, row.password_round + 1)
    do.execute("update certificate set password_round = password_round + 1 where number = $number", number=certificate)
    access.renew(do, PASSWORD, certificate, fresh.stored())
    _write_password(do, certificate, row.mailbox, row.common_name, fresh)
    return certificate


@command(role=CERTIFICATE_HOLDER, title=("吊销证书", "Revoke the certificate"))
def revoke(do: Doing, reason: Annotated[Literal["key_compromise", "affiliation_changed", "superseded", "cessation_of_operation"], Ask()]) -> str:
    """Revokes the certificate that was verified; from today on it is in the revocation list and cannot be used."""
    documents.find(do, CERTIFICATE, do.actor).move_to("revoked")
    do.execute("update certificate set revoked = $day, reason = $reason where number = $number", day=do.day, reason=reason, number=do.actor)
    do.sign_out(CERTIFICATE_HOLDER.name, do.actor)
    return do.actor


@query(role=VISITOR, title=("查询证书状态", "View a certificate's state"))
def look_up(do: Doing, certificate: Number) -> Table:
    """What the authority's public directory says of a certificate: holder, serial number, validity, state."""
    documents.find(do, CERTIFICATE, certificate, "certificate")
    return do.table(
        """select c.number, c.kind, c.common_name, c.organization, c.serial, c.not_before, c.not_after, d.state
           from certificate c join document d using (number) where c.number = $number""",
        number=certificate,
    )


@clock.daily
def _expire(do: Doing) -> None:
    for row in do.all(
        "select c.number from certificate c join document d using (number) where c.not_after < $day and d.state not in ('expired', 'revoked') order by 1",
        day=do.day,
    ):
        documents.find(do, CERTIFICATE, row.number).move_to("expired")


# --- files -------------------------------------------------------------------------------------------------------


def pem_chain(look: Looking, number: str) -> bytes:
    """Certificate, issuing and root certificate as PEM."""
    pem: str = look.value("select pem from certificate where number = $number", number=number)
    return pem.encode() + authority.authority(look.seed, look.scenario.start).chain_pem()


def pkcs12(look: Looking, number: str) -> bytes:
    """Key, certificate and chain as PKCS#12 (RFC 7292), protected by the download password that is valid now."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

    row = look.one("select pem, common_name from certificate where number = $number", number=number)
    ca = authority.authority(look.seed, look.scenario.start)
    password = download_password(look, number).plain(look.seed)
    made = x509.load_pem_x509_certificate(row.pem.encode())
    key = authority.certificate_key(look.seed, number)
    return serialize_key_and_certificates(number.encode(), key, made, [ca.issuing, ca.root], BestAvailableEncryption(password.encode()))


@invariant("certificates_chain", "每张证书都能验证到本实验环境的认证中心（CA）", "Every certificate chains to the CA", seeded=True)
def _chains(look: Looking) -> list[str]:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    ca = authority.authority(look.seed, look.scenario.start)
    found = []
    for row in look.all("select number, pem, serial from certificate order by number"):
        made = x509.load_pem_x509_certificate(row.pem.encode())
        try:
            made.verify_directly_issued_by(ca.issuing)
            ca.issuing.verify_directly_issued_by(ca.root)
        except (InvalidSignature, ValueError, TypeError):
            found.append(f"{row.number}: not signed by the issuing CA")
        if f"{made.serial_number:x}" != row.serial:
            found.append(f"{row.number}: the table says serial {row.serial}")
    return found


def _unusable(number: str, state: str, field: str | None) -> Exception:
    from ...kernel.terms import term

    return UNUSABLE(field, number=number, state=term(state), advice=ADVICE[state])


def _password(number: str, k: int) -> Issued:
    return Issued(f"certificate/{number.lower()}/{k}")


def _write_password(do: Doing, number: str, mailbox: str, name: str, password: Issued) -> None:
    email.letter(
        do, mailbox, f"数字证书 Certificate {number}",
        f"{name}，您好：\n\n您的数字证书已签发。\n    证书编号：{number}\n    下载密码：{email.told(password)}\n"
        "请到认证中心（CA）验证并下载，下载密码请勿告诉他人。\n\n"
        f"Your certificate has been issued.\n    Certificate number: {number}\n    Download password: {email.told(password)}\n"
        "Verify and download it at the certification authority (CA). Do not tell anybody the password.\n\n认证中心（CA） Certification authority (CA)\n",
        sender=f"ca@{email.SERVICE.partition('@')[2]}", sender_name="认证中心 Certification authority",
    )  # fmt: skip


def _pem(made: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return str(made.public_bytes(Encoding.PEM).decode())
