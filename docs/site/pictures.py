"""Takes the pictures of the READMEs and the site anew: `make screenshots` writes docs/images/*.png.

A model student's world is played, opened in a JupyterLab of its own, and shown to Chromium, as the tests of the browser do it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP))

from playwright.sync_api import expect, sync_playwright  # noqa: E402

from tests import worlds  # noqa: E402
from tests.browser.desk import ARGUMENTS, Browser, jupyterlab  # noqa: E402
from tests.judges import JUDGES  # noqa: E402

#: By name of a picture: what is shown, and what is typed into it first.
SHOWN = {"task-form": "lab.form('EMAIL001')", "dashboard": "lab.dashboard('profit')"}
LABELS = {"en": ("User name", "Password", "Register a mailbox"), "zh": ("用户名", "密码", "申请电子邮箱")}


def take(browser: Browser, language: str, to: Path) -> None:
    """The pictures of one language; the form with a password that is refused at its field."""
    for name, cell in SHOWN.items():
        folder = f"{name}-{language}"
        (browser.server.folder / folder).mkdir()
        if name == "dashboard":
            shutil.copy(worlds.traded(), browser.server.folder / folder / "logbook.jsonl")
        scenario = "semester" if name == "dashboard" else "email"
        opening = f"import ecomlab\nlab = ecomlab.open({folder!r}, student={worlds.STUDENT!r}, scenario={scenario!r})\nlab.language = {language!r}"
        page = browser.open(browser.server.notebook(folder, opening, cell))
        browser.run(page)
        card = page.locator(".ecl-root").first
        expect(card).to_be_visible(timeout=120_000)
        if name == "task-form":
            user, password, button = LABELS[language]
            card.get_by_label(user, exact=True).fill("chen.mo")
            card.get_by_label(password, exact=True).fill("abc")
            card.get_by_role("button", name=button).click()
            expect(card.locator("[aria-invalid=true]").first).to_be_visible()
        else:
            expect(card.locator("svg, img").first).to_be_visible(timeout=120_000)
        suffix = "" if language == "en" else f".{language}"
        card.screenshot(path=to / f"{name}{suffix}.png", animations="disabled")
        page.close()


def main(to: Path = TOP / "docs" / "images") -> None:
    found = JUDGES["chromium"].find()
    if not found:
        sys.exit(f"There is no Chromium here: {JUDGES['chromium'].install}")
    with tempfile.TemporaryDirectory() as base, jupyterlab(Path(base)) as server, sync_playwright() as playwright:
        browser = Browser(playwright.chromium.launch(executable_path=found, args=ARGUMENTS), server)
        for language in LABELS:
            take(browser, language, to)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
