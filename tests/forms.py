"""The model student at the forms: does the tasks of a scenario by filling them in, and notes what was to be seen on the way."""

from __future__ import annotations

import base64
import datetime
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.plays import PLAYS, Player
from ecomlab.kernel.texts import LANGUAGES, Language
from ecomlab.lab import Lab
from ecomlab.widgets import TaskForm, task_form
from ecomlab.widgets.face import Face

CHINESE = re.compile("[\u4e00-\u9fff]")


def send(face: Face, do: str, **content: Any) -> None:
    """What the browser sends when the student acts."""
    face._handle_custom_msg({"do": do, "id": "1", **content}, [])


def submit(form: TaskForm, command: str, values: dict[str, Any]) -> None:
    send(form, "submit", command=command, values=values)


def written(value: Any) -> Any:
    """A value as it is typed."""
    if isinstance(value, (Decimal, datetime.date, int)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bytes):
        return f"data:image/png;base64,{base64.b64encode(value).decode()}"
    if isinstance(value, (list, tuple)):
        return [{k: written(v) for k, v in row.items()} for row in value]
    return value


class Typist:
    """Does a task through its form: a command that is one of the form's steps is typed in, any other is called.

    What the form does not take is noted in `problems` and called as well, so that a fault of one form does not hide all others.
    """

    def __init__(self, lab: Lab, form: TaskForm):
        self.lab, self.form, self.typed = lab, form, 0
        self.problems: list[str] = []

    def call(self, name: str, /, **given: Any) -> Any:
        if name not in [s.do for s in self.form.steps()]:
            return self.lab.call(name, **given)
        self.typed += 1
        submit(self.form, name, {k: written(v) for k, v in given.items()})
        if self.form._problems or self.form._outcome is None:
            self.problems.append(f"{name}: {self.form._problems}")
            return self.lab.call(name, **given)
        return self.form._outcome.result


def filled_in(lab: Lab, code: str) -> dict[str, Any]:
    """Does a task by filling in its form, after it was drawn in both languages. What was seen, as JSON:

    drawn: what was wrong with the drawings; typed: how many commands were typed in; refused: those that the form did not take;
    lacking: what it says afterwards is still to be done.
    """
    drawn = list(faults(lab, code))
    lab.language = "en"
    form = task_form(lab, code)
    typist = Typist(lab, form)
    PLAYS[code](Player(typist.call, lambda: lab.world.state.look, True, lab.player().withheld))
    view, acts = form.view, {s.text.en for s in form.task.steps if not COMMANDS[s.do].query}
    lacking = [s["text"] for s in view["steps"] if not s["done"] and s["text"] in acts]
    if view["points"] != view["out_of"]:
        lacking += [n["text"] for n in view["needs"] if not n["met"]] or ["points"]
    form.close()
    return {"drawn": drawn, "typed": typist.typed, "refused": typist.problems, "lacking": lacking}


def faults(lab: Lab, code: str) -> Iterator[str]:
    """What is wrong with the form of a task as it is drawn now, step by step and in both languages."""
    form = task_form(lab, code)
    for language in LANGUAGES:
        lab.language = language
        for at in range(len(form.steps())):
            send(form, "step", at=at)
            yield from (f"{language}, step {at}: {fault}" for fault in _faults(form, language, at))
    form.close()


def _faults(form: TaskForm, language: Language, at: int) -> Iterator[str]:
    view, chinese = form.view, language == "zh"
    if view.get("face") != "task" or view["code"] != form.code or view["at"] != at:
        yield f"it is not drawn: {view}"
        return
    yield from (f"no {part}" for part in ("title", "goal", "needs") if not view[part])
    if bool(CHINESE.search(view["title"])) != chinese:
        yield f"title: {view['title']}"
    if missing := {s.do for s in form.task.steps} - {s.do for s in form.steps()}:
        yield f"no step {missing}"
    command, fields = COMMANDS[view["form"]["command"]], view["form"]["fields"]
    if [f["name"] for f in fields] != [p.name for p in command.params]:
        yield f"{command.name}: other fields than its own"
    for f in fields:
        where = f"{command.name}.{f['name']}"
        if not f["label"] or f["label"] == f["name"]:
            yield f"{where} has no label"
        elif bool(CHINESE.search(f["label"])) != chinese:
            yield f"{where}: {f['label']}"
        if f["kind"] == "choice" and not f["options"]:
            yield f"{where} offers nothing"
    try:
        json.dumps(view)
    except TypeError as error:
        yield f"the browser cannot read it: {error}"
