"""Electronic signatures over a contract's text: CMS SignedData, detached (RFC 5652), ECDSA with SHA-256 (RFC 5753, 5754).

A signature holds the signed attributes content type, message digest and signing time (RFC 5652, 11), and the signing
certificate (RFC 5035), so nobody can put another certificate under it. The time is the world's business time and the
signature deterministic (RFC 6979), so a replay gives the same bytes; that is why it is assembled here from asn1crypto's
structures and not by a library that takes the time of the machine.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from typing import Any

from ...kernel.doing import ZONE, Looking
from .. import ca


def _cms() -> Any:
    """asn1crypto's CMS. The attribute of RFC 5035 is added to its table by `tsp`, which must be there before the table is first used."""
    from asn1crypto import cms, tsp  # noqa: F401

    return cms


def sign(look: Looking, certificate: str, pem: str, text: str, moment: datetime.datetime) -> bytes:
    """The SignerInfo (DER) of a certificate's holder over a text. moment: the business time, without zone."""
    from asn1crypto import algos, core, tsp
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    cms, shown = _cms(), _certificate(pem)
    shown_as = _encoded(tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(shown.dump()).digest()}]}))
    signed_at = cms.Time({"utc_time": core.UTCTime(moment.replace(tzinfo=ZONE).astimezone(datetime.UTC))})
    attributes = cms.CMSAttributes(
        [
            _encoded(cms.CMSAttribute({"type": kind, "values": [value]}))
            for kind, value in (
                ("content_type", "data"),
                ("signing_time", signed_at),
                ("message_digest", hashlib.sha256(text.encode()).digest()),
                ("signing_certificate_v2", shown_as),
            )
        ]
    )
    key = ca.certificate_key(look.seed, certificate)
    signature = key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    made = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", {"issuer": shown.issuer, "serial_number": shown.serial_number}),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
    )
    return bytes(made.dump())


def _encoded(value: Any) -> Any:
    """The same, read from its encoding: what asn1crypto has made itself it encodes anew, within and within, whenever it is asked of what it stands in."""
    return type(value).load(value.dump())


def assemble(look: Looking, signatures: Sequence[tuple[str, bytes]]) -> bytes:
    """One detached SignedData (DER) of all (PEM of the certificate, SignerInfo), with the certificates up to the issuing CA's."""
    cms = _cms()
    issuing = ca.authority(look.seed, look.scenario.start).chain_pem().decode()
    chain = {c.dump(): c for c in [*(_certificate(pem) for pem, _ in signatures), _certificate(issuing)]}
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", c) for c in chain.values()],
            "signer_infos": [cms.SignerInfo.load(info) for _, info in signatures],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def verifies(pem: str, text: str, signer_info: bytes) -> bool:
    """Whether a SignerInfo is that certificate's signature over exactly this text."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    info: Any = _cms().SignerInfo.load(signer_info)
    attributes = {a["type"].native: a["values"][0].native for a in info["signed_attrs"]}
    if attributes["message_digest"] != hashlib.sha256(text.encode()).digest():
        return False
    public = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    try:
        public.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _certificate(pem: str) -> Any:
    """The first certificate of a PEM text."""
    from asn1crypto import pem as armor
    from asn1crypto import x509

    _, _, der = armor.unarmor(pem.encode())
    return x509.Certificate.load(der)
