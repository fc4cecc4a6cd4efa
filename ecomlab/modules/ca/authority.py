"""The authority: root and issuing CA, certificates and revocation list in the profile of RFC 5280.

Keys are P-256 and derive from the seed; signatures are deterministic ECDSA with SHA-256 (RFC 6979), so the same
world has the same bytes everywhere. They are rehearsal keys: whoever knows the seed can make them.
"""

from __future__ import annotations

import datetime
import functools
import warnings
from typing import TYPE_CHECKING, NamedTuple

from ...kernel.secrets import derive

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import ObjectIdentifier

    from ...kernel.doing import Looking

HOST = "http://ca.ecomlab.test"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-5, D.1.2.3)


class Authority(NamedTuple):
    """A world's root and issuing CA."""

    root: x509.Certificate
    root_key: EllipticCurvePrivateKey
    issuing: x509.Certificate
    issuing_key: EllipticCurvePrivateKey

    def chain_pem(self) -> bytes:
        """Issuing and root certificate, in that order, as PEM."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.issuing.public_bytes(Encoding.PEM) + self.root.public_bytes(Encoding.PEM)


def key(seed: str, label: str) -> EllipticCurvePrivateKey:
    """The P-256 key of that label: 48 derived bytes reduced modulo n-1, plus 1 (FIPS 186-5, A.2.1)."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(derive(seed, f"key:{label}", 48), "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def certificate_key(seed: str, number: str) -> EllipticCurvePrivateKey:
    """The private key that belongs to a certificate of this world."""
    return key(seed, f"certificate/{number}")


@functools.lru_cache(maxsize=32)
def authority(seed: str, start: datetime.date) -> Authority:
    """The CA of the world with this seed that began on this day. Root 20 years, issuing CA 10."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    mark = derive(seed, "ca", 4).hex().upper()

    def name(role: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ecomlab rehearsal CA"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"ecomlab {role} {mark}"),
            ]
        )

    root_key, issuing_key = key(seed, "ca/root"), key(seed, "ca/issuing")
    signing = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    root = (
        _builder(name("Root CA"), name("Root CA"), root_key.public_key(), derive(seed, "serial:root", 16), start, 20 * 365)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(signing, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, _sha256(), ecdsa_deterministic=True)
    )
    issuing = (
        _builder(name("Issuing CA"), root.subject, issuing_key.public_key(), derive(seed, "serial:issuing", 16), start, 10 * 365)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signing, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(issuing_key.public_key()), critical=False)
        .add_extension(_authority_key(root), critical=False)
        .add_extension(_points("root.crl"), critical=False)
        .sign(root_key, _sha256(), ecdsa_deterministic=True)
    )
    return Authority(root, root_key, issuing, issuing_key)


#: Characters that a name of a subject may have: the least of the upper bounds of RFC 5280, appendix A.1 (ub-common-name and others).
MAX_NAME = 64


class Subject(NamedTuple):
    """The subject of a certificate as RFC 5280 and ETSI EN 319 412-1 write it. Empty values are left out, none is longer than `MAX_NAME`."""

    common_name: str
    mailbox: str
    organization: str = ""
    unit: str = ""
    city: str = ""
    province: str = ""
    country: str = "CN"
    uscc: str = ""


def make_certificate(look: Looking, number: str, holder: Subject, first: datetime.date, days: int) -> x509.Certificate:
    """An end-entity certificate for signing and for logging in, valid from the start of `first` for so many days.

    Raises ValueError for a name of the subject that is too long; whoever asks for a certificate bounds its fields.
    """
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    ca = authority(look.seed, look.scenario.start)
    attributes = [
        (NameOID.COUNTRY_NAME, holder.country),
        (NameOID.STATE_OR_PROVINCE_NAME, holder.province),
        (NameOID.LOCALITY_NAME, holder.city),
        (NameOID.ORGANIZATION_NAME, holder.organization),
        (NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{holder.uscc}" if holder.uscc else ""),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, holder.unit),
        (NameOID.COMMON_NAME, holder.common_name),
        (NameOID.SERIAL_NUMBER, number),
    ]
    public = certificate_key(look.seed, number).public_key()
    subject = x509.Name([_named(oid, value) for oid, value in attributes if value])
    return (
        _builder(subject, ca.issuing.subject, public, look.derive(f"serial:{number}", 16), first, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(_authority_key(ca.issuing), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(holder.mailbox)]), critical=False)
        .add_extension(_points("issuing.crl"), critical=False)
        .add_extension(
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(f"{HOST}/issuing.cer"))]
            ),
            critical=False,
        )
        .sign(ca.issuing_key, _sha256(), ecdsa_deterministic=True)
    )


def crl_pem(look: Looking) -> bytes:
    """The revocation lists of root and issuing CA as of the business day, as PEM; the next are due in 7 days."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    ca = authority(look.seed, look.scenario.start)
    number = (look.day - look.scenario.start).days + 1
    found = b""
    for issuer, issuer_key in ((ca.issuing, ca.issuing_key), (ca.root, ca.root_key)):
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.subject)
            .last_update(_midnight(look.day))
            .next_update(_midnight(look.day + datetime.timedelta(days=7)))
            .add_extension(_authority_key(issuer), critical=False)
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        if issuer is ca.issuing:
            for row in look.all("select serial, revoked, reason from certificate where revoked is not null order by number"):
                words = row.reason.split("_")
                reason = x509.ReasonFlags(words[0] + "".join(w.title() for w in words[1:]))
                builder = builder.add_revoked_certificate(
                    x509.RevokedCertificateBuilder()
                    .serial_number(int(row.serial, 16))
                    .revocation_date(_midnight(row.revoked))
                    .add_extension(x509.CRLReason(reason), critical=False)
                    .build()
                )
        found += builder.sign(issuer_key, _sha256(), ecdsa_deterministic=True).public_bytes(Encoding.PEM)
    return found


def _named(oid: ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    """An attribute of a subject. The bounds of X.520 count characters; the library counts bytes, of which a Chinese one has three, so its check is off."""
    from cryptography import x509

    if len(value) > MAX_NAME:
        raise ValueError(f"{len(value)} characters, at most {MAX_NAME}: {value}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return x509.NameAttribute(oid, value, _validate=False)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: object, serial: bytes, first: datetime.date, days: int
) -> x509.CertificateBuilder:  # fmt: skip
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)  # type: ignore[arg-type]
        # positive and below 20 octets (RFC 5280, 4.1.2.2)
        .serial_number(int.from_bytes(serial, "big") | 1 << 120)
        .not_valid_before(_midnight(first))
        .not_valid_after(_midnight(first + datetime.timedelta(days=days)) - datetime.timedelta(seconds=1))
    )


def _midnight(day: datetime.date) -> datetime.datetime:
    """The start of a business day, which is in UTC+8, as UTC."""
    return datetime.datetime.combine(day, datetime.time()) - datetime.timedelta(hours=8)


def _sha256() -> SHA256:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()


def _authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    from cryptography import x509

    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value)


def _points(file: str) -> x509.CRLDistributionPoints:
    from cryptography import x509

    return x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier(f"{HOST}/{file}")], None, None, None)])
