"""Takes the pictures of the READMEs and the site anew: `make screenshots` writes docs/images/*.png.

The faces of tests/screens.py are opened in a JupyterLab of its own, in worlds of their own, and shown to Chromium, as the tests of the browser do it.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP))

from PIL import Image, PngImagePlugin  # noqa: E402
from playwright.sync_api import expect, sync_playwright  # noqa: E402

from ecomlab.kernel.texts import LANGUAGES, Language  # noqa: E402
from tests import screens, worlds  # noqa: E402
from tests.browser.desk import ARGUMENTS, Browser, jupyterlab  # noqa: E402
from tests.judges import JUDGES  # noqa: E402


def take(browser: Browser, name: str, language: Language) -> None:
    """A picture of one screen in one language, with the digest of what it shows."""
    screen, folder = screens.SCREENS[name], browser.server.folder / f"{name}-{language}"
    lab = worlds.opened(folder, worlds.traded() if screen.traded else worlds.model("email", "s1", ()))
    shows = screens.shown(lab, screen, language)
    lab.world.close()
    opening = f"import ecomlab\nlab = ecomlab.open({folder.name!r})\nlab.language = {language!r}"
    page = browser.open(browser.server.notebook(folder.name, opening, screen.cell))
    browser.run(page)
    card = page.locator(".ecl-root").first
    expect(card).to_be_visible(timeout=120_000)
    for field, text in screen.typed.items():
        card.locator(f'[data-key="{screen.command}.{field}"]').fill(text)
    if screen.command:
        card.locator("button[type=submit]").click()
        expect(card.locator("[aria-invalid=true]").first).to_be_visible()
    keep(card.screenshot(animations="disabled"), shows, screens.file(name, language))
    page.close()


def keep(taken: bytes, shows: str, to: Path) -> None:
    """A face has few colours: a palette of them makes a third of the bytes."""
    says = PngImagePlugin.PngInfo()
    says.add_text(screens.SHOWS, shows)
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(to, optimize=True, pnginfo=says)


def main() -> None:
    found = JUDGES["chromium"].find()
    if not found:
        sys.exit(f"There is no Chromium here: {JUDGES['chromium'].install}")
    with tempfile.TemporaryDirectory() as base, jupyterlab(Path(base)) as server, sync_playwright() as playwright:
        browser = Browser(playwright.chromium.launch(executable_path=found, args=ARGUMENTS), server)
        for name in sys.argv[1:] or screens.SCREENS:
            for language in LANGUAGES:
                take(browser, name, language)
                print(screens.file(name, language).relative_to(TOP))


if __name__ == "__main__":
    main()
