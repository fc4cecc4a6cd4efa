"""The corpus of cheats: what somebody may hand in to earn what they did not do, and what comes of it.

Each is made from a friend's logbook and what alice has done herself, half of the tasks, and graded in a batch with the friend's, as a teacher would; then
once more under a witness that has seen the friend at work and alice at her half, in a course that demands nine tenths.

    python -m tests.attacks.cheats [SCENARIO]       (each cheat with its points, what named it, and its points where a witness is demanded; by default ebank)

Where replay alone cannot tell, since the owner of a world may write any lawful logbook of it, the cheat gains points; `told` is what a teacher can go by
then, empty where there is nothing but a witness.
"""

from __future__ import annotations

import datetime
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

from ecomlab.grading import batch
from ecomlab.grading.compare import A_PACE
from ecomlab.grading.graded import Graded, Submission
from ecomlab.grading.record import Record
from ecomlab.grading.replay import Report
from ecomlab.grading.settings import Settings
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.doing import AUTO
from ecomlab.kernel.evidence import SOUGHT
from ecomlab.kernel.keys import DEMONSTRATION
from ecomlab.kernel.logbook import LOGBOOK, Entry, Header, hash_line, seed_for, survey
from ecomlab.witness.chain import chain_of
from ecomlab.witness.courier import RECEIPTS
from ecomlab.witness.log import Log, Message
from ecomlab.witness.receipts import Receipt, Signer
from tests import golden

from .transplant import at_ones_own_pace, carried

FRIEND, ALICE = "golden", "alice"
BEGAN = datetime.datetime.fromisoformat("2026-09-07T09:00:00+08:00")


class Bench:
    """A friend's logbook, alice's half of the work, and her world's header; files below a folder."""

    def __init__(self, folder: Path, scenario: str = "ebank"):
        self.folder, self.scenario = folder, scenario

    @cached_property
    def friend(self) -> Path:
        """The friend's, at a hand's pace."""
        read = survey(golden.FOLDER / f"{self.scenario}.jsonl")
        header = replace(read.header, created=BEGAN.isoformat())
        pace = at_ones_own_pace(header, random.Random(1))
        return self.written(FRIEND, header, [pace(entry) for _, entry in read.entries])

    @cached_property
    def header(self) -> Header:
        """That of alice's world."""
        return replace(survey(self.friend).header, student=ALICE, seed=seed_for(ALICE, DEMONSTRATION))

    @cached_property
    def renewed(self) -> list[str]:
        """The friend's, carried over, with secrets of her own."""
        return carried(self.friend, self.header, careful=True).lines

    @cached_property
    def whole(self) -> list[Entry]:
        """The whole work as alice would have done it: at a pace of her own too."""
        pace = at_ones_own_pace(self.header, random.Random(2))
        return [pace(entry) for _, entry in survey(self._lines(self.folder / "renewed.jsonl", self.renewed)).entries]

    @cached_property
    def own(self) -> list[Entry]:
        """What she has done herself."""
        return self.whole[: len(self.whole) // 2]

    @cached_property
    def theirs(self) -> list[Entry]:
        return [entry for _, entry in survey(self.friend).entries]

    @cached_property
    def careless(self) -> list[str]:
        """The friend's, carried over with all that is in it."""
        return carried(self.friend, self.header).lines

    def written(self, student: str, header: Header, entries: list[Entry], chained: bool = True) -> Path:
        """A logbook in a student's folder, its chain made anew."""
        lines = [header.line()]
        for entry in entries:
            lines.append((replace(entry, prev=hash_line(lines[-1])) if chained else entry).line())
        return self._lines(self.folder / "submitted" / student / self.scenario / LOGBOOK, lines)

    def lines(self, lines: list[str]) -> Path:
        return self._lines(self.folder / "submitted" / ALICE / self.scenario / LOGBOOK, lines)

    def _lines(self, path: Path, lines: list[str]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*lines, ""]), "utf-8")
        return path

    @cached_property
    def witness(self) -> Log:
        """A witness that has seen the friend's whole work and alice's half, as it was done."""
        times = iter([BEGAN + datetime.timedelta(minutes=m) for m in range(10_000)])
        log = Log(self.folder / "witness.db", Signer.kept_in(self.folder / "witness"), lambda: next(times))
        for student, path in ((FRIEND, self.friend), (ALICE, self.written("seen", self.header, self.own))):
            chain = chain_of(path)
            for n, hashed in enumerate(chain.hashes, start=1):
                log.accept(student, Message(student, chain.world, "kernel", n, chain.hashes[n - 2] if n > 1 else chain.world, (hashed,)))
        return log

    @cached_property
    def own_report(self) -> Report:
        """What she has earned herself."""
        return self.graded(self.written(ALICE, self.header, self.own)).report

    @property
    def own_points(self) -> float:
        return float(self.own_report.points)

    @cached_property
    def record(self) -> Record:
        """A teacher's: the friend's logbook is graded once."""
        return Record(self.folder / "grades.db")

    def graded(self, path: Path, demanded: bool = False) -> Graded:
        """What a teacher sees of alice's submission, in a batch with the friend's. demanded: the course demands a witness of nine tenths.

        Graded in this process, which knows how both worlds began and has all imported: half of the time went into beginning fifty others.
        """
        with mock.patch.object(batch, "done", _here):
            return self.graded_apart(path, demanded)

    def graded_apart(self, path: Path, demanded: bool = False) -> Graded:
        """The same in processes of their own, as a teacher's command does it."""
        found = [Submission(self.friend, FRIEND, self.scenario), Submission(path, ALICE, self.scenario)]
        witness, settings = (self.witness, Settings(witnessed=0.9)) if demanded else (None, None)
        return batch.grade_all(found, witness=witness, settings=settings, record=self.record)[1]


