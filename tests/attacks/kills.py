"""Kernels that are killed at work (SIGKILL), again and again on the same world: what was acknowledged is there, and at most one command more.

    python -m tests.attacks.kills --kills 200

Each kernel is a process of its own that opens the world, says so, sends letters, and says of each that it is done; it is killed at a moment that chance has
chosen, within a command as likely as between two, or while it opens. Then another reads the logbook and opens the world.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import ecomlab
from ecomlab import modules
from ecomlab.kernel.logbook import LOGBOOK, survey

modules.load()

WHO = {"user_name": "chen.mo", "full_name": "Chen Mo", "password": "Abcdefg-1", "confirm": "Abcdefg-1"}


@dataclass
class Killed:
    """kills: kernels killed; acknowledged: commands that they said were done; beyond: those found that no kernel came to say; lost: what is wrong."""

    kills: int = 0
    acknowledged: int = 0
    beyond: int = 0
    torn: int = 0
    lost: list[str] = field(default_factory=list)

    def line(self) -> str:
        return f"kills {self.kills}, commands acknowledged {self.acknowledged}, done and not said {self.beyond}, lines torn {self.torn}, lost {len(self.lost)}"


def killed(folder: Path, kills: int, seed: int = 0) -> Killed:
    """Kills so many kernels at work on one world in this folder."""
    chance, came = random.Random(seed), Killed()
    _in_a_process(lambda say: _begun(folder)).wait()
    there = _entries(folder, came)
    for _ in range(kills):
        kernel = _in_a_process(lambda say: _sends(folder, say))
        said = kernel.killed_after(chance.choice((0, 1, 2, 4, 8, 16)), chance)
        came.kills += 1
        came.acknowledged += said
        now = _entries(folder, came)
        if not said <= now - there <= said + 1:
            came.lost.append(f"kill {came.kills}: {said} acknowledged, {now - there} found")
        came.beyond += now - there - said
        there = now
    came.torn = len(list(folder.glob("logbook.torn-*")))
    return came


@dataclass
class Kernel:
    number: int
    out: IO[str]

    def killed_after(self, words: int, chance: random.Random) -> int:
        """Kills it after so many words, within about the time of one more; how many commands it had said were done by then."""
        began = time.monotonic()
        heard = [self.out.readline() for _ in range(words)]
        time.sleep(chance.random() * 1.5 * (time.monotonic() - began) / max(1, words) if words > 2 else chance.random() * 0.1)
        os.kill(self.number, signal.SIGKILL)
        if (ended := self.wait()) != -signal.SIGKILL:
            raise RuntimeError(f"a kernel ended before it was killed ({ended})")
        return [*heard, *self.out].count("done\n")

    def wait(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.number, 0)[1])


def _in_a_process(work: Callable[[Callable[[str], None]], None]) -> Kernel:
    """A child with what is imported here already; it ends without the parent's clean-up."""
    read, write = os.pipe()
    if number := os.fork():
        os.close(write)
        return Kernel(number, os.fdopen(read, "r"))
    try:
        os.close(read)
        work(lambda word: os.write(write, f"{word}\n".encode()) and None)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(2, f"{error!r}\n".encode())
        os._exit(1)
    os._exit(0)


def _begun(folder: Path) -> None:
    lab = ecomlab.open(folder, student="s1", scenario="email")
    lab.email.register(**WHO)
    lab.email.sign_in(address="chen.mo@ecomlab.test", password=WHO["password"])


def _sends(folder: Path, say: Callable[[str], None]) -> None:
    lab = ecomlab.open(folder)
    say("open")
    for number in range(10_000):
        lab.email.send(to="chen.mo@ecomlab.test", subject=f"{number}", body="x" * 2_000)
        say("done")


def _entries(folder: Path, came: Killed) -> int:
    """How many entries there are once the world was opened again, which must be all of them and sound."""
    if status := _in_a_process(lambda say: _opened(folder)).wait():
        came.lost.append(f"kill {came.kills}: the world does not open ({status})")
    read = survey(folder / LOGBOOK)
    came.lost += [f"kill {came.kills}: {f.text.en}" for f in read.findings]
    return len(read.entries)


def _opened(folder: Path) -> None:
    lab = ecomlab.open(folder)
    assert lab.look.value("select count(*) from mail_message where sender = 'chen.mo@ecomlab.test'") == len(lab.world.entries) - 2
    lab.world.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        came = killed(Path(place) / "world", args.kills, args.seed)
    print(*came.lost, came.line(), sep="\n")
    return 1 if came.lost else 0


if __name__ == "__main__":
    sys.exit(main())
