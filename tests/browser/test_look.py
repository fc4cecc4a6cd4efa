"""How faces look: nothing that axe-core finds, nothing cut off or broken into single characters, on light, dark, narrow and printed pages."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import worlds
from tests.browser.desk import Browser

#: A face of every kind, and every state of a task's: finished, open with a table of rows, waiting for another, with a chain, with a card of what came of it.
CELLS = (
    "lab.bar()",
    "lab.form('EMAIL001')",
    "lab.form('B2C008')",
    "lab.form('NETSELL015')",
    "done = lab.form('EBANK004'); done",
    "letter = lab.form('EMAIL002'); letter",
    "lab.progress()",
    "lab.dashboard('receivables')",
    "lab.trace(lab.look.value(\"select min(number) from document where kind = 'b2c_order'\"))",
)
#: Elements whose own text stands in a column of single characters, or is cut off where no ellipsis says so.
SQUEEZED = """(root) => [...root.querySelectorAll("*")].filter((e) => {
    const own = [...e.childNodes].filter((n) => n.nodeType === 3), text = own.map((n) => n.data.trim()).join("");
    const style = getComputedStyle(e), range = document.createRange();
    if (text.length < 2 || !e.clientWidth || e.closest("svg, option, select") || style.position === "absolute") return false;
    const narrow = own.some((n) => (range.selectNode(n), n.data.trim().length > 1 && range.getClientRects().length > n.data.trim().length / 2));
    const cut = style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1;
    return narrow || cut;
}).map((e) => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 40)}`)"""
#: What stands out of the card that it is in.
OUTSIDE = """(root) => [...root.querySelectorAll(".ecl-card, .ecl-main, .ecl-part, .ecl-board, .ecl-figures > div, .ecl-finished")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)"""


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Any:
    """All of them below each other, in a world in which something happened, in the test's language."""
    language = request.node.callspec.params["language"]
    folder = browser.server.folder / f"look-{language}"
    if not folder.exists():
        folder.mkdir()
        shutil.copy(worlds.traded(), folder / "logbook.jsonl")
    opening = f"import ecomlab\nlab = ecomlab.open('look-{language}')\nlab.language = {language!r}"
    page = browser.open(browser.server.notebook(f"look-{language}", opening, *CELLS))
    page.set_viewport_size({"width": 1250, "height": 6500})
    browser.run(page)
    expect(page.locator(".ecl-root")).to_have_count(len(CELLS), timeout=60_000)
    return page


def faults(page: Any) -> list[str]:
    """What axe-core finds in our markup, whatever its weight, and what looks broken."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=".ecl-root", options={"resultTypes": ["violations"]}).response["violations"]
    said = [f"{v['id']} ({v['impact']}): {n['html'][:160]} {n.get('failureSummary', '')[:300]}" for v in found for n in v["nodes"]]
    for root in page.locator(".ecl-root").all():
        said += root.evaluate(SQUEEZED) + [f"stands out: {name}" for name in root.evaluate(OUTSIDE)]
    return said


def dress(browser: Browser, page: Any, theme: str) -> None:
    browser._evaluate(page, "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=str("Light" in theme).lower())


@pytest.mark.parametrize("language", [pytest.param("zh", marks=pytest.mark.slow), "en"])
def test_every_kind_of_face_is_sound_light_dark_narrow_and_printed(browser: Browser, page: Any, language: str) -> None:
    try:
        for theme in ("JupyterLab Light", "JupyterLab Dark"):
            dress(browser, page, theme)
            browser.shot(page, f"look-{language}-{theme.split()[1].lower()}")
            assert faults(page) == [], theme
        page.set_viewport_size({"width": 900, "height": 7500})
        browser.shot(page, f"look-{language}-narrow")
        assert faults(page) == [], "900 px"
    finally:
        dress(browser, page, "JupyterLab Light")
    page.emulate_media(media="print")
    assert faults(page) == [], "printed"
    expect(page.locator(".ecl-task .ecl-btn").first).to_be_hidden()
