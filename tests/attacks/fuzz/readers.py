"""The readers of files that come from elsewhere. One that is added to the product is added here; `test_fuzz.py` holds the list against the code."""

from __future__ import annotations

from ecomlab.market.versions import LAYOUT

from . import logbooks, sets, small, teachers, trade
from .files import bytes_with, json_with
from .harness import Reader, Target
from .mutate import turned

#: share: inputs of ten thousand of all readers and commands (`commands.SHARE` of them are the commands'). What takes microseconds has most of them, and
#: what grades or opens a whole world, a tenth of a second and more, few: of a million inputs about five thousand.
READERS: list[Target] = [
    Reader("line", 1000, small.lines, turned, small.a_line),
    Reader("arguments", 1200, small.arguments_of_commands, small.odd_arguments, small.arguments),
    Reader("command line", 300, lambda: small.CALLS, bytes_with(small.TYPED), small.command_line),
    Reader("header", 500, lambda: small.NAMES, small.texts, small.header),
    Reader("cell", 500, lambda: small.NAMES, small.texts, small.cell),
    Reader("logbook", 200, logbooks.logbooks, logbooks.logbook, logbooks.surveyed),
    Reader("grading", 15, logbooks.logbooks, logbooks.logbook, logbooks.graded),
    Reader("opening", 10, logbooks.logbooks, logbooks.logbook, logbooks.opened),
    Reader("class", 10, logbooks.logbooks, logbooks.of_a_class, logbooks.of_class),
    Reader("edifact", 800, trade.interchanges, bytes_with(trade.SEGMENTS), trade.interchange),
    Reader("flat file", 800, trade.flat_files, turned, trade.flat_file),
    Reader("statement", 800, trade.statements, turned, trade.statement),
    Reader("picture", 700, trade.pictures, turned, trade.picture),
    Reader("settings", 300, lambda: [teachers.SETTINGS], bytes_with(teachers.TOML), teachers.settings),
    Reader("roster", 300, lambda: [teachers.ROSTER, teachers.CANVAS, teachers.ROSTER.decode().encode("gb18030")], turned, teachers.people),
    Reader("timestamp", 200, lambda: [b"2027-03-08 10:15:00.5 UTC", b"2027-03-08 10:15:00 +0800", b"2027-03-08 10:15:00.123456 CST"], turned, teachers.stamp),
    Reader("record", 5, teachers.records, turned, teachers.record),
    Reader("preferences", 200, lambda: [b'{"language": "en", "chosen": true}'], json_with, logbooks.preferences),
    Reader("snapshot", 60, logbooks.snapshots, json_with, logbooks.snapshot),
    Reader("whose", 200, lambda: [teachers.WHOSE], json_with, teachers.whose),
    Reader("seeds", 400, lambda: [logbooks.GRANT], json_with, logbooks.granted),
    Reader("witness", 500, lambda: [teachers.MESSAGE], json_with, teachers.message),
    Reader("receipt", 400, teachers.receipts, json_with, teachers.receipt),
    Reader("key", 100, teachers.keys, bytes_with(teachers.PEM), teachers.key),
    Reader("tokens", 100, lambda: [teachers.TOKENS], json_with, teachers.tokens),
    Reader("parquet", 4, sets.parquets, sets.named, sets.parquet),
    Reader("database", 2, sets.databases, turned, sets.database),
    Reader("market", 5, lambda: [b'{"layout": %d, "orders": 100, "files": {"posting": "x"}}' % LAYOUT], json_with, sets.market),
    Reader("sql", 200, lambda: sets.QUERIES, bytes_with(sets.CLAUSES), sets.queried),
]  # fmt: skip
