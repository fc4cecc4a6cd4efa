"""Hostile texts from every field that takes one, on every face in a real JupyterLab: they are shown as they are, and nothing of them runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests import worlds
from tests.attacks.hostile import hostile
from tests.browser.desk import Browser, Server

#: What a page has before anything of ours is there: it notes what ran. It ends in no function, which Playwright would call.
WATCH = "window.ran = []; window.hostile = (number) => { window.ran.push(number); }; null;"
#: What a text would have made, had it been taken for markup, whether or not it has run yet.
MADE = """() => [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]
    .filter((a) => (/^on/i.test(a.name) || /^(href|src|action|formaction)$/.test(a.name)) && /hostile\\(/.test(a.value) && !/^https:/.test(a.value))
    .map((a) => `${e.tagName} ${a.name}=${a.value}`))"""
SEEN = """() => [...document.querySelectorAll('.jp-OutputArea-output')].flatMap((o) =>
    [o.innerText, ...[...o.querySelectorAll('input, textarea')].map((f) => f.value),
     ...[...o.querySelectorAll('option, text, title')].map((t) => t.textContent)]).join(' ')"""
OPEN = "import ecomlab\nlab = ecomlab.open({name!r})\nlab.language = {language!r}\nlab.bar()"
#: Minutes for every form and every table of a world, on a machine that may have other work.
PATIENCE = 10
#: What anywidget says of a form that has not begun within two seconds, as on a busy machine; it is drawn all the same.
LATE = "[anywidget] Failed to initialize model."
#: Each kind of face, of everything that there is in the world.
FACES = {
    "forms": """
for code in lab.codes: display(lab.form(code))
""",
    "results": """
from ecomlab.kernel.command import COMMANDS
from ecomlab.widgets.form import Outcome
for done in {d.do: d for d in lab.done}.values():
    command = COMMANDS[done.do]
    if code := next((c for c in command.tasks if c in lab.codes), None):
        form = lab.form(code)
        form._outcome = Outcome(command.title, done.result, (done.result, *done.arguments.values()), command.module)
        form.refresh()
        display(form)
""",
    "refusals": """
from tests.attacks.hostile import TEXTS
for i, code in enumerate(lab.codes):
    form = lab.form(code)
    command = COMMANDS[form.steps()[-1].do]
    text = TEXTS[i % len(TEXTS)].replace('{}', str(i))
    form._on_submit({'command': command.name, 'values': {p.name: text for p in command.params if p.kind not in ('rows', 'upload')}, 'id': 1})
    display(form)
""",
    "feedback": """
for code in lab.codes:
    lab.grade(code)
display(lab.tasks())
""",
    "boards": """
from ecomlab.dashboards.declared import DASHBOARDS
for name, declared in DASHBOARDS.items():
    if lab.look.scenario.has(declared.needs): display(lab.dashboard(name))
""",
    "traces": """
for number, in lab.look.all('select max(number) from document group by kind order by kind'): display(lab.trace(number))
""",
    "tables": """
display(lab.progress(), lab.logbook(), lab.sessions(), lab.prepared(), lab.tables())
for table in [t for t, *_ in lab.tables()]: display(lab.sql(f'from "{table}" limit 200').df())
""",
}


def laid(server: Server, scenario: str) -> tuple[str, dict[int, tuple[str, str]]]:
    """A folder of the server's with a world of hostile texts, and from which field each came."""
    made = hostile(scenario)
    name = f"hostile-{scenario}"
    made.write(server.folder / name / "logbook.jsonl")
    return name, made.placed


def shown(browser: Browser, name: str, language: str, *faces: str) -> tuple[Any, set[int]]:
    """The page after it has run, and the numbers of the hostile texts that it shows."""
    page = browser.open(browser.server.notebook(name, OPEN.format(name=name, language=language), *(FACES[face].strip() for face in faces)))
    page.evaluate(WATCH)
    page.set_viewport_size({"width": 1400, "height": 20000})
    browser.run(page, minutes=PATIENCE)
    page.wait_for_timeout(2_000)
    errors = page.locator("[data-mime-type='application/vnd.jupyter.stderr'], .jp-RenderedText:has-text('Traceback')").all_inner_texts()
    assert errors == []
    browser.faults[:] = [fault for fault in browser.faults if fault != LATE]
    assert page.evaluate("window.ran") == [] and page.evaluate(MADE) == [] and browser.faults == []
    return page, {int(n) for n in re.findall(r"hostile\((\d+)\)", page.evaluate(SEEN))}


def test_what_would_run_is_seen_to_run(browser: Browser) -> None:
    """The proof of the proof: where a text is taken for markup, the page notes it."""
    markup = "<img src=\"data:,\" onerror=\"hostile(7)\"><a href=\"javascript:hostile(8)\">x</a>"
    page = browser.open(browser.server.notebook("markup", f"from IPython.display import HTML\nHTML({markup!r})"))
    page.evaluate(WATCH)
    browser.run(page)
    page.wait_for_function("() => window.ran.length", timeout=20_000)
    assert page.evaluate("window.ran") == [7] and len(page.evaluate(MADE)) == 2


def test_hostile_texts_are_shown_and_nothing_of_them_runs(browser: Browser, chromium: Any) -> None:
    name, placed = laid(browser.server, "email")
    page, seen = shown(browser, name, "en", *FACES)
    assert len(seen & set(placed)) >= len(placed) / 2
    browser.save(page)
    nothing_runs_in_the_feedback(chromium, browser.server.folder / f"{name}.ipynb")


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("scenario", [s for s in worlds.scenarios() if s not in ("email", "semester")])
def test_hostile_texts_of_every_module_are_shown_and_nothing_of_them_runs(browser: Browser, chromium: Any, scenario: str) -> None:
    name, placed = laid(browser.server, scenario)
    for language in ("zh", "en"):
        page, seen = shown(browser, name, language, *FACES)
        print(scenario, language, f"fields {len(set(placed.values()))}, texts {len(placed)}, seen {len(seen & set(placed))}")
        assert len(seen & set(placed)) >= len(placed) / 2
        browser.save(page, minutes=PATIENCE)
        nothing_runs_in_the_feedback(chromium, browser.server.folder / f"{name}.ipynb")
        browser.shutdown(page, minutes=PATIENCE)
        page.close()
        browser.faults.clear()  # a form that was still being drawn when its kernel ended says so; what came before was seen


def nothing_runs_in_the_feedback(chromium: Any, notebook: Path) -> None:
    """What nbgrader gives back is the notebook as a page: of the same outputs, and outside JupyterLab."""
    pytest.importorskip("nbgrader")
    import nbformat
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory

    from ecomlab.grading.nbgrader_bridge import FeedbackExporter

    exporter = FeedbackExporter(config=GenerateFeedback(coursedir=CourseDirectory()).config)
    scores = {"nbgrader": {"score": 0, "max_score": 0, "late_penalty": 0, "comment": "", "date": "", "timestamp": ""}}
    body, _ = exporter.from_notebook_node(nbformat.read(notebook, 4), resources=scores)
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto("about:blank")
        page.set_content(body, wait_until="domcontentloaded")
        page.wait_for_timeout(500)
        assert (page.evaluate("window.ran") or []) == [] and page.evaluate(MADE) == []
        assert page.evaluate("typeof window.hostile") == "function"
        beside = page.evaluate("[...document.querySelectorAll('td, th')].map((cell) => parseFloat(getComputedStyle(cell).paddingRight))")
        assert min(beside, default=8) >= 8, "columns that touch are one"
    finally:
        context.close()
