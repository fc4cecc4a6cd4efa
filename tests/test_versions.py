"""Worlds outlive upgrades: what a scenario's digest covers, what of the course a world has, and how old logbooks stay good."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecomlab import modules
from ecomlab.course.supersede import supersede
from ecomlab.grading import grade
from ecomlab.kernel import packages, rules
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.refusals import NOT_IN_THIS_WORLD
from ecomlab.kernel.rules import UPCASTS, spelled_now, upcast
from ecomlab.kernel.scenario import home, read_rows, read_scenario, rows_digest, scenario, scenario_names, share, superseded
from ecomlab.kernel.tasks import tasks
from ecomlab.lab import Lab
from tests import golden, tea, worlds
from tests.checkout import copy, run
from tests.test_layout import FILES, dotted_of, imported, module_of
from tests.worlds import assert_both, refused

modules.load()

# --- what a scenario is --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_lists_tasks_that_exist_of_modules_that_it_names(name: str) -> None:
    read = scenario(name)
    assert len(set(read.tasks)) == len(read.tasks)
    assert bool(read.tasks) == any(t.module in read.modules for t in tasks().values()), "one whose modules have no task is to be explored"
    assert {tasks()[code].module for code in read.tasks} <= set(read.modules)
    assert tuple(c for c in tasks() if c in read.tasks) == read.tasks, "they are reported in the order of the catalogue"


def test_every_task_of_a_module_counts_in_its_own_scenario() -> None:
    for name in (*modules.NAMES, *modules.BESIDE):
        assert scenario(home(name)).tasks == tuple(tasks((name,)))


def test_a_superseded_scenario_has_its_tasks_and_data() -> None:
    for kept in (s for versions in superseded().values() for s in versions):
        assert set(kept.tasks) <= set(tasks())
        assert all(kept.rows(name) for name in packages.data_of(kept.packages))


SPELLED_OTHERWISE: dict[str, Callable[[str], str]] = {
    "a comment": lambda text: f"# for winter\n{text}",
    "a key that nobody reads": lambda text: f'written_by = "ann"\n{text}',
    "a title": lambda text: text.replace("assignment", "homework"),
    "the order of keys": lambda text: "\n".join(reversed(text.partition("prologue")[0].splitlines())) + "\nprologue" + text.partition("prologue")[2],
    "what it was known as": lambda text: 'known_as = ["x"]\n' + text,
}
MEANT_OTHERWISE: dict[str, Callable[[str], str]] = {
    "the start": lambda text: text.replace("2026-09-01", "2026-09-02"),
    "the modules": lambda text: text.replace('["email"]', '["email", "ca"]'),
    "the prologue": lambda text: text.replace('["email.cast"]', '["email.cast", "EMAIL001"]'),
    "the tasks": lambda text: text.replace('"EMAIL001", ', ""),
}


def varied(tmp_path: Path, change: Callable[[str], str]) -> str:
    """The digest of the e-mail scenario after a change to its file."""
    file = tmp_path / "email.toml"
    before = (share("data") / "scenarios" / "email.toml").read_text("utf-8")
    after = change(before)
    assert after != before
    file.write_text(after, "utf-8")
    return read_scenario("email", file).digest


@pytest.mark.parametrize("what", SPELLED_OTHERWISE)
def test_a_scenario_spelled_otherwise_is_the_same(what: str, tmp_path: Path) -> None:
    assert varied(tmp_path, SPELLED_OTHERWISE[what]) == scenario("email").digest


@pytest.mark.parametrize("what", MEANT_OTHERWISE)
def test_a_scenario_that_means_something_else_is_another(what: str, tmp_path: Path) -> None:
    assert varied(tmp_path, MEANT_OTHERWISE[what]) != scenario("email").digest


def test_data_are_what_their_rows_say(tmp_path: Path) -> None:
    def of(text: str) -> str:
        file = tmp_path / "goods.csv"
        file.write_bytes(text.encode())
        return rows_digest(read_rows(file))

    same = of("name,cost\nCup,2.00\nPot,9.00\n")
    assert same == of('name,cost\r\n"Cup",2.00\r\nPot,9.00\r\n') == of("cost,name\n2.00,Cup\n9.00,Pot\n")
    assert len({same, of("name,cost\nCup,2.10\nPot,9.00\n"), of("name,cost\nPot,9.00\nCup,2.00\n"), of("name,price\nCup,2.00\nPot,9.00\n")}) == 4


def test_only_declared_data_can_be_read() -> None:
    """So the digest covers what is read: reading anything else raises, in every world that a test plays."""
    assert scenario("c2c").rows("auction_goods")
    with pytest.raises(LookupError, match="auction_goods"):
        scenario("email").rows("auction_goods")


@pytest.mark.parametrize("module", (*modules.NAMES, *modules.BESIDE))
def test_a_module_has_declared_the_modules_that_it_uses(module: str) -> None:
    used = {module_of(target) for file in FILES if module_of(dotted_of(file)) == module for _, target in imported(file)} - {""}
    assert module in used and used <= set(packages.together([module]))


def test_packages_stand_in_their_one_order_with_what_they_need() -> None:
    assert packages.together(["edi", "email"]) == packages.together(["edi"])
    assert [p for p in packages.together(["edi"]) if p in modules.NAMES] == [m for m in modules.NAMES if m in packages.together(["edi"])]
    assert packages.together([]) == ("kernel", "books", "reports"), "what is everywhere"
    with pytest.raises(LookupError, match="nowhere"):
        packages.together(["nowhere"])


# --- what a world has ----------------------------------------------------------------------------------------------------------


def test_the_tables_of_a_world_are_those_of_its_modules(lab: Callable[..., Lab]) -> None:
    made = lab("email")
    tables = set(made.world.state.database.tables())
    assert {"mailbox", "mail_message", "document", "posting", "clock", "session"} <= tables
    assert not {t for t in tables if t.partition("_")[0] in modules.NAMES} | tables & {"certificate"}
    assert {"certificate", "b2b_order"} <= set(lab("edi").world.state.database.tables())


def test_a_module_that_the_world_has_not_is_refused_by_name(lab: Callable[..., Lab]) -> None:
    made = lab("email")
    for refusal in (
        refused(made.call, "c2c.search", words="x"),
        refused(made.form, "C2C001"),
        refused(made.check, "C2C001"),
        refused(made.choices, "c2c.bid", "listing"),
        refused(made.dashboard, "auctions"),
    ):
        assert refusal.code == NOT_IN_THIS_WORLD.code
        assert "c2c" in refusal.text.zh and "c2c" in refusal.text.en
    with pytest.raises(AttributeError, match="c2c"):
        _ = made.c2c
    assert not hasattr(made, "c2c") and "c2c" not in dir(made) and {"email", "advance"} <= set(dir(made))


def test_an_entry_of_a_module_that_the_world_has_not_counts_for_nothing(tmp_path: Path) -> None:
    lines = worlds.model("email").read_text("utf-8").splitlines()
    last = json.loads(lines[-1])
    forged = json.dumps({**last, "n": last["n"] + 1, "do": "c2c.search", "with": {"words": "x"}}, ensure_ascii=False)
    report = grade(worlds.write(tmp_path / "forged.jsonl", worlds.relinked([*lines, forged])))
    assert [f.code for f in report.findings] == ["not_in_this_world"]
    assert_both(report.findings[0].text)
    assert report.points == worlds.report("email").points == report.out_of


def test_what_happens_daily_and_what_must_hold_is_that_of_the_worlds_modules(lab: Callable[..., Lab]) -> None:
    made = lab("email")
    made.advance(days=40)
    verdicts = made.audit()
    assert not [v for v in verdicts if v.findings]
    there = {v.name for v in verdicts}
    assert "postings_balance" in there and there < set(INVARIANTS)
    assert not {name for name in there if name.partition("_")[0] in modules.NAMES}


def test_a_cast_is_that_of_the_worlds_modules(tmp_path: Path) -> None:
    file = tmp_path / "c2c.toml"
    file.write_text('start = 2026-09-01\nmodules = ["c2c"]\nprologue = ["cast"]\ntasks = []\n[title]\nzh = "拍"\nen = "A"\n', "utf-8")
    assert {"email.cast", "ebank.cast", "c2c.cast"} <= set(read_scenario("c2c", file).prologue)
    assert not {"netsell.cast", "edi.cast"} & set(read_scenario("c2c", file).prologue)


# --- rules ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_rules_four(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if three versions of the rules had gone by; what is declared meanwhile is forgotten."""
    monkeypatch.setattr(rules, "RULES", 4)
    monkeypatch.setattr(rules, "UPCASTS", {})
    monkeypatch.setitem(UPCASTS, "tea.brew", [])


