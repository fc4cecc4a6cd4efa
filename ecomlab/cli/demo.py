"""The model student: does every task of a scenario through the public commands, and shows what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..kernel.keys import DEMONSTRATION
from ..kernel.plays import PLAYS
from ..kernel.refusals import refusal
from ..kernel.table import Table
from ..kernel.world import World
from ..lab import Lab

TAKEN = refusal(
    "folder_taken",
    "“{folder}”里已有日志，而示范学生要从头做起。请换一个文件夹。",
    "There is a logbook in {folder} already, and the model student starts from nothing. Name another folder.",
)


class Played(NamedTuple):
    """One task, done: how many entries it took and the points it shows."""

    code: str
    title: str
    entries: int
    points: float


def begin(folder: Path, student: str, scenario: str) -> Lab:
    """A new world of a scenario for the model student. A demonstration, whatever key there is."""
    if (folder / "logbook.jsonl").exists():
        raise TAKEN("out", folder=folder)
    return Lab(World.open(folder, student, scenario, DEMONSTRATION))


def play(lab: Lab, module: str | None) -> Iterator[Played]:
    """Plays the tasks of that module, or all of the scenario's, one by one. A module without a scenario of its own is
    played after those before it, on which it builds."""
    player = lab.player()
    codes = [code for code in lab.codes if code in PLAYS]
    if module:
        last = max(i for i, code in enumerate(codes) if lab.check(code).task.module == module)
        codes = codes[: last + 1]
    for code in codes:
        before = len(lab.world.entries)
        PLAYS[code](player)
        report = lab.check(code)
        yield Played(code, report.task.title.say(lab.language), len(lab.world.entries) - before, float(report.points))


def books(lab: Lab, rows: int = 12) -> Table:
    """An excerpt of the books: the latest postings, with the accounts' names in the lab's language."""
    return lab.world.state.look.table(
        f"""select e.day, p.owner, a.{lab.language} as account, p.sub, greatest(p.amount, 0)::decimal(18,2) as debit,
                   greatest(-p.amount, 0)::decimal(18,2) as credit, e.text
            from posting p join ledger_entry e on e.number = p.entry join ledger_account a on a.account = p.account
            order by p.entry desc, p.line limit {rows}"""
    )
