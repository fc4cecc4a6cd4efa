"""The contract that every task of the course keeps, whichever module it belongs to."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ecomlab import modules
from ecomlab.books import documents
from ecomlab.grading import grade
from ecomlab.kernel import evidence, secrets
from ecomlab.kernel import tasks as catalogue
from ecomlab.kernel.canonical import canonical
from ecomlab.kernel.command import COMMANDS, Command, Param
from ecomlab.kernel.scenario import home, scenario
from ecomlab.kernel.table import Table
from ecomlab.kernel.terms import term
from ecomlab.kernel.texts import LANGUAGES, Text
from ecomlab.lab import Lab
from tests import worlds
from tests.each import each
from tests.worlds import assert_both, refused

modules.load()

#: The numbers that the tasks of the course have in each module, so that none is lost; there may be more.
NUMBERS = {
    "email": "1-4 6-7",
    "ca": "1-3",
    "ebank": "1-2 4-19",
    "lgs": "1-18 20-23",
    "b2b": "1 3-11 13-15 17 22-32",
    "b2c": "1-30",
    "c2c": "1-22",
    "netsell": "1-34",
    "edi": "1-18",
}
TASKS = catalogue.tasks()
#: Student ids of all sorts: the playbook must work in every world. `make test` has the first play each module and the second the semester.
STUDENTS = (worlds.STUDENT, "学号 007 o'brien@林晓.edu", "x" * 200, "-")


def codes_of(module: str) -> list[str]:
    found = []
    for part in NUMBERS[module].split():
        first, _, last = part.partition("-")
        found += [f"{module.upper()}{n:03d}" for n in range(int(first), int(last or first) + 1)]
    return found


#: The world as it is before anything was done, by scenario; for looking at only.
fresh_state = functools.cache(worlds.fresh_state)


def places(text: Text) -> set[str]:
    return {name for language in LANGUAGES for _, name, _, _ in string.Formatter().parse(text.say(language)) if name is not None}


# --- the catalogue -----------------------------------------------------------------------------------------------


def test_the_semester_has_every_task_of_the_course() -> None:
    assert {c for m in NUMBERS for c in codes_of(m)} <= set(scenario("semester").tasks)
    assert tuple(NUMBERS) == modules.NAMES[: len(NUMBERS)]


@each("module", NUMBERS)
def test_a_module_has_all_its_tasks_of_the_course(module: str) -> None:
    assert set(codes_of(module)) <= set(catalogue.tasks((module,)))


@each("code", TASKS)
def test_texts_exist_in_both_languages(code: str) -> None:
    task = TASKS[code]
    for text in (task.title, task.goal, task.hint, task.role, *(s.text for s in task.steps), *(g.text for g in task.goals)):
        assert_both(text)
    for name in task.commands:
        assert_both(COMMANDS[name].title)
        assert COMMANDS[name].doc


@pytest.mark.parametrize("scenario_name", worlds.each_scenario())
def test_what_the_texts_leave_open_is_in_the_students_brief(scenario_name: str) -> None:
    look = fresh_state(scenario_name).look
    for code in worlds.codes_of(scenario_name):
        task, brief = TASKS[code], evidence.brief(look, code)
        for text in (task.title, task.goal, task.hint, *(s.text for s in task.steps), *(g.text for g in task.goals)):
            assert places(text) <= set(brief), f"{code} has no {places(text) - set(brief)}"
            assert_both(text.fill(**brief))


@each("code", TASKS)
def test_steps_are_commands_and_one_of_them_does_the_task(code: str) -> None:
    task = TASKS[code]
    assert task.steps
    assert set(task.commands) <= set(COMMANDS)
    assert any(code in COMMANDS[name].tasks for name in task.commands), f"no step of {code} declares it"


def test_commands_declare_only_tasks_that_exist() -> None:
    assert {code for c in COMMANDS.values() for code in c.tasks} <= set(TASKS)


@each("code", TASKS)
def test_the_goals_add_up_to_the_tasks_points(code: str) -> None:
    goals = TASKS[code].goals
    assert len(goals) >= 2, "a task has partial credit"
    assert all(g.points > 0 for g in goals)
    assert sum(g.points for g in goals) == TASKS[code].points == Decimal(2)
    assert len({g.text for g in goals}) == len(goals), "each missing part has a reason of its own"


def met(seen: evidence.Evidence) -> bool:
    return True


@pytest.mark.parametrize(
    ("code", "judged", "said"),
    [
        ("EMAIL004", ("deleted",), "email/tasks.toml: EMAIL004: no check judges 'junk'"),
        ("EMAIL004", ("deleted", "junk", "shredded"), "email/tasks.toml: EMAIL004: no text says 'shredded'"),
        ("EMAIL005", ("deleted",), "EMAIL005 is checked, and no tasks.toml has it"),
    ],
)
def test_a_goal_without_a_check_or_a_text_is_named_with_its_file(monkeypatch: pytest.MonkeyPatch, code: str, judged: tuple[str, ...], said: str) -> None:
    monkeypatch.delitem(evidence.CHECKS, "EMAIL004")
    with pytest.raises(ValueError, match=re.escape(said)):
        evidence.check(code, **dict.fromkeys(judged, met))


def test_a_task_that_nothing_checks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence.complete()
    monkeypatch.delitem(evidence.CHECKS, "EMAIL004")
    with pytest.raises(ValueError, match="email/tasks.toml: EMAIL004"):
        evidence.complete()


TASK = """
[X001]
steps = [{ do = "email.delete", zh = "一", en = "one" }]
zh = { title = "一", goal = "二", hint = "三" }
en = { title = "one", goal = "two", hint = "three" }
goals.done = { points = 2, zh = "四", en = "four" }
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [(', en = "four"', "", "X001 has no 'en'"), ("goals.done", "goal.done", "X001 has no 'goals'"), ("points = 2", "points 2", "line 6")],
)
def test_a_task_that_is_not_whole_is_named_with_its_file(old: str, new: str, said: str) -> None:
    assert catalogue.read("some.module", TASK)["X001"].goals[0].points == 2
    with pytest.raises(ValueError, match=f"some.module/tasks.toml.*{said}"):
        catalogue.read("some.module", TASK.replace(old, new))


