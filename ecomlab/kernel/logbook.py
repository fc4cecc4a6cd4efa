"""The logbook: an append-only file of JSON lines, a header and then one line for every accepted command.

Each line names the hash of the line before it, so a changed, missing or moved line shows. Reading is bounded in
time and memory whatever the file holds, executes nothing, and never deletes anything.
"""

from __future__ import annotations

import datetime
import errno
import hashlib
import hmac
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from . import files
from .canonical import canonical
from .mailed import MAX_BYTES as MAX_BYTES
from .mailed import MAX_ENTRIES as MAX_ENTRIES
from .mailed import MAX_LINE as MAX_LINE
from .mailed import lines as lines
from .mailed import lines_of
from .refusals import refusal
from .texts import Text

FORMAT = 1
LOGBOOK = "logbook.jsonl"
#: Beside it: which attempts were refused, and why.
ATTEMPTS = "attempts.jsonl"
#: After so many unreadable lines a file is no logbook any more, and its rest is not read.
MAX_UNREADABLE = 1_000
_KEYS = ("n", "at", "day", "by", "do", "with", "gave", "prev")
_UPGRADED = (*_KEYS, "rules")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEADER = ("format", "ecomlab", "rules", "scenario", "digest", "seed", "student", "created")

NOT_A_LOGBOOK = refusal(
    "not_a_logbook",
    "第 {line} 行：这不是 ecomlab 日志（{why}）。请选择 logbook.jsonl 文件。",
    "Line {line}: this is not an ecomlab logbook ({why}). Choose a file logbook.jsonl.",
)
DAMAGED = refusal(
    "damaged_logbook",
    "日志第 {line} 行已损坏：{why}。请用备份恢复，或运行 ecomlab recover 另存一份可用的日志（原文件会保留）。",
    "Line {line} of the logbook is damaged: {why}. Restore a backup, or run `ecomlab recover`, which writes what still "
    "replays to a new logbook and keeps this one.",
)


class BadLine(ValueError):
    """What is wrong with a line, in both languages."""

    def __init__(self, zh: str, en: str):
        self.text = Text(zh, en)
        super().__init__(en)


@dataclass(frozen=True)
class Header:
    """The first line: which world this is. `rules` is the version of the rules that hold in it, `digest` that of its scenario and data."""

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
    """One accepted command. `at` is wall-clock time and informs only; `prev` is the hash of the line before.

    rules: those under which the entry was written, if they are later than its world's: a command's arguments may be spelled otherwise
    since (`rules.upcast`). The world's own rules hold all the same.
    """

    n: int
    at: str
    day: str
    by: str
    do: str
    arguments: dict[str, Any]
    gave: str
    prev: str
    rules: int | None = None

    def line(self) -> str:
        values = (self.n, self.at, self.day, self.by, self.do, self.arguments, self.gave, self.prev, self.rules)
        return canonical(dict(zip(_KEYS if self.rules is None else _UPGRADED, values, strict=False)))


class Finding(NamedTuple):
    """Something wrong with a line of a logbook."""

    line: int
    code: str
    text: Text


#: What is wrong with a line itself, or with the file, as `survey` finds it.
DAMAGE = frozenset({"chain_broken", "wrong_number", "not_an_entry", "torn_line", "too_long", "too_damaged"})
_TORN = Text(
    "最后一行不完整（可能是断电所致），最后一步可能因此缺失",
    "the last line is incomplete, as after a power cut; the last step may be missing",
)


def causes(findings: Iterable[Finding]) -> list[Finding]:
    """Those that are no consequence of an earlier one: of the entries that do not replay the first at most, and none below a line that is damaged."""
    found: list[Finding] = []
    broken = False
    for f in sorted(findings, key=lambda f: (f.line, f.code not in DAMAGE)):
        of_an_entry = f.line > 1 and f.code not in DAMAGE and f.code != "not_witnessed"
        if not (of_an_entry and broken):
            found.append(f)
        broken = broken or f.line > 1
    return found


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