def _here(work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], *limits: float) -> Iterator[tuple[int, Any, None]]:
    """`workers.done` without workers."""
    yield from ((number, work(*job), None) for number, job in enumerate(jobs))


@dataclass(frozen=True)
class Cheat:
    """make: writes what is handed in. gains: whether it earns more than alice's own half; told: findings and remarks of which one names it; nothing:
    whether it earns nothing at all.

    A friend's answer may be as lawful in one's own world, and as right (`answered`): then it earns what it is worth there, and a batch names it (`COPIED`). So
    does a registration with the friend's secret in it (`registered`), where the batch names the secret.
    """

    name: str
    make: Callable[[Bench], Path]
    told: frozenset[str]
    gains: bool = False
    nothing: bool = False


CHEATS: list[Cheat] = []
#: Remarks of a batch that name a copy.
COPIED = frozenset({"copied_secret", "same_times", "same_answers", "same_texts"})


def cheat(*told: str, gains: bool = False, nothing: bool = False) -> Callable[[Callable[[Bench], Path]], Callable[[Bench], Path]]:
    def register(make: Callable[[Bench], Path]) -> Callable[[Bench], Path]:
        CHEATS.append(Cheat((make.__doc__ or "").rstrip("."), make, frozenset(told), gains, nothing))
        return make

    return register


# --- another's ---------------------------------------------------------------------------------------------------


@cheat("other_student", nothing=True)
def _copied(bench: Bench) -> Path:
    """A friend's logbook as it is."""
    return bench.lines(bench.friend.read_text("utf-8").splitlines())


@cheat("other_seed", nothing=True)
def _relabelled(bench: Bench) -> Path:
    """A friend's with another name in its header."""
    lines = bench.friend.read_text("utf-8").splitlines()
    return bench.lines([lines[0].replace(f'"{FRIEND}"', f'"{ALICE}"'), *lines[1:]])


@cheat("other_seed", nothing=True)
def _relabelled_and_chained(bench: Bench) -> Path:
    """A friend's with another name in its header, the chain made anew."""
    return bench.written(ALICE, replace(survey(bench.friend).header, student=ALICE), bench.theirs)


@cheat("other_result", "wrong_session")
def _under_ones_own_header(bench: Bench) -> Path:
    """A friend's entries under one's own header, the chain made anew."""
    return bench.written(ALICE, bench.header, bench.theirs)


@cheat(*COPIED, gains=True)
def _carried_over(bench: Bench) -> Path:
    """A friend's carried over by place."""
    return bench.lines(bench.careless)


@cheat("same_times", gains=True)
def _with_new_secrets(bench: Bench) -> Path:
    """A friend's carried over by place, with secrets of one's own."""
    return bench.lines(bench.renewed)


@cheat(gains=True)
def _with_new_times(bench: Bench) -> Path:
    """A friend's carried over by place, with secrets and times of one's own."""
    return bench.written(ALICE, bench.header, bench.whole)


@cheat("other_result", "wrong_session")
def _mixed(bench: Bench) -> Path:
    """One's own half, then a friend's other half, the chain made anew."""
    return bench.written(ALICE, bench.header, [*bench.own, *bench.theirs[len(bench.own) :]])


