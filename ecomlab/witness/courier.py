"""The courier: brings the hash of each new entry from a kernel to the witness, in a thread of its own, never in anybody's way.

What could not be brought waits in the logbook itself and is brought later; the witness's time then shows that it came late.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from ..kernel.foreign import from_json
from ..kernel.refusals import Refusal
from .chain import Chain, chain_of
from .log import AT_ONCE
from .receipts import Receipt

RECEIPTS = "receipts.jsonl"
#: Seconds: to gather entries before a journey, to wait for an answer, and at most between two tries.
GATHER, PATIENCE, LONGEST = 0.5, 5.0, 60.0
#: Bytes read of an answer: a receipt takes about 500.
LARGEST = 100_000


class Courier:
    """Follows the logbook in a folder; `refresh` says that it may have grown (a desk's watcher), `close` makes a last journey."""

    def __init__(self, logbook: Path, url: str, token: str, kernel: str | None = None):
        """url: where the witness answers, without `/append`; token: who sends (the hub's, or one that the teacher gave out)."""
        self._logbook, self._url, self._token = logbook, url.rstrip("/"), token
        self._kernel = kernel or secrets.token_hex(8)
        self._world = ""
        #: the last entry for which there is a receipt, and its hash
        self.n, self._hash = 0, ""
        #: why the last journey brought nothing: a code of the witness's, or the name of an error; "" when all is well
        self.trouble = ""
        self._news, self._over = threading.Event(), threading.Event()
        self._news.set()
        self._thread = threading.Thread(target=self._travel, name="ecomlab witness", daemon=True)
        self._thread.start()

    def refresh(self) -> None:
        """The logbook may have grown."""
        self._news.set()

    def close(self, seconds: float = 2.0) -> None:
        """Makes a last journey if something is still to be brought, for so many seconds at most, and ends."""
        self._over.set()
        self._news.set()
        self._thread.join(seconds)

    def _travel(self) -> None:
        pause = 0.0
        while not self._over.is_set():
            self._news.wait(pause or None)
            self._over.wait(GATHER)
            self._news.clear()
            with contextlib.suppress(OSError, Refusal):  # a logbook that is not there, or damaged, is not the courier's to mend
                self.bring()
            pause = min(LONGEST, max(1.0, 2 * pause)) if self.trouble else 0.0
            if pause:
                self._over.wait(pause)

    def bring(self) -> int:
        """Brings what the witness does not have yet; how many entries it has then."""
        chain = chain_of(self._logbook)
        if chain.world != self._world or self.n > len(chain.hashes) or self.n and chain.hashes[self.n - 1] != self._hash:
            # the last receipted entry is brought again: so a witness that has lost its log is told everything
            self._world, self.n = chain.world, max(0, self._receipted(chain) - 1)
            self._hash = chain.hashes[self.n - 1] if self.n else ""
        while self.n < len(chain.hashes):
            first = self.n + 1
            status, answer = self._ask(self._message(chain, first))
            if status == 409 and isinstance(answer.get("n"), int) and 0 <= answer["n"] < self.n:
                self.n = answer["n"]  # it knows less than our receipts say: a witness with a new log
                self._hash = chain.hashes[self.n - 1] if self.n else ""
                continue
            if status != 200:
                self.trouble = str(answer.get("code", status))
                break
            receipt = _receipt(answer)
            last = min(self.n + AT_ONCE, len(chain.hashes))
            if receipt is None or (receipt.world, receipt.n, receipt.hash) != (chain.world, last, chain.hashes[last - 1]):
                self.trouble = "no_receipt"  # something else answers at that address
                break
            self._keep(receipt)
            self.trouble = ""
            self.n, self._hash = receipt.n, receipt.hash
        return self.n

    def _message(self, chain: Chain, first: int) -> dict[str, Any]:
        prev = chain.hashes[first - 2] if first > 1 else chain.world
        hashes = chain.hashes[first - 1 : first - 1 + AT_ONCE]
        return {"student": chain.header.student, "world": chain.world, "kernel": self._kernel, "n": first, "prev": prev, "hashes": hashes}

    def _ask(self, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            f"{self._url}/append", json.dumps(message).encode(), {"Authorization": f"token {self._token}", "Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                said = from_json(answer.read(LARGEST))
                return answer.status, said if isinstance(said, dict) else {}
        except urllib.error.HTTPError as error:
            with contextlib.suppress(ValueError):
                said = from_json(error.read(LARGEST))
                if isinstance(said, dict):
                    return error.code, said
            return error.code, {}
        except (OSError, ValueError) as error:
            return 0, {"code": type(error).__name__}

    def _keep(self, receipt: Receipt) -> None:
        with contextlib.suppress(OSError):  # the witness has it too
            handle = os.open(self._logbook.with_name(RECEIPTS), os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as f:
                f.write(receipt.line() + "\n")

    def _receipted(self, chain: Chain) -> int:
        """The last entry of this logbook for which a receipt lies beside it, or 0."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            for line in reversed(self._logbook.with_name(RECEIPTS).read_text("utf-8").splitlines()):
                with contextlib.suppress(ValueError):
                    receipt = Receipt.read(line)
                    if receipt.world == chain.world and 0 < receipt.n <= len(chain.hashes) and chain.hashes[receipt.n - 1] == receipt.hash:
                        return receipt.n
        return 0


def _receipt(answer: dict[str, Any]) -> Receipt | None:
    """The receipt in an answer; None where it is something else's, such as a proxy's."""
    try:
        return Receipt.read(json.dumps(answer))
    except ValueError:
        return None


def courier_for(logbook: Path) -> Courier | None:
    """A courier to the witness that the environment names: `ECOMLAB_WITNESS` its address, `ECOMLAB_WITNESS_TOKEN` (on a hub
    `JUPYTERHUB_API_TOKEN`) who is sending; None where there is none."""
    url = os.environ.get("ECOMLAB_WITNESS", "")
    token = os.environ.get("ECOMLAB_WITNESS_TOKEN") or os.environ.get("JUPYTERHUB_API_TOKEN", "")
    return Courier(logbook, url, token) if url.startswith(("http://", "https://")) and token else None