# --- the evidence ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario_name", worlds.each_scenario())
def test_an_empty_logbook_earns_nothing_and_says_what_is_missing(scenario_name: str) -> None:
    for report in grade(worlds.model(scenario_name, codes=())).tasks:
        assert (report.points, len(report.missing)) == (0, len(report.goals)), report
        for reason in report.missing:
            assert_both(reason)


@pytest.mark.parametrize(
    ("scenario_name", "student"),
    [
        pytest.param(n, s, marks=[pytest.mark.slow] * (s != STUDENTS[n == "semester"] or n in ("department", "market")))
        for n in worlds.scenarios()
        for s in STUDENTS
    ],
)
def test_the_playbook_earns_full_points_for_every_student(scenario_name: str, student: str) -> None:
    report = worlds.report(scenario_name, student)
    assert {t.task.code: t.missing for t in report.tasks if t.points != t.out_of or t.missing} == {}
    assert (report.points, report.findings) == (report.out_of, ())
    assert report.out_of == 2 * len(worlds.codes_of(scenario_name)) > 0


@pytest.mark.parametrize("scenario_name", worlds.each_scenario("email", "ebank", "b2b", "b2c", "shop", "finance", "floor", "edi"))
def test_the_grade_is_what_the_lab_shows_the_student(scenario_name: str) -> None:
    lab = worlds.looked_at(scenario_name)
    shown = {code: lab.check(code).points for code in lab.codes}
    assert shown == {t.task.code: t.points for t in worlds.report(scenario_name).tasks}
    assert worlds.findings_of(lab, reports=True) == []


@pytest.mark.parametrize("scenario_name", worlds.each_scenario())
def test_each_task_earns_its_points_only_when_it_is_done(scenario_name: str) -> None:
    """Before its own step a task is not complete: no other task's step does it on the way."""
    seen = worlds.seen(scenario_name)
    assert [code for code, s in seen.items() if s["before"] == s["out_of"]] == [], "given away"
    assert {code: s["after"] for code, s in seen.items() if s["after"] != s["out_of"]} == {}


@pytest.mark.parametrize("scenario_name", worlds.each_scenario())
def test_a_brief_does_not_depend_on_what_was_done(scenario_name: str) -> None:
    lab = worlds.looked_at(scenario_name)
    began = fresh_state(scenario_name).look
    for code in lab.codes:
        assert lab.brief(code) == evidence.brief(began, code), code


# --- refusals ----------------------------------------------------------------------------------------------------


def sample(p: Param) -> Any:
    """A value that a field takes, as far as its declaration tells."""
    match p.kind:
        case "money" | "count":
            return p.ask.ge or "1"
        case "day":
            return p.ask.ge or "2026-09-01"
        case "secret":
            return "314159" if secrets.is_pin(p.ask.purpose) else "Tests-1-password"
        case "flag":
            return True
        case "upload":
            return "eA=="
        case "choice":
            return p.options[0]
        case "rows":
            return [{c.name: sample(c) for c in p.columns}]
        case _:
            return "x"


def samples(command: Command) -> dict[str, Any]:
    return {p.name: sample(p) for p in command.params if p.required}


def commands_of(code: str) -> Iterator[Command]:
    for name in TASKS[code].commands:
        if code in COMMANDS[name].tasks:
            yield COMMANDS[name]


def newcomer(module: str) -> Lab:
    """A student who has done nothing yet, in the scenario of the whole semester, or in the module's own where the semester has it not."""
    return newcomer_in("semester" if scenario("semester").has(module) else home(module))


@functools.cache
def newcomer_in(scenario_name: str) -> Lab:
    logbook = worlds.model(scenario_name, codes=())
    return worlds.acting(logbook.parent / "newcomer", logbook)


