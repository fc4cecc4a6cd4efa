"""The logbook: an append-only file of JSON lines, a header and then one line for every accepted command.

Each line names the hash of the line before it, so a changed, missing or moved line shows. Reading is bounded in
time and memory whatever the file holds, executes nothing, and never deletes anything.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .canonical import canonical
from .refusals import refusal
from .texts import Text

FORMAT = 1
#: A line longer than this cannot be an entry: the longest command stays far below it.
MAX_LINE = 1_000_000
#: A logbook longer than this is not read on: 20,000 entries take about 6 MB.
MAX_ENTRIES = 200_000
_KEYS = ("n", "at", "day", "by", "do", "with", "gave", "prev")
_HEADER = ("format", "ecomlab", "rules", "scenario", "digest", "seed", "student", "created")

NOT_A_LOGBOOK = refusal("not_a_logbook", "第 {line} 行：这不是 ecomlab 日志（{why}）。", "Line {line}: this is not an ecomlab logbook ({why}).")
DAMAGED = refusal(
    "damaged_logbook",
    "日志第 {line} 行已损坏：{why}。请用备份恢复，或运行 ecomlab recover 另存一份可用的日志（原文件会保留）。",
    "Line {line} of the logbook is damaged: {why}. Restore a backup, or run `ecomlab recover`, which writes what still "
    "replays to a new logbook and keeps this one.",
)


@dataclass(frozen=True)
class Header:
    """The first line: which world this is. `rules` is the version of the rules under which its entries replay."""

    scenario: str
    digest: str
    seed: str
    student: str
    created: str
    version: str = ""
    rules: int = 1
    format: int = FORMAT

    def line(self) -> str:
        values = (self.format, self.version, self.rules, self.scenario, self.digest, self.seed, self.student, self.created)
        return canonical(dict(zip(_HEADER, values, strict=True)))


@dataclass(frozen=True)
class Entry:
    """One accepted command. `at` is wall-clock time and informs only; `prev` is the hash of the line before."""

    n: int
    at: str
    day: str
    by: str
    do: str
    arguments: dict[str, Any]
    gave: str
    prev: str

    def line(self) -> str:
        return canonical(dict(zip(_KEYS, (self.n, self.at, self.day, self.by, self.do, self.arguments, self.gave, self.prev), strict=True)))


class Finding(NamedTuple):
    """Something wrong with a line of a logbook."""

    line: int
    code: str
    text: Text


def seed_for(student: str, course_key: str) -> str:
    """The seed of a student's world: HMAC-SHA-256 of the student's id under the course key, 64 hex digits."""
    return hmac.new(course_key.encode(), f"student:{student}".encode(), hashlib.sha256).hexdigest()


def course_key() -> str:
    """The key from which the seeds of a course's students derive: `ECOMLAB_COURSE_KEY`, else the product's name."""
    return os.environ.get("ECOMLAB_COURSE_KEY") or "ecomlab"


def submitter(folder: Path) -> tuple[str, str] | None:
    """(student, assignment) of a folder of nbgrader's, `submitted/<student>/<assignment>` or `autograded/...`; else None."""
    whole = folder.resolve()
    step = whole.parent.parent.name
    return (whole.parent.name, whole.name) if step in ("submitted", "autograded") else None


def hash_line(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read_header(line: str) -> Header:
    """The header from the first line. Raises a Refusal if it is none, or of a newer format."""
    read = _json(line)
    if not isinstance(read, dict) or tuple(read) != _HEADER:
        raise NOT_A_LOGBOOK(line=1, why=Text("首行不是日志头", "the first line is no header"))
    if read["format"] != FORMAT:
        raise NOT_A_LOGBOOK(
            line=1, why=Text(f"格式版本为 {read['format']!r}，本程序只认识 {FORMAT}", f"format {read['format']!r}; this version reads {FORMAT}")
        )
    if not all(isinstance(read[k], str) and len(read[k]) <= 200 for k in ("ecomlab", "scenario", "digest", "seed", "student", "created")):
        raise NOT_A_LOGBOOK(line=1, why=Text("日志头的内容不对", "the header's values are of the wrong kind"))
    if not isinstance(read["rules"], int) or len(read["seed"]) != 64 or set(read["seed"]) - set("0123456789abcdef"):
        raise NOT_A_LOGBOOK(line=1, why=Text("日志头的种子不对", "the header's seed is malformed"))
    return Header(read["scenario"], read["digest"], read["seed"], read["student"], read["created"], read["ecomlab"], read["rules"], read["format"])


def read_entry(line: str) -> Entry:
    """An entry from its line. Raises ValueError saying what is wrong with it."""
    read = _json(line)
    if not isinstance(read, dict) or tuple(read) != _KEYS:
        raise ValueError("not an entry: it needs exactly the keys " + ", ".join(_KEYS))
    if not isinstance(read["n"], int) or isinstance(read["n"], bool) or not isinstance(read["with"], dict):
        raise ValueError("n must be a number and with an object")
    if not 1 <= read["n"] <= MAX_ENTRIES:
        raise ValueError(f"n must be from 1 to {MAX_ENTRIES}")
    if not all(isinstance(read[k], str) for k in ("at", "day", "by", "do", "gave", "prev")):
        raise ValueError("at, day, by, do, gave and prev must be text")
    return Entry(read["n"], read["at"], read["day"], read["by"], read["do"], read["with"], read["gave"], read["prev"])


def _json(line: str) -> Any:
    try:
        return json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=_no_duplicates)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def lines(path: Path, start: int = 0) -> Iterator[tuple[bytes, bool]]:
    """The lines of the file from byte `start`, each with whether it is whole (ends with a newline).

    A line longer than MAX_LINE is given cut off and ends the reading: it is no entry, and neither is what follows.
    """
    with path.open("rb") as f:
        f.seek(start)
        while raw := f.readline(MAX_LINE + 1):
            whole = raw.endswith(b"\n")
            yield raw, whole
            if not whole:
                return