def now() -> str:
    """The time by this computer's clock, as a header and an entry say it: to the second, with its distance from UTC (ISO 8601)."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def hash_line(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read_header(line: str) -> Header:
    """The header from the first line. Raises a Refusal if it is none, or of a newer format."""
    try:
        read = _json(line)
    except BadLine as bad:
        raise NOT_A_LOGBOOK(line=1, why=bad.text) from None
    if not isinstance(read, dict) or tuple(read) != _HEADER:
        raise NOT_A_LOGBOOK(line=1, why=Text("首行不是日志头", "the first line is no header"))
    if type(read["format"]) is not int or read["format"] != FORMAT:
        theirs = str(read["format"])[:20]
        raise NOT_A_LOGBOOK(line=1, why=Text(f"格式版本为 {theirs}，本程序只认识 {FORMAT}", f"format {theirs}; this version reads {FORMAT}"))
    if not all(isinstance(read[k], str) and len(read[k]) <= 200 for k in ("ecomlab", "scenario", "digest", "seed", "student", "created")):
        raise NOT_A_LOGBOOK(line=1, why=Text("日志头的内容不对", "the header's values are of the wrong kind"))
    if not _is_version(read["rules"]):
        raise NOT_A_LOGBOOK(line=1, why=Text("日志头的规则版本不对", "the header's version of the rules is malformed"))
    if len(read["seed"]) != 64 or set(read["seed"]) - set("0123456789abcdef"):
        raise NOT_A_LOGBOOK(line=1, why=Text("日志头的种子不对", "the header's seed is malformed"))
    return Header(read["scenario"], read["digest"], read["seed"], read["student"], read["created"], read["ecomlab"], read["rules"], read["format"])


def read_entry(line: str) -> Entry:
    """An entry from its line. Raises BadLine saying what is wrong with it."""
    read = _json(line)
    if not isinstance(read, dict) or tuple(read) not in (_KEYS, _UPGRADED):
        raise BadLine("它应当正好有这些键：" + "、".join(_KEYS), "it needs exactly the keys " + ", ".join(_KEYS))
    if type(read["n"]) is not int or not 1 <= read["n"] <= MAX_ENTRIES or not isinstance(read["with"], dict):
        raise BadLine(f"n 应为 1 到 {MAX_ENTRIES} 的整数，with 应为对象", f"n must be a number from 1 to {MAX_ENTRIES}, and with an object")
    if not all(isinstance(read[k], str) for k in ("at", "day", "by", "do", "gave", "prev")):
        raise BadLine("at、day、by、do、gave、prev 应为文字", "at, day, by, do, gave and prev must be text")
    if "rules" in read and not _is_version(read["rules"]):
        raise BadLine("rules 应为规则的版本", "rules must be a version of the rules")
    return Entry(read["n"], read["at"], read["day"], read["by"], read["do"], read["with"], read["gave"], read["prev"], read.get("rules"))


def _is_version(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 10_000


def _json(line: str) -> Any:
    try:
        read = _STRICTLY.decode(line)
    except BadLine:
        raise
    except RecursionError:
        raise BadLine("嵌套过深", "nested too deeply") from None
    except json.JSONDecodeError as error:
        raise BadLine(f"从第 {error.pos + 1} 个字符起不是 JSON", f"no JSON from character {error.pos + 1} on") from None
    except ValueError:  # Python's limit on the digits of a number
        raise BadLine("数字过长", "a number has too many digits") from None
    if "\\u" in line and _SURROGATE.search(json.dumps(read, ensure_ascii=False)):
        raise BadLine("含有不成对的代理字符", "it holds half of a surrogate pair")
    return read


def _refuse_constant(name: str) -> Any:
    raise BadLine(f"{name} 不是 JSON", f"{name} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadLine("同一个字段名出现了两次", "a field name occurs twice")
    return found


#: One for all lines: `json.loads` would make another for each.
_STRICTLY = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_no_duplicates)


def text_of(raw: bytes) -> str:
    """A line's text without its newline. Raises BadLine if it is too long or not UTF-8."""
    if len(raw) > MAX_LINE:
        raise BadLine(f"此行超过 {MAX_LINE} 字节，其后不再读取", f"it is longer than {MAX_LINE} bytes; what follows is not read")
    try:
        return raw.rstrip(b"\n").decode("utf-8")
    except UnicodeDecodeError:
        raise BadLine("此行不是 UTF-8 文本", "it is not UTF-8 text") from None


class Survey(NamedTuple):
    """All that can be read of a logbook: its header, (line number, entry) pairs, and what is wrong with the rest."""

    header: Header
    entries: list[tuple[int, Entry]]
    findings: list[Finding]


