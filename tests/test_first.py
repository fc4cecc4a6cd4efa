"""No dead end without a word: where a task cannot be done yet its card names the task that comes first, and whoever follows the cards arrives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("ipywidgets")

from ecomlab import desk
from ecomlab.kernel.command import CHOICES, MADE_BY
from ecomlab.kernel.plays import PLAYS, READY, SCENES
from ecomlab.kernel.tasks import tasks
from ecomlab.lab import Lab
from ecomlab.widgets.form import task_form
from ecomlab.widgets.links import next_task
from tests import worlds

pytestmark = pytest.mark.usefixtures("understudied")

#: Tasks that can be done at once by who knows what an earlier task tells: the duty administrator's password comes by e-mail with C2C001.
TOLD_BEFORE = {"C2C012": "C2C001"}

#: What the model student's own way needs besides: in the semester its one vehicle carries the goods once it has been refitted.
OWN_WAY = {("semester", "LGS009"): "LGS013"}


def arrive(lab: Lab, scenario: str, code: str, path: list[str]) -> None:
    """Does a task as who follows the cards: first what its card names, in the same way, as long as it names something."""
    while first := named(lab, code):
        assert first not in path, f"{code}: {first} is named although it is done, after {path}"
        arrive(lab, scenario, first, path)
    if (scenario, code) in OWN_WAY:
        arrive(lab, scenario, OWN_WAY[scenario, code], path)
    path.append(code)
    PLAYS[code](lab.player())


def named(lab: Lab, code: str) -> str:
    """The code of the task that this task's card names as the first; it is named by its title, too."""
    said = (task_form(lab, code).view["first"] or {"text": ""})["text"]
    first = re.findall(r"\b[A-Z][A-Z0-9]*[0-9]{3}\b|\bQ[0-9]+\b", said)
    assert not said or (len(first) == 1 and tasks()[first[0]].title.say(lab.language) in said), said
    return first[0] if first else ""


def test_what_a_task_follows_is_a_task_before_it() -> None:
    order = list(tasks())
    for code, task in tasks().items():
        assert all(before in order and order.index(before) < order.index(code) for before in task.after), code
    assert {*MADE_BY} <= {*CHOICES} and {*MADE_BY.values()} <= {*order} and {*READY} == {*SCENES}
    assert {code for codes in READY.values() for code in codes} <= {*order}


@pytest.mark.timeout(1200)  # a department's forty tasks, on a machine that does other things as well
@pytest.mark.parametrize("scenario", worlds.each_scenario("email", "ca"))
def test_whoever_does_what_the_cards_name_first_can_do_the_task(scenario: str, tmp_path: Path) -> None:
    """From a fresh world: a task is done at once, or its card names one; done, the card names the next, and at last the task can be done."""
    fresh = worlds.model(scenario, worlds.STUDENT, ())
    arrived: dict[str, tuple[Path, list[str]]] = {}

    def walk(code: str) -> tuple[Path, list[str]]:
        """A world in which the task was arrived at, and what was done on the way. The way to what its card names first is walked once for all."""
        if code not in arrived:
            lab, path = worlds.opened(tmp_path / code, fresh), list[str]()
            if first := named(lab, code):
                lab.world.close()
                before, done = walk(first)
                lab, path = worlds.opened(tmp_path / f"{code}-then", before), [*done]
            arrive(lab, scenario, code, path)
            assert not lab.check(code).missing, f"{code} is not done after {path}"
            lab.world.close()
            arrived[code] = lab.world.path, path
        return arrived[code]

    for code in worlds.codes_of(scenario):
        walk(code)


#: What `make test` tries, for which each task needs a fresh world: all tasks of small scenarios, every third of larger ones.
FEW = {"email": 1, "ca": 1, "b2c": 3, "finance": 3}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("scenario", "every"), [*((n, k) for n, k in FEW.items()), *(pytest.param(n, 1, marks=pytest.mark.slow) for n in worlds.scenarios() if FEW.get(n) != 1)]
)
def test_in_a_fresh_world_a_task_can_be_done_or_its_card_names_another(scenario: str, every: int, tmp_path: Path) -> None:
    fresh = worlds.model(scenario, worlds.STUDENT, ())
    for code in worlds.codes_of(scenario)[::every]:
        lab = worlds.opened(tmp_path / code, fresh)
        first = named(lab, code)
        try:
            PLAYS[code](lab.player())
        except Exception:
            assert first, f"{code} cannot be done, and its card says nothing"
        else:
            made = first and lab.check(first).points  # the model student begins a plan where there is none: that is what comes first
            told = TOLD_BEFORE.get(code)
            named_in_vain = first and not made and not lab.check(code).missing and first not in (told, *(tasks()[told].after if told else ()))
            assert not named_in_vain, f"{code} can be done, but its card names {first}"
        lab.world.close()


def test_the_next_task_is_found_without_judging_again_what_was_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished form says where to go on after every entry: in a semester that would be 178 judgements at each click. What is withdrawn is judged anew."""
    lab, judged = worlds.opened(tmp_path, worlds.model("email", worlds.STUDENT)), list[str]()
    real = desk.assess
    monkeypatch.setattr(desk, "assess", lambda state, code: judged.append(code) or real(state, code))
    assert next_task(lab) == ""
    whole = len(judged)
    lab.call("lab.advance", days="1")
    judged.clear()
    assert next_task(lab) == "" and not judged and whole == len(lab.codes)
    while next_task(lab) == "":
        lab.undo()
    assert judged and lab.check(next_task(lab)).missing
