"""Receipts: what a witness has signed. Ed25519 (RFC 8032) over the receipt's canonical JSON."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ..kernel.canonical import canonical
from ..kernel.foreign import from_json


@dataclass(frozen=True)
class Receipt:
    """That this witness held entry `n` of a user's world at `received` (UTC, ISO 8601).

    world: the hash of the logbook's header; hash: that of the entry's line, which stands for every entry before it too, since each line names
    the hash of the one above; key: which key signed; signature: 128 hex digits.
    """

    user: str
    world: str
    n: int
    hash: str
    received: str
    key: str
    signature: str = ""

    def signed(self) -> bytes:
        """What the signature is over."""
        return canonical({k: v for k, v in asdict(self).items() if k != "signature"}).encode()

    def line(self) -> str:
        return canonical(asdict(self))

    @classmethod
    def read(cls, line: str) -> Receipt:
        """The receipt of a line. Raises ValueError if it is none."""
        read: Any = from_json(line)
        if not isinstance(read, dict) or set(read) != set(cls.__dataclass_fields__) or type(read["n"]) is not int:
            raise ValueError("not a receipt")
        if not all(isinstance(v, str) for k, v in read.items() if k != "n"):
            raise ValueError("not a receipt")
        return cls(**read)


class Signer:
    """The witness's own key, which stays in its folder (0600) and in no environment of a student."""

    def __init__(self, private: Ed25519PrivateKey):
        self._private = private
        self.public = private.public_key()
        self.key = name_of(self.public)

    @classmethod
    def kept_in(cls, folder: Path) -> Signer:
        """The key of that folder, made on first use; its public half lies beside it for teachers and students."""
        path = folder / "witness.key"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )  # fmt: skip
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as f:
                f.write(pem)
        private = serialization.load_pem_private_key(path.read_bytes(), None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{path} holds no Ed25519 key")
        signer = cls(private)
        (folder / "witness.pub").write_bytes(signer.pem())
        return signer

    def pem(self) -> bytes:
        """The public key, as others verify with it."""
        return self.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, receipt: Receipt) -> Receipt:
        return Receipt(**{**asdict(receipt), "signature": self._private.sign(receipt.signed()).hex()})


def name_of(public: Ed25519PublicKey) -> str:
    """A short name of a public key: the first 16 hex digits of its SHA-256."""
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def public_key(path: Path) -> Ed25519PublicKey:
    """The public key in a PEM file. Raises ValueError if there is none."""
    try:
        found = serialization.load_pem_public_key(path.read_bytes())
    except UnsupportedAlgorithm:  # a key of a kind that the library does not know
        raise ValueError("no Ed25519 key") from None
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError("no Ed25519 key")
    return found


def genuine(receipt: Receipt, public: Ed25519PublicKey) -> bool:
    """Whether that key has signed exactly this."""
    try:
        public.verify(bytes.fromhex(receipt.signature), receipt.signed())
    except (InvalidSignature, ValueError):
        return False
    return True
