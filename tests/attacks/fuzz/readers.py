"""The readers of files that come from elsewhere. A reader that is added to the product is added to `READERS`; `test_fuzz.py` holds the list against the code."""

from __future__ import annotations

import atexit
import base64
import contextlib
import functools
import io
import json
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ecomlab.books import images
from ecomlab.books.dataset import DataSet
from ecomlab.classroom.gather import Class
from ecomlab.cli import edi
from ecomlab.data import look_at
from ecomlab.desk import preferred
from ecomlab.edifact import messages, read
from ecomlab.edifact.messages import BadMessage
from ecomlab.grading import due, roster
from ecomlab.grading.batch import grade_submission, submissions
from ecomlab.grading.graded import Submission
from ecomlab.grading.record import Record, kept
from ecomlab.grading.replay import no_points
from ecomlab.grading.settings import Settings
from ecomlab.grading.traits import traits
from ecomlab.kernel import keys, sql
from ecomlab.kernel.database import Database
from ecomlab.kernel.logbook import Finding, hash_line, survey
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.shelf import FOLDER, Shelf
from ecomlab.kernel.snapshot import Snapshot
from ecomlab.kernel.state import State
from ecomlab.kernel.texts import Text
from ecomlab.kernel.upkeep import recover
from ecomlab.kernel.world import LOGBOOK, World
from ecomlab.modules.edi import flatfile
from ecomlab.modules.finance import channels
from ecomlab.witness.chain import chain_of
from ecomlab.witness.log import Log, Message, Unknown
from ecomlab.witness.receipts import Receipt, Signer
from tests import golden

from .harness import Reader, Target, Unclear
from .mutate import line, lines_with_odd, odd, turned

NOTHING = Finding(0, "x", Text("无", "nothing"))


