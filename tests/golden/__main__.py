"""Records the golden logbooks anew, one for each scenario that can be played, or those of the scenarios named; with `--digests` only what they lead to.

With `--digests` the logbooks stay as they are: they must replay as they did, for the same points, into tables that are laid out otherwise.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tests import worlds
from tests.golden import FOLDER, STUDENT, expected, outcome, recorded


def digests() -> int:
    """Writes the digests of the tables anew. Refuses where points or findings are others: that is no other layout."""
    for logbook in recorded():
        found, before = outcome(logbook), expected(logbook)
        if (found["points"], found["findings"]) != (before["points"], before["findings"]):
            print(f"{logbook.name} means something else now: {found['points']} points, findings {found['findings']}", file=sys.stderr)
            return 1
        logbook.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 0


def main(names: list[str]) -> int:
    if not names:
        for old in [*FOLDER.glob("*.jsonl"), *FOLDER.glob("*.json")]:
            old.unlink()
    for name in names or worlds.scenarios():
        logbook = Path(shutil.copy(worlds.model(name, STUDENT), FOLDER / f"{name}.jsonl"))
        found = outcome(logbook)
        logbook.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        print(f"{logbook.name}: {found['points']} points, {len(found['tables'])} tables, digest {found['digest']}")
        if found["findings"]:
            print(f"  it does not replay: {found['findings']}", file=sys.stderr)
            return 1
    worlds.forget_models()
    return 0


if __name__ == "__main__":
    raise SystemExit(digests() if sys.argv[1:] == ["--digests"] else main(sys.argv[1:]))
