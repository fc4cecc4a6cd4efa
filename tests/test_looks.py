"""How each kind of face looks, as text: its markup on paper, or what the browser is given where paper has none (a refusal at its fields).

A change is seen here, in the difference of a file of tests/looks. If it is meant: `ECOMLAB_RECORD=1 pytest tests/test_looks.py`, and read the difference.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

import ecomlab
from ecomlab.kernel.texts import LANGUAGES, Language
from ecomlab.lab import Lab
from ecomlab.widgets import Bar, dashboard, task_form
from ecomlab.widgets.face import Face
from ecomlab.widgets.paper import paper
from ecomlab.widgets.tracing import Trace
from tests import screens, worlds
from tests.forms import submit

LOOKS = Path(__file__).parent / "looks"
PASSWORD = "correct-horse-7"
GOOD = {"user_name": "chen.mo", "full_name": "陈默", "password": PASSWORD, "confirm": PASSWORD}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A world on its first day: small, and the same in every run."""
    return ecomlab.open(tmp_path_factory.mktemp("looks"), student="s1", scenario="email")


def form(lab: Lab) -> str:
    return on_paper(task_form(lab, "EMAIL001"))


def fields(lab: Lab) -> str:
    return given(task_form(lab, "EMAIL001"), "fields")


def refusal(lab: Lab) -> str:
    face = task_form(lab, "EMAIL001")
    submit(face, "email.register", {**GOOD, "user_name": "陈", "confirm": "another-horse-8"})
    return given(face, "problems", "whole")


def card(lab: Lab) -> str:
    face = task_form(lab, "EMAIL001")
    submit(face, "email.register", GOOD)
    seen = on_paper(face)
    lab.undo()
    return seen


def bar(lab: Lab) -> str:
    return on_paper(Bar(lab))


def progress(lab: Lab) -> str:
    return on_paper(lab.progress())


def board(lab: Lab) -> str:
    return on_paper(dashboard(traded(lab), "receivables"))


def trace(lab: Lab) -> str:
    """What the browser is given: paper shows the diagram with the chain's own table."""
    world = traded(lab)
    view = Trace(world, world.look.value("select min(number) from document where kind = 'b2c_order'")).draw()
    return by_element("".join((view["title"], view["diagram"], *(f"<h3>{p['title']}</h3>{p['html']}" for p in view["parts"]))))


def traded(lab: Lab) -> Lab:
    """The model student's shop, in which there is something to show."""
    world = worlds.looked_at("b2c")
    world.language = lab.language
    return world


KINDS = {make.__name__: make for make in (form, fields, refusal, card, bar, progress, board, trace)}


#: Faces that need a world in which much has happened are left to `make test-all`.
COSTLY = [(kind, language) for kind in ("board", "trace") for language in LANGUAGES]
EACH = [pytest.param(kind, language, marks=[pytest.mark.slow] * ((kind, language) in COSTLY)) for kind in KINDS for language in LANGUAGES]


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_face_looks_as_it_was_recorded(lab: Lab, kind: str, language: Language) -> None:
    lab.language = language
    look, kept = KINDS[kind](lab), LOOKS / f"{kind}-{language}.txt"
    if os.environ.get("ECOMLAB_RECORD") == "1":
        kept.write_text(look, "utf-8", newline="\n")
    assert look.splitlines() == kept.read_text("utf-8").splitlines(), f"{kept.name}: if this is meant, record it with ECOMLAB_RECORD=1"


def test_every_recorded_look_is_of_a_kind_that_there_is() -> None:
    assert {kept.name for kept in LOOKS.iterdir()} == {f"{kind}-{language}.txt" for kind in KINDS for language in LANGUAGES}


def test_no_picture_of_a_first_day_is_stale(lab: Lab) -> None:
    """Of a world in which something happened: tests/test_dashboards.py."""
    assert screens.stale(lab, traded=False) == [], "make screenshots"
    assert {kept.name for kept in screens.IMAGES.iterdir()} == {screens.file(name, language).name for name in screens.SCREENS for language in LANGUAGES}
    assert sum(kept.stat().st_size for kept in screens.IMAGES.iterdir()) < 600_000


def on_paper(face: Face) -> str:
    return by_element(paper(face.draw()))


def by_element(markup: str) -> str:
    """An element a line; pictures by their kind alone, which have tests of their own."""
    short = re.sub(r"(data:image/[\w+]+;base64,)[\w+/=]+", r"\1…", markup)
    return "\n".join(line.rstrip() for line in re.sub(r"(<(?!/))", r"\n\1", short).splitlines() if line.strip()) + "\n"


def given(face: Face, *parts: str) -> str:
    """What the browser is given of a form, as JSON."""
    form = face.draw()["form"]
    return json.dumps({part: form[part] for part in parts}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
