"""The transplant: a classmate's logbook carried over into one's own world, with no knowledge of any task.

Both worlds are built, the classmate's entries are done in the one, and what stands in their fields is looked for in its tables; what stands at the
same place in the other world's tables takes its place. Then the entry is done there, and the chain made anew. Nothing of this can be prevented, as all that
it takes is on the student's machine (SECURITY.md); what a batch's comparison and the witness make of it is what `cheats` tells.

    python -m tests.attacks.transplant THEIRS.jsonl --student alice --out alice.jsonl [--careful]
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ecomlab import modules
from ecomlab.kernel import canonical, secrets
from ecomlab.kernel.canonical import plain
from ecomlab.kernel.command import COMMANDS, Command
from ecomlab.kernel.doing import AUTO
from ecomlab.kernel.evidence import brief
from ecomlab.kernel.keys import DEMONSTRATION
from ecomlab.kernel.logbook import Entry, Header, hash_line, seed_for, survey
from ecomlab.kernel.refusals import Declined, Refusal
from ecomlab.kernel.state import LOST, UNDO, State, withdrawals

modules.load()

#: A text shorter than this may stand in many places for many reasons.
A_TEXT = 4


@dataclass
class Carried:
    """What came of it: the lines of the new logbook; how many of the classmate's entries could be done, and which not."""

    lines: list[str]
    done: int = 0
    left: list[str] = field(default_factory=list)


@dataclass
class Places:
    """What stands in a classmate's world where one's own has something else: by column, and anywhere."""

    columns: dict[str, dict[Any, Any]] = field(default_factory=lambda: defaultdict(dict))
    anywhere: dict[str, str] = field(default_factory=dict)

    def learn(self, theirs: State, mine: State) -> None:
        """Reads the tables that were written to since the last time, row by row, in both worlds."""
        for table in sorted(theirs.database.written & set(theirs.database.tables())):
            rows = (state.look.all(f'select * from "{table}" order by rowid') for state in (theirs, mine))
            for there, here in zip(*rows, strict=False):
                for column, a, b in zip(there.columns, there, here, strict=True):
                    a, b = plain(a), plain(b)
                    if a != b and isinstance(a, (str, int)) and type(a) is type(b):
                        self.note(column, a, b)
        theirs.database.written.clear()

    def note(self, name: str, theirs: Any, mine: Any) -> None:
        self.columns[name].setdefault(theirs, mine)
        if isinstance(theirs, str) and len(theirs) >= A_TEXT:
            self.anywhere.setdefault(theirs, mine)

    def of(self, value: Any, name: str, asked: dict[Any, Any]) -> Any:
        """What stands in one's own world for a value of a field: as one's brief has it, else at its place, else with the parts of a text that have one."""
        if isinstance(value, list):
            return [self.of(v, name, asked) for v in value]
        if isinstance(value, dict):
            return {k: self.of(v, k, asked) for k, v in value.items()}
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            return value
        for known in (asked, self.columns[name], self.anywhere):
            if value in known:
                return known[value]
        if not isinstance(value, str) or len(value) < A_TEXT:
            return value
        parts = [p for p in sorted({*self.anywhere, *(k for k in asked if isinstance(k, str) and len(k) >= A_TEXT)}, key=len, reverse=True) if p in value]
        if not parts:
            return value
        return re.sub("|".join(map(re.escape, parts)), lambda m: str(asked.get(m[0], self.anywhere.get(m[0], m[0]))), value)


def carried(theirs: Path, header: Header, careful: bool = False, work: Callable[[Entry], Entry] | None = None) -> Carried:
    """The classmate's logbook in the world of this header.

    careful: secrets are renewed, as a digest in two logbooks tells who copied. work: what else is changed in each entry, such as its time.
    """
    read = survey(theirs)
    there, here = State(read.header), State(header)
    try:
        return _carried(read.entries, there, here, careful, work or (lambda entry: entry))
    finally:
        there.close()
        here.close()


def _carried(entries: list[tuple[int, Entry]], there: State, here: State, careful: bool, work: Callable[[Entry], Entry]) -> Carried:
    places, made = Places(), Carried([here.header.line()])
    withdrawn, _ = withdrawals(entries)
    there.database.written.update(there.database.tables())
    for code in there.scenario.tasks:
        for name, a, b in _leaves(plain(brief(there.look, code)), plain(brief(here.look, code))):
            if a != b:
                places.note(name, a, b)
    for _, entry in entries:
        if entry.do in (UNDO, LOST) or entry.n in withdrawn:
            continue
        places.learn(there, here)
        command = COMMANDS[entry.do]
        given = {name: _secret(there, here, places, command, name, value, careful) or places.of(value, name, _asked(there, here, command))
                 for name, value in entry.arguments.items()}  # fmt: skip
        for again in (False, True):
            try:
                made.lines.append(work(_done(here, replace(entry, n=len(made.lines)), command, given, hash_line(made.lines[-1]))).line())
                made.done += 1
                break
            except Refusal as refused:
                name = refused.field
                if again or not name or not isinstance(given.get(name), str) or _kind(command, name) != "line":
                    made.left.append(f"{entry.n} {entry.do}: {refused.code}")
                    break
                given[name] += "2"  # a name of the classmate's choice, which somebody else has here
                places.note(name, entry.arguments[name], given[name])
        there.apply(entry)
    return made