@pytest.mark.parametrize("module", modules.NAMES)
def test_a_command_refuses_what_it_cannot_do_and_says_so_at_the_field(module: str) -> None:
    lab = newcomer(module)
    before = worlds.held(lab), lab.world.path.read_bytes()
    for command in {c.name: c for code in catalogue.tasks((module,)) for c in commands_of(code)}.values():
        required = [p.name for p in command.params if p.required]
        if required:
            empty = refused(lab.call, command.name)
            assert {(p.code, p.field) for p in empty.problems} == {("missing", name) for name in required}
        odd = refused(lab.call, command.name, **samples(command), no_such_field="x")
        assert [(p.code, p.field) for p in odd.problems if p.field not in {q.name for q in command.params}] == [("unknown_field", "no_such_field")]
        if command.role.sign_in and not lab.look.sessions(command.role.name):
            assert refused(lab.call, command.name, **samples(command)).code == "sign_in_first"
            assert command.role.sign_in in COMMANDS
    assert (worlds.held(lab), lab.world.path.read_bytes()) == before


#: The first field of each command that takes a single value that is seen, by command; and one command with each kind of such a field.
SEEN = {c.name: seen[0] for c in COMMANDS.values() if (seen := [p for p in c.params if p.kind not in ("rows", "flag", "secret")])}
OF_EACH_KIND = {p.kind: name for name, p in SEEN.items()}
ODD = (3.5, ["x"], {"x": 1}, b"x", object())


def test_a_value_of_any_wrong_type_is_refused_at_a_field_of_each_kind() -> None:
    for name in OF_EACH_KIND.values():
        refused_at_its_field(name, *ODD)


@each("at, name", enumerate(SEEN))
def test_a_value_of_the_wrong_type_is_refused_at_its_field(at: int, name: str) -> None:
    """Of the five types one at each command, in turn: what is done with them is declared by the field's kind."""
    refused_at_its_field(name, ODD[1 + at % 4])


@pytest.mark.slow
@each("name", SEEN)
def test_a_value_of_any_wrong_type_is_refused_at_its_field(name: str) -> None:
    refused_at_its_field(name, *ODD)


def refused_at_its_field(name: str, *values: object) -> None:
    command, p = COMMANDS[name], SEEN[name]
    for odd in values:
        if p.kind == "money" and isinstance(odd, float):
            continue  # a float counts as the digits it prints
        if p.kind == "upload" and isinstance(odd, bytes):
            continue  # the content of a file
        problem = refused(newcomer(command.module).call, name, **{**samples(command), p.name: odd}).problems[0]
        assert problem.field == p.name, odd


# --- words -------------------------------------------------------------------------------------------------------


def _has_term(name: str, module: str = "") -> bool:
    return term.known(name, module)


def test_every_column_has_a_term_in_both_languages() -> None:
    state = fresh_state("semester")
    columns = {r[0] for r in state.look.all("select distinct column_name from duckdb_columns() where not internal")}
    assert sorted(c for c in columns if not _has_term(c)) == []


@each("name", COMMANDS)
def test_every_field_has_a_label_in_both_languages(name: str) -> None:
    def walk(params: tuple[Param, ...]) -> Iterator[Param]:
        for p in params:
            yield p
            yield from walk(p.columns)

    for p in walk(COMMANDS[name].params):
        assert p.ask.zh or _has_term(p.name, COMMANDS[name].module), f"{name}: {p.name} has no term"
        assert_both(p.label)
        for option in p.options:
            assert option in p.ask.labels
            assert_both(p.ask.labels[option])


@each("kind", documents.KINDS.values())
def test_every_state_has_a_term_in_both_languages(kind: documents.Kind) -> None:
    assert_both(kind.title)
    assert [s for s in (kind.name, *kind.moves) if not _has_term(s, kind.module)] == []


@pytest.mark.parametrize("scenario_name", worlds.each_scenario())
def test_every_result_can_be_shown_in_both_languages(scenario_name: str) -> None:
    missing = set()
    for done in worlds.looked_at(scenario_name).world.state.done:
        result = done.result
        names = result.columns if isinstance(result, Table) else tuple(result) if isinstance(result, dict) else ()
        missing |= {f"{done.do}: {n}" for n in names if not _has_term(n, COMMANDS[done.do].module)}
        # a row gives its values as attributes, which must not hide behind a tuple's own
        missing |= {f"{done.do}: {n} is a method of tuple" for n in names if n in ("count", "index")}
        if COMMANDS[done.do].query:
            assert isinstance(result, Table)
            for language in LANGUAGES:
                assert "<table>" in result.html(language)
    assert missing == set()


def test_every_scenario_names_modules_in_their_order() -> None:
    for name in worlds.scenarios():
        found = scenario(name).modules
        assert list(found) == [m for m in (*modules.NAMES, *modules.BESIDE) if m in found]
        assert_both(scenario(name).title)


def test_a_report_is_plain_json(tmp_path: Path) -> None:
    record = worlds.report("email").record()
    assert record["points"] == record["out_of"] == 12
    assert '"code":"EMAIL001"' in canonical({k: v for k, v in record["tasks"][0].items() if k == "code"})
