"""A target is tried with inputs that follow from a seed and their number; what is neither taken nor refused in words is a finding."""

from __future__ import annotations

import hashlib
import json
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.texts import LANGUAGES

#: What was found once, by target: each file is an input.
CORPUS = Path(__file__).resolve().parent.parent / "corpus"


class Target(Protocol):
    """What is tried. share: its part of ten thousand of a run's inputs; make: an input, as bytes; attempt: gives it to the reader and says what came of it.

    Raises a Refusal where it was refused; anything else that it raises is a finding.
    """

    name: str
    share: int

    def make(self, chance: random.Random) -> bytes: ...

    def attempt(self, data: bytes) -> str: ...


@dataclass
class Reader:
    """A target that is a reader of files: `samples` gives sound inputs, `turn` an odd one of them."""

    name: str
    share: int
    samples: Callable[[], list[bytes]]
    turn: Callable[[random.Random, Sequence[bytes]], bytes]
    read: Callable[[bytes], str]

    @cached_property
    def seeds(self) -> list[bytes]:
        return self.samples()

    def make(self, chance: random.Random) -> bytes:
        return self.turn(chance, self.seeds)

    def attempt(self, data: bytes) -> str:
        return self.read(data)


class Unclear(AssertionError):
    """It was refused, but not as a refusal has to be; or taken, but not as it has to be taken."""


@dataclass
class Found:
    """An input that was neither taken nor refused in words. key: where it went wrong, by which equal findings are told."""

    target: str
    number: int
    key: str
    trace: str
    times: int = 1


@dataclass
class Outcome:
    """What came of a run: how many inputs each target was given, what came of them, findings, and what each target and its slowest input took.

    Times are seconds of the processor. rounds: through how many parts of a long run it has come.
    """

    rounds: int = 0
    inputs: Counter[str] = field(default_factory=Counter)
    came: dict[str, Counter[str]] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    slowest: dict[str, tuple[float, int]] = field(default_factory=dict)
    seconds: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """For people: a line for each target, then the findings."""
        made = [f"{'target':<16}{'inputs':>9}{'taken':>9}{'refused':>9}{'ways':>6}{'found':>7}{'ms':>8}{'slowest s':>11} (number)"]
        for name, inputs in self.inputs.items():
            came = self.came[name]
            found = sum(f.times for f in self.found.values() if f.target == name)
            refused = sum(n for what, n in came.items() if what.startswith("refused"))
            slow, at = self.slowest[name]
            taken, each = inputs - refused - found, 1000 * self.seconds[name] / inputs
            made.append(f"{name:<16}{inputs:>9,}{taken:>9,}{refused:>9,}{len(came):>6}{found:>7}{each:>8.2f}{slow:>11.2f} ({at})")
        made.append(f"inputs {self.inputs.total():,}, findings {len(self.found)} (of {sum(f.times for f in self.found.values())} inputs)")
        return [*made, *(f"\n--- {f.target} {f.number}: {f.key}, {f.times} times\n{f.trace}" for f in self.found.values())]


    def write(self, path: Path) -> None:
        """Whole or not at all, since a run is interrupted when it is."""
        half = path.with_suffix(".half")
        half.write_text(json.dumps(vars(self) | {"found": {key: vars(there) for key, there in self.found.items()}}), "utf-8")
        half.replace(path)

    @classmethod
    def read(cls, path: Path) -> Outcome:
        kept = json.loads(path.read_text("utf-8"))
        came = {name: Counter(ways) for name, ways in kept["came"].items()}
        found = {key: Found(**there) for key, there in kept["found"].items()}
        slowest = {name: (took, number) for name, (took, number) in kept["slowest"].items()}
        return cls(kept["rounds"], Counter(kept["inputs"]), came, found, slowest, Counter(kept["seconds"]))


def number_of(seed: int, target: str, number: int) -> random.Random:
    """The chance from which one input of a target follows."""
    return random.Random(f"{seed}/{target}/{number}")


def tried(target: Target, data: bytes) -> str:
    """What came of an input: a word of the target's, or "refused" and the code. Raises what is a finding."""
    try:
        return target.attempt(data)
    except Refusal as refused:
        for problem in refused.problems:
            if not problem.code or not all(problem.text.say(language).strip() for language in LANGUAGES):
                raise Unclear(f"{refused!r} says nothing") from refused
            "".join(problem.text).encode("utf-8", "replace")
        return f"refused {refused.code}"


def run(targets: Sequence[Target], inputs: int, seed: int = 0, first: int = 0, keep: Path | None = None, outcome: Outcome | None = None) -> Outcome:
    """Tries the targets with so many inputs in all, parted by their shares; the first of each has this number.

    keep: where an input is laid down as soon as it is found to go wrong; outcome: that of the inputs before, to which these are added.
    """
    outcome = outcome or Outcome()
    whole = sum(t.share for t in targets)
    for target in targets:
        _try(target, seed, range(first, first + max(1, inputs * target.share // whole)), outcome, keep)
    return outcome


#: Inputs of a round of a long run: what `test_fuzz.py` has in each of its twenty parts of a million.
ROUND = 50_000


def run_in_rounds(
    targets: Sequence[Target], inputs: int, each: int, on: Path, keep: Path | None, told: Callable[[Outcome], None], seed: int = 0
) -> Outcome:
    """A long run in rounds of `each` inputs, all targets in every round; `on` is the file from which a further run goes on where this one stopped."""
    outcome = Outcome.read(on) if on.exists() else Outcome()
    while outcome.rounds * each < inputs:
        run(targets, each, seed, outcome.rounds * each, keep, outcome)
        outcome.rounds += 1
        outcome.write(on)
        told(outcome)
    return outcome


def corpus(target: str) -> list[Path]:
    """What was found once for a target."""
    return sorted((CORPUS / target).glob("*"))


def _try(target: Target, seed: int, numbers: Iterable[int], outcome: Outcome, keep: Path | None) -> None:
    came = outcome.came.setdefault(target.name, Counter())
    for number in numbers:
        data = target.make(number_of(seed, target.name, number))
        began = time.process_time()
        try:
            came[tried(target, data)] += 1
        except Exception as error:
            key = f"{target.name}: {_place(error)}"
            if key in outcome.found:
                outcome.found[key].times += 1
            else:
                outcome.found[key] = Found(target.name, number, key, "".join(traceback.format_exception(error))[-3000:])
                if keep:
                    lay_down(target.name, data, keep)
        took = time.process_time() - began
        outcome.inputs[target.name] += 1
        outcome.seconds[target.name] += took
        outcome.slowest[target.name] = max((took, number), outcome.slowest.get(target.name, (0.0, 0)))


def _place(error: BaseException) -> str:
    """What went wrong and where: the exception and the last line of the product that had a part in it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/ecomlab/" in f.filename] or frames
    return f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}" + (f" {error}"[:80] if isinstance(error, Unclear) else "")


def lay_down(target: str, data: bytes, folder: Path = CORPUS) -> Path:
    """Keeps an input, in the target's folder there."""
    place = folder / target / hashlib.sha256(data).hexdigest()[:12]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return place
