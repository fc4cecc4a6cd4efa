"""A world imports its own modules and no others; and whichever modules a process imported first, a world is the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ecomlab import modules
from ecomlab.grading import grade
from ecomlab.kernel import packages
from ecomlab.kernel.command import COMMANDS
from ecomlab.modules.b2c import payments
from tests.worlds import ROOT

modules.load()

GOLDEN = ROOT / "tests" / "golden"
IMPORTED = """
import json, sys
from pathlib import Path
from ecomlab.grading import grade
report = grade(Path(sys.argv[1]))
there = sorted({n.split(".")[2] for n in sys.modules if n.startswith("ecomlab.modules.")})
print(json.dumps([there, report.record()]))
"""
#: What a world asks, in this order, of whatever has been registered there.
ASKED = """
import json, sys
from ecomlab import modules
from ecomlab.books import clock, documents, stock
from ecomlab.kernel import packages
from ecomlab.kernel.scenario import scenario
for name in sys.argv[1:]:
    packages.load(scenario(name).packages)
made = scenario(sys.argv[-1])
names = lambda functions: [f"{f.__module__}.{f.__qualname__}" for f in made.those(functions)]
heard = {f"{kind} {state}": names(f) for kept in (documents._LISTENERS, documents._LISTENERS_OF_MANY) for (kind, state), f in sorted(kept.items()) if names(f)}
print(json.dumps([list(made.prologue), made.digest, names(clock.DAILY), names(stock._KEEPERS), heard]))
"""


def _said(code: str, *arguments: str) -> object:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.whole
@pytest.mark.parametrize("name, needs", [("shop", {"email", "ca", "ebank", "b2c", "shop"}), pytest.param("email", {"email"}, marks=pytest.mark.slow)])
def test_grading_imports_the_modules_of_the_world(name: str, needs: set[str]) -> None:
    there, report = _said(IMPORTED, str(GOLDEN / f"{name}.jsonl"))  # type: ignore[misc]
    assert set(there) == needs
    assert report == json.loads(json.dumps(grade(GOLDEN / f"{name}.jsonl").record()))


def test_a_command_of_a_module_that_was_not_imported_is_found(tmp_path: Path) -> None:
    code = (
        "import sys; from ecomlab import modules; from ecomlab.kernel import packages; from ecomlab.kernel.command import find\n"
        "packages.load(['email']); before = 'ecomlab.modules.floor' in sys.modules; import json; print(json.dumps([before, find('floor.pack').name]))"
    )
    pack = next(name for name in COMMANDS if name.startswith("floor."))
    assert _said(code.replace("floor.pack", pack)) == [False, pack]


@pytest.mark.parametrize("names", [pytest.param(("shop", "department"), marks=pytest.mark.slow), ("teaching", "email", "semester")])
def test_the_order_of_what_is_registered_is_that_of_packages(names: tuple[str, ...]) -> None:
    """These worlds are begun one after the other in a process of their own, and the last in one that imported all modules in their one order."""
    asked = _said(ASKED, *names)
    assert asked == _said(f"from ecomlab import modules; modules.load(){ASKED}", names[-1])
    *_, daily, _, heard = asked  # type: ignore[misc]
    assert len(daily) > 3 and len(heard) > 10 and payments._WITHHOLDING


def test_packages_stand_in_one_order() -> None:
    assert packages.together(["edi", "email", "b2b"]) == packages.together(["b2b", "edi"])