@pytest.mark.usefixtures("at_rules_four")
def test_upcasters_apply_step_by_step_from_the_rules_of_the_entry() -> None:
    upcast("tea.brew", before=4, now="tea.serve")(lambda given: {"leaf": given["tea"], "grams": given["grams"]})
    upcast("tea.brew", before=2)(lambda given: {"tea": given["tea"], "grams": 8 if given.get("strong") else 4})
    upcast("tea.serve", before=3)(lambda given: {"never": "an entry of that name is older than the name"})
    old = {"tea": "oolong", "strong": True}
    assert spelled_now("tea.brew", old, 1) == ("tea.serve", {"leaf": "oolong", "grams": 8})
    assert spelled_now("tea.brew", {"tea": "oolong", "grams": 5}, 2) == ("tea.serve", {"leaf": "oolong", "grams": 5})
    assert spelled_now("tea.brew", old, 4) == ("tea.brew", old), "a new command of the old name is left alone"
    assert old == {"tea": "oolong", "strong": True}, "the entry itself stays as it was written"


@pytest.mark.usefixtures("at_rules_four")
def test_an_upcaster_names_rules_that_have_begun_and_each_once() -> None:
    for before in (1, 5):
        with pytest.raises(ValueError, match="none that have begun"):
            upcast("tea.brew", before=before)
    upcast("tea.brew", before=2)(dict)
    with pytest.raises(ValueError, match="twice"):
        upcast("tea.brew", before=2)(dict)


