"""What is wrong with the points of a task, of a module or of all: `python -m tests.perturbed --task B2C003`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from ecomlab import modules
from ecomlab.kernel.tasks import tasks

from .trial import Tried, trials


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.perturbed", description=__doc__)
    parser.add_argument("--task", action="append", default=[], help="a task's code; may be repeated")
    parser.add_argument("--module", action="append", default=[], choices=modules.ORDER)
    parser.add_argument("--all", action="store_true", help="show what is right and what is refused, too")
    parser.add_argument("--tsv", type=Path, help="write every variant to this file")
    args = parser.parse_args()
    codes = {c: t.module for c, t in tasks().items() if t.module in modules.ORDER}
    homes = {codes[c]: [] for c in args.task} | {m: [] for m in args.module} or {m: [] for m in modules.ORDER}
    for code in args.task:
        homes[codes[code]].append(code)
    done: list[Tried] = []
    for module, chosen in homes.items():
        for t in trials(module, chosen or None):
            done.append(t)
            if args.all or t.verdict == "WRONG":
                print("\t".join(t.row))
    if args.tsv:
        args.tsv.write_text("\n".join("\t".join(t.row) for t in done) + "\n", "utf-8")
    counts = Counter((t.variant.kind, t.verdict) for t in done)
    for kind in sorted({k for k, _ in counts}):
        print(f"{kind}: " + ", ".join(f"{counts[kind, v]} {v}" for v in ("right", "WRONG", "open", "no variant") if counts[kind, v]), file=sys.stderr)
    return int(any(t.verdict == "WRONG" for t in done))


if __name__ == "__main__":
    raise SystemExit(main())
