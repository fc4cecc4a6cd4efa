"""Records the golden logbooks anew: one for each scenario that can be played."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tests import worlds
from tests.golden import FOLDER, STUDENT, outcome


def main() -> int:
    for old in [*FOLDER.glob("*.jsonl"), *FOLDER.glob("*.json")]:
        old.unlink()
    for name in worlds.scenarios():
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
    raise SystemExit(main())