@cheat("chain_broken")
def _interleaved(bench: Bench) -> Path:
    """One's own and a friend's in turn."""
    both = [entry for pair in zip(bench.own, bench.theirs, strict=False) for entry in pair]
    return bench.written(ALICE, bench.header, both, chained=False)


# --- made up -----------------------------------------------------------------------------------------------------


@cheat("other_result", "wrong_session")
def _invented(bench: Bench) -> Path:
    """One's own half, then entries that were never done, with results made up."""
    rest = [replace(entry, gave=hash_line(entry.gave)[:16]) for entry in bench.whole[len(bench.own) :]]
    return bench.written(ALICE, bench.header, [*bench.own, *rest])


@cheat("other_result")
def _amounts(bench: Bench) -> Path:
    """One's own half with other amounts in it, the chain made anew."""
    return bench.written(ALICE, bench.header, [_richer(entry) for entry in bench.own])


def _richer(entry: Entry) -> Entry:
    money = {p.name for p in COMMANDS[entry.do].params if p.kind == "money"} if entry.do in COMMANDS else set()
    return replace(entry, arguments={k: "999999.99" if k in money and v is not None else v for k, v in entry.arguments.items()})


@cheat("other_result", "wrong_number")
def _cut(bench: Bench) -> Path:
    """One's own half without its third entry, the chain made anew."""
    return bench.written(ALICE, bench.header, [*bench.own[:2], *bench.own[3:]])


@cheat("other_result", "wrong_session", "wrong_password")
def _opened_by_label(bench: Bench) -> Path:
    """A friend's other half with the labels of issued secrets in the place of secrets."""
    label = "issued:password/x"
    labelled = [replace(e, arguments={k: label if str(v).startswith(("scrypt:", "hmac:")) else v for k, v in e.arguments.items()}) for e in bench.theirs]
    return bench.written(ALICE, bench.header, [*bench.own, *labelled[len(bench.own) :]])


@cheat("other_result")
def _over_again(bench: Bench) -> Path:
    """One's own half twice over, the chain made anew."""
    again = [replace(entry, n=entry.n + len(bench.own)) for entry in bench.own]
    return bench.written(ALICE, bench.header, [*bench.own, *again])


@cheat(nothing=True)
def _played_by_the_library(bench: Bench) -> Path:
    """The whole work marked as the library's."""
    return bench.written(ALICE, bench.header, [replace(entry, by=entry.by + AUTO) for entry in bench.whole])


# --- another world -----------------------------------------------------------------------------------------------


@cheat("newer_rules", nothing=True)
def _other_rules(bench: Bench) -> Path:
    """The whole work under rules that there are not."""
    return bench.written(ALICE, replace(bench.header, rules=99), bench.whole)


@cheat("other_seed", nothing=True)
def _other_key(bench: Bench) -> Path:
    """The whole work in a world of another key."""
    return bench.written(ALICE, replace(bench.header, seed=seed_for(ALICE, "a key of one's own")), bench.whole)


@cheat("other_scenario", nothing=True)
def _other_scenario(bench: Bench) -> Path:
    """The whole work under another version of the scenario."""
    return bench.written(ALICE, replace(bench.header, digest="0" * 16), bench.whole)


# --- time and witness --------------------------------------------------------------------------------------------


def _timed(bench: Bench, moment: Callable[[int], str]) -> Path:
    return bench.written(ALICE, bench.header, [replace(entry, at=moment(entry.n)) for entry in bench.whole])


@cheat("too_fast", gains=True)
def _in_a_second(bench: Bench) -> Path:
    """The model student under one's own name: the whole work in a second."""
    return _timed(bench, lambda n: BEGAN.isoformat())


@cheat("times_before_creation", gains=True)
def _long_ago(bench: Bench) -> Path:
    """The whole work, with times before the world was made."""
    return _timed(bench, lambda n: (BEGAN - datetime.timedelta(days=40, minutes=-n)).isoformat())


@cheat("times_back", gains=True)
def _backwards(bench: Bench) -> Path:
    """The whole work, with times that go back."""
    return _timed(bench, lambda n: (BEGAN + datetime.timedelta(minutes=n + 40 * (n % 2))).isoformat())


@cheat("no_time", gains=True)
def _no_time(bench: Bench) -> Path:
    """The whole work, with words for times."""
    return _timed(bench, lambda n: "yesterday")


