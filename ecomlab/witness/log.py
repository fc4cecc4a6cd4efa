"""The witness's log: every entry that it was shown, in the order and at the time in which it came. Nothing in it is ever changed."""

from __future__ import annotations

import datetime
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ..kernel.logbook import MAX_ENTRIES
from ..kernel.refusals import refusal
from .receipts import Receipt, Signer

#: Hashes in one message; a kernel that was long away sends several.
AT_ONCE = 2_000
#: Entries of one student, forks included: more is no work of a hand.
MOST = 5 * MAX_ENTRIES
_HASH = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[0-9a-zA-Z_-]{1,64}")

_TABLES = """
create table if not exists entry (
  user text not null, world text not null, n integer not null, prev text not null, hash text not null,
  received text not null, kernel text not null,
  primary key (user, world, hash)
) strict;
create table if not exists receipt (
  user text not null, world text not null, n integer not null, hash text not null, received text not null, key text not null, signature text not null
) strict;
create trigger if not exists entry_stays before update on entry begin select raise(abort, 'a witness changes nothing'); end;
create trigger if not exists entry_is_kept before delete on entry begin select raise(abort, 'a witness forgets nothing'); end;
create trigger if not exists receipt_stays before update on receipt begin select raise(abort, 'a witness changes nothing'); end;
create trigger if not exists receipt_is_kept before delete on receipt begin select raise(abort, 'a witness forgets nothing'); end;
"""

MALFORMED = refusal(
    "malformed_message", "消息的格式不对：{what}。请升级 ecomlab 后重试。", "The message is malformed: {what}. Upgrade ecomlab, then try again."
)
OTHER_STUDENT = refusal(
    "not_your_logbook",
    "这份日志属于“{theirs}”，而你登录为“{ours}”。请用本人的账号登录。",
    "This logbook belongs to {theirs}, but you are signed in as {ours}. Sign in with your own account.",
)
TOO_MANY = refusal(
    "too_many_entries",
    "你的条目已超过 {most} 条，见证服务不再接收。请告诉老师。",
    "Your entries are more than {most}, and the witness takes no more. Tell your teacher.",
)


class Unknown(Exception):
    """The entry before the first one sent is not held; `n` is the last entry that is. Send again from there on."""

    def __init__(self, n: int):
        self.n = n
        super().__init__(n)


@dataclass(frozen=True)
class Message:
    """What a kernel sends: the hashes of entries `n`, `n + 1`, …, the first of which follows the line with the hash `prev`.

    student: whose the logbook says it is; world: the hash of its header; kernel: a name that the sending process gave itself.
    """

    student: str
    world: str
    kernel: str
    n: int
    prev: str
    hashes: tuple[str, ...]

    @classmethod
    def read(cls, given: Any) -> Message:
        """The message of JSON types. Raises the refusal 'malformed_message' that names what is wrong with it."""
        if not isinstance(given, dict) or set(given) != set(cls.__dataclass_fields__):
            raise MALFORMED(what=", ".join(cls.__dataclass_fields__))
        if not isinstance(given["student"], str) or not 0 < len(given["student"]) <= 200:
            raise MALFORMED("student", what="student")
        if not isinstance(given["kernel"], str) or not _NAME.fullmatch(given["kernel"]):
            raise MALFORMED("kernel", what="kernel")
        if type(given["n"]) is not int or not 1 <= given["n"] <= MAX_ENTRIES:
            raise MALFORMED("n", what="n")
        hashes = given["hashes"]
        if not isinstance(hashes, list) or not 0 < len(hashes) <= AT_ONCE:
            raise MALFORMED("hashes", what=f"hashes: 1 - {AT_ONCE}")
        for value in (given["world"], given["prev"], *hashes):
            if not isinstance(value, str) or not _HASH.fullmatch(value):
                raise MALFORMED("hashes", what="world, prev, hashes")
        return cls(**{**given, "hashes": tuple(hashes)})


class Witnessed(NamedTuple):
    """An entry as it was witnessed: when it came (UTC) and from which kernel."""

    n: int
    hash: str
    received: datetime.datetime
    kernel: str


