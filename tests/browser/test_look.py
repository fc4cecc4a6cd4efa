"""How faces look: nothing that axe-core finds, nothing cut off, on top of something else or broken into single characters, on light, dark, narrow and
printed pages; and what of each is drawn, kept in tests/browser/looks, so that a change is seen.

If a change is meant: `ECOMLAB_RECORD=1 pytest -m "" tests/browser/test_look.py`, and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import worlds
from tests.browser.desk import Browser

#: A face of every kind, and every state of a task's: finished, waiting for another, begun, with a chain, with steps.
KINDS = {
    "bar": "lab.bar()",
    "finished": "lab.form('EMAIL001')",
    "waiting": "lab.form('B2C008')",
    "upload": "lab.form('NETSELL015')",
    "chain": "done = lab.form('EBANK004'); done",
    "steps": "letter = lab.form('EMAIL002'); letter",
    "progress": "lab.progress()",
    "dashboard": "lab.dashboard('receivables')",
    "trace": "lab.trace(lab.look.value(\"select min(number) from document where kind = 'b2c_order'\"))",
}
CELLS = tuple(KINDS.values())
LOOKS = Path(__file__).with_name("looks")
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

#: Texts that lie on top of each other: no line of one may cross a line of another.
OVERLAPPING = """(root) => {
    const lines = [...root.querySelectorAll("*")].flatMap((e) => {
        const style = getComputedStyle(e), own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
        if (e.closest("svg, select") || !e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || style.clip !== "auto") return [];
        const range = document.createRange();
        return own.flatMap((n) => (range.selectNode(n), [...range.getClientRects()].map((box) => ({ n, box }))));
    });
    const cross = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
    return lines.flatMap((a, i) => lines.slice(i + 1).filter((b) => a.n !== b.n && cross(a.box, b.box))
        .map((b) => `${a.n.data.trim().slice(0, 30)} lies on ${b.n.data.trim().slice(0, 30)}`));
}"""
#: The visible elements of a face with their classes, indented as they stand in each other.
DRAWN = """(root) => {
    const lines = [], walk = (e, depth) => {
        if (!e.checkVisibility({ visibilityProperty: true })) return;
        const box = e.getBoundingClientRect(), names = [...e.classList].filter((name) => name.startsWith("ecl-")).sort();
        if (box.width && box.height && names.length) lines.push("  ".repeat(depth++) + [e.tagName.toLowerCase(), ...names].join("."));
        if (e.tagName !== "svg") for (const child of e.children) walk(child, depth);
    };
    walk(root, 0);
    return lines.join("\\n");
}"""


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Any:
    """All of them below each other, in a world in which something happened, in the test's language."""
    language = request.node.callspec.params["language"]
    folder = browser.server.folder / f"look-{language}"
    if not folder.exists():
        worlds.opened(folder, worlds.traded()).world.close()  # with the snapshot, so that the kernel need not do two weeks again
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
        said += root.evaluate(SQUEEZED) + root.evaluate(OVERLAPPING) + [f"stands out: {name}" for name in root.evaluate(OUTSIDE)]
    return said


def drawn(page: Any) -> dict[str, str]:
    """By kind: what a reader of its roles and names is told, then what of it is to be seen. Numbers are those of one world, and left out."""
    roots = page.locator(".ecl-root").all()
    looks = (f"{root.aria_snapshot()}\n\n{root.evaluate(DRAWN)}\n" for root in roots)
    return {kind: re.sub(r"\d+", "0", look) for kind, look in zip(KINDS, looks, strict=True)}


def dress(browser: Browser, page: Any, theme: str) -> None:
    browser._evaluate(page, "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=str("Light" in theme).lower())


@pytest.mark.parametrize("language", [pytest.param("zh", marks=pytest.mark.slow), "en"])
def test_every_kind_of_face_is_sound_light_dark_narrow_and_printed(browser: Browser, page: Any, language: str) -> None:
    try:
        for theme in ("JupyterLab Light", "JupyterLab Dark")[worlds.examples(1, 0) :]:  # light it is narrow and printed too
            dress(browser, page, theme)
            browser.shot(page, f"look-{language}-{theme.split()[1].lower()}")
            assert faults(page) == [], theme
    finally:
        dress(browser, page, "JupyterLab Light")
    page.set_viewport_size({"width": 900, "height": 7500})
    browser.shot(page, f"look-{language}-narrow")
    assert faults(page) == [], "900 px"
    page.emulate_media(media="print")
    assert faults(page) == [], "printed"
    expect(page.locator(".ecl-task .ecl-btn").first).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_drawn_of_every_kind_of_face_is_what_was_recorded(browser: Browser, page: Any, language: str) -> None:
    """The same on a light, a dark and a narrow page: nothing goes missing there."""
    looks = drawn(page)
    for kind, look in looks.items():
        kept = LOOKS / f"{kind}-{language}.txt"
        if os.environ.get("ECOMLAB_RECORD") == "1":
            kept.write_text(look, "utf-8", newline="\n")
        assert look.splitlines() == kept.read_text("utf-8").splitlines(), f"{kept.name}: if this is meant, record it with ECOMLAB_RECORD=1"
    try:
        dress(browser, page, "JupyterLab Dark")
        assert drawn(page) == looks, "dark"
    finally:
        dress(browser, page, "JupyterLab Light")
    page.set_viewport_size({"width": 900, "height": 7500})
    assert drawn(page) == looks, "900 px"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_kernel_a_notebook_is_a_lab_report_reopened_printed_and_exported(browser: Browser, chromium: Any, page: Any, language: str) -> None:
    """Every face is there as it stood last, a chart as a picture with its text; nothing of the widgets that do not come up."""
    from nbconvert import HTMLExporter

    title = page.locator(".ecl-root h2").first.inner_text()
    browser.save(page)
    browser.shutdown(page)
    page.close()
    again = browser.open(f"look-{language}")
    again.set_viewport_size({"width": 1250, "height": 6500})
    expect(again.locator(".ecl-reopen:visible")).to_have_count(len(CELLS))
    assert again.locator(".ecl-root").count() == 0 and title in again.locator(".ecl-reopen").all_inner_texts()[1]
    browser.shot(again, f"reopened-{language}")
    stills = again.locator(".ecl-reopen").all_inner_texts()
    again.emulate_media(media="print")
    assert again.locator(".ecl-reopen").all_inner_texts() == stills
    exported = browser.server.folder / f"look-{language}.html"
    exported.write_text(HTMLExporter().from_filename(str(browser.server.folder / f"look-{language}.ipynb"))[0], "utf-8")
    context = chromium.new_context(viewport={"width": 1250, "height": 6500})
    try:
        report = context.new_page()
        report.goto(exported.as_uri(), wait_until="domcontentloaded")
        browser.shot(report, f"exported-{language}")
        assert [text.split() for text in report.locator(".ecl-reopen").all_inner_texts()] == [text.split() for text in stills]
        assert all(report.locator(".ecl-reopen img").evaluate_all("(all) => all.map((one) => one.naturalWidth > 0 && one.alt !== '')"))
    finally:
        context.close()


def test_every_recorded_drawing_is_of_a_kind_that_there_is() -> None:
    assert {kept.name for kept in LOOKS.iterdir()} == {f"{kind}-{language}.txt" for kind in KINDS for language in ("zh", "en")}