def test_an_entry_of_rules_to_come_says_so(tmp_path: Path) -> None:
    lines = worlds.model("email").read_text("utf-8").splitlines()
    later = [*lines[:-1], json.dumps({**json.loads(lines[-1]), "rules": 99}, ensure_ascii=False)]
    assert [f.code for f in grade(worlds.write(tmp_path / "later.jsonl", worlds.relinked(later))).findings] == ["newer_rules"]
    odd = [*lines[:-1], json.dumps({**json.loads(lines[-1]), "rules": "2"}, ensure_ascii=False)]
    assert [f.code for f in grade(worlds.write(tmp_path / "odd.jsonl", worlds.relinked(odd))).findings] == ["not_an_entry"]


def test_nothing_is_superseded_that_is_not_there() -> None:
    assert "insurers" in refused(supersede, ["insurers"]).text.en


# --- through upgrades ----------------------------------------------------------------------------------------------------------


def graded(checkout: Path, *logbooks: Path) -> str:
    return run(checkout, "-m", "ecomlab", "grade", *logbooks, "--format", "json", good=(0, 1))


def do(checkout: Path, worlds: dict[Path, tuple[str, ...]]) -> str:
    """Works in the worlds of those logbooks with the ecomlab of that checkout, in one process; what it prints."""
    script = ["import ecomlab"]
    for folder, lines in ((logbook.parent, lines) for logbook, lines in worlds.items()):
        script += [f"lab = ecomlab.open({str(folder)!r}, student={folder.name!r}, scenario='tea')", *lines]
    return run(checkout, "-c", "\n".join(script))


def entries(logbook: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logbook.read_text("utf-8").splitlines()[1:]]


