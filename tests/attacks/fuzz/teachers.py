"""A teacher's files, and what the witness is sent and gives."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519

from ecomlab.grading import due, roster
from ecomlab.grading.batch import grade_submission
from ecomlab.grading.graded import Submission
from ecomlab.grading.record import Record, kept
from ecomlab.grading.settings import Settings
from ecomlab.kernel.foreign import from_json
from ecomlab.modules.study import own
from ecomlab.witness import service
from ecomlab.witness.log import Log, Message, Unknown
from ecomlab.witness.receipts import Receipt, Signer, name_of, public_key

from .files import laid, place
from .harness import Unclear
from .logbooks import logbooks
from .mutate import line

SETTINGS = b"""witnessed = 0.9
roster = "students.csv"
record = "grades.db"
[due]
ebank = 2027-03-12T23:59:00+08:00
[late]
grace_minutes = 15
percent_a_day = 10
at_most = 50
[extra_days]
20230014 = 2
20230021 = { ebank = 7 }
"""
#: Words that TOML takes.
TOML = [b"[due]", b"[late]", b"= ", b"inf", b"nan", b"07:32:00", b"1979-05-27", b"''", b'"""', b"a.b.c = 1"]
ROSTER = '学号,姓名,班级,邮箱\n20230014,王小明,一班,wang@x.test\n20230015,"李, 华",一班,\n'.encode()
CANVAS = b'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Li, Hua",1,2,20230015,A\n'


def settings(data: bytes) -> str:
    made = Settings.read(laid("settings.toml", data))
    made.more_time("20230014", "ebank")
    due.lateness(made, "20230014", "ebank", place(), None, None)
    return "taken"


def people(data: bytes) -> str:
    return f"people {min(3, len(roster.read_roster(laid('roster.csv', data))))}"


def stamp(data: bytes) -> str:
    laid("stamp/timestamp.txt", data)
    found = due.collected(place() / "stamp")
    if found and found.tzinfo is None:
        raise Unclear("a moment without a zone")
    return "a moment" if found else "nothing"


def records() -> list[bytes]:
    path = place() / "made" / "grades.db"
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    record = Record(path)
    record.keep(grade_submission(Submission(laid("made/logbook.jsonl", logbooks()[0]))), False)
    record._db.close()
    return [path.read_bytes()]


def record(data: bytes) -> str:
    for leftover in place().glob("grades.db*"):
        leftover.unlink()
    path = laid("grades.db", data)
    kept(path)
    record = Record(path)
    try:
        from ecomlab.grading.batch import basis

        submission = Submission(laid("made/logbook.jsonl", logbooks()[0]))
        record.find(submission, basis(submission), False)
    finally:
        record._db.close()
    return "taken"


@functools.cache
def _log() -> Log:
    log = Log(place() / "witness.db", Signer.kept_in(place() / "witness"))
    log._base.execute("pragma synchronous = off")  # nobody cuts the power here
    return log


MESSAGE = line({"student": "s1", "world": "0" * 32, "kernel": "k1", "n": 1, "prev": "0" * 32, "hashes": ["1" * 32, "2" * 32]})


def message(data: bytes) -> str:
    """As the service takes a message in; what it answers with 400 is refused, and what with 409 is taken."""
    try:
        read = from_json(data)
    except ValueError:
        return "refused malformed"
    try:
        message = Message.read(read)
        receipt = _log().accept("s1", message)
        return "receipt" if Receipt.read(receipt.line()) == receipt else "other receipt"
    except Unknown:
        return "unknown"
    except UnicodeEncodeError:
        return "refused malformed"


def receipts() -> list[bytes]:
    given = _log().accept("s1", Message.read(json.loads(MESSAGE)))
    return [given.line().encode()]


def receipt(data: bytes) -> str:
    try:
        Receipt.read(data.decode("utf-8", "replace"))
        return "read"
    except ValueError:
        return "refused receipt"


@functools.cache
def keys() -> list[bytes]:
    """Public keys of several kinds, of which one is a witness's."""
    private = [ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate(), x25519.X25519PrivateKey.generate(),
               ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048), dsa.generate_private_key(2048)]  # fmt: skip
    made: list[Any] = [p.public_key() for p in private]
    return [p.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo) for p in made]


PEM = [b"-----BEGIN PUBLIC KEY-----\n", b"-----END PUBLIC KEY-----\n", b"-----BEGIN RSA PUBLIC KEY-----\n", b"AAAA", b"="]


def key(data: bytes) -> str:
    """The key that a teacher names to check receipts with."""
    try:
        return name_of(public_key(laid("witness.pub", data))) and "read"
    except ValueError:
        return "refused key"


TOKENS = line({"s1": "0" * 64, "s2": hashlib.sha256(b"a token").hexdigest()})


def tokens(data: bytes) -> str:
    """The witness's table of who has which token: whoever is not in it is nobody, and a damaged one names nobody."""
    laid("tokens/" + service.TOKENS, data)
    asked = service.identified_by_tokens(place() / "tokens")("a token")
    try:
        asked.send(None)  # type: ignore[attr-defined]
    except StopIteration as told:
        return "nobody" if told.value is None else "somebody"
    raise Unclear("it waits for something")


WHOSE = line({"student": "s1", "mark": own._mark("x")})


def whose(data: bytes) -> str:
    """What lies beside a market and says whose it is."""
    laid("whose/" + own.WHOSE, data)
    own.check(place() / "whose", "s1", "x")
    return "taken"