class Log:
    """The log in a file. One process writes it (the service); others may read it at the same time."""

    def __init__(self, path: Path, signer: Signer | None = None, now: Callable[[], datetime.datetime] | None = None):
        """signer: whose receipts `accept` gives; a reader needs none. now: the clock (default: the machine's, UTC)."""
        self._signer = signer
        self._now = now or (lambda: datetime.datetime.now(datetime.UTC))
        self._lock = threading.Lock()
        reading = signer is None
        self._base = sqlite3.connect(f"{path.absolute().as_uri()}?mode={'ro' if reading else 'rwc'}", uri=True, check_same_thread=False, isolation_level=None)
        if not reading:
            path.chmod(0o600)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            self._base.executescript(_TABLES)

    def accept(self, user: str, message: Message) -> Receipt:
        """Takes the entries of a message, each as the next of one that is held, and signs for the last of them.

        What is held already is held once: sending again does no harm and moves no time. An entry that follows one which already has another
        successor is a fork: it is taken as well, and both stand in the log (`forks`). Raises `Unknown` if what comes before is not held, and a
        Refusal for another student's logbook.
        """
        if self._signer is None:
            raise TypeError("this log was opened to be read")
        if message.student != user:
            raise OTHER_STUDENT("student", theirs=message.student, ours=user)
        received = self._now().isoformat(timespec="milliseconds")
        chain = list(zip(range(message.n, message.n + AT_ONCE), (message.prev, *message.hashes), message.hashes, strict=False))
        n, _, last = chain[-1]
        receipt = self._signer.sign(Receipt(user, message.world, n, last, received, self._signer.key))
        with self._lock:
            self._base.execute("begin immediate")
            try:
                if self._base.execute("select count(*) from entry where user = ?", (user,)).fetchone()[0] + len(chain) > MOST:
                    raise TOO_MANY(most=MOST)
                if message.n == 1 and message.prev != message.world or message.n > 1 and not self._holds(user, message.world, message.n - 1, message.prev):
                    raise Unknown(self._last(user, message.world))
                self._base.executemany(
                    "insert or ignore into entry values (?, ?, ?, ?, ?, ?, ?)",
                    [(user, message.world, n, prev, hashed, received, message.kernel) for n, prev, hashed in chain],
                )
                self._base.execute("insert into receipt values (?, ?, ?, ?, ?, ?, ?)", (user, message.world, n, last, received, receipt.key, receipt.signature))
                self._base.execute("commit")
            except BaseException:
                self._base.execute("rollback")
                raise
        return receipt

    def _holds(self, user: str, world: str, n: int, hashed: str) -> bool:
        return bool(self._base.execute("select 1 from entry where user = ? and world = ? and hash = ? and n = ?", (user, world, hashed, n)).fetchone())

    def _last(self, user: str, world: str) -> int:
        return int(self._base.execute("select coalesce(max(n), 0) from entry where user = ? and world = ?", (user, world)).fetchone()[0])

    # --- reading ---

    def witnessed(self, user: str, world: str, hashes: Sequence[str]) -> list[Witnessed]:
        """Of the entries with those hashes (from entry 1 on, in order) those that were witnessed: always the first so many."""
        held = {
            hashed: Witnessed(n, hashed, datetime.datetime.fromisoformat(received), kernel)
            for n, hashed, received, kernel in self._base.execute("select n, hash, received, kernel from entry where user = ? and world = ?", (user, world))
        }
        return list(_while_held(held, hashes))

    def forks(self, user: str, world: str) -> list[int]:
        """The numbers of the entries of which there are two or more."""
        sql = "select n from entry where user = ? and world = ? group by n, prev having count(*) > 1 order by n"
        return [n for (n,) in self._base.execute(sql, (user, world))]

    def receipts(self, user: str | None = None) -> Iterator[Receipt]:
        """Every receipt that was given, in order; of one user or of all."""
        sql = "select user, world, n, hash, received, key, signature from receipt where ? is null or user = ? order by rowid"
        return (Receipt(*row) for row in self._base.execute(sql, (user, user)))

    def close(self) -> None:
        self._base.close()


def _while_held(held: dict[str, Witnessed], hashes: Sequence[str]) -> Iterator[Witnessed]:
    for n, hashed in enumerate(hashes, start=1):
        if hashed not in held or held[hashed].n != n:
            return
        yield held[hashed]
