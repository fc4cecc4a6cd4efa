"""Golden logbooks: what old logbooks meant, they must go on meaning.

`<scenario>.jsonl` is the logbook of a model student, `<scenario>.json` the digest of every table and the points that
it led to when it was recorded. A change that alters either changes what submitted work means: it needs a new version
of the rules (`RULES` in `ecomlab/kernel/rules.py`), superseded data kept, or it was a mistake. Where it is meant, as when scenario data
change before a release, they are recorded anew by one command:

    python -m tests.golden              (all anew, in a commit of its own that says why, and CHANGELOG too)
    python -m tests.golden --digests    (the logbooks stay; tables are laid out otherwise)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ecomlab import modules
from ecomlab.grading.assess import assess
from ecomlab.kernel.canonical import digest
from ecomlab.kernel.database import Database
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.state import State

modules.load()

FOLDER = Path(__file__).resolve().parent
STUDENT = "golden"


def outcome(logbook: Path, database: Database | None = None) -> dict[str, Any]:
    """What a logbook leads to on that store (DuckDB, if none is given): points, and the digest of every table that holds something."""
    read = survey(logbook)
    state = State(read.header, database, once=True)
    try:
        findings = state.replay(read.entries)
        filled = [t for t in state.database.tables() if state.look.value(f'select 1 from "{t}" limit 1')]
        points = float(sum(assess(state, code).points for code in state.scenario.tasks))
        tables = {t: d[:16] for t, d in state.database.digest(filled).items()}
        counters = digest(state.known.counters, 16)
    finally:
        state.close()
    return {
        "points": points,
        "findings": [[f.line, f.code] for f in [*read.findings, *findings]],
        "digest": digest(tables, 32),
        "counters": counters,
        "tables": tables,
    }


def recorded() -> list[Path]:
    return sorted(FOLDER.glob("*.jsonl"))


def expected(logbook: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(logbook.with_suffix(".json").read_text("utf-8"))
    return found