class Survey(NamedTuple):
    """All that can be read of a logbook: its header, (line number, entry) pairs, and what is wrong with the rest."""

    header: Header
    entries: list[tuple[int, Entry]]
    findings: list[Finding]


def survey(path: Path) -> Survey:
    """Reads a logbook as far as it can be read, naming every line that is not as it should be.

    Raises a Refusal only if not even the header can be read. Takes at most MAX_ENTRIES lines of MAX_LINE bytes.
    """
    found: list[Finding] = []
    entries: list[tuple[int, Entry]] = []
    header: Header | None = None
    prev = ""
    expected = 1
    for number, (raw, whole) in enumerate(lines(path), start=1):
        if number > MAX_ENTRIES:
            found.append(
                Finding(number, "too_many_lines", Text(f"超过 {MAX_ENTRIES} 行，其后不再读取", f"more than {MAX_ENTRIES} lines; the rest is not read"))
            )
            break
        text: str | None
        try:
            text = raw.rstrip(b"\n").decode("utf-8")
        except UnicodeDecodeError:
            text = None
        if header is None:
            if text is None or len(raw) > MAX_LINE:
                raise NOT_A_LOGBOOK(line=1, why=Text("首行不是 UTF-8 文本", "the first line is not UTF-8 text"))
            try:
                header = read_header(text)
            except ValueError as error:
                raise NOT_A_LOGBOOK(line=1, why=str(error)) from None
            prev = hash_line(text)
            continue
        if len(raw) > MAX_LINE:
            found.append(
                Finding(number, "line_too_long", Text(f"此行超过 {MAX_LINE} 字节，其后不再读取", f"longer than {MAX_LINE} bytes; the rest is not read"))
            )
            break
        if not whole:
            found.append(Finding(number, "torn_line", Text("最后一行不完整（可能是断电所致）", "the last line is incomplete, as after a power cut")))
            break
        if text is None:
            found.append(Finding(number, "not_utf8", Text("此行不是 UTF-8 文本", "not UTF-8 text")))
            prev = ""
            continue
        try:
            entry = read_entry(text)
        except ValueError as error:
            found.append(Finding(number, "not_an_entry", Text(f"此行不是日志条目：{error}"[:300], f"not an entry: {error}"[:300])))
            prev = ""
            continue
        if prev and entry.prev != prev:
            found.append(
                Finding(
                    number,
                    "chain_broken",
                    Text("与上一行的校验值不符：上一行被改动、删除或调换了位置", "does not follow the line above: that line was changed, removed or moved"),
                )
            )
        if entry.n != expected:
            found.append(Finding(number, "wrong_number", Text(f"序号为 {entry.n}，应为 {expected}", f"its number is {entry.n}, expected {expected}")))
        expected = entry.n + 1
        prev = hash_line(text)
        entries.append((number, entry))
    if header is None:
        raise NOT_A_LOGBOOK(line=1, why=Text("文件是空的", "the file is empty"))
    return Survey(header, entries, found)


def append(path: Path, line: str) -> None:
    """Appends one line and flushes it to disk, or leaves the file as it was and raises OSError."""
    data = (line + "\n").encode("utf-8")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        before = os.fstat(handle).st_size
        try:
            written = os.write(handle, data)
            if written != len(data):
                raise OSError(28, "no space left for the whole line")
            _flush(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)


def _flush(handle: int) -> None:
    (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(handle)


def create(path: Path, header: Header) -> None:
    """Writes a new logbook with its header. Raises FileExistsError if there is one."""
    with path.open("xb") as f:
        f.write((header.line() + "\n").encode("utf-8"))
        f.flush()
        os.fsync(f.fileno())


def set_aside_torn_line(path: Path) -> str | None:
    """Moves an incomplete last line into a file beside the logbook; its name, or None if there was none."""
    with path.open("rb+") as f:
        size = f.seek(0, os.SEEK_END)
        if not size:
            return None
        f.seek(size - 1)
        if f.read(1) == b"\n":
            return None
        position = size
        while position > 0:
            step = min(65536, position)
            f.seek(position - step)
            chunk = f.read(step)
            cut = chunk.rfind(b"\n")
            if cut >= 0:
                position = position - step + cut + 1
                break
            position -= step
        if position == 0:
            raise NOT_A_LOGBOOK(line=1, why=Text("首行不完整", "the first line is incomplete"))
        f.seek(position)
        torn = f.read(MAX_LINE)
        k = 1
        while (aside := path.with_name(f"{path.stem}.torn-{k}{path.suffix}")).exists():
            k += 1
        aside.write_bytes(torn)
        f.truncate(position)
        f.flush()
        os.fsync(f.fileno())
    return aside.name
