"""The readers of files that come from elsewhere. One that is added to the product is added here; `test_fuzz.py` holds the list against the code."""

from __future__ import annotations

from . import logbooks, sets, teachers, trade
from .files import bytes_with, json_with
from .harness import Reader, Target
from .mutate import turned

#: share: inputs of a thousand of all readers and commands (`commands.SHARE` of them are the commands').
READERS: list[Target] = [
    Reader("logbook", 60, logbooks.logbooks, logbooks.logbook, logbooks.surveyed),
    Reader("grading", 4, logbooks.logbooks, logbooks.logbook, logbooks.graded),
    Reader("opening", 2, logbooks.logbooks, logbooks.logbook, logbooks.opened),
    Reader("class", 3, logbooks.logbooks, logbooks.of_a_class, logbooks.of_class),
    Reader("edifact", 120, trade.interchanges, bytes_with(trade.SEGMENTS), trade.interchange),
    Reader("flat file", 40, trade.flat_files, turned, trade.flat_file),
    Reader("statement", 40, trade.statements, turned, trade.statement),
    Reader("picture", 60, trade.pictures, turned, trade.picture),
    Reader("settings", 40, lambda: [teachers.SETTINGS], bytes_with(teachers.TOML), teachers.settings),
    Reader("roster", 40, lambda: [teachers.ROSTER, teachers.CANVAS, teachers.ROSTER.decode().encode("gb18030")], turned, teachers.people),
    Reader("timestamp", 20, lambda: [b"2027-03-08 10:15:00.5 UTC", b"2027-03-08 10:15:00 +0800", b"2027-03-08 10:15:00.123456 CST"], turned, teachers.stamp),
    Reader("record", 2, teachers.records, turned, teachers.record),
    Reader("preferences", 20, lambda: [b'{"language": "en", "chosen": true}'], json_with, logbooks.preferences),
    Reader("snapshot", 10, logbooks.snapshots, json_with, logbooks.snapshot),
    Reader("seeds", 30, lambda: [logbooks.GRANT], json_with, logbooks.granted),
    Reader("witness", 40, lambda: [teachers.MESSAGE], json_with, teachers.message),
    Reader("receipt", 30, teachers.receipts, json_with, teachers.receipt),
    Reader("parquet", 1, sets.parquets, sets.named, sets.parquet),
    Reader("database", 1, sets.databases, turned, sets.database),
    Reader("market", 2, lambda: [b'{"layout": 2, "orders": 100, "files": {"posting": "x"}}'], json_with, sets.market),
    Reader("sql", 30, lambda: sets.QUERIES, bytes_with(sets.CLAUSES), sets.queried),
]  # fmt: skip
