"""`ecomlab new`: what it lays stands where it belongs, and the worked example of docs/modules.md leads from there to green tests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ecomlab.cli import new as stubs
from ecomlab.cli.main import main
from ecomlab.kernel.refusals import KINDS
from ecomlab.kernel.tasks import letters
from ecomlab.modules import NAMES
from tests import golden, worlds
from tests.checkout import copy, run
from tests.worlds import refused

#: The task of the worked example, as it is begun.
TASK = ("task", "EBANK020", "--name", "large_transactions", "--like", "ebank.statement")
#: Its own tests, and what every task must keep, for the tasks of its module.
ITS_TESTS = "large_transactions or (test_tasks and (ebank or texts_exist or steps_are or goals_add))"
#: What is to be written by hand: each file that the page names, with the block below its name.
BLOCKS = dict(re.findall(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```$", (worlds.ROOT / "docs" / "modules.md").read_text("utf-8"), flags=re.M | re.S))


def unwritten(root: Path) -> list[str]:
    """The files in which something stands that `ecomlab new` left to be written."""
    places = ("ecomlab/modules/**/*", "ecomlab/reports/**/*", "ecomlab/course/*.toml", "data/scenarios/*.toml", "tests/test_*.py")
    there = [f for place in places for f in root.glob(place) if f.suffix in (".py", ".toml", ".sql") and f.name != Path(__file__).name]
    return sorted(f.relative_to(root).as_posix() for f in there if re.search("待写|To be written", f.read_text("utf-8")))


def test_nothing_is_left_to_be_written() -> None:
    assert unwritten(worlds.ROOT) == []


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checkout, into which `ecomlab new` lays."""
    made = copy(tmp_path / "checkout", "tests", "docs")
    monkeypatch.setattr("ecomlab.course.folder.checkout", lambda: made)
    return made


def run_tests(checkout: Path, wanted: str, *files: str) -> str:
    """What those tests say in the copy; all of them pass."""
    return run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", wanted, *files)


def catalogue(checkout: Path) -> dict[str, dict[str, object]]:
    return {t["code"]: t for t in json.loads(run(checkout, "-m", "ecomlab", "tasks", "--format", "json"))}


def test_the_worked_example_leads_from_stubs_to_green_tests(scratch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(scratch, "-m", "ecomlab", "course", "supersede", "ebank", "semester")
    before = {name: (scratch / name).read_text("utf-8") for name in BLOCKS}
    assert main(["new", *TASK, "--format", "json"]) == 0
    laid = [place.rpartition(":") for place in json.loads(capsys.readouterr().out)["laid"]]
    assert [file for file, _, _ in laid] == [*BLOCKS, "data/scenarios/ebank.toml", "data/scenarios/semester.toml"]
    for file, _, line in laid:
        began = (scratch / file).read_text("utf-8").splitlines()[int(line) - 1 :]
        assert began[0] and re.search("EBANK020|large_transactions", " ".join(began[:2])), file
    assert unwritten(scratch) == sorted(BLOCKS)
    there = catalogue(scratch)
    assert there["EBANK020"]["role"] == there["EBANK007"]["role"]

    for name, block in BLOCKS.items():
        gap = "\n" if name.endswith(".toml") else "\n\n"
        (scratch / name).write_text(before[name] + gap + block, "utf-8")
    assert unwritten(scratch) == []
    passed = run_tests(scratch, ITS_TESTS, "tests/test_tasks.py", "tests/test_ebank.py")
    assert int(re.search(r"(\d+) passed", passed)[1]) >= 9  # type: ignore[index]
    logbook = golden.FOLDER / "ebank.jsonl"
    [report] = json.loads(run(scratch, "-m", "ecomlab", "grade", logbook, "--format", "json"))
    assert (report["points"], report["out_of"], report["findings"]) == (36, 36, [])


@pytest.mark.slow
def test_a_new_report_and_a_new_module_load_and_say_what_is_to_be_written(scratch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    laid: list[str] = []
    for what in ("report", "module"):
        assert main(["new", what, "x", "--format", "json"]) == 0
        laid += [place.rpartition(":")[0] for place in json.loads(capsys.readouterr().out)["laid"]]
    given = ("ecomlab/modules/__init__.py", *(f"ecomlab/modules/x/{f}" for f in ("package.toml", "checks.py", "playbook.py")))
    known = [f for f in laid if f not in given]
    assert unwritten(scratch) == sorted(known)
    there = catalogue(scratch)
    assert there["X001"]["module"] == "x" and list(there).index("X001") > list(there).index("EDI018")
    passed = run_tests(scratch, "x", "tests/test_x.py", "tests/test_reports.py::test_a_report_is_what_it_declares")
    assert "2 passed" in passed or "3 passed" in passed, passed


@pytest.mark.slow
def test_a_task_can_be_laid_beside_a_command_of_every_module(scratch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = []
    for module in NAMES:
        assert main(["new", "task", f"{letters(module)}999", "--name", "brand_new", "--like", "none"]) == 2
        like = capsys.readouterr().err.rstrip("。.\n ").rpartition(" ")[2]  # what it says that one may name
        codes.append(f"{letters(module)}999")
        assert main(["new", "task", codes[-1], "--name", "brand_new", "--like", like]) == 0
    assert set(codes) <= set(catalogue(scratch))


REFUSED: dict[str, tuple[str, ...]] = {
    "bad_code": ("task", "bank20", *TASK[2:]),
    "not_beside": TASK[:4],
    "not_like": (*TASK[:5], "ca.verify"),
    "exists_already": ("task", "EBANK019", *TASK[2:]),
    "not_an_identifier": ("module", "class"),
}
TAKEN = [(*TASK[:3], "statement", *TASK[4:]), (*TASK[:3], "within", *TASK[4:]), ("report", "profit"), ("report", "made"), ("module", "ca"), ("module", "books")]


@pytest.mark.parametrize(("code", "call"), [*REFUSED.items(), *(("exists_already", call) for call in TAKEN)], ids=str)
def test_what_cannot_be_laid_is_refused_in_words_and_nothing_is_written(
    code: str, call: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ecomlab.course.folder.checkout", lambda: tmp_path)
    for language in ("zh", "en"):
        assert main(["new", *call, "--language", language]) == 2
        said = re.escape(KINDS[code].text.say(language))
        assert re.search(re.sub(r"\\{\w+\\}", ".+", said), capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def test_outside_a_checkout_there_is_nowhere_to_lay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecomlab.course.folder.checkout", lambda: None)
    assert refused(stubs.lay, "report", "x").code == "no_checkout"
