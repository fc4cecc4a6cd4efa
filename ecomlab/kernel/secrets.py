"""Secrets: what a person types is a digest before any command sees it.

A password becomes a salted scrypt digest. The salt follows from the world's seed and the secret's purpose, so the edge
can digest without looking anything up and a replay compares digests only. A PIN has too few digits for that: whoever has
the logbook has the salt, and tries a million in a night. So of a PIN its remainder by 997 is kept, and no more: a thousand
PINs share each remainder, and nothing, with whatever patience, tells which of them was typed. A slip is refused all the
same, since one wrong digit, or two that changed places, always gives another remainder; of other wrong PINs one in 997 passes.
The remainder has no salt on purpose: it says the same of a PIN in every world, so many worlds say no more than one.

Secrets that the laboratory itself issues (the download password of a certificate, the rehearsal passwords of a
scenario) follow from the seed by a label; they are kept as that label and never as text, and are digested only when
somebody types one in. Their digest is an HMAC, for a slow one would hide nothing: whoever has the logbook has the seed, from which they
follow. That something is typed which looks like one says its shape, which no password has that a person thinks up, and which has 60 bits.
The label itself opens nothing, but in a prologue (docs/modules.md).
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import random
import re
from dataclasses import dataclass

#: log2 of scrypt's N, with r=8 and p=1 (RFC 7914): 16 MiB and 30 to 75 ms a digest.
COST = 14
#: The prime by which a PIN is kept. It divides neither a digit's difference nor that of two places, times any power of ten.
PIN_MODULUS = 997
DIGEST = re.compile(r"(?:scrypt|hmac):[0-9a-f]{64}|pin:[0-9]{3}")
#: Labels of what the cast signs in with. It is nobody's to type: no digest is ever taken for it.
CAST = "cast/"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
_DIGITS = "23456789"
#: What stands at each place of a group, and how a whole one looks.
_GROUP = (_LETTERS, _LETTERS + _DIGITS, _LETTERS + _DIGITS, _DIGITS)
_ISSUED = re.compile("-".join(["".join(f"[{alphabet}]" for alphabet in _GROUP)] * 3))


def derive(seed: str, label: str, length: int = 32) -> bytes:
    """`length` bytes (at most 64) that follow from the world's seed and a label: HMAC-SHA-512."""
    return hmac.digest(bytes.fromhex(seed), label.encode(), "sha512")[:length]


def stream(seed: str, label: str) -> random.Random:
    """A random stream that follows from the world's seed and a label, the same in every process and on every Python."""
    return random.Random(int.from_bytes(derive(seed, f"stream:{label}"), "big"))


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
        chosen = [_GROUP[i % 4][int.from_bytes(raw[2 * i : 2 * i + 2], "big") % len(_GROUP[i % 4])] for i in range(12)]
        return "-".join("".join(chosen[i : i + 4]) for i in (0, 4, 8))

    def stored(self) -> str:
        return f"issued:{self.label}"


def is_pin(purpose: str) -> bool:
    """Whether secrets of this purpose are PINs: six digits, of which only the remainder is kept."""
    return purpose.endswith(".pin")


def digest_secret(seed: str, purpose: str, text: str) -> str:
    """What stands for `text` in logbook and tables: `scrypt:` and 64 hex digits, of a PIN `pin:` and its remainder, of what looks like a secret
    that the laboratory issues `hmac:` and 64 hex digits."""
    if is_pin(purpose):
        return f"pin:{int(text) % PIN_MODULUS:03d}"
    return f"hmac:{derive(seed, f'typed:{purpose}:{text}').hex()}" if _ISSUED.fullmatch(text) else _scrypt(seed, purpose, text)


def _scrypt(seed: str, purpose: str, text: str) -> str:
    salt = derive(seed, f"salt:{purpose}", 16)
    return "scrypt:" + hashlib.scrypt(text.encode("utf-8", "surrogatepass"), salt=salt, n=2**COST, r=8, p=1, dklen=32).hex()


@functools.lru_cache(maxsize=4096)
def _digest_issued(seed: str, purpose: str, label: str, slowly: bool) -> str:
    """Digested once, so that a replay of many sign-ins does not pay for each. slowly: as logbooks of before 1.0 have all of them."""
    return (_scrypt if slowly else digest_secret)(seed, purpose, Issued(label).plain(seed))


def same_secret(seed: str, purpose: str, stored: str, given: str) -> bool:
    """Whether `given` (a digest from the edge, or in a prologue a label) is the secret behind `stored`. Takes the same time either way."""
    issued, label = stored.startswith("issued:"), stored.removeprefix("issued:")
    if issued and not label.startswith(CAST) and DIGEST.fullmatch(given):
        stored = _digest_issued(seed, purpose, label, given.startswith("scrypt:"))
    return hmac.compare_digest(stored.encode(), given.encode())
