"""What is done to a logbook from outside: it is audited, recovered, or turned into a DuckDB file."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import duckdb

from . import dictionary, files, logbook
from .audit import Verdict, audit
from .canonical import canonical
from .database import Database
from .dialect import Unlike
from .logbook import Entry, Finding, Header
from .replica import Replica
from .state import LOST, State
from .texts import Text


def audit_logbook(path: Path) -> list[Verdict]:
    """The whole logbook's verdicts: its lines and chain, its replay, twice the same, and every invariant of its world.

    The second time it is replayed on a replica, where that can do it all: two engines that come to the same are a better witness than one.
    Raises a Refusal if not even the header can be read, and OSError.
    """
    read = logbook.survey(path)
    state = State(read.header)
    try:
        refused = state.replay(read.entries)
        verdicts = audit(state)
        digests = [state.digest()]
    finally:
        state.close()
    digests.append(_digest_again(read))
    damage, said = ([_saying(f) for f in found] for found in (read.findings, refused))
    differ = [] if len(set(digests)) == 1 else [f"{digests[0]} / {digests[1]}"]
    return [
        Verdict("hash_chain", Text("日志各行完整，且逐行相接", "The lines of the logbook are whole and follow one another"), damage),
        Verdict("replays", Text("每个条目都能重做，且结果相同", "Every entry replays with the result that it had"), said),
        Verdict("same_digest", Text("重做两次，每张表的摘要相同", "Replayed twice, every table has the same digest"), differ),
        *verdicts,
    ]


def _digest_again(read: logbook.Survey) -> str:
    try:
        return _digest_of(read, Replica())
    except Unlike:
        return _digest_of(read, Database())


def _digest_of(read: logbook.Survey, database: Database) -> str:
    state = State(read.header, database, once=True)
    try:
        state.replay(read.entries)
        return state.digest()
    finally:
        state.close()


def _saying(finding: Finding) -> str:
    return f"{finding.line}: {finding.text}"


class Recovered(NamedTuple):
    """What a recovery found: how many entries were kept, and what was wrong."""

    kept: int
    findings: list[Finding]


def recover(path: Path, target: Path) -> Recovered:
    """Writes what still replays of a logbook to `target`, chained anew; `path` is only read.

    Entries keep their numbers, on which their results rest; where one is gone, an entry `lab.lost` stands and says why.
    Raises a Refusal if the header cannot be read, FileExistsError if there is a target.
    """
    read = logbook.survey(path)
    first: dict[int, tuple[int, Entry]] = {}
    twice = Text("这个序号已有另一个条目", "there is another entry with this number")
    findings = list(read.findings)
    for line, entry in read.entries:
        if entry.n in first:
            findings.append(Finding(line, "number_taken", twice))
        else:
            first[entry.n] = (line, entry)
    ordered = [first[n] for n in sorted(first)]
    state = State(read.header)
    try:
        refused = {f.line: f for f in state.replay(ordered)}
    finally:
        state.close()
    kept = {entry.n: entry for line, entry in ordered if line not in refused}
    why = {entry.n: refused[line].code for line, entry in ordered if line in refused}
    _write(target, read.header, kept, why)
    return Recovered(len(kept), sorted([*findings, *refused.values()]))


def _write(target: Path, header: Header, kept: dict[int, Entry], why: dict[int, str]) -> None:
    line = header.line()
    out = [line]
    for n in range(1, max(kept, default=0) + 1):
        prev = logbook.hash_line(line)
        gone = Entry(n, "", "", "student", LOST, {"why": why.get(n, "missing")}, "", prev)
        line = replace(kept[n], prev=prev).line() if n in kept else gone.line()
        out.append(line)
    files.write(target.parent, target.name, ("\n".join(out) + "\n").encode(), fresh=True)


def write_database(path: Path, target: Path) -> list[Finding]:
    """The world of a logbook as a DuckDB file with every table, and `logbook_entry` with what was done. Gives what did not replay.

    Raises a Refusal if the header cannot be read, OSError if there is a target or none can be written; then there is no new file.
    """
    with _half(target) as half:
        read = logbook.survey(path)
        made = half / "world.duckdb"
        database = Database(str(made))
        try:
            state = State(read.header, database)
            findings = sorted([*read.findings, *state.replay(read.entries)])
            database.script("create table logbook_entry (n integer, day date, acting varchar, command varchar, arguments json)")
            for d in state.done:
                database.execute(
                    "insert into logbook_entry values ($n, $day, $acting, $command, $arguments)",
                    n=d.n, day=d.day, acting=d.by, command=d.do, arguments=canonical(d.arguments),
                )  # fmt: skip
            dictionary.comment(database)
        finally:
            database.close()
        made.chmod(files.FILE)
        made.rename(target)
    return findings


def write_parquet(path: Path, target: Path) -> list[Finding]:
    """The same as a folder with a Parquet file for each table, named as the table is. Raises as `write_database` does; the folder appears whole or not."""
    with _half(target) as half:
        findings = write_database(path, half / "world.duckdb")
        database = Database(str(half / "world.duckdb"))
        try:
            for table in database.tables():
                file = str(half / f"{table}.parquet").replace("'", "''")
                database.script(f"copy \"{table}\" to '{file}' (format parquet, compression zstd)")
            dictionary.write(database, half, {table: [f"{table}.parquet"] for table in database.tables()})
        finally:
            database.close()
        (half / "world.duckdb").unlink()
        half.rename(target)
    return findings


@contextlib.contextmanager
def _half(target: Path) -> Iterator[Path]:
    """A folder beside the target, its owner's alone, in which it is made until it is whole: DuckDB makes its files readable by everybody.

    What cannot be done is said of the target, since nobody has heard of the folder: that it is there already, that nothing can be made beside it, or that
    the disk is full.
    """
    half = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        half.mkdir(files.FOLDER)
        yield half
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(error.filename or half).replace(str(half), str(target))) from None
    except duckdb.Error as error:
        if str(half) not in str(error):
            raise
        raise OSError(errno.EIO, str(error).partition("\n")[0].rpartition('": ')[2], str(target)) from None  # behind the file's name the system's word for it
    finally:
        shutil.rmtree(half, ignore_errors=True)