def test_worlds_of_every_age_keep_their_points_and_what_these_are_out_of(tmp_path: Path) -> None:
    """The tea house: a command is changed twice, data are superseded, a task is added and one withdrawn, and rules go from 1 to 3."""
    checkout = copy(tmp_path / "checkout")
    tea.lay(checkout, 1)
    first, half = tmp_path / "first" / "logbook.jsonl", tmp_path / "half" / "logbook.jsonl"
    do(checkout, {first: ("lab.tea.brew('oolong', strong=True)", "lab.tea.pots()"), half: ("lab.tea.brew('oolong')",)})
    points = {p: [r["points"], r["out_of"]] for p, r in zip((first, half), json.loads(graded(checkout, first, half)), strict=True)}
    assert points == {first: [4, 4], half: [2, 4]}

    assert "superseded/teas-" in run(checkout, "-m", "ecomlab", "course", "supersede", "teas")
    assert run(checkout, "-m", "ecomlab", "course", "supersede", "teas") == "", "once is enough"
    tea.lay(checkout, 2)
    second = tmp_path / "second" / "logbook.jsonl"
    older = ("assert lab.tea.cup() == 'gaiwan'", "assert lab.codes == ['TEA001', 'TEA002']", "lab.tea.brew('oolong', grams=5)")
    do(checkout, {half: older, second: ("lab.tea.brew('oolong', grams=7)",)})
    points[second] = [4, 6]

    run(checkout, "-m", "ecomlab", "course", "supersede", "tea", "cups")
    tea.lay(checkout, 3)
    third = tmp_path / "third" / "logbook.jsonl"
    older = ("assert lab.tea.cup() == 'gaiwan', 'the data of its first use'", "lab.tea.serve('oolong', grams=6)")
    do(checkout, {half: older, third: ("assert lab.tea.cup() == 'mug'", "lab.tea.serve('oolong', grams=8)")})
    points[third] = [4, 4]

    reports = dict(zip(points, json.loads(graded(checkout, *points)), strict=True))
    assert {p: [r["points"], r["out_of"]] for p, r in reports.items()} == points
    assert not [f for r in reports.values() for f in r["findings"]]
    assert [t["code"] for t in reports[first]["tasks"]] == ["TEA001", "TEA002"], "what was withdrawn stays where it counted"
    assert [t["code"] for t in reports[third]["tasks"]] == ["TEA001", "TEA003"]
    assert [e.get("rules") for e in entries(half)] == [None, 2, 2, 3, 3], "what is written in an older world says how it is spelled"
    prices = "print(*[r[0] for r in lab.sql('select price from tea_pot order by number').fetchall()])"
    printed = do(checkout, dict.fromkeys(points, (prices,)))
    assert printed.splitlines() == ["12.00", "12.00 12.00 12.00", "15.00", "30.00"], "each world has the prices and the rules with which it began"

    tea.replace(checkout / "data" / "teas.csv", "15.00", "16.00")
    assert [f["code"] for r in json.loads(graded(checkout, third, first)) for f in r["findings"]] == ["other_scenario"], "changed, and not kept before"
    for kept in (checkout / "data" / "superseded").glob("tea-*.toml"):
        tea.replace(kept, "2026-09-01", "2026-09-02")
    assert "was changed" in graded(checkout, first) or "failed" in graded(checkout, first)


ADDED_CHECK = """
check("EMAIL999", done=lambda seen: seen.did("email.send"))
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which much was added, and nothing of what there was means something else."""
    checkout = copy(tmp_path_factory.mktemp("grown") / "checkout")
    tea.lay(checkout, 1)
    tea.write(checkout / "data" / "insurers.csv", "name,short\nX,x\n")
    email = checkout / "ecomlab" / "modules" / "email"
    for file, more in ((email / "tasks.toml", tea.task("EMAIL999", "email.send")), (email / "checks.py", ADDED_CHECK)):
        file.write_text(file.read_text("utf-8") + more, "utf-8")
    for file in (checkout / "data" / "scenarios").glob("*.toml"):
        tea.replace(file, "[title]\n", "# reworded\n[title]\n")
        tea.replace(file, 'zh = "', 'zh = "新的')
    return checkout


QUICK = ("ca", "ebank", "email", "finance")


@pytest.mark.parametrize(
    "names", [list(QUICK), pytest.param([n for n in worlds.scenarios() if n not in QUICK], marks=pytest.mark.slow)], ids="+".join
)
def test_what_is_added_changes_nothing_for_what_was_handed_in(names: list[str], grown: Path) -> None:
    files = [golden.FOLDER / f"{name}.jsonl" for name in names]
    before = graded(worlds.ROOT, *files)
    assert [(r["points"], r["findings"]) for r in json.loads(before)] == [(golden.expected(f)["points"], []) for f in files]
    assert graded(grown, *files) == before
