"""The command: tries every reader and every command, says what came of it, and lays down what was found."""

from __future__ import annotations

import argparse
import faulthandler
import sys
import time
from pathlib import Path

from .commands import commands
from .harness import CORPUS, ROUND, Outcome, number_of, run, run_in_rounds, tried
from .readers import READERS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000, metavar="N", help="inputs in all (default: 10000)")
    parser.add_argument("--on", type=Path, metavar="FILE", help=f"in rounds of {ROUND:,} inputs, from which a further run goes on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of each target's first input")
    parser.add_argument("--only", nargs="*", default=[], metavar="TARGET", help="these targets alone")
    parser.add_argument("--show", type=int, metavar="N", help="one input of the target, and what comes of it")
    parser.add_argument("--keep", type=Path, nargs="?", const=CORPUS, metavar="DIR", help="lay what goes wrong down at once, there or in the corpus")
    args = parser.parse_args()
    faulthandler.enable()
    targets = [t for t in [*READERS, *commands()] if not args.only or t.name in args.only]
    if args.show is not None:
        data = targets[0].make(number_of(args.seed, targets[0].name, args.show))
        print(data[:3000])
        print(tried(targets[0], data))
        return 0
    began = time.monotonic()

    def told(outcome: Outcome) -> None:
        print(f"{time.monotonic() - began:7.0f} s, inputs {outcome.inputs.total():,}, findings {len(outcome.found)}", file=sys.stderr, flush=True)

    if args.on:
        outcome = run_in_rounds(targets, args.inputs, ROUND, args.on, args.keep, told, args.seed)
    else:
        outcome = run(targets, args.inputs, args.seed, args.first, args.keep)
    print("\n".join(outcome.lines()))
    return 1 if outcome.found else 0


if __name__ == "__main__":
    sys.exit(main())