@functools.cache
def place() -> Path:
    """A folder of this process's own."""
    made = Path(tempfile.mkdtemp(prefix="ecomlab-fuzz-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def laid(name: str, data: bytes) -> Path:
    path = place() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# --- logbooks ----------------------------------------------------------------------------------------------------


def logbooks() -> list[bytes]:
    return [(golden.FOLDER / f"{name}.jsonl").read_bytes() for name in ("email", "ca")]


def relinked(lines: list[bytes]) -> list[bytes]:
    """The chain made anew, where the lines are such that it can be."""
    made = lines[:1]
    for raw in lines[1:]:
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(raw)
            if isinstance(entry, dict) and "prev" in entry:
                raw = line({**entry, "prev": hash_line(made[-1].decode("utf-8", "surrogatepass").removesuffix("\n"))})
        made.append(raw)
    return made


def _logbook(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Bytes turned, or other values in the lines, with the chain as it was or made anew."""
    way = chance.random()
    return turned(chance, seeds, [b'"n":', b'"prev":"', b"lab.undo", b"#auto"]) if way < 0.4 else lines_with_odd(chance, seeds, relinked if way < 0.8 else list)


def _surveyed(data: bytes) -> str:
    """Reads it line by line, its chain and its traits; executes nothing."""
    path = laid("survey/logbook.jsonl", data)
    found = survey(path)
    for finding in found.findings:
        told(finding)
    chain_of(path)
    traits(path, no_points("x", "email", NOTHING))
    return "damaged" if found.findings else "sound"


def told(finding: Finding) -> None:
    if not finding.text.zh.strip() or not finding.text.en.strip():
        raise Unclear(f"{finding.code} says nothing")


def _graded(data: bytes) -> str:
    """Grades it as a submission: a failure of the grader, or of a command that is done again, is what must not be."""
    report = grade_submission(Submission(laid("grade/logbook.jsonl", data))).report
    for finding in report.findings:
        told(finding)
        if finding.code in ("failed", "failed_again", "stores_differ"):
            raise Unclear(f"{finding.code}: {finding.text.en}")
    if not 0 <= report.points <= report.out_of:
        raise Unclear(f"{report.points} of {report.out_of}")
    return report.findings[0].code if report.findings else "sound"


def _opened(data: bytes) -> str:
    """Opens the world; where it is refused, recovers what can be."""
    folder = place() / "open"
    shutil.rmtree(folder, ignore_errors=True)
    path = laid("open/logbook.jsonl", data)
    try:
        World.open(folder, None, "email", keys.DEMONSTRATION).close()
        return "opened"
    except Refusal:
        if path.read_bytes() != data:
            raise Unclear("the logbook was changed") from None
        recover(path, folder / "recovered.jsonl")
        raise


def _class(data: bytes) -> str:
    shutil.rmtree(place() / "class", ignore_errors=True)
    logbook, _, attempts = data.partition(b"\0\0\0")
    laid(f"class/submitted/ann/email/{LOGBOOK}", logbook)
    laid("class/submitted/ann/email/attempts.jsonl", attempts)
    seen = Class.of([place() / "class"])
    try:
        rows = seen.all("select * from step")
        return "read" if rows else "empty"
    finally:
        seen.connection.close()


ATTEMPT = b'{"at":"2026-09-07T09:00:00+08:00","n":3,"do":"email.send","refused":[{"code":"missing","field":"subject"}]}\n'


def _of_a_class(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    attempts = chance.choice([ATTEMPT * 3, lines_with_odd(chance, [ATTEMPT * 3]), turned(chance, [ATTEMPT * 3])])
    return (_logbook(chance, seeds) if chance.random() < 0.7 else seeds[0]) + b"\0\0\0" + attempts


# --- trade messages ----------------------------------------------------------------------------------------------


def interchanges() -> list[bytes]:
    from tests.test_edifact import WRITERS, interchange

    una = b"UNA:+.? '"
    made = [interchange(kind) for kind in WRITERS]
    groups = b"UNB+UNOC:3+A+B+260901:1200+7'UNG+ORDERS+A+B+260901:1200+1+UN+D:96A'UNH+1+ORDERS:D:96A:UN'BGM+220+1'UNT+3+1'UNE+1+1'UNZ+1+7'"
    level_b = b"UNB\x1dUNOB\x1f1\x1dA\x1dB\x1d260901\x1f1200\x1d1\x1cUNZ\x1d0\x1d1\x1c"
    interactive = b"UIB+UNOA:4+1'UIH+x:D:96A:UN+1'UIT+1+2'UIZ+1+1'"
    return [*made, una + made[0], made[0].replace(b"'", b"'\r\n"), b"".join(made), groups, level_b, interactive]


SEGMENTS = [b"UNB+UNOC:3+A+B+260901:1200+1'", b"UNH+1+ORDERS:D:96A:UN'", b"UNT+2+1'", b"UNZ+1+1'", b"UNS+S'", b"LIN+1++9526175433210:EN'", b"QTY+21:12'", b"PRI+AAA:1.5'", b"DTM+137:20260901:102'",
            b"MOA+77:1'", b"UNA:*.? '", b"CNT+2:1'", b"UNG+ORDERS'", b"UNE+1+1'", b"UIB+UNOA:4'", b"RFF+ON:1'", b"FTX+AAI+++x:y:z'", b"UCI+1+A+B+7'", b"UCM+1+ORDERS:D:96A:UN+4+12'"]  # fmt: skip


def _interchange(data: bytes) -> str:
    reading = read(data)
    for language in ("zh", "en"):
        edi.lines("x", reading, language)  # type: ignore[arg-type]
    json.dumps(edi.record("x", reading))
    for message in (m for i in reading.interchanges for m in i.messages):
        for use in (messages.trade, messages.payable):
            with contextlib.suppress(BadMessage):
                use(message)
    return "with findings" if reading.findings else "sound"


def flat_files() -> list[bytes]:
    from tests.test_edifact import ORDER

    return [flatfile.write(ORDER).encode()]


def _flat_file(data: bytes) -> str:
    try:
        return f"lines {min(2, len(flatfile.read(data.decode('utf-8', 'replace')).lines))}"
    except flatfile.BadFlatFile as bad:
        if not bad.text.zh or not bad.text.en:
            raise Unclear("says nothing") from bad
        return "refused flat_file"


STATEMENT = "statement,merchant,from_day,to_day,opening,closing\nST-1,M-1,2026-09-01,2026-09-30,0.00,7.50\nline,day,line_kind,reference,amount\n1,2026-09-02,sale,SO-1,10.00\n2,2026-09-03,fee,SO-1,-2.50\n"


def statements() -> list[bytes]:
    head, columns = ",".join(channels.HEAD), ",".join(channels.COLUMNS)
    body = ["ST-1,M-1,2026-09-01,2026-09-30,0.00,7.50"[: None], *(f"{n},2026-09-0{n},sale,SO-{n},{n}.50" for n in (1, 2, 3))]
    cells = body[0].split(",")
    first = ",".join((cells * 3)[: len(channels.HEAD)])
    return ["\n".join([head, first, columns, *body[1:], ""]).encode(), "\ufeff".encode() + "\r\n".join([head, first, columns, *body[1:], ""]).encode()]


def _statement(data: bytes) -> str:
    _, rows = channels._read(base64.b64encode(data).decode())
    return "rows" if rows else "no rows"


# --- pictures ----------------------------------------------------------------------------------------------------


def pictures() -> list[bytes]:
    from tests import pictures as made

    small = images.sample(24, 16, (200, 30, 30))
    scene = [made.saved(made.scene(mode), form) for mode, form in (("RGB", "PNG"), ("P", "GIF"), ("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("1", "PNG"), ("LA", "PNG"))]
    return [small, *scene]


def _picture(data: bytes) -> str:
    upload = base64.b64encode(data).decode()
    images.accepted_within(upload, "picture", 1200)
    images.accepted(upload, "picture", ("left", 24, 16))
    return "taken"


# --- a teacher's files -------------------------------------------------------------------------------------------

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
ROSTER = "学号,姓名,班级,邮箱\n20230014,王小明,一班,wang@x.test\n20230015,\"李, 华\",一班,\n".encode()
CANVAS = b"Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n\"Li, Hua\",1,2,20230015,A\n"


def _settings(data: bytes) -> str:
    made = Settings.read(laid("settings.toml", data))
    made.more_time("20230014", "ebank")
    due.lateness(made, "20230014", "ebank", place(), None, None)
    return "taken"


def _roster(data: bytes) -> str:
    return f"people {min(3, len(roster.read_roster(laid('roster.csv', data))))}"


def _stamp(data: bytes) -> str:
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


def _record(data: bytes) -> str:
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


# --- what a student's own folder brings along --------------------------------------------------------------------


def _preferences(data: bytes) -> str:
    laid("preferences/preferences.json", data)
    return str(preferred(place() / "preferences"))


def snapshots() -> list[bytes]:
    state = State(survey(golden.FOLDER / "email.jsonl").header)
    try:
        return [state.snapshot().text().encode()]
    finally:
        state.close()


def _snapshot(data: bytes) -> str:
    """A snapshot of somebody else's, under the name of one that is wanted; and its text as such."""
    folder = place() / "shelf"
    shelf = Shelf(folder)
    moment = (3, "0" * 32)
    if not (folder / FOLDER).exists():
        shelf.keep(*moment, Snapshot.read(snapshots()[0].decode()))
    (there,) = (folder / FOLDER).iterdir()
    there.write_bytes(data)
    if shelf.latest([moment]):
        raise Unclear("a snapshot of somebody else's was taken")
    try:
        Snapshot.read(data.decode())
        return "read"
    except (ValueError, TypeError, LookupError, RecursionError):
        return "refused snapshot"


GRANT = json.dumps({"student": "alice", "seeds": {"email": "ab" * 32, "ca": "cd" * 32}}).encode()


def _granted(data: bytes) -> str:
    before = os.environ.get(keys.SEEDS)
    os.environ[keys.SEEDS] = data.replace(b"\0", b" ").decode("utf-8", "surrogateescape")
    try:
        given = keys.granted()
        assert given is not None
        return given.seed("alice", "email")[:2]
    finally:
        os.environ.pop(keys.SEEDS) if before is None else os.environ.__setitem__(keys.SEEDS, before)


# --- the witness -------------------------------------------------------------------------------------------------


@functools.cache
def _log() -> Log:
    log = Log(place() / "witness.db", Signer.kept_in(place() / "witness"))
    log._base.execute("pragma synchronous = off")  # nobody cuts the power here
    return log


MESSAGE = line({"student": "s1", "world": "0" * 32, "kernel": "k1", "n": 1, "prev": "0" * 32, "hashes": ["1" * 32, "2" * 32]})


def _message(data: bytes) -> str:
    """As the service takes a message in; what it answers with 400 is refused, and what with 409 is taken."""
    try:
        read_ = json.loads(data)
    except (ValueError, RecursionError):
        return "refused malformed"
    try:
        message = Message.read(read_)
        receipt = _log().accept("s1", message)
        return "receipt" if Receipt.read(receipt.line()) == receipt else "other receipt"
    except Unknown:
        return "unknown"
    except UnicodeEncodeError:
        return "refused malformed"


def receipts() -> list[bytes]:
    given = _log().accept("s1", Message.read(json.loads(MESSAGE)))
    return [given.line().encode()]


def _receipt(data: bytes) -> str:
    try:
        Receipt.read(data.decode("utf-8", "replace"))
        return "read"
    except ValueError:
        return "refused receipt"


# --- data sets and SQL -------------------------------------------------------------------------------------------


def _tables(out: Path) -> Path:
    from ecomlab.kernel.upkeep import write_database

    if not out.exists():
        write_database(golden.FOLDER / "ebank.jsonl", out)
    return out


def parquets() -> list[bytes]:
    source = _tables(place() / "made" / "world.duckdb") if (place() / "made").mkdir(exist_ok=True) is None else place()
    found = []
    with contextlib.closing(duckdb.connect(str(source), read_only=True)) as database:
        for table in ("posting", "ledger_entry", "account"):
            with contextlib.suppress(duckdb.Error):
                target = place() / "made" / f"{table}.parquet"
                database.execute(f"copy {table} to '{target}' (format parquet)")
                found.append(f"{table}\0".encode() + target.read_bytes())
    return found


def _parquet(data: bytes) -> str:
    name, _, content = data.partition(b"\0")
    folder = place() / "parquet"
    shutil.rmtree(folder, ignore_errors=True)
    for seed in _parquets():
        stem, _, sound = seed.partition(b"\0")
        laid(f"parquet/{stem.decode()}.parquet", content if stem == name else sound)
    return _looked_at(folder)


@functools.cache
def _parquets() -> list[bytes]:
    return parquets()


def _looked_at(source: Path) -> str:
    look = look_at(source)
    try:
        look.day  # noqa: B018
        look.all("select account, sum(amount) from posting group by all order by all")
        return "read"
    finally:
        look.close()


def _named(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    name, _, content = chance.choice(seeds).partition(b"\0")
    return name + b"\0" + turned(chance, [content])


def databases() -> list[bytes]:
    (place() / "made").mkdir(exist_ok=True)
    return [_tables(place() / "made" / "world.duckdb").read_bytes()]


def _database(data: bytes) -> str:
    return _looked_at(laid("foreign.duckdb", data))


def _market(data: bytes) -> str:
    """A folder of Parquet files that brings a file with what is said of the set."""
    folder = place() / "market"
    if not folder.exists():
        for seed in _parquets():
            stem, _, sound = seed.partition(b"\0")
            laid(f"market/{stem.decode()}.parquet", sound)
    laid("market/market.json", data)
    from ecomlab import data as sets

    made = sets.open(folder)
    try:
        return "read" if made.about else "empty"
    finally:
        made.look.close()


@functools.cache
def _world() -> Database:
    state = State(survey(golden.FOLDER / "email.jsonl").header)
    return state.database


QUERIES = [b"select * from account", b"with x as (select 1 as a) select a, count(*) from x group by all order by 1", b"select day, sum(amount) over (order by day) from posting join ledger_entry using (entry)",
           b"select business_day() - 1, date '2026-09-01', $name::varchar, list_sum([1, 2]), {'a': 1}.a", b"pivot account on kind using count(*)", b"from account limit 3", b"select 1; select 2"]  # fmt: skip
CLAUSES = [b"select ", b" from account", b" where ", b"(", b")", b"'", b'"', b"$$", b";", b"--", b"/*", b" union all ", b" delete from account", b" returning *", b"read_csv('/etc/passwd')", b"copy account to 'x'", b"attach 'x'",
           b"pragma ", b"set threads=1", b"::int", b" over ()", b"[1:2]", b"lambda x: x", b"current_date", b"unnest(", b"interval '1 year'", b"'\\x00'", b"1/0", b"cast('x' as int)", b"getenv('HOME')", b"\xf0\x9f\x98\x80"]  # fmt: skip


def _sql(data: bytes) -> str:
    import datetime
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sql.ask(_world(), data.decode("utf-8", "replace")[:2000], datetime.date(2026, 9, 1), {"name": "x"} if b"$name" in data else None)
    return "rows" if found else "none"


def _json(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A value of JSON with another in it, or its bytes turned."""
    return line(odd(chance, json.loads(chance.choice(seeds)))) if chance.random() < 0.6 else turned(chance, seeds)


def bytes_with(words: list[bytes]) -> Callable[[random.Random, Sequence[bytes]], bytes]:
    return lambda chance, seeds: turned(chance, seeds, words)


#: share: inputs of a thousand of all readers and commands (`commands.SHARE` of them are the commands').
READERS: list[Target] = [
    Reader("logbook", 60, logbooks, _logbook, _surveyed),
    Reader("grading", 4, logbooks, _logbook, _graded),
    Reader("opening", 2, logbooks, _logbook, _opened),
    Reader("class", 3, logbooks, _of_a_class, _class),
    Reader("edifact", 120, interchanges, bytes_with(SEGMENTS), _interchange),
    Reader("flat file", 40, flat_files, turned, _flat_file),
    Reader("statement", 40, statements, turned, _statement),
    Reader("picture", 60, pictures, turned, _picture),
    Reader("settings", 40, lambda: [SETTINGS], bytes_with([b"[due]", b"[late]", b"= ", b"inf", b"nan", b"07:32:00", b"1979-05-27", b"''", b'"""', b"a.b.c = 1"]), _settings),
    Reader("roster", 40, lambda: [ROSTER, CANVAS, ROSTER.decode().encode("gb18030")], turned, _roster),
    Reader("timestamp", 20, lambda: [b"2027-03-08 10:15:00.5 UTC", b"2027-03-08 10:15:00 +0800", b"2027-03-08 10:15:00.123456 CST"], turned, _stamp),
    Reader("record", 2, records, turned, _record),
    Reader("preferences", 20, lambda: [b'{"language": "en", "chosen": true}'], _json, _preferences),
    Reader("snapshot", 10, snapshots, _json, _snapshot),
    Reader("seeds", 30, lambda: [GRANT], _json, _granted),
    Reader("witness", 40, lambda: [MESSAGE], _json, _message),
    Reader("receipt", 30, receipts, _json, _receipt),
    Reader("parquet", 1, parquets, _named, _parquet),
    Reader("database", 1, databases, turned, _database),
    Reader("market", 2, lambda: [b'{"layout": 2, "orders": 100, "files": {"posting": "x"}}'], _json, _market),
    Reader("sql", 30, lambda: QUERIES, bytes_with(CLAUSES), _sql),
]  # fmt: skip