@cheat("same_times", gains=True)
def _at_a_friends_pace(bench: Bench) -> Path:
    """The whole work at a friend's times."""
    return _timed(bench, lambda n: bench.theirs[n - 1].at)


@cheat(gains=True)
def _forged_receipts(bench: Bench) -> Path:
    """The whole work, with receipts of a witness of one's own beside it."""
    path = bench.written(ALICE, bench.header, bench.whole)
    chain, signer = chain_of(path), Signer.kept_in(bench.folder / "forger")
    forged = [signer.sign(Receipt(ALICE, chain.world, n, h, BEGAN.isoformat(), signer.key)).line() for n, h in enumerate(chain.hashes, start=1)]
    bench._lines(path.with_name(RECEIPTS), forged)
    return path


@cheat("seen_afterwards")
def _handed_in_before(bench: Bench) -> Path:
    """One's own half, with a time stamp of nbgrader's from before it was done."""
    path = bench.written(ALICE, bench.header, bench.own)
    path.with_name("timestamp.txt").write_text(f"{BEGAN - datetime.timedelta(days=1):%Y-%m-%d %H:%M:%S.%f} +0800", "utf-8")
    return path


@dataclass(frozen=True)
class Result:
    """What a cheat came to: points, of how many, and under a witness; what named it. more: the tasks that earn more than alice's own half did.

    short: the work has too few entries for a batch to say anything.
    """

    cheat: Cheat
    points: float
    out_of: float
    more: frozenset[str]
    witnessed: float
    codes: frozenset[str]
    short: bool

    @property
    def named(self) -> frozenset[str]:
        return self.codes & (self.cheat.told | COPIED)

    def wrong(self, own: float) -> list[str]:
        """What does not hold of it. own: the points of what alice did herself."""
        wrong = []
        if self.points and self.cheat.nothing:
            wrong.append(f"earns {self.points} and should earn nothing")
        lawful = answered() | (registered() if "copied_secret" in self.codes else frozenset())
        if self.more and not self.cheat.gains and not (self.more <= lawful and self.codes & COPIED):
            wrong.append(f"earns {self.points}, of its own {own}, by {sorted(self.more)}")
        elif self.points > own and self.cheat.told and not self.named and not self.short:
            wrong.append(f"named by {sorted(self.codes)}, not by {sorted(self.cheat.told)}")
        if self.witnessed > own:
            wrong.append(f"earns {self.witnessed} where a witness is demanded, of its own {own}")
        return [f"{self.cheat.name}: {w}" for w in wrong]


def answered() -> frozenset[str]:
    """The tasks in which something is to be found out and said, so that an entry can say the same in two worlds: a figure, or a rota that covers a week."""
    return frozenset(code for c in COMMANDS.values() if c.final or c.name == "study.answer" for code in c.tasks) | SOUGHT.keys()


def registered() -> frozenset[str]:
    """The tasks in which somebody registers or signs in with a secret of the own choice, which another world takes as well."""
    return frozenset(code for c in COMMANDS.values() if any(p.kind == "secret" for p in c.params) for code in c.tasks)


def results(bench: Bench, cheats: Sequence[Cheat] = CHEATS) -> Iterator[Result]:
    """Each of these cheats in turn. Each hands in another file at the same place."""
    for it in cheats:
        path = it.make(bench)
        alone, under = bench.graded(path), bench.graded(path, demanded=True)
        codes = {told.code for g in (alone, under) for told in (*g.report.findings, *g.remarks)}
        for beside in ("timestamp.txt", RECEIPTS):
            path.with_name(beside).unlink(missing_ok=True)
        short = len(bench.whole) < A_PACE
        own = {t.task.code: t.points for t in bench.own_report.tasks}
        more = frozenset(t.task.code for t in alone.report.tasks if t.points > own[t.task.code])
        yield Result(it, float(alone.report.points), float(alone.report.out_of), more, float(under.report.points), frozenset(codes), short)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="ecomlab-cheats-") as folder:
        bench = Bench(Path(folder), *sys.argv[1:2])
        own = bench.own_points
        print(f"alice's own half: {own}, witnessed")
        print(f"{'points':>7} {'witness':>8}  cheat: what names it")
        wrong = list[str]()
        for r in results(bench):
            print(f"{r.points:>7} {r.witnessed:>8}  {r.cheat.name}: {', '.join(sorted(r.named)) or 'nothing'}", flush=True)
            wrong += r.wrong(own)
        print(json.dumps({"cheats": len(CHEATS), "wrong": wrong}, ensure_ascii=False))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
