"""What is read or written in microseconds: a line of a logbook, the arguments of a command, a command line, a header of a letter, a cell of a table."""

from __future__ import annotations

import contextlib
import csv
import email
import email.policy
import functools
import io
import json
import random
from collections.abc import Sequence
from typing import Any

from ecomlab import modules
from ecomlab.cli import main as cli
from ecomlab.kernel import csvfile
from ecomlab.kernel.canonical import canonical
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.logbook import BadLine, read_entry, read_header, text_of
from ecomlab.modules.email import mime
from tests import golden
from tests.test_tasks import sample

from .harness import Unclear
from .mutate import VALUES, line, odd, turned

modules.load()


def lines() -> list[bytes]:
    """A header, and an entry of each command of a few logbooks."""
    found = {}
    for name in ("email", "ca", "ebank", "b2b"):
        header, *entries = (golden.FOLDER / f"{name}.jsonl").read_bytes().splitlines()
        found |= {json.loads(entry)["do"]: entry for entry in entries} | {"": header}
    return list(found.values())


def a_line(data: bytes) -> str:
    """As an entry and as a header; what is an entry is written as it was read."""
    try:
        text = text_of(data)
        if text.startswith('{"format"'):
            return f"rules {read_header(text).rules > 1}"
        entry = read_entry(text)
    except BadLine as bad:
        if not bad.text.zh.strip() or not bad.text.en.strip():
            raise Unclear("says nothing") from bad
        return "refused line"
    if read_entry(entry.line()) != entry:
        raise Unclear("it is written otherwise than it was read")
    return "an entry"


def arguments_of_commands() -> list[bytes]:
    """What each command takes as far as its declaration tells, all fields and those that it needs."""
    made = []
    for command in COMMANDS.values():
        for params in (command.params, [p for p in command.params if p.required]):
            given = {p.name: "scrypt:" + "0" * 64 if p.kind == "secret" else sample(p) for p in params}
            made.append(json.dumps({"do": command.name, "with": given}, default=str).encode())
    return made


def odd_arguments(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    call = json.loads(chance.choice(seeds))
    given = call["with"]
    for _ in range(chance.choice((1, 1, 2, 3))):
        if given:
            name = chance.choice(list(given))
            given[name] = odd(chance, given[name]) if chance.random() < 0.5 else chance.choice([v for v in VALUES if not isinstance(v, bytes)])
    return line(call)


def arguments(data: bytes) -> str:
    """As an entry of a logbook has them; what is taken can be kept, and reads as it was."""
    call = json.loads(data)
    command = COMMANDS[call["do"]]
    read = command.parse(call["with"])
    kept = canonical(command.record(read))
    kept.encode()
    if command.parse(json.loads(kept)) != read:
        raise Unclear(f"{command.name}: what was recorded reads otherwise")
    return "taken"


#: Calls as people type them, a word a line.
CALLS = [
    b"grade\nsubmitted\n--workers\n2\n--csv\nmarks.csv", b"grade\nlogbook.jsonl\n--witness\nwitness\n--limit\n10\n--format\njson",
    b"replay\nworld\n--database\nx.db", b"audit\nworld\n--language\nen", b"edi\norder.edi", b"recover\nworld", b"course\nbuild", b"--help", b"--version",
    b"witness\nserve\n--port\n8000", b"market\nsets\n--orders\n100", b"demo\n--student\ns1",
]  # fmt: skip
#: Words of other calls.
TYPED = [
    b"\n--workers\n0", b"\n-1", b"\n--", b"\n--record", b"\n--roster\n", b"\n--layout\ncanvas", b"\n@x", b"\n--format=xml", b"\n--languag\nzh", b"\n-h", b"\n*",
    b"\n--limit\n1e9",
]  # fmt: skip


@functools.cache
def _parser() -> Any:
    return cli._parser("zh")


def command_line(data: bytes) -> str:
    """Reads the words and runs nothing: what is wrong is said in a line, and help is help."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            _parser().parse_known_args(data.decode("utf-8", "surrogateescape").split("\n"))
    except SystemExit as stop:
        if not said.getvalue().strip():
            raise Unclear("says nothing") from stop
        return f"refused usage {stop.code}" if stop.code else "help"
    return "taken"


NAMES = [
    b"Re: order SO-000017", "林晓，你好".encode(), b"=?utf-8?q?x?=", b"a, b <c@d.test>",
    "Grüße an alle, die das lesen und noch viel mehr lesen wollen".encode(),
]  # fmt: skip


def header(data: bytes) -> str:
    """A subject as it travels: ASCII, in lines, and the same text when it is read."""
    text = " ".join("".join(c for c in data.decode("utf-8", "replace") if c.isprintable()).split())[:200]
    made = email.message.EmailMessage(policy=email.policy.SMTP.clone(refold_source="none"))
    charset = mime._charset(text, mime._WORDS)
    made.set_raw("Subject", mime._folded("Subject", (text, charset)))
    sent = made.as_bytes()
    if not sent.isascii() or any(len(part) > mime.MAX_LINE + 2 for part in sent.splitlines()):
        raise Unclear("a line that may not travel")
    if str(email.message_from_bytes(sent, policy=email.policy.default)["Subject"] or "") != text:
        raise Unclear("it reads otherwise than it was written")
    return charset


def cell(data: bytes) -> str:
    """A text in a table: a reader of CSV finds it again, at most behind an apostrophe, and no spreadsheet takes it for a formula."""
    text = data.decode("utf-8", "replace")[:300]
    written = csvfile.encoded(csvfile.csv(["name", text], [[text, 1]])).decode("utf-8-sig")
    (_, head), (found, number) = csv.reader(io.StringIO(written, newline=""))
    if not found == head == csvfile.inert(text) or number != "1":
        raise Unclear("it reads otherwise than it was written")
    if found.lstrip()[:1] in ("=", "@"):
        raise Unclear("a formula")
    return "behind an apostrophe" if found != text else "as it was"


def texts(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A text of the seeds turned, or one of the values that are odd anywhere."""
    return turned(chance, seeds) if chance.random() < 0.8 else str(chance.choice(VALUES)).encode("utf-8", "replace")