def _kind(command: Command, field: str) -> str:
    return next((p.kind for p in command.params if p.name == field), "")


def _done(here: State, entry: Entry, command: Command, given: dict[str, Any], prev: str) -> Entry:
    """The entry as done in one's own world, by whoever is signed in there."""
    arguments, day = command.parse(given), here.day
    gave: list[str] = []
    by = here.actor(command) + (AUTO if entry.by.endswith(AUTO) else "")

    def keep(result: Any) -> None:
        if isinstance(result, Declined):  # a secret that is wrong here
            raise result.refusal
        gave.append(canonical.digest(result))

    result, _ = here.transact(command, arguments, entry.n, by, keep)
    made = replace(entry, day=day.isoformat(), by=by, arguments=command.record(arguments), gave=gave[0], prev=prev)
    here.note(made, command, arguments, result, day)
    return made


def _asked(there: State, here: State, command: Command) -> dict[Any, Any]:
    """What the classmate was asked in this command's tasks, with what oneself is asked in its place."""
    pairs: dict[Any, Any] = {}
    for code in command.tasks:
        for _, a, b in _leaves(plain(brief(there.look, code)), plain(brief(here.look, code))):
            pairs.setdefault(a, b)
    return pairs


def _leaves(theirs: Any, mine: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """What stands at the same place in two briefs, with the name of the place."""
    if isinstance(theirs, dict) and isinstance(mine, dict):
        for key in theirs.keys() & mine.keys():
            yield from _leaves(theirs[key], mine[key], key)
    elif isinstance(theirs, list) and isinstance(mine, list):
        for a, b in zip(theirs, mine, strict=False):
            yield from _leaves(a, b, name)
    elif isinstance(theirs, (str, int)) and isinstance(mine, (str, int)):
        yield name, theirs, mine


def _secret(there: State, here: State, places: Places, command: Command, name: str, value: Any, careful: bool) -> str | None:
    """What the laboratory has told both of them is typed as one's own; of what the classmate thought up there is the digest, or one of something else."""
    param = next((p for p in command.params if p.name == name), None)
    if param is None or param.kind != "secret" or not isinstance(value, str):
        return None
    purpose = param.ask.purpose or next((p.ask.purpose for p in command.params if p.name == param.ask.same_as), "")
    for issued in (*there.prepared, *_told(there)):
        alike = issued.label.startswith("pin/") == secrets.is_pin(purpose)
        if alike and secrets.same_secret(there.header.seed, purpose, issued.stored(), value):
            own = secrets.Issued(places.columns["secret"].get(issued.stored(), issued.stored()).removeprefix("issued:"))
            return secrets.digest_secret(here.header.seed, purpose, own.plain(here.header.seed))
    if not careful or value.startswith("pin:"):
        return value
    return secrets.digest_secret(here.header.seed, purpose, f"renewed-{value[7:23]}-1")


def _told(state: State) -> list[secrets.Issued]:
    """What the laboratory has told its student since: the labels in the table of secrets."""
    sql = "select distinct secret[8:] as label from access where secret like 'issued:%' and secret not like 'issued:cast/%'"
    return [secrets.Issued(r.label) for r in state.look.all(sql)]


def at_ones_own_pace(header: Header, chance: random.Random) -> Callable[[Entry], Entry]:
    """Gives each entry a time of one's own."""
    import datetime

    now = datetime.datetime.fromisoformat(header.created)

    def later(entry: Entry) -> Entry:
        nonlocal now
        now += datetime.timedelta(seconds=3 + round(chance.lognormvariate(2.5, 0.8)))
        return replace(entry, at=now.isoformat())

    return later


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.transplant", description=__doc__)
    parser.add_argument("theirs", type=Path)
    parser.add_argument("--student", required=True)
    parser.add_argument("--key", default=DEMONSTRATION)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--careful", action="store_true")
    args = parser.parse_args()
    header = replace(survey(args.theirs).header, student=args.student, seed=seed_for(args.student, args.key))
    made = carried(args.theirs, header, args.careful, at_ones_own_pace(header, random.Random(args.student)) if args.careful else None)
    args.out.write_text("\n".join([*made.lines, ""]), "utf-8")
    print(f"done {made.done}, left {len(made.left)}", *made.left, sep="\n  ")


if __name__ == "__main__":
    main()
