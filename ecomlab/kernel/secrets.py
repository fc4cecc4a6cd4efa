"""Secrets: what a person types is a salted scrypt digest before any command sees it.

The salt follows from the world's seed and the secret's purpose, so the edge can digest without looking anything
up and a replay compares digests only. Secrets that the laboratory itself issues (the download password of a
certificate, the rehearsal passwords of a scenario) follow from the seed by a label; they are kept as that label
and never as text, and are digested only when somebody types one in.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
from dataclasses import dataclass

#: log2 of scrypt's N, with r=8 and p=1 (RFC 7914): 16 MiB and 30 to 75 ms a digest.
COST = 14
DIGEST = re.compile(r"scrypt:[0-9a-f]{64}|issued:[a-z0-9._:/@-]{1,120}")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
_DIGITS = "23456789"


def derive(seed: str, label: str, length: int = 32) -> bytes:
    """`length` bytes (at most 64) that follow from the world's seed and a label: HMAC-SHA-512."""
    return hmac.new(bytes.fromhex(seed), label.encode(), "sha512").digest()[:length]


@dataclass(frozen=True)
class Issued:
    """A secret issued by the laboratory itself, named by its label."""

    label: str

    def plain(self, seed: str) -> str:
        """What the owner is told: six digits for a label `pin/...`, else twelve letters and digits in three groups.

        It always passes the rules for new secrets. The twelve are about 60 bits; look-alike characters are left out.
        """
        if self.label.startswith("pin/"):
            digits = [derive(seed, f"issued:{self.label}", 8)[i] % 10 for i in range(6)]
            digits[1] = (digits[0] + 5) % 10  # neither all the same nor in sequence
            return "".join(map(str, digits))
        raw = derive(seed, f"issued:{self.label}", 24)
        alphabets = (_LETTERS, _LETTERS + _DIGITS, _LETTERS + _DIGITS, _DIGITS)
        chosen = [alphabets[i % 4][int.from_bytes(raw[2 * i : 2 * i + 2], "big") % len(alphabets[i % 4])] for i in range(12)]
        return "-".join("".join(chosen[i : i + 4]) for i in (0, 4, 8))

    def stored(self) -> str:
        return f"issued:{self.label}"


def digest_secret(seed: str, purpose: str, text: str) -> str:
    """The digest that stands for `text` in logbook and tables: `scrypt:` and 64 hex digits."""
    salt = derive(seed, f"salt:{purpose}", 16)
    return "scrypt:" + hashlib.scrypt(text.encode("utf-8", "surrogatepass"), salt=salt, n=2**COST, r=8, p=1, dklen=32).hex()


@functools.lru_cache(maxsize=4096)
def _digest_issued(seed: str, purpose: str, label: str) -> str:
    """Digested once, so that a replay of many sign-ins does not pay for each."""
    return digest_secret(seed, purpose, Issued(label).plain(seed))


def same_secret(seed: str, purpose: str, stored: str, given: str) -> bool:
    """Whether `given` (a digest from the edge) is the secret behind `stored`. Takes the same time either way."""
    if stored.startswith("issued:") and given.startswith("scrypt:"):
        stored = _digest_issued(seed, purpose, stored.removeprefix("issued:"))
    return hmac.compare_digest(stored.encode(), given.encode())