def survey(path: Path) -> Survey:
    """Reads a logbook as far as it can be read, naming every line that is not as it should be.

    What the way did to it harms nothing (`mailed`): lines that mean what was written follow each other, however they are spelled.
    Raises a Refusal only if not even the header can be read. Reads at most MAX_ENTRIES lines and MAX_BYTES bytes.
    """
    found: list[Finding] = []
    entries: list[tuple[int, Entry]] = []
    header: Header | None = None
    above: tuple[str, Header | Entry] | None = None  # the line above, if it could be read: its hash, and what it says
    expected, size, unreadable = 1, 0, 0
    for number, raw, whole in lines_of(path):
        size += len(raw)
        if header is None:
            try:
                text = text_of(raw)
            except BadLine as bad:
                raise NOT_A_LOGBOOK(line=1, why=bad.text) from None
            header = read_header(text)
            above = hash_line(text), header
            continue
        if number > MAX_ENTRIES or size > MAX_BYTES:
            why = Text(f"超过 {MAX_ENTRIES} 行或 {MAX_BYTES} 字节，其后不再读取", f"more than {MAX_ENTRIES} lines or {MAX_BYTES} bytes; the rest is not read")
            found.append(Finding(number, "too_long", why))
            break
        if not whole and len(raw) <= MAX_LINE and not _is_next(raw, above):
            found.append(Finding(number, "torn_line", _TORN))
            break
        try:
            text = text_of(raw)
            entry = read_entry(text)
        except BadLine as bad:
            found.append(Finding(number, "not_an_entry", Text(f"此行不是日志条目：{bad.text.zh}", f"not an entry: {bad.text.en}")))
            above = None
            expected += 1
            unreadable += 1
            if unreadable >= MAX_UNREADABLE:
                why = Text(f"已有 {unreadable} 行无法读取，其后不再读取", f"{unreadable} lines are unreadable; the rest is not read")
                found.append(Finding(number, "too_damaged", why))
                break
            continue
        if above and not _follows(entry, *above):
            found.append(
                Finding(
                    number,
                    "chain_broken",
                    Text("与上一行的校验值不符：上一行被改动、删除或调换了位置", "does not follow the line above: that line was changed, removed or moved"),
                )
            )
        elif entry.n != expected:
            found.append(Finding(number, "wrong_number", Text(f"序号为 {entry.n}，应为 {expected}", f"its number is {entry.n}, expected {expected}")))
        expected = entry.n + 1
        above = hash_line(text), entry
        entries.append((number, entry))
    if header is None:
        raise NOT_A_LOGBOOK(line=1, why=Text("文件是空的", "the file is empty"))
    return Survey(header, entries, found)


def _follows(entry: Entry, hashed: str, above: Header | Entry) -> bool:
    """Whether an entry follows the line above, which has this hash as it stands there, or as the laboratory spells what it says."""
    try:
        return entry.prev == hashed or entry.prev == hash_line(above.line())
    except (TypeError, ValueError, RecursionError):  # no laboratory has written that
        return False


def _is_next(raw: bytes, above: tuple[str, Header | Entry] | None) -> bool:
    """Whether a last line without its end is an entry that follows the line above: an editor has taken the end away."""
    try:
        return above is not None and _follows(read_entry(text_of(raw)), *above)
    except BadLine:
        return False


def append(path: Path, line: str) -> None:
    """Appends one line and flushes it to disk, or leaves the file as it was and raises OSError."""
    data = (line + "\n").encode("utf-8")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
    try:
        before = os.fstat(handle).st_size
        try:
            written = os.write(handle, data)
            if written != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            _flush(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)


def _flush(handle: int) -> None:
    (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(handle)


def create(path: Path, header: Header) -> None:
    """Writes a new logbook with its header. It appears whole or not at all; the caller holds the lock."""
    files.write(path.parent, path.name, f"{header.line()}\n".encode())


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
        if size - position > MAX_LINE:
            return None  # no entry that was being written: it stays, and reading names it as damage
        f.seek(position)
        torn = f.read(MAX_LINE)
        k = 1
        while os.path.lexists(aside := path.with_name(f"{path.stem}.torn-{k}{path.suffix}")):
            k += 1
        files.write(path.parent, aside.name, torn, fresh=True)
        f.truncate(position)
        f.flush()
        os.fsync(f.fileno())
    return aside.name
