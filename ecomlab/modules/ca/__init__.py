"""The certification authority: applying for a certificate, its letter, download, revocation.

Every world has an authority of its own: a root and an issuing CA whose keys follow from the seed. Certificates are
real X.509 v3 in the profile of RFC 5280, so openssl verifies them; but because whoever knows the seed can make every
key, they are **rehearsal keys**, good for the laboratory and for nothing else.

An applicant fills in the form; number and download password come by e-mail (they come the same way when the bank or
a marketplace applies for a member). With both, the download is verified and the certificate fetched as PEM or
PKCS#12. From then on it is installed and other modules accept it (`demand`), until it is revoked or expires.

Roles: the visitor who applies and verifies, and `certificate_holder`, who downloads and revokes.
"""

from . import certificates, checks, prologue  # noqa: F401
from .authority import Subject, authority, certificate_key, crl_pem
from .certificates import CERTIFICATE, checked_uscc, demand, download_password, installed, issue

__all__ = ["CERTIFICATE", "Subject", "authority", "certificate_key", "checked_uscc", "crl_pem", "demand", "download_password", "installed", "issue"]
